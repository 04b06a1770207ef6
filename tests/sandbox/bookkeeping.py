#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The simulated QuickBooks is what its facts say (quickbooks-online.md): consent and tokens, queries, single reads, faults."""
import concurrent.futures
import os
import re
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from books import CLIENT, REALM, REDIRECT, Books  # noqa: E402
from sandbox import Sandbox  # noqa: E402
import tap  # noqa: E402
from tap import check  # noqa: E402

DAY = 86400


def same(got, wanted):
    check(got == wanted, "%r instead of %r" % (got, wanted))


def refused(answer, error, status=400):
    same((answer.status, answer.json["error"]), (status, error))


def shift(seconds):
    BOX.settings(clock_shift_ms=int(seconds * 1000))


# --- consent ---------------------------------------------------------------------------------------------------------

def consent_redirects():
    got = BOOKS.consent()
    same(sorted(got), ["code", "realmId", "state"])
    same((got["state"], got["realmId"]), ("st 1&2", REALM))
    check(0 < len(got["code"]) <= 512, got["code"])
    same(BOOKS.consent(client_id="other").status, 400)
    same(BOOKS.consent(redirect_uri="https://evil.example/").status, 400)
    same(BOOKS.consent(state="").status, 400)
    same(BOOKS.consent(scope="openid")["error"], "invalid_scope")
    BOX.settings(qb_consent="access_denied")
    same(BOOKS.consent(), {"error": "access_denied", "state": "st 1&2"})


def codes_work_once():
    code = BOOKS.consent()["code"]
    refused(BOOKS.exchange(code, redirect="http://localhost:8000/cb"), "invalid_grant")
    got = BOOKS.exchange(code)
    same((got.status, got.json["token_type"], got.json["expires_in"], got.json["x_refresh_token_expires_in"]),
         (200, "bearer", 3600, 8726400))
    check("x_refresh_token_hard_expires_in" not in got.json, got)
    again = BOOKS.exchange(code)
    refused(again, "invalid_grant")
    same(again.json["error_description"], "Token invalid")
    code = BOOKS.consent()["code"]
    shift(301)
    refused(BOOKS.exchange(code), "invalid_grant")
    refused(BOOKS.exchange("nonsense"), "invalid_grant")


def clients_are_known():
    code = BOOKS.consent()["code"]
    refused(BOOKS.exchange(code, client=(CLIENT[0], "wrong")), "invalid_client", 401)
    refused(BOOKS.exchange(code, client=("wrong", CLIENT[1])), "invalid_client", 401)
    refused(BOOKS.exchange(code, headers={"Authorization": None}), "invalid_client", 401)
    refused(BOOKS.token(grant_type="password"), "unsupported_grant_type")
    refused(BOOKS.token(), "invalid_request")
    refused(BOOKS.exchange(code, headers={"Content-Type": "application/json"}), "invalid_request")
    same(BOOKS.exchange(code).status, 200)


def the_hard_end_is_told_when_asked():
    BOOKS.login()
    got = BOOKS.renew(headers={"x-include-refresh-token-hard-expires-in": "true"}).json
    same(got["x_refresh_token_hard_expires_in"], 157680000)
    shift(100 * DAY)
    got = BOOKS.renew(got["refresh_token"], headers={"x-include-refresh-token-hard-expires-in": "true"}).json
    check(abs(got["x_refresh_token_hard_expires_in"] - (157680000 - 100 * DAY)) < 5, got)


# --- refreshing ------------------------------------------------------------------------------------------------------

def refresh_rotates():
    BOOKS.login()
    first = BOOKS.refresh
    second = BOOKS.renew().json["refresh_token"]
    check(first != second, first)
    again = BOOKS.renew(first)
    refused(again, "invalid_grant")
    same(again.json["error_description"], "Incorrect or invalid refresh token")
    refused(BOOKS.renew(second), "invalid_grant")  # the whole connection ended
    same(BOOKS.tokens()["families"][0]["revoked"], True)


