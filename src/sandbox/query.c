/* SPDX-License-Identifier: GPL-2.0-or-later */
/* query: filters, groups, thirteen operators, pages (autotask-rest.md section 2). An unknown operator is
 * ignored, as in the real system, unless the world is strict. */
#include "sandbox.h"

static int compare(const cJSON *field, const cJSON *value)
{
    if (cJSON_IsNumber(field) && cJSON_IsNumber(value))
        return (field->valuedouble > value->valuedouble) - (field->valuedouble < value->valuedouble);
    if (cJSON_IsString(field) && cJSON_IsString(value))
        return strcasecmp(field->valuestring, value->valuestring);
    if (cJSON_IsBool(field) && cJSON_IsBool(value))
        return cJSON_IsTrue(field) - cJSON_IsTrue(value);
    return -2; /* other types never match */
}

static bool one_of(const cJSON *field, const cJSON *list)
{
    const cJSON *v;
    cJSON_ArrayForEach(v, list)
    {
        if (compare(field, v) == 0)
            return true;
    }
    return false;
}

static bool text_test(const cJSON *field, const cJSON *value, int where)
{
    const char *s = cJSON_GetStringValue(field), *v = cJSON_GetStringValue(value);
    if (!s || !v)
        return false;
    struct slice a = slice_of(s), b = slice_of(v);
    return where == 0   ? slice_starts_nocase(a, b)
           : where == 1 ? slice_ends_nocase(a, b)
                        : slice_find_nocase(a, b) >= 0;
}

/* 1 yes, 0 no, -1 = unknown operator */
static int test(const char *op, const cJSON *field, const cJSON *value)
{
    bool there = field && !cJSON_IsNull(field);
    int c = there ? compare(field, value) : -2;
    if (!strcasecmp(op, "eq"))
        return c == 0;
    if (!strcasecmp(op, "noteq"))
        return c != 0 && c != -2;
    if (!strcasecmp(op, "gt"))
        return c == 1 || c > 1;
    if (!strcasecmp(op, "gte"))
        return c >= 0;
    if (!strcasecmp(op, "lt"))
        return c < 0 && c != -2;
    if (!strcasecmp(op, "lte"))
        return c <= 0 && c != -2;
    if (!strcasecmp(op, "exist"))
        return there;
    if (!strcasecmp(op, "notExist"))
        return !there;
    if (!strcasecmp(op, "in"))
        return there && one_of(field, value);
    if (!strcasecmp(op, "notIn"))
        return there && !one_of(field, value);
    if (!strcasecmp(op, "beginsWith"))
        return text_test(field, value, 0);
    if (!strcasecmp(op, "endsWith"))
        return text_test(field, value, 1);
    if (!strcasecmp(op, "contains"))
        return text_test(field, value, 2);
    return -1;
}

static bool fits(const cJSON *row, const cJSON *filters, bool any)
{
    const cJSON *f;
    bool result = !any;
    cJSON_ArrayForEach(f, filters)
    {
        const char *op = row_text(f, "op");
        const cJSON *items = cJSON_GetObjectItem(f, "items");
        int r =
            items ? fits(row, items, !strcasecmp(op, "or"))
                  : test(op, cJSON_GetObjectItem(row, row_text(f, "field")), cJSON_GetObjectItem(f, "value"));
        if (r < 0)
            continue;
        if (any)
            result = result || r;
        else
            result = result && r;
    }
    return result;
}

/* The first unknown field or operator; NULL when all is well. */
static const char *query_problem(struct world *w, const struct entity *e, const cJSON *filters, char *text,
                                 size_t size)
{
    static const char *const ops[] = {"eq",         "noteq",    "gt",       "gte", "lt",
                                      "lte",        "exist",    "notExist", "in",  "notIn",
                                      "beginsWith", "endsWith", "contains", "and", "or"};
    const cJSON *f, *first = cJSON_GetArrayItem(e->rows, 0);
    cJSON_ArrayForEach(f, filters)
    {
        const char *field = row_text(f, "field"), *op = row_text(f, "op");
        const cJSON *items = cJSON_GetObjectItem(f, "items");
        if (items && query_problem(w, e, items, text, size))
            return text;
        bool known = false;
        for (size_t i = 0; i < ARRAY_LEN(ops); i++)
            known = known || !strcasecmp(ops[i], op);
        if (!known && cJSON_IsTrue(cJSON_GetObjectItem(w->settings, "strict"))) {
            snprintf(text, size, "unknown operator %s (strict)", op);
            return text;
        }
        /* an empty entity has no row to tell its fields from */
        if (!items && first && !cJSON_GetObjectItem(first, field) && strcasecmp(field, "externalID") != 0) {
            snprintf(text, size, "Unable to find %s in the %s Entity", field, e->singular);
            return text;
        }
    }
    return NULL;
}

