/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * places: where in a subject a name stands, which decides whether the person is addressed or only mentioned.
 *
 * strong  with a separator at the start or the end, "@", in brackets at either end, "assign to ..."
 * weak    first word of the subject, "for ...", full name, user name
 * A strong place makes weak ones mere mentions: `Sarah: reset MFA for Mike` is Sarah's.
 */
#include "words.h"

static bool is(const struct word *w, const char *text)
{
    return slice_eq(w->folded, slice_of(text));
}

/* Words that may stand before a name at the start: "Hi Sarah,", "For Sarah:", "attn: Sarah" */
static bool opens(const struct word *w)
{
    static const char *const all[] = {"for",      "to",     "attn", "attention", "hi",
                                      "hey",      "hello",  "dear", "assign",    "assigned",
                                      "assignee", "please", "fao",  "tech",      "technician",
                                      "morning",  "good",   "task", "todo",      "ticket"};
    for (size_t i = 0; i < ARRAY_LEN(all); i++) {
        if (is(w, all[i]))
            return true;
    }
    return false;
}

static bool joins(const struct word *w)
{
    return is(w, "and") || is(w, "und") || is(w, "y") || is(w, "et") || is(w, "e") || is(w, "plus") ||
           is(w, "with");
}

static bool separates(enum gap g)
{
    return g == GAP_COLON || g == GAP_DASH || g == GAP_COMMA;
}

static const struct match *match_at(const struct match *m, size_t n, size_t at)
{
    for (size_t i = 0; i < n; i++) {
        if (m[i].at == at)
            return &m[i];
    }
    return NULL;
}

static const struct match *match_ending(const struct match *m, size_t n, size_t end)
{
    for (size_t i = 0; i < n; i++) {
        if (m[i].at + m[i].n == end)
            return &m[i];
    }
    return NULL;
}

/* --- the start: [opener]* NAME [, NAME | and NAME]* SEPARATOR --- */

/* One past the last name of such a list, 0 if the subject does not begin with one. */
static size_t start_list(const struct words *words, const struct match *m, size_t n, size_t *first)
{
    size_t at = 0;
    while (at < words->n && at < 3 && opens(&words->w[at]) && !match_at(m, n, at))
        at++;
    *first = at;
    for (;;) {
        const struct match *one = match_at(m, n, at);
        if (!one || words->w[one->at + one->n - 1].possessive)
            return 0;
        size_t end = one->at + one->n;
        enum gap g = words->w[end - 1].after;
        bool more = false;
        size_t next = end;
        if (next < words->n && joins(&words->w[next])) {
            next++;
            more = next < words->n && match_at(m, n, next);
        } else if (g == GAP_JOIN || g == GAP_COMMA) {
            more = next < words->n && match_at(m, n, next);
        }
        if (!more) {
            /* "Sarah and Mike, ..." or "Sarah: ..." */
            bool closed = separates(g) || (g == GAP_CLOSE && words->w[*first].before == GAP_OPEN);
            return closed && end < words->n ? end : 0;
        }
        at = next;
    }
}

/* --- the end: SEPARATOR NAME [and NAME]* --- */

static bool thanks_before(const struct words *words, size_t at)
{
    return at > 0 && (is(&words->w[at - 1], "thanks") || is(&words->w[at - 1], "regards") ||
                      is(&words->w[at - 1], "cheers") || is(&words->w[at - 1], "danke") ||
                      is(&words->w[at - 1], "you"));
}

/* Index of the first name of such a list; words->n if there is none. */
static size_t end_list(const struct words *words, const struct match *m, size_t n)
{
    size_t end = words->n;
    for (;;) {
        const struct match *one = match_ending(m, n, end);
        if (!one || one->at == 0 || words->w[end - 1].possessive)
            return words->n;
        enum gap g = words->w[one->at].before;
        size_t before = one->at;
        if (joins(&words->w[before - 1]) && before >= 2 && match_ending(m, n, before - 1)) {
            end = before - 1;
            continue;
        }
        if ((g == GAP_JOIN || g == GAP_COMMA) && match_ending(m, n, before)) {
            end = before;
            continue;
        }
        bool bracket = g == GAP_OPEN && words->w[words->n - 1].after == GAP_CLOSE;
        if (g == GAP_DASH || g == GAP_COLON || bracket || (g == GAP_COMMA && !thanks_before(words, before)))
            return before;
        return words->n;
    }
}

/* --- the middle --- */

/* "assign to", "assigned to", "assign": how many words before `at` say so. */
static size_t assign_before(const struct words *words, size_t at)
{
    if (at >= 2 && is(&words->w[at - 1], "to") &&
        (is(&words->w[at - 2], "assign") || is(&words->w[at - 2], "assigned") ||
         is(&words->w[at - 2], "give") || is(&words->w[at - 2], "route")))
        return 2;
    if (at >= 1 && (is(&words->w[at - 1], "assign") || is(&words->w[at - 1], "attn") ||
                    is(&words->w[at - 1], "fao") || is(&words->w[at - 1], "assignee")))
        return 1;
    return 0;
}

static bool capital_counts(const struct words *words, const struct word *w)
{
    return w->capital && !w->all_caps && !words->title_case;
}

