/* SPDX-License-Identifier: GPL-2.0-or-later */
/* reader: the one door from bytes to struct message. Guards first (mail.md 1.12), then the library. */
#include "message_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

static GMimeParserOptions *options;

static void init_once(void)
{
    static const char *fallback[] = {"utf-8", "windows-1252", NULL};
    g_mime_init();
    metered_init();
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

static int read_parts(struct builder *b)
{
    struct meter meter;
    GMimeStream *stream = metered_open(&meter, b->src, b->limits);
    GMimeParser *parser = g_mime_parser_new_with_stream(stream);
    g_mime_parser_set_persist_stream(parser, TRUE);
    GMimeMessage *mail = g_mime_parser_construct_message(parser, options);
    int r = 0;
    if (meter.failed)
        r = err_set(b->e, ERR_IO, "the mail could not be read from its file");
    else if (!mail)
        r = err_set(b->e, ERR_MAIL, "the mail has no readable structure");
    else
        r = parttree_read(b, mail, &meter);
    if (mail)
        g_object_unref(mail);
    g_object_unref(parser);
    g_object_unref(stream);
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
        r = message_over(b->e, OVER_HEADER, false, HEADER_MAX, HEADER_MAX);
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
        return message_over(e, OVER_SIZE, true, src->size,
                            limits->size < INT32_MAX ? limits->size : INT32_MAX);
    if (src->size == 0)
        return err_set(e, ERR_MAIL, "the mail is empty");
    struct message m = {.headers_only = headers_only};
    struct builder b = {.m = &m, .arena = BUF_INIT(ARENA_MAX), .src = src, .limits = limits, .e = e};
    uint64_t body = 0;
    int r = source_header(&b, headers_only, rawheader_read, &body);
    if (r == 0 && !headers_only)
        r = rawheader_guard_body(src, body, e);
    if (r == 0 && !headers_only)
        r = boundaries_guard(src, e);
    if (r == 0 && !headers_only)
        r = read_parts(&b);
    if (r == 0 && b.arena.overflow)
        r = message_over(e, OVER_TEXTS, false, ARENA_MAX, ARENA_MAX);
    m.arena_len = (uint32_t)b.arena.len;
    m.arena = buf_detach(&b.arena);
    if (r == 0)
        *out = m;
    else
        message_release(&m);
    return r;
}

static int source_file(struct source *src, int fd, const char *name, struct err *e)
{
    struct stat st;
    if (fstat(fd, &st) != 0)
        return err_set_errno(e, errno, "%s", name);
    if (!S_ISREG(st.st_mode))
        return err_set(e, ERR_IO, "%s: not a regular file", name);
    src->fd = fd;
    src->size = (uint64_t)st.st_size;
    return 0;
}

int source_of(struct source *src, const struct mail_bytes *mail, struct err *e)
{
    *src = (struct source){.bytes = mail->bytes, .fd = -1, .size = mail->bytes.len};
    if (mail->file)
        return source_file(src, mail->file, "the mail's file", e);
    if (!mail->path)
        return 0;
    int fd = open(mail->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0)
        return err_set_errno(e, errno, "%s", mail->path);
    src->own = source_file(src, fd, mail->path, e) == 0;
    if (!src->own)
        close(fd);
    return src->own ? 0 : -1;
}

void source_close(const struct source *src)
{
    if (src->own)
        close(src->fd);
}

int reader_read_mail(struct message *out, const struct mail_bytes *mail, bool headers_only,
                     const struct message_limits *limits, struct err *e)
{
    struct source src;
    if (source_of(&src, mail, e) != 0)
        return -1;
    int r = read_source(out, &src, headers_only, limits ? limits : &message_limits_default, e);
    source_close(&src);
    return r;
}

int reader_read(struct message *out, struct slice bytes, bool headers_only,
                const struct message_limits *limits, struct err *e)
{
    struct mail_bytes mail = {.bytes = bytes};
    return reader_read_mail(out, &mail, headers_only, limits, e);
}

int reader_read_file(struct message *out, const char *path, const struct message_limits *limits,
                     struct err *e)
{
    struct mail_bytes mail = {.path = path};
    return reader_read_mail(out, &mail, false, limits, e);
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
