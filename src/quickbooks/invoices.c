/* SPDX-License-Identifier: GPL-2.0-or-later */
/* invoices: and credit memos, sales and refund receipts, which share their numbers (quickbooks-online.md
 * 3.5). */
#include "ledger.h"

enum { MOST_LINES = 10000 };

const char *quickbooks_txn_name(enum quickbooks_txn txn)
{
    static const char *const names[QB_TXNS] = {[QB_INVOICE] = "Invoice",
                                               [QB_CREDIT_MEMO] = "CreditMemo",
                                               [QB_SALES_RECEIPT] = "SalesReceipt",
                                               [QB_REFUND_RECEIPT] = "RefundReceipt"};
    return names[txn];
}

static int take_line(const struct json *json, struct pool *pool, struct quickbooks_line *line, struct err *e)
{
    struct record r = {.json = json, .pool = pool, .e = e};
    struct json sale = json_get(json, "SalesItemLineDetail");
    struct record s = {.json = &sale, .pool = pool, .e = e};
    *line = (struct quickbooks_line){
        .id = record_text(&r, "Id", ID_BYTES),
        .description = record_text(&r, "Description", NOTE_BYTES),
        .kind = record_text(&r, "DetailType", WORD_BYTES),
        .amount = record_decimal(&r, "Amount"),
        .item_id = record_text(&s, "ItemRef.value", ID_BYTES),
        .item_name = record_text(&s, "ItemRef.name", FULL_NAME_BYTES),
        .account_id = record_text(&s, "ItemAccountRef.value", ID_BYTES),
        .account_name = record_text(&s, "ItemAccountRef.name", FULL_NAME_BYTES),
        .tax_code_id = record_text(&s, "TaxCodeRef.value", ID_BYTES),
        .class_id = record_text(&s, "ClassRef.value", ID_BYTES),
        .quantity = record_decimal(&s, "Qty"),
        .unit_price = record_decimal(&s, "UnitPrice"),
    };
    return r.rc != 0 ? -1 : record_end(&s);
}

static int take_lines(const struct json *json, struct pool *pool, struct quickbooks_invoice *out,
                      struct err *e)
{
    struct json list = json_get(json, "Line");
    int n = json_length(&list), i = 0;
    const cJSON *item;
    if (json_there(&list) && !cJSON_IsArray(list.value))
        return err_set(e, ERR_PROTOCOL, "Line: a list expected");
    if (n > MOST_LINES)
        return err_set(e, ERR_PROTOCOL, "Line: more than %d", MOST_LINES);
    struct quickbooks_line *lines = pool_array(pool, (size_t)n + 1, sizeof(*lines));
    cJSON_ArrayForEach(item, list.value)
    {
        struct json each = {.value = item, .parent = &list, .index = i};
        if (take_line(&each, pool, &lines[i++], e) != 0)
            return -1;
    }
    out->lines = lines;
    out->n_lines = (size_t)n;
    return 0;
}

/* How many transactions of that type are linked to this one, and the Id of the first. */
static size_t linked(const struct json *json, const char *type, struct pool *pool, const char **id)
{
    struct json list = json_get(json, "LinkedTxn");
    const cJSON *item;
    size_t n = 0;
    int i = 0;
    cJSON_ArrayForEach(item, list.value)
    {
        struct json each = {.value = item, .parent = &list, .index = i++}, kind = json_get(&each, "TxnType"),
                    value = json_get(&each, "TxnId");
        const char *text = cJSON_GetStringValue(kind.value);
        struct err ignored = ERR_INIT;
        if (text && strcmp(text, type) == 0 && n++ == 0 &&
            json_text(&value, ID_BYTES, pool, id, &ignored) != 0)
            *id = "";
    }
    return n;
}

static const char *linked_id(const struct json *json, const char *type, struct pool *pool)
{
    const char *id = "";
    (void)linked(json, type, pool, &id);
    return id;
}

static int take_invoice(const struct json *json, enum quickbooks_txn txn, struct pool *pool,
                        struct quickbooks_invoice *out, struct err *e)
{
    struct record r = {.json = json, .pool = pool, .e = e};
    *out = (struct quickbooks_invoice){
        .txn = txn,
        .id = record_text(&r, "Id", ID_BYTES),
        .number = record_text(&r, "DocNumber", WORD_BYTES),
        .date = record_text(&r, "TxnDate", ID_BYTES),
        .due_date = record_text(&r, "DueDate", ID_BYTES),
        .customer_id = record_text(&r, "CustomerRef.value", ID_BYTES),
        .customer_name = record_text(&r, "CustomerRef.name", FULL_NAME_BYTES),
        .term_id = record_text(&r, "SalesTermRef.value", ID_BYTES),
        .term_name = record_text(&r, "SalesTermRef.name", NAME_BYTES),
        .currency = record_text(&r, "CurrencyRef.value", WORD_BYTES),
        .tax_calculation = record_text(&r, "GlobalTaxCalculation", WORD_BYTES),
        .private_note = record_text(&r, "PrivateNote", NOTE_BYTES),
        .email_status = record_text(&r, "EmailStatus", WORD_BYTES),
        .bill_email = record_text(&r, "BillEmail.Address", NAME_BYTES),
        .class_id = record_text(&r, "ClassRef.value", ID_BYTES),
        .total = record_decimal(&r, "TotalAmt"),
        .balance = record_decimal(&r, "Balance"),
        .tax = record_decimal(&r, "TxnTaxDetail.TotalTax"),
    };
    out->payment_id = linked_id(json, "Payment", pool);
    struct json tax = json_get(json, "TxnTaxDetail");
    struct record t = {.json = &tax, .pool = pool, .e = e, .rc = r.rc};
    out->tax_code_id = record_text(&t, "TxnTaxCodeRef.value", ID_BYTES);
    return record_end(&t) != 0 ? -1 : take_lines(json, pool, out, e);
}

