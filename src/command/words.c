/* SPDX-License-Identifier: GPL-2.0-or-later */
/* words: a subject as words with what stands between them. */
#include "words.h"

#include <glib.h>

struct sign {
    gunichar c;
    enum gap gap;
};

/* Signs that part words wherever they stand. A hyphen does so only at the edge of a chunk. */
static const struct sign signs[] = {
    {':', GAP_COLON},   {';', GAP_COLON},    {0xff1a, GAP_COLON}, {0xff1b, GAP_COLON}, {0x061b, GAP_COLON},
    {',', GAP_COMMA},   {0xff0c, GAP_COMMA}, {0x3001, GAP_COMMA}, {0x060c, GAP_COMMA}, {'&', GAP_JOIN},
    {'+', GAP_JOIN},    {'/', GAP_JOIN},     {0xff06, GAP_JOIN},  {0xff0f, GAP_JOIN},  {'(', GAP_OPEN},
    {'[', GAP_OPEN},    {'{', GAP_OPEN},     {'<', GAP_OPEN},     {0xff08, GAP_OPEN},  {0x3010, GAP_OPEN},
    {0x300c, GAP_OPEN}, {0xff3b, GAP_OPEN},  {')', GAP_CLOSE},    {']', GAP_CLOSE},    {'}', GAP_CLOSE},
    {'>', GAP_CLOSE},   {0xff09, GAP_CLOSE}, {0x3011, GAP_CLOSE}, {0x300d, GAP_CLOSE}, {0xff3d, GAP_CLOSE},
    {'.', GAP_STOP},    {'!', GAP_STOP},     {'?', GAP_STOP},     {0x2026, GAP_STOP},  {0x3002, GAP_STOP},
    {0xff01, GAP_STOP}, {0xff1f, GAP_STOP},  {'|', GAP_DASH},     {0x2013, GAP_DASH},  {0x2014, GAP_DASH},
    {0x2015, GAP_DASH}, {0x2192, GAP_DASH},  {0x00b7, GAP_DASH},  {0x2022, GAP_DASH},  {0xff0d, GAP_DASH},
    {0xff5c, GAP_DASH},
};

static enum gap gap_of(gunichar c)
{
    for (size_t i = 0; i < ARRAY_LEN(signs); i++) {
        if (signs[i].c == c)
            return signs[i].gap;
    }
    return GAP_BLANK;
}

/* The character at the start of s and its length; a byte that is no UTF-8 stands for itself. */
static gunichar char_at(struct slice s, size_t *len)
{
    gunichar c = g_utf8_get_char_validated(s.ptr, (gssize)s.len);
    bool bad = c == (gunichar)-1 || c == (gunichar)-2;
    *len = bad ? 1 : (size_t)g_unichar_to_utf8(c, NULL);
    return bad ? 0xfffd : c;
}

static gunichar last_char(struct slice s, size_t *len)
{
    size_t at = s.len - 1;
    while (at > 0 && s.len - at < 4 && ((unsigned char)s.ptr[at] & 0xc0) == 0x80)
        at--;
    gunichar c = char_at(slice_skip(s, at), len);
    if (*len != s.len - at)
        *len = 1;
    return c;
}

static bool invisible(gunichar c)
{
    return c >= 0x80 && g_unichar_type(c) == G_UNICODE_FORMAT;
}

static bool plain(struct slice s)
{
    for (size_t i = 0; i < s.len; i++) {
        if ((unsigned char)s.ptr[i] >= 0x80)
            return false;
    }
    return true;
}

void fold_name(struct buf *out, struct slice text)
{
    if (plain(text)) {
        fold_into(out, text);
        return;
    }
    struct buf seen = BUF_INIT(text.len);
    for (size_t i = 0, n; i < text.len; i += n) {
        if (!invisible(char_at(slice_skip(text, i), &n)))
            buf_put(&seen, text.ptr + i, n);
    }
    fold_into(out, buf_view(&seen));
    buf_release(&seen);
}

