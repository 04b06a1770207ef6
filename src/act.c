/* SPDX-License-Identifier: GPL-2.0-or-later */
/* act: the plan's steps, each once; and the ways a job ends early. */
#include "job_private.h"

int job_need_plan(struct job *job, struct err *e)
{
    if (job->plan_loaded)
        return 0;
    if (plan_decode(&job->plan, job->row.plan, job->pool, e) != 0)
        return -1;
    job->plan_loaded = true;
    return 0;
}

/* Effects keep their order within a conversation; everybody else passes. */
static bool must_wait(struct job *job)
{
    struct journal *j = job->desk->journal;
    if (!journal_blocked_by(j, job->row.id, job->row.conversation))
        return false;
    struct err e = ERR_INIT;
    if (journal_later(j, &job->row, clock_now_ms() + 2000, job->row.tries,
                      "waits for an older mail of its conversation", &e) != 0)
        LOG(LOG_ERROR, "job", "later.failed", LS("error", e.text));
    job->waits = true;
    return true;
}

/* Asked once: a tenant that refused it would refuse it every time. The alert is the note of it: it is on the
 * disk before anything is made in another name. */
static const char no_name[] = "impersonation";

static void note_no_name(void *self)
{
    struct desk *d = self;
    alert_ill(d, no_name,
              "Autotask does not let frontdesk make tickets in the name of the sender; from now on they are "
              "made by the API user, with a line that says who asked. Allow impersonation in the security "
              "levels of the API user and of the staff and start frontdesk once with autotask.impersonate = "
              "false, which makes it try again; or leave it at false.");
}

void desk_forget_refusal(struct desk *d)
{
    if (!d->conf->autotask.impersonate)
        alert_well(d, no_name, "Tickets are made by the API user, as autotask.impersonate = false says.");
}

void job_load_steps(struct job *job)
{
    struct perform *p = &job->perform;
    *p = (struct perform){.journal = job->desk->journal,
                          .autotask = job->desk->autotask,
                          .templates = job->desk->templates,
                          .plan = &job->plan,
                          .pool = job->pool,
                          .job = job->row.id,
                          .fresh = job->planned_now,
                          .as_resource =
                              !journal_alert_is(job->desk->journal, no_name) ? job->plan.creator_id : 0,
                          .name_refused = note_no_name,
                          .self = job->desk,
                          .settle_seconds = job->desk->conf->limits.settle_seconds,
                          .moved_ms = clock_moved_ms(),
                          .tries = job->row.tries};
    if (job->planned_now) {
        p->steps = pool_array(job->pool, PLAN_MAX_STEPS, sizeof(*p->steps));
        p->n_steps = plan_steps(&job->plan, p->steps);
        if (p->n_steps)
            p->steps[0].state = STEP_ARMED;
    } else {
        p->n_steps = journal_steps(job->desk->journal, job->row.id, job->pool, &p->steps);
    }
}

/* Nobody answered in time, or the question could not be delivered: the ticket goes to triage. Whoever answers
 * from now on finds a ticket. */
static int give_up_waiting(struct job *job, enum job_state from, struct err *e)
{
    struct journal_step steps[PLAN_MAX_STEPS];
    struct plan_kept kept;
    struct buf json = BUF_INIT(1 << 20);
    bool won;
    if (job_need_plan(job, e) != 0)
        return -1;
    origin_kept(job->desk, job->row.id, job->pool, &kept);
    plan_expire(&job->plan, &kept, job->desk->templates, job->pool);
    size_t n = plan_steps(&job->plan, steps);
    plan_encode(&job->plan, &json);
    job->row.plan = pool_slice(job->pool, buf_view(&json));
    buf_release(&json);
    job->row.outcome = (enum job_outcome)job->plan.outcome;
    if (journal_replan(job->desk->journal, &job->row, from, steps, n, &won, e) != 0)
        return -1;
    job->waits = !won;
    job->planned_now = won;
    job->unblocked = won;
    job->answer.id = 0;
    job->row.planned_ms = clock_now_ms();
    job->row.state = JOB_PLANNED;
    job->row.tries = 0;
    return 0;
}

int job_expire(struct job *job, struct err *e)
{
    if (job_need_plan(job, e) != 0)
        return -1;
    if (job->plan.recheck_until_ms)
        return job_look_again(job, e);
    return give_up_waiting(job, JOB_WAITING, e);
}

int job_question_failed(struct job *job, struct err *e)
{
    return give_up_waiting(job, JOB_ANSWERED, e);
}

int job_act(struct job *job, struct err *e)
{
    if (job_need_plan(job, e) != 0)
        return -1;
    if (!job->unblocked && must_wait(job))
        return 0;
    if (job_diagnose(job, e) != 0)
        return -1;
    if (job->waits)
        return 0;
    job_load_steps(job);
    job->planned_now = false;
    int rc = perform_run(&job->perform, e);
    /* also when a later step failed: the letter about it must not say that there is no ticket */
    if (job->perform.ticket_id)
        job->row.ticket_id = job->perform.ticket_id;
    if (rc != 0)
        return -1;
    if (job->perform.ticket_number[0])
        job->row.ticket_number = pool_copy(job->pool, job->perform.ticket_number);
    /* invariant 10: the journal was lost, the ticket was not; its answer went out back then. Of a damaged one
     * it is known which answers did */
    if (job->row.lookup_first && job->perform.found && !journal_has_replaced(job->desk->journal)) {
        job->row.outcome = OUTCOME_SAME;
        job->row.reason = "done before the journal was rebuilt";
        return job_end(job, JOB_FOLDER_DONE, e);
    }
    job->row.state = JOB_ACTED;
    return 0;
}

int job_end(struct job *job, enum job_folder folder, struct err *e)
{
    LOG(LOG_INFO, "job", "end", LS("outcome", job_outcome_name(job->row.outcome)),
        LS("sender", job->row.sender), LS("ticket", job->row.ticket_number ? job->row.ticket_number : ""));
    if (journal_finish(job->desk->journal, &job->row, NULL, JOB_DONE, folder, false, e) != 0)
        return -1;
    job->row.state = JOB_DONE;
    job->finished = true;
    return 0;
}
