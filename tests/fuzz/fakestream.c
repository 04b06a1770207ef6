/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fakestream: see fakestream.h. */
#include "fakestream.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct fake_peer fake_peer;

/* libetpan loses what it has parsed of an answer that turns out malformed: theirs, bounded by our cap on an
 * answer, and once a connection. What we ourselves make with it is checked by memcheck
 * (tests/long/valgrind.sh). */
const char *__lsan_default_suppressions(void);

const char *__lsan_default_suppressions(void)
{
    return "leak:libetpan.so\n";
}

struct stream {
    mailstream *mail;
    const struct conf_server *server;
    struct scan line; /* what is left of the line that is being said */
    char said[8192];
    uint64_t bytes_left;
    int (*look)(void *self, const char *bytes, size_t n, struct err *e);
    void *look_self;
    bool closed;
};

void fake_peer_start(struct slice input)
{
    fake_peer =
        (struct fake_peer){.input = scan_of(input), .sent = BUF_INIT(64 << 20), .heard = BUF_INIT(64 << 20)};
}

void fake_peer_stop(void)
{
    buf_release(&fake_peer.sent);
    buf_release(&fake_peer.heard);
}

const char *fake_password_file(void)
{
    static char path[60];
    if (!path[0]) {
        int fd = memfd_create("password", MFD_CLOEXEC);
        ENSURE(fd >= 0 && fchmod(fd, 0600) == 0 && write(fd, "password", 8) == 8);
        snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    }
    return path;
}

const struct conf_mail_login *fake_login(void)
{
    static char path[60], tenant[] = "t", client[] = "c", secret[60], url[] = "http://127.0.0.1:1/";
    static struct conf_mail_login login = {.tenant = tenant, .client_id = client, .token_url = url};
    struct buf text = BUF_INIT(1000);
    int64_t now_ms = clock_now_ms();
    if (path[0])
        return &login;
    buf_printf(&text,
               "{\"access_token\":\"sesame\",\"account\":\"t\",\"client_id\":\"c\",\"refreshed_ms\":%lld,"
               "\"access_ends_ms\":%lld}",
               (long long)now_ms, (long long)now_ms + 86400000);
    int fd = memfd_create("token", MFD_CLOEXEC);
    ENSURE(fd >= 0 && fchmod(fd, 0600) == 0 && write(fd, text.data, text.len) == (ssize_t)text.len);
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    snprintf(secret, sizeof(secret), "%s", fake_password_file());
    login.token_file = path;
    login.client_secret_file = secret;
    buf_release(&text);
    return &login;
}

/* The first word of the last line that we sent. */
static struct slice last_tag(void)
{
    struct slice all = slice_trim(buf_view(&fake_peer.sent));
    size_t start = all.len;
    while (start > 0 && all.ptr[start - 1] != '\n')
        start--;
    struct scan c = scan_of(slice_skip(all, start));
    return slice_cut(scan_until(&c, " "), 20);
}

/* The peer's next line; false when it has nothing more to say in this connection. */
static bool next_line(struct stream *s)
{
    struct scan *in = &fake_peer.input;
    struct buf line = BUF_INIT(sizeof(s->said) - 1);
    if (scan_char(in, '\0'))
        s->closed = true;
    if (s->closed || scan_end(in))
        return false;
    if (scan_char(in, '!'))
        buf_printf(&line, "%.*s ", SLICE_ARG(last_tag()));
    while (!scan_end(in) && scan_peek(in) != '\0' && line.len + 1 < line.max) {
        int c = scan_next(in);
        buf_putc(&line, (char)c);
        if (c == '\n')
            break;
    }
    memcpy(s->said, line.data, line.len);
    s->line = scan_of(slice_from(s->said, line.len));
    buf_slice(&fake_peer.heard, buf_view(&line));
    buf_release(&line);
    return true;
}

