/* SPDX-License-Identifier: GPL-2.0-or-later */
/* autotask_books: what is read of the simulated Autotask's books, in pages, side by side, and what a user who
 * may not see all of it is told. */
#include "frontdesk/autotask_books.h"
#include "sandbox_child.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

enum { REMOTE = 29680501, FIREWALL = 29680505, ONSITE = 29680507, MILESTONE = 29680508, HARBOR = 29680302 };

static const struct autotask_code *code_of(const struct autotask_codes *all, int64_t id)
{
    for (size_t i = 0; i < all->n; i++) {
        if (all->v[i].id == id)
            return &all->v[i];
    }
    fail_msg("no code %lld", (long long)id);
    return NULL;
}

/* --- codes and what is sold --- */

static void codes(void **state)
{
    (void)state;
    static const enum autotask_code_kind kinds[] = {AT_CODE_WORK_TYPE, AT_CODE_WORK_TYPE, AT_CODE_INTERNAL,
                                                    AT_CODE_WORK_TYPE, AT_CODE_MATERIAL,  AT_CODE_SERVICE,
                                                    AT_CODE_WORK_TYPE, AT_CODE_MILESTONE, AT_CODE_EXPENSE};
    struct autotask_codes all;
    OK(autotask_codes(w.at, w.pool, &all, &e));
    assert_int_equal(all.n, ARRAY_LEN(kinds));
    for (size_t i = 0; i < all.n; i++)
        assert_int_equal(all.v[i].kind, kinds[i]);
    const struct autotask_code *c = code_of(&all, REMOTE);
    assert_string_equal(c->name, "Remote Support");
    assert_string_equal(c->external_number, "4010");
    assert_string_equal(c->use_name, "General Allocation Code");
    assert_string_equal(c->type_name, "Normal");
    assert_int_equal(c->ledger_id, 12);
    assert_string_equal(c->ledger_name, "Services");
    assert_int_equal(c->tax_category_id, 2);
    assert_true(c->active && !c->unseen);
    c = code_of(&all, 29680509);
    assert_int_equal(c->ledger_id, 0);
    assert_string_equal(c->ledger_name, "");
    assert_false(code_of(&all, 29680504)->active);
    assert_string_equal(code_of(&all, MILESTONE)->name, "O'Brien's Setup & Care");
    assert_int_equal(all.ledgers.n, 3);
    assert_string_equal(all.ledgers.v[2].name, "Old income");
    assert_false(all.ledgers.v[2].active);
}

static void names_that_hold_what_is_not_shown(void **state)
{
    (void)state;
    struct autotask_codes all;
    world_tell(&w, "rows",
               "{\"BillingCodes\":[{\"id\":1,\"name\":\"Remote\\u200b Support\",\"useType\":1},"
               "{\"id\":2,\"name\":\"Tab\\tbed\",\"useType\":1},"
               "{\"id\":3,\"name\":\" two  blanks \",\"useType\":1},"
               "{\"id\":4,\"name\":\"x\",\"externalNumber\":\"40\\u202e10\",\"useType\":1}]}");
    OK(autotask_codes(w.at, w.pool, &all, &e));
    static const struct {
        const char *name, *number;
        bool unseen;
    } rows[] = {{"Remote Support", "", true},
                {"Tab bed", "", true},
                {" two  blanks ", "", false},
                {"x", "4010", true}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        assert_int_equal(all.v[i].id, i + 1);
        assert_string_equal(all.v[i].name, rows[i].name);
        assert_string_equal(all.v[i].external_number, rows[i].number);
        assert_int_equal(all.v[i].unseen, rows[i].unseen);
        assert_true(all.v[i].active); /* not said */
    }
}

