#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Each leg is cut in turn, with all others well: the operator's program and the second mail server hear of it once, not before its grace
and within its promised time, and once when it works again. And what the program gets."""
import email
import email.policy
import os
import sys
import time

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support")]
from lab import Lab  # noqa: E402
from pager import ARGUMENTS, Operator  # noqa: E402
import tap  # noqa: E402

GRACE = 2  # s
HOUR = 3600000


def no_autotask():
    LAB.sandbox.faults([dict(action="html503")])


def autotask_again():
    LAB.sandbox.faults([])


def ticket():
    LAB.deliver(dict(subject="Sarah: look at it %d" % time.monotonic_ns(), text="x"))


def report():
    # of another sender: it is not behind a mail that waits for its next try
    LAB.deliver(dict(subject="check terms", text="%d" % time.monotonic_ns(), sender="sarah@northwind.example"))


def cable(name):
    return (lambda: OPERATOR.cables[name].cut(), lambda: OPERATOR.cables[name].mend())


# leg, topic, leg in status, how many times the grace, how it is cut, how it is mended, what makes frontdesk use it
LEGS = [("IMAP", "mailbox-desk", "mail-in-desk", 1, *cable("imaps"), None),
        ("SMTP", "mail-out-desk", "mail-out-desk", 1, *cable("submission"), ticket),
        ("Autotask", "autotask", "autotask", 1, no_autotask, autotask_again, ticket),
        ("the token server of QuickBooks", "quickbooks", "quickbooks", 2, *cable("tokens"), report),
        ("QuickBooks", "quickbooks", "quickbooks", 2, *cable("books"), report)]


def cut(topic, leg, graces, cut_it, mend, use):
    """On the daemon that runs: ill once by both ways, well once by both ways."""
    def test():
        before = (OPERATOR.by_program(topic), OPERATOR.by_second(topic))
        begin = time.monotonic()
        cut_it()
        if use:
            use()
        OPERATOR.until("nobody was paged", lambda: len(OPERATOR.by_program(topic)) == len(before[0]) + 1)
        took = time.monotonic() - begin
        OPERATOR.until("no letter", lambda: len(OPERATOR.by_second(topic)) == len(before[1]) + 1)
        tap.check(took >= GRACE * graces, "told after %.1f s, before the grace" % took)
        tap.check(OPERATOR.failing(leg) > 0, "status does not say so")
        print("# %s: told %.1f s after the cut, grace %d s" % (topic, took, GRACE * graces))
        if use:  # and again, while it is ill
            use()
        time.sleep(1.5)
        begin = time.monotonic()
        mend()
        OPERATOR.until("nobody was told that it is well", lambda: len(OPERATOR.by_program(topic)) == len(before[0]) + 2)
        OPERATOR.until("no letter that it is well", lambda: len(OPERATOR.by_second(topic)) == len(before[1]) + 2)
        print("# %s: well again told %.1f s after it was mended" % (topic, time.monotonic() - begin))
        tap.check(OPERATOR.by_program(topic) == before[0] + ["ill", "well"] and OPERATOR.by_second(topic) == before[1] + ["ill", "well"],
                  (OPERATOR.by_program(topic), OPERATOR.by_second(topic)))
        tap.check(OPERATOR.failing(leg) == 0, "status says that it fails")
    return test


def begins():
    """All legs go through cables; nobody is told anything. The access token of QuickBooks has ended."""
    OPERATOR.settle(grace=GRACE)
    LAB.sandbox.settings(clock_shift_ms=2 * HOUR)
    LAB.daemon.start(ready=30, env=dict(FRONTDESK_CLOCK_SHIFT_MS=str(2 * HOUR)), arguments=("--since", "2020-01-01"))
    tap.check(not OPERATOR.paged() and not OPERATOR.second.taken, OPERATOR.paged())


def nothing_else():
    """All that was told is about the legs that were cut; every mail got its one ticket."""
    topics = {call["env"]["FRONTDESK_TOPIC"] for call in OPERATOR.paged()}
    tap.check(topics == {topic for _, topic, *_ in LEGS}, topics)
    OPERATOR.until("a ticket is missing", lambda: len(LAB.sandbox.tickets()) >= 4)
    tap.check(len(LAB.sandbox.tickets()) == 4, len(LAB.sandbox.tickets()))
    LAB.daemon.stop()


def what_the_program_gets():
    """Fixed arguments, no shell, no descriptors and no environment of ours, the words on its input."""
    call = OPERATOR.paged()[0]
    tap.check(call["args"] == ARGUMENTS and call["cwd"] == "/", call)
    tap.check(set(call["env"]) - {"LC_CTYPE"} == {"PATH", "LANG", "HOME", "FRONTDESK_STATE", "FRONTDESK_TOPIC", "FRONTDESK_ID"}, call["env"])
    tap.check(call["fds"] in (["0", "1", "2", "3"], ["0", "1", "2", "3", "4"]), call["fds"])  # 3: the file it writes; 4: the list itself
    tap.check("ILL: mailbox-desk" in call["text"] and "cannot be watched" in call["text"], call["text"])
    tap.check(len({c["env"]["FRONTDESK_ID"] for c in OPERATOR.paged()}) == len(OPERATOR.paged()), "an id came twice")
    letter = email.message_from_bytes(OPERATOR.second.taken[0], policy=email.policy.default)
    tap.check([letter[field].addresses[0].addr_spec for field in ("From", "To")] == ["alerts@elsewhere.example", "operator@northwind.example"],
              letter["From"])


if __name__ == "__main__":
    with Lab() as LAB:
        OPERATOR = Operator(LAB)
        tap.run([("a quiet beginning", begins)] +
                [("%s is cut: told once, and once that it is well" % name, cut(*row)) for name, *row in LEGS] +
                [("nothing else was told, nothing was lost", nothing_else),
                 ("what the program gets", what_the_program_gets)])
