#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The disk of the state directory turns read-only, while frontdesk runs or before it starts: no mail is taken, `status`, `doctor`
and the operator hear of it once, Autotask is left alone, and all goes on by itself when it can be written again.

While it runs, a library loaded before libc refuses what a read-only disk refuses (readonly.c says why no mount can); before it
starts, a real mount does, which takes root."""
import os
import re
import subprocess
import sys
import time

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support")]
from degrading import MAILBOX, MS_BIND, MS_RDONLY, MS_REMOUNT, SINCE, DegradedLab, mount, own_mounts, unmount  # noqa: E402
import tap  # noqa: E402

LONG = "a line of a long mail\n" * 30000


class ReadOnly:
    """The switch of readonly.c, and the environment in which it works."""

    def __init__(self):
        LAB.clean()
        library = os.path.join(LAB.daemon.dir, "readonly.so")
        source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support", "readonly.c")
        if not os.path.exists(library):
            subprocess.run([os.environ.get("CC", "cc"), "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
        self.switch = os.path.join(LAB.daemon.dir, "read-only")
        self.env = {"LD_PRELOAD": library, "READONLY_SWITCH": self.switch, "READONLY_FOLDER": os.path.join(LAB.daemon.dir, "state")}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        LAB.daemon.kill()
        self.off()

    def on(self):
        with open(self.switch, "w", encoding="utf-8"):
            pass

    def off(self):
        if os.path.exists(self.switch):
            os.unlink(self.switch)


def while_mail_comes():
    with ReadOnly() as disk:
        LAB.daemon.start(arguments=SINCE, env=disk.env)
        LAB.deliver_tickets("before", 1)
        LAB.until("the first mail is done", lambda: LAB.all_done(1))
        disk.on()
        calls = len(LAB.sandbox.log())
        LAB.deliver_tickets("while read-only", 2)
        LAB.until("the operator hears of it", LAB.alerts)
        LAB.deliver_tickets("large", 1, LONG)
        time.sleep(2)
        LAB.heard_once("unwritable", False)
        tap.check(len(LAB.sandbox.log()) == calls, "Autotask was called")
        tap.check(len(LAB.stored(MAILBOX)["INBOX"]) == 3, "mail left the inbox")
        disk.off()
        LAB.until("all mail is done", lambda: LAB.all_done(4))
        LAB.until("the operator hears that it is well", lambda: len(LAB.alerts()) > 1)
        LAB.heard_once("unwritable", True)
        LAB.one_each(4)


def while_a_ticket_is_made():
    """What was made and could not be recorded is found by its key: nothing is parked, and no second ticket."""
    with ReadOnly() as disk:
        LAB.daemon.start(arguments=SINCE, env=disk.env)
        LAB.sandbox.faults([dict(method="POST", path="Tickets", nth=1, action="delay_after", ms=1500)])
        LAB.deliver_tickets("in flight", 1)
        LAB.until("the create is under way", lambda: LAB.daemon.journal() and LAB.daemon.journal()[0]["state"] == "planned")
        disk.on()
        LAB.until("the operator hears of it", LAB.alerts)
        tap.check(LAB.daemon.journal()[0]["state"] == "planned", LAB.daemon.journal())
        disk.off()
        LAB.until("the mail is done", lambda: LAB.all_done(1))
        LAB.one_each(1)
        LAB.until("the operator hears that it is well", lambda: len(LAB.alerts()) > 1)
        LAB.heard_once("unwritable", True)


def at_start():
    """A start says what, where and the fix, and takes nothing; `status` and `doctor` beside it say so too."""
    LAB.clean()
    state = os.path.join(LAB.daemon.dir, "state")
    tap.check(LAB.daemon.once(arguments=SINCE) == 0, LAB.daemon.log())
    LAB.deliver_tickets("x", 1)
    mount(state, state, None, MS_BIND)
    try:
        mount("none", state, None, MS_BIND | MS_REMOUNT | MS_RDONLY)
        code, _, errors = LAB.daemon.run("once", *SINCE)
        tap.check(code == 74 and state in errors and "Read-only file system" in errors and "mounted for writing" in errors,
                  "%d: %s" % (code, errors))
        code, out, _ = LAB.daemon.run("doctor")
        tap.check(code == 69 and re.search(r"FAIL  state directory \S+\n.*Read-only file system\n +fix: ", out), out)
        tap.check(re.search(r"WARNING.*no mail is taken.*read-only", LAB.run("status"), re.I), LAB.run("status"))
        tap.check(len(LAB.stored(MAILBOX)["INBOX"]) == 1, "mail left the inbox")
    finally:
        unmount(state)
    LAB.settle()
    LAB.one_each(1)


if __name__ == "__main__":
    WHY_NOT = own_mounts()

    def skipped():
        raise tap.Skip(WHY_NOT)

    with DegradedLab() as LAB:
        tap.run([("the disk turns read-only while mail comes", while_mail_comes),
                 ("the disk turns read-only while a ticket is made", while_a_ticket_is_made),
                 ("a start on a read-only disk", skipped if WHY_NOT else at_start)])
