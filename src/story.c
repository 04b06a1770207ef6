/* SPDX-License-Identifier: GPL-2.0-or-later */
/* story: the life of one message without its text, and what an operator may ask about it by mail. See
 * telling.h. */
#include "telling.h"

#include "frontdesk/json.h"
#include "frontdesk/reply_dates.h"

static const char *step_state(const struct journal_step *s)
{
    static const char *const names[] = {"not sent", "sent or about to be", "done"};
    return names[s->state];
}

void story_put_steps(const struct story *s, struct buf *json)
{
    json_put_name(json, "steps");
    buf_putc(json, '[');
    for (size_t i = 0; i < s->n_steps; i++) {
        const struct journal_step *step = &s->steps[i];
        json_put_name(json, NULL);
        buf_putc(json, '{');
        json_put_int(json, "n", step->n);
        json_put_text(json, "kind", step->kind);
        json_put_text(json, "key", step->key);
        json_put_text(json, "state", step_state(step));
        json_put_text(json, "result", step->result);
        json_put_int(json, "result_id", step->result_id);
        json_put_int(json, "looks", step->looks);
        buf_putc(json, '}');
    }
    buf_putc(json, ']');
}

const char *story_letter_kind(const struct journal_letter *l)
{
    static const char *const names[] = {"interim", "final", "sequel", "alert", "watch"};
    return names[l->kind];
}

const char *story_letter_state(const struct journal_letter *l)
{
    static const char *const names[] = {"not yet accepted", "accepted", "refused", "replaced"};
    return names[l->state];
}

int story_read(struct story *out, struct journal *j, const char *ref, struct pool *pool, struct err *e)
{
    int64_t id;
    *out = (struct story){.n_steps = 0};
    if (journal_job_by_ref(j, ref, &id, e) != 0 || journal_job_load(j, id, false, pool, &out->job, e) != 0)
        return -1;
    out->n_steps = journal_steps(j, id, pool, &out->steps);
    out->n_letters = journal_all_letters(j, id, pool, &out->letters);
    return 0;
}

/* What to do before a retry: the reason begins with the short name of its error. */
static const char *cure(struct telling *to, const struct journal_job *job)
{
    static const struct {
        enum err_code code;
        enum say what;
    } cures[] = {
        {ERR_CONFIG, SAY_CURE_CONFIG},       {ERR_CREDENTIALS, SAY_CURE_CREDENTIALS},
        {ERR_EXHAUSTED, SAY_CURE_READER},    {ERR_LABEL, SAY_CURE_LABEL},
        {ERR_LOGIN, SAY_CURE_LOGIN},         {ERR_MAIL, SAY_CURE_MAIL},
        {ERR_NOT_FOUND, SAY_CURE_NOT_FOUND}, {ERR_PERMISSION, SAY_CURE_PERMISSION},
        {ERR_READER, SAY_CURE_READER},       {ERR_REJECTED, SAY_CURE_REJECTED},
    };
    struct scan c = scan_of(slice_of(job->reason));
    const char *name = pool_slice(to->pool, slice_cut(scan_until(&c, ":"), 30));
    struct err why = {.code = err_code_from_name(name)};
    bool away = err_class(&why) == ERR_CLASS_RETRY || err_class(&why) == ERR_CLASS_UNKNOWN;
    enum say what = away ? SAY_CURE_AWAY : SAY_CURE_OTHER;
    for (size_t i = 0; i < ARRAY_LEN(cures); i++) {
        if (cures[i].code == why.code)
            what = cures[i].what;
    }
    return sentence(to->templates, to->pool, what, "ref", job->ref, SAY_END);
}

static void tell_job(struct telling *to, const struct conf *conf, const struct journal_job *job)
{
    const char *tz = conf->firm.timezone, *taken = dates_moment(to->templates, job->taken_ms, tz, to->pool);
    const char *when = dates_moment(to->templates, job->run_at_ms, tz, to->pool);
    const char *state = telling_state(to, job->state);
    tell(to, SAY_TELL_REF,
         sentence(to->templates, to->pool, SAY_STORY_TAKEN, "ref", job->ref, "mailbox", job->mailbox, "when",
                  taken, SAY_END));
    tell(to, SAY_TELL_SENDER,
         job->sender[0]           ? job->sender
         : journal_is_erased(job) ? "-"
                                  : telling_word(to, SAY_STORY_UNPROVEN));
    if (job->state == JOB_WAITING)
        state = sentence(to->templates, to->pool, SAY_STORY_UNTIL, "state", state, "when", when, SAY_END);
    else if (job->state < JOB_WAITING)
        state = sentence(to->templates, to->pool, SAY_STORY_NEXT_RUN, "state", state, "when", when, SAY_END);
    tell(to, SAY_TELL_STATE, state);
    tell(to, SAY_TELL_OUTCOME, job->outcome ? telling_outcome(to, job->outcome) : "-");
    tell(to, SAY_TELL_REASON, job->reason[0] ? job->reason : "-");
    if (job->state == JOB_PARKED)
        tell(to, SAY_TELL_DO,
             sentence(to->templates, to->pool, SAY_STORY_DO, "ref", job->ref, "how", cure(to, job), SAY_END));
    tell(to, SAY_TELL_TICKET,
         sentence(to->templates, to->pool, SAY_STORY_TICKET, "number",
                  job->ticket_number[0] ? job->ticket_number : "-", "id",
                  pool_printf(to->pool, "%lld", (long long)job->ticket_id), SAY_END));
}

