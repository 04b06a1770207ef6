/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * workers: a small pool of threads that hands out jobs, oldest first, and one keeper for timers, the
 * directory and the operator's wishes. A job is claimed by its id in `busy`; one that was finished without
 * waiting stays there until the journal says that its end is on the disk, since until then the journal still
 * shows it as open.
 */
#include "desk.h"
#include "frontdesk/pulse.h"

enum {
    MOST_BUSY = 4096,
    READY = 256,
    REFRESH_S = 900,
    RETRY_S = 30,
    SOON_MS = 10000,
    AGAIN_MS = 20,
    QUIET_MS = 3000,
    LONGEST_WAIT_MS = 1000,
    /* longer than a wait, than a job with all its calls, than a new directory of many pages */
    SHOWS_MS = 60000,
    LONGEST_JOB_MS = 30 * 60000,
    LONGEST_ROUND_MS = 30 * 60000
};

struct workers {
    struct desk *desk;
    pthread_t *threads, keeper;
    unsigned n, started;
    bool keeper_runs;
    pthread_mutex_t lock;
    pthread_cond_t work, stopped; /* workers wait for work, the keeper for its next round */
    int64_t ready[READY];         /* jobs that may run; negative: only letters of that job (-1 - id) */
    size_t n_ready, at;
    int64_t *busy;
    size_t n_busy;
    bool dirty, stop;
    bool skipped;       /* something was due but its job was busy: look again soon */
    int64_t worked_ms;  /* last claim (or the start) since the keeper gave memory back; 0 = none */
    bool started_quiet; /* the start's memory was given back */
    int64_t next_due_ms;
    /* the journal could not be told how jobs went: nobody claims before hold_until_ms (monotonic), and then
     * one at a time until a job could be recorded */
    int64_t hold_until_ms;
    unsigned holds;
    bool probing;
};

static bool is_busy(const struct workers *w, int64_t id)
{
    for (size_t i = 0; i < w->n_busy; i++) {
        if (w->busy[i] == id)
            return true;
    }
    return false;
}

static void release(struct workers *w, int64_t id)
{
    for (size_t i = 0; i < w->n_busy; i++) {
        if (w->busy[i] == id) {
            w->busy[i] = w->busy[--w->n_busy];
            return;
        }
    }
}

/* Asks the journal what is due. The lock is held: the read is short, and two refills at once would only
 * repeat it. */
static void refill(struct workers *w)
{
    int64_t found[READY / 2], now_ms = clock_now_ms();
    w->dirty = w->skipped = false;
    w->n_ready = w->at = 0;
    size_t n = journal_letters_due(w->desk->journal, now_ms, found, 16);
    for (size_t i = 0; i < n; i++)
        w->ready[w->n_ready++] = -1 - found[i];
    n = journal_due(w->desk->journal, now_ms, found, READY / 2);
    for (size_t i = 0; i < n; i++)
        w->ready[w->n_ready++] = found[i];
    w->dirty = n == READY / 2; /* there may be more: look again when these are handed out */
    w->next_due_ms = journal_next_due(w->desk->journal, now_ms, true);
}

static int64_t job_of(int64_t ready)
{
    return ready < 0 ? -1 - ready : ready;
}

/* 1 s, 2 s, 4 s, 8 s: until then the same work would fail the same way, at the cost of calls to Autotask. */
static void hold(struct workers *w)
{
    int64_t ms = (int64_t)1000 << (w->holds < 3 ? w->holds : 3);
    w->dirty = true; /* no later commit tells that this job is due */
    if (clock_mono_ms() < w->hold_until_ms)
        return;
    w->holds++;
    w->hold_until_ms = clock_mono_ms() + ms;
    LOG(LOG_WARN, "workers", "hold", LN("ms", ms), LS("why", "the journal cannot be written"));
}

/* What was skipped comes up again soon; asking at every release would cost more than the work itself. */
static bool nothing_now(struct workers *w)
{
    if (w->skipped && w->next_due_ms > clock_now_ms() + AGAIN_MS)
        w->next_due_ms = clock_now_ms() + AGAIN_MS;
    return false;
}

/* The next piece of work that nobody has, marked busy; false when there is none now. */
static bool claim(struct workers *w, int64_t *out)
{
    if (w->holds && (w->probing || clock_mono_ms() < w->hold_until_ms))
        return false;
    for (int pass = 0; pass < 2; pass++) {
        while (w->at < w->n_ready) {
            int64_t r = w->ready[w->at++];
            if (is_busy(w, job_of(r)) || w->n_busy == MOST_BUSY ||
                (r >= 0 && !turns_claim(w->desk->turns, r))) {
                w->skipped = true;
                continue;
            }
            w->busy[w->n_busy++] = job_of(r);
            w->worked_ms = clock_mono_ms();
            w->probing = w->holds > 0;
            *out = r;
            return true;
        }
        if (pass == 0 && !w->dirty && clock_now_ms() < w->next_due_ms)
            return nothing_now(w);
        if (pass == 0)
            refill(w);
    }
    return nothing_now(w);
}

