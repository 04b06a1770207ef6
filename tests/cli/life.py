#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""journal and status beside a daemon and without one: list, show, retry, discard; journals that are missing, lost, newer,
damaged or in use; old mail taken later with --since; a mailbox that was rebuilt."""
import email
import email.policy
import glob
import json
import os
import re
import sqlite3
import sys
import time

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", d) for d in ("support", "flow")]
from cases import PERMANENT  # noqa: E402
from console import expect, frontdesk  # noqa: E402
from lab import MAILBOX, STAFF, Lab  # noqa: E402
import tap  # noqa: E402

SINCE = ("--since", "2020-01-01")
OPERATOR = "operator@northwind.example"


def run(*words):
    return frontdesk(*words, "-c", LAB.daemon.conf)


def state(name=""):
    return os.path.join(LAB.daemon.dir, "state", name)


def row(index=0):
    return json.loads(expect(0, run("journal", "list", "--json")).out)[index]


def parked(daemon=False):
    """One done and one parked mail; the refs of both."""
    LAB.clean()
    LAB.deliver(dict(subject="Sarah: one", text="secret words of the mail"))
    LAB.settle()
    LAB.deliver(dict(subject="Sarah: two", text="x"))
    LAB.sandbox.faults([PERMANENT])
    LAB.settle()
    LAB.sandbox.faults([])
    if daemon:
        LAB.daemon.start()
    return row(1)["ref"], row(0)["ref"]


def lists_and_stories():
    done, bad = parked()
    rows = json.loads(expect(0, run("journal", "list", "--json")).out)
    tap.check([r["state"] for r in rows] == ["parked", "done"] and rows[1]["ticket_number"].startswith("T"), rows)
    expect(0, run("journal", "list"), "^REF ", r"^%s .* parked +parked .*%s  rejected: Autotask answered 500" % (bad, STAFF), "^%s .* done +ticket +T" % done)
    for name, refs in (("parked", [bad]), ("done", [done]), ("open", [bad]), ("taken", []), ("waiting", [])):
        found = json.loads(expect(0, run("journal", "list", "--json", "--state", name)).out)
        tap.check([r["ref"] for r in found] == refs, "%s: %r" % (name, found))
    expect(0, run("journal", "list", "--state", "taken"), "^no messages$")
    expect(64, run("journal", "list", "--state", "prked"), errors=["allowed are taken, .* parked and open"])
    for ref in (done, done.lower()):
        answer = expect(0, run("journal", "show", ref), "^ref       %s in mailbox desk, taken " % done, "^sender    " + STAFF, "^outcome   ticket",
                        r"^step 1    ticket.create, key fd-\w+: done, made", "^letter    final to %s, .*: accepted by the mail server" % STAFF)
        tap.check("secret words" not in answer.out and "Sarah: one" not in answer.out, answer)
    story = json.loads(expect(0, run("journal", "show", "--json", done)).out)
    tap.check({k: story[k] for k in rows[1]} == rows[1], "%r and %r" % (story, rows[1]))
    tap.check(story["steps"][0]["state"] == "done" and story["letters"][0]["state"] == "accepted", story)
    for words in (["show"], ["retry"], ["discard"], ["show", "--json"]):
        expect(66, run("journal", *words, "ZZZZ"), errors=["no message with the reference ZZZZ; `frontdesk journal list`"])


def plain_status(text):
    """Without what passes with time, and without the mail that asks, which is in hand while it is answered and done afterwards."""
    text = re.sub(r"\d+ (second|minute|hour)s? ago|\d+ of \d+ calls", "N", text)
    text = re.sub(r"(?m)^legs  .*\n( .*\n)*", "", text)  # at the command line only
    return [line.rstrip() for line in text.strip().splitlines() if not re.match("(in hand|done) ", line)]


def status_by_mail():
    """To an operator word for word the same; to others without the words of the alerts, which name people's mail."""
    _, bad = parked(daemon=True)
    expect(0, run("status"), r"^Autotask     reached \d+ seconds? ago, \d+ of 5000 calls used this hour$", "^waiting      0 for an answer, or for a system that was away$",
           "^letters      0 not yet accepted by the mail server$")
    for sender in (OPERATOR, STAFF):
        LAB.deliver(dict(subject="status", sender=sender))
        LAB.until("the answer", lambda: row()["outcome"] == "answered" and row()["sender"] == sender and row()["state"] == "done")
        LAB.until("the letter", lambda: any(s == "Re: status" for _, s, _ in LAB.letters(sender).values()))
        told = next(email.message_from_bytes(raw, policy=email.policy.default) for raw in LAB.stored(sender)["INBOX"]
                    if b"Subject: Re: status" in raw).get_body(("plain",)).get_content().split("\n-- ")[0]
        shown = expect(0, run("status")).out
        if sender == STAFF:
            shown = re.sub(r"(, parked-\w+): .*", r"\1", shown)
        tap.check(plain_status(told) == plain_status(shown), "%s\n---\n%s" % (told, shown))
        tap.check((STAFF in told) == (sender == OPERATOR) and "parked-" + bad in told, told)
    told = json.loads(expect(0, run("status", "--json")).out)
    tap.check(told["autotask"]["calls"] > 0 and told["autotask"]["calls_per_hour"] == 5000 and not told["autotask"]["refused"] and
              told["autotask"]["reached_ms"] > 1.7e12 and told["oldest_unsent_ms"] == 0, told)
    LAB.daemon.stop()


