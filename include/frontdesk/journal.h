/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * journal: what frontdesk knows and may never forget, in SQLite (WAL, synchronous=FULL). All SQL is in this
 * folder.
 *
 * One writer thread owns the one writing connection: it commits whatever queued up while the last fsync ran;
 * a submission that fails takes no other along. Calls that say "durable" return after that commit. Reads use
 * a second, read-only connection. The invariants 1..11 are listed in src/journal/journal.c and
 * doc/journal.md.
 *
 * Files in the state directory: journal.db (+ -wal, -shm), spool/, instance, attempts, lock.
 * Errors: ERR_JOURNAL, ERR_DAMAGED, ERR_DISK_FULL, ERR_UNWRITABLE, ERR_JOURNAL_NEWER, ERR_JOURNAL_OLDER,
 * ERR_LOCKED, ERR_IO. Thread-safe unless noted.
 */
#ifndef FRONTDESK_JOURNAL_H
#define FRONTDESK_JOURNAL_H

#include "frontdesk/base.h"

/* What runs next. */
enum job_state { JOB_TAKEN, JOB_PLANNED, JOB_ACTED, JOB_ANSWERED, JOB_WAITING, JOB_DONE, JOB_PARKED };
/* What it meant. */
enum job_outcome {
    OUTCOME_NONE,
    OUTCOME_TICKET,
    OUTCOME_AMENDED,
    OUTCOME_ANSWERED,
    OUTCOME_ASKED,
    OUTCOME_UNASSIGNED,
    OUTCOME_REFUSED,
    OUTCOME_IGNORED,
    OUTCOME_SAME,
    OUTCOME_DIVERTED,
    OUTCOME_PARKED,
    OUTCOME_GONE,
    OUTCOME_CANARY,
    OUTCOMES
};
enum job_folder { JOB_FOLDER_DONE, JOB_FOLDER_REFUSED, JOB_FOLDER_PARKED };
enum letter_kind {
    LETTER_INTERIM,
    LETTER_FINAL,
    LETTER_SEQUEL,
    LETTER_ALERT,
    LETTER_WATCH,
    LETTER_CANARY,
};
enum letter_state { LETTER_UNSENT, LETTER_SENT, LETTER_FAILED, LETTER_REPLACED };
/* ARMED: key durable, the request may have left; SAFE: certainly not done, must be armed before it leaves. */
enum step_state { STEP_SAFE, STEP_ARMED, STEP_DONE };

const char *job_state_name(enum job_state s);
const char *job_outcome_name(enum job_outcome o);

struct conf;
struct journal;
struct journal_watch_answer;

struct journal_options {
    const char *dir;
    bool read_only; /* list, show, status: no lock, no writer */
    bool create;    /* a first start may make the files (run, once) */
    bool rebuild;   /* `journal rebuild`: a new journal for an existing instance */
    /* called by the writer after a commit; both may be NULL. `mailbox` has mail to be filed / a job can run
     */
    void (*on_owed)(void *self, const char *mailbox);
    void (*on_job)(void *self);
    void (*on_finished)(void *self, int64_t job);
    /* The journal turns out to be damaged: close it and open it anew. From any thread, with locks held. */
    void (*on_damaged)(void *self);
    void *self;
    bool replace; /* a damaged one is put aside, and a new one begun (run, once) */
    /* It was found damaged while it was used: put it aside, however it looks. Without its log, which may have
     * been what was damaged, it looks sound and knows less. */
    bool distrust;
    const struct conf *conf; /* whose inboxes are gone through then */
};

int journal_open(struct journal **out, const struct journal_options *options, struct err *e) MUST_USE;
/* Writes what is queued, then closes. */
void journal_close(struct journal **journal);
const char *journal_instance(const struct journal *j); /* 16 hex digits */
const char *journal_key(const struct journal *j);      /* 64 hex digits: signs tokens */
/* Did this open put a damaged one aside? *how: why, where it is kept, what was carried over. */
bool journal_was_replaced(const struct journal *j, struct buf *how) MUST_USE;
/* Was one put aside, now or ever? Then a letter may have left of which nothing is known but its Message-ID.
 */
bool journal_has_replaced(const struct journal *j);
bool journal_left_before(struct journal *j, const char *message_id);
/* Damaged journals are kept under this name, with the time behind it, in the state directory. */
#define JOURNAL_ASIDE "journal.db.damaged-"
unsigned journal_aside_count(const struct journal *j);
/* Deletes those that were last written before that time, with their logs. */
int journal_aside_drop(struct journal *j, int64_t before_ms, unsigned *dropped, struct err *e) MUST_USE;
/* ERR_DAMAGED: what SQLite finds wrong with it, unless it is very large. */
int journal_look(struct journal *j, struct err *e) MUST_USE;
/* Did this open make the journal (first start)? */
bool journal_is_new(const struct journal *j);

