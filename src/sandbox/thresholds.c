/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * thresholds: calls of the last hour, of the whole tenant, with what they cost (slowness, refusal); and calls
 * in flight to one entity (autotask-rest.md section 4). How a refusal looks is not documented: its status is
 * a setting.
 */
#include "sandbox.h"

enum { MINUTES = 60, MOST_FLIGHTS = 256 };

static struct {
    int64_t minute;
    int64_t calls;
} hour[MINUTES];

static struct {
    const char *endpoint;
    int64_t ends_ms; /* INT64_MAX while it is in flight */
} flights[MOST_FLIGHTS];

void thresholds_reset(void)
{
    memset(hour, 0, sizeof(hour));
}

static int64_t this_minute(void)
{
    return clock_now_ms() / 60000;
}

void thresholds_count(void)
{
    int64_t minute = this_minute();
    if (hour[minute % MINUTES].minute != minute) {
        hour[minute % MINUTES].minute = minute;
        hour[minute % MINUTES].calls = 0;
    }
    hour[minute % MINUTES].calls++;
}

static int64_t used(void)
{
    int64_t sum = setting_int("other_calls");
    for (size_t i = 0; i < MINUTES; i++) {
        if (this_minute() - hour[i].minute < MINUTES)
            sum += hour[i].calls;
    }
    return sum;
}

int64_t thresholds_latency(void)
{
    int64_t share = used() * 100 / (setting_int("threshold") ? setting_int("threshold") : 1);
    return share < 50   ? 0
           : share < 75 ? setting_int("added_latency_ms")
                        : 2 * setting_int("added_latency_ms");
}

bool thresholds_refused(struct call *c)
{
    if (used() <= setting_int("threshold"))
        return false;
    reply_error(&c->reply, "The request threshold of the database has been exceeded.");
    c->reply.status = (int)setting_int("refusal_status");
    return true;
}

/* Metadata counts on its entity, a child on its own; the zone is exempt. */
static const char *endpoint_of(struct slice path)
{
    struct scan s = scan_of(path);
    struct slice first = scan_until(&s, "/");
    scan_char(&s, '/');
    scan_until(&s, "/");
    scan_char(&s, '/');
    const struct entity *e = world_entity(first), *child = world_child(first, scan_until(&s, "/"));
    if (slice_eq_nocase(first, SLICE("ThresholdInformation")))
        return "ThresholdInformation";
    return child ? child->kind->name : e ? e->kind->name : NULL;
}

struct flight thresholds_enter(struct slice path)
{
    struct flight f = {.endpoint = endpoint_of(path)};
    int64_t now_ms = clock_mono_ms(), most = setting_int("threads"), busy = 1;
    size_t place = MOST_FLIGHTS;
    if (!f.endpoint)
        return f;
    for (size_t i = 0; i < MOST_FLIGHTS; i++) {
        if (flights[i].ends_ms <= now_ms)
            place = i;
        else
            busy += flights[i].endpoint == f.endpoint;
    }
    f.over = most && busy > most;
    if (place == MOST_FLIGHTS)
        f.endpoint = NULL;
    else {
        flights[place].endpoint = f.endpoint;
        flights[place].ends_ms = INT64_MAX;
    }
    return f;
}

void thresholds_leave(struct flight f)
{
    for (size_t i = 0; f.endpoint && i < MOST_FLIGHTS; i++) {
        if (flights[i].endpoint == f.endpoint && flights[i].ends_ms == INT64_MAX) {
            flights[i].ends_ms = clock_mono_ms() + (f.over ? 0 : setting_int("thread_release_ms"));
            return;
        }
    }
}

void thresholds_too_many(struct call *c)
{
    char text[100];
    snprintf(text, sizeof(text), "The thread threshold of %lld threads has been exceeded.",
             (long long)setting_int("threads"));
    reply_error(&c->reply, text);
    c->reply.status = 429;
}

void thresholds_answer(struct call *c)
{
    cJSON *o = cJSON_CreateObject();
    cJSON_AddNumberToObject(o, "externalRequestThreshold", (double)setting_int("threshold"));
    cJSON_AddNumberToObject(o, "requestThresholdTimeframe", MINUTES);
    cJSON_AddNumberToObject(o, "currentTimeframeRequestCount", (double)used());
    reply_json(&c->reply, 200, o);
}
