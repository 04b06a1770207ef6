#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Pages for people say what the program does: doc/staff.md is made of its how-tos; frontdesk-mail(7) has each command and each word in
front of a colon; frontdesk-templates(5) each letter and each fact; links and settings that the pages name are there;
doc/failures.md each failure."""
import os
import re
import subprocess
import sys

ROOT = os.environ.get("FRONTDESK_SRC", ".")
sys.path.insert(0, os.path.join(ROOT, "tests", "support"))
import tap  # noqa: E402


def read(*path):
    with open(os.path.join(ROOT, *path), encoding="utf-8") as text:
        return text.read()


def staff():
    made = subprocess.run([sys.executable, os.path.join(ROOT, "scripts", "staff-page")], capture_output=True, text=True, check=True).stdout
    tap.check(made == read("doc", "staff.md"), "doc/staff.md is not what scripts/staff-page prints: run it again")
    tap.check(made.count("Subject: ") > 5 and made.count("Reply: ") > 3 and "{" not in made, "too little, or a fact is left over")


def mail():
    page = read("man", "frontdesk-mail.7")
    items = " ".join(re.findall(r"(?m)^\.It (.*)$", page)).replace("\\-", "-")
    verbs = re.findall(r'\{"([\w ]+)", (?:"\w+"|NULL), COMMAND_\w+', read("src", "command", "phrases.c"))
    keys = re.findall(r'\{"([\w -]+)", OVERRIDE_\w+\}', read("src", "command", "override_values.c"))
    tap.check(len(verbs) > 10 and len(keys) > 30, "%d verbs, %d keys" % (len(verbs), len(keys)))
    missing = [w for w in verbs + keys if not re.search(r"Li %s(?= |:|$)" % re.escape(w), items)]
    tap.check(not missing, "not in the manual: %r" % missing)


def templates():
    page = read("man", "frontdesk-templates.5")
    items = {w for line in re.findall(r"(?m)^\.It (Li .*)$", page) for w in re.findall(r"Li (\w+)", line)}
    names = re.search(r"names\[\] = \{(.*?)NULL", read("src", "reply", "variables.c"), re.S).group(1)
    facts = set(re.findall(r'"(\w+)"', names))
    letters = {n[:-4] for n in os.listdir(os.path.join(ROOT, "templates", "en", "reply")) if n.endswith(".txt") and n[0] != "_"}
    tap.check(len(facts) > 100 and len(letters) > 20, "%d facts, %d letters" % (len(facts), len(letters)))
    told = set(re.findall(r"[a-z_]+", re.sub(r"\\\([a-z]{2}", " ", page)))  # elements of lists stand in the words about the list
    tap.check(not letters - items and not facts - told, "letters %r, facts %r" % (sorted(letters - items), sorted(facts - told)))


def names_that_exist():
    """Manual pages, files and settings that a page for people names."""
    settings = set(re.findall(r"(?m)^\.It Ic (\S+)", read("man", "frontdesk.conf.5")))
    for path in ("doc/operator.md", "README.md"):
        text = read(path)
        for target in re.findall(r"\]\(([\w./-]+)\)", text):
            base = os.path.dirname(path)
            tap.check(os.path.exists(os.path.join(ROOT, base, target)), "%s: no %s" % (path, target))
        for name, section in re.findall(r"\b(frontdesk[\w.-]*)\((\d)\)", text):
            tap.check(os.path.exists(os.path.join(ROOT, "man", "%s.%s" % (name, section))), "%s: no %s(%s)" % (path, name, section))
        for key in re.findall(r"`((?:autotask|quickbooks|ticket|limits|staff|firm|alerts|journal|metrics)\.\w+)`", text):
            tap.check(key in settings or any(s.startswith(key + "[") for s in settings), "%s: no setting %s" % (path, key))
    for page in os.listdir(os.path.join(ROOT, "man")):
        for name, section in re.findall(r"(?m)^\.Xr (frontdesk[\w.-]*) (\d)", read("man", page)):
            tap.check(os.path.exists(os.path.join(ROOT, "man", "%s.%s" % (name, section))), "%s: no %s(%s)" % (page, name, section))


def failures():
    """Each failure of mail servers that is tested stands in the table for the operator, measured, and no other."""
    cases = {name for stem in ("mailtroubles", "sendtroubles")
             for name in re.findall(r'(?m)^    "([^"]+)": \(', read("tests", "support", stem + ".py"))}
    rows = re.findall(r"(?m)^\| ([^|]+) \| [^|]+ \| (\d+\.\d) \|", read("doc", "failures.md"))
    told = {name for name, _ in rows}
    tap.check(len(cases) > 40 and told == cases, "only on one side: %r" % sorted(told ^ cases))
    tap.check(all(float(seconds) <= 90 for _, seconds in rows), "more than 90 s: %r" % rows)


if __name__ == "__main__":
    tap.run([("the page for staff is made of the how-tos", staff), ("frontdesk-mail(7) has every command and key", mail),
             ("frontdesk-templates(5) has every letter and fact", templates), ("what the pages name is there", names_that_exist),
             ("doc/failures.md has each failure, measured", failures)])
