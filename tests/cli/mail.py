#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""`explain` says what the daemon then does, over all flow cases with their follow-ups and over odd and broken mail, from file and
from standard input, and changes nothing. Every example that `help` and the how-tos give is understood as said."""
import email
import email.policy
import hashlib
import json
import os
import random
import re
import sys

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", d) for d in ("support", "flow")]
from cases import CASE_LIMITS, CASES  # noqa: E402
from console import expect, frontdesk  # noqa: E402
from lab import MAILBOX, OPERATOR, STAFF, Lab, staff_mail  # noqa: E402
from sandbox import ROOT  # noqa: E402
import tap  # noqa: E402

MIKE = "mike.chen@northwind.example"
READS = re.compile(r"(GET .*/zoneInformation|GET .*/entityInformation/fields|GET .*/Tickets/\d+|POST .*/query(/count)?)$")
TIME = re.compile(r"(until|by) (\w{3} \d+ \w{3} )?\d\d:\d\d")  # to which a question is held: a minute may pass between two runs


def state(but=()):
    """The state directory as it is; what SQLite and the call budget keep beside is left out, for it is shared on purpose."""
    result, root = {}, os.path.join(LAB.daemon.dir, "state")
    for where, _, names in os.walk(root):
        for name in names:
            path = os.path.join(where, name)
            if "/slots" not in path and not name.endswith(("-shm", "-wal", ".pace")) and name not in but:
                with open(path, "rb") as content:
                    result[os.path.relpath(path, root)] = hashlib.sha256(content.read()).hexdigest()
    return result


def as_text(said):
    """What explain prints for people, from what it prints for programs."""
    lines = []
    def put(label, *words):
        lines.extend("%-10s%s" % ("" if i else label, word) for i, word in enumerate(words))
    def chain(first, requests):
        return ["%s%s" % ("then " if i else first, request) for i, request in enumerate(requests)]
    if "verdict" in said:
        put("sender", said["sender"] or "(not one plain address)")
        put("verdict", "%s (%s)" % (said["verdict"], said["reason"]))
        put("evidence", said["evidence"])
    if "found" not in said:
        put("outcome", said["outcome"] + (": recorded and filed; never answered" if "verdict" in said else
                                          ": the operator is told, the sender is not known"))
        return "\n".join(lines) + "\n"
    if "taken_as" in said:
        put("before", "taken already as %s: a second copy does nothing (outcome same); new, it would be:" % said["taken_as"])
    if "said_again" in said:
        put("before", "this sender said the same in %s: no second request is made of it" % said["said_again"])
    if "answers" in said:
        to = said["answers"]
        put("before", "it answers %s (%s%s)%s" % (to["ref"], to["state"], to["ticket_number"] and ", " + to["ticket_number"],
                                                  ", and waits until that is done" if to["state"] in ("taken", "planned", "acted", "answered") else ""))
    put("command", said["command"] or "none: the mail cannot be read in full", *(
        '%s "%s" (%s)%s' % (f["how"], f["text"], f["where"], f["person"] and ": " + f["person"]) for f in said["found"]))
    put("outcome", said["outcome"])
    for error in said.get("errors", []):
        put("error", '%s%s: "%s"' % (error["rule"], error["where"] and ", in " + error["where"], error["quote"]),
            *("%s %s" % (v["name"], v["text"]) for v in error["values"]))
    if "unmatched" in said:
        put("error", 'none that a rule knows: "%s"' % said["unmatched"])
    question = said.get("question", {})
    if question.get("why"):
        put("question", question["why"] + (': "%s"' % question["word"] if question["word"] else ""))
    for number, name in enumerate(question.get("choices", []), 1):
        put("choice", "%d  %s" % (number, name))
    held = "held_until_ms" in question
    if held:
        put("held", "until TIME; then it is filed in %s" % question["then_queue"])
    put("request", *(chain("", said["requests"]) or ["none before the answer" if held else "none"]),
        *chain("without an answer ", said.get("requests_without_answer", [])))
    reply = said.get("reply")
    put("reply", "to " + reply["to"] if reply else "none")
    return "\n".join(lines) + "\n" + ("\nSubject: %s\n\n%s\n" % (reply["subject"], reply["text"]) if reply else "")


def comparable(text):
    """Without the time until which a question is held: people read it in their own zone."""
    return [line.rstrip() for line in TIME.sub(r"\1 TIME", text).splitlines()]


def for_programs(raw, answer):
    """--json says the same."""
    machine = frontdesk("explain", "--json", "-c", LAB.daemon.conf, stdin=raw)
    untimed = [re.sub(r"(?m)^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "TIME", a.errors) for a in (machine, answer)]
    tap.check(machine.code == answer.code and untimed[0] == untimed[1], "%s\n%s" % (machine, answer))
    said = json.loads(machine.out)
    tap.check(comparable(as_text(said)) == comparable(answer.out), "%s\n%s" % (as_text(said), answer))
    tap.check(answer.code == 0 or said["error"] in answer.errors, machine)


def explain(raw, as_file=False, but=()):
    """The answer, after proving that nothing but the directory was asked for and nothing was written (but files of a running daemon)."""
    before, calls, path = state(but), len(LAB.sandbox.log()), os.path.join(LAB.daemon.dir, "mail.eml")
    with open(path, "wb") as mail:
        mail.write(raw)
    answer = frontdesk("explain", "-c", LAB.daemon.conf, *([path] if as_file else []), stdin=b"" if as_file else raw)
    os.unlink(path)
    asked = ["%s %s" % (r["method"], r["path"].split("?")[0]) for r in LAB.sandbox.log()[calls:]]
    tap.check(asked and all(READS.search(a) for a in asked), asked)
    tap.check(state(but) == before, "the state directory changed: %r" % (set(state(but).items()) ^ set(before.items())))
    return answer


def outcome_of(answer):
    found = re.search(r"^outcome +(\w+)", answer.out, re.M)
    tap.check(found, answer)
    return found.group(1)


def plain(text):
    """Without what only a create that was done can tell."""
    text = re.sub(r"https?://\S*TicketID=\d+|\(link\)", "LINK", text)
    text = re.sub(r"T\d{8}\.\d{4}|\(number\)", "NUMBER", text)
    text = re.sub(r"ref (\w+|\(ref\))", "ref REF", text)
    text = re.sub(r" ?\[fd:[^\]]*\]", "", text)  # signed when the letter is written
    text = TIME.sub(r"\1 TIME", text)
    return [line.rstrip() for line in text.strip().splitlines()]


def lines_of(answer):
    """What explain says itself, before the letter that it shows."""
    return answer.out.split("\n\nSubject: ", 1)[0]


def letter_of(answer):
    """Subject and text of the letter that explain shows; None when there is none."""
    found = re.search(r"^reply     to \S+\n\nSubject: ([^\n]*)\n\n(.*)\Z", answer.out, re.M | re.S)
    return (found.group(1), plain(found.group(2))) if found else None


def letters_sent():
    result = []
    for user in (STAFF, OPERATOR, MIKE, "eve@elsewhere.example"):
        for raw in LAB.stored(user).get("INBOX", []):
            letter = email.message_from_bytes(raw, policy=email.policy.default)
            result.append((letter["Subject"], plain(letter.get_body(("plain",)).get_content())))
    return result


def undiagnosed(request):
    """What the books say is not known before: it stands in the description, between who asks and what they wrote."""
    text = request.get("description", "")
    diagnosed = re.search(r"\n\n(?:CONFIRMED|NOT THE CASE NOW|COULD NOT BE CHECKED|ALREADY SOLVED)\b", text)
    return dict(request, description=text.split("\n\n")[0] + "\n\n" + text.split("\n\n")[-1]) if diagnosed else request


def sent_requests(log):
    """What was written, as explain would put it."""
    return [(r["method"] + " Tickets", undiagnosed(json.loads(r["body"]))) for r in log
            if r["method"] in ("POST", "PATCH") and r["path"].endswith("/Tickets")]


def shown_requests(said):
    lines = [m for a in said for m in re.findall(r"^(?:request   |          then )(POST|PATCH) Tickets (\{.*\})$", lines_of(a), re.M)]
    return [(method + " Tickets", json.loads(body)) for method, body in lines]


def foreseen(letter, sent):
    """A letter that waits for what the books say: the same but for that."""
    subject, lines = letter
    if not any(line.strip() == "(what both systems say then)" for line in lines):
        return letter in sent or "(status)" in lines
    meaning = next(line for line in lines if line.endswith(".") and not line.startswith("Looked at ."))  # the time of a report
    return any(subject == other and meaning in text for other, text in sent)


CHILDREN = (("POST", "SecondaryResources"), ("DELETE", "SecondaryResources"), ("POST", "Notes"), ("POST", "ToDos"))


def same_phase(may_retry):
    """Explains what lies in the inbox, lets the daemon work, and compares; returns the raw mails."""
    raws = LAB.stored(MAILBOX).get("INBOX", [])
    LAB.sandbox.faults([fault for fault in may_retry if "nth" not in fault])
    said = [explain(raw) for raw in raws]
    for raw, answer in zip(raws, said):
        expect(0, answer)
        for_programs(raw, answer)
    known = {r["ref"] for r in LAB.daemon.journal()} if os.path.exists(os.path.join(LAB.daemon.dir, "state", "journal.db")) else set()
    LAB.sandbox.faults(may_retry)
    before = len(LAB.sandbox.log())
    LAB.settle()
    LAB.wait_for_queue()
    rows = [r for r in LAB.daemon.journal() if r["ref"] not in known]
    outcomes, expected = sorted(r["outcome"] for r in rows), sorted(outcome_of(a) for a in said)
    # what the mail cannot tell: that Autotask refuses for good, that it is a copy of one that lies beside it
    ids = [email.message_from_bytes(raw)["Message-ID"] for raw in raws]
    unforeseen = set(outcomes) & ({"parked", "same"} if len(set(ids)) < len(ids) else {"parked"})
    tap.check(outcomes == expected or unforeseen, "said %r, did %r" % (expected, outcomes))
    log = LAB.sandbox.log()[before:]
    made, shown = sent_requests(log), shown_requests(said)
    retried = any("retry" in a.out.split("command", 1)[-1][:12] for a in said)
    for request in shown + made:
        tap.check(request in made and (request in shown or retried) or unforeseen & {"same"}, "only on one side: %r" % (request,))
    for method, child in CHILDREN:
        told = sum(len(re.findall(r"^(?:request   |          then )%s (?:Tickets|Companies)/[^ ]*/%s" % (method, child), lines_of(a), re.M)) for a in said)
        done = sum(r["method"] == method and re.search(r"/%s(/\d+)?$" % child, r["path"]) is not None for r in log)
        tap.check(told == done, "%s %s: said %d, did %d" % (method, child, told, done))
    refused = any(fault["path"] == "*/ToDos" and "nth" not in fault for fault in may_retry)  # told in the letter, which explain cannot know
    if not unforeseen and not refused:
        for letter in filter(None, map(letter_of, said)):
            tap.check(foreseen(letter, letters_sent()), "%r is not in %r" % (letter, letters_sent()))
    return raws


def same_as_the_run(case):
    """Verdict, outcome, requests and letter of each mail of a flow case, and of each follow-up."""
    def test():
        LAB.clean(case)
        for mail in case["mails"]:
            LAB.deliver(mail)
        raws = same_phase(case.get("faults", []))
        for action in case.get("then", []):
            LAB.begin(action)
            if "verb" in action or "passed" in action or "meanwhile" in action:
                LAB.settle()
            else:
                same_phase([] if action.get("mended") else case.get("faults", []))
        for raw in raws:
            again = explain(raw)
            staff = " staff (" in lines_of(again)
            tap.check(bool(re.search(r"^before    taken already as \w+:", lines_of(again), re.M)) == staff, again)
    return test


# --- help ---------------------------------------------------------------------------------------------------------------------

def reply_to(subject, sender=STAFF):
    """(explain's answer, text of the letter)"""
    answer = expect(0, explain(staff_mail(subject, "x\n", sender=sender)))
    return answer, answer.out.split("\nSubject: ", 1)[1]


def command_of(answer):
    return re.search(r"^command +(.*)$", answer.out, re.M).group(1)


def check_ticket_example(subject, names):
    answer = expect(0, explain(staff_mail(subject, "x\n")), "^command +ticket$", "^outcome +ticket$")
    told = [n for n in names if n in answer.out.split("\nSubject: ", 1)[1]]
    tap.check(told, "%r went to none of %r: %s" % (subject, names, answer))
    tap.check(not re.search("^! ", answer.out, re.M), "%r: not all of it was understood: %s" % (subject, answer))
    return answer


def help_examples(sender, operators):
    def test():
        LAB.clean()
        LAB.deliver(dict(subject="Sarah: one", text="x"))
        LAB.settle()
        ref = LAB.daemon.journal()[0]["ref"]
        _, text = reply_to("help", sender)
        text = text.split("\n-- ")[0].replace("(ref)", ref)
        users = {r["firstName"] + " " + r["lastName"]: r for r in LAB.sandbox.world()["Resources"]}
        people = re.findall(r"^  (\S.*): reset the password$", text.split("Two technicians")[0], re.M)
        wanted = [n for n in users if n not in ("Tom Hale", "Lena Fox", "Frontdesk API")]
        tap.check(len(people) == len(wanted), "%r instead of %r" % (people, wanted))
        tap.check("Mike Chen" in people and "Mike Alvarez" in people and "Mike" not in people and "Sarah" in people, people)
        for said in people:
            meant = [n for n in wanted if n == said or n.split()[0] == said]
            tap.check(len(meant) == 1, said)
            answer = check_ticket_example(said + ": reset the password", meant)
            tap.check('"assignedResourceID":%d' % users[meant[0]]["id"] in answer.out, answer)
        lines = re.findall(r"^  (\S.*?)(?:  -  .*)?$", text.split("Two technicians")[1], re.M)
        tap.check(any("[" in line for line in lines) and any(" and " in line for line in lines), lines)
        verbs = set()
        for line in lines:
            word = line.split(":")[0].split(" ")[0]
            verbs.add(word)
            if word not in ("help", "status", "explain", "show", "retry", "discard"):
                check_ticket_example(line, wanted)
                continue
            answer, letter = reply_to(line, sender)
            tap.check(command_of(answer) == word, "%r: %s" % (line, answer))
            tap.check("Did you mean" not in letter and "no message with" not in letter and "is for the people" not in letter, answer)
        tap.check(({"show", "retry"} <= verbs) == operators and {"help", "status", "explain"} <= verbs and "discard" not in verbs, verbs)
    return test


def howto_examples():
    """Each how-to is found by its name and holds no {name} any more; each subject in it is understood."""
    LAB.clean()
    folder, seen = os.path.join(ROOT, "templates", "en", "help"), 0
    names = [r["firstName"] for r in LAB.sandbox.world()["Resources"]]
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), encoding="utf-8") as article:
            title = re.search("^title: (.*)$", article.read(), re.M).group(1)
        _, text = reply_to("help " + name[:-4].replace("-", " "))
        tap.check(title in text and "{" not in text, text)
        for subject in re.findall(r"^    Subject: (.*)$", text, re.M):
            seen += 1
            if subject.startswith("explain:"):
                tap.check(command_of(reply_to(subject)[0]) == "explain", subject)
            else:
                check_ticket_example(subject, names)
    tap.check(seen >= 8, seen)


