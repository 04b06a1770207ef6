#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the API user may not see in Autotask: Autotask leaves such rows out without a word. Each check says so, and tells nothing of them
as missing; what it may see is told as always."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from checks import compare, found, report_of  # noqa: E402
from firm import Firm  # noqa: E402
from planter import Planter  # noqa: E402
from sandbox import WORLD  # noqa: E402
import tap  # noqa: E402


def says(report, *texts):
    for text in texts:
        tap.check(any(text in line for line in report["unseen"]), "not said: %s: %r" % (text, report["unseen"]))


def without(expected, *rows):
    """Findings that need none of those rows of Autotask."""
    return {f for f in expected if not any(row in f[1] for row in rows)}


def kinds_of(report):
    return {kind for kind, _ in found(report)}


def some_codes():
    """The item of a hidden code is not told as one that Autotask does not know."""
    planter = Planter(8)
    hidden, _ = planter.agree()
    planter.agree()
    planter.missing()
    planter.only_quickbooks()
    with Firm(planter.world(WORLD)) as books:
        compare("mapping", planter.found["mapping"], report_of(books, "mapping"))
        books.sandbox.settings(hidden={"BillingCodes": [hidden["id"]]})
        report = report_of(books, "mapping")
        says(report, "may not see all billing codes in Autotask")
        compare("mapping", {f for f in planter.found["mapping"] if f[0] != "item-only-quickbooks"}, report)
        tap.check(report["compared"][0].startswith("2 names of Autotask"), report["compared"])
        says(report_of(books, "accounts"), "may not see all billing codes in Autotask")
        says(report_of(books, "all"), "may not see all billing codes in Autotask")


def no_codes(rules=None, word="may not read billing codes", **settings):
    def test():
        planter = Planter(8)
        planter.agree()
        planter.missing()
        planter.only_quickbooks()
        with Firm(planter.world(WORLD)) as books:
            books.sandbox.settings(**settings)
            books.sandbox.faults(rules or [])
            for check in ("mapping", "accounts"):
                report = report_of(books, check)
                says(report, word)
                tap.check(not report["findings"], report)
    return test


def services():
    """Configured, and hidden."""
    with Firm(Planter(8).world(WORLD), more='match_items_also = ["services", "products"]; ') as books:
        books.sandbox.settings(denied={"Services": ["query"]})
        report = report_of(books, "mapping")
        says(report, "may not read services")
        tap.check(len(report["unseen"]) == 1, report["unseen"])


def templates():
    planter = Planter(8)
    planter.plant_terms(2)
    own = [company for company in planter.companies if company["invoiceTemplateID"] == 1]
    with Firm(planter.world(WORLD)) as books:
        compare("terms", planter.found["terms"], report_of(books, "terms"))
        books.sandbox.settings(hidden={"InvoiceTemplates": [1]})
        report = report_of(books, "terms")
        says(report, "may not see all invoice templates", "template of their own that frontdesk's API user may not see: %d." % (len(own) + 1))
        compare("terms", without(planter.found["terms"], *("organization %d" % company["id"] for company in own)), report)


def names_of_terms():
    """Thirty templates send terms whose names are not shown: said once, with their number."""
    planter = Planter(8)
    for n in range(30):
        planter.template("Net %d" % n)
    world = planter.world(WORLD)
    world["picklists"]["InvoiceTemplates"]["paymentTerms"] = []
    world["entities"]["PaymentTerms"] = []
    with Firm(world) as books:
        for check in ("terms", "all"):
            report = report_of(books, check)
            says(report, 'whose name frontdesk cannot tell: 30, the first of them "Template 1"')
            tap.check(not kinds_of(report) & {"term-missing", "template-sends-term"}, report)


