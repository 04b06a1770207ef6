#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Memory and scale: an idle `frontdesk run` against an empty program that links the same libraries; the peak with a 25 MB message
in the backlog; and what one new mail costs in a mailbox of 1,000 and of OLD old ones. memory.py [OLD]"""
import os
import re
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "support"), HERE]
from lab import STAFF, Lab  # noqa: E402
from latency import Proxy  # noqa: E402
from mailhost import MAILBOX  # noqa: E402
from sandbox import BUILD  # noqa: E402


def memory(pid):
    with open("/proc/%d/status" % pid, encoding="ascii") as status:
        return {key: int(value) for key, value in re.findall(r"(RssAnon|VmRSS|VmHWM):\s+(\d+)", status.read())}


def cpu_ms(pid):
    total = 0
    for task in os.listdir("/proc/%d/task" % pid):
        with open("/proc/%d/task/%s/schedstat" % (pid, task), encoding="ascii") as stat:
            total += int(stat.read().split()[0])
    return total / 1e6


def empty_program():
    """VmRSS of a program that links what frontdesk links and does nothing."""
    needed = subprocess.run(["ldd", os.path.join(BUILD, "frontdesk")], capture_output=True, text=True, check=True).stdout
    direct = subprocess.run(["readelf", "-d", os.path.join(BUILD, "frontdesk")], capture_output=True, text=True, check=True).stdout
    names = re.findall(r"NEEDED.*\[(.*?)\]", direct)
    paths = [path for name, path in re.findall(r"(\S+) => (\S+)", needed) if name in names]
    source = os.path.join(BUILD, "empty.c")
    with open(source, "w", encoding="ascii") as out:
        out.write("#include <unistd.h>\nint main(void) { return pause(); }\n")
    subprocess.run(["cc", "-O2", "-o", os.path.join(BUILD, "empty"), source, "-Wl,--no-as-needed", *paths], check=True)
    with subprocess.Popen([os.path.join(BUILD, "empty")]) as child:
        time.sleep(0.5)
        found = memory(child.pid)
        child.kill()
    return found


def idle(lab):
    lab.clean()
    lab.daemon.start()
    time.sleep(5)  # it gives back what its start needed when it was quiet for 3 s
    found, empty = memory(lab.daemon.child.pid), empty_program()
    lab.daemon.stop()
    print("idle: RssAnon %d KB (at most 6,144); RSS %d KB, empty program %d KB: %d KB above it (at most 4,096)"
          % (found["RssAnon"], found["VmRSS"], empty["VmRSS"], found["VmRSS"] - empty["VmRSS"]))


def large(lab):
    lab.clean()
    for number in range(40):
        lab.deliver(dict(subject="Sarah: small %d" % number, text="x\n" * 1000))
        if number == 20:
            lab.deliver(dict(subject="Sarah: large", text=("x" * 70 + "\n") * (25 * 1024 * 1024 // 72)))
    lab.daemon.start(arguments=("--since", "2020-01-01"))
    while len(lab.stored(STAFF).get("INBOX", [])) < 41:
        time.sleep(0.1)
    found = memory(lab.daemon.child.pid)
    lab.daemon.stop()
    print("backlog of 41 with one of 25 MB: peak %d KB (at most 49,152), RssAnon afterwards %d KB"
          % (found["VmHWM"], found["RssAnon"]))


def fill(lab, count):
    """Old mail straight into the store; the server indexes it at the first look."""
    folder = os.path.join(lab.host.path("mail"), MAILBOX, "Maildir")
    for name in ("cur", "new", "tmp"):
        os.makedirs(os.path.join(folder, name), exist_ok=True)
    for number in range(count):
        with open(os.path.join(folder, "cur", "%d.M%dP1.old:2,S" % (1600000000 + number, number)), "w", encoding="ascii") as out:
            out.write("From: old@x.example\nSubject: old %d\n\nold\n" % number)
    if os.geteuid() == 0:
        for where, folders, names in os.walk(lab.host.path("mail")):
            for name in folders + names:
                os.chown(os.path.join(where, name), lab.host.uid, lab.host.gid)
    with lab.host.imap(MAILBOX) as imap:
        imap.select("INBOX")


class Counting(Proxy):
    """Counts what the server sends from its EXISTS on, and frontdesk's CPU time since: a large Maildir keeps Dovecot itself busy
    for seconds before."""
    pid, received = os.getpid(), 0
    before = 0.0

    def forget(self):
        super().forget()
        self.received = 0

    def seen(self, data):
        if b" EXISTS" in data and not self.exists:
            self.before, self.received = cpu_ms(self.pid), 0
        self.received += len(data)


def one_new(lab, count):
    lab.clean()
    fill(lab, count)
    with open(lab.daemon.conf, encoding="utf-8") as conf:
        text = conf.read()
    proxy = Counting(lab.host.ports["imap"])
    with open(lab.daemon.conf, "w", encoding="utf-8") as conf:
        conf.write(re.sub(r'imap = \{ url = "[^"]*";', 'imap = { url = "imap://127.0.0.1:%d"; insecure_plain = true;' % proxy.port, text))
    lab.daemon.start(ready=20)
    time.sleep(1)
    rows, proxy.pid = [], lab.daemon.child.pid
    for number in range(7):
        proxy.forget()
        lab.deliver(dict(subject="Sarah: new %d" % number, text="x\n"))
        while len(lab.stored(STAFF).get("INBOX", [])) <= number:
            time.sleep(0.02)
        time.sleep(2.5)
        rows.append((cpu_ms(proxy.pid) - proxy.before, proxy.received))
    found = memory(lab.daemon.child.pid)
    lab.daemon.stop()
    with open(lab.daemon.conf, "w", encoding="utf-8") as conf:
        conf.write(text)
    print("one new mail beside %d old: median %.2f CPU ms, %d bytes from the server, RssAnon %d KB"
          % (count, sorted(r[0] for r in rows)[len(rows) // 2], sorted(r[1] for r in rows)[len(rows) // 2], found["RssAnon"]), flush=True)


def main():
    old = int(sys.argv[1]) if len(sys.argv) > 1 else 100000
    with Lab("per_sender_hour = 10000; replies_per_hour = 1000000; message_size = \"30 MB\";") as lab:
        idle(lab)
        large(lab)
        one_new(lab, 1000)
        one_new(lab, old)


if __name__ == "__main__":
    main()
