/* SPDX-License-Identifier: GPL-2.0-or-later */
/* books_faults: every read of Autotask's books, with all that may go wrong at each of its calls: the typed
 * error and no rows, and the same read as before once it is over. */
#include "frontdesk/autotask_books.h"
#include "sandbox_child.h"

#include <setjmp.h>
#include <stdarg.h>
#include <unistd.h>
#include <unistd.h>
#include <cmocka.h>

/* --- the reads; each says how many rows it got --- */

static struct autotask *at;

#define READ(name, type, call)                                                                               \
    static int name(size_t *n)                                                                               \
    {                                                                                                        \
        type x = {0};                                                                                        \
        int rc = call;                                                                                       \
        *n = x.n;                                                                                            \
        return rc;                                                                                           \
    }

static const int64_t times[] = {8001, 8002}, charge[] = {8101}, ticket[] = {40001};

READ(codes, struct autotask_codes, autotask_codes(at, w.pool, &x, &e))
READ(services, struct autotask_solds, autotask_solds(at, AT_SOLD_SERVICE, w.pool, &x, &e))
READ(bundles, struct autotask_solds, autotask_solds(at, AT_SOLD_BUNDLE, w.pool, &x, &e))
READ(products, struct autotask_solds, autotask_solds(at, AT_SOLD_PRODUCT, w.pool, &x, &e))
READ(milestones, struct autotask_milestones, autotask_milestones(at, w.pool, &x, &e))
READ(roles, struct autotask_roles, autotask_roles(at, w.pool, &x, &e))
READ(terms, struct autotask_terms, autotask_terms(at, w.pool, &x, &e))
READ(taxes, struct autotask_taxes, autotask_taxes(at, w.pool, &x, &e))
READ(customers, struct autotask_customers, autotask_customers(at, true, w.pool, &x, &e))
READ(named, struct autotask_customers, autotask_customers_named(at, "Acme Dental", w.pool, &x, &e))
READ(numbered, struct autotask_invoices, autotask_invoices_numbered(at, "1042", w.pool, &x, &e))
READ(unsynced, struct autotask_invoices,
     autotask_invoices(at, AT_INVOICES_NO_WEB_DATE, 0, 0, 0, w.pool, &x, NULL, &e))
READ(lines, struct autotask_lines, autotask_lines(at, 9002, w.pool, &x, &e))
READ(entries, struct autotask_time_entries, autotask_time_entries(at, times, 2, w.pool, &x, &e))
READ(charges, struct autotask_charges, autotask_charges(at, AT_CHARGE_TICKET, charge, 1, w.pool, &x, &e))
READ(tickets, struct autotask_ticket_names, autotask_ticket_names(at, ticket, 1, w.pool, &x, &e))

static int invoice(size_t *n)
{
    struct autotask_invoice x;
    *n = autotask_invoice_by_id(at, 9001, w.pool, &x, &e) == 0;
    return *n ? 0 : -1;
}

static int company(size_t *n)
{
    struct autotask_customer x;
    *n = autotask_customer_by_id(at, ACME, w.pool, &x, &e) == 0;
    return *n ? 0 : -1;
}

static const struct {
    const char *name;
    int (*run)(size_t *n);
} reads[] = {{"codes", codes},          {"services", services}, {"bundles", bundles},
             {"products", products},    {"roles", roles},       {"milestones", milestones},
             {"terms", terms},          {"taxes", taxes},       {"customers", customers},
             {"named", named},          {"company", company},   {"numbered", numbered},
             {"unsynced", unsynced},    {"invoice", invoice},   {"lines", lines},
             {"time entries", entries}, {"charges", charges},   {"tickets", tickets}};

/* --- what goes wrong --- */

#define STATUS(status, body) "\"status\",\"status\":" #status ",\"body\":\"" body "\""
#define ERRORS(text)         "{\\\"errors\\\":[\\\"" text "\\\"]}"

