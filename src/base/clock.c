/* SPDX-License-Identifier: GPL-2.0-or-later */
/* clock: the only door to time; zones by GLib, which knows tzdata and is thread-safe. See base_clock.h. */
#include "frontdesk/base.h"

#include <fcntl.h>
#include <glib.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <unistd.h>

enum { STEP_US = 2000000 };

/* shift_ms: the tests'. offset_us: wall time is time since the machine started, and this; 0 = not looked yet.
 */
static _Atomic int64_t shift_ms, offset_us, moved_ms;
static const _Atomic int64_t *test_ms; /* of FRONTDESK_CLOCK_FILE; NULL = there is none */
static pthread_once_t env_once = PTHREAD_ONCE_INIT;

static void read_environment(void)
{
    const char *s = getenv("FRONTDESK_CLOCK_SHIFT_MS"), *file = getenv("FRONTDESK_CLOCK_FILE");
    uint64_t v;
    if (s && slice_to_u64(slice_of(s), 0, INT64_MAX / 2, &v))
        atomic_fetch_add(&shift_ms, (int64_t)v);
    int fd = file ? open(file, O_RDONLY | O_CLOEXEC) : -1;
    void *map = fd >= 0 ? mmap(NULL, sizeof(*test_ms), PROT_READ, MAP_SHARED, fd, 0) : MAP_FAILED;
    if (fd >= 0)
        close(fd);
    test_ms = map == MAP_FAILED ? NULL : map;
}

static int64_t read_us(clockid_t id)
{
    struct timespec t;
    clock_gettime(id, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* What the machine's clock is ahead of the time since its start. */
static int64_t machine_offset_us(int64_t since_start_us)
{
    pthread_once(&env_once, read_environment);
    int64_t test = test_ms ? atomic_load(test_ms) : 0;
    return read_us(CLOCK_REALTIME) - since_start_us + (atomic_load(&shift_ms) + test) * 1000;
}

static bool is_step(int64_t us)
{
    return us > STEP_US || us < -STEP_US;
}

int64_t clock_now_us(void)
{
    int64_t since_start_us = read_us(CLOCK_BOOTTIME), machine_us = machine_offset_us(since_start_us);
    int64_t ours_us = atomic_load(&offset_us);
    if (ours_us && is_step(machine_us - ours_us))
        return since_start_us + ours_us;
    /* nobody believes a step meanwhile: what we looked at is older than that */
    atomic_compare_exchange_strong(&offset_us, &ours_us, machine_us);
    return since_start_us + machine_us;
}

int64_t clock_jump_ms(void)
{
    int64_t ours_us = atomic_load(&offset_us), jump_us = machine_offset_us(read_us(CLOCK_BOOTTIME)) - ours_us;
    return ours_us && is_step(jump_us) ? jump_us / 1000 : 0;
}

void clock_believe_ms(int64_t ms)
{
    atomic_fetch_add(&offset_us, ms * 1000);
    atomic_fetch_add(&moved_ms, ms);
}

int64_t clock_moved_ms(void)
{
    return atomic_load(&moved_ms);
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
    (void)clock_now_us();
    atomic_fetch_add(&shift_ms, ms);
    atomic_fetch_add(&offset_us, ms * 1000);
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
