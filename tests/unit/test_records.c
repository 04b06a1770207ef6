/* SPDX-License-Identifier: GPL-2.0-or-later */
/* records: answers to the reads of the books, good and bad, as tables; and that what a condition should have
 * kept out is kept out when the server drops the condition. */
#include "autotask_stub.h"
#include "frontdesk/autotask_books.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <unistd.h>
#include <cmocka.h>

static struct bench bench;
static struct pool *pool;

static int open_bench(void **state)
{
    (void)state;
    bench_open(&bench);
    pool = pool_new(16 << 20);
    return 0;
}

static int close_bench(void **state)
{
    (void)state;
    bench_close(&bench);
    pool_free(&pool);
    return 0;
}

static void answers_with(const char *part, const char *body)
{
    bench_rule(&bench, (struct stub_rule){.part = part, .status = 200, .body = body});
}

#define ITEMS(rows) "{\"items\":[" rows "],\"pageDetails\":{\"nextPageUrl\":null}}"

/* --- one value of each kind --- */

static const struct {
    const char *row;
    enum err_code code; /* ERR_NONE: read, and so is */
    const char *shows;  /* id|company|number|total|web service|term|voided, or a piece of the error */
} invoices[] = {
    {"{\"id\":1}", ERR_NONE, "1|-1||0|0|0|0"},
    {"{\"ID\":1,\"CompanyId\":0,\"invoicenumber\":\"A1\"}", ERR_NONE, "1|0|A1|0|0|0|0"},
    {"{\"id\":1,\"companyID\":null,\"invoiceNumber\":null,\"invoiceTotal\":null,\"webServiceDate\":null,"
     "\"paymentTerm\":null,\"isVoided\":null}",
     ERR_NONE, "1|-1||0|0|0|0"},
    {"{\"id\":1,\"invoiceNumber\":12345}", ERR_NONE, "1|-1|12345|0|0|0|0"},
    {"{\"id\":1,\"invoiceTotal\":-12.3456,\"isVoided\":true}", ERR_NONE, "1|-1||-123456|0|0|1"},
    {"{\"id\":1,\"invoiceTotal\":0.1,\"isVoided\":1}", ERR_NONE, "1|-1||1000|0|0|1"},
    {"{\"id\":1,\"invoiceTotal\":1e3,\"isVoided\":0}", ERR_NONE, "1|-1||10000000|0|0|0"},
    {"{\"id\":1,\"webServiceDate\":\"2026-10-01T09:00:00.000Z\"}", ERR_NONE, "1|-1||0|1790845200000|0|0"},
    {"{\"id\":1,\"webServiceDate\":\"2026-10-01T09:00:00.5\"}", ERR_NONE, "1|-1||0|1790845200500|0|0"},
    {"{\"id\":1,\"webServiceDate\":\"2026-10-01\"}", ERR_NONE, "1|-1||0|1790812800000|0|0"},
    {"{\"id\":1,\"webServiceDate\":\"\"}", ERR_NONE, "1|-1||0|0|0|0"},
    {"{\"id\":1,\"extra\":{\"deep\":[1]},\"paymentTerm\":3}", ERR_NONE, "1|-1||0|0|3|0"},
    {"{\"id\":9007199254740992}", ERR_NONE, "9007199254740992|-1||0|0|0|0"},
    {"{\"id\":null}", ERR_PROTOCOL, "no id"},
    {"{\"companyID\":1}", ERR_PROTOCOL, "no id"},
    {"{\"id\":\"x\"}", ERR_PROTOCOL, "items[0].id: whole number"},
    {"{\"id\":1.5}", ERR_PROTOCOL, "items[0].id"},
    {"{\"id\":1e30}", ERR_PROTOCOL, "items[0].id"},
    {"{\"id\":1,\"invoiceNumber\":{}}", ERR_PROTOCOL, "items[0].invoiceNumber: text"},
    {"{\"id\":1,\"invoiceTotal\":\"12\"}", ERR_PROTOCOL, "items[0].invoiceTotal: number"},
    {"{\"id\":1,\"invoiceTotal\":1e300}", ERR_PROTOCOL, "items[0].invoiceTotal"},
    {"{\"id\":1,\"webServiceDate\":\"yesterday\"}", ERR_PROTOCOL, "webServiceDate: a time"},
    {"{\"id\":1,\"webServiceDate\":\"2026-02-30T00:00:00Z\"}", ERR_PROTOCOL, "webServiceDate: a time"},
    {"{\"id\":1,\"webServiceDate\":[]}", ERR_PROTOCOL, "webServiceDate"},
    {"{\"id\":1,\"isVoided\":\"yes\"}", ERR_PROTOCOL, "isVoided"},
    {"{\"id\":1,\"isVoided\":2}", ERR_PROTOCOL, "isVoided"},
    {"5", ERR_PROTOCOL, "items[0]: a record"},
    {"null", ERR_PROTOCOL, "items[0]: a record"},
    {"[]", ERR_PROTOCOL, "items[0]: a record"},
};

