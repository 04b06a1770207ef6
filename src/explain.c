/* SPDX-License-Identifier: GPL-2.0-or-later */
/* explain: the same reading, judging and planning as a job's, told as lines instead of done. See telling.h.
 */
#include "errors.h"
#include "job_private.h"
#include "telling.h"

#include "frontdesk/json.h"
#include "frontdesk/message_attachments.h"

enum { ATTACHED_MAX = 4 << 20, EXPLANATION_MAX = 60 * 1024 };

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

/* What a mailbox would deliver: of a mail over the limit the header block only. `room` holds it if need be.
 */
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
    long end = slice_find(mail, SLICE("\r\n\r\n"));
    if (end >= 0)
        return slice_cut(mail, (size_t)end + 4);
    end = slice_find(mail, SLICE("\n\n"));
    return end >= 0 ? slice_cut(mail, (size_t)end + 2) : mail;
}

/* --- the lines --- */

static const char *turned_away(const struct job_view *v)
{
    return job_outcome_name(v->gate.verdict == GATE_MACHINE ? OUTCOME_IGNORED : OUTCOME_REFUSED);
}

static void put_verdict(struct buf *out, const struct job_view *v)
{
    buf_printf(out, "sender    %s\nverdict   %s (%s)\nevidence  %s\n",
               v->gate.address[0] ? v->gate.address : "(not one plain address)",
               gate_verdict_name(v->gate.verdict), v->gate.reason, v->gate.evidence);
    if (v->gate.verdict != GATE_STAFF)
        buf_printf(out, "outcome   %s: recorded and filed; never answered\n", turned_away(v));
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

static void put_before(struct buf *out, struct desk *d, const struct job_view *v, struct pool *pool)
{
    const char *ref = taken_as(d, v, pool);
    if (ref)
        buf_printf(
            out,
            "before    taken already as %s: a second copy does nothing (outcome same); new, it would be:\n",
            ref);
    if (v->plan.said_again)
        buf_printf(out, "before    this sender said the same in %s: no second request is made of it\n",
                   v->plan.argument);
    if (v->follows)
        buf_printf(out, "before    it answers %s (%s%s%s)%s\n", v->origin->root.ref,
                   job_state_name(v->origin->root.state), v->origin->root.ticket_number[0] ? ", " : "",
                   v->origin->root.ticket_number,
                   v->origin->root.state < JOB_WAITING ? ", and waits until that is done" : "");
}

static void put_command(struct buf *out, const struct job_view *v)
{
    buf_printf(out, "command   %s\n",
               v->has_command ? v->command.verb : "none: the mail cannot be read in full");
    for (size_t i = 0; v->has_command && i < v->command.n_evidence; i++) {
        const struct command_evidence *ev = &v->command.evidence[i];
        buf_printf(out, "          %s \"%.*s\" (%s)%s%s %s\n", ev->how, SLICE_ARG(ev->text),
                   ev->where ? ev->where : "", ev->resource ? ": " : "",
                   ev->resource ? ev->resource->first : "", ev->resource ? ev->resource->last : "");
    }
    buf_printf(out, "outcome   %s\n", job_outcome_name((enum job_outcome)v->plan.outcome));
}

static void put_errors(struct buf *out, const struct job_view *v)
{
    for (size_t i = 0; v->errors && i < v->errors->n; i++) {
        const struct diagnosis *d = &v->errors->found[i];
        buf_printf(out, "error     %s%s%s: \"%s\"\n", d->rule->id, d->where[0] ? ", in " : "", d->where,
                   d->quote);
        for (size_t k = 0; k < d->n_values; k++)
            buf_printf(out, "          %s %s\n", d->values[k].name, d->values[k].text);
    }
    if (v->plan.unmatched && v->plan.unmatched[0])
        buf_printf(out, "error     none that a rule knows: \"%s\"\n", v->plan.unmatched);
}

static void put_question(struct buf *out, const struct plan *p)
{
    if (p->why_ask && p->why_ask[0])
        buf_printf(out, "question  %s%s%s%s\n", p->why_ask, p->asked_word && p->asked_word[0] ? ": \"" : "",
                   p->asked_word ? p->asked_word : "", p->asked_word && p->asked_word[0] ? "\"" : "");
    for (size_t i = 0; i < p->n_suggestions; i++)
        buf_printf(out, "choice    %zu  %s\n", i + 1, p->suggestions[i].name);
    for (size_t i = 0; i < p->n_choices; i++)
        buf_printf(out, "choice    %zu  %s\n", i + 1, p->choices[i].name);
    if (p->hold_ms)
        buf_printf(out, "held      until %s; then it is filed in %s\n", p->hold_text, p->queue_name);
}

/* --- requests, a row a kind of step --- */

static void put_create(struct buf *out, const struct plan *p, size_t about)
{
    struct autotask_ticket ticket;
    struct buf json = BUF_INIT(1 << 20);
    (void)about;
    plan_ticket(p, &ticket);
    autotask_ticket_json(&ticket, &json);
    buf_printf(out, "POST Tickets %s", json.data);
    buf_release(&json);
}

static void put_second(struct buf *out, const struct plan *p, size_t about)
{
    buf_printf(out, "POST Tickets/{id}/SecondaryResources for %s",
               about < p->n_people ? p->people[about].name : "?");
}

static void put_add(struct buf *out, const struct plan *p, size_t about)
{
    buf_printf(out, "POST Tickets/%lld/SecondaryResources for %s", (long long)p->target_id,
               about < p->n_adds ? p->adds[about].name : "?");
}

static void put_remove(struct buf *out, const struct plan *p, size_t about)
{
    buf_printf(out, "DELETE Tickets/%lld/SecondaryResources for %s", (long long)p->target_id,
               about < p->n_removes ? p->removes[about].name : "?");
}

static void put_change(struct buf *out, const struct plan *p, size_t about)
{
    struct buf json = BUF_INIT(64 * 1024);
    (void)about;
    plan_change_json(p, &json);
    buf_printf(out, "PATCH Tickets %s", json.data);
    buf_release(&json);
}

static void put_note(struct buf *out, const struct plan *p, size_t about)
{
    (void)about;
    buf_puts(out, "POST Tickets/{id}/Notes ");
    buf_put_json(out, slice_cut_utf8(slice_of(p->note), 2000));
}

static void put_todo(struct buf *out, const struct plan *p, size_t about)
{
    (void)about;
    buf_printf(out, "POST Companies/%lld/ToDos for %s, due %s", (long long)p->company_id,
               p->n_people ? p->people[0].name : "?", p->due_text);
}

static void put_file(struct buf *out, const struct plan *p, size_t about)
{
    buf_printf(out, "POST Tickets/{id}/Attachments %s", about < p->n_files ? p->files[about].name : "?");
}

static void put_step(struct buf *out, const struct plan *p, const struct journal_step *step)
{
    static const struct {
        const char *kind;
        void (*put)(struct buf *, const struct plan *, size_t);
    } rows[] = {{"ticket.create", put_create}, {"ticket.second", put_second}, {"ticket.change", put_change},
                {"second.add", put_add},       {"second.remove", put_remove}, {"note.create", put_note},
                {"todo.create", put_todo},     {"file.attach", put_file}};
    uint64_t about = 0;
    if (!slice_to_u64(slice_of(step->request), 0, PLAN_MAX_STEPS, &about))
        about = 0;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (strcmp(rows[i].kind, step->kind) == 0) {
            rows[i].put(out, p, (size_t)about);
            return;
        }
    }
    buf_puts(out, step->kind);
}

