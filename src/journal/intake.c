/* SPDX-License-Identifier: GPL-2.0-or-later */
/* intake: mail comes in (positions, jobs, bytes) and leaves the inbox (filed). Invariant 1. */
#include "db.h"

int journal_cursor_get(struct journal *j, const char *mailbox, uint32_t uidvalidity,
                       struct journal_cursor *out, struct err *e)
{
    static const char sql[] = "SELECT uidvalidity, next_uid, since_ms FROM mailboxes WHERE mailbox = ?";
    *out = (struct journal_cursor){0};
    struct query q = query_start(journal_read_begin(j), sql);
    query_text(&q, mailbox);
    if (query_row(&q)) {
        int64_t validity = query_get_int(&q);
        bool same = validity == uidvalidity;
        out->known = same;
        out->replaced = validity == 0;
        out->other_validity = !same;
        out->next_uid = (uint32_t)query_get_int(&q);
        out->since_ms = query_get_int(&q);
    }
    int rc = query_end(&q, e);
    journal_read_end(j);
    return rc;
}

struct cursor_arg {
    const char *mailbox;
    uint32_t uidvalidity, next_uid;
    int64_t since_ms;
};

static int set_cursor(struct db *db, void *self, struct err *e)
{
    static const char sql[] = "INSERT OR REPLACE INTO mailboxes VALUES (?, ?, ?, ?)";
    const struct cursor_arg *a = self;
    struct query q = query_start(db, sql);
    query_text(&q, a->mailbox);
    query_int(&q, a->uidvalidity);
    query_int(&q, a->next_uid);
    query_int(&q, a->since_ms);
    return query_run(&q, e);
}

int journal_cursor_set(struct journal *j, const char *mailbox, uint32_t uidvalidity, uint32_t next_uid,
                       int64_t since_ms, struct err *e)
{
    struct cursor_arg a = {mailbox, uidvalidity, next_uid, since_ms};
    return journal_write(j, set_cursor, &a, NULL, e);
}

struct take_arg {
    const char *mailbox;
    uint32_t uidvalidity;
    const struct journal_mail *mails;
    size_t n;
    int64_t now_ms;
    bool lookup_first;
};

/* Job ids are given in C, so that a position is written once, with its job. */
static int last_job_id(struct db *db, int64_t *id, struct err *e)
{
    static const char sql[] = "SELECT seq FROM sqlite_sequence WHERE name = 'jobs'";
    struct query q = query_start(db, sql);
    *id = query_row(&q) ? query_get_int(&q) : 0;
    return query_end(&q, e);
}

static int insert_position(struct db *db, const struct take_arg *a, const struct journal_mail *m, int64_t job,
                           bool *fresh, struct err *e)
{
    static const char sql[] = "INSERT OR IGNORE INTO positions VALUES (?, ?, ?, ?, ?, 0)";
    struct query q = query_start(db, sql);
    query_text(&q, a->mailbox);
    query_int(&q, a->uidvalidity);
    query_int(&q, m->uid);
    query_int(&q, m->old ? 0 : job);
    query_int(&q, m->old ? 2 : 0);
    int rc = query_run(&q, e);
    *fresh = sqlite3_changes(db->handle) == 1;
    return rc;
}

static int insert_job(struct db *db, const struct take_arg *a, const struct journal_mail *m, int64_t job,
                      struct err *e)
{
    static const char sql[] =
        "INSERT INTO jobs (id, open, state, run_at, mailbox, headers_only, lookup_first, "
        "size, received_ms, taken_ms, spool, uidvalidity, uid)"
        " VALUES (?, 1, 0, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    struct query q = query_start(db, sql);
    query_int(&q, job);
    query_int(&q, a->now_ms);
    query_text(&q, a->mailbox);
    query_int(&q, m->headers_only);
    query_int(&q, a->lookup_first);
    query_int(&q, (int64_t)m->size);
    query_int(&q, m->received_ms);
    query_int(&q, a->now_ms);
    query_text(&q, m->spool);
    query_int(&q, a->uidvalidity);
    query_int(&q, m->uid);
    return query_run(&q, e);
}

static int insert_bytes(struct db *db, const struct journal_mail *m, int64_t job, struct err *e)
{
    static const char bytes[] = "INSERT INTO mails VALUES (?, ?)";
    if (m->spool)
        return 0;
    struct query q = query_start(db, bytes);
    query_int(&q, job);
    query_blob(&q, m->bytes.ptr ? m->bytes : SLICE(""));
    return query_run(&q, e);
}

