#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The fault matrix: each way in which Autotask goes wrong, at each call of the ticket flow, of the dialogue and of the start: one
effect, one final reply, in time, nothing parked. Cells wait most of the time, so several firms run side by side.

Of the dialogue every third cell is taken, beginning with another fault at each call, so that each fault meets many calls and each
call many faults; FRONTDESK_FAULTS_STRIDE=1 (what tests/long/faults.sh does) takes all. FRONTDESK_FAULTS_ONLY is a part of the
names of the cells to run."""
import contextlib
import os
import signal
import subprocess
import sys
import time

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", d) for d in ("support", "flow")]
from lab import STAFF, Lab  # noqa: E402
import tap  # noqa: E402

SIDE_BY_SIDE, LONGEST = 8, 25
STRIDE, ONLY = int(os.environ.get("FRONTDESK_FAULTS_STRIDE", "3")), os.environ.get("FRONTDESK_FAULTS_ONLY", "")
CREATE = dict(method="POST", path="Tickets")
CALLS = {"create": ("POST", "Tickets"), "read back": ("GET", "Tickets/5*"), "look up": ("POST", "Tickets/query"),
         "second resource": ("POST", "Tickets/*/SecondaryResources")}
START = {"zone": ("GET", "zoneInformation"), "staff": ("POST", "Resources/query"), "roles": ("POST", "Roles/query"),
         "service-desk roles": ("POST", "ResourceServiceDeskRoles/query"),
         "department roles": ("POST", "ResourceRoleDepartments/query"), "companies": ("POST", "Companies/query"),
         "labels": ("GET", "Tickets/entityInformation/fields")}
TWICE = "twice dropped after the commit"
# what is about writes makes no difference to the reads of the start
READS_TOO = {
    "dropped before the commit": dict(action="drop_before_commit"),
    "429": dict(action="status", status=429, errors="thread threshold of 3 threads has been exceeded"),
    "429 with Retry-After": dict(action="status", status=429, retry_after=1),
    "500 with an unknown text": dict(action="status", status=500, errors="An error has occurred."),
    "500 without a body": dict(action="empty500"),
    "500 as HTML": dict(action="html500"),
    "503 as HTML": dict(action="html503"),
    "404 as HTML": dict(action="html404"),
    "truncated": dict(action="truncated"),
    "the first half": dict(action="half"),
    "malformed": dict(action="malformed"),
    "an empty object": dict(action="status", status=200, body="{}"),
    "slow": dict(action="delay_after", ms=1500),
    "redirect": dict(action="redirect"),
    "one 401": dict(action="status", status=401),
}
FAULTS = {
    **READS_TOO,
    "dropped after the commit": dict(action="drop_after_commit"),
    "500 as HTML after the commit": dict(action="html500_after_commit"),
    "500 after the commit": dict(action="status_after_commit", status=500, errors="An error has occurred."),
    "429 as a date": dict(action="status", status=429, retry_after=2, retry_after_date=True),
    TWICE: dict(action="drop_after_commit", count=2),
}


def finals(lab):
    return [text for copies, _, text in lab.letters(STAFF).values() if "Queued, N" not in text for _ in range(copies)]


def run(lab, mail, rules, longest=LONGEST, settings=None):
    lab.clean(dict(settings=settings or {}))
    lab.deliver(mail if isinstance(mail, dict) else dict(subject=mail, text="x\n"))
    finish(lab, rules, longest)


def finish(lab, rules, longest=LONGEST):
    """All that is delivered, with the rules, in time."""
    lab.sandbox.faults(rules)
    begin = time.monotonic()
    lab.settle()
    lab.wait_for_queue()
    took = time.monotonic() - begin
    tap.check(took < longest, "it took %.1f s" % took)


def once(fault, method, path, nth=1):
    return dict(fault, method=method, path=path, **({} if "count" in fault and nth == 1 else {"nth": nth}))


def cell(call, fault):
    def test(lab):
        rules = [once(FAULTS[fault], *CALLS[call])]
        if call == "look up":  # comes only after a lost create; the first look is the one that goes wrong
            rules.append(dict(CREATE, action="drop_after_commit", nth=1))
        run(lab, "Sarah and Shana: x", rules)
        tickets = lab.tickets()
        tap.check(len(tickets) == 1 and tickets[0]["others"] == ["shana.ortiz"], "tickets: %r" % tickets)
        tap.check(len(finals(lab)) == 1, "final letters: %r\n%s" % (finals(lab), lab.daemon.log()))
        tap.check("Sarah Klein, with Shana Ortiz" in finals(lab)[0], finals(lab)[0])
        tap.check(lab.sandbox.fault_hits(), "the fault never happened")
    return test


# --- the dialogue: what is done to a ticket that is there, or along with it ----------------------------------------------

# A step: the mail, the reply that asks for it (none: the mail does), its write, the look-up of its mark or of what it changed (comes
# only after a lost write), the reads before it; what the ticket must be afterwards, and what the last answer says. A call is method,
# path and, if another one is alike before it, which one it is.
WROTE = "<dana.reed@northwind.example> by email:\n\n"
STEPS = {
    "note": dict(
        reply="It is in room 4.", write=("POST", "Tickets/*/Notes"), look=("POST", "TicketNotes/query"),
        reads={"its lists": ("GET", "TicketNotes/entityInformation/fields")},
        wanted=dict(notes=[WROTE + "It is in room 4."]), said="added as a note"),
    "file": dict(
        mail=dict(files={"log.txt": b"line\n" * 200}), write=("POST", "Tickets/*/Attachments"), look=("POST", "TicketAttachments/query"),
        reads={"its list": ("GET", "TicketAttachments/entityInformation/fields")},
        wanted=dict(file_names=["log.txt"], file_sizes=[1000]), said="log.txt",
        told="log.txt: Autotask"),
    "change": dict(
        reply="high", write=("PATCH", "Tickets"), look=("GET", "Tickets/5*", 2), reads={"the ticket": ("GET", "Tickets/5*")},
        wanted=dict(priority=12), said="Medium -> High"),
    "undo": dict(
        reply="undo", write=("PATCH", "Tickets"), look=("GET", "Tickets/5*", 2), reads={"its time": ("POST", "TimeEntries/query/count")},
        wanted=dict(status=5, assignee=None, notes=[WROTE + "Undone by the sender."]), said="New -> Complete"),
    "hand-over": dict(
        reply="to Grace", write=("PATCH", "Tickets"), look=("GET", "Tickets/5*", 2), reads={"who helps": ("POST", "TicketSecondaryResources/query")},
        wanted=dict(assignee="grace.park"), said="Sarah Klein -> Grace Park"),
    "second added": dict(
        reply="+Shana", write=("POST", "Tickets/*/SecondaryResources"), look=("POST", "TicketSecondaryResources/query", 2),
        wanted=dict(others=["shana.ortiz"]), said="Added: Shana Ortiz"),
    "second removed": dict(
        mail=dict(subject="Sarah and Shana: x"), reply="-Shana", write=("DELETE", "Tickets/*/SecondaryResources/*"),
        look=("POST", "TicketSecondaryResources/query", 3), reads={"the list": ("POST", "TicketSecondaryResources/query")},
        wanted=dict(others=[]), said="Removed: Shana Ortiz"),
    "to-do": dict(
        settings=dict(ticket='todo = true; todo_action = "Phone Call";'), write=("POST", "Companies/*/ToDos"), look=("POST", "CompanyToDos/query"),
        reads={"its list": ("GET", "CompanyToDos/entityInformation/fields")},
        wanted=dict(n_todos=1), said="Sarah Klein", told="There is no to-do for Sarah Klein: Autotask"),
}
REFUSED = dict(action="status", status=500, errors="Picklist value [3] does not exist for priority")


def converse(lab, step, rules):
    """Up to the end of the step, with the rules from its mail on; returns the ticket as the step's row describes it."""
    mail = {**dict(subject="Sarah: x", text="x\n"), **step.get("mail", {})}
    settings = step.get("settings", {})
    if "reply" in step:
        lab.clean(dict(settings=settings))
        lab.deliver(mail)
        lab.settle()
        lab.answer(dict(reply=step["reply"]))
        finish(lab, rules)
    else:
        run(lab, mail, rules, settings=settings)
    tap.check(lab.sandbox.fault_hits(), "the fault never happened")
    tickets = lab.tickets()
    tap.check(len(tickets) == 1, "tickets: %r" % tickets)
    return dict(tickets[0], n_todos=len(tickets[0]["todos"]))


