#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Checks by mail: the report as text, HTML and table in one answer, one answer only, nothing changed in either system; word when it takes
long, when QuickBooks is not set up and when it cannot be read; and tickets that never wait behind a report."""
import csv
import email
import email.policy
import io
import os
import re
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from lab import OPERATOR, STAFF, Lab  # noqa: E402
import tap  # noqa: E402


def settle(books=True, integration=True):
    """A new installation; with a login at QuickBooks if `books`."""
    LAB.clean(dict(books=books, settings={} if books or not integration else dict(firm='integration = "qbo-app"; ')))


def finish():
    LAB.settle()
    LAB.wait_for_queue()


def letters():
    return [email.message_from_bytes(raw, policy=email.policy.default) for raw in LAB.stored(STAFF).get("INBOX", [])]


def words(letter):
    return letter.get_body(("plain",)).get_content()


def changes():
    """Requests that could have changed something. Queries of both systems are POSTs too."""
    return [r for r in LAB.sandbox.log() if r["method"] not in ("GET",) and not r["path"].rstrip("/").endswith("query") and "oauth2" not in r["path"]]


def a_report():
    settle()
    LAB.deliver(dict(subject="check mapping", text="please\n", message_id="<asked@client.test>"))
    finish()
    got = letters()
    tap.check(len(got) == 1, "%d letters" % len(got))
    letter = got[0]
    tap.check(letter["In-Reply-To"] == letter["References"] == "<asked@client.test>", "not in the thread: %s" % letter)
    tap.check(letter["Subject"] == "Re: check mapping" and letter["Auto-Submitted"] == "auto-replied", str(letter["Subject"]))
    tap.check("Nothing was changed in either system" in words(letter), words(letter))
    tap.check("<html" in letter.get_body(("html",)).get_content(), "no HTML")
    files = list(letter.iter_attachments())
    tap.check([f.get_filename() for f in files] == ["check-mapping.csv"], "files: %r" % files)
    table = files[0].get_payload(decode=True).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(table)))
    done = LAB.daemon.run("check", "mapping", "--format", "csv")
    tap.check(done[0] in (0, 1), repr(done))
    tap.check(rows == list(csv.reader(io.StringIO(done[1].lstrip("\ufeff")))), "the table differs from that of the command line:\n%s\n%s" % (table, done[1]))
    tap.check(not changes() and not LAB.tickets(), "changed: %r" % changes())
    tap.check([row["outcome"] for row in LAB.daemon.journal()] == ["answered"], repr(LAB.daemon.journal()))


def an_argument(subject, said):
    def test():
        settle()
        LAB.deliver(dict(subject=subject, text="x\n"))
        finish()
        got = letters()
        tap.check(len(got) == 1 and said in words(got[0]), "\n".join(map(words, got)))
        tap.check(not LAB.tickets(), "a ticket was made")
    return test


def not_set_up(said, **how):
    def test():
        settle(**how)
        LAB.deliver(dict(subject="check terms", text="x\n"))
        finish()
        got = letters()
        tap.check(len(got) == 1 and said in words(got[0]), "\n".join(map(words, got)))
        tap.check(not LAB.tickets() and not LAB.stored(OPERATOR).get("INBOX"), "a ticket or an alert was made")
    return test


def refused():
    """The API user may not read the books: no word of tickets in the letter; the operator is told."""
    settle()
    LAB.sandbox.faults([dict(action="status", status=403, path="v3/company/*", count=50)])
    LAB.deliver(dict(subject="check mapping", text="x\n"))
    finish()
    got = letters()
    tap.check(len(got) == 1 and "No report was made" in words(got[0]) and "ticket was made" not in words(got[0]), "\n".join(map(words, got)))
    tap.check([row["state"] for row in LAB.daemon.journal()] == ["parked"], repr(LAB.daemon.journal()))
    tap.check(len(LAB.stored(OPERATOR).get("INBOX", [])) == 1, "the operator was not told")


def one_that_takes_long():
    """`Working on it`, then the report; a ticket that comes after it is there long before."""
    settle()
    LAB.sandbox.faults([dict(action="delay_before", path="v3/company/*", ms=11000, nth=2)])
    LAB.daemon.start()
    try:
        LAB.deliver(dict(subject="check mapping", text="x\n", message_id="<asked@client.test>"))
        time.sleep(1.5)
        begin = time.monotonic()
        LAB.deliver(dict(subject="Sarah: quick", text="x\n", sender="mike.chen@northwind.example"))
        LAB.until("the ticket", LAB.tickets)
        ticket_s = time.monotonic() - begin
        LAB.until("two letters", lambda: len(letters()) >= 2)
    finally:
        LAB.daemon.stop()
    tap.check({letter["In-Reply-To"] for letter in letters()} == {"<asked@client.test>"}, "not in the thread")
    got = [words(letter) for letter in letters()]
    tap.check(len(got) == 2 and "Working on it" in got[0] and "Nothing was changed" in got[1], "\n".join(got))
    tap.check(ticket_s < 9, "the ticket took %.1f s" % ticket_s)


def many_reports():
    """Ten reports that take a while are asked for first; the ticket does not wait for one of them, and each report comes once."""
    settle()
    LAB.sandbox.faults([dict(action="delay_before", path="v3/company/*", statement="*FROM Item*", ms=4000)])
    LAB.daemon.start()
    try:
        for n in range(10):
            LAB.deliver(dict(subject="check mapping", text="%d\n" % n))
        LAB.until("QuickBooks is asked", lambda: any("FROM%20Account" in row["query"] for row in LAB.sandbox.log()))
        LAB.deliver(dict(subject="Sarah: quick", text="x\n", sender="mike.chen@northwind.example"))
        LAB.until("the ticket", LAB.tickets)
        tap.check(len(letters()) < 5, "the ticket came behind %d reports" % len(letters()))
        LAB.sandbox.faults([])
        LAB.until("ten reports", lambda: len(letters()) >= 10)
    finally:
        LAB.daemon.stop()
    got = [words(letter) for letter in letters()]
    tap.check(len(got) == 10 and all("Nothing was changed" in text for text in got), "%d letters" % len(got))


def what_help_names():
    """Each check that help lists, sent as it stands, is answered with its report; without QuickBooks help lists none."""
    settle(books=False)
    LAB.deliver(dict(subject="help", text="x\n"))
    finish()
    tap.check("check " not in words(letters()[0]), words(letters()[0]))
    settle()
    LAB.deliver(dict(subject="help", text="x\n"))
    finish()
    listed = re.findall(r"(?m)^ +(check [a-z]+(?: [A-Z0-9][\w ]*?)?)(?: {2,}|$)", words(letters()[0]))
    print("# " + " | ".join(listed))
    tap.check(len(listed) == 8, "%r in\n%s" % (listed, words(letters()[0])))
    for subject in listed:
        LAB.deliver(dict(subject=subject, text="x\n"))
    finish()
    got = [letter for letter in letters() if letter["Subject"] != "Re: help"]
    tap.check(sorted(str(letter["Subject"]) for letter in got) == sorted("Re: " + subject for subject in listed), "letters: %r\n%s" % ([str(letter["Subject"]) for letter in got], LAB.daemon.log()))
    tap.check(all("Nothing was changed in either system" in words(letter) for letter in got), repr([row["reason"] for row in LAB.daemon.journal()]))
    tap.check(not LAB.tickets(), "a ticket was made")


if __name__ == "__main__":
    with Lab("per_sender_hour = 1000;") as LAB:
        tap.run([("check mapping: text, HTML, table", a_report),
                 ("check invoice of a number that nobody has", an_argument("check invoice 999999", "999999")),
                 ("QuickBooks is not set up", not_set_up("no login to QuickBooks", books=False)),
                 ("the integration is not named", not_set_up("firm.integration", books=False, integration=False)),
                 ("QuickBooks refuses", refused),
                 ("every check that help names", what_help_names),
                 ("one that takes long", one_that_takes_long),
                 ("ten reports and a ticket", many_reports)])
