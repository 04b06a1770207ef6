/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plans: a job leaves `taken` with its plan and the keys of all its steps, or gets a new plan when its
 * waiting ends. Each is one transaction. */
#include "db.h"

struct plan_arg {
    const struct journal_planning *p;
    int64_t now_ms, again;
    enum plan_claim claim;
    bool blocked;
};

static int claim_key(struct db *db, struct plan_arg *a, struct err *e)
{
    static const char insert[] = "INSERT OR IGNORE INTO keys VALUES (?, ?, ?)";
    static const char owner[] = "SELECT job FROM keys WHERE key = ?";
    struct query q = query_start(db, insert);
    query_text(&q, a->p->job->message_key);
    query_int(&q, a->p->job->id);
    query_int(&q, a->now_ms);
    if (query_run(&q, e) != 0)
        return -1;
    a->claim = PLAN_CLAIMED;
    if (sqlite3_changes(db->handle) == 1)
        return 0;
    q = query_start(db, owner);
    query_text(&q, a->p->job->message_key);
    bool ours = query_row(&q) && query_get_int(&q) == a->p->job->id;
    a->claim = ours ? PLAN_CLAIMED : PLAN_SAME;
    return query_end(&q, e);
}

/* What lies behind that was taken before the clock was put back: how long ago, nobody knows. */
static int64_t not_ahead_ms(void)
{
    return clock_now_ms() + 60000;
}

/* The same words of the same sender under another Message-ID, a moment ago: a nervous second click. Whichever
 * was planned first is the request. */
static int said_since(struct db *db, const char *sender, int64_t text_key, int64_t since_ms, int64_t self,
                      int64_t *again, struct err *e)
{
    static const char sql[] =
        "SELECT id FROM jobs WHERE sender = ? AND taken_ms BETWEEN ? AND ? AND id != ? AND "
        "text_key = ? AND planned_ms != 0 ORDER BY id DESC LIMIT 1";
    struct query q = query_start(db, sql);
    query_text(&q, sender);
    query_int(&q, since_ms);
    query_int(&q, not_ahead_ms());
    query_int(&q, self);
    query_int(&q, text_key);
    *again = query_row(&q) ? query_get_int(&q) : 0;
    return query_end(&q, e);
}

static int said_again(struct db *db, struct plan_arg *a, struct err *e)
{
    const struct journal_job *row = a->p->job;
    a->again = 0;
    return a->p->same_ms ? said_since(db, row->sender, row->text_key, row->taken_ms - a->p->same_ms, row->id,
                                      &a->again, e)
                         : 0;
}

int64_t journal_said_since(struct journal *j, const char *sender, int64_t text_key, int64_t since_ms,
                           int64_t self)
{
    int64_t id = 0;
    int rc = said_since(journal_read_begin(j), sender, text_key, since_ms, self, &id, NULL);
    journal_read_end(j);
    return rc == 0 ? id : 0;
}

/* The job that waited for this mail ends; *won false when somebody else was first. */
static int take_over(struct db *db, const struct plan_arg *a, bool *won, struct err *e)
{
    static const char sql[] = "UPDATE jobs SET open = 0, state = 5, outcome = 4, successor = ?, done_ms = ?,"
                              " reason = 'asked; answered by the sender' WHERE id = ? AND state = 4";
    *won = true;
    if (!a->p->take_over)
        return 0;
    struct query q = query_start(db, sql);
    query_int(&q, a->p->job->id);
    query_int(&q, a->now_ms);
    query_int(&q, a->p->take_over);
    int rc = query_run(&q, e);
    *won = sqlite3_changes(db->handle) == 1;
    return rc;
}

static int give_key_back(struct db *db, struct plan_arg *a, struct err *e)
{
    static const char sql[] = "DELETE FROM keys WHERE key = ? AND job = ?";
    struct query q = query_start(db, sql);
    a->claim = PLAN_LOST;
    query_text(&q, a->p->job->message_key);
    query_int(&q, a->p->job->id);
    return query_run(&q, e);
}

