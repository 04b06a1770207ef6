/* SPDX-License-Identifier: GPL-2.0-or-later */
/* buf: the one string builder. See base_buf.h for its invariants. */
#include "frontdesk/base.h"

char buf_nothing[1] = "";

void buf_init(struct buf *b, size_t max)
{
    *b = (struct buf)BUF_INIT(max);
}

void buf_release(struct buf *b)
{
    if (b->cap)
        free(b->data);
    buf_init(b, b->max);
}

void buf_wipe(struct buf *b)
{
    explicit_bzero(b->data, b->len);
    buf_release(b);
}

void buf_clear(struct buf *b)
{
    buf_truncate(b, 0);
    b->overflow = false;
}

char *buf_room(struct buf *b, size_t n)
{
    if (n > b->max || b->len > b->max - n) {
        b->overflow = true;
        return NULL;
    }
    size_t need = b->len + n + 1;
    if (need > b->cap) {
        size_t cap = b->cap ? b->cap : 64;
        while (cap < need)
            cap = cap > SIZE_MAX / 2 ? need : cap * 2;
        if (cap > b->max + 1)
            cap = b->max + 1;
        b->data = mem_grow(b->cap ? b->data : NULL, cap);
        b->cap = cap;
        b->data[b->len] = '\0';
    }
    return b->data + b->len;
}

void buf_added(struct buf *b, size_t n)
{
    ENSURE(b->len + n < b->cap || n == 0);
    b->len += n;
    if (b->cap)
        b->data[b->len] = '\0';
}

void buf_put(struct buf *b, const void *data, size_t len)
{
    char *room = len ? buf_room(b, len) : NULL;
    if (!room)
        return;
    memcpy(room, data, len);
    buf_added(b, len);
}

void buf_puts(struct buf *b, const char *s)
{
    buf_put(b, s, strlen(s));
}

void buf_putc(struct buf *b, char c)
{
    char *room = buf_room(b, 1);
    if (!room)
        return;
    *room = c;
    buf_added(b, 1);
}

void buf_slice(struct buf *b, struct slice s)
{
    buf_put(b, s.ptr, s.len);
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    buf_vprintf(b, fmt, ap);
    va_end(ap);
}

void buf_vprintf(struct buf *b, const char *fmt, va_list ap)
{
    va_list again;
    va_copy(again, ap);
    char small[256];
    int n = vsnprintf(small, sizeof(small), fmt, ap);
    ENSURE(n >= 0);
    if ((size_t)n < sizeof(small)) {
        buf_put(b, small, (size_t)n);
    } else {
        char *room = buf_room(b, (size_t)n);
        if (room) {
            vsnprintf(room, (size_t)n + 1, fmt, again);
            buf_added(b, (size_t)n);
        }
    }
    va_end(again);
}

void buf_truncate(struct buf *b, size_t len)
{
    ENSURE(len <= b->len);
    b->len = len;
    if (b->cap)
        b->data[len] = '\0';
}

struct slice buf_view(const struct buf *b)
{
    return slice_from(b->data, b->len);
}

char *buf_detach(struct buf *b)
{
    char *s = b->cap ? b->data : mem_copy("");
    buf_init(b, b->max);
    return s;
}

static void put_json_char(struct buf *b, unsigned char c)
{
    static const char names[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";
    const char *at = c ? strchr(names, c) : NULL;
    if (at) {
        buf_putc(b, '\\');
        buf_putc(b, letters[at - names]);
    } else {
        buf_printf(b, "\\u%04x", c);
    }
}

void buf_put_json(struct buf *b, struct slice s)
{
    buf_putc(b, '"');
    const unsigned char *p = (const unsigned char *)s.ptr;
    size_t start = 0;
    for (size_t i = 0; i < s.len;) {
        size_t n = p[i] < 0x80 ? 1 : slice_utf8_length(slice_skip(s, i));
        if (n && p[i] >= 0x20 && p[i] != '"' && p[i] != '\\' && p[i] != 0x7f) {
            i += n;
            continue;
        }
        buf_put(b, p + start, i - start);
        if (n)
            put_json_char(b, p[i]);
        else
            buf_puts(b, "\xef\xbf\xbd");
        start = ++i;
    }
    buf_put(b, p ? p + start : NULL, s.len - start);
    buf_putc(b, '"');
}

void buf_put_hex(struct buf *b, const void *data, size_t len)
{
    static const char digits[] = "0123456789abcdef";
    const unsigned char *p = data;
    for (size_t i = 0; i < len; i++) {
        buf_putc(b, digits[p[i] >> 4]);
        buf_putc(b, digits[p[i] & 15]);
    }
}
