/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pulse: does every thread go on with its work? Each says before a piece of work how long that may take at
 * most; whoever does not say so again in time is late, and the watchdog of the service manager is fed no
 * more. A thread that only waits for work says so too, again and again: one that hangs while it waits is as
 * bad as one that works for ever.
 *
 * Thread-safe, no locks: what is stuck cannot stop the one who looks.
 */
#ifndef FRONTDESK_PULSE_H
#define FRONTDESK_PULSE_H

#include "frontdesk/base.h"

enum { PULSE_MOST = 256 };

struct pulse;

/* `name` ("worker", "mailbox-desk") is copied. NULL when there are PULSE_MOST already; the other calls take
 * it. */
struct pulse *pulse_new(const char *name);
/* I say so again within `ms`. */
void pulse_promise(struct pulse *p, int64_t ms);
/* The thread ends. */
void pulse_end(struct pulse **p);
/* The name of one that is late at `now_ms` (monotonic), in `name`; false when nobody is. */
bool pulse_late(int64_t now_ms, char name[48]);

#endif
