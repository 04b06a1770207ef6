/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * places: where in a subject names stand, which decides whether a person is addressed or only mentioned; and
 * words that stand where a name belongs. Levels: words.h.
 */
#include "words.h"

/* Between the names of a list: "and", or a sign. 0 = the list ends at word `end`, else the next member. */
static size_t next_member(const struct words *words, size_t end)
{
    static const struct slice all[] = {{"and", 3}, {"und", 3},  {"y", 1},    {"et", 2},
                                       {"e", 1},   {"plus", 4}, {"with", 4}, {"or", 2}};
    enum gap g = words->w[end - 1].after;
    for (size_t i = 0; i < ARRAY_LEN(all) && end + 1 < words->n; i++) {
        if (slice_eq(words->w[end].folded, all[i]) && (g == GAP_BLANK || g == GAP_COMMA))
            return end + 1;
    }
    return end < words->n && (g == GAP_JOIN || g == GAP_COMMA) ? end : 0;
}

bool places_separates(enum gap g)
{
    return g == GAP_COLON || g == GAP_DASH || g == GAP_COMMA;
}

static struct match *match_at(struct places *p, size_t at)
{
    for (size_t i = 0; i < p->n; i++) {
        if (p->m[i].at == at)
            return &p->m[i];
    }
    return NULL;
}

static bool inside_match(const struct places *p, size_t at)
{
    for (size_t i = 0; i < p->n; i++) {
        if (p->m[i].at <= at && at < p->m[i].at + p->m[i].n)
            return true;
    }
    return false;
}

static void set_strong(const struct words *words, struct places *p, size_t from, size_t to, bool at_end,
                       enum gap closing)
{
    size_t members = 0;
    bool either = false;
    /* "Sarah or Shana" leaves the choice open */
    for (size_t i = from; i < to; i++)
        either = either || slice_eq(words->w[i].folded, SLICE("or"));
    for (size_t i = 0; i < p->n; i++)
        members += p->m[i].at >= from && p->m[i].at < to;
    for (size_t i = 0; i < p->n; i++) {
        struct match *m = &p->m[i];
        if (m->at < from || m->at >= to)
            continue;
        m->level = LEVEL_STRONG;
        m->where = at_end ? WHERE_END : WHERE_START;
        evidence_doubt(words, m, members == 1, at_end, closing);
        m->doubt = m->doubt || either;
    }
}

/* `job call Thomas`: a common word where an order to somebody begins; "We call Thomas" is a sentence */
static bool begins_an_order(const struct words *words, size_t at)
{
    static const enum word_class small[] = {WORD_PREP, WORD_AFTER, WORD_ARTICLE, WORD_LEAD, WORD_OPENER};
    const struct word *w = &words->w[at];
    for (size_t i = 0; i < ARRAY_LEN(small); i++) {
        if (word_is(w, small[i]))
            return false;
    }
    return w->folded.len > 2 && w->after == GAP_BLANK && at + 1 < words->n &&
           word_is(&words->w[at + 1], WORD_ORDER);
}

static void add_unknown(const struct words *words, struct places *p, size_t at, enum level level)
{
    const struct word *w = &words->w[at];
    bool common = word_is(w, WORD_COMMON) || (level < LEVEL_STRONG && word_is(w, WORD_EVERYDAY));
    if (p->n_unknown == MOST_UNKNOWN || w->opaque || w->number || w->folded.len < 2 || inside_match(p, at) ||
        word_is(w, WORD_HONORIFIC))
        return;
    if (common && level < LEVEL_STRONG && !(level == LEVEL_FIRST && begins_an_order(words, at)))
        return;
    for (size_t i = 0; i < p->n_unknown; i++) {
        if (p->unknown[i].at == at && p->unknown[i].level >= level)
            return;
    }
    p->unknown[p->n_unknown++] = (struct unknown){at, level, common};
}

/* --- the start: [opener]* NAME [, NAME | and NAME]* SEPARATOR --- */

/* How many words lead up to an address: "Hi", "Task for", "[URGENT]" */
static size_t skip_openers(const struct words *words, struct places *p)
{
    size_t at = 0;
    enum { MOST_OPENERS = 3 };
    while (at < words->n && words->w[at].bracketed && !match_at(p, at))
        at++;
    for (size_t n = 0; at + 1 < words->n && n < MOST_OPENERS && word_is(&words->w[at], WORD_OPENER);
         n++, at++) {
        if (match_at(p, at))
            break;
    }
    return at;
}

/* "please mark: done" speaks to nobody */
static bool opened_well(const struct words *words, const struct match *m)
{
    return !m->everyday || m->at == 0 || evidence_capital(words, &words->w[m->at]) ||
           word_is(&words->w[m->at - 1], WORD_GREETING) || words->w[m->at].before == GAP_JOIN ||
           words->w[m->at].bracketed || words->w[m->at - 1].bracketed;
}

