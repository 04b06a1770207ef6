/* SPDX-License-Identifier: GPL-2.0-or-later */
/* replies: the four forms of an answer: JSON, a list of errors, a framework's Message, and HTML
 * (autotask-rest.md 3.2). */
#include "sandbox.h"

static void clear(struct reply *r)
{
    free(r->body);
    *r = (struct reply){0};
}

void reply_json(struct reply *r, int status, cJSON *body)
{
    clear(r);
    r->status = status;
    r->body = cJSON_PrintUnformatted(body);
    r->type = "application/json; charset=utf-8";
    cJSON_Delete(body);
}

void reply_error(struct reply *r, const char *text)
{
    cJSON *o = cJSON_CreateObject(), *list = cJSON_AddArrayToObject(o, "errors");
    cJSON_AddItemToArray(list, cJSON_CreateString(text));
    reply_json(r, 500, o);
}

void reply_message(struct reply *r, int status, const char *text)
{
    cJSON *o = cJSON_CreateObject();
    cJSON_AddStringToObject(o, "Message", text);
    reply_json(r, status, o);
}

void reply_html(struct reply *r, int status)
{
    clear(r);
    r->status = status;
    r->body = mem_copy(
        status == 404 ? "<html><head><title>404 - File or directory not found.</title></head></html>"
                      : "<html><head><title>Runtime Error</title></head><body>Server Error</body></html>");
    r->type = "text/html";
}

void reply_id(struct reply *r, int64_t id)
{
    cJSON *o = cJSON_CreateObject();
    cJSON_AddNumberToObject(o, "itemId", (double)id);
    reply_json(r, 200, o);
}
