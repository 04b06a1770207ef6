/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * loops: a machine that answers our answers from a proven address, and shows no sign of being one (its fields
 * are stripped, or it is another desk). What it cannot hide is that it says the same again each time. After
 * MOST_SAME mails of the same words these get no letter any more, until they stay away for a while; the
 * operator is told once, and that it is over when none of that sender came for SLOW_MS. In memory only: a
 * restart costs MOST_SAME letters.
 *
 * "The same words": those of the subject and the sender's own text. In what answers us (Re:, or our token in
 * it) words with digits do not count, since a desk puts a number of its own into each mail. Elsewhere they
 * do: a monitor may report server 1 and server 2.
 *
 * LOOP_SURE: the same soon after the last, or long after it but digits and all in an answer: no person does
 * that, and it is recorded only. LOOP_LIKELY: the same within SLOW_MS. A desk that looks into its mailbox now
 * and then writes so, and so may a person or a monitor: what it asks for is done, without a letter, and that
 * ends a loop too.
 *
 * Each mail is judged by those before it, once: one that is put off and read again is what it was, and mails
 * that came far apart are so too when they are read at once, after a standstill.
 */
#include "job_private.h"

#include "frontdesk/command_followup.h"
#include "frontdesk/secret.h"

enum { MOST_SAME = 3, MOST_ROWS = 512, SHORT = 20, SOON_MS = 60000, QUIET_MS = 600000, SLOW_MS = 7200000 };

struct loop {
    char sender[17], words[17]; /* of whom, and what: the key of this row */
    char exact[17];
    int64_t last_ms, received_ms, last_job; /* last_ms: monotonic */
    unsigned same, alike;
    int64_t sure_from, likely_from; /* the first jobs of the loop; 0 = none */
};

/* Fingerprints of what a mail says, and for how long the same again is a loop. */
struct said {
    bool answers, has_text;    /* an answer to us; with words of the sender's own besides the subject */
    char words[17], exact[17]; /* exact: with words that hold digits; words: without, in an answer */
    int64_t words_ms, exact_ms;
};

static void put_words(struct buf *out, struct slice text, bool with_digits)
{
    struct buf folded = BUF_INIT(64 * 1024);
    fold_into(&folded, slice_cut(text, 16 * 1024));
    struct scan c = scan_of(buf_view(&folded));
    while (!scan_end(&c)) {
        scan_while(&c, " \t\r\n");
        struct slice word = scan_until(&c, " \t\r\n");
        bool digits = false;
        for (size_t i = 0; i < word.len; i++)
            digits = digits || (word.ptr[i] >= '0' && word.ptr[i] <= '9');
        if (!digits || with_digits) {
            buf_slice(out, word);
            buf_putc(out, ' ');
        }
    }
    buf_release(&folded);
}

static void print_of(struct slice subject, struct slice own, bool with_digits, char out[17])
{
    struct buf all = BUF_INIT(128 * 1024);
    put_words(&all, subject, with_digits);
    put_words(&all, own, with_digits);
    secret_fingerprint(buf_view(&all), out);
    buf_release(&all);
}

static void look_at(const struct message *m, struct said *out)
{
    bool reply, forward;
    struct slice text = message_str(m, m->text);
    struct slice subject = command_subject(message_str(m, m->subject), true, &reply, &forward);
    struct buf own = BUF_INIT(64 * 1024), all = BUF_INIT(128 * 1024);
    own_text(&own, slice_cut(text, 32 * 1024));
    put_words(&all, buf_view(&own), false);
    /* "status" with nothing in it, "1" as an answer: a person may say that again soon */
    bool is_short = all.len < SHORT, answers = reply || slice_find(text, SLICE("[fd:")) >= 0;
    out->answers = answers;
    out->has_text = slice_trim(buf_view(&own)).len > 0;
    print_of(subject, buf_view(&own), !answers, out->words);
    print_of(subject, buf_view(&own), true, out->exact);
    out->words_ms = answers && !is_short ? SOON_MS : 0;
    out->exact_ms = is_short ? SOON_MS : answers ? SLOW_MS : QUIET_MS;
    buf_release(&own);
    buf_release(&all);
}

/* The row of this sender and these words, or the one that was quiet for the longest time, for it. The lock is
 * held. */
static struct loop *row_of(struct desk *d, const char *sender, const struct said *said)
{
    struct loop *oldest = NULL;
    if (!d->loops)
        d->loops = mem_alloc(MOST_ROWS * sizeof(*d->loops));
    for (size_t i = 0; i < MOST_ROWS; i++) {
        struct loop *l = &d->loops[i];
        if (strcmp(l->words, said->words) == 0 && strcmp(l->sender, sender) == 0)
            return l;
        if (!oldest || l->last_ms < oldest->last_ms)
            oldest = l;
    }
    *oldest = (struct loop){.last_ms = -SLOW_MS};
    snprintf(oldest->sender, sizeof(oldest->sender), "%s", sender);
    snprintf(oldest->words, sizeof(oldest->words), "%s", said->words);
    return oldest;
}

