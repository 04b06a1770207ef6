#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""`frontdesk check` against the simulated Autotask and QuickBooks: worlds with planted discrepancies, in which every one must be found
and nothing else; formats, exit codes, words for what is missing."""
import csv
import io
import json
import os
import re
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from console import expect, frontdesk, on_terminal  # noqa: E402
from firm import Firm  # noqa: E402
from planter import Planter  # noqa: E402
from sandbox import WORLD  # noqa: E402
import tap  # noqa: E402


CLOCK = 1795651200  # 26 Nov 2026, a little after what the world of the fixtures holds


def run(firm, *words, **more):
    return frontdesk("check", *words, "-c", firm.conf, timeout=tap.PATIENCE, **more)


def report_of(firm, *words):
    answer = run(firm, *words, "--format", "json")
    tap.check(answer.code in (0, 1), answer)
    report = json.loads(answer.out)
    tap.check(answer.code == (report["errors"] > 0), answer)
    return report


def found(report):
    return [(f["kind"], tuple(sorted("%s %s" % (e["what"], e["id"]) for e in f["evidence"]))) for f in report["findings"]]


def compare(check, expected, report):
    got = found(report)
    missing, extra = expected - set(got), set(got) - expected
    tap.check(len(got) == len(set(got)), "a finding is there twice in check %s" % check)
    tap.check(not missing and not extra, "check %s of %d expected: missing %d: %s; extra %d: %s" % (
        check, len(expected), len(missing), sorted(missing)[:8], len(extra), sorted(extra)[:8]))


def every_plant_is_found(planter, kinds=(), **firm):
    with Firm(planter.world(WORLD), **firm) as books:
        for check, expected in planter.found.items():
            compare(check, expected, report_of(books, check))
        told = {kind for check in planter.found.values() for kind, _ in check}
        tap.check(set(kinds) <= told, "not planted: %s" % (set(kinds) - told))


MAPPING = {"item-is-category", "item-inactive", "item-account-inactive", "item-no-account", "name-forbidden", "name-too-long", "item-near",
           "item-missing", "item-and-category", "item-no-quantity", "item-case", "item-type", "item-account-type", "items-alike",
           "codes-alike", "item-only-quickbooks"}
OTHERS = {"account-differs", "account-missing", "account-inactive", "account-type", "code-no-account", "term-inactive", "term-missing",
          "term-overrides-own", "template-sends-term", "customer-no-term", "company-own-template", "sync-error", "sync-due", "sync-too-old",
          "invoice-negative", "number-twice"}


def small_world():
    every_plant_is_found(Planter(1).fill(1, 0), MAPPING | OTHERS | {"codes-same"})


def world_by_number():
    planter = Planter(2, by_number=True).fill(3, 60)
    every_plant_is_found(planter, MAPPING | OTHERS | {"number-empty", "number-double"}, more='match_items_by = "external-number"; ')


def large_world():
    """5,000 codes and as many items."""
    planter = Planter(int(os.environ.get("FRONTDESK_SEED", "20261126"))).fill(40, 5000)
    every_plant_is_found(planter, MAPPING | OTHERS)


def planted_invoices():
    planter = Planter(10).fill(0, 20)
    known = planter.plant_invoices()
    with Firm(planter.world(WORLD)) as books:
        for number, expected in known:
            compare("invoice %d" % number, expected, report_of(books, "invoice", str(number)))


def all_in_one():
    planter = Planter(3).fill(2, 80)
    with Firm(planter.world(WORLD)) as books:
        compare("all", planter.found["mapping"] | planter.found["accounts"] | planter.found["terms"] | planter.found["sync"],
                report_of(books, "all"))


def nothing_to_find():
    planter = Planter(4)
    for _ in range(20):
        planter.agree()
    with Firm(planter.world(WORLD)) as books:
        expect(0, run(books, "mapping"), "^Every name that Autotask sends has its item in QuickBooks.$",
               r"^20 names of Autotask against 20 items of QuickBooks\.$")


def formats():
    planter = Planter(5).fill(1, 30)
    with Firm(planter.world(WORLD)) as books:
        text = expect(1, run(books, "mapping"), "findings can make invoices fail", "^ERROR  ", "^NOTE  ", "Nothing was changed")
        html = expect(1, run(books, "mapping", "--format", "html"), "^<!DOCTYPE html>", "findings can make invoices fail")
        table = expect(1, run(books, "mapping", "--format", "csv"))
        tap.check("<html" in html.out and "{{" not in html.out + text.out, html)
        tap.check(table.out.startswith("\ufeff\"Severity\","), table.out[:40])
        rows = list(csv.reader(io.StringIO(table.out[1:])))
        tap.check(len(rows) == len(planter.found["mapping"]) + 1 and {len(row) for row in rows} == {10}, table.out)
        tap.check([row[0] for row in rows[1:]] == sorted((row[0] for row in rows[1:]), key=["error", "warning", "note"].index), rows)


def the_same_again():
    """Byte by byte, but for the time, in every form of every check."""
    when = re.compile(r"\d\d? \w{3} \d\d:\d\d:\d\d|\"made\":\"[^\"]*\"")
    planter = Planter(5).fill(2, 100)
    with Firm(planter.world(WORLD)) as books:
        for check in ("mapping", "accounts", "terms", "sync", "all"):
            for form in ("text", "html", "csv", "json"):
                first, again = (run(books, check, "--format", form).out for _ in range(2))
                tap.check(len(first) > 500 and when.sub("", first) == when.sub("", again), "check %s as %s differs" % (check, form))
                tap.check(form != "csv" or first == again, "a table has no time")


def misuse():
    with Firm() as books:
        expect(64, run(books), errors=["say what to check", "usage: frontdesk check"])
        expect(64, run(books, "maping"), errors=['no check "maping"; did you mean "mapping"'])
        expect(64, run(books, "mapping", "twice"), errors=["check mapping takes nothing behind it"])
        expect(64, run(books, "mapping", "--format", "xml"), errors=["--format xml: allowed are text, html, csv and json"])
        expect(0, frontdesk("check", "--help"), "mapping ", "accounts ", "terms ", "changes nothing")


def settings_are_missing():
    with Firm(integration="qbd") as books:
        books.integration = ""
        books.settings()
        expect(78, run(books, "mapping"), errors=["firm.integration is missing"])


def desktop():
    planter = Planter(6)
    code, _ = planter.agree()
    long = planter.code("Tech~" + "x" * 32)
    with Firm(planter.world(WORLD), integration="qbd") as books:
        report = report_of(books, "mapping")
        tap.check(found(report) == [("level-too-long", ("work type %d" % long["id"],))], report)
        tap.check("QuickBooks Desktop cannot be read" in report["unseen"][0], report)
        tap.check(not [row for row in books.sandbox.log() if "/v3/company" in row["path"]], "QuickBooks was asked")


def hidden_rows():
    """What the API user may not see is said, and makes no finding."""
    planter = Planter(8)
    planter.agree()
    planter.only_quickbooks()
    with Firm(planter.world(WORLD)) as books:
        compare("mapping", planter.found["mapping"], report_of(books, "mapping"))
        books.sandbox.faults([dict(action="status", status=500, path="BillingCodes/query",
                                   body=json.dumps({"errors": ["The logged in Resource does not have the adequate permissions to query this "
                                                               "entity type."]}))])
        report = report_of(books, "mapping")
        tap.check(not report["findings"] and "may not read billing codes" in report["unseen"][0], report)


def progress_on_a_terminal():
    with Firm(Planter(9).fill(1, 30).world(WORLD)) as books:
        books.sandbox.faults([dict(action="delay_before", ms=1800, path="v3/company/*", nth=2)])
        code, seen = on_terminal("check", "mapping", "-c", books.conf)
        tap.check(code == 1 and re.search(r"reading Autotask and QuickBooks|read: .*\d+ (items|accounts|billing codes)", seen), seen)


def one_name():
    with Firm() as books:
        answer = expect(0, run(books, "item", "Remote", "Support"), '"Remote Support"', "In Autotask", "work type, active", "In QuickBooks",
                        "Service, active; income account Services")
        tap.check("Consulting" not in answer.out, answer)
        expect(0, run(books, "item", "Remote Suport"), 'Neither system has "Remote Suport"; there is "Remote Support"')
        expect(0, run(books, "customer", "Acme Dental"), '"Acme Dental"')
        expect(64, run(books, "item"), errors=["check item needs NAME behind it"])


def one_invoice():
    with Firm() as books:
        expect(0, run(books, "invoice", "1042"), "^Invoice 1042 for Acme Dental is in QuickBooks; 1 thing", "Found by its number: id 9001",
               "QuickBooks has this number more than once", "txnId=145", "txnId=147")
        expect(1, run(books, "invoice", "9002"), "^Invoice id 9002 for Acme Dental cannot go over", "found by its id: 9002",
               "The last transfer of the invoice failed", "The work type of a time entry is empty", "ticket T20261101.0001",
               "Code=EditTimeEntry&WorkEntryID=8002", "Code=OpenTicketDetail&TicketID=40001")
        expect(0, run(books, "invoice", "424242"), "^Autotask shows no invoice with the number or the id 424242.$")
        expect(64, run(books, "invoice"), errors=["check invoice needs N behind it"])


def the_sync():
    now = {"FRONTDESK_CLOCK_SHIFT_MS": str(int((CLOCK - time.time()) * 1000))}
    with Firm() as books:
        expect(1, run(books, "sync", env=now), "^1 invoice did not go over, the oldest of 2026-11-10.$", r"Acme Dental \(invoice 9002\)",
               "^NOTE  Due to go over", r"Acme Dental \(invoice 9003\)", "looks back 14 days")
        late = {"FRONTDESK_CLOCK_SHIFT_MS": str(int((CLOCK - time.time() + 30 * 86400) * 1000))}
        answer = expect(1, run(books, "sync", env=late), "^2 invoices did not go over", "Never transferred, and older")
        tap.check("Due to go over" not in answer.out and "9004" not in answer.out, answer)


def nothing_is_written():
    with Firm(Planter(7).fill(1, 30).world(WORLD)) as books:
        run(books, "all")
        for row in books.sandbox.log():
            tap.check(row["method"] == "GET" or row["path"].split("?")[0].endswith(("/query", "/bearer")), row)


CODE_FIELDS = {"id", "name", "externalNumber", "generalLedgerAccount", "useType", "billingCodeType", "isActive", "taxCategoryID"}


def no_call_too_many():
    """The zone is asked for once, whatever runs side by side, and nothing that this check does not need."""
    with Firm(Planter(7).fill(1, 30).world(WORLD)) as books:
        for check, entities in (("mapping", {"BillingCodes"}), ("terms", {"PaymentTerms", "InvoiceTemplates", "Companies"})):
            begun = len(books.sandbox.log())
            run(books, check)
            paths = [row["path"] for row in books.sandbox.log()[begun:]]
            tap.check(sum(path.endswith("zoneInformation") for path in paths) == 1, paths)
            told = [path.split("/")[3] for path in paths if path.endswith("/entityInformation")]
            tap.check(sorted(told) == sorted(entities), told)
            pages = [json.loads(row["body"]) for row in books.sandbox.log()[begun:] if row["path"].endswith("BillingCodes/query")]
            tap.check(all(set(page["IncludeFields"]) == CODE_FIELDS for page in pages), pages)


def most_at_once(rows):
    """How many of these calls were in work at one moment."""
    moments = sorted([(row["mono_us"], 1) for row in rows] + [(row["done_us"], -1) for row in rows])
    busy = most = 0
    for _, change in moments:
        busy += change
        most = max(most, busy)
    return most


def side_by_side():
    """Both systems at one time, pages of QuickBooks four at a time, never more than two calls to a table of Autotask."""
    planter = Planter(7).fill(1, 700)
    for _ in range(4500):
        planter.only_quickbooks()
    with Firm(planter.world(WORLD)) as books:
        books.sandbox.settings(latency_ms=300)
        begun = len(books.sandbox.log())
        compare("mapping", planter.found["mapping"], report_of(books, "mapping"))
        rows = books.sandbox.log()[begun:]
        quickbooks = [row for row in rows if "/v3/company" in row["path"]]
        codes = [row for row in rows if "BillingCodes" in row["path"]]
        tap.check(most_at_once(quickbooks) in (3, 4), "%d calls to QuickBooks at once" % most_at_once(quickbooks))
        tap.check(most_at_once(codes) <= 2, "%d calls to BillingCodes at once" % most_at_once(codes))
        tap.check(any(a["mono_us"] < b["done_us"] and b["mono_us"] < a["done_us"] for a in quickbooks for b in codes), "one system after the other")


def systems_that_fail():
    with Firm() as books:
        books.sandbox.faults([dict(action="status", status=500, path="v3/company/*/query")])
        answer = run(books, "mapping")
        tap.check(answer.code not in (0, 1) and not answer.out and "QuickBooks" in answer.errors, answer)
        books.sandbox.faults([])
        tap.check(run(books, "mapping").code in (0, 1), "it does not recover")


if __name__ == "__main__":
    tap.run([(test.__name__.replace("_", " "), test) for test in (
        small_world, world_by_number, large_world, planted_invoices, all_in_one, nothing_to_find, formats, the_same_again, misuse, settings_are_missing, desktop,
        one_name, one_invoice, the_sync, hidden_rows, progress_on_a_terminal, nothing_is_written, no_call_too_many, side_by_side,
        systems_that_fail)])
