/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * action: what a command will do (plan), under which keys (steps), and the doing of it once (perform).
 *
 * A plan is made once, stored in the journal as JSON, and everything later is done from it: a restart never
 * reads the mail or the directory again. Invariants 2 to 5 of the journal are kept here.
 */
#ifndef FRONTDESK_ACTION_H
#define FRONTDESK_ACTION_H

#include "frontdesk/autotask_writes.h"
#include "frontdesk/cage.h"
#include "frontdesk/command.h"
#include "frontdesk/command_overrides.h"
#include "frontdesk/conf.h"
#include "frontdesk/diagnose_match.h"
#include "frontdesk/gate.h"
#include "frontdesk/journal.h"
#include "frontdesk/message_attachments.h"
#include "frontdesk/reply.h"
#include "frontdesk/reply_sentence.h"

enum {
    PLAN_MAX_PEOPLE = 10,
    PLAN_MAX_CHANGES = 16,
    PLAN_MAX_LINES = 24, /* remarks, left out */
    PLAN_MAX_FILES = 24,
    PLAN_MAX_STEPS = 64,
    PLAN_NULL = -1
};

struct plan_person {
    int64_t resource_id, role_id;
    const char *name, *user;
};

/* One field of the ticket that a follow-up changes, with the value that it showed: a change is repeated only
 * while the record still shows it (invariant 4). Values are ids (never negative), or milliseconds; or
 * PLAN_NULL. */
struct plan_change {
    const char *what;  /* "Due"; empty: goes with the one before it */
    const char *field; /* its name in Autotask */
    int64_t before, after;
    const char *was, *becomes; /* for people */
};

struct plan_line {
    const char *line;
};

/* Where a file lies in its mail (message_attachments.h). */
struct plan_file {
    const char *name, *size_text;
    int64_t size, raw_off, raw_len, encoding, inner_off;
    int64_t job; /* whose mail holds it; 0 = this job's */
};

/* A company out of several, chosen by number. */
struct plan_choice {
    int64_t id;
    const char *name;
};

struct plan {
    /* the answer */
    const char *reply; /* name of the template */
    int64_t outcome;   /* enum job_outcome when all goes well */
    const char *sender, *sender_name, *subject, *message_id,
        *references; /* references: ids with a blank between */
    const char *verb, *argument, *reason, *asked_word, *why_ask;
    const char *advice;      /* with `reason`: what the sender can do about it */
    const char *absent_why;  /* who cannot be given tickets, and why; empty: not known */
    const char *explanation; /* the lines of `explain` */
    const char *refusal;     /* why an operator's command is not done: "denied", "by_hand"; empty: it is */
    int64_t unauthenticated, received_ms;
    /* an answer to letter `watch_letter` of drift watch (action_watch.h); watch empty = none */
    const char *watch;
    int64_t watch_letter, watch_since, watch_ack, watch_undo, snooze_ms;
    /* the ticket that is made; title empty = none */
    const char *title, *description, *external_id;
    int64_t company_id, contact_id, queue_id, status, priority, category, type, source, due_ms;
    const char *company_name, *contact_name, *queue_name, *priority_name, *due_text;
    const char *contact_said; /* whom the sender wants as contact, in their words */
    int64_t company_open;     /* they named a company that is unknown, or not the only one of that name */
    int64_t text_cut;
    int64_t creator_id;                         /* resource in whose name it is made; 0 = the API user */
    int64_t todo_action;                        /* also a to-do of this action type; 0 = none */
    struct plan_person people[PLAN_MAX_PEOPLE]; /* [0] primary, the rest secondary */
    size_t n_people;
    struct plan_person suggestions[COMMAND_MAX_SUGGESTIONS];
    size_t n_suggestions;
    struct plan_choice choices[OVERRIDE_CHOICES];
    size_t n_choices;
    /* the question: held until then, filed in triage afterwards; 0 = nothing is asked */
    int64_t hold_ms;
    const char *hold_text; /* "15:40" */
    /* the ticket that is amended; target_id 0 = none */
    int64_t target_id;
    const char *target_number, *target_title;
    struct plan_change changes[PLAN_MAX_CHANGES];
    size_t n_changes;
    struct plan_person adds[PLAN_MAX_PEOPLE], removes[PLAN_MAX_PEOPLE];
    size_t n_adds, n_removes;
    const char *note; /* text of a note; empty = none */
    int64_t due_now;  /* when the ticket to be amended is due when all is done, as far as is known; 0 = not */
    int64_t holder;   /* who has the ticket to be amended when all is done, as far as is known; 0 = nobody */
    int64_t take_over; /* the job whose question this answers; 0 = none */
    /* known errors of the sync: what was found (src/errorkeep.c), what is said about it (a view as JSON, made
     * when the books were read), a mark of the verdicts, and the question that is asked ("invoice") */
    const char *errors, *answers, *mark, *asks;
    const char *unmatched,
        *unmatched_text;      /* looks like an error that no rule knows: the line, and the text */
    const char *later_note;   /* what was found later, for the ticket that was made meanwhile; empty = none */
    int64_t recheck_until_ms; /* it could not be checked: looked at again by itself until then; 0 = no */
    int64_t said_again; /* the same words a moment ago: nothing is made unless the sender says `separate` */
    /* what goes along, after the answer; and what the sender must be told */
    struct plan_file files[PLAN_MAX_FILES];
    size_t n_files;
    struct plan_line left_out[PLAN_MAX_LINES], remarks[PLAN_MAX_LINES];
    size_t n_left_out, n_remarks;
};

