#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Confirming errors of the sync: each rule that names a check has a world in which it is so and one in which it is not, and says which
records prove it; several invoices, none named, outages, Desktop."""
import concurrent.futures
import json
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from console import frontdesk  # noqa: E402
from errorworlds import CASES, DONE, ERROR, NUMBER, World, both, fault, new, nothing, row  # noqa: E402
from firm import Firm  # noqa: E402
from sandbox import BUILD, ROOT, WORLD  # noqa: E402
import tap  # noqa: E402

CHILD = os.path.join(BUILD, "tests", "unit", "confirm_child")


def rules():
    return json.loads(subprocess.run([CHILD, "--rules", os.path.join(ROOT, "templates")], stdout=subprocess.PIPE, check=True).stdout)


def ask(firm, *errors):
    """`errors`: (rule, parameters), of one mail. A value may be a list."""
    words = []
    for rule, values in errors:
        words += ["--"] * bool(words) + [rule]
        for name, value in values.items():
            words += ["%s=%s" % (name, each) for each in (value if isinstance(value, list) else [value])]
    answer = subprocess.run([CHILD, firm.conf, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=tap.PATIENCE)
    tap.check(answer.returncode == 0, answer)
    answers = json.loads(answer.stdout)
    for each in answers:
        tap.check(each["json"] == "" and each["json_others"] == "" and each["said"], each)
    return answers


class At:
    """A firm whose world was changed."""

    def __init__(self, change=nothing, integration="qbo-app"):
        self.world = World()
        change(self.world)
        self.firm = Firm(self.world.file(WORLD), integration=integration)

    def __enter__(self):
        self.firm.__enter__()
        if self.world.settings:
            self.firm.sandbox.settings(**self.world.settings)
        if self.world.faults:
            self.firm.sandbox.faults(self.world.faults)
        return self.firm

    def __exit__(self, *what):
        self.firm.__exit__(*what)


def wording(rule):
    """The error as it was seen first, of the rule's own file."""
    with open(os.path.join(ROOT, "templates", "en", "diagnose", rule + ".conf"), encoding="utf-8") as source:
        found = re.search(r'^seen\s*=\s*\[\s*("(?:[^"\\]|\\.)*")', source.read(), re.M)
    return json.loads(found.group(1)) if found else None


def by_mail(firm, rule):
    """The same by `frontdesk diagnose`, of a text that names the invoice: what the daemon's letter is made of."""
    text = "Invoice ID: %s\nReason: QuickBooks: There was an error. %s\n" % (ERROR, wording(rule))
    answer = frontdesk("diagnose", "--json", "-c", firm.conf, stdin=text.encode(), timeout=tap.PATIENCE)
    tap.check(answer.code == 0, answer)
    found = [(e["id"], e["verdict"]) for e in json.loads(answer.out)["errors"]]
    tap.check((rule, "confirmed") in found, "%s: %s of %s" % (rule, found, text))


def evidence(answer):
    return {e for f in answer["findings"] for e in f["evidence"]}


def confirms(rule):
    case = CASES[rule]
    with At(case.confirm, case.integration) as firm:
        answer = ask(firm, (rule, case.values))[0]
        what = "%s: %s" % (rule, json.dumps(answer))
        tap.check(answer["verdict"] == "confirmed" and answer["findings"], what)
        tap.check(set(case.evidence) <= evidence(answer), what)
        tap.check(case.kind is None or case.kind in [f["kind"] for f in answer["findings"]], what)
        tap.check(all(look["verdict"] == "confirmed" and look["findings"] for look in answer["looks"]), what)
        if case.values == {"invoice_id": ERROR} and wording(rule):
            by_mail(firm, rule)


def is_refuted(rule, answer):
    what = "%s: %s" % (rule, json.dumps(answer))
    tap.check(answer["id"] == rule and answer["verdict"] == CASES[rule].refuted, what)
    tap.check(bool(answer["findings"]) == (answer["verdict"] == "solved"), what)
    tap.check(answer["verdict"] != "unchecked" or answer["why"], what)


def refutes(rule):
    case = CASES[rule]
    with At(case.refute, case.integration) as firm:
        is_refuted(rule, ask(firm, (rule, case.refuted_values))[0])


