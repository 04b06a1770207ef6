/* SPDX-License-Identifier: GPL-2.0-or-later */
/* schedule: what the setting `watch` takes and refuses, and with which words; the next time, over changes of
 * clocks, month ends and years; who gets the letters. */
#include "frontdesk/check.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "local_time.h"

static const struct {
    const char *text, *want; /* as schedule_words writes it, with | between */
} good[] = {
    {"mapping hourly", "mapping hourly|"},
    {"mapping daily 07:00, sync hourly", "mapping daily 07:00|sync hourly|"},
    {" Mapping  DAILY 7:05 ", "mapping daily 07:05|"},
    {"all weekly Mon 23:59", "all weekly mon 23:59|"},
    {"terms weekly sun 0:00,accounts daily 12:30,all hourly",
     "terms weekly sun 00:00|accounts daily 12:30|all hourly|"},
    {"mapping hourly,accounts hourly,terms hourly,sync hourly,all hourly",
     "mapping hourly|accounts hourly|terms hourly|sync hourly|all hourly|"},
};

static void schedules_are_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(good); i++) {
        struct schedule s[SCHEDULE_MOST];
        size_t n;
        struct err e = ERR_INIT;
        struct buf got = BUF_INIT(1000);
        assert_int_equal(schedule_parse(good[i].text, s, &n, &e), 0);
        for (size_t k = 0; k < n; k++) {
            buf_printf(&got, "%s ", s[k].check);
            schedule_words(&s[k], &got);
            buf_putc(&got, '|');
        }
        assert_string_equal(got.data, good[i].want);
        buf_release(&got);
    }
}

/* A setting, and what is said of it. */
static const char *const bad[][2] = {
    {"watch = \"\";", "watch: is empty"},
    {"watch = \"mapping\";", "mapping is to be made hourly, daily or weekly"},
    {"watch = \"mapping daily\";", "a time of day is missing"},
    {"watch = \"mapping daily 25:00\";", "\"25:00\" is no time of day"},
    {"watch = \"mapping daily 07:00 noon\";", "\"noon\" is too much"},
    {"watch = \"mapping hourly 07:00\";", "\"07:00\" is too much"},
    {"watch = \"mapping weekly 07:00\";", "\"07:00\" is no day"},
    {"watch = \"mapping weekly\";", "a day is missing"},
    {"watch = \"maping hourly\";", "\"maping\" is no check that can be watched, did you mean \"mapping\""},
    {"watch = \"invoice hourly\";", "\"invoice\" is no check"},
    {"watch = \"mapping hourly,\";", "an item is empty"},
    {"watch = \"mapping hourly, mapping daily 07:00\";", "mapping is there twice"},
    {"watch = 5;", "must be a text"},
    {"watch = \"mapping fortnightly\";", "allowed: \"CHECK hourly\", \"CHECK daily HH:MM\""},
    {"watch = \"sync hourly\"; watch_to = [\"sam@elsewhere.example\"];", "no address of the staff"},
    {"watch = \"sync hourly\"; watch_from = \"books\";", "no mailbox \"books\""},
};

static int parse(const char *setting, bool operator, struct conf ** out, struct buf *problems)
{
    struct buf text = BUF_INIT(10000);
    buf_printf(&text,
               "firm = { name = \"F\"; domains = [\"a.example\"]; };\n"
               "mailboxes = ( { name = \"d\"; address = \"d@a.example\"; trust = \"server:m.example\";\n"
               "imap = { url = \"imaps://m.example\"; user = \"u\"; password_file = \"/p\"; };\n"
               "smtp = { url = \"smtp://m.example\"; }; } );\n"
               "autotask = { user = \"api\"; secret_file = \"/s\"; integration_code_file = \"/c\"; };\n"
               "ticket = { queue = \"D\"; triage_queue = \"T\"; status = \"N\"; priority = \"M\"; };\n"
               "%s\n%s\n",
               operator? "alerts = { email = \"op@b.example\"; };"
                       : "staff = { extra_addresses = [\"x@c.example\"]; };",
               setting);
    int rc = conf_parse(text.data, "f", out, problems);
    buf_release(&text);
    return rc;
}

