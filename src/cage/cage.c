/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cage: this side of it: who reads, how long we wait, and what we believe. */
#include "cage_wire.h"
#include "frontdesk/base_program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

struct cage_reader {
    pid_t pid; /* 0 = not started */
    int socket;
    bool busy;
    unsigned mails;
};

struct cage {
    pthread_mutex_t lock;
    pthread_cond_t freed;
    unsigned n, deaths;
    bool warned;
    void (*asked)(void), (*answered)(void); /* NULL: nobody is told */
    struct cage_reader readers[];
};

struct cage *cage_new(unsigned most)
{
    struct cage *c = mem_alloc(sizeof(*c) + most * sizeof(c->readers[0]));
    c->n = most;
#ifdef FD_SANITIZED
    c->warned = true; /* its readers are never confined, and who built it knows */
#endif
    pthread_mutex_init(&c->lock, NULL);
    pthread_cond_init(&c->freed, NULL);
    return c;
}

void cage_on_question(struct cage *c, void (*asked)(void), void (*answered)(void))
{
    c->asked = asked;
    c->answered = answered;
}

/* --- its process --- */

static void end_reader(struct cage_reader *r)
{
    if (!r->pid)
        return;
    close(r->socket);
    kill(r->pid, SIGKILL);
    while (waitpid(r->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    *r = (struct cage_reader){.busy = r->busy};
}

/* Only the socket is open in it, as CAGE_SOCKET; nothing of our environment, none of our signals. */
static int spawn(pid_t *pid, int socket, int nothing)
{
    char program[] = "frontdesk", flag[8];
    char *argv[] = {program, flag, NULL}, *env[] = {NULL};
    posix_spawn_file_actions_t files;
    posix_spawnattr_t how;
    snprintf(flag, sizeof(flag), "%s", cage_flag);
    posix_spawn_file_actions_init(&files);
    program_begins(&how, 0);
    int rc = posix_spawn_file_actions_adddup2(&files, socket, CAGE_SOCKET);
    for (int fd = 0; rc == 0 && fd < CAGE_SOCKET; fd++)
        rc = posix_spawn_file_actions_adddup2(&files, nothing, fd);
    if (rc == 0)
        rc = posix_spawn_file_actions_addclosefrom_np(&files, CAGE_SOCKET + 1);
    if (rc == 0)
        rc = posix_spawn(pid, "/proc/self/exe", &files, &how, argv, env);
    posix_spawnattr_destroy(&how);
    posix_spawn_file_actions_destroy(&files);
    return rc;
}

/* Waits for `events`; false when the time is over or the reader is gone. */
static bool ready(int socket, short events, int64_t until)
{
    struct pollfd p = {.fd = socket, .events = events};
    for (;;) {
        int64_t left = until - clock_mono_ms();
        int n = left > 0 ? poll(&p, 1, (int)left) : 0;
        if (n > 0)
            return true;
        if (n == 0 || errno != EINTR)
            return false;
    }
}

static bool receive(int socket, void *to, size_t n, int64_t until)
{
    char *p = to;
    while (n) {
        ssize_t got = recv(socket, p, n, MSG_DONTWAIT);
        if (got < 0 && (errno == EINTR || errno == EAGAIN)) {
            if (errno == EAGAIN && !ready(socket, POLLIN, until))
                return false;
            continue;
        }
        if (got <= 0)
            return false;
        p += got;
        n -= (size_t)got;
    }
    return true;
}

static bool deliver(int socket, const void *from, size_t n, int64_t until)
{
    const char *p = from;
    while (n) {
        ssize_t put = send(socket, p, n, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (put < 0 && (errno == EINTR || errno == EAGAIN)) {
            if (errno == EAGAIN && !ready(socket, POLLOUT, until))
                return false;
            continue;
        }
        if (put <= 0)
            return false;
        p += put;
        n -= (size_t)put;
    }
    return true;
}

/* Nothing is wrong with the mail: it waits. */
static int no_start(struct err *e, int why)
{
    err_set_errno(e, why, "a reader of mail cannot be started");
    e->code = ERR_BUSY;
    return -1;
}

static int start_reader(struct cage *c, struct cage_reader *r, struct err *e)
{
    int pair[2], nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
    char locked = 0;
    if (nothing < 0 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) {
        int why = errno;
        if (nothing >= 0)
            close(nothing);
        return no_start(e, why);
    }
    int rc = spawn(&r->pid, pair[1], nothing);
    close(pair[1]);
    close(nothing);
    r->socket = pair[0];
    if (rc != 0) {
        r->pid = 0;
        close(pair[0]);
        return no_start(e, rc);
    }
    if (!receive(r->socket, &locked, 1, clock_mono_ms() + CAGE_WALL_MS)) {
        end_reader(r);
        return err_set(e, ERR_BUSY, "a reader was started, but does not answer");
    }
    pthread_mutex_lock(&c->lock);
    bool tell = locked != 'L' && !c->warned;
    c->warned = c->warned || tell;
    pthread_mutex_unlock(&c->lock);
    if (tell)
        LOG(LOG_WARN, "cage", "open",
            LS("hint",
               "this system, or this build, cannot take a reader's rights away (seccomp): it is only a "
               "process of its own"));
    return 0;
}

/* --- who reads --- */

static struct cage_reader *take(struct cage *c)
{
    struct cage_reader *best = NULL;
    pthread_mutex_lock(&c->lock);
    for (;;) {
        /* one that runs, rather than one that would have to be started */
        for (unsigned i = 0; i < c->n; i++) {
            struct cage_reader *r = &c->readers[i];
            if (!r->busy && (!best || (r->pid && !best->pid)))
                best = r;
        }
        if (best)
            break;
        pthread_cond_wait(&c->freed, &c->lock);
    }
    best->busy = true;
    pthread_mutex_unlock(&c->lock);
    return best;
}

void cage_let_go(struct cage *c, struct cage_reader **held, bool proven)
{
    struct cage_reader *r = *held;
    *held = NULL;
    if (!r)
        return;
    if (!proven || r->mails >= CAGE_MAILS)
        end_reader(r);
    pthread_mutex_lock(&c->lock);
    r->busy = false;
    pthread_cond_signal(&c->freed);
    pthread_mutex_unlock(&c->lock);
}

void cage_free(struct cage **cage)
{
    struct cage *c = *cage;
    if (!c)
        return;
    for (unsigned i = 0; i < c->n; i++)
        end_reader(&c->readers[i]);
    pthread_cond_destroy(&c->freed);
    pthread_mutex_destroy(&c->lock);
    free(c);
    *cage = NULL;
}

unsigned cage_deaths(struct cage *c)
{
    pthread_mutex_lock(&c->lock);
    unsigned n = c->deaths;
    pthread_mutex_unlock(&c->lock);
    return n;
}

/* --- a question --- */

struct asking {
    struct cage_question q;
    struct slice bytes, message;
    int file; /* -1: the mail is in `bytes` */
};

/* Head and bytes in one call: each call wakes the reader. */
static bool ask(struct cage_reader *r, const struct asking *a, int64_t until)
{
    union {
        char bytes[CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
    } control = {.bytes = {0}};
    struct iovec io[] = {{(void *)(uintptr_t)&a->q, sizeof(a->q)},
                         {(void *)(uintptr_t)a->bytes.ptr, a->bytes.len}};
    struct msghdr m = {.msg_iov = io, .msg_iovlen = a->bytes.len ? 2 : 1};
    if (a->file >= 0) {
        m.msg_control = control.bytes;
        m.msg_controllen = sizeof(control.bytes);
        struct cmsghdr *c = CMSG_FIRSTHDR(&m);
        c->cmsg_level = SOL_SOCKET;
        c->cmsg_type = SCM_RIGHTS;
        c->cmsg_len = CMSG_LEN(sizeof(int));
        memcpy(CMSG_DATA(c), &a->file, sizeof(int));
    }
    ssize_t put = sendmsg(r->socket, &m, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (put < (ssize_t)sizeof(a->q)) /* an empty socket takes so small a head whole */
        return false;
    struct slice rest = slice_skip(a->bytes, (size_t)put - sizeof(a->q));
    return deliver(r->socket, rest.ptr, rest.len, until) &&
           deliver(r->socket, a->message.ptr, a->message.len, until);
}

/* 0: answered, well or with an error in *e (then *code). -1: the reader is no use any more. */
static int ask_once(struct cage_reader *r, const struct asking *a, struct buf *out, enum err_code *code)
{
    int64_t until = clock_mono_ms() + CAGE_WALL_MS;
    struct cage_answer got;
    r->mails++;
    buf_clear(out);
    if (!ask(r, a, until) || !receive(r->socket, &got, sizeof(got), until) || got.bytes > CAGE_ANSWER_MAX ||
        got.code > ERR_EXHAUSTED)
        return -1;
    char *room = buf_room(out, (size_t)got.bytes);
    if (!room || !receive(r->socket, room, (size_t)got.bytes, until))
        return -1;
    buf_added(out, (size_t)got.bytes);
    *code = (enum err_code)got.code;
    return 0;
}

/* A start that fails says nothing of the mail: a few times, then the mail waits. */
static int have_reader(struct cage *c, struct cage_reader *r, struct err *e)
{
    enum { STARTS = 5 };
    int rc = r->pid ? 0 : -1;
    for (unsigned i = 0; rc != 0 && i < STARTS; i++)
        rc = start_reader(c, r, e);
    return rc;
}

/* Asks until one answers. What a reader says of an error is shown as it shows everything foreign. */
static int ask_until_answered(struct cage *c, struct cage_reader *r, const struct asking *a, struct buf *out,
                              struct err *e)
{
    for (unsigned tries = 0; tries < CAGE_TRIES; tries++) {
        enum err_code code = ERR_NONE;
        if (have_reader(c, r, e) != 0)
            return -1;
        if (ask_once(r, a, out, &code) == 0) {
            if (code == ERR_NONE)
                return 0;
            struct buf text = BUF_INIT(2000);
            message_clean(&text, slice_cut_utf8(buf_view(out), 400), false);
            err_set(e, code, "%s", text.len ? text.data : "the reader gives no reason");
            buf_release(&text);
            return -1;
        }
        end_reader(r);
        pthread_mutex_lock(&c->lock);
        c->deaths++;
        pthread_mutex_unlock(&c->lock);
        LOG(LOG_WARN, "cage", "died", LN("tries", tries + 1));
    }
    return err_set(e, ERR_READER,
                   "reading this mail ended the reader %d times (it broke, took over %d s, or over %d MB)",
                   CAGE_TRIES, CAGE_SECONDS, CAGE_MEMORY >> 20);
}

static int put_question(struct cage *c, struct cage_reader *r, const struct asking *a, struct buf *out,
                        struct err *e)
{
    if (c->asked)
        c->asked();
    int rc = ask_until_answered(c, r, a, out, e);
    if (c->answered)
        c->answered();
    return rc;
}

static int open_file(const struct mail_bytes *mail, struct asking *a, struct err *e)
{
    a->file = -1;
    a->q.bytes = mail->path ? 0 : mail->bytes.len;
    a->bytes = mail->path ? SLICE_NONE : mail->bytes;
    a->q.has_file = mail->path != NULL;
    if (!mail->path)
        return 0;
    a->file = open(mail->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    return a->file >= 0 ? 0 : err_set_errno(e, errno, "%s", mail->path);
}

int cage_read(struct cage *c, struct message *out, const struct mail_bytes *mail, bool headers_only,
              const struct message_limits *limits, struct cage_reader **held, struct err *e)
{
    struct asking a = {.q = {.op = CAGE_OP_READ, .headers_only = headers_only, .limits = *limits}};
    struct buf answer = BUF_INIT(CAGE_ANSWER_MAX);
    if (!*held)
        *held = take(c);
    if (open_file(mail, &a, e) != 0)
        return -1;
    int rc = put_question(c, *held, &a, &answer, e);
    if (rc == 0)
        rc = message_decode(out, buf_view(&answer), e);
    if (rc == 0 && message_vouch(out, mail, headers_only, e) != 0) {
        message_release(out);
        rc = -1;
    }
    if (a.file >= 0)
        close(a.file);
    buf_release(&answer);
    return rc;
}

/* A mail of nothing but text needs nobody to look for files. */
static bool holds_files(const struct message *m)
{
    for (unsigned i = 0; i < m->n_parts; i++) {
        if (m->parts[i].kind != PART_TEXT && m->parts[i].kind != PART_HTML)
            return true;
    }
    return false;
}

/* One more look at a mail that was read: the answer's bytes into `answer`. */
static int look_again(struct cage *c, struct asking *a, const struct message *m,
                      const struct mail_bytes *mail, bool proven, struct buf *answer, struct err *e)
{
    struct buf wire = BUF_INIT(CAGE_ANSWER_MAX);
    if (open_file(mail, a, e) != 0)
        return -1;
    message_encode(m, &wire);
    a->message = buf_view(&wire);
    a->q.message = wire.len;
    struct cage_reader *held = take(c);
    int rc = put_question(c, held, a, answer, e);
    cage_let_go(c, &held, proven);
    if (a->file >= 0)
        close(a->file);
    buf_release(&wire);
    return rc;
}

int cage_attachments(struct cage *c, struct attachments *out, const struct message *m,
                     const struct mail_bytes *mail, const struct attachments_options *options,
                     struct pool *pool, struct err *e)
{
    if (!c || !holds_files(m))
        return attachments_list(out, m, mail, options, pool, e);
    struct asking a = {.q = {.op = CAGE_OP_ATTACHMENTS, .options = *options}};
    struct buf answer = BUF_INIT(CAGE_ANSWER_MAX);
    int rc = look_again(c, &a, m, mail, true, &answer, e);
    if (rc == 0)
        rc = attachments_decode(out, buf_view(&answer), INT32_MAX, pool, e);
    buf_release(&answer);
    return rc;
}

int cage_texts(struct cage *c, struct message_texts *out, const struct message *m,
               const struct mail_bytes *mail, struct pool *pool, struct err *e)
{
    if (!c || !message_texts_inside(m))
        return message_texts(out, m, mail, pool, e);
    struct asking a = {.q = {.op = CAGE_OP_TEXTS}};
    struct buf answer = BUF_INIT(CAGE_ANSWER_MAX);
    int rc = look_again(c, &a, m, mail, false, &answer, e);
    if (rc == 0)
        rc = message_texts_decode(out, buf_view(&answer), pool, e);
    buf_release(&answer);
    return rc;
}