static void values_of_each_kind(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(invoices); i++) {
        struct err e = ERR_INIT;
        struct autotask_invoices all;
        bool more;
        char *body = pool_printf(pool, ITEMS("%s"), invoices[i].row), *shown = NULL;
        bench_clear(&bench);
        answers_with("Invoices/query", body);
        int rc = autotask_invoices(bench.at, AT_INVOICES_ALL, 0, 0, 0, pool, &all, &more, &e);
        if (rc == 0 && all.n == 1)
            shown =
                pool_printf(pool, "%lld|%lld|%s|%lld|%lld|%lld|%d", (long long)all.v[0].id,
                            (long long)all.v[0].company_id, all.v[0].number, (long long)all.v[0].total,
                            (long long)all.v[0].web_service_ms, (long long)all.v[0].term, all.v[0].voided);
        bool right = e.code == invoices[i].code && (rc == 0 ? shown && !strcmp(shown, invoices[i].shows)
                                                            : strstr(e.text, invoices[i].shows) != NULL);
        if (!right)
            fail_msg("%s: %s %s", invoices[i].row, shown ? shown : "-", e.text);
        assert_true(rc == 0 || all.n == 0);
    }
}

/* --- the answer around the rows --- */

static const struct {
    const char *body;
    enum err_code code;
    const char *text;
} envelopes[] = {
    {"{\"items\":[]}", ERR_NONE, ""},
    {"{\"items\":[],\"pageDetails\":{\"nextPageUrl\":\"\"}}", ERR_NONE, ""},
    {"{\"items\":null}", ERR_PROTOCOL, "items: a list"},
    {"{\"items\":{}}", ERR_PROTOCOL, "items: a list"},
    {"{\"item\":{\"id\":1}}", ERR_PROTOCOL, "items: a list"},
    {"{}", ERR_PROTOCOL, "items: a list"},
    {"[]", ERR_PROTOCOL, "items: a list"},
    {"", ERR_PROTOCOL, "not JSON"},
    {"<html>", ERR_PROTOCOL, "not JSON"},
    {"{\"items\":[{\"id\":1}", ERR_PROTOCOL, "not JSON"},
    {"{\"items\":[],\"pageDetails\":{\"nextPageUrl\":5}}", ERR_PROTOCOL, "nextPageUrl"},
    {"{\"items\":[],\"pageDetails\":{\"nextPageUrl\":\"http://evil.example/\"}}", ERR_PROTOCOL,
     "another server"},
};

static void envelopes_of_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(envelopes); i++) {
        struct err e = ERR_INIT;
        struct autotask_roles all;
        bench_clear(&bench);
        answers_with("Roles/query", envelopes[i].body);
        int rc = autotask_roles(bench.at, pool, &all, &e);
        if (e.code != envelopes[i].code || !strstr(e.text, envelopes[i].text) || all.n ||
            (rc == 0) != (e.code == ERR_NONE))
            fail_msg("%s: %s", envelopes[i].body, e.text);
        assert_true(rc == 0 || strstr(e.text, "Roles"));
    }
}

static void rows_are_in_order_and_once(void **state)
{
    (void)state;
    struct err e = ERR_INIT;
    struct autotask_roles all;
    bench_clear(&bench);
    answers_with("query/next", ITEMS("{\"id\":2,\"name\":\"b\"},{\"id\":9,\"name\":\"i\"}"));
    answers_with("Roles/query",
                 "{\"items\":[{\"id\":7,\"name\":\"g\"},{\"id\":2,\"name\":\"b\"},{\"id\":3}],"
                 "\"pageDetails\":{\"nextPageUrl\":\"" STUB_ROOT "v1.0/Roles/query/next?paging=1\"}}");
    assert_int_equal(autotask_roles(bench.at, pool, &all, &e), 0);
    static const int64_t ids[] = {2, 3, 7, 9};
    assert_int_equal(all.n, ARRAY_LEN(ids));
    for (size_t i = 0; i < all.n; i++)
        assert_int_equal(all.v[i].id, ids[i]);
    assert_string_equal(all.v[1].name, "");
}

