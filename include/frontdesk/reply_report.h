/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * reply, report: what a check found, in order, and written as a letter, a table and data.
 *
 * A finding is a kind, a subject, facts and evidence. What is said about a kind stands in the templates:
 * LANGUAGE/check/NAME.txt, see templates/README.md. Text in a report is foreign: each writer makes it safe.
 *
 * Order: severity, then the kind's place in its table, then subject, then the ids of the evidence; so the
 * same rows give the same bytes, whatever order they were read in. The time stands in the letter and in the
 * JSON only.
 *
 * Everything lives in the pool of the report. Limits: 8 facts and 4 pieces of evidence a finding (further
 * ones are counted), 16 sentences of each sort.
 */
#ifndef FRONTDESK_REPLY_REPORT_H
#define FRONTDESK_REPLY_REPORT_H

#include "frontdesk/base.h"

struct templates;
struct view;

enum report_severity {
    REPORT_ERROR,   /* an invoice will fail, or be wrong */
    REPORT_WARNING, /* may go wrong, or goes where nobody expects it */
    REPORT_NOTE,    /* to know */
    REPORT_SEVERITIES
};
/* "error", "warning", "note": in data. */
const char *report_severity_name(enum report_severity severity);

/* A row of the table of kinds; `key` is a section of LANGUAGE/check/. */
struct report_kind {
    const char *key;
    enum report_severity severity;
};

struct report_fact {
    const char *name; /* one of report_fact_names */
    const char *text;
};
/* What may stand in { } in the texts; NULL-terminated. */
extern const char *const report_fact_names[];

struct report_evidence {
    const char *system; /* "Autotask", "QuickBooks" */
    const char *what;   /* "work type", "item" */
    const char *id;
    const char *link; /* "" = there is none */
};

enum { REPORT_FACTS = 8, REPORT_EVIDENCE = 4, REPORT_SENTENCES = 16 };

struct report_finding {
    unsigned kind; /* row of the report's table */
    const char *subject;
    struct report_fact facts[REPORT_FACTS];
    struct report_evidence evidence[REPORT_EVIDENCE];
    unsigned n_facts, n_evidence, more_evidence;
};

/* A text of the templates with its facts. */
struct report_sentence {
    const char *key;
    struct report_fact facts[REPORT_FACTS];
    unsigned n_facts;
};
enum report_sort {
    REPORT_VERDICT,  /* the one sentence that says it */
    REPORT_COMPARED, /* what was compared, and how many */
    REPORT_ASSUMED,  /* settings that no system shows */
    REPORT_UNSEEN,   /* what could not be looked at: no finding there does not mean that all is well */
    REPORT_SORTS
};

struct report {
    struct pool *pool; /* borrowed */
    const struct report_kind *kinds;
    size_t n_kinds;
    const char *name;        /* "check mapping" */
    const char *integration; /* "qbo-app", "sah", "qbd", "3rd": which steps are told */
    const char *firm, *timezone;
    int64_t made_ms;
    struct report_finding *findings;
    size_t n, room;
    size_t counts[REPORT_SEVERITIES]; /* kept by report_add */
    struct report_sentence sentences[REPORT_SORTS][REPORT_SENTENCES];
    unsigned n_sentences[REPORT_SORTS];
};

void report_init(struct report *r, struct pool *pool, const struct report_kind *kinds, size_t n_kinds);
/* Frees what is not in the pool. */
void report_release(struct report *r);

/* The finding is valid until the next report_add. */
struct report_finding *report_add(struct report *r, unsigned kind, const char *subject);
/* `text` is borrowed and must live as long as the report; "" is no fact. */
void report_fact(struct report_finding *f, const char *name, const char *text);
void report_factf(struct report *r, struct report_finding *f, const char *name, const char *fmt, ...)
    PRINTF(4, 5);
/* Likewise; `link` may be NULL. */
void report_evidence(struct report_finding *f, const char *system, const char *what, const char *id,
                     const char *link);
/* A sentence; of a sort the first REPORT_SENTENCES are kept, the same key with the same facts once. The facts
 * are those of `facts`, whose last one has a NULL name; NULL: none. */
void report_say(struct report *r, enum report_sort sort, const char *key, const struct report_fact *facts);

/* Puts the findings in order. Call it once, before any writer. */
void report_sort(struct report *r);

/* --- writers. ERR_TEMPLATE: the templates do not know a kind or a sentence --- */

/* The letter `template`, which is `report` or one of drift watch: text and HTML. `about`: further facts of
 * the letter (subject, ref, greeting), may be NULL. */
int report_letter(const struct report *r, const struct templates *t, const char *template, struct view *about,
                  struct buf *subject, struct buf *text, struct buf *html, struct err *e) MUST_USE;
/* For another letter, into its facts: finding `i` (title, object, detail, ids, links); the pages that list
 * the records of all findings (lists); the sentences of a sort, the verdict as the text `list`, others as its
 * items. */
void report_pages(const struct report *r, const struct templates *t, struct view *v);
int report_row(const struct report *r, const struct templates *t, size_t i, struct view *row,
               struct err *e) MUST_USE;
int report_lines(const struct report *r, const struct templates *t, enum report_sort sort, struct view *v,
                 const char *list, struct err *e) MUST_USE;
/* A word of the table of things ("invoice", "inactive") as the language says it. */
const char *report_thing(const struct templates *t, const char *text);
/* A finding in short: its title, its subject, its records. */
int report_line(const struct report *r, const struct templates *t, const struct report_finding *f,
                struct buf *out, struct err *e) MUST_USE;
/* A sentence as it is told. */
int report_said(const struct report *r, const struct templates *t, const struct report_sentence *s,
                struct buf *out, struct err *e) MUST_USE;
/* A row a finding: UTF-8 with a mark, CRLF, everything in quotes, nothing that a spreadsheet would run. */
int report_csv(const struct report *r, const struct templates *t, struct buf *out, struct err *e) MUST_USE;
/* The same of at most `most` bytes: the worst findings, and a last row that says how many are left out. */
int report_csv_within(const struct report *r, const struct templates *t, size_t most, struct buf *out,
                      struct err *e) MUST_USE;
int report_json(const struct report *r, const struct templates *t, struct buf *out, struct err *e) MUST_USE;
/* The verdict alone, as one line. */
int report_verdict(const struct report *r, const struct templates *t, struct buf *out,
                   struct err *e) MUST_USE;
/* Kinds and sentences of the program that the templates lack, as lines; how many. */
unsigned report_words_missing(const struct templates *t, const struct report_kind *kinds, size_t n_kinds,
                              const char *const *sentences, struct buf *problems);

#endif
