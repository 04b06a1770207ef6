/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * imaplogin: LOGIN with a password, AUTHENTICATE PLAIN where LOGIN is disabled or cannot carry it, or
 * AUTHENTICATE with a token (XOAUTH2, OAUTHBEARER), which libetpan does only half: it loses the challenge
 * that says why a token is refused, and knows no OAUTHBEARER (mail.md 1.9).
 */
#include "imap_private.h"

#include "frontdesk/maillogin.h"
#include "frontdesk/secret.h"

enum { LINE_BYTES = 20000, TOKEN_BYTES = 8193, OFTEN_S = 60 };

/* RFC 5530: a server that says UNAVAILABLE, LIMIT or INUSE did not judge the password. */
static bool refused_login(const struct imap *i)
{
    return !imap_said(i, "UNAVAILABLE") && !imap_said(i, "LIMIT") && !imap_said(i, "INUSE");
}

/* --- AUTHENTICATE --- */

static int choose(struct imap *i, enum maillogin_sasl *sasl, struct err *e)
{
    static const enum maillogin_sasl order[] = {MAILLOGIN_XOAUTH2, MAILLOGIN_OAUTHBEARER};
    char word[40];
    for (size_t k = 0; k < ARRAY_LEN(order); k++) {
        *sasl = order[k];
        snprintf(word, sizeof(word), "AUTH=%s", maillogin_sasl_name(order[k]));
        if (imap_can(i, word))
            return 0;
    }
    return err_set(e, ERR_CREDENTIALS, "%s takes no tokens: it offers neither XOAUTH2 nor OAUTHBEARER",
                   i->conf->imap.host);
}

static int send_line(struct imap *i, struct buf *line, struct err *e)
{
    buf_puts(line, "\r\n");
    ENSURE(!line->overflow);
    imap_limit(i, SMALL_ANSWER);
    return stream_write(i->stream, line->data, line->len, e);
}

/* Answers the server's "+": first with the token where that has not gone out, then, to the challenge that
 * says why, with the line that ends the exchange. */
static int answer(struct imap *i, enum maillogin_sasl sasl, struct buf *said, struct slice challenge,
                  char why[120], struct err *e)
{
    struct buf line = BUF_INIT(LINE_BYTES);
    if (said->len) {
        buf_slice(&line, buf_view(said));
        buf_wipe(said);
        buf_init(said, LINE_BYTES);
    } else {
        maillogin_why(challenge, why);
        buf_puts(&line, maillogin_end(sasl));
    }
    int rc = send_line(i, &line, e);
    buf_wipe(&line);
    return rc;
}

/* Up to the tagged answer; `said` is what the server is still to be told. 0: a verdict, in *state. */
static int converse(struct imap *i, enum maillogin_sasl sasl, struct buf *said, int *state, char why[120],
                    struct err *e)
{
    struct mailimap_response *response = NULL;
    char *text;
    for (int turns = 0; (text = mailimap_read_line(i->session)) != NULL; turns++) {
        struct slice line = slice_trim(slice_of(text));
        if (!slice_starts(line, SLICE("+")))
            break;
        if (turns > 2)
            return err_set(e, ERR_PROTOCOL, "%s does not end the login", i->conf->imap.host);
        if (answer(i, sasl, said, slice_trim(slice_skip(line, 1)), why, e) != 0)
            return -1;
    }
    int rc = text ? mailimap_parse_response(i->session, &response) : MAILIMAP_ERROR_STREAM;
    if (rc != MAILIMAP_NO_ERROR)
        return imap_fail(i, rc, "logging in", e);
    const struct mailimap_response_done *done = response->rsp_resp_done;
    *state = done->rsp_type == MAILIMAP_RESP_DONE_TYPE_TAGGED
                 ? done->rsp_data.rsp_tagged->rsp_cond_state->rsp_type
                 : MAILIMAP_RESP_COND_STATE_BAD;
    mailimap_response_free(response);
    return 0;
}

