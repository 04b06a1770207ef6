/* SPDX-License-Identifier: GPL-2.0-or-later */
/* content: the decoded bytes of a stretch of the mail, piece by piece, straight from the source. */
#include "message_internal.h"

void content_open(struct content *c, const struct source *src, const struct message_part *p)
{
    static const GMimeContentEncoding encodings[] = {
        GMIME_CONTENT_ENCODING_DEFAULT, GMIME_CONTENT_ENCODING_BASE64, GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE,
        GMIME_CONTENT_ENCODING_UUENCODE};
    *c = (struct content){.src = src, .off = p->raw_off, .left = p->raw_len};
    size_t first = p->raw_len < CHUNK ? (size_t)p->raw_len : CHUNK;
    c->in = mem_alloc(first + 1);
    if (p->encoding == 0)
        return;
    g_mime_encoding_init_decode(&c->state, encodings[p->encoding]);
    c->out = mem_alloc(g_mime_encoding_outlen(&c->state, CHUNK) + 64);
}

/* What is before the line "begin MODE NAME" is not encoded; the library decodes what comes behind it. */
static struct slice behind_begin(struct content *c, struct slice s)
{
    static const char word[] = "begin ";
    while (s.len && !(c->state.state & GMIME_UUDECODE_STATE_BEGIN)) {
        char b = s.ptr[0];
        s = slice_skip(s, 1);
        if (b == '\n') {
            if (c->begin == sizeof(word) - 1)
                c->state.state |= GMIME_UUDECODE_STATE_BEGIN;
            c->begin = 0;
        } else if (c->begin < sizeof(word) - 1) {
            c->begin = b == word[c->begin] ? c->begin + 1 : sizeof(word); /* past the end: not this line */
        }
    }
    return s;
}

static struct slice decode(struct content *c, struct slice raw)
{
    if (c->state.encoding == GMIME_CONTENT_ENCODING_UUENCODE)
        raw = behind_begin(c, raw);
    if (raw.len == 0)
        return SLICE_NONE;
    return slice_from(c->out, g_mime_encoding_step(&c->state, raw.ptr, raw.len, c->out));
}

int content_next(struct content *c, struct slice *piece, struct err *e)
{
    *piece = SLICE_NONE;
    while (c->left && piece->len == 0) {
        ssize_t n = source_read(c->src, c->off, c->in, c->left < CHUNK ? (size_t)c->left : CHUNK);
        if (n < 0)
            return err_set(e, ERR_IO, "the mail could not be read from its file");
        if (n == 0)
            c->left = 0;
        c->off += (uint64_t)n;
        c->left -= (uint64_t)n;
        *piece = c->out ? decode(c, slice_from(c->in, (size_t)n)) : slice_from(c->in, (size_t)n);
    }
    return 0;
}

void content_close(struct content *c)
{
    free(c->in);
    free(c->out);
    c->in = c->out = NULL;
}
