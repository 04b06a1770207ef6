/* SPDX-License-Identifier: GPL-2.0-or-later */
/* alert: word to the operator, once when something turns ill and once when it is well again, by a letter that
 * the journal keeps until it is sent. Without alerts.email the log has to do. */
#include "desk.h"

static bool write_letter(struct desk *d, const char *topic, const char *text, bool ill, struct pool *pool,
                         struct journal_letter *letter)
{
    struct err e = ERR_INIT;
    const struct conf_mailbox *mailbox = &d->conf->mailboxes[0];
    struct plan plan = {.sender = d->conf->alerts.email,
                        .sender_name = "",
                        .subject = "",
                        .message_id = "",
                        .references = "",
                        .verb = ill ? "ill" : "well",
                        .argument = topic,
                        .reply = "alert"};
    struct facts_input facts = {.conf = d->conf,
                                .plan = &plan,
                                .ref = "",
                                .reason = text,
                                .ticket_number = "",
                                .diverted_to = "",
                                .status_text = ""};
    const char *key =
        pool_printf(pool, "alert %s %s %lld", journal_instance(d->journal), topic, (long long)clock_now_us());
    if (!plan.sender || !plan.sender[0])
        return false;
    if (job_letter(d, &plan, mailbox, &facts, "alert", "alert", key, pool, letter, &e) != 0) {
        LOG(LOG_ERROR, "alert", "letter.failed", LS("topic", topic), LS("error", e.text));
        return false;
    }
    letter->kind = LETTER_ALERT;
    return true;
}

static void turn(struct desk *d, const char *topic, const char *text, bool ill)
{
    struct journal_letter letter;
    if (!d->journal || journal_alert_is(d->journal, topic) == ill)
        return;
    struct pool *pool = pool_new(1 << 20);
    bool written = write_letter(d, topic, text, ill, pool, &letter);
    if (journal_alert_turn(d->journal, topic, ill, text, written ? &letter : NULL))
        LOG(ill ? LOG_ERROR : LOG_INFO, "alert", ill ? "ill" : "well", LS("topic", topic), LS("text", text));
    pool_free(&pool);
}

void alert_ill(struct desk *d, const char *topic, const char *text)
{
    turn(d, topic, text, true);
}

void alert_well(struct desk *d, const char *topic, const char *text)
{
    turn(d, topic, text, false);
}
