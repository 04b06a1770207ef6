/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * overrides: brackets at the end of the subject and lines at the top of the text. See command_overrides.h.
 *
 * A bracket counts as a whole or not at all. Its pieces stand between commas; a piece that is no value is
 * tried together with its neighbours ("Dec 5, 2026", "Acme, Inc.") and word by word ("high fri 3pm acme").
 */
#include "override_values.h"

enum {
    BRACKET_MAX = 200,
    PIECES_MAX = 8,
    WORDS_MAX = 8,
    BRACKETS_MAX = 4,
    LINE_MAX_BYTES = 200,
    LINES_MAX = 40
};

/* The later place wins. Several Cc may stand together. */
static void put(struct overrides *out, const struct override *o)
{
    for (size_t i = 0; o->key != OVERRIDE_CC && i < out->n; i++) {
        if (out->list[i].key == o->key) {
            out->list[i] = *o;
            return;
        }
    }
    if (out->n < OVERRIDES_MAX)
        out->list[out->n++] = *o;
}

static bool guess(struct override *o, struct slice s, const struct override_world *w)
{
    return override_guess(o, s, w->d, w->cal, w->now_ms, w->pool);
}

/* "Queue: Tirage": the key says what it is, even if the value is unknown. A dash says so only with a known
 * value. */
static bool keyed(struct override *o, struct slice s, const struct override_world *w)
{
    enum override_key key;
    char sign;
    struct slice value;
    if (!override_split_key(s, false, &key, &sign, &value) || !value.len || value.len > OVERRIDE_VALUE_MAX)
        return false;
    struct override read;
    override_resolve(&read, key, value, w->d, w->cal, w->now_ms, w->pool);
    bool free_text = key == OVERRIDE_CONTACT || key == OVERRIDE_CC;
    if (sign == '-' && (read.state == OVERRIDE_UNKNOWN || read.state == OVERRIDE_SEVERAL || free_text))
        return false;
    *o = read;
    return true;
}

/* --- brackets --- */

struct pieces {
    struct slice v[PIECES_MAX];
    size_t n;
};

static bool cut_at(struct slice s, const char *separators, struct pieces *out)
{
    struct scan c = scan_of(s);
    out->n = 0;
    while (!scan_end(&c)) {
        struct slice piece = slice_trim(scan_until(&c, separators));
        scan_next(&c);
        if (!piece.len)
            continue;
        if (out->n == PIECES_MAX)
            return false;
        out->v[out->n++] = piece;
    }
    return out->n > 0;
}

static struct slice joined(const struct pieces *p, size_t from, size_t n)
{
    const struct slice *last = &p->v[from + n - 1];
    return slice_from(p->v[from].ptr, (size_t)(last->ptr + last->len - p->v[from].ptr));
}

static bool is_joint(struct slice word)
{
    return slice_eq_nocase(word, SLICE("and")) || slice_eq(word, SLICE("&")) || slice_eq(word, SLICE("+"));
}

/* "high fri 3pm acme": the longest runs of words that are values; all of them or none. */
static bool read_words(struct overrides *found, struct slice piece, const struct override_world *w)
{
    struct pieces words;
    struct overrides kept = *found;
    if (!cut_at(piece, " \t", &words) || words.n < 2)
        return false;
    for (size_t i = 0, n; i < words.n; i += n) {
        struct override o;
        for (n = words.n - i; n > 0 && !guess(&o, joined(&words, i, n), w); n--) {
        }
        if (n)
            put(&kept, &o);
        else if (i > 0 && i + 1 < words.n && is_joint(words.v[i]))
            n = 1;
        else
            return false;
    }
    *found = kept;
    return true;
}

/* What else a piece may be: several companies, or a slip. */
static bool read_doubtful(struct overrides *found, struct slice piece, bool others,
                          const struct override_world *w)
{
    struct override o;
    if (!override_looks_like(&o, piece, others, w))
        return false;
    put(found, &o);
    return true;
}

