/* SPDX-License-Identifier: GPL-2.0-or-later */
/* stream: sockets, TLS and deadlines under libetpan. See stream.h. */
#include "frontdesk/stream.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BUFFER = 65536, MOST_NAMES = 6, FEW_DAYS = 14 };

struct stream {
    mailstream *mail;
    const struct conf_server *server;
    int fd, stop_fd;
    gnutls_session_t tls;
    gnutls_certificate_credentials_t credentials;
    int64_t deadline;
    uint64_t bytes_left;
    struct err err; /* of the last failed read or write */
    int (*look)(void *self, const char *bytes, size_t n, struct err *e);
    void *look_self;
};

/* --- waiting --- */

static int64_t time_left(const struct stream *s)
{
    return deadline_left(s->deadline);
}

/* 0 = ready; -1 with s->err. */
static int wait_ready(struct stream *s, short events)
{
    for (;;) {
        struct pollfd fds[2] = {{.fd = s->fd, .events = events}, {.fd = s->stop_fd, .events = POLLIN}};
        int64_t left = time_left(s);
        int n = left > 0 ? poll(fds, s->stop_fd >= 0 ? 2 : 1, (int)left) : 0;
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return err_set(&s->err, ERR_CONNECT, "%s: %s", s->server->host, "poll failed");
        if (n == 0)
            return err_set(&s->err, ERR_TIMEOUT, "%s:%u did not answer in time", s->server->host,
                           s->server->port);
        if (fds[0].revents)
            return 0;
        return err_set(&s->err, ERR_STOPPING, "stopping");
    }
}

/* --- the driver --- */

static ssize_t count_in(struct stream *s, const void *bytes, ssize_t n)
{
    if ((uint64_t)n > s->bytes_left)
        return err_set(&s->err, ERR_PROTOCOL, "%s sent more than this answer may hold", s->server->host);
    s->bytes_left -= (uint64_t)n;
    return s->look && s->look(s->look_self, bytes, (size_t)n, &s->err) != 0 ? -1 : n;
}

static ssize_t driver_read(mailstream_low *low, void *into, size_t size)
{
    struct stream *s = low->data;
    for (;;) {
        ssize_t n = s->tls ? gnutls_record_recv(s->tls, into, size) : recv(s->fd, into, size, 0);
        if (n > 0)
            return count_in(s, into, n);
        bool again = s->tls ? n == GNUTLS_E_AGAIN || n == GNUTLS_E_INTERRUPTED || n == GNUTLS_E_REHANDSHAKE
                            : n < 0 && (errno == EAGAIN || errno == EINTR);
        /* 0 (end of file) must become an error: libetpan's literal reader would spin on it */
        if (!again)
            return err_set(&s->err, ERR_CONNECT, "%s closed the connection", s->server->host);
        if (wait_ready(s, POLLIN) != 0)
            return -1;
    }
}

static ssize_t driver_write(mailstream_low *low, const void *data, size_t size)
{
    struct stream *s = low->data;
    for (;;) {
        ssize_t n = s->tls ? gnutls_record_send(s->tls, data, size) : send(s->fd, data, size, MSG_NOSIGNAL);
        if (n >= 0)
            return n;
        bool again =
            s->tls ? n == GNUTLS_E_AGAIN || n == GNUTLS_E_INTERRUPTED : errno == EAGAIN || errno == EINTR;
        if (!again)
            return err_set(&s->err, ERR_CONNECT, "%s closed the connection", s->server->host);
        if (wait_ready(s, POLLOUT) != 0)
            return -1;
    }
}

static void close_socket(struct stream *s)
{
    if (s->tls)
        gnutls_deinit(s->tls);
    if (s->credentials)
        gnutls_certificate_free_credentials(s->credentials);
    if (s->fd >= 0)
        close(s->fd);
    s->tls = NULL;
    s->credentials = NULL;
    s->fd = -1;
}

static int driver_close(mailstream_low *low)
{
    close_socket(low->data);
    return 0;
}

static int driver_get_fd(mailstream_low *low)
{
    return ((struct stream *)low->data)->fd;
}

static void driver_free(mailstream_low *low)
{
    struct stream *s = low->data;
    s->mail = NULL;
    free(low);
}

static void driver_cancel(mailstream_low *low)
{
    (void)low;
}

static mailstream_low_driver driver = {
    .mailstream_read = driver_read,
    .mailstream_write = driver_write,
    .mailstream_close = driver_close,
    .mailstream_get_fd = driver_get_fd,
    .mailstream_free = driver_free,
    .mailstream_cancel = driver_cancel,
};

