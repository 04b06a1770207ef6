#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Texts and addresses leave the journal, by `journal forget` and by retention; keys and outcomes stay, so that a copy of an erased
mail makes no second ticket."""
import json
import os
import re
import shutil
import sys
import time

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support")]
from lab import OPERATOR, STAFF, Lab, staff_mail  # noqa: E402
import tap  # noqa: E402

OTHER = OPERATOR
WORD = "Quetzalcoatlus"
LARGE = "a line of a long mail about %s\n" % WORD * 9000
DAY = 1440


def in_the_state(*needles):
    """Where in the files of the state directory a word stands."""
    found = []
    for where, _, names in os.walk(os.path.join(LAB.daemon.dir, "state")):
        for name in names:
            with open(os.path.join(where, name), "rb") as file:
                data = file.read().lower()
            found += ["%s in %s" % (n, name) for n in needles if n.lower().encode() in data]
    return found


def row_of(sender):
    return [r for r in LAB.daemon.journal() if r["sender"] == sender]


def ask_to_forget(address, code=0):
    got, out, errors = LAB.daemon.run("journal", "forget", address, "--json")
    tap.check(got == code, "%d: %s %s" % (got, out, errors))
    return json.loads(out) if code == 0 else errors


def forgotten():
    """Beside a running daemon: nothing of the sender is left in any file, all is left of the other one."""
    LAB.clean()
    first = staff_mail("Sarah: the %s is loose" % WORD, "It is a %s.\n" % WORD, message_id="<first@client.test>")
    LAB.deliver((STAFF, first))
    LAB.deliver(dict(subject="Sarah: long", text=LARGE))
    LAB.deliver(dict(subject="Sarah: other", text="Xylophone\n", sender=OTHER))
    LAB.daemon.start(arguments=("--since", "2020-01-01"))
    LAB.until("all is done", lambda: [r["state"] for r in LAB.daemon.journal()] == ["done"] * 3)
    LAB.wait_for_queue()
    before = {r["ref"]: (r["ticket_number"], r["outcome"], r["taken_ms"]) for r in LAB.daemon.journal()}
    tap.check(len(in_the_state(WORD, STAFF)) >= 2 and os.listdir(os.path.join(LAB.daemon.dir, "state", "spool")), in_the_state(WORD, STAFF))
    said = ask_to_forget(STAFF.upper())
    tap.check((said["mails"], said["left"], said["running"]) == (2, 0, True), said)
    LAB.until("it is erased", lambda: not row_of(STAFF))
    LAB.until("no file holds it", lambda: not in_the_state(WORD, STAFF))
    tap.check(not os.listdir(os.path.join(LAB.daemon.dir, "state", "spool")), "the spool holds a mail")
    tap.check(in_the_state("Xylophone", OTHER), "the other sender is gone too")
    tap.check({r["ref"]: (r["ticket_number"], r["outcome"], r["taken_ms"]) for r in LAB.daemon.journal()} == before, "outcomes changed")
    ref = next(r["ref"] for r in LAB.daemon.journal() if not r["sender"])
    code, out, _ = LAB.daemon.run("journal", "show", ref)
    tap.check(code == 0 and "text and addresses erased" in out and "unproven" not in out, out)
    # a copy of an erased mail is still the same mail
    LAB.deliver((STAFF, first))
    LAB.until("the copy is judged", lambda: any(r["outcome"] == "same" for r in LAB.daemon.journal()))
    tap.check(len(LAB.tickets()) == 3, LAB.tickets())
    # an answer to an erased request is a request
    LAB.answer(dict(reply="Sarah: please look again"))
    LAB.until("the answer is done", lambda: sum(r["state"] == "done" for r in LAB.daemon.journal()) == 5)
    LAB.daemon.stop()
    tap.check(len(LAB.tickets()) == 4, LAB.tickets())
    told = [line for line in LAB.daemon.log().splitlines() if "forg" in line]
    tap.check(len(told) == 2 and not any("@" in line for line in told), told)


def open_mail_stays():
    """What waits for an answer is not erased, and is counted."""
    LAB.clean()
    LAB.deliver(dict(subject="Please look at the printer", text="It hums, says %s.\n" % WORD))
    LAB.settle()
    tap.check([r["state"] for r in LAB.daemon.journal()] == ["waiting"], LAB.daemon.journal())
    said = ask_to_forget(STAFF)
    tap.check((said["mails"], said["left"], said["running"]) == (0, 1, False), said)
    LAB.settle()
    tap.check(in_the_state(WORD) and row_of(STAFF), "it was erased")
    tap.check("holds no mail of nobody@northwind.example" in ask_to_forget("nobody@northwind.example", 66), "not said")
    tap.check("needs an e-mail address" in ask_to_forget("nobody", 64), "not said")


def damaged_journals():
    """A damaged journal that is kept is not passed over in silence: it is told, and deleted whole when that is said."""
    LAB.clean()
    LAB.deliver(dict(subject="Sarah: the %s is loose" % WORD, text="x\n"))
    LAB.settle()
    state = lambda name="": os.path.join(LAB.daemon.dir, "state", name)
    kept = [state("journal.db.damaged-20260101T000000Z" + end) for end in ("", "-wal")]
    for path in kept:
        shutil.copyfile(state("journal.db"), path)
    code, out, _ = LAB.daemon.run("journal", "forget", STAFF)
    tap.check(code == 0 and "1 damaged journals are kept, which may hold mail of it" in out and "forget %s --damaged`" % STAFF in out, out)
    LAB.settle()
    tap.check(not row_of(STAFF) and in_the_state(WORD) and all(os.path.exists(path) for path in kept), os.listdir(state()))
    with open(state("replacing"), "w", encoding="utf-8") as note:
        note.write(os.path.basename(kept[0]))
    tap.check(LAB.daemon.run("journal", "forget", STAFF, "--damaged")[0] != 0 and os.path.exists(kept[0]), "deleted while it is replaced")
    os.unlink(state("replacing"))
    code, out, _ = LAB.daemon.run("journal", "forget", STAFF, "--damaged")
    tap.check(code == 0 and "holds no mail of %s" % STAFF in out and "1 damaged journals that were kept are deleted" in out, out)
    tap.check(not in_the_state(WORD, STAFF), in_the_state(WORD, STAFF))
    tap.check(LAB.daemon.run("journal", "list", "--damaged")[0] == 64, "list takes it")


def damaged_journals_expire():
    LAB.clean()
    LAB.deliver(dict(subject="Sarah: x", text="x\n"))
    LAB.settle()
    path = os.path.join(LAB.daemon.dir, "state", "journal.db.damaged-20260101T000000Z")
    for name in (path, path + "-wal"):
        with open(name, "w", encoding="utf-8") as file:
            file.write(WORD)
    # a year and a bit in steps that no holiday is longer than: a clock that leaps is not believed
    for days in (39, 78):
        LAB.passed_minutes = days * DAY
        LAB.settle()
    tap.check(os.path.exists(path), "deleted too early")
    for name in (path, path + "-wal"):
        os.utime(name, (time.time() - 330 * 86400,) * 2)
    LAB.settle()
    tap.check(not in_the_state(WORD), in_the_state(WORD))


def retention():
    """After journal.keep_days; what comes in from before that time is parked, with one alert and no letter to its sender."""
    LAB.clean()
    first = staff_mail("Sarah: the %s is loose" % WORD, "It is a %s.\n" % WORD, message_id="<first@client.test>")
    LAB.deliver((STAFF, first))
    LAB.settle()
    LAB.passed_minutes = 399 * DAY
    LAB.settle()
    tap.check(in_the_state(WORD, STAFF) and row_of(STAFF), "erased too early")
    LAB.passed_minutes = 401 * DAY
    LAB.settle()
    tap.check(not in_the_state(WORD, STAFF) and not row_of(STAFF), in_the_state(WORD, STAFF))
    letters = len(LAB.letters(STAFF))
    LAB.deliver((STAFF, first))
    LAB.deliver(dict(subject="Sarah: an old one", text="x\n"))
    LAB.deliver(dict(subject="Sarah: another old one", text="y\n"))
    LAB.settle()
    tap.check(sorted(r["state"] for r in LAB.daemon.journal()) == ["done", "done", "parked", "parked"], LAB.daemon.journal())
    LAB.wait_for_queue()
    tap.check(len(LAB.tickets()) == 1 and len(LAB.letters(STAFF)) == letters, LAB.letters(STAFF))
    told = [subject for _, subject, _ in LAB.letters(OPERATOR).values()]
    tap.check(told == ["frontdesk: parked-old needs you"], told)
    LAB.ask("retry")
    LAB.settle()
    tap.check(sorted(t["title"] for t in LAB.tickets()) == ["an old one", "another old one", "the %s is loose" % WORD], LAB.tickets())
    tap.check(not re.search("parked-old", LAB.daemon.run("status")[1]), LAB.daemon.run("status"))


if __name__ == "__main__":
    with Lab("poll_seconds = 5;") as LAB:
        tap.run([("a sender is forgotten", forgotten), ("what is not done stays", open_mail_stays), ("a damaged journal is told, and deleted", damaged_journals),
                 ("a damaged journal goes with time", damaged_journals_expire), ("retention", retention)])
