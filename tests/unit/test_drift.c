/* SPDX-License-Identifier: GPL-2.0-or-later */
/* drift: which finding it is, over order, names and languages; what a run may not see; what is new, gone,
 * back and forgotten; when a watch is due; and the journal's part: one transaction, the answers by mail. */
#include "../../src/drift.h"
#include "check_rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <unistd.h>
#include <cmocka.h>

#include "local_time.h"
#include "shipped.h"

static struct templates *words;
static struct conf conf;

static int read_words(void **state)
{
    (void)state;
    words = shipped_templates();
    conf.firm.timezone = (char *)(uintptr_t)BERLIN;
    return 0;
}

static int free_words(void **state)
{
    (void)state;
    templates_free(&words);
    return 0;
}

/* --- identity --- */

#define SALES "a|1|Income|Sales\na|3|!Income|Old (deleted)\n"

static int by_value(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* Identities of errors and warnings, ascending, as text. */
static void identities(const char *check, const char *rows, struct buf *out)
{
    struct pool *pool = pool_new(8 << 20);
    struct check_world w;
    struct report r;
    int64_t ids[100];
    size_t n = 0;
    check_world_read(&w, pool, rows);
    check_compare(&r, pool, check_find(slice_of(check)), &w.rows);
    assert_true(r.n < ARRAY_LEN(ids));
    for (size_t i = 0; i < r.n; i++) {
        if (r.kinds[r.findings[i].kind].severity != REPORT_NOTE)
            ids[n++] = check_identity(&r, &r.findings[i]);
    }
    qsort(ids, n, sizeof(*ids), by_value);
    for (size_t i = 0; i < n; i++)
        buf_printf(out, "%llx ", (long long)ids[i]);
    report_release(&r);
    pool_free(&pool);
}

static const struct {
    const char *what, *check, *a, *b;
    bool same;
} pairs[] = {
    {"order of rows", "mapping", SALES "c|1|work|Labor||12|Sales\nc|2|work|Travel||12|Sales\n",
     SALES "c|2|work|Travel||12|Sales\nc|1|work|Labor||12|Sales\n", true},
    {"order of rows that are alike", "mapping",
     SALES "c|1|work|Labor||12|Sales\ni|5|Service|Labor|1\ni|6|Service|L abor|1\ni|7|Service|La bor|1\n",
     SALES "i|7|Service|La bor|1\ni|6|Service|L abor|1\nc|1|work|Labor||12|Sales\ni|5|Service|Labor|1\n",
     true},
    {"another name of the record", "mapping", SALES "c|1|work|Labor||12|Sales\n",
     SALES "c|1|work|Work||12|Sales\n", true},
    {"another record of the name", "mapping", SALES "c|1|work|Labor||12|Sales\n",
     SALES "c|2|work|Labor||12|Sales\n", false},
    {"another kind of record of the id", "mapping", SALES "c|1|work|Labor||12|Sales\n",
     SALES "c|1|material|Labor||12|Sales\n", false},
    {"another kind of finding", "mapping", SALES "c|1|work|Labor||12|Sales\n",
     SALES "c|1|work|Labor||12|Sales\ni|19|Category|Labor\n", false},
    {"a customer by another name", "terms", "m|1|T|\no|7|Acme|1\nq|3|Acme|\n",
     "m|1|T|\no|7|Acme Inc|1\nq|3|Acme Inc|\n", true},
};

static void a_finding_is_known_again(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
        struct buf a = BUF_INIT(4000), b = BUF_INIT(4000);
        identities(pairs[i].check, pairs[i].a, &a);
        identities(pairs[i].check, pairs[i].b, &b);
        if (!a.len || !b.len || (strcmp(a.data, b.data) == 0) != pairs[i].same)
            fail_msg("%s: %s and %s", pairs[i].what, a.data, b.data);
        buf_release(&a);
        buf_release(&b);
    }
}

/* --- sight --- */

static void sight(const char *check, const char *rows, const char *before, const char *lines, bool newly)
{
    struct pool *pool = pool_new(8 << 20);
    struct check_world w;
    struct report r;
    struct buf got = BUF_INIT(4000);
    check_world_read(&w, pool, rows);
    check_compare(&r, pool, check_find(slice_of(check)), &w.rows);
    check_hidden(&r, &got);
    assert_string_equal(got.len ? got.data : "", lines);
    assert_int_equal(check_newly_hidden(&r, before) != NULL, newly);
    report_release(&r);
    buf_release(&got);
    pool_free(&pool);
}

