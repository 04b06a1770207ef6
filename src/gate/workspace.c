/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * workspace: the trust profile of Google Workspace (mail.md 2.3). Google writes its Authentication-Results,
 * with the id mx.google.com, right behind its own Received and Received-SPF fields, in front of what came
 * with the mail. Only the topmost field of that id is believed, and only at that place or above it: whatever
 * the sender brings stands further down.
 *
 * Mail inside one Workspace may carry a DKIM result and no DMARC: dkim=pass of the domain itself counts.
 */
#include "authfield.h"

static const char google[] = "mx.google.com";

/* Could the sender have written what stands at i? Only Received-SPF may lie between Google's Received and the
 * field. */
static bool in_front(const struct message *m, unsigned border, unsigned i)
{
    if (i < border)
        return true;
    for (unsigned k = border + 1; k < i; k++) {
        if (!authfield_is(m, k, "Received-SPF"))
            return false;
    }
    return true;
}

static unsigned find_border(const struct message *m)
{
    for (unsigned i = 0; i < m->n_fields; i++) {
        if (authfield_is(m, i, "Received") &&
            slice_eq_nocase(received_host(message_str(m, m->fields[i].value)), slice_of(google)))
            return i;
    }
    return m->n_fields;
}

bool google_proves(const struct message *m, const struct conf_mailbox *box, const struct conf *conf,
                   struct gate_result *r)
{
    (void)box;
    unsigned border = find_border(m);
    if (border == m->n_fields) {
        gate_say(r, "auth-no-border",
                 "no Received field says \"by %s\": trust = \"google\" fits this mailbox not", google);
        return false;
    }
    r->border = border + 1;
    for (unsigned i = 0; i < m->n_fields; i++) {
        char id[AUTHFIELD_VALUE];
        struct slice value = message_str(m, m->fields[i].value);
        struct scan c = scan_of(value);
        if (!authfield_is(m, i, "Authentication-Results") || !authfield_id(&c, id) ||
            strcasecmp(id, google) != 0)
            continue;
        bool counts = in_front(m, border, i);
        *(counts ? &r->counted : &r->forged) = i + 1;
        if (!counts)
            return authres_conclude(SAYS_NOTHING, true, google, SLICE_NONE, r);
        return authres_conclude(authfield_read(&c, AUTH_BY_DKIM, r->address, conf), false, google, value, r);
    }
    return authres_conclude(SAYS_NOTHING, false, google, SLICE_NONE, r);
}
