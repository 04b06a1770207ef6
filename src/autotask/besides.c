/* SPDX-License-Identifier: GPL-2.0-or-later */
/* besides: what only a diagnosis asks for: addresses of contacts, names of technicians, currencies, how many
 * calls are left (autotask-rest.md 3, 5.6, 5.8). */
#include "columns.h"

#define ADDRESS(member) offsetof(struct autotask_address, member)
#define PERSON(member)  offsetof(struct autotask_person, member)

enum { MOST_CONTACTS = 500 };

static const struct column address_columns[] = {
    {"id", COLUMN_NUMBER, ADDRESS(id)},
    {"companyID", COLUMN_COMPANY, ADDRESS(company_id)},
    {"firstName", COLUMN_TEXT, ADDRESS(first)},
    {"lastName", COLUMN_TEXT, ADDRESS(last)},
    {"emailAddress", COLUMN_TEXT, ADDRESS(email)},
    {"primaryContact", COLUMN_FLAG, ADDRESS(primary)},
};
static const struct column person_columns[] = {
    {"id", COLUMN_NUMBER, PERSON(id)},
    {"firstName", COLUMN_TEXT, PERSON(first)},
    {"lastName", COLUMN_TEXT, PERSON(last)},
};
struct currency {
    int64_t id;
    const char *name;
};
static const struct column currency_columns[] = {
    {"id", COLUMN_NUMBER, offsetof(struct currency, id)},
    {"name", COLUMN_TEXT, offsetof(struct currency, name)},
};
static const struct records contacts = RECORDS("Contacts", address_columns, struct autotask_address, 0),
                            resources = RECORDS("Resources", person_columns, struct autotask_person, 0),
                            currencies = RECORDS("Currencies", currency_columns, struct currency, 0);

static bool is_of_company(const void *row, const void *self)
{
    const struct autotask_address *a = row;
    const int64_t *company = self;
    return a->company_id == *company;
}

int autotask_addresses_of(struct autotask *at, int64_t company_id, struct pool *pool,
                          struct autotask_addresses *out, bool *more, struct err *e)
{
    char conditions[200];
    struct rows rows;
    snprintf(conditions, sizeof(conditions),
             "{\"op\":\"eq\",\"field\":\"companyID\",\"value\":%lld},"
             "{\"op\":\"eq\",\"field\":\"isActive\",\"value\":1}",
             (long long)company_id);
    struct ask ask = {.what = &contacts,
                      .conditions = conditions,
                      .fits = is_of_company,
                      .self = &company_id,
                      .most = MOST_CONTACTS,
                      .more = more};
    int rc = records_read(at, &ask, pool, &rows, e);
    *out = (struct autotask_addresses){.v = rows.v, .n = rows.n};
    return rc;
}

int autotask_persons(struct autotask *at, const int64_t *ids, size_t n_ids, struct pool *pool,
                     struct autotask_persons *out, struct err *e)
{
    struct rows rows;
    int rc = records_by_ids(at, &resources, ids, n_ids, pool, &rows, e);
    *out = (struct autotask_persons){.v = rows.v, .n = rows.n};
    return rc;
}

int autotask_currency(struct autotask *at, int64_t id, struct pool *pool, const char **name, struct err *e)
{
    void *row;
    struct err why = ERR_INIT;
    *name = "";
    if (id <= 0)
        return 0;
    if (records_one(at, &currencies, id, pool, &row, &why) == 0) {
        const struct currency *c = row;
        *name = c->name;
        return 0;
    }
    if (why.code == ERR_NOT_FOUND || why.code == ERR_REJECTED || why.code == ERR_PERMISSION)
        return 0;
    *e = why;
    return -1;
}

int autotask_usage(struct autotask *at, int64_t *calls, int64_t *most, struct err *e)
{
    struct json answer;
    *calls = *most = 0;
    if (autotask_zone(at, e) != 0 || autotask_call(at, CALL_READ, "GET", "ThresholdInformation",
                                                   "ThresholdInformation", SLICE_NONE, &answer, e) != 0)
        return -1;
    struct json used = json_get(&answer, "currentTimeframeRequestCount"),
                limit = json_get(&answer, "externalRequestThreshold");
    int rc = json_int(&used, 0, calls, e);
    if (rc == 0)
        rc = json_int(&limit, 0, most, e);
    json_close(&answer);
    return rc;
}
