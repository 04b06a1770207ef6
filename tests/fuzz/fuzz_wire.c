/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz_wire: bytes as the wire form of a message: what is accepted points nowhere but into its arena, and is
 * written as the same bytes. */
#include "fuzz.h"

#include "frontdesk/message.h"

static void check_span(const struct message *m, struct span s)
{
    ENSURE((uint64_t)s.off + s.len <= m->arena_len);
}

static void check_spans(const struct message *m)
{
    const struct span single[] = {m->from,       m->from_library, m->from_name, m->subject,
                                  m->message_id, m->in_reply_to,  m->top_type,  m->text};
    for (size_t i = 0; i < ARRAY_LEN(single); i++)
        check_span(m, single[i]);
    for (unsigned i = 0; i < m->n_fields; i++) {
        check_span(m, m->fields[i].name);
        check_span(m, m->fields[i].value);
    }
    for (unsigned i = 0; i < m->n_parts; i++) {
        ENSURE(m->parts[i].kind <= PART_REPORT && m->parts[i].encoding <= 3);
        check_span(m, m->parts[i].type);
        check_span(m, m->parts[i].name);
    }
    for (unsigned i = 0; i < m->n_references; i++)
        check_span(m, m->references[i]);
    ENSURE(m->n_fields <= MESSAGE_MAX_FIELDS && m->n_parts <= MESSAGE_MAX_PARTS &&
           m->n_references <= MESSAGE_MAX_REFERENCES);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice bytes = slice_from((const char *)data, size);
    struct message m;
    struct err e = ERR_INIT;
    if (message_decode(&m, bytes, &e) != 0) {
        ENSURE(e.code == ERR_PROTOCOL);
        return 0;
    }
    struct buf wire = BUF_INIT(16 << 20);
    check_spans(&m);
    message_count(&m, "Subject");
    message_encode(&m, &wire);
    ENSURE(slice_eq(buf_view(&wire), bytes));
    buf_release(&wire);
    message_release(&m);
    return 0;
}
