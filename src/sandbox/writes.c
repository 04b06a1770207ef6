/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * writes: create, change, replace, delete. What was sent is first reduced to the members that count: unknown
 * and read-only ones are lost without a word, as in the real system (a strict world says so). Then come the
 * checks of the entity in their order; nothing is changed unless all of them pass.
 */
#include "sandbox.h"

static const check_fn default_checks[] = {check_required, check_picklists, check_references, check_lengths,
                                          NULL};
static const struct rules default_rules = {.checks = default_checks};

static const struct rules *rules_of(const struct kind *k)
{
    if (strcmp(k->name, ticket_rules.entity) == 0)
        return &ticket_rules;
    for (size_t i = 0; i < n_child_rules; i++) {
        if (strcmp(k->name, child_rules[i].entity) == 0)
            return &child_rules[i];
    }
    return &default_rules;
}

/* What a strict world says about a member that the real system would lose. */
static void complain(const struct kind *k, const struct field *f, const cJSON *m, bool create,
                     struct problems *p)
{
    if (!setting_true("strict"))
        return;
    if (!f)
        problem(p, "strict: %s has no field %s", k->singular, m->string);
    else if (f->flags & READ_ONLY && !(strcmp(f->name, "id") == 0))
        problem(p, "strict: %s is read-only", f->name);
    else if (create && cJSON_IsNull(m))
        problem(p, "strict: %s is null: leave it out", f->name);
}

/* The members that count, by their right names. */
static cJSON *reduce(const struct kind *k, const cJSON *body, bool create, struct problems *p)
{
    cJSON *out = cJSON_CreateObject();
    for (const cJSON *m = body->child; m; m = m->next) {
        const struct field *f = kind_field(k, m->string);
        if (k->can & USER_FIELDS && strcasecmp(m->string, "userDefinedFields") == 0) {
            row_set(out, "userDefinedFields", cJSON_Duplicate(m, true));
            continue;
        }
        complain(k, f, m, create, p);
        if (f && !(f->flags & READ_ONLY))
            row_set(out, f->name, cJSON_Duplicate(m, true));
    }
    return out;
}

/* The address names the parent, whatever the body says. */
static void set_parent(const struct call *c, cJSON *members, struct problems *p)
{
    const char *key = c->entity->kind->parent_key;
    if (!c->parent)
        return;
    if (setting_true("strict") && row_int(members, key, c->parent_id) != c->parent_id)
        problem(p, "strict: %s is not that of the address", key);
    row_set_int(members, key, c->parent_id);
}

/* Times in one form, days at midnight, and no members that are null. */
static void settle(const struct kind *k, cJSON *row)
{
    for (size_t i = 0; i < k->n_fields; i++) {
        const struct field *f = &k->fields[i];
        const cJSON *v = cJSON_GetObjectItem(row, f->name);
        int64_t ms;
        char text[32];
        if (cJSON_IsNull(v))
            cJSON_DeleteItemFromObject(row, f->name);
        else if ((f->type == T_TIME || f->type == T_DAY) && cJSON_IsString(v) &&
                 time_read(v->valuestring, &ms)) {
            clock_format_utc(f->type == T_DAY ? ms - ms % 86400000 : ms, text);
            row_set(row, f->name, cJSON_CreateString(text));
        }
    }
}

static void report(struct reply *r, const struct problems *p)
{
    cJSON *o = cJSON_CreateObject(), *list = cJSON_AddArrayToObject(o, "errors");
    size_t n = setting_true("all_errors") ? p->n : 1;
    for (size_t i = 0; i < n; i++)
        cJSON_AddItemToArray(list, cJSON_CreateString(p->text[i]));
    reply_json(r, 500, o);
}

/* True when all checks pass; else the answer is written. */
static bool passes(struct write *w, struct problems *p)
{
    const struct rules *rules = rules_of(w->kind);
    bool all = setting_true("all_errors");
    check_types(w, p);
    if (p->n == 0 && rules->prepare)
        rules->prepare(w);
    for (const check_fn *check = rules->checks; *check && (p->n == 0 || all); check++)
        (*check)(w, p);
    if (p->n)
        report(&w->call->reply, p);
    return p->n == 0;
}

/* Rights, body, impersonation: what every write needs. */
static bool may_write(struct call *c, const char *verb)
{
    if (!login_may(c, verb))
        return false;
    if (!cJSON_IsObject(c->body)) {
        reply_error(&c->reply, "Value cannot be null. Parameter name: entity");
        return false;
    }
    return login_impersonate(c);
}

