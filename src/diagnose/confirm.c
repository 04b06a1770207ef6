/* SPDX-License-Identifier: GPL-2.0-or-later */
/* confirm: is what a mail's errors say true of the books now? See diagnose.h. */
#include "confirm_private.h"

#include <pthread.h>

enum { READING_POOL_MAX = 32 << 20 };

/* --- one reading for all --- */

static bool same_question(const struct check_question *a, const struct check_question *b)
{
    return a->check == b->check && a->by_id == b->by_id && strcmp(a->argument, b->argument) == 0 &&
           strcmp(a->number_said, b->number_said) == 0;
}

static struct asked *ask(struct diagnose_reading *r, const struct check_question *q)
{
    for (size_t i = 0; i < r->n; i++) {
        if (same_question(&r->asked[i].question, q))
            return &r->asked[i];
    }
    ENSURE(r->n < ASKED_MOST);
    struct asked *a = &r->asked[r->n++];
    *a = (struct asked){.question = *q, .e = ERR_INIT};
    a->rc = check_session_run(r->session, &a->result, q, &a->e);
    return a;
}

/* The invoice of that number; if there is none, that of the id that the mail names too. */
static struct asked *ask_target(struct diagnose_reading *r, const struct target *t)
{
    struct asked *a = ask(r, &t->question);
    if (a->rc != 0 || !t->id || !t->id[0] || strcmp(t->what, "invoice") != 0 || a->result.invoice.id)
        return a;
    struct check_question by_id = t->question;
    by_id.argument = t->id;
    by_id.by_id = true;
    return ask(r, &by_id);
}

/* --- what a look is about --- */

static const char *amount(struct pool *pool, int64_t ten_thousandths)
{
    int64_t cents = (ten_thousandths < 0 ? -ten_thousandths : ten_thousandths) / 100;
    return pool_printf(pool, "%s%lld.%02lld", ten_thousandths < 0 ? "-" : "", (long long)(cents / 100),
                       (long long)(cents % 100));
}

