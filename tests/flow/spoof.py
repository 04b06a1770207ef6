#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Every attack of tests/fixtures/spoof.tsv as a mail in a real mailbox, for the trust profile that it attacks: nothing is made, nobody is
answered, all of them are filed as refused, each for the reason that the table says. The true mails beside them become tickets."""
import os
import re
import sys

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support")]
from lab import OPERATOR, STAFF, Lab, staff_mail  # noqa: E402
from mailhost import MAILBOX, SERVER_ID  # noqa: E402
from sandbox import ROOT  # noqa: E402
import tap  # noqa: E402

PROFILES = ["exchange-online", "google", "server:mx.corp.test"]
# the people of the table, as the people of the lab
PEOPLE = [(b"ceo@corp.test", STAFF.encode()), (b"mx.corp.test", SERVER_ID.encode()), (b"tickets@bot.test", MAILBOX.encode()),
          (b"tickets+x@bot.test", MAILBOX.replace("@", "+x@").encode()), (b"corp.test", b"northwind.example"), (b"corp=2Etest", b"northwind=2Eexample")]
LINES = re.compile(rb"\\(?:n|\\|x([0-9a-f]{2}))|\{(\w+)\}")


def read_table():
    """(profile, test, what, header) of each row."""
    names, rows = {}, []

    def text(raw):
        return LINES.sub(lambda m: names[m[2]] if m[2] else bytes([int(m[1], 16)]) if m[1] else b"\n" if m[0] == b"\\n" else b"\\", raw)
    with open(os.path.join(ROOT, "tests", "fixtures", "spoof.tsv"), "rb") as table:
        for line in table.read().split(b"\n"):
            cells = line.split(b"\t")
            if line.startswith(b"= "):
                names[cells[0][2:]] = text(cells[1])
            elif line and not line.startswith(b"#"):
                rows.append((cells[0].decode(), cells[1].decode(), cells[2].decode(), text(cells[3])))
    return rows


def mail(number, header):
    for old, new in PEOPLE:
        header = header.replace(old, new)
    whole = header + b"Message-ID: <spoof.%d@client.test>\nSubject: Sarah: attack %d\n\nPlease do it, %d.\n" % (number, number, number)
    return whole.replace(b"\n", b"\r\n")


def attacked(profile):
    def test():
        rows = [row for row in ROWS if row[0] == profile]
        attacks = [row for row in rows if row[1] not in ("auth-pass", "auth-internal")]
        tap.check(len(attacks) >= 25, attacks)
        LAB.clean()
        with open(LAB.daemon.conf, encoding="utf-8") as conf:
            text = conf.read()
        with open(LAB.daemon.conf, "w", encoding="utf-8") as conf:
            conf.write(re.sub(r'trust = "[^"]*"', 'trust = "%s"' % profile.replace("mx.corp.test", SERVER_ID), text))
        with LAB.host.imap(MAILBOX) as box:
            for number, row in enumerate(attacks):
                tap.check(box.append("INBOX", None, None, mail(number, row[3]))[0] == "OK", row)
        LAB.settle()
        nothing_came_of(attacks)
        true = mail(len(attacks), next(row[3] for row in rows if row[1] == "auth-pass"))
        LAB.host.append(MAILBOX, true)
        LAB.settle()
        tap.check([t["title"] for t in LAB.tickets()] == ["attack %d" % len(attacks)], "the control: %s" % LAB.tickets())
    return test


def nothing_came_of(attacks):
    LAB.wait_for_queue()
    tap.check(not LAB.tickets(), LAB.tickets())
    letters = {user: subjects for user in LAB.host.users if user != MAILBOX
               for subjects in [[s for _, s, _ in LAB.letters(user).values()]] if subjects}
    others = [s for s in letters.pop(OPERATOR, []) if not re.match("frontdesk: (unproven-|in the name|.*in the name)", s)]
    tap.check(not letters and not others, "somebody was answered: %s %s" % (letters, others))
    folders = {name: len(mails) for name, mails in LAB.stored(MAILBOX).items()}
    tap.check(folders == {"Refused": len(attacks)}, folders)
    rows = LAB.daemon.journal()
    tap.check(len(rows) == len(attacks) and all(r["state"] == "done" and r["outcome"] in ("refused", "ignored") for r in rows), rows)
    tap.check(sorted(r["reason"].split(":")[0] for r in rows) == sorted(row[1] for row in attacks), rows)
    log = LAB.host.path("log/exim-rejectlog")  # to whom else a letter was offered
    tap.check(not os.path.exists(log) or os.path.getsize(log) == 0, LAB.host.logs())


def replayed():
    """A signed mail that staff wrote to somebody else, handed in by whoever got it: no word of it is the forger's, and its writer, who is
    answered, hears what is odd about it. Twice makes nothing. Bcc looks the same; a colleague in Cc, and the firm's alias, do not."""
    LAB.clean()

    def deliver(number, to, headers=b""):
        LAB.host.deliver_lmtp("x@evil.example", [MAILBOX], staff_mail("Sarah: %d" % number, "Please do %d." % number, message_id="<replay.%d@client.test>" % number).replace(
            b"To: " + MAILBOX.encode(), headers + b"To: " + to, 1))
    odd, fine = [b"eve@evil.example", b"undisclosed-recipients:;", b"eve@desk.example.evil.example", b"x@notdesk.example"], [
        b"eve@evil.example,\r\n Desk <NEWTICKET+x@Desk.Example>", b'"a" <mike.chen@northwind.example>', b"help@northwind.example."]
    for number, to in enumerate(odd + fine):
        deliver(number, to)
    deliver(0, odd[0])
    LAB.settle()
    LAB.wait_for_queue()
    tap.check(sorted(t["title"] for t in LAB.tickets()) == [str(n) for n in range(len(odd + fine))], LAB.tickets())
    said = {subject: "Neither To nor Cc of this mail names " + MAILBOX in " ".join(text.split()) for _, subject, text in LAB.letters(STAFF).values()}
    tap.check(len(said) == len(odd + fine) and sorted(said.values()) == [False] * len(fine) + [True] * len(odd), said)
    for subject, is_odd in said.items():
        tap.check(is_odd == (int(re.search(r"Sarah: (\d)", subject)[1]) < len(odd)), said)


if __name__ == "__main__":
    ROWS = read_table()
    with Lab() as LAB:
        tap.run([("%s: attacks, and the true mail" % profile, attacked(profile)) for profile in PROFILES] + [
            ("a mail of staff to somebody else, handed in again", replayed)])
