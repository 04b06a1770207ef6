/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * authres: what a trusted border says about the sender (RFC 8601, mail.md 2.3).
 *
 * Only fields whose authserv-id is the configured name count, and of these only the ones above the first
 * Received field that this server wrote: what stands below came with the mail. Only "pass" is pass; a field
 * that breaks the grammar or contradicts itself proves nothing; a fail in one field outweighs all others.
 */
#include "gate_internal.h"

#include <glib.h>

enum { ENTRIES_MAX = 64, PROPERTIES_MAX = 16, COMMENT_DEPTH_MAX = 20, VALUE_MAX = 320 };

struct property {
    struct slice name; /* "header.from" */
    char value[VALUE_MAX];
};

struct entry {
    struct slice method, result;
    struct property properties[PROPERTIES_MAX];
    unsigned n;
};

/* What one field says: the least of it wins over the fields in this order, from the top. */
enum saying { SAYS_NOTHING, SAYS_PASS, SAYS_CONFLICT, SAYS_FAIL, SAYS_MALFORMED };

/* The claims of one field about our address. */
struct claims {
    unsigned dmarc_pass, dmarc_fail, dkim_pass, dkim_fail, auth_pass, auth_fail;
    bool conflict;
};

static bool skip_blank(struct scan *c)
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

/* The authserv-id and its version; false if malformed. `id` is "" for a field without one. */
static bool take_id(struct scan *c, char id[VALUE_MAX])
{
    if (!skip_blank(c) || !take_value(c, id) || !skip_blank(c))
        return false;
    while (!scan_end(c) && g_ascii_isdigit(*c->p))
        c->p++;
    return skip_blank(c) && (scan_end(c) || scan_char(c, ';'));
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
    if (!skip_blank(c))
        return false;
    if (scan_end(c) || scan_char(c, ';'))
        return true;
    e->method = take_keyword(c);
    if (e->method.len == 0 || !skip_blank(c))
        return false;
    if (slice_eq_nocase(e->method, SLICE("none")) && (scan_end(c) || scan_peek(c) == ';')) {
        e->method = SLICE_NONE;
        scan_char(c, ';');
        return true;
    }
    if (scan_char(c, '/')) {
        if (!skip_blank(c) || take_keyword(c).len == 0 || !skip_blank(c))
            return false;
    }
    if (!scan_char(c, '=') || !skip_blank(c))
        return false;
    e->result = take_keyword(c);
    if (e->result.len == 0 || !(scan_end(c) || strchr(" \t;(\r\n", scan_peek(c))))
        return false;
    for (;;) {
        if (!skip_blank(c))
            return false;
        if (scan_end(c) || scan_char(c, ';'))
            return true;
        if (e->n == PROPERTIES_MAX)
            return false;
        struct property *p = &e->properties[e->n++];
        p->name = take_keyword(c);
        if (p->name.len == 0 || !skip_blank(c) || !scan_char(c, '=') || !skip_blank(c) ||
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

static void hear(const struct entry *e, const char *address, const struct conf *conf, struct claims *k)
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
    } else if (slice_eq_nocase(e->method, SLICE("dkim"))) {
        hear_dkim(e, domain, pass, k);
    } else if (slice_eq_nocase(e->method, SLICE("auth"))) {
        bool account = account_is(property_of(e, "smtp.auth", &k->conflict), address, conf);
        if (pass && account)
            k->auth_pass++;
        else if (!slice_eq_nocase(e->result, SLICE("none")))
            k->auth_fail++;
    }
}

static enum saying weigh(const struct claims *k)
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

/* What the rest of a field, behind its id, says about the address. */
static enum saying read_results(struct scan *c, const char *address, const struct conf *conf)
{
    struct claims k = {0};
    struct entry *e = mem_alloc(sizeof(*e));
    bool fine = true;
    for (unsigned n = 0; fine && !scan_end(c); n++) {
        fine = n < ENTRIES_MAX && take_entry(c, e);
        if (fine && e->method.len)
            hear(e, address, conf, &k);
    }
    free(e);
    return fine ? weigh(&k) : SAYS_MALFORMED;
}

/* "from X (...) by HOST ...": was it written by `server`? Clause by clause, so that a greeting called "by"
 * moves nothing. */
static bool received_by(struct slice value, const char *server)
{
    struct scan c = scan_of(value);
    for (unsigned word = 0; word < 4 && skip_blank(&c) && !scan_end(&c); word++) {
        struct slice w = scan_until(&c, " \t(;");
        bool by = slice_eq_nocase(w, SLICE("by"));
        if (!by && !slice_eq_nocase(w, SLICE("from")))
            return false;
        if (!skip_blank(&c))
            return false;
        struct slice host = scan_until(&c, " \t(;");
        if (by)
            return slice_eq_nocase(host, slice_of(server));
    }
    return false;
}

static unsigned find_border(const struct message *m, const char *server)
{
    for (unsigned i = 0; i < m->n_fields; i++) {
        if (slice_eq_nocase(slice_trim(message_str(m, m->fields[i].name)), SLICE("Received")) &&
            received_by(message_str(m, m->fields[i].value), server))
            return i;
    }
    return m->n_fields;
}

static bool conclude(enum saying worst, bool pass, bool below, const char *server, struct slice text,
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
        gate_say(r, no[worst].reason, "Authentication-Results of %s %s%s: %.*s", server, no[worst].words,
                 note, SLICE_ARG(slice_cut(text, 250)));
    else if (pass)
        gate_say(r, "auth-pass", "%s vouches%s: %.*s", server, note, SLICE_ARG(slice_cut(text, 250)));
    else if (below)
        gate_say(r, "auth-forged",
                 "Authentication-Results of %s only below its Received field: came with the mail", server);
    else
        gate_say(r, "auth-none", "no Authentication-Results of %s vouches for %s", server, r->address);
    return worst < SAYS_CONFLICT && pass;
}

bool authres_proves(const struct message *m, const char *server, const struct conf *conf, const char *address,
                    struct gate_result *r)
{
    unsigned border = find_border(m, server);
    bool have_border = border < m->n_fields, below = false, pass = false;
    enum saying worst = SAYS_NOTHING;
    struct slice text = SLICE_NONE;
    for (unsigned i = 0; i < m->n_fields; i++) {
        if (!slice_eq_nocase(slice_trim(message_str(m, m->fields[i].name)), SLICE("Authentication-Results")))
            continue;
        struct slice value = message_str(m, m->fields[i].value);
        struct scan c = scan_of(value);
        char id[VALUE_MAX];
        if (!take_id(&c, id) || strcasecmp(id, server) != 0)
            continue;
        if (i > border || !have_border) {
            below = true;
            continue;
        }
        enum saying s = read_results(&c, address, conf);
        pass = pass || s == SAYS_PASS;
        if (s > worst || (s == SAYS_PASS && worst <= SAYS_PASS)) {
            worst = s;
            text = value;
        }
    }
    if (!have_border) {
        gate_say(r, "auth-no-border",
                 "no Received field says \"by %s\": trust = \"server:%s\" fits this mailbox not", server,
                 server);
        return false;
    }
    return conclude(worst, pass, below, server, text, r);
}
