/* SPDX-License-Identifier: GPL-2.0-or-later */
/* http: against a real socket whose other end says what a table tells it: what is an answer, what is none,
 * and that nothing is ever sent twice or elsewhere. */
#include "frontdesk/http.h"

#include <netinet/in.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

/* --- the other end: one step a request --- */

struct step {
    const char *raw; /* what is written; NULL = nothing */
    enum { CLOSE, KEEP, STALL } then;
    size_t n; /* bytes of raw; 0: it is a string */
};

enum { MOST_CONNECTIONS = 16 };

struct peer;
struct connection {
    struct peer *peer;
    int fd;
    pthread_t thread;
};

struct peer {
    int listener;
    uint16_t port;
    pthread_t thread;
    struct connection all[MOST_CONNECTIONS];
    const struct step *steps;
    size_t n_steps;
    _Atomic size_t requests, connections,
        reused; /* reused: requests that were not the first of their connection */
    _Atomic bool stop;
};

/* Reads one request with its body; false when the connection ended. */
static bool read_request(int fd)
{
    char in[4096];
    size_t n = 0, need = SIZE_MAX;
    while (n < need) {
        ssize_t got = n < sizeof(in) - 1 ? read(fd, in + n, sizeof(in) - 1 - n) : -1;
        if (got <= 0)
            return false;
        n += (size_t)got;
        in[n] = '\0';
        const char *end = strstr(in, "\r\n\r\n"), *length = strcasestr(in, "content-length: ");
        uint64_t body = 0;
        if (!end)
            continue;
        if (length) {
            struct scan c = scan_of(slice_of(length + 16));
            if (!slice_to_u64(scan_until(&c, "\r"), 0, 4000, &body))
                return false;
        }
        need = (size_t)(end - in) + 4 + (size_t)body;
    }
    return true;
}

static void *serve(void *self)
{
    struct connection *c = self;
    struct peer *p = c->peer;
    int fd = c->fd;
    for (int n = 0; read_request(fd); n++) {
        size_t i = p->requests++;
        p->reused += n > 0;
        const struct step *s = &p->steps[i < p->n_steps ? i : p->n_steps - 1];
        if (s->raw && write(fd, s->raw, s->n ? s->n : strlen(s->raw)) < 0)
            break;
        while (s->then == STALL && !p->stop)
            usleep(5000);
        if (s->then != KEEP)
            break;
    }
    close(fd);
    return NULL;
}

static void *peer_main(void *self)
{
    struct peer *p = self;
    int fd;
    while ((fd = accept(p->listener, NULL, NULL)) >= 0) {
        if (p->stop) {
            close(fd);
            break;
        }
        size_t i = p->connections++;
        assert_in_range(i, 0, MOST_CONNECTIONS - 1);
        p->all[i] = (struct connection){.peer = p, .fd = fd};
        assert_int_equal(pthread_create(&p->all[i].thread, NULL, serve, &p->all[i]), 0);
    }
    for (size_t i = 0; i < p->connections; i++)
        pthread_join(p->all[i].thread, NULL);
    return NULL;
}

static void peer_open(struct peer *p, const struct step *steps, size_t n)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof(at);
    *p = (struct peer){
        .steps = steps, .n_steps = n, .listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    assert_int_equal(bind(p->listener, (struct sockaddr *)&at, sizeof(at)), 0);
    assert_int_equal(listen(p->listener, 10), 0);
    assert_int_equal(getsockname(p->listener, (struct sockaddr *)&at, &size), 0);
    p->port = ntohs(at.sin_port);
    assert_int_equal(pthread_create(&p->thread, NULL, peer_main, p), 0);
}

static void peer_close(struct peer *p)
{
    p->stop = true;
    shutdown(p->listener, SHUT_RDWR); /* wakes accept */
    pthread_join(p->thread, NULL);
    close(p->listener);
}

/* --- one exchange --- */

struct got {
    struct err e;
    struct http_response r;
    int rc;
    int64_t ms;
};

static const struct slice a_body = {"{\"a\":1}", 7};

static void ask_with(struct http *http, const struct peer *p, const char *method, struct slice text,
                     struct got *g)
{
    static const char *const headers[] = {"Secret: x", NULL};
    char url[100];
    snprintf(url, sizeof(url), "http://127.0.0.1:%u/x", p->port);
    struct http_request request = {.method = method,
                                   .url = url,
                                   .headers = headers,
                                   .body = text,
                                   .timeout_ms = 400,
                                   .max_response = 1000};
    *g = (struct got){.e = ERR_INIT};
    int64_t begin = clock_mono_ms();
    g->rc = http_send(http, &request, &g->r, &g->e);
    g->ms = clock_mono_ms() - begin;
}

