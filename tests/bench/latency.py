#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Single mails through a real Dovecot and a real SMTP server, each behind a small proxy that stamps what passes: from the server
writing EXISTS to the ticket's POST arriving and to the end of the reply's text arriving, less the time in which the servers were
thinking; and from delivery to both. latency.py [MAILS]"""
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
    """Forwards one port; knows when EXISTS and the letter went by, and how long the server took to answer since."""

    def __init__(self, port):
        self.target = port
        self.forget()
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def forget(self):
        self.exists = self.asked = self.lettered = 0
        self.thinking = self.thinking_before_letter = self.fetching = 0.0

    def _accept(self):
        while True:
            client, _ = self.server.accept()
            server = socket.create_connection(("127.0.0.1", self.target))
            for sock in (client, server):
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self._up, args=(client, server), daemon=True).start()
            threading.Thread(target=self._down, args=(client, server), daemon=True).start()

    def seen(self, data):
        """Of use to who counts."""

    def _up(self, client, server):
        while data := client.recv(65536):
            self.asked = now()
            # inside TLS nothing else that we say to a mail server is as long as a letter
            if len(data) > 3000:
                self.lettered, self.thinking_before_letter = self.asked, self.thinking
            server.sendall(data)

    def _down(self, client, server):
        while data := server.recv(1 << 20):
            at = now()
            self.seen(data)
            if b" EXISTS" in data and not self.exists:
                self.exists = at
            elif self.asked:
                self.thinking += at - self.asked
                if b" FETCH (" in data:
                    self.fetching = self.thinking
            self.asked = 0
            try:
                client.sendall(data)
            except BrokenPipeError:
                return


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


def behind_proxies(lab):
    """Puts a proxy before each mail server in the daemon's configuration: imap, smtp."""
    with open(lab.daemon.conf, encoding="utf-8") as conf:
        text = conf.read()
    proxies = {}
    for key, pattern, target in (("imap", r'(imap = \{ url = "imaps?://127\.0\.0\.1:)\d+(";)', lab.host.ports["imap"]),
                                 ("smtp", r'(smtp = \{ url = "smtp://127\.0\.0\.1:)\d+(";)', lab.host.ports["submission"])):
        found = re.search(pattern, text)
        proxies[key] = Proxy(target)
        text = text[:found.start()] + "%s%d%s" % (found.group(1), proxies[key].port, found.group(2)) + text[found.end():]
    # what passes a proxy must be readable
    text = text.replace('imap = { url = "imaps:', 'imap = { url = "imap:')
    text = re.sub(r'(imap = \{ url = "[^"]*";)', r'\1 insecure_plain = true;', text)
    with open(lab.daemon.conf, "w", encoding="utf-8") as conf:
        conf.write(text)
    return proxies


def one_mail(lab, proxies, number):
    """(own share to the POST, own share to the reply, delivery to POST, delivery to the reply), microseconds."""
    imap, smtp = proxies["imap"], proxies["smtp"]
    for p in proxies.values():
        p.forget()
    begin = now()
    lab.deliver(dict(subject="Sarah: request %d" % number, text="x\n"))
    while not smtp.lettered:
        time.sleep(0.002)
    while len(lab.stored(STAFF).get("INBOX", [])) <= number:
        time.sleep(0.002)
    arrived = now()
    calls = lab.sandbox.log()
    posted = next(r["mono_us"] for r in calls if r["method"] == "POST" and r["path"].endswith("/Tickets"))
    theirs = imap.fetching + smtp.thinking_before_letter + sum(r["done_us"] - r["mono_us"] for r in calls)
    own_reply = smtp.lettered - imap.exists - theirs
    return posted - imap.exists - imap.fetching, own_reply, posted - begin, arrived - begin


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    with Lab("per_sender_hour = 10000; replies_per_hour = 1000000;") as lab:
        lab.clean()
        proxies = behind_proxies(lab)
        lab.daemon.start()
        rows = []
        for n in range(count):
            rows.append(one_mail(lab, proxies, n))
            clear(lab)
            time.sleep(0.05)
        with open("/proc/%d/status" % lab.daemon.child.pid, encoding="ascii") as status:
            rss = dict(re.findall(r"(RssAnon|VmRSS|VmHWM):\s+(\d+)", status.read()))
        lab.daemon.stop()
        figures("fsync", fsync_us(lab.daemon.dir))
        for name, values in zip(("EXISTS to POST, our own share", "EXISTS to the reply, our own share",
                                 "delivery to POST (Dovecot waits 0.5 s)", "delivery to the reply in the mailbox"), zip(*rows)):
            figures(name, values)
        print("memory after %d mails: RssAnon %s KB, RSS %s KB, peak %s KB" % (count, rss["RssAnon"], rss["VmRSS"], rss["VmHWM"]))


def clear(lab):
    import urllib.request
    urllib.request.urlopen(urllib.request.Request(lab.sandbox.url + "sandbox/log", method="DELETE"), timeout=5).close()


if __name__ == "__main__":
    main()
