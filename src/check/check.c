/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check: the table of checks, of kinds and of sentences. A new check is a file and a row here. */
#include "check_private.h"

static const struct report_kind kinds[] = {
#define CHECK_ROW(kind, key, severity) {key, REPORT_##severity},
    CHECK_KINDS(CHECK_ROW)
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
    "unseen-term",
    "unseen-default-template",
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
};

static const char *const mapping_words[] = {"mappings", "items", "codes", NULL};
static const char *const accounts_words[] = {"account", "income accounts", "ledger", NULL};
static const char *const terms_words[] = {"term", "payment terms", NULL};
static const char *const invoice_words[] = {"invoice number", NULL};
static const char *const sync_words[] = {"syncs", "transfer", NULL};
static const char *const item_words[] = {"product", NULL};
static const char *const customer_words[] = {"company", "organization", "client", NULL};
static const char *const all_words[] = {"everything", NULL};

static const struct check checks[] = {
    {"mapping", mapping_words, CHECK_NO_ARGUMENT, "", "billing codes against the items of QuickBooks", NAMES,
     CHECK_ITEMS | CHECK_ACCOUNTS, compare_mapping, NULL, NULL},
    {"accounts", accounts_words, CHECK_NO_ARGUMENT, "",
     "general ledger accounts against the chart of accounts and the items", NAMES,
     CHECK_ITEMS | CHECK_ACCOUNTS, compare_accounts, NULL, NULL},
    {"terms", terms_words, CHECK_NO_ARGUMENT, "", "payment terms: templates, QuickBooks, customers", TERMS,
     CHECK_TERMS | CHECK_CUSTOMERS, compare_terms, NULL, NULL},
    {"invoice", invoice_words, CHECK_NUMBER, "N",
     "one invoice, by number or id: why it did not go over, or will not", AT_BOOKS_CODES | AT_BOOKS_TERMS,
     CHECK_ITEMS | CHECK_ACCOUNTS | CHECK_TERMS | CHECK_CUSTOMERS | CHECK_PREFERENCES, compare_invoice,
     read_invoice, read_invoice_books},
    {"sync", sync_words, CHECK_NO_ARGUMENT, "",
     "invoices that did not go over, are due, or are numbered twice", AT_BOOKS_CUSTOMERS, 0, compare_sync,
     read_sync, NULL},
    {"item", item_words, CHECK_NAME, "NAME", "one name: what both systems have, and whether they match",
     NAMES, CHECK_ITEMS | CHECK_ACCOUNTS, compare_item, NULL, NULL},
    {"customer", customer_words, CHECK_NAME, "NAME",
     "one organization: its customer, and who has the name else", AT_BOOKS_CUSTOMERS,
     CHECK_CUSTOMERS | CHECK_PARTIES, compare_customer, NULL, NULL},
    {"all", all_words, CHECK_NO_ARGUMENT, "", "everything, in one report", NAMES | TERMS,
     CHECK_ITEMS | CHECK_ACCOUNTS | CHECK_TERMS | CHECK_CUSTOMERS, compare_all, read_sync, NULL},
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
    check->compare(rows, report);
    report_sort(report);
}
