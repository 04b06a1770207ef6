/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * report_letter: a report as facts for the letter `report`: findings of one kind stand together, with cause
 * and steps once and a row each. Only so many rows are shown that no mail program cuts the letter off (one
 * does at 102 KB); the rest is in the table that comes with it.
 */
#include "frontdesk/reply_dates.h"
#include "report_words.h"
#include "frontdesk/reply.h"

enum { MOST_ROWS = 60, GROUP_ROWS = 15, GROUP_NOTES = 5, LINE_TEXT_MAX = 4000 };

struct writing {
    const struct report *r;
    const struct report_words *words;
    struct view *v;
    size_t shown;
};

static void set_filled(struct view *v, const char *name, const char *text, const struct report_fact *facts,
                       size_t n)
{
    struct buf b = BUF_INIT(LINE_TEXT_MAX);
    report_words_fill(text, facts, n, &b);
    view_set(v, name, buf_view(&b));
    buf_release(&b);
}

static int put_sentences(const struct writing *w, enum report_sort sort, const char *list, struct err *e)
{
    for (unsigned i = 0; i < w->r->n_sentences[sort]; i++) {
        const struct report_sentence *s = &w->r->sentences[sort][i];
        const struct report_entry *entry = report_words_need(w->words, s->key, e);
        if (!entry)
            return -1;
        const char *text = report_words_text(entry, WORDS_TEXT, w->r->integration, 0);
        struct report_fact said[REPORT_FACTS];
        size_t n = report_words_speak(w->words, s->facts, s->n_facts, said);
        if (sort == REPORT_VERDICT)
            set_filled(w->v, list, text, said, n);
        else
            set_filled(view_item(w->v, list), "line", text, said, n);
    }
    return 0;
}

/* A bar of at most three pieces; a piece is at least as wide as can be seen. */
static void put_bar(const struct writing *w)
{
    static const char *const flags[REPORT_SEVERITIES] = {"is_error", "is_warning", "is_note"};
    static const char *const numbers[REPORT_SEVERITIES] = {"errors", "warnings", "notes"};
    size_t all = w->r->n;
    for (int s = 0; s < REPORT_SEVERITIES; s++) {
        size_t n = w->r->counts[s];
        if (n == 0)
            continue;
        view_setf(w->v, numbers[s], "%zu", n);
        struct view *bar = view_item(w->v, "bars");
        view_flag(bar, flags[s], true);
        view_flag(bar, "one", n == 1);
        view_setf(bar, "count", "%zu", n);
        view_setf(bar, "share", "%zu", n * 100 / all < 3 ? (size_t)3 : n * 100 / all);
    }
}

/* A page that lists records has no id in its address; it is linked once a group, not once a row. */
static bool is_list(const struct report_evidence *e)
{
    return !slice_ends_nocase(slice_of(e->link), slice_of(e->id));
}

static void put_link(const struct report_words *w, const struct report_evidence *e, struct view *to,
                     const char *list)
{
    struct view *link = view_item(to, list);
    view_set(link, "href", slice_of(e->link));
    view_set(link, "what", slice_of(report_words_thing(w, e->what)));
    view_set(link, "system", slice_of(e->system));
}

/* The lists that records of these findings stand in, each once. */
static void put_lists(const struct report_words *w, const struct report_finding *f, size_t n, struct view *g)
{
    const char *seen[REPORT_EVIDENCE];
    size_t n_seen = 0;
    for (size_t i = 0; i < n; i++) {
        for (unsigned k = 0; k < f[i].n_evidence; k++) {
            const struct report_evidence *e = &f[i].evidence[k];
            bool known = !e->link[0] || !is_list(e) || n_seen == REPORT_EVIDENCE;
            for (size_t s = 0; s < n_seen; s++)
                known = known || strcmp(seen[s], e->link) == 0;
            if (known)
                continue;
            seen[n_seen++] = e->link;
            put_link(w, e, g, "lists");
        }
    }
}

static void write_ids(const struct report_words *w, const struct report_finding *f, struct buf *ids)
{
    for (unsigned i = 0; i < f->n_evidence; i++)
        buf_printf(ids, "%s%s %s", i ? ", " : "", report_words_thing(w, f->evidence[i].what),
                   f->evidence[i].id);
    if (f->more_evidence)
        buf_printf(ids, " +%u", f->more_evidence);
}

static void put_ids(const struct report_words *w, const struct report_finding *f, struct view *row)
{
    struct buf ids = BUF_INIT(LINE_TEXT_MAX);
    write_ids(w, f, &ids);
    for (unsigned i = 0; i < f->n_evidence; i++) {
        const struct report_evidence *e = &f->evidence[i];
        if (e->link[0] && !is_list(e))
            put_link(w, e, row, "links");
    }
    view_set(row, "ids", buf_view(&ids));
    buf_release(&ids);
}

