/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * oneinvoice: `check invoice N`: why an invoice did not go over, or will not: its number, age, total, lines,
 * their items, the customer, the term, and what QuickBooks has under its number.
 *
 * Which date the integration counts its days from is not confirmed; the day on which the invoice was made is
 * taken, and said.
 */
#include "check_private.h"

#define DAY_MS (INT64_C(24) * 3600 * 1000)

struct report_finding *invoice_add(struct invoice_check *c, enum check_kind kind)
{
    struct report_finding *f = report_add(c->r, kind, c->subject);
    report_evidence(f, "Autotask", "invoice", check_id(c->r, c->inv->id), NULL);
    report_fact(f, "company", c->company);
    return f;
}

/* --- the invoice itself --- */

bool check_invoice_unsynced(const struct check_rows *rows, const struct autotask_invoice *inv)
{
    return !inv->error && !inv->voided &&
           (rows->conf->firm.autotask_numbers ? inv->web_service_ms == 0 : inv->number[0] == '\0');
}

bool check_invoice_too_old(const struct check_rows *rows, const struct autotask_invoice *inv)
{
    return rows->now_ms - inv->created_ms > (int64_t)rows->conf->firm.look_back_days * DAY_MS;
}

static void look_at_head(struct invoice_check *c)
{
    const struct check_rows *rows = c->rows;
    if (c->inv->error)
        (void)invoice_add(c, KIND_INVOICE_ERROR);
    if (c->inv->voided)
        (void)invoice_add(c, KIND_INVOICE_VOIDED);
    if (c->inv->total < 0)
        report_fact(invoice_add(c, KIND_INVOICE_NEGATIVE), "total", check_amount(c->r, c->inv->total));
    if (rows->invoices.n > 1) {
        struct report_finding *f = invoice_add(c, KIND_NUMBER_TWICE);
        for (size_t i = 1; i < rows->invoices.n; i++)
            report_evidence(f, "Autotask", "invoice", check_id(c->r, rows->invoices.v[i].id), NULL);
    }
    if (!c->unsynced)
        return;
    struct report_finding *f =
        invoice_add(c, check_invoice_too_old(rows, c->inv) ? KIND_INVOICE_TOO_OLD : KIND_INVOICE_DUE);
    report_fact(f, "date", check_day(rows, c->r, c->inv->created_ms));
    report_fact(f, "window", check_count(c->r, rows->conf->firm.look_back_days));
}

/* A present closing date is believed; an absent one says nothing. */
static void look_at_period(struct invoice_check *c)
{
    const char *closed = c->rows->preferences.book_close_date;
    if (!closed || !closed[0] || c->there || c->inv->voided)
        return;
    const char *day = check_day(c->rows, c->r, c->inv->date_ms);
    if (strcmp(day, closed) > 0)
        return;
    struct report_finding *f = invoice_add(c, KIND_PERIOD_CLOSED);
    report_fact(f, "date", day);
    report_fact(f, "since", closed);
}

static void look_at_term(struct invoice_check *c)
{
    const struct autotask_terms *terms = &c->rows->autotask.terms;
    const char *name = autotask_term_name(terms, &terms->of_invoices, c->inv->term, NULL);
    const struct quickbooks_term *inactive = NULL;
    if (!c->rows->online || !name[0] || c->there || c->inv->voided)
        return;
    for (size_t i = 0; i < c->rows->terms.n; i++) {
        const struct quickbooks_term *t = &c->rows->terms.v[i];
        struct slice bare = t->active ? slice_of(t->name) : quickbooks_bare_name(t->name);
        if (!slice_eq(bare, slice_of(name)))
            continue;
        if (t->active)
            return;
        inactive = t;
    }
    struct report_finding *f = invoice_add(c, inactive ? KIND_INVOICE_TERM_INACTIVE : KIND_INVOICE_TERM);
    report_fact(f, "term", name);
    if (inactive)
        report_evidence(f, "QuickBooks", "term", inactive->id, check_link(c->rows, c->r, QB_PAGE_TERMS, ""));
}

/* --- its twin --- */

void invoice_twin_evidence(struct invoice_check *c, struct report_finding *f,
                           const struct quickbooks_invoice *q)
{
    report_evidence(f, "QuickBooks", quickbooks_txn_name(q->txn), q->id,
                    q->txn == QB_INVOICE ? check_link(c->rows, c->r, QB_PAGE_INVOICE, q->id) : "");
}

