/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plan_diagnosis: what is done about known errors of the sync in a mail: a letter, or a ticket that carries
 * them; and what is kept of one that no rule knows. */
#include "planning.h"

#include "frontdesk/command_errors.h"

enum { KEPT_TEXT = 32 * 1024 };

static bool has_value(const struct diagnosis *d, const char *name)
{
    return diagnose_value(d, name)[0];
}

/* Staff's words alone, and no invoice named: every invoice could be meant. */
static bool is_vague(const struct diagnoses *found)
{
    for (size_t i = 0; i < found->n; i++) {
        const struct diagnosis *d = &found->found[i];
        if (d->by != DIAGNOSE_BY_SYMPTOM || strcmp(d->rule->check, "invoice") != 0 ||
            has_value(d, "invoice_number") || has_value(d, "invoice_id"))
            return false;
    }
    return found->n > 0;
}

void planning_errors(const struct plan_input *in, struct plan *p, struct pool *pool)
{
    if (!in->errors || in->errors->n == 0)
        return;
    p->reply = "diagnosis";
    p->errors = pool_copy(pool, in->errors_json);
    p->asks = is_vague(in->errors) ? "invoice" : "";
    if (in->errors->more)
        planning_say(p, in, pool, SAY_DIAGNOSIS_MORE, "n", pool_printf(pool, "%zu", in->errors->n), SAY_END);
}

/* "10233" of "Invoice 10233 could not ..."; what `check invoice` can be asked about. */
static const char *number_in(struct slice line, struct pool *pool)
{
    const char *number = "";
    long at = slice_find_nocase(line, SLICE("invoice"));
    if (at >= 0 && errors_numbers(slice_cut(slice_skip(line, (size_t)at), 60), &number, 1, pool) == 0)
        number = "";
    return number;
}

static void keep_unmatched(const struct plan_input *in, struct plan *p, struct pool *pool)
{
    p->unmatched = pool_copy(pool, in->errors->unmatched);
    p->unmatched_text = pool_slice(pool, slice_cut_utf8(slice_of(in->errors_text), KEPT_TEXT));
    p->argument = number_in(slice_of(p->unmatched), pool);
}

/* The subject names somebody, but not so that they are given work. */
static const char *somebody(const struct command *c, struct pool *pool)
{
    const struct directory_resource *who = c->n_resources ? c->resources[0]
                                           : c->why_ask != ASK_NOBODY_NAMED && c->n_suggestions
                                               ? c->suggestions[0]
                                               : NULL;
    return who ? planning_person(who, pool).name : NULL;
}

void plan_of_diagnosis(const struct plan_input *in, struct plan *p, struct pool *pool)
{
    const char *name = somebody(in->command, pool);
    p->reply = "diagnosis";
    p->outcome = OUTCOME_ANSWERED;
    planning_errors(in, p, pool);
    if (in->errors->n == 0)
        keep_unmatched(in, p, pool);
    if (name)
        planning_say(p, in, pool, SAY_DIAGNOSIS_NO_TICKET, "name", name, SAY_END);
}

bool plan_waits_for_books(const struct plan *p)
{
    return p->errors && p->errors[0] && !(p->answers && p->answers[0]) && !p->said_again && !p->hold_ms;
}
