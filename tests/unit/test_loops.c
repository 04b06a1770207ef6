/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * loops: after three mails of the same words nobody is answered, until the sender says something else or is
 * quiet for the window. The windows are of the monotonic clock, which is played here (--wrap), as is the
 * operator.
 */
#include "../../src/job_private.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static int64_t now_ms;
static bool is_ill;
static unsigned ills, wells;

int64_t __wrap_clock_mono_ms(void);
bool __wrap_journal_alert_is(struct journal *j, const char *topic);
void __wrap_alert_ill(struct desk *d, const char *topic, const char *text);
void __wrap_alert_well(struct desk *d, const char *topic, const char *text);

int64_t __wrap_clock_mono_ms(void)
{
    return now_ms;
}

bool __wrap_journal_alert_is(struct journal *j, const char *topic)
{
    (void)j;
    assert_string_equal(topic, "loop-dana.reed@northwind.example");
    return is_ill;
}

void __wrap_alert_ill(struct desk *d, const char *topic, const char *text)
{
    (void)d;
    assert_string_equal(topic, "loop-dana.reed@northwind.example");
    assert_non_null(strstr(text, "stop the automatic answers"));
    ills += !is_ill;
    is_ill = true;
}

void __wrap_alert_well(struct desk *d, const char *topic, const char *text)
{
    (void)d, (void)topic, (void)text;
    wells += is_ill;
    is_ill = false;
}

static struct desk desk;
static int64_t last_id;

static bool caught_as(int64_t id, const char *subject, const char *text)
{
    struct buf raw = BUF_INIT(1 << 16);
    struct message m;
    struct err e = ERR_INIT;
    struct job job = {
        .desk = &desk, .pool = pool_new(1 << 20), .row = {.id = id, .sender = "dana.reed@northwind.example"}};
    buf_printf(&raw,
               "From: dana.reed@northwind.example\r\nTo: desk@desk.example\r\nSubject: %s\r\n\r\n%s\r\n",
               subject, text);
    assert_int_equal(reader_read(&m, buf_view(&raw), false, NULL, &e), 0);
    snprintf(job.row.ref, sizeof(job.row.ref), "7KQ2");
    bool is = loops_caught(&job, &m);
    message_release(&m);
    buf_release(&raw);
    pool_free(&job.pool);
    return is;
}

static bool caught(const char *subject, const char *text)
{
    return caught_as(++last_id, subject, text);
}

static int begin(void **state)
{
    (void)state;
    desk = (struct desk){0};
    pthread_mutex_init(&desk.lock, NULL);
    now_ms = 5000000;
    is_ill = false;
    ills = wells = 0;
    return 0;
}

static int end(void **state)
{
    (void)state;
    free(desk.loops);
    pthread_mutex_destroy(&desk.lock);
    return 0;
}

#define AWAY "I am out of the office until Monday. Please call the front desk."
#define CASE "Thank you. Your message was received as case #%d of our desk today."

/* Says it three times, `every` ms apart; then once more. */
static bool fourth_is_caught(const char *subject, const char *text, int64_t every_ms)
{
    for (int i = 0; i < 3; i++) {
        assert_false(caught(subject, text));
        now_ms += every_ms;
    }
    return caught(subject, text);
}

static void within_ten_minutes(void **state)
{
    (void)state;
    assert_true(fourth_is_caught("I am away", AWAY, 599000));
    assert_int_equal(ills, 1);
    for (int i = 0; i < 50;
         i++) { /* a loop that goes on is a loop for as long as it goes on, and told once */
        now_ms += 599999;
        assert_true(caught("I am away", AWAY));
    }
    assert_int_equal(ills, 1);
}

static void slower_than_that(void **state)
{
    (void)state;
    assert_false(fourth_is_caught("I am away", AWAY, 600000));
    assert_int_equal(ills, 0);
}

static void quiet_for_ten_minutes(void **state)
{
    (void)state;
    assert_true(fourth_is_caught("I am away", AWAY, 1000));
    now_ms += 600000;
    assert_false(caught("I am away", AWAY));
    assert_int_equal(wells, 1);
    assert_false(caught("I am away", AWAY));
    assert_false(caught("I am away", AWAY));
    assert_true(caught("I am away", AWAY));
    assert_int_equal(ills, 2);
}

static void something_else(void **state)
{
    (void)state;
    assert_true(fourth_is_caught("I am away", AWAY, 1000));
    assert_false(caught("Sarah: the window", "It does not close, and it is cold in here."));
    assert_int_equal(wells, 1);
}

/* A few words, as of people, count within a minute only. */
static void short_words(void **state)
{
    (void)state;
    assert_true(fourth_is_caught("status", "", 59999));
    now_ms += 60000;
    assert_false(caught("status", ""));
}

/* Which of the mails of a desk is the first that is caught, if one of twenty is; each `every_ms` after the
 * one before, with a number of its own, or with the same. */
static int first_caught(int64_t every_ms, bool numbered)
{
    char text[200];
    now_ms += 36000000;
    for (int i = 1; i <= 20; i++) {
        snprintf(text, sizeof(text), CASE, 4711 + (numbered ? i : 0));
        if (caught("Re: the printer", text))
            return i;
        now_ms += every_ms;
    }
    return 0;
}

/* Desks that answer at once, and those that look into their mailbox now and then. */
static void desks(void **state)
{
    (void)state;
    assert_int_equal(first_caught(59999, true), 4);
    assert_int_equal(first_caught(60000, true), 7);
    assert_int_equal(first_caught(7199999, true), 7);
    assert_int_equal(first_caught(7200000, true), 0);
    assert_int_equal(first_caught(300000, false), 4);
    assert_int_equal(first_caught(7199999, false), 4);
    assert_int_equal(first_caught(7200000, false), 0);
}

/* Numbers tell mails of a monitor apart. */
static void numbers_that_differ(void **state)
{
    char subject[100];
    (void)state;
    for (int i = 0; i < 20; i++) {
        snprintf(subject, sizeof(subject), "Sarah: backup of server %d has failed", i);
        assert_false(caught(subject, "Please look at the log of the night."));
    }
}

/* The same mail once more, since it was put off, does not count. */
static void put_off(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++) {
        assert_false(caught_as(7, "I am away", AWAY));
        now_ms += 1000;
    }
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, begin, end)
    const struct CMUnitTest tests[] = {T(within_ten_minutes),  T(slower_than_that), T(quiet_for_ten_minutes),
                                       T(something_else),      T(short_words),      T(desks),
                                       T(numbers_that_differ), T(put_off)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
