/* SPDX-License-Identifier: GPL-2.0-or-later */
/* reader: the one door from bytes to struct message. Guards first (mail.md 1.12), then the library. */
#include "message_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

const struct message_limits message_limits_default = {.size = 35 * 1024 * 1024, .parts = 200, .depth = 20};

static GMimeParserOptions *options;

static void init_once(void)
{
    static const char *fallback[] = {"utf-8", "windows-1252", NULL};
    g_mime_init();
    options = g_mime_parser_options_new();
    g_mime_parser_options_set_fallback_charsets(options, fallback);
}

void message_library_init(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, init_once);
}

GMimeParserOptions *message_parser_options(void)
{
    return options;
}

ssize_t source_read(const struct source *src, uint64_t off, void *buffer, size_t n)
{
    if (off >= src->size)
        return 0;
    if (n > src->size - off)
        n = (size_t)(src->size - off);
    if (src->fd < 0) {
        memcpy(buffer, src->bytes.ptr + off, n);
        return (ssize_t)n;
    }
    ssize_t r;
    do
        r = pread(src->fd, buffer, n, (off_t)off);
    while (r < 0 && errno == EINTR);
    return r;
}

struct span builder_add(struct builder *b, struct slice s)
{
    struct span span = {.off = (uint32_t)b->arena.len, .len = (uint32_t)s.len};
    buf_slice(&b->arena, s);
    return b->arena.overflow ? (struct span){0, 0} : span;
}

struct slice builder_str(const struct builder *b, struct span s)
{
    return slice_from(b->arena.data + s.off, s.len);
}

static GMimeStream *open_stream(const struct source *src)
{
    if (src->fd >= 0) {
        GMimeStream *stream = g_mime_stream_fs_new(src->fd);
        g_mime_stream_fs_set_owner(GMIME_STREAM_FS(stream), FALSE);
        return stream;
    }
    /* the bytes are lent to the stream, not copied; nobody writes to it */
    GByteArray *lent = g_byte_array_new();
    lent->data = (guint8 *)(uintptr_t)src->bytes.ptr;
    lent->len = (guint)src->bytes.len;
    GMimeStream *stream = g_mime_stream_mem_new();
    g_mime_stream_mem_set_byte_array(GMIME_STREAM_MEM(stream), lent);
    return stream;
}

static void close_stream(GMimeStream *stream, const struct source *src)
{
    GByteArray *lent = src->fd < 0 ? g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream)) : NULL;
    g_object_unref(stream);
    if (lent) {
        lent->data = NULL;
        lent->len = 0;
        g_byte_array_free(lent, TRUE);
    }
}

static int read_parts(struct builder *b)
{
    GMimeStream *stream = open_stream(b->src);
    GMimeParser *parser = g_mime_parser_new_with_stream(stream);
    g_mime_parser_set_persist_stream(parser, TRUE);
    GMimeMessage *mail = g_mime_parser_construct_message(parser, options);
    int r = mail ? parttree_read(b, mail) : err_set(b->e, ERR_MAIL, "the mail has no readable structure");
    if (mail)
        g_object_unref(mail);
    g_object_unref(parser);
    close_stream(stream, b->src);
    return r;
}

/* The header block: all of a small mail, or the start of a big one. */
int source_header(struct builder *b, bool headers_only, int (*take)(struct builder *b, struct slice head),
                  uint64_t *body)
{
    const struct source *src = b->src;
    size_t n = src->size < HEADER_MAX + 2 ? (size_t)src->size : HEADER_MAX + 2;
    char *own = NULL;
    struct slice head = slice_cut(src->bytes, n);
    if (src->fd >= 0) {
        own = mem_alloc(n + 1);
        size_t have = 0;
        ssize_t r = 1;
        while (have < n && (r = source_read(src, have, own + have, n - have)) > 0)
            have += (size_t)r;
        if (r < 0) {
            free(own);
            return err_set_errno(b->e, errno, "the mail could not be read");
        }
        head = slice_from(own, have);
    }
    size_t end = rawheader_end(head);
    if (end == 0 && (headers_only || src->size <= HEADER_MAX))
        end = head.len;
    int r;
    if (end == 0 || end > HEADER_MAX)
        r = err_set(b->e, ERR_LIMIT, "header block of over %d bytes, at most %d are accepted", HEADER_MAX,
                    HEADER_MAX);
    else
        r = take(b, slice_cut(head, end));
    *body = end;
    free(own);
    return r;
}

