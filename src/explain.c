/* SPDX-License-Identifier: GPL-2.0-or-later */
/* explain: the same reading, judging and planning as a job's, told as lines instead of done. See telling.h.
 */
#include "errors.h"
#include "job_private.h"
#include "telling.h"

#include "frontdesk/json.h"
#include "frontdesk/message_attachments.h"

enum { ATTACHED_MAX = 4 << 20, EXPLANATION_MAX = 60 * 1024, HEADER_FETCHED = 1 << 20 };

/* How it travels: each line ends in CRLF. */
static uint64_t wire_size(struct slice mail)
{
    uint64_t size = mail.len;
    for (size_t i = 0; i < mail.len; i++)
        size += mail.ptr[i] == '\n' && (i == 0 || mail.ptr[i - 1] != '\r');
    return size;
}

static void put_wire(struct buf *out, struct slice mail)
{
    for (size_t i = 0; i < mail.len; i++) {
        if (mail.ptr[i] == '\n' && (i == 0 || mail.ptr[i - 1] != '\r'))
            buf_putc(out, '\r');
        buf_putc(out, mail.ptr[i]);
    }
}

/* What a mailbox would deliver: of a mail over the limit the header block only, and of that the first
 * megabyte. `room` holds it if need be. */
static struct slice as_delivered(const struct conf *conf, struct slice mail, bool *headers_only,
                                 struct buf *room)
{
    uint64_t size = wire_size(mail);
    *headers_only = size > conf->limits.message_size;
    if (!*headers_only && size == mail.len)
        return mail;
    if (!*headers_only) {
        put_wire(room, mail);
        return buf_view(room);
    }
    mail = slice_cut(mail, HEADER_FETCHED);
    long end = slice_find(mail, SLICE("\r\n\r\n"));
    if (end >= 0)
        return slice_cut(mail, (size_t)end + 4);
    end = slice_find(mail, SLICE("\n\n"));
    return end >= 0 ? slice_cut(mail, (size_t)end + 2) : mail;
}

/* --- the lines --- */

static enum job_outcome turned_away(const struct job_view *v)
{
    return v->gate.verdict == GATE_MACHINE ? OUTCOME_IGNORED : OUTCOME_REFUSED;
}

static void tell_verdict(struct telling *to, const struct job_view *v)
{
    tell(to, SAY_TELL_SENDER,
         v->gate.address[0] ? v->gate.address : telling_word(to, SAY_EXPLAIN_NO_ADDRESS));
    tell(to, SAY_TELL_VERDICT,
         pool_printf(to->pool, "%s (%s)", telling_verdict(to, v->gate.verdict), v->gate.reason));
    tell(to, SAY_TELL_EVIDENCE, v->gate.evidence);
    if (v->gate.verdict != GATE_STAFF)
        tell(to, SAY_TELL_OUTCOME,
             sentence(to->templates, to->pool, SAY_EXPLAIN_TURNED_AWAY, "outcome",
                      telling_outcome(to, turned_away(v)), SAY_END));
}

/* The journal knows whether this very mail was taken already, and what it answers: its reference, or NULL. */
static const char *taken_as(struct desk *d, const struct job_view *v, struct pool *pool)
{
    struct journal_job job;
    struct err e = ERR_INIT;
    int64_t id = d->journal ? journal_key_owner(d->journal, v->key) : 0;
    bool taken = id && journal_job_load(d->journal, id, false, pool, &job, &e) == 0;
    return taken ? pool_copy(pool, job.ref) : NULL;
}

static const char *what_it_answers(const struct telling *to, const struct journal_job *root)
{
    const char *state = telling_state(to, root->state);
    return root->state < JOB_WAITING
               ? sentence(to->templates, to->pool, SAY_EXPLAIN_ANSWERS_LATER, "ref", root->ref, "state",
                          state, "number", root->ticket_number, SAY_END)
               : sentence(to->templates, to->pool, SAY_EXPLAIN_ANSWERS, "ref", root->ref, "state", state,
                          "number", root->ticket_number, SAY_END);
}

