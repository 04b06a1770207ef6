/* SPDX-License-Identifier: GPL-2.0-or-later */
/* autotask_calls: what the client asks, and whom: pages, the zone, refused logins, lost connections
 * (autotask-rest.md sections 1 to 4). */
#include "autotask_stub.h"

#include <setjmp.h>
#include <stdarg.h>
#include <unistd.h>
#include <cmocka.h>

static struct bench bench;

static int open_bench(void **state)
{
    (void)state;
    bench_open(&bench);
    return 0;
}

static int close_bench(void **state)
{
    (void)state;
    bench_close(&bench);
    return 0;
}

static int create(int64_t *id, struct err *e)
{
    struct autotask_ticket t = {.title = "t", .external_id = "fd-1", .status = 1, .priority = 2};
    return autotask_ticket_create(bench.at, &t, id, e);
}

/* --- pages --- */

static void look_for(const char *next, struct err *e)
{
    static char body[4000];
    struct autotask_found ticket;
    bool found;
    snprintf(body, sizeof(body), "{\"items\":[],\"pageDetails\":{\"nextPageUrl\":\"%s\"}}", next);
    bench_clear(&bench);
    bench_rule(&bench, (struct stub_rule){.part = "query/next", .status = 200, .body = "{\"items\":[]}"});
    bench_rule(&bench, (struct stub_rule){.part = "v1.0/Tickets/query", .status = 200, .body = body});
    if (autotask_ticket_by_key(bench.at, "fd-1", &found, &ticket, e) == 0)
        assert_int_equal(e->code, ERR_NONE);
}

static void pages_go_on_by_post_with_the_same_body(void **state)
{
    static const char *const urls[] = {
        STUB_ROOT "v1.0/Tickets/query/next?paging=%7b%22nextIds%22%3a%5b5%5d%7d",
        "HTTP://127.0.0.1:9/ATServicesRest/V1.0/Tickets/query/next?paging=1",
        "/atservicesrest/v1.0/Tickets/query/next?paging=1",
        "/atservicesrest/v1.0/Tickets/query/next?from=http://127.0.0.1:9/",
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(urls); i++) {
        struct err e = ERR_INIT;
        look_for(urls[i], &e);
        if (e.code != ERR_NONE)
            fail_msg("%s: %s", urls[i], e.text);
        const struct stub_call *last = &bench.calls[bench.n_calls - 1], *before = last - 1;
        assert_string_equal(last->method, "POST");
        assert_string_equal(last->body, before->body);
        assert_non_null(strstr(last->body, "\"fd-1\""));
        bool whole = urls[i][0] != '/';
        char wanted[300];
        snprintf(wanted, sizeof(wanted), "%s%s", whole ? "" : "http://127.0.0.1:9", urls[i]);
        assert_string_equal(last->url, wanted);
    }
}

static void pages_elsewhere_are_not_followed(void **state)
{
    static const char *const urls[] = {
        "http://127.0.0.9:9/atservicesrest/v1.0/Tickets/query/next?paging=1",
        "http://127.0.0.1:10/atservicesrest/v1.0/Tickets/query/next",
        "https://127.0.0.1:9/atservicesrest/v1.0/Tickets/query/next",
        "http://127.0.0.1:9@evil.example/query/next",
        "http://evil.example:9/?http://127.0.0.1:9/query/next",
        "//evil.example/query/next",
        "\\\\\\\\evil.example/query/next",
        "file:///etc/passwd?query/next",
        "ftp://127.0.0.1:9/query/next",
        "query/next",
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(urls); i++) {
        struct err e = ERR_INIT;
        look_for(urls[i], &e);
        if (e.code != ERR_PROTOCOL || bench_asked(&bench, "query/next"))
            fail_msg("%s: %s, %zu calls", urls[i], err_code_name(e.code), bench_asked(&bench, "query/next"));
    }
}

static void pages_without_end_are_given_up(void **state)
{
    struct err e = ERR_INIT;
    struct autotask_found ticket;
    bool found;
    (void)state;
    bench_clear(&bench);
    bench_rule(&bench,
               (struct stub_rule){.part = "v1.0/Tickets/query",
                                  .status = 200,
                                  .body = "{\"items\":[],\"pageDetails\":{\"nextPageUrl\":\"" STUB_ROOT
                                          "v1.0/Tickets/query/next?paging=1\"}}"});
    assert_int_equal(autotask_ticket_by_key(bench.at, "fd-1", &found, &ticket, &e), -1);
    assert_int_equal(e.code, ERR_PROTOCOL);
    assert_true(bench.n_calls < 50);
}

/* --- the zone --- */

