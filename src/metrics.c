/* SPDX-License-Identifier: GPL-2.0-or-later */
/* metrics: each family of numbers is a row of the table below: its name, its kind, what it is, and who prints
 * its samples. dist/prometheus and the manual name the same ones; tests/cli/metrics.py compares. See
 * metrics.h. */
#include "metrics.h"

#include "config.h"
#include "frontdesk/measure.h"
#include "telling.h"

struct page {
    struct buf *out;
    struct desk *desk;
    const struct status *status;
    const char *name; /* of the family that is printed */
};

/* One sample. label NULL: none. Values of labels are words of ours, or names out of the settings (letters,
 * digits and -). */
static void sample(const struct page *p, const char *label, const char *value, double n)
{
    buf_printf(p->out, "%s", p->name);
    if (label)
        buf_printf(p->out, "{%s=\"%s\"}", label, value);
    buf_printf(p->out, " %.15g\n", n);
}

static double seconds_since(const struct page *p, int64_t ms)
{
    int64_t age = p->status->now_ms - ms;
    return ms && age > 0 ? (double)age / 1000 : 0;
}

static const char *const systems[MEASURE_SYSTEMS] = {"autotask", "quickbooks"};

/* --- work --- */

static void print_build(const struct page *p)
{
    sample(p, "version", PACKAGE_VERSION, 1);
}

static void print_jobs(const struct page *p)
{
    for (int i = OUTCOME_TICKET; i < OUTCOMES; i++)
        sample(p, "outcome", job_outcome_name((enum job_outcome)i),
               (double)measure_get(MEASURE_JOBS, (size_t)i));
}

static void print_states(const struct page *p)
{
    for (int i = 0; i <= JOB_PARKED; i++)
        sample(p, "state", job_state_name((enum job_state)i), p->status->counts.by_state[i]);
}

static void print_retries(const struct page *p)
{
    for (int i = 0; i <= JOB_WAITING; i++)
        sample(p, "state", job_state_name((enum job_state)i),
               (double)measure_get(MEASURE_RETRIES, (size_t)i));
}

static void print_queue_age(const struct page *p)
{
    sample(p, NULL, NULL, seconds_since(p, p->status->counts.oldest_open_ms));
}

static void print_span(const struct page *p, const char *stage, size_t span)
{
    struct measure_span s;
    uint64_t n = 0;
    measure_span(span, &s);
    for (size_t i = 0; i < MEASURE_BUCKETS; i++) {
        n += s.n[i];
        buf_printf(p->out, "%s_bucket{stage=\"%s\",le=\"", p->name, stage);
        if (i < MEASURE_BUCKETS - 1)
            buf_printf(p->out, "%g", (double)measure_bounds_ms[i] / 1000);
        else
            buf_puts(p->out, "+Inf");
        buf_printf(p->out, "\"} %llu\n", (unsigned long long)n);
    }
    buf_printf(p->out, "%s_sum{stage=\"%s\"} %.15g\n%s_count{stage=\"%s\"} %llu\n", p->name, stage,
               (double)s.sum_ms / 1000, p->name, stage, (unsigned long long)n);
}

static void print_stages(const struct page *p)
{
    for (int i = JOB_TAKEN; i <= JOB_WAITING; i++)
        print_span(p, job_stage_name((enum job_state)i), (size_t)i);
    print_span(p, "whole", MEASURE_WHOLE);
}

static void print_deaths(const struct page *p)
{
    sample(p, NULL, NULL, cage_deaths(p->desk->cage));
}

/* --- letters --- */

static void by_mailbox(const struct page *p, enum measure what)
{
    for (size_t i = 0; i < p->desk->conf->n_mailboxes; i++)
        sample(p, "mailbox", p->desk->conf->mailboxes[i].name, (double)measure_get(what, i));
}

static void print_letters(const struct page *p)
{
    by_mailbox(p, MEASURE_LETTERS);
}

static void print_refused_letters(const struct page *p)
{
    by_mailbox(p, MEASURE_REFUSED);
}

static void print_unsent(const struct page *p)
{
    sample(p, NULL, NULL, p->status->counts.letters_unsent);
}

static void print_unsent_age(const struct page *p)
{
    sample(p, NULL, NULL, seconds_since(p, p->status->counts.oldest_unsent_ms));
}

/* --- the legs --- */

static size_t n_systems(const struct page *p)
{
    return p->desk->conf->quickbooks ? MEASURE_SYSTEMS : MEASURE_QUICKBOOKS;
}

static void print_calls(const struct page *p)
{
    for (size_t i = 0; i < n_systems(p); i++)
        sample(p, "system", systems[i], (double)measure_get(MEASURE_CALLS, i));
}

static void print_in_flight(const struct page *p)
{
    for (size_t i = 0; i < n_systems(p); i++)
        sample(p, "system", systems[i], (double)measure_get(MEASURE_IN_FLIGHT, i));
}

