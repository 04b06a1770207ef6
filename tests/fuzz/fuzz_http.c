/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_http: a server that answers one request with the input and hangs up, behind the real libcurl. What
 * comes back is within its bounds; the request was sent, so a failure leaves it in doubt, and it is never
 * sent a second time.
 */
#include "fuzz.h"

#include "frontdesk/http.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <semaphore.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MOST_BODY = 2000 };

static struct slice input;
static _Atomic unsigned requests;
static sem_t served;
static const char body[] = "{\"a\":1}";

/* Reads the request with its body, as a decent server does. */
static void read_request(int fd)
{
    char got[4096];
    size_t n = 0;
    ssize_t r;
    while (n < sizeof(got) && (r = recv(fd, got + n, sizeof(got) - n, 0)) > 0) {
        n += (size_t)r;
        long end = slice_find(slice_from(got, n), SLICE("\r\n\r\n"));
        bool post = slice_starts(slice_from(got, n), SLICE("POST"));
        if (end >= 0 && n >= (size_t)end + 4 + (post ? strlen(body) : 0))
            return;
    }
}

static void *serve(void *self)
{
    int listener = *(int *)self;
    for (;;) {
        int fd = accept(listener, NULL, NULL);
        if (fd < 0)
            return NULL;
        read_request(fd);
        requests++;
        for (struct slice rest = input; rest.len;) {
            ssize_t n = send(fd, rest.ptr, rest.len, MSG_NOSIGNAL);
            rest = slice_skip(rest, n > 0 ? (size_t)n : rest.len);
        }
        shutdown(fd, SHUT_WR);
        close(fd);
        sem_post(&served);
    }
}

static const char *server_url(void)
{
    static char url[60];
    static int listener;
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof(a);
    pthread_t thread;
    if (url[0])
        return url;
    listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ENSURE(listener >= 0 && bind(listener, (struct sockaddr *)&a, sizeof(a)) == 0 &&
           listen(listener, 10) == 0 && getsockname(listener, (struct sockaddr *)&a, &len) == 0);
    snprintf(url, sizeof(url), "http://127.0.0.1:%u/x", ntohs(a.sin_port));
    ENSURE(sem_init(&served, 0, 0) == 0);
    ENSURE(pthread_create(&thread, NULL, serve, &listener) == 0 && pthread_detach(thread) == 0);
    return url;
}

static void check(const struct http_response *r)
{
    struct slice type = slice_of(r->content_type);
    ENSURE(r->status >= 100 && r->status < 1000 && r->body.len <= MOST_BODY);
    ENSURE(r->retry_after_s <= 86400);
    for (size_t i = 0; i < type.len; i++)
        ENSURE(type.ptr[i] != ';' && !(type.ptr[i] >= 'A' && type.ptr[i] <= 'Z'));
}

/* The input's first line as a URL and as a word in one. */
static void check_words(void)
{
    struct scan c = scan_of(input);
    struct pool *pool = pool_new(1 << 20);
    struct buf encoded = BUF_INIT(1 << 20);
    const char *line = pool_slice(pool, scan_line(&c));
    ENSURE(!http_same_origin(line, "https://mx.corp.test/") ||
           slice_starts_nocase(slice_of(line), SLICE("https://mx.corp.test")));
    ENSURE(http_same_origin(line, line) || !http_same_origin(line, "https://mx.corp.test:443"));
    http_put_encoded(&encoded, input);
    for (size_t i = 0; i < encoded.len; i++)
        ENSURE(encoded.data[i] > 0x20 && encoded.data[i] < 0x7f && !strchr("&=?#/+\"<>", encoded.data[i]));
    buf_release(&encoded);
    pool_free(&pool);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct scan c = scan_of(slice_from((const char *)data, size));
    bool post = fuzz_pick(&c, 2);
    struct http_options options = {.stop_fd = -1};
    const char *headers[] = {"Accept: application/json", NULL};
    struct http_request request = {.method = post ? "POST" : "GET",
                                   .url = server_url(),
                                   .headers = headers,
                                   .body = post ? SLICE("{\"a\":1}") : SLICE_NONE,
                                   .timeout_ms = 5000,
                                   .max_response = MOST_BODY};
    struct http http;
    struct http_response response;
    struct err e = ERR_INIT;
    input = scan_rest(&c);
    requests = 0;
    ENSURE(http_curl_init(&http, &options, &e) == 0);
    if (http_send(&http, &request, &response, &e) == 0)
        check(&response);
    else
        ENSURE(err_class(&e) == ERR_CLASS_UNKNOWN && fuzz_is_clean(slice_of(e.text)));
    http_response_release(&response);
    http_release(&http);
    sem_wait(&served);
    ENSURE(requests == 1 && sem_trywait(&served) != 0);
    check_words();
    return 0;
}
