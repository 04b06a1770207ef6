/* SPDX-License-Identifier: GPL-2.0-or-later */
/* schema: the tables, and the version that this program writes (PRAGMA user_version). An older journal is
 * brought to it (migrate.c), a newer one refused. */
#include "db.h"

/* Whoever changes them raises SCHEMA_VERSION, adds the step from the version before to migrate.c, and a
 * journal of the new version to tests/fixtures/journal. States and kinds are the numbers of the enums in
 * journal.h; they never change meaning, new ones go to the end. open = 1 while something is still to be run
 * or posted: the partial indexes keep old jobs out of every search. Bytes that never change stand in tables
 * of their own: a change of a row writes the whole row again. Each index costs a page in nearly every commit:
 * that a letter is the only one of its kind is kept by the writer (letters.c), the one place that inserts
 * them. */
static const char tables[] =
    "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE mailboxes (mailbox TEXT PRIMARY KEY, uidvalidity INTEGER NOT NULL, next_uid INTEGER NOT "
    "NULL,"
    "  since_ms INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE positions (mailbox TEXT NOT NULL, uidvalidity INTEGER NOT NULL, uid INTEGER NOT NULL,"
    "  job INTEGER NOT NULL, filed INTEGER NOT NULL, folder INTEGER NOT NULL,"
    "  PRIMARY KEY (mailbox, uidvalidity, uid)) WITHOUT ROWID;"
    "CREATE INDEX positions_owed ON positions (mailbox, uidvalidity) WHERE filed = 1;"
    "CREATE TABLE jobs (id INTEGER PRIMARY KEY AUTOINCREMENT, open INTEGER NOT NULL, state INTEGER NOT NULL,"
    "  run_at INTEGER NOT NULL, outcome INTEGER NOT NULL DEFAULT 0, reason TEXT, mailbox TEXT NOT NULL,"
    "  attempts INTEGER NOT NULL DEFAULT 0, tries INTEGER NOT NULL DEFAULT 0, headers_only INTEGER NOT NULL,"
    "  lookup_first INTEGER NOT NULL, size INTEGER NOT NULL, received_ms INTEGER NOT NULL, taken_ms INTEGER "
    "NOT NULL,"
    "  planned_ms INTEGER NOT NULL DEFAULT 0, done_ms INTEGER NOT NULL DEFAULT 0, sender TEXT, message_key "
    "TEXT,"
    "  conversation TEXT, ticket_id INTEGER NOT NULL DEFAULT 0, ticket_number TEXT, spool TEXT,"
    "  uidvalidity INTEGER NOT NULL, uid INTEGER NOT NULL, parent INTEGER NOT NULL DEFAULT 0,"
    "  successor INTEGER NOT NULL DEFAULT 0, text_key INTEGER NOT NULL DEFAULT 0);"
    "CREATE INDEX jobs_due ON jobs (run_at) WHERE open = 1;"
    "CREATE INDEX jobs_conversation ON jobs (conversation) WHERE open = 1 AND conversation IS NOT NULL;"
    "CREATE INDEX jobs_parent ON jobs (parent) WHERE parent != 0;"
    "CREATE INDEX jobs_sender ON jobs (sender, taken_ms) WHERE sender IS NOT NULL;"
    "CREATE TABLE mails (job INTEGER PRIMARY KEY, bytes BLOB NOT NULL);"
    "CREATE TABLE plans (job INTEGER PRIMARY KEY, plan TEXT NOT NULL);"
    "CREATE TABLE keys (key TEXT PRIMARY KEY, job INTEGER NOT NULL, claimed_ms INTEGER NOT NULL) WITHOUT "
    "ROWID;"
    "CREATE TABLE threads (hash INTEGER PRIMARY KEY, job INTEGER NOT NULL);"
    "CREATE TABLE steps (job INTEGER NOT NULL, n INTEGER NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL,"
    "  state INTEGER NOT NULL, looks INTEGER NOT NULL DEFAULT 0, armed_ms INTEGER NOT NULL,"
    "  ended_ms INTEGER NOT NULL DEFAULT 0, request TEXT NOT NULL, result_id INTEGER NOT NULL DEFAULT 0, "
    "result TEXT,"
    "  PRIMARY KEY (job, n)) WITHOUT ROWID;"
    "CREATE TABLE letters (id INTEGER PRIMARY KEY, job INTEGER NOT NULL, kind INTEGER NOT NULL, state "
    "INTEGER NOT NULL,"
    "  mailbox TEXT NOT NULL, message_id TEXT NOT NULL, recipient TEXT NOT NULL,"
    "  tries INTEGER NOT NULL DEFAULT 0, first_ms INTEGER NOT NULL, next_ms INTEGER NOT NULL, last_error "
    "TEXT);"
    "CREATE TABLE letter_bytes (letter INTEGER PRIMARY KEY, bytes BLOB NOT NULL);"
    "CREATE INDEX letters_job ON letters (job, kind);"
    "CREATE INDEX letters_due ON letters (next_ms) WHERE state = 0;"
    "CREATE TABLE alerts (topic TEXT PRIMARY KEY, ill INTEGER NOT NULL, since_ms INTEGER NOT NULL, text TEXT "
    "NOT NULL)"
    "  WITHOUT ROWID;"
    "CREATE TABLE canaries (id INTEGER PRIMARY KEY AUTOINCREMENT, mailbox TEXT NOT NULL, nonce TEXT NOT NULL,"
    "  sent_ms INTEGER NOT NULL, state INTEGER NOT NULL, ended_ms INTEGER NOT NULL, letter INTEGER NOT NULL,"
    "  job INTEGER NOT NULL);"
    "CREATE TABLE watches (watch TEXT PRIMARY KEY, letters INTEGER NOT NULL DEFAULT 0,"
    "  told_ms INTEGER NOT NULL DEFAULT 0, ran_ms INTEGER NOT NULL DEFAULT 0, tried_ms INTEGER NOT NULL "
    "DEFAULT 0,"
    "  failing_ms INTEGER NOT NULL DEFAULT 0, snoozed_ms INTEGER NOT NULL DEFAULT 0, tries INTEGER NOT NULL "
    "DEFAULT 0,"
    "  why TEXT NOT NULL DEFAULT '', unseen TEXT NOT NULL DEFAULT '') WITHOUT ROWID;"
    "CREATE TABLE watch_findings (watch TEXT NOT NULL, finding INTEGER NOT NULL, letter INTEGER NOT NULL,"
    "  acked INTEGER NOT NULL, gone_ms INTEGER NOT NULL, line TEXT NOT NULL, PRIMARY KEY (watch, finding)) "
    "WITHOUT ROWID;"
    "CREATE TABLE watch_letters (hash INTEGER PRIMARY KEY, watch TEXT NOT NULL, letter INTEGER NOT NULL,"
    "  since INTEGER NOT NULL);"
    "CREATE TABLE requests (id INTEGER PRIMARY KEY, verb TEXT NOT NULL, ref TEXT NOT NULL, asked_ms INTEGER "
    "NOT NULL);"
    "PRAGMA user_version = 3;";

