/* SPDX-License-Identifier: GPL-2.0-or-later */
/* mailsecrets: the operator hears 30 and 7 days before the secret or certificate ends by which tokens for a
 * mailbox are come by. See desk.h. */
#include "desk.h"
#include "frontdesk/maillogin.h"

enum { LOOK_MS = 3600 * 1000 };
#define DAY_MS (INT64_C(24) * 3600 * 1000)

static void look_at(struct desk *d, const struct conf_mailbox *box, int days, int64_t ends_ms)
{
    int64_t left_ms = ends_ms - clock_now_ms();
    const char *kind = box->login.certificate_file ? "certificate" : "secret";
    char topic[100], when[32], text[500];
    snprintf(topic, sizeof(topic), "mail-secret-%.40s-%d-days", box->name, days);
    clock_format_local(ends_ms, d->conf->firm.timezone, when);
    snprintf(
        text, sizeof(text),
        "The client %s for mailbox %s ends in %lld days, on %s; no mail is read after that. Fix: make a new "
        "one at the provider, put it in the place of the old one, and restart frontdesk.",
        kind, box->name, (long long)(left_ms > 0 ? left_ms / DAY_MS : 0), when);
    if (ends_ms && left_ms <= days * DAY_MS)
        alert_ill(d, topic, text);
    else
        alert_well(d, topic, "the client secret or certificate was renewed");
}

void mailsecrets_keep(struct desk *d, int64_t *next_ms)
{
    if (clock_mono_ms() < *next_ms)
        return;
    *next_ms = clock_mono_ms() + LOOK_MS;
    if (clock_is_doubted(d))
        return;
    for (size_t i = 0; i < d->conf->n_mailboxes; i++) {
        const struct conf_mailbox *box = &d->conf->mailboxes[i];
        if (!box->imap.oauth2 && !box->smtp.oauth2)
            continue;
        int64_t ends_ms = maillogin_ends(box);
        look_at(d, box, 30, ends_ms);
        look_at(d, box, 7, ends_ms);
    }
}
