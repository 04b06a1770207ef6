/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lines: billing items of an invoice, and of what kind each is, by the record it came from
 * (autotask-rest.md 5.12). */
#include "columns.h"

enum { MOST_LINES = 1000 };

#define AT(member) offsetof(struct autotask_line, member)

static const struct column columns[] = {
    {"id", COLUMN_NUMBER, AT(id)},
    {"invoiceID", COLUMN_NUMBER, AT(invoice_id)},
    {"companyID", COLUMN_COMPANY, AT(company_id)},
    {"billingItemType", COLUMN_NUMBER, AT(type)},
    {"subType", COLUMN_NUMBER, AT(sub_type)},
    {"itemName", COLUMN_TEXT, AT(item_name)},
    {"description", COLUMN_TEXT, AT(description)},
    {"quantity", COLUMN_DECIMAL, AT(quantity)},
    {"quantity", COLUMN_PLACES, AT(quantity_places)},
    {"rate", COLUMN_DECIMAL, AT(rate)},
    {"rate", COLUMN_PLACES, AT(rate_places)},
    {"extendedPrice", COLUMN_DECIMAL, AT(extended_price)},
    {"totalAmount", COLUMN_DECIMAL, AT(total)},
    {"taxDollars", COLUMN_DECIMAL, AT(tax)},
    {"billingCodeID", COLUMN_NUMBER, AT(code_id)},
    {"roleID", COLUMN_NUMBER, AT(role_id)},
    {"timeEntryID", COLUMN_NUMBER, AT(time_entry_id)},
    {"ticketChargeID", COLUMN_NUMBER, AT(ticket_charge_id)},
    {"projectChargeID", COLUMN_NUMBER, AT(project_charge_id)},
    {"contractChargeID", COLUMN_NUMBER, AT(contract_charge_id)},
    {"serviceID", COLUMN_NUMBER, AT(service_id)},
    {"serviceBundleID", COLUMN_NUMBER, AT(bundle_id)},
    {"milestoneID", COLUMN_NUMBER, AT(milestone_id)},
    {"expenseItemID", COLUMN_NUMBER, AT(expense_item_id)},
    {"ticketID", COLUMN_NUMBER, AT(ticket_id)},
    {"taskID", COLUMN_NUMBER, AT(task_id)},
    {"projectID", COLUMN_NUMBER, AT(project_id)},
    {"contractID", COLUMN_NUMBER, AT(contract_id)},
    {"itemDate", COLUMN_TIME, AT(date_ms)},
    {"postedDate", COLUMN_TIME, AT(posted_ms)},
    {"webServiceDate", COLUMN_TIME, AT(web_service_ms)},
    {"organizationalLevelAssociationID", COLUMN_NUMBER, AT(business_id)},
    {"nonBillable", COLUMN_FLAG, AT(non_billable)},
};
static const struct records billing_items = RECORDS("BillingItems", columns, struct autotask_line, 0);

static bool is_of_invoice(const void *row, const void *self)
{
    const struct autotask_line *l = row;
    const int64_t *invoice = self;
    return l->invoice_id == *invoice;
}

static enum autotask_line_kind kind_of(const struct autotask_line *l)
{
    return l->time_entry_id                                                       ? AT_LINE_TIME
           : l->ticket_charge_id || l->project_charge_id || l->contract_charge_id ? AT_LINE_CHARGE
           : l->bundle_id                                                         ? AT_LINE_BUNDLE
           : l->service_id                                                        ? AT_LINE_SERVICE
           : l->milestone_id                                                      ? AT_LINE_MILESTONE
           : l->expense_item_id                                                   ? AT_LINE_EXPENSE
                                                                                  : AT_LINE_OTHER;
}

int autotask_lines(struct autotask *at, int64_t invoice_id, struct pool *pool, struct autotask_lines *out,
                   struct err *e)
{
    static const char *const fields[] = {"billingItemType", "subType"};
    struct autotask_labels labels[ARRAY_LEN(fields)];
    char conditions[100];
    snprintf(conditions, sizeof(conditions), "{\"op\":\"eq\",\"field\":\"invoiceID\",\"value\":%lld}",
             (long long)invoice_id);
    struct ask ask = {.what = &billing_items,
                      .conditions = conditions,
                      .fits = is_of_invoice,
                      .self = &invoice_id,
                      .most = MOST_LINES};
    struct rows rows;
    *out = (struct autotask_lines){0};
    if (records_read(at, &ask, pool, &rows, e) != 0 ||
        records_labels(at, "BillingItems", fields, ARRAY_LEN(fields), pool, labels, e) != 0)
        return -1;
    *out = (struct autotask_lines){.v = rows.v, .n = rows.n};
    for (size_t i = 0; i < out->n; i++) {
        struct autotask_line *l = &out->v[i];
        l->kind = kind_of(l);
        l->type_name = autotask_label_name(&labels[0], l->type);
        l->sub_type_name = autotask_label_name(&labels[1], l->sub_type);
    }
    return 0;
}
