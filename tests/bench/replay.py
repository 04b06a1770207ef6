#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""How long `frontdesk check mapping` takes beside its API calls alone. Usage: replay.py [CODES [LATENCY_MS [RUNS]]]

A check of a planted world is made, the simulated systems' log of its calls is kept, and the same calls are made again by a program that
does nothing with the answers, within the same limits: a page of Autotask only after the page that named it, two calls at a time to one of
its tables; of QuickBooks the first page, the count, then four calls at a time. Both are repeated in turn; medians count. Besides: CPU and
peak memory of the check."""
import http.client
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support")]
from console import PROGRAM  # noqa: E402
from firm import Firm  # noqa: E402
from planter import Planter  # noqa: E402
from sandbox import LOGIN, WORLD  # noqa: E402

AUTOTASK = "/atservicesrest/"
PER_TABLE, OF_QUICKBOOKS = 2, 4
PAUSE_S = 1.2  # after which QuickBooks' ten calls a second are free again


class Connections:
    """As an HTTP library keeps them: one that is free is used again."""

    def __init__(self, host):
        self.host, self.free, self.lock = host, [], threading.Lock()

    def call(self, row, headers):
        with self.lock:
            connection = self.free.pop() if self.free else http.client.HTTPConnection(self.host)
        connection.request(row["method"], row["path"] + ("?" + row["query"] if row["query"] else ""), row["body"] or None, headers)
        answer = connection.getresponse()
        data = answer.read()
        if answer.status != row["status"]:
            raise AssertionError("%d instead of %d: %s %s: %s" % (answer.status, row["status"], row["method"], row["path"], data[:200]))
        with self.lock:
            self.free.append(connection)


class Replay:
    def __init__(self, firm):
        with open(os.path.join(firm.dir, "state", "quickbooks-token"), encoding="utf-8") as tokens:
            bearer = json.load(tokens)["access_token"]
        self.host = firm.sandbox.url.split("/")[2]
        self.autotask = {**LOGIN, "Content-Type": "application/json", "Accept": "application/json"}
        self.quickbooks = {"Authorization": "Bearer " + bearer, "Accept": "application/json"}
        self.limits, self.lock, self.errors = {}, threading.Lock(), []

    def limit(self, row):
        ours = row["path"].startswith(AUTOTASK)
        what, most = (row["path"][len(AUTOTASK):].split("/")[1], PER_TABLE) if ours and "/v1.0/" in row["path"] else ("", OF_QUICKBOOKS)
        with self.lock:
            return self.limits.setdefault(what, threading.Semaphore(most))

    def one(self, row):
        with self.limit(row):
            self.connections.call(row, self.autotask if row["path"].startswith(AUTOTASK) else self.quickbooks)

    def chain(self, rows):
        try:
            for row in rows:
                self.one(row)
        except Exception as error:  # pylint: disable=broad-except
            self.errors.append(error)

    def side_by_side(self, chains):
        threads = [threading.Thread(target=self.chain, args=(rows,)) for rows in chains]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if self.errors:
            raise self.errors[0]

    def run(self, rows):
        """Seconds."""
        self.connections = Connections(self.host)
        first = [row for row in rows if row["path"].lower().endswith("zoneinformation")]
        books = [row for row in rows if not row["path"].startswith(AUTOTASK)]
        table = {}
        for row in rows:
            if row["path"].startswith(AUTOTASK) and row not in first:
                pages = "/query" in row["path"]
                table.setdefault(row["path"].split("/")[3] if pages else row["seq"], []).append(row)
        items = [row for row in books if "Item" in row["query"]]
        others = [[row] for row in books if row not in items]
        begin = time.monotonic()
        # the books need no zone
        autotask = threading.Thread(target=lambda: (self.chain(first), self.side_by_side(table.values())))
        autotask.start()
        quickbooks = threading.Thread(target=lambda: (self.chain(items[:2]), self.side_by_side([[row] for row in items[2:]])))
        quickbooks.start()
        self.side_by_side(others)
        autotask.join()
        quickbooks.join()
        if self.errors:
            raise self.errors[0]
        return time.monotonic() - begin


def check(firm):
    """Seconds, CPU seconds, peak memory in MB."""
    with tempfile.TemporaryFile() as out:
        begin = time.monotonic()
        child = subprocess.Popen([PROGRAM, "check", "mapping", "-c", firm.conf], stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(child.pid, 0)
        took = time.monotonic() - begin
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        if child.returncode not in (0, 1):
            raise AssertionError(out.read())
    return took, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main(codes=5000, latency_ms=100, runs=5):
    with Firm(Planter(20261126).fill(40, codes).world(WORLD)) as firm:
        firm.sandbox.settings(latency_ms=latency_ms)
        begun = len(firm.sandbox.log())
        check(firm)
        rows = firm.sandbox.log()[begun:]
        replay = Replay(firm)
        checks, alone = [], []
        for _ in range(runs):
            time.sleep(PAUSE_S)
            checks.append(check(firm))
            alone.append(replay.run(rows))
    took, calls = statistics.median(c[0] for c in checks), statistics.median(alone)
    print("%d codes, %d calls, %d ms each: check %.0f ms (%.0f to %.0f), the calls alone %.0f ms (%.0f to %.0f): %.2f times" % (
        codes, len(rows), latency_ms, took * 1e3, min(c[0] for c in checks) * 1e3, max(c[0] for c in checks) * 1e3, calls * 1e3,
        min(alone) * 1e3, max(alone) * 1e3, took / calls))
    print("CPU of the check %.0f ms, peak memory %.0f MB" % (statistics.median(c[1] for c in checks) * 1e3, max(c[2] for c in checks)))
    return rows


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_NOFILE, (1024, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    main(*map(int, sys.argv[1:4]))
