/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * terms: invoice template → payment term → QuickBooks term of exactly that name, and what the customer has in
 * QuickBooks (sync-integration.md 1.5). A term that Autotask sends overrides that of the customer; one that
 * QuickBooks does not know leaves the invoice without terms.
 *
 * Which template is the firm's default no API shows: companies without a template of their own are judged
 * only when there is a single one.
 */
#include "check_private.h"

struct terms {
    const struct check_rows *rows;
    struct report *r;
    struct name_index *by_name, *by_near; /* terms of QuickBooks */
    struct name_index *customers;         /* of QuickBooks, by display name */
    struct name_index *templates;         /* of Autotask, by id */
    struct name_index *told;
    size_t unseen;   /* organizations whose own template is not shown */
    size_t nameless; /* templates whose term has no name that is shown */
    const char *first_nameless;
};

static struct slice bare(const char *name, bool active)
{
    return active ? slice_of(name) : quickbooks_bare_name(name);
}

static void index_all(struct terms *t)
{
    const struct check_rows *rows = t->rows;
    struct pool *pool = t->r->pool;
    const struct autotask_terms *at = &rows->autotask.terms;
    t->by_name = name_index_new(pool, rows->terms.n);
    t->by_near = name_index_new(pool, rows->terms.n);
    t->customers = name_index_new(pool, rows->customers.n);
    t->templates = name_index_new(pool, at->n_templates);
    t->told = name_index_new(pool, at->n_templates);
    for (uint32_t i = 0; i < rows->terms.n; i++) {
        const struct quickbooks_term *term = &rows->terms.v[i];
        name_index_add(t->by_name, bare(term->name, term->active), i);
        if (term->active)
            name_index_add(t->by_near, nearname_form(pool, slice_of(term->name)), i);
    }
    for (uint32_t i = 0; i < rows->customers.n; i++) {
        if (rows->customers.v[i].active && !rows->customers.v[i].parent_id[0])
            name_index_add(t->customers, slice_of(rows->customers.v[i].name), i);
    }
    for (uint32_t i = 0; i < at->n_templates; i++)
        name_index_add(t->templates, slice_of(check_id(t->r, at->templates[i].id)), i);
}

/* --- templates --- */

/* The term of a template in QuickBooks, once a term. */
static void look_at_term(struct terms *t, const struct autotask_template *template, uint32_t at)
{
    const struct quickbooks_term *inactive = NULL;
    struct slice name = slice_of(template->term_name);
    if (name_index_first(t->told, name) != NAME_INDEX_NONE)
        return;
    name_index_add(t->told, name, at);
    for (uint32_t i = name_index_first(t->by_name, name); i != NAME_INDEX_NONE;
         i = name_index_next(t->by_name, i)) {
        if (t->rows->terms.v[i].active)
            return;
        inactive = &t->rows->terms.v[i];
    }
    uint32_t near = name_index_first(t->by_near, nearname_form(t->r->pool, slice_of(template->term_name)));
    struct report_finding *f =
        report_add(t->r, inactive ? KIND_TERM_INACTIVE : KIND_TERM_MISSING, template->term_name);
    report_fact(f, "template", template->name);
    report_fact(f, "near", near == NAME_INDEX_NONE ? "" : t->rows->terms.v[near].name);
    report_evidence(f, "Autotask", "invoice template", check_id(t->r, template->id), NULL);
    if (inactive)
        report_evidence(f, "QuickBooks", "term", inactive->id, check_link(t->rows, t->r, QB_PAGE_TERMS, ""));
}

static void look_at_template(struct terms *t, uint32_t at)
{
    const struct autotask_template *template = &t->rows->autotask.terms.templates[at];
    size_t users = 0;
    if (template->term == 0)
        return;
    if (!template->term_name[0]) {
        if (t->nameless++ == 0)
            t->first_nameless = template->name;
        return;
    }
    for (size_t i = 0; i < t->rows->autotask.customers.n; i++)
        users += t->rows->autotask.customers.v[i].template_id == template->id;
    struct report_finding *f = report_add(t->r, KIND_TEMPLATE_SENDS_TERM, template->name);
    report_fact(f, "term", template->term_name);
    report_fact(f, "n", check_count(t->r, users));
    report_evidence(f, "Autotask", "invoice template", check_id(t->r, template->id), NULL);
    if (t->rows->online)
        look_at_term(t, template, at);
}

/* --- companies --- */

