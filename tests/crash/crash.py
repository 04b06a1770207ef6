#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Kills frontdesk at the passages of the crash points of every flow case, runs it again, and compares the world with that of
the unbroken run: tickets, letters by Message-ID, folders, outcomes. A second, identical copy of a letter is allowed only when
the kill fell between the final dot and the receipt on our disk: of no more letters than were there in the log of the run that was
killed. `Queued` letters are allowed beside (invariant 3).

The two mutants must be caught: one repeats a step without looking it up, one commits the key after the effect.

By default every sixteenth passage is taken, beginning with another one in each case. FRONTDESK_CRASH_STRIDE=states (what
tests/long/crash.sh does): each passage that stands behind an effect (a commit, a call of a server, a byte of a letter, a moved mail), so that
each state which disk and world can be left in is met; what lies between two effects leaves the same state behind, and the start of frontdesk,
which is the same everywhere, is taken in the first case only, there with every passage of all. FRONTDESK_CRASH_STRIDE=1: every passage
of every case, for hours; FRONTDESK_CRASH_FROM: from that part on, where such a run was ended before. FRONTDESK_CRASH_ONLY names the cases
to run; FRONTDESK_CRASH_LABS says how many labs work side by side."""
import itertools
import multiprocessing
import os
import sys
import time
import traceback

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", d) for d in ("support", "flow")]
from cases import CASE_LIMITS, CASES  # noqa: E402
import crashlog  # noqa: E402
from sandbox import BUILD  # noqa: E402
from lab import PAUSE, STAFF, Lab, staff_mail  # noqa: E402
import tap  # noqa: E402

OPERATOR = "operator@northwind.example"
STATES = os.environ.get("FRONTDESK_CRASH_STRIDE") == "states"
STRIDE = 1 if STATES else int(os.environ.get("FRONTDESK_CRASH_STRIDE", "16"))
LABS = int(os.environ.get("FRONTDESK_CRASH_LABS", "6"))
ONLY = os.environ.get("FRONTDESK_CRASH_ONLY", "").split()
FROM = int(os.environ.get("FRONTDESK_CRASH_FROM", "0"))
STRIPES = 3 if STRIDE == 1 and not STATES else 1
MUTANTS = ("mutant_no_lookup", "mutant_late_key")
# names of points with an effect between them and the point before; those of the other names stand directly before or behind one of these
BEHIND = ("journal.after-commit", "http.after-answer", "smtp.after-dot", "smtp.after-receipt", "spool.before-rename", "file.after",
          "read.before", "read.after", "oauth2.before-refresh", "oauth2.before-store", "oauth2.stored")
START = ("schema.changed", "journal.before-commit", "journal.after-commit", "http.before-send", "http.after-answer") + BEHIND[-3:]


def comparable(world, case):
    """Letters but the interim ones; copies apart."""
    letters = {user: {key: value[1:] for key, value in kept.items() if "Queued, N" not in value[2]}
               for user, kept in world["letters"].items()}
    # an alert's Message-ID is of its installation, and each run is one
    letters[OPERATOR] = sorted(letters[OPERATOR].values())
    if case.get("forgets"):
        # how often somebody said the same is known to a process only: the next one may answer what the last would have left in silence
        letters = None
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


def runs(lab, env=None, timeout=tap.PATIENCE):
    """Runs `once` until nothing is left to do; yields the code and the passages (crashlog.read) of each run."""
    path, end = os.path.join(lab.daemon.dir, "passages"), time.monotonic() + timeout
    code = 75
    while code == 75:
        tap.check(time.monotonic() < end, lab.daemon.log())
        if os.path.exists(path):
            os.unlink(path)
        code = lab.once({"FRONTDESK_CRASH_LOG": path, **(env or {})})
        time.sleep(PAUSE if code == 75 else 0)
        yield code, crashlog.read(path)
    tap.check(code in (0, -9), "once ended with %d:\n%s" % (code, lab.daemon.log()))


def works(names):
    """Did that run do more than start?"""
    return any(name not in START for name in names)


def passages(lab, case, mails, phase):
    """(run, passage, name, how often that name was passed) of an unbroken run of this phase, in order, and its world at the end. run:
    0 = the first that did anything, and so on; a run that finds nothing due does nothing."""
    prepare(lab, case, mails, phase)
    found = []
    for run, names in enumerate(names for names in (crashlog.names(passed) for _, passed in runs(lab)) if works(names)):
        found += [(run, n, name, names[:n].count(name)) for n, name in enumerate(names, 1)]
    finish(lab, case, phase)
    return found, lab.world()


def chosen(found, case, first, step):
    """STATES: those behind an effect, without the start of frontdesk but in the first case, which takes all there is."""
    if STATES and case is not CASES[0]:
        rest = [list(itertools.dropwhile(lambda p: p[2] in START, of_run)) for _, of_run in itertools.groupby(found, lambda p: p[0])]
        found = [p for of_run in rest for p in of_run if p[2] in BEHIND]
    return found[first - 1::step]


def kill(lab, run, name, count):
    """After `run` runs that did something, ends the next at that passage: (was it met, of how many letters a second copy may come)."""
    done = 0
    for _, passed in runs(lab) if run else ():
        done += works(crashlog.names(passed))
        if done == run:
            break
    for code, passed in runs(lab, {"FRONTDESK_CRASH_AT": "%s:%d" % (name, count)}):
        if code == -9:
            return True, crashlog.in_doubt(passed)
    return False, 0


def kill_in_phase(lab, case, phase, first=1, step=STRIDE, stop_at_first=False):
    """Kills at passages first, first + step ...: (differences as lines, figures)."""
    mails = [(m.get("sender", STAFF), staff_mail(**m)) for m in case["mails"]]
    every, world = passages(lab, case, mails, phase)
    expected, _, _, _ = comparable(world, case)
    found, figures = [], dict(tries=0, kills=0, copies=0, queued=0)
    for run, n, name, count in chosen(every, case, first, step):
        prepare(lab, case, mails, phase)
        killed, doubted = kill(lab, run, name, count)
        try:
            finish(lab, case, phase)
        except TimeoutError:
            raise AssertionError("killed at %s, then it did not end:\n%s" % (name, lab.daemon.log())) from None
        got, copies, most, queued = comparable(lab.world(), case)
        for key, value in (("tries", 1), ("kills", killed), ("copies", copies), ("queued", queued)):
            figures[key] += value
        if got != expected or most > 1 or copies > doubted or queued > len(mails):
            different = [k for k in got if got[k] != expected[k]]
            found.append("%s, phase %d, run %d, kill %d (%s:%d): %s: %r instead of %r, %d copies of %d in doubt, %d queued" % (
                case["name"], phase, run, n, name, count, different, [got[k] for k in different], [expected[k] for k in different],
                copies, doubted, queued))
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
        if STRIDE == 1:  # takes long: what is done counts when it is ended before
            print("# %d of %d: %s; %s" % (sum(map(len, results.values())), len(TASKS), sum_of(results), TASKS[number][0]), flush=True)
            print("".join("# %s\n" % line[:2000] for line in result[0]), end="", flush=True)
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


def total_of(results):
    ready = [r for name, rows in results.items() if not name.startswith("mutant") for r in rows]
    total = {key: sum(figures.get(key, 0) for _, figures, _ in ready) for key in ("tries", "kills", "copies", "queued")}
    return dict(total, differences=sum(len(found) for found, _, _ in ready))


def sum_of(results):
    return "%(kills)d kills of %(tries)d tried, %(differences)d differences, %(copies)d second copies of letters, %(queued)d Queued letters" % total_of(results)


def report(results):
    def test():
        print("# " + sum_of(results))
        total = total_of(results)
        tap.check(total["kills"] > 50 / STRIDE and total["kills"] > 0.8 * total["tries"], "too few kills to mean anything")
    return test


if __name__ == "__main__":
    TASKS = list(tasks())[FROM:]
    RESULTS = run_all()
    tap.run([(name, judge(name, rows)) for name, rows in RESULTS.items()] + [("sum", report(RESULTS))])
