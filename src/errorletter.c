/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * errorletter: what is said about errors, as facts of the letter `diagnosis`. The words come from the rules
 * (meaning, cause, steps), from the checks (the verdict, the evidence) and from the letter itself; here they
 * are put in order. Nothing is claimed that was not read.
 */
#include "errors.h"

enum { MOST_ROWS = 12, MOST_BESIDES = 4, MOST_RECORDS = 25, TEXT_MAX = 8000 };

struct telling {
    const struct conf *conf;
    const struct templates *t;
    const struct diagnose_answer *a;
    struct view *names; /* what stands in the rule's texts */
    bool foreseen;      /* nobody was asked yet */
};

static void set(struct view *v, const char *name, const char *text)
{
    view_set(v, name, slice_of(text));
}

static void could_not(const struct telling *w, const struct err *e)
{
    LOG(LOG_ERROR, "diagnosis", "text", LS("rule", w->a->diagnosis->rule->id), LS("error", e->text));
}

/* The parameters of the mail, then what the evidence knows besides, and the integration. */
static void name_all(const struct telling *w)
{
    static const char *const flags[] = {
        [CONF_QBO_APP] = "qbo_app", [CONF_SAH] = "sah", [CONF_QBD] = "qbd", [CONF_THIRD] = "third"};
    const struct diagnosis *d = w->a->diagnosis;
    enum conf_integration which = w->conf->firm.integration;
    for (size_t i = 0; report_fact_names[i]; i++) {
        const char *text = diagnose_fact(w->a, report_fact_names[i]);
        if (text[0])
            set(w->names, report_fact_names[i], text);
    }
    set(w->names, "subject", diagnose_fact(w->a, "subject"));
    for (size_t i = d->n_values; i > 0; i--)
        set(w->names, d->values[i - 1].name, d->values[i - 1].text);
    if ((size_t)which < ARRAY_LEN(flags) && flags[which])
        view_flag(w->names, flags[which], true);
    view_flag(w->names, "online", which != CONF_QBD);
}

/* The text of a rule into fact `name`; one that renders to nothing is none. */
static bool put_text(const struct telling *w, struct view *to, const char *name, const char *text)
{
    struct buf b = BUF_INIT(TEXT_MAX);
    struct err e = ERR_INIT;
    if (templates_fill(w->t, text, w->names, &b, &e) != 0) {
        could_not(w, &e);
        buf_clear(&b);
    }
    struct slice said = slice_trim(buf_view(&b));
    view_set(to, name, said);
    bool any = said.len > 0;
    buf_release(&b);
    return any;
}

/* A line is a step: a piece that rules share may have several. */
static void put_lines_of(struct slice text, struct view *to, const char *list, const char *name, size_t *n)
{
    struct scan c = scan_of(text);
    while (!scan_end(&c)) {
        struct slice line = slice_trim(scan_line(&c));
        if (line.len == 0)
            continue;
        struct view *item = view_item(to, list);
        view_setf(item, "n", "%zu", ++*n);
        view_set(item, name, line);
    }
}

/* Where the error is not there now, the step that sends the invoice again is told apart from those that mend
 * the error. */
static void put_steps(const struct telling *w, struct view *to)
{
    size_t n = 0, n_resend = 0;
    for (const char *const *s = w->a->diagnosis->rule->steps; s && *s; s++) {
        bool apart = w->a->verdict == DIAGNOSE_REFUTED && strcmp(*s, "{{> resend}}") == 0;
        struct buf b = BUF_INIT(TEXT_MAX);
        struct err e = ERR_INIT;
        if (templates_fill(w->t, *s, w->names, &b, &e) != 0)
            could_not(w, &e);
        else if (apart)
            put_lines_of(buf_view(&b), to, "resend", "line", &n_resend);
        else
            put_lines_of(buf_view(&b), to, "steps", "step", &n);
        buf_release(&b);
    }
    view_flag(to, "has_resend", n_resend > 0);
    view_flag(to, "has_steps", n > 0);
}

