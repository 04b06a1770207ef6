/* SPDX-License-Identifier: GPL-2.0-or-later */
/* aside: damaged journals that were replaced and are kept (damaged.c). Nothing in them can be erased by
 * itself, so they go whole. */
#include "db.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* `each` for every file of theirs; a log stands beside its journal. -1: the folder cannot be read. */
static int for_each(const struct journal *j, int (*each)(const struct journal *, const char *, void *),
                    void *arg, struct err *e)
{
    int fd = openat(j->dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc = 0;
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
    if (!dir) {
        int saved = errno;
        if (fd >= 0)
            close(fd);
        return err_set_errno(e, saved, "cannot look through %s", j->dir);
    }
    for (struct dirent *f; rc == 0 && (f = readdir(dir)) != NULL;) {
        if (slice_starts(slice_of(f->d_name), SLICE(JOURNAL_ASIDE)))
            rc = each(j, f->d_name, arg);
    }
    if (rc != 0)
        err_set_errno(e, errno, "cannot delete a damaged journal in %s", j->dir);
    closedir(dir);
    return rc;
}

static bool is_beside(const char *name)
{
    return slice_ends_nocase(slice_of(name), SLICE("-wal")) ||
           slice_ends_nocase(slice_of(name), SLICE("-shm"));
}

static int count_one(const struct journal *j, const char *name, void *arg)
{
    unsigned *n = arg;
    (void)j;
    *n += !is_beside(name);
    return 0;
}

unsigned journal_aside_count(const struct journal *j)
{
    struct err ignored = ERR_INIT;
    unsigned n = 0;
    return for_each(j, count_one, &n, &ignored) == 0 ? n : 0;
}

struct dropping {
    int64_t before_ms;
    unsigned n;
};

static int drop_one(const struct journal *j, const char *name, void *arg)
{
    struct dropping *d = arg;
    struct stat st;
    if (fstatat(j->dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
        return errno == ENOENT ? 0 : -1;
    if ((int64_t)st.st_mtim.tv_sec * 1000 >= d->before_ms)
        return 0;
    d->n += !is_beside(name);
    return unlinkat(j->dir_fd, name, 0) == 0 || errno == ENOENT ? 0 : -1;
}

int journal_aside_drop(struct journal *j, int64_t before_ms, unsigned *dropped, struct err *e)
{
    struct dropping d = {.before_ms = before_ms};
    *dropped = 0;
    if (damaged_is_begun(j))
        return err_set(e, ERR_JOURNAL_BUSY,
                       "a damaged journal in %s is being replaced: start frontdesk first", j->dir);
    int rc = for_each(j, drop_one, &d, e);
    *dropped = d.n;
    return rc;
}
