/* SPDX-License-Identifier: GPL-2.0-or-later */
/* invoiced: companies, with what invoicing needs of them (autotask-rest.md 5.7). */
#include "columns.h"

#define AT(member) offsetof(struct autotask_customer, member)

static const struct column columns[] = {
    {"id", COLUMN_COMPANY, AT(id)},
    {"companyName", COLUMN_NAME, AT(name)},
    {"companyNumber", COLUMN_TEXT, AT(number)},
    {"companyType", COLUMN_NUMBER, AT(type)},
    {"parentCompanyID", COLUMN_COMPANY, AT(parent_id)},
    {"invoiceTemplateID", COLUMN_NUMBER, AT(template_id)},
    {"invoiceMethod", COLUMN_NUMBER, AT(invoice_method)},
    {"invoiceEmailMessageID", COLUMN_NUMBER, AT(email_message_id)},
    {"taxRegionID", COLUMN_NUMBER, AT(tax_region_id)},
    {"currencyID", COLUMN_NUMBER, AT(currency_id)},
    {"taxID", COLUMN_TEXT, AT(tax_id)},
    {"webAddress", COLUMN_TEXT, AT(web_address)},
    {"isActive", COLUMN_ACTIVE, AT(active)},
    {"isTaxExempt", COLUMN_FLAG, AT(tax_exempt)},
};
static const struct records companies = RECORDS("Companies", columns, struct autotask_customer, AT(unseen));

static int read_companies(struct autotask *at, struct ask *ask, struct pool *pool,
                          struct autotask_customers *out, struct err *e)
{
    static const char *const fields[] = {"companyType", "invoiceMethod"};
    struct autotask_labels labels[ARRAY_LEN(fields)];
    struct rows rows;
    ask->what = &companies;
    *out = (struct autotask_customers){0};
    if (records_read(at, ask, pool, &rows, e) != 0 ||
        records_labels(at, "Companies", fields, ARRAY_LEN(fields), pool, labels, e) != 0)
        return -1;
    *out = (struct autotask_customers){.v = rows.v, .n = rows.n};
    for (size_t i = 0; i < out->n; i++) {
        struct autotask_customer *c = &out->v[i];
        c->type_name = autotask_label_name(&labels[0], c->type);
        c->method_name = autotask_label_name(&labels[1], c->invoice_method);
    }
    return 0;
}

static bool is_active(const void *row, const void *self)
{
    const struct autotask_customer *c = row;
    (void)self;
    return c->active;
}

int autotask_customers(struct autotask *at, bool only_active, struct pool *pool,
                       struct autotask_customers *out, struct err *e)
{
    struct ask ask = {0};
    if (only_active)
        ask = (struct ask){.conditions = "{\"op\":\"eq\",\"field\":\"isActive\",\"value\":true}",
                           .fits = is_active};
    return read_companies(at, &ask, pool, out, e);
}

int autotask_customers_named(struct autotask *at, const char *name, struct pool *pool,
                             struct autotask_customers *out, struct err *e)
{
    struct buf conditions = BUF_INIT(16000);
    struct ask ask = {.most = 500};
    buf_puts(&conditions, "{\"op\":\"eq\",\"field\":\"companyName\",\"value\":");
    buf_put_json(&conditions, slice_cut_utf8(slice_of(name), 1000));
    buf_putc(&conditions, '}');
    ask.conditions = conditions.data;
    int rc = read_companies(at, &ask, pool, out, e);
    buf_release(&conditions);
    return rc;
}

static bool has_id(const void *row, const void *self)
{
    const struct autotask_customer *c = row;
    const int64_t *id = self;
    return c->id == *id;
}

int autotask_customer_by_id(struct autotask *at, int64_t id, struct pool *pool, struct autotask_customer *out,
                            struct err *e)
{
    struct autotask_customers all;
    char conditions[100];
    snprintf(conditions, sizeof(conditions), "{\"op\":\"eq\",\"field\":\"id\",\"value\":%lld}",
             (long long)id);
    struct ask ask = {.conditions = conditions, .fits = has_id, .self = &id, .most = 1};
    if (read_companies(at, &ask, pool, &all, e) != 0)
        return -1;
    if (!all.n)
        return err_set(e, ERR_NOT_FOUND, "Autotask shows no company %lld", (long long)id);
    *out = all.v[0];
    return 0;
}
