/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rawheader: the header block from the raw bytes, behind the guards of mail.md 1.12, before any library sees
 * it. Trust is decided on these fields, so nothing is decoded, merged or repaired here.
 */
#include "message_internal.h"

static const char *const address_fields[] = {
    "from",
    "sender",
    "reply-to",
    "to",
    "cc",
    "bcc",
    "resent-from",
    "resent-sender",
    "resent-reply-to",
    "resent-to",
    "resent-cc",
    "resent-bcc",
    "disposition-notification-to",
    "return-path",
    "errors-to",
    "mail-followup-to",
};

bool rawheader_is_address(struct slice name)
{
    name = slice_trim(name);
    for (size_t i = 0; i < ARRAY_LEN(address_fields); i++) {
        if (slice_eq_nocase(name, slice_of(address_fields[i])))
            return true;
    }
    return false;
}

size_t rawheader_end(struct slice bytes)
{
    struct scan c = scan_of(bytes);
    while (!scan_end(&c)) {
        const char *start = c.p;
        struct slice line = scan_line(&c);
        if (line.len == 0 && c.p > start && c.p[-1] == '\n')
            return (size_t)(c.p - bytes.ptr);
    }
    return 0;
}

unsigned rawheader_marks(struct slice value)
{
    unsigned n = 0;
    for (size_t i = 0; i < value.len; i++) {
        char c = value.ptr[i];
        n += c == ':' || c == ',' || c == ';' || c == '<';
    }
    return n;
}

/* One field, from its line and the lines that continue it. A line without a colon becomes a field without a
 * name, so that what stands between the fields stays visible. */
static int add_field(struct builder *b, struct slice line, struct scan *c)
{
    struct message *m = b->m;
    if (m->n_fields == MESSAGE_MAX_FIELDS)
        return message_over(b->e, OVER_FIELDS, false, MESSAGE_MAX_FIELDS, MESSAGE_MAX_FIELDS);
    struct message_field *f = &m->fields[m->n_fields++];
    long colon = slice_find_char(line, ':');
    struct slice name = colon < 0 ? SLICE_NONE : slice_cut(line, (size_t)colon);
    f->name = builder_add(b, name);
    size_t start = b->arena.len, raw = line.len;
    buf_slice(&b->arena, colon < 0 ? line : slice_skip(line, (size_t)colon + 1));
    while (scan_peek(c) == ' ' || scan_peek(c) == '\t') {
        struct slice more = scan_line(c);
        raw += more.len;
        buf_slice(&b->arena, more);
    }
    if (raw > FIELD_MAX)
        return message_over(b->e, rawheader_is_address(name) ? OVER_ADDRESSES : OVER_FIELD, true, raw,
                            FIELD_MAX);
    struct slice value = slice_from(b->arena.data + start, b->arena.len - start);
    struct slice trimmed = slice_trim(value);
    f->value = (struct span){.off = (uint32_t)(start + (size_t)(trimmed.len ? trimmed.ptr - value.ptr : 0)),
                             .len = (uint32_t)trimmed.len};
    if (rawheader_is_address(name) && rawheader_marks(trimmed) > ADDRESS_MARKS_MAX)
        return message_over(b->e, OVER_ADDRESSES, true, rawheader_marks(trimmed), ADDRESS_MARKS_MAX);
    return 0;
}

static const struct message_field *nth_field(const struct builder *b, const char *name, unsigned n)
{
    struct message view = *b->m;
    view.arena = b->arena.data;
    view.arena_len = (uint32_t)b->arena.len;
    return message_field(&view, name, n);
}

static struct slice field_value(const struct builder *b, const char *name, unsigned n)
{
    const struct message_field *f = nth_field(b, name, n);
    return f ? builder_str(b, f->value) : SLICE_NONE;
}

void rawheader_decode(struct buf *out, struct slice raw, size_t most)
{
    struct buf utf8 = BUF_INIT(8 * FIELD_MAX), clean = BUF_INIT(16 * FIELD_MAX);
    message_to_utf8(&utf8, raw, SLICE_NONE);
    if (slice_find(raw, SLICE("=?")) >= 0) {
        struct buf words = BUF_INIT(8 * FIELD_MAX);
        encodedword_decode(&words, buf_view(&utf8));
        buf_clear(&utf8);
        buf_slice(&utf8, buf_view(&words));
        buf_release(&words);
    }
    message_clean(&clean, buf_view(&utf8), false);
    buf_slice(out, slice_cut_utf8(slice_trim(buf_view(&clean)), most));
    buf_release(&utf8);
    buf_release(&clean);
}

