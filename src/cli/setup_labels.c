/* SPDX-License-Identifier: GPL-2.0-or-later */
/* setup_labels: the labels and the people that Autotask has, once it was asked. See setup.h. */
#include "setup.h"

enum { MOST_NAMES = 200, MOST_PEOPLE = 20 };

const struct directory_label *setup_labels(const struct setup *s, enum setup_answer id, size_t *n)
{
    enum directory_list list = id == A_PRIORITY                      ? LIST_PRIORITY
                               : id == A_STATUS || id == A_CANCELLED ? LIST_STATUS
                               : id == A_CATEGORY                    ? LIST_CATEGORY
                                                                     : LIST_QUEUE;
    *n = s->directory ? s->directory->n_lists[list] : 0;
    return s->directory ? s->directory->lists[list] : NULL;
}

const char *setup_find_label(const struct setup *s, enum setup_answer id, const char *wanted)
{
    size_t n;
    const struct directory_label *labels = setup_labels(s, id, &n);
    for (size_t i = 0; i < n; i++) {
        if (fold_eq(slice_of(wanted), slice_trim(slice_of(labels[i].name))))
            return labels[i].name;
    }
    return NULL;
}

void setup_say_missing(const struct setup *s, enum setup_answer id, const char *wanted, struct buf *out)
{
    static const char *const kinds[] = {
        [A_PRIORITY] = "priority", [A_STATUS] = "status", [A_CANCELLED] = "status",
        [A_CATEGORY] = "category", [A_QUEUE] = "queue",   [A_TRIAGE] = "queue"};
    size_t n;
    const struct directory_label *labels = setup_labels(s, id, &n);
    const char *names[MOST_NAMES + 1] = {0};
    for (size_t i = 0; i < n && i < MOST_NAMES; i++)
        names[i] = labels[i].name;
    const char *near = fold_nearest(wanted, names);
    if (s->lines[id])
        buf_printf(out, "%s:%u: ", s->cli->answers, s->lines[id]);
    buf_printf(out, "%s: Autotask has no %s \"%.100s\"%s%s%s has ", setup_questions[id].key, kinds[id],
               wanted, near ? "; did you mean \"" : "", near ? near : "", near ? "\"? It" : "; it");
    for (size_t i = 0; i < n; i++)
        buf_printf(out, "%s\"%s\"", i ? ", " : "", labels[i].name);
    buf_puts(out, n ? "" : "none that this API user may see");
}

void setup_say_people(const struct setup *s, struct buf *good, struct buf *lacking)
{
    const struct directory *d = s->directory;
    struct buf names = BUF_INIT(8000);
    size_t able = 0, unable = 0;
    for (size_t i = 0; d && i < d->n_resources; i++) {
        const struct directory_resource *r = &d->resources[i];
        able += r->assignable;
        if (r->assignable || strcmp(r->why_not, "no service-desk role") != 0)
            continue;
        if (unable++ < MOST_PEOPLE)
            buf_printf(&names, "%s%s %s", names.len ? ", " : "", r->first, r->last);
    }
    if (d)
        buf_printf(good, "%zu people, %zu of them can be given tickets\n", d->n_resources, able);
    if (unable)
        buf_printf(lacking, "%zu without a service-desk role cannot be given tickets: %s%s", unable,
                   names.data, unable > MOST_PEOPLE ? ", ..." : "");
    buf_release(&names);
}
