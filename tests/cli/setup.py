#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""setup: from nothing to settings that doctor finds well, at a terminal and by a file of answers; each wrong answer is told and
nothing is written; whatever ends it leaves nothing behind; secrets are never shown."""
import json
import os
import re
import shutil
import signal
import stat
import sys
import tempfile
import termios
import time

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", d) for d in ("support", "session")]
from console import expect, frontdesk  # noqa: E402
from books import CLIENT, REALM, REDIRECT  # noqa: E402
from lab import MAILBOX, staff_mail  # noqa: E402
from mailhost import SERVER_ID, MailHost  # noqa: E402
from markers import MAIL_SECRET, SECRETS, check_folder  # noqa: E402
from sandbox import ROOT, Sandbox  # noqa: E402
from screen import screen  # noqa: E402
from setting_up import PROMPTS, Terminal, answers, write_answers  # noqa: E402
import tap  # noqa: E402

APPLICATION = {"mail__provider": "microsoft", "mail__login": "application", "mail__password": None, "mail__trust": None,
               "mail__tenant": "northwind.example", "mail__client_id": "11111111-2222-3333-4444-555555555555",
               "mail__client_secret": MAIL_SECRET}


class Place:
    """A new folder: the settings that are to be, and what lies there."""

    def __init__(self, under=""):
        self.dir = tempfile.mkdtemp(prefix="frontdesk-setup-")
        self.at = os.path.join(self.dir, under)
        os.makedirs(self.at, exist_ok=True)
        self.conf = os.path.join(self.at, "frontdesk.conf")
        self.outside = tempfile.mkdtemp(prefix="frontdesk-answers-")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        try:
            check_folder(self.dir, [name for where, _, names in os.walk(self.dir) for name in names if where.endswith("/credentials")])
        finally:
            shutil.rmtree(self.dir)
            shutil.rmtree(self.outside)

    def file(self, name, text, mode=0o600):
        return write_answers(os.path.join(self.outside, name), {}, mode) if text is None else self._write(name, text, mode)

    def _write(self, name, text, mode):
        path = os.path.join(self.outside, name)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
            out.write(text)
        os.chmod(path, mode)
        return path

    def by_answers(self, *words, mode=0o600, **changes):
        path = write_answers(os.path.join(self.outside, "answers"), answers(HOST, SANDBOX, **changes), mode)
        return frontdesk("setup", "--answers", path, "-c", self.conf, *words)

    def files(self):
        """Path below the folder -> (mode, content); folders end in /."""
        found = {}
        for where, folders, names in os.walk(self.dir):
            for name in folders:
                path = os.path.join(where, name)
                found[os.path.relpath(path, self.dir) + "/"] = (stat.S_IMODE(os.stat(path).st_mode), None)
            for name in names:
                path = os.path.join(where, name)
                with open(path, encoding="utf-8", errors="replace") as text:
                    found[os.path.relpath(path, self.dir)] = (stat.S_IMODE(os.stat(path).st_mode), text.read())
        return found

    def text(self):
        with open(self.conf, encoding="utf-8") as text:
            return text.read()

    def settings(self):
        """The lines that count, without their comments."""
        return re.sub(r"[ \t]*#.*", "", self.text())

    def doctor(self):
        return expect(0, frontdesk("doctor", "-c", self.conf), "^All is well.$")


WHOLE = {"frontdesk.conf": 0o644, "credentials/": 0o700, "credentials/mail-password": 0o600, "credentials/autotask-secret": 0o600,
         "credentials/autotask-code": 0o600, "state/": 0o700}


# --- by a file of answers ---------------------------------------------------------------------------------------------------

def written():
    """Everything is proven, written with the right modes whatever the umask, and doctor and the daemon take it."""
    old = os.umask(0)
    try:
        with Place() as place:
            answer = expect(0, place.by_answers(), r"^ok    mail in \(imaps://127", r"^ok    mail out", "letters may go out as " + MAILBOX,
                            "^warn  Autotask: login", "13 people, 10 of them can be given tickets", "without a service-desk role.*: Lena Fox",
                            "^Written: " + re.escape(place.conf), "mode 0600", r"^  1. frontdesk doctor -c", "Sarah: this is a test")
            tap.check(not answer.errors, answer)
            tap.check({name: mode for name, (mode, _) in place.files().items()} == WHOLE, place.files())
            tap.check(place.files()["credentials/mail-password"][1] == HOST.password + "\n", "the password")
            tap.check(not any(secret in place.text() for secret in SECRETS), "a secret stands in the settings")
            place.doctor()
            expect(0, frontdesk("once", "-c", place.conf))
    finally:
        os.umask(old)


def as_the_sample():
    """Whatever the sample shows stands in what is written too, so that a new setting is not forgotten."""
    def names(text):
        return set(re.findall(r"([a-z0-9_]+) = ", text)) - {"who", "nick"}
    with Place() as place, open(os.path.join(ROOT, "dist", "frontdesk.conf"), encoding="utf-8") as sample:
        expect(0, place.by_answers("--offline"))
        plain = names(place.text())
        expect(0, place.by_answers("--offline", "--force", **APPLICATION))
        missing = names(sample.read()) - plain - names(place.text())
        tap.check(not missing, "setup does not write %r" % missing)


def example():
    """The example names every key; with the # away it is taken, and it holds no key that is none."""
    text = expect(0, frontdesk("setup", "--answers-example")).out
    keys = set(re.findall(r"^#([a-z_.]+) = ", text, re.M)) | set(re.findall(r"([a-z_.]+),?", text[text.index("\n# Seldom needed"):].split(":")[1].replace("#", " ")))
    tap.check({PROMPTS[p] for p in PROMPTS} - {k[:-5] if k.endswith("_file") else k for k in keys} <= {"mail.ca_file"}, keys)
    tap.check(max(map(len, text.splitlines())) <= 125, "long lines")
    for key in keys:
        with Place() as place:
            path = place.file("answers", "%s = x\n" % key)
            tap.check("unknown key" not in expect(78, frontdesk("setup", "--answers", path, "-c", place.conf)).errors, key)


