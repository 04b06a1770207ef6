/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * when: see when.h. A text is cut into tokens, each is looked up in one table (the longest phrase wins), then
 * days and times are taken in any order; a token that is left over makes the whole no date. Where people
 * differ: "next friday" is the Friday of next week, "friday" the coming one; a week begins on Monday; "next
 * week" and "next month" mean their first worked day, "eow" and "eom" the last; "in 3 days" moves off a day
 * that is not worked, "tomorrow" does not. A lead ("due", "by") makes spellings count that are too common
 * alone: sun, 24/7, "2 hours".
 */
#include "frontdesk/when.h"

#include "when_words.h"

enum { LONGEST = 80, YEARS_AHEAD = 10, NO_TIME = -2, SEARCH = 400 };

static const struct token *now_at(const struct reading *r, size_t further)
{
    size_t at = r->at + further;
    return &r->t[at < r->n ? at : r->n];
}

static bool means(const struct reading *r, size_t further, enum meaning m)
{
    return now_at(r, further)->entry->means == m;
}

static bool take(struct reading *r, enum meaning m)
{
    if (!means(r, 0, m))
        return false;
    r->at += now_at(r, 0)->entry_len;
    return true;
}

static bool sign_at(const struct reading *r, size_t further, char c)
{
    const struct token *t = now_at(r, further);
    return !t->number && t->text[0] == c && !t->text[1];
}

/* --- what was said --- */

enum day_kind {
    DAY_NONE,
    DAY_OFFSET,
    DAY_WEEKDAY,
    DAY_NEXT_WEEKDAY,
    DAY_DATE,
    DAY_OF_MONTH,
    DAY_COUNTED,
    DAY_MINUTES,
    DAY_MONTHS,
    DAY_WEEK,
    DAY_WEEK_END,
    DAY_MONTH_END,
    DAY_NEXT_MONTH
};

struct said {
    enum day_kind kind;
    int n;                /* days, weeks, months, minutes */
    int weekday;          /* -1: none */
    int year, month, day; /* year 0: none */
    struct due due;
    int minutes;
};

static bool date_fits(unsigned month, unsigned day)
{
    static const unsigned days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month >= 1 && month <= 12 && day >= 1 && day <= days[month - 1];
}

static bool set_date(struct said *s, int year, unsigned month, unsigned day)
{
    if (!date_fits(month, day))
        return false;
    s->kind = DAY_DATE;
    s->year = year;
    s->month = (int)month - 1;
    s->day = (int)day;
    return true;
}

/* "2026", "26" or "'26" behind a date; 0 = none. */
static int take_year(struct reading *r, bool short_too)
{
    const struct token *t = now_at(r, 0);
    size_t digits = strlen(t->text);
    bool is_year =
        t->number && ((digits == 4 && t->value >= 1970 && t->value < 2200) || (short_too && digits == 2));
    /* "5 Dec 2026" but not "5 Dec 20:26" */
    if (!is_year || sign_at(r, 1, ':') || means(r, 1, MERIDIEM))
        return 0;
    r->at++;
    return (int)t->value + (digits == 2 ? 2000 : 0);
}

/* 2026-12-05, 2026/12/05 */
static bool take_iso(struct reading *r, struct said *s)
{
    const struct token *t = now_at(r, 0);
    char sign = now_at(r, 1)->text[0];
    if (!t->number || strlen(t->text) != 4 || t->value < 1970 || (sign != '-' && sign != '/') ||
        !now_at(r, 2)->number || !sign_at(r, 3, sign) || !now_at(r, 4)->number ||
        !set_date(s, (int)t->value, now_at(r, 2)->value, now_at(r, 4)->value))
        return false;
    r->at += 5;
    take(r, ISO_T);
    return true;
}