def status_of_a_refused_login():
    LAB.clean()
    LAB.deliver(dict(subject="Sarah: one", text="x"))
    LAB.settle()
    LAB.sandbox.faults([dict(action="status", status=401, path="Resources/query")])
    for _ in range(2):
        frontdesk("explain", "-c", LAB.daemon.conf, stdin=b"From: x\n\nx")
    LAB.sandbox.faults([])
    expect(0, run("status"), "^Autotask     refuses the login; no call is made until .*; reached ")
    tap.check(json.loads(run("status", "--json").out)["autotask"]["refused"], "status --json")
    os.unlink(state("credentials-refused"))


def wishes_beside_the_daemon():
    done, bad = parked(daemon=True)
    expect(0, run("status"), "^frontdesk    running$", "^parked       1 ", "^alerts       1 open$", "parked-%s: Mail %s from" % (bad, bad))
    for verb in ("retry", "discard"):
        expect(64, run("journal", verb, done), errors=[r"%s is done \(ticket T\d{8}\.\d{4}\), so there is nothing to %s: that is for parked mail" % (done, verb)])
    expect(0, run("journal", "retry", bad.lower()), "^retry %s: noted; frontdesk does it within a second$" % bad)
    LAB.until("the retried mail is done", lambda: row()["outcome"] == "ticket")
    tap.check(len(LAB.tickets()) == 2, LAB.tickets())
    expect(0, run("status"), "^alerts       0 open$")
    expect(64, run("journal", "retry", bad))
    told = json.loads(expect(0, run("status", "--json")).out)
    tap.check(told["running"] and told["alerts"] == [] and told["states"]["done"] == 2, told)
    LAB.daemon.stop()
    expect(0, run("status"), "^frontdesk    not running$", "^WARNING +nothing watches the mailboxes: systemctl start")


def wishes_without_a_daemon():
    _, bad = parked()
    wish = json.loads(expect(0, run("journal", "discard", "--json", bad)).out)
    tap.check(wish == dict(ref=bad, wish="discard", running=False), wish)
    expect(0, run("journal", "discard", bad), "frontdesk does it when it is started$")
    LAB.settle()
    tap.check(row()["outcome"] == "gone", row())
    tap.check(json.loads(expect(0, run("status", "--json")).out)["alerts"] == [], "the alert is open still")


