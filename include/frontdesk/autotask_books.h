/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * autotask, books: what Autotask knows about money, read for the checks: codes, services, products, terms,
 * invoices and their lines. Nothing here writes. Facts: autotask-rest.md 5.7, 5.10 to 5.14, 6, 7, 10 and
 * sync-integration.md 3.
 *
 * Reads fill flat rows whose strings live in the caller's pool: UTF-8, without controls, never NULL, "" =
 * none. Rows come by id, inactive ones too unless it says otherwise. Ids: 0 = none; companies -1 = none (0 is
 * the own company). Amounts, prices, quantities, hours and rates are ten-thousandths (12500 = 1.25); Autotask
 * may send null, which is 0. Times are milliseconds UTC, 0 = none. Text is kept as Autotask has it: blanks
 * are not trimmed and case is not folded, as the integrations compare exactly. `unseen`: its names hold
 * controls or marks without width, which are left out here; so they equal no name that lacks them.
 *
 * Rows that the API user may not see are MISSING WITHOUT AN ERROR. autotask_access tells what can be told.
 *
 * Only fields that the facts confirm are read. Left out, because their names, values or meaning are not
 * confirmed: the contract of a milestone; ExpenseItems (their fields) and ProjectCharges; the name of a
 * department (codes have its number); tabs of the web pages; the newer fields of services (sku, externalID);
 * addresses to bill to; dueDate and taxRegionID of invoices; an id of a company for outside systems (there is
 * companyNumber); Autotask's own settings of either integration (no API shows them). The payment term of a
 * template or an invoice is a number: see autotask_term_name.
 *
 * Limits: 20,000 rows a list, 1,000 lines an invoice; what is beyond is ERR_PROTOCOL. A list of n rows costs
 * n / 500 calls, rounded up. Errors as those of reads in autotask.h; an entity that may not be read at all is
 * ERR_PERMISSION, one that this Autotask does not have ERR_REJECTED or ERR_NOT_FOUND. Thread-safe, but a pool
 * is one thread's. Calls of one entity at a time are bounded by autotask.in_flight.
 */
#ifndef FRONTDESK_AUTOTASK_BOOKS_H
#define FRONTDESK_AUTOTASK_BOOKS_H

#include "frontdesk/autotask.h"

/* --- labels: the values of a field, with the inactive ones --- */

struct autotask_label {
    int64_t id;
    const char *name; /* in the language of the tenant */
    bool active;
};
struct autotask_labels {
    const struct autotask_label *v;
    size_t n;
};
/* The name of that value; "" when there is none. */
const char *autotask_label_name(const struct autotask_labels *labels, int64_t id);

/* --- billing codes --- */

enum autotask_code_kind {
    AT_CODE_OTHER, /* see use_name */
    AT_CODE_WORK_TYPE,
    AT_CODE_EXPENSE,  /* expense category */
    AT_CODE_INTERNAL, /* internal time: never on an invoice */
    AT_CODE_MATERIAL,
    AT_CODE_SERVICE,   /* recurring contract service */
    AT_CODE_MILESTONE, /* by its label only: that its number is 6 is not confirmed */
    AT_CODE_PRODUCT,   /* by its label only */
    AT_CODE_KINDS
};
/* "work type", "material code": for people. */
const char *autotask_code_kind_name(enum autotask_code_kind kind);

struct autotask_code {
    int64_t id;
    enum autotask_code_kind kind; /* by the label of use_type, else by its number where that is confirmed */
    int64_t use_type;
    const char *use_name; /* its label */
    const char *name, *external_number;
    int64_t ledger_id; /* general ledger account; 0 = none */
    const char *ledger_name;
    int64_t tax_category_id;
    int64_t type;          /* billingCodeType */
    const char *type_name; /* its label: "Normal", "System", "Non-Billable" */
    bool active, unseen;
};
struct autotask_codes {
    struct autotask_code *v;
    size_t n;
    struct autotask_labels ledgers; /* the general ledger accounts: there is no other list of them */
    struct autotask_labels uses;
};
/* All of every kind. Names repeat over kinds. */
int autotask_codes(struct autotask *at, struct pool *pool, struct autotask_codes *out,
                   struct err *e) MUST_USE;

