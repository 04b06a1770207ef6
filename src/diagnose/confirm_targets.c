/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * confirm_targets: what is looked at for an error: the records that the mail names, as the check of the rule
 * wants them; else the invoices that stand in ERROR.
 */
#include "confirm_private.h"

enum { IN_ERROR_MOST = 500 };

/* --- what the mail names --- */

static bool is_error_word(const char *text)
{
    return slice_eq_nocase(slice_trim(slice_of(text)), SLICE("ERROR"));
}

/* The i-th value of a name, NULL = there is none; ERROR is no number. */
static const char *value_of(const struct diagnosis *d, const char *name, size_t i)
{
    for (size_t k = 0; k < d->n_values; k++) {
        if (strcmp(d->values[k].name, name) != 0 || !d->values[k].text[0] || is_error_word(d->values[k].text))
            continue;
        if (i-- == 0)
            return d->values[k].text;
    }
    return NULL;
}

static size_t count_of(const struct diagnosis *d, const char *name)
{
    size_t n = 0;
    while (value_of(d, name, n))
        n++;
    return n;
}

static void add_target(struct targets *out, const struct target *t)
{
    for (size_t i = 0; i < out->n; i++) {
        if (slice_eq_nocase(slice_of(out->v[i].question.argument), slice_of(t->question.argument)))
            return;
    }
    if (out->n == DIAGNOSE_LOOKS)
        out->more++;
    else
        out->v[out->n++] = *t;
}

/* As many targets as the mail has values of the first of these names that it has any of. */
static bool add_named(struct targets *out, const struct diagnosis *d, const struct check *check,
                      const char *what, const char *const *names)
{
    for (; *names; names++) {
        const char *text;
        for (size_t i = 0; (text = value_of(d, *names, i)) != NULL; i++) {
            struct target t = {.what = what,
                               .said = text,
                               .question = {.check = check, .argument = text, .number_said = ""},
                               .id = ""};
            add_target(out, &t);
        }
        if (out->n)
            return true;
    }
    return false;
}

/* Numbers, else ids of Autotask, else the number that QuickBooks names: Autotask's own, where it numbers. */
static bool add_invoices(struct targets *out, const struct diagnosis *d, const struct check *check)
{
    static const char *const names[] = {"invoice_number", "invoice_id", "doc_number"};
    size_t ids = count_of(d, "invoice_id"), numbers = count_of(d, "invoice_number");
    const char *said = diagnose_value(d, "doc_number");
    for (size_t k = 0; k < ARRAY_LEN(names) && !out->n; k++) {
        const char *text;
        for (size_t i = 0; (text = value_of(d, names[k], i)) != NULL; i++) {
            struct target t = {
                .what = "invoice",
                .said = text,
                .question = {.check = check, .argument = text, .by_id = k == 1, .number_said = said},
                .id = k == 0 && ids == numbers ? value_of(d, "invoice_id", i) : ""};
            add_target(out, &t);
        }
    }
    return out->n > 0;
}

/* --- those in ERROR --- */

static int newest_first(const void *a, const void *b)
{
    const struct autotask_invoice *x = a, *y = b;
    if (x->created_ms != y->created_ms)
        return x->created_ms < y->created_ms ? 1 : -1;
    return (x->id < y->id) - (x->id > y->id);
}

static int read_in_error(struct diagnose_reading *r, struct err *e)
{
    if (!r->in_error_read) {
        struct autotask_invoices *all = &r->in_error;
        bool more = false;
        size_t n = 0;
        r->in_error_read = true;
        r->in_error_rc = autotask_invoices(r->sources->autotask, AT_INVOICES_ERROR, 0, 0, IN_ERROR_MOST,
                                           r->pool, all, &more, &r->in_error_e);
        for (size_t i = 0; r->in_error_rc == 0 && i < all->n; i++) {
            if (!all->v[i].voided)
                all->v[n++] = all->v[i];
        }
        all->n = n;
        if (n)
            qsort(all->v, n, sizeof(*all->v), newest_first);
    }
    if (r->in_error_rc != 0)
        *e = r->in_error_e;
    return r->in_error_rc;
}

static bool is_of(const struct autotask_customers *companies, int64_t id)
{
    for (size_t i = 0; i < companies->n; i++) {
        if (companies->v[i].id == id)
            return true;
    }
    return false;
}

static int search(struct diagnose_reading *r, const struct diagnosis *d, const struct check *check,
                  struct targets *out, struct err *e)
{
    struct autotask_customers companies = {.n = 0};
    out->searched = true;
    out->company = diagnose_value(d, "customer_name");
    if (read_in_error(r, e) != 0)
        return -1;
    if (out->company[0] &&
        autotask_customers_named(r->sources->autotask, out->company, r->pool, &companies, e) != 0)
        return -1;
    for (size_t i = 0; i < r->in_error.n; i++) {
        const struct autotask_invoice *inv = &r->in_error.v[i];
        if (out->company[0] && !is_of(&companies, inv->company_id))
            continue;
        out->in_error++;
        struct target t = {.what = "invoice",
                           .said = "",
                           .question = {.check = check,
                                        .argument = pool_printf(r->pool, "%lld", (long long)inv->id),
                                        .by_id = true,
                                        .number_said = diagnose_value(d, "doc_number")},
                           .id = ""};
        add_target(out, &t);
    }
    out->more = 0; /* of those searched `in_error` tells */
    return 0;
}

/* --- all of it --- */

static bool is_named(const struct check *check, const char *name)
{
    return strcmp(check->name, name) == 0;
}

/* Records by name. False: the mail names none, and it is about the lines or the customer of an invoice. */
static bool add_records(struct targets *out, const struct diagnosis *d, const struct check *check)
{
    static const char *const customers[] = {"customer_name", "vendor_name", "object_name", NULL},
                             *const items[] = {"item_name", "object_name", NULL},
                             *const names[] = {"object_name",   "value",       "item_name",
                                               "customer_name", "vendor_name", NULL};
    if (is_named(check, "customer"))
        return add_named(out, d, check, "organization", customers);
    if (is_named(check, "item"))
        return add_named(out, d, check, "item", items);
    return add_named(out, d, check, "name", names);
}

/* What came over wrongly stands in no ERROR: then only the sender knows which invoice it is. */
bool confirm_is_refusal(const struct diagnose_rule *rule)
{
    return strcmp(rule->emitter, "autotask") != 0 || rule->severity <= DIAGNOSE_HIGH ||
           confirm_has(rule->confirmed_by, "invoice-error");
}

int confirm_targets(struct diagnose_reading *r, const struct diagnosis *d, struct targets *out, struct err *e)
{
    const struct check *check = check_find(slice_of(d->rule->check));
    *out = (struct targets){.company = ""};
    if (!check)
        return err_set(e, ERR_CONFIG, "%s: there is no check \"%s\"", d->rule->file, d->rule->check);
    if (check->argument == CHECK_NO_ARGUMENT) {
        out->v[out->n++] = (struct target){.what = "books",
                                           .said = "",
                                           .question = {.check = check, .argument = "", .number_said = ""},
                                           .id = ""};
        return 0;
    }
    if (check->argument == CHECK_NAME && add_records(out, d, check))
        return 0;
    if (check->argument == CHECK_NAME)
        check = check_find(SLICE("invoice"));
    if (add_invoices(out, d, check) || !confirm_is_refusal(d->rule))
        return 0;
    return search(r, d, check, out, e);
}
