#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A mail that kills the reader: after three deaths it is parked, the operator is told, and all other mail is done, also what was
being read beside it each time. The daemon is started again after each death, as systemd does."""
import os
import re
import sys
import time

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support")]
from console import expect, frontdesk  # noqa: E402
from lab import Lab  # noqa: E402
import tap  # noqa: E402

OPERATOR = "operator@northwind.example"
SINCE = ("--since", "2020-01-01")


def live(killer, all_done, most=10):
    """Starts it until it lives on; how often it died. `killer` is the reference of the mail that kills."""
    for deaths in range(most):
        try:
            LAB.daemon.start(ready=0.3, env={"FRONTDESK_CRASH_AT": "read=" + killer}, arguments=SINCE)
        except RuntimeError as died:
            tap.check("ended with -9" in str(died), died)
            continue
        end = time.monotonic() + tap.PATIENCE
        while LAB.daemon.child.poll() is None:
            if all_done():
                return deaths
            tap.check(time.monotonic() < end, "neither dead nor done:\n" + LAB.daemon.log())
            time.sleep(0.05)
        tap.check(LAB.daemon.child.wait() == -9, LAB.daemon.log())
        LAB.daemon.child = None
    raise AssertionError("it died %d times" % most)


def wait_in_the_journal(count):
    """All mail is taken, none is planned yet since Autotask is away; then it is due at once."""
    LAB.sandbox.faults([dict(action="html503")])
    LAB.daemon.start(arguments=SINCE)
    LAB.until("%d mails have to wait" % count, lambda: sum(r["tries"] > 0 for r in LAB.daemon.journal()) >= count)
    LAB.daemon.stop()
    LAB.sandbox.faults([])
    now = time.time() * 1000
    time.sleep(max(0, max(r["run_at_ms"] for r in LAB.daemon.journal()) - now) / 1000)


def poison(count, which, together=False):
    """`count` mails, of which the one with number `which` kills. `together`: all are large, and read at the same time."""
    def test():
        LAB.clean()
        for n in range(count):
            LAB.deliver(dict(subject="Sarah: mail %d" % n, text="a line of a long mail, with some words in it\n" * (
                60000 if together else 1)))
        killer = REFS[which]
        if together:
            wait_in_the_journal(count)

        def all_done():
            rows = LAB.daemon.journal()
            return len(rows) == count and all(r["state"] in ("done", "parked") for r in rows)

        deaths = live(killer, all_done)
        rows = LAB.daemon.journal()
        parked = [r["ref"] for r in rows if r["state"] == "parked"]
        tap.check(parked == [killer] and deaths == 3, "parked %r instead of %s after %d deaths" % (parked, killer, deaths))
        titles = sorted(t["title"] for t in LAB.tickets())
        tap.check(titles == sorted("mail %d" % n for n in range(count) if n != which), titles)
        reason = next(r["reason"] for r in rows if r["ref"] == killer)
        tap.check("reading this mail ended frontdesk 3 times" in reason, reason)
        LAB.host.wait_for_mail(OPERATOR, lambda raw: killer.encode() in raw)
        # mended, the same mail is done like any other
        LAB.daemon.stop()
        expect(0, frontdesk("journal", "retry", killer, "-c", LAB.daemon.conf))
        LAB.settle()
        tap.check(len(LAB.tickets()) == count, LAB.tickets())
        told = [subject for _, subject, _ in LAB.letters(OPERATOR).values()]
        tap.check(told == ["frontdesk: parked-unproven needs you"], told)
        answer = expect(0, frontdesk("status", "-c", LAB.daemon.conf), "^parked       0$", "^alerts       0 open$")
        tap.check(not re.search("parked-unproven", answer.out), answer)
    return test


def references(count):
    """What the first `count` mails of a new installation are called, oldest first."""
    LAB.clean()
    for n in range(count):
        LAB.deliver(dict(subject="help", text="%d" % n))
    LAB.settle()
    return [r["ref"] for r in LAB.daemon.journal()][::-1]


if __name__ == "__main__":
    with Lab("attachment_size = \"1 KB\";") as LAB:  # files have a pace of their own
        REFS = references(25)
        tap.run([("the oldest of three mails", poison(3, 0)), ("one among many", poison(25, 11)),
                 ("one among large mails that are read at the same time", poison(8, 3, together=True))])