/* --- what is sold: each has the code under which it is invoiced --- */

enum autotask_sold_kind { AT_SOLD_SERVICE, AT_SOLD_BUNDLE, AT_SOLD_PRODUCT, AT_SOLD_KINDS };
struct autotask_sold {
    enum autotask_sold_kind kind;
    int64_t id;
    const char *name;
    int64_t code_id;             /* of a product: its product code, a material code */
    int64_t charge_code_id;      /* of products only: chargeBillingCodeID */
    const char *sku, *vendor_id; /* of products only: sku, externalProductID */
    int64_t unit_price;          /* of bundles: may be negative */
    bool active, unseen;
};
struct autotask_solds {
    struct autotask_sold *v;
    size_t n;
};
/* All of one kind. */
int autotask_solds(struct autotask *at, enum autotask_sold_kind kind, struct pool *pool,
                   struct autotask_solds *out, struct err *e) MUST_USE;

struct autotask_milestone {
    int64_t id;
    const char *title;
    int64_t code_id;
    bool unseen;
};
struct autotask_milestones {
    struct autotask_milestone *v;
    size_t n;
};
/* All of them, billed ones too: whether one is still to come is not confirmed to be readable. */
int autotask_milestones(struct autotask *at, struct pool *pool, struct autotask_milestones *out,
                        struct err *e) MUST_USE;

struct autotask_role {
    int64_t id;
    const char *name;
    bool active, unseen;
};
struct autotask_roles {
    struct autotask_role *v;
    size_t n;
};
/* For the Desktop naming Role:Work Type. */
int autotask_roles(struct autotask *at, struct pool *pool, struct autotask_roles *out,
                   struct err *e) MUST_USE;

/* --- terms, templates, taxes --- */

struct autotask_term {
    int64_t id;
    const char *name;
    int64_t due_days;
    bool active, unseen;
};
struct autotask_template {
    int64_t id;
    const char *name;
    int64_t term;          /* paymentTerms; 0 = this template sends no term */
    const char *term_name; /* as autotask_term_name has it */
};
struct autotask_terms {
    struct autotask_term *v;
    size_t n;
    struct autotask_template *templates;
    size_t n_templates;
    struct autotask_labels of_templates; /* labels of InvoiceTemplates.paymentTerms; none: no picklist */
    struct autotask_labels of_invoices;  /* labels of Invoices.paymentTerm */
};
/* Payment terms, invoice templates and the labels that join them. Which template is the firm's default is not
 * readable. */
int autotask_terms(struct autotask *at, struct pool *pool, struct autotask_terms *out,
                   struct err *e) MUST_USE;
/* The term that a number stands for: by the label of the field, which is confirmed; else by the id of a
 * payment term, which is inferred. "" when neither knows it, and for 0. *inferred (may be NULL) says which.
 */
const char *autotask_term_name(const struct autotask_terms *terms, const struct autotask_labels *labels,
                               int64_t term, bool *inferred);

struct autotask_tax_name {
    int64_t id;
    const char *name;
    bool active;
};
struct autotask_tax {
    int64_t id, category_id, region_id;
    const char *name;
    int64_t rate; /* as Autotask has it; percent or fraction is not confirmed */
};
struct autotask_taxes {
    struct autotask_tax_name *categories, *regions;
    struct autotask_tax *v;
    size_t n_categories, n_regions, n;
};
int autotask_taxes(struct autotask *at, struct pool *pool, struct autotask_taxes *out,
                   struct err *e) MUST_USE;

/* --- companies, as they are invoiced --- */

