/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * unproven: mail that says it is of the staff and lacks the proof. It is never answered: an answer would tell
 * a forger who is staff, and mail staff in our name. The operator hears of it instead: at once when an
 * address that Autotask knows fails for the first time (its owner waits for an answer that does not come),
 * and in one letter a day of all of them, with what to mend.
 */
#include "desk.h"
#include "frontdesk/secret.h"
#include "telling.h"

enum { MOST_AT_ONCE = 3, MOST_LINES = 30, LOOK_MS = 60000, DAY = 86400000 };
#define DIGEST_MS  "digest.ms"
#define DIGEST_JOB "digest.job"

/* What to do about a failed test; the first row whose name begins so. */
static const struct {
    const char *test, *fix;
} fixes[] = {
    {"auth-none",
     "the mailbox's server said nothing about the sender: see whether the part of it that checks "
     "mail (milter, filter) runs, and whether trust names the server as it names itself"},
    {"auth-forged",
     "the only such field came with the mail, so the mail is forged, or the part of the server "
     "that checks mail (milter, filter) is down and takes no forged field out"},
    {"auth-no-border",
     "trust names a server that did not take this mail: `frontdesk doctor` tells what the newest "
     "mails say instead"},
    {"auth-fail",
     "forged, unless this person sends through a server that SPF, DKIM or DMARC of the domain do "
     "not know"},
    {"auth-internal", "the mail came from outside, or Exchange did not mark it as internal"},
    {"auth-",
     "`frontdesk journal list` shows the mail; `frontdesk explain MAIL` what the server says about it"},
    {"T6", "Sender names somebody else: sent on behalf of this person, or forged"},
    {"T", "the fields of the mail do not fit together as they do in honest mail: forged, or a broken mail "
          "program"},
};

static const char *fix_of(const char *test)
{
    for (size_t i = 0; i < ARRAY_LEN(fixes); i++) {
        if (strncmp(test, fixes[i].test, strlen(fixes[i].test)) == 0)
            return fixes[i].fix;
    }
    return "`frontdesk journal list` shows the mail";
}

static bool autotask_knows(struct desk *d, const char *address)
{
    struct desk_people *people = desk_people_get(d);
    bool known = false;
    for (size_t i = 0; people && !known && i < people->directory->n_resources; i++)
        known = slice_eq_nocase(slice_of(people->directory->resources[i].email), slice_of(address));
    desk_people_put(d, people);
    return known;
}

static void topic_of(const char *address, char topic[64])
{
    snprintf(topic, 64, "unproven-%.54s", address);
}

/* A forger who goes through the staff list writes no more letters than a few a day: the digest has them all.
 */
static bool may_tell(struct desk *d)
{
    int64_t day = clock_now_ms() / DAY;
    pthread_mutex_lock(&d->lock);
    d->told_unproven = d->told_day == day ? d->told_unproven + 1 : 1;
    d->told_day = day;
    bool may = d->told_unproven <= MOST_AT_ONCE;
    pthread_mutex_unlock(&d->lock);
    return may;
}

static bool failed_before(struct desk *d, const char *address)
{
    char print[17], fact[40];
    secret_fingerprint(slice_of(address), print);
    snprintf(fact, sizeof(fact), "unproven.%s", print);
    if (journal_fact_number(d->journal, fact))
        return true;
    journal_fact_set_number(d->journal, fact, clock_now_ms());
    return false;
}

void unproven_refused(struct desk *d, const struct gate_result *gate)
{
    char topic[64], text[1600];
    if (gate->verdict != GATE_UNPROVEN || !gate->address[0] || !autotask_knows(d, gate->address) ||
        failed_before(d, gate->address) || !may_tell(d))
        return;
    topic_of(gate->address, topic);
    /* not the evidence: it holds words of the mail, and a forger would write to the operator in our name */
    snprintf(
        text, sizeof(text),
        "Mail of %s, whom Autotask knows, was refused for the first time: %s. Nothing was done and nobody "
        "was answered; `frontdesk journal list` says what stood in it. Fix: %s.",
        gate->address, gate->reason, fix_of(gate->reason));
    alert_ill(d, topic, text);
}

void unproven_proved(struct desk *d, const char *address)
{
    char topic[64], text[400];
    topic_of(address, topic);
    if (!journal_alert_is(d->journal, topic))
        return;
    snprintf(text, sizeof(text), "a mail of %s was proven", address);
    alert_well(d, topic, text);
}

/* --- one letter a day --- */

static void put_lines(struct desk *d, const struct journal_refusal *rows, size_t n, struct pool *pool,
                      struct buf *out)
{
    struct telling to = {.out = out, .templates = d->templates, .pool = pool, .width = 4};
    for (size_t i = 0; i < n && i < MOST_LINES; i++) {
        tell_as(&to, rows[i].sender, pool_printf(pool, "%s (%u)", rows[i].test, rows[i].count));
        tell_more(&to, fix_of(rows[i].test));
    }
    if (n > MOST_LINES)
        tell_more(&to, "[...]");
}

static void write_digest(struct desk *d, int64_t from_ms, int64_t to_ms)
{
    struct pool *pool = pool_new(1 << 20);
    struct journal_refusal rows[MOST_LINES + 1];
    int64_t last = journal_fact_number(d->journal, DIGEST_JOB);
    size_t n = journal_refusals(d->journal, from_ms, to_ms, &last, pool, rows, ARRAY_LEN(rows));
    struct buf text = BUF_INIT(64 * 1024);
    put_lines(d, rows, n, pool, &text);
    journal_fact_set_number(d->journal, DIGEST_MS, to_ms);
    journal_fact_set_number(d->journal, DIGEST_JOB, last);
    if (n)
        alert_digest(d, text.data);
    buf_release(&text);
    pool_free(&pool);
}

void unproven_digest(struct desk *d)
{
    pthread_mutex_lock(&d->digest);
    int64_t now_ms = clock_now_ms(), last_ms = journal_fact_number(d->journal, DIGEST_MS);
    /* a first start, or a clock that was ahead: the day begins now */
    if (last_ms == 0 || last_ms > now_ms)
        journal_fact_set_number(d->journal, DIGEST_MS, now_ms);
    else if (now_ms - last_ms >= DAY)
        write_digest(d, last_ms, now_ms);
    pthread_mutex_unlock(&d->digest);
}

void unproven_keep(struct desk *d, int64_t *next_ms)
{
    if (clock_mono_ms() < *next_ms)
        return;
    *next_ms = clock_mono_ms() + LOOK_MS;
    unproven_digest(d);
}
