/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * htmltext: HTML to readable text in one pass over the bytes: no tree, no recursion, no network, so time and
 * memory are linear in the input whatever is nested how deep. Names of entities come from libxml2.
 */
#include "message_internal.h"

#include <libxml/HTMLparser.h>

enum { LINK_MAX = 2000, QUOTE_MAX = 5, LIST_MAX = 8 };

struct html {
    struct buf *out;
    size_t start;      /* of our text in out */
    unsigned newlines; /* asked for before the next text */
    bool blank;        /* a blank is due before the next text */
    bool cell;         /* a cell of this row has been written */
    unsigned quote, pre, list;
    char href[LINK_MAX];
    size_t href_len, link_start;
    bool in_link;
    unsigned divs, signature; /* open ones; the one that holds a signature of which nothing was written yet */
    size_t divided;           /* where the last divider ends, so that nested ones are written once */
};

enum action {
    BREAK,
    PARAGRAPH,
    BLOCK,
    DIV,
    ROW,
    CELL,
    ITEM,
    LIST,
    QUOTE,
    PRE,
    LINK,
    SKIP_CONTENT,
    RULE,
    IMAGE
};

static const struct {
    const char *name;
    enum action action;
} tags[] = {
    {"a", LINK},
    {"address", BLOCK},
    {"article", BLOCK},
    {"blockquote", QUOTE},
    {"br", BREAK},
    {"caption", BLOCK},
    {"center", BLOCK},
    {"dd", BLOCK},
    {"div", DIV},
    {"dl", PARAGRAPH},
    {"dt", BLOCK},
    {"footer", BLOCK},
    {"form", BLOCK},
    {"h1", PARAGRAPH},
    {"h2", PARAGRAPH},
    {"h3", PARAGRAPH},
    {"h4", PARAGRAPH},
    {"h5", PARAGRAPH},
    {"h6", PARAGRAPH},
    {"header", BLOCK},
    {"hr", RULE},
    {"iframe", SKIP_CONTENT},
    {"img", IMAGE},
    {"li", ITEM},
    {"noscript", SKIP_CONTENT},
    {"object", SKIP_CONTENT},
    {"ol", LIST},
    {"p", PARAGRAPH},
    {"pre", PRE},
    {"script", SKIP_CONTENT},
    {"section", BLOCK},
    {"style", SKIP_CONTENT},
    {"svg", SKIP_CONTENT},
    {"table", BLOCK},
    {"td", CELL},
    {"template", SKIP_CONTENT},
    {"textarea", BLOCK},
    {"th", CELL},
    {"title", SKIP_CONTENT},
    {"tr", ROW},
    {"ul", LIST},
};

static void ask_newlines(struct html *h, unsigned n)
{
    if (h->newlines < n)
        h->newlines = n;
}

static void flush_layout(struct html *h)
{
    struct buf *out = h->out;
    if (h->newlines && out->len > h->start) {
        for (unsigned i = 0; i < h->newlines; i++) {
            if (i && h->quote)
                for (unsigned q = 0; q < h->quote; q++)
                    buf_putc(out, '>');
            buf_putc(out, '\n');
        }
    }
    bool line_start = out->len == h->start || out->data[out->len - 1] == '\n';
    if (line_start && h->quote) {
        for (unsigned q = 0; q < h->quote; q++)
            buf_putc(out, '>');
        buf_putc(out, ' ');
    } else if (h->blank && !line_start && out->data[out->len - 1] != ' ') {
        buf_putc(out, ' ');
    }
    h->newlines = 0;
    h->blank = false;
}

