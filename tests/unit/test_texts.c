/* SPDX-License-Identifier: GPL-2.0-or-later */
/* texts: every mail of tests/fixtures/texts gives the pieces that expected.txt says (made by make.py from
 * what it put in), from memory and from a file; long files and mails inside are cut where they say; and own
 * text and rest of a mail are all of it. */
#include "frontdesk/command_followup.h"
#include "frontdesk/message_texts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <unistd.h>
#include <cmocka.h>

static struct err e;

static void path_of(char *out, size_t size, struct slice name, const char *ending)
{
    const char *src = getenv("FRONTDESK_SRC");
    snprintf(out, size, "%s/tests/fixtures/texts/%.*s%s", src ? src : "..", SLICE_ARG(name), ending);
}

static struct buf read_file(const char *path)
{
    struct buf out = BUF_INIT(64 << 20);
    FILE *f = fopen(path, "rb");
    if (!f)
        fail_msg("no %s", path);
    char piece[4096];
    for (size_t n; (n = fread(piece, 1, sizeof(piece), f)) > 0;)
        buf_put(&out, piece, n);
    fclose(f);
    return out;
}

static void texts_of(const struct mail_bytes *mail, struct pool *pool, struct message_texts *out)
{
    struct message m;
    int rc = mail->path ? reader_read_file(&m, mail->path, NULL, &e)
                        : reader_read(&m, mail->bytes, false, NULL, &e);
    if (rc != 0 || message_texts(out, &m, mail, pool, &e) != 0)
        fail_msg("%s", e.text);
    message_release(&m);
}

/* Lines "WHERE | WORDS" up to an empty one. */
static void compare(struct slice name, const struct message_texts *got, struct scan *c)
{
    size_t n = 0;
    bool more = false;
    for (struct slice line; (line = scan_line(c)).len;) {
        long bar = slice_find(line, SLICE(" | "));
        struct slice where = slice_cut(line, bar < 0 ? 0 : (size_t)bar),
                     words = slice_skip(line, bar < 0 ? 2 : (size_t)bar + 3);
        if (slice_eq(where, SLICE("?"))) {
            more = true;
            continue;
        }
        if (n == got->n)
            fail_msg("%.*s: only %zu pieces; missing: %.*s", SLICE_ARG(name), n, SLICE_ARG(line));
        struct slice text = got->list[n].text;
        if (!slice_eq(where, slice_of(got->list[n].where)) || (words.len && slice_find(text, words) < 0))
            fail_msg("%.*s: piece %zu is \"%s\": %.*s; expected %.*s", SLICE_ARG(name), n, got->list[n].where,
                     SLICE_ARG(text), SLICE_ARG(line));
        n++;
    }
    if (n != got->n || more != got->more)
        fail_msg("%.*s: %zu pieces, %zu expected; more %d", SLICE_ARG(name), got->n, n, got->more);
}

static void pieces_of_mails(void **state)
{
    (void)state;
    char path[4300];
    path_of(path, sizeof(path), SLICE("expected"), ".txt");
    struct buf expected = read_file(path);
    struct scan c = scan_of(buf_view(&expected));
    unsigned n = 0;
    while (!scan_end(&c)) {
        struct slice name = slice_skip(scan_line(&c), 5);
        struct pool *pool = pool_new(16 << 20);
        struct message_texts memory, file;
        path_of(path, sizeof(path), name, ".eml");
        struct buf mail = read_file(path);
        texts_of(&(struct mail_bytes){.bytes = buf_view(&mail)}, pool, &memory);
        texts_of(&(struct mail_bytes){.path = path}, pool, &file);
        struct scan again = c;
        compare(name, &memory, &again);
        compare(name, &file, &c);
        buf_release(&mail);
        pool_free(&pool);
        n++;
    }
    assert_true(n > 25);
    buf_release(&expected);
}

static void put_mail(struct buf *out, const char *name)
{
    buf_printf(out,
               "From: a@b.example\r\nSubject: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
               "--b\r\nContent-Type: text/plain\r\n\r\nhello\r\n--b\r\nContent-Type: "
               "application/octet-stream\r\nContent-Disposition: attachment; filename=%s\r\n\r\n",
               name);
}

