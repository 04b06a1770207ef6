/* SPDX-License-Identifier: GPL-2.0-or-later */
/* jobs: loading a job, and each way it moves on. Every call here is one transaction. */
#include "db.h"
#include "frontdesk/measure.h"

size_t journal_due(struct journal *j, int64_t now_ms, int64_t *ids, size_t max)
{
    static const char sql[] =
        "SELECT id FROM jobs WHERE open = 1 AND run_at <= ? ORDER BY run_at, id LIMIT ?";
    struct query q = query_start(journal_read_begin(j), sql);
    query_int(&q, now_ms);
    return journal_read_ids(j, &q, ids, max);
}

static int64_t first_after(struct db *db, const char *sql, int64_t now_ms)
{
    struct query q = query_start(db, sql);
    query_int(&q, now_ms);
    int64_t at = query_row(&q) ? query_get_int(&q) : INT64_MAX;
    return query_end(&q, NULL) == 0 ? at : INT64_MAX;
}

int64_t journal_next_due(struct journal *j, int64_t now_ms, bool waiting)
{
    static const char jobs[] =
        "SELECT run_at FROM jobs WHERE open = 1 AND run_at > ? ORDER BY run_at LIMIT 1";
    static const char working[] =
        "SELECT run_at FROM jobs WHERE open = 1 AND run_at > ? AND state != 4 ORDER BY run_at LIMIT 1";
    static const char letters[] =
        "SELECT next_ms FROM letters WHERE state = 0 AND next_ms > ? ORDER BY next_ms LIMIT 1";
    struct db *db = journal_read_begin(j);
    int64_t a = first_after(db, waiting ? jobs : working, now_ms), b = first_after(db, letters, now_ms);
    journal_read_end(j);
    return a < b ? a : b;
}

static void read_job(struct query *q, struct pool *pool, struct journal_job *out)
{
    out->id = query_get_int(q);
    query_get_chars(q, out->mailbox, sizeof(out->mailbox));
    out->state = (enum job_state)query_get_int(q);
    out->outcome = (enum job_outcome)query_get_int(q);
    out->reason = query_get_text(q, pool);
    out->attempts = (unsigned)query_get_int(q);
    out->tries = (unsigned)query_get_int(q);
    out->run_at_ms = query_get_int(q);
    out->taken_ms = query_get_int(q);
    out->received_ms = query_get_int(q);
    out->planned_ms = query_get_int(q);
    out->done_ms = query_get_int(q);
    out->headers_only = query_get_int(q) != 0;
    out->lookup_first = query_get_int(q) != 0;
    out->spool = query_get_text(q, pool);
    out->sender = query_get_text(q, pool);
    out->message_key = query_get_text(q, pool);
    out->conversation = query_get_text(q, pool);
    out->ticket_id = query_get_int(q);
    out->ticket_number = query_get_text(q, pool);
    out->parent = query_get_int(q);
    out->successor = query_get_int(q);
    out->text_key = query_get_int(q);
    out->plan = query_get_text(q, pool);
    out->mail = query_get_blob(q, pool);
    job_ref_of(out->id, out->ref);
}

int journal_job_load(struct journal *j, int64_t id, bool with_mail, struct pool *pool,
                     struct journal_job *out, struct err *e)
{
    static const char sql[] =
        "SELECT id, mailbox, state, outcome, reason, attempts, tries, run_at, taken_ms, received_ms, "
        "planned_ms, done_ms,"
        " headers_only, lookup_first, spool, sender, message_key, conversation, ticket_id, ticket_number, "
        "parent, successor, text_key, plan,"
        " bytes FROM jobs LEFT JOIN plans ON plans.job = id LEFT JOIN mails ON mails.job = id AND ?2"
        " WHERE id = ?1";
    *out = (struct journal_job){0};
    struct query q = query_start(journal_read_begin(j), sql);
    query_int(&q, id);
    query_int(&q, with_mail);
    bool found = query_row(&q);
    if (found)
        read_job(&q, pool, out);
    int rc = query_end(&q, e);
    journal_read_end(j);
    if (rc == 0 && !found)
        return err_set(e, ERR_NOT_FOUND, "the journal has no job %lld", (long long)id);
    return rc;
}

int journal_job_by_ref(struct journal *j, const char *ref, int64_t *id, struct err *e)
{
    static const char sql[] = "SELECT id FROM jobs ORDER BY id DESC";
    char want[12], each[12];
    snprintf(want, sizeof(want), "%s", ref);
    for (char *p = want; *p; p++)
        *p = (char)(*p >= 'a' && *p <= 'z' ? *p - 32 : *p);
    struct query q = query_start(journal_read_begin(j), sql);
    *id = 0;
    while (!*id && query_row(&q)) {
        int64_t candidate = query_get_int(&q);
        job_ref_of(candidate, each);
        if (strcmp(each, want) == 0)
            *id = candidate;
    }
    int rc = query_end(&q, e);
    journal_read_end(j);
    if (rc == 0 && !*id)
        return err_set(e, ERR_NOT_FOUND,
                       "the journal has no message with the reference %s; `frontdesk journal list` "
                       "shows them",
                       ref);
    return rc;
}

