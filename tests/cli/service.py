#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""frontdesk as a service: what it tells the service manager, and the unit that comes with it."""
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support")]
from lab import Lab  # noqa: E402
import markers  # noqa: E402
from sandbox import BUILD, ROOT  # noqa: E402
import tap  # noqa: E402

UNIT = os.path.join(ROOT, "dist", "systemd", "frontdesk.service")
MOST_EXPOSED = 20  # tenths, as systemd-analyze counts


def heard(manager, want, seconds=tap.PATIENCE):
    """What the service manager hears until `want` (name: how often) came."""
    words, end = [], time.monotonic() + seconds
    while any(words.count(word) < times for word, times in want.items()):
        tap.check(time.monotonic() < end, "%r\n%s" % (words, LAB.daemon.log()))
        manager.settimeout(1)
        try:
            words += manager.recv(4096).decode().splitlines()
        except TimeoutError:
            pass
    return words


def told():
    """Ready, then alive again and again, then its end; without a watchdog nobody is told that it is alive."""
    folder = tempfile.mkdtemp(prefix="fd-notify-")
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.bind(os.path.join(folder, "notify"))
            for watchdog in ("300000", None):
                LAB.clean()
                env = dict(NOTIFY_SOCKET=os.path.join(folder, "notify"), **({"WATCHDOG_USEC": watchdog} if watchdog else {}))
                LAB.daemon.start(env=env)
                words = heard(manager, {"READY=1": 1, **({"WATCHDOG=1": 5} if watchdog else {})})
                LAB.daemon.stop()
                words += heard(manager, {"STOPPING=1": 1})
                tap.check(("WATCHDOG=1" in words) == bool(watchdog) and words.count("READY=1") == 1, words)
                tap.check(words.index("READY=1") < words.index("STOPPING=1") == len(words) - 1, words)
    finally:
        shutil.rmtree(folder)


def fields(datagram):
    """NAME -> value, as systemd's journal reads them."""
    found = {}
    while datagram:
        name, datagram = datagram.split(b"\n", 1)
        size = int.from_bytes(datagram[:8], "little")
        found[name.decode()] = datagram[8:8 + size].decode()
        tap.check(datagram[8 + size:9 + size] == b"\n", datagram)
        datagram = datagram[9 + size:]
    return found


def journal_fields():
    """When its errors go to systemd's journal, lines go there with their fields, and nowhere else; else, and when the journal is away,
    they are written as lines."""
    folder = tempfile.mkdtemp(prefix="fd-journald-")
    path = os.path.join(folder, "socket")
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as journal:
            journal.bind(path)
            journal.settimeout(20)
            LAB.clean()
            status = os.stat(LAB.daemon.log_path)
            env = dict(JOURNAL_STREAM="%d:%d" % (status.st_dev, status.st_ino), FRONTDESK_JOURNALD_SOCKET=path)
            LAB.deliver(dict(subject="Sarah: x", text="y"))
            LAB.daemon.start(ready=0, env=env, arguments=("--since", "2020-01-01"))
            lines = []
            while not lines or lines[-1]["FRONTDESK_EVENT"] != "end":
                raw = journal.recv(65536)
                markers.check("the journal of systemd", raw)
                lines.append(fields(raw))
            LAB.daemon.stop()
            tap.check(LAB.daemon.log() == "", LAB.daemon.log())
        last, watching = lines[-1], [line for line in lines if line["FRONTDESK_EVENT"] == "watching"][0]
        tap.check(last["FRONTDESK_OUTCOME"] == "ticket" and last["FRONTDESK_SUBSYSTEM"] == "job" and len(last["FRONTDESK_REF"]) == 4, last)
        tap.check(last["PRIORITY"] == "6" and last["SYSLOG_IDENTIFIER"] == "frontdesk", last)
        tap.check(last["MESSAGE"].startswith("info %s job end outcome=ticket " % last["FRONTDESK_REF"]), last)
        tap.check(watching["FRONTDESK_MAILBOX"] == "desk" and "FRONTDESK_REF" not in watching, watching)
        os.unlink(path)
        LAB.daemon.start(env=env)
        LAB.daemon.stop()
        tap.check("\ninfo watch connected mailbox=desk" in LAB.daemon.log(), LAB.daemon.log())
        LAB.clean()
        LAB.daemon.start(env=dict(env, JOURNAL_STREAM="1:2"))
        LAB.daemon.stop()
        tap.check(re.search(r"(?m)^2\d+-.* info watch connected", LAB.daemon.log()), LAB.daemon.log())
    finally:
        LAB.daemon.kill()
        shutil.rmtree(folder)


def unit():
    """The unit is sound, and closed as far as a program that talks to servers can be."""
    folder = tempfile.mkdtemp(prefix="fd-unit-")
    copy = os.path.join(folder, "frontdesk.service")
    try:
        with open(UNIT, encoding="utf-8") as text, open(copy, "w", encoding="utf-8") as out:
            # manuals and program of this build: nothing is installed
            out.write(re.sub("(?m)^Documentation=.*\n", "", text.read()).replace("/usr/bin/frontdesk", os.path.join(BUILD, "frontdesk")))
        verified = subprocess.run(["systemd-analyze", "verify", copy], capture_output=True, text=True, check=False)
        tap.check(verified.returncode == 0 and not verified.stderr, verified.stderr)
        exposed = subprocess.run(["systemd-analyze", "security", "--offline=true", "--no-pager", "--threshold=%d" % MOST_EXPOSED, copy],
                                 capture_output=True, text=True, check=False)
        print("# " + exposed.stdout.strip().splitlines()[-1])
        tap.check(exposed.returncode == 0, exposed.stdout + exposed.stderr)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    TESTS = [("the service manager hears what it wants to know", told),
             ("its journal gets lines with fields", journal_fields)]
    if shutil.which("systemd-analyze"):
        TESTS.append(("the unit is verified and closed", unit))
    with Lab() as LAB:
        tap.run(TESTS)