def base_refutes(rules_of, integration):
    """In books that agree: several errors a mail, as many as it may have."""
    with At(integration=integration) as firm:
        for first in range(0, len(rules_of), 8):
            some = rules_of[first:first + 8]
            for rule, answer in zip(some, ask(firm, *[(rule, CASES[rule].refuted_values) for rule in some])):
                is_refuted(rule, answer)


def every_rule_has_its_worlds():
    for rule in rules():
        if rule["check"]:
            tap.check(rule["confirmed_by"], "%s: nothing confirms it" % rule["id"])
            tap.check(rule["id"] in CASES, "%s: there is no world that confirms and none that refutes it" % rule["id"])
        else:
            tap.check(rule["unconfirmable"], "%s has neither a check nor a reason why no system can tell" % rule["id"])
    known = {rule["id"] for rule in rules() if rule["check"]}
    tap.check(set(CASES) <= known, "worlds of no rule: %s" % sorted(set(CASES) - known))


def told(tests):
    """Runs all, four at a time: they mostly wait for QuickBooks' ten calls a second. What is wrong is told at the end."""
    wrong = []

    def run(test, *arguments):
        try:
            test(*arguments)
        except AssertionError as error:
            wrong.append("%s %s" % (test.__name__, str(error)[:1500]))
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        for each in [pool.submit(run, *test) for test in tests]:
            each.result()
    tap.check(not wrong, "%d wrong:\n%s" % (len(wrong), "\n".join(wrong)))


def worlds_that_confirm():
    told([(confirms, rule) for rule in sorted(CASES)])


def worlds_that_refute():
    base = [rule for rule in sorted(CASES) if CASES[rule].refute is nothing]
    told([(base_refutes, [rule for rule in base if CASES[rule].integration == kind], kind) for kind in ("qbo-app", "qbd")] +
         [(refutes, rule) for rule in sorted(CASES) if CASES[rule].refute is not nothing])


# --- several, and none ---

def three_in_error(w):
    """Two of them on a category, one of another organization."""
    row("item 2", Type="Category", IncomeAccountRef=None)(w)
    w.add("Invoices", **{**w.autotask["invoice"][1], "id": 9002, "createDateTime": "2026-01-05T18:00:00Z"})
    w.add("BillingItems", **{**w.autotask["line 2"][1], "id": 70020, "invoiceID": 9002})
    w.add("Companies", **{**w.autotask["company"][1], "id": 101, "companyName": "Pier Books"})
    w.add("Invoices", **{**w.autotask["invoice"][1], "id": 9003, "companyID": 101, "createDateTime": "2026-01-06T18:00:00Z"})
    w.add("BillingItems", **{**w.autotask["line"][1], "id": 70030, "invoiceID": 9003})


def several_invoices_one_answer():
    with At(three_in_error) as firm:
        answer, = ask(firm, ("qbo-item-is-category", {"invoice_id": ["9000", "9002", "9003", "424242"]}))
        tap.check([(look["id"], look["verdict"]) for look in answer["looks"]] == [
            ("9000", "confirmed"), ("9002", "confirmed"), ("9003", "refuted"), ("", "unchecked")], answer)
        tap.check(answer["verdict"] == "confirmed" and len(answer["findings"]) == 1, answer)
        lines = answer["findings"][0]["facts"]["lines"]
        tap.check(lines == '2: "Toner" 100.00 (id 9000); 1: "Toner" 100.00 (id 9002)', lines)
        tap.check(answer["said"] == "Confirmed for 2 of 4: id 9000, id 9002.", answer)
        tap.check("diagnosis-no-invoice" in answer["sentences"], answer)


def no_invoice_named():
    """Those in ERROR are looked at, newest first; of the organization that is named."""
    with At(three_in_error) as firm:
        answer, = ask(firm, ("qbo-item-is-category", {}))
        tap.check(answer["searched"] and answer["in_error"] == 3 and answer["verdict"] == "confirmed", answer)
        tap.check([(look["id"], look["verdict"]) for look in answer["looks"]] == [
            ("9000", "confirmed"), ("9003", "refuted"), ("9002", "confirmed")], answer)
        answer, = ask(firm, ("qbo-item-is-category", {"customer_name": "Pier Books"}))
        tap.check([look["id"] for look in answer["looks"]] == ["9003"] and answer["verdict"] == "refuted", answer)
        answer, = ask(firm, ("qbo-item-is-category", {"customer_name": "Nobody"}))
        tap.check((answer["verdict"], answer["why"], answer["looks"]) == ("unchecked", "diagnosis-none-in-error", []), answer)
        # what came over wrongly does not stand in ERROR: only the sender knows which one it is
        answer, = ask(firm, ("at-zero-amount-line", {}))
        tap.check((answer["why"], answer["searched"]) == ("diagnosis-no-record", False), answer)


