/* SPDX-License-Identifier: GPL-2.0-or-later */
/* job_private: one job while it runs; its stages live in understand.c, act.c and answer.c. */
#ifndef FRONTDESK_SRC_JOB_PRIVATE_H
#define FRONTDESK_SRC_JOB_PRIVATE_H

#include "desk.h"

#include "frontdesk/action_watch.h"
#include "frontdesk/check.h"

#define DAY_MS ((int64_t)86400000)

struct job {
    struct desk *desk;
    unsigned slot;
    struct pool *pool;
    struct journal_job row;
    const struct conf_mailbox *mailbox; /* NULL: no longer configured */
    size_t mailbox_index;
    struct plan plan;
    bool plan_loaded;
    bool planned_now;             /* the plan was committed by this very run */
    bool unblocked;               /* ... and no older job of the conversation stood before it */
    bool unanswered;              /* ... and it was never answered before */
    struct journal_letter answer; /* stored by this very run; id 0 = none */
    struct perform perform;
    const char *told;  /* what the sender is told of the error; NULL: what is said of every such error */
    bool finished;     /* its end is on the way to the disk */
    bool waits;        /* for an older job of its conversation */
    bool not_its_turn; /* turns.c */
    bool quiet;        /* a likely loop: it gets no letter before its plan is made either */
    bool is_old; /* from before what the journal keeps: parked, and nobody is written to but the operator */
    int64_t moved_ms; /* clock_moved_ms when it was loaded */
    bool unrecorded;  /* the journal could not be told how it went: the job is due as it was */
};

/* By how much the clock jumped since the job was loaded: its times are behind by that. */
int64_t job_moved_ms(const struct job *job);

/* origin.c: what a mail answers. */
struct origin {
    bool found;
    bool is_new; /* it hangs in a thread of ours, but its subject is a request of its own */
    struct journal_job root, again;
    struct plan plan, again_plan;
    struct plan_origin plain; /* points into this struct */
    bool watch;               /* what it answers is a letter of drift watch, or an answer about one */
    struct plan_watched watched;
};
/* `self`: the mail's own job, 0 = none (explain). */
int origin_find(struct desk *d, int64_t self, const struct message *m, const struct command *c,
                const struct gate_result *gate, struct pool *pool, struct origin *out,
                struct err *e) MUST_USE;
/* The reference of a letter of drift watch, for its token. */
const char *origin_watch_ref(const char *watch, unsigned letter, struct pool *pool);
/* What came while job `root` waited. */
void origin_kept(struct desk *d, int64_t root, struct pool *pool, struct plan_kept *out);
/* "[fd:7KQ2.<digits>]": job and asker, signed with the key of this installation. "" without a journal. */
const char *origin_token(struct desk *d, const char *ref, const char *asker, struct pool *pool);

/* addressed.c: does To or Cc name an address of a domain of ours? */
bool addressed_to_us(const struct conf *conf, const struct message *m);

/* loops.c: does this sender say the same again and again? LIKELY: no letter any more; SURE: nothing is done
 * either. */
enum loop_kind { LOOP_NONE, LOOP_LIKELY, LOOP_SURE };
struct loop_seen {
    enum loop_kind kind;
    bool answers, has_text; /* an answer to us; with words of the sender's own besides the subject */
};
#define LOOP_REASON "loop: the same words again and again within two hours"
/* Counts the mail, once. */
struct loop_seen loops_look(struct job *job, const struct message *m) MUST_USE;
/* With the plan of what was seen: LIKELY takes the letter out of it. A likely loop is none if its plan is a
 * person's, and a sure one if nothing would be done but write a letter. */
enum loop_kind loops_weigh(const struct loop_seen *seen, struct job_view *v) MUST_USE;
/* The operator hears of it, once. */
void loops_tell(struct job *job, enum loop_kind kind);

/* unreadable.c: a mail that could not be read in full. */
/* Reads its header, as far as that is within the limits. `why`: what reading all of it said. */
int unreadable_read(struct desk *d, struct job_view *v, const struct mail_bytes *mail, const struct err *why,
                    struct cage_reader **held, struct err *e) MUST_USE;
/* Only its header was fetched. */
void unreadable_large(const struct desk *d, struct job_view *v);
/* For the sender: which limit, and what to do. */
const char *unreadable_reason(const struct desk *d, const struct job_view *v, struct pool *pool);
const char *unreadable_advice(const struct desk *d, const struct job_view *v, struct pool *pool);

/* The stages: 0 when the next state is committed (or on its way, for the end); -1 with *e. */
int job_understand(struct job *job, struct err *e) MUST_USE;
int job_act(struct job *job, struct err *e) MUST_USE;
int job_answer(struct job *job, struct err *e) MUST_USE;
int job_post(struct job *job, struct err *e) MUST_USE;
int job_expire(struct job *job, struct err *e) MUST_USE;

/* Ends the job as done, not waited for; its outcome and reason stand in job->row. */
int job_end(struct job *job, enum job_folder folder, struct err *e) MUST_USE;
/* Parks it with the error as reason, tells the sender (if proven) and the operator. */
void job_park(struct job *job, const struct err *why);
/* Nothing is to be written to the sender, whatever happens. */
bool job_is_silent(const struct job *job);
/* `Queued, ref ...`: once a job, to a proven sender only. Sent at once if the mail server takes it. */
void job_tell_queued(struct job *job, const struct err *why);
/* A question that the mail server would not take for hours: as if nobody had answered. */
int job_question_failed(struct job *job, struct err *e) MUST_USE;
/* The steps of the job's plan, into job->perform. */
void job_load_steps(struct job *job);
/* A letter of the job from a template; `name` makes its Message-ID. */
int job_make_letter(struct job *job, const char *template, const char *name, const char *reason,
                    struct journal_letter *letter, struct err *e) MUST_USE;
/* As job_make_letter, with what a check found; report NULL: none. */
int job_make_report(struct job *job, const struct report *report, const char *template, const char *name,
                    const char *reason, struct journal_letter *letter, struct err *e) MUST_USE;
/* reporting.c: room for one more that reads both systems for long. True: it must be given back. False: the
 * job waits and comes up again. */
bool job_take_room(struct job *job) MUST_USE;
void job_give_room(struct desk *d);
/* Makes it in another thread; when that takes long the sender hears that it is being made, if `tell`. */
void job_make_aside(struct job *job, void (*how)(void *self), void *self, bool tell);
struct check_sources job_sources(const struct desk *d);
/* The report that the plan asks for, made now: *report, in *found, which is to be released.
 * NULL: it asks for none. With job->waits there was no room for one more; it comes up again. */
int job_report(struct job *job, struct check_result *found, const struct report **report,
               struct err *e) MUST_USE;
/* diagnosing.c: confirms the errors of the plan, once. With job->waits there was no room; it comes up again.
 */
int job_diagnose(struct job *job, struct err *e) MUST_USE;
/* The answer is out, and what it could not check is looked at again by itself. */
int job_await_books(struct job *job, struct err *e) MUST_USE;
int job_look_again(struct job *job, struct err *e) MUST_USE;
/* An interim letter: once a job, to a proven sender only. Sent at once if the mail server takes it. */
void job_tell_meanwhile(struct job *job, const char *template, const char *reason);
/* A name for one of several letters. */
const char *job_numbered(struct job *job, const char *name);
/* attach.c: what goes along, after the answer is out. Ends the job itself when the sender must hear of
 * trouble. */
int job_attach(struct job *job, struct err *e) MUST_USE;
/* Fills job->plan from the journal unless it is there. */
int job_need_plan(struct job *job, struct err *e) MUST_USE;

#endif
