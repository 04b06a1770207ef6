#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A language is a folder: English with every letter of its words changed into a Cyrillic one, in text form. Then what is left in
Latin letters in the letters of the desk is what was mailed, what Autotask calls things, and what can be typed; a sentence of ours
that stands anywhere but in the folder shows itself."""
import json
import os
import re
import shutil
import sys

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", d) for d in ("support", "flow")]
import tap  # noqa: E402
from examples import Post, text_of  # noqa: E402
from lab import OPERATOR, STAFF, Lab  # noqa: E402
from sandbox import ROOT  # noqa: E402

ENGLISH = os.path.join(ROOT, "templates", "en")
COLLEAGUE = "mike.chen@northwind.example"
FOREIGN = {i + ord("a"): 0x430 + i for i in range(26)} | {i + ord("A"): 0x410 + i for i in range(26)}
# people, values of Autotask, the firm, what the mails below say
THEIRS = """Northwind IT Sarah Klein Shana Ortiz Grace Park Dana Reed Tom Hale Mike Alvarez Chen Help Desk Triage Medium High Low Critical Alex Mark Will Jos
Acme Dental KB MB Autotask""".split()
TYPED = "to undo due fri mon friday and help status explain check mapping accounts terms sync all invoice customer item".split()


def foreign(text):
    return text.translate(FOREIGN)


def words_only(text):
    """All but {facts} and {{tags}}; of {n|day|days} the words."""
    def tag(part):
        fact, bar, words = part.partition("|")
        return part if part.startswith("{{") else fact + bar + foreign(words)
    return "".join(tag(part) if n % 2 else foreign(part) for n, part in enumerate(re.split(r"(\{\{.*?\}\}|\{.*?\})", text)))


def letter(text):
    head, rest = text.split("\n", 1)
    return "Subject: " + words_only(head[len("Subject: "):]) + "\n" + words_only(rest) if head.startswith("Subject: ") else words_only(text)


def article(text):
    head, body = text.split("\n\n", 1)
    return "\n".join(foreign(line).replace(foreign("title: "), "title: ") if line.startswith("title: ") else line
                     for line in head.split("\n")) + "\n\n" + "\n".join(line if line.startswith("@") else words_only(line) for line in body.split("\n"))


def sentences(text):
    def line(row):
        name, colon, rest = row.partition("text:")
        return name + colon + words_only(rest) if colon and not name else row if row.startswith(("[", "#")) else words_only(row)
    return "\n".join(map(line, text.split("\n")))


def findings(text):
    """What is said of kinds of findings: behind "title:", "fix qbd:" and so on, and lines that go on."""
    def line(row):
        head, colon, rest = row.partition(":")
        if row.startswith(("[", "#")) or not row:
            return row
        return words_only(row) if row.startswith(" ") or not colon else head + colon + words_only(rest)
    return "\n".join(map(line, text.split("\n")))


def translate(folder):
    """A language of the firm: FOLDER/xx, with the letters in it."""
    for part, change in (("reply", letter), ("help", article), ("check", findings), ("", sentences)):
        for name in os.listdir(os.path.join(ENGLISH, part)):
            if name.endswith(".txt"):
                there = os.path.join(folder, "xx", "" if part == "reply" else part)
                os.makedirs(there, exist_ok=True)
                with open(os.path.join(ENGLISH, part, name), encoding="utf-8") as source, \
                        open(os.path.join(there, name), "w", encoding="utf-8") as out:
                    out.write(change(source.read()))


def begin(books=False):
    LAB.clean(dict(books=books))
    with open(LAB.daemon.conf, encoding="utf-8") as settings:
        text = settings.read()
    text = text.replace("firm = {", 'firm = { language = "xx"; ') + 'own_templates = "%s/words";\n' % LAB.daemon.dir
    with open(LAB.daemon.conf, "w", encoding="utf-8") as settings:
        settings.write(text)


def speaks(text, *sentences_in, typed=""):
    """No word of ours is left, and these sentences are there."""
    text = text.replace("Subject: ", "")
    plain = re.sub(r"\b(?:POST|PATCH|GET|DELETE) \S+(?: \{.*\})?", " ", text)  # requests, as they travel
    plain = re.sub(r"(?m)^%s +.*$" % foreign("evidence"), " ", plain)  # how a sender was proven, as the headers have it
    plain = re.sub(r"\bfd-[0-9a-f]{40}\b", " ", plain)
    plain = re.sub(r"https?://\S+|\S+@\S+|\[fd:\S+\]|\bT\d{8}\.\d{4}\b|\(?\bref \w+|\b[0-9A-Z]{4,6}\b", " ", plain)
    left = sorted(set(re.findall(r"[A-Za-z]{2,}", plain)) - set(THEIRS) - set(TYPED) - set(typed.split()))
    tap.check(not left, "%r is left in:\n%s" % (left, text))
    whole = " ".join(text.split())
    for sentence in sentences_in:
        tap.check(re.search(sentence, whole), "%r is not in:\n%s" % (sentence, whole))


def said(sentence):
    """A pattern: the foreign form of an English sentence, with what stands in < > as it is."""
    return "".join(part if n % 2 else re.escape(foreign(part)) for n, part in enumerate(re.split(r"<(.*?)>", sentence)))


def reply_to(answer, words, sender=STAFF):
    """Without a quotation: the letters have no HTML to quote."""
    return POST.send("Re: printer down", words, sender, {"In-Reply-To": answer["Message-ID"],
                                                         "References": "%s %s" % (answer["References"] or "", answer["Message-ID"])})


def a_ticket_and_its_changes():
    begin()
    asked = POST.send("Sarah: printer down [prio: urgentt, due 2020-01-01]")
    made = POST.answer(asked)
    mine = "printer down urgentt prio"
    speaks(text_of(made), said('There is no priority "<urgentt>"'), said('"<due 2020-01-01>" is in the past'), typed=mine)
    changed = POST.answer(reply_to(made, "to Shana\npriority: high\nto Sarah and Nobody\n"))
    speaks(text_of(changed), said("For: <Sarah Klein> -> <Shana Ortiz>"), typed=mine)
    again = POST.answer(reply_to(made, "to Shana\n"))
    speaks(text_of(again), said("<Shana Ortiz> has it already."), typed=mine)


def a_refusal():
    begin()
    made = POST.answer(POST.send("Sarah: printer down"))
    undone = reply_to(made, "undo\n", COLLEAGUE)
    speaks(text_of(POST.answer(undone, COLLEAGUE)), said("Only <%s> or an administrator may change this ticket; your words were added as a note." % re.escape(STAFF)),
           typed="printer down")


def the_help():
    begin()
    speaks(text_of(POST.answer(POST.send("help"))), said("how frontdesk is doing"),
           said("reset the password"), typed=" ".join(name[:-4].replace("-", " ") for name in os.listdir(ENGLISH + "/help")))
    speaks(text_of(POST.answer(POST.send("check mapping"))),
           said("The setting firm.integration does not say which product takes the invoices there."))


def names_of_the_world():
    """Whatever is called something in the two simulated systems."""
    def values(node):
        if isinstance(node, dict):
            return [v for part in node.values() for v in values(part)]
        return [v for part in node for v in values(part)] if isinstance(node, list) else [node] if isinstance(node, str) else []
    with open(os.path.join(ROOT, "tests", "fixtures", "world.json"), encoding="utf-8") as world:
        return " ".join(re.findall(r"[A-Za-z]{2,}", " ".join(values(json.load(world)))))


def the_reports():
    """Kinds of records, how they are, the heads of the table: words of the language too."""
    begin(books=True)
    for check in ("mapping", "accounts", "terms", "sync", "invoice 9002", "customer Acme Dental", "item Hardware"):
        letter = POST.answer(POST.send("check " + check))
        speaks(text_of(letter), typed=names_of_the_world() + " Hardware CSV id")
        for table in letter.iter_attachments():
            head = table.get_payload(decode=True).decode("utf-8-sig").split("\n")[0]
            tap.check(not re.search("[A-Za-z]", head), head)


def an_error():
    begin()
    LAB.sandbox.faults([dict(method="POST", path="Tickets", action="status", status=500, errors="Data violation")])
    speaks(text_of(POST.answer(POST.send("Sarah: printer down"))), typed="printer down Autotask answered Data violation")  # {why}, as it is in English
    begin()
    LAB.sandbox.faults([dict(method="POST", path="Tickets", nth=1, action="html503")])
    POST.send("Sarah: printer down")
    LAB.settle()
    letters = [text for _, _, text in LAB.letters(STAFF).values()]
    queued = [text for text in letters if foreign("Queued") in text]
    tap.check(len(queued) == 1, letters)
    speaks(queued[0], said("The answer got lost; frontdesk is checking."), typed="printer down")


def in_tickets():
    """In the language of the firm, also where nobody reads it in a letter."""
    begin()
    made = POST.answer(POST.send("Sarah: printer down", "Room 4.\n\n" + "a long line of a log file\n" * 500))
    POST.answer(reply_to(made, "It smokes.\n"))
    POST.answer(reply_to(made, "undo\n"))
    POST.answer(POST.send("Sarah: nothing else", ""))
    world = LAB.sandbox.world()
    long, short = [t["description"] for t in world["Tickets"] if t["id"] >= 50000]
    head = "(\\w+ \\w+ )?<" + re.escape(STAFF) + ">"
    requested, by_mail = foreign("Requested by "), foreign(" by email")
    tap.check(re.match(requested + head + by_mail + r"\.\n\nRoom 4\.\n", long), long[:200])
    tap.check(long.endswith(foreign("[... cut here: the mail is longer than the 8,000 characters that a ticket holds]")), long[-200:])
    tap.check(len(long) <= 8000, len(long))
    tap.check(re.fullmatch(requested + head + by_mail + r"\.(\n\n\(.*\))?", short), short)
    notes = [n for n in world["TicketNotes"] if n.get("ticketID", 0) >= 50000]
    tap.check(len(notes) == 2 and all(n["title"].startswith(foreign("Mail from ") + STAFF) for n in notes), notes)
    for words in ("It smokes.", foreign("Undone by the sender.")):
        tap.check(any(re.fullmatch(head + by_mail + ":\n\n" + re.escape(words), n["description"]) for n in notes), notes)


def the_status():
    begin()
    POST.answer(POST.send("Sarah: printer down"))
    speaks(text_of(POST.answer(POST.send("status"))), said("last mail") + r" +\d+ " + said("seconds ago"), said("in hand"), said("calls used this hour"))
    LAB.sandbox.faults([dict(method="POST", path="Tickets", action="status", status=500, errors="Data violation")])
    POST.answer(POST.send("Sarah: printer down again"))
    LAB.sandbox.faults([])
    speaks(text_of(POST.answer(POST.send("status", sender=OPERATOR), OPERATOR)), said("since ") + r"\d\d \w{3} ",
           typed="Mail from is parked rejected Autotask answered Data violation Look with frontdesk journal show mend the cause then retry or discard")  # of an alert


def explained(subject):
    return text_of(POST.answer(POST.send("explain: " + subject)))


def what_would_happen():
    begin()
    proof = "auth pass"  # the name of the rule that proved it
    speaks(explained("Sarah: printer down [high]"), said("verdict") + " +" + said("staff"), said("command") + " +" + said("ticket"),
           said("addressed") + ' "Sarah" ' + said("(at the start with a separator)"), said("for its number"),
           typed="printer down high " + proof)
    speaks(explained("Shara: printer down"), said("question") + " +" + said("near-miss") + ': "Shara"', said("held") + " +" + said("until"),
           said("without an answer"), typed="Shara printer down " + proof)
    made = POST.answer(POST.send("Sarah: printer down"))
    speaks(text_of(POST.answer(reply_to(made, "to Shana\n"))), said("For: <Sarah Klein> -> <Shana Ortiz>"), typed="printer down")
    mail = dict(subject="explain", text="why?", message_id="<why@client.test>",
                inside=dict(subject="Re: printer down", text="to Grace\n", headers={"In-Reply-To": made["Message-ID"]}))
    LAB.deliver(mail)
    speaks(text_of(POST.answers()["<why@client.test>"]), said("it answers"), said("command") + " +" + said("follow-up"), typed="Re printer down " + proof)


def show_and_retry():
    begin()
    LAB.sandbox.faults([dict(method="POST", path="Tickets", action="status", status=500, errors="Data violation")])
    POST.answer(POST.send("Sarah: printer down"))
    ref = LAB.daemon.journal()[0]["ref"]
    kept = "ticket create key fd desk rejected Autotask answered Data violation show retry"  # as the journal has it
    speaks(text_of(POST.answer(POST.send("show " + ref, sender=OPERATOR), OPERATOR)), said("state") + " +" + said("parked"), said("taken") + r" \d\d \w{3}",
           said("by the mail server after"), typed=kept)
    LAB.sandbox.faults([])
    speaks(text_of(POST.answer(POST.send("retry " + ref, sender=OPERATOR), OPERATOR)), said("It was parked, parked"), typed=kept)
    speaks(text_of(POST.answer(POST.send("show ZZZ2", sender=OPERATOR), OPERATOR)), said("There is no message with the reference"), typed=kept)
    speaks(text_of(POST.answer(POST.send("retry " + ref))), said("is for the people who run"), typed=kept)


if __name__ == "__main__":
    with Lab("") as LAB:
        POST = Post(LAB)
        translate(LAB.daemon.dir + "/words")
        tap.run([("a ticket and its changes", a_ticket_and_its_changes), ("a refusal", a_refusal), ("help, and a check that cannot be made", the_help),
                 ("reports of checks", the_reports),
                 ("a refused request, and one that waits", an_error), ("what is written into tickets", in_tickets), ("status", the_status),
                 ("explain", what_would_happen), ("show and retry", show_and_retry)])
