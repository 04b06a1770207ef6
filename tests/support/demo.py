#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What scripts/demo shows: four mails to a private frontdesk, and what became of each."""
import email
import email.policy
import os
import signal
import sys
import time

import demo_tools
from daemon import Daemon
from mailhost import MAILBOX, MailHost, make_mail
from sandbox import Sandbox

STAFF, STRANGER = demo_tools.STAFF, "stranger@elsewhere.example"
COLOUR = sys.stdout.isatty() and "NO_COLOR" not in os.environ


def paint(code, text):
    return "\033[%sm%s\033[0m" % (code, text) if COLOUR else text


def show_mailed(sender, subject, why):
    print("\n" + paint("1;36", "mail in   ") + "From: %s   (%s)" % (sender, why))
    print("          Subject: " + paint("1", subject), flush=True)


def show_ticket(sandbox, known):
    """The ticket that is new since `known`, as the simulated Autotask holds it."""
    world = sandbox.world()
    people = {r["id"]: "%s %s" % (r["firstName"], r["lastName"]) for r in world["Resources"]}
    for ticket in world["Tickets"]:
        if ticket["id"] in known:
            continue
        known.add(ticket["id"])
        print(paint("1;33", "ticket    ") + "%s  \"%s\"  for %s, due %s" % (
            ticket["ticketNumber"], ticket["title"], people.get(ticket.get("assignedResourceID"), "nobody (Triage)"),
            ticket["dueDateTime"].replace("T", " ").replace(":00Z", " UTC")))


def ask(host, sandbox, known, subject, text, why):
    """A staff member's mail, its ticket and its answer."""
    raw = make_mail(STAFF, MAILBOX, subject, text)
    own_id = email.message_from_bytes(raw)["Message-ID"].encode()
    show_mailed(STAFF, subject, why)
    begin = time.monotonic()
    host.submit(STAFF, [MAILBOX], raw)
    reply = host.wait_for_mail(STAFF, lambda mail: own_id in mail)
    took = (time.monotonic() - begin) * 1000
    show_ticket(sandbox, known)
    letter = email.message_from_bytes(reply, policy=email.policy.default)
    print(paint("1;32", "reply     ") + "after %d ms   Subject: %s" % (took, letter["Subject"]))
    for line in letter.get_body(("plain",)).get_content().strip().splitlines():
        print("          | " + line)
    sys.stdout.flush()


def ignored(host, daemon, sender, subject, headers, why):
    """A mail that must get no answer; the journal says what it was."""
    show_mailed(sender, subject, why)
    host.deliver_mx(sender, [MAILBOX], make_mail(sender, MAILBOX, subject, "text\n", headers))
    row = daemon.wait_row(sender)
    print(paint("1;35", "no answer ") + "recorded as %s: %s" % (row.get("outcome"), row.get("reason")), flush=True)


def converse(host, sandbox, daemon):
    known = {ticket["id"] for ticket in sandbox.world()["Tickets"]}
    ask(host, sandbox, known, "Sarah: reset MFA for Bob at Acme", "He has a new phone.\n", "staff")
    ask(host, sandbox, known, "Shara printer down", "Second floor.\n", "staff, a name misspelt")
    ignored(host, daemon, STRANGER, "Sarah: please pay this", (), "a stranger")
    ignored(host, daemon, "mike@northwind.example", "Automatic reply: away", [("Auto-Submitted", "auto-replied")],
            "a vacation reply")


def keep(host, sandbox, daemon):
    """Until a signal ends it; another one starts frontdesk anew."""
    signal.signal(signal.SIGUSR1, lambda *_: demo_tools.restarted(daemon))
    print(demo_tools.write(host, sandbox, daemon), flush=True)
    while True:
        signal.pause()


def main():
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(1))
    with MailHost() as host, Sandbox() as sandbox:
        daemon = Daemon(host, sandbox)
        daemon.configure(more=demo_tools.settings(daemon))
        with daemon:
            print("frontdesk watches %s, to which the staff of Northwind IT in New York (northwind.example) write,\n"
                  "on a private mail host; Autotask is simulated at %s" % (MAILBOX, sandbox.url))
            converse(host, sandbox, daemon)
            if "--keep" in sys.argv[1:]:
                keep(host, sandbox, daemon)
    print("\nEnded; nothing is left running.")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
    except (RuntimeError, OSError) as error:  # TimeoutError is an OSError
        sys.exit("demo: %s" % error)
