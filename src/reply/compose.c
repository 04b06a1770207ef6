/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * compose: the one writer of headers and of letters. put_header is the only function that writes a header
 * line, and takes every control character out of its value: a subject or a name can never begin a line of its
 * own. Bodies are quoted-printable, so the letter is 7-bit and every server takes it. The same letter gives
 * the same bytes.
 */
#include "frontdesk/reply.h"

#include <gnutls/gnutls.h>

enum { FOLD_AT = 76, MOST_REFERENCES = 20, ID_MAX = 250 };

static bool is_ascii(struct slice s)
{
    for (size_t i = 0; i < s.len; i++) {
        if ((unsigned char)s.ptr[i] >= 0x7f || (unsigned char)s.ptr[i] < 0x20)
            return false;
    }
    return true;
}

/* RFC 2047 words of at most 75 characters, never cutting a UTF-8 sequence. */
static void put_encoded_words(struct buf *out, struct slice s)
{
    while (s.len) {
        struct slice piece = slice_cut_utf8(s, 42);
        if (piece.len == 0) /* no UTF-8 at all: go on all the same */
            piece = slice_cut(s, 42);
        gnutls_datum_t in = {.data = (unsigned char *)(uintptr_t)piece.ptr, .size = (unsigned)piece.len},
                       word = {0};
        ENSURE(gnutls_base64_encode2(&in, &word) == 0);
        buf_printf(out, "=?utf-8?B?%.*s?=", (int)word.size, (const char *)word.data);
        gnutls_free(word.data);
        s = slice_skip(s, piece.len);
        if (s.len)
            buf_puts(out, "\r\n ");
    }
}

/* Plain ASCII, folded at blanks. */
static void put_folded(struct buf *out, struct slice s, size_t column)
{
    struct scan c = scan_of(s);
    while (!scan_end(&c)) {
        struct slice blanks = scan_while(&c, " "), word = scan_until(&c, " ");
        if (blanks.len && column + 1 + word.len > FOLD_AT && column > 1) {
            buf_puts(out, "\r\n");
            column = 0;
        }
        if (blanks.len) {
            buf_putc(out, ' ');
            column++;
        }
        buf_slice(out, word);
        column += word.len;
    }
}

/* Controls become blanks; the result goes out as it is or as encoded words. */
static void put_header(struct buf *out, const char *name, struct slice value)
{
    struct buf clean = BUF_INIT(4096);
    value = slice_cut_utf8(value, 2000);
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = (unsigned char)value.ptr[i];
        bool c1 = c == 0xc2 && i + 1 < value.len && (unsigned char)value.ptr[i + 1] < 0xa0;
        buf_putc(&clean, c < 0x20 || c == 0x7f || c1 ? ' ' : (char)c);
        i += c1;
    }
    struct slice safe = slice_trim(buf_view(&clean));
    buf_printf(out, "%s: ", name);
    /* a word that looks encoded already must not be decoded by the reader into something else */
    bool looks_encoded = slice_find(safe, SLICE("=?")) >= 0;
    bool longest_fits = true;
    struct scan c = scan_of(safe);
    while (!scan_end(&c)) {
        scan_while(&c, " ");
        longest_fits = scan_until(&c, " ").len < 900 && longest_fits;
    }
    if (is_ascii(safe) && !looks_encoded && longest_fits)
        put_folded(out, safe, strlen(name) + 2);
    else
        put_encoded_words(out, safe);
    buf_puts(out, "\r\n");
    buf_release(&clean);
}

/* An address or an id that was checked: never as encoded words, even if "=?" is in it. */
static void put_checked(struct buf *out, const char *name, struct slice value)
{
    buf_printf(out, "%s: ", name);
    buf_slice(out, value);
    buf_puts(out, "\r\n");
}

static void put_mailbox(struct buf *out, const char *name, const char *who, const char *address)
{
    struct slice n = slice_cut_utf8(slice_of(who), 100);
    buf_printf(out, "%s:", name);
    if (n.len && is_ascii(n) && slice_find(n, SLICE("=?")) < 0) {
        buf_puts(out, " \"");
        for (size_t i = 0; i < n.len; i++) {
            if (n.ptr[i] == '"' || n.ptr[i] == '\\')
                buf_putc(out, '\\');
            buf_putc(out, n.ptr[i]);
        }
        buf_putc(out, '"');
    } else if (n.len) {
        char clean[101];
        snprintf(clean, sizeof(clean), "%.*s", SLICE_ARG(n));
        slice_clean_text(clean);
        buf_putc(out, ' ');
        put_encoded_words(out, slice_of(clean));
    }
    if (n.len + strlen(address) > FOLD_AT - 12)
        buf_puts(out, "\r\n");
    buf_printf(out, " <%s>\r\n", address);
}

