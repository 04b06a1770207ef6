/* SPDX-License-Identifier: GPL-2.0-or-later */
/* common: what subcommands share: the configuration, errors as exit codes, text made safe for a terminal. */
#include "cli.h"
#include "frontdesk/secret.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- configuration --- */

void cli_problems(const struct buf *problems)
{
    struct scan c = scan_of(buf_view(problems));
    cli_progress_hide();
    while (!scan_end(&c)) {
        struct slice line = scan_line(&c);
        fprintf(stderr, "frontdesk: %.*s\n", SLICE_ARG(line));
    }
}

void cli_folder(const char *path, const char *name, char out[4000])
{
    const char *slash = strrchr(path, '/');
    snprintf(out, 4000, "%.*s%s", slash ? (int)(slash - path) + 1 : 0, path, name);
}

struct conf *cli_conf(const struct cli *cli)
{
    struct conf *conf = NULL;
    char credentials[4000];
    cli_folder(cli->conf_path, "credentials", credentials);
    secret_folder(credentials, false);
    struct buf problems = BUF_INIT(256 * 1024);
    if (conf_load(cli->conf_path, &conf, &problems) != 0) {
        cli_problems(&problems);
        if (access(cli->conf_path, F_OK) != 0)
            fprintf(
                stderr,
                "frontdesk: fix: `frontdesk setup` asks what is needed and writes it; or name another file "
                "with -c\n");
        fprintf(stderr, "frontdesk: nothing was done; frontdesk.conf(5) explains every setting\n");
    }
    buf_release(&problems);
    return conf;
}

int cli_templates(const struct conf *conf, struct templates **out, struct err *e)
{
    struct buf problems = BUF_INIT(64 * 1024);
    int rc = templates_open(out, conf, true, &problems, e);
    cli_problems(&problems);
    buf_release(&problems);
    return rc;
}

static unsigned check_secret(const struct conf *conf, const char *key, const char *path, struct buf *problems)
{
    struct secret secret;
    struct err e = ERR_INIT;
    if (!path)
        return 0;
    if (secret_load(&secret, path, &e) != 0) {
        buf_printf(problems, "%s:%u: %s: %s\n", conf->path, conf_line(conf, key), key, e.text);
        return 1;
    }
    secret_release(&secret);
    return 0;
}

/* The secrets of a login by tokens; a file of several lines must only be readable. */
static unsigned check_login(const struct conf *conf, const char *box, const struct conf_mail_login *l,
                            struct buf *problems)
{
    const struct {
        const char *name, *path;
    } files[] = {{"certificate_file", l->certificate_file},
                 {"service_account_file", l->service_account_file}};
    char key[100];
    snprintf(key, sizeof(key), "%s.oauth2.client_secret_file", box);
    unsigned n = check_secret(conf, key, l->client_secret_file, problems);
    for (size_t i = 0; i < ARRAY_LEN(files); i++) {
        struct buf text = BUF_INIT(16 << 10);
        struct err e = ERR_INIT;
        snprintf(key, sizeof(key), "%s.oauth2.%s", box, files[i].name);
        if (files[i].path && secret_load_text(&text, files[i].path, &e) != 0) {
            buf_printf(problems, "%s:%u: %s: %s\n", conf->path, conf_line(conf, key), key, e.text);
            n++;
        }
        buf_wipe(&text);
    }
    return n;
}

static unsigned check_ca(const struct conf *conf, const char *key, const char *path, struct buf *problems)
{
    if (!path || access(path, R_OK) == 0)
        return 0;
    char text[100];
    buf_printf(problems, "%s:%u: %s: cannot read %s: %s; name a file of certificates, or remove the key\n",
               conf->path, conf_line(conf, key), key, path, strerror_r(errno, text, sizeof(text)));
    return 1;
}

static unsigned check_server(const struct conf *conf, const char *box, const char *which,
                             const struct conf_server *server, struct buf *problems)
{
    char key[100];
    snprintf(key, sizeof(key), "%s.%s.password_file", box, which);
    unsigned n = check_secret(conf, key, server->password_file, problems);
    snprintf(key, sizeof(key), "%s.%s.ca_file", box, which);
    return n + check_ca(conf, key, server->ca_file, problems);
}

unsigned cli_check_secrets(const struct conf *conf, struct buf *problems)
{
    unsigned n = 0;
    for (size_t i = 0; i < conf->n_mailboxes; i++) {
        char box[32];
        snprintf(box, sizeof(box), "mailboxes[%zu]", i);
        n += check_server(conf, box, "imap", &conf->mailboxes[i].imap, problems);
        n += check_server(conf, box, "smtp", &conf->mailboxes[i].smtp, problems);
        n += check_login(conf, box, &conf->mailboxes[i].login, problems);
    }
    if (conf->alerts.smtp.url)
        n += check_server(conf, "alerts", "smtp", &conf->alerts.smtp, problems);
    n += check_secret(conf, "autotask.secret_file", conf->autotask.secret_file, problems);
    n += check_secret(conf, "autotask.integration_code_file", conf->autotask.integration_code_file, problems);
    if (conf->quickbooks)
        n += check_secret(conf, "quickbooks.client_secret_file", conf->quickbooks->client_secret_file,
                          problems);
    return n + check_ca(conf, "autotask.ca_file", conf->autotask.ca_file, problems);
}

/* --- failing --- */

void cli_problem(const struct err *e)
{
    cli_progress(NULL);
    fprintf(stderr, "frontdesk: %s\n", e->text);
    if (err_fix(e->code)[0])
        fprintf(stderr, "frontdesk: fix: %s\n", err_fix(e->code));
}

