/* SPDX-License-Identifier: GPL-2.0-or-later */
/* retention: what was done longer ago than journal.keep_days loses its texts and addresses (invariant 9). The
 * keeper takes a short piece of the journal a round, so that nobody waits for it.
 *
 * What is erased does not come back, so the clock is believed only when it does not stand far from where it
 * stood when we last looked, or has gone on from there for a day. */
#include "desk.h"

enum { AGAIN_MS = 3600 * 1000 };
#define DAY_MS (INT64_C(24) * 3600 * 1000)
/* longer than anybody's holidays */
#define FAR_MS (40 * DAY_MS)
#define SEEN   "clock.seen_ms"
#define DOUBT  "clock.doubt_ms"

static bool clock_is_believed(struct desk *d)
{
    int64_t now_ms = clock_now_ms(), seen_ms = journal_fact_number(d->journal, SEEN),
            doubt_ms = journal_fact_number(d->journal, DOUBT);
    bool far = seen_ms && (now_ms - seen_ms > FAR_MS || seen_ms - now_ms > DAY_MS);
    journal_fact_set_number(d->journal, SEEN, now_ms);
    if (far) {
        journal_fact_set_number(d->journal, DOUBT, now_ms);
        LOG(LOG_WARN, "keeper", "clock.doubted", LN("days", (now_ms - seen_ms) / DAY_MS),
            LS("hint", "nothing is erased until it has gone on from there for a day"));
    }
    return !far && !clock_is_doubted(d) && (doubt_ms == 0 || now_ms - doubt_ms >= DAY_MS);
}

static int64_t keep_ms(const struct desk *d)
{
    return (int64_t)d->conf->journal.keep_days * 86400000;
}

/* A damaged journal that is kept holds no mail that is younger than itself. */
static void drop_damaged(struct desk *d)
{
    struct err e = ERR_INIT;
    unsigned dropped;
    if (journal_aside_drop(d->journal, clock_now_ms() - keep_ms(d), &dropped, &e) != 0)
        LOG(LOG_WARN, "keeper", "retention.failed", LS("error", e.text));
    else if (dropped)
        LOG(LOG_INFO, "keeper", "retention.damaged", LN("journals", dropped));
}

static bool take_piece(struct desk *d, struct retention *r)
{
    struct err e = ERR_INIT;
    bool more = journal_expire(d->journal, clock_now_ms() - keep_ms(d), &r->after, &r->erased, &e);
    if (more)
        return true;
    if (e.code != ERR_NONE)
        LOG(LOG_WARN, "keeper", "retention.failed", LS("error", e.text));
    else if (r->erased)
        LOG(LOG_INFO, "keeper", "retention", LN("mails", (long long)r->erased));
    drop_damaged(d);
    *r = (struct retention){.next_ms = clock_mono_ms() + AGAIN_MS};
    return false;
}

void retention_keep(struct desk *d, struct retention *r)
{
    if (clock_mono_ms() < r->next_ms)
        return;
    if (r->after == 0 && !clock_is_believed(d))
        r->next_ms = clock_mono_ms() + AGAIN_MS;
    else
        (void)take_piece(d, r);
}

void retention_all(struct desk *d)
{
    struct retention r = {.next_ms = 0};
    if (!clock_is_believed(d))
        return;
    while (!desk_stopping(d) && take_piece(d, &r)) {
    }
}
