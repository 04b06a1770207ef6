/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * due: the small language of ticket.due, and the calendar it counts in.
 *
 *   today 17:00 · tomorrow 17:00 · next workday 17:00 · in 3 days [12:00] · in 3 workdays [12:00] · in 4
 * hours
 *
 * Days are counted in the firm's time zone. A day that is not worked (weekend, holiday) moves forward to the
 * next one that is, and so does a time of today that has passed. `workdays` count worked days only. Hours are
 * exact and move nowhere. Without a time the firm's closing time counts. Pure functions, thread-safe.
 */
#ifndef FRONTDESK_DUE_H
#define FRONTDESK_DUE_H

#include "frontdesk/conf.h"

enum due_kind { DUE_DAYS, DUE_WORKDAYS, DUE_HOURS };

struct due {
    enum due_kind kind;
    unsigned n;  /* 0 = today; at most 366 days or 8784 hours */
    int minutes; /* after midnight; -1: the closing time */
};

struct due_calendar {
    const char *tz;
    unsigned workdays; /* bit 0 = Sunday .. bit 6 = Saturday */
    int day_start_min, day_end_min;
    const struct conf_strings *holidays; /* "2026-12-25" or "12-25"; NULL: none */
};

/* The forms in one line, for messages and the manual. */
#define DUE_FORMS                                                                                            \
    "\"today 17:00\", \"tomorrow 17:00\", \"next workday 17:00\", \"in 3 days 12:00\", "                     \
    "\"in 3 workdays 12:00\", \"in 4 hours\""

/* Case and repeated blanks do not matter. ERR_CONFIG names the word that was not understood. */
int due_parse(const char *rule, struct due *out, struct err *e) MUST_USE;
/* The calendar of the firm; borrows from `conf`. */
struct due_calendar due_calendar_of(const struct conf *conf);
/* False if the zone is unknown or no worked day comes within two years. */
bool due_compute(const struct due *due, const struct due_calendar *cal, int64_t now_ms,
                 int64_t *out_ms) MUST_USE;
/* `minutes` of working time later: hours outside the firm's own, and days that are not worked, do not count.
 * False as above. */
bool due_after_minutes(const struct due_calendar *cal, int64_t now_ms, unsigned minutes,
                       int64_t *out_ms) MUST_USE;
/* For those who name days in other ways (when.h). A day is a struct tm with date and weekday. */
bool due_is_worked(const struct tm *day, const struct due_calendar *cal);
void due_step(struct tm *day, int days); /* also backwards; sets the weekday */
/* That day at `minutes` after midnight. False if the zone is unknown. */
bool due_at_time(const struct tm *day, int minutes, const char *tz, int64_t *out) MUST_USE;

#endif
