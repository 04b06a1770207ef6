/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * damaged: a journal that cannot be read is put aside under a dated name with its log, a new one is begun,
 * and what can be read of the old one is carried over, row by row from both ends of each table.
 *
 * What was finished stays finished: its keys, positions, threads and letters keep copies, answers and filing
 * as they were. What was not is dropped and taken from the inbox again; its keys are looked up in Autotask
 * before anything is made, and a letter that is known to have left does not leave again
 * (journal_left_before).
 */
#include "db.h"
#include "frontdesk/conf.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CHECKED_BYTES = 64 << 20, SLACK_MS = 600000 };
/* references of new jobs must not be those of old ones, whose letters are still out there */
#define REF_EPOCH_MS INT64_C(1767225600000) /* 2026-01-01 */

/* In the order of their keys, which are searched from both ends. */
static const struct table {
    const char *name, *order, *backward, *which;
} tables[] = {
    {"meta", "name", "name DESC", "typeof(value) = 'text' AND name NOT IN ('instance', 'key')"},
    {"mailboxes", "mailbox", "mailbox DESC", "typeof(since_ms) = 'integer'"},
    {"positions", "mailbox, uidvalidity, uid", "mailbox DESC, uidvalidity DESC, uid DESC",
     "filed IN (0, 1, 2) AND folder IN (0, 1, 2) AND typeof(job) = 'integer'"},
    {"jobs", "id", "id DESC",
     "id > 0 AND state BETWEEN 0 AND 6 AND outcome BETWEEN 0 AND 11 AND typeof(run_at) = 'integer' AND"
     " typeof(mailbox) = 'text' AND typeof(uid) = 'integer'"},
    {"mails", "job", "job DESC", "1"},
    {"plans", "job", "job DESC", "typeof(plan) = 'text'"},
    {"keys", "key", "key DESC", "typeof(key) = 'text'"},
    {"threads", "hash", "hash DESC", "typeof(job) = 'integer'"},
    {"steps", "job, n", "job DESC, n DESC", "state IN (0, 1, 2) AND typeof(kind) = 'text'"},
    {"letters", "id", "id DESC",
     "kind BETWEEN 0 AND 4 AND state BETWEEN 0 AND 3 AND typeof(recipient) = 'text'"},
    {"letter_bytes", "letter", "letter DESC", "1"},
    {"alerts", "topic", "topic DESC", "ill IN (0, 1) AND typeof(text) = 'text'"},
    {"watches", "watch", "watch DESC", "typeof(letters) = 'integer'"},
    {"watch_findings", "watch, finding", "watch DESC, finding DESC", "typeof(line) = 'text'"},
    {"watch_letters", "hash", "hash DESC", "typeof(letter) = 'integer'"},
};

/* The rows that depend on a job that is there; a final letter that left is remembered without one. */
static const char settle[] =
    /* retried from another folder: there is no mail in the inbox that could be taken again */
    "UPDATE jobs SET state = 0, open = 1, lookup_first = 1, attempts = 0, tries = 0 WHERE state < 4 AND "
    "EXISTS"
    " (SELECT 1 FROM positions p WHERE p.job = jobs.id AND p.filed = 2) AND EXISTS (SELECT 1 FROM mails m "
    "WHERE"
    " m.job = jobs.id);"
    "DELETE FROM keys WHERE job IN (SELECT id FROM jobs WHERE state < 4);"
    "DELETE FROM plans WHERE job IN (SELECT id FROM jobs WHERE state < 4);"
    "DELETE FROM steps WHERE job IN (SELECT id FROM jobs WHERE state < 4);"
    "UPDATE letters SET job = 0 WHERE job IN (SELECT id FROM jobs WHERE state < 4) AND state = 1;"
    "DELETE FROM jobs WHERE state < 4 AND NOT (state = 0 AND lookup_first AND EXISTS (SELECT 1 FROM "
    "positions p"
    "  WHERE p.job = jobs.id AND p.filed = 2));"
    "UPDATE jobs SET open = (state IN (0, 4));"
    "DELETE FROM mails WHERE job NOT IN (SELECT id FROM jobs);"
    "DELETE FROM plans WHERE job NOT IN (SELECT id FROM jobs);"
    "DELETE FROM steps WHERE job NOT IN (SELECT id FROM jobs);"
    "DELETE FROM keys WHERE job NOT IN (SELECT id FROM jobs);"
    "DELETE FROM threads WHERE job NOT IN (SELECT id FROM jobs);"
    "DELETE FROM positions WHERE job != 0 AND job NOT IN (SELECT id FROM jobs);"
    "UPDATE letters SET job = 0 WHERE job NOT IN (SELECT id FROM jobs) AND state = 1;"
    "DELETE FROM letters WHERE job != 0 AND job NOT IN (SELECT id FROM jobs);"
    "DELETE FROM letter_bytes WHERE letter NOT IN (SELECT id FROM letters);"
    /* the whole inbox is gone through: under a UIDVALIDITY that no server has */
    "UPDATE mailboxes SET uidvalidity = 0, next_uid = 1;";

