# SPDX-License-Identifier: GPL-2.0-or-later
"""Does the search for secrets find what a frontdesk tells that cannot keep one? tests/cli/mutant_talkative.c says what it can tell."""
import os
import subprocess

import markers
from sandbox import BUILD
import tap

MUTANT = os.path.join(BUILD, "tests", "cli", "mutant_talkative")


def _finds(search, *arguments):
    try:
        search(*arguments)
    except AssertionError:
        return True
    return False


def caught(lab, word, form="plain", command=("doctor",), stdin=b"", shift=None):
    """A run of the mutant that tells what stands behind `word`: on its output, and in the log of the installation."""
    shifted = {"FRONTDESK_CLOCK_SHIFT_MS": str(shift)} if shift else {}
    env = {**os.environ, **shifted, "FRONTDESK_TEST_LEAK": "%s:%s" % (form, word)}
    done = subprocess.run([MUTANT, *command, "-c", lab.daemon.conf, "--log", "info"], input=stdin, capture_output=True, timeout=tap.PATIENCE, env=env, check=False)
    told = [line for line in done.stderr.splitlines() if b" mutant told " in line]
    tap.check(told, "the mutant told nothing behind %r: %r" % (word, done))
    lab.sandbox.no_secret()
    tap.check(any(_finds(markers.check, "here", line) for line in told), "%s of what stands behind %r is not found: %r" % (form, word, told))
    with open(lab.daemon.log_path, "rb") as log:
        before = log.read()
    with open(lab.daemon.log_path, "ab") as log:
        log.write(b"\n".join(told) + b"\n")
    try:
        tap.check(_finds(lab.daemon.no_secret), "the log is not looked at")
    finally:
        with open(lab.daemon.log_path, "wb") as log:
            log.write(before)
