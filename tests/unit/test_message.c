/* SPDX-License-Identifier: GPL-2.0-or-later */
/* message: what is read, what is refused, and that nothing hostile costs much. */
#include "frontdesk/message_attachments.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <sys/resource.h>
#include <unistd.h>

#define HEAD "From: Ceo <ceo@corp.test>\r\nSubject: x\r\n"
#define TYPE "Content-Type: "
#define QP   "Content-Transfer-Encoding: quoted-printable\r\n"

static void must_read(struct message *m, struct slice mail)
{
    struct err e = ERR_INIT;
    if (reader_read(m, mail, false, NULL, &e) != 0)
        fail_msg("%s", e.text);
}

static void is(const struct message *m, struct span s, const char *want)
{
    struct slice got = message_str(m, s);
    if (!slice_eq(got, slice_of(want)))
        fail_msg("got  \"%.*s\"\nwant \"%s\"", SLICE_ARG(got), want);
}

static void subjects(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"plain", "plain"},
        {"folded\r\n  twice\r\n\tmore", "folded  twice more"},
        {"=?utf-8?Q?J=C3=B6rg?=", "J\xc3\xb6rg"},
        {"=?iso-8859-1?Q?J=F6rg?= =?iso-8859-1?Q?_x?=", "J\xc3\xb6rg x"},
        {"=?utf-8?B?SsO2cmc=?= and", "J\xc3\xb6rg and"},
        {"=?utf-8?B?SsM=?= =?utf-8?B?tnJn?=", "J\xc3\xb6rg"},
        {"a =?utf-8?Q?b=0D=0ABcc:_x=00y=1B[1m?=", "a b Bcc: xy[1m"},
        {"=?utf-8?Q?=E2=80=AEgnp=E2=80=AC?=", "gnp"},
        {"J\xf6rg \x96 x", "J\xc3\xb6rg \xe2\x80\x93 x"},
        {"J\xc3\xb6rg", "J\xc3\xb6rg"},
        {"=?nonsense?Q?J=C3=B6rg?=", "J\xc3\xb6rg"},
        {"=?utf-8?Q?broken", "=?utf-8?Q?broken"},
        {"", ""},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct buf mail = BUF_INIT(10000);
        buf_printf(&mail, "From: a@b.test\r\nSubject: %s\r\n\r\nx", rows[i][0]);
        struct message m;
        must_read(&m, buf_view(&mail));
        is(&m, m.subject, rows[i][1]);
        message_release(&m);
        buf_release(&mail);
    }
}

