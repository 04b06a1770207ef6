#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""More mail of one sender than limits.per_sender_hour: what is over it waits for its hour, with one letter each, is seen in status, and
is done then; nothing is dropped, and others do not wait."""
import json
import os
import sys

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", d) for d in ("support", "flow")]
from lab import STAFF, Lab  # noqa: E402
import tap  # noqa: E402

CAP, OVER, BUSY = 3, 2, 75
OTHER = "mike.chen@northwind.example"


def status():
    return LAB.daemon.run("status")[1], json.loads(LAB.daemon.run("status", "--json")[1])


def finals(user):
    """(letters that tell of a ticket, letters that tell of the wait)"""
    texts = [" ".join(text.split()) for copies, _, text in LAB.letters(user).values() for _ in range(copies)]
    return sum("ticket is made" in text for text in texts), sum("%d mails" % CAP in text for text in texts)


def over_the_cap():
    LAB.clean()
    for n in range(CAP + OVER):
        LAB.deliver(dict(subject="Sarah: request %d" % n, text="Number %d.\n" % n))
    LAB.deliver(dict(subject="Sarah: of another", text="x\n", sender=OTHER))
    tap.check(LAB.once() == BUSY, LAB.daemon.log())
    tap.check(len(LAB.tickets()) == CAP + 1, LAB.tickets())
    tap.check(finals(STAFF) == (CAP, OVER) and finals(OTHER) == (1, 0), (finals(STAFF), finals(OTHER), LAB.letters(STAFF)))
    text, told = status()
    tap.check("%d mails an hour of one sender, %d wait for that; 600 letters" % (CAP, OVER) in text, text)
    tap.check((told["mails_over_cap"], told["mails_per_sender_hour"]) == (OVER, CAP), told)
    LAB.passed_minutes = 30  # looked at again meanwhile, and told no second time
    tap.check(LAB.once() == BUSY and len(LAB.tickets()) == CAP + 1, LAB.tickets())
    tap.check(finals(STAFF) == (CAP, OVER), finals(STAFF))
    LAB.passed_minutes = 61
    LAB.settle()
    tap.check(sorted(t["title"] for t in LAB.tickets()) == ["of another"] + ["request %d" % n for n in range(CAP + OVER)], LAB.tickets())
    tap.check(finals(STAFF) == (CAP + OVER, OVER), finals(STAFF))
    text, told = status()
    tap.check("%d mails an hour of one sender; 600 letters" % CAP in text and told["mails_over_cap"] == 0, text)
    tap.check(all(row["state"] == "done" for row in LAB.daemon.journal()), LAB.daemon.journal())


def forged_mail_uses_nothing_up():
    """Of the cap of the one whose name it bears."""
    LAB.clean()
    for n in range(CAP + OVER):
        LAB.deliver(dict(subject="Sarah: forged %d" % n, text="x\n", proof=False, headers={"X": "y"}))
    for n in range(CAP):
        LAB.deliver(dict(subject="Sarah: true %d" % n, text="Number %d.\n" % n))
    LAB.settle()
    tap.check(len(LAB.tickets()) == CAP and finals(STAFF) == (CAP, 0), (LAB.tickets(), finals(STAFF)))


if __name__ == "__main__":
    with Lab("per_sender_hour = %d;" % CAP) as LAB:
        tap.run([("what is over the cap waits, and is done", over_the_cap), ("forged mail uses nothing up", forged_mail_uses_nothing_up)])
