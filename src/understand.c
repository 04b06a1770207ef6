/* SPDX-License-Identifier: GPL-2.0-or-later */
/* understand: bytes → message → gate → command → plan, committed with all step keys. Nothing outside is
 * touched. */
#include "canary.h"
#include "errors.h"
#include "job_private.h"
#include "telling.h"

enum { MAX_ATTEMPTS = 3 };

static int read_mail(struct desk *d, struct slice bytes, const char *path, bool headers_only,
                     struct job_view *v, struct cage_reader **held, struct err *e)
{
    struct message_limits limits = {.size = d->conf->limits.message_size * 3 / 2,
                                    .parts = d->conf->limits.parts,
                                    .depth = d->conf->limits.depth};
    struct err why = ERR_INIT;
    struct mail_bytes mail = {bytes, path};
    int rc = cage_read(d->cage, &v->message, &mail, headers_only && !path, &limits, held, &why);
    if (rc != 0 && err_class(&why) != ERR_CLASS_SENDER) {
        *e = why;
        return rc;
    }
    if (rc != 0)
        rc = unreadable_read(d, v, &mail, &why, held, e);
    if (headers_only)
        unreadable_large(d, v);
    return rc;
}

/* The reading that a plan needs: of changes, and of a wanted contact. */
static int read_ticket(void *self, int64_t id, unsigned more, struct plan_now *out, struct err *e)
{
    struct desk *d = self;
    return step_read_ticket(d->autotask, id, more, out, e);
}

static int find_contact(void *self, int64_t company, const char *said, struct autotask_contacts *out,
                        struct pool *pool, struct err *e)
{
    struct desk *d = self;
    return autotask_contact_find(d->autotask, company, said, out, pool, e);
}

/* Is there, or will there be, a ticket that a reply can be about? */
static bool has_ticket(const struct origin *o)
{
    if (errors_is_diagnosis(&o->plan) && o->root.state != JOB_PARKED)
        return false;
    return o->root.state <= JOB_WAITING || o->plain.again || o->root.outcome == OUTCOME_TICKET ||
           o->root.outcome == OUTCOME_UNASSIGNED || o->root.outcome == OUTCOME_DIVERTED ||
           o->root.state == JOB_PARKED;
}

static int answered_is_parked(const struct desk *d, struct job_view *v, struct pool *pool, struct err *e)
{
    const char *ref = v->origin->root.ref;
    v->told = sentence(d->templates, pool, SAY_ANSWERED_IS_PARKED, "ref", ref, SAY_END);
    return err_set(e, ERR_REJECTED, "the mail that this one answers (%s) is parked", ref);
}

/* For the plan, which keeps what the mail is read for once. */
static void set_errors(const struct job_view *v, struct plan_input *in, struct pool *pool)
{
    struct buf json = BUF_INIT(256 * 1024), text = BUF_INIT(MESSAGE_TEXTS_ALL + MESSAGE_TEXTS);
    in->errors = v->errors;
    in->thanks = v->thanks;
    if (v->errors && v->errors->n)
        errors_put_json(v->errors, &json);
    for (size_t i = 0; v->errors && !v->errors->n && i < v->texts->n; i++) {
        buf_slice(&text, v->texts->list[i].text);
        buf_putc(&text, '\n');
    }
    in->errors_json = pool_slice(pool, buf_view(&json));
    in->errors_text = pool_slice(pool, buf_view(&text));
    buf_release(&json);
    buf_release(&text);
}

