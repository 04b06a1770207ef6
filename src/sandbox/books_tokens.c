/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * books_tokens: consent, codes and tokens as Intuit hands them out (quickbooks-online.md section 1). Settings
 * qb_*: how long things live, how often the refresh token changes, what a dead one that comes again does.
 */
#include "books.h"

enum { MOST_FAMILIES = 64, MOST_VALUES_KEPT = 400, MOST_ACCESS = 4000, VALUE = 80, LETTERS = 37 };

/* One consent and all that came from it. */
struct family {
    char code[VALUE], redirect[300];
    int64_t code_ends_ms, consent_ms; /* consent_ms 0: the code was not exchanged */
    bool code_used, revoked;
};

struct refresh {
    size_t family;
    char value[VALUE];
    int64_t made_ms, ends_ms, replaced_ms; /* replaced_ms 0: it is the one */
};

struct access {
    size_t family;
    char value[VALUE]; /* what stands before the padding */
    int64_t ends_ms;
};

static struct {
    struct family families[MOST_FAMILIES];
    struct refresh refreshes[MOST_VALUES_KEPT];
    struct access accesses[MOST_ACCESS];
    size_t n_families, n_refreshes, n_accesses;
    unsigned serial;
    int64_t refreshed; /* how often */
} t;

void tokens_reset(void)
{
    memset(&t, 0, sizeof(t));
}

/* Twenty letters that nobody guesses by accident, the same in each run, and the mark. */
static void put_letters(char out[LETTERS])
{
    uint64_t x = 0x9e3779b97f4a7c15u * ++t.serial;
    for (int i = 0; i < 20; i++) {
        x = x * 6364136223846793005u + 1442695040888963407u;
        out[i] = "abcdefghijklmnopqrstuvwxyz0123456789"[(x >> 33) % 36];
    }
    snprintf(out + 20, LETTERS - 20, "%.16s", cJSON_GetStringValue(setting("token_mark")));
}

static const char *setting_words(const char *name)
{
    const char *s = cJSON_GetStringValue(setting(name));
    return s ? s : "";
}

/* --- the consent page: a person who says yes --- */

static bool is_registered(const char *redirect)
{
    const cJSON *list = books_member("redirects"), *item;
    cJSON_ArrayForEach(item, list)
    {
        if (cJSON_IsString(item) && strcmp(item->valuestring, redirect) == 0)
            return true;
    }
    return false;
}

static bool same_member(const char *name, const char *sent)
{
    const char *own = cJSON_GetStringValue(books_member(name));
    return own && sent && strcmp(own, sent) == 0;
}

static void put_encoded_value(struct buf *out, const char *text)
{
    for (; *text; text++)
        buf_printf(out,
                   (*text >= '0' && *text <= '9') || ((*text | 0x20) >= 'a' && (*text | 0x20) <= 'z')
                       ? "%c"
                       : "%%%02X",
                   (unsigned char)*text);
}

static void send_back(struct call *c, const char *redirect, const char *state, const char *rest)
{
    struct buf address = BUF_INIT(sizeof(c->reply.header));
    buf_printf(&address, "Location: %s%c%s&state=", redirect, strchr(redirect, '?') ? '&' : '?', rest);
    put_encoded_value(&address, state);
    c->reply.status = 302;
    snprintf(c->reply.header, sizeof(c->reply.header), "%s", address.data);
    buf_release(&address);
}

static void consent(struct call *c, const char *redirect, const char *state)
{
    char letters[LETTERS], rest[200];
    if (strcmp(setting_words("qb_consent"), "yes") != 0) {
        snprintf(rest, sizeof(rest), "error=%.100s", setting_words("qb_consent"));
        send_back(c, redirect, state, rest);
        return;
    }
    ENSURE(t.n_families < MOST_FAMILIES);
    struct family *f = &t.families[t.n_families++];
    put_letters(letters);
    snprintf(f->code, sizeof(f->code), "XAB11%s", letters);
    snprintf(f->redirect, sizeof(f->redirect), "%s", redirect);
    f->code_ends_ms = clock_now_ms() + setting_int("qb_code_seconds") * 1000;
    snprintf(rest, sizeof(rest), "code=%s&realmId=%s", f->code, cJSON_GetStringValue(books_member("realm")));
    send_back(c, redirect, state, rest);
}

