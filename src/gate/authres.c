/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * authres: what a trusted border says about the sender (mail.md 2.3), and the profile server:NAME.
 *
 * Only fields whose authserv-id is the configured name count, and of these only the ones above the first
 * Received field that this server wrote: what stands below came with the mail. A fail in one field outweighs
 * all others.
 */
#include "authfield.h"

bool authfield_is(const struct message *m, unsigned i, const char *name)
{
    return slice_eq_nocase(slice_trim(message_str(m, m->fields[i].name)), slice_of(name));
}

struct slice received_host(struct slice value)
{
    struct scan c = scan_of(value);
    for (unsigned word = 0; word < 4 && authfield_blank(&c) && !scan_end(&c); word++) {
        struct slice w = scan_until(&c, " \t(;");
        bool by = slice_eq_nocase(w, SLICE("by"));
        if ((!by && !slice_eq_nocase(w, SLICE("from"))) || !authfield_blank(&c))
            return SLICE_NONE;
        struct slice host = scan_until(&c, " \t(;");
        if (by)
            return host;
    }
    return SLICE_NONE;
}

static unsigned find_border(const struct message *m, const char *server)
{
    for (unsigned i = 0; i < m->n_fields; i++) {
        if (authfield_is(m, i, "Received") &&
            slice_eq_nocase(received_host(message_str(m, m->fields[i].value)), slice_of(server)))
            return i;
    }
    return m->n_fields;
}

bool authres_conclude(enum auth_saying worst, bool below, const char *who, struct slice text,
                      struct gate_result *r)
{
    static const struct {
        const char *reason, *words;
    } no[] = {
        [SAYS_CONFLICT] = {"auth-conflict", "contradicts itself"},
        [SAYS_FAIL] = {"auth-fail", "does not vouch for this address"},
        [SAYS_MALFORMED] = {"auth-malformed", "is malformed"},
    };
    const char *note = below ? " (SUSPICIOUS: a field of the same id came with the mail)" : "";
    if (worst >= SAYS_CONFLICT)
        gate_say(r, no[worst].reason, "Authentication-Results of %s %s%s: %.*s", who, no[worst].words, note,
                 SLICE_ARG(slice_cut(text, 250)));
    else if (worst == SAYS_PASS)
        gate_say(r, "auth-pass", "%s vouches%s: %.*s", who, note, SLICE_ARG(slice_cut(text, 250)));
    else if (below)
        gate_say(r, "auth-forged",
                 "Authentication-Results of %s only below its Received field: came with the mail", who);
    else
        gate_say(r, "auth-none", "no Authentication-Results of %s vouches for %s", who, r->address);
    return worst == SAYS_PASS;
}

bool gate_authserv_id(struct slice value, char id[256])
{
    struct scan c = scan_of(value);
    char raw[AUTHFIELD_VALUE];
    id[0] = '\0';
    return authfield_id(&c, raw) && gate_domain_ascii(slice_of(raw), id);
}

bool authres_proves(const struct message *m, const struct conf_mailbox *box, const struct conf *conf,
                    struct gate_result *r)
{
    const char *server = box->trust_server;
    unsigned border = find_border(m, server);
    bool have_border = border < m->n_fields, below = false;
    enum auth_saying worst = SAYS_NOTHING;
    struct slice text = SLICE_NONE;
    r->border = have_border ? border + 1 : 0;
    for (unsigned i = 0; i < m->n_fields; i++) {
        if (!authfield_is(m, i, "Authentication-Results"))
            continue;
        struct slice value = message_str(m, m->fields[i].value);
        struct scan c = scan_of(value);
        char id[AUTHFIELD_VALUE];
        if (!authfield_id(&c, id) || strcasecmp(id, server) != 0)
            continue;
        if (i > border || !have_border) {
            r->forged = below ? r->forged : i + 1;
            below = true;
            continue;
        }
        enum auth_saying s = authfield_read(&c, AUTH_BY_DKIM | AUTH_BY_ACCOUNT, r->address, conf);
        if (s > worst || (s == SAYS_PASS && worst == SAYS_PASS)) {
            worst = s;
            text = value;
            r->counted = i + 1;
        }
    }
    if (!have_border) {
        gate_say(r, "auth-no-border",
                 "no Received field says \"by %s\": trust = \"server:%s\" fits this mailbox not", server,
                 server);
        return false;
    }
    return authres_conclude(worst, below, server, text, r);
}