/* --- mail comes in (watch.c) --- */
struct journal_cursor {
    bool known;          /* this mailbox has been seen under this UIDVALIDITY */
    bool other_validity; /* seen, but under another one */
    bool replaced;       /* ... because a damaged journal was replaced */
    uint32_t next_uid;
    /* mail received before is not ours; negative: minus the time of a first start that took new mail only,
     * which counts when the mailbox is rebuilt and UIDs tell nothing any more; 0 = no limit */
    int64_t since_ms;
};
int journal_cursor_get(struct journal *j, const char *mailbox, uint32_t uidvalidity,
                       struct journal_cursor *out, struct err *e) MUST_USE;
/* First sight: from next_uid on. Durable. */
int journal_cursor_set(struct journal *j, const char *mailbox, uint32_t uidvalidity, uint32_t next_uid,
                       int64_t since_ms, struct err *e) MUST_USE;

struct journal_mail {
    uint32_t uid;
    uint64_t size;
    int64_t received_ms;
    struct slice bytes; /* or spool */
    const char *spool;  /* file name in spool/, already durable; NULL = bytes */
    bool headers_only;
    bool old; /* received before since_ms: position recorded, no job */
};
/* Positions and jobs in one durable transaction; a position that exists already is left alone. */
int journal_take(struct journal *j, const char *mailbox, uint32_t uidvalidity,
                 const struct journal_mail *mails, size_t n, struct err *e) MUST_USE;

struct journal_filing {
    uint32_t uid;
    enum job_folder folder;
};
size_t journal_owed(struct journal *j, const char *mailbox, uint32_t uidvalidity, struct journal_filing *out,
                    size_t max);
/* These are filed now. Durable: otherwise the next journal_owed would name them again. */
int journal_filed(struct journal *j, const char *mailbox, uint32_t uidvalidity,
                  const struct journal_filing *done, size_t n, struct err *e) MUST_USE;

/* --- spool --- */
/* Appends at `offset` (0 begins anew); `last` makes the file durable under its final name. */
int journal_spool_put(struct journal *j, const char *name, uint64_t offset, struct slice bytes, bool last,
                      struct err *e) MUST_USE;
void journal_spool_path(const struct journal *j, const char *name, struct buf *out);

/* --- a job's life (job.c) --- */
struct journal_job {
    int64_t id;
    char ref[12]; /* "7KQ2" */
    char mailbox[64];
    enum job_state state;
    enum job_outcome outcome;
    const char *reason;
    unsigned attempts; /* uncleared readings */
    unsigned tries;    /* of the current stage */
    int64_t run_at_ms, taken_ms, received_ms, planned_ms, done_ms;
    bool headers_only;
    bool lookup_first; /* after a rebuild: every create is looked up before it is made */
    const char *spool;
    struct slice mail; /* bytes unless spool */
    const char *sender, *message_key, *conversation;
    const char *plan; /* JSON of action/plan.c; "" before planned */
    int64_t ticket_id;
    const char *ticket_number;
    int64_t parent;    /* the job that this mail is a follow-up of, or says again; 0 = none */
    int64_t successor; /* the job that took this one's waiting over; 0 = none */
    int64_t text_key;  /* tells whether two mails of a sender say the same */
    /* the operator's wish that this mail is ("retry" and a reference), noted together with the answer; NULL =
     * none */
    const char *wish_verb, *wish_ref;
    /* what this mail answers to a letter of drift watch, carried out together with the answer; NULL = nothing
     */
    const struct journal_watch_answer *watch_answer;
};

/* Jobs that may run at `now_ms`, oldest first; ids only. Returns how many. */
size_t journal_due(struct journal *j, int64_t now_ms, int64_t *ids, size_t max);
/* When the next job or letter becomes due after now; INT64_MAX = never. `waiting`: also jobs that wait for an
 * answer. */
int64_t journal_next_due(struct journal *j, int64_t now_ms, bool waiting);
/* Strings live in `pool`. `with_mail`: also the bytes. ERR_NOT_FOUND. */
int journal_job_load(struct journal *j, int64_t id, bool with_mail, struct pool *pool,
                     struct journal_job *out, struct err *e) MUST_USE;
int journal_job_by_ref(struct journal *j, const char *ref, int64_t *id, struct err *e) MUST_USE;

