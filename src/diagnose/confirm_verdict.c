/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * confirm_verdict: what one look shows: findings of the rule's kinds confirm; without them it is refuted, if
 * all was seen that could show them. An invoice that QuickBooks had refused and has now is solved.
 */
#include "confirm_private.h"

enum { OTHERS_MOST = 20, LINES_BYTES = 600 };

bool confirm_has(const char *const *list, const char *key)
{
    for (; list && *list; list++) {
        if (strcmp(*list, key) == 0)
            return true;
    }
    return false;
}

const char *confirm_why(const struct err *e)
{
    switch (e->code) {
    case ERR_CONFIG:
    case ERR_USAGE:
        return "diagnosis-settings";
    case ERR_PERMISSION:
    case ERR_REJECTED:
    case ERR_LOGIN:
    case ERR_CREDENTIALS:
        return "diagnosis-denied";
    default:
        return "diagnosis-outage";
    }
}

/* --- is it about what the mail names? --- */

/* Parameters of the mail, and the kinds of findings whose names they are. */
static const struct {
    const char *parameter, *kinds[6];
} named[] = {
    {"item_name", {"item-", "name-", "number-", "code", "items-", NULL}},
    {"account_name", {"account-", "item-account-", "code-no-account", NULL}},
    {"term_name", {"term-", "invoice-term", "template-", NULL}},
    {"tax_code", {"tax-code-", "invoice-tax-region", NULL}},
};
/* Of checks over all of the books, besides. */
static const char *const by_customer[] = {"customer-", "term-overrides-own", "company-own-template", "sync-",
                                          NULL};

static bool starts_with_one(const char *key, const char *const *starts)
{
    for (; *starts; starts++) {
        if (slice_starts(slice_of(key), slice_of(*starts)))
            return true;
    }
    return false;
}

/* One holds the other, whatever case and accents: mails cut and quote names. */
static bool alike(const char *a, const char *b)
{
    struct buf x = BUF_INIT(8000), y = BUF_INIT(8000);
    fold_into(&x, slice_trim(slice_of(a)));
    fold_into(&y, slice_trim(slice_of(b)));
    struct slice s = buf_view(&x), t = buf_view(&y);
    bool same =
        s.len && t.len &&
        (slice_eq(s, t) || (s.len > 2 && slice_find(t, s) >= 0) || (t.len > 2 && slice_find(s, t) >= 0));
    buf_release(&x);
    buf_release(&y);
    return same;
}

static bool tells_of(const struct report_finding *f, const char *name)
{
    if (alike(f->subject, name))
        return true;
    for (unsigned i = 0; i < f->n_facts; i++) {
        if (alike(f->facts[i].text, name))
            return true;
    }
    return false;
}

static bool fits(const struct diagnosis *d, const struct report *r, const struct report_finding *f,
                 bool books)
{
    const char *key = r->kinds[f->kind].key;
    for (size_t i = 0; i < ARRAY_LEN(named); i++) {
        const char *value = diagnose_value(d, named[i].parameter);
        if (value[0] && starts_with_one(key, named[i].kinds) && !tells_of(f, value))
            return false;
    }
    const char *customer = diagnose_value(d, "customer_name");
    return !books || !customer[0] || !starts_with_one(key, by_customer) || tells_of(f, customer);
}

/* --- findings of the answer --- */

/* Lines and their invoice differ from look to look; the records that are wrong are the same. */
static bool is_of_invoice(const struct report_evidence *e)
{
    static const char *const own[] = {"invoice", "billing item", "time entry", "ticket", NULL};
    return confirm_has(own, e->what);
}

static bool same_finding(const struct report_finding *a, const struct report_finding *b)
{
    if (a->kind != b->kind || strcmp(a->subject, b->subject) != 0 || a->n_evidence != b->n_evidence)
        return false;
    for (unsigned i = 0; i < a->n_evidence; i++) {
        if (is_of_invoice(&a->evidence[i]) || strcmp(a->evidence[i].id, b->evidence[i].id) != 0 ||
            strcmp(a->evidence[i].system, b->evidence[i].system) != 0)
            return false;
    }
    return true;
}

