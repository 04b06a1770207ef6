/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * turns: a pool of threads that claims mails as workers do. Whatever each of them takes to read and to plan,
 * the mails of one sender pass in the order of their ids, and nobody waits for ever: with more mails than
 * places for workers, with a first one that asks Autotask for long, and with one that leaves without a plan.
 */
#include "../../src/desk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

enum { MAILS = 200, THREADS = 4, PATIENT_MS = 20000 };

static struct pool_of_mails {
    pthread_mutex_t lock;
    struct turns *turns;
    const char *(*sender)(int id);
    int (*reads_us)(int id), (*plans_us)(int id);
    bool (*fails)(int id);
    bool busy[MAILS + 1], done[MAILS + 1];
    int order[MAILS], n, left;
} all;

static void sleep_us(int us)
{
    if (us)
        nanosleep(&(struct timespec){.tv_nsec = us * 1000L}, NULL);
}

/* The lowest that is free and may be claimed; 0 = none. */
static int claim(void)
{
    int found = 0;
    pthread_mutex_lock(&all.lock);
    for (int id = 1; id <= MAILS && !found; id++) {
        if (!all.busy[id] && !all.done[id] && turns_claim(all.turns, id))
            found = id;
    }
    if (found)
        all.busy[found] = true;
    pthread_mutex_unlock(&all.lock);
    return found;
}

static void pass(int id)
{
    pthread_mutex_lock(&all.lock);
    all.order[all.n++] = id;
    pthread_mutex_unlock(&all.lock);
    turns_queued(all.turns, id);
}

static void give_back(int id, bool done)
{
    if (done)
        turns_left(all.turns, id);
    pthread_mutex_lock(&all.lock);
    all.busy[id] = false;
    all.done[id] = done;
    all.left -= done;
    pthread_mutex_unlock(&all.lock);
}

static bool anything_left(void)
{
    pthread_mutex_lock(&all.lock);
    bool left = all.left > 0;
    pthread_mutex_unlock(&all.lock);
    return left;
}

static void *work(void *self)
{
    struct message none = {0};
    int64_t until = deadline_in(PATIENT_MS);
    (void)self;
    while (anything_left() && deadline_left(until) > 0) {
        int id = claim();
        if (!id) {
            sleep_us(500);
            continue;
        }
        sleep_us(all.reads_us(id));
        bool fails = all.fails && all.fails(id);
        if (!fails && !turns_wait(all.turns, id, all.sender(id), &none)) {
            give_back(id, false);
            continue;
        }
        sleep_us(all.plans_us(id));
        if (!fails)
            pass(id);
        give_back(id, true);
    }
    return NULL;
}

static void run(void)
{
    pthread_t threads[THREADS];
    all.turns = turns_new();
    all.left = MAILS;
    pthread_mutex_init(&all.lock, NULL);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, work, NULL), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(all.left, 0);
    turns_free(&all.turns);
    for (int i = 0; i < all.n; i++) {
        for (int k = i + 1; k < all.n; k++) {
            if (strcmp(all.sender(all.order[i]), all.sender(all.order[k])) == 0)
                assert_true(all.order[i] < all.order[k]);
        }
    }
}

static const char *one(int id)
{
    (void)id;
    return "dana@x.example";
}

static const char *three(int id)
{
    static const char *const names[] = {"dana@x.example", "mike@x.example", "sarah@x.example"};
    return names[id % 3];
}

static int quick(int id)
{
    (void)id;
    return 0;
}

static int odd_ones_slow(int id)
{
    return id % 2 ? 300 : 0;
}

static int first_one_asks(int id)
{
    return id == 1 ? 300000 : 0;
}

static bool third_one(int id)
{
    return id == 3;
}

static void all_of_one_sender(void **state)
{
    (void)state;
    all = (struct pool_of_mails){.sender = one, .reads_us = odd_ones_slow, .plans_us = quick};
    run();
}

static void of_three_senders(void **state)
{
    (void)state;
    all = (struct pool_of_mails){.sender = three, .reads_us = odd_ones_slow, .plans_us = odd_ones_slow};
    run();
}

static void behind_one_that_asks_for_long(void **state)
{
    (void)state;
    all = (struct pool_of_mails){.sender = one, .reads_us = quick, .plans_us = first_one_asks};
    run();
    assert_int_equal(all.order[0], 1);
    all = (struct pool_of_mails){.sender = three, .reads_us = quick, .plans_us = first_one_asks};
    run();
    /* the others did not wait for it */
    assert_int_not_equal(all.order[0], 1);
}

static void one_that_leaves_without_a_plan(void **state)
{
    (void)state;
    all = (struct pool_of_mails){
        .sender = one, .reads_us = odd_ones_slow, .plans_us = quick, .fails = third_one};
    run();
    assert_int_equal(all.n, MAILS - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_of_one_sender),
        cmocka_unit_test(of_three_senders),
        cmocka_unit_test(behind_one_that_asks_for_long),
        cmocka_unit_test(one_that_leaves_without_a_plan),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