static void put_row(const struct report_words *w, const struct report *r, const struct report_entry *entry,
                    size_t i, struct view *row)
{
    const struct report_finding *f = &r->findings[i];
    struct report_fact said[REPORT_FACTS];
    size_t n = report_words_speak(w, f->facts, f->n_facts, said);
    view_set(row, "object", slice_of(f->subject));
    set_filled(row, "detail", report_words_text(entry, WORDS_DETAIL, r->integration, 0), said, n);
    put_ids(w, f, row);
}

int report_row(const struct report *r, const struct templates *t, size_t i, struct view *row, struct err *e)
{
    const struct report_entry *entry =
        report_words_need(templates_report_words(t), r->kinds[r->findings[i].kind].key, e);
    if (!entry)
        return -1;
    view_set(row, "title", slice_of(report_words_text(entry, WORDS_TITLE, r->integration, 0)));
    put_row(templates_report_words(t), r, entry, i, row);
    return 0;
}

void report_pages(const struct report *r, const struct templates *t, struct view *v)
{
    put_lists(templates_report_words(t), r->findings, r->n, v);
}

int report_lines(const struct report *r, const struct templates *t, enum report_sort sort, struct view *v,
                 const char *list, struct err *e)
{
    const struct writing w = {.r = r, .words = templates_report_words(t), .v = v};
    return put_sentences(&w, sort, list, e);
}

static void put_group(struct writing *w, const struct report_entry *entry, size_t from, size_t to)
{
    const struct report *r = w->r;
    static const char *const flags[REPORT_SEVERITIES] = {"is_error", "is_warning", "is_note"};
    enum report_severity severity = r->kinds[r->findings[from].kind].severity;
    size_t most = severity == REPORT_NOTE ? GROUP_NOTES : GROUP_ROWS, left = MOST_ROWS - w->shown;
    struct view *g = view_item(w->v, "groups");
    most = most < left ? most : left;
    view_set(g, "title", slice_of(report_words_text(entry, WORDS_TITLE, r->integration, 0)));
    view_set(g, "cause", slice_of(report_words_text(entry, WORDS_CAUSE, r->integration, 0)));
    for (int s = 0; s < REPORT_SEVERITIES; s++)
        view_flag(g, flags[s], s == (int)severity);
    view_setf(g, "count", "%zu", to - from);
    for (size_t n = 0;; n++) {
        const char *step = report_words_text(entry, WORDS_FIX, r->integration, n);
        if (!step[0])
            break;
        struct view *s = view_item(g, "steps");
        view_setf(s, "n", "%zu", n + 1);
        view_set(s, "step", slice_of(step));
    }
    put_lists(w->words, &r->findings[from], to - from, g);
    for (size_t i = from; i < to && i - from < most; i++, w->shown++)
        put_row(w->words, r, entry, i, view_item(g, "rows"));
    if (to - from > most)
        view_setf(g, "more", "%zu", to - from - most);
    else
        view_set(g, "more", SLICE_NONE);
}

static int put_groups(struct writing *w, struct err *e)
{
    const struct report *r = w->r;
    for (size_t from = 0, to; from < r->n; from = to) {
        const struct report_entry *entry =
            report_words_need(w->words, r->kinds[r->findings[from].kind].key, e);
        if (!entry)
            return -1;
        for (to = from + 1; to < r->n && r->findings[to].kind == r->findings[from].kind;)
            to++;
        put_group(w, entry, from, to);
    }
    return 0;
}

const char *report_thing(const struct templates *t, const char *text)
{
    return report_words_thing(templates_report_words(t), text);
}

int report_line(const struct report *r, const struct templates *t, const struct report_finding *f,
                struct buf *out, struct err *e)
{
    const struct report_entry *entry = report_words_need(templates_report_words(t), r->kinds[f->kind].key, e);
    if (!entry)
        return -1;
    struct buf ids = BUF_INIT(LINE_TEXT_MAX);
    write_ids(templates_report_words(t), f, &ids);
    buf_printf(out, "%s: %s", report_words_text(entry, WORDS_TITLE, r->integration, 0), f->subject);
    if (ids.len)
        buf_printf(out, " (%s)", ids.data);
    buf_release(&ids);
    return 0;
}

int report_letter(const struct report *r, const struct templates *t, const char *template, struct view *about,
                  struct buf *subject, struct buf *text, struct buf *html, struct err *e)
{
    struct view *v = about ? about : view_new(r->pool);
    struct writing w = {.r = r, .words = templates_report_words(t), .v = v};
    view_set(v, "made", slice_of(dates_moment(t, r->made_ms, r->timezone, r->pool)));
    view_set(v, "firm", slice_of(r->firm));
    view_set(v, "check", slice_of(r->name));
    if (!about)
        view_set(v, "subject", slice_of(r->name));
    view_flag(v, "wide", true);
    put_bar(&w);
    if (put_sentences(&w, REPORT_VERDICT, "verdict", e) != 0 ||
        put_sentences(&w, REPORT_COMPARED, "compared", e) != 0 ||
        put_sentences(&w, REPORT_ASSUMED, "assumed", e) != 0 ||
        put_sentences(&w, REPORT_UNSEEN, "unseen", e) != 0 || put_groups(&w, e) != 0)
        return -1;
    return templates_render(t, template, v, subject, text, html, e);
}
