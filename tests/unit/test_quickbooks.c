/* SPDX-License-Identifier: GPL-2.0-or-later */
/* quickbooks: what is read out of the simulated books, in pages, with names that need escaping, within the
 * limits. */
#include "books_child.h"
#include "frontdesk/pace.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

/* --- rows --- */

static void items(void **state)
{
    (void)state;
    struct quickbooks_items all;
    OK(quickbooks_items(b.qb, w.pool, &all, &e));
    assert_int_equal(all.n, 12);
    const struct quickbooks_item *i = &all.v[5];
    assert_string_equal(i->id, "7");
    assert_string_equal(i->name, "Firewall 60F");
    assert_string_equal(i->full_name, "Hardware:Firewall 60F");
    assert_string_equal(i->sku, "FW-60F");
    assert_string_equal(i->parent_id, "6");
    assert_string_equal(i->income_account_id, "80");
    assert_string_equal(i->income_account_name, "Sales of Product Income");
    assert_string_equal(i->expense_account_id, "90");
    assert_int_equal(i->type, QB_ITEM_INVENTORY);
    assert_int_equal(i->unit_price, 8999000);
    assert_int_equal(i->level, 1);
    assert_true(i->active && i->taxable && i->sub_item);
    assert_int_equal(all.v[2].type, QB_ITEM_CATEGORY);
    assert_string_equal(all.v[2].income_account_id, "");
    assert_false(all.v[6].active);
    struct slice bare = quickbooks_bare_name(all.v[6].name);
    assert_true(slice_eq(bare, SLICE("Old Backup")));
    assert_int_equal(all.v[8].type, QB_ITEM_NONINVENTORY);
    assert_int_equal(all.v[8].unit_price, 125);
    assert_string_equal(all.v[8].name, "Gerätemiete für Büro");
    assert_int_equal(strlen(all.v[9].name), 100);
    assert_int_equal(all.v[10].type, QB_ITEM_GROUP);
}

static void items_by_name(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        size_t n;
        const char *id;
    } rows[] = {{"Consulting", 2, "4"},
                {"consulting", 2, "4"},
                {"Old Backup", 1, "8"},
                {"O'Brien's Setup & Care", 1, "9"},
                {"Gerätemiete für Büro", 1, "10"},
                {"nothing", 0, ""},
                {"O\\'Brien", 0, ""},
                {"') OR Active IN (true) --", 0, ""},
                {"100% + more & #7", 0, ""},
                {"tab\there", 0, ""},
                {"latin-1: \xe9", 0, ""}};
    struct quickbooks_items found;
    struct quickbooks_customers parties;
    struct quickbooks_invoices invoices;
    char long_name[2502];
    memset(long_name, '\'', sizeof(long_name) - 1);
    long_name[2501] = '\0';
    FAILS(quickbooks_items_named(b.qb, long_name, w.pool, &found, &e), ERR_LIMIT);
    FAILS(quickbooks_parties_named(b.qb, long_name, w.pool, &parties, &e), ERR_LIMIT);
    FAILS(quickbooks_invoices_numbered(b.qb, long_name, w.pool, &invoices, &e), ERR_LIMIT);
    assert_true(found.n == 0 && parties.n == 0 && invoices.n == 0);
    long_name[2000] = '\0';
    OK(quickbooks_items_named(b.qb, long_name, w.pool, &found, &e));
    assert_int_equal(found.n, 0);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        OK(quickbooks_items_named(b.qb, rows[i].name, w.pool, &found, &e));
        assert_int_equal(found.n, rows[i].n);
        if (found.n)
            assert_string_equal(found.v[0].id, rows[i].id);
    }
}

