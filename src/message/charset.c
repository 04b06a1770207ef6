/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * charset: bytes to UTF-8, and the removal of what must never reach a terminal, a ticket or a letter.
 * Order: the label; if that fails anywhere, UTF-8 with single bad bytes taken as Windows-1252. Nothing is
 * dropped, nothing fails.
 */
#include "message_internal.h"

#include <errno.h>
#include <iconv.h>

/* gcc takes iconv_t, where (iconv_t)-1 means failure, for memory that leaks */
#ifndef __clang__
#pragma GCC diagnostic ignored "-Wanalyzer-malloc-leak"
#endif

static const uint16_t cp1252_high[32] = {
    0x20ac, 0xfffd, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
    0x2039, 0x0152, 0xfffd, 0x017d, 0xfffd, 0xfffd, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
    0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0xfffd, 0x017e, 0x0178,
};

static void put_code_point(struct buf *out, gunichar c)
{
    char utf8[6];
    buf_put(out, utf8, (size_t)g_unichar_to_utf8(c, utf8));
}

static void put_cp1252(struct buf *out, unsigned char c)
{
    put_code_point(out, c >= 0x80 && c < 0xa0 ? cp1252_high[c - 0x80] : c);
}

/* Length of the run of plain ASCII at p. */
static size_t ascii_run(const char *p, size_t left)
{
    size_t i = 0;
    uint64_t eight;
    for (; i + 8 <= left; i += 8) {
        memcpy(&eight, p + i, 8);
        if (eight & 0x8080808080808080u)
            break;
    }
    while (i < left && (unsigned char)p[i] < 0x80)
        i++;
    return i;
}

static void from_utf8_or_cp1252(struct buf *out, struct slice s)
{
    for (size_t i = 0; i < s.len;) {
        size_t run = ascii_run(s.ptr + i, s.len - i);
        buf_put(out, s.ptr + i, run);
        i += run;
        if (i == s.len)
            break;
        gunichar c = g_utf8_get_char_validated(s.ptr + i, (gssize)(s.len - i));
        if (c == (gunichar)-1 || c == (gunichar)-2) {
            put_cp1252(out, (unsigned char)s.ptr[i++]);
        } else {
            size_t n = (size_t)g_unichar_to_utf8(c, NULL);
            buf_put(out, s.ptr + i, n);
            i += n;
        }
    }
}

static void from_cp1252(struct buf *out, struct slice s)
{
    for (size_t i = 0; i < s.len;) {
        size_t run = ascii_run(s.ptr + i, s.len - i);
        buf_put(out, s.ptr + i, run);
        i += run;
        if (i < s.len)
            put_cp1252(out, (unsigned char)s.ptr[i++]);
    }
}

/* A label that is safe to hand to iconv: no options behind slashes, no surprises. */
static bool good_label(struct slice label, char out[48])
{
    if (label.len == 0 || label.len >= 48)
        return false;
    for (size_t i = 0; i < label.len; i++) {
        char c = label.ptr[i];
        if (!g_ascii_isalnum(c) && c != '-' && c != '_' && c != '.' && c != ':')
            return false;
        out[i] = c;
    }
    out[label.len] = '\0';
    return true;
}

static bool by_iconv(struct buf *out, struct slice s, const char *label)
{
    iconv_t cd = iconv_open("UTF-8", label);
    if (cd == (iconv_t)-1)
        return false;
    size_t start = out->len;
    char *in = g_memdup2(s.ptr, s.len); /* iconv wants a char ** and some converters peek */
    char *p = in;
    size_t left = s.len;
    bool fine = true;
    while (fine && left) {
        char chunk[4096];
        char *to = chunk;
        size_t room = sizeof(chunk);
        size_t r = iconv(cd, &p, &left, &to, &room);
        /* some converters give code points that no UTF-8 has (ucs-4: beyond U+10FFFF) */
        from_utf8_or_cp1252(out, slice_from(chunk, (size_t)(to - chunk)));
        /* an incomplete character at the very end is a cut text, not a wrong label */
        if (r == (size_t)-1 && errno == EINVAL)
            break;
        fine = r != (size_t)-1 || errno == E2BIG;
    }
    iconv_close(cd);
    if (fine)
        from_utf8_or_cp1252(out, slice_from(p, left));
    else
        buf_truncate(out, start);
    g_free(in);
    return fine;
}

void message_to_utf8(struct buf *out, struct slice bytes, struct slice label)
{
    static const char *const unicode[] = {"utf-8", "utf8", "us-ascii", "ascii", "unicode-1-1-utf-8"};
    static const char *const latin[] = {"iso-8859-1", "iso8859-1", "latin1", "windows-1252", "cp1252"};
    label = slice_trim(label);
    char name[48];
    bool known = good_label(label, name);
    for (size_t i = 0; known && i < ARRAY_LEN(unicode); i++)
        known = strcasecmp(name, unicode[i]) != 0;
    if (bytes.len == 0)
        return;
    if (!known || ascii_run(bytes.ptr, bytes.len) == bytes.len) {
        /* 7-bit texts still go by their label when it is a shifting or wide one */
        if (!known || (strncasecmp(name, "iso-2022", 8) != 0 && strncasecmp(name, "utf", 3) != 0 &&
                       strncasecmp(name, "hz", 2) != 0 && strncasecmp(name, "ucs", 3) != 0)) {
            from_utf8_or_cp1252(out, bytes);
            return;
        }
    }
    for (size_t i = 0; i < ARRAY_LEN(latin); i++) {
        if (strcasecmp(name, latin[i]) == 0) {
            from_cp1252(out, bytes);
            return;
        }
    }
    if (!by_iconv(out, bytes, name))
        from_utf8_or_cp1252(out, bytes);
}

/* Bidirectional marks and overrides, zero-width and other invisible characters that hide text. */
static bool is_hidden(gunichar c)
{
    return (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0x200e || c == 0x200f ||
           c == 0x061c || c == 0xfeff || (c >= 0x80 && c < 0xa0) || c == 0x7f ||
           (c >= 0xe0000 && c <= 0xe007f);
}

void message_clean(struct buf *out, struct slice utf8, bool multiline)
{
    size_t start = 0, i = 0;
    while (i < utf8.len) {
        unsigned char u = (unsigned char)utf8.ptr[i];
        if (u >= 0x20 && u < 0x7f) {
            i++;
            continue;
        }
        size_t n = 1;
        bool keep = multiline && (u == '\n' || u == '\t'),
             blank = !keep && (u == '\t' || u == '\n' || u == '\r');
        bool crlf = u == '\r' && i + 1 < utf8.len && utf8.ptr[i + 1] == '\n';
        const char *instead = crlf || (multiline && u == '\r') ? "" : blank ? " " : "";
        if (u >= 0x80) {
            gunichar c = g_utf8_get_char_validated(utf8.ptr + i, (gssize)(utf8.len - i));
            bool bad = c == (gunichar)-1 || c == (gunichar)-2;
            n = bad ? 1 : (size_t)g_unichar_to_utf8(c, NULL);
            keep = !bad && !is_hidden(c) && !(c == 0x2028 || c == 0x2029);
            /* no line of its own: behind "> " it would be a line that is not quoted */
            instead = bad ? "\xef\xbf\xbd" : c == 0x2028 || c == 0x2029 ? " " : "";
        }
        if (!keep) {
            buf_put(out, utf8.ptr + start, i - start);
            buf_puts(out, instead);
            start = i + n;
        }
        i += n;
    }
    buf_put(out, utf8.ptr ? utf8.ptr + start : NULL, utf8.len - start);
}
