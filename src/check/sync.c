/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sync: invoices that did not get over: with ERROR, too old for the window, still due, numbered twice
 * (sync-integration.md 1.2).
 */
#include "check_private.h"

struct syncing {
    const struct check_rows *rows;
    struct report *r;
    struct name_index *companies; /* by id */
    int64_t oldest_ms;            /* of what is wrong */
};

static const char *company_name(const struct syncing *s, int64_t id)
{
    uint32_t i = name_index_first(s->companies, slice_of(check_id(s->r, id)));
    return i == NAME_INDEX_NONE ? "" : s->rows->autotask.customers.v[i].name;
}

static struct report_finding *add(struct syncing *s, enum check_kind kind, const struct autotask_invoice *inv)
{
    const char *company = company_name(s, inv->company_id);
    const char *id = check_id(s->r, inv->id);
    struct report_finding *f = report_add(s->r, kind, company[0] ? company : id);
    report_evidence(f, "Autotask", "invoice", id, NULL);
    report_fact(f, "date", check_day(s->rows, s->r, inv->created_ms));
    report_fact(f, "total", check_amount(s->r, inv->total));
    report_fact(f, "number", inv->number);
    report_fact(f, "window", check_count(s->r, s->rows->conf->firm.look_back_days));
    bool wrong = kind != KIND_SYNC_DUE;
    if (wrong && (!s->oldest_ms || inv->created_ms < s->oldest_ms))
        s->oldest_ms = inv->created_ms;
    return f;
}

static void look_at_unsynced(struct syncing *s, const struct autotask_invoice *inv)
{
    if (!check_invoice_unsynced(s->rows, inv))
        return;
    (void)add(s, check_invoice_too_old(s->rows, inv) ? KIND_SYNC_TOO_OLD : KIND_SYNC_DUE, inv);
    if (inv->total < 0)
        (void)add(s, KIND_INVOICE_NEGATIVE, inv);
}

static void look_for_doubled(struct syncing *s)
{
    const struct autotask_invoices *all = &s->rows->recent;
    struct name_index *numbers = name_index_new(s->r->pool, all->n);
    for (uint32_t i = 0; i < all->n; i++) {
        if (all->v[i].number[0] && !all->v[i].error && !all->v[i].voided)
            name_index_add(numbers, slice_of(all->v[i].number), i);
    }
    for (uint32_t i = 0; i < all->n; i++) {
        const char *number = all->v[i].number;
        if (!number[0] || all->v[i].error || all->v[i].voided ||
            name_index_first(numbers, slice_of(number)) != i ||
            name_index_next(numbers, i) == NAME_INDEX_NONE)
            continue;
        struct report_finding *f = report_add(s->r, KIND_NUMBER_TWICE, number);
        for (uint32_t k = i; k != NAME_INDEX_NONE; k = name_index_next(numbers, k))
            report_evidence(f, "Autotask", "invoice", check_id(s->r, all->v[k].id), NULL);
    }
}

/* Invoices that the API user may not see look as if they were mended. */
static void say_sight(const struct check_rows *rows, struct report *r)
{
    for (size_t i = 0; i < rows->access.n; i++) {
        const struct autotask_access *a = &rows->access.v[i];
        const struct report_fact facts[] = {{"what", a->words}, {NULL, NULL}};
        if (strcmp(a->entity, "Invoices") != 0)
            continue;
        if (a->query == AT_SIGHT_NONE)
            report_say(r, REPORT_UNSEEN, "unseen-denied", facts);
        else if (a->query == AT_SIGHT_RESTRICTED)
            report_say(r, REPORT_UNSEEN, "unseen-restricted", facts);
    }
}

int64_t find_sync(const struct check_rows *rows, struct report *r)
{
    struct syncing s = {.rows = rows, .r = r};
    const struct autotask_customers *all = &rows->autotask.customers;
    s.companies = name_index_new(r->pool, all->n);
    for (uint32_t i = 0; i < all->n; i++)
        name_index_add(s.companies, slice_of(check_id(r, all->v[i].id)), i);
    for (size_t i = 0; i < rows->invoices.n; i++) {
        if (!rows->invoices.v[i].voided)
            (void)add(&s, KIND_SYNC_ERROR, &rows->invoices.v[i]);
    }
    for (size_t i = 0; i < rows->unsynced.n; i++)
        look_at_unsynced(&s, &rows->unsynced.v[i]);
    look_for_doubled(&s);
    const struct report_fact facts[] = {{"window", check_count(r, rows->conf->firm.look_back_days)},
                                        {NULL, NULL}};
    report_say(r, REPORT_ASSUMED,
               rows->conf->firm.autotask_numbers ? "assumed-autotask-numbers" : "assumed-quickbooks-numbers",
               facts);
    say_sight(rows, r);
    if (rows->more_invoices)
        report_say(r, REPORT_UNSEEN, "unseen-more-invoices", NULL);
    if (!rows->online)
        report_say(r, REPORT_UNSEEN, "unseen-desktop", NULL);
    const struct report_fact counts[] = {{"n", check_count(r, rows->invoices.n + rows->unsynced.n)},
                                         {NULL, NULL}};
    report_say(r, REPORT_COMPARED, "compared-sync", counts);
    return s.oldest_ms;
}

static void say_verdict(const struct check_rows *rows, struct report *r, int64_t oldest_ms)
{
    size_t errors = r->counts[REPORT_ERROR];
    struct report_fact facts[] = {
        {"errors", errors ? check_count(r, errors) : ""},
        {"warnings", r->counts[REPORT_WARNING] ? check_count(r, r->counts[REPORT_WARNING]) : ""},
        {"notes", r->counts[REPORT_NOTE] ? check_count(r, r->counts[REPORT_NOTE]) : ""},
        {"since", oldest_ms ? check_day(rows, r, oldest_ms) : ""},
        {NULL, NULL}};
    report_say(r, REPORT_VERDICT,
               errors                      ? "verdict-sync-errors"
               : r->counts[REPORT_WARNING] ? "verdict-sync-warnings"
                                           : "verdict-sync-clean",
               facts);
}

void compare_sync(const struct check_rows *rows, struct report *r)
{
    say_verdict(rows, r, find_sync(rows, r));
}
