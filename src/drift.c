/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * drift: when a watch is due, its run, and what becomes of one that could not be made. See drift.h.
 *
 * A run changes the journal in one transaction or not at all. A check that failed, or that sees less than the
 * one before, says nothing about findings: they stay as they were told, and it is tried again. Of times that
 * passed meanwhile one run is made up for.
 */
#include "drift.h"

#include "frontdesk/pulse.h"

/* of which twenty letters with a large table are most */
enum { LOOK_MS = 1000, POOL_MB = 256 };
#define TOPIC     "watch-%s"
#define MINUTE_MS ((int64_t)60000)
/* how long a watch may fail before the operator hears of it */
#define GRACE_MS (12 * 60 * MINUTE_MS)

struct drift {
    struct desk *desk;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool stop;
};

/* --- when --- */

static int64_t retry_ms(unsigned tries)
{
    static const int minutes[] = {5, 15, 30, 60};
    return minutes[tries < ARRAY_LEN(minutes) ? tries : ARRAY_LEN(minutes) - 1] * MINUTE_MS;
}

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

int64_t drift_next(const struct conf *conf, const struct schedule *s, const struct journal_watch *row,
                   int64_t now_ms)
{
    /* a clock that was put back must not silence a watch */
    int64_t last_ms = row->ran_ms < now_ms ? row->ran_ms : now_ms, next_ms = 0;
    if (row->failing_ms)
        next_ms = row->tried_ms + retry_ms(row->tries ? row->tries - 1 : 0);
    else if (row->snoozed_ms > last_ms)
        next_ms = row->snoozed_ms; /* then what has changed meanwhile is told, whatever the schedule says */
    else if (row->known && !schedule_next(s, conf->firm.timezone, last_ms, &next_ms))
        BUG("firm.timezone");
    else if (!row->known)
        next_ms = now_ms;
    return later(next_ms, row->snoozed_ms);
}

const struct schedule *drift_schedule(const struct conf *conf, const char *watch)
{
    for (size_t i = 0; i < conf->n_watches; i++) {
        if (strcmp(conf->watches[i].check, watch) == 0)
            return &conf->watches[i];
    }
    return NULL;
}

/* --- a run --- */

static const char *topic_of(const struct drift_run *run)
{
    return pool_printf(run->pool, TOPIC, run->schedule->check);
}

static void tell_failing(struct drift_run *run, const struct err *why)
{
    const char *fix = err_fix(why->code);
    char since[32];
    int64_t since_ms = run->before.failing_ms ? run->before.failing_ms : run->now_ms;
    if (run->now_ms - since_ms < GRACE_MS)
        return;
    clock_format_local(since_ms, run->desk->conf->firm.timezone, since);
    alert_ill(run->desk, topic_of(run),
              pool_printf(run->pool,
                          "The watch of the check %s could not be made since %s: %s. What it told before "
                          "stays as it was, nothing counts as mended. It is tried again every hour.%s%s",
                          run->schedule->check, since, why->text, fix[0] ? " Fix: " : "", fix));
}

/* *unrecorded: it would be due at once, and again, at the cost of calls to both systems. */
static void note_failed(struct drift_run *run, const struct err *why, bool *unrecorded)
{
    struct err e = ERR_INIT;
    if (why->code == ERR_STOPPING || desk_stopping(run->desk))
        return;
    LOG(LOG_WARN, "drift", "failed", LS("watch", run->schedule->check), LS("error", why->text));
    if (journal_watch_failed(run->desk->journal, run->schedule->check, run->now_ms, why->text, &e) != 0) {
        LOG(LOG_ERROR, "drift", "unrecorded", LS("error", e.text));
        *unrecorded = true;
        return;
    }
    tell_failing(run, why);
}

/* What it does not see now and saw before would look as if it were mended. */
static int sees_enough(struct drift_run *run, const struct report *found, struct err *e)
{
    const struct report_sentence *s = check_newly_hidden(found, run->before.unseen);
    struct buf text = BUF_INIT(1000);
    struct err why = ERR_INIT;
    if (!run->before.known || !s)
        return 0;
    if (report_said(found, run->desk->templates, s, &text, &why) != 0)
        buf_puts(&text, s->key);
    err_set(e, ERR_PERMISSION, "%.*s", SLICE_ARG(slice_cut_utf8(buf_view(&text), 300)));
    buf_release(&text);
    return -1;
}

