/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fold: names compared as people read them. See base_fold.h. */
#include "frontdesk/base.h"

#include <glib.h>

/* Letters that NFKD does not take apart but people type without their stroke. */
static const struct {
    gunichar from;
    const char *to;
} strokes[] = {
    {0x00df, "ss"}, {0x00e6, "ae"}, {0x00f8, "o"}, {0x0111, "d"},  {0x00f0, "d"},
    {0x0127, "h"},  {0x0131, "i"},  {0x0142, "l"}, {0x0153, "oe"}, {0x00fe, "th"},
};

static bool all_ascii(struct slice s)
{
    for (size_t i = 0; i < s.len; i++) {
        if ((unsigned char)s.ptr[i] >= 0x80)
            return false;
    }
    return true;
}

static void fold_ascii(struct buf *out, struct slice s)
{
    char *room = buf_room(out, s.len);
    if (!room)
        return;
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        room[i] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
    }
    buf_added(out, s.len);
}

static void put_letter(struct buf *out, gunichar c)
{
    for (size_t i = 0; i < ARRAY_LEN(strokes); i++) {
        if (strokes[i].from == c) {
            buf_puts(out, strokes[i].to);
            return;
        }
    }
    char utf8[6];
    buf_put(out, utf8, (size_t)g_unichar_to_utf8(c, utf8));
}

static void fold_unicode(struct buf *out, const char *utf8, gssize len)
{
    char *cased = g_utf8_casefold(utf8, len);
    char *apart = g_utf8_normalize(cased, -1, G_NORMALIZE_NFKD);
    for (char *p = apart; p && *p; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        if (!g_unichar_ismark(c))
            put_letter(out, c == 0x2019 || c == 0x02bc ? '\'' : c);
    }
    g_free(apart);
    g_free(cased);
}

void fold_into(struct buf *out, struct slice text)
{
    if (text.len == 0)
        return;
    if (all_ascii(text)) {
        fold_ascii(out, text);
        return;
    }
    if (g_utf8_validate(text.ptr, (gssize)text.len, NULL)) {
        fold_unicode(out, text.ptr, (gssize)text.len);
        return;
    }
    char *converted =
        g_convert_with_fallback(text.ptr, (gssize)text.len, "UTF-8", "WINDOWS-1252", "?", NULL, NULL, NULL);
    if (converted)
        fold_unicode(out, converted, -1);
    g_free(converted);
}

bool fold_eq(struct slice a, struct slice b)
{
    struct buf fa = BUF_INIT(4096), fb = BUF_INIT(4096);
    fold_into(&fa, a);
    fold_into(&fb, b);
    bool same = !fa.overflow && !fb.overflow && slice_eq(buf_view(&fa), buf_view(&fb));
    buf_release(&fa);
    buf_release(&fb);
    return same;
}

enum { LONGEST = 64 };

static bool code_points(struct slice s, gunichar out[LONGEST], size_t *count)
{
    *count = 0;
    for (size_t i = 0; i < s.len;) {
        gunichar c = g_utf8_get_char_validated(s.ptr + i, (gssize)(s.len - i));
        if (*count == LONGEST || c == (gunichar)-1 || c == (gunichar)-2)
            return false;
        out[(*count)++] = c;
        i += (size_t)g_unichar_to_utf8(c, NULL);
    }
    return true;
}

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

unsigned fold_distance(struct slice a, struct slice b, unsigned most)
{
    gunichar x[LONGEST], y[LONGEST];
    size_t n, m;
    if (!code_points(a, x, &n) || !code_points(b, y, &m))
        return most + 1;
    if ((n > m ? n - m : m - n) > most)
        return most + 1;
    unsigned rows[3][LONGEST + 1];
    for (size_t j = 0; j <= m; j++)
        rows[0][j] = (unsigned)j;
    for (size_t i = 1; i <= n; i++) {
        unsigned *now = rows[i % 3], *last = rows[(i + 2) % 3], *before = rows[(i + 1) % 3];
        now[0] = (unsigned)i;
        for (size_t j = 1; j <= m; j++) {
            unsigned d = least(least(last[j], now[j - 1]) + 1, last[j - 1] + (x[i - 1] != y[j - 1]));
            if (i > 1 && j > 1 && x[i - 1] == y[j - 2] && x[i - 2] == y[j - 1])
                d = least(d, before[j - 2] + 1);
            now[j] = d;
        }
    }
    return least(rows[n % 3][m], most + 1);
}

const char *fold_nearest(const char *word, const char *const *names)
{
    const char *best = NULL;
    unsigned best_distance = 3;
    for (; *names; names++) {
        unsigned d = fold_distance(slice_of(word), slice_of(*names), 2);
        if (d < best_distance && d * 3 <= strlen(*names) + 1) {
            best = *names;
            best_distance = d;
        }
    }
    return best;
}