static void texts(void **state)
{
    (void)state;
    static const struct {
        const char *mail, *text;
    } rows[] = {
        {HEAD "\r\nhello\r\n\r\n\r\n\r\nworld  \r\n", "hello\n\n\nworld\n"},
        {HEAD TYPE "text/plain; charset=iso-8859-1\r\n\r\ncaf\xe9\x93", "caf\xc3\xa9\xe2\x80\x9c\n"},
        {HEAD TYPE "text/plain; charset=utf-8\r\n\r\ncaf\xc3\xa9 \xe9!", "caf\xc3\xa9 \xc3\xa9!\n"},
        {HEAD TYPE "text/plain; charset=nonsense\r\n\r\ncaf\xe9", "caf\xc3\xa9\n"},
        {HEAD TYPE "text/plain\r\n\r\ncaf\xc3\xa9", "caf\xc3\xa9\n"},
        {HEAD TYPE "text/plain; charset=koi8-r\r\n\r\n\xf0\xf2\xe9", "\xd0\x9f\xd0\xa0\xd0\x98\n"},
        {HEAD TYPE "text/plain; charset=iso-2022-jp\r\n\r\n\x1b$B$\"\x1b(B", "\xe3\x81\x82\n"},
        {HEAD TYPE "text/plain; charset=utf-8\r\n" QP "\r\na=C3=A9 =\r\nb=00=1Bc", "a\xc3\xa9 b"
                                                                                   "c\n"},
        {HEAD TYPE "text/plain; charset=utf-8\r\n\r\n> a\xe2\x80\xa8"
                   "b\rc\xe2\x80\xa9"
                   "d",
         "> a bc d\n"},
        {HEAD TYPE "text/plain; format=flowed\r\n\r\none \r\ntwo\r\n> q \r\n> r\r\n  x\r\n-- \r\nsig",
         "one two\n> q r\n x\n-- \nsig\n"},
        {HEAD TYPE "text/plain; format=flowed; delsp=yes\r\n\r\nab \r\ncd\r\n", "abcd\n"},
        {HEAD TYPE "text/html\r\n\r\n<p>Hi&nbsp;<b>you</b></p><p>bye<br>x</p>", "Hi you\n\nbye\nx\n"},
        {HEAD TYPE "multipart/alternative; boundary=b\r\n\r\n--b\r\n\r\nplain\r\n--b\r\n" TYPE
                   "text/html\r\n\r\n<p>html\r\n--b--\r\n",
         "plain\n"},
        {HEAD TYPE "multipart/alternative; boundary=b\r\n\r\n--b\r\n\r\n \r\n--b\r\n" TYPE
                   "text/html\r\n\r\n<p>html\r\n--b--\r\n",
         "html\n"},
        {HEAD TYPE "multipart/mixed; boundary=b\r\n\r\n--b\r\n" TYPE
                   "text/html\r\n\r\nbody\r\n--b\r\n\r\nfooter\r\n--b--",
         "body\n"},
        {HEAD TYPE "multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Disposition: "
                   "attachment\r\n\r\nno\r\n--b\r\n\r\nyes\r\n--b--",
         "yes\n"},
        {HEAD TYPE "multipart/mixed; boundary=\"\\\"\"\r\n\r\n--\"\r\n\r\nquote\r\n--\"--\r\n", "quote\n"},
        {HEAD TYPE "multipart/mixed; boundary=b\r\n\r\nnot shown\r\n--b\r\n\r\nshown\r\n--b--\r\n",
         "shown\n"},
        {HEAD TYPE "multipart/mixed; boundary=b\r\n\r\n--c\r\n\r\nall of it\r\n--c--\r\n",
         "--c\n\nall of it\n--c--\n"},
        {HEAD TYPE "multipart/mixed\r\n\r\nall caf\xe9\r\n", "all caf\xc3\xa9\n"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct message m;
        must_read(&m, slice_of(rows[i].mail));
        is(&m, m.text, rows[i].text);
        message_release(&m);
    }
}

static void html(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"<a href=\"https://x.test/a?b&amp;c\">here</a> ok", "here <https://x.test/a?b&c> ok"},
        {"<a href='https://x.test/'>x.test</a>", "x.test"},
        {"<a href=\"javascript:x\">t</a>", "t"},
        {"<ul><li>a<li>b</ul>", "- a\n- b"},
        {"<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a | b\nc"},
        {"a<script>x<b></script>b<style>y</style><!-- z > -->c", "abc"},
        {"<blockquote>q</blockquote>r", "> q\nr"},
        {"&lt;&#65;&#x42;&bogus;&amp;&eacute;&#0;", "<AB&bogus;&\xc3\xa9\xef\xbf\xbd"},
        {"1 < 2 <3", "1 < 2 <3"},
        {"<p title=\"a>b\">t", "t"},
        /* every line of a quotation keeps its mark, however the line break was written */
        {"<blockquote>a&#10;b&#x2028;c&#13;d\xe2\x80\xa8"
         "e<pre>f&#10;g</pre></blockquote>h",
         "> a b\n> c d\n> e\n> f g\nh"},
        {"a<div id=\"x_divRplyFwdMsg\"><b>From:</b> b</div>", "a\n\n-----Original Message-----\nFrom: b"},
        {"a<div class=yahoo_quoted><div style='border:none;border-top:solid #E1E1E1 1.0pt'>b</div></div>",
         "a\n\n-----Original Message-----\nb"},
        {"<blockquote>a<div id=divRplyFwdMsg>b</div></blockquote>c",
         "> a\n>\n> -----Original Message-----\n> b\nc"},
        {"<div>a<div class=\"x gmail_signature\">b<br>c</div></div>", "a\n-- \nb\nc"},
        {"<div>a<div id=Signature><div><br></div></div>b</div>", "a\n\nb"},
        {"<div style='border-top:1px solid red'>a</div><div style='border:none'>b</div>", "a\nb"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct buf out = BUF_INIT(10000);
        message_html_to_text(&out, slice_of(rows[i][0]));
        if (strcmp(slice_trim(buf_view(&out)).len ? out.data : "", rows[i][1]) != 0)
            fail_msg("%s: %s", rows[i][0], out.data);
        buf_release(&out);
    }
}

