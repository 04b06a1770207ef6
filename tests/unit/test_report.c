/* SPDX-License-Identifier: GPL-2.0-or-later */
/* report: the letter, the table and the data of a check, as agreed (tests/golden/check_*); the same bytes
 * whatever order the rows came in; nothing that a spreadsheet would run; words that are wrong or missing.
 * FRONTDESK_GOLDEN_WRITE=1 writes the golden files anew: look at the difference before you commit it. */
#include "check_rows.h"
#include "frontdesk/reply.h"

#include <setjmp.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "shipped.h"

static const char world[] = "a|1|Income|Sales\na|2|Income|Consulting\na|3|!Income|Old Sales (deleted)\n"
                            "a|7|Other Current Asset|Stock\n"
                            "c|101|material|Hardware||12|Sales\n"
                            "c|102|work|After Hours||12|Sales\n"
                            "c|103|work|Remote Labor||12|Sales\n"
                            "c|104|material|=HYPERLINK(\"http://evil.example\",\"x\")||12|Sales\n"
                            "c|105|work|Consulting||13|Consulting\n"
                            "c|106|service|<b>Managed & Backup</b>||12|Sales\n"
                            "c|107|work|Old Labor||12|Sales\n"
                            "c|108|material|Rebate||12|Sales\n"
                            "c|109|work|Support: Remote||12|Sales\n"
                            "c|110|milestone|Project||12|Sales\n"
                            "c|111|material|Cable||12|Sales\n"
                            "i|19|Category|Hardware\ni|20|Service|After-Hours|1\n"
                            "i|21|Category|Consulting\ni|22|Service|Consulting|2|Consulting:Consulting\n"
                            "i|23|!Service|Old Labor (deleted)|1\ni|24|Discount|Rebate|1\n"
                            "i|25|Service|Project|3\ni|26|NonInventory|Cable|7\n"
                            "i|27|Service|Hours|1\ni|28|Service|Gas|1\n";

struct outputs {
    struct buf text, html, csv, json;
};

static void release(struct outputs *o)
{
    buf_release(&o->text);
    buf_release(&o->html);
    buf_release(&o->csv);
    buf_release(&o->json);
}

static void write_all(struct outputs *o, const char *check, const char *rows, int64_t now_ms)
{
    struct pool *pool = pool_new(32 << 20);
    struct templates *t = shipped_templates();
    struct check_world w;
    struct report r;
    struct buf subject = BUF_INIT(2000);
    struct err e = ERR_INIT;
    *o = (struct outputs){.text = BUF_INIT(8 << 20),
                          .html = BUF_INIT(8 << 20),
                          .csv = BUF_INIT(8 << 20),
                          .json = BUF_INIT(8 << 20)};
    check_world_read(&w, pool, rows);
    w.rows.now_ms = now_ms;
    check_compare(&r, pool, check_find(slice_of(check)), &w.rows);
    if (report_letter(&r, t, "report", NULL, &subject, &o->text, &o->html, &e) != 0 ||
        report_csv(&r, t, &o->csv, &e) != 0 || report_json(&r, t, &o->json, &e) != 0)
        fail_msg("%s", e.text);
    report_release(&r);
    buf_release(&subject);
    templates_free(&t);
    pool_free(&pool);
}

static void compare(const char *name, const struct buf *got)
{
    char path[4300];
    const char *root = getenv("FRONTDESK_SRC");
    struct buf want = BUF_INIT(8 << 20);
    snprintf(path, sizeof(path), "%s/tests/golden/%s", root ? root : ".", name);
    bool write_it = getenv("FRONTDESK_GOLDEN_WRITE") != NULL;
    FILE *f = fopen(path, write_it ? "we" : "re");
    assert_non_null(f);
    if (write_it) {
        fwrite(got->data, 1, got->len, f);
    } else {
        char chunk[4096];
        for (size_t n; (n = fread(chunk, 1, sizeof(chunk), f)) > 0;)
            buf_put(&want, chunk, n);
        assert_string_equal(got->data, want.data);
    }
    fclose(f);
    buf_release(&want);
}

static const int64_t now_ms = 1795694400000; /* 26 Nov 2026 12:00 UTC */

