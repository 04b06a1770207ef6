/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * autotask, writes: what is done to a ticket that exists: change it, note, second resources, files, to-dos;
 * and what has to be read for that. Errors as in autotask.h; every write is either done, certainly not done,
 * or ERR_UNKNOWN_OUTCOME: then the caller looks it up (by the mark, by (ticket, resource), by the values)
 * before trying again. Facts: autotask-rest.md 1.4, 3, 5.1 to 5.4, 5.8, 5.9, 5.13.
 *
 * Marks ("[fd-1a2b3c4d5e-3]") stand between brackets, so that one is never the start of another. A look-up
 * believes only a record of that parent whose text carries the mark; an answer of the wrong shape is an
 * error and never "not found".
 *
 * as_resource: in whose name (impersonation); 0 = the API user's. ERR_IMPERSONATION: not allowed, certainly
 * not done, and the same call without it may succeed.
 */
#ifndef FRONTDESK_AUTOTASK_WRITES_H
#define FRONTDESK_AUTOTASK_WRITES_H

#include "frontdesk/autotask.h"

/* --- the fields of a ticket that are read, compared and changed --- */

/* name here, name there, type; TICKET_NUMBER and TICKET_EXTERNAL_ID are never changed */
#define AUTOTASK_FIELDS(X)                                                                                   \
    X(TICKET_STATUS, "status", NUMBER)                                                                       \
    X(TICKET_PRIORITY, "priority", NUMBER)                                                                   \
    X(TICKET_QUEUE, "queueID", NUMBER)                                                                       \
    X(TICKET_COMPANY, "companyID", NUMBER)                                                                   \
    X(TICKET_CONTACT, "contactID", NUMBER)                                                                   \
    X(TICKET_CONTRACT, "contractID", NUMBER)                                                                 \
    X(TICKET_CONFIGURATION_ITEM, "configurationItemID", NUMBER)                                              \
    X(TICKET_LOCATION, "companyLocationID", NUMBER)                                                          \
    X(TICKET_DUE, "dueDateTime", TIME)                                                                       \
    X(TICKET_RESOURCE, "assignedResourceID", NUMBER)                                                         \
    X(TICKET_ROLE, "assignedResourceRoleID", NUMBER)                                                         \
    X(TICKET_CATEGORY, "ticketCategory", NUMBER)                                                             \
    X(TICKET_TYPE, "ticketType", NUMBER)                                                                     \
    X(TICKET_TITLE, "title", TEXT)                                                                           \
    X(TICKET_NUMBER, "ticketNumber", TEXT)                                                                   \
    X(TICKET_EXTERNAL_ID, "externalID", TEXT)

enum autotask_field {
#define AUTOTASK_FIELD_ENUM(id, name, type) id,
    AUTOTASK_FIELDS(AUTOTASK_FIELD_ENUM)
#undef AUTOTASK_FIELD_ENUM
        AUTOTASK_FIELDS_N
};

struct autotask_value {
    bool set;         /* false = null */
    int64_t number;   /* number, or milliseconds of a time */
    const char *text; /* of a text; never NULL in a record */
};

struct autotask_record {
    int64_t id;
    struct autotask_value values[AUTOTASK_FIELDS_N];
};

struct autotask_change {
    enum autotask_field field;
    struct autotask_value value;
};

/* The wire name of a field ("queueID"). */
const char *autotask_field_name(enum autotask_field field);
/* Texts live in `pool`. ERR_NOT_FOUND: Autotask does not show it. */
int autotask_ticket_read(struct autotask *at, int64_t id, struct autotask_record *out, struct pool *pool,
                         struct err *e) MUST_USE;
/* One PATCH of all changes, or none of them. Resource and role have to be given together (ERR_REJECTED); both
 * null unassigns, which needs a queue. A change of company clears contact, contract, configuration item and
 * location, unless they are given. A 200 is no proof (workflow rules): read back what matters. */
int autotask_ticket_patch(struct autotask *at, int64_t id, const struct autotask_change *changes, size_t n,
                          struct err *e) MUST_USE;
/* The JSON that a change sends (explain). `out` is empty. */
void autotask_ticket_patch_json(int64_t id, const struct autotask_change *changes, size_t n, struct buf *out);
/* Does the record show these values? Times count by the second. */
bool autotask_record_shows(const struct autotask_record *record, const struct autotask_change *changes,
                           size_t n);

/* --- notes --- */

enum { AUTOTASK_NOTE_TITLE = 250, AUTOTASK_NOTE_TEXT = 32000 }; /* characters */

