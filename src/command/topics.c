/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * topics: which how-to the words behind "help" ask for. Every word counts: it is one of the topic's, or says
 * nothing ("help me merge two contacts"). A word too many makes it no command, so that "help with mapping a
 * network drive" stays a ticket.
 */
#include "words.h"

enum { MOST_TOPIC_WORDS = 12, SHORT_WORD = 4, LONG_WORD = 8 };

/* "topic" says that one is asked for, whatever follows. */
static bool says_topic(struct slice w)
{
    return slice_eq(w, SLICE("topic")) || slice_eq(w, SLICE("topics"));
}

static bool says_nothing(struct slice w)
{
    static const char *const fillers[] = {
        "me",   "us",    "with", "how", "to", "do",  "i",   "we",  "a",      "an",   "the",  "two",
        "on",   "about", "for",  "in",  "my", "our", "can", "by",  "please", "make", "use",  "commands",
        "what", "and",   "of",   "at",  "is", "are", "add", "set", "doing",  "get",  "using"};
    for (size_t i = 0; i < ARRAY_LEN(fillers); i++) {
        if (slice_eq(w, slice_of(fillers[i])))
            return true;
    }
    return false;
}

static struct slice singular(struct slice w)
{
    return w.len > SHORT_WORD - 1 && w.ptr[w.len - 1] == 's' ? slice_cut(w, w.len - 1) : w;
}

/* `slips`: also a misspelt one. */
static bool same_word(struct slice said, struct slice known, bool slips)
{
    struct slice a = singular(said), b = singular(known);
    if (slice_eq(a, b))
        return true;
    unsigned most = b.len >= LONG_WORD ? 2 : 1;
    return slips && b.len > SHORT_WORD && fold_distance(a, b, most) <= most;
}

static bool in_phrase(struct slice said, const char *phrase, bool slips)
{
    struct scan c = scan_of(slice_of(phrase));
    while (!scan_end(&c)) {
        struct slice known = scan_until(&c, " ");
        scan_char(&c, ' ');
        if (known.len && same_word(said, known, slips))
            return true;
    }
    return false;
}

struct said {
    struct slice w[MOST_TOPIC_WORDS];
    size_t n;
};

/* Are all words of one keyword there, in any order? Those that say nothing need not be. *n: how many others.
 */
static bool says_phrase(const struct said *said, const char *phrase, bool slips, size_t *n)
{
    struct scan c = scan_of(slice_of(phrase));
    for (*n = 0; !scan_end(&c);) {
        struct slice known = scan_until(&c, " ");
        scan_char(&c, ' ');
        if (known.len == 0 || says_nothing(known))
            continue;
        bool found = false;
        for (size_t i = 0; i < said->n; i++)
            found = found || same_word(said->w[i], known, slips);
        if (!found)
            return false;
        (*n)++;
    }
    return *n > 0;
}

static bool asks_for(const struct said *said, const struct command_topic *t, bool slips)
{
    bool phrase = false;
    size_t n;
    for (size_t i = 0; i < said->n; i++) {
        bool known = false;
        for (const char *const *k = t->keywords; *k && !known; k++)
            known = in_phrase(said->w[i], *k, slips);
        if (!known)
            return false;
    }
    for (const char *const *k = t->keywords; *k && !phrase; k++)
        phrase = says_phrase(said, *k, slips, &n);
    return phrase;
}

/* A topic whose name was said outweighs those that only know the words. */
static bool names_it(const struct said *said, const struct command_topic *t)
{
    size_t n;
    return says_phrase(said, t->name, false, &n) && n == said->n;
}

static size_t collect(const struct said *said, const struct command_names *names, bool slips,
                      const char **out)
{
    size_t n = 0;
    for (size_t i = 0; i < names->n_topics && n < COMMAND_MAX_TOPICS; i++) {
        if (names_it(said, &names->topics[i])) {
            out[0] = names->topics[i].name;
            return 1;
        }
        if (asks_for(said, &names->topics[i], slips))
            out[n++] = names->topics[i].name;
    }
    return n;
}

/* The words behind "help" that say something; false when there are too many. */
static bool take_words(const struct words *words, struct said *said, bool *explicit)
{
    bool begun = false;
    for (size_t i = 0; i < words->n; i++) {
        struct slice w = words->w[i].folded, before = i ? words->w[i - 1].folded : SLICE_NONE;
        bool todo = slice_eq(w, SLICE("do")) && slice_eq(before, SLICE("to")) &&
                    !(i > 1 && slice_eq(words->w[i - 2].folded, SLICE("how")));
        w = todo || slice_eq(singular(w), SLICE("to-do")) ? SLICE("todo") : w;
        if (!begun && slice_eq(w, SLICE("help")))
            begun = true;
        else if (says_topic(w))
            *explicit = true;
        else if (w.len && !says_nothing(w) && said->n == MOST_TOPIC_WORDS)
            return false;
        else if (w.len && !says_nothing(w))
            said->w[said->n++] = w;
    }
    return true;
}

bool topics_find(const struct command_names *names, const struct words *words, struct command *out)
{
    struct said said = {.n = 0};
    bool explicit = false;
    out->n_topics = 0;
    if (!take_words(words, &said, &explicit))
        return false;
    out->n_topics = said.n ? collect(&said, names, false, out->topics) : 0;
    out->topics_unsure = out->n_topics != 1;
    /* a slip is shown, not taken for granted */
    if (said.n && !out->n_topics)
        out->n_topics = collect(&said, names, true, out->topics);
    bool all = explicit && !out->n_topics;
    for (size_t i = 0; all && i < names->n_topics && i < COMMAND_MAX_TOPICS; i++)
        out->topics[out->n_topics++] = names->topics[i].name;
    return said.n == 0 || explicit || out->n_topics;
}
