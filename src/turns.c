/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * turns: the order in which mails leave `taken`. Mails of one sender plan in the order in which they were
 * taken (that of their UIDs), and an answer after the mail that it names, whoever sent that. Whose a mail is
 * and what it answers is known only when it has been read, so a mail that was read waits for the older ones
 * that are being read: as a rule less than a millisecond. In memory only: a job that went to back-off has
 * left; what answers it finds it in the journal (understand.c).
 *
 * A turn passes as soon as the plan stands in the queue of the journal's writer, which keeps the order, so
 * that one commit still takes the plans of many. Only what names a mail waits for that mail's commit. Who
 * would wait longer than PATIENCE_MS gives the worker back and is claimed again; its place is kept meanwhile.
 */
#include "desk.h"

enum { WORKERS = 64, MOST_TURNS = 2 * WORKERS, PATIENCE_MS = 20, FORGET_MS = 5000 };

struct turn {
    int64_t id;
    enum { UNREAD, READ, QUEUED } stage;
    int64_t held_ms; /* monotonic, since when nobody works on it; 0 = claimed */
    char sender[256], message_id[256];
};

struct turns {
    pthread_mutex_t lock;
    pthread_cond_t moved;
    struct turn list[MOST_TURNS];
    size_t n, n_held;
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
    free(*turns);
    *turns = NULL;
}

static struct turn *find(struct turns *t, int64_t id)
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

static void tell(struct turns *t)
{
    if (t->waiting)
        pthread_cond_broadcast(&t->moved);
}

void turns_claimed(struct turns *t, int64_t id)
{
    int64_t now_ms = clock_mono_ms();
    pthread_mutex_lock(&t->lock);
    for (size_t i = t->n; i > 0; i--) {
        if (t->list[i - 1].held_ms && now_ms - t->list[i - 1].held_ms > FORGET_MS)
            drop(t, &t->list[i - 1]);
    }
    struct turn *own = find(t, id);
    if (own && own->held_ms) {
        own->held_ms = 0;
        t->n_held--;
    } else if (!own && t->n < MOST_TURNS) {
        t->list[t->n++] = (struct turn){.id = id};
    }
    pthread_mutex_unlock(&t->lock);
}

static bool names(const struct message *m, const char *message_id)
{
    struct slice id = slice_of(message_id);
    if (id.len == 0)
        return false;
    bool found = slice_eq(message_str(m, m->in_reply_to), id);
    for (uint32_t i = 0; i < m->n_references && !found; i++)
        found = slice_eq(message_str(m, m->references[i]), id);
    return found;
}

static bool must_wait(const struct turns *t, const struct turn *own, const struct message *m)
{
    for (size_t i = 0; i < t->n; i++) {
        const struct turn *older = &t->list[i];
        if (older->id < own->id &&
            (older->stage == UNREAD || (older->stage == READ && strcmp(older->sender, own->sender) == 0) ||
             names(m, older->message_id)))
            return true;
    }
    return false;
}

bool turns_wait(struct turns *t, int64_t id, const char *sender, const struct message *m)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += PATIENCE_MS * 1000000L;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    pthread_mutex_lock(&t->lock);
    struct turn *own = find(t, id);
    if (own) {
        own->stage = READ;
        snprintf(own->sender, sizeof(own->sender), "%s", sender);
        snprintf(own->message_id, sizeof(own->message_id), "%.*s", SLICE_ARG(message_str(m, m->message_id)));
        tell(t);
    }
    bool patient = true, held = false;
    t->waiting++;
    /* the list may have moved under the pointer */
    while ((own = find(t, id)) && must_wait(t, own, m) && !held) {
        held = !patient && t->n_held < MOST_TURNS - WORKERS;
        if (held) {
            own->held_ms = clock_mono_ms();
            t->n_held++;
        } else {
            patient = pthread_cond_timedwait(&t->moved, &t->lock, &until) == 0;
        }
        if (!patient && !held)
            until.tv_sec++;
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