static int put_plan(struct db *db, const struct journal_job *row, struct err *e)
{
    static const char sql[] = "INSERT OR REPLACE INTO plans VALUES (?, ?)";
    struct query q = query_start(db, sql);
    query_int(&q, row->id);
    query_text(&q, row->plan);
    return query_run(&q, e);
}

static int insert_plan(struct db *db, const struct plan_arg *a, struct err *e)
{
    static const char sql[] =
        "UPDATE jobs SET state = 1, planned_ms = ?, sender = ?, message_key = ?, conversation = ?,"
        " outcome = ?, parent = ?, text_key = ?, ticket_id = ?, tries = 0, attempts = 0 WHERE id = ?";
    const struct journal_job *row = a->p->job;
    if (put_plan(db, row, e) != 0)
        return -1;
    struct query q = query_start(db, sql);
    query_int(&q, a->now_ms);
    query_text(&q, row->sender);
    query_text(&q, row->message_key);
    query_text(&q, row->conversation);
    query_int(&q, row->outcome);
    query_int(&q, row->parent);
    query_int(&q, row->text_key);
    query_int(&q, row->ticket_id);
    query_int(&q, row->id);
    return query_run(&q, e) == 0 ? thread_insert(db, a->p->message_id, row->id, e) : -1;
}

static int insert_steps(struct db *db, int64_t job, const struct journal_step *steps, size_t n,
                        int64_t now_ms, struct err *e)
{
    static const char sql[] = "INSERT OR IGNORE INTO steps (job, n, kind, key, state, armed_ms, request)"
                              " VALUES (?, ?, ?, ?, ?, ?, ?)";
    for (size_t i = 0; i < n; i++) {
        const struct journal_step *step = &steps[i];
        struct query q = query_start(db, sql);
        query_int(&q, job);
        query_int(&q, step->n);
        query_text(&q, step->kind);
        query_text(&q, step->key);
        query_int(&q, i == 0 ? STEP_ARMED : STEP_SAFE);
        query_int(&q, now_ms);
        query_text(&q, step->request);
        if (query_run(&q, e) != 0)
            return -1;
    }
    return 0;
}

/* Mails of this sender that were planned in the last hour, counted no further than the cap. Only mail that
 * the gate let in counts: forged mail must not use up the cap of the one whose name it bears. */
static int over_the_cap(struct db *db, const struct plan_arg *a, bool *over, struct err *e)
{
    static const char sql[] =
        "SELECT COUNT(*) FROM (SELECT 1 FROM jobs WHERE sender = ? AND taken_ms BETWEEN ? "
        "AND ? AND id != ? AND planned_ms != 0 LIMIT ?)";
    enum { HOUR_MS = 3600 * 1000 };
    *over = false;
    if (!a->p->per_sender_hour)
        return 0;
    struct query q = query_start(db, sql);
    query_text(&q, a->p->job->sender);
    query_int(&q, a->now_ms - HOUR_MS);
    query_int(&q, not_ahead_ms());
    query_int(&q, a->p->job->id);
    query_int(&q, a->p->per_sender_hour);
    *over = query_row(&q) && query_get_int(&q) >= a->p->per_sender_hour;
    return query_end(&q, e);
}

static int blocked_by(struct db *db, int64_t job, const char *conversation, enum job_state from,
                      enum job_state to, int64_t *id, struct err *e)
{
    static const char sql[] = "SELECT id FROM jobs WHERE open = 1 AND conversation = ? AND id < ? AND state "
                              "BETWEEN ? AND ? LIMIT 1";
    *id = 0;
    if (!conversation || !conversation[0])
        return 0;
    struct query q = query_start(db, sql);
    query_text(&q, conversation);
    query_int(&q, job);
    query_int(&q, from);
    query_int(&q, to);
    *id = query_row(&q) ? query_get_int(&q) : 0;
    return query_end(&q, e);
}

