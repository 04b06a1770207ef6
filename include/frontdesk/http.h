/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * http: the one door to HTTP(S), over libcurl. A port: tests may put their own `send` behind it.
 *
 * Always: no redirects, only http(s), `http` only to loopback hosts, certificate and host name verified,
 * deadlines on connect and on the whole exchange, response body capped, connections kept alive and reused by
 * all threads of one struct http.
 *
 * The error's class says what happened: RETRY when the request certainly was not carried out (could not
 * connect, TLS refused, stopped before sending), UNKNOWN when bytes of it were sent and no whole answer came
 * back. A complete answer of any status is success here; its meaning is the caller's matter.
 */
#ifndef FRONTDESK_HTTP_H
#define FRONTDESK_HTTP_H

#include "frontdesk/base.h"

struct http_request {
    const char *method;         /* "GET" "POST" "PATCH" "DELETE" */
    const char *url;            /* absolute */
    const char *const *headers; /* "Name: value", NULL-terminated; no control characters (checked) */
    struct slice body;
    /* Or a streamed body of exactly body_size bytes: returns bytes written (1..n), 0 = broken. NULL: use
     * body. */
    size_t (*read_body)(void *self, char *into, size_t n);
    void *read_self;
    uint64_t body_size;
    unsigned timeout_ms; /* whole exchange; 0 = default 60,000 */
    size_t max_response; /* bytes, once unpacked; 0 = default 32 MB */
    bool compressed;     /* ask for gzip; the body comes unpacked */
    const char *trace;   /* name of a response header that is kept for support, or NULL */
};

struct http_response {
    long status;
    struct buf body;          /* release with http_response_release */
    unsigned retry_after_s;   /* Retry-After as seconds from now (number or HTTP date), 0 = absent */
    char trace[80];           /* of the header asked for, printable; "" = absent */
    char content_type[80];    /* lower-case, without parameters; "" = absent */
    int64_t date_ms;          /* of the header Date, whole seconds; 0 = absent or nonsense */
    int64_t sent_ms, done_ms; /* wall clock, for the log */
};

struct http {
    int (*send)(void *self, const struct http_request *, struct http_response *, struct err *);
    void (*free)(void *self);
    void *self;
};

struct http_options {
    const char *ca_file; /* NULL: system trust */
    const char *agent;   /* User-Agent; NULL = "frontdesk/VERSION" */
    int stop_fd;         /* readable = end calls: those in flight are aborted 1.5 s later; -1 = none */
};

/* The libcurl implementation. */
int http_curl_init(struct http *http, const struct http_options *options, struct err *e) MUST_USE;
void http_release(struct http *http);
int http_send(struct http *http, const struct http_request *request, struct http_response *response,
              struct err *e) MUST_USE;
void http_response_release(struct http_response *response);
/* Are scheme, host and port of both URLs the same? (nextPageUrl must not lead elsewhere) */
bool http_same_origin(const char *a, const char *b);
/* Are both https, at hosts of one domain, the last two labels of the name? */
bool http_same_domain(const char *a, const char *b);
/* Percent-encodes everything but unreserved characters. */
void http_put_encoded(struct buf *out, struct slice text);

#endif
