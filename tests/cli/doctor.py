#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""doctor against each kind of broken part: every fault has its cause and its fix, the exit status is right, nothing is changed."""
import contextlib
import datetime
import json
import os
import re
import shutil
import sys
import tempfile

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", d) for d in ("support", "session")]
from console import expect, frontdesk  # noqa: E402
from books import CLIENT  # noqa: E402
from firm import books_settings, log_in  # noqa: E402
from lab import MAILBOX, STAFF, Lab, staff_mail  # noqa: E402
import mounts as disk  # noqa: E402
from markers import AUTOTASK_CODE, AUTOTASK_SECRET  # noqa: E402
from peer import ImapPeer  # noqa: E402
from sandbox import ROOT, WORLD, Sandbox  # noqa: E402
from smtp_peer import SmtpPeer  # noqa: E402
import tap  # noqa: E402

PLAIN = "insecure_plain = true; "
CHECKS = ["settings", "secrets and certificates", "state directory", "journal", "mail in", "mail out", "rules for errors of the sync", "templates", "zone, login", "clock", "rights of the API user",
          "staff list", "technicians"]


def doctor(env=None):
    """The answer, after proving that every FAIL has a cause and a fix, every warn a fix, and that the sum is right."""
    answer = frontdesk("doctor", "-c", LAB.daemon.conf, env=env)
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
    with contextlib.suppress(FileNotFoundError):
        os.unlink(LAB.host.path("own-sender-only"))
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


def fails(heading, cause, fix, *pairs, others=(), prepare=None, env=None):
    """One fault: its heading, cause and fix as regular expressions, and no other FAIL than `others`."""
    def test():
        change(*pairs)
        if prepare:
            prepare()
        answer = doctor(env)
        found = re.search(r"^FAIL  .*%s.*\n((?: {6}.*\n)*)" % heading, answer.out, re.M)
        tap.check(found, "no FAIL of %s: %s" % (heading, answer))
        tap.check(re.search(cause, found.group(1)) and re.search("fix: .*" + fix, found.group(1)), answer)
        for other in re.findall(r"^FAIL  (.*)", answer.out, re.M):
            tap.check(re.search("|".join((heading, *others)), other), "one FAIL too many, %s: %s" % (other, answer))
    return test


def warns(what, fix, *pairs, extra="", prepare=None, env=None):
    """One fault that does not stop the work: it is said with its fix, and the exit status is 0."""
    def test():
        change(*pairs, extra=extra)
        if prepare:
            prepare()
        answer = expect(0, doctor(env))
        tap.check(re.search(r"^warn  .*%s.*\n +fix: .*%s" % (what, fix), answer.out, re.M), answer)
    return test


def rights(**folders):
    """What the user may do in each folder."""
    def prepare():
        for folder, letters in folders.items():
            LAB.host.allow(MAILBOX, folder, letters)
    return prepare


def autotask(**settings):
    return lambda: LAB.sandbox.settings(**settings)


def later(**passed):
    return {"FRONTDESK_CLOCK_SHIFT_MS": str(int(datetime.timedelta(**passed).total_seconds() * 1000))}


def mail_of_other_server():
    for n in range(3):
        raw = staff_mail("Sarah: %d" % n, proof=False)
        LAB.host.append(MAILBOX, b"Authentication-Results: mail.other.example;\r\n spf=pass smtp.mailfrom=%s\r\n" % STAFF.encode() + raw)


def of_another():
    """The mailbox bears the mark of an installation that this one is not."""
    with LAB.host.imap(MAILBOX) as box:
        box.append("INBOX", "($Frontdesk-0123456789abcdef)", None, staff_mail("Sarah: x"))


def own_sender_only():
    """The way out takes a letter from the user's own address only."""
    with open(LAB.host.path("own-sender-only"), "w", encoding="utf-8"):
        pass


def template(name, text):
    """The templates of the firm, one of them with these words."""
    def test():
        folder = os.path.join(LAB.daemon.dir, "templates")
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(os.path.join(ROOT, "templates"), folder)
        with open(os.path.join(folder, name), "w", encoding="utf-8") as out:
            out.write(text)
    return test


def rule(text):
    def prepare():
        folder = os.path.join(LAB.daemon.dir, "rules")
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, "own.conf"), "w", encoding="utf-8") as out:
            out.write(text)
    return prepare


