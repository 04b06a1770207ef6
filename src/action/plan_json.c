/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plan_json: struct plan to JSON and back through one table, so that the two cannot drift apart. */
#include "frontdesk/action.h"

#include <cjson/cJSON.h>

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

static const char *get_text(const cJSON *object, const char *name, struct pool *pool)
{
    return pool_copy(pool, cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, name)));
}

static int64_t get_int(const cJSON *object, const char *name)
{
    const cJSON *v = cJSON_GetObjectItemCaseSensitive(object, name);
    return cJSON_IsNumber(v) ? (int64_t)v->valuedouble : 0;
}

static size_t get_people(const cJSON *root, const char *name, struct plan_person *out, size_t max,
                         struct pool *pool)
{
    const cJSON *item;
    size_t n = 0;
    cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(root, name))
    {
        if (n == max)
            break;
        out[n++] = (struct plan_person){.resource_id = get_int(item, "resource"),
                                        .role_id = get_int(item, "role"),
                                        .name = get_text(item, "name", pool),
                                        .user = get_text(item, "user", pool)};
    }
    return n;
}

int plan_decode(struct plan *out, const char *json, struct pool *pool, struct err *e)
{
    cJSON *root = cJSON_Parse(json);
    *out = (struct plan){0};
    if (!cJSON_IsObject(root)) {
        cJSON_Delete(root);
        return err_set(
            e, ERR_JOURNAL,
            "the plan of this mail in the journal cannot be read: discard the mail and have it sent again");
    }
    for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
        char *at = (char *)out + fields[i].offset;
        if (fields[i].type == FIELD_INT) {
            int64_t v = get_int(root, fields[i].name);
            memcpy(at, &v, sizeof(v));
        } else {
            const char *s = get_text(root, fields[i].name, pool);
            memcpy(at, &s, sizeof(s));
        }
    }
    out->n_people = get_people(root, "people", out->people, ARRAY_LEN(out->people), pool);
    out->n_suggestions = get_people(root, "suggestions", out->suggestions, ARRAY_LEN(out->suggestions), pool);
    cJSON_Delete(root);
    return 0;
}
