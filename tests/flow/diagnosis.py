#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A forwarded error of the sync becomes a diagnosis: in every mail program's wrapping, several at once, many invoices of one error, with a
technician addressed, told in staff's own words, known by no rule, while a system is away (and again by itself), from strangers; and ordinary
mail stays what it was."""
import email
import email.policy
import json
import os
import re
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from books import CLIENT, REALM, REDIRECT  # noqa: E402
from firm import BOOKS, log_in  # noqa: E402
from forwards import WRAPPINGS, forwarded  # noqa: E402
from lab import OPERATOR, STAFF, Lab, stamped  # noqa: E402
import tap  # noqa: E402

# from the catalogue of errors
CATEGORY = ("Reason: There was an error. 400 Invalid Reference Id Invalid Reference Id : An item in this transaction is set up as a category "
            "instead of a product or service. Invoice ID 9002, Acme Dental")
MEANS_CATEGORY = "a category is only a heading"
DUPLICATE = "Error 6140: Duplicate Document Number Error : You must specify a different number. This number has already been used. Invoice 1042"
UNKNOWN = "QuickBooks Online sync: the flux of invoice 1042 failed because the frobnicator was not aligned."
ZERO = "Invoice 9002 came over as $0 in QuickBooks again."


def settle(books=True, extra=""):
    LAB.clean()
    LAB.sandbox.faults([])
    LAB.sandbox.settings(qb_per_second=0, qb_per_minute=0)
    LAB.daemon._write("books-secret", CLIENT[1] + "\n")
    text = ORIGINAL.replace("firm = { ", 'firm = { integration = "qbo-app"; ', 1)
    text += BOOKS.format(dir=LAB.daemon.dir, realm=REALM, client=CLIENT[0], redirect=REDIRECT, url=LAB.sandbox.url.rstrip("/")) if books else ""
    LAB.daemon._write("frontdesk.conf", text + extra)
    if books:
        log_in(LAB.daemon.conf)


def deliver(way="gmail", error=CATEGORY, sender=STAFF, proof=True, **how):
    LAB.deliver((sender, stamped(forwarded(way, error, sender, **how), sender, proof)))


def finish():
    LAB.settle()
    LAB.wait_for_queue()


def go_on(actions):
    LAB.go_on(actions)
    LAB.wait_for_queue()


def letters(user=STAFF, interim=False):
    """In order; `Working on it`, which a slow machine may send, only when asked for."""
    got = [email.message_from_bytes(raw, policy=email.policy.default) for raw in LAB.stored(user).get("INBOX", [])]
    got = [letter for letter in got if interim or "Working on it" not in words(letter)]
    # in the same second the one further down the thread is the later one
    return sorted(got, key=lambda letter: (letter["Date"].datetime, len((letter["References"] or "").split())))


def words(letter):
    return letter.get_body(("plain",)).get_content()


def flat(letter):
    return " ".join(words(letter).split())


def one_letter(*needles, absent=()):
    got = letters()
    tap.check(len(got) == 1, "%d letters:\n%s" % (len(got), "\n====\n".join(map(words, got))))
    for needle in needles:
        tap.check(needle in flat(got[0]), "%r is missing:\n%s" % (needle, words(got[0])))
    for needle in absent:
        tap.check(needle not in flat(got[0]), "%r is there:\n%s" % (needle, words(got[0])))
    return got[0]


def outcomes():
    return sorted((row["outcome"], row["state"]) for row in LAB.daemon.journal())


# --- wrappings ---

def every_wrapping():
    """One letter each, with the invoice that the mail names, and no ticket."""
    settle()
    for way in WRAPPINGS:
        deliver(way, subject="FW: " + way)
    finish()
    got = {str(letter["Subject"]).rsplit(" ", 1)[-1]: flat(letter) for letter in letters()}
    tap.check(sorted(got) == sorted(WRAPPINGS), "letters: %r" % (set(WRAPPINGS) ^ set(got)))
    for way, text in got.items():
        tap.check(MEANS_CATEGORY in text, "%s: %s" % (way, text))
        tap.check("9002" in text, "%s: the invoice is not named: %s" % (way, text))
    tap.check(not LAB.tickets() and outcomes() == [("answered", "done")] * len(WRAPPINGS), repr(outcomes()))


# --- what is in it ---

def two_errors():
    settle()
    deliver("outlook-web", CATEGORY + "\n\n" + DUPLICATE)
    finish()
    text = flat(one_letter("2 errors were found", MEANS_CATEGORY, "number"))
    tap.check(text.index("Error 1: ") < text.index(MEANS_CATEGORY) < text.index("Error 2: "), text)


def ten_invoices():
    """One error of ten invoices is one answer that lists them."""
    settle()
    numbers = [str(7000 + i) for i in range(10)]
    deliver("rfc822", "\n\n".join(CATEGORY.replace("9002, Acme Dental", number) for number in numbers))
    finish()
    text = flat(one_letter(MEANS_CATEGORY, *numbers))
    tap.check(text.count(MEANS_CATEGORY) == 1, text)


def technician_addressed():
    settle()
    deliver("gmail", subject="Sarah: FW: QuickBooks error")
    finish()
    tickets = LAB.tickets()
    tap.check(len(tickets) == 1 and tickets[0]["assignee"] and "sarah" in tickets[0]["assignee"].lower(), repr(tickets))
    tap.check(MEANS_CATEGORY in tickets[0]["description"] and "Please have a look." in tickets[0]["description"], tickets[0]["description"])
    tap.check(tickets[0]["description"].startswith("Requested by") and len(tickets[0]["description"]) <= 8000, tickets[0]["description"])
    number = LAB.sandbox.tickets()[-1]["ticketNumber"]
    one_letter(number, "TicketID=", MEANS_CATEGORY, "ticket is made", "Contracts > Invoice History")
    tap.check(outcomes() == [("ticket", "done")], repr(outcomes()))


def technician_mentioned():
    """Told, and no ticket: who is only mentioned is not given work."""
    settle()
    deliver("gmail", subject="FW: the QuickBooks error that Mike Chen saw with invoices")
    finish()
    addressed = LAB.tickets()
    if not addressed:
        one_letter(MEANS_CATEGORY, "No ticket was made for Mike Chen")
    tap.check(not addressed or addressed[0]["assignee"], repr(addressed))


def no_rule_knows_it():
    settle()
    deliver("outlook", UNKNOWN, subject="FW: sync")
    deliver("eml", UNKNOWN.replace("1042", "77123").replace("frobnicator", "second frobnicator"), subject="FW: again", own="Hm.")
    finish()
    tap.check(not LAB.tickets() and outcomes() == [("answered", "done")] * 2, "%r\n%s" % (outcomes(), "\n".join(map(words, letters()))))
    for number, letter in zip(("77123", "1042"), sorted(letters(), key=lambda letter: str(letter["Subject"]))):
        tap.check("none that frontdesk knows" in flat(letter) and "frobnicator was not aligned" in flat(letter), words(letter))
        tap.check('"check invoice %s"' % number in flat(letter), words(letter))
    code, out, errors = LAB.daemon.run("journal", "export", "--unmatched")
    rows = [json.loads(line) for line in out.splitlines()]
    tap.check(code == 0 and not errors and len(rows) == 2, "%r %r" % (out, errors))
    tap.check([row["subject"] for row in rows] == ["FW: sync", "FW: again"] and all(row["sender"] == STAFF for row in rows), repr(rows))
    tap.check(all("frobnicator" in row["line"] and row["line"] in row["text"] for row in rows), repr(rows))
    tap.check("Hm." in rows[1]["text"], repr(rows[1]))
    code, out, errors = LAB.daemon.run("journal", "export")
    tap.check(code == 64 and "--unmatched" in errors, "%r %r" % (code, errors))


# --- staff's own words ---

def symptom():
    settle()
    LAB.deliver(dict(subject="Wrong amount", text=ZERO + "\n"))
    finish()
    one_letter("CONFIRMED", "Set up the firewall", "9002", "What to do", absent=("Probably",))
    tap.check(not LAB.tickets() and outcomes() == [("answered", "done")], repr(outcomes()))


def symptom_without_invoice():
    """Asks which one; the number alone, in an answer, is enough; thanks are silent."""
    settle()
    LAB.deliver(dict(subject="QuickBooks", text="An invoice came over as $0 in QuickBooks again.\n"))
    finish()
    one_letter("Probably", "WHICH INVOICE?", absent=("COULD NOT BE CHECKED", "CONFIRMED"))
    go_on([dict(reply="It's 9002, thanks")])
    got = letters()
    tap.check(len(got) == 2 and "9002" in flat(got[1]) and "WHICH INVOICE" not in flat(got[1]), "\n".join(map(words, got)))
    go_on([dict(reply="Thanks!")])
    tap.check(len(letters()) == 2 and not LAB.tickets(), "\n".join(map(words, letters())))
    tap.check(outcomes() == [("answered", "done")] * 2 + [("ignored", "done")], repr(outcomes()))


def symptom_on_a_ticket():
    """No question: what is answered to a ticket's letter is about the ticket."""
    settle()
    LAB.deliver(dict(subject="Sarah: look at QuickBooks", text="The invoice for Acme Dental came over as $0 in QuickBooks.\n"))
    LAB.deliver(dict(subject="Sarah: please look at QuickBooks again", text="An invoice came over as $0 in QuickBooks.\n"))
    finish()
    tap.check(len(LAB.tickets()) == 2 and len(letters()) == 2, repr(outcomes()))
    for letter in letters():
        tap.check("ticket is made" in flat(letter) and "WHICH INVOICE" not in flat(letter), words(letter))


