/* SPDX-License-Identifier: GPL-2.0-or-later */
/* db: one SQLite connection, its kept statements, and queries bound and read in order. See db.h. */
#include "db.h"

#include <errno.h>
#include <unistd.h>

/* What SQLite's code means here; its extended part says nothing that matters. */
static enum err_code meaning_of(const struct db *db)
{
    sqlite3 *handle = db->handle;
    int code = handle ? sqlite3_errcode(handle) & 0xff : SQLITE_CANTOPEN;
    int system = handle ? sqlite3_system_errno(handle) : 0;
    bool file = code == SQLITE_IOERR || code == SQLITE_CANTOPEN;
    if (code == SQLITE_FULL || (file && (system == ENOSPC || system == EDQUOT)))
        return ERR_DISK_FULL;
    if (code == SQLITE_BUSY || code == SQLITE_LOCKED)
        return ERR_JOURNAL_BUSY;
    if (file || code == SQLITE_PERM || code == SQLITE_READONLY)
        return db->read_only ? ERR_IO : ERR_UNWRITABLE;
    return ERR_JOURNAL;
}

static int damaged(struct db *db, const char *words, struct err *e)
{
    if (db->on_damaged && !db->told)
        db->on_damaged(db->self);
    db->told = db->on_damaged != NULL;
    return err_set(e, ERR_DAMAGED, "the journal %s is damaged (%s)", db->path, words);
}

int db_fail(struct db *db, const char *what, struct err *e)
{
    enum err_code code = meaning_of(db);
    const char *words = db->handle ? sqlite3_errmsg(db->handle) : "cannot be opened";
    int raw = db->handle ? sqlite3_errcode(db->handle) & 0xff : SQLITE_CANTOPEN;
    if (code == ERR_DISK_FULL)
        return err_set(e, code, "the journal %s cannot be written: the disk is full", db->path);
    if (code == ERR_UNWRITABLE) {
        char text[100];
        int system = db->handle ? sqlite3_system_errno(db->handle) : 0;
        return err_set(e, code, "the journal %s cannot be written: %s", db->path,
                       system ? strerror_r(system, text, sizeof(text)) : words);
    }
    if (raw == SQLITE_NOTADB || raw == SQLITE_CORRUPT)
        return damaged(db, words, e);
    return code == ERR_JOURNAL ? err_set(e, code, "the journal %s: %s (%.60s)", db->path, words, what)
                               : err_set(e, code, "the journal %s: %s", db->path, words);
}

int db_exec(struct db *db, const char *sql, struct err *e)
{
    if (sqlite3_exec(db->handle, sql, NULL, NULL, NULL) != SQLITE_OK)
        return db_fail(db, sql, e);
    return 0;
}

static void init_sqlite(void)
{
    /* statistics of its memory would take a lock of the whole process at every allocation */
    ENSURE(sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0) == SQLITE_OK);
}

/* A journal that was closed well, on a disk where SQLite can make none of its helping files: the file alone
 * is the journal, and nobody changes it. */
static bool is_alone(const char *path)
{
    char beside[4300];
    snprintf(beside, sizeof(beside), "%s-wal", path);
    bool wal = access(beside, F_OK) == 0;
    snprintf(beside, sizeof(beside), "%s", path);
    char *slash = strrchr(beside, '/');
    if (slash)
        *slash = '\0';
    return !wal && slash && access(beside, W_OK) != 0 && errno == EROFS;
}

/* The path as SQLite reads it: an address when it has to be told more. */
static void put_address(struct buf *out, const char *path, bool alone)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/-_.";
    if (!alone) {
        buf_puts(out, path);
        return;
    }
    buf_puts(out, "file:");
    for (const char *p = path; *p; p++) {
        if (strchr(plain, *p))
            buf_putc(out, *p);
        else
            buf_printf(out, "%%%02X", (unsigned char)*p);
    }
    buf_puts(out, "?immutable=1");
}

