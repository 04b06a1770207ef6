/* SPDX-License-Identifier: GPL-2.0-or-later */
/* budget: slots and calls are shared by processes; a killed one gives its slots back. */
#include "frontdesk/budget.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

static char dir[64];

static int make_dir(void **state)
{
    (void)state;
    snprintf(dir, sizeof(dir), "/tmp/fd-budget-XXXXXX");
    return mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state)
{
    static const char *const names[] = {"x.calls",   "x.Tickets.0", "x.Tickets.1", "x.Roles.0",
                                        "x.Roles.1", "x.Tickets.2", "x.Tickets.3"};
    char path[200];
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
        unlink(path);
    }
    return rmdir(dir);
}

static struct budget *open_it(unsigned in_flight, unsigned per_hour)
{
    struct budget *b;
    struct err e = ERR_INIT;
    if (budget_open(&b, dir, "x", in_flight, per_hour, &e) != 0)
        fail_msg("%s", e.text);
    return b;
}

/* A process that takes `slots` of Tickets and holds them until it is killed. */
static pid_t hold(unsigned slots)
{
    int ready[2];
    char byte;
    assert_int_equal(pipe(ready), 0);
    pid_t pid = fork();
    if (pid == 0) {
        struct budget *b = open_it(2, 1000);
        struct err e = ERR_INIT;
        int slot;
        for (unsigned i = 0; i < slots; i++) {
            if (budget_enter(b, "Tickets", 0, &slot, &e) != 0)
                _exit(1);
        }
        if (write(ready[1], "r", 1) != 1)
            _exit(1);
        alarm(60); /* a test that fails does not end it, and who reads the output would wait for it */
        for (;;)
            pause();
    }
    close(ready[1]);
    assert_int_equal(read(ready[0], &byte, 1), 1);
    close(ready[0]);
    return pid;
}

static void slots_are_shared_by_processes(void **state)
{
    (void)state;
    struct budget *b = open_it(2, 1000);
    struct err e = ERR_INIT;
    int first, second, other;
    pid_t pid = hold(1);
    assert_int_equal(budget_enter(b, "Tickets", 0, &first, &e), 0);
    int64_t begin = clock_mono_ms();
    assert_int_equal(budget_enter(b, "Tickets", 100, &second, &e), -1);
    assert_int_equal(e.code, ERR_BUSY);
    assert_true(clock_mono_ms() - begin >= 99);
    /* another endpoint has slots of its own */
    assert_int_equal(budget_enter(b, "Roles", 0, &other, &e), 0);
    budget_leave(b, "Roles", other);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    assert_int_equal(budget_enter(b, "Tickets", 2000, &second, &e), 0);
    assert_int_not_equal(first, second);
    budget_leave(b, "Tickets", first);
    budget_leave(b, "Tickets", second);
    budget_close(&b);
}

enum { PROCESSES = 4, TRIES = 400, LIMIT = 1000 };

/* Takes calls until there are none; how many it got is its gift to the pipe. */
static void take_calls(int to)
{
    struct budget *b = open_it(4, LIMIT);
    struct err e = ERR_INIT;
    uint32_t got = 0;
    int slot;
    for (int i = 0; i < TRIES; i++) {
        if (budget_enter(b, "Tickets", 5000, &slot, &e) != 0)
            continue;
        got++;
        budget_leave(b, "Tickets", slot);
    }
    _exit(write(to, &got, sizeof(got)) == sizeof(got) ? 0 : 1);
}

static void calls_are_counted_over_processes(void **state)
{
    (void)state;
    int results[2], slot;
    uint32_t sum = 0, got;
    assert_int_equal(pipe(results), 0);
    for (int i = 0; i < PROCESSES; i++) {
        if (fork() == 0)
            take_calls(results[1]);
    }
    for (int i = 0; i < PROCESSES; i++) {
        assert_int_equal(read(results[0], &got, sizeof(got)), sizeof(got));
        sum += got;
        wait(NULL);
    }
    close(results[0]);
    close(results[1]);
    /* two at once may both be refused the last call; then it is still there */
    struct budget *b = open_it(4, LIMIT);
    struct err e = ERR_INIT;
    for (; sum <= LIMIT && budget_enter(b, "Tickets", 0, &slot, &e) == 0; sum++)
        budget_leave(b, "Tickets", slot);
    assert_int_equal(sum, LIMIT);
    assert_int_equal(e.code, ERR_BUDGET);
    assert_in_range(e.retry_after_s, 3500, 3601);
    /* an hour later the minutes have left the window */
    clock_shift_ms(61 * 60000);
    assert_int_equal(budget_enter(b, "Tickets", 0, &slot, &e), 0);
    budget_leave(b, "Tickets", slot);
    clock_shift_ms(-61 * 60000);
    budget_close(&b);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, make_dir, remove_dir)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(slots_are_shared_by_processes),
        TEST(calls_are_counted_over_processes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
