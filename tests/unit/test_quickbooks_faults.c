/* SPDX-License-Identifier: GPL-2.0-or-later */
/* quickbooks_faults: every call of the client, with all that may go wrong on the way, each to its typed
 * error; and that no call ever writes. */
#include "books_child.h"

#include <setjmp.h>
#include <stdarg.h>
#include <unistd.h>
#include <cmocka.h>

/* --- every call, and all that goes wrong --- */

static int call_items(void)
{
    struct quickbooks_items x;
    return quickbooks_items(b.qb, w.pool, &x, &e);
}
static int call_items_named(void)
{
    struct quickbooks_items x;
    return quickbooks_items_named(b.qb, "x", w.pool, &x, &e);
}
static int call_accounts(void)
{
    struct quickbooks_accounts x;
    return quickbooks_accounts(b.qb, w.pool, &x, &e);
}
static int call_terms(void)
{
    struct quickbooks_terms x;
    return quickbooks_terms(b.qb, w.pool, &x, &e);
}
static int call_tax_codes(void)
{
    struct quickbooks_tax_codes x;
    return quickbooks_tax_codes(b.qb, w.pool, &x, &e);
}
static int call_customers(void)
{
    struct quickbooks_customers x;
    return quickbooks_customers(b.qb, w.pool, &x, &e);
}
static int call_parties(void)
{
    struct quickbooks_customers x;
    return quickbooks_parties_named(b.qb, "x", w.pool, &x, &e);
}
static int call_numbered(void)
{
    struct quickbooks_invoices x;
    return quickbooks_invoices_numbered(b.qb, "1", w.pool, &x, &e);
}
static int call_by_id(void)
{
    struct quickbooks_invoice x;
    return quickbooks_invoice_by_id(b.qb, "145", w.pool, &x, &e);
}
static int call_company(void)
{
    struct quickbooks_company x;
    return quickbooks_company(b.qb, w.pool, &x, &e);
}
static int call_preferences(void)
{
    struct quickbooks_preferences x;
    return quickbooks_preferences(b.qb, w.pool, &x, &e);
}
static int call_count(void)
{
    int64_t x;
    return quickbooks_count(b.qb, "Item", NULL, &x, &e);
}

static const struct {
    const char *name;
    int (*run)(void);
} calls[] = {{"items", call_items},     {"items_named", call_items_named}, {"accounts", call_accounts},
             {"terms", call_terms},     {"tax_codes", call_tax_codes},     {"customers", call_customers},
             {"parties", call_parties}, {"numbered", call_numbered},       {"by_id", call_by_id},
             {"company", call_company}, {"preferences", call_preferences}, {"count", call_count}};

#define FAULT(code, message, detail)                                                                         \
    "{\\\"Fault\\\":{\\\"Error\\\":[{\\\"Message\\\":\\\"" message "\\\",\\\"Detail\\\":\\\"" detail         \
    "\\\",\\\"code\\\":\\\"" code "\\\"}],\\\"type\\\":\\\"ValidationFault\\\"},\\\"time\\\":\\\"x\\\"}"
#define GATEWAY(message)                                                                                     \
    "{\\\"warnings\\\":null,\\\"fault\\\":{\\\"error\\\":[{\\\"message\\\":\\\"" message                     \
    "\\\",\\\"detail\\\":null,\\\"code\\\":null}],\\\"type\\\":\\\"SERVICE\\\"},\\\"time\\\":1}"
#define STATUS(status, body) "\"status\",\"status\":" #status ",\"body\":\"" body "\""

