# SPDX-License-Identifier: GPL-2.0-or-later
"""The secrets of a run. All of them hold one random word, MARK, or were given to keep(); so every test can look for them, plain and as
they travel (base64, percent-encoded), in all that frontdesk wrote: Daemon, Lab, Firm, console and the scripted servers do, before they throw
anything away. The files that are there to hold one are the only place. tests/cli/secrets.py looks for more than these, and shows that
the search finds what a frontdesk tells that cannot keep a secret."""
import base64
import os
import re
import tempfile
import urllib.parse

MARK = os.environ.setdefault("FRONTDESK_TEST_MARK", os.urandom(8).hex())  # also of the drivers that this one starts
PASSWORD = "correct " + MARK
AUTOTASK_SECRET = "sandbox-secret#" + MARK
AUTOTASK_CODE = "SANDBOXCODE" + MARK
BOOKS_SECRET = "books-secret#" + MARK
MAIL_SECRET = "mail~secret#" + MARK
ALERTS_PASSWORD = "alerts+secret/" + MARK
SECRETS = (PASSWORD, AUTOTASK_SECRET, AUTOTASK_CODE, BOOKS_SECRET, MAIL_SECRET, ALERTS_PASSWORD)
TOKEN_FILES = ("quickbooks-token", "mail-token")
# as the world of the sandbox has them
_PLAIN = ((b'"sandbox-secret#1"', AUTOTASK_SECRET), (b'"SANDBOXCODE"', AUTOTASK_CODE), (b'"books-secret#1"', BOOKS_SECRET))
# what the sandbox hands out (access and refresh tokens, codes) holds MARK too; and it knows the secret of mail
_SETTINGS = b'"token_mark": "%s", "mail_client_secret": "%s"' % (MARK.encode(), MAIL_SECRET.encode())
_TOLD = []  # places where a scripted server found one


def _forms(secret):
    """Plain, percent-encoded where that differs, and within base64 wherever in a triplet it begins."""
    yield secret
    yield urllib.parse.quote(secret, safe="").encode()
    for before in range(3):
        coded = base64.b64encode(b"\0" * before + secret).rstrip(b"=")[(0, 2, 3)[before]:-1]
        yield coded
        yield urllib.parse.quote(coded, safe="").encode()


def _pattern():
    return re.compile(b"|".join(re.escape(form) for form in sorted({form for secret in _SOUGHT for form in _forms(secret)})))


_SOUGHT = [MARK.encode()]  # MARK is hexadecimal: so it stands in a URL or a form, too
_FOUND = _pattern()


def keep(secret):
    """One more secret, of at least 16 bytes, from now on."""
    global _FOUND
    raw = secret if isinstance(secret, bytes) else secret.encode()
    if len(raw) < 16:
        raise ValueError("too short to be looked for")
    if raw not in _SOUGHT:
        _SOUGHT.append(raw)
        _FOUND = _pattern()


def keep_key(pem):
    """The lines of a private key (PEM), and the same bytes bare; before them stands what its certificate says, too."""
    lines = [line for line in pem.splitlines() if line and not line.startswith("-")]
    for line in lines[len(lines) // 3:-1]:
        keep(line)
        keep(base64.b64decode(line))


def found(data):
    """Does one stand in `data`, bytes or text? Also where a line was broken within it, as mail breaks lines."""
    data = data if isinstance(data, bytes) else data.encode("utf-8", "surrogateescape")
    if _FOUND.search(data) or b"\n" not in data:
        return bool(_FOUND.search(data))
    for broken in (b"\r", b"=\n", b"\n ", b"\n\t", b"\n"):
        data = data.replace(broken, b"")
    return bool(_FOUND.search(data))


def check(place, data):
    """AssertionError when a secret stands in `data`, or did in what a scripted server heard."""
    if found(data):
        raise AssertionError("a secret stands in " + place)
    if _TOLD:
        raise AssertionError("a secret stands in " + ", ".join(_TOLD))


def note(place, data):
    """For threads, where an exception is seen by nobody: the next check fails."""
    if found(data):
        _TOLD.append(place)


def check_folder(folder, without=()):
    """The same for every file below it; `without`: names of those that are there to hold one."""
    check("?", b"")
    for where, _, names in os.walk(folder):
        for name in set(names) - set(without) - set(TOKEN_FILES):
            try:
                with open(os.path.join(where, name), "rb") as file:
                    check(os.path.join(where, name), file.read())
            except (FileNotFoundError, PermissionError):  # gone meanwhile; or made unreadable by a test
                continue


def marked_world(path):
    """The same world with the secrets of this run, as an open file."""
    with open(path, "rb") as world:
        text = world.read()
    for old, new in _PLAIN:
        text = text.replace(old, b'"%s"' % new.encode())
    text, there = re.subn(rb'"settings": *\{ *(\}?)', lambda m: b'"settings": {%s%s' % (_SETTINGS, m.group(1) or b", "), text, count=1)
    if not there:
        text = text.replace(b"{", b'{"settings": {%s}, ' % _SETTINGS, 1)
    file = tempfile.NamedTemporaryFile("wb", prefix="frontdesk-world-", suffix=".json")
    file.write(text)
    file.flush()
    return file
