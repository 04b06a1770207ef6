#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""No secret, and no text of a mail, where it does not belong: many flows and every reading command run with secrets that are easy to
find, at the most talkative log level; then the log, what the commands said, the journal's folder and all letters are searched for each
of them, plain and as they travel (base64, percent-encoded)."""
import base64
import email
import email.policy
import json
import os
import pwd
import subprocess
import sys
import tempfile
import urllib.parse

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support")]
from books import CLIENT  # noqa: E402
from console import PROGRAM  # noqa: E402
from lab import MAILBOX, OPERATOR, STAFF, Lab  # noqa: E402
from firm import log_in  # noqa: E402
from markers import AUTOTASK_CODE, AUTOTASK_SECRET, MARK, SECRETS, check  # noqa: E402
from remains import copies  # noqa: E402
from talkative import MUTANT, caught  # noqa: E402
import tap  # noqa: E402

AUTOTASK = {"Autotask's secret": AUTOTASK_SECRET, "Autotask's integration code": AUTOTASK_CODE}
TEXT = "Quetzalcoatlus northropi"  # stands in the mails only
WRONG = "wrong-Secret-" + MARK  # a secret that is refused
SAID = []


def state(name):
    with open(os.path.join(LAB.daemon.dir, "state", name), encoding="utf-8") as file:
        return file.read()


def secrets():
    tokens = json.loads(state("quickbooks-token"))
    found = {"token " + name: value for name, value in tokens.items() if "token" in name and isinstance(value, str) and len(value) > 20}
    tap.check(len(found) >= 2, sorted(tokens))
    return {**AUTOTASK, "the mail password": LAB.host.password, "QuickBooks' client secret": CLIENT[1], "a refused secret": WRONG, **found}


def forms(secret):
    """As it stands in a file, in SASL PLAIN, in HTTP's basic authentication, alone in base64, in a form."""
    raw = secret.encode()
    plain = base64.b64encode(b"\0" + MAILBOX.encode() + b"\0" + raw)
    basic = base64.b64encode(CLIENT[0].encode() + b":" + raw)
    return {raw, plain, basic, base64.b64encode(raw), urllib.parse.quote(secret, safe="").encode()}


def run(*words):
    code, out, errors = LAB.daemon.run(*words, "--log", "debug")
    SAID.append((" ".join(words), out + errors))
    return code


MAILS = [dict(subject="Sarah: reset MFA", text=TEXT), dict(subject="Shara: printer", text=TEXT), dict(subject="check mapping", text=TEXT),
         dict(subject="help", text=TEXT), dict(subject="status", text=TEXT), dict(subject="show 7KQ2", text=TEXT, sender=OPERATOR),
         dict(subject="explain: Sarah: x", text=TEXT), dict(subject="Invoice 1042", text="Transfer failed: Duplicate Name Exists Error\n" + TEXT),
         dict(subject="Sarah: file", text=TEXT, files={"a.txt": TEXT.encode()}), dict(subject="Sarah: long", text=(TEXT + "\n") * 12000),
         dict(subject="Sarah: forged", text=TEXT, proof=False), dict(subject="hello", text=TEXT, sender="eve@elsewhere.example"),
         dict(subject="Out of office", text=TEXT, headers={"Auto-Submitted": "auto-replied"}),
         dict(subject="Sarah: broken", text=TEXT, headers={"X-Long": "x" * 3000})]


def ended():
    return [r for r in LAB.daemon.journal() if r["state"] in ("done", "waiting", "parked")]


def all_flows():
    LAB.clean(dict(books=True))
    arguments = ("--since", "2020-01-01", "--log", "debug")
    LAB.daemon.start(arguments=arguments)
    for mail in MAILS:
        LAB.deliver(mail)
    LAB.until("all mail is done", lambda: len(ended()) == len(MAILS))
    LAB.answer(dict(reply="high"))
    LAB.sandbox.faults([dict(method="POST", path="Tickets", action="status", status=401, count=1000)])
    LAB.deliver(dict(subject="Sarah: refused login", text=TEXT))
    LAB.until("Autotask's refusal is told", lambda: any("credentials" in s for _, s, _ in LAB.letters(OPERATOR).values()))
    LAB.sandbox.faults([dict(method="POST", path="Tickets", action="html500", count=2)])
    for words in (("status",), ("status", "--json"), ("doctor",), ("doctor", "--json"), ("journal", "list", "--json"), ("journal", "export", "--unmatched"),
                  ("check", "mapping"), ("check", "all"), ("journal", "show", LAB.daemon.journal()[0]["ref"])):
        run(*words)
    LAB.daemon.stop()


