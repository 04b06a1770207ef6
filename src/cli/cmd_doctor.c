/* SPDX-License-Identifier: GPL-2.0-or-later */
/* doctor: looks at everything that can be wrong and says cause and fix. Nothing is written anywhere. */
#include "../errors.h"
#include "cli.h"
#include "frontdesk/json.h"
#include "frontdesk/maillogin.h"
#include "refusals.h"

#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { LITTLE_ROOM_MB = 100, MOST_NAMED = 20 };

enum area { HERE = 1, MAIL_IN = 2, MAIL_OUT = 4, AUTOTASK = 8, QUICKBOOKS = 16 };

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
    {MAIL_IN, ERR_MAILBOX, "check folders.inbox, and with a mail program that this user may open it"},
    {MAIL_IN, ERR_PROTOCOL, "check that this is the port for reading (imap:// 143, imaps:// 993)"},
};

struct doctor {
    unsigned ill;
    struct buf *json; /* the findings so far, for --json; NULL: they are printed */
};

static const char *fix_for(enum area area, const struct err *e)
{
    for (size_t i = 0; i < ARRAY_LEN(cures); i++) {
        if ((cures[i].areas & area) && cures[i].code == e->code)
            return cures[i].fix;
    }
    return err_fix(e->code)[0] ? err_fix(e->code)
                               : "correct what it names; frontdesk.conf(5) says what is allowed";
}

