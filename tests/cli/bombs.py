#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Mails that are built to cost memory or time (tests/support/bombs.py), each sent to the daemon by one of the staff and by a stranger, and
given to the reader process by itself. Staff get a ticket or an answer that names the limit; a stranger nothing; no reader dies, and after
each an ordinary mail is done. bombs.py: the light ones; bombs.py all [NAME...]; bombs.py doc FILE [NAME...]: writes what it measured into the table there."""
import email
import email.policy
import os
import re
import shutil
import sys
import time

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support")]
import bombs  # noqa: E402
from console import expect, frontdesk  # noqa: E402
from lab import MAILBOX, STAFF, Lab  # noqa: E402
import measured  # noqa: E402
import reader  # noqa: E402
from sandbox import ROOT  # noqa: E402
import tap  # noqa: E402

EVE = "eve@elsewhere.example"
MOST_KB, MOST_SECONDS = 64 * 1024, 1.0
SLACK = 20  # a loaded machine, and one that is not as fast, may take so many times the processor time
TICK = os.sysconf("SC_CLK_TCK")
ROWS = []


def words(name):
    """A reason of templates/en/words.txt as a pattern."""
    with open(os.path.join(ROOT, "templates", "en", "words.txt"), encoding="utf-8") as table:
        text = re.search(r"^\[%s\]\ntext: (.*)$" % name, table.read(), re.M).group(1)
    return re.sub(r"\\\{\w+\\\}", ".{1,60}?", re.escape(text)).replace(r"\ ", r"\s+")


def memory(pid):
    with open("/proc/%d/status" % pid, encoding="ascii") as status:
        return {key: int(value) for key, value in re.findall(r"(RssAnon|VmRSS|VmHWM):\s+(\d+)", status.read())}


def cpu(pid):
    """Its processor time; that of its readers is counted by themselves."""
    total = 0
    for task in os.listdir("/proc/%d/task" % pid):
        with open("/proc/%d/task/%s/schedstat" % (pid, task), encoding="ascii") as stat:
            total += int(stat.read().split()[0])
    return total / 1e9


def put(path):
    """Straight into the store, as large as it is."""
    box = os.path.join(LAB.host.path("mail"), MAILBOX, "Maildir")
    name = "%d.M%dP%d.bomb" % (time.time(), time.monotonic_ns() // 1000 % 1000000, os.getpid())
    if os.geteuid() == 0:
        os.chown(path, LAB.host.uid, LAB.host.gid)
    shutil.move(path, os.path.join(box, "tmp", name))
    os.rename(os.path.join(box, "tmp", name), os.path.join(box, "new", name))


def log():
    with open(LAB.daemon.log_path, encoding="utf-8", errors="replace") as text:
        return text.read()


def ended(start, count, what):
    """The outcomes of the `count` mails that are done since the log was `start` long."""
    end = time.monotonic() + 3 * tap.PATIENCE
    while len(found := re.findall(r" job end outcome=(\w+) sender=(\S+)", log()[start:])) < count:
        tap.check(time.monotonic() < end and LAB.daemon.child.poll() is None, "%s: only %r\n%s" % (what, found, LAB.daemon.log()))
        time.sleep(0.02)
    return sorted(found)


def write(name, sender, proof):
    path = os.path.join(LAB.daemon.dir, "bomb")
    return path, bombs.write(name, path, "Sarah: bomb %d" % list(bombs.BOMBS).index(name), sender, proof)


def answer(number):
    """The letter about it, in one line."""
    LAB.wait_for_queue()
    folder = os.path.join(LAB.host.path("mail"), STAFF, "Maildir", "new")
    for name in sorted(os.listdir(folder), reverse=True):
        with open(os.path.join(folder, name), "rb") as raw:
            mail = email.message_from_bytes(raw.read(), policy=email.policy.default)
        if re.search(r"bomb %d\b" % number, mail["Subject"]):
            return re.sub(r"\s+", " ", mail.get_body(("plain",)).get_content())
    raise AssertionError("no answer")


def outcome_of(name, outcome):
    """What its sender was told, by what the table says of it."""
    number, (_, _, reason, cut) = list(bombs.BOMBS).index(name), bombs.BOMBS[name]
    tap.check(outcome == ("answered" if reason else "ticket"), outcome)
    said = answer(number)
    if reason:
        tap.check(re.search(words(reason), said) and re.search("Please (send|write)", said), "%r: %s" % (words(reason), said))
        return re.search("no ticket was made: (.*?) Please", said).group(1)
    if cut:
        whole = said + " ".join(t["description"] for t in LAB.sandbox.tickets() if t["title"] == "bomb %d" % number)
        tap.check(re.search(words(cut), re.sub(r"\s+", " ", whole)), "%r: %s" % (words(cut), whole[-3000:]))
    return "a ticket" + {"": "", "ticket-cut": ", cut visibly", "file-too-many": ", files left out are listed",
                         "file-too-large": ", files left out are listed"}[cut]


def as_staff(name):
    """To the daemon: (size, growth, processor time of the daemon, what became of it)."""
    pid, (path, size), start = LAB.daemon.child.pid, write(name, STAFF, True), len(log())
    with open("/proc/%d/clear_refs" % pid, "w", encoding="ascii") as peak:
        peak.write("5")
    before, used = memory(pid)["VmRSS"], cpu(pid)
    put(path)
    outcome = ended(start, 1, name)[0][0]
    return size, memory(pid)["VmHWM"] - before, cpu(pid) - used, outcome_of(name, outcome)


def for_operator(name, path):
    """explain says what the sender would be told; diagnose ends as it should."""
    reason = bombs.BOMBS[name][2]
    said = frontdesk("explain", "-c", LAB.daemon.conf, path, timeout=300)
    expect(0, said, "^outcome +%s$" % ("answered" if reason else "ticket"))
    tap.check(not reason or re.search(words(reason), re.sub(r"\s+", " ", said.out)), said)
    said = frontdesk("diagnose", "--offline", "-c", LAB.daemon.conf, path, timeout=300)
    tap.check(said.code in (0, 1) or said.code == 65 and re.search("at most [0-9]+ are accepted", said.errors), said)


def alone(name):
    """To the reader by itself, each question it is asked: (processor time, peak)."""
    path = os.path.join(LAB.daemon.dir, "alone")
    bombs.write(name, path)
    with reader.Reader() as r:
        code, message = r.ask(path)
        tap.check(code in ("none", "limit"), "%s %r" % (code, message[:200]))
        for op in (reader.FILES, reader.TEXTS) if code == "none" else ():
            tap.check(r.ask(path, op, message)[0] == "none", op)
    tap.check(r.status == 0, "the reader ended with %d" % r.status)
    for_operator(name, path)
    os.unlink(path)
    return r.seconds, r.peak_kb


def after(name):
    """A stranger sends the same, one of the staff an ordinary mail: only the second is answered."""
    number, start = list(bombs.BOMBS).index(name), len(log())
    put(write(name, EVE, False)[0])
    ended(start, 1, "a stranger's " + name)
    LAB.deliver(dict(subject="Sarah: ordinary %d" % number, text="As on any other day, number %d.\n" % number))
    tap.check(ended(start, 2, "the mails after " + name) == [("refused", EVE), ("ticket", STAFF)], LAB.daemon.log())
    tap.check("cage died" not in log() and not LAB.stored(EVE), LAB.daemon.log())


def bomb(name):
    def test():
        size, growth, seconds, outcome = as_staff(name)
        reader_seconds, peak = alone(name)
        after(name)
        ROWS.append((name, size, peak, reader_seconds, growth, seconds, outcome))
        print("# %s: %.1f MB; reader %d KB, %.2f s; daemon +%d KB, %.2f s; %s" % ((name, size / 1e6) + ROWS[-1][2:]), flush=True)
        tap.check(peak < MOST_KB and growth < MOST_KB, "memory: reader %d KB, daemon +%d KB" % (peak, growth))
        tap.check(max(reader_seconds, seconds) < SLACK * MOST_SECONDS, "time: reader %.1f s, daemon %.1f s" % (reader_seconds, seconds))
    return test


MARKS = ("<!-- measured: tests/cli/bombs.py doc doc/limits.md -->\n", "<!-- end -->\n")


def write_table(path):
    """What was measured replaces the rows of the same mails; the others stay, as long as there are such mails."""
    with open(path, encoding="utf-8") as page:
        before, _, rest = page.read().partition(MARKS[0])
    old, _, rest = rest.partition(MARKS[1])
    rows = {line.split(" | ")[0][2:]: line for line in old.splitlines(True) if line.startswith("| ")}
    rows.update((n, "| %s | %.1f MB | %.1f MB | %.2f s | %.1f MB | %.2f s | %s |\n" % (
        n, size / 1e6, peak / 1024, s, max(growth, 0) / 1024, t, outcome)) for n, size, peak, s, growth, t, outcome in ROWS)
    head = "Measured %s:\n\n" % measured.here()
    head += "| mail | size | reader: peak | CPU | daemon: growth | CPU | outcome |\n|---|---|---|---|---|---|---|\n"
    with open(path, "w", encoding="utf-8") as page:
        page.write(before + MARKS[0] + head + "".join(rows[name] for name in bombs.BOMBS if name in rows) + MARKS[1] + rest)


def main():
    how, names = (sys.argv[1:2] or ["light"])[0], sys.argv[3:] if sys.argv[1:2] == ["doc"] else sys.argv[2:]
    wanted = [name for name, (light, *_) in bombs.BOMBS.items() if (name in names if names else how != "light" or light)]
    cases = [(name, bomb(name)) for name in wanted]
    LAB.clean()
    LAB.deliver(dict(subject="Sarah: the first", text="Some words.\n"))
    LAB.daemon.start(ready=10, arguments=("--since", "2020-01-01"))
    ended(0, 1, "the first")
    try:
        tap.run(cases)
    finally:
        if how == "doc":
            write_table(sys.argv[2])


if __name__ == "__main__":
    with Lab("per_sender_hour = 100000; replies_per_hour = 1000000; poll_seconds = 5; attachment_size = \"1 KB\";") as LAB:
        main()
