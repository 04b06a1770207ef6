/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz_message: bytes as a mail and as the wire form; what is read must survive encode and decode. */
#include "fuzz.h"

#include "frontdesk/message.h"

static void check(const struct message *m)
{
    for (unsigned i = 0; i < m->n_fields; i++)
        ENSURE(m->fields[i].value.off + m->fields[i].value.len <= m->arena_len);
    struct slice subject = message_str(m, m->subject);
    for (size_t i = 0; i < subject.len; i++)
        ENSURE((unsigned char)subject.ptr[i] >= 0x20);
    for (unsigned i = 0; i < m->n_parts; i++) {
        struct slice name = message_str(m, m->parts[i].name);
        ENSURE(name.len <= 150 && slice_find_char(name, '/') < 0 && slice_find_char(name, '\\') < 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice bytes = slice_from((const char *)data, size);
    struct message m, again;
    struct err e = ERR_INIT;
    if (reader_read(&m, bytes, false, NULL, &e) == 0) {
        check(&m);
        struct buf wire = BUF_INIT(16 * 1024 * 1024), second = BUF_INIT(16 * 1024 * 1024);
        message_encode(&m, &wire);
        ENSURE(message_decode(&again, buf_view(&wire), &e) == 0);
        message_encode(&again, &second);
        ENSURE(slice_eq(buf_view(&wire), buf_view(&second)));
        buf_release(&wire);
        buf_release(&second);
        message_release(&again);
        message_release(&m);
    }
    if (message_decode(&again, bytes, &e) == 0)
        message_release(&again);
    return 0;
}
