/* SPDX-License-Identifier: GPL-2.0-or-later */
/* maillogin: see maillogin.h. What the two providers do their own way is one row each. */
#include "frontdesk/maillogin.h"
#include "assertion.h"
#include "frontdesk/json.h"
#include "frontdesk/secret.h"

#include <gnutls/gnutls.h>

enum { URL_BYTES = 700, YOUNG_MS = 60000, ASSERTION_S = 600, KEY_BYTES = 16 << 10 };

struct maillogin {
    const struct conf_mail_login *conf;
    const char *user;
    struct oauth2_provider provider;
    char token_url[URL_BYTES], device_url[URL_BYTES];
    struct http http;
    struct oauth2 *oauth2;
};

/* --- the ways --- */

/* Which of these fits is the first whose own setting is there. */
static const struct way {
    enum conf_oauth2 of;
    size_t setting; /* in struct conf_mail_login */
    struct oauth2_provider provider;
} ways[] = {
    {CONF_OAUTH2_MICROSOFT,
     offsetof(struct conf_mail_login, client_secret_file),
     {.name = "Microsoft", .grant = OAUTH2_CLIENT, .scope = "https://outlook.office365.com/.default"}},
    {CONF_OAUTH2_MICROSOFT,
     offsetof(struct conf_mail_login, certificate_file),
     {.name = "Microsoft", .grant = OAUTH2_CLIENT, .scope = "https://outlook.office365.com/.default"}},
    {CONF_OAUTH2_MICROSOFT,
     offsetof(struct conf_mail_login, client_id),
     {.name = "Microsoft",
      .login = "frontdesk login microsoft",
      .scope = "https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send "
               "offline_access"}},
    {CONF_OAUTH2_GOOGLE,
     offsetof(struct conf_mail_login, service_account_file),
     {.name = "Google", .grant = OAUTH2_ASSERTION, .scope = "https://mail.google.com/"}},
    {CONF_OAUTH2_GOOGLE,
     offsetof(struct conf_mail_login, client_id),
     {.name = "Google",
      .login = "frontdesk login google",
      .consent_url = "https://accounts.google.com/o/oauth2/v2/auth",
      .consent_more = "&access_type=offline&prompt=consent",
      .scope = "https://mail.google.com/"}},
};

static const struct oauth2_provider *way_of(enum conf_oauth2 of, const struct conf_mail_login *l)
{
    for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
        if (ways[i].of == of && *(char *const *)((const char *)l + ways[i].setting))
            return &ways[i].provider;
    }
    return NULL;
}

static void set_addresses(struct maillogin *m, enum conf_oauth2 of)
{
    static const char root[] = "https://login.microsoftonline.com/";
    const struct conf_mail_login *l = m->conf;
    struct buf tenant = BUF_INIT(400);
    http_put_encoded(&tenant, slice_of(l->tenant ? l->tenant : ""));
    if (of == CONF_OAUTH2_MICROSOFT) {
        snprintf(m->token_url, URL_BYTES, "%s%s/oauth2/v2.0/token", root, tenant.data);
        snprintf(m->device_url, URL_BYTES, "%s%s/oauth2/v2.0/devicecode", root, tenant.data);
        m->provider.device_url = l->device_url ? l->device_url : m->device_url;
    } else {
        snprintf(m->token_url, URL_BYTES, "https://oauth2.googleapis.com/token");
    }
    m->provider.token_url = l->token_url ? l->token_url : m->token_url;
    if (l->consent_url)
        m->provider.consent_url = l->consent_url;
    m->provider.renew_percent = 80;
    buf_release(&tenant);
}

/* --- what is signed --- */

static int sign_certificate(void *self, struct buf *out, struct err *e)
{
    const struct maillogin *m = self;
    const char *path = m->conf->certificate_file;
    const struct assertion a = {m->conf->client_id, m->conf->client_id, m->provider.token_url, NULL,
                                ASSERTION_S};
    struct buf pem = BUF_INIT(KEY_BYTES);
    int rc = secret_load_text(&pem, path, e);
    if (rc == 0 && assertion_sign(buf_view(&pem), true, &a, out, e) != 0)
        rc = err_wrap(e, "%s", path);
    buf_wipe(&pem);
    return rc;
}