bool invoice_same_customer(const struct invoice_check *c, const struct quickbooks_invoice *q)
{
    return fold_eq(slice_of(q->customer_name), slice_of(c->company));
}

/* Of several with its number the one that is most likely it: customer and total, then customer. */
const struct quickbooks_invoice *invoice_best_twin(const struct invoice_check *c)
{
    const struct quickbooks_invoices *all = &c->rows->in_quickbooks;
    const struct quickbooks_invoice *best = &all->v[0];
    int best_points = -1;
    for (size_t i = 0; i < all->n; i++) {
        int points = invoice_same_customer(c, &all->v[i]) ? 1 + (all->v[i].total == c->inv->total) : 0;
        if (points > best_points)
            best = &all->v[i];
        best_points = points > best_points ? points : best_points;
    }
    return best;
}

static void look_at_twin(struct invoice_check *c, const struct quickbooks_invoice *q)
{
    bool same = invoice_same_customer(c, q);
    bool equal = q->total == c->inv->total;
    enum check_kind kind = !same ? KIND_NUMBER_TAKEN : equal ? KIND_INVOICE_TRANSFERRED : KIND_TOTAL_DIFFERS;
    struct report_finding *f = invoice_add(c, kind);
    invoice_twin_evidence(c, f, q);
    report_fact(f, "other", q->customer_name);
    report_fact(f, "date", q->date);
    report_fact(f, "want", check_amount(c->r, c->inv->total));
    report_fact(f, "have", check_amount(c->r, q->total));
    c->there = c->there || same;
    if (!same || equal || q->tax == c->inv->tax)
        return;
    f = invoice_add(c, KIND_TAX_DIFFERS);
    report_fact(f, "want", check_amount(c->r, c->inv->tax));
    report_fact(f, "have", check_amount(c->r, q->tax));
    invoice_twin_evidence(c, f, q);
}

static void look_in_quickbooks(struct invoice_check *c)
{
    if (!c->rows->online)
        return;
    if (c->rows->in_quickbooks.n)
        look_at_twin(c, invoice_best_twin(c));
    if (c->rows->in_quickbooks.n > 1) {
        struct report_finding *f = report_add(c->r, KIND_NUMBER_TWICE_QUICKBOOKS, c->subject);
        for (size_t i = 0; i < c->rows->in_quickbooks.n; i++)
            invoice_twin_evidence(c, f, &c->rows->in_quickbooks.v[i]);
    }
    bool looked = c->rows->deep.wanted && check_customer_named(c->rows, c->company); /* by its day, too */
    if (!looked && (c->inv->error || !c->inv->number[0]))
        report_say(c->r, REPORT_UNSEEN, "unseen-transferred", NULL);
    else if (!c->inv->error && c->inv->number[0] && !c->there && !c->unsynced && !c->inv->voided)
        (void)invoice_add(c, KIND_INVOICE_NOT_THERE);
}

/* --- its lines --- */

const struct autotask_time_entry *invoice_entry(const struct check_rows *rows, int64_t id)
{
    for (size_t i = 0; id && i < rows->entries.n; i++) {
        if (rows->entries.v[i].id == id)
            return &rows->entries.v[i];
    }
    return NULL;
}

static const char *ticket_number(const struct check_rows *rows, int64_t id)
{
    for (size_t i = 0; i < rows->tickets.n; i++) {
        if (rows->tickets.v[i].id == id)
            return rows->tickets.v[i].number;
    }
    return "";
}

struct report_finding *invoice_add_line(struct invoice_check *c, enum check_kind kind,
                                        const struct autotask_line *line)
{
    struct report_finding *f =
        report_add(c->r, kind, line->item_name[0] ? line->item_name : line->description);
    report_evidence(f, "Autotask", "billing item", check_id(c->r, line->id), NULL);
    report_fact(f, "amount", check_amount(c->r, line->total));
    report_fact(f, "type", line->type_name);
    return f;
}

/* Where a line came from: time entry, ticket, and who worked. */
void invoice_add_source(struct invoice_check *c, struct report_finding *f,
                        const struct autotask_time_entry *entry)
{
    if (!entry)
        return;
    report_evidence(f, "Autotask", "time entry", check_id(c->r, entry->id),
                    check_page(c->rows, c->r, AT_PAGE_TIME_ENTRY, entry->id));
    if (entry->ticket_id)
        report_evidence(f, "Autotask", "ticket", check_id(c->r, entry->ticket_id),
                        check_page(c->rows, c->r, AT_PAGE_TICKET, entry->ticket_id));
    report_fact(f, "ticket", ticket_number(c->rows, entry->ticket_id));
    if (c->rows->deep.wanted)
        invoice_add_work(c, f, entry);
}