def a_wrong_rule_of_the_firm():
    """It stops nothing: the operator is told once, and again when it is mended."""
    LAB.clean()
    rules = os.path.join(LAB.daemon.dir, "rules")
    os.makedirs(rules, exist_ok=True)
    with open(LAB.daemon.conf, encoding="utf-8") as conf:
        settings = conf.read()
    with open(LAB.daemon.conf, "w", encoding="utf-8") as conf:
        conf.write(settings + 'diagnose = "%s";\n' % rules)
    try:
        with open(os.path.join(rules, "mine.conf"), "w", encoding="utf-8") as rule:
            rule.write('id = "mine";\nrank = 9;\n')
        LAB.deliver(dict(subject="Sarah: one", text="x"))
        LAB.settle()
        tap.check(len(LAB.tickets()) == 1, LAB.tickets())
        expect(0, run("status"), "^alerts       1 open$", r"rules: .*left out.*mine\.conf:2: rank: allowed")
        os.unlink(os.path.join(rules, "mine.conf"))
        LAB.deliver(dict(subject="Sarah: two", text="x"))
        LAB.settle()
        expect(0, run("status"), "^alerts       0 open$")
        told = sorted(subject for _, subject, _ in LAB.letters(OPERATOR).values())
        tap.check(told == ["frontdesk: rules is well again", "frontdesk: rules needs you"], told)
    finally:
        with open(LAB.daemon.conf, "w", encoding="utf-8") as conf:
            conf.write(settings)


# --- journals that cannot be used ------------------------------------------------------------------------------------------------

READERS = (["status"], ["journal", "list"], ["journal", "show", "2222"], ["journal", "retry", "2222"], ["journal", "discard", "2222"])


def no_journal():
    LAB.clean()
    for words in READERS:
        expect(66, run(*words), errors=["no journal in .*/state yet: `frontdesk run` makes it"])
    os.rmdir(state())
    for words in READERS:
        expect(66, run(*words), errors=["no state directory .*/state yet"])
    tap.check(not os.path.exists(state()), "it was made")
    os.mkdir(state(), 0o700)
    expect(66, run("journal", "rebuild"), errors=["holds no installation"])


def state_is_a_file():
    LAB.clean()
    os.rmdir(state())
    with open(state().rstrip("/"), "w", encoding="utf-8"):
        pass
    try:
        for words in (*READERS, ["run"], ["once"]):
            expect(74, run(*words), errors=["state directory .*/state: Not a directory", "fix: "])
    finally:
        os.unlink(state().rstrip("/"))
        os.mkdir(state(), 0o700)


def lost_journal():
    """`instance` without a journal: nothing starts until the operator says `rebuild`; then nothing is done twice."""
    LAB.clean()
    LAB.deliver(dict(subject="Sarah: one", text="x"))
    LAB.settle()
    expect(64, run("journal", "rebuild"), errors=["nothing to rebuild"])
    for name in glob.glob(state("journal.db*")):
        os.unlink(name)
    for words in (*READERS, ["run"], ["once"]):
        expect(65, run(*words), errors=["instance is there but journal.db is gone", "`frontdesk journal rebuild`"])
    expect(0, run("journal", "rebuild"), "a new journal stands in ")
    expect(0, run("journal", "list"), "^no messages$")
    with LAB.host.imap(MAILBOX) as box:  # somebody moves it back
        box.select("Done")
        box.copy("1", "INBOX")
    LAB.settle()
    tap.check(len(LAB.tickets()) == 1 and row()["outcome"] == "same", "%r, %r" % (LAB.tickets(), row()))


