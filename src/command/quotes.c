/* SPDX-License-Identifier: GPL-2.0-or-later */
/* quotes: what one line says by itself. */
#include "quotes.h"

enum { LABEL_MAX = 60, LINE_MAX_BYTES = 400, PARAGRAPH_MAX = 6000, DEVICE_MAX = 160, LEGAL_MIN = 100 };

/* Folded into *b, which is empty, and which the caller releases: one blank between words, none at the ends.
 */
static struct slice folded_line(struct buf *b, struct slice text)
{
    size_t n = 0;
    fold_into(b, slice_cut_utf8(text, PARAGRAPH_MAX));
    for (size_t i = 0; i < b->len; i++) {
        char c = b->data[i];
        bool blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';
        if (!blank || (n && b->data[n - 1] != ' '))
            b->data[n++] = blank ? ' ' : c;
    }
    buf_truncate(b, n);
    return slice_trim(buf_view(b));
}

static bool in_set(char c, const char *set)
{
    return c && strchr(set, c);
}

static struct slice trim_set(struct slice s, const char *set)
{
    while (s.len && in_set(s.ptr[0], set))
        s = slice_skip(s, 1);
    while (s.len && in_set(s.ptr[s.len - 1], set))
        s.len--;
    return s;
}

/* --- fields --- */

/* Offset of the first ':' or '：' within reach, and its length; -1 if there is none. */
static long find_colon(struct slice s, size_t most, size_t *len)
{
    for (size_t i = 0; i < s.len && i < most; i++) {
        *len = s.ptr[i] == ':' ? 1 : s.len - i > 2 && memcmp(s.ptr + i, "\xef\xbc\x9a", 3) == 0 ? 3 : 0;
        if (*len)
            return (long)i;
    }
    return -1;
}

static enum quote_field field_of(struct slice label)
{
    struct buf b = BUF_INIT(8 * LABEL_MAX);
    enum quote_field found = QUOTE_NO_FIELD;
    struct slice word = trim_set(folded_line(&b, label), "*_ ");
    for (int f = QUOTE_FROM; f <= QUOTE_SUBJECT && !found && word.len; f++) {
        if (quotes_is((enum quote_table)(f - QUOTE_FROM), word))
            found = (enum quote_field)f;
    }
    buf_release(&b);
    return found;
}

enum quote_field quotes_field(struct slice line)
{
    size_t colon;
    long at = find_colon(line, LABEL_MAX, &colon);
    return at > 0 ? field_of(slice_cut(line, (size_t)at)) : QUOTE_NO_FIELD;
}

unsigned quotes_fields_in(struct slice line)
{
    unsigned set = 0;
    size_t colon, start = 0;
    line = slice_cut_utf8(line, 1000);
    for (;;) {
        struct slice rest = slice_skip(line, start);
        long at = find_colon(rest, rest.len, &colon);
        if (at < 0)
            return set;
        size_t word = (size_t)at;
        while (word > 0 && rest.ptr[word - 1] != ' ' && rest.ptr[word - 1] != '\t')
            word--;
        enum quote_field f = (size_t)at - word <= LABEL_MAX
                                 ? field_of(slice_from(rest.ptr + word, (size_t)at - word))
                                 : QUOTE_NO_FIELD;
        if (f)
            set |= 1u << f;
        start += (size_t)at + colon;
    }
}

/* --- separators --- */

static size_t run_of(struct slice s, bool from_end)
{
    size_t n = 0;
    while (n < s.len && in_set(s.ptr[from_end ? s.len - 1 - n : n], "-_=*#+~ "))
        n++;
    return n;
}

bool quotes_rule(struct slice line)
{
    line = slice_trim(line);
    return line.len >= 3 && run_of(line, false) == line.len;
}

static bool is_separator(struct slice words)
{
    return quotes_is(QUOTE_WORDS_DASHED, words) || quotes_is(QUOTE_WORDS_FORWARDS, words);
}

bool quotes_forward(struct slice line)
{
    line = slice_trim(line);
    if (line.len < 4 || line.len > LINE_MAX_BYTES)
        return false;
    size_t before = run_of(line, false), after = run_of(line, true);
    struct buf b = BUF_INIT(8 * LINE_MAX_BYTES);
    struct slice words = trim_set(folded_line(&b, line), "-_=*#+~ ");
    bool colon = words.len && words.ptr[words.len - 1] == ':';
    words = trim_set(words, ": ");
    bool found = (before >= 2 && after >= 2 && quotes_is(QUOTE_WORDS_FORWARDS, words)) ||
                 (colon && quotes_is(QUOTE_WORDS_BEGINS, words));
    buf_release(&b);
    return found;
}

enum quote_separator quotes_separator(struct slice line)
{
    line = slice_trim(line);
    if (line.len < 4 || line.len > LINE_MAX_BYTES)
        return QUOTE_NO_SEPARATOR;
    size_t before = run_of(line, false), after = run_of(line, true);
    if (before == line.len)
        return line.len >= 10 ? QUOTE_IF_FIELD : QUOTE_NO_SEPARATOR;
    struct buf b = BUF_INIT(8 * LINE_MAX_BYTES);
    struct slice words = trim_set(folded_line(&b, line), "-_=*#+~ ");
    enum quote_separator found = QUOTE_NO_SEPARATOR;
    bool colon = words.len && words.ptr[words.len - 1] == ':';
    words = trim_set(words, ": ");
    if (before >= 2 && after >= 2)
        found = is_separator(words) || (before >= 4 && after >= 3 && quotes_hits(QUOTE_WORDS_VERBS, words, 1))
                    ? QUOTE_SEPARATOR
                    : QUOTE_NO_SEPARATOR;
    else if (colon && quotes_is(QUOTE_WORDS_BEGINS, words))
        found = QUOTE_IF_FIELD;
    else if (before <= 2 && is_separator(words))
        found = QUOTE_IF_FIELD;
    buf_release(&b);
    return found;
}

