/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * job: the life of one message. Start reading here.
 *
 *   taken ──understand──► planned ──act──► acted ──answer──► answered ──post──► done
 *                            ▲                                             └──► waiting (we asked)
 *                            └────────────────── expire ──────────────────────────┘
 *
 * Each stage is a row below: the state in which it runs, and the function. A stage ends by committing the
 * next state to the journal; whatever happens to this process, the job is run again from the state that is
 * recorded, by this same loop (invariant 11). When a stage fails, the class of the error and the stage select
 * a row of the policy (troubles[] below): try later, ask by key, tell the sender, call the operator.
 */
#include "job_private.h"

#include "frontdesk/measure.h"

static const struct stage {
    enum job_state state;
    const char *name;
    int (*run)(struct job *job, struct err *e);
} stages[] = {
    {JOB_TAKEN, "understand", job_understand}, {JOB_PLANNED, "act", job_act},
    {JOB_ACTED, "answer", job_answer},         {JOB_ANSWERED, "post", job_post},
    {JOB_WAITING, "expire", job_expire},
};

/* What to do when a stage fails. The first row that fits counts. */
static const struct trouble {
    enum err_code code; /* ERR_NONE: any of the class */
    enum err_class class;
    enum job_state from, to; /* stages it is about */
    enum { LATER, PARK } what;
    bool tell_queued;   /* the sender hears `Queued` */
    bool alert;         /* the operator hears of it */
    int64_t give_up_ms; /* LATER becomes PARK when the job is older than this; 0 = never */
} troubles[] = {
    /* stopping is no trouble: the next run goes on */
    {ERR_STOPPING, ERR_CLASS_RETRY, JOB_TAKEN, JOB_WAITING, LATER, false, false, 0},
    {ERR_DISK_FULL, ERR_CLASS_RETRY, JOB_TAKEN, JOB_WAITING, LATER, false, true, 0},
    /* all of it is done anew by the next start, which is on its way (cmd_run.c) */
    {ERR_DAMAGED, ERR_CLASS_RETRY, JOB_TAKEN, JOB_WAITING, LATER, false, false, 0},
    {ERR_UNWRITABLE, ERR_CLASS_RETRY, JOB_TAKEN, JOB_WAITING, LATER, false, true, 0},
    /* refused credentials mend themselves when the operator puts the right secret there */
    {ERR_CREDENTIALS, ERR_CLASS_OPERATOR, JOB_TAKEN, JOB_ACTED, LATER, true, true, 3 * DAY_MS},
    /* the alert is the way out's own (answer.c) */
    {ERR_CREDENTIALS, ERR_CLASS_OPERATOR, JOB_ANSWERED, JOB_ANSWERED, LATER, false, false, 5 * DAY_MS},
    {ERR_NONE, ERR_CLASS_RETRY, JOB_TAKEN, JOB_ACTED, LATER, true, false, 3 * DAY_MS},
    {ERR_NONE, ERR_CLASS_UNKNOWN, JOB_TAKEN, JOB_ACTED, LATER, true, false, 3 * DAY_MS},
    {ERR_NONE, ERR_CLASS_RETRY, JOB_ANSWERED, JOB_ANSWERED, LATER, false, false, 5 * DAY_MS},
    {ERR_NONE, ERR_CLASS_UNKNOWN, JOB_ANSWERED, JOB_ANSWERED, LATER, false, false, 5 * DAY_MS},
    {ERR_NONE, ERR_CLASS_NONE, JOB_TAKEN, JOB_ANSWERED, PARK, false, true, 0},
};

static const struct trouble *trouble_for(enum job_state state, const struct err *e)
{
    for (size_t i = 0; i < ARRAY_LEN(troubles) - 1; i++) {
        const struct trouble *t = &troubles[i];
        if (t->class == err_class(e) && (t->code == ERR_NONE || t->code == e->code) && state >= t->from &&
            state <= t->to)
            return t;
    }
    return &troubles[ARRAY_LEN(troubles) - 1];
}

/* 2 s, 5 s, 15 s, 30 s, 1 min, 2 min, 5 min ... with a fifth of jitter, so that many jobs do not come back at
 * once. A letter that was put off (greylisting, a full mailbox) is offered every minute in its first hour. */
