#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Files over what Autotask takes in five minutes: the answer comes at once, the files follow when there is room, none fails and none
comes twice. The clock is moved, nothing waits for five minutes."""
import os
import sys

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", d) for d in ("support", "flow")]
import tap  # noqa: E402
from lab import STAFF, Lab  # noqa: E402

BUSY = 75
FILES = {"%s.bin" % name: bytes([ord(name)]) * 5000000 for name in "abc"}


def names():
    return LAB.tickets()[0]["file_names"]


def files_follow():
    LAB.clean(dict(autotask=dict(attachment_budget=100000000)))  # its clock stands: the pace is our own
    LAB.deliver(dict(subject="Sarah: three pictures", text="x", files=FILES))
    tap.check(LAB.once() == BUSY, LAB.daemon.log())
    letters = [text for _, _, text in LAB.letters(STAFF).values()]
    tap.check(len(letters) == 1 and "Sarah Klein" in letters[0] and all(name in letters[0] for name in FILES), letters)
    tap.check(names() == ["a.bin", "b.bin"], names())
    LAB.passed_minutes += 2
    tap.check(LAB.once() == BUSY and names() == ["a.bin", "b.bin"], names())
    LAB.passed_minutes += 4
    LAB.settle()
    tap.check(names() == sorted(FILES), names())
    tap.check(len(LAB.letters(STAFF)) == 1, LAB.letters(STAFF))  # no file failed, so nothing more is said
    sizes = LAB.tickets()[0]["file_sizes"]
    tap.check(sizes == [5000000] * 3, sizes)


def others_do_not_wait():
    LAB.clean(dict(autotask=dict(attachment_budget=100000000)))  # its clock stands: the pace is our own
    LAB.deliver(dict(subject="Sarah: three pictures", text="x", files=FILES))
    tap.check(LAB.once() == BUSY, LAB.daemon.log())
    LAB.deliver(dict(subject="Shana: no picture", text="x", sender="mike.chen@northwind.example"))
    LAB.once()
    LAB.wait_for_queue()
    tap.check([t["title"] for t in LAB.tickets()] == ["no picture", "three pictures"], LAB.tickets())
    tap.check(len(LAB.letters("mike.chen@northwind.example")) == 1, LAB.letters("mike.chen@northwind.example"))


if __name__ == "__main__":
    with Lab('message_size = "35 MB";') as LAB:
        tap.run([("the files follow", files_follow), ("others do not wait for them", others_do_not_wait)])
