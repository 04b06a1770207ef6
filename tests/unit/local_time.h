/* SPDX-License-Identifier: GPL-2.0-or-later */
/* local_time: the calendar and the clock of the tests that count days. Included behind cmocka.h. */
#ifndef FRONTDESK_TESTS_LOCAL_TIME_H
#define FRONTDESK_TESTS_LOCAL_TIME_H

#include "frontdesk/due.h"

static char *const days_off[] = {(char *)(uintptr_t) "12-25", (char *)(uintptr_t) "01-01",
                                 (char *)(uintptr_t) "2026-11-26"};
static struct conf_strings holidays
    __attribute__((unused)) = {.v = (char **)(uintptr_t)days_off, .n = ARRAY_LEN(days_off)};

#define BERLIN "Europe/Berlin"
#define YORK   "America/New_York"

/* `now` and `want` are local times of the zone: "2026-11-27 18:00". */
static int64_t local(const char *text, const char *tz)
{
    struct tm tm = {0};
    int64_t ms;
    assert_non_null(strptime(text, "%Y-%m-%d %H:%M", &tm));
    assert_true(clock_from_local(&tm, tz, &ms));
    return ms;
}

#endif
