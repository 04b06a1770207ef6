# SPDX-License-Identifier: GPL-2.0-or-later
"""Starts frontdesk-sandbox (the simulated Autotask) and talks to its control addresses below /sandbox/."""
import json
import os
import subprocess
import urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get("FRONTDESK_BUILD", os.path.join(ROOT, "build"))
WORLD = os.path.join(ROOT, "tests", "fixtures", "world.json")


class Sandbox:
    """url is `http://127.0.0.1:PORT/`, read from the program's first line `listening URL`."""

    def __init__(self, world=WORLD, build=BUILD):
        self.world_file, self.build = world, build
        self.child = self.url = None

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    def start(self):
        command = [os.path.join(self.build, "frontdesk-sandbox"), "--world", self.world_file]
        self.child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        line = self.child.stdout.readline().split()
        if len(line) != 2 or line[0] != "listening":
            self.stop()
            raise RuntimeError("the sandbox did not start: %r" % line)
        self.url = line[1]
        return self

    def stop(self):
        if self.child:
            self.child.terminate()
            try:
                self.child.wait(5)
            except subprocess.TimeoutExpired:
                self.child.kill()
                self.child.wait()
            self.child.stdout.close()
            self.child = None

    def _talk(self, what, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + "sandbox/" + what, data, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def log(self):
        """The requests so far, oldest first."""
        return self._talk("log")

    def faults(self, rules):
        """Rules of src/sandbox/faults.c; an empty list clears them."""
        self._talk("faults", rules)

    def reset(self):
        """Back to the world file; log and faults cleared."""
        self._talk("reset", {})

    def tickets(self):
        """Tickets that were made since the start, oldest first."""
        return [t for t in self.world()["Tickets"] if t["id"] >= 50000]

    def world(self):
        return self._talk("world")

    def faults(self, rules):
        return self._talk("faults", rules)
