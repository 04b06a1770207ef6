#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Every example that a letter gives works when it is sent: subjects out of `help` and the how-tos as new mails, replies out of the
letters about tickets and questions and out of the how-tos as replies to such letters. All are read out of the letters that really
came; nothing is kept here by hand. (tests/cli/mail.py shows for the subjects that the right person is meant.)"""
import email
import email.policy
import os
import re
import sys

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", d) for d in ("support",)]
import tap  # noqa: E402
from lab import OPERATOR, STAFF, Lab, staff_mail  # noqa: E402
from mailers import PROGRAMS, written  # noqa: E402
from sandbox import ROOT  # noqa: E402

CHANGED = re.compile(r"^  (For|Priority|Due|Queue|Status|Company): .* -> |^  (Added|Removed): ", re.M)


class Post:
    """Mails with an ID of their own, and the letters that answered them."""

    def __init__(self, lab):
        self.lab, self.n, self.seen = lab, 0, set()

    def send(self, subject, text="x\n", sender=STAFF, headers=None):
        self.n += 1
        message_id = "<example-%d@client.test>" % self.n
        self.lab.deliver((sender, staff_mail(subject, text, sender=sender, message_id=message_id, headers=headers)))
        return message_id

    def reply(self, letter, words, sender=STAFF):
        quoted = [letter.get_body((kind,)).get_content() for kind in ("plain", "html")]
        text, _ = written(PROGRAMS["gmail"], "en", words, quoted, letter["Subject"])
        return self.send(letter["Subject"], text, sender, {"In-Reply-To": letter["Message-ID"],
                                                           "References": "%s %s" % (letter["References"], letter["Message-ID"])})

    def answers(self, user=STAFF):
        """Message-ID of a mail -> its last letter."""
        self.lab.settle()
        self.lab.wait_for_queue()
        letters = [email.message_from_bytes(raw, policy=email.policy.default) for raw in self.lab.stored(user).get("INBOX", [])]
        letters.sort(key=lambda letter: letter["Message-ID"] not in self.seen)  # file names do not tell which is later
        self.seen.update(letter["Message-ID"] for letter in letters)
        return {letter["In-Reply-To"]: letter for letter in letters}

    def answer(self, message_id, user=STAFF):
        return self.answers(user)[message_id]


def text_of(letter):
    return letter.get_body(("plain",)).get_content().replace("\r\n", "\n")


def replies_in(letter):
    """What stands in quotation marks behind "Reply" or "reply", and the lines "Reply: ..." of how-tos."""
    text = text_of(letter).split("\n-- ")[0]
    offers = [" ".join(p.split()) for p in re.findall(r"\b[Rr]eply (?:to|with)?.*?(?:\n\n|\Z)", text, re.S)]
    return [q for offer in offers for q in re.findall(r'"([^"]+)"', offer)] + re.findall(r"^    Reply: (.*)$", text, re.M)


def subjects_in(letter):
    text = text_of(letter).split("\n-- ")[0]
    how = re.findall(r"^    Subject: (.*)$", text, re.M)
    return how if how or "Two technicians" not in text else [re.sub(r"  -  .*", "", line) for line in re.findall(r"^  (\S.*)$", text, re.M)]


def work_as_replies(words, minimum):
    """Each to the letter of a ticket of its own: it changes the ticket, nothing of it becomes a note, nothing is unclear."""
    words = sorted(set(words))
    tap.check(len(words) >= minimum, "only %r" % words)
    # due in years, so that "due friday" changes something on a Thursday too
    asked = {said: POST.send("Grace Park: example %d [due 2031-05-07]" % n, "about %s\n" % said) for n, said in enumerate(words)}
    letters = POST.answers()
    sent = {said: POST.reply(letters[message_id], said) for said, message_id in asked.items()}
    letters = POST.answers()
    notes = {t["title"]: t["notes"] for t in POST.lab.tickets()}
    for n, said in enumerate(words):
        text = text_of(letters[sent[said]])
        tap.check(CHANGED.search(text) and not re.search("^! ", text, re.M), "%r: %s" % (said, text))
        tap.check(not [note for note in notes["example %d" % n] if said in note], "%r became a note" % said)
    print("# %d replies: %s" % (len(words), " | ".join(words)))


def replies_that_letters_offer():
    POST.lab.clean()
    made, held = POST.send("Sarah: a ticket"), POST.send("Shara: a question")
    letters = POST.answers()
    changed, unclear = POST.reply(letters[made], "due 2031-05-06"), POST.reply(letters[held], "It is the big one.")
    letters = POST.answers()
    tap.check("undo" in replies_in(letters[unclear]), text_of(letters[unclear]))
    POST.lab.passed_minutes += 10000
    triage = POST.answers()[held]
    tap.check("undo" in replies_in(triage), text_of(triage))
    words = [w for key in (made, changed) for w in replies_in(letters[key])] + replies_in(triage)
    POST.lab.clean()
    work_as_replies(words, 5)


def replies_that_howtos_offer():
    POST.lab.clean()
    names = sorted(os.listdir(os.path.join(ROOT, "templates", "en", "help")))
    sent = [POST.send("help " + name[:-4].replace("-", " ")) for name in names]
    letters = POST.answers()
    work_as_replies([w for key in sent for w in re.findall(r"^    Reply: (.*)$", text_of(letters[key]), re.M)], 5)


def choices_of_a_question():
    """Each number and each name of the list, and "undo"."""
    POST.lab.clean()
    first = text_of(POST.answer(POST.send("Shara: a question")))
    choices = re.findall(r"^  (\d)  (\S.*)$", first, re.M)
    tap.check(len(choices) >= 2 and "number or a name" in " ".join(first.split()), first)
    words = [(said, name) for number, name in choices for said in (number, name)]
    asked = [POST.send("Shara: choice %d" % n) for n in range(len(words))]
    letters = POST.answers()
    sent = [POST.reply(letters[key], said) for key, (said, _) in zip(asked, words)]
    letters = POST.answers()
    for (said, name), key in zip(words, sent):
        tap.check("  For       %s" % name in text_of(letters[key]), "%r: %s" % (said, text_of(letters[key])))
    held = POST.send("Shara: withdrawn")
    letters = POST.answers()
    unclear = POST.reply(letters[held], "It is the big one.")
    letter = POST.answer(unclear)
    withdrawn = [text_of(POST.answer(POST.reply(letter, said))) for said in replies_in(letter)]
    tap.check(withdrawn and all("Withdrawn" in text for text in withdrawn), withdrawn)


def what_again_offers():
    POST.lab.clean()
    POST.send("Sarah: the same", "words\n")
    again = POST.answer(POST.send("Sarah: the same", "words\n"))
    offered = replies_in(again)
    tap.check(len(offered) == 1, text_of(again))
    POST.reply(again, offered[0])
    POST.lab.settle()
    tap.check(len(POST.lab.tickets()) == 2, POST.lab.tickets())


def subjects(sender):
    """Of `help` and of every how-to, as new mails: tickets or answers, never a question, never an unknown topic."""
    def test():
        POST.lab.clean()
        one = POST.send("Sarah: one")
        tap.check(one in POST.answers(), "no letter")
        names = sorted(os.listdir(os.path.join(ROOT, "templates", "en", "help")))
        asked = [POST.send("help", "", sender)] + [POST.send("help " + name[:-4].replace("-", " "), "", sender) for name in names]
        letters = POST.answers(sender)
        words = sorted({s for key in asked for s in subjects_in(letters[key])})
        tap.check(len(words) >= 25, words)
        # "the same words" are another test's; "show" and "retry" name the mail that was answered
        sent = {said: POST.send(said, "for %s\n" % said, sender) for said in words}
        letters = POST.answers(sender)
        for said, key in sent.items():
            text = text_of(letters[key])
            verb = said.split(":")[0].split(" ")[0]
            wanted = verb in ("help", "status", "explain", "show", "retry")
            bad = re.search(r"Who is to do it|Did you mean|no message with|is for the people" + ("" if wanted else "|^! "), text, re.M)
            tap.check(not bad or verb == "explain", "%r: %s" % (said, text))
            tap.check(bool(re.search(r"your ticket is made|The ticket is made|T\d{8}\.\d{4}", text)) or wanted, "%r: %s" % (said, text))
        print("# %d subjects" % len(words))
    return test


if __name__ == "__main__":
    with Lab("per_sender_hour = 10000;") as LAB:
        POST = Post(LAB)
        tap.run([("replies that letters offer", replies_that_letters_offer), ("replies that how-tos offer", replies_that_howtos_offer),
                 ("choices of a question", choices_of_a_question), ("what a letter about the same words offers", what_again_offers),
                 ("subjects that help and how-tos give to staff", subjects(STAFF)),
                 ("subjects that help and how-tos give to operators", subjects(OPERATOR))])
