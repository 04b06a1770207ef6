#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The simulated Autotask, reading: addresses, login, queries, pages, metadata, restricted users; by the checklist of its facts."""
import json
import os
import random
import sys
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from sandbox import LOGIN, Sandbox  # noqa: E402
import tap  # noqa: E402
from tap import check  # noqa: E402

ALL = dict(op="exist", field="id")
SARAH, SHANA, MIKE, TOM, API = 29680101, 29680102, 29680103, 29680150, 29680151
BOB, OLD, SAM, WES = 29680401, 29680402, 29680403, 29680404


def same(got, wanted):
    check(got == wanted, "%r instead of %r" % (got, wanted))


def f(field, op, value=None):
    return dict(field=field, op=op) if value is None else dict(field=field, op=op, value=value)


def lenient(test):
    """Runs in a world that drops what it does not know, as the real one."""
    def run():
        BOX.settings(strict=False)
        try:
            test()
        finally:
            BOX.reset()
    return run


# --- zone, versions, login -----------------------------------------------------------------------------------------

def paths_have_any_case():
    for path in ("/atservicesrest/v1.0/tickets/query", "/ATServicesRest/V1.0/Tickets/QUERY"):
        same(BOX.api("POST", path, {"filter": [ALL]}, prefix="").ids, [40001])


def zone_is_open_and_points_here():
    none = {k: None for k in LOGIN}
    got = BOX.api("GET", "zoneInformation?user=" + urllib.parse.quote("API@northwind.example"), headers=none)
    same(got.status, 200)
    same((got.json["url"], got.json["webUrl"]), (BOX.url + "atservicesrest/", BOX.url))
    check(isinstance(got.json["ci"], int) and got.json["zoneName"], got)


def zone_does_not_know():
    for query in ("?user=nobody%40x.example", "?user=", ""):
        same(BOX.api("GET", "zoneInformation" + query).errors, ["Zone information could not be determined"])


def versions():
    same(BOX.api("GET", "/atservicesrest/versioninformation", prefix="").json["apiVersions"][-1], "1.0")
    check("majorVersion" in BOX.api("GET", "Version").json, "no version")
    same(BOX.api("GET", "Version", headers={"Secret": "x"}).status, 401)


def bad_login():
    for name in LOGIN:
        for value in (None, "wrong", ""):
            got = BOX.api("GET", "Tickets/40001", headers={name: value})
            same((name, value, got.status, got.text, got.headers["Content-Length"]), (name, value, 401, "", "0"))


# --- conditions -----------------------------------------------------------------------------------------------------

OPERATORS = [  # entity, conditions, ids
    ("Contacts", [f("id", "eq", BOB)], [BOB]),
    ("Contacts", [f("firstName", "eq", "BOB")], [BOB]),
    ("Contacts", [f("firstName", "noteq", "Bob")], [OLD, SAM, WES]),
    ("Contacts", [f("id", "gt", SAM)], [WES]),
    ("Contacts", [f("id", "gte", SAM)], [SAM, WES]),
    ("Contacts", [f("id", "lt", OLD)], [BOB]),
    ("Contacts", [f("id", "lte", OLD)], [BOB, OLD]),
    ("Contacts", [f("emailAddress", "beginsWith", "o")], [OLD]),
    ("Contacts", [f("emailAddress", "endsWith", "harbor.example")], [SAM]),
    ("Contacts", [f("emailAddress", "contains", "acme")], [BOB, OLD, WES]),
    ("Contacts", [f("phone", "exist")], [BOB]),
    ("Contacts", [f("phone", "notExist")], [OLD, SAM, WES]),
    ("Contacts", [f("id", "in", [WES, BOB])], [BOB, WES]),
    ("Contacts", [f("id", "notIn", [WES, BOB])], [OLD, SAM]),
    ("Contacts", [f("EMAILADDRESS", "EQ", "bob@acme.example")], [BOB]),
    ("Contacts", [f("isActive", "eq", 1), f("companyID", "eq", 29680301)], [BOB]),
    ("Contacts", [dict(op="and", items=[f("isActive", "eq", 1), f("companyID", "eq", 29680301)])], [BOB]),
    ("Contacts", [dict(op="or", items=[f("firstName", "eq", "Bob"), f("emailAddress2", "eq", "sam@harbor.example")])], [BOB, SAM]),
    ("Contacts", [f("isActive", "eq", 1), dict(op="or", items=[f("lastName", "eq", "West"), dict(op="and", items=[
        f("lastName", "eq", "Contact"), ALL])])], [WES]),
    ("Resources", [f("isActive", "eq", False)], [TOM]),
    ("Resources", [f("licenseType", "eq", 7)], [API]),
    ("Resources", [f("firstName", "eq", "Mike")], [29680103, 29680104]),
    ("Tickets", [f("dueDateTime", "gt", "2026-11-02T16:59:59.9999999Z")], [40001]),
    ("Tickets", [f("dueDateTime", "eq", "2026-11-02T17:00:00")], [40001]),
    ("Tickets", [f("dueDateTime", "lt", "2026-11-02")], []),
    ("Companies", [f("id", "eq", 0)], [0]),
]


