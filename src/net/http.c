/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * http: libcurl behind one function. Easy handles are kept in a small pool, each with its connection, and
 * reused by any thread.
 *
 * libcurl repeats a request by itself when a kept connection turns out to be dead before an answer came. For
 * a create that could mean two tickets, so the repeat is made impossible: every request but GET has a body
 * that cannot be rewound (curl then reports CURLE_SEND_FAIL_REWIND instead of trying again), and the caller
 * looks the outcome up by its key.
 */
#include "frontdesk/http.h"
#include "frontdesk/conf.h"

#include <curl/curl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>

#include "config.h"

enum { KEPT = 16, TIMEOUT_MS = 60000, CONNECT_MS = 10000, STOP_GRACE_MS = 1500, LOOK_MS = 50 };
#define RESPONSE_MAX ((size_t)32 << 20)

struct http_curl {
    char *ca_file, *agent;
    int stop_fd;
    pthread_mutex_t lock;
    CURL *kept[KEPT];
    size_t n_kept;
};

struct exchange {
    const struct http_curl *http;
    const struct http_request *request;
    struct http_response *response;
    CURL *handle;
    size_t sent;
    int corked;           /* the kept connection, until the body is written; -1 = none */
    int64_t looked_ms;    /* at stop_fd: libcurl asks at every turn, more often than a look is worth */
    int64_t stop_seen_ms; /* 0 = not asked to stop */
    bool rewound, too_large, aborted;
};

static size_t on_body(char *data, size_t size, size_t n, void *self)
{
    struct exchange *x = self;
    (void)size;
    buf_put(&x->response->body, data, n);
    x->too_large = x->response->body.overflow;
    return x->too_large ? 0 : n;
}

/* What stands behind `name` and a colon; false: it is another header. */
static bool header_value(struct slice line, struct slice name, struct slice *value)
{
    if (!name.len || !slice_starts_nocase(line, name) || line.len == name.len || line.ptr[name.len] != ':')
        return false;
    *value = slice_trim(slice_skip(line, name.len + 1));
    return true;
}

static void keep_trace(struct http_response *r, struct slice v)
{
    size_t k = 0;
    for (size_t i = 0; i < v.len && k + 1 < sizeof(r->trace); i++) {
        if (v.ptr[i] > 0x20 && v.ptr[i] < 0x7f)
            r->trace[k++] = v.ptr[i];
    }
    r->trace[k] = '\0';
}

static void keep_date(struct http_response *r, struct slice v)
{
    char text[64];
    snprintf(text, sizeof(text), "%.*s", SLICE_ARG(slice_cut(v, sizeof(text) - 1)));
    time_t date = curl_getdate(text, NULL);
    r->date_ms = date > 0 ? (int64_t)date * 1000 : 0;
}

static size_t on_header(char *data, size_t size, size_t n, void *self)
{
    struct exchange *x = self;
    struct slice line = slice_trim(slice_from(data, n * size)), v;
    if (header_value(line, slice_of(x->request->trace), &v))
        keep_trace(x->response, v);
    if (header_value(line, SLICE("date"), &v))
        keep_date(x->response, v);
    if (header_value(line, SLICE("content-type"), &v)) {
        long end = slice_find_char(v, ';');
        if (end >= 0)
            v = slice_trim(slice_cut(v, (size_t)end));
        size_t k = 0;
        for (; k < v.len && k + 1 < sizeof(x->response->content_type); k++)
            x->response->content_type[k] = (char)(v.ptr[k] | (v.ptr[k] >= 'A' && v.ptr[k] <= 'Z' ? 0x20 : 0));
        x->response->content_type[k] = '\0';
    }
    return n * size;
}

