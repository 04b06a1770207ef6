/* SPDX-License-Identifier: GPL-2.0-or-later */
/* phrases: the commands, a row each. A command with an argument counts only if the whole argument fits it. */
#include "words.h"

static const struct command_verb verbs[] = {
    {"help", "TOPIC", "what you may ask for", true},
    {"status", NULL, "how frontdesk is doing", true},
    {"check mapping", NULL, "do Autotask's codes match QuickBooks items?", false},
    {"check accounts", NULL, "do the general ledger accounts match?", false},
    {"check terms", NULL, "do the payment terms match?", false},
    {"check sync", NULL, "which invoices did not reach QuickBooks?", false},
    {"check all", NULL, "every check in one report", false},
    {"check invoice", "NUMBER", "why one invoice does not go through", false},
    {"check customer", "NAME", "one customer on both sides", false},
    {"check item", "NAME", "one item on both sides", false},
    {"explain", NULL, "what would happen, without doing it", false},
    {"show", "REF", "the life of one message (operators)", false},
    {"retry", "REF", "run a parked message again (operators)", false},
};

static const char *const topics[] = {
    "credit memo",      "credit memos",   "refund",        "refunds",    "merge contacts",
    "merging contacts", "note templates", "note template", "mapping",    "terms",
    "accounts",         "tickets",        "ticket",        "work types", "services",
    "products",         "todo",           "to do",         "me",         "please",
    "commands"};

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

static bool is_topic(struct slice argument)
{
    for (size_t i = 0; i < ARRAY_LEN(topics); i++) {
        if (slice_eq(argument, slice_of(topics[i])))
            return true;
    }
    return false;
}

static size_t count_words(struct slice s)
{
    size_t n = s.len > 0;
    for (size_t i = 0; i < s.len; i++)
        n += s.ptr[i] == ' ';
    return n;
}

static bool any_possessive(const struct words *words)
{
    for (size_t i = 0; i < words->n; i++) {
        if (words->w[i].possessive)
            return true;
    }
    return false;
}

static bool is_reference(struct slice s)
{
    if (s.len < 4 || s.len > 6)
        return false;
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if (!((c >= '2' && c <= '9') || (c >= 'a' && c <= 'z' && c != 'i' && c != 'o')))
            return false;
    }
    return true;
}

static bool argument_fits(const struct command_verb *v, struct slice argument, const struct words *words,
                          bool someone_named)
{
    uint64_t number;
    if (strcmp(v->verb, "help") == 0)
        return argument.len == 0 || is_topic(argument);
    if (!v->argument)
        return argument.len == 0;
    if (someone_named || argument.len == 0)
        return false;
    if (strcmp(v->argument, "NUMBER") == 0)
        return slice_to_u64(argument.ptr[0] == '#' ? slice_skip(argument, 1) : argument, 1, 999999999999,
                            &number);
    if (strcmp(v->argument, "REF") == 0)
        return is_reference(argument);
    return count_words(argument) <= 4 && !any_possessive(words);
}

const struct command_verb *phrases_find(const struct words *words, bool someone_named, struct slice stripped,
                                        struct slice *argument)
{
    struct buf all = BUF_INIT(2000);
    const struct command_verb *found = NULL;
    join_words(words, &all);
    /* explain needs its colon: "Explain the invoice to Sarah" is a ticket */
    if (slice_starts_nocase(stripped, SLICE("explain:"))) {
        for (size_t i = 0; i < ARRAY_LEN(verbs); i++)
            found = strcmp(verbs[i].verb, "explain") == 0 ? &verbs[i] : found;
        *argument = slice_trim(slice_skip(stripped, 8));
    }
    for (size_t i = 0; i < ARRAY_LEN(verbs) && !found; i++) {
        struct slice verb = slice_of(verbs[i].verb), view = buf_view(&all);
        if (!slice_starts(view, verb) || strcmp(verbs[i].verb, "explain") == 0)
            continue;
        if (view.len > verb.len && view.ptr[verb.len] != ' ')
            continue;
        struct slice rest = slice_trim(slice_skip(view, verb.len));
        if (!argument_fits(&verbs[i], rest, words, someone_named))
            continue;
        found = &verbs[i];
        /* as it was written: the last words of the subject */
        size_t n = count_words(rest);
        *argument = SLICE_NONE;
        if (n && n <= words->n) {
            const char *from = words->w[words->n - n].raw.ptr;
            const struct word *last = &words->w[words->n - 1];
            *argument = slice_from(from, (size_t)(last->raw.ptr + last->raw.len - from));
        }
    }
    buf_release(&all);
    return found;
}
