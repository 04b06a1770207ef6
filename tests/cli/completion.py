#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What shells complete: in bash as it is pressed, in zsh and fish as far as they are installed; and --quiet and suggestions."""
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support")]
from console import expect, frontdesk  # noqa: E402
import tap  # noqa: E402

COMMANDS = set(re.findall(r"^  ([a-z]+) +\S", frontdesk("--help").out, re.M))


def script(shell):
    path = os.path.join(WORK, shell)
    with open(path, "w", encoding="utf-8") as out:
        out.write(expect(0, frontdesk("completion", shell)).out)
    return path


def pressed(*line):
    """What bash offers behind these words; the last one is begun."""
    words = ["frontdesk", *line]
    program = 'source %s; COMP_WORDS=(%s); COMP_CWORD=%d; _frontdesk; printf "%%s\\n" "${COMPREPLY[@]}"' % (
        script("bash"), " ".join("'%s'" % w for w in words), len(words) - 1)
    done = subprocess.run(["bash", "-euo", "pipefail", "-c", program], capture_output=True, text=True, check=False, cwd=WORK)
    tap.check(not done.stderr, done.stderr)
    return set(done.stdout.split())


def in_bash():
    tap.check(COMMANDS <= pressed("") and len(COMMANDS) > 10, pressed(""))
    checks = set(re.findall(r"(?m)^  ([a-z]+) .*\S", frontdesk("check", "-h").out.split("\n\n")[2]))
    tap.check(len(checks) > 5 and checks == {w for w in pressed("check", "") if not w.startswith("-")}, "%r" % checks)
    for line, offered in ((("jo",), {"journal"}), (("journal", "re"), {"retry", "rebuild"}), (("journal", "list", "--st"), {"--state"}),
                          (("journal", "list", "--state", "pa"), {"parked"}), (("check", "--format", ""), {"text", "html", "csv", "json"}),
                          (("-c", "x.conf", "check", "map"), {"mapping"}), (("--log", "e"), {"error"}), (("login", "q"), {"quickbooks"}),
                          (("help", "doc"), {"doctor"}), (("run", "--jso"), set()), (("run", "--since", ""), set()),
                          (("-c", "ba"), {"bash"}), (("status", "--q"), {"--quiet"})):
        tap.check(pressed(*line) == offered, "%r: %r" % (line, pressed(*line)))


def in_zsh():
    subprocess.run(["zsh", "-n", script("zsh")], check=True)
    with open(script("zsh"), encoding="utf-8") as text:
        tap.check(set(re.findall(r"(?m)^ +'([a-z]+):", text.read())) == COMMANDS, "commands")


def in_fish():
    subprocess.run(["fish", "-n", script("fish")], check=True)
    ask = "source %s; complete -C '%%s'" % script("fish")
    for line, wanted in (("frontdesk ", COMMANDS), ("frontdesk journal re", {"retry", "rebuild"}), ("frontdesk check --format ", {"text", "html", "csv", "json"})):
        done = subprocess.run(["fish", "--no-config", "-c", ask % line], capture_output=True, text=True, check=False, env={**os.environ, "HOME": WORK})
        found = {row.split("\t")[0] for row in done.stdout.splitlines()}
        tap.check(wanted <= found, "%r: %r %s" % (line, found, done.stderr))


def other_shells():
    for words in ([], ["tcsh"]):
        expect(64, frontdesk("completion", *words), errors=["allowed are bash, zsh and fish", "usage: frontdesk completion bash"])


def suggestions():
    for words, hint in ((["jurnal"], 'did you mean "journal"'), (["dcotor"], 'did you mean "doctor"'), (["status", "--jsn"], "did you mean --json"),
                        (["--conifg", "x"], "did you mean --config"), (["journal", "lst"], 'did you mean "list"'),
                        (["check", "mappin"], 'did you mean "mapping"')):
        expect(64, frontdesk(*words, "-c", os.path.join(WORK, "none")) if words[0] != "--conifg" else frontdesk(*words), errors=[hint])


def quiet():
    """No warnings, no hint at a terminal; results and errors stay."""
    loud, still = frontdesk("explain", "-c", os.path.join(WORK, "none")), frontdesk("-q", "explain", "-c", os.path.join(WORK, "none"))
    tap.check(loud.code == still.code == 78 and "cannot be opened" in still.errors, still)
    tap.check(frontdesk("conf", "--quiet").out == frontdesk("conf").out, "conf")


if __name__ == "__main__":
    WORK = tempfile.mkdtemp(prefix="fd-completion-")
    TESTS = [("bash", in_bash), ("no other shell", other_shells), ("suggestions", suggestions), ("--quiet", quiet)]
    TESTS += [(shell, test) for shell, test in (("zsh", in_zsh), ("fish", in_fish)) if shutil.which(shell)]
    try:
        tap.run(TESTS)
    finally:
        shutil.rmtree(WORK)
