/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bookload: several lists of the books side by side; what this user may not read is left out and named. */
#include "columns.h"

struct loading {
    struct autotask *at;
    struct autotask_books *out;
    unsigned parts[16]; /* one bit each */
    enum err_code left_out[16];
};

static int read_part(struct autotask *at, unsigned part, struct pool *pool, struct autotask_books *out,
                     struct err *e)
{
    switch ((enum autotask_books_part)part) {
    case AT_BOOKS_CODES:
        return autotask_codes(at, pool, &out->codes, e);
    case AT_BOOKS_SERVICES:
        return autotask_solds(at, AT_SOLD_SERVICE, pool, &out->services, e);
    case AT_BOOKS_BUNDLES:
        return autotask_solds(at, AT_SOLD_BUNDLE, pool, &out->bundles, e);
    case AT_BOOKS_PRODUCTS:
        return autotask_solds(at, AT_SOLD_PRODUCT, pool, &out->products, e);
    case AT_BOOKS_MILESTONES:
        return autotask_milestones(at, pool, &out->milestones, e);
    case AT_BOOKS_TERMS:
        return autotask_terms(at, pool, &out->terms, e);
    case AT_BOOKS_TAXES:
        return autotask_taxes(at, pool, &out->taxes, e);
    case AT_BOOKS_CUSTOMERS:
        return autotask_customers(at, true, pool, &out->customers, e);
    case AT_BOOKS_ROLES:
        return autotask_roles(at, pool, &out->roles, e);
    }
    BUG("a part of the books that is none");
}

static int load_one(void *self, size_t i, struct pool *pool, struct err *e)
{
    struct loading *l = self;
    if (read_part(l->at, l->parts[i], pool, l->out, e) == 0)
        return 0;
    if (e->code != ERR_PERMISSION && e->code != ERR_REJECTED && e->code != ERR_NOT_FOUND)
        return -1;
    LOG(LOG_WARN, "autotask", "books.left-out", LS("error", e->text));
    l->left_out[i] = e->code;
    return 0;
}

int autotask_books(struct autotask *at, unsigned parts, struct pool *pool, struct autotask_books *out,
                   struct err *e)
{
    struct loading l = {.at = at, .out = out};
    size_t n = 0;
    *out = (struct autotask_books){0};
    for (unsigned bit = 1; bit <= AT_BOOKS_ROLES; bit <<= 1) {
        if (parts & bit)
            l.parts[n++] = bit;
    }
    if (side_by_side(n, load_one, &l, pool, e) != 0)
        return -1;
    for (size_t i = 0; i < n; i++) {
        if (l.left_out[i] == ERR_PERMISSION)
            out->denied |= l.parts[i];
        else if (l.left_out[i] != ERR_NONE)
            out->absent |= l.parts[i];
    }
    return pool_exhausted(pool) ? err_set(e, ERR_EXHAUSTED, "the books need more memory than is allowed") : 0;
}
