/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ledger: one reading call: a token, a place within our limits, the request, and what the answer means
 * (quickbooks-online.md sections 2, 5 and 6). */
#include "ledger.h"

enum {
    TIMEOUT_MS = 120000,
    WAIT_MS = 30000,
    PER_SECOND = 10,
    SECOND_MS = 1100, /* a little more: what we sent evenly may arrive in a heap */
    PER_MINUTE = 500,
    MINUTE_MS = 60000,
    THROTTLED_S = 60,
    TOKEN_MAX = 8192,
};

int quickbooks_new(struct quickbooks **out, const struct quickbooks_options *options, struct err *e)
{
    struct quickbooks *qb = mem_alloc(sizeof(*qb));
    const struct conf_quickbooks *conf = options->conf->quickbooks;
    ENSURE(conf);
    *out = NULL;
    qb->options = *options;
    qb->conf = conf;
    pthread_mutex_init(&qb->lock, NULL);
    intuit_provider(conf, &qb->provider);
    struct oauth2_options login = {.provider = &qb->provider,
                                   .client_id = conf->client_id,
                                   .secret_file = conf->client_secret_file,
                                   .token_file = conf->token_file,
                                   .account = conf->realm,
                                   .http = options->http,
                                   .stop_fd = options->stop_fd};
    static const char key[] = "quickbooks.client_secret_file";
    if (oauth2_new(&qb->login, &login, e) != 0) {
        quickbooks_free(&qb);
        return err_wrap(e, "%s:%u: %s", options->conf->path, conf_line(options->conf, key), key);
    }
    if (pace_open(&qb->second, options->state_dir, "quickbooks.second", PER_SECOND, SECOND_MS, e) != 0 ||
        pace_open(&qb->minute, options->state_dir, "quickbooks.minute", PER_MINUTE, MINUTE_MS, e) != 0) {
        quickbooks_free(&qb);
        return -1;
    }
    *out = qb;
    return 0;
}

void quickbooks_free(struct quickbooks **quickbooks)
{
    struct quickbooks *qb = *quickbooks;
    if (!qb)
        return;
    oauth2_free(&qb->login);
    pace_close(&qb->second);
    pace_close(&qb->minute);
    pthread_mutex_destroy(&qb->lock);
    free(qb);
    *quickbooks = NULL;
}

struct oauth2 *quickbooks_login(struct quickbooks *qb)
{
    return qb->login;
}

/* --- one exchange --- */

static int send_it(struct quickbooks *qb, const char *url, const char *statement, const char *token,
                   struct http_response *r, struct err *e)
{
    struct buf bearer = BUF_INIT(TOKEN_MAX + 100);
    buf_printf(&bearer, "Authorization: Bearer %s", token);
    const char *const headers[] = {bearer.data, "Accept: application/json",
                                   statement ? "Content-Type: application/text" : NULL, NULL};
    struct http_request request = {.method = statement ? "POST" : "GET",
                                   .url = url,
                                   .headers = headers,
                                   .body = slice_of(statement),
                                   .timeout_ms = qb->options.timeout_ms ? qb->options.timeout_ms : TIMEOUT_MS,
                                   .compressed = true,
                                   .trace = qb->provider.trace_header};
    int rc = http_send(qb->options.http, &request, r, e);
    buf_wipe(&bearer);
    if (rc != 0 && err_class(e) == ERR_CLASS_UNKNOWN)
        e->code = ERR_SERVER; /* a read that was lost did nothing */
    return rc == 0 ? 0 : err_wrap(e, "QuickBooks");
}

static int within_limits(struct quickbooks *qb, int *slot, struct err *e)
{
    unsigned wait_ms = qb->options.wait_ms ? qb->options.wait_ms : WAIT_MS;
    int64_t deadline = deadline_in(wait_ms);
    if (pace_wait(qb->minute, 1, wait_ms, qb->options.stop_fd, e) != 0 ||
        pace_wait(qb->second, 1, (unsigned)deadline_left(deadline), qb->options.stop_fd, e) != 0)
        return err_wrap(e, "QuickBooks");
    return budget_enter(qb->options.budget, "company", (unsigned)deadline_left(deadline), slot, e);
}

/* What came of one attempt, beside its error. */
enum came { CAME_END, CAME_AGAIN, CAME_UNAUTHORIZED };

