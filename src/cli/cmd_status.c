/* SPDX-License-Identifier: GPL-2.0-or-later */
/* status, version and conf. */
#include "cli.h"

#include "config.h"

#include <curl/curl.h>
#include <gmime/gmime.h>
#include <gnutls/gnutls.h>
#include <libetpan/libetpan.h>
#include <sqlite3.h>

struct status {
    const struct conf *conf;
    struct journal_counts counts;
    struct journal_alert *alerts;
    size_t n_alerts;
    int64_t now_ms, ill_since_ms;
    char ill_why[512];
    bool running, authenticated;
};

static void warn_about(const char *text)
{
    cli_paint(CLI_RED, "WARNING");
    cli_printf("      %s\n", text);
}

static void print_age(int64_t s)
{
    static const struct {
        int64_t s;
        const char *name;
    } units[] = {{86400, "day"}, {3600, "hour"}, {60, "minute"}, {1, "second"}};
    size_t i = 0;
    while (i < ARRAY_LEN(units) - 1 && s < units[i].s * 2)
        i++;
    int64_t n = s / units[i].s;
    printf("%lld %s%s ago\n", (long long)n, units[i].name, n == 1 ? "" : "s");
}

static void print_text(const struct status *s)
{
    const struct journal_counts *c = &s->counts;
    unsigned working = c->by_state[JOB_TAKEN] + c->by_state[JOB_PLANNED] + c->by_state[JOB_ACTED] +
                       c->by_state[JOB_ANSWERED];
    printf("frontdesk    %s\nlast mail    ", s->running ? "running" : "not running");
    if (c->last_taken_ms)
        print_age((s->now_ms - c->last_taken_ms) / 1000);
    else
        printf("none yet\n");
    printf("in hand      %u\nwaiting      %u\ndone         %u\nparked       %u%s\n", working,
           c->by_state[JOB_WAITING], c->by_state[JOB_DONE], c->by_state[JOB_PARKED],
           c->by_state[JOB_PARKED] ? "   (frontdesk journal list --state parked)" : "");
    printf("letters      %u not yet accepted by the mail server\nalerts       %u open\n", c->letters_unsent,
           c->alerts_ill);
    for (size_t i = 0; i < s->n_alerts; i++) {
        char when[32];
        cli_time(s->conf, s->alerts[i].since_ms, when);
        cli_printf("             since %s, %s: %s\n", when, s->alerts[i].topic, s->alerts[i].text);
    }
    if (!s->running)
        warn_about("nothing watches the mailboxes: systemctl start frontdesk");
    if (s->ill_since_ms) {
        char when[32];
        cli_time(s->conf, s->ill_since_ms, when);
        cli_paint(CLI_RED, "WARNING");
        cli_printf("      since %s no mail is taken: %s\n", when, s->ill_why);
    }
    if (!s->authenticated)
        warn_about("senders are not authenticated: a mailbox has trust = \"none\"");
}

static void print_json(const struct status *s)
{
    const struct journal_counts *c = &s->counts;
    struct buf b = BUF_INIT(1 << 20);
    buf_printf(&b, "{\"running\":%s,\"now_ms\":%lld,\"last_taken_ms\":%lld,\"states\":{",
               s->running ? "true" : "false", (long long)s->now_ms, (long long)c->last_taken_ms);
    for (int i = 0; i <= JOB_PARKED; i++)
        buf_printf(&b, "%s\"%s\":%u", i ? "," : "", job_state_name((enum job_state)i), c->by_state[i]);
    buf_printf(&b, "},\"letters_unsent\":%u,\"alerts\":[", c->letters_unsent);
    for (size_t i = 0; i < s->n_alerts; i++) {
        buf_printf(&b, "%s{\"since_ms\":%lld,\"topic\":", i ? "," : "", (long long)s->alerts[i].since_ms);
        buf_put_json(&b, slice_of(s->alerts[i].topic));
        buf_puts(&b, ",\"text\":");
        buf_put_json(&b, slice_of(s->alerts[i].text));
        buf_putc(&b, '}');
    }
    buf_printf(&b, "],\"unwritable_since_ms\":%lld,\"unwritable_why\":", (long long)s->ill_since_ms);
    buf_put_json(&b, slice_of(s->ill_why));
    buf_printf(&b, ",\"senders_authenticated\":%s}\n", s->authenticated ? "true" : "false");
    fwrite(b.data, 1, b.len, stdout);
    buf_release(&b);
}

static bool all_authenticated(const struct conf *conf)
{
    bool all = true;
    for (size_t i = 0; i < conf->n_mailboxes; i++)
        all = all && conf->mailboxes[i].trust != CONF_TRUST_NONE;
    return all;
}

int cmd_status(const struct cli *cli)
{
    struct err e = ERR_INIT;
    struct journal *j;
    struct conf *conf = cli_conf(cli);
    if (!conf)
        return EX_CONFIG;
    struct pool *pool = pool_new(4 << 20);
    struct status s = {.conf = conf, .now_ms = clock_now_ms(), .authenticated = all_authenticated(conf)};
    struct journal_options o = {.dir = conf->journal.path, .read_only = true};
    int rc = journal_open(&j, &o, &e);
    if (rc == 0) {
        rc = journal_count(j, &s.counts, &e);
        s.n_alerts = journal_alerts(j, pool, &s.alerts);
        s.ill_since_ms = journal_ill_since(j, s.ill_why, sizeof(s.ill_why));
        s.running = journal_is_running(j);
        journal_close(&j);
    }
    if (rc == 0)
        (cli->json ? print_json : print_text)(&s);
    pool_free(&pool);
    conf_free(&conf);
    return rc == 0 ? EX_OK : cli_fail(&e);
}

int cmd_version(const struct cli *cli)
{
    (void)cli;
    printf("frontdesk %s\nlibetpan %d.%d, %s, GnuTLS %s, GMime %u.%u.%u, SQLite %s\n", PACKAGE_VERSION,
           libetpan_get_version_major(), libetpan_get_version_minor(), curl_version(),
           gnutls_check_version(NULL), gmime_major_version, gmime_minor_version, gmime_micro_version,
           sqlite3_libversion());
    return EX_OK;
}

int cmd_conf(const struct cli *cli)
{
    struct buf b = BUF_INIT(1 << 20);
    (void)cli;
    conf_describe(&b);
    fwrite(b.data, 1, b.len, stdout);
    buf_release(&b);
    return EX_OK;
}
