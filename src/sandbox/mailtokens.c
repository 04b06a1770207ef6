/* SPDX-License-Identifier: GPL-2.0-or-later */
/* mailtokens: see mailtokens.h. */
#include "mailtokens.h"

#include "books.h"

enum { MOST_TOKENS = 400, VALUE = 80 };

static struct {
    struct {
        char value[VALUE]; /* what stands before the padding */
        int64_t ends_ms;
    } accesses[MOST_TOKENS];
    size_t n_accesses;
    unsigned n_consents; /* a refresh token, a code and a device code carry the number of theirs */
    unsigned rotation;   /* of Microsoft's refresh token: only the newest is good */
} m;

void mailtokens_reset(void)
{
    memset(&m, 0, sizeof(m));
}

static const char *words(const char *name)
{
    return cJSON_GetStringValue(setting(name));
}

static bool is(const char *sent, const char *setting_name)
{
    return sent && strcmp(sent, words(setting_name)) == 0;
}

/* --- refusals --- */

static const struct refusal {
    int64_t number;
    int status;
    const char *error, *text;
} refusals[] = {
    {7000215, 401, "invalid_client",
     "Invalid client secret provided. Ensure the secret being sent in the request is the client secret "
     "value, not the client secret ID, for a secret added to app."},
    {7000222, 401, "invalid_client", "The provided client secret keys for app are expired."},
    {700027, 401, "invalid_client", "Client assertion failed signature validation."},
    {700016, 400, "unauthorized_client",
     "Application with identifier was not found in the directory. This can happen if the application has not "
     "been installed by the administrator of the tenant."},
    {90002, 400, "invalid_request", "Tenant not found. Check to make sure you have the correct tenant ID."},
    {65001, 400, "invalid_grant",
     "The user or administrator has not consented to use the application with ID."},
    {700082, 400, "invalid_grant", "The refresh token has expired due to inactivity."},
    {50173, 400, "invalid_grant", "The provided grant has expired due to it being revoked."},
    {50076, 400, "invalid_grant",
     "Due to a configuration change made by your administrator, you must use multi-factor authentication."},
    {53003, 400, "invalid_grant", "Access has been blocked by Conditional Access policies."},
    {70016, 400, "authorization_pending", "OAuth 2.0 device flow error. Authorization is pending."},
    {1002016, 400, "invalid_request", "You are using TLS version 1.0, 1.1 and/or 3DES cipher."},
};

/* As Microsoft words it: number, sentence, then lines for its support. */
static void refuse_microsoft(struct call *c, int64_t number)
{
    char text[600];
    for (size_t i = 0; i < ARRAY_LEN(refusals); i++) {
        if (refusals[i].number != number)
            continue;
        cJSON *o = cJSON_CreateObject();
        snprintf(text, sizeof(text),
                 "AADSTS%lld: %s Trace ID: 0a1b2c3d Correlation ID: 4e5f6071 Timestamp: 2026-11-24 16:00:00Z",
                 (long long)number, refusals[i].text);
        cJSON_AddStringToObject(o, "error", refusals[i].error);
        cJSON_AddStringToObject(o, "error_description", text);
        reply_json(&c->reply, refusals[i].status, o);
        return;
    }
    reply_html(&c->reply, 500);
}

static void refuse(struct call *c, int status, const char *error, const char *text)
{
    cJSON *o = cJSON_CreateObject();
    cJSON_AddStringToObject(o, "error", error);
    cJSON_AddStringToObject(o, "error_description", text);
    reply_json(&c->reply, status, o);
}

/* --- grants --- */

static void grant(struct call *c, const char *refresh)
{
    struct buf token = BUF_INIT(10000);
    cJSON *o = cJSON_CreateObject();
    size_t i = m.n_accesses++ % MOST_TOKENS;
    snprintf(m.accesses[i].value, VALUE, "mailtoken-%04zu-%.16s", m.n_accesses, words("token_mark"));
    m.accesses[i].ends_ms = clock_now_ms() + setting_int("mail_access_seconds") * 1000;
    buf_puts(&token, m.accesses[i].value);
    token_fill(&token, setting_int("mail_access_bytes"));
    cJSON_AddStringToObject(o, "token_type", "Bearer");
    cJSON_AddNumberToObject(o, "expires_in", (double)setting_int("mail_access_seconds"));
    cJSON_AddStringToObject(o, "access_token", token.data);
    if (refresh)
        cJSON_AddStringToObject(o, "refresh_token", refresh);
    reply_json(&c->reply, 200, o);
    buf_release(&token);
}

/* What is handed out but access tokens: a stem, the mark, a number. */
static void put_value(char out[VALUE], const char *stem, unsigned n)
{
    snprintf(out, VALUE, "%s%.16s.%u", stem, words("token_mark"), n);
}

