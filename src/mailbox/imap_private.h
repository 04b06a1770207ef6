/* SPDX-License-Identifier: GPL-2.0-or-later */
/* imap_private: one IMAP session, shared by the files of this folder. imap.c is the page to start from. */
#ifndef FRONTDESK_MAILBOX_IMAP_PRIVATE_H
#define FRONTDESK_MAILBOX_IMAP_PRIVATE_H

#include "frontdesk/mailbox.h"
#include "frontdesk/stream.h"

enum {
    ANSWER_MS = 20000,
    SMALL_ANSWER = 1 << 20,  /* bytes that an answer without bodies may hold */
    SMALL_MAIL = 256 * 1024, /* larger mail is fetched in parts */
    PART_BYTES = 1 << 20,
    BATCH_MAILS = 100,
    BATCH_BYTES = 8 << 20,
    LIST_SPAN = 2000,     /* UIDs asked for in one listing */
    FILE_DELAY_MS = 1000, /* finished mail is filed at most this much after the wake */
    MOST_FETCHES = 4,     /* of a mail that keeps others waiting */
};

/* The mail at which fetching failed, over several sessions. */
struct imap_stuck {
    uint32_t uidvalidity, uid;
    unsigned tries;    /* at this one, in a row */
    unsigned failures; /* of fetching, in a row */
    char why[256];
};

/* Where in an answer the server is; all zero before the greeting. */
struct imap_shape {
    enum { SHAPE_TAG, SHAPE_WORD, SHAPE_TEXT, SHAPE_CODE, SHAPE_DATA, SHAPE_FREE } at;
    enum { SHAPE_NONE, SHAPE_DIGITS, SHAPE_CLOSED } brace;
    enum { SHAPE_WITHIN, SHAPE_OPENED, SHAPE_BACKSLASH, SHAPE_ENDED } list;
    char word[12];
    size_t n_word;
    int depth;
    bool quoted, escaped, digits, greeted;
    uint64_t announced, literal; /* bytes of the literal that the line announces, that are still to come */
};

struct imap {
    const struct mailbox_options *options;
    const struct conf_mailbox *conf;
    const struct mailbox_sink *sink;
    struct stream *stream;
    mailimap *session;
    bool has_move, has_uidplus, has_idle, keywords, no_folders[3];
    uint32_t uidvalidity, next_uid, exists;
    uint32_t at_uid; /* being fetched, alone or as the first of several; 0: none */
    struct imap_stuck *stuck;
    unsigned answer_ms;
    struct imap_shape shape;
};

/* So many new mails that all must be looked through, or nobody knows how many. */
#define MAILBOX_MANY UINT32_MAX

/* One row of a listing. */
struct imap_row {
    uint32_t uid;
    uint64_t size;
    int64_t received_ms;
    struct slice body; /* only where it was asked for */
};

/* shape.c: looks at what the server says (see stream_watch). ERR_PROTOCOL when it could upset the parser. */
int imap_shape_look(void *self, const char *bytes, size_t n, struct err *e) MUST_USE;

/* session.c */
int imap_open(struct imap *i, struct err *e) MUST_USE;
void imap_close(struct imap *i);
int imap_select(struct imap *i, struct err *e) MUST_USE;
/* rc of a mailimap call as an error: the stream's reason, or the server's words. */
int imap_fail(struct imap *i, int rc, const char *doing, struct err *e);
bool imap_can(struct imap *i, const char *name); /* is it among the capabilities? */
/* Is that response code (RFC 5530) in the last tagged answer? */
bool imap_said(const struct imap *i, const char *code);
void imap_limit(struct imap *i, uint64_t bytes);
/* Has the server announced mail within its answers since imap_hear? */
void imap_hear(struct imap *i);
bool imap_heard(const struct imap *i);
/* Adds a UID to a set that grows upwards, as a range where it can: short command lines. */
void imap_set_add(struct mailimap_set *set, uint32_t uid);
/* UTF-8 folder name → modified UTF-7; freed by the caller. */
char *imap_folder_name(const char *utf8);

/* imaplogin.c: by password or token, once the connection is secure. */
int imap_log_in(struct imap *i, struct err *e) MUST_USE;

/* fetch.c: everything from next_uid on goes into the sink. `fresh`: mails that IDLE announced, or
 * MAILBOX_MANY. */
int imap_drain(struct imap *i, uint32_t fresh, struct err *e) MUST_USE;
/* Fetching failed (why), or all went well (NULL). */
void imap_note_stuck(struct imap *i, const struct err *why);

/* The highest UID there is; 0 for an empty mailbox. */
int imap_highest_uid(struct imap *i, uint32_t *uid, struct err *e) MUST_USE;
/* Header blocks of mail from next_uid to `to` that was received since then; nothing is marked as read. */
struct imap_eye {
    void (*see)(void *self, const struct mailbox_mail *mail);
    void *self;
};
int imap_look(struct imap *i, uint32_t to, int64_t since_ms, const struct imap_eye *eye,
              struct err *e) MUST_USE;

/* filing.c */
int imap_file_owed(struct imap *i, struct err *e) MUST_USE;

/* owner.c: the keyword that filed mail carries (freed by the caller); ERR_LOCKED when the mailbox bears
 * another installation's. */
char *imap_owner_keyword(const struct imap *i);
int imap_owner_check(const struct imap *i, struct err *e) MUST_USE;

/* idle.c: waits for news until `until` (monotonic ms); *fresh = mails announced (0: none), *stop when asked
 * to stop, *owed when something is to be filed. */
int imap_idle(struct imap *i, int64_t until, uint32_t *fresh, bool *owed, bool *stop, struct err *e) MUST_USE;

#endif
