/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * desk: what the flow shares: configuration, journal, the two ways out, templates, and the directory of the
 * day. Opened once by `run`, `once` and `explain`; everything in it is thread-safe or immutable.
 */
#ifndef FRONTDESK_SRC_DESK_H
#define FRONTDESK_SRC_DESK_H

#include "frontdesk/action.h"
#include "frontdesk/cage.h"
#include "frontdesk/diagnose_match.h"
#include "frontdesk/mailbox.h"
#include "frontdesk/message_texts.h"
#include "frontdesk/outbox.h"
#include "frontdesk/quickbooks.h"

#include <pthread.h>

struct report;

struct desk {
    const struct conf *conf;
    struct journal *journal; /* explain: read-only, or NULL when there is none */
    struct http http;
    struct budget *budget;
    struct cage *cage; /* where mail is taken apart */
    struct autotask *autotask;
    struct accounting *accounting; /* NULL: no QuickBooks, or not opened with_books */
    struct templates *templates;
    struct diagnose_rules *rules; /* known errors */
    struct command_topic *topics; /* the how-tos of the templates, as `help` takes them */
    size_t n_topics;
    struct outbox *outboxes; /* one a mailbox, in the order of the configuration */
    struct outbox second;    /* alerts.smtp; send NULL: there is none */
    struct legs *legs;       /* legs.c; NULL: nobody keeps account */
    char message_id_host[300];
    int stop_fd; /* readable = stop */
    /* held while a mail is read: shared, or alone for one that was being read when frontdesk died */
    pthread_rwlock_t reading;

    pthread_mutex_t lock;
    struct desk_people *people; /* NULL until Autotask was reached once */
    size_t drained;             /* mailboxes that were gone through since the start; guarded by lock */
    unsigned stuck; /* mailboxes that cannot take mail because a disk is full or cannot be written; guarded by
                       lock */
    struct unkept *unkept; /* alert.c */
    struct turns *turns;
    int64_t *sent; /* breaker.c; guarded by lock, like sent_at and tripped */
    size_t sent_at;
    bool tripped;           /* letters waited for it */
    struct loop *loops;     /* loops.c; guarded by lock */
    unsigned reports;       /* being made; guarded by lock */
    unsigned told_unproven; /* letters at once about refused staff on day told_day; guarded by lock */
    int64_t told_day;
    pthread_mutex_t digest; /* the letter of the day: the keeper and `once` both look whether it is due */
};

/* A directory with its index, held while a job reads it. */
struct desk_people {
    struct directory *directory;
    struct command_names *names;
    int users;
};

struct desk_options {
    const struct conf *conf;
    struct journal *journal;
    int stop_fd;
    bool with_outboxes, with_books, without_own; /* without_own: no templates of the firm's */
    struct buf *rule_problems;                   /* NULL: in *problems with the others */
};

/* Opens everything but the directory. Template problems come as lines in *problems, and those of the firm's
 * rules in options->rule_problems, which are no failure: such a rule is left out. */
int desk_open(struct desk *d, const struct desk_options *options, struct buf *problems,
              struct err *e) MUST_USE;
void desk_close(struct desk *d);
bool desk_stopping(const struct desk *d);
/* Reads the directory anew; the old one stays until its last user lets go. */
int desk_refresh(struct desk *d, struct buf *problems, struct err *e) MUST_USE;
/* NULL when Autotask has not been reached yet. */
struct desk_people *desk_people_get(struct desk *d);
void desk_people_put(struct desk *d, struct desk_people *people);
/* A refusal to act in the sender's name is believed for good, until the settings do without it. */
void desk_forget_refusal(struct desk *d);
const struct conf_mailbox *desk_mailbox(const struct desk *d, const char *name, size_t *index);

/* --- understand.c: for the cage, cage_on_question --- */
void reading_pauses(void);
void reading_goes_on(void);

/* --- job.c
 * ----------------------------------------------------------------------------------------------------------
 */
/* FINISHING: ended without waiting, must not be claimed again before the journal says so. UNRECORDED: the
 * journal could not be told how it went; trying again at once would only repeat what failed. NOT_ITS_TURN:
 * nothing was done; it comes up again soon. */
enum job_ran { JOB_RAN, JOB_FINISHING, JOB_UNRECORDED, JOB_NOT_ITS_TURN };
/* Runs job `id` as far as it goes. `slot` 0..63: this worker's. */
enum job_ran job_run(struct desk *d, unsigned slot, int64_t id);
/* "understand", "act" ...: the stage of mail in that state; "" = none. */
const char *job_stage_name(enum job_state state);
/* Offers the unsent interim letters of a job, or the alerts (job 0). */
void job_post_letters(struct desk *d, int64_t job);

