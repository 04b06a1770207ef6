#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Machines that answer our answers from a proven address, without any sign of being one: at most three letters, then silence and one
word to the operator. People and monitors who write often are not taken for one."""
import json
import os
import sys
import time

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", d) for d in ("support", "flow")]
from lab import OPERATOR, STAFF, Lab  # noqa: E402
import tap  # noqa: E402

ROUNDS = 7
ILL = "frontdesk: loop-%s needs you" % STAFF


def letters():
    return sum(copies for copies, _, _ in LAB.letters(STAFF).values())


def told():
    return sorted(subject for _, subject, _ in LAB.letters(OPERATOR).values())


def start():
    LAB.daemon.kill()
    LAB.clean()
    LAB.daemon.start(arguments=("--since", "2020-01-01"))


def deliver(**mail):
    """And waits until it is judged, and answered if it is."""
    want = len(LAB.daemon.journal()) + 1
    LAB.deliver(mail)

    def judged():
        rows = LAB.daemon.journal()
        return rows if len(rows) == want and all(r["state"] in ("done", "waiting", "parked") for r in rows) else None
    return LAB.until("it is judged", judged)[0]["outcome"]


def loop(answer):
    """The machine sends `answer` to each letter, at most ROUNDS times; how many letters it got."""
    before = letters()
    for n in range(ROUNDS):
        deliver(**answer(n, LAB.newest_letter(STAFF)))
    return letters() - before


def stripped():
    """A responder that takes all fields away, so that each mail of it is a request."""
    start()
    deliver(subject="Sarah: the printer", text="It hums.\n")
    got = loop(lambda n, letter: dict(subject="I am away", text="I am out of the office until Monday. Please call the front desk.\n"))
    tap.check(got == 3, "%d letters" % got)
    tap.check(told() == [ILL], told())
    tap.check("loop-%s" % STAFF in LAB.daemon.run("status")[1], LAB.daemon.run("status"))
    tap.check(deliver(subject="Sarah: the window", text="It does not close.\n") == "ticket", "a person is not heard any more")
    tap.check(deliver(subject="I am away", text="I am out of the office until Monday. Please call the front desk.\n") == "ignored", "the loop is over")
    tap.check(deliver(subject="Sarah: the door", text="It does not open.\n") == "ticket" and told() == [ILL], told())


def another_desk():
    """It gives each mail a number of its own, and quotes what it answers."""
    start()
    deliver(subject="Sarah: the printer", text="It hums.\n")

    def answer(n, letter):
        quoted = "".join("> %s\n" % line for line in letter.get_body(("plain",)).get_content().splitlines())
        return dict(subject="Re: %s" % letter["Subject"],
                    text="Thank you. Your message was received as case #%d.\n\n%s" % (4711 + n, quoted))

    got = loop(answer)
    tap.check(got <= 3, "%d letters" % got)
    tap.check(told() == [ILL], told())


def terse_desk():
    """So few words that a person could write them: what it says is noted on the ticket, and no letter goes out any more."""
    start()
    deliver(subject="Sarah: the printer", text="It hums.\n")
    got = loop(lambda n, letter: dict(subject="Re: %s" % letter["Subject"], text="Case #%d opened.\n" % (4711 + n),
                                      headers={"In-Reply-To": letter["Message-ID"]}))
    tap.check(got == 3 and told() == [ILL], "%d letters, %r" % (got, told()))
    notes = LAB.tickets()[0]["notes"]
    tap.check(len(notes) == ROUNDS and all("opened" in note for note in notes), notes)
    newest = LAB.daemon.journal()[0]
    tap.check("without a letter" in newest["reason"] and newest["outcome"] == "amended", newest)


def all_at_once():
    """What came while frontdesk stood still is judged in its order, by whichever worker: three are answered."""
    LAB.daemon.stop()
    for _ in range(4):
        LAB.clean()
        for n in range(6):
            LAB.deliver(dict(subject="Sarah: the disk is full", text="Please look at it soon.\n", message_id="<full-%d@client.test>" % n))
        LAB.settle()
        got = [row["outcome"] for row in reversed(LAB.daemon.journal())]
        tap.check(got == ["ticket", "same", "same", "ignored", "ignored", "ignored"] and letters() == 3 and told() == [ILL], "%r, %d letters, %r" % (
            got, letters(), told()))


def who_moves_a_date():
    """A person who changes the ticket again and again is answered each time."""
    start()
    deliver(subject="Sarah: the printer", text="It hums.\n")
    got = loop(lambda n, letter: dict(subject="Re: %s" % letter["Subject"], text="due 12/%d\n" % (10 + n),
                                      headers={"In-Reply-To": letter["Message-ID"]}))
    tap.check(got == ROUNDS and told() == [] and not LAB.tickets()[0]["notes"], "%d letters, %r %r" % (got, told(), LAB.tickets()))


def bounces():
    """Of our own letters: never answered, and no alert."""
    start()
    deliver(subject="Sarah: the printer", text="It hums.\n")
    got = loop(lambda n, letter: dict(subject="Undelivered Mail Returned to Sender", text="550 no such user\n", proof=False,
                                      sender="mailer-daemon@northwind.example", headers={"Return-Path": "<>"}))
    tap.check(got == 0 and told() == [], "%d letters, %r" % (got, told()))


def people_and_monitors():
    """Who says something else each time is answered each time, however quick."""
    start()
    outcomes = [deliver(subject="Sarah: backup of server %d failed" % n, text="Code %d.\n" % n) for n in range(ROUNDS)]
    outcomes += [deliver(subject=command, text="") for command in ("status", "help", "status", "help", "status", "help")]
    tap.check(set(outcomes) == {"ticket", "answered"}, outcomes)
    tap.check(letters() == ROUNDS + 6 and told() == [], "%d letters, %r" % (letters(), told()))


def breaker():
    """More letters than limits.replies_per_hour wait, also behind a restart; an hour later they go out, each once."""
    with Lab("poll_seconds = 5; per_sender_hour = 1000; replies_per_hour = 10;") as lab:
        for n in range(14):
            lab.deliver(dict(subject="Sarah: request %d" % n, text="Number %d.\n" % n))
        lab.daemon.start(arguments=("--since", "2020-01-01"))
        end = time.monotonic() + tap.PATIENCE
        while sum(r["ticket_number"] != "" for r in lab.daemon.journal()) < 14 or "10 of 10 sent" not in lab.daemon.run("status")[1]:
            tap.check(time.monotonic() < end, lab.daemon.log())
            time.sleep(0.1)
        lab.daemon.stop()
        lab.once()  # counts what went out before
        finals = lambda: sum(copies for copies, _, _ in lab.letters(STAFF).values())
        alerts = lambda: sorted(subject for _, subject, _ in lab.letters(OPERATOR).values())
        tap.check(finals() == 10 and alerts() == ["frontdesk: replies needs you"], "%d letters, %r" % (finals(), alerts()))
        tap.check(len(lab.tickets()) == 14, "the work itself waits")
        out, told = lab.daemon.run("status")[1], json.loads(lab.daemon.run("status", "--json")[1])
        tap.check("10 of 10 sent this hour" in out and (told["replies_hour"], told["replies_per_hour"]) == (10, 10), out)
        lab.passed_minutes = 61
        lab.settle()
        tap.check(finals() == 14 and len(lab.letters(STAFF)) == 14, "%d letters" % finals())
        tap.check(alerts() == ["frontdesk: replies is well again", "frontdesk: replies needs you"], alerts())


if __name__ == "__main__":
    with Lab("poll_seconds = 5; per_sender_hour = 1000;") as LAB:
        tap.run([("a responder that strips all fields", stripped), ("another desk", another_desk), ("a desk of few words", terse_desk),
                 ("all at once", all_at_once), ("who moves a date", who_moves_a_date), ("bounces of our letters", bounces),
                 ("people and monitors", people_and_monitors), ("a cap on all letters", breaker)])