static void what_is_not_seen_is_noticed(void **state)
{
    (void)state;
    sight("mapping", SALES "x|billing codes|codes|all\n", "", "", false);
    sight("mapping", SALES "x|billing codes|codes|restricted\n", "", "unseen-restricted billing codes\n",
          true);
    sight("mapping", SALES "x|billing codes|codes|restricted\n", "unseen-restricted billing codes\n",
          "unseen-restricted billing codes\n", false);
    sight("mapping", SALES "x|billing codes|codes|none\n", "unseen-restricted billing codes\n",
          "unseen-denied billing codes\n", true);
    sight("mapping", SALES "x|billing codes|codes|restricted\n", "unseen-denied billing codes\n",
          "unseen-restricted billing codes\n", false);
    sight("sync", "x|Invoices|other|restricted\n", "", "unseen-restricted Invoices\n", true);
    sight("sync", "x|Invoices|other|none\n", "unseen-denied Invoices\n", "unseen-denied Invoices\n", false);
}

/* --- the difference --- */

/* A code of that number that QuickBooks has no item for. */
static int64_t id_of(const char *number)
{
    struct buf rows = BUF_INIT(400), got = BUF_INIT(400);
    uint64_t id;
    buf_printf(&rows, SALES "c|%s|work|Code %s||12|Sales\n", number, number);
    identities("mapping", rows.data, &got);
    id = strtoull(got.data, NULL, 16);
    buf_release(&rows);
    buf_release(&got);
    return (int64_t)id;
}

static void compare(const char *now, const struct journal_watch_finding *known, size_t n_known,
                    const char *want)
{
    struct pool *pool = pool_new(8 << 20);
    struct desk desk = {.conf = &conf, .templates = words};
    struct drift_run run = {
        .desk = &desk, .pool = pool, .now_ms = local("2026-11-24 07:00", BERLIN), .n_known = n_known};
    struct check_world w;
    struct report r;
    struct err e = ERR_INIT;
    struct buf rows = BUF_INIT(4000), got = BUF_INIT(4000);
    buf_puts(&rows, SALES);
    for (const char *p = now; *p; p++)
        buf_printf(&rows, "c|%c|work|Code %c||12|Sales\n", *p, *p);
    check_world_read(&w, pool, rows.data);
    check_compare(&r, pool, check_find(SLICE("mapping")), &w.rows);
    run.known = pool_array(pool, n_known + 1, sizeof(*run.known));
    if (n_known)
        memcpy(run.known, known, n_known * sizeof(*known));
    qsort(run.known, n_known, sizeof(*run.known), by_value); /* the id stands first */
    assert_int_equal(drift_compare(&run, &r, &e), 0);
    buf_printf(&got, "new %zu, gone %zu, told %zu, back %zu; %zu known, %zu accepted", run.n_add, run.n_gone,
               run.n_told_gone, run.n_back, run.findings, run.acked);
    assert_string_equal(got.data, want);
    assert_int_equal(run.fresh->n, run.n_add);
    assert_int_equal(run.fresh->counts[REPORT_ERROR] + run.fresh->counts[REPORT_WARNING], run.n_add);
    drift_release(&run);
    report_release(&r);
    buf_release(&rows);
    buf_release(&got);
    pool_free(&pool);
}

static void new_gone_and_back(void **state)
{
    (void)state;
    int64_t now_ms = local("2026-11-24 07:00", BERLIN), day_ms = 86400000;
    const struct journal_watch_finding one = {.id = id_of("1"), .line = "one"},
                                       two = {.id = id_of("2"), .line = "two", .acked = true};
    struct journal_watch_finding both[2] = {one, two}, away[1] = {two};
    compare("12", NULL, 0, "new 2, gone 0, told 0, back 0; 2 known, 0 accepted");
    compare("12", both, 2, "new 0, gone 0, told 0, back 0; 2 known, 1 accepted");
    compare("123", both, 2, "new 1, gone 0, told 0, back 0; 3 known, 1 accepted");
    compare("2", both, 2, "new 0, gone 1, told 1, back 0; 1 known, 1 accepted");
    compare("1", both, 2, "new 0, gone 1, told 0, back 0; 1 known, 0 accepted");
    compare("", both, 2, "new 0, gone 2, told 1, back 0; 0 known, 0 accepted");
    away[0].gone_ms = now_ms - 29 * day_ms;
    compare("2", away, 1, "new 0, gone 0, told 0, back 1; 1 known, 1 accepted");
    compare("", away, 1, "new 0, gone 0, told 0, back 0; 0 known, 0 accepted");
    away[0].gone_ms = now_ms - 31 * day_ms;
    compare("2", away, 1, "new 1, gone 0, told 0, back 0; 1 known, 0 accepted");
}