def many_in_error(w):
    for i in range(30):
        w.add("Invoices", **{**w.autotask["invoice"][1], "id": 9100 + i, "createDateTime": "2026-01-05T18:00:%02dZ" % i})


def twenty_at_most():
    with At(many_in_error) as firm:
        firm.sandbox.log()
        answer, = ask(firm, ("negative-invoice-total", {}))
        calls = len(firm.sandbox.log())
        tap.check(len(answer["looks"]) == 20 and answer["in_error"] == 31, answer)
        tap.check((answer["verdict"], answer["why"]) == ("unchecked", "diagnosis-more-in-error"), answer)
        tap.check(answer["looks"][0]["id"] == "9000" and answer["looks"][1]["id"] == "9129", answer)
        tap.check(calls < 20 * 22 + 30, "%d calls" % calls)
        numbers = [str(n) for n in range(500000, 500049)]
        answer, = ask(firm, ("negative-invoice-total", {"invoice_number": numbers}))
        tap.check(len(answer["looks"]) == 20 and answer["more_looks"] == 29 and answer["verdict"] == "unchecked", answer)


def one_reading_for_a_mail():
    def lists(firm):
        return len([r for r in firm.sandbox.log() if "FROM%20Item" in r["query"] or r["path"].endswith("BillingCodes/query")])
    with At() as firm:
        errors = [("qbo-item-is-category", {"invoice_id": ERROR}), ("qbo-record-inactive", {"invoice_id": ERROR}),
                  ("qbo-customer-deleted", {"invoice_id": [ERROR, DONE]})]
        before = len(firm.sandbox.log())
        ask(firm, errors[0])
        one = len(firm.sandbox.log()) - before
        before = len(firm.sandbox.log())
        tap.check(lists(firm) == 2, firm.sandbox.log())
        ask(firm, errors[0], errors[1])
        two = len(firm.sandbox.log()) - before
        tap.check(two <= one + 1, "one error: %d calls; two of the same invoice: %d" % (one, two))
        before = len(firm.sandbox.log())
        ask(firm, *errors)
        three = len(firm.sandbox.log()) - before
        tap.check(three < one + 30 and lists(firm) == 6, "%d calls, %d lists" % (three, lists(firm)))


# --- solved ---

def already_solved():
    with At() as firm:
        answer, = ask(firm, ("qbo-item-is-category", {"invoice_number": NUMBER}))
        tap.check(answer["verdict"] == "solved" and answer["said"] == "This is already solved. In QuickBooks now: 10234.", answer)
    # solved although its reason is there still
    with At(row("item", Active=False)) as firm:
        answer, = ask(firm, ("qbo-record-inactive", {"invoice_number": NUMBER}))
        tap.check(answer["verdict"] == "solved" and [f["kind"] for f in answer["findings"]] == ["invoice-transferred"], answer)
        tap.check("QuickBooks Invoice 145" in evidence(answer), answer)


def arrived_after_all():
    """ERROR stands in Autotask, and QuickBooks has an invoice of the same customer, day and total."""
    def twin(w):
        w.add("Invoice", Id="151", DocNumber="778", CustomerRef={"value": "24", "name": "Harbor Cafe"}, TxnDate=w.day, TotalAmt=300,
              Balance=300, Line=[])

    def of_another(w):
        twin(w)
        w.add("Invoices", **{**w.autotask["done"][1], "id": 9007, "invoiceNumber": "778", "invoiceTotal": 300})
    with At(twin) as firm:
        answer, = ask(firm, ("qbo-item-is-category", {"invoice_id": ERROR}))
        tap.check(answer["verdict"] == "solved" and "Do not send it again" in answer["said"], answer)
        tap.check("QuickBooks Invoice 151" in evidence(answer), answer)
        answer, = ask(firm, ("qbo-duplicate-doc-number", {"invoice_id": ERROR, "doc_number": "778"}))
        tap.check(answer["verdict"] == "confirmed" and answer["findings"][0]["kind"] == "number-same-invoice", answer)
    with At(of_another) as firm:
        answer, = ask(firm, ("qbo-item-is-category", {"invoice_id": ERROR}))
        tap.check(answer["verdict"] == "refuted", answer)


