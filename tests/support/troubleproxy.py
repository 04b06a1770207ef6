# SPDX-License-Identifier: GPL-2.0-or-later
"""A TCP proxy in front of a real server that makes trouble on request, TLS or plain text alike, switchable while it runs:

    proxy = TroubleProxy(host.ports["imaps"])
    proxy.swallow()      accept, read, forward nothing: half-open; a connection that lost bytes stays dead after well()
    proxy.delay(3)       each piece this much later
    proxy.garble()       a flipped bit in each piece from the server
    proxy.refuse()       nobody listens; what is open is reset
    proxy.reset()        cut what is open, once
    proxy.at(...)        trouble at one moment of the talk (plain text)
    proxy.edit(...)      what the server says goes through a function (plain text)
    proxy.target = ...   new connections go to another server
    proxy.well()         all is well again

By hand: troubleproxy.py PORT [HOST], then these words on standard input."""
import contextlib
import re
import socket
import struct
import sys
import threading
import time

from ports import free_ports

NOW = struct.pack("ii", 1, 0)  # SO_LINGER: a reset instead of an end


class Moment:
    """Trouble when `pattern` goes by. side: "up" (to the server) or "down"; what: cut, reset, swallow, bytes to put in there, or a
    function to call; before: nothing of the pattern itself has gone through yet; then: cut or reset after the bytes. `hit` is set when
    it has happened as often as wanted."""

    def __init__(self, side, pattern, what, before=False, then=None, times=1):
        self.side, self.pattern, self.what, self.before, self.then = side, re.compile(pattern, re.S), what, before, then
        self.left = times
        self.hit = threading.Event()


class _Connection:
    def __init__(self, proxy, client, server):
        self.proxy, self.client, self.server, self.dead = proxy, client, server, False

    def close(self, reset=False):
        for sock in (self.client, self.server):
            with contextlib.suppress(OSError):
                if reset:
                    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NOW)
                # wakes the thread that reads; a reset leaves with the close only
                sock.shutdown(socket.SHUT_RD if reset else socket.SHUT_RDWR)
            sock.close()
        self.proxy.forget(self)

    def pump(self, side):
        source, sink = (self.client, self.server) if side == "up" else (self.server, self.client)
        try:
            while data := source.recv(65536):
                if not self._forward(side, sink, data):
                    return
        except OSError:
            pass
        if not self.dead or side == "up":  # the end of the server is lost too, that of the client ends all
            self.close()

    def _forward(self, side, sink, data):
        """False: the connection is done with."""
        state = self.proxy.state
        if self.dead or state.get("swallow"):
            self.dead = True
            return True
        if state.get("delay"):
            time.sleep(state["delay"])
        if side == "down" and state.get("edit"):
            data = state["edit"](data)
        if side == "down" and state.get("garble") and data:
            at = len(data) // 2
            data = data[:at] + bytes([data[at] ^ 0x08]) + data[at + 1:]
        moment, found = self.proxy.due(side, data)
        if not moment:
            sink.sendall(data)
            return True
        split = found.start() if moment.before else found.end()
        return self._trouble(moment, sink, data[:split], data[split:])

    def _trouble(self, moment, sink, first, rest):
        if callable(moment.what):
            moment.what()
        sink.sendall(first + (moment.what if isinstance(moment.what, bytes) else b""))
        if not isinstance(moment.what, str) and not moment.then:
            sink.sendall(rest)
            return True
        self.dead = True
        if moment.what == "swallow":
            return True
        if moment.side == "up" and not moment.before:
            time.sleep(1)  # the server does it and answers; the answer is lost
        self.close("reset" in (moment.what, moment.then))
        return False


class TroubleProxy:
    def __init__(self, port, host="127.0.0.1"):
        self.target, self.state, self.moments, self.lock = (host, port), {}, [], threading.Lock()
        self.open, self.connections, self.most = set(), 0, 0
        self.port = free_ports(1)[0]
        # bound to a number of its own choice a socket keeps it also while it does not listen
        self.listener = socket.create_server(("127.0.0.1", self.port))
        self.listening = False
        self._listen()

    # --- what to do -----------------------------------------------------------------------------------------------

    def well(self):
        """All is well again for what connects from now on."""
        with self.lock:
            self.state, self.moments = {}, []
        if not self.listening:
            self._listen()

    def _set(self, **state):
        with self.lock:
            self.state = {**self.state, **state}

    def swallow(self):
        self._set(swallow=True)

    def delay(self, seconds):
        self._set(delay=seconds)

    def garble(self):
        self._set(garble=True)

    def edit(self, function):
        self._set(edit=function)

    def at(self, side, pattern, what, before=False, then=None, times=1):
        moment = Moment(side, pattern, what, before, then, times)
        with self.lock:
            self.moments.append(moment)
        return moment

    def refuse(self):
        if self.listening:
            self.listening = False
            self.listener.shutdown(socket.SHUT_RDWR)
            self.acceptor.join()
        self.reset()

    def reset(self):
        for connection in list(self.open):
            connection.close(reset=True)

    def close(self):
        self.refuse()
        self.listener.close()

    # --- within ---------------------------------------------------------------------------------------------------

    def due(self, side, data):
        """The moment that has come with these bytes, and where."""
        with self.lock:
            for moment in self.moments:
                found = moment.side == side and moment.pattern.search(data)
                if found:
                    moment.left -= 1
                    if moment.left == 0:
                        self.moments.remove(moment)
                        moment.hit.set()
                    return moment, found
        return None, None

    def forget(self, connection):
        with self.lock:
            self.open.discard(connection)

    def _listen(self):
        self.listening = True
        self.listener.listen()
        self.acceptor = threading.Thread(target=self._accept, daemon=True)
        self.acceptor.start()

    def _accept(self):
        while self.listening:
            try:
                client, _ = self.listener.accept()
                self.connections += 1
                server = socket.create_connection(self.target)
            except OSError:
                continue
            connection = _Connection(self, client, server)
            with self.lock:
                self.open.add(connection)
                self.most = max(self.most, len(self.open))
            for side in ("up", "down"):
                threading.Thread(target=connection.pump, args=(side,), daemon=True).start()


def main():
    proxy = TroubleProxy(int(sys.argv[1]), *sys.argv[2:3])
    print("listening on 127.0.0.1:%d" % proxy.port, flush=True)
    for line in sys.stdin:
        word, *rest = line.split() or [""]
        if word == "delay":
            proxy.delay(float(rest[0]))
        elif word in ("swallow", "garble", "refuse", "reset", "well"):
            getattr(proxy, word)()
        else:
            print("swallow, delay SECONDS, garble, refuse, reset, well")


if __name__ == "__main__":
    main()
