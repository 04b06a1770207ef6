#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The table of a report in LibreOffice: each cell shows what the table says, to the letter, and nothing is run. Skipped where soffice
is missing (Debian: libreoffice-calc-nogui); tests/unit/test_report.c looks at the same names without it."""
import csv
import io
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from console import expect, frontdesk  # noqa: E402
from firm import Firm  # noqa: E402
from planter import MATERIAL, Planter  # noqa: E402
from sandbox import WORLD  # noqa: E402
import tap  # noqa: E402

NAMES = ["=1+1", "=cmd|'/c calc'!A1", "=HYPERLINK(\"http://evil.example\",\"Invoice\")", "+1+1", "-2+3", "@SUM(1+1)", "\t=1+1", "\r=1+1", " =1+1",
         "\uff1d1+1", "'=1+1", "\"=1+1\"", ",=1+1", ";=1+1", "x\n=1+1", "=1+1\",=1+1,\"", "Caf\u00e9 \u00dcbung", "The \"big\" one, twice", "0042", "1.50",
         "1E5", "1/2", "3-4", "2026-11-26", "10%", "1042", "24x7", "TRUE", "Jan 2026", "1-Mar", "May 5, 2026", "sept 2", "Ja 1", "5 Ma", "12345678901234567", "\u65e5\u672c\u8a9e", "a;b\tc"]
SHOWN = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,true,true,true"


def convert(folder, name, to):
    """What LibreOffice makes of the table, as text."""
    command = ["soffice", "--headless", "--norestore", "-env:UserInstallation=file://%s/profile" % folder, "--infilter=CSV:44,34,76", "--convert-to", to,
               "--outdir", os.path.join(folder, "out"), os.path.join(folder, name)]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=tap.PATIENCE, check=False)
    made = os.path.join(folder, "out", os.path.splitext(name)[0] + "." + to.split(":")[0])
    tap.check(os.path.exists(made), "soffice made nothing: %s" % (done.stdout + done.stderr))
    with open(made, encoding="utf-8-sig", newline="") as out:
        return out.read()


def rows_of(text):
    """Line ends within a cell are one kind for a spreadsheet."""
    return [[field.replace("\r\n", "\n").replace("\r", "\n") for field in row] for row in csv.reader(io.StringIO(text, newline=""))]


def table():
    """The table of a firm whose codes have all these names, and nothing in QuickBooks."""
    planter = Planter(12)
    for name in NAMES:
        planter.code(name, MATERIAL)
    with Firm(planter.world(WORLD)) as books:
        return expect(1, frontdesk("check", "mapping", "-c", books.conf, "--format", "csv")).out.encode()


def the_cells():
    text = table()
    written = rows_of(text.decode("utf-8-sig"))
    subjects = {row[2] for row in written}
    for name in NAMES:
        name = re.sub("[\t\r\n]", " ", name)  # as the names are read
        tap.check(name in subjects or "'" + name in subjects, "%r is not in %r" % (name, subjects))
    if not shutil.which("soffice"):
        raise tap.Skip("there is no soffice")
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "check-mapping.csv"), "wb") as out:
            out.write(text)
        shown = rows_of(convert(folder, "check-mapping.csv", SHOWN))
        different = [(a, b) for row, other in zip(written, shown) for a, b in zip(row, other) if a != b]
        tap.check(len(shown) == len(written) and not different, "%d rows instead of %d; %r" % (len(shown), len(written), different))
        sheet = convert(folder, "check-mapping.csv", "fods")
        for sign in ("table:formula", "table:table-source", "office:dde-source", "xlink:href=\"http://evil", "<script"):
            tap.check(sign not in sheet, "%s in the sheet" % sign)
        tap.check(sheet.count("<table:table-row") >= len(written), "rows are missing")


if __name__ == "__main__":
    tap.run([("each cell shows what the table says, and nothing is run", the_cells)])
