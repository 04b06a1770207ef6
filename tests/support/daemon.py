# SPDX-License-Identifier: GPL-2.0-or-later
"""frontdesk itself as a child process on a MailHost and a Sandbox, with settings of its own in a temporary folder.

    daemon = Daemon(host, sandbox).start()      # returns when the mailbox is watched
    ...
    code, seconds = daemon.stop()
    daemon.remove()                             # the folder with journal and log

Overrides change settings by their path, for example Daemon(host, sandbox, **{"limits.settle_seconds": 5,
"mailboxes.imap.url": "imaps://127.0.0.2:993"}); None leaves a setting out. A value is a text, number, bool or list.
"""
import contextlib
import json
import os
import shutil
import subprocess
import tempfile
import time

from mailhost import MAILBOX, OPERATOR, SERVER_ID, password_of
from sandbox import BUILD, SRC

SETTINGS = {
    "firm.name": "Northwind IT",
    "firm.domains": ["northwind.example"],
    "firm.timezone": "America/New_York",
    "mailboxes.name": "desk",
    "mailboxes.address": MAILBOX,
    "mailboxes.trust": "server:" + SERVER_ID,
    "mailboxes.imap.user": MAILBOX,
    "mailboxes.smtp.user": MAILBOX,
    "autotask.user": "apiuser@northwind.example",
    "ticket.queue": "Help Desk",
    "ticket.triage_queue": "Triage",
    "ticket.status": "New",
    "ticket.priority": "Medium",
    "ticket.category": "Standard",
    "ticket.source": "Email",
    "ticket.due": "next workday 17:00",
    "limits.settle_seconds": 1,
    "alerts.email": OPERATOR,
    "templates": os.path.join(SRC, "templates"),
}


def value_text(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, (list, tuple)):
        return "[%s]" % ", ".join(value_text(v) for v in value)
    return '"%s"' % str(value).replace("\\", "\\\\").replace('"', '\\"')


def group_text(tree, depth=0):
    """A nested dict as libconfig text; the group `mailboxes` is the one list of groups."""
    text = ""
    for key, value in tree.items():
        pad = "    " * depth
        if not isinstance(value, dict):
            text += "%s%s = %s;\n" % (pad, key, value_text(value))
        elif key == "mailboxes":
            text += "%s%s = ( {\n%s%s} );\n" % (pad, key, group_text(value, depth + 1), pad)
        else:
            text += "%s%s = {\n%s%s};\n" % (pad, key, group_text(value, depth + 1), pad)
    return text


