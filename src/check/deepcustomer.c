/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * deepcustomer: what a diagnosis looks for in an organization and its customer: lengths, addresses, e-mail,
 * parents, currency; and in the taxes of an invoice (sync-errors.md A to C). Limits: quickbooks-online.md
 * 3.3, 7.
 */
#include "check_private.h"

enum { NAME_MAX_ONLINE = 100, NAME_MAX_DESKTOP = 41, EMAIL_MAX = 100, LEVELS_MOST = 4 };

/* --- shared --- */

const struct quickbooks_customer *check_customer_named(const struct check_rows *rows, const char *name)
{
    for (size_t i = 0; i < rows->customers.n; i++) {
        if (rows->customers.v[i].active && slice_eq(slice_of(rows->customers.v[i].name), slice_of(name)))
            return &rows->customers.v[i];
    }
    return NULL;
}

bool check_has_kind(const struct report *r, size_t from, const unsigned *kinds)
{
    for (size_t i = from; i < r->n; i++) {
        for (const unsigned *k = kinds; *k != CHECK_N_KINDS; k++) {
            if (r->findings[i].kind == *k)
                return true;
        }
    }
    return false;
}

struct customer_check {
    const struct check_rows *rows;
    struct report *r;
    const struct autotask_customer *company;
    const struct quickbooks_customer *customer; /* NULL: QuickBooks has none of the name */
};

static struct report_finding *add(struct customer_check *c, enum check_kind kind)
{
    struct report_finding *f = report_add(c->r, kind, c->company->name);
    report_evidence(f, "Autotask", "organization", check_id(c->r, c->company->id),
                    check_page(c->rows, c->r, AT_PAGE_COMPANY, c->company->id));
    if (c->customer)
        report_evidence(f, "QuickBooks", "customer", c->customer->id,
                        check_link(c->rows, c->r, QB_PAGE_CUSTOMER, c->customer->id));
    return f;
}

/* --- its name --- */

static void look_at_name(struct customer_check *c)
{
    size_t most = c->rows->online ? NAME_MAX_ONLINE : NAME_MAX_DESKTOP,
           length = check_length(c->company->name);
    if (!c->company->name[strspn(c->company->name, " :\t\r\n")])
        (void)add(c, KIND_CUSTOMER_NO_NAME);
    if (length > most) {
        struct report_finding *f = add(c, KIND_CUSTOMER_TOO_LONG);
        report_fact(f, "length", check_count(c->r, length));
        report_fact(f, "limit", check_count(c->r, most));
    }
}

static bool has_parent(const struct customer_check *c)
{
    for (size_t i = 0; i < c->rows->customers.n; i++) {
        if (strcmp(c->rows->customers.v[i].id, c->customer->parent_id) == 0)
            return c->rows->customers.v[i].active;
    }
    return false;
}

static void look_at_levels(struct customer_check *c)
{
    if (c->customer->job && !has_parent(c))
        report_fact(add(c, KIND_PARENT_INACTIVE), "other", c->customer->full_name);
    if (c->customer->level >= LEVELS_MOST)
        report_fact(add(c, KIND_LEVELS_TOO_MANY), "other", c->customer->full_name);
}

/* --- e-mail and web --- */

static bool is_address(struct slice s)
{
    long at = slice_find_char(s, '@');
    if (at <= 0 || s.len > EMAIL_MAX)
        return false;
    struct slice domain = slice_skip(s, (size_t)at + 1);
    long dot = slice_find_char(domain, '.');
    for (size_t i = 0; i < s.len; i++) {
        if (strchr(" \t;:<>()[]\"\\", s.ptr[i]))
            return false;
    }
    return slice_find_char(domain, '@') < 0 && dot > 0 && domain.ptr[domain.len - 1] != '.';
}

/* One, or several with commas between. */
static bool are_addresses(const char *text)
{
    struct scan s = scan_of(slice_of(text));
    if (strlen(text) > EMAIL_MAX)
        return false;
    do {
        if (!is_address(slice_trim(scan_until(&s, ","))))
            return false;
    } while (scan_char(&s, ','));
    return true;
}

static void look_at_address(struct customer_check *c, const char *text, const char *where, const char *system,
                            const char *what, const char *id)
{
    if (!text[0] || are_addresses(text))
        return;
    struct report_finding *f = add(c, KIND_EMAIL_INVALID);
    report_fact(f, "email", text);
    report_fact(f, "what", where);
    report_evidence(f, system, what, id, NULL);
}

static const struct autotask_address *primary_of(const struct check_rows *rows)
{
    for (size_t i = 0; i < rows->deep.addresses.n; i++) {
        if (rows->deep.addresses.v[i].primary)
            return &rows->deep.addresses.v[i];
    }
    return NULL;
}

static void look_at_email(struct customer_check *c)
{
    if (c->rows->deep.no_contacts) {
        report_say(c->r, REPORT_UNSEEN, "unseen-contacts", NULL);
        return;
    }
    const struct autotask_address *primary = primary_of(c->rows);
    const char *own = primary ? primary->email : "", *theirs = c->customer ? c->customer->email : "";
    if (primary)
        look_at_address(c, own, "the primary contact in Autotask", "Autotask", "contact",
                        check_id(c->r, primary->id));
    look_at_address(c, theirs, "the customer in QuickBooks", "QuickBooks", "customer",
                    c->customer ? c->customer->id : "");
    if (!own[0] && !theirs[0])
        report_fact(add(c, KIND_EMAIL_MISSING), "have", c->customer ? c->customer->delivery : "");
    if (fold_eq(slice_of(c->company->method_name), SLICE("email")) ||
        fold_eq(slice_of(c->company->method_name), SLICE("e-mail")))
        report_fact(add(c, KIND_METHOD_EMAIL), "email", own);
    if (own[0] || theirs[0]) {
        const struct report_fact facts[] = {{"email", own[0] ? own : theirs}, {NULL, NULL}};
        report_say(c->r, REPORT_COMPARED, "seen-email", facts);
    }
}

