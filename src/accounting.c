/* SPDX-License-Identifier: GPL-2.0-or-later */
/* accounting: the way to QuickBooks, and the care for its login: an idle installation stays logged in, and
 * the operator hears 30 and 7 days before it ends, and when it has ended. See desk.h. */
#include "desk.h"

enum { IN_FLIGHT = 4, LOOK_MS = 3600 * 1000, SOON_MS = 5 * 60 * 1000, AGAIN_MS = 30 * 1000 };
#define DAY_MS (INT64_C(24) * 3600 * 1000)

int accounting_open(struct accounting **out, const struct conf *conf, int stop_fd, bool shared, struct err *e)
{
    char slots[4200];
    struct http_options http = {.stop_fd = stop_fd};
    *out = NULL;
    if (!conf->quickbooks)
        return 0;
    struct accounting *a = mem_alloc(sizeof(*a));
    snprintf(slots, sizeof(slots), "%s/slots", conf->journal.path);
    int rc = http_curl_init(&a->http, &http, e);
    if (rc == 0)
        rc = budget_open(&a->budget, shared ? slots : NULL, "quickbooks", IN_FLIGHT, 0, e);
    struct quickbooks_options o = {.conf = conf,
                                   .http = &a->http,
                                   .budget = a->budget,
                                   .state_dir = conf->journal.path,
                                   .stop_fd = stop_fd};
    if (rc == 0)
        rc = quickbooks_new(&a->qb, &o, e);
    if (rc == 0)
        *out = a;
    else
        accounting_close(&a);
    return rc;
}

void accounting_close(struct accounting **accounting)
{
    struct accounting *a = *accounting;
    if (!a)
        return;
    quickbooks_free(&a->qb);
    budget_close(&a->budget);
    http_release(&a->http);
    free(a);
    *accounting = NULL;
}

/* --- the keeper's part --- */

static const struct notice {
    int days;
    const char *topic;
} notices[] = {{30, "quickbooks-login-30-days"}, {7, "quickbooks-login-7-days"}};

static void tell_of_end(struct desk *d, const struct oauth2_view *v)
{
    int64_t ends_ms = oauth2_ends(v), left_ms = ends_ms - clock_now_ms();
    char when[32], text[400];
    clock_format_local(ends_ms, d->conf->firm.timezone, when);
    for (size_t i = 0; i < ARRAY_LEN(notices); i++) {
        bool near = ends_ms && left_ms <= notices[i].days * DAY_MS;
        snprintf(
            text, sizeof(text),
            "The login at QuickBooks ends in %lld days, on %s. Fix: an administrator of the company logs in "
            "again with `frontdesk login quickbooks`; that can be done at any time before.",
            (long long)(left_ms / DAY_MS), when);
        if (near && left_ms > 0)
            alert_ill(d, notices[i].topic, text);
        else if (!near)
            alert_well(d, notices[i].topic, "The login at QuickBooks was renewed");
    }
}

/* Nobody may ask for the books for days: whether they answer again is looked at. */
static void look_again(struct desk *d)
{
    struct accounting *a = d->accounting;
    struct quickbooks_company company;
    struct err e = ERR_INIT;
    if (!leg_is_failing(d, LEG_QUICKBOOKS, 0) || clock_mono_ms() < a->look_ms)
        return;
    struct pool *pool = pool_new(1 << 20);
    if (quickbooks_company(a->qb, pool, &company, &e) != 0)
        LOG(LOG_INFO, "keeper", "quickbooks.failing", LS("error", e.text));
    a->look_ms = clock_mono_ms() + AGAIN_MS;
    pool_free(&pool);
}

void accounting_keep(struct desk *d, int64_t *next_ms)
{
    const char *topic = err_code_name(ERR_LOGIN);
    struct oauth2_view v;
    struct err e = ERR_INIT;
    if (!d->accounting)
        return;
    look_again(d);
    /* an operator who has just logged in should not have to wait to read that all is well */
    bool ill = journal_alert_is(d->journal, topic);
    if (clock_mono_ms() < *next_ms - (ill ? LOOK_MS - SOON_MS : 0))
        return;
    *next_ms = clock_mono_ms() + LOOK_MS;
    if (oauth2_keep(quickbooks_login(d->accounting->qb), &e) == 0) {
        alert_well(d, topic, "QuickBooks takes frontdesk's login again");
    } else if (err_class(&e) == ERR_CLASS_OPERATOR) {
        alert_ill(d, topic, e.text);
    } else {
        LOG(LOG_WARN, "keeper", "quickbooks.failed", LS("error", e.text));
        *next_ms = clock_mono_ms() + SOON_MS;
    }
    if (oauth2_look(d->conf->quickbooks->token_file, &v, &e) == 0 && v.there && !v.refused &&
        !clock_is_doubted(d))
        tell_of_end(d, &v);
}
