/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * directory: an immutable snapshot of what Autotask knows about the firm: technicians with a valid role,
 * picklists by label, the own company. Reference counted; refreshed by the keeper. Facts:
 * autotask-rest.md 5.5, 5.6, 6.
 */
#ifndef FRONTDESK_AUTOTASK_DIRECTORY_H
#define FRONTDESK_AUTOTASK_DIRECTORY_H

#include "frontdesk/base.h"

struct directory_resource {
    int64_t id, role_id;                     /* role_id 0: cannot be assigned */
    const char *first, *last, *user, *email; /* UTF-8, cleaned of controls; never NULL */
    bool assignable;              /* active, not an API user (licenseType 7), with a valid active role */
    const char *why_not;          /* "inactive", "API user", "no service-desk role"; "" when assignable */
    const char *const *nicknames; /* from the configuration, NULL-terminated */
};

/* What the configured labels stand for in this tenant. 0 = not configured (category, source,
 * cancelled_status, todo_action only). */
struct directory_labels {
    int64_t queue, triage_queue, status, priority, category, source, company, cancelled_status, todo_action;
};

/* The picklists of a ticket, and the active companies: what a sender may name. */
enum directory_list { LIST_QUEUE, LIST_STATUS, LIST_PRIORITY, LIST_CATEGORY, LIST_TYPE, DIRECTORY_LISTS };
struct directory_label {
    int64_t id;
    const char *name;   /* cleaned of controls; only active values */
    const char *folded; /* the name as it is compared; directory_build fills it */
};
struct directory_company {
    int64_t id; /* 0 = the own company */
    const char *name;
    const char *domain; /* of its web address, lower-case, without www.; "" = none */
    const char *folded; /* the name as it is compared; directory_build fills it */
};

struct directory {
    const struct directory_resource *resources;
    size_t n_resources;
    const struct directory_label *lists[DIRECTORY_LISTS];
    size_t n_lists[DIRECTORY_LISTS];
    const struct directory_company *companies; /* by id; none when the API user may not read them */
    size_t n_companies;
    const struct directory_company *const *by_name; /* the same, by folded name; directory_build fills it */
    struct directory_labels labels;
    const char *queue_name, *triage_queue_name, *priority_name, *status_name;
    const char *web_url; /* root for links, ends in "/" */
    int64_t loaded_ms;
};

void directory_unref(struct directory **d);
const struct directory_resource *directory_find(const struct directory *d, int64_t resource_id);
/* A snapshot from values (tests, explain without a tenant): copies everything. */
struct directory *directory_build(const struct directory *values) MUST_USE;

#endif