static int version_of(struct db *db, int64_t *version, struct err *e)
{
    static const char ask[] = "PRAGMA user_version";
    struct query q = query_start(db, ask);
    *version = query_row(&q) ? query_get_int(&q) : 0;
    return query_end(&q, e);
}

/* All or nothing: whatever ends it in between, the journal is as it was. */
static int change(struct db *db, int64_t version, struct err *e)
{
    if (db_exec(db, "BEGIN IMMEDIATE", e) != 0)
        return -1;
    int rc = version == 0 ? db_exec(db, tables, e) : schema_migrate(db, version, e);
    CRASH_POINT("schema.changed");
    if (rc == 0 && db_exec(db, "COMMIT", e) == 0)
        return 0;
    /* a full disk makes SQLite roll back by itself */
    if (!sqlite3_get_autocommit(db->handle) && db_exec(db, "ROLLBACK", NULL) != 0)
        LOG(LOG_ERROR, "journal", "rollback.failed", LS("error", sqlite3_errmsg(db->handle)));
    return -1;
}

int schema_prepare(struct db *db, bool create, bool *made, struct err *e)
{
    int64_t version;
    *made = false;
    if (version_of(db, &version, e) != 0)
        return -1;
    if (version > SCHEMA_VERSION)
        return err_set(
            e, ERR_JOURNAL_NEWER,
            "the journal has version %lld, this frontdesk knows version %d: install the newer frontdesk "
            "again, or give it its own journal.path",
            (long long)version, SCHEMA_VERSION);
    if (version == SCHEMA_VERSION)
        return 0;
    if (!create && version == 0)
        return err_set(e, ERR_NOT_FOUND, "the journal is empty: `frontdesk run` makes it");
    if (!create)
        return err_set(e, ERR_JOURNAL_OLDER,
                       "the journal is still of version %lld: the next start of `frontdesk run` brings it to "
                       "version %d (systemctl restart frontdesk)",
                       (long long)version, SCHEMA_VERSION);
    if (change(db, version, e) != 0)
        return -1;
    *made = version == 0;
    if (version > 0)
        LOG(LOG_INFO, "journal", "migrated", LN("from", (long long)version), LN("to", SCHEMA_VERSION));
    return 0;
}
