# SPDX-License-Identifier: GPL-2.0-or-later
"""What a terminal of so many columns shows at the end of some text: enough of one for a line that is drawn over and taken away."""
import re


def screen(text, columns):
    """The rows, with nothing behind the last sign of each."""
    rows, x = [""], 0
    for part in re.findall(r"\x1b\[[0-9;]*[A-Za-z]|\r\n|.", text, re.S):
        if part == "\r\n":
            rows, x = rows + [""], 0
        elif part == "\r":
            x = 0
        elif part == "\x1b[K":
            rows[-1] = rows[-1][:x]
        elif re.fullmatch(r"\x1b\[[0-9;]*m", part):
            pass  # colour
        elif part < " ":
            raise AssertionError("not of this terminal: %r" % part)
        else:
            if x == columns:
                rows, x = rows + [""], 0
            rows[-1] = rows[-1][:x].ljust(x) + part + rows[-1][x + 1:]
            x += 1
    return [row.rstrip() for row in rows]


def drawn(text):
    """Each line that was drawn to be taken away again, without colours."""
    lines = re.findall(r"\r(?!\n)([^\r\n]*)\x1b\[K", text)
    return [line for line in (re.sub(r"\x1b\[[0-9;]*m", "", line) for line in lines) if line]
