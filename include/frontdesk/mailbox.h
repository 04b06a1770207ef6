/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mailbox: mail comes in through a sink; the mailbox knows no journal (src/watch.c joins the two).
 * Everything borrowed by a slot is valid during the call only. Facts: mail.md sections 1.2 to 1.8,
 * 3, 5.3, 5.4.
 */
#ifndef FRONTDESK_MAILBOX_H
#define FRONTDESK_MAILBOX_H

#include "frontdesk/base.h"
#include "frontdesk/conf.h"

struct mailbox_mail {
    uint32_t uid;
    uint64_t size;       /* as the server says; never trusted as exact */
    int64_t received_ms; /* INTERNALDATE */
    struct slice bytes;  /* the message as fetched; empty when it goes through `part` */
    bool headers_only;   /* over the size limit: bytes hold the header block only */
};

enum mailbox_folder { MAILBOX_DONE, MAILBOX_REFUSED, MAILBOX_PARKED };

/* UNFILED: the server would not move or mark finished mail; all else goes on, and it is tried again. SKIPPED:
 * it could not send a mail while others behind it waited; that one is delivered empty. */
enum mailbox_state { MAILBOX_CONNECTED, MAILBOX_DRAINED, MAILBOX_LOST, MAILBOX_UNFILED, MAILBOX_SKIPPED };

struct mailbox_filing {
    uint32_t uid;
    enum mailbox_folder folder;
};

/* Each slot returns 0, or -1 with *e: the mailbox then drops its connection and tries again with back-off,
 * after class OPERATOR five minutes later. All are called from the thread that runs the mailbox. */
struct mailbox_sink {
    void *self;
    /* After SELECT: sets *first_uid to the first UID wanted (uidnext = only new mail). */
    int (*selected)(void *self, uint32_t uidvalidity, uint32_t uidnext, uint32_t exists, uint32_t *first_uid,
                    struct err *e);
    /* Whole mails in UID order, 1..200, together at most ~8 MB. Returns when they are durable. One that was
     * delivered before is not taken again. */
    int (*deliver)(void *self, uint32_t uidvalidity, const struct mailbox_mail *mails, size_t n,
                   struct err *e);
    /* A mail over 256 KB arrives in parts of at most 1 MB: first call with offset 0; `last` on the final one.
     * After an error or a lost connection the next try begins again at offset 0. */
    int (*part)(void *self, uint32_t uidvalidity, const struct mailbox_mail *mail, uint64_t offset,
                struct slice bytes, bool last, struct err *e);
    /* Mails to be filed now; returns how many were written to `out`. */
    size_t (*owed)(void *self, uint32_t uidvalidity, struct mailbox_filing *out, size_t max);
    /* These are filed (moved, flagged, or gone). */
    int (*filed)(void *self, uint32_t uidvalidity, const struct mailbox_filing *done, size_t n,
                 struct err *e);
    /* State for people: connected, drained, lost, unfiled and skipped (with the error). NULL = nobody
     * listens. */
    void (*state)(void *self, enum mailbox_state state, const struct err *why);
};

struct mailbox_options {
    const struct conf_mailbox *conf;
    uint64_t size_limit;   /* conf limits.message_size */
    unsigned poll_seconds; /* IDLE is renewed and polled beside it this often, at most 540 */
    const char
        *instance; /* id that filed mail carries as a keyword; NULL = none, and no foreign one is noticed */
    int stop_fd;   /* readable = end within 2 s */
    int wake_fd;   /* readable = something is owed (an eventfd; the mailbox reads it); -1 = none */
    bool once;     /* connect, drain, file what is owed, log out, return */
    /* tests only: back-off base in ms (0 = 1,000), answer deadline in ms (0 = 20,000) */
    unsigned backoff_ms, answer_ms;
};

/* Runs until stop_fd (or, with `once`, until drained and filed). 0 on stop; -1 with
 * `once` after any error: without it nothing but a stop ends it. Blocks; one thread a mailbox. */
int mailbox_imap_run(const struct mailbox_options *options, const struct mailbox_sink *sink,
                     struct err *e) MUST_USE;

/* doctor: what a look at a mailbox found. */
struct mailbox_probe {
    struct buf *findings; /* lines for a person */
    struct buf *doubts;   /* what does not stop the work, two lines each: what, and the fix */
    /* Our id: ERR_LOCKED when the mailbox bears that of another. "": none yet; NULL: it is not looked for. */
    const char *instance;
    /* The header block of each of the newest mails in the inbox and in the folders of finished mail. NULL:
     * they are not read. */
    void (*header)(void *self, struct slice block);
    void *self;
};
/* Connects, logs in, looks at the inbox, the capabilities and the rights to the folders. ERR_PERMISSION when
 * finished mail could neither leave the inbox nor be marked. Nothing is changed. */
int mailbox_imap_probe(const struct conf_mailbox *conf, const struct mailbox_probe *probe,
                       struct err *e) MUST_USE;

/*
 * doctor --prove: looks on while mail comes, beside a running frontdesk, into the inbox and the folders of
 * finished mail. Folders are opened for reading only (EXAMINE), mails are not marked as read (PEEK), header
 * blocks only.
 */
struct mailbox_peek;
void mailbox_peek_new(struct mailbox_peek **out, const struct conf_mailbox *conf, int stop_fd);
/* What came since the last look; the first look sees mail received since then (0: none). After an error the
 * next look connects anew. Borrowed bytes are valid during the call. */
int mailbox_peek_look(struct mailbox_peek *p, int64_t since_ms,
                      void (*see)(void *self, const char *folder, const struct mailbox_mail *mail),
                      void *self, struct err *e) MUST_USE;
void mailbox_peek_free(struct mailbox_peek **p);

#endif
