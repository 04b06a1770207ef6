/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * routes: one row an address and verb. In patterns E stands for an entity, C for a child of it, # for an id.
 * An address that no verb serves is 404; one that another verb serves is 405. So writes to a child's name at
 * the top level are 404, and DELETE of its record there is 405 (autotask-rest.md 3.1).
 */
#include "sandbox.h"

enum { WRITES = CREATE | UPDATE | REMOVE };

static const struct row {
    const char *verb, *pattern;
    unsigned needs; /* of the entity */
    void (*serve)(struct call *c);
} routes[] = {
    {"GET", "Version", 0, login_version},
    {"GET", "ThresholdInformation", 0, thresholds_answer},
    {"GET", "EntityInformation", 0, fields_entities},
    {"POST", "E", CREATE, write_create},
    {"PATCH", "E", UPDATE, write_patch},
    {"PUT", "E", UPDATE, write_put},
    {"GET", "E/query", 0, query_first},
    {"POST", "E/query", 0, query_first},
    {"GET", "E/query/next", 0, query_next},
    {"POST", "E/query/next", 0, query_next},
    {"GET", "E/query/count", 0, query_count},
    {"POST", "E/query/count", 0, query_count},
    {"GET", "E/entityInformation", 0, fields_entity},
    {"GET", "E/entityInformation/fields", 0, fields_list},
    {"GET", "E/entityInformation/userDefinedFields", USER_FIELDS, fields_user},
    {"GET", "E/#", 0, query_one},
    {"DELETE", "E/#", REMOVE, write_delete},
    {"GET", "E/#/C", 0, query_children},
    {"POST", "E/#/C", CREATE, write_create},
    {"PATCH", "E/#/C", UPDATE, write_patch},
    {"PUT", "E/#/C", UPDATE, write_put},
    {"GET", "E/#/C/#", 0, query_child},
    {"DELETE", "E/#/C/#", REMOVE, write_delete},
};

/* What the address names, as far as it goes. */
struct found {
    struct entity *entity, *parent;
    int64_t id, parent_id;
};

static bool take_id(struct slice word, struct found *f)
{
    uint64_t id;
    if (!slice_to_u64(word, 0, INT64_MAX, &id))
        return false;
    f->id = (int64_t)id;
    return true;
}

static bool take_child(struct slice word, struct found *f)
{
    if (!f->entity)
        return false;
    f->parent = f->entity;
    f->parent_id = f->id;
    f->entity = world_child(slice_of(f->parent->kind->name), word);
    return f->entity != NULL;
}

static bool matches(const char *pattern, struct slice path, struct found *f)
{
    struct scan p = scan_of(slice_of(pattern)), s = scan_of(path);
    *f = (struct found){0};
    while (!scan_end(&p) && !scan_end(&s)) {
        struct slice want = scan_until(&p, "/"), word = scan_until(&s, "/");
        bool fits;
        if (slice_eq(want, SLICE("E")))
            fits = (f->entity = world_entity(word)) != NULL;
        else if (slice_eq(want, SLICE("C")))
            fits = take_child(word, f);
        else if (slice_eq(want, SLICE("#")))
            fits = take_id(word, f);
        else
            fits = slice_eq_nocase(want, word);
        if (!fits)
            return false;
        scan_char(&p, '/');
        scan_char(&s, '/');
    }
    return scan_end(&p) && scan_end(&s);
}

/* Is there such a row for this entity? */
static bool served(const struct row *r, const struct found *f)
{
    if (!r->needs || !f->entity)
        return !r->needs;
    bool top_level = f->entity->kind->parent && !f->parent;
    return f->entity->kind->can & r->needs && !(r->needs & WRITES && top_level);
}

void route(struct call *c)
{
    bool other_verb = false;
    struct found f;
    for (size_t i = 0; i < ARRAY_LEN(routes); i++) {
        if (!matches(routes[i].pattern, c->path, &f) || !served(&routes[i], &f))
            continue;
        if (strcmp(routes[i].verb, c->method) == 0) {
            c->entity = f.entity;
            c->parent = f.parent;
            c->id = f.id;
            c->parent_id = f.parent_id;
            routes[i].serve(c);
            return;
        }
        other_verb = true;
    }
    if (other_verb) {
        char text[200];
        snprintf(text, sizeof(text), "The requested resource does not support http method '%.20s'.",
                 c->method);
        reply_message(&c->reply, 405, text);
    } else {
        reply_message(&c->reply, 404, "No HTTP resource was found that matches the request URI.");
    }
}
