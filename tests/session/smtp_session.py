#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Ill-behaved mail servers on the way out: the ticket is made once, and the reply arrives once, later, or is given up aloud."""
import os
import re
import sys
import time

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", d) for d in ("support", "session")]
from lab import Lab  # noqa: E402
from smtp_peer import SmtpPeer  # noqa: E402
import tap  # noqa: E402


def prepare(peer, sender="dana.reed@northwind.example"):
    LAB.clean()
    with open(LAB.daemon.conf, "w", encoding="utf-8") as conf:
        conf.write(re.sub(r'smtp = \{ url = "[^"]*"; (user = "[^"]*"; password_file = "[^"]*";)',
                          r'smtp = { url = "smtp://127.0.0.1:%d"; insecure_plain = true;%s' % (peer.port, r" \1" if peer.auth else ""),
                          ORIGINAL))
    LAB.deliver(dict(subject="Sarah: x", text="y\n", sender=sender))


def finals(letters):
    return [letter for letter in letters if b"ticket is made" in letter]


def arrives(script, plain=False, copies=1, auth=False):
    """The reply is taken in the end, `copies` times on the wire with identical bytes; one ticket."""
    def test():
        peer = SmtpPeer(script, plain, auth)
        try:
            prepare(peer)
            LAB.daemon.start(ready=0.2, arguments=("--since", "2020-01-01"))
            LAB.until("the answer is taken", lambda: finals(peer.taken))
            time.sleep(0.3)
            took = LAB.daemon.stop()
            tap.check(len(finals(peer.taken)) == 1, "taken: %r\n%s" % (peer.taken, LAB.daemon.log()))
            tap.check(len(finals(peer.offered)) == copies, "offered %d times" % len(finals(peer.offered)))
            tap.check(len(set(finals(peer.offered))) == 1, "the bytes changed between two offers")
            turns = re.findall(r"alert (\w+) topic=mail-out-desk", LAB.daemon.log())
            tap.check(turns == (["ill", "well"] if "AUTH" in script else []), "alerts: %r" % turns)
            tap.check(len(LAB.sandbox.tickets()) == 1 and took < tap.share(2), "%r, %.1f s" % (LAB.sandbox.tickets(), took))
        finally:
            LAB.daemon.kill()
            peer.close()
    return test


def given_up(script):
    """Refused for good: no second offer; the job is done, the journal says why, the operator is told."""
    def test():
        peer = SmtpPeer(script)
        try:
            prepare(peer)
            LAB.daemon.start(ready=0.2, arguments=("--since", "2020-01-01"))
            LAB.until("the operator is told", lambda: "alert" in LAB.daemon.log())
            time.sleep(1)
            rows = LAB.daemon.journal()
            LAB.daemon.stop()
            tap.check(rows[0]["state"] == "done" and "refused the answer" in rows[0]["reason"], "%r" % rows)
            tap.check(not finals(peer.taken), "it was sent all the same")
            tap.check(any(b"operator@" in c for c in peer.commands), "the operator was not told: %r" % peer.commands)
        finally:
            LAB.daemon.kill()
            peer.close()
    return test


CUT = b""
CASES = [
    ("well-behaved", arrives({})),
    ("without PIPELINING", arrives({}, plain=True)),
    ("421 as greeting", arrives({"connect": [b"421 too busy\r\n"]})),
    ("554 as greeting: no letter was judged", arrives({"connect": [b"554 no service here\r\n"]})),
    ("cut at the greeting", arrives({"connect": [CUT]})),
    ("421 at EHLO", arrives({"EHLO": [b"421 later\r\n"]})),
    ("450 at MAIL", arrives({"MAIL": [b"450 4.7.1 greylisted\r\n"]})),
    ("450 at RCPT", arrives({"RCPT": [b"450 4.2.0 later\r\n"]})),
    ("450 at RCPT without PIPELINING", arrives({"RCPT": [b"450 4.2.0 later\r\n"]}, plain=True)),
    ("451 at DATA", arrives({"DATA": [b"451 local error\r\n"]})),
    ("451 after the dot", arrives({"dot": [b"451 4.3.0 later\r\n"]}, copies=2)),
    ("421 after the dot", arrives({"dot": [b"421 4.3.0 later\r\n"]}, copies=2)),
    ("cut at MAIL", arrives({"MAIL": [CUT]})),
    ("cut after the dot: an identical copy", arrives({"dot": [CUT]}, copies=2)),
    ("535 at AUTH: a wrong password", arrives({"AUTH": [b"535 5.7.8 no\r\n"] * 3}, auth=True)),
    ("a many-line answer", arrives({"EHLO": [b"250-x\r\n" * 2000 + b"250 PIPELINING\r\n"]})),
    ("550 at RCPT", given_up({"RCPT": [b"550 5.1.1 no such user\r\n"]})),
    ("552 at MAIL", given_up({"MAIL": [b"552 5.3.4 too big\r\n"]})),
    ("554 after the dot", given_up({"dot": [b"554 5.7.1 spam\r\n"]})),
]

if __name__ == "__main__":
    with Lab() as LAB:
        with open(LAB.daemon.conf, encoding="utf-8") as settings:
            ORIGINAL = settings.read()
        tap.run(CASES)
