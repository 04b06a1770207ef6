/* SPDX-License-Identifier: GPL-2.0-or-later */
/* amend: the fields of a ticket: read, compare, change. autotask-rest.md 3.1, 5.1. */
#include "client.h"

enum type { NUMBER, TIME, TEXT };

static const struct {
    const char *name;
    enum type type;
} fields[AUTOTASK_FIELDS_N] = {
#define FIELD_ROW(id, name, type) [id] = {name, type},
    AUTOTASK_FIELDS(FIELD_ROW)
#undef FIELD_ROW
};

const char *autotask_field_name(enum autotask_field field)
{
    ENSURE((size_t)field < AUTOTASK_FIELDS_N);
    return fields[field].name;
}

static int read_value(const struct json *item, enum autotask_field field, struct autotask_value *v,
                      struct pool *pool, struct err *e)
{
    struct json member = json_get(item, fields[field].name);
    *v = (struct autotask_value){.set = json_there(&member), .text = ""};
    if (fields[field].type == NUMBER)
        return json_int(&member, 0, &v->number, e);
    if (json_text(&member, 1000, pool, &v->text, e) != 0)
        return -1;
    v->set = v->text[0] != '\0';
    if (v->set && fields[field].type == TIME && !time_parse(slice_of(v->text), &v->number))
        return err_set(e, ERR_PROTOCOL, "%s: a time expected, not \"%.60s\"", fields[field].name, v->text);
    return 0;
}

int autotask_ticket_read(struct autotask *at, int64_t id, struct autotask_record *out, struct pool *pool,
                         struct err *e)
{
    struct json answer, item;
    int rc = 0;
    *out = (struct autotask_record){.id = id};
    if (ticket_open(at, id, &answer, &item, e) != 0)
        return -1;
    for (size_t i = 0; rc == 0 && i < AUTOTASK_FIELDS_N; i++)
        rc = read_value(&item, (enum autotask_field)i, &out->values[i], pool, e);
    json_close(&answer);
    return rc;
}

static const struct autotask_value *change_of(const struct autotask_change *changes, size_t n,
                                              enum autotask_field field)
{
    for (size_t i = 0; i < n; i++) {
        if (changes[i].field == field)
            return &changes[i].value;
    }
    return NULL;
}

static int check(const struct autotask_change *changes, size_t n, struct err *e)
{
    const struct autotask_value *resource = change_of(changes, n, TICKET_RESOURCE),
                                *role = change_of(changes, n, TICKET_ROLE);
    if (n == 0)
        return err_set(e, ERR_REJECTED, "a change of nothing");
    if (!resource != !role || (resource && resource->set != role->set))
        return err_set(e, ERR_REJECTED, "resource and role have to be changed together");
    if (change_of(changes, n, TICKET_NUMBER) || change_of(changes, n, TICKET_EXTERNAL_ID))
        return err_set(e, ERR_REJECTED, "number and key of a ticket are never changed");
    return 0;
}

static void put_value(struct buf *body, enum autotask_field field, const struct autotask_value *v)
{
    const char *name = fields[field].name;
    if (!v->set || (fields[field].type == TEXT && (!v->text || !v->text[0])))
        member_null(body, name);
    else if (fields[field].type == NUMBER)
        json_put_int(body, name, v->number);
    else if (fields[field].type == TIME)
        member_time(body, name, v->number);
    else
        member_text(body, name, v->text);
}

void autotask_ticket_patch_json(int64_t id, const struct autotask_change *changes, size_t n, struct buf *out)
{
    /* they belong to the company: one left behind and the whole PATCH is refused */
    static const enum autotask_field with_company[] = {TICKET_CONTACT, TICKET_CONTRACT,
                                                       TICKET_CONFIGURATION_ITEM, TICKET_LOCATION};
    buf_putc(out, '{');
    json_put_int(out, "id", id);
    for (size_t i = 0; i < n; i++)
        put_value(out, changes[i].field, &changes[i].value);
    for (size_t i = 0; i < ARRAY_LEN(with_company); i++) {
        if (change_of(changes, n, TICKET_COMPANY) && !change_of(changes, n, with_company[i]))
            member_null(out, fields[with_company[i]].name);
    }
    buf_putc(out, '}');
}

int autotask_ticket_patch(struct autotask *at, int64_t id, const struct autotask_change *changes, size_t n,
                          struct err *e)
{
    struct buf body = BUF_INIT(64 * 1024);
    int64_t done;
    if (check(changes, n, e) != 0)
        return -1;
    autotask_ticket_patch_json(id, changes, n, &body);
    struct call call = {.kind = CALL_WRITE,
                        .method = "PATCH",
                        .endpoint = "Tickets",
                        .path = "Tickets",
                        .body = buf_view(&body)};
    int rc = autotask_write(at, &call, &done, e);
    if (rc == 0 && done != id)
        rc = err_set(e, ERR_UNKNOWN_OUTCOME, "Autotask says that it changed %lld instead of %lld",
                     (long long)done, (long long)id);
    buf_release(&body);
    return rc;
}

bool autotask_record_shows(const struct autotask_record *record, const struct autotask_change *changes,
                           size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct autotask_value *is = &record->values[changes[i].field], *want = &changes[i].value;
        enum type type = fields[changes[i].field].type;
        bool wanted = want->set && (type != TEXT || (want->text && want->text[0]));
        if (is->set != wanted)
            return false;
        if (is->set && (type == TEXT     ? strcmp(is->text, want->text) != 0
                        : type == NUMBER ? is->number != want->number
                                         : is->number / 1000 != want->number / 1000))
            return false;
    }
    return true;
}