static const char *day(struct pool *pool, int64_t ms, const char *zone)
{
    struct tm tm;
    if (!ms || !clock_local(ms, zone, &tm))
        return "";
    return pool_printf(pool, "%04d-%02d-%02d", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
}

/* The id that Autotask has the name under, by the finding that shows it. */
static const char *id_of_name(const struct report *r)
{
    for (size_t i = 0; i < r->n; i++) {
        const struct report_finding *f = &r->findings[i];
        if (strcmp(r->kinds[f->kind].key, "name-in-autotask") == 0 && f->n_evidence)
            return f->evidence[0].id;
    }
    return "";
}

static void describe(struct diagnose_reading *r, struct diagnose_look *look, const struct target *t,
                     const struct asked *a)
{
    const struct autotask_invoice *inv = &a->result.invoice;
    *look = (struct diagnose_look){.what = t->what,
                                   .said = t->said,
                                   .name = "",
                                   .id = "",
                                   .company = "",
                                   .date = "",
                                   .total = "",
                                   .why = ""};
    if (a->rc != 0)
        return;
    if (strcmp(t->what, "invoice") != 0) {
        look->name = t->said;
        look->id = id_of_name(&a->result.report);
        return;
    }
    if (!inv->id)
        return;
    look->id = pool_printf(r->pool, "%lld", (long long)inv->id);
    look->name = inv->error || !inv->number[0] ? pool_printf(r->pool, "id %s", look->id) : inv->number;
    look->company = a->result.company;
    look->date = day(r->pool, inv->date_ms, r->sources->conf->firm.timezone);
    look->total = amount(r->pool, inv->total);
}

/* --- one error --- */

static const char *integration_of(const struct conf *conf)
{
    static const char *const names[] = {
        [CONF_QBO_APP] = "qbo-app", [CONF_SAH] = "sah", [CONF_QBD] = "qbd", [CONF_THIRD] = "3rd"};
    return conf->firm.integration == CONF_INTEGRATION_NONE ? "" : names[conf->firm.integration];
}

static void begin(struct diagnose_answer *a, const struct diagnosis *d, const struct conf *conf,
                  struct pool *pool)
{
    size_t n;
    const struct report_kind *kinds = check_kinds(&n);
    struct report *const reports[] = {&a->report, &a->others};
    *a = (struct diagnose_answer){.diagnosis = d, .why = "", .failure = ERR_INIT, .read_ms = clock_now_ms()};
    for (size_t i = 0; i < ARRAY_LEN(reports); i++) {
        report_init(reports[i], pool, kinds, n);
        reports[i]->name = pool_printf(pool, "diagnose %s", d->rule->id);
        reports[i]->integration = integration_of(conf);
        reports[i]->firm = conf->firm.name;
        reports[i]->timezone = conf->firm.timezone;
        reports[i]->made_ms = a->read_ms;
    }
}

static void look_at(struct diagnose_reading *r, struct diagnose_answer *a, const struct targets *t)
{
    struct asked *asked[DIAGNOSE_LOOKS];
    struct diagnose_look *looks = pool_array(r->pool, t->n + 1, sizeof(*looks));
    a->looks = looks;
    a->n_looks = t->n;
    a->more_looks = t->more;
    for (size_t i = 0; i < t->n; i++) {
        asked[i] = ask_target(r, &t->v[i]);
        describe(r, &looks[i], &t->v[i], asked[i]);
        confirm_judge(a, &looks[i], asked[i]);
    }
    confirm_conclude(a, r->pool, t, asked);
}

static void confirm_one(struct diagnose_reading *r, struct diagnose_answer *a, const struct diagnosis *d)
{
    struct targets t;
    struct err e = ERR_INIT;
    begin(a, d, r->sources->conf, r->pool);
    if (!d->rule->check[0]) {
        const struct report_fact facts[] = {{"why", d->rule->unconfirmable}, {NULL, NULL}};
        confirm_unchecked(a, "diagnosis-unconfirmable", facts);
        return;
    }
    if (confirm_targets(r, d, &t, &e) != 0) {
        const struct report_fact facts[] = {{"what", "Autotask"}, {NULL, NULL}};
        a->failure = e;
        a->later = err_class(&e) == ERR_CLASS_RETRY;
        confirm_unchecked(a, confirm_why(&e), facts);
        return;
    }
    a->searched = t.searched;
    a->in_error = t.in_error;
    if (!t.n) {
        const struct report_fact facts[] = {{"company", t.company}, {NULL, NULL}};
        confirm_unchecked(a, t.searched ? "diagnosis-none-in-error" : "diagnosis-no-record", facts);
        return;
    }
    look_at(r, a, &t);
}

/* --- all of a mail --- */

void diagnose_confirm(struct diagnose_answers *out, const struct diagnoses *found,
                      const struct check_sources *sources)
{
    struct diagnose_reading *r = mem_alloc(sizeof(*r));
    r->pool = pool_new(READING_POOL_MAX);
    r->sources = sources;
    r->session = check_session_new(sources);
    r->in_error_e = (struct err)ERR_INIT;
    *out = (struct diagnose_answers){.n = found->n, .reading = r};
    for (size_t i = 0; i < found->n; i++) {
        if (sources->looking)
            sources->looking(sources->progress_self, i, found->n);
        confirm_one(r, &out->v[i], &found->found[i]);
    }
}

void diagnose_unasked(struct diagnose_answers *out, const struct diagnoses *found, const struct conf *conf)
{
    struct diagnose_reading *r = mem_alloc(sizeof(*r));
    r->pool = pool_new(READING_POOL_MAX);
    *out = (struct diagnose_answers){.n = found->n, .reading = r};
    for (size_t i = 0; i < found->n; i++) {
        begin(&out->v[i], &found->found[i], conf, r->pool);
        confirm_unchecked(&out->v[i], "diagnosis-not-asked", NULL);
    }
}

void diagnose_release(struct diagnose_answers *a)
{
    struct diagnose_reading *r = a->reading;
    for (size_t i = 0; i < a->n; i++) {
        report_release(&a->v[i].report);
        report_release(&a->v[i].others);
    }
    for (size_t i = 0; r && i < r->n; i++) {
        if (r->asked[i].rc == 0)
            check_release(&r->asked[i].result);
    }
    if (r) {
        check_session_free(&r->session);
        pool_free(&r->pool);
    }
    free(r);
    *a = (struct diagnose_answers){.n = 0};
}

/* --- what letters ask for --- */

const char *diagnose_fact(const struct diagnose_answer *a, const char *name)
{
    if (!a->report.n)
        return "";
    const struct report_finding *f = &a->report.findings[0];
    if (strcmp(name, "subject") == 0)
        return f->subject;
    for (unsigned i = 0; i < f->n_facts; i++) {
        if (strcmp(f->facts[i].name, name) == 0)
            return f->facts[i].text;
    }
    return "";
}

void diagnose_mark(const struct diagnose_answer *a, struct buf *out)
{
    buf_printf(out, "%s", diagnose_verdict_name(a->verdict));
    for (size_t i = 0; i < a->n_looks; i++) {
        const struct diagnose_look *look = &a->looks[i];
        buf_printf(out, "; %s %s %s", look->what, look->id[0] ? look->id : look->said,
                   diagnose_verdict_name(look->verdict));
        for (unsigned k = 0; k < look->n_findings; k++) {
            const struct report_finding *f = &a->report.findings[look->findings[k]];
            buf_printf(out, " %s", a->report.kinds[f->kind].key);
            for (unsigned n = 0; n < f->n_evidence; n++)
                buf_printf(out, "%s %s %s", n ? "," : "", f->evidence[n].what, f->evidence[n].id);
        }
    }
}

/* --- what rules may name --- */

enum { CHECKS_MOST = 40, KINDS_MOST = 400 };
static const char *check_names[CHECKS_MOST], *kind_names[KINDS_MOST];
static pthread_once_t names_once = PTHREAD_ONCE_INIT;

static void list_names(void)
{
    size_t n;
    const struct check *checks = check_list(&n);
    ENSURE(n < CHECKS_MOST);
    for (size_t i = 0; i < n; i++)
        check_names[i] = checks[i].name;
    const struct report_kind *kinds = check_kinds(&n);
    ENSURE(n < KINDS_MOST);
    for (size_t i = 0; i < n; i++)
        kind_names[i] = kinds[i].key;
}

const char *const *diagnose_checks(void)
{
    pthread_once(&names_once, list_names);
    return check_names;
}

const char *const *diagnose_kinds(void)
{
    pthread_once(&names_once, list_names);
    return kind_names;
}
