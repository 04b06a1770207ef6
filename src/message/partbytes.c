/* SPDX-License-Identifier: GPL-2.0-or-later */
/* partbytes: the decoded content of one part, from the mail that it was found in. */
#include "message_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static GMimeContentEncoding encoding_named(uint8_t wire)
{
    return wire == 1   ? GMIME_CONTENT_ENCODING_BASE64
           : wire == 2 ? GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE
           : wire == 3 ? GMIME_CONTENT_ENCODING_UUENCODE
                       : GMIME_CONTENT_ENCODING_DEFAULT;
}

static int decode(const struct source *src, const struct message_part *p, struct buf *out, struct err *e)
{
    GMimeEncoding state;
    g_mime_encoding_init_decode(&state, encoding_named(p->encoding));
    char *in = mem_alloc(CHUNK), *made = mem_alloc(g_mime_encoding_outlen(&state, CHUNK) + 64);
    ssize_t n = 0;
    for (uint64_t done = 0; done < p->raw_len && !out->overflow; done += (uint64_t)n) {
        uint64_t left = p->raw_len - done;
        n = source_read(src, p->raw_off + done, in, left < CHUNK ? (size_t)left : CHUNK);
        if (n <= 0)
            break;
        if (p->encoding)
            buf_put(out, made, g_mime_encoding_step(&state, in, (size_t)n, made));
        else
            buf_put(out, in, (size_t)n);
    }
    free(in);
    free(made);
    if (n < 0)
        return err_set(e, ERR_IO, "the mail could not be read from its file");
    return out->overflow ? err_set(e, ERR_LIMIT, "the attachment is larger than %zu KB", out->max >> 10) : 0;
}

int message_part_bytes(const struct message_part *p, struct slice mail, const char *path, struct buf *out,
                       struct err *e)
{
    struct source src = {.bytes = mail, .fd = -1, .size = mail.len};
    if (!path)
        return decode(&src, p, out, e);
    src.fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (src.fd < 0)
        return err_set_errno(e, errno, "%s", path);
    off_t end = lseek(src.fd, 0, SEEK_END);
    src.size = end > 0 ? (uint64_t)end : 0;
    int rc = decode(&src, p, out, e);
    close(src.fd);
    return rc;
}