static void tell_before(struct telling *to, struct desk *d, const struct job_view *v)
{
    const char *ref = taken_as(d, v, to->pool);
    if (ref)
        tell(to, SAY_TELL_BEFORE, sentence(to->templates, to->pool, SAY_EXPLAIN_TAKEN, "ref", ref, SAY_END));
    if (v->plan.said_again)
        tell(to, SAY_TELL_BEFORE,
             sentence(to->templates, to->pool, SAY_EXPLAIN_SAID_AGAIN, "ref", v->plan.argument, SAY_END));
    if (v->plan.watch && v->plan.watch[0])
        tell(to, SAY_TELL_BEFORE,
             sentence(to->templates, to->pool, SAY_EXPLAIN_ANSWERS_WATCH, "n",
                      telling_number(to, (uint64_t)v->plan.watch_letter), "check", v->plan.watch, SAY_END));
    if (v->follows)
        tell(to, SAY_TELL_BEFORE, what_it_answers(to, &v->origin->root));
}

static const char *name_of(const struct directory_resource *r, struct pool *pool)
{
    return r ? pool_printf(pool, "%s%s%s", r->first, r->last[0] ? " " : "", r->last) : NULL;
}

/* What a mail in a thread of ours asks for does not stand in its subject. */
static const char *verb_of(const struct job_view *v)
{
    return v->follows && v->plan.verb ? v->plan.verb : v->command.verb;
}

static void tell_command(struct telling *to, const struct job_view *v)
{
    tell(to, SAY_TELL_COMMAND,
         v->has_command ? telling_named(to, verb_of(v)) : telling_word(to, SAY_EXPLAIN_UNREAD));
    for (size_t i = 0; v->has_command && i < v->command.n_evidence; i++) {
        const struct command_evidence *ev = &v->command.evidence[i];
        tell_more(to, sentence(to->templates, to->pool, SAY_EXPLAIN_FOUND, "how", telling_how(to, ev->how),
                               "text", pool_slice(to->pool, ev->text), "where", telling_where(to, ev->where),
                               "name", name_of(ev->resource, to->pool), SAY_END));
    }
    tell(to, SAY_TELL_OUTCOME, telling_outcome(to, (enum job_outcome)v->plan.outcome));
}

static void tell_choice(struct telling *to, size_t n, const char *name)
{
    tell(to, SAY_TELL_CHOICE, pool_printf(to->pool, "%zu  %s", n, name));
}

/* Known errors of the sync: the rule's id, its words, and what was taken from them, by the names that rules
 * use. */
static void tell_errors(struct telling *to, const struct job_view *v)
{
    for (size_t i = 0; v->errors && i < v->errors->n; i++) {
        const struct diagnosis *d = &v->errors->found[i];
        tell(to, SAY_TELL_ERROR,
             sentence(to->templates, to->pool, SAY_EXPLAIN_ERROR, "rule", d->rule->id, "where", d->where,
                      "quote", d->quote, SAY_END));
        for (size_t k = 0; k < d->n_values; k++)
            tell_more(to, pool_printf(to->pool, "%s %s", d->values[k].name, d->values[k].text));
    }
    if (v->plan.unmatched && v->plan.unmatched[0])
        tell(to, SAY_TELL_ERROR,
             sentence(to->templates, to->pool, SAY_EXPLAIN_ERROR_UNKNOWN, "quote", v->plan.unmatched,
                      SAY_END));
}