static int commit(struct drift_run *run, const struct report *found, struct err *e)
{
    struct buf hidden = BUF_INIT(8000);
    struct journal_letter *letters = NULL;
    struct journal_watch_run row = {.watch = run->schedule->check,
                                    .before = &run->before,
                                    .now_ms = run->now_ms,
                                    .fresh = run->add,
                                    .gone = run->gone,
                                    .back = run->back,
                                    .n_fresh = run->n_add,
                                    .n_gone = run->n_gone,
                                    .n_back = run->n_back};
    check_hidden(found, &hidden);
    row.unseen = pool_slice(run->pool, buf_view(&hidden));
    buf_release(&hidden);
    if (drift_letters(run, &letters, &row.n_letters, &row.about_all, e) != 0)
        return -1;
    row.letters = letters;
    if (pool_exhausted(run->pool))
        return err_set(e, ERR_EXHAUSTED, "the letters of this watch need more than %d MB of memory", POOL_MB);
    if (journal_watch_ran(run->desk->journal, &row, e) != 0)
        return -1;
    LOG(LOG_INFO, "drift", row.lost ? "lost" : "ran", LS("watch", run->schedule->check),
        LN("findings", run->findings), LN("new", run->n_add), LN("gone", run->n_told_gone),
        LN("letters", row.n_letters));
    if (!row.lost)
        alert_well(
            run->desk, topic_of(run),
            pool_printf(run->pool, "The watch of the check %s can be made again", run->schedule->check));
    return 0;
}

static int compare_and_tell(struct drift_run *run, struct err *e)
{
    struct desk *d = run->desk;
    struct check_result found = {0};
    struct check_sources sources = {
        .conf = d->conf, .autotask = d->autotask, .quickbooks = d->accounting ? d->accounting->qb : NULL};
    int rc = check_run(&found, run->check, "", &sources, e);
    if (rc == 0)
        rc = sees_enough(run, &found.report, e);
    if (rc == 0)
        rc = drift_compare(run, &found.report, e);
    if (rc == 0)
        rc = commit(run, &found.report, e);
    drift_release(run);
    check_release(&found);
    return rc;
}

/* Makes it if it is due; returns when it is due next, or (*unrecorded) when to try again. */
static int64_t look_after(struct desk *d, const struct schedule *s, bool *unrecorded)
{
    struct drift_run run = {.desk = d,
                            .schedule = s,
                            .check = check_find(slice_of(s->check)),
                            .pool = pool_new((size_t)POOL_MB << 20),
                            .now_ms = clock_now_ms()};
    struct err e = ERR_INIT;
    int rc = journal_watch_load(d->journal, s->check, run.pool, &run.before, &e);
    int64_t next_ms = rc == 0 ? drift_next(d->conf, s, &run.before, run.now_ms) : run.now_ms + MINUTE_MS;
    bool made = rc == 0 && next_ms <= run.now_ms;
    if (made) {
        rc = journal_watch_findings(d->journal, s->check, run.pool, &run.known, &run.n_known, &e);
        if (rc == 0)
            rc = compare_and_tell(&run, &e);
        *unrecorded = false;
        if (rc != 0)
            note_failed(&run, &e, unrecorded);
        /* the row is another one now: look again */
        next_ms = run.now_ms + (*unrecorded ? retry_ms(0) : 0);
    } else if (rc != 0) {
        LOG(LOG_ERROR, "drift", "load.failed", LS("error", e.text));
    }
    pool_free(&run.pool);
    if (made)
        mem_trim(false); /* thousands of rows were read: idle memory counts */
    return next_ms;
}

void drift_forget_removed(struct desk *d)
{
    for (size_t i = 0; schedule_checks[i]; i++) {
        char topic[64];
        struct err e = ERR_INIT;
        if (drift_schedule(d->conf, schedule_checks[i]))
            continue;
        if (journal_watch_forget(d->journal, schedule_checks[i], &e) != 0)
            LOG(LOG_ERROR, "drift", "forget.failed", LS("error", e.text));
        snprintf(topic, sizeof(topic), TOPIC, schedule_checks[i]);
        alert_well(d, topic, "The settings do not watch this check any more");
    }
}