class Daemon:
    """Attributes: dir, conf (path of frontdesk.conf), child, log_file."""

    def __init__(self, mailhost, sandbox, **overrides):
        self.child = None
        self.dir = tempfile.mkdtemp(prefix="frontdesk-run-")
        self.conf = self.path("frontdesk.conf")
        self.log_file = self.path("log")
        self.settings = dict(SETTINGS)
        self.settings.update({
            "mailboxes.imap.url": "imap://127.0.0.1:%d" % mailhost.ports["imap"],
            "mailboxes.imap.password_file": self._secret("mail-password", password_of(MAILBOX)),
            "mailboxes.imap.ca_file": mailhost.ca_file,
            "mailboxes.smtp.url": "smtp://127.0.0.1:%d" % mailhost.ports["submission"],
            "mailboxes.smtp.password_file": self._secret("mail-password", password_of(MAILBOX)),
            "mailboxes.smtp.ca_file": mailhost.ca_file,
            "autotask.zone_url": sandbox.url + "atservicesrest" if sandbox else None,
            "autotask.secret_file": self._secret("autotask-secret", "secret"),
            "autotask.integration_code_file": self._secret("autotask-code", "CODE"),
            "journal.path": self.path("state"),
        })
        self.settings.update(overrides)
        os.mkdir(self.path("state"), 0o700)
        self.write_conf()

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()
        self.remove()

    def path(self, name):
        return os.path.join(self.dir, name)

    def _secret(self, name, text):
        with open(os.open(self.path(name), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
            out.write(text + "\n")
        return self.path(name)

    def write_conf(self, **overrides):
        """Writes frontdesk.conf anew, with further changes."""
        self.settings.update(overrides)
        tree = {}
        for key, value in self.settings.items():
            if value is not None:
                *groups, last = key.split(".")
                place = tree
                for group in groups:
                    place = place.setdefault(group, {})
                place[last] = value
        with open(self.conf, "w", encoding="utf-8") as out:
            out.write(group_text(tree))

    # --- life -------------------------------------------------------------------------------------------------

    def command(self, *args):
        return [os.path.join(BUILD, "frontdesk"), "-c", self.conf, *args]

    def _environment(self, env):
        return {**{k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")}, **(env or {})}

    def start(self, env=None, args=(), wait=True, timeout=15):
        """`frontdesk run`. With wait=True returns when it watches the mailbox: mail from then on is new mail."""
        with open(self.log_file, "ab") as log:
            seen = log.tell()
            self.child = subprocess.Popen(["setpriv", "--pdeathsig", "TERM", *self.command("run", *args)],
                                          stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=self._environment(env))
        if wait:
            self.wait_log("watch connected", timeout, seen)
        return self

    def wait_log(self, text, timeout=10, offset=0):
        """Waits until the log holds `text` behind `offset`; RuntimeError if it does not, or frontdesk ends."""
        end = time.monotonic() + timeout
        while True:
            over = self.child is None or self.child.poll() is not None
            if text in self.logs(offset):
                return
            if over or time.monotonic() > end:
                raise RuntimeError("frontdesk %s without `%s`:\n%s"
                                   % ("ended" if over else "ran", text, self.logs(offset)))
            time.sleep(0.005)

    def stop(self, timeout=20):
        """SIGTERM. (exit code, seconds it took); (None, 0.0) when it does not run. Killed after `timeout`: code -9."""
        if not self.child:
            return None, 0.0
        began = time.monotonic()
        self.child.terminate()
        try:
            self.child.wait(timeout)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()
        code, self.child = self.child.returncode, None
        return code, time.monotonic() - began

    def kill(self):
        """SIGKILL, as a crash or a power cut ends it."""
        if self.child:
            self.child.kill()
            self.child.wait()
        self.child = None

    def remove(self):
        self.kill()
        shutil.rmtree(self.dir, ignore_errors=True)

    def once(self, env=None, args=(), timeout=120):
        """`frontdesk once`: its exit code (negative: the signal). A sight of the mailbox starts with new mail only:
        the very first call takes nothing that was there before, unless args has --since."""
        with open(self.log_file, "ab") as log:
            return subprocess.run(self.command("once", *args), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                  env=self._environment(env), timeout=timeout, check=False).returncode

    def run(self, args, env=None, stdin=b"", timeout=60):
        """A subcommand: (exit code, stdout, stderr)."""
        done = subprocess.run(self.command(*args), input=stdin, capture_output=True, env=self._environment(env),
                              timeout=timeout, check=False)
        return done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")

    # --- what it did ------------------------------------------------------------------------------------------

    def journal(self):
        """The rows of `journal list --json`: ref state outcome sender reason ticket_id ticket_number ..."""
        code, out, err = self.run(["--json", "journal", "list"])
        if code != 0:
            raise RuntimeError("journal list: exit %d: %s" % (code, err))
        return json.loads(out)

    def wait_journal(self, predicate, timeout=10):
        """The rows, once predicate(rows) holds; TimeoutError with the rows as they are otherwise."""
        end = time.monotonic() + timeout
        while True:
            rows = self.journal()
            if predicate(rows):
                return rows
            if time.monotonic() > end:
                raise TimeoutError("the journal has %r\n%s" % (rows, self.logs()[-3000:]))
            time.sleep(0.05)

    def logs(self, offset=0):
        with contextlib.suppress(FileNotFoundError), open(self.log_file, "rb") as log:
            log.seek(offset)
            return log.read().decode(errors="replace")
        return ""
