#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Mail servers as they are: each failure of tests/support/mailtroubles.py and sendtroubles.py against real servers behind proxies, or
a scripted one. Afterwards each mail has one ticket and one answer, and the next answer came within 90 s of the end of the failure.

Some of them are quick enough for every run; FRONTDESK_SERVERS=all makes all, with the settings that ship; FRONTDESK_SERVERS=WORD
those with WORD in their names. --write puts what was measured, with the settings that ship, into doc/failures.md."""
import os
import re
import sys
import time

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", d) for d in ("support", "session")]
from lab import Lab  # noqa: E402
import mailtroubles  # noqa: E402
import measured  # noqa: E402
import sendtroubles  # noqa: E402
from troubleworld import MOST_SECONDS, world  # noqa: E402
from sandbox import ROOT  # noqa: E402
import tap  # noqa: E402

WANTED = os.environ.get("FRONTDESK_SERVERS", "")
PLACES = int(os.environ.get("FRONTDESK_PLACES", "2"))
SHIPPED_POLL, QUICK_POLL = 60, 5
CASES = {**mailtroubles.CASES, **sendtroubles.CASES}
TABLE, TIMES = {}, []


def constant(path, name):
    with open(os.path.join(ROOT, "src", path), encoding="utf-8") as text:
        found = re.search(r"\b%s = (\d+)" % name, text.read())
    tap.check(found, "%s: no %s" % (path, name))
    return int(found.group(1))


def worst_cases(_):
    """By the times that are built in, whatever the length of a failure and the moment of its end."""
    with open(os.path.join(ROOT, "src", "base", "conf_table.c"), encoding="utf-8") as text:
        poll = int(re.search(r'"limits\.poll_seconds", [^"]*"(\d+)"', text.read()).group(1))
    answer = constant("mailbox/imap_private.h", "ANSWER_MS") / 1000
    backoff = constant("mailbox/imap.c", "MOST_BACKOFF_S")
    send = constant("outbox/outbox.c", "ANSWER_MS") / 1000
    receipt = send / 3 * constant("outbox/smtp.c", "RECEIPT_THIRDS")
    with open(os.path.join(ROOT, "src", "outbox", "outbox.c"), encoding="utf-8") as text:
        steps = [int(n) for n in re.search(r"ill_s\[\] = \{([\d, ]+)\}", text.read()).group(1).split(",")]
    worst = {
        "a connection died in IDLE: poll, then no answer, then again": poll + answer + 1,
        "the server was away for long: a wait, then a try that was stuck": backoff + answer,
        "no mail could leave for long: a wait from the begin of the last try on": max(steps[-1], send + steps[0]) + 1 + constant("outbox/outbox.c", "PROBED_S"),
        "no receipt for a letter": receipt + steps[0] + 1,
    }
    for what, seconds in worst.items():
        TIMES.append("%.0f s: %s" % (seconds, what))
        tap.check(seconds <= MOST_SECONDS, "%s: %d s" % (what, seconds))


def one(name):
    def test(lab):
        with world(lab, SHIPPED_POLL if WANTED == "all" or "--write" in sys.argv[1:] else QUICK_POLL) as w:
            begin = time.monotonic()
            row = CASES[name][0](w)
            TABLE[name] = dict(row, took=time.monotonic() - begin)
    return test


def line(name):
    """Its row of doc/failures.md."""
    row = TABLE[name]
    copies = ", %d identical second copy" % row["doubles"] if row["doubles"] else ""
    return "| %s | %s | %.1f | %d of %d answered%s | %s |" % (
        name, CASES[name][2], row["seconds"] or 0, row["answered"], row["mails"], copies, ", ".join(row["alerts"]) or "nothing")


def print_table():
    print("".join("# at most %s\n" % limit for limit in TIMES), end="")
    for name in [n for n in CASES if n in TABLE]:
        print("# %s  (%.0f s in all)" % (line(name), TABLE[name]["took"]))


def write_page():
    """Puts the measured rows into the page, in the order of the cases; those that were not measured now stay."""
    path = os.path.join(ROOT, "doc", "failures.md")
    with open(path, encoding="utf-8") as page:
        text = page.read()
    begin = re.search(r"(?m)^\| failure \|.*\n\|[-|]+\|\n", text).end()
    end = text.index("\n\n", begin) + 1
    before = {row.split(" | ")[0][2:]: row for row in text[begin:end].splitlines()}
    rows = [line(name) if name in TABLE else before[name] for name in CASES if name in TABLE or name in before]
    top = re.sub(r"(?m)^Measured on .*", "Measured %s:" % measured.here(), text[:begin])
    with open(path, "w", encoding="utf-8") as page:
        page.write(top + "".join(row + "\n" for row in rows) + text[end:])


def chosen():
    if WANTED:
        return [name for name in CASES if WANTED == "all" or WANTED.lower() in name.lower()]
    return [name for name, (_, quick, _) in CASES.items() if quick]


if __name__ == "__main__":
    LABS = [Lab() for _ in range(PLACES)]
    try:
        for place in LABS:
            place.__enter__()
        tap.run_in(LABS, [("by the times that are built in it is 90 s at most", worst_cases)] + [(name, one(name)) for name in chosen()])
    finally:
        print_table()
        if "--write" in sys.argv[1:]:
            write_page()
        for place in LABS:
            place.__exit__()
