/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * deepitems: which line of the invoice a finding about a name belongs to, what else is sold under it, and
 * what a diagnosis looks for in the items of the lines: inventory, parents, levels (sync-errors.md B).
 */
#include "check_private.h"

enum { LINES_SHOWN = 6, USERS_SHOWN = 6, LEVELS_MOST = 4, FOUND_SHOWN = 4 };

struct line_items {
    struct invoice_check *c;
    const struct check_rows *few;
    struct name_index *by_name; /* usable items */
};

/* --- which line, and what else --- */

static const char *lines_of(struct invoice_check *c, const char *code)
{
    struct buf b = BUF_INIT(2000);
    size_t n = 0;
    for (size_t i = 0; i < c->rows->lines.n; i++) {
        const struct autotask_line *line = &c->rows->lines.v[i];
        if (strcmp(check_id(c->r, line->code_id), code) != 0)
            continue;
        const char *name = line->item_name[0] ? line->item_name : line->description;
        if (n++ < LINES_SHOWN)
            buf_printf(&b, "%s%zu: \"%.*s\" %s", n > 1 ? "; " : "", i + 1,
                       (int)slice_cut_utf8(slice_of(name), 60).len, name, check_amount(c->r, line->total));
    }
    if (n > LINES_SHOWN)
        buf_printf(&b, "; +%zu", n - LINES_SHOWN);
    const char *kept = pool_slice(c->r->pool, buf_view(&b));
    buf_release(&b);
    return kept;
}

/* Services, bundles and products that are sold under the code: a new name is theirs too. */
static const char *users_of(struct invoice_check *c, const char *code)
{
    static const char *const kinds[AT_SOLD_KINDS] = {
        [AT_SOLD_SERVICE] = "service", [AT_SOLD_BUNDLE] = "bundle", [AT_SOLD_PRODUCT] = "product"};
    struct buf b = BUF_INIT(2000);
    size_t n = 0;
    for (int kind = 0; kind < AT_SOLD_KINDS; kind++) {
        const struct autotask_solds *all = &c->rows->deep.users[kind];
        for (size_t i = 0; i < all->n; i++) {
            if (!all->v[i].active || strcmp(check_id(c->r, all->v[i].code_id), code) != 0)
                continue;
            if (n++ < USERS_SHOWN)
                buf_printf(&b, "%s%s \"%s\"", n > 1 ? ", " : "", kinds[kind], all->v[i].name);
        }
    }
    if (n > USERS_SHOWN)
        buf_printf(&b, " +%zu", n - USERS_SHOWN);
    const char *kept = pool_slice(c->r->pool, buf_view(&b));
    buf_release(&b);
    return kept;
}

static const char *code_of_finding(const struct report_finding *f)
{
    for (unsigned i = 0; i < f->n_evidence; i++) {
        const struct report_evidence *e = &f->evidence[i];
        if (strcmp(e->system, "Autotask") == 0)
            return e->id;
    }
    return "";
}

static void name_lines(struct invoice_check *c, size_t before)
{
    for (size_t i = before; i < c->r->n; i++) {
        struct report_finding *f = &c->r->findings[i];
        const char *code = code_of_finding(f);
        if (!code[0] || f->n_facts + 2 > REPORT_FACTS)
            continue;
        report_fact(f, "lines", lines_of(c, code));
        if (f->kind == KIND_ITEM_IS_CATEGORY || f->kind == KIND_ITEM_AND_CATEGORY)
            report_fact(f, "users", users_of(c, code));
    }
}

/* --- the items that the lines find --- */

static const struct quickbooks_item *item_of(const struct line_items *x, const struct autotask_line *line)
{
    const struct autotask_codes *codes = &x->few->autotask.codes;
    for (size_t i = 0; i < codes->n; i++) {
        if (codes->v[i].id != line->code_id || !line->code_id)
            continue;
        uint32_t at = name_index_first(
            x->by_name,
            slice_of(x->few->conf->firm.match_by_number ? codes->v[i].external_number : codes->v[i].name));
        return at == NAME_INDEX_NONE ? NULL : &x->few->items.v[at];
    }
    return NULL;
}

static struct report_finding *add_item(const struct line_items *x, enum check_kind kind,
                                       const struct quickbooks_item *item)
{
    struct report_finding *f = report_add(x->c->r, kind, item->name);
    check_item_evidence(x->few, x->c->r, f, item);
    report_fact(f, "type", item->type_name);
    return f;
}

static bool has_parent(const struct line_items *x, const struct quickbooks_item *item)
{
    for (size_t i = 0; i < x->c->rows->items.n; i++) {
        const struct quickbooks_item *p = &x->c->rows->items.v[i];
        if (strcmp(p->id, item->parent_id) == 0)
            return p->active;
    }
    return false;
}

