/* SPDX-License-Identifier: GPL-2.0-or-later */
/* record: members of a record as they go into a flat row, and lists that grow in a pool. See ledger.h. */
#include "ledger.h"

/* Calls `read` with the member that `path` names. */
static void with_member(struct record *r, const char *path,
                        int (*read)(const struct json *j, struct record *r, void *to), void *to)
{
    char name[60];
    const char *dot = strchr(path, '.');
    if (r->rc != 0)
        return;
    snprintf(name, sizeof(name), "%.*s", dot ? (int)(dot - path) : 59, path);
    struct json outer = json_get(r->json, name);
    struct json inner = dot ? json_get(&outer, dot + 1) : outer;
    r->rc = read(&inner, r, to);
}

struct text_to {
    const char *text;
    size_t max;
};

static int read_text(const struct json *j, struct record *r, void *to)
{
    struct text_to *t = to;
    return json_text(j, t->max, r->pool, &t->text, r->e);
}

const char *record_text(struct record *r, const char *path, size_t max)
{
    struct text_to t = {.text = "", .max = max};
    with_member(r, path, read_text, &t);
    return t.text;
}

static int read_true(const struct json *j, struct record *r, void *to)
{
    bool *truth = to;
    return json_bool(j, *truth, truth, r->e);
}

bool record_true(struct record *r, const char *path, bool absent)
{
    with_member(r, path, read_true, &absent);
    return absent;
}

static int read_int(const struct json *j, struct record *r, void *to)
{
    int64_t *n = to;
    return json_int(j, *n, n, r->e);
}

int64_t record_int(struct record *r, const char *path, int64_t absent)
{
    with_member(r, path, read_int, &absent);
    return absent;
}

static int read_decimal(const struct json *j, struct record *r, void *to)
{
    int64_t *n = to;
    return json_decimal(j, *n, n, r->e);
}

int64_t record_decimal(struct record *r, const char *path)
{
    int64_t n = 0;
    with_member(r, path, read_decimal, &n);
    return n;
}

int record_end(struct record *r)
{
    if (r->rc == 0 && pool_exhausted(r->pool))
        r->rc = err_set(r->e, ERR_EXHAUSTED, "the rows need more memory than is allowed");
    return r->rc;
}

void *rows_add(struct rows *rows)
{
    if (rows->n == rows->cap) {
        size_t cap = rows->cap ? rows->cap * 2 : 64;
        void *v = pool_array(rows->pool, cap, rows->size);
        if (rows->n)
            memcpy(v, rows->v, rows->n * rows->size);
        rows->v = v;
        rows->cap = cap;
    }
    return (char *)rows->v + rows->n++ * rows->size;
}
