/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tnef: the files in Outlook's winmail.dat (MS-OXTNEF). Only their names, places and hashes are taken out, in
 * one pass over the stream: no length that stands in the file decides about memory, nothing else of it is
 * looked at. libytnef was tried: it wants the whole file in memory, takes up to 50 MB where a length of the
 * file says so, prints to standard output, and leaks on damaged input.
 *
 * signature u32, key u16; then attributes: level u8, id u32, length u32, data, checksum u16. An attachment
 * starts at its "rendering data"; its properties are another list inside one attribute.
 */
#include "message_internal.h"

enum {
    ATT_REND_DATA = 0x00069002,
    ATT_TITLE = 0x00018010,
    ATT_DATA = 0x0006800f,
    PROPERTIES_MAX = 64 * 1024, /* of one attachment; the name stands near the start */
    PROPERTY_LONG_NAME = 0x3707,
    TITLE_MAX = 1000,
};

/* The stream, with a count of what was taken. */
struct stream {
    struct content content;
    struct slice piece;
    uint64_t at;
    bool ended;
    struct err *e;
    int failed; /* -1: I/O */
};

static bool fill(struct stream *s)
{
    if (s->piece.len == 0 && !s->ended) {
        if (content_next(&s->content, &s->piece, s->e) != 0)
            s->failed = -1;
        s->ended = s->piece.len == 0;
    }
    return !s->ended;
}

static struct slice take(struct stream *s, uint64_t most)
{
    struct slice got = slice_cut(s->piece, most < s->piece.len ? (size_t)most : s->piece.len);
    s->piece = slice_skip(s->piece, got.len);
    s->at += got.len;
    return got;
}

/* Little-endian; false at the end. */
static bool number(struct stream *s, unsigned bytes, uint32_t *out)
{
    *out = 0;
    for (unsigned i = 0; i < bytes; i++) {
        if (!fill(s))
            return false;
        *out |= (uint32_t)(unsigned char)take(s, 1).ptr[0] << (8 * i);
    }
    return true;
}

/* n bytes of data: into `keep` what fits its maximum, into `hash`; either may be NULL. */
static bool data(struct stream *s, uint32_t n, struct buf *keep, gnutls_hash_hd_t hash)
{
    while (n) {
        if (!fill(s))
            return false;
        struct slice got = take(s, n);
        n -= (uint32_t)got.len;
        if (hash)
            gnutls_hash(hash, got.ptr, got.len);
        if (keep)
            buf_slice(keep, slice_cut(got, keep->max - keep->len));
    }
    return true;
}

static void long_name(struct slice properties, const char *charset, struct buf *name)
{
    struct scan c = scan_of(properties);
    uint32_t count, type, id;
    struct slice value;
    if (!tnef_number(&c, 4, &count))
        return;
    for (uint32_t i = 0; i < count && tnef_property(&c, &type, &id, &value); i++) {
        if (id != PROPERTY_LONG_NAME || (type != 0x1e && type != 0x1f) || value.len == 0)
            continue;
        buf_clear(name);
        message_to_utf8(name, tnef_until_zero(slice_cut(value, TITLE_MAX), type == 0x1f ? 2 : 1),
                        type == 0x1f ? SLICE("utf-16le") : slice_of(charset));
        return;
    }
}

/* --- the whole --- */

struct reading {
    struct stream in;
    char charset[40];
    struct buf name, title, properties;
    struct tnef_file file; /* the one that is being read */
    bool open;
    tnef_found found;
    void *self;
};

static void finish(struct reading *r)
{
    if (!r->open)
        return;
    buf_clear(&r->name);
    long_name(buf_view(&r->properties), r->charset, &r->name);
    if (r->name.len == 0)
        message_to_utf8(&r->name, tnef_until_zero(buf_view(&r->title), 1), slice_of(r->charset));
    r->file.name = buf_view(&r->name);
    r->found(r->self, &r->file);
    r->open = false;
}

static bool take_data(struct reading *r, uint32_t n)
{
    gnutls_hash_hd_t hash;
    uint64_t off = r->in.at;
    if (gnutls_hash_init(&hash, GNUTLS_DIG_SHA256) < 0)
        return false;
    bool whole = data(&r->in, n, NULL, hash);
    gnutls_hash_deinit(hash, r->file.sha256);
    if (whole && r->open) {
        r->file.has_data = true;
        r->file.off = off;
        r->file.size = n;
    }
    return whole;
}

static bool take_codepage(struct reading *r, uint32_t n)
{
    uint32_t page = 0;
    if (n < 4)
        return data(&r->in, n, NULL, NULL);
    if (!number(&r->in, 4, &page))
        return false;
    if (page == 65001)
        snprintf(r->charset, sizeof(r->charset), "utf-8");
    else
        snprintf(r->charset, sizeof(r->charset), "windows-%u", page);
    return data(&r->in, n - 4, NULL, NULL);
}

static bool attribute(struct reading *r)
{
    uint32_t level, id, n, sum;
    bool whole;
    if (!number(&r->in, 1, &level) || !number(&r->in, 4, &id) || !number(&r->in, 4, &n))
        return false;
    if (id == ATT_REND_DATA) {
        finish(r);
        r->file = (struct tnef_file){0};
        r->open = true;
        buf_clear(&r->title);
        buf_clear(&r->properties);
    }
    if (id == ATT_DATA)
        whole = take_data(r, n);
    else if (id == TNEF_CODEPAGE)
        whole = take_codepage(r, n);
    else
        whole = data(&r->in, n,
                     id == ATT_TITLE         ? &r->title
                     : id == TNEF_PROPERTIES ? &r->properties
                                             : NULL,
                     NULL);
    /* some writers sum wrongly, and nothing depends on it */
    return whole && number(&r->in, 2, &sum);
}

int tnef_scan(const struct source *src, const struct message_part *p, tnef_found found, void *self,
              bool *damaged, struct err *e)
{
    struct reading *r = mem_alloc(sizeof(*r));
    *r = (struct reading){.in = {.e = e},
                          .charset = "windows-1252",
                          .name = BUF_INIT(16 * TITLE_MAX),
                          .title = BUF_INIT(TITLE_MAX),
                          .properties = BUF_INIT(PROPERTIES_MAX),
                          .found = found,
                          .self = self};
    uint32_t signature, key;
    content_open(&r->in.content, src, p);
    *damaged = !number(&r->in, 4, &signature) || signature != TNEF_SIGNATURE || !number(&r->in, 2, &key);
    while (!*damaged && fill(&r->in))
        *damaged = !attribute(r);
    finish(r);
    int rc = r->in.failed;
    content_close(&r->in.content);
    buf_release(&r->name);
    buf_release(&r->title);
    buf_release(&r->properties);
    free(r);
    return rc;
}
