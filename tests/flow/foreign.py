#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A language is a folder: English with every letter of its words changed into a Cyrillic one, in text form. Then what is left in
Latin letters in the letters of the desk is what was mailed, what Autotask calls things, and what can be typed; a sentence of ours
that stands anywhere but in the folder shows itself."""
import os
import re
import shutil
import sys

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", d) for d in ("support", "flow")]
import tap  # noqa: E402
from examples import Post, text_of  # noqa: E402
from lab import STAFF, Lab  # noqa: E402
from sandbox import ROOT  # noqa: E402

ENGLISH = os.path.join(ROOT, "templates", "en")
COLLEAGUE = "mike.chen@northwind.example"
FOREIGN = {i + ord("a"): 0x430 + i for i in range(26)} | {i + ord("A"): 0x410 + i for i in range(26)}
# people, values of Autotask, the firm, what the mails below say, and days as they can be typed
THEIRS = """Northwind IT Sarah Klein Shana Ortiz Grace Park Dana Reed Tom Hale Mike Alvarez Chen Help Desk Triage Medium High Low Critical Alex Mark Will Jos
Acme Dental Mon Tue Wed Thu Fri Sat Sun Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec KB MB""".split()
TYPED = "to undo due friday and help status explain check mapping accounts terms sync all invoice customer item".split()


def foreign(text):
    return text.translate(FOREIGN)


def words_only(text):
    """All but {facts} and {{tags}}."""
    return "".join(part if n % 2 else foreign(part) for n, part in enumerate(re.split(r"(\{\{.*?\}\}|\{.*?\})", text)))


def letter(text):
    head, rest = text.split("\n", 1)
    return "Subject: " + words_only(head[len("Subject: "):]) + "\n" + words_only(rest) if head.startswith("Subject: ") else words_only(text)


def article(text):
    head, body = text.split("\n\n", 1)
    return "\n".join(foreign(line).replace(foreign("title: "), "title: ") if line.startswith("title: ") else line
                     for line in head.split("\n")) + "\n\n" + "\n".join(
                         line if line.startswith("@ ") else words_only(line) for line in body.split("\n"))


def sentences(text):
    def line(row):
        name, colon, rest = row.partition("text:")
        return name + colon + words_only(rest) if colon and not name else row if row.startswith(("[", "#")) else words_only(row)
    return "\n".join(map(line, text.split("\n")))


def translate(folder):
    """FOLDER/xx, and FOLDER/en beside it."""
    shutil.copytree(ENGLISH, folder + "/en")
    for part, change in (("reply", letter), ("help", article), ("", sentences)):
        for name in os.listdir(os.path.join(ENGLISH, part)):
            if name.endswith(".txt"):
                os.makedirs(os.path.join(folder, "xx", part), exist_ok=True)
                with open(os.path.join(ENGLISH, part, name), encoding="utf-8") as source, \
                        open(os.path.join(folder, "xx", part, name), "w", encoding="utf-8") as out:
                    out.write(change(source.read()))


def begin():
    LAB.clean()
    with open(LAB.daemon.conf, encoding="utf-8") as settings:
        text = settings.read()
    text = text.replace("firm = {", 'firm = { language = "xx"; ').replace(os.path.join(ROOT, "templates"), LAB.daemon.dir + "/words")
    with open(LAB.daemon.conf, "w", encoding="utf-8") as settings:
        settings.write(text)


def speaks(text, *sentences_in, typed=""):
    """No word of ours is left, and these sentences are there."""
    text = text.replace("Subject: ", "")
    plain = re.sub(r"https?://\S+|\S+@\S+|\[fd:\S+\]|\bT\d{8}\.\d{4}\b|\(?\bref \w+|\b[0-9A-Z]{4,6}\b", " ", text)
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


if __name__ == "__main__":
    with Lab("") as LAB:
        POST = Post(LAB)
        translate(LAB.daemon.dir + "/words")
        tap.run([("a ticket and its changes", a_ticket_and_its_changes), ("a refusal", a_refusal), ("help, and a check that cannot be made", the_help),
                 ("a refused request, and one that waits", an_error)])