def answer_with_other_words():
    """Our own letter is quoted below: the error in it is not told again. It is asked who the words are for."""
    settle()
    deliver("gmail")
    finish()
    go_on([dict(reply="Could somebody call the customer about it please")])
    got = letters()
    tap.check(len(got) == 2 and MEANS_CATEGORY not in flat(got[1]), "\n".join(map(words, got)))
    tap.check(outcomes() == [("answered", "done"), ("asked", "waiting")], repr(outcomes()))


# --- when a system is away ---

AWAY = [dict(action="status", status=503, path="v3/company/*", count=10000)]


def away_then_again(hours=0):
    """The answer says that it could not be checked; hours later it is, and a second letter says so, once."""
    settle()
    LAB.sandbox.faults(AWAY)
    deliver("gmail")
    finish()
    one_letter("COULD NOT BE CHECKED", "tried again by itself", MEANS_CATEGORY)
    tap.check(outcomes() == [("answered", "waiting")], repr(outcomes()))
    go_on([dict(passed=10)])
    tap.check(len(letters()) == 1 and outcomes() == [("answered", "waiting")], "\n".join(map(words, letters())))
    LAB.sandbox.faults([])
    go_on([dict(passed=70)])
    got = letters()
    tap.check(len(got) == 2 and "could be checked now" in flat(got[1]), "\n".join(map(words, got)))
    tap.check("COULD NOT BE CHECKED" not in flat(got[1]) and got[1]["In-Reply-To"] == got[0]["In-Reply-To"], words(got[1]))
    go_on([dict(passed=24 * 60)])
    tap.check(len(letters()) == 2 and outcomes() == [("answered", "done")], repr(outcomes()))


