/* SPDX-License-Identifier: GPL-2.0-or-later */
/* journal: invariants that need no other part: claims, owed mail, attempts, lost journal, newer version,
 * requests. */
#include "frontdesk/journal.h"

#include <fcntl.h>
#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

static char dir[64];

static int make_dir(void **state)
{
    (void)state;
    snprintf(dir, sizeof(dir), "/tmp/fd-journal-XXXXXX");
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
    snprintf(path, sizeof(path), "%s/spool/desk-1-9", dir);
    unlink(path);
    snprintf(path, sizeof(path), "%s/spool", dir);
    rmdir(path);
    return rmdir(dir);
}

static struct journal *open_it(void)
{
    struct journal *j = NULL;
    struct err e = ERR_INIT;
    struct journal_options o = {.dir = dir, .create = true};
    if (journal_open(&j, &o, &e) != 0)
        fail_msg("%s", e.text);
    return j;
}

static void take_mail(struct journal *j, uint32_t uid)
{
    struct err e = ERR_INIT;
    struct journal_mail m = {.uid = uid, .size = 5, .received_ms = 1000, .bytes = SLICE("hello")};
    assert_int_equal(journal_take(j, "desk", 1, &m, 1, &e), 0);
}

static void a_position_is_taken_once(void **state)
{
    (void)state;
    struct err e = ERR_INIT;
    struct journal *j = open_it();
    struct journal_cursor c;
    int64_t ids[8];
    assert_true(journal_is_new(j));
    assert_int_equal(journal_cursor_set(j, "desk", 1, 3, 0, &e), 0);
    take_mail(j, 5);
    take_mail(j, 5);
    assert_int_equal(journal_due(j, clock_now_ms(), ids, 8), 1);
    assert_int_equal(journal_cursor_get(j, "desk", 1, &c, &e), 0);
    assert_true(c.known);
    assert_int_equal(c.next_uid, 6);
    assert_int_equal(journal_cursor_get(j, "desk", 7, &c, &e), 0);
    assert_true(c.other_validity);
    journal_close(&j);
}

static void a_key_has_one_owner(void **state)
{
    (void)state;
    struct err e = ERR_INIT;
    struct journal *j = open_it();
    struct pool *pool = pool_new(1 << 20);
    struct journal_job a, b;
    int64_t ids[8];
    struct journal_step step = {.n = 1, .kind = "ticket.create", .key = "fd-1", .request = ""}, *steps;
    take_mail(j, 1);
    take_mail(j, 2);
    assert_int_equal(journal_due(j, clock_now_ms(), ids, 8), 2);
    assert_int_equal(journal_job_load(j, ids[0], true, pool, &a, &e), 0);
    assert_int_equal(journal_job_load(j, ids[1], true, pool, &b, &e), 0);
    assert_true(slice_eq(a.mail, SLICE("hello")));
    a.message_key = b.message_key = "key";
    a.plan = b.plan = "{}";
    struct journal_planning pa = {.job = &a, .steps = &step, .n_steps = 1}, pb = pa;
    pb.job = &b;
    assert_int_equal(journal_plan(j, &pa, &e), 0);
    assert_int_equal(pa.claim, PLAN_CLAIMED);
    assert_int_equal(journal_plan(j, &pb, &e), 0);
    assert_int_equal(pb.claim, PLAN_SAME);
    /* the owner may come again, after a crash between commit and answer */
    assert_int_equal(journal_plan(j, &pa, &e), 0);
    assert_int_equal(pa.claim, PLAN_CLAIMED);
    assert_int_equal(journal_steps(j, a.id, pool, &steps), 1);
    assert_int_equal(steps[0].state, STEP_ARMED);
    pool_free(&pool);
    journal_close(&j);
}

/* The cap counts what was planned, not what strangers sent in somebody's name; and a conversation acts in
 * order.
 */
