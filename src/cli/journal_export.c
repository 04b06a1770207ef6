/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * journal_export: mail out of the journal: byte for byte as it came, for somebody who looks into why it was
 * parked; and the texts that looked like an error of the sync which no rule knows, a line of JSON each.
 */
#include "cli.h"
#include "frontdesk/action.h"
#include "frontdesk/json.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* --- mails that looked like an error which no rule knows --- */

/* A line of JSON. */
static int put_line(struct journal *j, const struct conf *conf, int64_t id, struct err *e)
{
    struct pool *pool = pool_new(16 << 20);
    struct buf line = BUF_INIT(1 << 20);
    struct journal_job job;
    struct plan plan;
    char when[32];
    int rc = journal_job_load(j, id, false, pool, &job, e);
    if (rc == 0)
        rc = plan_decode(&plan, job.plan, pool, e);
    if (rc == 0) {
        clock_format_utc(job.received_ms, when);
        buf_putc(&line, '{');
        json_put_text(&line, "ref", job.ref);
        json_put_text(&line, "received", when);
        json_put_text(&line, "sender", job.sender);
        json_put_text(&line, "subject", plan.subject);
        json_put_text(&line, "integration", conf_integration_word(conf->firm.integration));
        json_put_text(&line, "line", plan.unmatched);
        json_put_text(&line, "text", plan.unmatched_text);
        buf_puts(&line, "}\n");
        fwrite(line.data, 1, line.len, stdout);
    }
    buf_release(&line);
    pool_free(&pool);
    return rc;
}

static int export_unmatched(const struct conf *conf, struct journal *j, struct err *e)
{
    int64_t ids[100], after = 0;
    size_t n;
    int rc = 0;
    while (rc == 0 && (n = journal_unmatched(j, after, ids, ARRAY_LEN(ids))) > 0) {
        for (size_t i = 0; rc == 0 && i < n; i++)
            rc = put_line(j, conf, ids[i], e);
        after = ids[n - 1];
    }
    return rc;
}

/* --- mails by their references --- */

static int copy_file(struct journal *j, const char *name, FILE *out, struct err *e)
{
    struct buf path = BUF_INIT(4400);
    char chunk[16384];
    journal_spool_path(j, name, &path);
    FILE *in = fopen(path.data, "re");
    bool ok = in != NULL;
    for (size_t n; ok && (n = fread(chunk, 1, sizeof(chunk), in)) > 0;)
        ok = fwrite(chunk, 1, n, out) == n;
    ok = ok && !ferror(in);
    int rc = ok ? 0 : err_set_errno(e, errno, "cannot copy %s", path.data);
    if (in)
        fclose(in);
    buf_release(&path);
    return rc;
}

/* Whole, or the header block alone where nothing else was fetched. */
static int put_mail(struct journal *j, const struct journal_job *job, FILE *out, struct err *e)
{
    bool spooled = job->spool && job->spool[0];
    if (!spooled && job->mail.len == 0)
        return err_set(
            e, ERR_NOT_FOUND,
            "the journal holds no text of %s any more: it was erased after journal.keep_days, or by "
            "`frontdesk journal forget`",
            job->ref);
    if (spooled)
        return copy_file(j, job->spool, out, e);
    if (out == stdout && isatty(STDOUT_FILENO)) {
        char *text = mem_alloc(job->mail.len + 1);
        memcpy(text, job->mail.ptr, job->mail.len);
        text[job->mail.len] = '\0';
        cli_print(text); /* nothing in it moves the cursor */
        free(text);
        return 0;
    }
    return fwrite(job->mail.ptr, 1, job->mail.len, out) == job->mail.len
               ? 0
               : err_set_errno(e, errno, "cannot write %s", job->ref);
}

/* A new file that nobody else may read; what is there already stays. */
static int put_file(struct journal *j, const struct journal_job *job, const char *folder, struct err *e)
{
    char path[4300];
    snprintf(path, sizeof(path), "%s/%s.eml", folder, job->ref);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    FILE *out = fd >= 0 ? fdopen(fd, "w") : NULL;
    if (!out)
        return err_set_errno(e, errno, "cannot make %s", path);
    int rc = put_mail(j, job, out, e);
    if (fclose(out) != 0 && rc == 0)
        rc = err_set_errno(e, errno, "cannot write %s", path);
    if (rc != 0)
        unlink(path);
    else
        cli_printf("%s\n", path);
    return rc;
}

static int export_one(const struct cli *cli, struct journal *j, const char *ref, struct err *e)
{
    struct pool *pool = pool_new(16 << 20);
    struct journal_job job = {.id = 0};
    int64_t id;
    int rc = journal_job_by_ref(j, ref, &id, e);
    if (rc == 0)
        rc = journal_job_load(j, id, true, pool, &job, e);
    if (rc == 0)
        rc = cli->output ? put_file(j, &job, cli->output, e) : put_mail(j, &job, stdout, e);
    if (rc == 0 && job.headers_only) {
        cli_progress_hide();
        fprintf(stderr, "frontdesk: of %s only the header was read: it is over limits.message_size\n",
                job.ref);
    }
    pool_free(&pool);
    return rc;
}

int cli_export(const struct cli *cli, const struct conf *conf, struct journal *j, struct err *e)
{
    int rc = 0;
    if (cli->unmatched && (cli->n_args > 1 || cli->output))
        return err_set(e, ERR_USAGE, "--unmatched takes no REF and no --output");
    if (cli->unmatched)
        return export_unmatched(conf, j, e);
    if (cli->n_args == 1)
        return err_set(e, ERR_USAGE,
                       "journal export needs the REF of a message, or --unmatched: mails that looked like an "
                       "error of the sync which no rule knows");
    if (cli->n_args > 2 && !cli->output)
        return err_set(e, ERR_USAGE, "several mails need --output: a folder, for a file each");
    for (int i = 1; rc == 0 && i < cli->n_args; i++) {
        if (cli->output)
            cli_progress_of("writing mails", (size_t)i - 1, (size_t)cli->n_args - 1);
        rc = export_one(cli, j, cli->args[i], e);
    }
    cli_progress(NULL);
    return rc;
}
