/* SPDX-License-Identifier: GPL-2.0-or-later */
/* milestones: of contracts; only their title and code are confirmed (sync-integration.md 3). */
#include "columns.h"

static const struct column columns[] = {
    {"id", COLUMN_NUMBER, offsetof(struct autotask_milestone, id)},
    {"title", COLUMN_NAME, offsetof(struct autotask_milestone, title)},
    {"billingCodeID", COLUMN_NUMBER, offsetof(struct autotask_milestone, code_id)},
};
static const struct records milestones = RECORDS("ContractMilestones", columns, struct autotask_milestone,
                                                 offsetof(struct autotask_milestone, unseen));

int autotask_milestones(struct autotask *at, struct pool *pool, struct autotask_milestones *out,
                        struct err *e)
{
    struct ask ask = {.what = &milestones};
    struct rows rows;
    int rc = records_read(at, &ask, pool, &rows, e);
    *out = (struct autotask_milestones){.v = rows.v, .n = rows.n};
    return rc;
}
