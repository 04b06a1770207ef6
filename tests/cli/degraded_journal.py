#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The journal is damaged, before a start and while frontdesk runs: it is kept aside with its log, a new one is begun, what can be
read is carried over, and the inbox is gone through. No ticket and no reply is lost or made twice; the operator hears of it once and
once that it is over."""
import glob
import os
import re
import sqlite3
import sys
import time

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support")]
from degrading import MAILBOX, SINCE, DegradedLab  # noqa: E402
import tap  # noqa: E402

TOPIC = "journal-damaged"


def state(name=""):
    return os.path.join(LAB.daemon.dir, "state", name)


def write_at(path, offset, data):
    out = os.open(path, os.O_WRONLY)
    os.pwrite(out, data, offset)
    os.close(out)


def junk():
    with open(state("journal.db"), "r+b") as journal:
        journal.write(b"this is not a database " * 400)


def half():
    os.truncate(state("journal.db"), os.path.getsize(state("journal.db")) // 8192 * 4096)


def empty():
    os.truncate(state("journal.db"), 0)


def page_of(name):
    with sqlite3.connect(state("journal.db")) as db:
        page, size = db.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (name,)).fetchone()[0], db.execute(
            "PRAGMA page_size").fetchone()[0]
    db.close()
    return (page - 1) * size, size


def one_page(name):
    def damage():
        offset, size = page_of(name)
        write_at(state("journal.db"), offset, b"\xee" * size)
    return damage


def half_replaced():
    """As a start leaves it that was killed while it replaced the journal."""
    junk()
    aside = "journal.db.damaged-20260101T000000Z"
    with open(state("replacing"), "w", encoding="utf-8") as note:
        note.write(aside)
    os.rename(state("journal.db"), state(aside))
    with open(state("journal.db"), "wb"):
        pass


def aside():
    return [name for name in glob.glob(state("journal.db.damaged-*")) if not name.endswith(("-wal", "-shm"))]


def done_at_last(count):
    """That many tickets with one reply each, an empty inbox, and the operator knows; the damaged journal is kept."""
    LAB.until("all mail is done", lambda: not LAB.stored(MAILBOX).get("INBOX") and len(LAB.tickets()) == count)
    LAB.until("the operator hears that it is over", lambda: len(LAB.alerts()) > 1)
    LAB.heard_once(TOPIC, True)
    LAB.one_each(count)
    tap.check(len(aside()) == 1, os.listdir(state()))
    tap.check(not os.path.exists(state("replacing")), os.listdir(state()))
    code, out, _ = LAB.daemon.run("doctor")
    tap.check(code == 0 and "warn  a damaged journal was replaced and is kept as" in out, out)


def before_a_start(damage):
    """Two mails are done; a third one's ticket is made, and nothing is known of it but by its key."""
    def test():
        LAB.clean()
        LAB.deliver_tickets("before", 2)
        LAB.settle()
        LAB.deliver_tickets("made", 1)
        tap.check(LAB.once({"FRONTDESK_CRASH_AT": "step.after-act"}) == -9, "not killed")
        tap.check(len(LAB.tickets()) == 3 and len(LAB.stored(MAILBOX)["INBOX"]) == 1, LAB.tickets())
        with sqlite3.connect(state("journal.db")) as db:
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.close()
        damage()
        code, out, _ = LAB.daemon.run("doctor")
        tap.check(code == 69 and re.search(r"FAIL  journal\n(.*\n)* +fix: see that the disk is sound", out), out)
        LAB.deliver_tickets("waiting in the inbox", 1)
        LAB.daemon.start(arguments=SINCE)
        done_at_last(4)
        if damage is not junk:
            return
        LAB.deliver_tickets("after", 1)
        LAB.until("mail is done as before", lambda: len(LAB.tickets()) == 5 and not LAB.stored(MAILBOX).get("INBOX"))
        LAB.one_each(5)
    return test


def frames():
    """Of the log: where each begins, and how long it is. The header says the size of a page."""
    with open(state("journal.db-wal"), "rb") as log:
        data = log.read()
    size = 24 + int.from_bytes(data[8:12], "big")
    return [(at, size) for at in range(32, len(data) - size + 1, size) if data[at + 8:at + 16] == data[16:24]]


