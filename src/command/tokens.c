/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tokens: a line of a reply as words, freed of quotes, stars, brackets and emoji; what stood between them as
 * flags. */
#include "changes.h"
#include "quotes.h"

#include <glib.h>

enum { LINE_MAX_BYTES = 300, WORD_MAX_BYTES = 60 };

/* Words that begin a line which wants nothing, and words that may follow them. Folded. */
static const char *const core[] = {
    "hi",      "hello",    "hey",         "dear",      "thanks",    "thank",     "thx",       "ty",
    "tks",     "cheers",   "ok",          "okay",      "k",         "great",     "perfect",   "super",
    "cool",    "awesome",  "nice",        "excellent", "good",      "lovely",    "got",       "sounds",
    "looks",   "noted",    "understood",  "danke",     "vielen",    "merci",     "muchas",    "gracias",
    "grazie",  "obrigado", "obrigada",    "tack",      "takk",      "tak",       "mange",     "kiitos",
    "bedankt", "dank",     "dzieki",      "dziekuje",  "dekuji",    "diky",      "dakujem",   "hvala",
    "hallo",   "guten",    "bonjour",     "hola",      "ciao",      "koszonom",  "multumesc", "tesekkurler",
    "спасибо", "дякую",    "appreciated", "wonderful", "fantastic", "brilliant", "much",      "many",
    "morning", "top",
};
static const char *const filler[] = {
    "you",     "very",        "so",    "a",      "lot",       "again",   "it",       "all",
    "team",    "everyone",    "there", "for",    "the",       "your",    "quick",    "help",
    "reply",   "response",    "fast",  "schon",  "sehr",      "bien",    "beaucoup", "mille",
    "molte",   "je",          "wel",   "u",      "afternoon", "evening", "day",      "in",
    "advance", "appreciated", "that",  "that's", "this",      "is",      "tag",      "morgen",
    "folks",   "guys",        "me",    "really", "and",       "just",
};

static const char *const to_somebody[] = {"hi",    "hello", "hey",   "dear", "thanks", "thank", "thx",
                                          "hallo", "danke", "merci", "hola", "good",   "cheers"};

static bool listed(struct slice folded, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (slice_eq(folded, slice_of(list[i])))
            return true;
    }
    return false;
}

/* The character at the start of s and how many bytes it takes; bytes that are not UTF-8 count singly. */
static gunichar char_at(struct slice s, size_t i, size_t *n)
{
    gunichar c = g_utf8_get_char_validated(s.ptr + i, (gssize)(s.len - i));
    bool bad = c == (gunichar)-1 || c == (gunichar)-2;
    *n = bad ? 1 : (size_t)g_unichar_to_utf8(c, NULL);
    return bad ? 0xfffd : c;
}

static bool is_blank(gunichar c)
{
    return c == ' ' || c == '\t' || c == 0xa0 || c == 0x202f || c == 0x3000;
}

struct reader {
    struct tokens *out;
    struct pool *pool;
    bool split, joined;
    char sign; /* a lone '+' */
};

static void end_token(struct reader *r, struct slice raw, char sign)
{
    struct tokens *out = r->out;
    if (out->n == LINE_TOKENS || raw.len > WORD_MAX_BYTES) {
        out->too_many = true;
        return;
    }
    struct buf b = BUF_INIT(8 * WORD_MAX_BYTES);
    fold_into(&b, raw);
    struct slice folded = slice_from(pool_slice(r->pool, buf_view(&b)), b.len);
    buf_release(&b);
    if (!sign && (slice_eq(folded, SLICE("and")) || slice_eq(folded, SLICE("und")))) {
        r->split = r->joined = true;
        return;
    }
    out->t[out->n] = (struct token){.raw = raw,
                                    .folded = folded,
                                    .at = out->n,
                                    .sign = sign ? sign : r->sign,
                                    .split = r->split || out->n == 0,
                                    .joined = r->joined};
    out->n++;
    r->split = r->joined = false;
    r->sign = 0;
}