def howto_of_the_integration():
    """A firm is told the menus of its own integration only; where the settings name none, those of all."""
    LAB.clean()
    heads = {"qbo-app": "Autotask Invoices to QuickBooks Online", "sah": "Smart Accounting Hub", "qbd": "QuickBooks Desktop", "3rd": "Another sync"}
    with open(LAB.daemon.conf, encoding="utf-8") as conf:
        text = conf.read()
    try:
        for own in (*heads, ""):
            LAB.daemon._write("frontdesk.conf", text.replace("firm = { ", 'firm = { integration = "%s"; ' % own, 1) if own else text)
            _, letter = reply_to("help resend an invoice")
            told = [name for name, head in heads.items() if "\n\n%s\n" % head in letter]
            tap.check(told == ([own] if own else list(heads)), "%r: %r\n%s" % (own, told, letter))
            tap.check("ERROR" in letter and "Apps > Autotask Invoices" in letter or own not in ("qbo-app", ""), letter)
            tap.check("Apps > Autotask Invoices" not in letter or own in ("qbo-app", ""), letter)
    finally:
        LAB.daemon._write("frontdesk.conf", text)


# --- odd and broken mail -----------------------------------------------------------------------------------------------------

GOOD = staff_mail("Sarah: odd", "text\n")
HEAD, BODY = GOOD.split(b"\r\n\r\n", 1)


