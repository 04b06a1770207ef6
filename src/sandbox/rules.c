/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rules: what the system checks on create and what it fills in, with its literal texts
 * (autotask-rest.md 3.3, 5.1, 12). */
#include "sandbox.h"

static bool in_picklist(struct world *w, const char *field, int64_t value)
{
    const cJSON *item, *list = cJSON_GetObjectItem(cJSON_GetObjectItem(w->picklists, "Tickets"), field);
    cJSON_ArrayForEach(item, list)
    {
        const cJSON *active = cJSON_GetObjectItem(item, "isActive");
        if (row_int(item, "value", -999) == value && !cJSON_IsFalse(active))
            return true;
    }
    return false;
}

static bool pair_defined(struct world *w, int64_t resource, int64_t role)
{
    static const char *const tables[] = {"ResourceServiceDeskRoles", "ResourceRoleDepartments"};
    const cJSON *row;
    for (size_t i = 0; i < ARRAY_LEN(tables); i++) {
        cJSON_ArrayForEach(row, world_entity(w, slice_of(tables[i]))->rows)
        {
            if (row_int(row, "resourceID", 0) == resource && row_int(row, "roleID", 0) == role &&
                !cJSON_IsFalse(cJSON_GetObjectItem(row, "isActive")))
                return true;
        }
    }
    return false;
}

static bool can_be_assigned(struct world *w, int64_t resource)
{
    const cJSON *row = entity_row(world_entity(w, SLICE("Resources")), resource);
    return row && cJSON_IsTrue(cJSON_GetObjectItem(row, "isActive")) && row_int(row, "licenseType", 1) != 7;
}

static const char *required_problem(const cJSON *t, char *text, size_t size)
{
    static const char *const fields[] = {"companyID", "title", "status", "priority"};
    for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
        const cJSON *v = cJSON_GetObjectItem(t, fields[i]);
        if (!v || cJSON_IsNull(v) || (cJSON_IsString(v) && !v->valuestring[0])) {
            snprintf(text, size, "Missing Required Field: %s", fields[i]);
            return text;
        }
    }
    return NULL;
}

static const char *picklist_problem(struct world *w, const cJSON *t, char *text, size_t size)
{
    static const char *const fields[] = {"status", "priority", "queueID", "ticketCategory", "source"};
    for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
        const cJSON *v = cJSON_GetObjectItem(t, fields[i]);
        if (v && !in_picklist(w, fields[i], row_int(t, fields[i], -999))) {
            snprintf(text, size, "Picklist value [%lld] does not exist for %s ; on record number [1].",
                     (long long)row_int(t, fields[i], 0), fields[i]);
            return text;
        }
    }
    return NULL;
}

const char *ticket_problem(struct world *w, const cJSON *t, char *text, size_t size)
{
    const char *problem = required_problem(t, text, size);
    if (!problem)
        problem = picklist_problem(w, t, text, size);
    if (problem)
        return problem;
    if (!entity_row(world_entity(w, SLICE("Companies")), row_int(t, "companyID", -1)))
        return "Reference value on field: companyID of type: Company does not exist or is invalid.";
    int64_t resource = row_int(t, "assignedResourceID", 0), role = row_int(t, "assignedResourceRoleID", 0);
    if (!resource != !role)
        return "Data violation: When assigning a Resource, you must assign both a assignedResourceID and "
               "assignedResourceRoleID.";
    if (resource && !can_be_assigned(w, resource))
        return "Reference value on field: assignedResourceID of type: Resource does not exist or is invalid.";
    if (resource && !pair_defined(w, resource, role))
        return "Data violation: The specified assignedResourceID and AssignedRoleID combination is not "
               "currently defined";
    if (!resource && !row_int(t, "queueID", 0))
        return "assignedResourceID, assignedResourceRoleID, and queueID cannot all be empty. Supply a "
               "queueID or both an "
               "assignedResourceID and assignedResourceRoleID.";
    if (!row_text(t, "dueDateTime")[0])
        return "Missing Required Field: dueDateTime";
    if (strlen(row_text(t, "externalID")) > 50 || strlen(row_text(t, "description")) > 32000)
        return "Data violation: a value is too long";
    return NULL;
}

void ticket_finish(struct world *w, cJSON *t)
{
    char now[32], number[40], day[12];
    clock_format_utc(clock_now_ms(), now);
    snprintf(day, sizeof(day), "%.4s%.2s%.2s", now, now + 5, now + 8);
    if (strcmp(day, w->ticket_day) != 0) {
        snprintf(w->ticket_day, sizeof(w->ticket_day), "%s", day);
        w->ticket_sequence = 0;
    }
    snprintf(number, sizeof(number), "T%s.%04u", day, ++w->ticket_sequence);
    cJSON_DeleteItemFromObject(t, "ticketNumber");
    cJSON_AddStringToObject(t, "ticketNumber", number);
    cJSON_AddStringToObject(t, "createDate", now);
    cJSON_AddStringToObject(t, "lastActivityDate", now);
}

const char *second_problem(struct world *w, const cJSON *s, char *text, size_t size)
{
    int64_t ticket = row_int(s, "ticketID", 0), resource = row_int(s, "resourceID", 0),
            role = row_int(s, "roleID", 0);
    const cJSON *t = entity_row(world_entity(w, SLICE("Tickets")), ticket), *row;
    (void)text;
    (void)size;
    if (!t)
        return "Reference value on field: ticketID of type: Ticket does not exist or is invalid.";
    if (!pair_defined(w, resource, role))
        return "Data violation: The specified resourceID and roleID combination is not currently defined";
    if (row_int(t, "assignedResourceID", 0) == resource)
        return "Data violation: A secondary resource cannot also be the primary resource";
    cJSON_ArrayForEach(row, world_entity(w, SLICE("TicketSecondaryResources"))->rows)
    {
        if (row_int(row, "ticketID", 0) == ticket && row_int(row, "resourceID", 0) == resource)
            return "Data violation: The resource is already assigned to this ticket";
    }
    return NULL;
}
