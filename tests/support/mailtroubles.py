# SPDX-License-Identifier: GPL-2.0-or-later
"""What IMAP servers and the way to them do to frontdesk, one function a failure; each gets a World. See tests/cli/servers.py."""
import glob
import os
import re
import time

from lab import MAILBOX
from peer import ImapPeer
import tap

ILL = ("mailbox-desk ill", "mailbox-desk well")
UNFILED = ("filing-desk ill", "filing-desk well")
HOLD = 3  # seconds that a failure lasts; its recovery must not depend on it


def held(w, begin, titles=("second",), hold=HOLD, mode="tls", alerts=(), hinders=True):
    """All is well, then not for a while; mail that comes meanwhile is answered afterwards. hinders: and not before."""
    w.start(imap=mode)
    w.healthy()
    begin()
    for title in titles:
        w.mail(title)
    time.sleep(hold)
    tap.check(not hinders or not any(map(w.answers, titles)), "it did no harm: answered before it ended\n" + w.log())
    w.ends()
    w.recovered(*titles)
    return w.finish(alerts)


def half_open_in_idle(w):
    return held(w, w.imap.swallow)


def half_open_at_login(w):
    def begin():
        w.imap.swallow()
        w.imap.reset()
    return held(w, begin)


def server_down(w):
    return held(w, w.imap.refuse)


def slow(w):
    return held(w, lambda: w.imap.delay(0.7), hinders=False)


def garbled_tls(w):
    return held(w, w.imap.garble, alerts=None)  # ill only when it failed three times meanwhile


def idle_never_speaks(w):
    w.start(imap="plain")
    w.healthy()
    w.imap.edit(lambda data: re.sub(rb"(?m)^\* \d+ (EXISTS|RECENT)\r\n", b"", data) if re.fullmatch(rb"(\*[^\r]*\r\n)+", data) else data)
    w.mail("second")
    w.began = time.monotonic()  # the failure has no end: the mail itself starts the clock
    w.recovered("second")
    return w.finish()


def closed_after_29_minutes(w):
    w.start(imap="plain")
    hit = w.imap.at("down", rb"\+ idling\r\n", b"* BYE Disconnected for inactivity.\r\n", then="cut")
    w.healthy()
    tap.check(hit.hit.wait(30), "there was no IDLE")
    w.mail("second")
    w.ends()
    w.recovered("second")
    return w.finish()


def at_a_moment(side, pattern, what, then=None, before=False, titles=("alder", "birch", "cedar"), hold=0.5, times=1):
    """Three mails come at once; the connection ends in the middle of it. They are all answered, none twice."""
    def case(w):
        w.start(imap="plain")
        w.healthy()
        moment = w.imap.at(side, pattern, what, before=before, then=then, times=times)
        for title in titles:
            w.mail(title)
        tap.check(moment.hit.wait(60), "the moment did not come\n" + w.log())
        time.sleep(hold)
        w.ends()
        w.mail("last")
        w.recovered("last", *titles)
        return w.finish()
    return case


FETCH = rb"\* \d+ FETCH \(UID \d+ RFC822"
LITERAL = rb"BODY\[\][^{]*\{\d+\}\r\n.{80}"
bye_in_fetch = at_a_moment("down", FETCH, b"* BYE Server shutting down.\r\n", then="cut", before=True)
cut_in_literal = at_a_moment("down", LITERAL, "cut")
reset_in_literal = at_a_moment("down", LITERAL, "reset")
swallowed_in_literal = at_a_moment("down", LITERAL, "swallow")
reset_after_idle = at_a_moment("up", rb"\d+ DONE\r\n|DONE\r\n", "reset")
moved_without_an_answer = at_a_moment("up", rb"UID MOVE [^\r]*\r\n", "cut")
move_swallowed = at_a_moment("up", rb"UID MOVE [^\r]*\r\n", "swallow")
move_never_arrives = at_a_moment("up", rb"\d+ UID MOVE [^\r]*\r\n", "cut", before=True)
reset_before_idle = at_a_moment("down", rb"\+ idling\r\n", "reset")


def untagged_noise(w):
    noise = b"* OK [ALERT] still (here \"\r\n* 3 RECENT\r\n* FLAGS (\\Seen \\Deleted)\r\n* 1 FETCH (FLAGS (\\Seen))\r\n* X-NOISE 7 ((a b) \"c\")\r\n"
    mixed = lambda data: noise + data if re.match(rb"\* |\d+ (OK|NO)", data) else data
    return held(w, lambda: w.imap.edit(mixed), mode="plain", hinders=False)


def lying_literal(by):
    def case(w):
        def lie(data):
            return re.sub(rb"(BODY\[\][^{]*\{)(\d+)\}", lambda m: m.group(1) + b"%d}" % max(1, int(m.group(2)) + by), data)
        return held(w, lambda: w.imap.edit(lie), mode="plain", titles=("second", "third"))
    return case


def maildir(name="*"):
    return os.path.join("mail", MAILBOX, "Maildir", name)


