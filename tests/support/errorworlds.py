# SPDX-License-Identifier: GPL-2.0-or-later
"""Worlds that confirm and worlds that refute an error of the sync: a table, a row a rule. The base is a firm whose books agree; a case
changes as little of it as the error needs, and says which records must be the evidence."""
import copy
import datetime
import json

ERROR, DONE = "9000", "9001"  # ids: one stands in ERROR, one is in QuickBooks as number 10234
NUMBER = "10234"


class World:
    """Rows of both systems by name; `put` and `drop` change them."""

    def __init__(self):
        made = (datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=2)).strftime("%Y-%m-%d")
        self.day = made
        at = made + "T18:00:00Z"
        self.autotask = {
            "company": ("Companies", {
                "id": 100, "companyName": "Harbor Cafe", "companyType": 1, "isActive": True, "phone": "1", "ownerResourceID": 29680105,
                "invoiceTemplateID": 1, "invoiceMethod": 2, "taxRegionID": 1, "isTaxExempt": False, "currencyID": 1,
                "webAddress": "www.harborcafe.example"}),
            "contact": ("Contacts", {"id": 200, "companyID": 100, "firstName": "Bob", "lastName": "Miller", "isActive": 1,
                                     "emailAddress": "bob@harborcafe.example", "primaryContact": True}),
            "currency": ("Currencies", {"id": 1, "name": "USD", "description": "US Dollar", "isActive": True}),
            "work": ("BillingCodes", {"id": 1001, "name": "Helpdesk Labor", "description": "", "useType": 1, "billingCodeType": 0,
                                      "isActive": True, "externalNumber": "", "generalLedgerAccount": 12, "taxCategoryID": 1}),
            "material": ("BillingCodes", {"id": 1004, "name": "Spare Parts", "description": "", "useType": 4, "billingCodeType": 0,
                                          "isActive": True, "externalNumber": "", "generalLedgerAccount": 12, "taxCategoryID": 1}),
            "template": ("InvoiceTemplates", {"id": 1, "name": "Standard", "paymentTerms": 3}),
            "term": ("PaymentTerms", {"id": 3, "name": "Net 30", "description": "", "paymentDueInDays": 30, "isActive": True}),
            "entry": ("TimeEntries", {"id": 80000, "resourceID": 29680101, "ticketID": 40001, "roleID": 29680201, "billingCodeID": 1001,
                                      "dateWorked": made, "hoursWorked": 2, "hoursToBill": 2, "isNonBillable": False}),
            "invoice": ("Invoices", {
                "id": 9000, "companyID": 100, "invoiceNumber": "ERROR", "invoiceDateTime": at, "createDateTime": at, "invoiceTotal": 300,
                "totalTaxValue": 0, "paymentTerm": 3, "isVoided": False, "batchID": 1, "invoiceEditorTemplateID": 1, "comments": "",
                "taxRegionName": "California", "orderNumber": "PO 1"}),
            "done": ("Invoices", {
                "id": 9001, "companyID": 100, "invoiceNumber": NUMBER, "invoiceDateTime": at, "createDateTime": at, "invoiceTotal": 350,
                "totalTaxValue": 0, "paymentTerm": 3, "isVoided": False, "batchID": 1, "invoiceEditorTemplateID": 1, "comments": "",
                "taxRegionName": "California", "webServiceDate": at}),
        }
        for key, invoice, first in (("line", 9000, 70000), ("done line", 9001, 70010)):
            self.autotask[key] = ("BillingItems", {
                "id": first, "invoiceID": invoice, "companyID": 100, "billingItemType": 1, "subType": 1, "itemName": "Help with printers",
                "description": "Labor", "quantity": 2, "rate": 100, "totalAmount": 200, "nonBillable": 0, "billingCodeID": 1001,
                "timeEntryID": 80000, "ticketID": 40001, "organizationalLevelAssociationID": 5})
            self.autotask[key + " 2"] = ("BillingItems", {
                "id": first + 1, "invoiceID": invoice, "companyID": 100, "billingItemType": 2, "subType": 1, "itemName": "Toner",
                "description": "Black", "quantity": 1, "rate": 100 if invoice == 9000 else 150,
                "totalAmount": 100 if invoice == 9000 else 150, "nonBillable": 0, "billingCodeID": 1004,
                "organizationalLevelAssociationID": 5})
        self.books = {
            "account": ("Account", {"Id": "79", "Name": "Services", "FullyQualifiedName": "Services", "AccountType": "Income"}),
            "item": ("Item", self.item("500", "Helpdesk Labor", "Service")),
            "item 2": ("Item", self.item("501", "Spare Parts", "NonInventory")),
            "qb term": ("Term", {"Id": "3", "Name": "Net 30", "Type": "STANDARD", "DueDays": 30, "Active": True}),
            "net 15": ("Term", {"Id": "4", "Name": "Net 15", "Type": "STANDARD", "DueDays": 15, "Active": True}),
            "tax": ("TaxCode", {"Id": "7", "Name": "California", "Description": "", "Active": True}),
            "rate": ("TaxRate", {"Id": "9", "Name": "California rate", "Active": True}),
            "customer": ("Customer", {
                "Id": "24", "DisplayName": "Harbor Cafe", "FullyQualifiedName": "Harbor Cafe", "Active": True, "Job": False,
                "SalesTermRef": {"value": "3"}, "PrimaryEmailAddr": {"Address": "books@harborcafe.example"},
                "CurrencyRef": {"value": "USD"}, "BillAddr": {"CountrySubDivisionCode": "CA", "PostalCode": "94105"}}),
            "qb invoice": ("Invoice", {
                "Id": "145", "DocNumber": NUMBER, "TxnDate": made, "CustomerRef": {"value": "24", "name": "Harbor Cafe"},
                "SalesTermRef": {"value": "3", "name": "Net 30"}, "TxnTaxDetail": {"TotalTax": 0}, "TotalAmt": 350, "Balance": 350,
                "EmailStatus": "EmailSent", "Line": []}),
        }
        self.preferences = {
            "Id": "1", "SalesFormsPrefs": {
                "CustomTxnNumbers": False, "DefaultTerms": {"value": "3"},
                "CustomField": [{"CustomField": [{"Name": "SalesFormsPrefs.UseSalesCustom1", "BooleanValue": True}]}]},
            "AccountingInfoPrefs": {"BookCloseDate": "2020-12-31", "ClassTrackingPerTxn": True},
            "TaxPrefs": {"UsingSalesTax": True, "PartnerTaxEnabled": False},
            "CurrencyPrefs": {"MultiCurrencyEnabled": True, "HomeCurrency": {"value": "USD"}}, "ProductAndServicesPrefs": {}}
        self.company = {"Id": "1", "CompanyName": "Northwind IT", "Country": "CA", "NameValue": [
            {"Name": "SubscriptionStatus", "Value": "SUBSCRIBED"}, {"Name": "OfferingSku", "Value": "QuickBooks Online Plus"}]}
        self.faults, self.settings = [], {}

    @staticmethod
    def item(number, name, kind):
        row = {"Id": number, "Name": name, "FullyQualifiedName": name, "Type": kind, "Active": True}
        if kind != "Category":
            row["IncomeAccountRef"] = {"value": "79", "name": "Services"}
        return row

    def put(self, key, **fields):
        """Changes a row; None takes a field away."""
        row = (self.autotask if key in self.autotask else self.books)[key][1]
        for name, value in fields.items():
            if value is None and key in self.books:
                row.pop(name, None)
            else:
                row[name] = value

    def add(self, entity, **row):
        (self.autotask if "id" in row else self.books)["added %d" % (len(self.autotask) + len(self.books))] = (entity, row)

    def drop(self, key):
        (self.autotask if key in self.autotask else self.books).pop(key)

    def file(self, fixture):
        """The world file of the sandbox."""
        with open(fixture, encoding="utf-8") as source:
            world = copy.deepcopy(json.load(source))
        entities, books = world["entities"], world["quickbooks"]["entities"]
        keep = {"Companies": [row for row in entities["Companies"] if row["id"] == 0]}
        for name in {e for e, _ in self.autotask.values()} | {"Services", "ServiceBundles", "Products", "TicketCharges"}:
            entities[name] = keep.get(name, []) + [copy.deepcopy(r) for e, r in self.autotask.values() if e == name]
        for name in ("Item", "Account", "Term", "TaxCode", "TaxRate", "Customer", "Vendor", "Employee", "Invoice", "CreditMemo", "Payment"):
            books[name] = [copy.deepcopy(r) for e, r in self.books.values() if e == name]
        world["quickbooks"]["Preferences"], world["quickbooks"]["CompanyInfo"] = self.preferences, self.company
        return world