/* 12/5, 12/5/26, 12-5-2026, 5.12., 5.12.2026 */
static bool take_numeric(struct reading *r, struct said *s, bool american)
{
    const struct token *a = now_at(r, 0), *b = now_at(r, 2);
    char sign = now_at(r, 1)->text[0];
    if (!a->number || !b->number || !now_at(r, 1)->glued || !b->glued || strlen(a->text) > 2 ||
        strlen(b->text) > 2 || (sign != '/' && sign != '.' && sign != '-'))
        return false;
    size_t start = r->at;
    bool again = sign_at(r, 3, sign) && now_at(r, 3)->glued;
    r->at += again ? 4 : 3;
    int year = again && (now_at(r, 0)->glued || sign == '.') ? take_year(r, true) : 0;
    bool around_the_clock = a->value == 24 && b->value == 7;
    bool enough = year || r->sure || (sign == '/' && !again && !around_the_clock) || (sign == '.' && again);
    bool month_is_first = sign != '.' && american;
    unsigned month = month_is_first ? a->value : b->value, day = month_is_first ? b->value : a->value;
    /* 25/12 has only one reading */
    bool other = sign != '.' && !date_fits(month, day);
    if (enough && (year || !again || sign == '.') &&
        (other ? set_date(s, year, day, month) : set_date(s, year, month, day)))
        return true;
    r->at = start;
    return false;
}

/* 5 Dec, 5th of December 2026, 5. Dec, 5-Dec-26, Dec 5, Dec 5th, 2026 */
static bool take_named(struct reading *r, struct said *s)
{
    size_t start = r->at;
    const struct token *day = now_at(r, 0);
    int month = -1;
    if (means(r, 0, MONTH)) {
        month = day->entry->n;
        r->at++;
        if (sign_at(r, 0, '.') || (sign_at(r, 0, '-') && now_at(r, 0)->glued))
            r->at++;
        day = now_at(r, 0);
    }
    bool twelve_hours = sign_at(r, 1, ':') || means(r, 1, MERIDIEM);
    if (!day->number || strlen(day->text) > 2 || (month >= 0 && twelve_hours)) {
        r->at = start;
        return false;
    }
    r->at++;
    take(r, ORDINAL);
    if (month < 0) {
        if (sign_at(r, 0, '.') || sign_at(r, 0, '-'))
            r->at++;
        take(r, OF);
        month = means(r, 0, MONTH) ? now_at(r, 0)->entry->n : -1;
        r->at += month >= 0;
        if (sign_at(r, 0, '.'))
            r->at++;
    }
    if (month < 0 || !set_date(s, 0, (unsigned)month + 1, day->value)) {
        r->at = start;
        return false;
    }
    size_t before = r->at;
    bool dash = sign_at(r, 0, '-') && now_at(r, 0)->glued;
    r->at += sign_at(r, 0, ',') || dash;
    s->year = take_year(r, dash);
    if (!s->year)
        r->at = before;
    return true;
}

/* "the 5th" */
static bool take_ordinal(struct reading *r, struct said *s, bool behind_weekday)
{
    size_t start = r->at;
    bool enough = take(r, THE) || r->sure || behind_weekday;
    const struct token *t = now_at(r, 0);
    if (!enough || !t->number || t->value < 1 || t->value > 31 || !means(r, 1, ORDINAL)) {
        r->at = start;
        return false;
    }
    r->at += 2;
    s->kind = DAY_OF_MONTH;
    s->day = (int)t->value;
    return true;
}

static bool take_date(struct reading *r, struct said *s, bool american)
{
    size_t start = r->at;
    if (take_iso(r, s) || take_numeric(r, s, american))
        return true;
    take(r, THE);
    if (take_named(r, s))
        return true;
    r->at = start;
    return take_ordinal(r, s, s->weekday >= 0);
}

static bool take_weekday(struct reading *r, struct said *s, bool american)
{
    size_t start = r->at;
    bool next = take(r, NEXT), named = next || take(r, THIS);
    const struct entry *e = now_at(r, 0)->entry;
    if (e->means != WEEKDAY && e->means != SHY_DAY) {
        r->at = start;
        return false;
    }
    if (e->means == SHY_DAY && !named && !r->sure && r->at + 1 == r->n) {
        r->at = start; /* alone it is a star */
        return false;
    }
    r->at++;
    s->kind = next ? DAY_NEXT_WEEKDAY : DAY_WEEKDAY;
    s->weekday = e->n;
    if (!next) {
        size_t before = r->at;
        if (sign_at(r, 0, '.') || sign_at(r, 0, ','))
            r->at++;
        if (take_date(r, s, american))
            return true;
        r->at = before;
    }
    return true;
}

