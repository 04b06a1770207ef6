# SPDX-License-Identifier: GPL-2.0-or-later
"""Starts frontdesk-sandbox (the simulated Autotask), talks to its control addresses below /sandbox/, and calls it as an API user
would."""
import http.client
import json
import os
import re
import subprocess
import urllib.request

import markers
import tap

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get("FRONTDESK_BUILD", os.path.join(ROOT, "build"))
WORLD = os.path.join(ROOT, "tests", "fixtures", "world.json")
LOGIN = {"UserName": "api@northwind.example", "Secret": markers.AUTOTASK_SECRET, "ApiIntegrationCode": markers.AUTOTASK_CODE}


class Answer:
    """status, text, type (of the content), headers, json (None when the text is none)."""

    def __init__(self, status, headers, data):
        self.status, self.headers, self.text = status, headers, data.decode()
        self.type = (headers.get("Content-Type") or "").split(";")[0]
        try:
            self.json = json.loads(self.text)
        except ValueError:
            self.json = None

    def __repr__(self):
        return "%d %s" % (self.status, self.text[:400])

    @property
    def errors(self):
        return self.json["errors"] if self.status == 500 and self.json else None

    @property
    def items(self):
        return self.json["items"]

    @property
    def ids(self):
        return [item["id"] for item in self.items]

    @property
    def item_id(self):
        if self.status != 200:
            raise AssertionError(repr(self))
        return self.json["itemId"]


class Sandbox:
    """url is `http://127.0.0.1:PORT/`, read from the program's first line `listening URL`. `more` is further arguments."""

    def __init__(self, world=WORLD, build=BUILD, more=()):
        self.world_file, self.build, self.more = world, build, more
        self.child = self.url = self.marked = None

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    def start(self):
        self.marked = markers.marked_world(self.world_file)
        command = [os.path.join(self.build, "frontdesk-sandbox"), "--world", self.marked.name, *self.more]
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
            self.marked.close()

    def _ask(self, what, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + "sandbox/" + what, data, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=tap.PATIENCE) as answer:
            return answer.read()

    def _talk(self, what, body=None):
        text = self._ask(what, body)
        return json.loads(text) if text else None

    def no_secret(self):
        """None in what was written to Autotask, nor in a request but to those who give tokens. What signs a request for one is none that
        may be seen elsewhere, either, from now on."""
        markers.check("what was written to Autotask", self._ask("world"))
        text = self._ask("log")
        if not markers.found(text) and b"assertion" not in text:
            return
        for row in json.loads(text):
            if re.search(r"oauth2|mail/|revoke", row["path"]):
                signed = re.search(r"assertion=[\w-]+\.[\w-]+\.([\w-]+)", row["body"])
                for piece in re.findall(r"[\w-]{40}", signed.group(1)) if signed else ():
                    markers.keep(piece)
            else:
                markers.check("a request: %s %s" % (row["method"], row["path"]), json.dumps(row))

    def api(self, method, path, body=None, headers=None, prefix="/atservicesrest/v1.0/"):
        """One call; body is sent as JSON, or as it stands if it is text. ConnectionError when the connection ends without a whole
        answer. `headers` come on top of the login; None as a value leaves one out."""
        data = body if body is None or isinstance(body, str) else json.dumps(body)
        sent = {k: v for k, v in {**LOGIN, "Content-Type": "application/json", **(headers or {})}.items() if v is not None}
        connection = http.client.HTTPConnection(self.url.split("/")[2], timeout=tap.PATIENCE)
        try:
            path = path if path.startswith("http") else prefix + path
            connection.request(method, path.replace(self.url.rstrip("/"), ""), data, sent)
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())
        except http.client.HTTPException as error:  # what came is not a whole answer
            raise ConnectionError(repr(error)) from error
        finally:
            connection.close()

    def query(self, entity, *filters, **keys):
        return self.api("POST", entity + "/query", {"filter": list(filters), **keys})

    def settings(self, **changes):
        """Settings of src/sandbox/settings.c."""
        self._talk("settings", changes)

    def rows(self, **entities):
        """Puts whole rows into the world, unchecked."""
        self._talk("rows", entities)

    def log(self):
        """The requests so far, oldest first."""
        return self._talk("log")

    def faults(self, rules):
        """Rules of src/sandbox/faults.c; an empty list clears them."""
        self._talk("faults", rules)

    def fault_hits(self):
        """How many calls met a rule."""
        return sum(bool(row["fault"]) for row in self.log())

    def reset(self):
        """Back to the world file; log and faults cleared."""
        self._talk("reset", {})

    def tickets(self):
        """Tickets that were made since the start, oldest first."""
        return [t for t in self.world()["Tickets"] if t["id"] >= 50000]

    def world(self):
        return self._talk("world")
