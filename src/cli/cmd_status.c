/* SPDX-License-Identifier: GPL-2.0-or-later */
/* status, version and conf. */
#include "../telling.h"
#include "cli.h"
#include "frontdesk/json.h"

#include "config.h"

#include <curl/curl.h>
#include <gmime/gmime.h>
#include <gnutls/gnutls.h>
#include <libetpan/libetpan.h>
#include <sqlite3.h>

static void print_text(const struct status *s, const struct templates *t, struct pool *pool)
{
    struct buf text = BUF_INIT(1 << 20);
    status_text(s, true, t, &text);
    struct slice mark = slice_of(sentence(t, pool, SAY_TELL_WARNING, SAY_END));
    struct scan c = scan_of(buf_view(&text));
    while (!scan_end(&c)) {
        struct slice line = scan_line(&c);
        bool warning = slice_starts(line, mark);
        if (warning) {
            cli_paint(CLI_RED, mark.ptr);
            line = slice_skip(line, mark.len);
        }
        cli_printf("%.*s\n", SLICE_ARG(line));
    }
    buf_release(&text);
}

static void put_books(const struct status *s, struct buf *b)
{
    json_put_name(b, "quickbooks");
    buf_putc(b, '{');
    json_put_int(b, "reached_ms", s->books_calls.reached_ms);
    json_put_int(b, "calls", s->books_calls.calls);
    json_put_bool(b, "logged_in", s->books_login.there);
    json_put_bool(b, "login_refused", s->books_login.refused);
    json_put_int(b, "login_ends_ms", oauth2_ends(&s->books_login));
    buf_putc(b, '}');
}

static void put_outcomes(const struct status *s, struct buf *b)
{
    json_put_name(b, "outcomes");
    buf_putc(b, '{');
    for (int i = OUTCOME_TICKET; i < OUTCOMES; i++)
        json_put_int(b, job_outcome_name((enum job_outcome)i), s->counts.by_outcome[i]);
    buf_putc(b, '}');
}

/* When each last worked, and since when it fails; 0 = never, it does not. */
static void put_legs(const struct status *s, struct buf *b)
{
    json_put_name(b, "legs");
    buf_putc(b, '[');
    for (size_t i = 0; i < s->n_legs; i++) {
        const struct leg_view *v = &s->legs[i];
        json_put_name(b, NULL);
        buf_putc(b, '{');
        json_put_text(b, "leg", v->name);
        json_put_int(b, "reached_ms",
                     v->leg == LEG_AUTOTASK     ? s->calls.reached_ms
                     : v->leg == LEG_QUICKBOOKS ? s->books_calls.reached_ms
                                                : v->worked_ms);
        json_put_int(b, "failing_since_ms", v->failing_ms);
        buf_putc(b, '}');
    }
    buf_putc(b, ']');
}

static void put_mailboxes(const struct status *s, struct buf *b)
{
    json_put_name(b, "mailboxes");
    buf_putc(b, '[');
    for (size_t i = 0; i < s->conf->n_mailboxes; i++) {
        const struct status_mailbox *m = &s->mailboxes[i];
        const struct conf_mailbox *box = &s->conf->mailboxes[i];
        json_put_name(b, NULL);
        buf_putc(b, '{');
        json_put_text(b, "mailbox", box->name);
        json_put_int(b, "canary_every_minutes", box->canary_minutes);
        json_put_int(b, "canary_sent_ms", m->canaries.sent_ms);
        json_put_int(b, "canary_open_ms", m->canaries.open_ms);
        json_put_int(b, "canary_back_ms", m->canaries.back_ms);
        json_put_int(b, "canary_took_ms", m->canaries.took_ms);
        json_put_bool(b, "by_tokens", box->imap.oauth2 || box->smtp.oauth2);
        json_put_bool(b, "login_refused", m->login.refused);
        json_put_int(b, "login_ends_ms", oauth2_ends(&m->login));
        json_put_int(b, "secret_ends_ms", m->secret_ends_ms);
        buf_putc(b, '}');
    }
    buf_putc(b, ']');
}

static void print_json(const struct status *s)
{
    const struct journal_counts *c = &s->counts;
    struct buf b = BUF_INIT(1 << 20);
    buf_putc(&b, '{');
    json_put_bool(&b, "running", s->running);
    json_put_int(&b, "now_ms", s->now_ms);
    json_put_int(&b, "last_taken_ms", c->last_taken_ms);
    json_put_name(&b, "states");
    buf_putc(&b, '{');
    for (int i = 0; i <= JOB_PARKED; i++)
        json_put_int(&b, job_state_name((enum job_state)i), c->by_state[i]);
    buf_putc(&b, '}');
    put_outcomes(s, &b);
    json_put_int(&b, "oldest_open_ms", c->oldest_open_ms);
    json_put_name(&b, "autotask");
    buf_putc(&b, '{');
    json_put_int(&b, "reached_ms", s->calls.reached_ms);
    json_put_int(&b, "calls", s->calls.calls);
    json_put_int(&b, "calls_per_hour", s->conf->autotask.calls_per_hour);
    unsigned used = s->calls.calls, most = s->conf->autotask.calls_per_hour;
    json_put_int(&b, "calls_left", most > used ? most - used : 0);
    json_put_bool(&b, "refused", s->refused);
    buf_putc(&b, '}');
    if (s->conf->quickbooks)
        put_books(s, &b);
    put_legs(s, &b);
    put_mailboxes(s, &b);
    drift_json(s->conf, s->watches, &b);
    json_put_int(&b, "letters_unsent", c->letters_unsent);
    json_put_int(&b, "oldest_unsent_ms", c->oldest_unsent_ms);
    json_put_int(&b, "replies_hour", (int64_t)s->replies);
    json_put_int(&b, "replies_per_hour", s->conf->limits.replies_hour);
    json_put_int(&b, "mails_over_cap", c->over_cap);
    json_put_int(&b, "mails_per_sender_hour", s->conf->limits.per_sender_hour);
    json_put_name(&b, "alerts");
    buf_putc(&b, '[');
    for (size_t i = 0; i < s->n_alerts; i++) {
        json_put_name(&b, NULL);
        buf_putc(&b, '{');
        json_put_int(&b, "since_ms", s->alerts[i].since_ms);
        json_put_text(&b, "topic", s->alerts[i].topic);
        json_put_text(&b, "text", s->alerts[i].text);
        buf_putc(&b, '}');
    }
    buf_putc(&b, ']');
    json_put_int(&b, "unwritable_since_ms", s->ill_since_ms);
    json_put_text(&b, "unwritable_why", s->ill_why);
    json_put_bool(&b, "senders_authenticated", s->authenticated);
    buf_puts(&b, "}\n");
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
    struct templates *t = NULL;
    int rc = journal_open(&j, &o, &e);
    if (rc == 0) {
        rc = status_read(&s, conf, j, pool, &e);
        s.here = true;
        journal_close(&j);
    }
    if (rc == 0 && !cli->json)
        rc = cli_templates(conf, &t, &e);
    if (rc == 0 && cli->json)
        print_json(&s);
    else if (rc == 0)
        print_text(&s, t, pool);
    templates_free(&t);
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
