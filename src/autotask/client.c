/* SPDX-License-Identifier: GPL-2.0-or-later */
/* client: zone, the three headers, one call, all pages of a query. autotask-rest.md sections 1 to 4. */
#include "client.h"

enum { TIMEOUT_MS = 60000, WAIT_MS = 60000, MOST_PAGES = 40 };

int autotask_new(struct autotask **out, const struct autotask_options *options, struct err *e)
{
    struct autotask *at = mem_alloc(sizeof(*at));
    const struct conf *conf = options->conf;
    struct buf all = BUF_INIT(32768);
    at->options = *options;
    pthread_mutex_init(&at->lock, NULL);
    pthread_mutex_init(&at->loading, NULL);
    *out = NULL;
    if (secret_load(&at->secret, conf->autotask.secret_file, e) != 0 ||
        secret_load(&at->code, conf->autotask.integration_code_file, e) != 0) {
        autotask_free(&at);
        return -1;
    }
    buf_printf(&all, "%s\n%s\n%s", conf->autotask.user, at->secret.value, at->code.value);
    secret_fingerprint(buf_view(&all), at->fingerprint);
    explicit_bzero(all.data, all.len);
    buf_release(&all);
    *out = at;
    return 0;
}

void autotask_free(struct autotask **autotask)
{
    struct autotask *at = *autotask;
    if (!at)
        return;
    secret_release(&at->secret);
    secret_release(&at->code);
    directory_unref(&at->companies);
    pthread_mutex_destroy(&at->lock);
    pthread_mutex_destroy(&at->loading);
    free(at);
    *autotask = NULL;
}

/* --- one exchange --- */

static int exchange(struct autotask *at, const char *method, const char *url, bool with_secrets,
                    struct slice body, struct http_response *r, struct err *e)
{
    char user[500], *secret = NULL, *code = NULL;
    snprintf(user, sizeof(user), "UserName: %s", at->options.conf->autotask.user);
    struct pool *pool = pool_new(1 << 16);
    secret = pool_printf(pool, "Secret: %s", at->secret.value);
    code = pool_printf(pool, "ApiIntegrationCode: %s", at->code.value);
    const char *open_headers[] = {"Accept: application/json", NULL};
    const char *headers[] = {user, secret, code, "Content-Type: application/json", "Accept: application/json",
                             NULL};
    struct http_request request = {.method = method,
                                   .url = url,
                                   .headers = with_secrets ? headers : open_headers,
                                   .body = body,
                                   .timeout_ms =
                                       at->options.timeout_ms ? at->options.timeout_ms : TIMEOUT_MS};
    int rc = http_send(at->options.http, &request, r, e);
    explicit_bzero(secret, strlen(secret));
    explicit_bzero(code, strlen(code));
    pool_free(&pool);
    return rc;
}

/* Meaning of the answer; a 200 that cannot be read leaves a write in doubt. */
static int judge(struct autotask *at, enum call_kind kind, bool with_secrets, struct http_response *r,
                 struct json *answer, struct err *e)
{
    if (r->status == 401)
        refusal_note(at);
    if (r->status != 200)
        return answer_error(kind, r, e);
    /* the zone answers anybody: only an answer to our login proves it */
    if (with_secrets)
        refusal_clear(at);
    if (json_open(buf_view(&r->body), answer, e) == 0)
        return 0;
    if (kind == CALL_WRITE)
        e->code = ERR_UNKNOWN_OUTCOME;
    return err_wrap(e, "Autotask");
}

static int guarded_call(struct autotask *at, enum call_kind kind, const char *method, const char *endpoint,
                        const char *url, bool with_secrets, struct slice body, struct json *answer,
                        struct err *e)
{
    struct http_response r = {.body = BUF_INIT(0)};
    int slot;
    if (refusal_check(at, e) != 0 ||
        budget_enter(at->options.budget, endpoint, at->options.wait_ms ? at->options.wait_ms : WAIT_MS, &slot,
                     e) != 0)
        return -1;
    int rc = exchange(at, method, url, with_secrets, body, &r, e);
    budget_leave(at->options.budget, endpoint, slot);
    if (rc == 0)
        rc = judge(at, kind, with_secrets, &r, answer, e);
    else if (kind == CALL_READ && err_class(e) == ERR_CLASS_UNKNOWN)
        e->code = ERR_SERVER; /* a read that was lost did nothing */
    LOG(LOG_DEBUG, "autotask", "call", LS("method", method), LS("endpoint", endpoint), LN("status", r.status),
        LN("ms", r.done_ms - r.sent_ms));
    http_response_release(&r);
    return rc;
}

/* --- zone --- */

