#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""`frontdesk run` for FRONTDESK_SOAK_MINUTES (10) under mixed mail while Autotask goes wrong in changing ways: every mail has
one outcome, every request one ticket and one final reply, and memory and descriptors stay where they were after warming up."""
import os
import random
import sys
import time

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", d) for d in ("support", "flow")]
from faults import FAULTS  # noqa: E402
from lab import MAILBOX, Lab  # noqa: E402
import tap  # noqa: E402

MINUTES = float(os.environ.get("FRONTDESK_SOAK_MINUTES", "10"))
SEED = int(os.environ.get("FRONTDESK_SEED", "20261124"))
SENDERS = ["dana.reed@northwind.example", "mike.chen@northwind.example", "sarah.klein@northwind.example"]
# at most so many mails an hour: the calls must fit into autotask.calls_per_hour
INTERVAL = max(0.4, MINUTES * 60 / 1400)
# kind -> outcome, does it make a ticket, how is it written ({} = number)
KINDS = {
    "addressed": ("ticket", True, dict(subject="Sarah: soak {}", text="text {}\n")),
    "two": ("ticket", True, dict(subject="Sarah and Shana: soak {}", text="text {}\n" + "long line " * 2000)),
    "near miss": ("unassigned", True, dict(subject="Shara: soak {}", text="text {}\n")),
    "help": ("answered", False, dict(subject="help", text="{}\n")),
    "stranger": ("refused", False, dict(subject="Sarah: soak {}", text="{}\n", sender="eve@elsewhere.example", proof=False)),
    "robot": ("ignored", False, dict(subject="Automatic reply {}", text="{}\n", headers={"Auto-Submitted": "auto-replied"})),
}
WEIGHTS = {"addressed": 8, "two": 2, "near miss": 2, "help": 1, "stranger": 2, "robot": 2}
PATHS = [("POST", "Tickets"), ("GET", "Tickets/5*"), ("POST", "Tickets/*/SecondaryResources"), ("POST", "Tickets/query")]


def usage(pid):
    """(resident KB, descriptors)"""
    with open("/proc/%d/status" % pid, encoding="ascii") as status:
        resident = next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))
    return resident, len(os.listdir("/proc/%d/fd" % pid))


def misbehave(dice):
    """Some seconds of trouble at one call, or none."""
    if dice.random() < 0.4:
        return []
    method, path = dice.choice(PATHS)
    fault = dict(dice.choice([f for name, f in FAULTS.items() if name not in ("one 401", "slow")]))
    fault.pop("count", None)
    return [dict(fault, method=method, path=path, count=dice.randint(1, 4))]


def traffic(dice):
    """Delivers until the time is up; returns what was sent, by kind, and the samples of memory and descriptors."""
    sent, samples, number = {kind: 0 for kind in KINDS}, [], 0
    end, next_fault, next_sample = time.monotonic() + MINUTES * 60, 0.0, 0.0
    while time.monotonic() < end:
        now = time.monotonic()
        if now >= next_fault:
            LAB.sandbox.faults(misbehave(dice))
            next_fault = now + dice.uniform(3, 12)
        if now >= next_sample:
            samples.append(usage(LAB.daemon.child.pid))
            next_sample = now + 2
        kind = dice.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
        number += 1
        mail = {key: value.format(number) if isinstance(value, str) else value for key, value in KINDS[kind][2].items()}
        LAB.deliver(dict(dict(sender=dice.choice(SENDERS)), **mail))
        sent[kind] += 1
        time.sleep(dice.uniform(0.2, 1.8) * INTERVAL)
    LAB.sandbox.faults([])
    return sent, samples


def wait_idle(total, timeout=400):
    """Until every mail is finished and filed; returns the rows."""
    end = time.monotonic() + timeout
    while True:
        rows = LAB.daemon.journal()
        finished = len(rows) >= total and all(row["state"] in ("done", "parked") for row in rows)
        if finished and not LAB.stored(MAILBOX).get("INBOX"):
            return rows
        if time.monotonic() > end:
            raise TimeoutError("%d of %d mails, not finished: %r\n%s" % (
                len(rows), total, [row for row in rows if row["state"] not in ("done", "parked")][:5], LAB.daemon.log()))
        time.sleep(0.5)


def soak():
    sent, samples = traffic(random.Random(SEED))
    total = sum(sent.values())
    rows = wait_idle(total)
    samples.append(usage(LAB.daemon.child.pid))
    RESULT.update(sent=sent, samples=samples, rows=rows)
    tap.check(len(rows) == total, "%d rows for %d mails" % (len(rows), total))
    tap.check(LAB.daemon.child.poll() is None, "the program ended")
    RESULT["stop"] = LAB.daemon.stop()


def outcomes():
    sent, rows, expect = RESULT["sent"], RESULT["rows"], {}
    for kind, (outcome, _, _) in KINDS.items():
        expect[outcome] = expect.get(outcome, 0) + sent[kind]
    got = {outcome: sum(row["outcome"] == outcome for row in rows) for outcome in {row["outcome"] for row in rows}}
    tap.check(got == {outcome: n for outcome, n in expect.items() if n}, "%r instead of %r" % (got, expect))
    tap.check(all(row["state"] == "done" for row in rows), "parked: %r" % [row for row in rows if row["state"] != "done"])


def tickets_and_letters():
    sent = RESULT["sent"]
    wanted = sum(n for kind, n in sent.items() if KINDS[kind][1])
    keys = [ticket["key"] for ticket in LAB.tickets()]
    tap.check(len(keys) == wanted and len(set(keys)) == wanted, "%d tickets, %d keys for %d requests" % (len(keys), len(set(keys)), wanted))
    LAB.wait_for_queue()
    finals = copies = 0
    for user in SENDERS:
        for count, _, text in LAB.letters(user).values():
            finals += "Queued, N" not in text
            copies += count - 1
    tap.check(finals == wanted + sent["help"] and copies == 0, "%d final letters, %d second copies" % (finals, copies))
    tap.check(not LAB.letters("eve@elsewhere.example"), "a stranger was answered")
    left = len(LAB.stored(MAILBOX).get("INBOX", []))
    tap.check(left == 0, "%d mails are still in the inbox" % left)


def level():
    """The last quarter against the second: what a warm program holds may not grow."""
    samples = RESULT["samples"]
    quarter = len(samples) // 4
    tap.check(quarter >= 3, "too few samples")
    early, late = samples[quarter:2 * quarter], samples[-quarter:]
    memory = [max(kb for kb, _ in part) for part in (early, late)]
    files = [max(fds for _, fds in part) for part in (early, late)]
    print("# resident KB %d -> %d, descriptors %d -> %d, %d mails, stopped in %.2f s" % (
        *memory, *files, sum(RESULT["sent"].values()), RESULT["stop"]), flush=True)
    tap.check(memory[1] <= memory[0] * 1.15 + 2048, "memory grew from %d to %d KB" % tuple(memory))
    tap.check(files[1] <= files[0] + 4, "descriptors grew from %d to %d" % tuple(files))


RESULT = {}

if __name__ == "__main__":
    with Lab("per_sender_hour = 100000; replies_per_hour = 1000000;") as LAB:
        LAB.daemon.start(ready=10, arguments=("--since", "2020-01-01"))
        tap.run([("%g minutes of mixed mail and faults" % MINUTES, soak), ("every mail has its one outcome", outcomes),
                 ("one ticket and one final letter a request", tickets_and_letters), ("memory and descriptors stay level", level)])
