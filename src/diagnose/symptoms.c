/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * symptoms: how staff tell an error in their own words. Weak: every group of the rule in one sentence or two
 * neighbouring ones. The best of several is the one whose words stand in one sentence, then the one with the
 * most words of its own, then with the most letters; one that has fewer words of its own is none.
 */
#include "found.h"

enum {
    OWN_MAX = 16 * 1024,
    MOST_SENTENCES = 64,
    MOST_BEST = 3,
    PARAGRAPH_MAX = 2000,
    WORTH_A_GROUP = 100,
    WORTH_ONE_SENTENCE = 1000
};

struct sentences {
    struct slice lower[MOST_SENTENCES], text[MOST_SENTENCES];
    size_t n;
};

static bool ends_sentence(struct slice s, size_t i)
{
    char c = s.ptr[i];
    return (c == '.' || c == '!' || c == '?') && (i + 1 == s.len || s.ptr[i + 1] == ' ');
}

static void cut(struct sentences *out, struct slice text, struct slice lower)
{
    size_t from = 0;
    out->n = 0;
    for (size_t i = 0; i < text.len && out->n < MOST_SENTENCES; i++) {
        if (i + 1 < text.len && !ends_sentence(text, i))
            continue;
        out->text[out->n] = slice_from(text.ptr + from, i + 1 - from);
        out->lower[out->n++] = slice_from(lower.ptr + from, i + 1 - from);
        from = i + 1;
    }
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* The word, whole, or as a plural. */
static bool word_in(const struct symptom_word *w, struct slice text, struct slice lower)
{
    struct slice in = w->capitals ? text : lower, word = slice_of(w->text);
    for (size_t from = 0; from < in.len;) {
        long found = slice_find(slice_skip(in, from), word);
        if (found < 0)
            return false;
        size_t at = from + (size_t)found, end = at + word.len;
        bool plural = !w->capitals && word.len > 3 && end < in.len && in.ptr[end] == 's';
        bool before = at && is_letter(in.ptr[at - 1]) && is_letter(word.ptr[0]);
        bool after = !w->any_ending && is_letter(word.ptr[word.len - 1]) && end + plural < in.len &&
                     is_letter(in.ptr[end + plural]);
        if (!before && !after)
            return true;
        from = at + 1;
    }
    return false;
}

/* Words that most of them have: they tell nothing apart. */
static bool is_common(const char *word)
{
    static const char *const words[] = {"invoice", "inv",  "quickbooks", "qb",        "qbo",      "autotask",
                                        "sync",    "item", "customer",   "came over", "come over"};
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (strcmp(words[i], word) == 0)
            return true;
    }
    return false;
}

/* What the longest word of the group that stands there is worth; 0: none does. */
static size_t group_in(const struct symptom_group *g, struct slice text, struct slice lower)
{
    size_t best = 0;
    for (size_t i = 0; i < g->n; i++) {
        size_t worth = is_common(g->words[i].text) ? 1 : WORTH_A_GROUP + strlen(g->words[i].text);
        if (worth > best && word_in(&g->words[i], text, lower))
            best = worth;
    }
    return best;
}

/* How well the rule fits sentence i, alone or with the next; 0: not at all. */
static size_t fit(const struct rule *rule, const struct sentences *s, size_t i, bool *two)
{
    size_t score = 0, from_first = 0;
    *two = false;
    for (size_t g = 0; g < rule->n_groups; g++) {
        size_t here = group_in(&rule->groups[g], s->text[i], s->lower[i]), next = 0;
        from_first += here > 0;
        if (!here && i + 1 < s->n)
            next = group_in(&rule->groups[g], s->text[i + 1], s->lower[i + 1]);
        if (!here && !next)
            return 0;
        *two = *two || !here;
        score += here ? here : next;
    }
    return from_first ? score + (*two ? 0 : WORTH_ONE_SENTENCE) : 0;
}

/* False: a group has no word that stands in the block, whose pairs these are. */
static bool may_fit(const struct rule *rule, const struct pairs *lower)
{
    for (size_t g = 0; g < rule->n_groups; g++) {
        const struct symptom_group *group = &rule->groups[g];
        bool any = false;
        for (size_t i = 0; i < group->n && !any; i++)
            any = group->words[i].capitals || pairs_may_hold(lower, slice_of(group->words[i].text));
        if (!any)
            return false;
    }
    return rule->n_groups > 0;
}

static size_t best_fit(const struct rule *rule, const struct sentences *s, size_t *at, bool *two)
{
    size_t best = 0;
    for (size_t i = 0; i < s->n; i++) {
        bool pair;
        size_t score = fit(rule, s, i, &pair);
        if (score > best) {
            best = score;
            *at = i;
            *two = pair;
        }
    }
    return best;
}

struct best {
    struct finding f;
    size_t score;
};

static void keep(struct best *best, size_t *n, const struct best *it)
{
    for (size_t i = 0; i < *n; i++) {
        if (best[i].f.rule == it->f.rule) {
            if (it->score <= best[i].score)
                return;
            memmove(&best[i], &best[i + 1], (--*n - i) * sizeof(*best));
            break;
        }
    }
    size_t at = *n;
    while (at && best[at - 1].score < it->score)
        at--;
    if (at == MOST_BEST)
        return;
    size_t behind = (*n < MOST_BEST ? *n : MOST_BEST - 1) - at;
    memmove(&best[at + 1], &best[at], behind * sizeof(*best));
    best[at] = *it;
    *n += *n < MOST_BEST;
}

static void look_at_block(struct matching *m, uint32_t t, uint32_t b, struct best *best, size_t *n)
{
    const struct normal *normal = &m->normals[t];
    const struct normal_block *block = &normal->blocks[b];
    struct slice lower = slice_cut(normal_block_lower(normal, block), PARAGRAPH_MAX);
    struct slice text = slice_cut(normal_block_text(normal, block), PARAGRAPH_MAX);
    struct sentences s;
    struct pairs pairs;
    cut(&s, text, lower);
    pairs_of(&pairs, lower);
    for (size_t i = 0; i < m->rules->n; i++) {
        const struct rule *rule = m->rules->v[i];
        size_t at = 0;
        bool two = false;
        size_t score = may_fit(rule, &pairs) ? best_fit(rule, &s, &at, &two) : 0;
        if (!score)
            continue;
        struct slice last = s.text[at + two];
        struct best it = {.f = {.rule = rule,
                                .text = t,
                                .block = b,
                                .from = (uint32_t)(s.text[at].ptr - normal->text),
                                .to = (uint32_t)(last.ptr + last.len - normal->text),
                                .by = DIAGNOSE_BY_SYMPTOM},
                          .score = score};
        keep(best, n, &it);
    }
}

void symptoms_find(struct matching *m)
{
    struct best best[MOST_BEST + 1];
    size_t n = 0, read = 0;
    for (uint32_t t = 0; t < m->n_texts; t++) {
        const struct normal *normal = &m->normals[t];
        for (uint32_t b = 0; m->texts[t].own && b < normal->n_blocks && read < OWN_MAX; b++) {
            read += normal->blocks[b].to - normal->blocks[b].from;
            if (!normal_is_mute(normal, &normal->blocks[b]))
                look_at_block(m, t, b, best, &n);
        }
    }
    for (size_t i = 0; i < n && best[i].score / WORTH_A_GROUP == best[0].score / WORTH_A_GROUP; i++)
        m->found[m->n++] = best[i].f;
}