def dialogue(name, call, fault, lost):
    """A cell; lost: the write's answer gets lost before."""
    step = STEPS[name]

    def test(lab):
        rules = [once(fault, *call)]
        if lost:
            rules.append(once(dict(action="drop_after_commit"), *step["write"]))
        ticket = converse(lab, step, rules)
        for field, value in step["wanted"].items():
            tap.check(ticket[field] == value, "%s: %r instead of %r\n%s" % (field, ticket[field], value, lab.daemon.log()))
        answers = finals(lab)
        tap.check(len(answers) == (2 if "reply" in step else 1) and any(step["said"] in text for text in answers),
                  "final letters: %r\n%s" % (answers, lab.daemon.log()))
        tap.check(all(row["state"] == "done" for row in lab.daemon.journal()), "%r" % lab.daemon.journal())
    return test


def refused_step(name):
    """For good: tried once; the ticket stays as it was. Either all is parked and the operator told, or the rest is done and the sender
    reads what is not."""
    step = STEPS[name]

    def test(lab):
        method, path = step["write"]
        ticket = converse(lab, step, [dict(REFUSED, method=method, path=path)])
        done = [field for field, value in step["wanted"].items() if ticket[field] == value]
        tap.check(not done, "%r was done" % done)
        tap.check(lab.sandbox.fault_hits() == 1, "%d tries" % lab.sandbox.fault_hits())
        told = step.get("told")
        tap.check(sum(row["state"] == "parked" for row in lab.daemon.journal()) == (0 if told else 1), "%r" % lab.daemon.journal())
        tap.check(len(lab.letters("operator@northwind.example")) == (0 if told else 1), "the operator was not told, or without need")
        tap.check(not told or any(told in text for _, _, text in lab.letters(STAFF).values()), "the sender was not told: %r" % lab.letters(STAFF))
    return test


