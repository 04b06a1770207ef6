/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * report_data: a report as a table for a spreadsheet, and as JSON for programs.
 *
 * CSV as RFC 4180: UTF-8 with a mark, CRLF, every field in quotes. A spreadsheet runs a field that begins
 * with = + - @ (also in their full width), a tab or a line end, and rewrites one that looks like a number or
 * a date: 0042 becomes 42, 1-2 a day. Such a field gets an apostrophe in front, which shows as text.
 */
#include "report_words.h"

enum { FIELD_MAX = 8000, COLUMNS = 10, ROW_MAX = 2 * COLUMNS * FIELD_MAX, DIGITS_KEPT = 15 };
#define TABLE_CUT "table-cut"

/* --- csv --- */

static bool would_run(struct slice s)
{
    static const char *const signs[] = {"=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20"};
    if (s.len && (s.ptr[0] == '\t' || s.ptr[0] == '\r' || s.ptr[0] == '\n'))
        return true;
    s = slice_trim(s);
    for (size_t i = 0; i < ARRAY_LEN(signs); i++) {
        if (slice_starts(s, slice_of(signs[i])))
            return true;
    }
    return false;
}

static bool is_month(struct slice word)
{
    static const char *const months[] = {"january",   "february", "march",    "april",
                                         "may",       "june",     "july",     "august",
                                         "september", "october",  "november", "december"};
    for (size_t i = 0; i < ARRAY_LEN(months) && word.len >= 3; i++) {
        if (slice_starts_nocase(slice_of(months[i]), word))
            return true;
    }
    return false;
}

/* "Jan 2026", "1-Mar", "May 5, 2026": numbers and names of months, nothing else. */
static bool is_day(struct slice s)
{
    struct scan c = scan_of(s);
    bool month = false, number = false;
    while (!scan_end(&c)) {
        struct slice digits = scan_while(&c, "0123456789");
        struct slice word = scan_while(&c, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
        struct slice between = scan_while(&c, " .,-/'");
        if (!(digits.len + word.len + between.len) || (word.len && !is_month(word)))
            return false;
        number = number || digits.len;
        month = month || word.len;
    }
    return month && number;
}

/* 0042, 1.50, 1E5, 1/2, 3-4, 1:30, 10%; not 1042, which stays what it is. */
static bool would_change(struct slice s)
{
    struct scan c = scan_of(s = slice_trim(s));
    struct slice digits = scan_while(&c, "0123456789");
    if (is_day(s))
        return true;
    if (s.len == 0 || (digits.len == 0 && *s.ptr != '.'))
        return false;
    if (scan_end(&c))
        return digits.len > DIGITS_KEPT || (digits.len > 1 && *s.ptr == '0');
    scan_while(&c, "0123456789.,:/%$eE+- ");
    return scan_end(&c);
}

static void put_field(struct buf *out, struct slice s, bool last)
{
    buf_puts(out, would_run(s) || would_change(s) ? "\"'" : "\"");
    struct scan c = scan_of(s);
    while (!scan_end(&c)) {
        buf_slice(out, scan_until(&c, "\""));
        if (scan_char(&c, '"'))
            buf_puts(out, "\"\"");
    }
    buf_puts(out, last ? "\"\r\n" : "\",");
}

/* Ids of one system, or (NULL) the links. */
static void put_evidence(const struct report_words *w, const struct report_finding *f, const char *system,
                         struct buf *out)
{
    for (unsigned i = 0; i < f->n_evidence; i++) {
        const struct report_evidence *e = &f->evidence[i];
        if (system && strcmp(e->system, system) == 0)
            buf_printf(out, "%s%s %s", out->len ? "; " : "", report_words_thing(w, e->what), e->id);
        else if (!system && e->link[0])
            buf_printf(out, "%s%s", out->len ? " " : "", e->link);
    }
}

static void put_steps(const struct report_entry *entry, const struct report *r,
                      const struct report_fact *facts, size_t n_facts, struct buf *out)
{
    for (size_t n = 0;; n++) {
        const char *step = report_words_text(entry, WORDS_FIX, r->integration, n);
        if (!step[0])
            return;
        buf_printf(out, "%s%zu) ", n ? " " : "", n + 1);
        report_words_fill(step, facts, n_facts, out);
    }
}

static void put_row(const struct report_words *w, const struct report *r, const struct report_entry *entry,
                    const struct report_finding *f, struct buf *out)
{
    static const enum report_field texts[] = {WORDS_DETAIL, WORDS_CAUSE};
    struct buf field = BUF_INIT(FIELD_MAX);
    struct report_fact said[REPORT_FACTS];
    size_t n = report_words_speak(w, f->facts, f->n_facts, said);
    put_field(out, slice_of(report_words_thing(w, report_severity_name(r->kinds[f->kind].severity))), false);
    put_field(out, slice_of(report_words_text(entry, WORDS_TITLE, r->integration, 0)), false);
    put_field(out, slice_of(f->subject), false);
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        report_words_fill(report_words_text(entry, texts[i], r->integration, 0), said, n, &field);
        put_field(out, buf_view(&field), false);
        buf_clear(&field);
    }
    put_steps(entry, r, said, n, &field);
    put_field(out, buf_view(&field), false);
    static const char *const systems[] = {"Autotask", "QuickBooks", NULL};
    for (size_t i = 0; i < ARRAY_LEN(systems); i++) {
        buf_clear(&field);
        put_evidence(w, f, systems[i], &field);
        put_field(out, buf_view(&field), false);
    }
    put_field(out, slice_of(r->kinds[f->kind].key), true);
    buf_release(&field);
}