def reuse_may_be_forgiven():
    BOX.settings(qb_reuse_revokes=False)
    BOOKS.login()
    second = BOOKS.renew().json["refresh_token"]
    refused(BOOKS.renew(), "invalid_grant")
    same(BOOKS.renew(second).status, 200)


def the_old_one_may_live_on():
    BOX.settings(qb_old_lives_seconds=DAY)
    BOOKS.login()
    BOOKS.renew()
    same(BOOKS.renew().status, 200)
    shift(DAY + 10)
    refused(BOOKS.renew(), "invalid_grant")


def rotation_daily_and_never():
    BOX.settings(qb_rotation="daily")
    BOOKS.login()
    same(BOOKS.renew().json["refresh_token"], BOOKS.refresh)
    shift(DAY - 10)
    same(BOOKS.renew().json["refresh_token"], BOOKS.refresh)
    shift(DAY + 10)
    third = BOOKS.renew().json["refresh_token"]
    check(third != BOOKS.refresh, third)
    BOX.settings(qb_rotation="never")
    shift(90 * DAY)
    same(BOOKS.renew(third).json["refresh_token"], third)


def parallel_refresh():
    BOOKS.login()
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        codes = sorted(a.status for a in pool.map(lambda _: BOOKS.renew(), range(2)))
    same(codes, [200, 400])


def tokens_die():
    BOOKS.login()
    shift(100 * DAY)
    second = BOOKS.renew().json["refresh_token"]  # 101 days idle are allowed
    shift(202 * DAY)
    refused(BOOKS.renew(second), "invalid_grant")
    BOX.reset()
    BOX.settings(qb_hard_seconds=10 * DAY)
    BOOKS.login()
    shift(11 * DAY)
    refused(BOOKS.renew(), "invalid_grant")


def revoking():
    BOOKS.login()
    same(BOOKS.revoke(BOOKS.refresh, client=("x", "y")).status, 401)
    same(BOOKS.revoke("nonsense").status, 400)
    same(BOOKS.get("companyinfo/" + REALM).status, 200)
    same(BOOKS.revoke(BOOKS.access).status, 200)
    got = BOOKS.get("companyinfo/" + REALM)
    same((got.status, got.fault[2]), (401, "Token revoked"))
    refused(BOOKS.renew(), "invalid_grant")


# --- who may come in -------------------------------------------------------------------------------------------------

def bearer_is_needed():
    got = BOOKS.get("companyinfo/" + REALM, headers={"Authorization": None})
    same((got.status, got.fault), (401, ("3202", "message=EmptyField; errorCode=003202; statusCode=401", None, "AUTHENTICATION")))
    got = BOOKS.get("companyinfo/" + REALM)
    same((got.status, got.fault[0], got.fault[2]), (401, "3200", "Malformed bearer token: too short or too long"))
    same(sorted(got.json), ["fault", "intuitObject", "queryResponse", "time", "warnings"])
    check(isinstance(got.json["time"], (int, float)), got)
    BOOKS.login()
    shift(3601)
    got = BOOKS.get("companyinfo/" + REALM)
    same(got.fault[1:3], ("message=AuthenticationFailed; errorCode=003200; statusCode=401", "Token expired"))


def realm_is_its_own():
    BOOKS.login()
    got = BOOKS.get("companyinfo/123", realm="123")
    same((got.status, got.fault), (403, ("3100", "message=ApplicationAuthorizationFailed; errorCode=003100; statusCode=403", None, "SERVICE")))
    BOX.settings(qb_wrong_keys=True)
    same(BOOKS.get("companyinfo/" + REALM).status, 403)


