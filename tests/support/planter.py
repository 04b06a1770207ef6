# SPDX-License-Identifier: GPL-2.0-or-later
"""Worlds whose two sides disagree on purpose, and the list of what must be found. A discrepancy is known because it was put there:
nothing here compares names, so that planter and checks cannot share a mistake."""
import copy
import datetime
import json
import random

ITEM_ACCOUNT = {"value": "1", "name": "Sales"}
WORK, MATERIAL, SERVICE, EXPENSE, INTERNAL = 1, 4, 5, 2, 3
KIND_WORDS = {WORK: "work type", MATERIAL: "material code", SERVICE: "service code"}
VARIANTS = (  # of "Alpha Beta": what people take for the same, and programs do not
    lambda s: s.replace(" ", "-", 1), lambda s: s + " ", lambda s: s.replace(" ", "  ", 1), lambda s: s + ".",
    lambda s: s.replace(" ", "\u00a0", 1), lambda s: s.replace(" ", " \u2013 ", 1), lambda s: s.replace("a", "\u0430", 1),
    lambda s: s.replace("o", "\u03bf", 1), lambda s: s.replace("e", "\u00e9", 1), lambda s: s.replace(" ", "", 1),
    lambda s: s.replace(" ", "/", 1), lambda s: "(" + s + ")", lambda s: s.replace("i", "\uff49", 1))
FIRST = ("Remote", "Onsite", "Managed", "Emergency", "Project", "Wireless", "Network", "Server", "Cloud", "Mobile", "Office", "Backup")
SECOND = ("Labor", "Support", "Review", "Migration", "Hosting", "License", "Monitoring", "Installation", "Repair", "Maintenance")