static void tell_question(struct telling *to, const struct plan *p)
{
    if (p->why_ask && p->why_ask[0])
        tell(to, SAY_TELL_QUESTION,
             sentence(to->templates, to->pool, SAY_EXPLAIN_QUESTION, "why", telling_named(to, p->why_ask),
                      "word", p->asked_word, SAY_END));
    for (size_t i = 0; i < p->n_suggestions; i++)
        tell_choice(to, i + 1, p->suggestions[i].name);
    /* not before it is known who does it: a number means a person */
    for (size_t i = 0; p->n_suggestions == 0 && i < p->n_choices; i++)
        tell_choice(to, i + 1, p->choices[i].name);
    if (p->hold_ms)
        tell(to, SAY_TELL_HELD,
             sentence(to->templates, to->pool, SAY_EXPLAIN_HELD, "when", p->hold_text, "queue", p->queue_name,
                      SAY_END));
}

/* --- the reply --- */

/* As after a create that went well, with a word in brackets for what only that would tell. */
static struct view *facts_so_far(const struct telling *to, struct desk *d, const struct conf_mailbox *mailbox,
                                 const struct job_view *v, struct desk_people *people)
{
    struct pool *pool = to->pool;
    struct plan *plan = pool_alloc(pool, sizeof(*plan));
    *plan = v->plan;
    if (plan_waits_for_books(plan))
        plan->answers = errors_foreseen(plan, d->conf, d->templates, d->rules, pool);
    struct facts_input facts = {.conf = d->conf,
                                .mailbox = mailbox,
                                .directory = people->directory,
                                .names = people->names,
                                .templates = d->templates,
                                .plan = plan,
                                .ref = telling_word(to, SAY_PLACE_REF),
                                .ticket_number = telling_word(to, SAY_PLACE_NUMBER),
                                .ticket_id = 0,
                                .reason = v->plan.reason,
                                .diverted_to = "",
                                .status_text = ""};
    if (strcmp(v->plan.reply, "status") == 0)
        facts.status_text = telling_word(to, SAY_PLACE_STATUS);
    else
        story_facts(d, &v->plan, &facts, pool);
    struct view *view = facts_view(&facts, pool);
    view_set(view, "verdict", slice_of(telling_word(to, SAY_PLACE_VERDICT)));
    if (v->plan.title && v->plan.title[0] && !v->plan.target_id && !v->plan.said_again) {
        view_flag(view, "made", true);
        view_set(view, "id", slice_of(telling_word(to, SAY_PLACE_ID)));
        view_set(view, "link", slice_of(telling_word(to, SAY_PLACE_LINK)));
    }
    return view;
}

/* Subject and text of the letter, in `pool`; *text NULL when there is none. */
static int reply_of(const struct telling *to, struct desk *d, const struct conf_mailbox *mailbox,
                    const struct job_view *v, struct desk_people *people, const char **subject,
                    const char **text, struct err *e)
{
    struct buf parts[3] = {BUF_INIT(2000), BUF_INIT(300 * 1024), BUF_INIT(300 * 1024)};
    int rc = 0;
    *text = NULL;
    if (v->plan.reply && v->plan.reply[0]) {
        rc = templates_render(d->templates, v->plan.reply, facts_so_far(to, d, mailbox, v, people), &parts[0],
                              &parts[1], &parts[2], e);
        *subject = pool_slice(to->pool, buf_view(&parts[0]));
        *text = rc == 0 ? pool_slice(to->pool, buf_view(&parts[1])) : NULL;
    }
    for (size_t i = 0; i < ARRAY_LEN(parts); i++)
        buf_release(&parts[i]);
    return rc;
}

/* `own`: it is the mail that asks, so that its key says nothing. */
static int tell_view(struct telling *to, struct desk *d, const struct conf_mailbox *mailbox,
                     const struct job_view *v, bool own, struct desk_people *people, struct err *e)
{
    const char *subject, *text;
    tell_verdict(to, v);
    if (v->gate.verdict != GATE_STAFF)
        return 0;
    if (!own)
        tell_before(to, d, v);
    tell_command(to, v);
    tell_errors(to, v);
    tell_question(to, &v->plan);
    explain_tell_requests(to, &v->plan);
    if (reply_of(to, d, mailbox, v, people, &subject, &text, e) != 0)
        return -1;
    if (text) {
        tell(to, SAY_TELL_REPLY,
             sentence(to->templates, to->pool, SAY_EXPLAIN_REPLY_TO, "address", v->plan.sender, SAY_END));
        buf_printf(to->out, "\nSubject: %s\n\n%s\n", subject, text);
    } else {
        tell(to, SAY_TELL_REPLY, telling_word(to, SAY_EXPLAIN_NO_REPLY));
    }
    return 0;
}

