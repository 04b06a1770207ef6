/* SPDX-License-Identifier: GPL-2.0-or-later */
/* words: a subject as words with what stands between them. */
#include "words.h"

static bool is_dash(struct slice s)
{
    return slice_eq(s, SLICE("-")) || slice_eq(s, SLICE("--")) || slice_eq(s, SLICE("\xe2\x80\x93")) ||
           slice_eq(s, SLICE("\xe2\x80\x94")) || slice_eq(s, SLICE("|")) || slice_eq(s, SLICE(">")) ||
           slice_eq(s, SLICE("->")) || slice_eq(s, SLICE("=>")) || slice_eq(s, SLICE("\xc2\xb7")) ||
           slice_eq(s, SLICE("~"));
}

static bool is_opaque(struct slice s)
{
    long at = slice_find_char(s, '@');
    return (at > 0 && (size_t)at + 1 < s.len) || slice_find(s, SLICE("://")) >= 0 ||
           slice_find_char(s, '\\') >= 0 || slice_starts_nocase(s, SLICE("www.")) ||
           (s.len > 1 && s.ptr[0] == '/');
}

static bool upper_at(struct slice s)
{
    unsigned char c = s.len ? (unsigned char)s.ptr[0] : 0;
    /* beyond ASCII: a letter that folding changes into another one is taken for a capital if it is one of
     * U+00C0..U+00DE */
    return (c >= 'A' && c <= 'Z') ||
           (c == 0xc3 && s.len > 1 && (unsigned char)s.ptr[1] >= 0x80 && (unsigned char)s.ptr[1] <= 0x9e) ||
           (c == 0xc5 && s.len > 1 && ((unsigned char)s.ptr[1] & 1) == 0);
}

static bool no_lower(struct slice s)
{
    size_t letters = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] >= 'a' && s.ptr[i] <= 'z')
            return false;
        letters += s.ptr[i] >= 'A' && s.ptr[i] <= 'Z';
    }
    return letters > 1;
}

/* 's and ’s go; so does a lone ' after s. */
static struct slice without_possessive(struct slice s, bool *possessive)
{
    static const char *const ends[] = {"'s", "\xe2\x80\x99s", "\xca\xbcs", "s'", "s\xe2\x80\x99"};
    *possessive = false;
    for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
        struct slice end = slice_of(ends[i]);
        if (s.len > end.len && slice_ends_nocase(s, end)) {
            *possessive = true;
            return slice_cut(s, s.len - end.len + (i > 2 ? 1 : 0));
        }
    }
    return s;
}

static enum gap gap_of(char c)
{
    switch (c) {
    case ':':
    case ';':
        return GAP_COLON;
    case ',':
        return GAP_COMMA;
    case '&':
    case '+':
    case '/':
        return GAP_JOIN;
    case '(':
    case '[':
    case '{':
    case '<':
        return GAP_OPEN;
    case ')':
    case ']':
    case '}':
    case '>':
        return GAP_CLOSE;
    case '.':
    case '!':
    case '?':
        return GAP_STOP;
    default:
        return GAP_BLANK;
    }
}

static void fold_word(struct word *w, struct pool *pool)
{
    struct buf b = BUF_INIT(400);
    bool possessive;
    struct slice bare = without_possessive(w->raw, &possessive);
    fold_into(&b, slice_cut_utf8(bare, 100));
    w->possessive = possessive;
    w->folded = slice_from(pool_slice(pool, buf_view(&b)), b.len);
    w->capital = upper_at(w->raw);
    w->all_caps = no_lower(w->raw);
    buf_release(&b);
}

static void add_word(struct words *out, struct slice raw, struct slice chunk, enum gap before, bool bracketed,
                     bool opaque, struct pool *pool)
{
    if (out->n == MOST_WORDS || raw.len == 0)
        return;
    struct word *w = &out->w[out->n++];
    *w = (struct word){
        .chunk = chunk, .before = before, .after = GAP_BLANK, .bracketed = bracketed, .opaque = opaque};
    if (raw.ptr[0] == '@' && raw.len > 1 && !opaque) {
        w->at_sign = true;
        raw = slice_skip(raw, 1);
    }
    w->raw = raw;
    fold_word(w, pool);
}

struct reader {
    struct words *out;
    struct pool *pool;
    enum gap pending;
    int open; /* brackets */
};

/* The strongest separator wins when several stand together: "Sarah) -" */
static void note_gap(struct reader *r, enum gap g)
{
    if (g == GAP_BLANK)
        return;
    if (g == GAP_OPEN)
        r->open++;
    if (g == GAP_CLOSE && r->open > 0)
        r->open--;
    static const int weight[] = {0, 6, 6, 4, 3, 5, 5, 2, 7};
    if (r->out->n) {
        struct word *last = &r->out->w[r->out->n - 1];
        if (weight[g] > weight[last->after])
            last->after = g;
    }
    if (weight[g] > weight[r->pending])
        r->pending = g;
}

static void end_word(struct reader *r, struct slice raw, bool opaque)
{
    if (raw.len == 0)
        return;
    enum gap before = r->out->n == 0 && r->pending == GAP_BLANK ? GAP_EDGE : r->pending;
    add_word(r->out, raw, raw, before, r->open > 0, opaque, r->pool);
    r->pending = GAP_BLANK;
}

/* A chunk between blanks: punctuation around and between the words of it. */
static void read_chunk(struct reader *r, struct slice chunk)
{
    if (is_dash(chunk)) {
        note_gap(r, GAP_DASH);
        return;
    }
    if (is_opaque(chunk)) {
        end_word(r, chunk, true);
        return;
    }
    size_t start = 0;
    for (size_t i = 0; i < chunk.len; i++) {
        char c = chunk.ptr[i];
        bool wide_dash = i + 2 < chunk.len && c == '\xe2' && chunk.ptr[i + 1] == '\x80' &&
                         (chunk.ptr[i + 2] == '\x93' || chunk.ptr[i + 2] == '\x94');
        enum gap g = wide_dash ? GAP_DASH : gap_of(c);
        /* a dot inside a word belongs to it: sarah.klein, 10.0.0.1 */
        if (g == GAP_STOP && i > start && i + 1 < chunk.len && gap_of(chunk.ptr[i + 1]) == GAP_BLANK)
            continue;
        if (g == GAP_BLANK && c != '"')
            continue;
        end_word(r, slice_from(chunk.ptr + start, i - start), false);
        note_gap(r, g);
        i += wide_dash ? 2 : 0;
        start = i + 1;
    }
    struct slice rest = slice_skip(chunk, start);
    /* "Sarah-" */
    if (rest.len > 1 && rest.ptr[rest.len - 1] == '-') {
        end_word(r, slice_cut(rest, rest.len - 1), false);
        note_gap(r, GAP_DASH);
        return;
    }
    end_word(r, rest, false);
}

void words_read(struct words *out, struct slice subject, struct pool *pool)
{
    struct reader r = {.out = out, .pool = pool};
    struct scan c = scan_of(slice_cut(subject, 1000));
    size_t capitals = 0;
    out->n = 0;
    while (!scan_end(&c)) {
        scan_while(&c, " \t\r\n");
        read_chunk(&r, scan_until(&c, " \t\r\n"));
    }
    if (out->n) {
        struct word *last = &out->w[out->n - 1];
        if (last->after == GAP_BLANK || last->after == GAP_STOP)
            last->after = GAP_EDGE;
    }
    for (size_t i = 0; i < out->n; i++)
        capitals += out->w[i].capital;
    out->title_case = out->n > 2 && capitals == out->n;
}
