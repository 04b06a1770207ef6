/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * followup: the sender's own words, line by line: changes, courtesies, and the rest, which is the note. What
 * is not certain is note, never change: a number or "high" under other text of the same paragraph, a date or
 * a company without its key, whatever follows "he wrote:", "-Dana" under other words (people sign so), and
 * all changes of a mail that contradict each other (two numbers, two people, undo and something else).
 */
#include "changes.h"
#include "quotes.h"

enum { MOST_LINES = 200, NAME_MAX_BYTES = 60 };

enum line_kind { LINE_BLANK, LINE_NOTE, LINE_SOCIAL, LINE_CHANGE };

struct own_line {
    struct slice s;
    enum line_kind kind;
    size_t first, n; /* its changes */
};

struct state {
    struct followup *out;
    struct change_world w;
    struct tokens *tokens; /* of the line at hand */
    struct own_line *lines;
    size_t n, filled;
    bool asked, noted, para_noted, listing;
    bool closed, named; /* "thanks" or "regards" has been said; a name stands under it */
    bool signed_last;   /* the last line of changes was of + and - */
};

/* --- the words under "Best regards," --- */

/* One to five words, each with a capital, no digits, no sentence; or a telephone number, an address. */
static bool looks_like_signature(struct slice s)
{
    size_t digits = 0, words = 0, small = 0;
    bool mark = false;
    if (s.len > 2 * NAME_MAX_BYTES)
        return false;
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        bool start = i == 0 || s.ptr[i - 1] == ' ';
        digits += c >= '0' && c <= '9';
        words += start;
        small += start && c >= 'a' && c <= 'z';
        mark = mark || c == '?' || c == '!' || c == ';';
    }
    if (slice_find_char(s, '@') > 0 || slice_find_nocase(s, SLICE("www.")) >= 0 || digits >= 6)
        return words <= 8;
    return !mark && digits == 0 && words <= 5 && small <= words / 3 && s.len <= NAME_MAX_BYTES;
}

/* Is the line nothing but the name of somebody known? */
static bool is_somebody(const struct state *s, struct slice line)
{
    struct match m;
    if (line.len > NAME_MAX_BYTES)
        return false;
    words_read(s->w.scratch, line, s->w.pool);
    return s->w.scratch->n && names_match(s->w.names, s->w.scratch, 0, &m) && m.n == s->w.scratch->n;
}

/* --- one line --- */

static bool only_removes(const struct change *c, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (c[i].kind != CHANGE_REMOVE)
            return false;
    }
    return n > 0;
}

static bool only_signed(const struct change *c, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (c[i].kind != CHANGE_REMOVE && c[i].kind != CHANGE_ADD)
            return false;
    }
    return n > 0;
}

static enum line_kind read_line(struct state *s, struct own_line *l)
{
    struct followup *out = s->out;
    struct pool *pool = s->w.pool;
    struct change *changes = out->changes + out->n;
    struct tokens *tokens = s->tokens;
    bool first = out->n == 0 && !s->noted;
    l->first = out->n;
    l->n = 0;
    if (s->filled > MOST_LINES)
        return LINE_NOTE;
    tokens_read(tokens, l->s, pool);
    if (quotes_closing(l->s)) {
        s->closed = true;
        s->named = s->named || !tokens_social(tokens, &s->w);
        return LINE_SOCIAL;
    }
    if (!tokens->too_many && tokens_social(tokens, &s->w))
        return LINE_SOCIAL;
    if (s->listing)
        return LINE_NOTE;
    size_t n = changes_read(changes, FOLLOWUP_MAX - out->n, tokens, &s->w, s->asked && first && !s->closed,
                            !s->para_noted);
    /* "-Dana" under other words is how people sign */
    if (only_removes(changes, n) && !first && !s->signed_last)
        n = 0;
    if (n) {
        s->signed_last = only_signed(changes, n);
        out->n += n;
        l->n = n;
        return LINE_CHANGE;
    }
    if (!s->closed || !looks_like_signature(l->s))
        return LINE_NOTE;
    /* "Thanks" and under it "Fixed": a single word must be somebody's name */
    s->named = s->named || is_somebody(s, l->s) || tokens->n == 2 || tokens->n == 3;
    return s->named ? LINE_SOCIAL : LINE_NOTE;
}

