/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * oauth2: tokens that a person consented to once, kept alive by us. What one provider does its own way is
 * data (struct oauth2_provider).
 *
 * The token file is JSON, mode 0600, one account a file, written whole (new file, fsync, rename, fsync of the
 * folder) before the new token is used. A refresh happens under an flock of TOKEN_FILE.lock, after reading
 * the file again: never two at once, over all threads and processes. Room on the disk is made sure of before
 * the request leaves, because the answer makes the old token worthless.
 *
 * The one unsafe moment is between the server's answer and the rename: a process that is killed there has
 * lost the new token. The next refresh uses the old one; if the server takes it (Intuit gives the same value
 * for about a day), nothing was lost, otherwise it answers invalid_grant and a person must log in again.
 *
 * Errors: ERR_LOGIN when a person must act: no token yet, or the server said invalid_grant, which is final:
 * it is remembered in TOKEN_FILE.refused with the token's fingerprint, and no call is made until the token
 * file changes; also for a wrong client id or secret, which is not remembered. ERR_CONFIG: the file is
 * damaged, open to others, or of another account. ERR_BUSY, ERR_SERVER, ERR_CONNECT...: later. No text holds
 * a token. Thread-safe.
 *
 * Sources: quickbooks-online.md 1.1 to 1.3; RFC 6749 sections 4.1, 5 and 6.
 */
#ifndef FRONTDESK_OAUTH2_H
#define FRONTDESK_OAUTH2_H

#include "frontdesk/http.h"

/* What a new access token is had for. */
enum oauth2_grant {
    OAUTH2_REFRESH,  /* the refresh token of a person's consent */
    OAUTH2_CLIENT,   /* id and secret (or assertion) of the application alone */
    OAUTH2_ASSERTION /* a signed statement alone: RFC 7523 section 2.1 */
};

/* All of it outlives the struct oauth2. */
struct oauth2_provider {
    const char *name;          /* "QuickBooks" */
    const char *login;         /* what the operator types: "frontdesk login quickbooks" */
    const char *consent_url;   /* where a person consents */
    const char *token_url;     /* where tokens come from */
    const char *scope;         /* blanks between */
    const char *refresh_life;  /* member of the answer: seconds that the refresh token lives if unused */
    const char *hard_life;     /* the same, however often it is used */
    const char *hard_header;   /* request header by which hard_life is asked for */
    const char *account_field; /* of the redirect address: whose books or mailbox it is; NULL: not told */
    const char *trace_header;  /* of the answer: what support asks for */
    bool basic;                /* id and secret as an Authorization header; false: in the form */
    enum oauth2_grant grant;
    const char *consent_more; /* further arguments of consent_url, encoded; NULL: none */
    const char *device_url;   /* where the code of a login comes from; NULL: there is no such login */
    unsigned renew_percent;   /* of its life after which an access token is renewed, and used on to its end
                                 where that fails; 0: five minutes before the end, and then it must work */
};

struct oauth2_options {
    const struct oauth2_provider *provider;
    const char *client_id;   /* NULL with OAUTH2_ASSERTION */
    const char *secret_file; /* NULL: a public application, or `sign` stands for it */
    int (*sign)(void *self, struct buf *assertion, struct err *e); /* a new signed statement; NULL: none */
    void *sign_self;
    const char *token_file; /* its folder must be writable */
    const char *account;    /* of whom the tokens must be, as account_field tells it */
    struct http *http;
    unsigned timeout_ms; /* of one request; 0 = 30,000 */
    int stop_fd;         /* readable = wait no longer for another process; -1 = none */
};

struct oauth2;

/* Loads the client secret; neither reads the token file nor makes a call. */
int oauth2_new(struct oauth2 **out, const struct oauth2_options *options, struct err *e) MUST_USE;
void oauth2_free(struct oauth2 **o);

/* An access token with at least five minutes left, refreshed if need be; appended to `token`. `refused`: the
 * token that the API just answered with 401, which is not handed out again ("" or NULL: none). */
int oauth2_access(struct oauth2 *o, const char *refused, struct buf *token, struct err *e) MUST_USE;
/* Refreshes when the last refresh is older than a week, so that an idle installation stays logged in. */
int oauth2_keep(struct oauth2 *o, struct err *e) MUST_USE;

/* --- the first consent --- */

/* 32 hexadecimal digits out of the system's random numbers. */
void oauth2_state(char out[33]);
void oauth2_consent_address(const struct oauth2 *o, const char *redirect, const char *state, struct buf *out);
/* What the browser was sent to, as a person pasted it: checks state and account, exchanges the code (once),
 * stores the tokens. ERR_USAGE: the address is not the one, or of another request; the text says which part.
 */
int oauth2_redeem(struct oauth2 *o, const char *pasted, const char *redirect, const char *state,
                  struct err *e) MUST_USE;

/* --- the first consent, at a machine without a browser that can come back (RFC 8628) --- */

enum oauth2_device_state { OAUTH2_DEVICE_WAITING, OAUTH2_DEVICE_DONE };
struct oauth2_device {
    char address[300], user_code[60]; /* where the person goes, and what is typed there */
    struct buf code;                  /* ours; a secret */
    unsigned interval_s;              /* between two asks */
    int64_t ends_ms;                  /* monotonic */
};
/* Asks for a code; release with oauth2_device_release. */
int oauth2_device_begin(struct oauth2 *o, struct oauth2_device *d, struct err *e) MUST_USE;
/* One ask, after interval_s; stores the tokens when the person has consented. ERR_USAGE: refused, or too
 * late. */
int oauth2_device_ask(struct oauth2 *o, struct oauth2_device *d, enum oauth2_device_state *state,
                      struct err *e) MUST_USE;
void oauth2_device_release(struct oauth2_device *d); /* wipes */

/* --- how it stands --- */

/* Needs no secret and makes no call. Times in ms since 1970; 0 = not known. */
struct oauth2_view {
    bool there;              /* a token file that can be read */
    bool refused;            /* its token was refused for good */
    int64_t consent_ms;      /* first consent */
    int64_t refreshed_ms;    /* last refresh */
    int64_t access_ends_ms;  /* of the access token */
    int64_t refresh_ends_ms; /* of the refresh token, if nobody used it */
    int64_t hard_ends_ms;    /* of the consent, however often it is used */
    char trace[80];          /* the last answer's */
};
/* `there` false and no error when there is no file. */
int oauth2_look(const char *token_file, struct oauth2_view *out, struct err *e) MUST_USE;
/* The earlier of the two ends, 0 = none is known. */
int64_t oauth2_ends(const struct oauth2_view *view);

#endif
