/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * spool: mails over 256 KB are files. Write, fdatasync, rename, fsync the folder, then the row (invariant 1);
 * at start a file that no row names is deleted.
 */
#include "db.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

void journal_spool_path(const struct journal *j, const char *name, struct buf *out)
{
    buf_printf(out, "%s/spool/%s", j->dir, name);
}

static int write_at(int fd, uint64_t offset, struct slice bytes)
{
    while (bytes.len) {
        ssize_t n = pwrite(fd, bytes.ptr, bytes.len, (off_t)offset);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return -1;
        offset += (uint64_t)n;
        bytes = slice_skip(bytes, (size_t)n);
    }
    return 0;
}

static int sync_folder(const struct journal *j)
{
    int fd = openat(j->dir_fd, "spool", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int rc = fd < 0 ? -1 : fsync(fd);
    if (fd >= 0)
        close(fd);
    return rc;
}

int journal_spool_put(struct journal *j, const char *name, uint64_t offset, struct slice bytes, bool last,
                      struct err *e)
{
    char part[160], whole[150];
    snprintf(whole, sizeof(whole), "spool/%s", name);
    snprintf(part, sizeof(part), "%s.part", whole);
    int flags = O_WRONLY | O_CREAT | O_CLOEXEC | (offset == 0 ? O_TRUNC : 0);
    int fd = openat(j->dir_fd, part, flags, 0600);
    if (fd < 0)
        return err_set_errno(e, errno, "cannot open %s/%s", j->dir, part), err_unwritable(e);
    int rc = write_at(fd, offset, bytes);
    if (rc == 0 && last)
        rc = fdatasync(fd);
    int saved = errno;
    close(fd);
    errno = saved;
    if (rc == 0 && last) {
        CRASH_POINT("spool.before-rename");
        rc = renameat(j->dir_fd, part, j->dir_fd, whole);
        if (rc == 0)
            rc = sync_folder(j);
    }
    if (rc == 0 && last) {
        char path[4300];
        snprintf(path, sizeof(path), "%s/%s", j->dir, whole);
        handover(path, j->dir);
    }
    if (rc == 0)
        return 0;
    err_set_errno(e, errno, "cannot write %s/%s", j->dir, part);
    (void)err_unwritable(e);
    /* the next try begins anew; until then the journal can use the room */
    unlinkat(j->dir_fd, part, 0);
    return -1;
}

static bool named_by_a_job(struct db *db, const char *name)
{
    static const char sql[] = "SELECT 1 FROM jobs WHERE spool = ?";
    struct query q = query_start(db, sql);
    query_text(&q, name);
    bool found = query_row(&q);
    return query_end(&q, NULL) != 0 || found;
}

int spool_prepare(struct journal *j, struct err *e)
{
    if (mkdirat(j->dir_fd, "spool", 0700) != 0 && errno != EEXIST)
        return err_set_errno(e, errno, "cannot make %s/spool", j->dir);
    int fd = openat(j->dir_fd, "spool", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
    if (!dir) {
        if (fd >= 0)
            close(fd);
        return err_set_errno(e, errno, "cannot open %s/spool", j->dir);
    }
    for (struct dirent *d; (d = readdir(dir)) != NULL;) {
        if (d->d_name[0] != '.' && !named_by_a_job(&j->write, d->d_name))
            unlinkat(dirfd(dir), d->d_name, 0);
    }
    closedir(dir);
    return 0;
}