/* "<id@host>" without blanks, controls or brackets inside. */
static bool sane_id(struct slice id)
{
    if (id.len < 3 || id.len > ID_MAX || id.ptr[0] != '<' || id.ptr[id.len - 1] != '>')
        return false;
    for (size_t i = 1; i + 1 < id.len; i++) {
        unsigned char c = (unsigned char)id.ptr[i];
        if (c <= 0x20 || c >= 0x7f || c == '<' || c == '>')
            return false;
    }
    return true;
}

static void put_threading(struct buf *out, const struct letter *l)
{
    struct buf v = BUF_INIT(32 * 1024);
    size_t sane = 0;
    for (size_t i = 0; i < l->n_references; i++)
        sane += sane_id(l->references[i]);
    size_t n = 0;
    bool parent_there = false;
    for (size_t i = 0; i < l->n_references; i++) {
        if (!sane_id(l->references[i]))
            continue;
        /* a long chain keeps its first and its last twenty */
        bool keep = n == 0 || n + MOST_REFERENCES >= sane;
        n++;
        if (!keep)
            continue;
        buf_printf(&v, "%s", v.len ? " " : "");
        buf_slice(&v, l->references[i]);
        parent_there = parent_there || slice_eq(l->references[i], l->in_reply_to);
    }
    if (sane_id(l->in_reply_to)) {
        put_checked(out, "In-Reply-To", l->in_reply_to);
        if (!parent_there) {
            buf_printf(&v, "%s", v.len ? " " : "");
            buf_slice(&v, l->in_reply_to);
        }
    }
    if (v.len) {
        /* not through put_header: its cut at 2,000 bytes is for values that people write; every id here is
         * checked */
        buf_puts(out, "References:");
        struct scan c = scan_of(buf_view(&v));
        while (!scan_end(&c)) {
            scan_while(&c, " ");
            struct slice id = scan_until(&c, " ");
            buf_puts(out, c.p == v.data + id.len ? " " : "\r\n ");
            buf_slice(out, id);
        }
        buf_puts(out, "\r\n");
    }
    buf_release(&v);
}

static void put_date(struct buf *out, const struct letter *l)
{
    static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    struct tm tm;
    if (!clock_local(l->date_ms, l->timezone, &tm) && !clock_local(l->date_ms, "UTC", &tm))
        return;
    long zone = tm.tm_gmtoff / 60, away = zone < 0 ? -zone : zone;
    buf_printf(out, "Date: %s, %d %s %d %02d:%02d:%02d %c%02ld%02ld\r\n", days[tm.tm_wday], tm.tm_mday,
               months[tm.tm_mon], tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec, zone < 0 ? '-' : '+',
               away / 60, away % 60);
}

/* How many bytes of `text` from i on may stand as they are, at most `max`. */
static size_t plain_run(struct slice line, size_t i, size_t max)
{
    size_t n = 0;
    while (n < max && i + n < line.len) {
        unsigned char ch = (unsigned char)line.ptr[i + n];
        bool last = i + n + 1 == line.len;
        if (!((ch > 0x20 && ch < 0x7f && ch != '=') || (ch == ' ' && !last)))
            break;
        n++;
    }
    return n;
}

/* RFC 2045 quoted-printable; lines end in CRLF, none over 76. */
static void put_quoted(struct buf *out, struct slice text)
{
    static const char digits[] = "0123456789ABCDEF";
    enum { MOST = 75 };
    struct scan c = scan_of(text);
    while (!scan_end(&c)) {
        struct slice line = scan_line(&c);
        size_t column = 0;
        for (size_t i = 0; i < line.len;) {
            unsigned char ch = (unsigned char)line.ptr[i];
            /* a dot at the start of a line is left to nobody's stuffing; "From " is kept from mbox files */
            bool coded = column == 0 && (ch == '.' || ch == 'F');
            size_t run = coded ? 0 : plain_run(line, i, MOST - column);
            buf_put(out, line.ptr + i, run);
            i += run;
            column += run;
            if (i == line.len)
                break;
            bool full = column + (plain_run(line, i, 1) ? 1 : 3) > MOST;
            if (full) {
                buf_puts(out, "=\r\n");
                column = 0;
            } else if (run == 0) {
                char code[3] = {'=', digits[ch >> 4], digits[ch & 15]};
                buf_put(out, code, 3);
                column += 3;
                i++;
            }
        }
        buf_puts(out, "\r\n");
    }
}

static void put_part(struct buf *out, const char *type, struct slice text)
{
    buf_printf(out,
               "Content-Type: text/%s; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n",
               type);
    put_quoted(out, text);
}

