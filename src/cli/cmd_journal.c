/* SPDX-License-Identifier: GPL-2.0-or-later */
/* journal: list, show, retry, discard, forget, export, rebuild. Reading works beside a running daemon; wishes
 * are carried out by it. */
#include "../telling.h"
#include "cli.h"
#include "frontdesk/json.h"

enum { MOST_ROWS = 10000 };

static int open_reader(const struct conf *conf, struct journal **out, struct err *e)
{
    struct journal_options o = {.dir = conf->journal.path, .read_only = true};
    return journal_open(out, &o, e);
}

static const char *const state_names[] = {"taken", "planned", "acted", "answered", "waiting",
                                          "done",  "parked",  "open",  NULL};

static int state_number(const char *name, int *out, struct err *e)
{
    *out = JOURNAL_ALL;
    for (int i = 0; name && state_names[i]; i++) {
        if (strcmp(state_names[i], name) == 0)
            *out = i <= JOB_PARKED ? i : JOURNAL_OPEN;
    }
    if (!name || *out != JOURNAL_ALL)
        return 0;
    const char *near = fold_nearest(name, state_names);
    return err_set(e, ERR_USAGE,
                   "--state %s: allowed are taken, planned, acted, answered, waiting, done, parked and "
                   "open%s%s%s",
                   name, near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
}

static int day_of(const char *option, const char *text, const struct conf *conf, int64_t *ms, struct err *e)
{
    *ms = 0;
    if (!text || cli_date(text, conf->firm.timezone, ms))
        return 0;
    return err_set(e, ERR_USAGE, "--%s %s: allowed is a day such as 2026-01-31", option, text);
}

/* Midnight behind that of the day: 23 to 25 hours later. */
static int64_t day_after(const struct conf *conf, int64_t ms)
{
    struct tm tm;
    int64_t next = 0;
    if (!clock_local(ms, conf->firm.timezone, &tm))
        return ms + INT64_C(86400000);
    tm.tm_mday++;
    return clock_from_local(&tm, conf->firm.timezone, &next) ? next : ms + INT64_C(86400000);
}

static int read_mailbox(const struct cli *cli, const struct conf *conf, struct err *e)
{
    const char *names[64] = {0};
    for (size_t i = 0; i < conf->n_mailboxes && i < ARRAY_LEN(names) - 1; i++)
        names[i] = conf->mailboxes[i].name;
    if (!cli->mailbox || conf_mailbox_by_name(conf, cli->mailbox))
        return 0;
    const char *near = fold_nearest(cli->mailbox, names);
    return err_set(e, ERR_USAGE, "there is no mailbox \"%s\"; %s\"%s\"", cli->mailbox,
                   near ? "did you mean " : "there is ", near ? near : names[0]);
}

static int read_filter(const struct cli *cli, const struct conf *conf, struct journal_filter *f,
                       struct err *e)
{
    uint64_t limit = MOST_ROWS;
    *f = (struct journal_filter){.mailbox = cli->mailbox, .sender = cli->sender};
    if (state_number(cli->state, &f->state, e) != 0 ||
        day_of("since", cli->since, conf, &f->from_ms, e) != 0 ||
        day_of("until", cli->until, conf, &f->to_ms, e) != 0 || read_mailbox(cli, conf, e) != 0)
        return -1;
    if (f->to_ms)
        f->to_ms = day_after(conf, f->to_ms);
    if (cli->limit && !slice_to_u64(slice_of(cli->limit), 1, MOST_ROWS, &limit))
        return err_set(e, ERR_USAGE, "--limit %s: allowed is a number from 1 to %d", cli->limit, MOST_ROWS);
    f->max = limit;
    return 0;
}

static void row_json(struct buf *b, const struct journal_row *r)
{
    buf_putc(b, '{');
    json_put_text(b, "ref", r->ref);
    json_put_text(b, "mailbox", r->mailbox);
    json_put_text(b, "state", job_state_name(r->state));
    json_put_text(b, "outcome", job_outcome_name(r->outcome));
    json_put_text(b, "sender", r->sender);
    json_put_text(b, "reason", r->reason);
    json_put_int(b, "ticket_id", r->ticket_id);
    json_put_text(b, "ticket_number", r->ticket_number);
    json_put_int(b, "taken_ms", r->taken_ms);
    json_put_int(b, "received_ms", r->received_ms);
    json_put_int(b, "done_ms", r->done_ms);
    json_put_int(b, "run_at_ms", r->run_at_ms);
    json_put_int(b, "tries", r->tries);
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
    else
        printf("%-6s %-15s  %-8s %-10s %-18s %s\n", "REF", "TAKEN", "STATE", "OUTCOME", "TICKET",
               "SENDER  REASON");
    for (size_t i = 0; i < n; i++) {
        const struct journal_row *r = &rows[i];
        char when[32];
        cli_time(conf, r->taken_ms, when);
        const char *what = r->outcome ? job_outcome_name(r->outcome) : "-";
        cli_printf("%-6s %-15s  %-8s %-10s %-18s %s%s%s\n", r->ref, when, job_state_name(r->state), what,
                   r->ticket_number, r->sender, r->reason[0] ? "  " : "", r->reason);
    }
    if (n == MOST_ROWS)
        fprintf(stderr, "frontdesk: only the newest %d are listed; --until and --state list others\n",
                MOST_ROWS);
}

static int list(const struct cli *cli, const struct conf *conf, struct journal *j, struct err *e)
{
    struct pool *pool = pool_new(256 << 20);
    struct journal_filter filter;
    struct journal_row *rows;
    size_t n;
    int rc = read_filter(cli, conf, &filter, e);
    if (rc == 0)
        rc = journal_list(j, &filter, pool, &rows, &n, e);
    if (rc == 0 && cli->json)
        list_json(rows, n);
    else if (rc == 0)
        list_text(conf, rows, n);
    pool_free(&pool);
    return rc;
}

/* --- one message --- */

static int show_text(const struct conf *conf, const struct story *s, struct err *e)
{
    struct buf text = BUF_INIT(1 << 20);
    struct templates *t;
    int rc = cli_templates(conf, &t, e);
    if (rc == 0) {
        story_text(conf, s, t, &text);
        cli_print(text.data);
    }
    templates_free(&t);
    buf_release(&text);
    return rc;
}

static void show_json(const struct story *s)
{
    const struct journal_job *job = &s->job;
    struct buf b = BUF_INIT(4 << 20);
    struct journal_row row = {.state = job->state,
                              .outcome = job->outcome,
                              .taken_ms = job->taken_ms,
                              .received_ms = job->received_ms,
                              .done_ms = job->done_ms,
                              .run_at_ms = job->run_at_ms,
                              .sender = job->sender,
                              .reason = job->reason,
                              .ticket_number = job->ticket_number,
                              .ticket_id = job->ticket_id,
                              .tries = job->tries};
    snprintf(row.ref, sizeof(row.ref), "%s", job->ref);
    snprintf(row.mailbox, sizeof(row.mailbox), "%s", job->mailbox);
    row_json(&b, &row);
    buf_truncate(&b, b.len - 1);
    story_put_steps(s, &b);
    json_put_name(&b, "letters");
    buf_putc(&b, '[');
    for (size_t i = 0; i < s->n_letters; i++) {
        json_put_name(&b, NULL);
        buf_putc(&b, '{');
        json_put_text(&b, "kind", story_letter_kind(&s->letters[i]));
        json_put_text(&b, "to", s->letters[i].to);
        json_put_text(&b, "state", story_letter_state(&s->letters[i]));
        json_put_text(&b, "message_id", s->letters[i].message_id);
        json_put_text(&b, "last_error", s->letters[i].last_error);
        json_put_int(&b, "written_ms", s->letters[i].first_ms);
        json_put_int(&b, "tries", s->letters[i].tries);
        buf_putc(&b, '}');
    }
    buf_puts(&b, "]}\n");
    fwrite(b.data, 1, b.len, stdout);
    buf_release(&b);
}

static int show(const struct cli *cli, const struct conf *conf, struct journal *j, struct err *e)
{
    struct pool *pool = pool_new(64 << 20);
    struct story s = {0};
    int rc = story_read(&s, j, cli->args[1], pool, e);
    if (rc == 0 && cli->json)
        show_json(&s);
    else if (rc == 0)
        rc = show_text(conf, &s, e);
    pool_free(&pool);
    return rc;
}

/* --- the operator's wishes --- */

/* A wish that would change nothing is refused at once: the daemon could not say so any more. */
static int check_wish(const char *verb, const struct story *s, struct err *e)
{
    const struct journal_job *job = &s->job;
    if (story_is_stuck(s))
        return 0;
    return err_set(
        e, ERR_USAGE,
        "%s is %s%s%s%s%s%s, so there is nothing to %s: only parked mail can be, and done mail whose "
        "answer was refused; `frontdesk journal show %s` tells its life",
        job->ref, job_state_name(job->state), job->outcome ? " (" : "",
        job->outcome ? job_outcome_name(job->outcome) : "", job->ticket_number[0] ? " " : "",
        job->ticket_number, job->outcome ? ")" : "", verb, job->ref);
}

static int wish(const struct cli *cli, const struct conf *conf, struct journal *j, struct err *e)
{
    struct pool *pool = pool_new(64 << 20);
    struct story s = {0};
    const char *verb = cli->args[0];
    int rc = story_read(&s, j, cli->args[1], pool, e);
    if (rc == 0)
        rc = check_wish(verb, &s, e);
    if (rc == 0 && cli->explain) {
        rc = cli_explain_retry(cli, conf, j, s.job.ref, e);
        pool_free(&pool);
        return rc;
    }
    if (rc == 0)
        rc = journal_request_add(conf->journal.path, verb, s.job.ref, e);
    bool running = journal_is_running(j);
    if (rc == 0 && cli->json)
        printf("{\"ref\":\"%s\",\"wish\":\"%s\",\"running\":%s}\n", s.job.ref, verb,
               running ? "true" : "false");
    else if (rc == 0)
        printf("%s %s: noted; %s\n", verb, s.job.ref,
               running ? "frontdesk does it within a second" : "frontdesk does it when it is started");
    pool_free(&pool);
    return rc;
}

/* --- somebody is forgotten --- */

static int check_address(const char *said, char *out, size_t size, struct err *e)
{
    const char *at = strchr(said, '@');
    if (!at || at == said || !at[1] || strchr(at + 1, '@') || strlen(said) >= size)
        return err_set(e, ERR_USAGE, "journal forget %s: needs an e-mail address", said);
    size_t n = 0;
    for (; said[n]; n++)
        out[n] = (char)(said[n] >= 'A' && said[n] <= 'Z' ? said[n] + 32 : said[n]);
    out[n] = '\0';
    return 0;
}

struct forgotten {
    const char *address;
    unsigned done, left, kept, deleted; /* mails; damaged journals */
    bool running;
};

static void say_as_json(const struct forgotten *f)
{
    struct buf b = BUF_INIT(4096);
    buf_putc(&b, '{');
    json_put_text(&b, "address", f->address);
    json_put_int(&b, "mails", f->done);
    json_put_int(&b, "left", f->left);
    json_put_int(&b, "damaged_kept", f->kept);
    json_put_int(&b, "damaged_deleted", f->deleted);
    buf_printf(&b, ",\"running\":%s}\n", f->running ? "true" : "false");
    fwrite(b.data, 1, b.len, stdout);
    buf_release(&b);
}

static void say_forgotten(const struct forgotten *f)
{
    if (f->done + f->left)
        printf("%u done mails of %s lose their text and its address: noted; %s\n", f->done, f->address,
               f->running ? "frontdesk does it within a second" : "frontdesk does it when it is started");
    else
        printf("the journal holds no mail of %s\n", f->address);
    if (f->left)
        printf("%u mails of it stay, since they, or what belongs to them, are not done: `frontdesk journal "
               "list --state open` shows them\n",
               f->left);
    if (f->deleted)
        printf("%u damaged journals that were kept are deleted\n", f->deleted);
    if (f->kept)
        printf("%u damaged journals are kept, which may hold mail of it: when you miss nothing in them, "
               "`frontdesk journal forget %s --damaged` deletes them\n",
               f->kept, f->address);
}

static int forget(const struct cli *cli, const struct conf *conf, struct journal *j, struct err *e)
{
    char address[256];
    struct forgotten f = {.address = address, .running = journal_is_running(j)};
    if (check_address(cli->args[1], address, sizeof(address), e) != 0)
        return -1;
    journal_forget_count(j, address, &f.done, &f.left);
    if (f.done + f.left && journal_request_add(conf->journal.path, "forget", address, e) != 0)
        return -1;
    if (cli->damaged && journal_aside_drop(j, INT64_MAX, &f.deleted, e) != 0)
        return -1;
    f.kept = journal_aside_count(j);
    if (f.done + f.left + f.kept + f.deleted == 0)
        return err_set(e, ERR_NOT_FOUND, "the journal holds no mail of %s", address);
    if (cli->json)
        say_as_json(&f);
    else
        say_forgotten(&f);
    return 0;
}

static int rebuild(const struct cli *cli, const struct conf *conf, struct journal *none, struct err *e)
{
    struct journal *j;
    (void)cli;
    (void)none;
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
    int least, most;     /* words, with the verb itself */
    const char *options; /* with blanks between, beside the common ones */
    bool opens;
    int (*run)(const struct cli *, const struct conf *, struct journal *, struct err *);
} verbs[] = {{"list", 1, 1, "state sender since until mailbox limit json", true, list},
             {"show", 2, 2, "json", true, show},
             {"retry", 2, 2, "json explain", true, wish},
             {"discard", 2, 2, "json", true, wish},
             {"forget", 2, 2, "json damaged", true, forget},
             {"export", 1, 40, "unmatched output", true, cli_export},
             {"rebuild", 1, 1, "", false, rebuild}};

/* NULL after a complaint. */
static const struct verb *find_verb(const struct cli *cli)
{
    const char *names[ARRAY_LEN(verbs) + 1] = {0};
    for (size_t i = 0; i < ARRAY_LEN(verbs); i++) {
        names[i] = verbs[i].name;
        if (cli->n_args && strcmp(verbs[i].name, cli->args[0]) == 0)
            return &verbs[i];
    }
    const char *near = cli->n_args ? fold_nearest(cli->args[0], names) : NULL;
    if (cli->n_args)
        cli_misused(cli, "journal has no \"%s\"%s%s%s", cli->args[0], near ? "; did you mean \"" : "",
                    near ? near : "", near ? "\"?" : "");
    else
        cli_misused(cli, "journal needs a word that says what to do");
    return NULL;
}

static bool takes(const struct verb *v, const char *option)
{
    struct scan c = scan_of(slice_of(v->options));
    while (!scan_end(&c)) {
        if (slice_eq(scan_until(&c, " "), slice_of(option)))
            return true;
        scan_char(&c, ' ');
    }
    return false;
}

/* EX_OK, or EX_USAGE after a complaint. */
static int check_use(const struct cli *cli, const struct verb *v)
{
    const struct {
        const char *name;
        bool given;
    } options[] = {
        {"state", cli->state != NULL},     {"json", cli->json},           {"sender", cli->sender != NULL},
        {"since", cli->since != NULL},     {"until", cli->until != NULL}, {"limit", cli->limit != NULL},
        {"mailbox", cli->mailbox != NULL}, {"explain", cli->explain},     {"unmatched", cli->unmatched},
        {"output", cli->output != NULL},   {"damaged", cli->damaged}};
    if (cli->n_args > v->most)
        return cli_misused(cli, "\"%s\" is one word too many", cli->args[v->most]);
    if (cli->n_args < v->least && v->run == forget)
        return cli_misused(cli, "journal forget needs the address that is to be forgotten");
    if (cli->n_args < v->least)
        return cli_misused(cli, "journal %s needs the REF of a message; `frontdesk journal list` shows them",
                           v->name);
    for (size_t i = 0; i < ARRAY_LEN(options); i++) {
        if (options[i].given && !takes(v, options[i].name))
            return cli_misused(cli, "journal %s takes no --%s", v->name, options[i].name);
    }
    return EX_OK;
}

int cmd_journal(const struct cli *cli)
{
    struct err e = ERR_INIT;
    const struct verb *verb = find_verb(cli);
    struct journal *j = NULL;
    if (!verb || check_use(cli, verb) != EX_OK)
        return EX_USAGE;
    struct conf *conf = cli_conf(cli);
    if (!conf)
        return EX_CONFIG;
    cli_quiet(cli, LOG_WARN);
    int rc = verb->opens ? open_reader(conf, &j, &e) : 0;
    if (rc == 0)
        rc = verb->run(cli, conf, j, &e);
    journal_close(&j);
    conf_free(&conf);
    return rc == 0 ? EX_OK : cli_fail(&e);
}