/* Memory that one job may use. */
enum { JOB_POOL_MB = 16 };
/* What a mail would become, without doing it: fills what explain prints. */
struct job_view {
    struct message message;
    struct gate_result gate;
    struct command command;
    struct plan plan;
    struct origin *origin;       /* NULL: the mail could not be read */
    struct message_texts *texts; /* what can be read in it; NULL: not looked at yet */
    struct diagnoses *errors;    /* known errors that count; NULL: there are none */
    bool thanks;                 /* it only thanks for a diagnosis */
    bool has_command, has_plan;
    bool follows;       /* the plan is that of a follow-up */
    bool wait;          /* what it answers is still being worked on: there is no plan yet */
    unsigned explained; /* explanations around this one */
    bool assumed;       /* explain --subject: no mail, its sender is taken for proven */
    bool is_over;       /* only its header was read: it is over the limit `over`, or (false) no mail */
    enum message_over over;
    const char *told; /* what the sender is told of an error; NULL: what is said of every such error */
    char unreadable[512];
    char key[65];
};
/* The same reading, judging and planning as a job's. `bytes` or `path`. Only out->explained and out->assumed
 * are read. */
int job_look(struct desk *d, const struct conf_mailbox *mailbox, struct slice bytes, const char *path,
             bool headers_only, int64_t received_ms, struct desk_people *people, struct pool *pool,
             struct job_view *out, struct err *e) MUST_USE;
/* The same for a mail that was read and judged already: v->message and v->gate in, the rest out. */
int job_decide(struct desk *d, const struct conf_mailbox *mailbox, const struct mail_bytes *mail,
               int64_t received_ms, struct desk_people *people, struct pool *pool, struct job_view *v,
               struct err *e) MUST_USE;
/* The final letter of a plan, from `template`; strings in pool. `report`: what the letter is about, with its
 * table as a file; NULL: none. */
int job_letter(struct desk *d, const struct plan *plan, const struct conf_mailbox *mailbox,
               const struct facts_input *facts, const struct report *report, const char *template,
               const char *kind, const char *key, struct pool *pool, struct journal_letter *out,
               struct err *e) MUST_USE;

/* --- turns.c: the order in which mails leave `taken`. Thread-safe; a job without a place has its turn at
 * once.
 */
struct turns *turns_new(void);
void turns_free(struct turns **turns);
/* A worker wants job `id`, in the order of their ids. False: what it waits for has not moved yet. */
bool turns_claim(struct turns *t, int64_t id) MUST_USE;
/* The mail was read, its sender proven. True when it is its turn; false: give the worker back, its place is
 * kept. */
bool turns_wait(struct turns *t, int64_t id, const char *sender, const struct message *m) MUST_USE;
/* Its plan stands in the queue of the journal's writer. */
void turns_queued(struct turns *t, int64_t id);
/* It is through with the first stage, or was not in it. */
void turns_left(struct turns *t, int64_t id);

/* --- watch.c: one thread a mailbox --- */
struct watch;
/* `since_ms`: 0 = new mail only on a first start. `once`: drain, and return from watch_join. `mailbox`:
 * index. */
int watch_start(struct watch **out, struct desk *d, size_t mailbox, int64_t since_ms, bool once,
                struct err *e) MUST_USE;
/* Has mail to be filed. Safe from any thread. */
void watch_wake(struct watch *w);
/* Waits for its end. -1 with *e when it ended because of an error. */
int watch_join(struct watch **w, struct err *e);

/* --- workers.c --- */
struct workers;
int workers_start(struct workers **out, struct desk *d, unsigned n, struct err *e) MUST_USE;
/* A job can run. */
void workers_kick(struct workers *w);
void workers_finished(struct workers *w, int64_t job);
/* Waits until nobody works and nothing is due within ten seconds (once), at most `ms` or until told to stop.
 * True when nothing at all is left. */
bool workers_drain(struct workers *w, int64_t ms);
void workers_stop(struct workers **w);

/* --- accounting.c: the way to QuickBooks --- */
struct accounting {
    struct http http; /* not Autotask's: the system's trust */
    struct budget *budget;
    struct quickbooks *qb;
    int64_t look_ms; /* the keeper's: when a failing one is looked at again (monotonic) */
};
/* NULL without an error when the settings have no QuickBooks. `shared`: the state directory may be used. */
int accounting_open(struct accounting **out, const struct conf *conf, int stop_fd, bool shared,
                    struct err *e) MUST_USE;
void accounting_close(struct accounting **a);
/* The keeper: keeps the login alive, and tells the operator before it ends and when it has ended. Looks when
 * *next_ms (monotonic) has come. */
