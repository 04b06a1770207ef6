/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_compose: a letter out of hostile values. However they look, the bytes are 7-bit with CRLF line ends
 * and lines of at most 998, hold exactly the headers that compose writes, each once, and the text comes out
 * as it went in.
 */
#include "fuzz.h"

#include "frontdesk/message.h"
#include "frontdesk/reply.h"

/* The header fields there may be, in this order. */
static const char *const fields[] = {"Date",
                                     "From",
                                     "To",
                                     "Subject",
                                     "Message-ID",
                                     "In-Reply-To",
                                     "References",
                                     "Auto-Submitted",
                                     "X-Auto-Response-Suppress",
                                     "X-Loop",
                                     "X-Frontdesk-Instance",
                                     "MIME-Version",
                                     "Content-Type",
                                     "Content-Transfer-Encoding"};

static void check_lines(struct slice out)
{
    size_t column = 0;
    for (size_t i = 0; i < out.len; i++) {
        unsigned char c = (unsigned char)out.ptr[i];
        ENSURE(c == '\r' || c == '\n' || c == '\t' || (c >= 0x20 && c < 0x7f));
        ENSURE((c == '\r') == (i + 1 < out.len && out.ptr[i + 1] == '\n'));
        ENSURE((c == '\n') == (i > 0 && out.ptr[i - 1] == '\r'));
        column = c == '\n' ? 0 : column + 1;
        ENSURE(column <= 999); /* the CR is counted */
    }
    ENSURE(out.len > 2 && out.ptr[out.len - 1] == '\n');
}

/* Returns the body. */
static struct slice check_header(struct slice out, const struct letter *l)
{
    struct scan c = scan_of(out);
    size_t next = 0;
    for (;;) {
        struct slice line = scan_line(&c);
        if (line.len == 0)
            break;
        if (line.ptr[0] == ' ') {
            ENSURE(next > 0 && slice_trim(line).len > 0);
            continue;
        }
        long colon = slice_find_char(line, ':');
        ENSURE(colon > 0);
        struct slice name = slice_cut(line, (size_t)colon);
        while (next < ARRAY_LEN(fields) && !slice_eq(name, slice_of(fields[next])))
            next++;
        ENSURE(next < ARRAY_LEN(fields));
        next++;
    }
    ENSURE(next == ARRAY_LEN(fields) - (l->html.len > 0));
    return scan_rest(&c);
}

static int hex(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Decodes quoted-printable strictly; line ends are LF. */
static void unquote(struct buf *out, struct slice body)
{
    struct scan c = scan_of(body);
    while (!scan_end(&c)) {
        struct slice line = scan_line(&c);
        bool soft = line.len && line.ptr[line.len - 1] == '=';
        ENSURE(line.len <= 76 && (!line.len || line.ptr[line.len - 1] != ' '));
        line.len -= soft;
        for (size_t i = 0; i < line.len; i++) {
            if (line.ptr[i] != '=') {
                buf_putc(out, line.ptr[i]);
                continue;
            }
            ENSURE(i + 2 < line.len && hex(line.ptr[i + 1]) >= 0 && hex(line.ptr[i + 2]) >= 0);
            buf_putc(out, (char)(hex(line.ptr[i + 1]) * 16 + hex(line.ptr[i + 2])));
            i += 2;
        }
        if (!soft)
            buf_putc(out, '\n');
    }
}

static void check_text(struct slice body, struct slice text)
{
    struct buf got = BUF_INIT(8 << 20), wanted = BUF_INIT(8 << 20);
    struct scan c = scan_of(text);
    unquote(&got, body);
    while (!scan_end(&c)) {
        buf_slice(&wanted, scan_line(&c));
        buf_putc(&wanted, '\n');
    }
    ENSURE(slice_eq(buf_view(&got), buf_view(&wanted)));
    buf_release(&got);
    buf_release(&wanted);
}

/* What a mail program sees: one sender, the ids that were asked for, a subject on one line. */
static void check_read(struct slice out, const struct letter *l)
{
    struct message m;
    struct err e = ERR_INIT;
    ENSURE(reader_read(&m, out, false, NULL, &e) == 0);
    ENSURE(m.n_from == 1 && message_count(&m, "To") == 1 && message_count(&m, "Subject") == 1);
    ENSURE(slice_eq(message_str(&m, m.message_id), slice_of(l->message_id)));
    ENSURE(slice_eq(message_str(&m, m.from_library), slice_of(l->from)));
    message_release(&m);
}

static size_t split_references(struct slice all, struct slice *out, size_t max)
{
    struct scan c = scan_of(all);
    size_t n = 0;
    while (!scan_end(&c) && n < max) {
        scan_char(&c, '\x1f');
        out[n++] = scan_until(&c, "\x1f");
    }
    return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct scan c = scan_of(slice_from((const char *)data, size));
    struct pool *pool = pool_new(16 << 20);
    struct slice references[60];
    struct letter l = {.from = "tickets@bot.test", .to = "dana@corp.test", .timezone = "Europe/Berlin"};
    l.from_name = pool_slice(pool, fuzz_field(&c));
    l.subject = fuzz_field(&c);
    l.message_id = pool_slice(pool, fuzz_field(&c));
    l.in_reply_to = fuzz_field(&c);
    l.references = references;
    l.n_references = split_references(fuzz_field(&c), references, ARRAY_LEN(references));
    l.instance = pool_slice(pool, fuzz_field(&c));
    const char *to = pool_slice(pool, fuzz_field(&c));
    l.to = to[0] ? to : l.to;
    l.date_ms = 1577836800000 + (int64_t)fuzz_pick(&c, 256) * 86400000 * 30;
    l.auto_generated = fuzz_pick(&c, 2);
    l.html = fuzz_field(&c);
    l.text = scan_rest(&c);
    struct buf out = BUF_INIT(8 << 20), again = BUF_INIT(8 << 20);
    struct err e = ERR_INIT;
    if (compose_letter(&l, &out, &e) == 0) {
        check_lines(buf_view(&out));
        struct slice body = check_header(buf_view(&out), &l);
        if (!l.html.len)
            check_text(body, l.text);
        check_read(buf_view(&out), &l);
        ENSURE(compose_letter(&l, &again, &e) == 0 && slice_eq(buf_view(&out), buf_view(&again)));
    } else {
        ENSURE(e.code == ERR_CONFIG || e.code == ERR_TEMPLATE);
    }
    buf_release(&out);
    buf_release(&again);
    pool_free(&pool);
    return 0;
}
