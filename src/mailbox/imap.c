/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * imap: watches one mailbox. Connect, select, drain, file, IDLE, drain ...; whatever breaks, drop the
 * connection and come back with back-off. The loop at the end of the file is the whole story.
 */
#include "imap_private.h"

#include <poll.h>

/* REFUSED: a wrong password, tried often, locks the account. MOST: what ends by itself is seen within a
 * minute of its end, whatever its length was. DISK: a disk that cannot be written is ours alone: looking
 * often troubles nobody.
 */
enum {
    HEALTHY_MS = 60000,
    REFUSED_BACKOFF_S = 300,
    MOST_BACKOFF_S = 60,
    DISK_BACKOFF_S = 10,
    MOST_ROUNDS = 3
};

static void tell(struct imap *i, enum mailbox_state state, const struct err *why)
{
    if (i->sink->state)
        i->sink->state(i->sink->self, state, why);
}

/* Mail that came while mail was fetched or filed is announced within the answers to that, and in no IDLE
 * afterwards. A server that announces without end gets its IDLE all the same: the poll finds what is left. */
static int take_all(struct imap *i, uint32_t fresh, struct err *e)
{
    for (int rounds = 0; rounds < MOST_ROUNDS; rounds++) {
        imap_hear(i);
        if (imap_owner_check(i, e) != 0)
            return -1;
        int rc = imap_drain(i, fresh, e);
        imap_note_stuck(i, rc == 0 ? NULL : e);
        if (rc != 0)
            return -1;
        if (!imap_heard(i))
            break;
        fresh = MAILBOX_MANY;
    }
    tell(i, MAILBOX_DRAINED, NULL);
    return 0;
}

/* One session, until it breaks, the stop descriptor turns, or `once` is done. */
static int serve(struct imap *i, bool *stop, struct err *e)
{
    if (imap_open(i, e) != 0 || imap_select(i, e) != 0)
        return -1;
    tell(i, MAILBOX_CONNECTED, NULL);
    uint32_t fresh = MAILBOX_MANY;
    bool owed = true;
    for (;;) {
        if (fresh > 0 && take_all(i, fresh, e) != 0)
            return -1;
        imap_hear(i);
        if (owed && imap_file_owed(i, e) != 0)
            return -1;
        if (imap_heard(i) && take_all(i, MAILBOX_MANY, e) != 0)
            return -1;
        if (i->options->once)
            return 0;
        int64_t until = deadline_in((int64_t)i->options->poll_seconds * 1000);
        if (imap_idle(i, until, &fresh, &owed, stop, e) != 0)
            return -1;
        if (*stop)
            return 0;
        /* a wake for filing alone needs no fetch; news and the poll do */
        if (deadline_left(until) == 0) {
            owed = true;
            fresh = fresh ? fresh : MAILBOX_MANY;
        }
    }
}

static int64_t backoff_ms(const struct imap *i, unsigned failures, const struct err *why)
{
    int64_t base = i->options->backoff_ms ? i->options->backoff_ms : 1000;
    int64_t ms = base << (failures < 9 ? failures : 9), most = base * MOST_BACKOFF_S;
    if (err_is_unwritable(why))
        most = base * DISK_BACKOFF_S;
    /* what waits for the operator, unless the error says better */
    if (err_class(why) == ERR_CLASS_OPERATOR)
        ms = most = base * (why->retry_after_s ? (int64_t)why->retry_after_s : REFUSED_BACKOFF_S);
    if (ms > most)
        ms = most;
    /* up to a quarter less, so that many do not come back at once */
    return ms - (clock_now_us() % 1000) * ms / 4000;
}

/* True when the stop descriptor turned readable meanwhile. */
static bool sleep_or_stop(const struct imap *i, int64_t ms)
{
    struct pollfd fd = {.fd = i->options->stop_fd, .events = POLLIN};
    return poll(&fd, 1, (int)ms) > 0;
}

int mailbox_imap_run(const struct mailbox_options *options, const struct mailbox_sink *sink, struct err *e)
{
    unsigned failures = 0;
    struct imap_stuck stuck = {0};
    for (;;) {
        struct imap i = {.options = options,
                         .stuck = &stuck,
                         .conf = options->conf,
                         .sink = sink,
                         .answer_ms = options->answer_ms ? options->answer_ms : ANSWER_MS};
        bool stop = false;
        *e = (struct err)ERR_INIT;
        int64_t started = clock_mono_ms();
        int rc = serve(&i, &stop, e);
        imap_close(&i);
        if (rc == 0 && (stop || options->once))
            return 0;
        if (e->code == ERR_STOPPING)
            return 0;
        if (options->once)
            return -1;
        if (clock_mono_ms() - started > HEALTHY_MS)
            failures = 0;
        tell(&i, MAILBOX_LOST, e);
        if (sleep_or_stop(&i, backoff_ms(&i, failures++, e)))
            return 0;
    }
}
