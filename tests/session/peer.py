# SPDX-License-Identifier: GPL-2.0-or-later
"""A small scripted IMAP server that misbehaves on request: one mailbox, plain text, one thread a connection.

`quirks` is a set of words; each is one way to misbehave (see the code). Mails are (uid, bytes)."""
import base64
import re
import socket
import threading
import time


class ImapPeer:
    def __init__(self, mails=(), quirks=(), greeting=b"* OK ready\r\n"):
        self.mails = {uid: raw for uid, raw in mails}
        self.quirks, self.greeting = set(quirks), greeting
        self.moved, self.flagged, self.commands, self.connections = {}, {}, [], 0
        self.folders = {"INBOX"}
        self.said = ""  # by AUTHENTICATE
        self.lock = threading.Lock()
        self.news = threading.Condition(self.lock)
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        self.open = True
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        self.open = False
        self.server.close()

    def add(self, uid, raw):
        with self.lock:
            self.mails[uid] = raw
            self.news.notify_all()

    def _accept(self):
        while self.open:
            try:
                sock, _ = self.server.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(sock,), daemon=True).start()

    def _serve(self, sock):
        try:
            with sock, sock.makefile("rb") as lines:
                if "silent" in self.quirks:
                    time.sleep(30)
                if "drip" in self.quirks:
                    for byte in b"* OK " + b"x" * 1000:
                        sock.sendall(bytes([byte]))
                        time.sleep(0.3)
                if "endless-line" in self.quirks:
                    while True:
                        sock.sendall(b"* OK " + b"x" * 65536)
                sock.sendall(self.greeting)
                for line in lines:
                    tag, _, rest = line.strip().partition(b" ")
                    self.commands.append(b" ".join(rest.split(b" ")[:2 if rest[:3] == b"UID" else 1]).decode("latin-1"))
                    if not self._command(sock, lines, tag, rest):
                        return
        except OSError:
            return

    def _send(self, sock, *parts):
        sock.sendall(b"".join(parts))

    def _command(self, sock, lines, tag, rest):
        verb = rest.split(b" ")[0].upper()
        ok = tag + b" OK done\r\n"
        if verb == b"STARTTLS":
            self._send(sock, ok + (b"* CAPABILITY IMAP4rev1 INJECTED\r\n" if "inject" in self.quirks else b""))
            return True
        if verb == b"CAPABILITY":
            words = b"IMAP4rev1 UIDPLUS" + (b"" if "no-move" in self.quirks else b" MOVE") + (b"" if "no-idle" in self.quirks else b" IDLE")
            if "starttls" in self.quirks:
                words += b" STARTTLS"
            if "login-disabled" in self.quirks:
                words += b" LOGINDISABLED"
            if "auth-plain" in self.quirks:
                words += b" AUTH=PLAIN" + (b" SASL-IR" if "sasl-ir" in self.quirks else b"")
            self._send(sock, b"" if "ok-only" in self.quirks else b"* CAPABILITY " + words + b"\r\n", ok)
        elif verb == b"LOGIN" and "login-no" in self.quirks:
            self._send(sock, tag, b" " + self.refusals["login-no"] + b"\r\n")
        elif verb == b"AUTHENTICATE":
            words = rest.split(b" ")
            if len(words) == 2:
                self._send(sock, b"+ \r\n")
                words.append(lines.readline().strip())
            self.said = base64.b64decode(words[2]).decode("utf-8")
            self._send(sock, ok if "auth-no" not in self.quirks else tag + b" NO [AUTHENTICATIONFAILED] no\r\n")
        elif verb == b"SELECT":
            if "deep" in self.quirks:
                self._send(sock, b"* 1 FETCH (BODYSTRUCTURE ", b"(" * 900000, b"\r\n")
            if "unclosed" in self.quirks:
                self._send(sock, b"* OK [PERMANENTFLAGS (\r\n")
            flags = b"* OK [PERMANENTFLAGS (\\Seen \\Deleted%s)] x\r\n" % (b"" if "no-keywords" in self.quirks else b" \\*")
            self._send(sock, b"* FLAGS (\\Seen)\r\n", flags, b"* %d EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT %d] x\r\n" %
                       (len(self.mails), max(self.mails, default=0) + 1), tag + b" OK [%s] done\r\n" %
                       (b"READ-ONLY" if "file-no" in self.quirks else b"READ-WRITE"))
        elif verb == b"UID":
            return self._uid(sock, tag, rest)
        elif verb == b"CREATE":
            name = rest.split(b" ")[1].strip(b'"').decode()
            refused = "no-create" in self.quirks
            if not refused:
                self.folders.add(name)
            self._send(sock, tag + (b" NO denied\r\n" if refused else b" OK done\r\n"))
        elif verb == b"IDLE":
            return self._idle(sock, lines, tag)
        elif verb == b"LOGOUT":
            self._send(sock, b"* BYE\r\n", ok)
            return False
        else:
            self._send(sock, ok)
        return True

    def _wanted(self, text):
        result = []
        top = max(self.mails, default=0)
        for part in text.decode().split(","):
            low, _, high = part.partition(":")
            low = top if low == "*" else int(low)
            high = low if not high else top if high == "*" else int(high)
            result += [uid for uid in sorted(self.mails) if min(low, high) <= uid <= max(low, high)]
        return result

    def _uid(self, sock, tag, rest):
        words = rest.split(b" ", 3)
        verb, uids = words[1].upper(), self._wanted(words[2])
        if verb == b"FETCH":
            return self._fetch(sock, tag, uids, words[3])
        for quirk, verbs in (("file-no", (b"MOVE", b"COPY", b"STORE")), ("move-no", (b"MOVE", b"COPY"))):
            if quirk in self.quirks and verb in verbs:
                self._send(sock, tag, b" " + self.refusals[quirk] + b"\r\n")
                return True
        if verb in (b"MOVE", b"COPY"):
            name = words[3].strip(b'"').decode()
            if name not in self.folders:
                self._send(sock, tag + b" NO [TRYCREATE] no such folder\r\n")
                return True
            with self.lock:
                for uid in uids:
                    self.moved[uid] = name
                    if verb == b"MOVE":
                        del self.mails[uid]
        if verb == b"STORE":
            for uid in uids:
                self.flagged[uid] = words[3].decode()
        if verb == b"MOVE":
            self._announce(sock, "exists-in-move")
        self._send(sock, tag + b" OK done\r\n")
        return True

    def _announce(self, sock, quirk):
        """A mail comes while a command runs, and is announced within its answer."""
        if quirk in self.quirks:
            self.quirks.discard(quirk)
            self.mails[self._next()] = self.late
            self._send(sock, b"* %d EXISTS\r\n" % len(self.mails))

    def _fetch(self, sock, tag, uids, items):
        body = re.search(rb"BODY\.PEEK\[(HEADER)?\](?:<(\d+)\.(\d+)>)?", items)
        if "noise" in self.quirks:
            self._send(sock, b"* 1 FETCH (FLAGS (\\Seen))\r\n* 3 EXPUNGE\r\n* OK still (here \"\r\n")
        if "shuffled" in self.quirks:
            uids = sorted(uids, key=lambda uid: uid * 7919 % 104729 % 31)
        for number, uid in enumerate(uids, 1):
            raw = self.mails[uid]
            if body and uid == self.cursed:
                self._send(sock, *self.curse)
                return False
            if body and "vanish" in self.quirks and uid == min(uids):
                self.mails.pop(uid)
                continue
            out = b"* %d FETCH (UID %d RFC822.SIZE %d INTERNALDATE \"24-Nov-2026 16:00:00 +0000\"" % (number, uid, len(raw))
            if body:
                part = raw.split(b"\r\n\r\n")[0] + b"\r\n\r\n" if body.group(1) else raw
                name = b"BODY[HEADER]" if body.group(1) else b"BODY[]"
                if body.group(2):
                    start, size = int(body.group(2)), int(body.group(3))
                    part, name = part[start:start + size], name + b"<%d>" % start
                if "huge-literal" in self.quirks:
                    self._send(sock, out + b" %s {4000000000}\r\n" % name, b"x" * 10000)
                    time.sleep(30)
                if "cut-literal" in self.quirks:
                    self.quirks.discard("cut-literal")
                    self._send(sock, out + b" %s {%d}\r\n" % (name, len(part)), part[:len(part) // 2])
                    return False
                out += b" %s {%d}\r\n" % (name, len(part)) + part
            self._send(sock, out + b")\r\n")
            if body and "no-after-data" in self.quirks:
                self.quirks.discard("no-after-data")
                self._send(sock, tag + b" NO cannot\r\n")
                return True
        if body:
            self._announce(sock, "exists-in-fetch")
        self._send(sock, tag + b" OK done\r\n")
        return True

    def _idle(self, sock, lines, tag):
        if "idle-refused" in self.quirks:
            self._send(sock, tag + b" BAD what is that\r\n")
            return True
        with self.lock:
            known = len(self.mails)
            if "exists-before-plus" in self.quirks and not self.moved and self.connections == 1:
                self.mails[self._next()] = self.late
                self._send(sock, b"* %d EXISTS\r\n+ idling\r\n" % len(self.mails))
                self.quirks.discard("exists-before-plus")
            elif "exists-with-plus" in self.quirks:
                self.mails[self._next()] = self.late
                self._send(sock, b"+ idling\r\n* %d EXISTS\r\n" % len(self.mails))
                self.quirks.discard("exists-with-plus")
            elif "exists-always" in self.quirks:
                self._send(sock, b"* %d EXISTS\r\n+ idling\r\n" % known)
            elif "bye-in-idle" in self.quirks:
                self.quirks.discard("bye-in-idle")
                self._send(sock, b"+ idling\r\n* BYE going down\r\n")
                return False
            else:
                self._send(sock, b"+ idling\r\n")
        sock.settimeout(0.05)
        while True:
            try:
                line = sock.recv(100)
                break
            except socket.timeout:
                with self.lock:
                    if len(self.mails) != known:
                        known = len(self.mails)
                        self._send(sock, b"* %d EXISTS\r\n" % known)
        sock.settimeout(None)
        if not line:
            return False
        self._send(sock, tag + b" OK idle done\r\n")
        return True

    late = b""
    cursed, curse = None, (b"* BYE internal error\r\n",)  # the mail at whose fetching each session ends, and with which words
    # quirks that refuse, and in which words; a test may set others
    refusals = {"login-no": b"NO [UNAVAILABLE] try again later", "file-no": b"NO [READ-ONLY] nobody may write here", "move-no": b"NO [OVERQUOTA] no room"}

    def _next(self):
        return max([*self.mails, *self.moved], default=0) + 1
