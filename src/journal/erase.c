/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * erase: texts and addresses leave the journal, because their time is over (journal.keep_days) or because
 * somebody asked (`journal forget`). What stays is what keeps work from being done twice: message keys, step
 * keys with their results, ticket numbers, positions (invariant 9). Only done jobs; one that an open job
 * still needs stays, and one with a letter that may be offered again.
 */
#include "db.h"

#include <unistd.h>

enum { BATCH = 64, LOOKED_THROUGH = 4096 };
#define ERASED "text and addresses erased"

/* A job that may be erased, and was not yet. */
#define ERASABLE                                                                                             \
    "state = 5 AND COALESCE(reason, '') != '" ERASED "' AND NOT EXISTS (SELECT 1 FROM letters l WHERE"       \
    " l.job = jobs.id AND l.state IN (0, 2)) AND NOT EXISTS (SELECT 1 FROM jobs o WHERE o.parent = jobs.id"  \
    " AND o.parent != 0 AND o.state != 5) AND NOT EXISTS (SELECT 1 FROM jobs o WHERE o.id = jobs.parent AND" \
    " o.state != 5)"

struct erase_arg {
    int64_t ids[BATCH], before_ms; /* before_ms: of retention; 0 = somebody is forgotten */
    size_t n;
    const char *address; /* NULL: retention */
};

static int run_with(struct db *db, const char *sql, int64_t number, struct err *e)
{
    struct query q = query_start(db, sql);
    query_int(&q, number);
    return query_run(&q, e);
}

static int erase_job(struct db *db, int64_t id, struct err *e)
{
    static const char mails[] = "DELETE FROM mails WHERE job = ?";
    static const char plans[] = "DELETE FROM plans WHERE job = ?";
    static const char steps[] = "UPDATE steps SET request = '' WHERE job = ?";
    static const char bytes[] =
        "DELETE FROM letter_bytes WHERE letter IN (SELECT id FROM letters WHERE job = ?)";
    static const char letters[] = "UPDATE letters SET recipient = '', last_error = NULL WHERE job = ?";
    static const char job[] =
        "UPDATE jobs SET sender = NULL, conversation = NULL, text_key = 0, spool = NULL,"
        " reason = '" ERASED "' WHERE id = ?";
    static const char *const all[] = {mails, plans, steps, bytes, letters, job};
    for (size_t i = 0; i < ARRAY_LEN(all); i++) {
        if (run_with(db, all[i], id, e) != 0)
            return -1;
    }
    return 0;
}

/* Letters of no job that went out or were given up: alerts name senders, and their text is coded. */
static int erase_alerts(struct db *db, const struct erase_arg *a, struct err *e)
{
    static const char bytes[] =
        "DELETE FROM letter_bytes WHERE letter IN (SELECT id FROM letters WHERE job = 0 AND"
        " state IN (1, 3) AND (?1 OR first_ms < ?2))";
    static const char recipients[] = "UPDATE letters SET recipient = '' WHERE state IN (1, 3) AND"
                                     " (lower(recipient) = ?1 OR (job = 0 AND first_ms < ?2))";
    static const char texts[] =
        "DELETE FROM alerts WHERE ill = 0 AND (instr(lower(text), ?1) OR since_ms < ?2)";
    static const char *const all[] = {bytes, recipients, texts};
    for (size_t i = 0; i < ARRAY_LEN(all); i++) {
        struct query q = query_start(db, all[i]);
        if (i == 0)
            query_int(&q, a->address != NULL);
        else
            query_text(&q, a->address);
        query_int(&q, a->before_ms);
        if (query_run(&q, e) != 0)
            return -1;
    }
    return 0;
}

/* From then on mail from before it may answer what is not there any more. */
static int note_horizon(struct db *db, int64_t before_ms, struct err *e)
{
    static const char sql[] = "INSERT OR REPLACE INTO meta VALUES ('" ERASED_FACT "', ?)";
    return run_with(db, sql, before_ms, e);
}

static int erase(struct db *db, void *self, struct err *e)
{
    const struct erase_arg *a = self;
    for (size_t i = 0; i < a->n; i++) {
        if (erase_job(db, a->ids[i], e) != 0)
            return -1;
    }
    if (a->n && a->before_ms && note_horizon(db, a->before_ms, e) != 0)
        return -1;
    return a->n < BATCH ? erase_alerts(db, a, e) : 0;
}

