/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cage: a reader of its own reads as one here does; what it may not do, it cannot. This program is the reader
 * too: that is what it becomes when it is started with the flag. */
#include "frontdesk/cage.h"

#include "../../src/cage/cage_wire.h"

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

static const struct message_limits limits = {.size = 40 * 1024 * 1024, .parts = 200, .depth = 20};

static int read_both(struct cage *cage, const struct mail_bytes *mail, bool headers_only, struct buf *here,
                     struct buf *there)
{
    struct message m;
    struct err e = ERR_INIT, f = ERR_INIT;
    struct cage_reader *held = NULL;
    int a = mail->path ? reader_read_file(&m, mail->path, &limits, &e)
                       : reader_read(&m, mail->bytes, headers_only, &limits, &e);
    if (a == 0) {
        message_encode(&m, here);
        message_release(&m);
    }
    int b = cage_read(cage, &m, mail, headers_only, &limits, &held, &f);
    if (b == 0) {
        message_encode(&m, there);
        message_release(&m);
    }
    cage_let_go(cage, &held, true);
    if (a != b || e.code != f.code)
        fail_msg("here %d %s, there %d %s", a, e.text, b, f.text);
    return a;
}

static char *load(const char *path, size_t *n)
{
    char *bytes = malloc(1 << 20);
    int fd = open(path, O_RDONLY);
    ssize_t got = fd >= 0 ? read(fd, bytes, 1 << 20) : -1;
    assert_true(got >= 0);
    close(fd);
    *n = (size_t)got;
    return bytes;
}

/* The whole corpus of the fuzzers: what is read there is what is read here, byte for byte, as memory and as a
 * file. */
static void reads_as_here(void **state)
{
    (void)state;
    static const char *const folders[] = {"message", "htmltext", "header", "attachments", "authres"};
    struct cage *cage = cage_new(1);
    unsigned n = 0, fine = 0;
    for (size_t k = 0; k < ARRAY_LEN(folders); k++) {
        char folder[500];
        snprintf(folder, sizeof(folder), "%s/tests/fuzz/corpus/%s", getenv("FRONTDESK_SRC"), folders[k]);
        DIR *d = opendir(folder);
        assert_non_null(d);
        for (struct dirent *f; (f = readdir(d)) && n < 1500;) {
            char path[800];
            size_t len;
            if (f->d_name[0] == '.')
                continue;
            snprintf(path, sizeof(path), "%s/%s", folder, f->d_name);
            char *bytes = load(path, &len);
            struct mail_bytes memory = {.bytes = slice_from(bytes, len)}, file = {.path = path};
            struct buf here = BUF_INIT(1 << 26), there = BUF_INIT(1 << 26), of_file = BUF_INIT(1 << 26);
            n++;
            if (read_both(cage, &memory, false, &here, &there) == 0) {
                fine++;
                if (!slice_eq(buf_view(&here), buf_view(&there)))
                    fail_msg("%s", path);
                buf_clear(&here);
                assert_int_equal(read_both(cage, &file, false, &here, &of_file), 0);
                assert_true(slice_eq(buf_view(&there), buf_view(&of_file)));
            }
            free(bytes);
            buf_release(&here);
            buf_release(&there);
            buf_release(&of_file);
        }
        closedir(d);
    }
    print_message("%u files, %u of them mails\n", n, fine);
    assert_true(fine > 100);
    assert_int_equal(cage_deaths(cage), 0);
    cage_free(&cage);
}

/* What is inside mails too: the fixtures of test_texts. */
static void texts_as_here(void **state)
{
    (void)state;
    struct cage *cage = cage_new(1);
    char folder[500];
    unsigned n = 0;
    snprintf(folder, sizeof(folder), "%s/tests/fixtures/texts", getenv("FRONTDESK_SRC"));
    DIR *d = opendir(folder);
    assert_non_null(d);
    for (struct dirent *f; (f = readdir(d)) != NULL;) {
        char path[800];
        struct pool *pool = pool_new(16 << 20);
        struct message m;
        struct message_texts here, there, of_file;
        struct err e = ERR_INIT;
        size_t len;
        snprintf(path, sizeof(path), "%s/%s", folder, f->d_name);
        if (slice_ends_nocase(slice_of(f->d_name), SLICE(".eml"))) {
            char *bytes = load(path, &len);
            struct mail_bytes memory = {.bytes = slice_from(bytes, len)}, file = {.path = path};
            assert_int_equal(reader_read(&m, memory.bytes, false, &limits, &e), 0);
            assert_int_equal(message_texts(&here, &m, &memory, pool, &e), 0);
            assert_int_equal(cage_texts(cage, &there, &m, &memory, pool, &e), 0);
            assert_int_equal(cage_texts(cage, &of_file, &m, &file, pool, &e), 0);
            assert_int_equal(here.n, there.n);
            assert_true(here.n == of_file.n && here.more == there.more);
            for (size_t i = 0; i < here.n; i++) {
                assert_true(slice_eq(here.list[i].text, there.list[i].text));
                assert_true(slice_eq(here.list[i].text, of_file.list[i].text));
                assert_string_equal(here.list[i].where, there.list[i].where);
                assert_int_equal(here.list[i].is_mail, there.list[i].is_mail);
            }
            message_release(&m);
            free(bytes);
            n++;
        }
        pool_free(&pool);
    }
    closedir(d);
    assert_true(n > 25);
    assert_int_equal(cage_deaths(cage), 0);
    cage_free(&cage);
}