/* A log's newest lines stand at its end. */
static void a_long_log(void **state)
{
    (void)state;
    struct pool *pool = pool_new(16 << 20);
    struct buf mail = BUF_INIT(8 << 20);
    struct message_texts t;
    put_mail(&mail, "a.log");
    for (int i = 0; i < 100000; i++)
        buf_printf(&mail, "line %d\r\n", i);
    buf_puts(&mail, "the newest\r\n--b--\r\n");
    texts_of(&(struct mail_bytes){.bytes = buf_view(&mail)}, pool, &t);
    assert_int_equal(t.n, 2);
    assert_true(t.more && t.list[1].text.len <= MESSAGE_TEXTS_FILE);
    assert_true(slice_find(t.list[1].text, SLICE("the newest")) > 0);
    assert_true(slice_find(t.list[1].text, SLICE("line 1\n")) < 0);
    buf_release(&mail);
    pool_free(&pool);
}

static void a_long_mail_inside(void **state)
{
    (void)state;
    struct pool *pool = pool_new(16 << 20);
    struct buf mail = BUF_INIT(8 << 20);
    struct message_texts t;
    put_mail(&mail, "a.eml");
    buf_puts(&mail, "From: c@d.example\r\nSubject: inner\r\nContent-Type: multipart/mixed; "
                    "boundary=c\r\n\r\n--c\r\n\r\nthe error\r\n"
                    "--c\r\nContent-Type: application/pdf\r\n\r\n");
    for (int i = 0; i < 200000; i++)
        buf_printf(&mail, "line %d\r\n", i);
    buf_puts(&mail, "--b--\r\n");
    texts_of(&(struct mail_bytes){.bytes = buf_view(&mail)}, pool, &t);
    assert_int_equal(t.n, 2);
    assert_true(t.more && t.list[1].is_mail);
    assert_string_equal(t.list[1].where, "inner");
    assert_true(slice_find(t.list[1].text, SLICE("the error")) > 0);
    buf_release(&mail);
    pool_free(&pool);
}

/* All pieces together have a limit, whatever the mail holds. */
static void all_that_is_too_much(void **state)
{
    (void)state;
    struct pool *pool = pool_new(16 << 20);
    struct buf mail = BUF_INIT(16 << 20);
    struct message_texts t;
    size_t all = 0;
    put_mail(&mail, "0.log");
    for (int i = 1; i < 30; i++) {
        for (int k = 0; k < 20000; k++)
            buf_printf(&mail, "%d line %d\r\n", i, k);
        buf_printf(
            &mail,
            "--b\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; filename=%d.log\r\n\r\n", i);
    }
    buf_puts(&mail, "end\r\n--b--\r\n");
    texts_of(&(struct mail_bytes){.bytes = buf_view(&mail)}, pool, &t);
    for (size_t i = 0; i < t.n; i++)
        all += t.list[i].text.len;
    assert_true(t.more && all <= MESSAGE_TEXTS_ALL && all > MESSAGE_TEXTS_ALL / 2);
    buf_release(&mail);
    pool_free(&pool);
}

static void own_and_rest(void **state)
{
    (void)state;
    static const char text[] =
        "Please look.\n\nFrom: Autotask <a@b.example>\nSent: Tuesday\nTo: Dana\nSubject: Sync\n\n"
        "Invoice 10233 failed\n\nObject Not Found\n";
    static const char signed_text[] = "Look:\n> Object Not Found\nthanks\n-- \nDana\n";
    struct buf own = BUF_INIT(1000), rest = BUF_INIT(1000);
    own_text_split(&own, &rest, slice_of(text));
    assert_string_equal(own.data, "Please look.\n");
    assert_string_equal(rest.data,
                        "From: Autotask <a@b.example>\nSent: Tuesday\nTo: Dana\nSubject: Sync\n\nInvoice "
                        "10233 failed\n\nObject Not Found\n");
    buf_clear(&own);
    buf_clear(&rest);
    own_text_split(&own, &rest, slice_of(signed_text));
    assert_string_equal(own.data, "Look:\n\nthanks\n");
    assert_string_equal(rest.data, "> Object Not Found\n\n-- \nDana\n");
    buf_release(&own);
    buf_release(&rest);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_of_mails),    cmocka_unit_test(a_long_log),
        cmocka_unit_test(a_long_mail_inside), cmocka_unit_test(all_that_is_too_much),
        cmocka_unit_test(own_and_rest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
