/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * picked: values of notes and files that nobody configures: chosen by label, in the order of the
 * rows below, from the tenant's own lists. Ids are never assumed; labels are in the tenant's language, so
 * that the stock id is the last resort (autotask-rest.md 5.2, 5.3, 6).
 */
#include "load.h"

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
    const char *entity, *field;
    const struct wish *wishes;
} rows[PICKLISTS] = {
    [NOTE_TYPE] = {"TicketNotes", "noteType", note_types},
    [NOTE_PUBLISH] = {"TicketNotes", "publish", internal},
    [FILE_PUBLISH] = {"TicketAttachments", "publish", internal},
};

static bool grants(const struct picklist *list, size_t i, const struct wish *w)
{
    struct buf fold = BUF_INIT(1000);
    fold_into(&fold, slice_of(list->v[i].name));
    struct slice label = buf_view(&fold);
    bool fits = w->any    ? !list->system[i]
                : w->part ? slice_find(label, slice_of(w->part)) >= 0
                          : list->v[i].id == w->id;
    if (w->without && slice_find(label, slice_of(w->without)) >= 0)
        fits = false;
    buf_release(&fold);
    return fits;
}

static int choose(const struct picklist *list, enum picked_list which, int64_t *value, struct err *e)
{
    struct buf labels = BUF_INIT(300);
    for (const struct wish *w = rows[which].wishes; w->part || w->id || w->any; w++) {
        for (size_t i = 0; i < list->n; i++) {
            if (grants(list, i, w)) {
                *value = list->v[i].id;
                return 0;
            }
        }
    }
    for (size_t i = 0; i < list->n; i++)
        buf_printf(&labels, "%s\"%s\"", labels.len ? ", " : "", list->v[i].name);
    err_set(e, ERR_LABEL, "%s.%s: none of its values suits; Autotask has %s", rows[which].entity,
            rows[which].field, labels.len ? labels.data : "none that this API user may see");
    buf_release(&labels);
    return -1;
}

struct picking {
    const char *entity;
    int64_t values[PICKLISTS];
};

/* All lists of the entity are in the one answer. */
static int pick(void *self, const struct json *fields, struct err *e)
{
    struct picking *p = self;
    struct pool *pool = pool_new(1 << 20);
    int rc = 0;
    for (size_t i = 0; i < PICKLISTS && rc == 0; i++) {
        struct picklist list;
        if (strcmp(rows[i].entity, p->entity) != 0)
            continue;
        rc = picklist_read(fields, rows[i].field, pool, &list, e);
        if (rc == 0)
            rc = list.v ? choose(&list, (enum picked_list)i, &p->values[i], e)
                        : err_set(e, ERR_PROTOCOL, "%s: no list of %s", rows[i].entity, rows[i].field);
    }
    pool_free(&pool);
    return rc;
}

int picked_value(struct autotask *at, enum picked_list which, int64_t *value, struct err *e)
{
    int64_t now_ms = clock_mono_ms();
    struct picking p = {.entity = rows[which].entity};
    pthread_mutex_lock(&at->lock);
    bool known = at->picked[which].until_ms > now_ms;
    *value = at->picked[which].value;
    pthread_mutex_unlock(&at->lock);
    if (known)
        return 0;
    if (picklist_fields(at, p.entity, pick, &p, e) != 0)
        return -1;
    pthread_mutex_lock(&at->lock);
    for (size_t i = 0; i < PICKLISTS; i++) {
        if (strcmp(rows[i].entity, p.entity) != 0)
            continue;
        at->picked[i].value = p.values[i];
        at->picked[i].until_ms = now_ms + BELIEVED_MS;
    }
    pthread_mutex_unlock(&at->lock);
    *value = p.values[which];
    return 0;
}
