/* SPDX-License-Identifier: GPL-2.0-or-later */
/* server: HTTP in and out, a thread a connection, so that a slow call holds up nobody else. */
#include "books.h"
#include "mailtokens.h"

#include <microhttpd.h>
#include <netinet/in.h>
#include <signal.h>
#include <sysexits.h>

enum { BODY_MAX = 64 << 20 };

struct request {
    struct buf body;
    char *args;
    size_t url_bytes;
    int64_t first_us;
    bool begun;
};

static char base_url[100];

const char *server_url(void)
{
    return base_url;
}

int64_t mono_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* --- out --- */

/* Gives the first `cut` bytes of the body, then breaks the connection. */
struct cut_body {
    char *text;
    size_t cut;
};

static ssize_t read_cut(void *self, uint64_t at, char *into, size_t most)
{
    const struct cut_body *b = self;
    if (at >= b->cut)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    size_t n = b->cut - (size_t)at < most ? b->cut - (size_t)at : most;
    memcpy(into, b->text + at, n);
    return (ssize_t)n;
}

static void free_cut(void *self)
{
    struct cut_body *b = self;
    free(b->text);
    free(b);
}

/* RFC 1952 around stored blocks: compressed in form only, which is all that a reader can tell. */
static struct MHD_Response *gzipped(const struct reply *r, size_t n)
{
    static const unsigned char head[] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255};
    struct buf out = BUF_INIT(2 * (size_t)BODY_MAX);
    uint32_t crc = UINT32_MAX;
    buf_put(&out, head, sizeof(head));
    for (size_t at = 0; at < n || at == 0; at += UINT16_MAX) {
        size_t part = n - at < UINT16_MAX ? n - at : UINT16_MAX;
        unsigned char block[] = {at + part == n, part & 0xff, part >> 8, ~part & 0xff, ~part >> 8 & 0xff};
        buf_put(&out, block, sizeof(block));
        buf_put(&out, r->body + at, part);
    }
    for (size_t i = 0; i < n; i++) {
        crc ^= (unsigned char)r->body[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
    }
    uint32_t tail[] = {htole32(~crc), htole32((uint32_t)n)};
    buf_put(&out, tail, sizeof(tail));
    free(r->body);
    size_t all = out.len;
    struct MHD_Response *m = MHD_create_response_from_buffer(all, buf_detach(&out), MHD_RESPMEM_MUST_FREE);
    MHD_add_response_header(m, "Content-Encoding", "gzip");
    return m;
}

static struct MHD_Response *response_of(struct reply *r)
{
    size_t n = r->body ? strlen(r->body) : 0;
    if (r->gzip && n)
        return gzipped(r, n);
    if (!r->cut || r->cut >= n)
        return MHD_create_response_from_buffer(n, r->body ? r->body : mem_copy(""), MHD_RESPMEM_MUST_FREE);
    struct cut_body *b = mem_alloc(sizeof(*b));
    *b = (struct cut_body){r->body, r->cut};
    return MHD_create_response_from_callback(n, 4096, read_cut, b, free_cut);
}

