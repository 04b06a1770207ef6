/* SPDX-License-Identifier: GPL-2.0-or-later */
/* json: see json.h. */
#include "frontdesk/json.h"

#include <math.h>

static void put_path(const struct json *j, struct buf *out)
{
    if (!j->parent)
        return;
    put_path(j->parent, out);
    if (j->name)
        buf_printf(out, "%s%.60s", out->len ? "." : "", j->name);
    else
        buf_printf(out, "[%d]", j->index);
}

static int expected(const struct json *j, const char *what, struct err *e)
{
    struct buf path = BUF_INIT(400);
    put_path(j, &path);
    err_set(e, ERR_PROTOCOL, "%s: %s expected", path.len ? path.data : "the answer", what);
    buf_release(&path);
    return -1;
}

/* Behind the string that starts before p. */
static const char *string_end(const char *p, const char *end)
{
    while (p < end && *p != '"')
        p += *p == '\\' ? 2 : 1;
    return p < end ? p + 1 : end;
}

/* Are there more values in it than `most`? What stands in strings is none. */
static bool has_over(struct slice text, size_t most)
{
    size_t n = 0;
    for (const char *p = text.ptr, *end = text.ptr + text.len; p < end && n <= most; p++) {
        if (*p == '"')
            p = string_end(p + 1, end) - 1;
        else
            n += *p == ',' || *p == '[' || *p == '{';
    }
    return n > most;
}

int json_open(struct slice text, struct json *root, struct err *e)
{
    *root = (struct json){0};
    if (text.len && has_over(text, JSON_VALUES_MAX))
        return err_set(e, ERR_PROTOCOL, "the answer holds more than %d values", JSON_VALUES_MAX);
    *root = (struct json){.value = cJSON_ParseWithLength(text.ptr ? text.ptr : "", text.len)};
    return root->value ? 0 : err_set(e, ERR_PROTOCOL, "the answer is not JSON");
}

void json_close(struct json *root)
{
    cJSON_Delete((cJSON *)(uintptr_t)root->value);
    root->value = NULL;
}

struct json json_get(const struct json *object, const char *name)
{
    const cJSON *v = cJSON_IsObject(object->value) ? cJSON_GetObjectItem(object->value, name) : NULL;
    return (struct json){.value = cJSON_IsNull(v) ? NULL : v, .parent = object, .name = name};
}

struct json json_at(const struct json *array, int index)
{
    const cJSON *v = cJSON_IsArray(array->value) ? cJSON_GetArrayItem(array->value, index) : NULL;
    return (struct json){.value = cJSON_IsNull(v) ? NULL : v, .parent = array, .index = index};
}

int json_length(const struct json *array)
{
    return cJSON_IsArray(array->value) ? cJSON_GetArraySize(array->value) : 0;
}

bool json_there(const struct json *j)
{
    return j->value != NULL;
}

static bool whole(const cJSON *v, int64_t *out)
{
    double d = v->valuedouble;
    bool fits = cJSON_IsNumber(v) && d == floor(d) && fabs(d) <= (double)JSON_WHOLE_MAX;
    *out = fits ? (int64_t)d : 0;
    return fits;
}

int json_int(const struct json *j, int64_t absent, int64_t *out, struct err *e)
{
    *out = absent;
    if (!j->value)
        return 0;
    return whole(j->value, out) ? 0 : expected(j, "whole number", e);
}

int json_decimal(const struct json *j, int64_t absent, int64_t *out, struct err *e)
{
    *out = absent;
    if (!j->value)
        return 0;
    double d = j->value->valuedouble * 10000;
    if (!cJSON_IsNumber(j->value) || !(fabs(d) <= (double)JSON_WHOLE_MAX))
        return expected(j, "number", e);
    *out = (int64_t)(d < 0 ? d - 0.5 : d + 0.5);
    return 0;
}

int json_bool(const struct json *j, bool absent, bool *out, struct err *e)
{
    *out = absent;
    if (!j->value)
        return 0;
    if (!cJSON_IsBool(j->value))
        return expected(j, "true or false", e);
    *out = cJSON_IsTrue(j->value);
    return 0;
}

int json_text(const struct json *j, size_t max, struct pool *pool, const char **out, struct err *e)
{
    int64_t digits;
    *out = "";
    if (!j->value)
        return 0;
    if (whole(j->value, &digits)) {
        *out = pool_printf(pool, "%lld", (long long)digits);
        return 0;
    }
    const char *s = cJSON_GetStringValue(j->value);
    if (!s)
        return expected(j, "text", e);
    *out = pool_text(pool, slice_cut_utf8(slice_of(s), max));
    return 0;
}

void json_put_name(struct buf *out, const char *name)
{
    char last = out->len ? out->data[out->len - 1] : '{';
    if (last != '{' && last != '[')
        buf_putc(out, ',');
    if (name) {
        buf_put_json(out, slice_of(name));
        buf_putc(out, ':');
    }
}

void json_put_int(struct buf *out, const char *name, int64_t v)
{
    json_put_name(out, name);
    buf_printf(out, "%lld", (long long)v);
}

void json_put_bool(struct buf *out, const char *name, bool v)
{
    json_put_name(out, name);
    buf_puts(out, v ? "true" : "false");
}

void json_put_text(struct buf *out, const char *name, const char *s)
{
    json_put_name(out, name);
    buf_put_json(out, slice_of(s));
}
