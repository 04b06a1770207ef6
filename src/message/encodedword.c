/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * encodedword: RFC 2047 words to UTF-8. Our own, because the library drops the rest of a character that is
 * split over two base64 words; neighbours of one charset are joined as bytes before they are converted.
 */
#include "message_internal.h"

struct word {
    struct slice charset, text;
    bool base64;
};

/* The word at the cursor: "=?charset?B?text?="; false and nothing moved if there is none. */
static bool take_word(struct scan *c, struct word *w)
{
    struct scan s = *c;
    if (!scan_word_nocase(&s, SLICE("=?")))
        return false;
    w->charset = scan_until(&s, "? \t");
    if (w->charset.len == 0 || !scan_char(&s, '?'))
        return false;
    long language = slice_find_char(w->charset, '*'); /* RFC 2231 */
    if (language > 0)
        w->charset = slice_cut(w->charset, (size_t)language);
    int encoding = (unsigned char)g_ascii_tolower((char)scan_next(&s));
    if ((encoding != 'b' && encoding != 'q') || !scan_char(&s, '?'))
        return false;
    w->base64 = encoding == 'b';
    const char *start = s.p;
    struct slice rest = scan_rest(&s);
    long end = slice_find(rest, SLICE("?="));
    /* "=?utf-8?Q?=41?=" ends at the second "?=", not inside; a word has no blank by the RFC, but some have */
    if (end < 0)
        return false;
    w->text = slice_from(start, (size_t)end);
    c->p = start + end + 2;
    return true;
}

static void decode_word(struct buf *bytes, const struct word *w)
{
    GMimeEncoding state;
    if (w->base64)
        g_mime_encoding_init_decode(&state, GMIME_CONTENT_ENCODING_BASE64);
    for (size_t i = 0; !w->base64 && i < w->text.len; i++) {
        const char *p = w->text.ptr + i;
        if (*p == '=' && i + 2 < w->text.len && g_ascii_isxdigit(p[1]) && g_ascii_isxdigit(p[2])) {
            buf_putc(bytes, (char)(g_ascii_xdigit_value(p[1]) * 16 + g_ascii_xdigit_value(p[2])));
            i += 2;
        } else {
            buf_putc(bytes, *p == '_' ? ' ' : *p);
        }
    }
    if (w->base64) {
        char *room = buf_room(bytes, w->text.len + 8);
        if (room)
            buf_added(bytes, g_mime_encoding_step(&state, w->text.ptr, w->text.len, room));
    }
}

void encodedword_decode(struct buf *out, struct slice utf8)
{
    struct scan c = scan_of(utf8);
    struct buf bytes = BUF_INIT(4 * FIELD_MAX);
    struct slice charset = SLICE_NONE;
    while (!scan_end(&c)) {
        struct scan look = c;
        struct slice blanks = scan_while(&look, " \t");
        struct word w;
        if (take_word(&look, &w)) {
            /* blanks between two words are no text */
            if (!charset.ptr)
                buf_slice(out, blanks);
            else if (!slice_eq_nocase(charset, w.charset)) {
                message_to_utf8(out, buf_view(&bytes), charset);
                buf_clear(&bytes);
            }
            charset = w.charset;
            decode_word(&bytes, &w);
            c = look;
            continue;
        }
        message_to_utf8(out, buf_view(&bytes), charset);
        buf_clear(&bytes);
        charset = SLICE_NONE;
        buf_slice(out, blanks);
        c = look;
        if (!scan_end(&c))
            buf_putc(out, (char)scan_next(&c));
        buf_slice(out, scan_until(&c, "= \t"));
    }
    message_to_utf8(out, buf_view(&bytes), charset);
    buf_release(&bytes);
}
