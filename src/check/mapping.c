/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mapping: every name that Autotask sends against the items of QuickBooks, in one pass over hashed names.
 *
 * The integration compares exactly (sync-integration.md 1.3), so only equal names match; near ones are told,
 * never believed. A code gets one finding about its match (the first that applies: forbidden, too long,
 * category, inactive, only by case, near, missing), besides those about the item that it did match.
 */
#include "check_private.h"

/* Any of these may be the name of an item. */
#define NAMES_OF_AUTOTASK (AT_BOOKS_CODES | AT_BOOKS_SERVICES | AT_BOOKS_BUNDLES | AT_BOOKS_PRODUCTS)

struct item_state {
    uint32_t code; /* the first code that matches it, + 1; 0 = none */
    bool near;     /* a code that has no item of its own is nearly called so */
};

struct mapping {
    const struct check_rows *rows;
    struct report *r;
    struct pool *pool;
    struct check_codes codes;
    struct name_index *by_name, *by_near; /* items; by_near: the usable ones */
    struct name_index *near_codes, *accounts;
    struct name_index *known; /* every active name of Autotask, also of kinds that are not compared */
    struct slice *item_forms, *code_forms; /* under which near names are equal */
    struct item_state *states;
};

static void index_items(struct mapping *m)
{
    const struct quickbooks_items *items = &m->rows->items;
    m->by_name = name_index_new(m->pool, items->n);
    m->by_near = name_index_new(m->pool, items->n);
    m->item_forms = pool_array(m->pool, items->n + 1, sizeof(*m->item_forms));
    m->states = pool_array(m->pool, items->n + 1, sizeof(*m->states));
    for (uint32_t i = 0; i < items->n; i++) {
        name_index_add(m->by_name, check_item_name(&items->v[i]), i);
        if (!check_item_usable(&items->v[i]))
            continue;
        m->item_forms[i] = nearname_form(m->pool, slice_of(items->v[i].name));
        name_index_add(m->by_near, m->item_forms[i], i);
    }
}

static void index_codes(struct mapping *m)
{
    m->near_codes = name_index_new(m->pool, m->codes.n);
    m->code_forms = pool_array(m->pool, m->codes.n + 1, sizeof(*m->code_forms));
    for (uint32_t i = 0; i < m->codes.n; i++) {
        if (m->codes.v[i].key[0] == '\0')
            continue;
        m->code_forms[i] = nearname_form(m->pool, slice_of(m->codes.v[i].key));
        name_index_add(m->near_codes, m->code_forms[i], i);
    }
}

static void index_known(struct mapping *m)
{
    const struct autotask_codes *codes = &m->rows->autotask.codes;
    bool by_number = m->rows->conf->firm.match_by_number;
    m->known = name_index_new(m->pool, codes->n);
    for (uint32_t i = 0; i < codes->n; i++) {
        if (codes->v[i].active)
            name_index_add(m->known, slice_of(by_number ? codes->v[i].external_number : codes->v[i].name), i);
    }
}

/* --- names that QuickBooks does not take --- */

static struct report_finding *add_code_finding(struct mapping *m, enum check_kind kind,
                                               const struct check_code *c)
{
    struct report_finding *f = report_add(m->r, kind, c->key[0] ? c->key : c->name);
    report_fact(f, "kind", c->kind);
    report_fact(f, "want", c->key);
    if (m->rows->conf->firm.match_by_number)
        report_fact(f, "name", c->name);
    check_code_evidence(m->r, f, c);
    return f;
}

/* Desktop: the tilde parts levels, and each has its own limit (sync-integration.md 2.4). */
static void look_at_levels(struct mapping *m, const struct check_code *c)
{
    struct scan s = scan_of(slice_of(c->key));
    while (!scan_end(&s)) {
        const char *level = pool_slice(m->pool, scan_until(&s, "~"));
        scan_char(&s, '~');
        if (check_length(level) <= LEVEL_NAME_MAX)
            continue;
        struct report_finding *f = add_code_finding(m, KIND_LEVEL_TOO_LONG, c);
        report_fact(f, "other", level);
        report_fact(f, "length", check_count(m->r, check_length(level)));
        return;
    }
}

