/* SPDX-License-Identifier: GPL-2.0-or-later */
/* doctor_books: QuickBooks, and the checks of watch. */
#include "../desk.h"
#include "doctor.h"
#include "frontdesk/oauth2.h"

#include <unistd.h>

static void look_at_end(struct doctor *d, const struct oauth2_view *v)
{
    char what[200], day[32];
    int64_t ends_ms = oauth2_ends(v), days = (ends_ms - clock_now_ms()) / (INT64_C(86400) * 1000);
    clock_format_utc(ends_ms, day);
    snprintf(what, sizeof(what), "QuickBooks: the login ends in %lld days, on %.10s", (long long)days, day);
    if (ends_ms && days <= 30)
        doctor_warn(d, what, "let an administrator of the company log in again: frontdesk login quickbooks");
}

static void put_company(const struct quickbooks_company *c, const struct oauth2_view *v, struct buf *out)
{
    char day[32];
    buf_printf(out, "%s, %s%s%s", c->name, c->country, c->offering[0] ? ", " : "", c->offering);
    clock_format_utc(oauth2_ends(v), day);
    if (oauth2_ends(v))
        buf_printf(out, "; logged in until %.10s if nothing is read before", day);
}

void doctor_look_at_quickbooks(struct doctor *d, const struct conf *conf)
{
    static const char what[] = "QuickBooks: login, company";
    struct buf findings = BUF_INIT(4000);
    struct pool *pool = pool_new(1 << 20);
    struct quickbooks_company company;
    struct oauth2_view v = {.there = false};
    struct accounting *a = NULL;
    struct err e = ERR_INIT;
    if (conf->quickbooks) {
        int rc = accounting_open(&a, conf, -1, access(conf->journal.path, F_OK) == 0, &e);
        doctor_begin(d, "asking QuickBooks for the company");
        if (rc == 0)
            rc = quickbooks_company(a->qb, pool, &company, &e);
        if (rc == 0)
            rc = oauth2_look(conf->quickbooks->token_file, &v, &e);
        if (rc == 0)
            put_company(&company, &v, &findings);
        doctor_report(d, what, QUICKBOOKS, rc, &findings, &e);
        if (rc == 0)
            look_at_end(d, &v);
    }
    accounting_close(&a);
    pool_free(&pool);
    buf_release(&findings);
}

/* What can be told without making it. */
void doctor_look_at_watches(struct doctor *d, const struct conf *conf)
{
    bool none = conf->firm.integration == CONF_INTEGRATION_NONE;
    bool closed = !none && conf->firm.integration != CONF_QBD && !conf->quickbooks;
    for (size_t i = 0; i < conf->n_watches; i++) {
        char what[100];
        snprintf(what, sizeof(what), "watch: the check %s", conf->watches[i].check);
        if (none)
            doctor_bad(
                d, what, "it cannot be made: firm.integration is missing",
                "name what carries invoices to QuickBooks in firm.integration, or take the check out of "
                "watch");
        else if (closed)
            doctor_bad(
                d, what, "it cannot be made: QuickBooks is not configured",
                "write the group quickbooks and log in with frontdesk login quickbooks, or take the check "
                "out of "
                "watch");
        else
            doctor_good(d, what, "");
    }
}