/* Addresses, paths: a name in them is nobody. */
static bool is_opaque(struct slice s)
{
    long at = slice_find_char(s, '@');
    return (at > 0 && (size_t)at + 1 < s.len) || slice_find(s, SLICE("://")) >= 0 ||
           slice_find_char(s, '\\') >= 0 || slice_starts_nocase(s, SLICE("www.")) ||
           (s.len > 1 && s.ptr[0] == '/');
}

/* 's and its look-alikes go; so does a lone ' after s. */
static struct slice without_possessive(struct slice s, bool *possessive)
{
    static const char *const ends[] = {"'s", "\xe2\x80\x99s", "\xca\xbcs", "\xc2\xb4s", "`s",
                                       "s'", "s\xe2\x80\x99"};
    enum { KEEPS_S = 5 };
    *possessive = false;
    for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
        struct slice end = slice_of(ends[i]);
        if (s.len > end.len && slice_ends_nocase(s, end)) {
            *possessive = true;
            return slice_cut(s, s.len - end.len + (i >= KEEPS_S ? 1 : 0));
        }
    }
    return s;
}

static bool apostrophe(gunichar c)
{
    return c == '\'' || c == 0x2019;
}

/* Quotation marks, stars, emoji and the like around a word; an apostrophe behind s stays. */
static struct slice without_signs(struct slice s, bool *quoted)
{
    size_t n;
    *quoted = false;
    while (s.len) {
        gunichar c = char_at(s, &n);
        if (g_unichar_isalnum(c))
            break;
        *quoted = *quoted || c == '"' || c == 0x201c || c == 0x201e || c == 0xab || c == 0x2018 || c == '\'';
        s = slice_skip(s, n);
    }
    while (s.len) {
        gunichar c = last_char(s, &n);
        bool belongs = !*quoted && apostrophe(c) && s.len > n && (s.ptr[s.len - n - 1] | 32) == 's';
        if (g_unichar_isalnum(c) || g_unichar_ismark(c) || belongs)
            break;
        s.len -= n;
    }
    return s;
}

static void look_at_letters(struct word *w)
{
    size_t upper = 0, lower = 0, n;
    for (size_t i = 0; i < w->raw.len; i += n) {
        gunichar c = char_at(slice_skip(w->raw, i), &n);
        bool big = g_unichar_isupper(c) || g_unichar_istitle(c);
        if (i == 0) {
            w->capital = big;
            w->number = g_unichar_isdigit(c);
        }
        upper += big;
        lower += g_unichar_islower(c);
    }
    w->all_caps = upper > 1 && lower == 0;
}

static void fold_word(struct word *w, struct pool *pool)
{
    struct buf b = BUF_INIT(400);
    bool possessive;
    struct slice bare = without_possessive(w->raw, &possessive);
    fold_name(&b, slice_cut_utf8(bare, 100));
    w->possessive = possessive;
    w->folded = slice_from(pool_slice(pool, buf_view(&b)), b.len);
    buf_release(&b);
}

struct reader {
    struct words *out;
    struct pool *pool;
    enum gap pending;
    int open; /* brackets */
};

static void end_word(struct reader *r, struct slice chunk, bool opaque)
{
    struct words *out = r->out;
    bool quoted = false;
    struct slice raw = opaque ? chunk : without_signs(chunk, &quoted);
    if (raw.len == 0)
        return;
    if (out->n == MOST_WORDS) {
        out->cut = true;
        return;
    }
    struct word *w = &out->w[out->n];
    *w = (struct word){.raw = raw,
                       .chunk = chunk,
                       .before = out->n == 0 && r->pending == GAP_BLANK ? GAP_EDGE : r->pending,
                       .bracketed = r->open > 0,
                       .opaque = opaque,
                       .quoted = quoted,
                       .at_sign = !opaque && raw.ptr > chunk.ptr && raw.ptr[-1] == '@'};
    out->n++;
    look_at_letters(w);
    fold_word(w, r->pool);
    r->pending = GAP_BLANK;
}

