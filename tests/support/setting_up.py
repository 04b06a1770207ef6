# SPDX-License-Identifier: GPL-2.0-or-later
"""What an operator knows who sets frontdesk up: the answers for a mail host and a simulated Autotask, as a file or typed at a
terminal."""
import os
import pty
import re
import select
import signal
import subprocess
import time

from console import PROGRAM
import markers
from mailhost import MAILBOX, SERVER_ID
from sandbox import LOGIN, ROOT

PROMPTS = {  # beginning of the prompt -> key of the answer
    "Name of the firm": "firm.name", "Mail domains of the staff": "firm.domains", "Time zone": "firm.timezone",
    "Administrators": "staff.admins", "Who is told": "alerts.email", "Where is the mailbox": "mail.provider",
    "Address of that mailbox": "mail.address", "Incoming server": "mail.imap", "User name there": "mail.user",
    "Password": "mail.password", "File with the certificate": "mail.ca_file", "Outgoing server": "mail.smtp",
    "Name with which": "mail.trust", "User name (key)": "autotask.user", "Secret of the API user": "autotask.secret",
    "Tracking identifier": "autotask.code", "Queue of tickets that": "ticket.queue", "Queue of tickets without": "ticket.triage_queue",
    "Status of new": "ticket.status", "Priority of new": "ticket.priority", "Status that": "ticket.cancelled_status",
    "What carries": "firm.integration", "May frontdesk read": "quickbooks.read", "Id of the company": "quickbooks.realm",
    "Client id of the app": "quickbooks.client_id", "Client secret of the app": "quickbooks.client_secret",
    "Redirect address that": "quickbooks.redirect_url", "What are the keys": "quickbooks.environment",
    "Folder of the reply": "templates"}


def answers(host, sandbox, **changes):
    """Key -> answer; a change of None leaves one out. Dots of keys are written __."""
    result = {"firm.name": "Northwind IT", "firm.domains": "northwind.example", "firm.timezone": "America/New_York",
              "staff.admins": "operator@northwind.example", "mail.provider": "server", "mail.address": MAILBOX,
              "mail.imap": "imaps://127.0.0.1:%(imaps)d" % host.ports, "mail.user": MAILBOX, "mail.password": host.password,
              "mail.ca_file": host.ca_file, "mail.smtp": "smtp://127.0.0.1:%(submission)d" % host.ports,
              "mail.trust": SERVER_ID, "autotask.zone_url": sandbox.url + "atservicesrest", "autotask.user": LOGIN["UserName"],
              "autotask.secret": LOGIN["Secret"], "autotask.code": LOGIN["ApiIntegrationCode"], "ticket.queue": "Help Desk",
              "ticket.triage_queue": "Triage", "templates": os.path.join(ROOT, "templates")}
    for key, value in changes.items():
        result[key.replace("__", ".")] = value
    return {key: value for key, value in result.items() if value is not None}


def write_answers(path, values, mode=0o600):
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
        out.write("# answers\n" + "".join("%s = %s\n" % pair for pair in values.items()))
    os.chmod(path, mode)
    return path


class Terminal:
    """frontdesk on a terminal of its own: seen (all that was shown), wait(pattern), type(text), end()."""

    def __init__(self, *words, cwd=None):
        self.master, slave = pty.openpty()
        self.child = subprocess.Popen([PROGRAM, *words], stdin=slave, stdout=slave, stderr=slave, cwd=cwd, start_new_session=True,
                                      preexec_fn=lambda: os.set_blocking(0, True), env={**os.environ, "NO_COLOR": "1", "TERM": "xterm"})
        os.close(slave)
        self.seen, self.at = "", 0

    def _read(self, seconds):
        if select.select([self.master], [], [], seconds)[0]:
            try:
                data = os.read(self.master, 65536)
            except OSError:  # the other end is closed
                data = b""
            self.seen += data.decode("utf-8", "replace").replace("\r\n", "\n")
            return bool(data)
        return True

    def wait(self, pattern, seconds=30):
        """The match of the pattern in what was shown since the last one."""
        end = time.monotonic() + seconds
        while True:
            found = re.compile(pattern, re.M).search(self.seen, self.at)
            if found:
                self.at = found.end()
                return found
            if time.monotonic() > end or not self._read(0.5):
                raise AssertionError("%r was not shown:\n%s" % (pattern, self.seen))

    def type(self, text, end="\n"):
        os.write(self.master, (text + end).encode())

    def end(self, seconds=60):
        """Its exit code."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and self._read(0.5) and self.child.poll() is None:
            pass
        code = self.child.wait(seconds)
        while self._read(0) and select.select([self.master], [], [], 0)[0]:
            pass
        os.close(self.master)
        markers.check("the terminal of frontdesk", self.seen)
        return code

    def kill(self, number=signal.SIGINT):
        self.child.send_signal(number)

    def answer_all(self, values):
        """Answers each question with its value, or with Enter; `values` may hold lists: one answer after the other. Ends at Next:."""
        begin = r"^  (%s)[\s\S]*?: (?!\n)$" % "|".join(re.escape(prompt) for prompt in PROMPTS)
        while True:
            found = self.wait(r"%s|^Next:|^  Enter asks again.*: $" % begin)
            if found.group(0) == "Next:":
                return
            value = values.get(PROMPTS.get(found.group(1), "again"), "")
            if isinstance(value, list):
                value = value.pop(0) if value else ""
            self.type(value)
