/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * decide: subject and text → what is wanted. Start reading this folder here: strip prefixes, read words, find
 * names and their places, then the first of: command, addressed technician, near miss, single mention,
 * question.
 */
#include "words.h"

enum { TITLE_MAX = 250 };

const char *command_how_name(enum command_how how)
{
    static const char *const names[] = {
#define HOW_NAME(name, text) text,
        COMMAND_HOW_TABLE(HOW_NAME)
#undef HOW_NAME
    };
    ENSURE((size_t)how < ARRAY_LEN(names));
    return names[how];
}

const char *command_where_name(enum command_where where)
{
    static const char *const names[] = {
#define WHERE_NAME(name, text) text,
        COMMAND_WHERE_TABLE(WHERE_NAME)
#undef WHERE_NAME
    };
    ENSURE((size_t)where < ARRAY_LEN(names));
    return names[where];
}

static struct slice match_text(const struct words *words, const struct match *m)
{
    const struct word *first = &words->w[m->at], *last = &words->w[m->at + m->n - 1];
    return slice_from(first->raw.ptr, (size_t)(last->raw.ptr + last->raw.len - first->raw.ptr));
}

static void note(struct command *out, struct command_evidence one)
{
    if (out->n_evidence < COMMAND_MAX_EVIDENCE)
        out->evidence[out->n_evidence++] = one;
}

static void note_evidence(struct command *out, const struct words *words, const struct match *m)
{
    if (m->level == LEVEL_NONE)
        return;
    note(out, (struct command_evidence){.resource = m->who[0],
                                        .how = m->absent                 ? HOW_ABSENT
                                               : m->stranger             ? HOW_NEAR_MISS
                                               : m->doubt                ? HOW_EVERYDAY_WORD
                                               : m->level >= LEVEL_PLACE ? HOW_ADDRESSED
                                               : m->everyday             ? HOW_EVERYDAY_WORD
                                                                         : HOW_MENTIONED,
                                        .where = m->where,
                                        .text = match_text(words, m)});
}

static bool have(const struct command *out, const struct directory_resource *r)
{
    for (size_t i = 0; i < out->n_resources; i++) {
        if (out->resources[i] == r)
            return true;
    }
    return false;
}

static void suggest(struct command *out, const struct directory_resource *r)
{
    for (size_t i = 0; i < out->n_suggestions; i++) {
        if (out->suggestions[i] == r)
            return;
    }
    if (r->assignable && out->n_suggestions < COMMAND_MAX_SUGGESTIONS)
        out->suggestions[out->n_suggestions++] = r;
}

static void ask(struct command *out, enum command_why_ask why, struct slice word)
{
    out->kind = COMMAND_ASK;
    out->verb = "ticket";
    out->why_ask = why;
    out->asked_word = word;
    out->n_resources = 0;
    out->addressed = false;
}

static void offer_everybody(struct command *out, const struct directory *d)
{
    size_t assignable = 0;
    for (size_t i = 0; i < d->n_resources; i++)
        assignable += d->resources[i].assignable;
    for (size_t i = 0; assignable <= COMMAND_MAX_SUGGESTIONS && i < d->n_resources; i++)
        suggest(out, &d->resources[i]);
}

static void suggest_all(struct command *out, const struct match *m)
{
    for (size_t i = 0; i < m->n_who; i++)
        suggest(out, m->who[i]);
}

static enum level highest(const struct places *p)
{
    enum level top = LEVEL_NONE;
    for (size_t i = 0; i < p->n; i++)
        top = p->m[i].level > top ? p->m[i].level : top;
    return top;
}

/* Why this match cannot be given the ticket although it stands where people are addressed. */
static bool hinders(const struct match *m, enum command_why_ask *why)
{
    *why = m->absent      ? ASK_ABSENT
           : m->stranger  ? ASK_NEAR_MISS
           : m->n_who > 1 ? ASK_SHARED_NAME
                          : ASK_NOBODY_NAMED;
    return m->absent || m->stranger || m->n_who > 1 || m->doubt;
}

