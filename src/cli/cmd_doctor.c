/* SPDX-License-Identifier: GPL-2.0-or-later */
/* doctor: looks at everything that can be wrong and says cause and fix. Nothing is written anywhere. */
#include "doctor.h"
#include "frontdesk/json.h"
#include "prove.h"

/* What to do where the general cure of the code (err_fix) can be said better. */
static const struct cure {
    unsigned areas;
    enum err_code code;
    const char *fix;
} cures[] = {
    {MAIL_IN, ERR_CREDENTIALS,
     "check imap.user and the file imap.password_file; an account with two factors needs an app password"},
    {MAIL_OUT, ERR_CREDENTIALS,
     "check smtp.user and the file smtp.password_file; at Microsoft 365 SMTP AUTH must be on for the "
     "mailbox"},
    {AUTOTASK, ERR_CREDENTIALS,
     "check autotask.user and the files secret_file and integration_code_file; in Autotask, Admin > "
     "Organization Settings & Users > Resources/Users: the API user is active, not locked, and has this "
     "tracking identifier"},
    {AUTOTASK, ERR_TLS, "name the authority of the server's certificate in autotask.ca_file"},
    {AUTOTASK, ERR_PERMISSION, "give the API user the security level \"API User (system)\""},
    {AUTOTASK, ERR_REJECTED, "check autotask.zone_url; it is normally left out"},
    {AUTOTASK, ERR_LABEL, "write the labels as Autotask shows them"},
    {QUICKBOOKS, ERR_LOGIN,
     "if it speaks of the client, check quickbooks.client_id and the file client_secret_file; else let an "
     "administrator of the company log in: frontdesk login quickbooks"},
    {QUICKBOOKS, ERR_PERMISSION,
     "check that quickbooks.environment fits the keys, and let an administrator of the company log in: "
     "frontdesk login quickbooks"},
    {QUICKBOOKS, ERR_TLS, "check the certificates and the clock of this machine"},
    {QUICKBOOKS, ERR_PROTOCOL, "check quickbooks.api_url and token_url; they are normally left out"},
    {QUICKBOOKS, ERR_SERVER,
     "try again later; if it stays, check quickbooks.api_url and token_url, which are normally left out"},
    {QUICKBOOKS, ERR_BUSY, "try again in a minute"},
    {MAIL_OUT, ERR_SMTP_PERMANENT,
     "allow this user to send from the mailbox's address, or write the address that it may send from"},
    {MAIL_OUT, ERR_PROTOCOL, "check that this is the port for sending (smtp:// 587, smtps:// 465)"},
    {MAIL_IN, ERR_LOCKED,
     "let one installation have this mailbox; until then no mail is taken. After a purge or a new machine it "
     "is former_instances"},
    {MAIL_IN, ERR_MAILBOX, "check folders.inbox, and with a mail program that this user may open it"},
    {MAIL_IN, ERR_PERMISSION,
     "give this user the rights to read, mark, delete and expunge in the inbox (l r s w t e), and to insert "
     "(i) in the folders of finished mail"},
    {MAIL_IN, ERR_PROTOCOL, "check that this is the port for reading (imap:// 143, imaps:// 993)"},
};

const char *doctor_fix(enum doctor_area area, const struct err *e)
{
    for (size_t i = 0; i < ARRAY_LEN(cures); i++) {
        if ((cures[i].areas & area) && cures[i].code == e->code)
            return cures[i].fix;
    }
    return err_fix(e->code)[0] ? err_fix(e->code)
                               : "correct what it names; frontdesk.conf(5) says what is allowed";
}

static const char indent[] = "      ";

static void print_lines(const char *text)
{
    if (text[0])
        cli_lines(stdout, 0, indent, indent, text);
}

static void print_head(enum cli_colour colour, const char *word, const char *what)
{
    cli_paint(colour, word);
    cli_lines(stdout, strlen(word), "  ", indent, what);
}

static void print_fix(const char *fix)
{
    cli_lines(stdout, 0, "      fix: ", "           ", fix);
}

static void note(struct doctor *d, const char *state, const char *what, const char *findings, const char *fix)
{
    json_put_name(d->json, NULL);
    buf_putc(d->json, '{');
    json_put_text(d->json, "state", state);
    json_put_text(d->json, "what", what);
    json_put_text(d->json, "findings", findings);
    json_put_text(d->json, "fix", fix);
    buf_putc(d->json, '}');
}

