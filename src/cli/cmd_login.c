/* SPDX-License-Identifier: GPL-2.0-or-later */
/* login: the first consent from a machine without a browser: an address goes out, an address comes back
 * (quickbooks-online.md 1.4); or a code goes out, which a person types in elsewhere (mail.md 3.2). Works
 * beside a running daemon, which takes the new tokens at once. */
#include "../desk.h"
#include "cli.h"
#include "frontdesk/maillogin.h"

#include <unistd.h>

enum { LINE_BYTES = 8192, MOST_TRIES = 3 };

/* One line, without its end; false at the end of input. */
static bool read_line(char line[LINE_BYTES])
{
    if (!fgets(line, LINE_BYTES, stdin))
        return false;
    line[strcspn(line, "\r\n")] = '\0';
    return true;
}

static void print_address(const struct oauth2 *login, const char *redirect, const char *who,
                          const char *state)
{
    struct buf address = BUF_INIT(8000);
    oauth2_consent_address(login, redirect, state, &address);
    cli_printf("Open this address in a browser, log in as %s, and consent:\n\n%s\n\n"
               "The browser then ends at %s?code=..., where there may be an error page: that is fine.\n"
               "Copy the whole address out of its address bar, paste it here, and press Enter:\n",
               who, address.data, redirect);
    fflush(stdout);
    buf_release(&address);
}

/* A person may have copied too little: asked again, since the address of the page still holds. */
static int ask(struct oauth2 *login, const char *redirect, const char *who, struct err *e)
{
    char line[LINE_BYTES], state[33];
    int rc = -1;
    oauth2_state(state);
    print_address(login, redirect, who, state);
    for (int i = 0; i < MOST_TRIES && rc != 0; i++) {
        if (i > 0) {
            cli_problem(e);
            printf("Once more:\n");
            fflush(stdout);
        }
        if (!read_line(line))
            return i > 0 ? -1 : err_set(e, ERR_USAGE, "no address was pasted");
        cli_progress("exchanging the code");
        rc = oauth2_redeem(login, line, redirect, state, e);
        cli_progress(NULL);
        explicit_bzero(line, sizeof(line));
        if (e->code != ERR_USAGE)
            break;
    }
    return rc;
}

static void print_end(const struct conf *conf)
{
    struct oauth2_view v;
    struct err e = ERR_INIT;
    char day[32];
    if (oauth2_look(conf->quickbooks->token_file, &v, &e) != 0 || !oauth2_ends(&v))
        return;
    clock_format_utc(v.refresh_ends_ms, day);
    cli_printf("It lasts as long as frontdesk uses it; unused, until %.10s", day);
    clock_format_utc(v.hard_ends_ms, day);
    if (v.hard_ends_ms)
        cli_printf("; in any case until %.10s", day);
    printf(".\n");
}

/* The proof that it works. */
static int greet(struct accounting *a, const struct conf *conf, struct err *e)
{
    struct quickbooks_company company;
    struct pool *pool = pool_new(1 << 20);
    cli_progress("reading the company");
    int rc = quickbooks_company(a->qb, pool, &company, e);
    cli_progress(NULL);
    if (rc == 0)
        cli_printf("Logged in to %s (%s).\n", company.name, conf->quickbooks->realm);
    else
        err_wrap(e, "the tokens are stored, but the company cannot be read");
    pool_free(&pool);
    print_end(conf);
    return rc;
}

static int log_in_quickbooks(const struct cli *cli, const struct conf *conf, struct err *e)
{
    const struct conf_quickbooks *q = conf->quickbooks;
    struct accounting *a = NULL;
    (void)cli;
    if (!q)
        return err_set(e, ERR_CONFIG, "%s has no group quickbooks: frontdesk.conf(5) says what stands in it",
                       conf->path);
    if (accounting_open(&a, conf, -1, access(conf->journal.path, F_OK) == 0, e) != 0)
        return -1;
    int rc = ask(quickbooks_login(a->qb), q->redirect_url, "an administrator of the company", e);
    if (rc == 0)
        rc = greet(a, conf, e);
    accounting_close(&a);
    return rc;
}

/* --- mailboxes --- */

/* The mailbox that is meant: the one of --mailbox, or the only one that fits. */
static int find_mailbox(const struct cli *cli, const struct conf *conf, enum conf_oauth2 of,
                        const struct conf_mailbox **out, struct err *e)
{
    size_t n = 0;
    for (size_t i = 0; i < conf->n_mailboxes; i++) {
        const struct conf_mailbox *m = &conf->mailboxes[i];
        bool fits = (m->imap.oauth2 == of || m->smtp.oauth2 == of) && maillogin_by_person(m) &&
                    (!cli->mailbox || strcmp(cli->mailbox, m->name) == 0);
        if (fits)
            *out = m;
        n += fits;
    }
    if (n == 1)
        return 0;
    return n ? err_set(e, ERR_USAGE, "%zu mailboxes log in like that: say which with --mailbox NAME", n)
             : err_set(e, ERR_CONFIG,
                       "%s has no such mailbox for which a person logs in: frontdesk.conf(5) says under "
                       "oauth2 how it is set",
                       conf->path);
}

