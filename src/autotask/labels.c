/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * labels: what the labels of the configuration stand for in this tenant. Ids are never assumed: a label that
 * does not exist is a problem line with the labels that do (autotask-rest.md sections 5 and 6).
 */
#include "load.h"

static struct json field_named(const struct json *fields, const char *name)
{
    for (int i = 0; i < json_length(fields); i++) {
        const cJSON *f = cJSON_GetArrayItem(fields->value, i);
        const char *n = cJSON_GetStringValue(cJSON_GetObjectItem(f, "name"));
        if (n && slice_eq_nocase(slice_of(n), slice_of(name)))
            return (struct json){.value = f, .parent = fields, .index = i};
    }
    return (struct json){.parent = fields, .name = name};
}

struct value {
    const char *label;
    int64_t id;
    bool active;
};

static int read_value(const struct json *item, struct load *l, struct value *out, struct err *e)
{
    struct json label = json_get(item, "label"), id = json_get(item, "value"),
                active = json_get(item, "isActive");
    const char *digits;
    uint64_t n = 0;
    if (json_text(&label, 100, l->pool, &out->label, e) != 0 ||
        json_text(&id, 20, l->pool, &digits, e) != 0 || json_bool(&active, true, &out->active, e) != 0)
        return -1;
    bool minus = digits[0] == '-';
    if (!slice_to_u64(slice_of(digits + minus), 0, JSON_WHOLE_MAX, &n))
        return err_set(e, ERR_PROTOCOL, "picklist value \"%s\" of %s is no number", digits, out->label);
    out->id = minus ? -(int64_t)n : (int64_t)n;
    return 0;
}

static bool means(const char *wanted, const struct value *v)
{
    uint64_t id;
    if (wanted[0] == '#')
        return slice_to_u64(slice_of(wanted + 1), 0, INT64_MAX, &id) && (int64_t)id == v->id;
    return fold_eq(slice_of(wanted), slice_of(v->label));
}

enum { MOST_NEAR = 200 };

/* One configured label against one picklist. */
static int resolve(const struct json *fields, struct load *l, const char *key, const char *field,
                   const char *wanted, int64_t *id, const char **label, struct err *e)
{
    struct json f = field_named(fields, field), list = json_get(&f, "picklistValues");
    struct buf labels = BUF_INIT(4000);
    const char *names[MOST_NEAR + 1] = {0};
    size_t n = 0;
    bool found = false;
    if (!wanted || !wanted[0])
        return 0;
    for (int i = 0; i < json_length(&list) && !found; i++) {
        struct json item = json_at(&list, i);
        struct value v;
        if (read_value(&item, l, &v, e) != 0) {
            buf_release(&labels);
            return -1;
        }
        if (!v.active)
            continue;
        buf_printf(&labels, "%s\"%s\"", labels.len ? ", " : "", v.label);
        if (n < MOST_NEAR)
            names[n++] = v.label;
        found = means(wanted, &v);
        if (found) {
            *id = v.id;
            *label = v.label;
        }
    }
    if (!found) {
        const char *near = fold_nearest(wanted, names);
        l->label_missing = true;
        buf_printf(l->problems, "%s: %s = \"%s\": Autotask has no such %s%s%s%s has %s\n", l->conf->path, key,
                   wanted, field, near ? "; did you mean \"" : "", near ? near : "", near ? "\"? It" : "; it",
                   labels.len ? labels.data : "none that this API user may see");
    }
    buf_release(&labels);
    return 0;
}

static int resolve_all(const struct json *fields, struct load *l, struct err *e)
{
    const struct conf *c = l->conf;
    struct directory *d = &l->values;
    const char *ignored;
    const struct {
        const char *key, *field, *wanted;
        int64_t *id;
        const char **label;
    } rows[] = {
        {"ticket.queue", "queueID", c->ticket.queue, &d->labels.queue, &d->queue_name},
        {"ticket.triage_queue", "queueID", c->ticket.triage_queue, &d->labels.triage_queue,
         &d->triage_queue_name},
        {"ticket.status", "status", c->ticket.status, &d->labels.status, &d->status_name},
        {"ticket.priority", "priority", c->ticket.priority, &d->labels.priority, &d->priority_name},
        {"ticket.category", "ticketCategory", c->ticket.category, &d->labels.category, &ignored},
        {"ticket.source", "source", c->ticket.source, &d->labels.source, &ignored},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (resolve(fields, l, rows[i].key, rows[i].field, rows[i].wanted, rows[i].id, rows[i].label, e) != 0)
            return -1;
    }
    return 0;
}

