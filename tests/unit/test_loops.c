/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * loops: after three mails of the same words nobody gets a letter for them, until they stay away for the
 * window. The windows are of the monotonic clock, which is played here (--wrap), as is the
 * operator.
 */
#include "../../src/job_private.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static int64_t now_ms, received_ms;
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

/* As the job does it: the operator hears of a sure one. */
static enum loop_kind caught_as(int64_t id, const char *subject, const char *text)
{
    struct buf raw = BUF_INIT(1 << 16);
    struct message m;
    struct err e = ERR_INIT;
    struct job job = {.desk = &desk,
                      .pool = pool_new(1 << 20),
                      .row = {.id = id, .sender = "dana.reed@northwind.example", .received_ms = received_ms}};
    buf_printf(&raw,
               "From: dana.reed@northwind.example\r\nTo: desk@desk.example\r\nSubject: %s\r\n\r\n%s\r\n",
               subject, text);
    assert_int_equal(reader_read(&m, buf_view(&raw), false, NULL, &e), 0);
    snprintf(job.row.ref, sizeof(job.row.ref), "7KQ2");
    enum loop_kind kind = loops_look(&job, &m).kind;
    if (kind == LOOP_SURE)
        loops_tell(&job, kind);
    message_release(&m);
    buf_release(&raw);
    pool_free(&job.pool);
    return kind;
}

static enum loop_kind caught(const char *subject, const char *text)
{
    return caught_as(++last_id, subject, text);
}

static int begin(void **state)
{
    (void)state;
    desk = (struct desk){0};
    pthread_mutex_init(&desk.lock, NULL);
    now_ms = 5000000;
    received_ms = 0;
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
#define CASE "Thank you. Your message was received at our desk today as"

/* Says it three times, `every` ms apart; then once more. */
static enum loop_kind the_fourth(const char *subject, const char *text, int64_t every_ms)
{
    for (int i = 0; i < 3; i++) {
        assert_int_equal(caught(subject, text), LOOP_NONE);
        now_ms += every_ms;
    }
    return caught(subject, text);
}

static void within_ten_minutes(void **state)
{
    (void)state;
    assert_int_equal(the_fourth("I am away", AWAY, 599999), LOOP_SURE);
    assert_int_equal(ills, 1);
    for (int i = 0; i < 50;
         i++) { /* a loop that goes on is a loop for as long as it goes on, and told once */
        now_ms += 599999;
        assert_int_equal(caught("I am away", AWAY), LOOP_SURE);
    }
    assert_int_equal(ills, 1);
}

static void slower_than_that(void **state)
{
    (void)state;
    assert_int_equal(the_fourth("I am away", AWAY, 600000), LOOP_LIKELY);
    now_ms += 36000000;
    assert_int_equal(the_fourth("I am away", AWAY, 7199999), LOOP_LIKELY);
    now_ms += 36000000;
    assert_int_equal(the_fourth("I am away", AWAY, 7200000), LOOP_NONE);
    assert_int_equal(ills, 0);
}

static void quiet_for_two_hours(void **state)
{
    (void)state;
    assert_int_equal(the_fourth("I am away", AWAY, 1000), LOOP_SURE);
    now_ms += 600000;
    assert_int_equal(caught("I am away", AWAY), LOOP_LIKELY);
    assert_int_equal(wells, 0);
    now_ms += 7200000;
    assert_int_equal(the_fourth("I am away", AWAY, 1000), LOOP_SURE);
    assert_int_equal(wells, 1);
    assert_int_equal(ills, 2);
}

/* What else the sender says is answered, and told to be the end when the loop was quiet for two hours: not
 * each time that the one comes between the other. */
static void something_else(void **state)
{
    (void)state;
    assert_int_equal(the_fourth("I am away", AWAY, 1000), LOOP_SURE);
    for (int i = 0; i < 20; i++) {
        char subject[40];
        snprintf(subject, sizeof(subject), "Sarah: window %d", i);
        assert_int_equal(caught(subject, "It does not close, and it is cold in here."), LOOP_NONE);
        now_ms += 1000;
        assert_int_equal(caught("I am away", AWAY), LOOP_SURE);
    }
    assert_true(ills == 1 && wells == 0);
    now_ms += 7200000;
    assert_int_equal(caught("Sarah: the door", "It does not close, and it is cold in here."), LOOP_NONE);
    assert_int_equal(wells, 1);
}

/* One machine answers two letters in turn: each conversation is a loop of its own. */
static void in_turn(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(caught("Re: the printer", AWAY), LOOP_NONE);
        assert_int_equal(caught("Re: the window", AWAY), LOOP_NONE);
        now_ms += 1000;
    }
    assert_int_equal(caught("Re: the printer", AWAY), LOOP_SURE);
    assert_int_equal(caught("Re: the window", AWAY), LOOP_SURE);
}

