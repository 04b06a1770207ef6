/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * clockwatch: the machine's clock jumps. Time goes on as before for the whole program (base/clock.c) until
 * the keeper has moved by as much what waits for a time; so a job that was put off for two seconds waits for
 * two seconds, and what may have been done is not taken for undone early. The operator hears of a large jump,
 * and that it is well when the clock is back, or has been steady for a day. Until then nothing is erased.
 */
#include "desk.h"

#define TOPIC     "clock"
#define MINUTE_MS ((int64_t)60000)
#define DAY_MS    (24 * 60 * MINUTE_MS)
/* LARGE: what a person has to hear of */
#define LARGE_MS (10 * MINUTE_MS)

static int64_t size_of(int64_t ms)
{
    return ms < 0 ? -ms : ms;
}

static void tell(struct desk *d, int64_t jump_ms)
{
    /* to the nearest minute: what it is measured by goes on meanwhile */
    int64_t minutes = (size_of(jump_ms) + MINUTE_MS / 2) / MINUTE_MS;
    char text[600], now[32];
    clock_format_utc(clock_now_ms(), now);
    snprintf(
        text, sizeof(text),
        "The clock of this machine jumped %s by %lld days, %lld hours and %lld minutes, to %s. What waits "
        "for a "
        "time waits as long as before, and no text is erased until the clock is back or has been steady for "
        "a day. Fix: see that this machine gets its time from a server (timedatectl).",
        jump_ms > 0 ? "forward" : "backward", (long long)(minutes / 1440), (long long)(minutes / 60 % 24),
        (long long)(minutes % 60), now);
    alert_ill(d, TOPIC, text);
}

/* Forward: moved before it is believed; backward: after. In between nothing is due that is not. */
static void follow(struct desk *d, struct clock_watch *w, int64_t jump_ms)
{
    struct err e = ERR_INIT;
    if (jump_ms < 0) {
        clock_believe_ms(jump_ms);
        w->unmoved_ms += jump_ms;
    }
    int64_t move_ms = jump_ms > 0 ? jump_ms : w->unmoved_ms;
    if (move_ms && journal_times_move(d->journal, move_ms, &e) != 0) {
        LOG(LOG_WARN, "keeper", "clock.not-followed", LS("error", e.text));
        return;
    }
    w->unmoved_ms = jump_ms > 0 ? w->unmoved_ms : 0;
    if (jump_ms > 0)
        clock_believe_ms(jump_ms);
    LOG(LOG_WARN, "keeper", "clock.jumped", LN("ms", move_ms));
    w->away_ms += move_ms;
    w->jumped_ms = clock_mono_ms();
    if (size_of(w->away_ms) >= LARGE_MS)
        tell(d, w->away_ms);
}

void clock_keep(struct desk *d, struct clock_watch *w)
{
    int64_t jump_ms = clock_jump_ms(), now_ms = clock_mono_ms();
    if (jump_ms || w->unmoved_ms)
        follow(d, w, jump_ms);
    if (!w->jumped_ms) /* a start: whatever the journal says of a jump was before it */
        w->jumped_ms = now_ms;
    bool steady = now_ms - w->jumped_ms >= DAY_MS;
    w->away_ms = steady ? 0 : w->away_ms;
    if (size_of(w->away_ms) < LARGE_MS && (steady || w->moved))
        alert_well(d, TOPIC,
                   steady ? "the clock of this machine has been steady for a day"
                          : "the clock of this machine is back where it was");
    w->moved = size_of(w->away_ms) >= LARGE_MS;
    if (now_ms < w->next_ms)
        return;
    w->next_ms = now_ms + MINUTE_MS;
    journal_times_check(d->journal);
}

bool clock_is_doubted(struct desk *d)
{
    return journal_alert_is(d->journal, TOPIC);
}
