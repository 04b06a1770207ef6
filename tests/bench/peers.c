/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * peers: instant stub peers on loopback for the throughput benchmark: IMAP with a generated backlog, an SMTP
 * sink and an HTTP API, each one epoll loop in a process of its own. They check nothing; they are there to
 * cost nothing.
 *
 * peers MAILS CANNED-FOLDER: prints `imap PORT`, `smtp PORT`, `http PORT`; at SIGTERM each prints one line of
 * figures and ends. The API answers GET or POST V1.0/A/B from the file CANNED-FOLDER/A_B.json (without: no
 * items).
 */
#include "peers.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t ended;

static void on_term(int sig)
{
    (void)sig;
    ended = 1;
}

void peer_die(const char *what)
{
    perror(what);
    exit(1);
}

static void bytes_room(struct bytes *b, size_t more)
{
    if (b->len + more + 1 <= b->cap)
        return;
    b->cap = (b->len + more + 1) * 2;
    b->data = realloc(b->data, b->cap);
    if (!b->data)
        peer_die("realloc");
}

void peer_put(struct bytes *b, const char *data, size_t len)
{
    bytes_room(b, len);
    memcpy(b->data + b->len, data, len);
    b->len += len;
    b->data[b->len] = '\0';
}

void peer_putf(struct bytes *b, const char *form, ...)
{
    char line[1024];
    va_list args;

    va_start(args, form);
    int n = vsnprintf(line, sizeof(line), form, args);
    va_end(args);
    if (n < 0 || (size_t)n >= sizeof(line))
        peer_die("a line too long");
    peer_put(b, line, (size_t)n);
}

char *peer_line(struct conn *c)
{
    char *start = c->in.data + c->used;
    char *end = c->in.len > c->used ? memchr(start, '\n', c->in.len - c->used) : NULL;

    if (!end)
        return NULL;
    c->used = (size_t)(end + 1 - c->in.data);
    if (end > start && end[-1] == '\r')
        end--;
    *end = '\0';
    return start;
}

static void conn_close(struct conn *c)
{
    close(c->fd);
    free(c->in.data);
    free(c->out.data);
    free(c);
}

static bool conn_flush(struct conn *c, int poll)
{
    while (c->sent < c->out.len) {
        ssize_t n = send(c->fd, c->out.data + c->sent, c->out.len - c->sent, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno != EAGAIN)
            return false;
        if (n < 0)
            break;
        c->sent += (size_t)n;
    }
    bool rest = c->sent < c->out.len;
    if (!rest)
        c->sent = c->out.len = 0;
    if (rest != c->waiting) {
        struct epoll_event event = {.events = EPOLLIN | (rest ? EPOLLOUT : 0), .data.ptr = c};
        epoll_ctl(poll, EPOLL_CTL_MOD, c->fd, &event);
        c->waiting = rest;
    }
    return rest || !c->closing;
}

static bool conn_read(struct conn *c, const struct peer *peer)
{
    for (;;) {
        bytes_room(&c->in, 65536);
        ssize_t n = recv(c->fd, c->in.data + c->in.len, 65536, 0);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EAGAIN)
            break;
        if (n <= 0)
            return false;
        c->in.len += (size_t)n;
        c->in.data[c->in.len] = '\0';
        if (n < 65536)
            break;
    }
    peer->talk(c);
    if (c->used) {
        memmove(c->in.data, c->in.data + c->used, c->in.len - c->used);
        c->in.len -= c->used;
        c->used = 0;
    }
    return true;
}

static void accept_one(int listener, int poll, const struct peer *peer)
{
    int one = 1;
    int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

    if (fd < 0)
        return;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    struct conn *c = calloc(1, sizeof(*c));
    if (!c)
        peer_die("calloc");
    c->fd = fd;
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
    epoll_ctl(poll, EPOLL_CTL_ADD, fd, &event);
    if (peer->greeting)
        peer_put(&c->out, peer->greeting, strlen(peer->greeting));
    if (!conn_flush(c, poll))
        conn_close(c);
}

static void serve(int listener, const struct peer *peer)
{
    struct sigaction action = {.sa_handler = on_term};
    int poll = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN};

    prctl(PR_SET_PDEATHSIG, SIGTERM);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    epoll_ctl(poll, EPOLL_CTL_ADD, listener, &event);
    while (!ended) {
        struct epoll_event found[64];
        int n = epoll_wait(poll, found, 64, 1000);
        for (int i = 0; i < n; i++) {
            struct conn *c = found[i].data.ptr;
            if (!c)
                accept_one(listener, poll, peer);
            else if (((found[i].events & ~(unsigned)EPOLLOUT) && !conn_read(c, peer)) || !conn_flush(c, poll))
                conn_close(c);
        }
    }
    peer->figures();
    fflush(stdout);
}

static int listen_any(uint16_t *port)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof(at);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (fd < 0 || bind(fd, (struct sockaddr *)&at, len) || listen(fd, 64) ||
        getsockname(fd, (struct sockaddr *)&at, &len))
        peer_die("listen");
    *port = ntohs(at.sin_port);
    return fd;
}

int main(int argc, char **argv)
{
    struct sigaction action = {.sa_handler = on_term};
    pid_t child[3];
    uint16_t port[3];
    const struct peer *peers[3] = {&peer_imap, &peer_smtp, &peer_http};

    if (argc != 3) {
        fprintf(stderr, "usage: peers MAILS CANNED-FOLDER\n");
        return 64;
    }
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    imap_backlog(strtoul(argv[1], NULL, 10));
    for (int i = 0; i < 3; i++) {
        int listener = listen_any(&port[i]);
        http_settings(argv[2], port[i]);
        child[i] = fork();
        if (child[i] < 0)
            peer_die("fork");
        if (child[i] == 0) {
            serve(listener, peers[i]);
            return 0;
        }
        close(listener);
    }
    printf("imap %u\nsmtp %u\nhttp %u\n", port[0], port[1], port[2]);
    fflush(stdout);
    while (!ended)
        pause();
    for (int i = 0; i < 3; i++) {
        kill(child[i], SIGTERM);
        waitpid(child[i], NULL, 0);
    }
    return 0;
}
