/* SPDX-License-Identifier: GPL-2.0-or-later */
/* phrases: the commands, a row each. A command with an argument counts only if the whole argument fits it. */
#include "words.h"

/* clang-format off: a row a line */
static const struct command_verb verbs[] = {
    {"help", "TOPIC", COMMAND_HELP, false, NULL},
    {"status", NULL, COMMAND_STATUS, false, NULL},
    {"check mapping", NULL, COMMAND_CHECK, false, NULL},
    {"check accounts", NULL, COMMAND_CHECK, false, NULL},
    {"check terms", NULL, COMMAND_CHECK, false, NULL},
    {"check sync", NULL, COMMAND_CHECK, false, NULL},
    {"check all", NULL, COMMAND_CHECK, false, NULL},
    {"check invoice", "NUMBER", COMMAND_CHECK, false, "10233"},
    {"check customer", "NAME", COMMAND_CHECK, false, "Acme Dental"},
    {"check item", "NAME", COMMAND_CHECK, false, "Remote Labor"},
    {"explain", NULL, COMMAND_EXPLAIN, false, NULL},
    {"show", "REF", COMMAND_OPERATE, true, NULL},
    {"retry", "REF", COMMAND_OPERATE, true, NULL},
    {"discard", "REF", COMMAND_OPERATE, true, NULL},
};
/* clang-format on */

const struct command_verb *command_verbs(size_t *n)
{
    *n = ARRAY_LEN(verbs);
    return verbs;
}

/* The folded words without "please", joined by blanks. */
static void join_words(const struct words *words, struct buf *out)
{
    for (size_t i = 0; i < words->n; i++) {
        if (slice_eq(words->w[i].folded, SLICE("please")))
            continue;
        buf_printf(out, "%s", out->len ? " " : "");
        buf_slice(out, words->w[i].folded);
    }
}

static size_t count_words(struct slice s)
{
    size_t n = s.len > 0;
    for (size_t i = 0; i < s.len; i++)
        n += s.ptr[i] == ' ';
    return n;
}

/* "7KQ2": as we print it, or with a digit; "retry backup" names no message. */
static bool is_reference(struct slice s, const struct words *words)
{
    const struct word *w = &words->w[words->n - 1];
    bool digit = false;
    if (s.len < 4 || s.len > 6)
        return false;
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if (!((c >= '2' && c <= '9') || (c >= 'a' && c <= 'z' && c != 'i' && c != 'o')))
            return false;
        digit = digit || c <= '9';
    }
    return digit || (w->all_caps && !words->shouting);
}

/* The name of a company or an item has capitals, and is not made of the words of a sentence. What cannot be
 * one is a ticket: a command that is none would lose it. */
static bool is_name(const struct words *words, size_t n)
{
    static const char *const small[] = {"and", "of", "the", "for"};
    enum { MOST_NAME_WORDS = 4 };
    size_t telling = 0;
    if (n == 0 || n > MOST_NAME_WORDS || n > words->n || words->shouting)
        return false;
    for (size_t i = words->n - n; i < words->n; i++) {
        const struct word *w = &words->w[i];
        bool joiner = false;
        for (size_t k = 0; k < ARRAY_LEN(small); k++)
            joiner = joiner || slice_eq(w->folded, slice_of(small[k]));
        if (w->possessive || !(w->capital || w->number || joiner))
            return false;
        telling += !joiner && !word_is(w, WORD_COMMON);
    }
    return telling > 0;
}

static bool argument_fits(const struct command_verb *v, struct slice argument, const struct words *words,
                          bool someone_named)
{
    uint64_t number;
    if (!v->argument)
        return argument.len == 0;
    if (someone_named || argument.len == 0)
        return false;
    if (strcmp(v->argument, "NUMBER") == 0)
        return slice_to_u64(argument.ptr[0] == '#' ? slice_skip(argument, 1) : argument, 1, 999999999999,
                            &number);
    if (strcmp(v->argument, "REF") == 0)
        return is_reference(argument, words);
    return is_name(words, count_words(argument));
}

const struct command_verb *phrases_explain(struct slice stripped, struct slice *argument)
{
    static const struct slice verb = {"explain", 7}, wide = {"\xef\xbc\x9a", 3}, please = {"please", 6};
    if (slice_starts_nocase(stripped, please)) {
        struct scan c = scan_of(slice_skip(stripped, please.len));
        stripped = scan_while(&c, " ,").len ? scan_rest(&c) : stripped;
    }
    /* it needs its colon: "Explain the invoice to Sarah" is a ticket */
    if (!slice_starts_nocase(stripped, verb))
        return NULL;
    struct slice rest = slice_trim(slice_skip(stripped, verb.len));
    if (!slice_starts(rest, SLICE(":")) && !slice_starts(rest, wide))
        return NULL;
    *argument = slice_trim(slice_skip(rest, *rest.ptr == ':' ? 1 : wide.len));
    for (size_t i = 0; i < ARRAY_LEN(verbs); i++) {
        if (strcmp(verbs[i].verb, "explain") == 0)
            return &verbs[i];
    }
    return NULL;
}

/* The last n words as they were written. */
static struct slice last_words(const struct words *words, size_t n)
{
    if (n == 0 || n > words->n)
        return SLICE_NONE;
    const char *from = words->w[words->n - n].raw.ptr;
    const struct word *last = &words->w[words->n - 1];
    return slice_from(from, (size_t)(last->raw.ptr + last->raw.len - from));
}

const struct command_verb *phrases_find(const struct command_names *names, const struct words *words,
                                        bool someone_named, struct command *out)
{
    struct buf all = BUF_INIT(2000);
    const struct command_verb *found = NULL;
    join_words(words, &all);
    struct slice view = buf_view(&all);
    for (size_t i = 0; i < ARRAY_LEN(verbs) && !found && words->n && !words->cut; i++) {
        struct slice verb = slice_of(verbs[i].verb);
        if (!slice_starts(view, verb))
            continue;
        if (view.len > verb.len && view.ptr[verb.len] != ' ')
            continue;
        struct slice rest = slice_trim(slice_skip(view, verb.len));
        bool fits = verbs[i].kind == COMMAND_HELP ? topics_find(names, words, out)
                                                  : argument_fits(&verbs[i], rest, words, someone_named);
        if (!fits)
            continue;
        found = &verbs[i];
        out->argument = last_words(words, count_words(rest));
    }
    buf_release(&all);
    return found;
}
