/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pairs: see base_pairs.h. */
#include "frontdesk/base.h"

/* Two small letters never share a bit with two other small letters. */
static unsigned place(const char *at)
{
    return ((unsigned)(unsigned char)at[0] << 5 ^ (unsigned char)at[1]) & 4095;
}

void pairs_of(struct pairs *out, struct slice text)
{
    *out = (struct pairs){{0}};
    for (size_t i = 0; i + 1 < text.len; i++) {
        unsigned bit = place(text.ptr + i);
        out->bits[bit >> 6] |= (uint64_t)1 << (bit & 63);
    }
}

bool pairs_may_hold(const struct pairs *p, struct slice word)
{
    for (size_t i = 0; i + 1 < word.len; i++) {
        unsigned bit = place(word.ptr + i);
        if (!(p->bits[bit >> 6] >> (bit & 63) & 1))
            return false;
    }
    return true;
}
