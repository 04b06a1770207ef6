/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * measure: numbers that a running frontdesk keeps about itself: counters, times, and how long things took.
 * They begin at zero with the process; what must survive is in the journal. Whoever shows them (metrics)
 * gives them their names. Thread-safe, no locks.
 */
#ifndef FRONTDESK_MEASURE_H
#define FRONTDESK_MEASURE_H

#include "frontdesk/base.h"

/* Each has MEASURE_LABELS places: of one outcome, one stage, one system, one mailbox. */
enum measure {
    MEASURE_JOBS,      /* ended, by outcome (enum job_outcome) */
    MEASURE_RETRIES,   /* put off after a failure, by state (enum job_state) */
    MEASURE_CALLS,     /* made, by system (enum measure_system) */
    MEASURE_IN_FLIGHT, /* calls now, by system */
    MEASURE_LETTERS,   /* accepted by the mail server, by mailbox */
    MEASURE_REFUSED,   /* letters that it did not take, each time, by mailbox */
    MEASURE_ALERTS,    /* told, by way (enum measure_way) */
    MEASURE_UNTOLD,    /* times that a way failed, by way */
    MEASURE_CANARIES,  /* sent, by mailbox; then those that came back, and those that did not in time */
    MEASURE_CANARIES_BACK,
    MEASURE_CANARIES_LOST,
    MEASURE_LOOKED_MS,  /* when the mailbox was first looked through by this process, ms since 1970 */
    MEASURE_MAIL_IN_MS, /* when the mailbox was last looked through, ms since 1970 */
    MEASURE_N
};
enum measure_system { MEASURE_AUTOTASK, MEASURE_QUICKBOOKS, MEASURE_SYSTEMS };
/* By which an alert leaves. */
enum measure_way { MEASURE_BY_MAIL, MEASURE_BY_SECOND, MEASURE_BY_COMMAND, MEASURE_WAYS };
enum { MEASURE_LABELS = 64 };

/* Labels beyond the last share the last. */
void measure_add(enum measure what, size_t label, int64_t n);
void measure_set(enum measure what, size_t label, int64_t n);
int64_t measure_get(enum measure what, size_t label);

/* How long: a stage of a job by its state, and (MEASURE_WHOLE) from the mail's arrival here to the job's end.
 */
enum { MEASURE_WHOLE = 7, MEASURE_SPANS, MEASURE_BUCKETS = 13 };
/* The upper bounds in ms; the last bucket has none. */
extern const int64_t measure_bounds_ms[MEASURE_BUCKETS - 1];
struct measure_span {
    uint64_t n[MEASURE_BUCKETS]; /* each bucket alone */
    int64_t sum_ms;
};
void measure_took(size_t span, int64_t ms);
void measure_span(size_t span, struct measure_span *out);

#endif