int cli_fail(const struct err *e)
{
    static const struct {
        enum err_code code;
        int exit_code;
    } codes[] = {{ERR_CONFIG, EX_CONFIG},      {ERR_LABEL, EX_CONFIG},      {ERR_TEMPLATE, EX_CONFIG},
                 {ERR_IO, EX_IOERR},           {ERR_DISK_FULL, EX_IOERR},   {ERR_UNWRITABLE, EX_IOERR},
                 {ERR_LOCKED, EX_TEMPFAIL},    {ERR_NOT_FOUND, EX_NOINPUT}, {ERR_USAGE, EX_USAGE},
                 {ERR_JOURNAL, EX_DATAERR},    {ERR_DAMAGED, EX_DATAERR},   {ERR_JOURNAL_NEWER, EX_DATAERR},
                 {ERR_MAIL, EX_DATAERR},       {ERR_LIMIT, EX_DATAERR},     {ERR_JOURNAL_OLDER, EX_TEMPFAIL},
                 {ERR_CREDENTIALS, EX_NOPERM}, {ERR_LOGIN, EX_NOPERM},      {ERR_PERMISSION, EX_NOPERM}};
    cli_problem(e);
    for (size_t i = 0; i < ARRAY_LEN(codes); i++) {
        if (codes[i].code == e->code)
            return codes[i].exit_code;
    }
    return err_class(e) == ERR_CLASS_RETRY ? EX_TEMPFAIL : EX_UNAVAILABLE;
}

int cli_misused(const struct cli *cli, const char *fmt, ...)
{
    struct buf text = BUF_INIT(1000);
    va_list ap;
    va_start(ap, fmt);
    buf_vprintf(&text, fmt, ap);
    va_end(ap);
    cli_progress_hide();
    fprintf(stderr, "frontdesk: %s\nfrontdesk: usage: frontdesk %s\n", text.data, cli->usage);
    buf_release(&text);
    return EX_USAGE;
}

void cli_quiet(const struct cli *cli, enum log_level level)
{
    if (!cli->log && !cli->quiet)
        log_set_level(level);
}

/* --- printing --- */

void cli_time(const struct conf *conf, int64_t ms, char out[32])
{
    clock_format_local(ms, conf->firm.timezone, out);
}

void cli_print(const char *text)
{
    cli_progress_hide();
    for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
        /* C1 controls in UTF-8 are c2 80 .. c2 9f */
        bool c1 = *p == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0;
        if ((*p < 0x20 && *p != '\n' && *p != '\t') || *p == 0x7f || c1)
            putchar('?');
        else
            putchar(*p);
        p += c1;
    }
}

void cli_printf(const char *fmt, ...)
{
    struct buf text = BUF_INIT(1 << 20);
    va_list ap;
    va_start(ap, fmt);
    buf_vprintf(&text, fmt, ap);
    va_end(ap);
    cli_print(text.data);
    buf_release(&text);
}

void cli_paint(enum cli_colour colour, const char *text)
{
    static const char *const codes[] = {[CLI_GREEN] = "32", [CLI_YELLOW] = "33", [CLI_RED] = "1;31"};
    cli_progress_hide();
    if (log_may_colour(STDOUT_FILENO))
        printf("\033[%sm%s\033[0m", codes[colour], text);
    else
        printf("%s", text);
}

bool cli_date(const char *text, const char *zone, int64_t *ms)
{
    uint64_t year, month, day;
    struct slice s = slice_of(text);
    if (s.len != 10 || s.ptr[4] != '-' || s.ptr[7] != '-')
        return false;
    if (!slice_to_u64(slice_cut(s, 4), 1990, 2200, &year) ||
        !slice_to_u64(slice_from(s.ptr + 5, 2), 1, 12, &month) ||
        !slice_to_u64(slice_from(s.ptr + 8, 2), 1, 31, &day))
        return false;
    struct tm tm = {.tm_year = (int)year - 1900, .tm_mon = (int)month - 1, .tm_mday = (int)day}, back;
    /* there is no 31 February */
    return clock_from_local(&tm, zone, ms) && clock_local(*ms, zone, &back) && back.tm_mday == (int)day;
}

/* --- what is read --- */

static int read_stream(FILE *f, const char *name, struct buf *out, struct err *e)
{
    char chunk[16384];
    struct stat st;
    if (fstat(fileno(f), &st) == 0 && S_ISDIR(st.st_mode))
        return err_set(e, ERR_NOT_FOUND, "%s is a folder; name the file of one mail", name);
    for (size_t n; (n = fread(chunk, 1, sizeof(chunk), f)) > 0 && !out->overflow;)
        buf_put(out, chunk, n);
    if (ferror(f))
        return err_set_errno(e, errno, "cannot read %s", name);
    return out->overflow ? err_set(e, ERR_LIMIT, "%s is larger than %d MB", name, CLI_MAIL_MAX >> 20) : 0;
}

int cli_read(const char *path, struct buf *out, struct err *e)
{
    if (strcmp(path, "-") == 0) {
        if (isatty(STDIN_FILENO) && !cli_is_silent())
            fprintf(stderr, "frontdesk: what you type is read; end it with Ctrl-D\n");
        return read_stream(stdin, "standard input", out, e);
    }
    FILE *f = fopen(path, "re");
    if (!f) {
        err_set_errno(e, errno, "cannot open %s", path);
        e->code = ERR_NOT_FOUND;
        return -1;
    }
    int rc = read_stream(f, path, out, e);
    fclose(f);
    return rc;
}
