/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * perform: each step once. A step moves  SAFE → ARMED (key durable) → request → DONE (result durable).
 *
 * ARMED after a restart, or after an answer got lost, means "may have been done": it is looked up by its key.
 * Found is believed at once. Not found is believed only settle_seconds after the request's end, or after the
 * arming if that end was not recorded, because Autotask may execute a request for 300 s (autotask-rest.md
 * section 4). Two mutants, built by the crash harness only, show that it would notice: FD_MUTANT_NO_LOOKUP
 * repeats without looking, FD_MUTANT_LATE_KEY (src/job.c) commits the key after the effect.
 */
#include "step_kinds.h"

/* Seconds until the next look: at 0, 5, 20, 60, then every 60. */
static unsigned next_look_s(unsigned looks)
{
    static const unsigned wait[] = {5, 15, 40, 60};
    return wait[looks < ARRAY_LEN(wait) ? looks : ARRAY_LEN(wait) - 1];
}

static int still_unknown(struct perform *p, struct journal_step *step, int64_t believed_ms, int64_t now_ms,
                         struct err *e)
{
    unsigned wait = next_look_s(step->looks++);
    int64_t left_s = (believed_ms - now_ms + 999) / 1000;
    if (journal_step_mark(p->journal, p->job, step, e) != 0)
        return -1;
    err_set(e, ERR_UNKNOWN_OUTCOME, "Autotask's answer got lost; looking for the ticket by its key");
    e->retry_after_s = left_s < wait ? (unsigned)left_s : wait;
    return -1;
}

#ifdef FD_MUTANT_NO_LOOKUP
enum { LOOKS = false };
#else
enum { LOOKS = true };
#endif

/* What Autotask would not take is remembered with the step: the sequel that tells it may come after a
 * restart. */
static const char refused[] = "refused: ";

/* That somebody else's change stays is remembered too, and what the ticket shows is looked up again. */
static const char theirs[] = "found: another's change stays";

static int recall(struct perform *p, const struct journal_step *step, struct err *e)
{
    struct slice result = slice_of(step->result);
    bool found;
    int64_t id;
    if (slice_starts(result, SLICE("refused: ")) && p->n_troubles < PLAN_MAX_FILES)
        p->troubles[p->n_troubles++].line = result.ptr + strlen(refused);
    return slice_eq(result, slice_of(theirs)) ? step_kind_of(step)->look(p, step, &found, &id, e) : 0;
}

/* The step behind it, if any, belongs to the other part (before or after the answer): it is armed there. */
static bool is_last(const struct perform *p, const struct journal_step *step)
{
    return step->n == p->n_steps || step_kind_of(&p->steps[step->n])->late != p->late;
}

/* ARMED by an earlier run: 0 with *again when it must be done, 0 without when it was found. */
static int settle(struct perform *p, struct journal_step *step, bool *again, struct err *e)
{
    bool found = false;
    int64_t id = 0;
    *again = false;
    CRASH_POINT("step.before-look");
    /* not knowing whether it is there is not knowing whether it was done */
    if (LOOKS && step_kind_of(step)->look(p, step, &found, &id, e) != 0)
        return -1;
    /* what the clock jumped by since the step was read is no time that passed */
    int64_t now_ms = clock_now_ms() - (clock_moved_ms() - p->moved_ms);
    int64_t believed_ms =
        (step->ended_ms ? step->ended_ms : step->armed_ms) + (int64_t)p->settle_seconds * 1000;
    if (LOOKS && !found && now_ms < believed_ms)
        return still_unknown(p, step, believed_ms, now_ms, e);
    if (found) {
        LOG(LOG_INFO, "step", "found", LS("kind", step->kind));
        step->state = STEP_DONE;
        step->result_id = id;
        return journal_step_done(p->journal, p->job, step->n, is_last(p, step), id,
                                 p->theirs ? theirs : "found", e);
    }
    *again = true;
    step->state = STEP_SAFE;
    return 0;
}

static int arm(struct perform *p, struct journal_step *step, struct err *e)
{
    step->state = STEP_ARMED;
    step->armed_ms = clock_now_ms();
    step->ended_ms = 0;
    step->looks = 0;
    return journal_step_mark(p->journal, p->job, step, e);
}

