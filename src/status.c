/* SPDX-License-Identifier: GPL-2.0-or-later */
/* status: how frontdesk is doing, the same by mail and at the command line. See telling.h. */
#include "telling.h"

#include "frontdesk/maillogin.h"
#include "frontdesk/reply_dates.h"

static bool all_authenticated(const struct conf *conf)
{
    bool all = true;
    for (size_t i = 0; i < conf->n_mailboxes; i++)
        all = all && conf->mailboxes[i].trust != CONF_TRUST_NONE;
    return all;
}

static int read_mailboxes(struct status *out, struct journal *j, struct pool *pool, struct err *e)
{
    out->n_legs = legs_look(out->conf, out->legs, LEGS_MOST);
    out->mailboxes = pool_array(pool, out->conf->n_mailboxes, sizeof(*out->mailboxes));
    for (size_t i = 0; i < out->conf->n_mailboxes; i++) {
        const struct conf_mailbox *box = &out->conf->mailboxes[i];
        struct err ignored = ERR_INIT; /* doctor says what is wrong with a token file */
        if (journal_canaries(j, box->name, &out->mailboxes[i].canaries, e) != 0)
            return -1;
        if (!box->imap.oauth2 && !box->smtp.oauth2)
            continue;
        out->mailboxes[i].secret_ends_ms = maillogin_ends(box);
        if (oauth2_look(box->login.token_file, &out->mailboxes[i].login, &ignored) != 0)
            out->mailboxes[i].login = (struct oauth2_view){.there = false};
    }
    return 0;
}

int status_read(struct status *out, const struct conf *conf, struct journal *j, struct pool *pool,
                struct err *e)
{
    char slots[4200];
    *out = (struct status){.conf = conf, .now_ms = clock_now_ms(), .authenticated = all_authenticated(conf)};
    if (journal_count(j, &out->counts, e) != 0 || drift_look(conf, j, pool, out->watches, e) != 0 ||
        read_mailboxes(out, j, pool, e) != 0)
        return -1;
    out->replies = journal_sent_since(j, out->now_ms - 3600000, NULL, conf->limits.replies_hour);
    out->n_alerts = journal_alerts(j, pool, &out->alerts);
    out->ill_since_ms = journal_ill_since(j, out->ill_why, sizeof(out->ill_why));
    out->running = journal_is_running(j);
    snprintf(slots, sizeof(slots), "%s/slots", conf->journal.path);
    budget_look(slots, "autotask", &out->calls);
    out->refused = autotask_is_refused(conf->journal.path, out->calls.reached_ms);
    if (conf->quickbooks) {
        struct err why = ERR_INIT;
        budget_look(slots, "quickbooks", &out->books_calls);
        if (oauth2_look(conf->quickbooks->token_file, &out->books_login, &why) != 0)
            snprintf(out->books_trouble, sizeof(out->books_trouble), "%s", why.text);
    }
    return 0;
}

/* "5 minutes" */
static const char *age(const struct telling *to, int64_t ms)
{
    static const struct {
        int64_t s;
        enum say says;
    } units[] = {{86400, SAY_AGE_DAYS}, {3600, SAY_AGE_HOURS}, {60, SAY_AGE_MINUTES}, {1, SAY_AGE_SECONDS}};
    int64_t s = ms > 0 ? ms / 1000 : 0;
    size_t i = 0;
    while (i < ARRAY_LEN(units) - 1 && s < units[i].s * 2)
        i++;
    return sentence(to->templates, to->pool, units[i].says, "n",
                    telling_number(to, (uint64_t)(s / units[i].s)), SAY_END);
}

/* "reached 5 minutes ago" */
static const char *reached(const struct telling *to, const struct status *s, int64_t at_ms)
{
    return sentence(to->templates, to->pool, SAY_STATUS_REACHED, "age", age(to, s->now_ms - at_ms), SAY_END);
}