static void a_sender_has_a_cap_and_a_conversation_an_order(void **state)
{
    (void)state;
    struct err e = ERR_INIT;
    struct journal *j = open_it();
    struct pool *pool = pool_new(1 << 20);
    static const char *const keys[] = {"k1", "k2", "k3", "k4"};
    struct journal_job jobs[4];
    int64_t ids[8];
    for (uint32_t uid = 1; uid <= 4; uid++)
        take_mail(j, uid);
    assert_int_equal(journal_due(j, clock_now_ms(), ids, 8), 4);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(journal_job_load(j, ids[i], true, pool, &jobs[i], &e), 0);
        jobs[i].sender = "dana@northwind.example";
        jobs[i].message_key = keys[i];
        jobs[i].conversation = i < 2 ? "c" : "";
        jobs[i].plan = "{}";
    }
    /* a forged one, turned away at the gate */
    jobs[3].outcome = OUTCOME_REFUSED;
    assert_int_equal(journal_finish(j, &jobs[3], NULL, JOB_DONE, JOB_FOLDER_REFUSED, true, &e), 0);
    for (size_t i = 0; i < 3; i++) {
        struct journal_planning p = {.job = &jobs[i], .per_sender_hour = 2};
        assert_int_equal(journal_plan(j, &p, &e), 0);
        assert_int_equal(p.claim, i < 2 ? PLAN_CLAIMED : PLAN_OVER_CAP);
        assert_int_equal(p.blocked, i == 1);
    }
    assert_int_equal(journal_blocked_by(j, ids[1], "c"), ids[0]);
    /* what was put off before it had a plan holds back only the plans of younger ones of its conversation */
    jobs[2].conversation = "d";
    assert_int_equal(journal_planless_before(j, ids[3], "d"), 0);
    assert_int_equal(journal_later(j, &jobs[2], clock_now_ms() + 1000, 1, "put off", &e), 0);
    assert_int_equal(journal_planless_before(j, ids[3], "d"), ids[2]);
    assert_int_equal(journal_planless_before(j, ids[2], "d"), 0);
    assert_int_equal(journal_planless_before(j, ids[1], "c"), 0);
    assert_int_equal(journal_blocked_by(j, ids[3], "d"), 0);
    assert_int_equal(journal_job_load(j, ids[2], false, pool, &jobs[2], &e), 0);
    assert_int_equal(jobs[2].state, JOB_TAKEN);
    pool_free(&pool);
    journal_close(&j);
}

static void ended_mail_is_owed_until_filed(void **state)
{
    (void)state;
    struct err e = ERR_INIT;
    struct journal *j = open_it();
    struct pool *pool = pool_new(1 << 20);
    struct journal_job job;
    struct journal_filing owed[4];
    int64_t id;
    take_mail(j, 4);
    assert_int_equal(journal_due(j, clock_now_ms(), &id, 1), 1);
    assert_int_equal(journal_job_load(j, id, false, pool, &job, &e), 0);
    assert_int_equal(journal_owed(j, "desk", 1, owed, 4), 0);
    job.outcome = OUTCOME_IGNORED;
    assert_int_equal(journal_finish(j, &job, NULL, JOB_DONE, JOB_FOLDER_REFUSED, true, &e), 0);
    assert_int_equal(journal_owed(j, "desk", 1, owed, 4), 1);
    assert_int_equal(owed[0].uid, 4);
    assert_int_equal(owed[0].folder, JOB_FOLDER_REFUSED);
    assert_int_equal(journal_filed(j, "desk", 1, owed, 1, &e), 0);
    journal_close(&j);
    j = open_it();
    assert_int_equal(journal_owed(j, "desk", 1, owed, 4), 0);
    assert_int_equal(journal_due(j, INT64_MAX, &id, 1), 0);
    pool_free(&pool);
    journal_close(&j);
}

/* A child that dies while it reads: counted at each next open, three times; and not when the reader had
 * returned. */
static void deaths_while_reading_are_counted(void **state)
{
    (void)state;
    struct err e = ERR_INIT;
    struct journal *j = open_it();
    take_mail(j, 1);
    journal_close(&j);
    for (int i = 0; i < 4; i++) {
        pid_t pid = fork();
        if (pid == 0) {
            j = open_it();
            journal_reading(j, 3, 1);
            if (i == 3)
                journal_read_done(j, 3);
            _exit(0);
        }
        int status;
        assert_int_equal(waitpid(pid, &status, 0), pid);
    }
    struct pool *pool = pool_new(1 << 20);
    struct journal_job job;
    j = open_it();
    assert_int_equal(journal_job_load(j, 1, false, pool, &job, &e), 0);
    assert_int_equal(job.attempts, 3);
    pool_free(&pool);
    journal_close(&j);
}

static void a_lost_journal_is_not_a_first_start(void **state)
{
    (void)state;
    struct err e = ERR_INIT;
    char path[200];
    struct journal *j = open_it();
    char instance[20];
    snprintf(instance, sizeof(instance), "%s", journal_instance(j));
    journal_close(&j);
    snprintf(path, sizeof(path), "%s/journal.db", dir);
    assert_int_equal(unlink(path), 0);
    struct journal_options o = {.dir = dir, .create = true};
    assert_int_equal(journal_open(&j, &o, &e), -1);
    assert_int_equal(e.code, ERR_JOURNAL);
    assert_non_null(strstr(e.text, "journal rebuild"));
    o.rebuild = true;
    assert_int_equal(journal_open(&j, &o, &e), 0);
    assert_string_equal(journal_instance(j), instance);
    journal_close(&j);
}

