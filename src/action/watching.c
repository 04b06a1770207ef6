/* SPDX-License-Identifier: GPL-2.0-or-later */
/* watching: the answer to a letter of drift watch as a plan, and the facts of those letters. The plan says
 * what is wanted; the journal carries it out in the transaction that stores the answer. */
#include "frontdesk/action_watch.h"
#include "guide.h"
#include "planning.h"

#define HOUR_MS ((int64_t)3600 * 1000)

static bool is_among(const char *const *list, size_t n, const char *address)
{
    for (size_t i = 0; i < n; i++) {
        if (slice_eq_nocase(slice_of(list[i]), slice_of(address)))
            return true;
    }
    return false;
}

bool watch_may_answer(const struct conf *conf, const char *address, bool unauthenticated)
{
    const char *const *readers;
    size_t n = conf_watch_readers(conf, &readers);
    if (unauthenticated)
        return false;
    return gate_is_operator(conf, address, false) || is_among(readers, n, address) ||
           (conf->alerts.email && slice_eq_nocase(slice_of(conf->alerts.email), slice_of(address)));
}

static void take_one(struct plan *p, const struct plan_input *in, const struct change *c)
{
    if (c->kind == CHANGE_ACK)
        p->watch_ack = 1;
    else if (c->kind == CHANGE_UNDO)
        p->watch_undo = 1;
    else if (c->kind == CHANGE_SNOOZE)
        p->snooze_ms = in->now_ms + (int64_t)c->number * HOUR_MS;
}

void plan_watching(struct plan *p, const struct plan_input *in, struct pool *pool)
{
    struct followup *f = pool_alloc(pool, sizeof(*f));
    struct due_calendar calendar = due_calendar_of(in->conf);
    followup_read(f, planning_own_words(in, pool), false, in->directory, in->names, &calendar, in->now_ms,
                  pool);
    p->verb = "watch-answer";
    p->watch = pool_copy(pool, in->watched->about.watch);
    p->watch_letter = in->watched->about.letter;
    p->watch_since = in->watched->about.since;
    if (f->thanks_only) {
        p->reply = "";
        p->outcome = OUTCOME_IGNORED;
        p->reason = "thanks only: nothing to do";
        return;
    }
    p->reply = "watch_answer";
    p->outcome = OUTCOME_ANSWERED;
    for (size_t i = 0; i < f->n; i++) {
        const struct change *c = &f->changes[i];
        take_one(p, in, c);
        if (c->kind != CHANGE_ACK && c->kind != CHANGE_UNDO && c->kind != CHANGE_SNOOZE)
            planning_say(p, in, pool, SAY_DOES_NOTHING, "said", planning_said(c->said, pool), SAY_END);
    }
    bool wants = p->watch_ack || p->watch_undo || p->snooze_ms;
    if (wants && f->note.len)
        planning_say(p, in, pool, SAY_WATCH_KEEPS_NO_WORDS, SAY_END);
    if (wants && !in->watched->may) {
        p->refusal = "denied";
        p->watch_ack = p->watch_undo = p->snooze_ms = 0;
    }
}

bool plan_watch_answer(const struct plan *p, struct journal_watch_answer *out)
{
    *out = (struct journal_watch_answer){
        .about = {.letter = (unsigned)p->watch_letter, .since = (unsigned)p->watch_since},
        .ack = p->watch_ack != 0,
        .undo = p->watch_undo != 0,
        .snooze_ms = p->snooze_ms};
    snprintf(out->about.watch, sizeof(out->about.watch), "%s", p->watch ? p->watch : "");
    return out->about.watch[0] && (out->ack || out->undo || out->snooze_ms);
}

/* --- facts --- */

static void set_count(struct view *v, const char *name, size_t n)
{
    if (n)
        view_setf(v, name, "%zu", n);
    else
        view_set(v, name, SLICE_NONE);
}

void watching_set(struct view *v, const struct facts_input *in, struct pool *pool)
{
    const struct watch_facts *w = in->watch;
    struct buf words = BUF_INIT(100);
    (void)pool;
    if (!w)
        return;
    if (w->schedule)
        schedule_words(w->schedule, &words);
    view_set(v, "watched", slice_of(w->check));
    view_set(v, "schedule", buf_view(&words));
    view_set(v, "last", slice_of(w->last));
    view_set(v, "next", slice_of(w->next));
    view_set(v, "until", slice_of(w->until));
    set_count(v, "known", w->findings);
    view_flag(v, "one", w->findings == 1);
    set_count(v, "acked", w->acked);
    set_count(v, "fresh", w->fresh);
    set_count(v, "gone_count", w->gone);
    for (size_t i = 0; i < w->n_gone_lines; i++)
        view_set(view_item(v, "gone"), "line", slice_of(w->gone_lines[i]));
    set_count(v, "gone_more", w->gone - w->n_gone_lines);
    set_count(v, "accepts", w->accepts);
    view_flag(v, "ack", in->plan->watch_ack != 0);
    view_flag(v, "snooze", in->plan->snooze_ms != 0);
    view_flag(v, "undo", in->plan->watch_undo != 0);
    bool denied = in->plan->refusal && in->plan->refusal[0];
    view_flag(v, "denied", denied);
    view_flag(v, "nothing", !denied && !in->plan->watch_ack && !in->plan->snooze_ms && !in->plan->watch_undo);
    buf_release(&words);
}