/* --- connecting --- */

struct lookup {
    char host[256], port[8];
    struct addrinfo *found;
    int rc, done_fd;
    int users;
};

static void lookup_put(struct lookup *l)
{
    if (__atomic_sub_fetch(&l->users, 1, __ATOMIC_SEQ_CST) > 0)
        return;
    if (l->found)
        freeaddrinfo(l->found);
    close(l->done_fd);
    free(l);
}

static void *lookup_main(void *self)
{
    struct lookup *l = self;
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG};
    uint64_t one = 1;
    l->rc = getaddrinfo(l->host, l->port, &hints, &l->found);
    if (write(l->done_fd, &one, sizeof(one)) < 0)
        l->rc = EAI_SYSTEM;
    lookup_put(l);
    return NULL;
}

/* getaddrinfo has no time limit of its own: it runs in a thread that is left behind when it takes too long.
 */
static int look_up(struct stream *s, struct lookup **out, struct err *e)
{
    struct lookup *l = mem_alloc(sizeof(*l));
    pthread_t thread;
    snprintf(l->host, sizeof(l->host), "%s", s->server->host);
    snprintf(l->port, sizeof(l->port), "%u", s->server->port);
    l->users = 2;
    l->done_fd = eventfd(0, EFD_CLOEXEC);
    *out = l;
    if (l->done_fd < 0 || pthread_create(&thread, NULL, lookup_main, l) != 0) {
        l->users = 1;
        return err_set(e, ERR_DNS, "cannot look up %s", s->server->host);
    }
    pthread_detach(thread);
    struct pollfd fds[2] = {{.fd = l->done_fd, .events = POLLIN}, {.fd = s->stop_fd, .events = POLLIN}};
    int n = poll(fds, s->stop_fd >= 0 ? 2 : 1, (int)time_left(s));
    if (n > 0 && !(fds[0].revents & POLLIN))
        return err_set(e, ERR_STOPPING, "stopping");
    if (n <= 0)
        return err_set(e, ERR_DNS, "looking up %s took too long", s->server->host);
    if (l->rc != 0)
        return err_set(e, ERR_DNS, "cannot find %s: %s", s->server->host, gai_strerror(l->rc));
    return 0;
}

static void set_options(int fd)
{
    int one = 1, idle = 20, interval = 10, count = 3;
    unsigned dead_ms = 30000;
    setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof(one));
    setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof(idle));
    setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &interval, sizeof(interval));
    setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &count, sizeof(count));
    setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &dead_ms, sizeof(dead_ms));
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
}

static int connect_one(struct stream *s, const struct addrinfo *a, struct err *e)
{
    int failure = 0;
    socklen_t len = sizeof(failure);
    s->fd = socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (s->fd < 0)
        return err_set(e, ERR_CONNECT, "no socket for %s", s->server->host);
    set_options(s->fd);
    if (connect(s->fd, a->ai_addr, a->ai_addrlen) != 0) {
        if (errno != EINPROGRESS) {
            failure = errno;
        } else if (wait_ready(s, POLLOUT) != 0) {
            *e = s->err;
            return -1;
        } else {
            getsockopt(s->fd, SOL_SOCKET, SO_ERROR, &failure, &len);
        }
    }
    if (failure == 0)
        return 0;
    char text[100];
    err_set(e, ERR_CONNECT, "cannot connect to %s:%u: %s", s->server->host, s->server->port,
            strerror_r(failure, text, sizeof(text)));
    close(s->fd);
    s->fd = -1;
    return -1;
}

static int connect_any(struct stream *s, struct err *e)
{
    struct lookup *l;
    int rc = look_up(s, &l, e);
    if (rc == 0) {
        rc = -1;
        for (const struct addrinfo *a = l->found; a && rc != 0 && time_left(s) > 0; a = a->ai_next)
            rc = connect_one(s, a, e);
    }
    lookup_put(l);
    return rc;
}

/* --- TLS --- */

/* The certificate that was shown, proven or not; NULL: none. The caller frees it. */
static gnutls_x509_crt_t shown(gnutls_session_t tls)
{
    gnutls_x509_crt_t crt;
    unsigned n = 0;
    const gnutls_datum_t *list = tls ? gnutls_certificate_get_peers(tls, &n) : NULL;
    if (!list || n == 0 || gnutls_x509_crt_init(&crt) != GNUTLS_E_SUCCESS)
        return NULL;
    if (gnutls_x509_crt_import(crt, &list[0], GNUTLS_X509_FMT_DER) == GNUTLS_E_SUCCESS)
        return crt;
    gnutls_x509_crt_deinit(crt);
    return NULL;
}

