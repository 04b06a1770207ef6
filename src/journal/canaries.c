/* SPDX-License-Identifier: GPL-2.0-or-later */
/* canaries: mails of frontdesk to itself. A canary and its letter are written together; it ends once, back or
 * lost, and with it goes what is left of its letter. Of what is back only the last few are kept, with their
 * jobs: they come every few minutes, for years. */
#include "db.h"

enum { KEPT = 20 };

struct canary_arg {
    const char *mailbox, *nonce;
    const struct journal_letter *letter;
    int64_t now_ms, before_ms, job;
    struct journal_canary *out;
    size_t n;
};

/* All with the mailbox as ?1. */
static int run_all(struct db *db, const char *const *sql, size_t n, const char *mailbox, struct err *e)
{
    for (size_t i = 0; i < n; i++) {
        struct query q = query_start(db, sql[i]);
        query_text(&q, mailbox);
        if (query_run(&q, e) != 0)
            return -1;
    }
    return 0;
}

#define OLD                                                                                                  \
    "(SELECT job FROM canaries WHERE mailbox = ?1 AND state = 1 AND id NOT IN"                               \
    " (SELECT id FROM canaries WHERE mailbox = ?1 ORDER BY id DESC LIMIT 20))"
/* Not before its mail is filed, or the mail would be taken anew. */
#define OLD_JOBS                                                                                             \
    "(SELECT j.id FROM jobs j JOIN positions p ON p.mailbox = j.mailbox AND p.uidvalidity = j.uidvalidity"   \
    " AND p.uid = j.uid WHERE j.id IN " OLD " AND j.state = 5 AND p.filed = 2)"

static int prune(struct db *db, const char *mailbox, struct err *e)
{
    static const char mails[] = "DELETE FROM mails WHERE job IN " OLD_JOBS;
    static const char jobs[] = "DELETE FROM jobs WHERE id IN " OLD_JOBS;
    static const char rows[] =
        "DELETE FROM canaries WHERE mailbox = ?1 AND state != 0 AND NOT EXISTS (SELECT 1 FROM jobs WHERE"
        " jobs.id = canaries.job) AND id NOT IN (SELECT id FROM canaries WHERE mailbox = ?1 ORDER BY id DESC"
        " LIMIT 20)";
    static const char *const all[] = {mails, jobs, rows};
    return run_all(db, all, ARRAY_LEN(all), mailbox, e);
}

static int send(struct db *db, void *self, struct err *e)
{
    static const char sql[] = "INSERT INTO canaries (mailbox, nonce, sent_ms, state, ended_ms, letter, job) "
                              "VALUES (?, ?, ?, 0, 0, ?, 0)";
    const struct canary_arg *a = self;
    int64_t letter;
    if (prune(db, a->mailbox, e) != 0 || letter_insert(db, a->letter, a->now_ms, &letter, e) != 0)
        return -1;
    struct query q = query_start(db, sql);
    query_text(&q, a->mailbox);
    query_text(&q, a->nonce);
    query_int(&q, a->now_ms);
    query_int(&q, letter);
    return query_run(&q, e);
}

int journal_canary_send(struct journal *j, const char *mailbox, const char *nonce,
                        const struct journal_letter *letter, struct err *e)
{
    struct canary_arg a = {.mailbox = mailbox, .nonce = nonce, .letter = letter, .now_ms = clock_now_ms()};
    CRASH_POINT("canary.before");
    int rc = journal_write(j, send, &a, &submission_wakes, e);
    CRASH_POINT("canary.after");
    return rc;
}

/* --- its end --- */

static int drop_letter(struct db *db, int64_t letter, struct err *e)
{
    static const char bytes[] = "DELETE FROM letter_bytes WHERE letter = ?";
    static const char row[] = "DELETE FROM letters WHERE id = ?";
    static const char *const all[] = {bytes, row};
    for (size_t i = 0; i < ARRAY_LEN(all); i++) {
        struct query q = query_start(db, all[i]);
        query_int(&q, letter);
        if (query_run(&q, e) != 0)
            return -1;
    }
    return 0;
}