static void only_what_is_needed_is_asked_for(void **state)
{
    (void)state;
    struct err e = ERR_INIT;
    struct autotask_roles all;
    bench_clear(&bench);
    answers_with("Roles/query", ITEMS(""));
    assert_int_equal(autotask_roles(bench.at, pool, &all, &e), 0);
    assert_string_equal(bench.calls[bench.n_calls - 1].body,
                        "{\"MaxRecords\":500,\"IncludeFields\":[\"id\",\"name\",\"isActive\"],"
                        "\"filter\":[{\"op\":\"exist\",\"field\":\"id\"}]}");
    assert_string_equal(bench.calls[bench.n_calls - 1].method, "POST");
}

static void lists_have_an_end(void **state)
{
    (void)state;
    struct err e = ERR_INIT;
    struct autotask_roles all;
    bench_clear(&bench);
    answers_with("Roles/query", "{\"items\":[{\"id\":1}],\"pageDetails\":{\"nextPageUrl\":\"" STUB_ROOT
                                "v1.0/Roles/query/next?paging=1\"}}");
    assert_int_equal(autotask_roles(bench.at, pool, &all, &e), -1);
    assert_int_equal(e.code, ERR_PROTOCOL);
    assert_int_equal(bench_asked(&bench, "Roles/query"), 40);
}

/* --- a condition that the server dropped --- */

static void dropped_conditions(void **state)
{
    (void)state;
    struct err e = ERR_INIT;
    struct autotask_invoices i;
    struct autotask_invoice one;
    struct autotask_lines l;
    struct autotask_customers c;
    struct autotask_customer customer;
    struct autotask_time_entries t;
    static const int64_t ids[] = {7, 8, 9};
    bool more;
    bench_clear(&bench);
    answers_with("entityInformation", "{\"fields\":[{\"name\":\"x\"}]}");
    answers_with("Invoices/query",
                 ITEMS("{\"id\":1,\"invoiceNumber\":\"7\"},{\"id\":7,\"invoiceNumber\":\"ERROR \"},"
                       "{\"id\":8,\"invoiceNumber\":\"ERROR 7\"},{\"id\":9,\"invoiceNumber\":\" \","
                       "\"webServiceDate\":\"2026-01-01T00:00:00Z\"}"));
    answers_with("BillingItems/query", ITEMS("{\"id\":1,\"invoiceID\":6},{\"id\":2,\"invoiceID\":7}"));
    answers_with("TimeEntries/query", ITEMS("{\"id\":1},{\"id\":8},{\"id\":99}"));
    answers_with("Companies/query",
                 ITEMS("{\"id\":0,\"isActive\":false},{\"id\":7,\"isActive\":true},{\"id\":8}"));
    assert_int_equal(autotask_invoices_numbered(bench.at, "7", pool, &i, &e), 0);
    assert_int_equal(i.n, 1);
    assert_int_equal(autotask_invoice_by_id(bench.at, 7, pool, &one, &e), 0);
    assert_true(one.id == 7 && one.error);
    assert_int_equal(autotask_invoice_by_id(bench.at, 5, pool, &one, &e), -1);
    assert_int_equal(e.code, ERR_NOT_FOUND);
    assert_int_equal(autotask_invoices(bench.at, AT_INVOICES_ERROR, 0, 0, 0, pool, &i, &more, &e), 0);
    assert_int_equal(i.n, 1);
    assert_int_equal(autotask_invoices(bench.at, AT_INVOICES_NO_NUMBER, 0, 0, 0, pool, &i, &more, &e), 0);
    assert_true(i.n == 1 && i.v[0].id == 9);
    assert_int_equal(autotask_invoices(bench.at, AT_INVOICES_NO_WEB_DATE, 0, 0, 0, pool, &i, &more, &e), 0);
    assert_int_equal(i.n, 3);
    assert_int_equal(autotask_lines(bench.at, 7, pool, &l, &e), 0);
    assert_true(l.n == 1 && l.v[0].id == 2);
    assert_int_equal(autotask_time_entries(bench.at, ids, 3, pool, &t, &e), 0);
    assert_true(t.n == 1 && t.v[0].id == 8);
    assert_int_equal(autotask_customers(bench.at, true, pool, &c, &e), 0);
    assert_int_equal(c.n, 2);
    assert_int_equal(autotask_customer_by_id(bench.at, 0, pool, &customer, &e), 0);
    assert_false(customer.active);
}

