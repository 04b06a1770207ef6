/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * evidence: what the words around a name say. A name that is also an ordinary word is one only where its
 * spelling and its neighbours both say so; where they disagree there is doubt, and doubt is never assigned.
 */
#include "words.h"

static const struct word *before_of(const struct words *words, const struct match *m)
{
    return m->at > 0 ? &words->w[m->at - 1] : NULL;
}

static const struct word *last_of(const struct words *words, const struct match *m)
{
    return &words->w[m->at + m->n - 1];
}

/* The word behind, if nothing but a blank stands between. */
static const struct word *next_of(const struct words *words, const struct match *m)
{
    return m->at + m->n < words->n && last_of(words, m)->after == GAP_BLANK ? &words->w[m->at + m->n] : NULL;
}

bool evidence_capital(const struct words *words, const struct word *w)
{
    return w->capital && !w->all_caps && !words->title_case;
}

/* --- another person or a firm --- */

/* Could this word be the last name of somebody, or the second word of a firm's name? Capitals of up to four
 * letters are an acronym: "Sarah VPN is slow". */
static bool like_a_name(const struct words *words, const struct word *w)
{
    enum { ACRONYM = 4 };
    bool acronym = w->all_caps && !words->shouting && w->raw.len <= ACRONYM;
    return w->capital && !w->opaque && !w->at_sign && !acronym && !word_is(w, WORD_COMMON);
}

/* The same without capitals, where a full name is what people write: "sarah miller: locked out", "reset pw
 * for sarah miller", "sarah miller cannot print". */
static bool like_a_last_name(const struct words *words, size_t at, size_t first)
{
    const struct word *w = &words->w[at], *name = &words->w[first];
    bool last = at + 1 == words->n || w->after == GAP_CLOSE;
    bool verb = slice_ends_nocase(w->folded, SLICE("ing")) || slice_ends_nocase(w->folded, SLICE("ed"));
    if (w->opaque || w->number || w->at_sign || w->possessive || verb || word_is(w, WORD_COMMON) ||
        word_is(w, WORD_AFTER) || word_is(w, WORD_ORDER))
        return false;
    if (first == 0 || word_is(&words->w[first - 1], WORD_GREETING))
        return places_separates(w->after) ||
               (w->after == GAP_BLANK && at + 1 < words->n && word_is(&words->w[at + 1], WORD_PREDICATE));
    bool led = name->before != GAP_BLANK || slice_eq(words->w[first - 1].folded, SLICE("for")) ||
               slice_eq(words->w[first - 1].folded, SLICE("of"));
    return last && led && !words->cut;
}

void evidence_stranger(const struct words *words, const struct command_names *names, struct match *m)
{
    enum { MOST_LAST_NAMES = 3 };
    struct match other;
    if (m->kind != FORM_FIRST && m->kind != FORM_NICK)
        return;
    struct slice last_name = SLICE_NONE;
    for (size_t i = 0; i < MOST_LAST_NAMES && m->at + m->n < words->n; i++) {
        size_t at = m->at + m->n;
        const struct word *w = &words->w[at];
        enum gap g = w->before;
        /* "Sarah & Sons" */
        bool firm = g == GAP_JOIN && w->chunk.ptr[-1] != '/';
        if (last_of(words, m)->possessive || (g != GAP_BLANK && !(firm && i == 0)))
            break;
        bool staff = names_match(names, words, at, &other);
        if (staff ? firm || !other.everyday || !evidence_capital(words, w)
                  : !like_a_name(words, w) && (i > 0 || !like_a_last_name(words, at, m->at)))
            break;
        m->stranger = true;
        m->n++;
        last_name = w->folded;
    }
    if (m->stranger)
        near_sort_by_last(m->who, m->n_who, last_name);
}

