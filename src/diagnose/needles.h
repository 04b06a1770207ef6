/* SPDX-License-Identifier: GPL-2.0-or-later */
/* needles: many literal texts found in one pass (Aho-Corasick, made into a table at load). Blanks do not
 * count, neither in the needles nor in the text: a line break inside a phrase or a word changes nothing. */
#ifndef FRONTDESK_DIAGNOSE_NEEDLES_H
#define FRONTDESK_DIAGNOSE_NEEDLES_H

#include "frontdesk/base.h"

enum { NEEDLE_MIN = 4, NEEDLE_MAX = 120 };

struct needles;

struct needles *needles_new(void) MUST_USE;
void needles_free(struct needles **n);
/* The needle's number, the same for the same text; `text` is lower case, with single blanks. A '^' before it
 * is the beginning of a sentence; digits must follow where it ends in '#'s, one for each. -1: there are too
 * many. */
long needles_add(struct needles *n, struct slice text) MUST_USE;
/* No needle can be added afterwards. */
void needles_close(struct needles *n);
size_t needles_count(const struct needles *n);
/* As it was given. */
struct slice needles_text(const struct needles *n, size_t needle);

struct needle_hit {
    uint32_t needle, from, to; /* bytes of the text */
};

/* Calls `hit` for each occurrence in text[from, to), in order of its end. */
void needles_scan(const struct needles *n, struct slice text, size_t from, size_t to,
                  void (*hit)(void *self, const struct needle_hit *at), void *self);

#endif
