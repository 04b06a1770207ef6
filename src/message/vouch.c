/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vouch: is what a caged reader says about the header what stands in the mail? Who sent a mail is decided by
 * its fields, so they are read a second time here, without any library: a reader that a hostile mail took
 * over can lie about the text of that mail, but never about who sent it.
 */
#include "message_internal.h"

#include "frontdesk/message_attachments.h"

static bool same(const struct message *a, struct span x, const struct message *b, struct span y)
{
    return slice_eq(message_str(a, x), message_str(b, y));
}

static bool same_fields(const struct message *a, const struct message *b)
{
    bool same_all = a->n_fields == b->n_fields && a->n_references == b->n_references &&
                    same(a, a->message_id, b, b->message_id) && same(a, a->in_reply_to, b, b->in_reply_to);
    for (unsigned i = 0; same_all && i < a->n_fields; i++)
        same_all = same(a, a->fields[i].name, b, b->fields[i].name) &&
                   same(a, a->fields[i].value, b, b->fields[i].value);
    for (unsigned i = 0; same_all && i < a->n_references; i++)
        same_all = same(a, a->references[i], b, b->references[i]);
    const struct message_field *from = message_field(b, "From", 0);
    return same_all && a->n_from == message_count(b, "From") && (!from || same(a, a->from, b, from->value));
}

static int read_again(struct message *own, const struct source *src, bool headers_only, struct err *e)
{
    struct builder b = {.m = own, .arena = BUF_INIT(ARENA_MAX), .src = src, .e = e};
    uint64_t body;
    int rc = source_header(&b, headers_only, rawheader_fields, &body);
    if (rc == 0)
        rawheader_ids(&b);
    own->arena_len = (uint32_t)b.arena.len;
    own->arena = buf_detach(&b.arena);
    return rc;
}

int message_vouch(const struct message *m, const struct mail_bytes *mail, bool headers_only, struct err *e)
{
    struct source src;
    struct message own = {0};
    if (source_of(&src, mail, e) != 0)
        return -1;
    int rc = read_again(&own, &src, headers_only, e);
    if (rc == 0 && !same_fields(m, &own))
        rc = err_set(e, ERR_READER, "the reader says of the header what does not stand in the mail");
    message_release(&own);
    source_close(&src);
    return rc;
}
