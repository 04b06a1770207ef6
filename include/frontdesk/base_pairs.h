/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pairs: which two bytes stand beside each other in a text, as a set of bits. Many words are looked for in
 * each mail and nearly none of them is there: a word with a pair that the text does not have need not be
 * looked for. Two pairs may share a bit, so it says "surely not" or "perhaps".
 */
#ifndef FRONTDESK_BASE_PAIRS_H
#define FRONTDESK_BASE_PAIRS_H

struct pairs {
    uint64_t bits[64];
};

void pairs_of(struct pairs *out, struct slice text);
/* False: `word` does not stand in that text. Bytes are compared as they are. */
bool pairs_may_hold(const struct pairs *p, struct slice word);

#endif
