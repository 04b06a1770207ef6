/* SPDX-License-Identifier: GPL-2.0-or-later */
/* status and version. */
#include "cli.h"

#include "config.h"

#include <curl/curl.h>
#include <gmime/gmime.h>
#include <gnutls/gnutls.h>
#include <libetpan/libetpan.h>
#include <sqlite3.h>

static void print_text(const struct journal_counts *c, int64_t now_ms, bool unauthenticated)
{
    unsigned working = c->by_state[JOB_TAKEN] + c->by_state[JOB_PLANNED] + c->by_state[JOB_ACTED] +
                       c->by_state[JOB_ANSWERED];
    if (c->last_taken_ms)
        printf("last mail    %lld s ago\n", (long long)((now_ms - c->last_taken_ms) / 1000));
    else
        printf("last mail    none yet\n");
    printf("in hand      %u\nwaiting      %u\ndone         %u\nparked       %u%s\n", working,
           c->by_state[JOB_WAITING], c->by_state[JOB_DONE], c->by_state[JOB_PARKED],
           c->by_state[JOB_PARKED] ? "   (frontdesk journal list --state parked)" : "");
    printf("letters      %u not yet accepted by the mail server\nalerts       %u open\n", c->letters_unsent,
           c->alerts_ill);
    if (unauthenticated)
        printf("WARNING      senders are not authenticated: a mailbox has trust = \"none\"\n");
}

static void print_json(const struct journal_counts *c, int64_t now_ms, bool unauthenticated)
{
    printf("{\"now_ms\":%lld,\"last_taken_ms\":%lld,\"states\":{", (long long)now_ms,
           (long long)c->last_taken_ms);
    for (int i = 0; i <= JOB_PARKED; i++)
        printf("%s\"%s\":%u", i ? "," : "", job_state_name((enum job_state)i), c->by_state[i]);
    printf("},\"letters_unsent\":%u,\"alerts\":%u,\"senders_authenticated\":%s}\n", c->letters_unsent,
           c->alerts_ill, unauthenticated ? "false" : "true");
}

int cmd_status(const struct cli *cli)
{
    struct err e = ERR_INIT;
    struct journal *j;
    struct journal_counts counts;
    struct conf *conf = cli_conf(cli);
    if (!conf)
        return EX_CONFIG;
    struct journal_options o = {.dir = conf->journal.path, .read_only = true};
    int rc = journal_open(&j, &o, &e);
    if (rc == 0) {
        rc = journal_count(j, &counts, &e);
        journal_close(&j);
    }
    bool unauthenticated = false;
    for (size_t i = 0; i < conf->n_mailboxes; i++)
        unauthenticated = unauthenticated || conf->mailboxes[i].trust == CONF_TRUST_NONE;
    if (rc == 0)
        (cli->json ? print_json : print_text)(&counts, clock_now_ms(), unauthenticated);
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