def away_for_long():
    """A day is the end of it, without a word: there is nothing new to say."""
    settle()
    LAB.sandbox.faults(AWAY)
    deliver("gmail")
    finish()
    go_on([dict(passed=60), dict(passed=24 * 60)])
    tap.check(len(letters()) == 1 and outcomes() == [("answered", "done")], "%r\n%s" % (outcomes(), "\n".join(map(words, letters()))))
    tap.check("for a day" in LAB.daemon.journal()[0]["reason"], repr(LAB.daemon.journal()))


def away_with_a_ticket():
    """The ticket is made at once; an answer to its letter changes it, whether the books are still to be looked at or not."""
    settle()
    LAB.sandbox.faults(AWAY)
    deliver("gmail", subject="Sarah: FW: QuickBooks error")
    finish()
    one_letter("COULD NOT BE CHECKED", "ticket is made")
    tap.check(len(LAB.tickets()) == 1 and outcomes() == [("ticket", "waiting")], repr(outcomes()))
    go_on([dict(reply="High")])
    tap.check(len(letters()) == 2 and outcomes() == [("amended", "done"), ("ticket", "waiting")], "%r\n%s" % (outcomes(), "\n".join(map(words, letters()))))
    LAB.sandbox.faults([])
    go_on([dict(passed=70)])
    got = letters()
    tap.check(len(got) == 3 and len(LAB.tickets()) == 1 and "could be checked now" in flat(got[2]), "\n".join(map(words, got)))
    notes = LAB.tickets()[0]["notes"]
    tap.check(len(notes) == 1 and MEANS_CATEGORY in notes[0] and "COULD NOT BE CHECKED" not in notes[0], "notes: %r" % notes)
    tap.check("COULD NOT BE CHECKED" in LAB.tickets()[0]["description"], LAB.tickets()[0]["description"])
    tap.check(outcomes() == [("amended", "done"), ("ticket", "done")], repr(outcomes()))


