/* SPDX-License-Identifier: GPL-2.0-or-later */
/* directory: what is read of a tenant, and with how many calls. The answers come from this file, over the
 * http port. */
#include "frontdesk/autotask.h"

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#define API "https://w.autotask.example/atservicesrest/"

static const char fields[] =
    "{\"fields\":[{\"name\":\"queueid\",\"picklistValues\":[{\"value\":\"7\",\"label\":\"Desk\",\"isActive\":"
    "true},"
    "{\"value\":\"8\",\"label\":\"Triage\",\"isActive\":true},{\"value\":\"9\",\"label\":\"Old\","
    "\"isActive\":false}]},"
    "{\"name\":\"status\",\"picklistValues\":[{\"value\":\"1\",\"label\":\"New\",\"isActive\":true},"
    "{\"value\":\"5\",\"label\":\"Can\\u202ecelled\\u0007\",\"isActive\":true}]},"
    "{\"name\":\"priority\",\"picklistValues\":[{\"value\":\"-1\",\"label\":\"Medium\",\"isActive\":true}]},"
    "{\"name\":\"source\",\"picklistValues\":[]},{\"name\":\"ticketType\",\"picklistValues\":null}]}";
static const char actions[] = "{\"fields\":[{\"name\":\"actionType\",\"picklistValues\":[{\"value\":\"3\","
                              "\"label\":\"Call\",\"isActive\":true}]}]}";

/* --- the tenant --- */

static struct tenant {
    size_t companies, next; /* how many there are; the first of the next page */
    bool refuses_companies, has_own;
    const char *web;
    unsigned company_calls, todo_calls, calls;
} tenant;

static void put_companies(struct buf *out)
{
    size_t end = tenant.next + 500 < tenant.companies ? tenant.next + 500 : tenant.companies;
    buf_puts(out, "{\"items\":[");
    if (tenant.next == 0 && tenant.has_own)
        buf_puts(out, "{\"id\":0,\"companyName\":\"Us\"},{\"companyName\":\"No "
                      "id\"},{\"id\":99999999,\"companyName\":\" \"},");
    for (size_t i = tenant.next; i < end; i++)
        buf_printf(out, "%s{\"id\":%zu,\"companyName\":\"Firm %zu \\n<b>\\u202e\",\"webAddress\":\"%s\"}",
                   i > tenant.next ? "," : "", tenant.companies - i, tenant.companies - i, tenant.web);
    buf_printf(out, "],\"pageDetails\":{\"nextPageUrl\":%s}}",
               end < tenant.companies ? "\"" API "v1.0/Companies/query/next?paging=1\"" : "null");
    tenant.next = end < tenant.companies ? end : 0;
}

static int answer(void *self, const struct http_request *q, struct http_response *r, struct err *e)
{
    struct slice url = slice_of(q->url);
    (void)self;
    (void)e;
    buf_init(&r->body, 8 << 20);
    r->status = 200;
    tenant.calls++;
    if (slice_find(url, SLICE("/Companies/")) > 0) {
        tenant.company_calls++;
        r->status = tenant.refuses_companies ? 500 : 200;
        if (tenant.refuses_companies)
            buf_puts(&r->body,
                     "{\"errors\":[\"The logged in Resource does not have the adequate permissions to query "
                     "this entity type.\"]}");
        else
            put_companies(&r->body);
    } else if (slice_find(url, SLICE("zoneInformation")) > 0) {
        buf_puts(&r->body, "{\"url\":\"" API "\",\"webUrl\":\"https://ww.autotask.example/\"}");
    } else if (slice_find(url, SLICE("CompanyToDos/entity")) > 0) {
        tenant.todo_calls++;
        buf_puts(&r->body, actions);
    } else if (slice_find(url, SLICE("Tickets/entity")) > 0) {
        buf_puts(&r->body, fields);
    } else {
        /* one technician: a directory without any is refused */
        const char *row = slice_find(url, SLICE("/Resources/")) > 0
                              ? "{\"id\":7,\"firstName\":\"Sarah\",\"isActive\":true,\"licenseType\":1}"
                          : slice_find(url, SLICE("/Roles/")) > 0 ? "{\"id\":9,\"isActive\":true}"
                          : slice_find(url, SLICE("/ResourceServiceDeskRoles/")) > 0
                              ? "{\"id\":1,\"resourceID\":7,\"roleID\":9,\"isActive\":true}"
                              : "";
        buf_printf(&r->body, "{\"items\":[%s],\"pageDetails\":{\"nextPageUrl\":null}}", row);
    }
    return 0;
}

