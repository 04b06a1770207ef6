/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * smtp: one session with a mail server, over libetpan on our stream, one command at a time.
 *
 *   connect → greeting → EHLO [→ STARTTLS → EHLO] [→ AUTH] → (MAIL RCPT DATA text .)* → QUIT
 *
 * After the final dot the outcome is unknown until the receipt is read: that moment has a name here
 * (ERR_UNKNOWN_OUTCOME) and nowhere else. Facts: mail.md section 1.10; libetpan's helpers are avoided where
 * they cut or inject.
 */
#include "smtp_session.h"

/* exported by libetpan but not in its headers (mail.md 1.10) */
int mailsmtp_send_command(mailsmtp *f, char *command);
int mailsmtp_send_command_private(mailsmtp *f, char *command);
int mailsmtp_read_response(mailsmtp *session);

/* The receipt after the final dot is waited for longer, in thirds: a second copy is worse than a late one.
 * Not for ever: that letter, and the mail of its conversation, wait for it. */
enum { ANSWER_BYTES = 256 * 1024, LINE = 600, RECEIPT_THIRDS = 4 };

/* The server's last answer as an error: 4xx later, 5xx never. */
int smtp_session_refuse(struct smtp_session *s, const char *doing, struct err *e)
{
    int code = s->smtp->response_code;
    const char *words = s->smtp->response ? s->smtp->response : "";
    if (code >= 500 && code < 600)
        return err_set(e, ERR_SMTP_PERMANENT, "%s refused %s: %d %.300s", s->server->host, doing, code,
                       words);
    if (code < 400)
        return err_set(e, ERR_PROTOCOL, "%s:%u does not answer %s like a mail server: %.300s",
                       s->server->host, s->server->port, doing, words);
    return err_set(e, ERR_SMTP_TEMPORARY, "%s put off %s: %d %.300s", s->server->host, doing, code, words);
}

static int read_answer(struct smtp_session *s, struct err *e)
{
    if (mailsmtp_read_response(s->smtp) == 0) {
        s->broken = true;
        stream_error(s->stream, e);
        return -1;
    }
    if (s->smtp->response_code == 421)
        s->broken = true;
    return 0;
}

/* Sends one line and reads its answer; the code is in s->smtp->response_code. */
int smtp_session_command(struct smtp_session *s, bool secret, struct err *e, const char *fmt, ...)
{
    char line[16384];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(line, sizeof(line) - 2, fmt, ap);
    va_end(ap);
    ENSURE(n >= 0 && n < (int)sizeof(line) - 2);
    memcpy(line + n, "\r\n", 3);
    stream_limit(s->stream, s->answer_ms, ANSWER_BYTES);
    int rc = secret ? mailsmtp_send_command_private(s->smtp, line) : mailsmtp_send_command(s->smtp, line);
    if (secret)
        explicit_bzero(line, sizeof(line));
    if (rc == -1) {
        s->broken = true;
        stream_error(s->stream, e);
        return -1;
    }
    return read_answer(s, e);
}

bool smtp_session_good(const struct smtp_session *s)
{
    return s->smtp->response_code / 100 == 2;
}

static int say_hello(struct smtp_session *s, struct err *e)
{
    if (smtp_session_command(s, false, e, "EHLO %.250s", s->helo) != 0)
        return -1;
    if (!smtp_session_good(s))
        return smtp_session_refuse(s, "EHLO", e);
    struct slice words = slice_of(s->smtp->response);
    s->pipelining = slice_find_nocase(words, SLICE("PIPELINING")) >= 0;
    s->starttls = slice_find_nocase(words, SLICE("STARTTLS")) >= 0;
    s->auth = smtp_session_offers(words);
    return 0;
}

static int start_tls(struct smtp_session *s, struct err *e)
{
    if (!s->starttls)
        return err_set(e, ERR_TLS, "%s does not offer STARTTLS; frontdesk never sends mail in plain text",
                       s->server->host);
    if (smtp_session_command(s, false, e, "STARTTLS") != 0)
        return -1;
    if (s->smtp->response_code != 220)
        return smtp_session_refuse(s, "STARTTLS", e);
    if (stream_start_tls(s->stream, e) != 0)
        return -1;
    /* whatever was said before TLS counts for nothing */
    return say_hello(s, e);
}

int smtp_session_open(struct smtp_session *s, struct err *e)
{
    s->broken = true;
    if (stream_open(&s->stream, s->server, s->stop_fd, s->answer_ms, e) != 0)
        return -1;
    s->smtp = mailsmtp_new(0, NULL);
    ENSURE(s->smtp);
    stream_limit(s->stream, s->answer_ms, ANSWER_BYTES);
    if (mailsmtp_connect(s->smtp, stream_mail(s->stream)) != MAILSMTP_NO_ERROR) {
        /* libetpan has closed and freed the mailstream when the greeting was not 220 */
        smtp_session_refuse(s, "the connection", e);
        return -1;
    }
    s->broken = false;
    if (say_hello(s, e) != 0)
        return -1;
    if (s->server->tls == CONF_TLS_STARTTLS && start_tls(s, e) != 0)
        return -1;
    return smtp_session_log_in(s, e);
}