int64_t journal_key_owner(struct journal *j, const char *message_key)
{
    static const char sql[] = "SELECT job FROM keys WHERE key = ?";
    struct query q = query_start(journal_read_begin(j), sql);
    query_text(&q, message_key);
    return journal_read_number(j, &q);
}

struct finish_arg {
    int64_t job, now_ms, run_at_ms;
    enum job_state state;
    enum job_outcome outcome;
    enum job_folder folder;
    const struct journal_letter *letter;
    char mailbox[64], sender[256], reason[512];
};

static int finish(struct db *db, void *self, struct err *e)
{
    static const char job[] = "UPDATE jobs SET open = ?, run_at = ?, state = ?, outcome = ?, reason = ?, "
                              "done_ms = ?, sender = COALESCE(sender, ?) WHERE id = ?";
    static const char owe[] =
        "UPDATE positions SET filed = 1, folder = ? WHERE filed != 2 AND"
        " (mailbox, uidvalidity, uid) = (SELECT mailbox, uidvalidity, uid FROM jobs WHERE id = ?)";
    const struct finish_arg *a = self;
    struct query q = query_start(db, job);
    query_int(&q, a->state == JOB_WAITING);
    query_int(&q, a->run_at_ms);
    query_int(&q, a->state);
    query_int(&q, a->outcome);
    query_text(&q, a->reason);
    query_int(&q, a->now_ms);
    query_text(&q, a->sender[0] ? a->sender : NULL);
    query_int(&q, a->job);
    if (query_run(&q, e) != 0)
        return -1;
    q = query_start(db, owe);
    query_int(&q, a->folder);
    query_int(&q, a->job);
    if (query_run(&q, e) != 0)
        return -1;
    int64_t id;
    return a->letter ? letter_insert(db, a->letter, a->now_ms, &id, e) : 0;
}

int journal_finish(struct journal *j, const struct journal_job *job, const struct journal_letter *letter,
                   enum job_state state, enum job_folder folder, bool durable, struct err *e)
{
    ENSURE(!letter || durable);
    struct finish_arg *a = mem_alloc(sizeof(*a));
    *a = (struct finish_arg){.job = job->id,
                             .now_ms = clock_now_ms(),
                             .run_at_ms = job->run_at_ms,
                             .state = state,
                             .outcome = job->outcome,
                             .folder = folder,
                             .letter = letter};
    snprintf(a->reason, sizeof(a->reason), "%s", job->reason ? job->reason : "");
    snprintf(a->sender, sizeof(a->sender), "%s", job->sender ? job->sender : "");
    snprintf(a->mailbox, sizeof(a->mailbox), "%s", job->mailbox);
    struct submission_after after = {
        .owed_mailbox = a->mailbox, .finished_job = durable ? 0 : a->job, .job_ready = letter != NULL};
    if (state != JOB_WAITING) {
        measure_add(MEASURE_JOBS, job->outcome, 1);
        measure_took(MEASURE_WHOLE, a->now_ms - job->taken_ms);
    }
    CRASH_POINT("finish.before");
    if (!durable) {
        journal_post(j, finish, a, &after);
        return 0;
    }
    int rc = journal_write(j, finish, a, &after, e);
    CRASH_POINT("finish.after");
    free(a);
    return rc;
}

struct later_arg {
    int64_t job, run_at_ms;
    unsigned tries;
    const char *reason, *conversation;
};

static int later(struct db *db, void *self, struct err *e)
{
    static const char sql[] =
        "UPDATE jobs SET run_at = ?, tries = ?, reason = ?, conversation = COALESCE(?, conversation),"
        " attempts = 0 WHERE id = ? AND open = 1";
    const struct later_arg *a = self;
    struct query q = query_start(db, sql);
    query_int(&q, a->run_at_ms);
    query_int(&q, a->tries);
    query_text(&q, a->reason);
    query_text(&q, a->conversation);
    query_int(&q, a->job);
    return query_run(&q, e);
}

int journal_later(struct journal *j, const struct journal_job *job, int64_t run_at_ms, unsigned tries,
                  const char *reason, struct err *e)
{
    bool known = job->conversation && job->conversation[0];
    struct later_arg a = {job->id, run_at_ms, tries, reason, known ? job->conversation : NULL};
    return journal_write(j, later, &a, &submission_wakes, e);
}