static void find_start(const struct words *words, struct places *p)
{
    size_t first = skip_openers(words, p), at = first;
    long unknown = -1;
    while (at < words->n) {
        struct match *m = match_at(p, at);
        size_t end = m ? at + m->n : at + 1;
        const struct word *last = &words->w[end - 1];
        if (m && (last->possessive || (at == first && !opened_well(words, m))))
            return;
        /* "Miller, Sarah:" is no list: evidence_judge knows it */
        if (!m && (last->after == GAP_COMMA && next_member(words, end) == end && match_at(p, end)))
            return;
        if (!m && unknown < 0)
            unknown = (long)at;
        size_t next = next_member(words, end);
        bool more = next && next < words->n && match_at(p, next);
        /* "Sarah and Shnaa:", not "Sarah, the printer is down: ..." */
        bool maybe = next && !more && m && (words->w[end - 1].after != GAP_COMMA) &&
                     places_separates(words->w[next].after);
        if (more || maybe) {
            at = next;
            continue;
        }
        bool bracket = last->after == GAP_CLOSE && words->w[first].before == GAP_OPEN;
        if (!places_separates(last->after) && !bracket)
            return;
        if (unknown >= 0) {
            if (end < words->n)
                add_unknown(words, p, (size_t)unknown, LEVEL_STRONG);
            return;
        }
        set_strong(words, p, first, end, false, last->after);
        p->start = first == 0 || !words->w[first - 1].bracketed ? end : 0;
        return;
    }
}

/* --- the end: SEPARATOR NAME [and NAME]* --- */

static struct match *match_ending(struct places *p, size_t end)
{
    for (size_t i = 0; i < p->n; i++) {
        if (p->m[i].at + p->m[i].n == end)
            return &p->m[i];
    }
    return NULL;
}

/* The end of the member before the one that starts at `at`; 0 if none is joined to it. */
static size_t member_before(const struct words *words, size_t at)
{
    if (at >= 2 && next_member(words, at - 1) == at)
        return at - 1;
    return at >= 1 && next_member(words, at) == at ? at : 0;
}

/* One past the last word that may be an address: "[high]" and "please" stand behind it. */
static size_t end_of_address(const struct words *words, struct places *p)
{
    static const struct slice all[] = {{"please", 6}, {"pls", 3}, {"asap", 4}, {"urgent", 6}};
    size_t end = words->n;
    for (bool again = true; again && end > 2;) {
        const struct word *w = &words->w[end - 1];
        again = w->bracketed && w->chunk.ptr > words->w[0].raw.ptr && !match_ending(p, end) &&
                !(w->before == GAP_OPEN && end == words->n && w->chunk.ptr[-1] == '(');
        for (size_t i = 0; i < ARRAY_LEN(all); i++)
            again = again || slice_eq(w->folded, all[i]);
        end -= again;
    }
    return match_ending(p, end) ? end : words->n;
}

static void find_end(const struct words *words, struct places *p)
{
    size_t last = end_of_address(words, p), end = last, at;
    long unknown = -1;
    enum gap g;
    if (words->cut || words->n < 2)
        return;
    for (;;) {
        struct match *m = match_ending(p, end);
        at = m ? m->at : end - 1;
        g = words->w[at].before;
        if (words->w[end - 1].possessive || at <= p->start)
            return;
        unknown = m || unknown >= 0 ? unknown : (long)at;
        size_t before = g == GAP_COLON || g == GAP_DASH || g == GAP_OPEN ? 0 : member_before(words, at);
        if (!before || (g == GAP_COMMA && !match_ending(p, before)))
            break;
        end = before;
    }
    bool bracket = g == GAP_OPEN && words->w[last - 1].after == GAP_CLOSE;
    if (evidence_signed_off(words, at))
        return;
    if (unknown >= 0) {
        /* after a comma or a colon other things end a subject too */
        enum gap own = words->w[unknown].before;
        if (places_separates(g) || bracket || places_separates(own))
            add_unknown(words, p, (size_t)unknown, g == GAP_DASH || bracket ? LEVEL_STRONG : LEVEL_PLACE);
        return;
    }
    if (!places_separates(g) && !bracket)
        return;
    set_strong(words, p, at, last, true, g);
    /* an override behind the name stays in the title, and so does the name */
    p->end = words->w[words->n - 1].bracketed && last < words->n ? words->n : at;
}

/* --- the middle --- */

/* Does the word before this one say "and" or "or", and not only a comma? */
static bool by_word(const struct words *words, const struct match *a, const struct match *b)
{
    return b->at > a->at + a->n || words->w[a->at + a->n - 1].after == GAP_JOIN;
}

/* Who is joined by "and" to somebody who is addressed is addressed too: "for Sarah, Dana and Shana". Without
 * "and" it may be no list: "Sarah, Shana is out today". */
static bool joined(const struct words *words, const struct places *p, size_t i)
{
    for (size_t k = i; k + 1 < p->n; k++) {
        const struct match *a = &p->m[k], *b = &p->m[k + 1];
        if (next_member(words, a->at + a->n) != b->at || words->w[a->at + a->n - 1].possessive ||
            words->w[b->at + b->n - 1].possessive)
            return false;
        if (by_word(words, a, b) || a->level == LEVEL_STRONG)
            return true;
    }
    return false;
}

