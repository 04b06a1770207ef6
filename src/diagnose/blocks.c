/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * blocks: lines of a text, without quote marks, joined into blocks (sync-errors.md 1.1: 2, 4, 5, 6). A blank
 * line ends a block, unless the sentence goes on; so does each entry of a list; a forwarded mail's head
 * begins a section. See normal.h.
 */
#include "normal.h"

enum {
    MOST_BLOCKS = 1 << 16,
    SIGNATURE_LINES = 16,
    LEGAL_MAX = 8192,
    WIDEST = 110,
    LONG_WORD = 30,
    HEAD_LINES = 3,
    HEAD_MOST = 20,
    EVEN_LINES = 4,
    NARROWEST = 26
};

/* A line as it stands in `clean`. */
struct raw_line {
    struct slice s; /* without quote marks and blanks at its ends */
    size_t width;   /* with them */
    bool blank, rule, quoted;
    bool open_begin, open_end; /* a blank stood there */
};

struct cutting {
    struct normal *n;
    struct raw_line *lines;
    size_t n_lines, block_room;
    uint32_t section;
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80;
}

static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

bool normal_word(struct slice lower, size_t at, size_t len)
{
    size_t end = at + len;
    bool before = at && (is_letter(lower.ptr[at - 1]) || is_digit(lower.ptr[at - 1]));
    bool after = end < lower.len && (is_letter(lower.ptr[end]) || is_digit(lower.ptr[end]));
    bool first = len && (is_letter(lower.ptr[at]) || is_digit(lower.ptr[at]));
    bool last = len && (is_letter(lower.ptr[end - 1]) || is_digit(lower.ptr[end - 1]));
    return !(before && first) && !(after && last);
}

static bool has_word(struct slice lower, struct slice word)
{
    bool any_ending = word.len && word.ptr[word.len - 1] == '*';
    word.len -= any_ending;
    for (size_t from = 0;;) {
        long at = slice_find(slice_skip(lower, from), word);
        if (at < 0)
            return false;
        size_t here = from + (size_t)at;
        struct slice seen = any_ending ? slice_cut(lower, here + word.len) : lower;
        if (normal_word(seen, here, word.len))
            return true;
        from = here + 1;
    }
}

/* How many of the words (NULL-terminated) stand whole in `lower`, counted up to `most`. */
static unsigned count_words(struct slice lower, const char *const *words, unsigned most)
{
    struct pairs pairs;
    unsigned n = 0;
    pairs_of(&pairs, lower);
    for (; *words && n < most; words++) {
        struct slice word = slice_of(*words);
        word.len -= word.ptr[word.len - 1] == '*';
        n += pairs_may_hold(&pairs, word) && has_word(lower, slice_of(*words));
    }
    return n;
}

bool normal_has(struct slice lower, const char *const *words)
{
    return count_words(lower, words, 1) > 0;
}

/* --- lines --- */

static struct slice trim(struct slice s, bool *quoted, size_t *lead, size_t *tail)
{
    *lead = *tail = 0;
    *quoted = false;
    for (; s.len && (s.ptr[s.len - 1] == ' ' || s.ptr[s.len - 1] == '\t'); s.len--)
        ++*tail;
    for (; s.len && (s.ptr[0] == '>' || s.ptr[0] == ' ' || s.ptr[0] == '\t'); s = slice_skip(s, 1)) {
        *lead = s.ptr[0] == '>' ? 0 : *lead + 1;
        *quoted = *quoted || s.ptr[0] == '>';
    }
    *lead -= *quoted && *lead;
    return s;
}

static bool only_marks(struct slice s)
{
    for (size_t i = 0; i < s.len; i++) {
        if (!strchr("-_=*~#+.| ", s.ptr[i]))
            return false;
    }
    return s.len > 1;
}

static void read_lines(struct cutting *c, struct slice clean)
{
    size_t room = 2;
    for (size_t i = 0; i < clean.len; i++)
        room += clean.ptr[i] == '\n';
    c->lines = mem_alloc(room * sizeof(*c->lines));
    struct scan all = scan_of(clean);
    while (!scan_end(&all)) {
        bool quoted;
        size_t lead, tail;
        struct slice s = trim(scan_line(&all), &quoted, &lead, &tail);
        c->lines[c->n_lines++] = (struct raw_line){.s = s,
                                                   .width = s.len + lead + tail,
                                                   .open_begin = lead > 0,
                                                   .open_end = tail > 0,
                                                   .blank = s.len == 0,
                                                   .rule = only_marks(s),
                                                   .quoted = quoted};
    }
}

/* --- where a block ends --- */

