/* SPDX-License-Identifier: GPL-2.0-or-later */
/* shared: what several checks need: the names that are looked up, evidence with links, verdicts. */
#include "check_private.h"

#include <inttypes.h>

/* --- the names that Autotask sends --- */

static bool code_counts(const struct check_rows *rows, const struct autotask_code *c)
{
    switch (c->kind) {
    case AT_CODE_WORK_TYPE:
    case AT_CODE_MATERIAL:
    case AT_CODE_SERVICE:
    case AT_CODE_MILESTONE:
    case AT_CODE_PRODUCT:
        return c->active;
    case AT_CODE_EXPENSE:
        return c->active && rows->conf->firm.match_also & CONF_ALSO_EXPENSES;
    case AT_CODE_OTHER:
    case AT_CODE_INTERNAL: /* never on an invoice */
    case AT_CODE_KINDS:
        break;
    }
    return false;
}

/* Services, bundles and products have no external number: by number they are found through their code. */
static void add_sold(const struct check_rows *rows, unsigned bit, const struct autotask_solds *list,
                     const char *kind, struct check_codes *out)
{
    if (!(rows->conf->firm.match_also & bit) || rows->conf->firm.match_by_number)
        return;
    for (size_t i = 0; i < list->n; i++) {
        if (list->v[i].active)
            out->v[out->n++] = (struct check_code){.key = list->v[i].name,
                                                   .name = list->v[i].name,
                                                   .kind = kind,
                                                   .id = list->v[i].id,
                                                   .ledger = "",
                                                   .sold = true,
                                                   .unseen = list->v[i].unseen};
    }
}

void check_codes_of(const struct check_rows *rows, struct pool *pool, struct check_codes *out)
{
    const struct autotask_books *at = &rows->autotask;
    size_t most = at->codes.n + at->services.n + at->bundles.n + at->products.n;
    *out = (struct check_codes){.v = pool_array(pool, most + 1, sizeof(*out->v))};
    for (size_t i = 0; i < at->codes.n; i++) {
        const struct autotask_code *c = &at->codes.v[i];
        if (!code_counts(rows, c))
            continue;
        out->v[out->n++] =
            (struct check_code){.key = rows->conf->firm.match_by_number ? c->external_number : c->name,
                                .name = c->name,
                                .kind = autotask_code_kind_name(c->kind),
                                .id = c->id,
                                .ledger_id = c->ledger_id,
                                .ledger = c->ledger_name,
                                .expense = c->kind == AT_CODE_EXPENSE,
                                .unseen = c->unseen};
    }
    add_sold(rows, CONF_ALSO_SERVICES, &at->services, "service", out);
    add_sold(rows, CONF_ALSO_BUNDLES, &at->bundles, "bundle", out);
    add_sold(rows, CONF_ALSO_PRODUCTS, &at->products, "product", out);
}

static bool is_hidden(const struct check_rows *rows, const struct autotask_access *a)
{
    return a->query == AT_SIGHT_NONE || a->query == AT_SIGHT_RESTRICTED ||
           (rows->autotask.denied | rows->denied) & a->part;
}

bool check_sees(const struct check_rows *rows, unsigned parts)
{
    for (size_t i = 0; i < rows->access.n; i++) {
        if (rows->access.v[i].part & parts && is_hidden(rows, &rows->access.v[i]))
            return false;
    }
    return !((rows->autotask.denied | rows->autotask.absent | rows->denied) & parts);
}

void check_say_unseen(const struct check_rows *rows, struct report *r)
{
    unsigned denied = rows->autotask.denied | rows->denied;
    for (size_t i = 0; i < rows->access.n; i++) {
        const struct autotask_access *a = &rows->access.v[i];
        const struct report_fact facts[] = {{"what", a->words}, {NULL, NULL}};
        if (rows->autotask.absent & a->part)
            report_say(r, REPORT_UNSEEN, "unseen-absent", facts);
        else if (is_hidden(rows, a))
            report_say(r, REPORT_UNSEEN,
                       denied & a->part || a->query == AT_SIGHT_NONE ? "unseen-denied" : "unseen-restricted",
                       facts);
    }
}

/* --- items and accounts --- */

struct slice check_item_name(const struct quickbooks_item *item)
{
    return item->active ? slice_of(item->name) : quickbooks_bare_name(item->name);
}

bool check_item_usable(const struct quickbooks_item *item)
{
    return item->active && item->type != QB_ITEM_CATEGORY;
}

bool check_item_has_account(const struct quickbooks_item *item)
{
    return item->type == QB_ITEM_SERVICE || item->type == QB_ITEM_INVENTORY ||
           item->type == QB_ITEM_NONINVENTORY;
}

struct name_index *check_account_index(const struct check_rows *rows, struct pool *pool)
{
    struct name_index *index = name_index_new(pool, rows->accounts.n);
    for (uint32_t i = 0; i < rows->accounts.n; i++)
        name_index_add(index, slice_of(rows->accounts.v[i].id), i);
    return index;
}

const struct quickbooks_account *check_account_by_id(const struct check_rows *rows,
                                                     const struct name_index *index, const char *id)
{
    uint32_t i = name_index_first(index, slice_of(id));
    return i == NAME_INDEX_NONE ? NULL : &rows->accounts.v[i];
}