static bool is_web_address(const char *text)
{
    struct scan s = scan_of(slice_trim(slice_of(text)));
    bool dot = false;
    if (!scan_word_nocase(&s, SLICE("https://")))
        (void)scan_word_nocase(&s, SLICE("http://"));
    struct slice host = scan_until(&s, ":/?#");
    for (size_t i = 0; i < host.len; i++) {
        unsigned char ch = (unsigned char)host.ptr[i];
        bool sign = (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9') ||
                    ch == '-' || ch == '.' || ch >= 0x80;
        if (!sign || (ch == '.' && (i == 0 || i + 1 == host.len)))
            return false;
        dot = dot || ch == '.';
    }
    return dot && slice_find_char(scan_rest(&s), ' ') < 0;
}

static void look_at_web(struct customer_check *c)
{
    if (c->company->web_address[0] && !is_web_address(c->company->web_address))
        report_fact(add(c, KIND_WEB_ADDRESS_ODD), "have", c->company->web_address);
}

/* --- money --- */

static void look_at_currency(struct customer_check *c)
{
    const char *own = c->rows->deep.currency, *home = c->rows->preferences.home_currency;
    const char *theirs = c->customer ? c->customer->currency : "";
    if (!own[0]) {
        if (c->company->currency_id)
            report_say(c->r, REPORT_UNSEEN, "unseen-currency", NULL);
        return;
    }
    if (theirs[0] && !slice_eq_nocase(slice_of(own), slice_of(theirs))) {
        struct report_finding *f = add(c, KIND_CURRENCY_DIFFERS);
        report_fact(f, "want", own);
        report_fact(f, "have", theirs);
    }
    if (home && home[0] && !c->rows->preferences.multicurrency &&
        !slice_eq_nocase(slice_of(own), slice_of(home))) {
        struct report_finding *f = add(c, KIND_CURRENCY_OFF);
        report_fact(f, "want", own);
        report_fact(f, "have", home);
    }
    const struct report_fact facts[] = {{"want", own}, {"have", theirs}, {NULL, NULL}};
    report_say(c->r, REPORT_COMPARED, "seen-currency", facts);
}

static void look_at_postal(struct customer_check *c)
{
    if (!c->rows->preferences.automated_tax || (c->customer->state[0] && c->customer->postal_code[0]))
        return;
    struct report_finding *f = add(c, KIND_ADDRESS_INCOMPLETE);
    report_fact(f, "what", !c->customer->state[0] ? "state" : "postal code");
}

void customer_deep(const struct check_rows *rows, struct report *r, const struct autotask_customer *company)
{
    struct customer_check c = {.rows = rows, .r = r, .company = company};
    c.customer = rows->online ? check_customer_named(rows, company->name) : NULL;
    look_at_name(&c);
    look_at_web(&c);
    if (!company->tax_exempt && !company->tax_region_id)
        (void)add(&c, KIND_COMPANY_NO_TAX_REGION);
    look_at_email(&c);
    if (!rows->online)
        return;
    look_at_currency(&c);
    customers_alike_deep(rows, r, company->name);
    if (!c.customer)
        return;
    look_at_levels(&c);
    look_at_postal(&c);
    const struct report_fact facts[] = {{"name", c.customer->name}, {"id", c.customer->id}, {NULL, NULL}};
    report_say(r, REPORT_COMPARED, "seen-customer", facts);
}

/* --- taxes of an invoice --- */

static int find_tax(const struct quickbooks_tax_codes *all, const char *name, bool *inactive)
{
    for (size_t i = 0; i < all->n; i++) {
        struct slice bare =
            all->v[i].active ? slice_of(all->v[i].name) : quickbooks_bare_name(all->v[i].name);
        if (!slice_eq(bare, slice_of(name)))
            continue;
        if (all->v[i].active)
            return (int)i;
        *inactive = true;
    }
    return -1;
}

static void look_for_region(struct invoice_check *c)
{
    const struct check_deep *d = &c->rows->deep;
    const char *region = c->inv->tax_region;
    bool inactive = false;
    const struct report_fact facts[] = {{"tax", region}, {NULL, NULL}};
    if (find_tax(&d->tax_codes, region, &inactive) >= 0 || find_tax(&d->tax_rates, region, &inactive) >= 0) {
        report_say(c->r, REPORT_COMPARED, "seen-tax", facts);
        return;
    }
    if (!inactive &&
        c->rows->preferences.automated_tax) /* QuickBooks reckons the tax: no name is looked up */
        return;
    report_fact(invoice_add(c, inactive ? KIND_TAX_CODE_INACTIVE : KIND_TAX_CODE_MISSING), "tax", region);
}

void invoice_taxes_deep(struct invoice_check *c)
{
    const struct check_rows *rows = c->rows;
    if (c->inv->tax_region[0])
        report_fact(invoice_add(c, KIND_INVOICE_TAX_REGION), "tax", c->inv->tax_region);
    if (!rows->online)
        return;
    settings_deep(rows, c->r, "QuickBooks Online");
    if (!rows->preferences.sales_tax && c->inv->tax != 0)
        report_fact(invoice_add(c, KIND_TAX_OFF), "tax", check_amount(c->r, c->inv->tax));
    if (c->inv->tax_region[0])
        look_for_region(c);
}
