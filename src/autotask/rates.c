/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rates: names of the roles that work is billed under (autotask-rest.md 5.6). */
#include "columns.h"

static const struct column columns[] = {
    {"id", COLUMN_NUMBER, offsetof(struct autotask_role, id)},
    {"name", COLUMN_NAME, offsetof(struct autotask_role, name)},
    {"isActive", COLUMN_ACTIVE, offsetof(struct autotask_role, active)},
};
static const struct records roles =
    RECORDS("Roles", columns, struct autotask_role, offsetof(struct autotask_role, unseen));

int autotask_roles(struct autotask *at, struct pool *pool, struct autotask_roles *out, struct err *e)
{
    struct ask ask = {.what = &roles};
    struct rows rows;
    int rc = records_read(at, &ask, pool, &rows, e);
    *out = (struct autotask_roles){.v = rows.v, .n = rows.n};
    return rc;
}
