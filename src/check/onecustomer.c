/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * onecustomer: `check customer NAME`: does the organization find its customer, and if not, who is in the way.
 * Customers, vendors and employees share one name space in QuickBooks, inactive ones too
 * (quickbooks-online.md 3.3, sync-errors.md qbo-duplicate-name-customer).
 */
#include "check_private.h"

static const char *party_word(enum quickbooks_party party)
{
    return party == QB_VENDOR ? "vendor" : party == QB_EMPLOYEE ? "employee" : "customer";
}

static void party_evidence(const struct check_rows *rows, struct report *r, struct report_finding *f,
                           const struct quickbooks_customer *c)
{
    const char *link =
        c->party == QB_EMPLOYEE
            ? ""
            : check_link(rows, r, c->party == QB_VENDOR ? QB_PAGE_VENDOR : QB_PAGE_CUSTOMER, c->id);
    report_evidence(f, "QuickBooks", party_word(c->party), c->id, link);
}

static struct report_finding *add(const struct check_rows *rows, struct report *r, enum check_kind kind,
                                  const struct autotask_customer *company)
{
    struct report_finding *f = report_add(r, kind, company->name);
    report_evidence(f, "Autotask", "organization", check_id(r, company->id),
                    check_page(rows, r, AT_PAGE_COMPANY, company->id));
    return f;
}

struct holders {
    const struct quickbooks_customer *customer, *inactive, *other, *near;
};

static void sort_holder(struct holders *h, const struct quickbooks_customer *c)
{
    const struct quickbooks_customer **at = c->party != QB_CUSTOMER ? &h->other
                                            : c->active             ? &h->customer
                                                                    : &h->inactive;
    if (!*at)
        *at = c;
}

static struct slice party_name(const struct quickbooks_customer *c)
{
    return c->active ? slice_of(c->name) : quickbooks_bare_name(c->name);
}

static struct holders holders_of(const struct check_rows *rows, struct pool *pool, const char *name)
{
    struct holders h = {0};
    struct slice form = nearname_form(pool, slice_of(name));
    for (size_t i = 0; i < rows->parties.n; i++) {
        /* QuickBooks looks names up whatever their case, and holds them unique likewise */
        if (slice_eq_nocase(party_name(&rows->parties.v[i]), slice_of(name)) &&
            (rows->parties.v[i].party != QB_CUSTOMER ||
             slice_eq(party_name(&rows->parties.v[i]), slice_of(name))))
            sort_holder(&h, &rows->parties.v[i]);
    }
    for (size_t i = 0; i < rows->customers.n && !h.near; i++) {
        const struct quickbooks_customer *c = &rows->customers.v[i];
        if (c->active && !slice_eq(slice_of(c->name), slice_of(name)) &&
            slice_eq(nearname_form(pool, slice_of(c->name)), form))
            h.near = c;
    }
    return h;
}

void find_customer(const struct check_rows *rows, struct report *r, const struct autotask_customer *company)
{
    struct holders h = holders_of(rows, r->pool, company->name);
    const char *bad = company->name + strcspn(company->name, ":\t\r\n");
    if (*bad) {
        struct report_finding *f = add(rows, r, KIND_CUSTOMER_FORBIDDEN, company);
        report_fact(f, "sign", *bad == ':' ? "a colon" : "a tab or a line break");
        return;
    }
    if (!rows->online)
        return;
    if (h.customer) {
        struct report_finding *f = add(rows, r, KIND_NAME_IN_QUICKBOOKS, company);
        report_fact(f, "kind", "customer");
        report_fact(f, "have", "active");
        party_evidence(rows, r, f, h.customer);
        return;
    }
    const struct quickbooks_customer *holder = h.inactive ? h.inactive : h.near ? h.near : h.other;
    enum check_kind kind = h.inactive ? KIND_CUSTOMER_INACTIVE
                           : h.near   ? KIND_CUSTOMER_NEAR
                           : h.other  ? KIND_CUSTOMER_BLOCKED
                                      : KIND_CUSTOMER_NEW;
    struct report_finding *f = add(rows, r, kind, company);
    if (!holder)
        return;
    struct nearname_parting parting;
    if (kind == KIND_CUSTOMER_NEAR && nearname_parts(company->name, holder->name, r->pool, &parting)) {
        report_fact(f, "place", parting.place);
        report_fact(f, "mine", parting.mine);
        report_fact(f, "theirs", parting.theirs);
    }
    report_fact(f, "other", holder->name);
    report_fact(f, "party", party_word(holder->party));
    report_fact(f, "have", holder->active ? "active" : "inactive");
    party_evidence(rows, r, f, holder);
    /* a near customer and a vendor in the way: both are told */
    if (h.other && h.other != holder) {
        f = add(rows, r, KIND_CUSTOMER_BLOCKED, company);
        report_fact(f, "other", h.other->name);
        report_fact(f, "party", party_word(h.other->party));
        report_fact(f, "have", h.other->active ? "active" : "inactive");
        party_evidence(rows, r, f, h.other);
    }
}

