/* SPDX-License-Identifier: GPL-2.0-or-later */
/* listing: what people see of the journal; alerts and small facts for `status`. */
#include "db.h"

int journal_list(struct journal *j, const struct journal_filter *filter, struct pool *pool,
                 struct journal_row **out, size_t *n, struct err *e)
{
    static const char sql[] = "SELECT id, mailbox, state, outcome, taken_ms, received_ms, done_ms, run_at, "
                              "sender, reason, ticket_number,"
                              " ticket_id, tries FROM jobs WHERE (?1 = -1 OR (?1 = -2 AND state != 5) OR "
                              "state = ?1) AND (?3 = '' OR mailbox = ?3)"
                              " AND (?4 = '' OR instr(lower(COALESCE(sender, '')), lower(?4)) > 0)"
                              " AND taken_ms >= ?5 AND (?6 = 0 OR taken_ms < ?6) ORDER BY id DESC LIMIT ?2";
    size_t max = filter->max;
    struct journal_row *rows = pool_array(pool, max, sizeof(*rows));
    struct query q = query_start(journal_read_begin(j), sql);
    *n = 0;
    query_int(&q, filter->state);
    query_int(&q, (int64_t)max);
    query_text(&q, filter->mailbox ? filter->mailbox : "");
    query_text(&q, filter->sender ? filter->sender : "");
    query_int(&q, filter->from_ms);
    query_int(&q, filter->to_ms);
    while (*n < max && query_row(&q)) {
        struct journal_row *r = &rows[(*n)++];
        r->id = query_get_int(&q);
        query_get_chars(&q, r->mailbox, sizeof(r->mailbox));
        r->state = (enum job_state)query_get_int(&q);
        r->outcome = (enum job_outcome)query_get_int(&q);
        r->taken_ms = query_get_int(&q);
        r->received_ms = query_get_int(&q);
        r->done_ms = query_get_int(&q);
        r->run_at_ms = query_get_int(&q);
        r->sender = query_get_text(&q, pool);
        r->reason = query_get_text(&q, pool);
        r->ticket_number = query_get_text(&q, pool);
        r->ticket_id = query_get_int(&q);
        r->tries = (unsigned)query_get_int(&q);
        job_ref_of(r->id, r->ref);
    }
    *out = rows;
    int rc = query_end(&q, e);
    journal_read_end(j);
    return rc;
}

size_t journal_unmatched(struct journal *j, int64_t after, int64_t *ids, size_t max)
{
    static const char sql[] = "SELECT job FROM plans WHERE job > ? AND json_valid(plan) AND "
                              "json_extract(plan, '$.unmatched') != '' ORDER BY job LIMIT ?";
    struct query q = query_start(journal_read_begin(j), sql);
    query_int(&q, after);
    return journal_read_ids(j, &q, ids, max);
}

size_t journal_refusals(struct journal *j, int64_t from_ms, int64_t to_ms, int64_t *after, struct pool *pool,
                        struct journal_refusal *out, size_t max)
{
    enum { SLACK = 1000 }; /* jobs that may not have ended yet */
    static const char sql[] =
        "SELECT sender, substr(reason, 1, instr(reason, ':') - 1) AS test, COUNT(*) FROM jobs WHERE id > ? "
        "AND"
        " done_ms >= ? AND done_ms < ? AND outcome = 6 AND sender != '' AND instr(reason, ':') > 1 AND"
        " reason NOT LIKE 'not-staff:%' GROUP BY sender, test ORDER BY COUNT(*) DESC, sender LIMIT ?";
    static const char last[] = "SELECT MAX(seq - ?, 0) FROM sqlite_sequence WHERE name = 'jobs'";
    size_t n = 0;
    struct query q = query_start(journal_read_begin(j), sql);
    query_int(&q, *after);
    query_int(&q, from_ms);
    query_int(&q, to_ms);
    query_int(&q, (int64_t)max);
    while (n < max && query_row(&q)) {
        out[n].sender = query_get_text(&q, pool);
        out[n].test = query_get_text(&q, pool);
        out[n++].count = (unsigned)query_get_int(&q);
    }
    if (query_end(&q, NULL) != 0)
        n = 0;
    journal_read_end(j);
    q = query_start(journal_read_begin(j), last);
    query_int(&q, SLACK);
    *after = journal_read_number(j, &q);
    return n;
}

static int64_t one_number(struct db *db, const char *sql, struct err *e, int *rc)
{
    struct query q = query_start(db, sql);
    int64_t v = query_row(&q) ? query_get_int(&q) : 0;
    if (query_end(&q, e) != 0)
        *rc = -1;
    return v;
}