static int authenticate(struct imap *i, enum maillogin_sasl sasl, const char *secret, struct err *e)
{
    struct buf line = BUF_INIT(LINE_BYTES), said = BUF_INIT(LINE_BYTES);
    char why[120] = "";
    int state = MAILIMAP_RESP_COND_STATE_BAD;
    maillogin_say(sasl, &i->conf->imap, secret, &said);
    buf_printf(&line, "AUTHENTICATE %s", maillogin_sasl_name(sasl));
    if (imap_can(i, "SASL-IR")) {
        buf_printf(&line, " %s", said.data);
        buf_wipe(&said);
        buf_init(&said, LINE_BYTES);
    }
    int rc = mailimap_send_current_tag(i->session) == MAILIMAP_NO_ERROR
                 ? send_line(i, &line, e)
                 : imap_fail(i, MAILIMAP_ERROR_STREAM, "logging in", e);
    if (rc == 0)
        rc = converse(i, sasl, &said, &state, why, e);
    buf_wipe(&line);
    buf_wipe(&said);
    if (rc != 0)
        return -1;
    if (state == MAILIMAP_RESP_COND_STATE_OK) {
        i->session->imap_state = MAILIMAP_STATE_AUTHENTICATED;
        return 0;
    }
    imap_fail(i, MAILIMAP_ERROR_LOGIN, "logging in", e);
    if (why[0])
        err_wrap(e, "%s", why);
    if (state == MAILIMAP_RESP_COND_STATE_NO && refused_login(i))
        e->code = ERR_CREDENTIALS;
    return -1;
}

static int by_command(struct imap *i, const char *password, struct err *e)
{
    imap_limit(i, SMALL_ANSWER);
    int rc = mailimap_login(i->session, i->conf->imap.user, password);
    if (rc == MAILIMAP_NO_ERROR)
        return 0;
    imap_fail(i, rc, "logging in", e);
    if (rc == MAILIMAP_ERROR_LOGIN && refused_login(i))
        e->code = ERR_CREDENTIALS;
    return -1;
}

/* The words of LOGIN are ASCII (RFC 3501). */
static bool is_ascii(const char *text)
{
    while (*text && (unsigned char)*text < 0x80)
        text++;
    return !*text;
}

static int by_password(struct imap *i, struct err *e)
{
    struct secret password;
    bool disabled = imap_can(i, "LOGINDISABLED"), plain = imap_can(i, "AUTH=PLAIN");
    if (disabled && !plain) {
        err_set(e, ERR_CREDENTIALS, "%s takes no passwords from this user (LOGINDISABLED)",
                i->conf->imap.host);
        e->retry_after_s = OFTEN_S; /* nothing was sent that could lock the account */
        return -1;
    }
    if (secret_load(&password, i->conf->imap.password_file, e) != 0)
        return -1;
    bool simple = !disabled && is_ascii(i->conf->imap.user) && is_ascii(password.value);
    int rc = simple || !plain ? by_command(i, password.value, e)
                              : authenticate(i, MAILLOGIN_PLAIN, password.value, e);
    secret_release(&password);
    return rc;
}

static int by_token(struct imap *i, struct err *e)
{
    struct buf token = BUF_INIT(TOKEN_BYTES), other = BUF_INIT(TOKEN_BYTES);
    const struct conf_server *server = &i->conf->imap;
    struct err ignored = ERR_INIT;
    enum maillogin_sasl sasl;
    int rc = choose(i, &sasl, e);
    if (rc == 0)
        rc = maillogin_token(server, NULL, i->options->stop_fd, &token, e);
    if (rc == 0)
        rc = authenticate(i, sasl, token.data, e);
    /* it may have been revoked, or permissions may have come since: once more with a new one */
    if (rc != 0 && token.len && e->code == ERR_CREDENTIALS &&
        maillogin_token(server, token.data, i->options->stop_fd, &other, &ignored) == 0)
        rc = authenticate(i, sasl, other.data, e);
    buf_wipe(&token);
    buf_wipe(&other);
    return rc;
}

int imap_log_in(struct imap *i, struct err *e)
{
    if (!stream_is_secure(i->stream))
        return err_set(e, ERR_TLS, "the connection to %s is not secure: no password is sent",
                       i->conf->imap.host);
    int rc = i->conf->imap.oauth2 ? by_token(i, e) : by_password(i, e);
    stream_forget(i->stream);
    secret_wipe_stack();
    return rc;
}
