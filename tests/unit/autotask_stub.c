/* SPDX-License-Identifier: GPL-2.0-or-later */
/* autotask_stub: see autotask_stub.h. */
#include "autotask_stub.h"

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

static char zone_url[] = "http://127.0.0.1:9/atservicesrest", user[] = "api@northwind.example",
            queue[] = "Help Desk", triage[] = "Triage", status[] = "New", priority[] = "Medium", none[] = "";

static const char zone_answer[] =
    "{\"zoneName\":\"Stub\",\"url\":\"" STUB_ROOT "\",\"webUrl\":\"https://ww1.autotask.example/\",\"ci\":1}";

static bool has_secrets(const struct http_request *r)
{
    int found = 0;
    for (const char *const *h = r->headers; *h; h++) {
        struct slice line = slice_of(*h);
        found += slice_starts_nocase(line, SLICE("UserName: ")) ||
                 slice_starts_nocase(line, SLICE("Secret: ")) ||
                 slice_starts_nocase(line, SLICE("ApiIntegrationCode: "));
    }
    assert_true(found == 0 || found == 3);
    return found == 3;
}

static void note(struct bench *b, const struct http_request *r)
{
    assert_true(b->n_calls < ARRAY_LEN(b->calls));
    struct stub_call *c = &b->calls[b->n_calls++];
    snprintf(c->method, sizeof(c->method), "%s", r->method);
    snprintf(c->url, sizeof(c->url), "%s", r->url);
    c->body = strndup(r->body.ptr ? r->body.ptr : "", r->body.len);
    c->secrets = has_secrets(r);
}

static int canned(void *self, const struct http_request *r, struct http_response *response, struct err *e)
{
    struct bench *b = self;
    note(b, r);
    *response = (struct http_response){.body = BUF_INIT(0)};
    buf_init(&response->body, 32 << 20);
    for (size_t i = 0; i < b->n_rules; i++) {
        struct stub_rule *rule = &b->rules[i];
        if (slice_find(slice_of(r->url), slice_of(rule->part)) < 0 || rule->times == UINT32_MAX)
            continue;
        if (rule->times && --rule->times == 0)
            rule->times = UINT32_MAX; /* used up */
        if (rule->fail != ERR_NONE)
            return err_set(e, rule->fail, "stub: no answer");
        response->status = rule->status;
        response->retry_after_s = rule->retry_after_s;
        buf_puts(&response->body, rule->body ? rule->body : "");
        snprintf(response->content_type, sizeof(response->content_type), "%s",
                 rule->type ? rule->type : "application/json");
        return 0;
    }
    if (slice_find(slice_of(r->url), SLICE("Companies/query")) >= 0) {
        /* most tests are not about companies */
        response->status = 200;
        buf_puts(&response->body, "{\"items\":[],\"pageDetails\":{\"nextPageUrl\":null}}");
        snprintf(response->content_type, sizeof(response->content_type), "application/json");
        return 0;
    }
    fail_msg("no rule for %s", r->url);
    return -1;
}

/* Some reads come from several threads. */
static int stub_send(void *self, const struct http_request *r, struct http_response *response, struct err *e)
{
    static pthread_mutex_t lock = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP; /* a failed test may leave it */
    pthread_mutex_lock(&lock);
    int rc = canned(self, r, response, e);
    pthread_mutex_unlock(&lock);
    return rc;
}