static void reports_are_as_agreed(void **state)
{
    (void)state;
    struct outputs o;
    write_all(&o, "mapping", world, now_ms);
    compare("check_mapping.txt", &o.text);
    compare("check_mapping.html", &o.html);
    compare("check_mapping.csv", &o.csv);
    compare("check_mapping.json", &o.json);
    release(&o);
    write_all(&o, "mapping", "a|1|Income|Sales\nc|1|work|Labor\ni|19|Service|Labor|1\n", now_ms);
    compare("check_clean.txt", &o.text);
    compare("check_clean.html", &o.html);
    release(&o);
}

/* The lines of the world the other way round. */
static char *reversed(const char *text)
{
    struct buf out = BUF_INIT(100000);
    const char *end = text + strlen(text);
    while (end > text) {
        const char *from = end - 1;
        while (from > text && from[-1] != '\n')
            from--;
        buf_put(&out, from, (size_t)(end - from));
        end = from;
    }
    return buf_detach(&out);
}

static void same_rows_give_the_same_bytes(void **state)
{
    (void)state;
    struct outputs a, b;
    char *other = reversed(world);
    write_all(&a, "mapping", world, now_ms);
    write_all(&b, "mapping", other, now_ms);
    assert_string_equal(a.text.data, b.text.data);
    assert_string_equal(a.html.data, b.html.data);
    assert_string_equal(a.csv.data, b.csv.data);
    assert_string_equal(a.json.data, b.json.data);
    release(&b);
    /* a day later: only the time differs */
    write_all(&b, "mapping", world, now_ms + 86400000);
    assert_string_equal(a.csv.data, b.csv.data);
    assert_string_not_equal(a.text.data, b.text.data);
    const char *at = strstr(a.text.data, "26 Nov 12:00:00"), *then = strstr(b.text.data, "27 Nov 12:00:00");
    assert_non_null(at);
    assert_non_null(then);
    assert_int_equal(at - a.text.data, then - b.text.data);
    assert_memory_equal(a.text.data, b.text.data, (size_t)(at - a.text.data));
    assert_string_equal(at + 2, then + 2);
    release(&a);
    release(&b);
    free(other);
}

static void spreadsheets_run_nothing(void **state)
{
    (void)state;
    static const char *const names[] = {"=1+1", "+1", "-1", "@SUM(A1)", " =1", "\t=1", "\uff1d1"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        char rows[200], want[100];
        struct outputs o;
        snprintf(rows, sizeof(rows), "c|1|work|%s\n", names[i]);
        snprintf(want, sizeof(want), ",\"'%s\",", names[i]);
        write_all(&o, "mapping", rows, now_ms);
        if (!strstr(o.csv.data, want) && names[i][0] != '\t') /* a tab is a finding of its own */
            fail_msg("%s is not in\n%s", want, o.csv.data);
        for (const char *p = o.csv.data; (p = strchr(p, '"')) != NULL; p++) {
            if (p == o.csv.data + 3 || p[-1] == ',' || p[-1] == '\n')
                assert_null(memchr("=+-@\t\r", p[1], 6));
        }
        release(&o);
    }
}

