#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Replies of many mail programs to real letters, through the whole of frontdesk: what they answer is found although the subject was
edited, References were cut, In-Reply-To is missing or the letter's Message-ID was rewritten on its way; a forward and a token of
somebody else never count; a new request is a new ticket; "undo" in a quotation undoes nothing. Every number is asserted."""
import email.headerregistry
import email.message
import email.policy
import os
import re
import sys

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", d) for d in ("support",)]
import tap  # noqa: E402
from lab import MAILBOX, STAFF, Lab, stamped, staff_mail  # noqa: E402
from mailers import PROGRAMS, written  # noqa: E402

MIKE = "mike.chen@northwind.example"
SES, GATEWAY = "<010001939f1c2b7e-5d0c-%d-000000@email.amazonses.com>", "<AM0PR04MB%d@AM0PR04MB6452.eurprd04.prod.outlook.com>"
NOTE = "Dana Reed <%s> by email:\n\n%s"

# what is left of In-Reply-To and References: functions of the letter and a number
HEADERS = dict(
    kept=lambda letter, n: {"In-Reply-To": letter["Message-ID"], "References": "%s %s" % (letter["References"], letter["Message-ID"])},
    no_references=lambda letter, n: {"In-Reply-To": letter["Message-ID"]},
    no_in_reply_to=lambda letter, n: {"References": "%s %s" % (letter["References"], letter["Message-ID"])},
    cut=lambda letter, n: {"References": letter["Message-ID"]},
    first_only=lambda letter, n: {"In-Reply-To": GATEWAY % n, "References": "%s %s" % (letter["In-Reply-To"], GATEWAY % n)},
    rewritten=lambda letter, n: {"In-Reply-To": SES % n, "References": SES % n},
    rewritten_reply=lambda letter, n: {"In-Reply-To": GATEWAY % n},
    none=lambda letter, n: {})

# what became of the subject ("same": of the letter, with the prefix)
SAME = "%(prefix)s%(first)s"

# program, language, headers, subject, prefix, charset, the sender's words
REPLIES = [
    ("gmail", "en", "kept", SAME, "Re: ", "utf-8", "The user is back at ten."),
    ("gmail", "de", "rewritten", SAME, "AW: ", "utf-8", "Der Kunde ist ab zehn Uhr da."),
    ("gmail", "fr", "rewritten_reply", "précision sur l'imprimante", "", "utf-8", "L'imprimante est au deuxième étage."),
    ("gmail", "ja", "none", SAME, "Re: ", "iso-2022-jp", "お客様は十時に戻ります。"),
    ("gmail", "zh", "rewritten", SAME, "回复：", "gb18030", "客户十点回来。"),
    ("gmail", "ko", "no_references", SAME, "회신: ", "euc-kr", "고객은 열 시에 돌아옵니다."),
    ("gmail", "ru", "rewritten", "уточнение", "", "koi8-r", "Клиент вернётся в десять."),
    ("gmail", "he", "none", SAME, "Re: ", "utf-8", "הלקוח יחזור בעשר."),
    ("gmail", "tr", "cut", SAME, "YNT: ", "utf-8", "Müşteri saat onda dönecek."),
    ("gmail-app", "en", "rewritten", "", "", "utf-8", "On my way, needs a new cable."),
    ("gmail-app", "pl", "first_only", SAME, "Odp: ", "iso-8859-2", "Klient wraca o dziesiątej."),
    ("gmail-bottom", "en", "rewritten", SAME, "Re: ", "us-ascii", "The serial number is 4711."),
    ("outlook", "en", "kept", SAME, "RE: ", "utf-8", "Please take the spare one."),
    ("outlook", "de", "rewritten", SAME, "AW: ", "iso-8859-1", "Bitte das Ersatzgerät nehmen."),
    ("outlook", "fr", "none", SAME, "RE : ", "iso-8859-1", "Prenez l'appareil de réserve."),
    ("outlook", "it", "kept", "R: %(bare)s", "", "iso-8859-1", "Usate quello di riserva."),
    ("outlook", "fi", "kept", SAME, "VS: ", "iso-8859-1", "Ottakaa varalaite."),
    ("outlook", "es", "rewritten", SAME, "RE: ", "windows-1252", "Usen el de repuesto."),
    ("outlook-html", "sv", "rewritten", SAME, "SV: ", "utf-8", "Ta reservdatorn."),
    ("outlook-html", "en", "no_in_reply_to", "[EXTERNAL] %(prefix)s%(first)s", "RE: ", "utf-8", "It needs a new fan."),
    ("outlook-plain", "en", "rewritten", "[EXT] %(prefix)s%(first)s", "RE: ", "us-ascii", "It needs two of them."),
    ("outlook-web", "en", "rewritten_reply", "one more thing", "", "utf-8", "The door code has changed."),
    ("outlook-web", "nl", "cut", SAME, "Antw: ", "utf-8", "De klant is om tien uur terug."),
    ("outlook-mobile", "en", "rewritten", SAME, "Re: ", "utf-8", "Parking is behind the house."),
    ("outlook-mobile", "de", "none", "Rückfrage", "", "utf-8", "Parkplätze sind hinter dem Haus."),
    ("outlook-mac", "en", "no_references", SAME, "Re: ", "utf-8", "They close at noon."),
    ("apple-mail", "en", "rewritten", SAME, "Re: ", "utf-8", "The key is at the desk."),
    ("apple-mail", "it", "kept", "", "", "utf-8", "La chiave è in portineria."),
    ("iphone", "en", "none", SAME, "Re: ", "us-ascii", "Call before you go."),
    ("iphone", "fr", "rewritten", SAME, "Re: ", "utf-8", "Appelez avant de partir."),
    ("thunderbird", "de", "first_only", SAME, "Re: ", "utf-8", "Das Kennwort ist hinterlegt."),
    ("thunderbird-text", "cs", "rewritten", "doplnění", "", "utf-8", "Zákazník se vrátí v deset."),
    ("yahoo", "en", "rewritten", SAME, "Re: ", "utf-8", "The room is 204."),
    ("samsung", "es", "none", SAME, "Re: ", "utf-8", "La sala es la 204."),
    ("k9", "de", "rewritten", SAME, "Re: ", "utf-8", "Raum 204."),
    ("lotus", "en", "rewritten", SAME, "Re: ", "us-ascii", "The old one stays as a spare."),
    ("zimbra", "en", "cut", SAME, "Re: ", "utf-8", "Bring the long ladder."),
    ("mutt", "en", "rewritten_reply", SAME, "Re: ", "us-ascii", "The log is on the share."),
    ("blackberry", "en", "rewritten", SAME, "Re: ", "us-ascii", "Will be in at noon."),
    ("mail-ru", "ru", "none", SAME, "Re: ", "utf-8", "Комната 204."),
]

# program, language, headers, subject: a forward of our letter to us, with the token in it; and tokens that are not the sender's
FORWARDS = [
    ("outlook", "en", "rewritten", "FW: %(first)s"), ("outlook", "de", "none", "WG: %(first)s"), ("outlook", "fr", "kept", "TR: %(first)s"),
    ("outlook", "fr", "none", "TR : %(bare)s"), ("outlook", "da", "kept", "VS: %(first)s"), ("gmail-forward", "en", "kept", "Fwd: %(first)s"),
    ("gmail-forward", "en", "rewritten", "look at this one"), ("apple-forward", "en", "none", "look at this too"),
    ("thunderbird-forward", "de", "kept", "bitte ansehen"), ("outlook-web", "en", "rewritten_reply", "[EXTERNAL] Fwd: %(first)s"),
]

# program, language, headers, subject; the last two are of commands
NEW = [
    ("gmail", "en", "kept", "Re: Mike Chen: new job %d"), ("gmail", "de", "rewritten", "AW: Mike Chen: neuer Auftrag %d"),
    ("gmail-app", "fr", "none", "Mike Chen: autre demande %d"), ("outlook", "en", "kept", "RE: Mike Chen - new job %d"),
    ("outlook", "it", "kept", "R: Mike Chen: altro lavoro %d"), ("outlook", "es", "rewritten", "RE: otro trabajo %d - Mike Chen"),
    ("outlook-html", "sv", "no_references", "SV: Mike Chen: nytt jobb %d"), ("outlook-plain", "en", "none", "[EXTERNAL] RE: Mike Chen: new job %d"),
    ("outlook-web", "en", "rewritten", "@Mike Chen new job %d"), ("outlook-mobile", "en", "first_only", "new job %d (Mike Chen)"),
    ("apple-mail", "en", "cut", "new job %d for Mike Chen"), ("iphone", "en", "kept", "Mike Chen: and job %d"),
    ("iphone", "ja", "none", "Mike Chen: 新しい仕事 %d"), ("thunderbird", "de", "rewritten", "Re: Mike Chen: noch etwas %d"),
    ("thunderbird-text", "en", "kept", "Sarah: a second job %d"), ("yahoo", "en", "none", "Shana: new job %d"),
    ("samsung", "en", "no_in_reply_to", "Re: Grace Park: new job %d"), ("k9", "de", "rewritten", "Sarah Klein: job %d"),
    ("lotus", "en", "kept", "Sarah: other thing %d"), ("mutt", "en", "rewritten_reply", "Re: Shana Ortiz: new job %d"),
]
COMMANDS = [("gmail", "en", "kept", "Re: status"), ("outlook", "en", "rewritten", "RE: help"), ("iphone", "en", "none", "help replies")]

# program, language, place, the sender's own words: "undo" stands in what they quote, on lines of its own too
QUOTED = [
    ("gmail", "en", None, "Thank you, that is the right one."), ("gmail", "de", None, "Danke, Sarah soll vorher anrufen."),
    ("gmail", "fr", None, "Le client attend."), ("gmail", "es", None, "El cliente espera."), ("gmail", "pt", None, "O cliente espera."),
    ("gmail", "da", None, "Kunden venter."), ("gmail", "hu", None, "Az ügyfél vár."), ("gmail", "ro", None, "Clientul așteaptă."),
    ("gmail", "uk", None, "Клієнт чекає."), ("gmail", "el", None, "Ο πελάτης περιμένει."), ("gmail", "vi", None, "Khách đang chờ."),
    ("gmail", "en", "inline", "This one is not on our list."), ("gmail-bottom", "nl", None, "De klant wacht."),
    ("outlook", "en", None, "Keep it open for now."), ("outlook", "pl", None, "Klient czeka."), ("outlook", "ko", None, "고객이 기다립니다."),
    ("outlook", "hu", None, "Kérem, maradjon nyitva."), ("outlook-html", "tr", None, "Müşteri bekliyor."),
    ("outlook-plain", "ru", None, "Клиент ждёт."), ("outlook-web", "zh", None, "客户在等。"), ("outlook-mobile", "nl", None, "Blijft open."),
    ("apple-mail", "sv", None, "Kunden väntar."), ("iphone", "it", None, "Il cliente aspetta."), ("thunderbird", "fr", None, "Le client attend ici."),
    ("thunderbird-text", "en", "inline", "Only the second point is open."), ("thunderbird-top", "fi", None, "Asiakas odottaa."),
    ("yahoo", "es", None, "Sigue abierto."), ("zoho", "en", None, "Still open."), ("evolution", "en", None, "Leave it as it is."),
    ("roundcube", "en", "inline", "See the second line."), ("proton", "en", None, "Leave it open."), ("em-client", "en", None, "Not yet done."),
]


def mail_of(sender, subject, text, rich, headers, number, charset="utf-8"):
    """As the mailbox's server has it: text, HTML or both, in the program's charset where the words fit into it."""
    mail = email.message.EmailMessage(policy=email.policy.SMTP.clone(refold_source="none"))
    mail["From"], mail["To"], mail["Subject"] = "Dana Reed <%s>" % sender, MAILBOX, subject
    mail["Date"], mail["Message-ID"] = "Tue, 24 Nov 2026 16:10:00 +0000", "<followup-%d@client.test>" % number
    for name, value in headers.items():
        mail[name] = value
    if text is not None:
        try:
            text.encode(charset)
        except UnicodeEncodeError:
            charset = "utf-8"
        mail.set_content(text, charset=charset)
    if text is None:
        mail.set_content(rich, subtype="html", charset="utf-8")
    elif rich:
        mail.add_alternative(rich, subtype="html", charset="utf-8")
    return stamped(mail.as_bytes(), sender)


class Desk:
    """Forty tickets of Sarah's and the letters about them; every reply is to one of them."""

    def __init__(self, lab):
        self.lab, self.sent = lab, 0
        self.firsts = ["%sSarah: sample %02d needs a look" % ("FW: " if n % 8 == 3 else "", n) for n in range(len(REPLIES))]
        for n, first in enumerate(self.firsts):
            lab.deliver(dict(subject=first, text="Number %d.\n" % n, message_id="<first-%d@client.test>" % n))
        lab.settle()
        letters = {letter["In-Reply-To"]: letter for letter in self.letters()}
        self.asked = [letters["<first-%d@client.test>" % n] for n in range(len(REPLIES))]

    def letters(self):
        self.lab.wait_for_queue()
        return [email.message_from_bytes(raw, policy=email.policy.default) for raw in self.lab.stored(STAFF)["INBOX"]]

    def reply(self, n, row, subject, own, charset="utf-8", place=None, spoil=lambda text: text, sender=STAFF, prefix="Re: "):
        """Delivers the reply of a row (program, language, headers) to letter n."""
        letter, (program, language, headers) = self.asked[n], row
        first = self.firsts[n]
        quoted = [spoil(letter.get_body((kind,)).get_content()) for kind in ("plain", "html")]
        text, rich = written(PROGRAMS[program], language, own, quoted, letter["Subject"], place)
        facts = dict(prefix=prefix, first=first, bare=first.replace("FW: ", ""))
        self.sent += 1
        self.lab.deliver((sender, mail_of(sender, subject % facts if "%(" in subject else subject, text, rich,
                                          HEADERS[headers](letter, self.sent), self.sent, charset)))

    def tickets(self):
        """Number of the sample -> its ticket; and all others."""
        numbered, others = {}, []
        for ticket in self.lab.tickets():
            found = re.match(r"sample (\d\d) needs a look$", ticket["title"])
            if found and int(found.group(1)) not in numbered and ticket["key"] in self.keys:
                numbered[int(found.group(1))] = ticket
            else:
                others.append(ticket)
        return numbered, others

    def remember(self):
        self.keys = {ticket["key"] for ticket in self.lab.tickets()}


