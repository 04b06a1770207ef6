/* SPDX-License-Identifier: GPL-2.0-or-later */
/* requests: the operator's wishes. The command line writes a row beside a running daemon; the daemon carries
 * it out. */
#include "db.h"

int request_insert(struct db *db, const char *verb, const char *ref, struct err *e)
{
    static const char sql[] = "INSERT INTO requests (verb, ref, asked_ms) VALUES (?, ?, ?)";
    struct query q = query_start(db, sql);
    query_text(&q, verb);
    query_text(&q, ref);
    query_int(&q, clock_now_ms());
    return query_run(&q, e);
}

int journal_request_add(const char *dir, const char *verb, const char *ref, struct err *e)
{
    char path[4200];
    struct db db;
    snprintf(path, sizeof(path), "%s/journal.db", dir);
    if (db_open(&db, path, false, e) != 0)
        return -1;
    int rc = request_insert(&db, verb, ref, e);
    db_close(&db);
    return rc;
}

/* A parked job runs again from where it stood; a done one only offers its refused letter again. */
static int retry_job(struct db *db, int64_t job, int64_t now_ms, struct err *e)
{
    static const char reopen[] =
        "UPDATE jobs SET open = 1, attempts = 0, tries = 0, run_at = ?, reason = NULL,"
        " lookup_first = lookup_first OR received_ms < COALESCE((SELECT CAST(value AS INTEGER) FROM meta "
        "WHERE"
        " name = '" ERASED_FACT "'), 0), state = CASE"
        " WHEN ticket_number IS NOT NULL OR EXISTS (SELECT 1 FROM letters l WHERE l.job = jobs.id AND l.kind "
        "= 1 AND"
        " l.state = 2) THEN 3 WHEN EXISTS (SELECT 1 FROM plans p WHERE p.job = jobs.id) THEN 1 ELSE 0 END"
        " WHERE id = ? AND (state = 6 OR (state = 5 AND EXISTS"
        " (SELECT 1 FROM letters l WHERE l.job = jobs.id AND l.state = 2)))";
    static const char letters[] =
        "UPDATE letters SET state = 0, tries = 0, next_ms = ? WHERE job = ? AND state = 2";
    struct query q = query_start(db, reopen);
    query_int(&q, now_ms);
    query_int(&q, job);
    if (query_run(&q, e) != 0)
        return -1;
    q = query_start(db, letters);
    query_int(&q, now_ms);
    query_int(&q, job);
    return query_run(&q, e);
}

/* A parked job is given up; of a done one only its refused letter is. */
static int discard_job(struct db *db, int64_t job, int64_t now_ms, struct err *e)
{
    static const char letters[] = "UPDATE letters SET state = 3 WHERE job = ? AND state = 2";
    static const char sql[] =
        "UPDATE jobs SET open = 0, state = 5, outcome = 11, done_ms = ?,"
        " reason = 'discarded by the operator; ' || COALESCE(reason, '') WHERE id = ? AND state = 6";
    struct query q = query_start(db, sql);
    query_int(&q, now_ms);
    query_int(&q, job);
    if (query_run(&q, e) != 0)
        return -1;
    q = query_start(db, letters);
    query_int(&q, job);
    return query_run(&q, e);
}

/* What the operator was told about this mail is settled, and so is what he was told about all unproven mail
 * when none is left. */
