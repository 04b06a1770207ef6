#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Manners of every command, by tables: what is mistyped gets the right word as a hint, what takes longer than a second says so on a
terminal and only there, colours are on terminals only, and what is for programs is for programs also on a terminal."""
import json
import os
import re
import sys
import tempfile

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support")]
from console import expect, frontdesk, on_terminal  # noqa: E402
from firm import Firm  # noqa: E402
from screen import drawn, screen  # noqa: E402
import tap  # noqa: E402

ERROR = "An item in this transaction is set up as a category instead of a product or service"
COMMANDS = re.findall(r"^  ([a-z]+) {2,}\S", frontdesk("--help").out.split("\n\n")[1] + "\n", re.M)

# (words, what it says that it is doing, the call that takes long, does it take --json, exit code)
SLOW = [(["doctor"], "asking Autotask for the rights of the API user", "Tickets/entityInformation", True, 69),
        (["explain", "MAIL"], "asking Autotask for staff and labels", "Resources/query", True, 0),
        (["check", "name", "Remote Support"], "read: ", "BillingCodes/query", False, None),
        (["diagnose", "ERROR"], "reading Autotask and QuickBooks", "v3/company/*", True, 0)]
# what answers at once: on a terminal the same words as in a pipe
QUICK = [["version"], ["conf"], ["completion", "bash"], ["help"], ["help", "journal"], ["render"], ["render", "--samples"], ["diagnose", "--offline", "ERROR"], ["check", "--help"]]


def mistyped(word):
    """Three ways to miss it: a letter too many, two changed over, another one."""
    half = len(word) // 2
    swapped = word[:half - 1] + word[half] + word[half - 1] + word[half + 1:]
    return [wrong for wrong in (word[:half] + "x" + word[half:], swapped, word[:half] + "q" + word[half + 1:]) if wrong != word]


def commands_that_are_mistyped():
    tap.check(len(COMMANDS) >= 14, COMMANDS)
    for name in COMMANDS:
        for wrong in mistyped(name):
            for words in ((wrong,), ("help", wrong)):
                answer = expect(64, frontdesk(*words), errors=['there is no command "%s"; did you mean "%s"\\?' % (wrong, name)])
                tap.check(not answer.out, answer)


def options_that_are_mistyped():
    for name in COMMANDS:
        options = re.findall(r"^  (?:-\w,|   ) --([a-z]+)", frontdesk(name, "--help").out, re.M)
        tap.check("help" in options and "quiet" in options, options)
        for n, option in enumerate(options):
            for wrong in mistyped(option)[n % 3:][:1]:
                answer = expect(64, frontdesk(name, "--" + wrong), errors=["there is no option --%s; did you mean --" % wrong])
                tap.check(re.search(r"did you mean --(%s)\?" % "|".join({option, option + "s", option[:-1]}), answer.errors), answer)


def words_that_are_mistyped():
    """The words of a command: a check, a verb of the journal, a template, a sample, a format."""
    settings = ("-c", FIRM.conf)
    for words, right in [(["check", "mappign"], "mapping"), (["check", "invocie"], "invoice"), (["journal", "shwo", "2222"], "show"), (["journal", "exprot"], "export"),
                         (["journal", "list", "--state", "waitng"], "waiting"), (["render", "creatde"], "created"), (["render", "diagnosis", "--sample", "unknwon"], "unknown"),
                         (["explain", "--mailbox", "dsek", MAIL], "desk")]:
        if words[:2] == ["journal", "list"]:
            continue  # it needs a journal: tests/cli/repair.py
        expect(64, frontdesk(*words, *settings), errors=['did you mean "%s"' % right])


def given(words):
    return [MAIL if w == "MAIL" else TEXT if w == "ERROR" else w for w in words]


def slow(path):
    FIRM.sandbox.faults([dict(action="delay_before", ms=2000, path=path, nth=1)])


def slow_ones_say_so():
    """On a terminal after a second, erased when it is done; not in a pipe, not with --quiet."""
    for words, saying, path, _, code in SLOW:
        words = [*given(words), "-c", FIRM.conf]
        slow(path)
        got, seen = on_terminal(*words)
        tap.check(FIRM.sandbox.fault_hits() and (code is None or got == code), "%r => %d: %s" % (words, got, seen))
        tap.check(any(saying in line for line in drawn(seen)), "%r says nothing: %r" % (words, seen))
        tap.check(saying not in "\n".join(screen(seen, 80)), "it stays there: %r" % seen)
        slow(path)
        _, seen = on_terminal(*words, "--quiet")
        tap.check(saying not in seen and "\r\x1b[K" not in seen, "%r --quiet: %r" % (words, seen))
        slow(path)
        answer = frontdesk(*words)
        tap.check(saying not in answer.errors + answer.out, answer)
    FIRM.sandbox.faults([])


def programs_get_programs_words():
    """--json on a terminal: one document, no colour, no progress within it."""
    for words, _, _, takes_json, code in SLOW:
        words = [*given(words), "-c", FIRM.conf]
        if not takes_json:
            expect(64, frontdesk(*words, "--json"), errors=["takes no --json"])
            continue
        got, seen = on_terminal(*words, "--json")
        tap.check(got == code, "%r => %d: %s" % (words, got, seen))
        text = seen.replace("\r\n", "\n")
        tap.check("\x1b" not in text, repr(text))
        told = json.loads(text[text.index("{"):])
        tap.check(isinstance(told, dict) and told, told)


def quick_ones_are_the_same_everywhere():
    for words in QUICK:
        words = given(words)
        settings = ("-c", FIRM.conf) if words[0] in ("render", "diagnose") else ()
        answer = expect(0, frontdesk(*words, *settings))
        for env in ({}, {"NO_COLOR": "1"}, {"TERM": "dumb"}):
            code, seen = on_terminal(*words, *settings, env=env)
            tap.check(code == 0 and seen.replace("\r\n", "\n") == answer.out + answer.errors, "%r: %r" % (words, seen))


def colours():
    """Of doctor's words: on a terminal, not with NO_COLOR (whatever it says, unless it is empty), not in a pipe, not in JSON."""
    for env, coloured in (({}, True), ({"NO_COLOR": ""}, True), ({"NO_COLOR": "0"}, False), ({"NO_COLOR": "1"}, False)):
        _, seen = on_terminal("doctor", "-c", FIRM.conf, env=env)
        tap.check(("\x1b[32mok" in seen) == coloured and ("\x1b[1;31mFAIL" in seen) == coloured and "FAIL" in seen, "%r: %r" % (env, seen))
    tap.check("\x1b" not in frontdesk("doctor", "-c", FIRM.conf).out, "colours in a pipe")


