/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rules, inside: a rule with what it is found by. rulefile.c reads one file, rules.c loads the folders. */
#ifndef FRONTDESK_DIAGNOSE_RULES_H
#define FRONTDESK_DIAGNOSE_RULES_H

#include "frontdesk/diagnose_match.h"
#include "needles.h"
#include "takes.h"

enum { RULE_WORDS = 5, RULE_GROUPS = 5, RULE_TEXTS = 24, GROUP_WORDS = 60 };

/* One way to find the rule: all the words within a block. */
struct alternative {
    uint32_t needles[RULE_WORDS];
    unsigned n;
    unsigned line; /* of the file */
    const char *words[RULE_WORDS];
};

struct symptom_word {
    const char *text;
    bool capitals, any_ending;
};
struct symptom_group {
    struct symptom_word *words;
    size_t n;
};

/* A text that the file promises to match. */
struct promise {
    const char *text;
    unsigned line;
    bool says;
};

struct rule {
    struct diagnose_rule pub;
    const char *codes[RULE_TEXTS]; /* lower case */
    size_t n_codes;
    struct alternative alternatives[RULE_TEXTS];
    size_t n_alternatives;
    struct symptom_group groups[RULE_GROUPS];
    size_t n_groups;
    struct takes *takes;
    struct promise promises[RULE_TEXTS];
    size_t n_promises;
    unsigned folder; /* that it was read from */
    unsigned id_line;
    struct rule *replaces;            /* of an earlier folder */
    const struct diagnose_rule *told; /* its place in the list */
};

struct diagnose_rules {
    struct pool *pool;
    struct rule **v; /* sorted by id */
    size_t n, room;
    struct diagnose_rule *list; /* in the same order */
    struct needles *needles;
    /* for each needle the alternatives that hold it: uses[use_from[i]] .. uses[use_from[i + 1]] */
    struct needle_use {
        uint32_t rule, alternative;
    } * uses;
    uint32_t *use_from;
};

/* One reading of one file. */
struct rule_reading {
    struct pool *pool; /* of the rules */
    const char *path;
    const char *const *folders; /* where parts of texts are */
    const char *const *checks, *const *kinds;
    struct buf *problems;
    size_t n_problems;
};
void rule_problem(struct rule_reading *r, unsigned line, const char *fmt, ...) PRINTF(3, 4);
/* Into the pool; whatever is wrong is told, and the rule is then not to be used. */
struct rule *rulefile_read(struct rule_reading *r, const char *stem);

/* Tells what is wrong with the tags in the text of a rule. */
void rule_text_check(struct rule_reading *r, unsigned line, const char *key, const char *text);

/* Does the rule, by its words, stand in the text? For the promises of the files. *instead: a rule that does,
 * if this one does not; NULL: none. */
bool match_keeps_promise(const struct diagnose_rules *rules, const struct rule *rule, const struct promise *p,
                         const struct rule **instead);

#endif
