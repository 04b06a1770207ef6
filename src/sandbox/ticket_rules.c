/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ticket_rules: what Autotask checks on tickets beside the table of fields, in the order of autotask-rest.md
 * section 12 (the real order is not known), and what it fills in. A category of the world may have
 * `_required` (names of fields), `_due_hours` (it supplies a due date) and `_note_titles`.
 */
#include "sandbox.h"

static bool has_row(const char *entity, int64_t resource, int64_t role)
{
    const cJSON *row;
    cJSON_ArrayForEach(row, world_entity(slice_of(entity))->rows)
    {
        if (row_int(row, "resourceID", 0) == resource && row_int(row, "roleID", 0) == role &&
            !cJSON_IsFalse(cJSON_GetObjectItem(row, "isActive")))
            return true;
    }
    return false;
}

bool pair_defined(int64_t resource, int64_t role)
{
    const cJSON *r = world_row("Roles", role);
    return r && row_true(r, "isActive") &&
           (has_row("ResourceServiceDeskRoles", resource, role) ||
            has_row("ResourceRoleDepartments", resource, role));
}

bool can_be_assigned(int64_t resource)
{
    const cJSON *row = world_row("Resources", resource);
    return row && row_true(row, "isActive") && row_int(row, "licenseType", 1) != 7;
}

static bool has(const cJSON *row, const char *name)
{
    const cJSON *v = cJSON_GetObjectItem(row, name);
    return v && !cJSON_IsNull(v) && !(cJSON_IsString(v) && !v->valuestring[0]);
}

/* --- the category: defaults before the checks --- */

static const cJSON *category_of(const cJSON *ticket)
{
    const cJSON *row;
    if (has(ticket, "ticketCategory"))
        return world_row("TicketCategories", row_int(ticket, "ticketCategory", -1));
    cJSON_ArrayForEach(row, world_entity(SLICE("TicketCategories"))->rows)
    {
        if (row_true(row, "isGlobalDefault"))
            return row;
    }
    return NULL;
}

/* Whether a default also serves the four fields that metadata requires is not known: here it does not. */
static void default_fields(cJSON *ticket, int64_t category)
{
    static const struct {
        const char *from, *to;
    } fields[] = {{"queueID", "queueID"},         {"sourceID", "source"},
                  {"issueTypeID", "issueType"},   {"subIssueTypeID", "subIssueType"},
                  {"ticketTypeID", "ticketType"}, {"workTypeID", "billingCodeID"},
                  {"description", "description"}};
    const cJSON *row;
    cJSON_ArrayForEach(row, world_entity(SLICE("TicketCategoryFieldDefaults"))->rows)
    {
        if (row_int(row, "ticketCategoryID", -1) != category)
            continue;
        for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
            const cJSON *v = cJSON_GetObjectItem(row, fields[i].from);
            if (v && !has(ticket, fields[i].to))
                row_set(ticket, fields[i].to, cJSON_Duplicate(v, true));
        }
    }
}

static void prepare(const struct write *w)
{
    const cJSON *category = category_of(w->row);
    int64_t hours = row_int(category, "_due_hours", 0);
    char due[32];
    if (w->old || !category)
        return;
    if (!has(w->row, "ticketCategory"))
        row_set_int(w->row, "ticketCategory", row_int(category, "id", 0));
    default_fields(w->row, row_int(category, "id", 0));
    if (hours && !has(w->row, "dueDateTime")) {
        clock_format_utc(clock_now_ms() + hours * 3600000, due);
        row_set(w->row, "dueDateTime", cJSON_CreateString(due));
    }
}

/* --- the checks --- */

static bool touches(const struct write *w, const char *name)
{
    return w->whole || cJSON_GetObjectItem(w->sent, name);
}

static void check_pair_present(const struct write *w, struct problems *p)
{
    bool resource = has(w->row, "assignedResourceID"), role = has(w->row, "assignedResourceRoleID");
    bool both = touches(w, "assignedResourceID") == touches(w, "assignedResourceRoleID");
    if (resource != role || !both)
        problem(p, "Data violation: When assigning a Resource, you must assign both a assignedResourceID and "
                   "assignedResourceRoleID.");
}

static void check_pair_defined(const struct write *w, struct problems *p)
{
    int64_t resource = row_int(w->row, "assignedResourceID", 0),
            role = row_int(w->row, "assignedResourceRoleID", 0);
    if (touches(w, "assignedResourceID") && resource && !pair_defined(resource, role))
        problem(p, "Data violation: The specified assignedResourceID and AssignedRoleID combination is not "
                   "currently defined");
}

static void check_queue_or_resource(const struct write *w, struct problems *p)
{
    if (!has(w->row, "assignedResourceID") && !has(w->row, "queueID"))
        problem(p, "assignedResourceID, assignedResourceRoleID, and queueID cannot all be empty. Supply a "
                   "queueID or both an assignedResourceID and assignedResourceRoleID.");
}