/* What was sent while a question waited, without answering it. */
struct plan_kept {
    const char *words; /* text of a note; "" = none */
    struct plan_file files[PLAN_MAX_FILES];
    size_t n_files;
};

/* What the mail answers, found by src/origin.c. */
struct plan_origin {
    const struct journal_job *root; /* the request that all of this is about */
    const struct plan *plan;        /* its plan */
    const struct plan *asked;       /* of the letter that is answered, where that gave a choice; NULL: plan */
    const struct journal_job
        *again; /* the direct hit, if it said the same again and nothing was made; or NULL */
    const struct plan *again_plan;
    struct plan_kept kept;
    bool waiting;    /* it waits for an answer */
    bool may_change; /* the sender asked for it, or is an admin; others may only add notes */
};

enum { PLAN_MAX_HELPERS = AUTOTASK_SECONDS_MAX };

/* What a ticket shows now: values before a change. Filled by `read_ticket`. */
struct plan_now {
    int64_t status, priority, queue, company, contact, category, type, resource, role, due_ms;
    bool worked_on;                    /* PLAN_READ_WORK: time was logged */
    int64_t helpers[PLAN_MAX_HELPERS]; /* PLAN_READ_HELPERS: resources */
    size_t n_helpers;
};
/* What costs a call more to read. */
enum { PLAN_READ_WORK = 1, PLAN_READ_HELPERS = 2 };

struct plan_input {
    const struct conf *conf;
    const struct templates *templates; /* for what the sender is told */
    const struct conf_mailbox *mailbox;
    const struct directory *directory;
    const struct command_names *names;
    const struct message *message;
    const struct gate_result *gate;
    const struct command *command;   /* NULL when the mail could not be read: `unreadable` says why */
    const char *unreadable, *advice; /* advice: what to do about it */
    const char *message_key;
    const struct diagnoses *errors;     /* known errors of the sync in it, or the look of one; NULL: none */
    const char *errors_json;            /* the same, as the plan keeps them */
    const char *errors_text;            /* all that was looked through */
    bool thanks;                        /* it only thanks for a diagnosis */
    const struct plan_origin *origin;   /* NULL: a new request */
    const struct plan_watched *watched; /* it answers a letter of drift watch; NULL: it does not */
    int64_t received_ms, now_ms;
    struct cage *cage;             /* where the files are listed; NULL: here (tests) */
    const struct mail_bytes *mail; /* for the files; NULL: none go along */
    /* Reads the ticket that is to be amended; NULL: cannot (tests) */
    int (*read_ticket)(void *self, int64_t id, unsigned more, struct plan_now *out, struct err *e);
    /* As autotask_contact_find; called only when a contact is wanted. NULL: cannot (tests) */
    int (*find_contact)(void *self, int64_t company, const char *said, struct autotask_contacts *out,
                        struct pool *pool, struct err *e);
    void *self;
};

/* Everything in *out lives in `pool`. -1 only when the ticket to be amended, or the contacts of a company,
 * could not be read now. */
int plan_make(struct plan *out, const struct plan_input *in, struct pool *pool, struct err *e) MUST_USE;
/* amending.c: the plan of a follow-up. */
int plan_followup(struct plan *out, const struct plan_input *in, struct pool *pool, struct err *e) MUST_USE;
/* A question that nobody answered: the ticket goes to triage. */
void plan_expire(struct plan *p, const struct plan_kept *kept, const struct templates *t, struct pool *pool);
/* Somebody else changed the ticket between our reading it and our change: `shows` as in struct perform. The
 * plan's letter no longer says that we set it, but what it shows. Of `in`: conf, templates, directory (may be
 * NULL), now_ms. */
