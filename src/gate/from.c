/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * from: the strict parser of the raw From field (mail.md 2.5, T1 to T3). Libraries accept forged forms; this
 * one accepts `dot-atom@domain` and `phrase <dot-atom@domain>` and nothing else.
 */
#include "gate_internal.h"

#include <glib.h>
#include <idn2.h>

enum { FROM_MAX = 2048, LOCAL_MAX = 64, DOMAIN_MAX = 253, COMMENT_DEPTH = 8 };

static bool is_atext(char c)
{
    return g_ascii_isalnum(c) || (c && strchr("!#$%&'*+-/=?^_`{|}~", c));
}

static bool good_local(struct slice s)
{
    if (s.len == 0 || s.len > LOCAL_MAX || s.ptr[0] == '.' || s.ptr[s.len - 1] == '.')
        return false;
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == '.' ? s.ptr[i - 1] == '.' : !is_atext(s.ptr[i]))
            return false;
    }
    return slice_find(s, SLICE("=?")) < 0;
}

/* Letters, digits, hyphens; no label empty, over 63 or with a hyphen at an end; the last not a number. */
static bool good_host(struct slice s)
{
    size_t label = 0;
    bool digits = true;
    if (s.len == 0 || s.len > DOMAIN_MAX)
        return false;
    for (size_t i = 0; i <= s.len; i++) {
        char c = i < s.len ? s.ptr[i] : '.';
        if (c == '.') {
            if (label == 0 || label > 63 || s.ptr[i - 1] == '-' || s.ptr[i - label] == '-')
                return false;
            if (i < s.len)
                digits = true;
            label = 0;
            continue;
        }
        if (!g_ascii_isalnum(c) && c != '-')
            return false;
        digits = digits && g_ascii_isdigit(c);
        label++;
    }
    return !digits;
}

/* Latin beside another alphabet in one label is how look-alikes are made. */
static bool mixed_scripts(const char *utf8)
{
    bool latin = false, other = false;
    for (; *utf8; utf8 += g_utf8_skip[(unsigned char)*utf8]) {
        gunichar c = g_utf8_get_char(utf8);
        GUnicodeScript script = g_unichar_get_script(c);
        if (c == '.') {
            latin = other = false;
            continue;
        }
        latin = latin || script == G_UNICODE_SCRIPT_LATIN;
        other = other || script == G_UNICODE_SCRIPT_CYRILLIC || script == G_UNICODE_SCRIPT_GREEK ||
                script == G_UNICODE_SCRIPT_ARMENIAN || script == G_UNICODE_SCRIPT_CHEROKEE ||
                script == G_UNICODE_SCRIPT_HEBREW || script == G_UNICODE_SCRIPT_ARABIC;
        if (latin && other)
            return true;
    }
    return false;
}

static bool idna(struct slice domain, char out[256])
{
    if (!g_utf8_validate(domain.ptr, (gssize)domain.len, NULL))
        return false;
    char *lower = g_utf8_strdown(domain.ptr, (gssize)domain.len);
    uint8_t *ascii = NULL;
    bool fine = !mixed_scripts(lower) &&
                idn2_lookup_u8((const uint8_t *)lower, &ascii, IDN2_NFC_INPUT | IDN2_NO_TR46) == IDN2_OK;
    struct slice result = fine ? slice_of((const char *)ascii) : SLICE_NONE;
    fine = fine && good_host(result);
    if (fine) {
        memcpy(out, result.ptr, result.len);
        out[result.len] = '\0';
    }
    idn2_free(ascii);
    g_free(lower);
    return fine;
}

bool gate_domain_ascii(struct slice domain, char out[256])
{
    out[0] = '\0';
    domain = slice_trim(domain);
    if (domain.len && domain.ptr[domain.len - 1] == '.')
        domain.len--;
    if (domain.len == 0 || domain.len > DOMAIN_MAX || memchr(domain.ptr, '\0', domain.len))
        return false;
    bool ascii = true;
    for (size_t i = 0; i < domain.len; i++)
        ascii = ascii && (unsigned char)domain.ptr[i] < 0x80;
    if (!ascii || slice_starts_nocase(domain, SLICE("xn--")) ||
        slice_find_nocase(domain, SLICE(".xn--")) >= 0)
        return idna(domain, out);
    if (!good_host(domain))
        return false;
    for (size_t i = 0; i < domain.len; i++)
        out[i] = g_ascii_tolower(domain.ptr[i]);
    out[domain.len] = '\0';
    return true;
}