# --- small changes ---

def row(key, **fields):
    return lambda w: w.put(key, **fields)


def new(entity, **fields):
    return lambda w: w.add(entity, **fields)


def gone(key):
    return lambda w: w.drop(key)


def setting(group, **fields):
    return lambda w: w.preferences[group].update(fields)


def country(name):
    return lambda w: w.company.update(Country=name)


def subscription(status):
    return lambda w: w.company["NameValue"][0].update(Value=status)


def fault(**rule):
    return lambda w: w.faults.append(rule)


def both(*changes):
    def change(w):
        for each in changes:
            each(w)
    return change


def nothing(_):
    pass


CATEGORY = both(row("item 2", Type="Category", IncomeAccountRef=None),
                new("Products", id=600, name="Toner black", productBillingCodeID=1004, chargeBillingCodeID=None, isActive=True))
VENDOR = both(gone("customer"), new("Vendor", Id="40", DisplayName="Harbor Cafe", Active=True))
OLD_CUSTOMER = row("customer", Active=False, DisplayName="Harbor Cafe (deleted)")
OLD_ITEM = row("item", Active=False)
PAYMENT = both(row("qb invoice", LinkedTxn=[{"TxnId": "300", "TxnType": "Payment"}]),
               new("Payment", Id="300", TxnDate="2026-01-01", LinkedTxn=[{"TxnId": "400", "TxnType": "Deposit"}],
                   Line=[{"LinkedTxn": [{"TxnId": "145", "TxnType": "Invoice"}]}]))