void tokens_consent(struct call *c)
{
    struct pool *pool = pool_new(SIZE_MAX);
    const char *id = form_value(c->args, "client_id", pool),
               *type = form_value(c->args, "response_type", pool),
               *scope = form_value(c->args, "scope", pool),
               *redirect = form_value(c->args, "redirect_uri", pool),
               *state = form_value(c->args, "state", pool);
    bool good = same_member("client_id", id) && type && strcmp(type, "code") == 0 && scope && state &&
                state[0] && redirect && is_registered(redirect);
    if (!good) {
        reply_html(&c->reply, 400);
        pool_free(&pool);
        return;
    }
    if (!strstr(scope, "com.intuit.quickbooks.accounting"))
        send_back(c, redirect, state, "error=invalid_scope");
    else
        consent(c, redirect, state);
    pool_free(&pool);
}

/* --- the token endpoint --- */

static void refuse(struct call *c, int status, const char *error, const char *description)
{
    cJSON *o = cJSON_CreateObject();
    if (description)
        cJSON_AddStringToObject(o, "error_description", description);
    cJSON_AddStringToObject(o, "error", error);
    reply_json(&c->reply, status, o);
}

static struct refresh *new_refresh(size_t family)
{
    char letters[LETTERS];
    int64_t now_ms = clock_now_ms();
    if (t.n_refreshes == MOST_VALUES_KEPT) { /* the oldest are of no use to anybody */
        t.n_refreshes = MOST_VALUES_KEPT / 2;
        memmove(t.refreshes, t.refreshes + MOST_VALUES_KEPT / 2, t.n_refreshes * sizeof(t.refreshes[0]));
    }
    struct refresh *r = &t.refreshes[t.n_refreshes++];
    *r = (struct refresh){
        .family = family, .made_ms = now_ms, .ends_ms = now_ms + setting_int("qb_refresh_seconds") * 1000};
    put_letters(letters);
    snprintf(r->value, sizeof(r->value), "RT1-11-H0-%lld%s", (long long)(r->ends_ms / 1000), letters);
    return r;
}

void token_fill(struct buf *token, int64_t size)
{
    const char *mark = cJSON_GetStringValue(setting("token_mark"));
    int64_t least = (int64_t)token->len;
    for (size_t i = 0; (int64_t)token->len < size; i++) {
        if (i % 9 == 8)
            buf_puts(token, mark);
        buf_putc(token, "._-AZaz09"[i % 9]);
    }
    if (size > least)
        buf_truncate(token, (size_t)size);
}

static void grant(struct call *c, const struct refresh *r)
{
    char letters[LETTERS];
    int64_t now_ms = clock_now_ms();
    const struct family *f = &t.families[r->family];
    struct access *a = &t.accesses[t.n_accesses++ % MOST_ACCESS];
    put_letters(letters);
    *a = (struct access){.family = r->family, .ends_ms = now_ms + setting_int("qb_access_seconds") * 1000};
    snprintf(a->value, sizeof(a->value), "eyJlbmMiOiJBMTI4Q0JD%s", letters);
    struct buf token = BUF_INIT(10000);
    buf_puts(&token, a->value);
    token_fill(&token, setting_int("qb_access_bytes"));
    cJSON *o = cJSON_CreateObject();
    cJSON_AddStringToObject(o, "token_type", "bearer");
    cJSON_AddStringToObject(o, "access_token", token.data);
    cJSON_AddNumberToObject(o, "expires_in", (double)setting_int("qb_access_seconds"));
    cJSON_AddStringToObject(o, "refresh_token", r->value);
    int64_t idle_s = (r->ends_ms - now_ms) / 1000,
            hard_s = (f->consent_ms - now_ms) / 1000 + setting_int("qb_hard_seconds");
    cJSON_AddNumberToObject(o, "x_refresh_token_expires_in", (double)idle_s);
    if (c->hard_wanted)
        cJSON_AddNumberToObject(o, "x_refresh_token_hard_expires_in", (double)hard_s);
    reply_json(&c->reply, 200, o);
    buf_release(&token);
}

