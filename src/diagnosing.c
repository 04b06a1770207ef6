/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * diagnosing: the errors of a plan are confirmed in both systems, in the lane of the reports, before the
 * first step: what is found goes into the plan and onto the disk, then into the ticket (if one is made) and
 * into the letter. A restart after that commit asks nobody again.
 *
 * What could not be checked because a system was away is looked at again by itself, for a day: the job waits
 * (run_at is the timer), and leaves `waiting` by a compare-and-set with the new answers in its plan, so that
 * the second letter is written once whatever crashes. It is written only when there is something new to say.
 */
#include "errors.h"
#include "job_private.h"

enum { DESCRIPTION_CHARS = 8000, NOTE_CHARS = 30000, ANSWERS_MAX = 400 * 1024, MARK_MAX = 8000 };

/* 5 min growing to an hour. */
static int64_t again_ms(unsigned tries)
{
    static const unsigned minutes[] = {5, 10, 20, 40, 60};
    return (int64_t)minutes[tries < ARRAY_LEN(minutes) ? tries : ARRAY_LEN(minutes) - 1] * 60000;
}

struct confirming {
    const struct job *job;
    struct diagnoses found;
    struct diagnose_answers answers;
};

static void confirm(void *self)
{
    struct confirming *c = self;
    struct check_sources sources = job_sources(c->job->desk);
    if (c->job->plan.asks[0])
        diagnose_unasked(&c->answers, &c->found, sources.conf);
    else
        diagnose_confirm(&c->answers, &c->found, &sources);
}

static bool is_later(const struct diagnose_answers *a)
{
    for (size_t i = 0; i < a->n; i++) {
        if (a->v[i].later)
            return true;
    }
    return false;
}

static const char *mark_of(const struct diagnose_answers *a, struct pool *pool)
{
    struct buf b = BUF_INIT(MARK_MAX);
    for (size_t i = 0; i < a->n; i++) {
        diagnose_mark(&a->v[i], &b);
        buf_putc(&b, '\n');
    }
    const char *mark = pool_slice(pool, buf_view(&b));
    buf_release(&b);
    return mark;
}

/* Below the line that says who asks, above what they wrote; cut to what a ticket holds. */
static const char *described(const char *description, struct slice diagnosis, struct pool *pool)
{
    struct slice all = slice_of(description);
    long gap = slice_find(all, SLICE("\n\n"));
    struct slice head = slice_cut(all, gap < 0 ? all.len : (size_t)gap),
                 rest = slice_trim(slice_skip(all, head.len));
    size_t room =
        DESCRIPTION_CHARS > head.len + rest.len + 4 ? DESCRIPTION_CHARS - head.len - rest.len - 4 : 0;
    return pool_printf(pool, "%.*s\n\n%.*s\n\n%.*s", (int)head.len, head.ptr,
                       (int)slice_cut_utf16(slice_trim(diagnosis), room).len, slice_trim(diagnosis).ptr,
                       (int)rest.len, rest.ptr ? rest.ptr : "");
}

/* Into the ticket that is to be made, or as a note to the one that was. */
static int put_into_ticket(struct job *job, struct view *v, bool made, struct err *e)
{
    struct buf text = BUF_INIT(300 * 1024);
    int rc = errors_text(v, job->desk->templates, &text, e);
    if (rc == 0 && made)
        job->plan.later_note =
            pool_slice(job->pool, slice_cut_utf16(slice_trim(buf_view(&text)), NOTE_CHARS));
    else if (rc == 0)
        job->plan.description = described(job->plan.description, buf_view(&text), job->pool);
    buf_release(&text);
    return rc;
}

/* Into the plan: what is said, and whether it is looked at again. `news`: the sender has had an answer. */
static int take_answers(struct job *job, const struct diagnose_answers *a, bool news, struct err *e)
{
    struct plan *p = &job->plan;
    struct view *v = view_new(job->pool);
    struct buf json = BUF_INIT(ANSWERS_MAX);
    bool ticket = p->title && p->title[0];
    int rc = 0;
    errors_tell(v, a, job->desk->conf, job->desk->templates, p->asks);
    view_flag(v, "news", news);
    if (ticket && job->row.outcome != OUTCOME_DIVERTED)
        rc = put_into_ticket(job, v, news, e);
    view_put_json(v, &json);
    p->answers = pool_slice(job->pool, buf_view(&json));
    p->mark = mark_of(a, job->pool);
    bool too_long = json.overflow;
    buf_release(&json);
    return too_long ? err_set(e, ERR_EXHAUSTED, "the diagnosis is over %d KB", ANSWERS_MAX / 1024) : rc;
}

