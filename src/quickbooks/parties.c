/* SPDX-License-Identifier: GPL-2.0-or-later */
/* parties: customers, and the vendors and employees with whom they share one name space
 * (quickbooks-online.md 3.3). */
#include "ledger.h"

struct parties {
    struct rows rows;
    enum quickbooks_party party;
};

static const char *of_address(struct record *r, const char *bill, const char *ship)
{
    const char *value = record_text(r, bill, NAME_BYTES);
    return value[0] ? value : record_text(r, ship, NAME_BYTES);
}

static int take(void *self, const struct json *json, struct err *e)
{
    struct parties *p = self;
    struct record r = {.json = json, .pool = p->rows.pool, .e = e};
    *(struct quickbooks_customer *)rows_add(&p->rows) = (struct quickbooks_customer){
        .party = p->party,
        .id = record_text(&r, "Id", ID_BYTES),
        .name = record_text(&r, "DisplayName", NAME_BYTES),
        .full_name = record_text(&r, "FullyQualifiedName", FULL_NAME_BYTES),
        .company = record_text(&r, "CompanyName", NAME_BYTES),
        .email = record_text(&r, "PrimaryEmailAddr.Address", NAME_BYTES),
        .parent_id = record_text(&r, "ParentRef.value", ID_BYTES),
        .term_id = record_text(&r, "SalesTermRef.value", ID_BYTES),
        .tax_code_id = record_text(&r, "DefaultTaxCodeRef.value", ID_BYTES),
        .currency = record_text(&r, "CurrencyRef.value", WORD_BYTES),
        .delivery = record_text(&r, "PreferredDeliveryMethod", WORD_BYTES),
        .state = of_address(&r, "BillAddr.CountrySubDivisionCode", "ShipAddr.CountrySubDivisionCode"),
        .postal_code = of_address(&r, "BillAddr.PostalCode", "ShipAddr.PostalCode"),
        .created = record_text(&r, "MetaData.CreateTime", WORD_BYTES),
        .active = record_true(&r, "Active", true),
        .taxable = record_true(&r, "Taxable", false),
        .job = record_true(&r, "Job", false),
        .balance = record_decimal(&r, "Balance"),
        .level = record_int(&r, "Level", 0),
    };
    return record_end(&r);
}

static void give(const struct parties *p, int rc, struct quickbooks_customers *out)
{
    *out = (struct quickbooks_customers){.v = p->rows.v, .n = rc == 0 ? p->rows.n : 0};
}

int quickbooks_customers(struct quickbooks *qb, struct pool *pool, struct quickbooks_customers *out,
                         struct err *e)
{
    struct parties p = {.rows = {.pool = pool, .size = sizeof(*out->v)}, .party = QB_CUSTOMER};
    int rc = quickbooks_query(qb, "Customer", NULL, take, &p, e);
    give(&p, rc, out);
    return rc;
}

int quickbooks_parties_named(struct quickbooks *qb, const char *name, struct pool *pool,
                             struct quickbooks_customers *out, struct err *e)
{
    static const char *const entities[] = {
        [QB_CUSTOMER] = "Customer", [QB_VENDOR] = "Vendor", [QB_EMPLOYEE] = "Employee"};
    struct parties p = {.rows = {.pool = pool, .size = sizeof(*out->v)}};
    struct buf where = BUF_INIT(10000);
    int rc = quickbooks_put_named(&where, "DisplayName", name, e);
    for (size_t i = 0; i < ARRAY_LEN(entities) && rc == 0; i++) {
        p.party = (enum quickbooks_party)i;
        rc = quickbooks_query(qb, entities[i], where.data, take, &p, e);
    }
    buf_release(&where);
    give(&p, rc, out);
    return rc;
}
