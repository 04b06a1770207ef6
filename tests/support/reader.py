# SPDX-License-Identifier: GPL-2.0-or-later
"""The reader process by itself: `frontdesk --cage`, asked as the daemon asks it, and what that cost."""
import array
import os
import re
import socket
import struct

from console import PROGRAM
from sandbox import ROOT

READ, FILES, TEXTS = 1, 2, 3
QUESTION, ANSWER = struct.Struct("<IBB2xQQQIIQQB7x"), struct.Struct("<I4xQ")
SIZE, PARTS, DEPTH = 35 * 1024 * 1024 * 3 // 2, 200, 20
with open(os.path.join(ROOT, "include", "frontdesk", "base_err.h"), encoding="ascii") as TABLE:
    CODES = re.findall(r'X\(ERR_\w+, "([\w-]+)"', TABLE.read())


class Reader:
    """with Reader() as r: code, answer = r.ask(path); afterwards r.seconds and r.peak_kb, of all that was asked."""

    def __init__(self):
        self.pid, self.socket, self.seconds, self.peak_kb, self.status = 0, None, 0.0, 0, 0

    def __enter__(self):
        ours, theirs = socket.socketpair()
        nothing = os.open("/dev/null", os.O_RDWR)
        files = [(os.POSIX_SPAWN_DUP2, theirs.fileno(), 3)] + [(os.POSIX_SPAWN_DUP2, nothing, fd) for fd in range(3)]
        self.pid = os.posix_spawn(PROGRAM, ["frontdesk", "--cage"], {}, file_actions=files)
        os.close(nothing)
        theirs.close()
        self.socket = ours
        self.socket.settimeout(300)
        self._take(1)
        return self

    def __exit__(self, *_):
        self.socket.close()
        _, self.status, used = os.wait4(self.pid, 0)
        self.seconds = used.ru_utime + used.ru_stime

    def _take(self, n):
        data = b""
        while len(data) < n:
            piece = self.socket.recv(n - len(data))
            if not piece:
                raise EOFError("the reader ended")
            data += piece
        return data

    def ask(self, path, op=READ, message=b"", parts=PARTS, depth=DEPTH):
        """(error code's name, what was answered)."""
        question = QUESTION.pack(op, 0, 1, 0, len(message), SIZE, parts, depth, 6 * 1024 * 1024, 0, 0)
        with open(path, "rb") as mail:
            self.socket.sendmsg([question], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [mail.fileno()]))])
        self.socket.sendall(message)
        code, size = ANSWER.unpack(self._take(ANSWER.size))
        answer = self._take(size)
        with open("/proc/%d/status" % self.pid, encoding="ascii") as status:
            facts = dict(line.split(":", 1) for line in status.read().splitlines())
        self.peak_kb = int(facts["VmHWM"].split()[0])
        return CODES[code] if code < len(CODES) else str(code), answer
