/* SPDX-License-Identifier: GPL-2.0-or-later */
/* explain: src/explain.c at the command line, with the journal of the installation if there is one. */
#include "../telling.h"
#include "cli.h"

static int explain(struct desk *d, const struct conf_mailbox *mailbox, struct slice mail, bool json,
                   struct err *e)
{
    struct buf said = BUF_INIT(4 << 20);
    int rc = explain_mail(d, mailbox, mail, json, &said, e);
    if (json)
        fwrite(said.data, 1, said.len, stdout);
    else
        cli_print(said.data);
    buf_release(&said);
    return rc;
}

static const struct conf_mailbox *choose_mailbox(const struct cli *cli, const struct conf *conf)
{
    const struct conf_mailbox *m = cli->mailbox ? conf_mailbox_by_name(conf, cli->mailbox) : conf->mailboxes;
    struct buf why = BUF_INIT(1000);
    if (!m) {
        cli_no_mailbox(conf, cli->mailbox, &why);
        cli_misused(cli, "%s", why.data);
    }
    buf_release(&why);
    return m;
}

/* Without a journal nothing was taken yet, and no mail answers anything. */
static int open_journal(const struct conf *conf, struct journal **out, struct err *e)
{
    struct journal_options o = {.dir = conf->journal.path, .read_only = true};
    struct err why = ERR_INIT;
    *out = NULL;
    if (journal_open(out, &o, &why) == 0 || why.code == ERR_NOT_FOUND)
        return 0;
    *e = why;
    return -1;
}

static int prepare(struct desk *d, const struct conf *conf, struct journal *journal, struct buf *problems,
                   struct err *e)
{
    struct desk_options o = {.conf = conf, .journal = journal, .stop_fd = -1};
    if (desk_open(d, &o, problems, e) != 0)
        return -1;
    cli_progress("asking Autotask for staff and labels");
    int rc = desk_refresh(d, problems, e);
    cli_progress(NULL);
    return rc;
}

int cmd_explain(const struct cli *cli)
{
    struct err e = ERR_INIT;
    struct buf mail = BUF_INIT(CLI_MAIL_MAX), problems = BUF_INIT(64 * 1024);
    struct desk desk;
    struct journal *journal = NULL;
    struct conf *conf = cli_conf(cli);
    if (!conf)
        return EX_CONFIG;
    cli_quiet(cli, LOG_WARN);
    const struct conf_mailbox *mailbox = choose_mailbox(cli, conf);
    if (!mailbox) {
        conf_free(&conf);
        return EX_USAGE;
    }
    int rc = cli_read(cli->n_args ? cli->args[0] : "-", &mail, &e);
    if (rc == 0)
        rc = open_journal(conf, &journal, &e);
    if (rc == 0) {
        rc = prepare(&desk, conf, journal, &problems, &e);
        cli_problems(&problems);
        if (rc == 0)
            rc = explain(&desk, mailbox, buf_view(&mail), cli->json, &e);
        desk_close(&desk);
    }
    journal_close(&journal);
    buf_release(&mail);
    buf_release(&problems);
    conf_free(&conf);
    return rc == 0 ? EX_OK : cli_fail(&e);
}
