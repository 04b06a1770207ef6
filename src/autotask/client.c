/* SPDX-License-Identifier: GPL-2.0-or-later */
/* client: zone, the three headers, one call, all pages of a query. autotask-rest.md sections 1 to 4. */
#include "client.h"

/* Autotask counts 300 s from when it has the whole file: a little more from when we send it */
enum { TIMEOUT_MS = 60000, WAIT_MS = 60000, MOST_PAGES = 40, FILES_WINDOW_MS = 330000 };

/* The error names the setting as those of the settings do. */
static int load_secret(struct secret *s, const struct conf *conf, const char *key, const char *path,
                       struct err *e)
{
    if (secret_load(s, path, e) == 0)
        return 0;
    return err_wrap(e, "%s:%u: %s", conf->path, conf_line(conf, key), key);
}

int autotask_new(struct autotask **out, const struct autotask_options *options, struct err *e)
{
    struct autotask *at = mem_alloc(sizeof(*at));
    const struct conf *conf = options->conf;
    struct buf all = BUF_INIT(32768);
    at->options = *options;
    pthread_mutex_init(&at->lock, NULL);
    pthread_mutex_init(&at->zoning, NULL);
    pthread_mutex_init(&at->loading, NULL);
    pthread_mutex_init(&at->proving, NULL);
    *out = NULL;
    if (load_secret(&at->secret, conf, "autotask.secret_file", conf->autotask.secret_file, e) != 0 ||
        load_secret(&at->code, conf, "autotask.integration_code_file", conf->autotask.integration_code_file,
                    e) != 0 ||
        pace_open(&at->files, options->state_dir, "autotask.files", AUTOTASK_FILES_PER_5_MIN, FILES_WINDOW_MS,
                  e) != 0) {
        autotask_free(&at);
        return -1;
    }
    buf_printf(&all, "%s\n%s\n%s", conf->autotask.user, at->secret.value, at->code.value);
    secret_fingerprint(buf_view(&all), at->fingerprint);
    buf_wipe(&all);
    *out = at;
    return 0;
}

void autotask_free(struct autotask **autotask)
{
    struct autotask *at = *autotask;
    if (!at)
        return;
    pace_close(&at->files);
    secret_release(&at->secret);
    secret_release(&at->code);
    directory_unref(&at->companies);
    pthread_mutex_destroy(&at->lock);
    pthread_mutex_destroy(&at->zoning);
    pthread_mutex_destroy(&at->loading);
    pthread_mutex_destroy(&at->proving);
    free(at);
    *autotask = NULL;
}

/* --- one exchange --- */

static int exchange(struct autotask *at, const struct call *call, const char *url, bool with_secrets,
                    struct http_response *r, struct err *e)
{
    char user[500], acts[60], *secret = NULL, *code = NULL;
    snprintf(user, sizeof(user), "UserName: %s", at->options.conf->autotask.user);
    snprintf(acts, sizeof(acts), "ImpersonationResourceId: %lld", (long long)call->as_resource);
    struct pool *pool = pool_new(1 << 16);
    secret = pool_printf(pool, "Secret: %s", at->secret.value);
    code = pool_printf(pool, "ApiIntegrationCode: %s", at->code.value);
    const char *open_headers[] = {"Accept: application/json", NULL};
    const char *headers[] = {user,
                             secret,
                             code,
                             "Content-Type: application/json",
                             "Accept: application/json",
                             call->as_resource ? acts : NULL,
                             NULL};
    struct http_request request = {.method = call->method,
                                   .url = url,
                                   .headers = with_secrets ? headers : open_headers,
                                   .body = call->body,
                                   .read_body = call->read_body,
                                   .read_self = call->read_self,
                                   .body_size = call->body_size,
                                   .timeout_ms =
                                       at->options.timeout_ms ? at->options.timeout_ms : TIMEOUT_MS};
    int rc = http_send(at->options.http, &request, r, e);
    explicit_bzero(secret, strlen(secret));
    explicit_bzero(code, strlen(code));
    pool_free(&pool);
    return rc;
}

/* Meaning of the answer; a 200 that cannot be read leaves a write in doubt. */
static int judge(struct autotask *at, const struct call *call, bool with_secrets, struct http_response *r,
                 struct json *answer, struct err *e)
{
    /* the zone answers anybody: only an answer to our login says anything about it */
    if (r->status == 401 && with_secrets)
        refusal_note(at);
    if (r->status != 200)
        return answer_error(call, r, e);
    if (with_secrets) {
        budget_reached(at->options.budget);
        refusal_clear(at);
    }
    if (json_open(buf_view(&r->body), answer, e) == 0)
        return 0;
    if (call->kind == CALL_WRITE)
        e->code = ERR_UNKNOWN_OUTCOME;
    return err_wrap(e, "Autotask");
}

