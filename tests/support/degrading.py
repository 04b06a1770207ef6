# SPDX-License-Identifier: GPL-2.0-or-later
"""What the tests of degraded modes share: a lab under one setting of short times, what its operator and its staff heard, mounts of
the test's own, a name server and a relay that can be put out of order."""
import ctypes
import os
import re
import socket
import ssl
import struct
import threading

from lab import MAILBOX, OPERATOR, STAFF, Lab
import tap

SINCE = ("--since", "2020-01-01")
CLONE_NEWNS, MS_RDONLY, MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE, MNT_DETACH = 0x20000, 1, 32, 4096, 0x4000, 1 << 18, 2
LIBC = ctypes.CDLL(None, use_errno=True)


def own_mounts():
    """What is mounted from here on is seen by this program and its children only. The reason why not, or None."""
    if os.geteuid() != 0:
        return "mounting takes root"
    if LIBC.unshare(CLONE_NEWNS) != 0 or LIBC.mount(b"none", b"/", None, MS_REC | MS_PRIVATE, None) != 0:
        return "no mount namespace of our own: " + os.strerror(ctypes.get_errno())
    return None


def mount(what, where, kind, flags=0, options=b""):
    tap.check(LIBC.mount(what.encode(), where.encode(), kind, flags, options) == 0,
              "cannot mount %s: %s" % (where, os.strerror(ctypes.get_errno())))


def unmount(where):
    LIBC.umount2(where.encode(), MNT_DETACH)


class DegradedLab(Lab):
    """A lab whose operator hears of a failing leg after `grace` seconds."""

    def __init__(self, limits="poll_seconds = 5;", grace=2):
        super().__init__(limits, alerts="grace_seconds = %d;" % grace)

    def clean(self, case=None):
        self.daemon.kill()
        super().clean(case)

    def run(self, *arguments):
        code, out, errors = self.daemon.run(*arguments)
        tap.check(code == 0, errors)
        return out

    def until(self, what, truth):
        return tap.until(what, truth, more=lambda: "the operator heard %r\n%s" % (self.alerts(), self.daemon.log()))

    def deliver_tickets(self, prefix, count, text="x\n"):
        for n in range(count):
            self.deliver(dict(subject="Sarah: %s %d" % (prefix, n), text=text))

    def alerts(self):
        """(subject, copies) of all that the operator heard."""
        self.wait_for_queue()
        return sorted((subject, copies) for copies, subject, _ in self.letters(OPERATOR).values())

    def heard_once(self, topic, well):
        """Exactly one letter that `topic` is ill, one that it is well (well=True), and nothing else."""
        wanted = [("frontdesk: %s needs you" % topic, 1)] + [("frontdesk: %s is well again" % topic, 1)] * well
        self.until("the operator hears of " + topic, lambda: len(self.alerts()) >= len(wanted))
        tap.check(self.alerts() == sorted(wanted), self.alerts())

    def all_done(self, count):
        rows = self.daemon.journal()
        return (len(rows) == count and all(r["state"] == "done" for r in rows)
                and len(self.stored(MAILBOX).get("Done", [])) == count)

    def one_each(self, count, queued=None):
        """That many tickets, and as many final replies, each once; and so many times Queued (None: at most once each)."""
        self.wait_for_queue()
        titles = [t["title"] for t in self.tickets()]
        tap.check(len(titles) == count and len(set(titles)) == count, "tickets: %r" % titles)
        letters = list(self.letters(STAFF).values())
        finals = [(subject, copies) for copies, subject, text in letters if "Queued, N" not in text]
        tap.check(len(finals) == count and all(copies == 1 for _, copies in finals), "replies: %r" % finals)
        early = [(subject, copies) for copies, subject, text in letters if "Queued, N" in text]
        tap.check((queued is None or len(early) == queued) and len(early) <= count and all(n == 1 for _, n in early), "Queued: %r" % early)

    def edit(self, *pairs):
        """Replaces (pattern, text) in the settings."""
        with open(self.daemon.conf, encoding="utf-8") as conf:
            text = conf.read()
        for pattern, new in pairs:
            text, n = re.subn(pattern, new, text)
            tap.check(n > 0, "the settings have no %s" % pattern)
        with open(self.daemon.conf, "w", encoding="utf-8") as conf:
            conf.write(text)


# --- names ------------------------------------------------------------------------------------------------------

class NameServer:
    """Answers on an address of its own. mode: "well" (every name is 127.0.0.1), "gone" (SERVFAIL), "silent"."""

    def __init__(self):
        self.mode, self.asked = "well", 0
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        for _ in range(100):
            self.address = "127.%d.%d.%d" % tuple(os.urandom(3))
            try:
                self.socket.bind((self.address, 53))
                break
            except OSError:
                continue
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self):
        self.socket.close()

    def _serve(self):
        while True:
            try:
                query, sender = self.socket.recvfrom(4096)
                self.asked += 1
                if self.mode != "silent":
                    self.socket.sendto(self._answer(query), sender)
            except OSError:
                return

    def _answer(self, query):
        end = query.index(b"\0", 12) + 5
        ident, question = query[:2], query[12:end]
        if self.mode == "gone":
            return ident + struct.pack(">HHHHH", 0x8182, 1, 0, 0, 0) + question
        is_a = question[-4:-2] == b"\0\1"
        record = b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, 0, 4) + bytes([127, 0, 0, 1]) if is_a else b""
        return ident + struct.pack(">HHHHH", 0x8180, 1, int(is_a), 0, 0) + question + record


class OwnNames:
    """with OwnNames(folder) as names: this program and its children look up names at names (a NameServer) only."""

    def __init__(self, folder):
        self.folder, self.server, self.mounted = folder, NameServer(), []

    def __enter__(self):
        for name, text in (("resolv.conf", "nameserver %s\noptions timeout:5 attempts:1\n" % self.server.address),
                           ("nsswitch.conf", "hosts: dns\n")):
            path, real = os.path.join(self.folder, name), os.path.realpath("/etc/" + name)
            with open(path, "w", encoding="utf-8") as out:
                out.write(text)
            os.chmod(path, 0o644)
            mount(path, real, None, MS_BIND)
            self.mounted.append(real)
        return self.server

    def __exit__(self, *_):
        for real in self.mounted:
            unmount(real)
        self.server.close()


class Relay:
    """A port that leads to another one. cut() ends all connections; certificate: (chain, key), TLS ends here."""

    def __init__(self, target, certificate=None):
        self.target, self.open, self.context = target, [], None
        if certificate:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(*certificate)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._join, args=(client,), daemon=True).start()

    def _join(self, client):
        try:
            if self.context:
                client = self.context.wrap_socket(client, server_side=True)
            server = socket.create_connection(("127.0.0.1", self.target))
        except OSError:
            client.close()
            return
        self.open += [client, server]
        threading.Thread(target=self._copy, args=(server, client), daemon=True).start()
        self._copy(client, server)

    @staticmethod
    def _copy(source, sink):
        try:
            while data := source.recv(65536):
                sink.sendall(data)
        except (OSError, ValueError):
            pass
        for end in (source, sink):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def cut(self):
        for end in self.open:
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        self.open = []

    def close(self):
        self.listener.close()
        self.cut()
