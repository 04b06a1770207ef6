/* SPDX-License-Identifier: GPL-2.0-or-later */
/* refusals: what a provider's refusal of mail or of a login means, and what an administrator does about it.
 */
#ifndef FRONTDESK_CLI_REFUSALS_H
#define FRONTDESK_CLI_REFUSALS_H

#include "frontdesk/base.h"

enum refusal_where { REFUSED_IN = 1, REFUSED_OUT = 2, REFUSED_ANYWHERE = 3 };

struct refusal {
    unsigned where;
    const char *words; /* of the refusal, in any case; "" = every refused login by token */
    const char *cause, *fix;
};

extern const struct refusal refusals[];
extern const size_t n_refusals;

/* The first row that fits; NULL when none does. by_token: oauth2 is set for that server. */
const struct refusal *refusal_of(enum refusal_where where, bool by_token, const struct err *e);

#endif