def little_room():
    """The state directory on a small disk; seen by this program and its children only."""
    why = disk.own_mounts()
    if why:
        raise tap.Skip(why)
    change()
    state = os.path.join(LAB.daemon.dir, "state").encode()
    tap.check(disk.LIBC.mount(b"none", state, b"tmpfs", 0, b"mode=700,size=%d" % (24 << 20)) == 0, "cannot mount a tmpfs")
    try:
        expect(0, doctor(), r"^warn  only \d+ MB are free in %s\n +fix: free some space on that disk" % re.escape(state.decode()))
    finally:
        disk.LIBC.umount2(state, disk.MNT_DETACH)


def another_user():
    """Root looks for a service of another user: what that one may not read or write is named, with the way to mend it."""
    if os.geteuid() != 0:
        raise tap.Skip("only root can look for another user")
    words = os.path.join(LAB.daemon.dir, "words")  # those of the tree may lie in a home that is closed to others
    shutil.copytree(os.path.join(ROOT, "templates"), words, dirs_exist_ok=True)
    for where, _, names in os.walk(words):
        os.chmod(where, 0o755)
        for name in names:
            os.chmod(os.path.join(where, name), 0o644)
    change((r'templates = "[^"]*"', 'templates = "%s"' % words))
    LAB.daemon.once()
    user, state = LAB.host.user, os.path.join(LAB.daemon.dir, "state")
    what = "what the user %s can reach, to whom the state directory belongs" % user
    reads = [LAB.daemon.conf, LAB.host.ca_file] + [os.path.join(LAB.daemon.dir, n) for n in ("mail-password", "autotask-secret", "autotask-code")]
    try:
        for path in [state, *reads[2:]]:
            shutil.chown(path, user)
        os.chmod(LAB.daemon.dir, 0o755)
        os.chmod(LAB.daemon.conf, 0o600)
        answer = expect(69, frontdesk("doctor", "-c", LAB.daemon.conf), r"^FAIL  %s\n( +.*\n)*? +%s cannot be read: Permission denied" % (what, LAB.daemon.conf))
        tap.check("journal.db cannot be written: Permission denied" in answer.out and "fix: let %s read it: chmod 644" % user in answer.out and
                  "chown -R %s: %s" % (user, state) in answer.out and "mail-password" not in answer.out, answer)
        os.chmod(LAB.daemon.conf, 0o644)
        for where, folders, names in os.walk(state):
            for name in folders + names:
                shutil.chown(os.path.join(where, name), user)
        shutil.chown(LAB.daemon.conf, user)
        expect(0, frontdesk("doctor", "-c", LAB.daemon.conf), "^ok    " + what)
        os.chmod(LAB.daemon.dir, 0o700)
        expect(69, frontdesk("doctor", "-c", LAB.daemon.conf), "^FAIL  " + what, "mail-password cannot be read")
    finally:
        for path in [state, LAB.daemon.conf, *reads[2:]]:
            shutil.chown(path, "root")
        shutil.rmtree(words)
        os.chmod(LAB.daemon.dir, 0o700)


def books(*pairs, extra=""):
    """With QuickBooks."""
    def prepare():
        LAB.sandbox.settings(qb_per_second=0, qb_per_minute=0)
        LAB.daemon.secret("books-secret", CLIENT[1])
        group = books_settings(LAB.daemon.dir, LAB.sandbox.url) + extra
        for old, new in pairs:
            tap.check(old in group, old)
            group = group.replace(old, new)
        with open(LAB.daemon.conf, "a", encoding="utf-8") as conf:
            conf.write(group)
    return prepare


def books_of_a_person(**settings):
    """With QuickBooks, and somebody logged in there."""
    def prepare():
        books()()
        LAB.sandbox.settings(**settings)
        log_in(LAB.daemon.conf)
    return prepare


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
    tap.check(all(re.search(r"GET .*(zoneInformation|ThresholdInformation|entityInformation|fields)|POST .*/query$", a.split("?")[0]) for a in asked), asked)
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
    tap.check("FAIL  Autotask: zone, login" in answer.out, answer)
    change()
    doctor()


def poor_servers():
    """Without IDLE and MOVE all works, and doctor says how."""
    peer = ImapPeer(quirks=("no-idle", "no-move"))
    change(url("imap", "imap", peer.port, plain=True))
    expect(0, doctor(), "no IDLE: new mail is seen by polling", "no MOVE: finished mail is copied and marked deleted", r"plain text \(loopback\)")
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
               "fix: write them in own_templates/de")


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


