/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ledgers: the general ledger account of each code against the chart of accounts and the income account of
 * its item. The item's account decides where revenue goes; that of the code is used, if at all, only when an
 * item is made (sync-integration.md 1.3, 2.5).
 *
 * Autotask has account names in one picklist, as people typed them: a name, a number, or both. So they are
 * compared as near names with any of these.
 */
#include "check_private.h"

enum { FORMS_OF_ACCOUNT = 4 };

struct ledgers {
    const struct check_rows *rows;
    struct report *r;
    struct check_codes codes;
    struct name_index *by_form, *by_id, *items;
    uint32_t *account_of_form; /* by the row of by_form */
    struct name_index *told;   /* general ledger accounts that were looked at, by id */
};

static void add_form(struct ledgers *l, uint32_t *n, uint32_t account, const char *text)
{
    if (!text[0])
        return;
    l->account_of_form[*n] = account;
    name_index_add(l->by_form, nearname_form(l->r->pool, slice_of(text)), (*n)++);
}

static void index_accounts(struct ledgers *l)
{
    const struct quickbooks_accounts *accounts = &l->rows->accounts;
    struct pool *pool = l->r->pool;
    uint32_t n = 0;
    l->by_form = name_index_new(pool, accounts->n * FORMS_OF_ACCOUNT);
    l->account_of_form = pool_array(pool, accounts->n * FORMS_OF_ACCOUNT + 1, sizeof(*l->account_of_form));
    for (uint32_t i = 0; i < accounts->n; i++) {
        const struct quickbooks_account *a = &accounts->v[i];
        const char *name = a->active ? a->name : pool_slice(pool, quickbooks_bare_name(a->name));
        const char *full = a->active ? a->full_name : pool_slice(pool, quickbooks_bare_name(a->full_name));
        add_form(l, &n, i, name);
        if (strcmp(full, name) != 0)
            add_form(l, &n, i, full);
        add_form(l, &n, i, a->number);
        if (a->number[0])
            add_form(l, &n, i, pool_printf(pool, "%s %s", a->number, name));
    }
}

static void index_items(struct ledgers *l)
{
    const struct quickbooks_items *items = &l->rows->items;
    l->items = name_index_new(l->r->pool, items->n);
    for (uint32_t i = 0; i < items->n; i++) {
        if (check_item_usable(&items->v[i]) && check_item_has_account(&items->v[i]))
            name_index_add(l->items, slice_of(items->v[i].name), i);
    }
}

/* What the chart has under that name. */
struct chart {
    uint32_t first; /* row of by_form, or NAME_INDEX_NONE */
    const struct quickbooks_account *active, *income, *any;
};

static struct chart look_up(const struct ledgers *l, const char *ledger)
{
    struct chart c = {.first = name_index_first(l->by_form, nearname_form(l->r->pool, slice_of(ledger)))};
    for (uint32_t i = c.first; i != NAME_INDEX_NONE; i = name_index_next(l->by_form, i)) {
        const struct quickbooks_account *a = &l->rows->accounts.v[l->account_of_form[i]];
        c.any = c.any ? c.any : a;
        if (a->active && !c.active)
            c.active = a;
        if (a->active && !c.income && slice_eq_nocase(slice_of(a->type), SLICE("Income")))
            c.income = a;
    }
    return c;
}

static bool is_one_of(const struct ledgers *l, const struct chart *c, const char *account_id)
{
    for (uint32_t i = c->first; i != NAME_INDEX_NONE; i = name_index_next(l->by_form, i)) {
        if (strcmp(l->rows->accounts.v[l->account_of_form[i]].id, account_id) == 0)
            return true;
    }
    return false;
}

/* A general ledger account that codes name: once, however many codes do. */
static void look_at_ledger(struct ledgers *l, const struct check_code *c, const struct chart *chart,
                           uint32_t at)
{
    const char *id = check_id(l->r, c->ledger_id);
    if (name_index_first(l->told, slice_of(id)) != NAME_INDEX_NONE)
        return;
    name_index_add(l->told, slice_of(id), at);
    if (chart->income || (c->expense && chart->active))
        return;
    enum check_kind kind = chart->active ? KIND_ACCOUNT_TYPE
                           : chart->any  ? KIND_ACCOUNT_INACTIVE
                                         : KIND_ACCOUNT_MISSING;
    const struct quickbooks_account *a = chart->active ? chart->active : chart->any;
    struct report_finding *f = report_add(l->r, kind, c->ledger);
    report_evidence(f, "Autotask", "general ledger account", id, NULL);
    report_fact(f, "name", c->name);
    report_fact(f, "kind", c->kind);
    if (!a)
        return;
    report_fact(f, "account", check_account_name(a));
    report_fact(f, "have", a->type);
    check_account_evidence(l->rows, l->r, f, a);
}

/* Does the item of that code book where the code says? */
static void look_at_item(struct ledgers *l, const struct check_code *c, const struct chart *chart)
{
    uint32_t i = c->key[0] ? name_index_first(l->items, slice_of(c->key)) : NAME_INDEX_NONE;
    if (i == NAME_INDEX_NONE || !chart->any)
        return;
    const struct quickbooks_item *item = &l->rows->items.v[i];
    const struct quickbooks_account *have = check_account_by_id(l->rows, l->by_id, item->income_account_id);
    if (!have || is_one_of(l, chart, have->id))
        return;
    struct report_finding *f = report_add(l->r, KIND_ACCOUNT_DIFFERS, c->key);
    report_fact(f, "kind", c->kind);
    report_fact(f, "want", c->ledger);
    report_fact(f, "have", check_account_name(have));
    check_code_evidence(l->r, f, c);
    check_item_evidence(l->rows, l->r, f, item);
    check_account_evidence(l->rows, l->r, f, have);
}

void find_accounts(const struct check_rows *rows, struct report *r)
{
    struct ledgers l = {.rows = rows, .r = r};
    check_codes_of(rows, r->pool, &l.codes);
    check_assume_matching(rows, r);
    l.told = name_index_new(r->pool, l.codes.n);
    l.by_id = check_account_index(rows, r->pool);
    index_accounts(&l);
    index_items(&l);
    for (uint32_t i = 0; i < l.codes.n; i++) {
        const struct check_code *c = &l.codes.v[i];
        if (c->sold)
            continue;
        if (c->ledger_id == 0) {
            struct report_finding *f = report_add(r, KIND_CODE_NO_ACCOUNT, c->name);
            report_fact(f, "kind", c->kind);
            check_code_evidence(r, f, c);
        } else if (rows->online && c->ledger[0]) {
            struct chart chart = look_up(&l, c->ledger);
            look_at_ledger(&l, c, &chart, i);
            look_at_item(&l, c, &chart);
        }
    }
    const struct report_fact facts[] = {{"n", check_count(r, l.codes.n)},
                                        {"items", rows->online ? check_count(r, rows->accounts.n) : ""},
                                        {NULL, NULL}};
    report_say(r, REPORT_COMPARED, "compared-accounts", facts);
}

void compare_accounts(const struct check_rows *rows, struct report *r)
{
    static const char *const verdicts[3] = {"verdict-accounts-errors", "verdict-accounts-warnings",
                                            "verdict-accounts-clean"};
    find_accounts(rows, r);
    find_item_accounts(rows, r);
    check_verdict(r, verdicts);
}
