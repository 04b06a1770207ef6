/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * override_values: one value → priority, date, label or company. Names are compared folded; a company by
 * exact name, domain, unique beginning, unique part. Companies lie sorted by name, so that only a part or a
 * slip looks at all of them.
 */
#include "override_values.h"

static const struct {
    const char *spelling; /* folded */
    enum override_key key;
} keys[] = {
    {"priority", OVERRIDE_PRIORITY},
    {"prio", OVERRIDE_PRIORITY},
    {"pri", OVERRIDE_PRIORITY},
    {"ticket priority", OVERRIDE_PRIORITY},
    {"urgency", OVERRIDE_PRIORITY},
    {"due", OVERRIDE_DUE},
    {"due date", OVERRIDE_DUE},
    {"duedate", OVERRIDE_DUE},
    {"due-date", OVERRIDE_DUE},
    {"due by", OVERRIDE_DUE},
    {"due on", OVERRIDE_DUE},
    {"by", OVERRIDE_DUE},
    {"needed by", OVERRIDE_DUE},
    {"need by", OVERRIDE_DUE},
    {"deadline", OVERRIDE_DUE},
    {"queue", OVERRIDE_QUEUE},
    {"ticket queue", OVERRIDE_QUEUE},
    {"company", OVERRIDE_COMPANY},
    {"company name", OVERRIDE_COMPANY},
    {"client", OVERRIDE_COMPANY},
    {"customer", OVERRIDE_COMPANY},
    {"account", OVERRIDE_COMPANY},
    {"organization", OVERRIDE_COMPANY},
    {"organisation", OVERRIDE_COMPANY},
    {"org", OVERRIDE_COMPANY},
    {"contact", OVERRIDE_CONTACT},
    {"contact name", OVERRIDE_CONTACT},
    {"category", OVERRIDE_CATEGORY},
    {"ticket category", OVERRIDE_CATEGORY},
    {"type", OVERRIDE_TYPE},
    {"ticket type", OVERRIDE_TYPE},
    {"status", OVERRIDE_STATUS},
    {"ticket status", OVERRIDE_STATUS},
    {"cc", OVERRIDE_CC},
    {"copy", OVERRIDE_CC},
};

const char *override_key_name(enum override_key key)
{
    static const char *const names[] = {
        [OVERRIDE_PRIORITY] = "priority", [OVERRIDE_DUE] = "due",         [OVERRIDE_QUEUE] = "queue",
        [OVERRIDE_COMPANY] = "company",   [OVERRIDE_CONTACT] = "contact", [OVERRIDE_CATEGORY] = "category",
        [OVERRIDE_TYPE] = "type",         [OVERRIDE_STATUS] = "status",   [OVERRIDE_CC] = "cc",
    };
    return names[key];
}

static bool list_of(enum override_key key, enum directory_list *list)
{
    static const struct {
        enum override_key key;
        enum directory_list list;
    } rows[] = {{OVERRIDE_PRIORITY, LIST_PRIORITY},
                {OVERRIDE_QUEUE, LIST_QUEUE},
                {OVERRIDE_TYPE, LIST_TYPE},
                {OVERRIDE_CATEGORY, LIST_CATEGORY},
                {OVERRIDE_STATUS, LIST_STATUS}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (rows[i].key == key) {
            *list = rows[i].list;
            return true;
        }
    }
    return false;
}

/* --- text --- */

bool override_among(char c, const char *set)
{
    return c != '\0' && strchr(set, c) != NULL;
}

struct slice override_strip(struct slice s, const char *before, const char *behind)
{
    s = slice_trim(s);
    while (s.len && override_among(s.ptr[0], before))
        s = slice_skip(s, 1);
    while (s.len && override_among(s.ptr[s.len - 1], behind))
        s.len--;
    return slice_trim(s);
}

static struct slice without_end(struct slice s, struct slice word)
{
    bool there =
        s.len > word.len && slice_ends_nocase(s, word) && override_among(s.ptr[s.len - word.len - 1], " \t,");
    return there ? override_strip(slice_cut(s, s.len - word.len), "", " ,") : s;
}

/* The value without quotes, marks of bold and politeness. */
static struct slice bare_value(struct slice said)
{
    struct slice s = slice_trim(said);
    /* the dot of a sentence, not that of "5.12." or "p.m." */
    if (s.len && s.ptr[s.len - 1] == '.' && slice_find_char(slice_cut(s, s.len - 1), '.') < 0)
        s.len--;
    s = override_strip(s, "\"'*_<(", "\"'*_>)!,;");
    s = without_end(s, SLICE("please"));
    return without_end(s, SLICE("pls"));
}

