#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Drift watch: one letter at first, then only when something is new or gone, and one a month; what cannot be read is never told as
mended; ack, snooze and undo by reply, by those who may; one run for all the times that passed; and each letter once, wherever
frontdesk is killed. Days pass by a moved clock."""
import csv
import email
import email.policy
import io
import json
import os
import re
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from books import CLIENT, REALM, REDIRECT  # noqa: E402
import crashlog  # noqa: E402
from firm import BOOKS, log_in  # noqa: E402
from lab import OPERATOR, STAFF, Lab, staff_mail  # noqa: E402
import tap  # noqa: E402

HOUR, DAY = 60, 24 * 60
OTHER = "mike.chen@northwind.example"
WATCH = 'watch = "mapping hourly"; watch_to = ["%s"];\n' % STAFF
STRIDE = int(os.environ.get("FRONTDESK_CRASH_STRIDE", "3"))


def settle(watch=WATCH, books=True, integration=True, run=True):
    """A new installation with a login at QuickBooks, that has made its first run."""
    LAB.clean()
    # tokens that last: a kill in the middle of their renewal is the matter of another test
    LAB.sandbox.settings(qb_per_second=0, qb_per_minute=0, qb_access_seconds=100 * 86400)
    LAB.daemon._write("books-secret", CLIENT[1] + "\n")
    text = ORIGINAL.replace("firm = { ", 'firm = { integration = "qbo-app"; ', 1) if integration else ORIGINAL
    if books:
        text += BOOKS.format(dir=LAB.daemon.dir, realm=REALM, client=CLIENT[0], redirect=REDIRECT, url=LAB.sandbox.url.rstrip("/"))
    LAB.daemon._write("frontdesk.conf", text + watch)
    if books:
        log_in(LAB.daemon.conf)
    code(98)
    code(99)
    if run:
        after(0)


def after(minutes):
    """Time passes, and what is due is done."""
    LAB.passed_minutes += minutes
    LAB.settle()
    LAB.wait_for_queue()


def letters(user=STAFF):
    """Oldest first."""
    got = [email.message_from_bytes(raw, policy=email.policy.default) for raw in LAB.stored(user).get("INBOX", [])]
    return sorted(got, key=lambda letter: (letter["Date"].datetime, str(letter["Subject"]).startswith("Re:")))


def subjects(user=STAFF):
    return [str(letter["Subject"]) for letter in letters(user)]


def words(letter):
    return letter.get_body(("plain",)).get_content()


def table(letter):
    files = list(letter.iter_attachments())
    return list(csv.reader(io.StringIO(files[0].get_payload(decode=True).decode("utf-8-sig"))))[1:] if files else []


def code(number=1, **more):
    """A billing code that QuickBooks has no item for; name and isActive may be given."""
    row = dict(id=29690000 + number, name="New labor %d" % number, description="", externalNumber="", useType=1, billingCodeType=0, isActive=True,
               unitCost=1, unitPrice=2, isExcludedFromNewContracts=False, generalLedgerAccount=12)
    LAB.sandbox.rows(BillingCodes=[{**row, **more}])


def status():
    done, out, errors = LAB.daemon.run("status", "--json")
    tap.check(done == 0, errors)
    return json.loads(out)["watches"]


def expect_subjects(*want, user=STAFF):
    got = subjects(user)
    tap.check(len(got) == len(want) and all(re.search(w, g) for w, g in zip(want, got)), "%r instead of %r\n%s" % (got, want, LAB.daemon.log()))


FIRST = r"^Watching mapping: \d+ findings? now$"


def first_and_changes():
    settle()
    expect_subjects(FIRST)
    first = letters()[0]
    known = status()[0]["findings"]
    tap.check(first["Auto-Submitted"] == "auto-generated" and first["To"] == STAFF, str(first.items()))
    tap.check("by itself from now on: hourly" in words(first) and 'Reply "ack"' in words(first), words(first))
    tap.check("<html" in first.get_body(("html",)).get_content(), "no HTML")
    tap.check(known == len(table(first)) > 0 and all(row[0] in ("error", "warning") for row in table(first)), repr(table(first)))
    tap.check(not LAB.daemon.journal(), "a watch is in the list of mails")
    after(0)
    after(2 * HOUR)
    expect_subjects(FIRST)
    code(1)
    after(HOUR)
    expect_subjects(FIRST, "^mapping: 1 new$")
    change = letters()[1]
    tap.check("New labor 1" in words(change) and "Why: " in words(change) and "  1. " in words(change), words(change))
    tap.check([row[2] for row in table(change)] == ["New labor 1"], repr(table(change)))
    code(1, isActive=False)
    code(2)
    after(HOUR)
    expect_subjects(FIRST, "1 new$", "^mapping: 1 new, 1 gone$")
    both = words(letters()[2])
    tap.check("New labor 2" in both and re.search(r"- .*New labor 1 \(work type 29690001\)", both), both)
    code(2, isActive=False)
    after(HOUR)
    expect_subjects(FIRST, "1 new$", "1 new, 1 gone$", "^mapping: 1 gone$")
    tap.check(not table(letters()[3]) and status()[0]["findings"] == known, repr(status()))
    changed = [r for r in LAB.sandbox.log() if r["method"] != "GET" and not r["path"].rstrip("/").endswith("query") and "oauth2" not in r["path"]]
    tap.check(not changed and not LAB.tickets(), "changed: %r" % changed)


def names_are_no_identity():
    """Another name of the same record that is as wrong is no news; nor is another order of rows."""
    settle()
    code(1)
    after(HOUR)
    code(1, name="Renamed labor")
    after(HOUR)
    expect_subjects(FIRST, "1 new$")


def an_outage():
    settle()
    code(1)
    after(HOUR)
    LAB.sandbox.faults([dict(action="status", status=503, path="v3/company/*")])
    code(1, isActive=False)
    after(HOUR)
    after(2 * HOUR)
    row = status()[0]
    expect_subjects(FIRST, "1 new$")
    tap.check(row["failing_since_ms"] and row["failing_why"] and not subjects(OPERATOR), "%r %r" % (row, subjects(OPERATOR)))
    after(11 * HOUR)
    expect_subjects("^frontdesk: watch-mapping needs you$", user=OPERATOR)
    tap.check("nothing counts as mended" in words(letters(OPERATOR)[0]), words(letters(OPERATOR)[0]))
    after(2 * HOUR)
    expect_subjects("needs you", user=OPERATOR)
    expect_subjects(FIRST, "1 new$")
    LAB.sandbox.faults([])
    after(2 * HOUR)
    expect_subjects("needs you", "^frontdesk: watch-mapping is well again$", user=OPERATOR)
    expect_subjects(FIRST, "1 new$", "1 gone$")
    tap.check(not status()[0]["failing_since_ms"], repr(status()))


def one_that_is_given_up():
    """An alert about a watch that the settings no longer have would stay open for good."""
    settle()
    LAB.sandbox.faults([dict(action="status", status=503, path="v3/company/*")])
    after(HOUR)
    after(13 * HOUR)
    expect_subjects("needs you", user=OPERATOR)
    with open(LAB.daemon.conf, encoding="utf-8") as old:
        text = old.read()
    LAB.daemon._write("frontdesk.conf", text.replace(WATCH, ""))
    after(1)
    expect_subjects("needs you", "watch-mapping is well again", user=OPERATOR)
    LAB.sandbox.faults([])
    LAB.daemon._write("frontdesk.conf", text)  # it begins anew
    after(1)
    expect_subjects(FIRST, FIRST)


def a_right_that_is_taken_away():
    """Autotask hides rows without a word when a right is missing: that is no mending."""
    settle()
    code(1)
    after(HOUR)
    LAB.sandbox.faults([dict(action="status", status=500, path="BillingCodes/query", body=json.dumps(
        {"errors": ["The logged in Resource does not have the adequate permissions to query this entity type."]}))])
    after(HOUR)
    expect_subjects(FIRST, "1 new$")
    tap.check("may not read billing codes" in status()[0]["failing_why"], repr(status()))
    after(13 * HOUR)
    expect_subjects("watch-mapping needs you", user=OPERATOR)
    LAB.sandbox.faults([])
    after(HOUR)
    expect_subjects(FIRST, "1 new$")


def ack():
    settle()
    code(1)
    after(HOUR)
    LAB.begin(dict(reply="ack"))
    after(0)
    expect_subjects(FIRST, "1 new$", "^Re: mapping: 1 new$")
    answer = letters()[2]
    tap.check("Accepted: 1." in words(answer) and answer["In-Reply-To"] == "<ack.%d@client.test>" % LAB.passed_minutes, words(answer))
    tap.check(status()[0]["accepted"] == 1 and [r["outcome"] for r in LAB.daemon.journal()] == ["answered"], repr(status()))
    code(1, isActive=False)  # neither going nor coming back is told
    after(HOUR)
    code(1)
    after(HOUR)
    tap.check(len(subjects()) == 3 and status()[0]["accepted"] == 1, repr(subjects()))
    code(1, isActive=False)
    after(HOUR)
    after(DAY)
    code(2)
    after(DAY)
    expect_subjects(FIRST, "1 new$", "^Re: ", "^mapping: 1 new$")
    code(1)  # after more than thirty days it is news
    after(31 * DAY)
    expect_subjects(FIRST, "1 new$", "^Re: ", "1 new$", "^mapping: 1 new$")


def snooze():
    settle()
    LAB.begin(dict(reply="snooze 7d"))
    after(0)
    answer = words(letters()[1])
    tap.check("Snoozed: " in answer and re.search(r"not made until \w{3} \d+ \w{3} \d\d:\d\d", answer), answer)
    tap.check(status()[0]["snoozed_until_ms"] > time.time() * 1000 + 6 * DAY * 60000, repr(status()))
    code(1)
    code(2)
    before = len(LAB.sandbox.log())
    after(2 * DAY)
    code(2, isActive=False)
    after(4 * DAY)
    tap.check(len(subjects()) == 2, repr(subjects()))
    tap.check(not [r for r in LAB.sandbox.log()[before:] if "v3/company" in r["path"]], "the check was made")
    after(2 * DAY)
    expect_subjects(FIRST, "^Re: ", "^mapping: 1 new$")
    # both in one mail, hours, and back again by an answer to the answer
    LAB.begin(dict(reply="ack\nsnooze 12 hours"))
    after(0)
    answer = words(LAB.newest_letter(STAFF))
    tap.check("Accepted: 1." in answer and "Snoozed: " in answer, answer)
    LAB.begin(dict(reply="undo"))
    after(0)
    tap.check("Taken back" in words(LAB.newest_letter(STAFF)) and not status()[0]["snoozed_until_ms"] and not status()[0]["accepted"], repr(status()))
    code(1, isActive=False)
    after(HOUR)
    tap.check(subjects()[-1] == "mapping: 1 gone", repr(subjects()))


def who_may():
    settle('watch = "mapping hourly"; watch_to = ["%s"];\n' % STAFF)
    LAB.begin(dict(reply="ack", sender=OTHER))
    after(0)
    tap.check("Only those who get the letters" in words(letters(OTHER)[0]) and not status()[0]["accepted"], words(letters(OTHER)[0]))
    LAB.begin(dict(reply="snooze 2d", proof=False))
    after(0)
    tap.check(len(subjects()) == 1 and not status()[0]["snoozed_until_ms"], repr(subjects()))
    LAB.begin(dict(reply="snooze 1 week", sender=OPERATOR))  # one of staff.admins
    after(0)
    tap.check("Snoozed" in words(LAB.newest_letter(OPERATOR)) and status()[0]["snoozed_until_ms"], repr(status()))
    # no words of a watch; thanks; and a forward is a mail like any other
    LAB.begin(dict(reply="What does this mean?"))
    after(0)
    tap.check("none that a watch understands" in words(letters()[1]), words(letters()[1]))
    LAB.begin(dict(reply="Thanks!"))
    after(0)
    tap.check(len(subjects()) == 2 and not LAB.tickets(), repr(subjects()))
    LAB.begin(dict(reply="All of it.", subject="Shana: mend the mapping"))  # a subject of its own is a request of its own
    after(0)
    tap.check([t["assignee"] for t in LAB.tickets()] == ["shana.ortiz"], repr(LAB.tickets()))
    LAB.deliver(dict(subject="FW: Watching mapping - Sarah", text="please\n"))
    after(0)
    tap.check(sorted(t["assignee"] for t in LAB.tickets()) == ["sarah.klein", "shana.ortiz"], repr(LAB.tickets()))


def by_token():
    """Some gateways rewrite Message-IDs: the token in the quoted text does."""
    settle()
    LAB.begin(dict(reply="ack", no_headers=True))
    after(0)
    tap.check("Accepted: " in words(letters()[1]) and status()[0]["accepted"] == status()[0]["findings"], repr(status()))


def readers():
    """Each of them gets a letter; without watch_to the operator does; from the mailbox that is named."""
    settle('watch = "mapping daily 07:00, sync hourly"; watch_to = ["%s", "%s"]; watch_from = "desk";\n' % (STAFF, OTHER))
    for user in (STAFF, OTHER):
        tap.check(sorted(re.sub(r"\d+", "N", s) for s in subjects(user)) == ["Watching mapping: N findings now", "Watching sync: N finding now"], repr(subjects(user)))
    tap.check(not subjects(OPERATOR), repr(subjects(OPERATOR)))
    settle('watch = "mapping hourly";\n')
    expect_subjects(FIRST, user=OPERATOR)


def a_letter_that_is_refused():
    """Silence would be taken for good news: the operator hears of it."""
    settle('watch = "mapping hourly"; watch_to = ["%s", "nobody.here@northwind.example"];\n' % STAFF, run=False)
    LAB.settle()
    after(0)
    expect_subjects(FIRST)
    tap.check("refused a letter of the watch to nobody.here@northwind.example" in "".join(map(words, letters(OPERATOR))),
              "%r\n%s" % (subjects(OPERATOR), LAB.daemon.log()))


def once_a_month():
    settle()
    LAB.begin(dict(reply="ack"))
    after(0)
    code(1)
    after(HOUR)
    tap.check(len(subjects()) == 3, repr(subjects()))
    for days in (10, 10, 7):
        after(days * DAY)
    tap.check(len(subjects()) == 3, repr(subjects()))
    after(5 * DAY)
    expect_subjects(FIRST, "^Re: ", "1 new$", r"^Still watching mapping: \d+ findings known$")
    still = words(letters()[3])
    row = status()[0]
    tap.check("%d findings, %d accepted" % (row["findings"], row["accepted"]) in still and "Next " in still and "Looked at" in still, still)
    LAB.begin(dict(reply="ack"))  # all that is known
    after(0)
    tap.check(status()[0]["accepted"] == row["findings"], repr(status()))
    after(5 * DAY)
    tap.check(len(subjects()) == 5, repr(subjects()))


def one_run_for_all():
    settle()
    after(10 * DAY)
    log = LAB.daemon.log()
    tap.check(log.count("drift ran") == 2, log)


def asked_of_the_program():
    settle()
    done, out, _ = LAB.daemon.run("status")
    tap.check(done == 0 and re.search(r"(?m)^watch +mapping hourly: \d+ known, 0 of them accepted, made .*, next ", out), out)
    done, out, _ = LAB.daemon.run("doctor")
    tap.check("watch: the check mapping" in out and "cannot be made" not in out, out)
    settle(books=False, run=False)
    done, out, _ = LAB.daemon.run("doctor")
    tap.check(done == 69 and "it cannot be made: QuickBooks is not configured" in out, out)
    settle(books=False, integration=False, run=False)
    done, out, _ = LAB.daemon.run("doctor")
    tap.check(done == 69 and "it cannot be made: firm.integration is missing" in out, out)


def beside_the_mail():
    """`run` makes it too; a ticket does not wait for a watch that takes long."""
    settle(run=False)
    LAB.sandbox.faults([dict(action="delay_before", path="v3/company/*", ms=9000, nth=1)])
    LAB.daemon.start()
    try:
        begin = time.monotonic()
        LAB.deliver(dict(subject="Sarah: quick", text="x\n", sender=OTHER))
        LAB.until("the ticket", LAB.tickets)
        ticket_s, had = time.monotonic() - begin, len(letters())
        LAB.until("a letter", letters)
    finally:
        LAB.daemon.stop()
    expect_subjects(FIRST)
    tap.check(had == 0 and ticket_s < 8, "the ticket took %.1f s, %d letters were there" % (ticket_s, had))


def stopped_meanwhile():
    """A stop is no failure of the watch, and does not wait for it."""
    settle(run=False)
    LAB.sandbox.faults([dict(action="delay_before", path="v3/company/*", ms=9000, nth=1)])
    LAB.daemon.start()
    LAB.until("QuickBooks is asked", lambda: any("v3/company" in r["path"] for r in LAB.sandbox.log()))
    took = LAB.daemon.stop()
    tap.check(took < tap.share(4) and not status()[0]["failing_since_ms"] and not letters(), "%.1f s %r\n%s" % (took, status(), LAB.daemon.log()))
    LAB.sandbox.faults([])
    after(0)
    expect_subjects(FIRST)


def explained():
    """What an answer would do, without doing it."""
    settle()
    asked = LAB.newest_letter(STAFF)
    path = os.path.join(LAB.daemon.dir, "answer.eml")
    with open(path, "wb") as out:
        out.write(staff_mail("Re: " + asked["Subject"], "ack\n", headers={"In-Reply-To": asked["Message-ID"]}))
    done, out, errors = LAB.daemon.run("explain", path)
    tap.check(done == 0 and "it answers letter 1 of the watch mapping" in out and "Accepted: 2." in out, out + errors)
    done, out, errors = LAB.daemon.run("explain", "--json", path)
    tap.check(done == 0 and json.loads(out)["answers_watch"] == "mapping", out + errors)
    tap.check(not status()[0]["accepted"], repr(status()))


# --- killed everywhere --------------------------------------------------------------------------------------------------------

def first_run():
    settle(run=False)


def change_run():
    settle()
    code(1)
    LAB.passed_minutes += HOUR


def answered():
    settle()
    LAB.begin(dict(reply="ack\nsnooze 7d"))


def state():
    """What has to be the same: letters without what differs between installations, and what is known."""
    LAB.wait_for_queue()
    known = {letter["Message-ID"]: (str(letter["Subject"]), re.sub(r"\[fd:\S+\]|ref \w+|\d\d:\d\d", "N", words(letter)))
             for user in (STAFF, OPERATOR) for letter in letters(user)}
    row = {k: v for k, v in status()[0].items() if not k.endswith("_ms")}
    row["snoozed"] = bool(status()[0]["snoozed_until_ms"])
    return sorted(known.values()), row, [r["outcome"] for r in LAB.daemon.journal()]


def copies():
    ids = [letter["Message-ID"] for letter in letters()]
    return len(ids) - len(set(ids))


def killed(prepare):
    def test():
        prepare()
        path = os.path.join(LAB.daemon.dir, "passages")
        if os.path.exists(path):
            os.unlink(path)
        LAB.settle(env={"FRONTDESK_CRASH_LOG": path})
        passed = crashlog.names(crashlog.read(path))
        want = state()
        tap.check(want[1]["letters"] and ("watch.before" in passed or "answer.before" in passed), "%r %r" % (want, passed))
        kills = second = 0
        for n in range(1, len(passed) + 1, STRIDE):
            prepare()
            os.unlink(path)
            ended = LAB.once({"FRONTDESK_CRASH_AT": "#%d" % n, "FRONTDESK_CRASH_LOG": path})
            doubted = crashlog.in_doubt(crashlog.read(path)) if ended == -9 else 0
            tap.check(ended in (-9, 0, 75), "%d at %d\n%s" % (ended, n, LAB.daemon.log()))
            LAB.settle()
            LAB.wait_for_queue()
            got = state()
            kills += ended == -9
            second += copies()
            tap.check(got == want, "killed at %d, near %s:\n%r\ninstead of\n%r\n%s" % (n, passed[n - 1], got, want, LAB.daemon.log()))
            tap.check(copies() <= min(1, doubted), "%d copies, %d letters in doubt" % (copies(), doubted))
        print("# %d kills, %d identical copies" % (kills, second))
        tap.check(kills, "nothing was killed")
    return test


if __name__ == "__main__":
    with Lab("per_sender_hour = 1000;") as LAB:
        with open(LAB.daemon.conf, encoding="utf-8") as settings:
            ORIGINAL = settings.read()
        cases = [("the first letter, and changes", first_and_changes),
                 ("the name of a record is no news", names_are_no_identity),
                 ("an outage mends nothing", an_outage),
                 ("one that is given up", one_that_is_given_up),
                 ("a right that is taken away mends nothing", a_right_that_is_taken_away),
                 ("ack", ack),
                 ("snooze and undo", snooze),
                 ("who may answer, and with what", who_may),
                 ("an answer without headers", by_token),
                 ("who gets the letters", readers),
                 ("a letter that is refused", a_letter_that_is_refused),
                 ("still watching", once_a_month),
                 ("one run for all times that passed", one_run_for_all),
                 ("status and doctor", asked_of_the_program),
                 ("a ticket does not wait for a watch", beside_the_mail),
                 ("a stop is no failure", stopped_meanwhile),
                 ("an answer explained", explained),
                 ("killed in the first run", killed(first_run)),
                 ("killed in a run with a change", killed(change_run)),
                 ("killed while an answer is carried out", killed(answered))]
        only = os.environ.get("FRONTDESK_WATCHES_ONLY", "")
        tap.run([case for case in cases if only in case[0]])
