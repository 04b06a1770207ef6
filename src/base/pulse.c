/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pulse: until when each thread has promised to show itself. See pulse.h. */
#include "frontdesk/pulse.h"

#include <pthread.h>
#include <stdatomic.h>

/* due_ms: 0 = nothing is promised. The name is written before the first promise. */
struct pulse {
    char name[48];
    bool used; /* guarded by lock */
    _Atomic int64_t due_ms;
};

static struct pulse pulses[PULSE_MOST];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

struct pulse *pulse_new(const char *name)
{
    struct pulse *found = NULL;
    pthread_mutex_lock(&lock);
    for (size_t i = 0; i < PULSE_MOST && !found; i++) {
        if (!pulses[i].used)
            found = &pulses[i];
    }
    if (found) {
        found->used = true;
        snprintf(found->name, sizeof(found->name), "%s", name);
    }
    pthread_mutex_unlock(&lock);
    return found;
}

void pulse_promise(struct pulse *p, int64_t ms)
{
    if (p)
        atomic_store(&p->due_ms, clock_mono_ms() + ms);
}

void pulse_end(struct pulse **p)
{
    if (!*p)
        return;
    atomic_store(&(*p)->due_ms, 0);
    pthread_mutex_lock(&lock);
    (*p)->used = false;
    pthread_mutex_unlock(&lock);
    *p = NULL;
}

bool pulse_late(int64_t now_ms, char name[48])
{
    for (size_t i = 0; i < PULSE_MOST; i++) {
        int64_t due_ms = atomic_load(&pulses[i].due_ms);
        if (due_ms && now_ms > due_ms) {
            snprintf(name, 48, "%s", pulses[i].name);
            return true;
        }
    }
    return false;
}
