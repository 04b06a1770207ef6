/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ledger: the calls of this folder go through these.
 *
 *   ledger     one call: token, our limits, what the answer means
 *   fault      the forms in which QuickBooks says no
 *   statement  queries: values, pages
 *   record     members of a record → a flat row
 *   items accounts parties invoices firm   one kind of rows each
 *   intuit     Intuit's addresses, and links into its web pages
 */
#ifndef FRONTDESK_QUICKBOOKS_LEDGER_H
#define FRONTDESK_QUICKBOOKS_LEDGER_H

#include "frontdesk/pace.h"
#include "frontdesk/quickbooks.h"

#include <pthread.h>

struct quickbooks {
    struct quickbooks_options options;
    const struct conf_quickbooks *conf;
    struct oauth2_provider provider;
    struct oauth2 *login;
    struct pace *second, *minute;
    pthread_mutex_t lock; /* of what follows */
    enum quickbooks_state state;
    struct err why;
};

/* One reading call. `what` stands behind /v3/company/REALM/ and may have arguments. `statement`: sent as the
 * body of a POST to the query address; NULL: a GET. There is no other kind of call. On success *answer is
 * open and holds no Fault. */
int ledger_read(struct quickbooks *qb, const char *what, const char *statement, struct json *answer,
                struct err *e) MUST_USE;

/* --- fault.c --- */

struct fault {
    bool there;    /* the body is a Fault, in whatever form */
    unsigned code; /* 0 = none */
    char message[160], detail[240];
};
/* `root` is open, or NULL when the body is no JSON. */
void fault_read(const struct http_response *r, const struct json *root, struct fault *f);
/* What the answer means; `token` must not be repeated in the text. */
int fault_error(const struct http_response *r, const struct fault *f, const char *token, struct err *e);
/* Intuit's own trouble, which passes at once or not at all. */
bool fault_may_pass(const struct fault *f);

/* --- intuit.c --- */

void intuit_provider(const struct conf_quickbooks *conf, struct oauth2_provider *out);
/* "https://quickbooks.api.intuit.com", or what the settings say. */
const char *intuit_api(const struct conf_quickbooks *conf);

/* --- record.c: the first thing that is wrong is kept, the rest reads as absent --- */

struct record {
    const struct json *json;
    struct pool *pool;
    struct err *e;
    int rc;
};
/* A member, or "Member.member". */
const char *record_text(struct record *r, const char *path, size_t max);
bool record_true(struct record *r, const char *path, bool absent);
int64_t record_int(struct record *r, const char *path, int64_t absent);
int64_t record_decimal(struct record *r, const char *path);
/* 0, or -1 when something was wrong or the pool is full. */
int record_end(struct record *r) MUST_USE;

/* A condition: the property is the name, or the name of the same record once it was made inactive; in any
 * state. `where` has room for 10,000. ERR_LIMIT: the name is longer than any can be. */
int quickbooks_put_named(struct buf *where, const char *property, const char *name, struct err *e) MUST_USE;

/* A list that grows in a pool. */
struct rows {
    struct pool *pool;
    size_t size, n, cap;
    void *v;
};
/* A zeroed row at the end. */
void *rows_add(struct rows *rows);

enum { ID_BYTES = 40, NAME_BYTES = 500, FULL_NAME_BYTES = 2600, WORD_BYTES = 100, NOTE_BYTES = 4000 };

#endif