/* Is it taken as it is? */
static bool look_at_form(struct mapping *m, const struct check_code *c)
{
    const char *bad = c->key + strcspn(c->key, ":\t\r\n");
    if (*bad) {
        struct report_finding *f = add_code_finding(m, KIND_NAME_FORBIDDEN, c);
        report_fact(f, "sign", *bad == ':' ? "a colon" : *bad == '\t' ? "a tab" : "a line break");
        return false;
    }
    if (!m->rows->online) {
        look_at_levels(m, c);
        return true;
    }
    size_t length = check_length(c->key);
    if (length > ITEM_NAME_MAX) {
        struct report_finding *f = add_code_finding(m, KIND_NAME_TOO_LONG, c);
        report_fact(f, "length", check_count(m->r, length));
        return false;
    }
    return true;
}

/* --- one code --- */

struct matches {
    const struct quickbooks_item *usable, *category, *inactive; /* the first of each */
};

static void find_exact(struct mapping *m, uint32_t code, struct matches *out)
{
    const struct quickbooks_item *items = m->rows->items.v;
    uint32_t i = m->codes.v[code].unseen ? NAME_INDEX_NONE
                                         : name_index_first(m->by_name, slice_of(m->codes.v[code].key));
    for (; i != NAME_INDEX_NONE; i = name_index_next(m->by_name, i)) {
        const struct quickbooks_item *item = &items[i];
        const struct quickbooks_item **at = !item->active                    ? &out->inactive
                                            : item->type == QB_ITEM_CATEGORY ? &out->category
                                                                             : &out->usable;
        if (!*at)
            *at = item;
        if (check_item_usable(item) && !m->states[i].code)
            m->states[i].code = code + 1;
    }
}

/* No item of exactly that name: one that people take for it? */
static void look_for_near(struct mapping *m, uint32_t code)
{
    const struct check_code *c = &m->codes.v[code];
    const struct quickbooks_item *near = NULL, *items = m->rows->items.v;
    bool case_only = false;
    uint32_t i = name_index_first(m->by_near, m->code_forms[code]);
    for (; i != NAME_INDEX_NONE; i = name_index_next(m->by_near, i)) {
        bool same = !c->unseen && nearname_same_but_case(items[i].name, c->key);
        m->states[i].near = true;
        if (!near || (same && !case_only))
            near = &items[i];
        case_only = case_only || same;
    }
    if (!near) {
        (void)add_code_finding(m, KIND_ITEM_MISSING, c);
        return;
    }
    struct report_finding *f = add_code_finding(m, case_only ? KIND_ITEM_CASE : KIND_ITEM_NEAR, c);
    report_fact(f, "other", near->name);
    struct nearname_parting parting;
    if (c->unseen) {
        report_fact(f, "sign", "marks that are not shown");
    } else if (!case_only && nearname_parts(c->key, near->name, m->pool, &parting)) {
        report_fact(f, "place", parting.place);
        report_fact(f, "mine", parting.mine);
        report_fact(f, "theirs", parting.theirs);
    }
    check_item_evidence(m->rows, m->r, f, near);
}

static void look_at_code(struct mapping *m, uint32_t code)
{
    const struct check_code *c = &m->codes.v[code];
    struct matches found = {0};
    if (c->key[0] == '\0') {
        if (m->rows->conf->firm.match_by_number)
            (void)add_code_finding(m, KIND_NUMBER_EMPTY, c);
        return;
    }
    if (!look_at_form(m, c) || !m->rows->online)
        return;
    find_exact(m, code, &found);
    if (found.usable && !found.category)
        return;
    if (!found.usable && !found.category && !found.inactive) {
        look_for_near(m, code);
        return;
    }
    enum check_kind kind = found.usable     ? KIND_ITEM_AND_CATEGORY
                           : found.category ? KIND_ITEM_IS_CATEGORY
                                            : KIND_ITEM_INACTIVE;
    struct report_finding *f = add_code_finding(m, kind, c);
    const struct quickbooks_item *all[] = {found.category, found.usable ? found.usable : found.inactive};
    for (size_t i = 0; i < ARRAY_LEN(all); i++) {
        if (all[i])
            check_item_evidence(m->rows, m->r, f, all[i]);
    }
    report_fact(f, "other", all[1] ? all[1]->full_name : "");
}

