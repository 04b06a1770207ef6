/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guide: what the letters tell about frontdesk itself; the second half of facts.c. */
#ifndef FRONTDESK_ACTION_GUIDE_H
#define FRONTDESK_ACTION_GUIDE_H

#include "frontdesk/action.h"

/* What a sender must type so that this person is meant and nobody else: the shortest form of the name that
 * command_read takes for them. Never NULL. */
const char *guide_typed(const struct facts_input *in, const struct directory_resource *r, struct pool *pool);
/* The variables of help, howto, topics, status, show, explain and wish, and what a letter about a ticket
 * says can be replied; of other letters none. */
void guide_set(struct view *v, const struct facts_input *in, struct pool *pool);

/* watching.c: those of the letters of drift watch; of others none. */
void watching_set(struct view *v, const struct facts_input *in, struct pool *pool);

#endif