def forms():
    """Quotes, semicolons, comments; secrets in files of their own, or through a pipe."""
    with Place() as place:
        values = answers(HOST, SANDBOX, mail__password=None, mail__password_file=place.file("pw", HOST.password + "\n"))
        text = "\n# words\n   \n" + "".join('%s="%s" ;\n' % pair for pair in values.items())
        done = frontdesk("setup", "--answers", "-", "-c", place.conf, stdin=text.encode())
        expect(0, done, "^Written: ")
        place.doctor()
        tap.check(place.files()["credentials/mail-password"][1] == HOST.password + "\n", place.files())


WRONG = [  # changes of the answers, what is said
    ({"mail__adress": "a@b.example"}, r":\d+: mail.adress: unknown key; did you mean mail.address\?"),
    ({"firm__domains": "nodot"}, r':\d+: firm.domains: entry 1 "nodot" is wrong; allowed: a list of domains'),
    ({"firm__timezone": "Mars/Olympus"}, r':\d+: firm.timezone: there is no time zone "Mars/Olympus"'),
    ({"staff__admins": "a@b.example, nobody"}, r':\d+: staff.admins: entry 2 "nobody" is wrong'),
    ({"alerts__email": "nobody"}, r':\d+: alerts.email: "nobody" is no e-mail address'),
    ({"mail__provider": "yahoo"}, r':\d+: mail.provider: "yahoo" is none of the words; allowed: microsoft, google, server'),
    ({"mail__login": "application"}, r':\d+: mail.login: "application" is none of the words; allowed: password$'),
    ({"mail__imap": "https://x"}, r':\d+: mail.imap: "https://x" begins with no known scheme; allowed: imap://'),
    ({"mail__smtp": "smtp://user@x"}, r":\d+: mail.smtp: must hold no user or password"),
    ({"mail__password": "a\x07b"}, r":\d+: mail.password: holds a control character"),
    ({"mail__password": None}, r":1: mail.password: is missing: Password; or name a file in mail.password_file"),
    ({"mail__password": None, "mail__password_file": "/nowhere/pw"}, r":\d+: mail.password_file: cannot open the secret file /nowhere/pw"),
    ({"mail__password_file": "/dev/null"}, r":\d+: mail.password: is there already, on line \d+"),
    ({"mail__tenant": "x.example"}, r":\d+: mail.tenant: is only used with mail.provider=microsoft"),
    ({"mail__trust": None}, r":1: mail.trust: is missing"),
    ({"ticket__queue": None}, r":1: ticket.queue: is missing"),
    ({"autotask__zone_url": "http://elsewhere.example/x"}, r":\d+: autotask.zone_url: would send the secret in the clear"),
    ({"firm__integration": "quick"}, r':\d+: firm.integration: "quick" is none of the words'),
    ({"quickbooks__realm": "12"}, r":\d+: quickbooks.realm: is only used with quickbooks.read=yes"),
    ({"firm__integration": "sah", "quickbooks__read": "yes"}, r":1: quickbooks.realm: is missing"),
]