/* --- a client in a folder of its own --- */

struct lab {
    char dir[40];
    struct conf *conf;
    struct http http;
    struct budget *budget;
    struct autotask *at;
};

static void put_file(const char *dir, const char *name)
{
    char path[80];
    snprintf(path, sizeof(path), "%s/%s", dir, name);
    FILE *f = fopen(path, "we");
    assert_non_null(f);
    fputs("word\n", f);
    fclose(f);
    chmod(path, 0600);
}

static void open_lab(struct lab *l, const char *ticket)
{
    struct buf text = BUF_INIT(4000), problems = BUF_INIT(4000);
    struct err e = ERR_INIT;
    *l = (struct lab){.dir = "/tmp/test_directory.XXXXXX", .http = {.send = answer}};
    assert_non_null(mkdtemp(l->dir));
    put_file(l->dir, "s");
    put_file(l->dir, "c");
    buf_printf(&text,
               "firm = { name = \"Our Firm\"; domains = [\"a.example\"]; };\n"
               "mailboxes = ( { name = \"d\"; address = \"d@a.example\"; trust = \"server:m.example\"; imap "
               "= { url = "
               "\"imaps://m.example\"; user = \"u\"; password_file = \"/p\"; }; smtp = { url = "
               "\"smtp://m.example\"; }; } );\n"
               "autotask = { zone_url = \"https://z.autotask.example/atservicesrest\"; user = \"api\"; "
               "secret_file = "
               "\"%s/s\"; "
               "integration_code_file = \"%s/c\"; };\n"
               "ticket = { queue = \"Desk\"; triage_queue = \"triage\"; status = \"New\"; priority = "
               "\"medium\"; %s };\n",
               l->dir, l->dir, ticket);
    if (conf_parse(text.data, "f", &l->conf, &problems) != 0)
        fail_msg("%s", problems.data);
    assert_int_equal(budget_open(&l->budget, l->dir, "autotask", 2, 10000, &e), 0);
    struct autotask_options o = {.conf = l->conf, .http = &l->http, .budget = l->budget, .state_dir = l->dir};
    if (autotask_new(&l->at, &o, &e) != 0)
        fail_msg("%s", e.text);
    buf_release(&text);
    buf_release(&problems);
}

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *at)
{
    (void)st;
    (void)flag;
    (void)at;
    return remove(path);
}

