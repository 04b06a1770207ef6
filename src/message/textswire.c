/* SPDX-License-Identifier: GPL-2.0-or-later */
/* textswire: the readable pieces of a mail to bytes and back, between a caged reader and us. */
#include "frontdesk/message_texts.h"
#include "message_internal.h"

enum { WHERE_MAX = 600 };

void message_texts_encode(const struct message_texts *t, struct buf *out)
{
    wire_put(out, t->n, 4);
    wire_put(out, t->more, 1);
    for (size_t i = 0; i < t->n; i++) {
        const struct message_text *piece = &t->list[i];
        struct slice where = slice_cut(slice_of(piece->where), WHERE_MAX);
        wire_put(out, where.len, 4);
        buf_slice(out, where);
        wire_put(out, piece->text.len, 4);
        buf_slice(out, piece->text);
        wire_put(out, piece->is_mail, 1);
    }
}

/* Clean UTF-8, whatever it was; at most as long as it was said to be. */
static struct slice get_text(struct wire *w, size_t most, bool multiline, struct pool *pool)
{
    size_t n = (size_t)wire_get(w, 4, most);
    struct buf utf8 = BUF_INIT(4 * MESSAGE_TEXTS_ALL + 16), clean = BUF_INIT(4 * MESSAGE_TEXTS_ALL + 16);
    char *raw = w->bad ? NULL : mem_alloc(n + 1);
    if (raw)
        wire_take(w, raw, n);
    if (raw && !w->bad) {
        message_to_utf8(&utf8, slice_from(raw, n), SLICE("utf-8"));
        message_clean(&clean, buf_view(&utf8), multiline);
    }
    struct slice kept = slice_cut_utf8(buf_view(&clean), most);
    kept = slice_from(pool_slice(pool, kept), kept.len);
    free(raw);
    buf_release(&utf8);
    buf_release(&clean);
    return kept;
}

int message_texts_decode(struct message_texts *out, struct slice wire, struct pool *pool, struct err *e)
{
    struct wire w = {.p = (const unsigned char *)wire.ptr, .left = wire.len};
    size_t left = MESSAGE_TEXTS_ALL;
    *out = (struct message_texts){0};
    size_t n = (size_t)wire_get(&w, 4, MESSAGE_TEXTS);
    out->more = wire_get(&w, 1, 1);
    for (; !w.bad && out->n < n; out->n++) {
        struct message_text *piece = &out->list[out->n];
        piece->where = get_text(&w, WHERE_MAX, false, pool).ptr;
        piece->text = get_text(&w, left, true, pool);
        piece->is_mail = wire_get(&w, 1, 1);
        left -= piece->text.len;
    }
    if (!w.bad && w.left == 0 && n > 0)
        return 0;
    *out = (struct message_texts){0};
    return err_set(e, ERR_PROTOCOL, "the reader's texts are malformed");
}