struct autotask_customer {
    int64_t id; /* 0 = the own company */
    const char *name;
    const char *number;       /* companyNumber */
    int64_t type;             /* companyType: stock 1 customer, 2 lead, 3 prospect, 7 vendor */
    const char *type_name;    /* its label */
    int64_t parent_id;        /* -1 = none */
    int64_t template_id;      /* invoice template; 0 = the firm's default */
    int64_t invoice_method;   /* 0 = none */
    const char *method_name;  /* its label */
    int64_t email_message_id; /* invoiceEmailMessageID */
    int64_t tax_region_id, currency_id;
    const char *tax_id, *web_address;
    bool active, tax_exempt, unseen;
};
struct autotask_customers {
    struct autotask_customer *v;
    size_t n;
};
/* All companies, or only the active ones (fewer calls). */
int autotask_customers(struct autotask *at, bool only_active, struct pool *pool,
                       struct autotask_customers *out, struct err *e) MUST_USE;
/* Those whose name is `name` (the server's idea of equal: perhaps whatever its case), in any state. */
int autotask_customers_named(struct autotask *at, const char *name, struct pool *pool,
                             struct autotask_customers *out, struct err *e) MUST_USE;
/* ERR_NOT_FOUND: Autotask does not show it. */
int autotask_customer_by_id(struct autotask *at, int64_t id, struct pool *pool, struct autotask_customer *out,
                            struct err *e) MUST_USE;

/* --- invoices --- */

struct autotask_invoice {
    int64_t id, company_id;
    const char *number; /* "" = blank; "ERROR" after a failed sync */
    bool error;         /* the number is ERROR, whatever its case */
    int64_t date_ms, created_ms, from_ms, to_ms, paid_ms, voided_ms;
    int64_t web_service_ms; /* when an integration took it; 0 = it did not */
    int64_t total, tax;     /* with multi-currency: in the customer's currency */
    int64_t term;           /* paymentTerm; name: autotask_term_name with of_invoices; 0 = none */
    const char *order_number, *comments;
    const char *tax_region; /* its name */
    int64_t batch_id, template_id;
    bool voided;
};
struct autotask_invoices {
    struct autotask_invoice *v;
    size_t n;
};
/* Exactly of that number (case apart); several when it is doubled. */
int autotask_invoices_numbered(struct autotask *at, const char *number, struct pool *pool,
                               struct autotask_invoices *out, struct err *e) MUST_USE;
/* By its id, which is not its number. ERR_NOT_FOUND: Autotask does not show it. */
int autotask_invoice_by_id(struct autotask *at, int64_t id, struct pool *pool, struct autotask_invoice *out,
                           struct err *e) MUST_USE;

enum autotask_invoice_state {
    AT_INVOICES_ALL,
    AT_INVOICES_ERROR,       /* the number is ERROR */
    AT_INVOICES_NO_NUMBER,   /* blank: unsynced when QuickBooks numbers */
    AT_INVOICES_NO_WEB_DATE, /* unsynced when Autotask numbers */
    AT_INVOICE_STATES
};
/* Those of that state, created at from_ms or later and before before_ms (0 = no bound), voided ones too.
 * Which date an integration counts its days from is not confirmed: rows have both. At most `most` rows, those
 * of the lowest ids, 0 = the limit of a list; *more is set when there are more. */
int autotask_invoices(struct autotask *at, enum autotask_invoice_state state, int64_t from_ms,
                      int64_t before_ms, size_t most, struct pool *pool, struct autotask_invoices *out,
                      bool *more, struct err *e) MUST_USE;

