/* SPDX-License-Identifier: GPL-2.0-or-later */
/* login: zone, versions, the three headers, lockout, rights and impersonation (autotask-rest.md section 1).
 */
#include "sandbox.h"

static unsigned failures; /* refused logins since the last good one */

void login_reset(void)
{
    failures = 0;
}

void login_zone(struct call *c)
{
    char api[160];
    if (!c->ask_user || strcasecmp(c->ask_user, row_text(world.api, "user")) != 0) {
        reply_error(&c->reply, "Zone information could not be determined");
        return;
    }
    snprintf(api, sizeof(api), "%satservicesrest/", server_url());
    cJSON *o = cJSON_CreateObject();
    cJSON_AddStringToObject(o, "zoneName", "Sandbox");
    cJSON_AddStringToObject(o, "url", api);
    cJSON_AddStringToObject(o, "webUrl", server_url());
    cJSON_AddNumberToObject(o, "ci", 123456);
    reply_json(&c->reply, 200, o);
}

void login_versions(struct call *c)
{
    cJSON *o = cJSON_CreateObject(), *list = cJSON_AddArrayToObject(o, "apiVersions");
    cJSON_AddItemToArray(list, cJSON_CreateString("1.0"));
    reply_json(&c->reply, 200, o);
}

void login_version(struct call *c)
{
    cJSON *o = cJSON_CreateObject();
    cJSON_AddNumberToObject(o, "majorVersion", 2026);
    cJSON_AddNumberToObject(o, "minorVersion", 3);
    cJSON_AddStringToObject(o, "build", "sandbox");
    cJSON_AddStringToObject(o, "customerType", "Test");
    reply_json(&c->reply, 200, o);
}

static bool same(const char *sent, const char *name)
{
    return sent && strcmp(sent, row_text(world.api, name)) == 0;
}

static void lock_user(void)
{
    cJSON *o = cJSON_CreateObject();
    cJSON_AddTrueToObject(o, "locked");
    ENSURE(!settings_change(o));
    cJSON_Delete(o);
}

/* Whatever is wrong, the answer is the same: 401 without a body. */
bool login_accept(struct call *c)
{
    bool known = c->user && strcasecmp(c->user, row_text(world.api, "user")) == 0;
    if (known && same(c->secret, "secret") && same(c->code, "code") && !setting_true("locked")) {
        failures = 0;
        return true;
    }
    if (known && setting_int("lockout_after") && ++failures >= (unsigned)setting_int("lockout_after"))
        lock_user();
    c->reply.status = 401;
    return false;
}

static bool listed(const cJSON *list, const char *word)
{
    const cJSON *item;
    cJSON_ArrayForEach(item, list)
    {
        if (cJSON_IsString(item) && strcasecmp(item->valuestring, word) == 0)
            return true;
    }
    return false;
}

static void no_right(struct call *c, const char *verb)
{
    char text[200];
    snprintf(text, sizeof(text),
             "The logged in Resource does not have the adequate permissions to %s this entity type.", verb);
    reply_error(&c->reply, text);
}

bool login_may(struct call *c, const char *verb)
{
    const char *name = c->entity->kind->name;
    bool query = strcmp(verb, "query") == 0;
    if (!listed(cJSON_GetObjectItem(setting("denied"), name), verb) && !(query && c->acts))
        return true;
    no_right(c, verb); /* impersonation on a query causes this too */
    return false;
}

bool login_impersonate(struct call *c)
{
    const struct kind *k = c->entity->kind;
    uint64_t id;
    c->creator = row_int(world.api, "resource", 0);
    if (!c->acts || !(k->can & IMPERSONATE))
        return true; /* without support the header is silently ignored */
    const cJSON *row =
        slice_to_u64(slice_of(c->acts), 0, INT64_MAX, &id) ? world_row("Resources", (int64_t)id) : NULL;
    if (!row || !can_be_assigned((int64_t)id) || !row_true(row, "_impersonation") ||
        listed(setting("no_impersonation"), k->name)) {
        no_right(c, strcmp(c->method, "POST") == 0 ? "create" : "update");
        return false;
    }
    c->impersonator = c->creator;
    c->creator = (int64_t)id;
    return true;
}
