# SPDX-License-Identifier: GPL-2.0-or-later
"""A mail server on the way out that takes tokens: AUTH in two steps, a challenge that says why a token is refused, and the refusal
only after that was answered (mail.md 3.1)."""
import base64
import json
import re

from peer import ImapPeer
from smtp_peer import SmtpPeer

CHALLENGE = base64.b64encode(json.dumps({"status": "401", "schemes": "Bearer", "scope": "mail"}).encode())


class TokenPeer(SmtpPeer):
    """good: does this token open the mailbox? offers: the mechanisms; refusal: the last line for a bad token. `said`: what clients
    said in AUTH, decoded; `ends`: with which line they ended a refused one."""

    def __init__(self, good, offers="XOAUTH2 OAUTHBEARER", refusal=b"535 5.7.3 Authentication unsuccessful\r\n", **more):
        self.good, self.offers, self.refusal, self.said, self.ends = good, offers, refusal, [], []
        super().__init__(**more)

    def _answer(self, sock, moment):
        if moment == "EHLO":
            answer = b"250-peer\r\n250-AUTH LOGIN %s\r\n250 PIPELINING\r\n" % self.offers.encode()
            sock.sendall(answer)
            return answer
        if moment != "AUTH":
            return super()._answer(sock, moment)
        command = self.commands[-1]
        if len(command) > 510:
            sock.sendall(b"500 5.5.2 Line too long\r\n")
            return b"500"
        sock.sendall(b"334 \r\n")
        said = base64.b64decode(self._line(sock)).decode()
        self.said.append((command.split()[1].decode(), said))
        token = re.search(r"auth=Bearer ([^\x01]*)\x01\x01$", said)
        if token and self.good(token.group(1)):
            sock.sendall(b"235 2.7.0 welcome\r\n")
        else:
            sock.sendall(b"334 " + CHALLENGE + b"\r\n")
            self.ends.append(self._line(sock))
            sock.sendall(self.refusal)
        return b"done"

    @staticmethod
    def _line(sock):
        line = b""
        while not line.endswith(b"\r\n"):
            byte = sock.recv(1)  # the client waits for us: nothing else is on the way
            if not byte:
                raise OSError("closed")
            line += byte
        return line.strip()


class TokenStore(ImapPeer):
    """A mailbox opened by tokens as Exchange does it: without SASL-IR the token comes in a line of its own. `refusal`: the tagged
    answer to AUTHENTICATE behind the tag; `select`: the one to SELECT; None: all is well. `said`, `ends` as above."""

    def __init__(self, offers="XOAUTH2", ir=False, refusal=None, select=None, **more):
        self.words = " ".join("AUTH=" + word for word in offers.split()) + (" SASL-IR" if ir else "")
        self.refusal, self.select, self.ends = refusal, select, []
        super().__init__(**more)
        self.said = []

    def _command(self, sock, lines, tag, rest):
        words = rest.split(b" ")
        if words[0] == b"CAPABILITY":
            self._send(sock, b"* CAPABILITY IMAP4rev1 UIDPLUS MOVE IDLE %s\r\n" % self.words.encode(), tag, b" OK done\r\n")
        elif words[0] == b"AUTHENTICATE":
            if len(words) < 3:
                self._send(sock, b"+ \r\n")
            self.said.append((words[1].decode(), base64.b64decode(words[2] if len(words) > 2 else lines.readline()).decode()))
            if self.refusal and b"NO" in self.refusal:
                self._send(sock, b"+ " + CHALLENGE + b"\r\n")
                self.ends.append(lines.readline().strip())
            self._send(sock, b"* OK still here\r\n", tag, b" " + (self.refusal or b"OK welcome") + b"\r\n")
        elif words[0] == b"SELECT" and self.select:
            self._send(sock, tag, b" " + self.select + b"\r\n")
        else:
            return super()._command(sock, lines, tag, rest)
        return True
