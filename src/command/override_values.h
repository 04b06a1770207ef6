/* SPDX-License-Identifier: GPL-2.0-or-later */
/* override_values: one value said → what it stands for (override_values.c), for overrides.c. */
#ifndef FRONTDESK_COMMAND_OVERRIDE_VALUES_H
#define FRONTDESK_COMMAND_OVERRIDE_VALUES_H

#include "frontdesk/command_overrides.h"

enum { OVERRIDE_VALUE_MAX = 300 }; /* bytes of one value; longer text is no value */

/* What every function here looks into. */
struct override_world {
    const struct directory *d;
    const struct due_calendar *cal;
    int64_t now_ms;
    struct pool *pool;
};

/* A company begins with these words, and others do too: state SEVERAL. Or a typing slip of a priority (with
 * `company_too` also of a company): state UNKNOWN with what was meant. False: then *out is untouched. */
bool override_looks_like(struct override *out, struct slice said, bool company_too,
                         const struct override_world *w);
/* "Due date : fri" → OVERRIDE_DUE, ':' and "fri"; the sign is one of ":=-", or ' ' with `bare`. Marks of bold
 * and of lists do not matter. */
bool override_split_key(struct slice line, bool bare, enum override_key *key, char *sign,
                        struct slice *value);

/* --- pieces: `f` and `name` are folded, `f` terminated --- */

bool override_among(char c, const char *set);
/* Without blanks, and without these characters before and behind. */
struct slice override_strip(struct slice s, const char *before, const char *behind);
/* Does `part` stand in `text` as whole words? */
bool override_has_words(struct slice text, struct slice part);
bool override_begins(struct slice text, struct slice part, bool whole_words);
unsigned override_slip(size_t len); /* how many slips a word of that length may have */
bool override_set(struct override *out, int64_t id, const char *name); /* true */
void override_offer(struct override *out, int64_t id, const char *name);
/* Choices by distance, the nearest first. */
struct nearest {
    struct override *out;
    unsigned distance[OVERRIDE_CHOICES];
};
void override_offer_near(struct nearest *n, unsigned distance, int64_t id, const char *name);

/* override_labels.c: SET, or UNKNOWN with choices */
void override_label(struct override *out, enum directory_list list, struct slice f,
                    const struct directory *d);
const struct directory_label *override_label_exact(const struct directory *d, enum directory_list list,
                                                   struct slice f);
/* `keyed`: somebody said that it is a priority, so "1" is one. */
const struct directory_label *override_priority_exact(const struct directory *d, struct slice f, bool keyed);

/* override_companies.c: SET, SEVERAL, or UNKNOWN with choices */
void override_company(struct override *out, struct slice f, const struct directory *d);
void override_company_guess(struct override *out, struct slice f, const struct directory *d);
void override_company_near(struct override *out, struct slice f, const struct directory *d);
/* How many begin so; one is set, several are offered. */
size_t override_company_begins(struct override *out, struct slice f, bool whole_words,
                               const struct directory *d);

#endif
