/* SPDX-License-Identifier: GPL-2.0-or-later */
/* assertion: a statement signed with a private key (JWT, RS256: RFC 7515, 7519), for a token server. */
#ifndef FRONTDESK_NET_ASSERTION_H
#define FRONTDESK_NET_ASSERTION_H

#include "frontdesk/base.h"

struct assertion {
    const char *issuer, *subject, *audience;
    const char *scope; /* NULL: none */
    unsigned life_s;
};

/* The key out of `pem`; with_certificate: the certificate beside it is named in the head by its SHA-1
 * fingerprint (x5t). Appended. ERR_CONFIG: no RSA key, no certificate, or they do not fit. */
int assertion_sign(struct slice pem, bool with_certificate, const struct assertion *a, struct buf *out,
                   struct err *e) MUST_USE;
/* The end of the certificate in `pem`, in ms; 0 when there is none. */
int64_t assertion_certificate_ends(struct slice pem);

#endif
