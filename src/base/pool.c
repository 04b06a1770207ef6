/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pool: a chain of blocks; the newest serves. See base_pool.h. */
#include "frontdesk/base.h"

#include <stdalign.h>
#include <stdarg.h>

enum { BLOCK = 8192 };

struct block {
    struct block *next;
    size_t size, used;
    alignas(max_align_t) char data[];
};

struct pool {
    struct block *head;
    size_t total, max;
};

struct pool *pool_new(size_t max)
{
    struct pool *pool = mem_alloc(sizeof(*pool));
    pool->max = max;
    return pool;
}

static void free_blocks(struct block *b)
{
    while (b) {
        struct block *next = b->next;
        free(b);
        b = next;
    }
}

void pool_free(struct pool **pool)
{
    if (!*pool)
        return;
    free_blocks((*pool)->head);
    free(*pool);
    *pool = NULL;
}

void pool_absorb(struct pool *pool, struct pool **other)
{
    struct block **end = &pool->head;
    if (!*other)
        return;
    /* behind what is there, so that the head's rest stays in use */
    while (*end)
        end = &(*end)->next;
    *end = (*other)->head;
    pool->total += (*other)->total;
    free(*other);
    *other = NULL;
}

bool pool_exhausted(const struct pool *pool)
{
    return pool->total > pool->max;
}

size_t pool_left(const struct pool *pool)
{
    return pool->total < pool->max ? pool->max - pool->total : 0;
}

static size_t align_up(size_t n)
{
    const size_t a = alignof(max_align_t);
    ENSURE(n <= SIZE_MAX - a);
    return (n + a - 1) / a * a;
}

void *pool_alloc(struct pool *pool, size_t size)
{
    size = align_up(size ? size : 1);
    struct block *b = pool->head;
    if (!b || b->size - b->used < size) {
        size_t room = size > BLOCK / 2 ? size : BLOCK - sizeof(*b);
        struct block *fresh = mem_alloc(sizeof(*fresh) + room);
        fresh->size = room;
        pool->total += room;
        /* a large piece goes behind the head, so that the head's rest stays in use */
        if (b && size > BLOCK / 2) {
            fresh->next = b->next;
            b->next = fresh;
        } else {
            fresh->next = b;
            pool->head = fresh;
        }
        b = fresh;
    }
    void *p = b->data + b->used;
    b->used += size;
    return p;
}

void *pool_array(struct pool *pool, size_t count, size_t size)
{
    ENSURE(size == 0 || count <= SIZE_MAX / 2 / size);
    return pool_alloc(pool, count * size);
}

char *pool_slice(struct pool *pool, struct slice s)
{
    char *p = pool_alloc(pool, s.len + 1);
    if (s.len)
        memcpy(p, s.ptr, s.len);
    return p;
}

char *pool_copy(struct pool *pool, const char *s)
{
    return pool_slice(pool, slice_of(s));
}

/* How many bytes at `u`, a terminated text, are such a mark. */
static size_t mark_at(const unsigned char *u)
{
    bool general =
        u[0] == 0xe2 && u[1] == 0x80 && ((u[2] >= 0x8b && u[2] <= 0x8f) || (u[2] >= 0xa8 && u[2] <= 0xae));
    bool isolate = u[0] == 0xe2 && u[1] == 0x81 && u[2] >= 0xa0 && u[2] <= 0xaf;
    return general || isolate || (u[0] == 0xef && u[1] == 0xbb && u[2] == 0xbf) ? 3 : 0;
}

char *pool_text(struct pool *pool, struct slice s)
{
    char *copy = pool_slice(pool, s), *to = copy;
    slice_clean_text(copy);
    for (const char *from = copy; *from;) {
        size_t mark = mark_at((const unsigned char *)from);
        if (!mark)
            *to++ = *from;
        from += mark ? mark : 1;
    }
    *to = '\0';
    return copy;
}

char *pool_printf(struct pool *pool, const char *fmt, ...)
{
    va_list ap, again;
    va_start(ap, fmt);
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    ENSURE(n >= 0);
    char *p = pool_alloc(pool, (size_t)n + 1);
    vsnprintf(p, (size_t)n + 1, fmt, again);
    va_end(again);
    va_end(ap);
    return p;
}
