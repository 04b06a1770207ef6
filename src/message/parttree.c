/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * parttree: the parts of a mail. The library only finds them; content is decoded here in chunks straight
 * from the source by its offsets, so a big attachment costs no memory. A mail inside a mail is one part: its
 * own parts count for the limits, but are read by another reader_read over its bytes.
 */
#include "message_internal.h"

enum { SLOTS = 8, MOST_SHOWN = 2000 };

/* A place in the mail where its text may be: the parts of one alternative, or one part alone. */
struct slot {
    GMimePart *plain, *html;
};

struct tree {
    struct builder *b;
    struct slot slots[SLOTS];
    unsigned n_slots;
    unsigned parts, depth;
    GMimeObject *objects[MESSAGE_MAX_PARTS]; /* of each part */
    bool has_ids;                            /* some part has a Content-ID */
};

static void count(struct tree *t, GMimeObject *o, unsigned depth)
{
    t->parts++;
    if (depth > t->depth)
        t->depth = depth;
    if (GMIME_IS_MULTIPART(o)) {
        int n = g_mime_multipart_get_count(GMIME_MULTIPART(o));
        for (int i = 0; i < n; i++)
            count(t, g_mime_multipart_get_part(GMIME_MULTIPART(o), i), depth + 1);
    } else if (GMIME_IS_MESSAGE_PART(o)) {
        GMimeMessage *inner = g_mime_message_part_get_message(GMIME_MESSAGE_PART(o));
        GMimeObject *top = inner ? g_mime_message_get_mime_part(inner) : NULL;
        if (top)
            count(t, top, depth + 1);
    }
}

static bool has_type(GMimeObject *o, const char *type, const char *subtype)
{
    GMimeContentType *ct = g_mime_object_get_content_type(o);
    return ct && g_mime_content_type_is_type(ct, type, subtype);
}

static bool is_disposition(GMimeObject *o, const char *what)
{
    const char *d = g_mime_object_get_disposition(o);
    return d && strcasecmp(d, what) == 0;
}

static const char *raw_name(GMimeObject *o)
{
    const char *name = g_mime_object_get_content_disposition_parameter(o, "filename");
    return name ? name : g_mime_object_get_content_type_parameter(o, "name");
}

static enum message_part_kind kind_of(GMimeObject *o)
{
    if (GMIME_IS_MESSAGE_PART(o))
        return PART_MESSAGE;
    if (has_type(o, "text", "calendar"))
        return PART_CALENDAR;
    if (has_type(o, "message", "delivery-status") || has_type(o, "message", "disposition-notification") ||
        has_type(o, "message", "feedback-report") || has_type(o, "message", "global-delivery-status"))
        return PART_REPORT;
    const char *name = raw_name(o);
    if (is_disposition(o, "attachment") || (name && name[0]))
        return PART_ATTACHMENT;
    if (has_type(o, "text", "plain"))
        return PART_TEXT;
    if (has_type(o, "text", "html"))
        return PART_HTML;
    return PART_ATTACHMENT;
}

static struct span lower_type(struct builder *b, GMimeObject *o)
{
    char *type = g_mime_content_type_get_mime_type(g_mime_object_get_content_type(o));
    struct buf clean = BUF_INIT(1000);
    message_clean(&clean, slice_cut(slice_of(type), 200), false);
    for (size_t i = 0; i < clean.len; i++)
        clean.data[i] = g_ascii_tolower(clean.data[i]);
    struct span s = builder_add(b, buf_view(&clean));
    buf_release(&clean);
    g_free(type);
    return s;
}

/* RFC 2231 is undone by the library; some mailers put encoded words there instead. */
static struct span safe_name(struct builder *b, GMimeObject *o)
{
    const char *name = raw_name(o);
    if (!name || !name[0])
        return (struct span){0, 0};
    struct buf decoded = BUF_INIT(16 * FIELD_MAX), safe = BUF_INIT(4 * NAME_MAX_BYTES);
    rawheader_decode(&decoded, slice_cut(slice_of(name), FIELD_MAX), FIELD_MAX);
    filename_safe(&safe, buf_view(&decoded));
    struct span s = builder_add(b, buf_view(&safe));
    buf_release(&safe);
    buf_release(&decoded);
    return s;
}

static uint8_t encoding_of(GMimePart *part)
{
    switch (g_mime_part_get_content_encoding(part)) {
    case GMIME_CONTENT_ENCODING_BASE64:
        return 1;
    case GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE:
        return 2;
    case GMIME_CONTENT_ENCODING_UUENCODE:
        return 3;
    default:
        return 0;
    }
}

