/* SPDX-License-Identifier: GPL-2.0-or-later */
/* caged: the life of a reader: get everything ready, lock the door, answer questions until the socket closes.
 */
#include "cage_wire.h"

#include <errno.h>
#include <iconv.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

const char cage_flag[] = "--cage";

/* Charsets whose converters lie in files: what is not loaded now is never there. The names that mail uses; a
 * charset that is not here is read as UTF-8 or Windows-1252, as an unknown one is. */
static const char *const charsets[] = {
    "ISO-8859-1",  "ISO-8859-2",  "ISO-8859-3",  "ISO-8859-4",  "ISO-8859-5",  "ISO-8859-6",  "ISO-8859-7",
    "ISO-8859-8",  "ISO-8859-9",  "ISO-8859-10", "ISO-8859-11", "ISO-8859-13", "ISO-8859-14", "ISO-8859-15",
    "ISO-8859-16", "CP1250",      "CP1251",      "CP1252",      "CP1253",      "CP1254",      "CP1255",
    "CP1256",      "CP1257",      "CP1258",      "CP437",       "CP850",       "CP852",       "CP866",
    "CP874",       "CP932",       "KOI8-R",      "KOI8-U",      "MACINTOSH",   "TIS-620",     "ISO-2022-JP",
    "ISO-2022-KR", "ISO-2022-CN", "SHIFT_JIS",   "EUC-JP",      "EUC-KR",      "UHC",         "GB2312",
    "GBK",         "GB18030",     "BIG5",        "BIG5-HKSCS",  "EUC-TW",      "HZ",          "UTF-7",
    "UTF-16",      "UTF-16LE",    "UTF-16BE",    "UTF-32",      "US-ASCII",
};

static void load_charsets(void)
{
    for (size_t i = 0; i < ARRAY_LEN(charsets); i++)
        (void)iconv_open("UTF-8", charsets[i]); /* stays open: that keeps its file loaded */
}

/* Whatever the libraries set up at their first use, they set up now. */
static void warm_up(void)
{
    static const char mail[] =
        "From: =?utf-8?B?w4RhYQ==?= <a@b.example>\r\nSubject: =?iso-8859-1?Q?=E4?=\r\nDate: Thu, 1 Jan 2026 "
        "10:00:00 +0100\r\n"
        "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: "
        "text/html; charset=utf-8\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n<p>a=20b</p>\r\n--x\r\nContent-Type: "
        "text/plain\r\n\r\na\r\n--x\r\n"
        "Content-Type: application/octet-stream; name=a.bin\r\nContent-Transfer-Encoding: "
        "base64\r\n\r\nAAAA\r\n--x\r\n"
        "Content-Type: message/rfc822\r\n\r\nFrom: a@b.example\r\n\r\nx\r\n--x--\r\n";
    struct message m;
    struct err e = ERR_INIT;
    if (reader_read(&m, slice_of(mail), false, NULL, &e) == 0)
        message_release(&m);
}