static void look_at_line(struct invoice_check *c, const struct autotask_line *line)
{
    if (line->code_id) {
        if (line->total == 0 && !line->non_billable)
            (void)invoice_add_line(c, KIND_LINE_ZERO, line);
        return;
    }
    const struct autotask_time_entry *entry = invoice_entry(c->rows, line->time_entry_id);
    struct report_finding *f =
        invoice_add_line(c, entry && !entry->code_id ? KIND_LINE_NO_WORK_TYPE : KIND_LINE_NO_CODE, line);
    invoice_add_source(c, f, entry);
}

/* The codes of the lines, as `mapping` sees them: an inactive code goes over as well. */
static void look_at_items(struct invoice_check *c)
{
    struct check_rows few = *c->rows;
    struct pool *pool = c->r->pool;
    struct name_index *used = name_index_new(pool, few.lines.n);
    for (uint32_t i = 0; i < few.lines.n; i++)
        name_index_add(used, slice_of(check_id(c->r, few.lines.v[i].code_id)), i);
    few.autotask.codes = (struct autotask_codes){
        .v = pool_array(pool, c->rows->autotask.codes.n + 1, sizeof(*few.autotask.codes.v))};
    for (size_t i = 0; i < c->rows->autotask.codes.n; i++) {
        struct autotask_code code = c->rows->autotask.codes.v[i];
        if (name_index_first(used, slice_of(check_id(c->r, code.id))) == NAME_INDEX_NONE)
            continue;
        code.active = true;
        few.autotask.codes.v[few.autotask.codes.n++] = code;
    }
    check_keep_items(&few, pool, SLICE_NONE);
    size_t before = c->r->n;
    find_mapping(&few, c->r);
    if (c->rows->deep.wanted)
        invoice_items_deep(c, &few, before);
}

/* --- all of it --- */

static void say_verdict(struct invoice_check *c)
{
    static const char *const verdicts[3] = {"verdict-invoice-errors", "verdict-invoice-warnings",
                                            "verdict-invoice-clean"};
    if (c->there && !c->r->counts[REPORT_ERROR]) {
        size_t warnings = c->r->counts[REPORT_WARNING];
        const struct report_fact facts[] = {{"name", c->subject},
                                            {"company", c->company},
                                            {"warnings", warnings ? check_count(c->r, warnings) : ""},
                                            {NULL, NULL}};
        report_say(c->r, REPORT_VERDICT, "verdict-invoice-there", facts);
        return;
    }
    check_verdict_of_name(c->r, verdicts, verdicts[2], c->subject, c->company);
}

void compare_invoice(const struct check_rows *rows, struct report *r)
{
    struct invoice_check c = {.rows = rows, .r = r};
    if (rows->invoices.n == 0) {
        const struct report_fact facts[] = {{"name", rows->argument}, {NULL, NULL}};
        report_say(r, REPORT_VERDICT, "verdict-invoice-none", facts);
        return;
    }
    c.inv = &rows->invoices.v[0];
    c.company = rows->named.n ? rows->named.v[0].name : "";
    c.subject = c.inv->error || !c.inv->number[0] ? pool_printf(r->pool, "id %s", check_id(r, c.inv->id))
                                                  : c.inv->number;
    c.unsynced = check_invoice_unsynced(rows, c.inv);
    look_in_quickbooks(&c);
    look_at_head(&c);
    look_at_period(&c);
    look_at_term(&c);
    for (size_t i = 0; i < rows->lines.n; i++)
        look_at_line(&c, &rows->lines.v[i]);
    look_at_items(&c);
    if (rows->named.n && !c.there)
        find_customer(rows, r, &rows->named.v[0]);
    if (rows->deep.wanted)
        invoice_deep(&c);
    const struct report_fact facts[] = {{"id", check_id(r, c.inv->id)},
                                        {"company", c.company},
                                        {"total", check_amount(r, c.inv->total)},
                                        {"n", check_count(r, rows->lines.n)},
                                        {NULL, NULL}};
    report_say(r, REPORT_COMPARED, rows->by_id ? "compared-invoice-id" : "compared-invoice-number", facts);
    say_verdict(&c);
}
