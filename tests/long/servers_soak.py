#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""An hour with bad mail servers in FRONTDESK_SOAK_MINUTES (5): mailboxes are looked into twelve times as often as the settings that ship
say, and one failure follows another at random (FRONTDESK_SEED), once over TLS and once in plain text, where failures also come at
chosen moments. Each mail has one ticket and one answer; connections, descriptors, threads and memory stay where they were."""
import os
import random
import sys
import time

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", d) for d in ("support", "session")]
from lab import Lab  # noqa: E402
from mailtroubles import FETCH, LITERAL, maildir  # noqa: E402
from sendtroubles import DOT  # noqa: E402
from troubleworld import world  # noqa: E402
import tap  # noqa: E402

MINUTES = float(os.environ.get("FRONTDESK_SOAK_MINUTES", "5"))
SEED = int(os.environ.get("FRONTDESK_SEED", "20261126"))
POLL = 5
SENDERS = ["dana.reed@northwind.example", "mike.chen@northwind.example", "sarah.klein@northwind.example"]
LIMITS = "per_sender_hour = 100000; replies_per_hour = 1000000;"

# each makes its trouble; the second number is its weight
ANY = [(lambda p, dice: p.swallow(), 2), (lambda p, dice: (p.swallow(), p.reset()), 2), (lambda p, dice: p.refuse(), 3),
       (lambda p, dice: p.reset(), 5), (lambda p, dice: p.delay(dice.uniform(0.05, 0.4)), 3)]
TLS = ANY + [(lambda p, dice: p.garble(), 3)]
IN = ANY + [(lambda p, dice: p.at("down", FETCH, b"* BYE going down\r\n", then="cut", before=True), 2),
            (lambda p, dice: p.at("down", LITERAL, dice.choice(("cut", "reset"))), 2),
            (lambda p, dice: p.at("up", rb"UID MOVE [^\r]*\r\n", dice.choice(("cut", "reset"))), 2),
            (lambda p, dice: p.at("down", rb"\+ idling\r\n", dice.choice(("cut", "reset"))), 2)]
OUT = ANY + [(lambda p, dice: p.at("up", rb"RCPT TO:[^\r]*\r\n", "cut", before=True), 2),
             (lambda p, dice: p.at("down", rb"354 [^\r]*\r\n", "cut"), 2), (lambda p, dice: p.at("up", DOT, "cut"), 1)]


def usage(pid):
    """resident KB, descriptors, threads"""
    with open("/proc/%d/status" % pid, encoding="ascii") as status:
        fields = dict(line.split(":", 1) for line in status)
    return int(fields["VmRSS"].split()[0]), len(os.listdir("/proc/%d/fd" % pid)), int(fields["Threads"])


def opened(pid):
    """What the descriptors are, for people."""
    names = []
    for number in os.listdir("/proc/%d/fd" % pid):
        try:
            names.append(os.path.basename(os.readlink("/proc/%d/fd/%s" % (pid, number))).split("[")[0])
        except OSError:
            pass
    return " ".join("%s:%d" % (name, names.count(name)) for name in sorted(set(names)))


def misbehave(proxy, troubles, dice):
    trouble, _ = dice.choices(troubles, [weight for _, weight in troubles])[0]
    trouble(proxy, dice)


def calm(w, title):
    """All is well and nothing is under way: what the program holds then."""
    w.imap.well()
    w.smtp.well()
    w.mail(title)
    w.wait("an answer to " + title, lambda: w.answers(title))
    w.wait("an empty inbox", lambda: w.inbox_left() == 0)
    w.wait("all done", lambda: all(row["state"] == "done" for row in w.lab.daemon.journal()))
    time.sleep(2)
    return usage(w.lab.daemon.child.pid)


def word(dice):
    return "soak " + "".join(dice.choices("abcdefghijklmnopqrstuvwxyz", k=10))


def warm_up(w, dice):
    """Every worker has had mail, and both connections for letters were used: what is opened once and kept is open."""
    w.smtp.delay(0.05)
    titles = [word(dice) for _ in range(60)]
    for title in titles:
        w.mail(title, sender=dice.choice(SENDERS))
    w.wait("answers to the first mails", lambda: all(map(w.answers, titles)))
    w.smtp.well()


def traffic(w, modes, dice):
    samples, failures, end = [], 0, time.monotonic() + MINUTES * 60
    turn = [0.0, 0.0]
    while time.monotonic() < end:
        for i, (proxy, troubles) in enumerate(zip((w.imap, w.smtp), modes)):
            if time.monotonic() >= turn[i]:
                proxy.well()
                if dice.random() < 0.6:
                    misbehave(proxy, troubles, dice)
                    failures += 1
                turn[i] = time.monotonic() + dice.uniform(1, 6)
        w.mail(word(dice), sender=dice.choice(SENDERS))
        samples.append(usage(w.lab.daemon.child.pid))
        time.sleep(dice.uniform(0.2, 2))
    return samples, failures


def level(what, begin, end, samples):
    quarter = len(samples) // 4
    early, late = ([max(column) for column in zip(*part)] for part in (samples[quarter:2 * quarter], samples[-quarter:]))
    print("# %s: quiet before and after: resident KB %d -> %d, descriptors %d -> %d, threads %d -> %d; most in the second and the last "
          "quarter: resident KB %d -> %d, descriptors %d -> %d, threads %d -> %d" % (
              what, *(n for pair in zip(begin, end) for n in pair), *(n for pair in zip(early, late) for n in pair)), flush=True)
    tap.check(late[0] <= early[0] * 1.15 + 2048, "memory grew from %d to %d KB" % (early[0], late[0]))
    tap.check(late[1] <= early[1] + 4 and end[1] <= begin[1] + 2, "descriptors grew")
    tap.check(end[2] == begin[2], "%d threads, %d afterwards" % (begin[2], end[2]))


def soak(mode, modes):
    def test(lab):
        dice = random.Random(SEED)
        with world(lab, POLL) as w:
            w.start(imap=mode, smtp=mode, more=LIMITS)
            warm_up(w, dice)
            begin = calm(w, "first quiet")
            print("# %s, before: %s" % (mode, opened(lab.daemon.child.pid)), flush=True)
            samples, failures = traffic(w, modes, dice)
            w.ends()
            w.mail("next word")
            w.recovered("next word")
            end = calm(w, "last quiet")
            print("# %s, after: %s" % (mode, opened(lab.daemon.child.pid)), flush=True)
            connections = (w.imap.connections, w.smtp.connections)
            row = w.finish(None, copies=dict.fromkeys(w.sent, 9))  # identical ones, where the receipt was lost
            print("# %s: %d mails, %d failures, %d and %d connections, at most %d and %d at once, %d second copies (identical), the next "
                  "answer %.1f s after the last failure" % (mode, row["mails"], failures, *connections, w.imap.most, w.smtp.most, row["doubles"],
                                              row["seconds"]), flush=True)
            tap.check(not os.path.exists(lab.host.path(maildir(".Parked"))), "mail was parked")
            level(mode, begin, end, samples)
    return test


if __name__ == "__main__":
    LABS = [Lab(), Lab()]
    try:
        for place in LABS:
            place.__enter__()
        tap.run_in(LABS, [("over TLS", soak("tls", (TLS, TLS))), ("in plain text, at chosen moments", soak("plain", (IN, OUT)))])
    finally:
        for place in LABS:
            place.__exit__()
