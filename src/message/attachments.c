/* SPDX-License-Identifier: GPL-2.0-or-later */
/* attachments: which files go along, and their bytes. The rules stand in message_attachments.h. */
#include "frontdesk/message_attachments.h"
#include "message_internal.h"

/* --- the list while it is made --- */

struct listing {
    const struct message *m;
    const struct source *src;
    const struct attachments_options *options;
    struct pool *pool;
    struct attachments *out;
    size_t left_room;
    uint8_t hashes[ATTACHMENTS_MAX][32]; /* of each in the list */
    size_t n_inner;                      /* files out of winmail.dat so far */
    const struct message_part *part;
    size_t n_of_part;
};

/* A candidate: what is known before the rules have spoken. */
struct candidate {
    struct slice name; /* safe, or empty */
    struct attachment a;
    const uint8_t *sha256; /* NULL = not compared */
};

static void leave_out(struct listing *l, struct attachment_left_out file)
{
    if (l->out->n_left_out == l->left_room) {
        size_t room = l->left_room ? 2 * l->left_room : 8;
        struct attachment_left_out *more = pool_array(l->pool, room, sizeof(*more));
        if (l->out->n_left_out)
            memcpy(more, l->out->left_out, l->out->n_left_out * sizeof(*more));
        l->out->left_out = more;
        l->left_room = room;
    }
    if (!file.size)
        file.size = "";
    if (!file.most)
        file.most = "";
    if (!file.other)
        file.other = "";
    l->out->left_out[l->out->n_left_out++] = file;
}

/* "48 MB", "6.1 MB", "310 KB": rounded up for what is, down for what is allowed, so that the first is never
 * shown as the second. */
static const char *size_words(struct pool *pool, uint64_t bytes, bool up)
{
    uint64_t unit = bytes < 1000000 ? 1000 : 1000000, tenth = unit / 10;
    const char *word = unit == 1000 ? "KB" : "MB";
    uint64_t tenths = (bytes + (up ? tenth - 1 : 0)) / tenth;
    if (bytes < 1000)
        return pool_printf(pool, "%llu bytes", (unsigned long long)bytes);
    if (tenths >= 100 || tenths % 10 == 0)
        return pool_printf(pool, "%llu %s", (unsigned long long)((tenths + (up ? 9 : 0)) / 10), word);
    return pool_printf(pool, "%llu.%llu %s", (unsigned long long)(tenths / 10),
                       (unsigned long long)(tenths % 10), word);
}

/* --- names --- */

static bool is_taken(const struct listing *l, struct slice name)
{
    for (size_t i = 0; i < l->out->n; i++) {
        if (fold_eq(slice_of(l->out->list[i].name), name))
            return true;
    }
    return false;
}

/* Where the ending starts, its dot included; the length if there is none. */
static size_t ending_of(struct slice name)
{
    for (size_t i = name.len; i > 1 && name.len - i < 20; i--) {
        if (name.ptr[i - 1] == '.')
            return i - 1;
    }
    return name.len;
}

/* "report.pdf", then "report (2).pdf". */
static const char *unique_name(const struct listing *l, struct slice name)
{
    size_t dot = ending_of(name);
    struct slice ending = slice_skip(name, dot);
    const char *unique = pool_slice(l->pool, name);
    for (unsigned n = 2; is_taken(l, slice_of(unique)); n++) {
        char number[20];
        size_t digits = (size_t)snprintf(number, sizeof(number), " (%u)", n);
        struct slice head = slice_cut_utf8(slice_cut(name, dot), NAME_MAX_BYTES - ending.len - digits);
        unique = pool_printf(l->pool, "%.*s%s%.*s", SLICE_ARG(head), number, SLICE_ARG(ending));
    }
    return unique;
}

/* What a part without a name is called. */
static struct slice name_of_type(struct slice type)
{
    static const struct {
        const char *type, *name;
    } names[] = {
        {"image/png", "picture.png"},        {"image/jpeg", "picture.jpg"},
        {"image/jpg", "picture.jpg"},        {"image/gif", "picture.gif"},
        {"image/webp", "picture.webp"},      {"image/heic", "picture.heic"},
        {"image/bmp", "picture.bmp"},        {"image/tiff", "picture.tif"},
        {"application/pdf", "document.pdf"}, {"application/zip", "archive.zip"},
        {"text/plain", "text.txt"},          {"text/html", "page.html"},
        {"text/csv", "table.csv"},           {"text/calendar", "invitation.ics"},
        {"message/rfc822", "message.eml"},   {"text/rfc822-headers", "headers.txt"},
        {"audio/mpeg", "recording.mp3"},     {"audio/wav", "recording.wav"},
        {"video/mp4", "video.mp4"},
    };
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (slice_eq(type, slice_of(names[i].type)))
            return slice_of(names[i].name);
    }
    return SLICE("attachment.bin");
}

/* --- the rules --- */