static void ask(struct http *http, const struct peer *p, const char *method, struct got *g)
{
    ask_with(http, p, method, strcmp(method, "GET") == 0 ? SLICE_NONE : a_body, g);
}

static void one(const struct step *steps, size_t n, const char *method, struct got *g)
{
    struct peer p;
    struct http http;
    struct http_options o = {.stop_fd = -1};
    peer_open(&p, steps, n);
    assert_int_equal(http_curl_init(&http, &o, &g->e), 0);
    ask(&http, &p, method, g);
    assert_int_equal(p.requests, 1);
    http_release(&http);
    peer_close(&p);
}

#define HEAD(status, more) "HTTP/1.1 " status "\r\n" more "\r\n"

static void an_answer_of_any_status_is_an_answer(void **state)
{
    static const struct {
        const char *raw;
        long status;
        const char *body, *type;
    } rows[] = {
        {HEAD("200 OK", "Content-Length: 2\r\nContent-Type: Application/JSON; charset=utf-8\r\n") "{}", 200,
         "{}", "application/json"},
        {HEAD("401 Unauthorized", "Content-Length: 0\r\n"), 401, "", ""},
        {HEAD("500 Error", "Content-Type: text/html\r\n") "<html>", 500, "<html>", "text/html"},
        {HEAD("302 Found", "Location: http://127.0.0.9:1/\r\nContent-Length: 0\r\n"), 302, "", ""},
        {HEAD("204 None", ""), 204, "", ""},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        static const char *const methods[] = {"GET", "POST", "PATCH", "DELETE"};
        for (size_t m = 0; m < ARRAY_LEN(methods); m++) {
            struct step s = {rows[i].raw, CLOSE};
            struct got g;
            one(&s, 1, methods[m], &g);
            if (g.rc != 0 || g.r.status != rows[i].status)
                fail_msg("row %zu %s: %ld %s", i, methods[m], g.r.status, g.e.text);
            assert_string_equal(g.r.body.data, rows[i].body);
            assert_string_equal(g.r.content_type, rows[i].type);
            http_response_release(&g.r);
        }
    }
}

static void what_is_cut_off_is_in_doubt(void **state)
{
    static const struct step rows[] = {
        {NULL, CLOSE},
        {HEAD("200 OK", "Content-Length: 50\r\n") "{\"itemId\":", CLOSE},
        {HEAD("200 OK", "Transfer-Encoding: chunked\r\n") "5\r\n{\"ite", CLOSE},
        {HEAD("200 OK", "Content-Length: 2000\r\n") "too large", CLOSE},
        {"SSH-2.0-x\r\n", CLOSE},
        {NULL, STALL},
        {HEAD("200 OK", "Content-Length: 50\r\n") "{", STALL},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct got g;
        one(&rows[i], 1, "POST", &g);
        if (g.rc == 0 || g.e.code != ERR_UNKNOWN_OUTCOME)
            fail_msg("row %zu: %ld %s", i, g.r.status, g.rc ? err_code_name(g.e.code) : "an answer");
        assert_null(strstr(g.e.text, "Secret"));
        assert_in_range(g.ms, 0, 10000);
        http_response_release(&g.r);
    }
}

static void a_large_answer_is_not_read(void **state)
{
    static char raw[4000];
    (void)state;
    int n = snprintf(raw, sizeof(raw), "%s", HEAD("200 OK", ""));
    memset(raw + n, 'x', sizeof(raw) - 1 - (size_t)n);
    struct step s = {raw, CLOSE};
    struct got g;
    one(&s, 1, "POST", &g);
    assert_int_equal(g.rc, -1);
    assert_int_equal(g.e.code, ERR_UNKNOWN_OUTCOME);
    assert_non_null(strstr(g.e.text, "too large"));
    assert_in_range(g.r.body.len, 0, 1000);
    http_response_release(&g.r);
}

/* 100,000 zeros in gzip, once and twice. */
static const char zeros[] =
    "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xed\xc1\x31\x01\x00\x00\x00\xc2\xa0\xf5\x4f\x6d\x0d\x0f"
    "\xa0\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
    "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
    "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
    "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
    "\x00\x80\x57\x03\x7d\x95\x11\xd4\xa0\x86\x01\x00";