def wrong_answers():
    for changes, said in WRONG:
        with Place() as place:
            answer = expect(78, place.by_answers(**changes), errors=[said, "nothing was written$"])
            tap.check(not answer.out and not place.files(), "%s %r" % (answer, place.files()))
    with Place() as place:  # all at once, with their lines, and each line of the file is where it says
        path = place.file("answers", "firm.name = x\nfirm.domains\nmail.address = nobody\nmail.address = a@b.example\n")
        answer = expect(78, frontdesk("setup", "--answers", path, "-c", place.conf),
                        errors=[":2: no = in this line", ":3: mail.address: .*no e-mail address", ":4: mail.address: is there already, on line 3",
                                ":1: firm.domains: is missing"])
        tap.check(not place.files() and len(answer.errors.splitlines()) > 8, answer)
    with Place() as place:
        expect(78, place.by_answers(mode=0o640), errors=["mail.password: others can read this file: chmod 600 it, or name a file in mail.password_file"])
        expect(78, place.by_answers("--offline", mail__imap="imaps://mail.northwind.example", mail__trust="none"),
               errors=["do not fit together", 'mailboxes.0..trust: "none" believes every sender'])
        expect(78, frontdesk("setup", "--answers", "/nowhere", "-c", place.conf), errors=["cannot be opened"])
        for text, said in (("a = b\0\n", "NUL byte"), ("#" * 300000, "larger than 256 KB")):
            expect(78, frontdesk("setup", "--answers", place.file("answers", text), "-c", place.conf), errors=[said])
        tap.check(not place.files(), place.files())


FAILING = [  # changes, exit code, what is said
    ({"mail__password": "wrong"}, 69, [r"^FAIL  mail in .*\n +.*Authentication failed.\n +fix: give user name and password", "FAIL  mail out"]),
    ({"mail__ca_file": None}, 69, [r"^FAIL  mail in .*\n +.*NOT trusted.*\n +fix: .*mail.ca_file", r"see .*answers:\d+: mail.imap$"]),
    ({"mail__smtp": "smtp://127.0.0.1:1"}, 69, [r"^ok    mail in", r"^FAIL  mail out .*\n +.*Connection refused\n +fix: ", r"see .*answers:\d+: mail.smtp$"]),
    ({"autotask__user": "nobody"}, 69, [r"^FAIL  Autotask: login.*\n +.*does not know the API user nobody", r"see .*answers:\d+: autotask.user$"]),
    ({"autotask__secret": "wrong"}, 69, [r"^FAIL  Autotask: login.*\n +.*401.*\n +fix: .*tracking identifier. A few wrong logins lock it"]),
    ({}, 69, [r"^FAIL  Autotask: login.*\n(.*\n)*? +.*(T|t)icket.*\n(.*\n)*? +fix: give the API user the security level"]),
    ({"ticket__queue": "Halp Desk", "ticket__priority": "Mid"}, 78, [
        r'answers:\d+: ticket.queue: Autotask has no queue "Halp Desk"; did you mean "Help Desk"\? It has "Help Desk", "Triage"',
        r'answers:\d+: ticket.priority: Autotask has no priority "Mid"; it has "Critical"']),
    ({"templates": "/nowhere"}, 69, [r"^FAIL  reply templates\n(.*\n)+? +fix: name the folder"]),
]