def replies_find_their_ticket(desk):
    for n, (program, language, headers, subject, prefix, charset, own) in enumerate(REPLIES):
        desk.reply(n, (program, language, headers), subject, own, charset, prefix=prefix)
    desk.lab.settle()
    numbered, others = desk.tickets()
    right = [n for n, row in enumerate(REPLIES) if numbered[n]["notes"] == [NOTE % (STAFF, row[-1])]]
    wrong = [(n, numbered[n]["notes"]) for n, row in enumerate(REPLIES)
             if any(row[-1] not in note for note in numbered[n]["notes"])]
    missed = [REPLIES[n][:4] for n in range(len(REPLIES)) if n not in right]
    print("# %d of %d replies found their ticket, %d a wrong one, %d made a new one: %r %r" % (
        len(right), len(REPLIES), len(wrong), len(others), missed, wrong))
    tap.check(len(REPLIES) == 40 and len(right) >= 39 and not wrong, "missed: %r, wrong: %r" % (missed, wrong))
    unchanged = [t for t in numbered.values() if t["status"] == 1 and t["assignee"] == "sarah.klein"]
    tap.check(len(unchanged) == 40, "%d of 40 tickets are as they were" % len(unchanged))
    tap.check(not others, "new tickets: %r" % [t["title"] for t in others])


