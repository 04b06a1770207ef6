/* SPDX-License-Identifier: GPL-2.0-or-later */
/* flowed: format=flowed text (RFC 3676) to paragraphs, and the common tidying of body text. */
#include "message_internal.h"

struct flow {
    struct buf *out;
    size_t depth;
    bool open; /* the last line ended soft */
};

static void start_line(struct flow *f, size_t depth)
{
    for (size_t i = 0; i < depth && i < 20; i++)
        buf_putc(f->out, '>');
    if (depth)
        buf_putc(f->out, ' ');
    f->depth = depth;
}

void flowed_join(struct buf *out, struct slice text, bool delsp)
{
    struct flow f = {.out = out};
    struct scan c = scan_of(text);
    while (!scan_end(&c)) {
        struct slice line = scan_line(&c);
        size_t depth = 0;
        while (depth < line.len && line.ptr[depth] == '>')
            depth++;
        line = slice_skip(line, depth);
        if (line.len && line.ptr[0] == ' ')
            line = slice_skip(line, 1);
        bool signature = slice_eq(line, SLICE("-- "));
        if (f.open && (depth != f.depth || signature)) {
            buf_putc(out, '\n');
            f.open = false;
        }
        if (!f.open)
            start_line(&f, depth);
        bool soft = !signature && line.len && line.ptr[line.len - 1] == ' ';
        buf_slice(out, soft && delsp ? slice_cut(line, line.len - 1) : line);
        if (!soft)
            buf_putc(out, '\n');
        f.open = soft;
    }
}

void flowed_tidy(struct buf *out, struct slice text)
{
    struct scan c = scan_of(text);
    unsigned empty = 2; /* none at the start */
    while (!scan_end(&c)) {
        struct slice line = scan_line(&c);
        /* "-- " marks a signature and keeps its blank */
        if (!slice_eq(line, SLICE("-- "))) {
            while (line.len && (line.ptr[line.len - 1] == ' ' || line.ptr[line.len - 1] == '\t' ||
                                line.ptr[line.len - 1] == '\r'))
                line.len--;
        }
        empty = line.len ? 0 : empty + 1;
        if (empty > 2)
            continue;
        buf_slice(out, line);
        buf_putc(out, '\n');
    }
    while (out->len && (out->data[out->len - 1] == '\n'))
        buf_truncate(out, out->len - 1);
    if (out->len)
        buf_putc(out, '\n');
}