/* --- attributions --- */

static size_t digit_groups(struct slice s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++) {
        bool digit = s.ptr[i] >= '0' && s.ptr[i] <= '9';
        n += digit && (i == 0 || s.ptr[i - 1] < '0' || s.ptr[i - 1] > '9');
    }
    return n;
}

enum quote_attribution quotes_attribution(struct slice text, bool *dated)
{
    *dated = false;
    if (text.len < 5 || text.len > LINE_MAX_BYTES)
        return QUOTE_NO_ATTRIBUTION;
    struct slice end = trim_set(text, " \t*_");
    bool wide = end.len >= 3 && memcmp(end.ptr + end.len - 3, "\xef\xbc\x9a", 3) == 0;
    if (!wide && (end.len == 0 || end.ptr[end.len - 1] != ':'))
        return QUOTE_NO_ATTRIBUTION;
    struct buf b = BUF_INIT(8 * LINE_MAX_BYTES);
    struct slice s = trim_set(folded_line(&b, end), ":* ");
    bool verb = quotes_hits(QUOTE_WORDS_VERBS, s, 1), address = slice_find_char(s, '@') > 0;
    bool address_last = address && s.len && in_set(s.ptr[s.len - 1], ">)]");
    size_t groups = digit_groups(s);
    buf_release(&b);
    *dated = groups >= 3;
    if ((verb && address) || (verb && groups >= 4) || (address_last && groups >= 3))
        return QUOTE_ATTRIBUTION;
    return verb || (address && groups >= 2) || groups >= 4 ? QUOTE_WEAK_ATTRIBUTION : QUOTE_NO_ATTRIBUTION;
}

bool quotes_attribution_runs_on(struct slice line)
{
    size_t colon, tries = 0;
    line = slice_cut(line, LINE_MAX_BYTES);
    if (slice_find_char(line, '@') < 0)
        return false;
    for (size_t i = 0; i < line.len && tries < 8; i += colon, tries++) {
        long at = find_colon(slice_skip(line, i), line.len, &colon);
        bool dated;
        if (at < 0)
            return false;
        i += (size_t)at;
        struct slice head = slice_cut(line, i + colon), rest = slice_trim(slice_skip(line, i + colon));
        if (rest.len == 0)
            return false;
        /* not that of "9:12" */
        if (i + colon < line.len && line.ptr[i + colon] != ' ')
            continue;
        if (slice_find_char(head, '@') >= 0 && quotes_attribution(head, &dated) == QUOTE_ATTRIBUTION && dated)
            return true;
    }
    return false;
}

/* --- tails and heads --- */

bool quotes_signature(struct slice line)
{
    static const struct slice dash = {"\xe2\x80\x94", 3};
    struct slice s = slice_trim(line);
    if (slice_eq(s, SLICE("--")) || slice_eq(s, dash))
        return true;
    return s.len >= 2 && s.len < 10 && trim_set(s, "_").len == 0;
}

bool quotes_device(struct slice line)
{
    struct slice s = slice_trim(line);
    if (s.len < 8 || s.len > DEVICE_MAX)
        return false;
    struct buf b = BUF_INIT(8 * DEVICE_MAX);
    struct slice folded = trim_set(folded_line(&b, s), "*_-[( ");
    bool found = quotes_starts(QUOTE_WORDS_DEVICES, folded) && quotes_hits(QUOTE_WORDS_MACHINES, folded, 1);
    buf_release(&b);
    return found;
}

bool quotes_disclaimer(struct slice paragraph)
{
    struct buf b = BUF_INIT(8 * PARAGRAPH_MAX);
    struct slice folded = trim_set(folded_line(&b, paragraph), "*_-[(#= ");
    bool head = quotes_starts(QUOTE_WORDS_LEGAL_HEADS, folded);
    size_t hits = quotes_hits(QUOTE_WORDS_LEGAL, folded, 3);
    bool environment = head && slice_find(slice_cut(folded, 120), SLICE("environment")) >= 0;
    bool found = environment || (folded.len >= LEGAL_MIN && (hits >= 3 || (head && hits >= 1)));
    buf_release(&b);
    return found;
}

bool quotes_banner(struct slice paragraph)
{
    if (paragraph.len > 1000)
        return false;
    struct buf b = BUF_INIT(8000);
    struct slice folded = folded_line(&b, paragraph);
    bool found = folded.len >= 14 && quotes_hits(QUOTE_WORDS_BANNERS, folded, 1);
    buf_release(&b);
    return found;
}

bool quotes_closing(struct slice line)
{
    struct slice s = slice_trim(line);
    if (s.len == 0 || s.len > 80)
        return false;
    struct buf b = BUF_INIT(800);
    bool found = quotes_is(QUOTE_WORDS_CLOSINGS, trim_set(folded_line(&b, s), ",.!:-* "));
    buf_release(&b);
    return found;
}
