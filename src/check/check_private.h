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
    X(INVOICE_TERM_INACTIVE, "invoice-term-inactive", ERROR)                                                 \
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

/* Those that only a diagnosis looks for (sync-errors.md, the "Check" of each entry), and `connection`. */
#define CHECK_DEEP_KINDS(X)                                                                                  \
    X(INVOICE_ALREADY_THERE, "invoice-already-there", WARNING)                                               \
    X(NUMBER_SAME_INVOICE, "number-same-invoice", WARNING)                                                   \
    X(INVOICE_NO_LINES, "invoice-no-lines", ERROR)                                                           \
    X(NUMBER_TOO_LONG, "number-too-long", ERROR)                                                             \
    X(COMMENT_TOO_LONG, "comment-too-long", ERROR)                                                           \
    X(ORDER_TOO_LONG, "order-too-long", ERROR)                                                               \
    X(CUSTOMER_TOO_LONG, "customer-too-long", ERROR)                                                         \
    X(CUSTOMER_NO_NAME, "customer-no-name", ERROR)                                                           \
    X(LINE_NO_QUANTITY, "line-no-quantity", ERROR)                                                           \
    X(ITEM_NO_ASSET, "item-no-asset", ERROR)                                                                 \
    X(ITEM_STARTS_LATER, "item-starts-later", ERROR)                                                         \
    X(INVOICE_DATE_ODD, "invoice-date-odd", ERROR)                                                           \
    X(PARENT_INACTIVE, "parent-inactive", ERROR)                                                             \
    X(LEVELS_TOO_MANY, "levels-too-many", ERROR)                                                             \
    X(EMAIL_INVALID, "email-invalid", ERROR)                                                                 \
    X(TAX_CODE_MISSING, "tax-code-missing", ERROR)                                                           \
    X(TAX_CODE_INACTIVE, "tax-code-inactive", ERROR)                                                         \
    X(CURRENCY_DIFFERS, "currency-differs", ERROR)                                                           \
    X(CURRENCY_OFF, "currency-off", ERROR)                                                                   \
    X(SUBSCRIPTION_LAPSED, "subscription-lapsed", ERROR)                                                     \
    X(QUICKBOOKS_REFUSED, "quickbooks-refused", ERROR)                                                       \
    X(QUICKBOOKS_NO_ANSWER, "quickbooks-no-answer", ERROR)                                                   \
    X(AUTOTASK_REFUSED, "autotask-refused", ERROR)                                                           \
    X(AUTOTASK_BUSY, "autotask-busy", WARNING)                                                               \
    X(LINE_AMOUNT_ODD, "line-amount-odd", WARNING)                                                           \
    X(LINE_DECIMALS, "line-decimals", WARNING)                                                               \
    X(LINE_LIKE_DISCOUNT, "line-like-discount", WARNING)                                                     \
    X(LINE_RATE_ZERO, "line-rate-zero", WARNING)                                                             \
    X(EMAIL_MISSING, "email-missing", WARNING)                                                               \
    X(WEB_ADDRESS_ODD, "web-address-odd", WARNING)                                                           \
    X(COMPANY_NO_TAX_REGION, "company-no-tax-region", WARNING)                                               \
    X(TAX_OFF, "tax-off", WARNING)                                                                           \
    X(ADDRESS_INCOMPLETE, "address-incomplete", WARNING)                                                     \
    X(PAYMENT_DEPOSITED, "payment-deposited", WARNING)                                                       \
    X(PAYMENT_NOT_RETURNED, "payment-not-returned", WARNING)                                                 \
    X(INVOICE_TERM_OVERRIDES, "invoice-term-overrides", WARNING)                                             \
    X(INVOICE_NO_TERM, "invoice-no-term", WARNING)                                                           \
    X(CUSTOMERS_ALIKE, "customers-alike", WARNING)                                                           \
    X(VOID_NOT_SYNCED, "void-not-synced", WARNING)                                                           \
    X(INVOICE_NO_NUMBER, "invoice-no-number", WARNING)                                                       \
    X(TEXT_SPECIAL, "text-special", NOTE)                                                                    \
    X(NAME_APOSTROPHE, "name-apostrophe", NOTE)                                                              \
    X(LINE_NEGATIVE, "line-negative", NOTE)                                                                  \
    X(LINE_NO_DESCRIPTION, "line-no-description", NOTE)                                                      \
    X(LINE_NAME, "line-name", NOTE)                                                                          \
    X(LINE_OF_BUSINESS, "line-of-business", NOTE)                                                            \
    X(LINE_NO_CLASS, "line-no-class", NOTE)                                                                  \
    X(LINE_NO_TAX_CATEGORY, "line-no-tax-category", NOTE)                                                    \
    X(LINE_NON_BILLABLE, "line-non-billable", NOTE)                                                          \
    X(LINE_CONTRACT, "line-contract", NOTE)                                                                  \
    X(METHOD_EMAIL, "method-email", NOTE)                                                                    \
    X(INVOICE_NOT_EMAILED, "invoice-not-emailed", NOTE)                                                      \
    X(TAX_AUTOMATED, "tax-automated", NOTE)                                                                  \
    X(QUICKBOOKS_US, "quickbooks-us", NOTE)                                                                  \
    X(QUICKBOOKS_NOT_US, "quickbooks-not-us", NOTE)                                                          \
    X(PAYMENT_SEVERAL, "payment-several", NOTE)                                                              \
    X(NUMBERS_CUSTOM, "numbers-custom", NOTE)                                                                \
    X(CLASSES_OFF, "classes-off", NOTE)                                                                      \
    X(CUSTOM_FIELD_OFF, "custom-field-off", NOTE)                                                            \
    X(INVOICE_TAX_REGION, "invoice-tax-region", NOTE)                                                        \
    X(QUICKBOOKS_ANSWERS, "quickbooks-answers", NOTE)                                                        \
    X(AUTOTASK_ANSWERS, "autotask-answers", NOTE)