static ssize_t fake_read(mailstream_low *low, void *into, size_t size)
{
    struct stream *s = low->data;
    if (scan_end(&s->line) && !next_line(s))
        return -1;
    struct slice bytes = slice_cut(scan_rest(&s->line), size);
    if (bytes.len > s->bytes_left)
        return -1;
    s->bytes_left -= bytes.len;
    s->line.p += bytes.len;
    if (bytes.len)
        memcpy(into, bytes.ptr, bytes.len);
    struct err e = ERR_INIT;
    bool fine = bytes.len && (!s->look || s->look(s->look_self, bytes.ptr, bytes.len, &e) == 0);
    return fine ? (ssize_t)bytes.len : -1;
}

static ssize_t fake_write(mailstream_low *low, const void *data, size_t size)
{
    const struct stream *s = low->data;
    if (s->closed)
        return -1;
    buf_put(&fake_peer.sent, data, size);
    return (ssize_t)size;
}

static int fake_close(mailstream_low *low)
{
    ((struct stream *)low->data)->closed = true;
    return 0;
}

static int fake_get_fd(mailstream_low *low)
{
    (void)low;
    return -1;
}

static void fake_free(mailstream_low *low)
{
    ((struct stream *)low->data)->mail = NULL;
    free(low);
}

static void fake_cancel(mailstream_low *low)
{
    (void)low;
}

static mailstream_low_driver driver = {
    .mailstream_read = fake_read,
    .mailstream_write = fake_write,
    .mailstream_close = fake_close,
    .mailstream_get_fd = fake_get_fd,
    .mailstream_free = fake_free,
    .mailstream_cancel = fake_cancel,
};

int stream_open(struct stream **out, const struct conf_server *server, int stop_fd, unsigned ms,
                struct err *e)
{
    (void)stop_fd;
    *out = NULL;
    if (scan_end(&fake_peer.input))
        return err_set(e, ERR_CONNECT, "nobody is there");
    struct stream *s = mem_alloc(sizeof(*s));
    s->server = server;
    stream_limit(s, ms, 1 << 20);
    s->mail = mailstream_new(mailstream_low_new(s, &driver), 65536);
    ENSURE(s->mail);
    fake_peer.connections++;
    fake_peer.sent_before = fake_peer.sent.len;
    fake_peer.heard_before = fake_peer.heard.len;
    *out = s;
    return 0;
}

int stream_start_tls(struct stream *s, struct err *e)
{
    if (s->mail->read_buffer_len == 0)
        return 0;
    return err_set(e, ERR_TLS, "words behind the STARTTLS answer");
}

void stream_tell(const struct stream *s, const char *more, struct buf *findings, struct buf *doubts)
{
    (void)s, (void)more, (void)findings, (void)doubts;
}

bool stream_is_secure(const struct stream *s)
{
    (void)s;
    return true;
}

mailstream *stream_mail(struct stream *s)
{
    return s->mail;
}

void stream_limit(struct stream *s, unsigned ms, uint64_t bytes)
{
    (void)ms;
    s->bytes_left = bytes;
}

void stream_watch(struct stream *s, int (*look)(void *self, const char *bytes, size_t n, struct err *e),
                  void *self)
{
    s->look = look;
    s->look_self = self;
}

enum stream_wake stream_wait(struct stream *s, int wake_fd, int64_t ms)
{
    (void)wake_fd;
    (void)ms;
    if (s->mail->read_buffer_len > 0 || !scan_end(&s->line))
        return STREAM_READABLE;
    return s->closed || scan_end(&fake_peer.input) ? STREAM_STOP : STREAM_READABLE;
}

void stream_error(const struct stream *s, struct err *e)
{
    err_set(e, s->closed ? ERR_CONNECT : ERR_PROTOCOL, "%s did not say what it should", s->server->host);
}

int stream_write(struct stream *s, const void *data, size_t len, struct err *e)
{
    if (mailstream_write(s->mail, data, len) == (ssize_t)len && mailstream_flush(s->mail) == 0)
        return 0;
    stream_error(s, e);
    return -1;
}

void stream_forget(struct stream *s)
{
    (void)s; /* nothing is secret here */
}

void stream_free(struct stream **stream)
{
    struct stream *s = *stream;
    if (!s)
        return;
    if (s->mail)
        mailstream_close(s->mail);
    free(s);
    *stream = NULL;
}
