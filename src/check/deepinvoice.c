/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * deepinvoice: what a diagnosis looks for in the head of an invoice and in what QuickBooks has of it, besides
 * `check invoice` (sync-errors.md A to D). Limits of lengths: quickbooks-online.md 3.5, 7.
 */
#include "check_private.h"

enum {
    NUMBER_MAX = 21,
    NUMBER_MAX_DESKTOP = 11,
    ORDER_MAX_DESKTOP = 25,
    MEMO_MAX = 1000,
    MOST_TEXTS = 5,
};
#define YEAR_MS (INT64_C(365) * 24 * 3600 * 1000)
#define AD_1980 INT64_C(315532800000)

/* --- lengths, dates, signs --- */

static void look_at_length(struct invoice_check *c, enum check_kind kind, const char *text, size_t most)
{
    size_t length = check_length(text);
    if (length <= most)
        return;
    struct report_finding *f = invoice_add(c, kind);
    report_fact(f, "length", check_count(c->r, length));
    report_fact(f, "limit", check_count(c->r, most));
}

static void look_at_lengths(struct invoice_check *c)
{
    bool online = c->rows->online;
    if (!c->inv->error)
        look_at_length(c, KIND_NUMBER_TOO_LONG, c->inv->number, online ? NUMBER_MAX : NUMBER_MAX_DESKTOP);
    if (online)
        look_at_length(c, KIND_COMMENT_TOO_LONG, c->inv->comments, MEMO_MAX);
    else
        look_at_length(c, KIND_ORDER_TOO_LONG, c->inv->order_number, ORDER_MAX_DESKTOP);
}

static void look_at_date(struct invoice_check *c)
{
    int64_t ms = c->inv->date_ms;
    if (ms >= AD_1980 && ms <= c->rows->now_ms + 2 * YEAR_MS)
        return;
    report_fact(invoice_add(c, KIND_INVOICE_DATE_ODD), "date", ms ? check_day(c->rows, c->r, ms) : "none");
}

/* The first sign that is not plain ASCII, "U+2019"; "" = there is none. */
static const char *special_sign(struct invoice_check *c, const char *text)
{
    for (struct slice s = slice_of(text); s.len;) {
        size_t n = slice_utf8_length(s);
        unsigned char first = (unsigned char)*s.ptr;
        if (n > 1) {
            unsigned long code = first & (0xffU >> (n + 1));
            for (size_t i = 1; i < n; i++)
                code = code << 6 | ((unsigned char)s.ptr[i] & 0x3fU);
            return pool_printf(c->r->pool, "\"%.*s\" (U+%04lX)", (int)n, s.ptr, code);
        }
        s = slice_skip(s, n ? n : 1);
    }
    return "";
}

static void look_at_text(struct invoice_check *c, const char *what, const char *text, size_t *told)
{
    const char *sign = *told < MOST_TEXTS ? special_sign(c, text) : "";
    if (!sign[0])
        return;
    struct report_finding *f = invoice_add(c, KIND_TEXT_SPECIAL);
    report_fact(f, "what", what);
    report_fact(f, "sign", sign);
    (*told)++;
}

static void look_at_texts(struct invoice_check *c)
{
    size_t told = 0;
    look_at_text(c, "the comment of the invoice", c->inv->comments, &told);
    look_at_text(c, "the organization's name", c->company, &told);
    for (size_t i = 0; i < c->rows->lines.n; i++) {
        const struct autotask_line *line = &c->rows->lines.v[i];
        look_at_text(c, "the name of a line", line->item_name, &told);
        look_at_text(c, "the description of a line", line->description, &told);
    }
    if (strchr(c->company, '\''))
        report_fact(invoice_add(c, KIND_NAME_APOSTROPHE), "name", c->company);
}

static void look_for_lines(struct invoice_check *c)
{
    size_t usable = 0;
    for (size_t i = 0; i < c->rows->lines.n; i++)
        usable += !c->rows->lines.v[i].non_billable && c->rows->lines.v[i].total != 0;
    if (!usable)
        report_fact(invoice_add(c, KIND_INVOICE_NO_LINES), "n", check_count(c->r, c->rows->lines.n));
}

/* --- what QuickBooks has of it --- */

static bool same_day(const struct invoice_check *c, const struct quickbooks_invoice *q)
{
    const struct quickbooks_invoices *all = &c->rows->deep.same_day;
    for (size_t i = 0; i < all->n; i++) {
        if (strcmp(all->v[i].id, q->id) == 0)
            return true;
    }
    return strcmp(q->date, check_day(c->rows, c->r, c->inv->date_ms)) == 0;
}

