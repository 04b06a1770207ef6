/* SPDX-License-Identifier: GPL-2.0-or-later */
/* conf_address: settings that name a server, and whose word about senders is taken. See conf_value.h. */
#include "conf_value.h"

/* HOST[:PORT] with [::1] for IPv6, all of `s`. */
static bool read_host_port(struct value *v, struct slice s, char host[256], uint16_t *port)
{
    long end = s.len && s.ptr[0] == '[' ? slice_find_char(s, ']') : -1;
    if (end > 0) {
        struct slice inside = slice_cut(slice_skip(s, 1), (size_t)end - 1);
        snprintf(host, 256, "%.*s", SLICE_ARG(inside));
        if (!conf_only(host, "0123456789abcdefABCDEF:."))
            return conf_wrong(v, "has no IPv6 address in its brackets");
        s = slice_skip(s, (size_t)end + 1);
    } else {
        long colon = slice_find_char(s, ':');
        struct slice name = colon < 0 ? s : slice_cut(s, (size_t)colon);
        if (!conf_to_domain(name, host, true))
            return conf_wrong(v, "\"%.*s\" is no host name", SLICE_ARG(name));
        s = colon < 0 ? SLICE_NONE : slice_skip(s, (size_t)colon);
    }
    uint64_t n;
    if (!s.len)
        return true;
    if (s.ptr[0] != ':' || !slice_to_u64(slice_skip(s, 1), 1, 65535, &n))
        return conf_wrong(v, "\"%.*s\" is no port", SLICE_ARG(s));
    *port = (uint16_t)n;
    return true;
}

bool conf_read_server(struct value *v, bool imap)
{
    static const struct {
        const char *scheme;
        bool imap;
        enum conf_tls tls;
        uint16_t port;
    } schemes[] = {
        {"imap://", true, CONF_TLS_STARTTLS, 143},
        {"imaps://", true, CONF_TLS_IMPLICIT, 993},
        {"smtp://", false, CONF_TLS_STARTTLS, 587},
        {"smtps://", false, CONF_TLS_IMPLICIT, 465},
    };
    struct conf_server *server = v->to;
    if (!v->text)
        return conf_wrong(v, "must be a text in quotes");
    for (size_t i = 0; i < ARRAY_LEN(schemes); i++) {
        struct slice scheme = slice_of(schemes[i].scheme), s = slice_of(v->text);
        char host[256];
        if (schemes[i].imap != imap || !slice_starts_nocase(s, scheme))
            continue;
        server->port = schemes[i].port;
        server->tls = schemes[i].tls;
        s = slice_skip(s, scheme.len);
        if (slice_find_char(s, '@') >= 0)
            return conf_wrong(v, "must hold no user or password");
        if (slice_ends_nocase(s, SLICE("/")))
            s = slice_cut(s, s.len - 1);
        if (!read_host_port(v, s, host, &server->port))
            return false;
        server->url = pool_copy(v->reader->pool, v->text);
        server->host = pool_copy(v->reader->pool, host);
        return true;
    }
    return conf_wrong(v, "\"%.200s\" begins with no known scheme", v->text);
}

/* HOST:PORT of this machine alone. */
bool conf_read_listen(struct value *v)
{
    struct conf_listen *to = v->to;
    char host[256];
    if (!conf_read_text(v) || !read_host_port(v, slice_of(v->text), host, &to->port))
        return false;
    if (!to->port)
        return conf_wrong(v, "\"%.200s\" names no port", v->text);
    to->host = pool_copy(v->reader->pool, host);
    return conf_is_loopback(host) || conf_wrong(v, "\"%.200s\" is not this machine", v->text);
}

bool conf_read_api_url(struct value *v)
{
    char host[256];
    uint16_t port = 0;
    if (!conf_read_text(v))
        return false;
    struct slice s = slice_of(v->text);
    bool plain = slice_starts_nocase(s, SLICE("http://"));
    if (!plain && !slice_starts_nocase(s, SLICE("https://")))
        return conf_wrong(v, "\"%.200s\" is no https address", v->text);
    struct scan c = scan_of(slice_skip(s, plain ? strlen("http://") : strlen("https://")));
    struct slice authority = scan_until(&c, "/?#");
    if (slice_find_char(authority, '@') >= 0 || slice_find_char(s, '?') >= 0 || slice_find_char(s, '#') >= 0)
        return conf_wrong(v, "must hold no user, query or fragment");
    if (!read_host_port(v, authority, host, &port))
        return false;
    return !plain || conf_is_loopback(host) || conf_wrong(v, "would send the secret in the clear");
}

bool conf_read_trust(struct value *v)
{
    struct conf_mailbox *box = (void *)((char *)v->to - offsetof(struct conf_mailbox, trust));
    if (!v->text)
        return conf_wrong(v, "must be a text in quotes");
    struct slice s = slice_of(v->text);
    char host[256];
    static const struct {
        const char *name;
        enum conf_trust trust;
    } named[] = {
        {"none", CONF_TRUST_NONE}, {"google", CONF_TRUST_GOOGLE}, {"exchange-online", CONF_TRUST_EXCHANGE}};
    for (size_t i = 0; i < ARRAY_LEN(named); i++) {
        if (slice_eq_nocase(s, slice_of(named[i].name))) {
            box->trust = named[i].trust;
            return true;
        }
    }
    if (!slice_starts(s, SLICE("server:")) || !conf_to_domain(slice_skip(s, strlen("server:")), host, true))
        return conf_wrong(v, "\"%.200s\" is no trust profile", v->text);
    box->trust = CONF_TRUST_SERVER;
    box->trust_server = pool_copy(v->reader->pool, host);
    return true;
}