static void put_verdict_flags(struct view *v, enum diagnose_verdict verdict)
{
    view_flag(v, "is_confirmed", verdict == DIAGNOSE_CONFIRMED);
    view_flag(v, "is_refuted", verdict == DIAGNOSE_REFUTED);
    view_flag(v, "is_unchecked", verdict == DIAGNOSE_UNCHECKED);
    view_flag(v, "is_solved", verdict == DIAGNOSE_SOLVED);
}

static void put_lines(const struct telling *w, const struct report *r, enum report_sort sort, struct view *to,
                      const char *list)
{
    struct err e = ERR_INIT;
    if (report_lines(r, w->t, sort, to, list, &e) != 0)
        could_not(w, &e);
}

/* The rule's own sentence where it has one, else the standard one. */
static void put_verdict(const struct telling *w, struct view *to)
{
    const struct diagnose_rule *rule = w->a->diagnosis->rule;
    const char *own = w->a->verdict == DIAGNOSE_CONFIRMED ? rule->confirmed
                      : w->a->verdict == DIAGNOSE_REFUTED ? rule->refuted
                                                          : "";
    if (w->foreseen) {
        set(to, "verdict", "(what both systems say then)");
        return;
    }
    put_verdict_flags(to, w->a->verdict);
    if (own[0] && put_text(w, to, "verdict", own))
        return;
    /* why it could not be is said in lines of their own */
    if (w->a->verdict == DIAGNOSE_UNCHECKED && w->a->report.n_sentences[REPORT_UNSEEN])
        return;
    put_lines(w, &w->a->report, REPORT_VERDICT, to, "verdict");
}

static void put_rows(const struct telling *w, const struct report *r, struct view *to, const char *list,
                     size_t most)
{
    struct err e = ERR_INIT;
    for (size_t i = 0; i < r->n && i < most; i++) {
        if (report_row(r, w->t, i, view_item(to, list), &e) != 0)
            could_not(w, &e);
    }
}

/* "invoice 10233, Acme Dental, 2026-11-24, total 1250.00" */
static void put_look(const struct telling *w, const struct diagnose_look *l, struct view *item)
{
    struct buf b = BUF_INIT(2000);
    const char *const rest[] = {l->company, l->date, l->total};
    for (size_t i = 0; i < ARRAY_LEN(rest); i++)
        buf_printf(&b, "%s%s", b.len && rest[i][0] ? ", " : "", rest[i]);
    set(item, "what", report_thing(w->t, l->what));
    set(item, "name", l->name[0] ? l->name : l->said);
    view_set(item, "detail", buf_view(&b));
    put_verdict_flags(item, l->verdict);
    buf_release(&b);
}

static void put_looks(const struct telling *w, struct view *to)
{
    const struct diagnose_answer *a = w->a;
    bool books = a->n_looks == 1 && strcmp(a->looks[0].what, "books") == 0;
    for (size_t i = 0; !books && i < a->n_looks && i < MOST_RECORDS; i++)
        put_look(w, &a->looks[i], view_item(to, "records"));
    view_flag(to, "several", a->n_looks > 1);
    if (a->n_looks > MOST_RECORDS || a->more_looks)
        view_setf(to, "more", "%zu",
                  a->more_looks + (a->n_looks > MOST_RECORDS ? a->n_looks - MOST_RECORDS : 0));
}

