/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * message, attachments: which files of a mail go along to the ticket, which are left out and why, and the
 * bytes of each as a stream.
 *
 *   real attachments          go; mails inside as .eml, Outlook's winmail.dat as the files in it
 *   pictures that the HTML shows  only from inline_min bytes on: smaller ones are logos of signatures
 *   calendar parts, reports   only with a name
 *   signatures, empty files, the same file again, files over max_size, more than ATTACHMENTS_MAX: left out
 *
 * The list is made once; a struct attachment is flat and says where its bytes are in the mail, so that it can
 * be kept (as JSON) and read later, and again, without a new look at the mail's structure. Names are safe to
 * show and to save: no path, control or bidirectional override, no reserved name, at most 150 bytes, ending
 * kept, each one once in a list whatever its case.
 */
#ifndef FRONTDESK_MESSAGE_ATTACHMENTS_H
#define FRONTDESK_MESSAGE_ATTACHMENTS_H

#include "frontdesk/message.h"

enum { ATTACHMENTS_MAX = 100, ATTACHMENTS_IN_TNEF = 100 };

/* The mail: its bytes, or (path not NULL) its spool file, or (not 0) an open file that holds it. */
struct mail_bytes {
    struct slice bytes;
    const char *path;
    int file;
};

struct attachment {
    const char *name;
    uint64_t size;             /* of the file itself, decoded */
    uint64_t raw_off, raw_len; /* its encoded content in the mail */
    uint8_t encoding;          /* as in struct message_part */
    uint64_t inner_off;        /* where the file starts in the decoded content (winmail.dat), else 0 */
};

enum left_out {
    LEFT_OUT_EMPTY,
    LEFT_OUT_TOO_LARGE, /* size, most */
    LEFT_OUT_SAME,      /* other */
    LEFT_OUT_TOO_MANY,  /* most */
    LEFT_OUT_ONLY_OUTLOOK,
    LEFT_OUT_OUTLOOK_DAMAGED, /* files behind the damage are missing */
    LEFT_OUT_OUTLOOK_UNREADABLE,
    LEFT_OUT_OUTLOOK_TOO_MANY,
    LEFT_OUT_OUTLOOK_FORMAT, /* there is no file in it */
    LEFT_OUT_SIGNATURE,
    LEFT_OUT_ENCRYPTION,
    LEFT_OUT_MACINTOSH, /* the file itself goes along */
    LEFT_OUT_INVITATION,
    LEFT_OUT_REPORT,
    LEFT_OUT_LOGO
};

struct attachment_left_out {
    const char *name;
    enum left_out why;
    const char *size, *most; /* "48 MB", or a number; "" where it does not matter */
    const char *other;       /* name of the same file */
};

struct attachments {
    struct attachment *list;
    size_t n;
    struct attachment_left_out *left_out;
    size_t n_left_out;
};

struct attachments_options {
    uint64_t max_size;   /* of one file; 0 = no limit */
    uint64_t inline_min; /* 0 = ATTACHMENTS_INLINE_MIN */
    bool original;       /* the mail itself too, as "original message.eml", first */
};
enum { ATTACHMENTS_INLINE_MIN = 50 * 1000 };

/* reader_read, of whatever holds the mail. */
int reader_read_mail(struct message *out, const struct mail_bytes *mail, bool headers_only,
                     const struct message_limits *limits, struct err *e) MUST_USE;

/* `m` is what reader_read made of the same mail. Everything of *out lives in `pool`. ERR_IO when the mail
 * cannot be read; whatever is in it is no error. */
int attachments_list(struct attachments *out, const struct message *m, const struct mail_bytes *mail,
                     const struct attachments_options *options, struct pool *pool, struct err *e) MUST_USE;

/* The wire form between a caged reader and us. Decoding trusts nothing: names are made safe again, places lie
 * in a mail of `size` bytes. */
void attachments_encode(const struct attachments *a, struct buf *out);
int attachments_decode(struct attachments *out, struct slice wire, uint64_t size, struct pool *pool,
                       struct err *e) MUST_USE;

/* Do the header fields of m stand so in the mail? ERR_READER: they do not. Read again without any library. */
int message_vouch(const struct message *m, const struct mail_bytes *mail, bool headers_only,
                  struct err *e) MUST_USE;

/* The header block of a mail that is over a limit, cut down to whole fields that are within them. ERR_IO. */
int message_condense(struct buf *out, const struct mail_bytes *mail, struct err *e) MUST_USE;

/* The bytes of one, in constant memory; opened again it starts again. The mail's bytes must stay. */
struct attachment_reader;
int attachment_open(struct attachment_reader **out, const struct mail_bytes *mail, const struct attachment *a,
                    struct err *e) MUST_USE;
/* Up to n bytes, 0 after a->size bytes, or when the mail does not hold them (any more). Takes the reader as
 * void *, as those who send files ask for. */
size_t attachment_read(void *reader, char *into, size_t n);
void attachment_close(struct attachment_reader **reader);

#endif
