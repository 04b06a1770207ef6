/* SPDX-License-Identifier: GPL-2.0-or-later */
/* slice and scan: see base_slice.h. */
#include "frontdesk/base.h"

struct slice slice_of(const char *s)
{
    return (struct slice){.ptr = s, .len = s ? strlen(s) : 0};
}

struct slice slice_from(const char *ptr, size_t len)
{
    return (struct slice){.ptr = ptr, .len = len};
}

bool slice_eq(struct slice a, struct slice b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static unsigned char lower(char c)
{
    unsigned char u = (unsigned char)c;
    return u >= 'A' && u <= 'Z' ? (unsigned char)(u + 32) : u;
}

bool slice_eq_nocase(struct slice a, struct slice b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++) {
        if (lower(a.ptr[i]) != lower(b.ptr[i]))
            return false;
    }
    return true;
}

bool slice_starts(struct slice s, struct slice prefix)
{
    return s.len >= prefix.len && slice_eq(slice_cut(s, prefix.len), prefix);
}

bool slice_starts_nocase(struct slice s, struct slice prefix)
{
    return s.len >= prefix.len && slice_eq_nocase(slice_cut(s, prefix.len), prefix);
}

bool slice_ends_nocase(struct slice s, struct slice suffix)
{
    return s.len >= suffix.len && slice_eq_nocase(slice_skip(s, s.len - suffix.len), suffix);
}

static bool blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct slice slice_trim(struct slice s)
{
    while (s.len && blank(s.ptr[0])) {
        s.ptr++;
        s.len--;
    }
    while (s.len && blank(s.ptr[s.len - 1]))
        s.len--;
    return s;
}

struct slice slice_skip(struct slice s, size_t n)
{
    if (n > s.len)
        n = s.len;
    return s.ptr ? slice_from(s.ptr + n, s.len - n) : SLICE_NONE;
}

struct slice slice_cut(struct slice s, size_t n)
{
    return slice_from(s.ptr, n < s.len ? n : s.len);
}

long slice_find(struct slice s, struct slice what)
{
    if (what.len == 0)
        return 0;
    if (s.len < what.len)
        return -1;
    const char *p = memmem(s.ptr, s.len, what.ptr, what.len);
    return p ? (long)(p - s.ptr) : -1;
}

long slice_find_nocase(struct slice s, struct slice what)
{
    for (size_t i = 0; i + what.len <= s.len; i++) {
        if (slice_eq_nocase(slice_from(s.ptr + i, what.len), what))
            return (long)i;
    }
    return what.len == 0 ? 0 : -1;
}

long slice_find_char(struct slice s, char c)
{
    const char *p = s.len ? memchr(s.ptr, c, s.len) : NULL;
    return p ? (long)(p - s.ptr) : -1;
}

bool slice_to_u64(struct slice s, uint64_t min, uint64_t max, uint64_t *out)
{
    uint64_t v = 0;
    if (s.len == 0 || s.len > 20)
        return false;
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] < '0' || s.ptr[i] > '9')
            return false;
        unsigned digit = (unsigned)(s.ptr[i] - '0');
        if (v > (UINT64_MAX - digit) / 10)
            return false;
        v = v * 10 + digit;
    }
    if (v < min || v > max)
        return false;
    *out = v;
    return true;
}

struct slice slice_cut_utf8(struct slice s, size_t n)
{
    if (s.len <= n)
        return s;
    /* ptr[n] is the first byte left out: step back while it continues a sequence */
    while (n && ((unsigned char)s.ptr[n] & 0xc0) == 0x80)
        n--;
    return slice_from(s.ptr, n);
}

size_t slice_utf8_length(struct slice s)
{
    const unsigned char *p = (const unsigned char *)s.ptr;
    if (s.len == 0 || p[0] < 0x80)
        return s.len > 0;
    size_t n = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
    if (p[0] < 0xc2 || p[0] > 0xf4 || n > s.len)
        return 0;
    for (size_t i = 1; i < n; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return 0;
    }
    bool overlong = (p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xf0 && p[1] < 0x90);
    bool surrogate = p[0] == 0xed && p[1] > 0x9f;
    bool too_high = p[0] == 0xf4 && p[1] > 0x8f;
    return overlong || surrogate || too_high ? 0 : n;
}

void slice_clean_text(char *s)
{
    struct slice rest = slice_of(s);
    char *to = s;
    while (rest.len) {
        size_t n = slice_utf8_length(rest);
        unsigned char c = (unsigned char)rest.ptr[0];
        bool control = c < 0x20 || c == 0x7f || (c == 0xc2 && n && (unsigned char)rest.ptr[1] < 0xa0);
        if (n == 0 || control)
            *to++ = ' ';
        else
            to = (char *)memmove(to, rest.ptr, n) + n;
        rest = slice_skip(rest, n ? n : 1);
    }
    *to = '\0';
}

struct slice slice_cut_utf16(struct slice s, size_t n)
{
    size_t units = 0, i = 0;
    while (i < s.len) {
        unsigned char c = (unsigned char)s.ptr[i];
        size_t bytes = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
        size_t cost = bytes == 4 ? 2 : 1;
        if (units + cost > n || i + bytes > s.len)
            break;
        units += cost;
        i += bytes;
    }
    return slice_from(s.ptr, i);
}

struct scan scan_of(struct slice s)
{
    return (struct scan){.p = s.ptr, .end = s.ptr ? s.ptr + s.len : NULL};
}

bool scan_end(const struct scan *c)
{
    return c->p == c->end;
}

int scan_peek(const struct scan *c)
{
    return scan_end(c) ? -1 : (unsigned char)*c->p;
}

int scan_next(struct scan *c)
{
    return scan_end(c) ? -1 : (unsigned char)*c->p++;
}

bool scan_char(struct scan *c, char want)
{
    if (scan_end(c) || *c->p != want)
        return false;
    c->p++;
    return true;
}

bool scan_word_nocase(struct scan *c, struct slice w)
{
    if (!slice_starts_nocase(scan_rest(c), w))
        return false;
    c->p += w.len;
    return true;
}

static struct slice scan_span(struct scan *c, const char *set, bool in_set)
{
    const char *start = c->p;
    uint64_t bits[4] = {0};
    for (; *set; set++)
        bits[(unsigned char)*set >> 6] |= (uint64_t)1 << ((unsigned char)*set & 63);
    while (!scan_end(c)) {
        unsigned char ch = (unsigned char)*c->p;
        if ((bits[ch >> 6] >> (ch & 63) & 1) != in_set)
            break;
        c->p++;
    }
    return slice_from(start, (size_t)(c->p - start));
}

struct slice scan_while(struct scan *c, const char *set)
{
    return scan_span(c, set, true);
}

struct slice scan_until(struct scan *c, const char *set)
{
    return scan_span(c, set, false);
}

struct slice scan_line(struct scan *c)
{
    struct slice rest = scan_rest(c);
    long lf = slice_find_char(rest, '\n');
    size_t len = lf < 0 ? rest.len : (size_t)lf;
    if (rest.ptr)
        c->p += lf < 0 ? len : len + 1;
    if (len && rest.ptr[len - 1] == '\r')
        len--;
    return slice_from(rest.ptr, len);
}

struct slice scan_rest(const struct scan *c)
{
    return slice_from(c->p, (size_t)(c->end - c->p));
}