void doctor_begin(struct doctor *d, const char *what)
{
    cli_progress_of(what, d->begun++, d->steps);
}

void doctor_good(struct doctor *d, const char *what, const char *findings)
{
    if (d->json) {
        note(d, "ok", what, findings, NULL);
        return;
    }
    print_head(CLI_GREEN, "ok  ", what);
    print_lines(findings);
}

/* A fault that does not stop the work. */
void doctor_warn(struct doctor *d, const char *what, const char *fix)
{
    if (d->json) {
        note(d, "warn", what, NULL, fix);
        return;
    }
    print_head(CLI_YELLOW, "warn", what);
    print_fix(fix);
}

void doctor_bad(struct doctor *d, const char *what, const char *cause, const char *fix)
{
    d->ill++;
    if (d->json) {
        note(d, "fail", what, cause, fix);
        return;
    }
    print_head(CLI_RED, "FAIL", what);
    print_lines(cause);
    if (fix[0])
        print_fix(fix);
}

void doctor_report(struct doctor *d, const char *what, enum doctor_area area, int rc,
                   const struct buf *findings, const struct err *e)
{
    if (rc == 0) {
        doctor_good(d, what, findings->data);
        return;
    }
    struct buf cause = BUF_INIT(128 * 1024);
    buf_printf(&cause, "%s\n%s", e->text, findings->data);
    doctor_bad(d, what, cause.data, doctor_fix(area, e));
    buf_release(&cause);
}

static size_t steps_of_mail(const struct conf *conf)
{
    return 2 * conf->n_mailboxes + (conf->alerts.smtp.url != NULL);
}

static size_t steps_of_autotask(const struct conf *conf)
{
    return 3 + (conf->firm.integration != CONF_INTEGRATION_NONE);
}

static size_t steps_of_quickbooks(const struct conf *conf)
{
    return conf->quickbooks != NULL;
}

/* `steps`: how often it calls doctor_begin when all is well; NULL: not at all. */
static const struct {
    void (*look)(struct doctor *d, const struct conf *conf);
    size_t (*steps)(const struct conf *conf);
} parts[] = {{doctor_look_here, NULL},
             {doctor_look_at_mail, steps_of_mail},
             {doctor_look_at_rules, NULL},
             {doctor_look_at_autotask, steps_of_autotask},
             {doctor_look_at_quickbooks, steps_of_quickbooks},
             {doctor_look_at_watches, NULL}};

static void look_at_all(struct doctor *d, const struct conf *conf)
{
    char what[4300];
    size_t behind = 0;
    for (size_t i = 0; i < ARRAY_LEN(parts); i++)
        d->steps += parts[i].steps ? parts[i].steps(conf) : 0;
    snprintf(what, sizeof(what), "settings %s", conf->path);
    doctor_good(d, what, "");
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        parts[i].look(d, conf);
        behind += parts[i].steps ? parts[i].steps(conf) : 0;
        d->begun = behind; /* a part that fails leaves some out */
    }
    cli_progress(NULL);
}

int cmd_doctor(const struct cli *cli)
{
    struct buf json = BUF_INIT(4 << 20);
    struct doctor d = {.json = cli->json ? &json : NULL};
    if (cli->prove)
        return prove_run(cli);
    if (cli->n_args)
        return cli_misused(cli, "\"%s\" is one word too many: mails are read with --prove", cli->args[0]);
    struct conf *conf = cli_conf(cli);
    if (!conf)
        return EX_CONFIG;
    if (cli->wait || cli->since || cli->mailbox) {
        conf_free(&conf);
        return cli_misused(cli, "--wait, --since and --mailbox mean nothing without --prove");
    }
    cli_quiet(cli, LOG_ERROR);
    look_at_all(&d, conf);
    if (cli->json)
        printf("{\"well\":%s,\"checks\":[%s]}\n", d.ill ? "false" : "true", json.data);
    else
        printf(d.ill ? "\n%u of the above must be mended.\n" : "\nAll is well.\n", d.ill);
    buf_release(&json);
    conf_free(&conf);
    return d.ill ? EX_UNAVAILABLE : EX_OK;
}
