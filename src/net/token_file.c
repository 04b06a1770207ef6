/* SPDX-License-Identifier: GPL-2.0-or-later */
/* token_file: see token_file.h. */
#include "token_file.h"
#include "frontdesk/json.h"
#include "frontdesk/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_BYTES = 64 << 10, ROOM_BYTES = 32 << 10, LOOK_MS = 10, PATH_BYTES = 4200 };

void token_set_init(struct token_set *t)
{
    *t = (struct token_set){.consent_ms = 0};
    buf_init(&t->access, TOKEN_BYTES + 1);
    buf_init(&t->refresh, TOKEN_BYTES + 1);
}

void token_set_release(struct token_set *t)
{
    buf_wipe(&t->access);
    buf_wipe(&t->refresh);
}

bool token_is_sound(struct slice token)
{
    for (size_t i = 0; i < token.len; i++) {
        if (token.ptr[i] <= 0x20 || token.ptr[i] >= 0x7f)
            return false;
    }
    return token.len > 0 && token.len <= TOKEN_BYTES;
}

static void folder_of(const char *path, char out[PATH_BYTES])
{
    char copy[PATH_BYTES];
    snprintf(copy, sizeof(copy), "%s", path);
    snprintf(out, PATH_BYTES, "%s", dirname(copy));
}

/* --- reading --- */

static const struct member {
    const char *name;
    size_t at;
} times[] = {{"consent_ms", offsetof(struct token_set, consent_ms)},
             {"refreshed_ms", offsetof(struct token_set, refreshed_ms)},
             {"access_ends_ms", offsetof(struct token_set, access_ends_ms)},
             {"refresh_ends_ms", offsetof(struct token_set, refresh_ends_ms)},
             {"hard_ends_ms", offsetof(struct token_set, hard_ends_ms)}};

static int read_token(const struct json *root, const char *name, bool needed, struct pool *pool,
                      struct buf *out, struct err *e)
{
    struct json j = json_get(root, name);
    const char *text;
    buf_clear(out);
    if (!needed && !json_there(&j))
        return 0;
    if (json_text(&j, TOKEN_BYTES + 1, pool, &text, e) != 0)
        return -1;
    if (!token_is_sound(slice_of(text)))
        return err_set(e, ERR_CONFIG, "%s: a token expected", name);
    buf_puts(out, text);
    return 0;
}

static int read_label(const struct json *root, const char *name, struct pool *pool, char *out, size_t size,
                      struct err *e)
{
    struct json j = json_get(root, name);
    const char *text;
    if (json_text(&j, size - 1, pool, &text, e) != 0)
        return -1;
    snprintf(out, size, "%s", text);
    return 0;
}

static int read_members(const struct json *root, struct token_set *t, struct err *e)
{
    struct pool *pool = pool_new(1 << 20);
    int rc = read_token(root, "access_token", true, pool, &t->access, e);
    if (rc == 0)
        rc = read_token(root, "refresh_token", false, pool, &t->refresh, e);
    if (rc == 0)
        rc = read_label(root, "account", pool, t->account, sizeof(t->account), e);
    if (rc == 0)
        rc = read_label(root, "client_id", pool, t->client, sizeof(t->client), e);
    if (rc == 0)
        rc = read_label(root, "trace", pool, t->trace, sizeof(t->trace), e);
    for (size_t i = 0; i < ARRAY_LEN(times) && rc == 0; i++) {
        struct json j = json_get(root, times[i].name);
        rc = json_int(&j, 0, (int64_t *)((char *)t + times[i].at), e);
    }
    pool_free(&pool);
    return rc;
}

static int check_file(int fd, const char *path, struct err *e)
{
    struct stat st;
    if (fstat(fd, &st) != 0)
        return err_set_errno(e, errno, "cannot look at the token file %s", path);
    if (!S_ISREG(st.st_mode))
        return err_set(e, ERR_CONFIG, "the token file %s is not an ordinary file", path);
    if (st.st_mode & 077)
        return err_set(e, ERR_CONFIG, "the token file %s can be read by others: chmod 600 %s", path, path);
    return 0;
}

static int slurp(int fd, const char *path, struct buf *text, struct err *e)
{
    ssize_t n = 1;
    while (n > 0) {
        char *room = buf_room(text, 4096);
        if (!room)
            return err_set(e, ERR_CONFIG, "the token file %s is larger than %d KB", path, FILE_BYTES >> 10);
        n = read(fd, room, 4096);
        if (n < 0 && errno != EINTR)
            return err_set_errno(e, errno, "cannot read the token file %s", path);
        buf_added(text, n > 0 ? (size_t)n : 0);
        n = n < 0 ? 1 : n;
    }
    return 0;
}

int token_file_load(const char *path, struct token_set *t, bool *there, struct err *e)
{
    struct buf text = BUF_INIT(FILE_BYTES);
    struct json root;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    *there = fd >= 0;
    if (fd < 0)
        return errno == ENOENT ? 0 : err_set_errno(e, errno, "cannot open the token file %s", path);
    int rc = check_file(fd, path, e);
    if (rc == 0)
        rc = slurp(fd, path, &text, e);
    close(fd);
    if (rc == 0) {
        rc = json_open(buf_view(&text), &root, e);
        if (rc == 0) {
            rc = read_members(&root, t, e);
            json_close(&root);
        }
        if (rc != 0) {
            err_wrap(e, "the token file %s is damaged", path);
            e->code = ERR_CONFIG;
        }
    }
    buf_wipe(&text);
    return rc;
}

