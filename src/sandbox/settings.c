/* SPDX-License-Identifier: GPL-2.0-or-later */
/* settings: how this tenant behaves: rows with default and sentence; the world file and POST
 * /sandbox/settings change them. */
#include "sandbox.h"

static const struct row {
    const char *name, *preset; /* JSON; its type is the type */
    const char *sentence;
} table[] = {
    {"strict", "false", "what Autotask silently drops (unknown operators, members, types) is an error"},
    {"all_errors", "false", "a refused write lists every problem, not the first"},
    {"lockout_after", "0", "refused logins after which the user is locked; 0 = never"},
    {"locked", "false", "the user is locked: 401 also for the right secret"},
    {"threads", "3", "calls in flight to one entity before 429; 0 = no limit"},
    {"thread_release_ms", "0", "how long after its answer a call still counts as in flight"},
    {"threshold", "10000", "calls an hour of the whole tenant"},
    {"other_calls", "0", "calls of this hour made by other integrations"},
    {"added_latency_ms", "500", "slowness from 50 % of the threshold on; twice that from 75 %"},
    {"refusal_status", "429", "answer to every call at 100 % of the threshold"},
    {"latency_ms", "0", "slowness of every call"},
    {"clock_shift_ms", "0", "moves the clock of the tenant"},
    {"attachment_bytes", "6000000", "largest attachment"},
    {"attachment_budget", "10000000", "bytes of attachments in 5 minutes; then none for 5 minutes"},
    {"attachment_data_nested", "true", "content is shown below the ticket, not at the top level"},
    {"denied_extensions", "[\".exe\",\".bat\",\".cmd\",\".com\",\".js\",\".scr\",\".vbs\"]",
     "attachments that are refused"},
    {"costs", "true", "the API user may see costs"},
    {"denied", "{}", "rights that are missing: {\"Tickets\":[\"create\",\"query\",\"update\",\"delete\"]}"},
    {"hidden", "{}",
     "rows that a restricted user silently does not see: {\"Resources\":[5]}, or true for all of them"},
    {"no_impersonation", "[]", "entities whose creation in another's name is not allowed"},
    {"token_mark", "\"\"", "letters that stand in every token and code that is handed out"},
    {"qb_consent", "\"yes\"", "QuickBooks: what the consent page says; else an error such as access_denied"},
    {"qb_code_seconds", "300", "QuickBooks: life of a code of the consent page"},
    {"qb_access_seconds", "3600", "QuickBooks: life of an access token"},
    {"qb_access_bytes", "900", "QuickBooks: length of an access token"},
    {"qb_refresh_seconds", "8726400", "QuickBooks: life of a refresh token that is not used"},
    {"qb_hard_seconds", "157680000", "QuickBooks: life of a consent"},
    {"qb_rotation", "\"always\"",
     "QuickBooks: when a refresh changes the refresh token: always, daily, never"},
    {"qb_old_lives_seconds", "0", "QuickBooks: how long a changed refresh token still works"},
    {"qb_reuse_revokes", "true", "QuickBooks: a changed refresh token that comes again ends the connection"},
    {"qb_wrong_keys", "false", "QuickBooks: development keys against a live company: 403 with code 3100"},
    {"mail_tenant", "\"northwind.example\"", "mail tokens: the only directory (tenant)"},
    {"mail_client_id", "\"11111111-2222-3333-4444-555555555555\"", "mail tokens: the only application"},
    {"mail_client_secret", "\"mail~secret#1\"", "mail tokens: its secret"},
    {"mail_public_key", "\"\"", "mail tokens: key (PEM) by which signed statements are checked"},
    {"mail_service_account", "\"desk@project.example\"", "mail tokens: the only service account"},
    {"mail_user", "\"newticket@desk.example\"", "mail tokens: the mailbox that they open"},
    {"mail_error", "0", "mail tokens: number of the AADSTS error that every request meets; 0 = none"},
    {"mail_consent", "\"yes\"",
     "mail tokens: what a person says to a login: yes, pending, or an error such as access_denied"},
    {"mail_access_seconds", "3600", "mail tokens: life of an access token"},
    {"mail_access_bytes", "1800", "mail tokens: length of an access token"},
    {"mail_revoked", "0", "mail tokens: the first so many access tokens are refused by mail servers"},
    {"qb_per_second", "10", "QuickBooks: calls a second before 429; 0 = no limit"},
    {"qb_per_minute", "500", "QuickBooks: calls a minute before 429; 0 = no limit"},
};

static cJSON *values;

static const struct row *find(const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        if (strcmp(table[i].name, name) == 0)
            return &table[i];
    }
    return NULL;
}

const cJSON *setting(const char *name)
{
    const cJSON *v = cJSON_GetObjectItemCaseSensitive(values, name);
    ENSURE(v);
    return v;
}

int64_t setting_int(const char *name)
{
    return (int64_t)setting(name)->valuedouble;
}

bool setting_true(const char *name)
{
    return cJSON_IsTrue(setting(name));
}

static int kind_of_json(const cJSON *v)
{
    return cJSON_IsBool(v) ? cJSON_True : v->type & 0xff;
}

const char *settings_change(const cJSON *changes)
{
    static char text[200];
    if (!cJSON_IsObject(changes))
        return "an object of settings is needed";
    for (const cJSON *c = changes->child; c; c = c->next) {
        const struct row *row = find(c->string);
        if (!row) {
            snprintf(text, sizeof(text), "no setting is called %.100s", c->string);
            return text;
        }
        if (kind_of_json(c) != kind_of_json(setting(c->string)) ||
            (cJSON_IsNumber(c) && (c->valuedouble < 0 || c->valuedouble > 1e15))) {
            snprintf(text, sizeof(text), "%.100s: a value like %.60s is needed", c->string, row->preset);
            return text;
        }
    }
    int64_t shift = setting_int("clock_shift_ms");
    for (const cJSON *c = changes->child; c; c = c->next)
        cJSON_ReplaceItemInObjectCaseSensitive(values, c->string, cJSON_Duplicate(c, true));
    clock_shift_ms(setting_int("clock_shift_ms") - shift);
    return NULL;
}

void settings_reset(const cJSON *of_world)
{
    if (values)
        clock_shift_ms(-setting_int("clock_shift_ms"));
    cJSON_Delete(values);
    values = cJSON_CreateObject();
    for (size_t i = 0; i < ARRAY_LEN(table); i++)
        cJSON_AddItemToObject(values, table[i].name, cJSON_Parse(table[i].preset));
    if (of_world)
        ENSURE(!settings_change(of_world)); /* checked when the file was read */
}

cJSON *settings_dump(void)
{
    return cJSON_Duplicate(values, true);
}

void settings_describe(struct buf *out)
{
    for (size_t i = 0; i < ARRAY_LEN(table); i++)
        buf_printf(out, "  %-23s %s\n  %-23s default %s\n", table[i].name, table[i].sentence, "",
                   table[i].preset);
}