def cells_of(step):
    """(what is called, the call, its faults, whether a lost write comes before)"""
    yield "write", STEPS[step]["write"], FAULTS, False
    yield "look up", STEPS[step]["look"], {**READS_TOO, TWICE: FAULTS[TWICE]}, True
    for name, call in STEPS[step].get("reads", {}).items():
        yield name, call, READS_TOO, False


def dialogues():
    rows = [(step, *cells) for step in STEPS for cells in cells_of(step)]
    for i, (step, what, call, faults, lost) in enumerate(rows):
        for j, fault in enumerate(faults):
            if (i + j) % STRIDE == 0:
                yield "%s, %s: %s" % (step, what, fault), dialogue(step, call, faults[fault], lost)
    for step in STEPS:
        yield step + ": refused for good", refused_step(step)


def start(call, fault):
    def test(lab):
        run(lab, "Sarah: x", [once(READS_TOO[fault], *START[call])])
        tap.check(len(lab.tickets()) == 1 and len(finals(lab)) == 1, "%r %r\n%s" % (lab.tickets(), finals(lab), lab.daemon.log()))
        tap.check(lab.sandbox.fault_hits(), "the fault never happened")
    return test


def permanent(lab):
    """A text that Autotask means for good: no second try, the sender and the operator hear of it."""
    run(lab, "Sarah: x", [dict(CREATE, action="status", status=500, errors="Picklist value [3] does not exist for priority")])
    creates = [r for r in lab.sandbox.log() if r["method"] == "POST" and r["path"].endswith("/Tickets")]
    tap.check(len(creates) == 1, "%d creates" % len(creates))
    tap.check("Picklist value [3]" in finals(lab)[0] and len(finals(lab)) == 1, "%r" % finals(lab))
    tap.check(len(lab.letters("operator@northwind.example")) == 1, "the operator was not told")


def diverted(lab):
    """The tenant's duplicate handling answers with another ticket: said, and nothing amended."""
    run(lab, "Sarah: x", [dict(CREATE, action="divert")])
    tap.check(not lab.tickets(), "%r" % lab.tickets())
    tap.check(len(finals(lab)) == 1 and "did not make a new ticket" in finals(lab)[0], "%r" % finals(lab))


def number_later(lab):
    """The record becomes visible only after four seconds: the number comes all the same."""
    run(lab, "Sarah: x", [dict(CREATE, action="hidden", ms=4000)])
    tap.check(len(finals(lab)) == 1 and "Ticket id" not in finals(lab)[0], "%r" % finals(lab))


