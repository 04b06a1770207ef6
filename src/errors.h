/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * errors: known errors of the sync on their way through a job: recognised in a mail (recognise.c), kept in
 * its plan (errorkeep.c), told in a letter (errorletter.c). Confirming them is diagnosing.c.
 */
#ifndef FRONTDESK_SRC_ERRORS_H
#define FRONTDESK_SRC_ERRORS_H

#include "desk.h"

#include "frontdesk/diagnose.h"

/* Our rules and those of the firm, as diagnose_rules_load. */
int errors_load(struct diagnose_rules **out, const struct conf *conf, struct buf *problems,
                struct buf *firm_problems, struct err *e) MUST_USE;

/* Word to the operator: lines about rules of the firm that were left out; "" = all is well. */
void errors_alert_rules(struct desk *d, const char *problems);

/* --- recognise.c --- */
/* Everything in the mail that can be read, into v->texts, unless it is there. ERR_IO. */
int errors_read_texts(struct desk *d, struct job_view *v, const struct mail_bytes *mail, struct pool *pool,
                      struct err *e) MUST_USE;
/* Looks through the mail of a view that has a command and decides whether it is a diagnosis: sets v->errors,
 * and v->command.kind where it is one. ERR_IO when the mail cannot be read. */
int errors_recognise(struct desk *d, const struct desk_people *people, struct job_view *v,
                     const struct mail_bytes *mail, struct pool *pool, struct err *e) MUST_USE;
/* A plan that answers with a diagnosis and makes no ticket. */
bool errors_is_diagnosis(const struct plan *p);

/* --- errorkeep.c --- */
void errors_put_json(const struct diagnoses *found, struct buf *out);
/* Strings in pool. */
void errors_read_json(struct diagnoses *out, const char *text, const struct diagnose_rules *rules,
                      struct pool *pool);
/* One more value; strings are borrowed. */
void errors_add(struct diagnosis *d, const char *name, const char *text);

/* --- errorletter.c --- */
/* What is said about the errors, as facts of the letter `diagnosis` (templates/README.md). A text that
 * cannot be rendered is left out, and logged. `asks`: the question that is asked, "invoice"; "" = none. */
void errors_tell(struct view *v, const struct diagnose_answers *answers, const struct conf *conf,
                 const struct templates *t, const char *asks);
/* What would be said if nobody was asked, as a plan keeps its answers. */
const char *errors_foreseen(const struct plan *p, const struct conf *conf, const struct templates *t,
                            const struct diagnose_rules *rules, struct pool *pool);
/* The same as plain text, without greeting and foot: for a ticket, or a terminal. */
int errors_text(struct view *v, const struct templates *t, struct buf *out, struct err *e) MUST_USE;

#endif