def without(field):
    return re.sub(rb"(?im)^%s:.*\r\n" % field, b"", GOOD)


def multipart(parts, depth=1, end=True):
    top = HEAD.replace(b'text/plain; charset="utf-8"', b"text/plain")
    top = re.sub(rb"(?im)^(content-type|content-transfer-encoding|mime-version):.*(\r\n[ \t].*)*\r\n", b"", top + b"\r\n")
    text = top + b"MIME-Version: 1.0\r\n"
    for n in range(depth):
        text += b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n)
    text += b"Content-Type: text/plain\r\n\r\nhello\r\n"
    text += b"".join(b"--b%d\r\nContent-Type: text/plain\r\n\r\npart\r\n" % (depth - 1) for _ in range(parts))
    return text + (b"".join(b"--b%d--\r\n" % n for n in reversed(range(depth))) if end else b"")


ODD = {
    "no subject": without(b"subject"),
    "no Message-ID": without(b"message-id"),
    "no Date": without(b"date"),
    "no From": without(b"from"),
    "two From fields": GOOD.replace(b"Subject:", b"From: eve@elsewhere.example\r\nSubject:", 1),
    "LF only": GOOD.replace(b"\r\n", b"\n"),
    "Latin-1 in the header": GOOD.replace(b"Sarah: odd", "Sarah: Köln".encode("latin-1")),
    "an escape in the subject": GOOD.replace(b"Sarah: odd", b"Sarah: \x1b[2J\x1b]0;x\x07odd"),
    "a very long subject": GOOD.replace(b"Sarah: odd", b"Sarah: " + b"long " * 2000),
    "header only": HEAD + b"\r\n",
    "header without an end": HEAD,
    "one newline": b"\r\n",
    "text only": b"just some words\r\nand more\r\n",
    "a NUL in the header": GOOD.replace(b"Subject:", b"X-Y: a\0b\r\nSubject:", 1),
    "a NUL in the text": GOOD.replace(b"text", b"te\0xt"),
    "random bytes": random.Random(7).randbytes(5000),
    "random bytes behind a header": HEAD + b"\r\n\r\n" + random.Random(8).randbytes(5000).replace(b"\0", b"x"),
    "a mailbox line on top": b"From dana Tue Nov 24 16:00:00 2026\r\n" + GOOD,
    "a multipart without an end": multipart(2, end=False),
    "too many parts": multipart(300),
    "nested too deep": multipart(1, depth=60),
    "a header of 600 KB": GOOD.replace(b"Subject:", b"X-Long: " + b"y" * 600000 + b"\r\nSubject:", 1),
    "over the limit": GOOD + b"0123456789abcdef\r\n" * 60000,
    "just under the limit, with bare LF": (GOOD + b"x\r\n" * 340000).replace(b"\r\n", b"\n"),
}
# each a mail of its own, not a copy of another, and not said again
OWN_ID = re.search(rb"(?im)^message-id: *<([^@]*)", GOOD).group(1)
ODD = {name: raw.replace(OWN_ID, b"odd.%d" % n).replace(b"Sarah: odd", b"Sarah: odd %d" % n) for n, (name, raw) in enumerate(ODD.items())}


