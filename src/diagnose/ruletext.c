/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ruletext: the tags in the texts of a rule, looked at when it is read: every name is known, every section is
 * closed, every partial is there. Filling them in is the letter's (templates_fill). */
#include "rules.h"

#include "frontdesk/reply_report.h"

#include <unistd.h>

enum { DEPTH = 8, NAME_BYTES = 40 };

struct tags {
    struct rule_reading *r;
    unsigned line;
    const char *key;
    struct slice open[DEPTH];
    size_t depth;
};

static const char *const flags[] = {"qbo_app", "sah", "qbd", "third", "online", "subject", NULL};

static bool in(const char *const *list, struct slice name)
{
    for (; *list; list++) {
        if (slice_eq(slice_of(*list), name))
            return true;
    }
    return false;
}

static void check_name(struct tags *t, struct slice name)
{
    const char *const *const lists[] = {take_names, flags, report_fact_names};
    char word[NAME_BYTES];
    const char *near = NULL;
    for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
        if (in(lists[i], name))
            return;
    }
    snprintf(word, sizeof(word), "%.*s", SLICE_ARG(slice_cut(name, sizeof(word) - 1)));
    for (size_t i = 0; i < ARRAY_LEN(lists) && !near; i++)
        near = fold_nearest(word, lists[i]);
    rule_problem(t->r, t->line, "%s: there is no {{%s}}%s%s%s", t->key, word, near ? "; did you mean {{" : "",
                 near ? near : "", near ? "}}?" : "; allowed: the facts that frontdesk-rules(5) lists");
}

static void check_partial(struct tags *t, struct slice name)
{
    char path[4400];
    for (size_t i = 0; i < name.len; i++) {
        if (!strchr("abcdefghijklmnopqrstuvwxyz_", name.ptr[i]))
            name.len = 0;
    }
    for (const char *const *f = t->r->folders; name.len && name.len < NAME_BYTES && *f; f++) {
        snprintf(path, sizeof(path), "%s/_%.*s.txt", *f, SLICE_ARG(name));
        if (access(path, F_OK) == 0)
            return;
    }
    rule_problem(t->r, t->line,
                 "%s: there is no part {{> %.*s}}; allowed: the files _NAME.txt beside our rules", t->key,
                 SLICE_ARG(slice_cut_utf8(name, NAME_BYTES)));
}

static void check_section(struct tags *t, char sign, struct slice name)
{
    bool closes = t->depth && slice_eq(t->open[t->depth - 1], name);
    if (sign != '/') {
        check_name(t, name);
        if (t->depth < DEPTH)
            t->open[t->depth++] = name;
        else
            rule_problem(t->r, t->line, "%s: sections are nested deeper than %d", t->key, DEPTH);
    } else if (closes) {
        t->depth--;
    } else {
        rule_problem(t->r, t->line, "%s: {{/%.*s}} closes nothing", t->key,
                     SLICE_ARG(slice_cut_utf8(name, NAME_BYTES)));
    }
}

static void check_tag(struct tags *t, struct slice inside)
{
    char sign = inside.len ? inside.ptr[0] : ' ';
    if (strchr("#^/", sign))
        check_section(t, sign, slice_trim(slice_skip(inside, 1)));
    else if (sign == '>')
        check_partial(t, slice_trim(slice_skip(inside, 1)));
    else if (strchr("{&=!", sign))
        rule_problem(t->r, t->line,
                     "%s: {{%c is not allowed; allowed: {{name}}, {{#name}}, {{^name}}, {{> part}}", t->key,
                     sign);
    else
        check_name(t, slice_trim(inside));
}

void rule_text_check(struct rule_reading *r, unsigned line, const char *key, const char *text)
{
    struct tags t = {.r = r, .line = line, .key = key};
    for (const char *open; (open = strstr(text, "{{")) != NULL;) {
        const char *close = strstr(open, "}}");
        if (!close) {
            rule_problem(r, line, "%s: a tag is not closed with }}", key);
            return;
        }
        check_tag(&t, slice_from(open + 2, (size_t)(close - open - 2)));
        text = close + 2;
    }
    if (t.depth)
        rule_problem(r, line, "%s: {{#%.*s}} is not closed", key, SLICE_ARG(t.open[t.depth - 1]));
}