static void lists(void **state)
{
    (void)state;
    struct quickbooks_accounts accounts;
    struct quickbooks_terms terms;
    struct quickbooks_tax_codes codes;
    OK(quickbooks_accounts(b.qb, w.pool, &accounts, &e));
    assert_int_equal(accounts.n, 6);
    assert_string_equal(accounts.v[0].number, "4000");
    assert_string_equal(accounts.v[0].type, "Income");
    assert_string_equal(accounts.v[0].subtype, "ServiceFeeIncome");
    assert_string_equal(accounts.v[0].classification, "Revenue");
    assert_false(accounts.v[2].active);
    assert_string_equal(accounts.v[4].number, "");
    OK(quickbooks_terms(b.qb, w.pool, &terms, &e));
    assert_int_equal(terms.n, 4);
    assert_int_equal(terms.v[0].due_days, 0);
    assert_int_equal(terms.v[1].due_days, 30);
    assert_false(terms.v[2].active);
    assert_true(terms.v[3].date_driven);
    assert_int_equal(terms.v[3].due_days, -1);
    assert_int_equal(terms.v[3].day_of_month, 15);
    assert_int_equal(terms.v[3].next_month_days, 5);
    OK(quickbooks_tax_codes(b.qb, w.pool, &codes, &e));
    assert_int_equal(codes.n, 4);
    for (size_t i = 0; i < codes.n; i++) {
        if (strcmp(codes.v[i].id, "3") == 0)
            assert_true(codes.v[i].hidden && !codes.v[i].active);
    }
}

static void customers(void **state)
{
    (void)state;
    struct quickbooks_customers all, named;
    OK(quickbooks_customers(b.qb, w.pool, &all, &e));
    assert_int_equal(all.n, 5);
    assert_string_equal(all.v[0].name, "Acme Dental");
    assert_string_equal(all.v[0].term_id, "3");
    assert_string_equal(all.v[0].email, "books@acme.example");
    assert_string_equal(all.v[1].tax_code_id, "2");
    assert_true(all.v[2].job);
    assert_string_equal(all.v[2].full_name, "Harbor Freight & Sons:Pier 4");
    assert_int_equal(all.v[3].balance, -125000);
    assert_string_equal(all.v[3].currency, "EUR");
    assert_false(all.v[4].active);
    static const struct {
        const char *name;
        enum quickbooks_party party;
        size_t n;
    } rows[] = {{"O'Brien \"Best\" Müller GmbH", QB_CUSTOMER, 1},
                {"Gone Ltd", QB_CUSTOMER, 1},
                {"contoso parts", QB_VENDOR, 1},
                {"Dana Reed", QB_EMPLOYEE, 1},
                {"nobody", QB_CUSTOMER, 0}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        OK(quickbooks_parties_named(b.qb, rows[i].name, w.pool, &named, &e));
        assert_int_equal(named.n, rows[i].n);
        if (named.n)
            assert_int_equal(named.v[0].party, rows[i].party);
    }
}

static void invoices(void **state)
{
    (void)state;
    struct quickbooks_invoices found;
    struct quickbooks_invoice one;
    OK(quickbooks_invoices_numbered(b.qb, "1042", w.pool, &found, &e));
    assert_int_equal(found.n, 2);
    OK(quickbooks_invoices_numbered(b.qb, "1043", w.pool, &found, &e));
    assert_int_equal(found.n, 2);
    assert_int_equal(found.v[0].txn, QB_INVOICE);
    assert_int_equal(found.v[1].txn, QB_CREDIT_MEMO);
    const struct quickbooks_invoice *i = &found.v[0];
    assert_string_equal(i->id, "146");
    assert_string_equal(i->date, "2026-11-02");
    assert_string_equal(i->due_date, "2026-12-02");
    assert_string_equal(i->customer_name, "Harbor Freight & Sons");
    assert_string_equal(i->term_id, "");
    assert_int_equal(i->total, 11995200);
    assert_int_equal(i->tax, 742400);
    assert_int_equal(i->balance, 0);
    assert_int_equal(i->n_lines, 3);
    assert_string_equal(i->lines[1].item_name, "Onsite Support");
    assert_int_equal(i->lines[1].quantity, 15000);
    assert_int_equal(i->lines[1].unit_price, 1502500);
    assert_string_equal(i->lines[0].tax_code_id, "TAX");
    assert_string_equal(i->lines[2].kind, "SubTotalLineDetail");
    assert_string_equal(i->lines[2].item_id, "");
    OK(quickbooks_invoice_by_id(b.qb, "148", w.pool, &one, &e));
    assert_string_equal(one.private_note, "Voided");
    FAILS(quickbooks_invoice_by_id(b.qb, "999", w.pool, &one, &e), ERR_NOT_FOUND);
    assert_in(e.text, "code 610");
    assert_in(e.text, "intuit_tid 1-");
    FAILS(quickbooks_invoice_by_id(b.qb, "1/../../x", w.pool, &one, &e), ERR_NOT_FOUND);
}

