/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * wal: SQLite takes for the end of its log where the first frame stands that does not fit, and says nothing:
 * a log that was damaged at rest would lose commits whose effects are out in the world. So each commit notes
 * how long the log is, in the file `attempts`, which is written and never synced; the log itself was synced
 * before. When the next open finds less than that, the journal is damaged. After a power cut the note may be
 * older than the log, and then it asks for less. A log that is gone or empty may have been taken into the
 * journal by whoever closed it last: that is believed.
 *
 * Of the format: https://www.sqlite.org/fileformat2.html#the_write_ahead_log
 */
#include "db.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HEADER = 32, FRAME = 24, CHECKPOINT_FRAMES = 4000, LARGEST_PAGE = 65536 };

static uint32_t number_at(const unsigned char *p, bool big)
{
    return big ? (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3]
               : (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

static void add_to_sum(uint32_t sum[2], const unsigned char *p, size_t n, bool big)
{
    for (size_t i = 0; i + 8 <= n; i += 8) {
        sum[0] += number_at(p + i, big) + sum[1];
        sum[1] += number_at(p + i + 4, big) + sum[0];
    }
}

static bool sum_stands(const uint32_t sum[2], const unsigned char *p)
{
    return sum[0] == number_at(p, true) && sum[1] == number_at(p + 4, true);
}

struct log {
    uint32_t salt[2], sum[2], page;
    bool big; /* order of the bytes in sums */
};

static bool read_header(int fd, struct log *l)
{
    unsigned char h[HEADER];
    if (pread(fd, h, HEADER, 0) != HEADER)
        return false;
    uint32_t magic = number_at(h, true);
    *l = (struct log){.salt = {number_at(h + 16, true), number_at(h + 20, true)},
                      .page = number_at(h + 8, true),
                      .big = magic & 1};
    add_to_sum(l->sum, h, 24, l->big);
    return (magic | 1) == 0x377f0683 && l->page >= 512 && l->page <= LARGEST_PAGE &&
           sum_stands(l->sum, h + 24);
}

/* Frames from the begin on that fit. */
static uint64_t count_frames(int fd, struct log *l, uint64_t most)
{
    unsigned char *frame = mem_alloc(FRAME + l->page);
    ssize_t size = FRAME + (ssize_t)l->page;
    uint64_t n = 0;
    for (; n < most && pread(fd, frame, (size_t)size, HEADER + (off_t)n * size) == size; n++) {
        add_to_sum(l->sum, frame, 8, l->big);
        add_to_sum(l->sum, frame + FRAME, l->page, l->big);
        if (number_at(frame + 8, true) != l->salt[0] || number_at(frame + 12, true) != l->salt[1] ||
            !sum_stands(l->sum, frame + 16))
            break;
    }
    free(frame);
    return n;
}

static bool load_note(const struct journal *j, struct wal_note *note)
{
    int fd = openat(j->dir_fd, "attempts", O_RDONLY | O_CLOEXEC);
    bool there = fd >= 0 && pread(fd, note, sizeof(*note), offsetof(struct journal_notes, wal)) ==
                                (ssize_t)sizeof(*note);
    if (fd >= 0)
        close(fd);
    return there && note->frames > 0;
}

int wal_check(const struct journal *j, struct err *e)
{
    struct wal_note note;
    struct log log;
    struct stat st;
    uint64_t found = 0;
    if (!load_note(j, &note))
        return 0;
    int fd = openat(j->dir_fd, "journal.db-wal", O_RDONLY | O_CLOEXEC);
    if (fd < 0 && errno != ENOENT)
        return err_set_errno(e, errno, "cannot open %s/journal.db-wal", j->dir);
    /* whoever closes the journal last empties its log, or takes it away */
    bool empty = fd < 0 || (fstat(fd, &st) == 0 && st.st_size == 0);
    bool sound = !empty && read_header(fd, &log);
    /* begun anew, and killed before that was noted: of this log nothing is known */
    bool other = sound && (log.salt[0] != note.salt[0] || log.salt[1] != note.salt[1]);
    if (sound && !other)
        found = count_frames(fd, &log, note.frames);
    if (fd >= 0)
        close(fd);
    if (empty || other || found >= note.frames)
        return 0;
    return err_set(e, ERR_DAMAGED,
                   "the journal %s/journal.db is damaged (%llu of %llu pieces of its log are there)", j->dir,
                   (unsigned long long)found, (unsigned long long)note.frames);
}

/* --- noting: in the writer --- */

static int on_commit(void *self, sqlite3 *db, const char *name, int frames)
{
    struct journal *j = self;
    struct wal_note *note = &j->notes->wal;
    struct log log;
    /* the file is the same as long as this connection is open */
    if (j->wal_fd < 0)
        j->wal_fd = openat(j->dir_fd, "journal.db-wal", O_RDONLY | O_CLOEXEC);
    bool sound = j->wal_fd >= 0 && frames > 0 && read_header(j->wal_fd, &log);
    *note =
        sound ? (struct wal_note){{log.salt[0], log.salt[1]}, (uint64_t)frames} : (struct wal_note){{0}, 0};
    if (pwrite(j->notes_fd, note, sizeof(*note), offsetof(struct journal_notes, wal)) !=
        (ssize_t)sizeof(*note))
        LOG(LOG_DEBUG, "journal", "wal.not-noted", LN("errno", errno));
    /* what this hook stands in place of */
    if (frames >= CHECKPOINT_FRAMES)
        (void)sqlite3_wal_checkpoint_v2(db, name, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    return SQLITE_OK;
}

void wal_watch(struct journal *j)
{
    sqlite3_wal_hook(j->write.handle, on_commit, j);
}

void wal_unwatch(struct journal *j)
{
    if (j->write.handle)
        sqlite3_wal_hook(j->write.handle, NULL, NULL);
    if (j->wal_fd >= 0)
        close(j->wal_fd);
    j->wal_fd = -1;
}
