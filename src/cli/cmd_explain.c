/* SPDX-License-Identifier: GPL-2.0-or-later */
/* explain: the same reading, judging and planning as a job's; printed instead of done. */
#include "../desk.h"
#include "cli.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAIL_MAX = 256 << 20 };

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
    return out->overflow ? err_set(e, ERR_LIMIT, "%s is larger than %d MB", name, MAIL_MAX >> 20) : 0;
}

static int read_whole(const char *path, struct buf *out, struct err *e)
{
    if (strcmp(path, "-") == 0) {
        if (isatty(STDIN_FILENO))
            fprintf(stderr, "frontdesk: the mail is read from here; end it with Ctrl-D\n");
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

/* As it travels: each line ends in CRLF. */
static uint64_t wire_size(struct slice mail)
{
    uint64_t size = mail.len;
    for (size_t i = 0; i < mail.len; i++)
        size += mail.ptr[i] == '\n' && (i == 0 || mail.ptr[i - 1] != '\r');
    return size;
}

/* What a mailbox would deliver: of a mail over the limit the header block only. */
static struct slice as_delivered(const struct conf *conf, struct slice mail, bool *headers_only)
{
    *headers_only = wire_size(mail) > conf->limits.message_size;
    long end = *headers_only ? slice_find(mail, SLICE("\r\n\r\n")) : -1;
    if (end >= 0)
        return slice_cut(mail, (size_t)end + 4);
    end = *headers_only ? slice_find(mail, SLICE("\n\n")) : -1;
    return end >= 0 ? slice_cut(mail, (size_t)end + 2) : mail;
}

static void print_verdict(const struct job_view *v)
{
    cli_printf("sender    %s\nverdict   %s (%s)\nevidence  %s\n",
               v->gate.address[0] ? v->gate.address : "(not one plain address)",
               gate_verdict_name(v->gate.verdict), v->gate.reason, v->gate.evidence);
    if (v->gate.verdict != GATE_STAFF)
        printf("outcome   %s: recorded and filed; never answered\n",
               v->gate.verdict == GATE_MACHINE ? "ignored" : "refused");
}

static void print_command(const struct job_view *v)
{
    cli_printf("command   %s\n", v->has_command ? v->command.verb : "none: the mail cannot be read in full");
    for (size_t i = 0; v->has_command && i < v->command.n_evidence; i++) {
        const struct command_evidence *ev = &v->command.evidence[i];
        cli_printf("          %s \"%.*s\" (%s)%s%s %s\n", ev->how, SLICE_ARG(ev->text),
                   ev->where ? ev->where : "", ev->resource ? ": " : "",
                   ev->resource ? ev->resource->first : "", ev->resource ? ev->resource->last : "");
    }
    printf("outcome   %s\n", job_outcome_name((enum job_outcome)v->plan.outcome));
}

static void print_request(const struct plan *p)
{
    struct journal_step steps[PLAN_MAX_STEPS];
    size_t n = plan_steps(p, steps);
    struct autotask_ticket ticket;
    struct buf json = BUF_INIT(1 << 20);
    if (!n) {
        printf("request   none\n");
        return;
    }
    plan_ticket(p, &ticket);
    autotask_ticket_json(&ticket, &json);
    cli_printf("request   POST Tickets %s\n", json.data);
    for (size_t i = 1; i < n; i++)
        cli_printf("          then POST Tickets/{id}/SecondaryResources for %s\n", p->people[i].name);
    printf("          then GET Tickets/{id} for its number\n");
    buf_release(&json);
}

/* As after a create that went well, with a word in brackets for what only that would tell. */
static const struct view *facts_so_far(struct desk *d, const struct job_view *v, struct pool *pool)
{
    struct desk_people *people = desk_people_get(d);
    struct facts_input facts = {.conf = d->conf,
                                .directory = people->directory,
                                .plan = &v->plan,
                                .ref = "(ref)",
                                .ticket_number = "(number)",
                                .ticket_id = 0,
                                .reason = v->plan.reason,
                                .diverted_to = "",
                                .status_text = "(status)"};
    struct view *view = facts_view(&facts, pool);
    if (v->plan.title && v->plan.title[0]) {
        view_flag(view, "made", true);
        view_set(view, "id", SLICE("(id)"));
        view_set(view, "link", SLICE("(link)"));
    }
    desk_people_put(d, people);
    return view;
}

static int print_reply(struct desk *d, const struct job_view *v, struct pool *pool, struct err *e)
{
    struct buf subject = BUF_INIT(2000), text = BUF_INIT(300 * 1024), html = BUF_INIT(300 * 1024);
    int rc =
        templates_render(d->templates, v->plan.reply, facts_so_far(d, v, pool), &subject, &text, &html, e);
    if (rc == 0)
        cli_printf("reply     to %s\n\nSubject: %s\n\n%s\n", v->plan.sender, subject.data, text.data);
    buf_release(&subject);
    buf_release(&text);
    buf_release(&html);
    return rc;
}

/* The journal knows whether this very mail was taken already; without one nothing was. */
static void print_before(const struct conf *conf, const char *key)
{
    struct journal_options o = {.dir = conf->journal.path, .read_only = true};
    struct journal *j;
    struct journal_job job;
    struct err e = ERR_INIT;
    if (journal_open(&j, &o, &e) != 0)
        return;
    struct pool *pool = pool_new(64 << 20);
    int64_t id = journal_key_owner(j, key);
    if (id && journal_job_load(j, id, false, pool, &job, &e) == 0)
        printf(
            "before    taken already as %s: a second copy does nothing (outcome same); new, it would be:\n",
            job.ref);
    pool_free(&pool);
    journal_close(&j);
}

static int explain(struct desk *d, const struct conf_mailbox *mailbox, struct slice mail, struct err *e)
{
    struct pool *pool = pool_new((size_t)JOB_POOL_MB << 20);
    struct job_view v;
    struct desk_people *people = desk_people_get(d);
    bool headers_only;
    struct slice bytes = as_delivered(d->conf, mail, &headers_only);
    int rc = job_look(d, mailbox, bytes, NULL, headers_only, clock_now_ms(), people, pool, &v, e);
    if (rc == 0 && pool_exhausted(pool))
        rc = err_set(e, ERR_EXHAUSTED, "this mail needs more than %d MB of memory", JOB_POOL_MB);
    if (rc == 0) {
        print_verdict(&v);
        if (v.gate.verdict == GATE_STAFF) {
            print_before(d->conf, v.key);
            print_command(&v);
            print_request(&v.plan);
            rc = print_reply(d, &v, pool, e);
        }
    } else {
        printf("outcome   parked: the operator is told, the sender is not known\n");
    }
    message_release(&v.message);
    desk_people_put(d, people);
    pool_free(&pool);
    return rc;
}

static const struct conf_mailbox *choose_mailbox(const struct cli *cli, const struct conf *conf)
{
    const char *names[64] = {0};
    const struct conf_mailbox *m = cli->mailbox ? conf_mailbox_by_name(conf, cli->mailbox) : conf->mailboxes;
    for (size_t i = 0; i < conf->n_mailboxes && i < ARRAY_LEN(names) - 1; i++)
        names[i] = conf->mailboxes[i].name;
    const char *near = m ? NULL : fold_nearest(cli->mailbox, names);
    if (!m)
        cli_misused(cli, "there is no mailbox \"%s\"; %s\"%s\"", cli->mailbox,
                    near ? "did you mean " : "there is ", near ? near : names[0]);
    return m;
}

static int prepare(struct desk *d, const struct conf *conf, struct buf *problems, struct err *e)
{
    struct desk_options o = {.conf = conf, .stop_fd = -1};
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
    struct buf mail = BUF_INIT(MAIL_MAX), problems = BUF_INIT(64 * 1024);
    struct desk desk;
    struct conf *conf = cli_conf(cli);
    if (!conf)
        return EX_CONFIG;
    cli_quiet(cli, LOG_WARN);
    const struct conf_mailbox *mailbox = choose_mailbox(cli, conf);
    if (!mailbox) {
        conf_free(&conf);
        return EX_USAGE;
    }
    int rc = read_whole(cli->n_args ? cli->args[0] : "-", &mail, &e);
    if (rc == 0) {
        rc = prepare(&desk, conf, &problems, &e);
        cli_problems(&problems);
        if (rc == 0)
            rc = explain(&desk, mailbox, buf_view(&mail), &e);
        desk_close(&desk);
    }
    buf_release(&mail);
    buf_release(&problems);
    conf_free(&conf);
    return rc == 0 ? EX_OK : cli_fail(&e);
}
