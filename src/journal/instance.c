/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * instance (invariant 10): the file `instance` marks an installation: its id and its token key. It is written
 * after the journal exists, so that an instance without a journal means one thing only: the journal was lost.
 */
#include "db.h"

#include <errno.h>
#include <fcntl.h>
#include <gnutls/crypto.h>
#include <unistd.h>

static int meta_get(struct db *db, const char *name, char *out, size_t size, struct err *e)
{
    static const char sql[] = "SELECT value FROM meta WHERE name = ?";
    struct query q = query_start(db, sql);
    query_text(&q, name);
    out[0] = '\0';
    if (query_row(&q))
        query_get_chars(&q, out, size);
    return query_end(&q, e);
}

static int meta_set(struct db *db, const char *name, const char *value, struct err *e)
{
    static const char sql[] = "INSERT OR REPLACE INTO meta VALUES (?, ?)";
    struct query q = query_start(db, sql);
    query_text(&q, name);
    query_text(&q, value);
    return query_run(&q, e);
}

static void random_hex(char *out, size_t bytes)
{
    unsigned char raw[32];
    struct buf b = BUF_INIT(64);
    ENSURE(bytes <= sizeof(raw) && gnutls_rnd(GNUTLS_RND_KEY, raw, bytes) == 0);
    buf_put_hex(&b, raw, bytes);
    snprintf(out, bytes * 2 + 1, "%s", b.data);
    buf_release(&b);
}

/* 1 = read, 0 = there is none, -1 = error */
static int read_file(struct journal *j, struct err *e)
{
    char raw[128];
    int fd = openat(j->dir_fd, "instance", O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT ? 0 : err_set_errno(e, errno, "cannot open %s/instance", j->dir);
    ssize_t n = read(fd, raw, sizeof(raw));
    close(fd);
    if (n != 16 + 1 + 64 + 1 || raw[16] != ' ')
        return err_set(
            e, ERR_JOURNAL,
            "%s/instance is damaged: restore it from a backup, or delete it while journal.db is there",
            j->dir);
    snprintf(j->instance, sizeof(j->instance), "%.16s", raw);
    snprintf(j->key, sizeof(j->key), "%.64s", raw + 17);
    return 1;
}

static int write_file(struct journal *j, struct err *e)
{
    char line[100];
    int n = snprintf(line, sizeof(line), "%s %s\n", j->instance, j->key);
    int fd = openat(j->dir_fd, "instance.new", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool ok = fd >= 0 && write(fd, line, (size_t)n) == n && fsync(fd) == 0;
    int saved = errno;
    if (fd >= 0)
        close(fd);
    if (!ok || renameat(j->dir_fd, "instance.new", j->dir_fd, "instance") != 0 || fsync(j->dir_fd) != 0)
        return err_set_errno(e, ok ? errno : saved, "cannot write %s/instance", j->dir);
    return 0;
}

/* A journal without its file: an interrupted first start, or a file removed by hand; the journal knows both
 * values. */
static int write_from_meta(struct journal *j, struct err *e)
{
    if (meta_get(&j->write, "instance", j->instance, sizeof(j->instance), e) != 0 ||
        meta_get(&j->write, "key", j->key, sizeof(j->key), e) != 0)
        return -1;
    /* a first start may have been killed between the two */
    if (!j->instance[0])
        random_hex(j->instance, 8);
    if (!j->key[0])
        random_hex(j->key, 32);
    if (meta_set(&j->write, "instance", j->instance, e) != 0 || meta_set(&j->write, "key", j->key, e) != 0)
        return -1;
    return write_file(j, e);
}

int instance_prepare(struct journal *j, struct err *e)
{
    char known[17];
    int found = read_file(j, e);
    if (found < 0)
        return -1;
    if (j->read_only)
        return 0;
    if (!found)
        return write_from_meta(j, e);
    if (meta_get(&j->write, "instance", known, sizeof(known), e) != 0)
        return -1;
    if (known[0] && strcmp(known, j->instance) != 0)
        return err_set(e, ERR_JOURNAL,
                       "%s/instance and journal.db belong to different installations: one of them was "
                       "copied from elsewhere; put the one of this installation back",
                       j->dir);
    if (!known[0] &&
        (meta_set(&j->write, "instance", j->instance, e) != 0 || meta_set(&j->write, "key", j->key, e) != 0))
        return -1;
    return 0;
}
