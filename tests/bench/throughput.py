#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A backlog of 1,000 mails against instant peers: mails a second and CPU seconds of frontdesk, durable as designed, and of the
plain Python program, in turn. Files are left out of the tickets: ten of them would meet Autotask's pace of 10 MB in five minutes. throughput.py [ROUNDS] [MAILS]; FRONTDESK_BUILD names the build folder (peers are built into it)."""
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
from sandbox import BUILD, ROOT  # noqa: E402

SETTINGS = """
firm = {{ name = "Northwind IT"; domains = ["northwind.example"]; timezone = "America/New_York"; }};
mailboxes = ( {{ name = "desk"; address = "newticket@desk.example"; trust = "server:mx.desk.example";
    imap = {{ url = "imap://127.0.0.1:{imap}"; user = "u"; password_file = "{dir}/secret"; insecure_plain = true; }};
    smtp = {{ url = "smtp://127.0.0.1:{smtp}"; insecure_plain = true; }}; }} );
autotask = {{ zone_url = "http://127.0.0.1:{http}/atservicesrest"; user = "api@northwind.example"; secret_file = "{dir}/secret";
    integration_code_file = "{dir}/secret"; calls_per_hour = 10000; in_flight = 3; }};
ticket = {{ queue = "Help Desk"; triage_queue = "Triage"; status = "New"; priority = "Medium"; }};
limits = {{ per_sender_hour = 10000; replies_per_hour = 1000000; workers = {workers}; attachment_size = "1 KB"; }};
journal = {{ path = "{dir}/state"; }};
templates = "{root}/templates";
"""
PEOPLE = [(1, "Sarah", "Klein"), (2, "Mike", "Chen"), (3, "Shana", "Ortiz")]


def canned(folder):
    def rows(name, items):
        with open(os.path.join(folder, name + ".json"), "w", encoding="utf-8") as out:
            json.dump({"items": items, "pageDetails": {"nextPageUrl": None}}, out)
    rows("Resources_query", [dict(id=i, firstName=f, lastName=l, userName=f.lower(), email=f + "@x", isActive=True, licenseType=1)
                             for i, f, l in PEOPLE])
    rows("Roles_query", [dict(id=9, isActive=True)])
    rows("ResourceServiceDeskRoles_query", [dict(id=i, resourceID=i, roleID=9, isActive=True, isDefault=True) for i, _, _ in PEOPLE])
    lists = {"queueID": ["Help Desk", "Triage"], "status": ["New"], "priority": ["Medium"]}
    fields = [dict(name=n, picklistValues=[dict(value=str(i + 1), label=label, isActive=True) for i, label in enumerate(labels)])
              for n, labels in lists.items()]
    with open(os.path.join(folder, "Tickets_entityInformation_fields.json"), "w", encoding="utf-8") as out:
        json.dump({"fields": fields}, out)


class Peers:
    def __init__(self, mails, folder):
        self.child = subprocess.Popen([os.path.join(BUILD, "peers"), str(mails), folder], stdout=subprocess.PIPE, text=True)
        self.ports = dict(self.child.stdout.readline().split() for _ in range(3))

    def figures(self):
        self.child.terminate()
        return " / ".join(self.child.communicate()[0].split("\n")).strip(" /")


def timed(command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begin = time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    took = time.monotonic() - begin
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return done, took, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, after.ru_maxrss


def fsync_ms(folder):
    times = []
    with open(os.path.join(folder, "fsync"), "wb", buffering=0) as probe:
        for _ in range(100):
            probe.write(b"x" * 4096)
            begin = time.monotonic()
            os.fdatasync(probe.fileno())
            times.append(time.monotonic() - begin)
    return statistics.median(times) * 1000


def build_peers():
    subprocess.run(["cc", "-O2", "-D_GNU_SOURCE", "-o", os.path.join(BUILD, "peers")] + [
        os.path.join(HERE, n) for n in ("peers.c", "peers_api.c", "peers_imap.c", "peers_sink.c")], check=True)


def backlog(program, mails, folder):
    """One run of `program` over a mailbox of so many mails, in an empty folder: seconds, CPU seconds, peak KB, what the peers saw."""
    canned(folder)
    with open(os.open(os.path.join(folder, "secret"), os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="ascii") as out:
        out.write("secret\n")
    peers = Peers(mails, folder)
    with open(os.path.join(folder, "conf"), "w", encoding="utf-8") as out:
        out.write(SETTINGS.format(dir=folder, root=ROOT, workers=os.environ.get("FRONTDESK_WORKERS", "8"), **peers.ports))
    os.mkdir(os.path.join(folder, "state"), 0o700)
    done, took, cpu, peak = timed([program, "once", "--log", "warn", "--since", "2020-01-01", "-c", os.path.join(folder, "conf")])
    figures = peers.figures()
    if done.returncode:
        sys.exit("%s ended with %d\n%s" % (program, done.returncode, done.stderr[-3000:]))
    return took, cpu, peak, figures


def main():
    rounds, mails = int((sys.argv + ["", "3"])[2] or 3) if len(sys.argv) < 2 else int(sys.argv[1]), 1000
    if len(sys.argv) > 2:
        mails = int(sys.argv[2])
    build_peers()
    ratios = []
    for number in range(rounds):
        folder = tempfile.mkdtemp(prefix="frontdesk-bench-", dir=os.environ.get("FRONTDESK_BENCH_DIR"))
        try:
            took, cpu, peak, figures = backlog(os.path.join(BUILD, "frontdesk"), mails, folder)
            peers = Peers(mails, folder)
            _, base, base_cpu, _ = timed([sys.executable, os.path.join(HERE, "baseline.py"), peers.ports["imap"],
                                          peers.ports["smtp"], peers.ports["http"]])
            peers.figures()
            ratios.append(base / took)
            print("round %d: fsync %.3f ms; frontdesk %.0f mails/s, %.3f CPU s a 1,000, peak %d MB; python %.0f mails/s, %.3f CPU s; "
                  "ratio %.2f   [%s]" % (number + 1, fsync_ms(folder), mails / took, cpu * 1000 / mails, peak // 1024, mails / base,
                                         base_cpu * 1000 / mails, base / took, figures), flush=True)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    print("median ratio %.2f" % statistics.median(ratios))


if __name__ == "__main__":
    main()
