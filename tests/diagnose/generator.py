# SPDX-License-Identifier: GPL-2.0-or-later
"""Mails with errors of the sync in them, from the literal texts of errors.tsv: names, numbers, wraps, marks, encodings and surroundings
vary. Never looks at the rules. Each mail says which errors, with which parameters, have to be found in it."""
import base64
import html
import json
import os
import quopri
import random
import re
import textwrap

HERE = os.path.dirname(os.path.abspath(__file__))
COMPANIES = ["Acme Corp", "Baker Dental Group", "Contoso", "Delta Plumbing, Inc.", "O'Brien & Sons LLC", "St. Mary's Clinic", "North-West Freight",
             "Müller Werkzeuge GmbH", "Société Lumière", "Fabrikam Holdings", "Green Valley School District", "7th Street Bakery",
             "Harbor View Dental, PLLC", "Law Offices of Kim and Park", "Tailspin Toys"]
PEOPLE = ["Sarah Miller", "Mike Jones", "Priya Patel", "Jörg Weber"]
ITEMS = ["Managed Services", "Remote Support", "Server Care", "On-Site Labor", "Backup & Recovery", "Support: After Hours", "Microsoft 365 Business Premium"]
RECORDS = ("invoice_number", "invoice_id", "customer_name")


class Error:
    """One text of the table with its places filled in."""

    def __init__(self, rng, ident, product, text):
        self.id, self.product, self.want = ident, product, {}
        values = {}

        def fill(match):
            name, _, value = match.group(1).partition("=")
            if not value:
                value = values.get(name) or self.invent(rng, name)
                values[name] = value
            self.want.setdefault(name, []).append(value) if value not in self.want.get(name, []) else None
            return value
        self.text = re.sub(r"\{(\w+(?:=[^}]*)?)\}", fill, text)

    @staticmethod
    def invent(rng, name):
        if name.endswith("_id") or name in ("supplied_length", "doc_number", "invoice_number", "edit_sequence"):
            return str(rng.randint(1000, 999999))
        if name == "supplied_value":
            return "%d.%02d" % (rng.randint(1, 999), rng.randint(0, 99))
        if name == "customer_name":
            return rng.choice(COMPANIES)
        if name == "user_name":
            return rng.choice(PEOPLE)
        return rng.choice(ITEMS)


def table():
    rows = []
    with open(os.path.join(HERE, "errors.tsv"), encoding="utf-8") as source:
        for line in source:
            if not line.startswith("#"):
                rows.append(line.rstrip("\n").split("\t"))
    return rows


class Mail:
    def __init__(self, name, body, wants, markup=None, encoding="8bit", flowed=False):
        self.name, self.body, self.wants = name, body, wants
        self.markup, self.encoding, self.flowed = markup, encoding, flowed

    def bytes(self):
        head = ["From: Dana Reed <dana@corp.test>", "To: desk@corp.test", "Subject: FW: transfer", "Date: Tue, 24 Nov 2026 09:12:00 +0000",
                "Message-ID: <m1@corp.test>", "MIME-Version: 1.0"]
        kind, text = ("html", self.markup) if self.markup else ("plain", self.body)
        data = text.encode("utf-8")
        if self.encoding == "base64":
            data = base64.encodebytes(data)
        elif self.encoding == "quoted-printable":
            data = quopri.encodestring(data)
        head += ["Content-Type: text/%s; charset=utf-8%s" % (kind, "; format=flowed" if self.flowed else ""),
                 "Content-Transfer-Encoding: " + self.encoding, "", ""]
        return "\r\n".join(head).encode() + data.replace(b"\n", b"\r\n")


def envelope(error, rng):
    """The text as its product tells it, one logical line."""
    if error.product == "qbo":
        if "statusCode=" in error.text:
            return "Reason: There was an error. " + error.text
        status = rng.choice(["400", "400", "500"])
        error.want["http_status"] = [status]
        return "Reason: There was an error. %s %s" % (status, error.text)
    if error.product == "at":
        return "Autotask said: " + error.text
    if error.product == "qbd":
        return "QuickBooks transfer: " + error.text
    return error.text


def records(error, rng, count=1):
    """Facts that stand beside an error; the error's own customer stays the only one."""
    out = []
    for _ in range(count):
        fact = {"invoice_number": str(rng.randint(10000, 99999)), "customer_name": rng.choice(COMPANIES)}
        if rng.random() < 0.3:
            fact["invoice_number"] = "INV-" + fact["invoice_number"]
        if "customer_name" in error.want:
            del fact["customer_name"]
        out.append(fact)
        for name, value in fact.items():
            if value not in error.want.setdefault(name, []):
                error.want[name].append(value)
    return out


SIGNATURE = "\n\n-- \nDana Reed\nBookkeeping, error and all\n+1 555 0100\n\nThis e-mail is confidential. If you have received this in error, please notify the " \
            "sender and delete it.\n"
SENT = "From: Autotask <no-reply@autotask.test>\nSent: Monday, November 23, 2026 6:01 PM\nTo: Dana Reed <dana@corp.test>\nSubject: Transfer failed\n\n"


