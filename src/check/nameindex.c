/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nameindex: a hash table from names to rows, open addressing, never more than half full. Its seed is drawn
 * at the start, so that nobody can choose names that collide. See nearname.h. */
#include "nearname.h"

#include <sys/random.h>

struct slot {
    struct slice key;
    uint64_t hash;
    uint32_t first, last; /* first + 1; 0 = free */
};

struct name_index {
    struct slot *slots;
    size_t mask;
    uint64_t seed;
    uint32_t *next; /* by row: the next one of the same key */
    size_t rows;
};

struct name_index *name_index_new(struct pool *pool, size_t rows)
{
    size_t size = 16;
    while (size < rows * 2)
        size *= 2;
    struct name_index *x = pool_alloc(pool, sizeof(*x));
    x->slots = pool_array(pool, size, sizeof(*x->slots));
    x->next = pool_array(pool, rows + 1, sizeof(*x->next));
    x->mask = size - 1;
    x->rows = rows;
    if (getrandom(&x->seed, sizeof(x->seed), 0) != (ssize_t)sizeof(x->seed))
        x->seed = (uint64_t)clock_now_us();
    return x;
}

static uint64_t hash_of(const struct name_index *x, struct slice key)
{
    uint64_t h = x->seed ^ UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < key.len; i++) {
        h = (h ^ (unsigned char)key.ptr[i]) * UINT64_C(0x9e3779b97f4a7c15);
        h ^= h >> 29;
    }
    return h;
}

static struct slot *find(const struct name_index *x, struct slice key, uint64_t hash)
{
    size_t at = hash & x->mask;
    while (x->slots[at].first && (x->slots[at].hash != hash || !slice_eq(x->slots[at].key, key)))
        at = (at + 1) & x->mask;
    return &x->slots[at];
}

void name_index_add(struct name_index *x, struct slice key, uint32_t row)
{
    ENSURE(row < x->rows);
    uint64_t hash = hash_of(x, key);
    struct slot *s = find(x, key, hash);
    if (s->first)
        x->next[s->last - 1] = row + 1;
    else
        *s = (struct slot){.key = key, .hash = hash, .first = row + 1};
    s->last = row + 1;
}

uint32_t name_index_first(const struct name_index *x, struct slice key)
{
    return find(x, key, hash_of(x, key))->first - 1; /* 0 gives NAME_INDEX_NONE */
}

uint32_t name_index_next(const struct name_index *x, uint32_t row)
{
    return x->next[row] - 1;
}
