#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The simulated Autotask, writing: creates, changes and deletes with the literal texts of refusals, tickets and what hangs on
them, impersonation; by the checklist of its facts."""
import base64
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from sandbox import Sandbox  # noqa: E402
import tap  # noqa: E402
from tap import check  # noqa: E402

SARAH, SHANA, MIKE, TOM, API, LENA = 29680101, 29680102, 29680103, 29680150, 29680151, 29680152
TECHNICIAN, CONSULTANT, OLD_ROLE = 29680201, 29680202, 29680203
ACME, HARBOR, WEST = 29680301, 29680302, 29680303
BOB, OLD, SAM, WES = 29680401, 29680402, 29680403, 29680404
HELP_DESK = 29680001
DAY_MS = 86400000
TICKET = dict(companyID=ACME, title="Call Harbor", status=1, priority=14, queueID=HELP_DESK, dueDateTime="2026-11-24T22:00:00Z")
NO_RIGHT = "The logged in Resource does not have the adequate permissions to %s this entity type."
NO_METHOD = "The requested resource does not support http method '%s'."
PAIR = "Data violation: When assigning a Resource, you must assign both a assignedResourceID and assignedResourceRoleID."
UNDEFINED = "Data violation: The specified assignedResourceID and AssignedRoleID combination is not currently defined"
NOBODY = ("assignedResourceID, assignedResourceRoleID, and queueID cannot all be empty. Supply a queueID or both an "
          "assignedResourceID and assignedResourceRoleID.")
REFERENCE = "Reference value on field: %s of type: %s does not exist or is invalid."
CONTACT = "contactID is not associated to the companyID or its Parent Company"
WORK_TYPE = "The given allocation code is not an active general allocation code"
PICKLIST = "Picklist value [%d] does not exist for %s ; on record number [1]."


def same(got, wanted):
    check(got == wanted, "%r instead of %r" % (got, wanted))


def without(body, *names):
    return {k: v for k, v in body.items() if k not in names}


def create(**changes):
    return BOX.api("POST", "Tickets", {**TICKET, **changes})


def made(**changes):
    return create(**changes).item_id


def ticket(number):
    return BOX.api("GET", "Tickets/%d" % number).json["item"]


def patch(number, **changes):
    return BOX.api("PATCH", "Tickets", {"id": number, **changes})


# --- tickets --------------------------------------------------------------------------------------------------------

def a_ticket_is_made():
    got = create(title="Zähler prüfen", externalID="fd-1", assignedResourceID=SARAH, assignedResourceRoleID=TECHNICIAN)
    same((got.status, list(got.json)), (200, ["itemId"]))
    t = ticket(got.item_id)
    same((t["title"], t["externalID"], t["creatorResourceID"], t["ticketCategory"]), ("Zähler prüfen", "fd-1", API, 3))
    for name in ("createDate", "lastActivityDate", "dueDateTime"):
        check(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z", t[name]), t[name])
    same((t["completedDate"], t["contactID"]), (None, None))
    same(BOX.query("Tickets", dict(op="eq", field="externalID", value="fd-1")).ids, [t["id"]])


def numbers_count_the_day():
    first, second = [ticket(made())["ticketNumber"] for _ in range(2)]
    day = first[1:9]
    same((first, second), ("T%s.0001" % day, "T%s.0002" % day))
    BOX.settings(clock_shift_ms=DAY_MS)
    third = ticket(made())["ticketNumber"]
    check(third[9:] == ".0001" and third[1:9] > day, third)


def completion():
    number = made()
    same(patch(number, status=5, resolution="Done").json, {"itemId": number})
    t = ticket(number)
    check(t["completedDate"] and t["completedByResourceID"] == API and t["resolution"] == "Done", t)
    patch(number, status=8)
    same(ticket(number)["completedDate"], None)


def members_that_do_not_exist():
    number = made(nonsense=5, ticketNumber="T1", createDate="2000-01-01")
    check("nonsense" not in ticket(number) and ticket(number)["ticketNumber"] != "T1", ticket(number))
    check(not ticket(number)["createDate"].startswith("2000"), "createDate is read-only")
    same(patch(number, creatorResourceID=SARAH).status, 200)
    same(ticket(number)["creatorResourceID"], API)


def strict_says_what_is_lost():
    same(create(nonsense=5).errors, ["strict: Ticket has no field nonsense"])
    same(create(ticketNumber="T1").errors, ["strict: ticketNumber is read-only"])
    same(create(contactID=None).errors, ["strict: contactID is null: leave it out"])
    same(BOX.api("POST", "Tickets/40001/Notes", dict(NOTE, ticketID=5)).errors, ["strict: ticketID is not that of the address"])
    same(len(BOX.tickets()), 0)


def the_order_of_validation():
    """One body with everything wrong, mended step by step: each step shows the next text."""
    body = dict(title="", status=77, priority=3, contactID=OLD, assignedResourceID=LENA, companyLocationID=501, ticketCategory=6)
    steps = [
        ("Missing Required Field: companyID", dict(companyID=ACME)),
        ("Missing Required Field: title", dict(title="t")),
        (PICKLIST % (77, "status"), dict(status=1)),
        (PICKLIST % (3, "priority"), dict(priority=14)),
        (REFERENCE % ("contactID", "Contact"), dict(contactID=SAM)),
        (PAIR, dict(assignedResourceRoleID=TECHNICIAN)),
        (UNDEFINED, dict(assignedResourceID=None, assignedResourceRoleID=None)),
        (NOBODY, dict(queueID=HELP_DESK)),
        (CONTACT, dict(contactID=WES, companyID=WEST)),
        ("The companyLocationID[501] cannot be associated with the Ticket. The CompanyLocation must belong to the Ticket's, "
         "ConfigurationItem's, or the Contact's Company.", dict(companyLocationID=None)),
        ("source is required", dict(source=4)),
        ("purchaseOrderNumber is required", dict(purchaseOrderNumber="PO1")),
        ("Missing Required Field: dueDateTime", dict(dueDateTime="2026-11-24")),
    ]
    for text, mended in steps:
        got = BOX.api("POST", "Tickets", body)
        same(got.errors, [text])
        body.update(mended)
    number = BOX.api("POST", "Tickets", body).item_id
    same((ticket(number)["dueDateTime"], ticket(number)["companyID"]), ("2026-11-24T00:00:00.000Z", WEST))


REFUSED = [  # members, text
    (dict(title=None), "Missing Required Field: title"),
    (dict(queueID=29680003), PICKLIST % (29680003, "queueID")),  # inactive
    (dict(source=99), PICKLIST % (99, "source")),
    (dict(issueType=11, subIssueType=101), "Value does not exist for child picklist: subIssueType"),
    (dict(subIssueType=101), "Value does not exist for child picklist: subIssueType"),
    (dict(companyID=5), REFERENCE % ("companyID", "Company")),
    (dict(assignedResourceID=TOM, assignedResourceRoleID=TECHNICIAN), REFERENCE % ("assignedResourceID", "Resource")),
    (dict(assignedResourceID=API, assignedResourceRoleID=TECHNICIAN), REFERENCE % ("assignedResourceID", "Resource")),
    (dict(assignedResourceRoleID=TECHNICIAN), PAIR),
    (dict(assignedResourceID=LENA, assignedResourceRoleID=TECHNICIAN), UNDEFINED),
    (dict(assignedResourceID=SARAH, assignedResourceRoleID=OLD_ROLE), UNDEFINED),
    (dict(contactID=SAM), CONTACT),
    (dict(configurationItemID=601), "The configurationItemID [601] is not associated with Company [%d]" % ACME),
    (dict(billingCodeID=29680503), WORK_TYPE), (dict(billingCodeID=29680504), WORK_TYPE),
    (dict(title="x" * 256), "title must be less than or equal to 255 characters"),
    (dict(externalID="x" * 51), "externalID must be less than or equal to 50 characters"),
    (dict(description="\U0001f600" * 4001), "description must be less than or equal to 8000 characters"),
    (dict(companyID=True), "Unexpected character encountered while parsing value: t. Path 'companyID', line 1."),
    (dict(dueDateTime="tomorrow"), "Unexpected character encountered while parsing value: \". Path 'dueDateTime', line 1."),
]
TAKEN = [dict(priority=15), dict(issueType=10, subIssueType=101), dict(contactID=BOB), dict(companyID=WEST, contactID=BOB),
         dict(configurationItemID=600), dict(companyLocationID=500), dict(billingCodeID=29680501), dict(companyID=0),
         dict(assignedResourceID=SARAH, assignedResourceRoleID=CONSULTANT), dict(description="\U0001f600" * 4000),
         dict(dueDateTime="2026-11-24T22:00:00.1234567")]


def refusals():
    for members, text in REFUSED:
        same(create(**members).errors, [text])
    same(len(BOX.tickets()), 0)
    for members in TAKEN:
        check(create(**members).status == 200, "%r: %r" % (members, create(**members)))


def several_errors_together():
    BOX.settings(all_errors=True)
    errors = BOX.api("POST", "Tickets", dict(priority=3, assignedResourceID=SARAH)).errors
    check(len(errors) > 4 and PAIR in errors and PICKLIST % (3, "priority") in errors, errors)


def categories():
    number = BOX.api("POST", "Tickets", dict(without(TICKET, "queueID", "dueDateTime"), ticketCategory=5)).item_id
    t = ticket(number)
    check(t["queueID"] == 29680002 and t["source"] == 8 and t["dueDateTime"], t)


# --- changes --------------------------------------------------------------------------------------------------------

def a_patch_changes_what_it_names():
    number = made(description="d", contactID=BOB, assignedResourceID=SARAH, assignedResourceRoleID=TECHNICIAN)
    same(patch(number, title="new").item_id, number)
    t = ticket(number)
    same((t["title"], t["description"], t["contactID"]), ("new", "d", BOB))
    patch(number, contactID=None)
    same(ticket(number)["contactID"], None)
    same(patch(number, assignedResourceID=SHANA).errors, [PAIR])
    same(patch(number, assignedResourceID=None).errors, [PAIR])
    same(patch(number, assignedResourceID=None, assignedResourceRoleID=None).status, 200)
    same(patch(number, queueID=None).errors, [NOBODY])
    same(patch(number, priority=3).errors, [PICKLIST % (3, "priority")])
    same(patch(number, title=None).errors, ["Missing Required Field: title"])
    same(patch(number, issueType=10, subIssueType=101).status, 200)
    same(patch(number, issueType=11).errors, ["Value does not exist for child picklist: subIssueType"])


def another_company():
    number = made(contactID=BOB)
    same(patch(number, companyID=HARBOR).errors, [CONTACT])
    same(ticket(number)["companyID"], ACME)
    same(patch(number, companyID=HARBOR, contactID=SAM).status, 200)


def a_missing_record():
    same(patch(9, title="x").errors, ["No matching records found."])
    same(BOX.api("PATCH", "Tickets", {"title": "x"}).errors, ["No matching records found."])


def a_put_empties_the_rest():
    number = made(description="d", contactID=BOB)
    same(BOX.api("PUT", "Tickets", {"id": number, "title": "x"}).errors, ["Missing Required Field: companyID"])
    same(BOX.api("PUT", "Tickets", dict(TICKET, id=number, title="x")).item_id, number)
    t = ticket(number)
    check((t["title"], t["description"], t["contactID"]) == ("x", None, None) and t["ticketNumber"], t)


NO_ROUTE = [("PATCH", "Tickets/40001", 405), ("DELETE", "Tickets/40001", 405), ("DELETE", "Tickets/40001/Notes/1", 405),
            ("GET", "Tickets", 405), ("PUT", "Tickets/query", 405), ("DELETE", "TicketAttachments/1", 405),
            ("POST", "TicketNotes", 404), ("POST", "CompanyToDos", 404), ("POST", "TicketSecondaryResources", 404),
            ("PATCH", "TicketNotes", 404), ("POST", "Tickets/40001/TimeEntries", 404), ("POST", "BillingCodes", 404),
            ("GET", "Nonsense/1", 404), ("GET", "Tickets/abc", 404), ("GET", "", 404), ("GET", "Tickets/1/Notes/2/x", 404)]


def other_verbs_and_addresses():
    for method, path, status in NO_ROUTE:
        got = BOX.api(method, path, TICKET if method != "GET" else None)
        text = NO_METHOD % method if status == 405 else "No HTTP resource was found that matches the request URI."
        check((got.status, got.json) == (status, {"Message": text}), "%s %s: %r" % (method, path, got))


def missing_rights():
    BOX.settings(denied={"Tickets": ["create", "update"], "CompanyToDos": ["delete"]})
    same(create().errors, [NO_RIGHT % "create"])
    same(patch(40001, title="x").errors, [NO_RIGHT % "update"])
    same(BOX.api("DELETE", "Companies/0/ToDos/1").errors, [NO_RIGHT % "delete"])
    same(BOX.api("GET", "Tickets/40001").status, 200)


# --- what hangs on a ticket -----------------------------------------------------------------------------------------

NOTE = dict(title="Sync diagnosis", description="Item not found", noteType=3, publish=2)


def notes():
    number = made()
    note = BOX.api("POST", "Tickets/%d/Notes" % number, dict(NOTE, ticketID=number)).item_id
    got = BOX.api("GET", "Tickets/%d/Notes" % number).items
    same([(n["id"], n["ticketID"], n["title"], n["creatorResourceID"]) for n in got], [(note, number, NOTE["title"], API)])
    same(BOX.query("TicketNotes", dict(op="eq", field="ticketID", value=number)).ids, [note])
    for name in ("description", "noteType", "publish"):
        same(BOX.api("POST", "Tickets/%d/Notes" % number, without(NOTE, name)).errors, ["Missing Required Field: " + name])
    same(BOX.api("POST", "Tickets/%d/Notes" % number, without(NOTE, "title")).status, 200)
    same(BOX.api("POST", "Tickets/%d/Notes" % number, dict(NOTE, publish=3)).errors, [PICKLIST % (3, "publish")])
    same(BOX.api("POST", "Tickets/9/Notes", NOTE).errors, [REFERENCE % ("ticketID", "Ticket")])
    titled = made(ticketCategory=4)
    same(BOX.api("POST", "Tickets/%d/Notes" % titled, without(NOTE, "title")).errors, ["Missing Required Field: title"])
    same(BOX.api("PATCH", "Tickets/%d/Notes" % number, dict(id=note, title="x")).errors, ["Missing Required Field: noteType"])
    same(BOX.api("PATCH", "Tickets/%d/Notes" % number, dict(id=note, title="x", noteType=3, publish=2)).item_id, note)
    same(BOX.api("PATCH", "Tickets/%d/Notes" % titled, dict(id=note, noteType=3, publish=2)).errors, ["No matching records found."])


def a_note_is_activity():
    number = made()
    BOX.settings(clock_shift_ms=3600000)
    before = ticket(number)
    BOX.api("POST", "Tickets/%d/Notes" % number, NOTE)
    after = ticket(number)
    check(after["lastActivityDate"] > before["lastActivityDate"], after)
    same(after["lastTrackedModificationDateTime"], before["lastTrackedModificationDateTime"])


def attachment(size=5, name="a.txt", **changes):
    return dict(attachmentType="FILE_ATTACHMENT", title=name, fullPath=name, publish=2,
                data=base64.b64encode(b"x" * size).decode(), **changes)


def attachments():
    number = made()
    path = "Tickets/%d/Attachments" % number
    one = BOX.api("POST", path, attachment(5, "log.txt")).item_id
    nested, top = BOX.api("GET", "%s/%d" % (path, one)), BOX.api("GET", "TicketAttachments/%d" % one)
    item = nested.items[0]
    same((item["data"], item["fileSize"], item["contentType"], item["parentID"]), ("eHh4eHg=", 5, "text/plain", number))
    check("data" not in top.items[0], "content at the top level")
    check("data" not in BOX.api("GET", path).items[0] and "data" not in BOX.query("TicketAttachments", dict(
        op="eq", field="ticketID", value=number)).items[0], "lists carry content")
    BOX.settings(attachment_data_nested=False)
    same(BOX.api("GET", "TicketAttachments/%d" % one).items[0]["data"], "eHh4eHg=")
    same(BOX.api("GET", path + "/9").errors, ["Attachment could not be found."])
    for bad in (without(attachment(), "data"), dict(attachment(), data="?"), dict(attachment(), attachmentType="X"),
                attachment(5, "run.EXE"), dict(attachment(), publish=9)):
        check(BOX.api("POST", path, bad).status == 500, bad)
    same(BOX.api("DELETE", "%s/%d" % (path, one)).item_id, one)
    same(BOX.api("DELETE", "%s/%d" % (path, one)).errors, [
        "No matching records found. The logged in Resource may not have the required permissions to delete the data."])


def attachment_limits():
    path = "Tickets/%d/Attachments" % made()
    same(BOX.api("POST", path, attachment(6000001)).errors, ["The attachment exceeds the maximum file size"])
    same(BOX.api("POST", path, attachment(6000000)).status, 200)
    same(BOX.api("POST", path, attachment(4000000)).status, 200)
    text = ["The attachment threshold of 10000000 bytes in 5 minutes has been exceeded"]
    same(BOX.api("POST", path, attachment(1)).errors, text)
    BOX.settings(clock_shift_ms=299000)
    same(BOX.api("POST", path, attachment(1)).errors, text)
    BOX.settings(clock_shift_ms=301000)
    same(BOX.api("POST", path, attachment(1)).status, 200)


def second_resources():
    number = made(assignedResourceID=SARAH, assignedResourceRoleID=TECHNICIAN)
    path = "Tickets/%d/SecondaryResources" % number
    one = BOX.api("POST", path, dict(ticketID=number, resourceID=SHANA, roleID=TECHNICIAN)).item_id
    same(BOX.query("TicketSecondaryResources", dict(op="eq", field="ticketID", value=number)).ids, [one])
    for members, text in ((dict(roleID=TECHNICIAN), "Value does not exist for the required field resourceID"),
                          (dict(resourceID=SHANA, roleID=TECHNICIAN), "Data violation: The resource is already assigned to this ticket"),
                          (dict(resourceID=SARAH, roleID=TECHNICIAN),
                           "Data violation: A secondary resource cannot also be the primary resource"),
                          (dict(resourceID=LENA, roleID=TECHNICIAN),
                           "Data violation: The specified resourceID and roleID combination is not currently defined"),
                          (dict(resourceID=TOM, roleID=TECHNICIAN), REFERENCE % ("resourceID", "Resource"))):
        same(BOX.api("POST", path, members).errors, [text])
    same(patch(number, assignedResourceID=SHANA, assignedResourceRoleID=TECHNICIAN).errors,
         ["Data violation: A secondary resource cannot also be the primary resource"])
    same(BOX.api("DELETE", "Tickets/40001/SecondaryResources/%d" % one).status, 500)
    same(BOX.api("DELETE", "%s/%d" % (path, one)).json, {"itemId": one})
    same(BOX.api("GET", path).ids, [])


# --- to-dos, contacts, time -----------------------------------------------------------------------------------------

TO_DO = dict(actionType=3, assignedToResourceID=SARAH, activityDescription="Call", startDateTime="2026-11-24T15:00:00Z",
            endDateTime="2026-11-24T15:30:00Z")


def to_dos():
    path = "Companies/%d/ToDos" % ACME
    one = BOX.api("POST", path, dict(TO_DO, companyID=ACME, contactID=BOB)).item_id
    got = BOX.query("CompanyToDos", dict(op="eq", field="companyID", value=ACME)).items
    same([(t["id"], t["completedDate"], t["creatorResourceID"]) for t in got], [(one, None, API)])
    same(BOX.api("PATCH", path, dict(id=one, completedDate="2026-11-24T15:20:00Z")).item_id, one)
    for members, text in ((dict(actionType=9), PICKLIST % (9, "actionType")), (dict(contactID=OLD), REFERENCE % ("contactID", "Contact")),
                          (dict(contactID=SAM), CONTACT), (dict(assignedToResourceID=API), REFERENCE % ("assignedToResourceID", "Resource")),
                          (dict(ticketID=40001), "The ticketID [40001] is not associated with Company [%d]" % ACME),
                          (dict(startDateTime=None), "Missing Required Field: startDateTime")):
        BOX.settings(strict=False)
        same(BOX.api("POST", path, {**TO_DO, **members}).errors, [text])
    same(BOX.api("POST", "Companies/5/ToDos", TO_DO).errors, [REFERENCE % ("companyID", "Company")])
    same(BOX.api("DELETE", "%s/%d" % (path, one)).item_id, one)
    same(BOX.query("CompanyToDos", dict(op="exist", field="id")).ids, [])


def contacts():
    person = dict(firstName="New", lastName="Person", isActive=1, emailAddress="new@acme.example")
    one = BOX.api("POST", "Companies/%d/Contacts" % ACME, person).item_id
    same(BOX.query("Contacts", dict(op="eq", field="emailAddress", value="new@acme.example")).ids, [one])
    same(BOX.api("POST", "Companies/%d/Contacts" % ACME, dict(person, isActive=True)).errors,
         ["Unexpected character encountered while parsing value: t. Path 'isActive', line 1."])
    same(BOX.api("PATCH", "Companies/%d/Contacts" % ACME, dict(id=one, isActive=0)).item_id, one)


def time_entries():
    number = made()
    entry = dict(resourceID=SARAH, ticketID=number, roleID=TECHNICIAN, billingCodeID=29680501,
                 startDateTime="2026-11-24T15:00:00Z", endDateTime="2026-11-24T16:30:00Z")
    one = BOX.api("POST", "TimeEntries", entry).item_id
    got = BOX.query("TimeEntries", dict(op="eq", field="ticketID", value=number)).items
    same([(t["hoursWorked"], t["dateWorked"]) for t in got], [(1.5, "2026-11-24T00:00:00.000Z")])
    for body, text in ((without(entry, "roleID"), "TimeEntries for Tickets must have a roleID."),
                       (without(entry, "endDateTime"), "TimeEntries for Service tickets require a start and stop time."),
                       (dict(without(entry, "ticketID", "startDateTime", "endDateTime"), internalBillingCodeID=29680503, hoursWorked=1),
                        "dateWorked is required when no value is supplied for startDateTime"),
                       (without(entry, "ticketID"), "There is no row at position 0."),
                       (dict(entry, billingCodeID=29680503), WORK_TYPE)):
        same(BOX.api("POST", "TimeEntries", body).errors, [text])
    same(BOX.api("PATCH", "TimeEntries", dict(id=one, hoursWorked=4)).status, 200)
    same(BOX.api("GET", "TimeEntries/%d" % one).json["item"]["hoursWorked"], 1.5)
    same(BOX.api("DELETE", "TimeEntries/%d" % one).item_id, one)


# --- impersonation --------------------------------------------------------------------------------------------------

def in_anothers_name():
    as_sarah, as_mike = {"ImpersonationResourceId": str(SARAH)}, {"ImpersonationResourceId": str(MIKE)}
    number = BOX.api("POST", "Tickets", TICKET, as_sarah).item_id
    t = ticket(number)
    same((t["creatorResourceID"], t["impersonatorCreatorResourceID"]), (SARAH, API))
    note = BOX.api("POST", "Tickets/%d/Notes" % number, NOTE, as_sarah).item_id
    same(BOX.api("GET", "TicketNotes/%d" % note).json["item"]["creatorResourceID"], SARAH)
    same(BOX.api("POST", "Tickets", TICKET, as_mike).errors, [NO_RIGHT % "create"])
    same(BOX.api("PATCH", "Tickets", dict(id=number, title="x"), as_mike).errors, [NO_RIGHT % "update"])
    for nobody in (API, TOM, 5, "x"):
        same(BOX.api("POST", "Tickets", TICKET, {"ImpersonationResourceId": str(nobody)}).errors, [NO_RIGHT % "create"])
    BOX.settings(no_impersonation=["Tickets"])
    same(BOX.api("POST", "Tickets", TICKET, as_sarah).errors, [NO_RIGHT % "create"])
    # an entity without support does not look at the header
    path = "Tickets/%d/SecondaryResources" % number
    same(BOX.api("POST", path, dict(resourceID=SHANA, roleID=TECHNICIAN), as_mike).status, 200)
    same(BOX.log()[-1]["impersonate"], str(MIKE))


def clean(test, strict):
    def run():
        BOX.reset()
        BOX.settings(strict=strict)
        test()
    return run


if __name__ == "__main__":
    with Sandbox() as BOX:
        tap.run([(name, clean(test, test is strict_says_what_is_lost)) for name, test in [
            ("a ticket is made", a_ticket_is_made), ("numbers count the day", numbers_count_the_day), ("status 5 completes", completion),
            ("unknown and read-only members are lost", members_that_do_not_exist),
            ("a strict world says what is lost", strict_says_what_is_lost),
            ("the order of validation, with its texts", the_order_of_validation), ("refusals and what is taken", refusals),
            ("several errors together", several_errors_together), ("categories", categories),
            ("PATCH changes what it names", a_patch_changes_what_it_names), ("another company", another_company),
            ("PATCH of a missing record", a_missing_record), ("PUT empties the rest", a_put_empties_the_rest),
            ("405 and 404", other_verbs_and_addresses), ("missing rights", missing_rights), ("notes", notes),
            ("a note is activity", a_note_is_activity), ("attachments", attachments), ("attachment limits", attachment_limits),
            ("second resources", second_resources), ("to-dos", to_dos), ("contacts", contacts), ("time entries", time_entries),
            ("impersonation", in_anothers_name)]])
