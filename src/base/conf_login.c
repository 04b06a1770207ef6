/* SPDX-License-Identifier: GPL-2.0-or-later */
/* conf_login: rules that span the settings of one mail server, and how its login is made. */
#include "conf_rows.h"

static void check_plain(struct conf_reader *r, const struct conf_server_place *at, struct conf_server *server)
{
    if (!server->host || !server->insecure_plain)
        return;
    if (server->tls == CONF_TLS_IMPLICIT)
        conf_problem(r, at->plain_line,
                     "%s.insecure_plain: contradicts the %s address; allowed: one of the two", at->key,
                     server->url);
    else if (!conf_is_loopback(server->host))
        conf_problem(r, at->plain_line,
                     "%s.insecure_plain: %s is not this machine; allowed: true only with 127.0.0.1, [::1] or "
                     "localhost",
                     at->key, server->host);
    else
        server->tls = CONF_TLS_NONE;
}

void conf_check_server(struct conf_reader *r, const struct conf_server_place *at, struct conf_server *server)
{
    check_plain(r, at, server);
    if (server->oauth2 && server->password_file)
        conf_problem(r, at->oauth2_line, "%s.oauth2: contradicts password_file; allowed: one of the two",
                     at->key);
    else if (server->oauth2 && !server->user && !at->incoming)
        conf_problem(r, at->oauth2_line, "%s.user: is missing, and oauth2 is set; allowed: text", at->key);
    else if (at->incoming && !at->by_token && !server->password_file)
        conf_problem(r, at->line, "%s.password_file: is missing; allowed: %s; or set oauth2", at->key,
                     conf_type_words(CONF_SECRET_FILE));
    else if (!at->incoming && !at->by_token && !server->user != !server->password_file)
        conf_problem(r, at->line, "%s: user and password_file belong together; allowed: both or neither",
                     at->key);
}

void conf_check_alerts(struct conf_reader *r, const struct conf_server_place *at, struct conf *conf)
{
    struct conf_server *second = &conf->alerts.smtp;
    bool begun = second->user || second->password_file || second->ca_file || second->insecure_plain ||
                 conf->alerts.smtp_from;
    if (second->url)
        conf_check_server(r, at, second);
    else if (begun)
        conf_problem(r, at->line, "%s.url: is missing; allowed: %s", at->key, conf_type_words(CONF_SMTP_URL));
    if (second->url && !conf->alerts.email)
        conf_problem(r, at->line, "%s: nobody would be written to; allowed: with alerts.email", at->key);
}

/* One of the ways in which tokens are come by, and the settings that it needs (bits of `needed`). */
enum { TENANT = 1, CLIENT = 2, SECRET = 4, CERTIFICATE = 8, SERVICE = 16, REDIRECT = 32 };
static const struct way {
    enum conf_oauth2 provider;
    unsigned needed;
} ways[] = {
    {CONF_OAUTH2_MICROSOFT, TENANT | CLIENT | SECRET}, {CONF_OAUTH2_MICROSOFT, TENANT | CLIENT | CERTIFICATE},
    {CONF_OAUTH2_MICROSOFT, TENANT | CLIENT},          {CONF_OAUTH2_GOOGLE, SERVICE},
    {CONF_OAUTH2_GOOGLE, CLIENT | SECRET | REDIRECT},
};

static unsigned present(const struct conf_mail_login *l)
{
    return (l->tenant ? TENANT : 0) | (l->client_id ? CLIENT : 0) | (l->client_secret_file ? SECRET : 0) |
           (l->certificate_file ? CERTIFICATE : 0) | (l->service_account_file ? SERVICE : 0) |
           (l->redirect_url ? REDIRECT : 0);
}

static bool is_a_way(enum conf_oauth2 provider, unsigned have)
{
    for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
        if (ways[i].provider == provider && ways[i].needed == have)
            return true;
    }
    return false;
}

void conf_check_login(struct conf_reader *r, unsigned line, const char *key, struct conf_mailbox *box)
{
    static const char *const allowed[] = {
        [CONF_OAUTH2_MICROSOFT] =
            "tenant and client_id, with client_secret_file or certificate_file, or with "
            "neither for `frontdesk login microsoft`",
        [CONF_OAUTH2_GOOGLE] = "service_account_file, or client_id, client_secret_file and redirect_url for "
                               "`frontdesk login google`"};
    struct conf_server *in = &box->imap, *out = &box->smtp;
    enum conf_oauth2 provider = in->oauth2 ? in->oauth2 : out->oauth2;
    if (!provider)
        return;
    in->login = in->oauth2 ? &box->login : NULL;
    out->login = out->oauth2 ? &box->login : NULL;
    if (in->oauth2 && out->oauth2 &&
        (in->oauth2 != out->oauth2 || !in->user || !out->user || strcmp(in->user, out->user) != 0))
        conf_problem(r, line, "%s.smtp.oauth2: provider or user differ from those of imap; allowed: the same",
                     key);
    if (!is_a_way(provider, present(&box->login)))
        conf_problem(r, line, "%s.oauth2: does not say how to log in; allowed: %s", key, allowed[provider]);
    if (!box->login.token_file)
        conf_problem(r, line, "%s.oauth2.token_file: is missing; allowed: an absolute path", key);
}
