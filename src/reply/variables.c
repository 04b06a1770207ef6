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
    "reasons",
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
    "examples",
    "commands",
    "verb",
    "summary",
    "status",
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
    "token",
    NULL,
};

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