static const struct {
    const char *rule;
    enum err_code code; /* ERR_NONE: nothing is wrong */
    const char *says;
} wrong[] = {
    {"\"delay_before\",\"ms\":5", ERR_NONE, ""},
    {"\"delay_after\",\"ms\":5", ERR_NONE, ""},
    {"\"drop_before_commit\"", ERR_SERVER, ""},
    {"\"drop_after_commit\"", ERR_SERVER, ""},
    {"\"truncated\"", ERR_SERVER, ""},
    {"\"half\"", ERR_PROTOCOL, "not JSON"},
    {"\"malformed\"", ERR_PROTOCOL, "not JSON"},
    {"\"html404\"", ERR_SERVER, "404"},
    {"\"html500\"", ERR_SERVER, "500"},
    {"\"html503\"", ERR_SERVER, "503"},
    {"\"empty500\"", ERR_SERVER, "empty answer"},
    {"\"html500_after_commit\"", ERR_SERVER, "500"},
    {"\"redirect\"", ERR_PROTOCOL, "302"},
    {STATUS(401, ""), ERR_CREDENTIALS, "401"},
    {STATUS(403, ""), ERR_PERMISSION, "403"},
    {STATUS(429, "") ",\"retry_after\":7", ERR_BUSY, "429"},
    {STATUS(429, ERRORS("The thread threshold of 3 threads has been exceeded.")) ",\"retry_after\":7",
     ERR_BUSY, "thread threshold"},
    {STATUS(500, ERRORS("The logged in Resource does not have the adequate permissions to query this entity "
                        "type.")),
     ERR_PERMISSION, "adequate permissions"},
    {STATUS(500, ERRORS("Unable to find unitPrice in the Entity")), ERR_REJECTED, "Unable to find"},
    {STATUS(500, ERRORS("An error has occurred.")), ERR_SERVER, "An error has occurred"},
    {STATUS(405, "{\\\"Message\\\":\\\"no such method\\\"}"), ERR_REJECTED, "no such method"},
    {STATUS(200, ""), ERR_PROTOCOL, "not JSON"},
    {STATUS(200, "[]"), ERR_PROTOCOL, "expected"},
    {STATUS(200, "{\\\"items\\\":null,\\\"fields\\\":null}"), ERR_PROTOCOL, "expected"},
    {STATUS(200, "{\\\"items\\\":[{\\\"id\\\":\\\"x\\\"}],\\\"fields\\\":5}"), ERR_PROTOCOL, "expected"},
};

static void reopen(void)
{
    struct autotask_options o = {
        .conf = &w.conf, .http = &w.http, .budget = w.budget, .state_dir = w.dir, .timeout_ms = 2000};
    struct autotask_roles zone; /* asked for, so that the calls that follow are those of the read */
    autotask_free(&at);
    OK(autotask_new(&at, &o, &e));
    OK(autotask_roles(at, w.pool, &zone, &e));
}

static size_t calls_so_far(void)
{
    struct json log = world_ask(&w, "log");
    size_t n = (size_t)json_length(&log);
    json_close(&log);
    return n;
}

/* From that call on: a connection that drops unanswered once is tried again by libcurl, and rightly. */
static void set_fault(const char *rule, size_t nth)
{
    struct buf rules = BUF_INIT(4000);
    buf_printf(&rules, "[{\"action\":%s,\"nth\":%zu,\"count\":99}]", rule, nth);
    world_tell(&w, "faults", rules.data);
    buf_release(&rules);
}

/* One cell: this fault at that call of this read. */
static void meets(size_t read, size_t fault, size_t nth, size_t rows)
{
    size_t n = 0;
    set_fault(wrong[fault].rule, nth);
    e = (struct err)ERR_INIT;
    int rc = reads[read].run(&n);
    bool fine = wrong[fault].code == ERR_NONE;
    if ((rc == 0) != fine || e.code != wrong[fault].code || !strstr(e.text, wrong[fault].says) ||
        n != (fine ? rows : 0))
        fail_msg("%s, call %zu, %s: %d, %zu rows, %s %s", reads[read].name, nth, wrong[fault].rule, rc, n,
                 err_code_name(e.code), e.text);
    if (e.code == ERR_BUSY)
        assert_int_equal(e.retry_after_s, 7);
    world_tell(&w, "faults", "[]");
    if (e.code == ERR_CREDENTIALS) { /* two calls side by side were refused: no further try is made */
        unlink(pool_printf(w.pool, "%s/credentials-refused", w.dir));
        reopen();
    }
    OK(reads[read].run(&n));
    assert_int_equal(n, rows);
}

static void every_fault_at_every_call_of_every_read(void **state)
{
    (void)state;
    size_t cells = 0;
    for (size_t r = 0; r < ARRAY_LEN(reads); r++) {
        size_t rows = 0;
        reopen();
        size_t before = calls_so_far();
        OK(reads[r].run(&rows));
        size_t calls = calls_so_far() - before;
        assert_true(rows > 0 && calls > 0 && calls <= 4);
        for (size_t f = 0; f < ARRAY_LEN(wrong); f++) {
            for (size_t nth = 1; nth <= calls; nth++, cells++)
                meets(r, f, nth, rows);
        }
        world_reset(&w);
    }
    print_message("# %zu cells\n", cells);
    assert_true(cells > 500);
}