static void a_newer_journal_is_refused(void **state)
{
    (void)state;
    struct err e = ERR_INIT;
    struct journal *j = open_it();
    char path[200];
    sqlite3 *db;
    journal_close(&j);
    snprintf(path, sizeof(path), "%s/journal.db", dir);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "PRAGMA user_version = 99", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    struct journal_options o = {.dir = dir, .create = true};
    assert_int_equal(journal_open(&j, &o, &e), -1);
    assert_int_equal(e.code, ERR_JOURNAL_NEWER);
    assert_non_null(strstr(e.text, "99"));
}

static void only_one_daemon(void **state)
{
    (void)state;
    struct err e = ERR_INIT;
    struct journal *j = open_it(), *second, *reader;
    struct journal_options o = {.dir = dir, .create = true}, r = {.dir = dir, .read_only = true};
    assert_int_equal(journal_open(&second, &o, &e), -1);
    assert_int_equal(e.code, ERR_LOCKED);
    assert_int_equal(journal_open(&reader, &r, &e), 0);
    journal_close(&reader);
    journal_close(&j);
}

static void a_parked_job_can_be_retried_from_outside(void **state)
{
    (void)state;
    struct err e = ERR_INIT;
    struct journal *j = open_it();
    struct pool *pool = pool_new(1 << 20);
    struct journal_job job;
    int64_t id;
    take_mail(j, 1);
    assert_int_equal(journal_job_load(j, 1, false, pool, &job, &e), 0);
    job.outcome = OUTCOME_PARKED;
    assert_int_equal(journal_finish(j, &job, NULL, JOB_PARKED, JOB_FOLDER_PARKED, true, &e), 0);
    assert_int_equal(journal_due(j, INT64_MAX, &id, 1), 0);
    assert_int_equal(journal_request_add(dir, "retry", job.ref, &e), 0);
    assert_int_equal(journal_requests_run(j), 1);
    assert_int_equal(journal_due(j, INT64_MAX, &id, 1), 1);
    assert_int_equal(journal_job_by_ref(j, "nope", &id, &e), -1);
    assert_int_equal(e.code, ERR_NOT_FOUND);
    pool_free(&pool);
    journal_close(&j);
}

static void an_alert_turns_once(void **state)
{
    (void)state;
    struct journal *j = open_it();
    assert_false(journal_alert_turn(j, "x", false, "well", NULL, 0));
    assert_true(journal_alert_turn(j, "x", true, "ill", NULL, 0));
    assert_false(journal_alert_turn(j, "x", true, "ill again", NULL, 0));
    assert_true(journal_alert_turn(j, "x", false, "well", NULL, 0));
    journal_close(&j);
}

static void a_spool_file_without_a_row_is_deleted(void **state)
{
    (void)state;
    struct err e = ERR_INIT;
    struct journal *j = open_it();
    struct buf path = BUF_INIT(300);
    assert_int_equal(journal_spool_put(j, "desk-1-9", 0, SLICE("abc"), false, &e), 0);
    assert_int_equal(journal_spool_put(j, "desk-1-9", 3, SLICE("def"), true, &e), 0);
    journal_spool_path(j, "desk-1-9", &path);
    assert_int_equal(access(path.data, F_OK), 0);
    struct journal_mail m = {.uid = 9, .size = 6, .spool = "desk-1-9"};
    assert_int_equal(journal_take(j, "desk", 1, &m, 1, &e), 0);
    assert_int_equal(journal_spool_put(j, "desk-1-10", 0, SLICE("zzz"), true, &e), 0);
    journal_close(&j);
    j = open_it();
    assert_int_equal(access(path.data, F_OK), 0);
    buf_clear(&path);
    journal_spool_path(j, "desk-1-10", &path);
    assert_int_not_equal(access(path.data, F_OK), 0);
    buf_release(&path);
    journal_close(&j);
}

#define WITH_DIR(f) cmocka_unit_test_setup_teardown(f, make_dir, remove_dir)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_DIR(a_position_is_taken_once),
        WITH_DIR(a_key_has_one_owner),
        WITH_DIR(a_sender_has_a_cap_and_a_conversation_an_order),
        WITH_DIR(ended_mail_is_owed_until_filed),
        WITH_DIR(deaths_while_reading_are_counted),
        WITH_DIR(a_lost_journal_is_not_a_first_start),
        WITH_DIR(a_newer_journal_is_refused),
        WITH_DIR(only_one_daemon),
        WITH_DIR(a_parked_job_can_be_retried_from_outside),
        WITH_DIR(an_alert_turns_once),
        WITH_DIR(a_spool_file_without_a_row_is_deleted),
    };
    log_set_output(-1, false);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