/* "Anna Sarah", "Theresa May": the name is somebody's last name, or his second. */
static bool last_name_of_another(const struct words *words, const struct match *m,
                                 const struct match *previous)
{
    const struct word *before = before_of(words, m);
    if (!before || words->w[m->at].before != GAP_BLANK || before->possessive || m->kind < FORM_FIRST)
        return false;
    if (previous && previous->at + previous->n == m->at && previous->level > LEVEL_NONE)
        return false;
    return like_a_name(words, before) && (m->at > 1 || word_is(before, WORD_GIVEN));
}

/* "Miller, Sarah: locked out" */
static bool behind_last_name(const struct words *words, const struct match *m)
{
    const struct word *before = before_of(words, m);
    return m->at == 1 && words->w[m->at].before == GAP_COMMA && like_a_name(words, before) &&
           places_separates(last_of(words, m)->after);
}

/* "Sarah at Acme": somebody of another firm; "Sarah at noon" is not. */
static bool at_another_firm(const struct words *words, const struct match *m)
{
    const struct word *next = next_of(words, m);
    size_t firm = m->at + m->n + 1;
    if (!next || m->kind < FORM_FIRST || firm >= words->n || words->w[firm].before != GAP_BLANK)
        return false;
    if (!slice_eq(next->folded, SLICE("at")) && !slice_eq(next->folded, SLICE("from")))
        return false;
    const struct word *w = &words->w[firm];
    return !w->opaque && !w->number && !word_is(w, WORD_COMMON) && !word_is(w, WORD_ARTICLE);
}

static bool refused(const struct words *words, const struct match *m)
{
    static const struct {
        const char *first, *second;
    } pairs[] = {{"instead", "of"}, {"other", "than"}, {"rather", "than"}};
    for (size_t i = 0; i < ARRAY_LEN(pairs) && m->at >= 2; i++) {
        if (slice_eq(words->w[m->at - 2].folded, slice_of(pairs[i].first)) &&
            slice_eq(words->w[m->at - 1].folded, slice_of(pairs[i].second)))
            return true;
    }
    return m->at > 0 && word_is(&words->w[m->at - 1], WORD_REFUSAL);
}

bool evidence_signed_off(const struct words *words, size_t at)
{
    return at > 0 && at < words->n && words->w[at].before != GAP_BLANK &&
           word_is(&words->w[at - 1], WORD_SIGN_OFF);
}

/* --- a word of every day --- */

static bool month_in_doubt(const struct words *words)
{
    for (size_t i = 0; i < words->n; i++) {
        if (word_is(&words->w[i], WORD_PERIODIC))
            return true;
    }
    return false;
}

/* A month beside a preposition of time or beside another month is that month. */
static bool is_month(const struct words *words, const struct match *m)
{
    if (m->at == 0 || !word_is(&words->w[m->at], WORD_MONTH))
        return false;
    const struct word *before = &words->w[m->at - 1];
    bool joined = slice_eq(before->folded, SLICE("and")) || slice_eq(before->folded, SLICE("or"));
    bool pair = m->at >= 2 && joined && word_is(&words->w[m->at - 2], WORD_MONTH);
    return pair || last_of(words, m)->possessive || word_is(before, WORD_WHEN);
}

/* What certainly is no name: an ordinary word at the head of a sentence, "the Bill", "Page 5", "Chase Bank".
 */
static bool is_word(const struct words *words, const struct match *m)
{
    const struct word *w = &words->w[m->at], *before = before_of(words, m), *next = next_of(words, m);
    if (!before || !evidence_capital(words, w) || w->quoted || w->before == GAP_STOP)
        return true;
    if (w->before == GAP_BLANK && (word_is(before, WORD_ARTICLE) || before->number))
        return true;
    if (next && (next->number || word_is(next, WORD_ORGANISATION) || (next->capital && !next->all_caps)))
        return true;
    return is_month(words, m);
}