/* Steps over "( ... )" with nesting; false if it does not end. */
static bool skip_comment(struct scan *c)
{
    unsigned depth = 0;
    while (!scan_end(c)) {
        int ch = scan_next(c);
        if (ch == '\\')
            scan_next(c);
        else if (ch == '(' && ++depth > COMMENT_DEPTH)
            return false;
        else if (ch == ')' && --depth == 0)
            return true;
    }
    return false;
}

static bool skip_cfws(struct scan *c)
{
    for (;;) {
        scan_while(c, " \t");
        if (scan_peek(c) != '(')
            return true;
        if (!skip_comment(c))
            return false;
    }
}

static bool skip_quoted(struct scan *c)
{
    scan_next(c);
    while (!scan_end(c)) {
        int ch = scan_next(c);
        if (ch == '\\')
            scan_next(c);
        else if (ch == '"')
            return true;
    }
    return false;
}

static const char *take_address(struct slice s, char address[256])
{
    for (size_t i = 0; i < s.len; i++) {
        if ((unsigned char)s.ptr[i] >= 0x80)
            return "T1-8bit";
    }
    long at = slice_find_char(s, '@');
    if (at < 0)
        return "T2-no-at";
    if (at == 0)
        return "T2-route";
    struct slice local = slice_cut(s, (size_t)at), domain = slice_skip(s, (size_t)at + 1);
    char host[256];
    if (slice_find_char(domain, '@') >= 0)
        return "T2-two-at";
    if (local.ptr[0] == '"')
        return "T2-quoted-local";
    if (!good_local(local))
        return "T2-local";
    if (domain.len && domain.ptr[0] == '[')
        return "T2-literal";
    if (slice_find_char(domain, ' ') >= 0 || !gate_domain_ascii(domain, host))
        return "T3-domain";
    if (local.len + 1 + strlen(host) > 254)
        return "T2-long";
    memcpy(address, local.ptr, local.len);
    address[local.len] = '@';
    memcpy(address + local.len + 1, host, strlen(host) + 1);
    for (char *p = address; *p; p++)
        *p = g_ascii_tolower(*p);
    return NULL;
}

/* Where "<" stands outside quotes and comments; NULL with *reason when the phrase is not one. */
static const char *find_angle(struct slice raw, const char **reason)
{
    struct scan c = scan_of(raw);
    while (!scan_end(&c)) {
        int ch = scan_peek(&c);
        if (ch == '<')
            return c.p;
        if (ch == '"' ? !skip_quoted(&c) : ch == '(' ? !skip_comment(&c) : false) {
            *reason = "T2-unclosed";
            return NULL;
        }
        if (ch == '"' || ch == '(')
            continue;
        *reason = ch == ',' ? "T2-list" : ch == ';' ? "T2-list" : ch == ':' ? "T2-group" : NULL;
        if (ch == '>' || ch == ')' || ch == '\\')
            *reason = "T2-stray";
        if (*reason)
            return NULL;
        scan_next(&c);
    }
    return NULL;
}

static const char *parse(struct slice raw, char address[256])
{
    if (raw.len > FROM_MAX)
        return "T1-long";
    for (size_t i = 0; i < raw.len; i++) {
        unsigned char u = (unsigned char)raw.ptr[i];
        if ((u < 0x20 && u != '\t') || u == 0x7f)
            return u == 0 ? "T1-nul" : "T1-control";
    }
    const char *reason = NULL, *angle = find_angle(raw, &reason);
    if (reason)
        return reason;
    struct scan c = scan_of(raw);
    struct slice address_part;
    if (angle) {
        c.p = angle + 1;
        address_part = scan_until(&c, "<>");
        if (!scan_char(&c, '>'))
            return scan_end(&c) ? "T2-unclosed" : "T2-stray";
    } else {
        if (!skip_cfws(&c))
            return "T2-unclosed";
        if (scan_peek(&c) == '"')
            return "T2-quoted-local";
        address_part = scan_until(&c, " \t(\"");
    }
    if (address_part.len == 0)
        return "T2-empty";
    if (!skip_cfws(&c))
        return "T2-unclosed";
    if (!scan_end(&c))
        return angle ? "T2-after-angle" : "T2-spaces";
    return take_address(address_part, address);
}

bool gate_parse_from(struct slice raw, char address[256], const char **reason)
{
    address[0] = '\0';
    *reason = parse(slice_trim(raw), address);
    return *reason == NULL;
}
