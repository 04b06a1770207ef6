# SPDX-License-Identifier: GPL-2.0-or-later
"""What a frontdesk under FRONTDESK_CRASH_LOG passed: (name of the crash point, thread), in order."""

DOT = "smtp.before-dot"
# points of a thread behind which its letter's receipt is on the disk, or its refusal noted
SAFE = ("mark.after", "finish.after", "answer.after", "letter.after", "step.after-mark", "watch.after", "replan.after")


def read(path):
    with open(path, encoding="utf-8") as lines:
        return [tuple(line.split()) for line in lines]


def names(passed):
    return [name for name, _ in passed]


def in_doubt(passed):
    """How many letters had gone out, or were about to, without a receipt on the disk when the log ended: so many may go out again,
    and no others. A process that was killed at the last passage in front of the dot had sent nothing of that letter."""
    out = {}
    for name, thread in passed:
        if name == DOT:
            out[thread] = out.get(thread, 0) + 1
        elif name in SAFE:
            out[thread] = 0
    return sum(out.values()) - bool(passed and passed[-1][0] == DOT)