static void read_lines(struct state *s, struct slice own)
{
    struct scan c = scan_of(own);
    while (!scan_end(&c)) {
        struct own_line *l = &s->lines[s->n++];
        l->s = slice_trim(scan_line(&c));
        if (l->s.len == 0) {
            s->para_noted = false;
            /* what follows "he said:" is the paragraph under it, even after an empty line */
            s->listing = s->listing && s->lines[s->n - 2].kind == LINE_NOTE &&
                         s->lines[s->n - 2].s.ptr[s->lines[s->n - 2].s.len - 1] == ':';
            continue;
        }
        s->filled++;
        l->kind = read_line(s, l);
        s->noted = s->noted || l->kind == LINE_NOTE;
        s->para_noted = s->para_noted || l->kind == LINE_NOTE;
        s->listing = s->listing || (l->kind == LINE_NOTE && l->s.ptr[l->s.len - 1] == ':');
    }
}

/* --- the whole --- */

static bool differ(const struct change *a, const struct change *b)
{
    if ((a->kind == CHANGE_UNDO) != (b->kind == CHANGE_UNDO))
        return true;
    if (a->kind != b->kind)
        return false;
    switch (a->kind) {
    case CHANGE_CHOICE:
    case CHANGE_SNOOZE:
        return a->number != b->number;
    case CHANGE_TO:
        return true;
    case CHANGE_SET:
        return a->value.key == b->value.key &&
               (a->value.state != b->value.state || a->value.id != b->value.id ||
                a->value.due_ms != b->value.due_ms);
    default:
        return false;
    }
}

static bool contradicts(const struct followup *f)
{
    for (size_t i = 0; i < f->n; i++) {
        for (size_t k = i + 1; k < f->n; k++) {
            if (differ(&f->changes[i], &f->changes[k]))
                return true;
        }
    }
    return false;
}

/* A name alone at the end, apart from what stands above it, is how people sign. */
static void sign_off(struct state *s)
{
    size_t last = s->n;
    while (last > 0 && s->lines[last - 1].kind == LINE_BLANK)
        last--;
    if (last < 3 || s->lines[last - 1].kind != LINE_NOTE || s->lines[last - 2].kind != LINE_BLANK)
        return;
    if (is_somebody(s, s->lines[last - 1].s))
        s->lines[last - 1].kind = LINE_SOCIAL;
}

/* The note from its first to its last line that says something. */
static struct slice note_of(const struct state *s)
{
    struct buf b = BUF_INIT(8 << 20);
    size_t from = 0, to = s->n;
    bool gap = false;
    while (from < to && s->lines[from].kind != LINE_NOTE)
        from++;
    while (to > from && s->lines[to - 1].kind != LINE_NOTE)
        to--;
    for (size_t i = from; i < to; i++) {
        const struct own_line *l = &s->lines[i];
        if (l->kind == LINE_BLANK || l->kind == LINE_CHANGE) {
            gap = gap || l->kind == LINE_BLANK;
            continue;
        }
        if (b.len)
            buf_puts(&b, gap ? "\n\n" : "\n");
        buf_slice(&b, l->s);
        gap = false;
    }
    struct slice note = slice_from(pool_slice(s->w.pool, buf_view(&b)), b.len);
    buf_release(&b);
    return note;
}

void followup_read(struct followup *out, struct slice own, bool asked, const struct directory *d,
                   const struct command_names *names, const struct due_calendar *cal, int64_t now_ms,
                   struct pool *pool)
{
    struct state s = {.out = out, .w = {d, names, cal, now_ms, pool, NULL}, .asked = asked};
    size_t n = 1;
    bool social = false;
    *out = (struct followup){0};
    s.w.scratch = pool_alloc(pool, sizeof(*s.w.scratch));
    s.tokens = pool_alloc(pool, sizeof(*s.tokens));
    own = slice_from(pool_slice(pool, own), own.len);
    for (size_t i = 0; i < own.len; i++)
        n += own.ptr[i] == '\n';
    s.lines = pool_array(pool, n, sizeof(*s.lines));
    read_lines(&s, own);
    if (contradicts(out)) {
        for (size_t i = 0; i < s.n; i++) {
            if (s.lines[i].kind == LINE_CHANGE)
                s.lines[i].kind = LINE_NOTE;
        }
        out->n = 0;
    }
    sign_off(&s);
    for (size_t i = 0; i < s.n; i++)
        social = social || s.lines[i].kind == LINE_SOCIAL;
    out->note = note_of(&s);
    out->thanks_only = social && out->n == 0 && out->note.len == 0;
}
