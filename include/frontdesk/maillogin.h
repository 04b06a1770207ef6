/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * maillogin: tokens instead of a password at the mail servers of Microsoft 365 and Google, and the words in
 * which a server is told them, or a password. The token file of the mailbox is the cache, shared by all
 * threads and processes (oauth2.h): a call makes a request only when no stored token will do.
 *
 *   Microsoft  the application by itself (client secret, or a statement signed with its certificate), or a
 *              person's consent
 *   Google     a service account with delegation, or a person's consent
 *
 * Facts: mail.md section 3; RFC 7628 (OAUTHBEARER).
 */
#ifndef FRONTDESK_MAILLOGIN_H
#define FRONTDESK_MAILLOGIN_H

#include "frontdesk/conf.h"
#include "frontdesk/oauth2.h"

/* A token for this server, appended. `refused`: the token that the server has just refused ("" or NULL:
 * none); one that is younger than a minute is not replaced. Blocks for at most about a minute and a half.
 * ERR_CREDENTIALS: an administrator must act; else RETRY classes. */
int maillogin_token(const struct conf_server *server, const char *refused, int stop_fd, struct buf *token,
                    struct err *e) MUST_USE;

enum maillogin_sasl { MAILLOGIN_XOAUTH2, MAILLOGIN_OAUTHBEARER, MAILLOGIN_PLAIN };
const char *maillogin_sasl_name(enum maillogin_sasl sasl);
/* What is said to the server, in base64; the caller wipes it. `secret`: the token, for PLAIN the password. */
void maillogin_say(enum maillogin_sasl sasl, const struct conf_server *server, const char *secret,
                   struct buf *out);
/* The line that ends the exchange after the server has told in a challenge why it refuses; PLAIN has no such
 * challenge, and ends it. */
const char *maillogin_end(enum maillogin_sasl sasl);
/* "status 401, schemes bearer" out of that challenge (base64, JSON); "" when it says nothing of use. */
void maillogin_why(struct slice challenge, char out[120]);

/* --- the mailbox's login as an administrator sees it --- */

/* Opens what `frontdesk login` works on; *out NULL without error when no person has to consent. */
struct maillogin;
int maillogin_open(struct maillogin **out, const struct conf_mailbox *box, int stop_fd,
                   struct err *e) MUST_USE;
void maillogin_close(struct maillogin **m);
struct oauth2 *maillogin_oauth2(struct maillogin *m);
bool maillogin_by_person(const struct conf_mailbox *box);
/* When secret or certificate end, in ms; 0 = not known. */
int64_t maillogin_ends(const struct conf_mailbox *box);

#endif