static void set_range(struct message_part *p, GMimePart *part)
{
    GMimeDataWrapper *content = g_mime_part_get_content(part);
    GMimeStream *stream = content ? g_mime_data_wrapper_get_stream(content) : NULL;
    if (!stream || stream->bound_start < 0)
        return;
    p->raw_off = (uint64_t)stream->bound_start;
    if (stream->bound_end > stream->bound_start)
        p->raw_len = (uint64_t)(stream->bound_end - stream->bound_start);
}

/* Decodes the range of `p`; hash and `keep` (may be NULL, takes what fits its maximum) see the bytes. */
static int decode_range(const struct source *src, struct message_part *p, struct buf *keep, struct err *e)
{
    gnutls_hash_hd_t hash;
    struct content c;
    struct slice piece;
    if (gnutls_hash_init(&hash, GNUTLS_DIG_SHA256) < 0)
        return err_set(e, ERR_EXHAUSTED, "SHA-256 is not available");
    content_open(&c, src, p);
    int r;
    while ((r = content_next(&c, &piece, e)) == 0 && piece.len) {
        gnutls_hash(hash, piece.ptr, piece.len);
        p->size += piece.len;
        if (keep)
            buf_slice(keep, slice_cut(piece, keep->max - keep->len));
    }
    content_close(&c);
    gnutls_hash_deinit(hash, p->sha256);
    return r;
}

/* A mail inside: from its first header to the end of its last part. */
static void set_message_range(struct message_part *p, GMimeObject *o, uint64_t *end)
{
    if (GMIME_IS_MULTIPART(o)) {
        int n = g_mime_multipart_get_count(GMIME_MULTIPART(o));
        for (int i = 0; i < n; i++)
            set_message_range(p, g_mime_multipart_get_part(GMIME_MULTIPART(o), i), end);
    } else if (GMIME_IS_MESSAGE_PART(o)) {
        GMimeMessage *inner = g_mime_message_part_get_message(GMIME_MESSAGE_PART(o));
        GMimeObject *top = inner ? g_mime_message_get_mime_part(inner) : NULL;
        if (top)
            set_message_range(p, top, end);
    } else if (GMIME_IS_PART(o)) {
        struct message_part range = {0};
        set_range(&range, GMIME_PART(o));
        if (range.raw_off + range.raw_len > *end)
            *end = range.raw_off + range.raw_len;
    }
}

static void read_inner_mail(struct builder *b, struct message_part *p, GMimeMessagePart *mp)
{
    GMimeMessage *inner = g_mime_message_part_get_message(mp);
    GMimeHeaderList *headers = inner ? g_mime_object_get_header_list(GMIME_OBJECT(inner)) : NULL;
    if (!headers || g_mime_header_list_get_count(headers) < 1)
        return;
    gint64 start = g_mime_header_get_offset(g_mime_header_list_get_header_at(headers, 0));
    uint64_t end = 0;
    set_message_range(p, GMIME_OBJECT(mp), &end);
    if (start >= 0 && end > (uint64_t)start) {
        p->raw_off = (uint64_t)start;
        p->raw_len = end - (uint64_t)start;
    }
    if (p->name.len == 0) {
        struct buf name = BUF_INIT(4 * FIELD_MAX), safe = BUF_INIT(4 * NAME_MAX_BYTES);
        const char *subject = g_mime_message_get_subject(inner);
        message_clean(&name, slice_cut_utf8(slice_of(subject), 100), false);
        buf_puts(&name, name.len ? ".eml" : "message.eml");
        filename_safe(&safe, buf_view(&name));
        p->name = builder_add(b, buf_view(&safe));
        buf_release(&name);
        buf_release(&safe);
    }
}

/* METHOD of an invitation's answer; it stands in the content type (RFC 6047). */
static bool is_calendar_answer(GMimeObject *o)
{
    const char *method = g_mime_object_get_content_type_parameter(o, "method");
    return method && (strcasecmp(method, "REPLY") == 0 || strcasecmp(method, "COUNTER") == 0 ||
                      strcasecmp(method, "CANCEL") == 0);
}

static void offer_text(struct tree *t, struct slot *alternative, GMimePart *part, enum message_part_kind kind)
{
    struct slot *s = alternative;
    if (!s && t->n_slots < SLOTS)
        s = &t->slots[t->n_slots++];
    if (!s)
        return;
    GMimePart **place = kind == PART_TEXT ? &s->plain : &s->html;
    if (!*place)
        *place = part;
}