static size_t on_read(char *into, size_t size, size_t n, void *self)
{
    struct exchange *x = self;
    size_t room = size * n;
    if (x->request->read_body) {
        size_t got = x->request->read_body(x->request->read_self, into, room);
        x->sent += got;
        return got ? got : (x->sent < x->request->body_size ? CURL_READFUNC_ABORT : 0);
    }
    struct slice rest = slice_cut(slice_skip(x->request->body, x->sent), room);
    if (rest.len)
        memcpy(into, rest.ptr, rest.len);
    x->sent += rest.len;
    return rest.len;
}

/* Refusing to rewind is what keeps libcurl from sending a request with a body twice. */
static int on_seek(void *self, curl_off_t offset, int origin)
{
    struct exchange *x = self;
    if (x->sent == 0 && offset == 0 && origin == SEEK_SET)
        return CURL_SEEKFUNC_OK;
    x->rewound = true;
    return CURL_SEEKFUNC_FAIL;
}

static uint64_t body_size(const struct http_request *r)
{
    return r->read_body ? r->body_size : r->body.len;
}

static void set_cork(int fd, int on)
{
    (void)setsockopt(fd, IPPROTO_TCP, TCP_CORK, &on, sizeof(on));
}

/* libcurl writes head and body by two calls, because our on_read keeps it from sending twice. Held together
 * on a kept connection they leave in one packet, and wake the server once. */
static void cork(CURL *c, struct exchange *x)
{
    curl_socket_t fd = CURL_SOCKET_BAD;
    x->corked = -1;
    if (!body_size(x->request) || curl_easy_getinfo(c, CURLINFO_ACTIVESOCKET, &fd) != CURLE_OK || fd < 0)
        return;
    set_cork(fd, 1);
    x->corked = fd;
}

static void uncork(struct exchange *x)
{
    if (x->corked >= 0)
        set_cork(x->corked, 0);
    x->corked = -1;
}

/* libcurl calls this at every turn: also after it wrote what on_read gave. */
static int on_progress(void *self, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    struct exchange *x = self;
    (void)a, (void)b, (void)c, (void)d;
    if (x->sent == body_size(x->request))
        uncork(x);
    if (x->http->stop_fd < 0)
        return 0;
    int64_t now_ms = clock_mono_ms();
    if (!x->stop_seen_ms) {
        if (now_ms - x->looked_ms < LOOK_MS)
            return 0;
        x->looked_ms = now_ms;
        struct pollfd fd = {.fd = x->http->stop_fd, .events = POLLIN};
        if (poll(&fd, 1, 0) > 0)
            x->stop_seen_ms = now_ms;
        return 0;
    }
    /* while the name is looked up, or the connection made, nothing is lost by it */
    curl_off_t pretransfer_us = 0;
    curl_easy_getinfo(x->handle, CURLINFO_PRETRANSFER_TIME_T, &pretransfer_us);
    x->aborted = pretransfer_us == 0 || now_ms - x->stop_seen_ms > STOP_GRACE_MS;
    return x->aborted;
}

