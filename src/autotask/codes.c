/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * codes: billing codes of every kind, and the general ledger accounts, which stand in no other list
 * (autotask-rest.md 5.10). Kinds are told by their labels; by number only where the facts confirm it.
 */
#include "columns.h"

/* A label that begins so, whatever its case; `number` as the facts have it, 0 = not confirmed. */
static const struct {
    const char *label;
    int64_t number;
    const char *words;
} kinds[AT_CODE_KINDS] = {
    [AT_CODE_OTHER] = {NULL, 0, "code"},
    [AT_CODE_WORK_TYPE] = {"General Allocation", 1, "work type"},
    [AT_CODE_EXPENSE] = {"Expense", 2, "expense category"},
    [AT_CODE_INTERNAL] = {"Internal", 3, "internal code"},
    [AT_CODE_MATERIAL] = {"Material", 4, "material code"},
    [AT_CODE_SERVICE] = {"Recurring", 5, "service code"},
    [AT_CODE_MILESTONE] = {"Milestone", 0, "milestone code"},
    [AT_CODE_PRODUCT] = {"Product", 0, "product code"},
};

static const struct column columns[] = {
    {"id", COLUMN_NUMBER, offsetof(struct autotask_code, id)},
    {"name", COLUMN_NAME, offsetof(struct autotask_code, name)},
    {"externalNumber", COLUMN_NAME, offsetof(struct autotask_code, external_number)},
    {"generalLedgerAccount", COLUMN_NUMBER, offsetof(struct autotask_code, ledger_id)},
    {"useType", COLUMN_NUMBER, offsetof(struct autotask_code, use_type)},
    {"billingCodeType", COLUMN_NUMBER, offsetof(struct autotask_code, type)},
    {"isActive", COLUMN_ACTIVE, offsetof(struct autotask_code, active)},
    {"taxCategoryID", COLUMN_NUMBER, offsetof(struct autotask_code, tax_category_id)},
};
static const struct records billing_codes =
    RECORDS("BillingCodes", columns, struct autotask_code, offsetof(struct autotask_code, unseen));

const char *autotask_code_kind_name(enum autotask_code_kind kind)
{
    return kinds[kind < AT_CODE_KINDS ? kind : AT_CODE_OTHER].words;
}

static enum autotask_code_kind kind_of(int64_t number, const char *label)
{
    for (size_t i = 1; i < AT_CODE_KINDS; i++) {
        if (slice_starts_nocase(slice_of(label), slice_of(kinds[i].label)))
            return (enum autotask_code_kind)i;
    }
    /* labels are in the tenant's language */
    for (size_t i = 1; i < AT_CODE_KINDS; i++) {
        if (kinds[i].number && kinds[i].number == number)
            return (enum autotask_code_kind)i;
    }
    return AT_CODE_OTHER;
}

enum { LEDGERS, USES, TYPES, FIELDS };

struct codes_read {
    struct autotask *at;
    struct autotask_labels labels[FIELDS];
    struct rows rows;
};

/* The rows first: their pages take longest, and the first call of all is made alone (client.c). */
static int read_half(void *self, size_t i, struct pool *pool, struct err *e)
{
    static const char *const fields[FIELDS] = {"generalLedgerAccount", "useType", "billingCodeType"};
    struct ask ask = {.what = &billing_codes};
    struct codes_read *r = self;
    return i == 0 ? records_read(r->at, &ask, pool, &r->rows, e)
                  : records_labels(r->at, "BillingCodes", fields, FIELDS, pool, r->labels, e);
}

int autotask_codes(struct autotask *at, struct pool *pool, struct autotask_codes *out, struct err *e)
{
    struct codes_read r = {.at = at};
    *out = (struct autotask_codes){0};
    if (side_by_side(2, read_half, &r, pool, e) != 0)
        return -1;
    *out = (struct autotask_codes){
        .v = r.rows.v, .n = r.rows.n, .ledgers = r.labels[LEDGERS], .uses = r.labels[USES]};
    for (size_t i = 0; i < out->n; i++) {
        struct autotask_code *c = &out->v[i];
        c->ledger_name = autotask_label_name(&r.labels[LEDGERS], c->ledger_id);
        c->use_name = autotask_label_name(&r.labels[USES], c->use_type);
        c->type_name = autotask_label_name(&r.labels[TYPES], c->type);
        c->kind = kind_of(c->use_type, c->use_name);
    }
    return 0;
}