def in_the_middle():
    at, size = frames()[len(frames()) // 2]
    write_at(state("journal.db-wal"), at + 100, b"\xee" * (size - 200))


def at_the_end():
    """Of the last commit, a few bytes."""
    at, size = frames()[-1]
    write_at(state("journal.db-wal"), at + size - 40, b"\xee" * 40)


def cut_short():
    os.truncate(state("journal.db-wal"), frames()[-1][0])


def its_header():
    write_at(state("journal.db-wal"), 8, b"\xee" * 16)


def quiet():
    """Nothing is written any more: a commit that a kill parts from its note may be missed later."""
    LAB.until("it rests", lambda: time.time() - os.stat(state("journal.db-wal")).st_mtime > 1)


def log_alone(damage):
    """Killed with all of it in the log; then the log is damaged while nothing runs. SQLite sees nothing of it."""
    def test():
        LAB.clean()
        LAB.deliver_tickets("before", 2)
        LAB.daemon.start(arguments=SINCE)
        LAB.until("the mails are done", lambda: LAB.all_done(2) and not LAB.stored(MAILBOX).get("INBOX"))
        quiet()
        LAB.daemon.kill()
        tap.check(len(frames()) > 10, os.listdir(state()))
        tap.check("damaged" not in LAB.daemon.run("doctor")[1], "damaged before it is")
        damage()
        code, out, _ = LAB.daemon.run("doctor")
        tap.check(code == 69 and re.search(r"FAIL  journal\n(.*\n)*.*pieces of its log(.*\n)* +fix: see that the disk is sound", out), out)
        LAB.deliver_tickets("waiting in the inbox", 1)
        LAB.daemon.start(arguments=SINCE)
        done_at_last(3)
        tap.check(os.path.exists(aside()[0] + "-wal"), "the log is not kept")
    return test


def log_that_is_sound():
    """Killed again and again, with a log that is begun anew, taken in by another program, and taken away: none of it is damage."""
    LAB.clean()
    for n in range(4):
        LAB.deliver_tickets("round %d" % n, 1)
        LAB.daemon.start(arguments=SINCE)
        LAB.until("the mail is done", lambda n=n: LAB.all_done(n + 1) and not LAB.stored(MAILBOX).get("INBOX"))
        LAB.daemon.kill()
        if n == 1:
            with sqlite3.connect(state("journal.db")) as db:
                db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            db.close()
        elif n == 2:
            LAB.daemon.run("journal", "forget", "nobody@northwind.example")
    LAB.settle()
    tap.check(not aside() and not LAB.alerts(), (os.listdir(state()), LAB.alerts()))
    LAB.one_each(4)


def carried_over():
    """One page of an index is bad: the question is still one, an answer finds its ticket, and a copy is still a copy."""
    LAB.clean()
    LAB.deliver(dict(subject="Sarah: known", text="x\n", message_id="<known@client.test>"))
    LAB.settle()
    LAB.answer(dict(reply="a word more"))
    LAB.settle()
    LAB.deliver(dict(subject="Shara printer down", text="x\n"))
    LAB.settle()
    refs = {row["ref"] for row in LAB.daemon.journal()}
    one_page("jobs_due")()
    LAB.deliver(dict(subject="Sarah: known", text="x\n", message_id="<known@client.test>"))
    LAB.answer(dict(reply="1"))
    LAB.daemon.start(arguments=SINCE)
    LAB.until("all mail is done", lambda: not LAB.stored(MAILBOX).get("INBOX"))
    LAB.until("the operator hears that it is over", lambda: len(LAB.alerts()) > 1)
    LAB.heard_once(TOPIC, True)
    tap.check(sorted(t["title"] for t in LAB.tickets()) == ["Shara printer down", "known"], LAB.tickets())
    tap.check(sum(len(t["notes"]) for t in LAB.tickets()) == 1, LAB.tickets())
    rows = LAB.daemon.journal()
    tap.check(refs <= {row["ref"] for row in rows}, (refs, rows))
    tap.check([row["outcome"] for row in rows].count("same") == 1, rows)


def while_it_runs():
    """Journal and log are overwritten while a ticket is made: the program begins anew by itself, and stays the same process."""
    LAB.clean()
    LAB.daemon.start(arguments=SINCE)
    LAB.deliver_tickets("before", 2)
    LAB.until("the first mails are done", lambda: LAB.all_done(2))
    LAB.sandbox.faults([dict(method="POST", path="Tickets", nth=1, action="delay_after", ms=2000)])
    LAB.deliver_tickets("in flight", 1)
    LAB.until("the create is under way", lambda: LAB.daemon.journal()[0]["state"] == "planned")
    for name in ("journal.db", "journal.db-wal"):
        size = os.path.getsize(state(name))
        write_at(state(name), 32, b"\xee" * (size - 32))
    LAB.deliver_tickets("behind", 2)
    LAB.until("it is seen", lambda: "put-aside" in LAB.daemon.log())
    done_at_last(5)
    tap.check(LAB.daemon.child.poll() is None, "it ended")
    tap.check(os.path.exists(aside()[0] + "-wal"), "the log is not kept")
    LAB.daemon.stop()
    LAB.daemon.start(arguments=SINCE)
    LAB.deliver_tickets("after a restart", 1)
    LAB.until("mail is done as before", lambda: len(LAB.tickets()) == 6 and not LAB.stored(MAILBOX).get("INBOX"))
    LAB.one_each(6)
    LAB.heard_once(TOPIC, True)


if __name__ == "__main__":
    with DegradedLab() as LAB:
        tap.run([("a start with a journal that is none", before_a_start(junk)),
                 ("a start with half a journal", before_a_start(half)),
                 ("a start with an empty journal", before_a_start(empty)),
                 ("a start with a page that is bad", before_a_start(one_page("jobs"))),
                 ("a start after one that was killed while it replaced the journal", before_a_start(half_replaced)),
                 ("a start with a log that is bad in its middle", log_alone(in_the_middle)),
                 ("a start with a log whose last commit is bad", log_alone(at_the_end)),
                 ("a start with a log that was cut", log_alone(cut_short)),
                 ("a start with a log without a header", log_alone(its_header)),
                 ("a log that is sound is none of these", log_that_is_sound),
                 ("what can be read is carried over", carried_over),
                 ("while it runs", while_it_runs)])
