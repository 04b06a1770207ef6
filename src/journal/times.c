/* SPDX-License-Identifier: GPL-2.0-or-later */
/* times: what waits for a time, when the clock jumps. Only of what is not done yet: what is done keeps the
 * times that it was given. */
#include "db.h"

/* Longest that anything but a question is put off, with room: a job an hour, a letter four. */
enum { JOB_MS = 2 * 3600 * 1000, LETTER_MS = 5 * 3600 * 1000 };

static int run_both(struct db *db, const char *sql, int64_t a, int64_t b, struct err *e)
{
    struct query q = query_start(db, sql);
    query_int(&q, a);
    query_int(&q, b);
    return query_run(&q, e);
}

static int move(struct db *db, void *self, struct err *e)
{
    static const char jobs[] =
        "UPDATE jobs SET run_at = run_at + ?1, taken_ms = taken_ms + ?1, planned_ms ="
        " CASE planned_ms WHEN 0 THEN 0 ELSE planned_ms + ?1 END WHERE open = 1 AND ?2";
    static const char letters[] =
        "UPDATE letters SET first_ms = first_ms + ?1, next_ms = next_ms + ?1 WHERE state = 0 AND ?2";
    static const char steps[] =
        "UPDATE steps SET armed_ms = armed_ms + ?1, ended_ms = CASE ended_ms WHEN 0 THEN 0 ELSE ended_ms + ?1"
        " END WHERE state = ?2 AND job IN (SELECT id FROM jobs WHERE open = 1)";
    const int64_t *ms = self;
    return run_both(db, jobs, *ms, 1, e) != 0 || run_both(db, letters, *ms, 1, e) != 0 ||
                   run_both(db, steps, *ms, STEP_ARMED, e) != 0
               ? -1
               : 0;
}

int journal_times_move(struct journal *j, int64_t ms, struct err *e)
{
    return journal_write(j, move, &ms, &submission_wakes, e);
}

/* --- put off for longer than anything is: by a clock that was ahead --- */

static int pull(struct db *db, void *self, struct err *e)
{
    static const char jobs[] = "UPDATE jobs SET run_at = ? WHERE open = 1 AND state < 4 AND run_at > ?";
    static const char letters[] = "UPDATE letters SET next_ms = ? WHERE state = 0 AND next_ms > ?";
    const int64_t *now_ms = self;
    return run_both(db, jobs, *now_ms, *now_ms + JOB_MS, e) != 0 ||
                   run_both(db, letters, *now_ms, *now_ms + LETTER_MS, e) != 0
               ? -1
               : 0;
}

void journal_times_check(struct journal *j)
{
    static const char sql[] =
        "SELECT EXISTS (SELECT 1 FROM jobs WHERE open = 1 AND state < 4 AND run_at > ?) OR"
        " EXISTS (SELECT 1 FROM letters WHERE state = 0 AND next_ms > ?)";
    struct err e = ERR_INIT;
    int64_t now_ms = clock_now_ms();
    struct query q = query_start(journal_read_begin(j), sql);
    query_int(&q, now_ms + JOB_MS);
    query_int(&q, now_ms + LETTER_MS);
    if (!journal_read_number(j, &q))
        return;
    LOG(LOG_WARN, "journal", "times.pulled", LS("why", "put off by a clock that was ahead"));
    if (journal_write(j, pull, &now_ms, &submission_wakes, &e) != 0)
        LOG(LOG_WARN, "journal", "times.failed", LS("error", e.text));
}