/* A chunk without letters or digits: what it says about its neighbours. */
static void note_mark(struct reader *r, struct slice chunk)
{
    struct tokens *out = r->out;
    static const char *const bullets[] = {"-",           "*", "\xe2\x80\xa2", "\xc2\xb7", "\xe2\x80\x93",
                                          "\xe2\x80\x94"};
    bool dash = listed(chunk, bullets, ARRAY_LEN(bullets));
    out->bullet = out->bullet || (dash && out->n == 0);
    out->question = out->question || slice_find_char(chunk, '?') >= 0;
    r->split = r->split || dash || slice_find_char(chunk, ',') >= 0 || slice_find_char(chunk, ';') >= 0;
    if (slice_eq(chunk, SLICE("&")))
        r->split = r->joined = true;
    if (slice_eq(chunk, SLICE("+")))
        r->sign = '+';
    if (out->n && (slice_eq(chunk, SLICE(":")) || slice_eq(chunk, SLICE("="))))
        out->t[out->n - 1].colon = true;
}

static void read_chunk(struct reader *r, struct slice chunk)
{
    size_t from = 0, to = chunk.len, n;
    char sign = 0;
    for (; from < chunk.len; from += n) {
        gunichar c = char_at(chunk, from, &n);
        if (g_unichar_isalnum(c) || c == '#' || c == '@')
            break;
        sign = c == '+' || c == '-' ? (char)c : 0;
    }
    if (from == to || (chunk.ptr[from] == '#' && from + 1 == to)) {
        note_mark(r, chunk);
        return;
    }
    /* the last letter or digit */
    size_t last = from;
    for (size_t i = from; i < chunk.len; i += n) {
        gunichar c = char_at(chunk, i, &n);
        if (g_unichar_isalnum(c) || g_unichar_ismark(c))
            last = i + n;
    }
    to = last > from ? last : chunk.len;
    struct slice raw = slice_from(chunk.ptr + from, to - from), tail = slice_skip(chunk, to);
    /* "5.12." and "p.m." keep their stop */
    bool stop = slice_starts(tail, SLICE("."));
    if (stop && slice_find_char(raw, '.') > 0)
        raw.len++;
    size_t before = r->out->n;
    end_token(r, raw, sign);
    if (r->out->n > before)
        r->out->t[before].colon = slice_find_char(tail, ':') >= 0 || slice_find_char(tail, '=') >= 0;
    bool comma = slice_find_char(tail, ',') >= 0 || slice_find_char(tail, ';') >= 0;
    r->joined = r->joined || comma || slice_find_char(tail, '&') >= 0;
    r->split = r->split || stop || r->joined || slice_find_char(tail, '!') >= 0;
    r->out->question = slice_find_char(tail, '?') >= 0 || r->out->question;
}

void tokens_read(struct tokens *out, struct slice line, struct pool *pool)
{
    struct reader r = {.out = out, .pool = pool};
    *out = (struct tokens){.too_many = line.len > LINE_MAX_BYTES};
    size_t start = 0, n;
    for (size_t i = 0; i < line.len && !out->too_many; i += n) {
        gunichar c = char_at(line, i, &n);
        /* "1,high", but not "1,5" */
        bool comma = (c == ',' || c == ';') && i + 1 < line.len && !g_ascii_isdigit(line.ptr[i + 1]);
        if (!is_blank(c) && !comma)
            continue;
        size_t end = comma ? i + n : i;
        if (end > start)
            read_chunk(&r, slice_from(line.ptr + start, end - start));
        start = i + n;
    }
    if (start < line.len && !out->too_many)
        read_chunk(&r, slice_skip(line, start));
}

static bool is_known_name(const struct token *t, const struct change_world *w)
{
    struct match m;
    words_read(w->scratch, t->raw, w->pool);
    return w->scratch->n == 1 && names_match(w->names, w->scratch, 0, &m);
}

bool tokens_social(const struct tokens *t, const struct change_world *w)
{
    size_t known = 0;
    if (t->too_many || t->question || t->n > 10)
        return false;
    for (size_t i = 0; i < t->n; i++) {
        const struct token *one = &t->t[i];
        if (one->sign || one->colon)
            return false;
        if (listed(one->folded, core, ARRAY_LEN(core)) ||
            (i > 0 && listed(one->folded, filler, ARRAY_LEN(filler))))
            continue;
        /* "ok Mike" may be an answer */
        if (!listed(t->t[0].folded, to_somebody, ARRAY_LEN(to_somebody)) || i == 0 || ++known > 2 ||
            !is_known_name(one, w))
            return false;
    }
    return true;
}
