/* SPDX-License-Identifier: GPL-2.0-or-later */
/* diagnose: known errors of the sync in a mail or a text, as a letter would answer them. Exit 1 when there is
 * none. With --offline nobody is asked, and nothing is confirmed. */
#include "../errors.h"
#include "cli.h"
#include "frontdesk/command_errors.h"
#include "frontdesk/json.h"

enum { NOT_FOUND = 1, SAID_MAX = 1 << 20, TEXTS_POOL = 64 << 20 };

struct diagnosing {
    const struct conf *conf;
    struct desk desk; /* offline: closed */
    struct templates *templates;
    struct diagnose_rules *rules;
    struct diagnoses found;
    struct diagnose_answers answers;
    struct pool *pool;
};

/* --- what is looked through --- */

/* Fields that a mail has, at its very beginning; everything else is a text. */
static bool is_mail(struct slice bytes)
{
    static const struct slice fields[] = {{"From:", 5},         {"Received:", 9},    {"Return-Path:", 12},
                                          {"Date:", 5},         {"Message-ID:", 11}, {"Subject:", 8},
                                          {"MIME-Version:", 13}};
    struct scan c = scan_of(slice_cut(bytes, 64 * 1024));
    unsigned seen = 0;
    while (!scan_end(&c)) {
        struct slice line = scan_line(&c);
        if (line.len == 0)
            return seen >= 2;
        if (line.ptr[0] != ' ' && line.ptr[0] != '\t' && !slice_starts(line, SLICE("From ")) &&
            slice_find_char(slice_cut(line, 80), ':') < 1)
            return false;
        for (size_t i = 0; i < ARRAY_LEN(fields); i++)
            seen += slice_starts_nocase(line, fields[i]);
    }
    return false;
}

/* Its pieces, as the daemon takes them. */
static int match_mail(struct diagnosing *g, struct slice bytes, struct err *e)
{
    struct message m;
    struct mail_bytes mail = {.bytes = bytes};
    struct message_limits limits = message_limits_default;
    struct diagnose_text *texts = pool_array(g->pool, ERRORS_TEXTS, sizeof(*texts));
    struct message_texts *pieces = pool_alloc(g->pool, sizeof(*pieces));
    limits.size = CLI_MAIL_MAX;
    if (reader_read(&m, bytes, false, &limits, e) != 0)
        return -1;
    int rc = message_texts(pieces, &m, &mail, g->pool, e);
    if (rc == 0) {
        size_t n = errors_texts(texts, pieces, message_str(&m, m.subject), false, g->pool);
        diagnose_match(g->rules, texts, n, g->pool, &g->found);
    }
    message_release(&m);
    return rc;
}

static int match(struct diagnosing *g, struct slice bytes, struct err *e)
{
    if (is_mail(bytes))
        return match_mail(g, bytes, e);
    struct buf utf8 = BUF_INIT(3 * (size_t)DIAGNOSE_TEXT + 16);
    message_to_utf8(&utf8, slice_cut(bytes, DIAGNOSE_TEXT), SLICE_NONE);
    struct diagnose_text text = {.where = "", .text = buf_view(&utf8), .own = true};
    diagnose_match(g->rules, &text, 1, g->pool, &g->found);
    buf_release(&utf8);
    return 0;
}

/* --- output --- */

static void put_values(const struct diagnosis *d, struct buf *out)
{
    json_put_name(out, "values");
    buf_putc(out, '{');
    for (size_t i = 0; i < d->n_values; i++) {
        bool first = true;
        for (size_t k = 0; k < i; k++)
            first = first && strcmp(d->values[k].name, d->values[i].name) != 0;
        if (!first)
            continue;
        json_put_name(out, d->values[i].name);
        buf_putc(out, '[');
        for (size_t k = i; k < d->n_values; k++) {
            if (strcmp(d->values[k].name, d->values[i].name) != 0)
                continue;
            json_put_name(out, NULL);
            buf_put_json(out, slice_of(d->values[k].text));
        }
        buf_putc(out, ']');
    }
    buf_putc(out, '}');
}

static void put_error(const struct diagnosing *g, size_t i, struct buf *out)
{
    static const char *const by[] = {
        [DIAGNOSE_BY_WORDS] = "words", [DIAGNOSE_BY_CODE] = "code", [DIAGNOSE_BY_SYMPTOM] = "symptom"};
    static const char *const severities[] = {[DIAGNOSE_BLOCKER] = "blocker",
                                             [DIAGNOSE_HIGH] = "high",
                                             [DIAGNOSE_MEDIUM] = "medium",
                                             [DIAGNOSE_LOW] = "low"};
    const struct diagnosis *d = &g->found.found[i];
    json_put_name(out, NULL);
    buf_putc(out, '{');
    json_put_text(out, "id", d->rule->id);
    json_put_text(out, "title", d->rule->title);
    json_put_text(out, "by", by[d->by]);
    json_put_text(out, "emitter", d->rule->emitter);
    json_put_text(out, "severity", severities[d->rule->severity]);
    json_put_text(out, "where", d->where);
    json_put_text(out, "quote", d->quote);
    put_values(d, out);
    json_put_bool(out, "more_values", d->more_values);
    json_put_text(out, "verdict", diagnose_verdict_name(g->answers.v[i].verdict));
    json_put_text(out, "why", g->answers.v[i].why);
    buf_putc(out, '}');
}

