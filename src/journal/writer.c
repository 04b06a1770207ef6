/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * writer: the one thread that writes. While an fsync runs, submissions queue up; the next transaction takes
 * them all, each in its own SAVEPOINT, so that a failing one takes nobody along. No timer: an idle writer
 * commits at once.
 */
#include "db.h"

const struct submission_after submission_wakes = {.job_ready = true};

static int run_one(struct db *db, struct submission *s)
{
    static const char save[] = "SAVEPOINT one", release[] = "RELEASE one", undo[] = "ROLLBACK TO one";
    struct query q = query_start(db, save);
    if (query_run(&q, &s->err) != 0)
        return -1;
    s->rc = s->fn(db, s->arg, &s->err);
    if (s->rc != 0) {
        q = query_start(db, undo);
        if (query_run(&q, NULL) != 0)
            return -1;
    }
    q = query_start(db, release);
    return query_run(&q, &s->err);
}

static int commit_all(struct db *db, struct submission *list, struct err *e)
{
    static const char begin[] = "BEGIN IMMEDIATE", commit[] = "COMMIT";
    struct query q = query_start(db, begin);
    if (query_run(&q, e) != 0)
        return -1;
    for (struct submission *s = list; s; s = s->next) {
        if (run_one(db, s) != 0 && s->rc == 0)
            s->rc = -1;
    }
    CRASH_POINT("journal.before-commit");
    q = query_start(db, commit);
    int rc = query_run(&q, e);
    CRASH_POINT("journal.after-commit");
    return rc;
}

static void run_batch(struct journal *j, struct submission *list)
{
    struct err e = ERR_INIT;
    if (commit_all(&j->write, list, &e) != 0) {
        if (!sqlite3_get_autocommit(j->write.handle) && db_exec(&j->write, "ROLLBACK", NULL) != 0)
            LOG(LOG_ERROR, "journal", "rollback.failed", LS("error", sqlite3_errmsg(j->write.handle)));
        LOG(LOG_ERROR, "journal", "commit.failed", LS("error", e.text));
        for (struct submission *s = list; s; s = s->next) {
            s->rc = -1;
            s->err = e;
        }
    }
}

static void enqueue(struct journal *j, struct submission *s)
{
    if (j->tail)
        j->tail->next = s;
    else
        j->head = s;
    j->tail = s;
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
        s->finished = true;
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
    pthread_mutex_lock(&j->lock);
    while (list) {
        struct submission *next = list->next, *s = finish_one(j, list);
        if (s) {
            enqueue(j, s);
            again = true;
        }
        list = next;
    }
    pthread_cond_broadcast(&j->done);
    pthread_mutex_unlock(&j->lock);
    if (again)
        nanosleep(&(struct timespec){.tv_nsec = 200000000}, NULL);
}

static void *writer_main(void *self)
{
    struct journal *j = self;
    pthread_mutex_lock(&j->lock);
    for (;;) {
        while (!j->head && !j->stop)
            pthread_cond_wait(&j->work, &j->lock);
        if (!j->head)
            break;
        struct submission *list = j->head;
        j->head = j->tail = NULL;
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
    pthread_cond_init(&j->work, NULL);
    pthread_cond_init(&j->done, NULL);
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
    pthread_cond_destroy(&j->done);
    j->writer_runs = false;
}

int journal_write(struct journal *j, write_fn *fn, void *arg, const struct submission_after *after,
                  struct err *e)
{
    struct submission s = {.fn = fn, .arg = arg};
    if (after)
        s.after = *after;
    ENSURE(j->writer_runs);
    pthread_mutex_lock(&j->lock);
    enqueue(j, &s);
    while (!s.finished)
        pthread_cond_wait(&j->done, &j->lock);
    pthread_mutex_unlock(&j->lock);
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
    pthread_mutex_lock(&j->lock);
    enqueue(j, s);
    pthread_mutex_unlock(&j->lock);
}