static int64_t delay_ms(const struct job *job, const struct err *e)
{
    static const unsigned seconds[] = {2, 5, 15, 30, 60, 120, 300};
    enum { MINUTE = 4 };
    bool young = job->row.state == JOB_ANSWERED && clock_now_ms() - job->row.taken_ms < DAY_MS / 24;
    unsigned most = young ? MINUTE : ARRAY_LEN(seconds) - 1;
    unsigned i = job->row.tries < most ? job->row.tries : most;
    if (e->retry_after_s)
        return (int64_t)(e->retry_after_s < 3600 ? e->retry_after_s : 3600) * 1000;
    int64_t ms = (int64_t)seconds[i] * 1000;
    return ms + (job->row.id * 7919 + job->row.tries * 104729) % (ms / 5);
}

static void try_later(struct job *job, const struct trouble *t, const struct err *e)
{
    struct err why = ERR_INIT;
    int64_t at = clock_now_ms() + delay_ms(job, e);
    LOG(LOG_INFO, "job", "later", LS("error", err_code_name(e->code)), LS("text", e->text),
        LN("tries", job->row.tries + 1));
    if (t->tell_queued && !job->perform.reading_back)
        job_tell_queued(job, e);
    measure_add(MEASURE_RETRIES, job->row.state, 1);
    if (t->alert && err_is_unwritable(e))
        alert_unwritable(job->desk, e);
    else if (t->alert)
        alert_ill(job->desk, err_code_name(e->code), e->text);
    /* an unwritable journal keeps the row as it was: the job is due at once and comes back by itself */
    if (journal_later(job->desk->journal, &job->row, at, job->row.tries + 1, e->text, &why) != 0)
        job->unrecorded = true;
}

int64_t job_moved_ms(const struct job *job)
{
    return clock_moved_ms() - job->moved_ms;
}

static void fail(struct job *job, const struct err *e)
{
    const struct trouble *t = trouble_for(job->row.state, e);
    /* a question that nobody answered may have waited for days before its ticket was planned */
    int64_t since_ms = job->row.planned_ms > job->row.taken_ms ? job->row.planned_ms : job->row.taken_ms;
    bool too_old = t->give_up_ms && clock_now_ms() - since_ms - job_moved_ms(job) > t->give_up_ms;
    if (t->what == LATER && !too_old)
        try_later(job, t, e);
    else
        job_park(job, e);
}

static const struct stage *stage_for(enum job_state state)
{
    for (size_t i = 0; i < ARRAY_LEN(stages); i++) {
        if (stages[i].state == state)
            return &stages[i];
    }
    return NULL;
}

const char *job_stage_name(enum job_state state)
{
    const struct stage *s = stage_for(state);
    return s ? s->name : "";
}

static void run_stages(struct job *job)
{
    const struct stage *stage;
    while (!job->finished && (stage = stage_for(job->row.state)) != NULL) {
        struct err e = ERR_INIT;
        if (stage->state != JOB_TAKEN)
            turns_left(job->desk->turns, job->row.id);
        int64_t begin_ms = clock_mono_ms();
        int rc = stage->run(job, &e);
        if (rc == 0 && pool_exhausted(job->pool))
            rc = err_set(&e, ERR_EXHAUSTED, "this mail needs more than %d MB of memory", JOB_POOL_MB);
        if (rc != 0) {
            LOG(LOG_DEBUG, "job", "stage.failed", LS("stage", stage->name), LS("error", e.text));
            fail(job, &e);
            return;
        }
        if (job->waits)
            return;
        measure_took(stage->state, clock_mono_ms() - begin_ms);
    }
}

enum job_ran job_run(struct desk *d, unsigned slot, int64_t id)
{
    struct job job = {
        .desk = d, .slot = slot, .moved_ms = clock_moved_ms(), .pool = pool_new((size_t)JOB_POOL_MB << 20)};
    struct err e = ERR_INIT;
    if (journal_job_load(d->journal, id, true, job.pool, &job.row, &e) != 0) {
        LOG(LOG_ERROR, "job", "load.failed", LN("id", id), LS("error", e.text));
        job.unrecorded = true;
    } else {
        log_set_job(job.row.ref);
        job.mailbox = desk_mailbox(d, job.row.mailbox, &job.mailbox_index);
        run_stages(&job);
        log_set_job(NULL);
    }
    pool_free(&job.pool);
    if (job.not_its_turn)
        return JOB_NOT_ITS_TURN;
    turns_left(d->turns, id);
    return job.unrecorded ? JOB_UNRECORDED : job.finished ? JOB_FINISHING : JOB_RAN;
}