/* --- the same for programs: a member a label, lists where the lines are several --- */

static void json_list(struct buf *out, const char *name, const char *const *lines, size_t n)
{
    json_put_name(out, name);
    buf_putc(out, '[');
    for (size_t i = 0; i < n; i++) {
        json_put_name(out, NULL);
        buf_put_json(out, slice_of(lines[i]));
    }
    buf_putc(out, ']');
}

static void json_before(struct buf *out, const struct job_view *v, const char *taken_as)
{
    if (taken_as)
        json_put_text(out, "taken_as", taken_as);
    if (v->plan.said_again)
        json_put_text(out, "said_again", v->plan.argument);
    if (v->plan.watch && v->plan.watch[0]) {
        json_put_text(out, "answers_watch", v->plan.watch);
        json_put_int(out, "watch_letter", v->plan.watch_letter);
    }
    if (!v->follows)
        return;
    json_put_name(out, "answers");
    buf_putc(out, '{');
    json_put_text(out, "ref", v->origin->root.ref);
    json_put_text(out, "state", job_state_name(v->origin->root.state));
    json_put_text(out, "ticket_number", v->origin->root.ticket_number);
    buf_putc(out, '}');
}

static void json_command(struct buf *out, const struct job_view *v, struct pool *pool)
{
    json_put_text(out, "command", v->has_command ? verb_of(v) : NULL);
    json_put_name(out, "found");
    buf_putc(out, '[');
    for (size_t i = 0; v->has_command && i < v->command.n_evidence; i++) {
        const struct command_evidence *ev = &v->command.evidence[i];
        json_put_name(out, NULL);
        buf_putc(out, '{');
        json_put_text(out, "how", command_how_name(ev->how));
        json_put_text(out, "text", pool_slice(pool, ev->text));
        json_put_text(out, "where", command_where_name(ev->where));
        json_put_text(out, "person", name_of(ev->resource, pool));
        buf_putc(out, '}');
    }
    buf_putc(out, ']');
}

static void json_question(struct buf *out, const struct plan *p)
{
    const char *choices[COMMAND_MAX_SUGGESTIONS + OVERRIDE_CHOICES];
    size_t n = 0;
    for (size_t i = 0; i < p->n_suggestions; i++)
        choices[n++] = p->suggestions[i].name;
    for (size_t i = 0; p->n_suggestions == 0 && i < p->n_choices; i++)
        choices[n++] = p->choices[i].name;
    if (n == 0 && !p->hold_ms && !(p->why_ask && p->why_ask[0]))
        return;
    json_put_name(out, "question");
    buf_putc(out, '{');
    json_put_text(out, "why", p->why_ask);
    json_put_text(out, "word", p->asked_word);
    json_list(out, "choices", choices, n);
    if (p->hold_ms) {
        json_put_int(out, "held_until_ms", p->hold_ms);
        json_put_text(out, "then_queue", p->queue_name);
    }
    buf_putc(out, '}');
}

/* As the plan keeps them; and the line that no rule knows. */
static void json_errors(struct buf *out, const struct job_view *v)
{
    if (v->errors && v->errors->n) {
        json_put_name(out, "errors");
        errors_put_json(v->errors, out);
    }
    if (v->plan.unmatched && v->plan.unmatched[0])
        json_put_text(out, "unmatched", v->plan.unmatched);
}

