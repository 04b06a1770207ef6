/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * connection: `check connection`: do both systems answer, is the subscription of QuickBooks paid, how many
 * calls are left. Here a failure is a finding: what frontdesk's own connection gets tells whether it is the
 * company or only the connection of the sync (sync-errors.md C, qbo-reconnect-needed; D, at-threshold).
 */
#include "check_private.h"

enum { BUSY_PERCENT = 75 };

int read_connection(struct check_rows *rows, const struct check_sources *s, struct pool *pool, struct err *e)
{
    struct check_deep *d = &rows->deep;
    (void)e;
    d->autotask_answers = autotask_usage(s->autotask, &d->calls, &d->calls_most, &d->autotask_said) == 0;
    d->quickbooks_answers =
        rows->online && quickbooks_company(s->quickbooks, pool, &d->company, &d->quickbooks_said) == 0 &&
        quickbooks_preferences(s->quickbooks, pool, &rows->preferences, &d->quickbooks_said) == 0;
    return 0;
}

static bool is_refusal(enum err_code code)
{
    return code == ERR_LOGIN || code == ERR_PERMISSION;
}

/* Still writable: TRIAL, TRIALOPTIN, SUBSCRIBED, RESTRICTED; PAID is older (quickbooks-online.md 3.6). */
static bool is_lapsed(const char *subscription)
{
    static const char *const over[] = {"SUSPENDED", "EXPIRED", "CANCELLED", "CANCELED"};
    for (size_t i = 0; i < ARRAY_LEN(over); i++) {
        if (slice_eq_nocase(slice_of(subscription), slice_of(over[i])))
            return true;
    }
    return false;
}

void settings_deep(const struct check_rows *rows, struct report *r, const char *subject)
{
    const struct quickbooks_company *company = &rows->deep.company;
    bool us = slice_eq_nocase(slice_of(company->country), SLICE("US"));
    if (company->country[0])
        report_fact(report_add(r, us ? KIND_QUICKBOOKS_US : KIND_QUICKBOOKS_NOT_US, subject), "have",
                    company->country);
    if (rows->preferences.automated_tax)
        (void)report_add(r, KIND_TAX_AUTOMATED, subject);
    if (!rows->preferences.classes)
        (void)report_add(r, KIND_CLASSES_OFF, subject);
    if (rows->preferences.custom_fields == 0)
        (void)report_add(r, KIND_CUSTOM_FIELD_OFF, subject);
    if (rows->preferences.custom_numbers && !rows->conf->firm.autotask_numbers)
        (void)report_add(r, KIND_NUMBERS_CUSTOM, subject);
}

static void look_at_quickbooks(const struct check_rows *rows, struct report *r)
{
    const struct quickbooks_company *company = &rows->deep.company;
    const struct err *said = &rows->deep.quickbooks_said;
    if (!rows->deep.quickbooks_answers) {
        struct report_finding *f =
            report_add(r, is_refusal(said->code) ? KIND_QUICKBOOKS_REFUSED : KIND_QUICKBOOKS_NO_ANSWER,
                       "QuickBooks Online");
        report_fact(f, "have", pool_copy(r->pool, said->text));
        return;
    }
    if (is_lapsed(company->subscription)) {
        struct report_finding *f = report_add(r, KIND_SUBSCRIPTION_LAPSED, company->name);
        report_fact(f, "have", company->subscription);
        report_fact(f, "type", company->offering);
    }
    struct report_finding *f = report_add(r, KIND_QUICKBOOKS_ANSWERS, company->name);
    report_fact(f, "have", company->subscription);
    report_fact(f, "type", company->offering);
    settings_deep(rows, r, "QuickBooks Online");
}

static void look_at_autotask(const struct check_rows *rows, struct report *r)
{
    const struct check_deep *d = &rows->deep;
    if (!d->autotask_answers) {
        report_fact(report_add(r, KIND_AUTOTASK_REFUSED, "Autotask"), "have",
                    pool_copy(r->pool, d->autotask_said.text));
        return;
    }
    bool busy = d->calls_most > 0 && d->calls * 100 >= d->calls_most * BUSY_PERCENT;
    struct report_finding *f = report_add(r, busy ? KIND_AUTOTASK_BUSY : KIND_AUTOTASK_ANSWERS, "Autotask");
    report_fact(f, "n", check_count(r, (size_t)d->calls));
    report_fact(f, "limit", check_count(r, (size_t)d->calls_most));
}

void compare_connection(const struct check_rows *rows, struct report *r)
{
    static const char *const verdicts[3] = {"verdict-connection-errors", "verdict-connection-warnings",
                                            "verdict-connection-clean"};
    look_at_autotask(rows, r);
    if (rows->online)
        look_at_quickbooks(rows, r);
    else
        report_say(r, REPORT_UNSEEN, "unseen-desktop", NULL);
    check_verdict(r, verdicts);
}