static const char zeros_twice[] =
    "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\x93\xef\xe6\x60\x00\x01\x26\xe6\xb7\x07\x0d\x19\x81\x8c"
    "\x43\x0b\xbe\xfa\xe7\xf2\xf2\x2f\x60\xa0\x31\x68\x08\x67\xae\x9d\x2a\x78\x65\x41\x1b\x23\x03\x00"
    "\x93\xb5\xf9\x2f\x84\x00\x00\x00";

/* What counts is how large it gets. */
static void a_packed_answer_is_not_unpacked_without_end(void **state)
{
    (void)state;
    const struct {
        const char *encoding;
        struct slice body;
    } rows[] = {{"gzip", {zeros, sizeof(zeros) - 1}}, {"gzip, gzip", {zeros_twice, sizeof(zeros_twice) - 1}}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct buf raw = BUF_INIT(4000);
        struct got g = {.e = ERR_INIT};
        struct peer p;
        struct http http;
        struct http_options o = {.stop_fd = -1};
        char url[100];
        buf_printf(&raw, "HTTP/1.1 200 OK\r\nContent-Encoding: %s\r\nContent-Length: %zu\r\n\r\n",
                   rows[i].encoding, rows[i].body.len);
        buf_slice(&raw, rows[i].body);
        struct step s = {.raw = raw.data, .then = CLOSE, .n = raw.len};
        peer_open(&p, &s, 1);
        assert_int_equal(http_curl_init(&http, &o, &g.e), 0);
        snprintf(url, sizeof(url), "http://127.0.0.1:%u/x", p.port);
        struct http_request request = {
            .method = "GET", .url = url, .timeout_ms = 5000, .max_response = 50000, .compressed = true};
        assert_int_equal(http_send(&http, &request, &g.r, &g.e), -1);
        assert_non_null(strstr(g.e.text, "too large"));
        assert_in_range(g.r.body.len, 0, 50000);
        http_response_release(&g.r);
        request.max_response = 100000;
        assert_int_equal(http_send(&http, &request, &g.r, &g.e), 0);
        assert_int_equal(g.r.body.len, 100000);
        http_response_release(&g.r);
        http_release(&http);
        peer_close(&p);
        buf_release(&raw);
    }
}

static void retry_after_is_seconds_or_a_date(void **state)
{
    char date[64], past[64];
    time_t soon = time(NULL) + 90, then = time(NULL) - 90;
    struct tm tm;
    (void)state;
    strftime(date, sizeof(date), "%a, %d %b %Y %H:%M:%S GMT", gmtime_r(&soon, &tm));
    strftime(past, sizeof(past), "%a, %d %b %Y %H:%M:%S GMT", gmtime_r(&then, &tm));
    const struct {
        const char *value;
        unsigned min, max;
    } rows[] = {{"7", 7, 7},
                {"0", 0, 0},
                {date, 85, 91},
                {past, 0, 0},
                {"-5", 0, 0},
                {"soon", 0, 0},
                {"9999999", 21600, 86400}, /* newer libcurl counts six hours at most */
                {"", 0, 0}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char raw[300];
        struct got g;
        snprintf(raw, sizeof(raw), HEAD("429 Too Many", "Content-Length: 0\r\nRetry-After: %s\r\n"),
                 rows[i].value);
        struct step s = {raw, CLOSE};
        one(&s, 1, "POST", &g);
        assert_int_equal(g.rc, 0);
        if (g.r.retry_after_s < rows[i].min || g.r.retry_after_s > rows[i].max)
            fail_msg("%s became %u", rows[i].value, g.r.retry_after_s);
        http_response_release(&g.r);
    }
}

static void a_redirect_is_not_followed(void **state)
{
    static const struct step nothing = {HEAD("200 OK", "Content-Length: 0\r\n"), CLOSE};
    static const char *const statuses[] = {"301 Moved", "302 Found", "303 See Other", "307 Temporary",
                                           "308 Permanent"};
    struct peer thief;
    (void)state;
    peer_open(&thief, &nothing, 1);
    for (size_t i = 0; i < ARRAY_LEN(statuses); i++) {
        char raw[300];
        struct got g;
        snprintf(raw, sizeof(raw),
                 "HTTP/1.1 %s\r\nLocation: http://127.0.0.1:%u/\r\nContent-Length: 0\r\n\r\n", statuses[i],
                 thief.port);
        struct step s = {raw, CLOSE};
        one(&s, 1, i % 2 ? "GET" : "POST", &g);
        assert_int_equal(g.rc, 0);
        assert_int_equal(g.r.status / 100, 3);
        http_response_release(&g.r);
    }
    assert_int_equal(thief.connections, 0);
    peer_close(&thief);
}