static void close_lab(struct lab *l)
{
    autotask_free(&l->at);
    budget_close(&l->budget);
    conf_free(&l->conf);
    assert_int_equal(nftw(l->dir, remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
}

static struct directory *load(struct lab *l)
{
    struct directory *d;
    struct buf problems = BUF_INIT(8000);
    struct err e = ERR_INIT;
    if (autotask_directory_load(l->at, &d, &problems, &e) != 0)
        fail_msg("%s: %s", e.text, problems.data);
    buf_release(&problems);
    return d;
}

/* --- what it must hold --- */

static void lists_and_companies_are_read(void **state)
{
    (void)state;
    struct lab l;
    tenant = (struct tenant){.companies = 1200, .web = "https://www.Firm.example:8080/en", .has_own = true};
    open_lab(&l, "cancelled_status = \"cancelled\"; company = \"firm 7  <b>\";");
    struct directory *d = load(&l);
    assert_int_equal(d->n_lists[LIST_QUEUE], 2); /* the inactive one is left out */
    assert_string_equal(d->lists[LIST_QUEUE][1].name, "Triage");
    assert_int_equal(d->lists[LIST_PRIORITY][0].id, -1);
    assert_string_equal(d->lists[LIST_STATUS][1].name, "Cancelled");
    assert_int_equal(d->n_lists[LIST_TYPE], 0);
    assert_int_equal(d->n_lists[LIST_CATEGORY], 0);
    assert_int_equal(d->labels.cancelled_status, 5);
    assert_int_equal(d->labels.todo_action, 0);
    assert_int_equal(d->n_companies, 1201);
    for (size_t i = 0; i < d->n_companies; i++)
        assert_int_equal(d->companies[i].id, i);
    assert_string_equal(d->companies[0].name, "Us");
    assert_string_equal(d->companies[5].name, "Firm 5  <b>");
    assert_string_equal(d->companies[5].domain, "firm.example");
    assert_int_equal(d->labels.company, 7);
    assert_int_equal(tenant.company_calls, 3);
    assert_int_equal(tenant.todo_calls, 0);
    directory_unref(&d);
    close_lab(&l);
}

static void companies_are_read_once_an_hour(void **state)
{
    (void)state;
    struct lab l;
    tenant = (struct tenant){.companies = 1200, .web = ""};
    open_lab(&l, "");
    struct directory *first = load(&l), *second = load(&l);
    assert_int_equal(tenant.company_calls, 3);
    assert_int_equal(second->n_companies, 1201);
    assert_string_equal(second->companies[0].name, "Our Firm"); /* Autotask did not name it */
    directory_unref(&first);
    clock_shift_ms(3599 * 1000);
    first = load(&l);
    assert_int_equal(tenant.company_calls, 3);
    clock_shift_ms(2000);
    tenant.companies = 100;
    directory_unref(&first);
    first = load(&l);
    assert_int_equal(tenant.company_calls, 4);
    assert_int_equal(first->n_companies, 101);
    assert_string_equal(second->companies[1200].name, "Firm 1200  <b>");
    directory_unref(&first);
    directory_unref(&second);
    close_lab(&l);
}

static void a_tenant_may_hide_its_companies(void **state)
{
    (void)state;
    struct lab l;
    tenant = (struct tenant){.companies = 10, .web = "", .refuses_companies = true};
    open_lab(&l, "");
    struct directory *d = load(&l);
    assert_int_equal(d->n_companies, 0);
    assert_int_equal(d->n_lists[LIST_QUEUE], 2);
    directory_unref(&d);
    d = load(&l);
    assert_int_equal(tenant.company_calls, 1);
    directory_unref(&d);
    close_lab(&l);
}

static void more_than_fit_are_cut(void **state)
{
    (void)state;
    struct lab l;
    tenant = (struct tenant){.companies = 20001, .web = "x.example"};
    open_lab(&l, "");
    struct directory *d = load(&l);
    assert_int_equal(d->n_companies, 20000);
    assert_int_equal(tenant.company_calls, 40);
    directory_unref(&d);
    close_lab(&l);
}

static void wrong_labels_come_together(void **state)
{
    (void)state;
    struct lab l;
    struct directory *d;
    struct buf problems = BUF_INIT(8000);
    struct err e = ERR_INIT;
    tenant = (struct tenant){.companies = 3, .web = ""};
    open_lab(&l, "cancelled_status = \"Gone\"; company = \"Acme\"; todo = true; todo_action = \"Visit\"; "
                 "source = \"x\";");
    assert_int_equal(autotask_directory_load(l.at, &d, &problems, &e), -1);
    assert_int_equal(e.code, ERR_LABEL);
    assert_non_null(strstr(problems.data, "ticket.cancelled_status = \"Gone\""));
    assert_non_null(strstr(problems.data, "ticket.company = \"Acme\""));
    assert_non_null(
        strstr(problems.data,
               ":4: ticket.todo_action = \"Visit\": Autotask has no such actionType; it has \"Call\""));
    assert_non_null(strstr(problems.data, "ticket.source = \"x\": Autotask has no such source; it has none"));
    close_lab(&l);
    open_lab(&l, "todo = true; todo_action = \"call\";");
    d = load(&l);
    assert_int_equal(d->labels.todo_action, 3);
    directory_unref(&d);
    close_lab(&l);
    buf_release(&problems);
}

static void web_addresses_give_domains(void **state)
{
    (void)state;
    static const struct {
        const char *web, *domain;
    } rows[] = {{"acme.example", "acme.example"},
                {"WWW.Acme.Example", "acme.example"},
                {"http://acme.example/", "acme.example"},
                {"https://acme.example?x=1", "acme.example"},
                {" https://mail.acme.example:99 ", "mail.acme.example"},
                {"", ""},
                {"n/a", ""},
                {"acme", ""},
                {"acme..example", ""},
                {".example", ""},
                {"acme.", ""},
                {"https://", ""},
                {"javascript:alert(1)", ""},
                {"https://user@acme.example", ""},
                {"<b>.example", ""}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct lab l;
        tenant = (struct tenant){.companies = 1, .web = rows[i].web};
        open_lab(&l, "");
        struct directory *d = load(&l);
        assert_int_equal(d->n_companies, 2);
        assert_string_equal(d->companies[1].domain, rows[i].domain);
        directory_unref(&d);
        close_lab(&l);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_and_companies_are_read),    cmocka_unit_test(companies_are_read_once_an_hour),
        cmocka_unit_test(a_tenant_may_hide_its_companies), cmocka_unit_test(more_than_fit_are_cut),
        cmocka_unit_test(wrong_labels_come_together),      cmocka_unit_test(web_addresses_give_domains),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