def put(raws):
    """Straight into the store, where no server can refuse them."""
    folder = os.path.join(LAB.host.path("mail"), MAILBOX, "Maildir")
    LAB.deliver(dict(subject="Sarah: first", text="x"))
    for n, raw in enumerate(raws):
        path = os.path.join(folder, "new", "%d.odd" % (9999999000 + n))
        with open(path, "wb") as out:
            out.write(raw)
        os.chown(path, os.stat(folder).st_uid, os.stat(folder).st_gid)


def as_fetched(raw):
    """IMAP has no NUL; Dovecot sends another byte for it."""
    return raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n").replace(b"\0", b"\x80")


ROWS = {}  # name of an odd mail -> its row


def run_them_all():
    LAB.clean()
    put(ODD.values())
    names = {as_fetched(raw): name for name, raw in ODD.items()}
    order = [names.get(as_fetched(raw)) for raw in LAB.host.mails(MAILBOX)]
    LAB.settle()
    rows = LAB.daemon.journal()[::-1]
    tap.check(len(rows) == len(order) == len(ODD) + 1 and set(order) == {None, *ODD}, order)
    ROWS.update(zip(order, rows))


def odd(name):
    def test():
        raw, row = ODD[name], ROWS[name]
        by_input, by_file = explain(raw), explain(raw, as_file=True)
        tap.check(by_input.code in (0, 65) and (by_input.code, by_input.out, by_input.errors) == (by_file.code, by_file.out, by_file.errors),
                  "%s\n%s" % (by_input, by_file))
        for_programs(raw, by_input)
        answer = explain(as_fetched(raw)) if b"\0" in raw else by_input
        said = outcome_of(answer)
        tap.check((said == "parked") == (answer.code == 65), answer)
        tap.check(row["outcome"] == said, "said %r, did %r" % (said, row))
        if said == "parked":
            reason = answer.errors.splitlines()[0].replace("frontdesk: ", "", 1)
            tap.check(reason in row["reason"], "said %r, did %r" % (reason, row["reason"]))
        else:
            sender = row["sender"] or "(not one plain address)"
            tap.check(re.search(r"^sender +%s$" % re.escape(sender), answer.out, re.M), "%s, did %r" % (answer, row))
    return test


