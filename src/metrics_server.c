/* SPDX-License-Identifier: GPL-2.0-or-later */
/* metrics_server: the HTTP door of metrics: GET /metrics, and nothing else. Few connections, short times, no
 * body. */
#include "metrics.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>

enum { CONNECTIONS = 8, TIMEOUT_S = 10, CONNECTION_BYTES = 16384, PAGE_BYTES = 1 << 20 };

struct metrics {
    struct desk *desk;
    struct MHD_Daemon *daemon;
};

static enum MHD_Result give(struct MHD_Connection *c, unsigned status, const char *type, const char *text)
{
    struct MHD_Response *r =
        MHD_create_response_from_buffer(strlen(text), mem_copy(text), MHD_RESPMEM_MUST_FREE);
    MHD_add_response_header(r, "Content-Type", type);
    enum MHD_Result rc = MHD_queue_response(c, status, r);
    MHD_destroy_response(r);
    return rc;
}

static enum MHD_Result give_page(struct desk *d, struct MHD_Connection *c)
{
    struct buf page = BUF_INIT(PAGE_BYTES);
    struct err e = ERR_INIT;
    enum MHD_Result rc;
    if (metrics_text(d, &page, &e) != 0) {
        LOG(LOG_WARN, "metrics", "failed", LS("error", e.text));
        rc = give(c, MHD_HTTP_SERVICE_UNAVAILABLE, "text/plain; charset=utf-8",
                  "the journal cannot be read\n");
    } else {
        rc = give(c, MHD_HTTP_OK, "text/plain; version=0.0.4; charset=utf-8", page.data);
    }
    buf_release(&page);
    return rc;
}

static enum MHD_Result on_request(void *self, struct MHD_Connection *c, const char *url, const char *method,
                                  const char *version, const char *body, size_t *body_size, void **state)
{
    struct metrics *m = self;
    (void)version, (void)body, (void)state;
    if (*body_size) /* not wanted: the connection ends */
        return MHD_NO;
    if (strcmp(method, MHD_HTTP_METHOD_GET) != 0)
        return give(c, MHD_HTTP_METHOD_NOT_ALLOWED, "text/plain; charset=utf-8", "only GET\n");
    if (strcmp(url, "/metrics") != 0)
        return give(c, MHD_HTTP_NOT_FOUND, "text/plain; charset=utf-8", "the numbers are at /metrics\n");
    return give_page(m->desk, c);
}

/* conf_value.c has seen to it that the host is this machine. */
static void address_of(const struct conf *conf, struct sockaddr_storage *out)
{
    struct sockaddr_in6 *six = (void *)out;
    struct sockaddr_in *four = (void *)out;
    memset(out, 0, sizeof(*out));
    if (inet_pton(AF_INET6, conf->metrics.host, &six->sin6_addr) == 1) {
        six->sin6_family = AF_INET6;
        six->sin6_port = htons(conf->metrics.port);
        return;
    }
    four->sin_family = AF_INET;
    four->sin_port = htons(conf->metrics.port);
    if (inet_pton(AF_INET, conf->metrics.host, &four->sin_addr) != 1)
        four->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
}

int metrics_start(struct metrics **out, struct desk *d, struct err *e)
{
    struct sockaddr_storage address;
    *out = NULL;
    if (!d->conf->metrics.host)
        return 0;
    address_of(d->conf, &address);
    struct metrics *m = mem_alloc(sizeof(*m));
    *m = (struct metrics){.desk = d};
    unsigned flags = MHD_USE_INTERNAL_POLLING_THREAD | (address.ss_family == AF_INET6 ? MHD_USE_IPv6 : 0);
    m->daemon =
        MHD_start_daemon(flags, d->conf->metrics.port, NULL, NULL, on_request, m, MHD_OPTION_SOCK_ADDR,
                         (struct sockaddr *)&address, MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS,
                         MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)TIMEOUT_S,
                         MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_BYTES, MHD_OPTION_END);
    if (!m->daemon) {
        err_set(e, ERR_CONFIG, "metrics.listen: cannot listen on %s port %u: %s; name a free port",
                d->conf->metrics.host, d->conf->metrics.port,
                errno == EADDRINUSE ? "another program does" : "it is not to be had");
        free(m);
        return -1;
    }
    LOG(LOG_INFO, "metrics", "listening", LS("host", d->conf->metrics.host),
        LN("port", d->conf->metrics.port));
    *out = m;
    return 0;
}

void metrics_stop(struct metrics **metrics)
{
    struct metrics *m = *metrics;
    if (!m)
        return;
    MHD_stop_daemon(m->daemon);
    free(m);
    *metrics = NULL;
}
