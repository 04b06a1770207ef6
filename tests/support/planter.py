# SPDX-License-Identifier: GPL-2.0-or-later
"""Worlds whose two sides disagree on purpose, and the list of what must be found. A discrepancy is known because it was put there:
nothing here compares names, so that planter and checks cannot share a mistake."""
import copy
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
        self.codes, self.items, self.accounts, self.ledgers = [], [], [], []
        self.templates, self.payment_terms, self.companies, self.terms, self.customers = [], [], [], [], []
        self.found = {"mapping": set(), "accounts": set(), "terms": set()}
        self.next = {"code": 1000, "item": 5000, "account": 1, "ledger": 10, "name": 0, "company": 100}
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

    def _named(self, label):
        name = self.name()
        self.find("mapping", "item-missing", self.code(name, ledger=label))

    def ledger_missing(self):
        ledger = self.ledger("Nowhere " + self.name())
        self._named(ledger)
        self._named(ledger)  # told once
        self.find("accounts", "account-missing", "general ledger account %d" % ledger)

    def ledger_inactive(self):
        account = self.account("Former " + self.name(), active=False)
        ledger = self.ledger(account["FullyQualifiedName"])
        self._named(ledger)
        self.find("accounts", "account-inactive", "general ledger account %d" % ledger, account)

    def ledger_type(self):
        account = self.account("Costs " + self.name(), "Expense")
        ledger = self.ledger(account["Name"])
        self._named(ledger)
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
        entities.update(BillingCodes=self.codes, Services=[], ServiceBundles=[], Products=[], ContractMilestones=[], Invoices=[],
                        BillingItems=[], TicketCharges=[], ContractCharges=[], TimeEntries=[], InvoiceTemplates=self.templates,
                        PaymentTerms=self.payment_terms, Companies=own + self.companies)
        world["picklists"]["BillingCodes"]["generalLedgerAccount"] = self.ledgers
        world["picklists"]["InvoiceTemplates"] = {
            **world["picklists"].get("InvoiceTemplates", {}),
            "paymentTerms": [{"value": t["id"], "label": t["name"], "isActive": True} for t in self.payment_terms]}
        books.update(Item=self.items, Account=self.accounts, Term=self.terms, Customer=self.customers)
        return world
