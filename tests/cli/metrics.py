#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The metrics: what they say after work, failures and with a stranger at the door; and that the dashboard, the rules for alerts and the
manual name just those that exist."""
import http.client
import json
import os
import re
import socket
import sys
import time

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support")]
from console import expect, frontdesk  # noqa: E402
from lab import Lab  # noqa: E402
from ports import free_ports  # noqa: E402
from sandbox import ROOT  # noqa: E402
import metrics_page  # noqa: E402
import tap  # noqa: E402

SINCE = ("--since", "2020-01-01")


def ask(*arguments, **more):
    return metrics_page.ask(PORT, *arguments, **more)


def numbers():
    return metrics_page.numbers(PORT)


def after_work():
    """Two tickets, one mail of a stranger, one failure that passed: each is counted where it belongs."""
    LAB.clean(CASE)
    LAB.sandbox.faults([dict(method="POST", path="Tickets", nth=1, action="html503")])
    LAB.daemon.start(arguments=SINCE)
    LAB.deliver(dict(subject="Sarah: one", text="x"))
    LAB.deliver(dict(subject="Sarah: two", text="y"))
    LAB.deliver(dict(subject="hello", text="z", sender="stranger@elsewhere.example", proof=False))
    LAB.until("not all are done", lambda: numbers()["frontdesk_jobs"]['state="done"'] == 3)
    n = numbers()
    tap.check(n["frontdesk_jobs_total"]['outcome="ticket"'] == 2 and n["frontdesk_jobs_total"]['outcome="refused"'] == 1, n["frontdesk_jobs_total"])
    tap.check(sum(n["frontdesk_retries_total"].values()) >= 1, n["frontdesk_retries_total"])
    tap.check(n["frontdesk_letters_sent_total"]['mailbox="desk"'] >= 2 and n["frontdesk_letters_unsent"][""] == 0, n)
    tap.check(n["frontdesk_api_calls_total"]['system="autotask"'] >= 4 and n["frontdesk_api_in_flight"]['system="autotask"'] == 0, n)
    tap.check(n["frontdesk_api_calls_left"]['system="autotask"'] + n["frontdesk_api_calls_hour"]['system="autotask"'] == 5000, n)
    for leg in ("autotask", "mail-in-desk", "mail-out-desk"):
        age = time.time() - n["frontdesk_contact_timestamp_seconds"]['leg="%s"' % leg]
        tap.check(-1 < age < 300, "%s: %g" % (leg, age))
    tap.check(n["frontdesk_stage_seconds_count"]['stage="whole"'] == 3 and n["frontdesk_queue_age_seconds"][""] == 0, n)
    for stage in ("understand", "act", "answer", "post", "expire", "whole"):
        steps = [v for k, v in n["frontdesk_stage_seconds_bucket"].items() if k.startswith('stage="%s",' % stage)]
        tap.check(len(steps) == 13 and steps == sorted(steps) and steps[-1] == n["frontdesk_stage_seconds_count"]['stage="%s"' % stage], steps)
    tap.check(n["frontdesk_parser_deaths_total"][""] == 0 and n["frontdesk_alerts_open"][""] == 0, n)
    LAB.sandbox.faults([])


def is_answered():
    """Beyond its few connections it closes new ones at once."""
    try:
        return ask()[0] == 200
    except (http.client.HTTPException, OSError):
        return False


def a_door_for_one_thing():
    """Beside the daemon of the first case: other paths, methods and bodies get nothing, and many idle callers do not stop it."""
    tap.check(ask("/")[0] == 404 and ask("/metrics/")[0] == 404 and ask("/" + "x" * 8000)[0] == 404, "a path")
    tap.check(ask(method="POST")[0] == 405 and ask(method="DELETE")[0] == 405, "a method")
    try:
        tap.check(ask(method="POST", body=b"x" * 100000)[0] == 405, "a body was taken")
    except (http.client.HTTPException, OSError):
        pass  # cut off
    idle = [socket.create_connection(("127.0.0.1", PORT)) for _ in range(20)]
    for s in idle:
        s.close()
    LAB.until("it is deaf", is_answered)
    text = ask()[2]
    tap.check("@" not in text and "northwind" not in text, "it names somebody")


def legs_that_are_ill():
    """A refused login shows, and work that waits has an age."""
    LAB.daemon.stop()
    LAB.clean(CASE)
    LAB.sandbox.faults([dict(method="POST", path="Tickets", action="html503")])
    LAB.daemon.start(arguments=SINCE)
    LAB.deliver(dict(subject="Sarah: one", text="x"))
    LAB.until("it does not wait", lambda: numbers()["frontdesk_queue_age_seconds"][""] > 1)
    tap.check(numbers()["frontdesk_login_refused"]['system="autotask"'] == 0, "refused already")
    LAB.sandbox.faults([dict(action="status", status=401, path="*query*"), dict(method="POST", path="Tickets", action="html503")])
    for _ in range(2):
        frontdesk("explain", "-c", LAB.daemon.conf, stdin=b"From: x\n\nx")
    LAB.until("it is not refused", lambda: numbers()["frontdesk_login_refused"]['system="autotask"'] == 1)
    LAB.sandbox.faults([])
    LAB.daemon.stop()


def a_port_that_is_taken():
    LAB.daemon.stop()
    LAB.clean(CASE)
    with socket.socket() as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        s.bind(("127.0.0.1", PORT))
        s.listen()
        expect(78, frontdesk("run", "-c", LAB.daemon.conf), errors=["metrics.listen: cannot listen on 127.0.0.1 port %d: another program does" % PORT])


def names_agree():
    """Dashboard, rules and manual against the table in src/metrics.c."""
    def read(*path):
        with open(os.path.join(ROOT, *path), encoding="utf-8") as text:
            return text.read()
    table = dict(re.findall(r'\{"(frontdesk_\w+)", "(\w+)"', read("src", "metrics.c")))
    tap.check(len(table) > 15, table)
    samples = {n + e for n, kind in table.items() for e in (("_bucket", "_sum", "_count") if kind == "histogram" else ("",))}
    dashboard = read("dist", "prometheus", "grafana-dashboard.json")
    rules = read("dist", "prometheus", "alerts.yml")
    asked = {e for panel in json.loads(dashboard)["panels"] for t in panel.get("targets", []) for e in re.findall(r"frontdesk_\w+", t["expr"])}
    asked |= {e for line in re.findall(r"(?m)^ +expr: (.*)$", rules) for e in re.findall(r"frontdesk_\w+", line)}
    tap.check(asked and asked <= samples, "asked for, but there are none: %r" % sorted(asked - samples))
    manual = set(re.findall(r"(?m)^\.It Li (frontdesk_\w+)", read("man", "frontdesk.8")))
    tap.check(manual == set(table), "manual and table differ: %r" % sorted(manual ^ set(table)))


if __name__ == "__main__":
    PORT = free_ports(1)[0]
    CASE = dict(settings=dict(more='metrics = { listen = "127.0.0.1:%d"; };' % PORT))
    with Lab() as LAB:
        tap.run([("what was done is counted", after_work),
                 ("the door opens for one thing", a_door_for_one_thing),
                 ("what is ill shows", legs_that_are_ill),
                 ("a port that is taken is named", a_port_that_is_taken),
                 ("dashboard, alerts and manual name what exists", names_agree)])
