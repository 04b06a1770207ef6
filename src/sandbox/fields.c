/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fields: entityInformation/fields with string picklist values (autotask-rest.md section 6). */
#include "sandbox.h"

static void add_field(cJSON *fields, const char *name, const cJSON *values)
{
    cJSON *f = cJSON_CreateObject(), *list = NULL;
    const cJSON *v;
    cJSON_AddStringToObject(f, "name", name);
    cJSON_AddStringToObject(f, "dataType", "integer");
    cJSON_AddBoolToObject(f, "isPickList", values != NULL);
    if (values)
        list = cJSON_AddArrayToObject(f, "picklistValues");
    else
        cJSON_AddNullToObject(f, "picklistValues");
    cJSON_ArrayForEach(v, values)
    {
        cJSON *item = cJSON_CreateObject();
        char digits[24];
        snprintf(digits, sizeof(digits), "%lld", (long long)row_int(v, "value", 0));
        cJSON_AddStringToObject(item, "value", digits);
        cJSON_AddStringToObject(item, "label", row_text(v, "label"));
        cJSON_AddStringToObject(item, "parentValue", "");
        cJSON_AddBoolToObject(item, "isActive", !cJSON_IsFalse(cJSON_GetObjectItem(v, "isActive")));
        cJSON_AddItemToArray(list, item);
    }
    cJSON_AddItemToArray(fields, f);
}

void fields_answer(struct world *w, const struct entity *e, struct reply *r)
{
    cJSON *answer = cJSON_CreateObject(), *fields = cJSON_AddArrayToObject(answer, "fields");
    const cJSON *p;
    add_field(fields, "id", NULL);
    cJSON_ArrayForEach(p, cJSON_GetObjectItem(w->picklists, e->name))
    {
        add_field(fields, p->string, p);
    }
    reply_json(r, 200, answer);
}
