/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * filter: conditions, groups, thirteen operators (autotask-rest.md 2.2). An unknown operator is dropped, as
 * in the real system, which makes the result wider; a strict world refuses it.
 */
#include "sandbox.h"

enum { MOST_OR = 500 };

/* What a condition compares: the value of the record and that of the query, under the field's type. */
struct pair {
    const struct field *field; /* NULL: a user-defined one */
    const cJSON *row, *value;
};

/* -1, 0, 1; -2 = not comparable, which no operator matches */
static int compare(const struct field *f, const cJSON *row, const cJSON *value)
{
    int64_t a, b;
    if (cJSON_IsNumber(row) && cJSON_IsNumber(value))
        return (row->valuedouble > value->valuedouble) - (row->valuedouble < value->valuedouble);
    if (cJSON_IsBool(row) && cJSON_IsBool(value))
        return cJSON_IsTrue(row) - cJSON_IsTrue(value);
    if (!cJSON_IsString(row) || !cJSON_IsString(value))
        return -2;
    if (f && (f->type == T_TIME || f->type == T_DAY))
        return time_read(row->valuestring, &a) && time_read(value->valuestring, &b) ? (a > b) - (a < b) : -2;
    int c = strcasecmp(row->valuestring, value->valuestring);
    return (c > 0) - (c < 0);
}

static bool there(const struct pair *p)
{
    return p->row && !cJSON_IsNull(p->row);
}

static bool op_eq(const struct pair *p)
{
    return compare(p->field, p->row, p->value) == 0;
}

static bool op_noteq(const struct pair *p)
{
    int c = compare(p->field, p->row, p->value);
    return c == -1 || c == 1;
}

static bool op_gt(const struct pair *p)
{
    return compare(p->field, p->row, p->value) == 1;
}

static bool op_gte(const struct pair *p)
{
    return compare(p->field, p->row, p->value) >= 0;
}

static bool op_lt(const struct pair *p)
{
    return compare(p->field, p->row, p->value) == -1;
}

static bool op_lte(const struct pair *p)
{
    int c = compare(p->field, p->row, p->value);
    return c == -1 || c == 0;
}

static bool op_not_exist(const struct pair *p)
{
    return !there(p);
}

static bool op_in(const struct pair *p)
{
    const cJSON *v;
    cJSON_ArrayForEach(v, p->value)
    {
        if (compare(p->field, p->row, v) == 0)
            return true;
    }
    return false;
}

static bool op_not_in(const struct pair *p)
{
    return there(p) && !op_in(p);
}

static bool texts(const struct pair *p, struct slice *a, struct slice *b)
{
    *a = slice_of(cJSON_GetStringValue(p->row));
    *b = slice_of(cJSON_GetStringValue(p->value));
    return cJSON_IsString(p->row) && cJSON_IsString(p->value);
}

static bool op_begins(const struct pair *p)
{
    struct slice a, b;
    return texts(p, &a, &b) && slice_starts_nocase(a, b);
}

static bool op_ends(const struct pair *p)
{
    struct slice a, b;
    return texts(p, &a, &b) && slice_ends_nocase(a, b);
}

static bool op_contains(const struct pair *p)
{
    struct slice a, b;
    return texts(p, &a, &b) && slice_find_nocase(a, b) >= 0;
}

static const struct op {
    const char *name;
    bool (*test)(const struct pair *p);
    enum { NO_VALUE, ONE_VALUE, LIST } takes;
} ops[] = {
    {"eq", op_eq, ONE_VALUE},
    {"noteq", op_noteq, ONE_VALUE},
    {"gt", op_gt, ONE_VALUE},
    {"gte", op_gte, ONE_VALUE},
    {"lt", op_lt, ONE_VALUE},
    {"lte", op_lte, ONE_VALUE},
    {"beginsWith", op_begins, ONE_VALUE},
    {"endsWith", op_ends, ONE_VALUE},
    {"contains", op_contains, ONE_VALUE},
    {"exist", there, NO_VALUE},
    {"notExist", op_not_exist, NO_VALUE},
    {"in", op_in, LIST},
    {"notIn", op_not_in, LIST},
};

static const struct op *op_named(const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(ops); i++) {
        if (strcasecmp(ops[i].name, name) == 0)
            return &ops[i];
    }
    return NULL;
}

static bool is_or(const cJSON *group)
{
    return strcasecmp(row_text(group, "op"), "or") == 0;
}

static const cJSON *user_value(const cJSON *row, const char *name)
{
    const cJSON *u;
    cJSON_ArrayForEach(u, cJSON_GetObjectItem(row, "userDefinedFields"))
    {
        if (strcasecmp(row_text(u, "name"), name) == 0)
            return cJSON_GetObjectItem(u, "value");
    }
    return NULL;
}

static bool group_fits(const struct kind *k, const cJSON *row, const cJSON *filters, bool any)
{
    const cJSON *f;
    bool result = !any;
    cJSON_ArrayForEach(f, filters)
    {
        const cJSON *items = cJSON_GetObjectItem(f, "items");
        const struct op *op = op_named(row_text(f, "op"));
        const char *name = row_text(f, "field");
        struct pair p = {.field = kind_field(k, name), .value = cJSON_GetObjectItem(f, "value")};
        p.row = row_true(f, "udf") ? user_value(row, name) : cJSON_GetObjectItem(row, name);
        if (!items && !op)
            continue; /* dropped */
        bool fits = items ? group_fits(k, row, items, is_or(f)) : op->test(&p);
        result = any ? result || fits : result && fits;
    }
    return result;
}