static void what_is_sold(void **state)
{
    (void)state;
    struct autotask_solds s;
    struct autotask_milestones m;
    struct autotask_roles r;
    OK(autotask_solds(w.at, AT_SOLD_SERVICE, w.pool, &s, &e));
    assert_int_equal(s.n, 2);
    assert_string_equal(s.v[0].name, "Gerätemiete für Büro");
    assert_int_equal(s.v[0].unit_price, 125);
    assert_int_equal(s.v[0].code_id, 29680506);
    assert_string_equal(s.v[0].sku, "");
    assert_true(s.v[0].active && !s.v[1].active);
    OK(autotask_solds(w.at, AT_SOLD_BUNDLE, w.pool, &s, &e));
    assert_int_equal(s.n, 1);
    assert_int_equal(s.v[0].kind, AT_SOLD_BUNDLE);
    assert_int_equal(s.v[0].unit_price, -55000);
    OK(autotask_solds(w.at, AT_SOLD_PRODUCT, w.pool, &s, &e));
    assert_int_equal(s.n, 1);
    assert_string_equal(s.v[0].sku, "FW-60F");
    assert_string_equal(s.v[0].vendor_id, "7");
    assert_int_equal(s.v[0].code_id, FIREWALL);
    assert_int_equal(s.v[0].charge_code_id, FIREWALL);
    OK(autotask_milestones(w.at, w.pool, &m, &e));
    assert_int_equal(m.n, 1);
    assert_string_equal(m.v[0].title, "Network is up");
    assert_int_equal(m.v[0].code_id, MILESTONE);
    OK(autotask_roles(w.at, w.pool, &r, &e));
    assert_int_equal(r.n, 3);
    assert_string_equal(r.v[0].name, "Technician");
    assert_false(r.v[2].active);
}

/* --- terms, taxes, companies --- */

static void terms(void **state)
{
    (void)state;
    struct autotask_terms t;
    bool inferred;
    OK(autotask_terms(w.at, w.pool, &t, &e));
    assert_int_equal(t.n, 3);
    assert_int_equal(t.v[1].due_days, 30);
    assert_false(t.v[2].active);
    assert_int_equal(t.n_templates, 2);
    assert_int_equal(t.templates[0].term, 0);
    assert_string_equal(t.templates[0].term_name, "");
    assert_string_equal(t.templates[1].term_name, "Net 30");
    assert_string_equal(autotask_term_name(&t, &t.of_invoices, 1, &inferred), "Due on receipt");
    assert_false(inferred);
    /* a label counts before an id; without one the id is believed, and said to be inferred */
    struct autotask_label label = {.id = 3, .name = "Netto 30", .active = true};
    struct autotask_labels one = {.v = &label, .n = 1}, none = {0};
    assert_string_equal(autotask_term_name(&t, &one, 3, &inferred), "Netto 30");
    assert_false(inferred);
    assert_string_equal(autotask_term_name(&t, &none, 3, &inferred), "Net 30");
    assert_true(inferred);
    assert_string_equal(autotask_term_name(&t, &none, 77, &inferred), "");
    assert_false(inferred);
    assert_string_equal(autotask_term_name(&t, &one, 0, NULL), "");
}

static void taxes(void **state)
{
    (void)state;
    struct autotask_taxes t;
    OK(autotask_taxes(w.at, w.pool, &t, &e));
    assert_int_equal(t.n_categories, 2);
    assert_int_equal(t.n_regions, 2);
    assert_string_equal(t.regions[0].name, "California");
    assert_false(t.regions[1].active);
    assert_int_equal(t.n, 1);
    assert_int_equal(t.v[0].rate, 82500);
    assert_int_equal(t.v[0].region_id, 1);
}