/* The job that has claimed this message key; 0 = none. */
int64_t journal_key_owner(struct journal *j, const char *message_key);

/* Reading of job `id` begins / has returned, in slot 0..63 (one a worker). Survives the death of this
 * process, costs no fsync: a reader that kills the process is counted at the next open. */
void journal_reading(struct journal *j, unsigned slot, int64_t id);
void journal_read_done(struct journal *j, unsigned slot);

/* Since when nothing can be written, 0 = all is well; `why` (may be NULL) as a sentence. Works also for a
 * reader beside the daemon. */
int64_t journal_ill_since(const struct journal *j, char *why, size_t size);

struct journal_step {
    unsigned n;
    char kind[24];
    const char *key;
    enum step_state state;
    unsigned looks;             /* look-ups so far */
    int64_t armed_ms, ended_ms; /* key's commit; end of the request, 0 = not recorded */
    const char *request;        /* JSON */
    int64_t result_id;
    const char *result;
};

/* SAME: the key belongs to another job, which did or does the work. OVER_CAP: too many mails of this sender.
 * AGAIN: this sender said the same a moment ago (`again` is that job). LOST: the job to be taken over waits
 * no more. In all four cases nothing was changed. */
enum plan_claim { PLAN_CLAIMED, PLAN_SAME, PLAN_OVER_CAP, PLAN_AGAIN, PLAN_LOST };

struct journal_planning {
    const struct journal_job *job;
    const struct journal_step *steps;
    size_t n_steps;
    unsigned per_sender_hour; /* 0 = no cap */
    const char *message_id;   /* of the mail: later mails may refer to it */
    int64_t take_over;        /* this job must be waiting: it ends, and we are its successor; 0 = none */
    void (*queued)(void *self,
                   int64_t job); /* told when its place among other plans is certain; may be NULL */
    void *self;
    int64_t same_ms; /* how long the same text of the same sender counts as said again; 0 = never */
    /* results */
    enum plan_claim claim;
    bool blocked; /* an older job of the conversation must act first (journal_blocked_by) */
    int64_t again;
};
/* Leaves `taken` for `planned`: claims message_key (UNIQUE), stores plan and steps; the first step is ARMED.
 * Durable. */
int journal_plan(struct journal *j, struct journal_planning *p, struct err *e) MUST_USE;
/* The job, but `self`, in which this sender said the same; 0 = none. What journal_plan would answer. */
int64_t journal_said_since(struct journal *j, const char *sender, int64_t text_key, int64_t since_ms,
                           int64_t self);
/* A new plan for a job that is still in state `from` (compare-and-set): *won false when it is not, and
 * nothing was changed. Durable. */
int journal_replan(struct journal *j, const struct journal_job *job, enum job_state from,
                   const struct journal_step *steps, size_t n_steps, bool *won, struct err *e) MUST_USE;
/* The job that a Message-ID belongs to: a letter of ours, or a mail of a proven sender; 0 = none. */
int64_t journal_thread(struct journal *j, struct slice message_id);
/* Follow-ups of a job that were only answered so far, oldest first; ids. */
size_t journal_children(struct journal *j, int64_t parent, int64_t *ids, size_t max);
size_t journal_steps(struct journal *j, int64_t job, struct pool *pool, struct journal_step **out);
/* Result of step n. `last`: not waited for, since the next durable call of this job comes behind it; until
 * then the step counts as ARMED, which a look-up by its key settles. Otherwise durable, and step n + 1 is
 * ARMED in the same transaction. */
int journal_step_done(struct journal *j, int64_t job, unsigned n, bool last, int64_t result_id,
                      const char *result, struct err *e) MUST_USE;
/* The step's state, looks, armed_ms and ended_ms as they stand in *step. Durable. */
int journal_step_mark(struct journal *j, int64_t job, const struct journal_step *step,
                      struct err *e) MUST_USE;

struct journal_letter {
    int64_t id, job;
    enum letter_kind kind;
    enum letter_state state;
    char mailbox[64];
    const char *message_id, *to;
    struct slice bytes;
    unsigned tries;
    int64_t first_ms, next_ms;
    const char *last_error;
};

/* The answer: ticket number and outcome of the job, the letter (its id is set), state `answered`. One durable
 * transaction. letter NULL = no answer. An unsent interim letter is replaced. */
int journal_answer(struct journal *j, const struct journal_job *job, struct journal_letter *letter,
                   struct err *e) MUST_USE;
/* An interim letter or alert; the job's state does not change. Kind unique per job: a second one is ignored.
 * Durable. */
