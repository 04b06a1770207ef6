/* SPDX-License-Identifier: GPL-2.0-or-later */
/* listwire: the list of attachments to bytes and back, between a caged reader and us. */
#include "frontdesk/message_attachments.h"
#include "message_internal.h"

enum { LEFT_OUT_MAX = 10000, TEXT_BYTES = 1000 };

static void put_text(struct buf *out, const char *s)
{
    size_t n = strlen(s);
    wire_put(out, n, 4);
    buf_put(out, s, n);
}

void attachments_encode(const struct attachments *a, struct buf *out)
{
    wire_put(out, a->n, 4);
    wire_put(out, a->n_left_out, 4);
    for (size_t i = 0; i < a->n; i++) {
        put_text(out, a->list[i].name);
        wire_put(out, a->list[i].size, 8);
        wire_put(out, a->list[i].raw_off, 8);
        wire_put(out, a->list[i].raw_len, 8);
        wire_put(out, a->list[i].encoding, 1);
        wire_put(out, a->list[i].inner_off, 8);
    }
    for (size_t i = 0; i < a->n_left_out; i++) {
        put_text(out, a->left_out[i].name);
        wire_put(out, a->left_out[i].why, 1);
        put_text(out, a->left_out[i].size);
        put_text(out, a->left_out[i].most);
        put_text(out, a->left_out[i].other);
    }
}

/* Clean text of one line. `as_name`: a safe file name; one that is safe already stays as it is. */
static const char *get_text(struct wire *w, bool as_name, struct pool *pool)
{
    char raw[TEXT_BYTES + 1];
    size_t n = (size_t)wire_get(w, 4, TEXT_BYTES);
    wire_take(w, raw, n);
    if (w->bad)
        return "";
    struct buf safe = BUF_INIT(8 * TEXT_BYTES), clean = BUF_INIT(8 * TEXT_BYTES);
    message_to_utf8(&clean, slice_from(raw, n), SLICE("utf-8"));
    if (as_name)
        filename_safe(&safe, buf_view(&clean));
    else
        message_clean(&safe, buf_view(&clean), false);
    const char *text = pool_slice(pool, buf_view(&safe));
    buf_release(&safe);
    buf_release(&clean);
    return text;
}

static void get_file(struct wire *w, struct attachment *a, uint64_t size, struct pool *pool)
{
    a->name = get_text(w, true, pool);
    a->size = wire_get(w, 8, INT32_MAX);
    a->raw_off = wire_get(w, 8, size);
    a->raw_len = wire_get(w, 8, size - a->raw_off);
    a->encoding = (uint8_t)wire_get(w, 1, 3);
    a->inner_off = wire_get(w, 8, INT32_MAX);
}

static void get_left_out(struct wire *w, struct attachment_left_out *l, struct pool *pool)
{
    l->name = get_text(w, true, pool);
    l->why = (enum left_out)wire_get(w, 1, LEFT_OUT_LOGO);
    l->size = get_text(w, false, pool);
    l->most = get_text(w, false, pool);
    l->other = get_text(w, true, pool);
}

int attachments_decode(struct attachments *out, struct slice wire, uint64_t size, struct pool *pool,
                       struct err *e)
{
    struct wire w = {.p = (const unsigned char *)wire.ptr, .left = wire.len};
    *out = (struct attachments){0};
    size_t n = (size_t)wire_get(&w, 4, ATTACHMENTS_MAX), left_out = (size_t)wire_get(&w, 4, LEFT_OUT_MAX);
    if (!w.bad) {
        out->list = pool_array(pool, n + 1, sizeof(*out->list));
        out->left_out = pool_array(pool, left_out + 1, sizeof(*out->left_out));
    }
    for (; !w.bad && out->n < n; out->n++)
        get_file(&w, &out->list[out->n], size, pool);
    for (; !w.bad && out->n_left_out < left_out; out->n_left_out++)
        get_left_out(&w, &out->left_out[out->n_left_out], pool);
    if (!w.bad && w.left == 0)
        return 0;
    *out = (struct attachments){0};
    return err_set(e, ERR_PROTOCOL, "the reader's list of files is malformed");
}