def takes_long():
    """`Working on it`, then the diagnosis; a ticket that comes meanwhile does not wait for it."""
    settle()
    LAB.sandbox.faults([dict(action="delay_before", path="v3/company/*", ms=11000, nth=1)])
    LAB.daemon.start()
    try:
        deliver("gmail")
        time.sleep(1.5)
        begin = time.monotonic()
        LAB.deliver(dict(subject="Sarah: quick", text="x\n", sender="mike.chen@northwind.example"))
        LAB.until("the ticket", LAB.tickets)
        ticket_s = time.monotonic() - begin
        LAB.until("two letters", lambda: len(letters(interim=True)) >= 2)
    finally:
        LAB.daemon.stop()
    got = letters(interim=True)
    tap.check(len(got) == 2 and "Working on it" in flat(got[0]) and MEANS_CATEGORY in flat(got[1]), "\n".join(map(words, got)))
    tap.check(ticket_s < 9, "the ticket took %.1f s" % ticket_s)


# --- who, and what not ---

def stranger():
    settle()
    before = len(LAB.sandbox.log())
    deliver("gmail", sender="eve@elsewhere.example")
    deliver("gmail", sender=STAFF, proof=False)
    finish()
    tap.check(not letters() and not letters("eve@elsewhere.example") and not LAB.tickets(), "an answer or a ticket")
    tap.check(outcomes() == [("refused", "done")] * 2, repr(outcomes()))
    calls = [r for r in LAB.sandbox.log()[before:] if "v3/company" in r["path"]]
    tap.check(not calls, "a stranger made it read the books: %r" % calls[:3])


def the_original_sender_is_nobody():
    """The mail inside is from somebody else on the staff: the answer goes to who forwarded it, and to nobody else."""
    settle()
    error = "From: Mike Chen <mike.chen@northwind.example>\nTo: x\nSubject: y\n\n" + CATEGORY
    deliver("rfc822", error)
    finish()
    letter = one_letter(MEANS_CATEGORY)
    tap.check(letter["To"] == STAFF and not letter["Cc"], str(letter["To"]))
    tap.check(not letters("mike.chen@northwind.example"), "the original sender got a letter")


