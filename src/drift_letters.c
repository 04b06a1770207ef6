/* SPDX-License-Identifier: GPL-2.0-or-later */
/* drift_letters: what is new and what is gone, and the letters that say so: the first one, a change, and once
 * a month that all is as it was. See drift.h. */
#include "job_private.h"
#include "drift.h"

enum { LINE_BYTES = 300, GONE_TOLD = 40 };

/* --- the difference --- */

struct seen {
    int64_t id;
    const struct report_finding *finding;
};

static int by_id(const void *a, const void *b)
{
    const struct seen *x = a, *y = b;
    return (x->id > y->id) - (x->id < y->id);
}

/* Findings by their identity, each once, in ascending order. */
static size_t see(const struct report *found, struct seen *out)
{
    size_t n = 0, kept = 0;
    for (size_t i = 0; i < found->n; i++) {
        if (found->kinds[found->findings[i].kind].severity != REPORT_NOTE)
            out[n++] = (struct seen){check_identity(found, &found->findings[i]), &found->findings[i]};
    }
    qsort(out, n, sizeof(*out), by_id);
    for (size_t i = 0; i < n; i++) {
        if (kept == 0 || out[kept - 1].id != out[i].id)
            out[kept++] = out[i];
    }
    return kept;
}

static const char *line_of(const struct drift_run *run, const struct report *found,
                           const struct report_finding *f, struct err *e)
{
    struct buf line = BUF_INIT(8000);
    int rc = report_line(found, run->desk->templates, f, &line, e);
    const char *out = rc == 0 ? pool_slice(run->pool, slice_cut_utf8(buf_view(&line), LINE_BYTES)) : NULL;
    buf_release(&line);
    return out;
}

static int add_fresh(struct drift_run *run, const struct report *found, const struct seen *s, struct err *e)
{
    const char *line = line_of(run, found, s->finding, e);
    run->add[run->n_add++] = (struct journal_watch_finding){.id = s->id, .line = line};
    return line ? 0 : -1;
}

static void lose(struct drift_run *run, const struct journal_watch_finding *k)
{
    run->gone[run->n_gone++] = k->id;
    if (!k->acked)
        run->gone_lines[run->n_told_gone++] = k->line;
}

/* Both lists stand in the order of their ids. */
static int walk(struct drift_run *run, const struct report *found, const struct seen *seen, size_t n,
                struct err *e)
{
    bool whole = check_is_whole(found);
    size_t i = 0, k = 0;
    while (i < n || k < run->n_known) {
        const struct journal_watch_finding *old = k < run->n_known ? &run->known[k] : NULL;
        bool only_old = old && (i == n || old->id < seen[i].id);
        bool both = old && i < n && old->id == seen[i].id;
        bool too_long = both && old->gone_ms && old->gone_ms < run->now_ms - WATCH_ACK_MS;
        if ((!only_old && !both) || too_long) {
            if (add_fresh(run, found, &seen[i], e) != 0)
                return -1;
        } else if (both && old->gone_ms) {
            run->back[run->n_back++] = old->id;
        } else if (only_old && !old->gone_ms && whole) {
            lose(run, old);
        }
        bool there = both || (only_old && !old->gone_ms && !whole);
        run->findings += !only_old || there;
        run->acked += there && old->acked && !too_long;
        k += only_old || both;
        i += !only_old;
    }
    return 0;
}

static int by_finding(const void *id, const void *finding)
{
    int64_t a = *(const int64_t *)id, b = ((const struct journal_watch_finding *)finding)->id;
    return (a > b) - (a < b);
}

/* The report of what is new, in the order of the whole one. */
static void keep_fresh(struct drift_run *run, const struct report *found)
{
    struct report *r = pool_alloc(run->pool, sizeof(*r));
    *r = *found;
    r->findings = NULL;
    r->n = r->room = 0;
    memset(r->counts, 0, sizeof(r->counts));
    for (size_t i = 0; i < found->n; i++) {
        int64_t id = check_identity(found, &found->findings[i]);
        bool is_fresh = bsearch(&id, run->add, run->n_add, sizeof(*run->add), by_finding) != NULL;
        if (is_fresh && found->kinds[found->findings[i].kind].severity != REPORT_NOTE)
            *report_add(r, found->findings[i].kind, "") = found->findings[i];
    }
    run->fresh = r;
}