/* `self`: the mail's own job, 0 = none. */
static int decide(struct desk *d, const struct conf_mailbox *mailbox, int64_t self,
                  const struct mail_bytes *mail, int64_t received_ms, struct desk_people *people,
                  struct pool *pool, struct job_view *v, struct err *e)
{
    const struct message *m = &v->message;
    if (!v->unreadable[0]) {
        command_read(&v->command, message_str(m, m->subject), message_str(m, m->text), people->directory,
                     people->names, pool);
        v->has_command = true;
        v->origin = pool_alloc(pool, sizeof(*v->origin));
        if (origin_find(d, self, m, &v->command, &v->gate, pool, v->origin, e) != 0)
            return -1;
    }
    bool answers = v->origin && v->origin->found && !v->origin->is_new;
    bool watched = answers && v->origin->watch, follows = answers && !watched && has_ticket(v->origin);
    if (follows && self) {
        v->wait = v->origin->root.state < JOB_WAITING;
        if (v->wait)
            return 0;
        if (v->origin->root.state == JOB_PARKED)
            return answered_is_parked(d, v, pool, e);
    }
    if (v->has_command && !follows && errors_recognise(d, people, v, mail, pool, e) != 0)
        return -1;
    struct plan_input in = {.conf = d->conf,
                            .templates = d->templates,
                            .mailbox = mailbox,
                            .directory = people->directory,
                            .names = people->names,
                            .message = m,
                            .cage = d->cage,
                            .mail = v->unreadable[0] ? NULL : mail,
                            .gate = &v->gate,
                            .command = v->has_command ? &v->command : NULL,
                            .unreadable = v->unreadable[0] ? unreadable_reason(d, v, pool) : "",
                            .advice = v->unreadable[0] ? unreadable_advice(d, v, pool) : "",
                            .message_key = v->key,
                            .origin = follows ? &v->origin->plain : NULL,
                            .watched = watched ? &v->origin->watched : NULL,
                            .received_ms = received_ms,
                            .now_ms = clock_now_ms(),
                            .read_ticket = read_ticket,
                            .find_contact = find_contact,
                            .self = d};
    set_errors(v, &in, pool);
    if (plan_make(&v->plan, &in, pool, e) != 0)
        return -1;
    v->has_plan = true;
    v->follows = follows;
    if (v->origin && v->origin->found && v->origin->is_new && v->origin->root.id &&
        v->origin->root.ticket_number[0])
        plan_remark(&v->plan, sentence(d->templates, pool, SAY_NEW_REQUEST, "number",
                                       v->origin->root.ticket_number, SAY_END));
    if (!follows && v->plan.title && v->plan.title[0] && !addressed_to_us(d->conf, m))
        plan_remark(&v->plan,
                    sentence(d->templates, pool, SAY_NOT_ADDRESSED, "address", mailbox->address, SAY_END));
    return 0;
}

static int read_and_judge(struct desk *d, const struct conf_mailbox *mailbox, struct slice bytes,
                          const char *path, bool headers_only, struct pool *pool, struct job_view *out,
                          struct err *e)
{
    struct gate_context context = {
        .conf = d->conf, .mailbox = mailbox, .message_id_host = d->message_id_host, .assumed = out->assumed};
    struct mail_bytes mail = {bytes, path};
    *out = (struct job_view){.explained = out->explained, .assumed = out->assumed};
    struct cage_reader *held = NULL;
    int rc = read_mail(d, bytes, path, headers_only, out, &held, e);
    if (rc == 0)
        gate_judge(&out->message, &context, &out->gate);
    cage_let_go(d->cage, &held, rc == 0 && out->gate.verdict == GATE_STAFF);
    if (rc != 0)
        return -1;
    plan_message_key(out->gate.address, &out->message, out->key);
    bool whole = out->gate.verdict == GATE_STAFF && !out->unreadable[0] && !out->message.headers_only;
    return whole ? errors_read_texts(d, out, &mail, pool, e) : 0;
}

static bool asks_for_explanation(const struct job_view *v)
{
    return v->has_plan && v->plan.reply && strcmp(v->plan.reply, "explain") == 0;
}

/* An explanation is made now and kept in the plan. */
static void explain_if_asked(struct desk *d, const struct conf_mailbox *mailbox,
                             const struct mail_bytes *mail, int64_t received_ms, struct desk_people *people,
                             struct pool *pool, struct job_view *v)
{
    if (asks_for_explanation(v))
        v->plan.explanation = explain_asked(d, mailbox, v, mail, received_ms, people, pool);
}

static int64_t same_ms(const struct desk *d)
{
    return (int64_t)d->conf->limits.same_minutes * 60000;
}