def operators():
    for entity, filters, ids in OPERATORS:
        got = BOX.query(entity, *filters)
        check(got.status == 200 and got.ids == ids, "%r: %r instead of %r" % (filters, got, ids))


def null_matches_nothing():
    for op in ("eq", "noteq"):
        same(BOX.query("Contacts", dict(field="phone", op=op, value=None)).ids, [])


def text_against_a_number_matches_nothing():
    same(BOX.query("Contacts", f("id", "eq", str(BOB))).ids, [])
    BOX.settings(strict=True)
    check("strict" in BOX.query("Contacts", f("id", "eq", str(BOB))).errors[0], "it is taken")


def unknown_operators_are_dropped():
    for op in ("ne", "noteExist", "beginsw", "isnotnull"):
        same(BOX.query("Contacts", f("isActive", op, 0)).ids, [BOB, OLD, SAM, WES])


def unknown_operators_when_strict():
    same(BOX.query("Contacts", f("isActive", "ne", 0)).errors, ["strict: unknown operator ne"])


def unknown_fields():
    text = ["Unable to find foo in the Ticket Entity"]
    same(BOX.query("Tickets", f("foo", "eq", 1)).errors, text)
    same(BOX.query("Tickets", dict(op="or", items=[f("foo", "eq", 1)])).errors, text)
    same(BOX.query("Tickets", ALL, IncludeFields=["id", "foo"]).errors, text)
    same(BOX.query("Resources", f("defaultServiceDeskRoleID", "eq", 1)).errors,
         ["Unable to find defaultServiceDeskRoleID in the Resource Entity"])
    check("defaultServiceDeskRoleID" in BOX.query("Resources", ALL).items[0], "not returned although it cannot be filtered on")


def booleans_are_booleans():
    for value in ("true", 1, None):
        check(BOX.query("Resources", dict(field="isActive", op="eq", value=value)).status == 500, value)


def a_filter_is_needed():
    text = ["Value cannot be null. Parameter name: filters"]
    for body in (None, "", "{}", {"filter": []}, {"MaxRecords": 5}):
        same(BOX.api("POST", "Tickets/query", body).errors, text)


def keys_have_any_case():
    same(BOX.api("POST", "Contacts/query", {"Filter": [ALL], "maxrecords": 1, "includefields": ["id"]}).items, [{"id": BOB}])


def or_limit():
    def many(n):
        return dict(op="or", items=[f("id", "eq", i) for i in range(n)])
    text = ["Invalid query syntax. Queries are limited to 500 or fewer 'OR' conditions."]
    same(BOX.query("Contacts", many(501)).errors, text)
    same(BOX.query("Contacts", f("id", "in", list(range(501)))).errors, text)
    same(BOX.query("Contacts", many(250), f("id", "in", list(range(251)))).errors, text)
    same(BOX.query("Contacts", many(250), f("id", "in", list(range(250)))).status, 200)
    same(BOX.query("Contacts", *[f("id", "gte", 0)] * 501).status, 200)


