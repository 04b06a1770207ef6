#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""doctor against each kind of broken part: every fault has its cause and its fix, the exit status is right, nothing is changed."""
import json
import os
import re
import shutil
import sys
import tempfile

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", d) for d in ("support", "session")]
from console import expect, frontdesk  # noqa: E402
from lab import MAILBOX, STAFF, Lab  # noqa: E402
from markers import AUTOTASK_CODE, AUTOTASK_SECRET  # noqa: E402
from peer import ImapPeer  # noqa: E402
from sandbox import ROOT, WORLD, Sandbox  # noqa: E402
from smtp_peer import SmtpPeer  # noqa: E402
import tap  # noqa: E402

PLAIN = "insecure_plain = true; "
CHECKS = ["settings", "secrets and certificates", "state directory", "journal", "mail in", "mail out", "rules for errors of the sync", "templates", "zone, login, rights",
          "staff list", "technicians"]


def doctor():
    """The answer, after proving that every FAIL has a cause and a fix, every warn a fix, and that the sum is right."""
    answer = frontdesk("doctor", "-c", LAB.daemon.conf)
    blocks = re.findall(r"^(ok  |FAIL|warn)  (.*)\n((?: {6}.*\n)*)", answer.out, re.M)
    for kind, what, words in blocks:
        lines = words.splitlines()
        fixes = [line for line in lines if re.match(r" +fix: \S", line)]
        tap.check(kind != "FAIL" or (len(fixes) == 1 and lines[-1] == fixes[0] and len(lines) > 1), "cause and fix of %s: %s" % (what, answer))
        tap.check(kind != "warn" or len(fixes) == 1, "fix of %s: %s" % (what, answer))
    failed = sum(kind == "FAIL" for kind, _, _ in blocks)
    expect(69 if failed else 0, answer, r"^%d of the above must be mended\.$" % failed if failed else r"^All is well\.$")
    tap.check(not answer.errors or "credentials.refused" in answer.errors, answer)
    return answer


def change(*pairs, extra=""):
    """The settings of a new installation, with each first text replaced by the second one (regular expressions)."""
    LAB.clean()
    for name, text in (("mail-password", LAB.host.password), ("autotask-secret", AUTOTASK_SECRET), ("autotask-code", AUTOTASK_CODE)):
        with open(os.path.join(LAB.daemon.dir, name), "w", encoding="utf-8") as secret:
            secret.write(text + "\n")
        os.chmod(secret.name, 0o600)
    text = ORIGINAL
    for old, new in pairs:
        text, n = re.subn(old, lambda _, new=new: new, text)
        tap.check(n, "%r is not in the settings" % old)
    with open(LAB.daemon.conf, "w", encoding="utf-8") as conf:
        conf.write(text + extra)


def fails(heading, cause, fix, *pairs, others=(), prepare=None):
    """One fault: its heading, cause and fix as regular expressions, and no other FAIL than `others`."""
    def test():
        change(*pairs)
        if prepare:
            prepare()
        answer = doctor()
        found = re.search(r"^FAIL  .*%s.*\n((?: {6}.*\n)*)" % heading, answer.out, re.M)
        tap.check(found, "no FAIL of %s: %s" % (heading, answer))
        tap.check(re.search(cause, found.group(1)) and re.search("fix: .*" + fix, found.group(1)), answer)
        for other in re.findall(r"^FAIL  (.*)", answer.out, re.M):
            tap.check(re.search("|".join((heading, *others)), other), "one FAIL too many, %s: %s" % (other, answer))
    return test


def warns(what, fix, *pairs, extra=""):
    def test():
        change(*pairs, extra=extra)
        tap.check(re.search(r"^warn  .*%s.*\n +fix: .*%s" % (what, fix), doctor().out, re.M), doctor())
    return test


def secret(name, text):
    def prepare():
        with open(os.path.join(LAB.daemon.dir, name), "w", encoding="utf-8") as out:
            out.write(text)
    return prepare


def url(which, scheme, port, address="127.0.0.1", plain=False):
    return r'%s = \{ url = "[^"]*";' % which, '%s = { url = "%s://%s:%d"; %s' % (which, scheme, address, port, PLAIN if plain else "")