static int json_plan(struct telling *to, struct desk *d, const struct conf_mailbox *mailbox,
                     const struct job_view *v, struct desk_people *people, struct err *e)
{
    struct buf *out = to->out;
    const char *lines[PLAN_MAX_STEPS + 1], *subject, *text;
    json_before(out, v, taken_as(d, v, to->pool));
    json_command(out, v, to->pool);
    json_put_text(out, "outcome", job_outcome_name((enum job_outcome)v->plan.outcome));
    json_errors(out, v);
    json_question(out, &v->plan);
    json_list(out, "requests", lines, explain_requests(to, &v->plan, lines));
    if (v->plan.hold_ms)
        json_list(out, "requests_without_answer", lines, explain_later_requests(to, &v->plan, lines));
    if (reply_of(to, d, mailbox, v, people, &subject, &text, e) != 0)
        return -1;
    if (!text)
        return 0;
    json_put_name(out, "reply");
    buf_putc(out, '{');
    json_put_text(out, "to", v->plan.sender);
    json_put_text(out, "subject", subject);
    json_put_text(out, "text", text);
    buf_putc(out, '}');
    return 0;
}

static int put_json(struct telling *to, struct desk *d, const struct conf_mailbox *mailbox,
                    const struct job_view *v, struct desk_people *people, struct err *e)
{
    struct buf *out = to->out;
    bool staff = v->gate.verdict == GATE_STAFF;
    json_put_text(out, "sender", v->gate.address);
    json_put_text(out, "verdict", gate_verdict_name(v->gate.verdict));
    json_put_text(out, "reason", v->gate.reason);
    json_put_text(out, "evidence", v->gate.evidence);
    if (!staff)
        json_put_text(out, "outcome", job_outcome_name(turned_away(v)));
    return staff ? json_plan(to, d, mailbox, v, people, e) : 0;
}

/* --- a whole mail --- */

/* `v` NULL: it could not be read, *e says why. */
static int put_whole_json(struct telling *to, struct desk *d, const struct conf_mailbox *mailbox,
                          const struct job_view *v, struct desk_people *people, struct err *e)
{
    buf_putc(to->out, '{');
    int rc = v ? put_json(to, d, mailbox, v, people, e) : -1;
    if (!v)
        json_put_text(to->out, "outcome", job_outcome_name(OUTCOME_PARKED));
    if (rc != 0)
        json_put_text(to->out, "error", e->text);
    buf_puts(to->out, "}\n");
    return rc;
}

static struct telling telling_to(const struct desk *d, struct buf *out, struct pool *pool)
{
    return (struct telling){.out = out, .templates = d->templates, .pool = pool, .width = 10};
}

static int explain_bytes(struct desk *d, const struct conf_mailbox *mailbox, struct slice mail,
                         struct explain_how how, struct desk_people *people, struct buf *out, struct err *e)
{
    struct pool *pool = pool_new((size_t)JOB_POOL_MB << 20);
    struct telling to = telling_to(d, out, pool);
    struct job_view v = {.explained = how.depth, .assumed = how.assumed};
    bool headers_only;
    struct buf room = BUF_INIT(d->conf->limits.message_size + 1);
    struct slice bytes = as_delivered(d->conf, mail, &headers_only, &room);
    int rc = job_look(d, mailbox, bytes, NULL, headers_only, clock_now_ms(), people, pool, &v, e);
    if (rc == 0 && pool_exhausted(pool))
        rc = err_set(e, ERR_EXHAUSTED, "this mail needs more than %d MB of memory", JOB_POOL_MB);
    if (how.json)
        rc = put_whole_json(&to, d, mailbox, rc == 0 ? &v : NULL, people, e);
    else if (rc == 0)
        rc = tell_view(&to, d, mailbox, &v, false, people, e);
    else
        tell(&to, SAY_TELL_OUTCOME, telling_word(&to, SAY_EXPLAIN_UNREADABLE));
    message_release(&v.message);
    buf_release(&room);
    pool_free(&pool);
    return rc;
}

