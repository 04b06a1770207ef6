#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Ill-behaved IMAP servers and certificates: what frontdesk must refuse, and what it must survive."""
import os
import re
import sys
import time

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", d) for d in ("support", "session")]
from lab import MAILBOX, STAFF, Lab, staff_mail  # noqa: E402
from peer import ImapPeer  # noqa: E402
import tap  # noqa: E402

PLAIN = "insecure_plain = true;"


def configure(**urls):
    """Replaces URLs in the settings of a fresh installation: imap=..., smtp=..., plain=True."""
    LAB.clean()
    text = ORIGINAL
    for name in ("imap", "smtp"):
        if name in urls:
            text = re.sub(r'%s = \{ url = "[^"]*";' % name, '%s = { url = "%s"; %s' % (
                name, urls[name], PLAIN if urls.get("plain") else ""), text)
    with open(LAB.daemon.conf, "w", encoding="utf-8") as conf:
        conf.write(text)


def once_fails(fragment, seconds=30):
    begin = time.monotonic()
    code = LAB.daemon.once(None, ("--since", "2020-01-01"))
    tap.check(code != 0, "it did not fail")
    tap.check(fragment in LAB.daemon.log(), "no %r in:\n%s" % (fragment, LAB.daemon.log()))
    tap.check(time.monotonic() - begin < seconds, "it took %.1f s" % (time.monotonic() - begin))


# --- certificates -------------------------------------------------------------------------------------------------------------

def bad_certificate(address, fragment, url="imaps://%s:%d", port="imaps"):
    def test():
        configure(imap=url % (address, LAB.host.ports[port]))
        once_fails(fragment)
        tap.check(not LAB.sandbox.tickets(), "a ticket was made")
    return test


def bad_smtp_certificate(address, fragment):
    """The ticket is made, the letter waits, nothing goes out in plain text."""
    def test():
        configure(smtp="smtps://%s:%d" % (address, LAB.host.ports["imaps"]))  # TLS fails before anything is said
        LAB.deliver(dict(subject="Sarah: x", text="y"))
        LAB.daemon.start(arguments=("--since", "2020-01-01"))
        LAB.until("%r in the log" % fragment, lambda: fragment in LAB.daemon.log())
        LAB.daemon.stop()
        tap.check(len(LAB.sandbox.tickets()) == 1 and not LAB.letters(STAFF), "ticket without letter expected")
    return test


def greeting(fragment, words, quirks=("starttls",)):
    def test():
        peer = ImapPeer(quirks=quirks, greeting=words)
        try:
            configure(imap="imap://127.0.0.1:%d" % peer.port)
            once_fails(fragment)
            tap.check("LOGIN" not in peer.commands, "the password was sent: %r" % peer.commands)
        finally:
            peer.close()
    return test


# --- behaviour ----------------------------------------------------------------------------------------------------------------

def mail(number):
    return staff_mail("Sarah: mail %d" % number, "text %d\n" % number)


def survives(quirks, count=3, late=False, check=None):
    """`count` mails become `count` tickets although the server misbehaves."""
    def test():
        peer = ImapPeer([(n, mail(n)) for n in range(1, count + 1)], quirks)
        peer.late = mail(count + 1)
        wanted = count + (1 if late else 0)
        try:
            configure(imap="imap://127.0.0.1:%d" % peer.port, plain=True)
            LAB.daemon.start(ready=0.2, arguments=("--since", "2020-01-01"))
            LAB.until("%d tickets" % wanted, lambda: len(LAB.sandbox.tickets()) >= wanted)
            tickets = [t["title"] for t in LAB.sandbox.tickets()]
            tap.check(len(tickets) == wanted and len(set(tickets)) == wanted, "%r\n%s" % (tickets, LAB.daemon.log()))
            if check:
                tap.until("what the peer should have seen", lambda: check(peer),
                          more=lambda: "moved %r, flagged %r, commands %r" % (peer.moved, peer.flagged, peer.commands[-8:]))
            took = LAB.daemon.stop()
            tap.check(took < tap.share(2), "stopping took %.1f s" % took)
        finally:
            LAB.daemon.kill()
            peer.close()
    return test


