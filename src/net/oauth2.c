/* SPDX-License-Identifier: GPL-2.0-or-later */
/* oauth2: see oauth2.h. The token endpoint's answers are RFC 6749 section 5, with Intuit's of
 * quickbooks-online.md 1.2. */
#include "oauth2_private.h"

#include <gnutls/gnutls.h>

enum {
    TIMEOUT_MS = 30000,
    LOCK_WAIT_MS = 60000,
    SPARE_MS = 5 * 60000, /* an access token with less is refreshed */
    LAST_MS = 60000,      /* with less it is of no use */
    ANSWER_MAX = 64 << 10,
    ACCESS_S = 3600, /* where the answer does not say */
    THROTTLED_S = 60,
};
#define WEEK_MS (INT64_C(7) * 24 * 3600 * 1000)
#define MOST_S  (INT64_C(100) * 366 * 24 * 3600)

int oauth2_new(struct oauth2 **out, const struct oauth2_options *options, struct err *e)
{
    struct oauth2 *o = mem_alloc(sizeof(*o));
    *out = NULL;
    o->options = *options;
    pthread_mutex_init(&o->lock, NULL);
    if (options->secret_file && secret_load(&o->secret, options->secret_file, e) != 0) {
        oauth2_free(&o);
        return -1;
    }
    *out = o;
    return 0;
}

void oauth2_free(struct oauth2 **oauth2)
{
    struct oauth2 *o = *oauth2;
    if (!o)
        return;
    secret_release(&o->secret);
    pthread_mutex_destroy(&o->lock);
    free(o);
    *oauth2 = NULL;
}

/* --- one request to the token endpoint --- */

void oauth2_put_pair(struct buf *form, const char *name, const char *value)
{
    buf_printf(form, "%s%s=", form->len ? "&" : "", name);
    http_put_encoded(form, slice_of(value));
}

/* Intuit takes id and secret as they stand, where RFC 6749 2.3.1 wants them form-encoded first. */
static void put_basic(const struct oauth2 *o, struct buf *header)
{
    struct buf pair = BUF_INIT(16384);
    gnutls_datum_t word = {.data = NULL};
    buf_printf(&pair, "%s:%s", o->options.client_id, o->secret.value);
    gnutls_datum_t in = {.data = (unsigned char *)pair.data, .size = (unsigned)pair.len};
    ENSURE(gnutls_base64_encode2(&in, &word) == 0);
    buf_puts(header, "Authorization: Basic ");
    buf_put(header, word.data, word.size);
    explicit_bzero(word.data, word.size);
    gnutls_free(word.data);
    buf_wipe(&pair);
}

int oauth2_send(struct oauth2 *o, const char *url, const char *basic, const struct buf *form,
                struct http_response *r, struct err *e)
{
    const struct oauth2_provider *p = o->options.provider;
    const char *headers[6] = {"Accept: application/json", "Content-Type: application/x-www-form-urlencoded"};
    size_t n = 2;
    if (basic)
        headers[n++] = basic;
    if (p->hard_header)
        headers[n++] = p->hard_header;
    struct http_request request = {.method = "POST",
                                   .url = url,
                                   .headers = headers,
                                   .body = buf_view(form),
                                   .timeout_ms = o->options.timeout_ms ? o->options.timeout_ms : TIMEOUT_MS,
                                   .max_response = ANSWER_MAX,
                                   .compressed = true, /* tokens that cannot be read are lost */
                                   .trace = p->trace_header};
    int rc = http_send(o->options.http, &request, r, e);
    if (rc != 0 && err_class(e) == ERR_CLASS_UNKNOWN)
        e->code = ERR_SERVER; /* whether the token changed shows at the next refresh */
    LOG(LOG_DEBUG, "oauth2", "request", LS("of", p->name), LN("status", r->status), LS("trace", r->trace),
        LN("ms", r->done_ms - r->sent_ms));
    return rc == 0 ? 0 : err_wrap(e, "%s's token server", p->name);
}

int oauth2_request(struct oauth2 *o, struct buf *form, struct http_response *r, struct err *e)
{
    const struct oauth2_provider *p = o->options.provider;
    struct buf basic = BUF_INIT(32768);
    if (p->basic)
        put_basic(o, &basic);
    else if (oauth2_put_client(o, form, e) != 0)
        return -1;
    int rc = oauth2_send(o, p->token_url, p->basic ? basic.data : NULL, form, r, e);
    buf_wipe(&basic);
    return rc;
}

/* --- what it answered --- */