enum kind { NO_KIND, DATED, INVOICE, BULLET, REASON, PARTY, NUMBERED_ERROR, ROW };

static size_t cells_of(struct slice s)
{
    size_t n = 1;
    for (size_t i = 0; i < s.len; i++)
        n += s.ptr[i] == '\t' || (s.ptr[i] == '|' && i && i + 1 < s.len);
    return n;
}

static bool has_digit(struct slice s)
{
    for (size_t i = 0; i < s.len; i++) {
        if (is_digit(s.ptr[i]))
            return true;
    }
    return false;
}

static struct slice first_cell(struct slice s)
{
    struct scan c = scan_of(s);
    return scan_until(&c, "\t|");
}

/* "2026-11-24", "11/24/2026", "10:02:11", with or without [ before it */
static bool is_dated(struct slice s)
{
    size_t marks = 0, i = 0;
    if (s.len && (s.ptr[0] == '[' || s.ptr[0] == '('))
        s = slice_skip(s, 1);
    if (!s.len || !is_digit(s.ptr[0]))
        return false;
    for (; i < s.len && i < 12 && (is_digit(s.ptr[i]) || strchr("-/:.", s.ptr[i])); i++)
        marks += !is_digit(s.ptr[i]);
    return marks >= 2 && i >= 6;
}

static bool is_bullet(struct slice s)
{
    size_t i = 0;
    while (i < s.len && i < 3 && is_digit(s.ptr[i]))
        i++;
    if (i)
        return i + 1 < s.len && (s.ptr[i] == '.' || s.ptr[i] == ')') && s.ptr[i + 1] == ' ';
    return slice_starts(s, SLICE("- ")) || slice_starts(s, SLICE("* ")) ||
           slice_starts(s, SLICE("\xe2\x80\xa2"));
}

static const struct {
    const char *head;
    enum kind kind;
    bool digit; /* must follow soon */
} heads[] = {
    {"invoice", INVOICE, true},       {"inv ", INVOICE, true},          {"inv#", INVOICE, true},
    {"id:", INVOICE, true},           {"id ", INVOICE, true},           {"reason:", REASON, false},
    {"company:", PARTY, false},       {"customer:", PARTY, false},      {"organization:", PARTY, false},
    {"client:", PARTY, false},        {"qbwc1", NUMBERED_ERROR, false}, {"error:", REASON, false},
    {"error ", NUMBERED_ERROR, true}, {"qbo ", NUMBERED_ERROR, true},
};

static enum kind kind_of(struct slice s)
{
    size_t cells = cells_of(s);
    if (cells > 2 || (cells == 2 && has_digit(first_cell(s))))
        return ROW;
    if (is_dated(s))
        return DATED;
    if (is_bullet(s))
        return BULLET;
    for (size_t i = 0; i < ARRAY_LEN(heads); i++) {
        struct slice head = slice_of(heads[i].head);
        if (slice_starts_nocase(s, head) &&
            (!heads[i].digit || has_digit(slice_cut(slice_skip(s, head.len), 24))))
            return heads[i].kind;
    }
    return NO_KIND;
}

/* A head of a mail: three lines or more "Word: text", one with an address. */
static bool is_field(struct slice s)
{
    long colon = slice_find_char(slice_cut(s, 32), ':');
    if (colon < 1 && (colon = slice_find(slice_cut(s, 40), SLICE("\xef\xbc\x9a"))) < 1)
        return false;
    return !has_digit(slice_cut(s, (size_t)colon));
}

static size_t head_at(const struct cutting *c, size_t i)
{
    size_t n = 0;
    bool address = false;
    for (; n < HEAD_MOST && i + n < c->n_lines && !c->lines[i + n].blank && is_field(c->lines[i + n].s); n++)
        address = address || slice_find_char(c->lines[i + n].s, '@') >= 0;
    return n >= HEAD_LINES && address ? n : 0;
}

/* "-----Original Message-----" */
static bool is_separator(struct slice s)
{
    return s.len > 8 && slice_starts(s, SLICE("--")) && slice_ends_nocase(s, SLICE("--")) && !only_marks(s);
}

/* The sentence goes on behind a blank line. */
static bool goes_on(struct slice before, struct slice next)
{
    static const struct slice reason = {"quickbooks error message", 24};
    char last = before.len ? before.ptr[before.len - 1] : '.';
    if (is_bullet(next) || is_dated(next))
        return false;
    if (slice_starts_nocase(next, reason))
        return true;
    if (last == ':' && next.len > 0)
        return true;
    return (is_letter(last) || is_digit(last) || last == ',') && next.len && is_lower(next.ptr[0]);
}

/* --- writing --- */

