#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Rules of the tree that a compiler does not keep, each one TAP line: layers, stems, symbols, length, banned calls,
headers.am, SPDX lines, names. `lint.py --self-test` shows that each rule can fail. Rules are functions over
{path: text}, so the self test feeds them small wrong trees."""
import os
import re
import subprocess
import sys

FLOW = {"base", "cage", "net", "mailbox", "message", "gate", "autotask", "command", "action", "reply", "outbox", "journal",
        "health", "check", "diagnose", "quickbooks", "cli"}
# folder -> folders whose contracts it may include (doc/architecture.md, section 1); a "folder:part" is one header
LAYERS = {
    "base": set(),
    "net": {"base"},
    "mailbox": {"base", "net"},
    "message": {"base"},
    "cage": {"base", "message"},
    "gate": {"base", "message", "autotask:directory"},
    "autotask": {"base", "net"},
    "quickbooks": {"base", "net"},
    "command": {"base", "message", "autotask:directory", "diagnose:match"},
    "check": {"base", "autotask", "quickbooks", "reply:report"},
    "diagnose": {"base", "autotask", "quickbooks", "check", "reply:report"},
    "action": FLOW - {"action", "reply", "outbox", "health", "cli"} | {"reply:report", "reply:dates", "reply:sentence"},
    "reply": {"base", "message"},
    "outbox": {"base", "net"},
    "journal": {"base"},
    "health": {"base", "journal", "outbox"},
    "cli": FLOW,
    "sandbox": {"base"},
    "": FLOW,
}
# header stem -> folder, where the name does not say it
HOME = {"banned": "base", "conf": "base", "due": "base", "schedule": "base", "when": "base", "secret": "base", "http": "net", "stream": "net",
        "budget": "net", "pace": "net", "pulse": "base", "measure": "base", "json": "base", "oauth2": "net", "maillogin": "net", "desk": "", "job": "", "watch": "", "workers": ""}
MAX_FILE, MAX_FUNCTION, MOST_FUNCTION = 600, 100, 50
WORKPLACE = re.compile("/" + r"work/|/tmp/" + r"wt\b|helper " + "agent", re.I)


def folder_of(path):
    parts = path.split("/")
    return parts[1] if parts[0] == "src" and len(parts) > 2 else ""


def code_only(text):
    """The text with comments and literals blanked; line numbers stay."""
    pattern = r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\''
    return re.sub(pattern, lambda m: re.sub(r"[^\n]", " ", m.group()), text, flags=re.S)


def sources(tree, suffix=(".c", ".h")):
    return {path: text for path, text in tree.items() if path.endswith(suffix)}


def contract(stem):
    """'base_buf' -> ('base', 'buf'), 'http' -> ('net', '')."""
    if stem in HOME:
        return HOME[stem], ""
    folder, _, part = stem.partition("_")
    return folder, part


def layers(tree):
    for path, text in sources(tree).items():
        if not path.startswith("src/"):
            continue
        folder = folder_of(path)
        allowed = LAYERS.get(folder)
        if allowed is None:
            yield "%s: folder %s has no row in LAYERS" % (path, folder)
            continue
        for name in re.findall(r'^[ \t]*#[ \t]*include[ \t]+"([^"]+)"', text, re.M):
            if name == "config.h":
                continue
            if not name.startswith("frontdesk/"):
                own = os.path.normpath(os.path.join(os.path.dirname(path), name))
                # cli may use everything (architecture.md), so also the flow's own header; the mains are doors
                door = (folder == "cli" and folder_of(own) == "") or \
                    (path, folder_of(own)) in (("src/main.c", "cli"), ("src/sandbox_main.c", "sandbox"))
                if own not in tree or ("/" in name and not door):
                    yield "%s: private header %s is not beside it" % (path, name)
                continue
            other, part = contract(name[len("frontdesk/"):-2])
            if other != folder and other not in allowed and "%s:%s" % (other, part) not in allowed:
                yield "%s: %s may not include %s" % (path, folder, name)


def stems(tree):
    seen = {}
    for path in tree:
        if path.endswith(".c"):
            seen.setdefault(os.path.basename(path), []).append(path)
    for stem, paths in seen.items():
        if len(paths) > 1:
            yield "%s: %s" % (stem, ", ".join(sorted(paths)))


def functions(text):
    """(first line, last line, head) of each function body; relies on the layout that clang-format gives."""
    lines = code_only(text).split("\n")
    start, opened = None, None
    for number, line in enumerate(lines, 1):
        if opened is None:
            if line == "{":
                opened = number
            elif re.match(r"[A-Za-z_].*", line) and not line.startswith(("#", " ")):
                start = number
        elif line.startswith("}"):
            if line == "}" and start:
                head = " ".join(lines[start - 1:opened - 1])
                if "(" in head:
                    yield start, number, head
            start = opened = None


def length(tree):
    for path, text in sources(tree).items():
        if text.count("\n") > MAX_FILE:
            yield "%s: %d lines, at most %d" % (path, text.count("\n"), MAX_FILE)
    sizes = []
    for path, text in sources(tree, ".c").items():
        for first, last, _ in functions(text):
            sizes.append(last - first + 1)
            if sizes[-1] > MAX_FUNCTION:
                yield "%s:%d: a function of %d lines, at most %d" % (path, first, sizes[-1], MAX_FUNCTION)
    longer = sum(size > MOST_FUNCTION for size in sizes)
    if longer * 10 > len(sizes):
        yield "%d of %d functions have more than %d lines: at most one in ten" % (longer, len(sizes), MOST_FUNCTION)


C_LIBRARY = ("free", "realloc")  # src/base/wipe.c stands in front of these


def symbols(tree):
    """A function that is not static is declared in a header."""
    declared = code_only("\n".join(text for path, text in tree.items() if path.endswith(".h")))
    for path, text in sources(tree, ".c").items():
        if not path.startswith("src/"):
            continue
        for first, _, head in functions(text):
            name = re.search(r"(\w+)\s*\(", head).group(1)
            if re.search(r"\bstatic\b", head) or name in ("main", *C_LIBRARY):
                continue
            if not re.search(r"\b%s\s*\(" % name, declared):
                yield "%s:%d: %s is neither static nor declared in a header" % (path, first, name)


BANNED = [
    (re.compile(r"\b(strcpy|strcat|strncpy|strncat|sprintf|vsprintf|strtok|strtok_r|gets|atoi|atol|atoll|atof|sscanf|"
                r"fscanf|scanf|gmtime|localtime|ctime|asctime|alloca|mktemp|tmpnam|system|popen|stpcpy)\s*\("), ()),
    (re.compile(r"\bgetenv\s*\("), ("src/base/", "src/cli/cmd_render.c", "src/cli/progress.c")),  # is there a desktop? which terminal?
    (re.compile(r"\b(printf|puts|putchar)\s*\("), ("src/cli/", "src/main.c", "src/sandbox_main.c", "src/sandbox/")),
    (re.compile(r"\bcJSON_InsertItemInArray\s*\("), ()),  # Debian 12's drops what does not become the first item
    (re.compile(r"\bsqlite3_(?!libversion\b)\w+"), ("src/journal/",)),
]


def banned(tree):
    for path, text in sources(tree).items():
        if not path.startswith("src/"):
            continue
        for number, line in enumerate(code_only(text).split("\n"), 1):
            for pattern, excepted in BANNED:
                found = pattern.search(line)
                if found and not path.startswith(tuple(excepted)):
                    yield "%s:%d: %s" % (path, number, found.group())


def headers(tree):
    listed = set(re.findall(r"include/frontdesk/\w+\.h", tree.get("headers.am", "")))
    present = {path for path in tree if path.startswith("include/frontdesk/")}
    for path in sorted(listed ^ present):
        yield "headers.am and the folder differ: " + path


def shipped(tree):
    """All that a language says is installed: templates.am lists each file of templates/LANGUAGE, and no other."""
    listed = set(re.findall(r"templates/\w\w(?:_\w\w)?/[\w./-]+\.\w+", tree.get("templates/templates.am", "")))
    present = {path for path in tree if re.match(r"templates/\w\w(?:_\w\w)?/", path)}
    for path in sorted(listed ^ present):
        yield "templates/templates.am and the folder differ: " + path


def spdx(tree):
    for path, text in tree.items():
        if path.endswith((".c", ".h", ".py", ".sh")) or path.startswith(("scripts/", ".ci/")):
            if "SPDX-License-Identifier: GPL-2.0-or-later" not in "\n".join(text.split("\n")[:3]):
                yield path + ": no SPDX line at the head"


def names(tree):
    for path, text in tree.items():
        for number, line in enumerate(text.split("\n"), 1):
            if WORKPLACE.search(line):
                yield "%s:%d: names a private place" % (path, number)


def goldens(tree):
    """All that a reply template can say stands in a golden letter: each piece of text between two tags, in one of its own letters, or
    for a partial in any."""
    for path, text in tree.items():
        found = re.match(r"templates/en/reply/(\w+)\.(txt|html)$", path)
        if not found:
            continue
        own = "" if found.group(1).startswith("_") else found.group(1)
        letters = "\n".join(golden for name, golden in tree.items()
                            if re.match(r"tests/golden/%s(-[\w-]+)?\.%s$" % (own or r"\w+", found.group(2)), name))
        for piece in re.split(r"\{\{[^}]*\}\}|\n", text):
            if re.search(r"\w\w", piece) and piece.strip() not in letters:
                yield "%s: no golden letter says %r" % (path, piece.strip()[:80])


def arguments(text, start):
    """The arguments of the call whose ( is before `start`."""
    out, depth, at = [], 0, start
    for here in re.finditer(r'"(?:\\.|[^"\\])*"|[(){}\[\],]', text[start:]):
        sign, end = here.group(), start + here.start()
        if depth == 0 and sign in (",", ")"):
            out.append(" ".join(text[at:end].split()))
            at = end + 1
            if sign == ")":
                return out
        depth += (sign in "({[") - (sign in ")}]") if len(sign) == 1 else 0
    return out


def sentences(tree):
    """A row of SAY_TABLE is said somewhere, and with just its facts; words.txt and the rows agree, or nothing starts."""
    table = tree.get("include/frontdesk/reply_sentence.h", "")
    rows = dict(re.findall(r'\bX\((\w+), "([\w ]*)"\)', table))
    said = {}
    for path, text in sources(tree, (".c",)).items():
        if not path.startswith("src/"):
            continue
        for row in re.findall(r"\bSAY_([A-Z_]+)\b", text):
            said[row] = path
        for begins in re.findall(r"\bSAY_([A-Z_]+)##", text):  # by a table: a row each, or it does not compile
            said.update((row, path) for row in rows if row.startswith(begins))
        for call in re.finditer(r"\b(?:planning_say|sentence)\(", text):
            words = arguments(text, call.end())
            row = next((w[4:] for w in words if re.fullmatch(r"SAY_[A-Z_]+", w)), None)
            if row not in rows:
                continue
            facts = [w.strip('"') for w in words[words.index("SAY_" + row) + 1:-1:2]]
            if sorted(facts) != sorted(rows[row].split()):
                yield "%s: SAY_%s is said with the facts %r, its row has %r" % (path, row, facts, rows[row])
    for row in rows:
        if row not in said:
            yield "include/frontdesk/reply_sentence.h: nobody says SAY_%s" % row


def things(tree):
    """A word of ours that the checks put beside names and ids has a section in check/things.txt, so that a language can say it."""
    there = set(re.findall(r"^\[thing-(.*)\]$", tree.get("templates/en/check/things.txt", ""), re.M))
    calls = (r"report_evidence\((?:[^;]*?)\);", r'report_fact\([^;]*?"(?:kind|sign|what|have|party)",[^;]*?\);', r"look_at_\w+\([^;]*?\);",
             r"return party [^;]*;", r'\.kind = "[^"]*"')
    for path, text in sources(tree, (".c",)).items():
        if not path.startswith("src/check/"):
            continue
        for call in (m for pattern in calls for m in re.findall(pattern, text, re.S)):
            for word in re.findall(r'"([a-z][a-z\' ]{2,})"', re.sub(r'"(?:kind|sign|what|have|party)",', "", call)):
                if word != "other" and word.replace(" ", "-") not in there:
                    yield "%s: %r has no [thing-...] in templates/en/check/things.txt" % (path, word)


RULES = [layers, stems, symbols, length, banned, headers, shipped, spdx, names, goldens, sentences, things]
WRONG = {
    layers: {"src/gate/a.c": '#include "frontdesk/journal.h"\n'},
    stems: {"src/gate/a.c": "", "src/net/a.c": ""},
    symbols: {"src/gate/a.c": "int gate_x(void)\n{\n}\n"},
    length: {"src/gate/a.c": "int f(void)\n{\n" + "x;\n" * 120 + "}\n"},
    banned: {"src/gate/a.c": "x = getenv(y);\n"},
    headers: {"headers.am": "", "include/frontdesk/x.h": ""},
    shipped: {"templates/templates.am": "x = templates/en/diagnose/a.conf", "templates/en/diagnose/b.conf": ""},
    spdx: {"src/a.c": "int x;\n"},
    goldens: {"templates/en/reply/ask.txt": "Hello {{#x}}you{{/x}}", "tests/golden/ask.txt": "Hello ", "tests/golden/ask_again.txt": "you"},
    sentences: {"include/frontdesk/reply_sentence.h": 'X(A, "x")', "src/a.c": 'planning_say(p, in, pool, SAY_A, "y", f(1, 2), NULL);'},
    things: {"src/check/a.c": 'report_evidence(f, "Autotask", "work type", id, link);'},
    names: {"src/a.c": "/* see /" + "work/x */\n"},
}


def load(root):
    try:
        listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=root, check=True,
                                capture_output=True, text=True).stdout.split("\n")
    except (OSError, subprocess.CalledProcessError):
        listed = []
    if not any(path.startswith("src/") for path in listed):  # a tarball, perhaps within the tree that made it
        listed = [os.path.relpath(os.path.join(top, name), root) for top, _, files in os.walk(root) for name in files]
    tree = {}
    for path in filter(None, listed):
        if path.startswith(("build", "_build", "tests/fuzz/corpus/", "tests/fixtures/")) or not os.path.isfile(os.path.join(root, path)):
            continue
        with open(os.path.join(root, path), encoding="utf-8", errors="replace") as source:
            tree[path] = source.read()
    return tree


def main():
    tree = load(os.environ.get("FRONTDESK_SRC", "."))
    results = []
    for rule in RULES:
        results.append((rule.__name__, sorted(rule(tree))))
        caught = any(True for _ in rule(WRONG[rule]))
        results.append((rule.__name__ + " sees what is wrong", [] if caught else ["a wrong tree passed"]))
    if not any(path.startswith("src/") for path in tree):
        results.append(("the tree", ["no source was found"]))
    print("1..%d" % len(results))
    for number, (name, problems) in enumerate(results, 1):
        print("%s %d - %s" % ("not ok" if problems else "ok", number, name))
        for problem in problems:
            print("# " + problem)
    return 1 if any(problems for _, problems in results) else 0


if __name__ == "__main__":
    sys.exit(main())
