/* SPDX-License-Identifier: GPL-2.0-or-later */
/* authfield: one Authentication-Results field, and what the fields that count say together. */
#ifndef FRONTDESK_AUTHFIELD_H
#define FRONTDESK_AUTHFIELD_H

#include "gate_internal.h"

enum { AUTHFIELD_VALUE = 320 };

/* What one field says: the worst wins. */
enum auth_saying { SAYS_NOTHING, SAYS_PASS, SAYS_CONFLICT, SAYS_FAIL, SAYS_MALFORMED };

/* What a profile believes beside dmarc=pass for the domain. */
enum {
    AUTH_BY_DKIM = 1,     /* dkim=pass of the domain itself, where no DMARC says otherwise */
    AUTH_BY_ACCOUNT = 2,  /* auth=pass of the account that is the address */
    AUTH_BY_COMPAUTH = 4, /* compauth=fail is a fail */
};

/* Skips blanks and comments in nested parentheses; false if they never end. */
bool authfield_blank(struct scan *c);
/* The authserv-id and its version, and the cursor behind them; false if malformed. `id` is "" for a field
 * without one. */
bool authfield_id(struct scan *c, char id[AUTHFIELD_VALUE]) MUST_USE;
/* What the results from the cursor on say about the address. */
enum auth_saying authfield_read(struct scan *c, unsigned by, const char *address, const struct conf *conf);

bool authfield_is(const struct message *m, unsigned i, const char *name);
/* The host of "from X (...) by HOST ..."; empty if the field has not that shape. Clause by clause, so that a
 * greeting called "by" moves nothing. */
struct slice received_host(struct slice value);

/* The verdict on what the counted fields said, with the evidence in r. `who` is whose word it is; `below`: a
 * field of the same shape stands where the sender can write. */
bool authres_conclude(enum auth_saying worst, bool below, const char *who, struct slice text,
                      struct gate_result *r);

#endif
