/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * message, texts: everything in a mail that can be read as words, piece by piece, for whoever looks for
 * something in it: its text, further texts beside it, the mails inside it (message/rfc822, .eml, encoded or
 * not, a mail in a mail up to MESSAGE_TEXTS_DEPTH), text files and logs, and what Outlook's winmail.dat
 * holds of all that.
 *
 * In bounded memory, whatever the size of the mail: of a mail inside the first MESSAGE_TEXTS_MAIL bytes are
 * read, of a file that is longer than MESSAGE_TEXTS_FILE the end (in a log the newest lines), and all pieces
 * together have at most MESSAGE_TEXTS_ALL bytes.
 */
#ifndef FRONTDESK_MESSAGE_TEXTS_H
#define FRONTDESK_MESSAGE_TEXTS_H

#include "frontdesk/message_attachments.h"

enum {
    MESSAGE_TEXTS = 40,
    MESSAGE_TEXTS_DEPTH = 5,
    MESSAGE_TEXTS_MAIL = 1024 * 1024,
    MESSAGE_TEXTS_FILE = 256 * 1024,
    MESSAGE_TEXTS_ALL = 1024 * 1024,
};

struct message_text {
    const char
        *where; /* "" = the mail itself; a file's name, or the subject of a mail inside; safe to show */
    struct slice text; /* UTF-8, LF line ends, as the text of struct message */
    bool is_mail;      /* the text of a mail, with its quotations; false: of a file */
};

struct message_texts {
    struct message_text list[MESSAGE_TEXTS];
    size_t n;
    bool more; /* a limit was reached */
};

/* `m` is what reader_read made of the same mail; the first piece is its text, even when that is empty.
 * Everything of *out lives in `pool`. ERR_IO when the mail cannot be read; whatever is in it is no error. */
int message_texts(struct message_texts *out, const struct message *m, const struct mail_bytes *mail,
                  struct pool *pool, struct err *e) MUST_USE;
/* Is there more than its text? If not, message_texts looks at nothing but `m`. */
bool message_texts_inside(const struct message *m);

/* The wire form between a caged reader and us. Decoding trusts nothing: texts are cleaned again. */
void message_texts_encode(const struct message_texts *t, struct buf *out);
int message_texts_decode(struct message_texts *out, struct slice wire, struct pool *pool,
                         struct err *e) MUST_USE;

#endif
