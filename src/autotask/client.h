/* SPDX-License-Identifier: GPL-2.0-or-later */
/* client: the calls of this folder go through these. */
#ifndef FRONTDESK_AUTOTASK_CLIENT_H
#define FRONTDESK_AUTOTASK_CLIENT_H

#include "frontdesk/autotask.h"
#include "frontdesk/json.h"
#include "frontdesk/secret.h"

#include <pthread.h>

struct autotask {
    struct autotask_options options;
    struct secret secret, code;
    char fingerprint[17]; /* of user, secret and code together */
    pthread_mutex_t lock;
    char api[300]; /* zone's REST root with v1.0/, "" = not known yet */
    char web[300];
    unsigned refusals;           /* 401s in a row */
    pthread_mutex_t loading;     /* one directory at a time */
    struct directory *companies; /* holds nothing else; NULL: not read yet */
    int64_t companies_ms;        /* wall clock when they were read */
};

/* What a call does, which decides what a doubtful answer means. */
enum call_kind { CALL_READ, CALL_WRITE };

/* One call: path is relative to v1.0/ or an absolute URL of the same origin. The endpoint names the slot. On
 * success *answer is open and must be closed with json_close. */
int autotask_call(struct autotask *at, enum call_kind kind, const char *method, const char *endpoint,
                  const char *path, struct slice body, struct json *answer, struct err *e) MUST_USE;
/* All pages of POST {entity}/query; `row` is called for each item. At most 20,000 rows. */
int autotask_query(struct autotask *at, const char *entity, const char *body,
                   int (*row)(void *self, const struct json *item, struct err *e), void *self,
                   struct err *e) MUST_USE;
int autotask_zone(struct autotask *at, struct err *e) MUST_USE;

/* errors.c: what an answer that is no 200 means. */
int answer_error(enum call_kind kind, const struct http_response *r, struct err *e);
/* refusal.c: "credentials refused" is kept with the fingerprint in a file, and survives restarts. */
int refusal_check(struct autotask *at, struct err *e) MUST_USE;
void refusal_note(struct autotask *at);
void refusal_clear(struct autotask *at);

#endif
