#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The ways by which an alert leaves: through a kill at the worst moment, with no second way, and when one of them fails itself."""
import os
import re
import signal
import sys
import time

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support")]
from console import expect, frontdesk  # noqa: E402
from lab import OPERATOR as ADDRESS, Lab  # noqa: E402
from markers import ALERTS_PASSWORD, PASSWORD  # noqa: E402
from pager import PROMISE, Operator  # noqa: E402
from remains import copies  # noqa: E402
import tap  # noqa: E402

SINCE = ("--since", "2020-01-01")


def killed_in_between():
    """Killed before the grace is over: it goes on. Killed when the program has run and nobody noted it: it is called again, with the
    same id. Killed while the leg is ill: told once that it is well."""
    OPERATOR.settle(grace=5)
    LAB.daemon.start(ready=30, arguments=SINCE)
    begin = time.monotonic()
    OPERATOR.cables["imaps"].cut()
    OPERATOR.until("it does not fail", lambda: OPERATOR.failing("mail-in-desk"))
    LAB.daemon.kill()
    LAB.daemon.start(ready=0, env=dict(FRONTDESK_CRASH_AT="post.after"))
    OPERATOR.until("not told", lambda: OPERATOR.by_program("mailbox-desk"))
    took = time.monotonic() - begin
    tap.check(took >= 5, "told after %.1f s" % took)
    print("# told %.1f s after the cut, grace 5 s, killed meanwhile" % took)
    tap.check(LAB.daemon.child.wait(PROMISE) == -signal.SIGKILL, LAB.daemon.log())
    LAB.daemon.child = None
    LAB.daemon.start(ready=0)
    OPERATOR.until("no letter", lambda: OPERATOR.by_second("mailbox-desk"))
    OPERATOR.until("not called again", lambda: len(OPERATOR.by_program("mailbox-desk")) == 2)
    LAB.daemon.kill()
    OPERATOR.cables["imaps"].mend()
    LAB.daemon.start(ready=30)
    OPERATOR.until("not well", lambda: "well" in OPERATOR.by_program("mailbox-desk") and "well" in OPERATOR.by_second("mailbox-desk"))
    OPERATOR.until("a password stays in memory", lambda: not any(copies(LAB.daemon.child.pid, dict(alerts=ALERTS_PASSWORD, mail=PASSWORD)).values()))
    LAB.daemon.stop()
    ids = [(call["env"]["FRONTDESK_STATE"], call["env"]["FRONTDESK_ID"]) for call in OPERATOR.paged()]
    tap.check(len(ids) == 3 and ids[0] == ids[1] and ids[2][0] == "well", ids)
    tap.check(OPERATOR.by_second("mailbox-desk") == ["ill", "well"], OPERATOR.by_second("mailbox-desk"))
    tap.check(OPERATOR.logins() >= 2, OPERATOR.second.commands)


def no_second_way():
    """The way out is ill and there is no other: doctor has warned; log and status say so; the letter comes when it is well."""
    OPERATOR.settle(command=False, second=False, grace=1)
    expect(0, frontdesk("doctor", "-c", LAB.daemon.conf), "^warn  alerts have one way out", "fix: set alerts.smtp to a second mail server, or alerts.command")
    LAB.daemon.start(ready=30, arguments=SINCE)
    OPERATOR.cables["submission"].cut()
    LAB.deliver(dict(subject="Sarah: look at it", text="x"))
    OPERATOR.until("not in the log", lambda: "alert ill topic=mail-out-desk" in LAB.daemon.log())
    expect(0, frontdesk("status", "-c", LAB.daemon.conf), "mail-out-desk.*fails since", "Answers of mailbox desk wait; nothing is lost")
    OPERATOR.cables["submission"].mend()
    LAB.host.wait_for_mail(ADDRESS, lambda raw: b"mail-out-desk" in raw, timeout=PROMISE)
    LAB.daemon.stop()


def second_is_ill():
    """The second server puts all off: the first takes the alert, and the operator hears that the second one fails."""
    OPERATOR.settle(command=False, grace=1)
    OPERATOR.second.script["MAIL"] = [b"451 not now\r\n"] * 100
    LAB.daemon.start(ready=30, arguments=SINCE)
    OPERATOR.cables["imaps"].cut()
    for topic in (b"mailbox-desk", b"alerts-smtp"):
        LAB.host.wait_for_mail(ADDRESS, lambda raw, topic=topic: topic in raw, timeout=PROMISE)
    tap.check(not OPERATOR.second.taken, OPERATOR.second.taken)
    OPERATOR.second.script["MAIL"] = []
    OPERATOR.cables["imaps"].mend()
    OPERATOR.until("the second one has nothing",
                   lambda: OPERATOR.by_second("mailbox-desk") == ["well"] and OPERATOR.by_second("alerts-smtp") == ["well"])
    LAB.daemon.stop()


