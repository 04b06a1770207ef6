/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check, inside: the kinds of findings, and what the comparisons share. */
#ifndef FRONTDESK_CHECK_PRIVATE_H
#define FRONTDESK_CHECK_PRIVATE_H

#include "frontdesk/check.h"
#include "nearname.h"

/* kind, section of templates/LANGUAGE/check/, severity. Order in a report: severity, then this. */
#define CHECK_KINDS(X)                                                                                       \
    X(ITEM_IS_CATEGORY, "item-is-category", ERROR)                                                           \
    X(ITEM_INACTIVE, "item-inactive", ERROR)                                                                 \
    X(ITEM_ACCOUNT_INACTIVE, "item-account-inactive", ERROR)                                                 \
    X(ITEM_NO_ACCOUNT, "item-no-account", ERROR)                                                             \
    X(NAME_FORBIDDEN, "name-forbidden", ERROR)                                                               \
    X(NAME_TOO_LONG, "name-too-long", ERROR)                                                                 \
    X(ITEM_NEAR, "item-near", ERROR)                                                                         \
    X(ITEM_MISSING, "item-missing", ERROR)                                                                   \
    X(NUMBER_EMPTY, "number-empty", ERROR)                                                                   \
    X(TERM_INACTIVE, "term-inactive", ERROR)                                                                 \
    X(TERM_MISSING, "term-missing", ERROR)                                                                   \
    X(INVOICE_ERROR, "invoice-error", ERROR)                                                                 \
    X(INVOICE_NEGATIVE, "invoice-negative", ERROR)                                                           \
    X(SYNC_ERROR, "sync-error", ERROR)                                                                       \
    X(SYNC_TOO_OLD, "sync-too-old", ERROR)                                                                   \
    X(INVOICE_TOO_OLD, "invoice-too-old", ERROR)                                                             \
    X(NUMBER_TAKEN, "number-taken", ERROR)                                                                   \
    X(PERIOD_CLOSED, "period-closed", ERROR)                                                                 \
    X(LINE_NO_WORK_TYPE, "line-no-work-type", ERROR)                                                         \
    X(INVOICE_TERM, "invoice-term", ERROR)                                                                   \
    X(CUSTOMER_BLOCKED, "customer-blocked", ERROR)                                                           \
    X(CUSTOMER_INACTIVE, "customer-inactive", ERROR)                                                         \
    X(CUSTOMER_FORBIDDEN, "customer-forbidden", ERROR)                                                       \
    X(NUMBER_TWICE, "number-twice", WARNING)                                                                 \
    X(NUMBER_TWICE_QUICKBOOKS, "number-twice-quickbooks", WARNING)                                           \
    X(INVOICE_NOT_THERE, "invoice-not-there", WARNING)                                                       \
    X(TOTAL_DIFFERS, "total-differs", WARNING)                                                               \
    X(TAX_DIFFERS, "tax-differs", WARNING)                                                                   \
    X(LINE_NO_CODE, "line-no-code", WARNING)                                                                 \
    X(LINE_ZERO, "line-zero", WARNING)                                                                       \
    X(CUSTOMER_NEAR, "customer-near", WARNING)                                                               \
    X(ITEM_AND_CATEGORY, "item-and-category", WARNING)                                                       \
    X(ITEM_NO_QUANTITY, "item-no-quantity", WARNING)                                                         \
    X(ITEM_CASE, "item-case", WARNING)                                                                       \
    X(ITEM_TYPE, "item-type", WARNING)                                                                       \
    X(ITEM_ACCOUNT_TYPE, "item-account-type", WARNING)                                                       \
    X(ITEMS_ALIKE, "items-alike", WARNING)                                                                   \
    X(CODES_ALIKE, "codes-alike", WARNING)                                                                   \
    X(NUMBER_DOUBLE, "number-double", WARNING)                                                               \
    X(LEVEL_TOO_LONG, "level-too-long", WARNING)                                                             \
    X(ACCOUNT_DIFFERS, "account-differs", WARNING)                                                           \
    X(ACCOUNT_MISSING, "account-missing", WARNING)                                                           \
    X(ACCOUNT_INACTIVE, "account-inactive", WARNING)                                                         \
    X(ACCOUNT_TYPE, "account-type", WARNING)                                                                 \
    X(CODE_NO_ACCOUNT, "code-no-account", WARNING)                                                           \
    X(TERM_OVERRIDES_OWN, "term-overrides-own", WARNING)                                                     \
    X(TEMPLATE_SENDS_TERM, "template-sends-term", WARNING)                                                   \
    X(CUSTOMER_NO_TERM, "customer-no-term", WARNING)                                                         \
    X(INVOICE_TRANSFERRED, "invoice-transferred", NOTE)                                                      \
    X(INVOICE_VOIDED, "invoice-voided", NOTE)                                                                \
    X(INVOICE_DUE, "invoice-due", NOTE)                                                                      \
    X(SYNC_DUE, "sync-due", NOTE)                                                                            \
    X(CUSTOMER_NEW, "customer-new", NOTE)                                                                    \
    X(CUSTOMER_ONLY_QUICKBOOKS, "customer-only-quickbooks", NOTE)                                            \
    X(NAME_IN_AUTOTASK, "name-in-autotask", NOTE)                                                            \
    X(NAME_IN_QUICKBOOKS, "name-in-quickbooks", NOTE)                                                        \
    X(CODES_SAME, "codes-same", NOTE)                                                                        \
    X(COMPANY_OWN_TEMPLATE, "company-own-template", NOTE)                                                    \
    X(ITEM_ONLY_QUICKBOOKS, "item-only-quickbooks", NOTE)