class Planter:
    """Makes rows of both systems; `found` is check -> {(kind, ids of the evidence as a sorted tuple)}."""

    def __init__(self, seed=1, by_number=False):
        self.random, self.by_number = random.Random(seed), by_number
        self.now = datetime.datetime.now(datetime.timezone.utc)
        self.codes, self.items, self.accounts, self.ledgers = [], [], [], []
        self.templates, self.payment_terms, self.companies, self.terms, self.customers = [], [], [], [], []
        self.invoices, self.lines, self.entries, self.sales_invoices = [], [], [], []
        self.found = {"mapping": set(), "accounts": set(), "terms": set(), "sync": set()}
        self.next = {"code": 1000, "item": 5000, "account": 1, "ledger": 10, "name": 0, "company": 100, "invoice": 9000, "line": 70000, "entry": 80000}
        self.sales = self.account("Sales")
        self.sales_ledger = self.ledger("Sales")

    # --- rows ---

    def _id(self, what):
        self.next[what] += 1
        return self.next[what] - 1

    def name(self):
        """No two have the same letters and digits; each has a blank and the letters a, e, i, o."""
        return "%s %s %d aeio" % (self.random.choice(FIRST), self.random.choice(SECOND), self._id("name") + 1001)

    def account(self, name, kind="Income", active=True):
        row = {"Id": str(self._id("account")), "Name": name if active else name + " (deleted)", "FullyQualifiedName": name,
               "AccountType": kind, "Active": active}
        self.accounts.append(row)
        return row

    def ledger(self, label):
        row = {"value": self._id("ledger"), "label": label, "isActive": True}
        self.ledgers.append(row)
        return row["value"]

    def code(self, name, use=WORK, active=True, ledger=0, number=None):
        row = {"id": self._id("code"), "name": name, "description": "", "useType": use, "billingCodeType": 0, "isActive": active,
               "externalNumber": number if number is not None else (name if self.by_number else "")}
        if self.by_number and number is None:
            row["name"] = "Code %d" % row["id"]
        row["generalLedgerAccount"] = self.sales_ledger if ledger == 0 else ledger
        self.codes.append(row)
        return row

    def item(self, name, kind="Service", account=ITEM_ACCOUNT, active=True, mark=False, parent=None):
        row = {"Id": str(self._id("item")), "Name": name + (" (deleted)" if mark else ""), "Type": kind, "Active": active,
               "FullyQualifiedName": (parent["Name"] + ":" if parent else "") + name}
        if account and kind != "Category":
            row["IncomeAccountRef"] = account
        if parent:
            row.update(SubItem=True, Level=1, ParentRef={"value": parent["Id"], "name": parent["Name"]})
        self.items.append(row)
        return row

    # --- what must be found ---

    def find(self, check, kind, *rows):
        ids = []
        for row in rows:
            if isinstance(row, str):
                ids.append(row)
            elif "useType" in row:
                ids.append("%s %d" % (KIND_WORDS[row["useType"]], row["id"]))
            elif "AccountType" in row:
                ids.append("account " + row["Id"])
            else:
                ids.append(("category " if row["Type"] == "Category" else "item ") + row["Id"])
        self.found[check].add((kind, tuple(sorted(ids))))

    # --- names ---

    def agree(self, use=None):
        name = self.name()
        return self.code(name, use or self.random.choice((WORK, MATERIAL, SERVICE))), self.item(name)

    def missing(self):
        self.find("mapping", "item-missing", self.code(self.name()))

    def is_category(self):
        name = self.name()
        self.find("mapping", "item-is-category", self.code(name, MATERIAL), self.item(name, "Category"))

    def and_category(self):
        name = self.name()
        code, category = self.code(name), self.item(name, "Category")
        self.find("mapping", "item-and-category", code, category, self.item(name, parent=category))

    def inactive(self):
        name = self.name()
        self.find("mapping", "item-inactive", self.code(name), self.item(name, active=False, mark=self.random.random() < 0.5))

    def near(self, variant=None):
        name = self.name()
        change = variant or self.random.choice(VARIANTS)
        pair = (name, change(name)) if self.random.random() < 0.5 else (change(name), name)
        self.find("mapping", "item-near", self.code(pair[0]), self.item(pair[1]))

    def unseen(self):
        """Equal to the eye and for whoever drops marks without width."""
        name = self.name()
        self.find("mapping", "item-near", self.code(name.replace(" ", "\u200b ", 1)), self.item(name))

    def case(self):
        name = self.name()
        self.find("mapping", "item-case", self.code(name), self.item(name.upper()))

    def no_quantity(self):
        name = self.name()
        code, item = self.code(name, MATERIAL), self.item(name, self.random.choice(("Discount", "Subtotal", "Payment")), None)
        self.find("mapping", "item-no-quantity", item, code)

    def odd_type(self):
        name = self.name()
        code, item = self.code(name, MATERIAL), self.item(name, "Group", None)
        self.find("mapping", "item-type", item, code)

    def no_account(self):
        name = self.name()
        code, item = self.code(name), self.item(name, account=None)
        for check in ("mapping", "accounts"):
            self.find(check, "item-no-account", item, code)

    def _booked_elsewhere(self, kind, account):
        name = self.name()
        code = self.code(name)
        item = self.item(name, account={"value": account["Id"], "name": account["Name"]})
        for check in ("mapping", "accounts"):
            self.find(check, kind, item, code, account)
        self.find("accounts", "account-differs", code, item, account)

    def inactive_account(self):
        self._booked_elsewhere("item-account-inactive", self.account("Closed " + self.name(), active=False))

    def account_type(self):
        self._booked_elsewhere("item-account-type", self.account(
            "Stock " + self.name(), self.random.choice(("Other Current Asset", "Expense", "Other Income", "Cost of Goods Sold"))))

    def items_alike(self):
        code, item = self.agree()
        other = self.item(self.random.choice(VARIANTS)(item["Name"]))
        self.find("mapping", "items-alike", item, other)
        self.find("mapping", "item-only-quickbooks", other)

    def codes_alike(self):
        code, item = self.agree()
        other = self.code(self.random.choice(VARIANTS)(item["Name"]), MATERIAL)
        self.find("mapping", "codes-alike", code, other)
        self.find("mapping", "item-near", other, item)

    def codes_same(self):
        code, item = self.agree(WORK)
        other = self.code(item["Name"], MATERIAL)
        self.find("mapping", "number-double" if self.by_number else "codes-same", code, other)

    def only_quickbooks(self):
        self.find("mapping", "item-only-quickbooks", self.item(self.name()))

    def forbidden(self):
        self.find("mapping", "name-forbidden", self.code(self.name().replace(" ", ": ", 1)))

    def too_long(self):
        self.find("mapping", "name-too-long", self.code((self.name() + " ") * 5))

    def no_number(self):
        self.find("mapping", "number-empty", self.code("Code without", number=""))

    def decoys(self):
        """Rows that look wrong and are not."""
        self.code(self.name(), INTERNAL)
        self.item(self.code(self.name(), EXPENSE)["externalNumber" if self.by_number else "name"])
        self.code(self.name(), active=False)
        self.item(self.name(), "Category")
        self.item(self.name(), active=False)
        code, item = self.agree()
        self.item(item["Name"], active=False, mark=True)  # the freed name was used again

    # --- accounts ---

    def no_ledger(self):
        name = self.name()
        self.item(name)
        self.find("accounts", "code-no-account", self.code(name, ledger=None))

    def _of_ledger(self, label):
        name = self.name()
        self.find("mapping", "item-missing", self.code(name, ledger=label))

    def ledger_missing(self):
        ledger = self.ledger("Nowhere " + self.name())
        self._of_ledger(ledger)
        self._of_ledger(ledger)  # told once
        self.find("accounts", "account-missing", "general ledger account %d" % ledger)

    def ledger_inactive(self):
        account = self.account("Former " + self.name(), active=False)
        ledger = self.ledger(account["FullyQualifiedName"])
        self._of_ledger(ledger)
        self.find("accounts", "account-inactive", "general ledger account %d" % ledger, account)

    def ledger_type(self):
        account = self.account("Costs " + self.name(), "Expense")
        ledger = self.ledger(account["Name"])
        self._of_ledger(ledger)
        self.find("accounts", "account-type", "general ledger account %d" % ledger, account)

    def differs(self):
        account = self.account("Other " + self.name())
        name = self.name()
        code = self.code(name, ledger=self.ledger(account["Name"]))
        self.find("accounts", "account-differs", code, self.item(name), self.accounts[0])

    # --- terms ---

    def term(self, name, active=True):
        row = {"Id": str(len(self.terms) + 1), "Name": name, "Type": "STANDARD", "DueDays": 30, "Active": active}
        self.terms.append(row)
        return row

    def template(self, term=None):
        row = {"id": len(self.templates) + 1, "name": "Template %d" % (len(self.templates) + 1), "paymentTerms": None}
        if term:
            row["paymentTerms"] = len(self.payment_terms) + 1
            self.payment_terms.append({"id": row["paymentTerms"], "name": term, "description": "", "paymentDueInDays": 30, "isActive": True})
            self.find("terms", "template-sends-term", "invoice template %d" % row["id"])
        self.templates.append(row)
        return row

    def company(self, template, term, customer=True):
        name = self.name()
        row = {"id": self._id("company"), "companyName": name, "companyType": 1, "isActive": True, "phone": "1", "ownerResourceID": 1,
               "invoiceTemplateID": template["id"]}
        self.companies.append(row)
        ids = ["organization %d" % row["id"]]
        if customer:
            twin = {"Id": str(900000 + row["id"]), "DisplayName": name, "FullyQualifiedName": name, "Active": True, "Taxable": False}
            if term:
                twin["SalesTermRef"] = {"value": term["Id"]}
            self.customers.append(twin)
            ids.append("customer " + twin["Id"])
        return ids

    def plant_terms(self, n=1):
        thirty, fifteen = self.term("Net 30"), self.term("Net 15")
        plain, sends = self.template(), self.template("Net 30")
        gone, idle = self.template("Net 60 Days"), self.template("Net 45")
        idle_term = self.term("Net 45", active=False)
        self.term("Net 60 days")  # not exactly
        self.find("terms", "term-missing", "invoice template %d" % gone["id"])
        self.find("terms", "term-inactive", "invoice template %d" % idle["id"], "term " + idle_term["Id"])
        for _ in range(n):
            self.company(plain, thirty)
            self.company(plain, None, customer=False)
            self.find("terms", "customer-no-term", *self.company(plain, None))
            self.find("terms", "term-overrides-own", *self.company(sends, fifteen))
            self.find("terms", "company-own-template", *self.company(sends, thirty))
            self.find("terms", "company-own-template", *self.company(sends, None))

    # --- invoices: `invoice` is what must be found by `check invoice ID` ---

    def invoice(self, number="", days=3, total=300.0, voided=False, lines=(), company=None, tax=0):
        made = (self.now - datetime.timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")
        row = {"id": self._id("invoice"), "companyID": company or 0, "invoiceNumber": number, "invoiceDateTime": made, "createDateTime": made,
               "invoiceTotal": total, "totalTaxValue": tax, "isVoided": voided, "batchID": 1, "invoiceEditorTemplateID": 1}
        self.invoices.append(row)
        for code, amount, entry in lines:
            line = {"id": self._id("line"), "invoiceID": row["id"], "companyID": row["companyID"], "billingItemType": 1, "subType": 1,
                    "itemName": "Line", "description": "", "quantity": 1, "rate": amount, "totalAmount": amount, "nonBillable": 0,
                    "billingCodeID": code and code["id"], "timeEntryID": entry and entry["id"]}
            self.lines.append(line)
        return row

    def _named(self, row):
        return "invoice %d" % row["id"]

    def plant_sync(self, n=1):
        for _ in range(n):
            self.find("sync", "sync-error", self._named(self.invoice("ERROR", self.random.randint(0, 300))))
            self.find("sync", "sync-due", self._named(self.invoice("", self.random.randint(0, 13))))
            self.find("sync", "sync-too-old", self._named(self.invoice("", self.random.randint(15, 300))))
            negative = self.invoice("", 2, total=-5.0)
            self.find("sync", "sync-due", self._named(negative))
            self.find("sync", "invoice-negative", self._named(negative))
            number = "N%d" % self._id("name")
            self.find("sync", "number-twice", self._named(self.invoice(number)), self._named(self.invoice(number)))
            self.invoice("ERROR", 5, voided=True)
            self.invoice("", 50, voided=True)
            self.invoice("M%d" % self._id("name"), 20)

    def plant_invoices(self):
        """[(id, what must be found)]: each invoice has one thing wrong. Its company finds its customer, its codes their items."""
        template = self.templates[0]
        company = self.company(template, None)
        acme = self.companies[-1]
        self.found["terms"].clear()  # not asked for here
        code, _ = self.agree(WORK)
        gone = self.code(self.name())
        twin = ("name-in-quickbooks", tuple(sorted(company)))
        known = []

        def plant(kinds, row, also=(twin,), due="invoice-due"):
            mine = {(kind, tuple(sorted((self._named(row),) + ids))) for kind, ids in kinds}
            if due:
                mine.add((due, (self._named(row),)))
            known.append((row["id"], mine | set(also)))

        def make(number="", lines=((code, 300.0, None),), **more):
            return self.invoice(number, lines=lines, company=acme["id"], **more)

        def in_quickbooks(number, total, customer=acme["companyName"], tax=0):
            row = {"Id": str(7000 + len(self.sales_invoices)), "DocNumber": number, "TxnDate": "2026-11-01", "TotalAmt": total, "Balance": total,
                   "CustomerRef": {"value": "1", "name": customer}, "Line": [], "TxnTaxDetail": {"TotalTax": tax}}
            self.sales_invoices.append(row)
            return ("Invoice " + row["Id"],)

        plant([], make())
        plant([], make(days=40), due="invoice-too-old")
        plant([("invoice-error", ())], make("ERROR"), due=None)
        plant([("invoice-voided", ())], make(voided=True), due=None)
        plant([("invoice-negative", ())], make(total=-3.0))
        plant([("invoice-not-there", ())], make("A1"), due=None)
        plant([("invoice-transferred", in_quickbooks("A2", 300.0))], make("A2"), also=(), due=None)
        plant([("total-differs", in_quickbooks("A3", 310.0)), ], make("A3"), also=(), due=None)
        ids = in_quickbooks("A4", 310.0, tax=10)
        plant([("total-differs", ids), ("tax-differs", ids)], make("A4"), also=(), due=None)
        plant([("number-taken", in_quickbooks("A5", 300.0, "Somebody else")), ("invoice-not-there", ())], make("A5"), due=None)
        row = make("A6")
        ids, other = in_quickbooks("A6", 300.0), in_quickbooks("A6", 20.0)
        plant([("invoice-transferred", ids)], row, also=(("number-twice-quickbooks", tuple(sorted(ids + other))),), due=None)
        row = make(lines=((gone, 300.0, None),))
        plant([], row, also=(twin, ("item-missing", ("work type %d" % gone["id"],))))
        row = make(lines=((code, 0, None),))
        plant([], row, also=(twin, ("line-zero", ("billing item %d" % self.lines[-1]["id"],))))
        row = make(lines=((None, 10.0, None),))
        plant([], row, also=(twin, ("line-no-code", ("billing item %d" % self.lines[-1]["id"],))))
        entry = {"id": self._id("entry"), "resourceID": 29682885, "ticketID": None, "billingCodeID": None, "roleID": 1, "hoursWorked": 1,
                 "hoursToBill": 1, "isNonBillable": False, "dateWorked": "2026-11-01T00:00:00Z"}
        self.entries.append(entry)
        row = make(lines=((None, 0, entry),))
        plant([], row, also=(twin, ("line-no-work-type", ("billing item %d" % self.lines[-1]["id"], "time entry %d" % entry["id"]))))
        return known

    # --- worlds ---

    EVERY = ("missing", "is_category", "and_category", "inactive", "near", "unseen", "case", "no_quantity", "odd_type", "no_account",
             "inactive_account", "account_type", "items_alike", "codes_alike", "codes_same", "only_quickbooks", "forbidden", "too_long",
             "decoys", "no_ledger", "ledger_missing", "ledger_inactive", "ledger_type", "differs")

    def fill(self, each, pairs):
        """`each` of every kind; pairs that agree until there are that many codes."""
        for plant in self.EVERY + (("no_number",) if self.by_number else ()):
            for _ in range(each):
                getattr(self, plant)()
        for variant in VARIANTS:
            self.near(variant)
        while len(self.codes) < pairs:
            self.agree()
        self.plant_terms(each)
        self.plant_sync(each)
        for rows in (self.codes, self.items, self.accounts):
            self.random.shuffle(rows)
        return self

    def world(self, base):
        """The world file of the sandbox, with these rows instead of its own."""
        with open(base, encoding="utf-8") as source:
            world = copy.deepcopy(json.load(source))
        entities, books = world["entities"], world["quickbooks"]["entities"]
        own = [row for row in entities["Companies"] if row["id"] == 0]
        for row in own:
            row["invoiceTemplateID"] = self.templates[0]["id"] if self.templates else None
        entities.update(BillingCodes=self.codes, Services=[], ServiceBundles=[], Products=[], ContractMilestones=[], Invoices=self.invoices,
                        BillingItems=self.lines, TicketCharges=[], ContractCharges=[], TimeEntries=self.entries, InvoiceTemplates=self.templates,
                        PaymentTerms=self.payment_terms, Companies=own + self.companies)
        world["picklists"]["BillingCodes"]["generalLedgerAccount"] = self.ledgers
        world["picklists"]["InvoiceTemplates"] = {
            **world["picklists"].get("InvoiceTemplates", {}),
            "paymentTerms": [{"value": t["id"], "label": t["name"], "isActive": True} for t in self.payment_terms]}
        books.update(Item=self.items, Account=self.accounts, Term=self.terms, Customer=self.customers, Invoice=self.sales_invoices)
        world["quickbooks"]["Preferences"]["AccountingInfoPrefs"].pop("BookCloseDate")
        return world
