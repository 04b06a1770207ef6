/* SPDX-License-Identifier: GPL-2.0-or-later */
/* due: rules, weekends, holidays, days with a change of clocks, the year's end, several zones. */
#include "frontdesk/due.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "local_time.h"

static const struct {
    const char *tz, *now, *rule, *want;
} cases[] = {
    /* Tue 24 Nov 2026 */
    {BERLIN, "2026-11-24 10:00", "today 17:00", "2026-11-24 17:00"},
    {BERLIN, "2026-11-24 17:00", "today 17:00", "2026-11-25 17:00"},
    {BERLIN, "2026-11-24 23:59", "today 17:00", "2026-11-25 17:00"},
    {BERLIN, "2026-11-24 10:00", "tomorrow 09:30", "2026-11-25 09:30"},
    {BERLIN, "2026-11-24 10:00", "tomorrow", "2026-11-25 17:00"},
    {BERLIN, "2026-11-24 10:00", "Next  WORKDAY 17:00", "2026-11-25 17:00"},
    {BERLIN, "2026-11-24 10:00", "in 3 days 12:00", "2026-11-27 12:00"},
    {BERLIN, "2026-11-24 10:00", "in 1 day 8:05", "2026-11-25 08:05"},
    {BERLIN, "2026-11-24 10:00", "in 4 hours", "2026-11-24 14:00"},
    /* Wed 25: Thu 26 is a holiday */
    {BERLIN, "2026-11-25 10:00", "next workday 17:00", "2026-11-27 17:00"},
    {BERLIN, "2026-11-25 10:00", "tomorrow 17:00", "2026-11-27 17:00"},
    {BERLIN, "2026-11-25 10:00", "in 2 workdays 12:00", "2026-11-30 12:00"},
    {BERLIN, "2026-11-25 18:00", "today 17:00", "2026-11-27 17:00"},
    {BERLIN, "2026-11-26 10:00", "today 17:00", "2026-11-27 17:00"},
    /* Friday evening, weekend */
    {BERLIN, "2026-11-27 18:00", "today 17:00", "2026-11-30 17:00"},
    {BERLIN, "2026-11-27 18:00", "tomorrow 17:00", "2026-11-30 17:00"},
    {BERLIN, "2026-11-27 18:00", "next workday 17:00", "2026-11-30 17:00"},
    {BERLIN, "2026-11-27 18:00", "in 3 days 12:00", "2026-11-30 12:00"},
    {BERLIN, "2026-11-27 18:00", "in 3 workdays 12:00", "2026-12-02 12:00"},
    {BERLIN, "2026-11-28 09:00", "today 17:00", "2026-11-30 17:00"},
    {BERLIN, "2026-11-28 09:00", "in 1 workday 17:00", "2026-11-30 17:00"},
    {BERLIN, "2026-11-28 09:00", "in 1 hour", "2026-11-28 10:00"},
    /* the year's end: Fri 25 Dec, Fri 1 Jan off */
    {BERLIN, "2026-12-24 10:00", "tomorrow 17:00", "2026-12-28 17:00"},
    {BERLIN, "2026-12-31 10:00", "next workday 17:00", "2027-01-04 17:00"},
    {BERLIN, "2026-12-31 10:00", "in 366 days 12:00", "2028-01-03 12:00"},
    {BERLIN, "2028-02-28 10:00", "tomorrow 17:00", "2028-02-29 17:00"},
    /* clocks change on 28 Mar 2027 and 31 Oct 2027 in Berlin, 14 Mar and 7 Nov in New York (all Sundays) */
    {BERLIN, "2027-03-26 10:00", "in 3 days 17:00", "2027-03-29 17:00"},
    {BERLIN, "2027-10-29 10:00", "in 3 days 17:00", "2027-11-01 17:00"},
    {YORK, "2027-03-12 10:00", "next workday 17:00", "2027-03-15 17:00"},
    {YORK, "2027-11-05 10:00", "next workday 17:00", "2027-11-08 17:00"},
    {YORK, "2027-03-14 01:30", "in 1 hour", "2027-03-14 03:30"},
    {"Australia/Lord_Howe", "2026-11-27 23:30", "today 17:00", "2026-11-30 17:00"},
    {"Asia/Kathmandu", "2026-11-24 00:10", "today 17:00", "2026-11-24 17:00"},
    {"Pacific/Kiritimati", "2026-11-24 00:10", "tomorrow 17:00", "2026-11-25 17:00"},
    {"Pacific/Pago_Pago", "2026-11-24 23:50", "tomorrow 17:00", "2026-11-25 17:00"},
};