static void print_json(const struct diagnosing *g, const struct view *v)
{
    struct buf out = BUF_INIT(4 * SAID_MAX);
    buf_putc(&out, '{');
    json_put_name(&out, "errors");
    buf_putc(&out, '[');
    for (size_t i = 0; i < g->found.n; i++)
        put_error(g, i, &out);
    buf_putc(&out, ']');
    json_put_bool(&out, "more", g->found.more);
    json_put_text(&out, "unmatched", g->found.unmatched);
    json_put_name(&out, "said");
    view_put_json(v, &out);
    buf_puts(&out, "}\n");
    fwrite(out.data, 1, out.len, stdout);
    buf_release(&out);
}

static int print_text(const struct diagnosing *g, struct view *v, struct err *e)
{
    struct buf out = BUF_INIT(SAID_MAX);
    if (g->found.n == 0 && !g->found.unmatched[0])
        buf_puts(&out, "No error of the sync was found.\n");
    int rc = g->found.n || g->found.unmatched[0] ? errors_text(v, g->templates, &out, e) : 0;
    cli_print(out.data);
    for (size_t i = 0; rc == 0 && i < g->found.n; i++)
        cli_printf("Rule: %s (%s)\n", g->found.found[i].rule->id, g->found.found[i].rule->file);
    buf_release(&out);
    return rc;
}

static int tell(struct diagnosing *g, bool json, struct err *e)
{
    struct view *v = view_new(g->pool);
    errors_tell(v, &g->answers, g->conf, g->templates, "");
    if (g->found.unmatched[0])
        view_set(v, "unmatched", slice_of(g->found.unmatched));
    if (!json)
        return print_text(g, v, e);
    print_json(g, v);
    return 0;
}

/* --- */

static int open_all(struct diagnosing *g, bool offline, struct err *e)
{
    struct buf problems = BUF_INIT(256 * 1024);
    struct desk_options o = {.conf = g->conf, .stop_fd = -1, .with_books = true};
    int rc;
    if (offline) {
        rc = templates_open(&g->templates, g->conf, true, &problems, e);
        if (rc == 0)
            rc = errors_load(&g->rules, g->conf, &problems, &problems, e);
    } else {
        rc = desk_open(&g->desk, &o, &problems, e);
        g->templates = g->desk.templates;
        g->rules = g->desk.rules;
    }
    cli_problems(&problems);
    buf_release(&problems);
    return rc;
}

static void close_all(struct diagnosing *g, bool offline)
{
    diagnose_release(&g->answers);
    if (offline) {
        diagnose_rules_free(&g->rules);
        templates_free(&g->templates);
    } else {
        desk_close(&g->desk);
    }
    pool_free(&g->pool);
}

static const char reading_words[] = "reading Autotask and QuickBooks";

/* The lists of one error; of several, which of them is looked at. */
static void on_list(void *self, const struct check_progress *now)
{
    const struct diagnosing *g = self;
    if (g->found.n == 1)
        cli_progress_of(reading_words, now->done, now->of);
}

static void on_error(void *self, size_t before, size_t of)
{
    (void)self;
    if (of > 1)
        cli_progress_of(reading_words, before, of);
}

static void confirm(struct diagnosing *g, bool offline)
{
    struct check_sources sources = {
        .conf = g->conf, .progress = on_list, .looking = on_error, .progress_self = g};
    if (offline) {
        diagnose_unasked(&g->answers, &g->found, g->conf);
        return;
    }
    sources.autotask = g->desk.autotask;
    sources.quickbooks = g->desk.accounting ? g->desk.accounting->qb : NULL;
    cli_progress(reading_words);
    diagnose_confirm(&g->answers, &g->found, &sources);
    cli_progress(NULL);
}

static int diagnose(struct diagnosing *g, const struct cli *cli, struct slice bytes, struct err *e)
{
    if (open_all(g, cli->offline, e) != 0 || match(g, bytes, e) != 0)
        return -1;
    confirm(g, cli->offline);
    return tell(g, cli->json, e);
}

int cmd_diagnose(const struct cli *cli)
{
    struct err e = ERR_INIT;
    struct buf bytes = BUF_INIT(CLI_MAIL_MAX);
    struct conf *conf = cli_conf(cli);
    if (!conf)
        return EX_CONFIG;
    cli_quiet(cli, LOG_WARN);
    struct diagnosing *g = mem_alloc(sizeof(*g));
    g->conf = conf;
    g->pool = pool_new(TEXTS_POOL);
    int rc = cli_read(cli->n_args ? cli->args[0] : "-", &bytes, &e);
    bool opened = rc == 0;
    if (rc == 0)
        rc = diagnose(g, cli, buf_view(&bytes), &e);
    int code = rc != 0 ? cli_fail(&e) : g->found.n ? EX_OK : NOT_FOUND;
    if (opened)
        close_all(g, cli->offline);
    else
        pool_free(&g->pool);
    free(g);
    buf_release(&bytes);
    conf_free(&conf);
    return code;
}
