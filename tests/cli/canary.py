#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Mails of frontdesk to itself through real servers: counted, filed, never a ticket; through restarts; one that does not come back in
time is told once, and once that they come back; forged and replayed ones are mail like any other."""
import os
import re
import signal
import sys

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support")]
from console import expect, frontdesk  # noqa: E402
from lab import MAILBOX, STAFF, Lab, staff_mail  # noqa: E402
from metrics_page import numbers  # noqa: E402
from pager import Operator  # noqa: E402
from ports import free_ports  # noqa: E402
from relay import Relay  # noqa: E402
import tap  # noqa: E402

WITHIN = 6  # s
MINUTE = 60000
CANARY = b"X-Frontdesk-Canary: "


def settle():
    OPERATOR.settle(grace=2, mailbox="canary = { every_minutes = 1; within_seconds = %d; };" % WITHIN)
    DELIVERY.mend()
    with open(LAB.daemon.conf, "a", encoding="utf-8") as conf:
        conf.write('metrics = { listen = "127.0.0.1:%d"; };\n' % PORT)


def start(minutes=0, ready=30):
    """At a time so many minutes later, when the next canary is due."""
    LAB.daemon.start(ready=ready, env=dict(FRONTDESK_CLOCK_SHIFT_MS=str(minutes * MINUTE)) if minutes else None)


def rows(outcome="canary"):
    return [row for row in LAB.daemon.journal() if row["outcome"] == outcome]


def mailbox():
    return OPERATOR.status()["mailboxes"][0]


def done():
    return [raw for raw in LAB.stored(MAILBOX).get("Done", []) if CANARY in raw]


def back():
    """One goes out by itself and comes back: counted, filed, no ticket, no letter."""
    settle()
    start()
    OPERATOR.until("it is not back", lambda: len(rows()) == 1 and len(done()) == 1)
    row, status = rows()[0], mailbox()
    tap.check(row["state"] == "done" and row["reason"].startswith("canary: back after "), row)
    tap.check(status["canary_back_ms"] and not status["canary_open_ms"] and 0 < status["canary_took_ms"] < 40000, status)
    print("# back after %.1f s" % (status["canary_took_ms"] / 1000))
    n = numbers(PORT)
    tap.check([n["frontdesk_canaries_%s_total" % what]['mailbox="desk"'] for what in ("sent", "back", "lost")] == [1, 1, 0], n)
    tap.check(n["frontdesk_canary_seconds"]['mailbox="desk"'] == status["canary_took_ms"] / 1000, n)
    tap.check('leg="canary-desk"' in n["frontdesk_contact_timestamp_seconds"], n)
    expect(0, frontdesk("status", "-c", LAB.daemon.conf), r"^Own mail +desk: back \d+ seconds? ago, after \d+\.\d s$")
    tap.check(not LAB.sandbox.tickets() and not OPERATOR.paged() and not LAB.stored(MAILBOX).get("INBOX"), LAB.stored(MAILBOX).keys())


def forged_and_replayed():
    """The token counts once, at its mailbox, and cannot be made: what carries another is judged by its sender alone."""
    raw = done()[0]
    token = re.search(CANARY + rb"(\S+)", raw).group(1).decode()
    LAB.host.deliver_lmtp(MAILBOX, [MAILBOX], raw)  # the same again
    OPERATOR.until("the replayed one has no end", lambda: len(rows("ignored")) == 1)
    tap.check(rows("ignored")[0]["reason"].startswith("own-id: "), rows("ignored"))
    other = token[:-1] + ("0" if token[-1] != "0" else "1")
    for name, value in (("replayed", token), ("forged", other), ("short", token[:40])):
        LAB.deliver((STAFF, staff_mail("Sarah: %s" % name, "x", headers={"X-Frontdesk-Canary": value})))
    LAB.deliver(("eve@elsewhere.example", staff_mail("Sarah: x", "x", sender="eve@elsewhere.example", headers={"X-Frontdesk-Canary": token})))
    OPERATOR.until("not all have ended", lambda: len(rows("ticket")) == 3 and len(rows("refused")) == 1)
    tap.check(len(rows()) == 1 and numbers(PORT)["frontdesk_canaries_back_total"]['mailbox="desk"'] == 1, rows())
    LAB.daemon.stop()


def through_a_kill():
    """Killed while one is on its way: the next run knows it, and sends no second one before it is due."""
    DELIVERY.cut()
    start(1)
    OPERATOR.until("none is on its way", lambda: mailbox()["canary_open_ms"])
    OPERATOR.until("it did not leave", lambda: LAB.daemon.log().count("post sent to=" + MAILBOX) == 2)
    LAB.daemon.kill()
    start(1)
    DELIVERY.mend()
    OPERATOR.until("it is not back", lambda: len(rows()) == 2 and len(done()) == 2)
    tap.check(not OPERATOR.paged() and not mailbox()["canary_open_ms"], OPERATOR.paged())
    LAB.daemon.stop()


def lost():
    """The mail server takes it and nothing comes: told once. It comes late: filed, but not well. The next one in time: told once."""
    DELIVERY.cut()
    start(3)
    OPERATOR.until("nobody was told", lambda: OPERATOR.by_program("canary-desk") and OPERATOR.by_second("canary-desk"))
    text = [call["text"] for call in OPERATOR.paged()][0]
    tap.check("is not back after %d seconds" % WITHIN in text, text)
    DELIVERY.mend()
    OPERATOR.until("it does not come late", lambda: len(rows()) == 3)
    tap.check(rows()[0]["reason"].endswith(", too late"), rows()[0])
    LAB.daemon.stop()
    start(5)
    OPERATOR.until("not well", lambda: len(OPERATOR.by_program("canary-desk")) == 2 and len(OPERATOR.by_second("canary-desk")) == 2)
    LAB.daemon.stop()
    tap.check(OPERATOR.by_program("canary-desk") == ["ill", "well"] == OPERATOR.by_second("canary-desk"), OPERATOR.paged())
    tap.check(len(OPERATOR.paged()) == 2 and len(done()) == 4, OPERATOR.paged())


def the_way_out_is_ill():
    """That is told as what it is; the canary that is lost by it is counted, but no second alert. The next one proves that it is well."""
    OPERATOR.cables["submission"].cut()
    start(7)
    OPERATOR.until("nobody was told", lambda: OPERATOR.by_program("mail-out-desk"))
    OPERATOR.until("it is not lost", lambda: numbers(PORT)["frontdesk_canaries_lost_total"]['mailbox="desk"'] == 1)
    OPERATOR.cables["submission"].mend()
    LAB.daemon.stop()
    start(9)
    OPERATOR.until("not well", lambda: OPERATOR.by_program("mail-out-desk") == ["ill", "well"])
    LAB.daemon.stop()
    tap.check(len(OPERATOR.by_program("canary-desk")) == 2, OPERATOR.by_program("canary-desk"))


def through_a_cable():
    """From Exim to Dovecot; Exim reads its settings again."""
    relay = Relay(LAB.host.ports["lmtp"])
    with open(LAB.host.path("exim.conf"), "r+", encoding="utf-8") as conf:
        text = conf.read().replace("port = %d\n" % LAB.host.ports["lmtp"], "port = %d\n" % relay.port)
        conf.seek(0)
        conf.truncate()
        conf.write(text)
    LAB.host.children[1].send_signal(signal.SIGHUP)
    return relay


if __name__ == "__main__":
    PORT = free_ports(1)[0]
    with Lab() as LAB:
        OPERATOR, DELIVERY = Operator(LAB), through_a_cable()
        tap.run([("one goes out and comes back", back),
                 ("forged and replayed ones", forged_and_replayed),
                 ("through a kill", through_a_kill),
                 ("one is lost, and comes late", lost),
                 ("the way out is ill", the_way_out_is_ill)])
