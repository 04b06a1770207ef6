/* SPDX-License-Identifier: GPL-2.0-or-later */
/* action, watch: an answer to a letter of drift watch, and what such letters say. */
#ifndef FRONTDESK_ACTION_WATCH_H
#define FRONTDESK_ACTION_WATCH_H

#include "frontdesk/action.h"
#include "frontdesk/journal_watches.h"

/* The letter that a mail answers. */
struct plan_watched {
    struct journal_watch_letter about;
    bool may; /* the sender gets these letters, or runs frontdesk, and is proven */
};
/* May this sender answer them? */
bool watch_may_answer(const struct conf *conf, const char *address, bool unauthenticated);
/* watching.c: the plan of the answer: ack, snooze, undo, and what is none of these. */
void plan_watching(struct plan *out, const struct plan_input *in, struct pool *pool);
/* What the plan asks the journal for. False: nothing. */
bool plan_watch_answer(const struct plan *p, struct journal_watch_answer *out);

/* Texts are those of people: "Wed 25 Nov 07:00". */
struct watch_facts {
    const struct schedule *schedule; /* NULL: of a watch that the settings no longer have */
    const char *check, *last, *next, *until;
    size_t findings, acked; /* known now; of them accepted */
    size_t fresh, gone;
    const char *const *gone_lines; /* as many as are told */
    size_t n_gone_lines;
    size_t accepts; /* by this answer */
};

#endif
