/* SPDX-License-Identifier: GPL-2.0-or-later */
/* explain: the same reading, judging and planning as a job's; printed instead of done. */
#include "../desk.h"
#include "cli.h"

#include <errno.h>

enum { MAIL_MAX = 64 << 20 };

static int read_whole(const char *path, struct buf *out, struct err *e)
{
    FILE *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
    if (!f) {
        err_set_errno(e, errno, "cannot open %s", path);
        e->code = ERR_NOT_FOUND;
        return -1;
    }
    char chunk[16384];
    for (size_t n; (n = fread(chunk, 1, sizeof(chunk), f)) > 0 && !out->overflow;)
        buf_put(out, chunk, n);
    if (f != stdin)
        fclose(f);
    return out->overflow ? err_set(e, ERR_LIMIT, "%s is larger than %d MB", path, MAIL_MAX >> 20) : 0;
}

static void print_verdict(const struct job_view *v)
{
    printf("sender    %s\nverdict   %s (%s)\nevidence  ",
           v->gate.address[0] ? v->gate.address : "(not one plain address)",
           gate_verdict_name(v->gate.verdict), v->gate.reason);
    cli_print(v->gate.evidence);
    printf("\n");
    if (v->gate.verdict != GATE_STAFF)
        printf("outcome   recorded and filed; never answered\n");
}

static void print_command(const struct job_view *v)
{
    printf("command   %s\n", v->has_command ? v->command.verb : "none: the mail cannot be read in full");
    for (size_t i = 0; v->has_command && i < v->command.n_evidence; i++) {
        const struct command_evidence *ev = &v->command.evidence[i];
        printf("          %s \"", ev->how);
        char *text = mem_alloc(ev->text.len + 1);
        memcpy(text, ev->text.ptr ? ev->text.ptr : "", ev->text.len);
        cli_print(text);
        free(text);
        printf("\" (%s)%s%s %s\n", ev->where ? ev->where : "", ev->resource ? ": " : "",
               ev->resource ? ev->resource->first : "", ev->resource ? ev->resource->last : "");
    }
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
    printf("request   POST Tickets ");
    cli_print(json.data);
    printf("\n");
    for (size_t i = 1; i < n; i++)
        printf("          then POST Tickets/{id}/SecondaryResources for %s\n", p->people[i].name);
    printf("          then GET Tickets/{id} for its number\n");
    buf_release(&json);
}

static int print_reply(struct desk *d, const struct job_view *v, const struct conf_mailbox *mailbox,
                       struct pool *pool, struct err *e)
{
    struct facts_input facts = {.conf = d->conf,
                                .plan = &v->plan,
                                .ref = "(ref)",
                                .ticket_number = "(number)",
                                .ticket_id = 0,
                                .reason = v->plan.reason,
                                .diverted_to = "",
                                .status_text = "(status)"};
    struct desk_people *people = desk_people_get(d);
    facts.directory = people->directory;
    struct buf subject = BUF_INIT(2000), text = BUF_INIT(300 * 1024), html = BUF_INIT(300 * 1024);
    (void)mailbox;
    int rc =
        templates_render(d->templates, v->plan.reply, facts_view(&facts, pool), &subject, &text, &html, e);
    if (rc == 0) {
        printf("reply     to %s\n\nSubject: ", v->plan.sender);
        cli_print(subject.data);
        printf("\n\n");
        cli_print(text.data);
        printf("\n");
    }
    buf_release(&subject);
    buf_release(&text);
    buf_release(&html);
    desk_people_put(d, people);
    return rc;
}

static int explain(struct desk *d, const struct conf_mailbox *mailbox, struct slice bytes, struct err *e)
{
    struct pool *pool = pool_new(64 << 20);
    struct job_view v;
    struct desk_people *people = desk_people_get(d);
    int rc = job_look(d, mailbox, bytes, NULL, false, clock_now_ms(), people, pool, &v, e);
    if (rc == 0) {
        print_verdict(&v);
        if (v.gate.verdict == GATE_STAFF) {
            print_command(&v);
            print_request(&v.plan);
            rc = print_reply(d, &v, mailbox, pool, e);
        }
        message_release(&v.message);
    }
    desk_people_put(d, people);
    pool_free(&pool);
    return rc;
}

int cmd_explain(const struct cli *cli)
{
    struct err e = ERR_INIT;
    struct buf mail = BUF_INIT(MAIL_MAX), problems = BUF_INIT(64 * 1024);
    struct desk desk;
    size_t index = 0;
    if (cli->n_args > 1) {
        fprintf(stderr, "frontdesk: explain takes one MAIL: a file, or nothing for standard input\n");
        return EX_USAGE;
    }
    struct conf *conf = cli_conf(cli);
    if (!conf)
        return EX_CONFIG;
    log_set_level(cli->log ? LOG_DEBUG : LOG_WARN);
    int rc = read_whole(cli->n_args ? cli->args[0] : "-", &mail, &e);
    struct desk_options o = {.conf = conf, .stop_fd = -1};
    bool opened = rc == 0;
    if (rc == 0)
        rc = desk_open(&desk, &o, &problems, &e);
    if (rc == 0)
        rc = desk_refresh(&desk, &problems, &e);
    fprintf(stderr, "%s", problems.data);
    const struct conf_mailbox *mailbox = &conf->mailboxes[0];
    if (rc == 0 && cli->mailbox && !(mailbox = desk_mailbox(&desk, cli->mailbox, &index)))
        rc = err_set(&e, ERR_USAGE, "the configuration has no mailbox %s", cli->mailbox);
    if (rc == 0)
        rc = explain(&desk, mailbox, buf_view(&mail), &e);
    if (opened)
        desk_close(&desk);
    buf_release(&mail);
    buf_release(&problems);
    conf_free(&conf);
    return rc == 0 ? EX_OK : cli_fail(&e);
}