/* --- names that are alike on one side --- */

static const char *put_names(struct mapping *m, const struct name_index *index, uint32_t first,
                             const char *(*name)(const struct mapping *m, uint32_t i))
{
    struct buf b = BUF_INIT(2000);
    size_t n = 0;
    for (uint32_t i = first; i != NAME_INDEX_NONE; i = name_index_next(index, i), n++) {
        if (n < 6)
            buf_printf(&b, "%s\"%s\"", n ? ", " : "", name(m, i));
    }
    if (n > 6)
        buf_printf(&b, " +%zu", n - 6);
    const char *kept = pool_slice(m->pool, buf_view(&b));
    buf_release(&b);
    return kept;
}

static const char *name_of_item(const struct mapping *m, uint32_t i)
{
    return m->rows->items.v[i].full_name[0] ? m->rows->items.v[i].full_name : m->rows->items.v[i].name;
}

static const char *name_of_code(const struct mapping *m, uint32_t i)
{
    return m->codes.v[i].key;
}

static void look_for_like_items(struct mapping *m)
{
    const struct quickbooks_items *items = &m->rows->items;
    for (uint32_t i = 0; i < items->n; i++) {
        if (!check_item_usable(&items->v[i]) || name_index_first(m->by_near, m->item_forms[i]) != i ||
            name_index_next(m->by_near, i) == NAME_INDEX_NONE)
            continue;
        struct report_finding *f = report_add(m->r, KIND_ITEMS_ALIKE, items->v[i].name);
        report_fact(f, "names", put_names(m, m->by_near, i, name_of_item));
        for (uint32_t k = i; k != NAME_INDEX_NONE; k = name_index_next(m->by_near, k))
            check_item_evidence(m->rows, m->r, f, &items->v[k]);
    }
}

static void look_for_like_codes(struct mapping *m)
{
    bool by_number = m->rows->conf->firm.match_by_number;
    for (uint32_t i = 0; i < m->codes.n; i++) {
        const struct check_code *c = &m->codes.v[i];
        if (c->key[0] == '\0' || name_index_first(m->near_codes, m->code_forms[i]) != i ||
            name_index_next(m->near_codes, i) == NAME_INDEX_NONE)
            continue;
        bool same = true;
        for (uint32_t k = i; k != NAME_INDEX_NONE; k = name_index_next(m->near_codes, k))
            same = same && strcmp(m->codes.v[k].key, c->key) == 0;
        enum check_kind kind = !same ? KIND_CODES_ALIKE : by_number ? KIND_NUMBER_DOUBLE : KIND_CODES_SAME;
        struct report_finding *f = report_add(m->r, kind, c->key);
        report_fact(f, "names", put_names(m, m->near_codes, i, name_of_code));
        for (uint32_t k = i; k != NAME_INDEX_NONE; k = name_index_next(m->near_codes, k))
            check_code_evidence(m->r, f, &m->codes.v[k]);
    }
}

/* --- one item --- */

/* Kinds that come from QuickBooks Desktop. That a Discount takes no quantity is documented; of the others it
 * is reported (sync-errors.md, qbd-quantity-not-allowed). */
static bool takes_no_quantity(const char *type)
{
    static const char *const types[] = {"Discount", "Subtotal", "Payment", "Tax", "Tax Group"};
    for (size_t i = 0; i < ARRAY_LEN(types); i++) {
        if (slice_eq_nocase(slice_of(type), slice_of(types[i])))
            return true;
    }
    return false;
}

static struct report_finding *add_item_finding(struct mapping *m, enum check_kind kind,
                                               const struct quickbooks_item *item, uint32_t code)
{
    struct report_finding *f = report_add(m->r, kind, item->name);
    check_item_evidence(m->rows, m->r, f, item);
    check_code_evidence(m->r, f, &m->codes.v[code]);
    report_fact(f, "type", item->type_name);
    return f;
}

