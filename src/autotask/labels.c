/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * labels: what the labels of the configuration stand for in this tenant. Ids are never assumed: a label that
 * does not exist is a problem line with the labels that do (autotask-rest.md sections 5 and 6).
 */
#include "frontdesk/autotask_books.h"
#include "load.h"

enum { MOST_NEAR = 200 };

static void say_missing(struct load *l, const char *key, const char *wanted, const char *field,
                        const struct picklist *list)
{
    const char *names[MOST_NEAR + 1] = {0};
    struct buf labels = BUF_INIT(4000);
    for (size_t i = 0; i < list->n; i++) {
        buf_printf(&labels, "%s\"%s\"", labels.len ? ", " : "", list->v[i].name);
        if (i < MOST_NEAR)
            names[i] = list->v[i].name;
    }
    const char *near = fold_nearest(wanted, names);
    l->label_missing = true;
    buf_printf(l->problems, "%s:%u: %s = \"%s\": Autotask has no such %s%s%s%s has %s\n", l->conf->path,
               conf_line(l->conf, key), key, wanted, field, near ? "; did you mean \"" : "", near ? near : "",
               near ? "\"? It" : "; it", labels.len ? labels.data : "none that this API user may see");
    buf_release(&labels);
}

/* One configured label against one picklist. */
static void resolve(const struct picklist *list, struct load *l, const char *key, const char *field,
                    const char *wanted, int64_t *id, const char **label)
{
    if (!wanted || !wanted[0])
        return;
    const struct directory_label *found = picklist_find(list, wanted);
    if (!found) {
        say_missing(l, key, wanted, field, list);
        return;
    }
    *id = found->id;
    *label = found->name;
}

static int read_lists(const struct json *fields, struct load *l, struct picklist lists[DIRECTORY_LISTS],
                      struct err *e)
{
    static const char *const names[DIRECTORY_LISTS] = {[LIST_QUEUE] = "queueID",
                                                       [LIST_STATUS] = "status",
                                                       [LIST_PRIORITY] = "priority",
                                                       [LIST_CATEGORY] = "ticketCategory",
                                                       [LIST_TYPE] = "ticketType"};
    for (size_t i = 0; i < DIRECTORY_LISTS; i++) {
        if (picklist_read(fields, names[i], l->pool, &lists[i], e) != 0)
            return -1;
        l->values.lists[i] = lists[i].v;
        l->values.n_lists[i] = lists[i].n;
    }
    return 0;
}

static int resolve_all(void *self, const struct json *fields, struct err *e)
{
    struct load *l = self;
    const struct conf *c = l->conf;
    struct directory *d = &l->values;
    struct picklist lists[DIRECTORY_LISTS], sources;
    const char *ignored;
    if (read_lists(fields, l, lists, e) != 0 || picklist_read(fields, "source", l->pool, &sources, e) != 0)
        return -1;
    const struct {
        const char *key, *field, *wanted;
        const struct picklist *list;
        int64_t *id;
        const char **label;
    } rows[] = {
        {"ticket.queue", "queueID", c->ticket.queue, &lists[LIST_QUEUE], &d->labels.queue, &d->queue_name},
        {"ticket.triage_queue", "queueID", c->ticket.triage_queue, &lists[LIST_QUEUE],
         &d->labels.triage_queue, &d->triage_queue_name},
        {"ticket.status", "status", c->ticket.status, &lists[LIST_STATUS], &d->labels.status,
         &d->status_name},
        {"ticket.cancelled_status", "status", c->ticket.cancelled_status, &lists[LIST_STATUS],
         &d->labels.cancelled_status, &ignored},
        {"ticket.priority", "priority", c->ticket.priority, &lists[LIST_PRIORITY], &d->labels.priority,
         &d->priority_name},
        {"ticket.category", "ticketCategory", c->ticket.category, &lists[LIST_CATEGORY], &d->labels.category,
         &ignored},
        {"ticket.source", "source", c->ticket.source, &sources, &d->labels.source, &ignored},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        resolve(rows[i].list, l, rows[i].key, rows[i].field, rows[i].wanted, rows[i].id, rows[i].label);
    return 0;
}

static int resolve_todo_action(void *self, const struct json *fields, struct err *e)
{
    struct load *l = self;
    struct picklist actions;
    const char *ignored;
    if (picklist_read(fields, "actionType", l->pool, &actions, e) != 0)
        return -1;
    resolve(&actions, l, "ticket.todo_action", "actionType", l->conf->ticket.todo_action,
            &l->values.labels.todo_action, &ignored);
    return 0;
}

/* Empty is the own company, whose id is 0. */
static void resolve_company(struct load *l)
{
    const char *wanted = l->conf->ticket.company;
    if (!wanted || !wanted[0])
        return;
    for (size_t i = 0; i < l->values.n_companies; i++) {
        if (fold_eq(slice_of(wanted), slice_of(l->values.companies[i].name))) {
            l->values.labels.company = l->values.companies[i].id;
            return;
        }
    }
    l->label_missing = true;
    buf_printf(
        l->problems,
        "%s:%u: ticket.company = \"%s\": Autotask has no active company of that name%s; remove the key for "
        "the own company\n",
        l->conf->path, conf_line(l->conf, "ticket.company"), wanted,
        l->values.n_companies ? "" : " that this API user may see");
}

int load_labels(struct autotask *at, struct load *l, struct err *e)
{
    int rc = picklist_fields(at, "Tickets", resolve_all, l, e);
    if (rc == 0 && l->conf->ticket.todo)
        rc = picklist_fields(at, "CompanyToDos", resolve_todo_action, l, e);
    if (rc == 0)
        resolve_company(l);
    return rc;
}

int autotask_directory_load(struct autotask *at, struct directory **out, struct buf *problems, struct err *e)
{
    struct load l = {.conf = at->options.conf, .pool = pool_new(64 << 20), .problems = problems};
    char web[300];
    *out = NULL;
    pthread_mutex_lock(&at->loading);
    int rc = load_people(at, &l, e);
    if (rc == 0)
        rc = load_companies(at, &l, e);
    if (rc == 0)
        rc = load_labels(at, &l, e);
    if (rc == 0 && l.label_missing)
        rc = err_set(e, ERR_LABEL, "%s names labels that Autotask does not have", l.conf->path);
    if (rc == 0) {
        pthread_mutex_lock(&at->lock);
        snprintf(web, sizeof(web), "%s", at->web);
        pthread_mutex_unlock(&at->lock);
        l.values.web_url = web;
        l.values.loaded_ms = clock_now_ms();
        *out = directory_build(&l.values);
    }
    pthread_mutex_unlock(&at->loading);
    pool_free(&l.pool);
    return rc;
}

/* --- doctor --- */

int autotask_probe_zone(struct autotask *at, struct buf *findings, struct err *e)
{
    int rc = autotask_zone(at, e);
    if (rc == 0)
        buf_printf(findings, "zone %s\n", at->api);
    return rc;
}

int autotask_probe(struct autotask *at, struct buf *findings, struct err *e)
{
    int64_t calls = 0, most = 0;
    int rc = autotask_usage(at, &calls, &most, e);
    if (rc == 0)
        buf_printf(findings,
                   "zone %s, login accepted; the whole firm has used %lld of %lld calls this hour\n", at->api,
                   (long long)calls, (long long)most);
    return rc;
}
