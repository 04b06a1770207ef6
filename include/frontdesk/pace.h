/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pace: how much another system takes in a stretch of time: bytes of files, or calls. The count is a locked
 * file in the state directory, so that all processes and restarts share it. Thread-safe.
 *
 * Sources: autotask-rest.md section 4 (10,000,000 bytes of files in 5 minutes, then none for 5 minutes);
 * quickbooks-online.md section 6 (10 calls a second, 500 a minute; after 429 none for 60 seconds).
 */
#ifndef FRONTDESK_PACE_H
#define FRONTDESK_PACE_H

#include "frontdesk/base.h"

struct pace;

/* `most` in any `window_ms`, in up to 512 bookings. The file is dir/NAME.pace; without its folder the count
 * is shared with nobody. */
int pace_open(struct pace **out, const char *dir, const char *name, uint64_t most, unsigned window_ms,
              struct err *e) MUST_USE;
void pace_close(struct pace **pace);
/* Books n. ERR_FILE_PACE when they do not fit now: retry_after_s says when they will. More than `most`
 * at once counts as `most`. */
int pace_take(struct pace *pace, uint64_t n, struct err *e) MUST_USE;
/* As pace_take, but waits until they fit, at most wait_ms and until stop_fd is readable (-1: none): ERR_BUSY
 * or ERR_STOPPING then. */
int pace_wait(struct pace *pace, uint64_t n, unsigned wait_ms, int stop_fd, struct err *e) MUST_USE;
/* They certainly did not arrive: takes the booking back. */
void pace_give_back(struct pace *pace, uint64_t n);
/* The other side says that it takes no more: nothing for `seconds`. */
void pace_refused(struct pace *pace, unsigned seconds);

#endif
