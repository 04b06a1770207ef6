# SPDX-License-Identifier: GPL-2.0-or-later
"""Mounts that this program and its children alone see. That takes root."""
import ctypes
import os

CLONE_NEWNS, MS_REC, MS_PRIVATE, MNT_DETACH = 0x20000, 0x4000, 1 << 18, 2
LIBC = ctypes.CDLL(None, use_errno=True)


def own_mounts():
    """What is mounted from here on is seen by this program and its children only. The reason why not, or None."""
    if os.geteuid() != 0:
        return "mounting takes root"
    if LIBC.unshare(CLONE_NEWNS) != 0 or LIBC.mount(b"none", b"/", None, MS_REC | MS_PRIVATE, None) != 0:
        return "no mount namespace of our own: " + os.strerror(ctypes.get_errno())
    return None