static const struct autotask_template *template_of(const struct terms *t, const struct autotask_customer *c)
{
    const struct autotask_terms *at = &t->rows->autotask.terms;
    if (c->template_id == 0)
        return at->n_templates == 1 ? &at->templates[0] : NULL;
    uint32_t i = name_index_first(t->templates, slice_of(check_id(t->r, c->template_id)));
    return i == NAME_INDEX_NONE ? NULL : &at->templates[i];
}

static const char *term_name(const struct terms *t, const char *id)
{
    for (size_t i = 0; id[0] && i < t->rows->terms.n; i++) {
        if (strcmp(t->rows->terms.v[i].id, id) == 0)
            return t->rows->terms.v[i].name;
    }
    return "";
}

static struct report_finding *add_company(struct terms *t, enum check_kind kind,
                                          const struct autotask_customer *c,
                                          const struct quickbooks_customer *customer)
{
    struct report_finding *f = report_add(t->r, kind, c->name);
    report_evidence(f, "Autotask", "organization", check_id(t->r, c->id),
                    check_page(t->rows, t->r, AT_PAGE_COMPANY, c->id));
    if (customer)
        report_evidence(f, "QuickBooks", "customer", customer->id,
                        check_link(t->rows, t->r, QB_PAGE_CUSTOMER, customer->id));
    return f;
}

static void look_at_company(struct terms *t, const struct autotask_customer *c)
{
    const struct autotask_template *template = template_of(t, c);
    if (c->template_id != 0 && !template) {
        t->unseen++;
        return;
    }
    uint32_t i = name_index_first(t->customers, slice_of(c->name));
    const struct quickbooks_customer *customer = i == NAME_INDEX_NONE ? NULL : &t->rows->customers.v[i];
    const char *own = customer ? term_name(t, customer->term_id) : "";
    bool sends = template && template->term != 0;
    struct report_finding *f = NULL;
    if (sends && own[0] && strcmp(own, template->term_name) != 0) {
        f = add_company(t, KIND_TERM_OVERRIDES_OWN, c, customer);
        report_fact(f, "have", own);
    } else if (sends && c->template_id != 0) {
        f = add_company(t, KIND_COMPANY_OWN_TEMPLATE, c, customer);
    } else if (!sends && customer && !customer->term_id[0]) {
        f = add_company(t, KIND_CUSTOMER_NO_TERM, c, customer);
    }
    if (f && template) {
        report_fact(f, "template", template->name);
        report_fact(f, "term", template->term_name);
    }
}

/* --- all of it --- */

static bool some_have_the_default(const struct check_rows *rows)
{
    for (size_t i = 0; i < rows->autotask.customers.n; i++) {
        if (rows->autotask.customers.v[i].template_id == 0)
            return true;
    }
    return false;
}

void find_terms(const struct check_rows *rows, struct report *r)
{
    struct terms t = {.rows = rows, .r = r};
    const struct autotask_books *at = &rows->autotask;
    if (!rows->online)
        report_say(r, REPORT_UNSEEN, "unseen-desktop", NULL);
    index_all(&t);
    for (uint32_t i = 0; i < at->terms.n_templates; i++)
        look_at_template(&t, i);
    for (size_t i = 0; i < at->customers.n; i++)
        look_at_company(&t, &at->customers.v[i]);
    if (t.nameless) {
        const struct report_fact nameless[] = {
            {"n", check_count(r, t.nameless)}, {"template", t.first_nameless}, {NULL, NULL}};
        report_say(r, REPORT_UNSEEN, "unseen-term", nameless);
    }
    if (t.unseen) {
        const struct report_fact hidden[] = {{"n", check_count(r, t.unseen)}, {NULL, NULL}};
        report_say(r, REPORT_UNSEEN, "unseen-template", hidden);
    }
    if (at->terms.n_templates > 1 && some_have_the_default(rows))
        report_say(r, REPORT_UNSEEN, "unseen-default-template", NULL);
    report_say(r, REPORT_ASSUMED, "assumed-terms", NULL);
    const struct report_fact facts[] = {{"n", check_count(r, at->terms.n_templates)},
                                        {"items", check_count(r, at->customers.n)},
                                        {NULL, NULL}};
    report_say(r, REPORT_COMPARED, "compared-terms", facts);
}

void compare_terms(const struct check_rows *rows, struct report *r)
{
    static const char *const verdicts[3] = {"verdict-terms-errors", "verdict-terms-warnings",
                                            "verdict-terms-clean"};
    find_terms(rows, r);
    check_verdict(r, verdicts);
}
