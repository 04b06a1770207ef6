/* SPDX-License-Identifier: GPL-2.0-or-later */
/* step_kinds: the kinds of step, a row each: how it is done, and how it is looked up whether it was. */
#ifndef FRONTDESK_ACTION_STEP_KINDS_H
#define FRONTDESK_ACTION_STEP_KINDS_H

#include "frontdesk/action.h"

struct step_kind {
    const char *kind;
    bool late; /* after the answer: files */
    int (*act)(struct perform *p, const struct journal_step *step, int64_t *result_id, struct err *e);
    int (*look)(struct perform *p, const struct journal_step *step, bool *found, int64_t *result_id,
                struct err *e);
    /* what carries a mark: the search for it */
    int (*by_mark)(struct autotask *at, int64_t ticket, const char *mark, bool *found, int64_t *id,
                   struct err *e);
};

const struct step_kind *step_kind_of(const struct journal_step *step);

#endif