static void exchange_code(struct call *c, const char *code, const char *redirect)
{
    int64_t now_ms = clock_now_ms();
    for (size_t i = 0; code && redirect && i < t.n_families; i++) {
        struct family *f = &t.families[i];
        if (strcmp(f->code, code) != 0)
            continue;
        if (f->code_used || f->code_ends_ms < now_ms || strcmp(f->redirect, redirect) != 0)
            break;
        f->code_used = true;
        f->consent_ms = now_ms;
        grant(c, new_refresh(i));
        return;
    }
    refuse(c, 400, "invalid_grant", "Token invalid");
}

/* A dead value that comes again looks like a stolen one: the connection may end (setting). */
static bool is_dead(struct refresh *r, int64_t now_ms)
{
    struct family *f = &t.families[r->family];
    if (f->revoked || r->ends_ms < now_ms || f->consent_ms + setting_int("qb_hard_seconds") * 1000 < now_ms)
        return true;
    if (!r->replaced_ms || now_ms - r->replaced_ms < setting_int("qb_old_lives_seconds") * 1000)
        return false;
    f->revoked = setting_true("qb_reuse_revokes");
    return true;
}

static void refresh(struct call *c, const char *value)
{
    int64_t now_ms = clock_now_ms();
    const char *rotation = setting_words("qb_rotation");
    for (size_t i = 0; value && i < t.n_refreshes; i++) {
        struct refresh *r = &t.refreshes[i];
        if (strcmp(r->value, value) != 0)
            continue;
        if (is_dead(r, now_ms))
            break;
        t.refreshed++;
        bool rotate = strcmp(rotation, "always") == 0 ||
                      (strcmp(rotation, "daily") == 0 && now_ms - r->made_ms >= INT64_C(86400000));
        if (rotate) {
            r->replaced_ms = now_ms;
            r = new_refresh(r->family);
        } else {
            r->ends_ms = now_ms + setting_int("qb_refresh_seconds") * 1000;
        }
        grant(c, r);
        return;
    }
    refuse(c, 400, "invalid_grant", "Incorrect or invalid refresh token");
}

static bool client_is_known(const struct call *c)
{
    const char *id = cJSON_GetStringValue(books_member("client_id")),
               *secret = cJSON_GetStringValue(books_member("client_secret"));
    char pair[600], text[900];
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    if (!id || !secret || !c->authorization)
        return false;
    int n = snprintf(pair, sizeof(pair), "%s:%s", id, secret);
    struct buf out = BUF_INIT(sizeof(text));
    buf_puts(&out, "Basic ");
    for (int i = 0; i < n; i += 3) {
        uint32_t three = (uint32_t)(unsigned char)pair[i] << 16 |
                         (i + 1 < n ? (uint32_t)(unsigned char)pair[i + 1] << 8 : 0) |
                         (i + 2 < n ? (unsigned char)pair[i + 2] : 0);
        buf_putc(&out, digits[three >> 18]);
        buf_putc(&out, digits[three >> 12 & 63]);
        buf_putc(&out, i + 1 < n ? digits[three >> 6 & 63] : '=');
        buf_putc(&out, i + 2 < n ? digits[three & 63] : '=');
    }
    bool same = strcmp(out.data, c->authorization) == 0;
    buf_release(&out);
    return same;
}

