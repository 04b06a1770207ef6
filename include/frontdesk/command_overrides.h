/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * command, overrides: what the sender wants otherwise than the configuration says: `[high, fri 3pm, acme]` at
 * the end of the subject, `Priority: high` lines at the top of the text, and the same words in a follow-up.
 * Pure. Each value is resolved against the directory's picklists and companies; one that is unknown never
 * stops the ticket: it is told with the nearest known ones.
 */
#ifndef FRONTDESK_COMMAND_OVERRIDES_H
#define FRONTDESK_COMMAND_OVERRIDES_H

#include "frontdesk/autotask_directory.h"
#include "frontdesk/when.h"

enum override_key {
    OVERRIDE_PRIORITY,
    OVERRIDE_DUE,
    OVERRIDE_QUEUE,
    OVERRIDE_COMPANY,
    OVERRIDE_CONTACT, /* resolved later, within the company: id stays 0 */
    OVERRIDE_CATEGORY,
    OVERRIDE_TYPE,
    OVERRIDE_STATUS,
    OVERRIDE_CC, /* people who become secondary resources, or addresses; `said` is taken apart by the planner
                  */
};

enum override_state {
    OVERRIDE_SET,     /* id and name, or due_ms */
    OVERRIDE_UNKNOWN, /* choices: the nearest known ones, best first */
    OVERRIDE_SEVERAL, /* choices: all that fit (companies), at most OVERRIDE_CHOICES */
    OVERRIDE_PAST,    /* due_ms lies before now */
};

enum { OVERRIDE_CHOICES = 9, OVERRIDES_MAX = 16 };

struct override_choice {
    int64_t id;
    const char *name;
};

struct override {
    enum override_key key;
    enum override_state state;
    struct slice said; /* as written */
    int64_t id;
    const char *name;
    int64_t due_ms;
    struct override_choice choices[OVERRIDE_CHOICES];
    size_t n_choices;
};

struct overrides {
    struct override
        list[OVERRIDES_MAX]; /* at most one a key (but CC): the later place wins, text over subject */
    size_t n;
    struct slice
        title; /* what is left of the subject without its bracket; the whole if the bracket is no override */
    struct slice text; /* what is left of the text without the lines at its top */
};

/* Strings live in `pool` or in the directory. A bracket counts only if every piece of it resolves or looks
 * like a value of a known kind; `[EXTERNAL]`, `[urgent] printer`, `[INC-1234]` at the start stay in the
 * title. */
void overrides_read(struct overrides *out, struct slice title, struct slice text, const struct directory *d,
                    const struct due_calendar *cal, int64_t now_ms, struct pool *pool);
/* One value for a known key ("queue" "Triage"); state UNKNOWN if it does not resolve. */
void override_resolve(struct override *out, enum override_key key, struct slice said,
                      const struct directory *d, const struct due_calendar *cal, int64_t now_ms,
                      struct pool *pool);
/* One value whose key is to be guessed ("high", "fri 3pm", "acme"); false if nothing fits exactly: then *out
 * is untouched. Companies only by exact name, unique prefix or domain. */
bool override_guess(struct override *out, struct slice said, const struct directory *d,
                    const struct due_calendar *cal, int64_t now_ms, struct pool *pool) MUST_USE;
/* A priority to give as an example: one that a ticket does not get by itself, not that of id `has`, and never
 * the most urgent one, which people would copy. NULL: there is none. */
const char *override_example_priority(const struct directory *d, int64_t has);
const char *override_key_name(enum override_key key); /* "priority" "due" ... */

#endif