static bool is_accepted(struct autotask *at)
{
    pthread_mutex_lock(&at->lock);
    bool accepted = at->accepted;
    pthread_mutex_unlock(&at->lock);
    return accepted;
}

static unsigned wait_ms(const struct autotask *at)
{
    return at->options.wait_ms ? at->options.wait_ms : WAIT_MS;
}

/* Waits while another thread makes the call that all need. */
static int wait_for_first(struct autotask *at, pthread_mutex_t *first, struct err *e)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += wait_ms(at) / 1000 + 1;
    if (pthread_mutex_clocklock(first, CLOCK_MONOTONIC, &until) != 0)
        return err_set(e, ERR_BUSY, "Autotask has not yet answered the first call that was made");
    return 0;
}

/* Calls side by side with a wrong secret would be refused together, and lock the user. */
static int begin_alone(struct autotask *at, bool *alone, struct err *e)
{
    *alone = !is_accepted(at);
    if (!*alone)
        return 0;
    if (wait_for_first(at, &at->proving, e) != 0)
        return -1;
    *alone = !is_accepted(at); /* somebody may have proved it meanwhile */
    if (!*alone)
        pthread_mutex_unlock(&at->proving);
    return 0;
}

/* A refusal that Autotask explains says that it works. */
static void note_state(struct autotask *at, int rc, const struct err *e)
{
    enum err_class class = rc == 0 ? ERR_CLASS_NONE : err_class(e);
    bool fails = class == ERR_CLASS_RETRY || class == ERR_CLASS_UNKNOWN;
    if (rc != 0 && (e->code == ERR_STOPPING || e->code == ERR_CREDENTIALS))
        return;
    pthread_mutex_lock(&at->lock);
    at->state = fails ? AUTOTASK_FAILS : AUTOTASK_WORKS;
    if (fails)
        at->why = *e;
    pthread_mutex_unlock(&at->lock);
}

enum autotask_state autotask_state(struct autotask *at, struct err *why)
{
    pthread_mutex_lock(&at->lock);
    enum autotask_state state = at->state;
    *why = at->why;
    pthread_mutex_unlock(&at->lock);
    return state;
}

/* The middle of the exchange against the time that the answer was dated with. */
static void compare_clocks(struct autotask *at, const struct http_response *r)
{
    if (!r->date_ms)
        return;
    pthread_mutex_lock(&at->lock);
    at->clock_ahead_ms = r->sent_ms + (r->done_ms - r->sent_ms) / 2 - r->date_ms;
    at->clock_known = true;
    pthread_mutex_unlock(&at->lock);
}

bool autotask_clock(struct autotask *at, int64_t *ahead_ms)
{
    pthread_mutex_lock(&at->lock);
    bool known = at->clock_known;
    *ahead_ms = at->clock_ahead_ms;
    pthread_mutex_unlock(&at->lock);
    return known;
}

static int one_call(struct autotask *at, const struct call *call, const char *url, bool with_secrets,
                    struct json *answer, struct err *e)
{
    struct http_response r = {.body = BUF_INIT(0)};
    int slot;
    if (refusal_check(at, e) != 0)
        return -1;
    if (budget_enter(at->options.budget, call->endpoint, wait_ms(at), &slot, e) != 0) {
        if (e->code == ERR_BUDGET)
            note_state(at, -1, e);
        return -1;
    }
    int rc = exchange(at, call, url, with_secrets, &r, e);
    budget_leave(at->options.budget, call->endpoint, slot);
    if (rc == 0)
        compare_clocks(at, &r);
    if (rc == 0)
        rc = judge(at, call, with_secrets, &r, answer, e);
    else if (call->kind == CALL_READ && err_class(e) == ERR_CLASS_UNKNOWN)
        e->code = ERR_SERVER; /* a read that was lost did nothing */
    note_state(at, rc, e);
    LOG(LOG_DEBUG, "autotask", "call", LS("method", call->method), LS("endpoint", call->endpoint),
        LN("status", r.status), LN("ms", r.done_ms - r.sent_ms));
    http_response_release(&r);
    return rc;
}

static int guarded_call(struct autotask *at, const struct call *call, const char *url, bool with_secrets,
                        struct json *answer, struct err *e)
{
    bool alone = false;
    if (with_secrets && begin_alone(at, &alone, e) != 0)
        return -1;
    int rc = one_call(at, call, url, with_secrets, answer, e);
    if (alone)
        pthread_mutex_unlock(&at->proving);
    return rc;
}

