/* SPDX-License-Identifier: GPL-2.0-or-later */
/* journal: list, show, retry, discard, rebuild. Reading works beside a running daemon; wishes are carried out
 * by it. */
#include "cli.h"

enum { MOST_ROWS = 10000 };

static int open_reader(const struct conf *conf, struct journal **out, struct err *e)
{
    struct journal_options o = {.dir = conf->journal.path, .read_only = true};
    return journal_open(out, &o, e);
}

static bool state_number(const char *name, int *out)
{
    *out = -1;
    if (!name)
        return true;
    if (strcmp(name, "open") == 0) {
        *out = -2;
        return true;
    }
    for (int i = 0; i <= JOB_PARKED; i++) {
        if (strcmp(job_state_name((enum job_state)i), name) == 0) {
            *out = i;
            return true;
        }
    }
    return false;
}

static void put_member(struct buf *b, const char *name, const char *value)
{
    if (b->data[b->len - 1] != '{')
        buf_putc(b, ',');
    buf_put_json(b, slice_of(name));
    buf_putc(b, ':');
    buf_put_json(b, slice_of(value));
}

static void put_number(struct buf *b, const char *name, int64_t value)
{
    if (b->data[b->len - 1] != '{')
        buf_putc(b, ',');
    buf_put_json(b, slice_of(name));
    buf_printf(b, ":%lld", (long long)value);
}

static void row_json(struct buf *b, const struct journal_row *r)
{
    buf_putc(b, '{');
    put_member(b, "ref", r->ref);
    put_member(b, "mailbox", r->mailbox);
    put_member(b, "state", job_state_name(r->state));
    put_member(b, "outcome", job_outcome_name(r->outcome));
    put_member(b, "sender", r->sender);
    put_member(b, "reason", r->reason);
    put_number(b, "ticket_id", r->ticket_id);
    put_member(b, "ticket_number", r->ticket_number);
    put_number(b, "taken_ms", r->taken_ms);
    put_number(b, "received_ms", r->received_ms);
    put_number(b, "done_ms", r->done_ms);
    put_number(b, "run_at_ms", r->run_at_ms);
    put_number(b, "tries", r->tries);
    buf_putc(b, '}');
}

static void list_json(const struct journal_row *rows, size_t n)
{
    struct buf b = BUF_INIT(64 << 20);
    buf_putc(&b, '[');
    for (size_t i = 0; i < n; i++) {
        buf_puts(&b, i ? ",\n " : "");
        row_json(&b, &rows[i]);
    }
    buf_puts(&b, "]\n");
    fwrite(b.data, 1, b.len, stdout);
    buf_release(&b);
}

static void list_text(const struct conf *conf, const struct journal_row *rows, size_t n)
{
    if (n == 0)
        printf("no messages\n");
    for (size_t i = 0; i < n; i++) {
        const struct journal_row *r = &rows[i];
        char when[32];
        cli_time(conf, r->taken_ms, when);
        const char *what = r->outcome ? job_outcome_name(r->outcome) : "-";
        printf("%-6s %s  %-8s %-10s %-18s ", r->ref, when, job_state_name(r->state), what, r->ticket_number);
        cli_print(r->sender);
        printf("%s", r->reason[0] ? "  " : "");
        cli_print(r->reason);
        printf("\n");
    }
}

static int list(const struct cli *cli, const struct conf *conf, struct journal *j, struct err *e)
{
    struct pool *pool = pool_new(256 << 20);
    struct journal_row *rows;
    size_t n;
    int state, rc = 0;
    if (!state_number(cli->state, &state))
        rc =
            err_set(e, ERR_USAGE,
                    "--state %s: taken, planned, acted, answered, waiting, done, parked or open", cli->state);
    if (rc == 0)
        rc = journal_list(j, state, MOST_ROWS, pool, &rows, &n, e);
    if (rc == 0 && cli->json)
        list_json(rows, n);
    else if (rc == 0)
        list_text(conf, rows, n);
    pool_free(&pool);
    return rc;
}

static void show_steps(struct journal *j, int64_t job, struct pool *pool)
{
    static const char *const states[] = {"not sent", "sent or about to be", "done"};
    struct journal_step *steps;
    size_t n = journal_steps(j, job, pool, &steps);
    for (size_t i = 0; i < n; i++)
        printf("step %u    %s, key %s: %s%s%s (looked up %u times)\n", steps[i].n, steps[i].kind,
               steps[i].key, states[steps[i].state], steps[i].result[0] ? ", " : "", steps[i].result,
               steps[i].looks);
}

