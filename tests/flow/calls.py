#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What each kind of mail costs at Autotask while frontdesk runs, call by call out of the sandbox's request log. The first note and
the first file read the lists of their fields once, in one call; all that follow are told from a list that is known for hours."""
import os
import re
import sys

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", d) for d in ("support", "flow")]
from lab import Lab  # noqa: E402
import tap  # noqa: E402

TICKET = ["POST Tickets", "GET Tickets/N"]
NOTE, NOTE_LISTS = ["POST Tickets/N/Notes"], ["GET TicketNotes/entityInformation/fields"]
FILE, FILE_LIST = ["POST Tickets/N/Attachments"], ["GET TicketAttachments/entityInformation/fields"]
AMEND = ["GET Tickets/N", "PATCH Tickets"]
# name, the mail or the reply, its calls; in this order, within one run
ROWS = [
    ("a stranger", dict(subject="Sarah: buy", sender="eve@elsewhere.example", proof=False), []),
    ("a machine", dict(subject="Automatic reply: x", headers={"Auto-Submitted": "auto-replied"}), []),
    ("a forged sender", dict(subject="Sarah: pay", proof=False), []),
    ("help", dict(subject="help"), []),
    ("the first ticket", dict(subject="Sarah: one", text="1"), TICKET),
    ("the first note", dict(reply="It is in room 4."), NOTE_LISTS + NOTE),
    ("a ticket", dict(subject="Sarah: two", text="2"), TICKET),
    ("a note", dict(reply="It is in room 5."), NOTE),
    ("a change", dict(reply="high"), AMEND),
    ("several changes and words", dict(reply="low, due 2031-05-06 10:00\n\nIt can wait."), AMEND + NOTE),
    ("a hand-over asks who helps", dict(reply="to Grace"), ["GET Tickets/N", "POST TicketSecondaryResources/query", "PATCH Tickets"]),
    ("undo asks for the time that was logged", dict(reply="undo"), ["GET Tickets/N", "POST TimeEntries/query/count", "PATCH Tickets"] + NOTE),
    ("a second resource asks who helps", dict(reply="+Shana"), ["GET Tickets/N", "POST TicketSecondaryResources/query", "POST Tickets/N/SecondaryResources"]),
    ("a contact", dict(subject="Sarah: bob [acme dental]", text="Contact: Bob Miller\n\nx"), ["POST Contacts/query"] + TICKET),
    ("a ticket with overrides", dict(subject="Sarah: three [high, acme dental, 2031-05-06]", text="3"), TICKET),
    ("a ticket for two", dict(subject="Sarah and Shana: four", text="4"), [TICKET[0], "POST Tickets/N/SecondaryResources", TICKET[1]]),
    ("a question", dict(subject="Shara: five", text="5"), []),
    ("a choice", dict(reply="1"), TICKET),
    ("thanks", dict(reply="Thank you!"), []),
    ("the first file", dict(subject="Sarah: six", text="6", files={"log.txt": b"line\n" * 99}), TICKET + FILE_LIST + FILE),
    ("a file", dict(subject="Sarah: seven", text="7", files={"log.txt": b"line\n" * 98}), TICKET + FILE),
    ("the same again", dict(subject="Sarah: eight", text="8", message_id="<eight@client.test>"), TICKET),
    ("said twice", dict(subject="Sarah: eight", text="8", message_id="<nine@client.test>"), []),
]


def calls(lab, since):
    """Method and path without the id, from that row of the log on."""
    rows = lab.sandbox.log()[since:]
    return ["%s %s" % (row["method"], re.sub(r"(?<=Tickets/)\d+", "N", row["path"].split("v1.0/")[-1])) for row in rows]


def settled(lab, mails):
    """All of so many mails are through, and their answers delivered."""
    def through():
        rows = lab.daemon.journal()
        return len(rows) == mails and all(row["state"] in ("done", "waiting") for row in rows)
    lab.until("%d mails are through" % mails, through)
    lab.wait_for_queue()


def cost(lab, number, mail, expected):
    before = len(lab.sandbox.log())
    if "reply" in mail:
        lab.answer(mail)
    else:
        lab.deliver(mail)
    settled(lab, number)
    got = calls(lab, before)
    tap.check(got == expected, "%r instead of %r" % (got, expected))


if __name__ == "__main__":
    with Lab() as LAB:
        LAB.clean()
        LAB.daemon.start(arguments=("--since", "2020-01-01"))
        tap.run([(name, lambda n=n, m=mail, c=expected: cost(LAB, n, m, c)) for n, (name, mail, expected) in enumerate(ROWS, 1)])