static void print_lines(const char *text)
{
    struct scan c = scan_of(slice_of(text));
    while (!scan_end(&c)) {
        struct slice line = scan_line(&c);
        cli_printf("      %.*s\n", SLICE_ARG(line));
    }
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

static void good(struct doctor *d, const char *what, const char *findings)
{
    cli_progress(NULL);
    if (d->json) {
        note(d, "ok", what, findings, NULL);
        return;
    }
    cli_paint(CLI_GREEN, "ok  ");
    cli_printf("  %s\n", what);
    print_lines(findings);
}

/* A fault that does not stop the work. */
static void warn(struct doctor *d, const char *what, const char *fix)
{
    cli_progress(NULL);
    if (d->json) {
        note(d, "warn", what, NULL, fix);
        return;
    }
    cli_paint(CLI_YELLOW, "warn");
    cli_printf("  %s\n      fix: %s\n", what, fix);
}

static void bad(struct doctor *d, const char *what, const char *cause, const char *fix)
{
    cli_progress(NULL);
    d->ill++;
    if (d->json) {
        note(d, "fail", what, cause, fix);
        return;
    }
    cli_paint(CLI_RED, "FAIL");
    cli_printf("  %s\n", what);
    print_lines(cause);
    if (fix[0])
        cli_printf("      fix: %s\n", fix);
}

static void report(struct doctor *d, const char *what, enum area area, int rc, const struct buf *findings,
                   const struct err *e)
{
    if (rc == 0) {
        good(d, what, findings->data);
        return;
    }
    struct buf cause = BUF_INIT(128 * 1024);
    buf_printf(&cause, "%s\n%s", e->text, findings->data);
    bad(d, what, cause.data, fix_for(area, e));
    buf_release(&cause);
}

/* The same for a mail server, in the words of its provider where they are known. */
static void report_server(struct doctor *d, const char *what, const struct conf_server *server,
                          enum area area, int rc, const struct buf *findings, const struct err *e)
{
    const struct refusal *r =
        rc == 0 ? NULL : refusal_of(area == MAIL_IN ? REFUSED_IN : REFUSED_OUT, server->oauth2, e);
    if (!r) {
        report(d, what, area, rc, findings, e);
        return;
    }
    struct buf cause = BUF_INIT(128 * 1024);
    buf_printf(&cause, "%s\n%s\n%s", e->text, r->cause, findings->data);
    bad(d, what, cause.data, r->fix);
    buf_release(&cause);
}

/* --- this machine --- */

static void look_at_secrets(struct doctor *d, const struct conf *conf)
{
    struct buf problems = BUF_INIT(64 * 1024);
    if (cli_check_secrets(conf, &problems) == 0)
        good(d, "secrets and certificates", "");
    else
        bad(d, "secrets and certificates", problems.data,
            "each secret is a file with one line, mode 0600, owned by the user that runs frontdesk");
    buf_release(&problems);
}

static void look_at_room(struct doctor *d, const char *path)
{
    struct statvfs fs;
    char what[4300];
    if (statvfs(path, &fs) != 0)
        return;
    uint64_t mb = (uint64_t)fs.f_bavail * fs.f_frsize >> 20;
    snprintf(what, sizeof(what), "only %llu MB are free in %s", (unsigned long long)mb, path);
    if (mb < LITTLE_ROOM_MB)
        warn(d, what, "free some space on that disk: without room no mail is taken");
}

static void look_at_aside(struct doctor *d, const char *path)
{
    char what[4600];
    DIR *dir = opendir(path);
    for (struct dirent *f; dir && (f = readdir(dir)) != NULL;) {
        struct slice name = slice_of(f->d_name);
        snprintf(what, sizeof(what), "a damaged journal was replaced and is kept as %s/%s", path, f->d_name);
        if (slice_starts(name, SLICE(JOURNAL_ASIDE)) && slice_find(name, SLICE("-wal")) < 0)
            warn(d, what,
                 "see that the disk is sound; delete the file, and that with -wal behind it, when you miss "
                 "nothing");
    }
    if (dir)
        closedir(dir);
}

static void look_at_journal(struct doctor *d, const struct conf *conf)
{
    struct journal_options o = {.dir = conf->journal.path, .read_only = true};
    struct journal *j;
    struct journal_alert *alerts;
    struct err e = ERR_INIT;
    char why[512], what[1200];
    if (journal_open(&j, &o, &e) != 0) {
        if (e.code == ERR_NOT_FOUND)
            good(d, "journal", "there is none yet: `frontdesk run` makes it");
        else
            bad(d, "journal", e.text, fix_for(HERE, &e));
        return;
    }
    if (journal_look(j, &e) != 0)
        bad(d, "journal", e.text, fix_for(HERE, &e));
    else if (journal_ill_since(j, why, sizeof(why)))
        bad(d, "journal", why, err_fix(strstr(why, "the disk is full") ? ERR_DISK_FULL : ERR_UNWRITABLE));
    else
        good(d, "journal", journal_is_running(j) ? "frontdesk is running" : "frontdesk is not running");
    struct pool *pool = pool_new(4 << 20);
    size_t n = journal_alerts(j, pool, &alerts);
    for (size_t i = 0; i < n; i++) {
        snprintf(what, sizeof(what), "open alert %s: %s", alerts[i].topic, alerts[i].text);
        warn(d, what, "see what it says; it closes by itself when all is well again");
    }
    pool_free(&pool);
    journal_close(&j);
}

static void look_at_state(struct doctor *d, const struct conf *conf)
{
    const char *path = conf->journal.path;
    char what[4300], cause[200], text[100];
    struct stat st;
    snprintf(what, sizeof(what), "state directory %s", path);
    if (stat(path, &st) != 0 && errno == ENOENT) {
        char parent[4300];
        snprintf(parent, sizeof(parent), "%s", path);
        *strrchr(parent, '/') = '\0';
        if (!parent[0] || access(parent, W_OK | X_OK) == 0)
            good(d, what, "it is not there yet: `frontdesk run` makes it");
        else
            bad(d, what, "it is not there, and the folder around it is missing or cannot be written",
                "make it for the user that runs frontdesk, mode 0700, or name another one in journal.path");
        return;
    }
    if (stat(path, &st) != 0 || !S_ISDIR(st.st_mode) || access(path, R_OK | W_OK | X_OK) != 0) {
        int why = stat(path, &st) == 0 && !S_ISDIR(st.st_mode) ? ENOTDIR : errno;
        snprintf(cause, sizeof(cause), "frontdesk cannot write there: %s",
                 strerror_r(why, text, sizeof(text)));
        bad(d, what, cause,
            "make it a folder of the user that runs frontdesk, mode 0700, on a disk that can be written; or "
            "name another one in journal.path");
        return;
    }
    good(d, what, "");
    look_at_room(d, path);
    look_at_aside(d, path);
    look_at_journal(d, conf);
}

/* --- mail --- */

static void look_at_secret(struct doctor *d, const struct conf_mailbox *m)
{
    int64_t ends_ms = maillogin_ends(m), days = (ends_ms - clock_now_ms()) / (INT64_C(86400) * 1000);
    char what[300], day[32];
    clock_format_utc(ends_ms, day);
    snprintf(what, sizeof(what), "mailbox %s: the client %s ends in %lld days, on %.10s", m->name,
             m->login.certificate_file ? "certificate" : "secret", (long long)days, day);
    if (ends_ms && days <= 30)
        warn(d, what,
             "make a new one at the provider, put it in the place of the old one, and restart frontdesk");
}

static void look_at_mailboxes(struct doctor *d, const struct conf *conf)
{
    for (size_t i = 0; i < conf->n_mailboxes; i++) {
        const struct conf_mailbox *m = &conf->mailboxes[i];
        struct buf findings = BUF_INIT(64 * 1024);
        struct err e = ERR_INIT;
        char what[900];
        snprintf(what, sizeof(what), "mailbox %s: mail in (%s)", m->name, m->imap.url);
        cli_progress(what);
        int rc = mailbox_imap_probe(m, &findings, &e);
        report_server(d, what, &m->imap, MAIL_IN, rc, &findings, &e);
        buf_clear(&findings);
        snprintf(what, sizeof(what), "mailbox %s: mail out (%s)", m->name, m->smtp.url);
        cli_progress(what);
        rc = outbox_smtp_probe(&m->smtp, m->address, &findings, &e);
        report_server(d, what, &m->smtp, MAIL_OUT, rc, &findings, &e);
        buf_release(&findings);
        look_at_secret(d, m);
        snprintf(what, sizeof(what), "mailbox %s: anybody who can write a From line is believed", m->name);
        if (m->trust == CONF_TRUST_NONE)
            warn(d, what,
                 "set trust to \"exchange-online\" or \"google\" if the mailbox is there, else to "
                 "\"server:NAME\", "
                 "the name that begins the Authentication-Results field of mail in this mailbox");
    }
    if (!conf->alerts.email)
        warn(d, "nobody is told when frontdesk is ill; the log is the only word",
             "set alerts.email to the operator's address");
}

/* --- Autotask --- */

static void look_at_people(struct doctor *d, const struct directory *dir)
{
    struct buf names = BUF_INIT(8000), what = BUF_INIT(9000);
    size_t able = 0, unable = 0;
    for (size_t i = 0; i < dir->n_resources; i++) {
        const struct directory_resource *r = &dir->resources[i];
        able += r->assignable;
        if (r->assignable || strcmp(r->why_not, "no service-desk role") != 0)
            continue;
        if (unable++ < MOST_NAMED)
            buf_printf(&names, "%s%s %s", names.len ? ", " : "", r->first, r->last);
    }
    buf_printf(&what, "%zu people in Autotask, %zu of them can be given tickets", dir->n_resources, able);
    static const char fix[] = "give each technician an active service-desk role in Autotask";
    if (able == 0)
        bad(d, "Autotask: technicians", what.data, fix);
    else
        good(d, "Autotask: technicians", what.data);
    buf_clear(&what);
    buf_printf(&what, "%zu without a service-desk role cannot be given tickets: %s%s", unable, names.data,
               unable > MOST_NAMED ? ", ..." : "");
    if (able && unable)
        warn(d, what.data, fix);
    buf_release(&names);
    buf_release(&what);
}

static bool has_nickname(const struct directory *dir, const char *nick)
{
    for (size_t i = 0; i < dir->n_resources; i++) {
        const char *const *names = dir->resources[i].nicknames;
        for (; *names; names++) {
            if (strcmp(*names, nick) == 0)
                return true;
        }
    }
    return false;
}

static void look_at_nicknames(struct doctor *d, const struct conf *conf, const struct directory *dir)
{
    for (size_t i = 0; i < conf->staff.n_nicknames; i++) {
        const struct conf_nickname *n = &conf->staff.nicknames[i];
        char what[600];
        snprintf(what, sizeof(what),
                 "staff.nicknames[%zu]: nobody in Autotask is \"%s\", so \"%s\" means nobody", i, n->who,
                 n->nick);
        if (!has_nickname(dir, n->nick))
            warn(d, what, "write the user name, the full name or the first name as Autotask has it");
    }
}

static void look_at_directory(struct doctor *d, struct desk *desk, struct err *e)
{
    struct buf findings = BUF_INIT(64 * 1024);
    cli_progress("asking Autotask for staff and labels");
    int rc = desk_refresh(desk, &findings, e);
    report(d, "Autotask: staff list, and the labels of the group ticket", AUTOTASK, rc, &findings, e);
    struct desk_people *p = desk_people_get(desk);
    if (p) {
        look_at_people(d, p->directory);
        look_at_nicknames(d, desk->conf, p->directory);
    }
    desk_people_put(desk, p);
    buf_release(&findings);
}

static void look_at_language(struct doctor *d, const struct conf *conf, const struct templates *t)
{
    struct buf names = BUF_INIT(8000), what = BUF_INIT(9000);
    templates_english(t, &names);
    buf_printf(&what, "templates: these are in English, the language %s has none of them: %s",
               conf->firm.language, names.data);
    if (names.len)
        warn(d, what.data, "write them in the folder of the language, as the English ones are");
    buf_release(&names);
    buf_release(&what);
}

static void look_at_rules(struct doctor *d, const struct conf *conf)
{
    static const char fix[] =
        "correct what each line names; frontdesk-rules(5) says what is allowed. A wrong rule of the firm is "
        "left out, and no other is touched";
    struct buf ours = BUF_INIT(256 * 1024), firm = BUF_INIT(256 * 1024);
    struct diagnose_rules *rules;
    struct err e = ERR_INIT;
    size_t n = 0, own = 0;
    char what[300];
    int rc = errors_load(&rules, conf, &ours, &firm, &e);
    const struct diagnose_rule *list = rc == 0 ? diagnose_rules_list(rules, &n) : NULL;
    for (size_t i = 0; i < n; i++)
        own += slice_starts(slice_of(list[i].file), slice_of(conf->diagnose));
    snprintf(what, sizeof(what), "rules for errors of the sync: %zu, %zu of them the firm's", n, own);
    if (rc != 0)
        report(d, "rules for errors of the sync", HERE, rc, &ours, &e);
    else if (firm.len)
        bad(d, what, firm.data, fix);
    else
        good(d, what, "");
    diagnose_rules_free(&rules);
    buf_release(&ours);
    buf_release(&firm);
}

static void look_at_autotask(struct doctor *d, const struct conf *conf)
{
    struct buf findings = BUF_INIT(64 * 1024);
    struct err e = ERR_INIT;
    struct desk desk;
    struct buf rules = BUF_INIT(256 * 1024); /* look_at_rules told them */
    struct desk_options o = {.conf = conf, .stop_fd = -1, .rule_problems = &rules};
    int rc = desk_open(&desk, &o, &findings, &e);
    buf_release(&rules);
    /* what keeps it closed is a fault of the templates, or has been said */
    if (rc == 0 || e.code == ERR_TEMPLATE)
        report(d, "templates", HERE, rc, &findings, &e);
    else
        report(d, "Autotask: not asked", HERE, rc, &findings, &e);
    if (rc == 0)
        look_at_language(d, conf, desk.templates);
    buf_clear(&findings);
    if (rc == 0) {
        cli_progress("asking Autotask for its zone");
        rc = autotask_probe(desk.autotask, &findings, &e);
        report(d, "Autotask: zone, login, rights", AUTOTASK, rc, &findings, &e);
    }
    if (rc == 0)
        look_at_directory(d, &desk, &e);
    desk_close(&desk);
    buf_release(&findings);
}

/* --- QuickBooks --- */

static void look_at_end(struct doctor *d, const struct oauth2_view *v)
{
    char what[200], day[32];
    int64_t ends_ms = oauth2_ends(v), days = (ends_ms - clock_now_ms()) / (INT64_C(86400) * 1000);
    clock_format_utc(ends_ms, day);
    snprintf(what, sizeof(what), "QuickBooks: the login ends in %lld days, on %.10s", (long long)days, day);
    if (ends_ms && days <= 30)
        warn(d, what, "let an administrator of the company log in again: frontdesk login quickbooks");
}

static void put_company(const struct quickbooks_company *c, const struct oauth2_view *v, struct buf *out)
{
    char day[32];
    buf_printf(out, "%s, %s%s%s", c->name, c->country, c->offering[0] ? ", " : "", c->offering);
    clock_format_utc(oauth2_ends(v), day);
    if (oauth2_ends(v))
        buf_printf(out, "; logged in until %.10s if nothing is read before", day);
}

static void look_at_quickbooks(struct doctor *d, const struct conf *conf)
{
    static const char what[] = "QuickBooks: login, company";
    struct buf findings = BUF_INIT(4000);
    struct pool *pool = pool_new(1 << 20);
    struct quickbooks_company company;
    struct oauth2_view v = {.there = false};
    struct accounting *a = NULL;
    struct err e = ERR_INIT;
    if (conf->quickbooks) {
        int rc = accounting_open(&a, conf, -1, access(conf->journal.path, F_OK) == 0, &e);
        cli_progress("asking QuickBooks for the company");
        if (rc == 0)
            rc = quickbooks_company(a->qb, pool, &company, &e);
        if (rc == 0)
            rc = oauth2_look(conf->quickbooks->token_file, &v, &e);
        if (rc == 0)
            put_company(&company, &v, &findings);
        report(d, what, QUICKBOOKS, rc, &findings, &e);
        if (rc == 0)
            look_at_end(d, &v);
    }
    accounting_close(&a);
    pool_free(&pool);
    buf_release(&findings);
}

/* What can be told without making it. */
static void look_at_watches(struct doctor *d, const struct conf *conf)
{
    bool none = conf->firm.integration == CONF_INTEGRATION_NONE;
    bool closed = !none && conf->firm.integration != CONF_QBD && !conf->quickbooks;
    for (size_t i = 0; i < conf->n_watches; i++) {
        char what[100];
        snprintf(what, sizeof(what), "watch: the check %s", conf->watches[i].check);
        if (none)
            bad(d, what, "it cannot be made: firm.integration is missing",
                "name what carries invoices to QuickBooks in firm.integration, or take the check out of "
                "watch");
        else if (closed)
            bad(d, what, "it cannot be made: QuickBooks is not configured",
                "write the group quickbooks and log in with frontdesk login quickbooks, or take the check "
                "out of "
                "watch");
        else
            good(d, what, "");
    }
}

static void look_at_all(struct doctor *d, const struct conf *conf)
{
    char what[4300];
    snprintf(what, sizeof(what), "settings %s", conf->path);
    good(d, what, "");
    look_at_secrets(d, conf);
    look_at_state(d, conf);
    look_at_mailboxes(d, conf);
    look_at_rules(d, conf);
    look_at_autotask(d, conf);
    look_at_quickbooks(d, conf);
    look_at_watches(d, conf);
}

int cmd_doctor(const struct cli *cli)
{
    struct buf json = BUF_INIT(4 << 20);
    struct doctor d = {.json = cli->json ? &json : NULL};
    struct conf *conf = cli_conf(cli);
    if (!conf)
        return EX_CONFIG;
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
