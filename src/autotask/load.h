/* SPDX-License-Identifier: GPL-2.0-or-later */
/* load: the directory while it is being read. */
#ifndef FRONTDESK_AUTOTASK_LOAD_H
#define FRONTDESK_AUTOTASK_LOAD_H

#include "client.h"

enum { MOST_RESOURCES = 10000, MOST_ROLES = 40000 };

struct role_row {
    int64_t resource, role;
    bool is_default, from_department;
};

struct load {
    const struct conf *conf;
    struct pool *pool;
    struct directory values;
    struct directory_resource *resources;
    int64_t *default_role; /* defaultServiceDeskRoleID of each */
    size_t n_resources;
    struct role_row *roles;
    size_t n_roles;
    int64_t *active_roles; /* Roles that are active */
    size_t n_active_roles;
    struct buf *problems;
    bool label_missing;
};

struct picklist {
    const struct directory_label *v; /* active values only; NULL: the field is no picklist */
    const bool *system;              /* of each: made by Autotask itself */
    size_t n;
};

/* people.c */
int load_people(struct autotask *at, struct load *l, struct err *e) MUST_USE;
/* companies.c: valid while at->loading is held */
int load_companies(struct autotask *at, struct load *l, struct err *e) MUST_USE;
/* picklists.c: what `read` takes from the fields of an entity. */
int picklist_fields(struct autotask *at, const char *entity,
                    int (*read)(void *self, const struct json *fields, struct err *e), void *self,
                    struct err *e) MUST_USE;
/* The values of `field`, at most 2,000; *items NULL when it is no picklist. */
struct picklist_item {
    const char *label;
    int64_t id;
    bool active, system;
};
int picklist_items(const struct json *fields, const char *field, struct pool *pool,
                   struct picklist_item **items, size_t *n_items, struct err *e) MUST_USE;
/* The active values of `field`. */
int picklist_read(const struct json *fields, const char *field, struct pool *pool, struct picklist *out,
                  struct err *e) MUST_USE;
/* By label, or by "#ID"; NULL if there is none. */
const struct directory_label *picklist_find(const struct picklist *list, const char *wanted);
/* labels.c: after the companies */
int load_labels(struct autotask *at, struct load *l, struct err *e) MUST_USE;

#endif
