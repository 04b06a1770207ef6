/* SPDX-License-Identifier: GPL-2.0-or-later */
/* log: the one log line writer. See base_log.h. */
#include "journald.h"

#include <pthread.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 2000, VALUE_MAX_BYTES = 300 };

static enum log_level lowest = LOG_INFO;
static int output = STDERR_FILENO;
static bool with_stamp = true;
static int journald = -1;
static void (*line_hook)(enum log_level, const char *, void *);
static void *hook_self;
static void (*line_writer)(const char *, size_t);
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static _Thread_local char job_ref[16];

void log_set_level(enum log_level level)
{
    lowest = level;
}

void log_set_output(int fd, bool stamp)
{
    output = fd;
    with_stamp = stamp;
}

void log_find_journald(void)
{
    if (journald >= 0 || !journald_is(output, getenv("JOURNAL_STREAM")))
        return;
    with_stamp = false;
    journald = journald_open(getenv("FRONTDESK_JOURNALD_SOCKET"));
}

bool log_may_colour(int fd)
{
    const char *no_color = getenv("NO_COLOR");
    return isatty(fd) && (!no_color || !no_color[0]);
}

void log_set_hook(void (*hook)(enum log_level, const char *, void *), void *self)
{
    pthread_mutex_lock(&lock);
    line_hook = hook;
    hook_self = self;
    pthread_mutex_unlock(&lock);
}

void log_set_writer(void (*writer)(const char *, size_t))
{
    pthread_mutex_lock(&lock);
    line_writer = writer;
    pthread_mutex_unlock(&lock);
}

void log_set_job(const char *ref)
{
    snprintf(job_ref, sizeof(job_ref), "%s", ref ? ref : "");
}

/* Bare when it is plain, else quoted with everything unprintable escaped: a value can never look like another
 * key or another line. */
static void put_value(struct buf *b, const char *s)
{
    struct slice v = slice_cut_utf8(slice_of(s), VALUE_MAX_BYTES);
    bool plain = v.len > 0;
    for (size_t i = 0; i < v.len && plain; i++) {
        unsigned char c = (unsigned char)v.ptr[i];
        plain = c > 0x20 && c < 0x7f && c != '"' && c != '=' && c != '\\';
    }
    if (plain)
        buf_slice(b, v);
    else
        buf_put_json(b, v);
    if (v.len < strlen(s))
        buf_puts(b, "...");
}

/* One write a line, so that lines of several threads do not mix; a full log disk must not stop mail. */
static void put_line(const char *line, size_t n)
{
    pthread_mutex_lock(&lock);
    void (*writer)(const char *, size_t) = output == STDERR_FILENO ? line_writer : NULL;
    if (writer)
        writer(line, n);
    pthread_mutex_unlock(&lock);
    ssize_t written = writer || output < 0 ? 0 : write(output, line, n);
    (void)written;
}

void log_write(enum log_level level, const char *subsys, const char *event, const struct log_kv *kv)
{
    static const char *const names[] = {"debug", "info", "warn", "error"};
    const struct log_kv *first = kv;
    if (level < lowest)
        return;
    struct buf b = BUF_INIT(LINE_MAX_BYTES);
    if (with_stamp) {
        char when[32];
        clock_format_utc(clock_now_ms(), when);
        buf_printf(&b, "%s ", when);
    }
    buf_printf(&b, "%s ", names[level]);
    if (job_ref[0])
        buf_printf(&b, "%s ", job_ref);
    buf_printf(&b, "%s %s", subsys, event);
    for (; kv->key; kv++) {
        buf_printf(&b, " %s=", kv->key);
        if (kv->s)
            put_value(&b, kv->s);
        else
            buf_printf(&b, "%lld", kv->n);
    }
    pthread_mutex_lock(&lock);
    if (line_hook && level >= LOG_WARN)
        line_hook(level, b.data, hook_self);
    pthread_mutex_unlock(&lock);
    const struct journald_line line = {b.data, level, subsys, event, job_ref};
    if (journald >= 0 && journald_send(journald, &line, first)) {
        buf_release(&b);
        return;
    }
    b.max++;
    buf_putc(&b, '\n');
    put_line(b.data, b.len);
    buf_release(&b);
}