static void write_file(const struct bench *b, const char *name, const char *text)
{
    char path[200];
    snprintf(path, sizeof(path), "%s/%s", b->dir, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
}

static void open_client(struct bench *b)
{
    struct err e = ERR_INIT;
    struct autotask_options o = {
        .conf = &b->conf, .http = &b->http, .budget = b->budget, .state_dir = b->dir, .wait_ms = 1000};
    if (autotask_new(&b->at, &o, &e) != 0)
        fail_msg("%s", e.text);
}

void bench_open(struct bench *b)
{
    static char secret_file[100], code_file[100];
    struct err e = ERR_INIT;
    char slots[100];
    *b = (struct bench){.http = {.send = stub_send, .self = b}};
    snprintf(b->dir, sizeof(b->dir), "/tmp/fd-autotask-XXXXXX");
    assert_non_null(mkdtemp(b->dir));
    snprintf(secret_file, sizeof(secret_file), "%s/secret", b->dir);
    snprintf(code_file, sizeof(code_file), "%s/code", b->dir);
    snprintf(slots, sizeof(slots), "%s/slots", b->dir);
    write_file(b, "secret", "s3cret#$~\n");
    write_file(b, "code", "CODE\n");
    b->conf.autotask.zone_url = zone_url;
    b->conf.autotask.user = user;
    b->conf.autotask.secret_file = secret_file;
    b->conf.autotask.integration_code_file = code_file;
    b->conf.ticket.company = b->conf.ticket.category = b->conf.ticket.source = none;
    b->conf.ticket.queue = queue;
    b->conf.ticket.triage_queue = triage;
    b->conf.ticket.status = status;
    b->conf.ticket.priority = priority;
    assert_int_equal(budget_open(&b->budget, slots, "autotask", 2, 100000, &e), 0);
    open_client(b);
    bench_clear(b);
}

static void remove_folder(const char *path)
{
    DIR *d = opendir(path);
    struct dirent *entry;
    char inside[400];
    while (d && (entry = readdir(d)) != NULL) {
        snprintf(inside, sizeof(inside), "%s/%s", path, entry->d_name);
        if (entry->d_name[0] != '.' && unlink(inside) != 0)
            remove_folder(inside);
    }
    if (d)
        closedir(d);
    rmdir(path);
}

void bench_close(struct bench *b)
{
    bench_clear(b);
    autotask_free(&b->at);
    budget_close(&b->budget);
    remove_folder(b->dir);
}

void bench_restart(struct bench *b)
{
    autotask_free(&b->at);
    open_client(b);
}

void bench_secret(struct bench *b, const char *secret)
{
    write_file(b, "secret", secret);
    bench_restart(b);
}

void bench_clear(struct bench *b)
{
    for (size_t i = 0; i < b->n_calls; i++)
        free(b->calls[i].body);
    b->n_calls = 0;
    b->n_rules = 0;
    bench_rule(b, (struct stub_rule){.part = "zoneInformation", .status = 200, .body = zone_answer});
}

void bench_rule(struct bench *b, struct stub_rule rule)
{
    assert_true(b->n_rules < ARRAY_LEN(b->rules));
    b->rules[b->n_rules++] = rule;
}

#define VALUE(id, label) "{\"value\":\"" id "\",\"label\":\"" label "\",\"isActive\":true}"

void bench_directory(struct bench *b)
{
    static const struct {
        const char *part, *body;
    } answers[] = {
        {"Resources/query",
         "{\"items\":[{\"id\":7,\"firstName\":\"Sarah\",\"lastName\":\"Klein\",\"userName\":\"sarah\","
         "\"isActive\":true,\"licenseType\":1,\"defaultServiceDeskRoleID\":3},"
         "{\"id\":8,\"firstName\":\"Mike\",\"lastName\":\"Chen\",\"userName\":\"mike\",\"isActive\":true}]}"},
        {"v1.0/Roles/query", "{\"items\":[{\"id\":3,\"isActive\":true},{\"id\":4,\"isActive\":true}]}"},
        {"ResourceServiceDeskRoles/query",
         "{\"items\":[{\"id\":1,\"resourceID\":7,\"roleID\":3,\"isActive\":true},"
         "{\"id\":2,\"resourceID\":8,\"roleID\":4,\"isActive\":true,\"isDefault\":true}]}"},
        {"ResourceRoleDepartments/query", "{\"items\":[]}"},
        {"Tickets/entityInformation/fields",
         "{\"fields\":[{\"name\":\"queueID\",\"picklistValues\":[" VALUE("10", "Help Desk") "," VALUE(
             "11", "Triage") "]},"
                             "{\"name\":\"status\",\"picklistValues\":[" VALUE(
                                 "1", "New") "]},"
                                             "{\"name\":\"priority\",\"picklistValues\":[" VALUE(
                                                 "2", "Medium") "]}]}"},
    };
    for (size_t i = 0; i < ARRAY_LEN(answers); i++)
        bench_rule(b, (struct stub_rule){.part = answers[i].part, .status = 200, .body = answers[i].body});
}

size_t bench_asked(const struct bench *b, const char *part)
{
    size_t n = 0;
    for (size_t i = 0; i < b->n_calls; i++)
        n += slice_find(slice_of(b->calls[i].url), slice_of(part)) >= 0;
    return n;
}