static bool receive(void *to, size_t n)
{
    char *p = to;
    while (n) {
        ssize_t got = recv(CAGE_SOCKET, p, n, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        p += got;
        n -= (size_t)got;
    }
    return true;
}

static bool deliver(const void *from, size_t n)
{
    const char *p = from;
    while (n) {
        ssize_t put = send(CAGE_SOCKET, p, n, MSG_NOSIGNAL);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return false;
        p += put;
        n -= (size_t)put;
    }
    return true;
}

/* The head of a question, and the file that came with it (-1: none). */
static bool receive_head(struct cage_question *q, int *file)
{
    char control[CMSG_SPACE(sizeof(int))];
    struct iovec io = {.iov_base = q, .iov_len = sizeof(*q)};
    struct msghdr m = {
        .msg_iov = &io, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof(control)};
    ssize_t got;
    *file = -1;
    do
        got = recvmsg(CAGE_SOCKET, &m, 0);
    while (got < 0 && errno == EINTR);
    if (got <= 0)
        return false;
    struct cmsghdr *c = CMSG_FIRSTHDR(&m);
    if (c && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS)
        memcpy(file, CMSG_DATA(c), sizeof(*file));
    return receive((char *)q + got, sizeof(*q) - (size_t)got) && q->has_file == (*file >= 0) &&
           q->bytes <= CAGE_QUESTION_MAX && q->message <= CAGE_QUESTION_MAX;
}

static uint64_t size_of(const struct mail_bytes *mail)
{
    struct stat st;
    if (!mail->file)
        return mail->bytes.len;
    return fstat(mail->file, &st) == 0 && st.st_size > 0 ? (uint64_t)st.st_size : 0;
}

/* What was read is looked at again: for its files, or for its texts. */
static int look_again(const struct cage_question *q, const struct mail_bytes *mail, struct slice message,
                      struct buf *out, struct err *e)
{
    struct pool *pool = pool_new(CAGE_ANSWER_MAX);
    struct message_texts *texts = pool_alloc(pool, sizeof(*texts));
    struct attachments found;
    struct message m;
    int rc = message_decode(&m, message, e);
    if (rc == 0 && q->op == CAGE_OP_TEXTS) {
        rc = message_texts(texts, &m, mail, pool, e);
        if (rc == 0)
            message_texts_encode(texts, out);
        message_release(&m);
    } else if (rc == 0) {
        rc = attachments_list(&found, &m, mail, &q->options, pool, e);
        if (rc == 0)
            attachments_encode(&found, out);
        message_release(&m);
    }
    pool_free(&pool);
    return rc;
}

static int make(const struct cage_question *q, const struct mail_bytes *mail, struct slice message,
                struct buf *out, struct err *e)
{
    struct message m;
    if (q->op != CAGE_OP_READ) {
        if (look_again(q, mail, message, out, e) != 0)
            return -1;
    } else {
        if (reader_read_mail(&m, mail, q->headers_only, &q->limits, e) != 0)
            return -1;
        message_encode(&m, out);
        message_release(&m);
    }
    return out->overflow
               ? err_set(e, ERR_LIMIT, "what was read of the mail is over %d bytes", CAGE_ANSWER_MAX)
               : 0;
}

/* Head and bytes in one call: each call wakes who waits. */
static bool answer(const struct cage_answer *a, struct slice bytes)
{
    struct iovec io[] = {{(void *)(uintptr_t)a, sizeof(*a)}, {(void *)(uintptr_t)bytes.ptr, bytes.len}};
    struct msghdr m = {.msg_iov = io, .msg_iovlen = bytes.len ? 2 : 1};
    ssize_t put = sendmsg(CAGE_SOCKET, &m, MSG_NOSIGNAL);
    if (put < (ssize_t)sizeof(*a))
        return false;
    bytes = slice_skip(bytes, (size_t)put - sizeof(*a));
    return deliver(bytes.ptr, bytes.len);
}

static bool answer_one(void)
{
    struct cage_question q;
    struct err e = ERR_INIT;
    int file;
    if (!receive_head(&q, &file))
        return false;
    char *bytes = mem_alloc((size_t)q.bytes + 1), *message = mem_alloc((size_t)q.message + 1);
    bool whole = receive(bytes, (size_t)q.bytes) && receive(message, (size_t)q.message);
    /* not mapped: what was read of a large one would count as memory */
    struct mail_bytes mail = {.bytes = slice_from(bytes, (size_t)q.bytes), .file = file >= 0 ? file : 0};
    struct buf out = BUF_INIT(CAGE_ANSWER_MAX);
    cage_allow_seconds(CAGE_SECONDS + (unsigned)(size_of(&mail) / (25 * 1024 * 1024)));
    if (whole && make(&q, &mail, slice_from(message, (size_t)q.message), &out, &e) != 0) {
        buf_clear(&out);
        buf_puts(&out, e.text);
    }
    struct cage_answer a = {.code = e.code, .bytes = out.len};
    whole = whole && answer(&a, buf_view(&out));
    if (file >= 0)
        close(file);
    buf_release(&out);
    free(bytes);
    free(message);
    return whole;
}

int cage_main(void)
{
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    load_charsets();
    warm_up();
    char locked = cage_confine() ? 'L' : 'U';
    if (!deliver(&locked, 1))
        return 1;
    while (answer_one())
        ;
    return 0;
}