/* --- when --- */

static void when_it_is_due(void **state)
{
    (void)state;
    static const struct schedule daily = {.check = "mapping", .kind = SCHEDULE_DAILY, .minutes = 420};
    const int64_t at = local("2026-11-24 07:00", BERLIN), hour = 3600000, minute = 60000;
    const struct {
        struct journal_watch row;
        int64_t now, want;
    } cases[] = {
        {{.known = false}, at, at},
        {{.known = true, .ran_ms = at}, at, at + 24 * hour},
        {{.known = true, .ran_ms = at + hour}, at + hour, at + 24 * hour},
        {{.known = true, .ran_ms = at}, at + 90 * 24 * hour, at + 24 * hour}, /* long due, once */
        {{.known = true, .ran_ms = at + 90 * 24 * hour}, at, at + 24 * hour}, /* the clock was put back */
        {{.known = true, .ran_ms = at, .snoozed_ms = at + 7 * hour}, at, at + 7 * hour},
        {{.known = true, .ran_ms = at, .snoozed_ms = at + 700 * hour}, at, at + 700 * hour},
        {{.known = true, .ran_ms = at, .snoozed_ms = at - hour}, at, at + 24 * hour},
        {{.known = true, .ran_ms = at, .failing_ms = at, .tried_ms = at + hour, .tries = 1},
         at,
         at + hour + 5 * minute},
        {{.known = true, .ran_ms = at, .failing_ms = at, .tried_ms = at + hour, .tries = 9},
         at,
         at + 2 * hour},
        {{.failing_ms = at, .tried_ms = at, .tries = 2}, at, at + 15 * minute},
        {{.known = true, .failing_ms = at, .tried_ms = at, .tries = 1, .snoozed_ms = at + hour},
         at,
         at + hour},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        if (drift_next(&conf, &daily, &cases[i].row, cases[i].now) != cases[i].want)
            fail_msg("case %zu", i);
    }
}

/* --- the journal --- */

static char dir[64];

static struct journal *open_it(void)
{
    struct journal *j = NULL;
    struct err e = ERR_INIT;
    struct journal_options o = {.dir = dir, .create = true};
    if (journal_open(&j, &o, &e) != 0)
        fail_msg("%s", e.text);
    return j;
}

static struct journal_watch row_of(struct journal *j)
{
    static struct pool *pool;
    struct journal_watch row;
    struct err e = ERR_INIT;
    pool_free(&pool);
    pool = pool_new(1 << 20);
    assert_int_equal(journal_watch_load(j, "mapping", pool, &row, &e), 0);
    return row;
}

static bool ran(struct journal *j, const struct journal_watch *before, int64_t now_ms, const int64_t *fresh,
                size_t n_fresh, const int64_t *gone, size_t n_gone, bool tells)
{
    struct journal_watch_finding add[8];
    char id[40];
    struct err e = ERR_INIT;
    for (size_t i = 0; i < n_fresh; i++)
        add[i] = (struct journal_watch_finding){.id = fresh[i], .line = "x"};
    snprintf(id, sizeof(id), "<%u@x.example>", before->letters + 1);
    struct journal_letter letter = {
        .kind = LETTER_WATCH, .mailbox = "desk", .message_id = id, .to = "a@b.example", .bytes = SLICE("x")};
    struct journal_watch_run run = {.watch = "mapping",
                                    .before = before,
                                    .now_ms = now_ms,
                                    .unseen = "",
                                    .fresh = add,
                                    .n_fresh = n_fresh,
                                    .gone = gone,
                                    .n_gone = n_gone,
                                    .letters = &letter,
                                    .n_letters = tells};
    assert_int_equal(journal_watch_ran(j, &run, &e), 0);
    return !run.lost;
}

/* As the answer to a mail carries it out. */
static void answer(struct journal *j, const struct journal_watch_answer *a)
{
    struct err e = ERR_INIT;
    struct journal_job job = {.id = 1, .reason = "", .watch_answer = a};
    assert_int_equal(journal_answer(j, &job, NULL, &e), 0);
}