static CURL *new_handle(const struct http_curl *h)
{
    CURL *c = curl_easy_init();
    ENSURE(c);
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(c, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
    curl_easy_setopt(c, CURLOPT_PROXY, "");
    /* a look-up of a name that hangs is left behind, not waited for */
    curl_easy_setopt(c, CURLOPT_QUICK_EXIT, 1L);
    curl_easy_setopt(c, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(c, CURLOPT_USERAGENT, h->agent);
    curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(c, CURLOPT_READFUNCTION, on_read);
    curl_easy_setopt(c, CURLOPT_SEEKFUNCTION, on_seek);
    curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, on_progress);
    if (h->ca_file)
        curl_easy_setopt(c, CURLOPT_CAINFO, h->ca_file);
    return c;
}

static CURL *take_handle(struct http_curl *h)
{
    pthread_mutex_lock(&h->lock);
    CURL *c = h->n_kept ? h->kept[--h->n_kept] : NULL;
    pthread_mutex_unlock(&h->lock);
    return c ? c : new_handle(h);
}

static void give_back(struct http_curl *h, CURL *c)
{
    pthread_mutex_lock(&h->lock);
    bool keep = h->n_kept < KEPT;
    if (keep)
        h->kept[h->n_kept++] = c;
    pthread_mutex_unlock(&h->lock);
    if (!keep)
        curl_easy_cleanup(c);
}

static int check_request(const struct http_request *r, struct err *e)
{
    for (const char *const *h = r->headers; h && *h; h++) {
        for (const unsigned char *p = (const unsigned char *)*h; *p; p++) {
            if (*p < 0x20 || *p == 0x7f)
                return err_set(e, ERR_CONFIG, "a request header would hold a control character");
        }
    }
    /* libcurl would guess a scheme, and take the first word of a path for a host */
    struct slice url = slice_of(r->url);
    if (!slice_starts_nocase(url, SLICE("https://")) && !slice_starts_nocase(url, SLICE("http://")))
        return err_set(e, ERR_CONFIG, "no address of http or https: %.100s", r->url);
    return 0;
}

static void set_method(CURL *c, const struct http_request *r)
{
    /* without a body there is nothing to rewind, and libcurl would repeat it when a kept connection dies */
    curl_easy_setopt(c, CURLOPT_FRESH_CONNECT, strcmp(r->method, "GET") != 0 && body_size(r) == 0 ? 1L : 0L);
    if (strcmp(r->method, "GET") == 0) {
        curl_easy_setopt(c, CURLOPT_HTTPGET, 1L);
        curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, NULL);
        return;
    }
    curl_easy_setopt(c, CURLOPT_POST, 1L);
    curl_easy_setopt(c, CURLOPT_POSTFIELDS, NULL);
    curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body_size(r));
    curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, strcmp(r->method, "POST") == 0 ? NULL : r->method);
}

static struct curl_slist *header_list(const struct http_request *r)
{
    struct curl_slist *list = curl_slist_append(NULL, "Expect:");
    for (const char *const *h = r->headers; h && *h; h++)
        list = curl_slist_append(list, *h);
    return list;
}

/* Could any byte of the request have reached the server? */
static bool may_have_left(CURL *c, const struct exchange *x, CURLcode rc)
{
    curl_off_t pretransfer_us = 0;
    curl_easy_getinfo(c, CURLINFO_PRETRANSFER_TIME_T, &pretransfer_us);
    long header_bytes = 0;
    curl_easy_getinfo(c, CURLINFO_REQUEST_SIZE, &header_bytes);
    if (rc == CURLE_COULDNT_CONNECT || rc == CURLE_COULDNT_RESOLVE_HOST)
        return false;
    return header_bytes > 0 || x->sent > 0 || pretransfer_us > 0;
}

/* The host of a URL, for people. */
static struct slice host_of(const char *url)
{
    struct scan c = scan_of(slice_of(url));
    long scheme = slice_find(slice_of(url), SLICE("://"));
    if (scheme >= 0)
        c.p += scheme + 3;
    return scan_until(&c, "/?#");
}

static int fail(CURL *c, const struct exchange *x, CURLcode rc, struct err *e)
{
    const char *words = curl_easy_strerror(rc);
    struct slice host = host_of(x->request->url);
    if (may_have_left(c, x, rc))
        return err_set(e, ERR_UNKNOWN_OUTCOME, "the answer of %.*s to %s was lost: %s", SLICE_ARG(host),
                       x->request->method,
                       x->too_large ? "it is too large"
                       : x->rewound ? "the connection had died"
                                    : words);
    if (x->aborted)
        return err_set(e, ERR_STOPPING, "stopping");
    if (rc == CURLE_PEER_FAILED_VERIFICATION || rc == CURLE_SSL_CONNECT_ERROR ||
        rc == CURLE_SSL_CACERT_BADFILE)
        return err_set(e, ERR_TLS, "%.*s could not prove who it is: %s", SLICE_ARG(host), words);
    curl_off_t looked_up_us = 0;
    curl_easy_getinfo(c, CURLINFO_NAMELOOKUP_TIME_T, &looked_up_us);
    if (rc == CURLE_COULDNT_RESOLVE_HOST || (rc == CURLE_OPERATION_TIMEDOUT && looked_up_us == 0))
        return err_set(e, ERR_DNS, "cannot find %.*s: %s", SLICE_ARG(host), words);
    if (rc == CURLE_OPERATION_TIMEDOUT)
        return err_set(e, ERR_TIMEOUT, "no connection to %.*s in time: %s", SLICE_ARG(host), words);
    return err_set(e, ERR_CONNECT, "no connection to %.*s: %s", SLICE_ARG(host), words);
}

