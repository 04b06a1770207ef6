/* SPDX-License-Identifier: GPL-2.0-or-later */
/* breaker: the letters of the last hour, all senders together. Whatever else goes wrong, no more than
 * limits.replies_per_hour leave in our name; the others wait, and the operator is told. Times are monotonic;
 * the first ones come from the journal, so that a restart does not begin anew. */
#include "desk.h"

enum { HOUR_MS = 3600000, WAIT_S = 120 };
#define TOPIC "replies"

/* The lock is held. A ring of the last `most` letters; 0 = none yet. */
static void fill(struct desk *d, unsigned most)
{
    int64_t now_ms = clock_now_ms(), mono_ms = clock_mono_ms();
    d->sent = mem_alloc(most * sizeof(*d->sent));
    size_t n = journal_sent_since(d->journal, now_ms - HOUR_MS, d->sent, most);
    for (size_t i = 0; i < n; i++) {
        int64_t ago_ms = now_ms - d->sent[i];
        d->sent[i] = mono_ms - (ago_ms > 0 ? ago_ms : 0);
    }
    d->sent_at = n == most ? 0 : n;
}

static bool is_free(const struct desk *d, int64_t now_ms)
{
    int64_t oldest_ms = d->sent[d->sent_at];
    return oldest_ms == 0 || now_ms - oldest_ms >= HOUR_MS;
}

/* *well: letters waited, and there is room for more than this one now. Decided here, under the lock: a thread
 * that took the last place must not tell that all is well after another one was refused. */
static bool take(struct desk *d, bool *well)
{
    unsigned most = d->conf->limits.replies_hour;
    bool ill = !d->sent && journal_alert_is(d->journal, TOPIC);
    pthread_mutex_lock(&d->lock);
    if (!d->sent) {
        fill(d, most);
        d->tripped = ill;
    }
    int64_t now_ms = clock_mono_ms();
    bool may = is_free(d, now_ms);
    if (may) {
        d->sent[d->sent_at] = now_ms;
        d->sent_at = (d->sent_at + 1) % most;
    }
    *well = may && d->tripped && is_free(d, now_ms);
    d->tripped = !may || (d->tripped && !*well);
    pthread_mutex_unlock(&d->lock);
    return may;
}

int breaker_take(struct desk *d, const struct journal_letter *l, struct err *e)
{
    unsigned most = d->conf->limits.replies_hour;
    char text[300];
    if (l->kind == LETTER_ALERT || l->kind == LETTER_CANARY)
        return 0;
    bool well;
    if (take(d, &well)) {
        if (well)
            alert_well(d, TOPIC, "letters go out again");
        return 0;
    }
    snprintf(text, sizeof(text),
             "%u letters went out in the last hour: the others wait. Fix: `frontdesk journal list` shows who "
             "writes "
             "so much; raise limits.replies_per_hour if that is as it should be.",
             most);
    alert_ill(d, TOPIC, text);
    err_set(e, ERR_BUSY, "more than %u letters an hour (limits.replies_per_hour): this one waits", most);
    e->retry_after_s = WAIT_S;
    return -1;
}

void breaker_give_back(struct desk *d, const struct journal_letter *l)
{
    unsigned most = d->conf->limits.replies_hour;
    if (l->kind == LETTER_ALERT || l->kind == LETTER_CANARY)
        return;
    pthread_mutex_lock(&d->lock);
    /* the newest one is as good as this one */
    if (d->sent) {
        d->sent_at = (d->sent_at + most - 1) % most;
        d->sent[d->sent_at] = 0;
    }
    pthread_mutex_unlock(&d->lock);
}
