/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * wire: struct message to bytes and back, between a caged reader and us. Little-endian numbers:
 * magic, arena length, counts, single values, fields, parts, references, arena. Decoding trusts nothing.
 */
#include "message_internal.h"

static const char magic[4] = {'F', 'D', 'm', '3'};

void wire_put(struct buf *out, uint64_t v, unsigned bytes)
{
    unsigned char le[8];
    for (unsigned i = 0; i < bytes; i++)
        le[i] = (unsigned char)(v >> (8 * i));
    buf_put(out, le, bytes);
}

static void put_span(struct buf *out, struct span s)
{
    wire_put(out, s.off, 4);
    wire_put(out, s.len, 4);
}

/* The single spans of a message, for both directions. */
static void list_spans(struct message *m, struct span *list[11])
{
    struct span *all[11] = {&m->from,
                            &m->from_library,
                            &m->from_name,
                            &m->subject,
                            &m->message_id,
                            &m->in_reply_to,
                            &m->top_type,
                            &m->text,
                            NULL,
                            NULL,
                            NULL};
    memcpy(list, all, sizeof(all));
}

void message_encode(const struct message *m, struct buf *out)
{
    struct message copy = *m;
    struct span *spans[11];
    list_spans(&copy, spans);
    buf_put(out, magic, sizeof(magic));
    wire_put(out, m->arena_len, 4);
    wire_put(out, m->n_fields, 4);
    wire_put(out, m->n_parts, 4);
    wire_put(out, m->n_references, 4);
    wire_put(out, m->n_from, 4);
    wire_put(out, m->text_cut, 1);
    wire_put(out, m->text_from_html, 1);
    wire_put(out, m->headers_only, 1);
    wire_put(out, (uint64_t)m->date_ms, 8);
    buf_put(out, m->digest, sizeof(m->digest));
    for (unsigned i = 0; spans[i]; i++)
        put_span(out, *spans[i]);
    for (unsigned i = 0; i < m->n_fields; i++) {
        put_span(out, m->fields[i].name);
        put_span(out, m->fields[i].value);
    }
    for (unsigned i = 0; i < m->n_parts; i++) {
        const struct message_part *p = &m->parts[i];
        wire_put(out, p->kind, 1);
        put_span(out, p->type);
        put_span(out, p->name);
        wire_put(out, p->size, 8);
        wire_put(out, p->raw_off, 8);
        wire_put(out, p->raw_len, 8);
        wire_put(out, p->encoding, 1);
        wire_put(out, p->is_inline, 1);
        wire_put(out, p->is_shown, 1);
        wire_put(out, p->depth, 1);
        wire_put(out, p->is_answer, 1);
        wire_put(out, p->is_further, 1);
        buf_put(out, p->sha256, sizeof(p->sha256));
    }
    for (unsigned i = 0; i < m->n_references; i++)
        put_span(out, m->references[i]);
    buf_put(out, m->arena, m->arena_len);
}

uint64_t wire_get(struct wire *w, unsigned bytes, uint64_t most)
{
    uint64_t v = 0;
    if (w->left < bytes) {
        w->bad = true;
        return 0;
    }
    for (unsigned i = 0; i < bytes; i++)
        v |= (uint64_t)w->p[i] << (8 * i);
    w->p += bytes;
    w->left -= bytes;
    if (v > most) {
        w->bad = true;
        return 0;
    }
    return v;
}

static struct span get_span(struct wire *w)
{
    struct span s = {.off = (uint32_t)wire_get(w, 4, UINT32_MAX)};
    s.len = (uint32_t)wire_get(w, 4, UINT32_MAX);
    if ((uint64_t)s.off + s.len > w->arena_len) {
        w->bad = true;
        return (struct span){0, 0};
    }
    return s;
}

void wire_take(struct wire *w, void *to, size_t n)
{
    if (w->left < n) {
        w->bad = true;
        return;
    }
    memcpy(to, w->p, n);
    w->p += n;
    w->left -= n;
}

static void get_part(struct wire *w, struct message_part *p)
{
    p->kind = (enum message_part_kind)wire_get(w, 1, PART_REPORT);
    p->type = get_span(w);
    p->name = get_span(w);
    if (p->name.len > NAME_MAX_BYTES)
        w->bad = true;
    p->size = wire_get(w, 8, INT64_MAX);
    p->raw_off = wire_get(w, 8, INT32_MAX);
    p->raw_len = wire_get(w, 8, INT32_MAX);
    p->encoding = (uint8_t)wire_get(w, 1, 3);
    p->is_inline = (uint8_t)wire_get(w, 1, 1);
    p->is_shown = (uint8_t)wire_get(w, 1, 1);
    p->depth = (uint8_t)wire_get(w, 1, UINT8_MAX);
    p->is_answer = (uint8_t)wire_get(w, 1, 1);
    p->is_further = (uint8_t)wire_get(w, 1, 1);
    wire_take(w, p->sha256, sizeof(p->sha256));
}

static void get_lists(struct wire *w, struct message *m)
{
    m->fields = mem_alloc((m->n_fields + 1) * sizeof(*m->fields));
    m->parts = mem_alloc((m->n_parts + 1) * sizeof(*m->parts));
    m->references = mem_alloc((m->n_references + 1) * sizeof(*m->references));
    for (unsigned i = 0; !w->bad && i < m->n_fields; i++) {
        m->fields[i].name = get_span(w);
        m->fields[i].value = get_span(w);
    }
    for (unsigned i = 0; !w->bad && i < m->n_parts; i++)
        get_part(w, &m->parts[i]);
    for (unsigned i = 0; !w->bad && i < m->n_references; i++)
        m->references[i] = get_span(w);
}

int message_decode(struct message *out, struct slice wire, struct err *e)
{
    struct wire w = {.p = (const unsigned char *)wire.ptr, .left = wire.len};
    char got[sizeof(magic)] = {0};
    wire_take(&w, got, sizeof(got));
    if (w.bad || memcmp(got, magic, sizeof(magic)) != 0)
        return err_set(e, ERR_PROTOCOL, "the reader's answer does not start as one");
    struct message m = {0};
    w.arena_len = m.arena_len = (uint32_t)wire_get(&w, 4, ARENA_MAX);
    m.n_fields = (uint32_t)wire_get(&w, 4, MESSAGE_MAX_FIELDS);
    m.n_parts = (uint32_t)wire_get(&w, 4, MESSAGE_MAX_PARTS);
    m.n_references = (uint32_t)wire_get(&w, 4, MESSAGE_MAX_REFERENCES);
    m.n_from = (uint32_t)wire_get(&w, 4, m.n_fields);
    m.text_cut = (uint8_t)wire_get(&w, 1, 1);
    m.text_from_html = (uint8_t)wire_get(&w, 1, 1);
    m.headers_only = (uint8_t)wire_get(&w, 1, 1);
    m.date_ms = (int64_t)wire_get(&w, 8, INT64_MAX);
    wire_take(&w, m.digest, sizeof(m.digest));
    struct span *spans[11];
    list_spans(&m, spans);
    for (unsigned i = 0; spans[i]; i++)
        *spans[i] = get_span(&w);
    if (m.text.len > TEXT_MAX || m.subject.len > 998)
        w.bad = true;
    if (!w.bad)
        get_lists(&w, &m);
    if (w.bad || w.left != m.arena_len) {
        message_release(&m);
        return err_set(e, ERR_PROTOCOL, "the reader's answer is malformed");
    }
    m.arena = mem_alloc((size_t)m.arena_len + 1);
    wire_take(&w, m.arena, m.arena_len);
    *out = m;
    return 0;
}
