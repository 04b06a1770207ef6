/* SPDX-License-Identifier: GPL-2.0-or-later */
/* statement: queries: values in their quotes, pages of 1,000 in the order of Id (quickbooks-online.md 2.2).
 */
#include "ledger.h"

#include <pthread.h>

enum {
    PAGE = 1000,
    MOST_ROWS = 100000,
    LONGEST_GET = 1800,
    STATEMENT_MAX = 60000,
    AT_ONCE = 4,
    LONGEST_NAME = 2000
}; /* 500 characters */

void quickbooks_put_value(struct buf *out, const char *value)
{
    buf_putc(out, '\'');
    for (struct slice s = slice_of(value); s.len;) {
        size_t n = slice_utf8_length(s);
        if (*s.ptr == '\'' || *s.ptr == '\\')
            buf_putc(out, '\\');
        if (n && (unsigned char)*s.ptr >= 0x20)
            buf_put(out, s.ptr, n);
        else
            buf_putc(out, ' '); /* a byte that is no UTF-8 would be refused as a whole */
        s = slice_skip(s, n ? n : 1);
    }
    buf_putc(out, '\'');
}

int quickbooks_put_named(struct buf *where, const char *property, const char *name, struct err *e)
{
    struct buf deleted = BUF_INIT(LONGEST_NAME + 100);
    if (strlen(name) > LONGEST_NAME)
        return err_set(e, ERR_LIMIT, "a name of %zu bytes is longer than any in QuickBooks", strlen(name));
    buf_printf(&deleted, "%s (deleted)", name);
    buf_printf(where, "%s IN (", property);
    quickbooks_put_value(where, name);
    buf_puts(where, ", ");
    quickbooks_put_value(where, deleted.data);
    buf_puts(where, ") AND Active IN (true, false)");
    buf_release(&deleted);
    return 0;
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
    if (strcmp(entity, "Payment") == 0)
        return false;
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

/* --- several pages at once ---
 *
 * Once a first page was full, the count says how many are worth asking for at the same time. It is a hint
 * only (quickbooks-online.md 2.3): the end is a page that is not full. Rows are handed over by the caller's
 * thread, in order. */

struct page {
    struct json answer;
    struct err e;
    int rc;
    bool done, taken; /* taken: its answer was closed */
};

struct reading {
    struct quickbooks *qb;
    const char *entity, *where;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct page *pages; /* the second of the list is the first here */
    size_t n, next, used;
    bool stop;
};

static int read_page(struct quickbooks *qb, const char *entity, const char *where, size_t page,
                     struct json *answer, struct err *e)
{
    struct buf statement = BUF_INIT(STATEMENT_MAX);
    buf_printf(&statement, "SELECT * FROM %s", entity);
    put_where(&statement, entity, where);
    buf_printf(&statement, " ORDERBY Id STARTPOSITION %zu MAXRESULTS %d", page * PAGE + 1, PAGE);
    int rc = statement.overflow ? err_set(e, ERR_LIMIT, "the statement is too long")
                                : ask(qb, statement.data, answer, e);
    buf_release(&statement);
    return rc;
}

static void *pages_main(void *self)
{
    struct reading *r = self;
    pthread_mutex_lock(&r->lock);
    for (;;) {
        /* as many answers as calls in flight: what is read waits for nobody, and memory stays bounded */
        while (!r->stop && r->next < r->n && r->next >= r->used + AT_ONCE)
            pthread_cond_wait(&r->changed, &r->lock);
        if (r->stop || r->next >= r->n)
            break;
        struct page *p = &r->pages[r->next++];
        size_t number = (size_t)(p - r->pages) + 1;
        pthread_mutex_unlock(&r->lock);
        p->rc = read_page(r->qb, r->entity, r->where, number, &p->answer, &p->e);
        pthread_mutex_lock(&r->lock);
        p->done = true;
        pthread_cond_broadcast(&r->changed);
    }
    pthread_mutex_unlock(&r->lock);
    return NULL;
}

/* Where the rows of a list go, and how many there were. */
struct sink {
    int (*row)(void *self, const struct json *record, struct err *e);
    void *self;
    size_t rows;
    bool ended; /* by a page that was not full */
};

static int hand_over(struct quickbooks *qb, const char *entity, const struct json *answer, struct sink *s,
                     struct err *e)
{
    size_t n;
    if (take_page(answer, entity, s->row, s->self, &n, e) != 0)
        return -1;
    if (s->ended && n)
        return err_set(e, ERR_PROTOCOL, "there are rows behind the end of the list");
    s->ended = n < PAGE;
    s->rows += n;
    if (s->rows > MOST_ROWS)
        return err_set(e, ERR_PROTOCOL, "there are more than %d rows", MOST_ROWS);
    if (n && qb->options.progress)
        qb->options.progress(qb->options.progress_self, entity, s->rows);
    return 0;
}

static int take_in_order(struct reading *r, struct sink *s, struct err *e)
{
    int rc = 0;
    for (size_t i = 0; i < r->n && rc == 0; i++) {
        struct page *p = &r->pages[i];
        pthread_mutex_lock(&r->lock);
        while (!p->done)
            pthread_cond_wait(&r->changed, &r->lock);
        r->used = i + 1;
        pthread_cond_broadcast(&r->changed);
        pthread_mutex_unlock(&r->lock);
        rc = p->rc;
        if (rc != 0) {
            if (e)
                *e = p->e;
            break;
        }
        rc = hand_over(r->qb, r->entity, &p->answer, s, e);
        json_close(&p->answer);
        p->taken = true;
    }
    return rc;
}

/* The pages that the count promises, behind the first. */
static int read_at_once(struct quickbooks *qb, const char *entity, const char *where, struct sink *s,
                        struct err *e)
{
    struct reading r = {.qb = qb, .entity = entity, .where = where};
    pthread_t threads[AT_ONCE];
    size_t started = 0;
    int64_t count;
    if (quickbooks_count(qb, entity, where, &count, e) != 0)
        return -1;
    r.n = (size_t)(count < MOST_ROWS ? count : MOST_ROWS) / PAGE;
    r.pages = mem_alloc((r.n + 1) * sizeof(*r.pages));
    pthread_mutex_init(&r.lock, NULL);
    pthread_cond_init(&r.changed, NULL);
    while (started < AT_ONCE && started < r.n && pthread_create(&threads[started], NULL, pages_main, &r) == 0)
        started++;
    int rc = started ? take_in_order(&r, s, e) : 0;
    pthread_mutex_lock(&r.lock);
    r.stop = true;
    pthread_cond_broadcast(&r.changed);
    pthread_mutex_unlock(&r.lock);
    for (size_t i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
    for (size_t i = 0; i < r.n; i++) {
        if (r.pages[i].done && r.pages[i].rc == 0 && !r.pages[i].taken)
            json_close(&r.pages[i].answer);
    }
    pthread_mutex_destroy(&r.lock);
    pthread_cond_destroy(&r.changed);
    free(r.pages);
    return rc;
}

static int read_one(struct quickbooks *qb, const char *entity, const char *where, struct sink *s,
                    struct err *e)
{
    struct json answer;
    if (read_page(qb, entity, where, s->rows / PAGE, &answer, e) != 0)
        return -1;
    int rc = hand_over(qb, entity, &answer, s, e);
    json_close(&answer);
    return rc;
}

int quickbooks_query(struct quickbooks *qb, const char *entity, const char *where,
                     int (*row)(void *self, const struct json *record, struct err *e), void *self,
                     struct err *e)
{
    struct sink s = {.row = row, .self = self};
    int rc = read_one(qb, entity, where, &s, e);
    if (rc == 0 && !s.ended)
        rc = read_at_once(qb, entity, where, &s, e);
    while (rc == 0 && !s.ended)
        rc = read_one(qb, entity, where, &s, e);
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