ORDINARY = [
    ("Sarah: printer", "The printer of Acme shows error 50.1 and cannot print.\n-- \nDana\nIf you have received this in error, please delete it."),
    ("Sarah: invoice", "Please send invoice 1042 to Acme again, they lost it. Thanks."),
    ("Sarah: QuickBooks", "QuickBooks does not open on Bob's PC: error 3371, could not initialize license properties."),
    ("Sarah: bank", "Bob forwards:\n\nFrom: Intuit <no-reply@intuit.example>\nSent: Tuesday\nTo: Bob\nSubject: Transfer\n\nYour QuickBooks bank transfer failed. "
     "Error 103: the login of the bank was refused."),
    ("Sarah: sync", "OneDrive sync failed for Bob at Acme, error 0x8004de40."),
]


def ordinary_tickets():
    settle()
    for subject, text in ORDINARY:
        LAB.deliver(dict(subject=subject, text=text + "\n"))
    finish()
    tap.check(len(LAB.tickets()) == len(ORDINARY) and outcomes() == [("ticket", "done")] * len(ORDINARY), repr(outcomes()))
    for letter in letters():
        tap.check("ticket is made" in flat(letter) and "iagnosis" not in flat(letter) and "What to do" not in flat(letter), words(letter))


def ordinary_questions():
    """Without a technician they are still asked about; so is a forward that has "error" in a signature only."""
    settle()
    for subject, text in ORDINARY:
        LAB.deliver(dict(subject=subject.partition(": ")[2], text=text + "\n"))
    deliver("gmail", "Hello,\n\nplease call us about the new phones.\n\n-- \nBob, Error Analysis Ltd\nIf you received this e-mail in error, notify "
            "the sender; an error or failed transfer of this message, also by QuickBooks or Autotask, is not our responsibility.", subject="FW: phones", about="New phones")
    finish()
    tap.check(not LAB.tickets() and outcomes() == [("asked", "waiting")] * (len(ORDINARY) + 1), "%r\n%s" % (outcomes(), "\n".join(map(words, letters()))))


def explained():
    """`frontdesk explain` foresees it, asks nobody, and says what is not known yet."""
    settle()
    raw = stamped(forwarded("gmail", CATEGORY, STAFF), STAFF)
    path = os.path.join(LAB.daemon.dir, "mail.eml")
    with open(path, "wb") as out:
        out.write(raw)
    before = len(LAB.sandbox.log())
    code, out, errors = LAB.daemon.run("explain", path)
    tap.check(code == 0 and not errors and re.search(r"^command +diagnosis$", out, re.M), out + errors)
    tap.check(re.search(r"^error +qbo-item-is-category", out, re.M) and "outcome   answered" in out and MEANS_CATEGORY in " ".join(out.split()), out)
    tap.check(not [r for r in LAB.sandbox.log()[before:] if "v3/company" in r["path"]], "the books were read")
    code, out, errors = LAB.daemon.run("explain", "--json", path)
    found = json.loads(out)
    tap.check(code == 0 and found["command"] == "diagnosis" and found["errors"][0]["rule"] == "qbo-item-is-category", out)
    tap.check({"name": "invoice_id", "text": "9002"} in found["errors"][0]["values"], repr(found["errors"]))


if __name__ == "__main__":
    with Lab("per_sender_hour = 1000;") as LAB:
        with open(LAB.daemon.conf, encoding="utf-8") as settings:
            ORIGINAL = settings.read()
        tap.run([("every wrapping", every_wrapping), ("two errors", two_errors), ("ten invoices", ten_invoices),
                 ("a technician is addressed", technician_addressed), ("a technician is mentioned", technician_mentioned),
                 ("no rule knows it", no_rule_knows_it), ("a symptom", symptom), ("a symptom, but which invoice?", symptom_without_invoice),
                 ("a symptom on a ticket", symptom_on_a_ticket), ("an answer with other words", answer_with_other_words), ("away, then looked at again", away_then_again),
                 ("away for more than a day", away_for_long), ("away, with a ticket", away_with_a_ticket), ("takes long", takes_long),
                 ("a stranger forwards it", stranger), ("the original sender is nobody", the_original_sender_is_nobody),
                 ("ordinary tickets", ordinary_tickets), ("ordinary questions", ordinary_questions), ("explain", explained)])