static struct report_finding *add_twin(struct invoice_check *c, enum check_kind kind,
                                       const struct quickbooks_invoice *q)
{
    struct report_finding *f = invoice_add(c, kind);
    invoice_twin_evidence(c, f, q);
    report_fact(f, "other", q->customer_name);
    report_fact(f, "date", q->date);
    report_fact(f, "number", q->number);
    report_fact(f, "total", check_amount(c->r, q->total));
    return f;
}

/* Is its number that of another invoice in Autotask? */
static bool is_anothers(const struct invoice_check *c, const struct quickbooks_invoice *q)
{
    const struct autotask_invoices *all = &c->rows->deep.of_numbers;
    for (size_t i = 0; q->number[0] && i < all->n; i++) {
        if (all->v[i].id != c->inv->id &&
            slice_eq_nocase(slice_trim(slice_of(all->v[i].number)), slice_of(q->number)))
            return true;
    }
    return false;
}

static const struct quickbooks_invoice *twin_of_day(const struct invoice_check *c)
{
    const struct quickbooks_invoices *all = &c->rows->deep.same_day;
    for (size_t i = 0; i < all->n; i++) {
        if (all->v[i].total == c->inv->total && !is_anothers(c, &all->v[i]))
            return &all->v[i];
    }
    return NULL;
}

/* The number that the error names: of this invoice, or of another one? */
static void look_at_said(struct invoice_check *c, const struct quickbooks_invoices *all, bool taken_told)
{
    const struct quickbooks_invoice *other = NULL;
    ENSURE(all->n == 0 || all->v);
    for (size_t i = 0; i < all->n; i++) {
        const struct quickbooks_invoice *q = &all->v[i];
        if (invoice_same_customer(c, q) && q->total == c->inv->total && same_day(c, q)) {
            (void)add_twin(c, KIND_NUMBER_SAME_INVOICE, q);
            return;
        }
        other = other ? other : q;
    }
    if (!other || taken_told)
        return;
    struct report_finding *f = invoice_add(c, KIND_NUMBER_TAKEN);
    invoice_twin_evidence(c, f, other);
    report_fact(f, "other", other->customer_name);
    report_fact(f, "date", other->date);
    report_fact(f, "have", check_amount(c->r, other->total));
}

static const char *term_of_customer(const struct invoice_check *c)
{
    const struct quickbooks_customer *customer = check_customer_named(c->rows, c->company);
    for (size_t i = 0; customer && customer->term_id[0] && i < c->rows->terms.n; i++) {
        if (strcmp(c->rows->terms.v[i].id, customer->term_id) == 0)
            return c->rows->terms.v[i].name;
    }
    return "";
}

static void look_at_terms(struct invoice_check *c, const struct quickbooks_invoice *q)
{
    const struct autotask_terms *terms = &c->rows->autotask.terms;
    const char *sent = autotask_term_name(terms, &terms->of_invoices, c->inv->term, NULL);
    const char *own = term_of_customer(c);
    if (q && !q->term_id[0])
        report_fact(add_twin(c, KIND_INVOICE_NO_TERM, q), "term", sent);
    if (!sent[0] || !own[0] || strcmp(sent, own) == 0)
        return;
    const struct quickbooks_customer *customer = check_customer_named(c->rows, c->company);
    struct report_finding *f = invoice_add(c, KIND_INVOICE_TERM_OVERRIDES);
    report_fact(f, "term", sent);
    report_fact(f, "have", own);
    for (size_t i = 0; i < terms->n_templates; i++) {
        if (terms->templates[i].id == c->inv->template_id)
            report_fact(f, "template", terms->templates[i].name);
    }
    report_evidence(f, "QuickBooks", "customer", customer->id,
                    check_link(c->rows, c->r, QB_PAGE_CUSTOMER, customer->id));
}

static void look_at_payment(struct invoice_check *c, const struct quickbooks_invoice *q)
{
    const struct quickbooks_payment *p = &c->rows->deep.payment;
    bool its = p->id && p->id[0] && strcmp(p->id, q->payment_id) == 0;
    struct report_finding *f;
    if (q->balance == 0 && q->total > 0 && !c->inv->paid_ms && !c->inv->voided)
        (void)add_twin(c, KIND_PAYMENT_NOT_RETURNED, q);
    if (its && p->invoices > 1) {
        f = add_twin(c, KIND_PAYMENT_SEVERAL, q);
        report_evidence(f, "QuickBooks", "payment", p->id, "");
        report_fact(f, "n", check_count(c->r, p->invoices));
    }
    if (its && p->deposit_id[0]) {
        f = add_twin(c, KIND_PAYMENT_DEPOSITED, q);
        report_evidence(f, "QuickBooks", "payment", p->id, "");
        report_evidence(f, "QuickBooks", "deposit", p->deposit_id, "");
    }
}