static bool count_units(struct said *s, enum meaning unit, int each, unsigned n)
{
    unsigned total = n * (unsigned)each;
    if (n == 0 || n > 99999)
        return false;
    s->due = (struct due){.kind = unit == WORKDAYS ? DUE_WORKDAYS : DUE_DAYS, .n = total, .minutes = -1};
    s->n = (int)total;
    s->kind = unit == MINUTES ? DAY_MINUTES : unit == MONTHS ? DAY_MONTHS : DAY_COUNTED;
    return total <= (unit == MINUTES ? 366 * 24 * 60 : unit == MONTHS ? 12 : 366);
}

/* "in 3 days", "within 2h", "in half an hour", "a week from now" */
static bool take_count(struct reading *r, struct said *s)
{
    size_t start = r->at;
    bool enough = take(r, IN) || r->sure;
    const struct token *t = now_at(r, 0);
    unsigned n = t->number ? t->value : means(r, 0, NUMBER) ? (unsigned)t->entry->n : 0;
    bool half = means(r, 0, MINUTES) && t->entry_len > 1;
    if (n && !half)
        r->at += t->number ? 1 : t->entry_len;
    const struct token *unit = now_at(r, 0);
    enum meaning m = unit->entry->means;
    bool is_unit = m == MINUTES || m == DAYS || m == WORKDAYS || m == MONTHS;
    /* "2 h" reads well, "3 m" and "5 d" do not */
    bool letter = !unit->text[1] && !unit->glued && unit->text[0] != 'h';
    r->at += unit->entry_len;
    enough = take(r, FROM_NOW) || enough;
    if ((n || half) && is_unit && !letter && enough && count_units(s, m, unit->entry->n, half ? 1 : n))
        return true;
    r->at = start;
    return false;
}

static bool take_day(struct reading *r, struct said *s, bool american)
{
    static const struct {
        enum meaning means;
        enum day_kind kind;
    } plain[] = {{OFFSET, DAY_OFFSET},
                 {WEEK, DAY_WEEK},
                 {WEEK_END, DAY_WEEK_END},
                 {MONTH_END, DAY_MONTH_END},
                 {NEXT_MONTH, DAY_NEXT_MONTH}};
    for (size_t i = 0; i < ARRAY_LEN(plain); i++) {
        int n = now_at(r, 0)->entry->n;
        if (take(r, plain[i].means)) {
            s->kind = plain[i].kind;
            s->n = n;
            return true;
        }
    }
    if (take(r, WORKDAY))
        return count_units(s, WORKDAYS, 1, 1);
    return take_weekday(r, s, american) || take_count(r, s) || take_date(r, s, american);
}

/* --- times --- */

/* "3pm", "3:30 pm", "3.30pm", "15:00", "15:00:00"; behind "at" and a day also "3". */
static bool take_digits(struct reading *r, struct said *s, bool hour_will_do)
{
    const struct token *h = now_at(r, 0), *m = now_at(r, 2);
    size_t start = r->at;
    if (!h->number || strlen(h->text) > 2)
        return false;
    bool colon = sign_at(r, 1, ':'), minutes = (colon || sign_at(r, 1, '.')) && m->number && m->glued &&
                                               strlen(m->text) == 2 && m->value < 60;
    r->at += minutes ? 3 : 1;
    if (minutes && colon && sign_at(r, 0, ':') && now_at(r, 1)->number && strlen(now_at(r, 1)->text) == 2)
        r->at += 2;
    int half = means(r, 0, MERIDIEM) ? now_at(r, 0)->entry->n : -1;
    int hour = (int)h->value;
    bool good = half < 0 ? colon && minutes && hour < 24 : hour >= 1 && hour <= 12;
    if (half >= 0) {
        take(r, MERIDIEM);
        hour = hour % 12 + half;
    } else if (!good && hour_will_do && !minutes && hour >= 1 && hour <= 12) {
        /* "friday at 3" is no hour of the night */
        good = true;
        hour += hour < 7 ? 12 : 0;
    }
    if (!good) {
        r->at = start;
        return false;
    }
    s->minutes = hour * 60 + (minutes ? (int)m->value : 0);
    return true;
}

