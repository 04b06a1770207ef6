# SPDX-License-Identifier: GPL-2.0-or-later
"""A frontdesk of its own folder for tests and the demo: settings for a MailHost and a Sandbox, `frontdesk run`,
stop, SIGKILL, and the journal as JSON."""
import json
import os
import shutil
import subprocess
import tempfile
import time

import markers
from mailhost import MAILBOX, SERVER_ID
from sandbox import BUILD, ROOT
import tap

TEMPLATES = os.environ.get("FRONTDESK_TEMPLATES", os.path.join(ROOT, "templates"))
SETTINGS = """
firm = {{ name = "Northwind IT"; domains = ["northwind.example"]; timezone = "America/New_York"; {firm} }};
mailboxes = ( {{
    name = "desk"; address = "{mailbox}"; trust = "{trust}";
    imap = {{ url = "imaps://127.0.0.1:{imaps}"; user = "{mailbox}"; password_file = "{dir}/mail-password";
             ca_file = "{ca}"; }};
    smtp = {{ url = "smtp://127.0.0.1:{submission}"; user = "{mailbox}"; password_file = "{dir}/mail-password";
             ca_file = "{ca}"; }};
}} );
autotask = {{ zone_url = "{url}atservicesrest"; user = "api@northwind.example"; secret_file = "{dir}/autotask-secret";
             integration_code_file = "{dir}/autotask-code"; {autotask} }};
ticket = {{ queue = "Help Desk"; triage_queue = "Triage"; status = "New"; priority = "Medium";
            category = "Standard"; source = "Email"; due = "next workday 17:00"; cancelled_status = "Complete"; {ticket} }};
journal = {{ path = "{dir}/state"; }};
templates = "{templates}";
{extra}
"""


def stacks(pid):
    """Where each thread of a process stands: by gdb where there is one, else the call of the kernel that it waits in."""
    if shutil.which("gdb"):
        return subprocess.run(["gdb", "-p", str(pid), "-batch", "-ex", "thread apply all bt 12"], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, errors="replace", timeout=60, check=False).stdout
    lines = []
    for task in sorted(os.listdir("/proc/%d/task" % pid)):
        where = []
        for name in ("comm", "wchan", "syscall"):
            try:
                with open("/proc/%d/task/%s/%s" % (pid, task, name), encoding="ascii", errors="replace") as text:
                    where.append(text.read().strip())
            except OSError as cause:
                where.append(cause.strerror)
        lines.append(" ".join([task, *where]))
    return "\n".join(lines)


