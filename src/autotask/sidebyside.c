/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sidebyside: reads that do not need each other, at one time. Each entity is an endpoint with calls in flight
 * of its own, so that lists of several entities do not wait for each other (autotask-rest.md 4). The pages of
 * one list cannot: each address comes with the page before it.
 */
#include "columns.h"

enum { THREADS = 6 };

struct crew {
    int (*work)(void *self, size_t i, struct pool *pool, struct err *e);
    void *self;
    struct pool *pool;
    size_t n, next, worst; /* worst: the first i that failed; n = none */
    struct err error;
    pthread_mutex_t lock;
};

/* Together they may pass the limit of the pool they go into by what is in work: as a pool itself may. */
static bool next_job(struct crew *c, size_t *i, size_t *room)
{
    pthread_mutex_lock(&c->lock);
    bool more = c->next < c->n && c->worst == c->n;
    *i = c->next;
    *room = pool_left(c->pool);
    c->next += more;
    pthread_mutex_unlock(&c->lock);
    return more;
}

static void *hand(void *self)
{
    struct crew *c = self;
    size_t i, room;
    while (next_job(c, &i, &room)) {
        struct pool *own = pool_new(room);
        struct err e = ERR_INIT;
        int rc = c->work(c->self, i, own, &e);
        pthread_mutex_lock(&c->lock);
        if (rc != 0 && i < c->worst) {
            c->worst = i;
            c->error = e;
        }
        pool_absorb(c->pool, &own);
        pthread_mutex_unlock(&c->lock);
    }
    return NULL;
}

int side_by_side(size_t n, int (*work)(void *self, size_t i, struct pool *pool, struct err *e), void *self,
                 struct pool *pool, struct err *e)
{
    struct crew crew = {.work = work, .self = self, .pool = pool, .n = n, .worst = n};
    pthread_t threads[THREADS];
    size_t begun = 0;
    pthread_mutex_init(&crew.lock, NULL);
    /* this thread is one of them, so that it goes on when no other can be had */
    while (begun + 1 < n && begun + 1 < THREADS && pthread_create(&threads[begun], NULL, hand, &crew) == 0)
        begun++;
    hand(&crew);
    while (begun)
        pthread_join(threads[--begun], NULL);
    pthread_mutex_destroy(&crew.lock);
    if (crew.worst == n)
        return 0;
    *e = crew.error;
    return -1;
}