def all_is_well():
    change()
    before = {user: LAB.stored(user) for user in (MAILBOX, STAFF)}
    answer = doctor()
    kinds = re.findall(r"^(ok  |FAIL|warn)  (.*)", answer.out, re.M)
    tap.check([k for k, _ in kinds].count("ok  ") == len(CHECKS) and all(c in answer.out for c in CHECKS), answer)
    tap.check("1 without a service-desk role cannot be given tickets: Lena Fox" in answer.out, answer)
    asked = ["%s %s" % (r["method"], r["path"]) for r in LAB.sandbox.log()]
    tap.check(all(re.search(r"GET .*(zoneInformation|ThresholdInformation|fields)|POST .*/query$", a.split("?")[0]) for a in asked), asked)
    tap.check({user: LAB.stored(user) for user in (MAILBOX, STAFF)} == before, "mail was changed")
    tap.check(set(os.listdir(os.path.join(LAB.daemon.dir, "state"))) <= {"slots", "autotask.files.pace"}, "the state directory was changed")


def as_text(found):
    """What doctor prints for people, from what it prints for programs."""
    text = ""
    for check in found["checks"]:
        tap.check(set(check) == {"state", "what", "findings", "fix"}, check)
        text += "%-4s  %s\n" % ({"fail": "FAIL"}.get(check["state"], check["state"]), check["what"])
        text += "".join("      %s\n" % line for line in check["findings"].splitlines())
        text += "      fix: %s\n" % check["fix"] if check["fix"] else ""
    ill = sum(check["state"] == "fail" for check in found["checks"])
    tap.check(found["well"] == (ill == 0), found)
    return text + ("\n%d of the above must be mended.\n" % ill if ill else "\nAll is well.\n")


def for_programs():
    """--json says the same: well, with warnings, and with everything broken."""
    def same(code):
        answer, people = expect(code, frontdesk("doctor", "--json", "-c", LAB.daemon.conf)), expect(code, doctor())
        said, shown = (re.sub(r"\b\d+ of \d+ calls", "N calls", text) for text in (as_text(json.loads(answer.out)), people.out))
        tap.check(said == shown and answer.errors == people.errors, "%s\n%s" % (said, shown))
        return said
    change((r"trust = \"[^\"]*\"", 'trust = "none"'))
    tap.check("\nwarn  mailbox desk: anybody" in same(0), "no warning")
    change(url("imap", "imaps", 1), url("smtp", "smtp", 1), (r'zone_url = "[^"]*"', 'zone_url = "http://127.0.0.1:1/x"'))
    os.unlink(os.path.join(LAB.daemon.dir, "mail-password"))
    tap.check("4 of the above must be mended" in same(69), "not all is said")


def beside_the_daemon():
    change()
    LAB.daemon.start()
    expect(0, doctor(), "^ok    journal\n +frontdesk is running$")
    LAB.daemon.stop()
    expect(0, doctor(), "^ok    journal\n +frontdesk is not running$")
    os.rename(os.path.join(LAB.daemon.dir, "state"), os.path.join(LAB.daemon.dir, "gone"))
    expect(0, doctor(), "it is not there yet: `frontdesk run` makes it")
    os.rename(os.path.join(LAB.daemon.dir, "gone"), os.path.join(LAB.daemon.dir, "state"))


def refused_twice():
    """The second 401 is the last one: doctor does not lock the account, and says what it waits for."""
    change()
    secret("autotask-secret", "wrong")()
    doctor()
    for _ in range(3):
        answer = doctor()
    refused = [r for r in LAB.sandbox.log() if r["status"] == 401]
    tap.check(len(refused) <= 4, "%d logins were tried" % len(refused))
    tap.check("FAIL  Autotask: zone, login, rights" in answer.out, answer)
    change()
    doctor()


def poor_servers():
    """Without IDLE and MOVE all works, and doctor says how."""
    peer = ImapPeer(quirks=("no-idle", "no-move"))
    change(url("imap", "imap", peer.port, plain=True))
    expect(0, doctor(), "no IDLE: new mail is seen by polling", "no MOVE: finished mail is copied and marked deleted", r"plain text \(loopback\)")
    peer.close()


