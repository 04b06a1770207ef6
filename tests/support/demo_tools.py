# SPDX-License-Identifier: GPL-2.0-or-later
"""What `scripts/demo --keep` puts into PATH, so that a second terminal has the running installation as an operator has it: `frontdesk`
with its settings, and commands that stand for the rest of the world. write() lays them out; each of them calls this file again.

    desk-mail SUBJECT [FROM]           a mail by one of the staff (standard input: its text), and the answer
    desk-autotask refuses|away|works   what the simulated Autotask does from now on
    desk-restart                       what `systemctl restart frontdesk` is elsewhere
"""
import email
import email.policy
import json
import os
import shlex
import signal
import sys
import time
import urllib.request

from mailhost import MAILBOX, MailHost, make_mail
from sandbox import ROOT

STAFF, WAIT_S = "dana.reed@northwind.example", 20
AUTOTASK = {"refuses": ({"denied": {"Tickets": ["create"]}}, [], "refuses to make tickets: mail is parked"),
            "away": ({"denied": {}}, [{"action": "html503"}], "is away: mail is queued"),
            "works": ({"denied": {}}, [], "works")}
# as an installation has them; the folders are there, and empty
SETTINGS = """staff = {{ admins = ["{staff}"];
          nicknames = ( {{ who = "Sarah Klein"; nick = "sal"; }} ); }};
own_templates = "{dir}/templates";
diagnose = "{dir}/diagnose.d";
"""
TOLD = """
Still running; Ctrl-C ends it and removes everything. In another terminal:

  . {env}
  frontdesk status                       any command, with the settings {conf}
  desk-mail 'Sarah: printer down'        a mail by {staff}, and the answer to it
  desk-autotask refuses                  mail is parked from now on; also `away`, `works`
  desk-restart                           after a change of settings, templates or rules
  man frontdesk-templates                the manual pages

The firm's own replies go into {dir}/templates (its letters before a change: {root}/templates/en/reply),
its own rules into {dir}/diagnose.d, and the nickname "sal" stands in the settings.

With a mail program: write to {mailbox}
  IMAP 127.0.0.1, port {imaps}, TLS       SMTP 127.0.0.1, port {submission}, STARTTLS
  user        {staff}
  password    "{password}", with the blank
  authority   {ca}
"""


def settings(daemon):
    for name in ("templates", "diagnose.d"):
        os.mkdir(os.path.join(daemon.dir, name))
    return SETTINGS.format(staff=STAFF, dir=daemon.dir)


def _script(folder, name, *words):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as out:
        out.write('#!/bin/sh\nexec %s "$@"\n' % " ".join(shlex.quote(word) for word in words))
    os.chmod(path, 0o755)


def _manual(folder):
    """man(1) wants a folder for each section."""
    for page in os.listdir(os.path.join(ROOT, "man")):
        section = page.rsplit(".", 1)[-1]
        if section.isdigit():
            os.makedirs(os.path.join(folder, "man" + section), exist_ok=True)
            os.symlink(os.path.join(ROOT, "man", page), os.path.join(folder, "man" + section, page))


def write(host, sandbox, daemon):
    """Returns what is to be told."""
    commands, man, place = (os.path.join(daemon.dir, name) for name in ("bin", "man", "demo.json"))
    os.mkdir(commands)
    daemon.secret("demo.json", json.dumps(dict(ports=host.ports, ca=host.ca_file, password=host.password, url=sandbox.url, pid=os.getpid())))
    _script(commands, "frontdesk", daemon.program, "-c", daemon.conf)
    for name in ("desk-mail", "desk-autotask", "desk-restart"):
        _script(commands, name, sys.executable, os.path.abspath(__file__), name, place)
    _manual(man)
    env = os.path.join(daemon.dir, "env")
    with open(env, "w", encoding="utf-8") as out:
        out.write("PATH=%s:$PATH MANPATH=%s:${MANPATH:-}\nexport PATH MANPATH\n" % (shlex.quote(commands), shlex.quote(man)))
    return TOLD.format(env=env, conf=daemon.conf, dir=daemon.dir, staff=STAFF, root=ROOT, mailbox=MAILBOX, password=host.password, ca=host.ca_file,
                       **host.ports)


def restarted(daemon):
    """On the signal of desk-restart. What came of it is left for it."""
    try:
        daemon.stop()
        before = os.path.getsize(daemon.log_path)
        daemon.start()
        said = "frontdesk was restarted\n"
    except (RuntimeError, OSError):
        with open(daemon.log_path, encoding="utf-8", errors="replace") as log:
            log.seek(before)
            said = log.read() + "frontdesk does not run: mend it, and desk-restart again\n"
    part = os.path.join(daemon.dir, "restarted.part")
    with open(part, "w", encoding="utf-8") as out:
        out.write(said)
    os.rename(part, os.path.join(daemon.dir, "restarted"))


# --- the commands ---------------------------------------------------------------------------------------------------

def desk_mail(place, subject, sender=STAFF):
    host = MailHost()
    host.ports, host.ca_file, host.password = place["ports"], place["ca"], place["password"]
    text = "" if sys.stdin.isatty() else sys.stdin.read()
    raw = make_mail(sender, MAILBOX, subject, text)
    own_id = email.message_from_bytes(raw)["Message-ID"].encode()
    host.submit(sender, [MAILBOX], raw)
    try:
        reply = host.wait_for_mail(sender, lambda mail: own_id in mail, timeout=WAIT_S)
    except TimeoutError:
        sys.exit("sent; no answer after %d s: `frontdesk journal list` says what became of it" % WAIT_S)
    letter = email.message_from_bytes(reply, policy=email.policy.default)
    print("Subject: %s\n\n%s" % (letter["Subject"], letter.get_body(("plain",)).get_content().strip()))


def desk_autotask(place, how):
    if how not in AUTOTASK:
        sys.exit("desk-autotask %s" % "|".join(AUTOTASK))
    changes, faults, said = AUTOTASK[how]
    for what, body in (("settings", changes), ("faults", faults)):
        request = urllib.request.Request(place["url"] + "sandbox/" + what, json.dumps(body).encode(), {"Content-Type": "application/json"})
        urllib.request.urlopen(request, timeout=60).close()
    print("The simulated Autotask %s." % said)


def desk_restart(place):
    answer = os.path.join(place["dir"], "restarted")
    if os.path.exists(answer):
        os.unlink(answer)
    os.kill(place["pid"], signal.SIGUSR1)
    end = time.monotonic() + WAIT_S
    while not os.path.exists(answer):
        if time.monotonic() > end:
            sys.exit("frontdesk was not restarted in %d s" % WAIT_S)
        time.sleep(0.05)
    with open(answer, encoding="utf-8") as said:
        words = said.read()
    print(words, end="")
    sys.exit(0 if "does not run" not in words else 1)


def main():
    name, path, *words = sys.argv[1:]
    with open(path, encoding="utf-8") as file:
        place = dict(json.load(file), dir=os.path.dirname(path))
    commands = {"desk-mail": (desk_mail, 1, 2, "SUBJECT [FROM]"), "desk-autotask": (desk_autotask, 1, 1, "|".join(AUTOTASK)),
                "desk-restart": (desk_restart, 0, 0, "")}
    function, least, most, usage = commands[name]
    if not least <= len(words) <= most:
        sys.exit("usage: %s %s" % (name, usage))
    function(place, *words)


if __name__ == "__main__":
    main()
