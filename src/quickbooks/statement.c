/* SPDX-License-Identifier: GPL-2.0-or-later */
/* statement: queries: values in their quotes, pages of 1,000 in the order of Id (quickbooks-online.md 2.2).
 */
#include "ledger.h"

enum { PAGE = 1000, MOST_ROWS = 100000, LONGEST_GET = 1800, STATEMENT_MAX = 60000 };

void quickbooks_put_value(struct buf *out, const char *value)
{
    buf_putc(out, '\'');
    for (; *value; value++) {
        if (*value == '\'' || *value == '\\')
            buf_putc(out, '\\');
        buf_putc(out, (unsigned char)*value < 0x20 ? ' ' : *value);
    }
    buf_putc(out, '\'');
}

/* A long statement would make an address that not every server in between takes. */
static int ask(struct quickbooks *qb, const char *statement, struct json *answer, struct err *e)
{
    struct buf what = BUF_INIT(4 * STATEMENT_MAX);
    buf_puts(&what, "query?query=");
    http_put_encoded(&what, slice_of(statement));
    int rc = what.len <= LONGEST_GET ? ledger_read(qb, what.data, NULL, answer, e)
                                     : ledger_read(qb, "query", statement, answer, e);
    buf_release(&what);
    return rc;
}

/* Transactions have no state; the records of lists have, and the inactive ones hide. */
static bool has_state(const char *entity)
{
    for (int i = 0; i < QB_TXNS; i++) {
        if (strcmp(entity, quickbooks_txn_name((enum quickbooks_txn)i)) == 0)
            return false;
    }
    return true;
}

static void put_where(struct buf *out, const char *entity, const char *where)
{
    if (!where && has_state(entity))
        where = "Active IN (true, false)";
    if (where)
        buf_printf(out, " WHERE %s", where);
}

/* The rows of one page; *n how many. */
static int take_page(const struct json *answer, const char *entity,
                     int (*row)(void *, const struct json *, struct err *), void *self, size_t *n,
                     struct err *e)
{
    struct json response = json_get(answer, "QueryResponse"), list = json_get(&response, entity);
    const cJSON *item;
    int i = 0;
    *n = 0;
    if (!cJSON_IsObject(response.value))
        return err_set(e, ERR_PROTOCOL, "QueryResponse: a record expected");
    if (json_there(&list) && !cJSON_IsArray(list.value))
        return err_set(e, ERR_PROTOCOL, "QueryResponse.%s: a list expected", entity);
    cJSON_ArrayForEach(item, list.value)
    {
        struct json each = {.value = item, .parent = &list, .index = i++};
        if (!cJSON_IsObject(item))
            return err_set(e, ERR_PROTOCOL, "QueryResponse.%s[%d]: a record expected", entity, i - 1);
        if (row(self, &each, e) != 0)
            return -1;
    }
    *n = (size_t)i;
    return i <= PAGE ? 0
                     : err_set(e, ERR_PROTOCOL, "QuickBooks sent %d rows, and %d were asked for", i, PAGE);
}

int quickbooks_query(struct quickbooks *qb, const char *entity, const char *where,
                     int (*row)(void *self, const struct json *record, struct err *e), void *self,
                     struct err *e)
{
    struct buf statement = BUF_INIT(STATEMENT_MAX);
    size_t rows = 0, n = PAGE;
    int rc = 0;
    while (rc == 0 && n == PAGE) {
        struct json answer;
        if (rows >= MOST_ROWS) {
            rc = err_set(e, ERR_PROTOCOL, "there are more than %d rows", MOST_ROWS);
            break;
        }
        buf_clear(&statement);
        buf_printf(&statement, "SELECT * FROM %s", entity);
        put_where(&statement, entity, where);
        buf_printf(&statement, " ORDERBY Id STARTPOSITION %zu MAXRESULTS %d", rows + 1, PAGE);
        rc = statement.overflow ? err_set(e, ERR_LIMIT, "the statement is too long")
                                : ask(qb, statement.data, &answer, e);
        if (rc != 0)
            break;
        rc = take_page(&answer, entity, row, self, &n, e);
        json_close(&answer);
        rows += n;
        if (rc == 0 && qb->options.progress)
            qb->options.progress(qb->options.progress_self, entity, rows);
    }
    buf_release(&statement);
    return rc == 0 ? 0 : err_wrap(e, "%s", entity);
}

int quickbooks_count(struct quickbooks *qb, const char *entity, const char *where, int64_t *count,
                     struct err *e)
{
    struct buf statement = BUF_INIT(STATEMENT_MAX);
    struct json answer;
    *count = 0;
    buf_printf(&statement, "SELECT COUNT(*) FROM %s", entity);
    put_where(&statement, entity, where);
    int rc = ask(qb, statement.data, &answer, e);
    buf_release(&statement);
    if (rc != 0)
        return -1;
    struct json response = json_get(&answer, "QueryResponse"), n = json_get(&response, "totalCount");
    rc = json_int(&n, -1, count, e);
    if (rc == 0 && *count < 0)
        rc = err_set(e, ERR_PROTOCOL, "QueryResponse.totalCount: number expected");
    json_close(&answer);
    return rc;
}