def wrap(text, width, prefix=""):
    lines = []
    for line in text.split("\n"):
        lines += textwrap.wrap(line, width, break_long_words=True, break_on_hyphens=False) or [""]
    return "\n".join((prefix + line).rstrip() for line in lines)


def labelled(fact, line):
    head = "Invoice Number: %s" % fact["invoice_number"]
    if "customer_name" in fact:
        head += "\nCompany: %s" % fact["customer_name"]
    return head + "\n" + line


# --- each takes an error, gives a mail ---

def plain(error, rng):
    return "Hi,\n\nsee below.\n\n%s\n\nThanks\nDana\n" % envelope(error, rng)


def narrow(error, rng):
    return wrap("Hi, what does this mean?\n\n" + envelope(error, rng), rng.choice([38, 50, 64, 72, 76])) + SIGNATURE


def quoted(error, rng):
    text = labelled(records(error, rng)[0], envelope(error, rng))
    return "See below.\n\n" + wrap(SENT + text, rng.choice([60, 72]), rng.choice(["> ", "> > ", ">> ", ">"])) + "\n"


def forwarded(error, rng):
    return "Please fix.\n\n" + rng.choice(["-----Original Message-----\n", "________________________________\n", ""]) + SENT + \
        labelled(records(error, rng)[0], envelope(error, rng)) + SIGNATURE


def marks(error, rng):
    text = envelope(error, rng).replace("'", "’")
    text = re.sub(r'"([^"]*)"', "“\\1”", text)
    text = re.sub(" ", lambda _: rng.choice([" ", " ", " ", "\u00a0", "\u202f", "  "]), text)
    return "Hi,\n" + text.replace("...", "…") + "\n"


def flowed(error, rng):
    lines = textwrap.wrap(envelope(error, rng), 60, break_long_words=False, break_on_hyphens=False)
    return "Hi,\n\n" + " \n".join("> " + line for line in lines) + "\n"


def leftovers(error, rng):
    """Quoted-printable that nobody decoded."""
    return quopri.encodestring(("Hello,\n\n" + envelope(error, rng) + "\n").encode()).decode()


def entities(error, rng):
    return "Hi,\n\n" + html.escape(envelope(error, rng)).replace("&#x27;", "&#39;").replace(" ", "&nbsp;", 3) + "\n"


def hard(error, rng):
    """Cut at a column, words or not, as an old program does. Words of the error are found across that; what stood at the end of a line, a
    blank or nothing, cannot be known, so its facts are not asked for."""
    text, width = envelope(error, rng), rng.choice([30, 40, 48])
    error.want.clear()
    return "Hi,\n\n" + "\n".join(text[i:i + width] for i in range(0, len(text), width)) + "\n"


def log(error, rng):
    fact = records(error, rng)[0]
    who = "Invoice %s%s: " % (fact["invoice_number"], " (%s)" % fact["customer_name"] if "customer_name" in fact else "")
    return "2026-11-24 06:00:01 INFO transfer begins\n2026-11-24 06:00:05 ERROR %s%s\n2026-11-24 06:00:09 INFO transfer ends\n" % \
        (who, envelope(error, rng))


def several(error, rng):
    """The same error of three invoices is one answer."""
    line, out = envelope(error, rng), []
    for fact in records(error, rng, 3):
        out.append(labelled(fact, line))
    return "All of these failed:\n\n" + "\n\n".join(out) + "\n"


def beside(error, rng):
    fact = records(error, rng)[0]
    name = fact.get("customer_name")
    form = rng.choice(["Invoice #%s for %s: ", "Invoice %s (%s): ", "Invoice %s, %s - ", "Invoice %s / %s: ", "Invoice %s - %s: "])
    return "Failed today:\n" + (form % (fact["invoice_number"], name) if name else "Invoice %s: " % fact["invoice_number"]) + \
        envelope(error, rng) + "\n"


def ids(error, rng):
    error.want["invoice_id"] = [str(rng.randint(1000, 99999))]
    return "The following invoice could not be transferred.\n\nInvoice ID: %s\n\n%s\n" % (error.want["invoice_id"][0], envelope(error, rng))


def under(error, rng):
    fact = records(error, rng)[0]
    return "Hello Dana,\n\n%s\n\nInvoice: %s\n%s" % (envelope(error, rng), fact["invoice_number"],
                                                    "Customer: %s\n" % fact["customer_name"] if "customer_name" in fact else "")


def cells(error, rng):
    fact = records(error, rng)[0]
    rows = [("Invoice", "Customer", "Result"), (fact["invoice_number"], fact.get("customer_name", "-"), envelope(error, rng))]
    if "customer_name" not in fact:
        rows = [(a, c) for a, _, c in rows]
    return "<html><body><p>Hi,</p><table>" + "".join(
        "<tr>" + "".join("<td><span>%s</span></td>" % html.escape(c) for c in row) + "</tr>" for row in rows) + "</table></body></html>"


def markup(error, rng):
    text = html.escape(envelope(error, rng)).replace(": ", ":<br>\n", 1)
    return "<html><body><div>Hello</div><p>%s</p><div style='color:gray'>Dana</div></body></html>" % text


