/* SPDX-License-Identifier: GPL-2.0-or-later */
/* planning: what plan.c and amending.c share. Strings live in the pool. */
#ifndef FRONTDESK_ACTION_PLANNING_H
#define FRONTDESK_ACTION_PLANNING_H

#include "frontdesk/action.h"
#include "frontdesk/command_followup.h"

struct plan_person planning_person(const struct directory_resource *r, struct pool *pool);
/* Help desk or triage, by whether somebody has the ticket. */
void planning_queue(const struct plan_input *in, struct plan *p, struct pool *pool);
/* "Wed 25 Nov 17:00" */
const char *planning_when(const struct plan_input *in, int64_t ms, struct pool *pool);
/* Puts one override into the ticket that is to be made, or says why it cannot be. */
void planning_override(const struct plan_input *in, struct plan *p, const struct override *o,
                       struct pool *pool);
/* Says why an override was not taken, and what stays. */
void planning_cannot(struct plan *p, const struct override *o, const char *stays, struct pool *pool);

#endif