int drift_compare(struct drift_run *run, const struct report *found, struct err *e)
{
    struct seen *seen = pool_array(run->pool, found->n + 1, sizeof(*seen));
    size_t n = see(found, seen);
    run->add = pool_array(run->pool, n + 1, sizeof(*run->add));
    run->back = pool_array(run->pool, n + 1, sizeof(*run->back));
    run->gone = pool_array(run->pool, run->n_known + 1, sizeof(*run->gone));
    run->gone_lines = pool_array(run->pool, run->n_known + 1, sizeof(*run->gone_lines));
    if (walk(run, found, seen, n, e) != 0)
        return -1;
    keep_fresh(run, found);
    return 0;
}

void drift_release(struct drift_run *run)
{
    if (run->fresh)
        report_release(run->fresh);
    run->fresh = NULL;
}

/* --- the letters --- */

/* NULL: nothing has to be said. */
static const char *template_for(const struct drift_run *run)
{
    int64_t due_ms;
    if (!run->before.known)
        return "watch_first";
    if (run->n_add || run->n_told_gone)
        return "watch_change";
    if (!schedule_month_later(run->before.told_ms, run->desk->conf->firm.timezone, &due_ms))
        return NULL;
    return run->now_ms >= due_ms ? "watch_still" : NULL;
}

static int write_letter(const struct drift_run *run, const char *template, const char *reader,
                        const struct facts_input *shared, const struct report *report,
                        struct journal_letter *out, struct err *e)
{
    struct desk *d = run->desk;
    struct pool *pool = run->pool;
    struct facts_input facts = *shared;
    unsigned number = run->before.letters + 1;
    struct plan plan = {.sender = reader,
                        .sender_name = "",
                        .subject = "",
                        .message_id = "",
                        .references = "",
                        .verb = pool_printf(pool, "check %s", run->check->name),
                        .argument = "",
                        .reply = "watch"};
    facts.plan = &plan;
    facts.token = origin_token(d, origin_watch_ref(run->schedule->check, number, pool), reader, pool);
    /* with the time: a rebuilt journal begins to count anew */
    const char *key = pool_printf(pool, "watch %s %s %u %lld %s", journal_instance(d->journal),
                                  run->schedule->check, number, (long long)run->now_ms, reader);
    if (job_letter(d, &plan, facts.mailbox, &facts, report, template, "watch", key, pool, out, e) != 0)
        return -1;
    out->kind = LETTER_WATCH;
    return 0;
}

int drift_letters(struct drift_run *run, struct journal_letter **out, size_t *n, bool *about_all,
                  struct err *e)
{
    struct desk *d = run->desk;
    const char *template = template_for(run), *const * readers;
    const struct journal_watch after = {.known = true, .ran_ms = run->now_ms};
    size_t n_readers = conf_watch_readers(d->conf, &readers);
    *n = 0;
    if (!template)
        return 0;
    *about_all = strcmp(template, "watch_still") == 0;
    struct watch_facts watch = {
        .schedule = run->schedule,
        .check = run->schedule->check,
        .last = drift_when(d, run->now_ms, run->pool),
        .next = drift_when(d, drift_next(d->conf, run->schedule, &after, run->now_ms), run->pool),
        .until = "",
        .findings = run->findings,
        .acked = run->acked,
        .fresh = run->n_add,
        .gone = run->n_told_gone,
        .gone_lines = run->gone_lines,
        .n_gone_lines = run->n_told_gone < GONE_TOLD ? run->n_told_gone : GONE_TOLD};
    struct facts_input shared = {.conf = d->conf,
                                 .mailbox = conf_watch_mailbox(d->conf),
                                 .templates = d->templates,
                                 .watch = &watch,
                                 .ref = "",
                                 .reason = "",
                                 .ticket_number = "",
                                 .diverted_to = "",
                                 .status_text = ""};
    /* nothing new: no table of nothing goes along, but with the first letter, which says what was compared */
    const struct report *report = run->n_add || !run->before.known ? run->fresh : NULL;
    *out = pool_array(run->pool, n_readers + 1, sizeof(**out));
    for (; *n < n_readers; ++*n) {
        if (write_letter(run, template, readers[*n], &shared, report, &(*out)[*n], e) != 0)
            return -1;
    }
    return 0;
}
