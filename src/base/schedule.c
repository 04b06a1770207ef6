/* SPDX-License-Identifier: GPL-2.0-or-later */
/* schedule: see schedule.h. Days are stepped on a plain calendar; only the last step knows the zone. */
#include "frontdesk/schedule.h"
#include "frontdesk/due.h"

#define HOUR_MS ((int64_t)3600 * 1000)

const char *const schedule_checks[] = {"mapping", "accounts", "terms", "sync", "connection", "all", NULL};

static const char *const day_names[] = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};

/* --- reading --- */

static struct slice next_word(struct scan *c)
{
    scan_while(c, " \t");
    return scan_until(c, " \t");
}

static int read_time(struct slice word, int *minutes, struct err *e)
{
    long colon = slice_find_char(word, ':');
    uint64_t h, m;
    if (colon < 1 || colon > 2 || word.len != (size_t)colon + 3 ||
        !slice_to_u64(slice_cut(word, (size_t)colon), 0, 23, &h) ||
        !slice_to_u64(slice_skip(word, (size_t)colon + 1), 0, 59, &m))
        return err_set(e, ERR_CONFIG,
                       word.len ? "\"%.*s\" is no time of day" : "%.*sa time of day is missing",
                       SLICE_ARG(slice_cut_utf8(word, 40)));
    *minutes = (int)(h * 60 + m);
    return 0;
}

static int read_weekday(struct slice word, int *weekday, struct err *e)
{
    for (size_t i = 0; i < ARRAY_LEN(day_names); i++) {
        if (slice_eq_nocase(word, slice_of(day_names[i]))) {
            *weekday = (int)i;
            return 0;
        }
    }
    return err_set(e, ERR_CONFIG,
                   word.len ? "\"%.*s\" is no day (sun, mon, tue, wed, thu, fri, sat)"
                            : "%.*sa day is missing (sun, mon, tue, wed, thu, fri, sat)",
                   SLICE_ARG(slice_cut_utf8(word, 40)));
}

static int read_check(struct slice word, const char **check, struct err *e)
{
    char near_word[40];
    for (size_t i = 0; schedule_checks[i]; i++) {
        if (slice_eq_nocase(word, slice_of(schedule_checks[i]))) {
            *check = schedule_checks[i];
            return 0;
        }
    }
    snprintf(near_word, sizeof(near_word), "%.*s", SLICE_ARG(slice_cut_utf8(word, 30)));
    const char *near = word.len ? fold_nearest(near_word, schedule_checks) : NULL;
    if (!word.len)
        return err_set(e, ERR_CONFIG, "an item is empty");
    return err_set(e, ERR_CONFIG,
                   "\"%s\" is no check that can be watched%s%s%s; there are mapping, accounts, "
                   "terms, sync, connection, all",
                   near_word, near ? ", did you mean \"" : "", near ? near : "", near ? "\"" : "");
}

static int read_item(struct slice text, struct schedule *out, struct err *e)
{
    struct scan c = scan_of(slice_trim(text));
    *out = (struct schedule){.check = NULL};
    if (read_check(next_word(&c), &out->check, e) != 0)
        return -1;
    struct slice how = next_word(&c);
    if (slice_eq_nocase(how, SLICE("hourly")))
        out->kind = SCHEDULE_HOURLY;
    else if (slice_eq_nocase(how, SLICE("daily")))
        out->kind = SCHEDULE_DAILY;
    else if (slice_eq_nocase(how, SLICE("weekly")))
        out->kind = SCHEDULE_WEEKLY;
    else
        return err_set(e, ERR_CONFIG, "%s is to be made hourly, daily or weekly, not \"%.*s\"", out->check,
                       SLICE_ARG(slice_cut_utf8(how, 40)));
    if (out->kind == SCHEDULE_WEEKLY && read_weekday(next_word(&c), &out->weekday, e) != 0)
        return -1;
    if (out->kind != SCHEDULE_HOURLY && read_time(next_word(&c), &out->minutes, e) != 0)
        return -1;
    struct slice rest = slice_trim(scan_rest(&c));
    return rest.len ? err_set(e, ERR_CONFIG, "\"%.*s\" is too much", SLICE_ARG(slice_cut_utf8(rest, 40))) : 0;
}

int schedule_parse(const char *text, struct schedule *out, size_t *n, struct err *e)
{
    struct scan c = scan_of(slice_of(text));
    *n = 0;
    do {
        struct schedule item;
        if (read_item(scan_until(&c, ","), &item, e) != 0)
            return -1;
        for (size_t i = 0; i < *n; i++) {
            if (out[i].check == item.check)
                return err_set(e, ERR_CONFIG, "%s is there twice", item.check);
        }
        ENSURE(*n < SCHEDULE_MOST); /* there are fewer checks than that */
        out[(*n)++] = item;
    } while (scan_char(&c, ','));
    return 0;
}

void schedule_words(const struct schedule *s, struct buf *out)
{
    if (s->kind == SCHEDULE_HOURLY)
        buf_puts(out, "hourly");
    else if (s->kind == SCHEDULE_DAILY)
        buf_printf(out, "daily %02d:%02d", s->minutes / 60, s->minutes % 60);
    else
        buf_printf(out, "weekly %s %02d:%02d", day_names[s->weekday], s->minutes / 60, s->minutes % 60);
}

/* --- the next time --- */

/* The full hour of the local clock: offsets of zones are not all whole hours. */
static int64_t next_hour(int64_t after_ms, int64_t offset_ms)
{
    int64_t local = after_ms + offset_ms, over = local % HOUR_MS;
    if (over < 0)
        over += HOUR_MS;
    return after_ms - over + HOUR_MS;
}

bool schedule_next(const struct schedule *s, const char *tz, int64_t after_ms, int64_t *out)
{
    struct tm day;
    if (!clock_local(after_ms, tz, &day))
        return false;
    if (s->kind == SCHEDULE_HOURLY) {
        *out = next_hour(after_ms, (int64_t)day.tm_gmtoff * 1000);
        return true;
    }
    for (int i = 0; i < 9; i++, due_step(&day, 1)) {
        if (s->kind == SCHEDULE_WEEKLY && day.tm_wday != s->weekday)
            continue;
        if (!due_at_time(&day, s->minutes, tz, out))
            return false;
        if (*out > after_ms)
            return true;
    }
    return false;
}

static int days_of(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month] + (month == 1 && leap);
}

bool schedule_month_later(int64_t ms, const char *tz, int64_t *out)
{
    struct tm t;
    if (!clock_local(ms, tz, &t))
        return false;
    t.tm_year += t.tm_mon == 11;
    t.tm_mon = (t.tm_mon + 1) % 12;
    int most = days_of(t.tm_year + 1900, t.tm_mon);
    t.tm_mday = t.tm_mday < most ? t.tm_mday : most;
    return due_at_time(&t, t.tm_hour * 60 + t.tm_min, tz, out);
}
