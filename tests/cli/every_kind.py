#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""One of each kind of finding in a small world made by hand: what each check must say of it, with its severity and its proof, and nothing
else (recall and precision 100 %); every kind that the program knows is here. Also by external number, and for QuickBooks Desktop."""
import copy
import datetime
import json
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from checks import report_of  # noqa: E402
from firm import Firm  # noqa: E402
from sandbox import ROOT, WORLD  # noqa: E402
import tap  # noqa: E402

WORK, EXPENSE, INTERNAL, MATERIAL, SERVICE, MILESTONE = 1, 2, 3, 4, 5, 7
SALES, OTHER_SALES, NOWHERE, FORMER, COSTS, TRAVEL = 11, 12, 13, 14, 15, 16
LONG = "A name of an item that is as long as no item of QuickBooks Online can be, since it has one hundred and one signs"[:101]

# id, use, name, general ledger account
CODES = [
    (101, WORK, "Remote Labor", SALES), (102, WORK, "Emergency Labor", NOWHERE), (103, MATERIAL, "Hardware", SALES), (104, WORK, "Consulting", SALES),
    (105, SERVICE, "Old Hosting", SALES), (106, WORK, "REMOTE SUPPORT", SALES), (107, WORK, "After Hours", COSTS), (108, WORK, "On\u00a0Site", SALES),
    (109, WORK, "L\u0430bor", SALES), (110, MATERIAL, "Rebate", SALES), (111, MATERIAL, "Kit", SALES), (112, WORK, "No Account", SALES),
    (113, WORK, "Stock", SALES), (114, WORK, "Closed Sales", SALES), (115, WORK, "Backup", SALES), (116, WORK, "Travel", SALES),
    (117, MATERIAL, "Tra-vel", SALES), (118, WORK, "Support: Remote", SALES), (119, WORK, LONG, SALES), (120, WORK, "Training", SALES),
    (121, MATERIAL, "Training", SALES), (122, MILESTONE, "Go Live", FORMER), (123, EXPENSE, "Mileage", TRAVEL), (124, INTERNAL, "Holiday", None),
    (126, WORK, "Wiring", OTHER_SALES), (127, WORK, "Cabling", None)]
LEDGERS = {SALES: "Sales", OTHER_SALES: "Other Sales", NOWHERE: "Nowhere", FORMER: "Former", COSTS: "Costs", TRAVEL: "Travel Costs"}
SOLD = dict(Services=[(201, "Managed Backup"), (202, "Managed Firewall")], ServiceBundles=[(301, "All In")], Products=[(401, "Firewall 60F")])
# id, name, type, active
ACCOUNTS = [(30, "Sales", "Income", True), (31, "Goods", "Other Current Asset", True), (32, "Closed", "Income", False), (33, "Other Sales", "Income", True),
            (34, "Former", "Income", False), (35, "Costs", "Expense", True), (36, "Travel Costs", "Expense", True)]
# id, name, type, account, further members
ITEMS = [
    (501, "Remote Labor", "Service", 30, {}), (503, "Hardware", "Category", None, {}), (504, "Consulting", "Category", None, {}),
    (505, "Consulting", "Service", 30, dict(SubItem=True, Level=1, ParentRef={"value": "504"}, FullyQualifiedName="Consulting:Consulting")),
    (506, "Old Hosting (deleted)", "Service", 30, dict(Active=False)), (507, "Remote Support", "Service", 30, {}), (508, "After-Hours", "Service", 30, {}),
    (509, "On Site", "Service", 30, {}), (510, "Labor", "Service", 30, {}), (511, "Rebate", "Discount", None, {}), (512, "Kit", "Group", None, {}),
    (513, "No Account", "Service", None, {}), (514, "Stock", "NonInventory", 31, {}), (515, "Closed Sales", "Service", 32, {}),
    (516, "Backup", "Service", 30, {}), (517, "Back-up", "Service", 30, {}), (518, "Travel", "Service", 30, {}), (519, "Training", "Service", 30, {}),
    (520, "Gift Card", "Service", 30, {}), (521, "Managed Firewall", "Service", 30, {}), (522, "Wiring", "Service", 30, {}),
    (523, "Cabling", "Service", 30, {})]
TEMPLATES = {1: None, 2: "Net 30", 3: "Net 60 Days", 4: "Net 45"}
TERMS = [(1, "Net 30", True), (2, "Net 15", True), (3, "Net 60 days", True), (4, "Net 45", False)]
# id, name, template; a customer of that name has the id that follows and, maybe, a term
COMPANIES = [(51, "Acme Dental", 1), (52, "Bay Cafe", 1), (53, "Cedar Law", 2), (54, "Delta Air", 2), (55, "Echo Bar", 1), (56, "Fox Tools", 1),
             (57, "Gil Reed", 1), (58, "Harbor Inn", 1), (59, "Iris & Co.", 1), (60, "Jade: West", 1)]
CUSTOMERS = [(61, "Acme Dental", 1, True), (62, "Bay Cafe", None, True), (63, "Cedar Law", 2, True), (64, "Delta Air", 1, True),
             (68, "Harbor Inn (deleted)", None, False), (69, "Iris and Co", None, True), (70, "Kilo Kayaks", None, True)]
VENDORS, EMPLOYEES = [(71, "Fox Tools")], [(81, "Gil Reed")]
# id, number, days ago, total, further members, lines: (code, amount, time entry)
GOOD = [(101, 300, None)]
INVOICES = [
    (901, "", 3, 300, {}, GOOD), (902, "", 40, 300, {}, GOOD), (903, "ERROR", 5, 300, {}, GOOD), (904, "", 3, 300, dict(isVoided=True), GOOD),
    (905, "", 3, -3, {}, GOOD), (906, "A6", 3, 300, {}, GOOD), (907, "A7", 3, 300, {}, GOOD), (908, "A8", 3, 300, {}, GOOD), (909, "A9", 3, 300, {}, GOOD),
    (910, "A10", 3, 300, {}, GOOD), (911, "A11", 3, 300, {}, GOOD), (912, "A11", 3, 40, {}, GOOD), (926, "A26", 3, 300, {}, GOOD), (913, "", 3, 10, {}, [(None, 10, None)]),
    (914, "", 3, 0, {}, [(None, 0, 951)]), (915, "", 3, 0, {}, [(101, 0, None)]), (916, "", 3, 300, {}, [(102, 300, None)]),
    (917, "", 3, 300, dict(dated=70), GOOD), (918, "", 3, 300, dict(paymentTerm=6), GOOD), (919, "", 3, 300, dict(paymentTerm=5), GOOD),
    (920, "", 3, 300, dict(companyID=56), GOOD), (921, "", 3, 300, dict(companyID=58), GOOD), (922, "", 3, 300, dict(companyID=55), GOOD),
    (923, "", 3, 300, dict(companyID=59), GOOD), (924, "", 3, 300, dict(companyID=60), GOOD), (925, "", 3, 300, dict(companyID=57), GOOD)]
# id, number, customer, total, tax
TWINS = [(7007, "A7", "Acme Dental", 300, 0), (7008, "A8", "Acme Dental", 310, 10), (7009, "A9", "Somebody Else", 300, 0),
         (7010, "A10", "Acme Dental", 300, 0), (7011, "A10", "Acme Dental", 20, 0), (7012, "A11", "Acme Dental", 300, 0), (7026, "A26", "Acme Dental", 300, 5)]


def day(ago):
    return (datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=ago)).strftime("%Y-%m-%dT%H:%M:%SZ")


def code(number, use, name, ledger, external=""):
    return dict(id=number, name=name, description="", useType=use, billingCodeType=0, isActive=True, externalNumber=external, generalLedgerAccount=ledger)


def invoice(number, text, ago, total, more, _):
    more = dict(more)
    return {**dict(id=number, companyID=51, invoiceNumber=text, invoiceDateTime=day(more.pop("dated", ago)), createDateTime=day(ago), invoiceTotal=total,
                   totalTaxValue=0, isVoided=False, batchID=1, invoiceEditorTemplateID=1), **more}


def lines():
    """The first line of invoice 901 is 9010."""
    return [dict(id=number * 10 + n, invoiceID=number, companyID=51, billingItemType=1, subType=1, itemName="Line", description="", quantity=1,
                 rate=amount, totalAmount=amount, nonBillable=0, billingCodeID=of, timeEntryID=entry)
            for number, _, _, _, _, rows in INVOICES for n, (of, amount, entry) in enumerate(rows)]


def item(number, name, kind, account, more):
    row = dict(Id=str(number), Name=name, FullyQualifiedName=name, Type=kind, Active=True)
    if account:
        row["IncomeAccountRef"] = {"value": str(account)}
    return {**row, **more}


def party(number, name, term=None, active=True):
    row = dict(Id=str(number), DisplayName=name, Active=active)
    return {**row, "SalesTermRef": {"value": str(term)}} if term else row


def world(codes=None, items=None):
    with open(WORLD, encoding="utf-8") as source:
        base = copy.deepcopy(json.load(source))
    rows, books = base["entities"], base["quickbooks"]["entities"]
    terms = [term for term in TEMPLATES.values() if term]
    rows.update(
        BillingCodes=codes or [code(*row) for row in CODES], ContractMilestones=[],
        Invoices=[invoice(*row) for row in INVOICES], BillingItems=lines(), TicketCharges=[], ContractCharges=[],
        TimeEntries=[dict(id=951, resourceID=29680101, ticketID=40001, billingCodeID=None, roleID=29680201, hoursWorked=1, hoursToBill=1,
                          isNonBillable=False, dateWorked="2026-11-01")],
        PaymentTerms=[dict(id=n, name=term, description="", paymentDueInDays=30, isActive=True) for n, term in enumerate(terms, 1)],
        InvoiceTemplates=[dict(id=number, name="Template %d" % number, paymentTerms=terms.index(term) + 1 if term else None)
                          for number, term in TEMPLATES.items()],
        Companies=[row for row in rows["Companies"] if row["id"] == 0] + [
            dict(id=number, companyName=name, companyType=1, isActive=True, phone="1", ownerResourceID=29680105, invoiceTemplateID=template)
            for number, name, template in COMPANIES])
    for entity, sold in SOLD.items():
        rows[entity] = [dict(id=number, name=name, isActive=True) for number, name in sold]
    base["picklists"]["BillingCodes"]["generalLedgerAccount"] = [dict(value=value, label=label, isActive=True) for value, label in LEDGERS.items()]
    base["picklists"]["InvoiceTemplates"]["paymentTerms"] = [dict(value=n, label=term, isActive=True) for n, term in enumerate(terms, 1)]
    base["picklists"]["Invoices"]["paymentTerm"] = [dict(value=5, label="Net 45", isActive=True), dict(value=6, label="Net 90", isActive=True)]
    books.update(
        Account=[dict(Id=str(number), Name=name + ("" if active else " (deleted)"), FullyQualifiedName=name, AccountType=kind, Active=active)
                 for number, name, kind, active in ACCOUNTS],
        Item=[item(*row) for row in items or ITEMS], Term=[dict(Id=str(number), Name=name, Type="STANDARD", DueDays=30, Active=active) for number, name, active in TERMS],
        Customer=[party(*row) for row in CUSTOMERS], Vendor=[party(*row) for row in VENDORS], Employee=[party(*row) for row in EMPLOYEES], CreditMemo=[],
        Invoice=[dict(Id=str(number), DocNumber=text, TxnDate="2026-11-01", TotalAmt=total, Balance=total, CustomerRef={"value": "1", "name": customer},
                      Line=[], TxnTaxDetail={"TotalTax": tax}) for number, text, customer, total, tax in TWINS])
    base["quickbooks"]["Preferences"]["AccountingInfoPrefs"]["BookCloseDate"] = day(60)[:10]
    return base


def findings(text):
    """A line a finding: severity, kind, and the ids that prove it."""
    return {(severity, kind, tuple(sorted(proof.split(", ")))) for severity, kind, proof in
            (line.split(None, 2) for line in text.strip().splitlines())}


MAPPING = findings("""
    error item-missing work type 102
    error item-missing milestone code 122
    error item-missing expense category 123
    error item-missing service 201
    error item-missing bundle 301
    error item-missing product 401
    error item-is-category material code 103, category 503
    warning item-and-category work type 104, category 504, item 505
    error item-inactive service code 105, item 506
    warning item-case work type 106, item 507
    error item-near work type 107, item 508
    error item-near work type 108, item 509
    error item-near work type 109, item 510
    error item-near material code 117, item 518
    warning item-no-quantity item 511, material code 110
    warning item-type item 512, material code 111
    error item-no-account item 513, work type 112
    warning item-account-type item 514, work type 113, account 31
    error item-account-inactive item 515, work type 114, account 32
    warning items-alike item 516, item 517
    warning codes-alike work type 116, material code 117
    note codes-same work type 120, material code 121
    error name-forbidden work type 118
    error name-too-long work type 119
    note item-only-quickbooks item 517
    note item-only-quickbooks item 520""")
ACCOUNTS_FOUND = findings("""
    error item-no-account item 513, work type 112
    warning item-account-type item 514, work type 113, account 31
    error item-account-inactive item 515, work type 114, account 32
    warning account-differs work type 113, item 514, account 31
    warning account-differs work type 114, item 515, account 32
    warning account-differs work type 126, item 522, account 30
    warning account-missing general ledger account 13
    warning account-inactive general ledger account 14, account 34
    warning account-type general ledger account 15, account 35
    warning code-no-account work type 127""")
TERMS_FOUND = findings("""
    error term-missing invoice template 3
    error term-inactive invoice template 4, term 4
    warning template-sends-term invoice template 2
    warning template-sends-term invoice template 3
    warning template-sends-term invoice template 4
    warning customer-no-term organization 52, customer 62
    warning term-overrides-own organization 53, customer 63
    note company-own-template organization 54, customer 64""")
SYNC = findings("""
    error sync-error invoice 903
    error sync-too-old invoice 902
    error invoice-negative invoice 905
    warning number-twice invoice 911, invoice 912""") | {
        ("note", "sync-due", ("invoice %d" % n,)) for n in (901, 905, *range(913, 926))}
DUE = "\nnote invoice-due invoice %d"
MATCHES = "\nnote name-in-quickbooks organization 51, customer 61"


def of_invoice(number, text="", due=True, matches=True):
    return findings(text + (DUE % number if due else "") + (MATCHES if matches else ""))


ONE = {  # of each `check invoice`, `customer` and `item`
    "invoice 901": of_invoice(901),
    "invoice 902": of_invoice(902, "error invoice-too-old invoice 902", due=False),
    "invoice 903": of_invoice(903, "error invoice-error invoice 903", due=False),
    "invoice 904": of_invoice(904, "note invoice-voided invoice 904", due=False),
    "invoice 905": of_invoice(905, "error invoice-negative invoice 905"),
    "invoice A6": of_invoice(906, "warning invoice-not-there invoice 906", due=False),
    "invoice A7": of_invoice(907, "note invoice-transferred invoice 907, Invoice 7007", due=False, matches=False),
    "invoice A8": of_invoice(908, "warning total-differs invoice 908, Invoice 7008\nwarning tax-differs invoice 908, Invoice 7008", due=False, matches=False),
    "invoice A26": of_invoice(926, "warning tax-differs invoice 926, Invoice 7026\nnote invoice-transferred invoice 926, Invoice 7026", due=False, matches=False),
    "invoice A9": of_invoice(909, "error number-taken invoice 909, Invoice 7009\nwarning invoice-not-there invoice 909", due=False),
    "invoice A10": of_invoice(910, "warning number-twice-quickbooks Invoice 7010, Invoice 7011\nnote invoice-transferred invoice 910, Invoice 7010", due=False,
                              matches=False),
    "invoice A11": of_invoice(911, "warning number-twice invoice 911, invoice 912\nnote invoice-transferred invoice 911, Invoice 7012", due=False, matches=False),
    "invoice 913": of_invoice(913, "warning line-no-code billing item 9130"),
    "invoice 914": of_invoice(914, "error line-no-work-type billing item 9140, time entry 951, ticket 40001"),
    "invoice 915": of_invoice(915, "warning line-zero billing item 9150"),
    "invoice 916": of_invoice(916, "error item-missing work type 102"),
    "invoice 917": of_invoice(917, "error period-closed invoice 917"),
    "invoice 918": of_invoice(918, "error invoice-term invoice 918"),
    "invoice 919": of_invoice(919, "error invoice-term invoice 919"),
    "invoice 920": of_invoice(920, "error customer-blocked organization 56, vendor 71", matches=False),
    "invoice 921": of_invoice(921, "error customer-inactive organization 58, customer 68", matches=False),
    "invoice 922": of_invoice(922, "note customer-new organization 55", matches=False),
    "invoice 923": of_invoice(923, "warning customer-near organization 59, customer 69", matches=False),
    "invoice 924": of_invoice(924, "error customer-forbidden organization 60", matches=False),
    "invoice 925": of_invoice(925, "error customer-blocked organization 57, employee 81", matches=False),
    "customer Acme Dental": findings("note name-in-autotask organization 51" + MATCHES),
    "customer Echo Bar": findings("note name-in-autotask organization 55\nnote customer-new organization 55"),
    "customer Fox Tools": findings("note name-in-autotask organization 56\nerror customer-blocked organization 56, vendor 71"),
    "customer Gil Reed": findings("note name-in-autotask organization 57\nerror customer-blocked organization 57, employee 81"),
    "customer Harbor Inn": findings("note name-in-autotask organization 58\nerror customer-inactive organization 58, customer 68"),
    "customer Iris & Co.": findings("note name-in-autotask organization 59\nwarning customer-near organization 59, customer 69"),
    "customer Jade: West": findings("note name-in-autotask organization 60\nerror customer-forbidden organization 60"),
    "customer Kilo Kayaks": findings("note customer-only-quickbooks customer 70"),
    "customer Nobody": set(),
    "item Remote Labor": findings("note name-in-autotask work type 101\nnote name-in-quickbooks item 501"),
    "item After Hours": findings("note name-in-autotask work type 107\nnote name-in-quickbooks item 508\nerror item-near work type 107, item 508"),
    "item Hardware": findings("note name-in-autotask material code 103\nnote name-in-quickbooks category 503\n"
                              "error item-is-category material code 103, category 503"),
    "item Managed Backup": findings("error item-missing service 201"),
    "item Gift Card": findings("note name-in-quickbooks item 520\nnote item-only-quickbooks item 520"),
    "item Nothing": set(),
}
ONLINE = {"mapping": MAPPING, "accounts": ACCOUNTS_FOUND, "terms": TERMS_FOUND, "sync": SYNC, "all": MAPPING | ACCOUNTS_FOUND | TERMS_FOUND | SYNC, **ONE}

NUMBERED = [code(101, WORK, "Labor", SALES, "4010"), code(102, WORK, "Help", SALES, ""), code(103, WORK, "One", SALES, "4020"),
            code(104, MATERIAL, "Two", SALES, "4020")]
BY_NUMBER = {"mapping": findings("error number-empty work type 102\nwarning number-double work type 103, material code 104"),
             "item 4010": findings("note name-in-autotask work type 101\nnote name-in-quickbooks item 501")}

TILDES = [code(101, WORK, "Tech~On-Site Service~Non-Billable", SALES), code(102, WORK, "Tech~" + "x" * 32, SALES), code(103, WORK, "Tech: Labor", SALES),
          code(104, WORK, "On Site", SALES), code(105, MATERIAL, "On-Site", SALES), code(106, WORK, "Cabling", None)]
DESKTOP = {
    "mapping": findings("warning level-too-long work type 102\nerror name-forbidden work type 103\nwarning codes-alike work type 104, material code 105"),
    "accounts": findings("warning code-no-account work type 106"),
    "terms": findings("warning template-sends-term invoice template 2\nwarning template-sends-term invoice template 3\n"
                      "warning template-sends-term invoice template 4\nnote company-own-template organization 53\nnote company-own-template organization 54"),
    "sync": SYNC,
    "invoice 903": findings("error invoice-error invoice 903"),
    "invoice 914": findings("error line-no-work-type billing item 9140, time entry 951, ticket 40001\nnote invoice-due invoice 914"),
    "invoice A6": set(),
    "customer Jade: West": findings("note name-in-autotask organization 60\nerror customer-forbidden organization 60"),
    "customer Acme Dental": findings("note name-in-autotask organization 51"),
    "item On-Site": findings("note name-in-autotask work type 104\nnote name-in-autotask material code 105\n"
                             "warning codes-alike work type 104, material code 105"),
}


def proves(finding):
    return tuple(sorted("%s %s" % (e["what"], e["id"]) for e in finding["evidence"]))


def agree(books, check, expected, unseen=None):
    report = report_of(books, *check.split(" ", 1))
    got = [(f["severity"], f["kind"], proves(f)) for f in report["findings"]]
    missing, extra = expected - set(got), set(got) - expected
    tap.check(not missing and not extra and len(got) == len(set(got)), "check %s: missing %s; too many %s" % (check, sorted(missing), sorted(extra)))
    tap.check(len(report["verdict"]) == 1, report["verdict"])
    for finding in report["findings"]:
        tap.check(finding["title"] and (finding["severity"] == "note" or (finding["cause"] and finding["fix"])), finding)
        tap.check("{" not in json.dumps(finding["title"]) + finding["cause"], finding)
    tap.check(not unseen or any(unseen in line for line in report["unseen"]), "check %s does not say what it cannot see: %r" % (check, report["unseen"]))


def every(expected, unseen=None, **firm):
    def test():
        with Firm(**firm) as books:
            for check, wanted in expected.items():
                agree(books, check, wanted, unseen)
    return test


def every_kind_is_here():
    with open(os.path.join(ROOT, "src", "check", "check_private.h"), encoding="utf-8") as table:
        known = {(severity.lower(), kind) for kind, severity in re.findall(r'X\(\w+, "([\w-]+)", (\w+)\)', table.read())}
    here = {finding[:2] for checks in (ONLINE, BY_NUMBER, DESKTOP) for found in checks.values() for finding in found}
    tap.check(len(known) > 50 and known == here, "not here: %s; unknown: %s" % (sorted(known - here), sorted(here - known)))


if __name__ == "__main__":
    ALSO = 'match_items_also = ["services", "bundles", "products", "expenses"]; '
    NUMBER_ITEMS = [(501, "4010", "Service", 30, {}), (502, "4020", "Service", 30, {})]
    tap.run([("by name", every(ONLINE, world=world(), more=ALSO)),
             ("by external number", every(BY_NUMBER, world=world(NUMBERED, NUMBER_ITEMS), more='match_items_by = "external-number"; ')),
             ("QuickBooks Desktop", every(DESKTOP, "QuickBooks Desktop cannot be read", world=world(TILDES), integration="qbd")),
             ("every kind is here", every_kind_is_here)])
