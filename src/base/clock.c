/* SPDX-License-Identifier: GPL-2.0-or-later */
/* clock: the only door to time; zones by GLib, which knows tzdata and is thread-safe. See base_clock.h. */
#include "frontdesk/base.h"

#include <glib.h>
#include <pthread.h>
#include <stdatomic.h>

static _Atomic int64_t shift_ms;
static pthread_once_t env_once = PTHREAD_ONCE_INIT;

static void read_environment(void)
{
    const char *s = getenv("FRONTDESK_CLOCK_SHIFT_MS");
    uint64_t v;
    if (s && slice_to_u64(slice_of(s), 0, INT64_MAX / 2, &v))
        atomic_fetch_add(&shift_ms, (int64_t)v);
}

static int64_t read_us(clockid_t id)
{
    struct timespec t;
    clock_gettime(id, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int64_t clock_now_us(void)
{
    pthread_once(&env_once, read_environment);
    return read_us(CLOCK_REALTIME) + atomic_load(&shift_ms) * 1000;
}

int64_t clock_now_ms(void)
{
    return clock_now_us() / 1000;
}

int64_t clock_mono_ms(void)
{
    return read_us(CLOCK_MONOTONIC) / 1000;
}

void clock_shift_ms(int64_t ms)
{
    atomic_fetch_add(&shift_ms, ms);
}

int64_t deadline_in(int64_t ms)
{
    return clock_mono_ms() + ms;
}

int64_t deadline_left(int64_t deadline)
{
    int64_t left = deadline - clock_mono_ms();
    return left > 0 ? left : 0;
}

void clock_format_utc(int64_t ms, char out[32])
{
    time_t t = (time_t)(ms / 1000);
    struct tm tm;
    gmtime_r(&t, &tm);
    strftime(out, 32, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

/* A handful of zones at most (one a firm): kept for the life of the process. */
static GTimeZone *zone_of(const char *name)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static struct {
        char name[64];
        GTimeZone *zone;
    } known[8];
    GTimeZone *found = NULL;
    pthread_mutex_lock(&lock);
    for (size_t i = 0; i < ARRAY_LEN(known) && !found; i++) {
        if (!known[i].zone) {
            known[i].zone = g_time_zone_new_identifier(name);
            if (!known[i].zone)
                break;
            snprintf(known[i].name, sizeof(known[i].name), "%s", name);
        }
        if (strcmp(known[i].name, name) == 0)
            found = known[i].zone;
    }
    pthread_mutex_unlock(&lock);
    return found;
}

bool clock_local(int64_t ms, const char *tz, struct tm *out)
{
    GTimeZone *zone = zone_of(tz);
    if (!zone)
        return false;
    int64_t s = ms / 1000;
    gint interval = g_time_zone_find_interval(zone, G_TIME_TYPE_UNIVERSAL, s);
    gint32 offset = g_time_zone_get_offset(zone, interval);
    time_t local = (time_t)(s + offset);
    gmtime_r(&local, out);
    out->tm_gmtoff = offset;
    out->tm_zone = g_time_zone_get_abbreviation(zone, interval);
    out->tm_isdst = g_time_zone_is_dst(zone, interval);
    return true;
}

bool clock_from_local(const struct tm *local, const char *tz, int64_t *ms)
{
    GTimeZone *zone = zone_of(tz);
    if (!zone)
        return false;
    struct tm copy = *local;
    gint64 wall = timegm(&copy);
    gint interval = g_time_zone_adjust_time(zone, G_TIME_TYPE_STANDARD, &wall);
    /* of two possible readings (autumn) the earlier one is summer time, if that reading exists */
    gint64 summer = timegm(&copy);
    gint other = g_time_zone_adjust_time(zone, G_TIME_TYPE_DAYLIGHT, &summer);
    gint64 a = wall - g_time_zone_get_offset(zone, interval);
    gint64 b = summer - g_time_zone_get_offset(zone, other);
    *ms = (a < b ? a : b) * 1000;
    return true;
}

void clock_format_local(int64_t ms, const char *tz, char out[32])
{
    struct tm tm;
    if (ms <= 0 || !clock_local(ms, tz, &tm))
        snprintf(out, 32, "-");
    else
        strftime(out, 32, "%d %b %H:%M:%S", &tm);
}