/* --- is it damaged? --- */

int damaged_check(struct journal *j, struct err *e)
{
    char path[4300], said[300] = "";
    struct stat st;
    snprintf(path, sizeof(path), "%s/journal.db", j->dir);
    if (stat(path, &st) != 0 || st.st_size > CHECKED_BYTES)
        return 0;
    static const char sql[] = "PRAGMA quick_check(1)";
    struct db *db = j->read_only ? &j->read : &j->write;
    struct query q = query_start(db, sql);
    if (query_row(&q))
        query_get_chars(&q, said, sizeof(said));
    if (query_end(&q, e) != 0)
        return -1;
    return strcmp(said, "ok") == 0 ? 0
                                   : err_set(e, ERR_DAMAGED, "the journal %s is damaged (%s)", path, said);
}

/* --- put aside --- */

/* Under this name it goes; noted before anything moves, so that a kill in between is gone on from. */
#define NOTE "replacing"

static int choose_name(struct journal *j, struct err *e)
{
    char when[32];
    clock_format_utc(clock_now_ms(), when);
    /* 20261124T160509Z */
    size_t n = 0;
    for (const char *p = when; *p; p++) {
        if (*p != '-' && *p != ':')
            when[n++] = *p;
    }
    when[n] = '\0';
    snprintf(j->aside, sizeof(j->aside), JOURNAL_ASIDE "%s", when);
    for (unsigned k = 2; faccessat(j->dir_fd, j->aside, F_OK, 0) == 0; k++)
        snprintf(j->aside, sizeof(j->aside), JOURNAL_ASIDE "%s.%u", when, k);
    int fd = openat(j->dir_fd, NOTE, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    size_t len = strlen(j->aside);
    bool ok = fd >= 0 && write(fd, j->aside, len) == (ssize_t)len && fsync(fd) == 0;
    int saved = errno;
    if (fd >= 0)
        close(fd);
    return ok && fsync(j->dir_fd) == 0 ? 0 : err_set_errno(e, saved, "cannot write %s/" NOTE, j->dir);
}

static int put_aside(struct journal *j, struct err *e)
{
    char log[80];
    snprintf(log, sizeof(log), "%s-wal", j->aside);
    (void)unlinkat(j->dir_fd, "journal.db-shm", 0);
    if (renameat(j->dir_fd, "journal.db-wal", j->dir_fd, log) != 0 && errno != ENOENT)
        return err_set_errno(e, errno, "cannot put %s/journal.db-wal aside", j->dir);
    if (renameat(j->dir_fd, "journal.db", j->dir_fd, j->aside) != 0 || fsync(j->dir_fd) != 0)
        return err_set_errno(e, errno, "cannot put %s/journal.db aside", j->dir);
    return 0;
}

/* True when a replacement was begun and not ended; j->aside is the name. */
bool damaged_is_begun(struct journal *j)
{
    int fd = openat(j->dir_fd, NOTE, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, j->aside, sizeof(j->aside) - 1) : -1;
    if (fd >= 0)
        close(fd);
    j->aside[n > 0 ? n : 0] = '\0';
    return strncmp(j->aside, JOURNAL_ASIDE, strlen(JOURNAL_ASIDE)) == 0 && !strchr(j->aside, '/');
}

/* --- carried over --- */

struct carrying {
    sqlite3 *from, *to;
    size_t rows;
    bool broken; /* a part of it could not be read */
};

static int insert_into(struct carrying *c, const struct table *t, sqlite3_stmt *row, sqlite3_stmt **insert)
{
    char sql[400];
    int columns = sqlite3_column_count(row);
    if (!*insert) {
        int n = snprintf(sql, sizeof(sql), "INSERT OR IGNORE INTO %s VALUES (?", t->name);
        for (int i = 1; i < columns; i++)
            n += snprintf(sql + n, sizeof(sql) - (size_t)n, ", ?");
        snprintf(sql + n, sizeof(sql) - (size_t)n, ")");
        if (sqlite3_prepare_v2(c->to, sql, -1, insert, NULL) != SQLITE_OK)
            return -1;
    }
    for (int i = 0; i < columns; i++)
        sqlite3_bind_value(*insert, i + 1, sqlite3_column_value(row, i));
    int rc = sqlite3_step(*insert);
    sqlite3_reset(*insert);
    c->rows += rc == SQLITE_DONE && sqlite3_changes(c->to) == 1;
    /* a row that breaks a rule of its table is no row; only a disk that does not take it counts */
    return rc == SQLITE_DONE || (rc & 0xff) == SQLITE_CONSTRAINT ? 0 : -1;
}

/* From one end until the end, or until it cannot be read. -1: the new journal cannot be written. */
static int carry(struct carrying *c, const struct table *t, const char *order, bool *broken)
{
    char sql[600];
    sqlite3_stmt *rows = NULL, *insert = NULL;
    int rc = SQLITE_ERROR, wrote = 0;
    snprintf(sql, sizeof(sql), "SELECT * FROM %s WHERE %s ORDER BY %s", t->name, t->which, order);
    if (sqlite3_prepare_v2(c->from, sql, -1, &rows, NULL) == SQLITE_OK) {
        while (wrote == 0 && (rc = sqlite3_step(rows)) == SQLITE_ROW)
            wrote = insert_into(c, t, rows, &insert);
    }
    *broken = rc != SQLITE_DONE;
    sqlite3_finalize(rows);
    sqlite3_finalize(insert);
    return wrote;
}

static int carry_all(struct carrying *c)
{
    for (size_t i = 0; i < ARRAY_LEN(tables); i++) {
        bool broken;
        if (carry(c, &tables[i], tables[i].order, &broken) != 0)
            return -1;
        if (broken && carry(c, &tables[i], tables[i].backward, &(bool){false}) != 0)
            return -1;
        c->broken = c->broken || broken;
    }
    return 0;
}

static bool same_version(sqlite3 *from)
{
    sqlite3_stmt *q = NULL;
    bool same = sqlite3_prepare_v2(from, "PRAGMA user_version", -1, &q, NULL) == SQLITE_OK &&
                sqlite3_step(q) == SQLITE_ROW && sqlite3_column_int(q, 0) == SCHEMA_VERSION;
    sqlite3_finalize(q);
    return same;
}

static int set_meta(struct db *db, const char *name, int64_t n, struct err *e)
{
    static const char sql[] = "INSERT OR REPLACE INTO meta VALUES (?, ?)";
    char value[32];
    struct query q = query_start(db, sql);
    snprintf(value, sizeof(value), "%lld", (long long)n);
    query_text(&q, name);
    query_text(&q, value);
    return query_run(&q, e);
}

/* The first start: nothing from before it is taken when the mailboxes are forgotten too. */
static int64_t first_start_ms(const struct journal *j)
{
    struct stat st;
    return fstatat(j->dir_fd, "instance", &st, 0) == 0 ? (int64_t)st.st_mtim.tv_sec * 1000 : clock_now_ms();
}

/* Those of the settings whose row could not be read. */
static int add_mailboxes(struct journal *j, struct err *e)
{
    static const char sql[] = "INSERT OR IGNORE INTO mailboxes VALUES (?, 0, 1, ?)";
    for (size_t i = 0; j->options.conf && i < j->options.conf->n_mailboxes; i++) {
        struct query q = query_start(&j->write, sql);
        query_text(&q, j->options.conf->mailboxes[i].name);
        query_int(&q, -(first_start_ms(j) - SLACK_MS));
        if (query_run(&q, e) != 0)
            return -1;
    }
    return 0;
}

static int note_replaced(struct journal *j, struct err *e)
{
    static const char seq[] = "INSERT INTO sqlite_sequence (name, seq) SELECT 'jobs', 0 WHERE NOT EXISTS"
                              " (SELECT 1 FROM sqlite_sequence WHERE name = 'jobs')";
    static const char ahead[] = "UPDATE sqlite_sequence SET seq = MAX(seq + 1000, ?) WHERE name = 'jobs'";
    int64_t now_ms = clock_now_ms(), minutes = (now_ms - REF_EPOCH_MS) / 60000;
    struct query q = query_start(&j->write, ahead);
    query_int(&q, minutes > 0 ? minutes : 0);
    return db_exec(&j->write, seq, e) != 0 || query_run(&q, e) != 0 ||
                   set_meta(&j->write, "fact.rebuilt_ms", now_ms + SLACK_MS, e) != 0 ||
                   set_meta(&j->write, REPLACED_FACT, now_ms, e) != 0 || add_mailboxes(j, e) != 0
               ? -1
               : 0;
}

static int carry_over(struct journal *j, struct err *e)
{
    char path[4300];
    struct carrying c = {.to = j->write.handle};
    snprintf(path, sizeof(path), "%s/%s", j->dir, j->aside);
    if (db_exec(&j->write, "BEGIN IMMEDIATE", e) != 0)
        return -1;
    int rc = 0;
    /* for writing: SQLite makes the log readable only so */
    if (sqlite3_open_v2(path, &c.from, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) == SQLITE_OK) {
        sqlite3_db_config(c.from, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
        if (same_version(c.from))
            rc = carry_all(&c);
        else
            c.broken = true;
    }
    sqlite3_close(c.from);
    snprintf(path, sizeof(path), "%s-shm", j->aside);
    (void)unlinkat(j->dir_fd, path, 0);
    if (rc != 0)
        return db_fail(&j->write, "carrying over", e);
    if (db_exec(&j->write, settle, e) != 0 || note_replaced(j, e) != 0 ||
        db_exec(&j->write, "COMMIT", e) != 0)
        return -1;
    snprintf(j->replaced, sizeof(j->replaced), "%zu of its rows were carried over%s", c.rows,
             c.broken ? "; the rest cannot be read" : ", all of them");
    return 0;
}

/* j->write is closed. */
int damaged_replace(struct journal *j, const char *path, const struct err *why, struct err *e)
{
    bool made;
    bool begun = damaged_is_begun(j);
    LOG(LOG_ERROR, "journal", "damaged", LS("error", why->text));
    if (!begun && choose_name(j, e) != 0)
        return -1;
    if (!begun || faccessat(j->dir_fd, j->aside, F_OK, 0) != 0) {
        if (put_aside(j, e) != 0)
            return -1;
    } else {
        /* what a start that was killed had made of the new one */
        static const char *const parts[] = {"journal.db", "journal.db-wal", "journal.db-shm"};
        for (size_t i = 0; i < ARRAY_LEN(parts); i++)
            (void)unlinkat(j->dir_fd, parts[i], 0);
    }
    LOG(LOG_WARN, "journal", "put-aside", LS("file", j->aside));
    if (journal_make_private(j, e) != 0 || db_open(&j->write, path, false, e) != 0 ||
        schema_prepare(&j->write, true, &made, e) != 0 || carry_over(j, e) != 0)
        return -1;
    (void)unlinkat(j->dir_fd, NOTE, 0);
    snprintf(j->damage, sizeof(j->damage), "%s", why->text);
    LOG(LOG_WARN, "journal", "replaced", LS("kept", j->replaced));
    return 0;
}

bool journal_was_replaced(const struct journal *j, struct buf *how)
{
    if (j->damage[0])
        buf_printf(how, "%s. It is kept as %s/%s; a new one was begun, and %s", j->damage, j->dir, j->aside,
                   j->replaced);
    return j->damage[0] != '\0';
}

/* --- letters that left before --- */

bool journal_left_before(struct journal *j, const char *message_id)
{
    static const char sql[] = "SELECT 1 FROM letters WHERE job = 0 AND state = 1 AND message_id = ? LIMIT 1";
    if (!j->has_replaced)
        return false;
    struct query q = query_start(journal_read_begin(j), sql);
    query_text(&q, message_id);
    return journal_read_number(j, &q) == 1;
}