static void bad_settings_are_told(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct conf *conf;
        struct buf problems = BUF_INIT(10000);
        assert_int_equal(parse(bad[i][0], true, &conf, &problems), -1);
        if (!strstr(problems.data, bad[i][1]) || !slice_starts(buf_view(&problems), SLICE("f:8: watch")))
            fail_msg("%s: %s", bad[i][0], problems.data);
        buf_release(&problems);
    }
}

static void a_mailbox_without_a_name(void **state)
{
    (void)state;
    struct conf *conf;
    struct buf problems = BUF_INIT(10000);
    assert_int_equal(conf_parse("mailboxes = ( 5, {} );\nwatch = \"sync hourly\";\nwatch_from = \"d\";\n",
                                "f", &conf, &problems),
                     -1);
    assert_non_null(strstr(problems.data, "f:1: mailboxes[0]"));
    assert_non_null(strstr(problems.data, "f:3: watch_from: there is no mailbox"));
    buf_release(&problems);
}

static void somebody_hears_of_it(void **state)
{
    (void)state;
    static const struct {
        const char *setting;
        bool operator;
        const char *want; /* NULL: refused */
    } cases[] = {
        {"watch = \"sync hourly\";", false, NULL},
        {"watch = \"sync hourly\";", true, "op@b.example "},
        {"watch = \"sync hourly\"; watch_to = [\"Dana@A.example\", \"op@b.example\"];", true,
         "Dana@a.example op@b.example "},
        {"watch = \"sync hourly\"; watch_to = [\"x@c.example\"]; watch_from = \"d\";", false, "x@c.example "},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct conf *conf;
        const char *const *readers;
        struct buf problems = BUF_INIT(10000), got = BUF_INIT(1000);
        int rc = parse(cases[i].setting, cases[i].operator, & conf, &problems);
        assert_int_equal(rc, cases[i].want ? 0 : -1);
        if (rc == 0) {
            size_t n = conf_watch_readers(conf, &readers);
            for (size_t k = 0; k < n; k++)
                buf_printf(&got, "%s ", readers[k]);
            assert_string_equal(got.data, cases[i].want);
            assert_string_equal(conf_watch_mailbox(conf)->name, "d");
            assert_int_equal(conf->n_watches, 1);
            conf_free(&conf);
        } else {
            assert_non_null(strstr(problems.data, "f:8: watch: nobody would hear of it"));
        }
        buf_release(&problems);
        buf_release(&got);
    }
}

static const struct {
    const char *tz, *after, *rule, *want;
} times[] = {
    {BERLIN, "2026-11-24 06:59", "sync daily 07:00", "2026-11-24 07:00"},
    {BERLIN, "2026-11-24 07:00", "sync daily 07:00", "2026-11-25 07:00"},
    {BERLIN, "2026-11-30 12:00", "sync daily 07:00", "2026-12-01 07:00"},
    {BERLIN, "2026-12-31 12:00", "sync daily 07:00", "2027-01-01 07:00"},
    {BERLIN, "2028-02-28 12:00", "sync daily 00:00", "2028-02-29 00:00"},
    /* Tue 24 Nov */
    {BERLIN, "2026-11-24 12:00", "sync weekly tue 07:00", "2026-12-01 07:00"},
    {BERLIN, "2026-11-24 06:00", "sync weekly tue 07:00", "2026-11-24 07:00"},
    {BERLIN, "2026-11-24 12:00", "sync weekly mon 07:00", "2026-11-30 07:00"},
    {BERLIN, "2026-12-29 12:00", "sync weekly sun 23:59", "2027-01-03 23:59"},
    {BERLIN, "2026-11-24 12:00", "sync hourly", "2026-11-24 13:00"},
    {BERLIN, "2026-11-24 12:59", "sync hourly", "2026-11-24 13:00"},
    {BERLIN, "2026-12-31 23:10", "sync hourly", "2027-01-01 00:00"},
    {"Asia/Kathmandu", "2026-11-24 12:10", "sync hourly", "2026-11-24 13:00"},
    {"Australia/Lord_Howe", "2026-11-24 12:10", "sync hourly", "2026-11-24 13:00"},
    /* clocks change on 28 Mar 2027 and 31 Oct 2027 in Berlin, 14 Mar and 7 Nov in New York */
    {BERLIN, "2027-03-27 12:00", "sync daily 02:30", "2027-03-28 03:00"},
    {BERLIN, "2027-03-28 03:00", "sync daily 02:30", "2027-03-29 02:30"},
    {BERLIN, "2027-03-27 12:00", "sync daily 07:00", "2027-03-28 07:00"},
    {BERLIN, "2027-10-30 12:00", "sync daily 02:30", "2027-10-31 02:30"},
    {BERLIN, "2027-10-31 02:30", "sync daily 02:30", "2027-11-01 02:30"},
    {YORK, "2027-03-14 01:30", "sync hourly", "2027-03-14 03:00"},
    {YORK, "2027-03-07 12:00", "sync weekly sun 02:15", "2027-03-14 03:00"},
    {YORK, "2027-11-06 12:00", "sync weekly sun 01:30", "2027-11-07 01:30"},
};