static const char *same_as(const struct listing *l, const struct candidate *c)
{
    for (size_t i = 0; c->sha256 && i < l->out->n; i++) {
        if (l->out->list[i].size == c->a.size && memcmp(l->hashes[i], c->sha256, 32) == 0)
            return l->out->list[i].name;
    }
    return NULL;
}

static void add(struct listing *l, const struct candidate *c)
{
    struct attachment *a = &l->out->list[l->out->n];
    *a = c->a;
    a->name = unique_name(l, c->name);
    if (c->sha256)
        memcpy(l->hashes[l->out->n], c->sha256, sizeof(l->hashes[0]));
    l->out->n++;
}

/* What holds for every file, wherever it comes from. */
static void offer(struct listing *l, const struct candidate *c)
{
    const char *name = pool_slice(l->pool, c->name), *twin = same_as(l, c);
    uint64_t most = l->options->max_size;
    if (c->a.size == 0)
        leave_out(l, (struct attachment_left_out){.name = name, .why = LEFT_OUT_EMPTY});
    else if (most && c->a.size > most)
        leave_out(l, (struct attachment_left_out){.name = name,
                                                  .why = LEFT_OUT_TOO_LARGE,
                                                  .size = size_words(l->pool, c->a.size, true),
                                                  .most = size_words(l->pool, most, false)});
    else if (twin)
        leave_out(l, (struct attachment_left_out){.name = name, .why = LEFT_OUT_SAME, .other = twin});
    else if (l->out->n >= ATTACHMENTS_MAX)
        leave_out(l, (struct attachment_left_out){.name = name,
                                                  .why = LEFT_OUT_TOO_MANY,
                                                  .most = pool_printf(l->pool, "%d", ATTACHMENTS_MAX)});
    else
        add(l, c);
}

/* --- winmail.dat --- */

static void take_inner(void *self, const struct tnef_file *file)
{
    struct listing *l = self;
    struct buf safe = BUF_INIT(4 * NAME_MAX_BYTES);
    l->n_of_part++;
    if (++l->n_inner > ATTACHMENTS_IN_TNEF)
        return;
    filename_safe(&safe, slice_cut_utf8(file->name, FIELD_MAX));
    struct slice name = safe.len ? buf_view(&safe) : SLICE("attachment.bin");
    struct candidate c = {.name = name,
                          .a = {.size = file->size,
                                .raw_off = l->part->raw_off,
                                .raw_len = l->part->raw_len,
                                .encoding = l->part->encoding,
                                .inner_off = file->off},
                          .sha256 = file->sha256};
    if (file->has_data)
        offer(l, &c);
    else
        leave_out(
            l, (struct attachment_left_out){.name = pool_slice(l->pool, name), .why = LEFT_OUT_ONLY_OUTLOOK});
    buf_release(&safe);
}

static int unpack(struct listing *l, const struct message_part *p, const char *name, struct err *e)
{
    bool damaged;
    l->part = p;
    l->n_of_part = 0;
    if (tnef_scan(l->src, p, take_inner, l, &damaged, e) != 0)
        return -1;
    struct attachment_left_out whole = {.name = name};
    whole.why = damaged && l->n_of_part            ? LEFT_OUT_OUTLOOK_DAMAGED
                : damaged                          ? LEFT_OUT_OUTLOOK_UNREADABLE
                : l->n_inner > ATTACHMENTS_IN_TNEF ? LEFT_OUT_OUTLOOK_TOO_MANY
                                                   : LEFT_OUT_OUTLOOK_FORMAT;
    if (whole.why != LEFT_OUT_OUTLOOK_FORMAT || l->n_of_part == 0)
        leave_out(l, whole);
    return 0;
}

/* --- parts --- */

static bool is_tnef(struct slice type, struct slice name)
{
    return slice_eq(type, SLICE("application/ms-tnef")) || slice_eq(type, SLICE("application/vnd.ms-tnef")) ||
           slice_eq_nocase(name, SLICE("winmail.dat"));
}

/* Does a part not go along, whatever it holds, and why? */
static bool never(const struct listing *l, const struct message_part *p, struct slice type,
                  enum left_out *why)
{
    static const struct {
        const char *type;
        enum left_out why;
    } types[] = {
        {"application/pgp-signature", LEFT_OUT_SIGNATURE},
        {"application/pkcs7-signature", LEFT_OUT_SIGNATURE},
        {"application/x-pkcs7-signature", LEFT_OUT_SIGNATURE},
        {"application/pgp-encrypted", LEFT_OUT_ENCRYPTION},
        {"application/applefile", LEFT_OUT_MACINTOSH},
    };
    uint64_t least = l->options->inline_min ? l->options->inline_min : ATTACHMENTS_INLINE_MIN;
    for (size_t i = 0; i < ARRAY_LEN(types); i++) {
        if (slice_eq(type, slice_of(types[i].type)))
            return *why = types[i].why, true;
    }
    if (slice_ends_nocase(message_str(l->m, p->name), SLICE(".p7s")))
        return *why = LEFT_OUT_SIGNATURE, true;
    if (p->kind == PART_CALENDAR && p->name.len == 0)
        return *why = LEFT_OUT_INVITATION, true;
    if (p->kind == PART_REPORT && p->name.len == 0)
        return *why = LEFT_OUT_REPORT, true;
    *why = LEFT_OUT_LOGO;
    return p->is_shown && slice_starts(type, SLICE("image/")) && p->size < least;
}

