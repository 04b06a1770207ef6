/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * reply, dates: days and times as letters tell them, by the sections [date], [moment], [weekdays] and
 * [months] of LANGUAGE/words.txt. What people type as a date is another thing: when.h, in English only.
 * Strings live in the pool.
 */
#ifndef FRONTDESK_REPLY_DATES_H
#define FRONTDESK_REPLY_DATES_H

#include "frontdesk/base.h"

struct templates;

/* "Wed 25 Nov 17:00", with the year when it is not the present one. `tz`: of the configuration. */
const char *dates_day(const struct templates *t, int64_t ms, int64_t now_ms, const char *tz,
                      struct pool *pool) MUST_USE;
/* "17:00", and as above when it is not today. */
const char *dates_clock(const struct templates *t, int64_t ms, int64_t now_ms, const char *tz,
                        struct pool *pool) MUST_USE;
/* "24 Nov 16:05:09"; "-" for no time. */
const char *dates_moment(const struct templates *t, int64_t ms, const char *tz, struct pool *pool) MUST_USE;

#endif