/* Only what makes a ticket can be said twice by mistake. */
static int64_t text_key_of(const struct job_view *v)
{
    bool makes = v->has_plan && v->plan.title && v->plan.title[0] && !v->follows;
    return makes ? plan_text_key(&v->plan, &v->message) : 0;
}

/* Said a third time: the second made nothing, the first did. */
static int load_first(struct desk *d, int64_t again, struct pool *pool, struct journal_job *first,
                      struct err *e)
{
    enum { MOST_STEPS = 50 };
    for (int steps = 0; steps < MOST_STEPS; steps++) {
        if (journal_job_load(d->journal, again, false, pool, first, e) != 0)
            return -1;
        if (first->outcome != OUTCOME_SAME || !first->parent)
            break;
        again = first->parent;
    }
    return 0;
}

/* Nothing is made; the answer, if there is one, says so and offers `separate`. */
static void mark_again(struct plan *plan, const struct journal_job *first, struct pool *pool)
{
    plan->said_again = first->id;
    plan->target_number = first->ticket_number;
    plan->target_id = 0;
    plan->argument = pool_copy(pool, first->ref);
    plan->reply = plan->reply[0] ? "again" : "";
    plan->outcome = OUTCOME_SAME;
}

/* What the journal's writer would find when it took this plan now. */
static int foresee(struct desk *d, struct pool *pool, struct job_view *v, struct err *e)
{
    int64_t text_key = text_key_of(v);
    if (!d->journal || !text_key || !same_ms(d))
        return 0;
    int64_t again = journal_said_since(d->journal, v->gate.address, text_key, clock_now_ms() - same_ms(d),
                                       journal_key_owner(d->journal, v->key));
    struct journal_job first;
    if (!again)
        return 0;
    if (load_first(d, again, pool, &first, e) != 0)
        return -1;
    mark_again(&v->plan, &first, pool);
    return 0;
}

int job_look(struct desk *d, const struct conf_mailbox *mailbox, struct slice bytes, const char *path,
             bool headers_only, int64_t received_ms, struct desk_people *people, struct pool *pool,
             struct job_view *out, struct err *e)
{
    if (read_and_judge(d, mailbox, bytes, path, headers_only, pool, out, e) != 0)
        return -1;
    struct mail_bytes mail = {bytes, path};
    if (out->gate.verdict != GATE_STAFF)
        return 0;
    if (decide(d, mailbox, 0, &mail, received_ms, people, pool, out, e) != 0 || foresee(d, pool, out, e) != 0)
        return -1;
    explain_if_asked(d, mailbox, &mail, received_ms, people, pool, out);
    return 0;
}

int job_decide(struct desk *d, const struct conf_mailbox *mailbox, const struct mail_bytes *mail,
               int64_t received_ms, struct desk_people *people, struct pool *pool, struct job_view *v,
               struct err *e)
{
    if (decide(d, mailbox, 0, mail, received_ms, people, pool, v, e) != 0 || foresee(d, pool, v, e) != 0)
        return -1;
    explain_if_asked(d, mailbox, mail, received_ms, people, pool, v);
    return 0;
}

/* Strangers and robots: recorded, filed, never answered. */
static int turn_away(struct job *job, const struct job_view *v, struct err *e)
{
    bool machine = v->gate.verdict == GATE_MACHINE;
    job->row.outcome = machine ? OUTCOME_IGNORED : OUTCOME_REFUSED;
    job->row.reason = pool_printf(job->pool, "%s: %s", v->gate.reason, v->gate.evidence);
    job->row.sender = pool_copy(job->pool, v->gate.address);
    LOG(LOG_INFO, "gate", machine ? "machine" : "refused", LS("sender", v->gate.address),
        LS("test", v->gate.reason));
    unproven_refused(job->desk, &v->gate);
    return job_end(job, JOB_FOLDER_REFUSED, e);
}

/* The second mutant of the crash harness (src/action/perform.c): the effect before its key is on the disk. 0
 * = do nothing. */
