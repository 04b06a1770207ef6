/* SPDX-License-Identifier: GPL-2.0-or-later */
/* exchange: one call from its arrival to its answer. */
#include "sandbox.h"

enum { LONGEST_URL = 2048 };

/* What the call comes to, faults aside. */
static void serve(struct call *c, bool versioned, struct flight f)
{
    if (!versioned && slice_eq_nocase(c->path, SLICE("versioninformation")))
        login_versions(c);
    else if (!versioned)
        reply_message(&c->reply, 404, "No HTTP resource was found that matches the request URI.");
    else if (strcmp(c->method, "GET") == 0 && c->url_bytes > LONGEST_URL)
        reply_html(&c->reply, 404); /* refused before the framework sees it */
    else if (slice_eq_nocase(c->path, SLICE("zoneInformation")))
        login_zone(c);
    else if (!login_accept(c) || thresholds_refused(c))
        return;
    else if (f.over)
        thresholds_too_many(c);
    else
        route(c);
}

/* Before the work: slowness of the tenant, then of a fault. */
static void be_slow(const struct call *c)
{
    int64_t ms = setting_int("latency_ms") + thresholds_latency();
    if (fault_is(c, "delay_before"))
        ms += c->fault.ms;
    if (ms)
        world_sleep(ms);
}

void exchange(struct call *c, bool versioned, int64_t first_us)
{
    struct flight f = thresholds_enter(c->path);
    thresholds_count();
    faults_match(c);
    be_slow(c);
    c->reply.status = 200;
    if (fault_is(c, "drop_before_commit"))
        c->reply.dropped = true;
    else if (!fault_answers(c)) {
        serve(c, versioned, f);
        fault_spoils(c);
    }
    size_t row = requestlog_add(c, first_us);
    if (fault_is(c, "delay_after"))
        world_sleep(c->fault.ms);
    requestlog_done(row, c->reply.status);
    thresholds_leave(f);
}