void plan_tell_theirs(struct plan *p, const int64_t *shows, const struct plan_input *in, struct pool *pool);
/* One more line that the sender must be told; `line` is borrowed. */
void plan_remark(struct plan *p, const char *line);
/* "log.txt: it is empty" */
const char *plan_left_out(const struct templates *t, const struct attachment_left_out *file,
                          struct pool *pool);
/* Tells whether two mails of a sender say the same: subject and content, not the Message-ID. */
int64_t plan_text_key(const struct plan *p, const struct message *m);
void plan_encode(const struct plan *p, struct buf *out);
int plan_decode(struct plan *out, const char *json, struct pool *pool, struct err *e) MUST_USE;
/* The request that a ticket plan will send. */
void plan_ticket(const struct plan *p, struct autotask_ticket *out);
/* The request of its changes, as JSON (explain). `out` is empty. */
void plan_change_json(const struct plan *p, struct buf *out);
/* Errors that it holds are to be confirmed before its first step. */
bool plan_waits_for_books(const struct plan *p);
/* Steps of the plan with their keys; at most PLAN_MAX_STEPS. Returns how many (0: nothing to do outside). A
 * step's `request` is the number of the person or file that it is about. */
size_t plan_steps(const struct plan *p, struct journal_step *out);
/* 64 hex digits over (address, Message-ID, canonical digest): the message key; independent of the mailbox. */
void plan_message_key(const char *address, const struct message *m, char out[65]);

/* --- doing it --- */
struct perform {
    struct journal *journal;
    struct autotask *autotask;
    const struct templates *templates;
    const struct plan *plan;
    int64_t job;
    struct journal_step *steps;
    size_t n_steps;
    bool fresh; /* the first step was armed by this very run and has certainly not left */
    unsigned settle_seconds;
    int64_t moved_ms;    /* clock_moved_ms when the steps were read */
    unsigned tries;      /* of this stage: bounds reading back */
    int64_t as_resource; /* in whose name; 0 = the API user's */
    /* Autotask does not allow as_resource; called before it is done in the API user's name. May be NULL */
    void (*name_refused)(void *self);
    void *self;
    const struct mail_bytes *mails; /* of each file of the plan, for the late steps */
    bool late;                      /* the steps after the answer, instead of those before it */
    /* results */
    struct plan_line troubles[PLAN_MAX_FILES]; /* what Autotask did not take, each with the reason */
    size_t n_troubles;
    struct pool *pool; /* for them */
    bool theirs; /* the ticket shows neither the values before our change nor ours: somebody else's stay */
    int64_t shows[PLAN_MAX_CHANGES]; /* then: what it shows, or PLAN_NULL, a row a change of the plan */
    bool reading_back;               /* all steps are done */
    bool found;                      /* a step was found to be done by an earlier run */
    int64_t ticket_id;
    char ticket_number[60];
    bool diverted;
    char diverted_to[60];
    bool number_missing; /* read-back failed for 30 s: answer with link and id */
};

/* What the ticket shows now; `more`: PLAN_READ_... */
int step_read_ticket(struct autotask *at, int64_t id, unsigned more, struct plan_now *out,
                     struct err *e) MUST_USE;
/* Runs what is not done yet. -1: *e says why; UNKNOWN and RETRY carry retry_after_s where a time is due. */
int perform_run(struct perform *p, struct err *e) MUST_USE;

/* --- telling it --- */
struct facts_input {
    const struct conf *conf;
    const struct directory *directory; /* may be NULL (Autotask down) */
    const struct plan *plan;
    const char *ref;
    int64_t ticket_id;
    const char *ticket_number, *reason, *diverted_to;
    const char *status_text; /* lines for `status` and `show` */
    const char *wish;        /* what becomes of `retry`: "noted", "unknown", "nothing"; NULL = no wish */
    const struct command_names *names; /* may be NULL: then people are written in full */
    const struct templates *templates;
    const struct conf_mailbox *mailbox;
    const struct watch_facts *watch; /* what a letter of drift watch says; may be NULL */
    const char *token; /* by which a reply is known whose headers were lost; NULL or "" = none */
};
struct view *facts_view(const struct facts_input *in, struct pool *pool) MUST_USE;

#endif
