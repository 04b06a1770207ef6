/* SPDX-License-Identifier: GPL-2.0-or-later */
/* normalise: characters, as sync-errors.md 1.1 (2, 3) folds them. See normal.h. */
#include "normal.h"

/* Sorted by code point. "" drops it. */
static const struct {
    uint32_t from, to;
    const char *is;
} folds[] = {
    {0x85, 0x85, "..."},    {0x91, 0x92, "'"},      {0x93, 0x94, "\""},      {0x96, 0x97, "-"},
    {0xa0, 0xa0, " "},      {0xab, 0xab, "\""},     {0xad, 0xad, ""},        {0xb4, 0xb4, "'"},
    {0xbb, 0xbb, "\""},     {0x2b9, 0x2b9, "'"},    {0x2bc, 0x2bc, "'"},     {0x1680, 0x1680, " "},
    {0x2000, 0x200b, " "},  {0x200c, 0x200f, ""},   {0x2010, 0x2015, "-"},   {0x2018, 0x2019, "'"},
    {0x201a, 0x201b, "'"},  {0x201c, 0x201f, "\""}, {0x2026, 0x2026, "..."}, {0x2028, 0x2029, "\n"},
    {0x202a, 0x202e, ""},   {0x202f, 0x202f, " "},  {0x2032, 0x2032, "'"},   {0x2033, 0x2033, "\""},
    {0x205f, 0x205f, " "},  {0x2060, 0x2069, ""},   {0x2212, 0x2212, "-"},   {0x3000, 0x3000, " "},
    {0xfb01, 0xfb01, "fi"}, {0xfb02, 0xfb02, "fl"}, {0xfeff, 0xfeff, ""},    {0xfffd, 0xfffd, "?"},
};

static const char *fold_of(uint32_t c)
{
    size_t low = 0, high = ARRAY_LEN(folds);
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (c > folds[middle].to)
            low = middle + 1;
        else if (c < folds[middle].from)
            high = middle;
        else
            return folds[middle].is;
    }
    return NULL;
}