def keys_for_development():
    books_of_a_person()()
    LAB.sandbox.settings(qb_wrong_keys=True)


def faults():
    """Each prepared fault as (name, test): named right, with its fix, and nothing else is called broken. doc/operator.md has a row
    of the same name for each."""
    ports = LAB.host.ports
    closed = 1
    smtp_as = lambda user, port: (r'smtp = \{ url = "[^"]*"; user = "[^"]*"', 'smtp = { url = "smtp://127.0.0.1:%d"; user = "%s"' % (port, user))
    zone = lambda url: (r'zone_url = "[^"]*"', 'zone_url = "%s"' % url)
    state = lambda path: (r'journal = \{ path = "[^"]*"', 'journal = { path = "%s/%s"' % (LAB.daemon.dir, path))
    chmod = lambda name, mode: lambda: os.chmod(os.path.join(LAB.daemon.dir, name), mode)
    return [
        # this machine
        ("a secret that others can read", fails("secrets and certificates", "mail-password can be read by others", "one line, mode 0600",
                                                prepare=chmod("mail-password", 0o644), others=("mail in", "mail out"))),
        ("the state directory is a file", fails("state directory", "frontdesk cannot write there: Not a directory", "journal.path", state("mail-password"), others=("Autotask",))),
        ("no folder for the state directory", fails("state directory", "the folder around it is missing", "journal.path", state("none/state"))),
        ("little room on the disk", little_room),
        ("files that the service's user cannot reach", another_user),
        ("a clock that is wrong", fails("clock", r"this machine's clock is (59|60)\d s before that of Autotask's server", "timedatectl set-ntp", env=later(minutes=10))),
        ("a clock that drifts", warns(r"this machine's clock is (89|90|91) s before", "timedatectl set-ntp", env=later(seconds=90))),
        # mail in
        ("no such host", fails("mail in", r"cannot find mail\.nowhere\.invalid: ", "can look up names .* the name in the settings", url("imap", "imaps", 993, "mail.nowhere.invalid"))),
        ("wrong IMAP password", fails("mail in", "logging in: 127.0.0.1 says: Authentication failed", "imap.user and the file imap.password_file",
                                      prepare=secret("mail-password", "wrong\n"), others=("mail out",))),
        ("closed IMAP port", fails("mail in", "cannot connect to 127.0.0.1:1: Connection refused", "host name, port and firewall", url("imap", "imaps", closed))),
        ("IMAP address at the SMTP port", fails("mail in", "greeting", "port", url("imap", "imap", ports["submission"]))),
        ("expired certificate", fails("mail in", "could not prove who it is: .*expired.*It shows a certificate for mx.desk.example, localhost, .*issued by Test CA, valid until 20",
                                      "certificate", url("imap", "imaps", ports["imaps"], "127.0.0.3"))),
        ("self-signed certificate", fails("mail in", "could not prove who it is: .*NOT trusted.*issued by self, ", "ca_file its authority",
                                          url("imap", "imaps", ports["imaps"], "127.0.0.4"))),
        ("certificate of another name", fails("mail in", "name in the certificate does not match.*It shows a certificate for other.example, issued by Test CA",
                                              "the name in the server's certificate", url("imap", "imaps", ports["imaps"], "127.0.0.2"))),
        ("a certificate that ends soon", certificate_ends),
        ("a CA file without certificates", fails("mail in", r"no certificate \(in PEM form\) can be read from ca_file .*mail-password", "correct what it names",
                                                 (r'ca_file = "[^"]*"', 'ca_file = "%s/mail-password"' % LAB.daemon.dir), others=("mail out",))),
        ("no such inbox", fails("mail in", "opening the inbox: 127.0.0.1 says", "folders.inbox",
                                (r'trust = "server:', 'folders = { inbox = "Nope"; }; trust = "server:'))),
        ("an inbox that can only be read", fails("mail in", "for reading only|may only read INBOX", "the rights to read, mark, delete and expunge", prepare=rights(INBOX="lr"))),
        ("mail cannot leave the inbox", warns(r"finished mail cannot leave the inbox \(rights: .*\): it stays there with a mark", r"delete and to expunge \(t, e\)",
                                              prepare=rights(INBOX="lrsw"))),
        ("a folder that takes no mail", warns(r"finished mail cannot be put into the folder Done \(rights there: lr\)", r"the right to insert \(i\)", prepare=rights(Done="lr"))),
        ("a mailbox of another installation", fails("mail in", r"another frontdesk \(instance 0123456789abcdef\) files the mail of mailbox desk: .* former_instances = ",
                                                    "no mail is taken", prepare=of_another)),
        ("trust in a server that took no mail", warns('trust = "server:mx.desk.example", but none of the newest 3 mails has an Authentication-Results field of that name; they have: '
                                                      'mail.other.example', "name it in trust", prepare=mail_of_other_server)),
        ("trust none", warns("anybody who can write a From line is believed", 'set trust to "exchange-online" or "google"', (r'trust = "[^"]*"', 'trust = "none"'))),
        # mail out
        ("wrong SMTP user", fails("mail out", "refused the login: 535", "smtp.user and the file smtp.password_file", smtp_as("nobody", ports["submission"]))),
        ("closed SMTP port", fails("mail out", "cannot connect to 127.0.0.1:1: Connection refused", "host name, port and firewall", url("smtp", "smtp", closed))),
        ("SMTP address at the IMAP port", fails("mail out", r"127.0.0.1:%d does not answer the connection like a mail server: .*IMAP" % ports["imap"], "port for sending",
                                                url("smtp", "smtp", ports["imap"]))),
        ("TLS at a STARTTLS port", fails("mail out", "TLS with 127.0.0.1:%d failed" % ports["submission"], "scheme fit the port", url("smtp", "smtps", ports["submission"]))),
        ("the sender's address is refused", fails("mail out", "refused our address: 550 5.7.1 this user may not send as " + re.escape(MAILBOX),
                                                  "allow this user to send from the mailbox's address", smtp_as(STAFF, ports["submission"]), prepare=own_sender_only)),
        ("no address for alerts", warns("nobody is told when frontdesk is ill", "set alerts.email", (r"alerts = \{.*\};", ""))),
        # Autotask
        ("wrong Autotask secret", fails("zone, login", "Autotask answered 401", "autotask.user and the files secret_file", prepare=secret("autotask-secret", "wrong\n"))),
        ("unknown Autotask user", fails("zone, login", "does not know the API user nobody", "autotask.user", ('user = "api@northwind.example"', 'user = "nobody"'))),
        ("Autotask at a closed port", fails("zone, login", "cannot be reached|no connection", "port", zone("http://127.0.0.1:1/x"))),
        ("Autotask with a certificate of nobody", fails("zone, login", "127.0.0.1:%d could not prove who it is" % ports["imaps"], "autotask.ca_file",
                                                        zone("https://127.0.0.1:%d/x" % ports["imaps"]))),
        ("Autotask is another web server", fails("zone, login", "Autotask answered 404", "autotask.zone_url", zone(LAB.sandbox.url + "nothing"))),
        ("two refused logins are the last", refused_twice),
        ("no right to make tickets", fails("rights of the API user", r"tickets: no right to add, edit; it is needed for tickets and their changes\n.*ticket notes: no right to add; ",
                                           "the security level", prepare=autotask(denied={"Tickets": ["create", "update"], "TicketNotes": ["create"]}))),
        ("no right to make to-dos", fails("rights of the API user", r"^ +to-dos of companies: no right to add; it is needed for to-dos \(ticket.todo\)", "the security level",
                                          ("ticket = {", "ticket = { todo = true; todo_action = \"General\"; "), prepare=autotask(denied={"CompanyToDos": ["create"]}))),
        ("contacts that are hidden", warns("Autotask may hide some rows from the API user, without an error: contacts: for which contact is meant", "the security level",
                                           prepare=autotask(hidden={"Contacts": True}))),
        ("books that are hidden", warns(r"checks of the books cannot see all that they compare: billing codes \(not all\), taxes \(none\)", "the right to read them",
                                        ("firm = {", 'firm = { integration = "qbd"; '), prepare=autotask(hidden={"BillingCodes": True}, denied={"Taxes": ["query"]}))),
        ("nobody has a role", nobody_has_a_role),
        ("technicians without a role", warns("1 without a service-desk role cannot be given tickets: Lena Fox", "an active service-desk role")),
        ("a nickname of nobody", warns(r'staff.nicknames\[0\]: nobody in Autotask is "Sarah Kline", so "sal" means nobody', "as Autotask has it",
                                       ("staff = {", 'staff = { nicknames = ( { who = "Sarah Kline"; nick = "sal"; } );'))),
        ("a nickname of two people", warns(r'staff.nicknames\[0\]: "sal" means 2 people, so that the sender is asked who: Sarah Klein, Shana Ortiz', "leave the name to one of them",
                                           ("staff = {", 'staff = { nicknames = ( { who = "Sarah Klein"; nick = "sal"; }, { who = "Shana Ortiz"; nick = "Sal"; } );'))),
        ("a nickname by a first name of two", warns(r'staff.nicknames\[0\]: "mick" means 2 people, .*: Mike Chen, Mike Alvarez', "by full name",
                                                    ("staff = {", 'staff = { nicknames = ( { who = "Mike"; nick = "mick"; } );'))),
        ("unknown labels, all of them", fails("staff list", r'ticket.priority = "Midium": .*did you mean "Medium"\? It has "Critical", .*\n(.*\n)*.*'
                                              r'ticket.queue = "Halp Desk": .*did you mean "Help Desk"|ticket.queue = (.*\n)*.*ticket.priority = "Midium"',
                                              "as Autotask shows them", ('"Medium"', '"Midium"'), ('"Help Desk"', '"Halp Desk"'))),
        ("unknown company", fails("staff list", 'ticket.company = "Acme": Autotask has no active company', "as Autotask shows them", ("ticket = {", 'ticket = { company = "Acme"; '))),
        # QuickBooks
        ("nobody has logged in at QuickBooks", fails("QuickBooks: login, company", "nobody has logged in at QuickBooks yet", "frontdesk login quickbooks", prepare=books())),
        ("a QuickBooks login that ends", warns(r"QuickBooks: the login ends in (19|20) days, on 20", "frontdesk login quickbooks",
                                               prepare=books_of_a_person(qb_hard_seconds=20 * 86400))),
        ("keys for development at a real company", fails("QuickBooks: login, company", "code 3100", "quickbooks.environment", prepare=keys_for_development)),
        ("a watch without QuickBooks", fails("watch: the check mapping", "QuickBooks is not configured", "write the group quickbooks",
                                             ("firm = {", 'firm = { integration = "qbo-app"; '), (r"\Z", 'watch = "mapping daily 07:00";\n'))),
        # words
        ("a template with an unknown variable", fails("templates", r'created.txt:2: there is no variable "titel"; did you mean "title"', "templates/README.md",
                                                      (r'templates = "[^"]*"', 'templates = "%s/templates"' % LAB.daemon.dir),
                                                      prepare=template("en/reply/created.txt", "Subject: x\n{{titel}}\n"))),
        ("a rule that cannot be read", fails("rules for errors of the sync", r"own.conf:1: rule: unknown key; allowed: ", "frontdesk-rules", (r"\Z", 'diagnose = "%s/rules";\n' % LAB.daemon.dir),
                                             prepare=rule("rule = {\n  nonsense = 1;\n};\n"))),
        ("a language with gaps", language_with_gaps),
    ]