def what_is_no_mail():
    LAB.clean()
    conf = LAB.daemon.conf
    for raw in (b"", b"\0" * 100):
        expect(65, explain(raw), "^outcome +parked")
    expect(66, frontdesk("explain", LAB.daemon.dir + "/none", "-c", conf), errors=["none: No such file"])
    expect(66, frontdesk("explain", LAB.daemon.dir, "-c", conf), errors=["is a folder"])
    tap.check(not os.path.exists(os.path.join(LAB.daemon.dir, "state", "journal.db")), "a journal was made")


def a_subject_alone():
    """Without a mail: as the mail of that subject is explained; whoever is no staff stays so; nothing is written."""
    LAB.clean()
    before = state()
    ask = lambda *words: frontdesk("explain", "-c", LAB.daemon.conf, *words)
    answer = expect(0, ask("--subject", "Sarah: reset the password [high]"), r"^sender +%s$" % re.escape(OPERATOR), r"^verdict +staff \(assumed\)$",
                    '^ +addressed "Sarah" .*: Sarah Klein$', '"title":"reset the password"', "^  Priority  High$")
    tap.check("Senders are not checked" not in answer.out, answer)
    by_mail = explain(staff_mail("Sarah: reset the password [high]", "", sender=STAFF))
    same = expect(0, ask("--subject", "Sarah: reset the password [high]", "--sender", STAFF), "^sender +" + re.escape(STAFF))
    tap.check(letter_of(same) == letter_of(by_mail), "%s\n%s" % (same, by_mail))
    expect(0, ask("--subject", "José: Müller kann nicht drucken"), "José Núñez", "Müller kann nicht drucken")
    expect(0, ask("--subject", "help"), "^command +help$")
    told = json.loads(expect(0, ask("--json", "--subject", "Sarah: x")).out)
    tap.check((told["verdict"], told["reason"], told["outcome"]) == ("staff", "assumed", "ticket"), told)
    expect(0, ask("--subject", "Sarah: x", "--sender", "eve@elsewhere.example"), r"^verdict +stranger \(not-staff\)$", "^outcome +refused")
    tap.check(state() == before and not LAB.tickets(), "something was done")


