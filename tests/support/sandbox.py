# SPDX-License-Identifier: GPL-2.0-or-later
"""The simulated Autotask as a child process: Sandbox(world_file).start(), then log(), world(), faults([...])."""
import json
import os
import select
import subprocess
import tempfile
import urllib.request

SRC = os.environ.get("FRONTDESK_SRC") or os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get("FRONTDESK_BUILD") or os.path.join(SRC, "build")
WORLD = os.path.join(SRC, "tests/fixtures/world.json")


class Sandbox:
    """Attributes: port, url (with the final /). `args` are further arguments of frontdesk-sandbox."""

    def __init__(self, world=WORLD, args=()):
        self.world_file = world
        self.args = list(args)
        self.child = None
        self.port = 0
        self.url = None

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    def start(self):
        """Returns once it listens. A second start() after stop() takes the same port, with a fresh world."""
        self.errors = tempfile.TemporaryFile()
        self.child = subprocess.Popen(
            ["setpriv", "--pdeathsig", "TERM", os.path.join(BUILD, "frontdesk-sandbox"), "--world", self.world_file,
             "--listen", "127.0.0.1:%d" % self.port, *self.args],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self.errors)
        ready = select.select([self.child.stdout], [], [], 15)[0]
        line = self.child.stdout.readline().decode() if ready else ""
        if not line.startswith("listening http://"):
            self.stop()
            self.errors.seek(0)
            raise RuntimeError("frontdesk-sandbox did not start: %r %s" % (line, self.errors.read().decode()))
        self.url = line.split()[1]
        self.port = int(self.url.rstrip("/").rsplit(":", 1)[1])
        return self

    def stop(self):
        if self.child:
            self.child.terminate()
            try:
                self.child.wait(3)
            except subprocess.TimeoutExpired:
                self.child.kill()
                self.child.wait()
            self.child.stdout.close()
        self.child = None

    def ask(self, method, path, body=None):
        """One request to the sandbox's own endpoints; the decoded JSON, or None."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, {"Content-Type": "application/json"}, method=method)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=15) as answer:
            text = answer.read()
        return json.loads(text) if text.strip() else None

    def world(self):
        return self.ask("GET", "sandbox/world")

    def log(self):
        """The requests since the start or clear_log(), oldest first."""
        answer = self.ask("GET", "sandbox/log")
        return answer if isinstance(answer, list) else answer.get("items", answer.get("log", []))

    def clear_log(self):
        self.ask("DELETE", "sandbox/log")

    def faults(self, rules):
        """Replaces the fault rules; [] removes all."""
        self.ask("DELETE", "sandbox/faults")
        if rules:
            self.ask("POST", "sandbox/faults", rules)

    def reset(self):
        """The world as its file has it; no faults, no log."""
        self.ask("POST", "sandbox/reset")

    def tickets(self):
        """The tickets of the world in the order of their making; {} entities of other shapes are left to world()."""
        world = self.world()
        found = world.get("Tickets", world.get("tickets", []))
        return sorted(found, key=lambda ticket: ticket.get("id", 0))