# --- could not be checked ---

def outages():
    away = dict(action="status", status=503)
    for path, name in (("v3/company/*", "QuickBooks"), ("*Invoices/query", "Autotask")):
        with At(fault(**away, path=path)) as firm:
            answer, = ask(firm, ("qbo-item-is-category", {"invoice_id": ERROR}))
            tap.check((answer["verdict"], answer["why"], answer["later"]) == ("unchecked", "diagnosis-outage", True), answer)
            tap.check(answer["failure"] and answer["looks"][0]["verdict"] == "unchecked", answer)
            firm.sandbox.faults([])
            again, = ask(firm, ("qbo-item-is-category", {"invoice_id": ERROR}))
            tap.check(again["verdict"] == "refuted" and again["mark"] != answer["mark"], again)
    with At(fault(**away, path="*Invoices/query")) as firm:
        answer, = ask(firm, ("qbo-item-is-category", {}))
        tap.check((answer["verdict"], answer["why"], answer["later"]) == ("unchecked", "diagnosis-outage", True), answer)


def an_outage_is_not_asked_twenty_times():
    with At(both(many_in_error, fault(action="status", status=503, path="v3/company/*"))) as firm:
        answer, = ask(firm, ("negative-invoice-total", {}))
        calls = len([r for r in firm.sandbox.log() if "/v3/company" in r["path"]])
        tap.check(len(answer["looks"]) == 20 and answer["later"] and calls < 40, "%d calls, %s" % (calls, answer))


def permissions():
    refused = json.dumps({"errors": ["The logged in Resource does not have the adequate permissions to query this entity type."]})
    with At(fault(action="status", status=500, path="*Invoices/query", body=refused)) as firm:
        answer, = ask(firm, ("negative-invoice-total", {"invoice_id": ERROR}))
        tap.check((answer["verdict"], answer["why"], answer["later"]) == ("unchecked", "diagnosis-denied", False), answer)
    with At(fault(action="status", status=500, path="*BillingCodes/query", body=refused)) as firm:
        answer, = ask(firm, ("qbo-item-is-category", {"invoice_id": ERROR}))
        tap.check((answer["verdict"], answer["why"]) == ("unchecked", "diagnosis-unseen"), answer)
    # what another error of the same mail reads does not matter for this one
    with At(fault(action="status", status=500, path="*Invoices/query", body=refused)) as firm:
        _, item = ask(firm, ("negative-invoice-total", {"invoice_id": ERROR}), ("at-item-missing", {"item_name": "Helpdesk Labor"}))
        tap.check(item["verdict"] == "refuted" and "unseen-denied" not in item["sentences"], item)
    # what is only told besides does not matter for another question
    with At(fault(action="status", status=500, path="*Contacts/query", body=refused)) as firm:
        item, email = ask(firm, ("qbo-item-is-category", {"invoice_id": ERROR}), ("qbo-email-invalid", {"invoice_id": ERROR}))
        tap.check(item["verdict"] == "refuted" and (email["verdict"], email["why"]) == ("unchecked", "diagnosis-unseen"), (item, email))


def a_code_that_is_hidden():
    with At() as firm:
        firm.sandbox.settings(hidden={"BillingCodes": [1004]})
        answer, = ask(firm, ("qbo-item-is-category", {"invoice_id": ERROR}))
        tap.check((answer["verdict"], answer["why"]) == ("unchecked", "diagnosis-unseen"), answer)


def a_closing_date_that_is_not_told():
    with At(lambda w: w.preferences["AccountingInfoPrefs"].pop("BookCloseDate")) as firm:
        answer, = ask(firm, ("qbo-closed-period", {"invoice_id": ERROR}))
        tap.check((answer["verdict"], answer["why"]) == ("unchecked", "diagnosis-unseen"), answer)


def no_rule_can_tell():
    with At() as firm:
        before = len(firm.sandbox.log())
        answer, = ask(firm, ("at-credentials", {}))
        tap.check((answer["verdict"], answer["why"]) == ("unchecked", "diagnosis-unconfirmable"), answer)
        tap.check(len(firm.sandbox.log()) == before, "somebody was asked")


# --- the records that are named ---

