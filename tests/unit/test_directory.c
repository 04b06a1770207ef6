/* SPDX-License-Identifier: GPL-2.0-or-later */
/* directory: every fault at every call of the loading; a failed load leaves nothing half-done; roles, labels
 * and rights (autotask-rest.md 5.5, 5.6, 6). */
#include "autotask_stub.h"

#include <setjmp.h>
#include <stdarg.h>
#include <unistd.h>
#include <cmocka.h>

static struct bench bench;
static struct buf problems = BUF_INIT(64 * 1024);

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
    buf_release(&problems);
    return 0;
}

static enum err_code load(struct directory **d, struct err *e)
{
    *e = (struct err)ERR_INIT;
    buf_clear(&problems);
    int rc = autotask_directory_load(bench.at, d, &problems, e);
    assert_int_equal(rc == 0, e->code == ERR_NONE);
    assert_int_equal(rc == 0, *d != NULL);
    return e->code;
}

static const char *const calls[] = {"zoneInformation",
                                    "Resources/query",
                                    "v1.0/Roles/query",
                                    "ResourceServiceDeskRoles/query",
                                    "ResourceRoleDepartments/query",
                                    "Tickets/entityInformation/fields"};

static const struct {
    const char *name;
    struct stub_rule rule;
    enum err_code code;
} faults[] = {
    {"no connection", {.fail = ERR_CONNECT}, ERR_CONNECT},
    {"no certificate", {.fail = ERR_TLS}, ERR_TLS},
    {"lost answer", {.fail = ERR_UNKNOWN_OUTCOME}, ERR_SERVER},
    {"timeout", {.fail = ERR_TIMEOUT}, ERR_TIMEOUT},
    {"429", {.status = 429, .retry_after_s = 9}, ERR_BUSY},
    {"403", {.status = 403}, ERR_PERMISSION},
    {"no right",
     {.status = 500, .body = "{\"errors\":[\"no adequate permissions to query\"]}"},
     ERR_PERMISSION},
    {"500", {.status = 500, .body = "{\"errors\":[\"An error has occurred.\"]}"}, ERR_SERVER},
    {"500 empty", {.status = 500}, ERR_SERVER},
    {"500 HTML", {.status = 500, .body = "<html>", .type = "text/html"}, ERR_SERVER},
    {"503 HTML", {.status = 503, .body = "<html>", .type = "text/html"}, ERR_SERVER},
    {"404 HTML", {.status = 404, .body = "<html>", .type = "text/html"}, ERR_SERVER},
    {"redirect", {.status = 302}, ERR_PROTOCOL},
    {"200 empty", {.status = 200}, ERR_PROTOCOL},
    {"200 no JSON", {.status = 200, .body = "<html>"}, ERR_PROTOCOL},
    {"200 {}", {.status = 200, .body = "{}"}, ERR_PROTOCOL},
    {"200 []", {.status = 200, .body = "[]"}, ERR_PROTOCOL},
    {"200 item null", {.status = 200, .body = "{\"item\":null}"}, ERR_PROTOCOL},
    {"200 wrong types",
     {.status = 200, .body = "{\"items\":5,\"fields\":{},\"url\":[],\"webUrl\":7}"},
     ERR_PROTOCOL},
    {"200 rows that are none",
     {.status = 200, .body = "{\"items\":[null,1,\"x\"],\"fields\":[null,1,\"x\"],\"url\":\"x\"}"},
     ERR_PROTOCOL},
    {"200 huge ids",
     {.status = 200,
      .body =
          "{\"items\":[{\"id\":1e300,\"resourceID\":1e300}],\"url\":\"http://1e300/\",\"fields\":[{\"name\":"
          "\"queueID\",\"picklistValues\":[{\"value\":\"99999999999999999999\",\"label\":\"Help Desk\"}]}]}"},
     ERR_PROTOCOL},
};

/* The load fails as the table says, with words for a person, and the next one works. */
static void every_fault_at_every_call(void **state)
{
    (void)state;
    for (size_t c = 0; c < ARRAY_LEN(calls); c++) {
        for (size_t f = 0; f < ARRAY_LEN(faults); f++) {
            struct stub_rule rule = faults[f].rule;
            struct directory *d;
            struct err e;
            rule.part = calls[c];
            rule.times = 1;
            bench_restart(&bench);
            bench_clear(&bench);
            bench.n_rules = 0;
            bench_rule(&bench, rule);
            bench_rule(&bench, (struct stub_rule){
                                   .part = "zoneInf", .status = 200, .body = "{\"url\":\"" STUB_ROOT "\"}"});
            bench_directory(&bench);
            if (load(&d, &e) != faults[f].code)
                fail_msg("%s at %s: %s %s", faults[f].name, calls[c], err_code_name(e.code), e.text);
            assert_true(e.text[0] && !strstr(e.text, "s3cret"));
            assert_int_equal(e.retry_after_s, faults[f].rule.retry_after_s);
            if (load(&d, &e) != ERR_NONE)
                fail_msg("after %s at %s: %s", faults[f].name, calls[c], e.text);
            assert_int_equal(d->n_resources, 2);
            directory_unref(&d);
        }
    }
}

