/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz_due: a due rule against any calendar: what is accepted is bounded, and lies ahead on a day that is
 * worked. */
#include "fuzz.h"

#include "frontdesk/due.h"

static void check_time(const struct due *due, const struct due_calendar *cal, int64_t now_ms)
{
    struct tm day;
    int64_t ms;
    if (!due_compute(due, cal, now_ms, &ms)) {
        ENSURE(due->kind != DUE_HOURS && (cal->workdays == 0 || cal->holidays->n > 0));
        return;
    }
    ENSURE(ms > now_ms && clock_local(ms, cal->tz, &day));
    ENSURE(due->kind == DUE_HOURS || (cal->workdays & 1U << day.tm_wday));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const zones[] = {"Europe/Berlin", "America/New_York", "UTC", "Pacific/Apia",
                                        "Australia/Lord_Howe"};
    struct scan c = scan_of(slice_from((const char *)data, size));
    struct due_calendar cal = {.tz = zones[fuzz_pick(&c, ARRAY_LEN(zones))], .workdays = fuzz_pick(&c, 128)};
    cal.day_end_min = (int)(fuzz_pick(&c, 24) * 60 + fuzz_pick(&c, 60));
    int64_t now_ms = 1577836800000 + (int64_t)fuzz_pick(&c, 256) * 86400000 * 30;
    now_ms += (int64_t)fuzz_pick(&c, 31) * 86400000 + (int64_t)fuzz_pick(&c, 256) * 337500;
    struct pool *pool = pool_new(1 << 20);
    const char *rule = pool_slice(pool, fuzz_field(&c));
    char *days[8];
    struct conf_strings holidays = {.v = days};
    while (!scan_end(&c) && holidays.n < ARRAY_LEN(days))
        days[holidays.n++] = pool_slice(pool, fuzz_field(&c));
    cal.holidays = &holidays;
    struct due due;
    struct err e = ERR_INIT;
    if (due_parse(rule, &due, &e) == 0) {
        ENSURE(due.n <= (due.kind == DUE_HOURS ? 366 * 24 : 366) && due.minutes >= -1 &&
               due.minutes < 24 * 60);
        check_time(&due, &cal, now_ms);
    } else {
        ENSURE(e.code == ERR_CONFIG && e.text[0]);
    }
    pool_free(&pool);
    return 0;
}