static struct report_fact *fact_of(struct report_finding *f, const char *name)
{
    for (unsigned i = 0; i < f->n_facts; i++) {
        if (strcmp(f->facts[i].name, name) == 0)
            return &f->facts[i];
    }
    return NULL;
}

/* Which line: of which invoice, where there are several. */
static void name_lines(struct report *r, struct report_finding *f, const char *invoice)
{
    struct report_fact *lines = fact_of(f, "lines");
    if (lines && invoice[0])
        lines->text = pool_printf(r->pool, "%s (%s)", lines->text, invoice);
}

/* The row of the report; the same finding is there once, with the lines of all. */
static unsigned put_finding(struct report *into, const struct report_finding *f, const char *invoice)
{
    struct report_finding one = *f;
    name_lines(into, &one, invoice);
    for (size_t i = 0; i < into->n; i++) {
        struct report_fact *have, *more;
        if (!same_finding(&into->findings[i], &one))
            continue;
        have = fact_of(&into->findings[i], "lines");
        more = fact_of(&one, "lines");
        if (have && more && strcmp(have->text, more->text) != 0 && strlen(have->text) < LINES_BYTES)
            have->text = pool_printf(into->pool, "%s; %s", have->text, more->text);
        return (unsigned)i;
    }
    *report_add(into, f->kind, f->subject) = one;
    return (unsigned)into->n - 1;
}

static bool is_other_error(const struct report *r, const struct report_finding *f)
{
    static const char *const known[] = {"invoice-error", "sync-error", NULL}; /* the mail says so */
    return r->kinds[f->kind].severity == REPORT_ERROR && !confirm_has(known, r->kinds[f->kind].key);
}

static bool confirms(const struct diagnosis *d, const struct report *r, const struct report_finding *f,
                     bool books)
{
    return confirm_has(d->rule->confirmed_by, r->kinds[f->kind].key) && fits(d, r, f, books);
}

/* Of an invoice that is in QuickBooks: its being there solves none of these. */
static const char *const of_arrived[] = {"payment-",
                                         "void-not-",
                                         "invoice-no-number",
                                         "invoice-no-term",
                                         "invoice-not-emailed",
                                         "tax-differs",
                                         "total-differs",
                                         NULL};

static void count_confirming(const struct diagnosis *d, const struct report *r, bool books, bool *any,
                             bool *arrived)
{
    *any = *arrived = false;
    for (size_t i = 0; i < r->n; i++) {
        if (!confirms(d, r, &r->findings[i], books))
            continue;
        *any = true;
        *arrived = *arrived || starts_with_one(r->kinds[r->findings[i].kind].key, of_arrived);
    }
}

static void take_findings(struct diagnose_answer *a, struct diagnose_look *look, const struct report *r,
                          bool books)
{
    const char *invoice = a->n_looks + a->more_looks > 1 ? confirm_name(look) : "";
    for (size_t i = 0; i < r->n; i++) {
        const struct report_finding *f = &r->findings[i];
        bool of_it = confirms(a->diagnosis, r, f, books);
        if (of_it && look->n_findings < DIAGNOSE_FINDINGS)
            look->findings[look->n_findings++] = put_finding(&a->report, f, invoice);
        else if (!of_it && is_other_error(r, f) && a->others.n < OTHERS_MOST)
            (void)put_finding(&a->others, f, invoice);
    }
}

/* --- verdicts --- */

static bool found(const struct report *r, const char *key)
{
    for (size_t i = 0; i < r->n; i++) {
        if (strcmp(r->kinds[r->findings[i].kind].key, key) == 0)
            return true;
    }
    return false;
}

static bool said(const struct report *r, enum report_sort sort, const char *key)
{
    for (unsigned i = 0; i < r->n_sentences[sort]; i++) {
        if (strcmp(r->sentences[sort][i].key, key) == 0)
            return true;
    }
    return false;
}

/* What was not seen, and the kinds whose absence then says nothing; none = every kind. */
static const struct {
    const char *sentence, *kinds[6];
} unseen[] = {
    {"unseen-denied", {NULL}},
    {"unseen-restricted", {NULL}},
    {"unseen-code", {"item-", "name-", "number-", "parent-", "levels-", NULL}},
    {"unseen-period", {"period-closed", NULL}},
    {"unseen-currency", {"currency-", NULL}},
    {"unseen-contacts", {"email-", "method-email", NULL}},
    {"unseen-term", {"term-", "template-", NULL}},
    {"unseen-default-template", {"term-", "template-", NULL}},
    {"unseen-more-invoices", {"sync-", NULL}},
};

