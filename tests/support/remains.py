# SPDX-License-Identifier: GPL-2.0-or-later
"""What stands in the memory of a running frontdesk, read as only root can: it lets nobody else (PR_SET_DUMPABLE)."""
import base64
import os
import re

import tap


def _forms(secret):
    """Plain, and within base64 wherever in a triplet it begins."""
    yield secret
    for before in range(3):
        yield base64.b64encode(b"\0" * before + secret).rstrip(b"=")[(0, 2, 3)[before]:-1]


def _pieces(pid):
    """Every readable piece, but the environment and arguments that the test itself gave."""
    with open("/proc/%d/maps" % pid, encoding="ascii") as maps, open("/proc/%d/mem" % pid, "rb", 0) as memory:
        for line in maps:
            words = line.split()
            if "asan" in line or "tsan" in line:
                raise tap.Skip("a sanitizer's heap keeps what is freed")
            if "r" not in words[1] or "w" not in words[1]:
                continue
            begin, end = (int(word, 16) for word in words[0].split("-"))
            memory.seek(begin)
            try:
                yield memory.read(end - begin)
            except OSError:  # given back meanwhile
                continue


def copies(pid, secrets):
    """{name: how often it stands there} of `secrets`, {name: text}."""
    if os.geteuid() != 0:
        raise tap.Skip("only root may look")
    sought = {name: re.compile(b"|".join(re.escape(form) for form in _forms(text.encode()))) for name, text in secrets.items()}
    found = dict.fromkeys(secrets, 0)
    for data in _pieces(pid):
        for name, pattern in sought.items():
            found[name] += len(pattern.findall(data))
    return found
