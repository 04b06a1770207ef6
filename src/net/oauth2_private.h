/* SPDX-License-Identifier: GPL-2.0-or-later */
/* oauth2, inside: oauth2.c keeps tokens alive, oauth2_consent.c makes the first ones, token_file.c stores
 * them. */
#ifndef FRONTDESK_NET_OAUTH2_PRIVATE_H
#define FRONTDESK_NET_OAUTH2_PRIVATE_H

#include "frontdesk/json.h"
#include "frontdesk/oauth2.h"
#include "frontdesk/secret.h"
#include "token_file.h"

#include <pthread.h>

struct oauth2 {
    struct oauth2_options options;
    struct secret secret;
    pthread_mutex_t lock;
};

/* --- oauth2_grant.c --- */

/* What proves the application: id, and secret or assertion. */
int oauth2_put_client(struct oauth2 *o, struct buf *form, struct err *e) MUST_USE;
/* What a new access token is asked for with. */
int oauth2_put_grant(struct oauth2 *o, const struct token_set *t, struct buf *form, struct err *e) MUST_USE;
/* --- oauth2.c --- */

/* "name=value", encoded, with "&" before all but the first. */
void oauth2_put_pair(struct buf *form, const char *name, const char *value);
/* Sends the form to the token endpoint, with id and secret. */
int oauth2_request(struct oauth2 *o, struct buf *form, struct http_response *r, struct err *e) MUST_USE;
/* Sends a form to an address of the provider. `basic`: a header besides, or NULL. */
int oauth2_send(struct oauth2 *o, const char *url, const char *basic, const struct buf *form,
                struct http_response *r, struct err *e) MUST_USE;
/* "invalid_grant", and in `more` what is said about it; "" when the answer is no error of RFC 6749. */
void oauth2_error_words(const struct http_response *r, char word[40], char more[200]);
/* 0 for an answer that should hold tokens. `sent`: the code or token, which no text may repeat. */
int oauth2_judge(struct oauth2 *o, const struct http_response *r, const char *sent, struct err *e) MUST_USE;
/* Did it say invalid_grant? */
bool oauth2_is_final(const struct http_response *r);
/* Takes the tokens out of the answer into `t`, and stores that in the prepared room. */
int oauth2_keep_answer(struct oauth2 *o, int room, const struct http_response *r, struct token_set *t,
                       struct err *e) MUST_USE;

#endif
