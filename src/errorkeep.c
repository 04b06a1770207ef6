/* SPDX-License-Identifier: GPL-2.0-or-later */
/* errorkeep: errors that were found in a mail, as JSON in its plan and back: a restart never reads the mail
 * again. A rule that is gone when they are read takes its errors along. */
#include "errors.h"

#include "frontdesk/json.h"

void errors_put_json(const struct diagnoses *found, struct buf *out)
{
    buf_putc(out, '[');
    for (size_t i = 0; i < found->n; i++) {
        const struct diagnosis *d = &found->found[i];
        json_put_name(out, NULL);
        buf_putc(out, '{');
        json_put_text(out, "rule", d->rule->id);
        json_put_text(out, "where", d->where);
        json_put_text(out, "quote", d->quote);
        json_put_int(out, "by", d->by);
        json_put_bool(out, "more", d->more_values);
        json_put_name(out, "values");
        buf_putc(out, '[');
        for (size_t k = 0; k < d->n_values; k++) {
            json_put_name(out, NULL);
            buf_putc(out, '{');
            json_put_text(out, "name", d->values[k].name);
            json_put_text(out, "text", d->values[k].text);
            buf_putc(out, '}');
        }
        buf_puts(out, "]}");
    }
    buf_putc(out, ']');
}

static const char *text_of(const struct json *object, const char *name, struct pool *pool)
{
    return pool_copy(pool, cJSON_GetStringValue(json_get(object, name).value));
}

static void read_one(const struct json *row, const struct diagnose_rule *rule, struct pool *pool,
                     struct diagnosis *d)
{
    struct err ignored = ERR_INIT;
    struct json more = json_get(row, "more"), by = json_get(row, "by"), values = json_get(row, "values");
    int64_t how = 0;
    *d = (struct diagnosis){
        .rule = rule, .where = text_of(row, "where", pool), .quote = text_of(row, "quote", pool)};
    if (json_bool(&more, false, &d->more_values, &ignored) != 0 || json_int(&by, 0, &how, &ignored) != 0)
        how = DIAGNOSE_BY_WORDS;
    d->by = (enum diagnose_by)how;
    for (int k = 0; k < json_length(&values) && d->n_values < DIAGNOSE_VALUES; k++) {
        struct json value = json_at(&values, k);
        errors_add(d, text_of(&value, "name", pool), text_of(&value, "text", pool));
    }
}

void errors_add(struct diagnosis *d, const char *name, const char *text)
{
    if (d->n_values < DIAGNOSE_VALUES)
        d->values[d->n_values++] = (struct diagnose_value){name, text};
    else
        d->more_values = true;
}

void errors_read_json(struct diagnoses *out, const char *text, const struct diagnose_rules *rules,
                      struct pool *pool)
{
    struct json root;
    struct err e = ERR_INIT;
    *out = (struct diagnoses){.unmatched = ""};
    if (!text || !text[0] || json_open(slice_of(text), &root, &e) != 0)
        return;
    for (int i = 0; i < json_length(&root) && out->n < DIAGNOSE_MOST; i++) {
        struct json row = json_at(&root, i);
        const struct diagnose_rule *rule = diagnose_rule_find(rules, slice_of(text_of(&row, "rule", pool)));
        if (rule)
            read_one(&row, rule, pool, &out->found[out->n++]);
    }
    json_close(&root);
}
