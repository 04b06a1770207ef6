#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Repairing by hand: the journal's filters, the life of a message as a timeline, what a retry would do before it is done, mail taken out
of the journal byte for byte."""
import datetime
import json
import os
import re
import stat
import sys

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", d) for d in ("support", "flow")]
from cases import PERMANENT  # noqa: E402
from console import expect, frontdesk, on_terminal  # noqa: E402
from lab import MAILBOX, STAFF, Lab, staff_mail  # noqa: E402
import tap  # noqa: E402

OTHER = "operator@northwind.example"
LARGE = "many words of a large mail\n" * 12000


def run(*words, **options):
    return frontdesk(*words, "-c", LAB.daemon.conf, **options)


def rows(*words):
    return json.loads(expect(0, run("journal", "list", "--json", *words)).out)


def refs(*words):
    return [r["ref"] for r in rows(*words)]


def world(settings=None):
    """Sarah's mail became a ticket, the operator's was parked. The refs of both."""
    LAB.clean({"settings": settings or {}})
    LAB.deliver(dict(subject="Sarah: one", text="secret words"))
    LAB.settle()
    LAB.deliver(dict(subject="Sarah: two [high]", text="x", sender=OTHER))
    LAB.sandbox.faults([PERMANENT])
    LAB.settle()
    LAB.sandbox.faults([])
    done, bad = refs()[1], refs()[0]
    tap.check([r["state"] for r in rows()] == ["parked", "done"], rows())
    return done, bad


def filters():
    done, bad = world()
    today = datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=-5))).date()
    day = lambda n: (today + datetime.timedelta(days=n)).isoformat()
    both = [bad, done]
    for words, found in [
            (["--sender", STAFF], [done]), (["--sender", "DANA.reed"], [done]), (["--sender", "northwind.example"], both), (["--sender", "nobody"], []),
            (["--sender", "%"], []), (["--since", day(-1)], both), (["--since", day(2)], []), (["--until", day(-2)], []), (["--until", day(1)], both),
            (["--since", day(-1), "--until", day(1)], both), (["--mailbox", "desk"], both), (["--limit", "1"], [bad]), (["--limit", "2"], both),
            (["--state", "done", "--sender", OTHER], []), (["--state", "parked", "--sender", OTHER, "--mailbox", "desk", "--limit", "9", "--since", day(-1)], [bad])]:
        tap.check(refs(*words) == found, "%r: %r" % (words, refs(*words)))
    for words, complaint in [
            (["--limit", "0"], "--limit 0: allowed is a number from 1 to 10000"), (["--limit", "x"], "allowed is a number"), (["--since", "today"], "--since today: allowed is a day"),
            (["--until", "2026-02-30"], "--until 2026-02-30: allowed is a day"), (["--mailbox", "dsk"], 'no mailbox "dsk"; did you mean "desk"'),
            (["--state", "prked"], 'allowed are taken, .* and open; did you mean "parked"')]:
        answer = expect(64, run("journal", "list", *words), errors=[complaint])
        tap.check(not answer.out, answer)
    for verb, option in (("show", "--sender=x"), ("retry", "--since=2026-01-01"), ("discard", "--explain"), ("list", "--output=/"), ("forget", "--limit=1")):
        expect(64, run("journal", verb, *([] if verb == "list" else ["x@y.example"]), option), errors=["journal %s takes no --" % verb])


def timeline():
    """In the order of time: received, taken, decided, sent, answered, ended; and the same by mail."""
    done, bad = world()
    when = r"\d\d \w{3} \d\d:\d\d:\d\d"
    for ref, middle, last in ((done, r"its key was kept, then it was sent \(fd-\w+\): made", "ended: ticket"), (bad, "it certainly was not done", "parked: rejected: Autotask answered 500")):
        answer = expect(0, run("journal", "show", ref), r"^life      %s  " % when)
        life = answer.out[answer.out.index("\nlife ") + 1:].splitlines()
        times = [re.match(r"(?:life)? +(%s)  (.*)" % when, line) for line in life]
        tap.check(all(times), "lines without a time: %r" % life)
        moments = [m.group(1) for m in times]
        tap.check(moments == sorted(moments, key=lambda m: datetime.datetime.strptime("2024 " + m, "%Y %d %b %H:%M:%S")), moments)
        story = "\n".join(m.group(2) for m in times)
        tap.check(re.search(r"received by the mail server(.|\n)*taken from mailbox desk(.|\n)*sender proven; decided: ticket, for Sarah Klein, due "
                            r"(.|\n)*ticket.create: %s(.|\n)*letter written: \w+ to (.|\n)*%s" % (
                                middle, re.escape(last)), story), story)
        tap.check("secret words" not in answer.out and "Sarah: " not in answer.out, answer)
        todo = r"^do        change in Autotask, .*; then `frontdesk journal retry %s`. To give it up: `frontdesk journal discard %s`$" % (ref, ref)
        tap.check(bool(re.search(todo, answer.out, re.M)) == (ref == bad), answer)


def retry_explained():
    """What was done, what is looked up, what today's settings say; and nothing is done."""
    done, bad = world()
    before, asked = rows(), len(LAB.sandbox.log())
    answer = expect(0, run("journal", "retry", "--explain", bad), "^%s is parked: rejected" % bad, "^retry     carries out the plan that was made then",
                    r"^step 1    ticket.create, key fd-\w+: (was certainly not done: it is made, under the same key|may have been done: it is looked up by its key first)",
                    r'^request   POST Tickets \{.*"title":"two.*"priority":12', "^today     the same requests would be made", "^The same mail under today's settings:", "^before    .*%s" % bad, "^command   ticket", "^Nothing was done")
    log = LAB.sandbox.log()[asked:]
    tap.check(rows() == before and not [r for r in log if r["method"] != "GET" and not r["path"].split("?")[0].endswith("/query")], log)
    key = re.search(r"key (fd-\w+)", answer.out).group(1)
    tap.check(answer.out.count(key) >= 2, "today's key is another one: %s" % answer)
    told = json.loads(expect(0, run("journal", "retry", "--explain", "--json", bad)).out)
    tap.check(told["ref"] == bad and told["steps"][0]["key"] == key and told["today"]["command"] == "ticket" and not told["error"], told)
    # other settings: what they would do, beside what was planned
    LAB.daemon.configure(ticket='company = "Acme Dental";')
    expect(0, run("journal", "retry", "--explain", bad), "^today     OTHER requests would be made", r'^request   POST Tickets \{"companyID":0,', r'^request   POST Tickets \{"companyID":[1-9]')
    LAB.daemon.configure(ticket='company = "Northwind Nowhere";')
    expect(0, run("journal", "retry", "--explain", bad), "^today     cannot be told: .*", errors=["Autotask has no active company"])
    LAB.daemon.configure()
    expect(64, run("journal", "retry", "--explain", done),
           errors=[r"%s is done \(ticket %s\), so there is nothing to retry" % (done, next(r["ticket_number"] for r in rows() if r["ref"] == done))])
    expect(64, run("journal", "discard", "--explain", bad), errors=["journal discard takes no --explain"])
    expect(0, run("journal", "retry", bad))
    LAB.settle()
    tap.check([r["state"] for r in rows()] == ["done", "done"] and key in [t["externalID"] for t in LAB.sandbox.tickets()], rows())


