/* SPDX-License-Identifier: GPL-2.0-or-later */
/* helpers: further technicians of a ticket that exists. See planning.h. */
#include "planning.h"

bool planning_is_helper(const struct plan_now *now, int64_t resource)
{
    for (size_t i = 0; i < now->n_helpers; i++) {
        if (now->helpers[i] == resource)
            return true;
    }
    return false;
}

/* Who does not help cannot be taken away: the letter must not say so. */
void planning_take_away(const struct plan_input *in, struct plan *p, const struct plan_now *now,
                        const struct change *c, struct pool *pool)
{
    for (size_t i = 0; i < c->n_resources; i++) {
        struct plan_person who = planning_person(c->resources[i], pool);
        if (!planning_is_helper(now, who.resource_id))
            planning_say(p, in, pool, SAY_HELPS_NOT, "name", who.name, SAY_END);
        else if (p->n_removes < PLAN_MAX_PEOPLE)
            p->removes[p->n_removes++] = who;
    }
}

void planning_add_helpers(const struct plan_input *in, struct plan *p, const struct plan_now *now,
                          const struct change *c, size_t from, struct pool *pool)
{
    for (size_t i = from; i < c->n_resources && p->n_adds < PLAN_MAX_PEOPLE; i++) {
        struct plan_person who = planning_person(c->resources[i], pool);
        bool twice = false;
        for (size_t k = 0; k < p->n_adds; k++)
            twice = twice || p->adds[k].resource_id == who.resource_id;
        if (planning_is_helper(now, who.resource_id))
            planning_say(p, in, pool, SAY_HELPS_ALREADY, "name", who.name, SAY_END);
        else if (!twice)
            p->adds[p->n_adds++] = who;
    }
}