class Daemon:
    """One installation. start() may follow kill(): the journal stays. `extra` is further settings as text."""

    def __init__(self, host, sandbox, trust="server:" + SERVER_ID, extra="", build=BUILD):
        self.program = os.path.join(build, "frontdesk")
        self.dir = tempfile.mkdtemp(prefix="frontdesk-run-")
        self.conf = os.path.join(self.dir, "frontdesk.conf")
        self.log_path = os.path.join(self.dir, "log")
        self.child = None
        self._secrets = {"mail-password", "autotask-secret", "autotask-code", "books-secret"}  # the files that hold one
        os.mkdir(os.path.join(self.dir, "state"), 0o700)
        for name, text in (("mail-password", host.password), ("autotask-secret", markers.AUTOTASK_SECRET),
                           ("autotask-code", markers.AUTOTASK_CODE)):
            self.secret(name, text)
        self._values = dict(dir=self.dir, mailbox=MAILBOX, trust=trust, ca=host.ca_file, url=sandbox.url, extra=extra,
                            templates=TEMPLATES, **host.ports)
        self.configure()

    def configure(self, autotask="", ticket="", firm="", more=""):
        """Writes the settings; what is given goes into the group of that name besides, and `more` behind all."""
        self._write("frontdesk.conf", SETTINGS.format(autotask=autotask, ticket=ticket, firm=firm, **self._values) + more)

    def no_secret(self):
        """In nothing that frontdesk wrote, and nothing that stands beside it."""
        markers.check_folder(self.dir, self._secrets)

    def secret(self, name, text):
        self._secrets.add(name)
        self._write(name, text + "\n")

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()
        self.remove()

    def _write(self, name, text):
        path = os.path.join(self.dir, name)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
            out.write(text)

    def _environment(self, env):
        return {**os.environ, **(env or {})}

    def once(self, env=None, arguments=(), timeout=3 * tap.PATIENCE):
        """Runs `frontdesk once`; returns its exit code (negative: the signal that ended it)."""
        with open(self.log_path, "ab") as log:
            child = subprocess.Popen([self.program, "once", "-c", self.conf, *arguments], stdin=subprocess.DEVNULL, stdout=log,
                                     stderr=log, env=self._environment(env))
        try:
            return child.wait(timeout)
        except subprocess.TimeoutExpired:
            where = stacks(child.pid)
            child.kill()
            child.wait()
            raise TimeoutError("once did not end in %g s; its threads:\n%s\nits last lines:\n%s" % (
                timeout, where, self.log()[-6000:])) from None

    def run(self, *arguments):
        """Any subcommand: (exit code, output, errors)."""
        done = subprocess.run([self.program, *arguments, "-c", self.conf], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=tap.PATIENCE, check=False)
        markers.check("the output of frontdesk " + " ".join(arguments), done.stdout + done.stderr)
        return done.returncode, done.stdout, done.stderr

    def forget(self):
        """Back to an installation that never ran."""
        self.no_secret()
        shutil.rmtree(os.path.join(self.dir, "state"), ignore_errors=True)
        os.mkdir(os.path.join(self.dir, "state"), 0o700)
        with open(self.log_path, "w", encoding="utf-8"):
            pass

    def start(self, ready=3.0, env=None, arguments=()):
        """Starts `frontdesk run` and waits until its mailbox is watched, at most `ready` seconds; an end within that time is an
        error that carries the log."""
        with open(self.log_path, "ab") as log:
            begin = log.tell()
            self.child = subprocess.Popen([self.program, "run", "-c", self.conf, *arguments], stdin=subprocess.DEVNULL,
                                          stdout=log, stderr=log, env=self._environment(env))
        end = time.monotonic() + ready
        while (status := self.child.poll()) is None:
            with open(self.log_path, "rb") as log:
                log.seek(begin)
                if b"watch connected" in log.read() or time.monotonic() > end:
                    return self
            time.sleep(0.02)
        self.child = None
        raise RuntimeError("frontdesk ended with %d:\n%s" % (status, self.log()))

    def stop(self, timeout=30):
        """Clean stop; returns the seconds it took. TimeoutError (after SIGKILL) when it did not stop."""
        if not self.child:
            return 0.0
        begin = time.monotonic()
        self.child.terminate()
        try:
            self.child.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            raise TimeoutError("frontdesk did not stop in %g s:\n%s" % (timeout, self.log())) from None
        self.child = None
        return time.monotonic() - begin

    def kill(self):
        if self.child:
            self.child.kill()
            self.child.wait()
            self.child = None

    def remove(self):
        try:
            self.no_secret()
        finally:
            shutil.rmtree(self.dir, ignore_errors=True)

    def log(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as log:
            return log.read()[-8000:]

    def journal(self):
        """Rows of `journal list --json`, as the program gives them."""
        code, out, errors = self.run("journal", "list", "--json")
        if code:
            raise RuntimeError("journal list ended with %d: %s" % (code, errors))
        return json.loads(out)

    def wait_row(self, sender):
        """The finished row of `sender`, newest first."""
        rows = tap.until("a finished mail of %s" % sender, lambda: [
            row for row in self.journal()
            if sender in (row.get("sender") or "") and row.get("state") in ("done", "waiting", "parked")], more=self.log)
        return max(rows, key=lambda row: row.get("taken_ms", 0))