/* Converters lie in files that a reader cannot open: they must have been loaded before. */
static void knows_charsets(void **state)
{
    (void)state;
    static const struct {
        const char *label, *body, *text;
    } rows[] = {
        {"iso-2022-jp", "\x1b$BF|K\\8l\x1b(B", "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e"},
        {"shift_jis", "\x93\xfa\x96\x7b\x8c\xea", "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e"},
        {"gb18030", "\xd6\xd0\xce\xc4", "\xe4\xb8\xad\xe6\x96\x87"},
        {"big5", "\xa4\xa4\xa4\xe5", "\xe4\xb8\xad\xe6\x96\x87"},
        {"euc-kr", "\xc7\xd1\xb1\xb9", "\xed\x95\x9c\xea\xb5\xad"},
        {"koi8-r", "\xf2\xd5\xd3", "\xd0\xa0\xd1\x83\xd1\x81"},
        {"windows-1250", "\xe8\x65\x9a", "\xc4\x8d\x65\xc5\xa1"},
        {"iso-8859-7", "\xe1\xe2", "\xce\xb1\xce\xb2"},
    };
    struct cage *cage = cage_new(1);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct buf mail = BUF_INIT(4000);
        struct message m;
        struct err e = ERR_INIT;
        struct cage_reader *held = NULL;
        buf_printf(&mail,
                   "From: a@b.example\nContent-Type: text/plain; charset=%s\nContent-Transfer-Encoding: "
                   "8bit\n\n%s\n",
                   rows[i].label, rows[i].body);
        struct mail_bytes bytes = {.bytes = buf_view(&mail)};
        assert_int_equal(cage_read(cage, &m, &bytes, false, &limits, &held, &e), 0);
        cage_let_go(cage, &held, true);
        if (slice_find(message_str(&m, m.text), slice_of(rows[i].text)) < 0)
            fail_msg("%s: %.*s", rows[i].label, SLICE_ARG(message_str(&m, m.text)));
        message_release(&m);
        buf_release(&mail);
    }
    cage_free(&cage);
}

/* --- what it may do --- */

static void opens(void)
{
    _exit(open("/etc/passwd", O_RDONLY) < 0 ? 0 : 1);
}
static void connects(void)
{
    _exit(socket(AF_INET, SOCK_STREAM, 0) < 0 ? 0 : 1);
}
static void forks(void)
{
    (void)fork();
    _exit(1);
}
static void runs_a_program(void)
{
    char *none[] = {NULL};
    execve("/bin/true", none, none);
    _exit(1);
}
static void kills(void)
{
    kill(getppid(), 0);
    _exit(1);
}
static void makes_code(void)
{
    (void)mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    _exit(1);
}
static void takes_memory(void)
{
    _exit(mmap(NULL, 2 * (size_t)CAGE_MEMORY, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) ==
                  MAP_FAILED
              ? 0
              : 1);
}
static void loops(void)
{
    cage_allow_seconds(0);
    for (volatile unsigned i = 0;; i++)
        ;
}

static void confined(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        void (*does)(void);
        int signal; /* 0: the call is refused */
    } rows[] = {{"opens a file", opens, 0},        {"opens a socket", connects, 0},
                {"forks", forks, SIGSYS},          {"runs a program", runs_a_program, SIGSYS},
                {"sends a signal", kills, SIGSYS}, {"makes code", makes_code, SIGSYS},
                {"takes memory", takes_memory, 0}, {"loops", loops, SIGXCPU}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        int status;
        pid_t pid = fork();
        if (pid == 0) {
            if (!cage_confine())
                _exit(77);
            rows[i].does();
        }
        assert_int_equal(waitpid(pid, &status, 0), pid);
        if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
            return print_message("not confined: built with a sanitizer, or without libseccomp\n");
        bool fine = rows[i].signal ? WIFSIGNALED(status) && WTERMSIG(status) == rows[i].signal
                                   : WIFEXITED(status) && WEXITSTATUS(status) == 0;
        if (!fine)
            fail_msg("a reader that %s: status %x", rows[i].what, (unsigned)status);
    }
}

/* Who read a stranger's mail reads no other; who read for staff goes on. */
static void strangers_spoil_a_reader(void **state)
{
    (void)state;
    static const char mail[] = "From: a@b.example\n\nx\n";
    struct cage *cage = cage_new(1);
    struct mail_bytes bytes = {.bytes = slice_of(mail)};
    char before[40], after[40];
    for (int proven = 0; proven < 2; proven++) {
        struct message m;
        struct err e = ERR_INIT;
        struct cage_reader *held = NULL;
        for (int k = 0; k < 2; k++) {
            assert_int_equal(cage_read(cage, &m, &bytes, false, &limits, &held, &e), 0);
            message_release(&m);
            snprintf(k ? after : before, sizeof(after), "%d", *(const int *)(const void *)held);
            cage_let_go(cage, &held, proven);
        }
        assert_int_equal(strcmp(before, after) == 0, proven);
    }
    cage_free(&cage);
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], cage_flag) == 0)
        return cage_main();
    /* a reader knows no locale */
    unsetenv("LANG");
    unsetenv("LC_ALL");
    unsetenv("LC_CTYPE");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_as_here),
        cmocka_unit_test(texts_as_here),
        cmocka_unit_test(knows_charsets),
        cmocka_unit_test(confined),
        cmocka_unit_test(strangers_spoil_a_reader),
    };
    return cmocka_run_group_tests_name("cage", tests, NULL, NULL);
}
