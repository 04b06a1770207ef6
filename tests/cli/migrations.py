#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Journals of every version that ever was, with rows (tests/fixtures/journal): the first start brings them to the tables of today, no row
is lost, a kill in between changes nothing, and the work goes on where it stood."""
import os
import re
import sqlite3
import sys

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support")]
from console import expect, frontdesk  # noqa: E402
from lab import STAFF, Lab  # noqa: E402
from sandbox import ROOT  # noqa: E402
import tap  # noqa: E402

FIXTURES = os.path.join(ROOT, "tests", "fixtures", "journal")
VERSIONS = sorted(name[:-len(".sql")] for name in os.listdir(FIXTURES))
NOTHING_DONE = {"FRONTDESK_CRASH_AT": "journal.before-commit"}  # migrated, and ended before anything else is written


def state(name):
    return os.path.join(LAB.daemon.dir, "state", name)


def load(version):
    """That journal in the state directory, as it lies after its frontdesk ended."""
    LAB.clean()
    with open(os.path.join(FIXTURES, version + ".sql"), encoding="utf-8") as script, sqlite3.connect(state("journal.db")) as db:
        db.executescript(script.read())
    db.close()


def journal():
    """(version, {kind and name: words of its definition}, {table: {columns: [rows]}})."""
    db = sqlite3.connect(state("journal.db"))
    try:
        made = {"%s %s" % (kind, name): re.sub(r"\s", "", sql or "")
                for kind, name, sql in db.execute("SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'")}
        rows = {}
        for table in [name.split()[1] for name in made if name.startswith("table ")]:
            read = db.execute("SELECT * FROM " + table)
            columns = [column[0] for column in read.description]
            rows[table] = [dict(zip(columns, row)) for row in read]
        return db.execute("PRAGMA user_version").fetchone()[0], made, rows
    finally:
        db.close()


def number():
    with open(os.path.join(ROOT, "src", "journal", "db.h"), encoding="utf-8") as header:
        return int(re.search(r"SCHEMA_VERSION = (\d+)", header.read()).group(1))


def newest_is_today():
    """Nobody changes the tables without a new version and a step to it."""
    tap.check(str(number()) in VERSIONS, "no %d.sql among %r: a journal of the new version, with rows" % (number(), VERSIONS))
    load(str(number()))
    kept = journal()
    LAB.clean()
    LAB.daemon.once()
    tap.check(kept[:2] == journal()[:2], "the tables differ from tests/fixtures/journal/%d.sql: raise SCHEMA_VERSION, add a step to "
              "src/journal/migrate.c and a journal of the new version\n%r\n%r" % (number(), kept[:2], journal()[:2]))


def kept(old, new):
    """Every row of the old tables with all it held."""
    for table, rows in old.items():
        for row in rows:
            known = {name: value for name, value in row.items() if name in new[table][0]}
            if table == "plans":
                known["plan"] = re.sub(r'{"resource":(\d+),"role":', r'{"resource_id":\1,"role_id":', known["plan"])
            tap.check(any(known.items() <= other.items() for other in new[table]), "%s lost %r: %r" % (table, row, new[table]))
        tap.check(len(rows) == len(new[table]), "%s: %d rows became %d" % (table, len(rows), len(new[table])))
    before = {row["id"]: row["bytes"] for row in old["letters"]} if "letter_bytes" not in old else {}
    tap.check(not before or before == {row["letter"]: row["bytes"] for row in new["letter_bytes"]}, "bytes of letters")
    places = {(row["job"], row["uidvalidity"], row["uid"]) for row in old["positions"]}
    tap.check(places == {(row["id"], row["uidvalidity"], row["uid"]) for row in new["jobs"]}, new["jobs"])


def every_row_is_kept():
    load(str(number()))
    today = journal()
    tap.check(all(today[2].values()), "tables without rows: %r" % [t for t, rows in today[2].items() if not rows])
    for version in VERSIONS:
        load(version)
        old = journal()
        tap.check({row["state"] for row in old[2]["jobs"]} == {0, 1, 3, 5, 6}, old[2]["jobs"])
        tap.check(LAB.daemon.once(env=NOTHING_DONE) == -9, "not killed at the first commit:\n%s" % LAB.daemon.log())
        new = journal()
        tap.check(new[:2] == today[:2], "%s: %r\n%r" % (version, new[:2], today[:2]))
        kept(old[2], new[2])


def all_or_nothing():
    """Killed in the middle, and looked at by commands that only read: it stays what it was."""
    for version in VERSIONS[:-1]:
        load(version)
        before = journal()
        tap.check(LAB.daemon.once(env={"FRONTDESK_CRASH_AT": "schema.changed"}) == -9 and journal() == before, version)
        for words in (["status"], ["journal", "list"]):
            expect(75, frontdesk(*words, "-c", LAB.daemon.conf), errors=["the journal is still of version %d: .* version %d" % (int(version[0]), number())])
        tap.check(journal() == before, version)


def the_work_goes_on():
    """What had no ticket gets one, for who was meant; the letter that waited goes out as it was; what was parked obeys its operator."""
    for version in (VERSIONS[0], VERSIONS[3], VERSIONS[-1]):
        load(version)
        LAB.settle()
        tickets = {t["title"]: (t["assignee"], t["description"]) for t in LAB.tickets()}
        tap.check(set(tickets) == {"the second", "the fifth"}, "%s: %r\n%r" % (version, tickets, LAB.daemon.journal()))
        tap.check(tickets["the second"] == ("sarah.klein", 'Say {"resource":7,"role":8} to the printer.'), "%s: %r" % (version, tickets))
        tap.check(tickets["the fifth"][0] == "shana.ortiz", "%s: %r" % (version, tickets))
        ends = sorted((r["state"], r["outcome"]) for r in LAB.daemon.journal())
        tap.check(ends == [("done", o) for o in ("gone", "refused", "ticket", "ticket", "ticket", "ticket")], "%s: %r" % (version, ends))
        letters = {subject: (copies, text) for copies, subject, text in LAB.letters(STAFF).values()}
        tap.check(set(letters) == {"Re: Sarah: the %s" % n for n in ("second", "third")} | {"Re: Shana: the fifth"}, "%s: %r" % (version, letters))
        tap.check(letters["Re: Sarah: the third"][0] == 1 and "Created N" in letters["Re: Sarah: the third"][1], "%s: %r" % (version, letters))


if __name__ == "__main__":
    with Lab() as LAB:
        tap.run([("the newest journal has the tables of today", newest_is_today), ("every row of every version is kept", every_row_is_kept),
                 ("all or nothing", all_or_nothing), ("the work goes on where it stood", the_work_goes_on)])
