/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * exchangeonline: the trust profile of Exchange Online (mail.md 2.3, 2.4).
 *
 * From outside: Exchange's Authentication-Results carries no server name. The topmost field is believed, if
 * it has that shape and stands above the Received field by which the mail entered (*.protection.outlook.com),
 * with nothing but Microsoft's own hops above that. It must say dmarc=pass: compauth=pass may be implied,
 * dkim=pass alone is no verdict of Exchange.
 *
 * Inside the tenant mail is not checked (dmarc=none), but X-MS-Exchange-Organization-AuthAs says Internal.
 * Exchange takes such fields off mail that comes from outside; so that nothing else is believed, there must
 * be exactly one, above any hop outside Microsoft, with an AuthSource at Microsoft.
 * X-MS-Exchange-CrossTenant-* arrives from any tenant and is never read.
 */
#include "authfield.h"

static const char as_field[] = "X-MS-Exchange-Organization-AuthAs",
                  source_field[] = "X-MS-Exchange-Organization-AuthSource", who[] = "Exchange Online";

static bool ends(struct slice host, const char *suffix)
{
    struct slice s = slice_of(suffix);
    return host.len > s.len && slice_eq_nocase(slice_skip(host, host.len - s.len), s);
}

static bool is_microsoft(struct slice host)
{
    return ends(host, ".prod.outlook.com") || ends(host, ".protection.outlook.com") ||
           ends(host, ".outlook.office365.com");
}

/* Where Microsoft's own hops end, from the top. */
struct hops {
    unsigned entry;   /* the Received field by which it came from outside; n_fields: there is none */
    unsigned outside; /* the first Received field that somebody else wrote; n_fields: there is none */
    bool any;         /* the topmost is Microsoft's */
};

static struct hops hops_of(const struct message *m)
{
    struct hops h = {.entry = m->n_fields, .outside = m->n_fields};
    for (unsigned i = 0; i < m->n_fields; i++) {
        if (!authfield_is(m, i, "Received"))
            continue;
        struct slice host = received_host(message_str(m, m->fields[i].value));
        if (!is_microsoft(host)) {
            h.outside = i;
            break;
        }
        h.any = true;
        if (h.entry == m->n_fields && ends(host, ".protection.outlook.com"))
            h.entry = i;
    }
    return h;
}

static unsigned find(const struct message *m, const char *name)
{
    for (unsigned i = 0; i < m->n_fields; i++) {
        if (authfield_is(m, i, name))
            return i;
    }
    return m->n_fields;
}

static bool is_internal(const struct message *m, const struct hops *h)
{
    if (message_count(m, as_field) != 1 || message_count(m, source_field) != 1)
        return false;
    unsigned as = find(m, as_field), source = find(m, source_field);
    return as < h->outside && source < h->outside &&
           slice_eq_nocase(slice_trim(message_str(m, m->fields[as].value)), SLICE("Internal")) &&
           ends(slice_trim(message_str(m, m->fields[source].value)), ".prod.outlook.com");
}

/* "spf=pass ...": results from the first word on, no server name. */
static bool has_no_id(struct slice value)
{
    struct scan c = scan_of(slice_trim(value));
    struct slice word = scan_until(&c, " \t;=(");
    return word.len > 0 && scan_peek(&c) == '=';
}

bool exchange_proves(const struct message *m, const struct conf_mailbox *box, const struct conf *conf,
                     struct gate_result *r)
{
    (void)box;
    struct hops h = hops_of(m);
    if (!h.any) {
        gate_say(
            r, "auth-no-border",
            "the topmost Received field is not Microsoft's: trust = \"exchange-online\" fits this mailbox "
            "not");
        return false;
    }
    unsigned field = find(m, "Authentication-Results");
    struct slice value = field < m->n_fields ? message_str(m, m->fields[field].value) : SLICE_NONE;
    bool shaped = has_no_id(value), counts = shaped && field < h.entry && field < h.outside;
    r->border = h.entry < m->n_fields ? h.entry + 1 : 0;
    *(counts ? &r->counted : &r->forged) = shaped ? field + 1 : 0;
    struct scan c = scan_of(value);
    enum auth_saying says = counts ? authfield_read(&c, AUTH_BY_COMPAUTH, r->address, conf) : SAYS_NOTHING;
    if (says == SAYS_NOTHING && is_internal(m, &h)) {
        r->counted = find(m, as_field) + 1;
        gate_say(r, "auth-internal", "%s: Internal, written inside the tenant", as_field);
        return true;
    }
    /* without the hop from outside, a field above all others may have come with the mail all the same */
    if (says == SAYS_PASS && h.entry == m->n_fields) {
        r->forged = r->counted;
        r->counted = 0;
        return authres_conclude(SAYS_NOTHING, true, who, value, r);
    }
    return authres_conclude(says, shaped && !counts, who, value, r);
}
