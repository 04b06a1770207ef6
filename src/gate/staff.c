/* SPDX-License-Identifier: GPL-2.0-or-later */
/* staff: is the address one of the firm, and do the fields around From fit (mail.md 2.5, T1, T4, T6, T7,
 * T10)? */
#include "gate_internal.h"

struct slice staff_domain_of(const char *address)
{
    const char *at = strrchr(address, '@');
    return at ? slice_of(at + 1) : SLICE_NONE;
}

bool staff_is_domain(const struct conf *conf, struct slice domain)
{
    for (size_t i = 0; i < conf->firm.domains.n; i++) {
        if (slice_eq_nocase(domain, slice_of(conf->firm.domains.v[i])))
            return true;
    }
    return false;
}

bool staff_is_address(const struct conf *conf, const char *address)
{
    for (size_t i = 0; i < conf->staff.extra_addresses.n; i++) {
        if (slice_eq_nocase(slice_of(address), slice_of(conf->staff.extra_addresses.v[i])))
            return true;
    }
    return staff_is_domain(conf, staff_domain_of(address));
}

/* The address without its +tag. */
static struct slice local_part(const char *address)
{
    struct slice s = slice_of(address);
    long at = slice_find_char(s, '@'), plus = slice_find_char(s, '+');
    if (at < 0)
        return s;
    return slice_cut(s, (size_t)(plus > 0 && plus < at ? plus : at));
}

bool staff_is_own(const struct conf *conf, const char *address)
{
    for (size_t i = 0; i < conf->n_mailboxes; i++) {
        const char *own = conf->mailboxes[i].address;
        if (own && slice_eq_nocase(local_part(address), local_part(own)) &&
            slice_eq_nocase(staff_domain_of(address), staff_domain_of(own)))
            return true;
    }
    return false;
}

/* T4: a second parser sees the same address, or something in the field is meant to be seen differently. */
static bool library_agrees(const struct message *m, const char *address)
{
    struct slice library = message_str(m, m->from_library);
    if (library.len && library.ptr[library.len - 1] == '.')
        library.len--;
    return slice_eq_nocase(library, slice_of(address));
}

static bool sender_fits(const struct message *m, const struct gate_context *c, struct gate_result *r)
{
    const struct message_field *f = message_field(m, "Sender", 0);
    char sender[256];
    const char *reason;
    if (!f)
        return true;
    struct slice value = message_str(m, f->value);
    if (!gate_parse_from(value, sender, &reason)) {
        gate_say(r, "T6-sender", "Sender is malformed (%s): %.*s", reason, SLICE_ARG(slice_cut(value, 200)));
        return false;
    }
    if (strcmp(sender, r->address) != 0 && !staff_is_address(c->conf, sender)) {
        gate_say(r, "T6-sender", "Sender %s is not staff, From is %s", sender, r->address);
        return false;
    }
    return true;
}

bool staff_tests(const struct message *m, const struct gate_context *c, struct gate_result *r)
{
    static const char *const once[] = {"Sender", "Reply-To"};
    for (size_t i = 0; i < ARRAY_LEN(once); i++) {
        if (message_count(m, once[i]) > 1) {
            gate_say(r, "T1-twice", "%u %s fields", message_count(m, once[i]), once[i]);
            return false;
        }
    }
    if (!library_agrees(m, r->address)) {
        gate_say(r, "T4-parsers-differ", "From read as %s, by the mail library as \"%.*s\"", r->address,
                 SLICE_ARG(slice_cut(message_str(m, m->from_library), 150)));
        return false;
    }
    if (!sender_fits(m, c, r))
        return false;
    if (c->mailbox->trust != CONF_TRUST_NONE && message_count(m, "Received") == 0) {
        gate_say(r, "T10-not-delivered",
                 "no Received field: the mail was put into the mailbox, not delivered");
        return false;
    }
    return true;
}

bool gate_is_operator(const struct conf *conf, const char *address, bool unauthenticated)
{
    for (size_t i = 0; !unauthenticated && address && i < conf->staff.admins.n; i++) {
        if (slice_eq_nocase(slice_of(conf->staff.admins.v[i]), slice_of(address)))
            return true;
    }
    return false;
}