/* The same job may ask twice, when it died in between. */
static int back(struct db *db, void *self, struct err *e)
{
    static const char find[] =
        "SELECT id, sent_ms, state, letter FROM canaries WHERE mailbox = ? AND nonce = ? AND"
        " (state != 1 OR job = ?)";
    static const char end[] = "UPDATE canaries SET state = 1, ended_ms = ?, job = ? WHERE id = ?";
    struct canary_arg *a = self;
    struct query q = query_start(db, find);
    query_text(&q, a->mailbox);
    query_text(&q, a->nonce);
    query_int(&q, a->job);
    int64_t id = 0, letter = 0;
    *a->out = (struct journal_canary){.ended_ms = a->now_ms};
    a->n = 0;
    if (query_row(&q)) {
        id = query_get_int(&q);
        a->out->sent_ms = query_get_int(&q);
        a->out->state = (enum canary_state)query_get_int(&q);
        letter = query_get_int(&q);
        a->n = 1;
    }
    if (query_end(&q, e) != 0 || (a->n && drop_letter(db, letter, e) != 0))
        return -1;
    q = query_start(db, end);
    query_int(&q, a->now_ms);
    query_int(&q, a->job);
    query_int(&q, id);
    return query_run(&q, e);
}

int journal_canary_back(struct journal *j, const char *mailbox, const char *nonce, int64_t job, bool *ours,
                        struct journal_canary *before, struct err *e)
{
    struct canary_arg a = {
        .mailbox = mailbox, .nonce = nonce, .job = job, .now_ms = clock_now_ms(), .out = before};
    int rc = journal_write(j, back, &a, NULL, e);
    *ours = rc == 0 && a.n;
    return rc;
}

static int lose(struct db *db, void *self, struct err *e)
{
    static const char find[] =
        "SELECT letter FROM canaries WHERE mailbox = ? AND state = 0 AND sent_ms <= ? LIMIT 20";
    static const char end[] =
        "UPDATE canaries SET state = 2, ended_ms = ? WHERE mailbox = ? AND state = 0 AND sent_ms <= ?";
    struct canary_arg *a = self;
    int64_t letters[KEPT];
    struct query q = query_start(db, find);
    query_text(&q, a->mailbox);
    query_int(&q, a->before_ms);
    for (a->n = 0; a->n < KEPT && query_row(&q); a->n++)
        letters[a->n] = query_get_int(&q);
    if (query_end(&q, e) != 0)
        return -1;
    for (size_t i = 0; i < a->n; i++) {
        if (drop_letter(db, letters[i], e) != 0)
            return -1;
    }
    q = query_start(db, end);
    query_int(&q, a->now_ms);
    query_text(&q, a->mailbox);
    query_int(&q, a->before_ms);
    return query_run(&q, e);
}

int journal_canary_lose(struct journal *j, const char *mailbox, int64_t before_ms, size_t *n, struct err *e)
{
    struct canary_arg a = {.mailbox = mailbox, .before_ms = before_ms, .now_ms = clock_now_ms()};
    int rc = journal_write(j, lose, &a, NULL, e);
    *n = rc == 0 ? a.n : 0;
    return rc;
}

/* --- how it stands --- */

int journal_canaries(struct journal *j, const char *mailbox, struct journal_canaries *out, struct err *e)
{
    static const char sql[] =
        "SELECT COALESCE(MAX(sent_ms), 0), COALESCE(MIN(CASE state WHEN 0 THEN sent_ms END), 0),"
        " COALESCE(MAX(CASE state WHEN 1 THEN ended_ms END), 0) FROM canaries WHERE mailbox = ?";
    static const char last[] =
        "SELECT ended_ms - sent_ms FROM canaries WHERE mailbox = ? AND state = 1 ORDER BY"
        " ended_ms DESC LIMIT 1";
    *out = (struct journal_canaries){0};
    struct query q = query_start(journal_read_begin(j), sql);
    query_text(&q, mailbox);
    if (query_row(&q)) {
        out->sent_ms = query_get_int(&q);
        out->open_ms = query_get_int(&q);
        out->back_ms = query_get_int(&q);
    }
    int rc = query_end(&q, e);
    journal_read_end(j);
    q = query_start(journal_read_begin(j), last);
    query_text(&q, mailbox);
    out->took_ms = journal_read_number(j, &q);
    return rc;
}
