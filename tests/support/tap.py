# SPDX-License-Identifier: GPL-2.0-or-later
"""TAP for test drivers. Either plan(n), ok(truth, name)... and done(), or run(cases) with (name, function) pairs,
where an exception is a failure and Skip a skipped case. Both end the program: 0 when all passed and all ran."""
import sys
import traceback

_planned = None
_count = 0
_failed = 0


class Skip(Exception):
    """Raised by a case of run() that cannot run here; its text says why."""


def plan(count):
    global _planned
    _planned = count
    print("1..%d" % count, flush=True)


def ok(truth, name, detail=""):
    """One result; `detail` (any text) is shown when it failed. Returns the truth."""
    global _count, _failed
    _count += 1
    print("%sok %d - %s" % ("" if truth else "not ", _count, name.replace("#", "")), flush=True)
    if not truth:
        _failed += 1
        diag(detail)
    return bool(truth)


def skip(name, why):
    global _count
    _count += 1
    print("ok %d - %s # SKIP %s" % (_count, name.replace("#", ""), why), flush=True)


def diag(text):
    for line in str(text).splitlines():
        print("# " + line, flush=True)


def done():
    if _planned is None:
        print("1..%d" % _count, flush=True)
    sys.exit(0 if _failed == 0 and _count > 0 and _planned in (None, _count) else 1)


def run(cases):
    plan(len(cases))
    for name, function in cases:
        try:
            function()
            ok(True, name)
        except Skip as why:
            skip(name, why)
        except Exception:  # pylint: disable=broad-except
            ok(False, name, traceback.format_exc())
    done()


def check(truth, text):
    if not truth:
        raise AssertionError(text)
