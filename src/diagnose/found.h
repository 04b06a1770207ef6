/* SPDX-License-Identifier: GPL-2.0-or-later */
/* found, inside: what matching gathers before it is told. match.c finds words, errorcodes.c numbers,
 * symptoms.c the sender's own wording, values.c the parameters. */
#ifndef FRONTDESK_DIAGNOSE_FOUND_H
#define FRONTDESK_DIAGNOSE_FOUND_H

#include "normal.h"
#include "params.h"
#include "rules.h"

enum { MOST_FINDINGS = 400, MOST_SPANS = 24 };

/* One rule in one block. */
struct finding {
    const struct rule *rule;
    uint32_t text, block;
    uint32_t from, to; /* the words, in normal.text */
    enum diagnose_by by;
    bool dropped;
};

struct matching {
    const struct diagnose_rules *rules;
    const struct diagnose_text *texts;
    struct normal *normals;
    size_t n_texts;
    bool named;                          /* short words count without the name of a program */
    struct finding found[MOST_FINDINGS]; /* in order of text and block */
    size_t n;
};

/* Where no rule was found by its words: rules by their numbers. */
void codes_find(struct matching *m);
/* Where nothing was found at all: rules by the sender's own words, the best first. */
void symptoms_find(struct matching *m);
/* Parameters of the diagnosis: from the blocks of its findings and those around them. */
void values_take(const struct matching *m, struct diagnosis *d, bool only_one, struct pool *pool);
/* Adds one, unless it is there already. */
void values_add(struct diagnosis *d, struct pool *pool, const char *name, struct slice value);

#endif