/* The row that stands for those that are left out: section [table-cut]. */
static int put_rest(const struct report *r, const struct templates *t, size_t n, struct buf *out,
                    struct err *e)
{
    const struct report_entry *entry = report_words_need(templates_report_words(t), TABLE_CUT, e);
    char digits[24];
    struct buf text = BUF_INIT(FIELD_MAX);
    if (!entry)
        return -1;
    snprintf(digits, sizeof(digits), "%zu", n);
    const struct report_fact facts[] = {{"n", digits}, {"what", r->name}};
    report_words_fill(report_words_text(entry, WORDS_TEXT, r->integration, 0), facts, ARRAY_LEN(facts),
                      &text);
    put_field(
        out,
        slice_of(report_words_thing(templates_report_words(t),
                                    report_severity_name(r->kinds[r->findings[r->n - n].kind].severity))),
        false);
    put_field(out, buf_view(&text), false);
    for (size_t i = 2; i + 1 < COLUMNS; i++)
        put_field(out, SLICE_NONE, false);
    put_field(out, slice_of(TABLE_CUT), true);
    buf_release(&text);
    return 0;
}

int report_csv_within(const struct report *r, const struct templates *t, size_t most, struct buf *out,
                      struct err *e)
{
    static const char *const heads[COLUMNS] = {"Severity",       "Finding", "Subject",  "Detail",
                                               "Why it matters", "Fix",     "Autotask", "QuickBooks",
                                               "Links",          "Kind"};
    struct buf row = BUF_INIT(ROW_MAX);
    int rc = 0;
    buf_puts(out, "\xef\xbb\xbf");
    for (size_t i = 0; i < COLUMNS; i++)
        put_field(out, slice_of(report_words_thing(templates_report_words(t), heads[i])), i + 1 == COLUMNS);
    for (size_t i = 0; i < r->n && rc == 0; i++) {
        const struct report_entry *entry =
            report_words_need(templates_report_words(t), r->kinds[r->findings[i].kind].key, e);
        if (!entry) {
            rc = -1;
            break;
        }
        buf_clear(&row);
        put_row(templates_report_words(t), r, entry, &r->findings[i], &row);
        if (out->len + row.len + FIELD_MAX > most) {
            rc = put_rest(r, t, r->n - i, out, e);
            break;
        }
        buf_slice(out, buf_view(&row));
    }
    buf_release(&row);
    if (rc == 0 && out->overflow)
        rc = err_set(e, ERR_TEMPLATE, "the table is too long");
    return rc;
}

int report_csv(const struct report *r, const struct templates *t, struct buf *out, struct err *e)
{
    return report_csv_within(r, t, SIZE_MAX, out, e);
}

/* --- json --- */

static void put_member(struct buf *out, const char *name, struct slice text)
{
    buf_printf(out, ",\"%s\":", name);
    buf_put_json(out, text);
}

static void put_filled(const char *name, const char *text, const struct report_fact *facts, size_t n,
                       struct buf *out)
{
    struct buf filled = BUF_INIT(FIELD_MAX);
    report_words_fill(text, facts, n, &filled);
    put_member(out, name, buf_view(&filled));
    buf_release(&filled);
}

static void put_json_facts(const struct report_finding *f, struct buf *out)
{
    buf_puts(out, ",\"facts\":{");
    for (unsigned i = 0; i < f->n_facts; i++) {
        buf_printf(out, "%s\"%s\":", i ? "," : "", f->facts[i].name);
        buf_put_json(out, slice_of(f->facts[i].text));
    }
    buf_puts(out, "},\"evidence\":[");
    for (unsigned i = 0; i < f->n_evidence; i++) {
        const struct report_evidence *e = &f->evidence[i];
        buf_printf(out, "%s{\"system\":", i ? "," : "");
        buf_put_json(out, slice_of(e->system));
        put_member(out, "what", slice_of(e->what));
        put_member(out, "id", slice_of(e->id));
        put_member(out, "link", slice_of(e->link));
        buf_putc(out, '}');
    }
    buf_printf(out, "],\"more_evidence\":%u", f->more_evidence);
}

