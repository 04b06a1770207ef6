/* SPDX-License-Identifier: GPL-2.0-or-later */
/* assertion: see assertion.h. */
#include "assertion.h"
#include "frontdesk/json.h"

#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <gnutls/x509.h>

enum { TEXT_BYTES = 8 << 10, SKEW_S = 60 };

/* base64url without padding: RFC 7515 appendix C. */
static void put_base64url(struct buf *out, const void *data, size_t n)
{
    gnutls_datum_t in = {.data = (unsigned char *)(uintptr_t)data, .size = (unsigned)n},
                   text = {.data = NULL};
    ENSURE(gnutls_base64_encode2(&in, &text) == 0);
    for (unsigned i = 0; i < text.size && text.data[i] != '='; i++)
        buf_putc(out, text.data[i] == '+' ? '-' : text.data[i] == '/' ? '_' : (char)text.data[i]);
    gnutls_free(text.data);
}

static gnutls_datum_t datum(struct slice s)
{
    return (gnutls_datum_t){.data = (unsigned char *)(uintptr_t)s.ptr, .size = (unsigned)s.len};
}

static int load_key(struct slice pem, gnutls_privkey_t *key, struct err *e)
{
    gnutls_datum_t data = datum(pem);
    unsigned bits;
    ENSURE(gnutls_privkey_init(key) == 0);
    if (gnutls_privkey_import_x509_raw(*key, &data, GNUTLS_X509_FMT_PEM, NULL, 0) != 0)
        return err_set(e, ERR_CONFIG, "it holds no private key (PEM, without a password)");
    if (gnutls_privkey_get_pk_algorithm(*key, &bits) != GNUTLS_PK_RSA || bits < 2048)
        return err_set(e, ERR_CONFIG, "the key is no RSA key of at least 2048 bits");
    return 0;
}

static bool load_certificate(struct slice pem, gnutls_x509_crt_t *crt)
{
    gnutls_datum_t data = datum(pem);
    ENSURE(gnutls_x509_crt_init(crt) == 0);
    return gnutls_x509_crt_import(*crt, &data, GNUTLS_X509_FMT_PEM) == 0;
}

/* Is the certificate of this very key? */
static bool fits(gnutls_privkey_t key, gnutls_x509_crt_t crt)
{
    unsigned char of_key[32], of_crt[32];
    size_t n_key = sizeof(of_key), n_crt = sizeof(of_crt);
    gnutls_pubkey_t pub;
    ENSURE(gnutls_pubkey_init(&pub) == 0);
    bool same = gnutls_pubkey_import_privkey(pub, key, 0, 0) == 0 &&
                gnutls_pubkey_get_key_id(pub, GNUTLS_KEYID_USE_SHA256, of_key, &n_key) == 0 &&
                gnutls_x509_crt_get_key_id(crt, GNUTLS_KEYID_USE_SHA256, of_crt, &n_crt) == 0 &&
                n_key == n_crt && memcmp(of_key, of_crt, n_key) == 0;
    gnutls_pubkey_deinit(pub);
    return same;
}

/* {"alg":"RS256","typ":"JWT","x5t":"..."} */
static int put_head(struct slice pem, bool with_certificate, gnutls_privkey_t key, struct buf *out,
                    struct err *e)
{
    struct buf head = BUF_INIT(TEXT_BYTES);
    gnutls_x509_crt_t crt;
    unsigned char print[20];
    size_t n = sizeof(print);
    int rc = 0;
    buf_puts(&head, "{\"alg\":\"RS256\",\"typ\":\"JWT\"");
    if (with_certificate) {
        if (!load_certificate(pem, &crt))
            rc = err_set(e, ERR_CONFIG, "it holds no certificate (PEM)");
        else if (!fits(key, crt))
            rc = err_set(e, ERR_CONFIG, "its certificate is not that of its key");
        else
            ENSURE(gnutls_x509_crt_get_fingerprint(crt, GNUTLS_DIG_SHA1, print, &n) == 0);
        gnutls_x509_crt_deinit(crt);
        if (rc == 0) {
            buf_puts(&head, ",\"x5t\":\"");
            put_base64url(&head, print, n);
            buf_putc(&head, '"');
        }
    }
    buf_putc(&head, '}');
    put_base64url(out, head.data, head.len);
    buf_release(&head);
    return rc;
}

static void put_claims(const struct assertion *a, struct buf *out)
{
    struct buf text = BUF_INIT(TEXT_BYTES), id = BUF_INIT(64);
    unsigned char raw[16];
    int64_t now_s = clock_now_ms() / 1000;
    ENSURE(gnutls_rnd(GNUTLS_RND_NONCE, raw, sizeof(raw)) == 0);
    buf_put_hex(&id, raw, sizeof(raw));
    buf_putc(&text, '{');
    json_put_text(&text, "iss", a->issuer);
    json_put_text(&text, "sub", a->subject);
    json_put_text(&text, "aud", a->audience);
    if (a->scope)
        json_put_text(&text, "scope", a->scope);
    json_put_text(&text, "jti", id.data);
    json_put_int(&text, "iat", now_s);
    json_put_int(&text, "nbf", now_s - SKEW_S);
    json_put_int(&text, "exp", now_s + a->life_s);
    buf_putc(&text, '}');
    put_base64url(out, text.data, text.len);
    buf_release(&text);
    buf_release(&id);
}

int assertion_sign(struct slice pem, bool with_certificate, const struct assertion *a, struct buf *out,
                   struct err *e)
{
    gnutls_privkey_t key = NULL;
    gnutls_datum_t signature = {.data = NULL};
    size_t from = out->len;
    int rc = load_key(pem, &key, e);
    if (rc == 0)
        rc = put_head(pem, with_certificate, key, out, e);
    if (rc == 0) {
        buf_putc(out, '.');
        put_claims(a, out);
        gnutls_datum_t text = datum(slice_skip(buf_view(out), from));
        ENSURE(gnutls_privkey_sign_data2(key, GNUTLS_SIGN_RSA_SHA256, 0, &text, &signature) == 0);
        buf_putc(out, '.');
        put_base64url(out, signature.data, signature.size);
        gnutls_free(signature.data);
    }
    gnutls_privkey_deinit(key);
    return rc;
}

int64_t assertion_certificate_ends(struct slice pem)
{
    gnutls_x509_crt_t crt;
    int64_t ends_ms = 0;
    if (load_certificate(pem, &crt))
        ends_ms = (int64_t)gnutls_x509_crt_get_expiration_time(crt) * 1000;
    gnutls_x509_crt_deinit(crt);
    return ends_ms;
}
