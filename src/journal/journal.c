/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * journal: opening and closing; the place where the invariants are listed. doc/journal.md explains them, the
 * test that holds each is named there.
 *
 *  1. Mail leaves the inbox only after its bytes are committed here (intake.c, spool.c).
 *  2. A step's key is committed before the first byte of its request leaves; a letter's bytes and Message-ID
 * before it is offered, and they never change (jobs.c, letters.c).
 *  3. A step whose outcome is unknown is looked up by its key before it is tried again
 * (src/action/perform.c).
 *  4. Steps without externalID are looked up by parent and mark.
 *  5. Read-back must show our externalID, else the outcome is `diverted`.
 *  6. A letter with unknown outcome is offered again with identical bytes: the one place for a second copy.
 *  7. Every job not in done, waiting, parked is running, has a timer (run_at), or waits for an older one.
 *  8. An attempt is noted while we work on what a reader made of a mail, and cleared behind it (attempts.c);
 * a reader that dies is counted by the cage.
 *  9. Retention and forget erase texts and addresses of done jobs, never key → outcome rows (erase.c).
 * 10. `instance` marks an installation; instance without journal refuses to start (instance.c).
 * 11. There is no recovery code: an unfinished job is run from its recorded state by the same loop.
 */
#include "db.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

const char *job_state_name(enum job_state s)
{
    static const char *const names[] = {"taken", "planned", "acted", "answered", "waiting", "done", "parked"};
    ENSURE((size_t)s < ARRAY_LEN(names));
    return names[s];
}

const char *job_outcome_name(enum job_outcome o)
{
    static const char *const names[] = {"",           "ticket",  "amended", "answered", "asked",
                                        "unassigned", "refused", "ignored", "same",     "diverted",
                                        "parked",     "gone",    "canary"};
    ENSURE((size_t)o < ARRAY_LEN(names));
    return names[o];
}

/* Digits and letters that are hard to mix up on a phone. The id is scattered so that neighbours look
 * different; four characters up to a million jobs, then five, then six. */
void job_ref_of(int64_t id, char ref[12])
{
    static const char digits[] = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    unsigned chars = id < (1 << 20) ? 4 : id < (1 << 25) ? 5 : 6;
    uint64_t mask = ((uint64_t)1 << (chars * 5)) - 1;
    uint64_t v = ((uint64_t)id * 0x9e3779b1u) & mask;
    for (unsigned i = 0; i < chars; i++)
        ref[i] = digits[(v >> ((chars - 1 - i) * 5)) & 31];
    ref[chars] = '\0';
}

static int take_lock(struct journal *j, struct err *e)
{
    j->lock_fd = openat(j->dir_fd, "lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (j->lock_fd < 0)
        return err_set_errno(e, errno, "cannot open %s/lock", j->dir);
    /* `status` holds it for a moment to see whether anybody does */
    for (int tries = 0; flock(j->lock_fd, LOCK_EX | LOCK_NB) != 0; tries++) {
        if (tries == 20)
            return err_set(e, ERR_LOCKED,
                           "another frontdesk works with %s: stop it first (systemctl stop frontdesk)",
                           j->dir);
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
    }
    return 0;
}

bool journal_is_running(const struct journal *j)
{
    int fd = openat(j->dir_fd, "lock", O_RDONLY | O_CLOEXEC);
    bool held = fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) != 0;
    if (fd >= 0)
        close(fd);
    return held;
}

/* Mail lies in it: nobody else may read it, whatever the folder's mode is. SQLite gives its other files the
 * mode of this one. */
int journal_make_private(struct journal *j, struct err *e)
{
    int fd = openat(j->dir_fd, "journal.db", O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return errno == EEXIST ? 0 : err_set_errno(e, errno, "cannot make %s/journal.db", j->dir);
    close(fd);
    return 0;
}

/* `once` or `journal rebuild` by root must not leave files behind that the daemon cannot open. */
static void hand_over(const struct journal *j)
{
    static const char *const names[] = {"journal.db", "lock", "instance", "attempts", "spool"};
    char path[4300];
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        snprintf(path, sizeof(path), "%s/%s", j->dir, names[i]);
        handover(path, j->dir);
    }
}

static bool exists(const struct journal *j, const char *name)
{
    struct stat st;
    return fstatat(j->dir_fd, name, &st, 0) == 0;
}

static int check_not_lost(struct journal *j, struct err *e)
{
    if (j->options.rebuild && !exists(j, "instance"))
        return err_set(
            e, ERR_NOT_FOUND,
            "%s holds no installation whose journal could be rebuilt: `frontdesk run` makes a new one",
            j->dir);
    if (exists(j, "journal.db") || !exists(j, "instance") || j->options.rebuild)
        return 0;
    return err_set(
        e, ERR_JOURNAL,
        "%s/instance is there but journal.db is gone: without it frontdesk could do work twice. Restore the "
        "journal from a backup, or run `frontdesk journal rebuild`",
        j->dir);
}

/* Its tables were there before the file `instance` was. */
static bool was_emptied(const struct journal *j)
{
    struct stat st;
    return fstatat(j->dir_fd, "journal.db", &st, 0) == 0 && st.st_size == 0 && exists(j, "instance") &&
           !j->options.rebuild;
}

/* What SQLite does not find, because it takes an empty file for a new journal. */
static int check_not_gone(struct journal *j, const char *path, struct err *e)
{
    if (damaged_is_begun(j))
        return err_set(e, ERR_DAMAGED, "the journal %s was being replaced because it was damaged", path);
    if (check_not_lost(j, e) != 0)
        return -1;
    return was_emptied(j) ? err_set(e, ERR_DAMAGED, "the journal %s is damaged (it is empty)", path) : 0;
}