static void join_lists(const struct words *words, struct places *p)
{
    for (size_t i = 0; i + 1 < p->n; i++) {
        struct match *a = &p->m[i], *b = &p->m[i + 1];
        const struct word *first = &words->w[a->at], *w = &words->w[b->at];
        bool small = (a->everyday && !first->capital) || (b->everyday && !evidence_capital(words, w));
        bool either = slice_eq(words->w[b->at - 1].folded, SLICE("or"));
        if (b->stranger || b->level == LEVEL_STRONG || b->level == LEVEL_HINT || !joined(words, p, i) ||
            (small && a->everyday && b->everyday))
            continue;
        /* "Will and Sarah move ...": an ordinary word is not joined to a name */
        if (a->at == 0 && a->level == LEVEL_NONE) {
            a->level = LEVEL_FIRST;
            a->doubt = small || (word_is(first, WORD_MONTH) && word_is(w, WORD_MONTH));
            a->where = WHERE_FIRST_WORD;
        }
        if (a->level > LEVEL_MENTION) {
            a->doubt = a->doubt || either;
            b->level = a->level;
            b->doubt = a->doubt || small;
            b->where = a->where;
        }
    }
}

static void find_unknown(const struct words *words, struct places *p)
{
    for (size_t i = 0; i < words->n; i++) {
        const struct word *w = &words->w[i];
        if (w->at_sign || (evidence_assign(words, i) == 2) || (evidence_assign(words, i) && w->capital))
            add_unknown(words, p, i, LEVEL_STRONG);
    }
    if (words->n)
        add_unknown(words, p, 0, LEVEL_FIRST);
    for (size_t i = 1; i < words->n; i++) {
        if (slice_eq(words->w[i - 1].folded, SLICE("for")))
            add_unknown(words, p, i, LEVEL_PLACE);
    }
}

void places_find(const struct command_names *names, const struct words *words, struct places *p)
{
    p->n = p->n_unknown = p->start = 0;
    p->end = words->n;
    for (size_t at = 0; at < words->n;) {
        struct match *m = &p->m[p->n];
        bool found = names_match(names, words, at, m);
        if (found)
            evidence_stranger(words, names, m);
        at += found ? m->n : 1;
        p->n += found;
    }
    find_start(words, p);
    find_end(words, p);
    for (size_t i = 0; i < p->n; i++) {
        if (p->m[i].level == LEVEL_NONE)
            evidence_judge(words, &p->m[i], i ? &p->m[i - 1] : NULL);
    }
    join_lists(words, p);
    find_unknown(words, p);
}

/* --- the title --- */

static bool goes_with_title(const struct match *m)
{
    return m->doubt || m->stranger;
}

/* Names at the front that are an address without a separator: "@Sarah @Shana reset", "Sarah and Shana move".
 */
static size_t title_from(const struct words *words, const struct places *p)
{
    size_t from = 0;
    for (size_t i = 0; i < p->n; i++) {
        const struct match *m = &p->m[i];
        bool address = m->level == LEVEL_FIRST || (words->w[m->at].at_sign && m->level == LEVEL_STRONG);
        bool next = m->at == from || (from && next_member(words, from) == m->at);
        if (address && goes_with_title(m))
            return 0;
        if (!address || !next)
            break;
        from = m->at + m->n;
    }
    /* "Sarah and the others" */
    return from && next_member(words, from) && words->w[from - 1].after != GAP_COMMA ? 0 : from;
}

static size_t title_to(const struct words *words, const struct places *p)
{
    size_t to = words->n;
    for (size_t i = p->n; i > 0; i--) {
        const struct match *m = &p->m[i - 1];
        size_t end = m->at + m->n, assign = evidence_assign(words, m->at);
        if (m->level != LEVEL_STRONG || goes_with_title(m) || m->at == 0 ||
            (end != to && next_member(words, end) != to))
            break;
        if (words->w[m->at].at_sign || assign)
            to = m->at - assign;
        else if (i < 2 || next_member(words, p->m[i - 2].at + p->m[i - 2].n) != m->at)
            break;
        else
            to = m->at;
    }
    return to;
}

void places_title(const struct words *words, const struct places *p, long slip, size_t *from, size_t *to)
{
    *from = 0;
    *to = words->n;
    if (slip >= 0) {
        if ((size_t)slip < 4 && places_separates(words->w[slip].after) && slip + 1 < (long)words->n &&
            (slip == 0 || word_is(&words->w[0], WORD_OPENER)))
            *from = (size_t)slip + 1;
        return;
    }
    *from = p->start;
    *to = p->end;
    for (size_t i = 0; i < p->n; i++) {
        if (goes_with_title(&p->m[i]) && p->m[i].at < p->start)
            *from = 0;
        if (goes_with_title(&p->m[i]) && p->m[i].at >= p->end)
            *to = words->n;
    }
    if (p->start == 0)
        *from = title_from(words, p);
    if (p->end == words->n)
        *to = title_to(words, p);
    if (*from > 0 && *from + 1 < *to && slice_eq(words->w[*from].folded, SLICE("please")))
        (*from)++;
    if (*from >= *to) {
        *from = 0;
        *to = words->n;
    }
}