static void companies(void **state)
{
    (void)state;
    struct autotask_customers all, some;
    struct autotask_customer c;
    OK(autotask_customers(w.at, false, w.pool, &all, &e));
    OK(autotask_customers(w.at, true, w.pool, &some, &e));
    assert_int_equal(all.n, 10);
    assert_int_equal(some.n, 8);
    assert_int_equal(all.v[0].id, 0);
    assert_int_equal(all.v[0].parent_id, -1);
    assert_true(all.v[9].id == 29680311);
    OK(autotask_customer_by_id(w.at, ACME, w.pool, &c, &e));
    assert_string_equal(c.name, "Acme Dental");
    assert_string_equal(c.number, "A-100");
    assert_int_equal(c.template_id, 102);
    assert_string_equal(c.method_name, "E-mail");
    assert_string_equal(c.type_name, "Customer");
    assert_int_equal(c.tax_region_id, 1);
    OK(autotask_customer_by_id(w.at, HARBOR, w.pool, &c, &e));
    assert_true(c.tax_exempt);
    assert_string_equal(c.tax_id, "12-3456789");
    OK(autotask_customer_by_id(w.at, 0, w.pool, &c, &e));
    assert_string_equal(c.name, "Northwind IT Services");
    OK(autotask_customer_by_id(w.at, 29680307, w.pool, &c, &e));
    assert_true(c.unseen);
    FAILS(autotask_customer_by_id(w.at, 5, w.pool, &c, &e), ERR_NOT_FOUND);
    OK(autotask_customers_named(w.at, "Société Générale d'Équipement", w.pool, &some, &e));
    assert_int_equal(some.n, 1);
    OK(autotask_customers_named(w.at, "Gone & Söhne", w.pool, &some, &e));
    assert_int_equal(some.n, 1);
    assert_false(some.v[0].active);
    OK(autotask_customers_named(w.at, "\"}],\"filter\":[{\"op\":\"exist\",\"field\":\"id\"", w.pool, &some,
                                &e));
    assert_int_equal(some.n, 0);
}

/* --- invoices --- */

static void invoices(void **state)
{
    (void)state;
    struct autotask_invoices all;
    struct autotask_invoice i;
    OK(autotask_invoices_numbered(w.at, "1042", w.pool, &all, &e));
    assert_int_equal(all.n, 1);
    OK(autotask_invoice_by_id(w.at, 9001, w.pool, &i, &e));
    assert_string_equal(i.number, "1042");
    assert_int_equal(i.company_id, ACME);
    assert_int_equal(i.total, 3000000);
    assert_int_equal(i.term, 3);
    assert_int_equal(i.template_id, 102);
    assert_string_equal(i.order_number, "PO 7");
    assert_true(i.web_service_ms == INT64_C(1790845200000));
    assert_true(i.created_ms == INT64_C(1790843400000));
    assert_false(i.voided || i.error);
    OK(autotask_invoice_by_id(w.at, 9002, w.pool, &i, &e));
    assert_true(i.error);
    assert_int_equal(i.tax, 742400);
    assert_string_equal(i.tax_region, "California");
    assert_true(i.web_service_ms == 0);
    OK(autotask_invoice_by_id(w.at, 9004, w.pool, &i, &e));
    assert_string_equal(i.number, "");
    assert_true(i.voided && i.voided_ms);
    FAILS(autotask_invoice_by_id(w.at, 1042, w.pool, &i, &e), ERR_NOT_FOUND);
    OK(autotask_invoices_numbered(w.at, "9001", w.pool, &all, &e));
    assert_int_equal(all.n, 0);
    OK(autotask_invoices_numbered(w.at, "error", w.pool, &all, &e));
    assert_int_equal(all.n, 1);
    assert_true(all.v[0].error);
}

static void invoices_in_a_window(void **state)
{
    (void)state;
    const int64_t at9003 = INT64_C(1795163400000), day = 86400000;
    const struct {
        enum autotask_invoice_state state;
        int64_t from, before;
        size_t most, n;
        int64_t first;
        bool more;
    } rows[] = {
        {AT_INVOICES_ALL, 0, 0, 0, 4, 9001, false},
        {AT_INVOICES_ALL, 0, 0, 2, 2, 9001, true},
        {AT_INVOICES_ALL, 0, 0, 4, 4, 9001, false},
        {AT_INVOICES_ALL, at9003, 0, 0, 2, 9003, false},
        {AT_INVOICES_ALL, at9003 + 1, 0, 0, 1, 9004, false},
        {AT_INVOICES_ALL, at9003, at9003 + 1, 0, 1, 9003, false},
        {AT_INVOICES_ALL, 0, at9003, 0, 2, 9001, false},
        {AT_INVOICES_ERROR, 0, 0, 0, 1, 9002, false},
        {AT_INVOICES_ERROR, at9003, 0, 0, 0, 0, false},
        {AT_INVOICES_NO_NUMBER, 0, 0, 0, 2, 9003, false},
        {AT_INVOICES_NO_NUMBER, at9003 - day, at9003 + day / 2, 0, 1, 9003, false},
        {AT_INVOICES_NO_WEB_DATE, 0, 0, 0, 3, 9002, false},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct autotask_invoices all;
        bool more;
        OK(autotask_invoices(w.at, rows[i].state, rows[i].from, rows[i].before, rows[i].most, w.pool, &all,
                             &more, &e));
        if (all.n != rows[i].n || (all.n && all.v[0].id != rows[i].first) || more != rows[i].more)
            fail_msg("row %zu: %zu from %lld", i, all.n, all.n ? (long long)all.v[0].id : 0);
    }
}

