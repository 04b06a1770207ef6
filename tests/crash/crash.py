#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Kills frontdesk at every passage of every crash point of every flow case, runs it again, and compares the world with that of
the unbroken run: tickets, letters by Message-ID, folders, outcomes. A second, identical copy of a letter is allowed only when
the kill fell between the final dot and the receipt on our disk. `Queued` letters are allowed beside (invariant 3).

The two mutants must be caught: one repeats a step without looking it up, one commits the key after the effect.
By default every sixteenth passage is taken, beginning with another one in each case; FRONTDESK_CRASH_STRIDE=1 (what
tests/long/crash.sh does) takes all, which is more than an hour on two processors. FRONTDESK_CRASH_ONLY names the cases to run;
FRONTDESK_CRASH_LABS says how many labs work side by side."""
import multiprocessing
import os
import subprocess
import sys
import traceback

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", d) for d in ("support", "flow")]
from cases import CASE_LIMITS, CASES  # noqa: E402
from sandbox import BUILD  # noqa: E402
from lab import STAFF, Lab, staff_mail  # noqa: E402
import tap  # noqa: E402

OPERATOR = "operator@northwind.example"
STRIDE = int(os.environ.get("FRONTDESK_CRASH_STRIDE", "16"))
LABS = int(os.environ.get("FRONTDESK_CRASH_LABS", "6"))
ONLY = os.environ.get("FRONTDESK_CRASH_ONLY", "").split()
STRIPES = 3 if STRIDE == 1 else 1
MUTANTS = ("mutant_no_lookup", "mutant_late_key")


def comparable(world, case):
    """Letters but the interim ones; copies apart."""
    letters = {user: {key: value[1:] for key, value in kept.items() if "Queued, N" not in value[2]}
               for user, kept in world["letters"].items()}
    # an alert's Message-ID is of its installation, and each run is one
    letters[OPERATOR] = sorted(letters[OPERATOR].values())
    if any(action.get("no_headers") for action in case.get("then", [])):
        # what such a reply quotes is signed by its installation: so is the key of its answer
        letters = {user: sorted(kept.values() if isinstance(kept, dict) else kept) for user, kept in letters.items()}
    copies = [value[0] - 1 for kept in world["letters"].values() for value in kept.values()]
    queued = sum("Queued, N" in value[2] for kept in world["letters"].values() for value in kept.values())
    return dict(world, letters=letters), sum(copies), max(copies, default=0), queued


def prepare(lab, case, mails, phase):
    """Up to the beginning of a phase: 0 = the mail lies there, n = the nth action has begun."""
    lab.clean(case)
    for mail in mails:
        lab.deliver(mail)
    lab.sandbox.faults(case.get("faults", []))
    if phase:
        lab.settle()
        lab.go_on(case["then"][:phase - 1])
        lab.begin(case["then"][phase - 1])


def finish(lab, case, phase):
    lab.settle()
    lab.go_on(case.get("then", [])[phase:])


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


def kill_in_phase(lab, case, phase, first=1, step=STRIDE, stop_at_first=False):
    """Kills at passages first, first + step ...: (differences as lines, figures)."""
    mails = [(m.get("sender", STAFF), staff_mail(**m)) for m in case["mails"]]
    names, world = passages(lab, case, mails, phase)
    expected, _, _, _ = comparable(world, case)
    found, figures = [], dict(kills=0, copies=0, queued=0)
    for n in range(first, len(names) + 1, step):
        prepare(lab, case, mails, phase)
        code = lab.once({"FRONTDESK_CRASH_AT": "#%d" % n})
        # 75: this run ended before its nth point and left something for later
        if code not in (-9, 0, 75):
            raise AssertionError("point %d: ended with %d\n%s" % (n, code, lab.daemon.log()))
        try:
            finish(lab, case, phase)
        except subprocess.TimeoutExpired:
            raise AssertionError("killed at point %d (near %s), then it did not end:\n%s" % (
                n, names[n - 1], lab.daemon.log())) from None
        got, copies, most, queued = comparable(lab.world(), case)
        for name, value in (("kills", code == -9), ("copies", copies), ("queued", queued)):
            figures[name] += value
        # threads pass the points in varying order: the name of the n-th in this run is not known for sure
        if got != expected or most > 1 or queued > len(mails):
            different = [k for k in got if got[k] != expected[k]]
            found.append("%s, phase %d, kill %d (near %s): %s: %r instead of %r, %d copies, %d queued" % (
                case["name"], phase, n, names[n - 1], different, [got[k] for k in different], [expected[k] for k in different],
                copies, queued))
            if stop_at_first:
                break
    return found, figures


def mutant(lab, name):
    """The differences that the harness finds in a broken program: there must be one."""
    program, lab.daemon.program = lab.daemon.program, os.path.join(BUILD, "tests", "crash", name)
    try:
        return kill_in_phase(lab, next(c for c in CASES if c["name"] == "ticket"), 0, step=1, stop_at_first=True)
    finally:
        lab.daemon.program = program


# --- shared out: most of the time goes by waiting, so several labs work side by side -----------------------------------------

def tasks():
    """(test, function of a lab): a test may be several tasks."""
    for number, case in enumerate(CASES):
        if ONLY and case["name"] not in ONLY:
            continue
        for phase in range(1 + len(case.get("then", []))):
            for part in range(STRIPES):
                yield "killed everywhere: " + case["name"], kill_in_phase, (case, phase, 1 + (number + phase) % STRIDE + part * STRIDE, STRIDE * STRIPES)
    for name in MUTANTS:
        yield name + " is caught", mutant, (name,)


def work(todo, done):
    """A process with a lab of its own."""
    with Lab(CASE_LIMITS) as lab:
        for number in iter(todo.get, None):
            _, function, arguments = TASKS[number]
            try:
                found, figures = function(lab, *arguments)
                done.put((number, found, figures, None))
            except Exception:  # pylint: disable=broad-except
                done.put((number, [], {}, traceback.format_exc()))


def run_all():
    """Test name -> [(differences, figures, error)], one a task."""
    todo, done = multiprocessing.Queue(), multiprocessing.Queue()
    for number in range(len(TASKS)):
        todo.put(number)
    workers = [multiprocessing.Process(target=work, args=(todo, done)) for _ in range(LABS)]
    for worker in workers:
        todo.put(None)
        worker.start()
    results = {}
    for _ in TASKS:
        number, *result = done.get(timeout=900)
        results.setdefault(TASKS[number][0], []).append(result)
        if STRIDE == 1:  # takes more than an hour: what is done counts when it is ended before
            ready = [r for name, rows in results.items() for r in rows if not name.startswith("mutant")]
            print("# %d of %d: %d kills, %d differences; %s" % (sum(map(len, results.values())), len(TASKS), sum(r[1].get("kills", 0) for r in ready),
                                                              sum(len(r[0]) for r in ready), TASKS[number][0]), flush=True)
    for worker in workers:
        worker.join()
    return results


def judge(name, results):
    def test():
        for _, _, error in results:
            tap.check(not error, error)
        found = [line for lines, _, _ in results for line in lines]
        if name.startswith("mutant"):
            tap.check(found, "the harness did not notice it")
            print("# caught: " + found[0][:300])
        else:
            tap.check(not found, "\n".join(found)[:4000])
    return test


def report(results):
    def test():
        runs = [r for name, rows in results.items() if not name.startswith("mutant") for r in rows]
        total = {key: sum(figures.get(key, 0) for _, figures, _ in runs) for key in ("kills", "copies", "queued")}
        print("# %d kills, %d differences, %d second copies of letters, %d Queued letters" % (
            total["kills"], sum(len(found) for found, _, _ in runs), total["copies"], total["queued"]))
        tap.check(total["kills"] > 50 / STRIDE, "too few kills to mean anything")
    return test


if __name__ == "__main__":
    TASKS = list(tasks())
    RESULTS = run_all()
    tap.run([(name, judge(name, rows)) for name, rows in RESULTS.items()] + [("sum", report(RESULTS))])
