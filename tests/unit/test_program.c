/* SPDX-License-Identifier: GPL-2.0-or-later */
/* program: what a program of the operator's gets and how it may end. */
#include "frontdesk/base_program.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <signal.h>
#include <unistd.h>

static int shell(const char *script, const char *input, unsigned timeout_ms, struct program_end *end,
                 struct err *e)
{
    char path[] = "/bin/sh", flag[] = "-c", one[] = "ONE=1 2", *text = mem_copy(script);
    char *argv[] = {path, flag, text, NULL}, *env[] = {one, NULL};
    struct program p = {.argv = argv, .env = env, .input = slice_of(input), .timeout_ms = timeout_ms};
    *e = (struct err)ERR_INIT;
    int rc = program_run(&p, end, e);
    free(text);
    return rc;
}

static void gets_its_input_and_no_more(void **state)
{
    (void)state;
    struct program_end end;
    struct err e;
    assert_int_equal(shell("cat; echo \"$ONE\"; pwd; ls /proc/self/fd | wc -l; env | grep -c FRONTDESK",
                           "words\n", 20000, &end, &e),
                     -1);                                /* grep finds nothing: status 1 */
    assert_string_equal(end.output, "words 1 2 / 4 0 "); /* 0, 1, 2 and the folder that is listed */
    assert_int_equal(end.status, 1);
    assert_non_null(strstr(e.text, "/bin/sh ended with status 1: words"));
}

static void ends(void **state)
{
    (void)state;
    static const struct {
        const char *script;
        unsigned ms;
        int rc, status;
        bool late;
        const char *says;
    } rows[] = {
        {"exit 0", 20000, 0, 0, false, ""},
        {"exit 7", 20000, -1, 7, false, "ended with status 7"},
        {"kill -TERM $$", 20000, -1, 128 + SIGTERM, false, "ended by signal 15"},
        {"sleep 100", 300, -1, 128 + SIGKILL, true, "did not end within 0 s and was killed"},
        {"sleep 100 & exit 0", 20000, 0, 0, false, ""}, /* what it leaves behind does not hold us */
        {"exec >&- 2>&- <&-; sleep 100", 300, -1, 128 + SIGKILL, true, "was killed"},
        {"while :; do echo 0123456789012345678901234567890123456789; done", 20000, -1, 128 + SIGKILL, false,
         "wrote more than 1024 KB"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct program_end end;
        struct err e;
        assert_int_equal(shell(rows[i].script, "unread", rows[i].ms, &end, &e), rows[i].rc);
        assert_int_equal(end.status, rows[i].status);
        assert_int_equal(end.late, rows[i].late);
        assert_non_null(strstr(e.text, rows[i].says));
    }
}

static void what_is_left_is_killed(void **state)
{
    (void)state;
    struct program_end end;
    struct err e;
    assert_int_equal(shell("sleep 1000 & echo $!", "", 20000, &end, &e), 0);
    uint64_t pid;
    assert_true(slice_to_u64(slice_trim(slice_of(end.output)), 2, INT32_MAX, &pid));
    for (int i = 0; i < 500 && kill((pid_t)pid, 0) == 0; i++) /* init reaps it */
        usleep(20000);
    char stat[64];
    snprintf(stat, sizeof(stat), "/proc/%d/cmdline", (int)pid);
    FILE *f = fopen(stat, "re");
    char text[8] = "";
    size_t n = f ? fread(text, 1, sizeof(text), f) : 0;
    if (f)
        fclose(f);
    assert_int_equal(n, 0); /* gone, or a zombie */
}

static void large_input_and_bad_output(void **state)
{
    (void)state;
    struct program_end end;
    struct err e;
    char *large = mem_alloc(300001);
    memset(large, 'x', 300000);
    assert_int_equal(shell("wc -c", large, 20000, &end, &e), 0);
    assert_string_equal(end.output, "300000 ");
    assert_int_equal(shell("exec <&-; sleep 0.3; printf '\\033[31m\\377\\nb'", large, 20000, &end, &e), 0);
    assert_string_equal(end.output, " [31m  b");
    free(large);
}

static void what_cannot_start(void **state)
{
    (void)state;
    if (getenv("FRONTDESK_MEMCHECK"))
        skip();
    struct program_end end;
    struct err e = ERR_INIT;
    char path[] = "/nowhere/at/all", *argv[] = {path, NULL}, *env[] = {NULL};
    struct program p = {.argv = argv, .env = env, .timeout_ms = 1000};
    assert_int_equal(program_run(&p, &end, &e), -1);
    assert_int_equal(end.status, -1);
    assert_non_null(strstr(e.text, "cannot start /nowhere/at/all: No such file"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gets_its_input_and_no_more), cmocka_unit_test(ends),
        cmocka_unit_test(what_is_left_is_killed),     cmocka_unit_test(large_input_and_bad_output),
        cmocka_unit_test(what_cannot_start),
    };
    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
