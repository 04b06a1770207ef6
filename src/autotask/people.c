/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * people: resources and the role under which each may be given a ticket, in the order of choice of
 * autotask-rest.md 5.6: default service-desk role → default row of the service-desk roles → any of them →
 * default role of a department; only roles that are active.
 */
#include "load.h"

static int text_of(const struct json *item, const char *name, size_t max, struct load *l, const char **out,
                   struct err *e)
{
    struct json j = json_get(item, name);
    return json_text(&j, max, l->pool, out, e);
}

static int int_of(const struct json *item, const char *name, int64_t *out, struct err *e)
{
    struct json j = json_get(item, name);
    return json_int(&j, 0, out, e);
}

static int bool_of(const struct json *item, const char *name, bool absent, bool *out, struct err *e)
{
    struct json j = json_get(item, name);
    return json_bool(&j, absent, out, e);
}

static int take_resource(void *self, const struct json *item, struct err *e)
{
    struct load *l = self;
    struct directory_resource r = {0};
    int64_t license, default_role;
    bool active;
    if (l->n_resources == MOST_RESOURCES)
        return err_set(e, ERR_PROTOCOL, "Autotask has more than %d resources", MOST_RESOURCES);
    if (int_of(item, "id", &r.id, e) != 0 || text_of(item, "firstName", 60, l, &r.first, e) != 0 ||
        text_of(item, "lastName", 60, l, &r.last, e) != 0 ||
        text_of(item, "userName", 60, l, &r.user, e) != 0 ||
        text_of(item, "email", 254, l, &r.email, e) != 0 || int_of(item, "licenseType", &license, e) != 0 ||
        bool_of(item, "isActive", true, &active, e) != 0 ||
        int_of(item, "defaultServiceDeskRoleID", &default_role, e) != 0)
        return -1;
    r.why_not = !active ? "inactive" : license == 7 ? "API user" : "";
    l->default_role[l->n_resources] = default_role;
    l->resources[l->n_resources++] = r;
    return 0;
}

static int take_role_row(struct load *l, const struct json *item, bool from_department, struct err *e)
{
    struct role_row r = {.from_department = from_department};
    bool active;
    if (int_of(item, "resourceID", &r.resource, e) != 0 || int_of(item, "roleID", &r.role, e) != 0 ||
        bool_of(item, "isDefault", false, &r.is_default, e) != 0 ||
        bool_of(item, "isActive", true, &active, e) != 0)
        return -1;
    /* 110 and 112 are the pseudo-roles of time sheet and expense approval */
    if (active && r.role && r.role != 110 && r.role != 112 && l->n_roles < MOST_ROLES)
        l->roles[l->n_roles++] = r;
    return 0;
}

static int take_desk_role(void *self, const struct json *item, struct err *e)
{
    return take_role_row(self, item, false, e);
}

static int take_department_role(void *self, const struct json *item, struct err *e)
{
    return take_role_row(self, item, true, e);
}

static int take_role(void *self, const struct json *item, struct err *e)
{
    struct load *l = self;
    bool active;
    int64_t id;
    if (int_of(item, "id", &id, e) != 0 || bool_of(item, "isActive", true, &active, e) != 0)
        return -1;
    if (active && l->n_active_roles < MOST_RESOURCES)
        l->active_roles[l->n_active_roles++] = id;
    return 0;
}

static bool role_is_active(const struct load *l, int64_t role)
{
    for (size_t i = 0; i < l->n_active_roles; i++) {
        if (l->active_roles[i] == role)
            return true;
    }
    return false;
}

/* Lower is better; -1 = not usable. */
static int rank_of(const struct load *l, const struct role_row *r, int64_t default_role)
{
    if (!role_is_active(l, r->role))
        return -1;
    if (r->from_department)
        return r->is_default ? 3 : -1;
    if (r->role == default_role)
        return 0;
    return r->is_default ? 1 : 2;
}