static void wait_on(struct workers *w, pthread_cond_t *what, int64_t ms)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += (long)(ms % 1000) * 1000000;
    until.tv_sec += (time_t)(ms / 1000) + until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    pthread_cond_timedwait(what, &w->lock, &until);
}

static void wait_for_work(struct workers *w)
{
    int64_t left = w->next_due_ms == INT64_MAX ? LONGEST_WAIT_MS : w->next_due_ms - clock_now_ms();
    wait_on(w, &w->work, left < 5 ? 5 : left > LONGEST_WAIT_MS ? LONGEST_WAIT_MS : left);
}

struct worker_arg {
    struct workers *workers;
    unsigned slot;
};

static void run_one(struct workers *w, unsigned slot, int64_t r)
{
    enum job_ran ran = JOB_RAN;
    if (r < 0)
        job_post_letters(w->desk, job_of(r));
    else
        ran = job_run(w->desk, slot, r);
    pthread_mutex_lock(&w->lock);
    w->probing = false;
    if (ran == JOB_UNRECORDED)
        hold(w);
    else if (r >= 0)
        w->holds = 0;
    w->skipped = w->skipped || ran == JOB_NOT_ITS_TURN;
    if (ran != JOB_FINISHING)
        release(w, job_of(r));
}

static void *worker_main(void *self)
{
    struct worker_arg arg = *(struct worker_arg *)self;
    struct workers *w = arg.workers;
    free(self);
    struct pulse *pulse = pulse_new("worker");
    pthread_mutex_lock(&w->lock);
    while (!w->stop) {
        int64_t r;
        pulse_promise(pulse, SHOWS_MS);
        if (claim(w, &r)) {
            /* each wakes the next while there is work: waking all would make them queue for the lock, and the
             * one mail that came in wait behind them */
            if (w->at < w->n_ready || w->dirty)
                pthread_cond_signal(&w->work);
            pthread_mutex_unlock(&w->lock);
            pulse_promise(pulse, LONGEST_JOB_MS);
            run_one(w, arg.slot, r);
            continue;
        }
        wait_for_work(w);
    }
    pthread_mutex_unlock(&w->lock);
    pulse_end(&pulse);
    return NULL;
}

/* --- the keeper --- */

static void keep_directory(struct desk *d, int64_t *next_ms)
{
    struct buf problems = BUF_INIT(16384);
    struct err e = ERR_INIT;
    int64_t soon_ms = clock_mono_ms() + RETRY_S * 1000;
    if (*next_ms > soon_ms && journal_alert_is(d->journal, err_code_name(ERR_CREDENTIALS)))
        *next_ms = soon_ms;
    if (clock_mono_ms() < *next_ms)
        return;
    if (desk_refresh(d, &problems, &e) == 0) {
        *next_ms = clock_mono_ms() + REFRESH_S * 1000;
        alert_well(d, "directory", "Autotask's staff list and labels can be read again");
        alert_well(d, err_code_name(ERR_CREDENTIALS), "Autotask takes frontdesk's login again");
    } else {
        int64_t wait_s = e.retry_after_s < 3600 ? e.retry_after_s : 3600;
        *next_ms = clock_mono_ms() + (wait_s > RETRY_S ? wait_s : RETRY_S) * 1000;
        LOG(LOG_WARN, "keeper", "directory.failed", LS("error", e.text));
        char text[900];
        snprintf(text, sizeof(text), "%s %.300s", e.text, problems.data);
        if (err_class(&e) == ERR_CLASS_OPERATOR)
            alert_ill(d, "directory", text);
    }
    buf_release(&problems);
}

/* When all is quiet, what a burst or the start left goes back to the system. */
static void give_memory_back(struct workers *w)
{
    if (w->n_busy || !w->worked_ms || clock_mono_ms() - w->worked_ms < QUIET_MS)
        return;
    w->worked_ms = 0;
    pthread_mutex_unlock(&w->lock);
    mem_trim(!w->started_quiet);
    w->started_quiet = true;
    pthread_mutex_lock(&w->lock);
}

