/* SPDX-License-Identifier: GPL-2.0-or-later */
/* attachments: every mail of tests/fixtures/attachments gives the files and the sentences that expected.txt
 * says (made by make.py from what it put in), from memory and from a file, in pieces of any size, twice. */
#include "frontdesk/action.h"

#include <gnutls/crypto.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/resource.h>
#include <unistd.h>
#include <cmocka.h>

#include "shipped.h"

enum { LIMIT = 200000 };

static struct err e;
static struct templates *templates;

static void path_of(char *out, size_t size, const char *name)
{
    const char *src = getenv("FRONTDESK_SRC");
    snprintf(out, size, "%s/tests/fixtures/attachments/%s", src ? src : "..", name);
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

/* All bytes in pieces of `step`, hashed as hex; *total counts them. */
static void hash_of(const struct mail_bytes *mail, const struct attachment *a, size_t step, struct buf *hex,
                    uint64_t *total)
{
    struct attachment_reader *r;
    gnutls_hash_hd_t hash;
    unsigned char sum[32];
    char piece[5000];
    *total = 0;
    assert_int_equal(gnutls_hash_init(&hash, GNUTLS_DIG_SHA256), 0);
    if (attachment_open(&r, mail, a, &e) != 0)
        fail_msg("%s", e.text);
    for (size_t n; (n = attachment_read(r, piece, step)) > 0; *total += n)
        gnutls_hash(hash, piece, n);
    assert_int_equal(attachment_read(r, piece, step), 0);
    attachment_close(&r);
    gnutls_hash_deinit(hash, sum);
    buf_clear(hex);
    buf_put_hex(hex, sum, sizeof(sum));
}

static void check_bytes(const char *mail_name, const struct mail_bytes *memory, const struct mail_bytes *file,
                        const struct attachment *a, struct slice want)
{
    static const size_t steps[] = {1, 7, 1000, 4999};
    struct buf hex = BUF_INIT(100), first = BUF_INIT(100);
    uint64_t total;
    for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
        hash_of(i % 2 ? file : memory, a, steps[i], &hex, &total);
        if (i == 0)
            buf_slice(&first, buf_view(&hex));
        if (total != a->size || !slice_eq(buf_view(&hex), want.len ? want : buf_view(&first)))
            fail_msg("%s: %s: %llu of %llu bytes, %s", mail_name, a->name, (unsigned long long)total,
                     (unsigned long long)a->size, hex.data);
    }
    buf_release(&hex);
    buf_release(&first);
}

struct checked {
    char name[100];
    struct pool *pool;
    struct mail_bytes memory, file;
    struct attachments files;
    size_t seen, seen_left;
};

/* One line of expected.txt: "+ hash size name", "? name", "- sentence". */
static void check_line(struct checked *c, struct slice line)
{
    struct scan s = scan_of(slice_skip(line, 2));
    if (line.ptr[0] == '-') {
        if (c->seen_left == c->files.n_left_out)
            fail_msg("%s: missing: %.*s", c->name, SLICE_ARG(line));
        const char *is = plan_left_out(templates, &c->files.left_out[c->seen_left++], c->pool);
        if (!slice_eq(slice_of(is), scan_rest(&s)))
            fail_msg("%s: \"%s\" instead of \"%.*s\"", c->name, is, SLICE_ARG(scan_rest(&s)));
        return;
    }
    struct slice hash = SLICE_NONE;
    uint64_t size = 0;
    if (line.ptr[0] == '+') {
        hash = scan_until(&s, " ");
        scan_char(&s, ' ');
        assert_true(slice_to_u64(scan_until(&s, " "), 0, UINT64_MAX, &size));
        scan_char(&s, ' ');
    }
    if (c->seen == c->files.n)
        fail_msg("%s: missing: %.*s", c->name, SLICE_ARG(line));
    const struct attachment *a = &c->files.list[c->seen++];
    if (!slice_eq(slice_of(a->name), scan_rest(&s)) || (hash.len && a->size != size))
        fail_msg("%s: %s of %llu bytes instead of %.*s", c->name, a->name, (unsigned long long)a->size,
                 SLICE_ARG(line));
    check_bytes(c->name, &c->memory, &c->file, a, hash);
}