static void tell_step(struct telling *to, const struct journal_step *step)
{
    static const enum say states[] = {SAY_STEP_NOT_SENT, SAY_STEP_SENT, SAY_STEP_DONE};
    const char *label =
        sentence(to->templates, to->pool, SAY_TELL_STEP, "n", telling_number(to, step->n), SAY_END);
    tell_as(to, label,
            sentence(to->templates, to->pool, SAY_STORY_STEP, "kind", step->kind, "key", step->key, "state",
                     telling_word(to, states[step->state]), "result", step->result, "n",
                     telling_number(to, step->looks), SAY_END));
}

static void tell_letter(struct telling *to, const struct conf *conf, const struct journal_letter *l)
{
    static const enum say kinds[] = {SAY_LETTER_INTERIM, SAY_LETTER_FINAL, SAY_LETTER_SEQUEL,
                                     SAY_LETTER_ALERT};
    static const enum say states[] = {SAY_SENT_NOT_YET, SAY_SENT_ACCEPTED, SAY_SENT_REFUSED,
                                      SAY_SENT_REPLACED};
    const char *when = dates_moment(to->templates, l->first_ms, conf->firm.timezone, to->pool);
    tell(to, SAY_TELL_LETTER,
         sentence(to->templates, to->pool, SAY_STORY_LETTER, "kind", telling_word(to, kinds[l->kind]), "to",
                  l->to, "when", when, "state", telling_word(to, states[l->state]), "n",
                  telling_number(to, l->tries), "error", l->last_error, SAY_END));
    tell_more(to, l->message_id);
}

/* --- the same as a timeline --- */

enum { MOST_EVENTS = 2 * PLAN_MAX_STEPS + 64 };

struct event {
    int64_t ms;
    const char *text;
};

struct life {
    struct telling *to;
    const char *tz;
    struct event events[MOST_EVENTS];
    size_t n;
};

static const char *moment(const struct life *l, int64_t ms)
{
    return dates_moment(l->to->templates, ms, l->tz, l->to->pool);
}

/* In the order of time; what happened in the same millisecond in the order of the telling. */
static void happened(struct life *l, int64_t ms, const char *text)
{
    size_t at = l->n;
    if (ms <= 0 || l->n == MOST_EVENTS)
        return;
    for (; at > 0 && l->events[at - 1].ms > ms; at--)
        l->events[at] = l->events[at - 1];
    l->events[at] = (struct event){ms, text};
    l->n++;
}

/* What the plan says of the decision; of a mail that was erased, or never planned, nothing. */
static void decided(struct life *l, const struct journal_job *job)
{
    const struct telling *to = l->to;
    struct plan plan;
    struct err e = ERR_INIT;
    if (!job->planned_ms || !job->plan[0] || plan_decode(&plan, job->plan, to->pool, &e) != 0)
        return;
    happened(l, job->planned_ms,
             sentence(to->templates, to->pool, SAY_LIFE_DECIDED, "when", moment(l, job->planned_ms), "verb",
                      telling_named(to, plan.verb), "outcome",
                      telling_outcome(to, (enum job_outcome)plan.outcome), "who",
                      plan.n_people ? plan.people[0].name : "", "due", plan.title ? plan.due_text : "",
                      SAY_END));
}

static void stepped(struct life *l, const struct journal_step *s)
{
    const struct telling *to = l->to;
    enum say end = s->state == STEP_SAFE ? SAY_LIFE_NOT_DONE : SAY_LIFE_CUT_OFF;
    if (s->state != STEP_SAFE || s->ended_ms)
        happened(l, s->armed_ms,
                 sentence(to->templates, to->pool, SAY_LIFE_SENT, "when", moment(l, s->armed_ms), "kind",
                          s->kind, "key", s->key, "result", s->state == STEP_DONE ? s->result : "", SAY_END));
    happened(
        l, s->ended_ms,
        sentence(to->templates, to->pool, end, "when", moment(l, s->ended_ms), "kind", s->kind, SAY_END));
}

static void ended(struct life *l, const struct journal_job *job)
{
    const struct telling *to = l->to;
    int64_t ms = job->done_ms;
    if (job->state == JOB_DONE)
        happened(l, ms,
                 sentence(to->templates, to->pool, SAY_LIFE_ENDED, "when", moment(l, ms), "outcome",
                          telling_outcome(to, job->outcome), SAY_END));
    else if (job->state == JOB_PARKED)
        happened(l, ms,
                 sentence(to->templates, to->pool, SAY_LIFE_PARKED, "when", moment(l, ms), "reason",
                          job->reason, SAY_END));
    else
        happened(l, job->run_at_ms,
                 sentence(to->templates, to->pool, SAY_LIFE_NEXT, "when", moment(l, job->run_at_ms), "state",
                          telling_state(to, job->state), SAY_END));
}