static const char *what_is_unseen(const struct diagnosis *d, const struct report *r)
{
    for (size_t i = 0; i < ARRAY_LEN(unseen); i++) {
        bool matters = !unseen[i].kinds[0];
        if (!said(r, REPORT_UNSEEN, unseen[i].sentence))
            continue;
        for (const char *const *k = d->rule->confirmed_by; k && *k; k++)
            matters = matters || starts_with_one(*k, unseen[i].kinds);
        if (matters)
            return unseen[i].sentence;
    }
    return "";
}

/* Without QuickBooks only what Autotask alone decides can be refuted. */
static bool needs_quickbooks(const struct diagnosis *d)
{
    for (const char *const *k = d->rule->confirmed_by; k && *k; k++) {
        if (!check_kind_of_autotask(*k))
            return true;
    }
    return false;
}

/* The invoice has arrived: what is wrong now is not what the error was about. */
static bool is_solved(const struct diagnosis *d, const struct diagnose_look *look, const struct asked *asked)
{
    const struct report *r = &asked->result.report;
    bool any, arrived, missed = confirm_has(d->rule->confirmed_by, "invoice-not-there");
    count_confirming(d, r, false, &any, &arrived);
    if (strcmp(look->what, "invoice") != 0 || arrived || (!confirm_is_refusal(d->rule) && (any || !missed)))
        return false;
    if (found(r, "invoice-transferred") && !asked->result.invoice.error)
        return true;
    return found(r, "invoice-already-there") && !any;
}

/* The invoice in QuickBooks. */
static void take_proof(struct diagnose_answer *a, struct diagnose_look *look, const struct report *r)
{
    static const char *const proofs[] = {"invoice-transferred", "invoice-already-there", NULL};
    for (size_t i = 0; i < r->n; i++) {
        if (confirm_has(proofs, r->kinds[r->findings[i].kind].key) && look->n_findings < DIAGNOSE_FINDINGS)
            look->findings[look->n_findings++] = put_finding(&a->report, &r->findings[i], "");
    }
}

static void set_unchecked(struct diagnose_look *look, const char *why)
{
    look->verdict = DIAGNOSE_UNCHECKED;
    look->why = why;
}

void confirm_judge(struct diagnose_answer *a, struct diagnose_look *look, const struct asked *asked)
{
    const struct diagnosis *d = a->diagnosis;
    const struct report *r = &asked->result.report;
    bool books = strcmp(look->what, "books") == 0, desktop;
    if (asked->rc != 0) {
        set_unchecked(look, confirm_why(&asked->e));
        return;
    }
    if (said(r, REPORT_VERDICT, "verdict-invoice-none")) {
        bool hidden = said(r, REPORT_UNSEEN, "unseen-denied") || said(r, REPORT_UNSEEN, "unseen-restricted");
        set_unchecked(look, hidden ? "diagnosis-denied" : "diagnosis-no-invoice");
        return;
    }
    if (is_solved(d, look, asked)) {
        look->verdict = DIAGNOSE_SOLVED;
        take_proof(a, look, r);
        return;
    }
    take_findings(a, look, r, books);
    desktop = said(r, REPORT_UNSEEN, "unseen-desktop");
    const char *hidden = what_is_unseen(d, r);
    if (look->n_findings) {
        look->verdict = DIAGNOSE_CONFIRMED;
    } else if (desktop && needs_quickbooks(d)) {
        set_unchecked(look, "diagnosis-desktop");
    } else if (confirm_has(d->rule->confirmed_by, "name-in-autotask")) {
        look->verdict = DIAGNOSE_REFUTED; /* that there is none is the answer */
    } else if (said(r, REPORT_VERDICT, "verdict-item-none") ||
               said(r, REPORT_VERDICT, "verdict-customer-none")) {
        set_unchecked(look, "diagnosis-no-name");
    } else if (hidden[0]) {
        set_unchecked(look, "diagnosis-unseen");
    } else {
        look->verdict = DIAGNOSE_REFUTED;
    }
}
