#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The simulated Autotask, behaving badly: lockout, thresholds, calls in flight, every fault, before and after the commit; its
request log, state, settings and command line."""
import concurrent.futures
import email.utils
import json
import os
import re
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from markers import MARK  # noqa: E402
from sandbox import BUILD, ROOT, WORLD, Sandbox  # noqa: E402
import tap  # noqa: E402
from tap import check  # noqa: E402

PROGRAM = os.path.join(BUILD, "frontdesk-sandbox")
TICKET = dict(companyID=0, title="t", status=1, priority=14, queueID=29680001, dueDateTime="2026-11-24T22:00:00Z")
NOTE = dict(title="n", description="d", noteType=3, publish=2)
ALL = dict(op="exist", field="id")
HTML = "text/html"


def same(got, wanted):
    check(got == wanted, "%r instead of %r" % (got, wanted))


def took(function, *args):
    begin = time.monotonic()
    function(*args)
    return time.monotonic() - begin


# --- login and thresholds -------------------------------------------------------------------------------------------

def lockout():
    bad = {"Secret": "wrong"}
    for _ in range(5):
        BOX.api("GET", "Tickets/40001", headers=bad)
    same(BOX.api("GET", "Tickets/40001").status, 200)  # off
    BOX.settings(lockout_after=3)
    for _ in range(2):
        BOX.api("GET", "Tickets/40001", headers=bad)
    same(BOX.api("GET", "Tickets/40001").status, 200)  # a good one in between: counted from zero
    for _ in range(3):
        BOX.api("GET", "Tickets/40001", headers=bad)
    got = BOX.api("GET", "Tickets/40001")
    same((got.status, got.text), (401, ""))
    BOX.settings(locked=False)
    same(BOX.api("GET", "Tickets/40001").status, 200)


def used():
    return BOX.api("GET", "ThresholdInformation").json


def every_call_counts():
    before = used()
    same((before["externalRequestThreshold"], before["requestThresholdTimeframe"]), (10000, 60))
    BOX.api("GET", "zoneInformation?user=x")
    BOX.api("GET", "Tickets/9")
    BOX.api("GET", "Tickets/9", headers={"Secret": "x"})
    BOX.api("GET", "Nonsense")
    same(used()["currentTimeframeRequestCount"], before["currentTimeframeRequestCount"] + 5)


def the_hour_rolls():
    BOX.api("GET", "Tickets/9")
    same(used()["currentTimeframeRequestCount"], 2)
    BOX.settings(clock_shift_ms=61 * 60000)
    same(used()["currentTimeframeRequestCount"], 1)


def slowness_grows():
    """Half a second from 50 %, one second from 75 %; here half of that."""
    BOX.settings(threshold=1000, other_calls=400, added_latency_ms=250)
    times = [took(BOX.api, "GET", "Tickets/9")]
    for others in (500, 740, 760, 990):
        BOX.settings(other_calls=others)
        times.append(took(BOX.api, "GET", "Tickets/9"))
    check(times[0] < 0.25 <= min(times[1:3]) and max(times[1:3]) < 0.5 <= min(times[3:]), times)
    same(json.loads(subprocess.run([PROGRAM, "--help"], check=True, capture_output=True, text=True).stdout.split(
        "added_latency_ms")[1].split("default ")[1].split()[0]), 500)


def the_whole_tenant_is_refused():
    BOX.settings(threshold=10, other_calls=7, added_latency_ms=0)
    same([BOX.api("GET", "Tickets/9").status for _ in range(5)], [200, 200, 200, 429, 429])
    same(BOX.api("POST", "Tickets", TICKET).status, 429)
    BOX.settings(refusal_status=503)
    same(BOX.api("GET", "Tickets/9").status, 503)
    BOX.settings(clock_shift_ms=61 * 60000)
    same(BOX.api("POST", "Tickets", TICKET).status, 200)
    same(len(BOX.tickets()), 1)


def at_once(calls):
    with concurrent.futures.ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(lambda call: BOX.api(*call), calls))


def three_in_flight():
    BOX.faults([dict(action="delay_before", ms=700)])
    tickets = [("GET", "Tickets/9"), ("GET", "Tickets/entityInformation/fields"), ("POST", "Tickets/query", {"filter": [ALL]}),
               ("GET", "Tickets/40001")]
    got = at_once(tickets)
    same(sorted(a.status for a in got), [200, 200, 200, 429])
    text = [a.json for a in got if a.status == 429]
    same(text, [{"errors": ["The thread threshold of 3 threads has been exceeded."]}])
    # each entity by itself; the zone is exempt; what tells the threshold is an endpoint of its own
    mixed = tickets[:3] + [("GET", "Companies/0"), ("GET", "Tickets/40001/Notes")] + [("GET", "ThresholdInformation")] * 3 + \
        [("GET", "zoneInformation?user=api%40northwind.example")] * 5
    same([a.status for a in at_once(mixed)], [200] * len(mixed))
    BOX.settings(threads=0)
    same([a.status for a in at_once(tickets * 2)], [200] * 8)


def threads_are_released_late():
    BOX.settings(thread_release_ms=1000)
    same([BOX.api("GET", "Tickets/9").status for _ in range(4)], [200, 200, 200, 429])
    time.sleep(1.05)
    same(BOX.api("GET", "Tickets/9").status, 200)


# --- faults ---------------------------------------------------------------------------------------------------------

def attempt(method="POST", path="Tickets", body=None):
    """The answer, or None when the connection ended."""
    try:
        return BOX.api(method, path, TICKET if body is None else body)
    except (ConnectionError, TimeoutError):
        return None


# action, further members, (status, content type, readable JSON) or None for no answer, tickets made
ACTIONS = [
    ("drop_before_commit", {}, None, 0), ("drop_after_commit", {}, None, 1), ("truncated", {}, None, 1),
    ("status", dict(status=500, errors="An error has occurred."), (500, "application/json", True), 0),
    ("status", dict(status=400, errors=["a", "b"]), (400, "application/json", True), 0),
    ("status", dict(status=401), (401, "", False), 0),
    ("status", dict(status=200, body="[1", type="text/plain"), (200, "text/plain", False), 0),
    ("status_after_commit", dict(status=500, errors="An error has occurred."), (500, "application/json", True), 1),
    ("html404", {}, (404, HTML, False), 0), ("html500", {}, (500, HTML, False), 0), ("html503", {}, (503, HTML, False), 0),
    ("html500_after_commit", {}, (500, HTML, False), 1), ("empty500", {}, (500, "", False), 0), ("redirect", {}, (302, "", False), 0),
    ("half", {}, (200, "application/json", False), 1), ("malformed", {}, (200, "application/json", False), 1),
    ("no_effect", {}, (200, "application/json", True), 0), ("divert", {}, (200, "application/json", True), 0),
    ("hidden", dict(ms=1), (200, "application/json", True), 1), ("delay_before", dict(ms=50), (200, "application/json", True), 1),
    ("delay_after", dict(ms=50), (200, "application/json", True), 1),
]


def every_action():
    for action, more, answer, tickets in ACTIONS:
        BOX.reset()
        BOX.faults([dict(action=action, **more)])
        got = attempt()
        shape = got and (got.status, got.type, got.json is not None)
        check((shape, len(BOX.tickets())) == (answer, tickets), "%s: %r, %d tickets" % (action, shape, len(BOX.tickets())))
        same(BOX.log()[-1]["fault"], action)
    missing = {a for a in actions_of_help() if a not in {row[0] for row in ACTIONS}}
    same(missing, {"foreign_next", "path_next", "xml429", "fault200", "gzip"})  # reading.py, bookkeeping.py


def faults_of_pages():
    BOX.faults([dict(action="foreign_next", count=1), dict(action="path_next")])
    pages = [BOX.query("Resources", ALL, MaxRecords=1).json["pageDetails"]["nextPageUrl"] for _ in range(2)]
    check(pages[0].startswith("http://127.0.0.9:1/atservicesrest/") and pages[1].startswith("/atservicesrest/v1.0/Resources/"), pages)


def on_every_endpoint():
    """What the next parts will call: a fault before the commit leaves nothing, one after it leaves the change."""
    number = BOX.api("POST", "Tickets", TICKET).item_id
    second = BOX.api("POST", "Tickets/%d/SecondaryResources" % number, dict(resourceID=29680102, roleID=29680201)).item_id
    calls = [("PATCH", "Tickets", dict(id=number, title="changed"), lambda w: w["Tickets"][-1]["title"] == "changed"),
             ("POST", "Tickets/%d/Notes" % number, NOTE, lambda w: len(w["TicketNotes"]) == 1),
             ("POST", "Tickets/%d/Attachments" % number, dict(attachmentType="FILE_ATTACHMENT", title="a", fullPath="a.txt", publish=2,
                                                              data="eA=="), lambda w: len(w["TicketAttachments"]) == 1),
             ("DELETE", "Tickets/%d/SecondaryResources/%d" % (number, second), "", lambda w: not w["TicketSecondaryResources"]),
             ("POST", "Companies/0/ToDos", dict(actionType=3, assignedToResourceID=29680101, startDateTime="2026-11-24",
                                                endDateTime="2026-11-24"), lambda w: len(w["CompanyToDos"]) == 1)]
    for method, path, body, done in calls:
        for action, changed in (("drop_before_commit", False), ("html503", False), ("no_effect", False), ("drop_after_commit", True)):
            BOX.faults([dict(action=action, method=method, path=path)])
            attempt(method, path, body)
            check(done(BOX.world()) == changed, "%s %s %s" % (action, method, path))
    for path in ("Contacts/query", "CompanyToDos/query", "TimeEntries/query", "Companies/query"):
        BOX.faults([dict(action="empty500", path=path.lower())])
        same(BOX.query(path.split("/")[0], ALL).status, 500)


def a_divert_may_name_its_record():
    BOX.rows(Tickets=[dict(id=40002, title="other", companyID=0)])
    BOX.faults([dict(action="divert", to=40002)])
    same(attempt().item_id, 40002)


def visible_only_later():
    BOX.faults([dict(action="hidden", ms=800, method="POST")])
    number = attempt().item_id
    same((BOX.api("GET", "Tickets/%d" % number).json["item"], BOX.query("Tickets", ALL).ids), (None, [40001]))
    time.sleep(0.85)
    item = BOX.api("GET", "Tickets/%d" % number).json["item"]
    same(item["id"], number)
    check(not any(name.startswith("_") for name in item), item)


def retry_after():
    BOX.faults([dict(action="status", status=429, retry_after=7, count=1), dict(action="status", status=429, retry_after=90,
                                                                                retry_after_date=True)])
    same(attempt().headers["Retry-After"], "7")
    left = email.utils.parsedate_to_datetime(attempt().headers["Retry-After"]).timestamp() - time.time()
    check(85 < left < 95, left)


def which_call():
    statuses = lambda n: [BOX.api("GET", "Tickets/9").status for _ in range(n)]  # noqa: E731
    BOX.faults([dict(action="empty500", nth=2)])
    same(statuses(4), [200, 500, 200, 200])
    BOX.faults([dict(action="empty500", count=2)])
    same(statuses(4), [500, 500, 200, 200])
    BOX.faults([dict(action="empty500", nth=2, count=2)])
    same(statuses(5), [200, 500, 500, 200, 200])
    BOX.faults([dict(action="empty500", path="tickets/*", method="get")])
    same((statuses(1), BOX.api("GET", "Companies/0").status, attempt().status), ([500], 200, 200))


def misspelt_rules_are_refused():
    for rules in ([dict(action="dorp")], [dict(action="status", staus=500)], dict(action="status"), [{}]):
        try:
            BOX.faults(rules)
        except OSError as error:  # urllib's HTTPError
            same(error.code, 400)
            error.close()
        else:
            check(False, "%r was taken" % (rules,))
    same(BOX.api("GET", "Tickets/9").status, 200)


def misspelt_settings_are_refused():
    for changes in (dict(strikt=True), dict(strict="yes"), dict(threads=-1), dict(hidden=[])):
        try:
            BOX.settings(**changes)
        except OSError as error:
            same(error.code, 400)
            error.close()
        else:
            check(False, "%r was taken" % (changes,))


# --- log, state, command line ---------------------------------------------------------------------------------------

def the_log():
    BOX.api("POST", "Tickets/query", {"filter": [ALL]})
    BOX.api("GET", "Tickets/query?search=%7B%7D", headers={"Secret": "wrong"})
    rows = BOX.log()
    same([(r["seq"], r["method"], r["path"], r["query"], r["status"]) for r in rows], [
        (0, "POST", "/atservicesrest/v1.0/Tickets/query", "", 200),
        (1, "GET", "/atservicesrest/v1.0/Tickets/query", "search=%7B%7D", 401)])
    same(json.loads(rows[0]["body"]), {"filter": [ALL]})
    check(0 < rows[0]["mono_us"] <= rows[0]["done_us"] <= rows[1]["mono_us"], rows)
    check("sandbox-secret" not in json.dumps(rows) and "SANDBOXCODE" not in json.dumps(rows) and MARK not in json.dumps(rows), "secrets in the log")


def log_file_and_state():
    with tempfile.TemporaryDirectory() as folder:
        log, state = os.path.join(folder, "log"), os.path.join(folder, "state")
        with Sandbox(more=("--log", log, "--state", state)) as box:
            numbers = [box.api("POST", "Tickets", TICKET).item_id for _ in range(2)]
            first = box.api("GET", "Tickets/%d" % numbers[0]).json["item"]
        with open(log, encoding="utf-8") as lines:
            rows = [json.loads(line) for line in lines]
        same([(r["method"], r["status"]) for r in rows], [("POST", 200), ("POST", 200), ("GET", 200)])
        with Sandbox(more=("--state", state)) as box:
            same(box.api("GET", "Tickets/%d" % numbers[0]).json["item"], first)
            third = box.api("POST", "Tickets", TICKET).item_id
            check(third == numbers[1] + 1 and box.api("GET", "Tickets/%d" % third).json["item"]["ticketNumber"].endswith(".0003"), third)
            same(box.query("Resources", ALL).status, 200)


def ends_in_time():
    """Also while a call is being slow."""
    box = Sandbox().start()
    box.faults([dict(action="delay_before", ms=30000)])
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        call = pool.submit(box.api, "GET", "Tickets/9")
        time.sleep(0.2)
        check(took(box.stop) < 3, "it did not end")
        call.exception(timeout=tap.PATIENCE)


def run(*arguments):
    done = subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, timeout=tap.PATIENCE, check=False)
    return done.returncode, done.stdout, done.stderr


def command_line():
    same(run()[0], 64)
    same(run("--world", WORLD, "--listen", "70000")[0], 64)
    same(run("--world", WORLD, "more")[0], 64)
    same(run("--world", "/nonexistent")[0], 78)
    code, out, errors = run("--help")
    check(code == 0 and out.startswith("usage: frontdesk-sandbox") and not errors, out)


BAD_WORLDS = [("{\n\n1", "3: not JSON"), ("{}", '"api": an object is needed'),
              (dict(entities=dict(Tikets=[])), "no entity is called Tikets"),
              (dict(entities=dict(Tickets=[dict(title="x")])), "Tickets: each row is an object with an id"),
              (dict(entities=dict(Tickets=[dict(id=5, tite="x")])), "Tickets 5: there is no field tite"),
              (dict(entities=dict(Tickets=[dict(id=5, dueDateTime="soon")])), "Tickets 5: dueDateTime is no time"),
              (dict(settings=dict(strikt=True)), "no setting is called strikt")]


def wrong_worlds():
    for world, text in BAD_WORLDS:
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            file.write(world if isinstance(world, str) else json.dumps({"api": {}, "entities": {}, "picklists": {}, **world}))
            file.flush()
            code, _, errors = run("--world", file.name)
            check(code == 78 and text in errors, "%r: %d %s" % (world, code, errors))


def names_after(title):
    text = run("--help")[1].split(title + ":\n")[1].split("\n\n")[0]
    return re.findall(r"^  (\w+)", text, re.M)


def actions_of_help():
    return names_after("Actions of faults")


def the_manual_names_all():
    with open(os.path.join(ROOT, "man", "frontdesk-sandbox.1"), encoding="utf-8") as page:
        text = page.read()
    for part, names in (("SETTINGS", names_after("Settings")), ("FAULTS", actions_of_help())):
        section = text.split(".Sh " + part + "\n")[1].split(".Sh ")[0]
        same(re.findall(r"^\.It Ic (\w+)", section, re.M), names)


def clean(test):
    def run_clean():
        BOX.reset()
        test()
    return run_clean


if __name__ == "__main__":
    with Sandbox() as BOX:
        tap.run([(name, clean(test)) for name, test in [
            ("lockout", lockout), ("every call counts", every_call_counts), ("the hour rolls", the_hour_rolls),
            ("slowness grows at 50 and 75 percent", slowness_grows), ("the whole tenant is refused", the_whole_tenant_is_refused),
            ("three in flight", three_in_flight), ("threads are released late", threads_are_released_late),
            ("every action", every_action), ("faults of pages", faults_of_pages), ("faults on every endpoint", on_every_endpoint),
            ("divert to a record", a_divert_may_name_its_record), ("visible only later", visible_only_later),
            ("Retry-After", retry_after), ("which call", which_call), ("misspelt rules", misspelt_rules_are_refused),
            ("misspelt settings", misspelt_settings_are_refused), ("the log", the_log), ("log file and state", log_file_and_state),
            ("ends in time", ends_in_time), ("command line", command_line), ("wrong worlds", wrong_worlds),
            ("the manual names all settings and actions", the_manual_names_all)]])