static int read_leaf(struct tree *t, GMimeObject *o, unsigned depth, struct slot *alternative)
{
    struct builder *b = t->b;
    t->objects[b->m->n_parts] = o;
    t->has_ids = t->has_ids || g_mime_object_get_content_id(o);
    struct message_part *p = &b->m->parts[b->m->n_parts++];
    p->kind = kind_of(o);
    p->type = lower_type(b, o);
    p->name = safe_name(b, o);
    p->depth = (uint8_t)(depth < 255 ? depth : 255);
    p->is_inline =
        is_disposition(o, "inline") || (g_mime_object_get_content_id(o) && !is_disposition(o, "attachment"));
    p->is_answer = p->kind == PART_CALENDAR && is_calendar_answer(o);
    if (GMIME_IS_PART(o)) {
        p->encoding = encoding_of(GMIME_PART(o));
        set_range(p, GMIME_PART(o));
    } else {
        read_inner_mail(b, p, GMIME_MESSAGE_PART(o));
    }
    if (GMIME_IS_PART(o) && (p->kind == PART_TEXT || p->kind == PART_HTML))
        offer_text(t, alternative, GMIME_PART(o), p->kind);
    return decode_range(b->src, p, NULL, b->e);
}

static int walk(struct tree *t, GMimeObject *o, unsigned depth, struct slot *alternative)
{
    if (!GMIME_IS_MULTIPART(o))
        return GMIME_IS_PART(o) || GMIME_IS_MESSAGE_PART(o) ? read_leaf(t, o, depth, alternative) : 0;
    if (!alternative && has_type(o, "multipart", "alternative") && t->n_slots < SLOTS)
        alternative = &t->slots[t->n_slots++];
    int n = g_mime_multipart_get_count(GMIME_MULTIPART(o));
    for (int i = 0; i < n; i++) {
        if (walk(t, g_mime_multipart_get_part(GMIME_MULTIPART(o), i), depth + 1, alternative) != 0)
            return -1;
    }
    return 0;
}

static bool parameter_is(GMimePart *part, const char *name, const char *value)
{
    const char *v = g_mime_object_get_content_type_parameter(GMIME_OBJECT(part), name);
    return v && strcasecmp(v, value) == 0;
}

/* The readable text of one part into `out`; *cut when some was left out. */
static int read_text(struct builder *b, GMimePart *part, bool html, struct buf *out, bool *cut)
{
    struct message_part p = {.encoding = encoding_of(part)};
    set_range(&p, part);
    struct buf raw = BUF_INIT(TEXT_SOURCE_MAX), utf8 = BUF_INIT(6 * TEXT_SOURCE_MAX),
               text = BUF_INIT(8 * TEXT_SOURCE_MAX);
    int r = decode_range(b->src, &p, &raw, b->e);
    if (r == 0) {
        const char *charset = g_mime_object_get_content_type_parameter(GMIME_OBJECT(part), "charset");
        *cut = p.size > raw.len;
        message_to_utf8(&utf8, buf_view(&raw), slice_of(charset));
        if (html) {
            message_html_to_text(&text, buf_view(&utf8));
        } else if (parameter_is(part, "format", "flowed")) {
            flowed_join(&text, buf_view(&utf8), parameter_is(part, "delsp", "yes"));
        } else {
            buf_slice(&text, buf_view(&utf8));
        }
        buf_clear(&utf8);
        message_clean(&utf8, buf_view(&text), true);
        flowed_tidy(out, buf_view(&utf8));
    }
    buf_release(&raw);
    buf_release(&utf8);
    buf_release(&text);
    return r;
}

/* Does the HTML at `at` (behind "cid:") name this id? In a URL it may be percent-encoded. */
static bool names_id(struct slice at, const char *id)
{
    size_t i = 0;
    for (; *id; id++) {
        char c = i < at.len ? at.ptr[i++] : '\0';
        if (c == '%' && at.len - i >= 2 && g_ascii_isxdigit(at.ptr[i]) && g_ascii_isxdigit(at.ptr[i + 1])) {
            c = (char)(g_ascii_xdigit_value(at.ptr[i]) << 4 | g_ascii_xdigit_value(at.ptr[i + 1]));
            i += 2;
        }
        if (c != *id)
            return false;
    }
    return i == at.len || strchr("\"'>) \t\r\n&", at.ptr[i]);
}

/* Marks the parts that this HTML shows. */
static void mark_shown(struct tree *t, struct slice html)
{
    const struct slice scheme = SLICE("cid:");
    long at;
    for (int n = 0; n < MOST_SHOWN && (at = slice_find_nocase(html, scheme)) >= 0; n++) {
        html = slice_skip(html, (size_t)at + scheme.len);
        for (unsigned i = 0; i < t->b->m->n_parts; i++) {
            const char *id = g_mime_object_get_content_id(t->objects[i]);
            if (id && id[0] && names_id(html, id))
                t->b->m->parts[i].is_shown = 1;
        }
    }
}

static int find_shown(struct tree *t)
{
    int r = 0;
    for (unsigned i = 0; r == 0 && t->has_ids && i < t->n_slots; i++) {
        if (!t->slots[i].html)
            continue;
        struct message_part p = {.encoding = encoding_of(t->slots[i].html)};
        struct buf html = BUF_INIT(TEXT_SOURCE_MAX);
        set_range(&p, t->slots[i].html);
        r = decode_range(t->b->src, &p, &html, t->b->e);
        mark_shown(t, buf_view(&html));
        buf_release(&html);
    }
    return r;
}