def user_defined_fields():
    origin = dict(op="eq", field="Ticket Origin", value="mail", udf=True)
    BOX.rows(Tickets=[dict(id=40002, title="u", companyID=0, userDefinedFields=[dict(name="Ticket Origin", value="mail")])])
    same(BOX.query("Tickets", origin).ids, [40002])
    check(BOX.query("Tickets", origin, origin).status == 500, "two conditions on user-defined fields")
    same(BOX.api("GET", "Tickets/40002").json["item"]["userDefinedFields"], [dict(name="Ticket Origin", value="mail")])


def sort_is_ignored():
    same(BOX.query("Contacts", ALL, sort="firstName").ids, [BOB, OLD, SAM, WES])
    BOX.settings(strict=True)
    same(BOX.query("Contacts", ALL, sort="firstName").errors, ["strict: unknown key sort"])


def rows_in_any_order():
    """Put, put again and removed in any order, the world holds each row once, in the order of ids."""
    draw = random.Random(7)
    for _ in range(30):
        BOX.reset()
        BOX.rows(Tickets=[dict(id=40002, title="x", companyID=0)])
        held = {row["id"]: row["roleID"] for row in BOX.world()["TicketSecondaryResources"]}
        for step in range(25):
            number = draw.randrange(1, 12)
            if number in held and draw.random() < 0.3:
                same(BOX.api("DELETE", "Tickets/40002/SecondaryResources/%d" % number).status, 200)
                del held[number]
            else:
                held[number] = step
                BOX.rows(TicketSecondaryResources=[dict(id=number, ticketID=40002, resourceID=number, roleID=step)])
            same([(row["id"], row["roleID"]) for row in BOX.world()["TicketSecondaryResources"]], sorted(held.items()))


# --- pages ----------------------------------------------------------------------------------------------------------

def many_contacts():
    BOX.rows(Contacts=[dict(id=i, companyID=0, firstName="N%d" % i, lastName="x", isActive=1) for i in range(1001, 100, -1)])


def page_size():
    for size in (0, 501, -1, "5"):
        same(BOX.query("Contacts", ALL, MaxRecords=size).errors, ["maxCountOfRecordsToReturn must be between 1 and 500"])
    many_contacts()
    got = BOX.query("Contacts", ALL)
    same((len(got.items), got.json["pageDetails"]["count"]), (500, 500))
    same(got.ids, sorted(got.ids))


def rows_take_their_place():
    """Whatever order they come in, also between others."""
    whole = [c["id"] for c in json.load(open(BOX.world_file, encoding="utf-8"))["entities"]["Companies"]]
    same(BOX.query("Companies", ALL).ids, sorted(whole))
    BOX.rows(Contacts=[dict(id=BOB + i, companyID=0, firstName="x", lastName="x", isActive=1) for i in (-1, 7, 5, -3, 6)])
    same(BOX.query("Contacts", ALL).ids, [BOB - 3, BOB - 1, BOB, OLD, SAM, WES, BOB + 5, BOB + 6, BOB + 7])


def pages_by_post():
    many_contacts()
    body = {"filter": [ALL], "MaxRecords": 400}
    got, seen = BOX.api("POST", "Contacts/query", body), []
    first = got.json["pageDetails"]["nextPageUrl"]
    check(first.startswith(BOX.url + "atservicesrest/v1.0/Contacts/query/next?paging=%7b"), first)
    while True:
        seen += got.ids
        url = got.json["pageDetails"]["nextPageUrl"]
        if url is None:
            break
        got = BOX.api("POST", url, body)
    same((len(seen), seen == sorted(set(seen))), (905, True))
    got = BOX.api("GET", first)
    same((got.status, got.json), (405, {"Message": "The requested resource does not support http method 'GET'."}))
    same(BOX.api("POST", first).errors, ["Value cannot be null. Parameter name: filters"])


def pages_by_get():
    many_contacts()
    search = urllib.parse.quote(json.dumps({"filter": [f("id", "lt", 1000000)], "MaxRecords": 500}))
    got = BOX.api("GET", "Contacts/query?search=" + search)
    url = got.json["pageDetails"]["nextPageUrl"]
    check("&search=" in url, url)
    rest = BOX.api("GET", url)
    same((len(got.items), len(rest.items), rest.json["pageDetails"]["nextPageUrl"]), (500, 401, None))