/* The plan with its steps, of which none has been armed before unless the ticket was made already. */
static int commit(struct job *job, enum job_state from, bool *won, struct err *e)
{
    struct journal_step steps[PLAN_MAX_STEPS];
    struct buf json = BUF_INIT(1 << 20);
    size_t n = plan_steps(&job->plan, steps);
    plan_encode(&job->plan, &json);
    job->row.plan = pool_slice(job->pool, buf_view(&json));
    bool too_long = json.overflow;
    buf_release(&json);
    if (too_long)
        return err_set(e, ERR_EXHAUSTED, "the plan of this mail is over 1 MB");
    return journal_replan(job->desk->journal, &job->row, from, steps, n, won, e);
}

static void look(struct job *job, struct confirming *c, bool tell)
{
    c->job = job;
    errors_read_json(&c->found, job->plan.errors, job->desk->rules, job->pool);
    job_make_aside(job, confirm, c, tell);
    job_give_room(job->desk);
}

int job_diagnose(struct job *job, struct err *e)
{
    struct plan *p = &job->plan;
    struct confirming *c = pool_alloc(job->pool, sizeof(*c));
    bool won = false;
    if (!plan_waits_for_books(p) || !job_take_room(job))
        return 0;
    look(job, c, true);
    if (is_later(&c->answers) && desk_stopping(job->desk)) {
        diagnose_release(&c->answers);
        return err_set(e, ERR_STOPPING, "stopped while the books were read");
    }
    int rc = take_answers(job, &c->answers, false, e);
    if (is_later(&c->answers))
        p->recheck_until_ms = clock_now_ms() + DAY_MS;
    diagnose_release(&c->answers);
    if (rc != 0 || commit(job, JOB_PLANNED, &won, e) != 0)
        return -1;
    /* the operator discarded it meanwhile */
    job->waits = !won;
    job->planned_now = won && !job->row.lookup_first;
    return 0;
}

/* --- again, by itself --- */

static int wait(struct job *job, unsigned tries, struct err *e)
{
    int64_t at = clock_now_ms() + again_ms(tries);
    job->waits = true;
    return journal_later(job->desk->journal, &job->row, at, tries + 1, job->row.reason, e);
}

int job_await_books(struct job *job, struct err *e)
{
    job->row.run_at_ms = clock_now_ms() + again_ms(0);
    job->row.reason = "answered, but it could not be checked: looked at again by itself";
    if (journal_finish(job->desk->journal, &job->row, NULL, JOB_WAITING, JOB_FOLDER_DONE, false, e) != 0)
        return -1;
    job->row.state = JOB_WAITING;
    job->finished = true;
    return 0;
}

int job_look_again(struct job *job, struct err *e)
{
    struct plan *p = &job->plan;
    struct confirming *c = pool_alloc(job->pool, sizeof(*c));
    bool over = clock_now_ms() >= p->recheck_until_ms, won = false;
    if (!job_take_room(job))
        return 0;
    look(job, c, false);
    bool later = is_later(&c->answers);
    bool news = strcmp(mark_of(&c->answers, job->pool), p->mark) != 0;
    int rc = 0;
    if (later && !over) {
        diagnose_release(&c->answers);
        return wait(job, job->row.tries, e);
    }
    p->recheck_until_ms = 0;
    if (news)
        rc = take_answers(job, &c->answers, true, e);
    diagnose_release(&c->answers);
    if (rc != 0)
        return -1;
    if (!news) {
        job->row.reason = "answered; what could not be checked could not be for a day";
        return job_end(job, JOB_FOLDER_DONE, e);
    }
    if (commit(job, JOB_WAITING, &won, e) != 0)
        return -1;
    job->waits = !won;
    job->unblocked = won;
    job->row.planned_ms = clock_now_ms();
    job->row.state = JOB_PLANNED;
    job->row.tries = 0;
    return 0;
}
