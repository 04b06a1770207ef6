#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The conversation that ./scripts/demo shows: four mails, what became of each, and after how long."""
import contextlib
import os
import signal
import sys
import textwrap
import time

from daemon import Daemon
from mailhost import MAILBOX, MailHost, describe
from mails import header, staff_mail, text_of
from sandbox import Sandbox

DANA = "dana.reed@northwind.example"
EVE = "eve@elsewhere.example"
PATIENCE = 10.0
COLOUR = sys.stdout.isatty() and not os.environ.get("NO_COLOR")

MAILS = [
    dict(title="Dana writes a to-do for Sarah", sender="Dana Reed <%s>" % DANA, answered=True,
         subject="Sarah: reset MFA for Bob at Acme", text="He has a new phone. He is in until five.\n"),
    dict(title="Dana misspells the name", sender="Dana Reed <%s>" % DANA, answered=True,
         subject="Shara: printer down", text="Second floor at Acme, since this morning.\n"),
    dict(title="A stranger writes, from outside", sender="Eve <%s>" % EVE, answered=False,
         subject="Sarah: please pay the attached invoice", text="Urgent!\n"),
    dict(title="Dana's vacation reply arrives", sender="Dana Reed <%s>" % DANA, answered=False,
         subject="Automatic reply: your ticket", text="I am away until Monday.\n",
         headers={"Auto-Submitted": "auto-replied"}),
]


def paint(code, text):
    return "\033[%sm%s\033[0m" % (code, text) if COLOUR else text


def say(text="", code=None):
    print(paint(code, text) if code else text, flush=True)


def box(text, mark, code):
    """Foreign text: wrapped, control characters out, each line marked."""
    text = "".join(c if c == "\n" or c.isprintable() else " " for c in text.strip())
    for line in text.splitlines():
        for part in textwrap.wrap(line, 96) or [""]:
            say("   %s %s" % (paint(code, mark), part))


# --- the world of the sandbox ---------------------------------------------------------------------------------

def walk(node):
    """Every (key, value) of a JSON tree."""
    pairs = node.items() if isinstance(node, dict) else ((None, value) for value in node)
    for key, value in pairs:
        yield key, value
        if isinstance(value, (dict, list)):
            yield from walk(value)


def records(world, name):
    """The list of records of an entity, wherever the world keeps it."""
    for key, value in walk(world):
        if isinstance(key, str) and key.lower() == name.lower():
            if isinstance(value, list) and all(isinstance(v, dict) for v in value):
                return value
            if isinstance(value, dict) and isinstance(value.get("items"), list):
                return value["items"]
    return []


def label(world, field, value):
    """The label of a picklist value, in either of the usual shapes."""
    for key, node in walk(world):
        options = None
        if isinstance(node, dict) and node.get("name") == field:
            options = node.get("picklistValues")
        elif key == field and isinstance(node, (list, dict)):
            options = node
        if isinstance(options, dict) and str(value) in options:
            return str(options[str(value)])
        for option in options if isinstance(options, list) else []:
            if isinstance(option, dict) and str(option.get("value", option.get("id"))) == str(value):
                return str(option.get("label", option.get("name")))
    return str(value)


def show_ticket(world, ticket):
    person = next((r for r in records(world, "Resources") if r.get("id") == ticket.get("assignedResourceID")), None)
    name = "%s %s" % (person.get("firstName"), person.get("lastName")) if person else "nobody"
    say("   Autotask has a new ticket:", "2")
    box("%s   %s\nassigned to %s, queue %s, due %s"
        % (ticket.get("ticketNumber"), ticket.get("title"), name, label(world, "queueID", ticket.get("queueID")),
           ticket.get("dueDateTime")), "#", "33")


# --- the conversation -----------------------------------------------------------------------------------------

