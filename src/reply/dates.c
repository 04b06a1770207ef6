/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dates: days and times of letters, in the order and with the names that the language gives them. See
 * reply_dates.h. */
#include "frontdesk/reply_dates.h"

#include "frontdesk/reply_sentence.h"

/* The n-th word of a row of names; the loader has counted them. */
static const char *name_of(const struct templates *t, enum say row, int n, struct pool *pool)
{
    struct scan c = scan_of(slice_of(sentence(t, pool, row, SAY_END)));
    struct slice word = SLICE_NONE;
    for (int i = 0; i <= n; i++) {
        scan_while(&c, " ");
        word = scan_until(&c, " ");
    }
    return pool_slice(pool, word);
}

const char *dates_day(const struct templates *t, int64_t ms, int64_t now_ms, const char *tz,
                      struct pool *pool)
{
    struct tm day, now;
    if (!clock_local(ms, tz, &day) || !clock_local(now_ms, tz, &now))
        BUG("firm.timezone");
    return sentence(t, pool, SAY_DATE, "weekday", name_of(t, SAY_WEEKDAYS, day.tm_wday, pool), "day",
                    pool_printf(pool, "%d", day.tm_mday), "month", name_of(t, SAY_MONTHS, day.tm_mon, pool),
                    "year", day.tm_year == now.tm_year ? "" : pool_printf(pool, "%d", day.tm_year + 1900),
                    "time", pool_printf(pool, "%02d:%02d", day.tm_hour, day.tm_min), SAY_END);
}

const char *dates_clock(const struct templates *t, int64_t ms, int64_t now_ms, const char *tz,
                        struct pool *pool)
{
    struct tm then, now;
    if (!clock_local(ms, tz, &then) || !clock_local(now_ms, tz, &now))
        BUG("firm.timezone");
    bool today = then.tm_year == now.tm_year && then.tm_yday == now.tm_yday;
    return today ? pool_printf(pool, "%02d:%02d", then.tm_hour, then.tm_min)
                 : dates_day(t, ms, now_ms, tz, pool);
}

const char *dates_moment(const struct templates *t, int64_t ms, const char *tz, struct pool *pool)
{
    struct tm tm;
    if (ms <= 0 || !clock_local(ms, tz, &tm))
        return "-";
    return sentence(t, pool, SAY_MOMENT, "day", pool_printf(pool, "%02d", tm.tm_mday), "month",
                    name_of(t, SAY_MONTHS, tm.tm_mon, pool), "time",
                    pool_printf(pool, "%02d:%02d:%02d", tm.tm_hour, tm.tm_min, tm.tm_sec), SAY_END);
}
