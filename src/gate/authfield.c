/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * authfield: the grammar of one Authentication-Results field (RFC 8601, mail.md 2.3), and what it says about
 * an address. Only "pass" is pass; a field that breaks the grammar or contradicts itself proves nothing.
 */
#include "authfield.h"

#include <glib.h>

enum { ENTRIES_MAX = 64, PROPERTIES_MAX = 16, COMMENT_DEPTH_MAX = 20, VALUE_MAX = AUTHFIELD_VALUE };

struct property {
    struct slice name; /* "header.from" */
    char value[VALUE_MAX];
};

struct entry {
    struct slice method, result;
    struct property properties[PROPERTIES_MAX];
    unsigned n;
};

/* The claims of one field about our address. */
struct claims {
    unsigned dmarc_pass, dmarc_fail, dkim_pass, dkim_fail, auth_pass, auth_fail;
    bool conflict;
};

bool authfield_blank(struct scan *c)
{
    unsigned depth = 0;
    while (!scan_end(c)) {
        int ch = scan_peek(c);
        if (depth == 0 && ch != ' ' && ch != '\t' && ch != '\r' && ch != '\n' && ch != '(')
            return true;
        scan_next(c);
        if (ch == '(' && ++depth > COMMENT_DEPTH_MAX)
            return false;
        if (depth && ch == ')')
            depth--;
        if (depth && ch == '\\')
            scan_next(c);
    }
    return depth == 0;
}

/* token, quoted-string, or a quoted local part with its @domain; false if it is none of these or too long. */
static bool take_value(struct scan *c, char out[VALUE_MAX])
{
    size_t n = 0;
    bool any = false;
    if (scan_char(c, '"')) {
        any = true;
        for (;;) {
            int ch = scan_next(c);
            if (ch == '"')
                break;
            if (ch == '\\')
                ch = scan_next(c);
            if (ch < 0x20 || n + 1 >= VALUE_MAX)
                return false;
            out[n++] = (char)ch;
        }
        if (scan_peek(c) != '@' && !scan_end(c) && !strchr(" \t;(", scan_peek(c)))
            return false;
    }
    for (int ch = scan_peek(c); ch > 0x20 && ch != 0x7f && !strchr(";()\"", ch); ch = scan_peek(c)) {
        if (n + 1 >= VALUE_MAX)
            return false;
        out[n++] = (char)ch;
        any = true;
        scan_next(c);
    }
    out[n] = '\0';
    return any && (scan_end(c) || strchr(" \t;(", scan_peek(c)));
}

static struct slice take_keyword(struct scan *c)
{
    const char *start = c->p;
    while (!scan_end(c) && (g_ascii_isalnum(*c->p) || *c->p == '-' || *c->p == '_' || *c->p == '.'))
        c->p++;
    return slice_from(start, (size_t)(c->p - start));
}

bool authfield_id(struct scan *c, char id[AUTHFIELD_VALUE])
{
    if (!authfield_blank(c) || !take_value(c, id) || !authfield_blank(c))
        return false;
    while (!scan_end(c) && g_ascii_isdigit(*c->p))
        c->p++;
    return authfield_blank(c) && (scan_end(c) || scan_char(c, ';'));
}

static const char *property_of(const struct entry *e, const char *name, bool *conflict)
{
    const char *value = NULL;
    for (unsigned i = 0; i < e->n; i++) {
        if (!slice_eq_nocase(e->properties[i].name, slice_of(name)))
            continue;
        if (value && strcasecmp(value, e->properties[i].value) != 0)
            *conflict = true;
        value = e->properties[i].value;
    }
    return value;
}

/* One "method=result prop=value ..." up to ";" or the end. An empty one has no method. */
static bool take_entry(struct scan *c, struct entry *e)
{
    e->n = 0;
    e->method = e->result = SLICE_NONE;
    if (!authfield_blank(c))
        return false;
    if (scan_end(c) || scan_char(c, ';'))
        return true;
    e->method = take_keyword(c);
    if (e->method.len == 0 || !authfield_blank(c))
        return false;
    if (slice_eq_nocase(e->method, SLICE("none")) && (scan_end(c) || scan_peek(c) == ';')) {
        e->method = SLICE_NONE;
        scan_char(c, ';');
        return true;
    }
    if (scan_char(c, '/')) {
        if (!authfield_blank(c) || take_keyword(c).len == 0 || !authfield_blank(c))
            return false;
    }
    if (!scan_char(c, '=') || !authfield_blank(c))
        return false;
    e->result = take_keyword(c);
    if (e->result.len == 0 || !(scan_end(c) || strchr(" \t;(\r\n", scan_peek(c))))
        return false;
    for (;;) {
        if (!authfield_blank(c))
            return false;
        if (scan_end(c) || scan_char(c, ';'))
            return true;
        if (e->n == PROPERTIES_MAX)
            return false;
        struct property *p = &e->properties[e->n++];
        p->name = take_keyword(c);
        if (p->name.len == 0 || !authfield_blank(c) || !scan_char(c, '=') || !authfield_blank(c) ||
            !take_value(c, p->value))
            return false;
    }
}

