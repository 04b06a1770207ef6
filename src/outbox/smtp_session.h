/* SPDX-License-Identifier: GPL-2.0-or-later */
/* smtp_session: one connection to a mail server; one thread at a time. */
#ifndef FRONTDESK_OUTBOX_SMTP_SESSION_H
#define FRONTDESK_OUTBOX_SMTP_SESSION_H

#include "frontdesk/outbox.h"
#include "frontdesk/secret.h"
#include "frontdesk/stream.h"

#include <gnutls/gnutls.h>

struct smtp_session {
    const struct conf_server *server;
    const char *helo;
    int stop_fd;
    unsigned answer_ms;
    struct stream *stream;
    mailsmtp *smtp;
    bool broken; /* out of step or closed: do not use again */
    bool pipelining, starttls, auth_plain;
    int64_t used_ms; /* monotonic time of the last letter */
    bool busy;
};

int smtp_session_open(struct smtp_session *s, struct err *e) MUST_USE;
void smtp_session_close(struct smtp_session *s);
/* Would the server take a letter from this address? Asked and taken back. */
int smtp_session_try(struct smtp_session *s, const char *from, struct err *e) MUST_USE;
int smtp_session_send(struct smtp_session *s, const char *from, const char *to, struct slice bytes,
                      struct err *e) MUST_USE;

#endif