static int open_as_it_is(struct journal *j, const char *path, struct err *e)
{
    if (j->options.distrust)
        return err_set(e, ERR_DAMAGED, "the journal %s turned out to be damaged while it was used", path);
    if (check_not_gone(j, path, e) != 0)
        return -1;
    if (!j->options.rebuild && wal_check(j, e) != 0)
        return -1;
    if (journal_make_private(j, e) != 0 || db_open(&j->write, path, false, e) != 0)
        return -1;
    return schema_prepare(&j->write, j->options.create, &j->is_new, e) == 0 ? damaged_check(j, e) : -1;
}

static int open_database(struct journal *j, const char *path, struct err *e)
{
    struct err why = ERR_INIT;
    if (open_as_it_is(j, path, &why) == 0)
        return 0;
    if (why.code == ERR_DAMAGED && j->options.replace) {
        db_close(&j->write);
        return damaged_replace(j, path, &why, e);
    }
    *e = why;
    return -1;
}

static int open_writer(struct journal *j, const char *path, struct err *e)
{
    if (take_lock(j, e) != 0 || open_database(j, path, e) != 0)
        return -1;
    if (instance_prepare(j, e) != 0 || spool_prepare(j, e) != 0)
        return -1;
    if (writer_start(j, e) != 0 || attempts_open(j, e) != 0)
        return -1;
    wal_watch(j);
    hand_over(j);
    return 0;
}

static bool was_replaced(struct journal *j)
{
    static const char sql[] = "SELECT 1 FROM meta WHERE name = '" REPLACED_FACT "'";
    struct query q = query_start(journal_read_begin(j), sql);
    return journal_read_number(j, &q) == 1;
}

static int open_all(struct journal *j, struct err *e)
{
    char path[4200];
    if (j->options.create && mkdir(j->dir, 0700) != 0 && errno != EEXIST)
        return err_set_errno(e, errno, "cannot make the state directory %s", j->dir);
    j->dir_fd = open(j->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (j->dir_fd < 0 && errno == ENOENT && j->read_only)
        return err_set(e, ERR_NOT_FOUND, "there is no state directory %s yet: `frontdesk run` makes it",
                       j->dir);
    if (j->dir_fd < 0)
        return err_set_errno(e, errno, "cannot open the state directory %s", j->dir);
    snprintf(path, sizeof(path), "%s/journal.db", j->dir);
    if (!j->read_only && open_writer(j, path, e) != 0)
        return -1;
    if (j->read_only && check_not_gone(j, path, e) != 0)
        return -1;
    /* beside a daemon both change all the time */
    if (j->read_only && !journal_is_running(j) && wal_check(j, e) != 0)
        return -1;
    if (j->read_only && !exists(j, "journal.db"))
        return err_set(e, ERR_NOT_FOUND, "there is no journal in %s yet: `frontdesk run` makes it", j->dir);
    if (db_open(&j->read, path, true, e) != 0)
        return -1;
    bool made;
    if (schema_prepare(&j->read, false, &made, e) != 0)
        return -1;
    j->has_replaced = was_replaced(j);
    j->write.on_damaged = j->read.on_damaged = j->options.on_damaged;
    j->write.self = j->read.self = j->options.self;
    return j->read_only ? instance_prepare(j, e) : 0;
}

int journal_open(struct journal **out, const struct journal_options *options, struct err *e)
{
    struct journal *j = mem_alloc(sizeof(*j));
    *j = (struct journal){.options = *options,
                          .read_only = options->read_only,
                          .lock_fd = -1,
                          .dir_fd = -1,
                          .notes_fd = -1,
                          .wal_fd = -1};
    j->dir = mem_copy(options->dir);
    pthread_mutex_init(&j->read_lock, NULL);
    *out = NULL;
    if (open_all(j, e) != 0) {
        journal_close(&j);
        return -1;
    }
    *out = j;
    return 0;
}

void journal_close(struct journal **journal)
{
    struct journal *j = *journal;
    if (!j)
        return;
    writer_stop(j);
    wal_unwatch(j);
    attempts_close(j);
    db_close(&j->read);
    db_close(&j->write);
    if (j->lock_fd >= 0)
        close(j->lock_fd);
    if (j->dir_fd >= 0)
        close(j->dir_fd);
    pthread_mutex_destroy(&j->read_lock);
    explicit_bzero(j->key, sizeof(j->key));
    free(j->dir);
    free(j);
    *journal = NULL;
}

bool journal_has_replaced(const struct journal *j)
{
    return j->has_replaced;
}

int journal_look(struct journal *j, struct err *e)
{
    pthread_mutex_lock(&j->read_lock);
    int rc = damaged_check(j, e);
    pthread_mutex_unlock(&j->read_lock);
    return rc;
}

const char *journal_instance(const struct journal *j)
{
    return j->instance;
}

const char *journal_key(const struct journal *j)
{
    return j->key;
}

bool journal_is_new(const struct journal *j)
{
    return j->is_new;
}

struct db *journal_read_begin(struct journal *j)
{
    pthread_mutex_lock(&j->read_lock);
    return &j->read;
}

void journal_read_end(struct journal *j)
{
    pthread_mutex_unlock(&j->read_lock);
}

int64_t journal_read_number(struct journal *j, struct query *q)
{
    int64_t n = query_row(q) ? query_get_int(q) : 0;
    int rc = query_end(q, NULL);
    journal_read_end(j);
    return rc == 0 ? n : 0;
}

size_t journal_read_ids(struct journal *j, struct query *q, int64_t *ids, size_t max)
{
    size_t n = 0;
    query_int(q, (int64_t)max);
    while (n < max && query_row(q))
        ids[n++] = query_get_int(q);
    if (query_end(q, NULL) != 0)
        n = 0;
    journal_read_end(j);
    return n;
}