/* The names that it is for, else the common name. */
static void put_names(gnutls_x509_crt_t crt, struct buf *out)
{
    char name[256], address[INET6_ADDRSTRLEN];
    size_t size = sizeof(name);
    unsigned put = 0;
    for (unsigned i = 0; i < MOST_NAMES; i++, size = sizeof(name)) {
        int type = gnutls_x509_crt_get_subject_alt_name(crt, i, name, &size, NULL);
        bool ip = type == GNUTLS_SAN_IPADDRESS && (size == 4 || size == 16);
        if (type < 0)
            break;
        if (ip && inet_ntop(size == 4 ? AF_INET : AF_INET6, name, address, sizeof(address)))
            buf_printf(out, "%s%s", put++ ? ", " : "", address);
        else if (type == GNUTLS_SAN_DNSNAME)
            buf_printf(out, "%s%.*s", put++ ? ", " : "", (int)(size < 100 ? size : 100), name);
    }
    size = sizeof(name);
    if (!put && gnutls_x509_crt_get_dn_by_oid(crt, GNUTLS_OID_X520_COMMON_NAME, 0, 0, name, &size) == 0)
        buf_printf(out, "%.100s", name);
    else if (!put)
        buf_puts(out, "nobody");
}

static void describe(gnutls_session_t tls, struct buf *out)
{
    gnutls_x509_crt_t crt = shown(tls);
    char issuer[256] = "", day[32];
    size_t size = sizeof(issuer);
    if (!crt)
        return;
    buf_puts(out, "certificate for ");
    put_names(crt, out);
    if (gnutls_x509_crt_get_issuer_dn_by_oid(crt, GNUTLS_OID_X520_COMMON_NAME, 0, 0, issuer, &size) == 0)
        buf_printf(out, ", issued by %.100s", issuer);
    clock_format_utc((int64_t)gnutls_x509_crt_get_expiration_time(crt) * 1000, day);
    buf_printf(out, ", valid until %.10s", day);
    gnutls_x509_crt_deinit(crt);
}

void stream_tell(const struct stream *s, const char *more, struct buf *findings, struct buf *doubts)
{
    gnutls_x509_crt_t crt = shown(s->tls);
    if (!crt) {
        buf_printf(findings, "plain text (loopback)%s\n", more);
        return;
    }
    int64_t ends_ms = (int64_t)gnutls_x509_crt_get_expiration_time(crt) * 1000;
    int64_t days = (ends_ms - clock_now_ms()) / (INT64_C(86400) * 1000);
    gnutls_x509_crt_deinit(crt);
    buf_printf(findings, "TLS, certificate and host name verified%s\n", more);
    describe(s->tls, findings);
    buf_putc(findings, '\n');
    if (days <= FEW_DAYS)
        buf_printf(doubts,
                   "the certificate of %s ends in %lld days; then no mail goes that way\n"
                   "renew it on the mail server, or tell those who run it\n",
                   s->server->host, (long long)days);
}

static int tls_fail(struct stream *s, int code, struct err *e)
{
    gnutls_datum_t why = {0};
    unsigned status = gnutls_session_get_verify_cert_status(s->tls);
    if (code == GNUTLS_E_CERTIFICATE_VERIFICATION_ERROR &&
        gnutls_certificate_verification_status_print(status, GNUTLS_CRT_X509, &why, 0) == 0) {
        struct buf said = BUF_INIT(1000);
        describe(s->tls, &said);
        err_set(e, ERR_TLS, "%s:%u could not prove who it is: %.*sIt shows a %.300s", s->server->host,
                s->server->port, (int)why.size, (const char *)why.data, said.data);
        gnutls_free(why.data);
        buf_release(&said);
        return -1;
    }
    return err_set(e, ERR_TLS, "TLS with %s:%u failed: %s", s->server->host, s->server->port,
                   gnutls_strerror(code));
}

static int load_trust(struct stream *s, struct err *e)
{
    int n;
    gnutls_certificate_allocate_credentials(&s->credentials);
    if (s->server->ca_file) {
        n = gnutls_certificate_set_x509_trust_file(s->credentials, s->server->ca_file, GNUTLS_X509_FMT_PEM);
        if (n <= 0)
            return err_set(e, ERR_CONFIG, "no certificate (in PEM form) can be read from ca_file %s",
                           s->server->ca_file);
        return 0;
    }
    n = gnutls_certificate_set_x509_system_trust(s->credentials);
    return n > 0 ? 0
                 : err_set(e, ERR_CONFIG,
                           "the system has no trusted certificates: install the package ca-certificates");
}