static void tell_life(struct telling *to, const struct conf *conf, const struct story *s)
{
    static const enum say kinds[] = {SAY_LETTER_INTERIM, SAY_LETTER_FINAL, SAY_LETTER_SEQUEL,
                                     SAY_LETTER_ALERT};
    const struct journal_job *job = &s->job;
    struct life l = {.to = to, .tz = conf->firm.timezone};
    happened(
        &l, job->received_ms,
        sentence(to->templates, to->pool, SAY_LIFE_RECEIVED, "when", moment(&l, job->received_ms), SAY_END));
    happened(&l, job->taken_ms,
             sentence(to->templates, to->pool, SAY_LIFE_TAKEN, "when", moment(&l, job->taken_ms), "mailbox",
                      job->mailbox, SAY_END));
    decided(&l, job);
    for (size_t i = 0; i < s->n_steps; i++)
        stepped(&l, &s->steps[i]);
    for (size_t i = 0; i < s->n_letters; i++) {
        const struct journal_letter *w = &s->letters[i];
        happened(&l, w->first_ms,
                 sentence(to->templates, to->pool, SAY_LIFE_LETTER, "when", moment(&l, w->first_ms), "kind",
                          telling_word(to, kinds[w->kind]), "to", w->to, SAY_END));
    }
    ended(&l, job);
    for (size_t i = 0; i < l.n; i++) {
        if (i == 0)
            tell(to, SAY_TELL_LIFE, l.events[i].text);
        else
            tell_more(to, l.events[i].text);
    }
}

void story_text(const struct conf *conf, const struct story *s, const struct templates *t, struct buf *out)
{
    struct telling to = {.out = out, .templates = t, .pool = pool_new(16 << 20), .width = 10};
    tell_job(&to, conf, &s->job);
    for (size_t i = 0; i < s->n_steps; i++)
        tell_step(&to, &s->steps[i]);
    for (size_t i = 0; i < s->n_letters; i++)
        tell_letter(&to, conf, &s->letters[i]);
    tell_life(&to, conf, s);
    pool_free(&to.pool);
}

bool story_is_stuck(const struct story *s)
{
    bool refused = false;
    for (size_t i = 0; i < s->n_letters; i++)
        refused = refused || s->letters[i].state == LETTER_FAILED;
    return s->job.state == JOB_PARKED || (s->job.state == JOB_DONE && refused);
}

/* --- by mail --- */

static const char *text_of_status(struct desk *d, const struct plan *p, struct pool *pool)
{
    struct status s;
    struct err e = ERR_INIT;
    struct buf text = BUF_INIT(100 * 1024);
    if (status_read(&s, d->conf, d->journal, pool, &e) == 0)
        status_text(&s, gate_is_operator(d->conf, p->sender, p->unauthenticated != 0), d->templates, &text);
    else
        buf_puts(&text, sentence_of_error(d->templates, e.code));
    const char *out = pool_slice(pool, buf_view(&text));
    buf_release(&text);
    return out;
}

static void facts_of_operator(struct desk *d, const struct plan *p, struct facts_input *in, struct pool *pool)
{
    struct story s;
    struct err e = ERR_INIT;
    struct buf text = BUF_INIT(200 * 1024);
    const struct telling to = {.out = &text, .templates = d->templates, .pool = pool};
    if (p->refusal && p->refusal[0])
        return;
    /* without a journal (explain before the first start) nothing is known */
    if (!d->journal || story_read(&s, d->journal, p->argument, pool, &e) != 0) {
        in->wish = "unknown";
    } else if (strcmp(p->reply, "show") == 0) {
        story_text(d->conf, &s, d->templates, &text);
        in->status_text = pool_slice(pool, buf_view(&text));
    } else {
        in->wish = story_is_stuck(&s) ? "noted" : "nothing";
        in->reason = pool_printf(pool, "%s%s%s%s", telling_state(&to, s.job.state), s.job.outcome ? ", " : "",
                                 telling_outcome(&to, s.job.outcome),
                                 s.job.reason[0] ? pool_printf(pool, ": %s", s.job.reason) : "");
    }
    buf_release(&text);
}

void story_facts(struct desk *d, const struct plan *p, struct facts_input *in, struct pool *pool)
{
    if (!p->reply)
        return;
    if (strcmp(p->reply, "status") == 0 && d->journal)
        in->status_text = text_of_status(d, p, pool);
    else if (strcmp(p->reply, "watch_answer") == 0)
        drift_answer_facts(d, p, in, pool);
    else if (strcmp(p->reply, "show") == 0 || strcmp(p->reply, "wish") == 0)
        facts_of_operator(d, p, in, pool);
}