static void lines(void **state)
{
    (void)state;
    struct autotask_lines all;
    OK(autotask_lines(w.at, 9002, w.pool, &all, &e));
    assert_int_equal(all.n, 2);
    const struct autotask_line *charge = &all.v[0], *time = &all.v[1];
    assert_int_equal(charge->kind, AT_LINE_CHARGE);
    assert_int_equal(charge->code_id, FIREWALL);
    assert_int_equal(charge->ticket_charge_id, 8101);
    assert_int_equal(charge->total, 8999000);
    assert_int_equal(charge->tax, 742400);
    assert_string_equal(charge->type_name, "Charge");
    assert_string_equal(charge->sub_type_name, "Ticket");
    assert_int_equal(time->kind, AT_LINE_TIME);
    assert_int_equal(time->code_id, 0);
    assert_int_equal(time->quantity, 15000);
    assert_int_equal(time->total, 0);
    assert_int_equal(time->time_entry_id, 8002);
    assert_int_equal(time->ticket_id, 40001);
    assert_false(time->non_billable);
    OK(autotask_lines(w.at, 1, w.pool, &all, &e));
    assert_int_equal(all.n, 0);
}

static void kinds_of_lines(void **state)
{
    (void)state;
    static const struct {
        const char *from;
        enum autotask_line_kind kind;
    } rows[] = {{"timeEntryID", AT_LINE_TIME},       {"ticketChargeID", AT_LINE_CHARGE},
                {"projectChargeID", AT_LINE_CHARGE}, {"contractChargeID", AT_LINE_CHARGE},
                {"serviceID", AT_LINE_SERVICE},      {"serviceBundleID", AT_LINE_BUNDLE},
                {"milestoneID", AT_LINE_MILESTONE},  {"expenseItemID", AT_LINE_EXPENSE},
                {"contractBlockID", AT_LINE_OTHER}};
    struct buf body = BUF_INIT(8000);
    struct autotask_lines all;
    buf_puts(&body, "{\"BillingItems\":[");
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        buf_printf(&body, "%s{\"id\":%zu,\"invoiceID\":77,\"nonBillable\":1,\"%s\":5}", i ? "," : "", i + 1,
                   rows[i].from);
    buf_puts(&body, "]}");
    world_tell(&w, "rows", body.data);
    OK(autotask_lines(w.at, 77, w.pool, &all, &e));
    assert_int_equal(all.n, ARRAY_LEN(rows));
    for (size_t i = 0; i < all.n; i++) {
        assert_int_equal(all.v[i].kind, rows[i].kind);
        assert_true(all.v[i].non_billable);
    }
    buf_release(&body);
}