AWAY = fault(action="status", status=503, path="v3/company/*")


class Case:
    """`confirm`: the change that makes it so, `evidence`: pieces of the evidence that must be told, `values`: parameters of the mail.
    `refute`: a change that does not; `refuted`: what it is then, where that is not "refuted"."""

    def __init__(self, confirm, *evidence, values=None, refute=nothing, refuted="refuted", refuted_values=None, integration="qbo-app",
                 kind=None):
        self.confirm, self.evidence, self.refute, self.refuted, self.kind = confirm, evidence, refute, refuted, kind
        self.values = {"invoice_id": ERROR} if values is None else values
        self.refuted_values = self.values if refuted_values is None else refuted_values
        self.integration = integration


def done(confirm, *evidence, **more):
    return Case(confirm, *evidence, values={"invoice_number": NUMBER}, **more)


def desktop(confirm, *evidence, **more):
    return Case(confirm, *evidence, integration="qbd", **more)


LINE, LINE_2, INVOICE = "Autotask billing item 70000", "Autotask billing item 70001", "Autotask invoice 9000"
CUSTOMER, ITEM, COMPANY = "QuickBooks customer 24", "QuickBooks item 500", "Autotask organization 100"
WORK, MATERIAL = "Autotask work type 1001", "Autotask material code 1004"

