# SPDX-License-Identifier: GPL-2.0-or-later
"""Ports for servers that are told theirs. Below those that the kernel gives out, so that nobody's connection has one; and each is this
process's until its end, by a name that only one process of a network can hold, so that two tests that start at once have different ones."""
import random
import socket

FIRST, LAST = 10000, 32000
ADDRESSES = tuple("127.0.0.%d" % last for last in (1, 2, 3, 4))
HELD = []


def _hold(port):
    name = socket.socket(socket.AF_UNIX)
    try:
        name.bind("\0frontdesk-test-port-%d" % port)
    except OSError:
        name.close()
        return False
    HELD.append(name)
    return True


def _is_free(port):
    """Nobody else listens there, on none of the four test addresses."""
    for address in ADDRESSES:
        with socket.socket() as probe:
            try:
                probe.bind((address, port))
            except OSError:
                return False
    return True


def free_ports(count):
    """Numbers that no other test gets while this process lives."""
    found = []
    while len(found) < count:
        port = random.randrange(FIRST, LAST)
        if _hold(port) and _is_free(port):
            found.append(port)
    return found
