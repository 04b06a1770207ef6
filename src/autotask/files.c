/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * files: attachments of a ticket. The request is made while it is sent: the start of the JSON, the file in
 * base64 piece by piece, the end. autotask-rest.md 4, 5.3.
 */
#include "client.h"

enum { PIECE = 3 * 1024, TITLE = 255, REFUSED_S = 300 };

/* The words for these refusals are not known; a text that is none of them leaves the outcome open, and the
 * look-up tells. Autotask's own list of endings, and limits, are the tenant's. */
static const struct known_text refusals[] = {
    {"thread threshold", ERR_BUSY},          {"5 minutes", ERR_FILE_PACE},
    {"five minutes", ERR_FILE_PACE},         {"attachment threshold", ERR_FILE_PACE},
    {"file type", ERR_FILE_REFUSED},         {"file extension", ERR_FILE_REFUSED},
    {"extension is not", ERR_FILE_REFUSED},  {"not allowed", ERR_FILE_REFUSED},
    {"maximum file size", ERR_FILE_REFUSED}, {"maximum size", ERR_FILE_REFUSED},
    {"file is too large", ERR_FILE_REFUSED}, {NULL, ERR_NONE},
};

/* The body while it is made. */
struct sender {
    const struct autotask_file *file;
    struct buf start;
    struct slice pending; /* of start, encoded or the end */
    uint64_t left;        /* bytes of the file that were not read yet */
    bool ended, broken;
    unsigned char raw[PIECE];
    char encoded[PIECE / 3 * 4];
};

static size_t encode(const unsigned char *raw, size_t n, char *out)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t at = 0;
    for (size_t i = 0; i < n; i += 3) {
        size_t have = n - i < 3 ? n - i : 3;
        unsigned long v = (unsigned long)raw[i] << 16 | (unsigned long)(have > 1 ? raw[i + 1] : 0) << 8 |
                          (have > 2 ? raw[i + 2] : 0);
        out[at++] = digits[v >> 18];
        out[at++] = digits[v >> 12 & 63];
        out[at++] = have > 1 ? digits[v >> 6 & 63] : '=';
        out[at++] = have > 2 ? digits[v & 63] : '=';
    }
    return at;
}

static const struct slice end_of_body = {"\"}", 2};

static void next_piece(struct sender *s)
{
    size_t have = 0, want = s->left < PIECE ? (size_t)s->left : PIECE;
    if (s->left == 0) {
        s->pending = end_of_body;
        s->ended = true;
        return;
    }
    while (have < want) {
        size_t got = s->file->read(s->file->self, (char *)s->raw + have, want - have);
        if (got == 0 || got > want - have) {
            s->broken = true;
            return;
        }
        have += got;
    }
    s->left -= have;
    s->pending = slice_from(s->encoded, encode(s->raw, have, s->encoded));
}

static size_t read_body(void *self, char *into, size_t n)
{
    struct sender *s = self;
    size_t made = 0;
    while (made < n) {
        if (s->pending.len == 0 && !s->ended)
            next_piece(s);
        if (s->pending.len == 0 || s->broken)
            break;
        struct slice piece = slice_cut(s->pending, n - made);
        memcpy(into + made, piece.ptr, piece.len);
        made += piece.len;
        s->pending = slice_skip(s->pending, piece.len);
    }
    return s->broken ? 0 : made;
}

static void put_start(struct buf *out, const struct autotask_file *file, int64_t publish)
{
    struct buf title = BUF_INIT(4000);
    put_marked(&title, file->name, file->mark, TITLE);
    buf_putc(out, '{');
    member_text(out, "attachmentType", "FILE_ATTACHMENT");
    member_text(out, "title", title.data);
    member_text(out, "fullPath", file->name);
    json_put_int(out, "publish", publish);
    buf_puts(out, ",\"data\":\"");
    buf_release(&title);
}

static int send_file(struct autotask *at, struct sender *s, int64_t *id, struct err *e)
{
    char path[80];
    snprintf(path, sizeof(path), "Tickets/%lld/Attachments", (long long)s->file->ticket_id);
    struct call call = {.kind = CALL_WRITE,
                        .method = "POST",
                        .endpoint = "TicketAttachments",
                        .path = path,
                        .read_body = read_body,
                        .read_self = s,
                        .body_size = s->start.len + (s->file->size + 2) / 3 * 4 + end_of_body.len,
                        .as_resource = s->file->as_resource,
                        .texts = refusals};
    int rc = autotask_write(at, &call, id, e);
    /* a request that was not sent to its end cannot be carried out: its JSON is open */
    if (rc != 0 && s->broken)
        rc = err_set(e, ERR_IO, "%s ended while it was sent, with %llu of its %llu bytes missing",
                     s->file->name, (unsigned long long)s->left, (unsigned long long)s->file->size);
    return rc;
}

int autotask_file_create(struct autotask *at, const struct autotask_file *file, int64_t *id, struct err *e)
{
    int64_t publish;
    if (file->size > AUTOTASK_FILE_MAX)
        return err_set(e, ERR_LIMIT, "%s has %llu bytes, Autotask takes at most %llu", file->name,
                       (unsigned long long)file->size, (unsigned long long)AUTOTASK_FILE_MAX);
    if (file->size == 0)
        return err_set(e, ERR_LIMIT, "%s is empty", file->name);
    if (picked_value(at, FILE_PUBLISH, &publish, e) != 0 || pace_take(at->files, file->size, e) != 0)
        return -1;
    struct sender *s = mem_alloc(sizeof(*s));
    *s = (struct sender){.file = file, .start = BUF_INIT(4000), .left = file->size};
    put_start(&s->start, file, publish);
    s->pending = buf_view(&s->start);
    int rc = send_file(at, s, id, e);
    buf_release(&s->start);
    free(s);
    if (rc != 0 && err_class(e) != ERR_CLASS_UNKNOWN)
        pace_give_back(at->files, file->size);
    if (rc != 0 && e->code == ERR_FILE_PACE) {
        if (e->retry_after_s == 0)
            e->retry_after_s = REFUSED_S;
        pace_refused(at->files, e->retry_after_s < REFUSED_S ? e->retry_after_s : REFUSED_S);
    }
    return rc;
}

int autotask_file_by_mark(struct autotask *at, int64_t ticket, const char *mark, bool *found, int64_t *id,
                          struct err *e)
{
    struct marked what = {.entity = "TicketAttachments",
                          .parent = "ticketID",
                          .field = "title",
                          .mark = mark,
                          .parent_id = ticket};
    return find_marked(at, &what, found, id, e);
}
