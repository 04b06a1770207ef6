/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * books: the simulated QuickBooks Online and its token server (quickbooks-online.md section 11), on the same
 * port as the simulated Autotask: /v3/company/..., /connect/oauth2, /oauth2/v1/tokens/bearer,
 * /v2/oauth2/tokens/revoke. It is only read: a write is refused as an operation that is not supported.
 *
 *   books          one call: who asks, which company, what for; the forms of an answer
 *   books_tokens   consent page, codes, access and refresh tokens, revoking
 *   books_store    the records: the group "quickbooks" of the world file
 *   books_kinds    the entities and their properties
 *   books_parse    a statement → struct statement
 *   books_query    which records it finds
 */
#ifndef FRONTDESK_SANDBOX_BOOKS_H
#define FRONTDESK_SANDBOX_BOOKS_H

#include "sandbox.h"

/* --- books_kinds.c --- */

enum book_type { B_ID, B_TEXT, B_BOOL, B_NUMBER, B_DAY, B_TIME, B_REF };

struct book_field {
    const char *name; /* "MetaData.LastUpdatedTime": a member of a member */
    enum book_type type;
    bool queryable;
};

enum { MOST_BOOK_KINDS = 16 };
struct book_kind {
    const char *name;
    bool is_list; /* a name list: has Active, and hides the inactive */
    const struct book_field *fields;
    size_t n_fields;
};

extern const struct book_kind book_kinds[];
extern const size_t n_book_kinds;
const struct book_kind *book_kind(struct slice name);
const struct book_field *book_field(const struct book_kind *k, struct slice name);

/* --- books_store.c --- */

/* The group of the world file; NULL = this world has no QuickBooks. */
int books_check(const cJSON *source, struct err *e) MUST_USE;
void books_reset(const cJSON *source);
/* NULL when there are none. */
const cJSON *books_rows(const struct book_kind *k);
const cJSON *books_row(const struct book_kind *k, const char *id);
/* "CompanyInfo", "Preferences", "realm", "client_id" ...; NULL if absent. */
const cJSON *books_member(const char *name);
cJSON *books_dump(void);
/* {"Item": [records]}: puts each in place of the one with its Id, or adds it; {"CompanyInfo": {...}}
 * likewise. NULL when done, else what is wrong. */
const char *books_put(const cJSON *all);

/* --- books_parse.c, books_query.c --- */

enum { MOST_CONDITIONS = 20, MOST_VALUES = 1000, MOST_ORDERS = 5 };
enum book_op { OP_EQ, OP_LT, OP_GT, OP_LE, OP_GE, OP_IN, OP_LIKE };

struct condition {
    const struct book_field *field;
    enum book_op op;
    const char **values;
    size_t n_values;
};
struct statement {
    const struct book_kind *kind;
    struct condition conditions[MOST_CONDITIONS];
    struct order {
        const struct book_field *field;
        bool down;
    } orders[MOST_ORDERS];
    size_t n_conditions, n_orders;
    int64_t start, most;
    bool count;
};
/* 0, or the code 4000 or 4001 with its detail in `why`. */
int statement_read(struct statement *s, const char *text, struct pool *pool, char why[300]);
/* The answer's QueryResponse. */
cJSON *statement_run(const struct statement *s);
/* Text of a property of a record, "" when it has none. */
const char *book_value(const cJSON *row, const struct book_field *f, struct pool *pool);

/* --- books_tokens.c --- */

/* Fills an access token up to its size: every piece of it holds the mark. */
void token_fill(struct buf *token, int64_t size);
void tokens_reset(void);
void tokens_consent(struct call *c);
void tokens_issue(struct call *c);
void tokens_revoke(struct call *c);
/* Does the bearer token open the books of `realm`? If not, it was answered. */
bool tokens_accept(struct call *c, struct slice realm);
/* What a test may see of it. */
cJSON *tokens_dump(void);

/* --- books.c --- */

/* Is this path ours? */
bool books_serves(struct slice path);
void books_exchange(struct call *c, int64_t first_us);
/* Forgets the calls so far. */
void books_throttle_reset(void);
/* A fault in the usual form, HTTP 400. */
void book_fault(struct call *c, const char *code, const char *message, const char *detail);
/* The gateway's form: keys in lower case. detail NULL: null. */
void book_refusal(struct call *c, int status, const char *type, const char *code, const char *what,
                  const char *detail);
/* The gateway's form as XML. */
void book_throttled(struct call *c);
/* Value of a form or of the arguments of an address, decoded, in pool; NULL = absent. */
const char *form_value(const char *form, const char *name, struct pool *pool);

#endif
