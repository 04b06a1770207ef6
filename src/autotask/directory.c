/* SPDX-License-Identifier: GPL-2.0-or-later */
/* directory: the snapshot itself: built once in one pool, counted, never changed. See autotask_directory.h.
 */
#include "frontdesk/autotask_directory.h"

enum { DIRECTORY_MAX = 64 << 20 };

/* What a snapshot lives in; the public part comes first. */
struct snapshot {
    struct directory d;
    struct pool *pool;
    int users;
};

void directory_unref(struct directory **d)
{
    struct snapshot *s = (struct snapshot *)*d;
    *d = NULL;
    if (!s || __atomic_sub_fetch(&s->users, 1, __ATOMIC_SEQ_CST) > 0)
        return;
    pool_free(&s->pool);
    free(s);
}

static const char *const *copy_nicknames(const char *const *from, struct pool *pool)
{
    size_t n = 0;
    while (from && from[n])
        n++;
    const char **out = pool_array(pool, n + 1, sizeof(*out));
    for (size_t i = 0; i < n; i++)
        out[i] = pool_copy(pool, from[i]);
    return out;
}

static const char *clean_copy(struct pool *pool, const char *text)
{
    return pool_text(pool, slice_trim(slice_of(pool_text(pool, slice_of(text)))));
}

static const char *folded_copy(struct pool *pool, const char *text)
{
    struct buf b = BUF_INIT(4096);
    fold_into(&b, slice_of(text));
    const char *copy = pool_slice(pool, buf_view(&b));
    buf_release(&b);
    return copy;
}

static const struct directory_label *copy_labels(const struct directory_label *from, size_t n,
                                                 struct pool *pool)
{
    struct directory_label *to = pool_array(pool, n + 1, sizeof(*to));
    for (size_t i = 0; i < n; i++)
        to[i] = (struct directory_label){.id = from[i].id, .name = clean_copy(pool, from[i].name)};
    for (size_t i = 0; i < n; i++)
        to[i].folded = folded_copy(pool, to[i].name);
    return to;
}

static int company_by_id(const void *a, const void *b)
{
    int64_t x = ((const struct directory_company *)a)->id, y = ((const struct directory_company *)b)->id;
    return (x > y) - (x < y);
}

static const struct directory_company *copy_companies(const struct directory_company *from, size_t n,
                                                      struct pool *pool)
{
    struct directory_company *to = pool_array(pool, n + 1, sizeof(*to));
    for (size_t i = 0; i < n; i++)
        to[i] = (struct directory_company){.id = from[i].id,
                                           .name = clean_copy(pool, from[i].name),
                                           .domain = clean_copy(pool, from[i].domain)};
    for (size_t i = 0; i < n; i++)
        to[i].folded = folded_copy(pool, to[i].name);
    qsort(to, n, sizeof(*to), company_by_id);
    return to;
}

static int company_by_name(const void *a, const void *b)
{
    const struct directory_company *x = *(const struct directory_company *const *)a,
                                   *y = *(const struct directory_company *const *)b;
    int c = strcmp(x->folded, y->folded);
    return c ? c : company_by_id(x, y);
}

static const struct directory_company *const *index_names(const struct directory_company *list, size_t n,
                                                          struct pool *pool)
{
    const struct directory_company **index = pool_array(pool, n + 1, sizeof(void *));
    for (size_t i = 0; i < n; i++)
        index[i] = &list[i];
    qsort(index, n, sizeof(void *), company_by_name);
    return index;
}

static int by_id(const void *a, const void *b)
{
    int64_t x = ((const struct directory_resource *)a)->id, y = ((const struct directory_resource *)b)->id;
    return (x > y) - (x < y);
}

struct directory *directory_build(const struct directory *values)
{
    struct snapshot *s = mem_alloc(sizeof(*s));
    struct pool *pool = s->pool = pool_new(DIRECTORY_MAX);
    s->users = 1;
    s->d = *values;
    struct directory_resource *r = pool_array(pool, values->n_resources + 1, sizeof(*r));
    for (size_t i = 0; i < values->n_resources; i++) {
        const struct directory_resource *from = &values->resources[i];
        r[i] = (struct directory_resource){.id = from->id,
                                           .role_id = from->role_id,
                                           .first = pool_copy(pool, from->first),
                                           .last = pool_copy(pool, from->last),
                                           .user = pool_copy(pool, from->user),
                                           .email = pool_copy(pool, from->email),
                                           .assignable = from->assignable,
                                           .why_not = pool_copy(pool, from->why_not),
                                           .nicknames = copy_nicknames(from->nicknames, pool)};
    }
    qsort(r, values->n_resources, sizeof(*r), by_id);
    s->d.resources = r;
    for (size_t i = 0; i < DIRECTORY_LISTS; i++)
        s->d.lists[i] = copy_labels(values->lists[i], values->n_lists[i], pool);
    s->d.companies = copy_companies(values->companies, values->n_companies, pool);
    s->d.by_name = index_names(s->d.companies, values->n_companies, pool);
    s->d.queue_name = pool_copy(pool, values->queue_name);
    s->d.triage_queue_name = pool_copy(pool, values->triage_queue_name);
    s->d.priority_name = pool_copy(pool, values->priority_name);
    s->d.status_name = pool_copy(pool, values->status_name);
    s->d.web_url = pool_copy(pool, values->web_url);
    return &s->d;
}

const struct directory_resource *directory_find(const struct directory *d, int64_t resource_id)
{
    struct directory_resource key = {.id = resource_id};
    return bsearch(&key, d->resources, d->n_resources, sizeof(key), by_id);
}
