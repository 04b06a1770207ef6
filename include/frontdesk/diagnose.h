/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * diagnose, confirming: does an error that a mail tells of stand in the books as they are now? Each rule
 * names a check and the kinds of its findings that confirm it; what the mail names (invoices, organizations,
 * items) is read and compared, and the answer is one of four:
 *
 * CONFIRMED  one of those kinds was found: the findings are the evidence.
 * REFUTED    all of it was read, and none was found: the report says what was seen instead.
 * SOLVED     the invoice is in QuickBooks and stands no longer in ERROR: there is nothing to do. Told before
 *            CONFIRMED where QuickBooks had refused the invoice: the cause may be there still, this is over.
 * UNCHECKED  it could not be told: an outage (`later`), a permission, QuickBooks Desktop, nothing named, or
 *            a rule of which no system can tell (rule->unconfirmable).
 *
 * A mail that names no invoice is about those now in ERROR: the newest DIAGNOSE_LOOKS are looked at, of the
 * organization that it names if it names one. A mail that names no item is about the lines of its invoice.
 * The errors of one mail share one reading.
 *
 * Nothing here is Mustache: an answer has names and values, words stand in templates. The texts of the rule
 * (meaning, cause, steps, confirmed, refuted) are for the letter to render: with the parameters of the
 * mail, and what diagnose_fact gives.
 *
 * Calls are bounded: the lists of a check once, and some 20 for each thing that is looked at.
 */
#ifndef FRONTDESK_DIAGNOSE_H
#define FRONTDESK_DIAGNOSE_H

#include "frontdesk/check.h"
#include "frontdesk/diagnose_match.h"

enum diagnose_verdict { DIAGNOSE_CONFIRMED, DIAGNOSE_REFUTED, DIAGNOSE_UNCHECKED, DIAGNOSE_SOLVED };
/* "confirmed", "refuted", "unchecked", "solved": in data. */
const char *diagnose_verdict_name(enum diagnose_verdict verdict);

/* Things looked at for one error; findings that one of them shows. */
enum { DIAGNOSE_LOOKS = 20, DIAGNOSE_FINDINGS = 8 };

/* One thing that was looked at. Strings are never NULL, "" = none. */
struct diagnose_look {
    const char *what; /* "invoice", "organization", "item"; "books" = all of them */
    const char *said; /* as the mail has it; "" = it was found among those in ERROR */
    const char *name; /* invoice: its number ("" = blank or ERROR); else as Autotask writes it */
    const char *id;   /* in Autotask; "" = it is not there */
    const char *company, *date, *total; /* of an invoice: "2026-11-24", "1250.00" */
    enum diagnose_verdict verdict;
    const char *why;                      /* UNCHECKED: a sentence's key, as in `report` */
    unsigned findings[DIAGNOSE_FINDINGS]; /* rows of report.findings that it shows */
    unsigned n_findings;
};

struct diagnose_answer {
    const struct diagnosis *diagnosis; /* borrowed */
    /* Of all looks: CONFIRMED if one is; else UNCHECKED if one is; else SOLVED if all are; else REFUTED. */
    enum diagnose_verdict verdict;
    const char *why;    /* UNCHECKED: the key of the sentence that says why, for tests and logs */
    bool later;         /* UNCHECKED by an outage: ask again, the answer may be another */
    struct err failure; /* the outage, for logs */
    bool searched;      /* the mail named nothing: those in ERROR were looked at */
    size_t in_error;    /* searched: how many there are, looked at or not */
    int64_t read_ms;    /* when the books were read */
    const struct diagnose_look *looks;
    size_t n_looks, more_looks; /* more: named, and not looked at */
    /* The evidence: findings that confirm; SOLVED: those that show the invoice in QuickBooks; else none. In
     * the order of the looks; do not sort them. Sentences: REPORT_VERDICT one, "diagnosis-VERDICT" or more
     * exactly; REPORT_COMPARED what was seen instead; REPORT_UNSEEN what could not be looked at. All have
     * their words in LANGUAGE/check/. */
    struct report report;
    /* Other errors (REPORT_ERROR) that the same reading showed. Empty when SOLVED. */
    struct report others;
};

struct diagnose_answers {
    struct diagnose_answer v[DIAGNOSE_MOST]; /* one for each of found->found, in order */
    size_t n;
    struct diagnose_reading *reading; /* what the answers borrow from */
};

/* Never fails: what fails makes an answer UNCHECKED. `found` is borrowed by the answers. Release it always.
 */
void diagnose_confirm(struct diagnose_answers *out, const struct diagnoses *found,
                      const struct check_sources *sources);
/* Without asking anybody: UNCHECKED, "not-asked"; for a terminal without books. */
void diagnose_unasked(struct diagnose_answers *out, const struct diagnoses *found, const struct conf *conf);
void diagnose_release(struct diagnose_answers *a);

/* A fact of the first finding that confirms: "ticket", "lines", "account" (report_fact_names), or "subject".
 * "" = none. For rule->confirmed and the steps, after the mail's own parameters. */
const char *diagnose_fact(const struct diagnose_answer *a, const char *name);
/* One line that is equal for equal answers, for the journal: "confirmed invoice 9002 item-is-category:5001".
 */
void diagnose_mark(const struct diagnose_answer *a, struct buf *out);

/* Every sentence that an answer may hold besides those of the checks, NULL-terminated: report_words_missing.
 */
extern const char *const diagnose_sentences[];

/* What `check` and `confirmed_by` of a rule may name, NULL-terminated. */
const char *const *diagnose_checks(void);
const char *const *diagnose_kinds(void);

#endif
