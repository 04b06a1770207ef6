/* SPDX-License-Identifier: GPL-2.0-or-later */
/* smtplogin: AUTH with a password (PLAIN) or a token (XOAUTH2, OAUTHBEARER). A token never stands in the line
 * of the command, which holds 512 bytes (mail.md 1.9, 3.1). */
#include "smtp_session.h"

#include "frontdesk/maillogin.h"

enum { LINE_BYTES = 16000, TOKEN_BYTES = 8193 };

unsigned smtp_session_offers(struct slice words)
{
    static const struct {
        const char *name;
        unsigned bit;
    } ways[] = {
        {"PLAIN", SMTP_AUTH_PLAIN}, {"XOAUTH2", SMTP_AUTH_XOAUTH2}, {"OAUTHBEARER", SMTP_AUTH_OAUTHBEARER}};
    unsigned found = 0;
    struct scan lines = scan_of(words);
    while (!scan_end(&lines)) {
        struct slice line = slice_trim(scan_line(&lines));
        if (!slice_starts_nocase(line, SLICE("AUTH")))
            continue;
        struct scan c = scan_of(slice_skip(line, 4));
        while (!scan_end(&c)) {
            struct slice word = scan_until(&c, " =");
            for (size_t i = 0; i < ARRAY_LEN(ways); i++)
                found |= slice_eq_nocase(word, slice_of(ways[i].name)) ? ways[i].bit : 0;
            scan_next(&c);
        }
    }
    return found;
}

/* What the server made of the login. */
static int verdict(struct smtp_session *s, struct err *e)
{
    if (smtp_session_good(s))
        return 0;
    smtp_session_refuse(s, "the login", e);
    if (s->smtp->response_code / 100 == 5)
        e->code = ERR_CREDENTIALS;
    return -1;
}

static int by_password(struct smtp_session *s, struct err *e)
{
    struct secret password;
    struct buf said = BUF_INIT(LINE_BYTES);
    if (!(s->auth & SMTP_AUTH_PLAIN))
        return err_set(e, ERR_CREDENTIALS, "%s does not offer AUTH PLAIN", s->server->host);
    if (secret_load(&password, s->server->password_file, e) != 0)
        return -1;
    maillogin_say(MAILLOGIN_PLAIN, s->server, password.value, &said);
    secret_release(&password);
    int rc = smtp_session_command(s, true, e, "AUTH PLAIN %s", said.data);
    buf_wipe(&said);
    return rc == 0 ? verdict(s, e) : -1;
}

/* --- by token --- */

static int offer(struct smtp_session *s, enum maillogin_sasl sasl, const char *token, struct err *e)
{
    struct buf said = BUF_INIT(LINE_BYTES);
    char why[120] = "";
    int rc = smtp_session_command(s, false, e, "AUTH %s", maillogin_sasl_name(sasl));
    if (rc != 0 || s->smtp->response_code != 334)
        return rc == 0 ? verdict(s, e) : -1;
    maillogin_say(sasl, s->server, token, &said);
    rc = smtp_session_command(s, true, e, "%s", said.data);
    buf_wipe(&said);
    /* the reason comes as a challenge; the refusal itself only when that was answered */
    if (rc == 0 && s->smtp->response_code == 334) {
        maillogin_why(slice_trim(slice_of(s->smtp->response ? s->smtp->response : "")), why);
        rc = smtp_session_command(s, false, e, "%s", maillogin_end(sasl));
    }
    if (rc == 0)
        rc = verdict(s, e);
    if (rc != 0 && why[0])
        err_wrap(e, "%s", why);
    return rc;
}

static int by_token(struct smtp_session *s, struct err *e)
{
    struct buf token = BUF_INIT(TOKEN_BYTES), other = BUF_INIT(TOKEN_BYTES);
    enum maillogin_sasl sasl = s->auth & SMTP_AUTH_XOAUTH2 ? MAILLOGIN_XOAUTH2 : MAILLOGIN_OAUTHBEARER;
    struct err ignored = ERR_INIT;
    if (!(s->auth & (SMTP_AUTH_XOAUTH2 | SMTP_AUTH_OAUTHBEARER)))
        return err_set(e, ERR_CREDENTIALS, "%s takes no tokens: it offers neither XOAUTH2 nor OAUTHBEARER",
                       s->server->host);
    int rc = maillogin_token(s->server, NULL, s->stop_fd, &token, e);
    if (rc == 0)
        rc = offer(s, sasl, token.data, e);
    /* it may have been revoked, or permissions may have come since: once more with a new one */
    if (rc != 0 && token.len && !s->broken && e->code == ERR_CREDENTIALS &&
        maillogin_token(s->server, token.data, s->stop_fd, &other, &ignored) == 0)
        rc = offer(s, sasl, other.data, e);
    buf_wipe(&token);
    buf_wipe(&other);
    return rc;
}

int smtp_session_log_in(struct smtp_session *s, struct err *e)
{
    int rc = s->server->oauth2 ? by_token(s, e) : s->server->password_file ? by_password(s, e) : 0;
    stream_forget(s->stream);
    secret_wipe_stack();
    return rc;
}