void tokens_issue(struct call *c)
{
    struct pool *pool = pool_new(SIZE_MAX);
    const char *grant_type = form_value(c->text, "grant_type", pool);
    if (!client_is_known(c))
        refuse(c, 401, "invalid_client", NULL);
    else if (!c->form)
        refuse(c, 400, "invalid_request", NULL);
    else if (grant_type && strcmp(grant_type, "authorization_code") == 0)
        exchange_code(c, form_value(c->text, "code", pool), form_value(c->text, "redirect_uri", pool));
    else if (grant_type && strcmp(grant_type, "refresh_token") == 0)
        refresh(c, form_value(c->text, "refresh_token", pool));
    else
        refuse(c, 400, grant_type ? "unsupported_grant_type" : "invalid_request", NULL);
    pool_free(&pool);
}

/* --- revoking, and who may come in --- */

static const struct access *find_access(const char *bearer)
{
    for (size_t i = 0; i < t.n_accesses && i < MOST_ACCESS; i++) {
        if (strncmp(t.accesses[i].value, bearer, strlen(t.accesses[i].value)) == 0)
            return &t.accesses[i];
    }
    return NULL;
}

void tokens_revoke(struct call *c)
{
    cJSON *body = cJSON_Parse(c->text);
    const char *token = row_text(body, "token");
    const struct access *a = token[0] ? find_access(token) : NULL;
    struct family *f = a ? &t.families[a->family] : NULL;
    for (size_t i = 0; !f && i < t.n_refreshes; i++) {
        if (strcmp(t.refreshes[i].value, token) == 0)
            f = &t.families[t.refreshes[i].family];
    }
    if (!client_is_known(c))
        refuse(c, 401, "invalid_client", NULL);
    else if (!f)
        c->reply.status = 400;
    else
        f->revoked = true;
    cJSON_Delete(body);
}

static void unauthenticated(struct call *c, const char *code, const char *what, const char *detail)
{
    book_refusal(c, 401, "AUTHENTICATION", code, what, detail);
}

bool tokens_accept(struct call *c, struct slice realm)
{
    static const struct slice bearer = {"Bearer ", 7};
    struct slice sent = slice_of(c->authorization);
    if (!slice_starts_nocase(sent, bearer) || sent.len == bearer.len) {
        unauthenticated(c, "3202", "EmptyField", NULL);
        return false;
    }
    const struct access *a = find_access(sent.ptr + bearer.len);
    if (!a)
        unauthenticated(c, "3200", "AuthenticationFailed", "Malformed bearer token: too short or too long");
    else if (t.families[a->family].revoked)
        unauthenticated(c, "3200", "AuthenticationFailed", "Token revoked");
    else if (a->ends_ms <= clock_now_ms())
        unauthenticated(c, "3200", "AuthenticationFailed", "Token expired");
    else if (!slice_eq(realm, slice_of(cJSON_GetStringValue(books_member("realm")))) ||
             setting_true("qb_wrong_keys"))
        book_refusal(c, 403, "SERVICE", "3100", "ApplicationAuthorizationFailed", NULL);
    else
        return true;
    return false;
}

cJSON *tokens_dump(void)
{
    cJSON *o = cJSON_CreateObject(), *families = cJSON_AddArrayToObject(o, "families");
    cJSON_AddNumberToObject(o, "refreshed", (double)t.refreshed);
    for (size_t i = 0; i < t.n_families; i++) {
        const struct family *f = &t.families[i];
        cJSON *one = cJSON_CreateObject();
        cJSON_AddBoolToObject(one, "revoked", f->revoked);
        cJSON_AddBoolToObject(one, "code_used", f->code_used);
        cJSON_AddStringToObject(one, "code", f->code);
        for (size_t k = 0; k < t.n_refreshes; k++) {
            if (t.refreshes[k].family == i && !t.refreshes[k].replaced_ms)
                row_set(one, "refresh_token", cJSON_CreateString(t.refreshes[k].value));
        }
        cJSON_AddItemToArray(families, one);
    }
    return o;
}