/* Files of large mails. One that is left by a kill before this goes at the next start (spool.c). */
static void drop_spool(struct journal *j, char (*names)[128], size_t n)
{
    char path[160];
    for (size_t i = 0; i < n; i++) {
        snprintf(path, sizeof(path), "spool/%.127s", names[i]);
        if (names[i][0])
            unlinkat(j->dir_fd, path, 0);
    }
}

void erase_log(const struct journal *j)
{
    char path[4200];
    struct db db;
    struct err e = ERR_INIT;
    snprintf(path, sizeof(path), "%s/journal.db", j->dir);
    if (db_open(&db, path, false, &e) == 0) {
        if (db_exec(&db, "PRAGMA wal_checkpoint(TRUNCATE)", &e) != 0)
            LOG(LOG_WARN, "journal", "checkpoint.failed", LS("error", e.text));
        db_close(&db);
    }
}

/* The jobs that q finds (id, spool), and what goes with them; the read connection is given back. */
static int erase_found(struct journal *j, struct query *q, struct erase_arg *a, struct err *e)
{
    char spool[BATCH][128];
    query_int(q, BATCH);
    a->n = 0;
    while (a->n < BATCH && query_row(q)) {
        a->ids[a->n] = query_get_int(q);
        query_get_chars(q, spool[a->n++], sizeof(spool[0]));
    }
    int rc = query_end(q, e);
    journal_read_end(j);
    if (rc == 0)
        rc = journal_write(j, erase, a, NULL, e);
    if (rc == 0)
        drop_spool(j, spool, a->n);
    return rc;
}

int journal_forget(struct journal *j, const char *address, size_t *erased, struct err *e)
{
    static const char sql[] =
        "SELECT id, COALESCE(spool, '') FROM jobs WHERE lower(sender) = ? AND " ERASABLE " LIMIT ?";
    struct erase_arg a = {.address = address};
    *erased = 0;
    do {
        struct query q = query_start(journal_read_begin(j), sql);
        query_text(&q, address);
        if (erase_found(j, &q, &a, e) != 0)
            return -1;
        *erased += a.n;
    } while (a.n == BATCH);
    return 0;
}

void journal_forget_count(struct journal *j, const char *address, unsigned *done, unsigned *open)
{
    static const char erasable[] = "SELECT COUNT(*) FROM jobs WHERE lower(sender) = ? AND " ERASABLE;
    static const char all[] = "SELECT COUNT(*) FROM jobs WHERE lower(sender) = ?";
    struct query q = query_start(journal_read_begin(j), erasable);
    query_text(&q, address);
    *done = (unsigned)journal_read_number(j, &q);
    q = query_start(journal_read_begin(j), all);
    query_text(&q, address);
    *open = (unsigned)journal_read_number(j, &q) - *done;
}

static int64_t last_id(struct journal *j)
{
    static const char sql[] = "SELECT seq FROM sqlite_sequence WHERE name = 'jobs'";
    struct query q = query_start(journal_read_begin(j), sql);
    return journal_read_number(j, &q);
}

bool journal_expire(struct journal *j, int64_t before_ms, int64_t *after, size_t *erased, struct err *e)
{
    static const char sql[] = "SELECT id, COALESCE(spool, '') FROM jobs WHERE id > ? AND id <= ? AND"
                              " done_ms < ? AND " ERASABLE " ORDER BY id LIMIT ?";
    struct erase_arg a = {.before_ms = before_ms};
    int64_t to = *after + LOOKED_THROUGH;
    struct query q = query_start(journal_read_begin(j), sql);
    query_int(&q, *after);
    query_int(&q, to);
    query_int(&q, before_ms);
    if (erase_found(j, &q, &a, e) != 0)
        return false;
    *erased += a.n;
    *after = a.n == BATCH ? a.ids[BATCH - 1] : to;
    bool more = *after < last_id(j);
    if (!more && *erased)
        erase_log(j);
    return more;
}

bool journal_is_erased(const struct journal_job *job)
{
    return job->reason && strcmp(job->reason, ERASED) == 0;
}

bool journal_before_horizon(struct journal *j, int64_t received_ms)
{
    char value[32];
    uint64_t ms;
    return journal_fact_get(j, "erased_before_ms", value, sizeof(value)) &&
           slice_to_u64(slice_of(value), 0, INT64_MAX, &ms) && received_ms < (int64_t)ms;
}
