/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * deepread: what a diagnosis reads of one invoice or organization besides the checks: contacts, who worked,
 * the currency, what else is sold under a code that clashes, and whether QuickBooks has the invoice under
 * another number or none (sync-errors.md 3, Q4b).
 */
#include "check_private.h"

enum { MOST_TWINS = 5 };

/* What is only told besides may be hidden from the API user. */
static bool may_not_see(const struct err *why)
{
    return why->code == ERR_PERMISSION || why->code == ERR_REJECTED || why->code == ERR_NOT_FOUND;
}

/* --- of an organization --- */

static int read_company(struct check_rows *rows, const struct check_sources *s,
                        const struct autotask_customer *company, struct pool *pool, struct err *e)
{
    struct check_deep *d = &rows->deep;
    struct err why = ERR_INIT;
    d->currency = "";
    if (autotask_addresses_of(s->autotask, company->id, pool, &d->addresses, &d->more_addresses, &why) != 0) {
        d->no_contacts = may_not_see(&why);
        if (!d->no_contacts)
            return *e = why, -1;
    }
    return autotask_currency(s->autotask, company->currency_id, pool, &d->currency, e);
}

int read_customer_deep(struct check_rows *rows, const struct check_sources *s, struct pool *pool,
                       struct err *e)
{
    const struct autotask_customers *all = &rows->autotask.customers;
    rows->deep.currency = "";
    for (size_t i = 0; rows->deep.wanted && i < all->n; i++) {
        if (slice_eq_nocase(slice_trim(slice_of(all->v[i].name)), slice_trim(slice_of(rows->argument))))
            return read_company(rows, s, &all->v[i], pool, e);
    }
    return 0;
}

/* --- of its lines --- */

static int read_technicians(struct check_rows *rows, const struct check_sources *s, struct pool *pool,
                            struct err *e)
{
    int64_t *ids = pool_array(pool, rows->entries.n + 1, sizeof(*ids));
    for (size_t i = 0; i < rows->entries.n; i++)
        ids[i] = rows->entries.v[i].resource_id;
    struct err why = ERR_INIT;
    if (autotask_persons(s->autotask, ids, rows->entries.n, pool, &rows->deep.technicians, &why) == 0 ||
        may_not_see(&why))
        return 0;
    return *e = why, -1;
}

static bool is_category(const struct check_rows *rows, const char *name)
{
    for (size_t i = 0; i < rows->items.n; i++) {
        const struct quickbooks_item *item = &rows->items.v[i];
        if (item->type == QB_ITEM_CATEGORY && slice_eq(slice_of(item->name), slice_of(name)))
            return true;
    }
    return false;
}

static bool is_on_line(const struct check_rows *rows, int64_t code)
{
    for (size_t i = 0; i < rows->lines.n; i++) {
        if (rows->lines.v[i].code_id == code)
            return true;
    }
    return false;
}

/* Renaming such a code touches whatever is sold under it. */
static int read_users(struct check_rows *rows, const struct check_sources *s, struct pool *pool,
                      struct err *e)
{
    const struct autotask_codes *codes = &rows->autotask.codes;
    bool by_number = rows->conf->firm.match_by_number;
    int64_t *ids = pool_array(pool, codes->n + 1, sizeof(*ids));
    size_t n = 0;
    for (size_t i = 0; i < codes->n; i++) {
        const char *key = by_number ? codes->v[i].external_number : codes->v[i].name;
        if (is_on_line(rows, codes->v[i].id) && is_category(rows, key))
            ids[n++] = codes->v[i].id;
    }
    for (int kind = 0; kind < AT_SOLD_KINDS; kind++) {
        struct err why = ERR_INIT;
        if (autotask_solds_of(s->autotask, (enum autotask_sold_kind)kind, ids, n, pool,
                              &rows->deep.users[kind], &why) != 0 &&
            !may_not_see(&why))
            return *e = why, -1;
    }
    return 0;
}

/* --- is it in QuickBooks after all? --- */

static const char *day_of(const struct check_rows *rows, struct pool *pool, int64_t ms, const char *zone)
{
    struct tm tm;
    (void)rows;
    if (!ms || !clock_local(ms, zone, &tm))
        return "";
    return pool_printf(pool, "%04d-%02d-%02d", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
}

/* Whether a date of Autotask is midnight here or in Greenwich is not confirmed: both days are looked at. */
static int read_same_day(struct check_rows *rows, const struct check_sources *s, struct pool *pool,
                         struct err *e)
{
    const struct autotask_invoice *inv = &rows->invoices.v[0];
    const struct quickbooks_customer *customer =
        rows->named.n ? check_customer_named(rows, rows->named.v[0].name) : NULL;
    const char *here = day_of(rows, pool, inv->date_ms, rows->conf->firm.timezone),
               *utc = day_of(rows, pool, inv->date_ms, "UTC");
    if (!customer || !here[0] || !utc[0])
        return 0;
    bool turned = strcmp(here, utc) > 0;
    return quickbooks_invoices_of(s->quickbooks, customer->id, turned ? utc : here, turned ? here : utc, pool,
                                  &rows->deep.same_day, e);
}

/* The number of a twin may be that of another invoice of the same day and total. */
static int read_numbers(struct check_rows *rows, const struct check_sources *s, struct pool *pool,
                        struct err *e)
{
    const struct quickbooks_invoices *all = &rows->deep.same_day;
    struct autotask_invoice *v = pool_array(pool, MOST_TWINS + 1, sizeof(*v));
    size_t asked = 0;
    rows->deep.of_numbers = (struct autotask_invoices){.v = v};
    for (size_t i = 0; i < all->n && asked < MOST_TWINS; i++) {
        struct autotask_invoices found;
        if (all->v[i].total != rows->invoices.v[0].total || !all->v[i].number[0])
            continue;
        asked++;
        if (autotask_invoices_numbered(s->autotask, all->v[i].number, pool, &found, e) != 0)
            return -1;
        if (found.n)
            v[rows->deep.of_numbers.n++] = found.v[0];
    }
    return 0;
}

static int read_payment(struct check_rows *rows, const struct check_sources *s, struct pool *pool,
                        struct err *e)
{
    struct err why = ERR_INIT;
    const char *id = "";
    for (size_t i = 0; i < rows->in_quickbooks.n && !id[0]; i++)
        id = rows->in_quickbooks.v[i].payment_id;
    if (!id[0] || quickbooks_payment_by_id(s->quickbooks, id, pool, &rows->deep.payment, &why) == 0 ||
        why.code == ERR_NOT_FOUND)
        return 0;
    *e = why;
    return -1;
}

static int read_books(struct check_rows *rows, const struct check_sources *s, struct pool *pool,
                      struct err *e)
{
    if (rows->deep.number_said[0] &&
        quickbooks_invoices_numbered(s->quickbooks, rows->deep.number_said, pool, &rows->deep.said, e) != 0)
        return -1;
    if (read_same_day(rows, s, pool, e) != 0 || read_numbers(rows, s, pool, e) != 0)
        return -1;
    return read_payment(rows, s, pool, e);
}

int read_invoice_deep(struct check_rows *rows, const struct check_sources *s, struct pool *pool,
                      struct err *e)
{
    rows->deep.currency = "";
    if (rows->named.n && read_company(rows, s, &rows->named.v[0], pool, e) != 0)
        return -1;
    if (read_technicians(rows, s, pool, e) != 0 || read_users(rows, s, pool, e) != 0)
        return -1;
    return rows->online ? read_books(rows, s, pool, e) : 0;
}