def legs_that_fail():
    """Each says cause and fix; what is not proven is not written, unless nothing is to be proven."""
    for changes, code, said in FAILING:
        with Place() as place:
            if not changes:  # the API user may not do what tickets take
                SANDBOX.settings(denied={"Tickets": ["create"]})
            expect(code, place.by_answers(**changes), *said, errors=["nothing was written$"])
            tap.check(not place.files(), place.files())
            SANDBOX.reset()
            asked = len(SANDBOX.log())
            expect(0, place.by_answers("--offline", **changes), "^Nothing was proven", "^Written: ")
            tap.check(len(SANDBOX.log()) == asked, "offline asked")
            SANDBOX.reset()


def trust_from_the_inbox():
    """The name is looked up in the mail that is there, and no mail is marked as read."""
    try:
        with Place() as place:
            HOST.deliver_lmtp("dana.reed@northwind.example", [MAILBOX], staff_mail(subject="hello"))
            before = sorted(os.listdir(os.path.join(HOST.path("mail"), MAILBOX, "Maildir", "new")))
            expect(0, place.by_answers(), "^ok    whose word.*\n +mail that is there carries Authentication-Results fields of " + SERVER_ID)
            expect(0, place.by_answers("--force", mail__trust="server:mx.other.example"),
                   "^warn  whose word.*\n +none of the newest 1 mails .* of mx.other.example; there are fields of %s\n +fix: take one of those" % SERVER_ID)
            tap.check(sorted(os.listdir(os.path.join(HOST.path("mail"), MAILBOX, "Maildir", "new"))) == before or
                      not [n for n in os.listdir(os.path.join(HOST.path("mail"), MAILBOX, "Maildir", "cur")) if n.endswith("S")], "marked as read")
    finally:
        empty_inbox()


def offered(place):
    """What is offered for the name at a terminal."""
    terminal = begin(place)
    for text, prompt in ((HOST.password, "Enter asks again.*: $"), ("", "Incoming.*: $"), ("", "File with.*: $"), (HOST.ca_file, "Outgoing.*: $"),
                         ("smtp://127.0.0.1:%(submission)d" % HOST.ports, r"Name with which.*: $")):
        terminal.type(text)
        found = terminal.wait(prompt).group(0)
    terminal.kill()
    terminal.end()
    return found


def only_our_own_is_offered():
    """A name that a sender may have written is not: a stranger's, and one that is not on top of every mail."""
    shutil.rmtree(os.path.join(HOST.path("mail"), MAILBOX), ignore_errors=True)
    ours, strange = staff_mail(subject="ours"), staff_mail(subject="strange").replace(SERVER_ID.encode(), b"mx.evil.example")
    try:
        with Place() as place:
            tap.check("[" not in offered(place), "offered without a mail")
            HOST.deliver_lmtp("dana.reed@northwind.example", [MAILBOX], ours)
            tap.check("[%s]" % SERVER_ID in offered(place), "not offered")
            HOST.deliver_lmtp("eve@elsewhere.example", [MAILBOX], staff_mail(subject="bare", proof=False))
            tap.check("[" not in offered(place), "offered, though one mail has none")
            empty_inbox()
            HOST.deliver_lmtp("eve@elsewhere.example", [MAILBOX], strange)
            tap.check("[" not in offered(place), "a stranger's is offered")
    finally:
        empty_inbox()


def empty_inbox():
    for folder in ("new", "cur"):
        where = os.path.join(HOST.path("mail"), MAILBOX, "Maildir", folder)
        for name in os.listdir(where) if os.path.isdir(where) else []:
            os.unlink(os.path.join(where, name))