static bool is_address(const char *host)
{
    struct in6_addr a;
    return inet_pton(AF_INET, host, &a) == 1 || inet_pton(AF_INET6, host, &a) == 1;
}

static int shake_hands(struct stream *s, struct err *e)
{
    const char *host = s->server->host;
    if (load_trust(s, e) != 0)
        return -1;
    gnutls_init(&s->tls, GNUTLS_CLIENT | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL);
    gnutls_set_default_priority(s->tls);
    gnutls_credentials_set(s->tls, GNUTLS_CRD_CERTIFICATE, s->credentials);
    if (!is_address(host))
        gnutls_server_name_set(s->tls, GNUTLS_NAME_DNS, host, strlen(host));
    gnutls_session_set_verify_cert(s->tls, host, 0);
    gnutls_transport_set_int(s->tls, s->fd);
    int rc;
    while ((rc = gnutls_handshake(s->tls)) != GNUTLS_E_SUCCESS) {
        if (rc != GNUTLS_E_AGAIN && rc != GNUTLS_E_INTERRUPTED) {
            if (!gnutls_error_is_fatal(rc))
                continue;
            return tls_fail(s, rc, e);
        }
        if (wait_ready(s, gnutls_record_get_direction(s->tls) ? POLLOUT : POLLIN) != 0) {
            *e = s->err;
            return -1;
        }
    }
    return 0;
}

int stream_start_tls(struct stream *s, struct err *e)
{
    if (s->mail->read_buffer_len != 0)
        return err_set(e, ERR_TLS, "%s sent words behind its STARTTLS answer: somebody may be injecting them",
                       s->server->host);
    return shake_hands(s, e);
}

/* --- the rest --- */

int stream_open(struct stream **out, const struct conf_server *server, int stop_fd, unsigned ms,
                struct err *e)
{
    struct stream *s = mem_alloc(sizeof(*s));
    *s = (struct stream){.server = server, .fd = -1, .stop_fd = stop_fd};
    stream_limit(s, ms, 1 << 20);
    *out = NULL;
    int rc = 0;
    if (server->tls == CONF_TLS_NONE && !conf_is_loopback(server->host))
        rc = err_set(e, ERR_CONFIG, "%s: plain text is for loopback addresses only", server->url);
    if (rc == 0)
        rc = connect_any(s, e);
    if (rc == 0 && server->tls == CONF_TLS_IMPLICIT)
        rc = shake_hands(s, e);
    if (rc != 0) {
        close_socket(s);
        free(s);
        return -1;
    }
    s->mail = mailstream_new(mailstream_low_new(s, &driver), BUFFER);
    ENSURE(s->mail);
    *out = s;
    return 0;
}

bool stream_is_secure(const struct stream *s)
{
    return s->tls != NULL || s->server->tls == CONF_TLS_NONE;
}

mailstream *stream_mail(struct stream *s)
{
    return s->mail;
}

void stream_limit(struct stream *s, unsigned ms, uint64_t bytes)
{
    s->deadline = deadline_in(ms);
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
    if (s->mail->read_buffer_len > 0 || (s->tls && gnutls_record_check_pending(s->tls) > 0))
        return STREAM_READABLE;
    struct pollfd fds[3] = {{.fd = s->fd, .events = POLLIN},
                            {.fd = s->stop_fd, .events = POLLIN},
                            {.fd = wake_fd, .events = POLLIN}};
    int n = poll(fds, 3, ms > INT32_MAX ? INT32_MAX : (int)ms);
    if (n < 0)
        return errno == EINTR ? STREAM_TIMEOUT : STREAM_BROKEN;
    if (fds[1].revents)
        return STREAM_STOP;
    if (fds[0].revents)
        return STREAM_READABLE;
    return fds[2].revents ? STREAM_WAKE : STREAM_TIMEOUT;
}

void stream_error(const struct stream *s, struct err *e)
{
    if (s->err.code != ERR_NONE)
        *e = s->err;
    else
        err_set(e, ERR_PROTOCOL, "%s answered something that cannot be understood", s->server->host);
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
    mailstream *m = s->mail;
    if (m && m->write_buffer)
        explicit_bzero(m->write_buffer + m->write_buffer_len, m->buffer_max_size - m->write_buffer_len);
}

void stream_free(struct stream **stream)
{
    struct stream *s = *stream;
    if (!s)
        return;
    if (s->mail)
        mailstream_close(s->mail);
    close_socket(s);
    free(s);
    *stream = NULL;
}
