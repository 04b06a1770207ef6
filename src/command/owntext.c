/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * owntext: the sender's own new words out of the text of a reply, line by line. Marked lines ("> ...") are
 * quoted, and so is the end of such a line that a mail program broke off. A header ("On ... wrote:",
 * "-----Original Message-----", "From: ... Sent: ... Subject: ...") is quoted; if marked lines follow it,
 * they end the quotation themselves (bottom posting, answers between the lines), otherwise everything to the
 * end is quoted. Of what is left, run by run, the tails go: signatures, "Sent from my phone", legal text; and
 * the banner that a gateway puts on top. Every step looks at each line a bounded number of times.
 */
#include "frontdesk/command_followup.h"

#include "quotes.h"

enum {
    ATTRIBUTION_LINES = 4, /* mail programs wrap it */
    BLOCK_LINES = 12,      /* a block of header fields, with wrapped addresses */
    WRAP_MIN = 60,         /* columns; a line that was broken off is about as wide as a screen */
    WRAP_MAX = 100,
    SIGNATURE_LINES = 15, /* under "--" without its blank, which may also be a line drawn by hand */
};

enum kind { OWN, BLANK, MARKED, QUOTED, TAIL };

struct line {
    struct slice s;
    enum kind kind;
};

struct text {
    struct line *lines;
    size_t n;
};

static bool is_marked(struct slice s)
{
    size_t i = 0;
    while (i < s.len && i < 4 && (s.ptr[i] == ' ' || s.ptr[i] == '\t'))
        i++;
    return i < s.len && s.ptr[i] == '>';
}

static void read_lines(struct text *t, struct slice text)
{
    size_t n = 1;
    for (size_t i = 0; i < text.len; i++)
        n += text.ptr[i] == '\n';
    t->lines = mem_alloc(n * sizeof(*t->lines));
    struct scan c = scan_of(text);
    while (!scan_end(&c)) {
        struct line *l = &t->lines[t->n++];
        l->s = scan_line(&c);
        l->kind = slice_trim(l->s).len == 0 ? BLANK : is_marked(l->s) ? MARKED : OWN;
    }
}

static void mark(struct text *t, size_t from, size_t to, enum kind kind)
{
    for (size_t i = from; i < to; i++)
        t->lines[i].kind = kind;
}

/* The next line that is not blank, at most a few blank ones away; t->n if there is none. */
static size_t next_filled(const struct text *t, size_t from)
{
    for (size_t i = from; i < t->n && i < from + 6; i++) {
        if (t->lines[i].kind != BLANK)
            return i;
    }
    return t->n;
}

/* --- headers --- */

static bool is_own(const struct text *t, size_t i)
{
    return i < t->n && t->lines[i].kind == OWN;
}

/* Does a block of header fields begin here? `certain`: a separator stands above it. */
static bool is_block(const struct text *t, size_t at, bool certain)
{
    unsigned set = 0, other = 0;
    bool address = false;
    enum quote_field first = is_own(t, at) ? quotes_field(t->lines[at].s) : QUOTE_NO_FIELD;
    if (!first)
        return false;
    if (first == QUOTE_FROM)
        set |= quotes_fields_in(t->lines[at].s);
    for (size_t i = at; i < t->n && i < at + BLOCK_LINES && other < 3; i++) {
        if (t->lines[i].kind == BLANK)
            continue;
        enum quote_field f = is_own(t, i) ? quotes_field(t->lines[i].s) : QUOTE_NO_FIELD;
        other = f ? 0 : other + 1;
        set |= f ? 1u << f : 0;
        address = address || (f && slice_find_char(t->lines[i].s, '@') >= 0);
    }
    unsigned n = (unsigned)__builtin_popcount(set & ~1u);
    bool from = set & (1u << QUOTE_FROM), subject = set & (1u << QUOTE_SUBJECT);
    if (certain)
        return n >= 2 && (from || subject) && (subject || address);
    return from && (subject || address) && n >= (first == QUOTE_FROM ? 3 : 4);
}

/* Labels of a language that is not in the tables: "Xyz: value", with an address or a time among them. */
static bool is_foreign_block(const struct text *t, size_t at)
{
    size_t labels = 0;
    bool evidence = false;
    for (size_t i = at; i < t->n && i < at + 5; i++) {
        struct slice s = slice_trim(t->lines[i].s);
        long colon = slice_find_char(slice_cut(s, 40), ':');
        if (colon <= 0 || (size_t)colon + 1 == s.len)
            break;
        labels++;
        evidence = evidence || slice_find_char(slice_cut(s, 400), '@') > 0;
    }
    return labels >= 3 && evidence;
}

