/* SPDX-License-Identifier: GPL-2.0-or-later */
/* outbox: a few SMTP sessions shared by the workers, kept open for a while for the next letter. See outbox.h.
 */
#include "smtp_session.h"

#include <pthread.h>

enum { MOST_SESSIONS = 8, KEEP_MS = 20000, ANSWER_MS = 60000 };

struct smtp_outbox {
    struct outbox_options options;
    char helo[256];
    pthread_mutex_t lock;
    pthread_cond_t freed;
    struct smtp_session sessions[MOST_SESSIONS];
    unsigned n;
};

/* A free session, an open one first. */
static struct smtp_session *claim(struct smtp_outbox *o)
{
    struct smtp_session *found = NULL;
    pthread_mutex_lock(&o->lock);
    while (!found) {
        for (unsigned i = 0; i < o->n; i++) {
            struct smtp_session *s = &o->sessions[i];
            if (!s->busy && (!found || (s->stream && !found->stream)))
                found = s;
        }
        if (!found)
            pthread_cond_wait(&o->freed, &o->lock);
    }
    found->busy = true;
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

static int send_on(struct smtp_session *s, const char *from, const char *to, struct slice bytes,
                   struct err *e)
{
    bool reused = s->stream != NULL;
    if (reused && clock_mono_ms() - s->used_ms > KEEP_MS) {
        smtp_session_close(s);
        reused = false;
    }
    for (;;) {
        if (!s->stream && smtp_session_open(s, e) != 0) {
            if (e->code == ERR_SMTP_TEMPORARY) /* not for the letter's sake */
                e->code = ERR_SERVER;
            return -1;
        }
        int rc = smtp_session_send(s, from, to, bytes, e);
        s->used_ms = clock_mono_ms();
        /* a kept connection may have died meanwhile; before DATA was accepted a second try is certainly no
         * second letter */
        bool died = rc != 0 && s->broken && (e->code == ERR_CONNECT || s->smtp->response_code == 421);
        if (!reused || !died)
            return rc;
        smtp_session_close(s);
        reused = false;
    }
}

static int smtp_send(void *self, const char *from, const char *to, struct slice bytes, struct err *e)
{
    struct smtp_outbox *o = self;
    struct smtp_session *s = claim(o);
    int rc = send_on(s, from, to, bytes, e);
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
    struct smtp_outbox *o = mem_alloc(sizeof(*o));
    o->options = *options;
    snprintf(o->helo, sizeof(o->helo), "%s", options->helo_name ? options->helo_name : "localhost");
    o->n = options->connections ? options->connections : 2;
    if (o->n > MOST_SESSIONS)
        o->n = MOST_SESSIONS;
    pthread_mutex_init(&o->lock, NULL);
    pthread_cond_init(&o->freed, NULL);
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