/* Of the tenant's clock, not of this machine's. */
static void add_date(struct MHD_Response *m)
{
    static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"},
                             *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    struct tm tm;
    char text[64];
    if (!clock_local(clock_now_ms(), "UTC", &tm))
        return;
    snprintf(text, sizeof(text), "%s, %02d %s %d %02d:%02d:%02d GMT", days[tm.tm_wday], tm.tm_mday,
             months[tm.tm_mon], tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
    MHD_add_response_header(m, "Date", text);
}

static enum MHD_Result send_reply(struct MHD_Connection *c, struct reply *r)
{
    struct MHD_Response *m = response_of(r);
    add_date(m);
    if (r->type)
        MHD_add_response_header(m, "Content-Type", r->type);
    char *colon = strchr(r->header, ':');
    if (colon) {
        *colon = '\0';
        MHD_add_response_header(m, r->header, colon + 2);
    }
    if (r->trace[0])
        MHD_add_response_header(m, "intuit_tid", r->trace);
    enum MHD_Result rc = MHD_queue_response(c, (unsigned)r->status, m);
    MHD_destroy_response(m);
    return rc;
}

/* --- in --- */

static const char *argument(struct MHD_Connection *c, const char *name)
{
    return MHD_lookup_connection_value(c, MHD_GET_ARGUMENT_KIND, name);
}

static const char *header(struct MHD_Connection *c, const char *name)
{
    return MHD_lookup_connection_value(c, MHD_HEADER_KIND, name);
}

static enum MHD_Result answer(struct MHD_Connection *c, const char *url, const char *method,
                              struct request *q)
{
    static const struct slice root = {"/atservicesrest/", 16}, version = {"v1.0/", 5};
    struct slice path = slice_of(url);
    struct call call = {.method = method,
                        .args = q->args,
                        .url_bytes = q->url_bytes,
                        .ask_user = argument(c, "user"),
                        .search = argument(c, "search"),
                        .paging = argument(c, "paging"),
                        .user = header(c, "UserName"),
                        .secret = header(c, "Secret"),
                        .code = header(c, "ApiIntegrationCode"),
                        .acts = header(c, "ImpersonationResourceId"),
                        .authorization = header(c, "Authorization"),
                        .root = "/atservicesrest/v1.0/",
                        .text = q->body.data};
    world_lock();
    if (slice_starts_nocase(path, root)) {
        call.path = slice_skip(path, root.len);
        bool versioned = slice_starts_nocase(call.path, version);
        if (versioned)
            call.path = slice_skip(call.path, version.len);
        call.body = cJSON_Parse(call.text);
        exchange(&call, versioned, q->first_us);
        cJSON_Delete(call.body);
    } else if (books_serves(slice_skip(path, 1))) {
        const char *hard = header(c, "x-include-refresh-token-hard-expires-in"),
                   *type = header(c, "Content-Type");
        call.root = "/";
        call.path = slice_skip(path, 1);
        call.hard_wanted = hard && strcmp(hard, "true") == 0;
        call.form = type && strcmp(type, "application/x-www-form-urlencoded") == 0;
        books_exchange(&call, q->first_us);
    } else if (slice_starts(path, SLICE("/mail/"))) {
        call.root = "/mail/";
        call.path = slice_skip(path, 6);
        mailtokens_exchange(&call, q->first_us);
    } else if (slice_starts(path, SLICE("/sandbox/"))) {
        control(method, slice_skip(path, 9), call.text, &call.reply);
    } else {
        reply_message(&call.reply, 404, "nothing here");
    }
    world_unlock();
    if (!call.reply.dropped)
        return send_reply(c, &call.reply);
    free(call.reply.body);
    return MHD_NO;
}

/* The first that is known of a request. */
static void *on_uri(void *self, const char *uri, struct MHD_Connection *c)
{
    struct request *q = mem_alloc(sizeof(*q));
    const char *args = strchr(uri, '?');
    (void)self;
    (void)c;
    buf_init(&q->body, BODY_MAX);
    q->first_us = mono_us();
    q->url_bytes = strlen(uri);
    q->args = mem_copy(args ? args + 1 : "");
    return q;
}

static enum MHD_Result on_request(void *self, struct MHD_Connection *c, const char *url, const char *method,
                                  const char *protocol, const char *data, size_t *size, void **state)
{
    struct request *q = *state;
    (void)self;
    (void)protocol;
    if (!q->begun) {
        q->begun = true; /* the headers are here; the body is still to come */
        return MHD_YES;
    }
    if (*size) {
        buf_put(&q->body, data, *size);
        *size = 0;
        return MHD_YES;
    }
    return answer(c, url, method, q);
}

static void on_done(void *self, struct MHD_Connection *c, void **state, enum MHD_RequestTerminationCode how)
{
    struct request *q = *state;
    (void)self;
    (void)c;
    (void)how;
    if (q) {
        buf_release(&q->body);
        free(q->args);
        free(q);
    }
    *state = NULL;
}

/* --- life --- */

int server_run(unsigned port)
{
    struct sockaddr_in at = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    sigset_t set;
    int got;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
    struct MHD_Daemon *d = MHD_start_daemon(
        MHD_USE_POLL_INTERNAL_THREAD | MHD_USE_THREAD_PER_CONNECTION, (uint16_t)port, NULL, NULL, on_request,
        NULL, MHD_OPTION_NOTIFY_COMPLETED, on_done, NULL, MHD_OPTION_URI_LOG_CALLBACK, on_uri, NULL,
        MHD_OPTION_SOCK_ADDR, &at, MHD_OPTION_END);
    if (!d) {
        fprintf(stderr, "frontdesk-sandbox: cannot listen on 127.0.0.1:%u\n", port);
        return EX_UNAVAILABLE;
    }
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(d, MHD_DAEMON_INFO_BIND_PORT);
    snprintf(base_url, sizeof(base_url), "http://127.0.0.1:%u/", info->port);
    printf("listening %s\n", base_url);
    fflush(stdout);
    sigwait(&set, &got);
    world_wake_all();
    MHD_stop_daemon(d);
    return EX_OK;
}
