/* SPDX-License-Identifier: GPL-2.0-or-later */
/* when: what people write, on which day, in which zone, and what it means. `test_when --bench` times it. */
#include "frontdesk/when.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "local_time.h"

/* `want` is a local time, "none", or "past" and a local time. Tue 24 Nov 2026; Thu 26 Nov, 25 Dec and 1 Jan
 * are holidays; closing time is 17:00. */
#define TUE      "2026-11-24 10:00"
#define LATE     "2026-11-24 17:00"
#define FRI      "2026-11-27 10:00"
#define FRI_LATE "2026-11-27 17:30"
#define SAT      "2026-11-28 10:00"
#define SUN      "2026-11-29 10:00"
#define MON      "2026-11-30 10:00"

static const struct {
    const char *tz, *now, *text, *want;
} cases[] = {
    /* days by name */
    {YORK, TUE, "today", "2026-11-24 17:00"},
    {YORK, LATE, "today", "past 2026-11-24 17:00"},
    {YORK, TUE, "Today!", "2026-11-24 17:00"},
    {YORK, TUE, "tomorrow", "2026-11-25 17:00"},
    {YORK, TUE, "TMRW", "2026-11-25 17:00"},
    {YORK, TUE, "tommorow", "2026-11-25 17:00"},
    {YORK, "2026-11-25 10:00", "tomorrow", "2026-11-26 17:00"}, /* a holiday that was named */
    {YORK, FRI, "tomorrow", "2026-11-28 17:00"},
    {YORK, TUE, "day after tomorrow", "2026-11-26 17:00"},
    {YORK, TUE, "the day after tomorrow at noon", "2026-11-26 12:00"},
    {YORK, TUE, "yesterday", "past 2026-11-23 17:00"},
    {YORK, TUE, "fri", "2026-11-27 17:00"},
    {YORK, TUE, "Friday", "2026-11-27 17:00"},
    {YORK, TUE, "FRIDAY.", "2026-11-27 17:00"},
    {YORK, TUE, "thurs", "2026-11-26 17:00"},
    {YORK, TUE, "thur", "2026-11-26 17:00"},
    {YORK, TUE, "wed", "2026-11-25 17:00"},
    {YORK, TUE, "mon", "2026-11-30 17:00"},
    {YORK, TUE, "sat", "2026-11-28 17:00"},
    {YORK, TUE, "sunday", "2026-11-29 17:00"},
    {YORK, TUE, "tue", "2026-11-24 17:00"},
    {YORK, LATE, "tue", "2026-12-01 17:00"},
    {YORK, TUE, "tuesday 9am", "2026-12-01 09:00"},
    {YORK, FRI, "fri", "2026-11-27 17:00"},
    {YORK, FRI_LATE, "fri", "2026-12-04 17:00"},
    {YORK, FRI_LATE, "fri 6pm", "2026-11-27 18:00"},
    {YORK, FRI_LATE, "fri 5pm", "2026-12-04 17:00"},
    {YORK, FRI_LATE, "this friday", "2026-12-04 17:00"},
    {YORK, TUE, "this fri", "2026-11-27 17:00"},
    {YORK, TUE, "this coming friday", "2026-11-27 17:00"},
    {YORK, TUE, "next friday", "2026-12-04 17:00"},
    {YORK, TUE, "next monday", "2026-11-30 17:00"},
    {YORK, MON, "next monday", "2026-12-07 17:00"},
    {YORK, SUN, "next monday", "2026-11-30 17:00"},
    {YORK, TUE, "next sun", "2026-12-06 17:00"},
    /* leads, blanks, politeness */
    {YORK, TUE, "  due   fri ", "2026-11-27 17:00"},
    {YORK, TUE, "due by friday", "2026-11-27 17:00"},
    {YORK, TUE, "Due date: x", "none"},
    {YORK, TUE, "due date fri", "2026-11-27 17:00"},
    {YORK, TUE, "by friday 3pm", "2026-11-27 15:00"},
    {YORK, TUE, "on friday", "2026-11-27 17:00"},
    {YORK, TUE, "before friday noon", "2026-11-27 12:00"},
    {YORK, TUE, "no later than fri", "2026-11-27 17:00"},
    {YORK, TUE, "fri please", "2026-11-27 17:00"},
    {YORK, TUE, "fri at the latest", "2026-11-27 17:00"},
    {YORK, TUE,
     "fri\xc2\xa0"
     "3pm",
     "2026-11-27 15:00"},
    {YORK, TUE, "due", "none"},
    {YORK, TUE, "by", "none"},
    {YORK, TUE, "fri on", "none"},
    /* times */
    {YORK, TUE, "3pm", "2026-11-24 15:00"},
    {YORK, TUE, "9am", "2026-11-25 09:00"},
    {YORK, FRI, "9am", "2026-11-28 09:00"},
    {YORK, TUE, "15:00", "2026-11-24 15:00"},
    {YORK, TUE, "10:00", "2026-11-25 10:00"},
    {YORK, TUE, "10:01", "2026-11-24 10:01"},
    {YORK, TUE, "3:30 pm", "2026-11-24 15:30"},
    {YORK, TUE, "3.30pm", "2026-11-24 15:30"},
    {YORK, TUE, "3 p.m.", "2026-11-24 15:00"},
    {YORK, TUE, "3 P.M", "2026-11-24 15:00"},
    {YORK, TUE, "at 3 PM", "2026-11-24 15:00"},
    {YORK, TUE, "12am", "2026-11-25 00:00"},
    {YORK, TUE, "12pm", "2026-11-24 12:00"},
    {YORK, TUE, "00:30", "2026-11-25 00:30"},
    {YORK, TUE, "noon", "2026-11-24 12:00"},
    {YORK, LATE, "noon", "2026-11-25 12:00"},
    {YORK, TUE, "midnight", "2026-11-24 23:59"},
    {YORK, TUE, "eod", "2026-11-24 17:00"},
    {YORK, TUE, "COB", "2026-11-24 17:00"},
    {YORK, TUE, "close of business", "2026-11-24 17:00"},
    {YORK, TUE, "by end of day", "2026-11-24 17:00"},
    {YORK, LATE, "eod", "past 2026-11-24 17:00"},
    {YORK, TUE, "fri eod", "2026-11-27 17:00"},
    {YORK, TUE, "eod friday", "2026-11-27 17:00"},
    {YORK, TUE, "end of day tomorrow", "2026-11-25 17:00"},
    {YORK, TUE, "tomorrow noon", "2026-11-25 12:00"},
    {YORK, TUE, "noon tomorrow", "2026-11-25 12:00"},
    {YORK, TUE, "tomorrow morning", "2026-11-25 12:00"},
    {YORK, TUE, "3pm fri", "2026-11-27 15:00"},
    {YORK, TUE, "3 pm on friday", "2026-11-27 15:00"},
    {YORK, TUE, "friday, 3pm", "2026-11-27 15:00"},
    {YORK, TUE, "friday @ 15:30", "2026-11-27 15:30"},
    {YORK, TUE, "fri at 3", "2026-11-27 15:00"},
    {YORK, TUE, "fri at 9", "2026-11-27 09:00"},
    {YORK, TUE, "fri at 12", "2026-11-27 12:00"},
    {YORK, TUE, "today at 9am", "past 2026-11-24 09:00"},
    {YORK, TUE, "today 3pm", "2026-11-24 15:00"},
    {YORK, TUE, "sun 3pm", "2026-11-29 15:00"},
    {YORK, TUE, "by sun", "2026-11-29 17:00"},
    /* what is counted */
    {YORK, TUE, "in 3 days", "2026-11-27 17:00"},
    {YORK, TUE, "in 2 days", "2026-11-27 17:00"}, /* Thursday is a holiday */
    {YORK, TUE, "in 4 days", "2026-11-30 17:00"},
    {YORK, TUE, "in three days at noon", "2026-11-27 12:00"},
    {YORK, TUE, "in 3 days 12:00", "2026-11-27 12:00"},
    {YORK, TUE, "within 3 days", "2026-11-27 17:00"},
    {YORK, TUE, "3 days from now", "2026-11-27 17:00"},
    {YORK, TUE, "due 3 days", "2026-11-27 17:00"},
    {YORK, TUE, "3 days", "none"},
    {YORK, TUE, "in 1 workday", "2026-11-25 17:00"},
    {YORK, TUE, "in 2 workdays", "2026-11-27 17:00"},
    {YORK, TUE, "in 2 business days", "2026-11-27 17:00"},
    {YORK, TUE, "next workday", "2026-11-25 17:00"},
    {YORK, TUE, "NBD", "2026-11-25 17:00"},
    {YORK, "2026-11-25 10:00", "next workday", "2026-11-27 17:00"},
    {YORK, FRI, "next business day 9am", "2026-11-30 09:00"},
    {YORK, TUE, "in 2 hours", "2026-11-24 12:00"},
    {YORK, TUE, "in 2h", "2026-11-24 12:00"},
    {YORK, TUE, "in 2 hrs", "2026-11-24 12:00"},
    {YORK, TUE, "within an hour", "2026-11-24 11:00"},
    {YORK, TUE, "in half an hour", "2026-11-24 10:30"},
    {YORK, TUE, "in 90 minutes", "2026-11-24 11:30"},
    {YORK, TUE, "in 2 hours at noon", "none"},
    {YORK, FRI_LATE, "in 20 hours", "2026-11-28 13:30"},
    {YORK, TUE, "in a week", "2026-12-01 17:00"},
    {YORK, TUE, "in 2 weeks", "2026-12-08 17:00"},
    {YORK, TUE, "a week from now", "2026-12-01 17:00"},
    {YORK, TUE, "in a month", "2026-12-24 17:00"},
    {YORK, "2027-01-31 10:00", "in a month", "2027-03-01 17:00"}, /* 28 Feb is a Sunday */
    {YORK, TUE, "in 0 days", "none"},
    {YORK, TUE, "in 367 days", "none"},
    {YORK, TUE, "in 99999 hours", "none"},
    {YORK, TUE, "in 4294967297 days", "none"},
    {YORK, TUE, "in days", "none"},
    {YORK, TUE, "in 3", "none"},
    {YORK, TUE, "in 3 parsecs", "none"},
    /* weeks and months */
    {YORK, TUE, "eow", "2026-11-27 17:00"},
    {YORK, TUE, "end of the week", "2026-11-27 17:00"},
    {YORK, FRI_LATE, "eow", "past 2026-11-27 17:00"},
    {YORK, SAT, "eow", "2026-12-04 17:00"},
    {YORK, TUE, "end of next week", "2026-12-04 17:00"},
    {YORK, "2026-12-22 10:00", "eow", "2026-12-24 17:00"}, /* Friday is Christmas */
    {YORK, TUE, "next week", "2026-11-30 17:00"},
    {YORK, SUN, "next week", "2026-11-30 17:00"},
    {YORK, TUE, "eom", "2026-11-30 17:00"},
    {YORK, TUE, "end of the month", "2026-11-30 17:00"},
    {YORK, "2027-01-30 10:00", "eom", "2027-02-26 17:00"}, /* Sat 30 Jan: Fri 29 was the last */
    {YORK, "2026-12-31 10:00", "next month", "2027-01-04 17:00"},
    /* dates in figures, both orders */
    {YORK, TUE, "12/5", "2026-12-05 17:00"},
    {BERLIN, TUE, "12/5", "2027-05-12 17:00"},
    {"America/Mexico_City", TUE, "12/5", "2027-05-12 17:00"},
    {"Europe/London", TUE, "5/12", "2026-12-05 17:00"},
    {"America/Chicago", TUE, "12/5 2pm", "2026-12-05 14:00"},
    {"Pacific/Honolulu", TUE, "12/5/2026", "2026-12-05 17:00"},
    {YORK, TUE, "12/05/26", "2026-12-05 17:00"},
    {YORK, TUE, "12-05-2026", "2026-12-05 17:00"},
    {YORK, TUE, "25/12", "2026-12-25 17:00"}, /* no month 25: one reading only */
    {BERLIN, TUE, "12/25", "2026-12-25 17:00"},
    {YORK, TUE, "11/23", "2027-11-23 17:00"},
    {YORK, TUE, "11/24", "2026-11-24 17:00"},
    {YORK, LATE, "11/24", "past 2026-11-24 17:00"},
    {YORK, TUE, "11/23/2026", "past 2026-11-23 17:00"},
    {YORK, TUE, "24/7", "none"},
    {BERLIN, TUE, "24/7", "none"},
    {BERLIN, TUE, "due 24/7", "2027-07-24 17:00"},
    {YORK, TUE, "13/13", "none"},
    {YORK, TUE, "0/5", "none"},
    {BERLIN, TUE, "5.12.", "2026-12-05 17:00"},
    {YORK, TUE, "5.12.", "2026-12-05 17:00"},
    {BERLIN, TUE, "5.12.2026", "2026-12-05 17:00"},
    {BERLIN, TUE, "5.12.26 14:00", "2026-12-05 14:00"},
    {BERLIN, TUE, "5. 12.", "none"},
    {BERLIN, TUE, "5.12", "none"},
    {BERLIN, TUE, "due 5.12", "2026-12-05 17:00"},
    {YORK, TUE, "12-5", "none"},
    {YORK, TUE, "2026-12-05", "2026-12-05 17:00"},
    {YORK, TUE, "2026-12-05 14:00", "2026-12-05 14:00"},
    {YORK, TUE, "2026-12-05T14:00:00", "2026-12-05 14:00"},
    {YORK, TUE, "2026/12/05", "2026-12-05 17:00"},
    {YORK, TUE, "2026-11-23", "past 2026-11-23 17:00"},
    {YORK, TUE, "2019-01-01", "past 2019-01-01 17:00"},
    {YORK, TUE, "2026-13-05", "none"},
    {YORK, TUE, "2026-02-29", "none"},
    {YORK, TUE, "2126-12-05", "none"},
    {YORK, TUE, "9999-99-99", "none"},
    /* dates with the month's name */
    {YORK, TUE, "5 Dec", "2026-12-05 17:00"},
    {YORK, TUE, "Dec 5", "2026-12-05 17:00"},
    {YORK, TUE, "Dec 5 at 4 pm", "2026-12-05 16:00"},
    {YORK, TUE, "December 5th, 2026", "2026-12-05 17:00"},
    {YORK, TUE, "5th of December", "2026-12-05 17:00"},
    {YORK, TUE, "the 5th of december 2027", "2027-12-05 17:00"},
    {BERLIN, TUE, "5. Dec", "2026-12-05 17:00"},
    {BERLIN, TUE, "5. Dec. 2026", "2026-12-05 17:00"},
    {YORK, TUE, "5-Dec-26", "2026-12-05 17:00"},
    {YORK, TUE, "Sept 1", "2027-09-01 17:00"},
    {YORK, TUE, "may 5", "2027-05-05 17:00"},
    {YORK, TUE, "5 Dec 14:00", "2026-12-05 14:00"},
    {YORK, TUE, "Dec 5 14:00", "2026-12-05 14:00"},
    {YORK, TUE, "Nov 23", "2027-11-23 17:00"},
    {YORK, TUE, "Nov 23 2026", "past 2026-11-23 17:00"},
    {YORK, TUE, "Nov 31", "none"},
    {YORK, TUE, "Dec 2026", "none"},
    {YORK, TUE, "the 5th", "2026-12-05 17:00"},
    {YORK, TUE, "by the 25th", "2026-11-25 17:00"},
    {YORK, TUE, "5th", "none"},
    {YORK, TUE, "fri, Dec 4", "2026-12-04 17:00"},
    {YORK, TUE, "Fri 4 Dec 17:00", "2026-12-04 17:00"}, /* as our letters write it */
    {YORK, TUE, "Mon 4 Jan 2027 09:05", "2027-01-04 09:05"},
    {YORK, TUE, "Fri 5 Dec", "none"}, /* it is a Saturday */
    {YORK, TUE, "Fri 20 Nov", "past 2026-11-20 17:00"},
    {YORK, TUE, "Friday 12/4", "2026-12-04 17:00"},
    /* leap days, the year's end */
    {YORK, TUE, "feb 29", "2028-02-29 17:00"},
    {YORK, TUE, "2028-02-29", "2028-02-29 17:00"},
    {YORK, "2028-02-28 10:00", "tomorrow", "2028-02-29 17:00"},
    {YORK, "2027-02-28 10:00", "tomorrow", "2027-03-01 17:00"},
    {YORK, "2026-12-31 10:00", "tomorrow", "2027-01-01 17:00"},
    {YORK, "2026-12-31 10:00", "next workday", "2027-01-04 17:00"},
    {YORK, "2026-12-31 10:00", "1/2", "2027-01-02 17:00"},
    {YORK, "2026-12-31 10:00", "fri", "2027-01-01 17:00"},
    {YORK, "2026-12-31 23:59", "00:30", "2027-01-01 00:30"},
    {YORK, "2026-12-30 10:00", "eow", "2026-12-31 17:00"},
    /* clocks change: New York 14 Mar and 7 Nov 2027, Berlin 28 Mar and 31 Oct 2027 */
    {YORK, "2027-03-13 10:00", "tomorrow", "2027-03-14 17:00"},
    {YORK, "2027-03-13 10:00", "tomorrow 2:30am", "2027-03-14 03:00"},
    {YORK, "2027-03-14 01:30", "in 1 hour", "2027-03-14 03:30"},
    {YORK, "2027-03-14 01:30", "2:30am", "2027-03-14 03:00"},
    {YORK, "2027-03-13 12:00", "in 24 hours", "2027-03-14 13:00"},
    {YORK, "2027-11-06 10:00", "tomorrow 1:30am", "2027-11-07 01:30"}, /* the first of two */
    {YORK, "2027-11-06 12:00", "in 24 hours", "2027-11-07 11:00"},
    {YORK, "2027-11-06 10:00", "sunday", "2027-11-07 17:00"},
    {BERLIN, "2027-03-27 10:00", "28.3. 2:30am", "2027-03-28 03:00"},
    {BERLIN, "2027-03-27 10:00", "tomorrow", "2027-03-28 17:00"},
    {BERLIN, "2027-10-30 10:00", "31.10. 02:30", "2027-10-31 02:30"},
    {BERLIN, "2027-10-30 12:00", "in 24 hours", "2027-10-31 11:00"},
    {"Pacific/Kiritimati", "2026-11-24 00:10", "tomorrow", "2026-11-25 17:00"},
    {"Asia/Kathmandu", "2026-11-24 23:50", "00:30", "2026-11-25 00:30"},
    /* no dates */
    {YORK, TUE, "", "none"},
    {YORK, TUE, "   ", "none"},
    {YORK, TUE, "may", "none"},
    {YORK, TUE, "sun", "none"},
    {YORK, TUE, "march", "none"},
    {YORK, TUE, "mon ami", "none"},
    {YORK, TUE, "12", "none"},
    {YORK, TUE, "2026", "none"},
    {YORK, TUE, "5G", "none"},
    {YORK, TUE, "march on", "none"},
    {YORK, TUE, "2/3 of users", "none"},
    {YORK, TUE, "fridays", "none"},
    {YORK, TUE, "fri fri", "none"},
    {YORK, TUE, "3pm 4pm", "none"},
    {YORK, TUE, "3pm EST", "none"},
    {YORK, TUE, "13pm", "none"},
    {YORK, TUE, "0am", "none"},
    {YORK, TUE, "24:00", "none"},
    {YORK, TUE, "12:60", "none"},
    {YORK, TUE, "16:9", "none"},
    {YORK, TUE, "1.2.3.4", "none"},
    {YORK, TUE, "v2.5", "none"},
    {YORK, TUE, "10.0.0.1", "none"},
    {YORK, TUE, "next", "none"},
    {YORK, TUE, "this", "none"},
    {YORK, TUE, "next printer", "none"},
    {YORK, TUE, "morning", "none"},
    {YORK, TUE, "day", "none"},
    {YORK, TUE, "the", "none"},
    {YORK, TUE, "high", "none"},
    {YORK, TUE, "acme", "none"},
    {YORK, TUE, "EXTERNAL", "none"},
    {YORK, TUE, "INC-1234", "none"},
    {YORK, TUE, "555-1234", "none"},
    {YORK, TUE, "1-800-555-0100", "none"},
    {YORK, TUE, "Q4", "none"},
    {YORK, TUE, "mar 5 users", "none"},
    {YORK, TUE, "fr\xc3\xad", "none"},
    {YORK, TUE, "fri \xff", "none"},
    {YORK, TUE, "fri; drop", "none"},
    {YORK, TUE, "a a a a a a a a a a a a a a a a a a a a a a a a", "none"},
    {YORK, TUE, "fri                                                                              3pm",
     "none"},
    {"No/Where", TUE, "fri", "none"},
};