void drift_once(struct desk *d)
{
    bool unrecorded = false;
    for (size_t i = 0; i < d->conf->n_watches && !desk_stopping(d); i++)
        (void)look_after(d, &d->conf->watches[i], &unrecorded);
}

/* --- the thread --- */

static void wait_a_moment(struct drift *w)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += LOOK_MS / 1000;
    pthread_mutex_lock(&w->lock);
    if (!w->stop)
        pthread_cond_timedwait(&w->wake, &w->lock, &until);
    pthread_mutex_unlock(&w->lock);
}

static bool told_to_stop(struct drift *w)
{
    pthread_mutex_lock(&w->lock);
    bool stop = w->stop;
    pthread_mutex_unlock(&w->lock);
    return stop || desk_stopping(w->desk);
}

static void *drift_main(void *self)
{
    /* SILENT: longer than the largest check of slow books */
    enum { MOST_MS = 20000, SILENT_MS = 2 * 3600 * 1000 };
    struct drift *w = self;
    struct pulse *pulse = pulse_new("drift");
    int64_t next_ms[SCHEDULE_MOST] = {0}, looked_ms[SCHEDULE_MOST] = {0};
    bool unrecorded[SCHEDULE_MOST] = {false};
    while (!told_to_stop(w)) {
        for (size_t i = 0; i < w->desk->conf->n_watches && !told_to_stop(w); i++) {
            /* an answer by mail may have moved it: the journal is asked now and then */
            if (clock_now_ms() < next_ms[i] && (unrecorded[i] || clock_mono_ms() - looked_ms[i] < MOST_MS))
                continue;
            pulse_promise(pulse, SILENT_MS);
            next_ms[i] = look_after(w->desk, &w->desk->conf->watches[i], &unrecorded[i]);
            looked_ms[i] = clock_mono_ms();
        }
        pulse_promise(pulse, SILENT_MS);
        wait_a_moment(w);
    }
    pulse_end(&pulse);
    return NULL;
}

int drift_start(struct drift **out, struct desk *d, struct err *e)
{
    *out = NULL;
    if (!d->conf->n_watches)
        return 0;
    struct drift *w = mem_alloc(sizeof(*w));
    pthread_condattr_t monotonic;
    *w = (struct drift){.desk = d};
    pthread_mutex_init(&w->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&w->wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
    if (pthread_create(&w->thread, NULL, drift_main, w) != 0) {
        free(w);
        return err_set(e, ERR_IO, "cannot start the thread of drift watch");
    }
    *out = w;
    return 0;
}

void drift_stop(struct drift **drift)
{
    struct drift *w = *drift;
    if (!w)
        return;
    pthread_mutex_lock(&w->lock);
    w->stop = true;
    pthread_cond_signal(&w->wake);
    pthread_mutex_unlock(&w->lock);
    pthread_join(w->thread, NULL);
    pthread_cond_destroy(&w->wake);
    pthread_mutex_destroy(&w->lock);
    free(w);
    *drift = NULL;
}

/* --- answers --- */

void drift_answer_facts(struct desk *d, const struct plan *p, struct facts_input *in, struct pool *pool)
{
    struct watch_facts *w = pool_alloc(pool, sizeof(*w));
    struct journal_watch row = {.why = ""};
    struct journal_watch_answer a;
    struct err e = ERR_INIT;
    (void)plan_watch_answer(p, &a);
    *w = (struct watch_facts){.check = pool_copy(pool, a.about.watch), .last = "", .next = "", .until = ""};
    w->schedule = drift_schedule(d->conf, w->check);
    in->watch = w;
    if (!d->journal || journal_watch_load(d->journal, w->check, pool, &row, &e) != 0)
        return;
    if (a.snooze_ms || a.undo)
        row.snoozed_ms = a.snooze_ms;
    w->accepts = a.ack ? journal_watch_open(d->journal, &a.about) : 0;
    w->findings = row.findings;
    w->acked = a.undo ? 0 : row.acked + w->accepts;
    w->last = drift_when(d, row.ran_ms, pool);
    int64_t now_ms = clock_now_ms();
    if (row.snoozed_ms > now_ms)
        w->until = drift_when(d, row.snoozed_ms, pool);
    if (w->schedule)
        w->next = drift_when(d, later(drift_next(d->conf, w->schedule, &row, now_ms), now_ms), pool);
}