/* A line, by what it came from: at most one of the ids below `code_id` is the source. */
enum autotask_line_kind {
    AT_LINE_OTHER, /* subscription, block, retainer, ticket purchase, setup fee: see type_name */
    AT_LINE_TIME,
    AT_LINE_CHARGE, /* of a ticket, a project or a contract */
    AT_LINE_SERVICE,
    AT_LINE_BUNDLE,
    AT_LINE_MILESTONE,
    AT_LINE_EXPENSE
};
struct autotask_line {
    enum autotask_line_kind kind;
    int64_t id, invoice_id, company_id;
    int64_t type, sub_type;
    const char *type_name, *sub_type_name; /* labels of billingItemType and subType */
    const char *item_name, *description;
    int64_t quantity, rate, extended_price, total, tax;
    int64_t quantity_places, rate_places; /* digits behind the point, as Autotask sends them */
    int64_t business_id;                  /* line of business (organizationalLevelAssociationID) */
    int64_t code_id;                      /* 0 = the line has no code */
    int64_t role_id, time_entry_id, ticket_charge_id, project_charge_id, contract_charge_id, service_id,
        bundle_id, milestone_id, expense_item_id;
    int64_t ticket_id, task_id, project_id, contract_id;
    int64_t date_ms, posted_ms, web_service_ms;
    bool non_billable;
};
struct autotask_lines {
    struct autotask_line *v;
    size_t n;
};
int autotask_lines(struct autotask *at, int64_t invoice_id, struct pool *pool, struct autotask_lines *out,
                   struct err *e) MUST_USE;

/* --- where a line came from: by ids, in any order, doubled ones and zeros are fine; 200 a call. What
 * Autotask does not show is left out. --- */

struct autotask_time_entry {
    int64_t id, ticket_id, task_id;
    int64_t code_id; /* the work type; 0 = empty: the line arrives with amount 0 */
    int64_t resource_id, role_id;
    int64_t worked_ms, hours_worked, hours_to_bill;
    bool non_billable, show_on_invoice;
};
struct autotask_time_entries {
    struct autotask_time_entry *v;
    size_t n;
};
int autotask_time_entries(struct autotask *at, const int64_t *ids, size_t n_ids, struct pool *pool,
                          struct autotask_time_entries *out, struct err *e) MUST_USE;

enum autotask_charge_kind { AT_CHARGE_TICKET, AT_CHARGE_CONTRACT, AT_CHARGE_KINDS };
struct autotask_charge {
    int64_t id;
    const char *name;
    int64_t code_id, product_id, quantity, unit_price;
    bool billable, billed;
};
struct autotask_charges {
    struct autotask_charge *v;
    size_t n;
};
int autotask_charges(struct autotask *at, enum autotask_charge_kind kind, const int64_t *ids, size_t n_ids,
                     struct pool *pool, struct autotask_charges *out, struct err *e) MUST_USE;

struct autotask_ticket_name {
    int64_t id, company_id;
    const char *number, *title;
};
struct autotask_ticket_names {
    struct autotask_ticket_name *v;
    size_t n;
};
int autotask_ticket_names(struct autotask *at, const int64_t *ids, size_t n_ids, struct pool *pool,
                          struct autotask_ticket_names *out, struct err *e) MUST_USE;

/* --- besides: what only a diagnosis asks for --- */

struct autotask_address {
    int64_t id, company_id;
    const char *first, *last, *email;
    bool primary; /* the primary contact */
};
struct autotask_addresses {
    struct autotask_address *v;
    size_t n;
};
/* The active contacts of a company; at most 500, *more when there are more. */
int autotask_addresses_of(struct autotask *at, int64_t company_id, struct pool *pool,
                          struct autotask_addresses *out, bool *more, struct err *e) MUST_USE;

struct autotask_person {
    int64_t id;
    const char *first, *last;
};
struct autotask_persons {
    struct autotask_person *v;
    size_t n;
};
/* Resources by their ids. */
int autotask_persons(struct autotask *at, const int64_t *ids, size_t n_ids, struct pool *pool,
                     struct autotask_persons *out, struct err *e) MUST_USE;