static int run(struct http_curl *h, CURL *c, const struct http_request *r, struct http_response *response,
               struct err *e)
{
    struct exchange x = {
        .http = h, .request = r, .response = response, .handle = c, .looked_ms = clock_mono_ms()};
    struct curl_slist *list = header_list(r);
    buf_init(&response->body, r->max_response ? r->max_response : RESPONSE_MAX);
    curl_easy_setopt(c, CURLOPT_URL, r->url);
    curl_easy_setopt(c, CURLOPT_HTTPHEADER, list);
    curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, (long)(r->timeout_ms ? r->timeout_ms : TIMEOUT_MS));
    curl_easy_setopt(c, CURLOPT_ACCEPT_ENCODING, r->compressed ? "gzip" : NULL);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, &x);
    curl_easy_setopt(c, CURLOPT_HEADERDATA, &x);
    curl_easy_setopt(c, CURLOPT_READDATA, &x);
    curl_easy_setopt(c, CURLOPT_SEEKDATA, &x);
    curl_easy_setopt(c, CURLOPT_XFERINFODATA, &x);
    set_method(c, r);
    CRASH_POINT("http.before-send");
    response->sent_ms = clock_now_ms();
    cork(c, &x);
    CURLcode rc = curl_easy_perform(c);
    uncork(&x);
    response->done_ms = clock_now_ms();
    CRASH_POINT("http.after-answer");
    curl_easy_setopt(c, CURLOPT_HTTPHEADER, NULL);
    curl_slist_free_all(list);
    if (rc != CURLE_OK)
        return fail(c, &x, rc, e);
    curl_off_t wait = 0;
    curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &response->status);
    curl_easy_getinfo(c, CURLINFO_RETRY_AFTER, &wait);
    if (response->status < 100 || response->status > 999)
        return err_set(e, ERR_UNKNOWN_OUTCOME, "the answer to %s is not HTTP", r->method);
    response->retry_after_s = wait > 0 && wait < 86400 ? (unsigned)wait : wait > 0 ? 86400 : 0;
    return 0;
}

/* Plain HTTP goes nowhere but to this machine. */
static bool plain_to_far(const char *url)
{
    char host[256];
    struct slice s = slice_of(url);
    if (!slice_starts_nocase(s, SLICE("http://")))
        return false;
    struct scan c = scan_of(slice_skip(s, 7));
    bool bracket = scan_char(&c, '[');
    struct slice name = scan_until(&c, bracket ? "]/" : ":/?#");
    snprintf(host, sizeof(host), "%.*s", SLICE_ARG(name));
    return !conf_is_loopback(host);
}

static int curl_send(void *self, const struct http_request *r, struct http_response *response, struct err *e)
{
    struct http_curl *h = self;
    *response = (struct http_response){.body = BUF_INIT(0)};
    if (check_request(r, e) != 0)
        return -1;
    if (plain_to_far(r->url))
        return err_set(e, ERR_CONFIG, "plain http is for loopback addresses only: %.100s", r->url);
    CURL *c = take_handle(h);
    int rc = run(h, c, r, response, e);
    give_back(h, c);
    return rc;
}