def not_found_is_not_believed(lab):
    """Killed behind a create that Autotask executes much later: looked for and not found, it is not made again, until
    settle_seconds have passed; then it is."""
    lab.clean()
    with open(lab.daemon.conf, encoding="utf-8") as conf:
        text = conf.read()
    tap.check("settle_seconds = 1;" in text, text)
    with open(lab.daemon.conf, "w", encoding="utf-8") as conf:
        conf.write(text.replace("settle_seconds = 1;", "settle_seconds = 330;"))
    lab.deliver(dict(subject="Sarah: x", text="x\n"))
    lab.sandbox.faults([dict(CREATE, action="hidden", ms=3600000)])
    tap.check(lab.once({"FRONTDESK_CRASH_AT": "step.after-act"}) == -9, lab.daemon.log())
    lab.passed_minutes = 5
    tap.check(lab.once() == 75, lab.daemon.log())
    looks = [r for r in lab.sandbox.log() if r["path"].endswith("Tickets/query")]
    tap.check(looks and len(lab.tickets()) == 1, "%d looks, tickets %r" % (len(looks), lab.tickets()))
    tap.check(not finals(lab), "%r" % finals(lab))
    lab.passed_minutes = 6
    lab.settle()
    lab.wait_for_queue()
    tap.check(len(lab.tickets()) == 2 and len(finals(lab)) == 1, "%r %r" % (lab.tickets(), finals(lab)))


def try_once(lab):
    return lab.daemon.once(None, ("--since", "2020-01-01"))


def refused_twice(lab):
    """Two 401s in a row: no third call, the operator told, and the request waits for the right secret."""
    lab.clean()
    lab.deliver(dict(subject="Sarah: x", text="x\n"))
    lab.sandbox.faults([dict(action="status", status=401, path="*Resources*")])
    for _ in range(2):
        try_once(lab)
    before = len(lab.sandbox.log())
    code = try_once(lab)
    refused = [r for r in lab.sandbox.log() if r["status"] == 401]
    tap.check(code == 75 and len(refused) == 2 and len(lab.sandbox.log()) == before, "code %d, %d refused, %d calls before, %d now" % (
        code, len(refused), before, len(lab.sandbox.log())))
    tap.check(lab.letters("operator@northwind.example"), "the operator was not told")
    lab.sandbox.faults([])
    os.unlink(os.path.join(lab.daemon.dir, "state", "credentials-refused"))
    lab.settle()
    tap.check(len(lab.tickets()) == 1, "%r" % lab.tickets())


def retry_after_is_kept_to(lab):
    """What Autotask asks to be left alone for is waited for, also where the mail's own waiting would be shorter."""
    lab.clean()
    lab.deliver(dict(subject="Sarah: x", text="x\n"))
    lab.sandbox.faults([dict(FAULTS["429 with Retry-After"], retry_after=1200, nth=1, **CREATE)])
    begin = time.time()
    tap.check(try_once(lab) == 75, lab.daemon.log())
    row = lab.daemon.journal()[0]
    tap.check(row["run_at_ms"] >= (begin + 1200) * 1000, "%r, now %f" % (row, begin))
    tap.check(try_once(lab) == 75 and not lab.tickets(), lab.daemon.log())
    lab.passed_minutes = 21
    lab.settle()
    lab.wait_for_queue()
    tap.check(len(lab.tickets()) == 1 and len(finals(lab)) == 1, "%r %r" % (lab.tickets(), finals(lab)))


def doctor_does_not_lock_the_user(lab):
    """A wrong secret, and an operator who tries doctor again and again where three failures lock: two calls, then the right secret."""
    secret = os.path.join(lab.daemon.dir, "autotask-secret")
    lab.clean()
    lab.sandbox.settings(lockout_after=3)
    with replaced(secret, "wrong\n"):
        for _ in range(4):
            code, out, _ = lab.daemon.run("doctor")
            tap.check(code == 69 and "Autotask" in out, out)
        tap.check("no further try" in out, out)
    tap.check(sum(r["status"] == 401 for r in lab.sandbox.log()) == 2, "%r" % [r["status"] for r in lab.sandbox.log()])
    code, out, _ = lab.daemon.run("doctor")
    tap.check(code == 0, out)


@contextlib.contextmanager
def replaced(path, text):
    with open(path, encoding="utf-8") as file:
        before = file.read()
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    try:
        yield
    finally:
        with open(path, "w", encoding="utf-8") as file:
            file.write(before)