/* The strongest separator wins when several stand together: "Sarah) -" */
static void note_gap(struct reader *r, enum gap g)
{
    static const int weight[] = {
        [GAP_BLANK] = 0, [GAP_COLON] = 6, [GAP_DASH] = 6, [GAP_COMMA] = 4, [GAP_JOIN] = 3,
        [GAP_OPEN] = 5,  [GAP_CLOSE] = 5, [GAP_STOP] = 2, [GAP_EDGE] = 7};
    if (g == GAP_BLANK)
        return;
    if (g == GAP_OPEN)
        r->open++;
    if (g == GAP_CLOSE && r->open > 0)
        r->open--;
    if (r->out->n) {
        struct word *last = &r->out->w[r->out->n - 1];
        if (weight[g] > weight[last->after])
            last->after = g;
    }
    if (weight[g] > weight[r->pending])
        r->pending = g;
}

/* "-", "--", "->", ">", "~" that stand alone */
static bool is_dash(struct slice s)
{
    struct scan c = scan_of(s);
    return scan_while(&c, "-=>~").len == s.len;
}

/* A sign inside a chunk that does not part it: the dots of sarah.klein and 10.0.0.1 */
static bool inside(struct slice chunk, size_t start, size_t i, enum gap g)
{
    size_t n;
    return g == GAP_STOP && chunk.ptr[i] == '.' && i > start && i + 1 < chunk.len &&
           g_unichar_isalnum(char_at(slice_skip(chunk, i + 1), &n));
}

/* A chunk between blanks: signs around and between the words of it. */
static void read_chunk(struct reader *r, struct slice chunk)
{
    if (chunk.len == 0)
        return;
    if (is_dash(chunk)) {
        note_gap(r, GAP_DASH);
        return;
    }
    if (is_opaque(chunk)) {
        end_word(r, chunk, true);
        return;
    }
    /* "-Sarah"; "-force" is an option */
    if (chunk.len > 1 && chunk.ptr[0] == '-' && g_ascii_isupper(chunk.ptr[1])) {
        note_gap(r, GAP_DASH);
        chunk = slice_skip(chunk, 1);
    }
    size_t start = 0;
    for (size_t i = 0, n; i < chunk.len; i += n) {
        enum gap g = gap_of(char_at(slice_skip(chunk, i), &n));
        if (g == GAP_BLANK || inside(chunk, start, i, g))
            continue;
        end_word(r, slice_from(chunk.ptr + start, i - start), false);
        note_gap(r, g);
        start = i + n;
    }
    struct slice rest = slice_skip(chunk, start);
    end_word(r, rest, false);
    /* "Sarah-" */
    if (rest.len > 1 && rest.ptr[rest.len - 1] == '-')
        note_gap(r, GAP_DASH);
}

/* Capitals say nothing where every word has one. Short words may keep small letters: "Order for the Month of
 * May". */
static void look_at_spelling(struct words *out)
{
    enum { SHORT = 4, SOME = 3 };
    size_t capitals = 0;
    bool every = true, shouted = false, all = true;
    for (size_t i = 0; i < out->n; i++) {
        const struct word *w = &out->w[i];
        capitals += w->capital;
        every = every && (w->capital || w->raw.len < SHORT || w->number || w->opaque);
        shouted = shouted || w->all_caps;
        all = all && (w->all_caps || w->number || (w->capital && w->raw.len < 2));
    }
    out->title_case = every && capitals >= SOME;
    out->shouting = shouted && all;
}

void words_read(struct words *out, struct slice subject, struct pool *pool)
{
    struct reader r = {.out = out, .pool = pool};
    struct slice text = slice_cut_utf8(subject, SUBJECT_MAX);
    out->n = 0;
    out->cut = text.len < subject.len;
    size_t start = 0;
    for (size_t i = 0, n; i < text.len; i += n) {
        if (!g_unichar_isspace(char_at(slice_skip(text, i), &n)))
            continue;
        read_chunk(&r, slice_from(text.ptr + start, i - start));
        start = i + n;
    }
    /* the last word of a subject that was cut is no word */
    if (!out->cut)
        read_chunk(&r, slice_skip(text, start));
    if (out->n && !out->cut) {
        struct word *last = &out->w[out->n - 1];
        if (last->after == GAP_BLANK || last->after == GAP_STOP)
            last->after = GAP_EDGE;
    }
    look_at_spelling(out);
}
