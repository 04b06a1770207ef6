/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * telling: what frontdesk says about itself and about its mails, in one place for the mail and for the
 * command line: status, the life of a message, explain. Each is a text of lines, "label     words", a further
 * line of the same label indented, in the words of the firm's language (words.txt); names that programs and
 * people look for stay as the journal has them: kinds of steps, topics of alerts, requests, reasons. Nothing
 * here changes anything.
 */
#ifndef FRONTDESK_SRC_TELLING_H
#define FRONTDESK_SRC_TELLING_H

#include "drift.h"

/* --- telling.c --- */
struct telling {
    struct buf *out;
    const struct templates *templates;
    struct pool *pool; /* for the words */
    size_t width;      /* of the first column */
};
/* A line; a further line of the same; one with a label of its own. */
void tell(struct telling *to, enum say label, const char *text);
void tell_more(struct telling *to, const char *text);
void tell_as(struct telling *to, const char *label, const char *text);
const char *telling_word(const struct telling *to, enum say what);
const char *telling_number(const struct telling *to, uint64_t n);
const char *telling_state(const struct telling *to, enum job_state state);
const char *telling_outcome(const struct telling *to, enum job_outcome outcome); /* "" for OUTCOME_NONE */
const char *telling_verdict(const struct telling *to, enum gate_verdict verdict);
const char *telling_how(const struct telling *to, enum command_how how);
const char *telling_where(const struct telling *to, enum command_where where);
/* Of a verb, or of the reason of a question. */
const char *telling_named(const struct telling *to, const char *name);

/* --- status.c --- */
struct status_mailbox {
    struct journal_canaries canaries;
    struct oauth2_view login; /* by tokens, if its settings say so */
    int64_t secret_ends_ms;   /* 0 = not known, or there is none */
};
struct status {
    const struct conf *conf;
    struct journal_counts counts;
    struct journal_alert *alerts;
    size_t n_alerts;
    struct budget_view calls;
    size_t replies;               /* letters of the last hour, alerts aside */
    int64_t now_ms, ill_since_ms; /* nothing can be written since; 0 = all is well */
    char ill_why[512];
    bool running, authenticated, refused;
    bool here; /* at the command line: also what differs from second to second, such as legs */
    struct budget_view books_calls; /* of QuickBooks, if the settings have it */
    struct oauth2_view books_login;
    char books_trouble[512]; /* why its token file cannot be read; "" = it can */
    struct drift_view watches[SCHEDULE_MOST];
    struct leg_view legs[LEGS_MOST]; /* those of the two systems: see calls, books_calls */
    size_t n_legs;
    struct status_mailbox *mailboxes; /* one a mailbox */
};
/* Strings live in `pool`. */
int status_read(struct status *out, const struct conf *conf, struct journal *j, struct pool *pool,
                struct err *e) MUST_USE;
/* `whole`: also the words of the alerts, which name other people's mail. */
void status_text(const struct status *s, bool whole, const struct templates *t, struct buf *out);

/* --- explain_requests.c --- */
/* Each request of the plan as a line; how many of `out`. */
size_t explain_requests(const struct telling *to, const struct plan *p, const char *out[PLAN_MAX_STEPS + 1]);
/* What follows when nobody answers a question; 0 when none is asked. */
size_t explain_later_requests(const struct telling *to, const struct plan *p,
                              const char *out[PLAN_MAX_STEPS + 1]);
void explain_tell_requests(struct telling *to, const struct plan *p);

/* --- story.c --- */
struct story {
    struct journal_job job;
    struct journal_step *steps;
    struct journal_letter *letters;
    size_t n_steps, n_letters;
};
/* ERR_NOT_FOUND when there is no such reference. */
int story_read(struct story *out, struct journal *j, const char *ref, struct pool *pool,
               struct err *e) MUST_USE;
void story_text(const struct conf *conf, const struct story *s, const struct templates *t, struct buf *out);
/* For programs. */
void story_put_steps(const struct story *s, struct buf *json); /* as its member "steps" */
const char *story_letter_kind(const struct journal_letter *l);
const char *story_letter_state(const struct journal_letter *l);
/* Can it be tried again or given up? Only parked mail can be, and done mail whose answer was refused. */
bool story_is_stuck(const struct story *s);
/* Fills what the answer to status, show and retry needs: in->status_text, in->wish, in->reason. */
void story_facts(struct desk *d, const struct plan *p, struct facts_input *in, struct pool *pool);

/* --- explain.c --- */
struct explain_how {
    bool json;
    bool assumed;   /* no mail that came: its sender is taken for proven */
    unsigned depth; /* explanations around this one */
};
/* What would become of a mail, whole as it travels. `out` gets lines, or one JSON object, also when it fails.
 */
int explain_mail(struct desk *d, const struct conf_mailbox *mailbox, struct slice mail,
                 struct explain_how how, struct buf *out, struct err *e) MUST_USE;
/* The mail asks for an explanation: of the subject behind "explain:", or of the mail attached to it. */
const char *explain_asked(struct desk *d, const struct conf_mailbox *mailbox, const struct job_view *asks,
                          const struct mail_bytes *mail, int64_t received_ms, struct desk_people *people,
                          struct pool *pool);

#endif