def long_addresses():
    search = urllib.parse.quote(json.dumps({"filter": [f("firstName", "eq", "x" * 2100)]}))
    got = BOX.api("GET", "Contacts/query?search=" + search)
    same((got.status, got.type), (404, "text/html"))


def counts():
    body = {"filter": [f("isActive", "eq", 1)]}
    same(BOX.api("POST", "Contacts/query/count", body).json, {"queryCount": 3})
    same(BOX.api("GET", "Contacts/query/count?search=" + urllib.parse.quote(json.dumps(body))).json, {"queryCount": 3})


# --- records --------------------------------------------------------------------------------------------------------

def by_id():
    item = BOX.api("GET", "Tickets/40001?IncludeFields=id").json["item"]
    same((item["id"], item["title"], item["contactID"]), (40001, "An older ticket", None))
    got = BOX.api("GET", "Tickets/9")
    same((got.status, got.json), (200, {"item": None}))
    same(BOX.api("GET", "Companies/0").json["item"]["id"], 0)


def below_the_parent():
    same([r["roleID"] for r in BOX.api("GET", "Resources/%d/ServiceDeskRoles" % SARAH).items], [29680201])
    same(BOX.api("GET", "Resources/%d/RoleDepartments" % SARAH).ids, [200])
    same(BOX.api("GET", "Resources/%d/RoleQueues" % SARAH).ids, [400])
    same(BOX.api("GET", "Resources/%d/Roles" % SARAH).ids, [300, 301])  # active rows only
    same(BOX.api("GET", "TicketCategories/5/FieldDefaults").ids, [800])
    same(BOX.api("GET", "Companies/29680301/Contacts").ids, [BOB, OLD])
    same(BOX.api("GET", "Companies/29680301/Locations").ids, [500])
    same(BOX.api("GET", "Companies/29680301/Contacts/%d" % BOB).json["item"]["firstName"], "Bob")
    same(BOX.api("GET", "Companies/29680302/Contacts/%d" % BOB).json, {"item": None})
    same(BOX.api("POST", "Companies/29680301/Contacts/query", {"filter": [ALL]}).status, 404)


# --- metadata -------------------------------------------------------------------------------------------------------

def fields_of(entity):
    return {row["name"]: row for row in BOX.api("GET", entity + "/entityInformation/fields").json["fields"]}


def metadata_of_fields():
    fields = fields_of("Tickets")
    priority = fields["priority"]
    same((priority["dataType"], priority["isRequired"], priority["isPickList"], priority["isReadOnly"]), ("integer", True, True, False))
    values = {v["value"]: v for v in priority["picklistValues"]}
    check(all(isinstance(v, str) for v in values) and "14" in values and "3" not in values, values)
    same([v["label"] for v in priority["picklistValues"] if not v["isActive"]], ["Dringend (alt)"])
    company, title = fields["companyID"], fields["title"]
    same((company["isReference"], company["referenceEntityType"], company["picklistValues"]), (True, "Company", None))
    same((title["dataType"], title["length"], title["isPickList"]), ("string", 255, False))
    sub = fields["subIssueType"]
    same((sub["picklistParentValueField"], sub["picklistValues"][0]["parentValue"]), ("issueType", "10"))
    same((fields["creatorType"]["isQueryable"], fields["ticketNumber"]["isReadOnly"], fields["dueDateTime"]["dataType"]),
         (False, True, "datetime"))
    check(any(v["label"] == "Wartet auf Rückmeldung" for v in fields["status"]["picklistValues"]), "labels are all English")
    same(fields_of("Contacts")["isActive"]["dataType"], "integer")
    same(fields_of("Resources")["isActive"]["dataType"], "boolean")


def metadata_of_entities():
    info = BOX.api("GET", "Tickets/entityInformation").json["info"]
    same((info["name"], info["canCreate"], info["canDelete"], info["userAccessForCreate"], info["userAccessForDelete"]),
         ("Ticket", True, False, "All", "None"))
    BOX.settings(denied={"Tickets": ["create"]}, hidden={"Tickets": [40001]})
    info = BOX.api("GET", "tickets/ENTITYINFORMATION").json["info"]
    same((info["userAccessForCreate"], info["userAccessForQuery"]), ("None", "Restricted"))
    names = [e["name"] for e in BOX.api("GET", "EntityInformation").json["entityDescriptions"]]
    check("Ticket" in names and "BillingCode" in names, names)
    same(BOX.api("GET", "Tickets/entityInformation/userDefinedFields").json["fields"][0]["type"], "string")
    same(BOX.api("GET", "TicketNotes/entityInformation/userDefinedFields").status, 404)