/* Each request as a line in `pool`; how many of `out`. */
static size_t requests_of(const struct plan *p, struct pool *pool, const char *out[PLAN_MAX_STEPS + 1])
{
    struct journal_step steps[PLAN_MAX_STEPS];
    struct buf line = BUF_INIT(1 << 20);
    size_t n = plan_steps(p, steps), lines = 0;
    for (; lines < n; lines++) {
        buf_clear(&line);
        put_step(&line, p, &steps[lines]);
        out[lines] = pool_slice(pool, buf_view(&line));
    }
    if (n && strcmp(steps[0].kind, "ticket.create") == 0)
        out[lines++] = "GET Tickets/{id} for its number";
    buf_release(&line);
    return lines;
}

/* What follows when nobody answers a question; 0 when none is asked. */
static size_t later_requests(const struct plan *p, struct pool *pool, const char *out[PLAN_MAX_STEPS + 1])
{
    struct plan later = *p;
    if (!p->hold_ms)
        return 0;
    const struct plan_kept nothing = {.words = ""}; /* so that nothing is to be said either */
    plan_expire(&later, &nothing, NULL, pool);
    return requests_of(&later, pool, out);
}

static void put_requests(struct buf *out, const struct plan *p, struct pool *pool)
{
    const char *lines[PLAN_MAX_STEPS + 1];
    size_t n = requests_of(p, pool, lines);
    for (size_t i = 0; i < n; i++)
        buf_printf(out, "%s%s\n", i ? "          then " : "request   ", lines[i]);
    if (n == 0)
        buf_puts(out, p->hold_ms ? "request   none before the answer\n" : "request   none\n");
    n = later_requests(p, pool, lines);
    for (size_t i = 0; i < n; i++)
        buf_printf(out, "%s%s\n", i ? "          then " : "          without an answer ", lines[i]);
}

