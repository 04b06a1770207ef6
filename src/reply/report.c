/* SPDX-License-Identifier: GPL-2.0-or-later */
/* report: findings are gathered and put in order. See reply_report.h. */
#include "frontdesk/reply_report.h"

#include <inttypes.h>

static const char *const severity_names[REPORT_SEVERITIES] = {"error", "warning", "note"};

const char *report_severity_name(enum report_severity severity)
{
    return severity_names[severity];
}

void report_init(struct report *r, struct pool *pool, const struct report_kind *kinds, size_t n_kinds)
{
    *r = (struct report){.pool = pool,
                         .kinds = kinds,
                         .n_kinds = n_kinds,
                         .name = "",
                         .integration = "",
                         .firm = "",
                         .timezone = "UTC"};
}

void report_release(struct report *r)
{
    free(r->findings);
    r->findings = NULL;
    r->n = r->room = 0;
}

struct report_finding *report_add(struct report *r, unsigned kind, const char *subject)
{
    ENSURE(kind < r->n_kinds);
    if (r->n == r->room) {
        r->room = r->room ? r->room * 2 : 64;
        r->findings = mem_grow(r->findings, r->room * sizeof(*r->findings));
    }
    struct report_finding *f = &r->findings[r->n++];
    f->kind = kind;
    f->subject = subject;
    f->n_facts = f->n_evidence = f->more_evidence = 0;
    r->counts[r->kinds[kind].severity]++;
    return f;
}

void report_fact(struct report_finding *f, const char *name, const char *text)
{
    if (!text[0])
        return;
    ENSURE(f->n_facts < REPORT_FACTS);
    f->facts[f->n_facts++] = (struct report_fact){.name = name, .text = text};
}

void report_factf(struct report *r, struct report_finding *f, const char *name, const char *fmt, ...)
{
    struct buf b = BUF_INIT(4000);
    va_list ap;
    va_start(ap, fmt);
    buf_vprintf(&b, fmt, ap);
    va_end(ap);
    report_fact(f, name, pool_slice(r->pool, buf_view(&b)));
    buf_release(&b);
}

void report_evidence(struct report_finding *f, const char *system, const char *what, const char *id,
                     const char *link)
{
    if (f->n_evidence == REPORT_EVIDENCE) {
        f->more_evidence++;
        return;
    }
    f->evidence[f->n_evidence++] =
        (struct report_evidence){.system = system, .what = what, .id = id, .link = link ? link : ""};
}

static bool same_sentence(const struct report_sentence *a, const struct report_sentence *b)
{
    if (strcmp(a->key, b->key) != 0 || a->n_facts != b->n_facts)
        return false;
    for (unsigned i = 0; i < a->n_facts; i++) {
        if (strcmp(a->facts[i].name, b->facts[i].name) != 0 ||
            strcmp(a->facts[i].text, b->facts[i].text) != 0)
            return false;
    }
    return true;
}

void report_say(struct report *r, enum report_sort sort, const char *key, const struct report_fact *facts)
{
    struct report_sentence s = {.key = key};
    for (; facts && facts->name; facts++) {
        ENSURE(s.n_facts < REPORT_FACTS);
        s.facts[s.n_facts++] = *facts;
    }
    for (unsigned i = 0; i < r->n_sentences[sort]; i++) {
        if (same_sentence(&r->sentences[sort][i], &s))
            return;
    }
    if (r->n_sentences[sort] == REPORT_SENTENCES)
        return;
    r->sentences[sort][r->n_sentences[sort]++] = s;
}

/* --- order --- */

static int compare_ids(const char *a, const char *b)
{
    size_t n = strlen(a), m = strlen(b);
    return n != m ? (n < m ? -1 : 1) : strcmp(a, b); /* numbers by their value */
}

static int compare_evidence(const struct report_finding *x, const struct report_finding *y)
{
    for (unsigned i = 0; i < x->n_evidence && i < y->n_evidence; i++) {
        int by_id = compare_ids(x->evidence[i].id, y->evidence[i].id);
        if (by_id)
            return by_id;
    }
    return (x->n_evidence > y->n_evidence) - (x->n_evidence < y->n_evidence);
}

struct ordering {
    const struct report_kind *kinds;
};

static int compare_findings(const void *a, const void *b, void *self)
{
    const struct report_finding *x = a, *y = b;
    const struct report_kind *kinds = ((const struct ordering *)self)->kinds;
    int by_severity = (int)kinds[x->kind].severity - (int)kinds[y->kind].severity;
    if (by_severity)
        return by_severity;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    int by_subject = strcasecmp(x->subject, y->subject);
    if (by_subject == 0)
        by_subject = strcmp(x->subject, y->subject);
    return by_subject ? by_subject : compare_evidence(x, y);
}

void report_sort(struct report *r)
{
    struct ordering o = {.kinds = r->kinds};
    if (r->n)
        qsort_r(r->findings, r->n, sizeof(*r->findings), compare_findings, &o);
}
