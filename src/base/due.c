/* SPDX-License-Identifier: GPL-2.0-or-later */
/* due: see due.h. Dates are stepped at noon UTC on a plain calendar; only the last step knows the zone. */
#include "frontdesk/due.h"

#define DAY_MAX     366
#define HOUR_MAX    (366 * 24)
#define SEARCH_DAYS 732
#define HOUR_MS     ((int64_t)3600 * 1000)

static struct slice next_word(struct scan *c)
{
    scan_while(c, " \t");
    return scan_until(c, " \t");
}

static bool read_time(struct slice word, int *minutes)
{
    long colon = slice_find_char(word, ':');
    uint64_t h, m;
    if (colon < 1 || colon > 2 || word.len != (size_t)colon + 3)
        return false;
    if (!slice_to_u64(slice_cut(word, (size_t)colon), 0, 23, &h) ||
        !slice_to_u64(slice_skip(word, (size_t)colon + 1), 0, 59, &m))
        return false;
    *minutes = (int)(h * 60 + m);
    return true;
}

static bool read_count(struct scan *c, struct due *out)
{
    uint64_t n;
    if (!slice_to_u64(next_word(c), 1, HOUR_MAX, &n))
        return false;
    struct slice unit = next_word(c);
    if (slice_eq_nocase(unit, SLICE("hour")) || slice_eq_nocase(unit, SLICE("hours")))
        out->kind = DUE_HOURS;
    else if (slice_eq_nocase(unit, SLICE("workday")) || slice_eq_nocase(unit, SLICE("workdays")))
        out->kind = DUE_WORKDAYS;
    else if (slice_eq_nocase(unit, SLICE("day")) || slice_eq_nocase(unit, SLICE("days")))
        out->kind = DUE_DAYS;
    else
        return false;
    out->n = (unsigned)n;
    return out->kind == DUE_HOURS || n <= DAY_MAX;
}

static bool read_day(struct scan *c, struct due *out)
{
    struct slice word = next_word(c);
    if (slice_eq_nocase(word, SLICE("today")) || slice_eq_nocase(word, SLICE("tomorrow"))) {
        out->n = word.len == strlen("today") ? 0 : 1;
        return true;
    }
    if (slice_eq_nocase(word, SLICE("next"))) {
        out->kind = DUE_WORKDAYS;
        out->n = 1;
        return slice_eq_nocase(next_word(c), SLICE("workday"));
    }
    return slice_eq_nocase(word, SLICE("in")) && read_count(c, out);
}

int due_parse(const char *rule, struct due *out, struct err *e)
{
    struct scan c = scan_of(slice_trim(slice_of(rule)));
    struct due due = {.kind = DUE_DAYS, .minutes = -1};
    if (!read_day(&c, &due))
        return err_set(e, ERR_CONFIG, "not understood; allowed are %s (at most %d days)", DUE_FORMS, DAY_MAX);
    struct slice time = next_word(&c);
    if (time.len && (due.kind == DUE_HOURS || !read_time(time, &due.minutes)))
        return err_set(e, ERR_CONFIG, "\"%.*s\" is no time of day here; allowed are %s", SLICE_ARG(time),
                       DUE_FORMS);
    struct slice rest = slice_trim(scan_rest(&c));
    if (rest.len)
        return err_set(e, ERR_CONFIG, "\"%.*s\" is too much; allowed are %s", SLICE_ARG(rest), DUE_FORMS);
    *out = due;
    return 0;
}

struct due_calendar due_calendar_of(const struct conf *conf)
{
    return (struct due_calendar){.tz = conf->firm.timezone,
                                 .workdays = conf->firm.workdays,
                                 .day_start_min = conf->firm.day_start_min,
                                 .day_end_min = conf->firm.day_end_min,
                                 .holidays = &conf->firm.holidays};
}

bool due_is_worked(const struct tm *day, const struct due_calendar *cal)
{
    if (!(cal->workdays & 1U << day->tm_wday))
        return false;
    char date[16];
    strftime(date, sizeof(date), "%Y-%m-%d", day);
    for (size_t i = 0; cal->holidays && i < cal->holidays->n; i++) {
        const char *holiday = cal->holidays->v[i];
        if (strcmp(holiday, date) == 0 || strcmp(holiday, date + strlen("2026-")) == 0)
            return false;
    }
    return true;
}

void due_step(struct tm *day, int days)
{
    day->tm_mday += days;
    day->tm_hour = 12;
    day->tm_min = day->tm_sec = 0;
    timegm(day); /* normalises the date and sets the weekday */
}

static bool to_worked(struct tm *day, const struct due_calendar *cal)
{
    for (int i = 0; i < SEARCH_DAYS; i++, due_step(day, 1))
        if (due_is_worked(day, cal))
            return true;
    return false;
}

bool due_at_time(const struct tm *day, int minutes, const char *tz, int64_t *out)
{
    struct tm when = {.tm_year = day->tm_year,
                      .tm_mon = day->tm_mon,
                      .tm_mday = day->tm_mday,
                      .tm_hour = minutes / 60,
                      .tm_min = minutes % 60,
                      .tm_isdst = -1};
    return clock_from_local(&when, tz, out);
}

bool due_compute(const struct due *due, const struct due_calendar *cal, int64_t now_ms, int64_t *out_ms)
{
    struct tm day;
    if (!clock_local(now_ms, cal->tz, &day))
        return false;
    if (due->kind == DUE_HOURS) {
        *out_ms = now_ms + due->n * HOUR_MS;
        return true;
    }
    int minutes = due->minutes < 0 ? cal->day_end_min : due->minutes;
    for (unsigned i = 0; i < due->n; i++) {
        due_step(&day, 1);
        if (due->kind == DUE_WORKDAYS && !to_worked(&day, cal))
            return false;
    }
    if (!to_worked(&day, cal) || !due_at_time(&day, minutes, cal->tz, out_ms))
        return false;
    if (*out_ms > now_ms)
        return true;
    due_step(&day, 1);
    return to_worked(&day, cal) && due_at_time(&day, minutes, cal->tz, out_ms);
}

bool due_after_minutes(const struct due_calendar *cal, int64_t now_ms, unsigned minutes, int64_t *out_ms)
{
    struct tm day;
    int64_t left_ms = (int64_t)minutes * 60000, at = now_ms;
    if (!clock_local(now_ms, cal->tz, &day))
        return false;
    for (int i = 0; i < SEARCH_DAYS; i++, due_step(&day, 1)) {
        int64_t open, closed;
        if (!due_is_worked(&day, cal))
            continue;
        if (!due_at_time(&day, cal->day_start_min, cal->tz, &open) ||
            !due_at_time(&day, cal->day_end_min, cal->tz, &closed))
            return false;
        at = open > now_ms ? open : now_ms;
        if (closed > at && closed - at >= left_ms) {
            *out_ms = at + left_ms;
            return true;
        }
        left_ms -= closed > at ? closed - at : 0;
    }
    return false;
}
