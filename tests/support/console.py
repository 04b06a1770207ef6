# SPDX-License-Identifier: GPL-2.0-or-later
"""frontdesk at the command line, as an operator has it: run a command, and look at what every command must keep."""
import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import termios

import markers
from sandbox import BUILD
import tap

PROGRAM = os.path.join(BUILD, "frontdesk")


class Answer:
    def __init__(self, words, code, out, errors):
        self.words, self.code, self.out, self.errors = words, code, out, errors

    def __str__(self):
        return "frontdesk %s => %d\n--- out\n%s--- errors\n%s" % (" ".join(self.words), self.code, self.out, self.errors)


def frontdesk(*words, stdin=b"", env=None, cwd=None, out=subprocess.PIPE, timeout=tap.PATIENCE):
    """Runs it. A crash, a secret in the output, a terminal's escape, `(null)` and words on the wrong channel are failures at once."""
    done = subprocess.run([PROGRAM, *words], input=stdin, stdout=out, stderr=subprocess.PIPE, cwd=cwd, timeout=timeout,
                          env={**os.environ, **(env or {})}, check=False)
    answer = Answer(words, done.returncode, (done.stdout or b"").decode("utf-8", "replace"),
                    done.stderr.decode("utf-8", "replace"))
    both = answer.out + answer.errors
    tap.check(answer.code >= 0, "ended by a signal: %s" % answer)
    markers.check("the output of %s" % answer, both)
    tap.check("(null)" not in both and "\x1b" not in both, "%s" % answer)
    stray = [line for line in answer.errors.splitlines() if not re.match(r"frontdesk: |\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ ", line)]
    tap.check(not stray, "errors that do not say whose they are: %r in %s" % (stray, answer))
    return answer


def expect(code, answer, *needles, errors=()):
    """The exit code; `needles` in stdout and `errors` in stderr, as regular expressions."""
    tap.check(answer.code == code, "exit code %d expected: %s" % (code, answer))
    for text, patterns in ((answer.out, needles), (answer.errors, errors)):
        for pattern in patterns:
            tap.check(re.search(pattern, text, re.M), "%r not found: %s" % (pattern, answer))
    return answer


def _take_terminal():
    fcntl.ioctl(1, termios.TIOCSCTTY, 0)
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # a shell lets what it runs in the background ignore it


def on_terminal(*words, env=None, timeout=tap.PATIENCE, columns=80, press=None):
    """What a person sees: stdout and stderr on a terminal of so many columns, of which it is the first. `press`: (what has to be seen, the keys
    that are pressed then)."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    child = subprocess.Popen([PROGRAM, *words], stdin=slave if press else subprocess.DEVNULL, stdout=slave, stderr=slave, start_new_session=True,
                             preexec_fn=_take_terminal,
                             env={**{k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "COLUMNS")}, "TERM": "xterm", **(env or {})})
    os.close(slave)
    seen = b""
    try:
        while chunk := os.read(master, 4096):
            seen += chunk
            if press and re.search(press[0], seen):
                os.write(master, press[1])
                press = None
    except OSError:
        pass  # the other end was closed
    os.close(master)
    markers.check("the output of frontdesk " + " ".join(words), seen)
    return child.wait(timeout), seen.decode("utf-8", "replace")
