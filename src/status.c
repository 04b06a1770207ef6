/* SPDX-License-Identifier: GPL-2.0-or-later */
/* status: how frontdesk is doing, the same by mail and at the command line. See telling.h. */
#include "telling.h"

static bool all_authenticated(const struct conf *conf)
{
    bool all = true;
    for (size_t i = 0; i < conf->n_mailboxes; i++)
        all = all && conf->mailboxes[i].trust != CONF_TRUST_NONE;
    return all;
}

int status_read(struct status *out, const struct conf *conf, struct journal *j, struct pool *pool,
                struct err *e)
{
    char slots[4200];
    *out = (struct status){.conf = conf, .now_ms = clock_now_ms(), .authenticated = all_authenticated(conf)};
    if (journal_count(j, &out->counts, e) != 0)
        return -1;
    out->n_alerts = journal_alerts(j, pool, &out->alerts);
    out->ill_since_ms = journal_ill_since(j, out->ill_why, sizeof(out->ill_why));
    out->running = journal_is_running(j);
    snprintf(slots, sizeof(slots), "%s/slots", conf->journal.path);
    budget_look(slots, "autotask", &out->calls);
    out->refused = autotask_is_refused(conf->journal.path, out->calls.reached_ms);
    if (conf->quickbooks) {
        struct err why = ERR_INIT;
        budget_look(slots, "quickbooks", &out->books_calls);
        if (oauth2_look(conf->quickbooks->token_file, &out->books_login, &why) != 0)
            snprintf(out->books_trouble, sizeof(out->books_trouble), "%s", why.text);
    }
    return 0;
}

/* "5 minutes" */
static void put_age(struct buf *out, int64_t ms)
{
    static const struct {
        int64_t s;
        const char *name;
    } units[] = {{86400, "day"}, {3600, "hour"}, {60, "minute"}, {1, "second"}};
    int64_t s = ms > 0 ? ms / 1000 : 0;
    size_t i = 0;
    while (i < ARRAY_LEN(units) - 1 && s < units[i].s * 2)
        i++;
    int64_t n = s / units[i].s;
    buf_printf(out, "%lld %s%s", (long long)n, units[i].name, n == 1 ? "" : "s");
}

static void put_autotask(const struct status *s, struct buf *out)
{
    buf_puts(out, "Autotask     ");
    if (s->refused)
        buf_puts(out, "refuses the login; no call is made until user, secret or code change; ");
    if (s->calls.reached_ms) {
        buf_puts(out, "reached ");
        put_age(out, s->now_ms - s->calls.reached_ms);
        buf_puts(out, " ago");
    } else {
        buf_puts(out, "not reached yet");
    }
    buf_printf(out, ", %u of %u calls used this hour\n", s->calls.calls, s->conf->autotask.calls_per_hour);
}

/* The time until the login ends, or why there is none. */
static void put_login(const struct status *s, struct buf *out)
{
    const struct oauth2_view *v = &s->books_login;
    int64_t ends_ms = oauth2_ends(v);
    if (s->books_trouble[0])
        buf_puts(out, "the token file cannot be read (frontdesk doctor says why)");
    else if (!v->there)
        buf_puts(out, "not logged in: frontdesk login quickbooks");
    else if (v->refused || (ends_ms && ends_ms <= s->now_ms))
        buf_puts(out, "the login has ended: frontdesk login quickbooks");
    else if (ends_ms)
        buf_puts(out, "the login lasts another ");
    else
        buf_puts(out, "logged in");
    if (!s->books_trouble[0] && v->there && !v->refused && ends_ms > s->now_ms)
        put_age(out, ends_ms - s->now_ms);
}

static void put_quickbooks(const struct status *s, struct buf *out)
{
    if (!s->conf->quickbooks)
        return;
    buf_puts(out, "QuickBooks   ");
    if (s->books_calls.reached_ms) {
        buf_puts(out, "reached ");
        put_age(out, s->now_ms - s->books_calls.reached_ms);
        buf_puts(out, " ago, ");
    }
    put_login(s, out);
    buf_putc(out, '\n');
}

static void put_work(const struct status *s, struct buf *out)
{
    const struct journal_counts *c = &s->counts;
    unsigned working = c->by_state[JOB_TAKEN] + c->by_state[JOB_PLANNED] + c->by_state[JOB_ACTED] +
                       c->by_state[JOB_ANSWERED];
    buf_printf(out,
               "in hand      %u\nwaiting      %u for an answer, or for a system that was away\ndone         "
               "%u\nparked       %u%s\n",
               working, c->by_state[JOB_WAITING], c->by_state[JOB_DONE], c->by_state[JOB_PARKED],
               c->by_state[JOB_PARKED] ? "   (frontdesk journal list --state parked)" : "");
    buf_printf(out, "letters      %u not yet accepted by the mail server", c->letters_unsent);
    if (c->letters_unsent && c->oldest_unsent_ms) {
        buf_puts(out, ", the oldest written ");
        put_age(out, s->now_ms - c->oldest_unsent_ms);
        buf_puts(out, " ago");
    }
    buf_putc(out, '\n');
}

static void put_alerts(const struct status *s, bool whole, struct buf *out)
{
    buf_printf(out, "alerts       %u open\n", s->counts.alerts_ill);
    for (size_t i = 0; i < s->n_alerts; i++) {
        char when[32];
        clock_format_local(s->alerts[i].since_ms, s->conf->firm.timezone, when);
        buf_printf(out, "             since %s, %s%s%s\n", when, s->alerts[i].topic, whole ? ": " : "",
                   whole ? s->alerts[i].text : "");
    }
}

void status_text(const struct status *s, bool whole, struct buf *out)
{
    buf_printf(out, "frontdesk    %s\nlast mail    ", s->running ? "running" : "not running");
    if (s->counts.last_taken_ms) {
        put_age(out, s->now_ms - s->counts.last_taken_ms);
        buf_puts(out, " ago\n");
    } else {
        buf_puts(out, "none yet\n");
    }
    put_autotask(s, out);
    put_quickbooks(s, out);
    put_work(s, out);
    put_alerts(s, whole, out);
    if (!s->running)
        buf_puts(out, "WARNING      nothing watches the mailboxes: systemctl start frontdesk\n");
    if (s->ill_since_ms) {
        char when[32];
        clock_format_local(s->ill_since_ms, s->conf->firm.timezone, when);
        buf_printf(out, "WARNING      since %s no mail is taken: %s\n", when, s->ill_why);
    }
    if (!s->authenticated)
        buf_puts(out, "WARNING      senders are not authenticated: a mailbox has trust = \"none\"\n");
}
