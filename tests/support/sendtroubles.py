# SPDX-License-Identifier: GPL-2.0-or-later
"""What SMTP servers and the way to them do to frontdesk, one function a failure; each gets a World. See tests/cli/servers.py."""
import time

from smtp_peer import SmtpPeer
import tap

HOLD = 3
OUT_ILL = ("mail-out-desk ill", "mail-out-desk well")
OTHER = "mike.chen@northwind.example"
TITLES = ("alder", "birch", "cedar")


def held(begin, hold=HOLD, mode="tls", titles=TITLES, alerts=()):
    """No letter leaves for a while. Tickets are made all the same; the letters go when it is over."""
    def case(w):
        w.start(smtp=mode)
        w.healthy()
        begin(w)
        for title in titles:
            w.mail(title)
        w.wait("tickets without answers", lambda: len(w.lab.sandbox.tickets()) == 1 + len(titles), 30)
        time.sleep(hold)
        w.ends()
        w.recovered(*titles)
        return w.finish(alerts)
    return case


def fresh(w):
    w.smtp.swallow()
    w.smtp.reset()


def at_a_moment(side, pattern, what, then=None, before=False, copies=1):
    """The connection ends in the middle of a letter."""
    def case(w):
        w.start(smtp="plain")
        w.healthy()
        w.smtp.reset()
        moment = w.smtp.at(side, pattern, what, then=then, before=before)
        w.mail("second")
        tap.check(moment.hit.wait(60), "the moment did not come\n" + w.log())
        w.ends()
        w.mail("third")
        w.recovered("second", "third")
        # it may hit any letter, so also one of the other mail
        return w.finish(copies={"second": copies, "third": copies})
    return case


DOT = rb"\r\n\.\r\n"


def says(script, alerts=()):
    """A scripted server answers so for a while; the clock runs from its last such answer."""
    def case(w):
        peer = SmtpPeer({}, plain=False)
        try:
            w.start(smtp=peer)
            w.healthy()
            w.smtp.reset()
            peer.script = {moment: list(answers) for moment, answers in script.items()}
            w.mail("second")
            w.wait("all of the script", lambda: not any(peer.script.values()))
            w.ends()
            w.recovered("second")
            return w.finish(alerts)
        finally:
            peer.close()
    return case


def one_recipient(answer, for_good):
    """The server refuses letters to one of two. The other one must not notice."""
    def case(w):
        peer = SmtpPeer({})
        try:
            w.start(smtp=peer)
            w.healthy()
            peer.refuse[OTHER] = answer
            w.mail("theirs", sender=OTHER)
            w.wait("a refusal", lambda: any(OTHER.encode() in line.lower() for line in peer.commands))
            w.mail("second")
            w.began = time.monotonic()
            w.recovered("second")
            if not for_good:
                peer.refuse.clear()
                w.ends()
                w.recovered("theirs")
                return w.finish()
            w.wait_log("alert ill topic=refused-")
            tap.check(len(w.lab.sandbox.tickets()) == 3, "a ticket is missing")
            return w.finish(("refused-%s ill" % w.ref("theirs"),), unanswered=("theirs",))
        finally:
            peer.close()
    return case


def certificate(w):
    """For a while it is somebody else's server that answers; no password and no letter goes there."""
    w.start()
    w.healthy()
    good = w.smtp.target
    w.smtp.target = ("127.0.0.4", w.lab.host.ports["imaps"])
    w.smtp.reset()
    w.mail("second")
    w.wait_log("error=tls")
    time.sleep(HOLD)
    w.smtp.target = good
    w.ends()
    w.recovered("second")
    return w.finish(OUT_ILL)


def injected(w):
    w.start(smtp="starttls")
    w.healthy()
    w.smtp.at("down", rb"220 TLS go ahead\r\n", b"250 2.0.0 injected\r\n", times=1000)
    w.smtp.reset()
    w.mail("second")
    w.wait_log("behind its STARTTLS answer")
    w.ends()
    w.recovered("second")
    return w.finish(OUT_ILL)


def many_wait(w):
    """Twenty answers wait for a server that swallows everything: tickets go on, one letter at a time tries, and when it is over they
    all leave."""
    words = ["amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "heron", "ivory", "jetty",
             "kelp", "larch", "maple", "north", "ocean", "pearl", "quartz", "river", "slate", "topaz"]
    w.start(smtp="tls")
    w.healthy()
    fresh(w)
    before = w.smtp.connections
    begin = time.monotonic()
    for word in words:
        w.mail(word)
    w.wait("twenty tickets", lambda: len(w.lab.sandbox.tickets()) == 1 + len(words), 50)
    time.sleep(HOLD)
    took = time.monotonic() - begin
    most = 4 + took // 15  # a slow machine sees more of the tries that are as far apart as they should be
    tap.check(w.smtp.connections - before <= most, "%d connections to a dead server in %.0f s" % (w.smtp.connections - before, took))
    w.ends()
    w.recovered(*words)
    return w.finish()