int journal_letter_add(struct journal *j, const struct journal_letter *letter, struct err *e) MUST_USE;
/* At most so many come at a time. */
enum { JOURNAL_LETTERS = 32 };
/* Unsent letters of a job (job 0: alerts, those of drift watch, canaries) due at now_ms; what is for the
 * operator's program first, since it does not wait for a mail server. */
size_t journal_letters(struct journal *j, int64_t job, int64_t now_ms, struct pool *pool,
                       struct journal_letter **out);
/* Interim letters and alerts that are due, of any job. */
size_t journal_letters_due(struct journal *j, int64_t now_ms, int64_t *jobs, size_t max);
/* times.c: the clock jumped by `ms`: what waits for a time, and the age of what is not done, moves along. */
int journal_times_move(struct journal *j, int64_t ms, struct err *e) MUST_USE;
/* What was put off for longer than anything is, is due. */
void journal_times_check(struct journal *j);
/* Letters of that mailbox that wait for their next try are due now: the way out works again. */
void journal_letters_wake(struct journal *j, const char *mailbox);
/* When the letters that a mail server took were written, alerts aside: those of `since_ms` and later, oldest
 * first, the newest `max` of them. `out` NULL: only how many. */
size_t journal_sent_since(struct journal *j, int64_t since_ms, int64_t *out, size_t max);
/* Letters of this kind that count (were not replaced). */
unsigned journal_letter_count(struct journal *j, int64_t job, enum letter_kind kind);
/* How offering it ended: state, tries, next_ms, last_error as they stand in *letter. Unless `durable` it is
 * not waited for: the job must then stay claimed until a later commit of it. */
int journal_letter_mark(struct journal *j, const struct journal_letter *letter, bool durable, struct err *e);

/* The end: state done or parked, or waiting until job->run_at_ms, with outcome, reason, sender, and a last
 * letter (only when durable); the mail is owed to `folder`. Not waited for unless `durable`: on_finished
 * tells, and until then the job must not be run again. */
int journal_finish(struct journal *j, const struct journal_job *job, const struct journal_letter *letter,
                   enum job_state state, enum job_folder folder, bool durable, struct err *e) MUST_USE;
/* Later: run_at, tries, reason so far, and the conversation as far as it is known; no attempt to read is
 * uncleared any more. Durable. */
int journal_later(struct journal *j, const struct journal_job *job, int64_t run_at_ms, unsigned tries,
                  const char *reason, struct err *e) MUST_USE;
/* An older job of the same conversation that has a plan and must act first; 0 = none. */
int64_t journal_blocked_by(struct journal *j, int64_t job, const char *conversation);
/* An older one that has no plan yet, since it had to be put off (journal_later); 0 = none. */
int64_t journal_planless_before(struct journal *j, int64_t job, const char *conversation);

/* --- alerts (health) --- */
bool journal_alert_is(struct journal *j, const char *topic);
/* 1 once when `topic` turns ill (or well), with what is told of it, one letter a way, stored in the same
 * transaction; 0 when it was so already; -1 when the journal cannot be written. Durable. */
int journal_alert_turn(struct journal *j, const char *topic, bool ill, const char *text,
                       const struct journal_letter *letters, size_t n);
/* Where a letter of kind LETTER_ALERT has this for its mailbox, it is given to the operator's program: `to`
 * is "ill TOPIC" or "well TOPIC", the bytes are what the program reads. */
#define JOURNAL_COMMAND "!command"
struct journal_alert {
    const char *topic, *text;
    int64_t since_ms;
};
/* The open ones, oldest first. */
size_t journal_alerts(struct journal *j, struct pool *pool, struct journal_alert **out);
/* --- canaries: mails to ourselves (canary.c) --- */
enum canary_state { CANARY_OPEN, CANARY_BACK, CANARY_LOST };
struct journal_canary {
    int64_t sent_ms, ended_ms;
    enum canary_state state;
};
/* A new one and its letter. Durable. */
int journal_canary_send(struct journal *j, const char *mailbox, const char *nonce,
                        const struct journal_letter *letter, struct err *e) MUST_USE;
/* `job` is the mail that brought it. *ours: it was open or lost, or this very job has asked before; then it
 * is back, and *before says how it stood. Durable. */
int journal_canary_back(struct journal *j, const char *mailbox, const char *nonce, int64_t job, bool *ours,
                        struct journal_canary *before, struct err *e) MUST_USE;
/* Those sent until before_ms and still open are lost, and their letters are not sent any more: how many.
 * Durable. */
