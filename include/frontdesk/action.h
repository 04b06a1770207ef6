/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * action: what a command will do (plan), under which keys (steps), and the doing of it once (perform).
 *
 * A plan is made once, stored in the journal as JSON, and everything later is done from it: a restart never
 * reads the mail or the directory again. Invariants 2 to 5 of the journal are kept here.
 */
#ifndef FRONTDESK_ACTION_H
#define FRONTDESK_ACTION_H

#include "frontdesk/autotask.h"
#include "frontdesk/command.h"
#include "frontdesk/conf.h"
#include "frontdesk/gate.h"
#include "frontdesk/journal.h"
#include "frontdesk/message.h"
#include "frontdesk/reply.h"

enum { PLAN_MAX_PEOPLE = 10 };

struct plan_person {
    int64_t resource_id, role_id;
    const char *name, *user;
};

struct plan {
    /* the answer */
    const char *reply; /* name of the template */
    int64_t outcome;   /* enum job_outcome when all goes well */
    const char *sender, *sender_name, *subject, *message_id,
        *references; /* references: ids with a blank between */
    const char *verb, *argument, *reason, *asked_word, *why_ask;
    int64_t unauthenticated, received_ms;
    /* the ticket; title empty = no ticket */
    const char *title, *description, *external_id;
    int64_t company_id, queue_id, status, priority, category, source, due_ms;
    const char *queue_name, *priority_name, *due_text;
    int64_t text_cut;
    struct plan_person people[PLAN_MAX_PEOPLE]; /* [0] primary, the rest secondary */
    size_t n_people;
    struct plan_person suggestions[COMMAND_MAX_SUGGESTIONS];
    size_t n_suggestions;
};

struct plan_input {
    const struct conf *conf;
    const struct conf_mailbox *mailbox;
    const struct directory *directory;
    const struct message *message;
    const struct gate_result *gate;
    const struct command *command; /* NULL when the mail could not be read: `unreadable` says why */
    const char *unreadable;
    const char *message_key;
    int64_t received_ms, now_ms;
};

/* Everything in *out lives in `pool`. */
void plan_make(struct plan *out, const struct plan_input *in, struct pool *pool);
void plan_encode(const struct plan *p, struct buf *out);
int plan_decode(struct plan *out, const char *json, struct pool *pool, struct err *e) MUST_USE;
/* The request that a ticket plan will send. */
void plan_ticket(const struct plan *p, struct autotask_ticket *out);
/* Steps of the plan with their keys; at most PLAN_MAX_PEOPLE + 1. Returns how many (0: nothing to do
 * outside). */
size_t plan_steps(const struct plan *p, struct journal_step *out);
/* 64 hex digits over (address, Message-ID, canonical digest): the message key; independent of the mailbox. */
void plan_message_key(const char *address, const struct message *m, char out[65]);

/* --- doing it --- */
struct perform {
    struct journal *journal;
    struct autotask *autotask;
    const struct plan *plan;
    int64_t job;
    struct journal_step *steps;
    size_t n_steps;
    bool fresh; /* the first step was armed by this very run and has certainly not left */
    unsigned settle_seconds;
    unsigned tries; /* of this stage: bounds reading back */
    /* results */
    bool reading_back; /* all steps are done */
    bool found;        /* a step was found to be done already */
    int64_t ticket_id;
    char ticket_number[60];
    bool diverted;
    char diverted_to[60];
    bool number_missing; /* read-back failed for 30 s: answer with link and id */
};

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
    const char *status_text; /* for `status` */
};
struct view *facts_view(const struct facts_input *in, struct pool *pool) MUST_USE;

#endif
