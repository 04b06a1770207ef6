/* SPDX-License-Identifier: GPL-2.0-or-later */
/* watch: joins a mailbox to the journal, one thread a mailbox: mail goes in, finished mail is filed. */
#include "desk.h"
#include "frontdesk/measure.h"
#include "frontdesk/pulse.h"

#include <errno.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* SLACK: by how much the server's clock may be behind ours; SILENT: longer than any look, wait or piece of
 * mail */
enum { MOST_FILED = 200, SLACK_MS = 600000, SILENT_MS = 30 * 60000 };

/* Topics of alerts, each with the name of the mailbox behind it. */
static const char REBUILT[] = "rebuilt", UNFILED[] = "filing", SKIPPED[] = "unread";

struct watch {
    struct desk *desk;
    const struct conf_mailbox *conf;
    pthread_t thread;
    struct pulse *pulse;
    int wake_fd;
    int64_t since_ms;
    int64_t taken_since_ms; /* of this mailbox under this UIDVALIDITY */
    bool unfiled;           /* it may be that the operator was told that nothing can be filed */
    bool once;
    bool drained; /* once since the start */
    bool stuck;   /* this mailbox counts in desk->stuck */
    int rc;
    struct err err;
};

static void tell(struct watch *w, void (*alert)(struct desk *d, const char *topic, const char *text),
                 const char *about, const char *fmt, ...) PRINTF(4, 5);

static void tell(struct watch *w, void (*alert)(struct desk *d, const char *topic, const char *text),
                 const char *about, const char *fmt, ...)
{
    char topic[100], text[1000];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    snprintf(topic, sizeof(topic), "%s-%s", about, w->conf->name);
    alert(w->desk, topic, text);
}

/* A mailbox that was never seen: new mail only, unless --since says otherwise. */
static int first_sight(struct watch *w, uint32_t uidvalidity, uint32_t uidnext, uint32_t exists,
                       uint32_t *first_uid, struct err *e)
{
    bool old_too = w->since_ms > 0;
    *first_uid = old_too ? 1 : uidnext;
    w->taken_since_ms = w->since_ms;
    if (exists > 0 && !old_too)
        LOG(LOG_WARN, "watch", "first-start", LS("mailbox", w->conf->name), LN("old-mails", exists),
            LS("hint", "old mail is left alone; stop and use `frontdesk run --since 2026-01-31` to take it "
                       "from a day on"));
    else
        LOG(LOG_INFO, "watch", "first-start", LS("mailbox", w->conf->name), LN("mails", exists));
    return journal_cursor_set(w->desk->journal, w->conf->name, uidvalidity, *first_uid,
                              old_too ? w->since_ms : -(clock_now_ms() - SLACK_MS), e);
}

/* The mailbox is known; an operator who found out that old mail was left alone asks for it now. */
static int further_back(struct watch *w, uint32_t uidvalidity, uint32_t *first_uid, struct err *e)
{
    LOG(LOG_INFO, "watch", "further-back", LS("mailbox", w->conf->name),
        LS("hint", "mail from that day on which is still in the inbox is taken too"));
    *first_uid = 1;
    w->taken_since_ms = w->since_ms;
    return journal_cursor_set(w->desk->journal, w->conf->name, uidvalidity, 1, w->since_ms, e);
}

/* Of what lies there, what the journal knows is left alone, and what is from before our first start. */
static int whole_inbox(struct watch *w, uint32_t uidvalidity, const struct journal_cursor *cursor,
                       uint32_t *first_uid, struct err *e)
{
    *first_uid = 1;
    w->taken_since_ms = cursor->since_ms < 0 ? -cursor->since_ms : cursor->since_ms;
    return journal_cursor_set(w->desk->journal, w->conf->name, uidvalidity, 1, cursor->since_ms, e);
}

static int on_selected(void *self, uint32_t uidvalidity, uint32_t uidnext, uint32_t exists,
                       uint32_t *first_uid, struct err *e)
{
    struct watch *w = self;
    struct journal_cursor cursor;
    pulse_promise(w->pulse, SILENT_MS);
    if (journal_cursor_get(w->desk->journal, w->conf->name, uidvalidity, &cursor, e) != 0)
        return -1;
    if (cursor.known) {
        if (w->since_ms > 0 && (cursor.since_ms <= 0 || w->since_ms < cursor.since_ms))
            return further_back(w, uidvalidity, first_uid, e);
        *first_uid = cursor.next_uid;
        w->taken_since_ms = cursor.since_ms;
        return 0;
    }
    if (!cursor.other_validity)
        return first_sight(w, uidvalidity, uidnext, exists, first_uid, e);
    if (cursor.replaced)
        return whole_inbox(w, uidvalidity, &cursor, first_uid, e);
    /* rebuilt or restored: positions mean nothing any more; the message keys tell what was done already, and
     * mail from before our first start stays untouched */
    LOG(LOG_WARN, "watch", "uidvalidity", LS("mailbox", w->conf->name), LN("exists", exists));
    tell(w, alert_ill, REBUILT,
         "mailbox %s was rebuilt on the server (UIDVALIDITY changed); its %u mails are compared with the "
         "journal. There is nothing to do",
         w->conf->name, exists);
    return whole_inbox(w, uidvalidity, &cursor, first_uid, e);
}

