/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tneftext: the words in Outlook's winmail.dat: subject and text of the message that it holds and of messages
 * attached to that, from plain text, HTML or compressed RTF, whichever is there. The first HELD_MAX bytes are
 * looked at: the message's own attributes stand before its files.
 */
#include "message_internal.h"

enum {
    HELD_MAX = 1024 * 1024,
    DEPTH_MAX = 5,
    CODEPAGE_MAX = 40,
    ATT_SUBJECT = 0x00018004,
    ATT_BODY = 0x0002800c,
    ATT_MESSAGE_PROPERTIES = 0x00069003,
    TYPE_STRING = 0x1e,
    TYPE_UNICODE = 0x1f,
    TYPE_OBJECT = 0x0d,
    PROPERTY_SUBJECT = 0x0037,
    PROPERTY_BODY = 0x1000,
    PROPERTY_RTF = 0x1009,
    PROPERTY_HTML = 0x1013,
    PROPERTY_OBJECT = 0x3701,
    OBJECT_HEAD = 16, /* the interface's id before a message inside */
};

struct words {
    char charset[CODEPAGE_MAX];
    struct slice subject, body, html, rtf; /* where they stand; the wide ones are UTF-16 */
    bool subject_wide, body_wide;
};

static void take(struct words *w, struct slice properties)
{
    struct scan c = scan_of(properties);
    uint32_t count, type, id;
    struct slice value;
    if (!tnef_number(&c, 4, &count))
        return;
    for (uint32_t i = 0; i < count && tnef_property(&c, &type, &id, &value); i++) {
        bool text = type == TYPE_STRING || type == TYPE_UNICODE, wide = type == TYPE_UNICODE;
        if (id == PROPERTY_SUBJECT && text) {
            w->subject = tnef_until_zero(value, wide ? 2 : 1);
            w->subject_wide = wide;
        } else if (id == PROPERTY_BODY && text) {
            w->body = tnef_until_zero(value, wide ? 2 : 1);
            w->body_wide = wide;
        } else if (id == PROPERTY_RTF) {
            w->rtf = value;
        } else if (id == PROPERTY_HTML) {
            w->html = value;
        }
    }
}

static void put_utf8(struct buf *out, struct slice s, bool wide, const char *charset)
{
    message_to_utf8(out, s, wide ? SLICE("utf-16le") : slice_of(charset));
}

/* Into `out`, cut to its maximum. */
static void put_tidy(struct buf *out, struct slice utf8)
{
    struct buf clean = BUF_INIT(8 * TEXT_MAX), tidy = BUF_INIT(8 * TEXT_MAX);
    message_clean(&clean, slice_cut_utf8(utf8, 4 * TEXT_MAX), true);
    flowed_tidy(&tidy, buf_view(&clean));
    buf_slice(out, slice_cut_utf8(buf_view(&tidy), out->max - out->len));
    buf_release(&clean);
    buf_release(&tidy);
}

static void put_words(struct buf *out, const struct words *w)
{
    struct buf utf8 = BUF_INIT(16 * HELD_MAX), text = BUF_INIT(16 * HELD_MAX);
    if (w->subject.len) {
        buf_puts(&text, "Subject: ");
        put_utf8(&text, slice_cut(w->subject, FIELD_MAX), w->subject_wide, w->charset);
        buf_puts(&text, "\n\n");
    }
    if (w->body.len) {
        put_utf8(&text, w->body, w->body_wide, w->charset);
    } else if (w->html.len) {
        put_utf8(&utf8, w->html, false, w->charset);
        message_html_to_text(&text, buf_view(&utf8));
    } else if (w->rtf.len) {
        rtf_decompress(&utf8, w->rtf);
        rtf_text(&text, buf_view(&utf8), w->charset);
    }
    put_tidy(out, buf_view(&text));
    buf_putc(out, '\n');
    buf_release(&utf8);
    buf_release(&text);
}

static void put_message(struct buf *out, struct slice tnef, unsigned depth);

/* A message that was attached. */
static void put_inside(struct buf *out, struct slice properties, unsigned depth)
{
    struct scan c = scan_of(properties);
    uint32_t count, type, id;
    struct slice value;
    if (depth == DEPTH_MAX || !tnef_number(&c, 4, &count))
        return;
    for (uint32_t i = 0; i < count && tnef_property(&c, &type, &id, &value); i++) {
        if (id == PROPERTY_OBJECT && type == TYPE_OBJECT)
            put_message(out, slice_skip(value, OBJECT_HEAD), depth + 1);
    }
}

/* The next attribute; one that is cut off ends it all. */
static bool attribute(struct scan *c, uint32_t *id, struct slice *data)
{
    uint32_t level, n, sum;
    if (!tnef_number(c, 1, &level) || !tnef_number(c, 4, id) || !tnef_number(c, 4, &n))
        return false;
    *data = slice_cut(scan_rest(c), n);
    c->p += data->len;
    return data->len == n && tnef_number(c, 2, &sum);
}

static void put_message(struct buf *out, struct slice tnef, unsigned depth)
{
    struct scan c = scan_of(tnef);
    struct words w = {.charset = "windows-1252"};
    uint32_t signature, key, id, page;
    struct slice data;
    if (!tnef_number(&c, 4, &signature) || signature != TNEF_SIGNATURE || !tnef_number(&c, 2, &key))
        return;
    struct scan attributes = c;
    while (attribute(&c, &id, &data)) {
        struct scan d = scan_of(data);
        if (id == TNEF_CODEPAGE && tnef_number(&d, 4, &page))
            snprintf(w.charset, sizeof(w.charset), page == 65001 ? "utf-8" : "windows-%u", page);
        else if (id == ATT_MESSAGE_PROPERTIES)
            take(&w, data);
        else if (id == ATT_BODY && w.body.len == 0)
            w.body = tnef_until_zero(data, 1);
        else if (id == ATT_SUBJECT && w.subject.len == 0)
            w.subject = tnef_until_zero(data, 1);
    }
    if (w.body.len || w.html.len || w.rtf.len)
        put_words(out, &w);
    while (attribute(&attributes, &id, &data)) {
        if (id == TNEF_PROPERTIES)
            put_inside(out, data, depth);
    }
}

int tnef_text(const struct source *src, const struct message_part *p, struct buf *out, struct err *e)
{
    struct buf held = BUF_INIT(HELD_MAX);
    struct content c;
    struct slice piece;
    int r;
    content_open(&c, src, p);
    while ((r = content_next(&c, &piece, e)) == 0 && piece.len && held.len < held.max)
        buf_slice(&held, slice_cut(piece, held.max - held.len));
    content_close(&c);
    if (r == 0)
        put_message(out, buf_view(&held), 0);
    out->overflow = false;
    buf_release(&held);
    return r;
}