static bool word_is_in_doubt(const struct words *words, const struct match *m)
{
    const struct word *w = &words->w[m->at], *before = before_of(words, m), *next = next_of(words, m);
    if (w->before != GAP_BLANK)
        return true;
    if (word_is(w, WORD_MONTH) && month_in_doubt(words))
        return true;
    if (word_is(before, WORD_LEAD))
        return false;
    if (word_is(before, WORD_PREP) && !word_is(w, WORD_PLACE))
        return next && !last_of(words, m)->possessive && !word_is(next, WORD_AFTER);
    return true;
}

/* `Bill reset MFA for Bob`: an order to Bill, or a word at the head of a sentence? */
static void judge_first_word(const struct words *words, struct match *m)
{
    const struct word *next = next_of(words, m);
    bool order = next && word_is(next, WORD_ORDER) && words->w[0].capital && !words->w[0].all_caps &&
                 !words->w[0].possessive && !words->title_case;
    m->level = order ? LEVEL_FIRST : LEVEL_NONE;
    m->doubt = order;
    m->where = WHERE_ORDINARY;
}

/* --- places in the sentence --- */

/* How many words before `at` give orders to assign: "assign to", "attn". */
static size_t assign_words(const struct words *words, size_t at)
{
    static const char *const to[] = {"assign", "assigned", "reassign", "give", "route"}, *const alone[] = {
                                                                                             "assign", "attn",
                                                                                             "fao",
                                                                                             "assignee"};
    for (size_t i = 0; i < ARRAY_LEN(to) && at >= 2 && slice_eq(words->w[at - 1].folded, SLICE("to")); i++) {
        if (slice_eq(words->w[at - 2].folded, slice_of(to[i])))
            return 2;
    }
    for (size_t i = 0; i < ARRAY_LEN(alone) && at >= 1; i++) {
        if (slice_eq(words->w[at - 1].folded, slice_of(alone[i])))
            return 1;
    }
    return 0;
}

/* "do not assign to", "never give to" */
static bool assign_refused(const struct words *words, size_t at)
{
    static const char *const all[] = {"not", "don't", "dont", "never", "cannot"};
    size_t n = assign_words(words, at);
    for (size_t i = 0; n && at > n && i < ARRAY_LEN(all); i++) {
        if (slice_eq(words->w[at - n - 1].folded, slice_of(all[i])))
            return true;
    }
    return false;
}

size_t evidence_assign(const struct words *words, size_t at)
{
    return assign_refused(words, at) ? 0 : assign_words(words, at);
}

/* "assign to will", not "assign grace period" */
static bool assigned(const struct words *words, const struct match *m)
{
    size_t n = evidence_assign(words, m->at);
    const struct word *next = next_of(words, m);
    if (!n || last_of(words, m)->possessive || !m->everyday || m->stranger)
        return n && !last_of(words, m)->possessive;
    bool ends = !next || (word_is(next, WORD_AFTER) && !next->number);
    return ends && (n == 2 || evidence_capital(words, &words->w[m->at]));
}

static void judge_place(const struct words *words, struct match *m)
{
    const struct word *before = before_of(words, m);
    if (last_of(words, m)->possessive) {
        m->level = LEVEL_MENTION;
        m->where = WHERE_POSSESSIVE;
    } else if (before && slice_eq(before->folded, SLICE("for")) && !m->doubt) {
        m->level = LEVEL_PLACE;
        m->where = WHERE_FOR;
    } else if (m->at == 0) {
        m->level = LEVEL_FIRST;
        m->where = WHERE_FIRST_WORD;
    } else if (m->kind == FORM_FULL) {
        m->level = LEVEL_PLACE;
        m->where = WHERE_FULL_NAME;
    } else if (m->kind == FORM_USER && !m->everyday) {
        m->level = LEVEL_PLACE;
        m->where = WHERE_USER_NAME;
    } else {
        m->level = LEVEL_MENTION;
        m->where = m->everyday ? WHERE_EVERYDAY : WHERE_SENTENCE;
    }
}