static int64_t late_key(struct job *job, const struct plan *plan, size_t n_steps, struct err *e)
{
#ifdef FD_MUTANT_LATE_KEY
    struct autotask_ticket ticket;
    int64_t id = 0;
    plan_ticket(plan, &ticket);
    if (n_steps && autotask_ticket_create(job->desk->autotask, &ticket, &id, e) != 0)
        return -1;
    return id;
#else
    (void)job, (void)plan, (void)n_steps, (void)e;
    return 0;
#endif
}

/* One sender may not take the whole desk: over the cap the mail waits for the next hour, with one letter. */
static int over_the_cap(struct job *job, struct err *e)
{
    unsigned most = job->desk->conf->limits.per_sender_hour;
    job->told = sentence(job->desk->templates, job->pool, SAY_OVER_THE_CAP, "n",
                         pool_printf(job->pool, "%u", most), SAY_END);
    err_set(e, ERR_BUSY,
            JOURNAL_OVER_CAP "more than %u mails in an hour (limits.per_sender_hour), the rest waits", most);
    e->retry_after_s = 600;
    return -1;
}

/* Back soon: what it depends on is not through yet. */
static int come_back(struct job *job, int64_t ms, const char *why, struct err *e)
{
    job->waits = true;
    return journal_later(job->desk->journal, &job->row, clock_now_ms() + ms, job->row.tries, why, e);
}

static int commit_plan(struct job *job, struct job_view *v, struct err *e);

/* A nervous second click. */
static int say_again(struct job *job, struct job_view *v, int64_t again, struct err *e)
{
    struct journal_job first;
    if (load_first(job->desk, again, job->pool, &first, e) != 0)
        return -1;
    if (first.state < JOB_ANSWERED)
        return come_back(job, 1000, "says the same as a mail that is being worked on", e);
    mark_again(&v->plan, &first, job->pool);
    job->row.parent = first.id;
    return commit_plan(job, v, e);
}

static void turn_passes(void *self, int64_t id)
{
    turns_queued(self, id);
}

static int commit_plan(struct job *job, struct job_view *v, struct err *e)
{
    struct journal_step steps[PLAN_MAX_STEPS];
    struct buf json = BUF_INIT(1 << 20);
    /* a step is armed when nothing stands before it any more */
    size_t n = plan_waits_for_books(&v->plan) ? 0 : plan_steps(&v->plan, steps);
    plan_encode(&v->plan, &json);
    job->row.plan = pool_slice(job->pool, buf_view(&json));
    bool too_long = json.overflow;
    buf_release(&json);
    if (too_long)
        return err_set(e, ERR_EXHAUSTED, "the plan of this mail is over 1 MB");
    job->row.outcome = (enum job_outcome)v->plan.outcome;
    int64_t early = late_key(job, &v->plan, n, e);
    struct journal_planning planning = {.job = &job->row,
                                        .steps = steps,
                                        .n_steps = n,
                                        .message_id = job->plan.message_id,
                                        .take_over = v->plan.take_over,
                                        .queued = turn_passes,
                                        .self = job->desk->turns,
                                        .same_ms =
                                            job->row.text_key && !v->plan.said_again ? same_ms(job->desk) : 0,
                                        .per_sender_hour = job->desk->conf->limits.per_sender_hour};
    if (early < 0 || journal_plan(job->desk->journal, &planning, e) != 0)
        return -1;
    if (planning.claim == PLAN_OVER_CAP)
        return over_the_cap(job, e);
    if (planning.claim == PLAN_AGAIN)
        return say_again(job, v, planning.again, e);
    if (planning.claim == PLAN_LOST)
        return come_back(job, 200, "the question that it answers waits no more", e);
    if (planning.claim == PLAN_SAME) {
        job->row.outcome = OUTCOME_SAME;
        job->row.reason = "the same mail was taken before (same sender, Message-ID and content)";
        return job_end(job, JOB_FOLDER_DONE, e);
    }
    job->plan = v->plan;
    job->plan_loaded = true;
    job->planned_now = !job->row.lookup_first && early == 0;
    job->unblocked = !planning.blocked;
    job->unanswered = true;
    if (early > 0 && journal_step_done(job->desk->journal, job->row.id, 1, false, early, "made", e) != 0)
        return -1;
    job->row.planned_ms = clock_now_ms();
    job->row.state = JOB_PLANNED;
    job->row.tries = 0;
    return 0;
}

