/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * picklist: values of notes, files and to-dos that nobody configures: chosen by label, in the order of the
 * rows below, from the tenant's own lists. Ids are never assumed; labels are in the tenant's language, so
 * that the stock id is the last resort (autotask-rest.md 5.2, 5.3, 5.9, 6).
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
                                         {0}},
                         actions[] = {{"to-do", NULL, 0, false},
                                      {"todo", NULL, 0, false},
                                      {"general", NULL, 0, false},
                                      {NULL, NULL, 0, true},
                                      {0}};

static const struct {
    const char *entity, *path, *field;
    const struct wish *wishes;
} rows[PICKLISTS] = {
    [NOTE_TYPE] = {"TicketNotes", "TicketNotes/entityInformation/fields", "noteType", note_types},
    [NOTE_PUBLISH] = {"TicketNotes", "TicketNotes/entityInformation/fields", "publish", internal},
    [FILE_PUBLISH] = {"TicketAttachments", "TicketAttachments/entityInformation/fields", "publish", internal},
    [TODO_ACTION] = {"CompanyToDos", "CompanyToDos/entityInformation/fields", "actionType", actions},
};

static bool grants(const struct picklist_item *v, const struct wish *w)
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

static int choose(const struct picklist_item *items, size_t n, enum picked_list which, int64_t *value,
                  struct err *e)
{
    struct buf labels = BUF_INIT(300);
    const struct picklist_item *found = NULL;
    for (const struct wish *w = rows[which].wishes; !found && (w->part || w->id || w->any); w++) {
        for (size_t i = 0; i < n && !found; i++)
            found = grants(&items[i], w) ? &items[i] : NULL;
    }
    for (size_t i = 0; i < n && !found; i++) {
        if (items[i].active)
            buf_printf(&labels, "%s\"%s\"", labels.len ? ", " : "", items[i].label);
    }
    if (found)
        *value = found->id;
    else
        err_set(e, ERR_LABEL, "%s.%s: none of its values suits; Autotask has %s", rows[which].entity,
                rows[which].field, labels.len ? labels.data : "none that this API user may see");
    buf_release(&labels);
    return found ? 0 : -1;
}

static int ask(struct autotask *at, enum picked_list which, int64_t *value, struct err *e)
{
    struct json answer;
    struct picklist_item *items;
    size_t n;
    if (autotask_call(at, CALL_READ, "GET", rows[which].entity, rows[which].path, SLICE_NONE, &answer, e) !=
        0)
        return -1;
    struct json fields = json_get(&answer, "fields");
    struct pool *pool = pool_new(1 << 20);
    int rc = picklist_items(&fields, rows[which].field, pool, &items, &n, e);
    if (rc == 0)
        rc = items ? choose(items, n, which, value, e)
                   : err_set(e, ERR_PROTOCOL, "%s: no list of %s", rows[which].path, rows[which].field);
    pool_free(&pool);
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