static enum came judge(struct quickbooks *qb, const struct http_response *r, const char *token,
                       struct json *answer, int *rc, struct err *e)
{
    struct fault f;
    struct err no_json = ERR_INIT;
    bool json = json_open(buf_view(&r->body), answer, &no_json) == 0;
    fault_read(r, json ? answer : NULL, &f);
    if (r->status == 200 && json && !f.there) {
        budget_reached(qb->options.budget);
        *rc = 0;
        return CAME_END;
    }
    if (json)
        json_close(answer);
    *rc = fault_error(r, &f, token, e);
    LOG(LOG_WARN, "quickbooks", "refused", LN("status", r->status), LN("code", f.code),
        LS("intuit_tid", r->trace));
    if (e->code == ERR_BUSY) {
        e->retry_after_s = r->retry_after_s > THROTTLED_S ? r->retry_after_s : THROTTLED_S;
        pace_refused(qb->minute, THROTTLED_S);
    }
    return r->status == 401 ? CAME_UNAUTHORIZED : fault_may_pass(&f) ? CAME_AGAIN : CAME_END;
}

/* A refusal that QuickBooks explains says that it works; a login that is refused is told elsewhere. */
static void note_state(struct quickbooks *qb, int rc, const struct err *e)
{
    enum err_class class = rc == 0 ? ERR_CLASS_NONE : err_class(e);
    bool fails = class == ERR_CLASS_RETRY || class == ERR_CLASS_UNKNOWN;
    if (rc != 0 && (e->code == ERR_STOPPING || e->code == ERR_LOGIN))
        return;
    pthread_mutex_lock(&qb->lock);
    qb->state = fails ? QUICKBOOKS_FAILS : QUICKBOOKS_WORKS;
    if (fails)
        qb->why = *e;
    pthread_mutex_unlock(&qb->lock);
}

enum quickbooks_state quickbooks_state(struct quickbooks *qb, struct err *why)
{
    pthread_mutex_lock(&qb->lock);
    enum quickbooks_state state = qb->state;
    *why = qb->why;
    pthread_mutex_unlock(&qb->lock);
    return state;
}

static enum came attempt(struct quickbooks *qb, const char *url, const char *statement, struct buf *token,
                         struct json *answer, int *rc, struct err *e)
{
    struct http_response r = {.body = BUF_INIT(0)};
    enum came came = CAME_END;
    int slot = 0;
    *rc = within_limits(qb, &slot, e);
    if (*rc != 0)
        return CAME_END;
    *rc = send_it(qb, url, statement, token->data, &r, e);
    budget_leave(qb->options.budget, "company", slot);
    LOG(LOG_DEBUG, "quickbooks", "call", LS("method", statement ? "POST" : "GET"), LN("status", r.status),
        LS("intuit_tid", r.trace), LN("ms", r.done_ms - r.sent_ms));
    if (*rc == 0)
        came = judge(qb, &r, token->data, answer, rc, e);
    note_state(qb, *rc, e);
    http_response_release(&r);
    return came;
}

int ledger_read(struct quickbooks *qb, const char *what, const char *statement, struct json *answer,
                struct err *e)
{
    struct buf url = BUF_INIT(8000), token = BUF_INIT(TOKEN_MAX + 1), dead = BUF_INIT(TOKEN_MAX + 1);
    bool renewed = false, repeated = false;
    struct err why; /* of the last attempt: what was mended must not be seen */
    int rc;
    buf_printf(&url, "%s/v3/company/%s/%s%cminorversion=75", intuit_api(qb->conf), qb->conf->realm, what,
               strchr(what, '?') ? '&' : '?');
    ENSURE(!url.overflow);
    for (;;) {
        why = (struct err)ERR_INIT;
        buf_clear(&token);
        rc = oauth2_access(qb->login, dead.data, &token, &why);
        if (rc != 0) { /* without a token nobody is reached */
            note_state(qb, rc, &why);
            break;
        }
        enum came came = attempt(qb, url.data, statement, &token, answer, &rc, &why);
        if (came == CAME_UNAUTHORIZED && !renewed) {
            renewed = true;
            buf_clear(&dead);
            buf_slice(&dead, buf_view(&token));
        } else if (came == CAME_AGAIN && !repeated) {
            repeated = true;
        } else {
            break;
        }
    }
    buf_wipe(&token);
    buf_wipe(&dead);
    buf_release(&url);
    if (rc != 0 && e)
        *e = why;
    return rc;
}
