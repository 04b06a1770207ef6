/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pulse: who does not show up in time is named; who waits, or has ended, is not. */
#include "frontdesk/pulse.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void the_late_one_is_named(void **state)
{
    (void)state;
    char name[48] = "";
    struct pulse *a = pulse_new("a"), *b = pulse_new("b");
    int64_t now = clock_mono_ms();
    assert_false(pulse_late(now + 1000000, name)); /* nothing was promised */
    pulse_promise(a, 1000000);
    pulse_promise(b, 3000000);
    assert_false(pulse_late(now + 900000, name));
    assert_true(pulse_late(now + 2000000, name));
    assert_string_equal(name, "a");
    pulse_promise(a, 5000000);
    assert_false(pulse_late(now + 2000000, name));
    assert_true(pulse_late(now + 4000000, name));
    assert_string_equal(name, "b");
    pulse_end(&b);
    assert_null(b);
    assert_false(pulse_late(now + 4000000, name));
    pulse_end(&a);
    assert_false(pulse_late(INT64_MAX, name));
}

static void more_than_fit_are_not_watched(void **state)
{
    (void)state;
    struct pulse *all[PULSE_MOST], *more;
    char name[48];
    for (size_t i = 0; i < PULSE_MOST; i++)
        assert_non_null(all[i] = pulse_new("x"));
    assert_null(more = pulse_new("y"));
    pulse_promise(more, 1);
    assert_false(pulse_late(INT64_MAX, name));
    pulse_end(&more);
    for (size_t i = 0; i < PULSE_MOST; i++)
        pulse_end(&all[i]);
    assert_non_null(more = pulse_new("y"));
    pulse_end(&more);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_late_one_is_named),
                                       cmocka_unit_test(more_than_fit_are_not_watched)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