/* Its income account, which decides where the revenue goes. */
static void look_at_account(struct mapping *m, const struct quickbooks_item *item, uint32_t code)
{
    const struct quickbooks_account *a = check_account_by_id(m->rows, m->accounts, item->income_account_id);
    if (!item->income_account_id[0]) {
        (void)add_item_finding(m, KIND_ITEM_NO_ACCOUNT, item, code);
        return;
    }
    if (!a || (a->active && slice_eq_nocase(slice_of(a->type), SLICE("Income"))))
        return;
    struct report_finding *f =
        add_item_finding(m, a->active ? KIND_ITEM_ACCOUNT_TYPE : KIND_ITEM_ACCOUNT_INACTIVE, item, code);
    report_fact(f, "account", check_account_name(a));
    report_fact(f, "have", a->type);
    check_account_evidence(m->rows, m->r, f, a);
}

static void look_at_item(struct mapping *m, uint32_t i, bool sees_all)
{
    const struct quickbooks_item *item = &m->rows->items.v[i];
    if (!check_item_usable(item))
        return;
    if (!m->states[i].code) {
        bool known = name_index_first(m->known, slice_of(item->name)) != NAME_INDEX_NONE;
        if (sees_all && !known && !m->states[i].near) {
            struct report_finding *f = report_add(m->r, KIND_ITEM_ONLY_QUICKBOOKS, item->name);
            report_fact(f, "type", item->type_name);
            check_item_evidence(m->rows, m->r, f, item);
        }
        return;
    }
    uint32_t code = m->states[i].code - 1;
    if (check_item_has_account(item))
        look_at_account(m, item, code);
    else
        (void)add_item_finding(m, takes_no_quantity(item->type_name) ? KIND_ITEM_NO_QUANTITY : KIND_ITEM_TYPE,
                               item, code);
}

/* --- all of it --- */

void say_mapping_compared(const struct check_rows *rows, struct report *r)
{
    size_t items = 0;
    struct check_codes codes;
    check_codes_of(rows, r->pool, &codes);
    for (size_t i = 0; i < rows->items.n; i++)
        items += check_item_usable(&rows->items.v[i]);
    const struct report_fact facts[] = {
        {"n", check_count(r, codes.n)}, {"items", rows->online ? check_count(r, items) : ""}, {NULL, NULL}};
    report_say(r, REPORT_COMPARED, "compared-mapping", facts);
}

static void prepare(struct mapping *m, const struct check_rows *rows, struct report *r)
{
    *m = (struct mapping){.rows = rows, .r = r, .pool = r->pool};
    check_codes_of(rows, m->pool, &m->codes);
    m->accounts = check_account_index(rows, m->pool);
    index_items(m);
    index_codes(m);
    index_known(m);
}

void find_mapping(const struct check_rows *rows, struct report *r)
{
    struct mapping m;
    bool sees_all = check_sees(rows, NAMES_OF_AUTOTASK);
    prepare(&m, rows, r);
    check_assume_matching(rows, r);
    for (uint32_t i = 0; i < m.codes.n; i++)
        look_at_code(&m, i);
    look_for_like_codes(&m);
    look_for_like_items(&m);
    for (uint32_t i = 0; i < rows->items.n; i++)
        look_at_item(&m, i, sees_all);
}

void find_item_accounts(const struct check_rows *rows, struct report *r)
{
    struct mapping m;
    prepare(&m, rows, r);
    for (uint32_t i = 0; i < m.codes.n; i++) {
        struct matches found = {0};
        if (m.codes.v[i].key[0])
            find_exact(&m, i, &found);
    }
    for (uint32_t i = 0; i < rows->items.n; i++) {
        if (m.states[i].code && check_item_has_account(&rows->items.v[i]))
            look_at_account(&m, &rows->items.v[i], m.states[i].code - 1);
    }
}

void compare_mapping(const struct check_rows *rows, struct report *r)
{
    static const char *const verdicts[3] = {"verdict-mapping-errors", "verdict-mapping-warnings",
                                            "verdict-mapping-clean"};
    find_mapping(rows, r);
    say_mapping_compared(rows, r);
    check_verdict(r, verdicts);
}
