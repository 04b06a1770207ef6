/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * query: pages in ascending id, the count, records by id and below their parent (autotask-rest.md 2.1, 2.3).
 * A search that began with POST goes on with POST and the same body; one that began with GET carries it
 * along.
 */
#include "sandbox.h"

static void put_encoded(struct buf *out, const char *text)
{
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        bool plain = (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || strchr("-._~", c);
        buf_printf(out, plain ? "%c" : "%%%02x", c);
    }
}

static void put_next_url(const struct call *c, struct buf *out, int64_t page, int64_t last)
{
    char cursor[160];
    const char *root = fault_is(c, "foreign_next") ? "http://127.0.0.9:1/"
                       : fault_is(c, "path_next")  ? "/"
                                                   : server_url();
    snprintf(cursor, sizeof(cursor), "{\"pageSize\":%lld,\"previousIds\":[0],\"nextIds\":[%lld]}",
             (long long)page, (long long)last);
    buf_printf(out, "%satservicesrest/v1.0/%s/query/next?paging=", root, c->entity->kind->name);
    put_encoded(out, cursor);
    if (c->search) {
        buf_puts(out, "&search=");
        put_encoded(out, c->search);
    }
}

static void answer_page(struct call *c, const cJSON *query, int64_t after_id)
{
    const struct entity *e = c->entity;
    const cJSON *filters = cJSON_GetObjectItem(query, "filter"),
                *fields = cJSON_GetObjectItem(query, "IncludeFields"), *row;
    cJSON *answer = cJSON_CreateObject(), *items = cJSON_AddArrayToObject(answer, "items"),
          *details = cJSON_AddObjectToObject(answer, "pageDetails");
    int64_t page = row_int(query, "MaxRecords", 500), last = 0, n = 0;
    struct buf next = BUF_INIT(100000);
    bool more = false;
    cJSON_ArrayForEach(row, e->rows)
    {
        int64_t id = row_int(row, "id", 0);
        if (id <= after_id || !row_visible(e, row) || !filter_fits(e->kind, row, filters))
            continue;
        more = n == page;
        if (more)
            break;
        cJSON_AddItemToArray(items, row_shown(e->kind, row, fields, false));
        last = id;
        n++;
    }
    cJSON_AddNumberToObject(details, "count", (double)n);
    cJSON_AddNumberToObject(details, "requestCount", (double)page);
    cJSON_AddNullToObject(details, "prevPageUrl");
    put_next_url(c, &next, page, last);
    cJSON_AddItemToObject(details, "nextPageUrl", more ? cJSON_CreateString(next.data) : cJSON_CreateNull());
    buf_release(&next);
    reply_json(&c->reply, 200, answer);
}

/* The query of this call, if it may run; the caller frees it. */
static cJSON *query_of(struct call *c)
{
    char text[300];
    cJSON *query = c->search ? cJSON_Parse(c->search) : cJSON_Duplicate(c->body, true);
    if (!login_may(c, "query")) {
        cJSON_Delete(query);
        return NULL;
    }
    const char *wrong = filter_problem(c->entity->kind, query, text, sizeof(text));
    if (!wrong)
        return query;
    reply_error(&c->reply, wrong);
    cJSON_Delete(query);
    return NULL;
}

void query_first(struct call *c)
{
    cJSON *query = query_of(c);
    if (query)
        answer_page(c, query, -1);
    cJSON_Delete(query);
}

void query_next(struct call *c)
{
    cJSON *cursor = cJSON_Parse(c->paging ? c->paging : "");
    int64_t last = -1;
    const cJSON *next = cJSON_GetArrayItem(cJSON_GetObjectItem(cursor, "nextIds"), 0);
    if (cJSON_IsNumber(next) && next->valuedouble >= 0 && next->valuedouble < 9e15)
        last = (int64_t)next->valuedouble;
    cJSON_Delete(cursor);
    if (strcmp(c->method, "GET") == 0 && !c->search) {
        reply_message(&c->reply, 405, "The requested resource does not support http method 'GET'.");
        return;
    }
    cJSON *query = query_of(c);
    if (query && last < 0)
        reply_error(&c->reply, "Value cannot be null. Parameter name: paging");
    else if (query)
        answer_page(c, query, last);
    cJSON_Delete(query);
}

void query_count(struct call *c)
{
    const struct entity *e = c->entity;
    cJSON *query = query_of(c);
    const cJSON *row;
    int64_t n = 0;
    if (!query)
        return;
    cJSON_ArrayForEach(row, e->rows)
    {
        n += row_visible(e, row) && filter_fits(e->kind, row, cJSON_GetObjectItem(query, "filter"));
    }
    cJSON *answer = cJSON_CreateObject();
    cJSON_AddNumberToObject(answer, "queryCount", (double)n);
    reply_json(&c->reply, 200, answer);
    cJSON_Delete(query);
}

/* --- records by id --- */

static bool is_attachment(const struct call *c)
{
    return strcmp(c->entity->kind->name, "TicketAttachments") == 0;
}

/* Attachments answer with a list; whether their content is shown at the top level or below the ticket is
 * reported both ways. */
static void answer_one(struct call *c, const cJSON *row, bool content)
{
    cJSON *o = cJSON_CreateObject(), *shown = row ? row_shown(c->entity->kind, row, NULL, content) : NULL;
    if (is_attachment(c)) {
        if (!row) {
            cJSON_Delete(o);
            reply_error(&c->reply, "Attachment could not be found.");
            return;
        }
        cJSON_AddItemToArray(cJSON_AddArrayToObject(o, "items"), shown);
        cJSON_AddObjectToObject(o, "pageDetails");
    } else {
        cJSON_AddItemToObject(o, "item", shown ? shown : cJSON_CreateNull());
    }
    reply_json(&c->reply, 200, o);
}

void query_one(struct call *c)
{
    const cJSON *row = entity_row(c->entity, c->id);
    if (login_may(c, "query"))
        answer_one(c, row && row_visible(c->entity, row) ? row : NULL,
                   !setting_true("attachment_data_nested"));
}

static bool belongs(const struct call *c, const cJSON *row)
{
    return row && row_visible(c->entity, row) &&
           row_int(row, c->entity->kind->parent_key, -1) == c->parent_id;
}

void query_child(struct call *c)
{
    const cJSON *row = entity_row(c->entity, c->id);
    if (login_may(c, "query"))
        answer_one(c, belongs(c, row) ? row : NULL, setting_true("attachment_data_nested"));
}

void query_children(struct call *c)
{
    cJSON *answer = cJSON_CreateObject(), *items = cJSON_AddArrayToObject(answer, "items"),
          *details = cJSON_AddObjectToObject(answer, "pageDetails");
    const cJSON *row;
    cJSON_ArrayForEach(row, c->entity->rows)
    {
        if (belongs(c, row))
            cJSON_AddItemToArray(items, row_shown(c->entity->kind, row, NULL, false));
    }
    cJSON_AddNumberToObject(details, "count", cJSON_GetArraySize(items));
    cJSON_AddNullToObject(details, "nextPageUrl");
    if (login_may(c, "query"))
        reply_json(&c->reply, 200, answer);
    else
        cJSON_Delete(answer);
}