int journal_count(struct journal *j, struct journal_counts *out, struct err *e)
{
    static const char states[] = "SELECT state, outcome, COUNT(*) FROM jobs GROUP BY state, outcome";
    static const char unsent[] = "SELECT COUNT(*) FROM letters WHERE state = 0";
    static const char oldest[] = "SELECT MIN(first_ms) FROM letters WHERE state = 0";
    static const char ill[] = "SELECT COUNT(*) FROM alerts WHERE ill = 1";
    static const char last[] = "SELECT taken_ms FROM jobs ORDER BY id DESC LIMIT 1";
    /* JOB_WAITING waits for a person */
    static const char open[] = "SELECT MIN(taken_ms) FROM jobs WHERE open = 1 AND state < 4";
    static const char over[] = "SELECT COUNT(*) FROM jobs WHERE open = 1 AND state = 0 AND"
                               " instr(COALESCE(reason, ''), '" JOURNAL_OVER_CAP "') = 1";
    *out = (struct journal_counts){0};
    struct db *db = journal_read_begin(j);
    struct query q = query_start(db, states);
    while (query_row(&q)) {
        int64_t state = query_get_int(&q), outcome = query_get_int(&q), count = query_get_int(&q);
        if (state >= 0 && state <= JOB_PARKED)
            out->by_state[state] += (unsigned)count;
        if (outcome > OUTCOME_NONE && outcome < OUTCOMES && (state == JOB_DONE || state == JOB_PARKED))
            out->by_outcome[outcome] += (unsigned)count;
    }
    int rc = query_end(&q, e);
    out->letters_unsent = (unsigned)one_number(db, unsent, e, &rc);
    out->over_cap = (unsigned)one_number(db, over, e, &rc);
    out->alerts_ill = (unsigned)one_number(db, ill, e, &rc);
    out->oldest_unsent_ms = one_number(db, oldest, e, &rc);
    out->oldest_open_ms = one_number(db, open, e, &rc);
    out->last_taken_ms = one_number(db, last, e, &rc);
    journal_read_end(j);
    return rc;
}

static bool alert_now(struct db *db, const char *topic, int *rc, struct err *e)
{
    static const char sql[] = "SELECT ill FROM alerts WHERE topic = ?";
    struct query q = query_start(db, sql);
    query_text(&q, topic);
    bool ill = query_row(&q) && query_get_int(&q) != 0;
    *rc = query_end(&q, e);
    return ill;
}

bool journal_alert_is(struct journal *j, const char *topic)
{
    int rc;
    bool ill = alert_now(journal_read_begin(j), topic, &rc, NULL);
    journal_read_end(j);
    return ill;
}

struct alert_arg {
    const char *topic, *text;
    const struct journal_letter *letters;
    size_t n;
    bool ill, turned;
};

static int turn_alert(struct db *db, void *self, struct err *e)
{
    static const char set[] = "INSERT OR REPLACE INTO alerts VALUES (?, ?, ?, ?)";
    struct alert_arg *a = self;
    int rc;
    a->turned = alert_now(db, a->topic, &rc, e) != a->ill;
    if (rc != 0 || !a->turned)
        return rc;
    struct query q = query_start(db, set);
    query_text(&q, a->topic);
    query_int(&q, a->ill);
    query_int(&q, clock_now_ms());
    query_text(&q, a->text);
    if (query_run(&q, e) != 0)
        return -1;
    for (size_t i = 0; i < a->n && rc == 0; i++) {
        int64_t id;
        rc = letter_insert(db, &a->letters[i], clock_now_ms(), &id, e);
    }
    return rc;
}

int journal_alert_turn(struct journal *j, const char *topic, bool ill, const char *text,
                       const struct journal_letter *letters, size_t n)
{
    struct alert_arg a = {topic, text ? text : "", letters, n, ill, false};
    if (journal_write(j, turn_alert, &a, &submission_wakes, NULL) != 0)
        return -1;
    return a.turned;
}

size_t journal_alerts(struct journal *j, struct pool *pool, struct journal_alert **out)
{
    enum { MOST = 100 };
    static const char sql[] =
        "SELECT topic, since_ms, text FROM alerts WHERE ill = 1 ORDER BY since_ms LIMIT 100";
    struct journal_alert *alerts = pool_array(pool, MOST, sizeof(*alerts));
    struct query q = query_start(journal_read_begin(j), sql);
    size_t n = 0;
    while (n < MOST && query_row(&q)) {
        struct journal_alert *a = &alerts[n++];
        a->topic = query_get_text(&q, pool);
        a->since_ms = query_get_int(&q);
        a->text = query_get_text(&q, pool);
    }
    if (query_end(&q, NULL) != 0)
        n = 0;
    journal_read_end(j);
    *out = alerts;
    return n;
}

struct fact_arg {
    char name[64], value[256];
};

static int set_fact(struct db *db, void *self, struct err *e)
{
    static const char sql[] = "INSERT OR REPLACE INTO meta VALUES (?, ?)";
    const struct fact_arg *a = self;
    struct query q = query_start(db, sql);
    query_text(&q, a->name);
    query_text(&q, a->value);
    return query_run(&q, e);
}

void journal_fact_set(struct journal *j, const char *name, const char *value)
{
    struct fact_arg *a = mem_alloc(sizeof(*a));
    snprintf(a->name, sizeof(a->name), "fact.%s", name);
    snprintf(a->value, sizeof(a->value), "%s", value);
    journal_post(j, set_fact, a, NULL);
}

bool journal_fact_get(struct journal *j, const char *name, char *value, size_t size)
{
    static const char sql[] = "SELECT value FROM meta WHERE name = ?";
    char full[80];
    snprintf(full, sizeof(full), "fact.%s", name);
    struct query q = query_start(journal_read_begin(j), sql);
    query_text(&q, full);
    bool found = query_row(&q);
    if (found)
        query_get_chars(&q, value, size);
    int rc = query_end(&q, NULL);
    journal_read_end(j);
    return rc == 0 && found;
}

void journal_fact_set_number(struct journal *j, const char *name, int64_t n)
{
    char value[32];
    snprintf(value, sizeof(value), "%lld", (long long)n);
    journal_fact_set(j, name, value);
}

int64_t journal_fact_number(struct journal *j, const char *name)
{
    char value[32];
    uint64_t n;
    bool is =
        journal_fact_get(j, name, value, sizeof(value)) && slice_to_u64(slice_of(value), 0, INT64_MAX, &n);
    return is ? (int64_t)n : 0;
}
