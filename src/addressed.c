/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * addressed: was the mail sent to us? A signed mail that staff wrote to somebody else can be handed in once
 * more by whoever has it, unchanged, and its sender is proven. To and Cc are signed as a rule, so they tell;
 * but staff may put us into Bcc. So it is no reason to refuse: the answer, which goes to the one who wrote
 * it, says what is odd.
 */
#include "job_private.h"

#include <glib.h>

/* "@domain" in the field, and not the beginning of a longer name. */
static bool names_domain(struct slice field, struct slice domain)
{
    for (long at = 0; domain.len && (at = slice_find_nocase(field, domain)) >= 0;) {
        struct slice rest = slice_skip(field, (size_t)at + domain.len);
        bool begins = at > 0 && field.ptr[at - 1] == '@';
        bool ends = !rest.len || (!g_ascii_isalnum(*rest.ptr) && *rest.ptr != '-' &&
                                  !(*rest.ptr == '.' && rest.len > 1 && g_ascii_isalnum(rest.ptr[1])));
        if (begins && ends)
            return true;
        field = rest;
    }
    return false;
}

/* An address of a domain of ours: a mailbox is often reached by other names than its own. */
static bool names_us(const struct conf *conf, struct slice field)
{
    for (size_t i = 0; i < conf->n_mailboxes; i++) {
        const char *at = strrchr(conf->mailboxes[i].address, '@');
        if (at && names_domain(field, slice_of(at + 1)))
            return true;
    }
    for (size_t i = 0; i < conf->firm.domains.n; i++) {
        if (names_domain(field, slice_of(conf->firm.domains.v[i])))
            return true;
    }
    return false;
}

bool addressed_to_us(const struct conf *conf, const struct message *m)
{
    static const char *const names[] = {"To", "Cc", "Resent-To"};
    const struct message_field *f;
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        for (unsigned n = 0; (f = message_field(m, names[i], n)) != NULL; n++) {
            if (names_us(conf, message_str(m, f->value)))
                return true;
        }
    }
    return false;
}