bool filter_fits(const struct kind *k, const cJSON *row, const cJSON *filters)
{
    return group_fits(k, row, filters, false);
}

/* --- what is wrong with a query --- */

struct look {
    const struct kind *kind;
    char *text;
    size_t size;
    unsigned ors, user_fields;
};

static const char *say(struct look *l, const char *words, const char *name)
{
    snprintf(l->text, l->size, "%s%.100s", words, name);
    return l->text;
}

static const char *unknown_field(struct look *l, const char *name)
{
    snprintf(l->text, l->size, "Unable to find %.100s in the %s Entity", name, l->kind->singular);
    return l->text;
}

static bool fits_type(const struct field *f, const cJSON *v)
{
    bool number = f->type == T_LONG || f->type == T_DECIMAL;
    return f->type == T_BOOL ? cJSON_IsBool(v) : number ? cJSON_IsNumber(v) : cJSON_IsString(v);
}

/* A value of the wrong type matches nothing; only booleans are refused. */
static const char *value_problem(struct look *l, const struct field *f, const struct op *op, const cJSON *v)
{
    bool strict = setting_true("strict");
    if (op->takes == ONE_VALUE && f->type == T_BOOL && !cJSON_IsBool(v))
        return say(l, "The value of a boolean field must be true or false: ", f->name);
    if (strict && op->takes == ONE_VALUE && !fits_type(f, v))
        return say(l, "strict: a value of this type matches nothing: ", f->name);
    if (!strict || op->takes != LIST)
        return NULL;
    if (!cJSON_IsArray(v))
        return say(l, "strict: a list is needed: ", f->name);
    for (const cJSON *each = v->child; each; each = each->next) {
        if (!fits_type(f, each))
            return say(l, "strict: a value of this type matches nothing: ", f->name);
    }
    return NULL;
}

static const char *condition_problem(struct look *l, const cJSON *f, bool in_or)
{
    const struct op *op = op_named(row_text(f, "op"));
    const cJSON *value = cJSON_GetObjectItem(f, "value");
    const char *name = row_text(f, "field");
    l->ors += op && op->takes == LIST ? (unsigned)cJSON_GetArraySize(value) : in_or;
    if (!op && setting_true("strict"))
        return say(l, "strict: unknown operator ", row_text(f, "op"));
    if (row_true(f, "udf"))
        return ++l->user_fields > 1 ? say(l, "A query may hold one user-defined field only: ", name) : NULL;
    const struct field *field = kind_field(l->kind, name);
    if (!field || field->flags & NOT_QUERYABLE)
        return unknown_field(l, name);
    return op ? value_problem(l, field, op, value) : NULL;
}

static const char *filters_problem(struct look *l, const cJSON *filters, bool in_or)
{
    const cJSON *f;
    const char *wrong = NULL;
    cJSON_ArrayForEach(f, filters)
    {
        const cJSON *items = cJSON_GetObjectItem(f, "items");
        wrong = items ? filters_problem(l, items, is_or(f)) : condition_problem(l, f, in_or);
        if (wrong)
            break;
    }
    return wrong;
}

/* Keys that the real system ignores: a strict world does not. */
static const char *keys_problem(struct look *l, const cJSON *query)
{
    static const char *const keys[] = {"filter", "MaxRecords", "IncludeFields"};
    for (const cJSON *m = query->child; m && setting_true("strict"); m = m->next) {
        bool known = false;
        for (size_t i = 0; i < ARRAY_LEN(keys); i++)
            known = known || strcasecmp(keys[i], m->string) == 0;
        if (!known)
            return say(l, "strict: unknown key ", m->string);
    }
    return NULL;
}

const char *filter_problem(const struct kind *k, const cJSON *query, char *text, size_t size)
{
    struct look l = {.kind = k, .text = text, .size = size};
    const cJSON *filters = cJSON_GetObjectItem(query, "filter"), *name,
                *page = cJSON_GetObjectItem(query, "MaxRecords");
    if (!cJSON_IsArray(filters) || !filters->child)
        return "Value cannot be null. Parameter name: filters";
    if (page && (row_int(query, "MaxRecords", 0) < 1 || row_int(query, "MaxRecords", 0) > 500))
        return "maxCountOfRecordsToReturn must be between 1 and 500";
    const char *wrong = filters_problem(&l, filters, false);
    if (wrong)
        return wrong;
    if (l.ors > MOST_OR)
        return "Invalid query syntax. Queries are limited to 500 or fewer 'OR' conditions.";
    cJSON_ArrayForEach(name, cJSON_GetObjectItem(query, "IncludeFields"))
    {
        const char *s = cJSON_IsString(name) ? name->valuestring : "";
        if (!kind_field(k, s) && strcasecmp(s, "userDefinedFields") != 0)
            return unknown_field(&l, s);
    }
    return keys_problem(&l, query);
}
