/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * readonly: loaded before libc (LD_PRELOAD), it makes the folder READONLY_FOLDER of a running program
 * read-only while the file READONLY_SWITCH is there. A mount cannot do that: the kernel refuses to remount a
 * disk from which files are open for writing, unless the disk itself fails.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int is_on(void)
{
    const char *name = getenv("READONLY_SWITCH");
    return name && access(name, F_OK) == 0;
}

static int is_inside(const char *path)
{
    const char *folder = getenv("READONLY_FOLDER");
    return folder && strncmp(path, folder, strlen(folder)) == 0;
}

static int is_refused(int fd)
{
    char link[64], path[PATH_MAX];
    int saved = errno;
    snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
    ssize_t n = is_on() ? readlink(link, path, sizeof(path) - 1) : -1;
    errno = saved;
    if (n <= 0)
        return 0;
    path[n] = '\0';
    if (!is_inside(path))
        return 0;
    errno = EROFS;
    return 1;
}

static int is_refused_at(int dir, const char *path, int flags)
{
    if (!(flags & (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC)) || !is_on())
        return 0;
    if (path[0] != '/')
        return is_refused(dir);
    errno = EROFS;
    return is_inside(path);
}

#define REAL(name) ((__typeof__(&(name)))dlsym(RTLD_NEXT, #name))

#define ON_FD(type, name, fd, parameters, arguments)                                                         \
    type name parameters;                                                                                    \
    type name parameters                                                                                     \
    {                                                                                                        \
        return is_refused(fd) ? -1 : REAL(name) arguments;                                                   \
    }
ON_FD(ssize_t, write, fd, (int fd, const void *bytes, size_t n), (fd, bytes, n))
ON_FD(ssize_t, pwrite, fd, (int fd, const void *bytes, size_t n, off_t at), (fd, bytes, n, at))
ON_FD(ssize_t, pwrite64, fd, (int fd, const void *bytes, size_t n, off64_t at), (fd, bytes, n, at))
ON_FD(int, ftruncate, fd, (int fd, off_t size), (fd, size))
ON_FD(int, ftruncate64, fd, (int fd, off64_t size), (fd, size))
ON_FD(int, fdatasync, fd, (int fd), (fd))
ON_FD(int, fsync, fd, (int fd), (fd))

#define OPENS(name)                                                                                          \
    int name(const char *path, int flags, ...)                                                               \
    {                                                                                                        \
        va_list ap;                                                                                          \
        va_start(ap, flags);                                                                                 \
        int mode = flags & O_CREAT ? va_arg(ap, int) : 0;                                                    \
        va_end(ap);                                                                                          \
        return is_refused_at(AT_FDCWD, path, flags) ? -1 : REAL(name)(path, flags, mode);                    \
    }
OPENS(open)
OPENS(open64)

#define OPENS_AT(name)                                                                                       \
    int name(int dir, const char *path, int flags, ...)                                                      \
    {                                                                                                        \
        va_list ap;                                                                                          \
        va_start(ap, flags);                                                                                 \
        int mode = flags & O_CREAT ? va_arg(ap, int) : 0;                                                    \
        va_end(ap);                                                                                          \
        return is_refused_at(dir, path, flags) ? -1 : REAL(name)(dir, path, flags, mode);                    \
    }
OPENS_AT(openat)
OPENS_AT(openat64)