static const struct {
    long status;
    const char *body;
    enum err_code code; /* ERR_NONE: the secret may go there */
} zones[] = {
    {200, "{\"url\":\"https://webservices3.autotask.example/atservicesrest/\"}", ERR_NONE},
    {200, "{\"url\":\"https://webservices3.autotask.example/atservicesrest\",\"webUrl\":null}", ERR_NONE},
    {200, "{\"url\":\"http://127.0.0.1:9/atservicesrest/\"}", ERR_NONE},
    {200, "{\"url\":\"http://webservices3.autotask.example/atservicesrest/\"}", ERR_PROTOCOL},
    {200, "{\"url\":\"http://127.0.0.1:9@evil.example/\"}", ERR_PROTOCOL},
    {200, "{\"url\":\"\"}", ERR_PROTOCOL},
    {200, "{\"url\":null}", ERR_PROTOCOL},
    {200, "{\"url\":5}", ERR_PROTOCOL},
    {200, "{}", ERR_PROTOCOL},
    {200, "[]", ERR_PROTOCOL},
    {200, "<html>", ERR_PROTOCOL},
    {500, "{\"errors\":[\"Zone information could not be determined\"]}", ERR_CREDENTIALS},
    {500, "<html>", ERR_SERVER},
    {302, "", ERR_PROTOCOL},
    {401, "", ERR_CREDENTIALS},
};

static void the_zone_decides_where_the_secret_goes(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(zones); i++) {
        struct err e = ERR_INIT;
        int64_t id;
        bench_restart(&bench);
        bench_clear(&bench);
        bench.n_rules = 0;
        bench_rule(&bench,
                   (struct stub_rule){.part = "zoneInf", .status = zones[i].status, .body = zones[i].body});
        bench_rule(&bench,
                   (struct stub_rule){.part = "v1.0/Tickets", .status = 200, .body = "{\"itemId\":5}"});
        int rc = create(&id, &e);
        if (e.code != zones[i].code || (rc == 0) != (zones[i].code == ERR_NONE))
            fail_msg("%ld %s: %s", zones[i].status, zones[i].body, err_code_name(e.code));
        assert_false(bench.calls[0].secrets);
        assert_non_null(strstr(bench.calls[0].url, "?user=api%40northwind.example"));
        assert_int_equal(bench.n_calls, zones[i].code == ERR_NONE ? 2 : 1);
        if (zones[i].code == ERR_NONE)
            assert_non_null(strstr(bench.calls[1].url, "/atservicesrest/v1.0/Tickets"));
    }
}

/* Over TLS the secret stays in the domain that was asked. */
static void another_domain_gets_no_secret(void **state)
{
    static const struct {
        const char *body;
        enum err_code code;
    } rows[] = {{"{\"url\":\"https://webservices3.autotask.example/atservicesrest/\"}", ERR_NONE},
                {"{\"url\":\"https://webservices3.evil.example/atservicesrest/\"}", ERR_PROTOCOL},
                {"{\"url\":\"https://webservices3.autotask.example:8443/atservicesrest/\"}", ERR_PROTOCOL}};
    static char asked[] = "https://webservices.autotask.example/atservicesrest";
    char *usual = bench.conf.autotask.zone_url;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct err e = ERR_INIT;
        int64_t id;
        bench.conf.autotask.zone_url = asked;
        bench_restart(&bench);
        bench_clear(&bench);
        bench.n_rules = 0;
        bench_rule(&bench, (struct stub_rule){.part = "zoneInf", .status = 200, .body = rows[i].body});
        bench_rule(&bench,
                   (struct stub_rule){.part = "v1.0/Tickets", .status = 200, .body = "{\"itemId\":5}"});
        int rc = create(&id, &e);
        bench.conf.autotask.zone_url = usual;
        if (e.code != rows[i].code || (rc == 0) != (rows[i].code == ERR_NONE))
            fail_msg("%s: %s", rows[i].body, e.text);
        assert_int_equal(bench.n_calls, rows[i].code == ERR_NONE ? 2 : 1);
    }
}

/* A link of the zone goes into letters. */
static void only_web_addresses_become_links(void **state)
{
    static const struct {
        const char *web;
        bool kept;
    } rows[] = {{"https://ww3.autotask.example/", true},
                {"http://127.0.0.1:9/", true},
                {"javascript:alert(1)//", false},
                {"http://evil.example/", false},
                {"https://ww3.autotask.example/\\\"><script>", false}};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char zone[300];
        struct err e = ERR_INIT;
        struct buf problems = BUF_INIT(10000);
        struct directory *d;
        snprintf(zone, sizeof(zone), "{\"url\":\"" STUB_ROOT "\",\"webUrl\":\"%s\"}", rows[i].web);
        bench_restart(&bench);
        bench_clear(&bench);
        bench.n_rules = 0;
        bench_rule(&bench, (struct stub_rule){.part = "zoneInf", .status = 200, .body = zone});
        bench_directory(&bench);
        if (autotask_directory_load(bench.at, &d, &problems, &e) != 0)
            fail_msg("%s", e.text);
        if ((d->web_url[0] != '\0') != rows[i].kept)
            fail_msg("%s became %s", rows[i].web, d->web_url);
        directory_unref(&d);
        buf_release(&problems);
    }
}

