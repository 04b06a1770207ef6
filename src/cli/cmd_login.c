/* SPDX-License-Identifier: GPL-2.0-or-later */
/* login: the first consent from a machine without a browser: an address goes out, an address comes back
 * (quickbooks-online.md 1.4). Works beside a running daemon, which takes the new tokens at once. */
#include "../desk.h"
#include "cli.h"

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

static void print_address(const struct oauth2 *login, const struct conf_quickbooks *q, const char *state)
{
    struct buf address = BUF_INIT(8000);
    oauth2_consent_address(login, q->redirect_url, state, &address);
    cli_printf(
        "Open this address in a browser, log in as an administrator of the company, and consent:\n\n%s\n\n"
        "The browser then ends at %s?code=..., where there may be an error page: that is fine.\n"
        "Copy the whole address out of its address bar, paste it here, and press Enter:\n",
        address.data, q->redirect_url);
    fflush(stdout);
    buf_release(&address);
}

/* A person may have copied too little: asked again, since the address of the page still holds. */
static int ask(struct oauth2 *login, const struct conf_quickbooks *q, struct err *e)
{
    char line[LINE_BYTES], state[33];
    int rc = -1;
    oauth2_state(state);
    print_address(login, q, state);
    for (int i = 0; i < MOST_TRIES && rc != 0; i++) {
        if (i > 0) {
            cli_problem(e);
            printf("Once more:\n");
            fflush(stdout);
        }
        if (!read_line(line))
            return i > 0 ? -1 : err_set(e, ERR_USAGE, "no address was pasted");
        cli_progress("exchanging the code");
        rc = oauth2_redeem(login, line, q->redirect_url, state, e);
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

static int log_in(const struct conf *conf, struct err *e)
{
    const struct conf_quickbooks *q = conf->quickbooks;
    struct accounting *a = NULL;
    if (!q)
        return err_set(e, ERR_CONFIG, "%s has no group quickbooks: frontdesk.conf(5) says what stands in it",
                       conf->path);
    if (accounting_open(&a, conf, -1, access(conf->journal.path, F_OK) == 0, e) != 0)
        return -1;
    int rc = ask(quickbooks_login(a->qb), q, e);
    if (rc == 0)
        rc = greet(a, conf, e);
    accounting_close(&a);
    return rc;
}

int cmd_login(const struct cli *cli)
{
    struct err e = ERR_INIT;
    if (cli->n_args < 1 || strcmp(cli->args[0], "quickbooks") != 0)
        return cli_misused(cli, "%s%s: allowed is quickbooks", cli->n_args ? "login " : "login",
                           cli->n_args ? cli->args[0] : "");
    struct conf *conf = cli_conf(cli);
    if (!conf)
        return EX_CONFIG;
    cli_quiet(cli, LOG_ERROR);
    int rc = log_in(conf, &e);
    conf_free(&conf);
    return rc == 0 ? EX_OK : cli_fail(&e);
}