static bool hidden(const cJSON *row)
{
    return row_int(row, "_visible_ms", 0) > clock_mono_ms();
}

static cJSON *shown(const cJSON *row, const cJSON *fields)
{
    cJSON *copy = cJSON_CreateObject();
    for (const cJSON *m = row->child; m; m = m->next) {
        bool wanted = !fields;
        const cJSON *f;
        cJSON_ArrayForEach(f, fields)
        {
            wanted = wanted || (cJSON_IsString(f) && !strcasecmp(f->valuestring, m->string));
        }
        if (wanted && m->string[0] != '_')
            cJSON_AddItemToObject(copy, m->string, cJSON_Duplicate(m, true));
    }
    return copy;
}

static bool check(struct world *w, const struct entity *e, const cJSON *query, int64_t *page, struct reply *r)
{
    char text[300];
    const cJSON *filters = cJSON_GetObjectItem(query, "filter");
    *page = row_int(query, "MaxRecords", 500);
    if (!cJSON_IsArray(filters)) {
        reply_error(r, "Value cannot be null. Parameter name: filters");
        return false;
    }
    if (*page < 1 || *page > 500) {
        reply_error(r, "maxCountOfRecordsToReturn must be between 1 and 500");
        return false;
    }
    const char *problem = query_problem(w, e, filters, text, sizeof(text));
    if (problem)
        reply_error(r, problem);
    return !problem;
}

void query_answer(struct world *w, const struct entity *e, const cJSON *query, int64_t after_id,
                  const char *base, struct reply *r)
{
    int64_t page, last = 0, n = 0;
    bool more = false;
    char next[400];
    if (!check(w, e, query, &page, r))
        return;
    cJSON *answer = cJSON_CreateObject(), *items = cJSON_AddArrayToObject(answer, "items"),
          *details = cJSON_AddObjectToObject(answer, "pageDetails"), *row;
    const cJSON *filters = cJSON_GetObjectItem(query, "filter"),
                *fields = cJSON_GetObjectItem(query, "IncludeFields");
    cJSON_ArrayForEach(row, e->rows)
    {
        int64_t id = row_int(row, "id", 0);
        if (id <= after_id || hidden(row) || !fits(row, filters, false))
            continue;
        more = n == page;
        if (more)
            break;
        cJSON_AddItemToArray(items, shown(row, fields));
        last = id;
        n++;
    }
    cJSON_AddNumberToObject(details, "count", (double)n);
    cJSON_AddNumberToObject(details, "requestCount", (double)page);
    cJSON_AddNullToObject(details, "prevPageUrl");
    snprintf(next, sizeof(next), "%s%s/query/next?paging=%lld", base, e->name, (long long)last);
    if (more)
        cJSON_AddStringToObject(details, "nextPageUrl", next);
    else
        cJSON_AddNullToObject(details, "nextPageUrl");
    reply_json(r, 200, answer);
}

void query_count(struct world *w, const struct entity *e, const cJSON *query, struct reply *r)
{
    int64_t page, n = 0;
    const cJSON *row;
    if (!check(w, e, query, &page, r))
        return;
    cJSON_ArrayForEach(row, e->rows)
    {
        n += !hidden(row) && fits(row, cJSON_GetObjectItem(query, "filter"), false);
    }
    cJSON *answer = cJSON_CreateObject();
    cJSON_AddNumberToObject(answer, "queryCount", (double)n);
    reply_json(r, 200, answer);
}