static const struct {
    const char *rule;
    enum err_code code; /* ERR_NONE: nothing is wrong */
    const char *says;
} wrong[] = {
    {"\"gzip\"", ERR_NONE, ""},
    {"\"delay_before\",\"ms\":20", ERR_NONE, ""},
    {"\"delay_after\",\"ms\":20", ERR_NONE, ""},
    {"\"drop_before_commit\"", ERR_SERVER, "QuickBooks"},
    {"\"drop_after_commit\"", ERR_SERVER, "QuickBooks"},
    {"\"truncated\"", ERR_SERVER, "QuickBooks"},
    {"\"half\"", ERR_PROTOCOL, "not the JSON"},
    {"\"malformed\"", ERR_PROTOCOL, "not the JSON"},
    {"\"html500\"", ERR_SERVER, "500"},
    {"\"html503\"", ERR_SERVER, "503"},
    {"\"html404\"", ERR_SERVER, "404"},
    {"\"empty500\"", ERR_SERVER, "empty answer"},
    {"\"redirect\"", ERR_PROTOCOL, "302"},
    {"\"html500_after_commit\"", ERR_SERVER, "500"},
    {"\"xml429\"", ERR_BUSY, "The request limit was reached"},
    {"\"fault200\"", ERR_SERVER, "code 10000"},
    {STATUS(429, ""), ERR_BUSY, "429"},
    {STATUS(403, GATEWAY("message=ThrottleExceeded; errorCode=003001; statusCode=403")), ERR_BUSY, "3001"},
    {STATUS(403, GATEWAY("message=ApplicationAuthorizationFailed; errorCode=003100; statusCode=403")),
     ERR_PERMISSION, "another environment"},
    {STATUS(403, FAULT("120", "Authorization Failure", "-11014-You do not have access")), ERR_PERMISSION,
     "an administrator must log in"},
    {STATUS(403, ""), ERR_PERMISSION, "403"},
    {STATUS(401, ""), ERR_LOGIN, "401"},
    {STATUS(200, FAULT("003200", "AuthenticationFailed", "x")), ERR_LOGIN, "code 3200"},
    {STATUS(400, FAULT("4000", "Error parsing query", "QueryParserError: x")), ERR_REJECTED,
     "Error parsing query: QueryParserError: x (code 4000)"},
    {STATUS(400, FAULT("6190", "Invalid Company Status", "Subscription period has ended")), ERR_REJECTED,
     "Subscription period has ended"},
    {STATUS(200, FAULT("6190", "Invalid Company Status", "")), ERR_REJECTED, "code 6190"},
    {STATUS(500, FAULT("10000", "An application error", "System Failure Error: x")), ERR_SERVER, "10000"},
    {STATUS(400, "<html>no</html>"), ERR_SERVER, "400"},
    {STATUS(200, ""), ERR_PROTOCOL, "not the JSON"},
    {STATUS(200, "[]"), ERR_PROTOCOL, "expected"},
    {STATUS(200, "{}"), ERR_PROTOCOL, "expected"},
    {STATUS(200, "{\\\"QueryResponse\\\":7,\\\"Invoice\\\":7,\\\"CompanyInfo\\\":7,\\\"Preferences\\\":7}"),
     ERR_PROTOCOL, "expected"},
    {STATUS(200, "{\\\"Fault\\\":{\\\"Error\\\":7}}"), ERR_REJECTED, "200"},
    {STATUS(200, "{\\\"fault\\\":{}}"), ERR_REJECTED, "200"},
};

static void every_fault_of_every_call(void **state)
{
    (void)state;
    size_t n = 0;
    for (size_t f = 0; f < ARRAY_LEN(wrong); f++) {
        for (size_t c = 0; c < ARRAY_LEN(calls); c++) {
            world_tell(&w, "faults",
                       pool_printf(w.pool, "[{\"path\":\"v3/*\",\"action\":%s}]", wrong[f].rule));
            unlink(pool_printf(w.pool, "%s/quickbooks.minute.pace", w.dir)); /* a 429 holds up nobody here */
            unlink(pool_printf(w.pool, "%s/quickbooks.second.pace", w.dir));
            books_reopen();
            e = (struct err)ERR_INIT;
            int rc = calls[c].run();
            if ((rc == 0) != (wrong[f].code == ERR_NONE) || e.code != wrong[f].code)
                fail_msg("%s, %s: %d %s %s", calls[c].name, wrong[f].rule, rc, err_code_name(e.code), e.text);
            assert_in(e.text, wrong[f].says);
            if (e.code == ERR_BUSY)
                assert_true(e.retry_after_s >= 60);
            world_tell(&w, "faults", "[]");
            n++;
        }
    }
    assert_int_equal(n, ARRAY_LEN(wrong) * ARRAY_LEN(calls));
    unlink(pool_printf(w.pool, "%s/quickbooks.minute.pace", w.dir));
    books_reopen();
    for (size_t c = 0; c < ARRAY_LEN(calls); c++)
        OK(calls[c].run());
    /* a fault whose end was not seen is no login that died */
    assert_false(books_revoked());
}

