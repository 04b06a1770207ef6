/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mailtokens: the simulated token servers of Microsoft and Google for mail (mail.md section 3.2 and 3.3), on
 * the same port, below /mail/. Settings mail_*: one tenant, application, service account and mailbox.
 *
 *   TENANT/oauth2/v2.0/token, .../devicecode    Microsoft
 *   google/auth, google/token                   Google
 *   tokeninfo?access_token=                     what a mail server asks about a token
 */
#ifndef FRONTDESK_SANDBOX_MAILTOKENS_H
#define FRONTDESK_SANDBOX_MAILTOKENS_H

#include "sandbox.h"

/* A signed statement (JWT, RS256) that is sound, of this issuer, and for this address. `subject`: of whom it
 * speaks; NULL: the issuer. with_print: its head names a certificate. */
bool mailproof_holds(const char *jwt, const char *issuer, const char *audience, const char *subject,
                     bool with_print);

void mailtokens_reset(void);
/* c->path begins behind "mail/". */
void mailtokens_exchange(struct call *c, int64_t first_us);
cJSON *mailtokens_dump(void);

#endif
