/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sandbox: a simulated Autotask behind real HTTP (autotask-rest.md section 12), and beside it a simulated
 * QuickBooks (books.h). Shares no code with the clients.
 *
 *   server    HTTP in and out                  exchange   one call: what happens in which order
 *   login     zone, credentials, rights        thresholds calls an hour, calls in flight, added latency
 *   routes    address and verb → endpoint      query, filter   search, conditions, pages
 *   writes    create, change, delete           checks     what every table demands
 *   ticket_rules, child_rules   what one table demands beside    fields   metadata
 *   entities  the tables and their fields      store      the world: file, rows, state
 *   faults    calls that go wrong by rule      settings   how this tenant behaves
 *   control, requestlog   what a test may ask and see
 *
 * One lock around everything: tests want order, not parallelism. It is let go while a call is being slow.
 */
#ifndef FRONTDESK_SANDBOX_H
#define FRONTDESK_SANDBOX_H

#include "frontdesk/base.h"

#include <cjson/cJSON.h>

/* --- entities.c: what there is --- */

enum field_type { T_LONG, T_TEXT, T_DECIMAL, T_BOOL, T_TIME, T_DAY };
enum field_flag {
    REQUIRED = 1,
    READ_ONLY = 2,
    NOT_QUERYABLE = 4,
    PICKLIST = 8,
    COST = 16,      /* empty for users without the right to see costs */
    ASSIGNED = 32,  /* a resource that work is given to: active, and no API user */
    NOT_LISTED = 64 /* only shown by id (content of attachments) */
};

struct field {
    const char *name;
    enum field_type type;
    unsigned length, flags;
    const char *of; /* the entity referred to (singular), or the parent of a child picklist */
};

enum can { CREATE = 1, UPDATE = 2, REMOVE = 4, IMPERSONATE = 8, USER_FIELDS = 16, ACTIVE_ROWS_ONLY = 32 };

/* With a parent all writes go through its address: Tickets/5/Notes. */
struct kind {
    const char *name, *singular;
    unsigned can;
    const char *parent, *parent_key, *child; /* Tickets, ticketID, Notes */
    const struct field *fields;
    size_t n_fields;
};

extern const struct kind kinds[];
extern const size_t n_kinds;
const struct field *kind_field(const struct kind *k, const char *name);

/* --- store.c: the world --- */

enum { MOST_ENTITIES = 40 };

struct entity {
    const struct kind *kind;
    cJSON *rows; /* array, ascending id */
    int64_t next_id;
};

struct world {
    cJSON *source; /* the file, for reset */
    cJSON *api;    /* user, secret, code, resource */
    cJSON *picklists;
    struct entity entities[MOST_ENTITIES];
    unsigned ticket_sequence;
    char ticket_day[12];
};

extern struct world world;

/* Reads the file; ERR_CONFIG names the entity and the member that is wrong. */
int world_load(const char *path, struct err *e) MUST_USE;
void world_reset(void);
/* The world as it is, in the form of a world file. */
int world_save(const char *path, struct err *e) MUST_USE;
cJSON *world_dump(void);
struct entity *world_entity(struct slice name);
struct entity *world_singular(const char *singular);
struct entity *world_child(struct slice parent, struct slice child);
cJSON *entity_row(const struct entity *e, int64_t id);
/* The row that `id` refers to in the entity of that (plural) name; NULL if there is none. */
cJSON *world_row(const char *entity, int64_t id);
int64_t entity_add(struct entity *e, cJSON *row);
/* Puts a row in place of the one with its id, or adds it, without any check (control). */
void entity_put(struct entity *e, cJSON *row);
bool row_visible(const struct entity *e, const cJSON *row);
int64_t row_int(const cJSON *row, const char *name, int64_t absent);
const char *row_text(const cJSON *row, const char *name);
bool row_true(const cJSON *row, const char *name);
void row_set(cJSON *row, const char *name, cJSON *value);
void row_set_int(cJSON *row, const char *name, int64_t value);
void row_set_now(cJSON *row, const char *name);
/* Members whose names begin with `_` are the world's own and never shown. */
cJSON *row_shown(const struct kind *k, const cJSON *row, const cJSON *fields, bool by_id);