def newer_journal():
    LAB.clean()
    LAB.deliver(dict(subject="Sarah: one", text="x"))
    LAB.settle()
    with sqlite3.connect(state("journal.db")) as db:
        db.execute("PRAGMA user_version = 7")
    db.close()
    for words in (*READERS, ["run"], ["once"]):
        expect(65, run(*words), errors=[r"the journal has version 7, this frontdesk knows version \d+: install the newer"])
    expect(69, run("doctor"), r"^FAIL  journal$", "version 7")
    with sqlite3.connect(state("journal.db")) as db:
        tap.check(db.execute("PRAGMA user_version").fetchone() == (7,) and
                  db.execute("SELECT COUNT(*) FROM jobs").fetchone() == (1,) and
                  db.execute("SELECT COUNT(*) FROM requests").fetchone() == (0,), "the newer journal was changed")
    db.close()


def damaged_journal():
    LAB.clean()
    with open(state("journal.db"), "wb") as junk:
        junk.write(b"this is not a database " * 400)
    for words in READERS:
        expect(65, run(*words), errors=["journal .*/journal.db is damaged ", "fix: see that the disk is sound"])
    expect(0, run("once"))
    tap.check(len([name for name in os.listdir(state("")) if name.startswith("journal.db.damaged-")]) == 1, os.listdir(state("")))


def first_start_killed():
    """Killed while it wrote who it is: the next start completes it, and the one after that can read it."""
    for missing in ("key", "instance"):
        LAB.clean()
        tap.check(LAB.daemon.once() == 0, LAB.daemon.log())
        os.unlink(state("instance"))
        with sqlite3.connect(state("journal.db")) as db:
            db.execute("DELETE FROM meta WHERE name = ?", (missing,))
        db.close()
        tap.check([LAB.daemon.once(), LAB.daemon.once()] == [0, 0], LAB.daemon.log())


def letter_and_job_due():
    """Both are due at the start: the job is not forgotten while its interim letter goes out."""
    LAB.clean()
    LAB.deliver(dict(subject="Sarah: one", text="x"))
    LAB.sandbox.faults([dict(method="POST", path="Tickets", nth=1, action="html503")])
    tap.check(LAB.daemon.once({"FRONTDESK_CRASH_AT": "letter.after"}, SINCE) == -9, LAB.daemon.log())
    begin = time.monotonic()
    LAB.settle()
    tap.check(time.monotonic() - begin < 15 and len(LAB.tickets()) == 1, "%.1f s\n%s" % (time.monotonic() - begin, LAB.daemon.log()))


def second_daemon():
    LAB.clean()
    LAB.daemon.start()
    for words in (["run"], ["once"], ["journal", "rebuild"]):
        expect(75, run(*words), errors=["another frontdesk works with .*/state: stop it first"])
    tap.check(LAB.daemon.child.poll() is None, "the first one ended")
    LAB.daemon.stop()


def private_files():
    """Mail lies in the journal: nobody else may read it, whatever the folder's mode and the umask; what root makes by hand belongs
    to the folder's owner."""
    LAB.clean()
    os.chmod(state(), 0o755)
    owner = os.stat(LAB.host.path("users")).st_uid
    os.chown(state(), owner, -1)
    LAB.deliver(dict(subject="Sarah: one", text="line of a log file\n" * 20000))
    run("doctor")
    LAB.settle()
    run("status")
    for where, folders, names in os.walk(state()):
        for name in folders + names:
            status = os.stat(os.path.join(where, name))
            tap.check(status.st_mode & 0o077 == 0, "%s/%s can be read by others" % (where, name))
            tap.check(status.st_uid == owner, "%s/%s belongs to %d" % (where, name, status.st_uid))


def no_secret_anywhere():
    """Neither in the most talkative log nor in the state directory, also when logins fail; nor the text of a mail in the log."""
    LAB.clean()
    LAB.deliver(dict(subject="Sarah: confidential subject", text="confidential text"))
    LAB.daemon.once(arguments=(*SINCE, "--log", "debug"))
    LAB.sandbox.faults([dict(action="status", status=401, path="*ThresholdInformation*")])
    refused = run("doctor", "--log", "debug")
    LAB.sandbox.faults([])
    tap.check(refused.code == 69 and " debug " in refused.errors, refused)
    with open(LAB.daemon.log_path, encoding="utf-8", errors="replace") as log:
        text = log.read() + refused.errors + refused.out
    tap.check(" debug " in text and "confidential" not in text, text)
    LAB.daemon.no_secret()


