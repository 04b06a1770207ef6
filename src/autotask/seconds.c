/* SPDX-License-Identifier: GPL-2.0-or-later */
/* seconds: the second resources of a ticket. They have no key: looked up by (ticket, resource).
 * autotask-rest.md 5.4. */
#include "client.h"

int autotask_secondary_create(struct autotask *at, int64_t ticket, int64_t resource, int64_t role,
                              struct err *e)
{
    char path[80], body[200];
    int64_t id;
    snprintf(path, sizeof(path), "Tickets/%lld/SecondaryResources", (long long)ticket);
    int n = snprintf(body, sizeof(body), "{\"ticketID\":%lld,\"resourceID\":%lld,\"roleID\":%lld}",
                     (long long)ticket, (long long)resource, (long long)role);
    struct call call = {.kind = CALL_WRITE,
                        .method = "POST",
                        .endpoint = "TicketSecondaryResources",
                        .path = path,
                        .body = slice_from(body, (size_t)n)};
    return autotask_write(at, &call, &id, e);
}

struct second_list {
    int64_t ticket;
    struct autotask_second *out;
    size_t n;
};

/* As with the key: a condition that was dropped must not answer for us. */
static int take_second(void *self, const struct json *item, struct err *e)
{
    struct second_list *l = self;
    struct json id = json_get(item, "id"), ticket_id = json_get(item, "ticketID"),
                resource = json_get(item, "resourceID"), role = json_get(item, "roleID");
    struct autotask_second s;
    int64_t ticket;
    if (json_int(&ticket_id, -1, &ticket, e) != 0 || json_int(&id, 0, &s.id, e) != 0 ||
        json_int(&resource, -1, &s.resource_id, e) != 0 || json_int(&role, 0, &s.role_id, e) != 0)
        return -1;
    if (ticket != l->ticket || s.id <= 0 || s.resource_id < 0)
        return err_set(e, ERR_PROTOCOL, "Autotask answered a look-up with another record");
    if (l->n < AUTOTASK_SECONDS_MAX)
        l->out[l->n++] = s;
    return 0;
}

/* resource 0: of anybody. */
static int query(struct autotask *at, struct second_list *l, int64_t resource, struct err *e)
{
    char body[300], only[100] = "";
    if (resource)
        snprintf(only, sizeof(only), ",{\"op\":\"eq\",\"field\":\"resourceID\",\"value\":%lld}",
                 (long long)resource);
    snprintf(body, sizeof(body),
             "{\"MaxRecords\":500,\"filter\":[{\"op\":\"eq\",\"field\":\"ticketID\",\"value\":%lld}%s]}",
             (long long)l->ticket, only);
    return autotask_query(at, "TicketSecondaryResources", body, take_second, l, e);
}

int autotask_secondary_list(struct autotask *at, int64_t ticket, struct autotask_second *out, size_t *n,
                            struct err *e)
{
    struct second_list l = {.ticket = ticket, .out = out};
    int rc = query(at, &l, 0, e);
    *n = rc == 0 ? l.n : 0;
    return rc;
}

int autotask_secondary_exists(struct autotask *at, int64_t ticket, int64_t resource, bool *found,
                              struct err *e)
{
    struct autotask_second list[AUTOTASK_SECONDS_MAX] = {{0}};
    struct second_list l = {.ticket = ticket, .out = list};
    int rc = query(at, &l, resource, e);
    *found = rc == 0 && l.n > 0;
    if (*found && list[0].resource_id != resource)
        rc = err_set(e, ERR_PROTOCOL, "Autotask answered a look-up with another record");
    *found = *found && rc == 0;
    return rc;
}

int autotask_secondary_delete(struct autotask *at, int64_t ticket, int64_t id, struct err *e)
{
    struct autotask_second list[AUTOTASK_SECONDS_MAX];
    struct err again = ERR_INIT;
    char path[100];
    int64_t done;
    size_t n = 0;
    snprintf(path, sizeof(path), "Tickets/%lld/SecondaryResources/%lld", (long long)ticket, (long long)id);
    struct call call = {
        .kind = CALL_WRITE, .method = "DELETE", .endpoint = "TicketSecondaryResources", .path = path};
    if (autotask_write(at, &call, &done, e) == 0)
        return 0;
    if (e->code != ERR_NOT_FOUND)
        return -1;
    /* the text is the same for "gone" and for "no right": the list tells which */
    if (autotask_secondary_list(at, ticket, list, &n, &again) != 0) {
        *e = again;
        return -1;
    }
    for (size_t i = 0; i < n; i++) {
        if (list[i].id == id) {
            e->code = ERR_PERMISSION;
            return -1;
        }
    }
    *e = (struct err)ERR_INIT;
    return 0;
}