def said_plain(password):
    return lambda peer: peer.said == "\0%s\0%s" % (MAILBOX, password) and "LOGIN" not in peer.commands


def not_ascii():
    """LOGIN cannot carry such a password."""
    password = "p\u00e4ssw\u00f6rd \"5\""
    LAB.daemon.secret("mail-password", password)
    try:
        survives(("auth-plain",), check=said_plain(password))()
    finally:
        LAB.daemon.secret("mail-password", LAB.host.password)


def plain_refused():
    """It is the credentials that are at fault, and the operator hears so."""
    peer = ImapPeer(quirks=("login-disabled", "auth-plain", "auth-no"))
    try:
        configure(imap="imap://127.0.0.1:%d" % peer.port, plain=True)
        once_fails("check the user and the file with its secret")
        tap.check(peer.commands.count("AUTHENTICATE") == 1, peer.commands)
    finally:
        peer.close()


def vanished():
    """A mail that goes between list and fetch is no error."""
    peer = ImapPeer([(n, mail(n)) for n in (1, 2, 3)], ("vanish",))
    try:
        configure(imap="imap://127.0.0.1:%d" % peer.port, plain=True)
        LAB.daemon.start(ready=0.2, arguments=("--since", "2020-01-01"))
        LAB.until("two tickets", lambda: len(LAB.sandbox.tickets()) >= 2)
        tap.check(len(LAB.sandbox.tickets()) == 2, "%r\n%s" % (LAB.sandbox.tickets(), LAB.daemon.log()))
    finally:
        LAB.daemon.stop()
        peer.close()


def hopeless(quirks, seconds):
    """Nothing can be done, but it neither hangs nor eats memory, and stops at once."""
    def test():
        peer = ImapPeer([(1, mail(1))], quirks)
        try:
            configure(imap="imap://127.0.0.1:%d" % peer.port, plain=True)
            LAB.daemon.start(ready=0.2, arguments=("--since", "2020-01-01"))
            time.sleep(seconds)
            with open("/proc/%d/status" % LAB.daemon.child.pid, encoding="ascii") as status:
                rss = int(re.search(r"VmRSS:\s+(\d+)", status.read()).group(1))
            # FRONTDESK_SLOW: valgrind or a sanitizer, whose own memory is much more
            tap.check(rss < (1024 if os.environ.get("FRONTDESK_SLOW") else 64) * 1024, "%d KB of memory" % rss)
            took = LAB.daemon.stop()
            tap.check(took < tap.share(2), "stopping took %.1f s" % took)
        finally:
            LAB.daemon.kill()
            peer.close()
    return test


def stop_in_idle():
    configure()
    LAB.daemon.start()
    time.sleep(0.5)
    took = LAB.daemon.stop()
    tap.check(took < tap.share(2), "stopping took %.1f s" % took)


def new_mail_only():
    """A first start on a mailbox with old mail begins with new mail only, and says so."""
    configure()
    LAB.deliver(dict(subject="Sarah: old", text="x"))
    LAB.daemon.start(ready=20)
    time.sleep(0.3)
    LAB.deliver(dict(subject="Sarah: new", text="y"))
    LAB.until("a ticket", LAB.sandbox.tickets)
    log = LAB.daemon.log()
    LAB.daemon.stop()
    tap.check([t["title"] for t in LAB.sandbox.tickets()] == ["new"], "%r" % LAB.sandbox.tickets())
    tap.check("--since" in log and "old-mails=1" in log, log)


