/* SPDX-License-Identifier: GPL-2.0-or-later */
/* db: SQLite as this folder uses it: a connection with its prepared statements, and submissions to the
 * writer. */
#ifndef FRONTDESK_JOURNAL_DB_H
#define FRONTDESK_JOURNAL_DB_H

#include "frontdesk/journal.h"

#include <pthread.h>
#include <semaphore.h>
#include <sqlite3.h>

enum { DB_MAX_STATEMENTS = 96, SCHEMA_VERSION = 3 };

/* Statements are prepared once and kept, found by the address of their literal. */
struct db {
    sqlite3 *handle;
    char *path;
    bool read_only, told;
    void (*on_damaged)(void *self); /* told once, by whoever meets it; may be NULL */
    void *self;
    struct {
        const char *sql;
        sqlite3_stmt *stmt;
    } cache[DB_MAX_STATEMENTS];
};

int db_open(struct db *db, const char *path, bool read_only, struct err *e) MUST_USE;
void db_close(struct db *db);
int db_exec(struct db *db, const char *sql, struct err *e) MUST_USE;
/* Fills *e from the connection's last error; returns -1. */
int db_fail(struct db *db, const char *what, struct err *e);

/* A query in progress: prepare, bind in order, then step. */
struct query {
    struct db *db;
    sqlite3_stmt *stmt;
    int bound, column;
    bool broken;
};
struct query query_start(struct db *db, const char *sql);
void query_int(struct query *q, int64_t v);
void query_text(struct query *q, const char *s); /* NULL binds NULL; the text must live until query_end */
void query_blob(struct query *q, struct slice s);
bool query_row(struct query *q);                                /* next row? */
int64_t query_get_int(struct query *q);                         /* columns in order */
const char *query_get_text(struct query *q, struct pool *pool); /* never NULL */
void query_get_chars(struct query *q, char *out, size_t size);
struct slice query_get_blob(struct query *q, struct pool *pool);
/* Ends it; -1 with *e if anything failed. */
int query_end(struct query *q, struct err *e);
/* For statements without rows: step and end. */
int query_run(struct query *q, struct err *e) MUST_USE;

/* --- the writer --- */
/* May run twice for one commit (writer.c): it sets what it returns, it never adds to it. */
typedef int write_fn(struct db *db, void *arg, struct err *e);

/* What is told after the commit. Strings are borrowed from the submission's arg. */
struct submission_after {
    const char *owed_mailbox;
    int64_t finished_job;
    bool job_ready;
    /* told at once, when it stands in the queue */
    void (*queued)(void *self, int64_t job);
    void *self;
    int64_t job;
};
extern const struct submission_after submission_wakes; /* only job_ready */

struct submission {
    struct submission *next;
    write_fn *fn;
    void *arg;
    bool owned;     /* arg and the submission are freed after the commit: nobody waits */
    sem_t finished; /* of one that is waited for */
    int rc;
    struct err err;
    struct submission_after after;
};

/* The file `attempts`. */
struct journal_notes {
    uint64_t reading[64]; /* job that each worker reads now */
    int64_t ill_since_ms; /* no commit succeeds since then; 0 = all is well */
    char ill_why[512];
    /* the log after the last commit; frames 0: nothing is known of it */
    struct wal_note {
        uint32_t salt[2]; /* SQLite's, another pair each time that the log is begun anew */
        uint64_t frames;
    } wal;
};

struct journal {
    char *dir;
    struct db write, read;
    pthread_mutex_t read_lock;
    bool read_only, is_new;
    char instance[17], key[65];
    int lock_fd, dir_fd;
    struct journal_notes *notes; /* of the file `attempts`; NULL when opened for reading */
    int notes_fd, wal_fd;
    struct journal_options options;
    /* damaged.c: why the journal was replaced by this open, under which name the old one is kept, and what
     * was carried over; "" = it was not */
    char damage[512], aside[64], replaced[128];
    bool has_replaced; /* it was once */

    pthread_t writer;
    bool writer_runs;
    pthread_mutex_t lock;
    pthread_cond_t work;
    struct submission *head, *tail;
    unsigned n_waited; /* in the queue, with somebody waiting */
    bool stop;
};

/* Runs fn in the writer and waits for the commit. `after` may be NULL. */
int journal_write(struct journal *j, write_fn *fn, void *arg, const struct submission_after *after,
                  struct err *e) MUST_USE;
/* Runs fn in the writer; arg (malloc'ed) is freed after the commit. Tried again until it is committed. */
void journal_post(struct journal *j, write_fn *fn, void *arg, const struct submission_after *after);
/* The read connection, one user at a time. */
struct db *journal_read_begin(struct journal *j);
void journal_read_end(struct journal *j);
/* A query on the read connection carried out, and the connection given back. The first column of its first
 * row; 0 without one, or when it failed. */
int64_t journal_read_number(struct journal *j, struct query *q);
/* The first column of each row, at most `max`, which is bound behind what is bound already (LIMIT ?); returns
 * how many, 0 when it failed. */
size_t journal_read_ids(struct journal *j, struct query *q, int64_t *ids, size_t max);

int writer_start(struct journal *j, struct err *e) MUST_USE;
void writer_stop(struct journal *j);
int schema_prepare(struct db *db, bool create, bool *made, struct err *e) MUST_USE;
/* From that version, at least 1, to this one; within the caller's transaction. */
int schema_migrate(struct db *db, int64_t version, struct err *e) MUST_USE;
int instance_prepare(struct journal *j, struct err *e) MUST_USE;
int attempts_open(struct journal *j, struct err *e) MUST_USE;
void attempts_close(struct journal *j);
/* A commit failed, or (NULL) succeeded: noted and logged when that is news. */
void attempts_note_ill(struct journal *j, const struct err *why);
int journal_make_private(struct journal *j, struct err *e) MUST_USE;
/* damaged.c. ERR_DAMAGED: what SQLite finds; very large journals are not looked through. */
int damaged_check(struct journal *j, struct err *e) MUST_USE;
bool damaged_is_begun(struct journal *j);
int damaged_replace(struct journal *j, const char *path, const struct err *why, struct err *e) MUST_USE;
/* wal.c. ERR_DAMAGED: the log holds less than was noted; asked before anybody opens the journal. */
int wal_check(const struct journal *j, struct err *e) MUST_USE;
void wal_watch(struct journal *j);
void wal_unwatch(struct journal *j);
#define REPLACED_FACT "fact.replaced_ms"
int spool_prepare(struct journal *j, struct err *e) MUST_USE;
/* The first 63 bits of the SHA-256 of a Message-ID. */
int64_t thread_hash(struct slice message_id);
int thread_insert(struct db *db, const char *message_id, int64_t job, struct err *e) MUST_USE;
void job_ref_of(int64_t id, char ref[12]);
/* *id 0: the job has one of this kind already, which counts. */
int letter_insert(struct db *db, const struct journal_letter *l, int64_t now_ms, int64_t *id,
                  struct err *e) MUST_USE;
/* What the answer to a letter of drift watch asks for. */
int watch_answer_carry_out(struct db *db, const struct journal_watch_answer *a, struct err *e) MUST_USE;
/* Before when retention erased: a fact (journal_fact_get), as its row is named. */
#define ERASED_FACT "fact.erased_before_ms"
/* What SQLite wrote before still stands in its log until that is begun anew. */
void erase_log(const struct journal *j);
/* An operator's wish, carried out by journal_requests_run. */
int request_insert(struct db *db, const char *verb, const char *ref, struct err *e) MUST_USE;

#endif