static void decide_addressed(struct command *out, const struct words *words, const struct places *p,
                             enum level top, const struct directory *d)
{
    enum command_why_ask why;
    out->kind = COMMAND_TICKET;
    out->verb = "ticket";
    out->addressed = true;
    for (size_t i = 0; i < p->n; i++) {
        const struct match *m = &p->m[i];
        if (m->level < top)
            continue;
        if (hinders(m, &why)) {
            ask(out, why, match_text(words, m));
            suggest_all(out, m);
            for (size_t k = 0; why == ASK_NOBODY_NAMED && k < p->n; k++)
                suggest_all(out, &p->m[k]);
            /* "Sarah or Mike: x" names people */
            if (why == ASK_NOBODY_NAMED && out->n_suggestions > 1)
                out->why_ask = ASK_SEVERAL_MENTIONED;
            if (m->absent) {
                out->absent = m->n_who == 1 ? m->who[0] : NULL;
                offer_everybody(out, d);
            }
            return;
        }
        if (!have(out, m->who[0]) && out->n_resources < COMMAND_MAX_RESOURCES)
            out->resources[out->n_resources++] = m->who[0];
    }
}

static void decide_mentioned(struct command *out, const struct words *words, const struct places *p,
                             const struct directory *d)
{
    const struct match *only = NULL;
    size_t n = 0;
    bool sure = false;
    for (size_t i = 0; i < p->n; i++) {
        const struct match *m = &p->m[i];
        if (m->level != LEVEL_MENTION)
            continue;
        n++;
        only = m;
        sure = sure || !m->doubt;
        suggest_all(out, m);
    }
    if (n == 1 && only->absent) {
        ask(out, ASK_ABSENT, match_text(words, only));
        out->absent = only->n_who == 1 ? only->who[0] : NULL;
        offer_everybody(out, d);
    } else if (n && out->n_suggestions == 1 && sure && !words->cut) {
        out->resources[out->n_resources++] = out->suggestions[0];
        out->n_suggestions = 0;
        out->kind = COMMAND_TICKET;
        out->verb = "ticket";
    } else if (n && out->n_suggestions > 1) {
        ask(out, n == 1 ? ASK_SHARED_NAME : ASK_SEVERAL_MENTIONED, match_text(words, only));
    } else {
        ask(out, ASK_NOBODY_NAMED, SLICE_NONE);
        for (size_t i = 0; i < p->n; i++) {
            if (p->m[i].level == LEVEL_HINT)
                suggest_all(out, &p->m[i]);
        }
        offer_everybody(out, d);
    }
}

/* A word where a name belongs although nobody is called so: the outcome is a question, unless somebody else
 * stands in a better place. *slip: the index of the word if it is a slip of somebody's name, else -1. */
static bool decide_unknown(struct command *out, const struct words *words, const struct command_names *names,
                           const struct places *p, enum level top, long *slip)
{
    struct near near[COMMAND_MAX_SUGGESTIONS];
    for (size_t i = 0; i < p->n_unknown; i++) {
        const struct unknown *u = &p->unknown[i];
        const struct word *w = &words->w[u->at];
        if (u->level <= top && top >= LEVEL_PLACE)
            continue;
        size_t n = near_find(names, w->folded, near, ARRAY_LEN(near));
        /* one slip of a name outweighs a mention */
        bool tight = n && near[0].cost <= NEAR_TIGHT;
        /* the only word is a name when it is nearly one */
        bool somebody = tight || (u->level == LEVEL_FIRST && n && top < LEVEL_MENTION && words->n > 1) ||
                        (u->level == LEVEL_STRONG && (n || word_is(w, WORD_GIVEN)));
        if (u->common || (u->level < LEVEL_STRONG && w->folded.len < 3))
            somebody = n && near[0].slip && top >= LEVEL_MENTION;
        if (!somebody)
            continue;
        ask(out, ASK_NEAR_MISS, w->raw);
        for (size_t k = 0; k < n; k++)
            suggest(out, near[k].who);
        note(out, (struct command_evidence){.resource = n ? near[0].who : NULL,
                                            .how = HOW_NEAR_MISS,
                                            .where = WHERE_NAME_BELONGS,
                                            .text = w->raw});
        *slip = n ? (long)u->at : -1;
        return true;
    }
    return false;
}