def forwards_are_never_followups(desk):
    before = desk.tickets()[0]
    for n, (program, language, headers, subject) in enumerate(FORWARDS):
        desk.reply(n, (program, language, headers), subject, "undo")
    desk.lab.settle()
    after = desk.tickets()[0]
    tap.check(after == before, "changed: %r" % [n for n in before if after[n] != before[n]])
    print("# %d forwards of letters, 0 counted as replies" % len(FORWARDS))


def tokens_of_others_do_nothing(desk):
    """A letter's token in the hands of a colleague, spoilt, and one letter's token under another's reference."""
    before = desk.tickets()[0]
    token = re.compile(r"\[fd:(\w+)\.(\w+)\]")
    spoils = [(MIKE, lambda t: t), (STAFF, lambda t: token.sub(r"[fd:\1.00000000000000000000]", t)),
              (STAFF, lambda t: token.sub(r"[fd:2222.\2]", t)), (STAFF, lambda t: token.sub(r"[fd:\1.]", t)),
              (STAFF, lambda t: token.sub(r"[fd:\1.\g<2>0]", t)), (STAFF, lambda t: token.sub(r"[fd:.\2]", t))]
    for n, (sender, spoil) in enumerate(spoils):
        for headers in ("rewritten", "none"):
            desk.reply(n, ("gmail", "en", headers), SAME, "undo", spoil=spoil, sender=sender)
    desk.lab.settle()
    after = desk.tickets()[0]
    tap.check(after == before, "changed: %r" % [n for n in before if after[n] != before[n]])
    print("# %d replies with a token that is not the sender's, 0 counted" % (2 * len(spoils)))