static bool same_domain(const char *value, struct slice domain)
{
    char ascii[256];
    return value && gate_domain_ascii(slice_of(value), ascii) && slice_eq(slice_of(ascii), domain);
}

static void hear_dkim(const struct entry *e, struct slice domain, bool pass, struct claims *k)
{
    const char *d = property_of(e, "header.d", &k->conflict), *i = property_of(e, "header.i", &k->conflict);
    const char *at = i ? strrchr(i, '@') : NULL;
    if (d ? !same_domain(d, domain) : !same_domain(at ? at + 1 : NULL, domain))
        return;
    if (pass)
        k->dkim_pass++;
    else if (slice_eq_nocase(e->result, SLICE("fail")) || slice_eq_nocase(e->result, SLICE("policy")))
        k->dkim_fail++;
}

/* smtp.auth names the account that logged in: it must be the address itself, or its bare user name where the
 * firm has one domain only (so that no other address can have the same one). */
static bool account_is(const char *account, const char *address, const struct conf *conf)
{
    if (!account)
        return false;
    if (strchr(account, '@'))
        return strcasecmp(account, address) == 0;
    struct slice domain = staff_domain_of(address), local = slice_of(address);
    local = slice_cut(local, local.len - domain.len - 1);
    return conf->firm.domains.n == 1 && staff_is_domain(conf, domain) &&
           slice_eq_nocase(slice_of(account), local);
}

static void hear(const struct entry *e, unsigned by, const char *address, const struct conf *conf,
                 struct claims *k)
{
    struct slice domain = staff_domain_of(address);
    bool pass = slice_eq_nocase(e->result, SLICE("pass"));
    if (slice_eq_nocase(e->method, SLICE("dmarc"))) {
        const char *from = property_of(e, "header.from", &k->conflict);
        if (pass && same_domain(from, domain))
            k->dmarc_pass++;
        else if (!slice_eq_nocase(e->result, SLICE("none")) &&
                 !slice_eq_nocase(e->result, SLICE("bestguesspass")))
            k->dmarc_fail++;
    } else if ((by & AUTH_BY_DKIM) && slice_eq_nocase(e->method, SLICE("dkim"))) {
        hear_dkim(e, domain, pass, k);
    } else if ((by & AUTH_BY_ACCOUNT) && slice_eq_nocase(e->method, SLICE("auth"))) {
        bool account = account_is(property_of(e, "smtp.auth", &k->conflict), address, conf);
        if (pass && account)
            k->auth_pass++;
        else if (!slice_eq_nocase(e->result, SLICE("none")))
            k->auth_fail++;
    } else if ((by & AUTH_BY_COMPAUTH) && slice_eq_nocase(e->method, SLICE("compauth"))) {
        /* Microsoft's own verdict may be implied, so its pass proves nothing; its fail counts */
        k->dmarc_fail += slice_eq_nocase(e->result, SLICE("fail"));
    }
}

static enum auth_saying weigh(const struct claims *k)
{
    if (k->conflict || (k->dmarc_pass && k->dmarc_fail) || (k->auth_pass && k->auth_fail))
        return SAYS_CONFLICT;
    if (k->dmarc_fail || k->auth_fail)
        return SAYS_FAIL;
    if (k->dmarc_pass || k->auth_pass)
        return SAYS_PASS;
    if (k->dkim_pass && k->dkim_fail)
        return SAYS_CONFLICT;
    return k->dkim_fail ? SAYS_FAIL : k->dkim_pass ? SAYS_PASS : SAYS_NOTHING;
}

enum auth_saying authfield_read(struct scan *c, unsigned by, const char *address, const struct conf *conf)
{
    struct claims k = {0};
    struct entry *e = mem_alloc(sizeof(*e));
    bool fine = true;
    for (unsigned n = 0; fine && !scan_end(c); n++) {
        fine = n < ENTRIES_MAX && take_entry(c, e);
        if (fine && e->method.len)
            hear(e, by, address, conf, &k);
    }
    free(e);
    return fine ? weigh(&k) : SAYS_MALFORMED;
}
