#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The clock of the machine jumps: forward by a year and back, backward by a day and back, and a start under a clock that was ahead.
What waits for a time waits as long as before, what may have been done is not done again early, nothing is erased, and the operator
hears once of it and once that it is over. The file FRONTDESK_CLOCK_FILE stands for the machine's clock."""
import os
import re
import struct
import sys
import time

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support")]
from degrading import SINCE, DegradedLab  # noqa: E402
import tap  # noqa: E402

DAY = 86400 * 1000


class Clock:
    def __init__(self, **settings):
        LAB.clean()
        LAB.edit((r"grace_seconds = \d+", "grace_seconds = 600"), *settings.items())
        self.path = os.path.join(LAB.daemon.dir, "clock")
        self.set(0)
        self.env = {"FRONTDESK_CLOCK_FILE": self.path}

    def __enter__(self):
        LAB.daemon.start(arguments=SINCE, env=self.env)
        return self

    def __exit__(self, *_):
        LAB.daemon.kill()

    def set(self, ms):
        """In place: the program has it mapped."""
        out = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        os.pwrite(out, struct.pack("=q", ms), 0)
        os.close(out)

    def jump(self, ms):
        self.set(ms)
        before = LAB.daemon.log().count("clock.jumped")
        LAB.until("the jump is seen", lambda: LAB.daemon.log().count("clock.jumped") > before)


def creates():
    return sum(row["method"] == "POST" and row["path"].endswith("/Tickets") for row in LAB.sandbox.log())


def states():
    return {row["state"] for row in LAB.daemon.journal()}


def forward_and_back():
    with Clock(**{r"settle_seconds = 1;": "settle_seconds = 9;"}) as clock:
        LAB.deliver_tickets("before", 1)
        LAB.until("the first mail is done", lambda: LAB.all_done(1))
        LAB.deliver(dict(subject="Shara printer down", text="x\n"))
        LAB.until("it is asked", lambda: "waiting" in states())
        LAB.sandbox.faults([dict(method="POST", path="Tickets", nth=1, action="drop_before_commit")])
        LAB.deliver_tickets("in doubt", 1)
        LAB.until("the answer of the create is lost", lambda: creates() == 2)
        begin = time.monotonic()
        LAB.until("it is looked for", lambda: any(row["path"].endswith("/Tickets/query") for row in LAB.sandbox.log()))
        clock.jump(365 * DAY)
        LAB.until("the operator hears of it", LAB.alerts)
        made = creates()
        tap.check(made == 2 or time.monotonic() - begin > 9, "the ticket was made again %.1f s after its answer was lost" % (
            time.monotonic() - begin))
        LAB.heard_once("clock", False)
        tap.check(re.search(r"alerts +1 .*\n.* clock .*jumped forward by 365 days", LAB.run("status")), LAB.run("status"))
        tap.check("open alert clock" in LAB.daemon.run("doctor")[1], LAB.daemon.run("doctor"))
        LAB.until("what was in doubt is done", lambda: len(LAB.tickets()) == 2)
        tap.check("waiting" in states() and "parked" not in states(), LAB.daemon.journal())
        clock.jump(0)
        LAB.until("the operator hears that it is over", lambda: len(LAB.alerts()) > 1)
        LAB.heard_once("clock", True)
        tap.check("waiting" in states() and "parked" not in states(), LAB.daemon.journal())
        tap.check(all("erased" not in (row["reason"] or "") for row in LAB.daemon.journal()), LAB.daemon.journal())
        LAB.deliver_tickets("after", 1)
        LAB.until("mail is done as before", lambda: len(LAB.tickets()) == 3)


def backward_and_back():
    """What was put off for seconds does not wait for a day."""
    with Clock(**{r"limits = \{": "limits = { per_sender_hour = 5; "}) as clock:
        LAB.deliver_tickets("before", 4)
        LAB.until("the first mails are done", lambda: LAB.all_done(4))
        LAB.sandbox.faults([dict(method="POST", path="Tickets", action="status", status=429, errors="busy", retry_after=5)])
        LAB.deliver_tickets("put off", 1)
        LAB.until("it is put off", lambda: any(row["tries"] for row in LAB.daemon.journal()))
        clock.jump(-DAY)
        LAB.sandbox.faults([])
        LAB.until("it is done", lambda: LAB.all_done(5))
        LAB.deliver_tickets("after", 1)
        LAB.until("mail is done as before", lambda: LAB.all_done(6))
        LAB.heard_once("clock", False)
        clock.jump(0)
        LAB.until("the operator hears that it is over", lambda: len(LAB.alerts()) > 1)
        LAB.heard_once("clock", True)
        LAB.one_each(6, queued=1)


def small_step():
    """A step of a minute, as a time server makes one, is followed and troubles nobody."""
    with Clock() as clock:
        clock.jump(60000)
        LAB.deliver_tickets("after", 1)
        LAB.until("the mail is done", lambda: LAB.all_done(1))
        tap.check(not LAB.alerts(), LAB.alerts())


def ahead_at_start():
    """Put off under a clock that was two days ahead; started again under the right one."""
    with Clock() as clock:
        LAB.daemon.kill()
        clock.set(2 * DAY)
        LAB.daemon.start(arguments=SINCE, env=clock.env)
        LAB.sandbox.faults([dict(method="POST", path="Tickets", action="status", status=429, errors="busy", retry_after=1800)])
        LAB.deliver_tickets("put off", 1)
        LAB.until("it is put off", lambda: any(row["tries"] for row in LAB.daemon.journal()))
        LAB.daemon.kill()
        LAB.sandbox.faults([])
        clock.set(0)
        LAB.daemon.start(arguments=SINCE, env=clock.env)
        LAB.until("it is done", lambda: LAB.all_done(1))
        LAB.one_each(1, queued=1)


if __name__ == "__main__":
    with DegradedLab() as LAB:
        tap.run([("forward by a year, and back", forward_and_back),
                 ("backward by a day, and back", backward_and_back),
                 ("a small step", small_step),
                 ("a start after a clock that was ahead", ahead_at_start)])