static void rules_meet_the_calendar(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct due_calendar cal = {
            .tz = cases[i].tz, .workdays = 0x3e, .day_end_min = 1020, .holidays = &holidays};
        struct due due;
        struct err e = ERR_INIT;
        int64_t got;
        if (due_parse(cases[i].rule, &due, &e) != 0)
            fail_msg("%s: %s", cases[i].rule, e.text);
        int64_t now = local(cases[i].now, cases[i].tz);
        assert_true(due_compute(&due, &cal, now, &got));
        if (got != local(cases[i].want, cases[i].tz)) {
            char when[32];
            clock_format_local(got, cases[i].tz, when);
            fail_msg("%s, %s in %s: wanted %s, got %s", cases[i].now, cases[i].rule, cases[i].tz,
                     cases[i].want, when);
        }
    }
}

/* A Sunday firm meets the days of the change themselves. */
static void times_on_the_day_of_the_change(void **state)
{
    (void)state;
    static const struct {
        const char *now, *rule;
        int64_t want; /* UTC, seconds */
    } table[] = {
        {"2027-03-27 10:00", "tomorrow 17:00", 1806246000}, /* 15:00 UTC: summer time */
        {"2027-03-27 10:00", "tomorrow 02:30",
         1806195600}, /* does not exist: 03:00 summer time = 01:00 UTC */
        {"2027-10-30 10:00", "tomorrow 17:00", 1824998400}, /* 16:00 UTC: winter time */
        {"2027-10-30 10:00", "tomorrow 02:30", 1824942600}, /* the first of the two: 00:30 UTC */
    };
    struct due_calendar cal = {.tz = BERLIN, .workdays = 0x7f, .day_end_min = 1020};
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        struct due due;
        int64_t got;
        assert_int_equal(due_parse(table[i].rule, &due, NULL), 0);
        assert_true(due_compute(&due, &cal, local(table[i].now, BERLIN), &got));
        if (got != table[i].want * 1000)
            fail_msg("%s, %s: got %lld", table[i].now, table[i].rule, (long long)got / 1000);
    }
}

static void bad_rules_are_refused(void **state)
{
    (void)state;
    static const char *const rules[] = {"",
                                        "soon",
                                        "today 25:00",
                                        "today 17:60",
                                        "today 1700",
                                        "today 17:00 sharp",
                                        "next",
                                        "next week",
                                        "next monday 9:00",
                                        "in",
                                        "in days",
                                        "in 0 days",
                                        "in -1 days",
                                        "in 367 days",
                                        "in 3 weeks",
                                        "in 3",
                                        "in 4 hours 12:00",
                                        "in 9999 hours",
                                        "in 3days",
                                        "tomorrow 5 pm",
                                        "today 17:0",
                                        "today :30",
                                        "todayx",
                                        "in 1e3 days",
                                        "today\n17:00"};
    for (size_t i = 0; i < ARRAY_LEN(rules); i++) {
        struct due due;
        struct err e = ERR_INIT;
        if (due_parse(rules[i], &due, &e) == 0)
            fail_msg("accepted: %s", rules[i]);
        assert_int_equal(e.code, ERR_CONFIG);
        assert_non_null(strstr(e.text, "next workday 17:00"));
    }
}

static void hopeless_calendars_end(void **state)
{
    (void)state;
    struct due_calendar cal = {.tz = BERLIN, .workdays = 0, .day_end_min = 1020};
    struct due due;
    int64_t got;
    assert_int_equal(due_parse("in 3 workdays", &due, NULL), 0);
    assert_false(due_compute(&due, &cal, 0, &got));
    cal.tz = "No/Where";
    assert_false(due_compute(&due, &cal, 0, &got));
}