def uidvalidity(w):
    def anew():
        with w.lab.host.imap(MAILBOX) as box:
            box.select("INBOX", readonly=True)
            return box.response("UIDVALIDITY")[1]
    w.start()
    w.healthy()
    before = anew()
    w.imap.refuse()
    w.mail("second")
    end = time.monotonic() + tap.PATIENCE
    while anew() == before and time.monotonic() < end:
        for path in glob.glob(w.lab.host.path(maildir("dovecot*"))):
            os.unlink(path)
        time.sleep(0.3)
    w.ends()
    w.recovered("second")
    return w.finish(("rebuilt-desk ill", "rebuilt-desk well"))


def vanished(w):
    """Somebody deletes a mail between list and fetch; Dovecot does not even say so properly."""
    def delete():
        for path in glob.glob(w.lab.host.path(maildir("*/*"))):
            with open(path, "rb") as mail:
                if b"about birch" in mail.read():
                    os.unlink(path)
    w.start(imap="plain")
    w.healthy()
    w.imap.refuse()
    for title in ("alder", "birch", "cedar"):
        w.mail(title)
    w.gone.add("birch")
    w.imap.well()
    moment = w.imap.at("up", rb"BODY\.PEEK\[\]", delete, before=True)
    tap.check(moment.hit.wait(60), "nothing was fetched\n" + w.log())
    w.ends()
    w.recovered("alder", "cedar")
    return w.finish()


def rename(w, old, new):
    with w.lab.host.imap(MAILBOX) as box:
        status, words = box.rename(old, new)
        tap.check(status == "OK", words)


def done_renamed(w):
    w.start()
    w.healthy()
    w.wait("the first mail is filed", lambda: w.inbox_left() == 0)
    rename(w, "Done", "Old")
    w.mail("second")
    w.ends()
    w.recovered("second")
    row = w.finish()
    stored = w.lab.stored(MAILBOX)
    tap.check(len(stored.get("Done", [])) == 1 and len(stored.get("Old", [])) == 1, {k: len(v) for k, v in stored.items()})
    return row


def inbox_renamed(w):
    """The folder that is watched has another name for a while."""
    folders = 'folders = { inbox = "Tickets"; };'
    def make():
        with w.lab.host.imap(MAILBOX) as box:
            box.create("Tickets")
    w.start(folders=folders, prepare=make)
    w.inbox = "Tickets"
    w.mail("first", folder="Tickets")
    w.wait("the first answer", lambda: w.answers("first"))
    rename(w, "Tickets", "Gone")
    w.imap.reset()
    w.wait_log("opening the inbox", times=3)
    w.mail("second", folder="Gone")
    rename(w, "Gone", "Tickets")
    w.ends()
    w.recovered("second")
    return w.finish()


def refuses(quirk, alerts=(), filing=False, kick=True, hold=HOLD):
    """A scripted server refuses for a while. filing: it is only the filing, so mail is answered meanwhile."""
    def case(w):
        peer = ImapPeer()
        try:
            w.start(imap=peer)
            w.healthy()
            peer.quirks.add(quirk)
            if kick:
                w.imap.reset()
            w.mail("second")
            for alert in alerts[:1]:
                w.wait_log("alert %s topic=%s" % tuple(reversed(alert.split())))
            if filing:
                w.began = time.monotonic()
                w.recovered("second")
                tap.check("second" in str(peer.mails), "it was filed all the same")
            time.sleep(hold)
            peer.quirks.discard(quirk)
            if not filing:
                w.ends()
                w.recovered("second")
            return w.finish(alerts)
        finally:
            peer.close()
    return case


def cursed(words, alone=False):
    """The session ends at each try to fetch a certain mail. Those behind it do not wait for ever: it is parked, and the operator hears
    why. Where nobody waits it is not given up, and taken when the server can send it."""
    def case(w):
        peer = ImapPeer()
        try:
            w.start(imap=peer)
            w.healthy()
            w.imap.refuse()
            for title in ("birch",) if alone else ("alder", "birch", "cedar", "delta"):
                w.mail(title)
                peer.cursed = w.uid if title == "birch" else peer.cursed
            peer.curse = words
            before = peer.connections
            w.ends()
            if alone:
                w.wait("five more sessions", lambda: peer.connections >= before + 5)
                peer.cursed = None
                w.ends()
                w.recovered("birch")
                return w.finish(None)
            w.gone.add("birch")
            w.recovered("cedar", "alder", "delta")
            row = w.finish(None, parked=1)
            tap.check("unread-desk ill" in row["alerts"] and "Parked" in peer.moved.values(), "%r %r" % (row["alerts"], peer.moved))
            return row
        finally:
            peer.close()
    return case


