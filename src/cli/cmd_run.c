/* SPDX-License-Identifier: GPL-2.0-or-later */
/* run and once: open everything, start watchers and workers, wait for the end, close in reverse order. */
#include "../canary.h"
#include "../errors.h"
#include "../drift.h"
#include "../metrics.h"
#include "cli.h"

#include <errno.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#define TOPIC_START "start"

enum { DRAIN_MS = 600000 };

struct service {
    const struct cli *cli;
    struct conf *conf;
    struct journal *journal;
    struct desk desk;
    struct watch **watches;
    struct workers *workers;
    struct drift *drift;
    struct metrics *metrics;
    struct health *health;
    pthread_t signals;
    int64_t since_ms;
    int stop_fd, signal_fd;
    bool once, desk_open, hears_signals;
    bool damaged;     /* the journal turned out to be: begin anew */
    bool was_damaged; /* ... which is done now */
};

static void on_owed(void *self, const char *mailbox)
{
    struct service *s = self;
    for (size_t i = 0; s->watches && i < s->conf->n_mailboxes; i++) {
        if (s->watches[i] && strcmp(s->conf->mailboxes[i].name, mailbox) == 0)
            watch_wake(s->watches[i]);
    }
}

static void on_job(void *self)
{
    struct service *s = self;
    if (s->workers)
        workers_kick(s->workers);
}

static void on_finished(void *self, int64_t job)
{
    struct service *s = self;
    if (s->workers)
        workers_finished(s->workers, job);
}

static void tell_all_to_stop(struct service *s)
{
    /* a level, not an event: every poll on it wakes until the end */
    uint64_t one = 1;
    if (write(s->stop_fd, &one, sizeof(one)) < 0)
        LOG(LOG_ERROR, "run", "stop.failed", LN("errno", errno));
}

/* From any thread: all of them end, and serve() begins anew. */
static void on_damaged(void *self)
{
    struct service *s = self;
    __atomic_store_n(&s->damaged, true, __ATOMIC_SEQ_CST);
    tell_all_to_stop(s);
}

static int open_journal(struct service *s, struct err *e)
{
    struct journal_options o = {.dir = s->conf->journal.path,
                                .create = true,
                                .on_owed = on_owed,
                                .on_job = on_job,
                                .on_finished = on_finished,
                                .on_damaged = on_damaged,
                                .replace = true,
                                .distrust = s->was_damaged,
                                .conf = s->conf,
                                .self = s};
    return journal_open(&s->journal, &o, e);
}

/* What no restart mends ends the service for good, perhaps at a boot by night: the operator hears of it by
 * all ways, and of the next good start. Not who tries out a new installation. */
static void tell_not_started(struct service *s, const char *problems, const struct err *e)
{
    struct buf text = BUF_INIT(4000);
    if (s->once || journal_is_new(s->journal))
        return;
    buf_printf(&text,
               "frontdesk did not start, and takes no mail until it does: %s. %.1000s Fix: mend what it "
               "names, then systemctl start frontdesk.",
               e->text, problems);
    alert_ill(&s->desk, TOPIC_START, text.data);
    job_post_letters(&s->desk, 0);
    buf_release(&text);
}

/* A wrong label must stop the start; an Autotask that is down must not: mail is taken meanwhile. */
static int first_directory(struct service *s, struct err *e)
{
    struct buf problems = BUF_INIT(64 * 1024);
    int rc = desk_refresh(&s->desk, &problems, e);
    cli_problems(&problems);
    bool final = rc != 0 && (e->code == ERR_LABEL || e->code == ERR_CONFIG);
    if (final)
        tell_not_started(s, problems.data, e);
    buf_release(&problems);
    if (rc == 0 || final)
        return rc;
    if (desk_stopping(&s->desk))
        return err_set(e, ERR_STOPPING, "told to stop");
    LOG(LOG_WARN, "run", "autotask.unreachable", LS("error", e->text),
        LS("hint", "mail is taken and answered with Queued until it is back"));
    if (err_class(e) == ERR_CLASS_OPERATOR)
        alert_ill(&s->desk, "directory", e->text);
    return 0;
}

/* A letter of the firm that no longer fits, after an upgrade by night: told in the words of the package. */
static void tell_template(struct service *s, struct desk_options *o, const char *problems,
                          const struct err *e)
{
    struct buf ignored = BUF_INIT(64 * 1024);
    struct err why = ERR_INIT;
    desk_close(&s->desk);
    o->without_own = true;
    if (desk_open(&s->desk, o, &ignored, &why) == 0)
        tell_not_started(s, problems, e);
    buf_release(&ignored);
}

