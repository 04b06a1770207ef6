#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The disk of the state directory is full while mail arrives: no mail is taken, `status` and the operator hear of it once,
Autotask is left alone, nothing is lost; with room again every mail gets one ticket and one reply.

The state directory is a small tmpfs in a mount namespace of this program alone. That takes root: elsewhere the cases are
skipped."""
import json
import os
import re
import sys
import time

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", d) for d in ("support", "session")]
from lab import MAILBOX, STAFF, Lab  # noqa: E402
from mounts import LIBC, MNT_DETACH, own_mounts  # noqa: E402
from smtp_peer import SmtpPeer  # noqa: E402
import tap  # noqa: E402

OPERATOR = "operator@northwind.example"
SINCE = ("--since", "2020-01-01")
class SmallDisk:
    """The state directory of the lab, new, on `size` bytes."""

    def __init__(self, size=24 << 20):
        LAB.clean()
        self.state = os.path.join(LAB.daemon.dir, "state")
        self.filler = os.path.join(self.state, "filler")
        tap.check(LIBC.mount(b"none", self.state.encode(), b"tmpfs", 0, b"mode=700,size=%d" % size) == 0,
                  "cannot mount a tmpfs")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        LAB.daemon.kill()
        LIBC.umount2(self.state.encode(), MNT_DETACH)

    def fill(self, leave=0):
        """Until at most `leave` bytes are free."""
        out = os.open(self.filler, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            while os.write(out, b"x" * 4096) > 0:
                pass
        except OSError:
            os.ftruncate(out, max(0, os.fstat(out).st_size - leave))
            os.close(out)

    def free(self):
        os.unlink(self.filler)


class FillingPeer(SmtpPeer):
    """Fills the disk when a letter that says `marker` was offered, before it takes it."""

    def __init__(self, disk, marker):
        super().__init__()
        self.disk, self.marker, self.filled = disk, marker, False

    def _answer(self, sock, moment):
        if moment == "dot" and not self.filled and self.marker in self.offered[-1]:
            self.disk.fill()
            self.filled = True
        return super()._answer(sock, moment)

    def count(self):
        return sum(self.marker in letter for letter in self.taken)


def run(*arguments):
    code, out, errors = LAB.daemon.run(*arguments)
    tap.check(code == 0, errors)
    return out


def deliver(prefix, count, text="x\n"):
    for n in range(count):
        LAB.deliver(dict(subject="Sarah: %s %d" % (prefix, n), text=text))


def alerts():
    return sorted((subject, copies) for copies, subject, _ in LAB.letters(OPERATOR).values())


def all_done(count):
    rows = LAB.daemon.journal()
    return len(rows) == count and all(r["state"] == "done" for r in rows) and len(LAB.stored(MAILBOX).get("Done", [])) == count


def one_each(count):
    """That many tickets, and as many final replies, each once."""
    LAB.wait_for_queue()
    titles = [t["title"] for t in LAB.tickets()]
    tap.check(len(titles) == count and len(set(titles)) == count, "tickets: %r" % titles)
    finals = [(subject, copies) for copies, subject, text in LAB.letters(STAFF).values() if "Queued, N" not in text]
    tap.check(len(finals) == count and all(copies == 1 for _, copies in finals), "replies: %r" % finals)


ILL, WELL = ("frontdesk: disk-full needs you", 1), ("frontdesk: disk-full is well again", 1)


def journal_full():
    """Mail comes while nothing can be written: it is left in the mailbox, everybody is told, and all goes on by itself."""
    with SmallDisk() as disk:
        LAB.daemon.start(arguments=SINCE)
        deliver("before", 2)
        LAB.until("the first mails are done", lambda: all_done(2))
        disk.fill()
        calls = len(LAB.sandbox.log())
        deliver("while full", 5)
        LAB.until("the operator hears of it", alerts)
        time.sleep(2)
        tap.check(alerts() == [ILL], alerts())
        tap.check(len(LAB.sandbox.log()) == calls, "Autotask was called")
        tap.check(len(LAB.stored(MAILBOX)["INBOX"]) == 5, "mail left the inbox")
        tap.check(re.search(r"WARNING.*no mail is taken.*the disk is full", run("status")), run("status"))
        told = json.loads(run("status", "--json"))
        tap.check(told["unwritable_since_ms"] > 0 and "full" in told["unwritable_why"], told)
        code, out, _ = LAB.daemon.run("doctor")
        tap.check(code == 69 and re.search(r"FAIL  journal\n.*the disk is full\n +fix: free some space", out), out)
        tap.check(LAB.daemon.log().count("commit.failed") == 1, LAB.daemon.log())
        disk.free()
        LAB.until("all mail is done", lambda: all_done(7))
        one_each(7)
        LAB.until("the operator hears that it is well", lambda: len(alerts()) > 1)
        tap.check(alerts() == sorted([ILL, WELL]), alerts())
        tap.check("WARNING" not in run("status"), run("status"))


def answer_full():
    """The disk fills while Autotask makes the ticket: no second ticket, and Autotask is not asked again and again."""
    with SmallDisk() as disk:
        LAB.daemon.start(arguments=SINCE)
        LAB.sandbox.faults([dict(method="POST", path="Tickets", nth=1, action="delay_after", ms=8000)])
        deliver("in flight", 1)
        LAB.until("the create is under way", lambda: LAB.daemon.journal() and LAB.daemon.journal()[0]["state"] == "planned")
        disk.fill()
        calls = len(LAB.sandbox.log())
        LAB.until("the operator hears of it", alerts)
        time.sleep(4)
        asked = len(LAB.sandbox.log()) - calls
        tap.check(asked <= 12, "%d calls to Autotask in 5 s" % asked)
        tap.check(len(LAB.tickets()) == 1, LAB.tickets())
        disk.free()
        LAB.until("the mail is done", lambda: all_done(1))
        one_each(1)
        LAB.until("the operator hears that it is well", lambda: len(alerts()) > 1)
        tap.check(alerts() == sorted([ILL, WELL]), alerts())


def mark_full():
    """The disk fills while an interim letter is on its way: that it went out cannot be noted, and it goes out once all the same."""
    with SmallDisk() as disk:
        peer = FillingPeer(disk, b"Queued, ref")
        with open(LAB.daemon.conf, encoding="utf-8") as conf:
            original = conf.read()
        try:
            with open(LAB.daemon.conf, "w", encoding="utf-8") as conf:
                conf.write(re.sub(r'smtp = \{ url = "[^"]*"; user = "[^"]*"; password_file = "[^"]*";',
                                  'smtp = { url = "smtp://127.0.0.1:%d"; insecure_plain = true;' % peer.port, original))
            LAB.daemon.start(arguments=SINCE)
            LAB.sandbox.faults([dict(method="POST", path="Tickets", action="html503")])
            deliver("waits", 1)
            LAB.until("Queued is offered", lambda: peer.filled)
            time.sleep(2.5)
            tap.check(peer.count() == 1, "Queued went out %d times" % peer.count())
            disk.free()
            LAB.sandbox.faults([])
            LAB.until("the mail is done", lambda: all_done(1))
            tap.check(peer.count() == 1 and sum(b"ticket is made" in letter for letter in peer.taken) == 1, peer.taken)
        finally:
            LAB.daemon.kill()
            peer.close()
            with open(LAB.daemon.conf, "w", encoding="utf-8") as conf:
                conf.write(original)


def spool_full():
    """Room for rows but not for a large mail: it waits, and those behind it."""
    with SmallDisk() as disk:
        LAB.daemon.start(arguments=SINCE)
        deliver("before", 1)
        LAB.until("the first mail is done", lambda: all_done(1))
        disk.fill(leave=300 << 10)
        deliver("large", 1, "a line of a long mail\n" * 30000)
        LAB.until("the operator hears of it", alerts)
        deliver("behind", 1)
        time.sleep(2)
        tap.check(alerts() == [ILL], alerts())
        tap.check(len(LAB.stored(MAILBOX)["INBOX"]) == 2, "mail left the inbox")
        tap.check("disk-full" in run("status"), run("status"))
        disk.free()
        LAB.until("all mail is done", lambda: all_done(3))
        one_each(3)
        tap.check(alerts() == sorted([ILL, WELL]), alerts())
        tap.check(not [n for n in os.listdir(os.path.join(disk.state, "spool")) if n.endswith(".part")], "a .part is left")


def start_full(first):
    """A start on a full disk says what, where and the fix, and takes nothing; `once` does not hang."""
    def test():
        with SmallDisk() as disk:
            if not first:
                tap.check(LAB.daemon.once(arguments=SINCE) == 0, LAB.daemon.log())
            disk.fill()
            LAB.deliver(dict(subject="Sarah: x", text="x\n"))
            begin = time.monotonic()
            code, _, errors = LAB.daemon.run("once", *SINCE)
            took = time.monotonic() - begin
            tap.check(code == 74 and disk.state in errors and "fix: free some space" in errors, "%d: %s" % (code, errors))
            tap.check(took < 20, "it took %.1f s" % took)
            disk.free()
            LAB.settle()
            one_each(1)
    return test


if __name__ == "__main__":
    WHY_NOT = own_mounts()
    CASES = [("nothing can be written while mail comes", journal_full),
             ("the disk fills while a ticket is made", answer_full),
             ("the disk fills while a letter is on its way", mark_full),
             ("no room for a large mail", spool_full),
             ("a first start on a full disk", start_full(True)),
             ("a later start on a full disk", start_full(False))]

    def skipped():
        raise tap.Skip(WHY_NOT)

    if WHY_NOT:
        tap.run([(name, skipped) for name, _ in CASES])
    with Lab("poll_seconds = 5;") as LAB:
        tap.run(CASES)
