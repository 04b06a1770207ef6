# SPDX-License-Identifier: GPL-2.0-or-later
"""TAP for test drivers: run(cases) calls each (name, function) pair, run_in(places, cases) several at a time; an exception is a
failure. check() and until() are the two ways to say what must be so, now or soon."""
import concurrent.futures
import os
import queue
import sys
import time
import traceback


# Seconds that a test waits for what must come. No promise of frontdesk's: a loaded machine may need twenty times what a free one
# does, and only a test that fails waits so long.
PATIENCE = 180


class Skip(Exception):
    """Raised by a case that cannot run here; its text says why."""


def _outcome(name, function, *arguments):
    """What TAP says behind the number: (passed, line, notes)."""
    try:
        function(*arguments)
        return True, name, ""
    except Skip as why:
        return True, "%s # SKIP %s" % (name, why), ""
    except Exception:  # pylint: disable=broad-except
        return False, name, "".join("# %s\n" % line for line in traceback.format_exc().splitlines())


def _tell(outcomes, count):
    failed = 0
    print("1..%d" % count, flush=True)
    for number, (passed, line, notes) in enumerate(outcomes, 1):
        failed += not passed
        print("%s %d - %s\n%s" % ("ok" if passed else "not ok", number, line, notes), end="", flush=True)
    sys.exit(1 if failed else 0)


def run(cases):
    """Prints TAP for all cases and ends the program: 0 when all passed."""
    _tell((_outcome(name, function) for name, function in cases), len(cases))


def run_in(places, cases):
    """The same, as many cases at a time as there are places; each is called with the place that it has for itself."""
    free = queue.Queue()
    for place in places:
        free.put(place)

    def one(case):
        place = free.get()
        try:
            return _outcome(case[0], case[1], place)
        finally:
            free.put(place)

    with concurrent.futures.ThreadPoolExecutor(len(places)) as pool:
        _tell(pool.map(one, cases), len(cases))


def check(truth, text):
    if not truth:
        raise AssertionError(text)


def share(seconds):
    """So many seconds of a free machine: more on one that has several programs waiting for each of its processors."""
    return seconds * max(1, os.getloadavg()[0] / os.cpu_count())


def until(what, truth, seconds=PATIENCE, more=lambda: ""):
    """Waits until truth() holds, and returns what it said. After `seconds` a TimeoutError that tells `what` and more()."""
    end, step = time.monotonic() + seconds, 0.01
    while not (found := truth()):
        if time.monotonic() > end:
            raise TimeoutError("not within %g s: %s\n%s" % (seconds, what, more()))
        time.sleep(step)
        step = min(0.1, step * 1.3)
    return found
