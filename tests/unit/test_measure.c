/* SPDX-License-Identifier: GPL-2.0-or-later */
/* measure: numbers land where they belong, at the edges too. */
#include "frontdesk/measure.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void numbers_have_their_place(void **state)
{
    (void)state;
    measure_add(MEASURE_JOBS, 3, 2);
    measure_add(MEASURE_JOBS, 3, -1);
    measure_add(MEASURE_JOBS, MEASURE_LABELS, 5); /* the last takes what is beyond */
    measure_add(MEASURE_JOBS, SIZE_MAX, 5);
    measure_set(MEASURE_MAIL_IN_MS, 0, 77);
    assert_int_equal(measure_get(MEASURE_JOBS, 3), 1);
    assert_int_equal(measure_get(MEASURE_JOBS, 4), 0);
    assert_int_equal(measure_get(MEASURE_RETRIES, 3), 0);
    assert_int_equal(measure_get(MEASURE_JOBS, MEASURE_LABELS - 1), 10);
    assert_int_equal(measure_get(MEASURE_MAIL_IN_MS, 0), 77);
}

static void times_fall_into_buckets(void **state)
{
    (void)state;
    struct measure_span s;
    measure_took(1, -5);
    measure_took(1, measure_bounds_ms[0]); /* an upper bound belongs to its bucket */
    measure_took(1, measure_bounds_ms[0] + 1);
    measure_took(1, measure_bounds_ms[MEASURE_BUCKETS - 2] + 1);
    measure_took(MEASURE_SPANS, 5);
    measure_span(1, &s);
    assert_int_equal(s.n[0], 2);
    assert_int_equal(s.n[1], 1);
    assert_int_equal(s.n[MEASURE_BUCKETS - 1], 1);
    assert_int_equal(s.sum_ms, measure_bounds_ms[0] * 2 + 1 + measure_bounds_ms[MEASURE_BUCKETS - 2] + 1);
    for (size_t i = 1; i < MEASURE_BUCKETS - 1; i++)
        assert_true(measure_bounds_ms[i] > measure_bounds_ms[i - 1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(numbers_have_their_place),
                                       cmocka_unit_test(times_fall_into_buckets)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
