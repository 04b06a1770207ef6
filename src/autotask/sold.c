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

static int read_solds(struct autotask *at, enum autotask_sold_kind kind, struct ask *ask, struct pool *pool,
                      struct autotask_solds *out, struct err *e)
{
    struct rows rows;
    ask->what = &lists[kind];
    *out = (struct autotask_solds){0};
    if (records_read(at, ask, pool, &rows, e) != 0)
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

int autotask_solds(struct autotask *at, enum autotask_sold_kind kind, struct pool *pool,
                   struct autotask_solds *out, struct err *e)
{
    struct ask ask = {.conditions = NULL};
    return read_solds(at, kind, &ask, pool, out, e);
}

/* --- those of some codes --- */

enum { MOST_CODES = 200 };

struct codes {
    const int64_t *ids;
    size_t n;
};

static bool is_of_codes(const void *row, const void *self)
{
    const struct autotask_sold *s = row;
    const struct codes *codes = self;
    for (size_t i = 0; i < codes->n; i++) {
        if (s->code_id == codes->ids[i])
            return true;
    }
    return false;
}

int autotask_solds_of(struct autotask *at, enum autotask_sold_kind kind, const int64_t *codes, size_t n,
                      struct pool *pool, struct autotask_solds *out, struct err *e)
{
    struct codes wanted = {.ids = codes, .n = n < MOST_CODES ? n : MOST_CODES};
    struct ask ask = {.fits = is_of_codes, .self = &wanted};
    struct buf conditions = BUF_INIT(8000);
    *out = (struct autotask_solds){0};
    if (n == 0)
        return 0;
    buf_printf(&conditions, "{\"op\":\"in\",\"field\":\"%s\",\"value\":[",
               kind == AT_SOLD_PRODUCT ? "productBillingCodeID" : "billingCodeID");
    for (size_t i = 0; i < wanted.n; i++)
        buf_printf(&conditions, "%s%lld", i ? "," : "", (long long)codes[i]);
    buf_puts(&conditions, "]}");
    ask.conditions = conditions.data;
    int rc = read_solds(at, kind, &ask, pool, out, e);
    buf_release(&conditions);
    return rc;
}