int explain_mail(struct desk *d, const struct conf_mailbox *mailbox, struct slice mail,
                 struct explain_how how, struct buf *out, struct err *e)
{
    struct desk_people *people = desk_people_get(d);
    int rc = explain_bytes(d, mailbox, mail, how, people, out, e);
    desk_people_put(d, people);
    return rc;
}

/* --- by mail --- */

static const struct message_part *attached_mail(const struct message *m)
{
    for (uint32_t i = 0; i < m->n_parts; i++) {
        const struct message_part *p = &m->parts[i];
        if (p->kind == PART_MESSAGE || slice_eq(message_str(m, p->type), SLICE("message/rfc822")) ||
            slice_ends_nocase(message_str(m, p->name), SLICE(".eml")))
            return p;
    }
    return NULL;
}

static int read_attached(const struct message_part *p, const struct mail_bytes *mail, struct buf *out,
                         struct err *e)
{
    const struct attachment a = {.name = "the attached mail",
                                 .size = p->size,
                                 .raw_off = p->raw_off,
                                 .raw_len = p->raw_len,
                                 .encoding = p->encoding};
    struct attachment_reader *reader;
    char chunk[16384];
    if (attachment_open(&reader, mail, &a, e) != 0)
        return -1;
    for (size_t n; (n = attachment_read(reader, chunk, sizeof(chunk))) > 0;)
        buf_put(out, chunk, n);
    attachment_close(&reader);
    return 0;
}

/* The same mail, as if what stands behind "explain:" were its subject. */
static int explain_subject(struct desk *d, const struct conf_mailbox *mailbox, const struct job_view *asks,
                           const struct mail_bytes *mail, int64_t received_ms, struct desk_people *people,
                           struct telling *to, struct err *e)
{
    struct job_view v = {.message = asks->message, .gate = asks->gate, .explained = 1};
    struct slice subject = message_str(&v.message, v.message.subject), wanted = asks->command.argument;
    long at = slice_find(subject, wanted);
    memcpy(v.key, asks->key, sizeof(v.key));
    if (at < 0)
        return err_set(e, ERR_MAIL, "the subject cannot be found again");
    v.message.subject.off += (uint32_t)at;
    v.message.subject.len -= (uint32_t)at;
    if (job_decide(d, mailbox, mail, received_ms, people, to->pool, &v, e) != 0)
        return -1;
    return tell_view(to, d, mailbox, &v, true, people, e);
}

const char *explain_asked(struct desk *d, const struct conf_mailbox *mailbox, const struct job_view *asks,
                          const struct mail_bytes *mail, int64_t received_ms, struct desk_people *people,
                          struct pool *pool)
{
    struct buf out = BUF_INIT(1 << 20), inner = BUF_INIT(ATTACHED_MAX);
    struct telling to = telling_to(d, &out, pool);
    struct err e = ERR_INIT;
    int rc = 0;
    const struct message_part *attached = attached_mail(&asks->message);
    if (asks->explained)
        tell(&to, SAY_TELL_COMMAND, telling_word(&to, SAY_EXPLAIN_WITHIN));
    else if (asks->command.argument.len)
        rc = explain_subject(d, mailbox, asks, mail, received_ms, people, &to, &e);
    else if (attached && attached->size > ATTACHED_MAX)
        tell(&to, SAY_TELL_ERROR,
             sentence(d->templates, pool, SAY_EXPLAIN_ATTACHED_TOO_LARGE, "n",
                      telling_number(&to, ATTACHED_MAX >> 20), SAY_END));
    else if (attached && (rc = read_attached(attached, mail, &inner, &e)) == 0)
        rc = explain_bytes(d, mailbox, buf_view(&inner), (struct explain_how){.depth = 1}, people, &out, &e);
    if (rc != 0)
        tell(&to, SAY_TELL_ERROR, sentence_of_error(d->templates, e.code));
    const char *text = pool_slice(pool, slice_cut_utf8(buf_view(&out), EXPLANATION_MAX));
    buf_release(&out);
    buf_release(&inner);
    return text;
}