static struct normal_block *new_block(struct cutting *c)
{
    struct normal *n = c->n;
    if (n->n_blocks == c->block_room) {
        c->block_room = c->block_room ? c->block_room * 2 : 64;
        n->blocks = mem_grow(n->blocks, c->block_room * sizeof(*n->blocks));
    }
    struct normal_block *b = &n->blocks[n->n_blocks++];
    *b = (struct normal_block){.from = (uint32_t)n->len,
                               .to = (uint32_t)n->len,
                               .line = (uint32_t)n->n_lines,
                               .section = c->section};
    return b;
}

static void put_line(struct cutting *c, struct normal_block *b, const struct raw_line *l, bool glued,
                     bool soft)
{
    struct normal *n = c->n;
    if (b->n_lines && !glued)
        n->text[n->len++] = ' ';
    struct normal_line *line = &n->lines[n->n_lines++];
    *line = (struct normal_line){.from = (uint32_t)n->len,
                                 .cells = (uint32_t)(l->s.ptr - n->clean),
                                 .cells_end = (uint32_t)(l->s.ptr - n->clean + l->s.len),
                                 .soft = soft};
    bool blank = false;
    for (size_t i = 0; i < l->s.len; i++) {
        char ch = l->s.ptr[i];
        bool white = ch == ' ' || ch == '\t';
        if (!white)
            n->text[n->len++] = ch;
        else if (!blank)
            n->text[n->len++] = ' ';
        blank = white;
    }
    line->to = (uint32_t)n->len;
    b->n_lines++;
    b->to = (uint32_t)n->len;
}

static void close_block(struct cutting *c)
{
    c->n->text[c->n->len++] = '\n';
}

/* --- paragraphs --- */

struct paragraph {
    size_t from, to; /* lines */
    size_t width;    /* of the widest */
    bool even;       /* all but the last are as wide: cut without regard to words */
    enum kind kind;  /* that begins each entry; NO_KIND: it is one */
    bool dense;      /* half of the lines are of it */
};

static void measure(const struct cutting *c, struct paragraph *p)
{
    size_t same = 0;
    for (size_t i = p->from; i < p->to; i++)
        p->width = c->lines[i].width > p->width ? c->lines[i].width : p->width;
    for (size_t i = p->from; i + 1 < p->to; i++)
        same += c->lines[i].width == p->width;
    p->even = same >= EVEN_LINES && same == p->to - p->from - 1 && p->width >= NARROWEST;
}

/* A mail program broke the line here: the next word would not have fitted. */
static bool is_soft(const struct cutting *c, const struct paragraph *p, size_t i)
{
    if (i + 1 >= p->to || p->width > WIDEST || p->width < NARROWEST)
        return false;
    if (c->lines[i + 1].blank)
        return true;
    struct scan next = scan_of(c->lines[i + 1].s);
    return c->lines[i].s.len + 1 + scan_until(&next, " \t").len > p->width;
}

static bool is_glued(const struct cutting *c, const struct paragraph *p, size_t i)
{
    struct slice before = c->lines[i - 1].s;
    if (p->even)
        return !c->lines[i - 1].open_end && !c->lines[i].open_begin;
    bool one_word = before.len >= LONG_WORD && slice_find_char(before, ' ') < 0;
    return (one_word && before.len == p->width && is_soft(c, p, i - 1));
}

/* The kind of line that begins the entries: that of the first line with one, if it comes again. Where half of
 * the lines are of it, each is an entry; else one behind a line that a mail program broke is none. */
static void find_kind(const struct cutting *c, struct paragraph *p)
{
    size_t same = 0, begin = 0;
    for (size_t i = p->from; i < p->to; i++) {
        bool soft = i > p->from && is_soft(c, p, i - 1);
        enum kind kind = kind_of(c->lines[i].s);
        if (p->kind == NO_KIND && i - p->from < 3 && !soft)
            p->kind = kind;
        same += p->kind && kind == p->kind;
        begin += p->kind && kind == p->kind && !soft;
    }
    p->dense = 2 * same >= p->to - p->from;
    if ((p->dense ? same : begin) < 2)
        p->kind = NO_KIND;
}

static bool goes_on_after(const struct cutting *c, size_t *next)
{
    size_t i = *next;
    while (i < c->n_lines && c->lines[i].blank)
        i++;
    if (i == c->n_lines || c->lines[i].rule || is_separator(c->lines[i].s) || i - *next > 2 || head_at(c, i))
        return false;
    if (!goes_on(c->lines[*next - 1].s, c->lines[i].s))
        return false;
    *next = i;
    return true;
}