static void names(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"filename=\"a.txt\"", "a.txt"},
        {"filename*=utf-8''J%C3%B6rg.txt", "J\xc3\xb6rg.txt"},
        {"filename*0*=iso-8859-1''J%F6; filename*1=rg.txt", "J\xc3\xb6rg.txt"},
        {"filename=\"=?utf-8?Q?J=C3=B6rg.txt?=\"", "J\xc3\xb6rg.txt"},
        {"filename=\"../../etc/passwd\"", "passwd"},
        {"filename=\"C:\\\\x\\\\evil.exe\"", "evil.exe"},
        {"filename=\"..\"", ""},
        {"filename=\"a.txt. . \"", "a.txt"},
        {"filename=\".bashrc\"", "bashrc"},
        {"filename=\"CON\"", "_CON"},
        {"filename=\"com1.txt\"", "_com1.txt"},
        {"filename=\"command.txt\"", "command.txt"},
        {"filename=\"a:b|c?.txt\"", "a_b_c_.txt"},
        {"filename*=utf-8''ab%0D%0Ac%E2%80%AEtxt.exe", "ab ctxt.exe"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct buf mail = BUF_INIT(10000);
        buf_printf(&mail, HEAD TYPE "application/x\r\nContent-Disposition: attachment; %s\r\n\r\nx",
                   rows[i][0]);
        struct message m;
        must_read(&m, buf_view(&mail));
        assert_int_equal(m.n_parts, 1);
        assert_int_equal(m.parts[0].kind, PART_ATTACHMENT);
        is(&m, m.parts[0].name, rows[i][1]);
        message_release(&m);
        buf_release(&mail);
    }
}

static const char parts_mail[] = HEAD
    "Message-ID: <1@x>\r\nIn-Reply-To: (c) <2@x> <3@x>\r\nReferences: <a@b>\r\n <c@d> junk < e@f>\r\n"
    "Date: Tue, 24 Nov 2026 10:00:00 +0100\r\n" TYPE
    "multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\ntext\r\n--b\r\n" TYPE
    "application/pdf\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; "
    "filename=a.pdf\r\n\r\n"
    "SGVsbG8=\r\n--b\r\n" TYPE "message/rfc822\r\n\r\nFrom: x@y\r\nSubject: in\r\n\r\ninner\r\n--b\r\n" TYPE
    "text/calendar; method=REPLY\r\n\r\nBEGIN\r\n--b--\r\n";

static void parts_and_ids(void **state)
{
    (void)state;
    struct message m, inner;
    must_read(&m, slice_of(parts_mail));
    is(&m, m.message_id, "<1@x>");
    is(&m, m.in_reply_to, "<2@x>");
    assert_int_equal(m.n_references, 2);
    is(&m, m.references[1], "<c@d>");
    assert_int_equal(m.date_ms, 1795510800000);
    is(&m, m.from, "Ceo <ceo@corp.test>");
    is(&m, m.from_library, "ceo@corp.test");
    is(&m, m.from_name, "Ceo");
    is(&m, m.top_type, "multipart/mixed");
    assert_int_equal(m.n_parts, 4);
    assert_int_equal(m.parts[1].size, 5);
    struct buf hex = BUF_INIT(100);
    buf_put_hex(&hex, m.parts[1].sha256, 32);
    assert_string_equal(hex.data, "185f8db32271fe25f561a6fc938b2e264306ec304eda518007d1764826381969");
    buf_release(&hex);
    assert_memory_equal(parts_mail + m.parts[1].raw_off, "SGVsbG8=", 8);
    assert_int_equal(m.parts[2].kind, PART_MESSAGE);
    is(&m, m.parts[2].name, "in.eml");
    must_read(&inner, slice_from(parts_mail + m.parts[2].raw_off, (size_t)m.parts[2].raw_len));
    is(&inner, inner.text, "inner\n");
    message_release(&inner);
    assert_true(m.parts[3].kind == PART_CALENDAR && m.parts[3].is_answer);
    message_release(&m);
}

static void digest_survives_rendering(void **state)
{
    (void)state;
    struct message a, b, c;
    must_read(&a, SLICE(HEAD TYPE "text/plain; charset=iso-8859-1\r\n\r\ncaf\xe9  x\r\n\r\ny"));
    must_read(&b, SLICE(HEAD "X: y\r\n" TYPE "text/plain; charset=utf-8\r\n" QP "\r\ncaf=C3=A9 x y\r\n"));
    must_read(&c, SLICE(HEAD "\r\ncafe x y"));
    assert_memory_equal(a.digest, b.digest, 32);
    assert_memory_not_equal(a.digest, c.digest, 32);
    message_release(&a);
    message_release(&b);
    message_release(&c);
}

