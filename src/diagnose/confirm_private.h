/* SPDX-License-Identifier: GPL-2.0-or-later */
/* diagnose, confirming, inside: what is looked at, the reading that all errors of a mail share, and verdicts.
 */
#ifndef FRONTDESK_DIAGNOSE_CONFIRM_PRIVATE_H
#define FRONTDESK_DIAGNOSE_CONFIRM_PRIVATE_H

#include "frontdesk/diagnose.h"

/* One question that was asked of the books, and what came of it. */
struct asked {
    struct check_question question;
    struct check_result result;
    struct err e;
    int rc;
};

enum { ASKED_MOST = DIAGNOSE_MOST * DIAGNOSE_LOOKS };

struct diagnose_reading {
    struct pool *pool;
    const struct check_sources *sources;
    struct check_session *session;
    struct asked asked[ASKED_MOST];
    size_t n;
    /* invoices in ERROR: newest first, voided ones left out */
    struct autotask_invoices in_error;
    bool in_error_read;
    int in_error_rc;
    struct err in_error_e;
};

/* What is looked at. */
struct target {
    const char *what, *said;
    struct check_question question;
    const char *id; /* an id of the same invoice that the mail names too; "" = none */
};

struct targets {
    struct target v[DIAGNOSE_LOOKS];
    size_t n, more;
    bool searched; /* the mail named nothing */
    size_t in_error;
    const char *company; /* searched: of this organization only; "" = of all */
};

/* --- confirm_targets.c --- */

/* -1: invoices in ERROR were to be looked for, and could not be. */
int confirm_targets(struct diagnose_reading *r, const struct diagnosis *d, struct targets *out,
                    struct err *e) MUST_USE;

/* Is it about an invoice that did not go over (and not about one that came over wrongly)? */
bool confirm_is_refusal(const struct diagnose_rule *rule);

/* --- confirm_verdict.c --- */

/* Judges one look; findings that confirm go into the answer's report, other errors into `others`. */
void confirm_judge(struct diagnose_answer *a, struct diagnose_look *look, const struct asked *asked);
/* How a look is called in a list: its number, else "id 9002", else its name. */
const char *confirm_name(const struct diagnose_look *look);
/* Does `key` stand in the list? */
bool confirm_has(const char *const *list, const char *key);
/* The sentence why an error of the clients leaves it unchecked. */
const char *confirm_why(const struct err *e);

/* --- confirm_words.c --- */

/* The verdict of all looks, and the sentences; `asked`: of each look. */
void confirm_conclude(struct diagnose_answer *a, struct pool *pool, const struct targets *t,
                      struct asked *const *asked);
/* UNCHECKED with that sentence; `facts` as of report_say. */
void confirm_unchecked(struct diagnose_answer *a, const char *why, const struct report_fact *facts);

#endif
