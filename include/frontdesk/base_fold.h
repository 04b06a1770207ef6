/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fold: text as it is compared with names: NFKD, case folded, combining marks dropped; ASCII takes a fast
 * path. ß folds to ss, ø to o, ł to l, æ to ae. Bytes that are not UTF-8 are taken as Windows-1252. */
#ifndef FRONTDESK_BASE_FOLD_H
#define FRONTDESK_BASE_FOLD_H

/* Appends the folded form. */
void fold_into(struct buf *out, struct slice text);
/* Are both the same once folded? */
bool fold_eq(struct slice a, struct slice b);
/* Damerau-Levenshtein distance (transposition counts 1) of two folded strings, by code point; more than
 * `most` is reported as most + 1. Strings over 64 code points count as most + 1. */
unsigned fold_distance(struct slice a, struct slice b, unsigned most);
/* The name out of `names` (NULL-terminated) nearest to `word`, or NULL when none is near (distance over 2, or
 * over a third of its length). For "did you mean" in configuration and command line. */
const char *fold_nearest(const char *word, const char *const *names);

#endif
