# SPDX-License-Identifier: GPL-2.0-or-later
"""An operator with a pager: a lab whose legs are cables that can be cut, a program that notes how it was called, and a second mail
server; what each of the two has heard of a topic."""
import base64
import email
import email.policy
import json
import os
import re
import sys

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "session")]
from console import expect, frontdesk  # noqa: E402
from markers import ALERTS_PASSWORD  # noqa: E402
from relay import Relay  # noqa: E402
from smtp_peer import SmtpPeer  # noqa: E402
import tap  # noqa: E402

PROMISE = 40  # s, for a machine that does much else
# what the operator's program does: a line of JSON a call
PAGER = """#!/usr/bin/env python3
import json, os, sys
with open(%r, "a") as out:
    out.write(json.dumps(dict(args=sys.argv[1:], env=dict(os.environ), cwd=os.getcwd(), text=sys.stdin.read(),
                              fds=sorted(os.listdir("/proc/self/fd")))) + "\\n")
"""
ARGUMENTS = ["--to", "ops;rm -rf $HOME"]


class Operator:
    def __init__(self, lab):
        self.lab, self.second = lab, SmtpPeer(auth=True)
        books = int(lab.sandbox.url.rsplit(":", 1)[1].strip("/"))
        self.cables = {name: Relay(port) for name, port in dict(imaps=lab.host.ports["imaps"], submission=lab.host.ports["submission"],
                                                                books=books, tokens=books).items()}

    def path(self, name):
        return os.path.join(self.lab.daemon.dir, name)

    def program(self, text=None):
        """What alerts.command runs; the pager unless said otherwise."""
        with open(os.open(self.path("pager"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o755), "w", encoding="utf-8") as out:
            out.write(text or PAGER % self.path("paged"))

    def settle(self, command=True, second=True, grace=2, mailbox=""):
        """A new installation whose legs all go through cables. mailbox: more settings of it."""
        self.lab.daemon.kill()
        self.lab.clean(dict(books=True, settings={}))
        self.second.taken.clear()
        for cable in self.cables.values():
            cable.mend()
        with open(self.lab.daemon.conf, encoding="utf-8") as conf:
            text = conf.read()
        for name in ("imaps", "submission"):
            text = text.replace("127.0.0.1:%d" % self.lab.host.ports[name], "127.0.0.1:%d" % self.cables[name].port)
        books = self.lab.sandbox.url.rstrip("/")
        text = text.replace('api_url = "%s"' % books, 'api_url = "http://127.0.0.1:%d"' % self.cables["books"].port)
        text = text.replace('token_url = "%s/' % books, 'token_url = "http://127.0.0.1:%d/' % self.cables["tokens"].port)
        text = text.replace('name = "desk";', 'name = "desk"; ' + mailbox)
        with open(self.lab.daemon.conf, "w", encoding="utf-8") as conf:
            conf.write(re.sub(r"alerts = \{", lambda _: "alerts = { " + self.ways(command, second, grace), text))
        self.program()
        self.lab.daemon.secret("alerts-password", ALERTS_PASSWORD)
        if os.path.exists(self.path("paged")):
            os.unlink(self.path("paged"))

    def ways(self, command, second, grace):
        text = "command = [%s]; " % ", ".join('"%s"' % word for word in [self.path("pager"), *ARGUMENTS]) if command else ""
        if second:
            text += 'smtp = { url = "smtp://127.0.0.1:%d"; insecure_plain = true; from = "alerts@elsewhere.example"; ' \
                    'user = "alerts"; password_file = "%s"; }; ' % (self.second.port, self.path("alerts-password"))
        return text + "grace_seconds = %d;" % grace

    # --- what was heard -------------------------------------------------------------------------------------------

    def paged(self):
        """Each call of the program, once it is written whole."""
        try:
            with open(self.path("paged"), encoding="utf-8") as lines:
                return [json.loads(line) for line in lines if line.endswith("\n")]
        except FileNotFoundError:
            return []

    def by_program(self, topic):
        """"ill" or "well" for each call about the topic."""
        return [call["env"]["FRONTDESK_STATE"] for call in self.paged() if call["env"]["FRONTDESK_TOPIC"] == topic]

    def by_second(self, topic):
        """The same for each letter that the second server has taken."""
        found = []
        for raw in list(self.second.taken):
            letter = email.message_from_bytes(raw, policy=email.policy.default)
            if topic in letter["Subject"].split():
                found.append("well" if "well" in letter["Subject"] else "ill")
        return found

    def logins(self):
        """How often the second server was told the right password."""
        said = b"AUTH PLAIN " + base64.b64encode(b"\0alerts\0" + ALERTS_PASSWORD.encode())
        return self.second.commands.count(said)

    def until(self, what, test, seconds=PROMISE):
        tap.until(what, test, seconds, lambda: "%r\n%s" % ([dict(c["env"], text=c["text"]) for c in self.paged()], self.lab.daemon.log()))

    def status(self):
        return json.loads(expect(0, frontdesk("status", "--json", "-c", self.lab.daemon.conf)).out)

    def failing(self, leg):
        """Since when, ms; 0: it does not."""
        return [row["failing_since_ms"] for row in self.status()["legs"] if row["leg"] == leg][0]