static bool is_value(const char *sent, const char *stem, unsigned n)
{
    char value[VALUE];
    put_value(value, stem, n);
    return sent && n && strcmp(sent, value) == 0;
}

/* Microsoft's refresh token changes on each use; the one before is dead. */
static void grant_rotating(struct call *c)
{
    char refresh[VALUE];
    put_value(refresh, "mailrefresh-", ++m.rotation);
    grant(c, refresh);
}

static void answer_device(struct call *c, const char *code)
{
    const char *said = words("mail_consent");
    if (!is_value(code, "maildevice-", m.n_consents))
        refuse(c, 400, "expired_token", "AADSTS70020: The device code is expired.");
    else if (strcmp(said, "pending") == 0)
        refuse_microsoft(c, 70016);
    else if (strcmp(said, "yes") != 0)
        refuse(c, 400, said, "AADSTS70018: it was refused.");
    else
        grant_rotating(c);
}

static void answer_rotating(struct call *c, const char *refresh)
{
    if (is_value(refresh, "mailrefresh-", m.rotation))
        grant_rotating(c);
    else
        refuse_microsoft(c, 50173);
}

static void answer_application(struct call *c, struct pool *pool)
{
    const char *secret = form_value(c->text, "client_secret", pool),
               *assertion = form_value(c->text, "client_assertion", pool),
               *type = form_value(c->text, "client_assertion_type", pool),
               *scope = form_value(c->text, "scope", pool);
    const char *here = pool_printf(pool, "%smail/%.*s", server_url(), SLICE_ARG(c->path));
    if (assertion && (!type || strcmp(type, "urn:ietf:params:oauth:client-assertion-type:jwt-bearer") != 0 ||
                      !mailproof_holds(assertion, words("mail_client_id"), here, NULL, true)))
        refuse_microsoft(c, 700027);
    else if (!assertion && !is(secret, "mail_client_secret"))
        refuse_microsoft(c, 7000215);
    else if (!scope || strcmp(scope, "https://outlook.office365.com/.default") != 0)
        refuse(c, 400, "invalid_scope", "AADSTS70011: The provided request must include a 'scope'.");
    else
        grant(c, NULL);
}

static void microsoft_token(struct call *c, struct pool *pool)
{
    const char *type = form_value(c->text, "grant_type", pool);
    if (!is(form_value(c->text, "client_id", pool), "mail_client_id"))
        refuse_microsoft(c, 700016);
    else if (type && strcmp(type, "client_credentials") == 0)
        answer_application(c, pool);
    else if (type && strcmp(type, "refresh_token") == 0)
        answer_rotating(c, form_value(c->text, "refresh_token", pool));
    else if (type && strcmp(type, "urn:ietf:params:oauth:grant-type:device_code") == 0)
        answer_device(c, form_value(c->text, "device_code", pool));
    else
        refuse(c, 400, "unsupported_grant_type", "AADSTS70003: The app requested an unsupported grant type.");
}

static void microsoft_device(struct call *c, struct pool *pool)
{
    const char *scope = form_value(c->text, "scope", pool);
    if (!is(form_value(c->text, "client_id", pool), "mail_client_id")) {
        refuse_microsoft(c, 700016);
        return;
    }
    if (!scope || !strstr(scope, "IMAP.AccessAsUser.All") || !strstr(scope, "offline_access")) {
        refuse(c, 400, "invalid_scope", "AADSTS70011: The provided request must include a 'scope'.");
        return;
    }
    char code[VALUE];
    put_value(code, "maildevice-", ++m.n_consents);
    cJSON *o = cJSON_CreateObject();
    cJSON_AddStringToObject(o, "user_code", "FD4T9QK2");
    cJSON_AddStringToObject(o, "device_code", code);
    cJSON_AddStringToObject(o, "verification_uri", "https://microsoft.com/devicelogin");
    cJSON_AddNumberToObject(o, "expires_in", 900);
    cJSON_AddNumberToObject(o, "interval", 1);
    reply_json(&c->reply, 200, o);
}

/* TENANT/oauth2/v2.0/WHAT */
static void microsoft(struct call *c, struct pool *pool)
{
    struct scan s = scan_of(c->path);
    struct slice tenant = scan_until(&s, "/");
    if (setting_int("mail_error"))
        refuse_microsoft(c, setting_int("mail_error"));
    else if (!slice_eq(tenant, slice_of(words("mail_tenant"))))
        refuse_microsoft(c, 90002);
    else if (slice_eq(scan_rest(&s), SLICE("/oauth2/v2.0/token")))
        microsoft_token(c, pool);
    else if (slice_eq(scan_rest(&s), SLICE("/oauth2/v2.0/devicecode")))
        microsoft_device(c, pool);
    else
        reply_html(&c->reply, 404);
}

/* --- Google --- */