void smtp_session_close(struct smtp_session *s)
{
    struct err e = ERR_INIT;
    if (s->smtp && !s->broken && s->stream) {
        stream_limit(s->stream, 1000, ANSWER_BYTES);
        if (stream_write(s->stream, "QUIT\r\n", 6, &e) != 0)
            s->broken = true;
    }
    if (s->smtp) {
        s->smtp->stream = NULL; /* it belongs to our stream */
        mailsmtp_free(s->smtp);
    }
    stream_free(&s->stream);
    s->smtp = NULL;
}

/* --- one letter --- */

static int check_address(const char *address, struct err *e)
{
    size_t n = strlen(address);
    if (n == 0 || n > 254)
        return err_set(e, ERR_SMTP_PERMANENT, "an address of %zu characters cannot be mailed to", n);
    for (const unsigned char *p = (const unsigned char *)address; *p; p++) {
        if (*p <= 0x20 || *p >= 0x7f || *p == '<' || *p == '>')
            return err_set(e, ERR_SMTP_PERMANENT,
                           "the address holds a character that mail servers do not take");
    }
    return 0;
}

/* Dot-stuffed, with CRLF at every line end and exactly one before the final dot. */
static void put_text(struct buf *out, struct slice bytes)
{
    struct scan c = scan_of(bytes);
    while (!scan_end(&c)) {
        struct slice line = scan_line(&c);
        if (line.len && line.ptr[0] == '.')
            buf_putc(out, '.');
        buf_slice(out, line);
        buf_puts(out, "\r\n");
    }
}

/* MAIL, RCPT and DATA in one write where the server takes that; their answers in order. */
static int offer_envelope(struct smtp_session *s, const char *from, const char *to, struct err *e)
{
    const char *doing[] = {"our address", "the recipient", "DATA"};
    char lines[3][LINE];
    snprintf(lines[0], LINE, "MAIL FROM:<%s>\r\n", from);
    snprintf(lines[1], LINE, "RCPT TO:<%s>\r\n", to);
    snprintf(lines[2], LINE, "DATA\r\n");
    stream_limit(s->stream, s->answer_ms, ANSWER_BYTES);
    struct buf all = BUF_INIT(3 * LINE);
    for (int i = 0; i < 3 && s->pipelining; i++)
        buf_puts(&all, lines[i]);
    int rc = s->pipelining ? stream_write(s->stream, all.data, all.len, e) : 0;
    buf_release(&all);
    int refused = -1;
    struct err why = ERR_INIT;
    for (int i = 0; i < 3 && rc == 0; i++) {
        if (!s->pipelining)
            rc = stream_write(s->stream, lines[i], strlen(lines[i]), e);
        if (rc == 0)
            rc = read_answer(s, e);
        bool ok = rc == 0 && s->smtp->response_code / 100 == (i == 2 ? 3 : 2);
        if (rc == 0 && !ok && refused < 0) {
            refused = i;
            smtp_session_refuse(s, doing[i], &why);
            if (!s->pipelining)
                break;
        } else if (rc == 0 && ok && i == 2 && refused >= 0) {
            /* DATA went through although the recipient did not: an empty message would be a letter, so hang
             * up */
            s->broken = true;
        }
    }
    if (rc != 0) {
        s->broken = true;
        return -1;
    }
    if (refused < 0)
        return 0;
    *e = why;
    if (!s->broken && smtp_session_command(s, false, &why, "RSET") != 0)
        s->broken = true;
    return -1;
}

int smtp_session_try(struct smtp_session *s, const char *from, struct err *e)
{
    if (check_address(from, e) != 0 || smtp_session_command(s, false, e, "MAIL FROM:<%s>", from) != 0)
        return -1;
    if (!smtp_session_good(s))
        return smtp_session_refuse(s, "our address", e);
    return smtp_session_command(s, false, e, "RSET");
}

int smtp_session_send(struct smtp_session *s, const char *from, const char *to, struct slice bytes,
                      struct err *e)
{
    s->text_left = false;
    if (check_address(from, e) != 0 || check_address(to, e) != 0 || offer_envelope(s, from, to, e) != 0)
        return -1;
    s->text_left = true;
    struct buf text = BUF_INIT(bytes.len * 2 + 1024);
    put_text(&text, bytes);
    buf_puts(&text, ".\r\n");
    stream_limit(s->stream, s->answer_ms / 3 * RECEIPT_THIRDS, ANSWER_BYTES);
    CRASH_POINT("smtp.before-dot");
    /* the final dot may be in the last segment that leaves: from here on the outcome is unknown until it is
     * read */
    int rc = stream_write(s->stream, text.data, text.len, e);
    buf_release(&text);
    CRASH_POINT("smtp.after-dot");
    if (rc == 0)
        rc = read_answer(s, e);
    if (rc != 0) {
        struct err why = *e;
        s->broken = true;
        return err_set(e, ERR_UNKNOWN_OUTCOME,
                       "the connection to %s was lost after the letter was sent: %.200s", s->server->host,
                       why.text);
    }
    CRASH_POINT("smtp.after-receipt");
    int kind = s->smtp->response_code / 100;
    if (kind == 2)
        return 0;
    if (kind == 4 || kind == 5)
        return smtp_session_refuse(s, "the letter", e);
    s->broken = true;
    return err_set(e, ERR_UNKNOWN_OUTCOME, "%s answered the letter with something that is no receipt: %d",
                   s->server->host, s->smtp->response_code);
}
