/* SPDX-License-Identifier: GPL-2.0-or-later */
/* confirm_words: how an answer came out as a whole, and the sentences that say so. Their words stand in
 * LANGUAGE/check/diagnosis.txt. */
#include "confirm_private.h"

enum { NAMES_SHOWN = 10 };

const char *const diagnose_sentences[] = {
    "diagnosis-confirmed",     "diagnosis-confirmed-some", "diagnosis-refuted",       "diagnosis-solved",
    "diagnosis-solved-error",  "diagnosis-unchecked",      "diagnosis-unconfirmable", "diagnosis-outage",
    "diagnosis-denied",        "diagnosis-settings",       "diagnosis-desktop",       "diagnosis-unseen",
    "diagnosis-no-invoice",    "diagnosis-no-name",        "diagnosis-none-in-error", "diagnosis-no-record",
    "diagnosis-more-in-error", "diagnosis-searched",       "diagnosis-not-asked",     NULL,
};

const char *diagnose_verdict_name(enum diagnose_verdict verdict)
{
    static const char *const names[] = {[DIAGNOSE_CONFIRMED] = "confirmed",
                                        [DIAGNOSE_REFUTED] = "refuted",
                                        [DIAGNOSE_UNCHECKED] = "unchecked",
                                        [DIAGNOSE_SOLVED] = "solved"};
    return names[verdict];
}

const char *confirm_name(const struct diagnose_look *look)
{
    return look->name[0] ? look->name : look->said;
}

/* Twenty looks have more to say than a report holds: what comes late is left out. */
static void say(struct diagnose_answer *a, enum report_sort sort, const char *key,
                const struct report_fact *facts)
{
    if (a->report.n_sentences[sort] < REPORT_SENTENCES)
        report_say(&a->report, sort, key, facts);
}

void confirm_unchecked(struct diagnose_answer *a, const char *why, const struct report_fact *facts)
{
    a->verdict = DIAGNOSE_UNCHECKED;
    a->why = why;
    say(a, REPORT_VERDICT, "diagnosis-unchecked", NULL);
    say(a, REPORT_UNSEEN, why, facts);
}

/* --- what the reports of the looks said --- */

/* What was seen instead matters for these kinds only. */
static const struct {
    const char *sentence, *kinds[8];
} seen[] = {
    {"seen-items", {"item-", "name-", "number-empty", "line-no-code", "codes-", "items-", "parent-", NULL}},
    {"seen-line", {"item-", "name-", "number-empty", "line-no-code", "codes-", "items-", "parent-", NULL}},
    {"seen-total", {"invoice-negative", "line-negative", NULL}},
    {"seen-no-zero",
     {"line-zero", "line-no-work-type", "line-non-billable", "line-contract", "line-rate-", NULL}},
    {"seen-term", {"term-", "invoice-term", "invoice-no-term", NULL}},
    {"seen-no-term", {"term-", "invoice-term", "invoice-no-term", NULL}},
    {"seen-period", {"period-", NULL}},
    {"seen-not-there", {"number-taken", "number-same-", "invoice-already-", "invoice-transferred", NULL}},
    {"seen-email", {"email-", "method-email", "invoice-not-emailed", NULL}},
    {"seen-currency", {"currency-", NULL}},
    {"seen-customer", {"customer-", "customers-", "address-", NULL}},
    {"seen-tax", {"tax-", NULL}},
};

static bool is_about(const struct diagnose_rule *rule, const char *const *starts)
{
    for (const char *const *k = rule->confirmed_by; k && *k; k++) {
        for (const char *const *start = starts; *start; start++) {
            if (slice_starts(slice_of(*k), slice_of(*start)))
                return true;
        }
    }
    return false;
}

/* What was seen instead is for one invoice that is not so: of several the list says enough. Which invoice it
 * was stands in the look. */
static bool matters(const struct diagnose_answer *a, const char *sentence)
{
    if (slice_starts(slice_of(sentence), SLICE("compared-invoice-")))
        return false;
    if (strcmp(sentence, "seen-no-twin") == 0)
        return a->n_looks == 1;
    for (size_t i = 0; i < ARRAY_LEN(seen); i++) {
        if (strcmp(seen[i].sentence, sentence) == 0)
            return a->n_looks == 1 && a->verdict != DIAGNOSE_CONFIRMED && a->verdict != DIAGNOSE_SOLVED &&
                   is_about(a->diagnosis->rule, seen[i].kinds);
    }
    return true;
}

static void take_sentences(struct diagnose_answer *a, const struct report *r)
{
    static const enum report_sort sorts[] = {REPORT_COMPARED, REPORT_UNSEEN, REPORT_ASSUMED};
    for (size_t i = 0; i < ARRAY_LEN(sorts); i++) {
        for (unsigned k = 0; k < r->n_sentences[sorts[i]]; k++) {
            const struct report_sentence *s = &r->sentences[sorts[i]][k];
            struct report_fact facts[REPORT_FACTS + 1] = {0};
            memcpy(facts, s->facts, s->n_facts * sizeof(*facts));
            if (matters(a, s->key))
                say(a, sorts[i], s->key, facts);
        }
    }
}

/* --- the whole --- */