static void set_creator(const struct write *w)
{
    static const char *const creators[] = {"creatorResourceID", "attachedByResourceID"};
    for (size_t i = 0; i < ARRAY_LEN(creators); i++) {
        if (kind_field(w->kind, creators[i]) && w->call->creator)
            row_set_int(w->row, creators[i], w->call->creator);
    }
    if (w->call->impersonator)
        row_set_int(w->row, "impersonatorCreatorResourceID", w->call->impersonator);
    if (kind_field(w->kind, "createDateTime"))
        row_set_now(w->row, "createDateTime");
}

/* Duplicate Ticket Handling: the create is answered with another record's id. */
static bool diverted(struct call *c)
{
    const cJSON *first = c->entity->rows->child;
    int64_t id = c->fault.to ? c->fault.to : row_int(first, "id", 0);
    if (!fault_is(c, "divert") || !id)
        return false;
    reply_id(&c->reply, id);
    return true;
}

static void commit_new(struct write *w)
{
    struct call *c = w->call;
    const struct rules *rules = rules_of(w->kind);
    settle(w->kind, w->row);
    set_creator(w);
    if (rules->finish)
        rules->finish(w);
    if (fault_is(c, "hidden"))
        row_set_int(w->row, "_visible_ms", clock_mono_ms() + c->fault.ms);
    reply_id(&c->reply, entity_add(w->entity, cJSON_Duplicate(w->row, true)));
}

void write_create(struct call *c)
{
    struct problems p = {.n = 0};
    if (!may_write(c, "create"))
        return;
    cJSON *members = reduce(c->entity->kind, c->body, true, &p);
    set_parent(c, members, &p);
    struct write w = {.call = c,
                      .entity = c->entity,
                      .kind = c->entity->kind,
                      .sent = members,
                      .row = cJSON_Duplicate(members, true),
                      .whole = true};
    if (p.n)
        report(&c->reply, &p);
    else if (passes(&w, &p) && !diverted(c)) {
        if (fault_is(c, "no_effect"))
            reply_id(&c->reply, c->entity->next_id++);
        else
            commit_new(&w);
    }
    cJSON_Delete(members);
    cJSON_Delete(w.row);
}

/* The record as it would be after a PATCH or a PUT. */
static cJSON *changed_row(const struct kind *k, const cJSON *old, const cJSON *members, bool whole)
{
    cJSON *row = cJSON_Duplicate(old, true);
    for (size_t i = 0; whole && i < k->n_fields; i++) {
        if (!(k->fields[i].flags & READ_ONLY))
            cJSON_DeleteItemFromObject(row, k->fields[i].name);
    }
    for (const cJSON *m = members->child; m; m = m->next)
        row_set(row, m->string, cJSON_Duplicate(m, true));
    return row;
}

static void change(struct call *c, bool whole)
{
    struct problems p = {.n = 0};
    const struct kind *k = c->entity->kind;
    if (!may_write(c, "update"))
        return;
    int64_t id = row_int(c->body, "id", -1);
    cJSON *old = entity_row(c->entity, id);
    if (!old || !row_visible(c->entity, old) ||
        (c->parent && row_int(old, k->parent_key, -1) != c->parent_id)) {
        reply_error(&c->reply, "No matching records found.");
        return;
    }
    cJSON *members = reduce(k, c->body, false, &p);
    set_parent(c, members, &p);
    struct write w = {.call = c,
                      .entity = c->entity,
                      .kind = k,
                      .sent = members,
                      .old = old,
                      .row = changed_row(k, old, members, whole),
                      .whole = whole};
    if (p.n) {
        report(&c->reply, &p);
    } else if (passes(&w, &p)) {
        const struct rules *rules = rules_of(k);
        settle(k, w.row);
        if (rules->finish)
            rules->finish(&w);
        if (!fault_is(c, "no_effect"))
            entity_put(c->entity, cJSON_Duplicate(w.row, true));
        reply_id(&c->reply, id);
    }
    cJSON_Delete(members);
    cJSON_Delete(w.row);
}

void write_patch(struct call *c)
{
    change(c, false);
}

void write_put(struct call *c)
{
    change(c, true);
}

void write_delete(struct call *c)
{
    if (!login_may(c, "delete"))
        return;
    cJSON *row = entity_row(c->entity, c->id);
    const char *key = c->entity->kind->parent_key;
    if (!row || (c->parent && row_int(row, key, -1) != c->parent_id)) {
        reply_error(&c->reply, "No matching records found. The logged in Resource may not have the required "
                               "permissions to delete the data.");
        return;
    }
    reply_id(&c->reply, c->id);
    if (!fault_is(c, "no_effect"))
        cJSON_Delete(cJSON_DetachItemViaPointer(c->entity->rows, row));
}