static void put_finding(const struct report *r, const struct report_entry *entry,
                        const struct report_finding *f, struct buf *out)
{
    buf_printf(out, "{\"kind\":\"%s\",\"severity\":\"%s\"", r->kinds[f->kind].key,
               report_severity_name(r->kinds[f->kind].severity));
    put_member(out, "title", slice_of(report_words_text(entry, WORDS_TITLE, r->integration, 0)));
    put_member(out, "subject", slice_of(f->subject));
    put_filled("detail", report_words_text(entry, WORDS_DETAIL, r->integration, 0), f->facts, f->n_facts,
               out);
    put_filled("cause", report_words_text(entry, WORDS_CAUSE, r->integration, 0), f->facts, f->n_facts, out);
    struct buf steps = BUF_INIT(FIELD_MAX);
    put_steps(entry, r, f->facts, f->n_facts, &steps);
    put_member(out, "fix", buf_view(&steps));
    buf_release(&steps);
    put_json_facts(f, out);
    buf_putc(out, '}');
}

int report_said(const struct report *r, const struct templates *t, const struct report_sentence *s,
                struct buf *out, struct err *e)
{
    const struct report_entry *entry = report_words_need(templates_report_words(t), s->key, e);
    if (!entry)
        return -1;
    struct report_fact said[REPORT_FACTS];
    size_t n = report_words_speak(templates_report_words(t), s->facts, s->n_facts, said);
    report_words_fill(report_words_text(entry, WORDS_TEXT, r->integration, 0), said, n, out);
    return 0;
}

static int put_sentences(const struct report *r, const struct templates *t, const char *name,
                         enum report_sort sort, struct buf *out, struct err *e)
{
    struct buf text = BUF_INIT(FIELD_MAX);
    int rc = 0;
    buf_printf(out, ",\"%s\":[", name);
    for (unsigned i = 0; i < r->n_sentences[sort] && rc == 0; i++) {
        buf_clear(&text);
        rc = report_said(r, t, &r->sentences[sort][i], &text, e);
        buf_puts(out, i ? "," : "");
        buf_put_json(out, buf_view(&text));
    }
    buf_putc(out, ']');
    buf_release(&text);
    return rc;
}

int report_verdict(const struct report *r, const struct templates *t, struct buf *out, struct err *e)
{
    if (r->n_sentences[REPORT_VERDICT] == 0)
        return 0;
    return report_said(r, t, &r->sentences[REPORT_VERDICT][0], out, e);
}

int report_json(const struct report *r, const struct templates *t, struct buf *out, struct err *e)
{
    char when[32];
    clock_format_utc(r->made_ms, when);
    buf_printf(out, "{\"made\":\"%s\",\"integration\":\"%s\"", when, r->integration);
    put_member(out, "check", slice_of(r->name));
    buf_printf(out, ",\"errors\":%zu,\"warnings\":%zu,\"notes\":%zu", r->counts[REPORT_ERROR],
               r->counts[REPORT_WARNING], r->counts[REPORT_NOTE]);
    if (put_sentences(r, t, "verdict", REPORT_VERDICT, out, e) != 0 ||
        put_sentences(r, t, "compared", REPORT_COMPARED, out, e) != 0 ||
        put_sentences(r, t, "assumed", REPORT_ASSUMED, out, e) != 0 ||
        put_sentences(r, t, "unseen", REPORT_UNSEEN, out, e) != 0)
        return -1;
    buf_puts(out, ",\"findings\":[");
    for (size_t i = 0; i < r->n; i++) {
        const struct report_entry *entry =
            report_words_need(templates_report_words(t), r->kinds[r->findings[i].kind].key, e);
        if (!entry)
            return -1;
        buf_puts(out, i ? ",\n" : "\n");
        put_finding(r, entry, &r->findings[i], out);
    }
    buf_puts(out, "]}\n");
    return out->overflow ? err_set(e, ERR_TEMPLATE, "the report is too long") : 0;
}

unsigned report_words_missing(const struct templates *t, const struct report_kind *kinds, size_t n_kinds,
                              const char *const *sentences, struct buf *problems)
{
    const struct report_words *w = templates_report_words(t);
    unsigned missing = 0;
    for (size_t i = 0; i < n_kinds; i++) {
        const struct report_entry *entry = report_words_find(w, kinds[i].key);
        static const enum report_field needed[] = {WORDS_TITLE, WORDS_DETAIL, WORDS_CAUSE, WORDS_FIX};
        for (size_t k = 0; k < ARRAY_LEN(needed); k++) {
            if (needed[k] == WORDS_FIX && kinds[i].severity == REPORT_NOTE)
                continue; /* there may be nothing to do */
            if (entry && report_words_text(entry, needed[k], "qbo-app", 0)[0])
                continue;
            buf_printf(problems, "templates: check: [%s] has no title, detail, cause or fix\n", kinds[i].key);
            missing++;
            break;
        }
    }
    for (; *sentences; sentences++) {
        const struct report_entry *entry = report_words_find(w, *sentences);
        if (entry && report_words_text(entry, WORDS_TEXT, "qbo-app", 0)[0])
            continue;
        buf_printf(problems, "templates: check: [%s] has no text\n", *sentences);
        missing++;
    }
    return missing;
}
