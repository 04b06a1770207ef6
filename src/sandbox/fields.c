/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fields: metadata out of the tables and the world's picklists (autotask-rest.md section 6). */
#include "sandbox.h"

static bool has_right(const struct kind *k, const char *verb)
{
    const cJSON *v;
    cJSON_ArrayForEach(v, cJSON_GetObjectItem(setting("denied"), k->name))
    {
        if (cJSON_IsString(v) && strcmp(v->valuestring, verb) == 0)
            return false;
    }
    return true;
}

static cJSON *describe(const struct kind *k)
{
    static const struct {
        const char *verb, *can, *access;
        unsigned flag; /* 0 = always */
    } rights[] = {{"create", "canCreate", "userAccessForCreate", CREATE},
                  {"delete", "canDelete", "userAccessForDelete", REMOVE},
                  {"query", "canQuery", "userAccessForQuery", 0},
                  {"update", "canUpdate", "userAccessForUpdate", UPDATE}};
    cJSON *o = cJSON_CreateObject();
    cJSON_AddStringToObject(o, "name", k->singular);
    for (size_t i = 0; i < ARRAY_LEN(rights); i++) {
        bool can = !rights[i].flag || k->can & rights[i].flag;
        bool hidden = rights[i].flag == 0 && cJSON_GetObjectItem(setting("hidden"), k->name);
        cJSON_AddBoolToObject(o, rights[i].can, can);
        cJSON_AddStringToObject(o, rights[i].access,
                                !can || !has_right(k, rights[i].verb) ? "None"
                                : hidden                              ? "Restricted"
                                                                      : "All");
    }
    cJSON_AddBoolToObject(o, "hasUserDefinedFields", (k->can & USER_FIELDS) != 0);
    cJSON_AddBoolToObject(o, "supportsWebhookCallouts", false);
    return o;
}

void fields_entities(struct call *c)
{
    cJSON *answer = cJSON_CreateObject(), *list = cJSON_AddArrayToObject(answer, "entityDescriptions");
    for (size_t i = 0; i < n_kinds; i++)
        cJSON_AddItemToArray(list, describe(&kinds[i]));
    reply_json(&c->reply, 200, answer);
}

void fields_entity(struct call *c)
{
    cJSON *answer = cJSON_CreateObject();
    cJSON_AddItemToObject(answer, "info", describe(c->entity->kind));
    reply_json(&c->reply, 200, answer);
}

/* Values are strings here and integers in records. */
static cJSON *value_shown(const cJSON *v)
{
    cJSON *item = cJSON_CreateObject();
    const cJSON *parent = cJSON_GetObjectItem(v, "parentValue");
    char digits[24];
    snprintf(digits, sizeof(digits), "%lld", (long long)row_int(v, "value", 0));
    cJSON_AddStringToObject(item, "value", digits);
    cJSON_AddStringToObject(item, "label", row_text(v, "label"));
    cJSON_AddBoolToObject(item, "isDefaultValue", row_true(v, "isDefaultValue"));
    cJSON_AddNumberToObject(item, "sortOrder", (double)row_int(v, "sortOrder", 0));
    snprintf(digits, sizeof(digits), "%lld", (long long)row_int(v, "parentValue", 0));
    cJSON_AddStringToObject(item, "parentValue", parent ? digits : "");
    cJSON_AddBoolToObject(item, "isActive", !cJSON_IsFalse(cJSON_GetObjectItem(v, "isActive")));
    cJSON_AddBoolToObject(item, "isSystem", row_true(v, "isSystem"));
    return item;
}

static cJSON *field_shown(const struct field *f, const cJSON *values)
{
    static const char *const types[] = {[T_LONG] = "integer", [T_TEXT] = "string",   [T_DECIMAL] = "decimal",
                                        [T_BOOL] = "boolean", [T_TIME] = "datetime", [T_DAY] = "datetime"};
    cJSON *o = cJSON_CreateObject(), *list;
    const cJSON *v;
    bool picklist = f->flags & PICKLIST, reference = f->of && !picklist;
    cJSON_AddStringToObject(o, "name", f->name);
    cJSON_AddStringToObject(o, "dataType", strcmp(f->name, "id") == 0 ? "long" : types[f->type]);
    cJSON_AddNumberToObject(o, "length", f->length);
    cJSON_AddBoolToObject(o, "isRequired", (f->flags & REQUIRED) != 0);
    cJSON_AddBoolToObject(o, "isReadOnly", (f->flags & READ_ONLY) != 0);
    cJSON_AddBoolToObject(o, "isQueryable", !(f->flags & NOT_QUERYABLE));
    cJSON_AddBoolToObject(o, "isReference", reference);
    cJSON_AddStringToObject(o, "referenceEntityType", reference ? f->of : "");
    cJSON_AddBoolToObject(o, "isPickList", picklist);
    list = picklist ? cJSON_AddArrayToObject(o, "picklistValues") : NULL;
    if (!picklist)
        cJSON_AddNullToObject(o, "picklistValues");
    cJSON_ArrayForEach(v, values)
    {
        cJSON_AddItemToArray(list, value_shown(v));
    }
    cJSON_AddStringToObject(o, "picklistParentValueField", picklist && f->of ? f->of : "");
    cJSON_AddBoolToObject(o, "isSupportedWebhookField", false);
    return o;
}

void fields_list(struct call *c)
{
    const struct kind *k = c->entity->kind;
    const cJSON *lists = cJSON_GetObjectItem(world.picklists, k->name);
    cJSON *answer = cJSON_CreateObject(), *fields = cJSON_AddArrayToObject(answer, "fields");
    for (size_t i = 0; i < k->n_fields; i++) {
        const struct field *f = &k->fields[i];
        const cJSON *values = f->flags & PICKLIST ? cJSON_GetObjectItem(lists, f->name) : NULL;
        cJSON_AddItemToArray(fields, field_shown(f, values));
    }
    reply_json(&c->reply, 200, answer);
}

/* Rows of the world as they stand; they have `type`, not `dataType`. */
void fields_user(struct call *c)
{
    const cJSON *own =
        cJSON_GetObjectItem(cJSON_GetObjectItem(world.source, "userDefinedFields"), c->entity->kind->name);
    cJSON *answer = cJSON_CreateObject();
    cJSON_AddItemToObject(answer, "fields", own ? cJSON_Duplicate(own, true) : cJSON_CreateArray());
    reply_json(&c->reply, 200, answer);
}