def numbers_and_ids():
    """A number may be an id; where both are named, the id finds what the number does not."""
    with At(row("invoice", invoiceTotal=-4)) as firm:
        for values in ({"invoice_number": "9000"}, {"invoice_number": "ERROR", "invoice_id": "9000"},
                       {"invoice_number": "55555", "invoice_id": "9000"}):
            answer, = ask(firm, ("negative-invoice-total", values))
            tap.check(answer["verdict"] == "confirmed" and answer["looks"][0]["id"] == "9000", answer)
        answer, = ask(firm, ("negative-invoice-total", {"invoice_number": "55555"}))
        tap.check((answer["verdict"], answer["why"]) == ("unchecked", "diagnosis-no-invoice"), answer)
    # an id that is another invoice's number
    with At(both(row("invoice", invoiceTotal=-4), row("done", invoiceNumber="9000"))) as firm:
        answer, = ask(firm, ("negative-invoice-total", {"invoice_id": "9000"}))
        tap.check(answer["looks"][0]["id"] == "9000" and answer["verdict"] == "confirmed", answer)


def only_what_is_named():
    """A fault of another item does not confirm an error about this one."""
    with At(row("item", Active=False)) as firm:
        answer, = ask(firm, ("qbo-record-inactive", {"invoice_id": ERROR, "item_name": "Spare Parts"}))
        tap.check(answer["verdict"] == "refuted" and [f["kind"] for f in answer["others"]] == ["item-inactive"], answer)
        answer, = ask(firm, ("qbo-record-inactive", {"invoice_id": ERROR, "item_name": "helpdesk labor"}))
        tap.check(answer["verdict"] == "confirmed", answer)


def hostile_values():
    long = "x" * 3000
    values = [(name, value) for value in ("'; DROP", "\\", "\"", "9" * 40, "-1", "0", long, "%s", "\u202e9000")
              for name in ("invoice_number", "invoice_id", "customer_name", "doc_number")]
    with At() as firm:
        for first in range(0, len(values), 8):
            for answer in ask(firm, *[("qbo-duplicate-doc-number", {name: value}) for name, value in values[first:first + 8]]):
                tap.check(answer["verdict"] in ("unchecked", "refuted"), answer)


# --- the seed's three cases ---

def category_clash():
    """Which line, both records, what else uses the code."""
    change = CASES["qbo-item-is-category"].confirm
    twin = new("Item", Id="560", Name="Spare Parts", FullyQualifiedName="Spare Parts:Spare Parts", Type="Service", Active=True,
               SubItem=True, Level=1, ParentRef={"value": "501", "name": "Spare Parts"}, IncomeAccountRef={"value": "79"})
    with At(change) as firm:
        finding = ask(firm, ("qbo-item-is-category", {"invoice_id": ERROR}))[0]["findings"][0]
        tap.check(finding["kind"] == "item-is-category" and finding["subject"] == "Spare Parts", finding)
        tap.check(finding["evidence"] == ["Autotask material code 1004", "QuickBooks category 501"], finding)
        tap.check(finding["facts"]["lines"] == '2: "Toner" 100.00' and finding["facts"]["users"] == 'product "Toner black"', finding)
    with At(both(change, twin)) as firm:
        finding = ask(firm, ("qbo-item-is-category", {"invoice_id": ERROR}))[0]["findings"][0]
        tap.check(finding["kind"] == "item-and-category" and finding["facts"]["other"] == "Spare Parts:Spare Parts", finding)
        tap.check(finding["evidence"] == ["Autotask material code 1004", "QuickBooks category 501", "QuickBooks item 560"], finding)


def quantity_not_allowed():
    """Desktop: which code maps to something like a discount, by Autotask's half."""
    with At(both(row("material", name="Loyalty Discount"), row("line 2", rate=-15, totalAmount=-15, quantity=1)), "qbd") as firm:
        finding, = ask(firm, ("qbd-quantity-not-allowed", {"invoice_id": ERROR}))[0]["findings"]
        tap.check(finding["facts"]["name"] == "Loyalty Discount" and finding["facts"]["amount"] == "-15.00", finding)
        tap.check(finding["facts"]["n"] == "1" and "Autotask material code 1004" in finding["evidence"], finding)
    with At(both(row("material", name="Loyalty Discount"), row("line 2", quantity=0)), "qbd") as firm:
        answer, = ask(firm, ("qbd-quantity-not-allowed", {"invoice_id": ERROR}))
        tap.check((answer["verdict"], answer["why"]) == ("unchecked", "diagnosis-desktop"), answer)


