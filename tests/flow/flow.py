#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs each flow case once against real servers and compares tickets, letters, folders, outcomes and calls with the table.
FRONTDESK_CRASH_ONLY names the cases to run, as for the crash harness."""
import os
import sys

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", d) for d in ("support", "flow")]
from cases import CASES, CASE_LIMITS  # noqa: E402
from lab import MAILBOX, Lab  # noqa: E402
import tap  # noqa: E402

ONLY = os.environ.get("FRONTDESK_CRASH_ONLY", "").split()
START_CALLS = 7  # zone and directory, each time that frontdesk starts


def check_case(lab, case):
    lab.clean(case)
    for mail in case["mails"]:
        lab.deliver(mail)
    lab.sandbox.faults(case.get("faults", []))
    lab.settle()
    lab.go_on(case.get("then", []))
    world, expect = lab.world(), case["expect"]
    tap.check(len(world["tickets"]) == len(expect["tickets"]), "tickets: %r" % world["tickets"])
    for got, wanted in zip(world["tickets"], expect["tickets"]):
        for field, value in wanted.items():
            tap.check(got[field] == value, "ticket %s: %r instead of %r" % (field, got[field], value))
    for user, markers in expect["letters"].items():
        texts = [text for copies, _, text in world["letters"][user].values() for _ in range(copies)]
        tap.check(len(texts) == len(markers), "letters to %s: %r" % (user, texts))
        for marker in markers:
            tap.check(any(marker in text for text in texts), "no letter to %s says %r: %r" % (user, marker, texts))
        for marker in expect.get("also", {}).get(user, []):
            tap.check(any(marker in text for text in texts), "no letter to %s says %r: %r" % (user, marker, texts))
    letters = sum(len(kept) for kept in world["letters"].values())
    tap.check(letters == sum(len(m) for m in expect["letters"].values()), "letters: %r" % world["letters"])
    folders = {name: n for name, n in world["folders"].items() if n}
    tap.check(folders == expect["folders"], "folders: %r" % folders)
    tap.check([o for _, o in world["outcomes"]] == expect["outcomes"], "outcomes: %r" % world["outcomes"])
    if "calls" in expect:
        calls = len(lab.sandbox.log()) - START_CALLS * (1 + len(case.get("then", [])))
        tap.check(calls == expect["calls"], "%d calls instead of %d" % (calls, expect["calls"]))


if __name__ == "__main__":
    with Lab(CASE_LIMITS) as LAB:
        tap.run([(c["name"], lambda c=c: check_case(LAB, c)) for c in CASES if not ONLY or c["name"] in ONLY])