static void where_lines_come_from(void **state)
{
    (void)state;
    static const int64_t ids[] = {8002, 0, 8001, 8002, 999999, -4}, tickets[] = {40001, 40001},
                         charges[] = {8101, 8201};
    struct autotask_time_entries t;
    struct autotask_ticket_names n;
    struct autotask_charges c;
    OK(autotask_time_entries(w.at, ids, ARRAY_LEN(ids), w.pool, &t, &e));
    assert_int_equal(t.n, 2);
    assert_int_equal(t.v[0].id, 8001);
    assert_int_equal(t.v[0].code_id, REMOTE);
    assert_int_equal(t.v[0].hours_worked, 22500);
    assert_int_equal(t.v[0].hours_to_bill, 20000);
    assert_int_equal(t.v[0].resource_id, SARAH);
    assert_true(t.v[0].worked_ms == INT64_C(1790553600000));
    assert_true(t.v[0].show_on_invoice && !t.v[0].non_billable);
    assert_int_equal(t.v[1].code_id, 0);
    OK(autotask_time_entries(w.at, NULL, 0, w.pool, &t, &e));
    assert_int_equal(t.n, 0);
    OK(autotask_ticket_names(w.at, tickets, 2, w.pool, &n, &e));
    assert_int_equal(n.n, 1);
    assert_string_equal(n.v[0].number, "T20261101.0001");
    assert_string_equal(n.v[0].title, "An older ticket");
    assert_int_equal(n.v[0].company_id, 0);
    OK(autotask_charges(w.at, AT_CHARGE_TICKET, charges, 2, w.pool, &c, &e));
    assert_int_equal(c.n, 1);
    assert_int_equal(c.v[0].product_id, 1301);
    assert_int_equal(c.v[0].quantity, 10000);
    assert_true(c.v[0].billable && c.v[0].billed);
    OK(autotask_charges(w.at, AT_CHARGE_CONTRACT, charges, 2, w.pool, &c, &e));
    assert_int_equal(c.n, 1);
    assert_string_equal(c.v[0].name, "Setup");
    assert_false(c.v[0].billed);
}

/* --- pages, side by side, progress --- */

static void put_many(const char *entity, const char *members, size_t n)
{
    struct buf body = BUF_INIT(1 << 20);
    buf_printf(&body, "{\"%s\":[", entity);
    for (size_t i = 0; i < n; i++)
        buf_printf(&body, "%s{\"id\":%zu,%s}", i ? "," : "", 1000000 + n - i, members);
    buf_puts(&body, "]}");
    assert_false(body.overflow);
    world_tell(&w, "rows", body.data);
    buf_release(&body);
}

static size_t calls_to(const char *path)
{
    struct json log = world_ask(&w, "log");
    size_t n = 0;
    for (int i = 0; i < json_length(&log); i++) {
        struct json row = json_at(&log, i), at = json_get(&row, "path");
        const char *text = cJSON_GetStringValue(at.value);
        n += text && strstr(text, path) != NULL;
    }
    json_close(&log);
    return n;
}

static void lists_come_in_pages_of_500(void **state)
{
    (void)state;
    struct autotask_codes all;
    put_many("BillingCodes", "\"name\":\"x\",\"useType\":1", 1200);
    OK(autotask_codes(w.at, w.pool, &all, &e));
    assert_int_equal(all.n, 1209);
    for (size_t i = 1; i < all.n; i++)
        assert_true(all.v[i].id > all.v[i - 1].id);
    assert_int_equal(calls_to("BillingCodes/query"), 3);
    assert_int_equal(calls_to("BillingCodes/entityInformation/fields"), 1);
    struct autotask_time_entries t;
    int64_t *ids = pool_array(w.pool, 450, sizeof(*ids));
    put_many("TimeEntries", "\"billingCodeID\":29680501", 450);
    for (size_t i = 0; i < 450; i++)
        ids[i] = 1000001 + (int64_t)i;
    OK(autotask_time_entries(w.at, ids, 450, w.pool, &t, &e));
    assert_int_equal(t.n, 450);
    assert_int_equal(calls_to("TimeEntries/query"), 3);
}

struct seen {
    pthread_mutex_t lock;
    size_t codes, calls;
};

static void note_progress(void *self, const char *entity, size_t rows)
{
    struct seen *s = self;
    pthread_mutex_lock(&s->lock);
    s->calls++;
    if (strcmp(entity, "BillingCodes") == 0) {
        assert_true(rows > s->codes);
        s->codes = rows;
    }
    pthread_mutex_unlock(&s->lock);
}