/* A few words, as of people, count for sure within a minute only. */
static void short_words(void **state)
{
    (void)state;
    assert_int_equal(the_fourth("status", "", 59999), LOOP_SURE);
    now_ms += 60000;
    assert_int_equal(caught("status", ""), LOOP_LIKELY);
}

/* What the fourth mail of a desk is taken for, the first three being answered; each `every_ms` after the one
 * before, with a number of its own or the same. */
static enum loop_kind fourth_of_desk(const char *text, int64_t every_ms, bool numbered)
{
    char said[200];
    now_ms += 36000000;
    for (int i = 1;; i++) {
        snprintf(said, sizeof(said), "%s case #%d.", text, 4711 + (numbered ? i : 0));
        enum loop_kind kind = caught("Re: the printer", said);
        if (i == 4)
            return kind;
        assert_int_equal(kind, LOOP_NONE);
        now_ms += every_ms;
    }
}

/* Desks that answer at once, and those that look into their mailbox now and then. */
static void desks(void **state)
{
    static const struct {
        const char *text;
        int64_t every_ms;
        bool numbered;
        enum loop_kind kind;
    } rows[] = {
        {CASE, 59999, true, LOOP_SURE},        {CASE, 60000, true, LOOP_LIKELY},
        {CASE, 7199999, true, LOOP_LIKELY},    {CASE, 7200000, true, LOOP_NONE},
        {CASE, 300000, false, LOOP_SURE},      {CASE, 7199999, false, LOOP_SURE},
        {CASE, 7200000, false, LOOP_NONE},     {"Opened as", 1000, true, LOOP_LIKELY},
        {"Opened as", 1000, false, LOOP_SURE}, {"Opened as", 60000, false, LOOP_LIKELY},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        enum loop_kind got = fourth_of_desk(rows[i].text, rows[i].every_ms, rows[i].numbered);
        if (got != rows[i].kind)
            fail_msg("row %zu: %d, not %d", i, (int)got, (int)rows[i].kind);
    }
}