static void google_consent(struct call *c, struct pool *pool)
{
    const char *redirect = form_value(c->args, "redirect_uri", pool),
               *state = form_value(c->args, "state", pool), *said = words("mail_consent"),
               *scope = form_value(c->args, "scope", pool),
               *access = form_value(c->args, "access_type", pool);
    /* without access_type=offline there is no refresh token, and the login would end within the hour */
    if (!redirect || !state || !scope || strcmp(scope, "https://mail.google.com/") != 0 || !access ||
        strcmp(access, "offline") != 0 || !is(form_value(c->args, "client_id", pool), "mail_client_id")) {
        reply_html(&c->reply, 400);
        return;
    }
    char code[VALUE];
    bool yes = strcmp(said, "yes") == 0;
    c->reply.status = 302;
    put_value(code, "mailcode-", yes ? ++m.n_consents : 0);
    if (yes)
        snprintf(c->reply.header, sizeof(c->reply.header), "Location: %s?state=%s&code=%s", redirect, state,
                 code);
    else
        snprintf(c->reply.header, sizeof(c->reply.header), "Location: %s?error=%s&state=%s", redirect, said,
                 state);
}

static void google_service(struct call *c, const char *assertion)
{
    char here[200];
    snprintf(here, sizeof(here), "%smail/google/token", server_url());
    if (!assertion ||
        !mailproof_holds(assertion, words("mail_service_account"), here, words("mail_user"), false))
        refuse(c, 400, "invalid_grant", "Invalid JWT Signature.");
    else
        grant(c, NULL);
}

static void google_token(struct call *c, struct pool *pool)
{
    char refresh[VALUE];
    const char *type = form_value(c->text, "grant_type", pool);
    if (type && strcmp(type, "urn:ietf:params:oauth:grant-type:jwt-bearer") == 0)
        google_service(c, form_value(c->text, "assertion", pool));
    else if (!is(form_value(c->text, "client_id", pool), "mail_client_id") ||
             !is(form_value(c->text, "client_secret", pool), "mail_client_secret"))
        refuse(c, 401, "invalid_client", "The OAuth client was not found.");
    else if (type && strcmp(type, "authorization_code") == 0 &&
             is_value(form_value(c->text, "code", pool), "mailcode-", m.n_consents)) {
        put_value(refresh, "mailgoogle-", m.n_consents);
        grant(c, refresh);
    } else if (type && strcmp(type, "refresh_token") == 0 &&
               is_value(form_value(c->text, "refresh_token", pool), "mailgoogle-", m.n_consents))
        grant(c, NULL); /* Google's refresh token stays */
    else
        refuse(c, 400, "invalid_grant", "Token has been expired or revoked.");
}

/* --- what a mail server asks --- */

static void token_info(struct call *c, struct pool *pool)
{
    const char *token = form_value(c->args, "access_token", pool);
    for (size_t i = 0; token && i < m.n_accesses && i < MOST_TOKENS; i++) {
        if (strncmp(m.accesses[i].value, token, strlen(m.accesses[i].value)) != 0)
            continue;
        if (m.accesses[i].ends_ms < clock_now_ms() || (int64_t)i < setting_int("mail_revoked"))
            break;
        cJSON *o = cJSON_CreateObject();
        cJSON_AddStringToObject(o, "email", words("mail_user"));
        cJSON_AddStringToObject(o, "scope", "mail");
        reply_json(&c->reply, 200, o);
        return;
    }
    refuse(c, 401, "invalid_token", "The token is not known, has ended or was revoked");
}

static void serve(struct call *c)
{
    struct pool *pool = pool_new(SIZE_MAX);
    if (slice_eq(c->path, SLICE("tokeninfo")))
        token_info(c, pool);
    else if (slice_eq(c->path, SLICE("google/auth")))
        google_consent(c, pool);
    else if (slice_eq(c->path, SLICE("google/token")))
        google_token(c, pool);
    else
        microsoft(c, pool);
    pool_free(&pool);
}

void mailtokens_exchange(struct call *c, int64_t first_us)
{
    faults_match(c);
    int64_t ms = setting_int("latency_ms") + (fault_is(c, "delay_before") ? c->fault.ms : 0);
    if (ms)
        world_sleep(ms);
    c->reply.status = 200;
    if (fault_is(c, "drop_before_commit"))
        c->reply.dropped = true;
    else if (!fault_answers(c)) {
        serve(c);
        fault_spoils(c);
    }
    size_t row = requestlog_add(c, first_us);
    requestlog_done(row, c->reply.status);
}

cJSON *mailtokens_dump(void)
{
    cJSON *o = cJSON_CreateObject();
    cJSON_AddNumberToObject(o, "granted", (double)m.n_accesses);
    cJSON_AddNumberToObject(o, "consents", m.n_consents);
    return o;
}
