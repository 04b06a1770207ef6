/* SPDX-License-Identifier: GPL-2.0-or-later */
/* variables: every name that a template may use. templates/README.md explains them; a new one is a row here
 * and there. */
#include "view.h"

static const char *const names[] = {
    "subject",
    "ref",
    "firm",
    "greeting",
    "warning",
    "reason",
    "ticket",
    "number",
    "title",
    "link",
    "assignee",
    "others",
    "name",
    "queue",
    "priority",
    "due",
    "cut",
    "made",
    "word",
    "nobody_named",
    "several_mentioned",
    "shared_name",
    "near_miss",
    "absent",
    "suggestions",
    "n",
    "user",
    "example",
    "people",
    "more_people",
    "commands",
    "verb",
    "summary",
    "lines",
    "letter",
    "has_letter",
    "line",
    "diverted_to",
    "topic",
    "ill",
    "text",
    "id",
    "remarks",
    "has_files",
    "files",
    "size",
    "has_left_out",
    "left_out",
    "hold",
    "first",
    "target_title",
    "changes",
    "what",
    "was",
    "becomes",
    "added",
    "removed",
    "note",
    "nothing",
    "first_ref",
    "expired",
    "company",
    "contact",
    "todo",
    "token",
    "topics",
    "to_example",
    "add_example",
    "priority_example",
    "pair_example",
    "brackets_example",
    "blocks",
    "heading",
    "para",
    "step",
    "item",
    "caution",
    "typed",
    "said",
    "denied",
    "by_hand",
    "unknown",
    "noted",
    NULL,
};

/* What may stand in { } in a how-to (src/action/guide.c fills them). */
const char *const howto_names[] = {"name", "other", "priority", "firm", "address", NULL};

bool variable_known(struct slice name, const char **near)
{
    char word[100];
    for (size_t i = 0; names[i]; i++) {
        if (slice_eq(slice_of(names[i]), name))
            return true;
    }
    snprintf(word, sizeof(word), "%.*s", SLICE_ARG(name));
    *near = fold_nearest(word, names);
    return false;
}
