/* SPDX-License-Identifier: GPL-2.0-or-later */
/* smtp_session: one connection to a mail server; one thread at a time. */
#ifndef FRONTDESK_OUTBOX_SMTP_SESSION_H
#define FRONTDESK_OUTBOX_SMTP_SESSION_H

#include "frontdesk/outbox.h"
#include "frontdesk/secret.h"
#include "frontdesk/stream.h"

#include <gnutls/gnutls.h>

/* The ways to log in that a server offers. */
enum smtp_auth { SMTP_AUTH_PLAIN = 1, SMTP_AUTH_XOAUTH2 = 2, SMTP_AUTH_OAUTHBEARER = 4 };

struct smtp_session {
    const struct conf_server *server;
    const char *helo;
    int stop_fd;
    unsigned answer_ms;
    struct stream *stream;
    mailsmtp *smtp;
    bool broken;    /* out of step or closed: do not use again */
    bool text_left; /* of the letter in hand */
    bool let_in;    /* connected and logged in: what goes wrong from here on is a letter's */
    bool pipelining, starttls;
    unsigned auth;   /* bits of smtp_auth */
    int64_t used_ms; /* monotonic time of the last letter */
    bool busy;
};

/* --- between smtp.c and smtplogin.c --- */

/* Sends one line and reads its answer; the code is in s->smtp->response_code. `secret`: never logged. */
int smtp_session_command(struct smtp_session *s, bool secret, struct err *e, const char *fmt, ...)
    PRINTF(4, 5);
/* The server's last answer as an error: 4xx later, 5xx never. */
int smtp_session_refuse(struct smtp_session *s, const char *doing, struct err *e);
bool smtp_session_good(const struct smtp_session *s);
/* Out of the answer to EHLO. */
unsigned smtp_session_offers(struct slice words);
int smtp_session_log_in(struct smtp_session *s, struct err *e) MUST_USE;

int smtp_session_open(struct smtp_session *s, struct err *e) MUST_USE;
void smtp_session_close(struct smtp_session *s);
/* Would the server take a letter from this address? Asked and taken back. */
int smtp_session_try(struct smtp_session *s, const char *from, struct err *e) MUST_USE;
int smtp_session_send(struct smtp_session *s, const char *from, const char *to, struct slice bytes,
                      struct err *e) MUST_USE;

#endif