static void write_paragraph(struct cutting *c, struct paragraph *p)
{
    measure(c, p);
    find_kind(c, p);
    struct normal_block *b = new_block(c);
    for (size_t i = p->from; i < p->to; i++) {
        bool free_line = i == p->from || p->dense || !is_soft(c, p, i - 1);
        if (c->lines[i].blank)
            continue;
        if (i > p->from && free_line && p->kind && kind_of(c->lines[i].s) == p->kind &&
            c->n->n_blocks < MOST_BLOCKS && b->n_lines) {
            close_block(c);
            b = new_block(c);
        }
        bool glued = i > p->from && b->n_lines && !c->lines[i - 1].blank && is_glued(c, p, i);
        put_line(c, b, &c->lines[i], glued, is_soft(c, p, i));
    }
    close_block(c);
}

/* --- signatures and disclaimers --- */

static const char *const legal[] = {
    "confidential*",   "intended recipient*", "privileged",      "disclos*", "in error",   "unauthorized",
    "unauthorised",    "disclaimer",          "virus*",          "delete",   "notify",     "addressee*",
    "please consider", "the environment",     "dissemination",   "copying",  "prohibited", "intended for",
    "intended only",   "intended solely",     "views expressed", NULL,
};

bool normal_is_mute(const struct normal *n, const struct normal_block *b)
{
    return b->signature ||
           (b->to - b->from < LEGAL_MAX && count_words(normal_block_lower(n, b), legal, 2) == 2);
}

/* From the "--" that begins a signature to the end of the section, if that is near. */
static bool begins_signature(const struct cutting *c, size_t i)
{
    struct slice s = c->lines[i].s;
    bool quoted = c->lines[i].quoted;
    if (!slice_eq(s, SLICE("--")) && !slice_eq(s, SLICE("__")))
        return false;
    size_t n = 0;
    for (i++; i < c->n_lines && c->lines[i].quoted == quoted && !is_separator(c->lines[i].s); i++) {
        if (++n > SIGNATURE_LINES || head_at(c, i))
            break;
    }
    return n <= SIGNATURE_LINES;
}

/* --- */

/* One step: what begins at line i. Returns the line behind it. */
static size_t cut_at(struct cutting *c, size_t i, bool *signature)
{
    size_t head = head_at(c, i);
    if (is_separator(c->lines[i].s) || head) {
        c->section++;
        *signature = false;
    }
    if (is_separator(c->lines[i].s))
        return i + 1;
    if (begins_signature(c, i))
        *signature = true;
    else if (i && c->lines[i].quoted && !c->lines[i - 1].quoted)
        *signature = false;
    if (c->lines[i].blank || c->lines[i].rule)
        return i + 1;
    struct paragraph p = {.from = i, .to = head ? i + head : i + 1};
    while (!head) {
        while (p.to < c->n_lines && !c->lines[p.to].blank && !c->lines[p.to].rule &&
               !is_separator(c->lines[p.to].s) && !head_at(c, p.to) &&
               !(*signature && c->lines[p.to].quoted && !c->lines[i].quoted))
            p.to++;
        if (*signature || p.to >= c->n_lines || !c->lines[p.to].blank || !goes_on_after(c, &p.to))
            break;
    }
    size_t first = c->n->n_blocks;
    write_paragraph(c, &p);
    for (size_t k = first; k < c->n->n_blocks; k++)
        c->n->blocks[k].signature = *signature;
    return p.to;
}

void normal_make(struct normal *out, struct slice raw)
{
    struct cutting c = {.n = out};
    size_t len;
    bool signature = false;
    *out = (struct normal){.clean = normal_clean(raw, &len)};
    read_lines(&c, slice_from(out->clean, len));
    out->text = mem_alloc(len + c.n_lines + 2);
    out->lines = mem_alloc((c.n_lines + 1) * sizeof(*out->lines));
    for (size_t i = 0; i < c.n_lines;)
        i = cut_at(&c, i, &signature);
    out->lower = mem_alloc(out->len + 1);
    for (size_t i = 0; i < out->len; i++) {
        char ch = out->text[i];
        out->lower[i] = ch >= 'A' && ch <= 'Z' ? (char)(ch + 32) : ch;
    }
    free(c.lines);
}

void normal_release(struct normal *n)
{
    free(n->clean);
    free(n->text);
    free(n->lower);
    free(n->lines);
    free(n->blocks);
    *n = (struct normal){0};
}

struct slice normal_block_text(const struct normal *n, const struct normal_block *b)
{
    return slice_from(n->text + b->from, b->to - b->from);
}

struct slice normal_block_lower(const struct normal *n, const struct normal_block *b)
{
    return slice_from(n->lower + b->from, b->to - b->from);
}
