#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The processes in which mail is taken apart: they can do nothing, they hold nothing, and whatever happens to them, no mail is lost, done
twice, or parked. Signals are sent from outside; tests/unit/test_cage*.c has what happens inside."""
import os
import random
import signal
import sys
import time

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support")]
from lab import Lab  # noqa: E402
import tap  # noqa: E402

MAILS = 200


def readers():
    """Children of the daemon that are readers, by pid."""
    found = []
    for task in os.listdir("/proc/%d/task" % LAB.daemon.child.pid):
        try:
            with open("/proc/%d/task/%s/children" % (LAB.daemon.child.pid, task), encoding="ascii") as children:
                pids = [int(p) for p in children.read().split()]
        except FileNotFoundError:
            continue
        for pid in pids:
            try:
                with open("/proc/%d/cmdline" % pid, "rb") as line:
                    if line.read() == b"frontdesk\0--cage\0":
                        found.append(pid)
            except (FileNotFoundError, ProcessLookupError):
                pass
    return found


def holds_nothing():
    """After a mail of staff one reader waits: it has four files open, none of them ours, no environment, and (where the build can) no rights."""
    LAB.clean()
    LAB.daemon.start(arguments=("--since", "2020-01-01"))
    LAB.deliver(dict(subject="Sarah: a mail", text="Some words.\n"))
    LAB.until("no ticket", lambda: len(LAB.tickets()) == 1)
    LAB.until("no reader", lambda: len(readers()) == 1)
    pid = readers()[0]
    open_files = {fd: os.readlink("/proc/%d/fd/%s" % (pid, fd)) for fd in os.listdir("/proc/%d/fd" % pid)}
    tap.check(set(open_files) == {"0", "1", "2", "3"} and open_files["3"].startswith("socket:") and
              {open_files[fd] for fd in "012"} == {"/dev/null"}, open_files)
    with open("/proc/%d/environ" % pid, "rb") as environ:
        tap.check(environ.read() == b"", "it has an environment")
    with open("/proc/%d/status" % pid, encoding="ascii") as status:
        facts = dict(line.split(":", 1) for line in status.read().splitlines())
    locked = "cage open" not in LAB.daemon.log()
    tap.check(not locked or (facts["Seccomp"].strip() == "2" and facts["NoNewPrivs"].strip() == "1"), facts["Seccomp"])
    print("# confined: %s; VmRSS %s, RssAnon %s" % ("yes" if locked else "no", facts["VmRSS"].strip(), facts["RssAnon"].strip()))
    LAB.daemon.stop()
    LAB.until("it lives on", lambda: not os.path.exists("/proc/%d" % pid))


def strangers_end_it():
    LAB.clean()
    LAB.daemon.start(arguments=("--since", "2020-01-01"))
    LAB.deliver(dict(subject="Sarah: a mail", text="Some words.\n"))
    LAB.until("no ticket", lambda: len(LAB.tickets()) == 1)
    LAB.until("no reader", lambda: len(readers()) == 1)
    before = readers()
    LAB.deliver(dict(subject="Sarah: pay this", text="Some words.\n", sender="eve@elsewhere.example"))
    LAB.until("not refused", lambda: any(r["outcome"] == "refused" for r in LAB.daemon.journal()))
    LAB.until("who read a stranger's mail reads on", lambda: not set(before) & set(readers()))
    LAB.daemon.stop()


def killed_at_random():
    LAB.clean()
    for n in range(MAILS):
        LAB.deliver(dict(subject="Sarah: mail %d" % n, text="Some words of mail %d.\n" % n))
    chance = random.Random(7)
    LAB.daemon.start(arguments=("--since", "2020-01-01"))
    killed, last, made = 0, 0, 0
    end = time.monotonic() + 3 * tap.PATIENCE
    while len(LAB.tickets()) < MAILS:
        tap.check(time.monotonic() < end, LAB.daemon.log())
        for pid in readers():
            # on a slow machine a reader that has just begun is let do something
            waited, done = time.monotonic() - last, len(LAB.tickets())
            if waited > 0.15 and (done > made or waited > 1.5):
                os.kill(pid, chance.choice((signal.SIGKILL, signal.SIGSEGV, signal.SIGTERM)))
                killed, last, made = killed + 1, time.monotonic(), done
    LAB.until("mail is left", lambda: len(LAB.daemon.journal()) == MAILS and all(r["state"] == "done" for r in LAB.daemon.journal()))
    LAB.daemon.stop()
    tickets = [t["title"] for t in LAB.tickets()]
    tap.check(sorted(tickets) == sorted("mail %d" % n for n in range(MAILS)), sorted(tickets))
    tap.check(all(r["outcome"] == "ticket" for r in LAB.daemon.journal()), LAB.daemon.journal())
    print("# %d readers killed" % killed)
    tap.check(killed > 3, "only %d were killed" % killed)


def stopped():
    """A reader that hangs (SIGSTOP) is given up after its time; the mail is read by another."""
    LAB.clean()
    LAB.daemon.start(arguments=("--since", "2020-01-01"))
    LAB.deliver(dict(subject="Sarah: first", text="Some words.\n"))
    LAB.until("no ticket", lambda: len(LAB.tickets()) == 1)
    LAB.until("no reader", lambda: len(readers()) == 1)
    os.kill(readers()[0], signal.SIGSTOP)
    LAB.deliver(dict(subject="Sarah: second", text="Some more words.\n"))
    LAB.until("no second ticket", lambda: len(LAB.tickets()) == 2)
    LAB.daemon.stop()


if __name__ == "__main__":
    with Lab(limits="per_sender_hour = 10000;") as LAB:
        tap.run([("a reader holds nothing and may do nothing", holds_nothing),
                 ("a stranger's mail ends it", strangers_end_it),
                 ("readers killed at random: nothing lost, doubled or parked", killed_at_random),
                 ("a reader that hangs is given up", stopped)])