enum check_kind {
#define CHECK_ENUM(kind, key, severity) KIND_##kind,
    CHECK_KINDS(CHECK_ENUM) CHECK_DEEP_KINDS(CHECK_ENUM)
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
/* Is every list of codes visible as a whole? If not, it is said (REPORT_UNSEEN). */
bool check_sees_codes(const struct check_rows *rows, struct report *r);

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

/* --- what `invoice` shares with its deeper half: oneinvoice.c, deepinvoice.c, deeplines.c, deepitems.c ---
 */

struct invoice_check {
    const struct check_rows *rows;
    struct report *r;
    const struct autotask_invoice *inv;
    const char *subject, *company;
    bool unsynced; /* the integration still has to take it */
    bool there;    /* QuickBooks has it */
};
/* A finding about the invoice, or one of its lines, with its evidence. */
struct report_finding *invoice_add(struct invoice_check *c, enum check_kind kind);
struct report_finding *invoice_add_line(struct invoice_check *c, enum check_kind kind,
                                        const struct autotask_line *line);
void invoice_add_source(struct invoice_check *c, struct report_finding *f,
                        const struct autotask_time_entry *entry);
void invoice_add_work(struct invoice_check *c, struct report_finding *f,
                      const struct autotask_time_entry *entry);
/* NULL: it was not read. */
const struct autotask_time_entry *invoice_entry(const struct check_rows *rows, int64_t id);
void invoice_twin_evidence(struct invoice_check *c, struct report_finding *f,
                           const struct quickbooks_invoice *q);
bool invoice_same_customer(const struct invoice_check *c, const struct quickbooks_invoice *q);
/* Of those that bear its number; there must be some. */
const struct quickbooks_invoice *invoice_best_twin(const struct invoice_check *c);

void invoice_deep(struct invoice_check *c);
void invoice_lines_deep(struct invoice_check *c);
/* `few`: codes and items of the lines; `before`: findings about them begin there. */
void invoice_items_deep(struct invoice_check *c, const struct check_rows *few, size_t before);
/* Tax, currency and the company that belong to an invoice or its organization. */
void invoice_taxes_deep(struct invoice_check *c);
/* Notes about settings of the company; `subject` is what they are told of. */
void settings_deep(const struct check_rows *rows, struct report *r, const char *subject);
/* Several customers of nearly one name. */
void customers_alike_deep(const struct check_rows *rows, struct report *r, const char *name);
void customer_deep(const struct check_rows *rows, struct report *r, const struct autotask_customer *company);
/* The customer of exactly that name, active; NULL: none. */
const struct quickbooks_customer *check_customer_named(const struct check_rows *rows, const char *name);
/* Is there a finding of one of these kinds, from that one on? `kinds` ends with CHECK_N_KINDS. */
bool check_has_kind(const struct report *r, size_t from, const unsigned *kinds);
/* Characters as QuickBooks counts them. */
size_t check_length(const char *s);
int read_invoice_deep(struct check_rows *rows, const struct check_sources *s, struct pool *pool,
                      struct err *e) MUST_USE;
int read_customer_deep(struct check_rows *rows, const struct check_sources *s, struct pool *pool,
                       struct err *e) MUST_USE;
int read_connection(struct check_rows *rows, const struct check_sources *s, struct pool *pool,
                    struct err *e) MUST_USE;

/* --- comparisons --- */

void compare_mapping(const struct check_rows *rows, struct report *r);
void compare_accounts(const struct check_rows *rows, struct report *r);
void compare_terms(const struct check_rows *rows, struct report *r);
void compare_invoice(const struct check_rows *rows, struct report *r);
void compare_sync(const struct check_rows *rows, struct report *r);
void compare_item(const struct check_rows *rows, struct report *r);
void compare_customer(const struct check_rows *rows, struct report *r);
void compare_name(const struct check_rows *rows, struct report *r);
void compare_connection(const struct check_rows *rows, struct report *r);
/* How many names were compared with how many items. */
void say_mapping_compared(const struct check_rows *rows, struct report *r);
/* Without verdict: for `all` too. */
void find_mapping(const struct check_rows *rows, struct report *r);
/* The income accounts of items that codes match, only. */
void find_item_accounts(const struct check_rows *rows, struct report *r);
void find_accounts(const struct check_rows *rows, struct report *r);
/* All of one name. */
void find_item(const struct check_rows *rows, struct report *r);
void find_customers_named(const struct check_rows *rows, struct report *r);
/* One organization of Autotask against the customers. */
void find_customer(const struct check_rows *rows, struct report *r, const struct autotask_customer *company);
/* When the oldest invoice was made that did not go over; 0 = none. */
int64_t find_sync(const struct check_rows *rows, struct report *r);
void find_terms(const struct check_rows *rows, struct report *r);

#endif