def companies():
    planter = Planter(8)
    planter.plant_terms(1)
    company = planter.companies[0]
    with Firm(planter.world(WORLD)) as books:
        tap.check(kinds_of(report_of(books, "customer", company["companyName"])) == {"name-in-autotask", "name-in-quickbooks"}, "not there")
        books.sandbox.settings(hidden={"Companies": [company["id"]]})
        report = report_of(books, "customer", company["companyName"])
        says(report, "may not see all companies")
        tap.check("customer-only-quickbooks" not in kinds_of(report), report)
        report = report_of(books, "terms")
        says(report, "may not see all companies")
        compare("terms", without(planter.found["terms"], "organization %d" % company["id"]), report)


def invoices():
    planter = Planter(8)
    planter.plant_sync(1)
    gone = planter.invoices[0]
    with Firm(planter.world(WORLD)) as books:
        compare("sync", planter.found["sync"], report_of(books, "sync"))
        books.sandbox.settings(hidden={"Invoices": [gone["id"]]})
        report = report_of(books, "sync")
        says(report, "may not see all invoices")
        compare("sync", without(planter.found["sync"], "invoice %d" % gone["id"]), report)
        report = report_of(books, "invoice", str(gone["id"]))
        says(report, "may not see all invoices")
        books.sandbox.settings(hidden={}, denied={"Invoices": ["query"]})
        for words in (("sync",), ("all",), ("invoice", str(gone["id"]))):
            report = report_of(books, *words)
            says(report, "may not read invoices")
            tap.check(not kinds_of(report) & {kind for kind, _ in planter.found["sync"]}, report)


def of_one_invoice():
    """Its organization, the code of a line, its lines, a time entry."""
    planter = Planter(10).fill(0, 20)
    known = dict(planter.plant_invoices())
    company = planter.companies[-1]["id"]
    code = next(line["billingCodeID"] for line in planter.lines if line["billingCodeID"])
    transferred = next(n for n, expected in known.items() if any(kind == "invoice-transferred" for kind, _ in expected))
    missing = next(n for n, expected in known.items() if any(kind == "item-missing" for kind, _ in expected))
    planter.entries[0]["ticketID"] = 40001
    work = next(n for n, expected in known.items() if any(kind == "line-no-work-type" for kind, _ in expected))
    gone = next(line["billingCodeID"] for line in planter.lines if line["invoiceID"] == missing)
    with Firm(planter.world(WORLD)) as books:
        books.sandbox.settings(hidden={"Companies": [company]})
        report = report_of(books, "invoice", str(transferred))
        compare("invoice %d" % transferred, known[transferred], report)  # not "the number is somebody else's"
        says(report, "organization of the invoice (id %d) is not shown" % company)
        books.sandbox.settings(hidden={"BillingCodes": [gone, code]})
        report = report_of(books, "invoice", str(missing))
        says(report, "Lines with a billing code that frontdesk's API user may not see: 1.")
        compare("invoice %d" % missing, {f for f in known[missing] if f[0] != "item-missing"}, report)
        books.sandbox.settings(hidden={"BillingItems": [line["id"] for line in planter.lines]})
        says(report_of(books, "invoice", str(missing)), "may not see all lines of invoices")
        for entity, words in (("BillingItems", "lines of invoices"), ("TimeEntries", "time entries"), ("Companies", "companies"),
                              ("Tickets", "time entries")):
            books.sandbox.settings(hidden={}, denied={entity: ["query"]})
            report = report_of(books, "invoice", str(work))
            says(report, "may not read " + words)
            tap.check("invoice-due" in kinds_of(report), report)


REFUSED = [dict(action="status", status=500, path="BillingCodes/query",
                errors="The logged in Resource does not have the adequate permissions to query this entity type.")]
NO_SUCH = [dict(action="status", status=404, path="BillingCodes/*", body='{"Message":"No HTTP resource was found"}')]

if __name__ == "__main__":
    tap.run([("some codes", some_codes), ("all codes", no_codes(REFUSED)), ("all codes, by flag", no_codes(denied={"BillingCodes": ["query"]})),
             ("a list that this Autotask does not have", no_codes(NO_SUCH, "does not give billing codes")), ("services", services),
             ("templates", templates), ("names of terms", names_of_terms), ("companies", companies), ("invoices", invoices), ("of one invoice", of_one_invoice)])
