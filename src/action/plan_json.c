/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plan_json: struct plan to JSON and back through one table, so that the two cannot drift apart. */
#include "frontdesk/action.h"
#include "frontdesk/json.h"

enum field_type { FIELD_TEXT, FIELD_INT };

static const struct {
    const char *name;
    enum field_type type;
    size_t offset;
} fields[] = {
#define TEXT(member)                                                                                         \
    {                                                                                                        \
#member, FIELD_TEXT, offsetof(struct plan, member)                                                   \
    }
#define INT(member)                                                                                          \
    {                                                                                                        \
#member, FIELD_INT, offsetof(struct plan, member)                                                    \
    }
    TEXT(reply),         INT(outcome),      TEXT(sender),         TEXT(sender_name), TEXT(subject),
    TEXT(message_id),    TEXT(references),  TEXT(verb),           TEXT(argument),    TEXT(reason),
    TEXT(asked_word),    TEXT(why_ask),     INT(unauthenticated), INT(received_ms),  TEXT(title),
    TEXT(description),   TEXT(external_id), INT(company_id),      INT(queue_id),     INT(status),
    INT(priority),       INT(category),     INT(source),          INT(due_ms),       TEXT(queue_name),
    TEXT(priority_name), TEXT(due_text),    INT(text_cut),
#undef TEXT
#undef INT
};

static void put_name(struct buf *out, const char *name)
{
    if (out->data[out->len - 1] != '{' && out->data[out->len - 1] != '[')
        buf_putc(out, ',');
    if (name) {
        buf_put_json(out, slice_of(name));
        buf_putc(out, ':');
    }
}

static void put_people(struct buf *out, const char *name, const struct plan_person *people, size_t n)
{
    put_name(out, name);
    buf_putc(out, '[');
    for (size_t i = 0; i < n; i++) {
        put_name(out, NULL);
        buf_printf(out, "{\"resource\":%lld,\"role\":%lld,\"name\":", (long long)people[i].resource_id,
                   (long long)people[i].role_id);
        buf_put_json(out, slice_of(people[i].name));
        buf_puts(out, ",\"user\":");
        buf_put_json(out, slice_of(people[i].user));
        buf_putc(out, '}');
    }
    buf_putc(out, ']');
}

void plan_encode(const struct plan *p, struct buf *out)
{
    buf_putc(out, '{');
    for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
        const char *at = (const char *)p + fields[i].offset;
        if (fields[i].type == FIELD_INT) {
            int64_t v;
            memcpy(&v, at, sizeof(v));
            put_name(out, fields[i].name);
            buf_printf(out, "%lld", (long long)v);
            continue;
        }
        const char *s;
        memcpy(&s, at, sizeof(s));
        if (s && s[0]) {
            put_name(out, fields[i].name);
            buf_put_json(out, slice_of(s));
        }
    }
    put_people(out, "people", p->people, p->n_people);
    put_people(out, "suggestions", p->suggestions, p->n_suggestions);
    buf_putc(out, '}');
}

/* Not json_text: a description keeps its lines. */
static const char *get_text(const struct json *object, const char *name, struct pool *pool)
{
    return pool_copy(pool, cJSON_GetStringValue(json_get(object, name).value));
}

static int get_int(const struct json *object, const char *name, int64_t *out, struct err *e)
{
    struct json member = json_get(object, name);
    return json_int(&member, 0, out, e);
}

static int get_people(const struct json *root, const char *name, struct plan_person *out, size_t max,
                      size_t *n, struct pool *pool, struct err *e)
{
    struct json list = json_get(root, name);
    for (int i = 0; i < json_length(&list) && *n < max; i++) {
        struct json item = json_at(&list, i);
        struct plan_person *p = &out[(*n)++];
        if (get_int(&item, "resource", &p->resource_id, e) != 0 ||
            get_int(&item, "role", &p->role_id, e) != 0)
            return -1;
        p->name = get_text(&item, "name", pool);
        p->user = get_text(&item, "user", pool);
    }
    return 0;
}

static int get_fields(const struct json *root, struct plan *out, struct pool *pool, struct err *e)
{
    for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
        char *at = (char *)out + fields[i].offset;
        if (fields[i].type == FIELD_INT) {
            int64_t v;
            if (get_int(root, fields[i].name, &v, e) != 0)
                return -1;
            memcpy(at, &v, sizeof(v));
        } else {
            const char *s = get_text(root, fields[i].name, pool);
            memcpy(at, &s, sizeof(s));
        }
    }
    return 0;
}

static int unreadable(struct err *e, const char *why)
{
    return err_set(
        e, ERR_JOURNAL,
        "the plan of this mail in the journal cannot be read (%s): discard the mail and have it sent again",
        why);
}

int plan_decode(struct plan *out, const char *json, struct pool *pool, struct err *e)
{
    struct json root;
    struct err why = ERR_INIT;
    *out = (struct plan){0};
    if (json_open(slice_of(json), &root, &why) != 0)
        return unreadable(e, "no JSON");
    int rc = cJSON_IsObject(root.value) ? get_fields(&root, out, pool, &why)
                                        : err_set(&why, ERR_PROTOCOL, "an object expected");
    if (rc == 0)
        rc = get_people(&root, "people", out->people, ARRAY_LEN(out->people), &out->n_people, pool, &why);
    if (rc == 0)
        rc = get_people(&root, "suggestions", out->suggestions, ARRAY_LEN(out->suggestions),
                        &out->n_suggestions, pool, &why);
    json_close(&root);
    return rc == 0 ? 0 : unreadable(e, why.text);
}
