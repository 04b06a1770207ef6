#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Degraded modes: what frontdesk stands on fails while it runs or when it starts. For each the operator hears once that it is ill
and once that it is well, nothing is lost and nothing done twice, and `status` and `doctor` have words for it.

Names that cannot be looked up take a name server of the test's own, and so root: elsewhere those cases are skipped."""
import os
import re
import sys
import time

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support")]
from degrading import SINCE, DegradedLab, OwnNames, Relay, own_mounts  # noqa: E402
from mailhost import SERVER_ID  # noqa: E402
import tap  # noqa: E402


# --- Autotask at its limit --------------------------------------------------------------------------------------

def autotask_limit():
    """Every call is refused for a while, with a time to wait: staff hear Queued once, and all is done behind it."""
    LAB.clean()
    LAB.daemon.start(arguments=SINCE)
    LAB.deliver_tickets("before", 1)
    LAB.until("the first mail is done", lambda: LAB.all_done(1))
    LAB.sandbox.faults([dict(action="status", status=429, errors="the limit of calls is reached", retry_after=2)])
    LAB.deliver_tickets("at the limit", 3)
    LAB.until("the operator hears of it", LAB.alerts)
    calls = len(LAB.sandbox.log())
    time.sleep(3)
    asked = len(LAB.sandbox.log()) - calls
    tap.check(asked <= 12, "%d calls in 3 s, although each was told to wait 2 s" % asked)
    LAB.heard_once("autotask", False)
    tap.check("autotask" in LAB.run("status"), LAB.run("status"))
    code, out, _ = LAB.daemon.run("doctor")
    tap.check(code == 69 and re.search(r"FAIL  Autotask.*\n +Autotask answered 429", out) and "open alert autotask" in out, out)
    LAB.sandbox.faults([])
    LAB.until("all mail is done", lambda: LAB.all_done(4))
    LAB.until("the operator hears that it is well", lambda: len(LAB.alerts()) > 1)
    LAB.heard_once("autotask", True)
    LAB.one_each(4, queued=3)
    tap.check("open alerts" not in LAB.run("status"), LAB.run("status"))


# --- names ------------------------------------------------------------------------------------------------------

class Names:
    """The lab by names: the mail server and Autotask are called mx.desk.example, and both can be cut off."""

    def __enter__(self):
        LAB.clean()
        host = LAB.host
        good = (host.path("tls/good.pem"), host.path("tls/good.key"))
        self.imap = Relay(host.ports["imaps"])
        self.autotask = Relay(int(LAB.sandbox.url.split(":")[2].rstrip("/")), good)
        url = "https://%s:%d/" % (SERVER_ID, self.autotask.port)
        LAB.edit((r"imaps://127\.0\.0\.1:\d+", "imaps://%s:%d" % (SERVER_ID, self.imap.port)),
                 (r"smtp://127\.0\.0\.1:", "smtp://%s:" % SERVER_ID),
                 (r'zone_url = "[^"]*";', 'zone_url = "%satservicesrest"; ca_file = "%s";' % (url, host.ca_file)))
        LAB.sandbox.faults([dict(path="zoneInformation", action="status", status=200, type="application/json", body=(
            '{"zoneName":"x","url":"%satservicesrest/","webUrl":"%s","ci":1}' % (url, url)))])
        self.own = OwnNames(LAB.daemon.dir)
        self.server = self.own.__enter__()
        return self

    def __exit__(self, *_):
        LAB.daemon.kill()
        self.own.__exit__()
        self.imap.close()
        self.autotask.close()

    def cut(self):
        self.imap.cut()
        self.autotask.cut()


def names_gone(mode, at_start):
    def test():
        with Names() as names:
            count = 1
            if at_start:
                names.server.mode = mode
                LAB.daemon.start(arguments=SINCE, ready=1)
            else:
                LAB.daemon.start(arguments=SINCE)
                LAB.deliver_tickets("before", 1)
                LAB.until("the first mail is done", lambda: LAB.all_done(1))
                names.server.mode = mode
                names.cut()
                count = 2
            LAB.deliver_tickets("without names", 1)
            LAB.until("it is known", lambda: "alert ill" in LAB.daemon.log())
            tap.check(re.search(r"alerts +1 \S.*\n.* dns", LAB.run("status")), LAB.run("status") + LAB.daemon.log())
            code, out, _ = LAB.daemon.run("doctor")
            tap.check(code == 69 and out.count("cannot find") == 4 and "look up names" in out and "open alert dns" in out, out)
            if LAB.alerts():  # over the connection that was kept
                LAB.heard_once("dns", False)
            names.server.mode = "well"
            LAB.until("all mail is done", lambda: LAB.all_done(count))
            LAB.until("the operator hears that it is well", lambda: len(LAB.alerts()) > 1)
            LAB.heard_once("dns", True)
            LAB.one_each(count)
    return test


def names_silent_stop():
    """A look-up that hangs holds up no end: neither the mailbox's nor that of a call to Autotask."""
    with Names() as names:
        names.server.mode = "silent"
        LAB.daemon.start(arguments=SINCE, ready=1)
        LAB.until("names are asked for", lambda: names.server.asked > 1)
        took = LAB.daemon.stop()
        tap.check(took < tap.share(2), "it took %.1f s" % took)


if __name__ == "__main__":
    WHY_NOT = own_mounts()

    def skipped():
        raise tap.Skip(WHY_NOT)

    ROOT_CASES = [("names cannot be looked up, from the start", names_gone("gone", True)),
                  ("names cannot be looked up any more", names_gone("gone", False)),
                  ("a look-up that hangs holds up no end", names_silent_stop)]
    CASES = [("Autotask refuses every call for a while", autotask_limit)]
    CASES += [(name, skipped if WHY_NOT else test) for name, test in ROOT_CASES]
    with DegradedLab() as LAB:
        tap.run(CASES)
