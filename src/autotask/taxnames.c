/* SPDX-License-Identifier: GPL-2.0-or-later */
/* taxnames: categories, regions, and the taxes between them (autotask-rest.md 5.12). */
#include "columns.h"

static const struct column name_columns[] = {
    {"id", COLUMN_NUMBER, offsetof(struct autotask_tax_name, id)},
    {"name", COLUMN_NAME, offsetof(struct autotask_tax_name, name)},
    {"isActive", COLUMN_ACTIVE, offsetof(struct autotask_tax_name, active)},
};
static const struct column tax_columns[] = {
    {"id", COLUMN_NUMBER, offsetof(struct autotask_tax, id)},
    {"taxCategoryID", COLUMN_NUMBER, offsetof(struct autotask_tax, category_id)},
    {"taxRegionID", COLUMN_NUMBER, offsetof(struct autotask_tax, region_id)},
    {"taxName", COLUMN_NAME, offsetof(struct autotask_tax, name)},
    {"taxRate", COLUMN_DECIMAL, offsetof(struct autotask_tax, rate)},
};
static const struct records lists[] = {RECORDS("TaxCategories", name_columns, struct autotask_tax_name, 0),
                                       RECORDS("TaxRegions", name_columns, struct autotask_tax_name, 0),
                                       RECORDS("Taxes", tax_columns, struct autotask_tax, 0)};

int autotask_taxes(struct autotask *at, struct pool *pool, struct autotask_taxes *out, struct err *e)
{
    struct rows rows[ARRAY_LEN(lists)];
    *out = (struct autotask_taxes){0};
    for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
        struct ask ask = {.what = &lists[i]};
        if (records_read(at, &ask, pool, &rows[i], e) != 0)
            return -1;
    }
    *out = (struct autotask_taxes){.categories = rows[0].v,
                                   .n_categories = rows[0].n,
                                   .regions = rows[1].v,
                                   .n_regions = rows[1].n,
                                   .v = rows[2].v,
                                   .n = rows[2].n};
    return 0;
}
