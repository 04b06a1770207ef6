/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * outbox: offers a finished letter to a mail server. The bytes are final (reply/compose wrote them) and never
 * change. Facts: mail.md section 1.10.
 */
#ifndef FRONTDESK_OUTBOX_H
#define FRONTDESK_OUTBOX_H

#include "frontdesk/base.h"
#include "frontdesk/conf.h"

/*
 * The port. send: 0 = the server took it (250 after the final dot). Errors by class:
 *   RETRY     certainly not taken (connect, 4xx before or after the dot, 421; any refusal before login).
 *             e->retry_after_s != 0: the server is ill for all letters, come back then and not before
 *   OPERATOR  refused for good (5xx, recipient refused, or of the login: ERR_CREDENTIALS, which waits)
 *   UNKNOWN   connection lost between the final dot and the receipt: offer again with identical bytes
 * Thread-safe: several workers may call at once.
 */
struct outbox {
    int (*send)(void *self, const char *from, const char *to, struct slice bytes, struct err *e);
    void (*free)(void *self);
    void *self;
};

struct outbox_options {
    const struct conf_server *smtp;
    const char *helo_name; /* domain of our address */
    unsigned
        connections; /* at most this many sessions at once (default 2); kept open 20 s for the next letter */
    int stop_fd;
    unsigned answer_ms; /* tests; 0 = 60,000 */
};

int outbox_smtp_init(struct outbox *out, const struct outbox_options *options, struct err *e) MUST_USE;
int outbox_send(struct outbox *out, const char *from, const char *to, struct slice bytes,
                struct err *e) MUST_USE;
void outbox_release(struct outbox *out);
/* doctor: connect, EHLO, TLS, AUTH, MAIL FROM + RSET; findings as lines for a person, doubts as struct
 * mailbox_probe has them. */
int outbox_smtp_probe(const struct conf_server *smtp, const char *from, struct buf *findings,
                      struct buf *doubts, struct err *e) MUST_USE;

#endif
