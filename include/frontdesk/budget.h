/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * budget: how many calls may be in flight to one endpoint, and how many are left this hour. State is flock'ed
 * files in the state directory, so that the command-line tools share it with the daemon.
 *
 * Source: autotask-rest.md section 4 (3 threads per tracking id and endpoint, released a little late: use 2;
 * 10,000 calls per rolling 60 minutes for the whole firm, of which frontdesk takes calls_per_hour).
 */
#ifndef FRONTDESK_BUDGET_H
#define FRONTDESK_BUDGET_H

#include "frontdesk/base.h"

struct budget;

/* `dir` is created 0700 if missing, for the owner of the folder around it; NULL: shared with nobody. `name`
 * tells systems apart ("autotask"). in_flight 1..64. */
int budget_open(struct budget **out, const char *dir, const char *name, unsigned in_flight,
                unsigned calls_per_hour, struct err *e) MUST_USE;
void budget_close(struct budget **budget);
/* Takes a slot of `endpoint` ("Tickets") and counts one call; waits at most wait_ms for a slot. *slot is
 * given back with budget_leave. ERR_BUDGET when the hour is used up (retry_after_s set), ERR_BUSY when no
 * slot came free. */
int budget_enter(struct budget *budget, const char *endpoint, unsigned wait_ms, int *slot,
                 struct err *e) MUST_USE;
void budget_leave(struct budget *budget, const char *endpoint, int slot);
/* The system has taken our login and answered as it should. */
void budget_reached(struct budget *budget);

/* How the budget of `dir` and `name` stands, also beside the processes that use it; zeros if nobody has. */
struct budget_view {
    unsigned calls;     /* in the last hour */
    int64_t reached_ms; /* when the system answered last; 0 = never */
};
void budget_look(const char *dir, const char *name, struct budget_view *out);

#endif