def throttle():
    BOX.settings(qb_per_second=5)
    BOOKS.login()
    got = [BOOKS.get("preferences") for _ in range(6)]
    same([a.status for a in got], [200] * 5 + [429])
    check("<Error code=\"3001\">" in got[5].text and "errorCode=003001" in got[5].text, got[5])
    same(got[5].headers["Content-Type"], "application/xml")
    time.sleep(1.05)
    same(BOOKS.get("preferences").status, 200)
    BOX.settings(qb_per_second=0, qb_per_minute=8)
    same(BOOKS.get("preferences").status, 200)
    same(BOOKS.get("preferences").status, 429)


# --- reading ---------------------------------------------------------------------------------------------------------

def every_answer_is_marked():
    BOOKS.login()
    marks = set()
    for path in ("companyinfo/" + REALM, "preferences", "item/2", "item/999", "nonsense/1"):
        got = BOOKS.get(path)
        check(re.fullmatch(r"1-[0-9a-f]{8}-[0-9a-f]{24}", got.headers["intuit_tid"]), got.headers["intuit_tid"])
        check(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}-08:00", got.json["time"]), got.json["time"])
        same(got.headers["Content-Type"], "application/json;charset=UTF-8")
        marks.add(got.headers["intuit_tid"])
    same(len(marks), 5)


def single_reads():
    BOOKS.login()
    item = BOOKS.get("item/7").json["Item"]
    same((item["Name"], item["Type"], item["domain"], item["sparse"], item["SyncToken"]), ("Firewall 60F", "Inventory", "QBO", False, "0"))
    same(BOOKS.get("Item/8").json["Item"]["Active"], False)  # by Id also the inactive
    for entity in ("account/79", "customer/24", "term/3", "invoice/145", "creditmemo/160", "taxcode/TAX", "vendor/40", "employee/50"):
        same(BOOKS.get(entity).status, 200)
    got = BOOKS.get("item/999")
    same((got.status, got.fault[0], got.fault[1], got.fault[3]), (400, "610", "Object Not Found", "ValidationFault"))
    same(BOOKS.get("item/x1").fault[0], "2030")
    same(BOOKS.get("nonsense/1").fault[0], "2000")
    same(BOOKS.get("companyinfo/" + REALM).json["CompanyInfo"]["CompanyName"], "Northwind IT")
    same(BOOKS.get("preferences").json["Preferences"]["AccountingInfoPrefs"]["BookCloseDate"], "2026-09-30")


def nothing_is_written():
    BOOKS.login()
    for path in ("item", "invoice?operation=delete", "batch"):
        got = BOOKS.get(path, method="POST", body="{}", headers={"Content-Type": "application/json"})
        same((got.status, got.fault[0], got.fault[1]), (400, "500", "Unsupported Operation"))


def queries_get_and_post():
    BOOKS.login()
    same(BOOKS.ids("SELECT * FROM Term"), ["1", "3", "5"])  # implicit Active = true
    same(BOOKS.ids("select * from term where active in (true, false) orderby id", post=True), ["1", "3", "4", "5"])
    same(BOOKS.ids("SELECT * FROM Term WHERE Active = false"), ["4"])
    got = BOOKS.query("SELECT Id, Name FROM Item WHERE Id = '2'").json["QueryResponse"]
    same((got["startPosition"], got["maxResults"], got["Item"][0]["Type"]), (1, 1, "Service"))  # the whole record
    check("totalCount" not in got, got)
    same(BOOKS.query("SELECT * FROM Item WHERE Name = 'nothing'").json["QueryResponse"], {})
    same(BOOKS.query("SELECT COUNT(*) FROM Item").json["QueryResponse"], {"totalCount": 11})