static void show_letters(const struct conf *conf, struct journal *j, int64_t job, struct pool *pool)
{
    static const char *const kinds[] = {"interim", "final", "sequel", "alert"};
    static const char *const states[] = {"not yet accepted", "accepted", "refused", "replaced"};
    struct journal_letter *letters;
    size_t n = journal_all_letters(j, job, pool, &letters);
    for (size_t i = 0; i < n; i++) {
        char when[32];
        cli_time(conf, letters[i].first_ms, when);
        printf("letter    %s to %s, written %s: %s by the mail server after %u tries%s",
               kinds[letters[i].kind], letters[i].to, when, states[letters[i].state], letters[i].tries,
               letters[i].last_error[0] ? ": " : "");
        cli_print(letters[i].last_error);
        printf("\n          %s\n", letters[i].message_id);
    }
}

static int show(const struct cli *cli, const struct conf *conf, struct journal *j, struct err *e)
{
    struct pool *pool = pool_new(64 << 20);
    struct journal_job job;
    int64_t id;
    char taken[32], next[32];
    (void)cli;
    int rc = journal_job_by_ref(j, cli->args[1], &id, e);
    if (rc == 0)
        rc = journal_job_load(j, id, false, pool, &job, e);
    if (rc == 0) {
        cli_time(conf, job.taken_ms, taken);
        cli_time(conf, job.run_at_ms, next);
        printf(
            "ref       %s in mailbox %s, taken %s\nsender    %s\nstate     %s%s%s\noutcome   %s\nreason    ",
            job.ref, job.mailbox, taken, job.sender[0] ? job.sender : "(not proven)",
            job_state_name(job.state), job.state < JOB_WAITING ? ", next run " : "",
            job.state < JOB_WAITING ? next : "", job.outcome ? job_outcome_name(job.outcome) : "-");
        cli_print(job.reason[0] ? job.reason : "-");
        printf("\nticket    %s (id %lld)\n", job.ticket_number[0] ? job.ticket_number : "-",
               (long long)job.ticket_id);
        show_steps(j, id, pool);
        show_letters(conf, j, id, pool);
    }
    pool_free(&pool);
    return rc;
}

static int wish(const struct cli *cli, const struct conf *conf, struct journal *j, struct err *e)
{
    int64_t id;
    if (journal_job_by_ref(j, cli->args[1], &id, e) != 0 ||
        journal_request_add(conf->journal.path, cli->args[0], cli->args[1], e) != 0)
        return -1;
    printf("%s %s: noted; the daemon does it within a second (or at its next start)\n", cli->args[0],
           cli->args[1]);
    return 0;
}

static int rebuild(const struct conf *conf, struct err *e)
{
    struct journal *j;
    struct journal_options o = {.dir = conf->journal.path, .create = true, .rebuild = true};
    char now[32];
    if (journal_open(&j, &o, e) != 0)
        return -1;
    if (!journal_is_new(j)) {
        journal_close(&j);
        return err_set(e, ERR_USAGE, "there is a journal in %s: nothing to rebuild", conf->journal.path);
    }
    snprintf(now, sizeof(now), "%lld", (long long)clock_now_ms());
    journal_fact_set(j, "rebuilt_ms", now);
    journal_close(&j);
    printf(
        "a new journal stands in %s. Mail received before now is looked up in Autotask by its key before a "
        "ticket is\n"
        "made. Start with `frontdesk run --since DAY` to go through the mail that is still in the inbox.\n",
        conf->journal.path);
    return 0;
}

static const struct verb {
    const char *name;
    int n_args;
    int (*run)(const struct cli *, const struct conf *, struct journal *, struct err *);
} verbs[] = {{"list", 1, list}, {"show", 2, show}, {"retry", 2, wish}, {"discard", 2, wish}};

static int run_verb(const struct cli *cli, const struct conf *conf, struct err *e)
{
    const char *name = cli->n_args ? cli->args[0] : "";
    if (strcmp(name, "rebuild") == 0)
        return rebuild(conf, e);
    for (size_t i = 0; i < ARRAY_LEN(verbs); i++) {
        if (strcmp(verbs[i].name, name) != 0)
            continue;
        if (cli->n_args != verbs[i].n_args)
            return err_set(e, ERR_USAGE, "journal %s needs %s", name,
                           verbs[i].n_args > 1 ? "one REF" : "no argument");
        struct journal *j;
        if (open_reader(conf, &j, e) != 0)
            return -1;
        int rc = verbs[i].run(cli, conf, j, e);
        journal_close(&j);
        return rc;
    }
    return err_set(e, ERR_USAGE, "journal needs list, show REF, retry REF, discard REF or rebuild");
}

int cmd_journal(const struct cli *cli)
{
    struct err e = ERR_INIT;
    struct conf *conf = cli_conf(cli);
    if (!conf)
        return EX_CONFIG;
    int rc = run_verb(cli, conf, &e);
    conf_free(&conf);
    return rc == 0 ? EX_OK : cli_fail(&e);
}