/* --- zone --- */

/* May the secret go there, and a link of a letter lead there? Where we asked over TLS: to a host of the same
 * domain, at the same port, and nowhere else that an answer without a login names. */
static bool is_ours(const char *url, const char *asked)
{
    bool tls = slice_starts_nocase(slice_of(asked), SLICE("https://"));
    return !tls || http_same_domain(url, asked);
}

/* https, or the loopback address that we asked; and nothing that could break out of a link. */
static bool is_safe(const char *url, const char *asked)
{
    return (slice_starts_nocase(slice_of(url), SLICE("https://")) || http_same_origin(url, asked)) &&
           url[strcspn(url, "\"'<>\\ ")] == '\0';
}

static const char *slash_behind(const char *url)
{
    return url[0] && url[strlen(url) - 1] == '/' ? "" : "/";
}

static int keep_zone(struct autotask *at, const struct json *answer, const char *asked, struct err *e)
{
    struct pool *pool = pool_new(1 << 16);
    struct json url = json_get(answer, "url"), web = json_get(answer, "webUrl");
    const char *api, *pages;
    int rc = json_text(&url, 250, pool, &api, e);
    if (rc == 0)
        rc = json_text(&web, 250, pool, &pages, e);
    /* the secret will go there */
    if (rc == 0 && !is_safe(api, asked))
        rc = err_set(e, ERR_PROTOCOL, "zoneInformation names %.200s, which is no https address", api);
    if (rc == 0 && !is_ours(api, asked))
        rc = err_set(e, ERR_PROTOCOL,
                     "zoneInformation names %.200s, which is not of the domain that was asked", api);
    if (rc == 0) {
        pthread_mutex_lock(&at->lock);
        snprintf(at->api, sizeof(at->api), "%s%sv1.0/", api, slash_behind(api));
        at->web[0] = '\0'; /* without it letters have no link */
        if (is_safe(pages, asked) && is_ours(pages, asked))
            snprintf(at->web, sizeof(at->web), "%s%s", pages, slash_behind(pages));
        pthread_mutex_unlock(&at->lock);
    }
    pool_free(&pool);
    return rc;
}

static bool zone_is_known(struct autotask *at)
{
    pthread_mutex_lock(&at->lock);
    bool known = at->api[0] != '\0';
    pthread_mutex_unlock(&at->lock);
    return known;
}