static void lists_are_read_side_by_side(void **state)
{
    (void)state;
    struct seen seen = {.lock = PTHREAD_MUTEX_INITIALIZER};
    struct autotask_options o = {.conf = &w.conf,
                                 .http = &w.http,
                                 .budget = w.budget,
                                 .state_dir = w.dir,
                                 .progress = note_progress,
                                 .progress_self = &seen};
    struct autotask *at;
    struct autotask_books b;
    unsigned parts = AT_BOOKS_ROLES * 2 - 1;
    OK(autotask_new(&at, &o, &e));
    put_many("BillingCodes", "\"name\":\"x\",\"useType\":1", 600);
    world_tell(&w, "faults", "[{\"action\":\"delay_before\",\"ms\":100,\"path\":\"*/query\"}]");
    int64_t begin = clock_mono_ms();
    OK(autotask_books(at, parts, w.pool, &b, &e));
    int64_t took = clock_mono_ms() - begin;
    size_t queries = calls_to("/query");
    autotask_free(&at);
    assert_int_equal(b.codes.n, 609);
    assert_int_equal(b.services.n, 2);
    assert_int_equal(b.bundles.n, 1);
    assert_int_equal(b.products.n, 1);
    assert_int_equal(b.milestones.n, 1);
    assert_int_equal(b.terms.n, 3);
    assert_int_equal(b.taxes.n_regions, 2);
    assert_int_equal(b.customers.n, 8);
    assert_int_equal(b.roles.n, 3);
    assert_int_equal(b.denied | b.absent, 0);
    assert_string_equal(code_of(&b.codes, REMOTE)->ledger_name, "Services");
    assert_int_equal(seen.codes, 609);
    assert_int_equal(seen.calls, queries);
    assert_true(queries == 13); /* 100 ms each */
    if (took > 1000)
        fail_msg("%lld ms: one after the other", (long long)took);
}

static void parts_that_are_not_wanted_cost_nothing(void **state)
{
    (void)state;
    struct autotask_books b;
    OK(autotask_books(w.at, AT_BOOKS_ROLES, w.pool, &b, &e));
    assert_int_equal(b.roles.n, 3);
    assert_int_equal(calls_to("query"), 1);
    OK(autotask_books(w.at, 0, w.pool, &b, &e));
    assert_int_equal(calls_to("query"), 1);
}

static void memory_has_an_end(void **state)
{
    (void)state;
    struct pool *small = pool_new(20000);
    struct autotask_books b;
    put_many("BillingCodes", "\"name\":\"a name of some length\",\"useType\":1", 1000);
    FAILS(autotask_books(w.at, AT_BOOKS_CODES, small, &b, &e), ERR_EXHAUSTED);
    pool_free(&small);
}

/* --- what may not be seen --- */

static const struct autotask_access *access_of(const struct autotask_accesses *all, const char *entity)
{
    for (size_t i = 0; i < all->n; i++) {
        if (strcmp(all->v[i].entity, entity) == 0)
            return &all->v[i];
    }
    fail_msg("nothing of %s", entity);
    return NULL;
}

static void rights(void **state)
{
    (void)state;
    struct autotask_accesses all;
    OK(autotask_access(w.at, AT_BOOKS_EVERYTHING, true, w.pool, &all, &e));
    for (size_t i = 0; i < all.n; i++) {
        assert_int_equal(all.v[i].query, AT_SIGHT_ALL);
        assert_true(all.v[i].visible > 0);
    }
    world_tell(&w, "settings",
               "{\"hidden\":{\"BillingCodes\":[29680501,29680505]},\"denied\":{\"Products\":[\"query\"]}}");
    OK(autotask_access(w.at, AT_BOOKS_EVERYTHING, true, w.pool, &all, &e));
    const struct autotask_access *codes_now = access_of(&all, "BillingCodes"),
                                 *products = access_of(&all, "Products");
    assert_int_equal(codes_now->query, AT_SIGHT_RESTRICTED);
    assert_int_equal(codes_now->visible, 7);
    assert_int_equal(codes_now->part, AT_BOOKS_CODES);
    assert_string_equal(codes_now->words, "billing codes");
    assert_int_equal(products->query, AT_SIGHT_NONE);
    assert_int_equal(products->visible, -1);
    assert_int_equal(access_of(&all, "Invoices")->query, AT_SIGHT_ALL);
    size_t before = calls_to("query/count");
    OK(autotask_access(w.at, AT_BOOKS_EVERYTHING, false, w.pool, &all, &e));
    assert_int_equal(access_of(&all, "Invoices")->visible, -1);
    assert_int_equal(calls_to("query/count"), before);
}