static void company(void **state)
{
    (void)state;
    struct quickbooks_company c;
    struct quickbooks_preferences p;
    OK(quickbooks_company(b.qb, w.pool, &c, &e));
    assert_string_equal(c.name, "Northwind IT");
    assert_string_equal(c.country, "US");
    assert_string_equal(c.subscription, "SUBSCRIBED");
    assert_string_equal(c.offering, "QuickBooks Online Plus");
    assert_true(c.categories && !c.from_desktop);
    OK(quickbooks_preferences(b.qb, w.pool, &p, &e));
    assert_string_equal(p.book_close_date, "2026-09-30");
    assert_string_equal(p.default_term_id, "3");
    assert_string_equal(p.home_currency, "USD");
    assert_true(p.custom_numbers && p.account_numbers && p.sales_tax && p.multicurrency && p.quantities);
    assert_false(p.automated_tax);
    world_tell(&w, "books", "{\"Preferences\":{\"Id\":\"1\"},\"CompanyInfo\":{\"Id\":\"1\"}}");
    OK(quickbooks_preferences(b.qb, w.pool, &p, &e));
    assert_string_equal(p.book_close_date, "");
    assert_false(p.custom_numbers);
    OK(quickbooks_company(b.qb, w.pool, &c, &e));
    assert_string_equal(c.name, "");
    assert_string_equal(c.subscription, "");
}

/* --- pages --- */

static void put_items(int from, int n)
{
    struct buf all = BUF_INIT(8 << 20);
    buf_puts(&all, "{\"Item\":[");
    for (int i = 0; i < n; i++)
        buf_printf(&all, "%s{\"Id\":\"%d\",\"Name\":\"Bulk %d\",\"Type\":\"Service\"}", i ? "," : "",
                   from + i, from + i);
    buf_puts(&all, "]}");
    world_tell(&w, "books", all.data);
    buf_release(&all);
}

static size_t told;
static void on_progress(void *self, const char *entity, size_t rows)
{
    (void)self;
    assert_string_equal(entity, "Item");
    assert_true(rows >= told);
    told = rows;
}

static void pages(void **state)
{
    (void)state;
    static const struct {
        int more;
        size_t rows, calls;
    } steps[] = {{987, 999, 1}, {1, 1000, 3}, {1, 1001, 3}, {1999, 3000, 5}};
    int next = 1000;
    int64_t count;
    struct quickbooks_items all;
    for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
        put_items(next, steps[i].more);
        next += steps[i].more;
        size_t before = books_asked("/query");
        OK(quickbooks_items(b.qb, w.pool, &all, &e));
        assert_int_equal(all.n, steps[i].rows);
        assert_int_equal(books_asked("/query") - before, steps[i].calls);
        assert_string_equal(all.v[all.n - 1].id, pool_printf(w.pool, "%d", next - 1));
        OK(quickbooks_count(b.qb, "Item", NULL, &count, &e));
        assert_int_equal(count, steps[i].rows);
    }
    struct quickbooks_options o = {.conf = &w.conf,
                                   .http = &w.http,
                                   .budget = b.budget,
                                   .state_dir = w.dir,
                                   .stop_fd = -1,
                                   .progress = on_progress};
    struct quickbooks *other;
    OK(quickbooks_new(&other, &o, &e));
    OK(quickbooks_items(other, w.pool, &all, &e));
    assert_int_equal(told, 3000);
    quickbooks_free(&other);
}

/* How many calls of the log were in flight at most at one time. */
static int most_at_once(void)
{
    struct json log = world_ask(&w, "log");
    int n = json_length(&log), most = 0;
    for (int i = 0; i < n; i++) {
        struct json one = json_at(&log, i), at = json_get(&one, "mono_us");
        int together = 0;
        for (int k = 0; k < n; k++) {
            struct json other = json_at(&log, k), from = json_get(&other, "mono_us"),
                        to = json_get(&other, "done_us");
            double t = at.value->valuedouble;
            together += from.value->valuedouble <= t && t < to.value->valuedouble;
        }
        most = together > most ? together : most;
    }
    json_close(&log);
    return most;
}