struct company_search {
    struct load *load;
    bool found;
};

static int take_company(void *self, const struct json *item, struct err *e)
{
    struct company_search *s = self;
    struct json id = json_get(item, "id"), name = json_get(item, "companyName");
    const char *text;
    int64_t n;
    if (json_int(&id, 0, &n, e) != 0 || json_text(&name, 100, s->load->pool, &text, e) != 0)
        return -1;
    if (!s->found && fold_eq(slice_of(text), slice_of(s->load->conf->ticket.company))) {
        s->found = true;
        s->load->values.labels.company = n;
    }
    return 0;
}

/* Empty is the own company, whose id is 0. */
static int resolve_company(struct autotask *at, struct load *l, struct err *e)
{
    const char *wanted = l->conf->ticket.company;
    struct company_search s = {.load = l};
    struct buf body = BUF_INIT(1000);
    if (!wanted || !wanted[0])
        return 0;
    buf_puts(
        &body,
        "{\"MaxRecords\":500,\"IncludeFields\":[\"id\",\"companyName\"],\"filter\":[{\"op\":\"eq\",\"field\":"
        "\"isActive\",\"value\":true},{\"op\":\"eq\",\"field\":\"companyName\",\"value\":");
    buf_put_json(&body, slice_of(wanted));
    buf_puts(&body, "}]}");
    int rc = autotask_query(at, "Companies", body.data, take_company, &s, e);
    buf_release(&body);
    if (rc == 0 && !s.found) {
        l->label_missing = true;
        buf_printf(l->problems,
                   "%s: ticket.company = \"%s\": Autotask has no active company of that name; remove the key "
                   "for the own company\n",
                   l->conf->path, wanted);
    }
    return rc;
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

int load_labels(struct autotask *at, struct load *l, struct err *e)
{
    struct json answer;
    if (autotask_call(at, CALL_READ, "GET", "Tickets", "Tickets/entityInformation/fields", SLICE_NONE,
                      &answer, e) != 0)
        return -1;
    struct json fields = json_get(&answer, "fields");
    int rc = are_records(&fields) ? resolve_all(&fields, l, e)
                                  : err_set(e, ERR_PROTOCOL,
                                            "fields: a list of records expected "
                                            "(Tickets/entityInformation/fields)");
    json_close(&answer);
    return rc == 0 ? resolve_company(at, l, e) : rc;
}

int autotask_directory_load(struct autotask *at, struct directory **out, struct buf *problems, struct err *e)
{
    struct load l = {.conf = at->options.conf, .pool = pool_new(64 << 20), .problems = problems};
    char web[300];
    *out = NULL;
    int rc = load_people(at, &l, e);
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
    pool_free(&l.pool);
    return rc;
}

/* --- doctor --- */

int autotask_probe(struct autotask *at, struct buf *findings, struct err *e)
{
    struct json answer, used, limit;
    int64_t calls = 0, most = 0;
    if (autotask_zone(at, e) != 0 || autotask_call(at, CALL_READ, "GET", "ThresholdInformation",
                                                   "ThresholdInformation", SLICE_NONE, &answer, e) != 0) {
        return -1;
    }
    used = json_get(&answer, "currentTimeframeRequestCount");
    limit = json_get(&answer, "externalRequestThreshold");
    int rc = json_int(&used, 0, &calls, e);
    if (rc == 0)
        rc = json_int(&limit, 0, &most, e);
    json_close(&answer);
    if (rc == 0)
        buf_printf(findings,
                   "zone %s, login accepted; the whole firm has used %lld of %lld calls this hour\n", at->api,
                   (long long)calls, (long long)most);
    return rc;
}
