/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * migrate: a journal of an older version becomes one of SCHEMA_VERSION, all in the one transaction of the
 * caller, one step a version. A step is never changed once a release wrote its version: it makes the tables
 * as they were then, not as they are now. tests/fixtures/journal has a journal of each version, with rows;
 * tests/cli/migrations.py opens them all and compares the tables with those of a new one.
 */
#include "db.h"

static bool has_column(struct db *db, const char *table, const char *column, struct err *e, int *rc)
{
    static const char sql[] = "SELECT 1 FROM pragma_table_info(?) WHERE name = ?";
    struct query q = query_start(db, sql);
    query_text(&q, table);
    query_text(&q, column);
    bool found = query_row(&q);
    if (query_end(&q, e) != 0)
        *rc = -1;
    return found;
}

/* --- version 1: every journal from before the first release called itself that, whatever tables it had
 * ------ */

/* When a letter's bytes stood beside its send state. */
static const char letters_apart[] =
    "ALTER TABLE letters RENAME TO old_letters;"
    "CREATE TABLE letters (id INTEGER PRIMARY KEY, job INTEGER NOT NULL, kind INTEGER NOT NULL, state "
    "INTEGER NOT NULL,"
    "  mailbox TEXT NOT NULL, message_id TEXT NOT NULL, recipient TEXT NOT NULL,"
    "  tries INTEGER NOT NULL DEFAULT 0, first_ms INTEGER NOT NULL, next_ms INTEGER NOT NULL, last_error "
    "TEXT);"
    "CREATE TABLE letter_bytes (letter INTEGER PRIMARY KEY, bytes BLOB NOT NULL);"
    "INSERT INTO letters SELECT id, job, kind, state, mailbox, message_id, recipient, tries, first_ms, "
    "next_ms,"
    "  last_error FROM old_letters;"
    "INSERT INTO letter_bytes SELECT id, bytes FROM old_letters;"
    "DROP TABLE old_letters;";

/* When only `positions` knew where a mail lies. A mail that lay in two places has the first of them. */
static const char jobs_with_their_place[] =
    "ALTER TABLE jobs RENAME TO old_jobs;"
    "CREATE TABLE jobs (id INTEGER PRIMARY KEY AUTOINCREMENT, open INTEGER NOT NULL, state INTEGER NOT NULL,"
    "  run_at INTEGER NOT NULL, outcome INTEGER NOT NULL DEFAULT 0, reason TEXT, mailbox TEXT NOT NULL,"
    "  attempts INTEGER NOT NULL DEFAULT 0, tries INTEGER NOT NULL DEFAULT 0, headers_only INTEGER NOT NULL,"
    "  lookup_first INTEGER NOT NULL, size INTEGER NOT NULL, received_ms INTEGER NOT NULL, taken_ms INTEGER "
    "NOT NULL,"
    "  planned_ms INTEGER NOT NULL DEFAULT 0, done_ms INTEGER NOT NULL DEFAULT 0, sender TEXT, message_key "
    "TEXT,"
    "  conversation TEXT, ticket_id INTEGER NOT NULL DEFAULT 0, ticket_number TEXT, spool TEXT,"
    "  uidvalidity INTEGER NOT NULL, uid INTEGER NOT NULL);"
    "INSERT INTO jobs SELECT j.id, j.open, j.state, j.run_at, j.outcome, j.reason, j.mailbox, j.attempts, "
    "j.tries,"
    "  j.headers_only, j.lookup_first, j.size, j.received_ms, j.taken_ms, j.planned_ms, j.done_ms, j.sender,"
    "  j.message_key, j.conversation, j.ticket_id, j.ticket_number, j.spool, COALESCE(p.uidvalidity, 0),"
    "  COALESCE(min(p.uid), 0) FROM old_jobs j LEFT JOIN positions p ON p.job = j.id GROUP BY j.id;"
    "DROP TABLE old_jobs;";

/* From before the dialogue. */
static const char jobs_with_kin[] = "ALTER TABLE jobs ADD COLUMN parent INTEGER NOT NULL DEFAULT 0;"
                                    "ALTER TABLE jobs ADD COLUMN successor INTEGER NOT NULL DEFAULT 0;"
                                    "ALTER TABLE jobs ADD COLUMN text_key INTEGER NOT NULL DEFAULT 0;";

/* The people of a plan had other names for their numbers. Within a text of a plan the quotes are escaped. */
static const char plans_with_new_names[] =
    "UPDATE plans SET plan = REPLACE(REPLACE(plan, '{\"resource\":', '{\"resource_id\":'), ',\"role\":', "
    "',\"role_id\":')"
    "  WHERE instr(plan, '{\"resource\":');";