static void finish(struct checked *c)
{
    if (!c->name[0])
        return;
    if (c->seen != c->files.n)
        fail_msg("%s: and also %s", c->name, c->files.list[c->seen].name);
    if (c->seen_left != c->files.n_left_out)
        fail_msg("%s: and also: %s", c->name, c->files.left_out[c->seen_left].name);
    c->name[0] = '\0';
}

static void list(struct attachments *out, const struct mail_bytes *mail, bool original, struct pool *pool)
{
    struct message m;
    struct attachments_options o = {.max_size = LIMIT, .original = original};
    int r = mail->path ? reader_read_file(&m, mail->path, NULL, &e)
                       : reader_read(&m, mail->bytes, false, NULL, &e);
    if (r != 0 || attachments_list(out, &m, mail, &o, pool, &e) != 0)
        fail_msg("%s", e.text);
    message_release(&m);
}

static void every_fixture(void **state)
{
    (void)state;
    char path[4096];
    struct checked c = {.name = ""};
    struct buf bytes = BUF_INIT(1);
    struct pool *pool = c.pool = pool_new(64 << 20);
    unsigned mails = 0, files = 0, left_out = 0;
    path_of(path, sizeof(path), "expected.txt");
    struct buf expected = read_file(path);
    struct scan lines = scan_of(buf_view(&expected));
    while (!scan_end(&lines)) {
        struct slice line = scan_line(&lines);
        if (!slice_starts(line, SLICE("mail "))) {
            check_line(&c, line);
            files += line.ptr[0] != '-';
            left_out += line.ptr[0] == '-';
            continue;
        }
        finish(&c);
        struct scan s = scan_of(slice_skip(line, 5));
        struct slice name = scan_until(&s, " ");
        char file[200];
        snprintf(c.name, sizeof(c.name), "%.*s", SLICE_ARG(name));
        snprintf(file, sizeof(file), "%s.eml", c.name);
        path_of(path, sizeof(path), file);
        buf_release(&bytes);
        bytes = read_file(path);
        c.memory = (struct mail_bytes){.bytes = buf_view(&bytes)};
        c.file = (struct mail_bytes){.path = pool_copy(pool, path)};
        c.seen = c.seen_left = 0;
        struct attachments from_file;
        bool original = slice_find(line, SLICE(" original")) > 0 && !scan_end(&s);
        list(&c.files, &c.memory, original, pool);
        list(&from_file, &c.file, original, pool);
        assert_int_equal(from_file.n, c.files.n);
        assert_int_equal(from_file.n_left_out, c.files.n_left_out);
        mails++;
    }
    finish(&c);
    assert_true(mails >= 80 && files > 200 && left_out >= 29);
    buf_release(&bytes);
    buf_release(&expected);
    pool_free(&pool);
}

/* Whatever a list names is safe, and no two names are the same. */
static void names_are_safe(void **state)
{
    (void)state;
    static const char *const mails[] = {
        "many.eml", "winmail-hostile-names.eml", "long-name-utf8.eml", "reserved.eml", "controls.eml",
        "bidi.eml", "windows-path.eml",          "winmail-many.eml"};
    struct pool *pool = pool_new(64 << 20);
    for (size_t i = 0; i < ARRAY_LEN(mails); i++) {
        char path[4096];
        struct attachments a;
        path_of(path, sizeof(path), mails[i]);
        struct mail_bytes mail = {.path = path};
        list(&a, &mail, true, pool);
        for (size_t k = 0; k < a.n; k++) {
            struct slice name = slice_of(a.list[k].name);
            struct buf clean = BUF_INIT(1000);
            message_clean(&clean, name, false);
            assert_true(slice_eq(buf_view(&clean), name));
            assert_true(name.len > 0 && name.len <= 150 && name.ptr[0] != '.');
            for (size_t c = 0; c < name.len; c++)
                assert_null(strchr("/\\<>:\"|?*", name.ptr[c]));
            for (size_t j = 0; j < k; j++)
                assert_false(fold_eq(name, slice_of(a.list[j].name)));
            buf_release(&clean);
        }
    }
    pool_free(&pool);
}