static int read_life(const struct json *root, const char *name, int64_t absent_s, int64_t now_ms,
                     int64_t *ends_ms, struct err *e)
{
    int64_t s = 0;
    struct json j = json_get(root, name ? name : "");
    if (json_int(&j, absent_s, &s, e) != 0)
        return -1;
    s = s < 0 ? 0 : s > MOST_S ? MOST_S : s;
    *ends_ms = s || json_there(&j) ? now_ms + s * 1000 : 0;
    return 0;
}

static int read_token(const struct json *root, const char *name, bool needed, struct buf *out, struct err *e)
{
    const struct json j = json_get(root, name);
    const char *text = cJSON_GetStringValue(j.value);
    if (!text && !needed && !json_there(&j))
        return 0;
    if (!text || !token_is_sound(slice_of(text)))
        return err_set(e, ERR_PROTOCOL, "%s: a token expected", name);
    buf_clear(out);
    buf_puts(out, text);
    return 0;
}

/* Into `t`, which holds what was before: an answer may leave the refresh token as it is. */
static int take_tokens(const struct oauth2_provider *p, const struct http_response *r, struct token_set *t,
                       struct err *e)
{
    struct json root;
    int64_t now_ms = clock_now_ms(), refresh_ends_ms = 0, hard_ends_ms = 0;
    if (json_open(buf_view(&r->body), &root, e) != 0)
        return -1;
    int rc = read_token(&root, "access_token", true, &t->access, e);
    if (rc == 0)
        rc = read_token(&root, "refresh_token", p->grant == OAUTH2_REFRESH && t->refresh.len == 0,
                        &t->refresh, e);
    if (rc == 0)
        rc = read_life(&root, "expires_in", ACCESS_S, now_ms, &t->access_ends_ms, e);
    if (rc == 0)
        rc = read_life(&root, p->refresh_life, 0, now_ms, &refresh_ends_ms, e);
    if (rc == 0)
        rc = read_life(&root, p->hard_life, 0, now_ms, &hard_ends_ms, e);
    if (rc == 0) {
        t->refreshed_ms = now_ms;
        t->refresh_ends_ms = refresh_ends_ms;
        t->hard_ends_ms = hard_ends_ms ? hard_ends_ms : t->hard_ends_ms;
        snprintf(t->trace, sizeof(t->trace), "%s", r->trace);
    }
    /* cJSON's own copies of the tokens go with the root */
    json_close(&root);
    return rc;
}

void oauth2_error_words(const struct http_response *r, char word[40], char more[200])
{
    struct json root;
    struct err ignored = ERR_INIT;
    struct pool *pool = pool_new(1 << 16);
    const char *text = "";
    word[0] = more[0] = '\0';
    if (json_open(buf_view(&r->body), &root, &ignored) == 0) {
        struct json j = json_get(&root, "error"), d = json_get(&root, "error_description");
        if (json_text(&j, 39, pool, &text, &ignored) == 0)
            snprintf(word, 40, "%s", text);
        if (json_text(&d, 199, pool, &text, &ignored) == 0)
            snprintf(more, 200, "%s", text);
        json_close(&root);
    }
    pool_free(&pool);
}

/* A server that repeats what it was sent must not put it into our log. */
static bool repeats(const char *text, const char *const *secrets)
{
    for (; *secrets; secrets++) {
        if ((*secrets)[0] && strstr(text, *secrets))
            return true;
    }
    return false;
}

int oauth2_judge(struct oauth2 *o, const struct http_response *r, const char *sent, struct err *e)
{
    const struct oauth2_provider *p = o->options.provider;
    char word[40], more[200];
    const char *const secrets[] = {sent, o->secret.value ? o->secret.value : "", NULL};
    if (r->status == 200)
        return 0;
    oauth2_error_words(r, word, more);
    if (repeats(more, secrets) || repeats(word, secrets))
        more[0] = word[0] = '\0';
    const char *colon = word[0] ? ": " : "", *comma = more[0] ? ", " : "";
    if (r->status == 429) {
        err_set(e, ERR_BUSY, "%s's token server is busy (429)", p->name);
        e->retry_after_s = r->retry_after_s > THROTTLED_S ? r->retry_after_s : THROTTLED_S;
        return -1;
    }
    if (strcmp(word, "invalid_client") == 0 || strcmp(word, "unauthorized_client") == 0 || r->status == 401)
        return err_set(e, ERR_LOGIN, "%s does not accept the client id with the %s%s (%ld%s%s%s%s)", p->name,
                       o->options.secret_file ? "secret in " : "proof that frontdesk has",
                       o->options.secret_file ? o->options.secret_file : "", r->status, colon, word, comma,
                       more);
    if (strcmp(word, "invalid_grant") == 0)
        return err_set(e, ERR_LOGIN, "%s answered %s%s%s", p->name, word, comma, more);
    if (r->status >= 500 || !word[0])
        return err_set(e, ERR_SERVER, "%s's token server answered %ld%s%s%s%s", p->name, r->status, colon,
                       word, comma, more);
    return err_set(e, ERR_REJECTED, "%s's token server answered %ld%s%s%s%s", p->name, r->status, colon, word,
                   comma, more);
}