struct autotask_note {
    int64_t ticket_id;
    const char *title; /* carries the mark at its end; what is too long is cut before the mark */
    const char *mark;  /* "[fd-1a2b3c4d5e-2]"; put behind the title */
    const char *text;  /* longer than AUTOTASK_NOTE_TEXT: cut, with a line that says so */
    int64_t as_resource;
};
/* Internal by its publish value, which is found by label and never shows the note to a customer; ERR_LABEL if
 * this tenant has no such value. */
int autotask_note_create(struct autotask *at, const struct autotask_note *note, int64_t *id,
                         struct err *e) MUST_USE;
int autotask_note_by_mark(struct autotask *at, int64_t ticket, const char *mark, bool *found, int64_t *id,
                          struct err *e) MUST_USE;

/* --- second resources: no mark; by (ticket, resource). Creation and single look-up: autotask.h --- */

struct autotask_second {
    int64_t id, resource_id, role_id;
};
enum { AUTOTASK_SECONDS_MAX = 50 };

/* All of a ticket, at most AUTOTASK_SECONDS_MAX (more are left out). */
int autotask_secondary_list(struct autotask *at, int64_t ticket, struct autotask_second *out, size_t *n,
                            struct err *e) MUST_USE;
/* By its id from the list. Success also when it is gone already. */
int autotask_secondary_delete(struct autotask *at, int64_t ticket, int64_t id, struct err *e) MUST_USE;

/* --- files --- */

#define AUTOTASK_FILE_MAX        UINT64_C(6000000) /* bytes of one file */
#define AUTOTASK_FILES_PER_5_MIN UINT64_C(10000000)

struct autotask_file {
    int64_t ticket_id;
    const char *name; /* file name with its extension, at most 150 bytes */
    const char *mark; /* put behind the name to make the title */
    uint64_t size;    /* exactly; ERR_LIMIT over AUTOTASK_FILE_MAX */
    /* The bytes, once, in order: how many were written (1..n); 0 before `size` bytes = broken, ERR_IO. */
    size_t (*read)(void *self, char *into, size_t n);
    void *self;
    int64_t as_resource;
};
/* Streamed: the file is never whole in memory. ERR_FILE_PACE: over the bytes of five minutes, by our own
 * count (shared by all processes of the state directory) or by Autotask's word; retry_after_s says when.
 * ERR_FILE_REFUSED: Autotask does not take files of this kind or size; its words are in the error. */
int autotask_file_create(struct autotask *at, const struct autotask_file *file, int64_t *id,
                         struct err *e) MUST_USE;
int autotask_file_by_mark(struct autotask *at, int64_t ticket, const char *mark, bool *found, int64_t *id,
                          struct err *e) MUST_USE;

/* --- CRM to-dos --- */

struct autotask_todo {
    int64_t ticket_id, company_id, resource_id; /* the company has to be the ticket's */
    int64_t action;                             /* the value of an action type */
    int64_t contact_id;                         /* 0 = none */
    int64_t start_ms, end_ms;
    const char *text, *mark; /* the mark is put behind the text, on a line of its own */
    int64_t as_resource;
};
int autotask_todo_create(struct autotask *at, const struct autotask_todo *todo, int64_t *id,
                         struct err *e) MUST_USE;
int autotask_todo_by_mark(struct autotask *at, int64_t ticket, const char *mark, bool *found, int64_t *id,
                          struct err *e) MUST_USE;

/* --- time, contacts --- */

/* Time entries on a ticket: undo asks before it takes work away. */
int autotask_time_count(struct autotask *at, int64_t ticket, int64_t *n, struct err *e) MUST_USE;

struct autotask_contact {
    int64_t id;
    const char *name, *email;
};
enum { AUTOTASK_CONTACTS_MAX = 9, AUTOTASK_CONTACTS_READ = 5000 };
struct autotask_contacts {
    struct autotask_contact list[AUTOTASK_CONTACTS_MAX];
    size_t n;      /* how many fit best: 0 none, 1 this one; more than the list holds are counted only */
    size_t n_near; /* when none fits: how many of the list are near to it, the nearest first */
};
/* Active contacts of the company that `said` means: an e-mail address (one of three); else the whole name
 * ("Bob Miller", "Miller, Bob"), else one of the names, else the start of one. Without case and accents. Near
 * are slips, and people who share one of the names. One call for 500 contacts; ERR_LIMIT when the company has
 * more than AUTOTASK_CONTACTS_READ. Strings live in `pool`. */
int autotask_contact_find(struct autotask *at, int64_t company, const char *said,
                          struct autotask_contacts *out, struct pool *pool, struct err *e) MUST_USE;

#endif
