/* SPDX-License-Identifier: GPL-2.0-or-later */
/* alert: word to the operator, once when something turns ill and once when it is well again, by a letter that
 * the journal keeps until it is sent. Without alerts.email the log has to do; without a writable journal a
 * letter has to do that nothing keeps. */
#include "desk.h"

struct said {
    const char *template, *topic, *text, *lines;
    bool ill;
};

static bool write_letter(struct desk *d, const struct said *said, struct pool *pool,
                         struct journal_letter *letter)
{
    const char *topic = said->topic;
    struct err e = ERR_INIT;
    const struct conf_mailbox *mailbox = &d->conf->mailboxes[0];
    struct plan plan = {.sender = d->conf->alerts.email,
                        .sender_name = "",
                        .subject = "",
                        .message_id = "",
                        .references = "",
                        .verb = said->ill ? "ill" : "well",
                        .argument = topic,
                        .reply = said->template};
    struct facts_input facts = {.conf = d->conf,
                                .templates = d->templates,
                                .plan = &plan,
                                .ref = "",
                                .reason = said->text,
                                .ticket_number = "",
                                .diverted_to = "",
                                .status_text = said->lines};
    const char *key =
        pool_printf(pool, "alert %s %s %lld", journal_instance(d->journal), topic, (long long)clock_now_us());
    if (!plan.sender || !plan.sender[0])
        return false;
    if (job_letter(d, &plan, mailbox, &facts, NULL, said->template, "alert", key, pool, letter, &e) != 0) {
        LOG(LOG_ERROR, "alert", "letter.failed", LS("topic", topic), LS("error", e.text));
        return false;
    }
    letter->kind = LETTER_ALERT;
    return true;
}

/* --- when the journal cannot be written --- */

enum { MOST_UNKEPT = 16 };

/* A topic whose illness the journal could not keep; `told`: a letter that nothing keeps went out. */
struct unkept {
    char topic[64];
    bool told;
};

/* The lock is held. `make`: an entry of its own if there is none; NULL when all are in use. */
static struct unkept *find_unkept(struct desk *d, const char *topic, bool make)
{
    if (!d->unkept && make)
        d->unkept = mem_alloc(MOST_UNKEPT * sizeof(*d->unkept));
    for (size_t i = 0; d->unkept && i < MOST_UNKEPT; i++) {
        if (strcmp(d->unkept[i].topic, topic) == 0)
            return &d->unkept[i];
    }
    if (!make || (topic[0] && !find_unkept(d, "", false)))
        return NULL;
    struct unkept *fresh = find_unkept(d, "", false);
    *fresh = (struct unkept){.told = false};
    snprintf(fresh->topic, sizeof(fresh->topic), "%s", topic);
    return fresh;
}

static bool is_unkept(struct desk *d, const char *topic, bool *told)
{
    pthread_mutex_lock(&d->lock);
    const struct unkept *u = find_unkept(d, topic, false);
    *told = u && u->told;
    pthread_mutex_unlock(&d->lock);
    return u != NULL;
}

static void set_unkept(struct desk *d, const char *topic, bool unkept, bool told)
{
    pthread_mutex_lock(&d->lock);
    struct unkept *u = find_unkept(d, topic, unkept);
    if (u && unkept)
        u->told = told;
    else if (u)
        *u = (struct unkept){.told = false};
    pthread_mutex_unlock(&d->lock);
}

/* Once a run; a letter that the mail server does not take is tried again at the next alert. */
static void tell_unkept(struct desk *d, const char *topic, const struct journal_letter *letter)
{
    struct err e = ERR_INIT;
    set_unkept(d, topic, true, true);
    if (letter &&
        outbox_send(&d->outboxes[0], d->conf->mailboxes[0].address, letter->to, letter->bytes, &e) != 0) {
        set_unkept(d, topic, true, false);
        LOG(LOG_ERROR, "alert", "not-sent", LS("topic", topic), LS("error", e.text));
    }
}

/* --- turning --- */

static void log_turn(const char *topic, const char *text, bool ill)
{
    LOG(ill ? LOG_ERROR : LOG_INFO, "alert", ill ? "ill" : "well", LS("topic", topic), LS("text", text));
}

void alert_ill(struct desk *d, const char *topic, const char *text)
{
    struct journal_letter letter;
    bool told;
    if (!d->journal || journal_alert_is(d->journal, topic))
        return;
    bool unkept = is_unkept(d, topic, &told);
    if (told && journal_ill_since(d->journal, NULL, 0))
        return;
    struct pool *pool = pool_new(1 << 20);
    bool written = !told && write_letter(d, &(struct said){"alert", topic, text, "", true}, pool, &letter);
    int rc = journal_alert_turn(d->journal, topic, true, text, written ? &letter : NULL);
    if (rc >= 0)
        set_unkept(d, topic, false, false);
    else
        tell_unkept(d, topic, written ? &letter : NULL);
    if (rc != 0 && !unkept)
        log_turn(topic, text, true);
    pool_free(&pool);
}

void alert_well(struct desk *d, const char *topic, const char *text)
{
    struct journal_letter letter;
    struct err e = ERR_INIT;
    bool told;
    if (!d->journal)
        return;
    bool kept = journal_alert_is(d->journal, topic), unkept = is_unkept(d, topic, &told);
    if (!kept && !unkept)
        return;
    struct pool *pool = pool_new(1 << 20);
    bool written =
        (kept || told) && write_letter(d, &(struct said){"alert", topic, text, "", false}, pool, &letter);
    bool turned = kept ? journal_alert_turn(d->journal, topic, false, text, written ? &letter : NULL) > 0
                       : !written || journal_letter_add(d->journal, &letter, &e) == 0;
    if (turned) {
        set_unkept(d, topic, false, false);
        log_turn(topic, text, false);
    }
    pool_free(&pool);
}

void alert_unwritable(struct desk *d, const struct err *why)
{
    char text[1000];
    snprintf(text, sizeof(text), "%s. No mail is taken. Fix: %s.", why->text, err_fix(why->code));
    alert_ill(d, err_code_name(why->code), text);
}

void alert_writable(struct desk *d)
{
    alert_well(d, err_code_name(ERR_DISK_FULL), "there is room on the disk again; all mail is taken");
    alert_well(d, err_code_name(ERR_UNWRITABLE), "the disk can be written again; all mail is taken");
}

void alert_digest(struct desk *d, const char *lines)
{
    struct err e = ERR_INIT;
    struct journal_letter letter;
    struct pool *pool = pool_new(1 << 20);
    if (write_letter(d, &(struct said){"digest", "", "", lines, true}, pool, &letter) &&
        journal_letter_add(d->journal, &letter, &e) != 0)
        LOG(LOG_ERROR, "alert", "digest.failed", LS("error", e.text));
    pool_free(&pool);
}