/* The next "<...>" of printable, unblank bytes; false at the end. */
static bool next_id(struct scan *c, struct slice *id)
{
    while (!scan_end(c)) {
        scan_until(c, "<");
        const char *start = c->p;
        if (!scan_char(c, '<'))
            return false;
        while (scan_peek(c) > 0x20 && scan_peek(c) < 0x7f && scan_peek(c) != '<' && scan_peek(c) != '>')
            c->p++;
        if (c->p > start + 1 && scan_char(c, '>') && c->p - start <= 998) {
            *id = slice_from(start, (size_t)(c->p - start));
            return true;
        }
    }
    return false;
}

static struct span copy_span(struct slice inside, const struct buf *arena)
{
    return (struct span){.off = (uint32_t)(inside.ptr - arena->data), .len = (uint32_t)inside.len};
}

/* Message-IDs are spans into the raw values: nothing is copied. */
void rawheader_ids(struct builder *b)
{
    struct message *m = b->m;
    struct slice id, value = field_value(b, "Message-ID", 0);
    struct scan c = scan_of(value);
    if (value.len && next_id(&c, &id) && id.ptr == value.ptr && id.len == value.len)
        m->message_id = copy_span(id, &b->arena);
    c = scan_of(field_value(b, "In-Reply-To", 0));
    if (!scan_end(&c) && next_id(&c, &id))
        m->in_reply_to = copy_span(id, &b->arena);
    c = scan_of(field_value(b, "References", 0));
    while (!scan_end(&c) && m->n_references < MESSAGE_MAX_REFERENCES && next_id(&c, &id)) {
        if (!m->references)
            m->references = mem_alloc(MESSAGE_MAX_REFERENCES * sizeof(*m->references));
        m->references[m->n_references++] = copy_span(id, &b->arena);
    }
}

/* What the library makes of From: only a canary (T4) and a name to show, never a proof. */
static void read_from(struct builder *b)
{
    struct message *m = b->m;
    m->n_from = 0;
    while (nth_field(b, "From", m->n_from))
        m->n_from++;
    if (m->n_from == 0)
        return;
    m->from = nth_field(b, "From", 0)->value;
    struct buf raw = BUF_INIT(FIELD_MAX);
    buf_slice(&raw, builder_str(b, m->from));
    InternetAddressList *list = internet_address_list_parse(message_parser_options(), raw.data);
    InternetAddress *one =
        list && internet_address_list_length(list) == 1 ? internet_address_list_get_address(list, 0) : NULL;
    if (one && INTERNET_ADDRESS_IS_MAILBOX(one)) {
        const char *address = internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(one));
        struct buf clean = BUF_INIT(4 * FIELD_MAX);
        message_to_utf8(&clean, slice_of(address), SLICE_NONE);
        struct buf shown = BUF_INIT(4 * FIELD_MAX);
        message_clean(&shown, buf_view(&clean), false);
        m->from_library = builder_add(b, buf_view(&shown));
        buf_clear(&clean);
        const char *name = internet_address_get_name(one);
        rawheader_decode(&clean, slice_of(name), 200);
        m->from_name = builder_add(b, buf_view(&clean));
        buf_release(&clean);
        buf_release(&shown);
    }
    if (list)
        g_object_unref(list);
    buf_release(&raw);
}

static void read_subject_and_date(struct builder *b)
{
    struct buf out = BUF_INIT(1000);
    rawheader_decode(&out, field_value(b, "Subject", 0), 998);
    b->m->subject = builder_add(b, buf_view(&out));
    buf_clear(&out);
    struct slice date = field_value(b, "Date", 0);
    if (date.len && date.len < 200) {
        buf_slice(&out, date);
        GDateTime *when = g_mime_utils_header_decode_date(out.data);
        if (when) {
            int64_t seconds = g_date_time_to_unix(when);
            if (seconds > 0 && seconds < 32503680000) /* year 3000 */
                b->m->date_ms = seconds * 1000;
            g_date_time_unref(when);
        }
    }
    buf_release(&out);
}

/* For a header block alone; the part tree says it again where there is one. */
static void read_top_type(struct builder *b)
{
    struct slice value = field_value(b, "Content-Type", 0);
    struct scan c = scan_of(value);
    struct slice word = slice_cut(scan_until(&c, " \t;("), 100);
    struct buf type = BUF_INIT(100);
    for (size_t i = 0; i < word.len && word.ptr[i] > 0x20 && word.ptr[i] < 0x7f; i++)
        buf_putc(&type, g_ascii_tolower(word.ptr[i]));
    b->m->top_type = builder_add(b, type.len ? buf_view(&type) : SLICE("text/plain"));
    buf_release(&type);
}