/* The value of pieces `i`, …; how many it takes, 0 = none. */
static size_t read_pieces(struct override *o, const struct pieces *p, size_t i,
                          const struct override_world *w)
{
    for (size_t n = p->n - i < 3 ? p->n - i : 3; n > 1; n--) {
        /* people and addresses end at the comma: "cc: mike, high" */
        if (guess(o, joined(p, i, n), w) && o->key != OVERRIDE_CC && o->key != OVERRIDE_CONTACT)
            return n;
    }
    return guess(o, p->v[i], w) || keyed(o, p->v[i], w) ? 1 : 0;
}

static bool read_bracket(struct overrides *found, struct slice inside, const struct override_world *w)
{
    struct pieces p;
    struct slice doubtful[PIECES_MAX];
    size_t n_doubtful = 0;
    bool behind_cc = false;
    if (!cut_at(inside, ",;|", &p))
        return false;
    for (size_t i = 0, n; i < p.n; i += n ? n : 1) {
        struct override o;
        n = read_pieces(&o, &p, i, w);
        if (!n && behind_cc) {
            override_resolve(&o, OVERRIDE_CC, p.v[i], w->d, w->cal, w->now_ms, w->pool);
            n = 1;
        }
        behind_cc = n && o.key == OVERRIDE_CC;
        if (n)
            put(found, &o);
        else if (!read_words(found, p.v[i], w))
            doubtful[n_doubtful++] = p.v[i];
    }
    for (size_t i = 0; i < n_doubtful; i++) {
        if (!read_doubtful(found, doubtful[i], n_doubtful < p.n, w))
            return false;
    }
    return true;
}

/* Takes one bracket, or "!high", off the end of *title. */
static bool take_bracket(struct slice *title, struct overrides *found, const struct override_world *w)
{
    struct slice s = slice_trim(*title);
    size_t open = s.len, most = s.len < BRACKET_MAX ? s.len : BRACKET_MAX;
    if (!s.len)
        return false;
    bool bracket = s.ptr[s.len - 1] == ']';
    char opener = bracket ? '[' : '!';
    for (size_t i = bracket ? 2 : 1; i <= most && open == s.len; i++) {
        char c = s.ptr[s.len - i];
        if (c == opener)
            open = s.len - i;
        else if (c == ']' || (!bracket && (c == ' ' || c == '\t')))
            break;
    }
    if (open == s.len)
        return false;
    struct slice inside = slice_skip(s, open);
    if (bracket) {
        inside = slice_skip(slice_cut(inside, inside.len - 1), 1);
        if (!read_bracket(found, inside, w))
            return false;
    } else {
        struct override o;
        bool alone = open == 0 || s.ptr[open - 1] == ' ';
        if (!alone || inside.len < 2 || !guess(&o, inside, w) || o.key != OVERRIDE_PRIORITY)
            return false;
        put(found, &o);
    }
    *title = slice_trim(slice_cut(s, open));
    return true;
}

static void read_title(struct overrides *out, struct slice title, const struct override_world *w)
{
    out->title = title;
    for (int i = 0; i < BRACKETS_MAX; i++) {
        struct overrides found = {.n = 0};
        if (!take_bracket(&out->title, &found, w))
            return;
        /* read from the end: what was found before stands further behind, and wins */
        for (size_t k = 0; k < out->n; k++)
            put(&found, &out->list[k]);
        memcpy(out->list, found.list, sizeof(found.list));
        out->n = found.n;
    }
}

/* --- the top of the text --- */

static const char *const greetings[] = {
    "hi",      "hello",     "hey",          "dear",           "hiya",
    "team",    "all",       "good morning", "good afternoon", "good evening",
    "morning", "afternoon", "greetings",    "hallo",          "moin"};

/* "Hi Sarah," but not "Hi, the printer burns" */
static bool is_greeting(struct slice line)
{
    if (line.len == 0 || line.len > 40)
        return false;
    bool ends = override_among(line.ptr[line.len - 1], ",!.");
    struct slice rest = ends ? slice_cut(line, line.len - 1) : line;
    size_t words = 1;
    for (size_t i = 0; i < rest.len; i++) {
        words += rest.ptr[i] == ' ';
        if (override_among(rest.ptr[i], ",.!:;?"))
            return false;
    }
    for (size_t i = 0; words <= (ends ? 4 : 2) && i < ARRAY_LEN(greetings); i++) {
        struct slice word = slice_of(greetings[i]);
        if (slice_starts_nocase(rest, word) && (rest.len == word.len || rest.ptr[word.len] == ' '))
            return true;
    }
    return false;
}

