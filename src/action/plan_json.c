/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plan_json: struct plan to JSON and back through one table, so that the two cannot drift apart. */
#include "frontdesk/action.h"
#include "frontdesk/json.h"

struct field {
    const char *name;
    enum { FIELD_TEXT, FIELD_INT } type;
    size_t offset;
};

#define FIELD(type_, of, member)                                                                             \
    {                                                                                                        \
#member, type_, offsetof(struct of, member)                                                          \
    }
#define TEXT(of, member) FIELD(FIELD_TEXT, of, member)
#define INT(of, member)  FIELD(FIELD_INT, of, member)

/* clang-format off: rows of two kinds side by side */
static const struct field plan_fields[] = {
    TEXT(plan, reply),          INT(plan, outcome),         TEXT(plan, sender),
    TEXT(plan, sender_name),    TEXT(plan, subject),        TEXT(plan, message_id),
    TEXT(plan, references),     TEXT(plan, verb),           TEXT(plan, argument),
    TEXT(plan, reason),         TEXT(plan, asked_word),     TEXT(plan, why_ask),
    INT(plan, unauthenticated), INT(plan, received_ms),     TEXT(plan, title),
    TEXT(plan, description),    TEXT(plan, external_id),    INT(plan, company_id),
    INT(plan, contact_id),      INT(plan, queue_id),        INT(plan, status),
    INT(plan, priority),        INT(plan, category),        INT(plan, type),
    INT(plan, source),          INT(plan, due_ms),          TEXT(plan, company_name),
    TEXT(plan, contact_name),   TEXT(plan, queue_name),     TEXT(plan, priority_name),
    TEXT(plan, due_text),       INT(plan, text_cut),        INT(plan, creator_id),
    INT(plan, todo_action),     INT(plan, hold_ms),         TEXT(plan, hold_text),
    INT(plan, target_id),       TEXT(plan, target_number),  TEXT(plan, target_title),
    TEXT(plan, note),           INT(plan, take_over),       INT(plan, said_again),
    INT(plan, holder),          TEXT(plan, explanation),    TEXT(plan, refusal),
    TEXT(plan, contact_said),   INT(plan, company_open),    TEXT(plan, errors),
    TEXT(plan, answers),        TEXT(plan, mark),           TEXT(plan, asks),
    TEXT(plan, unmatched),      TEXT(plan, unmatched_text), INT(plan, recheck_until_ms),
    TEXT(plan, watch),          INT(plan, watch_letter),    INT(plan, watch_since),
    INT(plan, watch_ack),       INT(plan, watch_undo),      INT(plan, snooze_ms),
    TEXT(plan, absent_why),     INT(plan, due_now),         TEXT(plan, later_note),
    TEXT(plan, advice),
};
static const struct field person_fields[] = {
    INT(plan_person, resource_id),
    INT(plan_person, role_id),
    TEXT(plan_person, name),
    TEXT(plan_person, user),
};
static const struct field change_fields[] = {
    TEXT(plan_change, what), TEXT(plan_change, field), INT(plan_change, before),
    INT(plan_change, after), TEXT(plan_change, was),   TEXT(plan_change, becomes),
};
static const struct field line_fields[] = {TEXT(plan_line, line)};
static const struct field file_fields[] = {
    TEXT(plan_file, name),   TEXT(plan_file, size_text), INT(plan_file, size),      INT(plan_file, raw_off),
    INT(plan_file, raw_len), INT(plan_file, encoding),   INT(plan_file, inner_off), INT(plan_file, job),
};
static const struct field choice_fields[] = {INT(plan_choice, id), TEXT(plan_choice, name)};

static const struct list {
    const char *name;
    size_t offset, count, size, max;
    const struct field *fields;
    size_t n_fields;
} lists[] = {
#define LIST(member, fields)                                                                                 \
    {                                                                                                        \
#member, offsetof(struct plan, member), offsetof(struct plan, n_##member),                           \
            sizeof(((struct plan *)0)->member[0]), ARRAY_LEN(((struct plan *)0)->member), fields,            \
            ARRAY_LEN(fields)                                                                                \
    }
    LIST(people, person_fields),  LIST(suggestions, person_fields), LIST(adds, person_fields),
    LIST(removes, person_fields), LIST(choices, choice_fields),     LIST(changes, change_fields),
    LIST(files, file_fields),     LIST(left_out, line_fields),      LIST(remarks, line_fields),
};
/* clang-format on */

static void put_fields(struct buf *out, const void *object, const struct field *fields, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const char *at = (const char *)object + fields[i].offset;
        if (fields[i].type == FIELD_INT) {
            int64_t v;
            memcpy(&v, at, sizeof(v));
            if (v != 0)
                json_put_int(out, fields[i].name, v);
            continue;
        }
        const char *s;
        memcpy(&s, at, sizeof(s));
        if (s && s[0])
            json_put_text(out, fields[i].name, s);
    }
}

static void put_list(struct buf *out, const struct plan *p, const struct list *list)
{
    size_t n;
    memcpy(&n, (const char *)p + list->count, sizeof(n));
    if (n == 0)
        return;
    json_put_name(out, list->name);
    buf_putc(out, '[');
    for (size_t i = 0; i < n; i++) {
        json_put_name(out, NULL);
        buf_putc(out, '{');
        put_fields(out, (const char *)p + list->offset + i * list->size, list->fields, list->n_fields);
        buf_putc(out, '}');
    }
    buf_putc(out, ']');
}

void plan_encode(const struct plan *p, struct buf *out)
{
    buf_putc(out, '{');
    put_fields(out, p, plan_fields, ARRAY_LEN(plan_fields));
    for (size_t i = 0; i < ARRAY_LEN(lists); i++)
        put_list(out, p, &lists[i]);
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

static int get_fields(const struct json *from, void *object, const struct field *fields, size_t n,
                      struct pool *pool, struct err *e)
{
    for (size_t i = 0; i < n; i++) {
        char *at = (char *)object + fields[i].offset;
        if (fields[i].type == FIELD_INT) {
            int64_t v;
            if (get_int(from, fields[i].name, &v, e) != 0)
                return -1;
            memcpy(at, &v, sizeof(v));
        } else {
            const char *s = get_text(from, fields[i].name, pool);
            memcpy(at, &s, sizeof(s));
        }
    }
    return 0;
}

static int get_list(const struct json *root, struct plan *out, const struct list *list, struct pool *pool,
                    struct err *e)
{
    struct json rows = json_get(root, list->name);
    size_t n = 0;
    for (int i = 0; i < json_length(&rows) && n < list->max; i++, n++) {
        struct json row = json_at(&rows, i);
        if (get_fields(&row, (char *)out + list->offset + n * list->size, list->fields, list->n_fields, pool,
                       e) != 0)
            return -1;
    }
    memcpy((char *)out + list->count, &n, sizeof(n));
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
    int rc = cJSON_IsObject(root.value)
                 ? get_fields(&root, out, plan_fields, ARRAY_LEN(plan_fields), pool, &why)
                 : err_set(&why, ERR_PROTOCOL, "an object expected");
    for (size_t i = 0; i < ARRAY_LEN(lists) && rc == 0; i++)
        rc = get_list(&root, out, &lists[i], pool, &why);
    json_close(&root);
    return rc == 0 ? 0 : unreadable(e, why.text);
}