def pairs(error, rng):
    fact = records(error, rng)[0]
    rows = [("Invoice Number", fact["invoice_number"])]
    if "customer_name" in fact:
        rows.append(("Company", fact["customer_name"]))
    rows.append(("Message", envelope(error, rng)))
    return "<table>" + "".join("<tr><td>%s</td><td>%s</td></tr>" % (a, html.escape(b)) for a, b in rows) + "</table>"


def said(error, rng):
    fact = records(error, rng)[0]
    text = envelope(error, rng)
    return "When I sync invoice %s to QuickBooks I get \u201c%s\u201d. What now?\n" % (fact["invoice_number"], text) + \
        ("Customer: %s\n" % fact["customer_name"] if "customer_name" in fact else "")


def relayed(error, rng):
    if error.product != "qbo":
        return plain(error, rng)
    return "Sync of today:\n  QBO 2500 \u2014 %s\n" % error.text


def as_json(error, rng):
    if error.product != "qbo" or error.id == "qbo-fault-other":
        return plain(error, rng)
    error.want.setdefault("error_code", []).append("9999")
    return json.dumps({"Fault": {"Error": [{"Message": "A fault of QuickBooks", "Detail": error.text, "code": "9999"}]}}) + "\n"


def as_xml(error, rng):
    if error.product != "qbd":
        return plain(error, rng)
    error.want["error_code"] = ["3999"]
    return '<?xml version="1.0"?>\n<QBXML><QBXMLMsgsRs>\n<InvoiceAddRs requestID="7" statusCode="3999" statusSeverity="Error" statusMessage="%s" />\n' \
        '</QBXMLMsgsRs></QBXML>\n' % html.escape(error.text)


def tabbed(error, rng):
    fact = records(error, rng)[0]
    rows = ["Invoice\tCustomer\tMessage", "%s\t%s\t%s" % (fact["invoice_number"], fact.get("customer_name", ""), envelope(error, rng))]
    return "From the export:\n" + "\n".join(rows) + "\n"


def numbered(error, rng):
    fact = records(error, rng)[0]
    return "Please look at these:\n1. Printer on floor 2 is down\n2. Invoice %s%s: %s\n3. New keyboard for Tom\n" % (
        fact["invoice_number"], " for " + fact["customer_name"] if "customer_name" in fact else "", envelope(error, rng))


FORMS = [plain, narrow, quoted, forwarded, marks, flowed, leftovers, entities, hard, log, several, beside, ids, under, cells, markup, pairs, said, relayed, as_json, as_xml, tabbed,
         numbered]
MARKUP = {cells, markup, pairs}


def staff_plain(error, rng):
    return "Hi,\n\n%s. Can you help?\n\nThanks,\nDana\n" % error.text.rstrip(".")


def staff_short(error, rng):
    return error.text + "\n"


def staff_wrapped(error, rng):
    return wrap("Hello team,\n\nI just saw this: " + error.text, rng.choice([30, 44, 60])) + SIGNATURE


def staff_marks(error, rng):
    return "Hi!\n" + re.sub(r'"([^"]*)"', "“\\1”", error.text.replace("'", "’")).replace(" ", "\u00a0", 2) + "\n"


STAFF = [staff_plain, staff_short, staff_wrapped, staff_marks]


def make(form, row, rng):
    error = Error(rng, *row)
    text = form(error, rng)
    want = [(error.id, error.want)]
    name = "%s, %s" % (error.id, form.__name__)
    if form in MARKUP:
        return Mail(name, None, want, text, rng.choice(["base64", "quoted-printable", "8bit"]))
    return Mail(name, text, want, None, rng.choice(["base64", "quoted-printable", "8bit"]), form is flowed)


def mails(seed=1, rounds=4):
    """Each entry in `rounds` forms and more; the texts of an entry take turns."""
    rng, by_id = random.Random(seed), {}
    for row in table():
        by_id.setdefault(row[0], []).append(row)
    out, turn = [], 0
    for rows in by_id.values():
        for i in range(max(rounds, len(rows))):
            row = rows[i % len(rows)]
            forms = STAFF if row[1] == "staff" else FORMS
            out.append(make(forms[turn % len(forms)], row, rng))
            turn += 1
    return out


def together(seed=1, count=40):
    """Two or three errors in one mail: as many answers, in order, each with its own invoice."""
    rng, out = random.Random(seed), []
    rows = [row for row in table() if row[1] == "qbo" and row[0] != "qbo-fault-other"]
    for i in range(count):
        chosen, parts, wants = rng.sample(rows, rng.choice([2, 2, 3])), [], []
        if len({row[0] for row in chosen}) < len(chosen):
            continue
        for row in chosen:
            error = Error(rng, *row)
            parts.append(labelled(records(error, rng)[0], envelope(error, rng)))
            wants.append((error.id, error.want))
        out.append(Mail("together %d: %s" % (i, ", ".join(row[0] for row in chosen)), "Hi,\n\n" + "\n\n".join(parts) + "\n", wants))
    return out
