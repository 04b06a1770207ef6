/* SPDX-License-Identifier: GPL-2.0-or-later */
/* billed: invoices, by number, by id, or by how far an integration got with them (autotask-rest.md 5.12, 10;
 * sync-integration.md 1.2). dueDate and taxRegionID fail in a filter and are not asked for at all. */
#include "columns.h"

#define AT(member) offsetof(struct autotask_invoice, member)

static const struct column columns[] = {
    {"id", COLUMN_NUMBER, AT(id)},
    {"companyID", COLUMN_COMPANY, AT(company_id)},
    {"invoiceNumber", COLUMN_TEXT, AT(number)},
    {"invoiceDateTime", COLUMN_TIME, AT(date_ms)},
    {"createDateTime", COLUMN_TIME, AT(created_ms)},
    {"fromDate", COLUMN_TIME, AT(from_ms)},
    {"toDate", COLUMN_TIME, AT(to_ms)},
    {"paidDate", COLUMN_TIME, AT(paid_ms)},
    {"voidedDate", COLUMN_TIME, AT(voided_ms)},
    {"webServiceDate", COLUMN_TIME, AT(web_service_ms)},
    {"invoiceTotal", COLUMN_DECIMAL, AT(total)},
    {"totalTaxValue", COLUMN_DECIMAL, AT(tax)},
    {"paymentTerm", COLUMN_NUMBER, AT(term)},
    {"orderNumber", COLUMN_TEXT, AT(order_number)},
    {"comments", COLUMN_TEXT, AT(comments)},
    {"taxRegionName", COLUMN_TEXT, AT(tax_region)},
    {"batchID", COLUMN_NUMBER, AT(batch_id)},
    {"invoiceEditorTemplateID", COLUMN_NUMBER, AT(template_id)},
    {"isVoided", COLUMN_FLAG, AT(voided)},
};
static const struct records invoices = RECORDS("Invoices", columns, struct autotask_invoice, 0);

static bool is_error(const struct autotask_invoice *i)
{
    return slice_eq_nocase(slice_trim(slice_of(i->number)), SLICE("ERROR"));
}

static int read_invoices(struct autotask *at, struct ask *ask, struct pool *pool,
                         struct autotask_invoices *out, struct err *e)
{
    struct rows rows;
    ask->what = &invoices;
    int rc = records_read(at, ask, pool, &rows, e);
    *out = (struct autotask_invoices){.v = rows.v, .n = rows.n};
    for (size_t i = 0; i < out->n; i++)
        out->v[i].error = is_error(&out->v[i]);
    return rc;
}

static bool has_number(const void *row, const void *self)
{
    const struct autotask_invoice *i = row;
    const char *number = self;
    return slice_eq_nocase(slice_trim(slice_of(i->number)), slice_trim(slice_of(number)));
}

int autotask_invoices_numbered(struct autotask *at, const char *number, struct pool *pool,
                               struct autotask_invoices *out, struct err *e)
{
    struct buf conditions = BUF_INIT(8000);
    struct ask ask = {.fits = has_number, .self = number, .most = 500};
    buf_puts(&conditions, "{\"op\":\"eq\",\"field\":\"invoiceNumber\",\"value\":");
    buf_put_json(&conditions, slice_cut_utf8(slice_of(number), 400));
    buf_putc(&conditions, '}');
    ask.conditions = conditions.data;
    int rc = read_invoices(at, &ask, pool, out, e);
    buf_release(&conditions);
    return rc;
}

int autotask_invoice_by_id(struct autotask *at, int64_t id, struct pool *pool, struct autotask_invoice *out,
                           struct err *e)
{
    void *row;
    if (records_one(at, &invoices, id, pool, &row, e) != 0)
        return -1;
    *out = *(struct autotask_invoice *)row;
    out->error = is_error(out);
    return 0;
}

/* --- by how far an integration got --- */

static bool any(const struct autotask_invoice *i)
{
    (void)i;
    return true;
}

static bool is_blank(const struct autotask_invoice *i)
{
    return !slice_trim(slice_of(i->number)).len;
}

static bool is_unstamped(const struct autotask_invoice *i)
{
    return !i->web_service_ms;
}

static const struct {
    const char *condition;
    bool (*fits)(const struct autotask_invoice *i);
} states[AT_INVOICE_STATES] = {
    [AT_INVOICES_ALL] = {"{\"op\":\"exist\",\"field\":\"id\"}", any},
    [AT_INVOICES_ERROR] = {"{\"op\":\"beginsWith\",\"field\":\"invoiceNumber\",\"value\":\"ERROR\"}",
                           is_error},
    /* eq against null matches nothing, so that both kinds of blank are asked for */
    [AT_INVOICES_NO_NUMBER] = {"{\"op\":\"or\",\"items\":[{\"op\":\"notExist\",\"field\":\"invoiceNumber\"},"
                               "{\"op\":\"eq\",\"field\":\"invoiceNumber\",\"value\":\"\"}]}",
                               is_blank},
    [AT_INVOICES_NO_WEB_DATE] = {"{\"op\":\"notExist\",\"field\":\"webServiceDate\"}", is_unstamped},
};

struct window {
    enum autotask_invoice_state state;
    int64_t from_ms, before_ms;
};

static bool is_inside(const void *row, const void *self)
{
    const struct autotask_invoice *i = row;
    const struct window *w = self;
    return states[w->state].fits(i) && (!w->from_ms || i->created_ms >= w->from_ms) &&
           (!w->before_ms || i->created_ms < w->before_ms);
}

/* Whole seconds, and wide enough: is_inside() has the last word. */
static void put_bound(struct buf *out, const char *op, int64_t ms)
{
    char text[32];
    if (!ms)
        return;
    clock_format_utc(ms, text);
    buf_printf(out, ",{\"op\":\"%s\",\"field\":\"createDateTime\",\"value\":\"%s\"}", op, text);
}

int autotask_invoices(struct autotask *at, enum autotask_invoice_state state, int64_t from_ms,
                      int64_t before_ms, size_t most, struct pool *pool, struct autotask_invoices *out,
                      bool *more, struct err *e)
{
    struct window window = {.state = state, .from_ms = from_ms, .before_ms = before_ms};
    struct buf conditions = BUF_INIT(1000);
    struct ask ask = {.fits = is_inside, .self = &window, .most = most, .more = more};
    buf_puts(&conditions, states[state].condition);
    put_bound(&conditions, "gte", from_ms);
    put_bound(&conditions, "lte", before_ms ? before_ms + 999 : 0);
    ask.conditions = conditions.data;
    int rc = read_invoices(at, &ask, pool, out, e);
    buf_release(&conditions);
    return rc;
}