static int advance_cursor(struct db *db, const struct take_arg *a, struct err *e)
{
    static const char sql[] =
        "UPDATE mailboxes SET next_uid = MAX(next_uid, ?) WHERE mailbox = ? AND uidvalidity = ?";
    uint32_t highest = 0;
    for (size_t i = 0; i < a->n; i++) {
        if (a->mails[i].uid > highest)
            highest = a->mails[i].uid;
    }
    struct query q = query_start(db, sql);
    query_int(&q, (int64_t)highest + 1);
    query_text(&q, a->mailbox);
    query_int(&q, a->uidvalidity);
    return query_run(&q, e);
}

static int take(struct db *db, void *self, struct err *e)
{
    const struct take_arg *a = self;
    int64_t job;
    if (last_job_id(db, &job, e) != 0)
        return -1;
    for (size_t i = 0; i < a->n; i++) {
        const struct journal_mail *m = &a->mails[i];
        bool fresh;
        if (insert_position(db, a, m, job + 1, &fresh, e) != 0)
            return -1;
        if (!fresh || m->old)
            continue;
        job++;
        if (insert_job(db, a, m, job, e) != 0 || insert_bytes(db, m, job, e) != 0)
            return -1;
    }
    return advance_cursor(db, a, e);
}

/* One that was received before is enough: the others cost a look-up at most. */
static bool rebuilt_after(struct journal *j, const struct journal_mail *mails, size_t n)
{
    char value[32];
    uint64_t ms;
    if (!journal_fact_get(j, "rebuilt_ms", value, sizeof(value)) ||
        !slice_to_u64(slice_of(value), 0, INT64_MAX, &ms))
        return false;
    for (size_t i = 0; i < n; i++) {
        if (mails[i].received_ms < (int64_t)ms)
            return true;
    }
    return false;
}

int journal_take(struct journal *j, const char *mailbox, uint32_t uidvalidity,
                 const struct journal_mail *mails, size_t n, struct err *e)
{
    struct take_arg a = {mailbox, uidvalidity, mails, n, clock_now_ms(), rebuilt_after(j, mails, n)};
    CRASH_POINT("take.before");
    int rc = journal_write(j, take, &a, &submission_wakes, e);
    CRASH_POINT("take.after");
    return rc;
}

size_t journal_owed(struct journal *j, const char *mailbox, uint32_t uidvalidity, struct journal_filing *out,
                    size_t max)
{
    static const char sql[] = "SELECT uid, folder FROM positions INDEXED BY positions_owed WHERE mailbox = ? "
                              "AND uidvalidity = ? AND "
                              "filed = 1 ORDER BY uid LIMIT ?";
    struct query q = query_start(journal_read_begin(j), sql);
    size_t n = 0;
    query_text(&q, mailbox);
    query_int(&q, uidvalidity);
    query_int(&q, (int64_t)max);
    while (n < max && query_row(&q)) {
        out[n].uid = (uint32_t)query_get_int(&q);
        out[n++].folder = (enum job_folder)query_get_int(&q);
    }
    if (query_end(&q, NULL) != 0)
        n = 0;
    journal_read_end(j);
    return n;
}

struct filed_arg {
    const char *mailbox;
    uint32_t uidvalidity;
    const struct journal_filing *done;
    size_t n;
};

static int mark_filed(struct db *db, void *self, struct err *e)
{
    static const char sql[] =
        "UPDATE positions SET filed = 2 WHERE mailbox = ? AND uidvalidity = ? AND uid = ?";
    const struct filed_arg *a = self;
    for (size_t i = 0; i < a->n; i++) {
        struct query q = query_start(db, sql);
        query_text(&q, a->mailbox);
        query_int(&q, a->uidvalidity);
        query_int(&q, a->done[i].uid);
        if (query_run(&q, e) != 0)
            return -1;
    }
    return 0;
}

int journal_filed(struct journal *j, const char *mailbox, uint32_t uidvalidity,
                  const struct journal_filing *done, size_t n, struct err *e)
{
    struct filed_arg a = {mailbox, uidvalidity, done, n};
    return journal_write(j, mark_filed, &a, NULL, e);
}
