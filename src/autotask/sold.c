/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sold: services, bundles of them and products, each with its billing code (autotask-rest.md 5.11). */
#include "columns.h"

#define AT(member) offsetof(struct autotask_sold, member)

static const struct column services[] = {
    {"id", COLUMN_NUMBER, AT(id)},
    {"name", COLUMN_NAME, AT(name)},
    {"billingCodeID", COLUMN_NUMBER, AT(code_id)},
    {"unitPrice", COLUMN_DECIMAL, AT(unit_price)},
    {"isActive", COLUMN_ACTIVE, AT(active)},
};
static const struct column products[] = {
    {"id", COLUMN_NUMBER, AT(id)},
    {"name", COLUMN_NAME, AT(name)},
    {"productBillingCodeID", COLUMN_NUMBER, AT(code_id)},
    {"chargeBillingCodeID", COLUMN_NUMBER, AT(charge_code_id)},
    {"sku", COLUMN_TEXT, AT(sku)},
    {"externalProductID", COLUMN_TEXT, AT(vendor_id)},
    {"unitPrice", COLUMN_DECIMAL, AT(unit_price)},
    {"isActive", COLUMN_ACTIVE, AT(active)},
};
static const struct records lists[AT_SOLD_KINDS] = {
    [AT_SOLD_SERVICE] = RECORDS("Services", services, struct autotask_sold, AT(unseen)),
    [AT_SOLD_BUNDLE] = RECORDS("ServiceBundles", services, struct autotask_sold, AT(unseen)),
    [AT_SOLD_PRODUCT] = RECORDS("Products", products, struct autotask_sold, AT(unseen)),
};

int autotask_solds(struct autotask *at, enum autotask_sold_kind kind, struct pool *pool,
                   struct autotask_solds *out, struct err *e)
{
    struct ask ask = {.what = &lists[kind]};
    struct rows rows;
    *out = (struct autotask_solds){0};
    if (records_read(at, &ask, pool, &rows, e) != 0)
        return -1;
    *out = (struct autotask_solds){.v = rows.v, .n = rows.n};
    for (size_t i = 0; i < out->n; i++) {
        struct autotask_sold *s = &out->v[i];
        s->kind = kind;
        s->sku = s->sku ? s->sku : "";
        s->vendor_id = s->vendor_id ? s->vendor_id : "";
    }
    return 0;
}
