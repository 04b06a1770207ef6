/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * legs: a mailbox, the way out of one, Autotask: what frontdesk stands on. A leg that fails for
 * alerts.grace_seconds is told to the operator once, and once that it works again; what no waiting mends (a
 * refused login, a wrong certificate) is told at once. Names that cannot be looked up are one failure,
 * however many legs it stops. Times are monotonic: a start begins to count anew.
 */
#include "desk.h"

enum { MOST_LEGS = 160 };
#define DNS_TOPIC err_code_name(ERR_DNS)

struct leg {
    char name[64];
    int64_t since_ms;   /* it fails since then, for this kind of reason; 0 = it works */
    enum err_code code; /* why, the last time */
};

/* The lock is held. */
static struct leg *leg_of(struct desk *d, const char *name)
{
    if (!d->legs)
        d->legs = mem_alloc(MOST_LEGS * sizeof(*d->legs));
    for (size_t i = 0; i < MOST_LEGS; i++) {
        struct leg *l = &d->legs[i];
        if (!l->name[0])
            snprintf(l->name, sizeof(l->name), "%s", name);
        if (strcmp(l->name, name) == 0)
            return l;
    }
    BUG("more legs than MOST_LEGS");
}

/* The lock is held. */
static bool any_without_dns(const struct desk *d)
{
    for (size_t i = 0; i < MOST_LEGS; i++) {
        if (d->legs[i].code == ERR_DNS)
            return true;
    }
    return false;
}

/* For how long it fails like this; *dns_works: it was the last one that could not look up a name. */
static int64_t note(struct desk *d, const char *name, enum err_code code, bool *dns_works)
{
    int64_t now_ms = clock_mono_ms();
    pthread_mutex_lock(&d->lock);
    struct leg *l = leg_of(d, name);
    if (code == ERR_NONE || !l->since_ms || (code == ERR_DNS) != (l->code == ERR_DNS))
        l->since_ms = code == ERR_NONE ? 0 : now_ms;
    l->code = code;
    int64_t failing_ms = l->since_ms ? now_ms - l->since_ms : 0;
    *dns_works = !any_without_dns(d);
    pthread_mutex_unlock(&d->lock);
    return failing_ms;
}

void leg_failed(struct desk *d, const char *name, const char *what, const struct err *why)
{
    bool dns_works, at_once = err_class(why) == ERR_CLASS_OPERATOR || why->code == ERR_TLS;
    int64_t failing_ms = note(d, name, why->code, &dns_works);
    int64_t grace_ms = (int64_t)d->conf->alerts.grace_seconds * 1000;
    const char *fix = err_fix(why->code);
    char text[1200];
    if (dns_works)
        alert_well(d, DNS_TOPIC, "names can be looked up again");
    if (!at_once && failing_ms < grace_ms)
        return;
    snprintf(text, sizeof(text), "%s: %s%s%s", what, why->text, fix[0] ? ". Fix: " : "", fix);
    alert_ill(d, why->code == ERR_DNS ? DNS_TOPIC : name, text);
}

bool leg_works(struct desk *d, const char *name, const char *text)
{
    bool dns_works, failed;
    pthread_mutex_lock(&d->lock);
    failed = leg_of(d, name)->since_ms != 0;
    pthread_mutex_unlock(&d->lock);
    (void)note(d, name, ERR_NONE, &dns_works);
    alert_well(d, name, text);
    if (dns_works)
        alert_well(d, DNS_TOPIC, "names can be looked up again");
    return failed;
}

/* --- Autotask: its client knows how the last call went --- */

enum { AUTOTASK_LOOK_MS = 60000 };

void leg_autotask(struct desk *d, int64_t *directory_ms)
{
    static const char name[] = "autotask";
    struct err why = ERR_INIT;
    char what[300];
    enum autotask_state state = autotask_state(d->autotask, &why);
    if (state == AUTOTASK_WORKS)
        (void)leg_works(d, name, "Autotask works again; what waited is done");
    if (state != AUTOTASK_FAILS)
        return;
    /* when nobody else asks, the directory does */
    int64_t wait_ms = (int64_t)why.retry_after_s * 1000, latest_ms;
    latest_ms = clock_mono_ms() + (wait_ms > AUTOTASK_LOOK_MS ? wait_ms : AUTOTASK_LOOK_MS);
    if (*directory_ms > latest_ms)
        *directory_ms = latest_ms;
    snprintf(what, sizeof(what),
             "Autotask does not do what frontdesk asks; requests wait, and their senders were told%s",
             why.code == ERR_BUSY ? ". All calls of the firm count there, so look which integration makes so "
                                    "many; it passes by itself"
                                  : "");
    leg_failed(d, name, what, &why);
}
