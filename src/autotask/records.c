/* SPDX-License-Identifier: GPL-2.0-or-later */
/* records: lists of an entity by a table of its columns. See columns.h; autotask-rest.md 2. */
#include "columns.h"

enum { MOST_ROWS = 20000, IDS_A_CALL = 200, PAGE = 500, TEXT_BYTES = 2000, NAME_BYTES = 4000 };

struct reading {
    const struct ask *ask;
    struct pool *pool;
    char *rows; /* malloc'ed */
    size_t n, room, most;
    bool more;
};

/* --- one value --- */

static int read_flag(const struct json *j, bool absent, bool *out, struct err *e)
{
    /* nonBillable of lines is 0 or 1, the others are true or false */
    if (cJSON_IsNumber(j->value) && (j->value->valuedouble == 0 || j->value->valuedouble == 1)) {
        *out = j->value->valuedouble == 1;
        return 0;
    }
    return json_bool(j, absent, out, e);
}

static int read_time(const struct json *j, struct pool *pool, int64_t *out, struct err *e)
{
    const char *text;
    *out = 0;
    if (json_text(j, 40, pool, &text, e) != 0)
        return -1;
    return !text[0] || time_parse(slice_of(text), out)
               ? 0
               : err_set(e, ERR_PROTOCOL, "%s: a time expected, not %.40s", j->name, text);
}

static int read_name(const struct json *j, struct pool *pool, const char **out, bool *unseen, struct err *e)
{
    if (json_text(j, NAME_BYTES, pool, out, e) != 0)
        return -1;
    const char *sent = cJSON_GetStringValue(j->value);
    if (unseen && sent && strcmp(sent, *out) != 0)
        *unseen = true;
    return 0;
}

/* Numbers come as doubles, of which 15 digits are exact. */
static int64_t places_of(const struct json *j)
{
    char digits[40];
    if (!cJSON_IsNumber(j->value))
        return 0;
    double value = j->value->valuedouble < 0 ? -j->value->valuedouble : j->value->valuedouble;
    if (!(value < 1e14))
        return 0;
    int whole = snprintf(digits, sizeof(digits), "%.0f", value);
    snprintf(digits, sizeof(digits), "%.*f", 15 - whole > 0 ? 15 - whole : 0, value);
    size_t n = strlen(digits);
    while (n && digits[n - 1] == '0')
        n--;
    const char *point = strchr(digits, '.');
    return point ? (int64_t)(n - (size_t)(point - digits) - 1) : 0;
}

static int read_value(const struct records *what, const struct column *c, const struct json *item, char *row,
                      struct pool *pool, struct err *e)
{
    struct json j = json_get(item, c->name);
    void *to = row + c->offset;
    switch (c->type) {
    case COLUMN_NUMBER:
        return json_int(&j, 0, to, e);
    case COLUMN_COMPANY:
        return json_int(&j, -1, to, e);
    case COLUMN_TEXT:
        return json_text(&j, TEXT_BYTES, pool, to, e);
    case COLUMN_NAME:
        return read_name(&j, pool, to, what->unseen ? (bool *)(row + what->unseen) : NULL, e);
    case COLUMN_DECIMAL:
        return json_decimal(&j, 0, to, e);
    case COLUMN_PLACES:
        *(int64_t *)to = places_of(&j);
        return 0;
    case COLUMN_FLAG:
        return read_flag(&j, false, to, e);
    case COLUMN_ACTIVE:
        return read_flag(&j, true, to, e);
    case COLUMN_TIME:
        return read_time(&j, pool, to, e);
    }
    return 0;
}

/* --- one row --- */

static int64_t id_of(const struct records *what, const void *row)
{
    int64_t id;
    memcpy(&id, (const char *)row + what->columns[0].offset, sizeof(id));
    return id;
}

