/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * condense: the header block of a mail that is over a limit, cut down to what the limits allow, so that it
 * can be judged who sent it. Fields go along whole or not at all: a part of one could say something else than
 * the field does. A From that does not fit stays as an empty one, and one further down is still counted:
 * nothing can be hidden behind a limit that would make a sender unproven.
 */
#include "frontdesk/message_attachments.h"
#include "message_internal.h"

enum { ROOM = HEADER_MAX - 1024, MOST_FIELDS = MESSAGE_MAX_FIELDS - 10, MOST_FROM = 3 };

struct condensing {
    struct buf *out;
    struct buf field; /* with its line ends */
    unsigned fields, froms;
    bool line_start, ended;
};

static void end_field(struct condensing *c)
{
    struct slice field = buf_view(&c->field);
    long colon = slice_find_char(field, ':');
    struct slice name = slice_trim(slice_cut(field, colon < 0 ? 0 : (size_t)colon));
    bool from = slice_eq_nocase(name, SLICE("From")),
         fits = !c->field.overflow && c->fields < MOST_FIELDS && c->out->len + field.len <= ROOM;
    if (fits && rawheader_is_address(name))
        fits = rawheader_marks(slice_skip(field, (size_t)colon + 1)) <= ADDRESS_MARKS_MAX;
    if (field.len && (fits || (from && c->froms < MOST_FROM))) {
        buf_slice(c->out, fits ? field : SLICE("From:\r\n"));
        c->fields++;
        c->froms += from;
    }
    buf_clear(&c->field);
}

/* Bytes of a line, with its end if `ends`. */
static void take_line(struct condensing *c, struct slice part, bool ends)
{
    if (c->line_start && part.len && part.ptr[0] != ' ' && part.ptr[0] != '\t')
        end_field(c);
    buf_slice(&c->field, slice_cut(part, c->field.max - c->field.len));
    c->field.overflow = c->field.overflow || c->field.len == c->field.max;
    c->line_start = ends;
    if (ends &&
        (slice_eq(buf_view(&c->field), SLICE("\n")) || slice_eq(buf_view(&c->field), SLICE("\r\n")))) {
        buf_clear(&c->field);
        c->ended = true;
    }
}

static void take(struct condensing *c, struct slice piece)
{
    while (piece.len && !c->ended) {
        long end = slice_find_char(piece, '\n');
        struct slice line = slice_cut(piece, end < 0 ? piece.len : (size_t)end + 1);
        take_line(c, line, end >= 0);
        piece = slice_skip(piece, line.len);
    }
}

int message_condense(struct buf *out, const struct mail_bytes *mail, struct err *e)
{
    struct source src;
    struct condensing c = {.out = out, .field = BUF_INIT(FIELD_MAX), .line_start = true};
    uint64_t at = 0;
    ssize_t n = 0;
    if (source_of(&src, mail, e) != 0)
        return -1;
    char *chunk = mem_alloc(CHUNK);
    while (!c.ended && (n = source_read(&src, at, chunk, CHUNK)) > 0) {
        take(&c, slice_from(chunk, (size_t)n));
        at += (uint64_t)n;
    }
    end_field(&c);
    buf_puts(out, "\r\n");
    free(chunk);
    buf_release(&c.field);
    source_close(&src);
    return n < 0 ? err_set(e, ERR_IO, "the mail could not be read from its file") : 0;
}
