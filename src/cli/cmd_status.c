/* SPDX-License-Identifier: GPL-2.0-or-later */
/* status, version and conf. */
#include "../telling.h"
#include "cli.h"

#include "config.h"

#include <curl/curl.h>
#include <gmime/gmime.h>
#include <gnutls/gnutls.h>
#include <libetpan/libetpan.h>
#include <sqlite3.h>

static void print_text(const struct status *s)
{
    struct buf text = BUF_INIT(1 << 20);
    status_text(s, true, &text);
    struct scan c = scan_of(buf_view(&text));
    while (!scan_end(&c)) {
        struct slice line = scan_line(&c);
        bool warning = slice_starts(line, SLICE("WARNING"));
        if (warning) {
            cli_paint(CLI_RED, "WARNING");
            line = slice_skip(line, strlen("WARNING"));
        }
        cli_printf("%.*s\n", SLICE_ARG(line));
    }
    buf_release(&text);
}

static void print_json(const struct status *s)
{
    const struct journal_counts *c = &s->counts;
    struct buf b = BUF_INIT(1 << 20);
    buf_printf(&b, "{\"running\":%s,\"now_ms\":%lld,\"last_taken_ms\":%lld,\"states\":{",
               s->running ? "true" : "false", (long long)s->now_ms, (long long)c->last_taken_ms);
    for (int i = 0; i <= JOB_PARKED; i++)
        buf_printf(&b, "%s\"%s\":%u", i ? "," : "", job_state_name((enum job_state)i), c->by_state[i]);
    buf_printf(&b, "},\"autotask\":{\"reached_ms\":%lld,\"calls\":%u,\"calls_per_hour\":%u,\"refused\":%s}",
               (long long)s->calls.reached_ms, s->calls.calls, s->conf->autotask.calls_per_hour,
               s->refused ? "true" : "false");
    if (s->conf->quickbooks)
        buf_printf(&b,
                   ",\"quickbooks\":{\"reached_ms\":%lld,\"calls\":%u,\"logged_in\":%s,\"login_refused\":%s,"
                   "\"login_ends_ms\":%lld}",
                   (long long)s->books_calls.reached_ms, s->books_calls.calls,
                   s->books_login.there ? "true" : "false", s->books_login.refused ? "true" : "false",
                   (long long)oauth2_ends(&s->books_login));
    buf_printf(&b, ",\"letters_unsent\":%u,\"oldest_unsent_ms\":%lld,\"alerts\":[", c->letters_unsent,
               (long long)c->oldest_unsent_ms);
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

int cmd_status(const struct cli *cli)
{
    struct err e = ERR_INIT;
    struct journal *j;
    struct conf *conf = cli_conf(cli);
    if (!conf)
        return EX_CONFIG;
    struct pool *pool = pool_new(4 << 20);
    struct status s;
    struct journal_options o = {.dir = conf->journal.path, .read_only = true};
    int rc = journal_open(&j, &o, &e);
    if (rc == 0) {
        rc = status_read(&s, conf, j, pool, &e);
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