def beside_a_running_daemon():
    LAB.clean()
    LAB.deliver(dict(subject="Sarah: one", text="x"))
    LAB.daemon.start(arguments=("--since", "2020-01-01"))
    LAB.daemon.wait_row(STAFF)
    # its notes are the daemon's own, who writes them now and then
    expect(0, explain(GOOD, but=("attempts",)), "^verdict +staff", "^outcome +ticket")
    tap.check(len(LAB.tickets()) == 1, LAB.tickets())
    LAB.daemon.stop()


def before_the_first_start():
    """Without a state directory nothing is made, and Autotask is asked all the same."""
    LAB.clean()
    os.rmdir(os.path.join(LAB.daemon.dir, "state"))
    expect(0, explain(GOOD), "^outcome +ticket")
    tap.check(not os.path.exists(os.path.join(LAB.daemon.dir, "state")), "the state directory was made")


def autotask_away():
    LAB.clean()
    LAB.sandbox.faults([dict(action="html503")])
    answer = expect(75, frontdesk("explain", "-c", LAB.daemon.conf, stdin=GOOD), errors=["Autotask answered 503", "fix: try again later"])
    tap.check(not answer.out, answer)
    LAB.sandbox.faults([dict(action="status", status=401)])
    expect(77, frontdesk("explain", "-c", LAB.daemon.conf, stdin=GOOD), errors=["fix: check the user"])
    LAB.sandbox.faults([])


if __name__ == "__main__":
    with Lab(CASE_LIMITS + " per_sender_hour = 1000;") as LAB:
        tap.run([("as the run: " + case["name"], same_as_the_run(case)) for case in CASES if not case.get("forgets")] +
                [("examples of help", help_examples(STAFF, False)), ("examples of help for operators", help_examples(OPERATOR, True)),
                 ("examples of the how-tos", howto_examples), ("how-tos by integration", howto_of_the_integration)] +
                [("odd and broken mails are taken", run_them_all)] + [("as the run: " + name, odd(name)) for name in ODD] +
                [("what is no mail", what_is_no_mail), ("a subject alone", a_subject_alone), ("beside a running daemon", beside_a_running_daemon),
                 ("before the first start", before_the_first_start), ("Autotask away or refusing", autotask_away)])
