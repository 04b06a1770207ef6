# SPDX-License-Identifier: GPL-2.0-or-later
"""The secrets of a run. All of them hold one random word, MARK, so that every test can look for them, plain and as they travel, in all that
frontdesk wrote: Daemon and Lab do, before they throw anything away. tests/cli/secrets.py looks for more than these."""
import base64
import os
import re
import tempfile

MARK = os.environ.setdefault("FRONTDESK_TEST_MARK", os.urandom(8).hex())  # also of the drivers that this one starts
PASSWORD = "correct " + MARK
AUTOTASK_SECRET = "sandbox-secret#" + MARK
AUTOTASK_CODE = "SANDBOXCODE" + MARK
BOOKS_SECRET = "books-secret#" + MARK
SECRETS = (PASSWORD, AUTOTASK_SECRET, AUTOTASK_CODE, BOOKS_SECRET)
# as the world of the sandbox has them
_PLAIN = ((b'"sandbox-secret#1"', AUTOTASK_SECRET), (b'"SANDBOXCODE"', AUTOTASK_CODE), (b'"books-secret#1"', BOOKS_SECRET))


def _needles():
    """MARK alone, and within base64 wherever in a triplet it begins; alone is also how it stands in a URL or a form."""
    yield MARK.encode()
    for before in range(3):
        coded = base64.b64encode(b"\0" * before + MARK.encode())
        yield coded[(0, 2, 3)[before]:].rstrip(b"=")[:-1]


_FOUND = re.compile(b"|".join(re.escape(needle) for needle in _needles()))


def check(place, data):
    """AssertionError when a secret stands in `data`, bytes or text."""
    if _FOUND.search(data if isinstance(data, bytes) else data.encode("utf-8", "surrogateescape")):
        raise AssertionError("a secret stands in " + place)


def check_folder(folder, without=()):
    """The same for every file below it; `without`: names of those that are there to hold one."""
    for where, _, names in os.walk(folder):
        for name in set(names) - set(without):
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
    file = tempfile.NamedTemporaryFile("wb", prefix="frontdesk-world-", suffix=".json")
    file.write(text)
    file.flush()
    return file
