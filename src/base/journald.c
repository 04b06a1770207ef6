/* SPDX-License-Identifier: GPL-2.0-or-later */
/* journald: a log line as a datagram of fields to the journal of systemd, in its own protocol (one socket, no
 * library): NAME, newline, length of the value in 64 bits little-endian, value, newline. So no value can look
 * like another field. See base_log.h. */
#include "journald.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { DATAGRAM = 16 << 10, NAME_BYTES = 64 };
#define SOCKET_PATH "/run/systemd/journal/socket"

static void put_field(struct buf *out, const char *name, const char *value)
{
    uint64_t len = strlen(value);
    unsigned char length[8];
    for (int i = 0; i < 8; i++)
        length[i] = (unsigned char)(len >> (8 * i));
    buf_puts(out, name);
    buf_putc(out, '\n');
    buf_put(out, (const char *)length, sizeof(length));
    buf_puts(out, value);
    buf_putc(out, '\n');
}

/* "old-mails" becomes FRONTDESK_OLD_MAILS. */
static void field_name(const char *key, char out[NAME_BYTES])
{
    size_t n = (size_t)snprintf(out, NAME_BYTES, "FRONTDESK_");
    for (; *key && n < NAME_BYTES - 1; key++) {
        bool small = *key >= 'a' && *key <= 'z';
        bool as_is = (*key >= 'A' && *key <= 'Z') || (*key >= '0' && *key <= '9');
        out[n++] = (char)(small ? *key - 'a' + 'A' : as_is ? *key : '_');
    }
    out[n] = '\0';
}

bool journald_is(int fd, const char *stream)
{
    struct stat st;
    uint64_t device, inode;
    struct scan c = scan_of(slice_of(stream ? stream : ""));
    return slice_to_u64(scan_until(&c, ":"), 0, UINT64_MAX, &device) && scan_char(&c, ':') &&
           slice_to_u64(scan_rest(&c), 0, UINT64_MAX, &inode) && fstat(fd, &st) == 0 &&
           (uint64_t)st.st_dev == device && (uint64_t)st.st_ino == inode;
}

int journald_open(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (!path || !path[0])
        path = SOCKET_PATH;
    if (strlen(path) >= sizeof(address.sun_path))
        return -1;
    memcpy(address.sun_path, path, strlen(path) + 1);
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof(address)) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

bool journald_send(int fd, const struct journald_line *line, const struct log_kv *kv)
{
    static const char *const priorities[] = {
        [LOG_DEBUG] = "7", [LOG_INFO] = "6", [LOG_WARN] = "4", [LOG_ERROR] = "3"};
    char name[NAME_BYTES], number[32];
    struct buf b = BUF_INIT(DATAGRAM);
    put_field(&b, "MESSAGE", line->text);
    put_field(&b, "PRIORITY", priorities[line->level]);
    put_field(&b, "SYSLOG_IDENTIFIER", "frontdesk");
    put_field(&b, "FRONTDESK_SUBSYSTEM", line->subsys);
    put_field(&b, "FRONTDESK_EVENT", line->event);
    if (line->job[0])
        put_field(&b, "FRONTDESK_REF", line->job);
    for (; kv->key; kv++) {
        snprintf(number, sizeof(number), "%lld", kv->n);
        field_name(kv->key, name);
        put_field(&b, name, kv->s ? kv->s : number);
    }
    bool sent = !b.overflow && send(fd, b.data, b.len, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)b.len;
    buf_release(&b);
    return sent;
}