static void tell_mail(struct telling *to, const struct status *s)
{
    const char *when = telling_word(to, SAY_STATUS_NO_MAIL);
    if (s->counts.last_taken_ms)
        when = sentence(to->templates, to->pool, SAY_STATUS_AGO, "age",
                        age(to, s->now_ms - s->counts.last_taken_ms), SAY_END);
    tell(to, SAY_TELL_FRONTDESK, telling_word(to, s->running ? SAY_STATUS_RUNNING : SAY_STATUS_NOT_RUNNING));
    tell(to, SAY_TELL_LAST_MAIL, when);
}

static void tell_autotask(struct telling *to, const struct status *s)
{
    tell_as(to, "Autotask",
            sentence(to->templates, to->pool, SAY_STATUS_AUTOTASK, "refused",
                     s->refused ? telling_word(to, SAY_STATUS_REFUSED) : "", "reached",
                     s->calls.reached_ms ? reached(to, s, s->calls.reached_ms)
                                         : telling_word(to, SAY_STATUS_NOT_REACHED),
                     "used", telling_number(to, s->calls.calls), "most",
                     telling_number(to, s->conf->autotask.calls_per_hour), SAY_END));
}

/* The time until the login ends, or why there is none. */
static const char *login(const struct telling *to, const struct status *s)
{
    const struct oauth2_view *v = &s->books_login;
    int64_t ends_ms = oauth2_ends(v);
    if (s->books_trouble[0])
        return telling_word(to, SAY_LOGIN_UNREADABLE);
    if (!v->there)
        return telling_word(to, SAY_LOGIN_MISSING);
    if (v->refused || (ends_ms && ends_ms <= s->now_ms))
        return telling_word(to, SAY_LOGIN_ENDED);
    if (!ends_ms)
        return telling_word(to, SAY_LOGIN_THERE);
    return sentence(to->templates, to->pool, SAY_LOGIN_LASTS, "age", age(to, ends_ms - s->now_ms), SAY_END);
}

static void tell_quickbooks(struct telling *to, const struct status *s)
{
    if (s->conf->quickbooks)
        tell_as(to, "QuickBooks",
                sentence(to->templates, to->pool, SAY_STATUS_QUICKBOOKS, "reached",
                         s->books_calls.reached_ms ? reached(to, s, s->books_calls.reached_ms) : "", "login",
                         login(to, s), SAY_END));
}

/* A label for the first line, none for the others. */
static void tell_next(struct telling *to, enum say label, bool *first, const char *text)
{
    if (*first)
        tell(to, label, text);
    else
        tell_more(to, text);
    *first = false;
}

static void tell_legs(struct telling *to, const struct status *s)
{
    bool first = true;
    for (size_t i = 0; i < s->n_legs; i++) {
        const struct leg_view *v = &s->legs[i];
        bool told = v->leg == LEG_AUTOTASK || v->leg == LEG_QUICKBOOKS; /* in a line of its own */
        if (told && !v->failing_ms)
            continue;
        tell_next(to, SAY_TELL_LEGS, &first,
                  sentence(to->templates, to->pool, SAY_STATUS_LEG, "leg", v->name, "reached",
                           told           ? ""
                           : v->worked_ms ? reached(to, s, v->worked_ms)
                                          : telling_word(to, SAY_STATUS_NOT_REACHED),
                           "failing", v->failing_ms ? age(to, s->now_ms - v->failing_ms) : "", SAY_END));
    }
}

static void tell_canaries(struct telling *to, const struct status *s)
{
    bool first = true;
    for (size_t i = 0; i < s->conf->n_mailboxes; i++) {
        const struct journal_canaries *c = &s->mailboxes[i].canaries;
        if (!s->conf->mailboxes[i].canary_minutes)
            continue;
        const char *took = pool_printf(to->pool, "%.1f", (double)c->took_ms / 1000);
        tell_next(to, SAY_TELL_CANARY, &first,
                  sentence(to->templates, to->pool, SAY_STATUS_CANARY, "mailbox", s->conf->mailboxes[i].name,
                           "back", c->back_ms ? age(to, s->now_ms - c->back_ms) : "", "took",
                           c->back_ms ? took : "", "open", c->open_ms ? age(to, s->now_ms - c->open_ms) : "",
                           SAY_END));
    }
}

