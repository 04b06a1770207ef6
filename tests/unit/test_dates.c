/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dates: days and times of letters, in English and in another language. */
#include "frontdesk/reply_dates.h"

#include <setjmp.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "shipped.h"

/* English as it is shipped, and beside it "de". */
static const char *make_folder(struct pool *pool)
{
    char english[4200], *folder = pool_copy(pool, "/tmp/frontdesk-dates.XXXXXX");
    source_path(english, sizeof(english), "templates/en");
    char *whole = realpath(english, NULL);
    assert_non_null(whole);
    assert_non_null(mkdtemp(folder));
    assert_int_equal(symlink(whole, pool_printf(pool, "%s/en", folder)), 0);
    assert_int_equal(mkdir(pool_printf(pool, "%s/de", folder), 0700), 0);
    assert_int_equal(mkdir(pool_printf(pool, "%s/de/reply", folder), 0700), 0);
    free(whole);
    return folder;
}

static void write_words(const char *folder, struct pool *pool, const char *text)
{
    FILE *f = fopen(pool_printf(pool, "%s/de/words.txt", folder), "we");
    assert_non_null(f);
    fputs(text, f);
    assert_int_equal(fclose(f), 0);
}

static void remove_folder(const char *folder, struct pool *pool)
{
    unlink(pool_printf(pool, "%s/de/words.txt", folder));
    unlink(pool_printf(pool, "%s/en", folder));
    rmdir(pool_printf(pool, "%s/de/reply", folder));
    rmdir(pool_printf(pool, "%s/de", folder));
    assert_int_equal(rmdir(folder), 0);
}

/* Days and times of letters. */
static void people_read_dates(void **state)
{
    (void)state;
    static const struct {
        const char *zone;
        int64_t ms, now_ms;
        const char *day, *clock, *moment;
    } rows[] = {
        {"Europe/Berlin", 1795622400000, 1795597200000, "Wed 25 Nov 17:00", "17:00", "25 Nov 17:00:00"},
        {"Europe/Berlin", 1795622400000, 1795510800000, "Wed 25 Nov 17:00", "Wed 25 Nov 17:00",
         "25 Nov 17:00:00"},
        {"Europe/Berlin", 1799049900000, 1795510800000, "Mon 4 Jan 2027 09:05", "Mon 4 Jan 2027 09:05",
         "04 Jan 09:05:00"},
        /* the same hour of the same day a year on is not today */
        {"Europe/Berlin", 1827158400000, 1795622400000, "Thu 25 Nov 2027 17:00", "Thu 25 Nov 2027 17:00",
         "25 Nov 17:00:00"},
        /* today there is not today here */
        {"Pacific/Auckland", 1795622400000, 1795597200000, "Thu 26 Nov 05:00", "Thu 26 Nov 05:00",
         "26 Nov 05:00:00"},
    };
    struct templates *t = shipped_templates();
    struct pool *pool = pool_new(1 << 20);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        assert_string_equal(dates_day(t, rows[i].ms, rows[i].now_ms, rows[i].zone, pool), rows[i].day);
        assert_string_equal(dates_clock(t, rows[i].ms, rows[i].now_ms, rows[i].zone, pool), rows[i].clock);
        assert_string_equal(dates_moment(t, rows[i].ms, rows[i].zone, pool), rows[i].moment);
    }
    assert_string_equal(dates_moment(t, 0, "UTC", pool), "-");
    pool_free(&pool);
    templates_free(&t);
}

/* Their order, and a year's names; too few of them stop the start. */
static void dates_have_a_language(void **state)
{
    (void)state;
    struct templates *t = NULL;
    struct buf problems = BUF_INIT(65536);
    struct pool *pool = pool_new(1 << 20);
    const char *folder = make_folder(pool);
    write_words(folder, pool,
                "[weekdays]\ntext: So Mo Di Mi Do Fr Sa\n"
                "[months]\ntext: Januar Februar März April Mai Juni Juli August September Oktober November "
                "Dezember\n"
                "[date]\ntext: {weekday}, {day}. {month}[[ {year}]], {time} Uhr\n");
    if (templates_load(&t, folder, NULL, "de", &problems) != 0)
        fail_msg("%s", problems.data);
    assert_string_equal(dates_day(t, 1805270400000, 1795510800000, "Europe/Berlin", pool),
                        "Mi, 17. März 2027, 09:00 Uhr");
    assert_string_equal(dates_moment(t, 1805270400000, "Europe/Berlin", pool), "17 März 09:00:00");
    templates_free(&t);
    write_words(folder, pool, "[weekdays]\ntext: So Mo Di Mi Do Fr\n[months]\ntext: Januar\n");
    assert_int_equal(templates_load(&t, folder, NULL, "de", &problems), -1);
    assert_non_null(strstr(problems.data, "[weekdays] has 6 names, there must be 7"));
    assert_non_null(strstr(problems.data, "[months] has 1 names, there must be 12"));
    remove_folder(folder, pool);
    buf_release(&problems);
    pool_free(&pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(people_read_dates),
        cmocka_unit_test(dates_have_a_language),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