static int open_desk(struct service *s, struct err *e)
{
    struct buf problems = BUF_INIT(64 * 1024), rules = BUF_INIT(64 * 1024);
    struct desk_options o = {.conf = s->conf,
                             .journal = s->journal,
                             .stop_fd = s->stop_fd,
                             .with_outboxes = true,
                             .with_books = true,
                             .rule_problems = &rules};
    int rc = desk_open(&s->desk, &o, &problems, e);
    s->desk_open = true;
    cli_problems(&problems);
    cli_problems(&rules);
    if (rc == 0)
        errors_alert_rules(&s->desk, rules.data);
    else if (e->code == ERR_TEMPLATE)
        tell_template(s, &o, problems.data, e);
    buf_release(&problems);
    buf_release(&rules);
    return rc != 0 ? -1 : first_directory(s, e);
}

static int start_threads(struct service *s, struct err *e)
{
    if (workers_start(&s->workers, &s->desk, s->conf->limits.workers, e) != 0)
        return -1;
    s->watches = mem_alloc(s->conf->n_mailboxes * sizeof(struct watch *));
    for (size_t i = 0; i < s->conf->n_mailboxes; i++) {
        if (watch_start(&s->watches[i], &s->desk, i, s->since_ms, s->once, e) != 0)
            return -1;
    }
    if (s->once)
        return 0;
    if (drift_start(&s->drift, &s->desk, e) != 0 || health_start(&s->health, &s->desk, e) != 0)
        return -1;
    return metrics_start(&s->metrics, &s->desk, e);
}

/* A thread of its own, from before the first call on: a start that waits for Autotask, and `once`, must end
 * when they are told to. It also tells the service manager that all goes on. */
static void *signals_main(void *self)
{
    struct service *s = self;
    struct pollfd fds[] = {{.fd = s->signal_fd, .events = POLLIN}, {.fd = s->stop_fd, .events = POLLIN}};
    struct signalfd_siginfo info;
    int every_ms = notify_alive_every_ms(), n;
    while ((n = poll(fds, ARRAY_LEN(fds), every_ms)) == 0 || (n < 0 && errno == EINTR)) {
        if (n == 0)
            notify_alive();
    }
    if (fds[0].revents && read(s->signal_fd, &info, sizeof(info)) == sizeof(info)) {
        LOG(LOG_INFO, "run", "stopping", LN("signal", info.ssi_signo));
        tell_all_to_stop(s);
    }
    return NULL;
}

static int hear_signals(struct service *s, struct err *e)
{
    sigset_t signals;
    /* few arenas: idle memory counts, and the jobs' memory is in pools anyway */
    mallopt(M_ARENA_MAX, 8);
    signal(SIGPIPE, SIG_IGN);
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    s->signal_fd = signalfd(-1, &signals, SFD_CLOEXEC);
    s->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    s->hears_signals = pthread_create(&s->signals, NULL, signals_main, s) == 0;
    return s->hears_signals ? 0 : err_set(e, ERR_IO, "cannot start the thread that hears signals");
}

static int join_watches(struct service *s, struct err *e)
{
    int rc = 0;
    for (size_t i = 0; s->watches && i < s->conf->n_mailboxes; i++) {
        if (s->watches[i] && watch_join(&s->watches[i], e) != 0)
            rc = -1;
    }
    return rc;
}

/* Mail before watches: what an answer put off or accepted must not be told once more. Then the letters of the
 * day and of the watches leave. */
static bool do_all(struct service *s)
{
    bool all = workers_drain(s->workers, DRAIN_MS);
    retention_all(&s->desk);
    unproven_digest(&s->desk);
    if (s->conf->n_watches)
        drift_once(&s->desk);
    return workers_drain(s->workers, DRAIN_MS) && all;
}

/* Drain, do, and file what was done: filing needs a second visit. */
static int work_once(struct service *s, struct err *e)
{
    int rc = join_watches(s, e);
    if (rc == 0 && !do_all(s))
        rc = err_set(e, desk_stopping(&s->desk) ? ERR_STOPPING : ERR_BUSY,
                     "%s; `frontdesk journal list --state open` shows the rest",
                     desk_stopping(&s->desk) ? "told to stop" : "not everything could be done now");
    for (size_t i = 0; i < s->conf->n_mailboxes && rc == 0; i++)
        rc = watch_start(&s->watches[i], &s->desk, i, s->since_ms, true, e);
    return join_watches(s, e) != 0 ? -1 : rc;
}

