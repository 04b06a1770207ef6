#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Mails of one sender start in the order of their UIDs, and a reply after what it answers, although the server lists them shuffled,
eight workers read them at once and the older one of each pair takes longer to read."""
import os
import re
import sys

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", d) for d in ("support", "session")]
from lab import STAFF, Lab, staff_mail  # noqa: E402
from peer import ImapPeer  # noqa: E402
import tap  # noqa: E402

SENDERS = (STAFF, "mike.chen@northwind.example", "sarah.klein@northwind.example", "office@northwind.example")
ROUNDS = 12
SLOW = {"X-Padding-%d" % n: "x" * 200 for n in range(800)}  # longer to read, the same to say
LIMITS = "per_sender_hour = 10000; workers = 8;"
AWAY = dict(action="html503", method="POST", path="Tickets", nth=3)


def pair_twice(sender, tag):
    same = dict(subject="Sarah: twice %s" % tag, text="The same words %s.\n" % tag, sender=sender)
    return [staff_mail(message_id="<one-%s@client.test>" % tag, headers=SLOW, **same),
            staff_mail(message_id="<two-%s@client.test>" % tag, **same)]


def pair_reply(sender, tag):
    request = "<request-%s@client.test>" % tag
    return [staff_mail("Sarah: request %s" % tag, "It is broken.", sender=sender, message_id=request, headers=SLOW),
            staff_mail("Re: Sarah: request %s" % tag, "Note %s." % tag, sender=sender, message_id="<reply-%s@client.test>" % tag,
                       headers={"In-Reply-To": request, "References": request})]


def pair_reply_all(sender, tag):
    """The answer is a colleague's."""
    other = SENDERS[(SENDERS.index(sender) + 1) % len(SENDERS)]
    first, _ = pair_reply(sender, tag)
    request = "<request-%s@client.test>" % tag
    return [first, staff_mail("Re: Sarah: request %s" % tag, "Note %s." % tag, sender=other, message_id="<reply-%s@client.test>" % tag,
                              headers={"In-Reply-To": request, "References": request})]


def in_order(make, outcomes, mails_of_tickets, faults=()):
    def test():
        LAB.clean()
        mails = [raw for n in range(ROUNDS) for sender in SENDERS for raw in make(sender, "%d-%d" % (n, SENDERS.index(sender)))]
        peer = ImapPeer(list(enumerate(mails, 1)), ("shuffled",))
        try:
            with open(LAB.daemon.conf, "w", encoding="utf-8") as conf:
                conf.write(re.sub(r'imap = \{ url = "[^"]*";', 'imap = { url = "imap://127.0.0.1:%d"; insecure_plain = true;' % peer.port, ORIGINAL))
            LAB.sandbox.faults(list(faults))
            LAB.settle()
        finally:
            peer.close()
        got = [row["outcome"] for row in reversed(LAB.daemon.journal())]
        wrong = [n for n in range(0, len(got), 2) if got[n:n + 2] != outcomes]
        print("# %d of %d pairs in order" % (len(got) // 2 - len(wrong), len(got) // 2))
        tap.check(len(got) == len(mails) and not wrong, "%d pairs: %r" % (len(wrong), [got[n:n + 2] for n in wrong[:5]]))
        tickets = LAB.tickets()
        tap.check(len(tickets) == mails_of_tickets * ROUNDS * len(SENDERS), "%d tickets" % len(tickets))
        for ticket in tickets if outcomes[1] == "amended" else []:
            tag = ticket["title"].split()[-1]
            tap.check(len(ticket["notes"]) == 1 and ("Note %s." % tag) in ticket["notes"][0], "%s: %r" % (ticket["title"], ticket["notes"]))
    return test


if __name__ == "__main__":
    with Lab(LIMITS) as LAB:
        with open(LAB.daemon.conf, encoding="utf-8") as settings:
            ORIGINAL = settings.read()
        tap.run([("the same words twice: the first one is the request", in_order(pair_twice, ["ticket", "same"], 1)),
                 ("a request and its reply", in_order(pair_reply, ["ticket", "amended"], 1)),
                 ("a request and the reply of a colleague", in_order(pair_reply_all, ["ticket", "amended"], 1)),
                 ("a request that has to wait, and its reply", in_order(pair_reply, ["ticket", "amended"], 1, [AWAY]))])
