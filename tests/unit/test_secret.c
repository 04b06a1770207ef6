/* SPDX-License-Identifier: GPL-2.0-or-later */
/* secret: who may read the file, what it may hold, systemd credentials, and the fingerprint. */
#include "frontdesk/secret.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

static char dir[64];

static int make_dir(void **state)
{
    (void)state;
    snprintf(dir, sizeof(dir), "/tmp/fd-secret-XXXXXX");
    return mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state)
{
    char path[100];
    (void)state;
    snprintf(path, sizeof(path), "%s/pw", dir);
    unlink(path);
    return rmdir(dir);
}

static const char *write_file(const char *text, mode_t mode)
{
    static char path[100];
    snprintf(path, sizeof(path), "%s/pw", dir);
    unlink(path);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    assert_int_equal(fchmod(fd, mode), 0);
    close(fd);
    return path;
}

static void files_are_checked(void **state)
{
    static const struct {
        const char *text;
        mode_t mode;
        const char *problem; /* NULL: taken */
    } rows[] = {
        {"s3cret word\n", 0600, NULL},
        {"s3cret word\r\n", 0400, NULL},
        {"s3cret word", 0640, "can be read by others: chmod 600"},
        {"s3cret word", 0604, "can be read by others"},
        {"", 0600, "is empty"},
        {" \n", 0600, "is empty"},
        {"one\ntwo\n", 0600, "more than one line"},
        {"one\x01two\n", 0600, "control character"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct secret s;
        struct err e = ERR_INIT;
        int rc = secret_load(&s, write_file(rows[i].text, rows[i].mode), &e);
        if (!rows[i].problem) {
            assert_int_equal(rc, 0);
            assert_string_equal(s.value, "s3cret word");
            assert_int_equal(strlen(s.fingerprint), 16);
        } else {
            assert_int_equal(rc, -1);
            assert_int_equal(e.code, ERR_CONFIG);
            if (!strstr(e.text, rows[i].problem))
                fail_msg("row %zu: %s", i, e.text);
            assert_null(strstr(e.text, "s3cret"));
        }
        secret_release(&s);
    }
}

static void credentials_come_from_systemd(void **state)
{
    struct secret s;
    struct err e = ERR_INIT;
    (void)state;
    unsetenv("CREDENTIALS_DIRECTORY");
    assert_int_equal(secret_load(&s, "cred:pw", &e), -1);
    assert_non_null(strstr(e.text, "LoadCredential=pw"));
    write_file("word\n", 0440);
    setenv("CREDENTIALS_DIRECTORY", dir, 1);
    assert_int_equal(secret_load(&s, "cred:pw", &e), 0);
    assert_string_equal(s.value, "word");
    secret_release(&s);
    write_file("word\n", 0444);
    assert_int_equal(secret_load(&s, "cred:pw", &e), -1);
    unsetenv("CREDENTIALS_DIRECTORY");
}

/* By hand they lie in a folder of ours, closed as any secret file is. */
static void credentials_come_from_our_folder(void **state)
{
    struct secret s;
    struct err e = ERR_INIT;
    (void)state;
    secret_folder("/nowhere", false);
    assert_int_equal(secret_load(&s, "cred:pw", &e), -1);
    assert_non_null(strstr(e.text, "LoadCredential=pw"));
    secret_folder(dir, false);
    write_file("word\n", 0440);
    assert_int_equal(secret_load(&s, "cred:pw", &e), -1);
    write_file("word\n", 0600);
    assert_int_equal(secret_load(&s, "cred:pw", &e), 0);
    assert_string_equal(s.value, "word");
    secret_release(&s);
    setenv("CREDENTIALS_DIRECTORY", "/nowhere", 1);
    assert_int_equal(secret_load(&s, "cred:pw", &e), -1);
    secret_folder(dir, true);
    assert_int_equal(secret_load(&s, "cred:pw", &e), 0);
    secret_release(&s);
    unsetenv("CREDENTIALS_DIRECTORY");
    secret_folder("", false);
}

static void a_guarded_process_leaves_no_core(void **state)
{
    struct rlimit core;
    (void)state;
    secret_guard_process();
    assert_int_equal(getrlimit(RLIMIT_CORE, &core), 0);
    assert_int_equal(core.rlim_cur, 0);
    assert_int_equal(core.rlim_max, 0);
#ifndef FD_SANITIZED
    assert_int_equal(prctl(PR_GET_DUMPABLE), 0);
#endif
}

/* Every byte counts, however long the value is. */
static void prints_of_long_values(void **state)
{
    (void)state;
    char a[17], b[17];
    char *text = mem_alloc(100001);
    memset(text, 'x', 100000);
    secret_fingerprint(slice_from(text, 100000), a);
    text[0] = 'y';
    secret_fingerprint(slice_from(text, 100000), b);
    assert_string_not_equal(a, b);
    text[0] = 'x';
    text[99999] = 'y';
    secret_fingerprint(slice_from(text, 100000), b);
    assert_string_not_equal(a, b);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prints_of_long_values),
        cmocka_unit_test_setup_teardown(files_are_checked, make_dir, remove_dir),
        cmocka_unit_test_setup_teardown(credentials_come_from_systemd, make_dir, remove_dir),
        cmocka_unit_test_setup_teardown(credentials_come_from_our_folder, make_dir, remove_dir),
        cmocka_unit_test(a_guarded_process_leaves_no_core),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
