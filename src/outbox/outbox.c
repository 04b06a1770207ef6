/* SPDX-License-Identifier: GPL-2.0-or-later */
/* outbox: a few SMTP sessions shared by the workers, kept open for a while for the next letter. See outbox.h.
 */
#include "smtp_session.h"

#include <pthread.h>

enum { MOST_SESSIONS = 8, KEEP_MS = 20000, ANSWER_MS = 60000, CLAIM_S = 5, PROBED_S = 5 };

/* A server that does not get as far as a letter is ill for all letters alike: one of them tries it at these
 * times, the others wait. So none waits for long when it is back, no worker is held up by a dead server, and
 * a refused login is not tried so often that the account gets locked. */
static const unsigned ill_s[] = {2, 5, 15, 30, 60}, refused_s[] = {2, 5, 15, 60, 300};

struct smtp_outbox {
    struct outbox_options options;
    char helo[256];
    pthread_mutex_t lock;
    pthread_cond_t freed;
    struct smtp_session sessions[MOST_SESSIONS];
    unsigned n;
    /* guarded by lock: */
    unsigned failures; /* in a row; 0: the server is well */
    bool probing;      /* somebody tries it */
    int64_t again_ms;  /* monotonic: not before */
    struct err why;    /* of the last failure */
};

/* --- is the server well? --- */

/* True when this letter may try it; else *e says what is wrong and when to come back. The lock is held. */
static bool may_try(struct smtp_outbox *o, struct err *e)
{
    int64_t left = deadline_left(o->again_ms);
    if (o->failures == 0)
        return true;
    if (!o->probing && left == 0) {
        o->probing = true;
        return true;
    }
    *e = o->why;
    e->retry_after_s = o->probing ? PROBED_S : (unsigned)(left / 1000 + 1);
    return false;
}

/* The next letter would fare the same. */
static bool is_ill(const struct smtp_session *s, const struct err *e)
{
    bool wire = e->code == ERR_CONNECT || e->code == ERR_TIMEOUT || e->code == ERR_PROTOCOL;
    return wire || !s->let_in || (s->smtp && s->smtp->response_code == 421);
}

static void note(struct smtp_outbox *o, const struct smtp_session *s, int64_t began_ms, struct err *e)
{
    bool ill = e && e->code != ERR_STOPPING && is_ill(s, e);
    pthread_mutex_lock(&o->lock);
    o->probing = false;
    if (!ill) {
        o->failures = 0;
    } else {
        const unsigned *steps = e->code == ERR_CREDENTIALS ? refused_s : ill_s;
        unsigned most = ARRAY_LEN(ill_s) - 1, step = steps[o->failures < most ? o->failures : most];
        /* from the begin of the try on: one that took its time has waited already */
        int64_t at = began_ms + (int64_t)step * 1000, soonest = deadline_in(ill_s[0] * 1000);
        o->again_ms = at > soonest ? at : soonest;
        o->failures++;
        e->retry_after_s = (unsigned)(deadline_left(o->again_ms) / 1000 + 1);
        o->why = *e;
    }
    pthread_mutex_unlock(&o->lock);
}

/* --- sessions --- */

/* The lock is held. A free session, an open one first; NULL when there is none. */
static struct smtp_session *free_session(struct smtp_outbox *o)
{
    struct smtp_session *found = NULL;
    for (unsigned i = 0; i < o->n; i++) {
        struct smtp_session *s = &o->sessions[i];
        if (!s->busy && (!found || (s->stream && !found->stream)))
            found = s;
    }
    return found;
}

/* NULL with *e: not now. */
static struct smtp_session *claim(struct smtp_outbox *o, struct err *e)
{
    struct smtp_session *found = NULL;
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += CLAIM_S;
    pthread_mutex_lock(&o->lock);
    bool may = may_try(o, e), waits = true;
    while (may && waits && (found = free_session(o)) == NULL)
        waits = pthread_cond_timedwait(&o->freed, &o->lock, &until) == 0;
    if (found)
        found->busy = true;
    if (may && !found) {
        o->probing = false;
        err_set(e, ERR_BUSY, "%s takes long for each letter", o->options.smtp->host);
        e->retry_after_s = CLAIM_S;
    }
    pthread_mutex_unlock(&o->lock);
    return found;
}

static void give_back(struct smtp_outbox *o, struct smtp_session *s)
{
    pthread_mutex_lock(&o->lock);
    s->busy = false;
    pthread_cond_signal(&o->freed);
    pthread_mutex_unlock(&o->lock);
}