static void close_all(struct service *s)
{
    struct err e = ERR_INIT;
    tell_all_to_stop(s);
    join_watches(s, &e);
    health_join(&s->health);
    metrics_stop(&s->metrics);
    drift_stop(&s->drift);
    workers_stop(&s->workers);
    journal_close(&s->journal);
    free(s->watches);
    s->watches = NULL;
    if (s->desk_open)
        desk_close(&s->desk);
    conf_free(&s->conf);
    if (s->hears_signals)
        pthread_join(s->signals, NULL);
    close(s->stop_fd);
    close(s->signal_fd);
}

static void print_start(const struct service *s)
{
    for (size_t i = 0; i < s->conf->n_mailboxes; i++) {
        const struct conf_mailbox *m = &s->conf->mailboxes[i];
        LOG(LOG_INFO, "run", "watching", LS("mailbox", m->name), LS("address", m->address),
            LS("host", m->imap.host));
        if (m->trust == CONF_TRUST_NONE)
            LOG(LOG_WARN, "run", "senders-not-authenticated", LS("mailbox", m->name),
                LS("hint",
                   "trust = \"none\": anybody who can write a From line is believed; every reply says so"));
    }
}

/* All at once, before anything is opened: a daemon that runs without its password would be a silent one. */
static bool secrets_are_there(const struct conf *conf)
{
    struct buf problems = BUF_INIT(64 * 1024);
    bool good = cli_check_secrets(conf, &problems) == 0;
    cli_problems(&problems);
    if (!good)
        fprintf(stderr, "frontdesk: nothing was started; `frontdesk doctor` looks at everything\n");
    buf_release(&problems);
    return good;
}

static void tell_replaced(struct service *s)
{
    struct buf text = BUF_INIT(2000);
    if (journal_was_replaced(s->journal, &text)) {
        buf_puts(
            &text,
            ". Mail in the inbox is taken again: each ticket is looked up in Autotask before it is made, and "
            "no "
            "answer leaves twice that is known to have left. Fix: see that the disk is sound; delete the "
            "damaged file when you miss nothing.");
        alert_ill(&s->desk, err_code_name(ERR_DAMAGED), text.data);
    }
    buf_release(&text);
}

static int work(struct service *s, struct err *e)
{
    if (open_journal(s, e) != 0 || open_desk(s, e) != 0)
        return -1;
    tell_replaced(s); /* before the watchers can tell that it is well */
    if (start_threads(s, e) != 0)
        return -1;
    alert_well(&s->desk, TOPIC_START, "frontdesk runs again");
    desk_forget_refusal(&s->desk);
    drift_forget_removed(&s->desk);
    /* what the operator asked for while nothing ran; `once` may be done before the keeper looks */
    journal_requests_run(s->journal);
    print_start(s);
    notify_service("READY=1");
    if (s->once)
        return work_once(s, e);
    pthread_join(s->signals, NULL);
    s->hears_signals = false;
    return 0;
}

/* *damaged: in, that the journal turned out to be; out, that it did so now, and all is to begin anew. */
static int serve_once(const struct cli *cli, bool once, bool *damaged)
{
    struct service s = {.cli = cli, .once = once, .was_damaged = *damaged};
    struct err e = ERR_INIT;
    log_find_journald();
    *damaged = false;
    s.conf = cli_conf(cli);
    if (!s.conf)
        return EX_CONFIG;
    if (cli->since && !cli_date(cli->since, s.conf->firm.timezone, &s.since_ms)) {
        conf_free(&s.conf);
        return cli_misused(cli, "--since %s: allowed is a day such as 2026-01-31", cli->since);
    }
    /* all mail until then would be left alone for good */
    if (s.since_ms > clock_now_ms()) {
        conf_free(&s.conf);
        return cli_misused(cli, "--since %s: that day is still to come", cli->since);
    }
    if (!secrets_are_there(s.conf)) {
        conf_free(&s.conf);
        return EX_CONFIG;
    }
    int rc = hear_signals(&s, &e);
    if (rc == 0)
        rc = work(&s, &e);
    notify_service("STOPPING=1");
    close_all(&s);
    *damaged = s.damaged;
    if (s.damaged)
        return EX_OK;
    /* `run` that is told to stop while it starts has done what it was told */
    return rc == 0 || (!once && e.code == ERR_STOPPING) ? EX_OK : cli_fail(&e);
}

static int serve(const struct cli *cli, bool once)
{
    bool damaged = false;
    int code;
    do
        code = serve_once(cli, once, &damaged);
    while (damaged);
    return code;
}

int cmd_run(const struct cli *cli)
{
    return serve(cli, false);
}

int cmd_once(const struct cli *cli)
{
    return serve(cli, true);
}