def tokens():
    """Microsoft 365: the application's login is proven, its token is left nowhere; a refusal is told with its fix; the unit is handed
    what it needs."""
    url = SANDBOX.url + "mail/northwind.example/oauth2/v2.0/token"
    with Place() as place:
        answer = expect(69, place.by_answers(**APPLICATION, mail__token_url=url), "^ok    mail in", "^FAIL  mail out .*\n +.*XOAUTH2")
        tap.check(MAIL_SECRET not in answer.out + answer.errors and not place.files(), answer)
        SANDBOX.settings(mail_error=7000215)
        expect(69, place.by_answers(**APPLICATION, mail__token_url=url), "^FAIL  mail in (.*\n)+? +fix: put the value of the secret, not its id")
        SANDBOX.reset()
    with Place("etc/frontdesk") as place:
        os.makedirs(os.path.join(place.dir, "etc/systemd/system"))
        expect(0, place.by_answers("--offline", **APPLICATION, mail__token_url=url), "credentials.conf .hands these secrets to the service")
        unit = place.files()["etc/systemd/system/frontdesk.service.d/credentials.conf"][1]
        named = re.findall(r"^LoadCredential=(\S+):(\S+)$", unit, re.M)
        tap.check("\nLoadCredential=\n" in unit and sorted(n for n, _ in named) == ["autotask-code", "autotask-secret", "mail-secret"], unit)
        tap.check(all(os.path.isfile(path) for _, path in named), unit)
        for word in ('oauth2 = "microsoft"', 'trust = "exchange-online"', 'client_secret_file = "cred:mail-secret"', 'tenant = "northwind.example"'):
            tap.check(word in place.settings(), "%s is not in %s" % (word, place.text()))
        expect(69, frontdesk("doctor", "-c", place.conf), "^ok    mailbox desk: mail in", "^ok    secrets and certificates")
        expect(0, place.by_answers("--offline", "--force"), "credentials.conf .hands")  # it would keep the password from the service
        tap.check("LoadCredential=mail-password:" in place.files()["etc/systemd/system/frontdesk.service.d/credentials.conf"][1], place.files())
    with Place("etc/frontdesk") as place:  # the unit's own secrets will do
        os.makedirs(os.path.join(place.dir, "etc/systemd/system"))
        expect(0, place.by_answers("--offline"))
        tap.check("etc/systemd/system/frontdesk.service.d/" not in place.files(), place.files())


PROVIDERS = [  # changes, what stands in the settings, what comes next
    ({**APPLICATION, "mail__login": "person", "mail__client_secret": None},
     ['url = "imaps://outlook.office365.com"', 'url = "smtp://smtp.office365.com:587"', 'oauth2 = "microsoft"'], "1. frontdesk login microsoft -c"),
    ({"mail__provider": "google", "mail__trust": None}, ['url = "imaps://imap.gmail.com"', 'url = "smtps://smtp.gmail.com"', 'trust = "google"',
                                                         'password_file = "cred:mail-password"'], "1. frontdesk doctor"),
    ({"mail__provider": "google", "mail__trust": None, "mail__login": "person", "mail__password": None, "mail__client_id": "g",
      "mail__client_secret": MAIL_SECRET, "mail__redirect_url": "https://x.example/m"}, ['oauth2 = "google"', 'redirect_url = "https://x.example/m"'],
     "1. frontdesk login google"),
    ({"firm__integration": "sah", "quickbooks__read": "yes", "quickbooks__realm": REALM, "quickbooks__client_id": CLIENT[0],
      "quickbooks__client_secret": CLIENT[1], "quickbooks__redirect_url": REDIRECT},
     ['integration = "sah"', 'realm = "%s"' % REALM, 'client_secret_file = "cred:quickbooks-secret"'], "1. frontdesk login quickbooks"),
    ({"firm__integration": "qbd"}, ['integration = "qbd"'], "1. frontdesk doctor"),
]


def providers():
    """What follows from each choice; the settings are read by the other commands."""
    for changes, wanted, then in PROVIDERS:
        changes = {"mail__imap": None, "mail__smtp": None, **changes} if "mail__provider" in changes else changes
        with Place() as place:
            expect(0, place.by_answers("--offline", **changes), "^  " + re.escape(then))
            for word in wanted:
                tap.check(word in place.settings(), "%s is not in %s" % (word, place.text()))
            expect(0, frontdesk("render", "-c", place.conf))
    with Place() as place:  # a key that is copied
        key = place.file("key.json", '{"type": "service_account"}\n')
        changes = {"mail__provider": "google", "mail__trust": None, "mail__login": "service-account", "mail__password": None,
                   "mail__service_account_file": key, "mail__imap": None, "mail__smtp": None}
        expect(0, place.by_answers("--offline", **changes))
        tap.check(place.files()["credentials/mail-service-account"] == (0o600, '{"type": "service_account"}\n'), place.files())
        os.chmod(key, 0o644)
        expect(78, place.by_answers("--offline", "--force", **changes), errors=["can be read by others"])