void accounting_keep(struct desk *d, int64_t *next_ms);

/* --- mailsecrets.c --- */
/* The keeper's part: hourly, whether a secret for mail ends soon. */
void mailsecrets_keep(struct desk *d, int64_t *next_ms);

/* --- clockwatch.c --- */
struct clock_watch {
    int64_t away_ms;    /* from where the clock was before it jumped */
    int64_t jumped_ms;  /* the last time; monotonic */
    int64_t unmoved_ms; /* believed, and not followed in the journal yet */
    int64_t next_ms;
    bool moved; /* it was far away a round ago */
};
/* The keeper's part, each round. */
void clock_keep(struct desk *d, struct clock_watch *w);
/* It jumped, and whether it is right now nobody knows. */
bool clock_is_doubted(struct desk *d);

/* --- breaker.c --- */
/* May this letter leave now? It counts then. -1 with ERR_BUSY: too many left in the last hour. */
int breaker_take(struct desk *d, const struct journal_letter *l, struct err *e) MUST_USE;
/* It did not leave. */
void breaker_give_back(struct desk *d, const struct journal_letter *l);

/* --- legs.c --- */
/* The first two are of a mailbox. */
enum leg {
    LEG_MAIL_IN,
    LEG_MAIL_OUT,
    LEG_AUTOTASK,
    LEG_QUICKBOOKS,
    LEG_ALERT_SMTP,
    LEG_ALERT_COMMAND,
};
void legs_open(struct desk *d);
void legs_close(struct desk *d);
/* How using it went. The operator is told once when it fails for longer than its grace, and once when it
 * works again. Without legs_open nothing happens. */
void leg_failed(struct desk *d, enum leg leg, size_t mailbox, const struct err *why);
void leg_works(struct desk *d, enum leg leg, size_t mailbox);
bool leg_is_failing(struct desk *d, enum leg leg, size_t mailbox);
/* The same of an offered letter: what is refused for the letter's sake says nothing about the leg. */
void leg_tried_out(struct desk *d, size_t mailbox, int rc, const struct err *e);
/* Whose grace is over? Every second. */
void legs_judge(struct desk *d);
/* The keeper's part, each round; *directory_ms: when it reads the directory next (monotonic). */
void leg_autotask(struct desk *d, int64_t *directory_ms);
/* How they stand, also beside the process that keeps account; how many of `out`. */
struct leg_view {
    enum leg leg;
    size_t mailbox;
    char name[48];                 /* "mail-in-desk" */
    int64_t worked_ms, failing_ms; /* 0 = never; 0 = it does not fail */
};
enum { LEGS_MOST = 128 };
size_t legs_look(const struct conf *conf, struct leg_view *out, size_t max);

/* --- ways.c --- */
int ways_open(struct desk *d, struct err *e) MUST_USE;
/* The sender of an alert. */
const char *ways_from(const struct conf *conf);
/* An alert to the operator, by the second server or the first mailbox's. */
int ways_mail(struct desk *d, const char *to, struct slice bytes, struct err *e) MUST_USE;
/* An alert to the operator's program: what it reads, and the same again as it was queued ("ill TOPIC"). */
void ways_words(const struct desk *d, const char *topic, const char *text, bool ill, struct buf *out);
int ways_command(struct desk *d, const char *to, const char *id, struct slice words, struct err *e) MUST_USE;

/* --- unproven.c --- */
/* A mail was refused: the operator hears of the first one of an address that Autotask knows. */
void unproven_refused(struct desk *d, const struct gate_result *gate);
void unproven_proved(struct desk *d, const char *address);
/* Writes the letter of the day when one has passed; the keeper asks every minute, `once` each time. */
void unproven_digest(struct desk *d);
void unproven_keep(struct desk *d, int64_t *next_ms);

/* --- retention.c --- */
struct retention {
    int64_t next_ms, after; /* monotonic; the last job that was looked at */
    size_t erased;
};
/* The keeper: one short piece, an hour after the last one ended. */
void retention_keep(struct desk *d, struct retention *r);
/* `once`: all of it. */
void retention_all(struct desk *d);

/* --- alert.c --- */
/* Tells the operator once that `topic` is ill (text: what, where, the fix), and once that it is well again.
 */
void alert_ill(struct desk *d, const char *topic, const char *text);
void alert_well(struct desk *d, const char *topic, const char *text);
/* Ill, in the words and under the topic for a disk that is full or cannot be written; the watchers turn it
 * well. */
void alert_unwritable(struct desk *d, const struct err *why);
void alert_writable(struct desk *d);
/* The letter of the day: lines of what was refused. */
void alert_digest(struct desk *d, const char *lines);

#endif
