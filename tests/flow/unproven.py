#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A staff member whose mail lacks the proof is never answered; the operator hears of it, at once the first time, then once a day."""
import os
import re
import sys

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", d) for d in ("support", "flow")]
from lab import OPERATOR, STAFF, Lab, staff_mail  # noqa: E402
from mailhost import MAILBOX, SERVER_ID  # noqa: E402
import tap  # noqa: E402

OTHERS = ["%s@northwind.example" % name for name in ("sarah.klein", "shana.ortiz", "mike.chen", "grace.park")]
NOBODY = "new.hire@northwind.example"  # of the firm's domain, and in no list of Autotask
DAY = 1440


def milter_down(sender=STAFF, subject="Sarah: it is me"):
    """The server stamps nothing, and takes out nothing: a field in its name came with the mail."""
    forged = {"Authentication-Results": "%s; auth=pass smtp.auth=%s" % (SERVER_ID, sender)}
    return dict(subject=subject, text="x\n", sender=sender, proof=False, headers=forged)


def told():
    return [(subject, text) for _, subject, text in LAB.letters(OPERATOR).values()]


def subjects():
    return sorted(subject for subject, _ in told())


def nobody_was_answered(refused):
    tap.check(not LAB.tickets(), LAB.tickets())
    tap.check(not any(LAB.letters(user) for user in [STAFF, NOBODY] + OTHERS), "somebody was answered")
    folders = {name: len(mails) for name, mails in LAB.stored(MAILBOX).items()}
    tap.check(folders == {"Refused": refused}, folders)


def first_failure():
    """One letter at once, that names address, test and fix; the second failure waits for the day's letter."""
    LAB.clean()
    LAB.deliver(milter_down())
    LAB.settle()
    nobody_was_answered(1)
    tap.check(subjects() == ["frontdesk: unproven-%s needs you" % STAFF], told())
    text = " ".join(told()[0][1].split())
    tap.check(STAFF in text and "auth-forged" in text and re.search("Fix: .*milter", text), text)
    LAB.deliver(milter_down(subject="Sarah: once more"))
    LAB.settle()
    nobody_was_answered(2)
    tap.check(len(told()) == 1, told())


def day():
    """The day's letter has all of them, strangers not among them; a day without any has none."""
    LAB.deliver(milter_down(NOBODY))
    LAB.deliver(dict(subject="hello", text="x", sender="eve@elsewhere.example"))
    LAB.settle()
    tap.check(len(told()) == 1, told())
    LAB.passed_minutes = DAY + 1
    LAB.settle()
    digest = [text for subject, text in told() if "in the name of your staff" in subject]
    tap.check(len(digest) == 1, told())
    lines = digest[0].splitlines()
    for address, count in ((STAFF, 2), (NOBODY, 1)):
        at = [n for n, line in enumerate(lines) if line == "%s  auth-forged (%d)" % (address, count)]
        tap.check(len(at) == 1 and "milter" in " ".join(lines[at[0] + 1:at[0] + 4]), digest[0])
    tap.check("eve@" not in digest[0], digest[0])
    LAB.passed_minutes = 3 * DAY
    LAB.settle()
    tap.check(len(told()) == 2, told())


def mended():
    """A proven mail of the address ends the alert; when it fails again, that is no news."""
    LAB.deliver(dict(subject="Sarah: now it works", text="x\n"))
    LAB.settle()
    tap.check("frontdesk: unproven-%s is well again" % STAFF in subjects() and len(LAB.tickets()) == 1, subjects())
    LAB.deliver(milter_down(subject="Sarah: and again"))
    LAB.settle()
    tap.check(len(told()) == 3, subjects())
    tap.check("unproven" not in LAB.daemon.run("status")[1], LAB.daemon.run("status"))


def words_of_a_forger():
    """What a forger writes into a header does not reach the operator in a letter of ours; the journal shows it."""
    LAB.clean()
    words = "your mailbox is full, log in at https://evil.example/now"
    LAB.deliver(dict(subject="Sarah: x", text="x\n", headers={"Sender": words}))
    LAB.deliver(dict(subject="Sarah: x", text="x\n", sender=OTHERS[0], proof=False, headers={"X": "y"}))
    LAB.deliver((OTHERS[1], b"Authentication-Results: %s; spf=pass smtp.mailfrom=\"%s\"@evil.example; dmarc=fail\r\n" % (
        SERVER_ID.encode(), words.encode()) + staff_mail("Sarah: x", "x", sender=OTHERS[1], proof=False)))
    LAB.settle()
    nobody_was_answered(3)
    tap.check(len(told()) == 3 and not any("evil.example" in text or "mailbox is full" in text for _, text in told()), told())
    tap.check(sum("evil.example" in r["reason"] for r in LAB.daemon.journal()) == 2, LAB.daemon.journal())
    tap.check("evil.example" not in LAB.daemon.run("status")[1], LAB.daemon.run("status"))


def a_forger_goes_through_the_list():
    """At most three letters a day at once, whatever is forged."""
    LAB.clean()
    for sender in OTHERS + [STAFF]:
        LAB.deliver(milter_down(sender))
    LAB.settle()
    nobody_was_answered(5)
    tap.check(len(told()) == 3, subjects())
    LAB.passed_minutes = DAY + 1
    LAB.settle()
    digest = [text for subject, text in told() if "in the name of your staff" in subject]
    tap.check(len(digest) == 1 and all(sender in digest[0] for sender in OTHERS + [STAFF]), told())


def every_sender_is_believed(lab):
    """trust = "none": what has no proof is done; each reply warns, of every kind, and so does status. Nobody is an operator."""
    lab.clean()
    for sender, subject in ((STAFF, "Sarah: x"), (STAFF, "Shara: y"), (STAFF, "help"), (OPERATOR, "show 7KQ2"), ("eve@elsewhere.example", "Sarah: z")):
        lab.deliver(dict(subject=subject, text="x\n", sender=sender, proof=False))
    lab.settle()
    letters = {user: [text for _, _, text in lab.letters(user).values()] for user in (STAFF, OPERATOR, "eve@elsewhere.example")}
    tap.check([len(kept) for kept in letters.values()] == [3, 1, 0] and len(lab.tickets()) == 1, letters)
    tap.check(all("WARNING: senders are not checked" in text for kept in letters.values() for text in kept), letters)
    tap.check("is for the people" in letters[OPERATOR][0], letters[OPERATOR])
    tap.check("WARNING" in lab.daemon.run("status")[1] and 'trust = "none"' in lab.daemon.run("status")[1], lab.daemon.run("status"))


if __name__ == "__main__":
    with Lab() as LAB, Lab(trust="none") as OPEN:
        tap.run([("the first failure is told at once", first_failure), ("the letter of the day", day), ("mended", mended),
                 ("a forger's words stay out of our letters", words_of_a_forger),
                 ("a forger goes through the list of the staff", a_forger_goes_through_the_list),
                 ("every sender is believed", lambda: every_sender_is_believed(OPEN))])
