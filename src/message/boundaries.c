/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * boundaries: the library compares each line that begins with two hyphens with the boundary of every
 * multipart around it. Millions of such lines under hundreds of levels would take it hours, so both are
 * counted first: the lines, and the words "boundary", without which there is no level.
 */
#include "message_internal.h"

enum { BLOCK = 64 * 1024, OVERLAP = 8, FEW = 100000, COMPARISONS_MAX = 200 * 1000 * 1000 };

static uint64_t count_lines(struct slice s)
{
    uint64_t n = 0;
    for (const char *p = s.ptr, *end = s.ptr + s.len; (p = memmem(p, (size_t)(end - p), "\n--", 3)) != NULL;
         p += 3)
        n++;
    return n;
}

static uint64_t count_words(struct slice s)
{
    static const char word[] = "boundary";
    uint64_t n = 0;
    for (size_t i = 0; i + sizeof(word) - 1 <= s.len; i++)
        n += (s.ptr[i] | 0x20) == 'b' && strncasecmp(s.ptr + i, word, sizeof(word) - 1) == 0;
    return n;
}

/* What is cut by the end of a block stands whole in the next, which begins `overlap` bytes before. */
static int count(const struct source *src, size_t overlap, uint64_t (*in)(struct slice), uint64_t *out,
                 struct err *e)
{
    char *block = mem_alloc(BLOCK + OVERLAP);
    size_t kept = 0;
    uint64_t at = 0;
    ssize_t n;
    *out = 0;
    while ((n = source_read(src, at, block + kept, BLOCK)) > 0) {
        size_t have = kept + (size_t)n;
        *out += in(slice_from(block, have));
        kept = have < overlap ? have : overlap;
        memmove(block, block + have - kept, kept);
        at += (uint64_t)n;
    }
    free(block);
    return n < 0 ? err_set(e, ERR_IO, "the mail could not be read from its file") : 0;
}

int boundaries_guard(const struct source *src, struct err *e)
{
    uint64_t lines, words;
    if (count(src, 2, count_lines, &lines, e) != 0)
        return -1;
    if (lines <= FEW)
        return 0;
    if (count(src, 7, count_words, &words, e) != 0)
        return -1;
    return words && lines > COMPARISONS_MAX / words
               ? message_over(e, OVER_BOUNDARIES, true, lines * words, COMPARISONS_MAX)
               : 0;
}