static void from_file_is_the_same(void **state)
{
    (void)state;
    char path[] = "/tmp/test_message.XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0 && write(fd, parts_mail, sizeof(parts_mail) - 1) == (ssize_t)sizeof(parts_mail) - 1);
    struct message a, b;
    struct err e = ERR_INIT;
    must_read(&a, slice_of(parts_mail));
    assert_int_equal(reader_read_file(&b, path, NULL, &e), 0);
    struct buf x = BUF_INIT(1000000), y = BUF_INIT(1000000);
    message_encode(&a, &x);
    message_encode(&b, &y);
    assert_true(slice_eq(buf_view(&x), buf_view(&y)));
    message_release(&a);
    message_release(&b);
    for (size_t n = 0; n < x.len; n++) {
        char *block = malloc(n ? n : 1);
        memcpy(block, x.data, n);
        assert_int_equal(message_decode(&a, slice_from(block, n), &e), -1);
        free(block);
    }
    assert_int_equal(message_decode(&a, buf_view(&x), &e), 0);
    message_release(&a);
    buf_release(&x);
    buf_release(&y);
    close(fd);
    unlink(path);
}

static void every_truncation(void **state)
{
    (void)state;
    for (size_t n = 0; n < sizeof(parts_mail); n++) {
        char *block = malloc(n ? n : 1);
        memcpy(block, parts_mail, n);
        struct message m;
        struct err e = ERR_INIT;
        if (reader_read(&m, slice_from(block, n), n % 2, NULL, &e) == 0)
            message_release(&m);
        free(block);
    }
}

static void repeat(struct buf *b, const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        buf_puts(b, s);
}

static double cpu_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

#define MIXED HEAD TYPE "multipart/mixed; boundary=b\r\n\r\n--b\r\n"

