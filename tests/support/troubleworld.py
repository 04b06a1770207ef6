# SPDX-License-Identifier: GPL-2.0-or-later
"""A Lab whose frontdesk reaches its two mail servers through proxies that make trouble, and what must hold afterwards: each mail one
ticket and one answer. Case by case it notes how long it took from the end of the trouble to the next answer."""
import contextlib
import email
import os
import re
import time

from lab import MAILBOX, STAFF, staff_mail
from troubleproxy import TroubleProxy
import tap

MOST_SECONDS = 90  # from the end of a failure to the next answered mail


def urls(ports):
    """How a server is reached, by mode: (scheme, port, further settings)."""
    return {"imap": {"tls": ("imaps", ports["imaps"], ""), "starttls": ("imap", ports["imap"], ""),
                     "plain": ("imap", ports["imap"], "insecure_plain = true;")},
            "smtp": {"tls": ("smtps", ports["submissions"], ""), "starttls": ("smtp", ports["submission"], ""),
                     "plain": ("smtp", ports["mx"], "insecure_plain = true;")}}


class World:
    def __init__(self, lab, poll=5):
        self.lab, self.poll, self.rows = lab, poll, []
        self.imap, self.smtp = TroubleProxy(lab.host.ports["imaps"]), TroubleProxy(lab.host.ports["submissions"])
        self.sent, self.peers = {}, {}

    def close(self):
        self.imap.close()
        self.smtp.close()

    # --- a case ---------------------------------------------------------------------------------------------------

    def start(self, imap="tls", smtp="tls", prepare=None, folders="", ready=10, more="", grace=600):
        """imap and smtp: a mode, or a scripted server (plain text). prepare: called before frontdesk starts; grace: seconds until the
        operator hears of what may pass by itself."""
        self.peers, self.sent, self.uid, self.inbox = {}, {}, 0, "INBOX"
        self.seconds, self.began, self.gone = None, None, set()
        for proxy in (self.imap, self.smtp):
            proxy.well()
            proxy.reset()
        self.lab.clean()
        with open(self.lab.daemon.conf, encoding="utf-8") as conf:
            text = conf.read()
        for name, mode, proxy in (("imap", imap, self.imap), ("smtp", smtp, self.smtp)):
            if not isinstance(mode, str):
                self.peers[name], mode = mode, "plain"
            scheme, port, plain = urls(self.lab.host.ports)[name][mode]
            proxy.target = ("127.0.0.1", self.peers[name].port if name in self.peers else port)
            login = "" if name == "smtp" and mode == "plain" else 'user = "%s"; password_file = "%s/mail-password";' % (MAILBOX, self.lab.daemon.dir)
            group = '%s = { url = "%s://127.0.0.1:%d"; %s ca_file = "%s"; %s };' % (name, scheme, proxy.port, login, self.lab.host.ca_file, plain)
            text = re.sub(r"%s = \{[^}]*\};" % name, group + (folders if name == "imap" else ""), text)
        text = text.replace("limits = { settle_seconds = 1;", "limits = { settle_seconds = 1; poll_seconds = %d; %s" % (self.poll, more))
        text = text.replace("alerts = {", "alerts = { grace_seconds = %d;" % grace)
        with open(self.lab.daemon.conf, "w", encoding="utf-8") as conf:
            conf.write(text)
        if prepare:
            prepare()
        self.lab.daemon.start(ready=ready, arguments=("--since", "2020-01-01"))

    def healthy(self):
        """One mail goes through: all connections are open."""
        self.mail("first")
        self.wait("the first answer", lambda: self.answers("first"))
        # a letter is in a mailbox before its receipt is with us
        self.wait("the first job done", lambda: all(row["state"] == "done" for row in self.lab.daemon.journal()))

    def mail(self, title, sender=STAFF, folder=None):
        self.sent[title] = sender
        raw = staff_mail("Sarah: " + title, "about %s\n" % title, sender=sender, message_id="<%s@client.test>" % title.replace(" ", "."))
        if "imap" in self.peers:
            self.uid += 1
            self.peers["imap"].add(self.uid, raw)
        elif folder:
            self.lab.host.append(MAILBOX, raw, folder)
        else:
            self.lab.deliver((sender, raw))

    def letters(self, sender=STAFF):
        if "smtp" in self.peers:
            return list(self.peers["smtp"].taken)
        return self.lab.stored(sender).get("INBOX", [])

    def finals(self, title):
        """Final answers to that mail that have arrived, as bytes."""
        to = b"<%s@client.test>" % title.replace(" ", ".").encode()
        found = []
        for raw in self.letters(self.sent[title]):
            head = re.sub(rb"\r?\n[ \t]+", b" ", raw.replace(b"\r\n", b"\n").split(b"\n\n")[0])
            if re.search(rb"(?im)^In-Reply-To: *" + re.escape(to), head) and b"ticket is made" in raw:
                found.append(raw)
        return found

    def answers(self, title):
        return len(self.finals(title))

    def log(self):
        with open(self.lab.daemon.log_path, encoding="utf-8", errors="replace") as log:
            return log.read()

    def wait(self, what, true, seconds=MOST_SECONDS + 30):
        end = time.monotonic() + seconds
        while not true():
            tap.check(self.lab.daemon.child.poll() is None, "frontdesk ended:\n" + self.lab.daemon.log())
            tap.check(time.monotonic() < end, "not within %d s: %s\n%s" % (seconds, what, self.lab.daemon.log()))
            time.sleep(0.05)

    def wait_log(self, fragment, seconds=MOST_SECONDS + 30, times=1):
        self.wait("%r in the log" % fragment, lambda: self.log().count(fragment) >= times, seconds)

    def ends(self):
        """The trouble is over: the clock runs."""
        for proxy in (self.imap, self.smtp):
            proxy.well()
        self.began = time.monotonic()

    def recovered(self, *titles):
        """The next answers; the first one counts."""
        self.wait("an answer to " + titles[0], lambda: self.answers(titles[0]))
        self.seconds = time.monotonic() - self.began
        for title in titles[1:]:
            self.wait("an answer to " + title, lambda: self.answers(title))

    # --- what must hold ---------------------------------------------------------------------------------------------

    def alerts(self):
        return ["%s %s" % (topic, turn) for turn, topic in re.findall(r"alert (ill|well) topic=(\S+)", self.log())]

    def inbox_left(self):
        if "imap" in self.peers:
            return len(self.peers["imap"].mails)
        return len(self.lab.stored(MAILBOX).get(self.inbox, []))

    def ref(self, title):
        """Its reference in the journal, where no other mail is of the same sender."""
        return next(row["ref"] for row in self.lab.daemon.journal() if row["sender"] == self.sent[title])

    def finish(self, alerts=(), copies=None, left=0, unanswered=(), parked=0):
        """Ends the case. copies: title -> most copies of its letter, identical; left: mails that stay in the inbox; alerts: each
        turn that the operator hears of, None: any; unanswered: the server refuses those answers; parked: mails."""
        for title in self.sent:
            if title not in self.gone and title not in unanswered:
                self.wait("an answer to " + title, lambda: self.answers(title))
        self.wait("the inbox holds %d mails" % left, lambda: self.inbox_left() == left)
        self.wait("alerts %r, had %r" % (alerts, self.alerts()), lambda: set(self.alerts()) >= set(alerts or ()))
        self.wait("all jobs done", lambda: sum(r["state"] != "done" for r in self.lab.daemon.journal()) == parked)
        tap.check(sum(r["state"] == "parked" for r in self.lab.daemon.journal()) == parked, self.lab.daemon.journal())
        took = self.lab.daemon.stop()
        if "smtp" not in self.peers:
            self.lab.wait_for_queue()
        wanted = sorted(t for t in self.sent if t not in self.gone)
        titles = sorted(t["title"] for t in self.lab.sandbox.tickets())
        tap.check(titles == wanted, "tickets %r instead of %r" % (titles, wanted))
        doubles = 0
        for title in wanted:
            if title in unanswered:
                tap.check(not self.finals(title), "answered all the same: " + title)
                continue
            finals = self.finals(title)
            ids = {email.message_from_bytes(raw)["Message-ID"] for raw in finals}
            most = (copies or {}).get(title, 1)
            tap.check(1 <= len(finals) <= most and len(ids) == 1, "%s: %d answers, %d Message-IDs" % (title, len(finals), len(ids)))
            doubles += len(finals) - 1
        tap.check(alerts is None or sorted(set(self.alerts())) == sorted(alerts), "alerts %r instead of %r\n%s" % (self.alerts(), alerts, self.lab.daemon.log()))
        tap.check(took < tap.share(2), "stopping took %.1f s" % took)
        tap.check(self.imap.most <= 2 and self.smtp.most <= 3, "%d and %d connections at once" % (self.imap.most, self.smtp.most))
        tap.check(self.seconds is None or self.seconds <= MOST_SECONDS, "the next answer took %r s" % self.seconds)
        return dict(seconds=self.seconds, mails=len(wanted), answered=len(wanted) - len(unanswered), doubles=doubles, alerts=self.alerts())


@contextlib.contextmanager
def world(lab, poll):
    """frontdesk is gone and the proxies are closed whatever happens."""
    made = World(lab, poll)
    try:
        yield made
    finally:
        lab.daemon.kill()
        made.close()