enum check_kind {
#define CHECK_ENUM(kind, key, severity) KIND_##kind,
    CHECK_KINDS(CHECK_ENUM)
#undef CHECK_ENUM
        CHECK_N_KINDS
};

/* QuickBooks Online's limit of an item's name, and what is said of Desktop's levels (unconfirmed). */
enum { ITEM_NAME_MAX = 100, LEVEL_NAME_MAX = 31 };

/* --- what the comparisons share: shared.c --- */

/* A name of Autotask that the integration looks up among the items. */
struct check_code {
    const char *key; /* what is looked up: name or external number */
    const char *name;
    const char *kind; /* "work type" */
    int64_t id;
    int64_t ledger_id;
    const char *ledger; /* its general ledger account; "" = none */
    bool expense;
    bool unseen; /* its name holds marks that are not shown: it equals no name here */
    bool sold;   /* of a list of services and the like: no external number, no account of its own */
};
struct check_codes {
    struct check_code *v;
    size_t n;
};
/* Those that the settings say, active ones, in the order of the lists. */
void check_codes_of(const struct check_rows *rows, struct pool *pool, struct check_codes *out);
/* Is all of those parts (autotask_books_part) visible? What was not asked for counts as visible. */
bool check_sees(const struct check_rows *rows, unsigned parts);
/* What the API user may not see of all that this check read (REPORT_UNSEEN). */
void check_say_unseen(const struct check_rows *rows, struct report *r);

/* The name of an item as it is compared. */
struct slice check_item_name(const struct quickbooks_item *item);
/* Active, and no category. */
bool check_item_usable(const struct quickbooks_item *item);
/* Items whose income account matters. */
bool check_item_has_account(const struct quickbooks_item *item);
struct name_index *check_account_index(const struct check_rows *rows, struct pool *pool);
/* NULL: no such id. */
const struct quickbooks_account *check_account_by_id(const struct check_rows *rows,
                                                     const struct name_index *index, const char *id);
const char *check_account_name(const struct quickbooks_account *account);

const char *check_id(struct report *r, int64_t id);
void check_code_evidence(struct report *r, struct report_finding *f, const struct check_code *code);
void check_item_evidence(const struct check_rows *rows, struct report *r, struct report_finding *f,
                         const struct quickbooks_item *item);
void check_account_evidence(const struct check_rows *rows, struct report *r, struct report_finding *f,
                            const struct quickbooks_account *account);
/* A page of QuickBooks, in the pool. */
const char *check_link(const struct check_rows *rows, struct report *r, enum quickbooks_page page,
                       const char *id);
/* A page of Autotask; "" = not known. */
const char *check_page(const struct check_rows *rows, struct report *r, enum autotask_page page, int64_t id);
const char *check_count(struct report *r, size_t n);
/* "1250.00", of ten-thousandths. */
const char *check_amount(struct report *r, int64_t amount);
/* "2026-11-24" where the firm is; "" = no time. */
const char *check_day(const struct check_rows *rows, struct report *r, int64_t ms);
/* Leaves only items that the codes of `rows` name, or nearly, and those of the form `also`. */
void check_keep_items(struct check_rows *rows, struct pool *pool, struct slice also);
/* Does the integration still have to take it? Is it past the days that it looks back? */
bool check_invoice_unsynced(const struct check_rows *rows, const struct autotask_invoice *inv);
bool check_invoice_too_old(const struct check_rows *rows, const struct autotask_invoice *inv);
/* verdict-NAME-errors, -warnings or -clean, with the counts. `keys`: those three. */
void check_verdict(struct report *r, const char *const keys[3]);
/* The verdict of a check of one name: `keys` as above; `none` when neither system has the name. */
void check_verdict_of_name(struct report *r, const char *const keys[3], const char *none, const char *name,
                           const char *near);
/* What is assumed of the integration's settings. */
void check_assume_matching(const struct check_rows *rows, struct report *r);

/* --- reading besides lists: invoicerows.c. _books: when the first has ended --- */

int read_invoice(struct check_rows *rows, const struct check_sources *s, struct pool *pool,
                 struct err *e) MUST_USE;
int read_invoice_books(struct check_rows *rows, const struct check_sources *s, struct pool *pool,
                       struct err *e) MUST_USE;
int read_sync(struct check_rows *rows, const struct check_sources *s, struct pool *pool,
              struct err *e) MUST_USE;

/* --- comparisons --- */

void compare_mapping(const struct check_rows *rows, struct report *r);
void compare_accounts(const struct check_rows *rows, struct report *r);
void compare_terms(const struct check_rows *rows, struct report *r);
void compare_invoice(const struct check_rows *rows, struct report *r);
void compare_sync(const struct check_rows *rows, struct report *r);
void compare_item(const struct check_rows *rows, struct report *r);
void compare_customer(const struct check_rows *rows, struct report *r);
/* How many names were compared with how many items. */
void say_mapping_compared(const struct check_rows *rows, struct report *r);
/* Without verdict: for `all` too. */
void find_mapping(const struct check_rows *rows, struct report *r);
/* The income accounts of items that codes match, only. */
void find_item_accounts(const struct check_rows *rows, struct report *r);
void find_accounts(const struct check_rows *rows, struct report *r);
/* One organization of Autotask against the customers. */
void find_customer(const struct check_rows *rows, struct report *r, const struct autotask_customer *company);
/* When the oldest invoice was made that did not go over; 0 = none. */
int64_t find_sync(const struct check_rows *rows, struct report *r);
void find_terms(const struct check_rows *rows, struct report *r);

#endif