/* Six pages that take 300 ms each: the first, the count, then four at once and the last; in order all the
 * same. */
static void pages_at_once(void **state)
{
    (void)state;
    struct quickbooks_items all;
    put_items(1000, 4988);
    world_tell(&w, "settings", "{\"latency_ms\":300}");
    OK(quickbooks_items(b.qb, w.pool, &all, &e));
    world_tell(&w, "settings", "{\"latency_ms\":0}");
    assert_int_equal(all.n, 5000);
    for (size_t i = 12; i < all.n; i++)
        assert_string_equal(all.v[i].id, pool_printf(w.pool, "%zu", 988 + i));
    assert_int_equal(books_asked("/query"), 7);
    assert_int_equal(most_at_once(), 4);
}

/* Names of 500 bytes make an address too long: the statement goes as a body. */
static void a_long_statement_is_posted(void **state)
{
    (void)state;
    char name[501];
    struct quickbooks_customers found;
    memset(name, '\'', sizeof(name) - 1);
    name[500] = '\0';
    OK(quickbooks_parties_named(b.qb, name, w.pool, &found, &e));
    assert_int_equal(found.n, 0);
    struct json log = world_ask(&w, "log");
    for (int i = json_length(&log) - 3; i < json_length(&log); i++) {
        struct json row = json_at(&log, i), method = json_get(&row, "method"), body = json_get(&row, "body");
        assert_string_equal(cJSON_GetStringValue(method.value), "POST");
        assert_in(cJSON_GetStringValue(body.value), "\\'\\'\\' (deleted)'");
    }
    json_close(&log);
}

/* A page in the middle that fails fails all: half a list looks like a list with gaps. */
static void half_a_list_is_none(void **state)
{
    (void)state;
    struct quickbooks_items all = {.n = 7};
    put_items(1000, 1500);
    world_tell(&w, "faults", "[{\"path\":\"v3/*\",\"action\":\"html500\",\"nth\":2}]");
    FAILS(quickbooks_items(b.qb, w.pool, &all, &e), ERR_SERVER);
    assert_int_equal(all.n, 0);
    put_items(2500, 4000);
    for (int nth = 2; nth <= 7; nth++) {
        world_tell(&w, "faults",
                   pool_printf(w.pool, "[{\"path\":\"v3/*\",\"action\":\"html500\",\"nth\":%d}]", nth));
        /* how many pages came before the one that failed is chance: each reading has room for all */
        struct pool *room = pool_new(16 << 20);
        FAILS(quickbooks_items(b.qb, room, &all, &e), ERR_SERVER);
        assert_int_equal(all.n, 0);
        pool_free(&room);
    }
    world_tell(&w, "faults", "[]");
    struct pool *room = pool_new(16 << 20);
    OK(quickbooks_items(b.qb, room, &all, &e));
    assert_int_equal(all.n, 5512);
    pool_free(&room);
}

/* --- limits --- */

static void after_429_nobody_calls(void **state)
{
    (void)state;
    world_tell(&w, "faults", "[{\"path\":\"v3/*\",\"action\":\"xml429\",\"count\":1}]");
    FAILS(books_ask(), ERR_BUSY);
    assert_int_equal(e.retry_after_s, 60);
    books_reopen();
    FAILS(books_ask(), ERR_BUSY);
    assert_in_range(e.retry_after_s, 58, 61);
    assert_int_equal(books_asked("/companyinfo"), 1);
    books_time(61000);
    OK(books_ask());
}

