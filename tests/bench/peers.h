/* SPDX-License-Identifier: GPL-2.0-or-later */
/* peers: what the loop and the three stub protocols share. */
#ifndef TESTS_BENCH_PEERS_H
#define TESTS_BENCH_PEERS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct bytes {
    char *data;
    size_t len, cap;
};

struct conn {
    int fd;
    struct bytes in, out;
    size_t used; /* bytes of `in` that talk() has taken */
    size_t sent; /* bytes of `out` that are on their way */
    bool waiting, closing;
    int mode;     /* the protocol's own */
    char tag[64]; /* IMAP: of the IDLE that is under way */
};

struct peer {
    const char *greeting;
    void (*talk)(struct conn *c); /* takes whole requests from `in`, puts answers to `out` */
    void (*figures)(void);
};

extern const struct peer peer_imap, peer_smtp, peer_http;

void imap_backlog(size_t mails);
void http_settings(const char *canned, uint16_t port);

void peer_die(const char *what) __attribute__((noreturn));
void peer_put(struct bytes *b, const char *data, size_t len);
void peer_putf(struct bytes *b, const char *form, ...) __attribute__((format(printf, 2, 3)));
/* The next line without its end, or NULL. */
char *peer_line(struct conn *c);

#endif
