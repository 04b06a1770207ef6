/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rights: may the API user do what tickets take? entityInformation says so for each entity and verb, without
 * doing anything (autotask-rest.md 6). What is not said at all is not held against the user.
 */
#include "columns.h"

enum verb { SEE, MAKE, CHANGE, REMOVE, VERBS };

static const struct {
    const char *word, *can, *access;
} verbs[VERBS] = {[SEE] = {"read", "canQuery", "userAccessForQuery"},
                  [MAKE] = {"add", "canCreate", "userAccessForCreate"},
                  [CHANGE] = {"edit", "canUpdate", "userAccessForUpdate"},
                  [REMOVE] = {"delete", "canDelete", "userAccessForDelete"}};

/* doc/operator.md has the same table for the one who makes the security level. */
static const struct need {
    const char *entity, *words;
    unsigned verbs; /* a bit each */
    const char *what_for;
    bool todo; /* only where to-dos are made */
} needs[] = {
    {"Tickets", "tickets", 1 << SEE | 1 << MAKE | 1 << CHANGE, "tickets and their changes", false},
    {"TicketNotes", "ticket notes", 1 << SEE | 1 << MAKE, "replies that become notes", false},
    {"TicketAttachments", "ticket attachments", 1 << SEE | 1 << MAKE, "files of a mail", false},
    {"TicketSecondaryResources", "secondary resources of tickets", 1 << SEE | 1 << MAKE | 1 << REMOVE,
     "further technicians", false},
    {"TimeEntries", "time entries", 1 << SEE, "undo, which leaves a ticket alone on which time was logged",
     false},
    {"Resources", "resources", 1 << SEE, "who can be meant", false},
    {"Companies", "companies", 1 << SEE, "which company is meant", false},
    {"Contacts", "contacts", 1 << SEE, "which contact is meant", false},
    {"CompanyToDos", "to-dos of companies", 1 << SEE | 1 << MAKE, "to-dos (ticket.todo)", true},
};

struct right {
    const struct need *need;
    unsigned lacks; /* of enum verb, a bit each */
    bool hidden, answered;
};

struct asking {
    struct autotask *at;
    struct right *rights;
};

static int read_rights(const struct json *answer, struct pool *pool, struct right *r, struct err *e)
{
    struct json info = json_get(answer, "info");
    if (!cJSON_IsObject(info.value))
        return err_set(e, ERR_PROTOCOL, "info: a record expected");
    for (enum verb v = SEE; v < VERBS; v++) {
        struct json can = json_get(&info, verbs[v].can), access = json_get(&info, verbs[v].access);
        const char *word;
        bool may;
        if (json_bool(&can, true, &may, e) != 0 || json_text(&access, 40, pool, &word, e) != 0)
            return -1;
        if (!may || sight_of(word) == AT_SIGHT_NONE)
            r->lacks |= r->need->verbs & 1U << v;
        r->hidden = r->hidden || (v == SEE && may && sight_of(word) == AT_SIGHT_RESTRICTED);
    }
    r->answered = true;
    return 0;
}

static int ask_one(void *self, size_t i, struct pool *pool, struct err *e)
{
    struct asking *asks = self;
    struct right *r = &asks->rights[i];
    char path[100];
    struct json answer;
    snprintf(path, sizeof(path), "%s/entityInformation", r->need->entity);
    if (autotask_call(asks->at, CALL_READ, "GET", r->need->entity, path, SLICE_NONE, &answer, e) == 0) {
        int rc = read_rights(&answer, pool, r, e);
        json_close(&answer);
        return rc == 0 ? 0 : err_wrap(e, "rights to %s", r->need->words);
    }
    if (e->code == ERR_PERMISSION)
        r->lacks = r->need->verbs;
    r->answered = e->code == ERR_PERMISSION;
    bool is_answer = e->code == ERR_PERMISSION || e->code == ERR_REJECTED || e->code == ERR_NOT_FOUND;
    return is_answer ? 0 : err_wrap(e, "rights to %s", r->need->words);
}

static void tell(const struct right *r, struct buf *lacks, struct buf *hidden)
{
    const char *comma = "";
    if (r->hidden && !(r->lacks & 1U << SEE))
        buf_printf(hidden, "%s: for %s\n", r->need->words, r->need->what_for);
    if (!r->lacks)
        return;
    buf_printf(lacks, "%s: no right to ", r->need->words);
    for (enum verb v = SEE; v < VERBS; v++) {
        if (!(r->lacks & 1U << v))
            continue;
        buf_printf(lacks, "%s%s", comma, verbs[v].word);
        comma = ", ";
    }
    buf_printf(lacks, "; it is needed for %s\n", r->need->what_for);
}

int autotask_rights(struct autotask *at, bool todo, struct buf *lacks, struct buf *hidden, size_t *asked,
                    struct err *e)
{
    struct right rights[ARRAY_LEN(needs)] = {{0}};
    struct asking asks = {at, rights};
    struct pool *pool = pool_new(1 << 20);
    size_t n = 0;
    for (size_t i = 0; i < ARRAY_LEN(needs); i++) {
        if (todo || !needs[i].todo)
            rights[n++].need = &needs[i];
    }
    int rc = side_by_side(n, ask_one, &asks, pool, e);
    *asked = 0;
    for (size_t i = 0; rc == 0 && i < n; i++) {
        *asked += rights[i].answered;
        tell(&rights[i], lacks, hidden);
    }
    pool_free(&pool);
    return rc;
}