def long_lines():
    """On a terminal a line is broken between words, and what is to be typed stays whole; in a pipe a fact is a line."""
    for words, code in ((["doctor"], 69), (["journal", "show", "ZZZZ"], 66), (["setup"], 64), (["explain", "--mailbox", "dsq"], 64)):
        piped = expect(code, frontdesk(*words, "-c", FIRM.conf))
        _, seen = on_terminal(*words, "-c", FIRM.conf, columns=60, env={"NO_COLOR": "1"})
        rows = seen.replace("\r\n", "\n").splitlines()
        shown, whole = [re.sub(r"\d+", "0", re.sub(r"\s+", " ", text)).strip() for text in (seen, piped.out + piped.errors)]
        tap.check(shown == whole, "%s\n---\n%s" % (shown, whole))
        tap.check(all(len(row) < 60 or " " not in re.sub(r"`[^`]*`", "", row.strip()) or "usage: " in row for row in rows), seen)
        tap.check(words[0] in ("setup", "explain") or any(row.startswith("  ") and len(row) > 20 for row in rows), seen)


if __name__ == "__main__":
    with Firm() as FIRM, tempfile.TemporaryDirectory() as WORK:
        MAIL, TEXT = os.path.join(WORK, "mail.eml"), os.path.join(WORK, "error.txt")
        with open(MAIL, "w", encoding="utf-8") as mail, open(TEXT, "w", encoding="utf-8") as text:
            mail.write("From: dana.reed@northwind.example\nTo: newticket@desk.example\nSubject: Sarah: x\nMessage-ID: <1@x.example>\n\nx\n")
            text.write(ERROR + "\n")
        tap.run([("commands that are mistyped", commands_that_are_mistyped), ("options that are mistyped", options_that_are_mistyped), ("words that are mistyped", words_that_are_mistyped),
                 ("what is slow says so", slow_ones_say_so), ("JSON on a terminal", programs_get_programs_words), ("what is quick is the same everywhere", quick_ones_are_the_same_everywhere),
                 ("colours", colours), ("long lines", long_lines)])