static void what_is_refused_is_named(void **state)
{
    (void)state;
    struct autotask_books b;
    struct autotask_solds s;
    world_tell(&w, "settings",
               "{\"hidden\":{\"BillingCodes\":[29680501]},\"denied\":{\"Products\":[\"query\"],"
               "\"InvoiceTemplates\":[\"query\"]}}");
    world_tell(&w, "faults",
               "[{\"action\":\"status\",\"status\":404,\"path\":\"ContractMilestones/*\","
               "\"body\":\"{\\\"Message\\\":\\\"No HTTP resource was found\\\"}\"}]");
    OK(autotask_books(w.at, AT_BOOKS_ROLES * 2 - 1, w.pool, &b, &e));
    assert_int_equal(b.denied, AT_BOOKS_PRODUCTS | AT_BOOKS_TERMS);
    assert_int_equal(b.absent, AT_BOOKS_MILESTONES);
    assert_int_equal(b.codes.n, 8); /* and no error: see rights() */
    assert_int_equal(b.products.n, 0);
    assert_int_equal(b.terms.n, 0);
    FAILS(autotask_solds(w.at, AT_SOLD_PRODUCT, w.pool, &s, &e), ERR_PERMISSION);
    assert_int_equal(s.n, 0);
}

/* --- links --- */

static void links(void **state)
{
    (void)state;
    static const char *const commands[AT_PAGES] = {[AT_PAGE_COMPANY] = "OpenAccount&AccountID=5",
                                                   [AT_PAGE_CONTRACT] = "OpenContract&ContractID=5",
                                                   [AT_PAGE_TICKET] = "OpenTicketDetail&TicketID=5",
                                                   [AT_PAGE_TIME_ENTRY] = "EditTimeEntry&WorkEntryID=5",
                                                   [AT_PAGE_PROJECT] = "OpenProject&ProjectID=5"};
    struct buf link = BUF_INIT(1000), wanted = BUF_INIT(1000);
    struct autotask_roles roles;
    autotask_page_link(w.at, AT_PAGE_COMPANY, 5, &link);
    assert_string_equal(link.data, ""); /* the zone is not known yet */
    OK(autotask_roles(w.at, w.pool, &roles, &e));
    for (size_t i = 0; i < AT_PAGES; i++) {
        buf_clear(&link);
        buf_clear(&wanted);
        buf_printf(&wanted, "%sAutotask/AutotaskExtend/ExecuteCommand.aspx?Code=%s", w.url, commands[i]);
        autotask_page_link(w.at, (enum autotask_page)i, 5, &link);
        assert_string_equal(link.data, wanted.data);
    }
    buf_release(&link);
    buf_release(&wanted);
}

#define TEST(f) cmocka_unit_test_setup(f, world_test_reset)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(codes),
        TEST(names_that_hold_what_is_not_shown),
        TEST(what_is_sold),
        TEST(terms),
        TEST(taxes),
        TEST(companies),
        TEST(invoices),
        TEST(invoices_in_a_window),
        TEST(lines),
        TEST(kinds_of_lines),
        TEST(where_lines_come_from),
        TEST(lists_come_in_pages_of_500),
        TEST(lists_are_read_side_by_side),
        TEST(parts_that_are_not_wanted_cost_nothing),
        TEST(memory_has_an_end),
        TEST(rights),
        TEST(what_is_refused_is_named),
        TEST(links),
    };
    return cmocka_run_group_tests(tests, world_test_open, world_test_close);
}
