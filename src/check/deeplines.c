/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * deeplines: what a diagnosis looks for in each line of an invoice: amounts, signs, decimals, why it came to
 * nothing, who worked (sync-errors.md B, at-zero-amount-line, qbd-quantity-not-allowed).
 */
#include "check_private.h"

enum { PLACES_MAX = 7, PLACES_MAX_DESKTOP = 5, MOST_NAMES = 20 };
#define CENT        100
#define AMOUNT_MOST (INT64_C(100000000000) * 10000) /* 11 digits before the point */

static const struct autotask_code *code_of(const struct check_rows *rows, int64_t id)
{
    for (size_t i = 0; id && i < rows->autotask.codes.n; i++) {
        if (rows->autotask.codes.v[i].id == id)
            return &rows->autotask.codes.v[i];
    }
    return NULL;
}

/* --- who worked --- */

void invoice_add_work(struct invoice_check *c, struct report_finding *f,
                      const struct autotask_time_entry *entry)
{
    const struct autotask_persons *all = &c->rows->deep.technicians;
    for (size_t i = 0; i < all->n; i++) {
        if (all->v[i].id == entry->resource_id)
            report_factf(c->r, f, "technician", "%s%s%s", all->v[i].first, all->v[i].first[0] ? " " : "",
                         all->v[i].last);
    }
    report_fact(f, "hours", check_amount(c->r, entry->hours_to_bill));
    report_fact(f, "date", check_day(c->rows, c->r, entry->worked_ms));
}

/* --- amounts --- */

static int64_t distance(int64_t a, int64_t b)
{
    return a > b ? a - b : b - a;
}

static void look_at_amount(struct invoice_check *c, const struct autotask_line *line)
{
    long double product = (long double)line->quantity * (long double)line->rate / 10000;
    bool huge = product > 9e17L || product < -9e17L;
    if (line->total == 0 || line->non_billable || huge)
        return;
    int64_t want = (int64_t)(product < 0 ? product - 0.5L : product + 0.5L);
    if (distance(want, line->total) < CENT)
        return;
    struct report_finding *f = invoice_add_line(c, KIND_LINE_AMOUNT_ODD, line);
    report_fact(f, "want", check_amount(c->r, want));
    report_fact(f, "have", check_amount(c->r, line->total));
}

static void look_at_places(struct invoice_check *c, const struct autotask_line *line)
{
    int64_t most = c->rows->online ? PLACES_MAX : PLACES_MAX_DESKTOP;
    int64_t places = line->quantity_places > line->rate_places ? line->quantity_places : line->rate_places;
    bool large = distance(line->quantity, 0) >= AMOUNT_MOST || distance(line->rate, 0) >= AMOUNT_MOST;
    if (places <= most && !large)
        return;
    struct report_finding *f = invoice_add_line(c, KIND_LINE_DECIMALS, line);
    report_fact(f, "n", check_count(c->r, (size_t)places));
    report_fact(f, "limit", check_count(c->r, (size_t)most));
}

/* --- nothing is billed --- */

static void look_at_zero(struct invoice_check *c, const struct autotask_line *line)
{
    const struct autotask_time_entry *entry = invoice_entry(c->rows, line->time_entry_id);
    bool no_charge = line->non_billable || (entry && entry->non_billable);
    if (line->total != 0 || (!line->code_id && entry && !entry->code_id)) /* told as line-no-work-type */
        return;
    bool no_rate = line->quantity != 0 && line->rate == 0 && line->time_entry_id;
    if (!no_charge && !line->contract_id && !no_rate)
        return;
    struct report_finding *f = invoice_add_line(c,
                                                no_charge           ? KIND_LINE_NON_BILLABLE
                                                : line->contract_id ? KIND_LINE_CONTRACT
                                                                    : KIND_LINE_RATE_ZERO,
                                                line);
    if (line->contract_id)
        report_evidence(f, "Autotask", "contract", check_id(c->r, line->contract_id),
                        check_page(c->rows, c->r, AT_PAGE_CONTRACT, line->contract_id));
    invoice_add_source(c, f, entry);
}

