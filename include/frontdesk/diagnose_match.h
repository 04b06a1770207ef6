/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * diagnose, matching: which known errors of the sync stand in a text. Pure: text in, rules that match out; no
 * calls, no clock, no files but the rule files at the start.
 *
 * A rule is a file, LANGUAGE/diagnose/ID.conf among the templates or in the firm's own folder
 * (/etc/frontdesk/templates/diagnose): see templates/README.md, "Rules". A firm's rule of the same id takes
 * the place of ours; one id twice in one folder is an error.
 *
 * Texts are hostile: at most DIAGNOSE_TEXT bytes of each of the first DIAGNOSE_TEXTS are read, time is linear
 * in the length, patterns run with PCRE2's match and depth limits on pieces of bounded length.
 *
 * Facts: sync-errors.md 1 (normalising 1.1, parameters 1.2), 2, A to G.
 */
#ifndef FRONTDESK_DIAGNOSE_MATCH_H
#define FRONTDESK_DIAGNOSE_MATCH_H

#include "frontdesk/base.h"

enum diagnose_severity { DIAGNOSE_BLOCKER, DIAGNOSE_HIGH, DIAGNOSE_MEDIUM, DIAGNOSE_LOW };
enum { DIAGNOSE_TEXT = 512 * 1024, DIAGNOSE_TEXTS = 40, DIAGNOSE_MOST = 8, DIAGNOSE_VALUES = 50 };

/* The texts of a rule are Mustache (the template engine of reply), kept as written and rendered by who tells.
 */
struct diagnose_rule {
    const char *id;      /* "qbo-item-is-category" */
    const char *title;   /* "a line points at a product category" */
    const char *emitter; /* "qbo", "autotask", "qbd", "qbwc" */
    enum diagnose_severity severity;
    int rank;                        /* 1 exact sentence .. 4 envelope; lowest of a block wins */
    bool symptom;                    /* has no words of its own: known by how staff tell it only */
    const char *check;               /* name of the check that confirms it, "invoice"; "" = none */
    const char *const *confirmed_by; /* kinds of findings (check_kinds) that confirm it; NULL-terminated */
    const char *unconfirmable;       /* why no API can tell; "" when `check` is there */
    const char *meaning;             /* one sentence, without jargon */
    const char *cause;
    const char *confirmed, *refuted; /* what the evidence says, in a sentence; "" = the standard one */
    const char *const *steps;        /* NULL-terminated; one that renders to nothing is left out */
    const char *file;                /* where it was read from */
};

struct diagnose_rules;

/* Reads every *.conf of the folders: first `ours` (NULL-terminated; the full language, then the one that is
 * spoken: a later folder takes the place of an earlier one by id), then `firm` (the same; NULL: there are
 * none). A folder that is not there is no error, unless ours come to nothing. `checks` and `kinds`
 * (NULL-terminated) are the names that `check` and `confirmed_by` may hold: given by the caller, for matching
 * knows no checks; NULL: any.
 *
 * What is wrong is written as lines "FILE:LINE: what is wrong, and what is allowed", all of it at once. Ours
 * must be right: ERR_CONFIG, and `problems` says why. A rule of the firm that is wrong is left out, and told
 * in `firm_problems` (which may be the same buf); ours of that id stays. Free with diagnose_rules_free. */
int diagnose_rules_load(struct diagnose_rules **out, const char *const *ours, const char *const *firm,
                        const char *const *checks, const char *const *kinds, struct buf *problems,
                        struct buf *firm_problems, struct err *e) MUST_USE;
void diagnose_rules_free(struct diagnose_rules **rules);
/* In order of id. */
const struct diagnose_rule *diagnose_rules_list(const struct diagnose_rules *rules, size_t *n);
const struct diagnose_rule *diagnose_rule_find(const struct diagnose_rules *rules, struct slice id);

/* A piece of the mail, in the order a reader sees them. */
struct diagnose_text {
    const char *where; /* "the mail", "error.log", "forwarded mail" */
    struct slice text; /* readable UTF-8, as the reader gives it (HTML already text) */
    bool own;          /* the sender's own words: symptoms count only here */
};

struct diagnose_value {
    const char *name; /* sync-errors.md 1.2: "invoice_number", "customer_name", ... */
    const char *text; /* original case, blanks collapsed */
};

/* How sure it is that it stands there. */
enum diagnose_by {
    DIAGNOSE_BY_WORDS,   /* the words of the error */
    DIAGNOSE_BY_CODE,    /* nothing but its number; the same number may have further rules, which follow */
    DIAGNOSE_BY_SYMPTOM, /* the sender's own words only: weak, "probably"; the best first */
};

/* One error that was found. The same error of several records is one, with several values of a name. */
struct diagnosis {
    const struct diagnose_rule *rule;
    enum diagnose_by by;
    const char *where; /* of the text it stood in */
    const char *quote; /* the words that matched, as they stood, at most 300 bytes */
    struct diagnose_value values[DIAGNOSE_VALUES];
    size_t n_values;
    bool more_values; /* there were more than that */
};

struct diagnoses {
    struct diagnosis found[DIAGNOSE_MOST]; /* in order of appearance; symptoms: the best first */
    size_t n;
    bool more; /* there were more errors than that */
    const char
        *unmatched; /* nothing matched: the line that looks most like an error of a sync, "" = none does */
};

/* Strings are made in `pool`. */
void diagnose_match(const struct diagnose_rules *rules, const struct diagnose_text *texts, size_t n,
                    struct pool *pool, struct diagnoses *out);
/* The first value of that name; "" = there is none. */
const char *diagnose_value(const struct diagnosis *d, const char *name);

#endif