/* What a spreadsheet would take for a number or a day keeps its letters; what stays the same has no mark. */
static void spreadsheets_change_nothing(void **state)
{
    (void)state;
    static const struct {
        const char *name, *field;
    } cases[] = {
        {"0042", "'0042"},
        {"1.50", "'1.50"},
        {"1E5", "'1E5"},
        {"1/2", "'1/2"},
        {"3-4", "'3-4"},
        {"1,5", "'1,5"},
        {".5", "'.5"},
        {"2026-11-26", "'2026-11-26"},
        {"10%", "'10%"},
        {"1234567890123456", "'1234567890123456"},
        {" 007", "' 007"},
        {"1042", "1042"},
        {"0", "0"},
        {"24x7 Support", "24x7 Support"},
        {"2 Hours", "2 Hours"},
        {"Tier 1", "Tier 1"},
        {"Jan 2026", "'Jan 2026"},
        {"1-Mar", "'1-Mar"},
        {"may 5, 2026", "'may 5, 2026"},
        {"Sept. 1", "'Sept. 1"},
        {"March", "March"},
        {"Mars 2", "Mars 2"},
        {"March of 2026", "March of 2026"},
        {"...", "'..."},
        {"\u00fcber 1", "\u00fcber 1"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char rows[200], want[100];
        struct outputs o;
        snprintf(rows, sizeof(rows), "c|1|work|%s\n", cases[i].name);
        snprintf(want, sizeof(want), ",\"%s\",", cases[i].field);
        write_all(&o, "mapping", rows, now_ms);
        if (!strstr(o.csv.data, want))
            fail_msg("%s is not in\n%s", want, o.csv.data);
        release(&o);
    }
}

/* Two names that look the same: the sign in which they differ is named, and only then. */
static void what_cannot_be_seen_is_named(void **state)
{
    (void)state;
    static const struct {
        const char *mine, *theirs, *says;
    } cases[] = {
        {"On\u00a0Site", "On Site",
         "look at sign 3: \"\u00a0\" (U+00A0) in Autotask, \" \" (U+0020) in QuickBooks"},
        {"L\u0430bor", "Labor",
         "look at sign 2: \"\u0430\" (U+0430) in Autotask, \"a\" (U+0061) in QuickBooks"},
        {"Labor ", "Labor", "look at sign 6: \" \" (U+0020) in Autotask, - in QuickBooks"},
        {"Labor", "Labor ", "look at sign 6: - in Autotask, \" \" (U+0020) in QuickBooks"},
        {" Labor", "Labor", "look at sign 1: \" \" (U+0020) in Autotask, \"L\" (U+004C) in QuickBooks"},
        {"On  Site", "On Site", "look at sign 4: \" \" (U+0020) in Autotask, \"S\" (U+0053) in QuickBooks"},
        {"La\u00adbor", "Labor", "look at sign 3: \"\" (U+00AD) in Autotask, \"b\" (U+0062) in QuickBooks"},
        {"After Hours", "After-Hours", NULL},
        {"Labor.", "Labor", NULL},
        {"LABOR", "Labor", NULL},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char rows[200];
        struct outputs o;
        snprintf(rows, sizeof(rows), "a|1|Income|Sales\nc|1|work|%s\ni|19|Service|%s|1\n", cases[i].mine,
                 cases[i].theirs);
        write_all(&o, "mapping", rows, now_ms);
        if (cases[i].says ? !strstr(o.text.data, cases[i].says) : strstr(o.text.data, "look at sign") != NULL)
            fail_msg("%s is not in\n%s", cases[i].says ? cases[i].says : "nothing", o.text.data);
        release(&o);
    }
}

static void quotes_are_doubled(void **state)
{
    (void)state;
    struct outputs o;
    write_all(&o, "mapping", "c|1|work|The \"big\" one, twice\n", now_ms);
    assert_memory_equal(o.csv.data, "\xef\xbb\xbf", 3);
    assert_non_null(strstr(o.csv.data, "\"The \"\"big\"\" one, twice\""));
    assert_non_null(strstr(o.html.data, "The &quot;big&quot; one, twice"));
    assert_non_null(strstr(o.json.data, "The \\\"big\\\" one, twice"));
    release(&o);
}

static void long_reports_are_cut(void **state)
{
    (void)state;
    struct buf rows = BUF_INIT(1 << 20);
    struct outputs o;
    for (int i = 0; i < 3000; i++)
        buf_printf(&rows, "c|%d|work|Code number %d & <co>\n", i + 1, i);
    write_all(&o, "mapping", rows.data, now_ms);
    assert_non_null(strstr(o.text.data, "+ 2985 more in the CSV"));
    assert_non_null(strstr(o.html.data, "2985 more in the CSV"));
    assert_true(o.html.len < 100 * 1024); /* a well known mail program cuts there */
    size_t lines = 0;
    for (const char *p = o.csv.data; (p = strchr(p, '\n')) != NULL; p++)
        lines++;
    assert_int_equal(lines, 3001);
    release(&o);
    buf_release(&rows);
}

/* A letter's table: whole rows, the worst ones, and how many are missing. */
static void a_table_that_is_too_large_is_cut(void **state)
{
    (void)state;
    enum { CODES = 300, MOST = 60000 };
    struct buf rows = BUF_INIT(1 << 20), table = BUF_INIT(MOST), whole = BUF_INIT(1 << 20);
    struct templates *t = shipped_templates();
    struct pool *pool = pool_new(64 << 20);
    struct check_world w;
    struct report r;
    struct err e = ERR_INIT;
    for (int i = 0; i < CODES; i++)
        buf_printf(&rows, "c|%d|work|Code number %d\n", i + 1, i);
    check_world_read(&w, pool, rows.data);
    check_compare(&r, pool, check_find(SLICE("mapping")), &w.rows);
    assert_int_equal(report_csv(&r, t, &whole, &e), 0);
    assert_int_equal(report_csv_within(&r, t, MOST, &table, &e), 0);
    assert_true(table.len <= MOST && table.len > MOST / 2 && whole.len > 2 * MOST);
    size_t lines = 0, same = 0;
    for (const char *p = table.data; (p = strchr(p, '\n')) != NULL; p++)
        lines++;
    while (table.data[same] == whole.data[same])
        same++;
    char left_out[60];
    snprintf(left_out, sizeof(left_out), "\"%zu findings are left out", (size_t)CODES - (lines - 2));
    assert_non_null(strstr(table.data + same - 1, left_out));
    assert_non_null(strstr(table.data + same, "frontdesk check mapping --format csv"));
    assert_null(strstr(whole.data, "left out"));
    report_release(&r);
    pool_free(&pool);
    templates_free(&t);
    buf_release(&rows);
    buf_release(&table);
    buf_release(&whole);
}

static void every_kind_has_its_words(void **state)
{
    (void)state;
    size_t n;
    struct templates *t = shipped_templates();
    struct buf problems = BUF_INIT(65536);
    const struct report_kind *kinds = check_kinds(&n);
    if (report_words_missing(t, kinds, n, check_sentences, &problems) != 0)
        fail_msg("%s", problems.data);
    static const struct report_kind unknown[] = {{"no-such-kind", REPORT_NOTE}};
    static const char *const none[] = {"no-such-sentence", NULL};
    assert_int_equal(report_words_missing(t, unknown, 1, none, &problems), 2);
    assert_non_null(strstr(problems.data, "[no-such-kind]"));
    assert_non_null(strstr(problems.data, "[no-such-sentence]"));
    buf_release(&problems);
    templates_free(&t);
}

static void broken_words_are_named(void **state)
{
    (void)state;
    static const struct {
        const char *text, *expect;
    } cases[] = {
        {"[a]\ntitle: {nmae}\n", "x.txt:2: there is no {nmae}; did you mean {name}?"},
        {"[a]\ntitle: {name\n", "x.txt:2: a { is not closed"},
        {"[a]\ntitel: x\n", "x.txt:2: allowed here: title, detail"},
        {"[a]\nfix qbo: x\n", "x.txt:2: there is no integration \"qbo\""},
        {"[a]\n[a]\n", "x.txt:2: [a] is there twice"},
    };
    static const char *const folders[] = {"", "/en", "/en/reply", "/en/help", "/en/check"};
    char dir[] = "/tmp/fd-words-XXXXXX", path[100];
    assert_non_null(mkdtemp(dir));
    for (size_t i = 1; i < ARRAY_LEN(folders); i++) {
        snprintf(path, sizeof(path), "%s%s", dir, folders[i]);
        assert_int_equal(mkdir(path, 0700), 0);
    }
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct templates *t;
        struct buf problems = BUF_INIT(65536);
        snprintf(path, sizeof(path), "%s/en/check/x.txt", dir);
        FILE *f = fopen(path, "we");
        assert_non_null(f);
        fputs(cases[i].text, f);
        fclose(f);
        assert_int_equal(templates_load(&t, dir, NULL, "en", &problems), -1);
        if (!strstr(problems.data, cases[i].expect))
            fail_msg("case %zu: %s", i, problems.data);
        buf_release(&problems);
    }
    unlink(path);
    for (size_t i = ARRAY_LEN(folders); i-- > 0;) {
        snprintf(path, sizeof(path), "%s%s", dir, folders[i]);
        rmdir(path);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reports_are_as_agreed),        cmocka_unit_test(same_rows_give_the_same_bytes),
        cmocka_unit_test(spreadsheets_run_nothing),     cmocka_unit_test(spreadsheets_change_nothing),
        cmocka_unit_test(what_cannot_be_seen_is_named), cmocka_unit_test(quotes_are_doubled),
        cmocka_unit_test(long_reports_are_cut),         cmocka_unit_test(a_table_that_is_too_large_is_cut),
        cmocka_unit_test(every_kind_has_its_words),     cmocka_unit_test(broken_words_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
