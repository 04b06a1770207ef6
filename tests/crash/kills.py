#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""200 mails, SIGKILL at 50 random moments: 200 tickets, 200 distinct replies, none lost, none parked.
FRONTDESK_KILL_MAILS and FRONTDESK_KILLS change the numbers, FRONTDESK_SEED the moments."""
import os
import random
import sys

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support")]
from lab import MAILBOX, STAFF, Lab  # noqa: E402
import tap  # noqa: E402

MAILS = int(os.environ.get("FRONTDESK_KILL_MAILS", "200"))
KILLS = int(os.environ.get("FRONTDESK_KILLS", "50"))
SEED = int(os.environ.get("FRONTDESK_SEED", "20261124"))


def kills():
    dice = random.Random(SEED)
    LAB.clean()
    for n in range(MAILS):
        LAB.deliver(dict(subject="Sarah: request %d" % n, text="text %d\n" % n, sender=("dana.reed", "mike.chen", "sarah.klein")[n % 3]
                         + "@northwind.example"))
    dead = 0
    for _ in range(KILLS):
        LAB.daemon.start(ready=dice.uniform(0.02, 0.12), arguments=("--since", "2020-01-01"))
        LAB.daemon.kill()
        dead += 1
    LAB.settle()
    LAB.wait_for_queue()
    titles = [t["title"] for t in LAB.tickets()]
    tap.check(len(titles) == MAILS and len(set(titles)) == MAILS, "%d tickets, %d titles" % (len(titles), len(set(titles))))
    letters, copies, queued = 0, 0, 0
    for user in ("dana.reed", "mike.chen", "sarah.klein"):
        for count, _, text in LAB.letters(user + "@northwind.example").values():
            if "Queued, N" in text:
                queued += 1
            else:
                letters += 1
                copies += count - 1
    rows = LAB.daemon.journal()
    tap.check(letters == MAILS, "%d distinct replies" % letters)
    tap.check(all(r["outcome"] == "ticket" and r["state"] == "done" for r in rows), "%r" % [r for r in rows if r["state"] != "done"])
    tap.check(len(LAB.stored(MAILBOX).get("Done", [])) == MAILS, "not all are filed")
    print("# %d mails, %d kills (seed %d): %d tickets, %d distinct replies, %d second copies, %d Queued" % (
        MAILS, dead, SEED, len(titles), letters, copies, queued))


if __name__ == "__main__":
    with Lab("per_sender_hour = 100000; replies_per_hour = 1000000;") as LAB:
        tap.run([("killed at random moments", kills)])