/* --- title --- */

static struct slice first_line(struct slice text)
{
    struct scan c = scan_of(text);
    while (!scan_end(&c)) {
        struct slice line = slice_trim(scan_line(&c));
        if (line.len)
            return line;
    }
    return SLICE_NONE;
}

/* What stood between an address and the rest goes with the address; a whole subject keeps its brackets. */
static struct slice trim_edges(struct slice s, bool head, bool tail)
{
    static const char junk[] = " \t:;,-|>=~.";
    static const struct slice signs[] = {{"\xe2\x80\x93", 3}, {"\xe2\x80\x94", 3}, {"\xe2\x86\x92", 3},
                                         {"\xc2\xb7", 2},     {"\xc2\xa0", 2},     {"\xef\xbc\x9a", 3},
                                         {"\xef\xbc\x88", 3}, {"\xef\xbc\x89", 3}, {"\xd8\x8c", 2},
                                         {"\xe3\x80\x80", 3}, {"\xe2\x80\xac", 3}, {"\xe2\x81\xa9", 3}};
    s = slice_trim(s);
    for (bool again = true; again;) {
        size_t before = s.len;
        while (s.len && (strchr(junk, s.ptr[0]) || (head && strchr(")]!?\"", s.ptr[0]))))
            s = slice_skip(s, 1);
        while (s.len && ((strchr(junk, s.ptr[s.len - 1]) && s.ptr[s.len - 1] != '.') ||
                         (tail && strchr("([", s.ptr[s.len - 1]))))
            s.len--;
        for (size_t i = 0; i < ARRAY_LEN(signs); i++) {
            if (slice_starts(s, signs[i]))
                s = slice_skip(s, signs[i].len);
            if (slice_ends_nocase(s, signs[i]))
                s.len -= signs[i].len;
        }
        again = s.len != before;
    }
    return s;
}

/* Does it show anything, once what nobody sees is gone? */
static bool seen(struct slice s)
{
    struct buf b = BUF_INIT(4096);
    fold_name(&b, s);
    bool any = slice_trim(buf_view(&b)).len > 0;
    buf_release(&b);
    return any;
}

/* Single blanks, at most 250 of the 255 UTF-16 units that Autotask takes. */
static const char *tidy(struct slice s, struct pool *pool)
{
    struct buf b = BUF_INIT(4 * TITLE_MAX);
    for (size_t i = 0; i < s.len && !b.overflow; i++) {
        bool blank = s.ptr[i] == ' ' || s.ptr[i] == '\t' || s.ptr[i] == '\n' || s.ptr[i] == '\r';
        if (blank && (b.len == 0 || b.data[b.len - 1] == ' '))
            continue;
        buf_putc(&b, blank ? ' ' : s.ptr[i]);
    }
    const char *out = pool_slice(pool, slice_trim(slice_cut_utf16(buf_view(&b), TITLE_MAX)));
    buf_release(&b);
    return out;
}

static const char *title_of(struct slice stripped, struct slice text, const struct words *words,
                            const struct places *p, long slip, struct pool *pool)
{
    size_t from, to;
    struct slice s = stripped;
    places_title(words, p, slip, &from, &to);
    if (words->n && (from > 0 || to < words->n)) {
        const char *begin =
            from > 0 ? words->w[from - 1].chunk.ptr + words->w[from - 1].chunk.len : stripped.ptr;
        const char *end = to < words->n ? words->w[to].chunk.ptr : stripped.ptr + stripped.len;
        s = slice_from(begin, (size_t)(end - begin));
    }
    s = trim_edges(s, from > 0, to < words->n);
    if (s.len == 0)
        s = slice_trim(stripped);
    if (words->n == 0 && !seen(s))
        s = first_line(text);
    const char *title = tidy(s, pool);
    return title;
}

