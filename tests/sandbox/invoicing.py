#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The simulated Autotask's books: codes, services, terms, invoices and their lines, by their facts; and that the default world's
two halves agree."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from books import Books  # noqa: E402
from sandbox import Sandbox  # noqa: E402
import tap  # noqa: E402
from tap import check  # noqa: E402

ALL = dict(op="exist", field="id")
BOOKS = ("BillingCodes", "Services", "ServiceBundles", "Products", "ContractMilestones", "Invoices", "BillingItems", "InvoiceTemplates",
         "PaymentTerms", "TaxCategories", "TaxRegions", "Taxes", "TicketCharges", "ContractCharges", "TimeEntries")
EXPENSE, INTERNAL = 2, 3


def same(got, wanted):
    check(got == wanted, "%r instead of %r" % (got, wanted))


def f(field, op, value=None):
    return dict(field=field, op=op) if value is None else dict(field=field, op=op, value=value)


def every_list_is_there():
    for entity in BOOKS:
        got = BOX.query(entity, ALL)
        check(got.status == 200 and got.items, "%s: %r" % (entity, got))
        same(BOX.api("POST", entity + "/query/count", {"filter": [ALL]}).json, {"queryCount": len(got.items)})
        same(BOX.api("GET", "%s/%d" % (entity, got.ids[0])).json["item"]["id"], got.ids[0])


def what_can_be_written():
    flags = {e: BOX.api("GET", e + "/entityInformation").json["info"] for e in BOOKS}
    same({e for e in BOOKS if flags[e]["canCreate"]},
         {"Services", "ServiceBundles", "Products", "PaymentTerms", "TimeEntries"})
    same({e for e in BOOKS if flags[e]["canUpdate"]},
         {"Services", "ServiceBundles", "Products", "Invoices", "BillingItems", "PaymentTerms", "TimeEntries"})
    same({e for e in BOOKS if flags[e]["canDelete"]}, {"ServiceBundles", "TimeEntries"})
    check(BOX.api("POST", "BillingCodes", {"name": "x", "useType": 1}).status in (404, 405), "a code can be made")


def some_fields_fail_in_a_filter():
    for entity, fields in (("Invoices", ("dueDate", "taxRegionID")),
                           ("BillingItems", ("lineItemFullDescription", "lineItemGroupDescription"))):
        for field in fields:
            same(BOX.query(entity, f(field, "exist")).errors, ["Unable to find %s in the %s Entity" % (field, entity[:-1])])
    same(BOX.query("Invoices", f("id", "eq", 9001)).items[0]["dueDate"], "2026-10-31T00:00:00.000Z")


def invoices_by_state():
    for filters, ids in (([f("invoiceNumber", "eq", "1042")], [9001]), ([f("invoiceNumber", "beginsWith", "ERROR")], [9002]),
                         ([f("invoiceNumber", "notExist")], [9004]), ([f("invoiceNumber", "eq", "")], [9003]),
                         ([f("webServiceDate", "notExist")], [9002, 9003, 9004]), ([f("isVoided", "eq", True)], [9004]),
                         ([f("createDateTime", "gte", "2026-11-20T08:30:00Z")], [9003, 9004])):
        same((filters, BOX.query("Invoices", *filters).ids), (filters, ids))
    same(BOX.query("BillingItems", f("invoiceID", "eq", 9002)).ids, [9102, 9103])


def labels(entity, field):
    fields = BOX.api("GET", entity + "/entityInformation/fields").json["fields"]
    return {int(v["value"]): v["label"] for row in fields if row["name"] == field for v in row["picklistValues"]}


def labels_name_numbers():
    same(labels("BillingCodes", "generalLedgerAccount"), {12: "Services", 13: "Sales of Product Income", 14: "Old income"})
    same(labels("BillingCodes", "useType")[7], "Milestone Code")
    check(6 not in labels("BillingCodes", "useType"), "the number of milestone codes is not confirmed: tests must not rely on it")
    for entity, field in (("InvoiceTemplates", "paymentTerms"), ("Invoices", "paymentTerm")):
        same(labels(entity, field), {t["id"]: t["name"] for t in BOX.query("PaymentTerms", ALL).items})