static void tell_work(struct telling *to, const struct status *s)
{
    const struct journal_counts *c = &s->counts;
    unsigned working = c->by_state[JOB_TAKEN] + c->by_state[JOB_PLANNED] + c->by_state[JOB_ACTED] +
                       c->by_state[JOB_ANSWERED];
    const char *waiting = telling_number(to, c->by_state[JOB_WAITING]);
    const char *parked = telling_number(to, c->by_state[JOB_PARKED]);
    bool many = s->replies * 2 >= s->conf->limits.replies_hour; /* worth a word */
    bool late = c->letters_unsent && c->oldest_unsent_ms;
    if (c->by_state[JOB_PARKED])
        parked = sentence(to->templates, to->pool, SAY_STATUS_PARKED, "n", parked, SAY_END);
    tell(to, SAY_TELL_IN_HAND, telling_number(to, working));
    tell(to, SAY_TELL_WAITING, sentence(to->templates, to->pool, SAY_STATUS_WAITING, "n", waiting, SAY_END));
    tell(to, SAY_TELL_DONE, telling_number(to, c->by_state[JOB_DONE]));
    tell(to, SAY_TELL_PARKED, parked);
    tell(to, SAY_TELL_LETTERS,
         sentence(to->templates, to->pool, SAY_STATUS_LETTERS, "n", telling_number(to, c->letters_unsent),
                  "age", late ? age(to, s->now_ms - c->oldest_unsent_ms) : "", "sent",
                  many ? telling_number(to, s->replies) : "", "most",
                  telling_number(to, s->conf->limits.replies_hour), SAY_END));
    tell(to, SAY_TELL_CAPS,
         sentence(to->templates, to->pool, SAY_STATUS_CAPS, "each",
                  telling_number(to, s->conf->limits.per_sender_hour), "over",
                  c->over_cap ? telling_number(to, c->over_cap) : "", "most",
                  telling_number(to, s->conf->limits.replies_hour), SAY_END));
}

static void tell_alerts(struct telling *to, const struct status *s, bool whole)
{
    tell(to, SAY_TELL_ALERTS,
         sentence(to->templates, to->pool, SAY_STATUS_ALERTS, "n", telling_number(to, s->counts.alerts_ill),
                  SAY_END));
    for (size_t i = 0; i < s->n_alerts; i++) {
        const struct journal_alert *a = &s->alerts[i];
        const char *when = dates_moment(to->templates, a->since_ms, s->conf->firm.timezone, to->pool);
        tell_more(to, sentence(to->templates, to->pool, SAY_STATUS_ALERT, "when", when, "topic", a->topic,
                               "why", whole ? a->text : "", SAY_END));
    }
}

static void tell_warnings(struct telling *to, const struct status *s)
{
    const char *since = dates_moment(to->templates, s->ill_since_ms, s->conf->firm.timezone, to->pool);
    if (!s->running)
        tell(to, SAY_TELL_WARNING, telling_word(to, SAY_STATUS_UNWATCHED));
    if (s->ill_since_ms)
        tell(to, SAY_TELL_WARNING,
             sentence(to->templates, to->pool, SAY_STATUS_UNWRITABLE, "when", since, "why", s->ill_why,
                      SAY_END));
    if (!s->authenticated)
        tell(to, SAY_TELL_WARNING, telling_word(to, SAY_STATUS_UNAUTHENTICATED));
}

void status_text(const struct status *s, bool whole, const struct templates *t, struct buf *out)
{
    struct telling to = {.out = out, .templates = t, .pool = pool_new(4 << 20), .width = 13};
    tell_mail(&to, s);
    tell_autotask(&to, s);
    tell_quickbooks(&to, s);
    if (s->here) {
        tell_legs(&to, s);
        tell_canaries(&to, s);
    }
    tell_work(&to, s);
    drift_tell(&to, s->conf, s->watches, whole);
    tell_alerts(&to, s, whole);
    tell_warnings(&to, s);
    pool_free(&to.pool);
}