def operators():
    BOOKS.login()
    every = "SELECT * FROM Item WHERE Active IN (true, false) AND "
    for condition, wanted in [
            ("Name = 'consulting'", ["4", "5"]), ("Name = 'O\\'Brien\\'s Setup & Care'", ["9"]),
            ("Name LIKE '%support'", ["2", "3"]), ("Name LIKE 'GERÄTE%'", []), ("Name LIKE 'Gerätemiete%'", ["10"]),
            ("Type = 'Category'", ["4", "6"]), ("Type IN ('Group','Inventory')", ["7", "12"]),
            ("UnitPrice > '150'", ["3", "5", "7"]), ("UnitPrice >= 150.25", ["3", "5", "7"]), ("UnitPrice < 1 AND UnitPrice > 0", ["10"]),
            ("Id IN ('2','13','999')", ["2", "13"]), ("ParentRef = '6'", ["7"]), ("Name LIKE '%(deleted)'", ["8"]),
            ("MetaData.LastUpdatedTime >= '2026-01-05T17:00:00Z' AND Id = '2'", ["2"]),
            ("MetaData.LastUpdatedTime > '2026-01-05T09:00:00-08:00'", [])]:
        same((condition, BOOKS.ids(every + condition + " ORDERBY Id")), (condition, wanted))
    same(BOOKS.ids("SELECT * FROM Invoice WHERE DocNumber = '1042'"), ["145", "147"])
    same(BOOKS.ids("SELECT * FROM Invoice WHERE TxnDate <= '2026-11-02' ORDER BY TxnDate DESC"), ["146", "145"])
    same(BOOKS.ids("SELECT * FROM Invoice WHERE TxnDate <= CURRENT_DATE AND CustomerRef = '25'"), ["146"])
    same(BOOKS.ids("SELECT * FROM Customer WHERE DisplayName = 'o\\'brien \"best\" müller gmbh'"), ["27"])


def parse_errors():
    BOOKS.login()
    for statement in ("nonsense", "SELECT * FROM", "SELECT * FROM Item WHERE Name = 'O'Brien'", "SELECT * FROM Item WHERE Name != 'x'",
                      "SELECT * FROM Item WHERE Name = 'a' OR Name = 'b'", "SELECT * FROM Item WHERE NOT Active = true", "",
                      "SELECT * FROM Item WHERE Name = 'open", "SELECT * FROM Item WHERE Name = bare", "SELECT * FROM Item GROUP BY Name"):
        got = BOOKS.query(statement, post=True)
        same((statement, got.status, got.fault[0], got.fault[1]), (statement, 400, "4000", "Error parsing query"))
        check(got.fault[2].startswith("QueryParserError: "), got)


def validation_errors():
    BOOKS.login()
    for statement, detail in [
            ("SELECT * FROM Item WHERE Nonsense = 'x'", "Property Nonsense not found for Entity Item"),
            ("SELECT * FROM Invoice WHERE PrivateNote = 'x'", "property 'PrivateNote' is not queryable"),
            ("SELECT * FROM Item WHERE Id > '3'", "operator > is not supported for property Id"),
            ("SELECT * FROM Item MAXRESULTS 1001", "value 1001 is too large. Max allowed value is 1000."),
            ("SELECT * FROM Item STARTPOSITION 0", "value 0 is too small."),
            ("SELECT * FROM Nonsense", "Entity Nonsense is not supported"),
            ("SELECT * FROM Item WHERE Active = 'maybe'", "invalid value for boolean property Active")]:
        got = BOOKS.query(statement)
        same((got.status, got.fault[:3]), (400, ("4001", "Invalid query", "QueryValidationError: " + detail)))


def pages():
    BOOKS.login()
    BOOKS.put(Item=[{"Id": str(1000 + i), "Name": "Bulk %d" % i, "Type": "Service"} for i in range(1100)])
    same(len(BOOKS.rows("SELECT * FROM Item")), 100)
    first = BOOKS.ids("SELECT * FROM Item WHERE Active IN (true,false) ORDERBY Id STARTPOSITION 1 MAXRESULTS 1000")
    second = BOOKS.ids("SELECT * FROM Item WHERE Active IN (true,false) ORDERBY Id STARTPOSITION 1001 MAXRESULTS 1000")
    same((len(first), len(second)), (1000, 112))
    same(sorted(first + second, key=int), first + second)
    same(BOOKS.query("SELECT * FROM Item STARTPOSITION 5000").json["QueryResponse"], {})