/* The request failed: note what that means for the key, keep the error. The answer got lost: it may well have
 * been done, so the first look follows at once (at 0, then as next_look_s says). */
static int note_failure(struct perform *p, struct journal_step *step, struct err *e)
{
    struct err why = ERR_INIT;
    bool unknown = err_class(e) == ERR_CLASS_UNKNOWN;
    step->state = unknown ? STEP_ARMED : STEP_SAFE;
    step->ended_ms = clock_now_ms();
    step->looks = 0;
    if (journal_step_mark(p->journal, p->job, step, &why) != 0) {
        *e = why;
        return -1;
    }
    bool again = true;
    if (unknown && settle(p, step, &again, &why) != 0)
        *e = why;
    return again || why.code ? -1 : 0;
}

static int do_step(struct perform *p, struct journal_step *step, bool fresh, struct err *e)
{
    int64_t id = 0;
    bool again = true;
    size_t troubles = p->n_troubles;
    if (step->state == STEP_ARMED && !fresh && settle(p, step, &again, e) != 0)
        return -1;
    if (!again) {
        p->found = true;
        return 0;
    }
    if (step->state == STEP_SAFE && arm(p, step, e) != 0)
        return -1;
    CRASH_POINT("step.before-act");
    int rc = step_kind_of(step)->act(p, step, &id, e);
    if (rc != 0 && e->code == ERR_IMPERSONATION && p->as_resource) {
        /* certainly not done; from now on nobody's name is tried */
        p->as_resource = 0;
        if (p->name_refused)
            p->name_refused(p->self);
        rc = step_kind_of(step)->act(p, step, &id, e);
    }
    if (rc != 0)
        return note_failure(p, step, e);
    CRASH_POINT("step.after-act");
    step->state = STEP_DONE;
    step->result_id = id;
    const char *result =
        p->n_troubles > troubles ? pool_printf(p->pool, "%s%s", refused, p->troubles[troubles].line) : "made";
    return journal_step_done(p->journal, p->job, step->n, is_last(p, step), id, result, e);
}

/*
 * Invariant 5: what we read back must carry our key. Not a step: reading changes nothing and may be done
 * again, ten times three seconds apart; then the letter goes out with the ticket's id and link instead of its
 * number.
 */
static int read_back(struct perform *p, struct err *e)
{
    struct autotask_found found;
    struct err why = ERR_INIT;
    p->reading_back = true;
    if (autotask_ticket_get(p->autotask, p->ticket_id, &found, &why) != 0) {
        if (p->tries >= 9) {
            p->number_missing = true;
            return 0;
        }
        err_set(e, why.code == ERR_STOPPING ? ERR_STOPPING : ERR_SERVER, "reading the ticket's number: %s",
                why.text);
        e->retry_after_s = why.retry_after_s > 3 ? why.retry_after_s : 3;
        return -1;
    }
    p->diverted = strcmp(found.external_id, p->plan->external_id) != 0;
    if (p->diverted)
        snprintf(p->diverted_to, sizeof(p->diverted_to), "%s", found.number);
    else
        snprintf(p->ticket_number, sizeof(p->ticket_number), "%s", found.number);
    return 0;
}

int perform_run(struct perform *p, struct err *e)
{
    bool made = false;
    p->ticket_id = p->plan->target_id;
    if (!p->ticket_id && p->n_steps && p->steps[0].state == STEP_DONE)
        p->ticket_id = p->steps[0].result_id;
    for (size_t i = 0; i < p->n_steps; i++) {
        struct journal_step *step = &p->steps[i];
        if (step_kind_of(step)->late != p->late)
            continue;
        if ((step->state == STEP_DONE ? recall(p, step, e) : do_step(p, step, p->fresh, e)) != 0)
            return -1;
        made = made || (i == 0 && !p->plan->target_id);
        if (made && !p->ticket_id)
            p->ticket_id = step->result_id;
        /* in a fresh run the next step was armed together with this result; otherwise it is armed again,
         * which costs a commit and is always right */
        if (p->fresh && !is_last(p, step))
            p->steps[i + 1].state = STEP_ARMED;
    }
    return made && !p->late ? read_back(p, e) : 0;
}