static void put_answer(struct telling *w, struct view *to)
{
    const struct diagnose_answer *a = w->a;
    const struct diagnosis *d = a->diagnosis;
    char when[32];
    name_all(w);
    set(to, "title", d->rule->title);
    put_text(w, to, "meaning", d->rule->meaning);
    put_text(w, to, "cause", d->rule->cause);
    put_verdict(w, to);
    if (!w->foreseen) {
        put_lines(w, &a->report, REPORT_COMPARED, to, "compared");
        put_lines(w, &a->report, REPORT_UNSEEN, to, "unseen");
        put_looks(w, to);
    }
    put_rows(w, &a->report, to, "rows", MOST_ROWS);
    report_pages(&a->report, w->t, to);
    put_rows(w, &a->others, to, "besides", MOST_BESIDES);
    view_flag(to, "has_besides", a->others.n > 0);
    if (a->verdict != DIAGNOSE_SOLVED)
        put_steps(w, to);
    view_flag(to, "weak", d->by != DIAGNOSE_BY_WORDS);
    view_flag(to, "later", a->later);
    set(to, "quote", d->quote);
    set(to, "where", d->where);
    bool read = a->verdict != DIAGNOSE_UNCHECKED || (!a->later && a->n_looks);
    if (read) {
        clock_format_local(a->read_ms, w->conf->firm.timezone, when);
        set(to, "read", when);
    }
}

/* Of what was found by a number or by staff's words only, what the books confirm is told; if they confirm
 * nothing, the best guess. */
static bool is_told(const struct diagnose_answers *all, size_t i)
{
    bool confirmed = false, first = true;
    if (all->v[i].diagnosis->by == DIAGNOSE_BY_WORDS)
        return true;
    for (size_t k = 0; k < all->n; k++) {
        bool weak = all->v[k].diagnosis->by != DIAGNOSE_BY_WORDS;
        confirmed = confirmed || (weak && all->v[k].verdict == DIAGNOSE_CONFIRMED);
        first = first && !(weak && k < i);
    }
    return confirmed ? all->v[i].verdict == DIAGNOSE_CONFIRMED : first;
}

static void tell_all(struct view *v, const struct diagnose_answers *answers, const struct conf *conf,
                     const struct templates *t, const char *asks, bool foreseen)
{
    struct pool *pool = pool_new(4 << 20);
    size_t told = 0;
    for (size_t i = 0; i < answers->n; i++)
        told += is_told(answers, i);
    for (size_t i = 0, n = 0; i < answers->n; i++) {
        struct telling w = {
            .conf = conf, .t = t, .a = &answers->v[i], .names = view_new(pool), .foreseen = foreseen};
        if (!is_told(answers, i))
            continue;
        struct view *item = view_item(v, "answers");
        put_answer(&w, item);
        view_flag(item, "first", n == 0);
        if (told > 1)
            view_setf(item, "n", "%zu", n + 1);
        n++;
    }
    if (told > 1)
        view_setf(v, "count", "%zu", told);
    view_flag(v, "asks_invoice", asks && strcmp(asks, "invoice") == 0);
    pool_free(&pool);
}

void errors_tell(struct view *v, const struct diagnose_answers *answers, const struct conf *conf,
                 const struct templates *t, const char *asks)
{
    tell_all(v, answers, conf, t, asks, false);
}

int errors_text(struct view *v, const struct templates *t, struct buf *out, struct err *e)
{
    struct buf subject = BUF_INIT(2000), html = BUF_INIT(300 * 1024);
    view_flag(v, "bare", true);
    int rc = templates_render(t, "diagnosis", v, &subject, out, &html, e);
    view_flag(v, "bare", false);
    buf_release(&subject);
    buf_release(&html);
    return rc;
}

const char *errors_foreseen(const struct plan *p, const struct conf *conf, const struct templates *t,
                            const struct diagnose_rules *rules, struct pool *pool)
{
    struct diagnoses *found = pool_alloc(pool, sizeof(*found));
    struct diagnose_answers *answers = pool_alloc(pool, sizeof(*answers));
    struct view *v = view_new(pool);
    struct buf json = BUF_INIT(400 * 1024);
    errors_read_json(found, p->errors, rules, pool);
    diagnose_unasked(answers, found, conf);
    tell_all(v, answers, conf, t, p->asks, true);
    view_put_json(v, &json);
    const char *text = pool_slice(pool, buf_view(&json));
    diagnose_release(answers);
    buf_release(&json);
    return text;
}