/* --- writing --- */

int token_file_prepare(const char *path, int *fd, struct err *e)
{
    char fresh[PATH_BYTES], folder[PATH_BYTES];
    snprintf(fresh, sizeof(fresh), "%s.new", path);
    folder_of(path, folder);
    unlink(fresh); /* of a process that was killed; we hold the lock */
    *fd = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (*fd < 0)
        return err_set_errno(e, errno, "cannot write %s, so no new token is asked for", fresh);
    handover(fresh, folder);
    int full = posix_fallocate(*fd, 0, ROOM_BYTES);
    if (full == 0)
        return 0;
    token_file_abandon(path, *fd);
    return err_set_errno(e, full, "no room for %s, so no new token is asked for", fresh);
}

void token_file_abandon(const char *path, int fd)
{
    char fresh[PATH_BYTES];
    snprintf(fresh, sizeof(fresh), "%s.new", path);
    close(fd);
    unlink(fresh);
}

static void put_all(struct buf *b, const struct token_set *t)
{
    buf_putc(b, '{');
    json_put_text(b, "account", t->account);
    json_put_text(b, "client_id", t->client);
    json_put_text(b, "access_token", t->access.data);
    if (t->refresh.len)
        json_put_text(b, "refresh_token", t->refresh.data);
    json_put_text(b, "trace", t->trace);
    for (size_t i = 0; i < ARRAY_LEN(times); i++)
        json_put_int(b, times[i].name, *(const int64_t *)((const char *)t + times[i].at));
    buf_puts(b, "}\n");
}

static bool write_all(int fd, struct slice s)
{
    while (s.len) {
        ssize_t n = write(fd, s.ptr, s.len);
        if (n < 0 && errno != EINTR)
            return false;
        s = slice_skip(s, n > 0 ? (size_t)n : 0);
    }
    return true;
}

static bool sync_folder(const char *folder)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool ok = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    return ok;
}

int token_file_store(const char *path, int fd, const struct token_set *t, struct err *e)
{
    char fresh[PATH_BYTES], folder[PATH_BYTES];
    struct buf text = BUF_INIT(FILE_BYTES);
    snprintf(fresh, sizeof(fresh), "%s.new", path);
    folder_of(path, folder);
    put_all(&text, t);
    ENSURE(!text.overflow);
    bool ok = write_all(fd, buf_view(&text)) && ftruncate(fd, (off_t)text.len) == 0 && fsync(fd) == 0 &&
              rename(fresh, path) == 0 && sync_folder(folder);
    int why = errno;
    close(fd);
    buf_wipe(&text);
    return ok ? 0
              : err_set_errno(e, why,
                              "the new token could not be written to %s, and the old one may be worthless",
                              path);
}

/* --- refused for good --- */

bool token_is_refused(const char *path, struct slice refresh)
{
    char note[PATH_BYTES], print[17], text[17] = "";
    snprintf(note, sizeof(note), "%s.refused", path);
    int fd = open(note, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return false;
    ssize_t n = read(fd, text, sizeof(text) - 1);
    close(fd);
    secret_fingerprint(refresh, print);
    return n == 16 && strcmp(text, print) == 0;
}

void token_note_refused(const char *path, struct slice refresh)
{
    char note[PATH_BYTES], folder[PATH_BYTES], print[18];
    snprintf(note, sizeof(note), "%s.refused", path);
    folder_of(path, folder);
    secret_fingerprint(refresh, print);
    int fd = open(note, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    bool ok = fd >= 0 && write(fd, print, 16) == 16 && fsync(fd) == 0;
    int why = errno;
    if (fd >= 0)
        close(fd);
    if (ok)
        handover(note, folder);
    else
        LOG(LOG_ERROR, "oauth2", "refusal.not-kept", LS("file", note), LN("errno", why));
}

/* --- one at a time --- */

int token_file_lock(const char *path, unsigned wait_ms, int stop_fd, int *fd, struct err *e)
{
    char lock[PATH_BYTES], folder[PATH_BYTES];
    int64_t deadline = deadline_in(wait_ms);
    snprintf(lock, sizeof(lock), "%s.lock", path);
    folder_of(path, folder);
    *fd = open(lock, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (*fd >= 0)
        handover(lock, folder);
    else if (errno == EEXIST)
        *fd = open(lock, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (*fd < 0)
        return err_set_errno(e, errno, "cannot open %s", lock);
    while (flock(*fd, LOCK_EX | LOCK_NB) != 0) {
        if (deadline_left(deadline) == 0) {
            close(*fd);
            return err_set(e, ERR_BUSY, "another process has been refreshing %s for %u s", path,
                           wait_ms / 1000);
        }
        struct pollfd stop = {.fd = stop_fd, .events = POLLIN};
        if (poll(&stop, 1, LOOK_MS) > 0) {
            close(*fd);
            return err_set(e, ERR_STOPPING, "stopping");
        }
    }
    return 0;
}

void token_file_unlock(int fd)
{
    close(fd); /* lets go of the lock */
}