/* A mail inside is an .eml, whatever it was called. */
static struct slice safe_part_name(struct listing *l, const struct message_part *p, struct slice type)
{
    struct slice name = message_str(l->m, p->name);
    if (name.len == 0)
        return name_of_type(type);
    if (p->kind != PART_MESSAGE || slice_ends_nocase(name, SLICE(".eml")))
        return name;
    return slice_of(pool_printf(l->pool, "%.*s.eml", SLICE_ARG(slice_cut_utf8(name, NAME_MAX_BYTES - 4))));
}

static int take_part(struct listing *l, const struct message_part *p, struct err *e)
{
    struct slice type = message_str(l->m, p->type), name = safe_part_name(l, p, type);
    if (p->kind == PART_TEXT || p->kind == PART_HTML)
        return 0;
    struct attachment_left_out not = {0};
    if (never(l, p, type, &not .why)) {
        not .name = pool_slice(l->pool, name);
        leave_out(l, not );
        return 0;
    }
    if (is_tnef(type, name))
        return unpack(l, p, pool_slice(l->pool, p->name.len ? name : SLICE("winmail.dat")), e);
    struct candidate c = {
        .name = name,
        .a = {.size = p->size, .raw_off = p->raw_off, .raw_len = p->raw_len, .encoding = p->encoding},
        .sha256 = p->sha256};
    offer(l, &c);
    return 0;
}

int attachments_list(struct attachments *out, const struct message *m, const struct mail_bytes *mail,
                     const struct attachments_options *options, struct pool *pool, struct err *e)
{
    struct source src;
    *out = (struct attachments){0};
    if (source_of(&src, mail, e) != 0)
        return -1;
    struct listing l = {.m = m, .src = &src, .options = options, .pool = pool, .out = out};
    out->list = pool_array(pool, ATTACHMENTS_MAX, sizeof(*out->list));
    struct candidate original = {.name = SLICE("original message.eml"),
                                 .a = {.size = src.size, .raw_len = src.size}};
    if (options->original)
        offer(&l, &original);
    int rc = 0;
    for (unsigned i = 0; rc == 0 && i < m->n_parts; i++)
        rc = take_part(&l, &m->parts[i], e);
    source_close(&src);
    return rc;
}

/* --- the bytes of one --- */

struct attachment_reader {
    struct source src;
    struct content content;
    struct slice piece;
    uint64_t skip, left;
};

int attachment_open(struct attachment_reader **out, const struct mail_bytes *mail, const struct attachment *a,
                    struct err *e)
{
    struct source src;
    *out = NULL;
    if (a->encoding > 3 || a->raw_len > INT64_MAX - a->raw_off)
        return err_set(e, ERR_IO, "%.100s: its place in the mail makes no sense", a->name);
    if (source_of(&src, mail, e) != 0)
        return -1;
    struct attachment_reader *r = mem_alloc(sizeof(*r));
    *r = (struct attachment_reader){.src = src, .skip = a->inner_off, .left = a->size};
    struct message_part part = {.raw_off = a->raw_off, .raw_len = a->raw_len, .encoding = a->encoding};
    content_open(&r->content, &r->src, &part);
    *out = r;
    return 0;
}

/* The next bytes of the file; false at the end of the mail. */
static bool next_piece(struct attachment_reader *r)
{
    struct err ignored = ERR_INIT;
    while (r->piece.len == 0) {
        if (content_next(&r->content, &r->piece, &ignored) != 0 || r->piece.len == 0)
            return false;
        size_t before = r->skip < r->piece.len ? (size_t)r->skip : r->piece.len;
        r->piece = slice_skip(r->piece, before);
        r->skip -= before;
    }
    return true;
}

size_t attachment_read(void *reader, char *into, size_t n)
{
    struct attachment_reader *r = reader;
    size_t made = 0;
    while (made < n && r->left && next_piece(r)) {
        struct slice got = slice_cut(r->piece, n - made < r->left ? n - made : (size_t)r->left);
        memcpy(into + made, got.ptr, got.len);
        made += got.len;
        r->left -= got.len;
        r->piece = slice_skip(r->piece, got.len);
    }
    return made;
}

void attachment_close(struct attachment_reader **reader)
{
    struct attachment_reader *r = *reader;
    if (!r)
        return;
    content_close(&r->content);
    source_close(&r->src);
    free(r);
    *reader = NULL;
}
