/* SPDX-License-Identifier: GPL-2.0-or-later */
/* books_query: which records a statement finds, in which order. Text is compared without case; a name list
 * shows its active records, unless the statement speaks of Active. */
#include "books.h"

#include <math.h>

/* "2026-01-01T00:00:00-08:00", also with a fraction or Z: ms. A day is its midnight in UTC. */
static bool instant(const char *text, int64_t *ms)
{
    struct slice s = slice_of(text);
    uint64_t h, m;
    char bare[24];
    if (s.len < 19) {
        snprintf(bare, sizeof(bare), "%.10sT00:00:00", text);
        return s.len == 10 && time_read(bare, ms);
    }
    snprintf(bare, sizeof(bare), "%.19s", text);
    if (!time_read(bare, ms))
        return false;
    struct slice zone = slice_skip(s, s.len - 6);
    if ((zone.ptr[0] != '-' && zone.ptr[0] != '+') || zone.ptr[3] != ':')
        return true;
    if (!slice_to_u64(slice_from(zone.ptr + 1, 2), 0, 14, &h) ||
        !slice_to_u64(slice_from(zone.ptr + 4, 2), 0, 59, &m))
        return false;
    int64_t shift = (int64_t)(h * 60 + m) * 60000;
    *ms += zone.ptr[0] == '-' ? shift : -shift;
    return true;
}

const char *book_value(const cJSON *row, const struct book_field *f, struct pool *pool)
{
    const char *dot = strchr(f->name, '.');
    const cJSON *v = dot ? cJSON_GetObjectItemCaseSensitive(
                               cJSON_GetObjectItemCaseSensitive(
                                   row, pool_slice(pool, slice_from(f->name, (size_t)(dot - f->name)))),
                               dot + 1)
                         : cJSON_GetObjectItemCaseSensitive(row, f->name);
    if (f->type == B_REF)
        v = cJSON_GetObjectItemCaseSensitive(v, "value");
    if (cJSON_IsBool(v))
        return cJSON_IsTrue(v) ? "true" : "false";
    if (cJSON_IsNumber(v))
        return pool_printf(pool, "%.7f", v->valuedouble);
    return cJSON_IsString(v) ? v->valuestring : "";
}

/* Less, equal or greater: -1, 0, 1. */
static int compare(enum book_type type, const char *a, const char *b)
{
    int64_t x, y;
    if (type == B_NUMBER) {
        double p = strtod(a, NULL), q = strtod(b, NULL);
        return p < q ? -1 : p > q;
    }
    if (type == B_TIME && instant(a, &x) && instant(b, &y))
        return x < y ? -1 : x > y;
    if (type == B_ID && strspn(a, "0123456789") == strlen(a) && strspn(b, "0123456789") == strlen(b) &&
        strlen(a) != strlen(b))
        return strlen(a) < strlen(b) ? -1 : 1;
    int order = strcasecmp(a, b);
    return order < 0 ? -1 : order > 0;
}

/* `%` stands for anything. */
static bool like(const char *text, const char *pattern)
{
    if (*pattern == '\0')
        return *text == '\0';
    if (*pattern == '%')
        return like(text, pattern + 1) || (*text && like(text + 1, pattern));
    return strncasecmp(text, pattern, 1) == 0 && like(text + 1, pattern + 1);
}

static bool fits_one(const struct condition *c, const char *have, const char *want)
{
    char today[32];
    if (strcasecmp(want, "CURRENT_DATE") == 0) {
        clock_format_utc(clock_now_ms(), today);
        today[10] = '\0';
        want = today;
    }
    if (strcmp(want, " ") == 0) /* quoted blank: empty */
        want = "";
    int order = compare(c->field->type, have, want);
    switch (c->op) {
    case OP_EQ:
    case OP_IN:
        return order == 0;
    case OP_LT:
        return order < 0;
    case OP_GT:
        return order > 0;
    case OP_LE:
        return order <= 0;
    case OP_GE:
        return order >= 0;
    case OP_LIKE:
        return like(have, want);
    }
    return false;
}

static bool fits(const struct statement *s, const cJSON *row, struct pool *pool)
{
    bool speaks_of_active = false;
    for (size_t i = 0; i < s->n_conditions; i++) {
        const struct condition *c = &s->conditions[i];
        const char *have = book_value(row, c->field, pool);
        bool any = false;
        for (size_t k = 0; k < c->n_values; k++)
            any = any || fits_one(c, have, c->values[k]);
        if (!any)
            return false;
        speaks_of_active = speaks_of_active || strcmp(c->field->name, "Active") == 0;
    }
    return !s->kind->is_list || speaks_of_active || row_true(row, "Active");
}

struct found {
    const cJSON *row;
};

/* qsort has no argument; the lock is held. */
static const struct statement *sorted_by;
static struct pool *sort_pool;

static int in_order(const void *a, const void *b)
{
    const struct found *x = a, *y = b;
    for (size_t i = 0; i < sorted_by->n_orders; i++) {
        const struct order *o = &sorted_by->orders[i];
        int order = compare(o->field->type, book_value(x->row, o->field, sort_pool),
                            book_value(y->row, o->field, sort_pool));
        if (order)
            return o->down ? -order : order;
    }
    return compare(B_ID, row_text(x->row, "Id"), row_text(y->row, "Id"));
}

/* Found rows; *n how many. */
static struct found *find(const struct statement *s, struct pool *pool, size_t *n)
{
    const cJSON *rows = books_rows(s->kind), *row;
    struct found *found = pool_array(pool, (size_t)cJSON_GetArraySize(rows) + 1, sizeof(*found));
    *n = 0;
    cJSON_ArrayForEach(row, rows)
    {
        if (fits(s, row, pool))
            found[(*n)++].row = row;
    }
    sorted_by = s;
    sort_pool = pool;
    if (s->n_orders)
        qsort(found, *n, sizeof(*found), in_order);
    return found;
}

cJSON *statement_run(const struct statement *s)
{
    struct pool *pool = pool_new(SIZE_MAX);
    size_t n;
    struct found *found = find(s, pool, &n);
    cJSON *out = cJSON_CreateObject();
    if (s->count) {
        cJSON_AddNumberToObject(out, "totalCount", (double)n);
    } else if ((size_t)s->start <= n && s->most > 0) {
        cJSON *list = cJSON_AddArrayToObject(out, s->kind->name);
        size_t first = (size_t)s->start - 1, end = first + (size_t)s->most < n ? first + (size_t)s->most : n;
        for (size_t i = first; i < end; i++)
            cJSON_AddItemToArray(list, cJSON_Duplicate(found[i].row, true));
        cJSON_AddNumberToObject(out, "startPosition", (double)s->start);
        cJSON_AddNumberToObject(out, "maxResults", (double)(end - first));
    }
    pool_free(&pool);
    return out;
}
