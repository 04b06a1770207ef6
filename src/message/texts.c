/* SPDX-License-Identifier: GPL-2.0-or-later */
/* texts: the readable pieces of a mail, those of the mails inside it after its own. See message_texts.h. */
#include "frontdesk/message_texts.h"
#include "message_internal.h"

enum { MOST_IN_TNEF = 8 };

struct gathering {
    struct message_texts *out;
    struct pool *pool;
    size_t left; /* bytes for all pieces */
    struct err *e;
};

/* One mail, the outermost or one inside. */
struct place {
    struct gathering *g;
    const struct message *m;
    const struct source *src;
    unsigned depth;
};

static void add(struct gathering *g, const char *where, struct slice text, bool is_mail)
{
    struct slice kept = slice_cut_utf8(text, g->left);
    bool room = g->out->n < MESSAGE_TEXTS;
    g->out->more = g->out->more || !room || kept.len < text.len;
    if (!room || (slice_trim(kept).len == 0 && g->out->n))
        return;
    g->left -= kept.len;
    g->out->list[g->out->n++] = (struct message_text){
        .where = where, .text = slice_from(pool_slice(g->pool, kept), kept.len), .is_mail = is_mail};
}

/* The decoded bytes from `off` on, at most `size`: the first that fit into `out`, or the last. */
static int read_range(const struct place *at, const struct message_part *p, uint64_t off, uint64_t size,
                      bool last, struct buf *out)
{
    struct content c;
    struct slice piece;
    int r;
    uint64_t skip = off + (last && size > out->max ? size - out->max : 0), left = off + size - skip;
    content_open(&c, at->src, p);
    while ((r = content_next(&c, &piece, at->g->e)) == 0 && piece.len && left && out->len < out->max) {
        size_t before = skip < piece.len ? (size_t)skip : piece.len;
        skip -= before;
        piece = slice_cut(slice_skip(piece, before), left < SIZE_MAX ? (size_t)left : SIZE_MAX);
        piece = slice_cut(piece, out->max - out->len);
        left -= piece.len;
        buf_slice(out, piece);
    }
    content_close(&c);
    return r;
}

/* Windows tools write their logs as UTF-16. */
static const char *charset_of(struct slice bytes)
{
    if (slice_starts(bytes, SLICE("\xff\xfe")))
        return "utf-16le";
    return slice_starts(bytes, SLICE("\xfe\xff")) ? "utf-16be" : "";
}

static void add_file(struct gathering *g, const char *name, struct slice bytes, bool html)
{
    struct buf utf8 = BUF_INIT(4 * MESSAGE_TEXTS_FILE), text = BUF_INIT(8 * MESSAGE_TEXTS_FILE),
               tidy = BUF_INIT(8 * MESSAGE_TEXTS_FILE);
    message_to_utf8(&utf8, bytes, slice_of(charset_of(bytes)));
    if (html)
        message_html_to_text(&text, buf_view(&utf8));
    message_clean(&tidy, buf_view(html ? &text : &utf8), true);
    buf_clear(&text);
    flowed_tidy(&text, buf_view(&tidy));
    add(g, name, buf_view(&text), false);
    buf_release(&utf8);
    buf_release(&text);
    buf_release(&tidy);
}

/* --- what a part is --- */

enum what { NOTHING, TEXT_FILE, HTML_FILE, MAIL, TNEF };

static enum what what_by_name(struct slice name)
{
    static const struct {
        const char *ending;
        enum what what;
    } rows[] = {{".log", TEXT_FILE}, {".txt", TEXT_FILE},  {".eml", MAIL},
                {".htm", HTML_FILE}, {".html", HTML_FILE}, {"winmail.dat", TNEF}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (slice_ends_nocase(name, slice_of(rows[i].ending)))
            return rows[i].what;
    }
    return NOTHING;
}

static enum what what_is(const struct message *m, const struct message_part *p)
{
    static const struct {
        const char *type;
        enum what what;
    } rows[] = {{"text/plain", TEXT_FILE}, {"text/html", HTML_FILE},      {"text/x-log", TEXT_FILE},
                {"message/rfc822", MAIL},  {"application/ms-tnef", TNEF}, {"application/vnd.ms-tnef", TNEF},
                {"message/global", MAIL}};
    struct slice type = message_str(m, p->type);
    enum what by_name = what_by_name(message_str(m, p->name));
    if (p->kind == PART_TEXT || p->kind == PART_HTML)
        return !p->is_further ? NOTHING : p->kind == PART_TEXT ? TEXT_FILE : HTML_FILE;
    if (p->kind == PART_MESSAGE || by_name != NOTHING)
        return p->kind == PART_MESSAGE ? MAIL : by_name;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (slice_eq(type, slice_of(rows[i].type)))
            return rows[i].what;
    }
    return NOTHING;
}

/* --- mails inside --- */