def certificate_ends():
    """The test's certificates are good for 30 days: in 20 days doctor says that they end (and that the clock is wrong)."""
    change()
    expect(69, doctor(later(days=20)), r"^warn  mailbox desk: the certificate of 127.0.0.1 ends in (9|10) days; then no mail goes that way\n +fix: renew it")


def every_fault_is_in_the_manual():
    """doc/operator.md, "What doctor says": a row for each fault of this test, and no other."""
    with open(os.path.join(ROOT, "doc", "operator.md"), encoding="utf-8") as page:
        part = page.read().split("\n## What doctor says\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| ([^|]+?) \| (FAIL|warn) \| ([^|]+) \| ([^|]+) \|$", part, re.M)
    names = [name for name, _ in faults()]
    tap.check([name for name, *_ in rows] == names and len(names) >= 25, "rows %r, faults %r" % (sorted(set(n for n, *_ in rows) ^ set(names)), len(names)))


def cases():
    return [("all is well, and nothing is changed", all_is_well), ("beside a daemon, without one, before the first start", beside_the_daemon), *faults(),
            ("every fault stands in the operator's guide", every_fault_is_in_the_manual), ("no IDLE, no MOVE", poor_servers), ("everything at once", all_in_one),
            ("for programs", for_programs)]


if __name__ == "__main__":
    LAB = Lab()
    LAB.host.acl = True
    with LAB:
        with open(LAB.daemon.conf, encoding="utf-8") as settings:
            ORIGINAL = settings.read()
        tap.run(cases())