def odd_words():
    """What would mean something to a reader of the settings or of the answers is only text."""
    for written, meant in (("pass;word;", "pass;word;"), ("a # b = c", "a # b = c"), ("b\\\\c\"", "b\\\\c\""), ('"quoted;"', "quoted;"),
                           ('"q\\"u\\\\o;" ;', 'q"u\\o;'), ('"', '"')):
        with Place() as place:
            expect(0, place.by_answers("--offline", mail__password=written))
            tap.check(place.files()["credentials/mail-password"][1] == meant + "\n", (written, place.files()))
    with Place() as place:
        name = 'A "quoted" \\ firm; # no comment'
        expect(0, place.by_answers("--offline", firm__name=name))
        tap.check('    name = "A \\"quoted\\" \\\\ firm; # no comment";\n' in place.text(), place.text())
        expect(0, frontdesk("render", "-c", place.conf))


# --- what is there already ------------------------------------------------------------------------------------------------

def existing():
    with Place() as place:
        expect(0, place.by_answers("--offline"))
        before = place.files()
        expect(64, place.by_answers("--offline"), errors=["is there already; --force makes it anew and keeps the old one as .*frontdesk.conf.bak"])
        tap.check(place.files() == before, "touched")
        expect(69, place.by_answers("--force", mail__password="wrong"))
        tap.check(place.files() == before, "touched by answers that are wrong")
        SANDBOX.reset()
        expect(0, place.by_answers("--force", "--offline", firm__name="Other", mail__password="another"))
        now = place.files()
        tap.check(now["frontdesk.conf.bak"] == before["frontdesk.conf"] and 'name = "Other"' in now["frontdesk.conf"][1], now)
        tap.check(now["credentials/mail-password.bak"] == before["credentials/mail-password"], now)
        tap.check(now["credentials/mail-password"] == (0o600, "another\n"), now)
    with Place() as place:  # what cannot be finished is taken back
        expect(0, place.by_answers("--offline"))
        os.unlink(os.path.join(place.at, "credentials/autotask-code"))
        os.mkdir(os.path.join(place.at, "credentials/autotask-code"))
        os.mkdir(os.path.join(place.at, "credentials/autotask-code.bak"))
        open(os.path.join(place.at, "credentials/autotask-code.bak/x"), "w", encoding="utf-8").close()
        before = place.files()
        expect(74, place.by_answers("--force", "--offline", firm__name="Other"), errors=["nothing was written: cannot write .*autotask-code"])
        tap.check(place.files() == before, "not taken back: %r" % place.files())
    with Place() as place:
        place.conf = os.path.join(place.dir, "none", "deeper", "frontdesk.conf")
        expect(74, place.by_answers("--offline"), errors=["cannot write into .*: run it as the user to whom the folder belongs"])
        tap.check(not place.files(), place.files())
        place.conf = os.path.join(place.dir, "new", "frontdesk.conf")
        expect(69, place.by_answers(mail__smtp="smtp://127.0.0.1:1"))
        tap.check(not place.files(), "a folder is left: %r" % place.files())
        expect(0, place.by_answers("--offline"))
    expect(64, frontdesk("setup", "-c", "/nowhere/x.conf"), errors=["no terminal to ask at: give the answers with --answers FILE"])


# --- at a terminal --------------------------------------------------------------------------------------------------------

