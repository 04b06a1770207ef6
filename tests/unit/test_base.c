/* SPDX-License-Identifier: GPL-2.0-or-later */
/* base: buf, slice, pool, fold, err. */
#include "frontdesk/base.h"
#include "frontdesk/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void buf_keeps_its_maximum(void **state)
{
    (void)state;
    struct buf b = BUF_INIT(5);
    buf_puts(&b, "abc");
    buf_puts(&b, "def");
    assert_true(b.overflow);
    assert_string_equal(b.data, "abc");
    buf_puts(&b, "de");
    assert_string_equal(b.data, "abcde");
    assert_true(b.overflow);
    buf_release(&b);
}

/* Commas where they belong, in objects, in lists, and in an empty buffer. */
static void json_is_written(void **state)
{
    struct buf b = BUF_INIT(1000);
    (void)state;
    buf_putc(&b, '{');
    json_put_int(&b, "n\"", -5);
    json_put_name(&b, "list");
    buf_putc(&b, '[');
    for (int i = 0; i < 2; i++) {
        json_put_name(&b, NULL);
        buf_putc(&b, '{');
        json_put_bool(&b, "yes", i == 0);
        buf_putc(&b, '}');
    }
    buf_putc(&b, ']');
    json_put_text(&b, "s", "{");
    json_put_text(&b, "nothing", NULL);
    buf_putc(&b, '}');
    assert_string_equal(
        b.data, "{\"n\\\"\":-5,\"list\":[{\"yes\":true},{\"yes\":false}],\"s\":\"{\",\"nothing\":\"\"}");
    buf_release(&b);
}

/* Each value costs memory; commas in strings are none. */
static void json_of_too_many_values_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *start, *unit, *end;
        size_t n;
        bool read;
    } rows[] = {
        {"[0", ",0", "]", JSON_VALUES_MAX - 1, true},
        {"[0", ",0", "]", JSON_VALUES_MAX, false},
        {"[[]", ",[]", "]", JSON_VALUES_MAX / 2, false},
        {"[\"", ",", "\"]", 2 * JSON_VALUES_MAX, true},
        {"[\"\\\"", ",\\\"", "\"]", JSON_VALUES_MAX, true},
        {"\"", ",", "", 2 * JSON_VALUES_MAX, false},
        {"\"", "\\", "", 1001, false},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct buf text = BUF_INIT(16 << 20);
        struct json root;
        struct err e = ERR_INIT;
        buf_puts(&text, rows[i].start);
        for (size_t k = 0; k < rows[i].n; k++)
            buf_puts(&text, rows[i].unit);
        buf_puts(&text, rows[i].end);
        int rc = json_open(buf_view(&text), &root, &e);
        if ((rc == 0) != rows[i].read || (rc != 0 && e.code != ERR_PROTOCOL))
            fail_msg("row %zu: %d %s", i, rc, e.text);
        json_close(&root);
        buf_release(&text);
    }
}

static void json_is_always_valid(void **state)
{
    (void)state;
    struct buf b = BUF_INIT(200);
    buf_put_json(&b, slice_from("a\"\\\n\x01\xff\xc3\xa4\x7f", 9));
    assert_string_equal(b.data, "\"a\\\"\\\\\\n\\u0001\xef\xbf\xbd\xc3\xa4\\u007f\"");
    buf_release(&b);
}

/* Whatever stands in a text may stand there; and most of what does not is told apart. */
static void pairs_miss_nothing(void **state)
{
    static const char text[] =
        "the invoice didn't come over to quickbooks \xc3\xa4\xff\x01 item 0x80040408\n";
    struct slice all = slice_of(text);
    struct pairs pairs;
    (void)state;
    pairs_of(&pairs, all);
    for (size_t from = 0; from < all.len; from++) {
        for (size_t len = 0; from + len <= all.len; len++)
            assert_true(pairs_may_hold(&pairs, slice_from(all.ptr + from, len)));
    }
    assert_false(pairs_may_hold(&pairs, SLICE("invoices")));
    assert_false(pairs_may_hold(&pairs, SLICE("customer")));
    pairs_of(&pairs, SLICE_NONE);
    assert_true(pairs_may_hold(&pairs, SLICE("x")));
    assert_false(pairs_may_hold(&pairs, SLICE("xy")));
}

static void fold_cases(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"Sarah", "sarah"}, {"JOSÉ", "jose"},      {"Łukasz", "lukasz"}, {"Straße", "strasse"},
        {"Zoë", "zoe"},     {"Bj\xf8rn", "bjorn"}, {"ＦＵＬＬ", "full"}, {"O’Neil", "o'neil"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct buf b = BUF_INIT(100);
        fold_into(&b, slice_of(cases[i][0]));
        assert_string_equal(b.data, cases[i][1]);
        buf_release(&b);
    }
}

static void distance_counts_a_swap_once(void **state)
{
    (void)state;
    assert_int_equal(fold_distance(SLICE("shara"), SLICE("sarah"), 3), 2);
    assert_int_equal(fold_distance(SLICE("sarha"), SLICE("sarah"), 3), 1);
    assert_int_equal(fold_distance(SLICE("mike"), SLICE("sarah"), 2), 3);
    assert_int_equal(fold_distance(SLICE(""), SLICE("ab"), 2), 2);
}

static void zones_know_summer_time(void **state)
{
    (void)state;
    struct tm tm;
    assert_true(clock_local(1795536000000, "America/New_York", &tm)); /* 2026-11-24 16:00 UTC */
    assert_int_equal(tm.tm_hour, 11);
    int64_t ms;
    assert_true(clock_from_local(&tm, "America/New_York", &ms));
    assert_int_equal(ms, 1795536000000);
    assert_false(clock_local(0, "Mars/Olympus", &tm));
}

static void pool_serves_and_warns(void **state)
{
    (void)state;
    struct pool *p = pool_new(10000);
    for (int i = 0; i < 100; i++)
        assert_string_equal(pool_printf(p, "%d", i), pool_printf(p, "%d", i));
    assert_false(pool_exhausted(p));
    assert_non_null(pool_alloc(p, 20000));
    assert_true(pool_exhausted(p));
    pool_free(&p);
    assert_null(p);
}

static void errors_are_printable(void **state)
{
    (void)state;
    struct err e = ERR_INIT;
    assert_int_equal(err_set(&e, ERR_BUSY, "server said %s", "a\r\nb"), -1);
    assert_string_equal(e.text, "server said a  b");
    assert_int_equal(err_class(&e), ERR_CLASS_RETRY);
    err_wrap(&e, "creating the ticket");
    assert_string_equal(e.text, "creating the ticket: server said a  b");
    assert_int_equal(err_code_from_name("busy"), ERR_BUSY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(buf_keeps_its_maximum),
        cmocka_unit_test(json_is_written),
        cmocka_unit_test(json_of_too_many_values_is_refused),
        cmocka_unit_test(pairs_miss_nothing),
        cmocka_unit_test(json_is_always_valid),
        cmocka_unit_test(fold_cases),
        cmocka_unit_test(distance_counts_a_swap_once),
        cmocka_unit_test(zones_know_summer_time),
        cmocka_unit_test(pool_serves_and_warns),
        cmocka_unit_test(errors_are_printable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