def away(lab):
    """Autotask is down: Queued within seconds, and a second letter when it is done."""
    lab.clean()
    lab.deliver(dict(subject="Sarah: x", text="x\n"))
    lab.sandbox.faults([dict(action="html503", count=12)])
    lab.daemon.start(arguments=("--since", "2020-01-01"))
    lab.host.wait_for_mail(STAFF, lambda raw: b"Queued" in raw)
    lab.sandbox.faults([])
    lab.host.wait_for_mail(STAFF, lambda raw: b"ticket is made" in raw)
    lab.daemon.stop()
    tap.check(len(lab.tickets()) == 1, "%r" % lab.tickets())


def refresh_fails(lab):
    """The first reading of the staff and the keeper's next one fail; the one after it, 30 s later, serves the mail."""
    run(lab, "Sarah: x", [dict(action="drop_before_commit", path="Resources/query", count=2)], longest=60)
    tap.check(len(lab.tickets()) == 1 and len(finals(lab)) == 1, "%r %r" % (lab.tickets(), finals(lab)))


def fatal_start(rules, settings, code, text):
    """What an operator must mend: the start ends with its exit code and says what (or waits, code 75), and makes no ticket."""
    def test(lab):
        lab.clean()
        lab.deliver(dict(subject="Sarah: x", text="x\n"))
        lab.sandbox.faults(rules)
        lab.sandbox.settings(**settings)
        begin = time.monotonic()
        got = try_once(lab)
        tap.check(got == code and text in lab.daemon.log(), "%d instead of %d:\n%s" % (got, code, lab.daemon.log()))
        tap.check(time.monotonic() - begin < LONGEST and not lab.tickets(), "%r" % lab.tickets())
    return test


FATAL = {
    "a label that does not exist": ([dict(action="status", status=200, path="*/fields", body='{"fields":[{"name":"queueID"}]}')], {}, 78,
                                    "Autotask has no such queueID"),
    "no right to the staff": ([], dict(denied={"Resources": ["query"]}), 75, "adequate permissions"),
    "the staff is hidden": ([], dict(hidden={"Resources": True}), 75, "none of whom can be given tickets"),
    "the whole tenant is refused": ([], dict(threshold=1, added_latency_ms=0), 75, "429"),
    "the whole tenant is refused with 503": ([], dict(threshold=1, added_latency_ms=0, refusal_status=503), 75, "503"),
}


def told_to_stop(command):
    """While Autotask does not answer: within a few seconds."""
    def test(lab):
        lab.clean()
        lab.sandbox.faults([dict(action="delay_before", ms=60000, path="Resources/query")])
        with open(lab.daemon.log_path, "ab") as log, subprocess.Popen(
                [lab.daemon.program, command, "-c", lab.daemon.conf], stdin=subprocess.DEVNULL, stdout=log, stderr=log) as child:
            lab.until("Autotask is asked", lambda: any(r["path"].endswith("zoneInformation") for r in lab.sandbox.log()))
            time.sleep(0.3)
            child.send_signal(signal.SIGTERM)
            begin = time.monotonic()
            try:
                child.wait(60)
            except subprocess.TimeoutExpired:
                child.kill()
        took = time.monotonic() - begin
        tap.check(child.returncode == {"run": 0, "once": 75}[command] and took < tap.share(5), "%r after %.1f s" % (child.returncode, took))
    return test


def all_cells():
    yield "the next reading of the staff", refresh_fails
    yield from (("%s: %s" % (call, fault), cell(call, fault)) for call in CALLS for fault in FAULTS)
    yield from dialogues()
    yield from (("start, %s: %s" % (call, fault), start(call, fault)) for call in START for fault in READS_TOO)
    yield from (("start: " + name, fatal_start(*FATAL[name])) for name in FATAL)
    yield from (("told to stop: " + command, told_to_stop(command)) for command in ("run", "once"))
    yield from (("a permanent refusal", permanent), ("diverted", diverted), ("visible only later", number_later),
                ("executed much later", not_found_is_not_believed), ("two 401s stop all calls", refused_twice),
                ("Retry-After", retry_after_is_kept_to), ("doctor does not lock the user", doctor_does_not_lock_the_user),
                ("Autotask away", away))


if __name__ == "__main__":
    with contextlib.ExitStack() as stack:
        labs = [stack.enter_context(Lab()) for _ in range(SIDE_BY_SIDE)]
        tap.run_in(labs, [(name, test) for name, test in all_cells() if ONLY in name])
