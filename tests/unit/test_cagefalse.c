/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cage: whatever a reader that was taken over answers, nothing but that reading is lost, and never is a
 * sender believed whom the mail does not name. Started with the flag, this program is such a reader: it does
 * what the mail's first field says. */
#include "frontdesk/cage.h"

#include "../../src/cage/cage_wire.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

static const struct message_limits limits = {.size = 40 * 1024 * 1024, .parts = 200, .depth = 20};

#define FALSE_READER "X-False-Reader: "

static void reply_message(const char *mail, bool lie)
{
    struct message m;
    struct err e = ERR_INIT;
    struct buf out = BUF_INIT(1 << 20);
    if (reader_read(&m, slice_of(mail), false, &limits, &e) != 0)
        return;
    if (lie)
        m.arena[message_field(&m, "From", 0)->value.off] ^= 1;
    message_encode(&m, &out);
    struct cage_answer a = {.bytes = out.len};
    ENSURE(write(CAGE_SOCKET, &a, sizeof(a)) == sizeof(a) &&
           write(CAGE_SOCKET, out.data, out.len) == (ssize_t)out.len);
    message_release(&m);
    buf_release(&out);
}

static void misbehave(const char *mail)
{
    char junk[1000];
    struct cage_answer large = {.bytes = UINT64_MAX / 2}, unknown = {.code = 9999, .bytes = 4}, empty = {0},
                       words = {.code = ERR_LIMIT, .bytes = 12};
    memset(junk, 0xa5, sizeof(junk));
    if (strstr(mail, FALSE_READER "dies"))
        raise(SIGSEGV);
    else if (strstr(mail, FALSE_READER "large"))
        ENSURE(write(CAGE_SOCKET, &large, sizeof(large)) > 0);
    else if (strstr(mail, FALSE_READER "unknown"))
        ENSURE(write(CAGE_SOCKET, &unknown, sizeof(unknown)) > 0 && write(CAGE_SOCKET, "junk", 4) == 4);
    else if (strstr(mail, FALSE_READER "empty"))
        ENSURE(write(CAGE_SOCKET, &empty, sizeof(empty)) > 0);
    else if (strstr(mail, FALSE_READER "junk"))
        ENSURE(write(CAGE_SOCKET, junk, sizeof(junk)) > 0);
    else if (strstr(mail, FALSE_READER "short"))
        ENSURE(write(CAGE_SOCKET, junk, 3) == 3);
    else if (strstr(mail, FALSE_READER "words"))
        ENSURE(write(CAGE_SOCKET, &words, sizeof(words)) > 0 &&
               write(CAGE_SOCKET, "a\x1b[31m\r\nb\x07 ok", 12) == 12);
    else
        reply_message(mail, strstr(mail, FALSE_READER "lies") != NULL);
}

static int false_reader(void)
{
    struct cage_question q;
    char mail[4096];
    ENSURE(write(CAGE_SOCKET, "L", 1) == 1);
    while (recv(CAGE_SOCKET, &q, sizeof(q), MSG_WAITALL) == (ssize_t)sizeof(q) && q.bytes < sizeof(mail) &&
           recv(CAGE_SOCKET, mail, (size_t)q.bytes, MSG_WAITALL) == (ssize_t)q.bytes) {
        mail[q.bytes] = '\0';
        misbehave(mail);
        if (strstr(mail, FALSE_READER "short"))
            break;
    }
    return 0;
}

static void false_readers(void **state)
{
    (void)state;
    static const struct {
        const char *how;
        enum err_code code;
        unsigned deaths;
    } rows[] = {{"dies", ERR_READER, 3},    {"large", ERR_READER, 3}, {"unknown", ERR_READER, 3},
                {"empty", ERR_PROTOCOL, 0}, {"junk", ERR_READER, 3},  {"short", ERR_READER, 3},
                {"lies", ERR_READER, 0},    {"words", ERR_LIMIT, 0},  {"behaves", ERR_NONE, 0}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct cage *cage = cage_new(1);
        struct buf mail = BUF_INIT(1000);
        struct message m;
        struct err e = ERR_INIT;
        struct cage_reader *held = NULL;
        buf_printf(&mail, FALSE_READER "%s\nFrom: a@b.example\nSubject: x\n\nx\n", rows[i].how);
        struct mail_bytes bytes = {.bytes = buf_view(&mail)};
        int rc = cage_read(cage, &m, &bytes, false, &limits, &held, &e);
        cage_let_go(cage, &held, true);
        if (rc != (rows[i].code ? -1 : 0) || e.code != rows[i].code || cage_deaths(cage) != rows[i].deaths)
            fail_msg("%s: %d %s, %u deaths: %s", rows[i].how, rc, err_code_name(e.code), cage_deaths(cage),
                     e.text);
        assert_true(slice_find_char(slice_of(e.text), '\x1b') < 0 &&
                    slice_find_char(slice_of(e.text), '\n') < 0);
        if (rc == 0)
            message_release(&m);
        buf_release(&mail);
        cage_free(&cage);
    }
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], cage_flag) == 0)
        return false_reader();
    const struct CMUnitTest tests[] = {cmocka_unit_test(false_readers)};
    return cmocka_run_group_tests_name("cagefalse", tests, NULL, NULL);
}