static struct directory *good_load(void)
{
    struct directory *d;
    struct err e;
    if (load(&d, &e) != ERR_NONE)
        fail_msg("%s\n%s", e.text, problems.data);
    return d;
}

#define ROLE(resource, role, more)                                                                           \
    "{\"id\":1,\"resourceID\":" resource ",\"roleID\":" role ",\"isActive\":true" more "}"
#define DEFAULT ",\"isDefault\":true"

/* The order of choice; Sarah (7) has the default role 3. */
static const struct {
    const char *desk, *department;
    int64_t role;
} choices[] = {
    {ROLE("7", "4", DEFAULT) "," ROLE("7", "3", ""), ROLE("7", "5", DEFAULT), 3},
    {ROLE("7", "4", "") "," ROLE("7", "5", DEFAULT), "", 5},
    {ROLE("7", "4", ""), ROLE("7", "5", DEFAULT), 4},
    {"", ROLE("7", "4", "") "," ROLE("7", "5", DEFAULT), 5},
    {"", ROLE("7", "4", ""), 0},
    {ROLE("7", "9", DEFAULT), "", 0}, /* no such role is active */
    {ROLE("7", "110", ""), "", 0},    /* time sheet approval */
    {ROLE("8", "3", DEFAULT), "", 0}, /* somebody else's */
    {"{\"id\":1,\"resourceID\":7,\"roleID\":3,\"isActive\":false}", "", 0},
};

static void roles_are_chosen_in_order(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(choices); i++) {
        char desk[400], department[400];
        snprintf(desk, sizeof(desk), "{\"items\":[%s%s" ROLE("8", "4", "") "]}", choices[i].desk,
                 choices[i].desk[0] ? "," : "");
        snprintf(department, sizeof(department), "{\"items\":[%s]}", choices[i].department);
        bench_clear(&bench);
        bench_rule(&bench, (struct stub_rule){.part = "v1.0/Roles/query",
                                              .status = 200,
                                              .body = "{\"items\":[{\"id\":3,\"isActive\":true},{\"id\":4,"
                                                      "\"isActive\":true},{\"id\":5},{\"id\":9,"
                                                      "\"isActive\":false},{\"id\":110}]}"});
        bench_rule(&bench, (struct stub_rule){.part = "ServiceDeskRoles", .status = 200, .body = desk});
        bench_rule(&bench, (struct stub_rule){.part = "RoleDepartments", .status = 200, .body = department});
        bench_directory(&bench);
        struct directory *d = good_load();
        const struct directory_resource *sarah = directory_find(d, 7);
        if (sarah->role_id != choices[i].role || sarah->assignable != (choices[i].role != 0))
            fail_msg("row %zu: role %lld", i, (long long)sarah->role_id);
        assert_string_equal(sarah->why_not, choices[i].role ? "" : "no service-desk role");
        directory_unref(&d);
    }
}

/* A restricted API user sees fewer rows and no error: the old snapshot is better than none. */
static void a_directory_without_technicians_is_refused(void **state)
{
    static const struct {
        const char *part, *body;
    } rows[] = {
        {"Resources/query", "{\"items\":[]}"},
        {"ServiceDeskRoles", "{\"items\":[]}"},
        {"v1.0/Roles/query", "{\"items\":[]}"},
        {"Resources/query", "{\"items\":[{\"id\":7,\"firstName\":\"Sarah\",\"isActive\":false},{\"id\":8,"
                            "\"licenseType\":7}]}"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct directory *d;
        struct err e;
        bench_clear(&bench);
        bench_rule(&bench, (struct stub_rule){.part = rows[i].part, .status = 200, .body = rows[i].body});
        bench_directory(&bench);
        assert_int_equal(load(&d, &e), ERR_PERMISSION);
        assert_non_null(strstr(e.text, "none of whom can be given tickets"));
    }
}

static void labels_are_found_or_named(void **state)
{
    static char wrong[] = "Helpdesk", by_id[] = "#11", folded[] = "TRIAGE", right[] = "Help Desk";
    struct directory *d;
    struct err e;
    (void)state;
    bench_directory(&bench);
    bench.conf.ticket.triage_queue = by_id;
    d = good_load();
    assert_int_equal(d->labels.triage_queue, 11);
    assert_string_equal(d->triage_queue_name, "Triage");
    directory_unref(&d);
    bench.conf.ticket.triage_queue = folded;
    bench.conf.ticket.queue = wrong;
    assert_int_equal(load(&d, &e), ERR_LABEL);
    assert_non_null(strstr(problems.data,
                           "ticket.queue = \"Helpdesk\": Autotask has no such queueID; did you "
                           "mean \"Help Desk\"? It has \"Help Desk\", \"Triage\""));
    bench.conf.ticket.queue = right;
    d = good_load();
    directory_unref(&d);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_bench, close_bench)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_fault_at_every_call),
        TEST(roles_are_chosen_in_order),
        TEST(a_directory_without_technicians_is_refused),
        TEST(labels_are_found_or_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