/* As the customer that an organization is nearly called. */
static bool is_told(const struct report *r, const struct quickbooks_customer *c)
{
    for (size_t i = 0; i < r->n; i++) {
        const struct report_finding *f = &r->findings[i];
        for (unsigned k = 0; k < f->n_evidence; k++) {
            if (strcmp(f->evidence[k].what, "customer") == 0 && strcmp(f->evidence[k].id, c->id) == 0)
                return true;
        }
    }
    return false;
}

/* Customers of that name, or nearly, that no organization is called. */
static void show_strays(const struct check_rows *rows, struct report *r, struct slice form,
                        const struct name_index *companies)
{
    /* whether one is in QuickBooks only cannot be told where organizations may be hidden */
    for (size_t i = 0; i < rows->customers.n && check_sees(rows, AT_BOOKS_CUSTOMERS); i++) {
        const struct quickbooks_customer *c = &rows->customers.v[i];
        if (!slice_eq(nearname_form(r->pool, party_name(c)), form) ||
            name_index_first(companies, party_name(c)) != NAME_INDEX_NONE || is_told(r, c))
            continue;
        struct report_finding *f = report_add(r, KIND_CUSTOMER_ONLY_QUICKBOOKS, c->name);
        report_fact(f, "have", c->active ? "active" : "inactive");
        party_evidence(rows, r, f, c);
    }
}

/* Several customers of nearly the name, inactive ones too: which one was made last? */
void customers_alike_deep(const struct check_rows *rows, struct report *r, const char *name)
{
    struct slice form = nearname_form(r->pool, slice_of(name));
    struct buf names = BUF_INIT(2000);
    const struct quickbooks_customer *newest = NULL;
    size_t n = 0;
    for (size_t i = 0; i < rows->customers.n; i++) {
        const struct quickbooks_customer *c = &rows->customers.v[i];
        if (!slice_eq(nearname_form(r->pool, party_name(c)), form))
            continue;
        buf_printf(&names, "%s\"%s\"", n++ ? ", " : "", c->name);
        newest = newest && strcmp(newest->created, c->created) >= 0 ? newest : c;
    }
    if (n > 1) {
        struct report_finding *f = report_add(r, KIND_CUSTOMERS_ALIKE, newest->name);
        report_fact(f, "names", pool_slice(r->pool, buf_view(&names)));
        report_fact(f, "date", pool_slice(r->pool, slice_cut(slice_of(newest->created), 10)));
        for (size_t i = 0; i < rows->customers.n; i++) {
            if (slice_eq(nearname_form(r->pool, party_name(&rows->customers.v[i])), form))
                party_evidence(rows, r, f, &rows->customers.v[i]);
        }
    }
    buf_release(&names);
}

void find_customers_named(const struct check_rows *rows, struct report *r)
{
    const struct autotask_customers *all = &rows->autotask.customers;
    struct slice form = nearname_form(r->pool, slice_of(rows->argument));
    struct name_index *companies = name_index_new(r->pool, all->n);
    for (uint32_t i = 0; i < all->n; i++) {
        if (!slice_eq(nearname_form(r->pool, slice_of(all->v[i].name)), form))
            continue;
        name_index_add(companies, slice_of(all->v[i].name), i);
        struct report_finding *f = add(rows, r, KIND_NAME_IN_AUTOTASK, &all->v[i]);
        report_fact(f, "kind", "organization");
        report_fact(f, "have", all->v[i].active ? "active" : "inactive");
        find_customer(rows, r, &all->v[i]);
        if (rows->deep.wanted && slice_eq_nocase(slice_of(all->v[i].name), slice_of(rows->argument)))
            customer_deep(rows, r, &all->v[i]);
    }
    if (rows->deep.wanted && name_index_first(companies, slice_of(rows->argument)) == NAME_INDEX_NONE)
        customers_alike_deep(rows, r, rows->argument);
    show_strays(rows, r, form, companies);
    /* a vendor that nobody in Autotask is called */
    for (size_t i = 0; r->n == 0 && i < rows->parties.n; i++) {
        struct report_finding *f = report_add(r, KIND_NAME_IN_QUICKBOOKS, rows->parties.v[i].name);
        report_fact(f, "kind", party_word(rows->parties.v[i].party));
        report_fact(f, "have", rows->parties.v[i].active ? "active" : "inactive");
        party_evidence(rows, r, f, &rows->parties.v[i]);
    }
    report_say(r, REPORT_ASSUMED, "assumed-terms", NULL);
    if (!rows->online)
        report_say(r, REPORT_UNSEEN, "unseen-desktop", NULL);
}

void compare_customer(const struct check_rows *rows, struct report *r)
{
    static const char *const verdicts[3] = {"verdict-customer-errors", "verdict-customer-warnings",
                                            "verdict-customer-clean"};
    find_customers_named(rows, r);
    check_verdict_of_name(r, verdicts, "verdict-customer-none", rows->argument, "");
}