static int compare_rows(const void *a, const void *b)
{
    int64_t x = ((const struct role_row *)a)->resource, y = ((const struct role_row *)b)->resource;
    return (x > y) - (x < y);
}

static void choose_role(struct load *l, size_t i)
{
    struct directory_resource *r = &l->resources[i];
    int best = 4;
    size_t low = 0, high = l->n_roles;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (l->roles[middle].resource < r->id)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < l->n_roles && l->roles[low].resource == r->id; low++) {
        int rank = rank_of(l, &l->roles[low], l->default_role[i]);
        if (rank >= 0 && rank < best) {
            best = rank;
            r->role_id = l->roles[low].role;
        }
    }
    if (!r->role_id && !r->why_not[0])
        r->why_not = "no service-desk role";
    r->assignable = r->role_id && !r->why_not[0];
}

/* Nicknames of the configuration: `who` is a user name, a full name or a first name. */
static void give_nicknames(struct load *l, struct directory_resource *r)
{
    const struct conf *conf = l->conf;
    const char **names = pool_array(l->pool, conf->staff.n_nicknames + 1, sizeof(*names));
    char full[160];
    size_t n = 0;
    snprintf(full, sizeof(full), "%s %s", r->first, r->last);
    for (size_t i = 0; i < conf->staff.n_nicknames; i++) {
        struct slice who = slice_of(conf->staff.nicknames[i].who);
        if (fold_eq(who, slice_of(r->user)) || fold_eq(who, slice_of(full)) ||
            fold_eq(who, slice_of(r->first)))
            names[n++] = conf->staff.nicknames[i].nick;
    }
    r->nicknames = names;
}

/* An API user without rights sees fewer rows and no error (autotask-rest.md 1.3). With nobody to assign to,
 * every mail would go to triage: the staff list that we have is better than that. */
static int check_some(const struct load *l, struct err *e)
{
    for (size_t i = 0; i < l->n_resources; i++) {
        if (l->resources[i].assignable)
            return 0;
    }
    return err_set(
        e, ERR_PERMISSION,
        "Autotask shows %zu people and %zu active roles, but none of whom can be given tickets: the "
        "API user's security level hides them, or nobody has a service-desk role",
        l->n_resources, l->n_active_roles);
}

int load_people(struct autotask *at, struct load *l, struct err *e)
{
    static const char all[] = "{\"MaxRecords\":500,\"filter\":[{\"op\":\"exist\",\"field\":\"id\"}]}";
    static const char people[] =
        "{\"MaxRecords\":500,\"IncludeFields\":[\"id\",\"firstName\",\"lastName\",\"userName\","
        "\"email\",\"isActive\",\"licenseType\",\"defaultServiceDeskRoleID\"],"
        "\"filter\":[{\"op\":\"exist\",\"field\":\"id\"}]}";
    l->resources = pool_array(l->pool, MOST_RESOURCES, sizeof(*l->resources));
    l->default_role = pool_array(l->pool, MOST_RESOURCES, sizeof(*l->default_role));
    l->roles = pool_array(l->pool, MOST_ROLES, sizeof(*l->roles));
    l->active_roles = pool_array(l->pool, MOST_RESOURCES, sizeof(*l->active_roles));
    if (autotask_query(at, "Resources", people, take_resource, l, e) != 0 ||
        autotask_query(at, "Roles", all, take_role, l, e) != 0 ||
        autotask_query(at, "ResourceServiceDeskRoles", all, take_desk_role, l, e) != 0 ||
        autotask_query(at, "ResourceRoleDepartments", all, take_department_role, l, e) != 0)
        return -1;
    qsort(l->roles, l->n_roles, sizeof(*l->roles), compare_rows);
    for (size_t i = 0; i < l->n_resources; i++) {
        choose_role(l, i);
        give_nicknames(l, &l->resources[i]);
    }
    l->values.resources = l->resources;
    l->values.n_resources = l->n_resources;
    return check_some(l, e);
}
