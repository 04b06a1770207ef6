/* SPDX-License-Identifier: GPL-2.0-or-later */
/* watches: the baselines of drift watch. See journal_watches.h. */
#include "frontdesk/journal_watches.h"
#include "db.h"

int journal_watch_load(struct journal *j, const char *watch, struct pool *pool, struct journal_watch *out,
                       struct err *e)
{
    static const char sql[] =
        "SELECT letters, told_ms, ran_ms, tried_ms, failing_ms, snoozed_ms, tries,"
        " (SELECT COUNT(*) FROM watch_findings f WHERE f.watch = w.watch AND gone_ms = 0),"
        " (SELECT COUNT(*) FROM watch_findings f WHERE f.watch = w.watch AND gone_ms = 0 AND acked = 1),"
        " why, unseen FROM watches w WHERE watch = ?";
    *out = (struct journal_watch){.why = "", .unseen = ""};
    struct query q = query_start(journal_read_begin(j), sql);
    query_text(&q, watch);
    if (query_row(&q)) {
        out->letters = (unsigned)query_get_int(&q);
        out->told_ms = query_get_int(&q);
        out->ran_ms = query_get_int(&q);
        out->tried_ms = query_get_int(&q);
        out->failing_ms = query_get_int(&q);
        out->snoozed_ms = query_get_int(&q);
        out->tries = (unsigned)query_get_int(&q);
        out->findings = (unsigned)query_get_int(&q);
        out->acked = (unsigned)query_get_int(&q);
        out->why = query_get_text(&q, pool);
        out->unseen = query_get_text(&q, pool);
        out->known = out->ran_ms != 0;
    }
    int rc = query_end(&q, e);
    journal_read_end(j);
    return rc;
}

int journal_watch_findings(struct journal *j, const char *watch, struct pool *pool,
                           struct journal_watch_finding **out, size_t *n, struct err *e)
{
    static const char count[] = "SELECT COUNT(*) FROM watch_findings WHERE watch = ?";
    static const char sql[] =
        "SELECT finding, acked, gone_ms, line FROM watch_findings WHERE watch = ? ORDER BY finding";
    struct query q = query_start(journal_read_begin(j), count);
    query_text(&q, watch);
    size_t most = (size_t)journal_read_number(j, &q);
    *out = pool_array(pool, most + 1, sizeof(**out));
    *n = 0;
    q = query_start(journal_read_begin(j), sql);
    query_text(&q, watch);
    while (*n < most && query_row(&q)) {
        struct journal_watch_finding *f = &(*out)[(*n)++];
        f->id = query_get_int(&q);
        f->acked = query_get_int(&q) != 0;
        f->gone_ms = query_get_int(&q);
        f->line = query_get_text(&q, pool);
    }
    int rc = query_end(&q, e);
    journal_read_end(j);
    return rc;
}

/* --- a run --- */

/* The row as it must still be: whoever answered a letter meanwhile comes first. */
static int is_unchanged(struct db *db, struct journal_watch_run *run, struct err *e)
{
    static const char sql[] = "SELECT letters, snoozed_ms FROM watches WHERE watch = ?";
    struct query q = query_start(db, sql);
    query_text(&q, run->watch);
    int64_t letters = 0, snoozed_ms = 0;
    if (query_row(&q)) {
        letters = query_get_int(&q);
        snoozed_ms = query_get_int(&q);
    }
    run->lost = letters != run->before->letters || snoozed_ms != run->before->snoozed_ms;
    return query_end(&q, e);
}

static int put_row(struct db *db, const struct journal_watch_run *run, struct err *e)
{
    static const char sql[] =
        "INSERT OR REPLACE INTO watches (watch, letters, told_ms, ran_ms, tried_ms,"
        " failing_ms, snoozed_ms, tries, why, unseen) VALUES (?, ?, ?, ?, 0, 0, ?, 0, '', ?)";
    struct query q = query_start(db, sql);
    bool tells = run->n_letters != 0;
    query_text(&q, run->watch);
    query_int(&q, run->before->letters + tells);
    query_int(&q, tells ? run->now_ms : run->before->told_ms);
    query_int(&q, run->now_ms);
    query_int(&q, run->before->snoozed_ms);
    query_text(&q, run->unseen);
    return query_run(&q, e);
}