static int close_alerts(struct db *db, int64_t job, struct err *e)
{
    static const char one[] = "UPDATE alerts SET ill = 0 WHERE ill = 1 AND topic IN (?, ?)";
    static const char unproven[] =
        "UPDATE alerts SET ill = 0 WHERE ill = 1 AND topic = 'parked-unproven' AND NOT EXISTS"
        " (SELECT 1 FROM jobs WHERE state = 6 AND COALESCE(sender, '') = '')";
    static const char old[] = "UPDATE alerts SET ill = 0 WHERE ill = 1 AND topic = '" PARKED_OLD "' AND NOT "
                              "EXISTS (SELECT 1 FROM jobs WHERE state = 6 AND received_ms < (SELECT "
                              "CAST(value AS INTEGER) FROM meta WHERE name = '" ERASED_FACT "'))";
    char ref[12], parked[32], refused[32];
    job_ref_of(job, ref);
    snprintf(parked, sizeof(parked), "parked-%s", ref);
    snprintf(refused, sizeof(refused), "refused-%s", ref);
    struct query q = query_start(db, one);
    query_text(&q, parked);
    query_text(&q, refused);
    if (query_run(&q, e) != 0)
        return -1;
    q = query_start(db, unproven);
    if (query_run(&q, e) != 0)
        return -1;
    q = query_start(db, old);
    return query_run(&q, e);
}

struct request {
    int64_t id, job;
    char verb[16], ref[260]; /* a reference, or an address */
};

static int run_request(struct db *db, void *self, struct err *e)
{
    static const char drop[] = "DELETE FROM requests WHERE id = ?";
    const struct request *r = self;
    int64_t now_ms = clock_now_ms();
    int rc = 0;
    if (r->job && strcmp(r->verb, "retry") == 0)
        rc = retry_job(db, r->job, now_ms, e);
    else if (r->job && strcmp(r->verb, "discard") == 0)
        rc = discard_job(db, r->job, now_ms, e);
    if (rc != 0 || (r->job && close_alerts(db, r->job, e) != 0))
        return -1;
    struct query q = query_start(db, drop);
    query_int(&q, r->id);
    return query_run(&q, e);
}

static size_t read_requests(struct journal *j, struct request *out, size_t max)
{
    static const char sql[] = "SELECT id, verb, ref FROM requests ORDER BY id LIMIT ?";
    struct query q = query_start(journal_read_begin(j), sql);
    size_t n = 0;
    query_int(&q, (int64_t)max);
    while (n < max && query_row(&q)) {
        out[n] = (struct request){.id = query_get_int(&q)};
        query_get_chars(&q, out[n].verb, sizeof(out[n].verb));
        query_get_chars(&q, out[n].ref, sizeof(out[n].ref));
        n++;
    }
    if (query_end(&q, NULL) != 0)
        n = 0;
    journal_read_end(j);
    return n;
}

/* The address goes from the journal, so it does not go to the log either. */
static int run_forget(struct journal *j, const struct request *r, struct err *e)
{
    size_t erased;
    if (journal_forget(j, r->ref, &erased, e) != 0)
        return -1;
    LOG(LOG_INFO, "journal", "forgotten", LN("mails", (long long)erased));
    return 0;
}

static int carry_out(struct journal *j, struct request *r, struct err *e)
{
    if (strcmp(r->verb, "forget") == 0 && run_forget(j, r, e) != 0)
        return -1;
    if (strcmp(r->verb, "forget") != 0 && journal_job_by_ref(j, r->ref, &r->job, e) != 0)
        r->job = 0;
    int rc = journal_write(j, run_request, r, &submission_wakes, e);
    if (rc == 0 && strcmp(r->verb, "forget") == 0)
        erase_log(j); /* after the wish, which holds the address, is gone too */
    return rc;
}

size_t journal_requests_run(struct journal *j)
{
    struct request wishes[16];
    size_t n = read_requests(j, wishes, ARRAY_LEN(wishes));
    for (size_t i = 0; i < n; i++) {
        struct err e = ERR_INIT;
        bool forget = strcmp(wishes[i].verb, "forget") == 0;
        if (carry_out(j, &wishes[i], &e) != 0)
            LOG(LOG_ERROR, "journal", "request.failed", LS("verb", wishes[i].verb), LS("error", e.text));
        else
            LOG(LOG_INFO, "journal", "request.done", LS("verb", wishes[i].verb),
                LS("ref", forget ? "" : wishes[i].ref));
    }
    return n;
}
