/* SPDX-License-Identifier: GPL-2.0-or-later */
/* store: the world file and the rows of each entity. */
#include "sandbox.h"

#include <errno.h>

static const struct {
    const char *name, *singular;
    bool writes;
    const char *parent, *parent_key, *child;
} table[] = {
    {"Tickets", "Ticket", true, NULL, NULL, NULL},
    {"TicketNotes", "TicketNote", false, "Tickets", "ticketID", "Notes"},
    {"TicketSecondaryResources", "TicketSecondaryResource", false, "Tickets", "ticketID",
     "SecondaryResources"},
    {"TicketAttachments", "TicketAttachment", false, "Tickets", "ticketID", "Attachments"},
    {"CompanyToDos", "CompanyToDo", false, "Companies", "companyID", "ToDos"},
    {"Resources", "Resource", false, NULL, NULL, NULL},
    {"Roles", "Role", false, NULL, NULL, NULL},
    {"ResourceServiceDeskRoles", "ResourceServiceDeskRole", false, NULL, NULL, NULL},
    {"ResourceRoleDepartments", "ResourceRoleDepartment", false, NULL, NULL, NULL},
    {"ResourceRoles", "ResourceRole", false, NULL, NULL, NULL},
    {"Companies", "Company", true, NULL, NULL, NULL},
    {"Contacts", "Contact", false, "Companies", "companyID", "Contacts"},
    {"BillingCodes", "BillingCode", false, NULL, NULL, NULL},
};

int64_t row_int(const cJSON *row, const char *name, int64_t absent)
{
    const cJSON *v = cJSON_GetObjectItem(row, name);
    return cJSON_IsNumber(v) ? (int64_t)v->valuedouble : absent;
}

const char *row_text(const cJSON *row, const char *name)
{
    const char *s = cJSON_GetStringValue(cJSON_GetObjectItem(row, name));
    return s ? s : "";
}

void world_reset(struct world *w)
{
    const cJSON *all = cJSON_GetObjectItem(w->source, "entities"), *row;
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        struct entity *e = &w->entities[i];
        cJSON_Delete(e->rows);
        *e = (struct entity){.name = table[i].name,
                             .singular = table[i].singular,
                             .active_writes = table[i].writes,
                             .parent = table[i].parent,
                             .parent_key = table[i].parent_key,
                             .child = table[i].child,
                             .rows = cJSON_CreateArray(),
                             .next_id = 50000};
        cJSON_ArrayForEach(row, cJSON_GetObjectItem(all, e->name))
        {
            if (row_int(row, "id", 0) >= e->next_id)
                e->next_id = row_int(row, "id", 0) + 1;
            cJSON_AddItemToArray(e->rows, cJSON_Duplicate(row, true));
        }
    }
    w->n_entities = ARRAY_LEN(table);
    w->api = cJSON_GetObjectItem(w->source, "api");
    w->picklists = cJSON_GetObjectItem(w->source, "picklists");
    w->ticket_sequence = 0;
    w->calls = 0;
    cJSON_Delete(w->settings);
    w->settings = cJSON_CreateObject();
}

int world_load(struct world *w, const char *path, struct err *e)
{
    static const char *const needed[] = {"api", "entities", "picklists"};
    struct buf text = BUF_INIT(64 << 20);
    FILE *f = fopen(path, "re");
    if (!f)
        return err_set_errno(e, errno, "cannot open the world file %s", path);
    char chunk[8192];
    for (size_t n; (n = fread(chunk, 1, sizeof(chunk), f)) > 0;)
        buf_put(&text, chunk, n);
    fclose(f);
    w->source = cJSON_ParseWithLength(text.data, text.len);
    if (!w->source) {
        const char *at = cJSON_GetErrorPtr();
        unsigned line = 1;
        for (const char *p = text.data; at && p < at && *p; p++)
            line += *p == '\n';
        buf_release(&text);
        return err_set(e, ERR_CONFIG, "%s:%u: not JSON", path, line);
    }
    buf_release(&text);
    for (size_t i = 0; i < ARRAY_LEN(needed); i++) {
        if (!cJSON_IsObject(cJSON_GetObjectItem(w->source, needed[i])))
            return err_set(e, ERR_CONFIG, "%s: \"%s\": an object is needed", path, needed[i]);
    }
    world_reset(w);
    return 0;
}

struct entity *world_entity(struct world *w, struct slice name)
{
    for (size_t i = 0; i < w->n_entities; i++) {
        if (slice_eq_nocase(slice_of(w->entities[i].name), name))
            return &w->entities[i];
    }
    return NULL;
}

/* New rows are appended with growing ids: search from the end. */
cJSON *entity_row(const struct entity *e, int64_t id)
{
    cJSON *last = e->rows->child ? e->rows->child->prev : NULL;
    for (cJSON *row = last; row; row = row == e->rows->child ? NULL : row->prev) {
        if (row_int(row, "id", -1) == id)
            return row;
    }
    return NULL;
}

int64_t entity_add(struct entity *e, cJSON *row)
{
    int64_t id = e->next_id++;
    cJSON_DeleteItemFromObject(row, "id");
    cJSON_AddNumberToObject(row, "id", (double)id);
    cJSON_AddItemToArray(e->rows, row);
    return id;
}

cJSON *world_dump(const struct world *w)
{
    cJSON *all = cJSON_CreateObject();
    for (size_t i = 0; i < w->n_entities; i++)
        cJSON_AddItemReferenceToObject(all, w->entities[i].name, w->entities[i].rows);
    return all;
}