/* The first line of an attribution that ends at line `end`; t->n if none does. It is the shortest run of
 * lines that has verb or address and a date, else the shortest that has verb or address. */
static size_t attribution_at(const struct text *t, size_t end, enum quote_attribution *strength)
{
    struct slice last = slice_trim(t->lines[end].s);
    size_t best = t->n;
    *strength = QUOTE_NO_ATTRIBUTION;
    for (size_t n = 0; n < ATTRIBUTION_LINES && n <= end && is_own(t, end - n); n++) {
        const char *from = t->lines[end - n].s.ptr;
        bool dated;
        enum quote_attribution a =
            quotes_attribution(slice_from(from, (size_t)(last.ptr + last.len - from)), &dated);
        if (n == 0 && a == QUOTE_NO_ATTRIBUTION && !(last.len && last.ptr[last.len - 1] == ':'))
            break;
        if (a > *strength) {
            *strength = a;
            best = end - n;
        }
        if (a == QUOTE_ATTRIBUTION && dated) {
            best = end - n;
            break;
        }
    }
    return best;
}

/* A name that was wrapped off the front of an attribution goes with it. */
static size_t attribution_start(const struct text *t, size_t from)
{
    if (from == 0 || !is_own(t, from - 1))
        return from;
    struct slice above = slice_trim(t->lines[from - 1].s), first = slice_trim(t->lines[from].s);
    bool broken =
        above.len >= WRAP_MIN && above.len <= WRAP_MAX && !strchr(".!?:;", above.ptr[above.len - 1]);
    return broken || (first.len && first.ptr[0] == '<') ? from - 1 : from;
}

/* The line at which a quotation without marks begins, or t->n. Marks attributions above marked lines. */
static size_t headers(struct text *t)
{
    for (size_t i = 0; i < t->n; i++) {
        enum quote_attribution strength;
        if (t->lines[i].kind != OWN)
            continue;
        enum quote_separator sep = quotes_separator(t->lines[i].s);
        size_t next = next_filled(t, i + 1);
        if (sep == QUOTE_IF_FIELD && next < t->n) {
            bool marked = t->lines[next].kind == MARKED && !quotes_rule(t->lines[i].s);
            if (marked || is_block(t, next, true) ||
                (quotes_rule(t->lines[i].s) && is_foreign_block(t, next)))
                sep = QUOTE_SEPARATOR;
        }
        /* Proton: a separator, then an attribution, then marked lines */
        if (sep == QUOTE_SEPARATOR && next < t->n) {
            for (size_t k = next; k < t->n && k < next + ATTRIBUTION_LINES && is_own(t, k); k++) {
                if (attribution_at(t, k, &strength) < t->n && strength == QUOTE_ATTRIBUTION) {
                    t->lines[i].kind = QUOTED;
                    sep = QUOTE_NO_SEPARATOR;
                    break;
                }
            }
        }
        if (sep == QUOTE_SEPARATOR || is_block(t, i, false))
            return i;
        if (quotes_attribution_runs_on(t->lines[i].s))
            return attribution_start(t, i);
        size_t from = attribution_at(t, i, &strength);
        if (from == t->n || t->lines[i].kind != OWN)
            continue;
        bool marked = next < t->n && t->lines[next].kind == MARKED;
        from = attribution_start(t, from);
        if (marked)
            mark(t, from, i + 1, QUOTED);
        else if (strength == QUOTE_ATTRIBUTION)
            return from;
    }
    return t->n;
}

/* Lines of decoration above a header. */
static size_t without_rules(const struct text *t, size_t cut)
{
    while (cut > 0 && (t->lines[cut - 1].kind == BLANK ||
                       (t->lines[cut - 1].kind == OWN && quotes_rule(t->lines[cut - 1].s))))
        cut--;
    return cut;
}

/* "> ... reply with the word" + line end + "undo": what was broken off a marked line is not own. */
static void wrapped(struct text *t)
{
    for (size_t i = 1; i < t->n; i++) {
        const struct line *above = &t->lines[i - 1];
        struct slice s = slice_trim(above->s);
        bool quotation = above->kind == MARKED || (above->kind == QUOTED && i > 1);
        if (t->lines[i].kind == OWN && quotation && s.len >= WRAP_MIN && s.len <= WRAP_MAX &&
            !strchr(".!?:;", s.ptr[s.len - 1]))
            t->lines[i].kind = QUOTED;
    }
}

