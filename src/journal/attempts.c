/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * attempts (invariant 8): which job each worker is reading right now, in a small file mapped into memory. The
 * pages outlive this process whatever kills it, so a mail that kills the reader is counted at the next open,
 * at no cost in the normal case. A power cut may lose the note: then nothing that the mail did ended us.
 *
 * Its room is taken from the disk when the file is made, so it can also note what the journal itself cannot:
 * that the journal cannot be written. `status` reads that beside the daemon.
 */
#include "db.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

static int count_attempts(struct db *db, void *arg, struct err *e)
{
    static const char sql[] = "UPDATE jobs SET attempts = attempts + 1 WHERE id = ? AND state = 0";
    const struct journal_notes *notes = arg;
    for (size_t i = 0; i < ARRAY_LEN(notes->reading); i++) {
        if (!notes->reading[i])
            continue;
        struct query q = query_start(db, sql);
        query_int(&q, (int64_t)notes->reading[i]);
        if (query_run(&q, e) != 0)
            return -1;
    }
    return 0;
}

int attempts_open(struct journal *j, struct err *e)
{
    int fd = openat(j->dir_fd, "attempts", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return err_set_errno(e, errno, "cannot open %s/attempts", j->dir);
    /* a hole in a mapped file would end us by SIGBUS when the disk is full */
    int full = posix_fallocate(fd, 0, sizeof(*j->notes));
    void *map = full ? MAP_FAILED : mmap(NULL, sizeof(*j->notes), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    int why = full ? full : errno;
    close(fd);
    if (map == MAP_FAILED)
        return err_set_errno(e, why, "cannot map %s/attempts", j->dir);
    j->notes = map;
    if (journal_write(j, count_attempts, j->notes, NULL, e) != 0)
        return -1;
    memset(j->notes, 0, sizeof(*j->notes));
    return 0;
}

void attempts_close(struct journal *j)
{
    if (j->notes)
        munmap(j->notes, sizeof(*j->notes));
    j->notes = NULL;
}

void journal_reading(struct journal *j, unsigned slot, int64_t id)
{
    ENSURE(slot < ARRAY_LEN(j->notes->reading));
    __atomic_store_n(&j->notes->reading[slot], (uint64_t)id, __ATOMIC_SEQ_CST);
}

void journal_read_done(struct journal *j, unsigned slot)
{
    journal_reading(j, slot, 0);
}

void attempts_note_ill(struct journal *j, const struct err *why)
{
    struct journal_notes *n = j->notes;
    bool was_ill = n && n->ill_since_ms != 0;
    if (!n || was_ill == (why != NULL))
        return;
    if (why) {
        LOG(LOG_ERROR, "journal", "commit.failed", LS("error", why->text), LS("fix", err_fix(why->code)));
        snprintf(n->ill_why, sizeof(n->ill_why), "%s", why->text);
    } else {
        LOG(LOG_INFO, "journal", "commit.works-again",
            LN("after_s", (clock_now_ms() - n->ill_since_ms) / 1000));
    }
    __atomic_store_n(&n->ill_since_ms, why ? clock_now_ms() : 0, __ATOMIC_SEQ_CST);
}

int64_t journal_ill_since(const struct journal *j, char *why, size_t size)
{
    struct journal_notes n = {0};
    if (j->notes) {
        n.ill_since_ms = __atomic_load_n(&j->notes->ill_since_ms, __ATOMIC_SEQ_CST);
        memcpy(n.ill_why, j->notes->ill_why, sizeof(n.ill_why));
    } else {
        int fd = openat(j->dir_fd, "attempts", O_RDONLY | O_CLOEXEC);
        if (fd >= 0 && read(fd, &n, sizeof(n)) != sizeof(n))
            n.ill_since_ms = 0;
        if (fd >= 0)
            close(fd);
    }
    n.ill_why[sizeof(n.ill_why) - 1] = '\0';
    if (why)
        snprintf(why, size, "%s", n.ill_since_ms ? n.ill_why : "");
    return n.ill_since_ms;
}
