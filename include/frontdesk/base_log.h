/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * log: one line an event: time, level, job reference if any, subsystem, event, key=value ...
 * log_write is the only function that writes log lines; it makes foreign text printable and cuts long values.
 * Never pass mail text, subjects or secrets: addresses, ids and counts are enough to find the mail.
 *
 *   LOG(LOG_INFO, "imap", "connected", LS("host", host), LN("exists", n));
 */
#ifndef FRONTDESK_BASE_LOG_H
#define FRONTDESK_BASE_LOG_H

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

struct log_kv {
    const char *key;
    const char *s; /* NULL: use n */
    long long n;
};

#define LS(k, v) ((struct log_kv){.key = (k), .s = (v)})
#define LN(k, v) ((struct log_kv){.key = (k), .n = (long long)(v)})
#define LOG(level, subsys, event, ...)                                                                       \
    log_write(level, subsys, event, (const struct log_kv[]){__VA_ARGS__, {0}})

void log_write(enum log_level level, const char *subsys, const char *event, const struct log_kv *kv);
/* Lines below `level` are not written. Default LOG_INFO. */
void log_set_level(enum log_level level);
/* Where lines go: a descriptor that the caller keeps open; -1 = nowhere. Default 2. `stamp`: with time of day
 * (off under journald, which has its own). */
void log_set_output(int fd, bool stamp);
/* When lines go to the journal of systemd (JOURNAL_STREAM), they go there with fields besides: FRONTDESK_REF,
 * FRONTDESK_SUBSYSTEM, FRONTDESK_EVENT, and one a key. FRONTDESK_JOURNALD_SOCKET: another socket (tests). */
void log_find_journald(void);
/* Who writes lines to descriptor 2 instead, because it draws there too; NULL: nobody. */
void log_set_writer(void (*writer)(const char *line, size_t n));
/* Is it a terminal, and NO_COLOR not set? */
bool log_may_colour(int fd);
/* Called for every line at or above LOG_WARN (tests count them, health remembers the last). NULL = nobody. */
void log_set_hook(void (*hook)(enum log_level, const char *line, void *self), void *self);
/* The job that this thread works for ("7KQ2"), on each of its lines; "" or NULL = none. Copied. */
void log_set_job(const char *ref);

#endif
