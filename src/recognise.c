/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * recognise: does a mail hold errors of the sync that are known, and is it then a diagnosis (product.md "How
 * a message is classified", 5)? Asked after the commands and before anybody is looked for:
 *
 *   an error's own words             a diagnosis; with a technician addressed, a ticket that carries it
 *   staff's words for a symptom      weak: a diagnosis only where the subject names nobody; on a ticket only
 *                                    when they name the record
 *   the look of an error, no rule    said so, and kept for the operator; only where nothing else is wanted
 *
 * An answer to a diagnosis quotes the error, and our own words about it: only the sender's own words count,
 * and a number answers the question which invoice is meant.
 */
#include "errors.h"
#include "job_private.h"

#include "frontdesk/command_errors.h"
#include "frontdesk/command_followup.h"

enum { MOST_NUMBERS = 10, UNKNOWN_MAX = 300 };

void errors_alert_rules(struct desk *d, const char *problems)
{
    char text[900];
    if (!problems[0]) {
        alert_well(d, "rules", "all rules of the firm can be read");
        return;
    }
    snprintf(
        text, sizeof(text),
        "rules of the firm are wrong, and left out until they are mended (frontdesk doctor lists all of it): "
        "%.500s",
        problems);
    alert_ill(d, "rules", text);
}

int errors_load(struct diagnose_rules **out, const struct conf *conf, struct buf *problems,
                struct buf *firm_problems, struct err *e)
{
    const char *ours[TEMPLATES_PLACES + 1];
    struct pool *pool = pool_new(64 << 10);
    templates_rule_folders(conf, ours, pool);
    *out = NULL;
    int rc = diagnose_rules_load(out, ours, conf->diagnose, diagnose_checks(), diagnose_kinds(), problems,
                                 firm_problems, e);
    pool_free(&pool);
    return rc;
}

/* Once: of a mail that may kill the reader, where that is noted (understand.c). */
int errors_read_texts(struct desk *d, struct job_view *v, const struct mail_bytes *mail, struct pool *pool,
                      struct err *e)
{
    if (v->texts)
        return 0;
    struct message_texts *texts = pool_alloc(pool, sizeof(*texts));
    struct err why = ERR_INIT;
    int rc = cage_texts(d->cage, texts, &v->message, mail, pool, &why);
    if (rc != 0 && why.code == ERR_READER) {
        /* what is inside breaks the reader; the mail itself did not */
        LOG(LOG_WARN, "diagnosis", "inside", LS("error", why.text));
        *texts = (struct message_texts){
            .list = {{.where = "", .text = message_str(&v->message, v->message.text), .is_mail = true}},
            .n = 1,
            .more = true};
    } else if (rc != 0) {
        *e = why;
        return -1;
    }
    v->texts = texts;
    return 0;
}

bool errors_is_diagnosis(const struct plan *p)
{
    return strcmp(p->reply ? p->reply : "", "diagnosis") == 0 && !(p->title && p->title[0]);
}

/* The diagnosis that the mail answers; NULL: none. */
static const struct plan *answered(const struct job_view *v)
{
    bool found = v->origin && v->origin->found && !v->origin->is_new;
    return found && errors_is_diagnosis(&v->origin->plan) ? &v->origin->plan : NULL;
}

static bool names_record(const struct diagnosis *d)
{
    static const char *const names[] = {"invoice_number", "invoice_id", "doc_number", "customer_name",
                                        "item_name"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (diagnose_value(d, names[i])[0])
            return true;
    }
    return false;
}

/* Leaves only what counts beside a technician who is named; true when something is left. */
static bool strong_enough(struct diagnoses *found, bool addressed)
{
    size_t n = 0;
    for (size_t i = 0; i < found->n; i++) {
        const struct diagnosis *d = &found->found[i];
        if (d->by != DIAGNOSE_BY_SYMPTOM || (addressed && names_record(d)))
            found->found[n++] = *d;
    }
    found->n = n;
    return n > 0;
}

static bool has_word(struct slice text, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (slice_find_nocase(text, slice_of(words[i])) >= 0)
            return true;
    }
    return false;
}

/* Is it about the sync of invoices? QuickBooks is also a program that does not start, or a bank's transfer.
 */
