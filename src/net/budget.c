/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * budget: slots are locked files, so that the daemon and the command line share them and a killed process
 * gives its slots back; calls are counted in sixty one-minute buckets in one file, changed under its lock.
 * It is not mapped: a store to a page of a disk that has become read-only would end us by SIGBUS. See
 * budget.h.
 */
#include "frontdesk/budget.h"
#include "frontdesk/measure.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stddef.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST_ENDPOINTS = 32, MOST_SLOTS = 64, MINUTES = 60, CALL_BITS = 24 };

/* One cell a minute: the minute (since 1970) and its calls in one word, so that who only looks reads no half
 * of a change. */
struct counter {
    uint64_t cells[MINUTES];
    int64_t reached_ms;
};

struct endpoint {
    char name[48];
    int fds[MOST_SLOTS]; /* -1 = not opened yet */
    bool taken[MOST_SLOTS];
    pthread_cond_t freed; /* a slot of ours */
};

struct budget {
    char *dir, name[32];
    unsigned in_flight, per_hour;
    enum measure_system system;
    pthread_mutex_t lock;
    struct endpoint endpoints[MOST_ENDPOINTS];
    size_t n_endpoints;
    struct counter counter; /* as we left it */
    int counter_fd;         /* -1 = there is nobody to share with */
    bool unkept;            /* the file could not be written: ours counts */
};

static int open_shared(const struct budget *b, const char *path)
{
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return errno == EEXIST ? open(path, O_RDWR | O_CLOEXEC) : -1;
    handover(path, b->dir);
    return fd;
}

static int make_folder(const char *dir, struct err *e)
{
    char parent[4200];
    snprintf(parent, sizeof(parent), "%s/..", dir);
    if (mkdir(dir, 0700) == 0)
        handover(dir, parent);
    else if (errno != EEXIST)
        return err_set_errno(e, errno, "cannot make %s", dir);
    return 0;
}

static int open_counter(struct budget *b, struct err *e)
{
    char path[4300];
    snprintf(path, sizeof(path), "%s/%s.calls", b->dir, b->name);
    b->counter_fd = open_shared(b, path);
    return b->counter_fd >= 0 ? 0 : err_set_errno(e, errno, "cannot open %s", path);
}

int budget_open(struct budget **out, const char *dir, const char *name, unsigned in_flight,
                unsigned calls_per_hour, struct err *e)
{
    *out = NULL;
    if (dir && make_folder(dir, e) != 0)
        return -1;
    struct budget *b = mem_alloc(sizeof(*b));
    b->dir = mem_copy(dir);
    snprintf(b->name, sizeof(b->name), "%s", name);
    b->in_flight = in_flight < 1 ? 1 : in_flight > MOST_SLOTS ? MOST_SLOTS : in_flight;
    b->per_hour = calls_per_hour;
    b->system = strcmp(name, "quickbooks") == 0 ? MEASURE_QUICKBOOKS : MEASURE_AUTOTASK;
    b->counter_fd = -1;
    pthread_mutex_init(&b->lock, NULL);
    if (dir && open_counter(b, e) != 0) {
        budget_close(&b);
        return -1;
    }
    *out = b;
    return 0;
}

void budget_close(struct budget **budget)
{
    struct budget *b = *budget;
    if (!b)
        return;
    for (size_t i = 0; i < b->n_endpoints; i++) {
        for (unsigned s = 0; s < b->in_flight; s++) {
            if (b->endpoints[i].fds[s] >= 0)
                close(b->endpoints[i].fds[s]);
        }
        pthread_cond_destroy(&b->endpoints[i].freed);
    }
    if (b->counter_fd >= 0)
        close(b->counter_fd);
    pthread_mutex_destroy(&b->lock);
    free(b->dir);
    free(b);
    *budget = NULL;
}

/* --- counting --- */

static unsigned calls_of(uint64_t cell)
{
    return (unsigned)(cell & ((1u << CALL_BITS) - 1));
}

static int64_t minute_of(uint64_t cell)
{
    return (int64_t)(cell >> CALL_BITS);
}