/* --- several at once --- */

static void one_that_fails_ends_them_all(void **state)
{
    (void)state;
    for (size_t f = 0; f < ARRAY_LEN(wrong); f++) {
        struct autotask_books b;
        struct autotask_accesses a;
        bool told = wrong[f].code == ERR_PERMISSION || wrong[f].code == ERR_REJECTED,
             fine = wrong[f].code == ERR_NONE || told;
        struct buf rules = BUF_INIT(4000);
        world_reset(&w);
        reopen();
        buf_printf(&rules, "[{\"action\":%s,\"path\":\"Services/*\"}]", wrong[f].rule);
        world_tell(&w, "faults", rules.data);
        buf_release(&rules);
        e = (struct err)ERR_INIT;
        int rc = autotask_books(at, AT_BOOKS_CODES | AT_BOOKS_SERVICES | AT_BOOKS_TERMS, w.pool, &b, &e);
        if ((rc == 0) != fine || (!fine && e.code != wrong[f].code))
            fail_msg("%s: %d %s", wrong[f].rule, rc, e.text);
        if (rc == 0) {
            assert_int_equal(b.codes.n, 9);
            assert_int_equal(b.denied, wrong[f].code == ERR_PERMISSION ? AT_BOOKS_SERVICES : 0);
            assert_int_equal(b.absent, wrong[f].code == ERR_REJECTED ? AT_BOOKS_SERVICES : 0);
        }
        if (wrong[f].code == ERR_CREDENTIALS)
            continue; /* a second one would stop all calls */
        e = (struct err)ERR_INIT;
        rc = autotask_access(at, AT_BOOKS_EVERYTHING, true, w.pool, &a, &e);
        if ((rc == 0) != fine)
            fail_msg("rights, %s: %d %s", wrong[f].rule, rc, e.text);
    }
}

static void the_hour_may_be_used_up(void **state)
{
    (void)state;
    struct budget *small;
    struct autotask *poor;
    struct autotask_books b;
    char slots[100];
    snprintf(slots, sizeof(slots), "%s/few", w.dir);
    world_reset(&w);
    OK(budget_open(&small, slots, "autotask", 2, 4, &e));
    struct autotask_options o = {.conf = &w.conf, .http = &w.http, .budget = small, .state_dir = w.dir};
    OK(autotask_new(&poor, &o, &e));
    FAILS(autotask_books(poor, AT_BOOKS_ROLES * 2 - 1, w.pool, &b, &e), ERR_BUDGET);
    assert_true(e.retry_after_s > 0);
    assert_true(calls_so_far() <= 4);
    autotask_free(&poor);
    budget_close(&small);
}

static void pages_that_lead_astray(void **state)
{
    (void)state;
    struct buf body = BUF_INIT(1 << 20);
    size_t n = 0;
    world_reset(&w);
    reopen();
    buf_puts(&body, "{\"Services\":[");
    for (size_t i = 1; i <= 501; i++)
        buf_printf(&body, "%s{\"id\":%zu,\"name\":\"x\"}", i > 1 ? "," : "", i);
    buf_puts(&body, "]}");
    world_tell(&w, "rows", body.data);
    OK(services(&n));
    assert_int_equal(n, 503);
    world_tell(&w, "faults", "[{\"action\":\"path_next\",\"path\":\"Services/*\"}]");
    OK(services(&n));
    assert_int_equal(n, 503);
    world_tell(&w, "faults", "[{\"action\":\"foreign_next\",\"path\":\"Services/*\"}]");
    FAILS(services(&n), ERR_PROTOCOL);
    assert_int_equal(n, 0);
    world_tell(&w, "faults", "[{\"action\":\"html500\",\"path\":\"Services/query/next\"}]");
    FAILS(services(&n), ERR_SERVER); /* never the first half of a list */
    assert_int_equal(n, 0);
    buf_release(&body);
}

static int close_all(void **state)
{
    autotask_free(&at);
    return world_test_close(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_fault_at_every_call_of_every_read),
        cmocka_unit_test(one_that_fails_ends_them_all),
        cmocka_unit_test(the_hour_may_be_used_up),
        cmocka_unit_test(pages_that_lead_astray),
    };
    return cmocka_run_group_tests(tests, world_test_open, close_all);
}
