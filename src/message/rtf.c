/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rtf: the words of an RTF text, in one pass. Formatting, fonts, pictures and the HTML that Outlook keeps
 * beside its RTF are skipped; what is written is text, paragraphs as lines and cells apart from each other.
 */
#include "message_internal.h"

enum { WINDOW = 4096, HEAD = 16, PACKED = 0x75465a4c, PLAIN = 0x414c454d, GROUPS = 100, WORD_MAX = 32 };

/* What the window holds at the start (MS-OXRTFCP 2.1.2.1). */
static const char known[] = "{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss "
                            "\\fmodern \\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier"
                            "{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab"
                            "\\tx";
_Static_assert(sizeof(known) - 1 == 207, "MS-OXRTFCP");

struct window {
    char bytes[WINDOW];
    size_t at;
    struct buf *out;
};

static void push(struct window *w, char c)
{
    w->bytes[w->at] = c;
    w->at = (w->at + 1) % WINDOW;
    buf_putc(w->out, c);
}

/* A piece that stood before; false at the end mark. */
static bool repeat(struct window *w, int high, int low)
{
    size_t from = (size_t)(high << 4 | low >> 4), n = (size_t)(low & 15) + 2;
    if (from == w->at)
        return false;
    for (size_t i = 0; i < n; i++)
        push(w, w->bytes[(from + i) % WINDOW]);
    return true;
}

static void unpack(struct buf *out, struct scan *c)
{
    struct window *w = mem_alloc(sizeof(*w));
    *w = (struct window){.at = sizeof(known) - 1, .out = out};
    memcpy(w->bytes, known, sizeof(known) - 1);
    bool more = true;
    while (more && !scan_end(c) && !out->overflow) {
        int flags = scan_next(c);
        for (int bit = 0; more && bit < 8 && !scan_end(c); bit++) {
            int first = scan_next(c);
            if (!(flags >> bit & 1)) {
                push(w, (char)first);
                continue;
            }
            int second = scan_next(c);
            more = second >= 0 && repeat(w, first, second);
        }
    }
    free(w);
}

void rtf_decompress(struct buf *out, struct slice packed)
{
    struct scan c = scan_of(packed);
    uint32_t size, raw_size, kind, sum;
    if (!tnef_number(&c, 4, &size) || !tnef_number(&c, 4, &raw_size) || !tnef_number(&c, 4, &kind) ||
        !tnef_number(&c, 4, &sum))
        return;
    if (kind == PLAIN)
        buf_slice(out, scan_rest(&c));
    else if (kind == PACKED)
        unpack(out, &c);
}

/* --- words --- */

struct rtf {
    struct scan c;
    struct buf *out;
    const char *charset;
    unsigned depth, silent; /* groups that are open; the outermost one that says nothing, 0 = none */
    unsigned skip;          /* characters that stand for the one just written */
    bool starred;           /* "\*": an unknown destination follows */
    struct buf high;        /* bytes of the charset that are not written yet: a character may have several */
};

static void put(struct rtf *r, const char *utf8, size_t n)
{
    if (r->silent == 0)
        buf_put(r->out, utf8, n);
}

static void put_char(struct rtf *r, uint32_t c)
{
    char utf8[8];
    if (c && g_unichar_validate(c))
        put(r, utf8, (size_t)g_unichar_to_utf8(c, utf8));
}

/* The bytes that belong together become characters. */
static void settle(struct rtf *r)
{
    struct buf utf8 = BUF_INIT(4000);
    if (r->high.len == 0)
        return;
    message_to_utf8(&utf8, buf_view(&r->high), slice_of(r->charset));
    put(r, utf8.data, utf8.len);
    buf_clear(&r->high);
    buf_release(&utf8);
}

static void put_byte(struct rtf *r, char byte)
{
    if (r->skip > 0) {
        r->skip--;
        return;
    }
    if ((unsigned char)byte < 0x80 || r->high.len == r->high.max)
        settle(r);
    if ((unsigned char)byte >= 0x80)
        buf_putc(&r->high, byte);
    else
        put(r, &byte, 1);
}

