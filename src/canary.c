/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * canary: a mail to ourselves through both servers of a mailbox, to see that mail gets through. It carries a
 * token that nobody else can make and that counts once: only then is it taken for what it is, filed, and
 * never a ticket. One is on its way at a time; one that is not back in time is lost, its letter is not sent
 * any more, and the operator hears of it unless the mailbox's way in or way out is known to fail: then it
 * says nothing new.
 */
#include "canary.h"
#include "frontdesk/measure.h"
#include "frontdesk/reply.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>

enum { HALF = 32, MAC_BYTES = 32, LETTER_BYTES = 16 << 10 };

/* Hex digits of HMAC-SHA256 with this installation's key. */
static void sign(struct desk *d, const char *mailbox, const char *nonce, char out[HALF + 1])
{
    unsigned char mac[MAC_BYTES];
    struct buf text = BUF_INIT(200), hex = BUF_INIT(100);
    const char *key = journal_key(d->journal);
    buf_printf(&text, "canary %s %s", mailbox, nonce);
    ENSURE(gnutls_hmac_fast(GNUTLS_MAC_SHA256, key, strlen(key), text.data, text.len, mac) == 0);
    buf_put_hex(&hex, mac, HALF / 2);
    snprintf(out, HALF + 1, "%s", hex.data);
    buf_release(&text);
    buf_release(&hex);
}

/* --- on its way --- */

static int compose(struct desk *d, const struct conf_mailbox *box, const char *nonce, struct pool *pool,
                   struct journal_letter *out, struct err *e)
{
    char mac[HALF + 1];
    sign(d, box->name, nonce, mac);
    struct buf bytes = BUF_INIT(LETTER_BYTES);
    struct letter letter = {
        .from_name = d->conf->firm.name,
        .from = box->address,
        .to = box->address,
        .subject = SLICE("frontdesk: does mail get through?"),
        .message_id = pool_printf(pool, "<fd.canary.%s@%s>", nonce, d->message_id_host),
        .date_ms = clock_now_ms(),
        .timezone = d->conf->firm.timezone,
        .instance = journal_instance(d->journal),
        .text =
            SLICE("frontdesk sends this mail to itself to see that mail gets through, and files it when it\n"
                  "is back. Nobody has to do anything.\n"),
        .canary = pool_printf(pool, "%s.%s", nonce, mac),
        .auto_generated = true};
    int rc = compose_letter(&letter, &bytes, e);
    if (rc == 0) {
        *out = (struct journal_letter){
            .kind = LETTER_CANARY, .message_id = letter.message_id, .to = box->address};
        snprintf(out->mailbox, sizeof(out->mailbox), "%s", box->name);
        out->bytes = slice_from(pool_slice(pool, buf_view(&bytes)), bytes.len);
    }
    buf_release(&bytes);
    return rc;
}

static void release_one(struct desk *d, size_t mailbox)
{
    const struct conf_mailbox *box = &d->conf->mailboxes[mailbox];
    unsigned char raw[HALF / 2];
    struct buf nonce = BUF_INIT(100);
    struct journal_letter letter;
    struct err e = ERR_INIT;
    struct pool *pool = pool_new(1 << 20);
    ENSURE(gnutls_rnd(GNUTLS_RND_NONCE, raw, sizeof(raw)) == 0);
    buf_put_hex(&nonce, raw, sizeof(raw));
    if (compose(d, box, nonce.data, pool, &letter, &e) != 0 ||
        journal_canary_send(d->journal, box->name, nonce.data, &letter, &e) != 0)
        LOG(LOG_WARN, "canary", "not-sent", LS("mailbox", box->name), LS("error", e.text));
    else
        measure_add(MEASURE_CANARIES, mailbox, 1);
    buf_release(&nonce);
    pool_free(&pool);
}

/* --- is it back? --- */

static void topic_of(const struct conf_mailbox *box, char topic[64])
{
    snprintf(topic, 64, "canary-%.40s", box->name);
}

static void tell_lost(struct desk *d, const struct conf_mailbox *box, const struct journal_canaries *c)
{
    char topic[64], text[600], sent[32], back[32] = "never";
    clock_format_local(c->open_ms, d->conf->firm.timezone, sent);
    if (c->back_ms)
        clock_format_local(c->back_ms, d->conf->firm.timezone, back);
    topic_of(box, topic);
    snprintf(text, sizeof(text),
             "The mail that frontdesk sent to itself at %s through mailbox %s is not back after %u seconds "
             "(last one "
             "back: %s). Both servers answer, so mail of the staff may be held up too. Fix: look at the mail "
             "server's "
             "queue, at the mailbox's rules, spam filter and quota.",
             sent, box->name, box->canary_seconds, back);
    alert_ill(d, topic, text);
}

