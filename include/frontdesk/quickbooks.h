/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * quickbooks: the read-only client of QuickBooks Online. Facts: quickbooks-online.md. No call here changes
 * anything: requests are GETs, and POSTs of a query.
 *
 * Reads fill flat rows whose strings live in the caller's pool: UTF-8, without controls, never NULL. Rows
 * come with the inactive ones and in the order of their Id. Ids are text ("145", "TAX"), "" = none. Amounts,
 * prices and quantities are ten-thousandths (12500 = 1.25). Dates are "2026-03-01", "" = none. QuickBooks
 * always sends whole records; only what stands here is kept.
 *
 * Limits: 100,000 rows a list, 10,000 lines an invoice, 32 MB an answer; what is beyond is ERR_PROTOCOL.
 *
 * Errors: ERR_LOGIN (a person must log in again; see oauth2.h), ERR_PERMISSION (codes 120, 3100,
 * 5020, 403: wrong keys, no longer admin, plan), ERR_NOT_FOUND (610), ERR_REJECTED (QuickBooks explains why),
 * ERR_BUSY (429 or code 3001, retry_after_s at least 60; or our own limits leave no call within wait_ms),
 * ERR_SERVER (5xx, HTML, a lost answer), ERR_CONNECT/ERR_TLS/ERR_TIMEOUT, ERR_PROTOCOL, ERR_LIMIT (a name
 * longer than any in QuickBooks). The text holds QuickBooks's code, message and detail, and the intuit_tid
 * that its support asks for. Thread-safe.
 */
#ifndef FRONTDESK_QUICKBOOKS_H
#define FRONTDESK_QUICKBOOKS_H

#include "frontdesk/budget.h"
#include "frontdesk/conf.h"
#include "frontdesk/json.h"
#include "frontdesk/oauth2.h"

struct quickbooks;

struct quickbooks_options {
    const struct conf *conf; /* with a group quickbooks */
    struct http *http;       /* borrowed */
    struct budget *budget;   /* borrowed; of the name "quickbooks" */
    const char *state_dir;   /* where the calls of a second and of a minute are counted */
    unsigned timeout_ms;     /* per call; 0 = 120,000 (the service gives up then) */
    unsigned wait_ms;        /* for our own limits; 0 = 30,000 */
    int stop_fd;             /* readable = wait no longer; -1 = none */
    /* After each page, by the caller's thread: "Item", rows so far. NULL: nobody. */
    void (*progress)(void *self, const char *entity, size_t rows);
    void *progress_self;
};

/* Loads the client secret; makes no call. */
int quickbooks_new(struct quickbooks **out, const struct quickbooks_options *options, struct err *e) MUST_USE;
void quickbooks_free(struct quickbooks **qb);
/* How the last call went that said something about QuickBooks, or its token server, as a whole; *why when it
 * fails. A refused login is told elsewhere. */
enum quickbooks_state { QUICKBOOKS_UNKNOWN, QUICKBOOKS_WORKS, QUICKBOOKS_FAILS };
enum quickbooks_state quickbooks_state(struct quickbooks *qb, struct err *why);
/* The login behind it (login, keeper, doctor); borrowed. */
struct oauth2 *quickbooks_login(struct quickbooks *qb);

/* --- queries --- */

/* A value of a statement, in its quotes: O'Brien becomes 'O\'Brien'. */
void quickbooks_put_value(struct buf *out, const char *value);
/* All rows of `SELECT * FROM entity WHERE where`, in pages of 1,000 by Id, several at once where there are
 * many; `where` NULL: all there are, with the inactive ones. `row` is called for each record, in order and by
 * the caller's thread; -1 from it ends the reading. */
int quickbooks_query(struct quickbooks *qb, const char *entity, const char *where,
                     int (*row)(void *self, const struct json *record, struct err *e), void *self,
                     struct err *e) MUST_USE;
/* How many there are. */
int quickbooks_count(struct quickbooks *qb, const char *entity, const char *where, int64_t *count,
                     struct err *e) MUST_USE;

/* --- products and services --- */

enum quickbooks_item_type {
    QB_ITEM_OTHER, /* Discount, Payment, Tax and others that come from QuickBooks Desktop: see type_name */
    QB_ITEM_SERVICE,
    QB_ITEM_INVENTORY,
    QB_ITEM_NONINVENTORY,
    QB_ITEM_GROUP, /* a bundle */
    QB_ITEM_CATEGORY
};

