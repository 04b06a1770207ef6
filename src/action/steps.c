/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * steps: what a plan does outside, step by step, and each kind of step with its look-up (invariants 3 and 4).
 * A ticket is known by its externalID; notes, files and to-dos carry a mark made of key and number; people
 * are known by (ticket, resource); a change by what the ticket shows.
 */
#include "steps.h"

/* --- which steps a plan has --- */

static void add_step(const struct plan *p, struct journal_step *out, size_t *n, const char *kind,
                     size_t about)
{
    static const char numbers[PLAN_MAX_FILES + 1][4] = {"0",  "1",  "2",  "3",  "4",  "5",  "6",  "7",  "8",
                                                        "9",  "10", "11", "12", "13", "14", "15", "16", "17",
                                                        "18", "19", "20", "21", "22", "23", "24"};
    ENSURE(about < ARRAY_LEN(numbers) && *n < PLAN_MAX_STEPS);
    struct journal_step *s = &out[(*n)++];
    *s = (struct journal_step){.n = (unsigned)*n, .key = p->external_id, .request = numbers[about]};
    snprintf(s->kind, sizeof(s->kind), "%s", kind);
}

static bool makes_ticket(const struct plan *p)
{
    return p->title && p->title[0] && !p->hold_ms && !p->said_again;
}

size_t plan_steps(const struct plan *p, struct journal_step *out)
{
    size_t n = 0;
    if (!makes_ticket(p) && !p->target_id)
        return 0;
    if (makes_ticket(p))
        add_step(p, out, &n, "ticket.create", 0);
    for (size_t i = 1; makes_ticket(p) && i < p->n_people; i++)
        add_step(p, out, &n, "ticket.second", i);
    if (p->n_changes)
        add_step(p, out, &n, "ticket.change", 0);
    for (size_t i = 0; i < p->n_removes; i++)
        add_step(p, out, &n, "second.remove", i);
    for (size_t i = 0; i < p->n_adds; i++)
        add_step(p, out, &n, "second.add", i);
    if (p->note && p->note[0])
        add_step(p, out, &n, "note.create", 0);
    if (makes_ticket(p) && p->todo_action && p->n_people)
        add_step(p, out, &n, "todo.create", 0);
    for (size_t i = 0; i < p->n_files; i++)
        add_step(p, out, &n, "file.attach", i);
    return n;
}

/* --- doing them --- */

static size_t about(const struct journal_step *step, size_t n)
{
    uint64_t i = 0;
    ENSURE(slice_to_u64(slice_of(step->request), 0, n ? n - 1 : 0, &i) && i < n);
    return (size_t)i;
}

static int create_ticket(struct perform *p, const struct journal_step *step, int64_t *result_id,
                         struct err *e)
{
    struct autotask_ticket ticket;
    (void)step;
    plan_ticket(p->plan, &ticket);
    return autotask_ticket_create(p->autotask, &ticket, result_id, e);
}

static int look_for_ticket(struct perform *p, const struct journal_step *step, bool *found,
                           int64_t *result_id, struct err *e)
{
    struct autotask_found ticket;
    if (autotask_ticket_by_key(p->autotask, step->key, found, &ticket, e) != 0)
        return -1;
    if (*found)
        *result_id = ticket.id;
    return 0;
}

static int add_person(struct perform *p, const struct plan_person *person, int64_t *result_id, struct err *e)
{
    *result_id = 0;
    return autotask_secondary_create(p->autotask, p->ticket_id, person->resource_id, person->role_id, e);
}

static int look_for_person(struct perform *p, const struct plan_person *person, bool *found,
                           int64_t *result_id, struct err *e)
{
    *result_id = 0;
    return autotask_secondary_exists(p->autotask, p->ticket_id, person->resource_id, found, e);
}

static int add_second(struct perform *p, const struct journal_step *step, int64_t *result_id, struct err *e)
{
    return add_person(p, &p->plan->people[about(step, p->plan->n_people)], result_id, e);
}

static int look_for_second(struct perform *p, const struct journal_step *step, bool *found,
                           int64_t *result_id, struct err *e)
{
    return look_for_person(p, &p->plan->people[about(step, p->plan->n_people)], found, result_id, e);
}

static int add_another(struct perform *p, const struct journal_step *step, int64_t *result_id, struct err *e)
{
    return add_person(p, &p->plan->adds[about(step, p->plan->n_adds)], result_id, e);
}

static int look_for_another(struct perform *p, const struct journal_step *step, bool *found,
                            int64_t *result_id, struct err *e)
{
    return look_for_person(p, &p->plan->adds[about(step, p->plan->n_adds)], found, result_id, e);
}

static const struct step_kind kinds[] = {
    {"ticket.create", false, create_ticket, look_for_ticket},
    {"ticket.second", false, add_second, look_for_second},
    {"second.add", false, add_another, look_for_another},
};

const struct step_kind *step_kind_of(const struct journal_step *step)
{
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        if (strcmp(kinds[i].kind, step->kind) == 0)
            return &kinds[i];
    }
    BUG("unknown kind of step in the journal");
}