def refused_secrets():
    """Each login is refused once: what the server says to it is told, the secret is not."""
    for name in ("mail-password", "autotask-secret", "books-secret"):
        with open(os.path.join(LAB.daemon.dir, name), encoding="utf-8") as file:
            right = file.read().strip()
        LAB.daemon.secret(name, WRONG)
        run("doctor")
        run("check", "mapping")
        run("once")
        LAB.daemon.secret(name, right)
    tap.check(any("FAIL" in said for _, said in SAID), "doctor found nothing wrong")


def places():
    """Name -> bytes: all that frontdesk wrote, but the files that are there to hold a secret."""
    with open(LAB.daemon.log_path, "rb") as log:
        yield "the log", log.read()
    for words, said in SAID:
        yield "frontdesk " + words, said.encode()
    for where, _, names in os.walk(os.path.join(LAB.daemon.dir, "state")):
        for name in set(names) - {"quickbooks-token"}:
            with open(os.path.join(where, name), "rb") as file:
                yield "state/" + name, file.read()
    for user in (STAFF, OPERATOR):
        for raw in LAB.stored(user).get("INBOX", []):
            letter = email.message_from_bytes(raw, policy=email.policy.default)
            parts = [part.get_content() for part in letter.walk() if not part.is_multipart()]
            yield "a letter: %s" % letter["Subject"], raw + "\n".join(p if isinstance(p, str) else p.decode("latin-1") for p in parts).encode()


def no_secret_anywhere():
    LAB.wait_for_queue()
    searched = list(places())
    tap.check(len(searched) > 30 and any(b"Queued" in data for _, data in searched), [name for name, _ in searched])
    for name, secret in secrets().items():
        found = [place for place, data in searched for form in forms(secret) if form in data]
        tap.check(not found, "%s stands in %r" % (name, found))


def the_key_stays_in_its_file():
    """What signs the tokens of letters; the journal holds it too, to know its own installation."""
    lines = [word for word in state("instance").replace("=", " ").split() if len(word) == 64]
    tap.check(len(lines) == 1, "the file instance is not as this test knows it")
    own = ("state/instance", "state/journal.db", "state/journal.db-wal")
    found = [place for place, data in places() if lines[0].encode() in data and place not in own]
    tap.check(not found, found)


def no_text_in_logs():
    """Words of mails go into the journal, tickets and answers, and into no log and no command's output."""
    found = [place for place, data in places() if TEXT.encode() in data and (place == "the log" or place.startswith("frontdesk "))]
    tap.check([p for p in found if "export" not in p] == [], found)
    tap.check(any(TEXT.encode() in data for place, data in places() if place.startswith("state/")), "the text is nowhere: this test finds nothing")


def files_are_private():
    for where, _, names in os.walk(os.path.join(LAB.daemon.dir, "state")):
        for name in names:
            mode = os.stat(os.path.join(where, name)).st_mode & 0o777
            tap.check(mode & 0o077 == 0 or name.startswith("slot") or os.path.basename(where) == "slots", "%s has mode %o" % (name, mode))


def every_test_searches():
    """What all tests do at their end (tests/support/markers.py) finds each form of each secret, and nothing else."""
    for secret in SECRETS:
        for form in forms(secret) | {b"x" + secret.encode() + b"y", base64.b64encode(b"abcd" + secret.encode() + b"ef")}:
            try:
                check("here", form)
            except AssertionError:
                continue
            raise AssertionError("%r is not found" % form)
    check("here", "".join(secret[:-6] for secret in SECRETS))
    with open(os.path.join(LAB.daemon.dir, "state", "stray"), "w", encoding="utf-8") as file:
        file.write("password " + LAB.host.password)
    try:
        LAB.daemon.no_secret()
    except AssertionError:
        os.unlink(file.name)
        return
    raise AssertionError("a file in the state directory is not looked at")


