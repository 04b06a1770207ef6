/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * invoicerows: what `invoice` and `sync` read besides lists. Staff say "invoice 10233" for the number and for
 * the id: the number is asked for first (sync-integration.md 3).
 */
#include "check_private.h"

#include "frontdesk/base.h"

enum { ERRORS_MOST = 500, UNSYNCED_MOST = 2000, RECENT_MOST = 5000 };
/* How far back the checks look for what an integration no longer takes, and for doubled numbers. */
#define UNSYNCED_DAYS 400
#define RECENT_DAYS   90
#define DAY_MS        (INT64_C(24) * 3600 * 1000)

/* What may not be read is said in the report instead of ending it. */
static int or_denied(struct check_rows *rows, unsigned part, int rc, struct err *e)
{
    if (rc == 0 || e->code != ERR_PERMISSION)
        return rc;
    rows->denied |= part;
    *e = (struct err)ERR_INIT;
    return 0;
}

/* No row: there is no such id. */
static int find_by_id(struct check_rows *rows, const struct check_sources *s, struct pool *pool,
                      struct err *e)
{
    uint64_t id;
    if (!slice_to_u64(slice_of(rows->argument), 1, INT64_MAX, &id))
        return 0;
    struct autotask_invoice *one = pool_alloc(pool, sizeof(*one));
    struct err why = ERR_INIT;
    if (autotask_invoice_by_id(s->autotask, (int64_t)id, pool, one, &why) == 0) {
        rows->invoices = (struct autotask_invoices){.v = one, .n = 1};
        rows->by_id = true;
        return 0;
    }
    if (why.code == ERR_NOT_FOUND)
        return 0;
    *e = why;
    return -1;
}

static int find_invoice(struct check_rows *rows, const struct check_sources *s, struct pool *pool,
                        struct err *e)
{
    if (rows->deep.id_first && find_by_id(rows, s, pool, e) != 0)
        return -1;
    if (rows->invoices.n)
        return 0;
    int rc = autotask_invoices_numbered(s->autotask, rows->argument, pool, &rows->invoices, e);
    if (or_denied(rows, AT_BOOKS_INVOICES, rc, e) != 0)
        return -1;
    return rows->denied || rows->invoices.n || rows->deep.id_first ? 0 : find_by_id(rows, s, pool, e);
}

/* Those whose work type may be empty; for a diagnosis those that came to nothing, too. */
static bool is_asked_for(const struct check_rows *rows, const struct autotask_line *line)
{
    return line->time_entry_id && (!line->code_id || (rows->deep.wanted && line->total == 0));
}

static int read_sources(struct check_rows *rows, const struct check_sources *s, struct pool *pool,
                        struct err *e)
{
    size_t n = 0;
    int64_t *ids = pool_array(pool, rows->lines.n + 1, sizeof(*ids));
    for (size_t i = 0; i < rows->lines.n; i++) {
        if (is_asked_for(rows, &rows->lines.v[i]))
            ids[n++] = rows->lines.v[i].time_entry_id;
    }
    int rc = n ? autotask_time_entries(s->autotask, ids, n, pool, &rows->entries, e) : 0;
    if (or_denied(rows, AT_BOOKS_TIME_ENTRIES, rc, e) != 0)
        return -1;
    n = 0;
    for (size_t i = 0; i < rows->entries.n; i++)
        ids[n++] = rows->entries.v[i].ticket_id;
    rc = n ? autotask_ticket_names(s->autotask, ids, n, pool, &rows->tickets, e) : 0;
    return or_denied(rows, AT_BOOKS_TIME_ENTRIES, rc, e);
}

int read_invoice(struct check_rows *rows, const struct check_sources *s, struct pool *pool, struct err *e)
{
    if (find_invoice(rows, s, pool, e) != 0 || rows->invoices.n == 0)
        return rows->invoices.n == 0 && e->code == ERR_NONE ? 0 : -1;
    const struct autotask_invoice *inv = &rows->invoices.v[0];
    struct autotask_customer *company = pool_alloc(pool, sizeof(*company));
    struct err why = ERR_INIT;
    if (autotask_customer_by_id(s->autotask, inv->company_id, pool, company, &why) == 0)
        rows->named = (struct autotask_customers){.v = company, .n = 1};
    else if (why.code != ERR_NOT_FOUND && or_denied(rows, AT_BOOKS_CUSTOMERS, -1, &why) != 0)
        return *e = why, -1;
    int rc = autotask_lines(s->autotask, inv->id, pool, &rows->lines, e);
    if (or_denied(rows, AT_BOOKS_LINES, rc, e) != 0)
        return -1;
    return read_sources(rows, s, pool, e);
}

static int read_books(struct check_rows *rows, const struct check_sources *s, struct pool *pool,
                      struct err *e)
{
    if (!rows->online || rows->invoices.n == 0)
        return 0;
    const struct autotask_invoice *inv = &rows->invoices.v[0];
    if (rows->named.n &&
        quickbooks_parties_named(s->quickbooks, rows->named.v[0].name, pool, &rows->parties, e) != 0)
        return -1;
    if (!inv->error && inv->number[0] &&
        quickbooks_invoices_numbered(s->quickbooks, inv->number, pool, &rows->in_quickbooks, e) != 0)
        return -1;
    return 0;
}

/* Once Autotask has said which invoice it is. */
int read_invoice_books(struct check_rows *rows, const struct check_sources *s, struct pool *pool,
                       struct err *e)
{
    if (read_books(rows, s, pool, e) != 0)
        return -1;
    return rows->deep.wanted && rows->invoices.n ? read_invoice_deep(rows, s, pool, e) : 0;
}

int read_sync(struct check_rows *rows, const struct check_sources *s, struct pool *pool, struct err *e)
{
    bool by_date = rows->conf->firm.autotask_numbers;
    const struct {
        enum autotask_invoice_state state;
        int64_t days; /* 0 = all */
        size_t most;
        struct autotask_invoices *out;
    } lists[] = {{AT_INVOICES_ERROR, 0, ERRORS_MOST, &rows->invoices},
                 {by_date ? AT_INVOICES_NO_WEB_DATE : AT_INVOICES_NO_NUMBER, UNSYNCED_DAYS, UNSYNCED_MOST,
                  &rows->unsynced},
                 {AT_INVOICES_ALL, RECENT_DAYS, RECENT_MOST, &rows->recent}};
    for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
        bool more = false;
        int64_t from_ms = lists[i].days ? rows->now_ms - lists[i].days * DAY_MS : 0;
        int rc = autotask_invoices(s->autotask, lists[i].state, from_ms, 0, lists[i].most, pool, lists[i].out,
                                   &more, e);
        if (or_denied(rows, AT_BOOKS_INVOICES, rc, e) != 0)
            return -1;
        rows->more_invoices = rows->more_invoices || more;
    }
    return 0;
}