static const struct due_calendar *calendar(const char *tz)
{
    static struct due_calendar cal;
    cal = (struct due_calendar){.tz = tz, .workdays = 0x3e, .day_end_min = 1020, .holidays = &holidays};
    return &cal;
}

static void show(struct buf *out, enum when_result is, int64_t ms, const char *tz)
{
    struct tm tm;
    char text[32];
    buf_puts(out, is == WHEN_NONE ? "none" : is == WHEN_PAST ? "past " : "");
    if (is != WHEN_NONE && clock_local(ms, tz, &tm) && strftime(text, sizeof(text), "%Y-%m-%d %H:%M", &tm))
        buf_puts(out, text);
}

static void people_are_understood(void **state)
{
    (void)state;
    int wrong = 0;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const char *zone = strcmp(cases[i].tz, "No/Where") ? cases[i].tz : YORK;
        struct buf got = BUF_INIT(200);
        int64_t ms = 0;
        enum when_result is =
            when_read(slice_of(cases[i].text), calendar(cases[i].tz), local(cases[i].now, zone), &ms);
        show(&got, is, ms, zone);
        if (strcmp(got.data, cases[i].want) != 0) {
            print_error("%s, \"%s\" in %s: wanted %s, got %s\n", cases[i].now, cases[i].text, cases[i].tz,
                        cases[i].want, got.data);
            wrong++;
        }
        buf_release(&got);
    }
    assert_int_equal(wrong, 0);
    assert_true(ARRAY_LEN(cases) >= 150);
}