CASES = {
    "at-class-missing": done(row("done line", organizationalLevelAssociationID=None), "Autotask billing item 70010"),
    "at-duplicate-customer": Case(new("Customer", Id="25", DisplayName="Harbor Cafe.", Active=True), CUSTOMER, "QuickBooks customer 25",
                                  values={"customer_name": "Harbor Cafe"}),
    "at-duplicate-items": Case(new("Item", **World.item("502", "Helpdesk-Labor", "Service")), ITEM, "QuickBooks item 502", values={}),
    "at-income-account-wrong": Case(row("work", generalLedgerAccount=None), WORK, values={}),
    "at-invoice-not-emailed": done(row("qb invoice", EmailStatus="NeedToSend"), "QuickBooks Invoice 145"),
    "at-invoice-not-picked-up": Case(row("invoice", invoiceNumber=""), INVOICE, refuted="solved",
                                     refuted_values={"invoice_number": NUMBER}),
    "at-invoice-number-error": Case(nothing, INVOICE, refuted="solved", refuted_values={"invoice_number": NUMBER}),
    "at-item-missing": Case(row("item", Name="Phone Support"), WORK, values={"item_name": "Helpdesk Labor"}),
    "at-number-not-assigned": done(both(row("qb invoice", DocNumber=None), row("done", invoiceNumber=NUMBER)), "QuickBooks Invoice 145"),
    "at-payment-not-returned": done(row("qb invoice", Balance=0), "QuickBooks Invoice 145"),
    "at-tax-mismatch": done(row("qb invoice", TotalAmt=380, TxnTaxDetail={"TotalTax": 30}), "QuickBooks Invoice 145", kind="tax-differs"),
    "at-terms-blank": done(row("qb invoice", SalesTermRef=None), "QuickBooks Invoice 145"),
    "at-terms-overridden": done(row("customer", SalesTermRef={"value": "4"}), CUSTOMER),
    "at-threshold": Case(lambda w: w.settings.update(other_calls=8000, added_latency_ms=0), values={}),
    "at-void-not-synced": done(row("done", isVoided=True), "QuickBooks Invoice 145"),
    "at-zero-amount-line": done(both(row("done line", billingCodeID=None, totalAmount=0, rate=0), row("entry", billingCodeID=None)),
                                "Autotask billing item 70010", "Autotask time entry 80000", "Autotask ticket 40001",
                                kind="line-no-work-type"),
    "negative-invoice-total": Case(row("invoice", invoiceTotal=-20), INVOICE),
    "qbd-convert-error": desktop(row("line", quantity=2.1234567), LINE),
    "qbd-customer-email-missing": desktop(row("company", invoiceMethod=1), COMPANY, values={"customer_name": "Harbor Cafe"}),
    "qbd-name-has-colon": desktop(row("work", name="Helpdesk: Labor"), WORK),
    "qbd-name-in-use": desktop(nothing, WORK, values={"object_name": "Helpdesk Labor"}, refuted_values={"object_name": "Unheard Of"}),
    "qbd-negative-total": desktop(row("invoice", invoiceTotal=-20), INVOICE),
    "qbd-quantity-not-allowed": desktop(row("material", name="Loyalty Discount"), LINE_2, MATERIAL, refuted="unchecked"),
    "qbd-query-element-missing": desktop(nothing, COMPANY, values={"object_name": "Harbor Cafe"},
                                         refuted_values={"object_name": "Unheard Of"}),
    "qbd-ref-class": desktop(nothing, LINE, refute=both(row("line", organizationalLevelAssociationID=None),
                                                        row("line 2", organizationalLevelAssociationID=None))),
    "qbd-ref-customer": desktop(nothing, COMPANY, values={"customer_name": "Harbor Cafe"}, refuted_values={"customer_name": "Unheard Of"}),
    "qbd-ref-item": desktop(nothing, WORK, values={"item_name": "Helpdesk Labor"}, refuted_values={"item_name": "Unheard Of"}),
    "qbd-ref-tax": desktop(nothing, INVOICE, values={"invoice_id": ERROR, "tax_code": "California"},
                           refuted_values={"invoice_id": ERROR, "tax_code": "State Tax"}),
    "qbd-ref-terms": desktop(nothing, "Autotask invoice template 1", values={}, refute=row("template", paymentTerms=None)),
    "qbd-ref-vendor": desktop(nothing, COMPANY, values={"vendor_name": "Harbor Cafe"}, refuted_values={"vendor_name": "Unheard Of"}),
    "qbd-storing-error": desktop(row("company", companyName="Harbor: Cafe"), COMPANY),
    "qbd-text-too-long": desktop(row("work", name="x" * 32), WORK),
    "qbd-xml-parse": desktop(row("line", description="Printer \u201cbig\u201d"), INVOICE),
    "qbo-account-type-wrong": Case(row("account", AccountType="Expense"), ITEM, "QuickBooks account 79", WORK),
    "qbo-activate-item": Case(OLD_ITEM, ITEM, WORK),
    "qbo-amount-mismatch": Case(row("line", totalAmount=201), LINE),
    "qbo-bad-date": Case(row("invoice", invoiceDateTime="1970-01-02T00:00:00Z"), INVOICE),
    "qbo-bad-number": Case(row("line", quantity=0.123456789, rate=1000, totalAmount=123.46), LINE),
    "qbo-closed-period": Case(lambda w: setting("AccountingInfoPrefs", BookCloseDate=w.day)(w), INVOICE),
    "qbo-company-locked": Case(AWAY, values={}),
    "qbo-currency-mismatch": Case(row("customer", CurrencyRef={"value": "CAD"}), CUSTOMER, COMPANY),
    "qbo-currency-unknown": Case(both(row("currency", name="EUR"), row("customer", CurrencyRef={"value": "EUR"}),
                                      setting("CurrencyPrefs", MultiCurrencyEnabled=False)), CUSTOMER),
    "qbo-custom-field-invalid": Case(setting("SalesFormsPrefs", CustomField=[
        {"CustomField": [{"Name": "SalesFormsPrefs.UseSalesCustom1", "BooleanValue": False}]}]), kind="custom-field-off"),
    "qbo-customer-deleted": Case(OLD_CUSTOMER, CUSTOMER, COMPANY, kind="customer-inactive"),
    "qbo-customer-invalid": Case(gone("customer"), COMPANY, kind="customer-new"),
    "qbo-deposited-transaction": done(PAYMENT, "QuickBooks Invoice 145", "QuickBooks deposit 400", refuted="solved"),
    "qbo-discount-exceeds": Case(row("line", totalAmount=-10, rate=-5), LINE),
    "qbo-duplicate-doc-number": Case(new("Invoice", Id="150", DocNumber="777", CustomerRef={"value": "99", "name": "Somebody Else"},
                                         TxnDate="2026-01-05", TotalAmt=12, Balance=12, Line=[]), "QuickBooks Invoice 150", INVOICE,
                                     values={"invoice_id": ERROR, "doc_number": "777"}, kind="number-taken"),
    "qbo-duplicate-name": Case(VENDOR, "QuickBooks vendor 40", COMPANY, kind="customer-blocked"),
    "qbo-duplicate-name-customer": Case(VENDOR, "QuickBooks vendor 40", COMPANY, kind="customer-blocked"),
    "qbo-duplicate-name-item": Case(OLD_ITEM, ITEM, WORK, kind="item-inactive"),
    "qbo-duplicate-request": Case(lambda w: w.add("Invoice", Id="151", DocNumber="778", CustomerRef={"value": "24", "name": "Harbor Cafe"},
                                                  TxnDate=w.day, TotalAmt=300, Balance=300, Line=[]), "QuickBooks Invoice 151", INVOICE),
    "qbo-email-invalid": Case(row("contact", emailAddress="bob at harborcafe"), COMPANY, "Autotask contact 200"),
    "qbo-email-required": Case(both(row("contact", emailAddress=""), row("customer", PrimaryEmailAddr=None)), CUSTOMER, COMPANY),
    "qbo-encoding": Case(row("invoice", comments="Caf\u00e9"), INVOICE),
    "qbo-fault-other": Case(OLD_CUSTOMER, CUSTOMER),
    "qbo-income-account-missing": Case(row("item", IncomeAccountRef=None), ITEM, WORK),
    "qbo-inventory-asset-missing": Case(row("item 2", Type="Inventory"), "QuickBooks item 501"),
    "qbo-inventory-start-date": Case(row("item 2", Type="Inventory", AssetAccountRef={"value": "79"}, InvStartDate="2099-01-01"),
                                     "QuickBooks item 501"),
    "qbo-item-is-category": Case(CATEGORY, "QuickBooks category 501", MATERIAL, kind="item-is-category"),
    "qbo-line-taxcode-invalid": Case(country("US")),
    "qbo-line-without-item": Case(gone("item"), WORK, kind="item-missing"),
    "qbo-list-element-deleted": Case(OLD_ITEM, ITEM),
    "qbo-name-bad-characters": Case(row("work", name="Helpdesk: Labor"), WORK),
    "qbo-name-kind-wrong": Case(VENDOR, "QuickBooks vendor 40"),
    "qbo-needed-record-gone": Case(row("qb term", Active=False, Name="Net 30 (deleted)"), INVOICE, "QuickBooks term 3"),
    "qbo-negative-line": Case(row("line", totalAmount=-10, rate=-5), LINE),
    "qbo-no-lines": Case(both(row("line", nonBillable=1), row("line 2", nonBillable=1)), INVOICE),
    "qbo-no-name": Case(row("company", companyName=" : "), COMPANY),
    "qbo-object-not-found": Case(row("qb term", Active=False), "QuickBooks term 3"),
    "qbo-parent-invalid": Case(row("item 2", SubItem=True, ParentRef={"value": "520", "name": "Old"}), "QuickBooks item 501"),
    "qbo-query-invalid": Case(row("work", name="Driver's help"), WORK, kind="name-apostrophe"),
    "qbo-record-inactive": Case(row("account", Active=False), ITEM, "QuickBooks account 79", kind="item-account-inactive"),
    "qbo-reference-invalid": Case(gone("item 2"), MATERIAL, kind="item-missing"),
    "qbo-required-missing": Case(row("item", IncomeAccountRef=None), ITEM),
    "qbo-service-unavailable": Case(AWAY, values={}),
    "qbo-sublevel-limit": Case(row("item 2", Level=4, FullyQualifiedName="A:B:C:D:Spare Parts"), "QuickBooks item 501"),
    "qbo-subscription-lapsed": Case(subscription("EXPIRED"), values={}),
    "qbo-tax-account-rate": Case(both(setting("TaxPrefs", UsingSalesTax=False), row("invoice", totalTaxValue=7)), INVOICE, kind="tax-off"),
    "qbo-tax-calculation-failed": Case(both(setting("TaxPrefs", PartnerTaxEnabled=True),
                                            row("customer", BillAddr={"PostalCode": "94105"})), CUSTOMER),
    "qbo-tax-detail-not-allowed": Case(both(setting("TaxPrefs", UsingSalesTax=False), row("invoice", totalTaxValue=7)), INVOICE),
    "qbo-tax-rate-required": Case(row("tax", Name="Oregon"), INVOICE, kind="tax-code-missing"),
    "qbo-taxcode-unusable": Case(row("tax", Active=False), INVOICE, kind="tax-code-inactive"),
    "qbo-text-too-long": Case(row("work", name="x" * 101), WORK),
    "qbo-tracked-quantity-missing": Case(both(row("item 2", Type="Inventory", AssetAccountRef={"value": "79"}),
                                              row("line 2", quantity=0)), LINE_2, "QuickBooks item 501"),
    "qbo-transaction-deleted": done(gone("qb invoice"), "Autotask invoice 9001", refuted="solved"),
    "qbo-unsupported-property": Case(row("line", description=""), LINE),
    "qbo-validation-other": Case(row("invoice", invoiceTotal=-20), INVOICE, kind="invoice-negative"),
    "qbo-web-address-invalid": Case(row("company", webAddress="our web site"), COMPANY),
    "qbwc-receive-failed": desktop(row("invoice", invoiceNumber=""), INVOICE),
}