static void curl_free_all(void *self)
{
    struct http_curl *h = self;
    for (size_t i = 0; i < h->n_kept; i++)
        curl_easy_cleanup(h->kept[i]);
    pthread_mutex_destroy(&h->lock);
    free(h->ca_file);
    free(h->agent);
    free(h);
}

static void init_curl(void)
{
    ENSURE(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK);
}

int http_curl_init(struct http *http, const struct http_options *options, struct err *e)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    (void)e;
    pthread_once(&once, init_curl);
    struct http_curl *h = mem_alloc(sizeof(*h));
    h->ca_file = mem_copy(options->ca_file);
    h->agent = mem_copy(options->agent ? options->agent : "frontdesk/" PACKAGE_VERSION);
    h->stop_fd = options->stop_fd;
    pthread_mutex_init(&h->lock, NULL);
    *http = (struct http){.send = curl_send, .free = curl_free_all, .self = h};
    return 0;
}

void http_release(struct http *http)
{
    if (http->free)
        http->free(http->self);
    *http = (struct http){0};
}

int http_send(struct http *http, const struct http_request *request, struct http_response *response,
              struct err *e)
{
    return http->send(http->self, request, response, e);
}

void http_response_release(struct http_response *response)
{
    buf_release(&response->body);
}

/* scheme://host:port of a URL, lower-case, default port filled in; false if it is none. */
static bool origin_of(const char *url, struct buf *out)
{
    struct scan c = scan_of(slice_of(url));
    bool secure = slice_starts_nocase(scan_rest(&c), SLICE("https://"));
    if (!secure && !slice_starts_nocase(scan_rest(&c), SLICE("http://")))
        return false;
    c.p += secure ? 8 : 7;
    struct slice authority = scan_until(&c, "/?#\\");
    if (authority.len == 0 || slice_find_char(authority, '@') >= 0)
        return false;
    buf_puts(out, secure ? "https://" : "http://");
    fold_into(out, authority);
    long colon = slice_find_char(authority, ':');
    if (colon < 0)
        buf_puts(out, secure ? ":443" : ":80");
    return true;
}

bool http_same_origin(const char *a, const char *b)
{
    struct buf x = BUF_INIT(600), y = BUF_INIT(600);
    bool same = origin_of(a, &x) && origin_of(b, &y) && !x.overflow && !y.overflow &&
                slice_eq(buf_view(&x), buf_view(&y));
    buf_release(&x);
    buf_release(&y);
    return same;
}

/* "autotask.net:443" of an origin; empty for one that is not https, an address in digits, or a name of one
 * label. */
static struct slice domain_of(struct slice origin)
{
    long colon = slice_starts(origin, SLICE("https://")) ? slice_find_char(slice_skip(origin, 8), ':') : -1;
    size_t end = colon < 0 ? 0 : (size_t)colon + 8, at = end;
    if (end == 0 || origin.ptr[end - 1] == ']' || (origin.ptr[end - 1] >= '0' && origin.ptr[end - 1] <= '9'))
        return SLICE_NONE;
    for (unsigned dots = 0; at > 8; at--) {
        dots += origin.ptr[at - 1] == '.';
        if (dots == 2)
            break;
    }
    struct slice domain = slice_skip(origin, at);
    return slice_find_char(domain, '.') > 0 ? domain : SLICE_NONE;
}

bool http_same_domain(const char *a, const char *b)
{
    struct buf x = BUF_INIT(600), y = BUF_INIT(600);
    bool same = origin_of(a, &x) && origin_of(b, &y) && !x.overflow && !y.overflow;
    struct slice domain = same ? domain_of(buf_view(&x)) : SLICE_NONE;
    same = domain.len > 0 && slice_eq(domain, domain_of(buf_view(&y)));
    buf_release(&x);
    buf_release(&y);
    return same;
}

void http_put_encoded(struct buf *out, struct slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                     (c && strchr("-._~", c));
        if (plain)
            buf_putc(out, (char)c);
        else
            buf_printf(out, "%%%02X", c);
    }
}