static void put_mail(const char *path, size_t size)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    fputs("From: d@n.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
          "Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n"
          "Content-Disposition: attachment; filename=big.bin\r\n\r\n",
          f);
    for (size_t done = 0; done < size; done += 57)
        fputs("QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5ejAxMjM0\r\n", f);
    fputs("--b--\r\n", f);
    assert_int_equal(fclose(f), 0);
}

/* The limits of the real system, with their words; and a file of 18 MB is listed and read in little memory.
 */
static void big_files(void **state)
{
    (void)state;
    char path[] = "/tmp/fd-attachments-XXXXXX";
    struct pool *pool = pool_new(1 << 20);
    struct message m;
    struct attachments a;
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    put_mail(path, 18000000);
    struct mail_bytes mail = {.path = path};
    struct attachments_options o = {.max_size = 6000000, .original = true};
    struct rusage before, after;
    getrusage(RUSAGE_SELF, &before);
    assert_int_equal(reader_read_file(&m, path, NULL, &e), 0);
    assert_int_equal(attachments_list(&a, &m, &mail, &o, pool, &e), 0);
    assert_int_equal(a.n, 0);
    assert_int_equal(a.n_left_out, 2);
    assert_string_equal(plan_left_out(templates, &a.left_out[0], pool),
                        "original message.eml: 25 MB, Autotask takes at most 6 MB a file");
    assert_string_equal(plan_left_out(templates, &a.left_out[1], pool),
                        "big.bin: 19 MB, Autotask takes at most 6 MB a file");
    o.max_size = 0;
    assert_int_equal(attachments_list(&a, &m, &mail, &o, pool, &e), 0);
    assert_int_equal(a.n, 2);
    struct buf hex = BUF_INIT(100);
    uint64_t total;
    hash_of(&mail, &a.list[1], 4000, &hex, &total);
    assert_int_equal(total, a.list[1].size);
    getrusage(RUSAGE_SELF, &after);
    if (after.ru_maxrss - before.ru_maxrss > 4000)
        fail_msg("%ld KB more", after.ru_maxrss - before.ru_maxrss);
    buf_release(&hex);
    message_release(&m);
    pool_free(&pool);
    unlink(path);
}

/* A spool file that has gone, or become shorter: an error or an early end, never other bytes. */
static void mail_that_changed(void **state)
{
    (void)state;
    char path[4096];
    struct pool *pool = pool_new(1 << 20);
    struct attachments a;
    struct attachment_reader *r;
    path_of(path, sizeof(path), "base64.eml");
    struct buf bytes = read_file(path);
    struct mail_bytes mail = {.bytes = buf_view(&bytes)}, gone = {.path = "/nonexistent/mail"};
    list(&a, &mail, false, pool);
    assert_int_equal(attachment_open(&r, &gone, &a.list[0], &e), -1);
    assert_int_equal(e.code, ERR_IO);
    mail.bytes = slice_cut(mail.bytes, a.list[0].raw_off + 40);
    struct buf hex = BUF_INIT(100);
    uint64_t total;
    hash_of(&mail, &a.list[0], 100, &hex, &total);
    assert_int_equal(total, 30);
    struct attachment nonsense = {
        .name = "x", .size = UINT64_MAX, .raw_off = UINT64_MAX, .raw_len = UINT64_MAX};
    assert_int_equal(attachment_open(&r, &mail, &nonsense, &e), -1);
    nonsense.encoding = 9;
    nonsense.raw_off = nonsense.raw_len = 0;
    assert_int_equal(attachment_open(&r, &mail, &nonsense, &e), -1);
    nonsense.encoding = 1;
    nonsense.raw_len = 1 << 30;
    nonsense.inner_off = UINT64_MAX;
    hash_of(&mail, &nonsense, 100, &hex, &total);
    assert_int_equal(total, 0);
    buf_release(&hex);
    buf_release(&bytes);
    pool_free(&pool);
}

static int load_sentences(void **state)
{
    (void)state;
    templates = shipped_templates();
    return 0;
}

static int free_sentences(void **state)
{
    (void)state;
    templates_free(&templates);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(big_files),
        cmocka_unit_test(every_fixture),
        cmocka_unit_test(names_are_safe),
        cmocka_unit_test(mail_that_changed),
    };
    return cmocka_run_group_tests(tests, load_sentences, free_sentences);
}
