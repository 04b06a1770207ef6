/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sandbox: a simulated Autotask behind real HTTP (autotask-rest.md section 12). Shares no code with the
 * client. One mutex around everything: tests want order, not parallelism.
 */
#ifndef FRONTDESK_SANDBOX_H
#define FRONTDESK_SANDBOX_H

#include "frontdesk/base.h"

#include <cjson/cJSON.h>

enum { MOST_ENTITIES = 40, LOG_MAX = 100000, BODY_KEPT = 16384 };

struct entity {
    const char *name, *singular;
    bool active_writes;                      /* POST at top level is allowed */
    const char *parent, *parent_key, *child; /* Tickets, ticketID, SecondaryResources */
    cJSON *rows;                             /* array, ascending id */
    int64_t next_id;
};

struct world {
    cJSON *source; /* the file, for reset */
    cJSON *api;    /* user, secret, code */
    cJSON *picklists;
    struct entity entities[MOST_ENTITIES];
    size_t n_entities;
    unsigned calls, ticket_sequence;
    char ticket_day[12];
    cJSON *settings;
};

struct reply {
    int status;
    char *body; /* malloc'ed; NULL = empty */
    const char *type;
    char header[200]; /* one extra header line "Name: value", "" = none */
};

/* store.c */
int world_load(struct world *w, const char *path, struct err *e) MUST_USE;
void world_reset(struct world *w);
struct entity *world_entity(struct world *w, struct slice name);
cJSON *entity_row(const struct entity *e, int64_t id);
int64_t entity_add(struct entity *e, cJSON *row);
cJSON *world_dump(const struct world *w);
int64_t row_int(const cJSON *row, const char *name, int64_t absent);
const char *row_text(const cJSON *row, const char *name);

/* query.c */
void query_answer(struct world *w, const struct entity *e, const cJSON *query, int64_t after_id,
                  const char *base, struct reply *r);
void query_count(struct world *w, const struct entity *e, const cJSON *query, struct reply *r);

/* rules.c: validation and what the system fills in. */
const char *ticket_problem(struct world *w, const cJSON *t, char *text, size_t size);
void ticket_finish(struct world *w, cJSON *t);
const char *second_problem(struct world *w, const cJSON *s, char *text, size_t size);

/* fields.c: entityInformation. */
void fields_answer(struct world *w, const struct entity *e, struct reply *r);

/* faults.c */
struct fault {
    char action[32], texts[600];
    int status, retry_after, ms;
};
int faults_set(const char *json);
void faults_clear(void);
/* The rule that fits this request, if any. */
bool faults_match(const char *method, const char *path, struct fault *out);

/* server.c */
int sandbox_main(int argc, char **argv);
void reply_json(struct reply *r, int status, cJSON *body);
void reply_error(struct reply *r, const char *text);

#endif