def talkative():
    """What a frontdesk tells that cannot keep a secret is found: each kind of secret, in each form."""
    for word in ("Secret: ", "file"):
        for form in ("plain", "base64", "url"):
            caught(LAB, word, form)
    for word in ("ApiIntegrationCode: ", "Bearer "):
        caught(LAB, word)
    for hours, word in ((2, "refresh_token="), (4, '"access_token":"'), (6, '"refresh_token":"'), (8, "Basic ")):
        LAB.sandbox.settings(clock_shift_ms=hours * 3600000)
        caught(LAB, word, shift=hours * 3600000)
    LAB.sandbox.settings(clock_shift_ms=0)
    os.environ["FRONTDESK_TEST_LEAK"] = "plain:code="
    try:
        log_in(LAB.daemon.conf, MUTANT, ("--log", "info"))
    except AssertionError as error:
        tap.check("a secret stands in" in str(error), error)
    else:
        raise AssertionError("a code that is told is not found")
    finally:
        del os.environ["FRONTDESK_TEST_LEAK"]


def memory():
    """Of a frontdesk that has logged in everywhere, read a mail, written a ticket and a letter, and renewed the tokens of QuickBooks:
    what it needs for each call stands there once, all else nowhere."""
    shift = 2 * 3600000
    LAB.clean(dict(books=True))
    LAB.sandbox.settings(clock_shift_ms=shift)
    LAB.daemon.start(ready=30, arguments=("--since", "2020-01-01"), env={"FRONTDESK_CLOCK_SHIFT_MS": str(shift)})
    for subject in ("Sarah: reset MFA", "check mapping"):
        LAB.deliver(dict(subject=subject))
    LAB.until("both mails are done", lambda: len(ended()) == 2)
    tokens = json.loads(state("quickbooks-token"))
    kept = {**AUTOTASK, "QuickBooks' client secret": CLIENT[1]}
    passing = {"the mail password": LAB.host.password, "the refresh token": tokens["refresh_token"], "the access token": tokens["access_token"]}
    LAB.until("what passes is gone", lambda: not any(copies(LAB.daemon.child.pid, passing).values()))
    found = copies(LAB.daemon.child.pid, {**kept, **passing})
    tap.check(found == {**dict.fromkeys(kept, 1), **dict.fromkeys(passing, 0)}, found)
    LAB.daemon.stop()


def no_core():
    """Of a running frontdesk, and of what it starts."""
    LAB.daemon.start()
    children = []
    with open("/proc/%d/task/%d/children" % (LAB.daemon.child.pid, LAB.daemon.child.pid), encoding="ascii") as file:
        children = file.read().split()
    for pid in [str(LAB.daemon.child.pid)] + children:
        with open("/proc/%s/limits" % pid, encoding="ascii") as file:
            core = next(line.split()[4:6] for line in file if line.startswith("Max core file size"))
        tap.check(core == ["0", "0"], "process %s: %r" % (pid, core))
    LAB.daemon.stop()


def nobody_looks_in():
    """Its own user may not look into it: what the kernel shows of it belongs to root. Of another program it does not."""
    as_user = dict(user=pwd.getpwnam("nobody").pw_uid, extra_groups=[]) if os.geteuid() == 0 else {}
    owner = as_user.get("user", os.geteuid())
    for program, wanted in (([PROGRAM, "setup", "--answers", "-", "-c", os.path.join(tempfile.gettempdir(), "frontdesk-none.conf")], 0), (["cat"], owner)):
        try:
            child = subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/", **as_user)
        except PermissionError as why:
            raise tap.Skip("another user may not start it here") from why
        try:
            LAB.until("it belongs to %d" % wanted, lambda child=child, wanted=wanted: os.stat("/proc/%d/mem" % child.pid).st_uid == wanted)
            tap.check(child.poll() is None, "it ended")
        finally:
            child.kill()
            child.communicate()


if __name__ == "__main__":
    with Lab("poll_seconds = 5;") as LAB:
        tap.run([("many flows run", all_flows), ("refused secrets", refused_secrets), ("no secret in logs, journal, letters and output", no_secret_anywhere),
                 ("the key of the installation stays where it belongs", the_key_stays_in_its_file), ("no text of a mail in a log", no_text_in_logs),
                 ("the files of the state are private", files_are_private),
                 ("every test searches for its secrets", every_test_searches),
                 ("a frontdesk that tells them is found out", talkative), ("what passes through memory is gone from it", memory), ("no core dump", no_core),
                 ("its own user may not look into it", nobody_looks_in)])