const char *check_account_name(const struct quickbooks_account *account)
{
    return account->full_name[0] ? account->full_name : account->name;
}

/* By number, a code of some name has an item of another: so items are those that the codes look up. */
void check_keep_items(struct check_rows *rows, struct pool *pool, struct slice also)
{
    const struct quickbooks_items all = rows->items;
    struct check_codes codes;
    check_codes_of(rows, pool, &codes);
    struct name_index *wanted = name_index_new(pool, codes.n + 1);
    name_index_add(wanted, also, 0);
    for (uint32_t i = 0; i < codes.n; i++)
        name_index_add(wanted, nearname_form(pool, slice_of(codes.v[i].key)), i + 1);
    rows->items = (struct quickbooks_items){.v = pool_array(pool, all.n + 1, sizeof(*all.v))};
    for (size_t i = 0; i < all.n; i++) {
        struct slice name = nearname_form(pool, check_item_name(&all.v[i]));
        if (name_index_first(wanted, name) != NAME_INDEX_NONE)
            rows->items.v[rows->items.n++] = all.v[i];
    }
}

size_t check_length(const char *s)
{
    size_t n = 0;
    for (const unsigned char *p = (const unsigned char *)s; *p; p++)
        n += (*p & 0xc0) != 0x80 ? (*p >= 0xf0 ? 2 : 1) : 0;
    return n;
}

/* --- evidence --- */

const char *check_id(struct report *r, int64_t id)
{
    char digits[24];
    snprintf(digits, sizeof(digits), "%" PRId64, id);
    return pool_copy(r->pool, digits);
}

const char *check_count(struct report *r, size_t n)
{
    return check_id(r, (int64_t)n);
}

const char *check_amount(struct report *r, int64_t amount)
{
    uint64_t whole = amount < 0 ? 0 - (uint64_t)amount : (uint64_t)amount;
    uint64_t cents = (whole + 50) / 100;
    return pool_printf(r->pool, "%s%" PRIu64 ".%02" PRIu64, amount < 0 ? "-" : "", cents / 100, cents % 100);
}

const char *check_day(const struct check_rows *rows, struct report *r, int64_t ms)
{
    struct tm tm;
    if (!ms || !clock_local(ms, rows->conf->firm.timezone, &tm))
        return "";
    return pool_printf(r->pool, "%04d-%02d-%02d", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
}

void check_code_evidence(struct report *r, struct report_finding *f, const struct check_code *code)
{
    report_evidence(f, "Autotask", code->kind, check_id(r, code->id), NULL);
}

const char *check_link(const struct check_rows *rows, struct report *r, enum quickbooks_page page,
                       const char *id)
{
    struct buf b = BUF_INIT(1000);
    quickbooks_link(rows->conf, page, id, &b);
    const char *link = pool_slice(r->pool, buf_view(&b));
    buf_release(&b);
    return link;
}

const char *check_page(const struct check_rows *rows, struct report *r, enum autotask_page page, int64_t id)
{
    struct buf b = BUF_INIT(1000);
    if (rows->client)
        autotask_page_link(rows->client, page, id, &b);
    const char *link = pool_slice(r->pool, buf_view(&b));
    buf_release(&b);
    return link;
}

void check_item_evidence(const struct check_rows *rows, struct report *r, struct report_finding *f,
                         const struct quickbooks_item *item)
{
    bool category = item->type == QB_ITEM_CATEGORY;
    report_evidence(f, "QuickBooks", category ? "category" : "item", item->id,
                    check_link(rows, r, category ? QB_PAGE_CATEGORIES : QB_PAGE_ITEMS, ""));
}

void check_account_evidence(const struct check_rows *rows, struct report *r, struct report_finding *f,
                            const struct quickbooks_account *account)
{
    report_evidence(f, "QuickBooks", "account", account->id,
                    check_link(rows, r, QB_PAGE_ACCOUNT, account->id));
}

/* --- sentences --- */

static void say_verdict(struct report *r, const char *key, struct report_fact facts[6], size_t n)
{
    static const char *const names[REPORT_SEVERITIES] = {"errors", "warnings", "notes"};
    for (int s = 0; s < REPORT_SEVERITIES; s++) {
        if (r->counts[s])
            facts[n++] = (struct report_fact){names[s], check_count(r, r->counts[s])};
    }
    report_say(r, REPORT_VERDICT, key, facts);
}

static const char *worst_of(const struct report *r, const char *const keys[3])
{
    return keys[r->counts[REPORT_ERROR] ? 0 : r->counts[REPORT_WARNING] ? 1 : 2];
}

void check_verdict(struct report *r, const char *const keys[3])
{
    struct report_fact facts[6] = {0};
    say_verdict(r, worst_of(r, keys), facts, 0);
}

void check_verdict_of_name(struct report *r, const char *const keys[3], const char *none, const char *name,
                           const char *near)
{
    struct report_fact facts[6] = {{"name", name}, {"near", near}};
    say_verdict(r, r->n ? worst_of(r, keys) : none, facts, 2);
}

void check_assume_matching(const struct check_rows *rows, struct report *r)
{
    report_say(r, REPORT_ASSUMED, rows->conf->firm.match_by_number ? "assumed-by-number" : "assumed-by-name",
               NULL);
    if (!rows->online)
        report_say(r, REPORT_UNSEEN, "unseen-desktop", NULL);
}
