/* SPDX-License-Identifier: GPL-2.0-or-later */
/* client: the calls of this folder go through these. */
#ifndef FRONTDESK_AUTOTASK_CLIENT_H
#define FRONTDESK_AUTOTASK_CLIENT_H

#include "frontdesk/autotask_writes.h"
#include "frontdesk/json.h"
#include "frontdesk/pace.h"
#include "frontdesk/secret.h"

#include <pthread.h>

enum { ROOT_BYTES = 300 };

/* Lists out of which one value suits us (picked.c). */
enum picked_list { NOTE_TYPE, NOTE_PUBLISH, FILE_PUBLISH, PICKLISTS };

struct autotask {
    struct autotask_options options;
    struct secret secret, code;
    char fingerprint[17]; /* of user, secret and code together */
    pthread_mutex_t lock;
    pthread_mutex_t zoning; /* one asks for the zone, the others wait for what it hears */
    char api[ROOT_BYTES];   /* zone's REST root with v1.0/, "" = not known (any more) */
    char web[300];
    struct pace *files; /* bytes of files in the last minutes */
    unsigned refusals;  /* 401s in a row */
    bool accepted;      /* our login was taken, and not refused since */
    enum autotask_state state;
    struct err why;          /* of its state */
    bool clock_known;        /* an answer said the time */
    int64_t clock_ahead_ms;  /* by how much our clock is before theirs */
    pthread_mutex_t proving; /* until it is, one call at a time */
    struct {
        int64_t value, until_ms; /* until then it is believed; monotonic */
    } picked[PICKLISTS];
    pthread_mutex_t loading;     /* one directory at a time */
    struct directory *companies; /* holds nothing else; NULL: not read yet */
    int64_t companies_ms;        /* wall clock when they were read */
};

/* What a call does, which decides what a doubtful answer means. */
enum call_kind { CALL_READ, CALL_WRITE };

/* A part of a refusal's text (any case) and what it means. */
struct known_text {
    const char *part;
    enum err_code code;
};

/* One call: path is relative to v1.0/ or an absolute URL of the same origin. The endpoint names the slot. */
struct call {
    enum call_kind kind;
    const char *method, *endpoint, *path;
    struct slice body;
    size_t (*read_body)(void *self, char *into, size_t n); /* or streamed, as in http.h */
    void *read_self;
    uint64_t body_size;
    int64_t as_resource;            /* creates only: in whose name; 0 = the API user's */
    const struct known_text *texts; /* of this kind of call, looked at first; ends with NULL */
};

/* On success *answer is open and must be closed with json_close. */
int autotask_do(struct autotask *at, const struct call *call, struct json *answer, struct err *e) MUST_USE;
/* The same for a call without extras. */
int autotask_call(struct autotask *at, enum call_kind kind, const char *method, const char *endpoint,
                  const char *path, struct slice body, struct json *answer, struct err *e) MUST_USE;
/* All pages of POST {entity}/query; `row` is called for each item, and says 1 when it has enough. At most
 * 20,000 rows. */
int autotask_query(struct autotask *at, const char *entity, const char *body,
                   int (*row)(void *self, const struct json *item, struct err *e), void *self,
                   struct err *e) MUST_USE;
int autotask_zone(struct autotask *at, struct err *e) MUST_USE;
/* POST {entity}/query/count with that body. */
int autotask_count(struct autotask *at, const char *entity, const char *body, int64_t *count,
                   struct err *e) MUST_USE;
/* A write whose answer is {"itemId": n}: carried out, and n taken out of it. ERR_UNKNOWN_OUTCOME also when
 * the answer does not hold one. */
int autotask_write(struct autotask *at, const struct call *call, int64_t *id, struct err *e) MUST_USE;

/* tickets.c: one ticket by its id. On success *answer is open and *item its record, of that id; ERR_NOT_FOUND
 * when Autotask says that there is none. */
int ticket_open(struct autotask *at, int64_t id, struct json *answer, struct json *item,
                struct err *e) MUST_USE;

/* answers.c: what an answer that is no 200 means. */
int answer_error(const struct call *call, const struct http_response *r, struct err *e);
/* refusal.c: "credentials refused" is kept with the fingerprint in a file, and survives restarts. */
int refusal_check(struct autotask *at, struct err *e) MUST_USE;
void refusal_note(struct autotask *at);
void refusal_clear(struct autotask *at);

/* members.c: members of a JSON object beside those of json.h. */
void member_text(struct buf *out, const char *name, const char *s); /* NULL or "" is left out */
void member_null(struct buf *out, const char *name);
void member_time(struct buf *out, const char *name, int64_t ms); /* 0 is left out */
/* `text` and behind it `mark`, together at most `most` characters as Autotask counts them. */
void put_marked(struct buf *out, const char *text, const char *mark, size_t most);
/* `text`, if it is longer than `most` cut with a line that says so. */
void put_cut_text(struct buf *out, const char *text, size_t most);
/* "2026-11-24T22:00:00.000Z", also without fraction, Z or time: milliseconds; false if it is none. */
bool time_parse(struct slice text, int64_t *ms) MUST_USE;
/* The first record of `entity` with `parent` = parent_id that carries `mark` in its text field. */
struct marked {
    const char *entity, *parent, *field, *mark;
    int64_t parent_id;
};
int find_marked(struct autotask *at, const struct marked *what, bool *found, int64_t *id,
                struct err *e) MUST_USE;

/* picked.c: the value of a list that suits us best; all lists of its entity are read together, once in some
 * hours. ERR_LABEL if none does. */
int picked_value(struct autotask *at, enum picked_list list, int64_t *value, struct err *e) MUST_USE;

#endif
