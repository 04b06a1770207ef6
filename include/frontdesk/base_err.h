/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * err: one error type for the whole program.
 *
 * A struct err lives on the caller's stack and is untouched on success. Its code selects a row below; the
 * row's class alone decides what happens next (job.c holds that policy), the text is for a person: what is
 * wrong, where, and the fix. What the *sender* of a mail is told stands in the templates, by the short name.
 *
 * Classes: SENDER  tell the sender, never retry
 *          RETRY   certainly not done: try again later
 *          UNKNOWN may have been done: look it up by its key before trying again
 *          OPERATOR park the work and call a person
 *
 * Functions that can fail return int 0 or -1 and are MUST_USE. Bugs abort (bug()), lost preconditions of the
 * process (memory) abort too; everything else is a value.
 */
#ifndef FRONTDESK_BASE_ERR_H
#define FRONTDESK_BASE_ERR_H

enum err_class { ERR_CLASS_NONE, ERR_CLASS_SENDER, ERR_CLASS_RETRY, ERR_CLASS_UNKNOWN, ERR_CLASS_OPERATOR };

/* code, short name (logs, --json), class */
#define ERR_TABLE(X)                                                                                         \
    X(ERR_NONE, "none", NONE)                                                                                \
    X(ERR_CONFIG, "config", OPERATOR)                                                                        \
    X(ERR_LABEL, "label", OPERATOR)                                                                          \
    X(ERR_IO, "io", OPERATOR)                                                                                \
    X(ERR_DISK_FULL, "disk-full", RETRY)                                                                     \
    X(ERR_UNWRITABLE, "unwritable", RETRY)                                                                   \
    X(ERR_JOURNAL, "journal", OPERATOR)                                                                      \
    X(ERR_DAMAGED, "journal-damaged", RETRY)                                                                 \
    X(ERR_JOURNAL_NEWER, "journal-newer", OPERATOR)                                                          \
    X(ERR_JOURNAL_OLDER, "journal-older", OPERATOR)                                                          \
    X(ERR_JOURNAL_BUSY, "journal-busy", RETRY)                                                               \
    X(ERR_LOCKED, "locked", OPERATOR)                                                                        \
    X(ERR_STOPPING, "stopping", RETRY)                                                                       \
    X(ERR_CONNECT, "connect", RETRY)                                                                         \
    X(ERR_DNS, "dns", RETRY)                                                                                 \
    X(ERR_TLS, "tls", RETRY)                                                                                 \
    X(ERR_TIMEOUT, "timeout", RETRY)                                                                         \
    X(ERR_UNKNOWN_OUTCOME, "unknown-outcome", UNKNOWN)                                                       \
    X(ERR_PROTOCOL, "protocol", RETRY)                                                                       \
    X(ERR_LIMIT, "limit", SENDER)                                                                            \
    X(ERR_MAIL, "mail", SENDER)                                                                              \
    X(ERR_CREDENTIALS, "credentials", OPERATOR)                                                              \
    X(ERR_LOGIN, "login", OPERATOR)                                                                          \
    X(ERR_PERMISSION, "permission", OPERATOR)                                                                \
    X(ERR_IMPERSONATION, "impersonation", RETRY)                                                             \
    X(ERR_REJECTED, "rejected", OPERATOR)                                                                    \
    X(ERR_BUSY, "busy", RETRY)                                                                               \
    X(ERR_BUDGET, "budget", RETRY)                                                                           \
    X(ERR_FILE_PACE, "file-pace", RETRY)                                                                     \
    X(ERR_FILE_REFUSED, "file-refused", SENDER)                                                              \
    X(ERR_SERVER, "server", RETRY)                                                                           \
    X(ERR_NOT_FOUND, "not-found", OPERATOR)                                                                  \
    X(ERR_MAILBOX, "mailbox", RETRY)                                                                         \
    X(ERR_SMTP_TEMPORARY, "smtp-temporary", RETRY)                                                           \
    X(ERR_SMTP_PERMANENT, "smtp-permanent", OPERATOR)                                                        \
    X(ERR_TEMPLATE, "template", OPERATOR)                                                                    \
    X(ERR_USAGE, "usage", OPERATOR)                                                                          \
    X(ERR_READER, "reader", OPERATOR)                                                                        \
    X(ERR_EXHAUSTED, "exhausted", OPERATOR)

enum err_code {
#define ERR_ENUM(code, name, class) code,
    ERR_TABLE(ERR_ENUM)
#undef ERR_ENUM
};

struct err {
    enum err_code code;
    unsigned retry_after_s; /* what the other side asked for; 0 = nothing said */
    char text[512];         /* UTF-8, printable, never a secret */
};

#define ERR_INIT                                                                                             \
    {                                                                                                        \
        .code = ERR_NONE                                                                                     \
    }

/* Fills *e (which may be NULL) and returns -1, so that `return err_set(...)` reads as one step. */
int err_set(struct err *e, enum err_code code, const char *fmt, ...) PRINTF(3, 4);
/* As err_set, with ": <strerror(errnum)>" behind; ENOSPC and EDQUOT become ERR_DISK_FULL, EROFS
 * ERR_UNWRITABLE. */
int err_set_errno(struct err *e, int errnum, const char *fmt, ...) PRINTF(3, 4);
/* What could not be opened or written is ours, in the state directory: ERR_IO becomes ERR_UNWRITABLE, which
 * passes. Returns -1. */
int err_unwritable(struct err *e);
/* The disk is full, or cannot be written at all: no mail can be taken. */
bool err_is_unwritable(const struct err *e);
/* Puts words and ": " before the text (where it happened). Returns -1. */
int err_wrap(struct err *e, const char *fmt, ...) PRINTF(2, 3);

enum err_class err_class(const struct err *e);
const char *err_code_name(enum err_code code);
/* What the operator can do, for errors whose text does not say it; "" otherwise. */
const char *err_fix(enum err_code code);
/* The code of that short name; ERR_NONE if there is none (journal rows). */
enum err_code err_code_from_name(const char *name);

/* A broken promise inside the program: says where and aborts. */
_Noreturn void bug_at(const char *file, int line, const char *what);
#define BUG(what)    bug_at(__FILE__, __LINE__, what)
#define ENSURE(cond) ((cond) ? (void)0 : bug_at(__FILE__, __LINE__, #cond))

/* Allocation that cannot fail: out of memory ends the process (it is restarted and goes on from the journal).
 */
void *mem_alloc(size_t size) MUST_USE; /* zeroed */
void *mem_grow(void *p, size_t size) MUST_USE;
char *mem_copy(const char *s) MUST_USE; /* NULL gives NULL */
/* Gives unused heap back to the system; code_too: also the pages of code, which come back as they are run. */
void mem_trim(bool code_too);

#endif
