/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tickets: create, read back, look up by key; second resources. autotask-rest.md 5.1, 5.4, 8. */
#include "client.h"

static void put_int(struct buf *out, const char *name, int64_t v)
{
    buf_printf(out, "%s\"%s\":%lld", out->data[out->len - 1] == '{' ? "" : ",", name, (long long)v);
}

static void put_text(struct buf *out, const char *name, const char *s)
{
    if (!s || !s[0])
        return;
    buf_printf(out, "%s\"%s\":", out->data[out->len - 1] == '{' ? "" : ",", name);
    buf_put_json(out, slice_of(s));
}

/* Null-valued members have caused 500s: what is not set is left out. */
void autotask_ticket_json(const struct autotask_ticket *t, struct buf *out)
{
    const struct {
        const char *name;
        int64_t v;
    } numbers[] = {{"status", t->status},
                   {"priority", t->priority},
                   {"queueID", t->queue_id},
                   {"ticketCategory", t->category},
                   {"source", t->source}};
    char due[32];
    buf_putc(out, '{');
    put_int(out, "companyID", t->company_id);
    put_text(out, "title", t->title);
    put_text(out, "description", t->description);
    for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
        if (numbers[i].v)
            put_int(out, numbers[i].name, numbers[i].v);
    }
    if (t->resource_id && t->role_id) {
        put_int(out, "assignedResourceID", t->resource_id);
        put_int(out, "assignedResourceRoleID", t->role_id);
    }
    if (t->due_ms) {
        clock_format_utc(t->due_ms, due);
        put_text(out, "dueDateTime", due);
    }
    put_text(out, "externalID", t->external_id);
    buf_putc(out, '}');
}

static int item_id(struct json *answer, int64_t *id, struct err *e)
{
    struct json item = json_get(answer, "itemId");
    int rc = json_int(&item, 0, id, e);
    if (rc == 0 && *id <= 0)
        rc = err_set(e, ERR_PROTOCOL, "itemId: positive number expected");
    if (rc != 0)
        e->code = ERR_UNKNOWN_OUTCOME; /* something was made, and we do not know what */
    return rc;
}

int autotask_ticket_create(struct autotask *at, const struct autotask_ticket *t, int64_t *id, struct err *e)
{
    struct buf body = BUF_INIT(256 * 1024);
    struct json answer;
    autotask_ticket_json(t, &body);
    int rc = autotask_call(at, CALL_WRITE, "POST", "Tickets", "Tickets", buf_view(&body), &answer, e);
    buf_release(&body);
    if (rc != 0)
        return -1;
    rc = item_id(&answer, id, e);
    json_close(&answer);
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

int autotask_ticket_get(struct autotask *at, int64_t id, struct autotask_found *out, struct err *e)
{
    char path[60];
    struct json answer;
    *out = (struct autotask_found){0};
    snprintf(path, sizeof(path), "Tickets/%lld", (long long)id);
    if (autotask_call(at, CALL_READ, "GET", "Tickets", path, SLICE_NONE, &answer, e) != 0)
        return -1;
    struct json item = json_get(&answer, "item");
    int rc;
    if (cJSON_IsNull(cJSON_GetObjectItem(answer.value, "item")))
        rc = err_set(e, ERR_NOT_FOUND, "Autotask does not show ticket %lld", (long long)id);
    else if (!cJSON_IsObject(item.value))
        rc = err_set(e, ERR_PROTOCOL, "item: a record expected");
    else
        rc = read_found(&item, out, e);
    if (rc == 0 && (out->id != id || !out->number[0]))
        rc = err_set(e, ERR_PROTOCOL, "Autotask showed ticket %lld with number \"%s\" for ticket %lld",
                     (long long)out->id, out->number, (long long)id);
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

int autotask_secondary_create(struct autotask *at, int64_t ticket, int64_t resource, int64_t role,
                              struct err *e)
{
    char path[80], body[200];
    struct json answer;
    int64_t id;
    snprintf(path, sizeof(path), "Tickets/%lld/SecondaryResources", (long long)ticket);
    int n = snprintf(body, sizeof(body), "{\"ticketID\":%lld,\"resourceID\":%lld,\"roleID\":%lld}",
                     (long long)ticket, (long long)resource, (long long)role);
    if (autotask_call(at, CALL_WRITE, "POST", "TicketSecondaryResources", path, slice_from(body, (size_t)n),
                      &answer, e) != 0)
        return -1;
    int rc = item_id(&answer, &id, e);
    json_close(&answer);
    return rc;
}

struct second {
    int64_t ticket, resource;
    bool found;
};

/* As with the key: a condition that was dropped must not answer for us. */
static int note_second(void *self, const struct json *item, struct err *e)
{
    struct second *s = self;
    struct json ticket_id = json_get(item, "ticketID"), resource_id = json_get(item, "resourceID");
    int64_t ticket, resource;
    if (json_int(&ticket_id, -1, &ticket, e) != 0 || json_int(&resource_id, -1, &resource, e) != 0)
        return -1;
    s->found = ticket == s->ticket && resource == s->resource;
    return s->found ? 0 : err_set(e, ERR_PROTOCOL, "Autotask answered a look-up with another record");
}

int autotask_secondary_exists(struct autotask *at, int64_t ticket, int64_t resource, bool *found,
                              struct err *e)
{
    struct second s = {.ticket = ticket, .resource = resource};
    char body[300];
    snprintf(body, sizeof(body),
             "{\"MaxRecords\":2,\"filter\":[{\"op\":\"eq\",\"field\":\"ticketID\",\"value\":%lld},"
             "{\"op\":\"eq\",\"field\":\"resourceID\",\"value\":%lld}]}",
             (long long)ticket, (long long)resource);
    int rc = autotask_query(at, "TicketSecondaryResources", body, note_second, &s, e);
    *found = rc == 0 && s.found;
    return rc;
}

void autotask_ticket_link(const struct directory *d, int64_t ticket_id, struct buf *out)
{
    if (d && d->web_url && d->web_url[0])
        buf_printf(out, "%sAutotask/AutotaskExtend/ExecuteCommand.aspx?Code=OpenTicketDetail&TicketID=%lld",
                   d->web_url, (long long)ticket_id);
}
