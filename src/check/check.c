/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check: the table of checks, of kinds and of sentences. A new check is a file and a row here. */
#include "check_private.h"

static const struct report_kind kinds[] = {
#define CHECK_ROW(kind, key, severity) {key, REPORT_##severity},
    CHECK_KINDS(CHECK_ROW) CHECK_DEEP_KINDS(CHECK_ROW)
#undef CHECK_ROW
};

const struct report_kind *check_kinds(size_t *n)
{
    *n = ARRAY_LEN(kinds);
    return kinds;
}

const char *const check_sentences[] = {
    "verdict-mapping-errors",
    "verdict-mapping-warnings",
    "verdict-mapping-clean",
    "verdict-accounts-errors",
    "verdict-accounts-warnings",
    "verdict-accounts-clean",
    "verdict-terms-errors",
    "verdict-terms-warnings",
    "verdict-terms-clean",
    "verdict-item-errors",
    "verdict-item-warnings",
    "verdict-item-clean",
    "verdict-item-none",
    "verdict-customer-errors",
    "verdict-customer-warnings",
    "verdict-customer-clean",
    "verdict-customer-none",
    "verdict-invoice-errors",
    "verdict-invoice-warnings",
    "verdict-invoice-clean",
    "verdict-invoice-there",
    "verdict-invoice-none",
    "verdict-sync-errors",
    "verdict-sync-warnings",
    "verdict-sync-clean",
    "compared-invoice-id",
    "compared-invoice-number",
    "compared-sync",
    "assumed-autotask-numbers",
    "assumed-quickbooks-numbers",
    "unseen-transferred",
    "unseen-more-invoices",
    "verdict-all-errors",
    "verdict-all-warnings",
    "verdict-all-clean",
    "compared-mapping",
    "compared-accounts",
    "compared-terms",
    "assumed-by-name",
    "assumed-by-number",
    "assumed-terms",
    "unseen-desktop",
    "unseen-denied",
    "unseen-restricted",
    "table-cut",
    "unseen-absent",
    "unseen-company",
    "unseen-codes",
    "unseen-template",
    "unseen-term",
    "unseen-default-template",
    "verdict-connection-errors",
    "verdict-connection-warnings",
    "verdict-connection-clean",
    "unseen-period",
    "unseen-currency",
    "unseen-contacts",
    "seen-total",
    "seen-no-zero",
    "seen-term",
    "seen-no-term",
    "seen-period",
    "seen-not-there",
    "seen-no-twin",
    "seen-line",
    "seen-items",
    "seen-email",
    "seen-currency",
    "seen-customer",
    "seen-tax",
    NULL,
};

static void compare_all(const struct check_rows *rows, struct report *r)
{
    static const char *const verdicts[3] = {"verdict-all-errors", "verdict-all-warnings",
                                            "verdict-all-clean"};
    find_mapping(rows, r);
    say_mapping_compared(rows, r);
    find_accounts(rows, r);
    find_terms(rows, r);
    (void)find_sync(rows, r);
    check_verdict(r, verdicts);
}

enum {
    NAMES = AT_BOOKS_CODES | AT_BOOKS_SERVICES | AT_BOOKS_BUNDLES | AT_BOOKS_PRODUCTS,
    TERMS = AT_BOOKS_TERMS | AT_BOOKS_CUSTOMERS,
    OF_AN_INVOICE = AT_BOOKS_INVOICES | AT_BOOKS_LINES | AT_BOOKS_TIME_ENTRIES | AT_BOOKS_CUSTOMERS,
};

static const char *const mapping_words[] = {"mappings", "items", "codes", NULL};
static const char *const accounts_words[] = {"account", "income accounts", "ledger", NULL};
static const char *const terms_words[] = {"term", "payment terms", NULL};
static const char *const invoice_words[] = {"invoice number", NULL};
static const char *const sync_words[] = {"syncs", "transfer", NULL};
static const char *const item_words[] = {"product", NULL};
static const char *const customer_words[] = {"company", "organization", "client", NULL};
static const char *const connection_words[] = {"connections", "subscription", NULL};
static const char *const no_words[] = {NULL};
static const char *const all_words[] = {"everything", NULL};

