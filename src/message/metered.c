/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * metered: the mail as the stream that the library reads it from. The library makes objects of every part and
 * every header field in it, keeps what stands before the first part, and knows no limit but 1,024 levels: a
 * mail of 30 MB can make it take gigabytes. So the stream ends, as if the mail did, when the heap has grown
 * by more than the limit; parttree then says why, as far as it was counted.
 */
#include "message_internal.h"

#include <malloc.h>

enum { LOOK_EVERY = 16 * 1024 };

struct metered_stream {
    GMimeStream parent;
    struct meter *meter; /* outlives the tree of parts, whose ranges are streams too */
};

struct metered_class {
    GMimeStreamClass parent;
};

static GType metered_type;

/* 0 under a sanitizer or valgrind, which have a heap of their own: then nothing is ever over. */
static size_t heap_in_use(void)
{
    struct mallinfo2 now = mallinfo2();
    return now.uordblks + now.hblkhd;
}

static bool is_over(struct meter *m, uint64_t at)
{
    if (!m->over && at >= m->look_at) {
        size_t now = heap_in_use();
        m->look_at = at + LOOK_EVERY;
        m->over = now > m->before && now - m->before > m->most;
    }
    return m->over;
}

static ssize_t on_read(GMimeStream *stream, char *into, size_t n)
{
    struct meter *m = ((struct metered_stream *)stream)->meter;
    uint64_t at = (uint64_t)stream->position,
             end = stream->bound_end < 0 ? m->src->size : (uint64_t)stream->bound_end;
    if (at >= end || is_over(m, at))
        return 0;
    ssize_t got = source_read(m->src, at, into, n < end - at ? n : (size_t)(end - at));
    m->failed = m->failed || got < 0;
    if (got > 0)
        stream->position += got;
    return got;
}

static ssize_t on_write(GMimeStream *stream, const char *bytes, size_t n)
{
    (void)stream, (void)bytes, (void)n;
    return -1;
}

static int nothing_to_do(GMimeStream *stream)
{
    (void)stream;
    return 0;
}

static gint64 on_length(GMimeStream *stream)
{
    gint64 end = stream->bound_end < 0 ? (gint64)((struct metered_stream *)stream)->meter->src->size
                                       : stream->bound_end;
    return end - stream->bound_start;
}

static gboolean on_eos(GMimeStream *stream)
{
    return stream->position >= stream->bound_start + on_length(stream);
}

static int on_reset(GMimeStream *stream)
{
    stream->position = stream->bound_start;
    return 0;
}

static gint64 on_seek(GMimeStream *stream, gint64 offset, GMimeSeekWhence whence)
{
    gint64 end = stream->bound_start + on_length(stream);
    gint64 from = whence == GMIME_STREAM_SEEK_SET   ? stream->bound_start
                  : whence == GMIME_STREAM_SEEK_CUR ? stream->position
                                                    : end;
    if (offset < stream->bound_start - from || offset > end - from)
        return -1;
    return stream->position = from + offset;
}

static gint64 on_tell(GMimeStream *stream)
{
    return stream->position;
}

static GMimeStream *on_substream(GMimeStream *stream, gint64 start, gint64 end)
{
    struct metered_stream *sub = g_object_new(metered_type, NULL);
    sub->meter = ((struct metered_stream *)stream)->meter;
    g_mime_stream_construct(&sub->parent, start, end);
    return &sub->parent;
}

static void class_init(void *class, void *data)
{
    GMimeStreamClass *c = class;
    (void)data;
    c->read = on_read;
    c->write = on_write;
    c->flush = nothing_to_do;
    c->close = nothing_to_do;
    c->eos = on_eos;
    c->reset = on_reset;
    c->seek = on_seek;
    c->tell = on_tell;
    c->length = on_length;
    c->substream = on_substream;
}

void metered_init(void)
{
    metered_type = g_type_register_static_simple(GMIME_TYPE_STREAM, "FrontdeskMeteredStream",
                                                 sizeof(struct metered_class), class_init,
                                                 sizeof(struct metered_stream), NULL, 0);
}

GMimeStream *metered_open(struct meter *m, const struct source *src, const struct message_limits *limits)
{
    struct metered_stream *s = g_object_new(metered_type, NULL);
    *m = (struct meter){.src = src,
                        .before = heap_in_use(),
                        .most = STRUCTURE_MAX + (size_t)limits->parts * STRUCTURE_OF_PART};
    s->meter = m;
    g_mime_stream_construct(&s->parent, 0, (gint64)src->size);
    return &s->parent;
}
