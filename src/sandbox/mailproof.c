/* SPDX-License-Identifier: GPL-2.0-or-later */
/* mailproof: is a signed statement sound? RFC 7515, 7519, 7523. */
#include "mailtokens.h"

#include <gnutls/abstract.h>

enum { PART_BYTES = 8192, MOST_LIFE_S = 3600 };

/* base64url, without padding; false when it is none. */
static bool decode(struct slice part, gnutls_datum_t *out)
{
    struct buf text = BUF_INIT(PART_BYTES);
    *out = (gnutls_datum_t){.data = NULL};
    for (size_t i = 0; i < part.len; i++)
        buf_putc(&text, part.ptr[i] == '-' ? '+' : part.ptr[i] == '_' ? '/' : part.ptr[i]);
    while (text.len % 4)
        buf_putc(&text, '=');
    gnutls_datum_t in = {.data = (unsigned char *)text.data, .size = (unsigned)text.len};
    bool ok = !text.overflow && text.len && gnutls_base64_decode2(&in, out) == 0;
    buf_release(&text);
    return ok;
}

static cJSON *decode_json(struct slice part)
{
    gnutls_datum_t text;
    cJSON *o = decode(part, &text) ? cJSON_ParseWithLength((const char *)text.data, text.size) : NULL;
    gnutls_free(text.data);
    return o;
}

static bool is_signed(struct slice signed_text, struct slice signature)
{
    const char *pem = cJSON_GetStringValue(setting("mail_public_key"));
    gnutls_datum_t key = {.data = (unsigned char *)(uintptr_t)pem, .size = (unsigned)strlen(pem)}, sig,
                   text = {.data = (unsigned char *)(uintptr_t)signed_text.ptr,
                           .size = (unsigned)signed_text.len};
    gnutls_pubkey_t pub;
    if (!decode(signature, &sig))
        return false;
    ENSURE(gnutls_pubkey_init(&pub) == 0);
    bool ok = gnutls_pubkey_import(pub, &key, GNUTLS_X509_FMT_PEM) == 0 &&
              gnutls_pubkey_verify_data2(pub, GNUTLS_SIGN_RSA_SHA256, 0, &text, &sig) >= 0;
    gnutls_pubkey_deinit(pub);
    gnutls_free(sig.data);
    return ok;
}

static bool says(const cJSON *o, const char *name, const char *wanted)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(o, name));
    return text && strcmp(text, wanted) == 0;
}

static bool is_timely(const cJSON *claims)
{
    double now_s = (double)clock_now_ms() / 1000,
           from_s = cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(claims, "iat")),
           to_s = cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(claims, "exp"));
    return from_s <= now_s + 300 && to_s > now_s && to_s - from_s <= MOST_LIFE_S;
}

bool mailproof_holds(const char *jwt, const char *issuer, const char *audience, const char *subject,
                     bool with_print)
{
    struct scan c = scan_of(slice_of(jwt));
    struct slice head = scan_until(&c, "."), claims = scan_char(&c, '.') ? scan_until(&c, ".") : SLICE_NONE;
    struct slice signed_text = slice_cut(slice_of(jwt), head.len + 1 + claims.len);
    struct slice signature = scan_char(&c, '.') ? scan_rest(&c) : SLICE_NONE;
    cJSON *h = decode_json(head), *o = decode_json(claims);
    const char *print = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(h, "x5t"));
    bool ok = h && o && says(h, "alg", "RS256") && (!with_print || (print && strlen(print) == 27)) &&
              says(o, "iss", issuer) && says(o, "aud", audience) &&
              says(o, "sub", subject ? subject : issuer) && is_timely(o) && is_signed(signed_text, signature);
    cJSON_Delete(h);
    cJSON_Delete(o);
    return ok;
}