static bool take_time(struct reading *r, struct said *s, bool behind_at)
{
    const struct entry *e = now_at(r, 0)->entry;
    if (e->means == CLOCK || (e->means == PART && s->kind != DAY_NONE)) {
        r->at += now_at(r, 0)->entry_len;
        s->minutes = e->n;
        return true;
    }
    return take_digits(r, s, behind_at && s->kind != DAY_NONE);
}

static bool read_tokens(struct reading *r, struct said *s, bool american)
{
    while (means(r, 0, LEAD) || means(r, 0, LINK)) {
        r->sure = r->sure || means(r, 0, LEAD);
        r->at += now_at(r, 0)->entry_len;
    }
    for (bool behind_at = false; r->at < r->n;) {
        if ((s->minutes == NO_TIME && take_time(r, s, behind_at)) ||
            (s->kind == DAY_NONE && take_day(r, s, american))) {
            behind_at = false;
            continue;
        }
        size_t before = r->at;
        behind_at = means(r, 0, LINK) && !sign_at(r, 0, ',');
        while (take(r, POLITE)) {
        }
        if (r->at == r->n)
            break;
        if (!take(r, LINK) && !take(r, LEAD))
            return false;
        if (r->at == r->n || r->at == before)
            return false;
    }
    return s->kind != DAY_NONE || s->minutes != NO_TIME;
}

/* --- from words to the clock --- */

static bool at_clock(const struct tm *day, const struct said *s, const struct due_calendar *cal, int64_t *ms)
{
    return due_at_time(day, s->minutes < 0 ? cal->day_end_min : s->minutes, cal->tz, ms);
}

/* The date as a day; false if that year has none (29 February). */
static bool date_day(int year, int month, int mday, struct tm *day)
{
    *day = (struct tm){.tm_year = year - 1900, .tm_mon = month, .tm_mday = mday};
    due_step(day, 0);
    return day->tm_mon == month && day->tm_mday == mday;
}

static int compare_days(const struct tm *a, const struct tm *b)
{
    return (a->tm_year - b->tm_year) * 400 + a->tm_yday - b->tm_yday;
}

static bool find_date(const struct said *s, const struct tm *today, struct tm *day)
{
    int this_year = today->tm_year + 1900;
    if (s->year)
        return s->year <= this_year + YEARS_AHEAD && date_day(s->year, s->month, s->day, day) &&
               (s->weekday < 0 || s->weekday == day->tm_wday);
    int year = this_year;
    while (!date_day(year, s->month, s->day, day) || compare_days(day, today) < 0) {
        if (++year > this_year + YEARS_AHEAD)
            return false;
    }
    if (s->weekday < 0 || s->weekday == day->tm_wday)
        return true;
    /* "Fri 20 Nov", some days after it: past, and not the Saturday in a year */
    return date_day(this_year, s->month, s->day, day) && day->tm_wday == s->weekday;
}

static bool find_day_of_month(const struct said *s, const struct tm *today, struct tm *day)
{
    int month = today->tm_mon + (s->day < today->tm_mday ? 1 : 0);
    for (int i = 0; i < 12; i++, month++) {
        if (date_day(today->tm_year + 1900 + month / 12, month % 12, s->day, day))
            return s->weekday < 0 || s->weekday == day->tm_wday;
    }
    return false;
}

/* From `day` on, step by step, to one that is worked. */
static bool to_worked(struct tm *day, int step, int most, const struct due_calendar *cal)
{
    for (int i = 0; i < most; i++, due_step(day, step)) {
        if (due_is_worked(day, cal))
            return true;
    }
    return false;
}

static bool find_week_end(int weeks, const struct tm *today, const struct due_calendar *cal, struct tm *day)
{
    for (int more = 0; more < 2; more++) {
        *day = *today;
        due_step(day, 7 * (weeks + more) + 6 - (today->tm_wday + 6) % 7);
        if (to_worked(day, -1, 7, cal) && compare_days(day, today) >= 0)
            return true;
    }
    return false;
}