static int gather(const struct place *at);

/* Its subject says as much as its text: it goes before that. */
static void add_mail(struct gathering *g, const struct message *m)
{
    struct buf text = BUF_INIT(TEXT_MAX + 2000);
    struct slice subject = message_str(m, m->subject);
    if (subject.len)
        buf_printf(&text, "Subject: %.*s\n\n", SLICE_ARG(slice_cut_utf8(subject, 1900)));
    buf_slice(&text, message_str(m, m->text));
    add(g, pool_slice(g->pool, slice_cut_utf8(subject, 150)), buf_view(&text), true);
    buf_release(&text);
}

static int enter(const struct place *at, struct slice bytes)
{
    struct message inner;
    struct err why = ERR_INIT;
    if (at->depth == MESSAGE_TEXTS_DEPTH || at->g->out->n == MESSAGE_TEXTS || at->g->left == 0) {
        at->g->out->more = true;
        return 0;
    }
    /* one that cannot be read says nothing */
    if (reader_read(&inner, bytes, false, &message_limits_default, &why) != 0)
        return 0;
    struct source src = {.bytes = bytes, .fd = -1, .size = bytes.len};
    struct place inside = {.g = at->g, .m = &inner, .src = &src, .depth = at->depth + 1};
    add_mail(at->g, &inner);
    int r = gather(&inside);
    message_release(&inner);
    return r;
}

/* --- files --- */

static int add_range(const struct place *at, const struct message_part *p, const char *name, enum what what,
                     uint64_t off, uint64_t size)
{
    bool mail = what == MAIL;
    struct buf bytes = BUF_INIT(mail ? MESSAGE_TEXTS_MAIL : MESSAGE_TEXTS_FILE);
    int r = read_range(at, p, off, size, !mail, &bytes);
    at->g->out->more = at->g->out->more || size > bytes.max;
    if (r == 0 && mail)
        r = enter(at, buf_view(&bytes));
    else if (r == 0)
        add_file(at->g, name, buf_view(&bytes), what == HTML_FILE);
    buf_release(&bytes);
    return r;
}

struct unpacking {
    const struct place *at;
    const struct message_part *part;
    unsigned n;
    int r;
};

static void take_inner(void *self, const struct tnef_file *file)
{
    struct unpacking *u = self;
    struct buf name = BUF_INIT(4 * NAME_MAX_BYTES);
    filename_safe(&name, slice_cut_utf8(file->name, FIELD_MAX));
    enum what what = what_by_name(buf_view(&name));
    if (u->r == 0 && file->has_data && what != NOTHING && what != TNEF && u->n < MOST_IN_TNEF) {
        u->n++;
        u->r = add_range(u->at, u->part, pool_slice(u->at->g->pool, buf_view(&name)), what, file->off,
                         file->size);
    }
    buf_release(&name);
}

static int unpack(const struct place *at, const struct message_part *p)
{
    struct unpacking u = {.at = at, .part = p};
    struct buf text = BUF_INIT(TEXT_MAX);
    bool damaged;
    int r = tnef_text(at->src, p, &text, at->g->e);
    if (r == 0)
        add(at->g, "winmail.dat", buf_view(&text), true);
    buf_release(&text);
    if (r == 0)
        r = tnef_scan(at->src, p, take_inner, &u, &damaged, at->g->e);
    return r == 0 ? u.r : r;
}

static int take_part(const struct place *at, const struct message_part *p)
{
    enum what what = what_is(at->m, p);
    const char *name = pool_slice(at->g->pool, message_str(at->m, p->name));
    if (what == NOTHING)
        return 0;
    if (at->g->out->n == MESSAGE_TEXTS || at->g->left == 0) {
        at->g->out->more = true;
        return 0;
    }
    return what == TNEF ? unpack(at, p) : add_range(at, p, name, what, 0, p->size);
}

static int gather(const struct place *at)
{
    int r = 0;
    for (unsigned i = 0; r == 0 && i < at->m->n_parts; i++)
        r = take_part(at, &at->m->parts[i]);
    return r;
}

bool message_texts_inside(const struct message *m)
{
    for (unsigned i = 0; i < m->n_parts; i++) {
        if (what_is(m, &m->parts[i]) != NOTHING)
            return true;
    }
    return false;
}

int message_texts(struct message_texts *out, const struct message *m, const struct mail_bytes *mail,
                  struct pool *pool, struct err *e)
{
    struct gathering g = {.out = out, .pool = pool, .left = MESSAGE_TEXTS_ALL, .e = e};
    struct source src;
    *out = (struct message_texts){0};
    add(&g, "", message_str(m, m->text), true);
    if (!message_texts_inside(m))
        return 0;
    if (source_of(&src, mail, e) != 0)
        return -1;
    struct place at = {.g = &g, .m = m, .src = &src};
    int r = gather(&at);
    source_close(&src);
    return r;
}
