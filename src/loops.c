/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * loops: a machine that answers our answers from a proven address, and shows no sign of being one (its fields
 * are stripped, or it is another desk). What it cannot hide is that it says the same again each time. After
 * MOST_SAME mails of the same words, each soon after the one before, nothing is answered any more until that
 * sender says something else or is quiet for a while; the operator is told once. In memory only: a loop is
 * quick, and a restart costs MOST_SAME letters.
 *
 * "The same words": those of the subject and the sender's own text. In what answers us (Re:, or our token in
 * it) words with digits do not count, since a desk puts a number of its own into each mail, but only within
 * SOON_MS: a person may move a date again and again. A desk that looks into its mailbox every few minutes is
 * slower than that: in answers the same words, digits and all, count within SLOW_MS, and without the digits
 * twice as many are too many. Elsewhere digits count: a monitor may report server 1 and server 2.
 */
#include "job_private.h"

#include "frontdesk/command_followup.h"
#include "frontdesk/secret.h"

enum { MOST_SAME = 3, MOST_SENDERS = 256, SHORT = 20, SOON_MS = 60000, QUIET_MS = 600000, SLOW_MS = 7200000 };

struct loop {
    char sender[17], words[17], exact[17];
    int64_t last_ms, last_job; /* monotonic */
    unsigned count, slow;
};

/* Fingerprints of what a mail says, and for how long the same again is a loop. */
struct said {
    char words[17], exact[17]; /* exact: with words that hold digits */
    int64_t soon_ms, slow_ms;
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
    bool is_short = all.len < SHORT;
    bool answers = !is_short && (reply || slice_find(text, SLICE("[fd:")) >= 0);
    print_of(subject, buf_view(&own), !answers, out->words);
    print_of(subject, buf_view(&own), true, out->exact);
    out->soon_ms = is_short || answers ? SOON_MS : QUIET_MS;
    out->slow_ms = answers ? SLOW_MS : out->soon_ms;
    buf_release(&own);
    buf_release(&all);
}

/* Of this sender, or the one that was quiet for the longest time, for it. The lock is held. */
static struct loop *entry_of(struct desk *d, const char *sender)
{
    struct loop *oldest = NULL;
    if (!d->loops)
        d->loops = mem_alloc(MOST_SENDERS * sizeof(*d->loops));
    for (size_t i = 0; i < MOST_SENDERS; i++) {
        struct loop *l = &d->loops[i];
        if (strcmp(l->sender, sender) == 0)
            return l;
        if (!oldest || l->last_ms < oldest->last_ms)
            oldest = l;
    }
    *oldest = (struct loop){.count = 0};
    snprintf(oldest->sender, sizeof(oldest->sender), "%s", sender);
    return oldest;
}

static bool is_too_much(struct desk *d, int64_t job, const char *sender, const struct said *said)
{
    int64_t now_ms = clock_mono_ms();
    pthread_mutex_lock(&d->lock);
    struct loop *l = entry_of(d, sender);
    int64_t ago_ms = now_ms - l->last_ms;
    bool words = strcmp(l->words, said->words) == 0, exact = strcmp(l->exact, said->exact) == 0;
    bool same = (words && ago_ms < said->soon_ms) || (exact && ago_ms < said->slow_ms);
    bool slow = words && ago_ms < said->slow_ms;
    /* the same mail once more: it was put off */
    if (!(same && job <= l->last_job)) {
        l->count = same ? l->count + 1 : 1;
        l->slow = slow ? l->slow + 1 : 1;
        l->last_job = job;
        l->last_ms = now_ms;
        snprintf(l->words, sizeof(l->words), "%s", said->words);
        snprintf(l->exact, sizeof(l->exact), "%s", said->exact);
    }
    bool much = l->count > MOST_SAME || l->slow > 2 * MOST_SAME;
    pthread_mutex_unlock(&d->lock);
    return much;
}

bool loops_caught(struct job *job, const struct message *m)
{
    struct said said;
    char sender[17], topic[64];
    look_at(m, &said);
    secret_fingerprint(slice_of(job->row.sender), sender);
    snprintf(topic, sizeof(topic), "loop-%.58s", job->row.sender);
    if (!is_too_much(job->desk, job->row.id, sender, &said)) {
        if (journal_alert_is(job->desk->journal, topic))
            alert_well(job->desk, topic,
                       pool_printf(job->pool, "%s says something else again", job->row.sender));
        return false;
    }
    alert_ill(
        job->desk, topic,
        pool_printf(
            job->pool,
            "%s says the same again and again: a machine answers our answers. They are recorded and not "
            "answered any more, until something else comes. Fix: stop the automatic answers of that "
            "address to this one. `frontdesk journal show %s` shows the first that was not answered.",
            job->row.sender, job->row.ref));
    return true;
}
