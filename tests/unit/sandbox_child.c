/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sandbox_child: see sandbox_child.h. */
#include "sandbox_child.h"

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

static const char *variable(const char *name, const char *otherwise)
{
    const char *v = getenv(name);
    return v ? v : otherwise;
}

static void start(struct world *x)
{
    char program[4096], file[4096], line[200];
    int ends[2];
    snprintf(program, sizeof(program), "%s/frontdesk-sandbox", variable("FRONTDESK_BUILD", "."));
    snprintf(file, sizeof(file), "%s/tests/fixtures/world.json", variable("FRONTDESK_SRC", ".."));
    assert_int_equal(pipe(ends), 0);
    x->pid = fork();
    assert_true(x->pid >= 0);
    if (x->pid == 0) {
        dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        close(ends[1]);
        execl(program, program, "--world", file, (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    x->out = fdopen(ends[0], "r");
    assert_non_null(fgets(line, sizeof(line), x->out));
    struct slice s = slice_trim(slice_of(line));
    assert_true(slice_starts(s, SLICE("listening ")));
    snprintf(x->url, sizeof(x->url), "%.*s", SLICE_ARG(slice_skip(s, 10)));
}

static void keep(const struct world *x, const char *name, const char *text, char *path, size_t size)
{
    snprintf(path, size, "%s/%s", x->dir, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
}

static void remove_folder(const char *path)
{
    DIR *d = opendir(path);
    struct dirent *entry;
    char inside[400];
    while (d && (entry = readdir(d)) != NULL) {
        snprintf(inside, sizeof(inside), "%.100s/%.250s", path, entry->d_name);
        if (entry->d_name[0] != '.' && unlink(inside) != 0)
            remove_folder(inside);
    }
    if (d)
        closedir(d);
    rmdir(path);
}

static void open_client(struct world *x)
{
    struct err why = ERR_INIT;
    char slots[100];
    snprintf(slots, sizeof(slots), "%s/slots", x->dir);
    if (budget_open(&x->budget, slots, "autotask", 2, 100000, &why) != 0)
        fail_msg("%s", why.text);
    struct autotask_options o = {.conf = &x->conf,
                                 .http = &x->http,
                                 .budget = x->budget,
                                 .state_dir = x->dir,
                                 .timeout_ms = 5000,
                                 .wait_ms = 1000};
    if (autotask_new(&x->at, &o, &why) != 0)
        fail_msg("%s", why.text);
}

void world_open(struct world *x)
{
    static char zone[120], user[] = "api@northwind.example", secret[100], code[100];
    struct err why = ERR_INIT;
    struct http_options none = {.stop_fd = -1};
    *x = (struct world){.pool = pool_new(16 << 20)};
    start(x);
    snprintf(zone, sizeof(zone), "%satservicesrest", x->url);
    snprintf(x->dir, sizeof(x->dir), "/tmp/fd-world-XXXXXX");
    assert_non_null(mkdtemp(x->dir));
    keep(x, "secret", "sandbox-secret#1\n", secret, sizeof(secret));
    keep(x, "code", "SANDBOXCODE\n", code, sizeof(code));
    x->conf.autotask.zone_url = zone;
    x->conf.autotask.user = user;
    x->conf.autotask.secret_file = secret;
    x->conf.autotask.integration_code_file = code;
    assert_int_equal(http_curl_init(&x->http, &none, &why), 0);
    open_client(x);
}

void world_close(struct world *x)
{
    kill(x->pid, SIGTERM);
    waitpid(x->pid, NULL, 0);
    fclose(x->out);
    autotask_free(&x->at);
    budget_close(&x->budget);
    http_release(&x->http);
    pool_free(&x->pool);
    remove_folder(x->dir);
}

void world_reset(struct world *x)
{
    char path[200];
    world_tell(x, "reset", "{}");
    autotask_free(&x->at);
    budget_close(&x->budget);
    snprintf(path, sizeof(path), "%s/autotask.files.pace", x->dir);
    unlink(path);
    open_client(x);
}

static void control(struct world *x, const char *method, const char *what, const char *json,
                    struct http_response *r)
{
    struct err why = ERR_INIT;
    char url[200];
    const char *headers[] = {"Content-Type: application/json", NULL};
    snprintf(url, sizeof(url), "%ssandbox/%s", x->url, what);
    struct http_request q = {.method = method, .url = url, .headers = headers, .body = slice_of(json)};
    if (http_send(&x->http, &q, r, &why) != 0)
        fail_msg("%s: %s", what, why.text);
    if (r->status != 200)
        fail_msg("%s: %s", what, r->body.data);
}

void world_tell(struct world *x, const char *what, const char *json)
{
    struct http_response r;
    control(x, "POST", what, json, &r);
    http_response_release(&r);
}

struct json world_ask(struct world *x, const char *what)
{
    struct http_response r;
    struct err why = ERR_INIT;
    struct json out;
    control(x, "GET", what, NULL, &r);
    assert_int_equal(json_open(buf_view(&r.body), &out, &why), 0);
    http_response_release(&r);
    return out;
}

size_t world_count(struct world *x, const char *entity, const char *member, const char *part, int64_t *id)
{
    struct json all = world_ask(x, "world"), list = json_get(&all, entity);
    struct err why = ERR_INIT;
    size_t n = 0;
    for (int i = 0; i < json_length(&list); i++) {
        struct json item = json_at(&list, i), own = json_get(&item, "id");
        const char *text = cJSON_GetStringValue(json_get(&item, member).value);
        if (!text || !strstr(text, part))
            continue;
        n++;
        if (id)
            assert_int_equal(json_int(&own, 0, id, &why), 0);
    }
    json_close(&all);
    return n;
}

const char *world_text(struct world *x, const char *entity, int64_t id, const char *member)
{
    struct json all = world_ask(x, "world"), list = json_get(&all, entity);
    struct err why = ERR_INIT;
    const char *out = "";
    for (int i = 0; i < json_length(&list); i++) {
        struct json item = json_at(&list, i), own = json_get(&item, "id"), value = json_get(&item, member);
        int64_t n;
        if (json_int(&own, 0, &n, &why) == 0 && n == id)
            assert_int_equal(json_text(&value, 1 << 20, x->pool, &out, &why), 0);
    }
    json_close(&all);
    return out;
}

/* --- for test programs --- */

struct world w;
struct err e;

int world_test_open(void **state)
{
    (void)state;
    world_open(&w);
    return 0;
}

int world_test_close(void **state)
{
    (void)state;
    world_close(&w);
    return 0;
}

int world_test_reset(void **state)
{
    (void)state;
    world_reset(&w);
    return 0;
}

int64_t new_ticket_of(int64_t company, int64_t contact, int64_t as)
{
    struct autotask_ticket t = {.company_id = company,
                                .queue_id = 29680001,
                                .status = 1,
                                .priority = 14,
                                .contact_id = contact,
                                .type = 1,
                                .resource_id = SARAH,
                                .role_id = TECHNICIAN,
                                .title = "Reset MFA",
                                .external_id = "fd-key",
                                .due_ms = INT64_C(1798000000000),
                                .as_resource = as};
    int64_t id = 0;
    OK(autotask_ticket_create(w.at, &t, &id, &e));
    return id;
}

int64_t new_ticket(void)
{
    return new_ticket_of(0, 0, 0);
}