# --- old mail ----------------------------------------------------------------------------------------------------------------

def titles():
    return sorted(t["title"] for t in LAB.tickets())


def since_later():
    """The first start left old mail alone and said so; asked for at a later start it is taken, once."""
    LAB.clean()
    LAB.deliver(dict(subject="Sarah: old", text="x"))
    LAB.daemon.once()
    LAB.deliver(dict(subject="Sarah: new", text="x"))
    LAB.daemon.once()
    tap.check(titles() == ["new"] and "--since" in LAB.daemon.log(), "%r\n%s" % (titles(), LAB.daemon.log()))
    tap.check(LAB.daemon.once(arguments=SINCE) == 0 and titles() == ["new", "old"], "%r\n%s" % (titles(), LAB.daemon.log()))
    tap.check(LAB.daemon.once(arguments=("--since", "2020-02-01")) == 0 and titles() == ["new", "old"], titles())


def validity():
    with LAB.host.imap(MAILBOX) as box:
        box.select("INBOX", readonly=True)
        return box.response("UIDVALIDITY")[1]


def forget_numbers():
    """What a restored or migrated mailbox looks like. The server's value is a time in seconds."""
    for name in glob.glob(os.path.join(LAB.host.path("mail"), MAILBOX, "Maildir", "dovecot*")):
        os.unlink(name)
    time.sleep(0.3)
    return validity()


def rebuilt_mailbox():
    """UIDs mean nothing any more: mail that came since the first start is taken once; what was older then stays untouched."""
    LAB.clean()
    LAB.deliver(dict(subject="Sarah: old", text="x"))
    hour_ago = time.time() - 3600
    for path in glob.glob(os.path.join(LAB.host.path("mail"), MAILBOX, "Maildir", "new", "*")):
        os.utime(path, (hour_ago, hour_ago))
    LAB.daemon.once()
    LAB.deliver(dict(subject="Sarah: new", text="x"))
    LAB.daemon.once()
    with LAB.host.imap(MAILBOX) as box:  # somebody moves it back
        box.select("Done")
        box.copy("1", "INBOX")
    LAB.deliver(dict(subject="Sarah: newer", text="x"))
    before = validity()
    LAB.until("the server numbers the mailbox anew", lambda: forget_numbers() != before)
    tap.check(LAB.daemon.once() == 0, LAB.daemon.log())
    tap.check("uidvalidity" in LAB.daemon.log() and titles() == ["new", "newer"], "%r\n%s" % (titles(), LAB.daemon.log()))
    told = sorted(subject for _, subject, _ in LAB.letters(OPERATOR).values())
    tap.check(told == ["frontdesk: rebuilt-desk is well again", "frontdesk: rebuilt-desk needs you"], told)


if __name__ == "__main__":
    with Lab() as LAB:
        tap.run([("list and show", lists_and_stories), ("status by mail is status", status_by_mail), ("status of a refused login", status_of_a_refused_login), ("retry beside a running daemon", wishes_beside_the_daemon),
                 ("discard without a daemon", wishes_without_a_daemon), ("a wrong rule of the firm", a_wrong_rule_of_the_firm), ("no journal yet", no_journal),
                 ("the state directory is a file", state_is_a_file), ("a lost journal, and rebuild", lost_journal),
                 ("a newer journal", newer_journal), ("a damaged journal", damaged_journal), ("a first start that was killed", first_start_killed),
                 ("a letter and its job due at once", letter_and_job_due), ("a second daemon", second_daemon),
                 ("modes and owners of files", private_files), ("no secret in log or state", no_secret_anywhere),
                 ("--since at a later start", since_later),
                 ("a rebuilt mailbox", rebuilt_mailbox)])
