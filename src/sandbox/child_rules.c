/* SPDX-License-Identifier: GPL-2.0-or-later */
/* child_rules: notes, attachments, second resources, to-dos, time entries: what is checked beside the table
 * of fields, and what the system fills in (autotask-rest.md 5.2 to 5.4, 5.9, 5.13). */
#include "sandbox.h"

/* --- notes --- */

static void check_note_title(const struct write *w, struct problems *p)
{
    const cJSON *ticket = world_row("Tickets", row_int(w->row, "ticketID", -1)),
                *category = world_row("TicketCategories", row_int(ticket, "ticketCategory", -1));
    if (row_true(category, "_note_titles") && !row_text(w->row, "title")[0])
        problem(p, "Missing Required Field: title");
}

/* A PATCH of a note needs both in its body. */
static void check_note_patch(const struct write *w, struct problems *p)
{
    static const char *const needed[] = {"noteType", "publish"};
    for (size_t i = 0; w->old && i < ARRAY_LEN(needed); i++) {
        if (!sent(w, needed[i]))
            problem(p, "Missing Required Field: %s", needed[i]);
    }
}

static void finish_note(const struct write *w)
{
    row_set_now(w->row, "lastActivityDate");
    ticket_touch(row_int(w->row, "ticketID", -1), w->call->creator);
}

/* --- attachments --- */

static struct {
    struct {
        int64_t ms, bytes;
    } made[1000];
    size_t n;
    int64_t refused_until_ms;
} recent;

void attachments_reset(void)
{
    recent.n = 0;
    recent.refused_until_ms = 0;
}

static int64_t recent_bytes(int64_t now_ms)
{
    int64_t sum = 0;
    for (size_t i = 0; i < recent.n; i++) {
        if (now_ms - recent.made[i].ms < 300000)
            sum += recent.made[i].bytes;
    }
    return sum;
}

/* Bytes that base64 text stands for; -1 = it is none. */
static int64_t content_bytes(const char *text)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t n = strspn(text, digits), pad = strspn(text + n, "=");
    return text[n + pad] || pad > 2 || (n + pad) % 4 ? -1 : (int64_t)((n + pad) / 4 * 3 - pad);
}

/* The texts of the following refusals are not known, nor is the list of endings that are allowed. */
static void check_content(const struct write *w, struct problems *p)
{
    int64_t bytes = content_bytes(row_text(w->sent, "data"));
    if (strcmp(row_text(w->sent, "attachmentType"), "FILE_ATTACHMENT") != 0)
        problem(p, "Invalid attachmentType: %.40s", row_text(w->sent, "attachmentType"));
    else if (!sent(w, "data"))
        problem(p, "Missing Required Field: data");
    else if (bytes < 0)
        problem(p, "The data is not a valid Base-64 string");
    else if (bytes > setting_int("attachment_bytes"))
        problem(p, "The attachment exceeds the maximum file size");
}

static void check_ending(const struct write *w, struct problems *p)
{
    const cJSON *ending;
    struct slice path = slice_of(row_text(w->sent, "fullPath"));
    cJSON_ArrayForEach(ending, setting("denied_extensions"))
    {
        if (cJSON_IsString(ending) && slice_ends_nocase(path, slice_of(ending->valuestring)))
            problem(p, "Attachments of the file type %s are not allowed", ending->valuestring);
    }
}

/* 10,000,000 bytes in five minutes; then creation is refused for five minutes. */
static void check_budget(const struct write *w, struct problems *p)
{
    int64_t now_ms = clock_now_ms(), bytes = content_bytes(row_text(w->sent, "data"));
    if (now_ms >= recent.refused_until_ms && recent_bytes(now_ms) + bytes <= setting_int("attachment_budget"))
        return;
    if (now_ms >= recent.refused_until_ms)
        recent.refused_until_ms = now_ms + 300000;
    problem(p, "The attachment threshold of %lld bytes in 5 minutes has been exceeded",
            (long long)setting_int("attachment_budget"));
}

static const char *content_type(const char *path)
{
    static const struct {
        struct slice ending;
        const char *type;
    } types[] = {{{".txt", 4}, "text/plain"},      {{".log", 4}, "text/plain"},
                 {{".pdf", 4}, "application/pdf"}, {{".png", 4}, "image/png"},
                 {{".jpg", 4}, "image/jpeg"},      {{".csv", 4}, "text/csv"},
                 {{".eml", 4}, "message/rfc822"}};
    for (size_t i = 0; i < ARRAY_LEN(types); i++) {
        if (slice_ends_nocase(slice_of(path), types[i].ending))
            return types[i].type;
    }
    return "application/octet-stream";
}

static void finish_attachment(const struct write *w)
{
    int64_t bytes = content_bytes(row_text(w->row, "data")), now_ms = clock_now_ms();
    /* what is older than five minutes makes room */
    size_t kept = 0;
    for (size_t i = 0; i < recent.n; i++) {
        if (now_ms - recent.made[i].ms < 300000)
            recent.made[kept++] = recent.made[i];
    }
    recent.n = kept < ARRAY_LEN(recent.made) ? kept : ARRAY_LEN(recent.made) - 1;
    recent.made[recent.n].ms = now_ms;
    recent.made[recent.n++].bytes = bytes;
    row_set_int(w->row, "fileSize", bytes);
    row_set(w->row, "contentType", cJSON_CreateString(content_type(row_text(w->row, "fullPath"))));
    row_set_now(w->row, "attachDate");
    row_set_int(w->row, "parentID", row_int(w->row, "ticketID", 0));
    row_set_int(w->row, "creatorType", 1);
    ticket_touch(row_int(w->row, "ticketID", -1), w->call->creator);
}