static void bombs(void **state)
{
    (void)state;
    static const struct {
        const char *head, *unit;
        size_t n;
        const char *words; /* in the refusal; NULL: it is read */
    } rows[] = {
        {HEAD TYPE "multipart/mixed; boundary=b\r\n\r\n", "--b\r\n\r\nx\r\n", 100000, "limits.parts"},
        {HEAD TYPE "message/rfc822\r\n\r\n", TYPE "message/rfc822\r\n\r\n", 1000, "limits."},
        {HEAD "X: ", "0123456789", 100000, "header"},
        {HEAD "X: ", "0123456789", 4000, "header field"},
        {HEAD, "X: y\r\n", 2000, "header fields"},
        {HEAD, "X: 0123456789012345678901234567890123456789012345678901234567890123456789\r\n", 900, NULL},
        {HEAD "To: ", "g:", 5000, "address field"},
        {HEAD TYPE "message/rfc822\r\n\r\nTo: ", "g:", 50000, "address field inside"},
        {HEAD TYPE "text/html\r\n\r\n", "<", 5000000, NULL},
        {HEAD TYPE "text/html\r\n\r\n", "<div>", 1000000, NULL},
        {HEAD TYPE "text/html\r\n\r\n", "<a b='", 800000, NULL},
        {HEAD TYPE "text/html\r\n\r\n", "<script><!--", 400000, NULL},
        {HEAD TYPE "text/html\r\n\r\n", "&amp", 1000000, NULL},
        {HEAD "References: ", "<a@b> ", 5000, NULL},
        {HEAD "Subject: ", "=?utf-8?q?a?= ", 2000, NULL},
        {MIXED "Content-Type: text/plain", "; a=b", 10000, "header field inside"},
        {MIXED "Content-Type                                          : text/plain", "; a=b", 10000,
         "header field inside"},
        {MIXED "Content-Type: text/plain", ";\r\n a=b", 2000, NULL},
        {HEAD TYPE "message/rfc822\r\n\r\nTo                                          : ", "g:", 50000,
         "address field inside"},
        {HEAD TYPE "text/plain; x=boundary\r\n\r\n", "\r\n--", 1000000, NULL},
        {HEAD TYPE "text/plain\r\n\r\n", "\r\n--BOUNDary", 20000, NULL},
        {HEAD TYPE "text/plain\r\n\r\n", "\r\n--BOUNDary", 200000, "boundaries"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct buf mail = BUF_INIT(20000000);
        buf_puts(&mail, rows[i].head);
        repeat(&mail, rows[i].unit, rows[i].n);
        double start = cpu_seconds();
        struct message m;
        struct err e = ERR_INIT;
        int r = reader_read(&m, buf_view(&mail), false, NULL, &e);
        double took = cpu_seconds() - start;
        if ((r == 0) != (rows[i].words == NULL) || (r && !strstr(e.text, rows[i].words)))
            fail_msg("bomb %zu: %d %s", i, r, e.text);
        if (took > (getenv("FRONTDESK_SLOW") ? 200.0 : 20.0))
            fail_msg("bomb %zu took %.2f s", i, took);
        print_message("# bomb %zu: %.3f s\n", i, took);
        if (r == 0)
            message_release(&m);
        buf_release(&mail);
    }
}

static void nested_multiparts(void **state)
{
    (void)state;
    struct buf mail = BUF_INIT(20000000);
    buf_puts(&mail, HEAD TYPE "multipart/mixed; boundary=b0\r\n\r\n");
    for (int i = 1; i < 1000; i++)
        buf_printf(&mail, "--b%d\r\n" TYPE "multipart/mixed; boundary=b%d\r\n\r\n", i - 1, i);
    struct message m;
    struct err e = ERR_INIT;
    assert_int_equal(reader_read(&m, buf_view(&mail), false, NULL, &e), -1);
    assert_int_equal(e.code, ERR_LIMIT);
    assert_non_null(strstr(e.text, "limits."));
    buf_release(&mail);
}

/* What the library makes of a mail is bounded, whatever it is that it makes. */
static void structures(void **state)
{
    (void)state;
    static const struct {
        const char *head, *unit;
        size_t n;
        enum message_over over;
    } rows[] = {
        {MIXED, "X: y\r\n", 500000, OVER_STRUCTURE},
        {MIXED "X: ", "0123456789\r\n ", 2000000, OVER_STRUCTURE},
        {HEAD TYPE "multipart/mixed; boundary=b\r\n\r\n", "before the first part\r\n", 1000000,
         OVER_STRUCTURE},
        {HEAD TYPE "multipart/mixed; boundary=b\r\n\r\n", "--b\r\n\r\n", 2000000, OVER_PARTS},
    };
    size_t fewer = getenv("FRONTDESK_SLOW") ? 100 : 1;
#ifdef FD_SANITIZED
    fewer = 100;
#endif
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct buf mail = BUF_INIT(40000000);
        struct message m;
        struct err e = ERR_INIT;
        enum message_over over;
        buf_puts(&mail, rows[i].head);
        repeat(&mail, rows[i].unit, rows[i].n / fewer);
        int r = reader_read(&m, buf_view(&mail), false, NULL, &e);
        /* a sanitizer's heap is not measured, and copies at each growth: there it may be read, and is small
         */
        if (r == 0)
            message_release(&m);
        else if (!message_over_of(&e, &over) || over != rows[i].over)
            fail_msg("row %zu: %s", i, e.text);
        if (r == 0 && fewer == 1)
            fail_msg("row %zu was read", i);
        buf_release(&mail);
    }
}

/* As many as the settings allow. */
static void many_parts(void **state)
{
    (void)state;
    struct message_limits many = {.size = 1000000, .parts = 2000, .depth = 20};
    struct buf mail = BUF_INIT(1000000);
    struct message m;
    struct err e = ERR_INIT;
    buf_puts(&mail, HEAD TYPE "multipart/mixed; boundary=b\r\n\r\n");
    repeat(&mail, "--b\r\nContent-Disposition: attachment\r\n\r\nx\r\n", 1999);
    assert_int_equal(reader_read(&m, buf_view(&mail), false, &many, &e), 0);
    assert_int_equal(m.n_parts, 1999);
    struct buf wire = BUF_INIT(1000000);
    struct message again;
    message_encode(&m, &wire);
    assert_int_equal(message_decode(&again, buf_view(&wire), &e), 0);
    assert_int_equal(again.n_parts, 1999);
    message_release(&again);
    message_release(&m);
    buf_puts(&mail, "--b\r\n\r\nx\r\n--b\r\n\r\nx\r\n");
    assert_int_equal(reader_read(&m, buf_view(&mail), false, &many, &e), -1);
    assert_non_null(strstr(e.text, "limits.parts: the mail has 2002 parts, at most 2000 are accepted"));
    buf_release(&wire);
    buf_release(&mail);
}

