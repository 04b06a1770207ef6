/* SPDX-License-Identifier: GPL-2.0-or-later */
/* requestlog: every call in the order in which its work was done; never a header, since those are secrets. */
#include "sandbox.h"

#include <errno.h>

enum { MOST_ROWS = 100000, BODY_KEPT = 16384 };

static struct row {
    int64_t first_us, done_us;
    int status;
    char method[10], path[200];
    char *args, *body, *acts;
    const char *fault;
} * rows;
static size_t n_rows;
static FILE *file;

int requestlog_open(const char *path, struct err *e)
{
    rows = mem_alloc(MOST_ROWS * sizeof(*rows));
    if (!path)
        return 0;
    file = fopen(path, "ae");
    return file ? 0 : err_set_errno(e, errno, "cannot open %s", path);
}

size_t requestlog_add(const struct call *c, int64_t first_us)
{
    if (n_rows == MOST_ROWS)
        return SIZE_MAX;
    struct row *row = &rows[n_rows];
    *row = (struct row){.first_us = first_us,
                        .done_us = mono_us(),
                        .status = c->reply.status,
                        .args = mem_copy(c->args),
                        .body = strndup(c->text, BODY_KEPT),
                        .acts = mem_copy(c->acts ? c->acts : ""),
                        .fault = c->fault.kind ? c->fault.kind->name : ""};
    snprintf(row->method, sizeof(row->method), "%s", c->method);
    snprintf(row->path, sizeof(row->path), "%s%.170s", c->root, c->path.ptr);
    return n_rows++;
}

static cJSON *shown(size_t i)
{
    const struct row *row = &rows[i];
    cJSON *o = cJSON_CreateObject();
    cJSON_AddNumberToObject(o, "seq", (double)i);
    cJSON_AddNumberToObject(o, "mono_us", (double)row->first_us);
    cJSON_AddNumberToObject(o, "done_us", (double)row->done_us);
    cJSON_AddStringToObject(o, "method", row->method);
    cJSON_AddStringToObject(o, "path", row->path);
    cJSON_AddStringToObject(o, "query", row->args);
    cJSON_AddNumberToObject(o, "status", row->status);
    cJSON_AddStringToObject(o, "fault", row->fault);
    cJSON_AddStringToObject(o, "impersonate", row->acts);
    cJSON_AddStringToObject(o, "body", row->body ? row->body : "");
    return o;
}

void requestlog_done(size_t row, int status)
{
    if (row >= n_rows)
        return; /* cleared meanwhile */
    rows[row].done_us = mono_us();
    rows[row].status = status;
    if (!file)
        return;
    cJSON *o = shown(row);
    char *line = cJSON_PrintUnformatted(o);
    fprintf(file, "%s\n", line);
    fflush(file);
    free(line);
    cJSON_Delete(o);
}

void requestlog_clear(void)
{
    for (size_t i = 0; i < n_rows; i++) {
        free(rows[i].args);
        free(rows[i].body);
        free(rows[i].acts);
    }
    n_rows = 0;
}

void requestlog_answer(struct reply *r)
{
    cJSON *all = cJSON_CreateArray();
    for (size_t i = 0; i < n_rows; i++)
        cJSON_AddItemToArray(all, shown(i));
    reply_json(r, 200, all);
}