def rows_are_silently_hidden():
    BOX.settings(hidden={"BillingCodes": [29680501], "Invoices": True}, denied={"Products": ["query"]}, costs=False)
    check(29680501 not in BOX.query("BillingCodes", ALL).ids, "it is shown")
    same(BOX.api("GET", "BillingCodes/entityInformation").json["info"]["userAccessForQuery"], "Restricted")
    same((BOX.query("Invoices", ALL).status, BOX.query("Invoices", ALL).ids), (200, []))
    check("adequate permissions" in BOX.query("Products", ALL).errors[0], "no refusal")
    same(BOX.api("GET", "Products/entityInformation").json["info"]["userAccessForQuery"], "None")
    same([s["unitCost"] for s in BOX.query("Services", ALL).items], [None, None])


def references_lead_somewhere():
    there = {e: set(BOX.query(e, ALL).ids) for e in BOOKS + ("Companies", "Tickets", "Contracts", "Roles")}
    for entity, field, other in (
            ("BillingItems", "invoiceID", "Invoices"), ("BillingItems", "billingCodeID", "BillingCodes"),
            ("BillingItems", "timeEntryID", "TimeEntries"), ("BillingItems", "ticketChargeID", "TicketCharges"),
            ("BillingItems", "ticketID", "Tickets"), ("Invoices", "companyID", "Companies"),
            ("Invoices", "invoiceEditorTemplateID", "InvoiceTemplates"), ("Companies", "invoiceTemplateID", "InvoiceTemplates"),
            ("Companies", "taxRegionID", "TaxRegions"), ("Services", "billingCodeID", "BillingCodes"),
            ("ServiceBundles", "billingCodeID", "BillingCodes"), ("Products", "productBillingCodeID", "BillingCodes"),
            ("ContractMilestones", "billingCodeID", "BillingCodes"), ("TimeEntries", "billingCodeID", "BillingCodes"),
            ("BillingCodes", "taxCategoryID", "TaxCategories"), ("ContractCharges", "contractID", "Contracts")):
        named = {row[field] for row in BOX.query(entity, ALL).items} - {None}
        check(named and named <= there[other], "%s.%s: %r is not in %s" % (entity, field, named - there[other], other))


def both_halves_agree():
    """What an invoice may hold has an item of its very name in QuickBooks, on the account that Autotask names."""
    items = {i["Name"]: i for i in QBO.rows("SELECT * FROM Item MAXRESULTS 1000") if i["Type"] != "Category"}
    ledgers = labels("BillingCodes", "generalLedgerAccount")
    codes = [c for c in BOX.query("BillingCodes", f("isActive", "eq", True)).items if c["useType"] not in (EXPENSE, INTERNAL)]
    check(len(codes) >= 5, codes)
    for code in codes:
        item = items.get(code["name"])
        check(item, "%s has no item" % code["name"])
        same((code["name"], item["IncomeAccountRef"]["name"]), (code["name"], ledgers[code["generalLedgerAccount"]]))
    for entity in ("Services", "ServiceBundles", "Products"):
        for row in BOX.query(entity, f("isActive", "eq", True)).items:
            check(row["name"] in items, "%s has no item" % row["name"])
    terms = {t["Name"] for t in QBO.rows("SELECT * FROM Term MAXRESULTS 1000")}
    for term in BOX.query("PaymentTerms", f("isActive", "eq", True)).items:
        check(term["name"] in terms, "%s has no term" % term["name"])


def clean(test):
    def run():
        BOX.reset()
        QBO.login()
        test()
    return run


if __name__ == "__main__":
    with Sandbox() as BOX:
        QBO = Books(BOX)
        tap.run([(name, clean(test)) for name, test in [
            ("every list is there", every_list_is_there), ("what can be written", what_can_be_written),
            ("some fields fail in a filter", some_fields_fail_in_a_filter), ("invoices by state", invoices_by_state),
            ("labels name numbers", labels_name_numbers), ("restricted: rows are silently hidden", rows_are_silently_hidden),
            ("references lead somewhere", references_lead_somewhere), ("both halves of the world agree", both_halves_agree)]])
