/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * writer: the one thread that writes. While an fsync runs, submissions queue up; the next transaction takes
 * them all. Should it fail, it is rolled back and each submission gets a transaction of its own, so that a
 * failing one takes nobody along: not even when it fills the disk, which ends a whole transaction with all
 * its savepoints. Hence a write_fn must be able to run twice.
 *
 * What somebody waits for is committed at once. What nobody waits for goes along with the next that somebody
 * waits for, at most LAZY_MS later: commits of its own would only hold up those who wait.
 */
#include "db.h"

enum { LAZY_MS = 10 };

const struct submission_after submission_wakes = {.job_ready = true};

static int run_sql(struct db *db, const char *literal, struct err *e)
{
    struct query q = query_start(db, literal);
    return query_run(&q, e);
}

static void undo(struct db *db)
{
    static const char sql[] = "ROLLBACK";
    /* a full disk makes SQLite roll back by itself */
    if (!sqlite3_get_autocommit(db->handle) && run_sql(db, sql, NULL) != 0)
        LOG(LOG_ERROR, "journal", "rollback.failed", LS("error", sqlite3_errmsg(db->handle)));
}

static int commit(struct db *db, struct err *e)
{
    static const char sql[] = "COMMIT";
    CRASH_POINT("journal.before-commit");
    int rc = run_sql(db, sql, e);
    CRASH_POINT("journal.after-commit");
    return rc;
}

static const char begin[] = "BEGIN IMMEDIATE";

/* All of them in one transaction; -1 when one failed, with nothing left in the database. */
static int run_together(struct db *db, struct submission *list)
{
    int rc = run_sql(db, begin, NULL);
    for (struct submission *s = list; s && rc == 0; s = s->next)
        rc = s->fn(db, s->arg, &s->err);
    if (rc == 0)
        rc = commit(db, NULL);
    if (rc != 0)
        undo(db);
    return rc;
}

static void run_alone(struct db *db, struct submission *s)
{
    s->err = (struct err)ERR_INIT;
    s->rc = run_sql(db, begin, &s->err);
    if (s->rc == 0)
        s->rc = s->fn(db, s->arg, &s->err);
    if (s->rc == 0)
        s->rc = commit(db, &s->err);
    if (s->rc != 0)
        undo(db);
}

static void run_batch(struct journal *j, struct submission *list)
{
    const struct err *why = NULL;
    if (run_together(&j->write, list) == 0) {
        attempts_note_ill(j, NULL);
        return;
    }
    for (struct submission *s = list; s; s = s->next) {
        run_alone(&j->write, s);
        if (s->rc != 0)
            why = &s->err;
    }
    attempts_note_ill(j, why);
}

static void submit(struct journal *j, struct submission *s)
{
    pthread_mutex_lock(&j->lock);
    bool wake = s->owned ? !j->head : j->n_waited == 0;
    j->n_waited += !s->owned;
    if (j->tail)
        j->tail->next = s;
    else
        j->head = s;
    j->tail = s;
    pthread_mutex_unlock(&j->lock);
    /* behind another one of its kind it is found without a call */
    if (wake)
        pthread_cond_signal(&j->work);
}

static void tell(struct journal *j, const struct submission *list)
{
    const struct journal_options *o = &j->options;
    bool job_ready = false;
    for (const struct submission *s = list; s; s = s->next) {
        if (s->rc != 0)
            continue;
        if (s->after.owed_mailbox && o->on_owed)
            o->on_owed(o->self, s->after.owed_mailbox);
        if (s->after.finished_job && o->on_finished)
            o->on_finished(o->self, s->after.finished_job);
        job_ready = job_ready || s->after.job_ready;
    }
    if (job_ready && o->on_job)
        o->on_job(o->self);
}

/* Nobody waits for an owned submission, so nobody would repeat it: it goes back to the queue until it is
 * committed, and is given up only when the journal closes. */
static struct submission *finish_one(struct journal *j, struct submission *s)
{
    if (!s->owned) {
        /* it lies on the stack of its waiter: gone after this line */
        sem_post(&s->finished);
        return NULL;
    }
    if (s->rc != 0 && !j->stop) {
        s->rc = 0;
        s->next = NULL;
        return s;
    }
    free(s->arg);
    free(s);
    return NULL;
}

static void finish_batch(struct journal *j, struct submission *list)
{
    bool again = false;
    tell(j, list);
    while (list) {
        struct submission *next = list->next, *s = finish_one(j, list);
        if (s) {
            submit(j, s);
            again = true;
        }
        list = next;
    }
    if (again)
        nanosleep(&(struct timespec){.tv_nsec = 200000000}, NULL);
}

/* Until there is something to commit; the lock is held. */
static void wait_for_submissions(struct journal *j)
{
    while (!j->head && !j->stop)
        pthread_cond_wait(&j->work, &j->lock);
    if (j->n_waited || j->stop)
        return;
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += LAZY_MS * 1000000L;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    while (!j->n_waited && !j->stop) {
        if (pthread_cond_timedwait(&j->work, &j->lock, &until) != 0)
            return;
    }
}

static void *writer_main(void *self)
{
    struct journal *j = self;
    pthread_mutex_lock(&j->lock);
    for (;;) {
        wait_for_submissions(j);
        if (!j->head)
            break;
        struct submission *list = j->head;
        j->head = j->tail = NULL;
        j->n_waited = 0;
        pthread_mutex_unlock(&j->lock);
        run_batch(j, list);
        finish_batch(j, list);
        pthread_mutex_lock(&j->lock);
    }
    pthread_mutex_unlock(&j->lock);
    return NULL;
}

int writer_start(struct journal *j, struct err *e)
{
    pthread_mutex_init(&j->lock, NULL);
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&j->work, &monotonic);
    pthread_condattr_destroy(&monotonic);
    if (pthread_create(&j->writer, NULL, writer_main, j) != 0)
        return err_set(e, ERR_JOURNAL, "journal: cannot start the writer thread");
    j->writer_runs = true;
    return 0;
}

void writer_stop(struct journal *j)
{
    if (!j->writer_runs)
        return;
    pthread_mutex_lock(&j->lock);
    j->stop = true;
    pthread_cond_signal(&j->work);
    pthread_mutex_unlock(&j->lock);
    pthread_join(j->writer, NULL);
    pthread_mutex_destroy(&j->lock);
    pthread_cond_destroy(&j->work);
    j->writer_runs = false;
}

int journal_write(struct journal *j, write_fn *fn, void *arg, const struct submission_after *after,
                  struct err *e)
{
    struct submission s = {.fn = fn, .arg = arg};
    if (after)
        s.after = *after;
    ENSURE(j->writer_runs);
    ENSURE(sem_init(&s.finished, 0, 0) == 0);
    submit(j, &s);
    if (s.after.queued)
        s.after.queued(s.after.self, s.after.job);
    while (sem_wait(&s.finished) != 0)
        ; /* interrupted by a signal */
    sem_destroy(&s.finished);
    if (s.rc != 0 && e)
        *e = s.err;
    return s.rc;
}

void journal_post(struct journal *j, write_fn *fn, void *arg, const struct submission_after *after)
{
    struct submission *s = mem_alloc(sizeof(*s));
    *s = (struct submission){.fn = fn, .arg = arg, .owned = true};
    if (after)
        s->after = *after;
    ENSURE(j->writer_runs);
    submit(j, s);
}