static int read_source(struct message *out, const struct source *src, bool headers_only,
                       const struct message_limits *limits, struct err *e)
{
    message_library_init();
    if (src->size > limits->size || src->size > INT32_MAX)
        return err_set(e, ERR_LIMIT,
                       "limits.message_size: the mail has %" PRIu64 " bytes, at most %" PRIu64
                       " are accepted",
                       src->size, limits->size < INT32_MAX ? limits->size : (uint64_t)INT32_MAX);
    if (src->size == 0)
        return err_set(e, ERR_MAIL, "the mail is empty");
    struct message m = {.headers_only = headers_only};
    struct builder b = {.m = &m, .arena = BUF_INIT(ARENA_MAX), .src = src, .limits = limits, .e = e};
    uint64_t body = 0;
    int r = source_header(&b, headers_only, rawheader_read, &body);
    if (r == 0 && !headers_only)
        r = rawheader_guard_body(src, body, e);
    if (r == 0 && !headers_only)
        r = read_parts(&b);
    if (r == 0 && b.arena.overflow)
        r = err_set(e, ERR_LIMIT, "the mail's texts are over %d bytes", ARENA_MAX);
    m.arena_len = (uint32_t)b.arena.len;
    m.arena = buf_detach(&b.arena);
    if (r == 0)
        *out = m;
    else
        message_release(&m);
    return r;
}

int reader_read(struct message *out, struct slice bytes, bool headers_only,
                const struct message_limits *limits, struct err *e)
{
    struct source src = {.bytes = bytes, .fd = -1, .size = bytes.len};
    return read_source(out, &src, headers_only, limits ? limits : &message_limits_default, e);
}

int source_open(struct source *src, const char *path, struct err *e)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0)
        return err_set_errno(e, errno, "%s", path);
    int r = 0;
    if (fstat(fd, &st) != 0)
        r = err_set_errno(e, errno, "%s", path);
    else if (!S_ISREG(st.st_mode))
        r = err_set(e, ERR_IO, "%s: not a regular file", path);
    if (r != 0) {
        close(fd);
        return r;
    }
    *src = (struct source){.fd = fd, .size = (uint64_t)st.st_size};
    return 0;
}

int reader_read_file(struct message *out, const char *path, const struct message_limits *limits,
                     struct err *e)
{
    struct source src = {.fd = -1};
    if (source_open(&src, path, e) != 0)
        return -1;
    int r = read_source(out, &src, false, limits ? limits : &message_limits_default, e);
    close(src.fd);
    return r;
}

void message_release(struct message *m)
{
    if (!m)
        return;
    free(m->arena);
    free(m->fields);
    free(m->parts);
    free(m->references);
    *m = (struct message){0};
}

struct slice message_str(const struct message *m, struct span s)
{
    return s.len ? slice_from(m->arena + s.off, s.len) : SLICE_NONE;
}

const struct message_field *message_field(const struct message *m, const char *name, unsigned n)
{
    struct slice want = slice_of(name);
    for (unsigned i = 0; i < m->n_fields; i++) {
        struct span s = m->fields[i].name;
        if (s.len < want.len)
            continue;
        if (slice_eq_nocase(slice_trim(message_str(m, s)), want) && n-- == 0)
            return &m->fields[i];
    }
    return NULL;
}

unsigned message_count(const struct message *m, const char *name)
{
    unsigned n = 0;
    while (message_field(m, name, n))
        n++;
    return n;
}