int db_open(struct db *db, const char *path, bool read_only, struct err *e)
{
    int flags = read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, init_sqlite);
    *db = (struct db){.path = mem_copy(path), .read_only = read_only};
    struct buf address = BUF_INIT(3 * 4300);
    bool alone = read_only && is_alone(path);
    put_address(&address, path, alone);
    flags |= SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | (alone ? SQLITE_OPEN_URI : 0);
    int rc = sqlite3_open_v2(address.data, &db->handle, flags, NULL);
    buf_release(&address);
    if (rc != SQLITE_OK) {
        db_fail(db, path, e);
        db_close(db);
        return -1;
    }
    sqlite3_busy_timeout(db->handle, 5000);
    if (read_only)
        return 0;
    /* a small page cache: the working set is the last few hundred jobs */
    static const char setup[] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA temp_store=MEMORY;"
                                "PRAGMA cache_size=-4096; PRAGMA wal_autocheckpoint=4000;"
                                "PRAGMA journal_size_limit=16777216; PRAGMA secure_delete=ON;";
    if (db_exec(db, setup, e) != 0) {
        db_close(db);
        return -1;
    }
    return 0;
}

void db_close(struct db *db)
{
    for (size_t i = 0; i < DB_MAX_STATEMENTS; i++)
        sqlite3_finalize(db->cache[i].stmt);
    sqlite3_close(db->handle);
    free(db->path);
    *db = (struct db){0};
}

static sqlite3_stmt *kept_statement(struct db *db, const char *sql)
{
    size_t i = ((uintptr_t)sql >> 4) % DB_MAX_STATEMENTS;
    for (size_t tries = 0; tries < DB_MAX_STATEMENTS; tries++, i = (i + 1) % DB_MAX_STATEMENTS) {
        if (db->cache[i].sql == sql)
            return db->cache[i].stmt;
        if (db->cache[i].sql)
            continue;
        sqlite3_stmt *stmt = NULL;
        if (sqlite3_prepare_v3(db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt, NULL) != SQLITE_OK)
            return NULL;
        db->cache[i].sql = sql;
        db->cache[i].stmt = stmt;
        return stmt;
    }
    BUG("more statements than DB_MAX_STATEMENTS");
}

struct query query_start(struct db *db, const char *sql)
{
    struct query q = {.db = db, .stmt = kept_statement(db, sql)};
    q.broken = q.stmt == NULL;
    return q;
}

static void check(struct query *q, int rc)
{
    if (rc != SQLITE_OK)
        q->broken = true;
}

void query_int(struct query *q, int64_t v)
{
    if (!q->broken)
        check(q, sqlite3_bind_int64(q->stmt, ++q->bound, v));
}

void query_text(struct query *q, const char *s)
{
    if (!q->broken)
        check(q, s ? sqlite3_bind_text(q->stmt, ++q->bound, s, -1, SQLITE_STATIC)
                   : sqlite3_bind_null(q->stmt, ++q->bound));
}

void query_blob(struct query *q, struct slice s)
{
    if (!q->broken)
        check(q, s.ptr ? sqlite3_bind_blob64(q->stmt, ++q->bound, s.ptr, s.len, SQLITE_STATIC)
                       : sqlite3_bind_null(q->stmt, ++q->bound));
}

bool query_row(struct query *q)
{
    if (q->broken)
        return false;
    int rc = sqlite3_step(q->stmt);
    q->column = 0;
    if (rc != SQLITE_ROW && rc != SQLITE_DONE)
        q->broken = true;
    return rc == SQLITE_ROW;
}

int64_t query_get_int(struct query *q)
{
    return sqlite3_column_int64(q->stmt, q->column++);
}

const char *query_get_text(struct query *q, struct pool *pool)
{
    const char *s = (const char *)sqlite3_column_text(q->stmt, q->column++);
    return pool_copy(pool, s);
}

void query_get_chars(struct query *q, char *out, size_t size)
{
    const char *s = (const char *)sqlite3_column_text(q->stmt, q->column++);
    snprintf(out, size, "%s", s ? s : "");
}

struct slice query_get_blob(struct query *q, struct pool *pool)
{
    const char *p = sqlite3_column_blob(q->stmt, q->column);
    size_t n = (size_t)sqlite3_column_bytes(q->stmt, q->column++);
    return n ? slice_from(pool_slice(pool, slice_from(p, n)), n) : SLICE_NONE;
}

int query_end(struct query *q, struct err *e)
{
    int rc = 0;
    if (q->broken)
        rc = db_fail(q->db, q->stmt ? sqlite3_sql(q->stmt) : "prepare", e);
    if (q->stmt) {
        sqlite3_reset(q->stmt);
        sqlite3_clear_bindings(q->stmt);
    }
    return rc;
}

int query_run(struct query *q, struct err *e)
{
    query_row(q);
    return query_end(q, e);
}
