#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What README says comes up, done as it is written there, in the shell of an operator who has nothing but `scripts/demo --keep`: why a mail
was parked, other words in a reply, a rule of one's own, a nickname that moves. And when the demo ends nothing is left of it."""
import os
import re
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from sandbox import BUILD, ROOT  # noqa: E402
import tap  # noqa: E402



class Demo:
    """with Demo() as d: d.said is all that it printed, d("commands") is the shell of a second terminal."""

    def __enter__(self):
        self.log = tempfile.NamedTemporaryFile("w+", prefix="frontdesk-demo-")
        self.child = subprocess.Popen([sys.executable, os.path.join(ROOT, "tests", "support", "demo.py"), "--keep"], stdin=subprocess.DEVNULL,
                                      stdout=self.log, stderr=self.log, env={**os.environ, "FRONTDESK_BUILD": BUILD})
        end = time.monotonic() + tap.PATIENCE
        while not (found := re.search(r"^  \. (/\S+/env)$", self.said, re.M)):
            if self.child.poll() is not None or time.monotonic() > end:
                raise RuntimeError("the demo does not run:\n" + self.said)
            time.sleep(0.1)
        self.env = found.group(1)
        self.dir = os.path.dirname(self.env)
        return self

    def __exit__(self, *_):
        self.child.send_signal(signal.SIGTERM)
        self.child.wait(tap.PATIENCE)
        self.log.close()

    @property
    def said(self):
        with open(self.log.name, encoding="utf-8") as log:
            return log.read()

    def __call__(self, commands, code=0):
        done = subprocess.run(["sh", "-c", ". %s\n%s" % (self.env, commands)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, timeout=tap.PATIENCE, check=False)
        tap.check(done.returncode == code, "%s => %d\n%s" % (commands, done.returncode, done.stdout))
        return done.stdout


def expect(pattern, text):
    found = re.search(pattern, text, re.M)
    tap.check(found, "%r not found: %s" % (pattern, text))
    return found


def parked():
    """Refused by Autotask: the journal names the cause and what to do; after that the ticket is made."""
    DEMO("desk-autotask refuses")
    expect("could not be done|cannot|not", DEMO("desk-mail 'Sarah: printer down'"))
    ref = expect(r"^(\w{4}) .*permission: .*adequate permissions", DEMO("frontdesk journal list --state parked")).group(1)
    shown = DEMO("frontdesk journal show " + ref)
    expect("^reason    permission: ", shown)
    expect("^do        give frontdesk's user the right that it lacks; .*; then `frontdesk journal retry %s`" % ref, shown)
    alert = expect(r"is parked: .*", DEMO("frontdesk status")).group(0)
    tap.check(".." not in alert, alert)
    DEMO("desk-autotask works; frontdesk journal retry " + ref)
    end = time.monotonic() + tap.PATIENCE
    while "\nstate     done" not in (shown := DEMO("frontdesk journal show " + ref)):
        tap.check(time.monotonic() < end, shown)
        time.sleep(0.1)
    expect(r"^ticket    T\d{8}\.\d{4}", shown)


def another_word():
    """The letter with the telephone number: looked at first, then sent. A wrong one keeps the program from starting, with file and line."""
    letters = os.path.join(ROOT, "templates", "en", "reply")
    DEMO("cp %s/created.* %s/templates/" % (letters, DEMO.dir))
    DEMO("cd %s/templates && sed -i '/_foot/i Call us: 555 0100' created.txt && sed -i '/_foot/i <p>Call us: 555 0100</p>' created.html" % DEMO.dir)
    DEMO("mkdir -p {0}/out; frontdesk render created --output {0}/out; grep -q 'Call us: 555 0100' {0}/out/created.txt && "
         "grep -q 'Call us: 555 0100' {0}/out/created.html".format(DEMO.dir))
    expect("was restarted", DEMO("desk-restart"))
    expect("^Call us: 555 0100$", DEMO("desk-mail 'Sarah: toner is empty'"))
    DEMO("echo '{{numbr}}' >> %s/templates/created.txt" % DEMO.dir)
    expect(r'^frontdesk: .*created\.txt:\d+: there is no variable "numbr"; did you mean "number"\?\n(.*\n)*frontdesk does not run', DEMO("desk-restart", code=1))
    DEMO("sed -i '$d' %s/templates/created.txt; desk-restart" % DEMO.dir)


def a_rule():
    """The one to copy out of the manual."""
    with open(os.path.join(ROOT, "man", "frontdesk-rules.5"), encoding="utf-8") as page:
        rule = expect(r'^id = "acme-county-tax";(.|\n)*?(?=\n\.Ed)', page.read()).group(0).replace("\\e", "\\")
    with open(os.path.join(DEMO.dir, "diagnose.d", "acme-county-tax.conf"), "w", encoding="utf-8") as out:
        out.write(rule)
    error = "printf 'AcmeSync could not send invoice 10299: county tax \"Pond\" has no rate.' | frontdesk diagnose --offline"
    said = DEMO(error)
    expect("AcmeSync has no rate for the county tax Pond", said)
    expect(r"^Rule: acme-county-tax \(%s/diagnose.d/" % DEMO.dir, said)


def a_nickname():
    """Who is meant by it is asked without a mail, before and after."""
    ask = "frontdesk explain --subject 'sal: toner'"
    expect(r'^ +addressed "sal" .*: Sarah Klein$', DEMO(ask))
    DEMO("sed -i 's/who = \"Sarah Klein\"; nick = \"sal\"/who = \"Shana Ortiz\"; nick = \"sal\"/' %s/frontdesk.conf" % DEMO.dir)
    expect(r'^ +addressed "sal" .*: Shana Ortiz$', DEMO(ask))
    DEMO("desk-restart")
    expect("^  For       Shana Ortiz$", DEMO("desk-mail 'sal: toner'"))


def other_commands():
    expect("is away", DEMO("desk-autotask away"))
    expect("works", DEMO("desk-autotask works"))
    expect(r"refuses\|away\|works", DEMO("desk-autotask sleeps", code=1))
    expect(r"^usage: desk-mail SUBJECT \[FROM\]", DEMO("desk-mail", code=1))
    pages = DEMO("echo $MANPATH").split(":")[0]
    tap.check(os.path.exists(pages + "/man5/frontdesk-rules.5") and os.path.exists(pages + "/man8/frontdesk.8"), pages)


def nothing_is_left():
    DEMO.__exit__()
    tap.check(not os.path.exists(DEMO.dir), DEMO.dir + " is still there")


if __name__ == "__main__":
    with Demo() as DEMO:
        tap.run([(case.__name__.replace("_", " "), case) for case in (parked, another_word, a_rule, a_nickname, other_commands, nothing_is_left)])
