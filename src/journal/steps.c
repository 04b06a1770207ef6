/* SPDX-License-Identifier: GPL-2.0-or-later */
/* steps: the keys under which effects are made, and what became of them. Invariants 2 to 4. */
#include "db.h"

size_t journal_steps(struct journal *j, int64_t job, struct pool *pool, struct journal_step **out)
{
    static const char sql[] =
        "SELECT n, kind, key, state, looks, armed_ms, ended_ms, request, result_id, result"
        " FROM steps WHERE job = ? ORDER BY n LIMIT 64";
    struct journal_step *steps = pool_array(pool, 64, sizeof(*steps));
    struct query q = query_start(journal_read_begin(j), sql);
    size_t n = 0;
    query_int(&q, job);
    while (n < 64 && query_row(&q)) {
        struct journal_step *s = &steps[n++];
        s->n = (unsigned)query_get_int(&q);
        query_get_chars(&q, s->kind, sizeof(s->kind));
        s->key = query_get_text(&q, pool);
        s->state = (enum step_state)query_get_int(&q);
        s->looks = (unsigned)query_get_int(&q);
        s->armed_ms = query_get_int(&q);
        s->ended_ms = query_get_int(&q);
        s->request = query_get_text(&q, pool);
        s->result_id = query_get_int(&q);
        s->result = query_get_text(&q, pool);
    }
    if (query_end(&q, NULL) != 0)
        n = 0;
    journal_read_end(j);
    *out = steps;
    return n;
}

struct step_arg {
    int64_t job, result_id, now_ms;
    unsigned n;
    bool last;
    char result[300];
};

static int step_done(struct db *db, void *self, struct err *e)
{
    static const char done[] =
        "UPDATE steps SET state = 2, result_id = ?, result = ? WHERE job = ? AND n = ?";
    static const char arm[] =
        "UPDATE steps SET state = 1, armed_ms = ? WHERE job = ? AND n = ? AND state = 0";
    static const char ticket[] = "UPDATE jobs SET ticket_id = ?, tries = 0 WHERE id = ? AND ticket_id = 0";
    const struct step_arg *a = self;
    struct query q = query_start(db, done);
    query_int(&q, a->result_id);
    query_text(&q, a->result);
    query_int(&q, a->job);
    query_int(&q, a->n);
    if (query_run(&q, e) != 0)
        return -1;
    if (!a->last) {
        q = query_start(db, arm);
        query_int(&q, a->now_ms);
        query_int(&q, a->job);
        query_int(&q, a->n + 1);
        if (query_run(&q, e) != 0)
            return -1;
    }
    if (!a->result_id)
        return 0;
    q = query_start(db, ticket);
    query_int(&q, a->result_id);
    query_int(&q, a->job);
    return query_run(&q, e);
}

int journal_step_done(struct journal *j, int64_t job, unsigned n, bool last, int64_t result_id,
                      const char *result, struct err *e)
{
    struct step_arg *a = mem_alloc(sizeof(*a));
    *a =
        (struct step_arg){.job = job, .n = n, .last = last, .result_id = result_id, .now_ms = clock_now_ms()};
    snprintf(a->result, sizeof(a->result), "%s", result);
    CRASH_POINT("step.before-result");
    if (last) {
        journal_post(j, step_done, a, NULL);
        return 0;
    }
    int rc = journal_write(j, step_done, a, NULL, e);
    CRASH_POINT("step.after-result");
    free(a);
    return rc;
}

struct mark_arg {
    int64_t job;
    const struct journal_step *step;
};

static int step_mark(struct db *db, void *self, struct err *e)
{
    static const char sql[] =
        "UPDATE steps SET state = ?, looks = ?, armed_ms = ?, ended_ms = ? WHERE job = ? AND n = ?";
    const struct mark_arg *a = self;
    struct query q = query_start(db, sql);
    query_int(&q, a->step->state);
    query_int(&q, a->step->looks);
    query_int(&q, a->step->armed_ms);
    query_int(&q, a->step->ended_ms);
    query_int(&q, a->job);
    query_int(&q, a->step->n);
    return query_run(&q, e);
}

int journal_step_mark(struct journal *j, int64_t job, const struct journal_step *step, struct err *e)
{
    struct mark_arg a = {job, step};
    CRASH_POINT("step.before-mark");
    int rc = journal_write(j, step_mark, &a, NULL, e);
    CRASH_POINT("step.after-mark");
    return rc;
}
