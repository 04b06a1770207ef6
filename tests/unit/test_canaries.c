/* SPDX-License-Identifier: GPL-2.0-or-later */
/* canaries in the journal: each ends once, and they do not pile up. */
#include "frontdesk/journal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <unistd.h>
#include <cmocka.h>

static char dir[64];

static struct journal *j;

static void send_canary(const char *nonce)
{
    struct err e = ERR_INIT;
    struct journal_letter l = {
        .kind = LETTER_CANARY, .mailbox = "desk", .message_id = "<c@x>", .to = "desk@x", .bytes = SLICE("c")};
    assert_int_equal(journal_canary_send(j, "desk", nonce, &l, &e), 0);
}

/* A canary counts once, whoever brings it first; a lost one may come late; letters go with them. */
static void a_canary_ends_once(void **state)
{
    (void)state;
    struct err e = ERR_INIT;
    struct journal_canary before;
    struct journal_canaries c;
    bool ours;
    size_t n;
    send_canary("one");
    assert_int_equal(journal_canaries(j, "desk", &c, &e), 0);
    assert_true(c.open_ms && c.sent_ms == c.open_ms && !c.back_ms);
    assert_int_equal(journal_canary_back(j, "other", "one", 5, &ours, &before, &e), 0);
    assert_false(ours);
    assert_int_equal(journal_canary_back(j, "desk", "two", 5, &ours, &before, &e), 0);
    assert_false(ours);
    assert_int_equal(journal_canary_back(j, "desk", "one", 5, &ours, &before, &e), 0);
    assert_true(ours && before.state == CANARY_OPEN);
    assert_int_equal(journal_canary_back(j, "desk", "one", 5, &ours, &before, &e), 0);
    assert_true(ours); /* the same job again, after a crash */
    assert_int_equal(journal_canary_back(j, "desk", "one", 6, &ours, &before, &e), 0);
    assert_false(ours);
    send_canary("late");
    assert_int_equal(journal_canary_lose(j, "desk", clock_now_ms() - 60000, &n, &e), 0);
    assert_int_equal(n, 0);
    assert_int_equal(journal_canary_lose(j, "desk", clock_now_ms(), &n, &e), 0);
    assert_int_equal(n, 1);
    assert_int_equal(journal_canaries(j, "desk", &c, &e), 0);
    assert_true(!c.open_ms && c.back_ms);
    struct journal_letter *letters;
    struct pool *pool = pool_new(1 << 20);
    assert_int_equal(journal_letters(j, 0, INT64_MAX, pool, &letters), 0);
    pool_free(&pool);
    assert_int_equal(journal_canary_back(j, "desk", "late", 7, &ours, &before, &e), 0);
    assert_true(ours && before.state == CANARY_LOST);
}

/* They come for years: only the last ones stay, and no mail that is not filed yet goes. */
static void canaries_do_not_pile_up(void **state)
{
    (void)state;
    struct err e = ERR_INIT;
    struct pool *pool = pool_new(1 << 20);
    struct journal_row *rows;
    struct journal_canary before;
    size_t n;
    bool ours;
    char nonce[16];
    for (uint32_t uid = 1; uid <= 60; uid++) {
        struct journal_mail mail = {.uid = uid, .size = 3, .bytes = SLICE("abc"), .received_ms = 1};
        struct journal_filing filed = {.uid = uid};
        struct journal_job job = {
            .id = uid, .state = JOB_TAKEN, .outcome = OUTCOME_CANARY, .reason = "canary"};
        snprintf(nonce, sizeof(nonce), "n%u", uid);
        send_canary(nonce);
        assert_int_equal(journal_take(j, "desk", 1, &mail, 1, &e), 0);
        assert_int_equal(journal_canary_back(j, "desk", nonce, uid, &ours, &before, &e), 0);
        snprintf(job.mailbox, sizeof(job.mailbox), "desk");
        assert_int_equal(journal_finish(j, &job, NULL, JOB_DONE, JOB_FOLDER_DONE, true, &e), 0);
        if (uid > 10)
            assert_int_equal(journal_filed(j, "desk", 1, &filed, 1, &e), 0);
    }
    assert_int_equal(
        journal_list(j, &(struct journal_filter){.state = JOURNAL_ALL, .max = 100}, pool, &rows, &n, &e), 0);
    assert_in_range(n, 30, 31); /* ten that are not filed, and the last twenty */
    pool_free(&pool);
}

static int open_it(void **state)
{
    struct err e = ERR_INIT;
    struct journal_options o = {.dir = dir, .create = true};
    (void)state;
    snprintf(dir, sizeof(dir), "/tmp/fd-canaries-XXXXXX");
    return mkdtemp(dir) ? journal_open(&j, &o, &e) : -1;
}

static int remove_it(void **state)
{
    static const char *const names[] = {"journal.db", "journal.db-wal", "journal.db-shm",
                                        "instance",   "attempts",       "lock"};
    char path[300];
    (void)state;
    journal_close(&j);
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
        cmocka_unit_test_setup_teardown(a_canary_ends_once, open_it, remove_it),
        cmocka_unit_test_setup_teardown(canaries_do_not_pile_up, open_it, remove_it),
    };
    log_set_output(-1, false);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