static void put_text(struct html *h, const char *p, size_t n)
{
    if (h->signature) {
        h->signature = 0;
        ask_newlines(h, 1);
        flush_layout(h);
        buf_puts(h->out, "-- ");
        ask_newlines(h, 1);
    }
    if (h->newlines || h->blank || h->out->len == h->start)
        flush_layout(h);
    buf_put(h->out, p, n);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

/* &name; &#n; &#xn; at p: its character, and how many bytes it takes. 0 bytes if it is just an ampersand. */
static size_t entity(const char *p, size_t left, gunichar *c)
{
    size_t i = 1;
    char name[12];
    uint32_t v = 0;
    if (left > 2 && p[1] == '#') {
        bool hex = p[2] == 'x' || p[2] == 'X';
        size_t from = i = hex ? 3 : 2;
        while (i < left && i < from + 7 && (hex ? g_ascii_isxdigit(p[i]) : g_ascii_isdigit(p[i]))) {
            v = v * (hex ? 16 : 10) + (uint32_t)g_ascii_xdigit_value(p[i]);
            i++;
        }
        if (i == from)
            return 0;
        *c = v && v < 0x110000 && g_unichar_validate(v) ? v : 0xfffd;
        return i < left && p[i] == ';' ? i + 1 : i;
    }
    while (i < left && i < sizeof(name) && g_ascii_isalnum(p[i])) {
        name[i - 1] = p[i];
        i++;
    }
    if (i == 1 || i == sizeof(name))
        return 0;
    name[i - 1] = '\0';
    if (strcmp(name, "apos") == 0) {
        *c = '\'';
    } else {
        const htmlEntityDesc *known = htmlEntityLookup((const xmlChar *)name);
        if (!known)
            return 0;
        *c = known->value;
    }
    return i < left && p[i] == ';' ? i + 1 : i;
}

static void run_of_text(struct html *h, const char *p, size_t n)
{
    for (size_t i = 0; i < n;) {
        size_t j = i;
        while (j < n && p[j] != '&' && !is_blank(p[j]) && p[j] != '\xc2' && p[j] != '\xe2')
            j++;
        if (j > i)
            put_text(h, p + i, j - i);
        if (j == n)
            return;
        gunichar c = 0;
        size_t used = p[j] == '&' ? entity(p + j, n - j, &c) : 0;
        if (p[j] == '\xc2' && j + 1 < n && p[j + 1] == '\xa0') {
            used = 2;
            c = 0xa0;
        } else if (j + 2 < n && memcmp(p + j, "\xe2\x80", 2) == 0 &&
                   (p[j + 2] == '\xa8' || p[j + 2] == '\xa9')) {
            used = 3;
            c = 0x2028;
        }
        if (used) {
            char utf8[6];
            if (c == 0x2028 || c == 0x2029) /* must not start a line without the marks of its quotation */
                ask_newlines(h, 1);
            else if (c == 0xa0 ||
                     (c < 0x80 && is_blank((char)c))) /* collapses, but not to nothing in a line */
                h->blank = true;
            else
                put_text(h, utf8, (size_t)g_unichar_to_utf8(c, utf8));
            i = j + used;
        } else if (!is_blank(p[j])) {
            put_text(h, p + j, 1);
            i = j + 1;
        } else {
            if (h->pre && p[j] == '\n')
                h->newlines = h->newlines < 2 ? h->newlines + 1 : 2;
            else if (h->pre && p[j] != '\r')
                put_text(h, " ", 1);
            else
                h->blank = true;
            i = j + 1;
        }
    }
}

/* The value of attribute `name` in the inside of a tag. */
static struct slice attribute(struct slice tag, const char *name)
{
    struct scan c = scan_of(tag);
    scan_until(&c, " \t\r\n\f/");
    while (!scan_end(&c)) {
        scan_while(&c, " \t\r\n\f/");
        struct slice key = scan_until(&c, " \t\r\n\f/=");
        scan_while(&c, " \t\r\n\f");
        struct slice value = SLICE_NONE;
        if (scan_char(&c, '=')) {
            scan_while(&c, " \t\r\n\f");
            if (scan_char(&c, '"')) {
                value = scan_until(&c, "\"");
                scan_char(&c, '"');
            } else if (scan_char(&c, '\'')) {
                value = scan_until(&c, "'");
                scan_char(&c, '\'');
            } else {
                value = scan_until(&c, " \t\r\n\f");
            }
        }
        if (slice_eq_nocase(key, slice_of(name)))
            return value;
    }
    return SLICE_NONE;
}

static void open_link(struct html *h, struct slice tag)
{
    struct slice href = slice_trim(attribute(tag, "href"));
    bool web = slice_starts_nocase(href, SLICE("http:")) || slice_starts_nocase(href, SLICE("https:")) ||
               slice_starts_nocase(href, SLICE("mailto:"));
    h->in_link = web && href.len < LINK_MAX;
    h->href_len = 0;
    if (!h->in_link)
        return;
    for (size_t i = 0; i < href.len;) {
        gunichar c = 0;
        size_t used = href.ptr[i] == '&' ? entity(href.ptr + i, href.len - i, &c) : 0;
        if (used && c > 0x20 && c < 0x80)
            h->href[h->href_len++] = (char)c;
        else if (!used && !is_blank(href.ptr[i]) && href.ptr[i] != '>')
            h->href[h->href_len++] = href.ptr[i];
        i += used ? used : 1;
    }
    flush_layout(h);
    h->link_start = h->out->len;
}

static void close_link(struct html *h)
{
    if (!h->in_link)
        return;
    h->in_link = false;
    struct slice href = slice_from(h->href, h->href_len);
    struct slice text = slice_trim(slice_skip(buf_view(h->out), h->link_start));
    struct slice bare = href;
    static const char *const schemes[] = {"mailto:", "https://", "http://"};
    for (size_t i = 0; i < ARRAY_LEN(schemes); i++) {
        if (slice_starts_nocase(bare, slice_of(schemes[i])))
            bare = slice_skip(bare, strlen(schemes[i]));
    }
    bool slash = bare.len && bare.ptr[bare.len - 1] == '/';
    if (slice_eq_nocase(text, href) || slice_eq_nocase(text, bare) ||
        (slash && slice_eq_nocase(text, slice_cut(bare, bare.len - 1))))
        return;
    h->blank = h->blank || text.len;
    put_text(h, "<", 1);
    buf_slice(h->out, href);
    buf_putc(h->out, '>');
}

/* Containers that mail programs put around what is not the sender's own words, where no blockquote says so.
 */
static const struct {
    const char *attribute, *part, *and; /* its value, without blanks, holds both */
    enum { DIVIDER, SIGNATURE } what;
} containers[] = {
    {"id", "divRplyFwdMsg", "", DIVIDER},
    {"id", "mail-editor-reference-message-container", "", DIVIDER},
    {"id", "signature", "", SIGNATURE}, /* Outlook, Apple Mail */
    {"class", "ms-outlook-mobile-reference-message", "", DIVIDER},
    {"class", "yahoo_quoted", "", DIVIDER},
    {"class", "gmail_signature", "", SIGNATURE},
    {"class", "moz-signature", "", SIGNATURE},
    {"class", "protonmail_signature_block", "", SIGNATURE},
    {"style", "border:none;border-top:solid#E1E1E1", "", DIVIDER},
    {"style", "border:none;border-top:solid#B5C4DF", "", DIVIDER},
    {"style", "border-right:none;border-bottom:none;border-left:none", "border-top:1ptsolid", DIVIDER},
    {"style", "border-width:1ptmediummedium", "border-style:solidnonenone", DIVIDER},
};

/* Styles are written with and without blanks. */
static void without_blanks(struct buf *out, struct slice s)
{
    for (size_t i = 0; i < s.len && i < 2000; i++) {
        if (!is_blank(s.ptr[i]))
            buf_putc(out, s.ptr[i]);
    }
}

/* A div that begins a quotation becomes the line that plain text has for it; a signature gets its "-- ". */
static void open_container(struct html *h, struct slice tag)
{
    const char *last = "";
    struct buf value = BUF_INIT(4000);
    for (size_t i = 0; i < ARRAY_LEN(containers); i++) {
        if (strcmp(last, containers[i].attribute) != 0) {
            last = containers[i].attribute;
            buf_clear(&value);
            without_blanks(&value, attribute(tag, last));
        }
        if (value.len == 0 || slice_find_nocase(buf_view(&value), slice_of(containers[i].part)) < 0 ||
            slice_find_nocase(buf_view(&value), slice_of(containers[i].and)) < 0)
            continue;
        if (containers[i].what == SIGNATURE) {
            h->signature = h->divs;
        } else if (h->divided != h->out->len || h->divided == 0) {
            ask_newlines(h, 2);
            put_text(h, "-----Original Message-----", 26);
            ask_newlines(h, 1);
            h->divided = h->out->len;
        }
        break;
    }
    buf_release(&value);
}

static void do_div(struct html *h, bool closing, struct slice tag)
{
    ask_newlines(h, 1);
    if (!closing) {
        h->divs++;
        open_container(h, tag);
        return;
    }
    /* an empty signature writes nothing */
    if (h->signature == h->divs)
        h->signature = 0;
    h->divs -= h->divs > 0;
}

static void do_tag(struct html *h, enum action action, bool closing, struct slice tag)
{
    switch (action) {
    case BREAK:
        h->newlines = h->newlines < 2 ? h->newlines + 1 : 2;
        break;
    case PARAGRAPH:
        ask_newlines(h, 2);
        break;
    case BLOCK:
        ask_newlines(h, 1);
        break;
    case DIV:
        do_div(h, closing, tag);
        break;
    case LIST:
        ask_newlines(h, 1);
        h->list = closing ? (h->list ? h->list - 1 : 0) : (h->list < LIST_MAX ? h->list + 1 : h->list);
        break;
    case ITEM:
        ask_newlines(h, 1);
        if (!closing) {
            for (unsigned i = 1; i < h->list; i++)
                put_text(h, "  ", 2);
            put_text(h, "- ", 2);
        }
        break;
    case ROW:
        ask_newlines(h, 1);
        h->cell = false;
        break;
    case CELL:
        if (!closing && h->cell && !h->newlines)
            put_text(h, " | ", 3);
        h->cell = true;
        break;
    case QUOTE:
        ask_newlines(h, 1);
        h->quote = closing ? (h->quote ? h->quote - 1 : 0) : (h->quote < QUOTE_MAX ? h->quote + 1 : h->quote);
        break;
    case PRE:
        ask_newlines(h, 1);
        h->pre = !closing;
        break;
    case LINK:
        close_link(h);
        if (!closing)
            open_link(h, tag);
        break;
    case RULE:
        ask_newlines(h, 1);
        put_text(h, "----------", 10);
        ask_newlines(h, 1);
        break;
    case IMAGE: {
        struct slice alt = slice_trim(attribute(tag, "alt"));
        if (alt.len && alt.len < 200)
            run_of_text(h, alt.ptr, alt.len);
        break;
    }
    case SKIP_CONTENT:
        break;
    }
}

static bool find_tag(struct slice name, enum action *action)
{
    for (size_t i = 0; i < ARRAY_LEN(tags); i++) {
        if (slice_eq_nocase(name, slice_of(tags[i].name))) {
            *action = tags[i].action;
            return true;
        }
    }
    return false;
}

/* Behind "</name" and its ">". When it never comes the rest is text, asked for once only. */
static size_t skip_content(struct slice html, size_t from, struct slice name)
{
    for (size_t i = from; i < html.len;) {
        const char *lt = memchr(html.ptr + i, '<', html.len - i);
        if (!lt)
            break;
        size_t at = (size_t)(lt - html.ptr);
        struct slice rest = slice_skip(html, at + 1);
        if (rest.len > name.len && rest.ptr[0] == '/' && slice_starts_nocase(slice_skip(rest, 1), name)) {
            const char *gt = memchr(lt, '>', html.len - at);
            return gt ? (size_t)(gt - html.ptr) + 1 : html.len;
        }
        i = at + 1;
    }
    return html.len;
}

/* The end of the tag that starts at `at` (its '>'), minding quotes; html.len if it does not end. */
static size_t tag_end(struct slice html, size_t at)
{
    char quote = 0;
    size_t most = html.len - at < 65536 ? html.len : at + 65536;
    for (size_t i = at + 1; i < most; i++) {
        char c = html.ptr[i];
        if (quote)
            quote = c == quote ? 0 : quote;
        else if (c == '>')
            return i;
        else if ((c == '"' || c == '\'') && html.ptr[i - 1] == '=')
            quote = c;
    }
    const char *gt = memchr(html.ptr + at, '>', html.len - at);
    return gt ? (size_t)(gt - html.ptr) : html.len;
}

static size_t skip_declaration(struct slice html, size_t at)
{
    struct slice rest = slice_skip(html, at);
    if (slice_starts(rest, SLICE("<!--"))) {
        long end = slice_find(slice_skip(rest, 4), SLICE("-->"));
        return end < 0 ? html.len : at + 4 + (size_t)end + 3;
    }
    const char *gt = memchr(rest.ptr, '>', rest.len);
    return gt ? (size_t)(gt - html.ptr) + 1 : html.len;
}

/* At a '<': handles what it starts and returns where to go on. */
static size_t at_less_than(struct html *h, struct slice html, size_t at)
{
    char next = at + 1 < html.len ? html.ptr[at + 1] : ' ';
    if (next == '!' || next == '?')
        return skip_declaration(html, at);
    bool closing = next == '/';
    size_t name_at = at + 1 + closing;
    size_t n = name_at;
    while (n < html.len && n < name_at + 32 && (g_ascii_isalnum(html.ptr[n]) || html.ptr[n] == ':'))
        n++;
    if (n == name_at || !g_ascii_isalpha(html.ptr[name_at])) {
        put_text(h, "<", 1);
        return at + 1;
    }
    size_t end = tag_end(html, at);
    struct slice name = slice_from(html.ptr + name_at, n - name_at),
                 tag = slice_from(html.ptr + name_at, end - name_at);
    enum action action;
    if (find_tag(name, &action)) {
        bool alone = tag.len && tag.ptr[tag.len - 1] == '/';
        if (action == SKIP_CONTENT && !closing && !alone)
            return skip_content(html, end, name);
        do_tag(h, action, closing, tag);
    }
    return end < html.len ? end + 1 : html.len;
}

void message_html_to_text(struct buf *out, struct slice html)
{
    struct html *h = mem_alloc(sizeof(*h));
    h->out = out;
    h->start = out->len;
    for (size_t i = 0; i < html.len && !out->overflow;) {
        if (html.ptr[i] == '<') {
            i = at_less_than(h, html, i);
            continue;
        }
        const char *lt = memchr(html.ptr + i, '<', html.len - i);
        size_t end = lt ? (size_t)(lt - html.ptr) : html.len;
        run_of_text(h, html.ptr + i, end - i);
        i = end;
    }
    close_link(h);
    free(h);
}