static bool is_about_sync(struct slice text)
{
    static const char *const books[] = {"quickbooks", "quick books", "qbo", "intuit", "qbxml"};
    static const char *const sync[] = {"autotask", "web connector", "qbxml"};
    static const char *const way[] = {"sync", "transfer"}, *const what[] = {"invoice"};
    bool ours = has_word(text, sync, ARRAY_LEN(sync)) ||
                (has_word(text, way, ARRAY_LEN(way)) && has_word(text, what, ARRAY_LEN(what)));
    return ours && has_word(text, books, ARRAY_LEN(books));
}

/* What the mail quotes or brings, not what its sender tells, is about the sync and has a line that looks like
 * an error: then it is one, though no rule knows it. */
static const char *unknown_line(const struct diagnose_text *texts, size_t n, struct pool *pool)
{
    struct buf all = BUF_INIT(2 * MESSAGE_TEXTS_ALL), body = BUF_INIT(2 * MESSAGE_TEXTS_ALL);
    const char *line = "";
    for (size_t i = 0; i < n; i++) {
        if (texts[i].own)
            continue;
        buf_clear(&body);
        errors_body(&body, &all, texts[i].text);
        buf_slice(&all, buf_view(&body));
        if (!line[0])
            line = pool_text(pool, slice_cut_utf8(errors_line(buf_view(&body)), UNKNOWN_MAX));
    }
    bool about = is_about_sync(buf_view(&all));
    buf_release(&all);
    buf_release(&body);
    return about ? line : "";
}

static void set_diagnosis(struct job_view *v)
{
    v->command.kind = COMMAND_DIAGNOSE;
    v->command.verb = "diagnosis";
}

static void decide(struct job_view *v, struct diagnoses *found)
{
    struct command *c = &v->command;
    bool ticket = c->kind == COMMAND_TICKET;
    if (ticket && !strong_enough(found, c->addressed))
        return;
    if (!ticket && found->n == 0 && (!found->unmatched[0] || c->why_ask != ASK_NOBODY_NAMED))
        return;
    v->errors = found;
    if (!ticket || (!c->addressed && found->n))
        set_diagnosis(v);
}

/* "10233" answers the question which invoice: the same errors again, of these. */
static bool takes_numbers(struct job_view *v, const struct diagnose_rules *rules, const struct plan *asked,
                          struct slice own, struct pool *pool)
{
    const char *numbers[MOST_NUMBERS];
    size_t n = asked->asks && asked->asks[0] ? errors_numbers(own, numbers, MOST_NUMBERS, pool) : 0;
    struct diagnoses *found = pool_alloc(pool, sizeof(*found));
    errors_read_json(found, asked->errors, rules, pool);
    if (n == 0 || found->n == 0)
        return false;
    for (size_t i = 0; i < found->n; i++) {
        for (size_t k = 0; k < n; k++)
            errors_add(&found->found[i], "invoice_number", numbers[k]);
    }
    v->errors = found;
    set_diagnosis(v);
    return true;
}

static bool is_thanks(const struct desk *d, const struct desk_people *people, struct slice own,
                      struct pool *pool)
{
    struct followup *f = pool_alloc(pool, sizeof(*f));
    struct due_calendar calendar = due_calendar_of(d->conf);
    followup_read(f, own, false, people->directory, people->names, &calendar, clock_now_ms(), pool);
    return f->thanks_only;
}

int errors_recognise(struct desk *d, const struct desk_people *people, struct job_view *v,
                     const struct mail_bytes *mail, struct pool *pool, struct err *e)
{
    const struct command *c = &v->command;
    const struct plan *before = answered(v);
    struct diagnose_text *texts;
    if (!d->rules || (c->kind != COMMAND_TICKET && c->kind != COMMAND_ASK))
        return 0;
    if (errors_read_texts(d, v, mail, pool, e) != 0)
        return -1;
    texts = pool_array(pool, ERRORS_TEXTS, sizeof(*texts));
    size_t n =
        errors_texts(texts, v->texts, message_str(&v->message, v->message.subject), before != NULL, pool);
    if (before && !c->addressed) {
        v->thanks = is_thanks(d, people, texts[0].text, pool);
        if (v->thanks || takes_numbers(v, d->rules, before, texts[0].text, pool))
            return 0;
    }
    struct diagnoses *found = pool_alloc(pool, sizeof(*found));
    diagnose_match(d->rules, texts, n, pool, found);
    found->unmatched = found->n || c->kind != COMMAND_ASK ? "" : unknown_line(texts, n, pool);
    decide(v, found);
    return 0;
}
