# SPDX-License-Identifier: GPL-2.0-or-later
"""TAP for test drivers: run(cases) calls each (name, function) pair; an exception is a failure."""
import sys
import traceback


class Skip(Exception):
    """Raised by a case that cannot run here; its text says why."""


def run(cases):
    """Prints TAP for all cases and ends the program: 0 when all passed."""
    failed = 0
    print("1..%d" % len(cases), flush=True)
    for number, (name, function) in enumerate(cases, 1):
        try:
            function()
            print("ok %d - %s" % (number, name), flush=True)
        except Skip as why:
            print("ok %d - %s # SKIP %s" % (number, name, why), flush=True)
        except Exception:  # pylint: disable=broad-except
            failed += 1
            print("not ok %d - %s" % (number, name))
            print("".join("# %s\n" % line for line in traceback.format_exc().splitlines()), end="", flush=True)
    sys.exit(1 if failed else 0)


def check(truth, text):
    if not truth:
        raise AssertionError(text)
