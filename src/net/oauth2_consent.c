/* SPDX-License-Identifier: GPL-2.0-or-later */
/* oauth2_consent: the first tokens, from the address that a browser was sent to after a person consented
 * (quickbooks-online.md 1.1 and 1.4; RFC 6749 4.1). */
#include "oauth2_private.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>

enum { VALUE_BYTES = 2000, LOCK_WAIT_MS = 60000 };

void oauth2_state(char out[33])
{
    unsigned char raw[16];
    struct buf hex = BUF_INIT(64);
    ENSURE(gnutls_rnd(GNUTLS_RND_KEY, raw, sizeof(raw)) == 0);
    buf_put_hex(&hex, raw, sizeof(raw));
    snprintf(out, 33, "%s", hex.data);
    buf_release(&hex);
}

void oauth2_consent_address(const struct oauth2 *o, const char *redirect, const char *state, struct buf *out)
{
    const struct oauth2_provider *p = o->options.provider;
    struct buf form = BUF_INIT(8000);
    oauth2_put_pair(&form, "client_id", o->options.client_id);
    oauth2_put_pair(&form, "response_type", "code");
    oauth2_put_pair(&form, "scope", p->scope);
    oauth2_put_pair(&form, "redirect_uri", redirect);
    oauth2_put_pair(&form, "state", state);
    buf_printf(out, "%s?%s%s", p->consent_url, form.data, p->consent_more ? p->consent_more : "");
    buf_release(&form);
}

/* --- the address that was pasted --- */

static int hex_digit(char c)
{
    return c >= '0' && c <= '9'                     ? c - '0'
           : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10
                                                    : -1;
}

/* The argument `name` of the address, decoded; false when it is absent or holds what is not printable. */
static bool argument(struct slice address, const char *name, struct buf *out)
{
    long mark = slice_find_char(address, '?');
    struct scan c = scan_of(slice_skip(address, mark < 0 ? address.len : (size_t)mark + 1));
    while (!scan_end(&c)) {
        struct slice pair = scan_until(&c, "&#");
        bool last = scan_next(&c) != '&';
        long equals = slice_find_char(pair, '=');
        if (equals >= 0 && slice_eq(slice_cut(pair, (size_t)equals), slice_of(name))) {
            struct slice raw = slice_skip(pair, (size_t)equals + 1);
            buf_clear(out);
            for (size_t i = 0; i < raw.len; i++) {
                bool coded = raw.ptr[i] == '%' && i + 2 < raw.len && hex_digit(raw.ptr[i + 1]) >= 0 &&
                             hex_digit(raw.ptr[i + 2]) >= 0;
                buf_putc(out, coded ? (char)(hex_digit(raw.ptr[i + 1]) * 16 + hex_digit(raw.ptr[i + 2]))
                                    : raw.ptr[i]);
                i += coded ? 2 : 0;
            }
            return !out->overflow && token_is_sound(buf_view(out));
        }
        if (last)
            break;
    }
    return false;
}

static int refused_by_person(const struct oauth2 *o, struct slice address, struct err *e)
{
    struct buf word = BUF_INIT(100);
    int rc = 0;
    if (argument(address, "error", &word))
        rc = err_set(e, ERR_USAGE, "%s answered %s: nobody consented", o->options.provider->name, word.data);
    buf_release(&word);
    return rc;
}

/* Everything is looked at before the code, which works once only, is spent. */
static int check(const struct oauth2 *o, struct slice address, const char *redirect, const char *state,
                 struct buf *code, struct err *e)
{
    const struct oauth2_provider *p = o->options.provider;
    struct buf value = BUF_INIT(VALUE_BYTES);
    int rc = 0;
    if (!slice_starts(address, slice_of(redirect)))
        rc = err_set(e, ERR_USAGE, "the address must begin with %s", redirect);
    else if (refused_by_person(o, address, e) != 0)
        rc = -1;
    else if (!argument(address, "state", &value))
        rc = err_set(e, ERR_USAGE, "the address has no state: paste it whole, as the browser shows it");
    else if (strcmp(value.data, state) != 0)
        rc = err_set(e, ERR_USAGE,
                     "the state of the address is not ours: it is from another login; open the address above "
                     "in this browser and paste what comes of it");
    else if (!argument(address, "code", code))
        rc = err_set(e, ERR_USAGE, "the address has no code: paste it whole, as the browser shows it");
    else if (p->account_field && !argument(address, p->account_field, &value))
        rc = err_set(e, ERR_USAGE, "the address has no %s: paste it whole, as the browser shows it",
                     p->account_field);
    else if (p->account_field && strcmp(value.data, o->options.account) != 0)
        rc = err_set(e, ERR_USAGE,
                     "consent was given for %s %s, and the settings name %s: choose the other company, or "
                     "correct the settings",
                     p->account_field, value.data, o->options.account);
    buf_release(&value);
    return rc;
}

static int exchange(struct oauth2 *o, const char *code, const char *redirect, struct err *e)
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
    oauth2_put_pair(&form, "grant_type", "authorization_code");
    oauth2_put_pair(&form, "code", code);
    oauth2_put_pair(&form, "redirect_uri", redirect);
    int rc = oauth2_request(o, &form, &r, e);
    if (rc == 0)
        rc = oauth2_judge(o, &r, code, e);
    if (rc == 0)
        rc = oauth2_keep_answer(o, room, &r, &t, e);
    else
        token_file_abandon(o->options.token_file, room);
    if (rc != 0 && oauth2_is_final(&r))
        err_set(e, ERR_USAGE, "%s did not take the code: it lives for minutes and works once; log in anew",
                o->options.provider->name);
    buf_wipe(&form);
    buf_wipe(&r.body);
    token_set_release(&t);
    return rc;
}

int oauth2_redeem(struct oauth2 *o, const char *pasted, const char *redirect, const char *state,
                  struct err *e)
{
    struct slice address = slice_trim(slice_of(pasted));
    struct buf code = BUF_INIT(VALUE_BYTES);
    int lock, rc = check(o, address, redirect, state, &code, e);
    if (rc == 0)
        rc = token_file_lock(o->options.token_file, LOCK_WAIT_MS, o->options.stop_fd, &lock, e);
    if (rc == 0) {
        rc = exchange(o, code.data, redirect, e);
        token_file_unlock(lock);
    }
    buf_wipe(&code);
    return rc;
}