/* Of two 01:30 the first is summer time: the table above cannot tell them apart. */
static void of_two_hours_the_first(void **state)
{
    (void)state;
    int64_t now = local("2027-11-06 10:00", YORK), ms;
    assert_int_equal(when_read(SLICE("tomorrow 1:30am"), calendar(YORK), now, &ms), WHEN_OK);
    assert_int_equal(ms, INT64_C(1825565400000)); /* 2027-11-07T05:30:00Z */
}

/* Every beginning of every text, and one byte of it changed: nothing but the three answers, no crash. */
static void torn_texts_are_survived(void **state)
{
    (void)state;
    int64_t now = local(TUE, YORK);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        size_t len = strlen(cases[i].text);
        for (size_t n = 0; n <= len; n++) {
            char *copy = malloc(n + 1); /* of its own, so that a sanitizer sees its end */
            assert_non_null(copy);
            memcpy(copy, cases[i].text, n);
            if (n)
                copy[n / 2] = "\0\xff/9."[n % 5];
            int64_t ms;
            enum when_result is = when_read(slice_from(copy, n), calendar(YORK), now, &ms);
            assert_true(is <= WHEN_PAST);
            free(copy);
        }
    }
}

static void bench(void)
{
    int64_t start = clock_now_us(), now = 1795536000000, ms;
    size_t n = 0, dates = 0;
    for (int round = 0; round < 200; round++) {
        for (size_t i = 0; i + 1 < ARRAY_LEN(cases); i++, n++)
            dates += when_read(slice_of(cases[i].text), calendar(cases[i].tz), now, &ms) != WHEN_NONE;
    }
    printf("%.2f us a text, %zu of %zu dates\n", (double)(clock_now_us() - start) / (double)n, dates, n);
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--bench") == 0) {
        bench();
        return 0;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(people_are_understood),
        cmocka_unit_test(of_two_hours_the_first),
        cmocka_unit_test(torn_texts_are_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