/* --- what is mended, and that nothing is written --- */

static void an_early_401_is_mended(void **state)
{
    (void)state;
    world_tell(&w, "faults", "[{\"path\":\"v3/*\",\"action\":\"status\",\"status\":401,\"count\":1}]");
    OK(call_company());
    assert_int_equal(books_refreshed(), 1);
    world_tell(&w, "faults", "[{\"path\":\"v3/*\",\"action\":\"status\",\"status\":401}]");
    FAILS(call_company(), ERR_LOGIN); /* a second one is believed */
    assert_int_equal(books_refreshed(), 2);
}

static void passing_trouble_is_tried_twice(void **state)
{
    (void)state;
    world_tell(&w, "faults", "[{\"path\":\"v3/*\",\"action\":\"fault200\",\"count\":1}]");
    OK(call_company());
    size_t before = books_asked("/companyinfo");
    world_tell(&w, "faults", "[{\"path\":\"v3/*\",\"action\":\"fault200\"}]");
    FAILS(call_company(), ERR_SERVER);
    assert_int_equal(books_asked("/companyinfo") - before, 2);
}

static void wrong_keys(void **state)
{
    (void)state;
    world_tell(&w, "settings", "{\"qb_wrong_keys\":true}");
    FAILS(call_company(), ERR_PERMISSION);
    assert_in(e.text, "code 3100");
    assert_int_equal(err_class(&e), ERR_CLASS_OPERATOR);
}

/* All that ever left: GETs, and POSTs to the query address. */
static void nothing_is_written(void **state)
{
    (void)state;
    char name[501];
    struct quickbooks_customers found;
    memset(name, '%', sizeof(name) - 1);
    name[500] = '\0';
    for (size_t c = 0; c < ARRAY_LEN(calls); c++)
        OK(calls[c].run());
    OK(quickbooks_parties_named(b.qb, name, w.pool, &found, &e));
    struct json log = world_ask(&w, "log");
    int reads = 0;
    for (int i = 0; i < json_length(&log); i++) {
        struct json row = json_at(&log, i), m = json_get(&row, "method"), p = json_get(&row, "path"),
                    q = json_get(&row, "query"), text = json_get(&row, "body");
        const char *method = cJSON_GetStringValue(m.value), *path = cJSON_GetStringValue(p.value);
        if (!strstr(path, "/v3/"))
            continue;
        bool post = strcmp(method, "POST") == 0;
        assert_true(post || strcmp(method, "GET") == 0);
        assert_true(!post || strcmp(path, "/v3/company/" REALM "/query") == 0);
        assert_true(!post || strncmp(cJSON_GetStringValue(text.value), "SELECT ", 7) == 0);
        assert_in(cJSON_GetStringValue(q.value), "minorversion=75");
        reads++;
    }
    json_close(&log);
    assert_in_range(reads, 19, 40);
}

#define TEST(f) cmocka_unit_test_setup(f, books_test_login)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_fault_of_every_call),
        TEST(an_early_401_is_mended),
        TEST(passing_trouble_is_tried_twice),
        TEST(wrong_keys),
        TEST(nothing_is_written),
    };
    log_set_output(-1, false);
    return cmocka_run_group_tests(tests, books_test_open, books_test_close);
}
