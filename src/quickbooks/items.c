/* SPDX-License-Identifier: GPL-2.0-or-later */
/* items: products and services, with categories and bundles (quickbooks-online.md 3.1, 4). */
#include "ledger.h"

static const struct {
    const char *name;
    enum quickbooks_item_type type;
} types[] = {{"Service", QB_ITEM_SERVICE},
             {"Inventory", QB_ITEM_INVENTORY},
             {"NonInventory", QB_ITEM_NONINVENTORY},
             {"Group", QB_ITEM_GROUP},
             {"Category", QB_ITEM_CATEGORY}};

static enum quickbooks_item_type type_of(const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(types); i++) {
        if (slice_eq_nocase(slice_of(name), slice_of(types[i].name)))
            return types[i].type;
    }
    return QB_ITEM_OTHER;
}

static int take(void *self, const struct json *json, struct err *e)
{
    struct rows *rows = self;
    struct record r = {.json = json, .pool = rows->pool, .e = e};
    struct quickbooks_item *item = rows_add(rows);
    *item = (struct quickbooks_item){
        .id = record_text(&r, "Id", ID_BYTES),
        .name = record_text(&r, "Name", NAME_BYTES),
        .full_name = record_text(&r, "FullyQualifiedName", FULL_NAME_BYTES),
        .sku = record_text(&r, "Sku", NAME_BYTES),
        .type_name = record_text(&r, "Type", WORD_BYTES),
        .parent_id = record_text(&r, "ParentRef.value", ID_BYTES),
        .parent_name = record_text(&r, "ParentRef.name", FULL_NAME_BYTES),
        .income_account_id = record_text(&r, "IncomeAccountRef.value", ID_BYTES),
        .income_account_name = record_text(&r, "IncomeAccountRef.name", FULL_NAME_BYTES),
        .expense_account_id = record_text(&r, "ExpenseAccountRef.value", ID_BYTES),
        .expense_account_name = record_text(&r, "ExpenseAccountRef.name", FULL_NAME_BYTES),
        .tax_code_id = record_text(&r, "SalesTaxCodeRef.value", ID_BYTES),
        .asset_account_id = record_text(&r, "AssetAccountRef.value", ID_BYTES),
        .start_date = record_text(&r, "InvStartDate", ID_BYTES),
        .active = record_true(&r, "Active", true),
        .taxable = record_true(&r, "Taxable", false),
        .sub_item = record_true(&r, "SubItem", false),
        .level = record_int(&r, "Level", 0),
        .unit_price = record_decimal(&r, "UnitPrice"),
    };
    item->type = type_of(item->type_name);
    return record_end(&r);
}

static int read_items(struct quickbooks *qb, const char *where, struct pool *pool,
                      struct quickbooks_items *out, struct err *e)
{
    struct rows rows = {.pool = pool, .size = sizeof(*out->v)};
    int rc = quickbooks_query(qb, "Item", where, take, &rows, e);
    *out = (struct quickbooks_items){.v = rows.v, .n = rc == 0 ? rows.n : 0};
    return rc;
}

int quickbooks_items(struct quickbooks *qb, struct pool *pool, struct quickbooks_items *out, struct err *e)
{
    return read_items(qb, NULL, pool, out, e);
}

int quickbooks_items_named(struct quickbooks *qb, const char *name, struct pool *pool,
                           struct quickbooks_items *out, struct err *e)
{
    struct buf where = BUF_INIT(10000);
    *out = (struct quickbooks_items){.n = 0};
    int rc = quickbooks_put_named(&where, "Name", name, e);
    if (rc == 0)
        rc = read_items(qb, where.data, pool, out, e);
    buf_release(&where);
    return rc;
}

struct slice quickbooks_bare_name(const char *name)
{
    static const struct slice mark = {" (deleted)", 10};
    struct slice s = slice_of(name);
    return slice_ends_nocase(s, mark) ? slice_cut(s, s.len - mark.len) : s;
}
