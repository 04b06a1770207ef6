/* SPDX-License-Identifier: GPL-2.0-or-later */
/* accounts: the chart of accounts, terms and tax codes (quickbooks-online.md 3.2, 3.4, 3.6). */
#include "ledger.h"

static int take_account(void *self, const struct json *json, struct err *e)
{
    struct rows *rows = self;
    struct record r = {.json = json, .pool = rows->pool, .e = e};
    *(struct quickbooks_account *)rows_add(rows) = (struct quickbooks_account){
        .id = record_text(&r, "Id", ID_BYTES),
        .name = record_text(&r, "Name", NAME_BYTES),
        .full_name = record_text(&r, "FullyQualifiedName", FULL_NAME_BYTES),
        .number = record_text(&r, "AcctNum", WORD_BYTES),
        .type = record_text(&r, "AccountType", WORD_BYTES),
        .subtype = record_text(&r, "AccountSubType", WORD_BYTES),
        .classification = record_text(&r, "Classification", WORD_BYTES),
        .parent_id = record_text(&r, "ParentRef.value", ID_BYTES),
        .currency = record_text(&r, "CurrencyRef.value", WORD_BYTES),
        .active = record_true(&r, "Active", true),
        .sub_account = record_true(&r, "SubAccount", false),
    };
    return record_end(&r);
}

int quickbooks_accounts(struct quickbooks *qb, struct pool *pool, struct quickbooks_accounts *out,
                        struct err *e)
{
    struct rows rows = {.pool = pool, .size = sizeof(*out->v)};
    int rc = quickbooks_query(qb, "Account", NULL, take_account, &rows, e);
    *out = (struct quickbooks_accounts){.v = rows.v, .n = rc == 0 ? rows.n : 0};
    return rc;
}

/* Samples say DATE_DRIVEN, the schema DateDriven. */
static bool is_date_driven(const char *type)
{
    return slice_eq_nocase(slice_of(type), SLICE("DATE_DRIVEN")) ||
           slice_eq_nocase(slice_of(type), SLICE("DateDriven"));
}

static int take_term(void *self, const struct json *json, struct err *e)
{
    struct rows *rows = self;
    struct record r = {.json = json, .pool = rows->pool, .e = e};
    *(struct quickbooks_term *)rows_add(rows) = (struct quickbooks_term){
        .id = record_text(&r, "Id", ID_BYTES),
        .name = record_text(&r, "Name", NAME_BYTES),
        .active = record_true(&r, "Active", true),
        .date_driven = is_date_driven(record_text(&r, "Type", WORD_BYTES)),
        .due_days = record_int(&r, "DueDays", -1),
        .day_of_month = record_int(&r, "DayOfMonthDue", -1),
        .next_month_days = record_int(&r, "DueNextMonthDays", -1),
    };
    return record_end(&r);
}

int quickbooks_terms(struct quickbooks *qb, struct pool *pool, struct quickbooks_terms *out, struct err *e)
{
    struct rows rows = {.pool = pool, .size = sizeof(*out->v)};
    int rc = quickbooks_query(qb, "Term", NULL, take_term, &rows, e);
    *out = (struct quickbooks_terms){.v = rows.v, .n = rc == 0 ? rows.n : 0};
    return rc;
}

static int take_tax_code(void *self, const struct json *json, struct err *e)
{
    struct rows *rows = self;
    struct record r = {.json = json, .pool = rows->pool, .e = e};
    *(struct quickbooks_tax_code *)rows_add(rows) = (struct quickbooks_tax_code){
        .id = record_text(&r, "Id", ID_BYTES),
        .name = record_text(&r, "Name", NAME_BYTES),
        .description = record_text(&r, "Description", NAME_BYTES),
        .active = record_true(&r, "Active", true),
        .taxable = record_true(&r, "Taxable", false),
        .group = record_true(&r, "TaxGroup", false),
        .hidden = record_true(&r, "Hidden", false),
    };
    return record_end(&r);
}

static int read_taxes(struct quickbooks *qb, const char *entity, struct pool *pool,
                      struct quickbooks_tax_codes *out, struct err *e)
{
    struct rows rows = {.pool = pool, .size = sizeof(*out->v)};
    int rc = quickbooks_query(qb, entity, NULL, take_tax_code, &rows, e);
    *out = (struct quickbooks_tax_codes){.v = rows.v, .n = rc == 0 ? rows.n : 0};
    return rc;
}

int quickbooks_tax_codes(struct quickbooks *qb, struct pool *pool, struct quickbooks_tax_codes *out,
                         struct err *e)
{
    return read_taxes(qb, "TaxCode", pool, out, e);
}

int quickbooks_tax_rates(struct quickbooks *qb, struct pool *pool, struct quickbooks_tax_codes *out,
                         struct err *e)
{
    return read_taxes(qb, "TaxRate", pool, out, e);
}