CASES = [
    ("IMAPS: wrong host name is refused", bad_certificate("127.0.0.2", "name in the certificate does not match")),
    ("IMAPS: an expired certificate is refused", bad_certificate("127.0.0.3", "expired")),
    ("IMAPS: a self-signed certificate is refused", bad_certificate("127.0.0.4", "NOT trusted")),
    ("IMAP STARTTLS: wrong host name is refused", bad_certificate("127.0.0.2", "does not match", "imap://%s:%d", "imap")),
    ("SMTPS: wrong host name is refused", bad_smtp_certificate("127.0.0.2", "does not match")),
    ("SMTPS: self-signed is refused", bad_smtp_certificate("127.0.0.4", "NOT trusted")),
    ("PREAUTH before STARTTLS is refused", greeting("PREAUTH", b"* PREAUTH welcome\r\n")),
    ("answers injected behind STARTTLS are refused", greeting("behind its STARTTLS answer", b"* OK ready\r\n", ("starttls", "inject"))),
    ("a server without STARTTLS is refused", greeting("", b"* OK ready\r\n", ())),
    ("a BYE as greeting", greeting("", b"* BYE too busy\r\n", ())),
    ("plain well-behaved peer", survives((), check=lambda p: len(p.moved) == 3)),
    ("EXISTS before + in IDLE", survives(("exists-before-plus",), late=True)),
    ("EXISTS in the packet of +", survives(("exists-with-plus",), late=True)),
    ("EXISTS in the answer to MOVE", survives(("exists-in-move",), late=True)),
    ("EXISTS in the answer to FETCH", survives(("exists-in-fetch",), late=True)),
    ("EXISTS at each IDLE is no news", survives(("exists-always",), check=lambda p: len(p.moved) == 3 and time.sleep(2) is None and
                                                p.commands.count("IDLE") < 8)),
    ("BYE in IDLE", survives(("bye-in-idle",), check=lambda p: p.connections >= 2)),
    ("IDLE refused: polling", survives(("idle-refused",))),
    ("connection lost in a literal", survives(("cut-literal",), check=lambda p: p.connections >= 2)),
    ("NO after some data", survives(("no-after-data",))),
    ("unsolicited FETCH and EXPUNGE between answers", survives(("noise",))),
    ("no MOVE: copied and marked deleted", survives(("no-move",), check=lambda p: len(p.moved) == 3 and "Deleted" in
                                                    p.flagged.get(1, ""))),
    ("no folders: a keyword", survives(("no-create",), check=lambda p: "$FrontdeskDone" in p.flagged.get(1, ""))),
    ("no folders, no keywords: flagged", survives(("no-create", "no-keywords"), check=lambda p: "Flagged" in
                                                  p.flagged.get(1, ""))),
    ("a mail vanishes between list and fetch", vanished),
    ("a silent server", hopeless(("silent",), 1)),
    ("a server that drips", hopeless(("drip",), 1)),
    ("an endless line", hopeless(("endless-line",), 2)),
    ("a literal of 4 GB", hopeless(("huge-literal",), 2)),
    ("900,000 nested parentheses", hopeless(("deep",), 2)),
    ("a list that does not end", hopeless(("unclosed",), 2)),
    ("CAPABILITY answered by OK alone", survives(("ok-only",))),
    ("LOGIN is disabled: PLAIN", survives(("login-disabled", "auth-plain"), check=lambda p: said_plain(LAB.host.password)(p))),
    ("LOGIN is disabled: PLAIN in one line", survives(("login-disabled", "auth-plain", "sasl-ir"),
                                                      check=lambda p: said_plain(LAB.host.password)(p))),
    ("a password that is not ASCII: PLAIN", not_ascii),
    ("PLAIN is refused", plain_refused),
    ("clean stop within two seconds in IDLE", stop_in_idle),
    ("first start begins with new mail only", new_mail_only),
]

if __name__ == "__main__":
    with Lab("poll_seconds = 540;") as LAB:  # longer than a test waits: what comes is told by the server, not found by a look
        with open(LAB.daemon.conf, encoding="utf-8") as settings:
            ORIGINAL = settings.read()
        tap.run(CASES)