int journal_canary_lose(struct journal *j, const char *mailbox, int64_t before_ms, size_t *n,
                        struct err *e) MUST_USE;
struct journal_canaries {
    int64_t sent_ms, open_ms, back_ms; /* the last one; the oldest on its way; the last one back; 0 = none */
    int64_t took_ms;                   /* the last one back */
};
int journal_canaries(struct journal *j, const char *mailbox, struct journal_canaries *out,
                     struct err *e) MUST_USE;
/* Small facts for `status`: "autotask.ok_ms" = "1764000000000". Not waited for. */
void journal_fact_set(struct journal *j, const char *name, const char *value);
bool journal_fact_get(struct journal *j, const char *name, char *value, size_t size);
/* The same for a number that is never negative; 0: there is none. */
void journal_fact_set_number(struct journal *j, const char *name, int64_t n);
int64_t journal_fact_number(struct journal *j, const char *name);

/* --- for people (cli) --- */
struct journal_row {
    int64_t id;
    char ref[12], mailbox[64];
    enum job_state state;
    enum job_outcome outcome;
    int64_t taken_ms, received_ms, done_ms, run_at_ms;
    const char *sender, *reason, *ticket_number;
    int64_t ticket_id;
    unsigned tries;
};
enum { JOURNAL_ALL = -1, JOURNAL_OPEN = -2 };
struct journal_filter {
    int state;              /* of enum job_state, JOURNAL_ALL, or JOURNAL_OPEN: all but done */
    const char *mailbox;    /* NULL = any */
    const char *sender;     /* a part of the address, in any case; NULL = any */
    int64_t from_ms, to_ms; /* taken in [from, to); 0 = no limit */
    size_t max;
};
/* Newest first. */
int journal_list(struct journal *j, const struct journal_filter *filter, struct pool *pool,
                 struct journal_row **out, size_t *n, struct err *e) MUST_USE;
/* Jobs behind `after` whose mail looked like an error that no rule knows, oldest first; ids. */
size_t journal_unmatched(struct journal *j, int64_t after, int64_t *ids, size_t max);
/* Mail refused although it says it is of the staff: the sender it claims, the failed test, how often. */
struct journal_refusal {
    const char *sender, *test;
    unsigned count;
};
/* Of mail that ended in [from_ms, to_ms), none older than job *after, which moves on to shortly before the
 * last job there is. */
size_t journal_refusals(struct journal *j, int64_t from_ms, int64_t to_ms, int64_t *after, struct pool *pool,
                        struct journal_refusal *out, size_t max);
size_t journal_all_letters(struct journal *j, int64_t job, struct pool *pool, struct journal_letter **out);
/* Why such a mail waits begins so. */
#define JOURNAL_OVER_CAP "over the cap of its sender: "
struct journal_counts {
    unsigned by_state[JOB_PARKED + 1];
    unsigned by_outcome[OUTCOMES]; /* of what ended; of canaries the last few */
    unsigned letters_unsent, alerts_ill;
    unsigned over_cap; /* mails that wait since their sender wrote as many in an hour as one may */
    int64_t last_taken_ms, oldest_unsent_ms, oldest_open_ms; /* 0 = none */
};
int journal_count(struct journal *j, struct journal_counts *out, struct err *e) MUST_USE;
/* Does a `run` or `once` work with this state directory now? */
bool journal_is_running(const struct journal *j);
/* Operator's wish for the daemon ("retry" or "discard" and a reference, "forget" and an address); works
 * beside a running daemon. */
int journal_request_add(const char *dir, const char *verb, const char *ref, struct err *e) MUST_USE;
/* Carries out the wishes; returns how many. */
size_t journal_requests_run(struct journal *j);

/* --- erasing (invariant 9): texts and addresses go, keys and outcomes stay --- */
/* Of all done mails of `address` (lower case), in batches. Durable. */
int journal_forget(struct journal *j, const char *address, size_t *erased, struct err *e) MUST_USE;
/* How many mails of it that would erase, and how many it would leave. */
void journal_forget_count(struct journal *j, const char *address, unsigned *done, unsigned *open);
/* Of what was done before `before_ms`: a short piece behind job *after, which moves on; *erased grows. False
 * when the end is reached, or with *e. */
bool journal_expire(struct journal *j, int64_t before_ms, int64_t *after, size_t *erased, struct err *e);
/* One alert stands for all mail that is parked for that. */
#define PARKED_OLD "parked-old"
bool journal_is_erased(const struct journal_job *job);
/* Was this mail received at a time whose texts retention has erased? */
bool journal_before_horizon(struct journal *j, int64_t received_ms);

#endif
