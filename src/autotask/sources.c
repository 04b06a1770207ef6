/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sources: what the lines of an invoice came from: time entries, charges, tickets (autotask-rest.md 5.13,
 * 5.14). */
#include "columns.h"

#define TIME(member)   offsetof(struct autotask_time_entry, member)
#define CHARGE(member) offsetof(struct autotask_charge, member)
#define TICKET(member) offsetof(struct autotask_ticket_name, member)

static const struct column time_columns[] = {
    {"id", COLUMN_NUMBER, TIME(id)},
    {"ticketID", COLUMN_NUMBER, TIME(ticket_id)},
    {"taskID", COLUMN_NUMBER, TIME(task_id)},
    {"billingCodeID", COLUMN_NUMBER, TIME(code_id)},
    {"resourceID", COLUMN_NUMBER, TIME(resource_id)},
    {"roleID", COLUMN_NUMBER, TIME(role_id)},
    {"dateWorked", COLUMN_TIME, TIME(worked_ms)},
    {"hoursWorked", COLUMN_DECIMAL, TIME(hours_worked)},
    {"hoursToBill", COLUMN_DECIMAL, TIME(hours_to_bill)},
    {"isNonBillable", COLUMN_FLAG, TIME(non_billable)},
    {"showOnInvoice", COLUMN_FLAG, TIME(show_on_invoice)},
};
static const struct column charge_columns[] = {
    {"id", COLUMN_NUMBER, CHARGE(id)},
    {"name", COLUMN_TEXT, CHARGE(name)},
    {"billingCodeID", COLUMN_NUMBER, CHARGE(code_id)},
    {"productID", COLUMN_NUMBER, CHARGE(product_id)},
    {"unitQuantity", COLUMN_DECIMAL, CHARGE(quantity)},
    {"unitPrice", COLUMN_DECIMAL, CHARGE(unit_price)},
    {"isBillableToCompany", COLUMN_FLAG, CHARGE(billable)},
    {"isBilled", COLUMN_FLAG, CHARGE(billed)},
};
static const struct column ticket_columns[] = {
    {"id", COLUMN_NUMBER, TICKET(id)},
    {"companyID", COLUMN_COMPANY, TICKET(company_id)},
    {"ticketNumber", COLUMN_TEXT, TICKET(number)},
    {"title", COLUMN_TEXT, TICKET(title)},
};
static const struct records time_entries =
                                RECORDS("TimeEntries", time_columns, struct autotask_time_entry, 0),
                            tickets = RECORDS("Tickets", ticket_columns, struct autotask_ticket_name, 0),
                            charges[AT_CHARGE_KINDS] = {
                                [AT_CHARGE_TICKET] =
                                    RECORDS("TicketCharges", charge_columns, struct autotask_charge, 0),
                                [AT_CHARGE_CONTRACT] =
                                    RECORDS("ContractCharges", charge_columns, struct autotask_charge, 0)};

int autotask_time_entries(struct autotask *at, const int64_t *ids, size_t n_ids, struct pool *pool,
                          struct autotask_time_entries *out, struct err *e)
{
    struct rows rows;
    int rc = records_by_ids(at, &time_entries, ids, n_ids, pool, &rows, e);
    *out = (struct autotask_time_entries){.v = rows.v, .n = rows.n};
    return rc;
}

int autotask_charges(struct autotask *at, enum autotask_charge_kind kind, const int64_t *ids, size_t n_ids,
                     struct pool *pool, struct autotask_charges *out, struct err *e)
{
    struct rows rows;
    int rc = records_by_ids(at, &charges[kind], ids, n_ids, pool, &rows, e);
    *out = (struct autotask_charges){.v = rows.v, .n = rows.n};
    return rc;
}

int autotask_ticket_names(struct autotask *at, const int64_t *ids, size_t n_ids, struct pool *pool,
                          struct autotask_ticket_names *out, struct err *e)
{
    struct rows rows;
    int rc = records_by_ids(at, &tickets, ids, n_ids, pool, &rows, e);
    *out = (struct autotask_ticket_names){.v = rows.v, .n = rows.n};
    return rc;
}