struct quickbooks_item {
    const char *id, *name, *full_name; /* full_name: "Category:Sub:Item" */
    const char *sku, *type_name;       /* type_name as QuickBooks writes it */
    const char *parent_id, *parent_name;
    const char *income_account_id, *income_account_name; /* "" = none */
    const char *expense_account_id, *expense_account_name;
    const char *tax_code_id;
    const char *asset_account_id; /* of inventory */
    const char *start_date;       /* inventory is counted from that day */
    enum quickbooks_item_type type;
    bool active, taxable, sub_item;
    int64_t level, unit_price; /* level 0 = top */
};
struct quickbooks_items {
    struct quickbooks_item *v;
    size_t n;
};
/* All of them, categories and inactive ones too. */
int quickbooks_items(struct quickbooks *qb, struct pool *pool, struct quickbooks_items *out,
                     struct err *e) MUST_USE;
/* Those of that name (whatever its case), in any state. */
int quickbooks_items_named(struct quickbooks *qb, const char *name, struct pool *pool,
                           struct quickbooks_items *out, struct err *e) MUST_USE;
/* `name` without the " (deleted)" that QuickBooks appends to inactive records. */
struct slice quickbooks_bare_name(const char *name);

/* --- chart of accounts, terms, tax codes --- */

struct quickbooks_account {
    const char *id, *name, *full_name;
    const char *number;         /* "" = none; see quickbooks_preferences.account_numbers */
    const char *type, *subtype; /* "Income", "ServiceFeeIncome" */
    const char *classification; /* "Revenue" */
    const char *parent_id, *currency;
    bool active, sub_account;
};
struct quickbooks_accounts {
    struct quickbooks_account *v;
    size_t n;
};
int quickbooks_accounts(struct quickbooks *qb, struct pool *pool, struct quickbooks_accounts *out,
                        struct err *e) MUST_USE;

struct quickbooks_term {
    const char *id, *name;
    bool active, date_driven;
    int64_t due_days;        /* standard: days after the date; -1 = not said */
    int64_t day_of_month;    /* date driven: due on that day; -1 = not said */
    int64_t next_month_days; /* and in the next month if issued so close before; -1 = not said */
};
struct quickbooks_terms {
    struct quickbooks_term *v;
    size_t n;
};
int quickbooks_terms(struct quickbooks *qb, struct pool *pool, struct quickbooks_terms *out,
                     struct err *e) MUST_USE;

struct quickbooks_tax_code {
    const char *id, *name, *description;
    bool active, taxable, group, hidden;
};
struct quickbooks_tax_codes {
    struct quickbooks_tax_code *v;
    size_t n;
};
int quickbooks_tax_codes(struct quickbooks *qb, struct pool *pool, struct quickbooks_tax_codes *out,
                         struct err *e) MUST_USE;
/* Tax rates, which may bear the names of tax regions too; of each only id, name, description and active. */
int quickbooks_tax_rates(struct quickbooks *qb, struct pool *pool, struct quickbooks_tax_codes *out,
                         struct err *e) MUST_USE;

/* --- customers, and who else holds a name --- */

enum quickbooks_party { QB_CUSTOMER, QB_VENDOR, QB_EMPLOYEE };

struct quickbooks_customer {
    enum quickbooks_party party; /* they share one name space */
    const char *id, *name;       /* name: the display name */
    const char *full_name, *company;
    const char *email;
    /* of customers only */
    const char *parent_id, *term_id, *tax_code_id, *currency;
    const char *delivery;            /* PreferredDeliveryMethod: "Email", "Print"; "" = not said */
    const char *state, *postal_code; /* of the address to bill to, else to ship to */
    const char *created;             /* "2026-03-01T09:00:00-08:00" */
    bool active, taxable, job;
    int64_t balance, level; /* level 0 = top */
};
struct quickbooks_customers {
    struct quickbooks_customer *v;
    size_t n;
};
/* All customers. */
int quickbooks_customers(struct quickbooks *qb, struct pool *pool, struct quickbooks_customers *out,
                         struct err *e) MUST_USE;
/* Customers, vendors and employees of that display name (whatever its case), in any state, also as
 * "NAME (deleted)". */
int quickbooks_parties_named(struct quickbooks *qb, const char *name, struct pool *pool,
                             struct quickbooks_customers *out, struct err *e) MUST_USE;

/* --- invoices and what is numbered with them --- */

