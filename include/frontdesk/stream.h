/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stream: one connection to a mail server as libetpan wants it (a mailstream on our own mailstream_low
 * driver).
 *
 * Debian's libetpan verifies no certificate and bounds reads only one by one; this driver verifies chain,
 * dates and host name inside the handshake (GnuTLS), bounds each operation by an absolute deadline and a byte
 * cap, and wakes when the stop descriptor turns readable. Facts and traps: mail.md sections 1.2 to 1.4. Not
 * thread-safe: one thread a stream.
 */
#ifndef FRONTDESK_STREAM_H
#define FRONTDESK_STREAM_H

#include "frontdesk/base.h"
#include "frontdesk/conf.h"

#include <libetpan/libetpan.h>

struct stream;

enum stream_wake { STREAM_READABLE, STREAM_STOP, STREAM_WAKE, STREAM_TIMEOUT, STREAM_BROKEN };

/* Resolves, connects and, for implicit TLS, shakes hands, all within `ms`. Plain text only to loopback hosts.
 * ERR_CONNECT, ERR_DNS, ERR_TLS (with the reason), ERR_TIMEOUT, ERR_STOPPING, ERR_CONFIG. */
int stream_open(struct stream **out, const struct conf_server *server, int stop_fd, unsigned ms,
                struct err *e) MUST_USE;
/* After STARTTLS was agreed: nothing may be left in the read buffer (injected answers are refused). */
int stream_start_tls(struct stream *s, struct err *e) MUST_USE;
/* doctor: how the connection is guarded, as a line; in `doubts` two lines, what and the fix, when the
 * certificate ends within some days. */
void stream_tell(const struct stream *s, const char *more, struct buf *findings, struct buf *doubts);
bool stream_is_secure(const struct stream *s); /* TLS, or plain loopback by configuration */
/* The mailstream; belongs to the stream until a libetpan session that was given it frees it, which the stream
 * hears. */
mailstream *stream_mail(struct stream *s);
/* The next operation: must end within ms and may receive at most `bytes`. */
void stream_limit(struct stream *s, unsigned ms, uint64_t bytes);
/* Every piece that arrives is first shown to `look`; when that returns -1 with *e, reading fails with this
 * error. */
void stream_watch(struct stream *s, int (*look)(void *self, const char *bytes, size_t n, struct err *e),
                  void *self);
/* Waits for input (buffered bytes count), the stop descriptor, `wake_fd` (-1 = none), or ms. */
enum stream_wake stream_wait(struct stream *s, int wake_fd, int64_t ms);
/* Why the last read or write failed. */
void stream_error(const struct stream *s, struct err *e);
/* Writes all, reads a line (without its end, at most cap - 1 bytes; longer is an error). For our own protocol
 * parts. */
int stream_write(struct stream *s, const void *data, size_t len, struct err *e) MUST_USE;
/* What was written stays in libetpan's buffer until something longer goes out: after a login it is emptied.
 */
void stream_forget(struct stream *s);
/* Closes and frees everything, the mailstream too. */
void stream_free(struct stream **s);

#endif
