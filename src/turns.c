/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * turns: the order in which mails leave `taken`. Mails of one sender plan in the order in which they were
 * taken (that of their UIDs), and an answer after the mail that it names, whoever sent that. Whose a mail is
 * and what it answers is known only when it has been read, so a mail that was read waits for the older ones
 * that are being read: as a rule less than a millisecond. In memory only: a job that went to back-off has
 * left; what answers it finds it in the journal (understand.c).
 *
 * A turn passes as soon as the plan stands in the queue of the journal's writer, which keeps the order, so
 * that one commit still takes the plans of many. Only what names a mail waits for that mail's commit.
 *
 * Who would wait longer than PATIENCE_MS, or for one that has no worker itself, gives the worker back and
 * keeps the place; nobody claims it before the one that it waits for has moved. So a worker only ever waits
 * for somebody who is working.
 */
#include "desk.h"

enum { MOST_TURNS = 4096, PATIENCE_MS = 20, FORGET_MS = 120000 };

struct turn {
    int64_t id;
    enum { UNREAD, READ, QUEUED } stage;
    int64_t held_ms;  /* monotonic, since when nobody works on it; 0 = claimed */
    int64_t held_for; /* the job that it waits for */
    uint64_t sender, message_id;
};

struct turns {
    pthread_mutex_t lock;
    pthread_cond_t moved;
    struct turn *list;
    size_t n, room, n_held;
    unsigned waiting;
};

struct turns *turns_new(void)
{
    struct turns *t = mem_alloc(sizeof(*t));
    pthread_condattr_t monotonic;
    *t = (struct turns){0};
    pthread_mutex_init(&t->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&t->moved, &monotonic);
    pthread_condattr_destroy(&monotonic);
    return t;
}

void turns_free(struct turns **turns)
{
    if (!*turns)
        return;
    pthread_mutex_destroy(&(*turns)->lock);
    pthread_cond_destroy(&(*turns)->moved);
    free((*turns)->list);
    free(*turns);
    *turns = NULL;
}

/* FNV-1a: two that collide by chance, or by somebody's wish, wait for each other, which costs milliseconds.
 */
static uint64_t mark(struct slice s)
{
    uint64_t h = 0xcbf29ce484222325;
    for (size_t i = 0; i < s.len; i++)
        h = (h ^ (unsigned char)s.ptr[i]) * 0x100000001b3;
    return s.len ? h : 0;
}

static struct turn *find(const struct turns *t, int64_t id)
{
    for (size_t i = 0; i < t->n; i++) {
        if (t->list[i].id == id)
            return &t->list[i];
    }
    return NULL;
}

static void drop(struct turns *t, struct turn *gone)
{
    t->n_held -= gone->held_ms != 0;
    *gone = t->list[--t->n];
}

static void add(struct turns *t, int64_t id)
{
    if (t->n == t->room) {
        t->room = t->room ? 2 * t->room : 16;
        t->list = mem_grow(t->list, t->room * sizeof(*t->list));
    }
    t->list[t->n++] = (struct turn){.id = id};
}

static void tell(struct turns *t)
{
    if (t->waiting)
        pthread_cond_broadcast(&t->moved);
}

bool turns_claim(struct turns *t, int64_t id)
{
    int64_t now_ms = clock_mono_ms();
    pthread_mutex_lock(&t->lock);
    /* a held job that was discarded meanwhile never comes back */
    for (size_t i = t->n; t->n_held && i > 0; i--) {
        if (t->list[i - 1].held_ms && now_ms - t->list[i - 1].held_ms > FORGET_MS)
            drop(t, &t->list[i - 1]);
    }
    struct turn *own = find(t, id);
    const struct turn *before = own && own->held_ms ? find(t, own->held_for) : NULL;
    bool may = !before || before->stage == QUEUED;
    if (own && own->held_ms && may) {
        own->held_ms = 0;
        t->n_held--;
    } else if (!own && t->n < MOST_TURNS) {
        add(t, id);
    }
    pthread_mutex_unlock(&t->lock);
    return may;
}

static bool names(const struct message *m, uint64_t message_id)
{
    bool found = message_id && mark(message_str(m, m->in_reply_to)) == message_id;
    for (uint32_t i = 0; message_id && i < m->n_references && !found; i++)
        found = mark(message_str(m, m->references[i])) == message_id;
    return found;
}

/* Whom it has to wait for; one without a worker first. */
static const struct turn *before(const struct turns *t, const struct turn *own, const struct message *m)
{
    const struct turn *found = NULL;
    for (size_t i = 0; i < t->n; i++) {
        const struct turn *older = &t->list[i];
        bool counts = older->id < own->id &&
                      (older->stage == UNREAD || (older->stage == READ && older->sender == own->sender) ||
                       names(m, older->message_id));
        if (counts && (!found || older->held_ms))
            found = older;
    }
    return found;
}

static struct timespec patience(void)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += PATIENCE_MS * 1000000L;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    return until;
}

bool turns_wait(struct turns *t, int64_t id, const char *sender, const struct message *m)
{
    struct timespec until = patience();
    bool patient = true, held = false;
    const struct turn *older;
    pthread_mutex_lock(&t->lock);
    struct turn *own = find(t, id);
    if (own) {
        own->stage = READ;
        own->sender = mark(slice_of(sender));
        own->message_id = mark(message_str(m, m->message_id));
        tell(t);
    }
    t->waiting++;
    /* the list may have moved under the pointer */
    while (!held && (own = find(t, id)) && (older = before(t, own, m)) != NULL) {
        held = older->held_ms || !patient;
        if (held) {
            own->held_ms = clock_mono_ms();
            own->held_for = older->id;
            t->n_held++;
            tell(t);
        } else {
            patient = pthread_cond_timedwait(&t->moved, &t->lock, &until) == 0;
        }
    }
    t->waiting--;
    pthread_mutex_unlock(&t->lock);
    return !held;
}

void turns_queued(struct turns *t, int64_t id)
{
    pthread_mutex_lock(&t->lock);
    struct turn *own = find(t, id);
    if (own)
        own->stage = QUEUED;
    tell(t);
    pthread_mutex_unlock(&t->lock);
}

void turns_left(struct turns *t, int64_t id)
{
    pthread_mutex_lock(&t->lock);
    struct turn *own = find(t, id);
    if (own)
        drop(t, own);
    tell(t);
    pthread_mutex_unlock(&t->lock);
}