def exported():
    """Byte for byte as it came, small and large; only for the one who asks; nothing is overwritten."""
    LAB.clean()
    mails = [staff_mail("Sarah: small", "x\r\n"), staff_mail("Sarah: large", LARGE.replace("\n", "\r\n"))]
    for raw in mails:
        LAB.deliver((STAFF, raw))
        LAB.sandbox.faults([PERMANENT])
        LAB.settle()
    small, large = refs()[1], refs()[0]
    stored = {raw.split(b"Subject: ")[1].split(b"\r\n")[0].split(b"\n")[0]: raw for mails in LAB.stored(MAILBOX).values() for raw in mails}
    folder = os.path.join(LAB.daemon.dir, "out")
    os.mkdir(folder)
    wide = lambda raw: raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    for ref, name in ((small, b"Sarah: small"), (large, b"Sarah: large")):
        answer = expect(0, run("journal", "export", ref))
        tap.check(answer.out.encode() == wide(stored[name]), "%s is not what came" % ref)
        expect(0, run("journal", "export", ref.lower(), "--output", folder), "^%s/%s.eml$" % (re.escape(folder), ref))
        path = os.path.join(folder, ref + ".eml")
        with open(path, "rb") as out:
            tap.check(out.read() == wide(stored[name]) and stat.S_IMODE(os.stat(path).st_mode) == 0o600, path)
        answer = expect(74, run("journal", "export", ref, "--output", folder), errors=["cannot make .*%s.eml: File exists" % ref])
    os.unlink(os.path.join(folder, small + ".eml"))
    os.symlink(os.path.join(folder, "elsewhere"), os.path.join(folder, small + ".eml"))
    expect(74, run("journal", "export", small, "--output", folder), errors=["cannot make"])
    tap.check(not os.path.exists(os.path.join(folder, "elsewhere")), "written through a link")
    os.unlink(os.path.join(folder, small + ".eml"))
    os.unlink(os.path.join(folder, large + ".eml"))
    expect(0, run("journal", "export", small, large, "--output", folder), small, large)
    expect(64, run("journal", "export", small, large), errors=["several mails need --output"])
    expect(64, run("journal", "export"), errors=["needs the REF of a message, or --unmatched"])
    expect(64, run("journal", "export", small, "--unmatched"), errors=["--unmatched takes no REF"])
    expect(66, run("journal", "export", "ZZZZ"), errors=["no message with the reference ZZZZ"])
    explained = expect(0, frontdesk("explain", os.path.join(folder, small + ".eml"), "-c", LAB.daemon.conf), "^before    .*%s" % small)
    tap.check("reply     to " + STAFF in explained.out, explained)


def nothing_moves_the_cursor():
    """Mail of strangers on a terminal: no control characters."""
    LAB.clean()
    LAB.deliver((STAFF, staff_mail("Sarah: x", "red \x1b[31m and \x07 bell")))
    LAB.sandbox.faults([PERMANENT])
    LAB.settle()
    ref = refs()[0]
    code, seen = on_terminal("journal", "export", ref, "-c", LAB.daemon.conf)
    tap.check(code == 0 and "red ?[31m and ? bell" in seen and "\x1b" not in seen and "\x07" not in seen, repr(seen))


def erased():
    done, _ = world()
    expect(0, run("journal", "forget", STAFF))
    LAB.settle()
    expect(66, run("journal", "export", done), errors=["the journal holds no text of %s any more" % done])
    expect(0, run("journal", "show", done), "^life ", "ended: ticket")


if __name__ == "__main__":
    with Lab() as LAB:
        tap.run([("filters of the list", filters), ("the life as a timeline", timeline), ("what a retry would do", retry_explained), ("mail taken out", exported),
                 ("nothing in it moves the cursor", nothing_moves_the_cursor), ("what was erased", erased)])