static void *keeper_main(void *self)
{
    struct workers *w = self;
    struct desk_people *people = desk_people_get(w->desk);
    int64_t next_ms = people ? clock_mono_ms() + REFRESH_S * 1000 : 0, next_login_ms = 0, next_secret_ms = 0,
            next_digest_ms = 0;
    struct retention retention = {.next_ms = 0};
    struct clock_watch clock = {.next_ms = 0};
    desk_people_put(w->desk, people);
    struct pulse *pulse = pulse_new("keeper");
    pthread_mutex_lock(&w->lock);
    while (!w->stop) {
        pthread_mutex_unlock(&w->lock);
        pulse_promise(pulse, LONGEST_ROUND_MS);
        clock_keep(w->desk, &clock);
        keep_directory(w->desk, &next_ms);
        leg_autotask(w->desk, &next_ms);
        accounting_keep(w->desk, &next_login_ms);
        mailsecrets_keep(w->desk, &next_secret_ms);
        journal_requests_run(w->desk->journal);
        retention_keep(w->desk, &retention);
        unproven_keep(w->desk, &next_digest_ms);
        pthread_mutex_lock(&w->lock);
        give_memory_back(w);
        if (!w->stop)
            wait_on(w, &w->stopped, LONGEST_WAIT_MS);
    }
    pthread_mutex_unlock(&w->lock);
    pulse_end(&pulse);
    return NULL;
}

/* --- life
 * -----------------------------------------------------------------------------------------------------------
 */

int workers_start(struct workers **out, struct desk *d, unsigned n, struct err *e)
{
    struct workers *w = mem_alloc(sizeof(*w));
    pthread_condattr_t monotonic;
    *w = (struct workers){
        .desk = d, .n = n, .dirty = true, .worked_ms = clock_mono_ms(), .next_due_ms = INT64_MAX};
    w->threads = mem_alloc(n * sizeof(*w->threads));
    w->busy = mem_alloc(MOST_BUSY * sizeof(*w->busy));
    pthread_mutex_init(&w->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&w->work, &monotonic);
    pthread_cond_init(&w->stopped, &monotonic);
    pthread_condattr_destroy(&monotonic);
    *out = w;
    for (unsigned i = 0; i < n; i++) {
        struct worker_arg *arg = mem_alloc(sizeof(*arg));
        *arg = (struct worker_arg){w, i};
        if (pthread_create(&w->threads[i], NULL, worker_main, arg) != 0) {
            free(arg);
            return err_set(e, ERR_IO, "cannot start worker %u", i);
        }
        w->started++;
    }
    w->keeper_runs = pthread_create(&w->keeper, NULL, keeper_main, w) == 0;
    return w->keeper_runs ? 0 : err_set(e, ERR_IO, "cannot start the keeper");
}

void workers_kick(struct workers *w)
{
    pthread_mutex_lock(&w->lock);
    w->dirty = true;
    pthread_cond_signal(&w->work);
    pthread_mutex_unlock(&w->lock);
}

void workers_finished(struct workers *w, int64_t job)
{
    pthread_mutex_lock(&w->lock);
    release(w, job);
    pthread_mutex_unlock(&w->lock);
}

/* Nothing can be recorded: waiting would not mend it. */
static bool is_hopeless(const struct workers *w)
{
    int64_t ill_ms = journal_ill_since(w->desk->journal, NULL, 0);
    return ill_ms && clock_now_ms() - ill_ms > SOON_MS;
}

bool workers_drain(struct workers *w, int64_t ms)
{
    int64_t deadline = deadline_in(ms);
    bool idle = false;
    while (!idle && deadline_left(deadline) > 0 && !is_hopeless(w) && !desk_stopping(w->desk)) {
        int64_t id, now_ms = clock_now_ms();
        pthread_mutex_lock(&w->lock);
        idle = w->n_busy == 0 && journal_due(w->desk->journal, now_ms + SOON_MS, &id, 1) == 0 &&
               journal_letters_due(w->desk->journal, now_ms + SOON_MS, &id, 1) == 0;
        pthread_mutex_unlock(&w->lock);
        if (!idle)
            nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
    }
    return idle && journal_next_due(w->desk->journal, 0, false) == INT64_MAX;
}

void workers_stop(struct workers **workers)
{
    struct workers *w = *workers;
    if (!w)
        return;
    pthread_mutex_lock(&w->lock);
    w->stop = true;
    pthread_cond_broadcast(&w->work);
    pthread_cond_broadcast(&w->stopped);
    pthread_mutex_unlock(&w->lock);
    for (unsigned i = 0; i < w->started; i++)
        pthread_join(w->threads[i], NULL);
    if (w->keeper_runs)
        pthread_join(w->keeper, NULL);
    pthread_mutex_destroy(&w->lock);
    pthread_cond_destroy(&w->work);
    free(w->threads);
    free(w->busy);
    free(w);
    *workers = NULL;
}