static void print_hour(const struct page *p)
{
    sample(p, "system", systems[MEASURE_AUTOTASK], p->status->calls.calls);
    if (p->desk->conf->quickbooks)
        sample(p, "system", systems[MEASURE_QUICKBOOKS], p->status->books_calls.calls);
}

/* QuickBooks has a pace, no hour. */
static void print_left(const struct page *p)
{
    unsigned most = p->desk->conf->autotask.calls_per_hour, used = p->status->calls.calls;
    sample(p, "system", systems[MEASURE_AUTOTASK], most > used ? most - used : 0);
}

static void contact(const struct page *p, const char *leg, const char *mailbox, int64_t ms)
{
    char name[80];
    snprintf(name, sizeof(name), "%s%.40s", leg, mailbox);
    if (ms) /* never is no time */
        sample(p, "leg", name, (double)ms / 1000);
}

static void print_contacts(const struct page *p)
{
    contact(p, systems[MEASURE_AUTOTASK], "", p->status->calls.reached_ms);
    if (p->desk->conf->quickbooks)
        contact(p, systems[MEASURE_QUICKBOOKS], "", p->status->books_calls.reached_ms);
    for (size_t i = 0; i < p->status->n_legs; i++) {
        const struct leg_view *v = &p->status->legs[i];
        if (v->leg != LEG_AUTOTASK && v->leg != LEG_QUICKBOOKS)
            contact(p, v->name, "", v->worked_ms);
    }
    for (size_t i = 0; i < p->desk->conf->n_mailboxes; i++)
        contact(p, "canary-", p->desk->conf->mailboxes[i].name, p->status->mailboxes[i].canaries.back_ms);
}

static void print_failing(const struct page *p)
{
    for (size_t i = 0; i < p->status->n_legs; i++)
        sample(p, "leg", p->status->legs[i].name, seconds_since(p, p->status->legs[i].failing_ms));
}

/* --- canaries --- */

static void by_canary(const struct page *p, enum measure what)
{
    for (size_t i = 0; i < p->desk->conf->n_mailboxes; i++) {
        if (p->desk->conf->mailboxes[i].canary_minutes)
            sample(p, "mailbox", p->desk->conf->mailboxes[i].name, (double)measure_get(what, i));
    }
}

static void print_canaries(const struct page *p)
{
    by_canary(p, MEASURE_CANARIES);
}

static void print_canaries_back(const struct page *p)
{
    by_canary(p, MEASURE_CANARIES_BACK);
}

static void print_canaries_lost(const struct page *p)
{
    by_canary(p, MEASURE_CANARIES_LOST);
}

static void print_canary_took(const struct page *p)
{
    for (size_t i = 0; i < p->desk->conf->n_mailboxes; i++) {
        if (p->status->mailboxes[i].canaries.back_ms)
            sample(p, "mailbox", p->desk->conf->mailboxes[i].name,
                   (double)p->status->mailboxes[i].canaries.took_ms / 1000);
    }
}

/* --- logins --- */

static bool by_tokens(const struct page *p, size_t mailbox)
{
    const struct conf_mailbox *box = &p->desk->conf->mailboxes[mailbox];
    return box->imap.oauth2 || box->smtp.oauth2;
}

static void login(const struct page *p, size_t mailbox, double n)
{
    char name[80];
    snprintf(name, sizeof(name), "mail-%.40s", p->desk->conf->mailboxes[mailbox].name);
    sample(p, "system", name, n);
}

static double days_until(const struct page *p, int64_t ms)
{
    return (double)(ms - p->status->now_ms) / 86400000;
}

static void print_refused(const struct page *p)
{
    sample(p, "system", systems[MEASURE_AUTOTASK], p->status->refused);
    if (p->desk->conf->quickbooks)
        sample(p, "system", systems[MEASURE_QUICKBOOKS],
               p->status->books_login.refused || !p->status->books_login.there);
    for (size_t i = 0; i < p->desk->conf->n_mailboxes; i++) {
        if (by_tokens(p, i))
            login(p, i, p->status->mailboxes[i].login.refused);
    }
}

static void print_login_days(const struct page *p)
{
    int64_t ends_ms = oauth2_ends(&p->status->books_login);
    if (p->desk->conf->quickbooks && ends_ms)
        sample(p, "system", systems[MEASURE_QUICKBOOKS], days_until(p, ends_ms));
    for (size_t i = 0; i < p->desk->conf->n_mailboxes; i++) {
        ends_ms = oauth2_ends(&p->status->mailboxes[i].login);
        if (by_tokens(p, i) && ends_ms)
            login(p, i, days_until(p, ends_ms));
    }
}

static void print_secret_days(const struct page *p)
{
    for (size_t i = 0; i < p->desk->conf->n_mailboxes; i++) {
        if (p->status->mailboxes[i].secret_ends_ms)
            login(p, i, days_until(p, p->status->mailboxes[i].secret_ends_ms));
    }
}

