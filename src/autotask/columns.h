/* SPDX-License-Identifier: GPL-2.0-or-later */
/* columns: lists of the books. A table says which fields of an entity are asked for and where they go;
 * records.c does the rest. */
#ifndef FRONTDESK_AUTOTASK_COLUMNS_H
#define FRONTDESK_AUTOTASK_COLUMNS_H

#include "frontdesk/autotask_books.h"
#include "load.h"

enum column_type {
    COLUMN_NUMBER,  /* int64_t; absent 0 */
    COLUMN_COMPANY, /* int64_t; absent -1 */
    COLUMN_TEXT,    /* const char *, cut at 2,000 bytes */
    COLUMN_NAME,    /* const char *, up to 4,000 bytes, which no name has; sets `unseen` */
    COLUMN_DECIMAL, /* int64_t, ten-thousandths; absent 0 */
    COLUMN_PLACES,  /* int64_t, digits behind the point; behind a column of the same name */
    COLUMN_FLAG,    /* bool, here also 0 and 1; absent false */
    COLUMN_ACTIVE,  /* the same; absent true */
    COLUMN_TIME     /* int64_t, milliseconds; absent 0 */
};

struct column {
    const char *name;
    enum column_type type;
    size_t offset;
};

/* The first column is the id. */
struct records {
    const char *entity;
    const struct column *columns;
    size_t n_columns, size;
    size_t unseen; /* offset of the bool; 0 = none */
};

#define RECORDS(what, table, row, unseen_offset)                                                             \
    {                                                                                                        \
        .entity = (what), .columns = (table), .n_columns = ARRAY_LEN(table), .size = sizeof(row),            \
        .unseen = (unseen_offset)                                                                            \
    }

struct ask {
    const struct records *what;
    const char *conditions; /* of the filter, with commas between; NULL: every row */
    /* Is this a row of those that were asked for? A condition may be dropped by the server. NULL: yes. */
    bool (*fits)(const void *row, const void *self);
    const void *self;
    size_t most; /* rows; 0 = 20,000 */
    bool *more;  /* whether there are more; NULL: more are ERR_PROTOCOL */
};

/* Rows in the pool, by id, each once. */
struct rows {
    void *v;
    size_t n;
};
int records_read(struct autotask *at, const struct ask *ask, struct pool *pool, struct rows *out,
                 struct err *e) MUST_USE;
/* Those of these ids. */
int records_by_ids(struct autotask *at, const struct records *what, const int64_t *ids, size_t n,
                   struct pool *pool, struct rows *out, struct err *e) MUST_USE;
/* The one of that id; ERR_NOT_FOUND. *row is in the pool. */
int records_one(struct autotask *at, const struct records *what, int64_t id, struct pool *pool, void **row,
                struct err *e) MUST_USE;
/* The labels of some fields of an entity, by one call; no values for a field that is no picklist. */
int records_labels(struct autotask *at, const char *entity, const char *const *fields, size_t n,
                   struct pool *pool, struct autotask_labels *out, struct err *e) MUST_USE;

/* sight.c: what a word of entityInformation says: "None", "0", "All" ... */
enum autotask_sight sight_of(const char *word);
/* sidebyside.c: work(self, i) for i = 0 .. n - 1, some at a time, each with a pool of its own that goes into
 * `pool`. The first error (by i) is the result; nothing new is begun after one. */
int side_by_side(size_t n, int (*work)(void *self, size_t i, struct pool *pool, struct err *e), void *self,
                 struct pool *pool, struct err *e) MUST_USE;

#endif
