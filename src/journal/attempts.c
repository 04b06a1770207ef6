/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * attempts (invariant 8): which job each worker is reading right now, in a small file mapped into memory. The
 * pages outlive this process whatever kills it, so a mail that kills the reader is counted at the next open,
 * at no cost in the normal case. A power cut may lose the note: then nothing that the mail did ended us.
 */
#include "db.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

enum { SLOTS = 64, FILE_BYTES = SLOTS * sizeof(uint64_t) };

static int count_attempts(struct db *db, void *arg, struct err *e)
{
    static const char sql[] = "UPDATE jobs SET attempts = attempts + 1 WHERE id = ? AND state = 0";
    const uint64_t *slots = arg;
    for (size_t i = 0; i < SLOTS; i++) {
        if (!slots[i])
            continue;
        struct query q = query_start(db, sql);
        query_int(&q, (int64_t)slots[i]);
        if (query_run(&q, e) != 0)
            return -1;
    }
    return 0;
}

int attempts_open(struct journal *j, struct err *e)
{
    int fd = openat(j->dir_fd, "attempts", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0 || ftruncate(fd, FILE_BYTES) != 0) {
        err_set_errno(e, errno, "cannot open %s/attempts", j->dir);
        if (fd >= 0)
            close(fd);
        return -1;
    }
    void *map = mmap(NULL, FILE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (map == MAP_FAILED)
        return err_set_errno(e, errno, "cannot map %s/attempts", j->dir);
    j->attempts = map;
    if (journal_write(j, count_attempts, j->attempts, NULL, e) != 0)
        return -1;
    memset(j->attempts, 0, FILE_BYTES);
    return 0;
}

void attempts_close(struct journal *j)
{
    if (j->attempts)
        munmap(j->attempts, FILE_BYTES);
    j->attempts = NULL;
}

void journal_reading(struct journal *j, unsigned slot, int64_t id)
{
    ENSURE(slot < SLOTS);
    __atomic_store_n(&j->attempts[slot], (uint64_t)id, __ATOMIC_SEQ_CST);
}

void journal_read_done(struct journal *j, unsigned slot)
{
    journal_reading(j, slot, 0);
}