/* Three processes ask as fast as they can; the server counts, and refuses nobody. */
static void ten_a_second_together(void **state)
{
    (void)state;
    enum { EACH = 14, CHILDREN = 3 };
    pid_t pids[CHILDREN];
    world_tell(&w, "settings", "{\"qb_per_second\":10}");
    int64_t begin = clock_mono_ms();
    for (int i = 0; i < CHILDREN; i++) {
        pids[i] = fork();
        assert_true(pids[i] >= 0);
        if (pids[i] == 0) {
            books_reopen_in_child();
            for (int k = 0; k < EACH; k++) {
                if (books_ask() != 0)
                    _exit(1);
            }
            _exit(0);
        }
    }
    for (int i = 0; i < CHILDREN; i++) {
        int status = -1;
        waitpid(pids[i], &status, 0);
        assert_int_equal(status, 0);
    }
    assert_in_range(clock_mono_ms() - begin, 4 * 1000, 60 * 1000);
    assert_int_equal(books_asked("/companyinfo"), EACH * CHILDREN);
}

/* Told to stop, nobody waits for a place or for another process. */
static void stopping_ends_the_wait(void **state)
{
    (void)state;
    int stop = eventfd(1, EFD_CLOEXEC);
    char lock[220];
    struct quickbooks_company company;
    struct quickbooks *other;
    struct quickbooks_options o = {
        .conf = &w.conf, .http = &w.http, .budget = b.budget, .state_dir = w.dir, .stop_fd = stop};
    struct pace *minute;
    OK(quickbooks_new(&other, &o, &e));
    OK(pace_open(&minute, w.dir, "quickbooks.minute", 500, 60000, &e));
    OK(pace_take(minute, 500, &e));
    clock_shift_ms(50000); /* room in ten seconds, and thirty are waited */
    int64_t begin = clock_mono_ms();
    FAILS(quickbooks_company(other, w.pool, &company, &e), ERR_STOPPING);
    clock_shift_ms(-50000);
    snprintf(lock, sizeof(lock), "%s.lock", b.token_file);
    int fd = open(lock, O_RDWR | O_CLOEXEC);
    assert_int_equal(flock(fd, LOCK_EX), 0);
    books_time(DAY_MS);
    FAILS(quickbooks_company(other, w.pool, &company, &e), ERR_STOPPING);
    assert_true(clock_mono_ms() - begin < 8000);
    pace_close(&minute);
    quickbooks_free(&other);
    close(fd);
    close(stop);
}

static void five_hundred_a_minute(void **state)
{
    (void)state;
    struct pace *minute;
    OK(pace_open(&minute, w.dir, "quickbooks.minute", 500, 60000, &e));
    for (int i = 0; i < 499; i++)
        OK(pace_take(minute, 1, &e));
    pace_close(&minute);
    OK(books_ask());
    FAILS(books_ask(), ERR_BUSY);
    assert_in_range(e.retry_after_s, 50, 61);
    assert_int_equal(books_asked("/companyinfo"), 1);
}

static void links(void **state)
{
    (void)state;
    struct buf link = BUF_INIT(500);
    quickbooks_link(&w.conf, QB_PAGE_INVOICE, "145", &link);
    assert_string_equal(link.data, "https://app.qbo.intuit.com/app/invoice?txnId=145");
    buf_clear(&link);
    b.conf.sandbox = true;
    quickbooks_link(&w.conf, QB_PAGE_CUSTOMER, "\" onclick=\"x", &link);
    b.conf.sandbox = false;
    assert_string_equal(link.data,
                        "https://sandbox.qbo.intuit.com/app/customerdetail?nameId=%22%20onclick%3D%22x");
    buf_clear(&link);
    quickbooks_link(&w.conf, QB_PAGE_ITEMS, "7", &link);
    assert_string_equal(link.data, "https://app.qbo.intuit.com/app/items");
    buf_release(&link);
}

#define TEST(f) cmocka_unit_test_setup(f, books_test_login)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(items),
        TEST(items_by_name),
        TEST(lists),
        TEST(customers),
        TEST(invoices),
        TEST(company),
        TEST(pages),
        TEST(pages_at_once),
        TEST(a_long_statement_is_posted),
        TEST(half_a_list_is_none),
        TEST(after_429_nobody_calls),
        TEST(ten_a_second_together),
        TEST(five_hundred_a_minute),
        TEST(stopping_ends_the_wait),
        TEST(links),
    };
    log_set_output(-1, false);
    return cmocka_run_group_tests(tests, books_test_open, books_test_close);
}