/* --- tails of a run of own lines --- */

/* The paragraph that ends before `end`: its first line. */
static size_t paragraph_before(const struct text *t, size_t from, size_t end)
{
    while (end > from && t->lines[end - 1].kind != BLANK)
        end--;
    return end;
}

static struct slice span_of(const struct text *t, size_t from, size_t to)
{
    const struct slice *a = &t->lines[from].s, *b = &t->lines[to - 1].s;
    return slice_from(a->ptr, (size_t)(b->ptr + b->len - a->ptr));
}

/* Last paragraphs of legal text. Returns the new end of the run. */
static size_t cut_legal(struct text *t, size_t from, size_t end)
{
    for (;;) {
        while (end > from && t->lines[end - 1].kind == BLANK)
            end--;
        size_t start = paragraph_before(t, from, end);
        if (start == end || !quotes_disclaimer(span_of(t, start, end)))
            return end;
        mark(t, start, end, TAIL);
        end = start;
    }
}

static size_t cut_signature(struct text *t, size_t from, size_t end)
{
    for (size_t i = from; i < end; i++) {
        if (!quotes_signature(t->lines[i].s))
            continue;
        size_t filled = 0;
        for (size_t k = i + 1; k < end && filled <= SIGNATURE_LINES; k++)
            filled += t->lines[k].kind != BLANK;
        if (filled > SIGNATURE_LINES && !slice_eq(t->lines[i].s, SLICE("-- ")))
            continue;
        mark(t, i, end, TAIL);
        return i;
    }
    return end;
}

static void tails(struct text *t, size_t from, size_t end)
{
    end = cut_legal(t, from, end);
    end = cut_signature(t, from, end);
    for (size_t i = from; i < end; i++) {
        if (t->lines[i].kind == OWN && quotes_device(t->lines[i].s))
            t->lines[i].kind = TAIL;
    }
}

static void banner(struct text *t)
{
    for (size_t start = 0; start < t->n;) {
        while (start < t->n && t->lines[start].kind == BLANK)
            start++;
        size_t end = start;
        while (end < t->n && t->lines[end].kind == OWN)
            end++;
        if (end == start || !quotes_banner(span_of(t, start, end)))
            return;
        mark(t, start, end, TAIL);
        start = end;
    }
}

static void read_kinds(struct text *t, struct slice text)
{
    read_lines(t, text);
    size_t cut = headers(t);
    if (cut < t->n)
        cut = without_rules(t, cut);
    mark(t, cut, t->n, QUOTED);
    wrapped(t);
    banner(t);
    for (size_t i = 0; i < t->n;) {
        size_t end = i;
        while (end < t->n && (t->lines[end].kind == OWN || t->lines[end].kind == BLANK))
            end++;
        tails(t, i, end);
        i = end > i ? end : i + 1;
    }
}

static void write_lines(struct buf *out, const struct text *t, bool own)
{
    bool gap = false, any = false;
    for (size_t i = 0; i < t->n; i++) {
        if (slice_trim(t->lines[i].s).len == 0 || (t->lines[i].kind == OWN) != own) {
            gap = true;
            continue;
        }
        if (any && gap)
            buf_putc(out, '\n');
        buf_slice(out, t->lines[i].s);
        buf_putc(out, '\n');
        gap = false;
        any = true;
    }
}

void own_text(struct buf *out, struct slice text)
{
    own_text_split(out, NULL, text);
}

void own_text_split(struct buf *own, struct buf *rest, struct slice text)
{
    struct text t = {0};
    read_kinds(&t, text);
    write_lines(own, &t, true);
    if (rest)
        write_lines(rest, &t, false);
    free(t.lines);
}

/* The first marked line, or the header above what is not marked: whichever stands first. */
bool own_text_is_forward(struct slice text)
{
    struct text t = {0};
    read_lines(&t, text);
    size_t at = headers(&t);
    for (size_t i = 0; i < at; i++) {
        if (t.lines[i].kind == MARKED || t.lines[i].kind == QUOTED)
            at = i;
    }
    bool found = false;
    for (size_t filled = 0; at < t.n && filled < 2 && !found; at++) {
        struct scan c = scan_of(t.lines[at].s);
        scan_while(&c, "> \t");
        filled += scan_rest(&c).len != 0;
        found = quotes_forward(scan_rest(&c));
    }
    free(t.lines);
    return found;
}
