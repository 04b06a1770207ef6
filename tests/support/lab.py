# SPDX-License-Identifier: GPL-2.0-or-later
"""A whole firm on loopback: mail host, simulated Autotask, one frontdesk; and the world afterwards as plain data."""
import contextlib
import email
import email.policy
import os
import re
import shutil
import time

from books import CLIENT
from daemon import Daemon
from firm import books_settings, log_in
import markers
from mailhost import MAILBOX, SERVER_ID, MailHost, make_mail
from sandbox import Sandbox
import tap

STAFF = "dana.reed@northwind.example"
PAUSE = 0.1  # seconds between two `once` while something is left for later
TOKEN = re.compile(r"\[fd:\w+\.\w+\]")
OPERATOR = "operator@northwind.example"
LIMITS = "limits = { settle_seconds = 1; %%s };\nalerts = { email = \"%s\"; %%s };\nstaff = { admins = [\"%s\"]; };\n" % (OPERATOR, OPERATOR)
# what differs between two runs that do the same
CHANGING = re.compile(r"T\d{8}\.\d{4}|TicketID=\d+|\d+ (second|minute|hour)s? ago|ref \w+|\d+ of \d+ calls|"
                      r"\d\d? \w{3} \d\d:\d\d:\d\d|\[fd:\S+\]|done, (made|found)( \(looked up \d+ times?\))?|after \d+ tries")
# a question's end, to the minute; late in the day it is on the next
UNTIL = re.compile(r"(Without\s+an\s+answer\s+by|held      until)\s+(?:\w{3}\s+\d\d?\s+\w{3}\s+)?\d\d:\d\d")


def with_mail_inside(raw, inside):
    """The same mail with another one attached as message/rfc822: of a set time, so that it is the same in every run."""
    whole = email.message_from_bytes(raw, policy=email.policy.default)
    whole.make_mixed()
    inner = email.message_from_bytes(staff_mail(**inside), policy=email.policy.default)
    inner.replace_header("Date", "Tue, 24 Nov 2026 16:00:00 +0000")
    whole.add_attachment(inner)
    return whole.as_bytes(policy=whole.policy.clone(linesep="\r\n"))


def staff_mail(subject, text="", sender=STAFF, proof=True, message_id=None, headers=None, files=None, inside=None):
    """A mail as it lies in the mailbox: stamped by the mailbox's server, or without proof. inside: another one, attached."""
    raw = make_mail(sender, MAILBOX, subject, text, list((headers or {}).items()), files or {})
    raw = with_mail_inside(raw, inside) if inside else raw
    if message_id:
        raw = re.sub(rb"(?im)^message-id:[^\r\n]*", b"Message-ID: " + message_id.encode(), raw, count=1)
    return stamped(raw, sender, proof)


def stamped(raw, sender, proof=True):
    """With the fields that the mailbox's server puts on top."""
    top = "Received: from client.test by %s with ESMTPSA; Tue, 24 Nov 2026 16:00:00 +0000\r\n" % SERVER_ID
    if proof:
        top = "Authentication-Results: %s; auth=pass smtp.auth=%s\r\n" % (SERVER_ID, sender) + top
    return top.encode() + raw


