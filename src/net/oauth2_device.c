/* SPDX-License-Identifier: GPL-2.0-or-later */
/* oauth2_device: the first tokens by a code that a person types in at another machine (RFC 8628; mail.md
 * 3.2). */
#include "oauth2_private.h"

enum { LOCK_WAIT_MS = 60000, INTERVAL_S = 5, LONGEST_S = 3600, SLOWER_S = 5 };

/* A text of the answer into `out`; ERR_PROTOCOL when it is not there, too long or not printable. */
static int take_text(const struct json *root, const char *name, char *out, size_t size, struct err *e)
{
    const struct json j = json_get(root, name);
    const char *text = cJSON_GetStringValue(j.value);
    if (!text || strlen(text) >= size || !token_is_sound(slice_of(text)))
        return err_set(e, ERR_PROTOCOL, "%s: a text expected", name);
    snprintf(out, size, "%s", text);
    return 0;
}

static int take_seconds(const struct json *root, const char *name, int64_t absent, int64_t *s, struct err *e)
{
    const struct json j = json_get(root, name);
    if (json_int(&j, absent, s, e) != 0)
        return -1;
    *s = *s < 1 ? 1 : *s > LONGEST_S ? LONGEST_S : *s;
    return 0;
}

static int take_code(const struct http_response *r, struct oauth2_device *d, struct err *e)
{
    struct json root;
    char code[TOKEN_BYTES];
    int64_t interval_s = 0, life_s = 0;
    if (json_open(buf_view(&r->body), &root, e) != 0)
        return -1;
    int rc = take_text(&root, "verification_uri", d->address, sizeof(d->address), e);
    if (rc == 0)
        rc = take_text(&root, "user_code", d->user_code, sizeof(d->user_code), e);
    if (rc == 0)
        rc = take_text(&root, "device_code", code, sizeof(code), e);
    if (rc == 0)
        rc = take_seconds(&root, "interval", INTERVAL_S, &interval_s, e);
    if (rc == 0)
        rc = take_seconds(&root, "expires_in", LONGEST_S, &life_s, e);
    if (rc == 0) {
        buf_puts(&d->code, code);
        d->interval_s = (unsigned)interval_s;
        d->ends_ms = clock_mono_ms() + life_s * 1000;
    }
    explicit_bzero(code, sizeof(code));
    json_close(&root);
    return rc;
}

int oauth2_device_begin(struct oauth2 *o, struct oauth2_device *d, struct err *e)
{
    const struct oauth2_provider *p = o->options.provider;
    struct http_response r = {.body = BUF_INIT(0)};
    struct buf form = BUF_INIT(8000);
    *d = (struct oauth2_device){.code = BUF_INIT(TOKEN_BYTES)};
    oauth2_put_pair(&form, "client_id", o->options.client_id);
    oauth2_put_pair(&form, "scope", p->scope);
    int rc = oauth2_send(o, p->device_url, NULL, &form, &r, e);
    if (rc == 0)
        rc = oauth2_judge(o, &r, "", e);
    if (rc == 0 && take_code(&r, d, e) != 0)
        rc = err_wrap(e, "%s's token server", p->name);
    buf_wipe(&r.body);
    buf_release(&form);
    return rc;
}

void oauth2_device_release(struct oauth2_device *d)
{
    buf_wipe(&d->code);
}

/* Not a verdict yet, or one that only this login knows. */
static bool is_settled(struct oauth2_device *d, const struct http_response *r, struct err *e, int *rc)
{
    char word[40], more[200];
    oauth2_error_words(r, word, more);
    bool slower = strcmp(word, "slow_down") == 0;
    if (r->status == 200)
        return false;
    *rc = 0;
    if (slower)
        d->interval_s += SLOWER_S;
    if (slower || strcmp(word, "authorization_pending") == 0)
        return true;
    if (strcmp(word, "authorization_declined") == 0 || strcmp(word, "access_denied") == 0)
        *rc = err_set(e, ERR_USAGE, "the login was refused at the page: nobody consented");
    else if (strcmp(word, "expired_token") == 0)
        *rc = err_set(e, ERR_USAGE, "the code has ended before anybody consented: log in anew");
    else
        return false;
    return true;
}

/* The lock is held. */
static int ask(struct oauth2 *o, struct oauth2_device *d, enum oauth2_device_state *state, struct err *e)
{
    struct http_response r = {.body = BUF_INIT(0)};
    struct buf form = BUF_INIT(64 << 10);
    struct token_set t;
    int room;
    if (token_file_prepare(o->options.token_file, &room, e) != 0)
        return -1;
    token_set_init(&t);
    snprintf(t.account, sizeof(t.account), "%s", o->options.account);
    snprintf(t.client, sizeof(t.client), "%s", o->options.client_id);
    t.consent_ms = clock_now_ms();
    oauth2_put_pair(&form, "grant_type", "urn:ietf:params:oauth:grant-type:device_code");
    oauth2_put_pair(&form, "device_code", d->code.data);
    int rc = oauth2_request(o, &form, &r, e);
    bool settled = rc == 0 && is_settled(d, &r, e, &rc);
    if (rc == 0 && !settled)
        rc = oauth2_judge(o, &r, d->code.data, e);
    if (rc == 0 && !settled) {
        rc = oauth2_keep_answer(o, room, &r, &t, e);
        *state = rc == 0 ? OAUTH2_DEVICE_DONE : OAUTH2_DEVICE_WAITING;
    } else {
        token_file_abandon(o->options.token_file, room);
    }
    buf_wipe(&form);
    buf_wipe(&r.body);
    token_set_release(&t);
    return rc;
}

int oauth2_device_ask(struct oauth2 *o, struct oauth2_device *d, enum oauth2_device_state *state,
                      struct err *e)
{
    int lock, rc;
    *state = OAUTH2_DEVICE_WAITING;
    if (clock_mono_ms() >= d->ends_ms)
        return err_set(e, ERR_USAGE, "the code has ended before anybody consented: log in anew");
    rc = token_file_lock(o->options.token_file, LOCK_WAIT_MS, o->options.stop_fd, &lock, e);
    if (rc == 0) {
        rc = ask(o, d, state, e);
        token_file_unlock(lock);
    }
    return rc;
}