static struct journal_mail mail_of(const struct watch *w, const struct mailbox_mail *m, const char *spool)
{
    return (struct journal_mail){.uid = m->uid,
                                 .size = m->size,
                                 .received_ms = m->received_ms,
                                 .bytes = m->bytes,
                                 .spool = spool,
                                 .headers_only = m->headers_only,
                                 .old = w->taken_since_ms > 1 && m->received_ms &&
                                        m->received_ms < w->taken_since_ms};
}

static int on_deliver(void *self, uint32_t uidvalidity, const struct mailbox_mail *mails, size_t n,
                      struct err *e)
{
    struct watch *w = self;
    struct journal_mail *rows = mem_alloc(n * sizeof(*rows));
    pulse_promise(w->pulse, SILENT_MS);
    for (size_t i = 0; i < n; i++)
        rows[i] = mail_of(w, &mails[i], NULL);
    int rc = journal_take(w->desk->journal, w->conf->name, uidvalidity, rows, n, e);
    free(rows);
    return rc;
}

static int on_part(void *self, uint32_t uidvalidity, const struct mailbox_mail *mail, uint64_t offset,
                   struct slice bytes, bool last, struct err *e)
{
    struct watch *w = self;
    char name[120];
    pulse_promise(w->pulse, SILENT_MS);
    snprintf(name, sizeof(name), "%s-%u-%u", w->conf->name, uidvalidity, mail->uid);
    if (journal_spool_put(w->desk->journal, name, offset, bytes, last, e) != 0)
        return -1;
    if (!last)
        return 0;
    struct journal_mail row = mail_of(w, mail, name);
    return journal_take(w->desk->journal, w->conf->name, uidvalidity, &row, 1, e);
}

static size_t on_owed(void *self, uint32_t uidvalidity, struct mailbox_filing *out, size_t max)
{
    static const enum mailbox_folder folders[] = {[JOB_FOLDER_DONE] = MAILBOX_DONE,
                                                  [JOB_FOLDER_REFUSED] = MAILBOX_REFUSED,
                                                  [JOB_FOLDER_PARKED] = MAILBOX_PARKED};
    struct watch *w = self;
    struct journal_filing rows[MOST_FILED];
    size_t n =
        journal_owed(w->desk->journal, w->conf->name, uidvalidity, rows, max < MOST_FILED ? max : MOST_FILED);
    for (size_t i = 0; i < n; i++)
        out[i] = (struct mailbox_filing){.uid = rows[i].uid, .folder = folders[rows[i].folder]};
    return n;
}

static int on_filed(void *self, uint32_t uidvalidity, const struct mailbox_filing *done, size_t n,
                    struct err *e)
{
    struct watch *w = self;
    for (size_t i = 0; i < n;) {
        struct journal_filing rows[MOST_FILED];
        size_t k = 0;
        for (; k < MOST_FILED && i < n; k++, i++)
            rows[k].uid = done[i].uid;
        if (journal_filed(w->desk->journal, w->conf->name, uidvalidity, rows, k, e) != 0)
            return -1;
    }
    CRASH_POINT("filed.after");
    if (w->unfiled) {
        tell(w, alert_well, UNFILED, "finished mail can be filed again");
        w->unfiled = false;
    }
    return 0;
}

static void skipped(struct watch *w, const struct err *why)
{
    LOG(LOG_WARN, "watch", "skipped", LS("mailbox", w->conf->name), LS("error", why->text));
    tell(
        w, alert_ill, SKIPPED,
        "a mail of mailbox %s cannot be read: %s. It is parked as an empty one, and goes to the folder for "
        "that, so that mail behind it is answered. Look at it there with a mail program; moved back into the "
        "inbox it is tried again",
        w->conf->name, why->text);
}

static void unfiled(struct watch *w, const struct err *why)
{
    LOG(LOG_WARN, "watch", "unfiled", LS("mailbox", w->conf->name), LS("error", why->text));
    tell(w, alert_ill, UNFILED,
         "finished mail of mailbox %s stays in its inbox: %s. Mail is taken and answered all the same; see "
         "that the mailbox can be written to and is not full",
         w->conf->name, why->text);
    w->unfiled = true;
}

