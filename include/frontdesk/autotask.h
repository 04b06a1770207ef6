/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * autotask: the REST client. Facts: autotask-rest.md. What is written to a ticket that exists stands in
 * autotask_writes.h.
 *
 * Errors: ERR_CREDENTIALS after 401 (two in a row, over all processes of `state_dir`, stop all calls until
 * user, secret or code change), ERR_PERMISSION, ERR_REJECTED (a known text, or a refusal that the API itself
 * explains: permanent), ERR_NOT_FOUND, ERR_BUSY (429; retry_after_s), ERR_BUDGET, ERR_SERVER (reads: 5xx,
 * HTML of any status, a lost answer), ERR_UNKNOWN_OUTCOME (writes: the same, which may have been done),
 * ERR_CONNECT/ERR_DNS/ERR_TLS/ERR_TIMEOUT, ERR_PROTOCOL (reads: an answer of the wrong shape; "not found" is
 * only believed from an empty list). The server's text is kept in the error. Thread-safe.
 */
#ifndef FRONTDESK_AUTOTASK_H
#define FRONTDESK_AUTOTASK_H

#include "frontdesk/autotask_directory.h"
#include "frontdesk/budget.h"
#include "frontdesk/conf.h"
#include "frontdesk/http.h"

struct autotask;

struct autotask_options {
    const struct conf *conf;
    struct http *http;     /* borrowed */
    struct budget *budget; /* borrowed */
    const char *state_dir; /* where "credentials refused" is kept */
    unsigned timeout_ms;   /* per call; 0 = 60,000 */
    unsigned wait_ms;      /* for a free slot; 0 = 60,000 */
    /* After each page of a list, from the thread that reads, several perhaps at once: "BillingCodes", rows so
     * far. NULL: nobody. */
    void (*progress)(void *self, const char *entity, size_t rows);
    void *progress_self;
};

/* Loads the secrets; makes no call. */
int autotask_new(struct autotask **out, const struct autotask_options *options, struct err *e) MUST_USE;
void autotask_free(struct autotask **at);

/* How the last call went that said something about Autotask as a whole; *why when it fails. A refused login
 * is told elsewhere. */
enum autotask_state { AUTOTASK_UNKNOWN, AUTOTASK_WORKS, AUTOTASK_FAILS };
enum autotask_state autotask_state(struct autotask *at, struct err *why);

/* Everything of a ticket that we write. Strings are UTF-8; NULL or 0 members are left out of the request
 * (company 0 is the own company and is always sent). */
struct autotask_ticket {
    int64_t company_id, queue_id, status, priority, category, type, source, contact_id;
    int64_t resource_id, role_id;
    int64_t as_resource; /* in whose name (impersonation); 0 = the API user's. ERR_IMPERSONATION: not allowed,
                            certainly not done */
    const char *title;   /* at most 255 characters; cut by the caller */
    const char *description; /* at most 8,000 characters */
    const char *external_id; /* at most 50 */
    int64_t due_ms;
};

struct autotask_found {
    int64_t id;
    char number[60], external_id[60];
    char title[256];
};

int autotask_ticket_create(struct autotask *at, const struct autotask_ticket *t, int64_t *id,
                           struct err *e) MUST_USE;
/* The JSON that a create would send (explain, doctor). */
void autotask_ticket_json(const struct autotask_ticket *t, struct buf *out);
int autotask_ticket_get(struct autotask *at, int64_t id, struct autotask_found *out, struct err *e) MUST_USE;
/* Look-up by our key: *found false when no ticket carries it. */
int autotask_ticket_by_key(struct autotask *at, const char *external_id, bool *found,
                           struct autotask_found *out, struct err *e) MUST_USE;
/* Secondary resources have no key: looked up by (ticket, resource). */
int autotask_secondary_create(struct autotask *at, int64_t ticket, int64_t resource, int64_t role,
                              struct err *e) MUST_USE;
int autotask_secondary_exists(struct autotask *at, int64_t ticket, int64_t resource, bool *found,
                              struct err *e) MUST_USE;

/* Is a login noted in `state_dir` that was refused twice, after Autotask answered last (reached_ms)? Makes no
 * call and needs no secret. */
bool autotask_is_refused(const char *state_dir, int64_t reached_ms);

/* Reads the whole directory; a configured label that does not exist is ERR_LABEL, with every such label and
 * the labels that do exist appended to `problems`. ERR_PERMISSION when nobody in it can be given tickets. */
int autotask_directory_load(struct autotask *at, struct directory **out, struct buf *problems,
                            struct err *e) MUST_USE;
/* doctor: zone, credentials, threshold; lines for a person. */
int autotask_probe(struct autotask *at, struct buf *findings, struct err *e) MUST_USE;
/* doctor: may this API user do what tickets take? Asks entityInformation of each entity. `lacks` gets a line
 * an entity: what is missing, and what for; `hidden` a line for each whose rows it may not all see; *asked
 * how many entities answered. `todo`: to-dos are made too. */
int autotask_rights(struct autotask *at, bool todo, struct buf *lacks, struct buf *hidden, size_t *asked,
                    struct err *e) MUST_USE;
/* By how much our clock is before Autotask's, by the Date of its last answer; false: no answer had one. */
bool autotask_clock(struct autotask *at, int64_t *ahead_ms);
/* The zone alone, which only the user's name decides: no login. */
int autotask_probe_zone(struct autotask *at, struct buf *findings, struct err *e) MUST_USE;
/* "https://ww3.autotask.net/Autotask/AutotaskExtend/ExecuteCommand.aspx?Code=OpenTicketDetail&TicketID=.." */
void autotask_ticket_link(const struct directory *d, int64_t ticket_id, struct buf *out);

#endif