static void the_next_time(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(times); i++) {
        struct schedule s[SCHEDULE_MOST];
        size_t n;
        int64_t got;
        struct err e = ERR_INIT;
        assert_int_equal(schedule_parse(times[i].rule, s, &n, &e), 0);
        assert_true(schedule_next(&s[0], times[i].tz, local(times[i].after, times[i].tz), &got));
        if (got != local(times[i].want, times[i].tz))
            fail_msg("%s after %s: %lld", times[i].rule, times[i].after, (long long)got);
    }
}

/* A year of hours: none is left out and none comes twice, also when the clock is put back. */
static void every_hour_once(void **state)
{
    (void)state;
    static const struct schedule hourly = {.check = "sync", .kind = SCHEDULE_HOURLY};
    static const struct schedule daily = {.check = "sync", .kind = SCHEDULE_DAILY, .minutes = 150};
    int64_t at = local("2027-01-01 00:00", BERLIN), next, end = local("2028-01-01 00:00", BERLIN);
    unsigned n = 0;
    for (; at < end; at = next, n++) {
        assert_true(schedule_next(&hourly, BERLIN, at, &next));
        assert_int_equal(next - at, 3600000);
    }
    assert_int_equal(n, 365 * 24);
    for (n = 0, at = local("2027-01-01 00:00", BERLIN); at < end; at = next, n++)
        assert_true(schedule_next(&daily, BERLIN, at, &next));
    assert_int_equal(n, 366); /* the last one is next year's */
}

static const char *const months[][3] = {
    {BERLIN, "2026-11-24 07:00", "2026-12-24 07:00"}, {BERLIN, "2026-12-31 07:00", "2027-01-31 07:00"},
    {BERLIN, "2027-01-31 07:00", "2027-02-28 07:00"}, {BERLIN, "2028-01-30 07:00", "2028-02-29 07:00"},
    {BERLIN, "2027-05-31 23:30", "2027-06-30 23:30"}, {BERLIN, "2027-02-28 02:30", "2027-03-28 03:00"},
    {YORK, "2027-10-07 01:30", "2027-11-07 01:30"},
};

static void a_month_later(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(months); i++) {
        int64_t got;
        assert_true(schedule_month_later(local(months[i][1], months[i][0]), months[i][0], &got));
        if (got != local(months[i][2], months[i][0]))
            fail_msg("a month after %s: %lld", months[i][1], (long long)got);
    }
}

/* What can be watched are the checks that need nothing behind them. */
static void the_checks_are_there(void **state)
{
    (void)state;
    size_t n, able = 0, listed = 0;
    const struct check *checks = check_list(&n);
    for (size_t i = 0; i < n; i++)
        able += checks[i].argument == CHECK_NO_ARGUMENT;
    for (; schedule_checks[listed]; listed++) {
        const struct check *c = check_find(slice_of(schedule_checks[listed]));
        assert_non_null(c);
        assert_string_equal(c->name, schedule_checks[listed]);
        assert_int_equal(c->argument, CHECK_NO_ARGUMENT);
    }
    assert_int_equal(listed, able);
    assert_true(able <= SCHEDULE_MOST);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(schedules_are_read),   cmocka_unit_test(bad_settings_are_told),
        cmocka_unit_test(somebody_hears_of_it), cmocka_unit_test(a_mailbox_without_a_name),
        cmocka_unit_test(the_next_time),        cmocka_unit_test(every_hour_once),
        cmocka_unit_test(a_month_later),        cmocka_unit_test(the_checks_are_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
