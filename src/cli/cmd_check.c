/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check: a check at the command line. The report goes to stdout; exit 1 when a finding is an error. */
#include "../desk.h"
#include "cli.h"
#include "frontdesk/check.h"
#include "frontdesk/reply.h"

enum { REPORT_MAX = 64 << 20, FINDINGS = 1 };

static const char reading_words[] = "reading Autotask and QuickBooks";

/* --- what is going on --- */

struct progress {
    pthread_mutex_t lock;
    struct buf read; /* "5,012 items, 131 accounts" */
    size_t done;
};

/* Lists are read side by side: what is told last need not be the last. */
static void on_progress(void *self, const struct check_progress *now)
{
    struct progress *p = self;
    pthread_mutex_lock(&p->lock);
    if (now->what)
        buf_printf(&p->read, "%s%zu %s", p->read.len ? ", " : "read: ", now->rows, now->what);
    p->done = now->done > p->done ? now->done : p->done;
    cli_progress_of(p->read.len ? p->read.data : reading_words, p->done, now->of);
    pthread_mutex_unlock(&p->lock);
}

static int run(struct desk *d, const struct check *check, const char *argument, struct check_result *out,
               struct err *e)
{
    struct progress p = {.lock = PTHREAD_MUTEX_INITIALIZER, .read = BUF_INIT(400)};
    struct check_sources sources = {.conf = d->conf,
                                    .autotask = d->autotask,
                                    .quickbooks = d->accounting ? d->accounting->qb : NULL,
                                    .progress = on_progress,
                                    .progress_self = &p};
    cli_progress(reading_words);
    int rc = check_run(out, check, argument, &sources, e);
    cli_progress(NULL);
    buf_release(&p.read);
    return rc;
}

/* --- output --- */

static int put_text(const struct report *r, const struct templates *t, struct buf *out, struct err *e)
{
    struct buf subject = BUF_INIT(2000), html = BUF_INIT(REPORT_MAX);
    int rc = report_letter(r, t, "report", NULL, &subject, out, &html, e);
    buf_release(&subject);
    buf_release(&html);
    return rc;
}

static int put_html(const struct report *r, const struct templates *t, struct buf *out, struct err *e)
{
    struct buf subject = BUF_INIT(2000), text = BUF_INIT(REPORT_MAX);
    int rc = report_letter(r, t, "report", NULL, &subject, &text, out, e);
    buf_release(&subject);
    buf_release(&text);
    return rc;
}

static const struct format {
    const char *name;
    int (*put)(const struct report *r, const struct templates *t, struct buf *out, struct err *e);
} formats[] = {{"text", put_text}, {"html", put_html}, {"csv", report_csv}, {"json", report_json}};

static const struct format *find_format(const struct cli *cli)
{
    const char *name = cli->format ? cli->format : formats[0].name;
    for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
        if (strcmp(formats[i].name, name) == 0)
            return &formats[i];
    }
    cli_misused(cli, "--format %s: allowed are text, html, csv and json", name);
    return NULL;
}

static int print(const struct check_result *result, const struct templates *t, const struct format *format,
                 struct err *e)
{
    struct buf out = BUF_INIT(REPORT_MAX);
    int rc = format->put(&result->report, t, &out, e);
    if (rc == 0 && format->put == put_text)
        cli_print(out.data);
    else if (rc == 0)
        fwrite(out.data, 1, out.len, stdout);
    buf_release(&out);
    return rc;
}

/* --- what was asked for --- */

void check_help(void)
{
    size_t n;
    const struct check *list = check_list(&n);
    for (size_t i = 0; i < n; i++) {
        char left[40];
        snprintf(left, sizeof(left), "%s %s", list[i].name, list[i].argument_words);
        printf("  %-13s %s\n", left, list[i].summary);
    }
    printf("\nReads both systems and changes nothing. Exit 0: no errors found; 1: some were.\n\n");
}

static const struct check *choose(const struct cli *cli)
{
    const char *names[20] = {0};
    size_t n;
    const struct check *list = check_list(&n), *found;
    ENSURE(n < ARRAY_LEN(names));
    if (cli->n_args == 0) {
        cli_misused(cli, "say what to check; `frontdesk check --help` lists it");
        return NULL;
    }
    for (size_t i = 0; i < n; i++)
        names[i] = list[i].name;
    found = check_find(slice_of(cli->args[0]));
    const char *near = found ? NULL : fold_nearest(cli->args[0], names);
    if (!found)
        cli_misused(cli, "there is no check \"%s\"%s%s%s", cli->args[0], near ? "; did you mean \"" : "",
                    near ? near : "", near ? "\"?" : "");
    return found;
}

static int check_with(struct desk *d, const struct check *check, const char *argument,
                      const struct format *format, struct err *e)
{
    struct check_result result;
    size_t n;
    struct buf problems = BUF_INIT(64 * 1024);
    const struct report_kind *kinds = check_kinds(&n);
    if (report_words_missing(d->templates, kinds, n, check_sentences, &problems)) {
        cli_problems(&problems);
        buf_release(&problems);
        return err_set(e, ERR_TEMPLATE, "the templates in %s lack words for the checks", d->conf->templates);
    }
    if (run(d, check, argument, &result, e) != 0)
        return -1;
    int rc = print(&result, d->templates, format, e);
    if (rc == 0 && result.report.counts[REPORT_ERROR])
        rc = FINDINGS;
    check_release(&result);
    return rc;
}

int cmd_check(const struct cli *cli)
{
    struct err e = ERR_INIT;
    struct buf problems = BUF_INIT(64 * 1024), argument = BUF_INIT(1000);
    const struct format *format = find_format(cli);
    const struct check *check = format ? choose(cli) : NULL;
    if (!check)
        return EX_USAGE;
    for (int i = 1; i < cli->n_args; i++)
        buf_printf(&argument, "%s%s", i > 1 ? " " : "", cli->args[i]);
    struct conf *conf = cli_conf(cli);
    if (!conf) {
        buf_release(&argument);
        return EX_CONFIG;
    }
    cli_quiet(cli, LOG_ERROR);
    if (format->put == report_json)
        cli_no_progress();
    struct desk desk;
    struct desk_options o = {.conf = conf, .stop_fd = -1, .with_books = conf->firm.integration != CONF_QBD};
    int rc = desk_open(&desk, &o, &problems, &e);
    cli_problems(&problems);
    if (rc == 0)
        rc = check_with(&desk, check, argument.data, format, &e);
    desk_close(&desk);
    buf_release(&problems);
    buf_release(&argument);
    conf_free(&conf);
    return rc < 0 ? cli_fail(&e) : rc;
}
