/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * picklist: values of notes and files that nobody configures: chosen by label, in the order of the
 * rows below, from the tenant's own lists. Ids are never assumed; labels are in the tenant's language, so
 * that the stock id is the last resort (autotask-rest.md 5.2, 5.3, 6).
 */
#include "client.h"

enum { BELIEVED_MS = 4 * 3600 * 1000 };

/* A label that holds `part` and not `without`; or the value `id`. In this order. */
struct wish {
    const char *part, *without;
    int64_t id;
    bool any; /* whatever is there and was not made by the system */
};

/* "intern" is internal, intern, interne, interno. What a customer may see is in no row. */
static const struct wish internal[] = {{"intern", "co-manag", 0, false},
                                       {"intern", "extern", 0, false},
                                       {NULL, NULL, 2, false},
                                       {0}},
                         note_types[] = {{"task notes", NULL, 0, false},
                                         {"ticket notes", NULL, 0, false},
                                         {NULL, NULL, 3, false},
                                         {NULL, NULL, 0, true},
                                         {0}};

static const struct {
    const char *entity, *path, *field;
    const struct wish *wishes;
} rows[PICKLISTS] = {
    [NOTE_TYPE] = {"TicketNotes", "TicketNotes/entityInformation/fields", "noteType", note_types},
    [NOTE_PUBLISH] = {"TicketNotes", "TicketNotes/entityInformation/fields", "publish", internal},
    [FILE_PUBLISH] = {"TicketAttachments", "TicketAttachments/entityInformation/fields", "publish", internal},
};

struct value {
    const char *label;
    int64_t id;
    bool active, system;
};

static int read_value(const struct json *item, struct value *v, struct pool *pool, struct err *e)
{
    struct json label = json_get(item, "label"), id = json_get(item, "value"),
                active = json_get(item, "isActive"), system = json_get(item, "isSystem");
    const char *digits;
    uint64_t n = 0;
    if (json_text(&label, 100, pool, &v->label, e) != 0 || json_text(&id, 20, pool, &digits, e) != 0 ||
        json_bool(&active, true, &v->active, e) != 0 || json_bool(&system, false, &v->system, e) != 0)
        return -1;
    bool minus = digits[0] == '-';
    if (!slice_to_u64(slice_of(digits + minus), 0, INT64_MAX, &n))
        return err_set(e, ERR_PROTOCOL, "picklist value \"%s\" of %s is no number", digits, v->label);
    v->id = minus ? -(int64_t)n : (int64_t)n;
    return 0;
}

static bool grants(const struct value *v, const struct wish *w)
{
    struct buf fold = BUF_INIT(1000);
    fold_into(&fold, slice_of(v->label));
    struct slice label = buf_view(&fold);
    bool fits = v->active && (w->any    ? !v->system
                              : w->part ? slice_find(label, slice_of(w->part)) >= 0
                                        : v->id == w->id);
    if (w->without && slice_find(label, slice_of(w->without)) >= 0)
        fits = false;
    buf_release(&fold);
    return fits;
}

static int choose(const struct json *list, enum picked_list which, int64_t *value, struct err *e)
{
    struct pool *pool = pool_new(1 << 20);
    struct buf labels = BUF_INIT(300);
    bool found = false;
    int rc = 0;
    for (const struct wish *w = rows[which].wishes; rc == 0 && !found && (w->part || w->id || w->any); w++) {
        bool first = w == rows[which].wishes;
        for (int i = 0; rc == 0 && !found && i < json_length(list); i++) {
            struct json item = json_at(list, i);
            struct value v;
            rc = read_value(&item, &v, pool, e);
            if (rc == 0 && first && v.active)
                buf_printf(&labels, "%s\"%s\"", labels.len ? ", " : "", v.label);
            found = rc == 0 && grants(&v, w);
            if (found)
                *value = v.id;
        }
    }
    if (rc == 0 && !found)
        rc = err_set(e, ERR_LABEL, "%s.%s: none of its values suits; Autotask has %s", rows[which].entity,
                     rows[which].field, labels.len ? labels.data : "none that this API user may see");
    buf_release(&labels);
    pool_free(&pool);
    return rc;
}

static int ask(struct autotask *at, enum picked_list which, int64_t *value, struct err *e)
{
    struct json answer, fields, list = {0};
    if (autotask_call(at, CALL_READ, "GET", rows[which].entity, rows[which].path, SLICE_NONE, &answer, e) !=
        0)
        return -1;
    fields = json_get(&answer, "fields");
    struct json field;
    for (int i = 0; i < json_length(&fields); i++) {
        field = json_at(&fields, i);
        const char *name = cJSON_GetStringValue(cJSON_GetObjectItem(field.value, "name"));
        if (!list.value && name && slice_eq_nocase(slice_of(name), slice_of(rows[which].field)))
            list.value = json_get(&field, "picklistValues").value;
    }
    int rc = cJSON_IsArray(list.value)
                 ? choose(&list, which, value, e)
                 : err_set(e, ERR_PROTOCOL, "%s: no list of %s", rows[which].path, rows[which].field);
    json_close(&answer);
    return rc;
}

int picklist_value(struct autotask *at, enum picked_list which, int64_t *value, struct err *e)
{
    int64_t now_ms = clock_mono_ms();
    pthread_mutex_lock(&at->lock);
    bool known = at->picked[which].until_ms > now_ms;
    *value = at->picked[which].value;
    pthread_mutex_unlock(&at->lock);
    if (known)
        return 0;
    if (ask(at, which, value, e) != 0)
        return -1;
    pthread_mutex_lock(&at->lock);
    at->picked[which].value = *value;
    at->picked[which].until_ms = now_ms + BELIEVED_MS;
    pthread_mutex_unlock(&at->lock);
    return 0;
}