static void look_at_twin(struct invoice_check *c, const struct quickbooks_invoice *q)
{
    if (c->inv->voided && q->total > 0)
        (void)add_twin(c, KIND_VOID_NOT_SYNCED, q);
    if (!q->number[0])
        (void)add_twin(c, KIND_INVOICE_NO_NUMBER, q);
    if (!slice_eq_nocase(slice_of(q->email_status), SLICE("EmailSent"))) {
        struct report_finding *f = add_twin(c, KIND_INVOICE_NOT_EMAILED, q);
        report_fact(f, "have", q->email_status);
        report_fact(f, "email", q->bill_email);
    }
    look_at_payment(c, q);
}

static void look_in_quickbooks(struct invoice_check *c)
{
    const struct check_rows *rows = c->rows;
    const struct quickbooks_invoice *by_number = NULL, *by_day = twin_of_day(c);
    if (rows->in_quickbooks.n) {
        by_number = invoice_best_twin(c);
        by_number = invoice_same_customer(c, by_number) && by_number->txn == QB_INVOICE ? by_number : NULL;
    }
    const struct quickbooks_invoice *twin = by_number ? by_number : by_day;
    if (rows->in_quickbooks.n)
        look_at_said(c, &rows->in_quickbooks, true);
    else
        look_at_said(c, &rows->deep.said, false);
    const struct report_fact facts[] = {{"company", c->company}, {NULL, NULL}};
    if (!twin && check_customer_named(rows, c->company))
        report_say(c->r, REPORT_COMPARED, "seen-no-twin", facts);
    if (!by_number && by_day)
        (void)add_twin(c, KIND_INVOICE_ALREADY_THERE, by_day);
    if (twin)
        look_at_twin(c, twin);
    look_at_terms(c, twin);
    if (!rows->preferences.book_close_date || !rows->preferences.book_close_date[0])
        report_say(c->r, REPORT_UNSEEN, "unseen-period", NULL);
}

/* --- what was seen, if nothing is wrong with it --- */

static void say_seen(struct invoice_check *c)
{
    static const unsigned zero[] = {KIND_LINE_ZERO,     KIND_LINE_NO_WORK_TYPE, KIND_LINE_NON_BILLABLE,
                                    KIND_LINE_CONTRACT, KIND_LINE_RATE_ZERO,    CHECK_N_KINDS};
    static const unsigned terms[] = {KIND_INVOICE_TERM, KIND_INVOICE_TERM_INACTIVE, CHECK_N_KINDS};
    const struct check_rows *rows = c->rows;
    const char *term =
        autotask_term_name(&rows->autotask.terms, &rows->autotask.terms.of_invoices, c->inv->term, NULL);
    const char *closed = rows->preferences.book_close_date ? rows->preferences.book_close_date : "";
    const struct report_fact facts[] = {{"total", check_amount(c->r, c->inv->total)},
                                        {"n", check_count(c->r, rows->lines.n)},
                                        {"date", check_day(rows, c->r, c->inv->date_ms)},
                                        {"number", c->inv->error ? "" : c->inv->number},
                                        {"term", term},
                                        {"since", closed},
                                        {NULL, NULL}};
    if (c->inv->total >= 0)
        report_say(c->r, REPORT_COMPARED, "seen-total", facts);
    if (!check_has_kind(c->r, 0, zero))
        report_say(c->r, REPORT_COMPARED, "seen-no-zero", facts);
    if (!rows->online)
        return;
    if (!check_has_kind(c->r, 0, terms))
        report_say(c->r, REPORT_COMPARED, term[0] ? "seen-term" : "seen-no-term", facts);
    if (closed[0])
        report_say(c->r, REPORT_COMPARED, "seen-period", facts);
    if (!rows->in_quickbooks.n && !rows->deep.said.n && facts[3].text[0])
        report_say(c->r, REPORT_COMPARED, "seen-not-there", facts);
}

void invoice_deep(struct invoice_check *c)
{
    look_at_lengths(c);
    look_at_date(c);
    look_at_texts(c);
    look_for_lines(c);
    invoice_lines_deep(c);
    invoice_taxes_deep(c);
    if (c->rows->online)
        look_in_quickbooks(c);
    if (c->rows->named.n)
        customer_deep(c->rows, c->r, &c->rows->named.v[0]);
    say_seen(c);
}
