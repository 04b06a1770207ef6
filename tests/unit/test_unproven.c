/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * unproven: in `once` the keeper and the main thread both look whether the letter of the day is due. However
 * they meet, there is one letter. The journal is played, and slow between the question and the answer; the
 * linker puts it in the place of the real one (--wrap).
 */
#include "../../src/desk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

enum { LOOKERS = 4, SLOW_MS = 30 };
#define DAY_MS INT64_C(86400000)

static _Atomic int64_t digest_ms;
static _Atomic unsigned letters;

int64_t __wrap_journal_fact_number(struct journal *j, const char *name);
void __wrap_journal_fact_set_number(struct journal *j, const char *name, int64_t v);
size_t __wrap_journal_refusals(struct journal *j, int64_t from_ms, int64_t to_ms, int64_t *after,
                               struct pool *pool, struct journal_refusal *out, size_t max);
void __wrap_alert_digest(struct desk *d, const char *lines);

int64_t __wrap_journal_fact_number(struct journal *j, const char *name)
{
    (void)j;
    int64_t v = strcmp(name, "digest.ms") == 0 ? digest_ms : 0;
    nanosleep(&(struct timespec){.tv_nsec = SLOW_MS * 1000000L}, NULL);
    return v;
}

void __wrap_journal_fact_set_number(struct journal *j, const char *name, int64_t v)
{
    (void)j;
    if (strcmp(name, "digest.ms") == 0)
        digest_ms = v;
}

size_t __wrap_journal_refusals(struct journal *j, int64_t from_ms, int64_t to_ms, int64_t *after,
                               struct pool *pool, struct journal_refusal *out, size_t max)
{
    (void)j, (void)from_ms, (void)to_ms, (void)after, (void)pool, (void)max;
    out[0] = (struct journal_refusal){"dana.reed@northwind.example", "auth-none", 1};
    return 1;
}

void __wrap_alert_digest(struct desk *d, const char *lines)
{
    (void)d;
    assert_non_null(strstr(lines, "dana.reed@northwind.example"));
    letters++;
}

static void *look(void *desk)
{
    unproven_digest(desk);
    return NULL;
}

static void one_letter_a_day(void **state)
{
    struct desk d = {0};
    pthread_t threads[LOOKERS];
    (void)state;
    pthread_mutex_init(&d.digest, NULL);
    for (unsigned day = 1; day <= 2; day++) {
        digest_ms = clock_now_ms() - DAY_MS - 1;
        for (size_t i = 0; i < LOOKERS; i++)
            assert_int_equal(pthread_create(&threads[i], NULL, look, &d), 0);
        for (size_t i = 0; i < LOOKERS; i++)
            pthread_join(threads[i], NULL);
        assert_int_equal(letters, day);
    }
    pthread_mutex_destroy(&d.digest);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(one_letter_a_day)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
