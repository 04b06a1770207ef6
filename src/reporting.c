/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * reporting: what takes seconds to minutes because both systems are read: a check that was asked for by mail,
 * and the confirming of a diagnosis. It changes nothing anywhere, so it is simply made again when frontdesk
 * dies meanwhile; what counts is the letter.
 *
 * So that no ticket waits behind one, half of the workers at most make reports at a time; and when it takes
 * more than SOON_MS the sender hears that it is being made.
 */
#include "job_private.h"

enum { SOON_MS = 8000, AGAIN_MS = 1000 };

bool job_take_room(struct job *job)
{
    struct desk *d = job->desk;
    struct err e = ERR_INIT;
    unsigned most = d->conf->limits.workers / 2;
    pthread_mutex_lock(&d->lock);
    bool room = d->reports < (most ? most : 1);
    d->reports += room;
    pthread_mutex_unlock(&d->lock);
    job->waits = !room;
    if (!room && journal_later(d->journal, &job->row, clock_now_ms() + AGAIN_MS, job->row.tries,
                               "waits until other reports are made", &e) != 0)
        LOG(LOG_ERROR, "job", "later.failed", LS("error", e.text));
    return room;
}

void job_give_room(struct desk *d)
{
    pthread_mutex_lock(&d->lock);
    d->reports--;
    pthread_mutex_unlock(&d->lock);
}

struct making {
    void (*make)(void *self);
    void *self;
    bool done;
    pthread_mutex_t lock;
    pthread_cond_t made;
};

static void *make(void *self)
{
    struct making *m = self;
    m->make(m->self);
    pthread_mutex_lock(&m->lock);
    m->done = true;
    pthread_cond_signal(&m->made);
    pthread_mutex_unlock(&m->lock);
    return NULL;
}

/* True when it was made within SOON_MS. */
static bool made_soon(struct making *m)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += SOON_MS / 1000;
    pthread_mutex_lock(&m->lock);
    while (!m->done && pthread_cond_timedwait(&m->made, &m->lock, &until) == 0)
        ;
    bool done = m->done;
    pthread_mutex_unlock(&m->lock);
    return done;
}

void job_make_aside(struct job *job, void (*how)(void *self), void *self, bool tell)
{
    struct making m = {.make = how, .self = self};
    pthread_mutex_init(&m.lock, NULL);
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&m.made, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pthread_t thread;
    if (pthread_create(&thread, NULL, make, &m) == 0) {
        if (tell && !made_soon(&m))
            job_tell_meanwhile(job, "working", "");
        pthread_join(thread, NULL);
    } else {
        make(&m);
    }
    pthread_mutex_destroy(&m.lock);
    pthread_cond_destroy(&m.made);
}

struct check_sources job_sources(const struct desk *d)
{
    return (struct check_sources){
        .conf = d->conf, .autotask = d->autotask, .quickbooks = d->accounting ? d->accounting->qb : NULL};
}

/* --- checks --- */

struct checking {
    const struct check *check;
    const char *argument;
    struct check_sources sources;
    struct check_result *out;
    struct err *e;
    int rc;
};

static void run_check(void *self)
{
    struct checking *c = self;
    c->rc = check_run(c->out, c->check, c->argument, &c->sources, c->e);
}

int job_report(struct job *job, struct check_result *found, const struct report **report, struct err *e)
{
    static const char verb[] = "check ";
    *report = NULL;
    if (strcmp(job->plan.reply, "report") != 0)
        return 0;
    struct slice asked = slice_of(job->plan.verb);
    const struct check *check =
        slice_starts(asked, slice_of(verb)) ? check_find(slice_skip(asked, sizeof(verb) - 1)) : NULL;
    if (!check)
        return err_set(e, ERR_CONFIG, "this frontdesk has no check of the name \"%s\"", job->plan.verb);
    if (!job_take_room(job))
        return 0;
    struct checking c = {.check = check,
                         .argument = job->plan.argument ? job->plan.argument : "",
                         .sources = job_sources(job->desk),
                         .out = found,
                         .e = e};
    job_make_aside(job, run_check, &c, true);
    job_give_room(job->desk);
    *report = &found->report;
    return c.rc;
}
