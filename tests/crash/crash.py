#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Kills frontdesk at every passage of every crash point of every flow case, runs it again, and compares the world with that of
the unbroken run: tickets, letters by Message-ID, folders, outcomes. A second, identical copy of a letter is allowed only when
the kill fell between the final dot and the receipt on our disk. `Queued` letters are allowed beside (invariant 3).

The two mutants must be caught: one repeats a step without looking it up, one commits the key after the effect.
FRONTDESK_CRASH_STRIDE=N takes every Nth passage only."""
import os
import sys

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", d) for d in ("support", "flow")]
from cases import CASE_LIMITS, CASES  # noqa: E402
from sandbox import BUILD  # noqa: E402
from lab import STAFF, Lab, staff_mail  # noqa: E402
import tap  # noqa: E402

OPERATOR = "operator@northwind.example"
STRIDE = int(os.environ.get("FRONTDESK_CRASH_STRIDE", "1"))
TOTAL = dict(kills=0, copies=0, queued=0, differences=0)


def comparable(world):
    """Letters but the interim ones; copies apart."""
    letters = {user: {key: value[1:] for key, value in kept.items() if "Queued, N" not in value[2]}
               for user, kept in world["letters"].items()}
    # an alert's Message-ID is of its installation, and each run is one
    letters[OPERATOR] = sorted(letters[OPERATOR].values())
    copies = [value[0] - 1 for kept in world["letters"].values() for value in kept.values()]
    queued = sum("Queued, N" in value[2] for kept in world["letters"].values() for value in kept.values())
    return dict(world, letters=letters), sum(copies), max(copies, default=0), queued


def prepare(lab, case, mails, phase):
    """Up to the beginning of a phase: 0 = the mail lies there, 1 = the operator has asked for something."""
    lab.clean()
    for mail in mails:
        lab.deliver(mail)
    lab.sandbox.faults(case.get("faults", []))
    if phase:
        lab.settle()
        lab.ask(case["then"])


def finish(lab, case, phase):
    lab.settle()
    if phase == 0:
        lab.operate(case.get("then"))


def passages(lab, case, mails, phase):
    """Names of the crash points that an unbroken run passes in this phase, in order; and its world at the end."""
    path = os.path.join(lab.daemon.dir, "passages")
    prepare(lab, case, mails, phase)
    if os.path.exists(path):
        os.unlink(path)
    lab.settle(env={"FRONTDESK_CRASH_LOG": path})
    with open(path, encoding="utf-8") as names:
        found = names.read().split()
    finish(lab, case, phase)
    return found, lab.world()


def kill_everywhere(lab, case, stop_at_first=False, stride=STRIDE):
    """The differences found, as lines."""
    found = []
    for phase in range(2 if case.get("then") else 1):
        found += kill_in_phase(lab, case, phase, stop_at_first, stride)
    return found


def kill_in_phase(lab, case, phase, stop_at_first, stride):
    mails = [(m.get("sender", STAFF), staff_mail(**m)) for m in case["mails"]]
    names, world = passages(lab, case, mails, phase)
    expected, _, _, _ = comparable(world)
    found = []
    for n in range(1, len(names) + 1, stride):
        prepare(lab, case, mails, phase)
        code = lab.daemon.once({"FRONTDESK_CRASH_AT": "#%d" % n}, ("--since", "2020-01-01"))
        # 75: this run ended before its nth point and left something for later
        if code not in (-9, 0, 75):
            raise AssertionError("point %d: ended with %d\n%s" % (n, code, lab.daemon.log()))
        finish(lab, case, phase)
        got, copies, most, queued = comparable(lab.world())
        TOTAL["kills"] += code == -9
        TOTAL["copies"] += copies
        TOTAL["queued"] += queued
        # threads pass the points in varying order: the name of the n-th in this run is not known for sure
        if got != expected or most > 1 or queued > len(mails):
            different = [k for k in got if got[k] != expected[k]]
            found.append("%s, phase %d, kill %d (near %s): %s: %r instead of %r, %d copies, %d queued" % (
                case["name"], phase, n, names[n - 1], different, [got[k] for k in different], [expected[k] for k in different],
                copies, queued))
            if stop_at_first:
                break
    TOTAL["differences"] += len(found)
    return found


def whole(case):
    def test():
        found = kill_everywhere(LAB, case)
        tap.check(not found, "\n".join(found)[:4000])
    return test


def mutant(name, case):
    def test():
        program, LAB.daemon.program = LAB.daemon.program, os.path.join(BUILD, "tests", "crash", name)
        try:
            found = kill_everywhere(LAB, case, stop_at_first=True, stride=1)
        finally:
            LAB.daemon.program = program
        tap.check(found, "the harness did not notice the mutant %s" % name)
        print("# caught: " + found[0][:300])
    return test


def report():
    print("# %(kills)d kills, %(differences)d differences, %(copies)d second copies of letters, %(queued)d Queued letters" % TOTAL)
    tap.check(TOTAL["kills"] > 50 / STRIDE, "too few kills to mean anything")


if __name__ == "__main__":
    with Lab(CASE_LIMITS) as LAB:
        TWO = next(c for c in CASES if c["name"] == "ticket")
        tap.run([("killed everywhere: " + c["name"], whole(c)) for c in CASES] + [("sum", report)] +
                [("mutant without look-up is caught", mutant("mutant_no_lookup", TWO)),
                 ("mutant with a late key is caught", mutant("mutant_late_key", TWO))])