static size_t count(const struct diagnose_answer *a, enum diagnose_verdict verdict)
{
    size_t n = 0;
    for (size_t i = 0; i < a->n_looks; i++)
        n += a->looks[i].verdict == verdict;
    return n;
}

static const char *names_of(const struct diagnose_answer *a, struct pool *pool, enum diagnose_verdict verdict)
{
    struct buf b = BUF_INIT(2000);
    size_t n = 0;
    for (size_t i = 0; i < a->n_looks; i++) {
        const char *name = confirm_name(&a->looks[i]);
        if (a->looks[i].verdict == verdict && name[0] && n++ < NAMES_SHOWN)
            buf_printf(&b, "%s%s", n > 1 ? ", " : "", name);
    }
    if (n > NAMES_SHOWN)
        buf_printf(&b, " +%zu", n - NAMES_SHOWN);
    const char *kept = pool_slice(pool, buf_view(&b));
    buf_release(&b);
    return kept;
}

static bool has_kind(const struct report *r, const char *key)
{
    for (size_t i = 0; i < r->n; i++) {
        if (strcmp(r->kinds[r->findings[i].kind].key, key) == 0)
            return true;
    }
    return false;
}

static const char *verdict_key(const struct diagnose_answer *a, struct asked *const *asked)
{
    bool in_error = false;
    for (size_t i = 0; i < a->n_looks; i++)
        in_error = in_error || (a->looks[i].verdict == DIAGNOSE_SOLVED &&
                                has_kind(&asked[i]->result.report, "invoice-already-there"));
    switch (a->verdict) {
    case DIAGNOSE_CONFIRMED:
        return count(a, DIAGNOSE_CONFIRMED) < a->n_looks ? "diagnosis-confirmed-some" : "diagnosis-confirmed";
    case DIAGNOSE_REFUTED:
        return "diagnosis-refuted";
    case DIAGNOSE_SOLVED:
        return in_error ? "diagnosis-solved-error" : "diagnosis-solved";
    case DIAGNOSE_UNCHECKED:
        break;
    }
    return "diagnosis-unchecked";
}

/* Each reason once, with what it is about. */
static void say_why(struct diagnose_answer *a, struct asked *const *asked)
{
    for (size_t i = 0; i < a->n_looks; i++) {
        const struct diagnose_look *look = &a->looks[i];
        if (look->verdict != DIAGNOSE_UNCHECKED)
            continue;
        const struct err *e = &asked[i]->e;
        const struct report_fact facts[] = {
            {"name", confirm_name(look)},
            {"what", asked[i]->rc == 0 || !strstr(e->text, "QuickBooks") ? "Autotask" : "QuickBooks"},
            {NULL, NULL}};
        say(a, REPORT_UNSEEN, look->why, facts);
        if (a->verdict != DIAGNOSE_UNCHECKED || a->why[0])
            continue;
        a->why = look->why;
        a->failure = *e;
        a->later = asked[i]->rc != 0 && err_class(e) == ERR_CLASS_RETRY;
    }
}

/* Only some of those in ERROR were looked at, and none shows it: that refutes nothing. */
static bool is_partly_searched(const struct diagnose_answer *a, const struct targets *t)
{
    return t->searched && t->in_error > a->n_looks && a->verdict == DIAGNOSE_REFUTED;
}

void confirm_conclude(struct diagnose_answer *a, struct pool *pool, const struct targets *t,
                      struct asked *const *asked)
{
    char n[24], of[24];
    bool solved = count(a, DIAGNOSE_SOLVED) == a->n_looks;
    a->verdict = count(a, DIAGNOSE_CONFIRMED)   ? DIAGNOSE_CONFIRMED
                 : count(a, DIAGNOSE_UNCHECKED) ? DIAGNOSE_UNCHECKED
                 : solved                       ? DIAGNOSE_SOLVED
                                                : DIAGNOSE_REFUTED;
    snprintf(n, sizeof(n), "%zu", count(a, a->verdict));
    snprintf(of, sizeof(of), "%zu", t->searched ? t->in_error : a->n_looks);
    const struct report_fact some[] = {{"n", pool_copy(pool, a->verdict == DIAGNOSE_REFUTED ? of : n)},
                                       {"of", pool_copy(pool, of)},
                                       {NULL, NULL}};
    if (is_partly_searched(a, t)) {
        snprintf(n, sizeof(n), "%zu", a->n_looks);
        const struct report_fact looked[] = {
            {"n", pool_copy(pool, n)}, {"of", pool_copy(pool, of)}, {NULL, NULL}};
        confirm_unchecked(a, "diagnosis-more-in-error", looked);
        return;
    }
    const struct report_fact facts[] = {
        {"names", names_of(a, pool, a->verdict)}, {"n", some[0].text}, {"of", some[1].text}, {NULL, NULL}};
    say(a, REPORT_VERDICT, verdict_key(a, asked), facts);
    if (t->searched)
        say(a, REPORT_COMPARED, "diagnosis-searched", some + 1);
    say_why(a, asked);
    for (size_t i = 0; i < a->n_looks; i++) {
        if (asked[i]->rc == 0)
            take_sentences(a, &asked[i]->result.report);
    }
}