/* --- second resources; these texts are not known either --- */

static void check_second(const struct write *w, struct problems *p)
{
    int64_t ticket = row_int(w->row, "ticketID", -1), resource = row_int(w->row, "resourceID", -1);
    const cJSON *row;
    if (!pair_defined(resource, row_int(w->row, "roleID", -1)))
        problem(p,
                "Data violation: The specified resourceID and roleID combination is not currently defined");
    if (row_int(world_row("Tickets", ticket), "assignedResourceID", -1) == resource)
        problem(p, "Data violation: A secondary resource cannot also be the primary resource");
    cJSON_ArrayForEach(row, w->entity->rows)
    {
        if (row_int(row, "ticketID", 0) == ticket && row_int(row, "resourceID", 0) == resource)
            problem(p, "Data violation: The resource is already assigned to this ticket");
    }
}

/* --- to-dos --- */

static void check_todo(const struct write *w, struct problems *p)
{
    const cJSON *ticket = world_row("Tickets", row_int(w->row, "ticketID", -1)),
                *action = world_row("ActionTypes", row_int(w->row, "actionType", -1));
    int64_t company = row_int(w->row, "companyID", -1), begin, end;
    if (!action || !row_true(action, "isActive"))
        problem(p, "Picklist value [%lld] does not exist for actionType ; on record number [1].",
                (long long)row_int(w->row, "actionType", 0));
    if (ticket && row_int(ticket, "companyID", -2) != company)
        problem(p, "The ticketID [%lld] is not associated with Company [%lld]",
                (long long)row_int(ticket, "id", 0), (long long)company);
    if (time_read(row_text(w->row, "startDateTime"), &begin) &&
        time_read(row_text(w->row, "endDateTime"), &end) && end < begin)
        problem(p, "Data violation: endDateTime is before startDateTime");
}

static void finish_todo(const struct write *w)
{
    row_set_now(w->row, "lastModifiedDate");
}

/* --- time entries --- */

static void check_time_parent(const struct write *w, struct problems *p)
{
    bool ticket = row_int(w->row, "ticketID", -1) >= 0;
    if (!ticket && row_int(w->row, "taskID", -1) < 0 && row_int(w->row, "internalBillingCodeID", -1) < 0)
        problem(p, "There is no row at position 0.");
    if (ticket && row_int(w->row, "roleID", -1) < 0)
        problem(p, "TimeEntries for Tickets must have a roleID.");
    if (ticket && (!row_text(w->row, "startDateTime")[0] || !row_text(w->row, "endDateTime")[0]))
        problem(p, "TimeEntries for Service tickets require a start and stop time.");
    if (!row_text(w->row, "startDateTime")[0] && !row_text(w->row, "dateWorked")[0])
        problem(p, "dateWorked is required when no value is supplied for startDateTime");
}

static double hours_of(const cJSON *row)
{
    int64_t begin, end;
    if (time_read(row_text(row, "startDateTime"), &begin) && time_read(row_text(row, "endDateTime"), &end))
        return (double)(end - begin) / 3600000;
    const cJSON *hours = cJSON_GetObjectItem(row, "hoursWorked");
    return cJSON_IsNumber(hours) ? hours->valuedouble : 0;
}

static void check_hours(const struct write *w, struct problems *p)
{
    double hours = hours_of(w->row);
    if (!(hours > 0 && hours <= 24))
        problem(p, "Data violation: hoursWorked must be greater than 0 and at most 24");
}

/* hoursWorked alone changes nothing: start and stop decide. */
static void finish_time(const struct write *w)
{
    double hours = hours_of(w->row);
    row_set(w->row, "hoursWorked", cJSON_CreateNumber(hours));
    row_set(w->row, "hoursToBill", cJSON_CreateNumber(row_true(w->row, "isNonBillable") ? 0 : hours));
    if (!row_text(w->row, "dateWorked")[0]) {
        char day[32];
        snprintf(day, sizeof(day), "%.10sT00:00:00Z", row_text(w->row, "startDateTime"));
        row_set(w->row, "dateWorked", cJSON_CreateString(day));
    }
    ticket_touch(row_int(w->row, "ticketID", -1), w->call->creator);
}

#define COMMON check_required, check_picklists, check_references
static const check_fn note_checks[] = {COMMON, check_note_patch, check_note_title, check_lengths, NULL},
                      attachment_checks[] = {COMMON,       check_lengths, check_content,
                                             check_ending, check_budget,  NULL},
                      second_checks[] = {COMMON, check_second, NULL},
                      todo_checks[] = {COMMON, check_todo, check_same_company, check_lengths, NULL},
                      time_checks[] = {COMMON,      check_time_parent, check_work_type,
                                       check_hours, check_lengths,     NULL};

const struct rules child_rules[] = {
    {"TicketNotes", NULL, note_checks, finish_note},
    {"TicketAttachments", NULL, attachment_checks, finish_attachment},
    {"TicketSecondaryResources", NULL, second_checks, NULL},
    {"CompanyToDos", NULL, todo_checks, finish_todo},
    {"TimeEntries", NULL, time_checks, finish_time},
};
const size_t n_child_rules = ARRAY_LEN(child_rules);