def few_an_hour(w):
    """Letters that did not leave do not count among those that may leave in an hour."""
    w.start(more="replies_per_hour = 10;")
    w.healthy()
    w.smtp.refuse()
    for title in TITLES:
        w.mail(title)
    w.wait("each has been offered five times", lambda: w.log().count("post not-sent") >= 5 * len(TITLES), 120)
    w.ends()
    w.recovered(*TITLES)
    return w.finish()


def away_for_long(w):
    """Nothing can be reached for so long that the operator has to hear of it; how long it was does not matter to how soon it is over."""
    w.start(grace=300)
    w.healthy()
    w.smtp.refuse()
    w.mail("second")
    w.wait("a ticket without an answer", lambda: len(w.lab.sandbox.tickets()) == 2)
    w.imap.refuse()
    w.mail("third")
    time.sleep(330)
    w.wait_log("alert ill topic=mailbox-desk")
    w.wait_log("alert ill topic=mail-out-desk")
    w.ends()
    w.recovered("second")
    second = w.seconds
    w.recovered("third")
    w.seconds = max(w.seconds, second)
    return w.finish(("mailbox-desk ill", "mailbox-desk well", "mail-out-desk ill", "mail-out-desk well"))


# name -> (case, in make check, what frontdesk does)
CASES = {
    "SMTP server down": (held(lambda w: w.smtp.refuse()), False, "one letter tries after 2, 5, 15, 30, 60 s, the others wait for it"),
    "SMTP half-open at the greeting": (held(fresh), False, "gives up after 60 s, tries again at once; tickets go on"),
    "SMTP half-open, twenty letters wait": (many_wait, False, "one letter at a time tries, no worker is held up"),
    "SMTP half-open on a kept connection": (held(lambda w: w.smtp.swallow(), titles=("alder",)), False, "the same; others take the second connection"),
    "SMTP answers late": (held(lambda w: w.smtp.delay(0.5), hold=1), False, "waits 60 s for each answer"),
    "SMTP server down, few letters an hour allowed": (few_an_hour, False, "what did not leave does not count"),
    "both servers down for six minutes": (away_for_long, False, "tries both every minute, tells the operator after alerts.grace_seconds"),
    "SMTP garbled under TLS": (held(lambda w: (w.smtp.garble(), w.smtp.reset()), alerts=OUT_ILL), False, "hangs up; the same letter again"),
    "cut at RCPT": (at_a_moment("up", rb"RCPT TO:[^\r]*\r\n", "cut", before=True), False, "the same letter again after 2 s"),
    "cut after DATA": (at_a_moment("down", rb"354 [^\r]*\r\n", "cut"), False, "the same letter again after 2 s"),
    "reset in the text": (at_a_moment("up", rb"Subject:", "reset"), False, "the same letter again after 2 s"),
    "taken, then cut before the receipt": (at_a_moment("up", DOT, "cut", copies=2), True, "an identical copy with the same Message-ID"),
    "taken, then half-open before the receipt": (at_a_moment("up", DOT, "swallow", copies=2), False, "the same, after 80 s; other letters go meanwhile"),
    "greylisting (450 thrice)": (says({"RCPT": [b"450 4.7.1 greylisted\r\n"] * 3}), False, "again after 2, 5, 15, 30 s, then every minute for an hour"),
    "421 in the middle": (says({"RCPT": [b"421 4.3.2 shutting down\r\n"], "dot": [b"421 4.3.2 shutting down\r\n"]}), False,
                          "hangs up, the same letter again"),
    "421 and 554 as greeting": (says({"connect": [b"421 too busy\r\n", b"554 no service here\r\n"]}), False,
                                "no letter was judged: all wait, one tries"),
    "452: the recipient is over quota for a while": (one_recipient(b"452 4.2.2 over quota\r\n", False), False, "that letter waits, the others go"),
    "550: one recipient is refused for good": (one_recipient(b"550 5.1.1 no such user\r\n", True), True, "that letter is given up, aloud; the others go"),
    "SMTP certificate of somebody else for a while": (certificate, False, "no password and no letter goes there"),
    "SMTP STARTTLS injection": (injected, True, "hangs up before the password"),
}