static int sign_account(const struct maillogin *m, const struct json *root, struct buf *out, struct err *e)
{
    const struct json key = json_get(root, "private_key"), mail = json_get(root, "client_email");
    const char *pem = cJSON_GetStringValue(key.value), *issuer = cJSON_GetStringValue(mail.value);
    if (!pem || !issuer || strlen(issuer) > 254)
        return err_set(e, ERR_CONFIG, "it has no private_key or no client_email: it is no service account");
    const struct assertion a = {issuer, m->user, m->provider.token_url, m->provider.scope, ASSERTION_S};
    return assertion_sign(slice_of(pem), false, &a, out, e);
}

static int sign_service(void *self, struct buf *out, struct err *e)
{
    const struct maillogin *m = self;
    const char *path = m->conf->service_account_file;
    struct buf text = BUF_INIT(KEY_BYTES);
    struct json root;
    int rc = secret_load_text(&text, path, e);
    if (rc == 0 && json_open(buf_view(&text), &root, e) != 0) {
        rc = err_set(e, ERR_CONFIG,
                     "%s is no JSON: it must be the key of a service account as Google gives it", path);
    } else if (rc == 0) {
        rc = sign_account(m, &root, out, e);
        if (rc != 0)
            err_wrap(e, "%s", path);
        json_close(&root);
    }
    buf_wipe(&text);
    return rc;
}

/* --- opening --- */

static int open_login(struct maillogin **out, enum conf_oauth2 of, const struct conf_mail_login *l,
                      const char *user, int stop_fd, struct err *e)
{
    struct maillogin *m = mem_alloc(sizeof(*m));
    const struct oauth2_provider *way = way_of(of, l);
    struct http_options http = {.stop_fd = stop_fd};
    ENSURE(way); /* conf_login.c has looked */
    *m = (struct maillogin){.conf = l, .user = user, .provider = *way};
    set_addresses(m, of);
    bool service = m->provider.grant == OAUTH2_ASSERTION;
    bool certificate = m->provider.grant == OAUTH2_CLIENT && l->certificate_file;
    struct oauth2_options o = {.provider = &m->provider,
                               .client_id = service ? NULL : l->client_id,
                               .secret_file = service || certificate ? NULL : l->client_secret_file,
                               .sign = service       ? sign_service
                                       : certificate ? sign_certificate
                                                     : NULL,
                               .sign_self = m,
                               .token_file = l->token_file,
                               .account = m->provider.grant == OAUTH2_CLIENT ? l->tenant : user,
                               .http = &m->http,
                               .stop_fd = stop_fd};
    int rc = http_curl_init(&m->http, &http, e);
    if (rc == 0)
        rc = oauth2_new(&m->oauth2, &o, e);
    if (rc == 0)
        *out = m;
    else
        maillogin_close(&m);
    return rc;
}

bool maillogin_by_person(const struct conf_mailbox *box)
{
    enum conf_oauth2 of = box->imap.oauth2 ? box->imap.oauth2 : box->smtp.oauth2;
    const struct oauth2_provider *way = of ? way_of(of, &box->login) : NULL;
    return way && way->login;
}

int maillogin_open(struct maillogin **out, const struct conf_mailbox *box, int stop_fd, struct err *e)
{
    const struct conf_server *server = box->imap.oauth2 ? &box->imap : &box->smtp;
    *out = NULL;
    if (!maillogin_by_person(box))
        return 0;
    return open_login(out, server->oauth2, &box->login, server->user, stop_fd, e);
}

void maillogin_close(struct maillogin **login)
{
    struct maillogin *m = *login;
    if (!m)
        return;
    oauth2_free(&m->oauth2);
    http_release(&m->http);
    free(m);
    *login = NULL;
}

struct oauth2 *maillogin_oauth2(struct maillogin *m)
{
    return m->oauth2;
}

/* --- tokens --- */

static bool is_young(const char *token_file)
{
    struct oauth2_view v;
    struct err ignored = ERR_INIT;
    return oauth2_look(token_file, &v, &ignored) == 0 && v.there &&
           clock_now_ms() - v.refreshed_ms < YOUNG_MS;
}

int maillogin_token(const struct conf_server *server, const char *refused, int stop_fd, struct buf *token,
                    struct err *e)
{
    struct maillogin *m = NULL;
    if (refused && refused[0] && is_young(server->login->token_file))
        return err_set(e, ERR_CREDENTIALS, "%s refuses a token that was made just now", server->host);
    int rc = open_login(&m, server->oauth2, server->login, server->user, stop_fd, e);
    if (rc == 0)
        rc = oauth2_access(m->oauth2, refused, token, e);
    maillogin_close(&m);
    /* a letter must wait for the administrator, as it does when a password is refused */
    if (rc != 0 && err_class(e) == ERR_CLASS_OPERATOR)
        e->code = ERR_CREDENTIALS;
    return rc;
}

