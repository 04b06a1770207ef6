/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * buf: the one string builder.
 *
 * Invariants: data is never NULL and always terminated; len < cap unless cap is 0; it never grows over max.
 * A write that would pass max changes nothing and sets `overflow`, which is sticky: check it once at the end.
 * `struct buf b = BUF_INIT(max);` needs no call; buf_release frees, buf_clear empties and keeps the memory.
 */
#ifndef FRONTDESK_BASE_BUF_H
#define FRONTDESK_BASE_BUF_H

#include <stdarg.h>

struct buf {
    char *data;
    size_t len, cap, max;
    bool overflow;
};

extern char buf_nothing[1];
#define BUF_INIT(maximum)                                                                                    \
    {                                                                                                        \
        .data = buf_nothing, .max = (maximum)                                                                \
    }

void buf_init(struct buf *b, size_t max);
void buf_release(struct buf *b);
void buf_wipe(struct buf *b);  /* overwrites what it holds, then releases: for secrets */
void buf_clear(struct buf *b); /* also clears overflow */
void buf_put(struct buf *b, const void *data, size_t len);
void buf_puts(struct buf *b, const char *s);
void buf_putc(struct buf *b, char c);
void buf_slice(struct buf *b, struct slice s);
void buf_printf(struct buf *b, const char *fmt, ...) PRINTF(2, 3);
void buf_vprintf(struct buf *b, const char *fmt, va_list ap) PRINTF(2, 0);
void buf_truncate(struct buf *b, size_t len);
struct slice buf_view(const struct buf *b); /* valid until the next write */
/* The bytes as a malloc'ed, terminated string, now the caller's; the buf is empty and ready again. */
char *buf_detach(struct buf *b) MUST_USE;
/* JSON string literal with its quotes; input that is not UTF-8 is replaced byte by byte. The only JSON
 * quoting. */
void buf_put_json(struct buf *b, struct slice s);
/* Lower-case hexadecimal. */
void buf_put_hex(struct buf *b, const void *data, size_t len);
/* Room for n more bytes to be written at the returned place, then buf_added(n). NULL if that passes max. */
char *buf_room(struct buf *b, size_t n);
void buf_added(struct buf *b, size_t n);

#endif
