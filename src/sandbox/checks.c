/* SPDX-License-Identifier: GPL-2.0-or-later */
/* checks: what the table of fields demands of every record: types, required, picklists, references, lengths,
 * with Autotask's literal texts where one is known (autotask-rest.md 3.3). */
#include "sandbox.h"

#include <math.h>
#include <stdarg.h>

void problem(struct problems *p, const char *fmt, ...)
{
    if (p->n == MOST_PROBLEMS)
        return;
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(p->text[p->n++], sizeof(p->text[0]), fmt, ap);
    va_end(ap);
}

static bool is_there(const cJSON *v)
{
    return v && !cJSON_IsNull(v) && !(cJSON_IsString(v) && !v->valuestring[0]);
}

bool sent(const struct write *w, const char *name)
{
    return is_there(cJSON_GetObjectItem(w->sent, name));
}

/* --- times --- */

static bool two(struct scan *c, size_t digits, uint64_t min, uint64_t max, int *out)
{
    uint64_t v;
    if ((size_t)(c->end - c->p) < digits || !slice_to_u64(slice_from(c->p, digits), min, max, &v))
        return false;
    c->p += digits;
    *out = (int)v;
    return true;
}

bool time_read(const char *text, int64_t *ms)
{
    struct scan c = scan_of(slice_of(text));
    struct tm tm = {0};
    int year, month, fraction = 0, scale = 100;
    if (!two(&c, 4, 1753, 9999, &year) || !scan_char(&c, '-') || !two(&c, 2, 1, 12, &month) ||
        !scan_char(&c, '-') || !two(&c, 2, 1, 31, &tm.tm_mday))
        return false;
    tm.tm_year = year - 1900;
    tm.tm_mon = month - 1;
    if (scan_char(&c, 'T')) {
        if (!two(&c, 2, 0, 23, &tm.tm_hour) || !scan_char(&c, ':') || !two(&c, 2, 0, 59, &tm.tm_min) ||
            !scan_char(&c, ':') || !two(&c, 2, 0, 59, &tm.tm_sec))
            return false;
        if (scan_char(&c, '.')) {
            for (int n = 0; n < 7 && scan_peek(&c) >= '0' && scan_peek(&c) <= '9'; n++, scale /= 10)
                fraction += (scan_next(&c) - '0') * scale;
        }
        scan_char(&c, 'Z');
    }
    int day = tm.tm_mday;
    *ms = (int64_t)timegm(&tm) * 1000 + fraction;
    return scan_end(&c) && tm.tm_mday == day;
}

/* --- types --- */

static size_t utf16_units(const char *s)
{
    size_t n = 0;
    for (; *s; s++)
        n += ((unsigned char)*s & 0xc0) != 0x80 ? ((unsigned char)*s >= 0xf0 ? 2 : 1) : 0;
    return n;
}

static bool type_fits(const struct field *f, const cJSON *v)
{
    int64_t ms;
    if (!v || cJSON_IsNull(v))
        return true;
    switch (f->type) {
    case T_LONG:
        return cJSON_IsNumber(v) && v->valuedouble == floor(v->valuedouble) && fabs(v->valuedouble) < 9e15;
    case T_DECIMAL:
        return cJSON_IsNumber(v);
    case T_BOOL:
        return cJSON_IsBool(v);
    case T_TEXT:
        return cJSON_IsString(v);
    case T_TIME:
    case T_DAY:
        return cJSON_IsString(v) && (!v->valuestring[0] || time_read(v->valuestring, &ms));
    }
    return false;
}

void check_types(const struct write *w, struct problems *p)
{
    for (const cJSON *m = w->sent->child; m; m = m->next) {
        const struct field *f = kind_field(w->kind, m->string);
        if (f && !type_fits(f, m))
            problem(p, "Unexpected character encountered while parsing value: %s. Path '%s', line 1.",
                    cJSON_IsTrue(m)     ? "t"
                    : cJSON_IsFalse(m)  ? "f"
                    : cJSON_IsString(m) ? "\""
                                        : "?",
                    f->name);
    }
}

void check_required(const struct write *w, struct problems *p)
{
    for (size_t i = 0; i < w->kind->n_fields; i++) {
        const struct field *f = &w->kind->fields[i];
        const cJSON *v = cJSON_GetObjectItem(w->sent, f->name);
        /* the address names the parent */
        bool by_path = w->kind->parent_key && strcmp(f->name, w->kind->parent_key) == 0;
        if (!(f->flags & REQUIRED) || by_path || is_there(v) || (!v && !w->whole))
            continue;
        if (w->kind->parent && f->of)
            problem(p, "Value does not exist for the required field %s", f->name);
        else
            problem(p, "Missing Required Field: %s", f->name);
    }
}

static const cJSON *value_of(const cJSON *list, int64_t value)
{
    const cJSON *item;
    cJSON_ArrayForEach(item, list)
    {
        if (row_int(item, "value", INT64_MIN) == value &&
            !cJSON_IsFalse(cJSON_GetObjectItem(item, "isActive")))
            return item;
    }
    return NULL;
}

void check_picklists(const struct write *w, struct problems *p)
{
    const cJSON *lists = cJSON_GetObjectItem(world.picklists, w->kind->name);
    for (size_t i = 0; i < w->kind->n_fields; i++) {
        const struct field *f = &w->kind->fields[i];
        const cJSON *list = cJSON_GetObjectItem(lists, f->name);
        /* a child value has to fit when its parent changes too */
        bool touched = sent(w, f->name) || (f->of && sent(w, f->of));
        if (!(f->flags & PICKLIST) || !list || !touched || !is_there(cJSON_GetObjectItem(w->row, f->name)))
            continue;
        int64_t v = row_int(w->row, f->name, INT64_MIN);
        const cJSON *item = value_of(list, v);
        if (!item)
            problem(p, "Picklist value [%lld] does not exist for %s ; on record number [1].", (long long)v,
                    f->name);
        else if (f->of && row_int(item, "parentValue", INT64_MIN) != row_int(w->row, f->of, INT64_MAX))
            problem(p, "Value does not exist for child picklist: %s", f->name);
    }
}

static bool reference_valid(const struct field *f, int64_t id)
{
    const struct entity *e = world_singular(f->of);
    const cJSON *row = e ? entity_row(e, id) : NULL;
    if (!e)
        return true; /* an entity that this world does not have */
    if (!row)
        return false;
    if (strcmp(f->of, "Contact") == 0)
        return row_int(row, "isActive", 0) == 1;
    if (f->flags & ASSIGNED)
        return can_be_assigned(id);
    return true;
}

void check_references(const struct write *w, struct problems *p)
{
    for (size_t i = 0; i < w->kind->n_fields; i++) {
        const struct field *f = &w->kind->fields[i];
        if (!f->of || f->flags & PICKLIST || !sent(w, f->name))
            continue;
        if (!reference_valid(f, row_int(w->sent, f->name, -1)))
            problem(p, "Reference value on field: %s of type: %s does not exist or is invalid.", f->name,
                    f->of);
    }
}

/* The text for an over-long value is not known; this one follows that of webhooks. */
void check_lengths(const struct write *w, struct problems *p)
{
    for (const cJSON *m = w->sent->child; m; m = m->next) {
        const struct field *f = kind_field(w->kind, m->string);
        if (f && f->length && cJSON_IsString(m) && utf16_units(m->valuestring) > f->length)
            problem(p, "%s must be less than or equal to %u characters", f->name, f->length);
    }
}
