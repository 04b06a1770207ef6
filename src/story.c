/* SPDX-License-Identifier: GPL-2.0-or-later */
/* story: the life of one message without its text, and what an operator may ask about it by mail. See
 * telling.h. */
#include "telling.h"

const char *story_step_state(const struct journal_step *s)
{
    static const char *const names[] = {"not sent", "sent or about to be", "done"};
    return names[s->state];
}

const char *story_letter_kind(const struct journal_letter *l)
{
    static const char *const names[] = {"interim", "final", "sequel", "alert", "watch"};
    return names[l->kind];
}

const char *story_letter_state(const struct journal_letter *l)
{
    static const char *const names[] = {"not yet accepted", "accepted", "refused", "replaced"};
    return names[l->state];
}

int story_read(struct story *out, struct journal *j, const char *ref, struct pool *pool, struct err *e)
{
    int64_t id;
    *out = (struct story){.n_steps = 0};
    if (journal_job_by_ref(j, ref, &id, e) != 0 || journal_job_load(j, id, false, pool, &out->job, e) != 0)
        return -1;
    out->n_steps = journal_steps(j, id, pool, &out->steps);
    out->n_letters = journal_all_letters(j, id, pool, &out->letters);
    return 0;
}

void story_text(const struct conf *conf, const struct story *s, struct buf *out)
{
    const struct journal_job *job = &s->job;
    char taken[32], when[32];
    bool later = job->state <= JOB_WAITING;
    clock_format_local(job->taken_ms, conf->firm.timezone, taken);
    clock_format_local(job->run_at_ms, conf->firm.timezone, when);
    buf_printf(out, "ref       %s in mailbox %s, taken %s\nsender    %s\nstate     %s%s%s\noutcome   %s\n",
               job->ref, job->mailbox, taken, job->sender[0] ? job->sender : "(not proven)",
               job_state_name(job->state),
               job->state == JOB_WAITING ? ", until "
               : later                   ? ", next run "
                                         : "",
               later ? when : "", job->outcome ? job_outcome_name(job->outcome) : "-");
    buf_printf(out, "reason    %s\nticket    %s (id %lld)\n", job->reason[0] ? job->reason : "-",
               job->ticket_number[0] ? job->ticket_number : "-", (long long)job->ticket_id);
    for (size_t i = 0; i < s->n_steps; i++) {
        const struct journal_step *t = &s->steps[i];
        buf_printf(out, "step %u    %s, key %s: %s%s%s (looked up %u times)\n", t->n, t->kind, t->key,
                   story_step_state(t), t->result[0] ? ", " : "", t->result, t->looks);
    }
    for (size_t i = 0; i < s->n_letters; i++) {
        const struct journal_letter *l = &s->letters[i];
        clock_format_local(l->first_ms, conf->firm.timezone, when);
        buf_printf(out,
                   "letter    %s to %s, written %s: %s by the mail server after %u tries%s%s\n          %s\n",
                   story_letter_kind(l), l->to, when, story_letter_state(l), l->tries,
                   l->last_error[0] ? ": " : "", l->last_error, l->message_id);
    }
}

bool story_is_stuck(const struct story *s)
{
    bool refused = false;
    for (size_t i = 0; i < s->n_letters; i++)
        refused = refused || s->letters[i].state == LETTER_FAILED;
    return s->job.state == JOB_PARKED || (s->job.state == JOB_DONE && refused);
}

/* --- by mail --- */

static const char *text_of_status(struct desk *d, const struct plan *p, struct pool *pool)
{
    struct status s;
    struct err e = ERR_INIT;
    struct buf text = BUF_INIT(100 * 1024);
    if (status_read(&s, d->conf, d->journal, pool, &e) == 0)
        status_text(&s, gate_is_operator(d->conf, p->sender, p->unauthenticated != 0), &text);
    else
        buf_puts(&text, e.text);
    const char *out = pool_slice(pool, buf_view(&text));
    buf_release(&text);
    return out;
}

static void facts_of_operator(struct desk *d, const struct plan *p, struct facts_input *in, struct pool *pool)
{
    struct story s;
    struct err e = ERR_INIT;
    struct buf text = BUF_INIT(200 * 1024);
    if (p->refusal && p->refusal[0])
        return;
    /* without a journal (explain before the first start) nothing is known */
    if (!d->journal || story_read(&s, d->journal, p->argument, pool, &e) != 0) {
        in->wish = "unknown";
    } else if (strcmp(p->reply, "show") == 0) {
        story_text(d->conf, &s, &text);
        in->status_text = pool_slice(pool, buf_view(&text));
    } else {
        in->wish = story_is_stuck(&s) ? "noted" : "nothing";
        in->reason = pool_printf(pool, "%s%s%s%s", job_state_name(s.job.state), s.job.outcome ? ", " : "",
                                 s.job.outcome ? job_outcome_name(s.job.outcome) : "",
                                 s.job.reason[0] ? pool_printf(pool, ": %s", s.job.reason) : "");
    }
    buf_release(&text);
}

void story_facts(struct desk *d, const struct plan *p, struct facts_input *in, struct pool *pool)
{
    if (!p->reply)
        return;
    if (strcmp(p->reply, "status") == 0 && d->journal)
        in->status_text = text_of_status(d, p, pool);
    else if (strcmp(p->reply, "watch_answer") == 0)
        drift_answer_facts(d, p, in, pool);
    else if (strcmp(p->reply, "show") == 0 || strcmp(p->reply, "wish") == 0)
        facts_of_operator(d, p, in, pool);
}