def talked():
    """From nothing to a ticket: a person types what is asked, with a slip at each turn."""
    with Place() as place:
        values = answers(HOST, SANDBOX)
        values.update({"firm.domains": ["?", "nodot", "northwind.example"], "firm.timezone": ["Mars/Olympus", "America/New_York"],
                       "mail.provider": ["7", "3"], "mail.ca_file": ["/nowhere.pem", HOST.ca_file], "mail.password": ["wrong", HOST.password],
                       "mail.smtp": ["smtp://127.0.0.1:1", values["mail.smtp"]],
                       "autotask.user": [SANDBOX.url, "nobody", values["autotask.user"]], "autotask.secret": ["wrong", values["autotask.secret"]],
                       "ticket.queue": ["Halp Desk", "1"], "ticket.triage_queue": "Triage", "ticket.cancelled_status": "-"})
        terminal = Terminal("setup", "-c", place.conf)
        terminal.answer_all(values)
        tap.check(terminal.end() == 0, terminal.seen)
        seen = terminal.seen
        for said in ("Only mail that is proven", 'will not do: entry 1 "nodot" is wrong', "no time zone", "cannot read /nowhere.pem: No such file", r'"7" is none of the words',
                     "certificate", "Authentication failed", "Connection refused", "A simulated Autotask", "does not know the API user nobody",
                     "401", r'no queue "Halp Desk"; did you mean "Help Desk"', "Written: ", r"\[as before\]", r"\[operator@northwind.example\]"):
            tap.check(re.search(said, seen), "%r was not shown:\n%s" % (said, seen))
        tap.check(not any(secret in seen for secret in SECRETS) and ": wrong" not in seen, "a secret was shown:\n" + seen)
        tap.check({name: mode for name, (mode, _) in place.files().items()} == WHOLE, place.files())
        tap.check('queue = "Help Desk"' in place.settings() and "cancelled_status" not in place.settings(), place.text())
        place.doctor()
        HOST.deliver_lmtp("dana.reed@northwind.example", [MAILBOX], staff_mail(subject="Sarah: this is a test"))
        expect(0, frontdesk("once", "--since", "2020-01-01", "-c", place.conf))
        rows = json.loads(frontdesk("journal", "list", "--json", "-c", place.conf).out)
        tap.check(len(rows) == 1 and rows[0]["state"] == "done" and len(SANDBOX.tickets()) == 1, (rows, SANDBOX.tickets()))
    SANDBOX.reset()
    empty_inbox()


def skipped():
    """Without a way out there is one: what cannot be proven now is written, and doctor says what is wrong. The zone of the system and the
    sender's domain are offered."""
    with Place() as place:
        values = answers(HOST, SANDBOX)
        values.update({"firm.timezone": "", "mail.address": "", "mail.user": "", "mail.imap": "imaps://127.0.0.1:1", "mail.smtp": "",
                       "autotask.user": ["http://127.0.0.1:1/", "somebody"], "again": "skip", "ticket.status": "", "ticket.priority": ""})
        terminal = Terminal("setup", "-c", place.conf)
        terminal.answer_all(values)
        tap.check(terminal.end() == 0, terminal.seen)
        link = os.path.realpath("/etc/localtime")
        zone = link.split("/zoneinfo/")[1] if "/zoneinfo/" in link else "UTC"
        tap.check("Time zone [" in terminal.seen, terminal.seen)
        tap.check("[%s]" % zone in terminal.seen or os.path.exists("/etc/timezone"), "%s: %s" % (zone, terminal.seen))
        for word in ('address = "newticket@northwind.example"', 'url = "smtp://127.0.0.1"', 'status = "New"', 'priority = "Medium"'):
            tap.check(word in place.settings(), "%s is not in %s" % (word, place.text()))
        expect(69, frontdesk("doctor", "-c", place.conf), "^FAIL  mailbox desk: mail in", "^FAIL  Autotask")


def begin(place):
    """At the password."""
    terminal = Terminal("setup", "-c", place.conf)
    for prompt, text in (("Name of the firm: ", "x"), ("between.: ", "northwind.example"), ("Time zone.*: ", ""), ("Administrators.*: ", ""),
                         ("Who is told.*: ", ""), ("number or name: ", "server"), ("Address.*: ", MAILBOX), ("Incoming.*: ", "imaps://127.0.0.1:%d" % HOST.ports["imaps"]),
                         ("User name.*: ", "")):
        terminal.wait(prompt)
        terminal.type(text)
    terminal.wait("Password: ")
    return terminal


def echoes(terminal):
    return bool(termios.tcgetattr(terminal.master)[3] & termios.ECHO)


