/* SPDX-License-Identifier: GPL-2.0-or-later */
/* normal: a text as it is matched (sync-errors.md 1.1): folded marks, one blank for all white space, without
 * quote marks, cut into lines and blocks. normalise.c folds characters, blocks.c cuts. */
#ifndef FRONTDESK_DIAGNOSE_NORMAL_H
#define FRONTDESK_DIAGNOSE_NORMAL_H

#include "frontdesk/base.h"

struct normal_line {
    uint32_t from, to;         /* of `text` */
    uint32_t cells, cells_end; /* of `clean`: the same line with its tabs */
    bool soft;                 /* a mail program broke it here: what follows belongs to it */
};

/* What belongs together: a paragraph, or one entry of a list. */
struct normal_block {
    uint32_t from, to; /* of `text` */
    uint32_t line, n_lines;
    uint32_t section; /* counts forwarded mails and the like */
    bool signature;
};

struct normal {
    char *clean;        /* marks folded, line by line */
    char *text, *lower; /* the same length; blocks end in LF, lines in a blank */
    size_t len;
    struct normal_line *lines;
    size_t n_lines;
    struct normal_block *blocks;
    size_t n_blocks;
};

/* Typographic marks, white space, entities and what is left of quoted-printable; UTF-8 whatever comes in. Not
 * longer than `raw`; terminated, to be freed. */
char *normal_clean(struct slice raw, size_t *len) MUST_USE;
void normal_make(struct normal *out, struct slice raw);
void normal_release(struct normal *n);

/* A signature or a disclaimer: only the long words of an error count there. */
bool normal_is_mute(const struct normal *n, const struct normal_block *b);
struct slice normal_block_text(const struct normal *n, const struct normal_block *b);
struct slice normal_block_lower(const struct normal *n, const struct normal_block *b);
/* Is the word of `lower` at `at` whole? */
bool normal_word(struct slice lower, size_t at, size_t len);
/* Stands one of the words (NULL-terminated) whole in `lower`? */
bool normal_has(struct slice lower, const char *const *words);

#endif