bool oauth2_is_final(const struct http_response *r)
{
    char word[40], more[200];
    oauth2_error_words(r, word, more);
    return r->status >= 400 && r->status < 500 && strcmp(word, "invalid_grant") == 0;
}

int oauth2_keep_answer(struct oauth2 *o, int room, const struct http_response *r, struct token_set *t,
                       struct err *e)
{
    if (take_tokens(o->options.provider, r, t, e) != 0) {
        token_file_abandon(o->options.token_file, room);
        return err_wrap(e, "%s's token server", o->options.provider->name);
    }
    CRASH_POINT("oauth2.before-store");
    int rc = token_file_store(o->options.token_file, room, t, e);
    CRASH_POINT("oauth2.stored");
    LOG(rc == 0 ? LOG_INFO : LOG_ERROR, "oauth2", rc == 0 ? "refreshed" : "not-stored",
        LS("of", o->options.provider->name), LS("trace", t->trace));
    return rc;
}

/* --- refreshing --- */

/* `e` says why; here comes what to do. */
static int must_log_in(const struct oauth2 *o, struct err *e)
{
    char why[300];
    snprintf(why, sizeof(why), "%.280s", e->text);
    return err_set(e, ERR_LOGIN, "%s; a person who may must log in: `%s`", why, o->options.provider->login);
}

/* Without consent there is nothing to lose: what is of another application or account is asked for anew. */
static void forget_others(const struct oauth2 *o, struct token_set *t, bool there)
{
    const char *client = o->options.client_id ? o->options.client_id : "";
    if (there && strcmp(t->account, o->options.account) == 0 && strcmp(t->client, client) == 0)
        return;
    token_set_release(t);
    token_set_init(t);
    snprintf(t->account, sizeof(t->account), "%s", o->options.account);
    snprintf(t->client, sizeof(t->client), "%s", client);
}

/* The stored tokens, if they are ours to use. */
static int load(const struct oauth2 *o, struct token_set *t, struct err *e)
{
    bool there;
    if (token_file_load(o->options.token_file, t, &there, e) != 0)
        return -1;
    if (o->options.provider->grant != OAUTH2_REFRESH) {
        forget_others(o, t, there);
        return 0;
    }
    if (!there) {
        err_set(e, ERR_LOGIN, "nobody has logged in at %s yet", o->options.provider->name);
        return must_log_in(o, e);
    }
    if (!t->refresh.len)
        return err_set(e, ERR_CONFIG, "the token file %s is damaged: refresh_token: a token expected",
                       o->options.token_file);
    if (strcmp(t->account, o->options.account) != 0)
        return err_set(e, ERR_CONFIG,
                       "the token file %s is of %s, and the settings name %s: log in with `%s`",
                       o->options.token_file, t->account, o->options.account, o->options.provider->login);
    if (strcmp(t->client, o->options.client_id) != 0)
        return err_set(e, ERR_CONFIG,
                       "the token file %s was made with another client id than the settings name: log in "
                       "with `%s`",
                       o->options.token_file, o->options.provider->login);
    if (token_is_refused(o->options.token_file, buf_view(&t->refresh))) {
        err_set(e, ERR_LOGIN, "%s has refused the login for good, and no further try is made",
                o->options.provider->name);
        return must_log_in(o, e);
    }
    return 0;
}

