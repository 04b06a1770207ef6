#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The fault matrix of checks by mail: each way in which QuickBooks goes wrong, at each call that a check makes, the token server's
included. What passes gives the very report of an unbroken run (so nothing that was not read is told as missing), at most with `Queued`
before; what is meant for good gives one letter that says so, no report, and word to the operator. In time, and a ticket is never made.

Every third cell is taken, beginning with another fault at each call; FRONTDESK_FAULTS_STRIDE=1 (what tests/long/report_faults.sh does) takes all
and lets QuickBooks hang as well. FRONTDESK_FAULTS_ONLY is a part of the names of the cells to run."""
import contextlib
import fnmatch
import json
import os
import re
import sys
import threading
import time
import urllib.parse

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", d) for d in ("support", "flow")]
from lab import OPERATOR, STAFF, Lab  # noqa: E402
import tap  # noqa: E402

SIDE_BY_SIDE, LONGEST, HANGS = 6, 25, 150
STRIDE, ONLY = int(os.environ.get("FRONTDESK_FAULTS_STRIDE", "3")), os.environ.get("FRONTDESK_FAULTS_ONLY", "")
MANY = [dict(Id=str(20000 + n), Name="Spare part %04d" % n, FullyQualifiedName="Spare part %04d" % n, Type="Service", Active=True,
             IncomeAccountRef={"value": "1"}) for n in range(1000)]


def query(statement):
    return dict(path="v3/company/*/query", statement=statement)


# what is called: the check, the call, what must be so before
CALLS = {
    "token": ("mapping", dict(path="oauth2/v1/tokens/bearer"), "expired"),
    "items": ("mapping", query("SELECT ?*FROM Item WHERE Active*STARTPOSITION 1 *"), None),
    "number of items": ("mapping", query("SELECT COUNT(?) FROM Item*"), "many"),
    "second page of items": ("mapping", query("SELECT ?*FROM Item WHERE Active*STARTPOSITION 1001 *"), "many"),
    "accounts": ("accounts", query("SELECT ?*FROM Account *"), None),
    "terms": ("terms", query("SELECT ?*FROM Term *"), None),
    "customers": ("terms", query("SELECT ?*FROM Customer WHERE Active*"), None),
    "preferences": ("invoice 1042", dict(path="v3/company/*/preferences"), None),
    "customer of that name": ("invoice 1042", query("SELECT ?*FROM Customer WHERE DisplayName*"), None),
    "vendor of that name": ("customer Acme Dental", query("SELECT ?*FROM Vendor *"), None),
    "employee of that name": ("customer Acme Dental", query("SELECT ?*FROM Employee *"), None),
    "invoice of that number": ("invoice 1042", query("SELECT ?*FROM Invoice *"), None),
    "credit memo of that number": ("invoice 1042", query("SELECT ?*FROM CreditMemo *"), None),
    "receipt of that number": ("invoice 1042", query("SELECT ?*FROM SalesReceipt *"), None),
    "refund of that number": ("invoice 1042", query("SELECT ?*FROM RefundReceipt *"), None),
}


# what the letter says that could not be read
WHAT = {call: "(in|of) QuickBooks could not be read|could not be read in QuickBooks" for call in CALLS}
WHAT.update({"items": "items of QuickBooks", "number of items": "items of QuickBooks", "second page of items": "items of QuickBooks",
             "accounts": "chart of accounts of QuickBooks", "terms": "terms of QuickBooks", "customers": "customers of QuickBooks",
             "preferences": "preferences of QuickBooks"})


def fault_of(code, message, detail=""):
    return json.dumps({"Fault": {"Error": [{"Message": message, "Detail": detail, "code": code}], "type": "ValidationFault"}, "time": "x"})


def gateway(code, what, status):
    return json.dumps({"warnings": None, "fault": {"error": [{"message": "message=%s; errorCode=%s; statusCode=%d" % (what, code, status), "detail": None,
                                                             "code": code}], "type": "SERVICE"}, "queryResponse": None})


def status(number, body):
    return dict(action="status", status=number, body=body)


THROTTLED = {
    "429 as XML": dict(action="xml429"),
    "429": dict(action="status", status=429, body="{}"),
    "403 that means 429": status(403, gateway("003001", "ThrottleExceeded", 403)),
}
PASSING = {
    **THROTTLED,
    "dropped before the work": dict(action="drop_before_commit"),
    "dropped after the work": dict(action="drop_after_commit"),
    "500 without a body": dict(action="empty500"),
    "500 as HTML": dict(action="html500"),
    "503 as HTML": dict(action="html503"),
    "404 as HTML": dict(action="html404"),
    "truncated": dict(action="truncated"),
    "the first half": dict(action="half"),
    "malformed": dict(action="malformed"),
    "an empty object": status(200, "{}"),
    "a list": status(200, "[]"),
    "200 with a Fault": dict(action="fault200"),
    "500 with a Fault": status(500, fault_of("10000", "An application error has occurred", "System Failure Error: x")),
    "twice a Fault that passes": dict(action="fault200", count=2),
    "slow": dict(action="delay_before", ms=1500),
    "slow to end": dict(action="delay_after", ms=1500),
    "compressed": dict(action="gzip"),
    "redirect": dict(action="redirect"),
    "one 401": status(401, gateway("003200", "AuthenticationFailed", 401)),
}
FOR_GOOD = {
    "keys of another environment": status(403, gateway("003100", "ApplicationAuthorizationFailed", 403)),
    "no administrator any more": status(403, fault_of("120", "Authorization Failure", "-11014-You do not have access")),
    "the subscription has ended": status(400, fault_of("6190", "Invalid Company Status Error", "Subscription period has ended")),
    "the statement is not taken": status(400, fault_of("4000", "Error parsing query", "QueryParserError: x")),
    "always 401": status(401, gateway("003200", "AuthenticationFailed", 401)),
}
# the token server has one answer that is final (quickbooks-online.md 1.2); others are those of the client id
TOKEN_FOR_GOOD = {
    "invalid_grant": status(400, '{"error":"invalid_grant"}'),
    "invalid_client": status(401, '{"error":"invalid_client"}'),
}
# one of these, and the new tokens are lost: whether the old ones still serve is Intuit's to say
TOKEN_LOST = ("dropped after the work", "truncated", "the first half", "malformed", "200 with a Fault", "twice a Fault that passes")
# no fault of the token server, or not one that passes
NOT_OF_TOKENS = ("one 401",)


def letters(lab, user=STAFF):
    return [text for copies, _, text in lab.letters(user).values() for _ in range(copies)]


def finals(lab):
    return [text for text in letters(lab) if "Queued, N" not in text]


def same(text):
    """The letter without what belongs to one sandbox."""
    return re.sub(r"127\.0\.0\.1:\d+", "HOST", text)


def prepare(lab, call):
    check, _, before = CALLS[call]
    lab.clean(dict(books=True))
    if before == "many":
        lab.sandbox._talk("books", {"Item": MANY})
    elif before == "expired":
        lab.passed_minutes = 120
        lab.sandbox.settings(clock_shift_ms=lab.passed_minutes * 60000)
    lab.deliver(dict(subject="check " + check, text="please\n"))


UNBROKEN, LOCK = {}, threading.Lock()


def unbroken(lab, call):
    """The letter when all is well."""
    key = (CALLS[call][0], CALLS[call][2])
    with LOCK:
        if key not in UNBROKEN:
            prepare(lab, call)
            lab.settle()
            got = finals(lab)
            tap.check(len(got) == 1 and ".csv]" in got[0], "%r\n%s" % (got, lab.daemon.log()))
            UNBROKEN[key] = same(got[0])
        return UNBROKEN[key]


def settle(lab, rule, throttled=False):
    """All that is delivered, with the rule, in time. After a refusal for too many calls a minute must pass: the clock is moved."""
    lab.sandbox.faults([rule])
    begin = time.monotonic()
    if throttled:
        code = lab.once()
        tap.check(code == 75, "once ended with %d before the minute was over\n%s" % (code, lab.daemon.log()))
        lab.passed_minutes += 2
    lab.settle()
    lab.wait_for_queue()
    took = time.monotonic() - begin
    tap.check(took < LONGEST, "it took %.1f s" % took)
    tap.check(lab.sandbox.fault_hits(), "the fault never happened")
    tap.check(not lab.tickets(), "a ticket was made")


def passes(call, name):
    fault, lost = PASSING[name], call == "token" and name in TOKEN_LOST

    def test(lab):
        wanted = unbroken(lab, call)
        prepare(lab, call)
        settle(lab, {**({} if "count" in fault else dict(nth=1)), **fault, **CALLS[call][1]}, name in THROTTLED and not (call == "token" and "403" in name))
        got, rows = finals(lab), lab.daemon.journal()
        tap.check(len(got) == 1 and len(letters(lab)) <= 2, "letters: %r\n%s" % (letters(lab), lab.daemon.log()))
        if lost and "No report was made" in got[0]:
            tap.check([row["state"] for row in rows] == ["parked"] and len(letters(lab, OPERATOR)) >= 1, "%r" % rows)
            return
        tap.check(same(got[0]) == wanted, "another report:\n%s\n--- instead of\n%s" % (got[0], wanted))
        tap.check([row["outcome"] for row in rows] == ["answered"] and not letters(lab, OPERATOR), "%r" % rows)
    return test


def for_good(call, fault):
    def test(lab):
        prepare(lab, call)
        settle(lab, {**fault, **CALLS[call][1]})
        got = letters(lab)
        tap.check(len(got) == 1 and "No report was made" in got[0] and ".csv]" not in got[0], "letters: %r\n%s" % (got, lab.daemon.log()))
        tap.check(re.search(WHAT[call], got[0]), "what could not be read is not said: " + got[0])
        tap.check([row["state"] for row in lab.daemon.journal()] == ["parked"], "%r" % lab.daemon.journal())
        tap.check(letters(lab, OPERATOR), "the operator was not told")
        tap.check(lab.sandbox.fault_hits() <= 2, "%d tries" % lab.sandbox.fault_hits())
    return test


# --- all calls are in the table; stopping; hanging --------------------------------------------------------------------------

def fits(call, row):
    rule = CALLS[call][1]
    asked = urllib.parse.parse_qs(row["query"]).get("query", [row["body"]])[0]
    return fnmatch.fnmatch(row["path"][1:], rule["path"]) and fnmatch.fnmatch(asked, rule.get("statement", "*"))


def every_call_has_its_row(lab):
    """What the checks call, each once: no call that the matrix does not know, and no row that nothing calls."""
    lab.clean(dict(books=True))
    seen = set()
    for before in ("mapping", "accounts", "terms", "sync", "all", "item Remote Support", "customer Acme Dental", "invoice 1042", "invoice 9002"):
        if before == "accounts":
            lab.sandbox._talk("books", {"Item": MANY})
        code, out, errors = lab.daemon.run("check", *before.split(" ", 1))
        tap.check(code in (0, 1), "%s: %d %s %s" % (before, code, out, errors))
    for row in lab.sandbox.log():
        if "companyinfo" not in row["path"] and ("/v3/" in row["path"] or row["path"].endswith("/bearer")):  # login asks for the company
            mine = [call for call in CALLS if fits(call, row)]
            tap.check(mine, "the matrix knows no such call: %s %s" % (row["path"], row["query"]))
            seen.update(mine)
    tap.check(seen == set(CALLS), "nothing calls %s" % sorted(set(CALLS) - seen))


def told_to_stop(lab):
    """While QuickBooks does not answer: within seconds; the next run sends the one report."""
    wanted = unbroken(lab, "items")
    prepare(lab, "items")
    lab.sandbox.faults([dict(action="delay_before", ms=60000, nth=1, **CALLS["items"][1])])
    lab.daemon.start(arguments=("--since", "2020-01-01"))
    # Account is asked for beside Item: once it was, the other hangs
    lab.until("QuickBooks is asked", lambda: any("Account" in row["query"] for row in lab.sandbox.log()))
    took = lab.daemon.stop()
    tap.check(took < tap.share(5), "it took %.1f s" % took)
    lab.settle()
    tap.check([same(text) for text in letters(lab)] == [wanted], "%r" % letters(lab))


def hanging(lab):
    """QuickBooks takes the call and never answers: `Working on it`, then, past the deadline of the call, the report."""
    wanted = unbroken(lab, "items")
    prepare(lab, "items")
    lab.sandbox.faults([dict(action="delay_before", ms=600000, nth=1, **CALLS["items"][1])])
    lab.daemon.start(arguments=("--since", "2020-01-01"))
    begin = time.monotonic()
    while len(letters(lab)) < 2 and time.monotonic() - begin < HANGS:
        time.sleep(0.2)
    lab.daemon.stop()
    got = letters(lab)
    tap.check(len(got) == 2 and any("Working on it" in text for text in got) and wanted in map(same, got), "%r\n%s" % (got, lab.daemon.log()))


def all_cells():
    yield "every call has its row", every_call_has_its_row
    yield "told to stop while QuickBooks does not answer", told_to_stop
    if STRIDE == 1:
        yield "QuickBooks hangs", hanging
    for i, call in enumerate(CALLS):
        for j, name in enumerate(PASSING):
            if (i + j) % STRIDE == 0 and not (call == "token" and name in NOT_OF_TOKENS):
                yield "%s: %s" % (call, name), passes(call, name)
        for j, (name, fault) in enumerate((TOKEN_FOR_GOOD if call == "token" else FOR_GOOD).items()):
            if (i + j) % STRIDE == 0 or call == "token":
                yield "%s, for good: %s" % (call, name), for_good(call, fault)


if __name__ == "__main__":
    with contextlib.ExitStack() as stack:
        labs = [stack.enter_context(Lab()) for _ in range(SIDE_BY_SIDE)]
        tap.run_in(labs, [(name, test) for name, test in all_cells() if ONLY in name])
