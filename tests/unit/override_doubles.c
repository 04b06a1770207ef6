/* SPDX-License-Identifier: GPL-2.0-or-later */
/* override_doubles: a small fixed tenant in place of overrides.c, which is built elsewhere at the same time.
 * To be deleted, with its lines in tests.am, when that file is there. */
#include "frontdesk/command_overrides.h"

static const struct {
    enum override_key key;
    const char *text, *name;
    enum override_state state;
} rows[] = {
    {OVERRIDE_PRIORITY, "low", "Low", OVERRIDE_SET},
    {OVERRIDE_PRIORITY, "medium", "Medium", OVERRIDE_SET},
    {OVERRIDE_PRIORITY, "high", "High", OVERRIDE_SET},
    {OVERRIDE_PRIORITY, "critical", "Critical", OVERRIDE_SET},
    {OVERRIDE_QUEUE, "triage", "Triage", OVERRIDE_SET},
    {OVERRIDE_QUEUE, "help desk", "Help Desk", OVERRIDE_SET},
    {OVERRIDE_QUEUE, "sales and marketing", "Sales and Marketing", OVERRIDE_SET},
    {OVERRIDE_COMPANY, "acme", "Acme", OVERRIDE_SET},
    {OVERRIDE_COMPANY, "north", NULL, OVERRIDE_SEVERAL},
    {OVERRIDE_STATUS, "done", "Complete", OVERRIDE_SET},
    {OVERRIDE_STATUS, "complete", "Complete", OVERRIDE_SET},
    {OVERRIDE_STATUS, "waiting customer", "Waiting Customer", OVERRIDE_SET},
    {OVERRIDE_CATEGORY, "standard", "Standard", OVERRIDE_SET},
    {OVERRIDE_TYPE, "incident", "Incident", OVERRIDE_SET},
    {OVERRIDE_DUE, "fri", NULL, OVERRIDE_SET},
    {OVERRIDE_DUE, "friday", NULL, OVERRIDE_SET},
    {OVERRIDE_DUE, "on friday", NULL, OVERRIDE_SET},
    {OVERRIDE_DUE, "by friday", NULL, OVERRIDE_SET},
    {OVERRIDE_DUE, "fri 3pm", NULL, OVERRIDE_SET},
    {OVERRIDE_DUE, "friday 3pm", NULL, OVERRIDE_SET},
    {OVERRIDE_DUE, "tomorrow", NULL, OVERRIDE_SET},
    {OVERRIDE_DUE, "in 3 days", NULL, OVERRIDE_SET},
    {OVERRIDE_DUE, "5.12.", NULL, OVERRIDE_SET},
    {OVERRIDE_DUE, "dec 5, 4 pm", NULL, OVERRIDE_SET},
    {OVERRIDE_DUE, "yesterday", NULL, OVERRIDE_PAST},
};

void override_resolve(struct override *out, enum override_key key, struct slice said,
                      const struct directory *d, const struct due_calendar *cal, int64_t now_ms,
                      struct pool *pool)
{
    (void)d;
    (void)cal;
    (void)now_ms;
    (void)pool;
    *out = (struct override){.key = key, .state = OVERRIDE_UNKNOWN, .said = said};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (rows[i].key != key)
            continue;
        if (fold_eq(said, slice_of(rows[i].text))) {
            out->state = rows[i].state;
            out->id = (int64_t)i + 1;
            out->name = rows[i].name;
            out->due_ms = key == OVERRIDE_DUE ? (int64_t)i : 0;
            return;
        }
        /* some choice is always offered, near or not */
        bool near = fold_distance(said, slice_of(rows[i].text), 2) <= 2;
        if (rows[i].name && (near || out->n_choices == 0)) {
            out->choices[0] = (struct override_choice){.id = (int64_t)i + 1, .name = rows[i].name};
            out->n_choices = 1;
        }
    }
}

bool override_guess(struct override *out, struct slice said, const struct directory *d,
                    const struct due_calendar *cal, int64_t now_ms, struct pool *pool)
{
    static const enum override_key keys[] = {OVERRIDE_PRIORITY, OVERRIDE_DUE, OVERRIDE_QUEUE,
                                             OVERRIDE_COMPANY};
    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        struct override o;
        override_resolve(&o, keys[i], said, d, cal, now_ms, pool);
        if (o.state == OVERRIDE_SET) {
            *out = o;
            return true;
        }
    }
    return false;
}
