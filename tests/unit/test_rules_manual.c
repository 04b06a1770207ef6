/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The example of a rule in frontdesk-rules(5) and in templates/README.md is a rule that works, and the manual
 * names every key and every fact. */
#include "frontdesk/diagnose_match.h"

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <unistd.h>
#include <cmocka.h>

#include "../../src/diagnose/takes.h"

static const char manual[] = "man/frontdesk-rules.5";

static void source_path(char *out, size_t size, const char *below)
{
    const char *root = getenv("FRONTDESK_SRC");
    snprintf(out, size, "%s/%s", root ? root : ".", below);
}

/* The file, from behind `begin` to before `end`. */
static char *piece(struct pool *pool, const char *file, const char *begin, const char *end)
{
    char path[4200];
    struct buf text = BUF_INIT(256 * 1024);
    source_path(path, sizeof(path), file);
    FILE *f = fopen(path, "re");
    assert_non_null(f);
    char chunk[4096];
    for (size_t n; (n = fread(chunk, 1, sizeof(chunk), f)) > 0;)
        buf_put(&text, chunk, n);
    fclose(f);
    long from = slice_find(buf_view(&text), slice_of(begin));
    assert_true(from >= 0);
    struct slice rest = slice_skip(buf_view(&text), (size_t)from + strlen(begin));
    long to = slice_find(rest, slice_of(end));
    assert_true(to > 0);
    char *found = pool_slice(pool, slice_cut(rest, (size_t)to));
    buf_release(&text);
    return found;
}

/* Roff writes "\e" for a backslash. */
static char *without_roff(char *text)
{
    char *to = text;
    for (const char *from = text; *from; from++) {
        *to++ = *from;
        from += from[0] == '\\' && from[1] == 'e';
    }
    *to = '\0';
    return text;
}

static int remove_entry(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st;
    (void)kind;
    (void)at;
    return remove(path);
}

/* Loads our rules and the text as the firm's rule; what is wrong with it in `problems`. */
static struct diagnose_rules *load(const char *id, const char *text, struct buf *problems)
{
    char folder[] = "/tmp/frontdesk-rules-XXXXXX", ours[4200], path[4300];
    const char *const folders[] = {ours, NULL}, *const firm[] = {folder, NULL};
    struct diagnose_rules *rules = NULL;
    struct buf own = BUF_INIT(64 * 1024);
    struct err e = ERR_INIT;
    assert_non_null(mkdtemp(folder));
    source_path(ours, sizeof(ours), "templates/en/diagnose");
    snprintf(path, sizeof(path), "%s/%s.conf", folder, id);
    FILE *f = fopen(path, "we");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    fclose(f);
    if (diagnose_rules_load(&rules, folders, firm, NULL, NULL, &own, problems, &e) != 0)
        fail_msg("%s", own.data);
    buf_release(&own);
    nftw(folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
    return rules;
}

static void the_example_works(void **state)
{
    (void)state;
    struct pool *pool = pool_new(16 << 20);
    struct buf problems = BUF_INIT(64 * 1024);
    char *readme = piece(pool, "templates/README.md", "# Rules\n", "\n| key ");
    char *block = strstr(readme, "```\n") + strlen("```\n");
    *strstr(block, "```") = '\0';
    char *page = without_roff(piece(pool, manual, "acme-county-tax.conf :\n.Bd -literal\n", ".Ed"));
    assert_string_equal(page, block);
    struct diagnose_rules *rules = load("acme-county-tax", page, &problems);
    assert_string_equal(problems.len ? problems.data : "", "");
    struct diagnose_text text = {
        .where = "the mail",
        .text = SLICE("Hi,\n\nAcmeSync could not send invoice 10233: county tax \"Lake\" has no rate.\n"),
        .own = true};
    struct diagnoses found = {.n = 0};
    diagnose_match(rules, &text, 1, pool, &found);
    assert_int_equal(found.n, 1);
    assert_string_equal(found.found[0].rule->id, "acme-county-tax");
    assert_string_equal(diagnose_value(&found.found[0], "tax_code"), "Lake");
    diagnose_rules_free(&rules);
    buf_release(&problems);
    pool_free(&pool);
}

static void the_facts_are_all_there(void **state)
{
    (void)state;
    struct pool *pool = pool_new(1 << 20);
    struct scan c = scan_of(slice_of(piece(pool, manual, ".Sh FACTS\n", ".Sh ")));
    size_t n = 0;
    for (; scan_while(&c, ", \n").len || !scan_end(&c); n++) {
        if (scan_end(&c))
            break;
        struct slice name = scan_until(&c, ", \n");
        assert_non_null(take_names[n]);
        if (!slice_eq(name, slice_of(take_names[n])))
            fail_msg("the manual has %.*s where %s stands", SLICE_ARG(name), take_names[n]);
    }
    assert_null(take_names[n]);
    pool_free(&pool);
}

/* What is told of an unknown key lists all that there are. */
static void the_keys_are_all_there(void **state)
{
    (void)state;
    struct pool *pool = pool_new(1 << 20);
    struct buf problems = BUF_INIT(64 * 1024);
    struct diagnose_rules *rules = load("x", "zzzzzzzz = 1;\n", &problems);
    long at = slice_find(buf_view(&problems), SLICE("allowed: "));
    assert_true(at > 0);
    struct scan list = scan_of(slice_skip(buf_view(&problems), (size_t)at + strlen("allowed: ")));
    struct slice names = scan_line(&list);
    size_t n = 0;
    for (struct scan c = scan_of(names); !scan_end(&c); n++) {
        struct slice key = slice_trim(scan_until(&c, ","));
        scan_char(&c, ',');
        struct slice page = slice_of(piece(pool, manual, ".Sh KEYS\n", ".Sh FACTS"));
        const char *alone = pool_printf(pool, ".It Ic %.*s\n", SLICE_ARG(key));
        const char *first = pool_printf(pool, ".It Ic %.*s ,", SLICE_ARG(key));
        const char *second = pool_printf(pool, " , %.*s\n", SLICE_ARG(key));
        if (slice_find(page, slice_of(alone)) < 0 && slice_find(page, slice_of(first)) < 0 &&
            slice_find(page, slice_of(second)) < 0)
            fail_msg("the manual lacks the key %.*s", SLICE_ARG(key));
    }
    assert_true(n >= 19);
    diagnose_rules_free(&rules);
    buf_release(&problems);
    pool_free(&pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_example_works),
        cmocka_unit_test(the_facts_are_all_there),
        cmocka_unit_test(the_keys_are_all_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
