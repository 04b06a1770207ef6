/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * schedule: when a check is made by itself: the small language of the setting `watch`, in the firm's time
 * zone.
 *
 *   mapping daily 07:00, sync hourly, all weekly mon 06:30
 *
 * Hourly is at every full hour of the local clock. A local time that does not exist (spring) moves forward;
 * of two (autumn) the first counts. Pure functions, thread-safe.
 */
#ifndef FRONTDESK_SCHEDULE_H
#define FRONTDESK_SCHEDULE_H

#include "frontdesk/base.h"

enum schedule_kind { SCHEDULE_HOURLY, SCHEDULE_DAILY, SCHEDULE_WEEKLY };
enum { SCHEDULE_MOST = 8 };

struct schedule {
    const char *check; /* one of schedule_checks */
    enum schedule_kind kind;
    int minutes; /* after midnight */
    int weekday; /* 0 = Sunday */
};

/* The checks that need no argument; NULL-terminated. tests/unit/test_schedule.c holds them and the table of
 * checks together. */
extern const char *const schedule_checks[];
/* What is allowed, in one line for messages and the manual. */
#define SCHEDULE_FORMS                                                                                       \
    "\"CHECK hourly\", \"CHECK daily HH:MM\", \"CHECK weekly DAY HH:MM\", with commas between"

/* `text`: items with commas between; out has room for SCHEDULE_MOST. ERR_CONFIG says which word is wrong. */
int schedule_parse(const char *text, struct schedule *out, size_t *n, struct err *e) MUST_USE;
/* The first time of the schedule that is later than `after_ms`. False if the zone is unknown. */
bool schedule_next(const struct schedule *s, const char *tz, int64_t after_ms, int64_t *out) MUST_USE;
/* The same day and time of the next month, or its last day. False if the zone is unknown. */
bool schedule_month_later(int64_t ms, const char *tz, int64_t *out) MUST_USE;
/* Appends "daily 07:00". */
void schedule_words(const struct schedule *s, struct buf *out);

#endif