static const char what_else_is_missing[] =
    "CREATE TABLE IF NOT EXISTS threads (hash INTEGER PRIMARY KEY, job INTEGER NOT NULL);"
    "CREATE TABLE IF NOT EXISTS watches (watch TEXT PRIMARY KEY, letters INTEGER NOT NULL DEFAULT 0,"
    "  told_ms INTEGER NOT NULL DEFAULT 0, ran_ms INTEGER NOT NULL DEFAULT 0, tried_ms INTEGER NOT NULL "
    "DEFAULT 0,"
    "  failing_ms INTEGER NOT NULL DEFAULT 0, snoozed_ms INTEGER NOT NULL DEFAULT 0, tries INTEGER NOT NULL "
    "DEFAULT 0,"
    "  why TEXT NOT NULL DEFAULT '', unseen TEXT NOT NULL DEFAULT '') WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS watch_findings (watch TEXT NOT NULL, finding INTEGER NOT NULL, letter "
    "INTEGER "
    "NOT NULL,"
    "  acked INTEGER NOT NULL, gone_ms INTEGER NOT NULL, line TEXT NOT NULL, PRIMARY KEY (watch, finding)) "
    "WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS watch_letters (hash INTEGER PRIMARY KEY, watch TEXT NOT NULL, letter INTEGER "
    "NOT NULL,"
    "  since INTEGER NOT NULL);"
    "DROP INDEX IF EXISTS positions_job; DROP INDEX IF EXISTS letters_one; DROP INDEX IF EXISTS letters_job;"
    "DROP INDEX IF EXISTS letters_due; DROP INDEX IF EXISTS jobs_due; DROP INDEX IF EXISTS jobs_conversation;"
    "DROP INDEX IF EXISTS jobs_parent; DROP INDEX IF EXISTS jobs_sender;"
    "CREATE INDEX jobs_due ON jobs (run_at) WHERE open = 1;"
    "CREATE INDEX jobs_conversation ON jobs (conversation) WHERE open = 1 AND conversation IS NOT NULL;"
    "CREATE INDEX jobs_parent ON jobs (parent) WHERE parent != 0;"
    "CREATE INDEX jobs_sender ON jobs (sender, taken_ms) WHERE sender IS NOT NULL;"
    "CREATE INDEX letters_job ON letters (job, kind);"
    "CREATE INDEX letters_due ON letters (next_ms) WHERE state = 0;";

static int from_1(struct db *db, struct err *e)
{
    int rc = 0;
    bool together = has_column(db, "letters", "bytes", e, &rc);
    bool placed = has_column(db, "jobs", "uid", e, &rc), kin = has_column(db, "jobs", "parent", e, &rc);
    if (rc != 0 || (together && db_exec(db, letters_apart, e) != 0) ||
        (!placed && db_exec(db, jobs_with_their_place, e) != 0) ||
        (!kin && db_exec(db, jobs_with_kin, e) != 0))
        return -1;
    return db_exec(db, plans_with_new_names, e) == 0 ? db_exec(db, what_else_is_missing, e) : -1;
}

/* --- version 2: before mails to ourselves ------ */

static int from_2(struct db *db, struct err *e)
{
    static const char canaries[] =
        "CREATE TABLE canaries (id INTEGER PRIMARY KEY AUTOINCREMENT, mailbox TEXT NOT NULL, nonce TEXT NOT "
        "NULL,"
        "  sent_ms INTEGER NOT NULL, state INTEGER NOT NULL, ended_ms INTEGER NOT NULL, letter INTEGER NOT "
        "NULL,"
        "  job INTEGER NOT NULL);";
    return db_exec(db, canaries, e);
}

/* --- the steps
 * ---------------------------------------------------------------------------------------------- */

/* By the version that they start from. */
static int (*const steps[SCHEMA_VERSION])(struct db *, struct err *) = {[1] = from_1, [2] = from_2};

int schema_migrate(struct db *db, int64_t version, struct err *e)
{
    char stamp[60];
    for (int64_t v = version; v < SCHEMA_VERSION; v++) {
        ENSURE(v > 0 && steps[v]);
        if (steps[v](db, e) != 0)
            return -1;
    }
    snprintf(stamp, sizeof(stamp), "PRAGMA user_version = %d", SCHEMA_VERSION);
    return db_exec(db, stamp, e);
}
