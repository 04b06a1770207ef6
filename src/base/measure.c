/* SPDX-License-Identifier: GPL-2.0-or-later */
/* measure: the numbers themselves. See measure.h. */
#include "frontdesk/measure.h"

#include <stdatomic.h>

static _Atomic int64_t numbers[MEASURE_N][MEASURE_LABELS];
static struct {
    _Atomic uint64_t n[MEASURE_BUCKETS];
    _Atomic int64_t sum_ms;
} spans[MEASURE_SPANS];

const int64_t measure_bounds_ms[MEASURE_BUCKETS - 1] = {5,    25,   100,   250,   500,    1000,
                                                        2500, 5000, 10000, 30000, 120000, 600000};

static _Atomic int64_t *place(enum measure what, size_t label)
{
    return &numbers[what][label < MEASURE_LABELS ? label : MEASURE_LABELS - 1];
}

void measure_add(enum measure what, size_t label, int64_t n)
{
    atomic_fetch_add(place(what, label), n);
}

void measure_set(enum measure what, size_t label, int64_t n)
{
    atomic_store(place(what, label), n);
}

int64_t measure_get(enum measure what, size_t label)
{
    return atomic_load(place(what, label));
}

void measure_took(size_t span, int64_t ms)
{
    size_t i = 0;
    if (span >= MEASURE_SPANS)
        return;
    if (ms < 0) /* the clock was put back */
        ms = 0;
    while (i < MEASURE_BUCKETS - 1 && ms > measure_bounds_ms[i])
        i++;
    atomic_fetch_add(&spans[span].n[i], 1);
    atomic_fetch_add(&spans[span].sum_ms, ms);
}

void measure_span(size_t span, struct measure_span *out)
{
    *out = (struct measure_span){0};
    for (size_t i = 0; i < MEASURE_BUCKETS; i++)
        out->n[i] = atomic_load(&spans[span].n[i]);
    out->sum_ms = atomic_load(&spans[span].sum_ms);
}