/* The lock is held. */
static int refresh(struct oauth2 *o, struct token_set *t, struct err *e)
{
    struct http_response r = {.body = BUF_INIT(0)};
    struct buf form = BUF_INIT(64 << 10);
    int room;
    if (token_file_prepare(o->options.token_file, &room, e) != 0)
        return -1;
    int rc = oauth2_put_grant(o, t, &form, e);
    CRASH_POINT("oauth2.before-refresh");
    if (rc == 0)
        rc = oauth2_request(o, &form, &r, e);
    buf_wipe(&form);
    if (rc == 0)
        rc = oauth2_judge(o, &r, t->refresh.data, e);
    if (rc == 0) {
        rc = oauth2_keep_answer(o, room, &r, t, e);
    } else {
        token_file_abandon(o->options.token_file, room);
        if (o->options.provider->grant == OAUTH2_REFRESH && oauth2_is_final(&r)) {
            token_note_refused(o->options.token_file, buf_view(&t->refresh));
            LOG(LOG_ERROR, "oauth2", "refused", LS("of", o->options.provider->name), LS("trace", r.trace));
            must_log_in(o, e);
        }
    }
    buf_wipe(&r.body);
    return rc;
}

static bool was_refused(const struct token_set *t, const char *refused)
{
    return refused && refused[0] && strcmp(refused, t->access.data) == 0;
}

static bool is_good(const struct oauth2 *o, const struct token_set *t, const char *refused)
{
    int64_t left_ms = t->access_ends_ms - clock_now_ms(), life_ms = t->access_ends_ms - t->refreshed_ms;
    unsigned percent = o->options.provider->renew_percent;
    int64_t spare_ms = percent ? life_ms * (100 - percent) / 100 : SPARE_MS;
    return t->access.len && left_ms > 0 && left_ms >= spare_ms && !was_refused(t, refused);
}

/* Renewing failed before it was needed: the token goes on to its end. */
static bool can_go_on(const struct oauth2 *o, const struct token_set *t, const char *refused)
{
    return o->options.provider->renew_percent && t->access.len &&
           t->access_ends_ms - clock_now_ms() > LAST_MS && !was_refused(t, refused);
}

/* Tokens for which `good` holds: those on the disk, or fresh ones. */
static int with_lock(struct oauth2 *o, const char *refused, int64_t oldest_ms, struct token_set *t,
                     struct err *e)
{
    int lock, rc;
    pthread_mutex_lock(&o->lock); /* of our threads only one looks at the file's lock */
    rc = token_file_lock(o->options.token_file, LOCK_WAIT_MS, o->options.stop_fd, &lock, e);
    if (rc == 0) {
        rc = load(o, t, e);
        if (rc == 0 && (!is_good(o, t, refused) || t->refreshed_ms < oldest_ms))
            rc = refresh(o, t, e);
        token_file_unlock(lock);
    }
    pthread_mutex_unlock(&o->lock);
    return rc;
}

int oauth2_access(struct oauth2 *o, const char *refused, struct buf *token, struct err *e)
{
    struct token_set t;
    token_set_init(&t);
    /* whole files only: a reader needs no lock */
    int rc = load(o, &t, e);
    if (rc == 0 && !is_good(o, &t, refused))
        rc = with_lock(o, refused, INT64_MIN, &t, e);
    if (rc != 0 && can_go_on(o, &t, refused)) {
        LOG(LOG_WARN, "oauth2", "not-renewed", LS("of", o->options.provider->name), LS("error", e->text));
        rc = 0;
    }
    if (rc == 0)
        buf_slice(token, buf_view(&t.access));
    token_set_release(&t);
    return rc;
}

int oauth2_keep(struct oauth2 *o, struct err *e)
{
    struct token_set t;
    int64_t oldest_ms = clock_now_ms() - WEEK_MS;
    token_set_init(&t);
    int rc = load(o, &t, e);
    if (rc == 0 && t.refreshed_ms < oldest_ms)
        rc = with_lock(o, NULL, oldest_ms, &t, e);
    token_set_release(&t);
    return rc;
}

/* --- how it stands --- */

int oauth2_look(const char *token_file, struct oauth2_view *out, struct err *e)
{
    struct token_set t;
    token_set_init(&t);
    *out = (struct oauth2_view){.there = false};
    int rc = token_file_load(token_file, &t, &out->there, e);
    if (rc == 0 && out->there) {
        out->refused = token_is_refused(token_file, buf_view(&t.refresh));
        out->consent_ms = t.consent_ms;
        out->refreshed_ms = t.refreshed_ms;
        out->access_ends_ms = t.access_ends_ms;
        out->refresh_ends_ms = t.refresh_ends_ms;
        out->hard_ends_ms = t.hard_ends_ms;
        snprintf(out->trace, sizeof(out->trace), "%s", t.trace);
    }
    token_set_release(&t);
    return rc;
}

int64_t oauth2_ends(const struct oauth2_view *view)
{
    int64_t a = view->refresh_ends_ms, b = view->hard_ends_ms;
    return !a || (b && b < a) ? b : a;
}
