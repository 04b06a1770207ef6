/* SPDX-License-Identifier: GPL-2.0-or-later */
/* books_child: a QuickBooks client of the simulated QuickBooks in sandbox_child, logged in when asked. Clocks
 * of both are moved together. */
#ifndef FRONTDESK_TESTS_BOOKS_CHILD_H
#define FRONTDESK_TESTS_BOOKS_CHILD_H

#include "frontdesk/quickbooks.h"
#include "sandbox_child.h"

#define REALM    "9341452098766543"
#define REDIRECT "https://northwind.example/quickbooks"
#define DAY_MS   (INT64_C(86400) * 1000)

struct books {
    struct conf_quickbooks conf;
    struct budget *budget;
    struct quickbooks *qb;
    struct oauth2 *login; /* of qb */
    int64_t shift_ms;
    char token_file[200];
};

extern struct books b;

/* Setup of a group and its end; setup of a test: the world anew, nobody logged in, no limits on the server.
 */
int books_test_open(void **state);
int books_test_close(void **state);
int books_test_reset(void **state);
/* Setup of a test: the same, and logged in. */
int books_test_login(void **state);

/* The address that the browser would be at after consent, with the state given; in w.pool. */
const char *books_pasted(const char *state);
void books_login(void);
/* Another client, as another process would have it. */
void books_reopen(void);
/* In a forked process: a client and connections of its own. */
void books_reopen_in_child(void);
/* Moves the clocks to this much after the start of the test. */
void books_time(int64_t ms);
/* How often a token was refreshed, and the revoked state of the newest consent. */
int64_t books_refreshed(void);
bool books_revoked(void);
/* Rows of the log whose path holds `part`. */
size_t books_asked(const char *part);

/* A small read. */
int books_ask(void);
/* Fails unless `text` holds `part`. */
void assert_in(const char *text, const char *part);

#endif
