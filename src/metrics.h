/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * metrics: how frontdesk is doing, for Prometheus, over HTTP to this machine alone (setting metrics.listen).
 * Counters begin at zero with the process; what the journal knows is read from it at each scrape. No words of
 * mail, no address, no secret stands there.
 */
#ifndef FRONTDESK_SRC_METRICS_H
#define FRONTDESK_SRC_METRICS_H

#include "desk.h"

/* metrics.c: all of them in the text format 0.0.4. */
int metrics_text(struct desk *d, struct buf *out, struct err *e) MUST_USE;

/* metrics_server.c. *out NULL without an error when the settings do not ask for it. */
struct metrics;
int metrics_start(struct metrics **out, struct desk *d, struct err *e) MUST_USE;
void metrics_stop(struct metrics **metrics);

#endif
