/* SPDX-License-Identifier: GPL-2.0-or-later */
/* words: the private parts of this folder. decide.c is the page to start from. */
#ifndef FRONTDESK_COMMAND_WORDS_H
#define FRONTDESK_COMMAND_WORDS_H

#include "frontdesk/command.h"

enum { MOST_WORDS = 120, MOST_FORM_WORDS = 4, MOST_MATCHES = 40, MOST_SAME = 8 };

/* What stands between two words. */
enum gap { GAP_BLANK, GAP_COLON, GAP_DASH, GAP_COMMA, GAP_JOIN, GAP_OPEN, GAP_CLOSE, GAP_STOP, GAP_EDGE };

struct word {
    struct slice raw;   /* as written, without punctuation around it */
    struct slice chunk; /* with it: what a title loses */
    struct slice folded;
    enum gap before, after;
    bool capital, all_caps, possessive, opaque, at_sign, bracketed;
};

struct words {
    struct word w[MOST_WORDS];
    size_t n;
    bool title_case; /* every word has a capital: a capital is no evidence */
};

void words_read(struct words *out, struct slice subject, struct pool *pool);

/* names.c */
enum form_kind { FORM_FULL, FORM_INITIAL, FORM_USER, FORM_FIRST, FORM_NICK };

struct match {
    size_t at, n; /* words */
    enum form_kind kind;
    const struct directory_resource *who[MOST_SAME];
    size_t n_who;
    bool everyday, absent; /* a word of every day; only people who cannot be given tickets */
    bool strong, weak;     /* addressed */
    const char *where;
};

/* The longest form that starts at word `at`; false if none does. */
bool names_match(const struct command_names *names, const struct words *words, size_t at, struct match *out);
/* Assignable people whose forms are near to `word`, best first. */
size_t names_near(const struct command_names *names, struct slice folded,
                  const struct directory_resource **out, size_t max);
bool names_everyday(struct slice folded);
bool names_month(struct slice folded);
/* Common words that open a sentence and are nobody's misspelt name. */
bool names_common_word(struct slice folded);

/* places.c: fills strong, weak, where of each match. */
size_t places_find(const struct command_names *names, const struct words *words, struct match *out,
                   size_t max);
/* A word in a place where a name belongs, although none is known; its index or -1. *strong: a separator says
 * so. */
long places_unknown(const struct words *words, const struct match *matches, size_t n, bool *strong);
/* The first word that is not part of an address at the start, and one past the last before an address at the
 * end. */
void places_title(const struct words *words, const struct match *matches, size_t n, long unknown,
                  size_t *from, size_t *to);

/* phrases.c: the table of commands. NULL when the subject is none. */
const struct command_verb *phrases_find(const struct words *words, bool someone_named, struct slice stripped,
                                        struct slice *argument);

#endif
