/* SPDX-License-Identifier: GPL-2.0-or-later */
/* letters: bytes and Message-ID are stored before a letter is offered and never change. A job has one interim
 * and one final letter that counts. Invariants 2 and 6.
 */
#include "db.h"

int letter_insert(struct db *db, const struct journal_letter *l, int64_t now_ms, int64_t *id, struct err *e)
{
    static const char bytes[] = "INSERT INTO letter_bytes VALUES (?, ?)";
    static const char sql[] =
        "INSERT INTO letters (job, kind, state, mailbox, message_id, recipient, first_ms, next_ms)"
        " SELECT ?1, ?2, 0, ?3, ?4, ?5, ?6, ?6 WHERE ?1 = 0 OR ?2 > 1 OR NOT EXISTS"
        " (SELECT 1 FROM letters WHERE job = ?1 AND kind = ?2 AND state != 3)";
    struct query q = query_start(db, sql);
    *id = 0;
    query_int(&q, l->job);
    query_int(&q, l->kind);
    query_text(&q, l->mailbox);
    query_text(&q, l->message_id);
    query_text(&q, l->to);
    query_int(&q, now_ms);
    if (query_run(&q, e) != 0)
        return -1;
    if (sqlite3_changes(db->handle) == 0)
        return 0;
    *id = sqlite3_last_insert_rowid(db->handle);
    q = query_start(db, bytes);
    query_int(&q, *id);
    query_blob(&q, l->bytes);
    return query_run(&q, e) == 0 ? thread_insert(db, l->message_id, l->job, e) : -1;
}

struct answer_arg {
    const struct journal_job *job;
    const struct journal_letter *letter;
    int64_t now_ms, letter_id;
};

static int answer(struct db *db, void *self, struct err *e)
{
    static const char job[] =
        "UPDATE jobs SET state = 3, outcome = ?, reason = ?, ticket_id = ?, ticket_number = ?,"
        " tries = 0 WHERE id = ?";
    static const char replace[] = "UPDATE letters SET state = 3 WHERE job = ? AND kind = 0 AND state = 0";
    struct answer_arg *a = self;
    a->letter_id = 0;
    struct query q = query_start(db, job);
    query_int(&q, a->job->outcome);
    query_text(&q, a->job->reason);
    query_int(&q, a->job->ticket_id);
    query_text(&q, a->job->ticket_number);
    query_int(&q, a->job->id);
    if (query_run(&q, e) != 0)
        return -1;
    q = query_start(db, replace);
    query_int(&q, a->job->id);
    if (query_run(&q, e) != 0 ||
        (a->job->wish_verb && request_insert(db, a->job->wish_verb, a->job->wish_ref, e) != 0) ||
        (a->job->watch_answer && watch_answer_carry_out(db, a->job->watch_answer, e) != 0))
        return -1;
    return a->letter ? letter_insert(db, a->letter, a->now_ms, &a->letter_id, e) : 0;
}

int journal_answer(struct journal *j, const struct journal_job *job, struct journal_letter *letter,
                   struct err *e)
{
    struct answer_arg a = {job, letter, clock_now_ms(), 0};
    CRASH_POINT("answer.before");
    int rc = journal_write(j, answer, &a, NULL, e);
    CRASH_POINT("answer.after");
    if (letter)
        letter->id = a.letter_id;
    return rc;
}

static int add_letter(struct db *db, void *self, struct err *e)
{
    struct answer_arg *a = self;
    return letter_insert(db, a->letter, a->now_ms, &a->letter_id, e);
}

int journal_letter_add(struct journal *j, const struct journal_letter *letter, struct err *e)
{
    struct answer_arg a = {NULL, letter, clock_now_ms(), 0};
    CRASH_POINT("letter.before");
    int rc = journal_write(j, add_letter, &a, &submission_wakes, e);
    CRASH_POINT("letter.after");
    return rc;
}

static size_t read_letters(struct journal *j, const char *sql, int64_t job, int64_t now_ms, struct pool *pool,
                           struct journal_letter **out)
{
    enum { MOST = JOURNAL_LETTERS };
    struct journal_letter *letters = pool_array(pool, MOST, sizeof(*letters));
    struct query q = query_start(journal_read_begin(j), sql);
    size_t n = 0;
    query_int(&q, job);
    query_int(&q, now_ms);
    while (n < MOST && query_row(&q)) {
        struct journal_letter *l = &letters[n++];
        l->id = query_get_int(&q);
        l->job = query_get_int(&q);
        l->kind = (enum letter_kind)query_get_int(&q);
        l->state = (enum letter_state)query_get_int(&q);
        query_get_chars(&q, l->mailbox, sizeof(l->mailbox));
        l->message_id = query_get_text(&q, pool);
        l->to = query_get_text(&q, pool);
        l->tries = (unsigned)query_get_int(&q);
        l->first_ms = query_get_int(&q);
        l->next_ms = query_get_int(&q);
        l->last_error = query_get_text(&q, pool);
        l->bytes = query_get_blob(&q, pool);
    }
    if (query_end(&q, NULL) != 0)
        n = 0;
    journal_read_end(j);
    *out = letters;
    return n;
}