/* A word of every day is a name only where its spelling or its place says so. */
static bool is_evidence(const struct words *words, const struct match *m)
{
    const struct word *w = &words->w[m->at];
    static const char *const month_words[] = {"for",  "in",   "of",   "by",   "until", "till", "since",
                                              "next", "last", "this", "from", "to",    "end"};
    if (m->strong || !m->everyday)
        return true;
    if (m->at == 0 || !capital_counts(words, w))
        return false;
    for (size_t i = 0; names_month(w->folded) && i < ARRAY_LEN(month_words); i++) {
        if (is(&words->w[m->at - 1], month_words[i]))
            return false;
    }
    /* the first word of a new sentence has its capital anyway */
    return w->before != GAP_STOP && w->before != GAP_COLON;
}

static void judge_middle(const struct words *words, struct match *m)
{
    const struct word *w = &words->w[m->at];
    if (w->at_sign) {
        m->strong = true;
        m->where = "@";
    } else if (words->w[m->at + m->n - 1].possessive) {
        m->where = "possessive";
    } else if (assign_before(words, m->at)) {
        m->strong = true;
        m->where = "assign to";
    } else if (m->at > 0 && is(&words->w[m->at - 1], "for") && (!m->everyday || capital_counts(words, w))) {
        m->weak = true;
        m->where = "for";
    } else if (m->at == 0 && !m->everyday) {
        m->weak = true;
        m->where = "first word";
    } else if (m->kind == FORM_FULL && m->n > 1) {
        m->weak = true;
        m->where = "full name";
    } else if (m->kind == FORM_USER && !m->everyday) {
        m->weak = true;
        m->where = "user name";
    } else {
        m->where = m->everyday ? "everyday word with a capital" : "in the sentence";
    }
}

size_t places_find(const struct command_names *names, const struct words *words, struct match *out,
                   size_t max)
{
    size_t n = 0, kept = 0, first;
    for (size_t at = 0; at < words->n && n < max;) {
        bool found = names_match(names, words, at, &out[n]);
        at += found ? out[n].n : 1;
        n += found;
    }
    size_t start = start_list(words, out, n, &first), end = end_list(words, out, n);
    for (size_t i = 0; i < n; i++) {
        struct match *m = &out[i];
        m->strong = m->at + m->n <= start || m->at >= end;
        if (m->strong)
            m->where = m->at >= end ? "at the end with a separator" : "at the start with a separator";
        else
            judge_middle(words, m);
        if (is_evidence(words, m))
            out[kept++] = *m;
    }
    return kept;
}

long places_unknown(const struct words *words, const struct match *matches, size_t n, bool *strong)
{
    size_t at = 0;
    *strong = true;
    while (at + 1 < words->n && at < 3 && opens(&words->w[at]))
        at++;
    if (words->n > 1 && at < words->n && !match_at(matches, n, at) && !words->w[at].opaque) {
        enum gap g = words->w[at].after;
        bool alone = g == GAP_COLON || g == GAP_DASH || g == GAP_COMMA ||
                     (g == GAP_CLOSE && words->w[at].before == GAP_OPEN);
        if (alone && at + 1 < words->n && !names_common_word(words->w[at].folded))
            return (long)at;
    }
    for (size_t i = 0; i < words->n; i++) {
        if (!match_at(matches, n, i) &&
            (words->w[i].at_sign || (assign_before(words, i) && words->w[i].capital)))
            return (long)i;
    }
    size_t last = words->n ? words->n - 1 : 0;
    if (words->n > 1 && !match_at(matches, n, last) && words->w[last].capital &&
        !names_common_word(words->w[last].folded) &&
        (words->w[last].before == GAP_DASH ||
         (words->w[last].before == GAP_OPEN && words->w[last].after == GAP_CLOSE)))
        return (long)last;
    *strong = false;
    if (words->n > 1 && !match_at(matches, n, 0) && words->w[0].capital &&
        !names_common_word(words->w[0].folded) && !names_everyday(words->w[0].folded) &&
        words->w[0].folded.len >= 3)
        return 0;
    return -1;
}

void places_title(const struct words *words, const struct match *matches, size_t n, long unknown,
                  size_t *from, size_t *to)
{
    size_t first, start = start_list(words, matches, n, &first), end = end_list(words, matches, n);
    *from = start;
    *to = end;
    if (*from == 0 && n && matches[0].at == 0 && (matches[0].weak || words->w[0].at_sign) &&
        !words->w[matches[0].n - 1].possessive)
        *from = matches[0].n;
    if (*to == words->n && n) {
        const struct match *last = match_ending(matches, n, words->n);
        if (last && last->at > 0 && words->w[last->at].at_sign)
            *to = last->at;
        else if (last && last->at > 0 && assign_before(words, last->at))
            *to = last->at - assign_before(words, last->at);
    }
    if (*from == 0 && unknown >= 0 && (size_t)unknown < 4 && separates(words->w[unknown].after) &&
        unknown + 1 < (long)words->n)
        *from = (size_t)unknown + 1;
    if (*from < words->n && is(&words->w[*from], "please") && *from > 0 && *from + 1 < *to)
        (*from)++;
    if (*from >= *to) {
        *from = 0;
        *to = words->n;
    }
}