/* A disk that is full or cannot be written is one failure, however many mailboxes it stops. */
static void count_stuck(struct watch *w, bool stuck)
{
    struct desk *d = w->desk;
    pthread_mutex_lock(&d->lock);
    d->stuck += stuck && !w->stuck;
    d->stuck -= !stuck && w->stuck;
    bool none = d->stuck == 0;
    pthread_mutex_unlock(&d->lock);
    w->stuck = stuck;
    if (none)
        alert_writable(d);
}

static size_t index_of(const struct watch *w)
{
    return (size_t)(w->conf - w->desk->conf->mailboxes);
}

/* A journal that replaced a damaged one has seen everything when every inbox was gone through. */
static void count_drained(struct watch *w)
{
    struct desk *d = w->desk;
    if (w->drained)
        return;
    w->drained = true;
    pthread_mutex_lock(&d->lock);
    bool all = ++d->drained == d->conf->n_mailboxes;
    pthread_mutex_unlock(&d->lock);
    if (all)
        alert_well(
            d, err_code_name(ERR_DAMAGED),
            "a new journal was begun, and all mail in the inbox was compared with it and with Autotask");
}

static void lost(struct watch *w, const struct err *why)
{
    LOG(LOG_WARN, "watch", "lost", LS("mailbox", w->conf->name), LS("error", why->text));
    if (err_is_unwritable(why)) {
        count_stuck(w, true);
        alert_unwritable(w->desk, why);
        return;
    }
    leg_failed(w->desk, LEG_MAIL_IN, index_of(w), why);
}

static void on_state(void *self, enum mailbox_state state, const struct err *why)
{
    struct watch *w = self;
    pulse_promise(w->pulse, SILENT_MS);
    if (state == MAILBOX_LOST)
        lost(w, why);
    if (state == MAILBOX_UNFILED)
        unfiled(w, why);
    if (state == MAILBOX_SKIPPED)
        skipped(w, why);
    if (state == MAILBOX_CONNECTED)
        LOG(LOG_INFO, "watch", "connected", LS("mailbox", w->conf->name));
    if (state != MAILBOX_DRAINED)
        return;
    measure_set(MEASURE_MAIL_IN_MS, index_of(w), clock_now_ms());
    if (!measure_get(MEASURE_LOOKED_MS, index_of(w)))
        measure_set(MEASURE_LOOKED_MS, index_of(w), clock_now_ms());
    count_stuck(w, false);
    count_drained(w);
    leg_works(w->desk, LEG_MAIL_IN, index_of(w));
    tell(w, alert_well, REBUILT, "all mails of mailbox %s were compared with the journal", w->conf->name);
    tell(w, alert_well, SKIPPED, "all other mail of that mailbox was taken");
}

static void *watch_main(void *self)
{
    struct watch *w = self;
    struct mailbox_options o = {.conf = w->conf,
                                .size_limit = w->desk->conf->limits.message_size,
                                .poll_seconds = w->desk->conf->limits.poll_seconds,
                                .instance = journal_instance(w->desk->journal),
                                .stop_fd = w->desk->stop_fd,
                                .wake_fd = w->wake_fd,
                                .once = w->once};
    struct mailbox_sink sink = {.self = w,
                                .selected = on_selected,
                                .deliver = on_deliver,
                                .part = on_part,
                                .owed = on_owed,
                                .filed = on_filed,
                                .state = on_state};
    pulse_promise(w->pulse, SILENT_MS);
    w->rc = mailbox_imap_run(&o, &sink, &w->err);
    pulse_end(&w->pulse);
    return NULL;
}

int watch_start(struct watch **out, struct desk *d, size_t mailbox, int64_t since_ms, bool once,
                struct err *e)
{
    struct watch *w = mem_alloc(sizeof(*w));
    *w = (struct watch){
        .desk = d, .conf = &d->conf->mailboxes[mailbox], .since_ms = since_ms, .once = once, .unfiled = true};
    char name[48];
    snprintf(name, sizeof(name), "mailbox-%.32s", w->conf->name);
    w->pulse = pulse_new(name);
    w->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (w->wake_fd < 0 || pthread_create(&w->thread, NULL, watch_main, w) != 0) {
        err_set_errno(e, errno, "cannot start watching %s", w->conf->name);
        pulse_end(&w->pulse);
        free(w);
        return -1;
    }
    *out = w;
    return 0;
}

void watch_wake(struct watch *w)
{
    uint64_t one = 1;
    if (write(w->wake_fd, &one, sizeof(one)) < 0 && errno != EAGAIN)
        LOG(LOG_ERROR, "watch", "wake.failed", LN("errno", errno));
}

int watch_join(struct watch **watch, struct err *e)
{
    struct watch *w = *watch;
    pthread_join(w->thread, NULL);
    int rc = w->rc;
    if (rc != 0 && e)
        *e = w->err;
    close(w->wake_fd);
    free(w);
    *watch = NULL;
    return rc;
}
