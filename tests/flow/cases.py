# SPDX-License-Identifier: GPL-2.0-or-later
"""Flow cases: mails in, faults, what the world must be afterwards. One table for the flow tests and the crash harness.

A case: name, mails (dicts for lab.mail), faults (rules for the sandbox), `then` (actions, each when all has settled: see
lab.begin), and `expect`:
  tickets   list of dicts of fields that must match, in order of title
  letters   {address: [template markers in the order of arrival]}: a marker is a piece of the letter's text
  folders   {folder: number of mails}
  outcomes  the journal's outcomes, sorted
"""

SARAH, MIKE, STAFF = "sarah.klein", "mike.chen", "dana.reed@northwind.example"

OPERATOR = "operator@northwind.example"
PERMANENT = dict(action="status", status=500, method="POST", path="Tickets", errors="Picklist value [3] does not exist for priority")

CASE_LIMITS = "message_size = \"1 MB\";"

CASES = [
    dict(name="ticket", mails=[dict(subject="Sarah: reset MFA for Bob at Acme", text="He has a new phone.\n")],
         expect=dict(tickets=[dict(title="reset MFA for Bob at Acme", assignee=SARAH)], letters={STAFF: ["Sarah Klein"]},
                     folders=dict(Done=1), outcomes=["ticket"], calls=2)),
    dict(name="two-technicians", mails=[dict(subject="Sarah and Shana: move the server", text="On Friday.\n")],
         expect=dict(tickets=[dict(title="move the server", assignee=SARAH, others=["shana.ortiz"])],
                     letters={STAFF: ["Shana Ortiz"]}, folders=dict(Done=1), outcomes=["ticket"], calls=3)),
    dict(name="misspelt", mails=[dict(subject="Shara: printer down", text="Second floor.\n")],
         expect=dict(tickets=[], letters={STAFF: ["Shara"]}, folders=dict(Done=1), outcomes=["asked"])),
    dict(name="question-expires", mails=[dict(subject="Shara: printer down", text="Second floor.\n")], then=[dict(passed=10000)],
         expect=dict(tickets=[dict(title="printer down", assignee=None, queue="Triage")],
                     letters={STAFF: ["Who is to do it", "Nobody said"]}, folders=dict(Done=1), outcomes=["unassigned"])),
    dict(name="question-answered", mails=[dict(subject="Shara: printer down", text="Second floor.\n")], then=[dict(reply="1")],
         expect=dict(tickets=[dict(title="printer down", assignee=SARAH, queue="Help Desk")],
                     letters={STAFF: ["Who is to do it", "Sarah Klein"]}, folders=dict(Done=2), outcomes=["asked", "ticket"])),
    dict(name="said-again", mails=[dict(subject="Sarah: twice", text="x"), dict(subject="Sarah: twice", text="x")],
         expect=dict(tickets=[dict(title="twice", assignee=SARAH)], letters={STAFF: ["Sarah Klein", "a moment ago"]},
                     folders=dict(Done=2), outcomes=["same", "ticket"])),
    dict(name="reply-names-another", mails=[dict(subject="Sarah: first", text="x")],
         then=[dict(reply="more work", subject="Mike Chen: second")],
         expect=dict(tickets=[dict(title="first", assignee=SARAH), dict(title="second", assignee=MIKE)],
                     letters={STAFF: ["Sarah Klein", "This is a new request"]}, folders=dict(Done=2), outcomes=["ticket", "ticket"])),
    dict(name="help", mails=[dict(subject="help", text="")],
         expect=dict(tickets=[], letters={STAFF: ["Sarah"]}, folders=dict(Done=1), outcomes=["answered"])),
    dict(name="status", mails=[dict(subject="Status", text="")],
         expect=dict(tickets=[], letters={STAFF: ["Autotask"]}, folders=dict(Done=1), outcomes=["answered"])),
    dict(name="not-yet", mails=[dict(subject="check mapping", text="")],
         expect=dict(tickets=[], letters={STAFF: ["check mapping"]}, folders=dict(Done=1), outcomes=["answered"])),
    dict(name="stranger", mails=[dict(subject="Sarah: hello", text="buy", sender="eve@elsewhere.example", proof=False)],
         expect=dict(tickets=[], letters={}, folders=dict(Refused=1), outcomes=["refused"], calls=0)),
    dict(name="forged", mails=[dict(subject="Sarah: pay this", text="now", proof=False)],
         expect=dict(tickets=[], letters={}, folders=dict(Refused=1), outcomes=["refused"], calls=0)),
    dict(name="vacation", mails=[dict(subject="Automatic reply: x", text="away", headers={"Auto-Submitted": "auto-replied"})],
         expect=dict(tickets=[], letters={}, folders=dict(Refused=1), outcomes=["ignored"], calls=0)),
    dict(name="same-mail-twice", mails=[dict(subject="Sarah: call Acme", text="x\n", message_id="<same@northwind.example>"),
                                        dict(subject="Sarah: call Acme", text="x\n", message_id="<same@northwind.example>")],
         expect=dict(tickets=[dict(title="call Acme", assignee=SARAH)], letters={STAFF: ["Sarah Klein"]},
                     folders=dict(Done=2), outcomes=["same", "ticket"])),
    dict(name="large", mails=[dict(subject="Sarah: see the log", text="line of a log file\n" * 20000)],
         expect=dict(tickets=[dict(title="see the log", assignee=SARAH)], letters={STAFF: ["Sarah Klein"]},
                     folders=dict(Done=1), outcomes=["ticket"])),
    dict(name="three-mails", mails=[dict(subject="Sarah: one", text="1"), dict(subject="Shana: two", text="2"),
                                    dict(subject="check accounts", text="3")],
         expect=dict(tickets=[dict(title="one", assignee=SARAH), dict(title="two", assignee="shana.ortiz")],
                     letters={STAFF: ["one", "two", "check accounts"]}, folders=dict(Done=3),
                     outcomes=["answered", "ticket", "ticket"])),
    dict(name="answer-lost-after-commit",
         mails=[dict(subject="Sarah: lost answer", text="x")],
         faults=[dict(method="POST", path="Tickets", nth=1, action="drop_after_commit")],
         expect=dict(tickets=[dict(title="lost answer", assignee=SARAH)], letters={STAFF: ["Queued", "Sarah Klein"]},
                     folders=dict(Done=1), outcomes=["ticket"])),
    dict(name="autotask-away-for-a-call", mails=[dict(subject="Sarah: away", text="x")],
         faults=[dict(method="POST", path="Tickets", nth=1, action="html503")],
         expect=dict(tickets=[dict(title="away", assignee=SARAH)], letters={STAFF: ["Queued", "Sarah Klein"]},
                     folders=dict(Done=1), outcomes=["ticket"])),
    dict(name="too-large", mails=[dict(subject="Sarah: too large", text="0123456789abcdef\n" * 100000)],
         expect=dict(tickets=[], letters={STAFF: ["larger than 1 MB"]}, folders=dict(Done=1), outcomes=["answered"], calls=0)),
    dict(name="refused-for-good", mails=[dict(subject="Sarah: refused", text="x")], faults=[PERMANENT],
         expect=dict(tickets=[], letters={STAFF: ["Picklist value [3]"], OPERATOR: ["is parked"]}, folders=dict(Parked=1),
                     outcomes=["parked"])),
    dict(name="refused-then-retried", mails=[dict(subject="Sarah: mended", text="x")], faults=[PERMANENT], then=[dict(verb="retry")],
         expect=dict(tickets=[dict(title="mended", assignee=SARAH)],
                     letters={STAFF: ["Picklist value [3]", "Sarah Klein"], OPERATOR: ["is parked"]}, folders=dict(Parked=1),
                     outcomes=["ticket"])),
    dict(name="refused-then-discarded", mails=[dict(subject="Sarah: dropped", text="x")], faults=[PERMANENT], then=[dict(verb="discard")],
         expect=dict(tickets=[], letters={STAFF: ["Picklist value [3]"], OPERATOR: ["is parked"]}, folders=dict(Parked=1),
                     outcomes=["gone"])),
]
