/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * when: a date as people write it in a mail → Unix ms, in the firm's time zone. Pure, thread-safe.
 *
 *   today · tomorrow · tmrw · fri · friday 3pm · next monday · in 3 days · in 2 hours · in 2 workdays · eod ·
 *   eow · noon · 3pm · 15:00 · 12/5 · 5.12. · 5 Dec · Dec 5 at 4 pm · 2026-12-05 14:00 · next week
 *
 * A day without a time means the closing time; a time without a day the next such time. `12/5` is month/day
 * where the firm's zone is American, day/month elsewhere; a date without a year is the next one. Weekends and
 * holidays are skipped where days are counted ("in 3 workdays", "next workday"), never where a day is named.
 * A local time that does not exist (spring) moves forward; of two (autumn) the first.
 */
#ifndef FRONTDESK_WHEN_H
#define FRONTDESK_WHEN_H

#include "frontdesk/due.h"

enum when_result {
    WHEN_NONE, /* not a date: the caller may try something else */
    WHEN_OK,
    WHEN_PAST, /* a date, but before now: *ms is set; to be asked about, never taken */
};

/* The whole of `text` (case, blanks, a leading "due", "by", "on", "before" do not matter) must be the date.
 */
enum when_result when_read(struct slice text, const struct due_calendar *cal, int64_t now_ms,
                           int64_t *ms) MUST_USE;

#endif