static int put_fresh(struct db *db, const struct journal_watch_run *run, struct err *e)
{
    static const char sql[] =
        "INSERT OR REPLACE INTO watch_findings (watch, finding, letter, acked, gone_ms, line)"
        " VALUES (?, ?, ?, 0, 0, ?)";
    for (size_t i = 0; i < run->n_fresh; i++) {
        struct query q = query_start(db, sql);
        query_text(&q, run->watch);
        query_int(&q, run->fresh[i].id);
        query_int(&q, run->before->letters + (run->n_letters != 0));
        query_text(&q, run->fresh[i].line);
        if (query_run(&q, e) != 0)
            return -1;
    }
    return 0;
}

/* gone_ms is set, or (0) cleared. */
static int set_gone(struct db *db, const char *watch, const int64_t *ids, size_t n, int64_t gone_ms,
                    struct err *e)
{
    static const char sql[] = "UPDATE watch_findings SET gone_ms = ? WHERE watch = ? AND finding = ?";
    for (size_t i = 0; i < n; i++) {
        struct query q = query_start(db, sql);
        query_int(&q, gone_ms);
        query_text(&q, watch);
        query_int(&q, ids[i]);
        if (query_run(&q, e) != 0)
            return -1;
    }
    return 0;
}

/* What is gone is forgotten: at once, or when it was accepted after WATCH_ACK_MS. */
static int forget_gone(struct db *db, const struct journal_watch_run *run, struct err *e)
{
    static const char sql[] =
        "DELETE FROM watch_findings WHERE watch = ? AND gone_ms != 0 AND (acked = 0 OR gone_ms < ?)";
    struct query q = query_start(db, sql);
    query_text(&q, run->watch);
    query_int(&q, run->now_ms - WATCH_ACK_MS);
    return query_run(&q, e);
}

static int put_letters(struct db *db, const struct journal_watch_run *run, struct err *e)
{
    static const char sql[] = "INSERT OR IGNORE INTO watch_letters VALUES (?, ?, ?, ?)";
    unsigned number = run->before->letters + 1;
    for (size_t i = 0; i < run->n_letters; i++) {
        int64_t id;
        if (letter_insert(db, &run->letters[i], run->now_ms, &id, e) != 0)
            return -1;
        struct query q = query_start(db, sql);
        query_int(&q, thread_hash(slice_of(run->letters[i].message_id)));
        query_text(&q, run->watch);
        query_int(&q, number);
        query_int(&q, run->about_all ? 0 : number);
        if (query_run(&q, e) != 0)
            return -1;
    }
    return 0;
}

static int ran(struct db *db, void *self, struct err *e)
{
    struct journal_watch_run *run = self;
    if (is_unchanged(db, run, e) != 0)
        return -1;
    if (run->lost)
        return 0;
    if (put_row(db, run, e) != 0 || put_fresh(db, run, e) != 0 ||
        set_gone(db, run->watch, run->gone, run->n_gone, run->now_ms, e) != 0 ||
        set_gone(db, run->watch, run->back, run->n_back, 0, e) != 0 || forget_gone(db, run, e) != 0)
        return -1;
    return put_letters(db, run, e);
}

int journal_watch_ran(struct journal *j, struct journal_watch_run *run, struct err *e)
{
    CRASH_POINT("watch.before");
    int rc = journal_write(j, ran, run, &submission_wakes, e);
    CRASH_POINT("watch.after");
    return rc;
}

struct failed_arg {
    const char *watch, *why;
    int64_t now_ms;
};

static int failed(struct db *db, void *self, struct err *e)
{
    static const char make[] = "INSERT OR IGNORE INTO watches (watch) VALUES (?)";
    static const char sql[] =
        "UPDATE watches SET tried_ms = ?1, tries = tries + 1, why = ?2,"
        " failing_ms = CASE WHEN failing_ms = 0 THEN ?1 ELSE failing_ms END WHERE watch = ?3";
    const struct failed_arg *a = self;
    struct query q = query_start(db, make);
    query_text(&q, a->watch);
    if (query_run(&q, e) != 0)
        return -1;
    q = query_start(db, sql);
    query_int(&q, a->now_ms);
    query_text(&q, a->why);
    query_text(&q, a->watch);
    return query_run(&q, e);
}

int journal_watch_failed(struct journal *j, const char *watch, int64_t now_ms, const char *why, struct err *e)
{
    struct failed_arg a = {watch, why, now_ms};
    return journal_write(j, failed, &a, NULL, e);
}

