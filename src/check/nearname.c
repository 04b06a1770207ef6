/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nearname: the form under which near names are equal. See nearname.h. */
#include "nearname.h"

#include <glib.h>

/* Folded letters of other alphabets, and the Latin ones that they, or their capitals, look like. */
static const struct {
    gunichar from;
    char to;
} looks[] = {
    {0x03b1, 'a'}, {0x03b2, 'b'}, {0x03b5, 'e'}, {0x03b6, 'z'}, {0x03b7, 'h'}, {0x03b9, 'i'}, {0x03ba, 'k'},
    {0x03bc, 'm'}, {0x03bd, 'n'}, {0x03bf, 'o'}, {0x03c1, 'p'}, {0x03c4, 't'}, {0x03c5, 'y'}, {0x03c7, 'x'},
    {0x0430, 'a'}, {0x0432, 'b'}, {0x0435, 'e'}, {0x043a, 'k'}, {0x043c, 'm'}, {0x043d, 'h'}, {0x043e, 'o'},
    {0x0440, 'p'}, {0x0441, 'c'}, {0x0442, 't'}, {0x0443, 'y'}, {0x0445, 'x'}, {0x0455, 's'}, {0x0456, 'i'},
    {0x0458, 'j'}, {0x0501, 'd'}, {0x051b, 'q'}, {0x051d, 'w'},
};

static void put_letter(struct buf *out, gunichar c)
{
    char utf8[6];
    for (size_t i = 0; i < ARRAY_LEN(looks); i++) {
        if (looks[i].from == c) {
            buf_putc(out, looks[i].to);
            return;
        }
    }
    if (g_unichar_isalnum(c))
        buf_put(out, utf8, (size_t)g_unichar_to_utf8(c, utf8));
}

static bool ascii_kept(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '#' || c == '%' || c == '$';
}

static void strip(struct buf *out, struct slice folded)
{
    for (size_t i = 0; i < folded.len;) {
        unsigned char c = (unsigned char)folded.ptr[i];
        size_t n = c < 0x80 ? 1 : slice_utf8_length(slice_skip(folded, i));
        if (c == '&')
            buf_puts(out, "and");
        else if (c < 0x80 && ascii_kept(c))
            buf_putc(out, (char)c);
        else if (c >= 0x80 && n)
            put_letter(out, g_utf8_get_char(folded.ptr + i));
        i += n ? n : 1;
    }
}

void nearname_into(struct buf *out, struct slice name)
{
    struct buf folded = BUF_INIT(16384);
    size_t before = out->len;
    fold_into(&folded, name);
    strip(out, buf_view(&folded));
    if (out->len == before)
        buf_slice(out, name);
    buf_release(&folded);
}

struct slice nearname_form(struct pool *pool, struct slice name)
{
    struct buf b = BUF_INIT(16384);
    nearname_into(&b, name);
    struct slice kept = slice_from(pool_slice(pool, buf_view(&b)), b.len);
    buf_release(&b);
    return kept;
}

static const char *shown(gunichar c, struct pool *pool)
{
    char utf8[7] = "";
    if (c == 0)
        return "-";
    /* a mark without width would be looked for in vain */
    if (g_unichar_isprint(c) && !g_unichar_iszerowidth(c))
        g_unichar_to_utf8(c, utf8);
    return pool_printf(pool, "\"%s\" (U+%04X)", utf8, (unsigned)c);
}

/* Blanks at an end or beside a blank, and whatever is not ASCII. */
static bool looks_equal(gunichar before, gunichar a, gunichar b)
{
    bool blank = a == ' ' || b == ' ';
    return a >= 0x80 || b >= 0x80 || (blank && (before == 0 || before == ' ' || a == 0 || b == 0));
}

/* The next sign, and over it; 0 = the name has ended. A byte that is no UTF-8 is a sign of its own. */
static gunichar take_sign(struct slice *s)
{
    size_t n = slice_utf8_length(*s);
    gunichar c = s->len == 0 ? 0 : n ? g_utf8_get_char(s->ptr) : (unsigned char)*s->ptr;
    *s = slice_skip(*s, n ? n : s->len > 0);
    return c;
}

bool nearname_parts(const char *mine, const char *theirs, struct pool *pool, struct nearname_parting *out)
{
    struct slice x = slice_of(mine), y = slice_of(theirs);
    gunichar before = 0, a, b;
    size_t place = 0;
    while (place++, (a = take_sign(&x)) == (b = take_sign(&y)) && a != 0)
        before = a;
    *out = (struct nearname_parting){pool_printf(pool, "%zu", place), shown(a, pool), shown(b, pool)};
    return a != b && looks_equal(before, a, b);
}

bool nearname_same_but_case(const char *a, const char *b)
{
    if (slice_eq_nocase(slice_of(a), slice_of(b)))
        return true;
    char *x = g_utf8_casefold(a, -1), *y = g_utf8_casefold(b, -1);
    bool same = strcmp(x, y) == 0;
    g_free(x);
    g_free(y);
    return same;
}