static char *place(struct reading *r)
{
    size_t size = r->ask->what->size;
    if (r->n == r->room) {
        r->room = r->room ? r->room * 2 : 64;
        r->rows = mem_grow(r->rows, r->room * size);
    }
    char *row = r->rows + r->n * size;
    memset(row, 0, size);
    return row;
}

static int take(void *self, const struct json *item, struct err *e)
{
    struct reading *r = self;
    const struct records *what = r->ask->what;
    struct json id = json_get(item, what->columns[0].name);
    if (!json_there(&id)) /* 0 is the own company: an id that is not there must not be 0 */
        return err_set(e, ERR_PROTOCOL, "a record of %s has no id", what->entity);
    char *row = place(r);
    for (size_t i = 0; i < what->n_columns; i++) {
        if (read_value(what, &what->columns[i], item, row, r->pool, e) != 0)
            return -1;
    }
    if (pool_exhausted(r->pool))
        return err_set(e, ERR_EXHAUSTED, "the rows of %s need more memory than is allowed", what->entity);
    if (r->ask->fits && !r->ask->fits(row, r->ask->self))
        return 0;
    if (r->n == r->most) {
        r->more = true;
        return 1;
    }
    r->n++;
    return 0;
}

/* --- all rows --- */

static void put_query(const struct ask *ask, size_t most, struct buf *out)
{
    const struct records *what = ask->what;
    buf_printf(out, "{\"MaxRecords\":%zu,\"IncludeFields\":[", most < PAGE ? most + 1 : PAGE);
    for (size_t i = 0; i < what->n_columns; i++) {
        if (what->columns[i].type != COLUMN_PLACES)
            buf_printf(out, "%s\"%s\"", i ? "," : "", what->columns[i].name);
    }
    buf_printf(out, "],\"filter\":[%s]}",
               ask->conditions ? ask->conditions : "{\"op\":\"exist\",\"field\":\"id\"}");
}

static int by_id(const void *a, const void *b, void *self)
{
    const struct records *what = self;
    int64_t x = id_of(what, a), y = id_of(what, b);
    return (x > y) - (x < y);
}

/* Rows that were added while the pages were read may come twice. */
static void settle(struct reading *r, struct rows *out)
{
    const struct records *what = r->ask->what;
    if (r->n) /* qsort_r must not see NULL */
        qsort_r(r->rows, r->n, what->size, by_id, (void *)(uintptr_t)what);
    char *v = pool_array(r->pool, r->n + 1, what->size);
    size_t n = 0;
    for (size_t i = 0; i < r->n; i++) {
        const char *row = r->rows + i * what->size;
        if (n && id_of(what, row) == id_of(what, v + (n - 1) * what->size))
            continue;
        memcpy(v + n++ * what->size, row, what->size);
    }
    *out = (struct rows){.v = v, .n = n};
}

int records_read(struct autotask *at, const struct ask *ask, struct pool *pool, struct rows *out,
                 struct err *e)
{
    struct reading r = {.ask = ask, .pool = pool, .most = ask->most ? ask->most : MOST_ROWS};
    struct buf body = BUF_INIT(16000);
    *out = (struct rows){0};
    put_query(ask, r.most, &body);
    ENSURE(!body.overflow);
    int rc = autotask_query(at, ask->what->entity, body.data, take, &r, e);
    if (rc == 0 && r.more && !ask->more)
        rc = err_set(e, ERR_PROTOCOL, "Autotask has more than %zu rows of %s", r.most, ask->what->entity);
    if (ask->more)
        *ask->more = r.more;
    if (rc == 0)
        settle(&r, out);
    buf_release(&body);
    free(r.rows);
    return rc;
}

/* --- by id --- */