static void look_at_item(const struct line_items *x, const struct quickbooks_item *item)
{
    if (item->type == QB_ITEM_INVENTORY && !item->asset_account_id[0])
        (void)add_item(x, KIND_ITEM_NO_ASSET, item);
    if (item->type == QB_ITEM_INVENTORY && item->start_date[0] &&
        strcmp(check_day(x->few, x->c->r, x->c->inv->date_ms), item->start_date) < 0) {
        struct report_finding *f = add_item(x, KIND_ITEM_STARTS_LATER, item);
        report_fact(f, "since", item->start_date);
        report_fact(f, "date", check_day(x->few, x->c->r, x->c->inv->date_ms));
    }
    if (item->sub_item && !has_parent(x, item))
        report_fact(add_item(x, KIND_PARENT_INACTIVE, item), "other", item->parent_name);
    if (item->level >= LEVELS_MOST)
        report_fact(add_item(x, KIND_LEVELS_TOO_MANY, item), "other", item->full_name);
}

static void look_at_items(struct line_items *x)
{
    const struct check_rows *rows = x->c->rows;
    bool *seen = pool_array(x->c->r->pool, x->few->items.n + 1, sizeof(*seen));
    for (size_t i = 0; i < rows->lines.n; i++) {
        const struct quickbooks_item *item = item_of(x, &rows->lines.v[i]);
        if (!item)
            continue;
        if (item->type == QB_ITEM_INVENTORY && rows->lines.v[i].quantity == 0)
            check_item_evidence(rows, x->c->r,
                                invoice_add_line(x->c, KIND_LINE_NO_QUANTITY, &rows->lines.v[i]), item);
        if (!seen[item - x->few->items.v])
            look_at_item(x, item);
        seen[item - x->few->items.v] = true;
    }
}

/* A code that the API user may not see has no name to look up. */
static bool sees_codes(struct invoice_check *c)
{
    const struct autotask_codes *codes = &c->rows->autotask.codes;
    bool all = true;
    for (size_t i = 0; i < c->rows->lines.n; i++) {
        int64_t id = c->rows->lines.v[i].code_id;
        bool known = id == 0;
        for (size_t k = 0; k < codes->n && !known; k++)
            known = codes->v[k].id == id;
        all = all && known;
    }
    return all;
}

/* What was seen instead: each code of the lines and its item. */
static void say_found(const struct line_items *x)
{
    struct report *r = x->c->r;
    const struct autotask_codes *codes = &x->few->autotask.codes;
    const struct report_fact counted[] = {{"n", check_count(r, x->c->rows->lines.n)}, {NULL, NULL}};
    report_say(r, REPORT_COMPARED, "seen-items", counted);
    for (size_t i = 0; i < codes->n && i < FOUND_SHOWN; i++) {
        struct autotask_line line = {.code_id = codes->v[i].id};
        const struct quickbooks_item *item = item_of(x, &line);
        if (!item)
            continue;
        const struct report_fact facts[] = {{"name", codes->v[i].name},
                                            {"kind", autotask_code_kind_name(codes->v[i].kind)},
                                            {"id", check_id(r, codes->v[i].id)},
                                            {"number", item->id},
                                            {NULL, NULL}};
        report_say(r, REPORT_COMPARED, "seen-line", facts);
    }
}

void invoice_items_deep(struct invoice_check *c, const struct check_rows *few, size_t before)
{
    static const unsigned wrong[] = {KIND_ITEM_IS_CATEGORY,      KIND_ITEM_AND_CATEGORY, KIND_ITEM_INACTIVE,
                                     KIND_ITEM_ACCOUNT_INACTIVE, KIND_ITEM_NO_ACCOUNT,   KIND_NAME_FORBIDDEN,
                                     KIND_NAME_TOO_LONG,         KIND_ITEM_NEAR,         KIND_ITEM_MISSING,
                                     KIND_NUMBER_EMPTY,          KIND_ITEM_CASE,         KIND_LINE_NO_CODE,
                                     KIND_LINE_NO_WORK_TYPE,     CHECK_N_KINDS};
    struct line_items x = {.c = c, .few = few, .by_name = name_index_new(c->r->pool, few->items.n)};
    bool all = sees_codes(c);
    for (uint32_t i = 0; i < few->items.n; i++) {
        if (check_item_usable(&few->items.v[i]))
            name_index_add(x.by_name, slice_of(few->items.v[i].name), i);
    }
    if (few->online)
        look_at_items(&x);
    name_lines(c, before);
    if (few->online && all && c->rows->lines.n && !check_has_kind(c->r, 0, wrong))
        say_found(&x);
}