static const char *conversation_of(struct job *job, const struct message *m)
{
    struct span root = m->n_references      ? m->references[0]
                       : m->in_reply_to.len ? m->in_reply_to
                                            : m->message_id;
    return pool_slice(job->pool, slice_cut(message_str(m, root), 250));
}

static int commit_followup(struct job *job, struct job_view *v, struct err *e)
{
    job->row.parent = v->follows ? v->origin->root.id : 0;
    /* what it answers may be known by other means than its oldest reference */
    if (v->follows && v->origin->root.conversation[0])
        job->row.conversation = v->origin->root.conversation;
    job->row.ticket_id = v->plan.target_id;
    job->row.ticket_number = v->plan.target_number ? v->plan.target_number : "";
    job->row.text_key = text_key_of(v);
    return commit_plan(job, v, e);
}

/* Several may have been read when frontdesk died, and one of them killed it: read alone, it is the only one
 * that is counted the next time. */
static _Thread_local struct job *noted;

/* While a reader has the mail it is the reader that may die of it, and that is counted there. Only what we do
 * with its answer is noted: else a restart in the middle of a reading counts against a mail that is good. */
void reading_pauses(void)
{
    if (noted)
        journal_read_done(noted->desk->journal, noted->slot);
}

void reading_goes_on(void)
{
    if (noted)
        journal_reading(noted->desk->journal, noted->slot, noted->row.id);
}

static void reading_begins(struct job *job)
{
    noted = job;
    if (job->row.attempts)
        pthread_rwlock_wrlock(&job->desk->reading);
    else
        pthread_rwlock_rdlock(&job->desk->reading);
    journal_reading(job->desk->journal, job->slot, job->row.id);
}

static void reading_ends(struct job *job)
{
    noted = NULL;
    journal_read_done(job->desk->journal, job->slot);
    CRASH_POINT("read.after");
    pthread_rwlock_unlock(&job->desk->reading);
}

/* An attached mail is read too. */
static void explain_noted(struct job *job, const struct mail_bytes *mail, struct desk_people *people,
                          struct job_view *v)
{
    if (!asks_for_explanation(v))
        return;
    reading_begins(job);
    explain_if_asked(job->desk, job->mailbox, mail, job->row.received_ms, people, job->pool, v);
    reading_ends(job);
}

static bool is_reply(const struct message *m)
{
    return m->in_reply_to.len || m->n_references;
}

/* What it answers, or says again, may have been erased; the operator says whether it counts (invariant 9). */
static int too_old(struct job *job, struct err *e)
{
    if (job->row.lookup_first || !journal_before_horizon(job->desk->journal, job->row.received_ms) ||
        journal_key_owner(job->desk->journal, job->row.message_key))
        return 0;
    job->is_old = true;
    return err_set(e, ERR_MAIL, "it was received before the time that journal.keep_days keeps texts of");
}

/* Recorded, filed, not answered. */
static int end_loop(struct job *job, struct err *e)
{
    job->row.outcome = OUTCOME_IGNORED;
    job->row.reason = LOOP_REASON;
    LOG(LOG_INFO, "gate", "loop", LS("sender", job->row.sender));
    loops_tell(job, LOOP_SURE);
    return job_end(job, JOB_FOLDER_REFUSED, e);
}

static int commit_unless_loop(struct job *job, const struct loop_seen *loop, struct job_view *v,
                              struct err *e)
{
    enum loop_kind kind = loops_weigh(loop, v);
    if (kind == LOOP_SURE)
        return end_loop(job, e);
    job->quiet = kind == LOOP_LIKELY;
    if (job->quiet)
        loops_tell(job, kind);
    return commit_followup(job, v, e);
}

