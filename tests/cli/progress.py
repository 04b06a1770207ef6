#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The line that says what is going on: on terminals of several widths, through a real one. It never wraps, nothing of it stays, and what
is printed is what a pipe gets."""
import os
import re
import signal
import sys
import tempfile
import types

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support")]
from console import frontdesk, on_terminal  # noqa: E402
from firm import Firm  # noqa: E402
from screen import drawn, screen  # noqa: E402
from setting_up import answers, write_answers  # noqa: E402
import tap  # noqa: E402

PLAIN = {"LC_ALL": "C", "NO_COLOR": "1"}
PRETTY = {"LC_ALL": "C.UTF-8"}
RIGHTS = "Tickets/entityInformation"
ERROR = "An item in this transaction is set up as a category instead of a product or service"


def slow(*paths):
    FIRM.sandbox.faults([dict(action="delay_before", ms=2000, path=path, nth=1) for path in paths])


def show(words, columns, env, **more):
    """Exit code, what is on the screen at the end, and the lines that were drawn meanwhile: none as wide as the terminal."""
    code, seen = on_terminal(*words, "-c", FIRM.conf, env=env, columns=columns, **more)
    lines = drawn(seen)
    tap.check(lines and max(map(len, lines)) < columns, "%d columns: %r" % (columns, seen))
    return code, "\n".join(screen(seen, columns)), lines


def bare(text):
    """Without what differs from run to run, and where lines are broken."""
    return re.sub(r"\d+", "0", re.sub(r"\s", "", text))


def bar_of_doctor():
    """How many of how many, at any width; it is gone before each line of the report, which is that of a pipe."""
    usual = frontdesk("doctor", "-c", FIRM.conf)
    for columns in (40, 80, 200):
        for env, bar in ((PLAIN, r"[#]*[.]* \d+/\d+ .*  \d+ s"), (PRETTY, r"[█]*[░]* \d+/\d+ .*  \d+ s")):
            slow(RIGHTS)
            code, shown, lines = show(["doctor"], columns, env)
            tap.check(code == usual.code == 69 and all(re.fullmatch(bar, line) for line in lines), "%d: %r" % (code, lines))
            counts = [[int(n) for n in re.search(r" (\d+)/(\d+) ", line).groups()] for line in lines]
            tap.check(counts == sorted(counts) and len({of for _, of in counts}) == 1 and all(n < of for n, of in counts), counts)
            tap.check(columns < 80 or any("asking Autotask for the rights of the API user" in line for line in lines), lines)
            tap.check(bare(shown) == bare(usual.out + usual.errors), shown)


def indicator():
    """Where nothing is known of the rest: it moves, and counts seconds."""
    for env, turning in ((PLAIN, "|/-\\"), (PRETTY, "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏")):
        slow("Resources/query")
        code, shown, lines = show(["explain", MAIL], 80, env)
        tap.check(code == 0 and len({line[0] for line in lines}) > 1 and all(line[0] in turning for line in lines), lines)
        tap.check(all(re.fullmatch(r". asking Autotask for staff and labels  \d+ s", line) for line in lines), lines)
        tap.check("asking Autotask" not in shown, shown)


def bar_of_check():
    """Lists that were read, of all."""
    slow("BillingCodes/query")
    _, shown, lines = show(["check", "name", "Remote Support"], 100, PLAIN)
    tap.check(re.fullmatch(r"[#]+[.]+ \d+/\d+ read: [\d a-z,]+  \d+ s", lines[-1]) and "read:" not in shown, lines)
    slow("v3/company/*")
    code, _, lines = show(["diagnose", TEXT], 100, PLAIN)
    tap.check(code == 0 and "reading Autotask and QuickBooks" in lines[-1], lines)


def bar_of_setup():
    """Its proofs, and what the one that is made is about."""
    host = types.SimpleNamespace(ports=dict(imaps=9, submission=9), password="x", ca_file=None)
    path = write_answers(os.path.join(WORK, "answers"), answers(host, FIRM.sandbox, mail__ca_file=None))
    slow("Resources/query")
    code, seen = on_terminal("setup", "--answers", path, "-c", os.path.join(WORK, "new.conf"), env=PLAIN)
    lines = drawn(seen)
    tap.check(code == 69 and any(re.fullmatch(r"#+[.]+ 3/6 asking Autotask for staff and labels  \d+ s", line) for line in lines), "%d: %r" % (code, seen))
    tap.check(all(re.match(r"#+[.]+ [3-5]/6 ", line) for line in lines), lines)
    tap.check("asking Autotask" not in "\n".join(screen(seen, 80)), seen)


def nobody_watches():
    """A pipe, --quiet, --json, a terminal that cannot take back what it shows."""
    for more, env in ((["--quiet"], PLAIN), (["--json"], PLAIN), ([], {"TERM": "dumb"}), ([], {"TERM": ""})):
        slow(RIGHTS)
        _, seen = on_terminal("doctor", "-c", FIRM.conf, *more, env={**PLAIN, **env})
        tap.check(FIRM.sandbox.fault_hits() and "\r" not in seen.replace("\r\n", "\n") and "\x1b" not in seen, "%r %r: %r" % (more, env, seen))
    slow(RIGHTS)
    tap.check("asking" not in "".join((lambda a: (a.out, a.errors))(frontdesk("doctor", "-c", FIRM.conf))), "in a pipe")


def colours():
    slow("Resources/query")
    _, seen = on_terminal("explain", MAIL, "-c", FIRM.conf, env={"LC_ALL": "C"})
    tap.check("\x1b[32m" in seen, repr(seen))
    slow("Resources/query")
    _, seen = on_terminal("explain", MAIL, "-c", FIRM.conf, env=PLAIN)
    tap.check("\x1b[" in seen and not re.search(r"\x1b\[\d+m", seen), repr(seen))


def columns_of_the_environment():
    """COLUMNS may make it narrower, never wider than the terminal; a very narrow one has none."""
    for said, columns, widest in (("30", 80, 29), ("500", 60, 59)):
        slow(RIGHTS)
        _, _, lines = show(["doctor"], columns, {**PLAIN, "COLUMNS": said})
        tap.check(max(map(len, lines)) <= widest, lines)
    slow(RIGHTS)
    _, seen = on_terminal("doctor", "-c", FIRM.conf, env=PLAIN, columns=10)
    tap.check("\x1b[K" not in seen, repr(seen))


def interrupted():
    """Ctrl-C: the line is gone, and whoever started it learns that a signal ended it."""
    for words, seen_first in ((["explain", MAIL], rb"asking Autotask"), (["doctor"], rb"/\d+ asking Autotask for the rights")):
        FIRM.sandbox.faults([dict(action="delay_before", ms=20000, path="Resources/query" if words[0] == "explain" else RIGHTS, nth=1)])
        code, shown, _ = show(words, 80, PLAIN, press=(seen_first, b"\x03"))
        tap.check(code == -signal.SIGINT, code)
        tap.check(shown.split("\n")[-1] == "" and "asking Autotask" not in shown, shown)


if __name__ == "__main__":
    with Firm() as FIRM, tempfile.TemporaryDirectory() as WORK:
        MAIL, TEXT = os.path.join(WORK, "mail.eml"), os.path.join(WORK, "error.txt")
        with open(MAIL, "w", encoding="utf-8") as mail, open(TEXT, "w", encoding="utf-8") as text:
            mail.write("From: dana.reed@northwind.example\nTo: newticket@desk.example\nSubject: Sarah: x\nMessage-ID: <1@x.example>\n\nx\n")
            text.write(ERROR + "\n")
        tap.run([("a bar where the end is known", bar_of_doctor), ("what moves where it is not", indicator), ("lists of a check", bar_of_check),
                 ("proofs of setup", bar_of_setup), ("where nobody watches there is nothing", nobody_watches), ("colours", colours), ("columns", columns_of_the_environment),
                 ("Ctrl-C takes it away", interrupted)])