/* --- the reply --- */

/* As after a create that went well, with a word in brackets for what only that would tell. */
static struct view *facts_so_far(struct desk *d, const struct conf_mailbox *mailbox, const struct job_view *v,
                                 struct desk_people *people, struct pool *pool)
{
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
                                .ref = "(ref)",
                                .ticket_number = "(number)",
                                .ticket_id = 0,
                                .reason = v->plan.reason,
                                .diverted_to = "",
                                .status_text = ""};
    if (strcmp(v->plan.reply, "status") == 0)
        facts.status_text = "(status)";
    else
        story_facts(d, &v->plan, &facts, pool);
    struct view *view = facts_view(&facts, pool);
    view_set(view, "verdict", SLICE("(what both systems say then)"));
    if (v->plan.title && v->plan.title[0] && !v->plan.target_id && !v->plan.said_again) {
        view_flag(view, "made", true);
        view_set(view, "id", SLICE("(id)"));
        view_set(view, "link", SLICE("(link)"));
    }
    return view;
}

/* Subject and text of the letter, in `pool`; *text NULL when there is none. */
static int reply_of(struct desk *d, const struct conf_mailbox *mailbox, const struct job_view *v,
                    struct desk_people *people, struct pool *pool, const char **subject, const char **text,
                    struct err *e)
{
    struct buf parts[3] = {BUF_INIT(2000), BUF_INIT(300 * 1024), BUF_INIT(300 * 1024)};
    int rc = 0;
    *text = NULL;
    if (v->plan.reply && v->plan.reply[0]) {
        rc = templates_render(d->templates, v->plan.reply, facts_so_far(d, mailbox, v, people, pool),
                              &parts[0], &parts[1], &parts[2], e);
        *subject = pool_slice(pool, buf_view(&parts[0]));
        *text = rc == 0 ? pool_slice(pool, buf_view(&parts[1])) : NULL;
    }
    for (size_t i = 0; i < ARRAY_LEN(parts); i++)
        buf_release(&parts[i]);
    return rc;
}