int rawheader_fields(struct builder *b, struct slice head)
{
    if (memchr(head.ptr, '\0', head.len))
        return err_set(b->e, ERR_MAIL, "the header block contains a NUL byte");
    struct message *m = b->m;
    m->fields = mem_alloc(MESSAGE_MAX_FIELDS * sizeof(*m->fields));
    struct scan c = scan_of(head);
    while (!scan_end(&c)) {
        struct slice line = scan_line(&c);
        if (line.len == 0)
            break;
        if (add_field(b, line, &c) != 0)
            return -1;
    }
    unsigned named = 0;
    for (unsigned i = 0; i < m->n_fields; i++)
        named += m->fields[i].name.len != 0;
    if (named == 0)
        return err_set(b->e, ERR_MAIL, "the mail has no header field");
    return 0;
}

int rawheader_read(struct builder *b, struct slice head)
{
    if (rawheader_fields(b, head) != 0)
        return -1;
    rawheader_ids(b);
    read_from(b);
    read_subject_and_date(b);
    read_top_type(b);
    return 0;
}

/* A logical line at a time over the body, in constant memory. */
struct body_guard {
    enum { HEAD, SKIP, COUNT, MEASURE, LINE_END } state;
    int before; /* LINE_END: the state of the line that ended */
    char head[32];
    size_t n;
    uint64_t colons, bytes;
};

/* The library makes an object of each parameter, all at once. */
static bool has_parameters(struct slice name)
{
    return slice_eq_nocase(name, SLICE("content-type")) ||
           slice_eq_nocase(name, SLICE("content-disposition"));
}

/* Most lines are no header at all: their first character says so. */
static bool may_start_guarded_field(char c)
{
    for (size_t i = 0; i < ARRAY_LEN(address_fields); i++) {
        if ((c | 0x20) == address_fields[i][0])
            return true;
    }
    return false;
}

static void guard_name(struct body_guard *g, char c)
{
    struct slice name = slice_from(g->head, g->n);
    if (c == ' ' || c == '\t') /* the library allows them before the colon, as many as there are */
        return;
    if (c == ':') {
        g->state = rawheader_is_address(name) ? COUNT : has_parameters(name) ? MEASURE : SKIP;
        g->colons = g->bytes = 0;
    } else if (g->n == sizeof(g->head) || (g->n == 0 && !may_start_guarded_field(c))) {
        g->state = SKIP;
    } else {
        g->head[g->n++] = c;
    }
}

static void guard_step(struct body_guard *g, char c)
{
    if (g->state == LINE_END) {
        bool folded = c == ' ' || c == '\t';
        g->state = folded ? g->before : HEAD;
        g->n = folded ? g->n : 0;
    }
    g->bytes += g->state == MEASURE;
    if (c == '\n') {
        g->before = g->state == HEAD ? SKIP : g->state;
        g->state = LINE_END;
    } else if (g->state == COUNT) {
        g->colons += c == ':';
    } else if (g->state == HEAD) {
        guard_name(g, c);
    }
}

static bool guard_trips(const struct body_guard *g)
{
    return g->colons > ADDRESS_MARKS_MAX || g->bytes > FIELD_MAX;
}

int rawheader_guard_body(const struct source *src, uint64_t from, struct err *e)
{
    struct body_guard g = {.state = HEAD};
    size_t room = src->size - from < CHUNK ? (size_t)(src->size - from) : CHUNK;
    char *chunk = mem_alloc(room + 1);
    ssize_t n;
    while ((n = source_read(src, from, chunk, room)) > 0) {
        for (const char *p = chunk, *end = chunk + n; p < end; p++) {
            if (g.state == SKIP) {
                p = memchr(p, '\n', (size_t)(end - p));
                if (!p)
                    break;
            }
            guard_step(&g, *p);
            if (guard_trips(&g))
                break;
        }
        if (guard_trips(&g))
            break;
        from += (uint64_t)n;
    }
    free(chunk);
    if (n < 0)
        return err_set(e, ERR_IO, "the mail could not be read from its file");
    if (g.colons > ADDRESS_MARKS_MAX)
        return message_over(e, OVER_ADDRESSES_INSIDE, false, ADDRESS_MARKS_MAX, ADDRESS_MARKS_MAX);
    if (g.bytes > FIELD_MAX)
        return message_over(e, OVER_FIELD_INSIDE, false, FIELD_MAX, FIELD_MAX);
    return 0;
}