/* What is done of a likely loop depends on what its plan is. */
static void weighed(void **state)
{
    static const struct {
        const char *name;
        struct loop_seen seen;
        bool follows;
        struct plan plan;
        enum loop_kind kind;
        int64_t outcome; /* of a silent one */
    } rows[] = {
        {"no loop", {LOOP_NONE, true, true}, false, {.title = "a"}, LOOP_NONE, 0},
        {"a request",
         {LOOP_LIKELY, false, true},
         false,
         {.title = "a", .outcome = OUTCOME_TICKET},
         LOOP_LIKELY,
         OUTCOME_TICKET},
        {"a question",
         {LOOP_LIKELY, false, true},
         false,
         {.title = "a", .hold_ms = 1, .outcome = OUTCOME_ASKED},
         LOOP_LIKELY,
         OUTCOME_UNASSIGNED},
        {"a report that is asked for", {LOOP_LIKELY, false, true}, false, {.verb = "check"}, LOOP_NONE, 0},
        {"status once more, as an answer",
         {LOOP_LIKELY, true, false},
         false,
         {.verb = "status"},
         LOOP_NONE,
         0},
        {"words below a subject that is a command",
         {LOOP_LIKELY, true, true},
         false,
         {.verb = "status"},
         LOOP_SURE,
         0},
        {"an error that is known",
         {LOOP_LIKELY, true, true},
         false,
         {.title = "a", .errors = "[]"},
         LOOP_SURE,
         0},
        {"a note",
         {LOOP_LIKELY, true, true},
         true,
         {.target_id = 1, .note = "a", .outcome = OUTCOME_AMENDED},
         LOOP_LIKELY,
         OUTCOME_AMENDED},
        {"a change", {LOOP_LIKELY, true, true}, true, {.target_id = 1, .n_changes = 1}, LOOP_NONE, 0},
        {"one more helper", {LOOP_LIKELY, true, true}, true, {.target_id = 1, .n_adds = 1}, LOOP_NONE, 0},
        {"a choice", {LOOP_LIKELY, true, true}, true, {.title = "a", .take_over = 1}, LOOP_NONE, 0},
        {"a change in a letter",
         {LOOP_LIKELY, true, true},
         true,
         {.target_id = 1, .n_changes = 1, .note = "a", .outcome = OUTCOME_AMENDED},
         LOOP_LIKELY,
         OUTCOME_AMENDED},
        {"asked again", {LOOP_LIKELY, true, true}, true, {.title = "a", .hold_ms = 1}, LOOP_SURE, 0},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct job_view v = {.plan = rows[i].plan, .follows = rows[i].follows};
        v.plan.reply = "some";
        if (loops_weigh(&rows[i].seen, &v) != rows[i].kind)
            fail_msg("%s: not %d", rows[i].name, (int)rows[i].kind);
        assert_string_equal(v.plan.reply, rows[i].kind == LOOP_LIKELY ? "" : "some");
        assert_int_equal(rows[i].kind == LOOP_LIKELY ? v.plan.outcome : 0, rows[i].outcome);
        assert_true(rows[i].kind != LOOP_LIKELY || (v.plan.hold_ms == 0 && strstr(v.plan.reason, "loop")));
    }
}

/* Numbers tell mails of a monitor apart. */
static void numbers_that_differ(void **state)
{
    char subject[100];
    (void)state;
    for (int i = 0; i < 20; i++) {
        snprintf(subject, sizeof(subject), "Sarah: backup of server %d has failed", i);
        assert_int_equal(caught(subject, "Please look at the log of the night."), LOOP_NONE);
    }
}

/* The same mail once more, since it was put off, does not count. */
static void put_off(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++) {
        assert_int_equal(caught_as(7, "I am away", AWAY), LOOP_NONE);
        now_ms += 1000;
    }
}

/* One of many is what it was when it came, however often it is read again, and whenever. */
static void read_again(void **state)
{
    (void)state;
    for (int64_t id = 1; id <= 6; id++) {
        for (int64_t again = 1; again <= id; again++)
            assert_int_equal(caught_as(again, "I am away", AWAY), again <= 3 ? LOOP_NONE : LOOP_SURE);
    }
    for (int64_t id = 11; id <= 16; id++) {
        for (int64_t again = 11; again <= id; again++)
            assert_int_equal(caught_as(again, "Re: the printer", "Opened."),
                             again <= 13 ? LOOP_NONE : LOOP_SURE);
    }
}

/* Read late, after the others: it is none of the loop that began behind it. */
static void read_late(void **state)
{
    (void)state;
    for (int64_t id = 2; id <= 5; id++)
        assert_int_equal(caught_as(id, "I am away", AWAY), id <= 4 ? LOOP_NONE : LOOP_SURE);
    assert_int_equal(caught_as(1, "I am away", AWAY), LOOP_NONE);
    assert_int_equal(caught_as(6, "I am away", AWAY), LOOP_SURE);
}

/* A mail each night, all of them read at once after a standstill. */
static void read_at_once(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++) {
        assert_int_equal(caught("Sarah: the backup has failed", AWAY), LOOP_NONE);
        received_ms += 86400000;
    }
    received_ms += 86400000;
    assert_int_equal(the_fourth("I am away", AWAY, 0), LOOP_SURE);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, begin, end)
    const struct CMUnitTest tests[] = {T(within_ten_minutes),
                                       T(slower_than_that),
                                       T(quiet_for_two_hours),
                                       T(something_else),
                                       T(in_turn),
                                       T(short_words),
                                       T(read_again),
                                       T(read_late),
                                       T(read_at_once),
                                       T(desks),
                                       T(numbers_that_differ),
                                       T(put_off),
                                       T(weighed)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
