/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz_overrides: the first line as a subject, the rest as a text; the first line also as a date. */
#include "frontdesk/command_overrides.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct directory_label queues[] = {{1, "Help Desk", NULL}, {2, "Triage", NULL}},
                                    priorities[] = {
                                        {1, "Critical", NULL}, {2, "High", NULL}, {3, "Gr\xc3\xbcn", NULL}};
static const struct directory_company companies[] = {{0, "Northwind", "northwind.example", NULL},
                                                     {1, "Acme Dental", "", NULL},
                                                     {2, "Acme, Inc.", "acme.example", NULL}};

static const struct directory *tenant(void)
{
    static struct directory *d;
    struct directory values = {
        .lists = {[LIST_QUEUE] = queues, [LIST_PRIORITY] = priorities},
        .n_lists = {[LIST_QUEUE] = ARRAY_LEN(queues), [LIST_PRIORITY] = ARRAY_LEN(priorities)},
        .companies = companies,
        .n_companies = ARRAY_LEN(companies)};
    if (!d)
        d = directory_build(&values);
    return d;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const int64_t now = 1795536000000;
    const struct due_calendar cal = {.tz = "America/New_York", .workdays = 0x3e, .day_end_min = 1020};
    struct pool *pool = pool_new(64 << 20);
    struct scan c = scan_of(slice_from((const char *)data, size));
    struct slice title = scan_line(&c), text = scan_rest(&c);
    struct overrides o;
    int64_t ms = 0;
    enum when_result is = when_read(title, &cal, now, &ms);
    ENSURE(is == WHEN_NONE || (is == WHEN_OK) == (ms > now));
    overrides_read(&o, title, text, tenant(), &cal, now, pool);
    ENSURE(o.n <= OVERRIDES_MAX && o.title.len <= title.len && o.text.len <= text.len + 1);
    for (size_t i = 0; i < o.n; i++) {
        ENSURE(o.list[i].n_choices <= OVERRIDE_CHOICES && o.list[i].name);
        ENSURE(o.list[i].state != OVERRIDE_SEVERAL || o.list[i].n_choices > 1);
        for (size_t k = 0; k < i; k++)
            ENSURE(o.list[k].key != o.list[i].key || o.list[i].key == OVERRIDE_CC);
    }
    ENSURE(!pool_exhausted(pool));
    pool_free(&pool);
    return 0;
}
