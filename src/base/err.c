/* SPDX-License-Identifier: GPL-2.0-or-later */
/* err: the table of codes and the three ways to fill an error. See base_err.h. */
#include "frontdesk/base.h"

#include <errno.h>
#include <stdarg.h>

static const struct {
    const char *name;
    enum err_class class;
} rows[] = {
#define ERR_ROW(code, name, class) [code] = {name, ERR_CLASS_##class},
    ERR_TABLE(ERR_ROW)
#undef ERR_ROW
};

/* What an operator can do; texts of the other codes say it themselves. */
static const char *const fixes[ARRAY_LEN(rows)] = {
    [ERR_IO] = "see that the path is right, its disk works, and frontdesk's user may use it",
    [ERR_DISK_FULL] = "free some space on that disk; mail waits in the mailbox until then, nothing is lost",
    [ERR_UNWRITABLE] =
        "see that its disk works and is mounted for writing, and that the folder and its files belong "
        "to frontdesk's user; mail waits in the mailbox until then, nothing is lost",
    [ERR_DAMAGED] = "see that the disk is sound; frontdesk keeps the damaged journal aside and begins a new "
                    "one by itself "
                    "when it starts",
    [ERR_JOURNAL_BUSY] = "try again in a moment",
    [ERR_CONNECT] = "check host name, port and firewall; when they are right, try again later",
    [ERR_DNS] =
        "see that this machine can look up names (/etc/resolv.conf, `getent hosts NAME`), and that the name "
        "in the settings is right",
    [ERR_TLS] = "the host must be the name in the server's certificate, ca_file its authority, and the "
                "scheme fit the port (imaps and smtps: TLS from the first byte; imap and smtp: STARTTLS)",
    [ERR_TIMEOUT] = "check host name, port, firewall, and whether the scheme fits the port (imaps and smtps: "
                    "TLS from the first byte; imap and smtp: STARTTLS)",
    [ERR_PROTOCOL] = "check that the address is that of the right server",
    [ERR_CREDENTIALS] = "check the user and the file with its secret",
    [ERR_PERMISSION] =
        "give frontdesk's user there the right that it lacks (Autotask: the security level \"API "
        "User (system)\"); `frontdesk doctor` says which",
    [ERR_BUSY] = "try again later",
    [ERR_BUDGET] = "wait, or raise autotask.calls_per_hour",
    [ERR_SERVER] = "try again later",
    [ERR_MAILBOX] = "look with a mail program whether this user may open the folder",
    [ERR_SMTP_TEMPORARY] = "try again later",
    [ERR_SMTP_PERMANENT] =
        "do as the mail server says; this user must be allowed to send from the mailbox's address",
    [ERR_TEMPLATE] = "correct the template; templates/README.md lists what it may hold",
};

/* The text may quote a server: control characters must not reach a terminal or a log. */
int err_set(struct err *e, enum err_code code, const char *fmt, ...)
{
    if (!e)
        return -1;
    e->code = code;
    e->retry_after_s = 0;
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(e->text, sizeof(e->text), fmt, ap);
    va_end(ap);
    slice_clean_text(e->text);
    return -1;
}

int err_set_errno(struct err *e, int errnum, const char *fmt, ...)
{
    if (!e)
        return -1;
    char what[400], reason[100];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(what, sizeof(what), fmt, ap);
    va_end(ap);
    const char *text = strerror_r(errnum, reason, sizeof(reason));
    bool full = errnum == ENOSPC || errnum == EDQUOT;
    enum err_code code = full ? ERR_DISK_FULL : errnum == EROFS ? ERR_UNWRITABLE : ERR_IO;
    return err_set(e, code, "%s: %s", what, text);
}

int err_unwritable(struct err *e)
{
    if (e && e->code == ERR_IO)
        e->code = ERR_UNWRITABLE;
    return -1;
}

bool err_is_unwritable(const struct err *e)
{
    return e->code == ERR_DISK_FULL || e->code == ERR_UNWRITABLE;
}

int err_wrap(struct err *e, const char *fmt, ...)
{
    if (!e)
        return -1;
    char text[sizeof(e->text)], head[200];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(head, sizeof(head), fmt, ap);
    va_end(ap);
    snprintf(text, sizeof(text), "%s", e->text);
    snprintf(e->text, sizeof(e->text), "%.199s: %.300s", head, text);
    slice_clean_text(e->text);
    return -1;
}

enum err_class err_class(const struct err *e)
{
    ENSURE((size_t)e->code < ARRAY_LEN(rows));
    return rows[e->code].class;
}

const char *err_code_name(enum err_code code)
{
    ENSURE((size_t)code < ARRAY_LEN(rows));
    return rows[code].name;
}

const char *err_fix(enum err_code code)
{
    ENSURE((size_t)code < ARRAY_LEN(rows));
    return fixes[code] ? fixes[code] : "";
}

enum err_code err_code_from_name(const char *name)
{
    for (size_t i = 0; name && i < ARRAY_LEN(rows); i++) {
        if (strcmp(rows[i].name, name) == 0)
            return (enum err_code)i;
    }
    return ERR_NONE;
}

void bug_at(const char *file, int line, const char *what)
{
    fprintf(stderr, "frontdesk: bug: %s:%d: %s\n", file, line, what);
    abort();
}

static void *memory_or_die(void *p)
{
    if (!p) {
        fputs("frontdesk: out of memory\n", stderr);
        abort();
    }
    return p;
}

void *mem_alloc(size_t size)
{
    return memory_or_die(calloc(1, size ? size : 1));
}

void *mem_grow(void *p, size_t size)
{
    return memory_or_die(realloc(p, size ? size : 1));
}

char *mem_copy(const char *s)
{
    return s ? memory_or_die(strdup(s)) : NULL;
}