/* The lock, and a sleep that lets go of it (and ends when the program does). */
void world_lock(void);
void world_unlock(void);
void world_sleep(int64_t ms);
void world_wake_all(void);

/* --- settings.c: how this tenant behaves; a table, shown by --help --- */

int64_t setting_int(const char *name);
bool setting_true(const char *name);
const cJSON *setting(const char *name);
/* NULL when taken; else what is wrong (valid until the next call). */
const char *settings_change(const cJSON *changes);
void settings_reset(const cJSON *of_world);
cJSON *settings_dump(void);
void settings_describe(struct buf *out);

/* --- one call --- */

struct reply {
    int status;
    char *body; /* malloc'ed; NULL = empty */
    size_t cut; /* bytes of the body after which the connection ends; 0 = whole */
    const char *type;
    char header[1200]; /* one extra header line "Name: value", "" = none */
    char trace[60];    /* value of intuit_tid, "" = none */
    bool dropped;      /* no answer at all: the connection ends */
    bool gzip;         /* the body travels compressed, asked for or not */
};

struct fault {
    const struct fault_kind *kind; /* NULL = none */
    int status, retry_after, ms;
    bool retry_after_date;
    int64_t to;
    const cJSON *errors; /* text or list; borrowed from the rules */
    const char *body, *type;
};

struct call {
    const char *method;
    const char *root;                        /* "/atservicesrest/v1.0/", or "/" for QuickBooks */
    struct slice path;                       /* behind it */
    const char *args;                        /* the query part as it was sent, "" = none */
    const char *ask_user, *search, *paging;  /* arguments, decoded; NULL = absent */
    const char *statement;                   /* of a query of QuickBooks, decoded; NULL = none */
    const char *user, *secret, *code, *acts; /* headers; acts: ImpersonationResourceId */
    const char *authorization;
    bool form, hard_wanted; /* the body is a form; x-include-refresh-token-hard-expires-in was sent */
    size_t url_bytes;
    const char *text; /* body */
    cJSON *body;      /* the same as JSON; NULL = none */
    struct fault fault;
    struct entity *entity, *parent;
    int64_t id, parent_id;
    int64_t creator, impersonator; /* resources; impersonator 0 = nobody is impersonated */
    struct reply reply;
};

void reply_json(struct reply *r, int status, cJSON *body);
void reply_error(struct reply *r, const char *text);
void reply_message(struct reply *r, int status, const char *text);
void reply_html(struct reply *r, int status);
void reply_id(struct reply *r, int64_t id);

/* exchange.c; the lock is held, and let go while the call is slow */
void exchange(struct call *c, bool versioned, int64_t first_us);
/* routes.c */
void route(struct call *c);

/* login.c: each true when the call may go on; otherwise it was answered */
void login_zone(struct call *c);
void login_versions(struct call *c);
void login_version(struct call *c);
bool login_accept(struct call *c);
void login_reset(void);
bool login_may(struct call *c, const char *verb);
bool login_impersonate(struct call *c);

/* thresholds.c */
void thresholds_reset(void);
void thresholds_count(void);
/* Milliseconds that this call is made slower by; refused: the whole tenant has used up its hour. */
int64_t thresholds_latency(void);
bool thresholds_refused(struct call *c);
/* A call to this path is in flight from enter to leave; `over` when it is one too many. */
struct flight {
    const char *endpoint; /* NULL = exempt */
    bool over;
};
struct flight thresholds_enter(struct slice path);
void thresholds_leave(struct flight f);
void thresholds_too_many(struct call *c);
void thresholds_answer(struct call *c);

