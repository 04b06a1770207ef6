/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * attempts (invariant 8): which job each worker is reading right now, in a small file that is written and
 * never synced. Its pages outlive this process whatever kills it, so a mail that kills the reader is counted
 * at the next open, at next to no cost. A power cut may lose the note: then nothing that the mail did ended
 * us. It is not mapped: a store to a page of a disk that has become read-only would end us by SIGBUS.
 *
 * Its room is taken from the disk when the file is made, so on a full disk it can also note what the journal
 * itself cannot: that the journal cannot be written. `status` reads that beside the daemon.
 */
#include "db.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
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

/* What lies at `field` of the notes goes to the file; on a disk that cannot be written it is lost. */
static void keep(const struct journal *j, const void *field, size_t size)
{
    off_t at = (const char *)field - (const char *)j->notes;
    if (pwrite(j->notes_fd, field, size, at) != (ssize_t)size)
        LOG(LOG_DEBUG, "journal", "attempts.not-kept", LN("errno", errno));
}

int attempts_open(struct journal *j, struct err *e)
{
    struct journal_notes *notes = mem_alloc(sizeof(*notes));
    j->notes = notes;
    j->notes_fd = openat(j->dir_fd, "attempts", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (j->notes_fd < 0)
        return err_set_errno(e, errno, "cannot open %s/attempts", j->dir);
    int full = posix_fallocate(j->notes_fd, 0, sizeof(*notes));
    if (full || pread(j->notes_fd, notes, sizeof(*notes), 0) != (ssize_t)sizeof(*notes))
        return err_set_errno(e, full ? full : errno, "cannot read %s/attempts", j->dir);
    if (journal_write(j, count_attempts, notes, NULL, e) != 0)
        return -1;
    memset(notes, 0, sizeof(*notes));
    keep(j, notes, sizeof(*notes));
    return 0;
}

void attempts_close(struct journal *j)
{
    if (j->notes_fd >= 0)
        close(j->notes_fd);
    j->notes_fd = -1;
    free(j->notes);
    j->notes = NULL;
}

void journal_reading(struct journal *j, unsigned slot, int64_t id)
{
    ENSURE(slot < ARRAY_LEN(j->notes->reading));
    j->notes->reading[slot] = (uint64_t)id;
    keep(j, &j->notes->reading[slot], sizeof(j->notes->reading[slot]));
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
    keep(j, n->ill_why, sizeof(n->ill_why));
    keep(j, &n->ill_since_ms, sizeof(n->ill_since_ms));
}

/* The daemon cannot note that on a disk that is read-only; whoever looks sees it. */
static void note_read_only(const struct journal *j, struct journal_notes *n)
{
    if (n->ill_since_ms || faccessat(j->dir_fd, ".", W_OK, 0) == 0 || errno != EROFS)
        return;
    n->ill_since_ms = clock_now_ms();
    snprintf(n->ill_why, sizeof(n->ill_why), "the state directory %.300s is on a disk that is read-only",
             j->dir);
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
        note_read_only(j, &n);
    }
    n.ill_why[sizeof(n.ill_why) - 1] = '\0';
    if (why)
        snprintf(why, size, "%s", n.ill_since_ms ? n.ill_why : "");
    return n.ill_since_ms;
}