/* `own`: it is the mail that asks, so that its key says nothing. */
static int put_view(struct buf *out, struct desk *d, const struct conf_mailbox *mailbox,
                    const struct job_view *v, bool own, struct desk_people *people, struct pool *pool,
                    struct err *e)
{
    put_verdict(out, v);
    if (v->gate.verdict != GATE_STAFF)
        return 0;
    if (!own)
        put_before(out, d, v, pool);
    put_command(out, v);
    put_errors(out, v);
    put_question(out, &v->plan);
    put_requests(out, &v->plan, pool);
    const char *subject, *text;
    if (reply_of(d, mailbox, v, people, pool, &subject, &text, e) != 0)
        return -1;
    if (text)
        buf_printf(out, "reply     to %s\n\nSubject: %s\n\n%s\n", v->plan.sender, subject, text);
    else
        buf_puts(out, "reply     none\n");
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
    json_put_text(out, "command", v->has_command ? v->command.verb : NULL);
    json_put_name(out, "found");
    buf_putc(out, '[');
    for (size_t i = 0; v->has_command && i < v->command.n_evidence; i++) {
        const struct command_evidence *ev = &v->command.evidence[i];
        json_put_name(out, NULL);
        buf_putc(out, '{');
        json_put_text(out, "how", ev->how);
        json_put_text(out, "text", pool_slice(pool, ev->text));
        json_put_text(out, "where", ev->where);
        json_put_text(out, "person",
                      ev->resource ? pool_printf(pool, "%s %s", ev->resource->first, ev->resource->last)
                                   : NULL);
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
    for (size_t i = 0; i < p->n_choices; i++)
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

static int json_plan(struct buf *out, struct desk *d, const struct conf_mailbox *mailbox,
                     const struct job_view *v, struct desk_people *people, struct pool *pool, struct err *e)
{
    const char *lines[PLAN_MAX_STEPS + 1], *subject, *text;
    json_before(out, v, taken_as(d, v, pool));
    json_command(out, v, pool);
    json_put_text(out, "outcome", job_outcome_name((enum job_outcome)v->plan.outcome));
    json_errors(out, v);
    json_question(out, &v->plan);
    json_list(out, "requests", lines, requests_of(&v->plan, pool, lines));
    if (v->plan.hold_ms)
        json_list(out, "requests_without_answer", lines, later_requests(&v->plan, pool, lines));
    if (reply_of(d, mailbox, v, people, pool, &subject, &text, e) != 0)
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

static int put_json(struct buf *out, struct desk *d, const struct conf_mailbox *mailbox,
                    const struct job_view *v, struct desk_people *people, struct pool *pool, struct err *e)
{
    bool staff = v->gate.verdict == GATE_STAFF;
    json_put_text(out, "sender", v->gate.address);
    json_put_text(out, "verdict", gate_verdict_name(v->gate.verdict));
    json_put_text(out, "reason", v->gate.reason);
    json_put_text(out, "evidence", v->gate.evidence);
    if (!staff)
        json_put_text(out, "outcome", turned_away(v));
    return staff ? json_plan(out, d, mailbox, v, people, pool, e) : 0;
}

/* --- a whole mail --- */

/* `v` NULL: it could not be read, *e says why. */
static int put_whole_json(struct buf *out, struct desk *d, const struct conf_mailbox *mailbox,
                          const struct job_view *v, struct desk_people *people, struct pool *pool,
                          struct err *e)
{
    buf_putc(out, '{');
    int rc = v ? put_json(out, d, mailbox, v, people, pool, e) : -1;
    if (!v)
        json_put_text(out, "outcome", job_outcome_name(OUTCOME_PARKED));
    if (rc != 0)
        json_put_text(out, "error", e->text);
    buf_puts(out, "}\n");
    return rc;
}

static int explain_bytes(struct desk *d, const struct conf_mailbox *mailbox, struct slice mail, bool json,
                         struct desk_people *people, unsigned depth, struct buf *out, struct err *e)
{
    struct pool *pool = pool_new((size_t)JOB_POOL_MB << 20);
    struct job_view v = {.explained = depth};
    bool headers_only;
    struct buf room = BUF_INIT(d->conf->limits.message_size + 1);
    struct slice bytes = as_delivered(d->conf, mail, &headers_only, &room);
    int rc = job_look(d, mailbox, bytes, NULL, headers_only, clock_now_ms(), people, pool, &v, e);
    if (rc == 0 && pool_exhausted(pool))
        rc = err_set(e, ERR_EXHAUSTED, "this mail needs more than %d MB of memory", JOB_POOL_MB);
    if (json)
        rc = put_whole_json(out, d, mailbox, rc == 0 ? &v : NULL, people, pool, e);
    else if (rc == 0)
        rc = put_view(out, d, mailbox, &v, false, people, pool, e);
    else
        buf_puts(out, "outcome   parked: the operator is told, the sender is not known\n");
    message_release(&v.message);
    buf_release(&room);
    pool_free(&pool);
    return rc;
}

int explain_mail(struct desk *d, const struct conf_mailbox *mailbox, struct slice mail, bool json,
                 struct buf *out, struct err *e)
{
    struct desk_people *people = desk_people_get(d);
    int rc = explain_bytes(d, mailbox, mail, json, people, 0, out, e);
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
    if (p->size > ATTACHED_MAX)
        return err_set(e, ERR_LIMIT, "the attached mail is larger than %d MB", ATTACHED_MAX >> 20);
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
                           struct pool *pool, struct buf *out, struct err *e)
{
    struct job_view v = {.message = asks->message, .gate = asks->gate, .explained = 1};
    struct slice subject = message_str(&v.message, v.message.subject), wanted = asks->command.argument;
    long at = slice_find(subject, wanted);
    memcpy(v.key, asks->key, sizeof(v.key));
    if (at < 0)
        return err_set(e, ERR_MAIL, "the subject cannot be found again");
    v.message.subject.off += (uint32_t)at;
    v.message.subject.len -= (uint32_t)at;
    if (job_decide(d, mailbox, mail, received_ms, people, pool, &v, e) != 0)
        return -1;
    return put_view(out, d, mailbox, &v, true, people, pool, e);
}

const char *explain_asked(struct desk *d, const struct conf_mailbox *mailbox, const struct job_view *asks,
                          const struct mail_bytes *mail, int64_t received_ms, struct desk_people *people,
                          struct pool *pool)
{
    struct buf out = BUF_INIT(1 << 20), inner = BUF_INIT(ATTACHED_MAX);
    struct err e = ERR_INIT;
    int rc = 0;
    const struct message_part *attached = attached_mail(&asks->message);
    if (asks->explained)
        buf_puts(&out, "command   explain: an explanation within an explanation is not given\n");
    else if (asks->command.argument.len)
        rc = explain_subject(d, mailbox, asks, mail, received_ms, people, pool, &out, &e);
    else if (attached && (rc = read_attached(attached, mail, &inner, &e)) == 0)
        rc = explain_bytes(d, mailbox, buf_view(&inner), false, people, 1, &out, &e);
    if (rc != 0)
        buf_printf(&out, "error     %s\n", e.text);
    const char *text = pool_slice(pool, slice_cut_utf8(buf_view(&out), EXPLANATION_MAX));
    buf_release(&out);
    buf_release(&inner);
    return text;
}
