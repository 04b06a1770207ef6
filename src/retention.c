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

static int64_t number_of(struct desk *d, const char *fact)
{
    char value[32];
    uint64_t n;
    return journal_fact_get(d->journal, fact, value, sizeof(value)) &&
                   slice_to_u64(slice_of(value), 0, INT64_MAX, &n)
               ? (int64_t)n
               : 0;
}

static void set_number(struct desk *d, const char *fact, int64_t n)
{
    char value[32];
    snprintf(value, sizeof(value), "%lld", (long long)n);
    journal_fact_set(d->journal, fact, value);
}

static bool clock_is_believed(struct desk *d)
{
    int64_t now_ms = clock_now_ms(), seen_ms = number_of(d, SEEN), doubt_ms = number_of(d, DOUBT);
    bool far = seen_ms && (now_ms - seen_ms > FAR_MS || seen_ms - now_ms > DAY_MS);
    set_number(d, SEEN, now_ms);
    if (far) {
        set_number(d, DOUBT, now_ms);
        LOG(LOG_WARN, "keeper", "clock.doubted", LN("days", (now_ms - seen_ms) / DAY_MS),
            LS("hint", "nothing is erased until it has gone on from there for a day"));
    }
    return !far && !clock_is_doubted(d) && (doubt_ms == 0 || now_ms - doubt_ms >= DAY_MS);
}

static int64_t keep_ms(const struct desk *d)
{
    return (int64_t)d->conf->journal.keep_days * 86400000;
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
