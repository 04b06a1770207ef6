/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hints: the priority that a letter offers as an example. */
#include "frontdesk/command_overrides.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static const struct directory_label four[] = {{11, "Critical", NULL},
                                              {12, "High", NULL},
                                              {14, "Medium", NULL},
                                              {15, "Low", NULL}},
                                    numbered[] = {{4, "P4 - Low", NULL},
                                                  {1, "P1 - Urgent", NULL},
                                                  {2, "P2 - High", NULL},
                                                  {3, "P3 - Normal", NULL}},
                                    three[] = {{1, "High", NULL}, {2, "Medium", NULL}, {3, "Low", NULL}},
                                    odd[] = {{1, "Red", NULL}, {2, "Amber", NULL}, {3, "Green", NULL}},
                                    twins[] = {{1, "High", NULL}, {2, "High VIP", NULL}, {3, "Low", NULL}};

enum tenant { FOUR, NUMBERED, THREE, ODD, TWINS };

static struct directory *tenant(enum tenant which, int64_t usual)
{
    static const struct {
        const struct directory_label *labels;
        size_t n;
    } of[] = {{four, ARRAY_LEN(four)},
              {numbered, ARRAY_LEN(numbered)},
              {three, ARRAY_LEN(three)},
              {odd, ARRAY_LEN(odd)},
              {twins, ARRAY_LEN(twins)}};
    struct directory values = {.lists = {[LIST_PRIORITY] = of[which].labels},
                               .n_lists = {[LIST_PRIORITY] = of[which].n},
                               .labels = {.priority = usual},
                               .web_url = ""};
    return directory_build(&values);
}

/* What a hint may offer: people copy it. `usual`: id of what a ticket gets by itself, `has`: of what it has.
 */
static void hints_ring_no_alarm(void **state)
{
    static const struct {
        enum tenant tenant;
        int64_t usual, has;
        const char *name; /* NULL: nothing is offered */
    } rows[] = {
        {FOUR, 14, 14, "High"},
        {FOUR, 14, 12, "Low"},
        {FOUR, 12, 12, "Medium"},
        {FOUR, 14, 0, "High"},
        {NUMBERED, 3, 3, "P2 - High"},
        {NUMBERED, 2, 3, "P4 - Low"},
        {THREE, 2, 2, "Low"},
        {THREE, 3, 3, "Medium"},
        {THREE, 2, 3, NULL},
        {ODD, 1, 1, "Amber"},
        {ODD, 2, 2, NULL},
        {TWINS, 3, 3, NULL},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct directory *d = tenant(rows[i].tenant, rows[i].usual);
        const char *got = override_example_priority(d, rows[i].has);
        if ((got == NULL) != (rows[i].name == NULL) || (got && strcmp(got, rows[i].name) != 0))
            fail_msg("row %zu: %s instead of %s", i, got ? got : "nothing",
                     rows[i].name ? rows[i].name : "nothing");
        directory_unref(&d);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(hints_ring_no_alarm)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