/* filter.c */
bool filter_fits(const struct kind *k, const cJSON *row, const cJSON *filters);
/* The first thing wrong with a query; NULL when all is well. */
const char *filter_problem(const struct kind *k, const cJSON *query, char *text, size_t size);
/* query.c */
void query_first(struct call *c);
void query_next(struct call *c);
void query_count(struct call *c);
void query_one(struct call *c);
void query_children(struct call *c);
void query_child(struct call *c);

/* fields.c: metadata */
void fields_entities(struct call *c);
void fields_entity(struct call *c);
void fields_list(struct call *c);
void fields_user(struct call *c);

/* --- writing --- */

enum { MOST_PROBLEMS = 20 };
struct problems {
    char text[MOST_PROBLEMS][400];
    size_t n;
};
/* Notes one problem. */
void problem(struct problems *p, const char *fmt, ...) PRINTF(2, 3);

struct write {
    struct call *call;
    struct entity *entity;
    const struct kind *kind;
    const cJSON *sent; /* the members that count, by their right names */
    const cJSON *old;  /* the record before; NULL on create */
    cJSON *row;        /* the record as it would be */
    bool whole;        /* create or PUT: what was not sent is missing */
};
typedef void (*check_fn)(const struct write *w, struct problems *p);

void write_create(struct call *c);
void write_patch(struct call *c);
void write_put(struct call *c);
void write_delete(struct call *c);

/* checks.c: from the table of fields. */
void check_types(const struct write *w, struct problems *p);
void check_required(const struct write *w, struct problems *p);
void check_picklists(const struct write *w, struct problems *p);
void check_references(const struct write *w, struct problems *p);
void check_lengths(const struct write *w, struct problems *p);
bool sent(const struct write *w, const char *name); /* and not null */
/* "2026-11-24", "2026-11-24T16:05:09.1234567", with or without Z: Unix ms. */
bool time_read(const char *text, int64_t *ms);

/* ticket_rules.c, child_rules.c: the rules of one entity. NULL-terminated lists of checks, in order; prepare
 * fills defaults before them, finish what the system sets after them. */
struct rules {
    const char *entity;
    void (*prepare)(const struct write *w);
    const check_fn *checks;
    void (*finish)(const struct write *w);
};
extern const struct rules ticket_rules, child_rules[];
extern const size_t n_child_rules;
bool pair_defined(int64_t resource, int64_t role);
bool can_be_assigned(int64_t resource);
void check_same_company(const struct write *w, struct problems *p);
void check_work_type(const struct write *w, struct problems *p);
void ticket_touch(int64_t ticket, int64_t resource);
void attachments_reset(void);

/* faults.c */
enum fault_when { BEFORE_WORK, INSTEAD, DURING, AFTER_WORK, AFTER_ALL };
struct fault_kind {
    const char *name;
    enum fault_when when;
    const char *sentence;
};
/* NULL when taken; else what is wrong. */
const char *faults_set(const char *json);
void faults_clear(void);
/* Fills c->fault with the rule that fits this call, if any. */
void faults_match(struct call *c);
bool fault_is(const struct call *c, const char *name);
/* Answers by itself; true when it did. */
bool fault_answers(struct call *c);
/* Spoils an answer whose work was done. */
void fault_spoils(struct call *c);
void faults_describe(struct buf *out);

/* requestlog.c */
int requestlog_open(const char *path, struct err *e) MUST_USE; /* NULL: kept in memory only */
size_t requestlog_add(const struct call *c, int64_t first_us);
void requestlog_done(size_t row, int status);
void requestlog_clear(void);
void requestlog_answer(struct reply *r);

/* control.c: the addresses below /sandbox/ */
void control(const char *method, struct slice what, const char *text, struct reply *r);

/* server.c */
/* "http://127.0.0.1:PORT/" */
const char *server_url(void);
/* Listens on 127.0.0.1 until SIGTERM or SIGINT. */
int server_run(unsigned port);
int64_t mono_us(void);

/* program.c */
int sandbox_main(int argc, char **argv);

#endif