/* quoted-printable and base64 cannot hold "=_", so no text and no file can hold a boundary. */
static void make_boundary(struct buf *b, const struct letter *l, const char *begin)
{
    buf_puts(b, begin);
    for (const char *p = l->message_id; *p && b->len < 40; p++) {
        if ((*p >= '0' && *p <= '9') || (*p >= 'a' && *p <= 'z'))
            buf_putc(b, *p);
    }
}

static void put_words(struct buf *out, const struct letter *l)
{
    if (l->html.len == 0) {
        put_part(out, "plain", l->text);
        return;
    }
    struct buf b = BUF_INIT(100);
    make_boundary(&b, l, "=_");
    buf_printf(out, "Content-Type: multipart/alternative; boundary=\"%s\"\r\n\r\n--%s\r\n", b.data, b.data);
    put_part(out, "plain", l->text);
    buf_printf(out, "--%s\r\n", b.data);
    put_part(out, "html", l->html);
    buf_printf(out, "--%s--\r\n", b.data);
    buf_release(&b);
}

static void put_file(struct buf *out, const struct letter_file *f)
{
    enum { LINE = 76 };
    gnutls_datum_t in = {.data = (unsigned char *)(uintptr_t)f->bytes.ptr, .size = (unsigned)f->bytes.len},
                   all = {0};
    buf_printf(out,
               "Content-Type: %s; charset=utf-8; name=\"%s\"\r\nContent-Transfer-Encoding: base64\r\n"
               "Content-Disposition: attachment; filename=\"%s\"\r\n\r\n",
               f->type, f->name, f->name);
    ENSURE(gnutls_base64_encode2(&in, &all) == 0);
    for (struct slice rest = slice_from((const char *)all.data, all.size); rest.len;
         rest = slice_skip(rest, LINE)) {
        buf_slice(out, slice_cut(rest, LINE));
        buf_puts(out, "\r\n");
    }
    gnutls_free(all.data);
}

static void put_body(struct buf *out, const struct letter *l)
{
    if (!l->file) {
        put_words(out, l);
        return;
    }
    struct buf b = BUF_INIT(100);
    make_boundary(&b, l, "=_f");
    buf_printf(out, "Content-Type: multipart/mixed; boundary=\"%s\"\r\n\r\n--%s\r\n", b.data, b.data);
    put_words(out, l);
    buf_printf(out, "--%s\r\n", b.data);
    put_file(out, l->file);
    buf_printf(out, "--%s--\r\n", b.data);
    buf_release(&b);
}

static int check_file(const struct letter_file *f, struct err *e)
{
    for (const char *p = f->name; *p; p++) {
        if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789-.", *p))
            return err_set(e, ERR_CONFIG, "the name of a letter's file may not hold such characters");
    }
    return 0;
}

static int check_address(const char *address, struct err *e)
{
    size_t n = strlen(address);
    if (n < 3 || n > 254 || !strchr(address, '@'))
        return err_set(e, ERR_CONFIG, "\"%.60s\" is not an address that can be mailed to", address);
    for (const unsigned char *p = (const unsigned char *)address; *p; p++) {
        if (*p <= 0x20 || *p >= 0x7f || *p == '<' || *p == '>' || *p == ',' || *p == ';' || *p == '"')
            return err_set(e, ERR_CONFIG, "an address holds a character that it may not");
    }
    return 0;
}

int compose_letter(const struct letter *l, struct buf *out, struct err *e)
{
    if (check_address(l->from, e) != 0 || check_address(l->to, e) != 0)
        return -1;
    if (!sane_id(slice_of(l->message_id)))
        return err_set(e, ERR_CONFIG, "the Message-ID of a letter would be malformed");
    if (l->file && check_file(l->file, e) != 0)
        return -1;
    put_date(out, l);
    put_mailbox(out, "From", l->from_name ? l->from_name : "", l->from);
    put_mailbox(out, "To", "", l->to);
    put_header(out, "Subject", l->subject);
    put_checked(out, "Message-ID", slice_of(l->message_id));
    put_threading(out, l);
    put_header(out, "Auto-Submitted", l->auto_generated ? SLICE("auto-generated") : SLICE("auto-replied"));
    put_header(out, "X-Auto-Response-Suppress", SLICE("All"));
    put_checked(out, "X-Loop", slice_of(l->from));
    if (l->instance)
        put_header(out, "X-Frontdesk-Instance", slice_of(l->instance));
    if (l->canary)
        put_header(out, CANARY_FIELD, slice_of(l->canary));
    buf_puts(out, "MIME-Version: 1.0\r\n");
    put_body(out, l);
    return out->overflow ? err_set(e, ERR_TEMPLATE, "the letter is too long") : 0;
}
