# SPDX-License-Identifier: GPL-2.0-or-later
"""A cable that can be cut: a port of its own whose connections go on to another one. Cut: it refuses new connections and ends those
that are open; mended: it listens at the same port again. What goes through is not looked at (TLS goes through as it is)."""
import socket
import threading

from ports import free_ports


class Relay:
    def __init__(self, target):
        self.target, self.port, self.server, self.pairs = target, free_ports(1)[0], None, set()
        self.lock = threading.Lock()
        self.mend()

    def mend(self):
        if self.server:
            return
        self.server = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, args=(self.server,), daemon=True).start()

    def cut(self):
        server, self.server = self.server, None
        if not server:
            return
        server.shutdown(socket.SHUT_RDWR)  # wakes the thread that accepts
        server.close()
        with self.lock:
            pairs, self.pairs = self.pairs, set()
        for sock in pairs:
            self._end(sock)

    close = cut

    @staticmethod
    def _end(sock):
        try:
            sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

    def _accept(self, server):
        while True:
            try:
                near, _ = server.accept()
                far = socket.create_connection(("127.0.0.1", self.target), 10)
                far.settimeout(None)
            except OSError:
                if self.server is not server:
                    return
                continue
            with self.lock:
                self.pairs |= {near, far}
                cut = self.server is not server
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=self._carry, args=(source, sink), daemon=True).start()
            if cut:
                self._end(near)

    def _carry(self, source, sink):
        try:
            while data := source.recv(65536):
                sink.sendall(data)
        except OSError:
            pass
        self._end(sink)
        with self.lock:
            self.pairs.discard(source)
        source.close()