static int plan_for_staff(struct job *job, const char *path, struct job_view *v, struct err *e)
{
    struct desk *d = job->desk;
    job->row.sender = pool_copy(job->pool, v->gate.address);
    unproven_proved(d, v->gate.address);
    job->plan.sender_name = pool_slice(job->pool, message_str(&v->message, v->message.from_name));
    job->plan.subject = pool_slice(job->pool, message_str(&v->message, v->message.subject));
    job->plan.message_id = pool_slice(job->pool, message_str(&v->message, v->message.message_id));
    job->row.conversation = conversation_of(job, &v->message);
    job->row.message_key = pool_copy(job->pool, v->key);
    if (too_old(job, e) != 0)
        return -1;
    if (!turns_wait(d->turns, job->row.id, v->gate.address, &v->message)) {
        job->waits = job->not_its_turn = true;
        return 0;
    }
    struct loop_seen loop = {.kind = LOOP_NONE};
    if (!journal_key_owner(d->journal, v->key))
        loop = loops_look(job, &v->message);
    if (loop.kind == LOOP_SURE)
        return end_loop(job, e);
    job->quiet = loop.kind == LOOP_LIKELY;
    if (is_reply(&v->message) && journal_planless_before(d->journal, job->row.id, job->row.conversation))
        return come_back(job, 1000, "waits for an older mail of its conversation", e);
    struct desk_people *people = desk_people_get(d);
    if (!people)
        return err_set(e, ERR_CONNECT, "Autotask has not been reached since frontdesk started");
    struct mail_bytes mail = {job->row.mail, path};
    int rc = decide(d, job->mailbox, job->row.id, &mail, job->row.received_ms, people, job->pool, v, e);
    job->told = v->told;
    if (rc == 0)
        explain_noted(job, &mail, people, v);
    if (rc == 0 && v->wait)
        rc = come_back(job, 1000, "waits for the mail that it answers", e);
    else if (rc == 0)
        rc = commit_unless_loop(job, &loop, v, e);
    desk_people_put(d, people);
    return rc;
}

static int read_noted(struct job *job, const char *path, struct job_view *v, struct err *e)
{
    reading_begins(job);
    CRASH_POINT("read.before");
    int rc =
        read_and_judge(job->desk, job->mailbox, job->row.mail, path, job->row.headers_only, job->pool, v, e);
    CRASH_POINT_OF("read", job->row.ref);
    reading_ends(job);
    return rc;
}

/* Before all else: a mail of ours to ourselves that is on its way. *ended: it was one. */
static int end_canary(struct job *job, const struct message *m, bool *ended, struct err *e)
{
    struct canary_end end;
    if (canary_met(job->desk, job->mailbox_index, m, job->row.id, &end, e) != 0)
        return -1;
    *ended = end.is_one;
    if (!end.is_one)
        return 0;
    job->row.outcome = OUTCOME_CANARY;
    job->row.reason = pool_printf(job->pool, "canary: back after %lld ms%s", (long long)end.took_ms,
                                  end.late ? ", too late" : "");
    return job_end(job, JOB_FOLDER_DONE, e);
}

int job_understand(struct job *job, struct err *e)
{
    bool ended = false;
    struct job_view v = {0};
    struct buf path = BUF_INIT(4096);
    if (!job->mailbox)
        return err_set(e, ERR_CONFIG,
                       "mailbox %s is no longer in the settings: put it back, or discard its mail",
                       job->row.mailbox);
    if (job->row.attempts >= MAX_ATTEMPTS)
        return err_set(e, ERR_MAIL, "reading this mail ended frontdesk %u times", job->row.attempts);
    if (job->row.spool[0])
        journal_spool_path(job->desk->journal, job->row.spool, &path);
    int rc = read_noted(job, path.len ? path.data : NULL, &v, e);
    if (rc == 0)
        rc = end_canary(job, &v.message, &ended, e);
    if (rc == 0 && !ended)
        rc = v.gate.verdict == GATE_STAFF ? plan_for_staff(job, path.len ? path.data : NULL, &v, e)
                                          : turn_away(job, &v, e);
    message_release(&v.message);
    buf_release(&path);
    return rc;
}
