/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * paymentterms: terms, the invoice templates that send them, and how a number becomes a name
 * (autotask-rest.md 5.12). Both fields that hold a term are picklists; that their numbers are ids of
 * PaymentTerms is only inferred, so that their labels come first.
 */
#include "columns.h"

static const struct column term_columns[] = {
    {"id", COLUMN_NUMBER, offsetof(struct autotask_term, id)},
    {"name", COLUMN_NAME, offsetof(struct autotask_term, name)},
    {"paymentDueInDays", COLUMN_NUMBER, offsetof(struct autotask_term, due_days)},
    {"isActive", COLUMN_ACTIVE, offsetof(struct autotask_term, active)},
};
static const struct column template_columns[] = {
    {"id", COLUMN_NUMBER, offsetof(struct autotask_template, id)},
    {"name", COLUMN_NAME, offsetof(struct autotask_template, name)},
    {"paymentTerms", COLUMN_NUMBER, offsetof(struct autotask_template, term)},
};
static const struct records terms = RECORDS("PaymentTerms", term_columns, struct autotask_term,
                                            offsetof(struct autotask_term, unseen)),
                            templates =
                                RECORDS("InvoiceTemplates", template_columns, struct autotask_template, 0);

const char *autotask_term_name(const struct autotask_terms *all, const struct autotask_labels *labels,
                               int64_t term, bool *inferred)
{
    const char *name = term ? autotask_label_name(labels, term) : "";
    bool by_id = term && !name[0];
    for (size_t i = 0; i < all->n && by_id; i++) {
        if (all->v[i].id == term)
            name = all->v[i].name;
    }
    if (inferred)
        *inferred = by_id && name[0];
    return name;
}

static int read_labels(struct autotask *at, const char *entity, const char *field, struct pool *pool,
                       struct autotask_labels *out, struct err *e)
{
    return records_labels(at, entity, &field, 1, pool, out, e);
}

int autotask_terms(struct autotask *at, struct pool *pool, struct autotask_terms *out, struct err *e)
{
    struct ask of_terms = {.what = &terms}, of_templates = {.what = &templates};
    struct rows rows, more;
    *out = (struct autotask_terms){0};
    if (records_read(at, &of_terms, pool, &rows, e) != 0 ||
        records_read(at, &of_templates, pool, &more, e) != 0 ||
        read_labels(at, "InvoiceTemplates", "paymentTerms", pool, &out->of_templates, e) != 0 ||
        read_labels(at, "Invoices", "paymentTerm", pool, &out->of_invoices, e) != 0)
        return -1;
    out->v = rows.v;
    out->n = rows.n;
    out->templates = more.v;
    out->n_templates = more.n;
    for (size_t i = 0; i < out->n_templates; i++) {
        struct autotask_template *t = &out->templates[i];
        t->term_name = autotask_term_name(out, &out->of_templates, t->term, NULL);
    }
    return 0;
}
