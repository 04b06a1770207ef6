/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pool: allocate only, free all at once; one pool a job. Memory is zeroed and aligned for any type.
 * Allocation never returns NULL. Past `max` bytes it still serves but pool_exhausted() turns true, and
 * whoever owns the pool gives the job up (ERR_EXHAUSTED): the limits of the parsers are the wall, this is the
 * alarm.
 */
#ifndef FRONTDESK_BASE_POOL_H
#define FRONTDESK_BASE_POOL_H

struct pool;

struct pool *pool_new(size_t max) MUST_USE;
void pool_free(struct pool **pool); /* sets *pool to NULL; NULL is fine */
/* What is in *other is in `pool` from now on; *other is freed and NULL. */
void pool_absorb(struct pool *pool, struct pool **other);
bool pool_exhausted(const struct pool *pool);
size_t pool_left(const struct pool *pool); /* bytes until it is exhausted */
void *pool_alloc(struct pool *pool, size_t size) MUST_USE;
void *pool_array(struct pool *pool, size_t count, size_t size) MUST_USE;
char *pool_copy(struct pool *pool, const char *s) MUST_USE;   /* NULL gives "" */
char *pool_slice(struct pool *pool, struct slice s) MUST_USE; /* terminated */
/* Terminated, for people: controls as blanks, without marks that turn the direction of text or have no width.
 */
char *pool_text(struct pool *pool, struct slice s) MUST_USE;
char *pool_printf(struct pool *pool, const char *fmt, ...) MUST_USE PRINTF(2, 3);

#endif
