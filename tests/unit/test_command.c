/* SPDX-License-Identifier: GPL-2.0-or-later */
/* command: every subject of tests/fixtures/subjects.tsv gives the kind, the technicians and the title that
 * stand there. */
#include "frontdesk/command.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static const char *const none[] = {NULL}, *const sal[] = {"sal", NULL};

static const struct directory_resource staff[] = {
    {1, 9, "Sarah", "Klein", "sarah.klein", "", true, "", sal},
    {2, 9, "Shana", "Ortiz", "shana.ortiz", "", true, "", none},
    {3, 9, "Mike", "Chen", "mike.chen", "", true, "", none},
    {4, 9, "Mike", "Alvarez", "mike.alvarez", "", true, "", none},
    {5, 9, "Will", "Turner", "will.turner", "", true, "", none},
    {6, 9, "Grace", "Park", "grace.park", "", true, "", none},
    {7, 9, "Mark", "Stone", "mark.stone", "", true, "", none},
    {8, 9, "Jos\xc3\xa9",
     "N\xc3\xba\xc3\xb1"
     "ez",
     "jose.nunez", "", true, "", none},
    {9, 9, "Dana", "Reed", "dana.reed", "", true, "", none},
    {10, 9, "Alex", "Temp", "temp7", "", true, "", none},
    {11, 9, "May", "Lin", "may.lin", "", true, "", none},
    {12, 0, "Tom", "Hale", "tom.hale", "", false, "inactive", none},
    {13, 0, "Lena", "Fox", "lena.fox", "", false, "no service-desk role", none},
    {14, 0, "Frontdesk", "API", "api", "", false, "API user", none},
};

static void describe(const struct command *c, struct buf *out)
{
    static const char *const kinds[] = {"ticket", "ask", "help", "status", "not_yet"};
    buf_printf(out, "%s\t", kinds[c->kind]);
    for (size_t i = 0; i < c->n_resources; i++)
        buf_printf(out, "%s%s", i ? "," : "", c->resources[i]->user);
    buf_printf(out, "%s\t%s", c->n_resources ? "" : "-", c->title);
}

static size_t check_row(struct slice row, const struct directory *d, const struct command_names *names)
{
    struct scan c = scan_of(row);
    struct slice subject = scan_until(&c, "\t");
    scan_char(&c, '\t');
    struct pool *pool = pool_new(1 << 20);
    struct command command;
    struct buf got = BUF_INIT(4096);
    command_read(&command, subject, SLICE("first line\nsecond line"), d, names, pool);
    describe(&command, &got);
    bool same = slice_eq(buf_view(&got), scan_rest(&c));
    if (!same)
        print_error("%.*s\n  wanted %.*s\n  got    %s\n", SLICE_ARG(subject), (int)(c.end - c.p), c.p,
                    got.data);
    buf_release(&got);
    pool_free(&pool);
    return !same;
}

static void subjects_are_understood(void **state)
{
    (void)state;
    const char *root = getenv("FRONTDESK_SRC");
    char path[4200], line[2000];
    struct directory values = {.resources = staff, .n_resources = ARRAY_LEN(staff), .web_url = ""};
    struct directory *d = directory_build(&values);
    struct command_names *names = names_index_new(d);
    size_t rows = 0, wrong = 0;
    snprintf(path, sizeof(path), "%s/tests/fixtures/subjects.tsv", root ? root : ".");
    FILE *f = fopen(path, "re");
    assert_non_null(f);
    while (fgets(line, sizeof(line), f)) {
        struct slice row = slice_trim(slice_of(line));
        if (row.len == 0 || row.ptr[0] == '#')
            continue;
        rows++;
        wrong += check_row(row, d, names);
    }
    fclose(f);
    names_index_free(&names);
    directory_unref(&d);
    assert_true(rows > 100);
    assert_int_equal(wrong, 0);
}

/* A wrong letter must never give the ticket to somebody: each typo of each first name is a question or the
 * right person. */
static void typos_are_never_assigned_to_others(void **state)
{
    (void)state;
    struct directory values = {.resources = staff, .n_resources = 10, .web_url = ""};
    struct directory *d = directory_build(&values);
    struct command_names *names = names_index_new(d);
    for (size_t i = 0; i < d->n_resources; i++) {
        const char *first = d->resources[i].first;
        for (size_t k = 0; k + 1 < strlen(first); k++) {
            char subject[100];
            struct pool *pool = pool_new(1 << 20);
            struct command c;
            snprintf(subject, sizeof(subject), "%s: printer down", first);
            char swap = subject[k];
            subject[k] = subject[k + 1];
            subject[k + 1] = swap;
            command_read(&c, slice_of(subject), SLICE_NONE, d, names, pool);
            for (size_t r = 0; r < c.n_resources; r++)
                assert_string_equal(c.resources[r]->first, first);
            pool_free(&pool);
        }
    }
    names_index_free(&names);
    directory_unref(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(subjects_are_understood),
                                       cmocka_unit_test(typos_are_never_assigned_to_others)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