static int keep_zone(struct autotask *at, const struct json *answer, const char *asked, struct err *e)
{
    struct pool *pool = pool_new(1 << 16);
    struct json url = json_get(answer, "url"), web = json_get(answer, "webUrl");
    const char *api, *pages;
    int rc = json_text(&url, 250, pool, &api, e);
    if (rc == 0)
        rc = json_text(&web, 250, pool, &pages, e);
    /* the secret will go there: https, or the loopback address that we asked */
    bool safe =
        rc == 0 && (slice_starts_nocase(slice_of(api), SLICE("https://")) || http_same_origin(api, asked));
    if (rc == 0 && !safe)
        rc = err_set(e, ERR_PROTOCOL, "zoneInformation names %.200s, which is no https address", api);
    if (rc == 0) {
        pthread_mutex_lock(&at->lock);
        const char *slash = api[0] && api[strlen(api) - 1] == '/' ? "" : "/";
        snprintf(at->api, sizeof(at->api), "%s%sv1.0/", api, slash);
        snprintf(at->web, sizeof(at->web), "%s", pages);
        pthread_mutex_unlock(&at->lock);
    }
    pool_free(&pool);
    return rc;
}

int autotask_zone(struct autotask *at, struct err *e)
{
    struct buf url = BUF_INIT(2000);
    struct json answer;
    pthread_mutex_lock(&at->lock);
    bool known = at->api[0] != '\0';
    pthread_mutex_unlock(&at->lock);
    if (known)
        return 0;
    buf_printf(&url, "%s/v1.0/zoneInformation?user=", at->options.conf->autotask.zone_url);
    http_put_encoded(&url, slice_of(at->options.conf->autotask.user));
    int rc = guarded_call(at, CALL_READ, "GET", "zone", url.data, false, SLICE_NONE, &answer, e);
    if (rc == 0) {
        rc = keep_zone(at, &answer, url.data, e);
        json_close(&answer);
    } else if (e->code == ERR_CREDENTIALS) {
        err_wrap(e, "Autotask does not know the API user %s (autotask.user)",
                 at->options.conf->autotask.user);
    }
    buf_release(&url);
    return rc;
}

int autotask_call(struct autotask *at, enum call_kind kind, const char *method, const char *endpoint,
                  const char *path, struct slice body, struct json *answer, struct err *e)
{
    struct buf url = BUF_INIT(4000);
    if (autotask_zone(at, e) != 0)
        return -1;
    bool absolute = slice_find(slice_of(path), SLICE("://")) >= 0;
    pthread_mutex_lock(&at->lock);
    if (!absolute)
        buf_puts(&url, at->api);
    bool foreign = absolute && !http_same_origin(path, at->api);
    pthread_mutex_unlock(&at->lock);
    buf_puts(&url, path);
    int rc = foreign ? err_set(e, ERR_PROTOCOL, "Autotask names a next page on another server: %.200s", path)
                     : guarded_call(at, kind, method, endpoint, url.data, true, body, answer, e);
    buf_release(&url);
    return rc;
}

/* --- pages --- */

static int take_page(const struct json *answer, int (*row)(void *, const struct json *, struct err *),
                     void *self, struct buf *next, struct err *e)
{
    struct json items = json_get(answer, "items"), details = json_get(answer, "pageDetails"),
                url = json_get(&details, "nextPageUrl");
    struct pool *pool = pool_new(1 << 16);
    const char *text;
    int rc = 0, i = 0;
    const cJSON *item;
    cJSON_ArrayForEach(item, items.value)
    {
        struct json each = {.value = item, .parent = &items, .index = i++};
        if (rc == 0)
            rc = row(self, &each, e);
    }
    if (rc == 0)
        rc = json_text(&url, 3000, pool, &text, e);
    if (rc == 0) {
        buf_clear(next);
        buf_puts(next, text);
    }
    pool_free(&pool);
    return rc;
}

int autotask_query(struct autotask *at, const char *entity, const char *body,
                   int (*row)(void *self, const struct json *item, struct err *e), void *self, struct err *e)
{
    struct buf next = BUF_INIT(4000);
    int rc = 0;
    buf_printf(&next, "%s/query", entity);
    for (int page = 0; next.len && rc == 0; page++) {
        struct json answer;
        if (page == MOST_PAGES) {
            rc = err_set(e, ERR_PROTOCOL, "Autotask has more than %d rows of %s", MOST_PAGES * 500, entity);
            break;
        }
        /* page 1 was a POST, so the next ones are POSTs with the same body (autotask-rest.md 2.3) */
        rc = autotask_call(at, CALL_READ, "POST", entity, next.data, slice_of(body), &answer, e);
        if (rc != 0)
            break;
        rc = take_page(&answer, row, self, &next, e);
        json_close(&answer);
    }
    buf_release(&next);
    return rc == 0 ? 0 : err_wrap(e, "%s", entity);
}
