/* SPDX-License-Identifier: GPL-2.0-or-later */
/* explain: src/explain.c at the command line, with the journal of the installation if there is one. */
#include "../telling.h"
#include "cli.h"

enum { SUBJECT_MAX = 900 }; /* a line of a header has 998 bytes at most */

static int explain(struct desk *d, const struct conf_mailbox *mailbox, struct slice mail,
                   struct explain_how how, struct err *e)
{
    struct buf said = BUF_INIT(4 << 20);
    int rc = explain_mail(d, mailbox, mail, how, &said, e);
    if (how.json)
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

/* --- a subject without a mail --- */

static bool is_line(const char *text)
{
    for (; *text; text++) {
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            return false;
    }
    return true;
}

/* What was said on the command line can be asked for; told otherwise. */
static bool makes_sense(const struct cli *cli)
{
    if (!cli->subject && cli->sender)
        cli_misused(cli, "--sender goes with --subject; a mail says itself who sent it");
    else if (cli->subject && cli->n_args)
        cli_misused(cli, "a mail has a subject: give --subject or the mail");
    else if (cli->subject && (!is_line(cli->subject) || strlen(cli->subject) > SUBJECT_MAX))
        cli_misused(cli, "--subject: allowed is one line of at most %d bytes", SUBJECT_MAX);
    else if (cli->sender && (!is_line(cli->sender) || !strchr(cli->sender, '@')))
        cli_misused(cli, "--sender: allowed is an address, as dana@example.com");
    else
        return true;
    return false;
}

/* A mail with no more than that. Who sends it: --sender, else an administrator, else anybody of the staff. */
static void write_mail(const struct cli *cli, const struct conf *conf, const struct conf_mailbox *mailbox,
                       struct buf *out)
{
    const struct conf_strings *admins = &conf->staff.admins;
    buf_puts(out, "From: ");
    if (cli->sender || admins->n)
        buf_puts(out, cli->sender ? cli->sender : admins->v[0]);
    else
        buf_printf(out, "staff@%s", conf->firm.domains.v[0]);
    buf_printf(out, "\r\nTo: %s\r\nSubject: %s\r\n\r\n", mailbox->address, cli->subject);
}

static int get_mail(const struct cli *cli, const struct conf *conf, const struct conf_mailbox *mailbox,
                    struct buf *out, struct err *e)
{
    if (!cli->subject)
        return cli_read(cli->n_args ? cli->args[0] : "-", out, e);
    write_mail(cli, conf, mailbox, out);
    return 0;
}

int cmd_explain(const struct cli *cli)
{
    struct err e = ERR_INIT;
    struct buf mail = BUF_INIT(CLI_MAIL_MAX), problems = BUF_INIT(64 * 1024);
    struct desk desk;
    struct journal *journal = NULL;
    const struct explain_how how = {.json = cli->json, .assumed = cli->subject};
    if (!makes_sense(cli))
        return EX_USAGE;
    struct conf *conf = cli_conf(cli);
    if (!conf)
        return EX_CONFIG;
    cli_quiet(cli, LOG_WARN);
    const struct conf_mailbox *mailbox = choose_mailbox(cli, conf);
    if (!mailbox) {
        conf_free(&conf);
        return EX_USAGE;
    }
    int rc = get_mail(cli, conf, mailbox, &mail, &e);
    if (rc == 0)
        rc = open_journal(conf, &journal, &e);
    if (rc == 0) {
        rc = prepare(&desk, conf, journal, &problems, &e);
        cli_problems(&problems);
        if (rc == 0)
            rc = explain(&desk, mailbox, buf_view(&mail), how, &e);
        desk_close(&desk);
    }
    journal_close(&journal);
    buf_release(&mail);
    buf_release(&problems);
    conf_free(&conf);
    return rc == 0 ? EX_OK : cli_fail(&e);
}
