/* SPDX-License-Identifier: GPL-2.0-or-later */
/* weblinks: the documented commands that open a record (autotask-rest.md 7). */
#include "columns.h"

static const struct {
    const char *code, *argument;
} commands[AT_PAGES] = {
    [AT_PAGE_COMPANY] = {"OpenAccount", "AccountID"},
    [AT_PAGE_CONTRACT] = {"OpenContract", "ContractID"},
    [AT_PAGE_TICKET] = {"OpenTicketDetail", "TicketID"},
    [AT_PAGE_TIME_ENTRY] = {"EditTimeEntry", "WorkEntryID"},
    [AT_PAGE_PROJECT] = {"OpenProject", "ProjectID"},
};

static void put_link(const char *web_url, enum autotask_page page, int64_t id, struct buf *out)
{
    if (web_url[0])
        buf_printf(out, "%sAutotask/AutotaskExtend/ExecuteCommand.aspx?Code=%s&%s=%lld", web_url,
                   commands[page].code, commands[page].argument, (long long)id);
}

void autotask_page_link(struct autotask *at, enum autotask_page page, int64_t id, struct buf *out)
{
    pthread_mutex_lock(&at->lock);
    put_link(at->web, page, id, out);
    pthread_mutex_unlock(&at->lock);
}

void autotask_ticket_link(const struct directory *d, int64_t ticket_id, struct buf *out)
{
    if (d && d->web_url)
        put_link(d->web_url, AT_PAGE_TICKET, ticket_id, out);
}