static int ask_zone(struct autotask *at, struct err *e)
{
    struct buf url = BUF_INIT(2000);
    struct json answer;
    buf_printf(&url, "%s/v1.0/zoneInformation?user=", at->options.conf->autotask.zone_url);
    http_put_encoded(&url, slice_of(at->options.conf->autotask.user));
    struct call call = {.method = "GET", .endpoint = "zone"};
    int rc = guarded_call(at, &call, url.data, false, &answer, e);
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

int autotask_zone(struct autotask *at, struct err *e)
{
    if (zone_is_known(at))
        return 0;
    if (wait_for_first(at, &at->zoning, e) != 0)
        return -1;
    int rc = zone_is_known(at) ? 0 : ask_zone(at, e);
    pthread_mutex_unlock(&at->zoning);
    return rc;
}

static bool is_absolute(const char *url)
{
    return slice_starts_nocase(slice_of(url), SLICE("http://")) ||
           slice_starts_nocase(slice_of(url), SLICE("https://"));
}

/* A copy of at->api, which a refusal on another thread forgets at any time. */
static int zone_root(struct autotask *at, char root[ROOT_BYTES], struct err *e)
{
    enum { TRIES = 2 };
    root[0] = '\0';
    for (int i = 0; i < TRIES && !root[0]; i++) {
        if (autotask_zone(at, e) != 0)
            return -1;
        pthread_mutex_lock(&at->lock);
        snprintf(root, ROOT_BYTES, "%s", at->api);
        pthread_mutex_unlock(&at->lock);
    }
    return root[0] ? 0 : err_set(e, ERR_BUSY, "Autotask refused the login of another call meanwhile");
}

/* Of an address, of a path from the server's root, or of one below v1.0/. */
static void put_url(struct buf *url, const char *root, const char *path)
{
    const char *host = strstr(root, "://"), *end = host ? strchr(host + 3, '/') : NULL;
    if (path[0] == '/')
        buf_put(url, root, end ? (size_t)(end - root) : 0);
    else if (!is_absolute(path))
        buf_puts(url, root);
    buf_puts(url, path);
}

int autotask_do(struct autotask *at, const struct call *call, struct json *answer, struct err *e)
{
    char root[ROOT_BYTES];
    struct buf url = BUF_INIT(4000);
    if (zone_root(at, root, e) != 0)
        return -1;
    put_url(&url, root, call->path);
    /* the secret goes there */
    int rc =
        http_same_origin(url.data, root)
            ? guarded_call(at, call, url.data, true, answer, e)
            : err_set(e, ERR_PROTOCOL, "Autotask names a next page on another server: %.200s", call->path);
    buf_release(&url);
    return rc;
}

int autotask_call(struct autotask *at, enum call_kind kind, const char *method, const char *endpoint,
                  const char *path, struct slice body, struct json *answer, struct err *e)
{
    struct call call = {.kind = kind, .method = method, .endpoint = endpoint, .path = path, .body = body};
    return autotask_do(at, &call, answer, e);
}

int autotask_write(struct autotask *at, const struct call *call, int64_t *id, struct err *e)
{
    struct json answer;
    if (autotask_do(at, call, &answer, e) != 0)
        return -1;
    struct json item = json_get(&answer, "itemId");
    int rc = json_int(&item, 0, id, e);
    if (rc == 0 && *id <= 0)
        rc = err_set(e, ERR_PROTOCOL, "itemId: positive number expected");
    if (rc != 0)
        e->code = ERR_UNKNOWN_OUTCOME; /* something was made, and we do not know what */
    json_close(&answer);
    return rc;
}

/* --- pages --- */

/* The next page is an absolute address, or the path of one; "" = there is none. */
static int keep_next(const struct json *details, struct buf *next, struct err *e)
{
    struct json url = json_get(details, "nextPageUrl");
    struct pool *pool = pool_new(1 << 16);
    const char *text = "";
    int rc = 0;
    if (json_there(&url) && !cJSON_IsString(url.value))
        rc = err_set(e, ERR_PROTOCOL, "pageDetails.nextPageUrl: text expected");
    if (rc == 0)
        rc = json_text(&url, 3000, pool, &text, e);
    bool is_path = text[0] == '/' && text[1] != '/';
    if (rc == 0 && text[0] && !is_path && !is_absolute(text))
        rc = err_set(e, ERR_PROTOCOL, "pageDetails.nextPageUrl: an address expected, not %.100s", text);
    buf_clear(next);
    buf_puts(next, text);
    pool_free(&pool);
    return rc;
}

/* An answer without a list is no empty list: "not found" would be read from it. */
static int take_page(const struct json *answer, int (*row)(void *, const struct json *, struct err *),
                     void *self, size_t *rows, struct buf *next, struct err *e)
{
    struct json items = json_get(answer, "items"), details = json_get(answer, "pageDetails");
    int i = 0;
    const cJSON *item;
    if (!cJSON_IsArray(items.value))
        return err_set(e, ERR_PROTOCOL, "items: a list expected");
    cJSON_ArrayForEach(item, items.value)
    {
        struct json each = {.value = item, .parent = &items, .index = i++};
        if (!cJSON_IsObject(item))
            return err_set(e, ERR_PROTOCOL, "items[%d]: a record expected", i - 1);
        int got = row(self, &each, e);
        if (got < 0)
            return -1;
        *rows += 1;
        if (got > 0) {
            buf_clear(next);
            return 0;
        }
    }
    return keep_next(&details, next, e);
}

int autotask_query(struct autotask *at, const char *entity, const char *body,
                   int (*row)(void *self, const struct json *item, struct err *e), void *self, struct err *e)
{
    struct buf next = BUF_INIT(4000);
    size_t rows = 0;
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
        rc = take_page(&answer, row, self, &rows, &next, e);
        json_close(&answer);
        if (rc == 0 && at->options.progress)
            at->options.progress(at->options.progress_self, entity, rows);
    }
    buf_release(&next);
    return rc == 0 ? 0 : err_wrap(e, "%s", entity);
}

int autotask_count(struct autotask *at, const char *entity, const char *body, int64_t *count, struct err *e)
{
    char path[100];
    struct json answer;
    *count = 0;
    snprintf(path, sizeof(path), "%s/query/count", entity);
    if (autotask_call(at, CALL_READ, "POST", entity, path, slice_of(body), &answer, e) != 0)
        return -1;
    struct json n = json_get(&answer, "queryCount");
    int rc = json_int(&n, -1, count, e);
    if (rc == 0 && *count < 0)
        rc = err_set(e, ERR_PROTOCOL, "queryCount: number expected");
    json_close(&answer);
    return rc;
}