/* The header block of a mail that is over a limit, as its sender is judged by. */
static void condensed(void **state)
{
    (void)state;
    static const struct {
        const char *before, *unit;
        size_t n;
        const char *after;
        unsigned froms; /* fields of that name that are left */
        const char *from;
        bool keeps; /* the field X-Last */
    } rows[] = {
        {"From: a@b.test\r\n", "", 0, "X-Last: z\r\n", 1, "a@b.test", true},
        {"From: a@b.test\nX: ", "0123456789", 100000, "\nX-Last: z\n", 1, "a@b.test", true},
        {"X: ", "0123456789", 100000, "\r\nFrom: a@b.test\r\nX-Last: z\r\n", 1, "a@b.test", true},
        {"", "X: y\r\n", 5000, "From: a@b.test\r\nX-Last: z\r\n", 1, "", false},
        {"From: a@b.test\r\n", "X: y\r\n", 5000, "From: a@b.test\r\n", 2, "a@b.test", false},
        {"From: a@b.test\r\n", "X: 012345678901234567890123456789\r\n 0123456789\r\n", 900,
         "from : c@d.test\r\nX-Last: z\r\n", 2, "a@b.test", true},
        {"From: a@b.test", ",\r\n c@d.test", 5000, "\r\nX-Last: z\r\n", 1, "", true},
        {"From: a@b.test\r\nCc: x", ", c@d.test", 3000, "\r\nX-Last: z\r\n", 1, "a@b.test", true},
        {"From: a@b.test\r\n", "\r\nFrom: no header\r\n", 10, "", 1, "a@b.test", false},
        {"From: a@b.test\r\n", "From: x@y.test\r\n", 100000, "", 3, "a@b.test", false},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct buf mail = BUF_INIT(40000000), head = BUF_INIT(256 * 1024);
        struct message m;
        struct err e = ERR_INIT;
        buf_puts(&mail, rows[i].before);
        repeat(&mail, rows[i].unit, rows[i].n);
        buf_printf(&mail, "%s\r\nFrom: not@header.test\r\n", rows[i].after);
        struct mail_bytes bytes = {.bytes = buf_view(&mail)};
        assert_int_equal(message_condense(&head, &bytes, &e), 0);
        assert_false(head.overflow);
        if (reader_read(&m, buf_view(&head), true, NULL, &e) != 0)
            fail_msg("row %zu: %s", i, e.text);
        unsigned froms = message_count(&m, "From");
        if (rows[i].froms < 3 ? froms != rows[i].froms : froms < 3)
            fail_msg("row %zu: %u From fields", i, froms);
        is(&m, message_field(&m, "From", 0)->value, rows[i].from);
        assert_int_equal(message_field(&m, "X-Last", 0) != NULL, rows[i].keeps);
        message_release(&m);
        buf_release(&head);
        buf_release(&mail);
    }
}

static void refusals(void **state)
{
    (void)state;
    struct message m;
    struct err e = ERR_INIT;
    assert_int_equal(reader_read(&m, SLICE_NONE, false, NULL, &e), -1);
    assert_int_equal(e.code, ERR_MAIL);
    assert_int_equal(reader_read(&m, slice_from("From: a\0b\n\nx", 12), false, NULL, &e), -1);
    assert_int_equal(e.code, ERR_MAIL);
    assert_int_equal(reader_read(&m, SLICE("no header\n\nx"), false, NULL, &e), -1);
    assert_int_equal(e.code, ERR_MAIL);
    struct message_limits tiny = {.size = 10, .parts = 1, .depth = 1};
    assert_int_equal(reader_read(&m, slice_of(parts_mail), false, &tiny, &e), -1);
    assert_non_null(strstr(e.text, "at most 10 "));
    assert_int_equal(reader_read_file(&m, "/nonexistent/x", NULL, &e), -1);
    assert_int_equal(e.code, ERR_IO);
    assert_int_equal(reader_read(&m, SLICE("From: a@b.test\nFrom : c@d.test\n\n"), true, NULL, &e), 0);
    assert_int_equal(m.n_from, 2);
    assert_int_equal(message_count(&m, "from"), 2);
    message_release(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(subjects),
        cmocka_unit_test(texts),
        cmocka_unit_test(html),
        cmocka_unit_test(names),
        cmocka_unit_test(parts_and_ids),
        cmocka_unit_test(digest_survives_rendering),
        cmocka_unit_test(from_file_is_the_same),
        cmocka_unit_test(every_truncation),
        cmocka_unit_test(bombs),
        cmocka_unit_test(nested_multiparts),
        cmocka_unit_test(structures),
        cmocka_unit_test(many_parts),
        cmocka_unit_test(condensed),
        cmocka_unit_test(refusals),
    };
    return cmocka_run_group_tests_name("message", tests, NULL, NULL);
}