/* A kept connection that dies under a create: sent once, and in doubt. */
static void nothing_is_sent_twice(void **state)
{
    static const struct step steps[] = {{HEAD("200 OK", "Content-Length: 2\r\n") "{}", KEEP}, {NULL, CLOSE}};
    static const char *const methods[] = {"POST", "PATCH", "DELETE"};
    (void)state;
    for (size_t m = 0; m < ARRAY_LEN(methods); m++) {
        struct peer p;
        struct http http;
        struct http_options o = {.stop_fd = -1};
        struct got g;
        peer_open(&p, steps, ARRAY_LEN(steps));
        assert_int_equal(http_curl_init(&http, &o, &g.e), 0);
        ask(&http, &p, methods[m], &g);
        assert_int_equal(g.rc, 0);
        http_response_release(&g.r);
        ask(&http, &p, methods[m], &g);
        assert_int_equal(g.rc, -1);
        assert_int_equal(g.e.code, ERR_UNKNOWN_OUTCOME);
        http_response_release(&g.r);
        http_release(&http);
        peer_close(&p);
        assert_int_equal(p.requests, 2);
        assert_int_equal(p.reused, 1); /* the connection was kept, else this shows nothing */
    }
}

/* Nothing would have to be rewound: the connection is a new one, whose death libcurl does not forgive. */
static void nor_is_what_has_no_body(void **state)
{
    static const struct step steps[] = {{HEAD("200 OK", "Content-Length: 2\r\n") "{}", KEEP},
                                        {NULL, CLOSE},
                                        {HEAD("200 OK", "Content-Length: 2\r\n") "{}", KEEP}};
    struct peer p;
    struct http http;
    struct http_options o = {.stop_fd = -1};
    struct got g;
    (void)state;
    peer_open(&p, steps, ARRAY_LEN(steps));
    assert_int_equal(http_curl_init(&http, &o, &g.e), 0);
    ask(&http, &p, "GET", &g);
    http_response_release(&g.r);
    ask_with(&http, &p, "DELETE", SLICE_NONE, &g);
    assert_int_equal(g.rc, -1);
    assert_int_equal(g.e.code, ERR_UNKNOWN_OUTCOME);
    http_response_release(&g.r);
    assert_int_equal(p.requests, 2);
    ask(&http, &p, "GET", &g); /* others go on with what is kept */
    assert_int_equal(g.rc, 0);
    http_response_release(&g.r);
    http_release(&http);
    peer_close(&p);
    assert_int_equal(p.requests, 3);
}

/* A kept connection that was closed while idle is no loss. */
static void a_closed_connection_is_replaced(void **state)
{
    static const struct step steps[] = {{HEAD("200 OK", "Content-Length: 2\r\n") "{}", CLOSE}};
    struct peer p;
    struct http http;
    struct http_options o = {.stop_fd = -1};
    struct got g;
    (void)state;
    peer_open(&p, steps, 1);
    assert_int_equal(http_curl_init(&http, &o, &g.e), 0);
    for (int i = 0; i < 3; i++) {
        ask(&http, &p, "POST", &g);
        assert_int_equal(g.rc, 0);
        http_response_release(&g.r);
        usleep(20000);
    }
    assert_int_equal(p.requests, 3);
    http_release(&http);
    peer_close(&p);
}

static void without_a_server_nothing_was_done(void **state)
{
    struct peer p;
    struct http http;
    struct http_options o = {.stop_fd = -1};
    struct step none = {NULL, CLOSE};
    struct got g;
    (void)state;
    peer_open(&p, &none, 1);
    peer_close(&p);
    assert_int_equal(http_curl_init(&http, &o, &g.e), 0);
    ask(&http, &p, "POST", &g);
    assert_int_equal(g.rc, -1);
    assert_int_equal(g.e.code, ERR_CONNECT);
    http_response_release(&g.r);
    http_release(&http);
}

static void what_must_not_leave_does_not(void **state)
{
    static const char *const bad[] = {"Secret: a\r\nX: y", NULL}, *const good[] = {NULL};
    static const struct {
        const char *url;
        const char *const *headers;
    } rows[] = {{"http://127.0.0.1:9/", bad},     {"http://192.0.2.1/", good},
                {"HTTP://example.com:80/", good}, {"http://127.0.0.1.example.com/", good},
                {"BillingCodes/query", good},     {"/query", good},
                {"127.0.0.1:9/", good},           {"", good},
                {"ftp://127.0.0.1/", good}};
    struct http http;
    struct http_options o = {.stop_fd = -1};
    struct err e = ERR_INIT;
    (void)state;
    assert_int_equal(http_curl_init(&http, &o, &e), 0);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct http_request r = {.method = "GET", .url = rows[i].url, .headers = rows[i].headers};
        struct http_response response;
        assert_int_equal(http_send(&http, &r, &response, &e), -1);
        assert_int_equal(e.code, ERR_CONFIG);
        http_response_release(&response);
    }
    http_release(&http);
}