/* What goes wrong before the server has seen a letter says nothing about the letter: it waits. */
static int let_us_in(struct smtp_session *s, struct err *e)
{
    s->let_in = smtp_session_open(s, e) == 0;
    if (!s->let_in && (e->code == ERR_SMTP_PERMANENT || e->code == ERR_SMTP_TEMPORARY))
        e->code = ERR_SERVER;
    else if (!s->let_in && err_class(e) == ERR_CLASS_OPERATOR)
        e->code = ERR_CREDENTIALS;
    return s->let_in ? 0 : -1;
}

static int send_on(struct smtp_session *s, const char *from, const char *to, struct slice bytes,
                   struct err *e)
{
    bool reused = s->stream != NULL;
    if (reused && clock_mono_ms() - s->used_ms > KEEP_MS) {
        smtp_session_close(s);
        reused = false;
    }
    for (;;) {
        if (!s->stream && let_us_in(s, e) != 0)
            return -1;
        int rc = smtp_session_send(s, from, to, bytes, e);
        s->used_ms = clock_mono_ms();
        /* a kept connection may have died meanwhile; while the text has not left a second try is certainly no
         * second letter */
        bool died = rc != 0 && s->broken && !s->text_left &&
                    (e->code == ERR_CONNECT || s->smtp->response_code == 421);
        if (!reused || !died)
            return rc;
        smtp_session_close(s);
        reused = false;
    }
}

static int smtp_send(void *self, const char *from, const char *to, struct slice bytes, struct err *e)
{
    struct smtp_outbox *o = self;
    int64_t began_ms = clock_mono_ms();
    struct smtp_session *s = claim(o, e);
    if (!s)
        return -1;
    int rc = send_on(s, from, to, bytes, e);
    note(o, s, began_ms, rc == 0 ? NULL : e);
    if (s->broken)
        smtp_session_close(s);
    give_back(o, s);
    return rc;
}

static void smtp_free(void *self)
{
    struct smtp_outbox *o = self;
    for (unsigned i = 0; i < o->n; i++)
        smtp_session_close(&o->sessions[i]);
    pthread_mutex_destroy(&o->lock);
    pthread_cond_destroy(&o->freed);
    free(o);
}

static struct smtp_session new_session(const struct smtp_outbox *o)
{
    return (struct smtp_session){.server = o->options.smtp,
                                 .helo = o->helo,
                                 .stop_fd = o->options.stop_fd,
                                 .answer_ms = o->options.answer_ms ? o->options.answer_ms : ANSWER_MS};
}

int outbox_smtp_init(struct outbox *out, const struct outbox_options *options, struct err *e)
{
    (void)e;
    pthread_condattr_t monotonic;
    struct smtp_outbox *o = mem_alloc(sizeof(*o));
    o->options = *options;
    snprintf(o->helo, sizeof(o->helo), "%s", options->helo_name ? options->helo_name : "localhost");
    o->n = options->connections ? options->connections : 2;
    if (o->n > MOST_SESSIONS)
        o->n = MOST_SESSIONS;
    pthread_mutex_init(&o->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&o->freed, &monotonic);
    pthread_condattr_destroy(&monotonic);
    for (unsigned i = 0; i < o->n; i++)
        o->sessions[i] = new_session(o);
    *out = (struct outbox){.send = smtp_send, .free = smtp_free, .self = o};
    return 0;
}

int outbox_send(struct outbox *out, const char *from, const char *to, struct slice bytes, struct err *e)
{
    return out->send(out->self, from, to, bytes, e);
}

void outbox_release(struct outbox *out)
{
    if (out->free)
        out->free(out->self);
    *out = (struct outbox){0};
}

int outbox_smtp_probe(const struct conf_server *smtp, const char *from, struct buf *findings,
                      struct buf *doubts, struct err *e)
{
    struct smtp_session s = {.server = smtp, .helo = "localhost", .stop_fd = -1, .answer_ms = 15000};
    int rc = smtp_session_open(&s, e);
    if (rc == 0) {
        stream_tell(s.stream,
                    smtp->password_file || smtp->oauth2 ? ", login accepted" : ", no login configured",
                    findings, doubts);
        rc = smtp_session_try(&s, from, e);
    }
    if (rc == 0)
        buf_printf(findings, "letters may go out as %s\n", from);
    smtp_session_close(&s);
    return rc;
}