/* What stands in the places behind the one that the text is from: Apple Mail goes on below an attachment. */
static void mark_further(struct tree *t, unsigned from)
{
    for (unsigned s = from; s < t->n_slots; s++) {
        const GMimePart *part = t->slots[s].plain ? t->slots[s].plain : t->slots[s].html;
        for (unsigned i = 0; part && i < t->b->m->n_parts; i++)
            t->b->m->parts[i].is_further |= t->objects[i] == (const GMimeObject *)part;
    }
}

/* A multipart without a boundary has no parts: all of it is what stands before the first. */
static void read_prologue(GMimeObject *top, struct buf *out)
{
    const char *text = GMIME_IS_MULTIPART(top) ? g_mime_multipart_get_prologue(GMIME_MULTIPART(top)) : NULL;
    struct buf utf8 = BUF_INIT(6 * TEXT_SOURCE_MAX), clean = BUF_INIT(6 * TEXT_SOURCE_MAX);
    message_to_utf8(&utf8, slice_cut(slice_of(text), TEXT_SOURCE_MAX), SLICE_NONE);
    message_clean(&clean, buf_view(&utf8), true);
    flowed_tidy(out, buf_view(&clean));
    buf_release(&utf8);
    buf_release(&clean);
}

static int choose_text(struct tree *t, GMimeObject *top)
{
    struct message *m = t->b->m;
    struct buf out = BUF_INIT(8 * TEXT_SOURCE_MAX);
    bool cut = false;
    unsigned i = 0;
    int r = 0;
    for (; r == 0 && i < 2 * t->n_slots && out.len == 0; i++) {
        bool html = i % 2;
        GMimePart *part = html ? t->slots[i / 2].html : t->slots[i / 2].plain;
        if (!part)
            continue;
        r = read_text(t->b, part, html, &out, &cut);
        m->text_from_html = html;
    }
    mark_further(t, (i + 1) / 2);
    if (r == 0 && m->n_parts == 0)
        read_prologue(top, &out);
    struct slice text = slice_cut_utf8(buf_view(&out), TEXT_MAX);
    m->text_cut = cut || text.len < out.len;
    m->text_from_html = m->text_from_html && text.len;
    m->text = builder_add(t->b, text);
    buf_release(&out);
    return r;
}

/* mail.md 5.1: stable while servers re-render the mail: blanks count as one, charset and encoding not. */
static int make_digest(struct builder *b)
{
    struct slice text = builder_str(b, b->m->text);
    struct buf folded = BUF_INIT(TEXT_MAX + 1);
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool blank = c == ' ' || c == '\n' || c == '\t';
        if (!blank)
            buf_putc(&folded, c);
        else if (folded.len && folded.data[folded.len - 1] != ' ')
            buf_putc(&folded, ' ');
    }
    struct slice body = slice_trim(buf_view(&folded));
    gnutls_hash_hd_t hash;
    int r = gnutls_hash_init(&hash, GNUTLS_DIG_SHA256);
    if (r >= 0) {
        gnutls_hash(hash, body.ptr, body.len);
        gnutls_hash(hash, "", 1);
        for (unsigned i = 0; i < b->m->n_parts; i++) {
            const struct message_part *p = &b->m->parts[i];
            if (p->kind != PART_TEXT && p->kind != PART_HTML)
                gnutls_hash(hash, p->sha256, sizeof(p->sha256));
        }
        gnutls_hash_deinit(hash, b->m->digest);
    }
    buf_release(&folded);
    return r < 0 ? err_set(b->e, ERR_EXHAUSTED, "SHA-256 is not available") : 0;
}

int parttree_read(struct builder *b, GMimeMessage *mail, const struct meter *meter)
{
    GMimeObject *top = g_mime_message_get_mime_part(mail);
    if (!top)
        return make_digest(b);
    struct tree t = {.b = b};
    count(&t, top, 0);
    unsigned most = b->limits->parts < MESSAGE_MAX_PARTS ? b->limits->parts : MESSAGE_MAX_PARTS;
    if (t.parts > most)
        return message_over(b->e, OVER_PARTS, !meter->over, t.parts, most);
    if (t.depth > b->limits->depth)
        return message_over(b->e, OVER_DEPTH, !meter->over, t.depth, b->limits->depth);
    if (meter->over)
        return message_over(b->e, OVER_STRUCTURE, false, meter->most, meter->most);
    b->m->top_type = lower_type(b, top);
    b->m->parts = mem_alloc(t.parts * sizeof(*b->m->parts));
    if (walk(&t, top, 0, NULL) != 0 || find_shown(&t) != 0 || choose_text(&t, top) != 0)
        return -1;
    return make_digest(b);
}
