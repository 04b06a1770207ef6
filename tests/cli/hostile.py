#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Autotask's API, answered by a server that wants to cost us memory or time: every answer is an error that says what is wrong with it, in
bounded memory, and nothing is waited for that does not come."""
import gzip
import os
import re
import socket
import subprocess
import sys
import threading
import time
import zlib

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support")]
from console import PROGRAM  # noqa: E402
from lab import Lab  # noqa: E402
import markers  # noqa: E402
import tap  # noqa: E402

MB = 1 << 20
# FRONTDESK_SLOW: a sanitizer needs much memory of its own
MOST_KB, SLACK_SECONDS = (320 if os.environ.get("FRONTDESK_SLOW") else 160) * 1024, 60
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
LOST = "was lost"


def sized(body, fields=b""):
    """The body is bytes, or (start, unit, how many, end)."""
    start, unit, n, end = body if isinstance(body, tuple) else (body, b"", 0, b"")
    yield OK + fields + b"Content-Length: %d\r\n\r\n" % (len(start) + len(unit) * n + len(end)) + start
    yield from [unit * (n // 100)] * 100
    yield end


def packed(layers):
    packer = zlib.compressobj(9, wbits=31)
    body = b"".join(packer.compress(b"\0" * MB) for _ in range(100)) + packer.flush()
    for _ in range(layers - 1):
        body = gzip.compress(body, 9)
    return sized(body, b"Content-Encoding: %s\r\n" % b", ".join([b"gzip"] * layers))


ANSWERS = {  # name -> (pieces, what the error says)
    "a body of 100 MB": (lambda: [OK + b"Content-Length: %d\r\n\r\n" % (100 * MB)] + [b'"' + b"x" * MB] * 100, "too large"),
    "a body that says it has 4 GB": (lambda: [OK + b"Content-Length: 4294967296\r\n\r\n"] + [b"[" * MB] * 64, "too large"),
    "a chunked body without an end": (lambda: [OK + b"Transfer-Encoding: chunked\r\n\r\n"] + [b"100000\r\n" + b" " * MB + b"\r\n"] * 100, "too large"),
    "a chunk of 2^64 bytes": (lambda: [OK + b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n"] + [b" " * MB] * 64, LOST),
    "nested 100,000 deep": (lambda: sized((b"", b"[", 100000, b"]" * 100000)), "not JSON"),
    "10,000,000 values": (lambda: sized((b"[", b"0,", 10000000, b"0]")), "more than 1000000 values"),
    "10,000,000 empty objects": (lambda: sized((b'{"items":[', b"{},", 10000000, b"{}]}")), "more than 1000000 values"),
    "one name of 30 MB": (lambda: sized((b'{"', b"x" * 1024, 30000, b'":1}')), "zoneInformation names"),
    # no packed answer is asked for, so none is unpacked (tests/unit/test_http.c has those that are)
    "100 MB of zeros, packed": (lambda: packed(1), "not JSON"),
    "100 MB of zeros, packed three times": (lambda: packed(3), "not JSON"),
    "packed ten times": (lambda: packed(10), "not JSON"),
    "1,000,000 header lines": (lambda: [OK] + [b"X-Flood: yes\r\n" * 10000] * 100 + [b"\r\n{}"], LOST),
    "a header line of 100 MB": (lambda: [OK + b"X-Long: "] + [b"x" * MB] * 100 + [b"\r\n\r\n{}"], LOST),
    "a status line of 100 MB": (lambda: [b"HTTP/1.1 200 "] + [b"x" * MB] * 100 + [b"\r\n\r\n{}"], LOST),
    "no HTTP at all": (lambda: [b"\0" * MB] * 100, LOST),
}


class Server:
    """Gives every request the same answer."""

    def __init__(self, make):
        self.make, self.requests = make, 0
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = "http://127.0.0.1:%d/" % self.socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                one, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(one,), daemon=True).start()

    def _answer(self, one):
        with one:
            try:
                while b"\r\n\r\n" in one.recv(65536):
                    self.requests += 1
                    for piece in self.make():
                        one.sendall(piece)
            except OSError:
                pass  # it had enough

    def close(self):
        self.socket.close()


def answered(name):
    def test():
        make, words = ANSWERS[name]
        server = Server(make)
        conf = os.path.join(LAB.daemon.dir, "hostile.conf")
        with open(LAB.daemon.conf, encoding="utf-8") as settings, open(conf, "w", encoding="utf-8") as other:
            other.write(settings.read().replace(LAB.sandbox.url, server.url))
        os.chmod(conf, 0o600)
        start = time.monotonic()
        with subprocess.Popen([PROGRAM, "doctor", "-c", conf], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as child:
            said = child.stdout.read().decode("utf-8", "replace")
            _, status, used = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
        server.close()
        markers.check("the output of doctor", said)
        failure = re.sub(r"\s+", " ", said.partition("FAIL  Autotask")[2])
        print("# %s: %d KB, %.2f s of processor time, %.1f s; %s" % (name, used.ru_maxrss, used.ru_utime + used.ru_stime, time.monotonic() - start,
                                                                  failure[:200]))
        tap.check(os.WIFEXITED(status) and os.WEXITSTATUS(status) != 0, "status %d: %s" % (status, said))
        tap.check(server.requests and re.search(words, failure), said)
        tap.check(used.ru_maxrss < MOST_KB, "%d KB" % used.ru_maxrss)
        tap.check(used.ru_utime + used.ru_stime < SLACK_SECONDS, "%.1f s" % (used.ru_utime + used.ru_stime))
    return test


if __name__ == "__main__":
    with Lab() as LAB:
        tap.run([(name, answered(name)) for name in ANSWERS])