/* The first or, with `step` -1, the last worked day of the month `months` on. */
static bool find_in_month(int months, int step, const struct tm *today, const struct due_calendar *cal,
                          struct tm *day)
{
    int month = today->tm_mon + months + (step < 0 ? 1 : 0);
    if (!date_day(today->tm_year + 1900 + month / 12, month % 12, 1, day))
        return false;
    if (step < 0)
        due_step(day, -1);
    return to_worked(day, step, step < 0 ? 28 : SEARCH, cal);
}

/* The same day some months on, or the last one that month has. */
static bool find_months_on(int months, const struct tm *today, const struct due_calendar *cal, struct tm *day)
{
    int month = today->tm_mon + months;
    for (int mday = today->tm_mday; mday > 0; mday--) {
        if (date_day(today->tm_year + 1900 + month / 12, month % 12, mday, day))
            return to_worked(day, 1, SEARCH, cal);
    }
    return false;
}

static bool find_day(const struct said *s, const struct tm *today, const struct due_calendar *cal,
                     struct tm *day)
{
    *day = *today;
    int since_monday = (today->tm_wday + 6) % 7;
    switch (s->kind) {
    case DAY_OFFSET:
        due_step(day, s->n);
        return true;
    case DAY_WEEKDAY:
        due_step(day, (s->weekday - today->tm_wday + 7) % 7);
        return true;
    case DAY_NEXT_WEEKDAY:
        due_step(day, 7 - since_monday + (s->weekday + 6) % 7);
        return true;
    case DAY_DATE:
        return find_date(s, today, day);
    case DAY_OF_MONTH:
        return find_day_of_month(s, today, day);
    case DAY_MONTHS:
        return find_months_on(s->n, today, cal, day);
    case DAY_WEEK:
        due_step(day, 7 * s->n - since_monday);
        return to_worked(day, 1, SEARCH, cal);
    case DAY_WEEK_END:
        return find_week_end(s->n, today, cal, day);
    case DAY_MONTH_END:
        return (find_in_month(0, -1, today, cal, day) && compare_days(day, today) >= 0) ||
               find_in_month(1, -1, today, cal, day);
    case DAY_NEXT_MONTH:
        return find_in_month(1, 1, today, cal, day);
    default:
        return true; /* today */
    }
}

static bool resolve(const struct said *s, const struct due_calendar *cal, int64_t now_ms, int64_t *ms)
{
    struct tm today, day;
    if (!clock_local(now_ms, cal->tz, &today))
        return false;
    if (s->kind == DAY_MINUTES) {
        *ms = now_ms + (int64_t)s->n * 60 * 1000;
        return s->minutes == NO_TIME;
    }
    if (s->kind == DAY_COUNTED) {
        struct due due = s->due;
        due.minutes = s->minutes < 0 ? -1 : s->minutes;
        return due_compute(&due, cal, now_ms, ms);
    }
    if (!find_day(s, &today, cal, &day) || !at_clock(&day, s, cal, ms))
        return false;
    /* "friday" and "3pm" are the next ones; "today" and "eod" can be over */
    int again = s->kind == DAY_WEEKDAY ? 7 : s->kind == DAY_NONE && s->minutes >= 0 ? 1 : 0;
    if (*ms > now_ms || !again)
        return true;
    due_step(&day, again);
    return at_clock(&day, s, cal, ms);
}

enum when_result when_read(struct slice text, const struct due_calendar *cal, int64_t now_ms, int64_t *ms)
{
    struct reading r = {0};
    struct said s = {.weekday = -1, .minutes = NO_TIME};
    struct slice trimmed = slice_trim(text);
    if (trimmed.len == 0 || trimmed.len > LONGEST || !when_tokenise(&r, trimmed))
        return WHEN_NONE;
    if (!read_tokens(&r, &s, when_month_first(cal->tz)) || !resolve(&s, cal, now_ms, ms))
        return WHEN_NONE;
    return *ms > now_ms ? WHEN_OK : WHEN_PAST;
}