class Lab:
    """with Lab() as lab: the parts as lab.host, lab.sandbox, lab.daemon."""

    def __init__(self, limits="", tokens=False, alerts="", **options):
        """limits, alerts: more of these groups of the settings; tokens: mailboxes are opened by the sandbox's mail tokens besides."""
        self.host, self.sandbox, self.tokens = MailHost(), Sandbox(), tokens
        self.more, self.options, self.daemon = (limits, alerts), options, None
        self.passed_minutes = 0

    def __enter__(self):
        self.sandbox.start()
        self.host.tokens = self.sandbox.url if self.tokens else None
        self.host.start()
        self.daemon = Daemon(self.host, self.sandbox, extra=LIMITS % self.more, **self.options)
        return self

    def __exit__(self, *_):
        try:
            self.daemon.kill()
            self.sandbox.no_secret()
            self.daemon.remove()
            markers.check_folder(self.host.path("mail"))
        finally:
            self.sandbox.stop()
            self.host.stop()

    def clean(self, case=None):
        """Nothing happened yet: empty mailboxes, the world of the file, an installation that never ran, both with what the case
        has besides."""
        case = case or {}
        self.passed_minutes = 0
        self.sandbox.no_secret()
        self.sandbox.reset()
        self.sandbox.rows(**case.get("rows", {}))
        self.sandbox.settings(**case.get("autotask", {}))
        self.configure(case.get("settings", {}), case.get("books"))
        markers.check_folder(self.host.path("mail"))
        shutil.rmtree(self.host.path("mail"), ignore_errors=True)
        os.makedirs(self.host.path("mail"), exist_ok=True)
        shutil.chown(self.host.path("mail"), *self._owner()) if os.geteuid() == 0 else None
        self.daemon.forget()
        if case.get("books"):
            log_in(self.daemon.conf)

    def configure(self, settings, books):
        """books: with a QuickBooks besides, whose limits do not count."""
        if not books:
            self.daemon.configure(**settings)
            return
        self.sandbox.settings(qb_per_second=0, qb_per_minute=0)
        self.daemon.secret("books-secret", CLIENT[1])
        online = {"firm": 'integration = "qbo-app"; ', "more": books_settings(self.daemon.dir, self.sandbox.url)}
        self.daemon.configure(**{**online, **settings})

    def _owner(self):
        status = os.stat(self.host.path("users"))
        return status.st_uid, status.st_gid

    def deliver(self, mail):
        """A dict for staff_mail, or (sender, bytes)."""
        sender, raw = mail if isinstance(mail, tuple) else (mail.get("sender", STAFF), staff_mail(**mail))
        self.host.deliver_lmtp(sender, [MAILBOX], raw)

    # --- the world afterwards ----------------------------------------------------------------------------------

    def stored(self, user):
        """Folder -> mails as bytes, read from the store itself."""
        while True:
            with contextlib.suppress(FileNotFoundError):  # moved while we looked
                return self._read_store(os.path.join(self.host.path("mail"), user, "Maildir"))

    @staticmethod
    def _read_store(root):
        result = {}
        for where, _, names in os.walk(root):
            if os.path.basename(where) in ("cur", "new"):
                folder = os.path.relpath(os.path.dirname(where), root).lstrip(".") or "INBOX"
                for name in sorted(names):
                    with open(os.path.join(where, name), "rb") as mail:
                        result.setdefault(folder, []).append(mail.read())
        return result

    def letters(self, user):
        """Message-ID -> (how many copies, subject, text without numbers that differ between runs); of all that was sent so far."""
        self.wait_for_queue()
        result = {}
        for raw in self.stored(user).get("INBOX", []):
            letter = email.message_from_bytes(raw, policy=email.policy.default)
            text = letter.get_body(("plain",)).get_content()
            text = UNTIL.sub(r"\1 N", CHANGING.sub("N", TOKEN.sub("N", text)))
            text = re.sub(r"letter    interim .*\n.*\n", "", text)  # Queued: allowed beside
            text = re.sub(r"(\(fd-[0-9a-f]{40}\)): (made|found)", r"\1: there", text)  # found after a kill: made before it
            text += "".join("[%s]\n%s" % (part.get_filename(), part.get_content()) for part in letter.iter_attachments())
            copies = result.get(letter["Message-ID"], (0,))[0] + 1
            result[letter["Message-ID"]] = (copies, letter["Subject"], text)
        return result

    def tickets(self):
        """What was made, without ids and times."""
        world = self.sandbox.world()
        users = {r["id"]: r["userName"] for r in world["Resources"]}
        queues = {q["value"]: q["label"] for q in self.queues()}
        result = []
        for t in world["Tickets"]:
            if t["id"] < 50000:
                continue
            own = lambda entity, parent: [row for row in world.get(entity, []) if row.get(parent) == t["id"]]
            others = [users[s["resourceID"]] for s in world["TicketSecondaryResources"] if s["ticketID"] == t["id"]]
            result.append(dict(title=t["title"], assignee=users.get(t.get("assignedResourceID")), others=sorted(others),
                               queue=queues.get(t.get("queueID")), key=t.get("externalID"), description=CHANGING.sub("N", t["description"]),
                               status=t.get("status"), priority=t.get("priority"), company=t.get("companyID"),
                               contact=t.get("contactID"), creator=users.get(t.get("creatorResourceID")),
                               notes=sorted(CHANGING.sub("N", n["description"]) for n in own("TicketNotes", "ticketID")),
                               files=sorted(f["title"] for f in own("TicketAttachments", "ticketID")),
                               file_names=sorted(f["fullPath"] for f in own("TicketAttachments", "ticketID")),
                               file_sizes=sorted(f.get("fileSize", 0) for f in own("TicketAttachments", "ticketID")),
                               todos=sorted((d["activityDescription"].split("\n")[0], users.get(d["assignedToResourceID"]), d["actionType"],
                                             d["endDateTime"] == t["dueDateTime"], users.get(d.get("creatorResourceID")))
                                            for d in own("CompanyToDos", "ticketID"))))
        return sorted(result, key=lambda t: (t["title"], t["key"]))

    def queues(self):
        import json
        with open(self.sandbox.world_file, encoding="utf-8") as world:
            return json.load(world)["picklists"]["Tickets"]["queueID"]

    def until(self, what, truth):
        """tap.until(); a failure carries the daemon's log."""
        return tap.until(what, truth, more=self.daemon.log)

    def wait_for_queue(self):
        """Until the mail server has delivered all that it accepted."""
        queue = os.path.join(self.host.path("spool"), "input")
        tap.until("the mail server delivers all that it took", lambda: not os.path.isdir(queue) or not os.listdir(queue))

    def world(self, users=(STAFF, "eve@elsewhere.example", "operator@northwind.example")):
        """All that must be equal whatever crashed: tickets, letters by Message-ID, folders as sets."""
        folders = {name: len(mails) for name, mails in self.stored(MAILBOX).items()}
        return dict(tickets=self.tickets(), folders=folders, letters={u: self.letters(u) for u in users},
                    outcomes=sorted((r["state"], r["outcome"]) for r in self.daemon.journal()))

    # --- what happens after the first mails: a list of actions ---------------------------------------------------

    def begin(self, action):
        """Starts one action: verb (the operator's), reply (to the newest letter, or to the first mail with to="mail"), mail
        ({ref} in its subject is that of the first one), or passed (minutes). mended=True: Autotask is well again; meanwhile: somebody
        else changes the ticket (fields) just before that reply would; settings and autotask: as in a case, from now on. What frontdesk makes of it comes with settle."""
        if action.get("mended"):
            self.sandbox.faults([])
        if "settings" in action:
            self.daemon.configure(**action["settings"])
        self.sandbox.settings(**action.get("autotask", {}))
        if "verb" in action:
            self.ask(action["verb"])
        elif "passed" in action:
            self.passed_minutes += action["passed"]
        elif "mail" in action:
            mail = action["mail"]
            subject = mail["subject"].replace("{ref}", self.daemon.journal()[-1]["ref"] if "{ref}" in mail["subject"] else "")
            self.deliver(dict(mail, subject=subject))
        else:
            self.answer(action)
        if "meanwhile" in action:  # killed before the change leaves; then somebody else is quicker
            code = self.once({"FRONTDESK_CRASH_AT": "step.before-act"})
            if code != -9:
                raise AssertionError("not killed before the change: %d" % code)
            self.sandbox.api("PATCH", "Tickets", dict(id=self.sandbox.tickets()[-1]["id"], **action["meanwhile"]))

    def answer(self, action):
        """A reply as mail programs write them: In-Reply-To, References, the letter quoted."""
        sender = action.get("sender", STAFF)
        asked = self.newest_letter(action.get("of", STAFF))
        subject = action.get("subject") or asked["Subject"]
        headers = {"In-Reply-To": asked["Message-ID"],
                   "References": ("%s %s" % (asked.get("References", ""), asked["Message-ID"])).strip()}
        text = asked.get_body(("plain",)).get_content()
        if action.get("to") == "mail":
            headers = {"In-Reply-To": asked["In-Reply-To"], "References": asked["In-Reply-To"]}
        if action.get("no_headers"):
            headers = {}
        if not action.get("no_headers"):  # it is signed by this installation, or was asked in another minute: the key of the reply would change
            text = UNTIL.sub(r"\1 N", TOKEN.sub("", text))
        quoted = "".join("> %s\n" % line for line in text.splitlines())
        self.deliver((sender, staff_mail(subject, "%s\n\nOn Tue, 24 Nov 2026 at 11:00, Northwind IT <%s> wrote:\n%s" % (
            action["reply"], MAILBOX, quoted), sender=sender, headers={**headers, **action.get("headers", {})}, files=action.get("files"),
            proof=action.get("proof", True), message_id="<%s.%d@client.test>" % (
                re.sub(r"\W", "", action["reply"])[:20], self.passed_minutes))))

    def newest_letter(self, user):
        self.wait_for_queue()
        found = []
        for part in ("new", "cur"):
            folder = os.path.join(self.host.path("mail"), user, "Maildir", part)
            for name in os.listdir(folder) if os.path.isdir(folder) else []:
                with open(os.path.join(folder, name), "rb") as mail:
                    letter = email.message_from_bytes(mail.read(), policy=email.policy.default)
                if MAILBOX in letter["From"]:
                    found.append((os.stat(os.path.join(folder, name)).st_mtime_ns, letter["Message-ID"], letter))
        return max(found)[2]

    def ask(self, verb):
        """The operator mends Autotask and asks for `verb` for every parked message."""
        self.sandbox.faults([])
        for row in self.daemon.journal():
            if row["state"] == "parked":
                code, _, errors = self.daemon.run("journal", verb, row["ref"])
                if code:
                    raise AssertionError("journal %s ended with %d: %s" % (verb, code, errors))

    def go_on(self, actions):
        for action in actions:
            self.begin(action)
            self.settle()

    def once(self, env=None):
        """One `once`, at the time that the actions so far have moved the clock to."""
        shift = {"FRONTDESK_CLOCK_SHIFT_MS": str(self.passed_minutes * 60000)} if self.passed_minutes else {}
        return self.daemon.once({**shift, **(env or {})}, ("--since", "2020-01-01"))

    def settle(self, timeout=tap.PATIENCE, env=None):
        """Runs `once` until nothing is left to do; returns how often."""
        end, runs = time.monotonic() + timeout, 0
        while True:
            runs += 1
            code = self.once(env)
            if code == 0:
                return runs
            if code != 75 or time.monotonic() > end:
                raise AssertionError("once ended with %d:\n%s" % (code, self.daemon.log()))
            time.sleep(PAUSE)