def program_fails():
    """A status that is not 0 is logged with what it said, the operator hears of it by mail, and the alert is not lost."""
    OPERATOR.settle(grace=1)
    OPERATOR.program("#!/bin/sh\necho cannot reach; echo 'level=error\x1b[31m' >&2; exit 3\n")
    LAB.daemon.start(ready=30, arguments=SINCE)
    OPERATOR.cables["imaps"].cut()
    OPERATOR.until("it is not logged",
                   lambda: re.search(r'alert command topic=mailbox-desk status=3 .*"cannot reach level=error \[31m ?"', LAB.daemon.log()))
    OPERATOR.until("no word by mail", lambda: OPERATOR.by_second("alerts-command") == ["ill"])
    OPERATOR.program()
    OPERATOR.until("it is lost", lambda: OPERATOR.by_program("mailbox-desk") == ["ill"])
    OPERATOR.until("no word that it works", lambda: OPERATOR.by_second("alerts-command") == ["ill", "well"])
    LAB.daemon.stop()


def not_started():
    """A label is gone when the service starts, at a boot by night, or a letter of the firm does not fit the program after an upgrade, also
    where the whole language is the firm's: each way hears of it once, and once of the next good start."""
    OPERATOR.settle()
    LAB.daemon.start(ready=30, arguments=SINCE)
    LAB.daemon.stop()
    with open(LAB.daemon.conf, encoding="utf-8") as conf:
        good = conf.read()
    own = OPERATOR.path("own")
    os.makedirs(os.path.join(own, "xx"), exist_ok=True)
    with open(os.path.join(own, "created.txt"), "w", encoding="utf-8") as letter:
        letter.write("Subject: x\n{{titel}}\n")
    firms = good + 'own_templates = "%s";\n' % own
    foreign = firms.replace("firm = {", 'firm = { language = "xx";', 1)
    tap.check(foreign != firms, firms)
    for number, (text, said) in enumerate(((good.replace('"Help Desk"', '"Halp Desk"'), 'did you mean "Help Desk"'),
                                           (firms, 'did you mean "title"'), (foreign, 'did you mean "title"')), 1):
        turns = ["ill", "well"] * number
        with open(LAB.daemon.conf, "w", encoding="utf-8") as conf:
            conf.write(text)
        for _ in range(2):
            expect(78, frontdesk("run", "-c", LAB.daemon.conf), errors=[said])
            tap.check(OPERATOR.by_program("start") == OPERATOR.by_second("start") == turns[:-1], OPERATOR.paged())
        tap.check(said in OPERATOR.paged()[-1]["text"], OPERATOR.paged())
        with open(LAB.daemon.conf, "w", encoding="utf-8") as conf:
            conf.write(good)
        LAB.daemon.start(ready=30)
        OPERATOR.until("not well", lambda turns=turns: OPERATOR.by_program("start") == OPERATOR.by_second("start") == turns)
        LAB.daemon.stop()


def what_doctor_says():
    """Of the program, without running it, and of the second server."""
    OPERATOR.settle()
    expect(0, frontdesk("doctor", "-c", LAB.daemon.conf), "^ok    alerts.smtp: the second way out", "^ok    alerts.command /")
    os.chmod(OPERATOR.path("pager"), 0o777)
    expect(0, frontdesk("doctor", "-c", LAB.daemon.conf), "^warn  alerts.command .*/pager", "others than root may change that program")
    os.unlink(OPERATOR.path("pager"))
    OPERATOR.second.script["MAIL"] = [b"550 you may not\r\n"]
    expect(69, frontdesk("doctor", "-c", LAB.daemon.conf), "^FAIL  alerts.command", "^FAIL  alerts.smtp", "550 you may not")
    tap.check(not OPERATOR.paged(), OPERATOR.paged())


if __name__ == "__main__":
    with Lab() as LAB:
        OPERATOR = Operator(LAB)
        tap.run([("killed while a leg is ill", killed_in_between),
                 ("no second way", no_second_way),
                 ("the second way is ill", second_is_ill),
                 ("the program fails", program_fails),
                 ("it does not start", not_started),
                 ("what doctor says of the ways", what_doctor_says)])