def interrupted():
    """Ctrl-C at a hidden question: the terminal is as it was, and nothing is left. Ctrl-D the same; SIGTERM while a server does not
    answer."""
    with Place() as place:
        terminal = begin(place)
        end = time.monotonic() + 20
        while echoes(terminal) and time.monotonic() < end:
            time.sleep(0.01)
        tap.check(not echoes(terminal), "the password would be shown")
        terminal.kill()
        terminal.wait("ended before all was answered; nothing was written")
        tap.check(echoes(terminal), "the terminal shows nothing any more")
        tap.check(terminal.end() == 128 + signal.SIGINT and not place.files(), (terminal.seen, place.files()))
        terminal = begin(place)
        terminal.type("\x04", end="")
        tap.check(terminal.end() == 64 and "nothing was written" in terminal.seen and not place.files(), (terminal.seen, place.files()))
    with Place() as place:
        SANDBOX.settings(latency_ms=60000)
        path = write_answers(os.path.join(place.outside, "answers"), answers(HOST, SANDBOX))
        terminal = Terminal("setup", "--answers", path, "-c", place.conf)
        terminal.wait(r"3/6 Autotask: login.*  \d+ s")
        tap.check([name for name in place.files() if name.startswith(".setup-")], "where are the secrets? %r" % place.files())
        tap.check(all(mode in (0o600, 0o700) for name, (mode, _) in place.files().items()), place.files())
        terminal.kill(signal.SIGTERM)
        code = terminal.end()
        tap.check(code == 128 + signal.SIGTERM and not place.files(), (code, terminal.seen, place.files()))
        tap.check("3/6" not in "\n".join(screen(terminal.seen.replace("\n", "\r\n"), 80)), terminal.seen)
    restart()


def killed():
    """One that was killed leaves its scratch folder with the secrets in it; the next start erases it, whatever becomes of that, and
    nothing else. Two at a time are not let in."""
    with Place() as place:
        SANDBOX.settings(latency_ms=60000)
        path = write_answers(os.path.join(place.outside, "answers"), answers(HOST, SANDBOX))
        terminal = Terminal("setup", "--answers", path, "-c", place.conf)
        terminal.wait(r"3/6 Autotask: login.*  \d+ s")
        before = place.files()
        expect(75, place.by_answers("--offline"), errors=["another `frontdesk setup` is at work in .*: end that one first"])
        tap.check(place.files() == before, "the second one touched: %r" % place.files())
        terminal.kill(signal.SIGKILL)
        terminal.end()
        left = [name for name in place.files() if name.startswith(".setup-")]
        tap.check(any(HOST.password in (place.files()[name][1] or "") for name in left), "nothing was left to erase: %r" % left)
        restart()
        for name, mode in ((".setup-public", 0o755), (".setup-longer-name", 0o700), (".setup-", 0o700), ("x.setup-abcdef", 0o700)):
            os.mkdir(os.path.join(place.at, name), mode)
        os.symlink(place.outside, os.path.join(place.at, ".setup-linked"))
        with open(os.path.join(place.at, ".setup-a-file"), "w", encoding="utf-8") as out:
            out.write("x")
        expect(69, place.by_answers(mail__smtp="smtp://127.0.0.1:1"))
        tap.check(sorted(os.listdir(place.at)) == [".setup-", ".setup-a-file", ".setup-linked", ".setup-longer-name", ".setup-public", "x.setup-abcdef"]
                  and os.path.isfile(path), os.listdir(place.at))


def restart():
    """The calls that were cut off still sleep in the simulated Autotask."""
    SANDBOX.stop()
    SANDBOX.start()


def logged():
    """With everything logged, no secret."""
    with Place() as place:
        path = write_answers(os.path.join(place.outside, "answers"), answers(HOST, SANDBOX))
        expect(0, frontdesk("setup", "--log", "debug", "--answers", path, "-c", place.conf))
        SANDBOX.no_secret()


CASES = [
    ("by answers: proven, written, well", written), ("what the sample shows is written", as_the_sample), ("the example", example),
    ("forms of answers", forms), ("wrong answers", wrong_answers), ("legs that fail", legs_that_fail),
    ("the name for trust is looked up in the inbox", trust_from_the_inbox), ("only the firm's own name is offered", only_our_own_is_offered), ("login by tokens", tokens), ("providers", providers),
    ("odd words", odd_words), ("what is there already", existing), ("at a terminal, to the first ticket", talked),
    ("at a terminal, what cannot be proven", skipped), ("interrupted", interrupted), ("killed", killed), ("logged", logged),
]

if __name__ == "__main__":
    with Sandbox() as SANDBOX, MailHost(tokens=SANDBOX.url) as HOST:
        tap.run(CASES)
