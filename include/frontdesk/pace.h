/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pace: how many bytes another system takes in a stretch of time. The count is a locked file in the state
 * directory, so that all processes and restarts share it. Thread-safe.
 *
 * Source: autotask-rest.md section 4 (10,000,000 bytes of files in 5 minutes, then none for 5 minutes).
 */
#ifndef FRONTDESK_PACE_H
#define FRONTDESK_PACE_H

#include "frontdesk/base.h"

struct pace;

/* `most` bytes in any `window_s` seconds. The file is dir/NAME.pace; without its folder the count
 * is shared with nobody. */
int pace_open(struct pace **out, const char *dir, const char *name, uint64_t most, unsigned window_s,
              struct err *e) MUST_USE;
void pace_close(struct pace **pace);
/* Books n bytes. ERR_FILE_PACE when they do not fit now: retry_after_s says when they will. More than `most`
 * at once counts as `most`. */
int pace_take(struct pace *pace, uint64_t n, struct err *e) MUST_USE;
/* They certainly did not arrive: takes the booking back. */
void pace_give_back(struct pace *pace, uint64_t n);
/* The other side says that it takes no more: nothing for `seconds`. */
void pace_refused(struct pace *pace, unsigned seconds);

#endif
