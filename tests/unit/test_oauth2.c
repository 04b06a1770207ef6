/* SPDX-License-Identifier: GPL-2.0-or-later */
/* oauth2: tokens against the simulated token server: consent, rotation, several processes at once, a crash
 * between answer and disk, the ends, what is refused for good (quickbooks-online.md section 1). */
#include "books_child.h"
#include "frontdesk/secret.h"

#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#define HOUR_MS (INT64_C(3600) * 1000)

/* The access token, in the pool. */
static const char *access_token(void)
{
    struct buf token = BUF_INIT(9000);
    OK(oauth2_access(b.login, NULL, &token, &e));
    const char *text = pool_copy(w.pool, token.data);
    buf_release(&token);
    return text;
}

static int try_access(void)
{
    struct buf token = BUF_INIT(9000);
    e = (struct err)ERR_INIT;
    int rc = oauth2_access(b.login, NULL, &token, &e);
    assert_true(rc == 0 || token.len == 0);
    buf_release(&token);
    return rc;
}

static struct oauth2_view look(void)
{
    struct oauth2_view v;
    OK(oauth2_look(b.token_file, &v, &e));
    return v;
}

/* --- consent --- */

static void consent_gives_tokens(void **state)
{
    (void)state;
    struct stat st;
    int64_t now_ms = clock_now_ms();
    struct oauth2_view v = look();
    assert_false(v.there);
    assert_int_equal(try_access(), -1);
    assert_int_equal(e.code, ERR_LOGIN);
    assert_in(e.text, "nobody has logged in at QuickBooks yet");
    assert_in(e.text, "frontdesk login quickbooks");
    assert_int_equal(books_asked("tokens/bearer"), 0);
    books_login();
    assert_int_equal(stat(b.token_file, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    v = look();
    assert_true(v.there && !v.refused && v.trace[0]);
    assert_in_range(v.consent_ms, now_ms, now_ms + 10000);
    assert_in_range(v.access_ends_ms, now_ms + HOUR_MS - 10, now_ms + HOUR_MS + 10000);
    assert_in_range(v.refresh_ends_ms, now_ms + 101 * DAY_MS - 10, now_ms + 101 * DAY_MS + 10000);
    assert_in_range(v.hard_ends_ms, now_ms + 1825 * DAY_MS - 10000, now_ms + 1825 * DAY_MS + 10000);
    assert_true(oauth2_ends(&v) == v.refresh_ends_ms);
    assert_true(strlen(access_token()) >= 900);
    assert_int_equal(books_asked("tokens/bearer"), 1);
}

/* Whatever is pasted wrong is said, and the code is not spent. */
static void pasted_wrong(void **state)
{
    (void)state;
    static const char key[] = "0123456789abcdef0123456789abcdef";
    const char *good = books_pasted(key), *code = strstr(good, "code=");
    static const struct {
        const char *pasted, *says;
    } rows[] = {
        {"", "must begin with " REDIRECT},
        {"https://evil.example/?code=1&state=0123456789abcdef0123456789abcdef", "must begin with"},
        {REDIRECT, "no state"},
        {REDIRECT "?code=1&realmId=" REALM, "no state"},
        {REDIRECT "?code=1&state=other&realmId=" REALM, "not ours"},
        {REDIRECT "?state=0123456789abcdef0123456789abcdef&realmId=" REALM, "no code"},
        {REDIRECT "?code=&state=0123456789abcdef0123456789abcdef&realmId=" REALM, "no code"},
        {REDIRECT "?code=a%0d%0ab&state=0123456789abcdef0123456789abcdef&realmId=" REALM, "no code"},
        {REDIRECT "?code=1&state=0123456789abcdef0123456789abcdef", "no realmId"},
        {REDIRECT "?code=1&state=0123456789abcdef0123456789abcdef&realmId=12", "settings name " REALM},
        {REDIRECT "?error=access_denied&state=0123456789abcdef0123456789abcdef", "access_denied"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        FAILS(oauth2_redeem(b.login, rows[i].pasted, REDIRECT, key, &e), ERR_USAGE);
        assert_in(e.text, rows[i].says);
    }
    assert_int_equal(books_asked("tokens/bearer"), 0);
    FAILS(oauth2_redeem(b.login, pool_printf(w.pool, REDIRECT "?x=1#%s", code), REDIRECT, key, &e),
          ERR_USAGE);
    OK(oauth2_redeem(b.login, pool_printf(w.pool, "  %s\n", good), REDIRECT, key, &e));
    /* it worked once */
    FAILS(oauth2_redeem(b.login, good, REDIRECT, key, &e), ERR_USAGE);
    assert_in(e.text, "works once");
    assert_true(strlen(access_token()) > 0); /* and what was stored stays */
}

static void wrong_secret(void **state)
{
    (void)state;
    static char other[200];
    char *right = b.conf.client_secret_file;
    const char *good = books_pasted("s1");
    snprintf(other, sizeof(other), "%s/other-secret", w.dir);
    int fd = open(other, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    assert_int_equal(write(fd, "not-the-secret", 14), 14);
    close(fd);
    b.conf.client_secret_file = other;
    books_reopen();
    FAILS(oauth2_redeem(b.login, good, REDIRECT, "s1", &e), ERR_LOGIN);
    assert_in(e.text, "invalid_client");
    assert_in(e.text, other);
    assert_null(strstr(e.text, "not-the-secret"));
    b.conf.client_secret_file = right;
    books_reopen();
    OK(oauth2_redeem(b.login, good, REDIRECT, "s1", &e));
    assert_false(look().refused);
}

/* --- keeping them alive --- */

static void rotation(void **state)
{
    (void)state;
    const char *first = access_token();
    assert_string_equal(access_token(), first);
    books_time(54 * 60000);
    assert_string_equal(access_token(), first);
    assert_int_equal(books_refreshed(), 0);
    for (int i = 1; i <= 5; i++) { /* each time the token before dies */
        books_time(i * 56 * 60000);
        const char *next = access_token();
        assert_string_not_equal(next, first);
        assert_int_equal(books_refreshed(), i);
        first = next;
    }
    assert_false(books_revoked());
}

static void a_value_that_stays(void **state)
{
    (void)state;
    world_tell(&w, "settings", "{\"qb_rotation\":\"daily\"}");
    for (int i = 1; i <= 30; i++) {
        books_time(i * HOUR_MS);
        access_token();
    }
    assert_int_equal(books_refreshed(), 30);
    assert_false(books_revoked());
}

/* After a 401 the token is changed once, by whoever comes first. */
static void a_token_that_was_refused_early(void **state)
{
    (void)state;
    const char *dead = access_token();
    struct buf token = BUF_INIT(9000);
    OK(oauth2_access(b.login, dead, &token, &e));
    assert_string_not_equal(token.data, dead);
    assert_int_equal(books_refreshed(), 1);
    books_reopen();
    buf_clear(&token);
    OK(oauth2_access(b.login, dead, &token, &e)); /* another process has the old one in hand */
    assert_int_equal(books_refreshed(), 1);
    buf_release(&token);
}

static void idle_for_91_days(void **state)
{
    (void)state;
    books_time(91 * DAY_MS);
    struct oauth2_view v = look();
    assert_in_range(oauth2_ends(&v) - clock_now_ms(), 9 * DAY_MS, 11 * DAY_MS);
    assert_true(strlen(access_token()) > 0);
    v = look();
    assert_in_range(oauth2_ends(&v) - clock_now_ms(), 100 * DAY_MS, 102 * DAY_MS);
}

/* An installation that asks nothing refreshes each week. */
static void keeping(void **state)
{
    (void)state;
    for (int day = 0; day <= 210; day++) {
        books_time(day * DAY_MS);
        OK(oauth2_keep(b.login, &e));
    }
    assert_in_range(books_refreshed(), 26, 31);
    assert_false(books_revoked());
}

static void assert_final(const char *says)
{
    size_t before = books_asked("tokens/bearer");
    assert_int_equal(try_access(), -1);
    assert_int_equal(e.code, ERR_LOGIN);
    assert_int_equal(err_class(&e), ERR_CLASS_OPERATOR);
    assert_in(e.text, says);
    assert_in(e.text, "frontdesk login quickbooks");
    assert_true(look().refused);
    assert_int_equal(books_asked("tokens/bearer"), before + 1);
    books_reopen();
    for (int i = 0; i < 3; i++) { /* remembered over a restart: no further try */
        assert_int_equal(try_access(), -1);
        assert_int_equal(e.code, ERR_LOGIN);
        assert_in(e.text, "refused the login for good");
        FAILS(oauth2_keep(b.login, &e), ERR_LOGIN);
    }
    assert_int_equal(books_asked("tokens/bearer"), before + 1);
}

static void idle_for_102_days(void **state)
{
    (void)state;
    books_time(102 * DAY_MS);
    assert_final("invalid_grant");
    books_login();
    assert_true(strlen(access_token()) > 0);
    assert_false(look().refused);
}

static void the_hard_end(void **state)
{
    (void)state;
    world_tell(&w, "settings", "{\"qb_hard_seconds\":864000}"); /* ten days */
    books_time(HOUR_MS);
    access_token();
    struct oauth2_view v = look();
    assert_true(oauth2_ends(&v) == v.hard_ends_ms);
    assert_in_range(v.hard_ends_ms - clock_now_ms(), 9 * DAY_MS, 10 * DAY_MS);
    books_time(11 * DAY_MS);
    assert_final("invalid_grant");
}

/* --- several at once --- */

enum { PROCESSES = 6, THREADS = 4 };

static void *ask_in_thread(void *self)
{
    struct buf *token = self;
    struct err why = ERR_INIT;
    if (oauth2_access(b.login, NULL, token, &why) != 0)
        buf_printf(token, "failed: %s", why.text);
    return NULL;
}

/* Exit status of a process: 0 when all of its threads got one and the same token, which goes to `out`. */
static void be_a_process(int out)
{
    pthread_t threads[THREADS];
    struct buf tokens[THREADS];
    bool same = true;
    books_reopen_in_child();
    for (int i = 0; i < THREADS; i++) {
        buf_init(&tokens[i], 9000);
        pthread_create(&threads[i], NULL, ask_in_thread, &tokens[i]);
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    for (int i = 1; i < THREADS; i++)
        same = same && strcmp(tokens[i].data, tokens[0].data) == 0;
    char print[17];
    secret_fingerprint(buf_view(&tokens[0]), print);
    _exit(same && strncmp(tokens[0].data, "eyJ", 3) == 0 && write(out, print, 16) == 16 ? 0 : 1);
}

static void processes_at_once(void **state)
{
    (void)state;
    char prints[PROCESSES][16];
    pid_t pids[PROCESSES];
    int ends[2];
    for (int round = 1; round <= 3; round++) {
        books_time(round * HOUR_MS);
        world_tell(&w, "faults", "[{\"action\":\"delay_before\",\"path\":\"oauth2/*\",\"ms\":150}]");
        assert_int_equal(pipe(ends), 0);
        for (int i = 0; i < PROCESSES; i++) {
            pids[i] = fork();
            assert_true(pids[i] >= 0);
            if (pids[i] == 0)
                be_a_process(ends[1]);
        }
        for (int i = 0; i < PROCESSES; i++) {
            int status = -1;
            waitpid(pids[i], &status, 0);
            assert_int_equal(status, 0);
        }
        for (int i = 0; i < PROCESSES; i++) {
            assert_int_equal(read(ends[0], prints[i], 16), 16);
            assert_memory_equal(prints[i], prints[0], 16);
        }
        close(ends[0]);
        close(ends[1]);
        assert_int_equal(books_refreshed(), round);
        assert_false(books_revoked());
    }
}

static void a_lock_that_is_held_does_not_stop_readers(void **state)
{
    (void)state;
    char lock[220];
    snprintf(lock, sizeof(lock), "%s.lock", b.token_file);
    int fd = open(lock, O_RDWR | O_CLOEXEC);
    assert_true(fd >= 0);
    pid_t pid = fork();
    if (pid == 0) { /* holds it while we read */
        char *const args[] = {(char[]){"flock"}, (char[]){"-x"}, lock,
                              (char[]){"sleep"}, (char[]){"30"}, NULL};
        execvp(args[0], args);
        _exit(127);
    }
    usleep(200000);
    int64_t begin = clock_mono_ms();
    access_token();
    assert_true(clock_mono_ms() - begin < 8000);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    close(fd);
}

/* --- when it goes wrong --- */

/* Ends with SIGKILL at the point; returns when it is dead. */
static void crash_at(const char *point)
{
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        struct err why = ERR_INIT;
        struct buf token = BUF_INIT(9000);
        setenv("FRONTDESK_CRASH_AT", point, 1);
        crash_setup();
        books_reopen_in_child();
        oauth2_access(b.login, NULL, &token, &why) == 0 ? _exit(0) : _exit(1);
    }
    int status = 0;
    waitpid(pid, &status, 0);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

/* Killed before the request, or after the new token was stored: nothing is lost. */
static void crash_outside_the_window(void **state)
{
    (void)state;
    static const char *const points[] = {"oauth2.before-refresh", "http.before-send", "oauth2.stored"};
    for (size_t i = 0; i < ARRAY_LEN(points); i++) {
        books_time((int64_t)(i + 1) * HOUR_MS);
        crash_at(points[i]);
        assert_true(strlen(access_token()) > 0);
        assert_false(books_revoked());
    }
    assert_int_equal(books_refreshed(), 3);
}

/* Killed between answer and disk: the operator is told to log in again... */
static void crash_in_the_window(void **state)
{
    (void)state;
    books_time(HOUR_MS);
    crash_at("oauth2.before-store");
    assert_int_equal(books_refreshed(), 1);
    assert_final("invalid_grant");
    assert_true(books_revoked());
    books_login();
    assert_true(strlen(access_token()) > 0);
}

/* ...unless the server still takes the old one, as within a day of the last change, or by Intuit's older text
 * for a day after it. */
static void crash_in_the_window_forgiven(void **state)
{
    (void)state;
    world_tell(&w, "settings", "{\"qb_rotation\":\"daily\"}");
    books_time(HOUR_MS);
    crash_at("oauth2.before-store");
    assert_true(strlen(access_token()) > 0);
    world_tell(&w, "settings", "{\"qb_rotation\":\"always\",\"qb_old_lives_seconds\":86400}");
    books_time(2 * HOUR_MS);
    crash_at("oauth2.before-store");
    assert_true(strlen(access_token()) > 0);
    assert_false(books_revoked());
}

/* Without room for the new token none is asked for. */
static void no_room(void **state)
{
    (void)state;
    struct rlimit old, tiny;
    books_time(HOUR_MS);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    tiny = (struct rlimit){.rlim_cur = 1000, .rlim_max = old.rlim_max};
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &tiny), 0);
    int rc = try_access();
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
    assert_int_equal(rc, -1);
    assert_int_equal(e.code, ERR_IO);
    assert_in(e.text, "so no new token is asked for");
    assert_int_equal(books_asked("tokens/bearer"), 1);
    assert_int_not_equal(access(pool_printf(w.pool, "%s.new", b.token_file), F_OK), 0);
    assert_true(strlen(access_token()) > 0);
}

/* What the token server does wrong; `lost`: the old token is dead afterwards. */
static void faults_of_the_token_server(void **state)
{
    (void)state;
    static const struct {
        const char *rule;
        enum err_code code;
        bool lost;
    } rows[] = {
        {"\"drop_before_commit\"", ERR_SERVER, false},
        {"\"html500\"", ERR_SERVER, false},
        {"\"html503\"", ERR_SERVER, false},
        {"\"html404\"", ERR_SERVER, false},
        {"\"empty500\"", ERR_SERVER, false},
        {"\"xml429\"", ERR_BUSY, false},
        {"\"redirect\"", ERR_SERVER, false},
        {"\"status\",\"status\":429,\"retry_after\":90", ERR_BUSY, false},
        {"\"status\",\"status\":400,\"body\":\"{\\\"error\\\":\\\"invalid_request\\\"}\"", ERR_REJECTED,
         false},
        {"\"status\",\"status\":401,\"body\":\"{\\\"error\\\":\\\"invalid_client\\\"}\"", ERR_LOGIN, false},
        {"\"status\",\"status\":200,\"body\":\"{}\"", ERR_PROTOCOL, false},
        {"\"status\",\"status\":200,\"body\":\"{\\\"access_token\\\":\\\"a "
         "b\\\",\\\"refresh_token\\\":\\\"x\\\"}\"",
         ERR_PROTOCOL, false},
        {"\"status\",\"status\":200,\"body\":\"[]\"", ERR_PROTOCOL, false},
        {"\"drop_after_commit\"", ERR_SERVER, true},
        {"\"truncated\"", ERR_SERVER, true},
        {"\"half\"", ERR_PROTOCOL, true},
        {"\"malformed\"", ERR_PROTOCOL, true},
        {"\"html500_after_commit\"", ERR_SERVER, true},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        books_test_login(NULL);
        books_time(HOUR_MS);
        world_tell(&w, "faults",
                   pool_printf(w.pool, "[{\"path\":\"oauth2/*\",\"action\":%s}]", rows[i].rule));
        if (try_access() == 0 || e.code != rows[i].code)
            fail_msg("%s: %s %s", rows[i].rule, err_code_name(e.code), e.text);
        assert_false(look().refused);
        if (e.code == ERR_BUSY)
            assert_true(e.retry_after_s >= 60);
        world_tell(&w, "faults", "[]");
        if ((try_access() == 0) == rows[i].lost)
            fail_msg("%s: afterwards %s", rows[i].rule, e.text);
    }
}

static void write_token_file(const char *text, mode_t mode)
{
    unlink(b.token_file);
    int fd = open(b.token_file, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    fchmod(fd, mode);
    close(fd);
}

#define FILE_OF(account, client)                                                                             \
    "{\"account\":\"" account "\",\"client_id\":\"" client "\",\"access_token\":\"at-secret\","              \
    "\"refresh_token\":\"rt-secret\",\"access_ends_ms\":9000000000000}"

static void files_that_are_not_ours(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        mode_t mode;
        const char *says;
    } rows[] = {
        {"", 0600, "damaged"},
        {"nonsense", 0600, "damaged"},
        {"{}", 0600, "access_token: a token expected"},
        {"{\"access_token\":\"x\"}", 0600, "refresh_token: a token expected"},
        {"{\"access_token\":\"x y\",\"refresh_token\":\"z\"}", 0600, "access_token: a token expected"},
        {"{\"access_token\":\"x\",\"refresh_token\":\"z\",\"access_ends_ms\":\"soon\"}", 0600,
         "access_ends_ms: whole number expected"},
        {FILE_OF(REALM, "ABsandboxClientId1234567890"), 0640, "can be read by others"},
        {FILE_OF("12", "ABsandboxClientId1234567890"), 0600, "is of 12, and the settings name " REALM},
        {FILE_OF(REALM, "other"), 0600, "another client id"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        write_token_file(rows[i].text, rows[i].mode);
        assert_int_equal(try_access(), -1);
        assert_int_equal(e.code, ERR_CONFIG);
        assert_in(e.text, rows[i].says);
        assert_null(strstr(e.text, "t-secret"));
    }
    write_token_file(FILE_OF(REALM, "ABsandboxClientId1234567890"), 0600);
    assert_string_equal(access_token(), "at-secret");
    assert_int_equal(books_asked("tokens/bearer"), 0);
    unlink(b.token_file);
    assert_int_equal(mkdir(b.token_file, 0700), 0);
    assert_int_equal(try_access(), -1);
    assert_int_equal(e.code, ERR_CONFIG);
    rmdir(b.token_file);
}

#define BARE(f)   cmocka_unit_test_setup(f, books_test_reset)
#define LOGGED(f) cmocka_unit_test_setup(f, books_test_login)

int main(void)
{
    const struct CMUnitTest tests[] = {
        BARE(consent_gives_tokens),
        BARE(pasted_wrong),
        BARE(wrong_secret),
        LOGGED(rotation),
        LOGGED(a_value_that_stays),
        LOGGED(a_token_that_was_refused_early),
        LOGGED(idle_for_91_days),
        LOGGED(keeping),
        LOGGED(idle_for_102_days),
        LOGGED(the_hard_end),
        LOGGED(processes_at_once),
        LOGGED(a_lock_that_is_held_does_not_stop_readers),
        LOGGED(crash_outside_the_window),
        LOGGED(crash_in_the_window),
        LOGGED(crash_in_the_window_forgiven),
        LOGGED(no_room),
        BARE(faults_of_the_token_server),
        BARE(files_that_are_not_ours),
    };
    log_set_output(-1, false);
    return cmocka_run_group_tests(tests, books_test_open, books_test_close);
}