/* Of the last hour. A minute that is still to come was counted before the clock was put back. */
static bool counts(uint64_t cell, int64_t now_minute)
{
    int64_t age = now_minute - minute_of(cell);
    return calls_of(cell) && age >= -1 && age < MINUTES;
}

static unsigned used_at(const struct counter *counter, int64_t now_minute)
{
    unsigned sum = 0;
    for (int i = 0; i < MINUTES; i++)
        sum += counts(counter->cells[i], now_minute) ? calls_of(counter->cells[i]) : 0;
    return sum;
}

/* Seconds until the oldest counted minute leaves the hour. */
static unsigned free_again_s(const struct counter *counter, int64_t now_ms)
{
    int64_t oldest = now_ms / 60000;
    for (int i = 0; i < MINUTES; i++) {
        uint64_t cell = counter->cells[i];
        if (counts(cell, now_ms / 60000) && minute_of(cell) < oldest)
            oldest = minute_of(cell);
    }
    return (unsigned)(((oldest + MINUTES) * 60000 - now_ms) / 1000 + 1);
}

/* b->lock is held. What other processes counted, under the lock of the file. */
static void enter(struct budget *b)
{
    struct counter kept;
    if (b->counter_fd < 0)
        return;
    while (flock(b->counter_fd, LOCK_EX) != 0 && errno == EINTR)
        ;
    ssize_t n = pread(b->counter_fd, &kept, sizeof(kept), 0);
    if (!b->unkept && n == (ssize_t)sizeof(kept))
        b->counter = kept;
}

static void leave(struct budget *b)
{
    size_t size = b->unkept ? sizeof(b->counter) : offsetof(struct counter, reached_ms);
    if (b->counter_fd < 0)
        return;
    struct stat st;
    if (fstat(b->counter_fd, &st) == 0 && st.st_size < (off_t)sizeof(b->counter))
        size = sizeof(b->counter);
    b->unkept = pwrite(b->counter_fd, &b->counter, size, 0) != (ssize_t)size;
    flock(b->counter_fd, LOCK_UN);
}

static int count_call(struct budget *b, struct err *e)
{
    int64_t now_ms = clock_now_ms(), minute = now_ms / 60000;
    enter(b);
    uint64_t *cell = &b->counter.cells[minute % MINUTES];
    bool may = !b->per_hour || used_at(&b->counter, minute) < b->per_hour;
    if (may)
        *cell = minute_of(*cell) == minute ? *cell + 1 : (uint64_t)minute << CALL_BITS | 1;
    unsigned free_s = free_again_s(&b->counter, now_ms);
    leave(b);
    if (may)
        return 0;
    err_set(e, ERR_BUDGET, "frontdesk has made its %u calls of this hour (%s.calls_per_hour)", b->per_hour,
            b->name);
    e->retry_after_s = free_s;
    return -1;
}

/* --- slots --- */

static struct endpoint *endpoint_of(struct budget *b, const char *name)
{
    for (size_t i = 0; i < b->n_endpoints; i++) {
        if (strcmp(b->endpoints[i].name, name) == 0)
            return &b->endpoints[i];
    }
    ENSURE(b->n_endpoints < MOST_ENDPOINTS);
    struct endpoint *p = &b->endpoints[b->n_endpoints++];
    snprintf(p->name, sizeof(p->name), "%s", name);
    for (int s = 0; s < MOST_SLOTS; s++)
        p->fds[s] = -1;
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&p->freed, &monotonic);
    pthread_condattr_destroy(&monotonic);
    return p;
}

static int open_slot(struct budget *b, struct endpoint *p, unsigned s, struct err *e)
{
    char path[4400];
    if (p->fds[s] >= 0)
        return 0;
    snprintf(path, sizeof(path), "%s/%s.%s.%u", b->dir, b->name, p->name, s);
    p->fds[s] = open_shared(b, path);
    if (p->fds[s] >= 0)
        return 0;
    err_set_errno(e, errno, "cannot open %s", path);
    return err_unwritable(e);
}