/* How long a question is held: only hours of work count. */
static void waiting_counts_hours_of_work(void **state)
{
    enum { WEEK = 0x3e, DAILY = 0x7f };
    static const struct {
        const char *tz, *now;
        unsigned minutes, workdays;
        int open, close;
        const char *want;
    } rows[] = {
        {BERLIN, "2026-11-24 10:00", 30, WEEK, 480, 1020, "2026-11-24 10:30"},
        {BERLIN, "2026-11-24 07:00", 30, WEEK, 480, 1020, "2026-11-24 08:30"},
        {BERLIN, "2026-11-24 16:30", 30, WEEK, 480, 1020, "2026-11-24 17:00"},
        {BERLIN, "2026-11-24 16:45", 30, WEEK, 480, 1020, "2026-11-25 08:15"},
        {BERLIN, "2026-11-24 17:00", 30, WEEK, 480, 1020, "2026-11-25 08:30"},
        {BERLIN, "2026-11-24 23:59", 30, WEEK, 480, 1020, "2026-11-25 08:30"},
        /* Thu 26 is a holiday */
        {BERLIN, "2026-11-25 16:45", 30, WEEK, 480, 1020, "2026-11-27 08:15"},
        {BERLIN, "2026-11-26 12:00", 30, WEEK, 480, 1020, "2026-11-27 08:30"},
        {BERLIN, "2026-11-27 16:45", 30, WEEK, 480, 1020, "2026-11-30 08:15"},
        {BERLIN, "2026-11-28 12:00", 1, WEEK, 480, 1020, "2026-11-30 08:01"},
        /* 18 days of 9 hours and 6 more; Christmas and the year's end are off */
        {BERLIN, "2026-11-30 08:00", 10080, WEEK, 480, 1020, "2026-12-24 14:00"},
        {YORK, "2026-11-27 18:30", 45, DAILY, 480, 1020, "2026-11-28 08:45"},
        /* the hour that does not exist is not waited for, the one that comes twice is waited for twice */
        {BERLIN, "2027-03-28 01:00", 90, DAILY, 60, 300, "2027-03-28 03:30"},
        {BERLIN, "2027-10-31 01:00", 150, DAILY, 60, 300, "2027-10-31 02:30"},
        {BERLIN, "2027-10-31 01:00", 180, DAILY, 60, 300, "2027-10-31 03:00"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct due_calendar cal = {.tz = rows[i].tz,
                                   .workdays = rows[i].workdays,
                                   .day_start_min = rows[i].open,
                                   .day_end_min = rows[i].close,
                                   .holidays = &holidays};
        char when[32] = "never";
        int64_t got = 0;
        bool ends = due_after_minutes(&cal, local(rows[i].now, rows[i].tz), rows[i].minutes, &got);
        bool twice = i == 13; /* 02:30 of winter time: a table cannot tell the two apart */
        if (ends)
            clock_format_local(got, rows[i].tz, when);
        if (!ends || (!twice && got != local(rows[i].want, rows[i].tz)) ||
            (twice && got != local(rows[i].want, rows[i].tz) + 3600000))
            fail_msg("%s and %u minutes in %s: wanted %s, got %s", rows[i].now, rows[i].minutes, rows[i].tz,
                     rows[i].want, when);
    }
    struct due_calendar never = {
        .tz = BERLIN, .workdays = 0, .day_start_min = 480, .day_end_min = 1020, .holidays = &holidays};
    int64_t ms;
    assert_false(due_after_minutes(&never, local("2026-11-24 10:00", BERLIN), 30, &ms));
    never.workdays = 0x3e;
    never.tz = "No/Where";
    assert_false(due_after_minutes(&never, local("2026-11-24 10:00", BERLIN), 30, &ms));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rules_meet_the_calendar),      cmocka_unit_test(times_on_the_day_of_the_change),
        cmocka_unit_test(waiting_counts_hours_of_work), cmocka_unit_test(bad_rules_are_refused),
        cmocka_unit_test(hopeless_calendars_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