/* --- refused logins --- */

static void refuse(unsigned times)
{
    bench_clear(&bench);
    if (times)
        bench_rule(&bench, (struct stub_rule){.part = "v1.0/Tickets", .status = 401, .times = times});
    bench_rule(&bench, (struct stub_rule){.part = "v1.0/Tickets", .status = 200, .body = "{\"itemId\":5}"});
}

static enum err_code try_one(void)
{
    struct err e = ERR_INIT;
    int64_t id;
    return create(&id, &e) == 0 ? ERR_NONE : e.code;
}

static void two_refusals_stop_all_calls(void **state)
{
    (void)state;
    refuse(2);
    assert_int_equal(try_one(), ERR_CREDENTIALS);
    assert_int_equal(bench_asked(&bench, "zoneInf"), 1);
    assert_int_equal(try_one(), ERR_CREDENTIALS);
    assert_int_equal(bench_asked(&bench, "zoneInf"), 2); /* a moved tenant looks like a refusal */
    size_t before = bench.n_calls;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(try_one(), ERR_CREDENTIALS);
        bench_restart(&bench);
    }
    assert_int_equal(bench.n_calls, before);
    bench_secret(&bench, "another\n");
    assert_int_equal(try_one(), ERR_NONE);
    /* and back again: the old one is still refused, without a call */
    bench_secret(&bench, "s3cret#$~\n");
    before = bench.n_calls;
    assert_int_equal(try_one(), ERR_CREDENTIALS);
    assert_int_equal(bench.n_calls, before);
}

static void refusals_of_several_processes_count_together(void **state)
{
    (void)state;
    refuse(2);
    assert_int_equal(try_one(), ERR_CREDENTIALS);
    bench_restart(&bench); /* doctor, run again and again */
    assert_int_equal(try_one(), ERR_CREDENTIALS);
    bench_restart(&bench);
    size_t before = bench.n_calls;
    assert_int_equal(try_one(), ERR_CREDENTIALS);
    assert_int_equal(bench.n_calls, before);
}

static void one_refusal_is_forgotten_after_a_good_call(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        refuse(1);
        assert_int_equal(try_one(), ERR_CREDENTIALS);
        if (i == 1)
            bench_restart(&bench);
        assert_int_equal(try_one(), ERR_NONE);
    }
}

static void a_refusal_at_the_zone_is_none_of_the_login(void **state)
{
    (void)state;
    bench_clear(&bench);
    bench.n_rules = 0;
    bench_rule(&bench, (struct stub_rule){.part = "zoneInf", .status = 401, .times = 5});
    for (int i = 0; i < 5; i++)
        assert_int_equal(try_one(), ERR_CREDENTIALS);
    assert_int_equal(bench.n_calls, 5);
}

/* --- the connection --- */

static void lost_connections(void **state)
{
    static const struct {
        enum err_code fail, read, write;
    } rows[] = {{ERR_UNKNOWN_OUTCOME, ERR_SERVER, ERR_UNKNOWN_OUTCOME},
                {ERR_CONNECT, ERR_CONNECT, ERR_CONNECT},
                {ERR_TLS, ERR_TLS, ERR_TLS},
                {ERR_TIMEOUT, ERR_TIMEOUT, ERR_TIMEOUT},
                {ERR_STOPPING, ERR_STOPPING, ERR_STOPPING}};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct err e = ERR_INIT;
        struct autotask_found found;
        int64_t id;
        bench_clear(&bench);
        bench_rule(&bench, (struct stub_rule){.part = "v1.0/Tickets", .fail = rows[i].fail});
        assert_int_equal(create(&id, &e), -1);
        assert_int_equal(e.code, rows[i].write);
        assert_int_equal(autotask_ticket_get(bench.at, 50001, &found, &e), -1);
        assert_int_equal(e.code, rows[i].read);
    }
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_bench, close_bench)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(pages_go_on_by_post_with_the_same_body),
        TEST(pages_elsewhere_are_not_followed),
        TEST(pages_without_end_are_given_up),
        TEST(the_zone_decides_where_the_secret_goes),
        TEST(another_domain_gets_no_secret),
        TEST(only_web_addresses_become_links),
        TEST(two_refusals_stop_all_calls),
        TEST(refusals_of_several_processes_count_together),
        TEST(one_refusal_is_forgotten_after_a_good_call),
        TEST(a_refusal_at_the_zone_is_none_of_the_login),
        TEST(lost_connections),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
