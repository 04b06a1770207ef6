/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tickets: create, read back, look up by key. autotask-rest.md 5.1, 8. */
#include "client.h"

/* Null-valued members have caused 500s: what is not set is left out. */
void autotask_ticket_json(const struct autotask_ticket *t, struct buf *out)
{
    const struct {
        const char *name;
        int64_t v;
    } numbers[] = {{"status", t->status},           {"priority", t->priority}, {"queueID", t->queue_id},
                   {"ticketCategory", t->category}, {"ticketType", t->type},   {"source", t->source},
                   {"contactID", t->contact_id}};
    buf_putc(out, '{');
    json_put_int(out, "companyID", t->company_id);
    member_text(out, "title", t->title);
    member_text(out, "description", t->description);
    for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
        if (numbers[i].v)
            json_put_int(out, numbers[i].name, numbers[i].v);
    }
    if (t->resource_id && t->role_id) {
        json_put_int(out, "assignedResourceID", t->resource_id);
        json_put_int(out, "assignedResourceRoleID", t->role_id);
    }
    member_time(out, "dueDateTime", t->due_ms);
    member_text(out, "externalID", t->external_id);
    buf_putc(out, '}');
}

int autotask_ticket_create(struct autotask *at, const struct autotask_ticket *t, int64_t *id, struct err *e)
{
    struct buf body = BUF_INIT(256 * 1024);
    autotask_ticket_json(t, &body);
    struct call call = {.kind = CALL_WRITE,
                        .method = "POST",
                        .endpoint = "Tickets",
                        .path = "Tickets",
                        .body = buf_view(&body),
                        .as_resource = t->as_resource};
    int rc = autotask_write(at, &call, id, e);
    buf_release(&body);
    return rc;
}

static int read_found(const struct json *item, struct autotask_found *out, struct err *e)
{
    struct pool *pool = pool_new(1 << 16);
    struct json id = json_get(item, "id"), number = json_get(item, "ticketNumber"),
                key = json_get(item, "externalID"), title = json_get(item, "title");
    const char *n, *k, *t;
    int rc = json_int(&id, 0, &out->id, e);
    if (rc == 0 && out->id <= 0)
        rc = err_set(e, ERR_PROTOCOL, "the ticket's id: positive number expected");
    if (rc == 0)
        rc = json_text(&number, 50, pool, &n, e);
    if (rc == 0)
        rc = json_text(&key, 50, pool, &k, e);
    if (rc == 0)
        rc = json_text(&title, 255, pool, &t, e);
    if (rc == 0) {
        snprintf(out->number, sizeof(out->number), "%s", n);
        snprintf(out->external_id, sizeof(out->external_id), "%s", k);
        snprintf(out->title, sizeof(out->title), "%s", t);
    }
    pool_free(&pool);
    return rc;
}

int ticket_open(struct autotask *at, int64_t id, struct json *answer, struct json *item, struct err *e)
{
    char path[60];
    int64_t own = 0;
    snprintf(path, sizeof(path), "Tickets/%lld", (long long)id);
    if (autotask_call(at, CALL_READ, "GET", "Tickets", path, SLICE_NONE, answer, e) != 0)
        return -1;
    *item = json_get(answer, "item");
    struct json own_id = json_get(item, "id");
    int rc;
    /* an answer without a word of the ticket is nonsense, and may be better the next time */
    if (cJSON_IsNull(cJSON_GetObjectItem(answer->value, "item")))
        rc = err_set(e, ERR_NOT_FOUND, "Autotask does not show ticket %lld", (long long)id);
    else if (!cJSON_IsObject(item->value))
        rc = err_set(e, ERR_PROTOCOL, "item: a record expected");
    else
        rc = json_int(&own_id, 0, &own, e);
    if (rc == 0 && own != id)
        rc = err_set(e, ERR_PROTOCOL, "Autotask showed ticket %lld instead of %lld", (long long)own,
                     (long long)id);
    if (rc != 0)
        json_close(answer);
    return rc;
}

int autotask_ticket_get(struct autotask *at, int64_t id, struct autotask_found *out, struct err *e)
{
    struct json answer, item;
    *out = (struct autotask_found){0};
    if (ticket_open(at, id, &answer, &item, e) != 0)
        return -1;
    int rc = read_found(&item, out, e);
    if (rc == 0 && !out->number[0])
        rc = err_set(e, ERR_PROTOCOL, "Autotask showed ticket %lld without a number", (long long)id);
    json_close(&answer);
    return rc;
}

struct lookup {
    bool found;
    struct autotask_found first;
};

static int take_first(void *self, const struct json *item, struct err *e)
{
    struct lookup *l = self;
    if (l->found)
        return 0;
    l->found = true;
    return read_found(item, &l->first, e);
}

int autotask_ticket_by_key(struct autotask *at, const char *external_id, bool *found,
                           struct autotask_found *out, struct err *e)
{
    struct buf body = BUF_INIT(1000);
    struct lookup l = {0};
    buf_puts(
        &body,
        "{\"MaxRecords\":2,\"IncludeFields\":[\"id\",\"ticketNumber\",\"externalID\",\"title\"],\"filter\":"
        "[{\"op\":\"eq\",\"field\":\"externalID\",\"value\":");
    buf_put_json(&body, slice_of(external_id));
    buf_puts(&body, "}]}");
    int rc = autotask_query(at, "Tickets", body.data, take_first, &l, e);
    buf_release(&body);
    /* an unknown operator would be ignored and answer with any ticket: believe only what carries the key */
    if (rc == 0 && l.found && strcmp(l.first.external_id, external_id) != 0)
        rc = err_set(e, ERR_PROTOCOL, "Autotask answered a look-up with another ticket");
    *found = rc == 0 && l.found;
    *out = l.first;
    return rc;
}