/* --- what a code is for --- */

static const struct {
    const char *number, *label;
    enum autotask_code_kind kind;
} uses[] = {
    {"1", "General Allocation Code", AT_CODE_WORK_TYPE},
    {"1", "Arbeitsart", AT_CODE_WORK_TYPE},
    {"2", "Expense Code", AT_CODE_EXPENSE},
    {"2", "expense category", AT_CODE_EXPENSE},
    {"3", "Internal Allocation Code", AT_CODE_INTERNAL},
    {"3", "Intern", AT_CODE_INTERNAL},
    {"4", "Material Cost Code", AT_CODE_MATERIAL},
    {"4", "Ware", AT_CODE_MATERIAL},
    {"5", "Recurring Contract Service Code", AT_CODE_SERVICE},
    {"5", "Dienst", AT_CODE_SERVICE},
    {"6", "Milestone Code", AT_CODE_MILESTONE},
    {"9", "Milestone Code", AT_CODE_MILESTONE},
    {"6", "Meilenstein", AT_CODE_OTHER},
    {"7", "Product Code", AT_CODE_PRODUCT},
    {"7", "Produkt", AT_CODE_OTHER},
    {"4", "Milestone Code", AT_CODE_MILESTONE}, /* labels come before numbers */
    {"0", "", AT_CODE_OTHER},
    {"-1", "x", AT_CODE_OTHER},
};

static void what_codes_are_for(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(uses); i++) {
        struct err e = ERR_INIT;
        struct autotask_codes all;
        char *fields = pool_printf(pool,
                                   "{\"fields\":[{\"name\":\"USETYPE\",\"picklistValues\":[{\"value\":\"%s\","
                                   "\"label\":\"%s\",\"isActive\":false}]}]}",
                                   uses[i].number, uses[i].label),
             *rows = pool_printf(pool, ITEMS("{\"id\":1,\"useType\":%s}"), uses[i].number);
        bench_clear(&bench);
        answers_with("entityInformation/fields", fields);
        answers_with("BillingCodes/query", rows);
        assert_int_equal(autotask_codes(bench.at, pool, &all, &e), 0);
        if (all.v[0].kind != uses[i].kind || strcmp(all.v[0].use_name, uses[i].label) != 0)
            fail_msg("%s %s: %s", uses[i].number, uses[i].label, autotask_code_kind_name(all.v[0].kind));
    }
}

static const struct {
    const char *body;
    enum err_code code;
} lists[] = {
    {"{\"fields\":[{\"name\":\"useType\"}]}", ERR_NONE},
    {"{\"fields\":[]}", ERR_PROTOCOL},
    {"{\"fields\":[{\"name\":\"useType\",\"picklistValues\":null}]}", ERR_NONE},
    {"{\"fields\":[{\"picklistValues\":5},{\"name\":7}]}", ERR_NONE},
    {"{\"fields\":[null,7]}", ERR_PROTOCOL},
    {"{\"fields\":{}}", ERR_PROTOCOL},
    {"{}", ERR_PROTOCOL},
    {"{\"fields\":[{\"name\":\"useType\",\"picklistValues\":[{\"value\":\"x\"}]}]}", ERR_PROTOCOL},
    {"{\"fields\":[{\"name\":\"useType\",\"picklistValues\":[{\"value\":\"1\",\"label\":[]}]}]}",
     ERR_PROTOCOL},
};

static void lists_of_labels(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
        struct err e = ERR_INIT;
        struct autotask_codes all;
        bench_clear(&bench);
        answers_with("entityInformation/fields", lists[i].body);
        answers_with("BillingCodes/query", ITEMS("{\"id\":1,\"useType\":4,\"generalLedgerAccount\":12}"));
        int rc = autotask_codes(bench.at, pool, &all, &e);
        if (e.code != lists[i].code || (rc == 0) != (e.code == ERR_NONE))
            fail_msg("%s: %s", lists[i].body, e.text);
        if (rc == 0)
            assert_true(all.v[0].kind == AT_CODE_MATERIAL && all.v[0].ledger_id == 12 &&
                        !all.v[0].ledger_name[0]);
    }
}

/* --- what the user may see --- */

