/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * books_store: the records of the simulated QuickBooks. In the world file the group "quickbooks" holds realm,
 * client_id, client_secret, redirects [addresses], CompanyInfo, Preferences, and entities {"Item": [...]}.
 * What every record has (SyncToken, MetaData, domain, sparse; Active of a list) is filled in.
 */
#include "books.h"

static const cJSON *group; /* of the world file */
static cJSON *store;       /* CompanyInfo, Preferences, and one array an entity */
static uint64_t highest[MOST_BOOK_KINDS];

static const char *const singles[] = {"CompanyInfo", "Preferences"};

static bool is_single(const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(singles); i++) {
        if (strcmp(singles[i], name) == 0)
            return true;
    }
    return false;
}

/* NULL when `list` can be put. */
static const char *list_problem(const cJSON *list)
{
    static char text[200];
    const cJSON *row;
    if (is_single(list->string))
        return cJSON_IsObject(list) ? NULL : "CompanyInfo and Preferences are objects";
    const struct book_kind *k = book_kind(slice_of(list->string));
    if (!k || strcmp(k->name, list->string) != 0 || !cJSON_IsArray(list)) {
        snprintf(text, sizeof(text), "%.100s: a list of records of an entity is needed", list->string);
        return text;
    }
    cJSON_ArrayForEach(row, list)
    {
        if (row_text(row, "Id")[0])
            continue;
        snprintf(text, sizeof(text), "%.100s: a record needs its Id, as text", list->string);
        return text;
    }
    return NULL;
}

int books_check(const cJSON *source, struct err *e)
{
    static const char *const texts[] = {"realm", "client_id", "client_secret"};
    if (!source)
        return 0;
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        if (!row_text(source, texts[i])[0])
            return err_set(e, ERR_CONFIG, "quickbooks: %s is missing", texts[i]);
    }
    const cJSON *all = cJSON_GetObjectItemCaseSensitive(source, "entities");
    for (const cJSON *list = all ? all->child : NULL; list; list = list->next) {
        const char *wrong = list_problem(list);
        if (wrong)
            return err_set(e, ERR_CONFIG, "quickbooks: %s", wrong);
    }
    return 0;
}

static void fill(cJSON *row, const char *name, const char *json)
{
    if (!cJSON_GetObjectItemCaseSensitive(row, name))
        cJSON_AddItemToObject(row, name, cJSON_Parse(json));
}

static cJSON *completed(const struct book_kind *k, const cJSON *row)
{
    cJSON *copy = cJSON_Duplicate(row, true);
    if (k->is_list)
        fill(copy, "Active", "true");
    fill(copy, "domain", "\"QBO\"");
    fill(copy, "sparse", "false");
    fill(copy, "SyncToken", "\"0\"");
    fill(copy, "MetaData",
         "{\"CreateTime\":\"2026-01-05T09:00:00-08:00\",\"LastUpdatedTime\":\"2026-01-05T09:00:00-08:00\"}");
    return copy;
}

/* Is this Id higher than any before? Then no other record has it, and thousands load without searching. */
static bool is_new_id(const struct book_kind *k, const char *id)
{
    uint64_t n, *most = &highest[k - book_kinds];
    if (!slice_to_u64(slice_of(id), 0, INT64_MAX, &n) || n <= *most)
        return false;
    *most = n;
    return true;
}

static void put_record(const struct book_kind *k, const cJSON *row)
{
    cJSON *list = cJSON_GetObjectItemCaseSensitive(store, k->name), *old;
    if (!list)
        list = cJSON_AddArrayToObject(store, k->name);
    if (is_new_id(k, row_text(row, "Id"))) {
        cJSON_AddItemToArray(list, completed(k, row));
        return;
    }
    cJSON_ArrayForEach(old, list)
    {
        if (strcmp(row_text(old, "Id"), row_text(row, "Id")) == 0) {
            cJSON_ReplaceItemViaPointer(list, old, completed(k, row));
            return;
        }
    }
    cJSON_AddItemToArray(list, completed(k, row));
}

const char *books_put(const cJSON *all)
{
    const cJSON *row;
    if (!cJSON_IsObject(all))
        return "an object of lists of records is needed";
    for (const cJSON *list = all->child; list; list = list->next) {
        const char *wrong = list_problem(list);
        if (wrong)
            return wrong;
        if (is_single(list->string)) {
            row_set(store, list->string, cJSON_Duplicate(list, true));
            continue;
        }
        cJSON_ArrayForEach(row, list)
        {
            put_record(book_kind(slice_of(list->string)), row);
        }
    }
    return NULL;
}

void books_reset(const cJSON *source)
{
    group = source;
    cJSON_Delete(store);
    store = cJSON_CreateObject();
    memset(highest, 0, sizeof(highest));
    for (size_t i = 0; i < ARRAY_LEN(singles); i++) {
        const cJSON *own = cJSON_GetObjectItemCaseSensitive(source, singles[i]);
        cJSON_AddItemToObject(store, singles[i], own ? cJSON_Duplicate(own, true) : cJSON_CreateObject());
    }
    const cJSON *all = cJSON_GetObjectItemCaseSensitive(source, "entities");
    if (all)
        ENSURE(!books_put(all)); /* checked when the file was read */
}

const cJSON *books_rows(const struct book_kind *k)
{
    return cJSON_GetObjectItemCaseSensitive(store, k->name);
}

const cJSON *books_row(const struct book_kind *k, const char *id)
{
    const cJSON *row;
    cJSON_ArrayForEach(row, books_rows(k))
    {
        if (strcmp(row_text(row, "Id"), id) == 0)
            return row;
    }
    return NULL;
}

const cJSON *books_member(const char *name)
{
    const cJSON *own = cJSON_GetObjectItemCaseSensitive(store, name);
    return own ? own : cJSON_GetObjectItemCaseSensitive(group, name);
}

cJSON *books_dump(void)
{
    return cJSON_Duplicate(store, true);
}