def zero_amount():
    """The work type is missing: time entry, ticket, technician. Other reasons are told apart."""
    gone = both(row("done line", billingCodeID=None, totalAmount=0, rate=0), row("entry", billingCodeID=None))
    with At(gone) as firm:
        answer, = ask(firm, ("at-zero-amount-line", {"invoice_number": NUMBER}))
        finding = answer["findings"][0]
        tap.check(finding["kind"] == "line-no-work-type", finding)
        facts = finding["facts"]
        tap.check((facts["ticket"], facts["technician"], facts["hours"]) == ("T20261101.0001", "Sarah Klein", "2.00"), finding)
        tap.check(finding["evidence"] == ["Autotask billing item 70010", "Autotask time entry 80000", "Autotask ticket 40001"], finding)
    others = {"line-non-billable": both(row("done line", totalAmount=0), row("entry", isNonBillable=True)),
              "line-contract": row("done line", totalAmount=0, contractID=77),
              "line-rate-zero": row("done line", totalAmount=0, rate=0)}
    for kind, change in others.items():
        with At(change) as firm:
            answer, = ask(firm, ("at-zero-amount-line", {"invoice_number": NUMBER}))
            tap.check(answer["verdict"] == "confirmed" and kind in [f["kind"] for f in answer["findings"]], answer)
    with At() as firm:
        answer, = ask(firm, ("at-zero-amount-line", {"invoice_number": NUMBER}))
        tap.check(answer["verdict"] == "refuted" and "seen-no-zero" in answer["sentences"], answer)


# --- checks that only a diagnosis has asked for so far ---

def who_has_the_name():
    """An employee in the way, and `check name`, for an error that does not say which list it means."""
    def change(w):
        CASES["qbo-duplicate-name"].confirm(w)
        vendor = next(key for key, (entity, _) in w.books.items() if entity == "Vendor")
        w.drop(vendor)
        w.add("Employee", Id="50", DisplayName="Harbor Cafe", Active=True)
    with At(change) as firm:
        answer, = ask(firm, ("qbo-duplicate-name-customer", {"invoice_id": ERROR}))
        tap.check(answer["verdict"] == "confirmed" and "QuickBooks employee 50" in evidence(answer), answer)
        said = frontdesk("check", "name", "Harbor", "Cafe", "-c", firm.conf, timeout=tap.PATIENCE)
        tap.check(said.code == 1 and "employee 50" in said.out and "Somebody else in QuickBooks" in said.out, said)


def connections():
    with At() as firm:
        said = frontdesk("check", "connection", "-c", firm.conf, timeout=tap.PATIENCE)
        tap.check(said.code == 0 and "Both systems answer" in said.out and "SUBSCRIBED" in said.out, said)
        firm.sandbox.settings(qb_wrong_keys=True)
        said = frontdesk("check", "connection", "-c", firm.conf, timeout=tap.PATIENCE)
        tap.check(said.code == 1 and "refuses frontdesk's own connection" in said.out, said)
        refused, = ask(firm, ("qbo-service-unavailable", {}))
        tap.check(refused["verdict"] == "refuted" and [f["kind"] for f in refused["others"]] == ["quickbooks-refused"], refused)
    with At(fault(action="status", status=503, path="v3/company/*")) as firm:
        said = frontdesk("check", "connection", "-c", firm.conf, timeout=tap.PATIENCE)
        tap.check(said.code == 1 and "QuickBooks does not answer" in said.out and "Autotask answers" in said.out, said)
    with At(lambda w: w.company["NameValue"][0].update(Value="RESTRICTED")) as firm:
        answer, = ask(firm, ("qbo-subscription-lapsed", {}))
        tap.check(answer["verdict"] == "refuted", answer)  # it can still be written to


TESTS = (every_rule_has_its_worlds, worlds_that_confirm, worlds_that_refute, several_invoices_one_answer, no_invoice_named,
         twenty_at_most, one_reading_for_a_mail, already_solved, arrived_after_all, outages, an_outage_is_not_asked_twenty_times,
         permissions, a_code_that_is_hidden, a_closing_date_that_is_not_told, no_rule_can_tell, numbers_and_ids, only_what_is_named,
         hostile_values, category_clash, quantity_not_allowed, zero_amount, who_has_the_name, connections)

if __name__ == "__main__":
    tap.run([(test.__name__.replace("_", " "), test) for test in TESTS])