/* What `job` is to a loop that began with `from`. */
static bool belongs(int64_t job, int64_t from)
{
    return from && job >= from;
}

static enum loop_kind kind_of(const struct loop *l, int64_t job)
{
    return belongs(job, l->sure_from) ? LOOP_SURE : belongs(job, l->likely_from) ? LOOP_LIKELY : LOOP_NONE;
}

static int64_t begin_of(int64_t from, unsigned n, int64_t job)
{
    return n <= MOST_SAME ? 0 : from ? from : job;
}

/* Does this sender loop with other words? What it says besides is no end of that: else both would be told
 * with each mail. The lock is held. */
static bool loops_besides(const struct desk *d, const char *sender, int64_t now_ms)
{
    for (size_t i = 0; i < MOST_ROWS; i++) {
        const struct loop *l = &d->loops[i];
        if (kind_of(l, l->last_job) != LOOP_NONE && now_ms - l->last_ms < SLOW_MS &&
            strcmp(l->sender, sender) == 0)
            return true;
    }
    return false;
}

static enum loop_kind count(struct desk *d, const struct journal_job *job, const char *sender,
                            const struct said *said, bool *besides)
{
    int64_t now_ms = clock_mono_ms();
    pthread_mutex_lock(&d->lock);
    struct loop *l = row_of(d, sender, said);
    int64_t ago_ms = now_ms - l->last_ms, apart_ms = job->received_ms - l->received_ms;
    ago_ms = apart_ms > ago_ms ? apart_ms : ago_ms;
    bool exact = strcmp(l->exact, said->exact) == 0;
    bool same = ago_ms < said->words_ms || (exact && ago_ms < said->exact_ms);
    /* not counted again: the same mail once more, since it was put off */
    if (job->id > l->last_job) {
        l->same = same ? l->same + 1 : 1;
        l->alike = ago_ms < SLOW_MS ? l->alike + 1 : 1;
        l->sure_from = begin_of(l->sure_from, l->same, job->id);
        l->likely_from = begin_of(l->likely_from, l->alike, job->id);
        l->last_job = job->id;
        l->last_ms = now_ms;
        l->received_ms = job->received_ms;
        snprintf(l->exact, sizeof(l->exact), "%s", said->exact);
    }
    enum loop_kind kind = kind_of(l, job->id);
    *besides = loops_besides(d, sender, now_ms);
    pthread_mutex_unlock(&d->lock);
    return kind;
}

static void topic_of(const struct job *job, char topic[64])
{
    snprintf(topic, 64, "loop-%.58s", job->row.sender);
}

struct loop_seen loops_look(struct job *job, const struct message *m)
{
    struct said said;
    char sender[17], topic[64];
    look_at(m, &said);
    secret_fingerprint(slice_of(job->row.sender), sender);
    bool besides;
    struct loop_seen seen = {count(job->desk, &job->row, sender, &said, &besides), said.answers,
                             said.has_text};
    topic_of(job, topic);
    if (!besides && journal_alert_is(job->desk->journal, topic))
        alert_well(job->desk, topic,
                   pool_printf(job->pool, "nothing of that came from %s for two hours", job->row.sender));
    return seen;
}

/* A question would wait for an answer and then be told: unasked, it is filed in triage at once. */
static void silence(struct plan *p)
{
    p->reply = "";
    p->reason = LOOP_REASON ", so this was done without a letter";
    if (p->hold_ms) {
        p->hold_ms = 0;
        p->hold_text = "";
        p->outcome = OUTCOME_UNASSIGNED;
    }
}

enum loop_kind loops_weigh(const struct loop_seen *seen, struct job_view *v)
{
    struct plan *p = &v->plan;
    bool has_note = p->note && p->note[0];
    bool changes = p->n_changes || p->n_adds || p->n_removes || p->take_over;
    bool makes = p->title && p->title[0] && !(p->errors && p->errors[0]) && !(v->follows && p->hold_ms);
    if (seen->kind != LOOP_LIKELY)
        return seen->kind;
    /* "to Sarah", "due fri", "status": a machine does not speak like that, and a person may do so often */
    if ((v->follows && changes && !has_note) || (!makes && !(seen->answers && seen->has_text)))
        return LOOP_NONE;
    if (!makes && !(p->target_id && has_note))
        return LOOP_SURE;
    silence(p);
    return LOOP_LIKELY;
}

void loops_tell(struct job *job, enum loop_kind kind)
{
    char topic[64];
    topic_of(job, topic);
    alert_ill(job->desk, topic,
              pool_printf(job->pool,
                          "%s says the same again and again: a machine answers our answers. Its mails are "
                          "%s and not answered any more; anything else is. Fix: stop the automatic "
                          "answers of that address to this one. `frontdesk journal show %s` shows the first "
                          "that was not answered.",
                          job->row.sender, kind == LOOP_SURE ? "recorded" : "worked on", job->row.ref));
}
