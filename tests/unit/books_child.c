/* SPDX-License-Identifier: GPL-2.0-or-later */
/* books_child: see books_child.h. */
#include "books_child.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <unistd.h>
#include <cmocka.h>

struct books b;

static void open_client(void)
{
    char slots[100];
    snprintf(slots, sizeof(slots), "%s/slots", w.dir);
    OK(budget_open(&b.budget, slots, "quickbooks", 4, 0, &e));
    struct quickbooks_options o = {.conf = &w.conf,
                                   .http = &w.http,
                                   .budget = b.budget,
                                   .state_dir = w.dir,
                                   .timeout_ms = 3000,
                                   .wait_ms = 20000,
                                   .stop_fd = -1};
    OK(quickbooks_new(&b.qb, &o, &e));
    b.login = quickbooks_login(b.qb);
}

static void close_client(void)
{
    quickbooks_free(&b.qb);
    budget_close(&b.budget);
}

void books_reopen(void)
{
    close_client();
    open_client();
}

void books_reopen_in_child(void)
{
    static struct http parents; /* libcurl's connections are not to be shared */
    struct http_options none = {.stop_fd = -1};
    struct err why = ERR_INIT;
    parents = w.http;
    if (!parents.self || http_curl_init(&w.http, &none, &why) != 0)
        _exit(2);
    books_reopen();
}

int books_test_open(void **state)
{
    static char realm[] = REALM, id[] = "ABsandboxClientId1234567890", redirect[] = REDIRECT;
    static char secret[200], consent[200], token[200], api[200];
    world_test_open(state);
    snprintf(secret, sizeof(secret), "%s/books-secret", w.dir);
    int fd = open(secret, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    assert_int_equal(write(fd, "books-secret#1\n", 15), 15);
    close(fd);
    snprintf(consent, sizeof(consent), "%sconnect/oauth2", w.url);
    snprintf(token, sizeof(token), "%soauth2/v1/tokens/bearer", w.url);
    snprintf(api, sizeof(api), "%.*s", (int)strlen(w.url) - 1, w.url);
    snprintf(b.token_file, sizeof(b.token_file), "%s/token", w.dir);
    b.conf = (struct conf_quickbooks){.realm = realm,
                                      .client_id = id,
                                      .client_secret_file = secret,
                                      .token_file = b.token_file,
                                      .redirect_url = redirect,
                                      .consent_url = consent,
                                      .token_url = token,
                                      .api_url = api};
    w.conf.quickbooks = &b.conf;
    open_client();
    return 0;
}

int books_test_close(void **state)
{
    close_client();
    return world_test_close(state);
}

static void forget(const char *name)
{
    char path[200];
    snprintf(path, sizeof(path), "%s/%s", w.dir, name);
    unlink(path);
}

int books_test_reset(void **state)
{
    static const char *const files[] = {"token",     "token.refused",          "token.lock",
                                        "token.new", "quickbooks.second.pace", "quickbooks.minute.pace"};
    (void)state;
    books_time(0);
    world_tell(&w, "reset", "{}");
    world_tell(&w, "settings", "{\"qb_per_second\":0,\"qb_per_minute\":0}");
    for (size_t i = 0; i < ARRAY_LEN(files); i++)
        forget(files[i]);
    books_reopen();
    return 0;
}

int books_test_login(void **state)
{
    books_test_reset(state);
    books_login();
    return 0;
}

const char *books_pasted(const char *state)
{
    struct buf address = BUF_INIT(4000);
    struct http_response r;
    const char *code;
    oauth2_consent_address(b.login, REDIRECT, state, &address);
    struct http_request request = {.method = "GET", .url = address.data};
    OK(http_send(&w.http, &request, &r, &e));
    assert_int_equal(r.status, 302);
    http_response_release(&r);
    buf_release(&address);
    struct json all = world_ask(&w, "tokens"), list = json_get(&all, "families"),
                last = json_at(&list, json_length(&list) - 1), j = json_get(&last, "code");
    OK(json_text(&j, 600, w.pool, &code, &e));
    json_close(&all);
    return pool_printf(w.pool, REDIRECT "?code=%s&realmId=" REALM "&state=%s", code, state);
}

void books_login(void)
{
    char state[33];
    oauth2_state(state);
    OK(oauth2_redeem(b.login, books_pasted(state), REDIRECT, state, &e));
}

void books_time(int64_t ms)
{
    char text[100];
    clock_shift_ms(ms - b.shift_ms);
    b.shift_ms = ms;
    snprintf(text, sizeof(text), "{\"clock_shift_ms\":%lld}", (long long)ms);
    world_tell(&w, "settings", text);
}

int64_t books_refreshed(void)
{
    struct json all = world_ask(&w, "tokens"), j = json_get(&all, "refreshed");
    int64_t n = -1;
    OK(json_int(&j, -1, &n, &e));
    json_close(&all);
    return n;
}

bool books_revoked(void)
{
    struct json all = world_ask(&w, "tokens"), list = json_get(&all, "families"),
                last = json_at(&list, json_length(&list) - 1), j = json_get(&last, "revoked");
    bool revoked = false;
    OK(json_bool(&j, false, &revoked, &e));
    json_close(&all);
    return revoked;
}

size_t books_asked(const char *part)
{
    struct json all = world_ask(&w, "log");
    size_t n = 0;
    for (int i = 0; i < json_length(&all); i++) {
        struct json row = json_at(&all, i);
        const char *path = cJSON_GetStringValue(json_get(&row, "path").value);
        n += path && strstr(path, part);
    }
    json_close(&all);
    return n;
}

int books_ask(void)
{
    struct quickbooks_company company;
    return quickbooks_company(b.qb, w.pool, &company, &e);
}

void assert_in(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("\"%s\" lacks \"%s\"", text, part);
}