static int plan(struct db *db, void *self, struct err *e)
{
    struct plan_arg *a = self;
    int64_t older;
    bool over, won;
    if (over_the_cap(db, a, &over, e) != 0)
        return -1;
    a->claim = PLAN_OVER_CAP;
    if (over)
        return 0;
    if (said_again(db, a, e) != 0)
        return -1;
    a->claim = PLAN_AGAIN;
    if (a->again)
        return 0;
    if (claim_key(db, a, e) != 0)
        return -1;
    if (a->claim == PLAN_SAME)
        return 0;
    if (take_over(db, a, &won, e) != 0)
        return -1;
    if (!won)
        return give_key_back(db, a, e);
    if (insert_plan(db, a, e) != 0 ||
        insert_steps(db, a->p->job->id, a->p->steps, a->p->n_steps, a->now_ms, e) != 0 ||
        blocked_by(db, a->p->job->id, a->p->job->conversation, JOB_PLANNED, JOB_ACTED, &older, e) != 0)
        return -1;
    a->blocked = older != 0;
    return 0;
}

int journal_plan(struct journal *j, struct journal_planning *p, struct err *e)
{
    struct plan_arg a = {.p = p, .now_ms = clock_now_ms()};
    CRASH_POINT("plan.before");
    struct submission_after after = {.queued = p->queued, .self = p->self, .job = p->job->id};
    int rc = journal_write(j, plan, &a, &after, e);
    CRASH_POINT("plan.after");
    p->claim = a.claim;
    p->blocked = a.blocked;
    p->again = a.again;
    return rc;
}

struct replan_arg {
    const struct journal_job *job;
    enum job_state from;
    const struct journal_step *steps;
    size_t n_steps;
    int64_t now_ms;
    bool won;
};

static int replan(struct db *db, void *self, struct err *e)
{
    static const char sql[] =
        "UPDATE jobs SET open = 1, state = 1, outcome = ?1, tries = 0, run_at = ?2, planned_ms = ?2"
        " WHERE id = ?3 AND state = ?4";
    struct replan_arg *a = self;
    struct query q = query_start(db, sql);
    query_int(&q, a->job->outcome);
    query_int(&q, a->now_ms);
    query_int(&q, a->job->id);
    query_int(&q, a->from);
    if (query_run(&q, e) != 0)
        return -1;
    a->won = sqlite3_changes(db->handle) == 1;
    if (!a->won)
        return 0;
    return put_plan(db, a->job, e) == 0 ? insert_steps(db, a->job->id, a->steps, a->n_steps, a->now_ms, e)
                                        : -1;
}

int journal_replan(struct journal *j, const struct journal_job *job, enum job_state from,
                   const struct journal_step *steps, size_t n_steps, bool *won, struct err *e)
{
    struct replan_arg a = {
        .job = job, .from = from, .steps = steps, .n_steps = n_steps, .now_ms = clock_now_ms()};
    CRASH_POINT("replan.before");
    int rc = journal_write(j, replan, &a, NULL, e);
    CRASH_POINT("replan.after");
    *won = rc == 0 && a.won;
    return rc;
}

int64_t journal_blocked_by(struct journal *j, int64_t job, const char *conversation)
{
    int64_t id = 0;
    int rc = blocked_by(journal_read_begin(j), job, conversation, JOB_PLANNED, JOB_ACTED, &id, NULL);
    journal_read_end(j);
    return rc == 0 ? id : 0;
}

int64_t journal_planless_before(struct journal *j, int64_t job, const char *conversation)
{
    int64_t id = 0;
    int rc = blocked_by(journal_read_begin(j), job, conversation, JOB_TAKEN, JOB_TAKEN, &id, NULL);
    journal_read_end(j);
    return rc == 0 ? id : 0;
}
