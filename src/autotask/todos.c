/* SPDX-License-Identifier: GPL-2.0-or-later */
/* todos: the CRM to-do, a calendar item of a person for a company. autotask-rest.md 5.9. */
#include "client.h"

enum { TODO_TEXT = 32000 };

int autotask_todo_create(struct autotask *at, const struct autotask_todo *todo, int64_t *id, struct err *e)
{
    struct buf body = BUF_INIT(1 << 20), text = BUF_INIT(1 << 18);
    char path[80];
    snprintf(path, sizeof(path), "Companies/%lld/ToDos", (long long)todo->company_id);
    put_cut_text(&text, todo->text ? todo->text : "", TODO_TEXT - strlen(todo->mark) - 1);
    buf_printf(&text, "%s%s", text.len ? "\n" : "", todo->mark);
    buf_putc(&body, '{');
    json_put_int(&body, "companyID", todo->company_id);
    json_put_int(&body, "actionType", todo->action);
    json_put_int(&body, "assignedToResourceID", todo->resource_id);
    member_text(&body, "activityDescription", text.data);
    member_time(&body, "startDateTime", todo->start_ms);
    member_time(&body, "endDateTime", todo->end_ms);
    json_put_int(&body, "ticketID", todo->ticket_id);
    if (todo->contact_id)
        json_put_int(&body, "contactID", todo->contact_id);
    buf_putc(&body, '}');
    struct call call = {.kind = CALL_WRITE,
                        .method = "POST",
                        .endpoint = "CompanyToDos",
                        .path = path,
                        .body = buf_view(&body),
                        .as_resource = todo->as_resource};
    int rc = autotask_write(at, &call, id, e);
    buf_release(&body);
    buf_release(&text);
    return rc;
}

int autotask_todo_by_mark(struct autotask *at, int64_t ticket, const char *mark, bool *found, int64_t *id,
                          struct err *e)
{
    struct marked what = {.entity = "CompanyToDos",
                          .parent = "ticketID",
                          .field = "activityDescription",
                          .mark = mark,
                          .parent_id = ticket};
    return find_marked(at, &what, found, id, e);
}