enum quickbooks_txn { QB_INVOICE, QB_CREDIT_MEMO, QB_SALES_RECEIPT, QB_REFUND_RECEIPT, QB_TXNS };

struct quickbooks_line {
    const char *id, *description;
    const char *kind;                /* "SalesItemLineDetail" */
    const char *item_id, *item_name; /* of sales lines */
    const char *account_id, *account_name, *tax_code_id, *class_id;
    int64_t amount, quantity, unit_price;
};
struct quickbooks_invoice {
    enum quickbooks_txn txn;
    const char *id, *number; /* number: DocNumber */
    const char *date, *due_date;
    const char *customer_id, *customer_name;
    const char *term_id, *term_name;
    const char *currency, *tax_code_id;
    const char *tax_calculation; /* GlobalTaxCalculation: "TaxExcluded"; "" in the US */
    const char *private_note;    /* "Voided" stands here when it was voided */
    const char *email_status;    /* "NotSet", "NeedToSend", "EmailSent" */
    const char *bill_email, *class_id;
    const char *payment_id; /* the first payment of it; "" = none */
    int64_t total, balance, tax;
    const struct quickbooks_line *lines;
    size_t n_lines;
};
struct quickbooks_invoices {
    struct quickbooks_invoice *v;
    size_t n;
};
/* "Invoice", "CreditMemo": the name of the kind in QuickBooks. */
const char *quickbooks_txn_name(enum quickbooks_txn txn);
/* All of that number: invoices, and what shares the numbers with them. */
int quickbooks_invoices_numbered(struct quickbooks *qb, const char *number, struct pool *pool,
                                 struct quickbooks_invoices *out, struct err *e) MUST_USE;
/* One by its Id; ERR_NOT_FOUND when there is none. */
int quickbooks_invoice_by_id(struct quickbooks *qb, const char *id, struct pool *pool,
                             struct quickbooks_invoice *out, struct err *e) MUST_USE;
/* Invoices of one customer (its Id) from one day to another, "2026-03-01": was it transferred already,
 * perhaps without a number? */
int quickbooks_invoices_of(struct quickbooks *qb, const char *customer_id, const char *from_day,
                           const char *to_day, struct pool *pool, struct quickbooks_invoices *out,
                           struct err *e) MUST_USE;

struct quickbooks_payment {
    const char *id, *date;
    const char *deposit_id; /* the deposit that it is in; "" = none */
    size_t invoices;        /* that it pays */
};
/* ERR_NOT_FOUND when there is none. */
int quickbooks_payment_by_id(struct quickbooks *qb, const char *id, struct pool *pool,
                             struct quickbooks_payment *out, struct err *e) MUST_USE;

/* --- the company --- */

struct quickbooks_company {
    const char *name, *legal_name, *country; /* "US" */
    const char *email, *timezone;
    const char *subscription; /* "SUBSCRIBED", "SUSPENDED"; "" = not said */
    const char *offering;     /* "QuickBooks Online Plus" */
    bool categories;          /* categories are switched on */
    bool from_desktop;        /* the company was migrated */
};
int quickbooks_company(struct quickbooks *qb, struct pool *pool, struct quickbooks_company *out,
                       struct err *e) MUST_USE;

struct quickbooks_preferences {
    const char *book_close_date; /* "" = not told, which is not the same as open */
    const char *default_term_id;
    const char *home_currency;
    bool custom_numbers;  /* numbers come from outside, so that they can be doubled */
    bool account_numbers; /* accounts have numbers */
    bool sales_tax, automated_tax, multicurrency;
    bool quantities;   /* quantity and price are shown on sales forms */
    bool classes;      /* classes are kept, for an invoice or its lines */
    int custom_fields; /* of sales forms that are in use; -1 = not told */
};
int quickbooks_preferences(struct quickbooks *qb, struct pool *pool, struct quickbooks_preferences *out,
                           struct err *e) MUST_USE;

/* --- links for staff (a login is needed); quickbooks-online.md 8 --- */

enum quickbooks_page {
    QB_PAGE_INVOICE,
    QB_PAGE_CUSTOMER,
    QB_PAGE_VENDOR,
    QB_PAGE_ACCOUNT,
    QB_PAGE_ITEMS,
    QB_PAGE_CATEGORIES,
    QB_PAGE_ACCOUNTS,
    QB_PAGE_TERMS,
    QB_PAGES
};
/* `id` "" for the pages that are lists. */
void quickbooks_link(const struct conf *conf, enum quickbooks_page page, const char *id, struct buf *out);

#endif