/* --- what the server is told --- */

const char *maillogin_sasl_name(enum maillogin_sasl sasl)
{
    static const char *const names[] = {[MAILLOGIN_XOAUTH2] = "XOAUTH2",
                                        [MAILLOGIN_OAUTHBEARER] = "OAUTHBEARER",
                                        [MAILLOGIN_PLAIN] = "PLAIN"};
    return names[sasl];
}

const char *maillogin_end(enum maillogin_sasl sasl)
{
    static const char *const ends[] = {[MAILLOGIN_XOAUTH2] = "",
                                       [MAILLOGIN_OAUTHBEARER] = "AQ==", /* RFC 7628 3.2.3: one byte, 1 */
                                       [MAILLOGIN_PLAIN] = "*"};
    return ends[sasl];
}

/* RFC 5801: "," and "=" of a name are written otherwise. */
static void put_name(struct buf *out, const char *name)
{
    for (; *name; name++) {
        if (*name == ',' || *name == '=')
            buf_puts(out, *name == ',' ? "=2C" : "=3D");
        else
            buf_putc(out, *name);
    }
}

static void put_said(struct buf *out, enum maillogin_sasl sasl, const struct conf_server *server,
                     const char *secret)
{
    if (sasl == MAILLOGIN_PLAIN) {
        buf_putc(out, '\0');
        buf_puts(out, server->user);
        buf_putc(out, '\0');
        buf_puts(out, secret);
        return;
    }
    if (sasl == MAILLOGIN_XOAUTH2) {
        buf_printf(out, "user=%s\001", server->user);
    } else {
        buf_puts(out, "n,a=");
        put_name(out, server->user);
        buf_printf(out, ",\001host=%s\001port=%u\001", server->host, server->port);
    }
    buf_printf(out, "auth=Bearer %s\001\001", secret);
}

void maillogin_say(enum maillogin_sasl sasl, const struct conf_server *server, const char *secret,
                   struct buf *out)
{
    struct buf text = BUF_INIT(16384);
    gnutls_datum_t coded = {.data = NULL};
    put_said(&text, sasl, server, secret);
    gnutls_datum_t in = {.data = (unsigned char *)text.data, .size = (unsigned)text.len};
    ENSURE(!text.overflow && gnutls_base64_encode2(&in, &coded) == 0);
    buf_put(out, coded.data, coded.size);
    explicit_bzero(coded.data, coded.size);
    gnutls_free(coded.data);
    buf_wipe(&text);
}

/* Only these words, and only letters and digits of them: a server must not put the token into our log. */
static void put_word(const struct json *root, const char *name, char out[120])
{
    const struct json j = json_get(root, name);
    const char *text = cJSON_GetStringValue(j.value);
    size_t n = strlen(out);
    if (text && strlen(text) <= 20 &&
        strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == strlen(text))
        snprintf(out + n, 120 - n, "%s%s %s", n ? ", " : "", name, text);
}

void maillogin_why(struct slice challenge, char out[120])
{
    struct err ignored = ERR_INIT;
    struct json root;
    gnutls_datum_t in = {.data = (unsigned char *)(uintptr_t)challenge.ptr, .size = (unsigned)challenge.len},
                   text = {.data = NULL};
    out[0] = '\0';
    if (!challenge.len || challenge.len > 4096 || gnutls_base64_decode2(&in, &text) != 0)
        return;
    if (json_open(slice_from((const char *)text.data, text.size), &root, &ignored) == 0) {
        put_word(&root, "status", out);
        put_word(&root, "schemes", out);
        json_close(&root);
    }
    gnutls_free(text.data);
}

/* --- the end of a secret --- */

int64_t maillogin_ends(const struct conf_mailbox *box)
{
    const struct conf_mail_login *l = &box->login;
    struct buf pem = BUF_INIT(KEY_BYTES);
    struct err ignored = ERR_INIT;
    int64_t ends_ms = 0;
    struct tm tm = {.tm_isdst = -1};
    if (l->certificate_file && secret_load_text(&pem, l->certificate_file, &ignored) == 0)
        ends_ms = assertion_certificate_ends(buf_view(&pem));
    else if (l->secret_ends && strptime(l->secret_ends, "%Y-%m-%d", &tm))
        ends_ms = (int64_t)timegm(&tm) * 1000;
    buf_wipe(&pem);
    return ends_ms;
}
