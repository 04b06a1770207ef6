# SPDX-License-Identifier: GPL-2.0-or-later
"""A small scripted SMTP server. `script` maps a moment (connect, EHLO, MAIL, RCPT, DATA, dot) to answers that are given once
each, in order, before the normal one; an answer b"" cuts the connection there. `refuse` maps an address to what RCPT answers for it,
for as long as it stands there."""
import socket
import threading

import markers

NORMAL = {"connect": b"220 ready\r\n", "EHLO": b"250-peer\r\n250-PIPELINING\r\n250 SIZE 10000000\r\n", "MAIL": b"250 ok\r\n",
          "RCPT": b"250 ok\r\n", "AUTH": b"235 welcome\r\n", "DATA": b"354 go on\r\n", "dot": b"250 taken\r\n", "RSET": b"250 ok\r\n", "QUIT": b"221 bye\r\n"}


class SmtpPeer:
    def __init__(self, script=None, plain=False, auth=False):
        self.refuse = {}
        self.script = {moment: list(answers) for moment, answers in (script or {}).items()}
        self.plain, self.auth, self.offered, self.taken, self.commands = plain, auth, [], [], []
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        self.server.close()

    def _accept(self):
        while True:
            try:
                sock, _ = self.server.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(sock,), daemon=True).start()

    def _answer(self, sock, moment):
        """False when the connection is to be cut."""
        waiting = self.script.get(moment)
        answer = waiting.pop(0) if waiting else NORMAL.get(moment, b"502 what?\r\n")
        if moment == "RCPT":
            to = self.commands[-1].lower()
            answer = next((words for address, words in self.refuse.items() if address.encode() in to), answer)
        if self.plain and moment == "EHLO":
            answer = b"250 peer\r\n"
        if self.auth and moment == "EHLO":
            answer = b"250-peer\r\n250-AUTH PLAIN\r\n250 PIPELINING\r\n"
        if answer:
            sock.sendall(answer)
        return answer

    def _serve(self, sock):
        try:
            with sock, sock.makefile("rb") as lines:
                if not self._answer(sock, "connect"):
                    return
                for line in lines:
                    verb = line.split()[0].decode("latin-1").upper() if line.split() else ""
                    self.commands.append(line.strip())
                    answer = self._answer(sock, verb)
                    if not answer or verb == "QUIT":
                        return
                    if verb == "DATA" and answer.startswith(b"354") and not self._take(sock, lines):
                        return
        except OSError:
            return

    def _take(self, sock, lines):
        letter = b""
        for line in lines:
            if line == b".\r\n":
                self.offered.append(letter)
                markers.note("a letter", letter)
                answer = self._answer(sock, "dot")
                if answer.startswith(b"250"):
                    self.taken.append(letter)
                return bool(answer)
            letter += line[1:] if line.startswith(b"..") else line
        return False