static unsigned unsent(struct journal *j)
{
    struct pool *pool = pool_new(1 << 20);
    struct journal_letter *letters;
    unsigned n = (unsigned)journal_letters(j, 0, INT64_MAX, pool, &letters);
    pool_free(&pool);
    return n;
}

static void a_run_is_one_transaction(void **state)
{
    (void)state;
    struct journal *j = open_it();
    static const int64_t one[] = {11, 12}, two[] = {13};
    struct journal_watch row = row_of(j);
    struct journal_watch_letter about;
    struct err e = ERR_INIT;
    assert_false(row.known);
    assert_int_equal(journal_watch_failed(j, "mapping", 500, "away", &e), 0);
    row = row_of(j);
    assert_true(!row.known && row.failing_ms == 500 && row.tries == 1);
    assert_true(ran(j, &row, 1000, one, 2, NULL, 0, true));
    row = row_of(j);
    assert_true(row.known && row.letters == 1 && row.findings == 2 && row.acked == 0 && row.failing_ms == 0 &&
                row.tries == 0);
    assert_int_equal(unsent(j), 1);
    /* an answer to the first letter; one to the second one accepts what that told */
    assert_true(journal_watch_by_message_id(j, SLICE("<1@x.example>"), &about));
    assert_true(about.letter == 1 && about.since == 1 && journal_watch_open(j, &about) == 2);
    assert_true(ran(j, &row, 2000, two, 1, NULL, 0, true));
    assert_true(journal_watch_by_number(j, "mapping", 2, &about));
    assert_false(journal_watch_by_number(j, "mapping", 3, &about));
    assert_true(journal_watch_by_number(j, "mapping", 2, &about));
    answer(j, &(struct journal_watch_answer){.about = about, .ack = true});
    assert_int_equal(row_of(j).acked, 1);
    assert_int_equal(journal_watch_open(j, &about), 0);
    /* a run that began before somebody snoozed it changes nothing */
    row = row_of(j);
    answer(j, &(struct journal_watch_answer){.about = about, .snooze_ms = 9000});
    assert_false(ran(j, &row, 3000, one, 2, NULL, 0, true));
    assert_int_equal(unsent(j), 2);
    row = row_of(j);
    assert_true(row.snoozed_ms == 9000 && row.letters == 2 && row.ran_ms == 2000);
    /* an accepted one that is gone is kept, another is not; undo takes all back */
    static const int64_t gone[] = {11, 13};
    assert_true(ran(j, &row, 10000, NULL, 0, gone, 2, true));
    row = row_of(j);
    assert_true(row.findings == 1 && row.acked == 0 && row.letters == 3);
    struct pool *pool = pool_new(1 << 20);
    struct journal_watch_finding *known;
    size_t n;
    assert_int_equal(journal_watch_findings(j, "mapping", pool, &known, &n, &e), 0);
    assert_true(n == 2 && known[1].id == 13 && known[1].acked && known[1].gone_ms == 10000);
    answer(j, &(struct journal_watch_answer){.about = about, .undo = true});
    assert_int_equal(journal_watch_findings(j, "mapping", pool, &known, &n, &e), 0);
    assert_true(n == 1 && known[0].id == 12 && row_of(j).snoozed_ms == 0);
    /* not watched any more, and again */
    assert_int_equal(journal_watch_forget(j, "mapping", &e), 0);
    row = row_of(j);
    assert_true(!row.known && row.findings == 0 && row.letters == 3);
    pool_free(&pool);
    journal_close(&j);
}

static int make_dir(void **state)
{
    (void)state;
    snprintf(dir, sizeof(dir), "/tmp/fd-drift-XXXXXX");
    return mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state)
{
    static const char *const names[] = {"journal.db", "journal.db-wal", "journal.db-shm",
                                        "instance",   "attempts",       "lock"};
    char path[300];
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
        unlink(path);
    }
    snprintf(path, sizeof(path), "%s/spool", dir);
    rmdir(path);
    return rmdir(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_finding_is_known_again), cmocka_unit_test(what_is_not_seen_is_noticed),
        cmocka_unit_test(new_gone_and_back), cmocka_unit_test(when_it_is_due),
        cmocka_unit_test_setup_teardown(a_run_is_one_transaction, make_dir, remove_dir)};
    return cmocka_run_group_tests(tests, read_words, free_words);
}