def greets(words, alerts=()):
    """The greeting is wrong for a while."""
    def case(w):
        peer = ImapPeer()
        try:
            w.start(imap=peer)
            w.healthy()
            good, peer.greeting = peer.greeting, words
            w.imap.reset()
            w.mail("second")
            if alerts:
                w.wait_log("alert ill topic=mailbox-desk")
            time.sleep(HOLD)
            peer.greeting = good
            w.ends()
            w.recovered("second")
            tap.check(peer.commands.count("LOGIN") == 2, "%d logins" % peer.commands.count("LOGIN"))
            return w.finish(alerts)
        finally:
            peer.close()
    return case


def injected(w):
    """Somebody puts words behind the server's answer to STARTTLS."""
    def begin():
        w.imap.at("down", rb"OK Begin TLS[^\r]*\r\n", b"* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n", times=1000)
        w.imap.reset()
        w.wait_log("alert ill topic=mailbox-desk")
    return held(w, begin, mode="starttls", alerts=ILL, hold=0)


def certificate(address):
    def case(w):
        w.start()
        w.healthy()
        good = w.imap.target
        w.imap.target = (address, good[1])
        w.imap.reset()
        w.mail("second")
        w.wait_log("alert ill topic=mailbox-desk")
        w.imap.target = good
        w.ends()
        w.recovered("second")
        return w.finish(ILL)
    return case


# name -> (case, in make check, what frontdesk does)
CASES = {
    "half-open in IDLE": (half_open_in_idle, False, "ends IDLE every minute, hears nothing for 20 s, connects anew"),
    "half-open at the greeting": (half_open_at_login, False, "gives up after 20 s, tries again after 1, 2, 4 ... 60 s"),
    "server down": (server_down, True, "tries again after 1, 2, 4 ... 60 s"),
    "each answer late": (slow, False, "waits 20 s for each answer"),
    "bytes garbled under TLS": (garbled_tls, False, "hangs up and connects anew; nothing of a broken record is believed"),
    "IDLE that never speaks": (idle_never_speaks, False, "looks by itself every minute"),
    "closed after 29 minutes (BYE in IDLE)": (closed_after_29_minutes, True, "connects anew after a second"),
    "BYE in FETCH": (bye_in_fetch, True, "connects anew; what was not stored is fetched again"),
    "cut in a literal": (cut_in_literal, True, "the same; half a mail is no mail"),
    "reset in a literal": (reset_in_literal, False, "the same"),
    "half-open in a literal": (swallowed_in_literal, False, "the same, after 20 s"),
    "reset at the end of IDLE": (reset_after_idle, False, "connects anew after a second"),
    "reset at the begin of IDLE": (reset_before_idle, False, "connects anew after a second"),
    "MOVE done, answer lost": (moved_without_an_answer, True, "asks for it again; mail that is gone counts as filed"),
    "MOVE swallowed (half-open)": (move_swallowed, False, "the same, after 20 s"),
    "MOVE never arrives": (move_never_arrives, False, "asks for it again"),
    "untagged noise": (untagged_noise, True, "reads over it; an alert in it changes nothing"),
    "a literal longer than it says": (lying_literal(-40), True, "hangs up; nothing is taken while the counts are wrong"),
    "a literal shorter than it says": (lying_literal(400), False, "the same"),
    "a mail that the server cannot send": (cursed((b"* BYE internal error\r\n",)), False,
                                           "after five tries it is parked, aloud, and those behind it are answered"),
    "a mail whose literal always lies": (cursed((b"* 2 FETCH (UID 3 BODY[] {10}\r\nthis is longer than ten bytes)\r\n1 OK\r\n",)), False,
                                         "the same"),
    "the only mail cannot be sent for a while": (cursed((b"* BYE internal error\r\n",), alone=True), False, "it is not given up"),
    "UIDVALIDITY changes": (uidvalidity, True, "reads all, compares with the journal by the mails themselves"),
    "mail vanishes between list and fetch": (vanished, True, "the others are taken; what is gone is not missed"),
    "folder of finished mail renamed": (done_renamed, True, "makes it anew"),
    "watched folder renamed": (inbox_renamed, True, "looks for it after 1, 2, 4 ... 60 s, and tells the operator when it stays away"),
    "mailbox read-only": (refuses("file-no", UNFILED, filing=True), True, "answers; finished mail stays until it can be moved"),
    "over quota at filing": (refuses("move-no", UNFILED, filing=True, kick=False), False, "the same"),
    "LOGINDISABLED": (refuses("login-disabled", ILL), False, "sends no password, tries every minute"),
    "login put off (UNAVAILABLE)": (refuses("login-no"), False, "does not take it for a wrong password; tries again after 1, 2, 4 ... 60 s"),
    "PREAUTH": (greets(b"* PREAUTH welcome\r\n", ILL), False, "hangs up: that is how STARTTLS is got around"),
    "BYE as greeting": (greets(b"* BYE too many connections\r\n"), False, "tries again after 1, 2, 4 ... 60 s"),
    "STARTTLS injection": (injected, False, "hangs up before the password"),
    "certificate expired for a while": (certificate("127.0.0.3"), False, "hangs up before the password, tries every minute"),
    "certificate of somebody else for a while": (certificate("127.0.0.4"), False, "the same"),
}