static int by_number(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

struct wanted {
    const struct records *what;
    const int64_t *ids;
    size_t n;
};

static bool is_wanted(const void *row, const void *self)
{
    const struct wanted *w = self;
    int64_t id = id_of(w->what, row);
    return bsearch(&id, w->ids, w->n, sizeof(id), by_number) != NULL;
}

static int read_some(struct autotask *at, const struct wanted *w, struct pool *pool, struct rows *out,
                     struct err *e)
{
    struct buf conditions = BUF_INIT(8000);
    struct ask ask = {.what = w->what, .fits = is_wanted, .self = w, .most = w->n};
    buf_puts(&conditions, "{\"op\":\"in\",\"field\":\"id\",\"value\":[");
    for (size_t i = 0; i < w->n; i++)
        buf_printf(&conditions, "%s%lld", i ? "," : "", (long long)w->ids[i]);
    buf_puts(&conditions, "]}");
    ask.conditions = conditions.data;
    int rc = records_read(at, &ask, pool, out, e);
    buf_release(&conditions);
    return rc;
}

int records_by_ids(struct autotask *at, const struct records *what, const int64_t *ids, size_t n,
                   struct pool *pool, struct rows *out, struct err *e)
{
    int64_t *sorted = pool_array(pool, n + 1, sizeof(*sorted));
    size_t unique = 0;
    int rc = 0;
    if (n)
        memcpy(sorted, ids, n * sizeof(*sorted));
    qsort(sorted, n, sizeof(*sorted), by_number);
    for (size_t i = 0; i < n; i++) {
        if (sorted[i] > 0 && (!unique || sorted[i] != sorted[unique - 1]))
            sorted[unique++] = sorted[i];
    }
    char *v = pool_array(pool, unique + 1, what->size);
    *out = (struct rows){.v = v};
    for (size_t i = 0; i < unique && rc == 0; i += IDS_A_CALL) {
        size_t rest = unique - i;
        struct wanted w = {.what = what, .ids = sorted + i, .n = rest < IDS_A_CALL ? rest : IDS_A_CALL};
        struct rows some;
        rc = read_some(at, &w, pool, &some, e);
        if (rc == 0 && some.n)
            memcpy(v + out->n * what->size, some.v, some.n * what->size);
        out->n += rc == 0 ? some.n : 0;
    }
    return rc;
}

int records_one(struct autotask *at, const struct records *what, int64_t id, struct pool *pool, void **row,
                struct err *e)
{
    struct wanted w = {.what = what, .ids = &id, .n = 1};
    struct rows rows;
    if (read_some(at, &w, pool, &rows, e) != 0)
        return -1;
    *row = rows.v;
    return rows.n ? 0
                  : err_set(e, ERR_NOT_FOUND, "Autotask shows no record %lld of %s", (long long)id,
                            what->entity);
}

/* --- labels --- */

struct labelling {
    const char *const *fields;
    size_t n;
    struct pool *pool;
    struct autotask_labels *out;
};

static int take_labels(void *self, const struct json *fields, struct err *e)
{
    const struct labelling *l = self;
    for (size_t i = 0; i < l->n; i++) {
        struct picklist_item *items;
        size_t n;
        if (picklist_items(fields, l->fields[i], l->pool, &items, &n, e) != 0)
            return -1;
        struct autotask_label *labels = pool_array(l->pool, n + 1, sizeof(*labels));
        for (size_t k = 0; k < n; k++)
            labels[k] =
                (struct autotask_label){.id = items[k].id, .name = items[k].label, .active = items[k].active};
        l->out[i] = (struct autotask_labels){.v = labels, .n = n};
    }
    return 0;
}

int records_labels(struct autotask *at, const char *entity, const char *const *fields, size_t n,
                   struct pool *pool, struct autotask_labels *out, struct err *e)
{
    struct labelling l = {.fields = fields, .n = n, .pool = pool, .out = out};
    int rc = picklist_fields(at, entity, take_labels, &l, e);
    return rc == 0 ? 0 : err_wrap(e, "labels of %s", entity);
}

const char *autotask_label_name(const struct autotask_labels *labels, int64_t id)
{
    for (size_t i = 0; i < labels->n; i++) {
        if (labels->v[i].id == id)
            return labels->v[i].name;
    }
    return "";
}
