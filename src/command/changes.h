/* SPDX-License-Identifier: GPL-2.0-or-later */
/* changes: one line of a reply, read as changes or as nothing. followup.c is the page to start from. */
#ifndef FRONTDESK_COMMAND_CHANGES_H
#define FRONTDESK_COMMAND_CHANGES_H

#include "frontdesk/command_followup.h"

#include "words.h"

enum { LINE_TOKENS = 32 };

/* A word of a line without the punctuation around it. */
struct token {
    struct slice raw, folded;
    size_t at;   /* the how manieth word of the line */
    char sign;   /* '+' or '-' glued in front, else 0 */
    bool split;  /* a comma, a stop or the line's start stands before it */
    bool joined; /* "and", "&" or a comma stands before it */
    bool colon;  /* ":" or "=" follows */
};

struct tokens {
    struct token t[LINE_TOKENS];
    size_t n;
    bool too_many, question, bullet;
};

void tokens_read(struct tokens *out, struct slice line, struct pool *pool);
/* Greetings, thanks and "ok", perhaps with somebody's name behind: nothing that wants anything. */
struct change_world;
bool tokens_social(const struct tokens *t, const struct change_world *w);

struct change_world {
    const struct directory *d;
    const struct command_names *names;
    const struct due_calendar *cal;
    int64_t now_ms;
    struct pool *pool;
    struct words *scratch; /* one, used again and again */
};

/* The changes of a line of which every word belongs to one; 0 if a word is left over, or if it is not
 * certain. `bare_name`: a name alone answers our question. `bare_value`: a number or "high" alone counts. */
size_t changes_read(struct change *out, size_t max, const struct tokens *line, const struct change_world *w,
                    bool bare_name, bool bare_value);

#endif