static const struct {
    long status;
    const char *body;
    enum err_code code;
    enum autotask_sight sight;
} flags[] = {
    {200, "{\"info\":{\"canQuery\":true,\"userAccessForQuery\":\"All\"}}", ERR_NONE, AT_SIGHT_ALL},
    {200, "{\"info\":{\"userAccessForQuery\":\"restricted\"}}", ERR_NONE, AT_SIGHT_RESTRICTED},
    {200, "{\"info\":{\"userAccessForQuery\":\"None\"}}", ERR_NONE, AT_SIGHT_NONE},
    {200, "{\"info\":{\"userAccessForQuery\":0}}", ERR_NONE, AT_SIGHT_NONE},
    {200, "{\"info\":{\"userAccessForQuery\":1}}", ERR_NONE, AT_SIGHT_ALL},
    {200, "{\"info\":{\"userAccessForQuery\":2}}", ERR_NONE, AT_SIGHT_RESTRICTED},
    {200, "{\"info\":{\"userAccessForQuery\":\"Some\"}}", ERR_NONE, AT_SIGHT_UNKNOWN},
    {200, "{\"info\":{\"userAccessForQuery\":null}}", ERR_NONE, AT_SIGHT_UNKNOWN},
    {200, "{\"info\":{\"canQuery\":false,\"userAccessForQuery\":\"All\"}}", ERR_NONE, AT_SIGHT_NONE},
    {403, "", ERR_NONE, AT_SIGHT_NONE},
    {500, "{\"errors\":[\"does not have the adequate permissions to query\"]}", ERR_NONE, AT_SIGHT_NONE},
    {404, "{\"Message\":\"No HTTP resource was found\"}", ERR_NONE, AT_SIGHT_UNKNOWN},
    {200, "{}", ERR_PROTOCOL, AT_SIGHT_UNKNOWN},
    {200, "{\"info\":{\"userAccessForQuery\":{}}}", ERR_PROTOCOL, AT_SIGHT_UNKNOWN},
    {500, "<html>", ERR_SERVER, AT_SIGHT_UNKNOWN},
    {429, "", ERR_BUSY, AT_SIGHT_UNKNOWN},
};

static void flags_of_access(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(flags); i++) {
        struct err e = ERR_INIT;
        struct autotask_accesses all;
        bench_clear(&bench);
        bench_rule(&bench, (struct stub_rule){.part = "BillingCodes/entityInformation",
                                              .status = flags[i].status,
                                              .body = flags[i].body});
        answers_with("/entityInformation", "{\"info\":{\"userAccessForQuery\":\"All\"}}");
        int rc = autotask_access(bench.at, AT_BOOKS_EVERYTHING, false, pool, &all, &e);
        if (e.code != flags[i].code || (rc == 0 && all.v[0].query != flags[i].sight))
            fail_msg("%ld %s: %s, %d", flags[i].status, flags[i].body, e.text, all.v[0].query);
        assert_true(rc == 0 || strstr(e.text, "billing codes"));
    }
}

/* --- side by side --- */

static int (*canned_send)(void *, const struct http_request *, struct http_response *, struct err *);
static atomic_uint tried;

/* Long enough that all of them are under way before the first one is answered. */
static int refuse_slowly(void *self, const struct http_request *r, struct http_response *response,
                         struct err *e)
{
    if (strstr(r->url, "zoneInformation"))
        return canned_send(self, r, response, e);
    atomic_fetch_add(&tried, 1);
    usleep(30000);
    *response = (struct http_response){.status = 401, .body = BUF_INIT(0)};
    return 0;
}

static void a_wrong_secret_is_tried_twice_at_most(void **state)
{
    (void)state;
    struct err e = ERR_INIT;
    struct autotask_books b;
    bench_clear(&bench);
    canned_send = bench.http.send;
    bench.http.send = refuse_slowly;
    assert_int_equal(autotask_books(bench.at, AT_BOOKS_ROLES * 2 - 1, pool, &b, &e), -1);
    assert_int_equal(e.code, ERR_CREDENTIALS);
    assert_in_range(tried, 1, 2);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_bench, close_bench)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(values_of_each_kind),
        TEST(envelopes_of_rows),
        TEST(rows_are_in_order_and_once),
        TEST(only_what_is_needed_is_asked_for),
        TEST(lists_have_an_end),
        TEST(dropped_conditions),
        TEST(what_codes_are_for),
        TEST(lists_of_labels),
        TEST(flags_of_access),
        TEST(a_wrong_secret_is_tried_twice_at_most),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
