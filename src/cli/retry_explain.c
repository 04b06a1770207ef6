/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * retry_explain: what `journal retry` of a message would do now: where it goes on, each step with its old key
 * (what was done is not repeated, what may have been done is looked up first), and beside it what today's
 * settings, staff and labels would make of the same mail. Nothing is done.
 */
#include "../telling.h"
#include "cli.h"
#include "frontdesk/json.h"

/* The words of src/journal/requests.c, retry_job. */
static const char *goes_on(const struct story *s)
{
    bool refused = false;
    for (size_t i = 0; i < s->n_letters; i++)
        refused = refused || (s->letters[i].kind == LETTER_FINAL && s->letters[i].state == LETTER_FAILED);
    if (s->job.state == JOB_DONE || refused || s->job.ticket_number[0])
        return "offers the letters again that were refused, as they were written";
    if (s->job.planned_ms)
        return "carries out the plan that was made then; what today's settings would do instead stands below";
    return "reads the mail anew, and does what today's settings say";
}

static const char *step_words(const struct journal_step *s)
{
    static const char *const words[] = {
        [STEP_SAFE] = "was certainly not done: it is made, under the same key",
        [STEP_ARMED] =
            "may have been done: it is looked up by its key first, and made only if it is not there",
        [STEP_DONE] = "was done: it is not repeated"};
    return words[s->state];
}

/* --- the mail --- */

static int read_mail(struct journal *j, const struct journal_job *job, struct buf *out, struct err *e)
{
    if (job->spool && job->spool[0]) {
        struct buf path = BUF_INIT(4400);
        journal_spool_path(j, job->spool, &path);
        int rc = cli_read(path.data, out, e);
        buf_release(&path);
        return rc;
    }
    buf_slice(out, job->mail);
    return job->mail.len ? 0 : err_set(e, ERR_NOT_FOUND, "the text of the mail was erased");
}

/* `said` gets the lines of `frontdesk explain`. */
static int explain_today(const struct conf *conf, struct journal *j, const char *mailbox, struct slice mail,
                         bool json, struct buf *said, struct err *e)
{
    struct buf problems = BUF_INIT(64 * 1024);
    struct desk_options o = {.conf = conf, .journal = j, .stop_fd = -1};
    const struct conf_mailbox *m = conf_mailbox_by_name(conf, mailbox);
    struct desk desk;
    if (!m)
        return err_set(e, ERR_CONFIG, "the settings have no mailbox \"%s\" any more", mailbox);
    int rc = desk_open(&desk, &o, &problems, e);
    cli_progress("asking Autotask for staff and labels");
    if (rc == 0)
        rc = desk_refresh(&desk, &problems, e);
    cli_progress(NULL);
    cli_problems(&problems);
    if (rc == 0)
        rc = explain_mail(&desk, m, mail, (struct explain_how){.json = json}, said, e);
    desk_close(&desk);
    buf_release(&problems);
    return rc;
}

/* --- output --- */

/* What a retry asks of Autotask, by the plan that was kept; each as explain tells it. */
struct kept {
    const char *requests[PLAN_MAX_STEPS + 1];
    size_t n;
};

static void read_kept(struct kept *out, const struct conf *conf, const struct story *s, struct pool *pool)
{
    struct plan *plan = pool_alloc(pool, sizeof(*plan));
    struct buf none = BUF_INIT(1 << 20);
    struct templates *t = NULL;
    struct err e = ERR_INIT;
    out->n = 0;
    if (s->job.planned_ms && plan_decode(plan, s->job.plan, pool, &e) == 0 &&
        cli_templates(conf, &t, &e) == 0) {
        const struct telling to = {.out = &none, .templates = t, .pool = pool};
        out->n = explain_requests(&to, plan, out->requests);
    }
    templates_free(&t);
    buf_release(&none);
}

static bool is_same(const struct kept *kept, const struct buf *today)
{
    for (size_t i = 0; i < kept->n; i++) {
        if (slice_find(buf_view(today), slice_of(kept->requests[i])) < 0)
            return false;
    }
    return true;
}

static void print_text(const struct story *s, const struct kept *kept, const struct buf *today,
                       const char *why_not)
{
    cli_printf("%s is %s: %s\nretry     %s\n", s->job.ref, job_state_name(s->job.state), s->job.reason,
               goes_on(s));
    for (size_t i = 0; i < s->n_steps; i++)
        cli_printf("step %u    %s, key %s: %s\n", s->steps[i].n, s->steps[i].kind, s->steps[i].key,
                   step_words(&s->steps[i]));
    for (size_t i = 0; i < kept->n; i++)
        cli_printf("%s%s\n", i ? "          " : "request   ", kept->requests[i]);
    if (why_not)
        cli_printf("today     cannot be told: %s\n", why_not);
    else if (kept->n)
        printf("today     %s\n",
               is_same(kept, today)
                   ? "the same requests would be made"
                   : "OTHER requests would be made: compare them below; retry keeps to those above");
    if (!why_not)
        cli_printf("\nThe same mail under today's settings:\n\n%s", today->data);
    printf("\nNothing was done. `frontdesk journal retry %s` does it.\n", s->job.ref);
}

static void print_json(const struct story *s, const struct kept *kept, const struct buf *today,
                       const char *why_not)
{
    struct buf b = BUF_INIT(8 << 20);
    buf_putc(&b, '{');
    json_put_text(&b, "ref", s->job.ref);
    json_put_text(&b, "state", job_state_name(s->job.state));
    json_put_text(&b, "retry", goes_on(s));
    story_put_steps(s, &b);
    json_put_name(&b, "requests");
    buf_putc(&b, '[');
    for (size_t i = 0; i < kept->n; i++) {
        json_put_name(&b, NULL);
        buf_put_json(&b, slice_of(kept->requests[i]));
    }
    buf_putc(&b, ']');
    json_put_text(&b, "error", why_not);
    if (!why_not) {
        json_put_name(&b, "today");
        buf_slice(&b, slice_trim(buf_view(today)));
    }
    buf_puts(&b, "}\n");
    fwrite(b.data, 1, b.len, stdout);
    buf_release(&b);
}

int cli_explain_retry(const struct cli *cli, const struct conf *conf, struct journal *j, const char *ref,
                      struct err *e)
{
    struct pool *pool = pool_new(64 << 20);
    struct buf mail = BUF_INIT(CLI_MAIL_MAX), today = BUF_INIT(4 << 20);
    struct err why = ERR_INIT;
    struct journal_job whole;
    struct story s;
    struct kept kept;
    int rc = story_read(&s, j, ref, pool, e);
    if (rc == 0)
        rc = journal_job_load(j, s.job.id, true, pool, &whole, e);
    if (rc == 0) {
        read_kept(&kept, conf, &s, pool);
        bool told = read_mail(j, &whole, &mail, &why) == 0 &&
                    explain_today(conf, j, s.job.mailbox, buf_view(&mail), cli->json, &today, &why) == 0;
        (cli->json ? print_json : print_text)(&s, &kept, &today, told ? NULL : why.text);
    }
    buf_release(&mail);
    buf_release(&today);
    pool_free(&pool);
    return rc;
}