/* A user for programs is called by nobody ("Datto API: error 500" speaks of the thing), so such names count
 * only when nothing else in the subject does. */
static void find_program(struct command *out, struct slice stripped, const struct directory *d,
                         struct pool *pool)
{
    struct buf folded = BUF_INIT(4000), name = BUF_INIT(1000);
    fold_into(&folded, slice_cut_utf8(stripped, 600));
    size_t n = out->absent ? 0 : d->n_resources;
    for (size_t i = 0; i < n; i++) {
        const struct directory_resource *r = &d->resources[i];
        if (strcmp(r->why_not, "API user") != 0 || !r->last[0])
            continue;
        buf_clear(&name);
        fold_into(&name, slice_of(pool_printf(pool, "%s %s", r->first, r->last)));
        struct slice behind = slice_trim(slice_skip(buf_view(&folded), name.len));
        if (!slice_starts(buf_view(&folded), buf_view(&name)) || !behind.len || !strchr(":,-", *behind.ptr))
            continue;
        out->why_ask = ASK_ABSENT;
        out->asked_word = slice_of(pool_printf(pool, "%s %s", r->first, r->last));
        out->absent = r;
        break;
    }
    buf_release(&folded);
    buf_release(&name);
}

/* Only a name and nothing else: the first line of the text says what it is about. */
static bool names_only(const struct words *words, const struct places *p)
{
    size_t covered = 0, named = 0;
    for (size_t i = 0; i < p->n; i++) {
        bool is_named = p->m[i].level >= LEVEL_MENTION;
        named += is_named;
        covered += is_named ? p->m[i].n : 0;
    }
    for (size_t i = 0; named > 1 && i < words->n; i++)
        covered += slice_eq(words->w[i].folded, SLICE("and"));
    return named && covered == words->n;
}

static bool decide_command(struct command *out, const struct command_names *names, const struct words *words,
                           enum level top, struct slice stripped)
{
    const struct command_verb *verb = phrases_explain(stripped, &out->argument);
    if (!verb && top < LEVEL_PLACE)
        verb = phrases_find(names, words, top > LEVEL_NONE, out);
    if (!verb)
        return false;
    out->verb = verb->verb;
    out->kind = verb->kind;
    return true;
}

void command_read(struct command *out, struct slice subject, struct slice text,
                  const struct directory *directory, const struct command_names *names, struct pool *pool)
{
    struct words *words = pool_alloc(pool, sizeof(*words));
    struct places *places = pool_alloc(pool, sizeof(*places));
    *out = (struct command){0};
    bool reply, forward;
    struct slice stripped = command_subject(subject, false, &reply, &forward);
    stripped = slice_from(pool_slice(pool, stripped), stripped.len);
    out->stripped = stripped.ptr;
    words_read(words, stripped, pool);
    places_find(names, words, places);
    for (size_t i = 0; i < places->n; i++)
        note_evidence(out, words, &places->m[i]);
    enum level top = highest(places);
    if (decide_command(out, names, words, top, stripped)) {
        out->title = tidy(stripped, pool);
        return;
    }
    /* who stands at the end of a subject that was cut is not known: only the start counts */
    if (words->cut && top < LEVEL_STRONG)
        top = LEVEL_MENTION;
    long slip = -1;
    bool asked = decide_unknown(out, words, names, places, top, &slip);
    if (!asked && top >= LEVEL_PLACE)
        decide_addressed(out, words, places, top, directory);
    else if (!asked)
        decide_mentioned(out, words, places, directory);
    if (out->kind == COMMAND_ASK && (out->why_ask == ASK_NOBODY_NAMED || out->why_ask == ASK_NEAR_MISS))
        find_program(out, stripped, directory, pool);
    bool only_names = names_only(words, places) || (slip == 0 && words->n == 1);
    struct slice line = only_names ? first_line(text) : SLICE_NONE;
    out->title = line.len ? tidy(line, pool) : title_of(stripped, text, words, places, slip, pool);
}