static uint32_t decode(const char *s, size_t len)
{
    static const unsigned char first[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    uint32_t c = (unsigned char)s[0] & first[len];
    for (size_t i = 1; i < len; i++)
        c = c << 6 | ((unsigned char)s[i] & 0x3f);
    return c;
}

static size_t encode(uint32_t c, char out[4])
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    size_t len = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    static const unsigned char first[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (size_t i = len - 1; i; i--, c >>= 6)
        out[i] = (char)(0x80 | (c & 0x3f));
    out[0] = (char)(first[len] | c);
    return len;
}

/* --- what is left of quoted-printable --- */

static int hex(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* What stands behind the '=': bytes of a line break, 2 for an octet, 0 for neither. */
static size_t after_equals(struct slice rest, bool *line_break)
{
    *line_break =
        rest.len && (rest.ptr[0] == '\n' || (rest.len > 1 && rest.ptr[0] == '\r' && rest.ptr[1] == '\n'));
    if (*line_break)
        return rest.ptr[0] == '\n' ? 1 : 2;
    return rest.len > 1 && hex(rest.ptr[0]) >= 0 && hex(rest.ptr[1]) >= 0 ? 2 : 0;
}

/* Every '=' of an encoded text is the mark of the encoding; and a line break or =3D shows that it is one. */
static bool is_encoded(struct slice s)
{
    bool shown = false;
    for (size_t i = 0; i < s.len; i++) {
        bool line_break;
        struct slice rest = slice_skip(s, i + 1);
        if (s.ptr[i] != '=')
            continue;
        if (!after_equals(rest, &line_break))
            return false;
        shown = shown || line_break || slice_starts(rest, SLICE("3D"));
    }
    return shown;
}

/* The bytes of `s` into `out`, which is as long. A text that is not encoded loses only the line breaks behind
 * '=' and its =3D. */
static size_t undo_encoding(struct slice s, char *out)
{
    bool all = is_encoded(s), line_break;
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++) {
        struct slice rest = slice_skip(s, i + 1);
        size_t more = s.ptr[i] == '=' ? after_equals(rest, &line_break) : 0;
        if (more && line_break)
            i += more;
        else if (more && (all || slice_starts(rest, SLICE("3D")))) {
            out[n++] = (char)((unsigned)hex(rest.ptr[0]) << 4 | (unsigned)hex(rest.ptr[1]));
            i += more;
        } else {
            out[n++] = s.ptr[i];
        }
    }
    return n;
}

/* --- entities --- */

static const struct {
    const char *name;
    uint32_t c;
} entities[] = {
    {"amp", '&'},      {"apos", '\''},     {"gt", '>'},      {"hellip", 0x2026}, {"laquo", 0xab},
    {"ldquo", 0x201c}, {"lsquo", 0x2018},  {"lt", '<'},      {"mdash", 0x2014},  {"nbsp", 0xa0},
    {"ndash", 0x2013}, {"quot", '"'},      {"raquo", 0xbb},  {"rdquo", 0x201d},  {"rsquo", 0x2019},
    {"shy", 0xad},     {"thinsp", 0x2009}, {"zwnj", 0x200c},
};

static uint32_t number_of(struct slice digits)
{
    bool sixteen = digits.len && (digits.ptr[0] == 'x' || digits.ptr[0] == 'X');
    uint32_t c = 0;
    for (size_t i = sixteen; i < digits.len; i++) {
        char d = digits.ptr[i];
        int value = hex((char)(d >= 'a' && d <= 'f' ? d - 32 : d));
        if (value < 0 || (!sixteen && value > 9))
            return 0;
        c = c * (sixteen ? 16 : 10) + (uint32_t)value;
    }
    bool fine = c >= 0x20 && c < 0x110000 && (c < 0xd800 || c > 0xdfff);
    return fine ? c : 0;
}

static uint32_t named(struct slice name)
{
    if (name.ptr[0] == '#')
        return number_of(slice_skip(name, 1));
    for (size_t i = 0; i < ARRAY_LEN(entities); i++) {
        if (slice_eq(slice_of(entities[i].name), name))
            return entities[i].c;
    }
    return 0;
}

/* "quot;..." → its character and how many bytes it took; 0: no entity. "amp;quot;" was escaped twice. */
static uint32_t entity_at(struct slice s, size_t *took)
{
    size_t amps = 0;
    while (amps < 4 && slice_starts(slice_skip(s, amps * 4), SLICE("amp;")))
        amps++;
    struct slice rest = slice_skip(s, amps * 4);
    long end = slice_find_char(slice_cut(rest, 9), ';');
    uint32_t c = end > 1 ? named(slice_cut(rest, (size_t)end)) : 0;
    *took = amps * 4 + (c ? (size_t)end + 1 : 0);
    return c ? c : amps ? '&' : 0;
}

/* --- */

static size_t put(uint32_t c, char *out)
{
    const char *is = c >= 0x80 ? fold_of(c) : NULL;
    if (!is)
        return encode(c, out);
    size_t len = 0;
    for (; is[len]; len++)
        out[len] = is[len];
    return len;
}

static size_t fold_marks(struct slice s, char *out)
{
    size_t n = 0, took;
    for (size_t i = 0; i < s.len;) {
        unsigned char c = (unsigned char)s.ptr[i];
        uint32_t entity = c == '&' ? entity_at(slice_skip(s, i + 1), &took) : 0;
        if (entity) {
            n += put(entity, out + n);
            i += took + 1;
        } else if (c == '\r') {
            bool both = i + 1 < s.len && s.ptr[i + 1] == '\n';
            i += both ? 2 : 1;
            out[n++] = '\n';
        } else if (c < 0x80) {
            out[n++] = (c < 0x20 && c != '\n' && c != '\t') || c == 0x7f ? ' ' : (char)c;
            i++;
        } else {
            size_t len = slice_utf8_length(slice_skip(s, i));
            n += len ? put(decode(s.ptr + i, len), out + n) : put('?', out + n);
            i += len ? len : 1;
        }
    }
    return n;
}

char *normal_clean(struct slice raw, size_t *len)
{
    /* three dots for the two bytes of U+0085: the one fold that grows */
    char *out = mem_alloc(raw.len * 2 + 4), *decoded = NULL;
    if (slice_find(raw, SLICE("=\n")) >= 0 || slice_find(raw, SLICE("=\r\n")) >= 0 ||
        slice_find(raw, SLICE("=3D")) >= 0) {
        decoded = mem_alloc(raw.len + 1);
        raw = slice_from(decoded, undo_encoding(raw, decoded));
    }
    *len = fold_marks(raw, out);
    out[*len] = '\0';
    free(decoded);
    return out;
}
