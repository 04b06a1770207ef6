#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""doctor --prove with real servers: it finds the test mails beside a running frontdesk and without one, says what each profile makes
of them and which one fits, and nothing is made, answered, moved or marked."""
import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support")]
from console import PROGRAM, expect, frontdesk  # noqa: E402
from lab import STAFF, Lab  # noqa: E402
from mailhost import MAILBOX, SERVER_ID, make_mail  # noqa: E402
import markers  # noqa: E402
import tap  # noqa: E402

STRANGER = "stranger@elsewhere.example"
RIGHT = "server:" + SERVER_ID


def trust(value):
    with open(LAB.daemon.conf, encoding="utf-8") as conf:
        text = conf.read()
    with open(LAB.daemon.conf, "w", encoding="utf-8") as conf:
        conf.write(re.sub(r'trust = "[^"]*"', 'trust = "%s"' % value, text))


@contextlib.contextmanager
def proving(*words):
    """The command while it waits, and the word of this run."""
    child = subprocess.Popen([PROGRAM, "doctor", "--prove", "-c", LAB.daemon.conf, *words], stdin=subprocess.DEVNULL,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    said = child.stderr if "--json" in words else child.stdout
    begun = ""
    try:
        while "Ctrl-C" not in begun:
            line = said.readline()
            tap.check(line, "it ended before it waited: %s" % begun)
            begun += line
        yield child, re.search(r"frontdesk-test-(\w{8})-in$", begun, re.M).group(1)
    finally:
        child.kill()
        child.wait()


def ends(child, code):
    out, errors = child.communicate(timeout=tap.PATIENCE)
    markers.check("the output of doctor --prove", out + errors)
    tap.check(child.returncode == code, "%d: %s%s" % (child.returncode, out, errors))
    return out


def send(code, side, sender=STAFF, subject="frontdesk-test-%s-%s"):
    mail = make_mail(sender, MAILBOX, subject % (code, side), "any text\n")
    if side == "in":
        LAB.host.submit(STAFF, [MAILBOX], mail)
    else:
        LAB.host.deliver_mx(sender, [MAILBOX], mail)


def flags():
    with LAB.host.imap(MAILBOX) as box:
        box.select("INBOX", readonly=True)
        return [line.decode() for line in box.fetch("1:*", "(FLAGS)")[1] if line]


def nothing_was_made():
    LAB.wait_for_queue()
    tap.check(not LAB.tickets(), LAB.tickets())
    tap.check(not any(LAB.letters(user) for user in (STAFF, STRANGER, "operator@northwind.example")), "somebody was written to")


def shown(out, side):
    """What is said of the mail of that side; they come in any order."""
    return re.search(r"^desk: mail from %s, (?:.+\n)+" % side, out, re.M).group(0)


def both_fit():
    """No frontdesk runs, and none ever did."""
    LAB.clean()
    trust(RIGHT)
    before = sorted(os.listdir(os.path.join(LAB.daemon.dir, "state")))
    with proving() as (child, code):
        send("aaaaaaaa", "in", subject="frontdesk-test-%s-%s")  # of another run
        send(code, "in")
        send(code, "out", STRANGER, "[EXTERNAL] frontdesk-test-%s-%s")
        out = ends(child, 0)
    tap.check("ok    mailbox desk: trust = \"%s\" fits\n" % RIGHT in out, out)
    inside, outside = shown(out, "inside"), shown(out, "outside")
    tap.check(out.count("desk: mail from") == 2 and "from " + STAFF in inside and "from " + STRANGER in outside, out)
    tap.check(re.search(r"\* %s +yes +do what it asks, and answer\n +auth-pass" % RIGHT, inside), inside)
    tap.check(re.search(r"^ +\d+  Authentication-Results: %s; auth=pass.*\n +\^ decides for %s$" % (SERVER_ID, RIGHT), inside, re.M), inside)
    tap.check(re.search(r"^ +\d+  Received: .*\n +\^ where it came in, for %s$" % RIGHT, inside, re.M), inside)
    for profile in ("exchange-online", "google"):
        tap.check(re.search(r"^    %s +no +file it: not proven\n +auth-no-border" % profile, inside, re.M), inside)
    tap.check(re.search(r"\* %s +no +file it: a stranger\n" % RIGHT, outside), outside)
    tap.check(len(LAB.stored(MAILBOX)["INBOX"]) == 3 and not any("Seen" in f for f in flags()), flags())
    tap.check(sorted(os.listdir(os.path.join(LAB.daemon.dir, "state"))) == before, "something was written")
    nothing_was_made()


def beside_a_running_frontdesk():
    """It files them while they are looked for: both do what they should. A mail that only speaks of such a word is a request."""
    LAB.clean()
    trust(RIGHT)
    LAB.daemon.start()
    with proving() as (child, code):
        send(code, "out", STAFF)  # forged
        send(code, "in")
        out = ends(child, 0)
    tap.check("fits\n" in out and out.count("desk: mail from") == 2, out)
    tap.check(re.search(r"\* %s +no +file it: not proven\n +auth-fail" % RIGHT, shown(out, "outside")), out)
    LAB.daemon.wait_row(STAFF)
    end = time.monotonic() + tap.PATIENCE
    while (rows := LAB.daemon.journal()) and [(r["state"], r["outcome"]) for r in rows] != [("done", "ignored")] * 2:
        tap.check(time.monotonic() < end, rows)
        time.sleep(0.1)
    nothing_was_made()
    LAB.host.submit(STAFF, [MAILBOX], make_mail(STAFF, MAILBOX, "Sarah: what is frontdesk-test-%s-in" % code, "x\n"))
    while len(LAB.tickets()) != 1:
        tap.check(time.monotonic() < end, "no ticket: %s" % LAB.daemon.journal())
        time.sleep(0.1)
    LAB.daemon.stop()


def other_settings():
    """What is set does not fit, and what would is named."""
    LAB.clean()
    for value in ("none", "google"):
        trust(value)
        with proving() as (child, code):
            send(code, "in")
            send(code, "out", STRANGER)
            out = ends(child, 69)
        tap.check('FAIL  mailbox desk: set trust = "%s" (now it is "%s": ' % (RIGHT, value) in out, out)
    again = expect(69, frontdesk("doctor", "--prove", "--since", "2020-01-01", "-c", LAB.daemon.conf), 'set trust = "%s"' % RIGHT)
    tap.check(again.out.count("desk: mail from") == 4 and "Ctrl-C" not in again.out, "mails of both runs: %s" % again)


def no_profile_fits():
    """Mail that nobody stamped; and a forger whom the server believes."""
    LAB.clean()
    trust(RIGHT)
    with proving() as (child, code):
        LAB.host.deliver_lmtp(STAFF, [MAILBOX], make_mail(STAFF, MAILBOX, "frontdesk-test-%s-in" % code, "x"))
        send(code, "out", STRANGER)
        out = ends(child, 69)
    tap.check(re.search(r"FAIL  mailbox desk: no trust profile fits; with .*: %s is not proven to be staff: no Received field" % STAFF, out), out)
    with proving() as (child, code):
        send(code, "in")
        LAB.host.deliver_mx(STAFF, [MAILBOX], make_mail(STAFF, MAILBOX, "frontdesk-test-%s-out" % code, "x"), dmarc_pass=True)
        out = ends(child, 69)
    tap.check(re.search(r"FAIL  mailbox desk: no trust profile fits; .*the mail from outside counts as staff", out), out)


def patience():
    LAB.clean()
    trust(RIGHT)
    answer = expect(69, frontdesk("doctor", "--prove", "--wait", "0", "-c", LAB.daemon.conf), "the mail from inside is missing", "the mail from outside is missing")
    tap.check("fits" not in answer.out, answer)
    with proving() as (child, code):
        send(code, "in")
        while "mail from inside, INBOX" not in child.stdout.readline():
            pass
        child.send_signal(signal.SIGINT)
        out = ends(child, 69)
    tap.check("fits so far; the mail from outside is missing" in out and "frontdesk:" not in out, out)


def offline():
    """From files, and for programs."""
    place = os.path.join(LAB.daemon.dir, "mail.eml")
    with open(place, "wb") as file:
        file.write(b"Authentication-Results: %s; auth=pass smtp.auth=%s\r\nReceived: from x by %s; y\r\n" % (SERVER_ID.encode(), STAFF.encode(), SERVER_ID.encode()))
        file.write(b"Authentication-Results: other.example; dmarc=pass header.from=\x1b[31mx\r\n")
        file.write(b"From: %s\r\nSubject: any\r\n\r\nx\r\n" % STAFF.encode())
    port = LAB.host.ports["imaps"]
    with open(LAB.daemon.conf, encoding="utf-8") as conf:
        text = conf.read().replace(":%d" % port, ":1")
    closed = os.path.join(LAB.daemon.dir, "closed.conf")
    with open(closed, "w", encoding="utf-8") as conf:
        conf.write(text)
    expect(0, frontdesk("doctor", "--prove", place, "-c", closed), 'trust = "%s" fits$' % RIGHT, "^    server:other.example +no", r"^    none +nobody asks")
    with LAB.host.imap(MAILBOX) as box:
        tap.check(box.select("INBOX", readonly=True)[0] == "OK", "the mail host is gone")
    said = json.loads(expect(0, frontdesk("doctor", "--prove", "--json", place, "-c", closed)).out)
    mail = said["mailboxes"][0]["mails"][0]
    tap.check(said["well"] and mail["side"] == "" and [p["profile"] for p in mail["profiles"] if p["proven"]] == [RIGHT, "none"], said)
    tap.check([f["meaning"] for f in mail["fields"]][:2] == ["decides for " + RIGHT, "where it came in, for " + RIGHT], mail["fields"])


def json_while_it_waits():
    LAB.clean()
    trust(RIGHT)
    with proving("--json") as (child, code):
        send(code, "in")
        send(code, "out", STRANGER)
        said = json.loads(ends(child, 0))
    tap.check(said["well"] and [m["side"] for m in said["mailboxes"][0]["mails"]] in (["inside", "outside"], ["outside", "inside"]), said)


def misuse():
    conf = ("-c", LAB.daemon.conf)
    for words, why in ((("doctor", "mail.eml"), '"mail.eml" is one word too many: mails are read with --prove'), (("doctor", "--wait", "3"), "mean nothing without --prove"),
                       (("doctor", "--prove", "--wait", "x"), "--wait x: minutes"), (("doctor", "--prove", "--since", "soon"), "--since soon: a day"),
                       (("doctor", "--prove", "--mailbox", "nope"), "there is no mailbox")):
        expect(64, frontdesk(*words, *conf), errors=[why])
    expect(66, frontdesk("doctor", "--prove", "/none.eml", *conf), errors=["cannot open /none.eml"])
    with open(LAB.daemon.conf, encoding="utf-8") as file:
        text = file.read()
    closed = os.path.join(LAB.daemon.dir, "closed.conf")
    with open(closed, "w", encoding="utf-8") as file:
        file.write(text.replace(":%d" % LAB.host.ports["imaps"], ":1"))
    expect(75, frontdesk("doctor", "--prove", "-c", closed), errors=["mailbox desk: cannot connect"])


if __name__ == "__main__":
    with Lab() as LAB:
        tap.run([("both test mails, and the trust profile fits", both_fit), ("beside a running frontdesk", beside_a_running_frontdesk),
                 ("another profile would fit; earlier test mails", other_settings), ("no profile fits", no_profile_fits),
                 ("time and Ctrl-C", patience), ("from files", offline), ("for programs", json_while_it_waits), ("misuse", misuse)])
