/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * clock: the only door to time. Wall time for people and the journal, monotonic time for deadlines.
 * Wall time does not jump with the machine's clock: steps of over two seconds are held back until somebody
 * has followed them (src/clockwatch.c) and lets them be believed. Tests move wall time with clock_shift_ms,
 * or FRONTDESK_CLOCK_SHIFT_MS in the environment of a process; and the machine's clock, as it looks to us,
 * with eight bytes (milliseconds) in the file FRONTDESK_CLOCK_FILE.
 */
#ifndef FRONTDESK_BASE_CLOCK_H
#define FRONTDESK_BASE_CLOCK_H

#include <time.h>

int64_t clock_now_ms(void);  /* Unix time in milliseconds, plus the shift */
int64_t clock_now_us(void);  /* the same in microseconds */
int64_t clock_mono_ms(void); /* never jumps; no relation to wall time */
void clock_shift_ms(int64_t ms);

/* By how much the machine's clock is away from ours; 0 = by nothing that counts. */
int64_t clock_jump_ms(void);
/* From now on ours goes by that much ahead (or behind). */
void clock_believe_ms(int64_t ms);
/* The sum of all that was believed: what was read from the journal before is behind by the difference. */
int64_t clock_moved_ms(void);

/* An absolute monotonic deadline `ms` from now, and what is left of it (0 when past). */
int64_t deadline_in(int64_t ms);
int64_t deadline_left(int64_t deadline);

/* "2026-11-24T16:05:09Z"; `out` holds at least 32 bytes. */
void clock_format_utc(int64_t ms, char out[32]);
/* Local time in IANA zone `tz`: fills *out (tm_gmtoff, tm_zone valid); false if the zone is unknown.
 * Thread-safe; zones are loaded once and kept. */
bool clock_local(int64_t ms, const char *tz, struct tm *out) MUST_USE;
/* For people: "24 Nov 16:05:09" in zone `tz`, "-" for no time. */
void clock_format_local(int64_t ms, const char *tz, char out[32]);
/* Local wall time of `tz` to Unix ms. A time that does not exist (spring) moves forward; of two (autumn) the
 * first. */
bool clock_from_local(const struct tm *local, const char *tz, int64_t *ms) MUST_USE;

#endif