def new_requests_are_new_tickets(desk):
    before, others = desk.tickets()
    for n, (program, language, headers, subject) in enumerate(NEW):
        desk.reply(n, (program, language, headers), subject % n, "It is about desk %d." % n)
    desk.lab.settle()
    after, now = desk.tickets()
    made = [t for t in now if t["key"] not in {o["key"] for o in others}]
    print("# %d of %d new requests in old threads are new tickets" % (len(made), len(NEW)))
    tap.check(after == before, "changed: %r" % [n for n in before if after[n] != before[n]])
    tap.check(len(NEW) == 20 and len(made) == 20 and len({t["title"] for t in made}) == 20, "made: %r" % [t["title"] for t in made])
    tap.check(all(t["assignee"] for t in made), "unassigned: %r" % [t["title"] for t in made if not t["assignee"]])


def commands_are_answered(desk):
    before, letters = desk.lab.tickets(), len(desk.letters())
    for n, (program, language, headers, subject) in enumerate(COMMANDS):
        desk.reply(n, (program, language, headers), subject, "please")
    desk.lab.settle()
    tap.check(desk.lab.tickets() == before, "the tickets changed")
    tap.check(len(desk.letters()) == letters + len(COMMANDS), "letters: %d" % (len(desk.letters()) - letters))


