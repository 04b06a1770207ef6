#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Single mails through a real Dovecot: from the server writing EXISTS (stamped by a small proxy) to the ticket's POST arriving,
less the time in which the server itself was thinking; and from delivery to both. latency.py [MAILS]"""
import os
import re
import socket
import statistics
import sys
import threading
import time

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support")]
from lab import STAFF, Lab  # noqa: E402


def now():
    return time.clock_gettime(time.CLOCK_MONOTONIC) * 1e6


class Proxy:
    """Forwards one port; knows when EXISTS went by and how long the server took to answer since."""

    def __init__(self, port):
        self.target, self.exists, self.asked, self.thinking = port, 0, 0, 0.0
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            client, _ = self.server.accept()
            server = socket.create_connection(("127.0.0.1", self.target))
            for sock in (client, server):
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self._up, args=(client, server), daemon=True).start()
            threading.Thread(target=self._down, args=(client, server), daemon=True).start()

    def _up(self, client, server):
        while data := client.recv(65536):
            self.asked = now()
            server.sendall(data)

    def _down(self, client, server):
        while data := server.recv(1 << 20):
            at = now()
            if b" EXISTS" in data and not self.exists:
                self.exists, self.thinking = at, 0.0
            elif self.asked:
                self.thinking += at - self.asked
            self.asked = 0
            client.sendall(data)


def figures(name, values):
    values = sorted(values)
    print("%-44s median %7.2f ms   p99 %7.2f ms" % (name, statistics.median(values) / 1000,
                                                 values[min(len(values) - 1, int(len(values) * 0.99))] / 1000))


def fsync_us(folder):
    times = []
    with open(os.path.join(folder, "fsync"), "wb", buffering=0) as probe:
        for _ in range(200):
            probe.write(b"x" * 4096)
            begin = now()
            os.fdatasync(probe.fileno())
            times.append(now() - begin)
    return times


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    with Lab("per_sender_hour = 10000;") as lab:
        lab.clean()
        proxy = Proxy(lab.host.ports["imap"])
        with open(lab.daemon.conf, encoding="utf-8") as conf:
            text = conf.read()
        with open(lab.daemon.conf, "w", encoding="utf-8") as conf:
            conf.write(re.sub(r'imap = \{ url = "[^"]*";', 'imap = { url = "imap://127.0.0.1:%d"; insecure_plain = true;' % proxy.port, text))
        lab.daemon.start()
        own, total, reply = [], [], []
        for n in range(count):
            proxy.exists = 0
            begin = now()
            lab.deliver(dict(subject="Sarah: request %d" % n, text="x\n"))
            post = None
            while not post:
                time.sleep(0.005)
                post = next((r for r in lab.sandbox.log() if r["method"] == "POST" and r["path"].endswith("/Tickets")), None)
            while len(lab.stored(STAFF).get("INBOX", [])) <= n:
                time.sleep(0.002)
            reply.append(now() - begin)
            own.append(post["mono_us"] - proxy.exists - proxy.thinking)
            total.append(post["mono_us"] - begin)
            clear(lab)
            time.sleep(0.05)
        with open("/proc/%d/status" % lab.daemon.child.pid, encoding="ascii") as status:
            rss = dict(re.findall(r"(RssAnon|VmRSS|VmHWM):\s+(\d+)", status.read()))
        lab.daemon.stop()
        figures("fsync", fsync_us(lab.daemon.dir))
        figures("EXISTS to POST, our own share", own)
        figures("delivery to POST (Dovecot waits 0.5 s)", total)
        figures("delivery to the reply in the mailbox", reply)
        print("memory after %d mails: RssAnon %s KB, RSS %s KB, peak %s KB" % (count, rss["RssAnon"], rss["VmRSS"], rss["VmHWM"]))


def clear(lab):
    import urllib.request
    urllib.request.urlopen(urllib.request.Request(lab.sandbox.url + "sandbox/log", method="DELETE"), timeout=5).close()


if __name__ == "__main__":
    main()
