/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz_attachments: the first byte says what the rest is: a mail, or the content of a winmail.dat or of a
 * file in one of the encodings. What is listed must be safe to name and give exactly the bytes that it says;
 * what can be read keeps its limits.
 */
#include "frontdesk/message_texts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_all(const struct mail_bytes *mail, const struct attachment *a)
{
    struct attachment_reader *r;
    struct err e = ERR_INIT;
    char piece[1000];
    uint64_t total = 0;
    ENSURE(attachment_open(&r, mail, a, &e) == 0);
    for (size_t n; (n = attachment_read(r, piece, 1 + total % sizeof(piece))) > 0;)
        total += n;
    ENSURE(total == a->size);
    attachment_close(&r);
}

static void check(const struct message *m, const struct mail_bytes *mail)
{
    struct attachments_options o = {.max_size = 100000, .inline_min = 100, .original = true};
    struct pool *pool = pool_new(64 << 20);
    struct attachments a;
    struct err e = ERR_INIT;
    ENSURE(attachments_list(&a, m, mail, &o, pool, &e) == 0);
    ENSURE(a.n <= ATTACHMENTS_MAX && !pool_exhausted(pool));
    for (size_t i = 0; i < a.n; i++) {
        struct slice name = slice_of(a.list[i].name);
        ENSURE(name.len > 0 && name.len <= 150 && name.ptr[0] != '.');
        ENSURE(a.list[i].size > 0 && a.list[i].size <= o.max_size);
        for (size_t c = 0; c < name.len; c++)
            ENSURE((unsigned char)name.ptr[c] >= 0x20 && !strchr("/\\<>:\"|?*", name.ptr[c]));
        read_all(mail, &a.list[i]);
    }
    struct message_texts texts;
    size_t total = 0;
    ENSURE(message_texts(&texts, m, mail, pool, &e) == 0 && !pool_exhausted(pool));
    for (size_t i = 0; i < texts.n; i++)
        total += texts.list[i].text.len;
    ENSURE(texts.n >= 1 && total <= MESSAGE_TEXTS_ALL);
    pool_free(&pool);
}

/* A message of one part that is the whole input. */
static void check_part(struct slice bytes, uint8_t encoding, const char *type)
{
    struct mail_bytes mail = {.bytes = bytes};
    struct message_part part = {.kind = PART_ATTACHMENT,
                                .type = {.len = (uint32_t)strlen(type)},
                                .raw_len = bytes.len,
                                .encoding = encoding};
    struct message m = {
        .arena = mem_copy(type), .arena_len = (uint32_t)strlen(type), .parts = &part, .n_parts = 1};
    check(&m, &mail);
    free(m.arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err e = ERR_INIT;
    struct message m;
    if (size == 0)
        return 0;
    struct slice bytes = slice_from((const char *)data + 1, size - 1);
    struct mail_bytes mail = {.bytes = bytes};
    if (data[0] & 0x20)
        check_part(bytes, data[0] & 3, "application/ms-tnef");
    else if (reader_read(&m, bytes, false, NULL, &e) == 0) {
        check(&m, &mail);
        message_release(&m);
    }
    return 0;
}