/* Stop: what is in flight gets 1.5 s, then it is in doubt. */
static void stopping_ends_a_call(void **state)
{
    static const struct step stall = {NULL, STALL};
    struct peer p;
    struct http http;
    struct http_options o = {.stop_fd = eventfd(1, EFD_CLOEXEC)};
    struct err e = ERR_INIT;
    struct http_response response;
    char url[100];
    (void)state;
    peer_open(&p, &stall, 1);
    assert_int_equal(http_curl_init(&http, &o, &e), 0);
    snprintf(url, sizeof(url), "http://127.0.0.1:%u/", p.port);
    struct http_request r = {.method = "POST", .url = url, .body = SLICE("{}"), .timeout_ms = 20000};
    int64_t begin = clock_mono_ms();
    assert_int_equal(http_send(&http, &r, &response, &e), -1);
    assert_int_equal(e.code, ERR_UNKNOWN_OUTCOME);
    assert_in_range(clock_mono_ms() - begin, 1400, 15000);
    http_response_release(&response);
    http_release(&http);
    peer_close(&p);
    close(o.stop_fd);
}

static void origins(void **state)
{
    static const struct {
        const char *a, *b;
        bool same;
    } rows[] = {{"https://a.example/x", "HTTPS://A.example:443/y", true},
                {"http://127.0.0.1:9/x", "http://127.0.0.1:9", true},
                {"https://a.example/", "http://a.example/", false},
                {"https://a.example/", "https://a.example:444/", false},
                {"https://a.example/", "https://a.example.evil.example/", false},
                {"https://a.example/", "https://a.example@evil.example/", false},
                {"https://a.example/", "https://a.example\\@evil.example/", true},
                {"https://a.example/", "//a.example/", false},
                {"", "", false},
                {"ftp://a.example/", "ftp://a.example/", false}};
    struct buf b = BUF_INIT(100);
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (http_same_origin(rows[i].a, rows[i].b) != rows[i].same)
            fail_msg("%s %s", rows[i].a, rows[i].b);
    }
    static const struct {
        const char *a, *b;
        bool same;
    } domains[] = {{"https://ws3.autotask.net/x", "https://WS.Autotask.net", true},
                   {"https://a.b.autotask.net/x", "https://autotask.net/y", true},
                   {"https://ws3.autotask.net:444/", "https://ws.autotask.net/", false},
                   {"https://evilautotask.net/", "https://ws.autotask.net/", false},
                   {"https://autotask.net.evil.example/", "https://ws.autotask.net/", false},
                   {"https://ws.autotask.net@evil.example/", "https://ws.autotask.net/", false},
                   {"http://ws3.autotask.net/", "https://ws.autotask.net/", false},
                   {"https://10.0.0.1/", "https://10.9.0.1/", false},
                   {"https://[::1]/", "https://[::1]/", false},
                   {"https://localhost/", "https://localhost/", false},
                   {"https://.net/", "https://.net/", false},
                   {"", "", false}};
    for (size_t i = 0; i < ARRAY_LEN(domains); i++) {
        if (http_same_domain(domains[i].a, domains[i].b) != domains[i].same)
            fail_msg("%s %s", domains[i].a, domains[i].b);
    }
    http_put_encoded(&b, SLICE("a+b@c.example ~\xc3\xa4%"));
    assert_string_equal(b.data, "a%2Bb%40c.example%20~%C3%A4%25");
    buf_release(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_of_any_status_is_an_answer),
        cmocka_unit_test(what_is_cut_off_is_in_doubt),
        cmocka_unit_test(a_large_answer_is_not_read),
        cmocka_unit_test(a_packed_answer_is_not_unpacked_without_end),
        cmocka_unit_test(retry_after_is_seconds_or_a_date),
        cmocka_unit_test(a_redirect_is_not_followed),
        cmocka_unit_test(nothing_is_sent_twice),
        cmocka_unit_test(nor_is_what_has_no_body),
        cmocka_unit_test(a_closed_connection_is_replaced),
        cmocka_unit_test(without_a_server_nothing_was_done),
        cmocka_unit_test(what_must_not_leave_does_not),
        cmocka_unit_test(stopping_ends_a_call),
        cmocka_unit_test(origins),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