/* "Priority: high, Due: fri": where the next key begins, or the whole. */
static size_t next_key(struct slice line)
{
    enum override_key key;
    char sign;
    struct slice value;
    for (size_t i = 1; i < line.len; i++) {
        bool cut = line.ptr[i] == ',' || line.ptr[i] == ';' || line.ptr[i] == '|';
        if (cut && override_split_key(slice_skip(line, i + 1), false, &key, &sign, &value) && sign != '-')
            return i;
    }
    return line.len;
}

/* All of the line, or nothing. *empty: a key without a value ("Due:"), as forms have them. *open: something
 * of it is not known. */
static bool read_line(struct overrides *out, struct slice line, bool *empty, bool *open,
                      const struct override_world *w)
{
    struct overrides found = {.n = 0};
    enum override_key key;
    char sign;
    struct slice value;
    *empty = *open = false;
    if (line.len > LINE_MAX_BYTES)
        return false;
    if (line.len && line.ptr[0] == '!') {
        struct override o;
        if (!guess(&o, line, w) || o.key != OVERRIDE_PRIORITY)
            return false;
        put(out, &o);
        return true;
    }
    while (line.len) {
        size_t end = next_key(line);
        struct slice part = slice_cut(line, end);
        struct override o;
        if (override_split_key(part, false, &key, &sign, &value) && !value.len && sign != '-')
            *empty = true;
        else if (keyed(&o, part, w))
            put(&found, &o);
        else
            return false;
        line = slice_trim(slice_skip(line, end + 1));
    }
    for (size_t i = 0; i < found.n; i++) {
        put(out, &found.list[i]);
        *open = *open || found.list[i].state != OVERRIDE_SET;
    }
    *empty = *empty && found.n == 0;
    return true;
}

/* A line that stays in the text. */
static void keep_line(struct buf *kept, struct slice line)
{
    if (kept->len)
        buf_putc(kept, '\n');
    buf_slice(kept, line);
}

/* What is not known stays: "Due: the power cut" tells the technician something. */
static void read_text(struct overrides *out, struct slice text, const struct override_world *w)
{
    struct scan c = scan_of(text);
    struct buf kept = BUF_INIT(LINES_MAX * (LINE_MAX_BYTES + 1));
    struct slice rest = text;
    bool any = false;
    for (int lines = 0; lines < LINES_MAX && !scan_end(&c); lines++) {
        bool empty, open;
        struct slice line = slice_trim(scan_line(&c));
        if (!line.len)
            continue;
        if (!any && !kept.len && is_greeting(line)) {
            keep_line(&kept, line);
            continue;
        }
        if (!read_line(out, line, &empty, &open, w))
            break;
        if (empty)
            continue;
        if (open)
            keep_line(&kept, line);
        any = true;
        rest = scan_rest(&c);
    }
    while (any && rest.len && (rest.ptr[0] == '\n' || rest.ptr[0] == '\r'))
        rest = slice_skip(rest, 1);
    out->text = any ? rest : text;
    if (any && kept.len) {
        char *whole = pool_alloc(w->pool, kept.len + rest.len + 2);
        memcpy(whole, kept.data, kept.len);
        whole[kept.len] = '\n';
        if (rest.len)
            memcpy(whole + kept.len + 1, rest.ptr, rest.len);
        out->text = slice_from(whole, kept.len + 1 + rest.len);
    }
    buf_release(&kept);
}

void overrides_read(struct overrides *out, struct slice title, struct slice text, const struct directory *d,
                    const struct due_calendar *cal, int64_t now_ms, struct pool *pool)
{
    struct override_world w = {.d = d, .cal = cal, .now_ms = now_ms, .pool = pool};
    out->n = 0;
    read_title(out, title, &w);
    read_text(out, text, &w);
}