#define LETTER_COLUMNS                                                                                       \
    "SELECT id, job, kind, state, mailbox, message_id, recipient, tries, first_ms, next_ms, last_error, "    \
    "bytes FROM letters JOIN letter_bytes ON letter = id "

size_t journal_letters(struct journal *j, int64_t job, int64_t now_ms, struct pool *pool,
                       struct journal_letter **out)
{
    static const char sql[] = LETTER_COLUMNS "WHERE job = ? AND state = 0 AND next_ms <= ?"
                                             " ORDER BY mailbox != '" JOURNAL_COMMAND "', id LIMIT 32";
    return read_letters(j, sql, job, now_ms, pool, out);
}

size_t journal_all_letters(struct journal *j, int64_t job, struct pool *pool, struct journal_letter **out)
{
    static const char sql[] = LETTER_COLUMNS "WHERE job = ? AND first_ms <= ? ORDER BY id LIMIT 32";
    return read_letters(j, sql, job, INT64_MAX, pool, out);
}

size_t journal_letters_due(struct journal *j, int64_t now_ms, int64_t *jobs, size_t max)
{
    static const char sql[] = "SELECT DISTINCT job FROM letters INDEXED BY letters_due WHERE state = 0 AND "
                              "next_ms <= ? AND kind != 1 LIMIT ?";
    struct query q = query_start(journal_read_begin(j), sql);
    query_int(&q, now_ms);
    return journal_read_ids(j, &q, jobs, max);
}

struct wake_arg {
    int64_t now_ms;
    char mailbox[64];
};

static int wake_letters(struct db *db, void *self, struct err *e)
{
    static const char sql[] =
        "UPDATE letters INDEXED BY letters_due SET next_ms = ? WHERE state = 0 AND mailbox = ?";
    const struct wake_arg *a = self;
    struct query q = query_start(db, sql);
    query_int(&q, a->now_ms);
    query_text(&q, a->mailbox);
    return query_run(&q, e);
}

void journal_letters_wake(struct journal *j, const char *mailbox)
{
    struct wake_arg *a = mem_alloc(sizeof(*a));
    a->now_ms = clock_now_ms();
    snprintf(a->mailbox, sizeof(a->mailbox), "%s", mailbox);
    journal_post(j, wake_letters, a, &submission_wakes);
}

unsigned journal_letter_count(struct journal *j, int64_t job, enum letter_kind kind)
{
    static const char sql[] = "SELECT COUNT(*) FROM letters WHERE job = ? AND kind = ? AND state != 3";
    struct query q = query_start(journal_read_begin(j), sql);
    query_int(&q, job);
    query_int(&q, kind);
    return (unsigned)journal_read_number(j, &q);
}

struct mark_arg {
    int64_t id, next_ms;
    enum letter_state state;
    unsigned tries;
    char error[300];
};

static int mark_letter(struct db *db, void *self, struct err *e)
{
    static const char sql[] =
        "UPDATE letters SET state = ?, tries = ?, next_ms = ?, last_error = ? WHERE id = ?";
    const struct mark_arg *a = self;
    struct query q = query_start(db, sql);
    query_int(&q, a->state);
    query_int(&q, a->tries);
    query_int(&q, a->next_ms);
    query_text(&q, a->error);
    query_int(&q, a->id);
    return query_run(&q, e);
}

int journal_letter_mark(struct journal *j, const struct journal_letter *letter, bool durable, struct err *e)
{
    struct mark_arg *a = mem_alloc(sizeof(*a));
    *a = (struct mark_arg){
        .id = letter->id, .next_ms = letter->next_ms, .state = letter->state, .tries = letter->tries};
    snprintf(a->error, sizeof(a->error), "%s", letter->last_error ? letter->last_error : "");
    if (!durable) {
        journal_post(j, mark_letter, a, NULL);
        return 0;
    }
    int rc = journal_write(j, mark_letter, a, NULL, e);
    free(a);
    return rc;
}

size_t journal_sent_since(struct journal *j, int64_t since_ms, int64_t *out, size_t max)
{
    static const char sql[] =
        "SELECT first_ms FROM letters WHERE state = 1 AND kind NOT IN (3, 5) ORDER BY id DESC";
    struct query q = query_start(journal_read_begin(j), sql);
    size_t n = 0;
    while (n < max && query_row(&q)) {
        int64_t at_ms = query_get_int(&q);
        if (at_ms > clock_now_ms() + 60000)
            continue; /* before the clock was put back */
        if (at_ms < since_ms)
            break; /* letters are written in the order of their ids */
        if (out)
            out[n] = at_ms;
        n++;
    }
    (void)query_end(&q, NULL);
    journal_read_end(j);
    for (size_t i = 0; out && i < n / 2; i++) {
        int64_t swap = out[i];
        out[i] = out[n - 1 - i];
        out[n - 1 - i] = swap;
    }
    return n;
}
