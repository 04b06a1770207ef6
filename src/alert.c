/* SPDX-License-Identifier: GPL-2.0-or-later */
/* alert: word to the operator, once when something turns ill and once when it is well again, by a letter that
 * the journal keeps until it is sent. Without alerts.email the log has to do; without a writable journal a
 * letter has to do that nothing keeps. By which ways the word leaves: ways.c. */
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
    struct conf_mailbox box = d->conf->mailboxes[0];
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
    box.address = (char *)(uintptr_t)ways_from(d->conf);
    if (job_letter(d, &plan, &box, &facts, NULL, said->template, "alert", key, pool, letter, &e) != 0) {
        LOG(LOG_ERROR, "alert", "letter.failed", LS("topic", topic), LS("error", e.text));
        return false;
    }
    letter->kind = LETTER_ALERT;
    return true;
}

/* What the operator's program is told; not of its own failures. */
static bool write_words(struct desk *d, const struct said *said, struct pool *pool,
                        struct journal_letter *letter)
{
    struct buf words = BUF_INIT(8192);
    if (!d->conf->alerts.command.n || strcmp(said->topic, "alerts-command") == 0)
        return false;
    ways_words(d, said->topic, said->text, said->ill, &words);
    *letter = (struct journal_letter){
        .kind = LETTER_ALERT,
        .mailbox = JOURNAL_COMMAND,
        .message_id = pool_printf(pool, "%s-%lld", journal_instance(d->journal), (long long)clock_now_us()),
        .to = pool_printf(pool, "%s %s", said->ill ? "ill" : "well", said->topic),
        .bytes = slice_from(pool_slice(pool, buf_view(&words)), words.len)};
    buf_release(&words);
    return true;
}

/* One a way. */
struct told {
    struct journal_letter letters[2];
    size_t n;
};

static void write_all(struct desk *d, const struct said *said, struct pool *pool, struct told *out)
{
    out->n = 0;
    out->n += write_letter(d, said, pool, &out->letters[out->n]);
    out->n += write_words(d, said, pool, &out->letters[out->n]);
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

static int send_now(struct desk *d, const struct journal_letter *l, struct err *e)
{
    if (strcmp(l->mailbox, JOURNAL_COMMAND) == 0)
        return ways_command(d, l->to, l->message_id, l->bytes, e);
    return ways_mail(d, l->to, l->bytes, e);
}

/* Once a run; what no way takes is tried again at the next alert. */
static void tell_unkept(struct desk *d, const char *topic, const struct told *told)
{
    struct err e = ERR_INIT;
    bool out = told->n == 0;
    set_unkept(d, topic, true, true);
    for (size_t i = 0; i < told->n; i++) {
        if (send_now(d, &told->letters[i], &e) == 0)
            out = true;
        else
            LOG(LOG_ERROR, "alert", "not-sent", LS("topic", topic), LS("error", e.text));
    }
    if (!out)
        set_unkept(d, topic, true, false);
}

/* --- turning --- */

static void log_turn(const char *topic, const char *text, bool ill)
{
    LOG(ill ? LOG_ERROR : LOG_INFO, "alert", ill ? "ill" : "well", LS("topic", topic), LS("text", text));
}

void alert_ill(struct desk *d, const char *topic, const char *text)
{
    struct told all = {.n = 0};
    bool told;
    if (!d->journal || journal_alert_is(d->journal, topic))
        return;
    bool unkept = is_unkept(d, topic, &told);
    if (told && journal_ill_since(d->journal, NULL, 0))
        return;
    struct pool *pool = pool_new(1 << 20);
    if (!told)
        write_all(d, &(struct said){"alert", topic, text, "", true}, pool, &all);
    int rc = journal_alert_turn(d->journal, topic, true, text, all.letters, all.n);
    if (rc >= 0)
        set_unkept(d, topic, false, false);
    else
        tell_unkept(d, topic, &all);
    if (rc != 0 && !unkept)
        log_turn(topic, text, true);
    pool_free(&pool);
}

/* Of an illness that the journal does not know. */
static bool add_all(struct desk *d, const struct told *all)
{
    struct err e = ERR_INIT;
    for (size_t i = 0; i < all->n; i++) {
        if (journal_letter_add(d->journal, &all->letters[i], &e) != 0)
            return false;
    }
    return true;
}

void alert_well(struct desk *d, const char *topic, const char *text)
{
    struct told all = {.n = 0};
    bool told;
    if (!d->journal)
        return;
    bool kept = journal_alert_is(d->journal, topic), unkept = is_unkept(d, topic, &told);
    if (!kept && !unkept)
        return;
    struct pool *pool = pool_new(1 << 20);
    if (kept || told)
        write_all(d, &(struct said){"alert", topic, text, "", false}, pool, &all);
    bool turned =
        kept ? journal_alert_turn(d->journal, topic, false, text, all.letters, all.n) > 0 : add_all(d, &all);
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
