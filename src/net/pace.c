/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pace: see pace.h. The file holds what was booked and when, by the wall clock; it is read, changed and
 * written under its lock. A file that makes no sense counts as empty: the other side still refuses. */
#include "frontdesk/pace.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <unistd.h>

enum { BOOKINGS = 512 };

struct ledger {
    int64_t refused_until_ms;
    struct {
        int64_t ms; /* 0 = free */
        uint64_t bytes;
    } bookings[BOOKINGS];
};

struct pace {
    int fd;
    uint64_t most;
    int64_t window_ms;
    pthread_mutex_t lock; /* flock does not part the threads of one process */
};

int pace_open(struct pace **out, const char *dir, const char *name, uint64_t most, unsigned window_ms,
              struct err *e)
{
    char path[4300];
    snprintf(path, sizeof(path), "%s/%s.pace", dir, name);
    *out = NULL;
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd >= 0)
        handover(path, dir);
    else if (errno == EEXIST)
        fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    else if (errno == ENOENT) /* before the first start: there is nobody to share it with */
        fd = memfd_create("pace", MFD_CLOEXEC);
    if (fd < 0)
        return err_set_errno(e, errno, "cannot open %s", path);
    struct pace *p = mem_alloc(sizeof(*p));
    *p = (struct pace){.fd = fd, .most = most, .window_ms = window_ms};
    pthread_mutex_init(&p->lock, NULL);
    *out = p;
    return 0;
}

void pace_close(struct pace **pace)
{
    struct pace *p = *pace;
    if (!p)
        return;
    close(p->fd);
    pthread_mutex_destroy(&p->lock);
    free(p);
    *pace = NULL;
}

/* Reads the ledger without what is over, or lies in the future (a clock that was put back). */
static void enter(struct pace *p, struct ledger *l, int64_t now_ms)
{
    pthread_mutex_lock(&p->lock);
    while (flock(p->fd, LOCK_EX) != 0 && errno == EINTR)
        ;
    if (pread(p->fd, l, sizeof(*l), 0) != (ssize_t)sizeof(*l))
        *l = (struct ledger){0};
    if (l->refused_until_ms > now_ms + p->window_ms)
        l->refused_until_ms = 0;
    for (size_t i = 0; i < BOOKINGS; i++) {
        if (l->bookings[i].ms <= now_ms - p->window_ms || l->bookings[i].ms > now_ms + 1000)
            l->bookings[i].ms = 0;
    }
}

static void leave(struct pace *p, const struct ledger *l)
{
    if (pwrite(p->fd, l, sizeof(*l), 0) != (ssize_t)sizeof(*l))
        LOG(LOG_WARN, "net", "pace.not-kept", LN("errno", errno));
    flock(p->fd, LOCK_UN);
    pthread_mutex_unlock(&p->lock);
}

/* When n bytes fit: now, or when enough of the oldest bookings are over. */
static int64_t fits_at(const struct pace *p, const struct ledger *l, uint64_t n, int64_t now_ms)
{
    uint64_t used = 0;
    int64_t at_ms = now_ms;
    for (size_t i = 0; i < BOOKINGS; i++)
        used += l->bookings[i].ms ? l->bookings[i].bytes : 0;
    while (used + n > p->most) {
        int64_t next_ms = INT64_MAX;
        for (size_t i = 0; i < BOOKINGS; i++) {
            if (l->bookings[i].ms + p->window_ms > at_ms && l->bookings[i].ms && l->bookings[i].ms < next_ms)
                next_ms = l->bookings[i].ms;
        }
        if (next_ms == INT64_MAX)
            break;
        at_ms = next_ms + p->window_ms;
        for (size_t i = 0; i < BOOKINGS; i++)
            used -= l->bookings[i].ms == next_ms ? l->bookings[i].bytes : 0;
    }
    return at_ms > l->refused_until_ms ? at_ms : l->refused_until_ms;
}

/* Into a free line; into the newest one if there is none, which counts it too long and never too short. */
static void book(struct ledger *l, uint64_t n, int64_t now_ms)
{
    size_t at = 0;
    for (size_t i = 0; i < BOOKINGS; i++) {
        if (l->bookings[i].ms == 0) {
            at = i;
            break;
        }
        if (l->bookings[i].ms > l->bookings[at].ms)
            at = i;
    }
    l->bookings[at].bytes = l->bookings[at].ms ? l->bookings[at].bytes + n : n;
    l->bookings[at].ms = now_ms;
}

/* Books n if they fit; else how many ms until they will. */
static int64_t try_to_book(struct pace *p, uint64_t n)
{
    struct ledger l;
    int64_t now_ms = clock_now_ms();
    if (n > p->most)
        n = p->most;
    enter(p, &l, now_ms);
    int64_t at_ms = fits_at(p, &l, n, now_ms);
    if (at_ms <= now_ms)
        book(&l, n, now_ms);
    leave(p, &l);
    return at_ms > now_ms ? at_ms - now_ms : 0;
}

static int refuse(const struct pace *p, enum err_code code, uint64_t n, int64_t left_ms, struct err *e)
{
    err_set(e, code, "%llu %s over the %llu in %lld s that are taken", (unsigned long long)n,
            code == ERR_FILE_PACE ? "bytes are" : "more call is", (unsigned long long)p->most,
            (long long)((p->window_ms + 999) / 1000));
    e->retry_after_s = (unsigned)(left_ms / 1000 + 1);
    return -1;
}

int pace_take(struct pace *p, uint64_t n, struct err *e)
{
    int64_t left_ms = try_to_book(p, n);
    return left_ms ? refuse(p, ERR_FILE_PACE, n, left_ms, e) : 0;
}

int pace_wait(struct pace *p, uint64_t n, unsigned wait_ms, int stop_fd, struct err *e)
{
    int64_t deadline = deadline_in(wait_ms), left_ms;
    while ((left_ms = try_to_book(p, n)) > 0) {
        struct pollfd fd = {.fd = stop_fd, .events = POLLIN};
        if (left_ms > deadline_left(deadline))
            return refuse(p, ERR_BUSY, n, left_ms, e);
        if (poll(&fd, 1, (int)left_ms) > 0)
            return err_set(e, ERR_STOPPING, "stopping");
    }
    return 0;
}

void pace_give_back(struct pace *p, uint64_t n)
{
    struct ledger l;
    if (n > p->most)
        n = p->most;
    enter(p, &l, clock_now_ms());
    for (size_t i = 0; i < BOOKINGS; i++) {
        if (l.bookings[i].ms && l.bookings[i].bytes >= n) {
            l.bookings[i].bytes -= n;
            break;
        }
    }
    leave(p, &l);
}

void pace_refused(struct pace *p, unsigned seconds)
{
    struct ledger l;
    int64_t now_ms = clock_now_ms(), until_ms = now_ms + (int64_t)seconds * 1000;
    enter(p, &l, now_ms);
    if (until_ms > l.refused_until_ms)
        l.refused_until_ms = until_ms;
    leave(p, &l);
}