def sender_refused():
    peer = SmtpPeer({"MAIL": [b"550 5.7.1 you may not send as that\r\n"]})
    change((r'smtp = \{ url = "[^"]*"; user = "[^"]*"; password_file = "[^"]*";', 'smtp = { url = "smtp://127.0.0.1:%d"; %s' % (
        peer.port, PLAIN)))
    expect(69, doctor(), "refused our address: 550 .*you may not send as that", "fix: allow this user to send from the mailbox's address")
    tap.check(b"DATA" not in peer.commands, peer.commands)
    peer.close()


def language_with_gaps():
    """What the language lacks is English, and doctor says which letters."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(os.path.join(ROOT, "templates", "en"), folder + "/en")
        shutil.copytree(os.path.join(ROOT, "templates", "en", "reply"), folder + "/de/reply")
        os.unlink(folder + "/de/reply/created.txt")
        os.unlink(folder + "/de/reply/created.html")
        change((r'templates = "[^"]*"', 'templates = "%s"' % folder), ("firm = {", 'firm = { language = "de"; '))
        expect(0, doctor(), "^warn  templates: these are in English, the language de has none of them: created, help add rule, help attachments, help credit memo, ",
               "fix: write them in the folder of the language")


def nobody_has_a_role():
    with open(WORLD, encoding="utf-8") as world:
        changed = json.load(world)
    for entity in ("ResourceServiceDeskRoles", "ResourceRoleDepartments"):
        changed["entities"][entity] = []
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(changed, file)
        file.flush()
        with Sandbox(world=file.name) as sandbox:
            change((r'zone_url = "[^"]*"', 'zone_url = "%satservicesrest"' % sandbox.url))
            expect(69, doctor(), "^FAIL  Autotask: staff list.*\n +Autotask shows 13 people and 2 active roles, but none of whom can be given tickets",
                   "fix: give the API user the security level")


def all_in_one():
    """Everything is broken at once, and everything is said."""
    change(url("imap", "imaps", 1), url("smtp", "smtp", 1), (r'zone_url = "[^"]*"', 'zone_url = "http://127.0.0.1:1/x"'))
    os.unlink(os.path.join(LAB.daemon.dir, "mail-password"))
    answer = doctor()
    tap.check(answer.out.count("FAIL") == 4 and "4 of the above must be mended" in answer.out, answer)


def cases():
    ports = LAB.host.ports
    closed = 1
    return [
        ("all is well, and nothing is changed", all_is_well),
        ("beside a daemon, without one, before the first start", beside_the_daemon),
        ("wrong IMAP password", fails("mail in", "logging in: 127.0.0.1 says: Authentication failed", "imap.user and the file imap.password_file",
                                      prepare=secret("mail-password", "wrong\n"), others=("mail out",))),
        ("wrong SMTP user", fails("mail out", "refused the login: 535", "smtp.user and the file smtp.password_file",
                                  (r'(smtp = \{ url = "[^"]*"; user = )"[^"]*"', 'smtp = { url = "smtp://127.0.0.1:%d"; user = "nobody"' %
                                   ports["submission"]))),
        ("closed IMAP port", fails("mail in", "cannot connect to 127.0.0.1:1: Connection refused", "host name, port and firewall",
                                   url("imap", "imaps", closed))),
        ("closed SMTP port", fails("mail out", "cannot connect to 127.0.0.1:1: Connection refused", "host name, port and firewall",
                                   url("smtp", "smtp", closed))),
        ("SMTP address at the IMAP port", fails("mail out", r"127.0.0.1:%d does not answer the connection like a mail server: .*IMAP" % ports["imap"], "port for sending",
                                                url("smtp", "smtp", ports["imap"]))),
        ("IMAP address at the SMTP port", fails("mail in", "greeting", "port", url("imap", "imap", ports["submission"]))),
        ("TLS at a STARTTLS port", fails("mail out", "TLS with 127.0.0.1:%d failed" % ports["submission"], "scheme fit the port",
                                         url("smtp", "smtps", ports["submission"]))),
        ("expired certificate", fails("mail in", "could not prove who it is: .*expired", "certificate",
                                      url("imap", "imaps", ports["imaps"], "127.0.0.3"))),
        ("self-signed certificate", fails("mail in", "could not prove who it is: .*NOT trusted", "ca_file its authority",
                                          url("imap", "imaps", ports["imaps"], "127.0.0.4"))),
        ("certificate of another name", fails("mail in", "name in the certificate does not match", "the name in the server's certificate",
                                              url("imap", "imaps", ports["imaps"], "127.0.0.2"))),
        ("a CA file without certificates", fails("mail in", r"no certificate \(in PEM form\) can be read from ca_file .*mail-password", "correct what it names",
                                                 (r'ca_file = "[^"]*"', 'ca_file = "%s/mail-password"' % LAB.daemon.dir), others=("mail out",))),
        ("no such inbox", fails("mail in", "opening the inbox: 127.0.0.1 says", "folders.inbox",
                                (r'trust = "server:', 'folders = { inbox = "Nope"; }; trust = "server:'))),
        ("wrong Autotask secret", fails("zone, login, rights", "Autotask answered 401", "autotask.user and the files secret_file",
                                        prepare=secret("autotask-secret", "wrong\n"))),
        ("unknown Autotask user", fails("zone, login, rights", "does not know the API user nobody", "autotask.user",
                                        ('user = "api@northwind.example"', 'user = "nobody"'))),
        ("Autotask at a closed port", fails("zone, login, rights", "cannot be reached|no connection", "port",
                                            (r'zone_url = "[^"]*"', 'zone_url = "http://127.0.0.1:1/x"'))),
        ("Autotask is another web server", fails("zone, login, rights", "Autotask answered 404", "autotask.zone_url", (r'zone_url = "[^"]*"', 'zone_url = "%snothing"' %
                                                                                        LAB.sandbox.url))),
        ("unknown labels, all of them", fails("staff list", r'ticket.priority = "Midium": .*did you mean "Medium"\? It has "Critical", .*\n(.*\n)*.*'
                                              r'ticket.queue = "Halp Desk": .*did you mean "Help Desk"|ticket.queue = (.*\n)*.*ticket.priority = "Midium"',
                                              "as Autotask shows them", ('"Medium"', '"Midium"'), ('"Help Desk"', '"Halp Desk"'))),
        ("unknown company", fails("staff list", 'ticket.company = "Acme": Autotask has no active company', "as Autotask shows them",
                                  ("ticket = {", 'ticket = { company = "Acme"; '))),
        ("two refused logins are the last", refused_twice),
        ("nobody has a role", nobody_has_a_role),
        ("the state directory is a file", fails("state directory", "frontdesk cannot write there: Not a directory", "journal.path",
                                                (r'journal = \{ path = "[^"]*"', 'journal = { path = "%s/mail-password"' % LAB.daemon.dir),
                                                others=("Autotask",))),
        ("no folder for the state directory", fails("state directory", "the folder around it is missing", "journal.path",
                                                    (r'journal = \{ path = "[^"]*"', 'journal = { path = "%s/none/state"' % LAB.daemon.dir))),
        ("no IDLE, no MOVE", poor_servers),
        ("the sender's address is refused", sender_refused),
        ("a nickname of nobody", warns(r'staff.nicknames\[0\]: nobody in Autotask is "Sarah Kline", so "sal" means nobody', "as Autotask has it",
                                       ("staff = {", 'staff = { nicknames = ( { who = "Sarah Kline"; nick = "sal"; } );'))),
        ("trust none", warns("anybody who can write a From line is believed", 'set trust to "exchange-online" or "google"', (r'trust = "[^"]*"', 'trust = "none"'))),
        ("no address for alerts", warns("nobody is told when frontdesk is ill", "set alerts.email", (r"alerts = \{.*\};", ""))),
        ("a language with one letter", language_with_gaps), ("everything at once", all_in_one),
        ("for programs", for_programs),
    ]


if __name__ == "__main__":
    with Lab() as LAB:
        with open(LAB.daemon.conf, encoding="utf-8") as settings:
            ORIGINAL = settings.read()
        tap.run(cases())