static int forget(struct db *db, void *self, struct err *e)
{
    static const char row[] =
        "UPDATE watches SET told_ms = 0, ran_ms = 0, tried_ms = 0, failing_ms = 0, snoozed_ms = 0,"
        " tries = 0, why = '', unseen = '' WHERE watch = ?";
    static const char findings[] = "DELETE FROM watch_findings WHERE watch = ?";
    struct query q = query_start(db, row);
    query_text(&q, self);
    if (query_run(&q, e) != 0)
        return -1;
    q = query_start(db, findings);
    query_text(&q, self);
    return query_run(&q, e);
}

int journal_watch_forget(struct journal *j, const char *watch, struct err *e)
{
    char name[WATCH_NAME_BYTES];
    static const char there[] =
        "SELECT COUNT(*) FROM watches WHERE watch = ? AND (ran_ms != 0 OR tried_ms != 0)";
    struct query q = query_start(journal_read_begin(j), there);
    query_text(&q, watch);
    if (journal_read_number(j, &q) == 0)
        return 0;
    snprintf(name, sizeof(name), "%s", watch);
    return journal_write(j, forget, name, NULL, e);
}

/* --- answers --- */

static bool read_letter(struct journal *j, struct query *q, struct journal_watch_letter *out)
{
    bool found = query_row(q);
    *out = (struct journal_watch_letter){.watch = ""};
    if (found) {
        query_get_chars(q, out->watch, sizeof(out->watch));
        out->letter = (unsigned)query_get_int(q);
        out->since = (unsigned)query_get_int(q);
    }
    int rc = query_end(q, NULL);
    journal_read_end(j);
    return rc == 0 && found;
}

bool journal_watch_by_message_id(struct journal *j, struct slice message_id, struct journal_watch_letter *out)
{
    static const char sql[] = "SELECT watch, letter, since FROM watch_letters WHERE hash = ?";
    struct query q = query_start(journal_read_begin(j), sql);
    query_int(&q, thread_hash(message_id));
    return read_letter(j, &q, out);
}

bool journal_watch_by_number(struct journal *j, const char *watch, unsigned letter,
                             struct journal_watch_letter *out)
{
    static const char sql[] = "SELECT watch, letter, since FROM watch_letters WHERE watch = ? AND letter = ?";
    struct query q = query_start(journal_read_begin(j), sql);
    query_text(&q, watch);
    query_int(&q, letter);
    return read_letter(j, &q, out);
}

#define TOLD_THERE "watch = ? AND letter BETWEEN ? AND ? AND acked = 0 AND gone_ms = 0"

unsigned journal_watch_open(struct journal *j, const struct journal_watch_letter *letter)
{
    static const char sql[] = "SELECT COUNT(*) FROM watch_findings WHERE " TOLD_THERE;
    struct query q = query_start(journal_read_begin(j), sql);
    query_text(&q, letter->watch);
    query_int(&q, letter->since);
    query_int(&q, letter->letter);
    return (unsigned)journal_read_number(j, &q);
}

static int take_back(struct db *db, const char *watch, struct err *e)
{
    static const char there[] = "UPDATE watch_findings SET acked = 0 WHERE watch = ? AND gone_ms = 0";
    static const char away[] = "DELETE FROM watch_findings WHERE watch = ? AND gone_ms != 0";
    struct query q = query_start(db, there);
    query_text(&q, watch);
    if (query_run(&q, e) != 0)
        return -1;
    q = query_start(db, away);
    query_text(&q, watch);
    return query_run(&q, e);
}

int watch_answer_carry_out(struct db *db, const struct journal_watch_answer *a, struct err *e)
{
    static const char ack[] = "UPDATE watch_findings SET acked = 1 WHERE " TOLD_THERE;
    static const char snooze[] = "UPDATE watches SET snoozed_ms = ? WHERE watch = ?";
    if (a->undo && take_back(db, a->about.watch, e) != 0)
        return -1;
    if (a->ack) {
        struct query q = query_start(db, ack);
        query_text(&q, a->about.watch);
        query_int(&q, a->about.since);
        query_int(&q, a->about.letter);
        if (query_run(&q, e) != 0)
            return -1;
    }
    if (!a->snooze_ms && !a->undo)
        return 0;
    struct query q = query_start(db, snooze);
    query_int(&q, a->snooze_ms);
    query_text(&q, a->about.watch);
    return query_run(&q, e);
}