/* Until the person has typed the code in, elsewhere. */
static int wait_for_person(struct oauth2 *login, struct oauth2_device *d, struct err *e)
{
    enum oauth2_device_state state = OAUTH2_DEVICE_WAITING;
    int rc = 0;
    cli_progress("waiting for the consent");
    while (rc == 0 && state == OAUTH2_DEVICE_WAITING) {
        sleep(d->interval_s);
        rc = oauth2_device_ask(login, d, &state, e);
        /* one lost answer in fifteen minutes is no reason to begin anew */
        if (rc != 0 && err_class(e) == ERR_CLASS_RETRY)
            rc = 0;
    }
    cli_progress(NULL);
    return rc;
}

static int by_device(struct oauth2 *login, const char *user, struct err *e)
{
    struct oauth2_device d;
    int rc = oauth2_device_begin(login, &d, e);
    if (rc == 0) {
        cli_printf("Open %s in any browser, type the code %s, log in as %s, and consent.\n", d.address,
                   d.user_code, user);
        fflush(stdout);
        rc = wait_for_person(login, &d, e);
    }
    oauth2_device_release(&d);
    return rc;
}

/* The proof that it works. */
static int open_mailbox(const struct conf_mailbox *m, struct err *e)
{
    struct buf findings = BUF_INIT(64 * 1024), doubts = BUF_INIT(64 * 1024); /* doctor tells them */
    const struct mailbox_probe probe = {.findings = &findings, .doubts = &doubts};
    cli_progress("opening the mailbox");
    int rc = m->imap.oauth2 ? mailbox_imap_probe(m, &probe, e)
                            : outbox_smtp_probe(&m->smtp, m->address, &findings, &doubts, e);
    cli_progress(NULL);
    if (rc == 0)
        cli_printf("Logged in to mailbox %s (%s).\n", m->name, m->imap.oauth2 ? m->imap.user : m->smtp.user);
    else
        err_wrap(e, "the tokens are stored, but the mail server does not take them (see frontdesk doctor)");
    buf_release(&findings);
    buf_release(&doubts);
    return rc;
}

static int log_in_mail(const struct cli *cli, const struct conf *conf, enum conf_oauth2 of, struct err *e)
{
    const struct conf_mailbox *m = NULL;
    struct maillogin *login = NULL;
    if (find_mailbox(cli, conf, of, &m, e) != 0 || maillogin_open(&login, m, -1, e) != 0)
        return -1;
    ENSURE(m);
    const char *user = m->imap.oauth2 ? m->imap.user : m->smtp.user;
    int rc = of == CONF_OAUTH2_MICROSOFT ? by_device(maillogin_oauth2(login), user, e)
                                         : ask(maillogin_oauth2(login), m->login.redirect_url, user, e);
    maillogin_close(&login);
    return rc == 0 ? open_mailbox(m, e) : rc;
}

static int log_in_microsoft(const struct cli *cli, const struct conf *conf, struct err *e)
{
    return log_in_mail(cli, conf, CONF_OAUTH2_MICROSOFT, e);
}

static int log_in_google(const struct cli *cli, const struct conf *conf, struct err *e)
{
    return log_in_mail(cli, conf, CONF_OAUTH2_GOOGLE, e);
}

static const struct {
    const char *name;
    int (*run)(const struct cli *cli, const struct conf *conf, struct err *e);
} systems[] = {{"quickbooks", log_in_quickbooks}, {"microsoft", log_in_microsoft}, {"google", log_in_google}};

int cmd_login(const struct cli *cli)
{
    struct err e = ERR_INIT;
    size_t i = cli->n_args < 1 ? ARRAY_LEN(systems) : 0;
    while (i < ARRAY_LEN(systems) && strcmp(cli->args[0], systems[i].name) != 0)
        i++;
    if (i == ARRAY_LEN(systems))
        return cli_misused(cli, "%s%s: allowed are quickbooks, microsoft and google",
                           cli->n_args ? "login " : "login", cli->n_args ? cli->args[0] : "");
    struct conf *conf = cli_conf(cli);
    if (!conf)
        return EX_CONFIG;
    cli_quiet(cli, LOG_ERROR);
    int rc = systems[i].run(cli, conf, &e);
    conf_free(&conf);
    return rc == 0 ? EX_OK : cli_fail(&e);
}
