/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sight: what this API user may see. Rows that it may not see are missing without an error (autotask-rest.md
 * 1.3, 6, pitfall 21); entityInformation says whether that can be, in words or as 0 none, 1 all,
 * 2 restricted.
 */
#include "columns.h"

static const struct {
    const char *entity, *words;
    unsigned part;
} entities[] = {
    {"BillingCodes", "billing codes", AT_BOOKS_CODES},
    {"Services", "services", AT_BOOKS_SERVICES},
    {"ServiceBundles", "service bundles", AT_BOOKS_BUNDLES},
    {"Products", "products", AT_BOOKS_PRODUCTS},
    {"ContractMilestones", "contract milestones", AT_BOOKS_MILESTONES},
    {"PaymentTerms", "payment terms", AT_BOOKS_TERMS},
    {"InvoiceTemplates", "invoice templates", AT_BOOKS_TERMS},
    {"TaxCategories", "tax categories", AT_BOOKS_TAXES},
    {"TaxRegions", "tax regions", AT_BOOKS_TAXES},
    {"Taxes", "taxes", AT_BOOKS_TAXES},
    {"Companies", "companies", AT_BOOKS_CUSTOMERS},
    {"Roles", "roles", AT_BOOKS_ROLES},
    {"Invoices", "invoices", AT_BOOKS_INVOICES},
    {"BillingItems", "lines of invoices", AT_BOOKS_LINES},
    {"TimeEntries", "time entries", AT_BOOKS_TIME_ENTRIES},
    {"TicketCharges", "charges of tickets", AT_BOOKS_CHARGES},
    {"ContractCharges", "charges of contracts", AT_BOOKS_CHARGES},
};

enum autotask_sight sight_of(const char *word)
{
    static const struct {
        const char *word, *digit;
        enum autotask_sight sight;
    } words[] = {
        {"None", "0", AT_SIGHT_NONE}, {"All", "1", AT_SIGHT_ALL}, {"Restricted", "2", AT_SIGHT_RESTRICTED}};
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (slice_eq_nocase(slice_of(word), slice_of(words[i].word)) || strcmp(word, words[i].digit) == 0)
            return words[i].sight;
    }
    return AT_SIGHT_UNKNOWN;
}

static int read_flags(const struct json *answer, struct pool *pool, struct autotask_access *out,
                      struct err *e)
{
    struct json info = json_get(answer, "info"), can = json_get(&info, "canQuery"),
                access = json_get(&info, "userAccessForQuery");
    const char *word;
    bool may;
    if (!cJSON_IsObject(info.value))
        return err_set(e, ERR_PROTOCOL, "info: a record expected");
    if (json_bool(&can, true, &may, e) != 0 || json_text(&access, 40, pool, &word, e) != 0)
        return -1;
    out->query = may ? sight_of(word) : AT_SIGHT_NONE;
    return 0;
}

/* Being refused is an answer here. */
static bool is_answer(const struct err *e)
{
    return e->code == ERR_PERMISSION || e->code == ERR_REJECTED || e->code == ERR_NOT_FOUND;
}

static int ask_flags(struct autotask *at, struct pool *pool, struct autotask_access *out, struct err *e)
{
    char path[100];
    struct json answer;
    snprintf(path, sizeof(path), "%s/entityInformation", out->entity);
    if (autotask_call(at, CALL_READ, "GET", out->entity, path, SLICE_NONE, &answer, e) == 0) {
        int rc = read_flags(&answer, pool, out, e);
        json_close(&answer);
        return rc;
    }
    out->query = e->code == ERR_PERMISSION ? AT_SIGHT_NONE : AT_SIGHT_UNKNOWN;
    return is_answer(e) ? 0 : -1;
}

static int count_rows(struct autotask *at, struct autotask_access *out, struct err *e)
{
    int64_t n;
    if (autotask_count(at, out->entity, "{\"filter\":[{\"op\":\"exist\",\"field\":\"id\"}]}", &n, e) == 0) {
        out->visible = n;
        return 0;
    }
    if (e->code == ERR_PERMISSION)
        out->query = AT_SIGHT_NONE;
    return is_answer(e) ? 0 : -1;
}

struct look {
    struct autotask *at;
    struct autotask_access *rows;
    bool counts;
};

static int look_at_one(void *self, size_t i, struct pool *pool, struct err *e)
{
    struct look *l = self;
    struct autotask_access *row = &l->rows[i];
    if (ask_flags(l->at, pool, row, e) != 0 ||
        (l->counts && row->query != AT_SIGHT_NONE && count_rows(l->at, row, e) != 0))
        return err_wrap(e, "rights to %s", row->words);
    return 0;
}

int autotask_access(struct autotask *at, unsigned parts, bool counts, struct pool *pool,
                    struct autotask_accesses *out, struct err *e)
{
    struct look look = {.at = at, .counts = counts};
    look.rows = pool_array(pool, ARRAY_LEN(entities), sizeof(*look.rows));
    *out = (struct autotask_accesses){.v = look.rows};
    for (size_t i = 0; i < ARRAY_LEN(entities); i++) {
        if (entities[i].part & parts)
            out->v[out->n++] = (struct autotask_access){.entity = entities[i].entity,
                                                        .words = entities[i].words,
                                                        .part = entities[i].part,
                                                        .visible = -1};
    }
    return side_by_side(out->n, look_at_one, &look, pool, e);
}