/* Somebody else of that name, or somebody who is expressly not meant; m->level is set if so. */
static bool is_another(const struct words *words, struct match *m, const struct match *previous)
{
    const struct word *before = before_of(words, m), *next = next_of(words, m);
    m->level = LEVEL_HINT;
    if (before && word_is(before, WORD_HONORIFIC) &&
        (words->w[m->at].before == GAP_BLANK || words->w[m->at].before == GAP_STOP))
        m->where = WHERE_TITLE;
    else if (refused(words, m) || assign_refused(words, m->at))
        m->where = WHERE_NOT_MEANT;
    else if (evidence_signed_off(words, m->at))
        m->where = WHERE_SIGNATURE;
    else if (next && word_is(next, WORD_ORGANISATION) && m->kind >= FORM_FIRST)
        m->where = WHERE_FIRM;
    else if (!m->everyday && behind_last_name(words, m))
        m->where = WHERE_LAST_NAME, m->stranger = true, m->level = LEVEL_FIRST;
    else if (!m->everyday && last_name_of_another(words, m, previous))
        m->where = WHERE_FIRST_NAME;
    else
        return false;
    /* an ordinary word is not worth a suggestion */
    if (m->everyday)
        m->level = LEVEL_NONE;
    return true;
}

void evidence_judge(const struct words *words, struct match *m, const struct match *previous)
{
    if (words->w[m->at].at_sign) {
        m->level = LEVEL_STRONG;
        m->where = WHERE_AT_SIGN;
        return;
    }
    if (is_another(words, m, previous))
        return;
    if (assigned(words, m)) {
        m->level = LEVEL_STRONG;
        m->where = WHERE_ASSIGN;
        return;
    }
    if (at_another_firm(words, m)) {
        m->level = m->everyday ? LEVEL_NONE : m->at == 0 ? LEVEL_FIRST : LEVEL_HINT;
        m->doubt = true;
        m->where = WHERE_OTHER_FIRM;
        return;
    }
    if (m->stranger) {
        m->level = m->everyday ? LEVEL_NONE : m->at == 0 ? LEVEL_FIRST : LEVEL_HINT;
        m->where = WHERE_OTHER_LAST_NAME;
        return;
    }
    if (m->everyday && m->at == 0) {
        judge_first_word(words, m);
        return;
    }
    if (m->everyday && is_word(words, m)) {
        m->level = LEVEL_NONE;
        return;
    }
    m->doubt = m->everyday && word_is_in_doubt(words, m);
    judge_place(words, m);
}

/* "Austin, TX office", "Chase, Wells Fargo and Amex" */
static bool is_listed_thing(const struct words *words, const struct match *m)
{
    size_t at = m->at + m->n;
    return at < words->n && words->w[at].capital && !word_is(&words->w[at], WORD_COMMON);
}

static bool beside_month(const struct words *words, const struct match *m)
{
    size_t at = m->at + m->n;
    return at < words->n && word_is(&words->w[at], WORD_MONTH) && words->w[at].folded.len > 3;
}

void evidence_doubt(const struct words *words, struct match *m, bool alone, bool at_end, enum gap closing)
{
    const struct word *w = &words->w[m->at];
    if (!m->everyday || w->at_sign)
        return;
    bool month = word_is(w, WORD_MONTH), acronym = word_is(w, WORD_ACRONYM) && (!w->capital || w->all_caps);
    bool note = !w->capital && (at_end || closing != GAP_COLON);
    /* "May, please ..." speaks to somebody; "May: invoices" and "Invoices - May" hardly do */
    bool period = month && (at_end || closing != GAP_COMMA) && month_in_doubt(words);
    bool listed = !at_end && closing == GAP_COMMA && is_listed_thing(words, m);
    /* "chase - invoice 1033" is no more than a note; "will: fix printer" is an address */
    m->doubt =
        (alone && (note || period || listed)) || acronym || (month && !at_end && beside_month(words, m));
}