static const struct check checks[] = {
    {.name = "mapping",
     .words = mapping_words,
     .argument_words = "",
     .summary = "billing codes against the items of QuickBooks",
     .autotask = NAMES,
     .quickbooks = CHECK_ITEMS | CHECK_ACCOUNTS,
     .compare = compare_mapping},
    {.name = "accounts",
     .words = accounts_words,
     .argument_words = "",
     .summary = "general ledger accounts against the chart and the items",
     .autotask = NAMES,
     .quickbooks = CHECK_ITEMS | CHECK_ACCOUNTS,
     .compare = compare_accounts},
    {.name = "terms",
     .words = terms_words,
     .argument_words = "",
     .summary = "payment terms: templates, QuickBooks, customers",
     .autotask = TERMS,
     .quickbooks = CHECK_TERMS | CHECK_CUSTOMERS,
     .compare = compare_terms},
    {.name = "invoice",
     .words = invoice_words,
     .argument = CHECK_NUMBER,
     .argument_words = "N",
     .summary = "why one invoice, by number or id, did not go over or will not",
     .autotask = AT_BOOKS_CODES | AT_BOOKS_TERMS,
     .quickbooks = CHECK_ITEMS | CHECK_ACCOUNTS | CHECK_TERMS | CHECK_CUSTOMERS | CHECK_PREFERENCES,
     .sight = OF_AN_INVOICE,
     .deep = CHECK_TAXES | CHECK_COMPANY,
     .compare = compare_invoice,
     .read = read_invoice,
     .read_after = read_invoice_books},
    {.name = "sync",
     .words = sync_words,
     .argument_words = "",
     .summary = "invoices that did not go over, are due, or are numbered twice",
     .autotask = AT_BOOKS_CUSTOMERS,
     .sight = AT_BOOKS_INVOICES,
     .compare = compare_sync,
     .read = read_sync},
    {.name = "item",
     .words = item_words,
     .argument = CHECK_NAME,
     .argument_words = "NAME",
     .summary = "one name: what both systems have, and whether they match",
     .autotask = NAMES,
     .quickbooks = CHECK_ITEMS | CHECK_ACCOUNTS,
     .compare = compare_item},
    {.name = "customer",
     .words = customer_words,
     .argument = CHECK_NAME,
     .argument_words = "NAME",
     .summary = "one organization: its customer, and who has the name else",
     .autotask = AT_BOOKS_CUSTOMERS,
     .quickbooks = CHECK_CUSTOMERS | CHECK_PARTIES,
     .deep = CHECK_PREFERENCES,
     .compare = compare_customer,
     .read_after = read_customer_deep},
    {.name = "name",
     .words = no_words,
     .argument = CHECK_NAME,
     .argument_words = "NAME",
     .summary = "one name, of an item or of a customer",
     .autotask = NAMES | AT_BOOKS_CUSTOMERS,
     .quickbooks = CHECK_ITEMS | CHECK_ACCOUNTS | CHECK_CUSTOMERS | CHECK_PARTIES,
     .deep = CHECK_PREFERENCES,
     .compare = compare_name,
     .read_after = read_customer_deep},
    {.name = "connection",
     .words = connection_words,
     .argument_words = "",
     .summary = "do both systems answer, is QuickBooks paid for",
     .compare = compare_connection,
     .read = read_connection},
    {.name = "all",
     .words = all_words,
     .argument_words = "",
     .summary = "everything, in one report",
     .autotask = NAMES | TERMS,
     .quickbooks = CHECK_ITEMS | CHECK_ACCOUNTS | CHECK_TERMS | CHECK_CUSTOMERS,
     .sight = AT_BOOKS_INVOICES,
     .compare = compare_all,
     .read = read_sync},
};

const struct check *check_list(size_t *n)
{
    *n = ARRAY_LEN(checks);
    return checks;
}

const struct check *check_find(struct slice word)
{
    for (size_t i = 0; i < ARRAY_LEN(checks); i++) {
        if (slice_eq_nocase(slice_of(checks[i].name), word))
            return &checks[i];
        for (const char *const *w = checks[i].words; *w; w++) {
            if (slice_eq_nocase(slice_of(*w), word))
                return &checks[i];
        }
    }
    return NULL;
}

void check_compare(struct report *report, struct pool *pool, const struct check *check,
                   const struct check_rows *rows)
{
    report_init(report, pool, kinds, ARRAY_LEN(kinds));
    report->name =
        pool_printf(pool, "check %s%s%s", check->name, rows->argument[0] ? " " : "", rows->argument);
    report->integration = conf_integration_word(rows->conf->firm.integration);
    report->firm = rows->conf->firm.name;
    report->timezone = rows->conf->firm.timezone;
    report->made_ms = rows->now_ms;
    check_say_unseen(rows, report);
    check->compare(rows, report);
    report_sort(report);
}