static void silence(struct rtf *r)
{
    if (r->silent == 0)
        r->silent = r->depth ? r->depth : 1;
}

static bool is_word(struct slice word, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (slice_eq(word, slice_of(words[i])))
            return true;
    }
    return false;
}

static void control(struct rtf *r, struct slice word, bool has_number, int32_t number)
{
    static const char *const lines[] = {"par", "line", "row", "sect", "page"};
    static const char *const blanks[] = {"tab", "cell", "nestcell", "emspace", "enspace"};
    static const char *const silent[] = {"fonttbl", "colortbl", "stylesheet", "info",
                                         "pict",    "header",   "footer",     "object"};
    static const struct {
        const char *word;
        uint32_t c;
    } signs[] = {{"lquote", 0x2018}, {"rquote", 0x2019}, {"ldblquote", 0x201c}, {"rdblquote", 0x201d},
                 {"bullet", 0x2022}, {"endash", 0x2013}, {"emdash", 0x2014}};
    if (r->starred || is_word(word, silent, ARRAY_LEN(silent)))
        silence(r);
    else if (is_word(word, lines, ARRAY_LEN(lines)))
        put(r, "\n", 1);
    else if (is_word(word, blanks, ARRAY_LEN(blanks)))
        put(r, " ", 1);
    else if (slice_eq(word, SLICE("u")) && has_number) {
        put_char(r, (uint32_t)(number & 0xffff));
        r->skip = 1;
    }
    for (size_t i = 0; i < ARRAY_LEN(signs); i++) {
        if (slice_eq(word, slice_of(signs[i].word)))
            put_char(r, signs[i].c);
    }
    r->starred = false;
}

static void read_word(struct rtf *r)
{
    const char *from = r->c.p;
    while (r->c.p < r->c.end && r->c.p - from < WORD_MAX && g_ascii_isalpha(*r->c.p))
        r->c.p++;
    struct slice word = slice_from(from, (size_t)(r->c.p - from));
    bool minus = scan_char(&r->c, '-'), has_number = false;
    int32_t number = 0;
    for (int digits = 0; digits < 8 && r->c.p < r->c.end && g_ascii_isdigit(*r->c.p); digits++) {
        number = number * 10 + (scan_next(&r->c) - '0');
        has_number = true;
    }
    scan_char(&r->c, ' ');
    control(r, word, has_number, minus ? -number : number);
}

static void read_sign(struct rtf *r)
{
    int c = scan_next(&r->c);
    if (c == '\'') {
        int high = g_ascii_xdigit_value((char)scan_next(&r->c)),
            low = g_ascii_xdigit_value((char)scan_next(&r->c));
        if (high >= 0 && low >= 0)
            put_byte(r, (char)(high << 4 | low));
    } else if (c == '*') {
        r->starred = true;
    } else if (c == '~') {
        put(r, " ", 1);
    } else if (c == '\n' || c == '\r') {
        put(r, "\n", 1);
    } else if (c == '{' || c == '}' || c == '\\') {
        put_byte(r, (char)c);
    } else if (c == '_') {
        put(r, "-", 1);
    }
}

static void close_group(struct rtf *r)
{
    if (r->silent && r->silent >= r->depth)
        r->silent = 0;
    r->depth -= r->depth > 0;
}

void rtf_text(struct buf *out, struct slice rtf, const char *charset)
{
    struct rtf r = {.c = scan_of(rtf), .out = out, .charset = charset, .high = BUF_INIT(500)};
    while (!scan_end(&r.c) && r.depth < GROUPS && !out->overflow) {
        int c = scan_next(&r.c);
        if (c != '\\' || (r.c.p < r.c.end && *r.c.p != '\''))
            settle(&r);
        if (c == '\\' && r.c.p < r.c.end && g_ascii_isalpha(*r.c.p)) {
            read_word(&r);
        } else if (c == '\\') {
            read_sign(&r);
        } else if (c == '{') {
            r.depth++;
            r.starred = false;
        } else if (c == '}') {
            close_group(&r);
        } else if (c != '\r' && c != '\n') {
            put_byte(&r, (char)c);
        }
    }
    settle(&r);
    buf_release(&r.high);
}
