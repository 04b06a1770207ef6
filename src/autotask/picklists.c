/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * picklists: the values of one field, out of an answer of entityInformation/fields (autotask-rest.md
 * 6). Field names are compared without case, values are text there and numbers in records.
 */
#include "load.h"

enum { MOST_VALUES = 2000 };

static struct json field_named(const struct json *fields, const char *name)
{
    const cJSON *f;
    int i = 0;
    cJSON_ArrayForEach(f, fields->value)
    {
        const char *n = cJSON_GetStringValue(cJSON_GetObjectItem(f, "name"));
        if (n && slice_eq_nocase(slice_of(n), slice_of(name)))
            return (struct json){.value = f, .parent = fields, .index = i};
        i++;
    }
    return (struct json){.parent = fields, .name = name};
}

static int read_item(const struct json *item, struct pool *pool, struct picklist_item *out, struct err *e)
{
    struct json label = json_get(item, "label"), id = json_get(item, "value"),
                active = json_get(item, "isActive"), system = json_get(item, "isSystem");
    const char *digits;
    uint64_t n = 0;
    if (json_text(&label, 100, pool, &out->label, e) != 0 || json_text(&id, 20, pool, &digits, e) != 0 ||
        json_bool(&active, true, &out->active, e) != 0 || json_bool(&system, false, &out->system, e) != 0)
        return -1;
    bool minus = digits[0] == '-';
    if (!slice_to_u64(slice_of(digits + minus), 0, JSON_WHOLE_MAX, &n))
        return err_set(e, ERR_PROTOCOL, "picklist value \"%s\" of %s is no number", digits, out->label);
    out->id = minus ? -(int64_t)n : (int64_t)n;
    return 0;
}

int picklist_items(const struct json *fields, const char *field, struct pool *pool,
                   struct picklist_item **items, size_t *n_items, struct err *e)
{
    struct json f = field_named(fields, field), list = json_get(&f, "picklistValues");
    size_t n = (size_t)json_length(&list);
    const cJSON *v;
    int i = 0;
    *items = NULL;
    *n_items = 0;
    if (!cJSON_IsArray(list.value))
        return 0;
    n = n < MOST_VALUES ? n : MOST_VALUES;
    *items = pool_array(pool, n + 1, sizeof(**items));
    *n_items = n;
    cJSON_ArrayForEach(v, list.value)
    {
        struct json item = {.value = v, .parent = &list, .index = i};
        if ((size_t)i == n)
            break;
        if (read_item(&item, pool, &(*items)[i++], e) != 0)
            return -1;
    }
    return 0;
}

int picklist_read(const struct json *fields, const char *field, struct pool *pool, struct picklist *out,
                  struct err *e)
{
    struct picklist_item *items;
    size_t n, used = 0;
    *out = (struct picklist){0};
    if (picklist_items(fields, field, pool, &items, &n, e) != 0)
        return -1;
    if (!items)
        return 0;
    struct directory_label *labels = pool_array(pool, n + 1, sizeof(*labels));
    bool *system = pool_array(pool, n + 1, sizeof(*system));
    for (size_t i = 0; i < n; i++) {
        if (!items[i].active)
            continue;
        system[used] = items[i].system;
        labels[used++] = (struct directory_label){.id = items[i].id, .name = items[i].label};
    }
    *out = (struct picklist){.v = labels, .system = system, .n = used};
    return 0;
}

static bool means(const char *wanted, const struct directory_label *v)
{
    uint64_t id;
    if (wanted[0] == '#')
        return slice_to_u64(slice_of(wanted + 1), 0, INT64_MAX, &id) && (int64_t)id == v->id;
    return fold_eq(slice_of(wanted), slice_trim(slice_of(v->name)));
}

const struct directory_label *picklist_find(const struct picklist *list, const char *wanted)
{
    for (size_t i = 0; i < list->n; i++) {
        if (means(wanted, &list->v[i]))
            return &list->v[i];
    }
    return NULL;
}

static bool are_records(const struct json *list)
{
    const cJSON *item;
    cJSON_ArrayForEach(item, list->value)
    {
        if (!cJSON_IsObject(item))
            return false;
    }
    return json_length(list) > 0;
}

int picklist_fields(struct autotask *at, const char *entity,
                    int (*read)(void *self, const struct json *fields, struct err *e), void *self,
                    struct err *e)
{
    struct json answer;
    char path[100];
    snprintf(path, sizeof(path), "%s/entityInformation/fields", entity);
    if (autotask_call(at, CALL_READ, "GET", entity, path, SLICE_NONE, &answer, e) != 0)
        return -1;
    struct json fields = json_get(&answer, "fields");
    int rc = are_records(&fields) ? read(self, &fields, e)
                                  : err_set(e, ERR_PROTOCOL, "fields: a list of records expected (%s)", path);
    json_close(&answer);
    return rc;
}
