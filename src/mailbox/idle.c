/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * idle: our own IDLE. libetpan's reads one line and expects "+"; Exchange says "* n EXISTS" first, and an
 * EXISTS in the same packet as "+" would sit in the buffer unseen (mail.md 1.8).
 */
#include "imap_private.h"

#include <unistd.h>

struct idle {
    struct imap *imap;
    char tag[16];
    uint32_t exists; /* the last count that was announced, 0 = none */
    bool expunged, bye;
};

/* One line from the server; false when the connection is gone. */
static bool read_line(struct imap *i, struct slice *line)
{
    char *text = mailimap_read_line(i->session);
    *line = slice_trim(slice_of(text));
    return text != NULL;
}

static void note(struct idle *d, struct slice line)
{
    uint64_t n;
    if (!slice_starts(line, SLICE("* ")))
        return;
    line = slice_skip(line, 2);
    long blank = slice_find_char(line, ' ');
    struct slice word = blank < 0 ? line : slice_cut(line, (size_t)blank);
    struct slice rest = blank < 0 ? SLICE_NONE : slice_skip(line, (size_t)blank + 1);
    if (slice_eq_nocase(word, SLICE("BYE")))
        d->bye = true;
    else if (slice_to_u64(word, 0, UINT32_MAX, &n) && slice_starts_nocase(rest, SLICE("EXISTS")))
        d->exists = (uint32_t)n;
    else if (slice_starts_nocase(rest, SLICE("EXPUNGE")))
        d->expunged = true;
}

/* Reads until "+"; *refused when the server answers with our tag instead. */
static int begin(struct idle *d, bool *refused, struct err *e)
{
    struct imap *i = d->imap;
    *refused = false;
    imap_limit(i, SMALL_ANSWER);
    if (mailimap_send_current_tag(i->session) != MAILIMAP_NO_ERROR)
        return imap_fail(i, MAILIMAP_ERROR_STREAM, "IDLE", e);
    snprintf(d->tag, sizeof(d->tag), "%i ", i->session->imap_tag);
    if (stream_write(i->stream, "IDLE\r\n", 6, e) != 0)
        return -1;
    for (;;) {
        struct slice line;
        if (!read_line(i, &line) || d->bye)
            return imap_fail(i, MAILIMAP_ERROR_STREAM, "IDLE", e);
        if (slice_starts(line, SLICE("+"))) {
            /* some servers say here how many there are, always: no news */
            if (d->exists == i->exists && !d->expunged)
                d->exists = 0;
            return 0;
        }
        if (slice_starts(line, slice_of(d->tag))) {
            *refused = true;
            return 0;
        }
        note(d, line);
    }
}

static int end(struct idle *d, struct err *e)
{
    struct imap *i = d->imap;
    imap_limit(i, SMALL_ANSWER);
    if (stream_write(i->stream, "DONE\r\n", 6, e) != 0)
        return -1;
    for (;;) {
        struct slice line;
        if (!read_line(i, &line))
            return imap_fail(i, MAILIMAP_ERROR_STREAM, "ending IDLE", e);
        if (slice_starts(line, slice_of(d->tag)))
            return 0;
        note(d, line);
    }
}

static void empty_eventfd(int fd)
{
    uint64_t n;
    if (read(fd, &n, sizeof(n)) < 0)
        return;
}

/* Waits and reads until there is a reason to end IDLE. */
static int watch(struct idle *d, int64_t until, bool *owed, bool *stop, struct err *e)
{
    struct imap *i = d->imap;
    int64_t file_at = INT64_MAX;
    while (!d->exists && !d->bye) {
        int64_t at = file_at < until ? file_at : until, left = deadline_left(at);
        if (left == 0) {
            *owed = file_at != INT64_MAX;
            return 0;
        }
        int wake_fd = file_at == INT64_MAX ? i->options->wake_fd : -1;
        struct slice line;
        switch (stream_wait(i->stream, wake_fd, left)) {
        case STREAM_STOP:
            *stop = true;
            return 0;
        case STREAM_WAKE:
            /* a moment's patience: the next mails will be done soon too */
            empty_eventfd(i->options->wake_fd);
            file_at = deadline_in(FILE_DELAY_MS);
            break;
        case STREAM_READABLE:
            imap_limit(i, SMALL_ANSWER);
            if (!read_line(i, &line))
                return imap_fail(i, MAILIMAP_ERROR_STREAM, "waiting for mail", e);
            note(d, line);
            break;
        case STREAM_TIMEOUT:
            break;
        case STREAM_BROKEN:
            return err_set(e, ERR_CONNECT, "waiting for mail of %s failed", i->conf->imap.host);
        }
    }
    *owed = file_at != INT64_MAX;
    return 0;
}

/* Without IDLE: sleep on the descriptors until it is time to ask. */
static int wait_plain(struct imap *i, int64_t until, uint32_t *fresh, bool *owed, bool *stop)
{
    for (;;) {
        int64_t left = deadline_left(until);
        if (left == 0)
            return 0;
        switch (stream_wait(i->stream, *owed ? -1 : i->options->wake_fd, left)) {
        case STREAM_STOP:
            *stop = true;
            return 0;
        case STREAM_WAKE:
            empty_eventfd(i->options->wake_fd);
            *owed = true;
            if (until > deadline_in(FILE_DELAY_MS))
                until = deadline_in(FILE_DELAY_MS);
            break;
        case STREAM_TIMEOUT:
            break;
        case STREAM_READABLE:
        case STREAM_BROKEN:
            *fresh = MAILBOX_MANY; /* news or the end: the next command will tell */
            return 0;
        }
    }
}

int imap_idle(struct imap *i, int64_t until, uint32_t *fresh, bool *owed, bool *stop, struct err *e)
{
    struct idle d = {.imap = i};
    bool refused;
    *fresh = 0;
    *owed = *stop = false;
    if (!i->has_idle)
        return wait_plain(i, until, fresh, owed, stop);
    if (begin(&d, &refused, e) != 0)
        return -1;
    if (refused) {
        i->has_idle = false;
        return wait_plain(i, until, fresh, owed, stop);
    }
    int rc = watch(&d, until, owed, stop, e);
    if (rc != 0 || d.bye || *stop)
        return rc != 0 ? rc : d.bye ? err_set(e, ERR_CONNECT, "%s said good-bye", i->conf->imap.host) : 0;
    if (end(&d, e) != 0)
        return -1;
    /* a count can only bound what is new while nothing was taken away */
    if (d.exists) {
        *fresh = d.exists > i->exists && !d.expunged ? d.exists - i->exists : MAILBOX_MANY;
        i->exists = d.exists;
    }
    if (d.expunged)
        i->exists = 0;
    return 0;
}
