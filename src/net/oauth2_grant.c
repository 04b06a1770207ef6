/* SPDX-License-Identifier: GPL-2.0-or-later */
/* oauth2_grant: what is said to the token endpoint: RFC 6749 sections 4.4 and 6, RFC 7523 sections 2.1 and
 * 2.2. */
#include "oauth2_private.h"

enum { ASSERTION_BYTES = 16 << 10 };

static int put_assertion(struct oauth2 *o, struct buf *form, const char *name, struct err *e)
{
    struct buf assertion = BUF_INIT(ASSERTION_BYTES);
    int rc = o->options.sign(o->options.sign_self, &assertion, e);
    if (rc == 0)
        oauth2_put_pair(form, name, assertion.data);
    buf_wipe(&assertion);
    return rc;
}

int oauth2_put_client(struct oauth2 *o, struct buf *form, struct err *e)
{
    if (o->options.provider->grant == OAUTH2_ASSERTION)
        return 0;
    oauth2_put_pair(form, "client_id", o->options.client_id);
    if (o->options.secret_file)
        oauth2_put_pair(form, "client_secret", o->secret.value);
    if (!o->options.sign)
        return 0;
    oauth2_put_pair(form, "client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
    return put_assertion(o, form, "client_assertion", e);
}

int oauth2_put_grant(struct oauth2 *o, const struct token_set *t, struct buf *form, struct err *e)
{
    switch (o->options.provider->grant) {
    case OAUTH2_REFRESH:
        oauth2_put_pair(form, "grant_type", "refresh_token");
        oauth2_put_pair(form, "refresh_token", t->refresh.data);
        return 0;
    case OAUTH2_CLIENT:
        oauth2_put_pair(form, "grant_type", "client_credentials");
        oauth2_put_pair(form, "scope", o->options.provider->scope);
        return 0;
    case OAUTH2_ASSERTION:
        oauth2_put_pair(form, "grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer");
        return put_assertion(o, form, "assertion", e);
    }
    return 0;
}