static bool is_lost(struct desk *d, size_t mailbox, const struct journal_canaries *c, int64_t now_ms)
{
    const struct conf_mailbox *box = &d->conf->mailboxes[mailbox];
    int64_t within_ms = (int64_t)box->canary_seconds * 1000;
    /* while nobody looked it may have come back */
    int64_t since_ms = measure_get(MEASURE_LOOKED_MS, mailbox);
    struct err e = ERR_INIT;
    size_t n = 0;
    if (!c->open_ms || !since_ms || now_ms - c->open_ms < within_ms || now_ms - since_ms < within_ms)
        return false;
    if (journal_canary_lose(d->journal, box->name, now_ms - within_ms, &n, &e) != 0 || n == 0)
        return false;
    measure_add(MEASURE_CANARIES_LOST, mailbox, (int64_t)n);
    LOG(LOG_WARN, "canary", "lost", LS("mailbox", box->name), LN("after-ms", now_ms - c->open_ms));
    if (!leg_is_failing(d, LEG_MAIL_IN, mailbox) && !leg_is_failing(d, LEG_MAIL_OUT, mailbox))
        tell_lost(d, box, c);
    return true;
}

static void look_at(struct desk *d, size_t mailbox)
{
    const struct conf_mailbox *box = &d->conf->mailboxes[mailbox];
    int64_t now_ms = clock_now_ms(), every_ms = (int64_t)box->canary_minutes * 60000;
    struct journal_canaries c;
    struct err e = ERR_INIT;
    if (clock_is_doubted(d)) /* it says nothing of how long something takes */
        return;
    if (journal_canaries(d->journal, box->name, &c, &e) != 0 || is_lost(d, mailbox, &c, now_ms) || c.open_ms)
        return;
    /* mail that comes before the mailbox was opened once may be old mail, which is left alone */
    bool open = measure_get(MEASURE_MAIL_IN_MS, mailbox) && !leg_is_failing(d, LEG_MAIL_IN, mailbox);
    bool put_back = c.sent_ms > now_ms + every_ms; /* the clock */
    if (open && (put_back || now_ms - c.sent_ms >= every_ms))
        release_one(d, mailbox);
}

void canaries_look(struct desk *d)
{
    for (size_t i = 0; i < d->conf->n_mailboxes; i++) {
        if (d->conf->mailboxes[i].canary_minutes)
            look_at(d, i);
    }
}

/* --- it is --- */

static bool is_ours(struct desk *d, const struct conf_mailbox *box, const struct message *m,
                    char nonce[HALF + 1])
{
    char mac[HALF + 1];
    const struct message_field *f = message_field(m, CANARY_FIELD, 0);
    struct slice token = f ? slice_trim(message_str(m, f->value)) : SLICE_NONE;
    if (message_count(m, CANARY_FIELD) != 1 || token.len != 2 * HALF + 1 || token.ptr[HALF] != '.')
        return false;
    for (size_t i = 0; i < token.len; i++) {
        if (i != HALF && !strchr("0123456789abcdef", token.ptr[i]))
            return false;
    }
    snprintf(nonce, HALF + 1, "%.*s", HALF, token.ptr);
    sign(d, box->name, nonce, mac);
    return gnutls_memcmp(mac, token.ptr + HALF + 1, HALF) == 0;
}

int canary_met(struct desk *d, size_t mailbox, const struct message *m, int64_t job, struct canary_end *out,
               struct err *e)
{
    const struct conf_mailbox *box = &d->conf->mailboxes[mailbox];
    char nonce[HALF + 1], topic[64];
    struct journal_canary before;
    *out = (struct canary_end){.is_one = false};
    if (!is_ours(d, box, m, nonce))
        return 0;
    if (journal_canary_back(d->journal, box->name, nonce, job, &out->is_one, &before, e) != 0)
        return -1;
    if (!out->is_one)
        return 0;
    out->took_ms = before.ended_ms > before.sent_ms ? before.ended_ms - before.sent_ms : 0;
    out->late = before.state == CANARY_LOST;
    measure_add(MEASURE_CANARIES_BACK, mailbox, 1);
    LOG(LOG_INFO, "canary", out->late ? "late" : "back", LS("mailbox", box->name), LN("ms", out->took_ms));
    topic_of(box, topic);
    if (!out->late)
        alert_well(d, topic, "a mail of frontdesk to itself came back in time");
    return 0;
}