static struct slice folded(struct slice s, struct pool *pool)
{
    struct buf b = BUF_INIT(OVERRIDE_VALUE_MAX * 4);
    fold_into(&b, slice_cut_utf8(s, OVERRIDE_VALUE_MAX));
    struct slice copy = slice_from(pool_slice(pool, buf_view(&b)), b.len);
    buf_release(&b);
    return copy;
}

static bool is_letter(char c)
{
    return (unsigned char)c >= 0x80 || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool override_has_words(struct slice text, struct slice part)
{
    for (size_t from = 0; part.len && from + part.len <= text.len;) {
        long at = slice_find(slice_skip(text, from), part);
        if (at < 0)
            return false;
        size_t start = from + (size_t)at, end = start + part.len;
        if ((start == 0 || !is_letter(text.ptr[start - 1])) && (end == text.len || !is_letter(text.ptr[end])))
            return true;
        from = start + 1;
    }
    return false;
}

bool override_begins(struct slice text, struct slice part, bool whole_words)
{
    return slice_starts(text, part) &&
           (!whole_words || text.len == part.len || !is_letter(text.ptr[part.len]));
}

bool override_set(struct override *out, int64_t id, const char *name)
{
    out->state = OVERRIDE_SET;
    out->id = id;
    out->name = name;
    return true;
}

void override_offer(struct override *out, int64_t id, const char *name)
{
    if (out->n_choices < OVERRIDE_CHOICES)
        out->choices[out->n_choices++] = (struct override_choice){.id = id, .name = name};
}

void override_offer_near(struct nearest *n, unsigned distance, int64_t id, const char *name)
{
    struct override *out = n->out;
    size_t at = out->n_choices;
    while (at > 0 && n->distance[at - 1] > distance)
        at--;
    if (at == OVERRIDE_CHOICES)
        return;
    out->n_choices += out->n_choices < OVERRIDE_CHOICES;
    for (size_t i = out->n_choices - 1; i > at; i--) {
        out->choices[i] = out->choices[i - 1];
        n->distance[i] = n->distance[i - 1];
    }
    out->choices[at] = (struct override_choice){.id = id, .name = name};
    n->distance[at] = distance;
}

unsigned override_slip(size_t len)
{
    return len >= 5 ? 2 : len >= 3 ? 1 : 0;
}

/* --- the doors --- */

static void resolve_due(struct override *out, struct slice said, const struct override_world *w)
{
    enum when_result is = when_read(said, w->cal, w->now_ms, &out->due_ms);
    if (is == WHEN_NONE) {
        /* the key said that it is a date: "2 hours" and "sun" will do */
        const char *led = pool_printf(w->pool, "due %.*s", SLICE_ARG(said));
        is = when_read(slice_of(led), w->cal, w->now_ms, &out->due_ms);
    }
    out->state = is == WHEN_OK ? OVERRIDE_SET : is == WHEN_PAST ? OVERRIDE_PAST : OVERRIDE_UNKNOWN;
}

void override_resolve(struct override *out, enum override_key key, struct slice said,
                      const struct directory *d, const struct due_calendar *cal, int64_t now_ms,
                      struct pool *pool)
{
    struct override_world w = {.d = d, .cal = cal, .now_ms = now_ms, .pool = pool};
    struct slice kept = slice_cut_utf8(slice_trim(said), OVERRIDE_VALUE_MAX * 4);
    enum directory_list list;
    const char *text = pool_text(pool, kept);
    struct slice value = bare_value(slice_of(text)), f = folded(value, pool);
    *out = (struct override){.key = key, .state = OVERRIDE_UNKNOWN, .said = slice_of(text), .name = ""};
    if (key == OVERRIDE_CONTACT || key == OVERRIDE_CC)
        override_set(out, 0, pool_slice(pool, key == OVERRIDE_CC ? slice_trim(out->said) : value));
    else if (key == OVERRIDE_DUE)
        resolve_due(out, value, &w);
    else if (key == OVERRIDE_COMPANY)
        override_company(out, f, d);
    else if (list_of(key, &list))
        override_label(out, list, f, d);
}

static bool guess_label(struct override *out, struct slice f, const struct directory *d)
{
    static const enum override_key order[] = {OVERRIDE_PRIORITY, OVERRIDE_QUEUE, OVERRIDE_TYPE,
                                              OVERRIDE_CATEGORY, OVERRIDE_STATUS};
    for (size_t i = 0; i < ARRAY_LEN(order); i++) {
        enum directory_list list;
        const struct directory_label *label = NULL;
        if (list_of(order[i], &list))
            label = list == LIST_PRIORITY ? override_priority_exact(d, f, false)
                                          : override_label_exact(d, list, f);
        if (label) {
            out->key = order[i];
            return override_set(out, label->id, label->name);
        }
    }
    return false;
}

bool override_guess(struct override *out, struct slice said, const struct directory *d,
                    const struct due_calendar *cal, int64_t now_ms, struct pool *pool)
{
    struct slice trimmed = slice_trim(said);
    enum override_key key;
    char sign;
    struct slice value;
    if (trimmed.len == 0 || trimmed.len > OVERRIDE_VALUE_MAX)
        return false;
    struct override o = {.state = OVERRIDE_UNKNOWN, .name = ""};
    const char *text = pool_text(pool, trimmed);
    o.said = slice_of(text);
    struct slice f = folded(bare_value(o.said), pool);
    enum when_result is = when_read(o.said, cal, now_ms, &o.due_ms);
    if (is != WHEN_NONE) {
        o.key = OVERRIDE_DUE;
        o.state = is == WHEN_OK ? OVERRIDE_SET : OVERRIDE_PAST;
    } else if (f.len && !guess_label(&o, f, d)) {
        o.key = OVERRIDE_COMPANY;
        override_company_guess(&o, f, d);
    }
    if (o.state != OVERRIDE_SET && o.state != OVERRIDE_PAST &&
        override_split_key(o.said, true, &key, &sign, &value) && value.len)
        override_resolve(&o, key, value, d, cal, now_ms, pool);
    if (o.state != OVERRIDE_SET && o.state != OVERRIDE_PAST)
        return false;
    *out = o;
    return true;
}

bool override_looks_like(struct override *out, struct slice said, bool company_too,
                         const struct override_world *w)
{
    struct override o = {.key = OVERRIDE_COMPANY, .state = OVERRIDE_UNKNOWN, .name = ""};
    o.said = slice_of(pool_text(w->pool, slice_cut_utf8(slice_trim(said), OVERRIDE_VALUE_MAX)));
    struct slice f = folded(bare_value(o.said), w->pool);
    if (f.len < 3)
        return false;
    if (override_company_begins(&o, f, true, w->d) < 2) {
        o = (struct override){
            .key = OVERRIDE_PRIORITY, .state = OVERRIDE_UNKNOWN, .name = "", .said = o.said};
        for (size_t i = 0; f.len >= 4 && i < w->d->n_lists[LIST_PRIORITY]; i++) {
            const struct directory_label *label = &w->d->lists[LIST_PRIORITY][i];
            if (label->folded[0] == f.ptr[0] && strlen(label->folded) >= 4 &&
                fold_distance(f, slice_of(label->folded), 1) == 1)
                override_offer(&o, label->id, label->name);
        }
        if (!o.n_choices && company_too && f.len >= 4) {
            o.key = OVERRIDE_COMPANY;
            override_company_near(&o, f, w->d);
        }
        if (!o.n_choices)
            return false;
    }
    *out = o;
    return true;
}

/* --- keys --- */

static const char marks[] = "*_ \t";

/* The sign behind a key; how many bytes it takes, 0 = none. */
static size_t sign_at(struct slice s, char *sign)
{
    static const struct {
        const char *bytes;
        char sign;
    } signs[] = {{":", ':'}, {"\xef\xbc\x9a", ':'}, {"=", '='},
                 {"-", '-'}, {"\xe2\x80\x93", '-'}, {"\xe2\x80\x94", '-'}};
    for (size_t i = 0; i < ARRAY_LEN(signs); i++) {
        if (slice_starts(s, slice_of(signs[i].bytes))) {
            *sign = signs[i].sign;
            return strlen(signs[i].bytes);
        }
    }
    return 0;
}

bool override_split_key(struct slice line, bool bare, enum override_key *key, char *sign, struct slice *value)
{
    struct slice s = override_strip(line, "*_-#\t ", "");
    s = slice_starts(s, SLICE("\xe2\x80\xa2")) ? slice_trim(slice_skip(s, 3)) : s;
    size_t best = 0, taken = 0;
    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        struct slice spelling = slice_of(keys[i].spelling), rest;
        char found = ' ';
        if (spelling.len <= best || !slice_starts_nocase(s, spelling))
            continue;
        rest = slice_skip(s, spelling.len);
        size_t gap = 0;
        while (gap < rest.len && override_among(rest.ptr[gap], marks))
            gap++;
        size_t n = sign_at(slice_skip(rest, gap), &found);
        if (n == 0 && (!bare || gap == 0 || rest.len == gap))
            continue;
        best = spelling.len;
        taken = spelling.len + gap + n;
        *key = keys[i].key;
        *sign = found;
    }
    if (best)
        *value = override_strip(slice_skip(s, taken), "*_", "*_");
    return best > 0;
}