/* What is sold under one of these codes (at most 200): also the inactive. Of products their product code. */
int autotask_solds_of(struct autotask *at, enum autotask_sold_kind kind, const int64_t *codes, size_t n,
                      struct pool *pool, struct autotask_solds *out, struct err *e) MUST_USE;

/* Its three letters, "USD"; "" when Autotask does not tell (the module for several currencies is off, the API
 * user may not read them). */
int autotask_currency(struct autotask *at, int64_t id, struct pool *pool, const char **name,
                      struct err *e) MUST_USE;

/* Calls of the whole firm within the last hour, and how many it may make. */
int autotask_usage(struct autotask *at, int64_t *calls, int64_t *most, struct err *e) MUST_USE;

/* --- several lists side by side --- */

enum autotask_books_part {
    AT_BOOKS_CODES = 1,
    AT_BOOKS_SERVICES = 2,
    AT_BOOKS_BUNDLES = 4,
    AT_BOOKS_PRODUCTS = 8,
    AT_BOOKS_MILESTONES = 16,
    AT_BOOKS_TERMS = 32,
    AT_BOOKS_TAXES = 64,
    AT_BOOKS_CUSTOMERS = 128, /* the active ones */
    AT_BOOKS_ROLES = 256
};
/* Further parts of autotask_access: what is read otherwise than as a whole list. */
enum autotask_more_part {
    AT_BOOKS_INVOICES = 512,
    AT_BOOKS_LINES = 1024,
    AT_BOOKS_CHARGES = 2048,
    AT_BOOKS_TIME_ENTRIES = 4096,
    AT_BOOKS_EVERYTHING = 8191
};
struct autotask_books {
    struct autotask_codes codes;
    struct autotask_solds services, bundles, products;
    struct autotask_milestones milestones;
    struct autotask_terms terms;
    struct autotask_taxes taxes;
    struct autotask_customers customers;
    struct autotask_roles roles;
    unsigned denied; /* parts that the API user may not read: empty here, and no error */
    unsigned absent; /* parts that this Autotask does not have: likewise */
};
/* The parts wanted, read by a thread each. The first other error ends it. */
int autotask_books(struct autotask *at, unsigned parts, struct pool *pool, struct autotask_books *out,
                   struct err *e) MUST_USE;

/* --- what the API user may not see --- */

enum autotask_sight {
    AT_SIGHT_UNKNOWN,    /* Autotask did not say */
    AT_SIGHT_NONE,       /* nothing: queries are refused */
    AT_SIGHT_RESTRICTED, /* some rows may be missing, silently */
    AT_SIGHT_ALL
};
struct autotask_access {
    const char *entity; /* "BillingCodes"; static */
    const char *words;  /* "billing codes": for people; static */
    unsigned part;      /* autotask_books_part or autotask_more_part that needs it */
    enum autotask_sight query;
    int64_t visible; /* rows that this user sees, active and inactive; -1 = not counted */
};
struct autotask_accesses {
    struct autotask_access *v;
    size_t n;
};
/* Of every entity that those parts need. With `counts` also how many rows are visible (one call more an
 * entity). Flags are what Autotask says: rows can be missing under AT_SIGHT_ALL too (a line of business that
 * the user is not in), which shows in ids that are referred to and not there. */
int autotask_access(struct autotask *at, unsigned parts, bool counts, struct pool *pool,
                    struct autotask_accesses *out, struct err *e) MUST_USE;

/* --- links for staff (a login is needed); autotask-rest.md 7 --- */

/* There is no documented link to an invoice, a billing code, a service or a template: those have menu paths.
 */
enum autotask_page {
    AT_PAGE_COMPANY,
    AT_PAGE_CONTRACT,
    AT_PAGE_TICKET,
    AT_PAGE_TIME_ENTRY,
    AT_PAGE_PROJECT,
    AT_PAGES
};
/* Nothing is put when the web address of the zone is not known (before the first call). */
void autotask_page_link(struct autotask *at, enum autotask_page page, int64_t id, struct buf *out);

#endif
