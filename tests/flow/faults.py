#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The fault matrix: each way in which Autotask goes wrong, at each call of the ticket flow: one ticket, one final reply, in time."""
import os
import sys
import time

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", d) for d in ("support", "flow")]
from lab import STAFF, Lab  # noqa: E402
import tap  # noqa: E402

CALLS = {"create": ("POST", "Tickets"), "read back": ("GET", "Tickets/5*"),
         "second resource": ("POST", "Tickets/*/SecondaryResources")}
FAULTS = {
    "dropped before the commit": dict(action="drop_before_commit"),
    "dropped after the commit": dict(action="drop_after_commit"),
    "429": dict(action="status", status=429, errors="thread threshold of 3 threads has been exceeded"),
    "429 with Retry-After": dict(action="status", status=429, retry_after=1),
    "500 with an unknown text": dict(action="status", status=500, errors="An error has occurred."),
    "500 without a body": dict(action="empty500"),
    "500 as HTML": dict(action="html500"),
    "500 as HTML after the commit": dict(action="html500_after_commit"),
    "503 as HTML": dict(action="html503"),
    "truncated": dict(action="truncated"),
    "malformed": dict(action="malformed"),
    "slow": dict(action="delay_after", ms=1500),
    "redirect": dict(action="redirect"),
    "twice dropped after the commit": dict(action="drop_after_commit", count=2),
    "one 401": dict(action="status", status=401),
}
LONGEST = 25


def finals(lab):
    return [text for copies, _, text in lab.letters(STAFF).values() if "Queued, N" not in text for _ in range(copies)]


def run(subject, rules):
    LAB.clean()
    LAB.deliver(dict(subject=subject, text="x\n"))
    LAB.sandbox.faults(rules)
    begin = time.monotonic()
    LAB.settle()
    LAB.wait_for_queue()
    took = time.monotonic() - begin
    tap.check(took < LONGEST, "it took %.1f s" % took)


def cell(call, fault):
    def test():
        method, path = CALLS[call]
        run("Sarah and Shana: x", [dict(FAULTS[fault], method=method, path=path, **({} if "count" in FAULTS[fault] else {"nth": 1}))])
        tickets = LAB.tickets()
        tap.check(len(tickets) == 1 and tickets[0]["others"] == ["shana.ortiz"], "tickets: %r" % tickets)
        tap.check(len(finals(LAB)) == 1, "final letters: %r\n%s" % (finals(LAB), LAB.daemon.log()))
        tap.check("Sarah Klein, with Shana Ortiz" in finals(LAB)[0], finals(LAB)[0])
    return test


def permanent():
    """A text that Autotask means for good: no second try, the sender and the operator hear of it."""
    run("Sarah: x", [dict(action="status", status=500, method="POST", path="Tickets",
                          errors="Picklist value [3] does not exist for priority")])
    creates = [r for r in LAB.sandbox.log() if r["method"] == "POST" and r["path"].endswith("/Tickets")]
    tap.check(len(creates) == 1, "%d creates" % len(creates))
    tap.check("Picklist value [3]" in finals(LAB)[0] and len(finals(LAB)) == 1, "%r" % finals(LAB))
    tap.check(len(LAB.letters("operator@northwind.example")) == 1, "the operator was not told")


def diverted():
    """The tenant's duplicate handling answers with another ticket: said, and nothing amended."""
    run("Sarah: x", [dict(action="divert", method="POST", path="Tickets")])
    tap.check(not LAB.tickets(), "%r" % LAB.tickets())
    tap.check(len(finals(LAB)) == 1 and "did not make a new ticket" in finals(LAB)[0], "%r" % finals(LAB))


def number_later():
    """The record becomes visible only after four seconds: the number comes all the same."""
    run("Sarah: x", [dict(action="hidden", ms=4000, method="POST", path="Tickets")])
    tap.check(len(finals(LAB)) == 1 and "Ticket id" not in finals(LAB)[0], "%r" % finals(LAB))


def refused_twice():
    """Two 401s in a row: no third call, the operator told, and the request waits for the right secret."""
    LAB.clean()
    LAB.deliver(dict(subject="Sarah: x", text="x\n"))
    LAB.sandbox.faults([dict(action="status", status=401, path="*Resources*")])
    code = LAB.daemon.once(None, ("--since", "2020-01-01"))
    code = LAB.daemon.once(None, ("--since", "2020-01-01"))
    before = len(LAB.sandbox.log())
    code = LAB.daemon.once(None, ("--since", "2020-01-01"))
    refused = [r for r in LAB.sandbox.log() if r["status"] == 401]
    tap.check(code == 75 and len(refused) == 2 and len(LAB.sandbox.log()) == before, "code %d, %d refused, %d calls before, %d now" % (
        code, len(refused), before, len(LAB.sandbox.log())))
    tap.check(LAB.letters("operator@northwind.example"), "the operator was not told")
    LAB.sandbox.faults([])
    os.unlink(os.path.join(LAB.daemon.dir, "state", "credentials-refused"))
    LAB.settle(90)
    tap.check(len(LAB.tickets()) == 1, "%r" % LAB.tickets())


def away():
    """Autotask is down: Queued within seconds, and a second letter when it is done."""
    LAB.clean()
    LAB.deliver(dict(subject="Sarah: x", text="x\n"))
    LAB.sandbox.faults([dict(action="html503", count=12)])
    LAB.daemon.start(arguments=("--since", "2020-01-01"))
    LAB.host.wait_for_mail(STAFF, lambda raw: b"Queued" in raw, timeout=8)
    LAB.sandbox.faults([])
    LAB.host.wait_for_mail(STAFF, lambda raw: b"ticket is made" in raw, timeout=60)
    LAB.daemon.stop()
    tap.check(len(LAB.tickets()) == 1, "%r" % LAB.tickets())


if __name__ == "__main__":
    with Lab() as LAB:
        tap.run([("%s: %s" % (call, fault), cell(call, fault)) for call in CALLS for fault in FAULTS] +
                [("a permanent refusal", permanent), ("diverted", diverted), ("visible only later", number_later),
                 ("two 401s stop all calls", refused_twice), ("Autotask away", away)])