/* --- health --- */

static void print_alerts(const struct page *p)
{
    sample(p, NULL, NULL, p->status->counts.alerts_ill);
}

static const char *const ways[MEASURE_WAYS] = {"mail", "second", "command"};

static void print_told(const struct page *p)
{
    for (size_t i = 0; i < MEASURE_WAYS; i++)
        sample(p, "way", ways[i], (double)measure_get(MEASURE_ALERTS, i));
}

static void print_untold(const struct page *p)
{
    for (size_t i = 0; i < MEASURE_WAYS; i++)
        sample(p, "way", ways[i], (double)measure_get(MEASURE_UNTOLD, i));
}

static void print_unwritable(const struct page *p)
{
    sample(p, NULL, NULL, seconds_since(p, p->status->ill_since_ms));
}

static const struct family {
    const char *name, *kind, *help;
    void (*print)(const struct page *p);
} families[] = {
    {"frontdesk_build_info", "gauge", "The version that runs.", print_build},
    {"frontdesk_jobs_total", "counter", "Mails that ended, by what became of them.", print_jobs},
    {"frontdesk_jobs", "gauge", "Mails in the journal, by state.", print_states},
    {"frontdesk_retries_total", "counter", "Times that a mail was put off after a failure, by its state.",
     print_retries},
    {"frontdesk_queue_age_seconds", "gauge",
     "Age of the oldest mail that is being worked on; 0: there is none.", print_queue_age},
    {"frontdesk_stage_seconds", "histogram",
     "Time of each stage that succeeded; whole: from the arrival here to the end.", print_stages},
    {"frontdesk_parser_deaths_total", "counter",
     "Processes taking mail apart that died or were ended in the middle of a mail.", print_deaths},
    {"frontdesk_letters_sent_total", "counter", "Letters that the mail server took.", print_letters},
    {"frontdesk_letters_refused_total", "counter", "Times that the mail server did not take a letter.",
     print_refused_letters},
    {"frontdesk_letters_unsent", "gauge", "Letters that no mail server has taken yet.", print_unsent},
    {"frontdesk_letters_age_seconds", "gauge", "Age of the oldest of them; 0: there is none.",
     print_unsent_age},
    {"frontdesk_api_calls_total", "counter", "Calls made.", print_calls},
    {"frontdesk_api_in_flight", "gauge", "Calls that wait for their answer now.", print_in_flight},
    {"frontdesk_api_calls_hour", "gauge", "Calls of the last 60 minutes, with those of the command line.",
     print_hour},
    {"frontdesk_api_calls_left", "gauge", "Calls that autotask.calls_per_hour leaves now.", print_left},
    {"frontdesk_contact_timestamp_seconds", "gauge", "When a leg was last proven to work; absent: not yet.",
     print_contacts},
    {"frontdesk_leg_failing_seconds", "gauge", "For how long a leg has failed; 0: it does not.",
     print_failing},
    {"frontdesk_canaries_sent_total", "counter", "Mails of frontdesk to itself.", print_canaries},
    {"frontdesk_canaries_back_total", "counter", "Those of them that came back.", print_canaries_back},
    {"frontdesk_canaries_lost_total", "counter", "Those of them that were not back in time.",
     print_canaries_lost},
    {"frontdesk_canary_seconds", "gauge", "How long the last one took that came back.", print_canary_took},
    {"frontdesk_login_refused", "gauge", "1: the system does not take the login, or there is none.",
     print_refused},
    {"frontdesk_login_days_left", "gauge", "Days until a person has to log in again; absent: not known.",
     print_login_days},
    {"frontdesk_secret_days_left", "gauge",
     "Days until the client secret or certificate of a mailbox ends; absent: not known.", print_secret_days},
    {"frontdesk_alerts_open", "gauge", "Alerts that the operator was told of and that are not over.",
     print_alerts},
    {"frontdesk_alerts_told_total", "counter", "Alerts that left, by way: mail, second, command.",
     print_told},
    {"frontdesk_alerts_untold_total", "counter", "Times that a way took no alert.", print_untold},
    {"frontdesk_journal_unwritable_seconds", "gauge",
     "For how long nothing could be recorded; 0: all is well.", print_unwritable},
};

int metrics_text(struct desk *d, struct buf *out, struct err *e)
{
    struct pool *pool = pool_new(4 << 20);
    struct status status;
    struct page p = {.out = out, .desk = d, .status = &status};
    int rc = status_read(&status, d->conf, d->journal, pool, e);
    for (size_t i = 0; rc == 0 && i < ARRAY_LEN(families); i++) {
        const struct family *f = &families[i];
        p.name = f->name;
        buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", f->name, f->help, f->name, f->kind);
        f->print(&p);
    }
    pool_free(&pool);
    return rc;
}