def the_world_has_the_hard_cases():
    people = BOX.query("Resources", ALL).items
    same(sum(p["firstName"] == "Mike" for p in people), 2)
    same([p["licenseType"] for p in people if p["id"] == API], [7])
    desk = {r["resourceID"] for r in BOX.query("ResourceServiceDeskRoles", ALL).items}
    check(29680152 not in desk and not [p for p in people if p["id"] == TOM][0]["isActive"], "nobody without a role, nobody inactive")
    codes = [(c["name"], c["useType"]) for c in BOX.query("BillingCodes", f("name", "eq", "Sales")).items]
    same(codes, [("Sales", 1), ("Sales", 3)])


# --- restricted users -----------------------------------------------------------------------------------------------

def rows_are_silently_hidden():
    BOX.settings(hidden={"Resources": [SARAH], "Companies": True})
    got = BOX.query("Resources", f("id", "in", [SARAH, SHANA]))
    same((got.status, got.ids), (200, [SHANA]))
    same(BOX.api("GET", "Resources/%d" % SARAH).json, {"item": None})
    same(BOX.query("Companies", ALL).ids, [])
    same(BOX.api("POST", "Companies/query/count", {"filter": [ALL]}).json, {"queryCount": 0})


def costs_come_back_empty():
    same(BOX.api("GET", "BillingCodes/29680501").json["item"]["unitCost"], 10)
    BOX.settings(costs=False)
    item = BOX.api("GET", "BillingCodes/29680501").json["item"]
    same((item["unitCost"], item["unitPrice"]), (None, 20))


def missing_rights():
    text = "The logged in Resource does not have the adequate permissions to query this entity type."
    BOX.settings(denied={"Contacts": ["query"]})
    for got in (BOX.query("Contacts", ALL), BOX.api("GET", "Contacts/%d" % BOB), BOX.api("GET", "Companies/29680301/Contacts")):
        same(got.errors, [text])
    same(BOX.query("Companies", ALL).status, 200)
    same(BOX.api("POST", "Companies/query", {"filter": [ALL]}, {"ImpersonationResourceId": str(SARAH)}).errors, [text])


def clean(test):
    def run():
        BOX.reset()
        test()
    return run


if __name__ == "__main__":
    with Sandbox() as BOX:
        tap.run([(name, clean(test)) for name, test in [
            ("paths in any case", paths_have_any_case), ("the zone is open and points here", zone_is_open_and_points_here),
            ("the zone of an unknown user", zone_does_not_know), ("versions", versions),
            ("401 without a body for any bad header", bad_login),
            ("thirteen operators, groups, AND at the top", operators),
            ("null matches nothing", lenient(null_matches_nothing)),
            ("text against a number matches nothing", lenient(text_against_a_number_matches_nothing)),
            ("unknown operators are dropped", lenient(unknown_operators_are_dropped)),
            ("unknown operators in a strict world", unknown_operators_when_strict), ("unknown fields", unknown_fields),
            ("booleans", booleans_are_booleans), ("a filter is needed", a_filter_is_needed),
            ("keys in any case", keys_have_any_case), ("500 OR conditions", or_limit),
            ("user-defined fields", user_defined_fields), ("no sorting", lenient(sort_is_ignored)),
            ("page size and order", page_size), ("rows take their place", rows_take_their_place), ("pages by POST", pages_by_post), ("pages by GET", pages_by_get),
            ("long addresses", long_addresses), ("counts", counts), ("by id", by_id), ("below the parent", below_the_parent),
            ("metadata of fields", metadata_of_fields), ("metadata of entities", metadata_of_entities),
            ("rows in any order", rows_in_any_order), ("the world has the hard cases", the_world_has_the_hard_cases),
            ("restricted: rows are silently hidden", rows_are_silently_hidden), ("restricted: costs", costs_come_back_empty),
            ("missing rights", missing_rights)]])