def quoted_undo_undoes_nothing(desk):
    before = desk.tickets()[0]
    spoil = lambda text: "undo\n\n" + text + "\nundo\n" if "<html" not in text else text.replace(
        "<table", "<p>undo</p>\n<p>undo anyway</p><table", 1)
    for n, (program, language, place, own) in enumerate(QUOTED):
        desk.reply(n, (program, language, "kept"), SAME, own, place=place, spoil=spoil)
    desk.lab.settle()
    after = desk.tickets()[0]
    wrong = []
    for n, row in enumerate(QUOTED):
        notes = [note for note in after[n]["notes"] if note not in before[n]["notes"]]
        if notes != [NOTE % (STAFF, row[3])] or after[n]["status"] != 1 or after[n]["assignee"] != "sarah.klein":
            wrong.append((row, notes, after[n]["status"]))
    print("# %d of %d replies with undo in the quotation undid nothing and became notes" % (len(QUOTED) - len(wrong), len(QUOTED)))
    tap.check(len(QUOTED) >= 30 and not wrong, "wrong: %r" % wrong)


def own_undo_undoes(desk):
    """The same shapes with the word above the quotation: without this, the cases before would pass for a desk that is deaf."""
    shapes = [("gmail", "de", "rewritten"), ("outlook-html", "en", "rewritten"), ("iphone", "ja", "none"), ("thunderbird", "en", "kept")]
    for n, row in enumerate(shapes):
        desk.reply(n, row, SAME, "undo")
    desk.lab.settle()
    after = desk.tickets()[0]
    tap.check([after[n]["status"] for n in range(len(shapes))] == [5] * len(shapes), "%r" % [after[n]["status"] for n in range(len(shapes))])


if __name__ == "__main__":
    with Lab("per_sender_hour = 10000;") as LAB:
        LAB.clean()
        DESK = Desk(LAB)
        DESK.remember()
        tap.run([(f.__name__.replace("_", " "), lambda f=f: f(DESK)) for f in (
            replies_find_their_ticket, forwards_are_never_followups, tokens_of_others_do_nothing, new_requests_are_new_tickets,
            commands_are_answered, quoted_undo_undoes_nothing, own_undo_undoes)])
