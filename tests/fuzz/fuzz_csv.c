/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz_csv: names and facts of both systems as a table: every row has all columns, each in quotes, a reader
 * gets back what was written, no field is a formula, and a bound is kept. */
#include "frontdesk/check.h"
#include "frontdesk/reply.h"
#include "fuzz.h"

#include <stdlib.h>

enum { COLUMNS = 10, MOST = 64 * 1024 };

static struct templates *texts(void)
{
    static struct templates *t;
    char path[4200];
    const char *src = getenv("FRONTDESK_SRC");
    struct buf problems = BUF_INIT(1 << 20);
    snprintf(path, sizeof(path), "%s/templates", src ? src : ".");
    if (!t)
        ENSURE(templates_load(&t, path, NULL, "en", &problems) == 0);
    buf_release(&problems);
    return t;
}

/* What a spreadsheet runs when it opens the file. */
static bool is_formula(struct slice s)
{
    if (s.len && strchr("\t\r\n", *s.ptr))
        return true;
    while (s.len && *s.ptr == ' ')
        s = slice_skip(s, 1);
    return s.len && strchr("=+-@", *s.ptr);
}

/* One field of a row, its quotes undone. */
static bool take_field(struct scan *c, struct buf *out)
{
    buf_clear(out);
    if (!scan_char(c, '"'))
        return false;
    for (;;) {
        int ch = scan_next(c);
        if (ch < 0)
            return false;
        if (ch == '"' && !scan_char(c, '"'))
            return true;
        buf_putc(out, (char)ch);
    }
}

static size_t check_table(struct slice table)
{
    struct buf field = BUF_INIT(4 << 20);
    struct scan c = scan_of(table);
    size_t rows = 0;
    ENSURE(slice_starts(table, SLICE("\xef\xbb\xbf")));
    c.p += 3;
    for (; !scan_end(&c); rows++) {
        for (size_t i = 0; i < COLUMNS; i++) {
            ENSURE(take_field(&c, &field) && !is_formula(buf_view(&field)));
            ENSURE(i + 1 < COLUMNS ? scan_char(&c, ',') : scan_char(&c, '\r') && scan_char(&c, '\n'));
        }
    }
    buf_release(&field);
    return rows;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {"name", "n", "what", "other", "type", "account", "number", "code"};
    struct scan c = scan_of(slice_from((const char *)data, size));
    struct pool *pool = pool_new(64 << 20);
    struct report r;
    struct err e = ERR_INIT;
    struct buf whole = BUF_INIT(32 << 20), cut = BUF_INIT(32 << 20);
    size_t n_kinds;
    const struct report_kind *kinds = check_kinds(&n_kinds);
    report_init(&r, pool, kinds, n_kinds);
    r.name = "check mapping";
    r.integration = "qbo-app";
    for (size_t n = 0; !scan_end(&c) && n < 50; n++) {
        unsigned kind = fuzz_pick(&c, (unsigned)n_kinds);
        struct report_finding *f = report_add(&r, kind, pool_slice(pool, fuzz_field(&c)));
        for (size_t i = 0; i < 3; i++)
            report_fact(f, names[fuzz_pick(&c, ARRAY_LEN(names))], pool_slice(pool, fuzz_field(&c)));
        report_evidence(f, n % 2 ? "Autotask" : "QuickBooks", "item", pool_slice(pool, fuzz_field(&c)),
                        pool_slice(pool, fuzz_field(&c)));
    }
    report_sort(&r);
    ENSURE(report_csv(&r, texts(), &whole, &e) == 0 && check_table(buf_view(&whole)) == r.n + 1);
    ENSURE(report_csv_within(&r, texts(), MOST, &cut, &e) == 0 && check_table(buf_view(&cut)) <= r.n + 2);
    ENSURE(cut.len <= MOST + 64 * 1024);
    report_release(&r);
    buf_release(&whole);
    buf_release(&cut);
    pool_free(&pool);
    return 0;
}
