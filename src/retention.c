/* SPDX-License-Identifier: GPL-2.0-or-later */
/* retention: what was done longer ago than journal.keep_days loses its texts and addresses (invariant 9). The
 * keeper takes a short piece of the journal a round, so that nobody waits for it. */
#include "desk.h"

enum { AGAIN_MS = 3600 * 1000 };

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
    if (clock_mono_ms() >= r->next_ms)
        (void)take_piece(d, r);
}

void retention_all(struct desk *d)
{
    struct retention r = {.next_ms = 0};
    while (!desk_stopping(d) && take_piece(d, &r)) {
    }
}