/* --- is it a discount? (Desktop gives such items no quantity) --- */

static bool has_word(const char *text, const char *word)
{
    struct buf folded = BUF_INIT(5000);
    bool found = false;
    fold_into(&folded, slice_of(text));
    struct slice rest = buf_view(&folded), w = slice_of(word);
    for (long at; !found && (at = slice_find(rest, w)) >= 0;) {
        bool begins = at == 0 || rest.ptr[at - 1] < 'a' || rest.ptr[at - 1] > 'z';
        rest = slice_skip(rest, (size_t)at + w.len);
        if (rest.len && *rest.ptr == 's')
            rest = slice_skip(rest, 1);
        found = begins && (!rest.len || *rest.ptr < 'a' || *rest.ptr > 'z');
    }
    buf_release(&folded);
    return found;
}

static bool is_like_discount(const char *text)
{
    static const char *const words[] = {"discount", "rebate",  "credit",   "subtotal",
                                        "payment",  "deposit", "sales tax"};
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (has_word(text, words[i]))
            return true;
    }
    return false;
}

static void look_for_discount(struct invoice_check *c, const struct autotask_line *line)
{
    const struct autotask_code *code = code_of(c->rows, line->code_id);
    bool like =
        line->total < 0 || is_like_discount(line->item_name) || (code && is_like_discount(code->name));
    if (line->quantity == 0 || !like)
        return;
    struct report_finding *f = invoice_add_line(c, KIND_LINE_LIKE_DISCOUNT, line);
    report_fact(f, "name", code ? code->name : "");
    report_factf(c->r, f, "n", "%.4g", (double)line->quantity / 10000);
    if (code)
        report_evidence(f, "Autotask", autotask_code_kind_name(code->kind), check_id(c->r, code->id), NULL);
}

/* --- all of it --- */

static void look_at_line(struct invoice_check *c, const struct autotask_line *line)
{
    look_at_amount(c, line);
    look_at_places(c, line);
    look_at_zero(c, line);
    look_for_discount(c, line);
    if (line->total < 0)
        (void)invoice_add_line(c, KIND_LINE_NEGATIVE, line);
    if (!line->description[0])
        (void)invoice_add_line(c, KIND_LINE_NO_DESCRIPTION, line);
    (void)invoice_add_line(c, line->business_id ? KIND_LINE_OF_BUSINESS : KIND_LINE_NO_CLASS, line);
}

/* One of each code: what Desktop is asked for, and what it may be taxed as. */
static void look_at_codes(struct invoice_check *c)
{
    const struct check_rows *rows = c->rows;
    size_t names = 0;
    for (size_t i = 0; i < rows->autotask.codes.n; i++) {
        const struct autotask_code *code = &rows->autotask.codes.v[i];
        bool used = false;
        for (size_t k = 0; k < rows->lines.n; k++)
            used = used || rows->lines.v[k].code_id == code->id;
        if (!used)
            continue;
        const char *kind = autotask_code_kind_name(code->kind), *id = check_id(c->r, code->id);
        if (!rows->online && names++ < MOST_NAMES)
            report_evidence(report_add(c->r, KIND_LINE_NAME, code->name), "Autotask", kind, id, NULL);
        if (!code->tax_category_id)
            report_evidence(report_add(c->r, KIND_LINE_NO_TAX_CATEGORY, code->name), "Autotask", kind, id,
                            NULL);
        if (strchr(code->name, '\''))
            report_evidence(report_add(c->r, KIND_NAME_APOSTROPHE, code->name), "Autotask", kind, id, NULL);
    }
}

void invoice_lines_deep(struct invoice_check *c)
{
    for (size_t i = 0; i < c->rows->lines.n; i++)
        look_at_line(c, &c->rows->lines.v[i]);
    look_at_codes(c);
}