def send(host, mail):
    """Mails it as its sender would; seconds since then start when the server has taken it."""
    raw = staff_mail(mail["subject"], mail["text"], mail["sender"], proof=False, headers=mail.get("headers"))
    if EVE in mail["sender"]:
        host.deliver_mx(EVE, MAILBOX, raw)
    else:
        host.submit(DANA, MAILBOX, raw)
    return header(raw, "Message-ID")


def show_mail(number, mail):
    say("\n%d. %s" % (number, mail["title"]), "1")
    box("From: %s\nTo: %s\nSubject: %s\n\n%s" % (mail["sender"], MAILBOX, mail["subject"], mail["text"]), ">", "36")


def ticket_ids(sandbox):
    return {t.get("id") for t in records(sandbox.world(), "Tickets")}


def show_answer(host, sandbox, message_id, before, began):
    reply = host.wait_for_mail(DANA, lambda raw: message_id in header(raw, "In-Reply-To"), PATIENCE)
    took = (time.monotonic() - began) * 1000
    world = sandbox.world()
    for ticket in records(world, "Tickets"):
        if ticket.get("id") not in before:
            show_ticket(world, ticket)
    say("   frontdesk answers after %d ms:" % took, "2")
    box("Subject: %s\n\n%s" % (header(reply, "Subject"), text_of(reply)), "<", "32")


def show_silence(daemon, sandbox, rows_before, tickets_before):
    rows = daemon.wait_journal(lambda rows: len(rows) > rows_before and
                               all(row["outcome"] not in ("", "none") for row in rows), PATIENCE)
    row = max(rows, key=lambda row: row["taken_ms"])
    made = len(ticket_ids(sandbox) - tickets_before)
    say("   no answer, %s; the journal says:" % ("no ticket" if not made else "%d TICKETS" % made), "2")
    box("%s: %s (sender: %s)" % (row["outcome"], row["reason"], row["sender"] or "not proven"), "=", "35")
    if made:
        raise RuntimeError("a ticket was made")


def converse(host, sandbox, daemon):
    for number, mail in enumerate(MAILS, 1):
        show_mail(number, mail)
        tickets, rows = ticket_ids(sandbox), len(daemon.journal())
        message_id = send(host, mail)
        began = time.monotonic()
        if mail["answered"]:
            show_answer(host, sandbox, message_id, tickets, began)
        else:
            show_silence(daemon, sandbox, rows, tickets)


def keep(host, sandbox, daemon):
    say("\nAll of it keeps running. Mail %s with your mail program, as one of the users below." % MAILBOX, "1")
    say(describe(host), None)
    say("Import the CA file, or accept the certificate. Autotask: %s (its records: %ssandbox/world)"
        % (sandbox.url, sandbox.url))
    say("frontdesk: %s\n     log: %s\nCtrl-C ends everything." % (" ".join(daemon.command("journal", "list")), daemon.log_file))
    with contextlib.suppress(KeyboardInterrupt):
        signal.pause()


def demo():
    say("frontdesk: mail a sentence, get a ticket", "1")
    say("Mailbox %s on a private Dovecot and Exim, a simulated Autotask behind HTTP, and `frontdesk run`." % MAILBOX)
    with contextlib.ExitStack() as stack:
        host = stack.enter_context(MailHost())
        sandbox = stack.enter_context(Sandbox())
        daemon = Daemon(host, sandbox)
        stack.callback(daemon.remove)
        daemon.start()
        try:
            converse(host, sandbox, daemon)
        except Exception:
            say("\nlog of frontdesk:\n" + daemon.logs()[-4000:])
            raise
        if "--keep" in sys.argv[1:]:
            keep(host, sandbox, daemon)
        code, seconds = daemon.stop()
        say("\nfrontdesk ended with status %s, %d ms after SIGTERM. Nothing is left running." % (code, seconds * 1000))
        return 0 if code == 0 else 1


def main():
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(143))
    try:
        return demo()
    except KeyboardInterrupt:
        return 130
    except (OSError, RuntimeError) as why:
        print("demo: %s" % why, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
