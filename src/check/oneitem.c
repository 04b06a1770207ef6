/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * oneitem: `check item NAME`: what both systems have under that name or nearly that name, and what `mapping`
 * says about it: the same comparison over fewer rows.
 */
#include "check_private.h"

enum { NEAREST = 5, NEAR_MOST = 2 };

/* --- the rows of that name --- */

static bool of_form(struct pool *pool, struct slice name, struct slice form)
{
    return slice_eq(nearname_form(pool, name), form);
}

static void keep_codes(struct check_rows *few, struct pool *pool, struct slice form)
{
    const struct autotask_codes all = few->autotask.codes;
    few->autotask.codes = (struct autotask_codes){.v = pool_array(pool, all.n + 1, sizeof(*all.v))};
    for (size_t i = 0; i < all.n; i++) {
        const struct autotask_code *c = &all.v[i];
        if (of_form(pool, slice_of(c->name), form) ||
            (few->conf->firm.match_by_number && of_form(pool, slice_of(c->external_number), form)))
            few->autotask.codes.v[few->autotask.codes.n++] = *c;
    }
}

static void keep_solds(struct autotask_solds *list, struct pool *pool, struct slice form)
{
    const struct autotask_solds all = *list;
    *list = (struct autotask_solds){.v = pool_array(pool, all.n + 1, sizeof(*all.v))};
    for (size_t i = 0; i < all.n; i++) {
        if (of_form(pool, slice_of(all.v[i].name), form))
            list->v[list->n++] = all.v[i];
    }
}

/* --- what is there --- */

static void show_codes(const struct check_rows *few, struct report *r)
{
    for (size_t i = 0; i < few->autotask.codes.n; i++) {
        const struct autotask_code *c = &few->autotask.codes.v[i];
        struct report_finding *f = report_add(r, KIND_NAME_IN_AUTOTASK, c->name);
        report_fact(f, "kind", autotask_code_kind_name(c->kind));
        report_fact(f, "have", c->active ? "active" : "inactive");
        report_fact(f, "number", c->external_number);
        report_fact(f, "account", c->ledger_name);
        report_evidence(f, "Autotask", autotask_code_kind_name(c->kind), check_id(r, c->id), NULL);
    }
}

static void show_items(const struct check_rows *few, struct report *r)
{
    struct name_index *accounts = check_account_index(few, r->pool);
    for (size_t i = 0; i < few->items.n; i++) {
        const struct quickbooks_item *item = &few->items.v[i];
        const struct quickbooks_account *a = check_account_by_id(few, accounts, item->income_account_id);
        struct report_finding *f = report_add(r, KIND_NAME_IN_QUICKBOOKS, item->name);
        report_fact(f, "kind", item->type_name);
        report_fact(f, "have", item->active ? "active" : "inactive");
        report_fact(f, "account", a ? check_account_name(a) : "");
        check_item_evidence(few, r, f, item);
    }
}

/* --- nothing is there: what is near --- */

struct nearest {
    struct slice folded;
    struct buf names;
    size_t n;
};

static void look_near(struct nearest *x, const char *name)
{
    struct buf folded = BUF_INIT(4096);
    fold_into(&folded, slice_of(name));
    bool near = fold_distance(x->folded, buf_view(&folded), NEAR_MOST) <= NEAR_MOST ||
                (x->folded.len >= 4 && slice_find(buf_view(&folded), x->folded) >= 0);
    if (near && x->n < NEAREST)
        buf_printf(&x->names, "%s\"%s\"", x->n++ ? ", " : "", name);
    buf_release(&folded);
}

static const char *near_names(const struct check_rows *rows, struct pool *pool)
{
    struct buf folded = BUF_INIT(4096);
    fold_into(&folded, slice_of(rows->argument));
    struct nearest x = {.folded = buf_view(&folded), .names = BUF_INIT(2000)};
    for (size_t i = 0; i < rows->autotask.codes.n; i++) {
        if (rows->autotask.codes.v[i].active)
            look_near(&x, rows->autotask.codes.v[i].name);
    }
    for (size_t i = 0; i < rows->items.n; i++) {
        if (check_item_usable(&rows->items.v[i]))
            look_near(&x, rows->items.v[i].name);
    }
    const char *kept = pool_slice(pool, buf_view(&x.names));
    buf_release(&folded);
    buf_release(&x.names);
    return kept;
}

void find_item(const struct check_rows *rows, struct report *r)
{
    struct check_rows few = *rows;
    struct slice form = nearname_form(r->pool, slice_of(rows->argument));
    keep_codes(&few, r->pool, form);
    keep_solds(&few.autotask.services, r->pool, form);
    keep_solds(&few.autotask.bundles, r->pool, form);
    keep_solds(&few.autotask.products, r->pool, form);
    check_keep_items(&few, r->pool, form);
    find_mapping(&few, r);
    show_codes(&few, r);
    show_items(&few, r);
}

void compare_item(const struct check_rows *rows, struct report *r)
{
    static const char *const verdicts[3] = {"verdict-item-errors", "verdict-item-warnings",
                                            "verdict-item-clean"};
    find_item(rows, r);
    check_verdict_of_name(r, verdicts, "verdict-item-none", rows->argument,
                          r->n ? "" : near_names(rows, r->pool));
}

/* Of an item or a customer: the error does not say which list the name is on. */
void compare_name(const struct check_rows *rows, struct report *r)
{
    static const char *const verdicts[3] = {"verdict-item-errors", "verdict-item-warnings",
                                            "verdict-item-clean"};
    find_item(rows, r);
    find_customers_named(rows, r);
    check_verdict_of_name(r, verdicts, "verdict-item-none", rows->argument,
                          r->n ? "" : near_names(rows, r->pool));
}