def bytes_that_are_not_utf8():
    BOOKS.login()
    got = BOOKS.get("query?minorversion=75", method="POST", body=b"SELECT * FROM Item WHERE Name = '\xe9'")
    same(got.fault[0], "500")
    check("MalformedByteSequenceException" in got.fault[2], got)


# --- faults ----------------------------------------------------------------------------------------------------------

def faults():
    BOOKS.login()
    rule = {"path": "v3/company/*/preferences"}
    for action, look in {
            "xml429": lambda a: a.status == 429 and "ThrottleExceeded" in a.text,
            "html500": lambda a: a.status == 500 and a.text.startswith("<html"),
            "html503": lambda a: a.status == 503,
            "empty500": lambda a: (a.status, a.text) == (500, ""),
            "fault200": lambda a: (a.status, a.fault[0]) == (200, "10000"),
            "gzip": lambda a: a.headers["Content-Encoding"] == "gzip" and a.json["Preferences"],
            "half": lambda a: a.status == 200 and a.json is None,
            "malformed": lambda a: a.status == 200 and a.json is None}.items():
        BOX.faults([{**rule, "action": action}])
        got = BOOKS.get("preferences")
        check(look(got), "%s: %r" % (action, got))
        same(BOOKS.get("companyinfo/" + REALM).json is not None, True)
    for action in ("drop_before_commit", "drop_after_commit", "truncated"):
        BOX.faults([{**rule, "action": action}])
        try:
            BOOKS.get("preferences")
        except ConnectionError:
            continue
        raise AssertionError(action)


def faults_at_the_token_server():
    """Before: the old token still works. After: it is dead, and nobody has the new one."""
    BOOKS.login()
    BOX.faults([{"action": "drop_before_commit", "path": "oauth2/*", "count": 1}])
    try:
        BOOKS.renew()
        raise AssertionError("an answer came")
    except ConnectionError:
        pass
    got = BOOKS.renew()
    same(got.status, 200)
    BOX.faults([{"action": "drop_after_commit", "path": "oauth2/*", "count": 1}])
    try:
        BOOKS.renew(got.json["refresh_token"])
        raise AssertionError("an answer came")
    except ConnectionError:
        pass
    refused(BOOKS.renew(got.json["refresh_token"]), "invalid_grant")


def the_log_knows():
    BOOKS.login()
    BOOKS.query("SELECT * FROM Term")
    rows = [(r["method"], r["path"], r["status"]) for r in BOX.log()]
    same(rows[-1], ("GET", "/v3/company/%s/query" % REALM, 200))
    same(rows[-2], ("POST", "/oauth2/v1/tokens/bearer", 200))
    check("SELECT%20" in BOX.log()[-1]["query"], BOX.log()[-1])
    check(BOOKS.access not in str(BOX.log()), "a token in the log")


TESTS = [consent_redirects, codes_work_once, clients_are_known, the_hard_end_is_told_when_asked, refresh_rotates, reuse_may_be_forgiven,
         the_old_one_may_live_on, rotation_daily_and_never, parallel_refresh, tokens_die, revoking, bearer_is_needed, realm_is_its_own,
         throttle, every_answer_is_marked, single_reads, nothing_is_written, queries_get_and_post, operators, parse_errors,
         validation_errors, pages, bytes_that_are_not_utf8, faults, faults_at_the_token_server, the_log_knows]


def clean(test):
    def run():
        BOX.reset()
        BOOKS.access = BOOKS.refresh = None
        BOX.settings(**({} if test is throttle else {"qb_per_second": 0}))
        test()
    return run


if __name__ == "__main__":
    with Sandbox() as BOX:
        BOOKS = Books(BOX)
        tap.run([(test.__name__.replace("_", " "), clean(test)) for test in TESTS])
