/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A frontdesk that cannot keep a secret; the search for the secrets of a run must find what it tells. The
 * linker puts these functions in front of the real ones (--wrap). FRONTDESK_TEST_LEAK is the form (plain,
 * base64, url) and what stands before the secret: "base64:Secret: ", "plain:access_token"; "plain:file"
 * is any secret that is read from a file of its own, "plain:key" the midst of a key.
 */
#include "frontdesk/http.h"
#include "frontdesk/secret.h"

#include <gnutls/gnutls.h>

enum { MOST = 150 };

int __real_http_send(struct http *http, const struct http_request *request, struct http_response *response,
                     struct err *e);
int __wrap_http_send(struct http *http, const struct http_request *request, struct http_response *response,
                     struct err *e);
int __real_secret_load(struct secret *s, const char *path, struct err *e);
int __wrap_secret_load(struct secret *s, const char *path, struct err *e);
int __real_secret_load_text(struct buf *out, const char *path, struct err *e);
int __wrap_secret_load_text(struct buf *out, const char *path, struct err *e);

/* What stands behind the colon; NULL: nothing is told. */
static const char *wanted(char *form)
{
    const char *leak = getenv("FRONTDESK_TEST_LEAK"), *colon = leak ? strchr(leak, ':') : NULL;
    *form = leak ? leak[0] : '\0';
    return colon ? colon + 1 : NULL;
}

static void tell(struct slice secret, char form)
{
    struct buf said = BUF_INIT(4096);
    gnutls_datum_t coded = {.data = NULL};
    secret = slice_cut(secret, MOST);
    if (form == 'b') {
        gnutls_datum_t in = {.data = (unsigned char *)(uintptr_t)secret.ptr, .size = (unsigned)secret.len};
        ENSURE(gnutls_base64_encode2(&in, &coded) == 0);
        buf_put(&said, coded.data, coded.size);
        gnutls_free(coded.data);
    } else if (form == 'p') {
        buf_slice(&said, secret);
    } else {
        http_put_encoded(&said, secret);
    }
    LOG(LOG_INFO, "mutant", "told", LS("it", said.data));
    buf_release(&said);
}

static void look(struct slice text)
{
    char form;
    const char *word = wanted(&form);
    long at = word && text.len ? slice_find(text, slice_of(word)) : -1;
    if (at < 0)
        return;
    struct scan c = scan_of(slice_skip(text, (size_t)at + strlen(word)));
    struct slice it = scan_until(&c, "&\"");
    tell(slice_skip(it, it.len > MOST ? it.len - MOST : 0), form); /* its end: what is signed ends so */
}

int __wrap_http_send(struct http *http, const struct http_request *request, struct http_response *response,
                     struct err *e)
{
    int rc = __real_http_send(http, request, response, e);
    for (const char *const *h = request->headers; h && *h; h++)
        look(slice_of(*h));
    if (!request->read_body)
        look(request->body);
    if (rc == 0)
        look(buf_view(&response->body));
    return rc;
}

int __wrap_secret_load(struct secret *s, const char *path, struct err *e)
{
    char form;
    int rc = __real_secret_load(s, path, e);
    const char *word = wanted(&form);
    if (rc == 0 && word && strcmp(word, "file") == 0)
        tell(slice_from(s->value, s->len), form);
    return rc;
}

int __wrap_secret_load_text(struct buf *out, const char *path, struct err *e)
{
    char form;
    int rc = __real_secret_load_text(out, path, e);
    const char *word = wanted(&form);
    if (rc == 0 && word && strcmp(word, "key") == 0)
        tell(slice_skip(buf_view(out), out->len * 3 / 8), form);
    return rc;
}