/* A secondary resource cannot also be the primary one; the text is not known. */
static void check_not_secondary(const struct write *w, struct problems *p)
{
    int64_t ticket = row_int(w->old, "id", -1), resource = row_int(w->row, "assignedResourceID", 0);
    const cJSON *row;
    cJSON_ArrayForEach(row, world_entity(SLICE("TicketSecondaryResources"))->rows)
    {
        if (w->old && resource && row_int(row, "ticketID", 0) == ticket &&
            row_int(row, "resourceID", 0) == resource)
            problem(p, "Data violation: A secondary resource cannot also be the primary resource");
    }
}

void check_same_company(const struct write *w, struct problems *p)
{
    int64_t company = row_int(w->row, "companyID", -1),
            parent = row_int(world_row("Companies", company), "parentCompanyID", -1);
    const cJSON *contact = world_row("Contacts", row_int(w->row, "contactID", -1)),
                *location = world_row("CompanyLocations", row_int(w->row, "companyLocationID", -1)),
                *item = world_row("ConfigurationItems", row_int(w->row, "configurationItemID", -1)),
                *contract = world_row("Contracts", row_int(w->row, "contractID", -1));
    int64_t of_contact = row_int(contact, "companyID", -2);
    if (contact && of_contact != company && of_contact != parent)
        problem(p, "contactID is not associated to the companyID or its Parent Company");
    if (location && row_int(location, "companyID", -2) != company)
        problem(p,
                "The companyLocationID[%lld] cannot be associated with the Ticket. The CompanyLocation must "
                "belong to the Ticket's, ConfigurationItem's, or the Contact's Company.",
                (long long)row_int(location, "id", 0));
    if (item && row_int(item, "companyID", -2) != company)
        problem(p, "The configurationItemID [%lld] is not associated with Company [%lld]",
                (long long)row_int(item, "id", 0), (long long)company);
    if (contract && row_int(contract, "companyID", -2) != company)
        problem(p, "The contractID [%lld] is not associated with Company [%lld]",
                (long long)row_int(contract, "id", 0), (long long)company);
}

void check_work_type(const struct write *w, struct problems *p)
{
    const cJSON *code = world_row("BillingCodes", row_int(w->row, "billingCodeID", -1));
    if (code && touches(w, "billingCodeID") &&
        (row_int(code, "useType", 0) != 1 || !row_true(code, "isActive")))
        problem(p, "The given allocation code is not an active general allocation code");
}

static void check_category(const struct write *w, struct problems *p)
{
    const cJSON *name, *category = category_of(w->row);
    cJSON_ArrayForEach(name, cJSON_GetObjectItem(category, "_required"))
    {
        if (cJSON_IsString(name) && !has(w->row, name->valuestring))
            problem(p, "%s is required", name->valuestring);
    }
}

/* The text is not known. */
static void check_due(const struct write *w, struct problems *p)
{
    if (!has(w->row, "dueDateTime"))
        problem(p, "Missing Required Field: dueDateTime");
}

static const check_fn checks[] = {check_required,
                                  check_picklists,
                                  check_references,
                                  check_pair_present,
                                  check_pair_defined,
                                  check_queue_or_resource,
                                  check_not_secondary,
                                  check_same_company,
                                  check_work_type,
                                  check_category,
                                  check_due,
                                  check_lengths,
                                  NULL};

/* --- what the system sets --- */

static void set_number(cJSON *ticket)
{
    char now[32], day[12], number[40];
    clock_format_utc(clock_now_ms(), now);
    snprintf(day, sizeof(day), "%.4s%.2s%.2s", now, now + 5, now + 8);
    if (strcmp(day, world.ticket_day) != 0) {
        snprintf(world.ticket_day, sizeof(world.ticket_day), "%s", day);
        world.ticket_sequence = 0;
    }
    snprintf(number, sizeof(number), "T%s.%04u", day, ++world.ticket_sequence);
    row_set(ticket, "ticketNumber", cJSON_CreateString(number));
}

static void set_activity(cJSON *ticket, int64_t resource)
{
    row_set_now(ticket, "lastActivityDate");
    row_set_int(ticket, "lastActivityPersonType", 1);
    if (resource)
        row_set_int(ticket, "lastActivityResourceID", resource);
}

void ticket_touch(int64_t ticket, int64_t resource)
{
    cJSON *row = world_row("Tickets", ticket);
    if (row)
        set_activity(row, resource);
}

static void finish(const struct write *w)
{
    bool complete = row_int(w->row, "status", 0) == 5, was = row_int(w->old, "status", 0) == 5;
    if (!w->old) {
        set_number(w->row);
        row_set_now(w->row, "createDate");
        row_set_int(w->row, "creatorType", 1);
    }
    set_activity(w->row, w->call->creator);
    row_set_now(w->row, "lastTrackedModificationDateTime");
    if (complete && !was) {
        row_set_now(w->row, "completedDate");
        row_set_int(w->row, "completedByResourceID", w->call->creator);
    } else if (!complete) {
        cJSON_DeleteItemFromObject(w->row, "completedDate");
        cJSON_DeleteItemFromObject(w->row, "completedByResourceID");
    }
}

const struct rules ticket_rules = {
    .entity = "Tickets", .prepare = prepare, .checks = checks, .finish = finish};