struct invoices {
    struct rows rows;
    enum quickbooks_txn txn;
};

static int take(void *self, const struct json *json, struct err *e)
{
    struct invoices *i = self;
    return take_invoice(json, i->txn, i->rows.pool, rows_add(&i->rows), e);
}

int quickbooks_invoices_numbered(struct quickbooks *qb, const char *number, struct pool *pool,
                                 struct quickbooks_invoices *out, struct err *e)
{
    struct invoices i = {.rows = {.pool = pool, .size = sizeof(*out->v)}};
    struct buf where = BUF_INIT(2000);
    int rc = 0;
    *out = (struct quickbooks_invoices){.n = 0};
    if (strlen(number) > WORD_BYTES)
        return err_set(e, ERR_LIMIT, "a number of %zu bytes is longer than any in QuickBooks",
                       strlen(number));
    buf_puts(&where, "DocNumber = ");
    quickbooks_put_value(&where, number);
    for (int txn = 0; txn < QB_TXNS && rc == 0; txn++) {
        i.txn = (enum quickbooks_txn)txn;
        rc = quickbooks_query(qb, quickbooks_txn_name(i.txn), where.data, take, &i, e);
    }
    buf_release(&where);
    *out = (struct quickbooks_invoices){.v = i.rows.v, .n = rc == 0 ? i.rows.n : 0};
    return rc;
}

int quickbooks_invoice_by_id(struct quickbooks *qb, const char *id, struct pool *pool,
                             struct quickbooks_invoice *out, struct err *e)
{
    uint64_t number;
    char what[60];
    struct json answer;
    *out = (struct quickbooks_invoice){.id = ""};
    if (!slice_to_u64(slice_of(id), 1, INT64_MAX, &number))
        return err_set(e, ERR_NOT_FOUND, "\"%.60s\" is no Id of an invoice", id);
    snprintf(what, sizeof(what), "invoice/%llu", (unsigned long long)number);
    if (ledger_read(qb, what, NULL, &answer, e) != 0)
        return err_wrap(e, "invoice %s", id);
    struct json one = json_get(&answer, "Invoice");
    int rc = cJSON_IsObject(one.value) ? take_invoice(&one, QB_INVOICE, pool, out, e)
                                       : err_set(e, ERR_PROTOCOL, "Invoice: a record expected");
    json_close(&answer);
    return rc;
}

int quickbooks_invoices_of(struct quickbooks *qb, const char *customer_id, const char *from_day,
                           const char *to_day, struct pool *pool, struct quickbooks_invoices *out,
                           struct err *e)
{
    struct invoices i = {.rows = {.pool = pool, .size = sizeof(*out->v)}, .txn = QB_INVOICE};
    struct buf where = BUF_INIT(1000);
    buf_puts(&where, "CustomerRef = ");
    quickbooks_put_value(&where, customer_id);
    buf_puts(&where, " AND TxnDate >= ");
    quickbooks_put_value(&where, from_day);
    buf_puts(&where, " AND TxnDate <= ");
    quickbooks_put_value(&where, to_day);
    int rc = quickbooks_query(qb, quickbooks_txn_name(i.txn), where.data, take, &i, e);
    buf_release(&where);
    *out = (struct quickbooks_invoices){.v = i.rows.v, .n = rc == 0 ? i.rows.n : 0};
    return rc;
}

/* --- payments --- */

struct payments {
    struct quickbooks_payment *out;
    struct pool *pool;
};

static int take_payment(void *self, const struct json *json, struct err *e)
{
    struct payments *p = self;
    struct record r = {.json = json, .pool = p->pool, .e = e};
    struct json lines = json_get(json, "Line");
    const char *first = "";
    const cJSON *item;
    int i = 0;
    *p->out = (struct quickbooks_payment){.id = record_text(&r, "Id", ID_BYTES),
                                          .date = record_text(&r, "TxnDate", ID_BYTES),
                                          .deposit_id = linked_id(json, "Deposit", p->pool)};
    cJSON_ArrayForEach(item, lines.value)
    {
        struct json each = {.value = item, .parent = &lines, .index = i++};
        p->out->invoices += linked(&each, "Invoice", p->pool, &first);
    }
    return record_end(&r);
}

int quickbooks_payment_by_id(struct quickbooks *qb, const char *id, struct pool *pool,
                             struct quickbooks_payment *out, struct err *e)
{
    struct payments p = {.out = out, .pool = pool};
    struct buf where = BUF_INIT(1000);
    *out = (struct quickbooks_payment){.id = "", .date = "", .deposit_id = ""};
    buf_puts(&where, "Id = ");
    quickbooks_put_value(&where, id);
    int rc = quickbooks_query(qb, "Payment", where.data, take_payment, &p, e);
    buf_release(&where);
    if (rc == 0 && !out->id[0])
        return err_set(e, ERR_NOT_FOUND, "QuickBooks has no payment %.60s", id);
    return rc;
}