/* A slot that neither a thread of ours nor another process has; -1 = none now; -2 = error. */
static int try_slots(struct budget *b, struct endpoint *p, bool *foreign, struct err *e)
{
    *foreign = false;
    for (unsigned s = 0; s < b->in_flight; s++) {
        if (p->taken[s])
            continue;
        if (!b->dir) {
            p->taken[s] = true;
            return (int)s;
        }
        if (open_slot(b, p, s, e) != 0)
            return -2;
        if (flock(p->fds[s], LOCK_EX | LOCK_NB) == 0) {
            p->taken[s] = true;
            return (int)s;
        }
        *foreign = true;
    }
    return -1;
}

static void free_slot(struct endpoint *p, int slot)
{
    if (p->fds[slot] >= 0)
        flock(p->fds[slot], LOCK_UN);
    p->taken[slot] = false;
}

int budget_enter(struct budget *b, const char *endpoint, unsigned wait_ms, int *slot, struct err *e)
{
    int64_t deadline = deadline_in(wait_ms);
    int rc = -1;
    pthread_mutex_lock(&b->lock);
    struct endpoint *p = endpoint_of(b, endpoint);
    for (;;) {
        bool foreign;
        *slot = try_slots(b, p, &foreign, e);
        if (*slot == -2)
            break;
        if (*slot >= 0) {
            rc = 0;
            break;
        }
        int64_t left = deadline_left(deadline);
        if (left == 0) {
            err_set(e, ERR_BUSY, "no free slot for %s within %u s", endpoint, wait_ms / 1000);
            break;
        }
        /* another process cannot wake us: look again soon; threads of ours do */
        if (foreign && left > 5)
            left = 5;
        struct timespec until;
        clock_gettime(CLOCK_MONOTONIC, &until);
        int64_t ns = until.tv_nsec + left % 1000 * 1000000;
        until.tv_sec += (time_t)(left / 1000 + ns / 1000000000);
        until.tv_nsec = (long)(ns % 1000000000);
        pthread_cond_timedwait(&p->freed, &b->lock, &until);
    }
    if (rc == 0 && count_call(b, e) != 0) {
        free_slot(p, *slot);
        rc = -1;
    }
    pthread_mutex_unlock(&b->lock);
    if (rc == 0) {
        measure_add(MEASURE_CALLS, b->system, 1);
        measure_add(MEASURE_IN_FLIGHT, b->system, 1);
    }
    return rc;
}

void budget_leave(struct budget *b, const char *endpoint, int slot)
{
    pthread_mutex_lock(&b->lock);
    struct endpoint *p = endpoint_of(b, endpoint);
    free_slot(p, slot);
    pthread_mutex_unlock(&b->lock);
    measure_add(MEASURE_IN_FLIGHT, b->system, -1);
    pthread_cond_signal(&p->freed);
}

/* --- how it stands --- */

void budget_reached(struct budget *b)
{
    int64_t now_ms = clock_now_ms();
    pthread_mutex_lock(&b->lock);
    b->counter.reached_ms = now_ms;
    if (b->counter_fd >= 0)
        b->unkept = pwrite(b->counter_fd, &now_ms, sizeof(now_ms), offsetof(struct counter, reached_ms)) !=
                        (ssize_t)sizeof(now_ms) ||
                    b->unkept;
    pthread_mutex_unlock(&b->lock);
}

void budget_look(const char *dir, const char *name, struct budget_view *out)
{
    char path[4300];
    struct counter counter;
    snprintf(path, sizeof(path), "%s/%s.calls", dir, name);
    *out = (struct budget_view){0};
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    /* a copy may be torn between two minutes, not within one: each is a word */
    if (fd < 0 || read(fd, &counter, sizeof(counter)) != (ssize_t)sizeof(counter)) {
        if (fd >= 0)
            close(fd);
        return;
    }
    close(fd);
    out->calls = used_at(&counter, clock_now_ms() / 60000);
    out->reached_ms = counter.reached_ms;
}
